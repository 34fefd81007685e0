package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/store/storetest"
)

// TestFilledDatabaseIsMigrated opens a database that version 1 filled.
func TestFilledDatabaseIsMigrated(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, e storetest.Engine) {
		t.Parallel()
		const chats = 1500 // more than are filled at a time
		const at = 1_767_225_600_000
		dsn := storetest.DSN(t, e)
		var rows strings.Builder
		for i := range chats {
			id := fmt.Sprintf("c%04d", i)
			fmt.Fprintf(&rows, `insert into chats values (%d, '%s', '%s', '%s', %d,
				'{"attributes":{"n":"%d","odd\u0000":"\u00fc"},"customerId":"%d","startedAt":%d}');`, i+1, id, instanceID, id, i%2, i, i%3, at+i)
			fmt.Fprintf(&rows, `insert into contacts values ('%s', '%s', '%s', '%s', %d,
				'{"initiationMethod":"API","name":"Order %d","initiatedAt":%d,"enqueuedAt":%d}');`,
				id, id, instanceID, "q", i%2, i, at+i, at+i+1)
		}
		fmt.Fprintf(&rows, "insert into items values (1, 1, 'i', %d, 'c0000', 'MESSAGE', 'text/plain', 'Hello', 'p', 'CUSTOMER', 'Ada', null, '');", at)
		for i, agent := range []string{"a", "b", "a"} {
			fmt.Fprintf(&rows, `insert into contacts values ('s%d', 'c0000', '%s', 'served', 0, '{"agentAt":%d,"agentId":"%s"}');`, i, instanceID, i+1, agent)
		}
		makeDatabase(t, e, dsn, store.FirstTables(string(e))+rows.String())

		s := storetest.OpenDSN(t, dsn, store.Options{})
		ctx := t.Context()
		find := func(want int, facts ...store.Fact) []store.Contact {
			t.Helper()
			q := store.ContactQuery{InstanceID: instanceID, Time: store.Initiated, From: at, To: at + chats, Sort: store.Enqueued, Backward: true, Limit: 2}
			for _, f := range facts {
				q.Where = append(q.Where, store.Filter{Any: [][]store.Fact{{f}}})
			}
			n, err := s.CountContacts(ctx, q, 2*chats)
			if err != nil || n != want {
				t.Errorf("found %d, %v, want %d", n, err, want)
			}
			found, err := s.SearchContacts(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		waits, err := s.Contact(ctx, "c0010")
		if err != nil {
			t.Fatal(err)
		}
		if before, all, err := s.QueuePlace(ctx, waits); before != 5 || all != (chats+1)/2 || err != nil {
			t.Errorf("%d of %d are served before the eleventh (%v)", before, all, err)
		}
		update(t, s, store.Key{}, func(tx *store.Tx) error {
			if n, err := tx.Agents("served", "", ""); n != 2 || err != nil {
				t.Errorf("%d agents, %v", n, err)
			}
			return nil
		})
		newest := find(chats)
		if newest[0].ID != "c1499" || newest[1].ID != "c1498" || newest[0].EnqueuedAt != at+1500 {
			t.Errorf("newest: %+v", newest)
		}
		find(chats, store.Fact{Term: store.MethodTerm(instanceID, "API")}, store.Fact{Term: store.QueueTerm(instanceID, "q")},
			store.Fact{Term: store.AttributeTerm(instanceID, "odd\x00", "ü")})
		if one := find(1, store.Fact{Term: store.AttributeTerm(instanceID, "n", "1234")}); one[0].Name != "Order 1234" {
			t.Errorf("by attribute: %+v", one)
		}
		if tree, err := s.AssociatedContacts(ctx, "c0007", 0, "", 9); err != nil || len(tree) != 1 {
			t.Errorf("tree: %v, %v", tree, err)
		}
		if of, err := s.CustomerChats(ctx, instanceID, "2", "", chats); err != nil || len(of) != chats/3 {
			t.Errorf("of a customer: %d, %v", len(of), err)
		}
		if ended, err := s.EndedChats(ctx, instanceID, 2, store.ChatPlace{}, chats); err != nil || len(ended) != chats/2 {
			t.Errorf("ended: %d, %v", len(ended), err)
		}

		// Life goes on where it was.
		update(t, s, store.Key{Chat: "c0000"}, func(tx *store.Tx) error {
			tx.Append(tx.Chat(), item("c0000", store.Participant{ID: "p"}, "text/plain", "again", nil))
			return nil
		})
		c, err := s.Chat(ctx, "c0000")
		if err != nil {
			t.Fatal(err)
		}
		want := &store.Chat{
			Num: 1, ID: "c0000", InstanceID: instanceID, ContactID: "c0000", Seq: 2, LastAt: c.LastAt, StartedAt: at, CustomerID: "0",
			Attributes: map[string]string{"n": "0", "odd\x00": "ü"},
		}
		if diff := cmp.Diff(want, c); diff != "" {
			t.Errorf("chat (-want +got):\n%s", diff)
		}
	})
}

// TestOlderNodesCanNotWrite: a node that was not stopped before the migration is refused what nothing would find. A SQLite file has but
// one owner.
func TestOlderNodesCanNotWrite(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, e storetest.Engine) {
		t.Parallel()
		if e != storetest.Postgres {
			return
		}
		dsn := storetest.DSN(t, e)
		makeDatabase(t, e, dsn, store.FirstTables(string(e))+
			"insert into chats values (1, 'a', 'i', 'a', 0, '{}'); insert into contacts values ('a', 'a', 'i', '', 0, '{}');")
		storetest.OpenDSN(t, dsn, store.Options{})
		conn, err := pgx.Connect(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
		for table, row := range map[string]string{
			"chats":    "(num, id, instance_id, contact_id, ended_at, doc) values (1, 'a', 'i', 'a', 1, '{}') on conflict (num) do update set ended_at = 1",
			"contacts": "(id, chat_id, instance_id, queue_id, ended_at, doc) values ('a', 'a', 'i', '', 1, '{}') on conflict (id) do update set ended_at = 1",
		} {
			if _, err := conn.Exec(t.Context(), "insert into "+table+" "+row); err == nil || !strings.Contains(err.Error(), "null value") {
				t.Errorf("%s are written as by an older version: %v", table, err)
			}
		}
	})
}

// makeDatabase runs statements in a database that no store has seen.
func makeDatabase(t *testing.T, e storetest.Engine, dsn, text string) {
	t.Helper()
	if e == storetest.SQLite {
		db, err := sql.Open("sqlite", strings.Replace(dsn, "sqlite:", "file:", 1))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec("begin;" + text + "commit"); err != nil {
			t.Fatal(err)
		}
		return
	}
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), text); err != nil {
		t.Fatal(err)
	}
}
