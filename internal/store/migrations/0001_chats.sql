-- Times are Unix milliseconds in UTC, 0 is none. What is only read together with its row is JSON in doc.

create table instances (
	id text collate "C" not null primary key,
	doc text not null
) strict; -- only: sqlite
); -- only: postgres

create table flows (
	id text collate "C" not null primary key,
	instance_id text collate "C" not null,
	name text collate "C" not null,
	type text collate "C" not null,
	doc text not null
) strict; -- only: sqlite
); -- only: postgres
create unique index flows_name on flows (instance_id, name);

-- Versions outlive their flow: contacts may still run them.
create table flow_versions (
	flow_id text collate "C" not null,
	version bigint not null,
	content text not null,
	sha256 text not null,
	at bigint not null,
	primary key (flow_id, version)
) strict; -- only: sqlite
); -- only: postgres

create table queues (
	id text collate "C" not null primary key,
	instance_id text collate "C" not null,
	name text collate "C" not null,
	doc text not null
) strict; -- only: sqlite
); -- only: postgres
create unique index queues_name on queues (instance_id, name);

create table secrets (
	kind text collate "C" not null,
	id text collate "C" not null,
	value bytea not null,
	created_at bigint not null,
	primary key (kind, id)
) strict; -- only: sqlite
); -- only: postgres

create sequence chat_nums increment by 64; -- only: postgres
create table chats (
	num bigint not null primary key,
	id text collate "C" not null unique,
	instance_id text collate "C" not null,
	contact_id text collate "C" not null,
	ended_at bigint not null,
	doc text not null
) strict; -- only: sqlite
); -- only: postgres
create index chats_live on chats (instance_id) where ended_at = 0;

create table contacts (
	id text collate "C" not null primary key,
	chat_id text collate "C" not null,
	instance_id text collate "C" not null,
	queue_id text collate "C" not null,
	ended_at bigint not null,
	doc text not null
) strict; -- only: sqlite
); -- only: postgres
create index contacts_queued on contacts (queue_id) where queue_id <> '' and ended_at = 0;

-- Appended in the order of writing, found by chat and number: a page is one range of one index.
create table items (
	chat bigint not null,
	seq bigint not null,
	id text collate "C" not null,
	at bigint not null,
	contact_id text collate "C" not null,
	type text collate "C" not null,
	content_type text collate "C" not null,
	content text not null,
	participant_id text collate "C" not null,
	role text collate "C" not null,
	display_name text not null,
	token bytea,
	extra text not null, -- only: postgres
	primary key (chat, seq) -- only: postgres
	extra text not null -- only: sqlite
) strict; -- only: sqlite
); -- only: postgres
create unique index items_token on items (chat, token) where token is not null; -- only: postgres
-- SQLite's only writer knows the tokens of the chats it writes to: it reads their ends from this index alone. It also sees to it that a
-- number is given once, as the index can not.
create index items_seq on items (chat, seq, substr(token, -4)); -- only: sqlite

create table jobs (
	kind text collate "C" not null,
	key text collate "C" not null,
	chat_id text collate "C" not null,
	due bigint not null,
	next bigint not null, -- when it may be claimed (again)
	attempt bigint not null,
	payload bytea,
	primary key (kind, key)
) strict, without rowid; -- only: sqlite
); -- only: postgres
create index jobs_next on jobs (next);

create table requests (
	scope text collate "C" not null,
	token text collate "C" not null,
	hash bytea,
	answer bytea,
	at bigint not null,
	expires_at bigint not null,
	primary key (scope, token)
) strict, without rowid; -- only: sqlite
); -- only: postgres
create index requests_expiry on requests (expires_at);

create table flow_log (
	id integer not null primary key, -- only: sqlite
	id bigint generated always as identity primary key, -- only: postgres
	contact_id text collate "C" not null,
	at bigint not null,
	line bytea not null
) strict; -- only: sqlite
); -- only: postgres
create index flow_log_contact on flow_log (contact_id, id);
