package store_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/store/storetest"
)

const (
	searchStart = 1_767_225_600_000 // 2026-01-01
	searchSpan  = 8 * 7 * 24 * time.Hour
)

// fillContacts makes contacts that began over eight weeks: most were queued and got an agent, all but the newest ended.
func fillContacts(b *testing.B, s *store.Store, contacts int) {
	const atOnce = 500
	r := rand.New(rand.NewPCG(1, 1))
	putInstance(b, s)
	step := searchSpan.Milliseconds() / int64(contacts)
	for done := 0; done < contacts; done += atOnce {
		update(b, s, store.Key{}, func(tx *store.Tx) error {
			for i := done; i < min(done+atOnce, contacts); i++ {
				id, at := uuid.NewString(), searchStart+int64(i)*step
				c := &store.Chat{ID: id, InstanceID: instanceID, ContactID: id, StartedAt: at, Attributes: map[string]string{
					"language": strconv.Itoa(r.IntN(10)), "order": strconv.Itoa(i),
				}}
				if i%1000 == 0 {
					c.Attributes["campaign"] = "winter"
				}
				ct := &store.Contact{ID: id, ChatID: id, InstanceID: instanceID, InitiationMethod: "API", InitiatedAt: at, UpdatedAt: at}
				if r.IntN(10) < 7 {
					ct.QueueID, ct.EnqueuedAt = "queue "+strconv.Itoa(r.IntN(20)), at+10_000
				}
				if ct.QueueID != "" && r.IntN(10) < 9 {
					ct.AgentID, ct.AgentAt = "agent "+strconv.Itoa(r.IntN(200)), at+20_000+r.Int64N(60_000)
				}
				if r.IntN(10) < 3 {
					ct.Name = fmt.Sprintf("Order %d is late", i)
				}
				if contacts-i > 1000 {
					c.EndedAt = at + 100_000 + r.Int64N(3_600_000)
					ct.EndedAt = c.EndedAt
				}
				tx.CreateChat(c, ct)
			}
			return nil
		})
	}
}

// BenchmarkSearch asks: how long does a page of a search take among many contacts, and how long the count of all that are found?
// PARLEY_BENCH_CONTACTS says how many contacts; a million is the question, a fiftieth of it the default.
func BenchmarkSearch(b *testing.B) {
	contacts := envNumber(b, "PARLEY_BENCH_CONTACTS", 20_000)
	attribute := func(key, value string) store.Fact {
		return store.Fact{Term: store.AttributeTerm(instanceID, key, value)}
	}
	queue := func(n int) store.Fact { return store.Fact{Term: store.QueueTerm(instanceID, "queue "+strconv.Itoa(n))} }
	agent := store.Fact{Term: store.AgentTerm(instanceID, "agent 7")}
	queries := []struct {
		name   string
		change func(*store.ContactQuery)
		facts  []store.Fact
	}{
		{name: "newest"},
		{name: "middle", change: func(q *store.ContactQuery) {
			q.After = &store.ContactPlace{At: searchStart + searchSpan.Milliseconds()/2}
		}},
		{name: "one day by enqueued", change: func(q *store.ContactQuery) {
			q.Time, q.Sort, q.To = store.Enqueued, store.Enqueued, searchStart+24*time.Hour.Milliseconds()
		}},
		{name: "latest disconnected", change: func(q *store.ContactQuery) { q.Sort = store.Ended }},
		{name: "unique attribute", facts: []store.Fact{attribute("order", strconv.Itoa(contacts/3))}},
		{name: "rare attribute", facts: []store.Fact{attribute("campaign", "winter")}},
		{name: "common attribute", facts: []store.Fact{attribute("language", "3")}},
		{name: "common by disconnected", facts: []store.Fact{attribute("language", "3")}, change: func(q *store.ContactQuery) { q.Sort = store.Ended }},
		{name: "queue and language", facts: []store.Fact{queue(4), attribute("language", "3")}},
		{name: "agent by connected", facts: []store.Fact{agent}, change: func(q *store.ContactQuery) { q.Sort = store.Connected }},
		{name: "agent and campaign", facts: []store.Fact{agent, attribute("campaign", "winter")}},
		{name: "word of name", facts: []store.Fact{{Term: store.WordTerms(instanceID, "late")[0]}}},
		{name: "queue and never connected", facts: []store.Fact{queue(4), {Time: store.Connected}}},
		{name: "two that never meet", facts: []store.Fact{queue(4), queue(5)}},
	}
	engines(b, func(b *testing.B, e storetest.Engine) {
		dsn := storetest.DSN(b, e)
		s := storetest.OpenDSN(b, dsn, store.Options{})
		start := time.Now()
		fillContacts(b, s, contacts)
		b.Logf("%d contacts in %v", contacts, time.Since(start).Round(time.Second))
		if e == storetest.Postgres { // as the server does by itself, a minute later
			conn, err := pgx.Connect(b.Context(), dsn)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := conn.Exec(b.Context(), "analyze"); err != nil {
				b.Fatal(err)
			}
			conn.Close(b.Context())
		}
		for _, tt := range queries {
			q := store.ContactQuery{
				InstanceID: instanceID, Time: store.Initiated, From: searchStart, To: searchStart + searchSpan.Milliseconds(), Sort: store.Initiated,
				Backward: true, Limit: 100,
			}
			if tt.change != nil {
				tt.change(&q)
			}
			for _, f := range tt.facts {
				q.Where = append(q.Where, store.Filter{Any: [][]store.Fact{{f}}})
			}
			b.Run(tt.name+"/page", func(b *testing.B) {
				for b.Loop() {
					if _, err := s.SearchContacts(b.Context(), q); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(tt.name+"/count", func(b *testing.B) {
				for b.Loop() {
					if _, err := s.CountContacts(b.Context(), q, 10_000); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	})
}
