package store

import (
	"errors"
	"maps"
	"slices"
)

// configured reads a row of configuration, or takes it from what the worker knows. The caller gets a copy of its own.
func configured[T any](tx *Tx, table, id string, read func(querier, string) (*T, error)) (*T, error) {
	key := rowKey{table, id}
	if row, ok := tx.w.known.rows[key]; ok {
		return new(*row.(*T)), nil
	}
	row, err := read(tx.w, id)
	if err != nil {
		return nil, err
	}
	tx.w.known.putRow(key, row)
	return new(*row), nil
}

// Instance reads an instance.
func (tx *Tx) Instance(id string) (*Instance, error) {
	in, err := configured(tx, "instances", id, readInstance)
	if err == nil {
		in.Attributes, in.DefaultFlows = maps.Clone(in.Attributes), maps.Clone(in.DefaultFlows)
		in.Storage, in.Integrations = slices.Clone(in.Storage), slices.Clone(in.Integrations)
		in.Functions, in.FlowAssociations, in.Bots = slices.Clone(in.Functions), slices.Clone(in.FlowAssociations), slices.Clone(in.Bots)
		for i := range in.Integrations {
			in.Integrations[i].Tags = maps.Clone(in.Integrations[i].Tags)
		}
	}
	return in, err
}

// Flow reads a flow.
func (tx *Tx) Flow(id string) (*Flow, error) {
	f, err := configured(tx, "flows", id, readFlow)
	if err == nil {
		f.Tags, f.Kept = maps.Clone(f.Tags), slices.Clone(f.Kept)
	}
	return f, err
}

// View reads a view.
func (tx *Tx) View(id string) (*View, error) {
	v, err := configured(tx, "views", id, readView)
	if err == nil {
		v.Tags, v.Versions = maps.Clone(v.Tags), slices.Clone(v.Versions)
	}
	return v, err
}

// ViewContent reads a content of a view, which may have been deleted.
func (tx *Tx) ViewContent(id string, number int64) (*ViewContent, error) {
	return readViewContent(tx.w, id, number)
}

// Queue reads a queue.
func (tx *Tx) Queue(id string) (*Queue, error) {
	q, err := configured(tx, "queues", id, readQueue)
	if err == nil {
		q.Tags = maps.Clone(q.Tags)
	}
	return q, err
}

// FlowByName reads the flow of an instance that has this name.
func (tx *Tx) FlowByName(instance, name string) (*Flow, error) {
	return readFlowByName(tx.w, instance, name)
}

// Flows reads flows of an instance in the order of their ids, from the one after that id on; "" for the first.
func (tx *Tx) Flows(instance, after string, limit int) ([]Flow, error) {
	return flowsOfInstance(tx.w, instance, nil, after, limit)
}

// FlowVersion reads a version of a flow, which may have been deleted.
func (tx *Tx) FlowVersion(id string, version int64) (*FlowVersion, error) {
	return readFlowVersion(tx.w, id, version)
}

// ChatByID reads any chat as it is now; others may change it meanwhile, unless it has ended. To change a chat name it in the key.
func (tx *Tx) ChatByID(id string) (*Chat, error) { return readChat(tx.w, id) }

// ContactByID reads any contact. One that this update has put is that very row, so that it is not put again as it was before. To change
// the contact of the key's chat use Contact.
func (tx *Tx) ContactByID(id string) (*Contact, error) {
	for _, ct := range tx.contacts {
		if ct.ID == id {
			return ct, nil
		}
	}
	ct, err := readContact(tx.w, id)
	if err == nil {
		tx.read = append(tx.read, ct.clone())
	}
	return ct, err
}

// Item reads the item of the chat with this Num that has this Seq. One that only its id names is looked for before the transaction, by
// Store.ItemByID: that takes longer, and everybody else would wait.
func (tx *Tx) Item(chat, seq int64) (*Item, error) {
	return one(tx.w, scanItem, selectItems+" where chat = $1 and seq = $2", chat, seq)
}

// LastOf reads the number of the newest item that was written under a contact, 0 if there is none. It looks through all that came later
// in the chat.
func (tx *Tx) LastOf(chat int64, contactID string) (int64, error) {
	seq, err := one(tx.w, scanValue[int64], "select seq from items where chat = $1 and contact_id = $2 order by seq desc limit 1", chat, contactID)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return *seq, nil
}

// Job reads a job.
func (tx *Tx) Job(kind, key string) (*Job, error) {
	return one(tx.w, scanJob, selectJobs+" where kind = $1 and key = $2", kind, key)
}

// Request reads what was answered to a request; ErrNotFound if it was not answered or that has expired.
func (tx *Tx) Request(scope, token string) (*Request, error) {
	return one(tx.w, func(r row, q *Request) error { return r.Scan(&q.Scope, &q.Token, &q.Hash, &q.Answer, &q.ExpiresAt) },
		"select scope, token, hash, answer, expires_at from requests where scope = $1 and token = $2 and expires_at > $3",
		scope, token, tx.now.UnixMilli())
}

// Secrets reads the secrets of a kind, the newest first, and holds off everybody else who reads them in a transaction: of several
// nodes that find none one makes them.
func (tx *Tx) Secrets(kind string) ([]Secret, error) {
	if err := tx.w.lock("lock table secrets in share row exclusive mode"); err != nil {
		return nil, err
	}
	return readSecrets(tx.w, kind)
}

// LockInstance holds off everybody else who locks the instance, on any node, until the transaction ends. What is counted after it
// stays true until then.
func (tx *Tx) LockInstance(id string) error {
	k := &tx.w.known
	if k.locks[id] {
		return nil
	}
	k.locks[id] = true
	if !k.keeps { // others may have changed them while the lock was waited for
		clear(k.rows)
	}
	return tx.w.lock("select id from instances where id = $1 for update", id)
}

// CountLiveChats counts the chats of an instance that have not ended, up to limit.
func (tx *Tx) CountLiveChats(instance string, limit int) (int, error) {
	return count(tx, "chats where instance_id = $1 and ended_at = 0", instance, limit)
}

// CountFlows counts the flows of an instance, up to limit.
func (tx *Tx) CountFlows(instance string, limit int) (int, error) {
	return count(tx, "flows where instance_id = $1", instance, limit)
}

// CountViews counts the views of an instance, up to limit.
func (tx *Tx) CountViews(instance string, limit int) (int, error) {
	return count(tx, "views where instance_id = $1", instance, limit)
}

func count(tx *Tx, from, of string, limit int) (int, error) {
	n, err := one(tx.w, scanValue[int64], "select count(*) from (select 1 from "+from+" limit $2) counted", of, int64(limit))
	if err != nil {
		return 0, err
	}
	return int(*n), nil
}
