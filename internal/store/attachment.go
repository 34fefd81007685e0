package store

import "context"

// PutAttachment stores an attachment, new or changed.
func (tx *Tx) PutAttachment(a *Attachment) {
	tx.put("attachments", a.ID, putAttachment, a.ID, a.ChatID, tx.doc(a))
}

// DeleteAttachment deletes an attachment if it is there. Its bytes are the caller's to delete.
func (tx *Tx) DeleteAttachment(id string) { tx.put("attachments", id, deleteAttachment, id) }

// Attachment reads an attachment.
func (tx *Tx) Attachment(id string) (*Attachment, error) { return readAttachment(tx.w, id) }

// CountAttachments counts the attachments of a chat, up to limit.
func (tx *Tx) CountAttachments(chatID string, limit int) (int, error) {
	return count(tx, "attachments where chat_id = $1", chatID, limit)
}

// Attachment reads an attachment.
func (s *Store) Attachment(ctx context.Context, id string) (*Attachment, error) {
	return readAttachment(reader{ctx, s}, id)
}

// Attachments reads the attachments of a chat in the order of their ids.
func (s *Store) Attachments(ctx context.Context, chatID string) ([]Attachment, error) {
	return all(reader{ctx, s}, scanAttachment, selectAttachments+" where chat_id = $1 order by id", chatID)
}

const selectAttachments = "select id, chat_id, doc from attachments"

func scanAttachment(r row, a *Attachment) error { return scanDoc(r, a, &a.ID, &a.ChatID) }

func readAttachment(q querier, id string) (*Attachment, error) {
	return one(q, scanAttachment, selectAttachments+" where id = $1", id)
}

// PutBinding stores a binding, in place of an earlier one of the same scope and key. Who reads one, and puts another if there is none,
// must hold the instance by LockInstance: else two may do so at once.
func (tx *Tx) PutBinding(b Binding) {
	tx.put("bindings", pairID(b.Scope, b.Key), putBinding, b.Scope, b.Key, b.ChatID)
}

// Binding reads a binding.
func (tx *Tx) Binding(scope, key string) (*Binding, error) { return readBinding(tx.w, scope, key) }

// Binding reads a binding.
func (s *Store) Binding(ctx context.Context, scope, key string) (*Binding, error) {
	return readBinding(reader{ctx, s}, scope, key)
}

func readBinding(q querier, scope, key string) (*Binding, error) {
	return one(q, func(r row, b *Binding) error { return r.Scan(&b.Scope, &b.Key, &b.ChatID) },
		"select scope, key, chat_id from bindings where scope = $1 and key = $2", scope, key)
}
