package store

import (
	"context"
	"slices"
	"strconv"
	"strings"
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
	Where      []Filter    // all must let it pass
	Sort       ContactTime // contacts that have no such time are left out
	Backward   bool        // the latest first
	After      *ContactPlace
	Limit      int
}

// fewContacts may all be read and sorted. It is also as far as it is worth to count those that have a term, to know whether another has
// fewer.
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
	inOrder := q.Sort == Initiated // as terms are: of many only a page is read
	rarest, few, err := s.rarest(ctx, q, !inOrder)
	if err != nil {
		return nil, err
	}
	b := &searchText{ContactQuery: q, engine: s.engine}
	var text string
	if rarest < 0 || !few && !inOrder {
		text = "select " + contactColumns + " from contacts k where " + b.timed(q.Sort) + b.filters(-1) + b.page("k."+string(q.Sort), "k.id")
	} else {
		text = "select " + contactColumns + " from (" + b.termed(rarest, true) + ") h cross join contacts k where k.id = h.id" +
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
	rarest, _, err := s.rarest(ctx, q, false)
	if err != nil {
		return 0, err
	}
	b := &searchText{ContactQuery: q, engine: s.engine}
	var text string
	if rarest < 0 {
		text = "select k.id from contacts k where " + b.timed(q.Time) + b.filters(-1)
	} else {
		text = b.termed(rarest, false)
	}
	text = "select count(*) from (select 1 from (" + text + ") h limit " + b.arg(int64(limit)) + ") counted"
	n, err := one(rarely{reader{ctx, s}}, scanValue[int64], text, b.args...)
	if err != nil {
		return 0, err
	}
	return int(*n), nil
}

// rarest returns the filter by whose terms the fewest contacts are found, -1 when terms alone do not do, and whether they are few. If few
// do not matter, a filter that is alone is not looked at.
func (s *Store) rarest(ctx context.Context, q ContactQuery, few bool) (filter int, are bool, err error) {
	var choice []int
	for i, f := range q.Where {
		if !f.Not && !slices.ContainsFunc(f.Any, func(facts []Fact) bool { return termOf(facts) < 0 }) {
			choice = append(choice, i)
		}
	}
	switch {
	case len(choice) == 0:
		return -1, false, nil
	case len(choice) == 1 && !few:
		return choice[0], false, nil
	}
	from, to := q.initiated()
	filter, fewest := choice[0], fewContacts
	for _, i := range choice {
		n := 0
		for _, facts := range q.Where[i].Any {
			c, err := one(reader{ctx, s}, scanValue[int64], "select count(*) from (select 1 from contact_terms where term = $1 and at between $2 and $3 limit $4) counted",
				int64(facts[termOf(facts)].Term), from, to, int64(fewest-n))
			if err != nil {
				return 0, false, err
			}
			if n += int(*c); n >= fewest {
				break
			}
		}
		if n < fewest {
			filter, fewest = i, n
		}
	}
	return filter, fewest < fewContacts, nil
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

// termOf returns the fact by whose term contacts are found, -1 if there is none.
func termOf(facts []Fact) int {
	return slices.IndexFunc(facts, func(f Fact) bool { return f.Term != 0 })
}

// searchText makes the SQL of a query.
type searchText struct {
	ContactQuery
	engine engine
	args   []any

	byTerm bool // rows are terms t; contacts k are joined when they are needed
	joined bool
}

func (b *searchText) arg(v any) string {
	b.args = append(b.args, v)
	return "$" + strconv.Itoa(len(b.args))
}

// timed says which contacts have the times, found by the index of one of them.
func (b *searchText) timed(index ContactTime) string {
	text := "k.instance_id = " + b.arg(b.InstanceID) + " and k." + string(index) + " <> 0"
	if index == b.Time {
		return text + " and k." + string(index) + b.between(b.From, b.To)
	}
	if b.Time == Initiated || index == Ended {
		text += " and k." + string(index) + " >= " + b.arg(b.From)
	}
	if index == Initiated || b.Time == Ended {
		text += " and k." + string(index) + " <= " + b.arg(b.To)
	}
	if b.After != nil {
		compare := " >= "
		if b.Backward {
			compare = " <= "
		}
		text += " and k." + string(index) + compare + b.arg(b.After.At)
	}
	return text + " and " + b.time(b.Time) + b.between(b.From, b.To)
}

func (b *searchText) between(from, to int64) string {
	return " between " + b.arg(from) + " and " + b.arg(to)
}

// time is the column of a time that is not looked for by its index.
func (b *searchText) time(t ContactTime) string {
	if b.byTerm && t == Initiated {
		return "t.at"
	}
	b.joined = true
	return b.engine.unindexed("k." + string(t))
}

// termed finds contacts by the terms of a filter, a page of them or all.
func (b *searchText) termed(filter int, page bool) string {
	b.byTerm = true
	var each []string
	for _, facts := range b.Where[filter].Any {
		b.joined = false
		by := termOf(facts)
		text := "t.term = " + b.arg(int64(facts[by].Term)) + " and t.at" + b.between(b.initiated())
		if b.Time != Initiated {
			text += " and " + b.time(b.Time) + b.between(b.From, b.To)
		}
		for i, f := range facts {
			if i != by {
				text += " and " + b.fact(f)
			}
		}
		text += b.filters(filter)
		switch {
		case page && b.Sort == Initiated:
			text += b.page("t.at", "t.contact_id")
		case page:
			b.joined = true
			text += " and k." + string(b.Sort) + " <> 0" + b.page("k."+string(b.Sort), "t.contact_id")
		}
		from := "contact_terms t where "
		if b.joined {
			from = "contact_terms t cross join contacts k where k.id = t.contact_id and "
		}
		each = append(each, "select id from (select t.contact_id as id from "+from+text+") h"+strconv.Itoa(len(each)))
	}
	return strings.Join(each, " union ")
}

// page cuts what comes after a place and takes the beginning of the rest.
func (b *searchText) page(at, id string) string {
	text := ""
	if b.After != nil {
		compare := " > ("
		if b.Backward {
			compare = " < ("
		}
		text = " and (" + at + ", " + id + ")" + compare + b.arg(b.After.At) + ", " + b.arg(b.After.ID) + ")"
	}
	return text + b.order(at, id)
}

func (b *searchText) order(at, id string) string {
	direction := ""
	if b.Backward {
		direction = " desc"
	}
	return " order by " + at + direction + ", " + id + direction + " limit " + b.arg(int64(b.Limit))
}

// filters are the conditions of all filters but one.
func (b *searchText) filters(but int) string {
	text := ""
	for i, f := range b.Where {
		if i == but {
			continue
		}
		var lists []string
		for _, facts := range f.Any {
			var each []string
			for _, fact := range facts {
				each = append(each, b.fact(fact))
			}
			lists = append(lists, strings.Join(each, " and "))
		}
		text += " and "
		if f.Not {
			text += "not "
		}
		text += "(" + strings.Join(lists, " or ") + ")"
	}
	return text
}

// fact asks for one row of an index, by a subquery that stays one: with an offset PostgreSQL makes no join of it, for which it would read all
// contacts that have the term.
func (b *searchText) fact(f Fact) string {
	if f.Term == 0 {
		return b.time(f.Time) + b.between(f.From, f.To)
	}
	at, id := "k.initiated_at", "k.id"
	if b.byTerm {
		at, id = "t.at", "t.contact_id"
	}
	return "exists (select 1 from contact_terms where term = " + b.arg(int64(f.Term)) + " and at = " + at + " and contact_id = " + id +
		" limit 1 offset 0)"
}
