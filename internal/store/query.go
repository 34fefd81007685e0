package store

import (
	"context"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// querier reads: a worker within its transaction, or reader outside of one.
type querier interface {
	query(q string, args []any, each func(row) error) error
}

// reader reads outside of transactions; each query has its own snapshot.
type reader struct {
	ctx context.Context
	s   *Store
}

func (r reader) query(q string, args []any, each func(row) error) error {
	return r.s.engine.query(r.ctx, q, args, each)
}

// rarely reads with statements of so many forms that none is kept prepared; the database plans each for its arguments.
type rarely struct{ reader }

func (r rarely) query(q string, args []any, each func(row) error) error {
	return r.s.engine.queryOnce(r.ctx, q, args, each)
}

// one returns the only row of an answer, or ErrNotFound.
func one[T any](q querier, scan func(row, *T) error, text string, args ...any) (*T, error) {
	var found *T
	err := q.query(text, args, func(r row) error {
		found = new(T)
		return scan(r, found)
	})
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, ErrNotFound
	}
	return found, nil
}

// all returns the rows of an answer, nil for none.
func all[T any](q querier, scan func(row, *T) error, text string, args ...any) ([]T, error) {
	var found []T
	err := q.query(text, args, func(r row) error {
		found = append(found, *new(T))
		return scan(r, &found[len(found)-1])
	})
	return found, err
}

func scanValue[T any](r row, v *T) error { return r.Scan(v) }

// scanDoc reads columns and then the JSON column into v.
func scanDoc(r row, v any, columns ...any) error {
	var doc string
	if err := r.Scan(append(columns, &doc)...); err != nil {
		return err
	}
	return decode(doc, v)
}

func decode(doc string, v any) error { return json.Unmarshal([]byte(doc), v) }

// A chat's columns end with number and time of its newest item. The first row of an ordered index is one step in both databases,
// max(seq) in a join is not.
const (
	chatColumns = `c.num, c.id, c.instance_id, c.contact_id, c.ended_at, c.doc,
		coalesce((select seq from items where chat = c.num order by seq desc limit 1), 0),
		coalesce((select at from items where chat = c.num order by seq desc limit 1), 0)`
	contactColumns = "k.id, k.chat_id, k.instance_id, k.queue_id, k.ended_at, k.doc"

	selectChats    = "select " + chatColumns + " from chats c"
	selectContacts = "select " + contactColumns + " from contacts k"
	selectLoaded   = "select " + chatColumns + ", " + contactColumns + " from chats c join contacts k on k.id = c.contact_id"
)

func chatPlaces(c *Chat, doc *string) []any {
	return []any{&c.Num, &c.ID, &c.InstanceID, &c.ContactID, &c.EndedAt, doc, &c.Seq, &c.LastAt}
}

func contactPlaces(ct *Contact, doc *string) []any {
	return []any{&ct.ID, &ct.ChatID, &ct.InstanceID, &ct.QueueID, &ct.EndedAt, doc}
}

func scanChat(r row, c *Chat) error {
	var doc string
	if err := r.Scan(chatPlaces(c, &doc)...); err != nil {
		return err
	}
	return decode(doc, c)
}

func scanContact(r row, ct *Contact) error {
	var doc string
	if err := r.Scan(contactPlaces(ct, &doc)...); err != nil {
		return err
	}
	return decode(doc, ct)
}

func scanLoaded(r row, l *loaded) error {
	var chat, contact string
	l.chat, l.contact = new(Chat), new(Contact)
	if err := r.Scan(append(chatPlaces(l.chat, &chat), contactPlaces(l.contact, &contact)...)...); err != nil {
		return err
	}
	if err := decode(chat, l.chat); err != nil {
		return err
	}
	return decode(contact, l.contact)
}

const selectItems = `select chat, seq, id, at, contact_id, type, content_type, content, participant_id, role, display_name, token, extra
	from items`

func scanItem(r row, it *Item) error {
	var extra string
	err := r.Scan(&it.Chat, &it.Seq, &it.ID, &it.At, &it.ContactID, &it.Type, &it.ContentType, &it.Content,
		&it.ParticipantID, &it.Role, &it.DisplayName, &it.Token, &extra)
	if extra != "" {
		it.Extra = []byte(extra)
	}
	return err
}

