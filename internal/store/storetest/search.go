package storetest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/openparley/parley/internal/store"
)

// searched is a contact as searchFinds knows it, found by looking at all of them.
type searched struct {
	contact    store.Contact
	attributes map[string]string
}

func (s *searched) time(t store.ContactTime) int64 { return s.contact.Place(t).At }

func (s *searched) is(f store.Fact) bool {
	if f.Term == 0 {
		return f.From <= s.time(f.Time) && s.time(f.Time) <= f.To
	}
	ct := &s.contact
	terms := []store.Term{
		store.MethodTerm(instanceID, ct.InitiationMethod), store.QueueTerm(instanceID, cmp.Or(ct.QueueID, "none")),
		store.AgentTerm(instanceID, cmp.Or(ct.AgentID, "none")), store.NameTerm(instanceID, cmp.Or(ct.Name, "none")),
	}
	terms = append(terms, store.WordTerms(instanceID, ct.Name)...)
	for k, v := range ct.Tags {
		terms = append(terms, store.TagTerm(instanceID, k, v), store.TagKeyTerm(instanceID, k))
	}
	for k, v := range s.attributes {
		terms = append(terms, store.AttributeTerm(instanceID, k, v))
	}
	return slices.Contains(terms, f.Term)
}

func (s *searched) passes(f store.Filter) bool {
	return f.Not != slices.ContainsFunc(f.Any, func(facts []store.Fact) bool {
		return !slices.ContainsFunc(facts, func(fact store.Fact) bool { return !s.is(fact) })
	})
}

func find(all []*searched, q store.ContactQuery) (ids []string) {
	var hits []*searched
	for _, s := range all {
		at := s.time(q.Time)
		if at != 0 && q.From <= at && at <= q.To && s.time(q.Sort) != 0 &&
			!slices.ContainsFunc(q.Where, func(f store.Filter) bool { return !s.passes(f) }) {
			hits = append(hits, s)
		}
	}
	slices.SortFunc(hits, func(a, b *searched) int {
		order := cmp.Or(cmp.Compare(a.time(q.Sort), b.time(q.Sort)), strings.Compare(a.contact.ID, b.contact.ID))
		if q.Backward {
			return -order
		}
		return order
	})
	for _, s := range hits {
		ids = append(ids, s.contact.ID)
	}
	return ids
}

var (
	someNames   = []string{"", "Order late", "late order", "Grüße, Zoë", "order"}
	someMethods = []string{"API", "TRANSFER", "DISCONNECT"}
)

