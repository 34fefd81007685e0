-- What flows show to participants.

create table views (
	id text collate "C" not null primary key,
	instance_id text collate "C" not null,
	name text collate "C" not null,
	doc text not null
) strict; -- only: sqlite
); -- only: postgres
create unique index views_name on views (instance_id, name);

-- Contents outlive their view: chats may still show them.
create table view_contents (
	view_id text collate "C" not null,
	number bigint not null,
	doc text not null,
	primary key (view_id, number)
) strict; -- only: sqlite
); -- only: postgres