// readLoaded reads a chat and its current contact.
func readLoaded(q querier, id string) (*loaded, error) {
	return one(q, scanLoaded, selectLoaded+" where c.id = $1", id)
}

func readChat(q querier, id string) (*Chat, error) {
	return one(q, scanChat, selectChats+" where c.id = $1", id)
}

func readContact(q querier, id string) (*Contact, error) {
	return one(q, scanContact, selectContacts+" where k.id = $1", id)
}

func readReplay(q querier, chat int64, token []byte) (*Item, error) {
	return one(q, scanItem, selectItems+" where chat = $1 and token = $2 order by seq desc limit 1", chat, token)
}

// readMarks reads the marks of all tokens of a chat from SQLite's index of items.
func readMarks(q querier, chat int64) (map[uint32]struct{}, error) {
	marks := map[uint32]struct{}{}
	err := q.query("select substr(token, -4) from items where chat = $1 and substr(token, -4) is not null", []any{chat}, func(r row) error {
		var mark []byte
		err := r.Scan(&mark)
		marks[markNumber(mark)] = struct{}{}
		return err
	})
	return marks, err
}

func hasMark(q querier, chat int64, mark []byte) (bool, error) {
	_, err := one(q, scanValue[int64], "select 1 from items where chat = $1 and substr(token, -4) = $2 limit 1", chat, mark)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// readItemByID looks from the newest item on: those asked for are mostly new.
func readItemByID(q querier, chat int64, id string) (*Item, error) {
	return one(q, scanItem, selectItems+" where chat = $1 and id = $2 order by seq desc limit 1", chat, id)
}

// Chat reads a chat.
func (s *Store) Chat(ctx context.Context, id string) (*Chat, error) {
	return readChat(reader{ctx, s}, id)
}

// Contact reads a contact, current or not.
func (s *Store) Contact(ctx context.Context, id string) (*Contact, error) {
	return readContact(reader{ctx, s}, id)
}

// ChatContacts reads all segments of a chat, the oldest first.
func (s *Store) ChatContacts(ctx context.Context, chatID string) ([]Contact, error) {
	return readChatContacts(reader{ctx, s}, chatID)
}

func readChatContacts(q querier, chatID string) ([]Contact, error) {
	return all(q, scanContact, `select `+contactColumns+` from (
			select * from contacts where id = $1
			union all
			select * from contacts where chat_id = $1 and id <> chat_id
		) k order by k.initiated_at, k.id = k.chat_id desc, k.id`, chatID)
}

// AssociatedContacts reads the contacts of a tree in the order they were initiated in, from the one behind (after, afterID) on.
func (s *Store) AssociatedContacts(ctx context.Context, association string, after int64, afterID string, limit int) ([]Contact, error) {
	return all(reader{ctx, s}, scanContact, "select "+contactColumns+` from (
			select * from contacts where id = $1
			union all
			select * from contacts where association_id = $1 and association_id <> id
		) k where (k.initiated_at, k.id) > ($2, $3) order by k.initiated_at, k.id limit $4`, association, after, afterID, int64(limit))
}

// ItemQuery says which items of a chat to read.
type ItemQuery struct {
	After     int64  // Seq is greater
	Before    int64  // Seq is smaller; 0: no bound
	Backward  bool   // newest first
	ContactID string // written under this contact; "": any
	Limit     int    // at most so many; 0: no limit
}

// Items reads items of the chat with this Num.
func (s *Store) Items(ctx context.Context, chat int64, q ItemQuery) ([]Item, error) {
	text, args := selectItems+" where chat = $1 and seq > $2 and seq < $3", []any{chat, q.After, q.Before}
	if q.Before == 0 {
		args[2] = int64(math.MaxInt64)
	}
	if q.ContactID != "" {
		text += " and contact_id = $4"
		args = append(args, q.ContactID)
	}
	text += " order by seq"
	if q.Backward {
		text += " desc"
	}
	if q.Limit > 0 {
		text += " limit $" + strconv.Itoa(len(args)+1)
		args = append(args, int64(q.Limit))
	}
	return all(reader{ctx, s}, scanItem, text, args...)
}

// ItemByID reads an item of the chat with this Num.
func (s *Store) ItemByID(ctx context.Context, chat int64, id string) (*Item, error) {
	return readItemByID(reader{ctx, s}, chat, id)
}

// ItemNear reads the newest item at or before a time if backward, else the oldest at or after it.
func (s *Store) ItemNear(ctx context.Context, chat int64, at time.Time, backward bool) (*Item, error) {
	// Times grow with the numbers, which have no gaps: halve the range [low, high) until low is the first item that is late enough.
	const first = `with recursive span(low, high) as (
			select cast(1 as bigint), coalesce(max(seq), 0) + 1 from items where chat = $1
			union all
			select case when i.at < $2 then i.seq + 1 else low end, case when i.at < $2 then high else i.seq end
			from span join items i on i.chat = $1 and i.seq = (low + high) / 2 where low < high)
		` + selectItems + ` where chat = $1 and seq = (select max(low) from span)`
	bound, step := at.UnixMilli(), int64(0)
	if backward {
		bound, step = bound+1, -1
	}
	return one(reader{ctx, s}, scanItem, first+" + $3", chat, bound, step)
}

// FlowLog reads lines of a contact's flow log that come after the line with that id; 0 for all.
func (s *Store) FlowLog(ctx context.Context, contactID string, after int64, limit int) ([]FlowLogLine, error) {
	return all(reader{ctx, s}, func(r row, l *FlowLogLine) error { return r.Scan(&l.ID, &l.At, &l.Line) },
		"select id, at, line from flow_log where contact_id = $1 and id > $2 order by id limit $3", contactID, after, int64(limit))
}

const (
	selectInstances = "select id, doc from instances"
	selectFlows     = "select id, instance_id, name, type, doc from flows"
	selectQueues    = "select id, instance_id, name, doc from queues"
	selectViews     = "select id, instance_id, name, doc from views"
	selectVersions  = "select flow_id, version, content, sha256, at from flow_versions"
)

func scanInstance(r row, in *Instance) error { return scanDoc(r, in, &in.ID) }

func scanFlow(r row, f *Flow) error { return scanDoc(r, f, &f.ID, &f.InstanceID, &f.Name, &f.Type) }

func scanQueue(r row, q *Queue) error { return scanDoc(r, q, &q.ID, &q.InstanceID, &q.Name) }

func scanView(r row, v *View) error { return scanDoc(r, v, &v.ID, &v.InstanceID, &v.Name) }

func scanViewContent(r row, c *ViewContent) error { return scanDoc(r, c, &c.ViewID, &c.Number) }

func scanVersion(r row, v *FlowVersion) error {
	return r.Scan(&v.FlowID, &v.Version, &v.Content, &v.SHA256, &v.At)
}

func readInstance(q querier, id string) (*Instance, error) {
	return one(q, scanInstance, selectInstances+" where id = $1", id)
}

func readFlow(q querier, id string) (*Flow, error) {
	return one(q, scanFlow, selectFlows+" where id = $1", id)
}

func readFlowByName(q querier, instance, name string) (*Flow, error) {
	return one(q, scanFlow, selectFlows+" where instance_id = $1 and name = $2", instance, name)
}

func readFlowVersion(q querier, id string, version int64) (*FlowVersion, error) {
	return one(q, scanVersion, selectVersions+" where flow_id = $1 and version = $2", id, version)
}

func readQueue(q querier, id string) (*Queue, error) {
	return one(q, scanQueue, selectQueues+" where id = $1", id)
}

func readView(q querier, id string) (*View, error) {
	return one(q, scanView, selectViews+" where id = $1", id)
}

func readViewContent(q querier, id string, number int64) (*ViewContent, error) {
	return one(q, scanViewContent, "select view_id, number, doc from view_contents where view_id = $1 and number = $2", id, number)
}

func readSecrets(q querier, kind string) ([]Secret, error) {
	return all(q, func(r row, sec *Secret) error { return r.Scan(&sec.Kind, &sec.ID, &sec.Value, &sec.CreatedAt) },
		"select kind, id, value, created_at from secrets where kind = $1 order by created_at desc, id", kind)
}

// Instances reads instances in the order of their ids, from the one after that id on; "" for the first.
func (s *Store) Instances(ctx context.Context, after string, limit int) ([]Instance, error) {
	return all(reader{ctx, s}, scanInstance, selectInstances+" where id > $1 order by id limit $2", after, int64(limit))
}

// Instance reads an instance.
func (s *Store) Instance(ctx context.Context, id string) (*Instance, error) {
	return readInstance(reader{ctx, s}, id)
}

// Flows reads flows of an instance in the order of their ids, from the one after that id on; "" for the first. Without types it
// reads flows of any type.
func (s *Store) Flows(ctx context.Context, instance string, types []string, after string, limit int) ([]Flow, error) {
	return flowsOfInstance(reader{ctx, s}, instance, types, after, limit)
}

func flowsOfInstance(q querier, instance string, types []string, after string, limit int) ([]Flow, error) {
	text, args := selectFlows+" where instance_id = $1 and id > $2", []any{instance, after}
	if len(types) > 0 {
		var places []string
		for _, t := range types {
			args = append(args, t)
			places = append(places, "$"+strconv.Itoa(len(args)))
		}
		text += " and type in (" + strings.Join(places, ", ") + ")"
	}
	args = append(args, int64(limit))
	return all(q, scanFlow, text+" order by id limit $"+strconv.Itoa(len(args)), args...)
}

// Flow reads a flow.
func (s *Store) Flow(ctx context.Context, id string) (*Flow, error) {
	return readFlow(reader{ctx, s}, id)
}

// FlowByName reads the flow of an instance that has this name.
func (s *Store) FlowByName(ctx context.Context, instance, name string) (*Flow, error) {
	return readFlowByName(reader{ctx, s}, instance, name)
}

// FlowVersion reads a version of a flow, which may have been deleted.
func (s *Store) FlowVersion(ctx context.Context, id string, version int64) (*FlowVersion, error) {
	return readFlowVersion(reader{ctx, s}, id, version)
}

// View reads a view.
func (s *Store) View(ctx context.Context, id string) (*View, error) {
	return readView(reader{ctx, s}, id)
}

// Views reads views of an instance in the order of their names, from the one after that name on; "" for the first.
func (s *Store) Views(ctx context.Context, instance, after string, limit int) ([]View, error) {
	return all(reader{ctx, s}, scanView, selectViews+" where instance_id = $1 and name > $2 order by name limit $3", instance, after, int64(limit))
}

// ViewContent reads a content of a view, which may have been deleted.
func (s *Store) ViewContent(ctx context.Context, id string, number int64) (*ViewContent, error) {
	return readViewContent(reader{ctx, s}, id, number)
}

// Queue reads a queue.
func (s *Store) Queue(ctx context.Context, id string) (*Queue, error) {
	return readQueue(reader{ctx, s}, id)
}

// QueueByName reads the queue of an instance that has this name.
func (s *Store) QueueByName(ctx context.Context, instance, name string) (*Queue, error) {
	return one(reader{ctx, s}, scanQueue, selectQueues+" where instance_id = $1 and name = $2", instance, name)
}

// Queues reads queues of an instance in the order of their ids, from the one after that id on; "" for the first.
func (s *Store) Queues(ctx context.Context, instance, after string, limit int) ([]Queue, error) {
	return queuesOfInstance(reader{ctx, s}, instance, after, limit)
}

func queuesOfInstance(q querier, instance, after string, limit int) ([]Queue, error) {
	return all(q, scanQueue, selectQueues+" where instance_id = $1 and id > $2 order by id limit $3", instance, after, int64(limit))
}

// Secrets reads the secrets of a kind, the newest first.
func (s *Store) Secrets(ctx context.Context, kind string) ([]Secret, error) {
	return readSecrets(reader{ctx, s}, kind)
}
