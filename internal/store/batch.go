package store

import (
	"slices"
	"strconv"
	"strings"
)

// stmt is one kind of write. PostgreSQL writes many rows at once where the kind allows it; the rows are then arrays by column.
type stmt struct {
	one    string // writes one row
	many   string // writes the rows given as one array a column; "" if there is no such form
	sqlite string // writes one row on SQLite; "" if one does

	// late writes change rows that others of the same batch make.
	late bool
}

// insert makes the two forms of an insertion. columns are names with their PostgreSQL types; tail follows the values.
func insert(table, columns, tail string) *stmt {
	var names, places, arrays []string
	for i, c := range strings.Split(columns, ", ") {
		name, typ, _ := strings.Cut(c, " ")
		place := "$" + strconv.Itoa(i+1)
		names, places, arrays = append(names, name), append(places, place), append(arrays, place+"::"+typ+"[]")
	}
	into := "insert into " + table + " (" + strings.Join(names, ", ") + ")"
	return &stmt{
		one:  into + " values (" + strings.Join(places, ", ") + ") " + tail,
		many: into + " select * from unnest(" + strings.Join(arrays, ", ") + ") " + tail,
	}
}

// addNumbered makes a null, which the table refuses, of a number that an item of the chat has. PostgreSQL has an index for that.
func addNumbered(s *stmt) *stmt {
	s.sqlite = strings.Replace(s.one, "$2", "case when exists (select 1 from items where chat = $1 and seq = $2) then null else $2 end", 1)
	return s
}

const jobColumns = "kind text, key text, chat_id text, lane bigint, due bigint, next bigint, attempt bigint, payload bytea"

// All writes of transactions.
var (
	putInstance = insert("instances", "id text, doc text",
		"on conflict (id) do update set doc = excluded.doc")
	deleteFlow = &stmt{
		one:  "delete from flows where id = $1",
		many: "delete from flows where id = any($1::text[])",
	}
	putFlow = insert("flows", "id text, instance_id text, name text, type text, doc text",
		"on conflict (id) do update set name = excluded.name, type = excluded.type, doc = excluded.doc")
	putFlowVersion = insert("flow_versions", "flow_id text, version bigint, content text, sha256 text, at bigint", "")
	putView        = insert("views", "id text, instance_id text, name text, doc text",
		"on conflict (id) do update set name = excluded.name, doc = excluded.doc")
	putViewContent = insert("view_contents", "view_id text, number bigint, doc text", "")
	deleteView     = &stmt{one: "delete from views where id = $1"}
	putQueue       = insert("queues", "id text, instance_id text, name text, doc text",
		"on conflict (id) do update set name = excluded.name, doc = excluded.doc")
	putSecret = insert("secrets", "kind text, id text, value bytea, created_at bigint",
		"on conflict (kind, id) do update set value = excluded.value")
	createChat = insert("chats", "num bigint, id text, instance_id text, contact_id text, ended_at bigint, customer_id text, doc text", "")
	putChat    = insert("chats", "num bigint, id text, instance_id text, contact_id text, ended_at bigint, customer_id text, doc text",
		"on conflict (num) do update set contact_id = excluded.contact_id, ended_at = excluded.ended_at, "+
			"customer_id = excluded.customer_id, doc = excluded.doc")
	putContact = insert("contacts", "id text, chat_id text, instance_id text, association_id text, queue_id text, initiated_at bigint, "+
		"enqueued_at bigint, agent_at bigint, agent_id text, queue_priority bigint, queue_since bigint, ended_at bigint, doc text",
		"on conflict (id) do update set association_id = excluded.association_id, queue_id = excluded.queue_id, "+
			"initiated_at = excluded.initiated_at, enqueued_at = excluded.enqueued_at, agent_at = excluded.agent_at, agent_id = excluded.agent_id, "+
			"queue_priority = excluded.queue_priority, queue_since = excluded.queue_since, ended_at = excluded.ended_at, doc = excluded.doc")
	addItem = addNumbered(insert("items", "chat bigint, seq bigint, id text, at bigint, contact_id text, type text, content_type text, "+
		"content text, participant_id text, role text, display_name text, token bytea, extra text", ""))
	putItemExtra = &stmt{one: "update items set extra = $3 where chat = $1 and seq = $2", late: true}
	putJob       = insert("jobs", jobColumns,
		"on conflict (kind, key) do update set chat_id = excluded.chat_id, lane = excluded.lane, due = excluded.due, next = excluded.next, attempt = excluded.attempt, payload = excluded.payload")
	putJobOnce = insert("jobs", jobColumns, "on conflict (kind, key) do nothing")
	deleteJob  = &stmt{
		one:  "delete from jobs where kind = $1 and key = $2",
		many: "delete from jobs where (kind, key) in (select * from unnest($1::text[], $2::text[]))",
	}
	// A request that is there and has not expired makes a null, which the table refuses: somebody else answered it just now.
	putRequest = insert("requests", "scope text, token text, hash bytea, answer bytea, at bigint, expires_at bigint",
		"on conflict (scope, token) do update set hash = excluded.hash, answer = excluded.answer, at = excluded.at, "+
			"expires_at = case when requests.expires_at <= excluded.at then excluded.expires_at end")
	deleteRequest = &stmt{one: "delete from requests where scope = $1 and token = $2"}
	addFlowLog    = insert("flow_log", "contact_id text, at bigint, line bytea", "")
	addOut        = insert("outs", "stream text, target text, chat_id text, contact_id text, instance_id text, kind text, at bigint, body bytea, "+
		"attributes text, dead_at bigint, error text", "")
	deleteOuts = &stmt{one: "delete from outs where stream = $1 and id <= $2 and dead_at = 0"}
	markOut    = &stmt{one: "update outs set dead_at = $2, error = $3 where id = $1"}
	reviveOut  = &stmt{one: "update outs set dead_at = 0, error = '', at = $2 where id = $1"}
	deleteOut  = &stmt{
		one:  "delete from outs where id = $1",
		many: "delete from outs where id = any($1::bigint[])",
	}
	putAttachment    = insert("attachments", "id text, chat_id text, doc text", "on conflict (id) do update set doc = excluded.doc")
	deleteAttachment = &stmt{one: "delete from attachments where id = $1"}
	putBinding       = insert("bindings", "scope text, key text, chat_id text",
		"on conflict (scope, key) do update set chat_id = excluded.chat_id")
	eraseItems   = &stmt{one: "delete from items where chat = $1 and seq <= $2"}
	eraseSaid    = &stmt{one: "delete from outs where stream >= $1 || '/' and stream < $1 || '0' and kind in ('item', 'process')"}
	eraseFlowLog = &stmt{one: "delete from flow_log where contact_id = $1 and id <= $2"}
)

