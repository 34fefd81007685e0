-- What belongs to the whole life of a contact. The columns that are new in old tables are filled by fillContactLife.

alter table chats add column customer_id text collate "C" not null default '';
create index chats_customer on chats (instance_id, customer_id, id) where customer_id <> '';
create index chats_ended on chats (instance_id, ended_at, id) where ended_at <> 0;

alter table contacts add column association_id text collate "C" not null default '';
alter table contacts add column initiated_at bigint not null default 0;
alter table contacts add column enqueued_at bigint not null default 0;
alter table contacts add column agent_at bigint not null default 0;
alter table contacts add column queue_priority bigint not null default 0;
alter table contacts add column queue_since bigint not null default 0; -- enqueued_at, adjusted
-- Those who do not know the columns can not write from now on: nothing would find it, not even to erase it.
alter table chats alter column customer_id drop default; -- only: postgres
alter table contacts alter column association_id drop default; -- only: postgres
-- The first segment of a chat has the chat's id, the first of a tree the tree's: they need no index more.
create index contacts_later on contacts (chat_id) where id <> chat_id;
create index contacts_associated on contacts (association_id, initiated_at, id) where association_id <> id;
create index contacts_initiated on contacts (instance_id, initiated_at, id);
create index contacts_enqueued on contacts (instance_id, enqueued_at, id) where enqueued_at <> 0;
create index contacts_agent on contacts (instance_id, agent_at, id) where agent_at <> 0;
drop index contacts_queued;
create index contacts_queued on contacts (queue_id, queue_priority, queue_since, id) where queue_id <> '' and ended_at = 0 and agent_at = 0;
create index contacts_ended on contacts (instance_id, ended_at, id) where ended_at <> 0;

-- Numbers are never given twice, so that "up to this one" does not come to mean others.
create table outs (
	id integer not null primary key autoincrement, -- only: sqlite
	id bigint generated always as identity primary key, -- only: postgres
	stream text collate "C" not null,
	target text collate "C" not null,
	chat_id text collate "C" not null,
	contact_id text collate "C" not null,
	instance_id text collate "C" not null,
	kind text collate "C" not null,
	at bigint not null,
	body bytea,
	attributes text not null,
	dead_at bigint not null,
	error text not null
) strict; -- only: sqlite
); -- only: postgres
create index outs_stream on outs (stream, id);
create index outs_dead on outs (instance_id, id) where dead_at <> 0;

create table attachments (
	id text collate "C" not null primary key,
	chat_id text collate "C" not null,
	doc text not null
) strict; -- only: sqlite
); -- only: postgres
create index attachments_chat on attachments (chat_id, id);

create table bindings (
	scope text collate "C" not null,
	key text collate "C" not null,
	chat_id text collate "C" not null,
	primary key (scope, key)
) strict, without rowid; -- only: sqlite
); -- only: postgres
create index bindings_chat on bindings (chat_id);

alter table jobs add column lane bigint not null default 0;
drop index jobs_next;
create index jobs_next on jobs (lane, next);

-- What contacts are found by beside their times, as numbers; see terms.go.
create table contact_terms (
	term bigint not null,
	at bigint not null, -- the contact's initiated_at
	contact_id text collate "C" not null,
	primary key (term, at, contact_id)
) strict, without rowid; -- only: sqlite
); -- only: postgres
