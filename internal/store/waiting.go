package store

import "context"

// waiting are the contacts that wait in the queue $1.
const waiting = "contacts where queue_id = $1 and queue_id <> '' and ended_at = 0 and agent_at = 0"

// QueuePlace counts the contacts that are served before one in its queue, and all that wait there.
func (s *Store) QueuePlace(ctx context.Context, ct *Contact) (before, all int, err error) {
	return queuePlace(reader{ctx, s}, ct)
}

// QueuePlace counts the contacts that are served before one in its queue, and all that wait there.
func (tx *Tx) QueuePlace(ct *Contact) (before, all int, err error) { return queuePlace(tx.w, ct) }

func queuePlace(q querier, ct *Contact) (before, all int, err error) {
	type place struct{ before, all int64 }
	found, err := one(q, func(r row, p *place) error { return r.Scan(&p.before, &p.all) },
		"select (select count(*) from "+waiting+" and (queue_priority, queue_since, id) < ($2, $3, $4)), (select count(*) from "+waiting+")",
		ct.QueueID, ct.Priority(), ct.queueSince(), ct.ID)
	if err != nil {
		return 0, 0, err
	}
	return int(found.before), int(found.all), nil
}

// AnsweredContacts reads the contacts of a queue that got an agent since then, the newest first.
func (s *Store) AnsweredContacts(ctx context.Context, instance, queue string, since int64, limit int) ([]Contact, error) {
	return answeredContacts(reader{ctx, s}, instance, queue, since, limit)
}

// AnsweredContacts reads the contacts of a queue that got an agent since then, the newest first.
func (tx *Tx) AnsweredContacts(instance, queue string, since int64, limit int) ([]Contact, error) {
	return answeredContacts(tx.w, instance, queue, since, limit)
}

func answeredContacts(q querier, instance, queue string, since int64, limit int) ([]Contact, error) {
	return all(q, scanContact, selectContacts+` where k.instance_id = $1 and k.agent_at > $2 and k.agent_at <> 0
		and k.queue_id = $3 order by k.agent_at desc, k.id limit $4`, instance, since, queue, int64(limit))
}

// CountQueued counts the contacts that wait in a queue, up to limit.
func (tx *Tx) CountQueued(queue string, limit int) (int, error) {
	return count(tx, waiting, queue, limit)
}

// Queued counts the contacts that wait in a queue, but for one, and says when the first of them entered it; 0 for an empty queue.
func (tx *Tx) Queued(queue, except string) (n int, oldest int64, err error) {
	type answer struct{ n, oldest int64 }
	found, err := one(tx.w, func(r row, a *answer) error { return r.Scan(&a.n, &a.oldest) },
		"select count(*), coalesce(min(enqueued_at), 0) from "+waiting+" and id <> $2", queue, except)
	if err != nil {
		return 0, 0, err
	}
	return int(found.n), found.oldest, nil
}

// Agents counts the agents of live contacts of a queue, but for one contact and one agent.
func (tx *Tx) Agents(queue, except, agent string) (int, error) {
	n, err := one(tx.w, scanValue[int64], `select count(distinct agent_id) from contacts
		where queue_id = $1 and queue_id <> '' and ended_at = 0 and agent_at <> 0 and id <> $2 and agent_id <> $3`, queue, except, agent)
	if err != nil {
		return 0, err
	}
	return int(*n), nil
}
