package store

import (
	"strconv"
	"strings"
)

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

// termed finds contacts by terms, a page of them or all.
func (b *searchText) termed(w *way, page bool) string {
	b.byTerm = true
	var each []string
	for i, scan := range w.scans {
		b.joined = false
		text := b.scanned(scan.terms)
		if b.Time != Initiated {
			text += " and " + b.time(b.Time) + b.between(b.From, b.To)
		}
		for _, f := range scan.facts {
			text += " and " + b.fact(f)
		}
		text += b.filters(w.filter)
		several := ""
		if len(scan.terms) > 1 { // a contact may have more than one of them
			several = " group by t.at, t.contact_id"
		}
		switch {
		case page && b.Sort == Initiated:
			text += b.after("t.at", "t.contact_id") + several + b.order("t.at", "t.contact_id")
		case page:
			b.joined = true
			column := "k." + string(b.Sort)
			if several != "" {
				several += ", " + column
			}
			text += " and " + column + " <> 0" + b.after(column, "t.contact_id") + several + b.order(column, "t.contact_id")
		default:
			text += several
		}
		from := "contact_terms t where "
		if b.joined {
			from = "contact_terms t cross join contacts k where k.id = t.contact_id and "
		}
		each = append(each, "select id from (select t.contact_id as id from "+from+text+") h"+strconv.Itoa(i))
	}
	return strings.Join(each, " union ")
}

// scanned is the range of terms, or the ranges.
func (b *searchText) scanned(terms []Term) string {
	return "t.term" + b.among(terms) + " and t.at" + b.between(b.initiated())
}

func (b *searchText) among(terms []Term) string {
	if len(terms) == 1 {
		return " = " + b.arg(int64(terms[0]))
	}
	var places []string
	for _, t := range terms {
		places = append(places, b.arg(int64(t)))
	}
	return " in (" + strings.Join(places, ", ") + ")"
}

// page cuts what comes after a place and takes the beginning of the rest.
func (b *searchText) page(at, id string) string { return b.after(at, id) + b.order(at, id) }

func (b *searchText) after(at, id string) string {
	switch {
	case b.After == nil:
		return ""
	case b.Backward:
		return " and (" + at + ", " + id + ") < (" + b.arg(b.After.At) + ", " + b.arg(b.After.ID) + ")"
	}
	return " and (" + at + ", " + id + ") > (" + b.arg(b.After.At) + ", " + b.arg(b.After.ID) + ")"
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
		var any []string
		terms, lists := f.split()
		if len(terms) > 0 {
			any = append(any, b.has(terms))
		}
		for _, facts := range lists {
			var each []string
			for _, fact := range facts {
				each = append(each, b.fact(fact))
			}
			any = append(any, strings.Join(each, " and "))
		}
		text += " and "
		if f.Not {
			text += "not "
		}
		text += "(" + strings.Join(any, " or ") + ")"
	}
	return text
}

func (b *searchText) fact(f Fact) string {
	if f.Term == 0 {
		return b.time(f.Time) + b.between(f.From, f.To)
	}
	return b.has([]Term{f.Term})
}

// has asks for rows of an index, by a subquery that stays one: with an offset PostgreSQL makes no join of it, for which it would read all
// contacts that have the term.
func (b *searchText) has(terms []Term) string {
	at, id := "k.initiated_at", "k.id"
	if b.byTerm {
		at, id = "t.at", "t.contact_id"
	}
	return "exists (select 1 from contact_terms where term" + b.among(terms) + " and at = " + at + " and contact_id = " + id +
		" limit 1 offset 0)"
}
