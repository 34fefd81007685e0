-- Who serves a contact and since when others wait, so that queues are counted by their indexes alone. fillAgents fills the column.

alter table contacts add column agent_id text collate "C" not null default '';
alter table contacts alter column agent_id drop default; -- only: postgres
drop index contacts_served;
create index contacts_served on contacts (queue_id, agent_id, id) where queue_id <> '' and ended_at = 0 and agent_at <> 0;
create index contacts_waiting on contacts (queue_id, enqueued_at, id) where queue_id <> '' and ended_at = 0 and agent_at = 0;
