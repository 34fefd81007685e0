package store

import (
	"context"
	"slices"
)

// ContactTime is one of the times that contacts are found and sorted by: its column.
type ContactTime string

// The times of a contact. None is earlier than Initiated or later than Ended.
const (
	Initiated ContactTime = "initiated_at"
	Enqueued  ContactTime = "enqueued_at"
	Connected ContactTime = "agent_at" // to an agent
	Ended     ContactTime = "ended_at"
)

// Fact is something that is true of a contact or not: that it has a term, or else that one of its times is from From to To, both
// included; from 0 to 0 means that it has no such time.
type Fact struct {
	Term     Term
	Time     ContactTime
	From, To int64
}

// Filter passes contacts for which all facts of any list are true; with Not, those for which they are not.
type Filter struct {
	Any [][]Fact // at least one list, none of them empty
	Not bool
}

// ContactPlace is where a contact stands in a list sorted by a time, and among those of the same time by id.
type ContactPlace struct {
	At int64
	ID string
}

// ContactQuery says which contacts of an instance to find.
type ContactQuery struct {
	InstanceID string
	Time       ContactTime // one of its times is from From to To, both included and From not 0
	From, To   int64
	Where      []Filter    // all must let it pass; at most MaxLookups
	Sort       ContactTime // contacts that have no such time are left out
	Backward   bool        // the latest first
	After      *ContactPlace
	Limit      int
}

// MaxLookups is how many lookups a query may need for each contact: databases plan each, and repeat all for each way to find contacts.
const MaxLookups = 100

// Lookups is how many lookups a query needs: one for each fact, but one alone for all lists of a filter that are a term and nothing else.
func (q *ContactQuery) Lookups() (n int) {
	for _, f := range q.Where {
		terms, lists := f.split()
		n += min(len(terms), 1)
		for _, facts := range lists {
			n += len(facts)
		}
	}
	return n
}

// fewContacts may all be read and sorted.
const fewContacts = 20_000

// Place is where a contact stands in a list sorted by a time.
func (ct *Contact) Place(by ContactTime) ContactPlace {
	at := ct.InitiatedAt
	switch by {
	case Enqueued:
		at = ct.EnqueuedAt
	case Connected:
		at = ct.AgentAt
	case Ended:
		at = ct.EndedAt
	}
	return ContactPlace{at, ct.ID}
}

// SearchContacts reads the contacts that a query finds, in its order.
func (s *Store) SearchContacts(ctx context.Context, q ContactQuery) ([]Contact, error) {
	q.begin()
	w, err := s.way(ctx, q, false)
	if err != nil {
		return nil, err
	}
	b := &searchText{ContactQuery: q, engine: s.engine}
	var text string
	if w == nil {
		text = "select " + contactColumns + " from contacts k where " + b.timed(q.Sort) + b.filters(-1) + b.page("k."+string(q.Sort), "k.id")
	} else {
		text = "select " + contactColumns + " from (" + b.termed(w, true) + ") h cross join contacts k where k.id = h.id" +
			b.order("k."+string(q.Sort), "k.id")
	}
	return all(rarely{reader{ctx, s}}, scanContact, text, b.args...)
}

// begin takes what comes before the place of the query out of its range: a range is where an index is entered.
func (q *ContactQuery) begin() {
	switch {
	case q.After == nil || q.Sort != q.Time:
	case q.Backward:
		q.To = min(q.To, q.After.At)
	default:
		q.From = max(q.From, q.After.At)
	}
}

// CountContacts counts the contacts that a query finds, up to limit. Its order and page do not matter.
func (s *Store) CountContacts(ctx context.Context, q ContactQuery, limit int) (int, error) {
	q.Sort, q.After = q.Time, nil
	w, err := s.way(ctx, q, true)
	if err != nil {
		return 0, err
	}
	b := &searchText{ContactQuery: q, engine: s.engine}
	var text string
	if w == nil {
		text = "select k.id from contacts k where " + b.timed(q.Time) + b.filters(-1)
	} else {
		text = b.termed(w, false)
	}
	text = "select count(*) from (select 1 from (" + text + ") h limit " + b.arg(int64(limit)) + ") counted"
	n, err := one(rarely{reader{ctx, s}}, scanValue[int64], text, b.args...)
	if err != nil {
		return 0, err
	}
	return int(*n), nil
}