// write is one row to be written.
type write struct {
	stmt *stmt
	args []any
}

// batch is what finished updates have written and the database has not got yet. A row that is written again is written once, as it
// was last.
type batch struct {
	writes []write
	rows   map[rowKey]int // index in writes
}

type rowKey struct{ table, id string }

func (b *batch) add(s *stmt, args ...any) { b.writes = append(b.writes, write{s, args}) }

// put replaces an earlier write of the same row.
func (b *batch) put(key rowKey, s *stmt, args ...any) {
	if i, ok := b.rows[key]; ok {
		switch earlier := b.writes[i].stmt; {
		case earlier == createChat:
			s = createChat
		case s == putJobOnce && earlier == deleteJob:
			s = putJob
		case s == putJobOnce:
			return
		}
		b.writes[i] = write{s, args}
		return
	}
	if b.rows == nil {
		b.rows = map[rowKey]int{}
	}
	b.rows[key] = len(b.writes)
	b.add(s, args...)
}

func (b *batch) reset() {
	clear(b.writes)
	b.writes = b.writes[:0]
	clear(b.rows)
}

// byKind returns the writes of each kind together; late kinds come last.
func (b *batch) byKind() [][]write {
	var kinds [][]write
	place := map[*stmt]int{}
	for _, w := range b.writes {
		i, ok := place[w.stmt]
		if !ok {
			i = len(kinds)
			place[w.stmt] = i
			kinds = append(kinds, nil)
		}
		kinds[i] = append(kinds[i], w)
	}
	slices.SortStableFunc(kinds, func(a, b []write) int {
		switch late := a[0].stmt.late; {
		case late == b[0].stmt.late:
			return 0
		case late:
			return 1
		}
		return -1
	})
	return kinds
}

// arrays turns rows into one slice a column, as pgx takes arrays.
func arrays(rows []write) []any {
	columns := make([]any, len(rows[0].args))
	for i, first := range rows[0].args {
		switch first.(type) {
		case string:
			columns[i] = column[string](rows, i)
		case int64:
			columns[i] = column[int64](rows, i)
		default:
			columns[i] = column[[]byte](rows, i)
		}
	}
	return columns
}

func column[T any](rows []write, i int) []T {
	values := make([]T, len(rows))
	for r := range rows {
		values[r] = rows[r].args[i].(T)
	}
	return values
}