// searchFinds asks random questions about random contacts, which change, and compares the answers with those of looking at all.
func searchFinds(w *world) {
	seed := uint64(random(1 << 30))
	w.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	var all []*searched
	for range 60 {
		c, ct := newChat()
		first := r.Int64N(1000)
		change := func(c *store.Chat, ct *store.Contact) {
			if r.IntN(3) > 0 {
				ct.QueueID, ct.EnqueuedAt = strconv.Itoa(r.IntN(3)), ct.InitiatedAt+r.Int64N(20)
			}
			if r.IntN(3) > 0 {
				ct.AgentID, ct.AgentAt = strconv.Itoa(r.IntN(3)), ct.InitiatedAt+20+r.Int64N(20)
			}
			ct.Name = someNames[r.IntN(len(someNames))]
			ct.Tags = map[string]string{"t": strconv.Itoa(r.IntN(3)), "u" + strconv.Itoa(r.IntN(3)): ""}
			c.Attributes = map[string]string{"a": strconv.Itoa(r.IntN(4)), "b" + strconv.Itoa(r.IntN(3)): "x"}
			if r.IntN(5) == 0 {
				c.Attributes = nil
			}
		}
		begin := func(ct *store.Contact, at int64) {
			ct.InitiationMethod, ct.InitiatedAt = someMethods[r.IntN(3)], startOfTime+at
		}
		begin(ct, first)
		change(c, ct)
		w.update(store.Key{}, func(tx *store.Tx) error {
			tx.CreateChat(c, ct)
			return nil
		})
		key := store.Key{Chat: c.ID}
		contacts := []*store.Contact{ct}
		for range r.IntN(4) {
			switch r.IntN(3) {
			case 0: // the current contact and the chat change
				w.update(key, func(tx *store.Tx) error {
					change(tx.Chat(), tx.Contact())
					tx.PutChat(tx.Chat())
					tx.PutContact(tx.Contact())
					return nil
				})
			case 1: // another segment begins
				var next *store.Contact
				w.update(key, func(tx *store.Tx) error {
					next = &store.Contact{ID: uuid.NewString(), ChatID: c.ID, InstanceID: instanceID, PreviousID: tx.Contact().ID}
					at := first + 50*int64(len(contacts))
					begin(next, at)
					change(tx.Chat(), next)
					tx.Contact().EndedAt = startOfTime + at
					tx.PutContact(tx.Contact())
					tx.PutContact(next)
					tx.Chat().ContactID = next.ID
					tx.PutChat(tx.Chat())
					return nil
				})
				contacts = append(contacts, next)
			case 2: // an earlier contact changes
				w.update(key, func(tx *store.Tx) error {
					earlier, err := tx.ContactByID(ct.ID)
					if err != nil {
						return err
					}
					change(tx.Chat(), earlier)
					tx.PutContact(earlier)
					tx.PutChat(tx.Chat())
					return nil
				})
			}
		}
		now, err := w.nodes[0].Chat(w.Context(), c.ID)
		if err != nil {
			w.Fatal(err)
		}
		for _, ct := range contacts {
			read, err := w.nodes[0].Contact(w.Context(), ct.ID)
			if err != nil {
				w.Fatal(err)
			}
			all = append(all, &searched{*read, now.Attributes})
		}
	}
	times := []store.ContactTime{store.Initiated, store.Enqueued, store.Connected, store.Ended}
	fact := func() store.Fact {
		switch n := r.IntN(9); n {
		case 0:
			return store.Fact{Term: store.MethodTerm(instanceID, someMethods[r.IntN(3)])}
		case 1:
			return store.Fact{Term: store.QueueTerm(instanceID, strconv.Itoa(r.IntN(3)))}
		case 2:
			return store.Fact{Term: store.AgentTerm(instanceID, strconv.Itoa(r.IntN(3)))}
		case 3:
			return store.Fact{Term: store.NameTerm(instanceID, someNames[1+r.IntN(4)])}
		case 4:
			return store.Fact{Term: store.WordTerms(instanceID, []string{"LATE", "zoë", "order", "grüße"}[r.IntN(4)])[0]}
		case 5:
			return store.Fact{Term: store.TagTerm(instanceID, "t", strconv.Itoa(r.IntN(3)))}
		case 6:
			return store.Fact{Term: store.TagKeyTerm(instanceID, "u"+strconv.Itoa(r.IntN(3)))}
		case 7:
			from := startOfTime + r.Int64N(1000)
			return store.Fact{Time: times[r.IntN(4)], From: from, To: from + 300}
		default:
			return store.Fact{Time: times[1+r.IntN(3)]}
		}
	}
	attribute := func() store.Fact {
		return store.Fact{Term: store.AttributeTerm(instanceID, "a", strconv.Itoa(r.IntN(4)))}
	}
	found := 0
	for range 300 {
		from := startOfTime + r.Int64N(600)
		q := store.ContactQuery{
			InstanceID: instanceID, Time: times[r.IntN(4)], From: from, To: from + r.Int64N(900), Sort: times[r.IntN(4)],
			Backward: r.IntN(2) == 0, Limit: 1 + r.IntN(7),
		}
		for range r.IntN(3) {
			f := store.Filter{Any: [][]store.Fact{{attribute()}}, Not: r.IntN(4) == 0}
			for range r.IntN(3) {
				f.Any = append(f.Any, []store.Fact{fact()})
			}
			if r.IntN(2) == 0 {
				f.Any[0] = append(f.Any[0], fact())
			}
			q.Where = append(q.Where, f)
		}
		want := find(all, q)
		found += len(want)
		n, err := w.nodes[0].CountContacts(w.Context(), q, 1000)
		counted := q
		counted.Sort = q.Time
		w.same(fmt.Sprintf("count of %+v", q), n, len(find(all, counted)), err)
		var got []string
		for {
			page, err := w.nodes[0].SearchContacts(w.Context(), q)
			if err != nil {
				w.Fatalf("%+v: %v", q, err)
			}
			for _, ct := range page {
				got = append(got, ct.ID)
			}
			if len(page) < q.Limit {
				break
			}
			q.After = new(page[len(page)-1].Place(q.Sort))
		}
		w.same(fmt.Sprintf("%+v", q), got, want, nil)
		if w.Failed() {
			return
		}
	}
	if found < 1000 {
		w.Errorf("all questions together have only %d answers", found)
	}
}

// erasedContactsAreNotFound looks for what is left in the index of terms.
func erasedContactsAreNotFound(w *world) {
	c, ct := newChat()
	c.Attributes, ct.InitiationMethod, ct.Name, ct.InitiatedAt = map[string]string{"a": "b"}, "API", "Ada's order", startOfTime
	ct.SegmentAttributes = []byte(`{"s":{"ValueString":"x"},"n":{"ValueInteger":7}}`)
	c.EndedAt = startOfTime
	w.update(store.Key{}, func(tx *store.Tx) error {
		tx.CreateChat(c, ct)
		return nil
	})
	terms := append(store.WordTerms(instanceID, "ADA, order"),
		store.AttributeTerm(instanceID, "a", "b"), store.NameTerm(instanceID, "Ada's order"),
		store.SegmentTerm(instanceID, "s", "x"), store.SegmentTerm(instanceID, "n", "7"))
	finds := func() (found string) {
		for _, t := range terms {
			n, err := w.nodes[0].CountContacts(w.Context(), store.ContactQuery{
				InstanceID: instanceID, Time: store.Initiated, From: startOfTime, To: startOfTime, Where: []store.Filter{{Any: [][]store.Fact{{{Term: t}}}}},
			}, 9)
			if err != nil {
				w.Fatal(err)
			}
			found += strconv.Itoa(n)
		}
		return found
	}
	w.is("found", finds(), "111111")
	for _, name := range []string{"Written", "Written without having been read"} { // the first name is found still
		w.update(store.Key{Chat: c.ID}, func(tx *store.Tx) error {
			tx.PutContact(&store.Contact{ID: "later" + c.ID, ChatID: c.ID, InstanceID: instanceID, Name: name})
			return nil
		})
	}
	if err := w.nodes[0].EraseChat(w.Context(), c.ID); err != nil {
		w.Fatal(err)
	}
	w.is("found after the erasure", finds(), "000000")
	w.is("terms", w.ask("select count(*) from contact_terms"), "0")
}