// way finds contacts by the terms of one of the filters.
type way struct {
	filter int
	scans  []scan
}

// scan finds the contacts that have one of the terms and of which all facts are true.
type scan struct {
	terms []Term
	facts []Fact
}

// split returns the terms that do for a filter alone, and its other lists.
func (f Filter) split() (terms []Term, lists [][]Fact) {
	for _, facts := range f.Any {
		if len(facts) == 1 && facts[0].Term != 0 {
			terms = append(terms, facts[0].Term)
		} else {
			lists = append(lists, facts)
		}
	}
	return terms, lists
}

// scans are what finds all contacts that the filter can let pass; nil if that is not worth it, or terms do not do.
func (f Filter) scans() (scans []scan) {
	const most = 8
	terms, lists := f.split()
	if f.Not || len(lists) > most {
		return nil
	}
	if len(terms) > 0 {
		scans = append(scans, scan{terms: terms})
	}
	for _, facts := range lists {
		i := slices.IndexFunc(facts, func(f Fact) bool { return f.Term != 0 })
		if i < 0 {
			return nil
		}
		scans = append(scans, scan{[]Term{facts[i].Term}, slices.Delete(slices.Clone(facts), i, i+1)})
	}
	return scans
}

// inOrder reports whether each scan comes to the contacts in the order of Initiated, so that a page needs no more of them than it has.
func (w *way) inOrder() bool {
	return !slices.ContainsFunc(w.scans, func(s scan) bool { return len(s.terms) > 1 })
}

// way chooses the filter by whose terms the fewest contacts are found. It is nil when no filter's terms do, or those of all are so many
// that to find contacts by their times is better, which has them in order. Order does not matter to who counts.
func (s *Store) way(ctx context.Context, q ContactQuery, counts bool) (*way, error) {
	var ways []*way
	for i, f := range q.Where {
		if scans := f.scans(); scans != nil {
			ways = append(ways, &way{i, scans})
		}
	}
	good := func(w *way) bool { return counts || q.Sort == Initiated && w.inOrder() }
	if len(ways) == 1 && good(ways[0]) {
		return ways[0], nil
	}
	var best *way
	for fewest := fewContacts; len(ways) > 0; ways = ways[1:] {
		n, err := s.found(ctx, q, ways[0], fewest)
		if err != nil {
			return nil, err
		}
		if n < fewest || best == nil && good(ways[0]) {
			best, fewest = ways[0], n
		}
	}
	return best, nil
}

// found is how many contacts a way comes to, up to a number.
func (s *Store) found(ctx context.Context, q ContactQuery, w *way, most int) (n int, err error) {
	for _, scan := range w.scans {
		b := &searchText{ContactQuery: q, engine: s.engine}
		text := "select count(*) from (select 1 from contact_terms t where " + b.scanned(scan.terms) + " limit " + b.arg(int64(most-n)) + ") counted"
		c, err := one(rarely{reader{ctx, s}}, scanValue[int64], text, b.args...)
		if err != nil {
			return 0, err
		}
		if n += int(*c); n >= most {
			break
		}
	}
	return n, nil
}

// initiated is when the contacts that the query finds can have been initiated.
func (q *ContactQuery) initiated() (from, to int64) {
	to = q.To
	if q.Time == Initiated {
		from = q.From
	}
	switch {
	case q.After == nil || q.Sort != Initiated:
	case q.Backward:
		to = min(to, q.After.At)
	default:
		from = max(from, q.After.At)
	}
	return from, to
}
