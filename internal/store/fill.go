package store

// fills are the parts of migrations that are done in Go, by version, after the tables were changed and in the same transaction.
var fills = map[int]func(migrationTx) error{2: fillContactLife, 6: fillAgents}

// fillPiece is how many rows are read and written at a time.
const fillPiece = 1000

// fillContactLife fills the columns that migration 2 made in the tables of chats and contacts, and the terms of all contacts.
func fillContactLife(tx migrationTx) error {
	err := inPieces(tx, func(r row, c *Chat) error { return scanDoc(r, c, &c.ID) },
		"select id, doc from chats where id > $1 order by id limit $2", func(c *Chat) string { return c.ID },
		func(b *batch, c *Chat) {
			if c.CustomerID != "" {
				b.add(fillChat, c.ID, c.CustomerID)
			}
		})
	if err != nil {
		return err
	}
	type entry struct {
		contact Contact
		chat    Chat
	}
	return inPieces(tx, func(r row, e *entry) error {
		var contact, chat string
		if err := r.Scan(append(contactPlaces(&e.contact, &contact), &chat)...); err != nil {
			return err
		}
		if err := decode(contact, &e.contact); err != nil {
			return err
		}
		return decode(chat, &e.chat)
	}, "select "+contactColumns+", c.doc from contacts k join chats c on c.id = k.chat_id where k.id > $1 order by k.id limit $2",
		func(e *entry) string { return e.contact.ID },
		func(b *batch, e *entry) {
			ct := &e.contact
			e.chat.InstanceID = ct.InstanceID
			b.add(fillContact, ct.ID, ct.Association(), ct.InitiatedAt, ct.EnqueuedAt, ct.AgentAt, ct.Priority(), ct.queueSince())
			for _, t := range append(ownTerms(ct), attributeTerms(&e.chat)...) {
				b.add(addTerm, int64(t), ct.InitiatedAt, ct.ID)
			}
		})
}

// fillAgents fills the column that migration 6 made, of the contacts that are counted by it: those of others are written when they are put.
func fillAgents(tx migrationTx) error {
	return inPieces(tx, func(r row, ct *Contact) error { return scanDoc(r, ct, &ct.ID) },
		"select id, doc from contacts where id > $1 and ended_at = 0 and agent_at <> 0 order by id limit $2", func(ct *Contact) string { return ct.ID },
		func(b *batch, ct *Contact) { b.add(fillAgent, ct.ID, ct.AgentID) })
}

// inPieces reads all rows in the order of their ids and writes what fill makes of them.
func inPieces[T any](tx migrationTx, scan func(row, *T) error, text string, id func(*T) string, fill func(*batch, *T)) error {
	for after := ""; ; {
		rows, err := all(tx, scan, text, after, int64(fillPiece))
		if err != nil || len(rows) == 0 {
			return err
		}
		var b batch
		for i := range rows {
			fill(&b, &rows[i])
		}
		if err := tx.write(&b); err != nil {
			return err
		}
		after = id(&rows[len(rows)-1])
	}
}

var (
	fillChat = &stmt{
		one:  "update chats set customer_id = $2 where id = $1",
		many: "update chats c set customer_id = n.customer_id from unnest($1::text[], $2::text[]) n (id, customer_id) where c.id = n.id",
	}
	fillAgent = &stmt{
		one:  "update contacts set agent_id = $2 where id = $1",
		many: "update contacts k set agent_id = n.agent_id from unnest($1::text[], $2::text[]) n (id, agent_id) where k.id = n.id",
	}
	fillContact = &stmt{
		one: `update contacts set association_id = $2, initiated_at = $3, enqueued_at = $4, agent_at = $5, queue_priority = $6, queue_since = $7
			where id = $1`,
		many: `update contacts k set association_id = n.association_id, initiated_at = n.initiated_at, enqueued_at = n.enqueued_at,
				agent_at = n.agent_at, queue_priority = n.queue_priority, queue_since = n.queue_since
			from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
				n (id, association_id, initiated_at, enqueued_at, agent_at, queue_priority, queue_since)
			where k.id = n.id`,
	}
)
