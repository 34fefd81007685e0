package store

import (
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
)

// Tx is what an update sees and does. It ends with the update: neither it nor the rows it handed out may be kept.
//
// Rows it read reflect the updates before this one, not its own writes; what it writes is written as it is when the update returns.
type Tx struct {
	w   *worker
	key Key
	now time.Time

	chat    *Chat
	contact *Contact
	replay  *Item
	was     loaded     // chat and contact as they were read
	read    []*Contact // other contacts as they were read

	chats     []chatWrite
	contacts  []*Contact
	items     []*Item
	itemChats []string // ids of the items' chats
	writes    []write
	rows      []rowKey // of writes; empty for rows that are only added
	erased    bool     // rows of the key's chat, past the chat itself
	after     []func()
	err       error // what a method without an error result met
}

type chatWrite struct {
	chat    *Chat
	create  bool
	contact *Contact // created with it
}

// Now is the time of the transaction, UTC in whole milliseconds.
func (tx *Tx) Now() time.Time { return tx.now }

// Chat returns the chat that the key names, nil when there is none. It may be changed in place; PutChat stores the change.
func (tx *Tx) Chat() *Chat { return tx.chat }

// Contact returns the current contact of Chat, nil without a chat. It may be changed in place; PutContact stores the change.
func (tx *Tx) Contact() *Contact { return tx.contact }

// Replay returns the item of Chat that was written with the key's token, nil when there is none. It may be kept, but not changed.
func (tx *Tx) Replay() *Item { return tx.replay }

// CreateChat stores a new chat with its current contact and gives the chat its number.
func (tx *Tx) CreateChat(c *Chat, ct *Contact) {
	num, err := tx.w.chatNum()
	if err != nil {
		tx.fail(err)
		return
	}
	c.Num = num
	tx.chats = append(tx.chats, chatWrite{c, true, ct})
	tx.PutContact(ct)
}

// PutChat stores a chat that was changed.
func (tx *Tx) PutChat(c *Chat) {
	if !slices.ContainsFunc(tx.chats, func(w chatWrite) bool { return w.chat == c }) {
		tx.chats = append(tx.chats, chatWrite{chat: c})
	}
}

// PutContact stores a contact, new or changed. A new one must belong to the key's chat or one created here.
func (tx *Tx) PutContact(ct *Contact) {
	if !slices.Contains(tx.contacts, ct) {
		tx.contacts = append(tx.contacts, ct)
	}
}

// Append adds an item to the end of the transcript of the key's chat, or of one that was created here. It sets the item's Chat and
// Seq, and its At: now, or a millisecond after the item before if that is later.
func (tx *Tx) Append(c *Chat, it *Item) {
	if c != tx.chat && !slices.ContainsFunc(tx.chats, func(w chatWrite) bool { return w.create && w.chat == c }) {
		tx.fail(fmt.Errorf("append to chat %s, which the update does not hold", c.ID))
		return
	}
	c.Seq++
	c.LastAt = max(tx.now.UnixMilli(), c.LastAt+1)
	it.Chat, it.Seq, it.At = c.Num, c.Seq, c.LastAt
	tx.items, tx.itemChats = append(tx.items, it), append(tx.itemChats, c.ID)
}

// holds reports whether nobody else can change the chat until the transaction ends: it is the key's, or was created here.
func (tx *Tx) holds(chatID string) bool {
	return tx.chat != nil && tx.chat.ID == chatID ||
		slices.ContainsFunc(tx.chats, func(w chatWrite) bool { return w.create && w.chat.ID == chatID })
}

// PutItemExtra stores the Extra of an item that was changed.
func (tx *Tx) PutItemExtra(it *Item) {
	tx.add(putItemExtra, it.Chat, it.Seq, string(it.Extra))
}

// PutJob stores a job, in place of an earlier one of the same kind and key.
func (tx *Tx) PutJob(j Job) { tx.putJob(putJob, j) }

// PutJobOnce stores a job unless there is one of the same kind and key, which stays as it is, claimed or not.
func (tx *Tx) PutJobOnce(j Job) { tx.putJob(putJobOnce, j) }

func (tx *Tx) putJob(s *stmt, j Job) {
	tx.put("jobs", pairID(j.Kind, j.Key), s, j.Kind, j.Key, j.ChatID, int64(j.Lane), j.Due, j.Due, int64(j.Attempt), j.Payload)
}

// DeleteJob deletes a job if it is there.
func (tx *Tx) DeleteJob(kind, key string) {
	tx.put("jobs", pairID(kind, key), deleteJob, kind, key)
}

// pairID names a row that two columns identify.
func pairID(a, b string) string { return a + "\x00" + b }

// MaxRequestLife is how long the answer to a request can be remembered.
const MaxRequestLife = 7 * 24 * time.Hour

