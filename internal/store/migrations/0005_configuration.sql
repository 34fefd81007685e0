-- When an instance is open, and what it plays.

create table hours (
	id text collate "C" not null primary key,
	instance_id text collate "C" not null,
	name text collate "C" not null,
	doc text not null
) strict; -- only: sqlite
); -- only: postgres
create unique index hours_name on hours (instance_id, name);

create table prompts (
	id text collate "C" not null primary key,
	instance_id text collate "C" not null,
	name text collate "C" not null,
	doc text not null
) strict; -- only: sqlite
); -- only: postgres
create unique index prompts_name on prompts (instance_id, name);

create index contacts_served on contacts (queue_id) where queue_id <> '' and ended_at = 0 and agent_at <> 0;

create table modules (
	id text collate "C" not null primary key,
	instance_id text collate "C" not null,
	name text collate "C" not null,
	doc text not null
) strict; -- only: sqlite
); -- only: postgres
create unique index modules_name on modules (instance_id, name);

-- Contents outlive their module: contacts may still run them.
create table module_contents (
	module_id text collate "C" not null,
	number bigint not null,
	doc text not null,
	primary key (module_id, number)
) strict; -- only: sqlite
); -- only: postgres

create table test_cases (
	id text collate "C" not null primary key,
	instance_id text collate "C" not null,
	name text collate "C" not null,
	doc text not null
) strict; -- only: sqlite
); -- only: postgres
create unique index test_cases_name on test_cases (instance_id, name);

-- Runs of test cases. active is 1 until they end.
create table test_runs (
	id text collate "C" not null primary key,
	instance_id text collate "C" not null,
	test_case_id text collate "C" not null,
	active bigint not null,
	doc text not null
) strict; -- only: sqlite
); -- only: postgres
create index test_runs_instance on test_runs (instance_id, active, id);