// PutRequest remembers the answer to a request, for MaxRequestLife at most. If the same request was answered elsewhere at the same time the update runs again
// and finds that answer.
func (tx *Tx) PutRequest(r Request) {
	if r.ExpiresAt > tx.now.Add(MaxRequestLife).UnixMilli() {
		tx.fail(fmt.Errorf("the answer to request %s/%s is to be remembered for too long", r.Scope, r.Token))
		return
	}
	tx.add(putRequest, r.Scope, r.Token, r.Hash, r.Answer, tx.now.UnixMilli(), r.ExpiresAt)
}

// AppendFlowLog adds a line to the flow log of a contact.
func (tx *Tx) AppendFlowLog(contactID string, at int64, line []byte) {
	tx.add(addFlowLog, contactID, at, line)
}

// PutInstance stores an instance, new or changed.
func (tx *Tx) PutInstance(in *Instance) {
	tx.put("instances", in.ID, putInstance, in.ID, tx.doc(in))
}

// PutFlow stores a flow, new or changed. The update fails with ErrExists when another flow of the instance has the name.
func (tx *Tx) PutFlow(f *Flow) {
	tx.put("flows", f.ID, putFlow, f.ID, f.InstanceID, f.Name, f.Type, tx.doc(f))
}

// PutFlowVersion stores a new version of a flow.
func (tx *Tx) PutFlowVersion(v *FlowVersion) {
	tx.add(putFlowVersion, v.FlowID, v.Version, v.Content, v.SHA256, v.At)
}

// DeleteFlow deletes a flow if it is there. Its versions stay for the contacts that run them.
func (tx *Tx) DeleteFlow(id string) {
	tx.put("flows", id, deleteFlow, id)
}

// PutView stores a view, new or changed. The update fails with ErrExists when another view of the instance has the name.
func (tx *Tx) PutView(v *View) {
	tx.put("views", v.ID, putView, v.ID, v.InstanceID, v.Name, tx.doc(v))
}

// PutViewContent stores a new content of a view.
func (tx *Tx) PutViewContent(c *ViewContent) {
	tx.add(putViewContent, c.ViewID, c.Number, tx.doc(c))
}

// DeleteView deletes a view if it is there. Its contents stay for the chats that show them.
func (tx *Tx) DeleteView(id string) {
	tx.put("views", id, deleteView, id)
}

// PutQueue stores a queue, new or changed. The update fails with ErrExists when another queue of the instance has the name.
func (tx *Tx) PutQueue(q *Queue) {
	tx.put("queues", q.ID, putQueue, q.ID, q.InstanceID, q.Name, tx.doc(q))
}

// PutSecret stores a secret, in place of an earlier one of the same kind and id.
func (tx *Tx) PutSecret(sec Secret) {
	tx.put("secrets", pairID(sec.Kind, sec.ID), putSecret, sec.Kind, sec.ID, sec.Value, sec.CreatedAt)
}

// AfterCommit has f called when the transaction is committed and synced, before Update returns. Functions of one chat are called in
// the order of commits. They hold up everybody who waits for the same worker: f must be quick.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

func (tx *Tx) add(s *stmt, args ...any) {
	tx.writes, tx.rows = append(tx.writes, write{s, args}), append(tx.rows, rowKey{})
}

func (tx *Tx) put(table, id string, s *stmt, args ...any) {
	tx.writes, tx.rows = append(tx.writes, write{s, args}), append(tx.rows, rowKey{table, id})
}

func (tx *Tx) doc(row any) string {
	b, err := json.Marshal(row)
	tx.fail(err)
	return string(b)
}

func (tx *Tx) fail(err error) {
	if tx.err == nil {
		tx.err = err
	}
}

// handOver gives what the update wrote to the batch of its worker; nothing if a row can not be encoded.
func (tx *Tx) handOver(b *batch) error {
	for _, w := range tx.chats {
		s, c := putChat, w.chat
		if w.create {
			s = createChat
		}
		tx.putAttributeTerms(c)
		tx.put("chats", c.ID, s, c.Num, c.ID, c.InstanceID, c.ContactID, c.EndedAt, c.CustomerID, tx.doc(c))
	}
	for _, ct := range tx.contacts {
		tx.putTerms(ct, tx.before(ct))
		tx.put("contacts", ct.ID, putContact, ct.ID, ct.ChatID, ct.InstanceID, ct.Association(), ct.QueueID,
			ct.InitiatedAt, ct.EnqueuedAt, ct.AgentAt, ct.AgentID, ct.Priority(), ct.queueSince(), ct.EndedAt, tx.doc(ct))
	}
	for _, it := range tx.items {
		tx.add(addItem, it.Chat, it.Seq, it.ID, it.At, it.ContactID, it.Type, it.ContentType, it.Content,
			it.ParticipantID, it.Role, it.DisplayName, it.Token, string(it.Extra))
	}
	if tx.err != nil {
		return tx.err
	}
	for i, w := range tx.writes {
		if row := tx.rows[i]; row.table != "" {
			b.put(row, w.stmt, w.args...)
		} else {
			b.add(w.stmt, w.args...)
		}
	}
	return nil
}
