package admin

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/reply"
)

// The common grammar of searches for resources of an instance: SearchContactFlows, SearchQueues, SearchHoursOfOperations and their like.
// Each has a type of its own for its criteria, and all nest alike: a criteriaOf makes a condition of one, a tagFilter of a tag filter,
// and searched goes through the rows. Source: connect-chat sheet, 4.3.

// condition is met by a row. Nil is met by all.
type condition[R any] func(*R) bool

func (c condition[R]) met(row *R) bool { return c == nil || c(row) }

// both is met by what meets all of these.
func both[R any](conditions ...condition[R]) condition[R] {
	return func(row *R) bool {
		for _, c := range conditions {
			if !c.met(row) {
				return false
			}
		}
		return true
	}
}

// either is met by what meets one of these.
func either[R any](conditions ...condition[R]) condition[R] {
	return func(row *R) bool {
		for _, c := range conditions {
			if c.met(row) {
				return true
			}
		}
		return false
	}
}

// searchable is what the common conditions look at in a row.
type searchable struct {
	id, name, description string
	timeZone              string // of hours of operation alone
	tags                  map[string]string
}

// criteria is one level of a SearchCriteria, taken apart: all that is given has to be met.
type criteria[C, R any] struct {
	and, or []C
	text    *types.StringCondition
	own     condition[R] // what only this kind of resource has; nil: nothing
}

const (
	maxCriteria    = 50 // conditions of one search
	searchPage     = 100
	minContained   = 2 // characters of a CONTAINS
	maxContained   = 25
	searchedAtOnce = 500 // rows read in one go
)

// criteriaOf makes a condition of a SearchCriteria, nil when there is none. apart takes one level apart, of tells what to look at.
func criteriaOf[C, R any](c *C, apart func(*C) criteria[C, R], of func(*R) searchable) (condition[R], error) {
	if c == nil {
		return nil, nil
	}
	left := maxCriteria
	var level func(c *C) (condition[R], error)
	level = func(c *C) (condition[R], error) {
		if left--; left < 0 {
			return nil, reply.InvalidParameter(fmt.Sprintf("SearchCriteria holds more than %d conditions", maxCriteria))
		}
		parts := apart(c)
		all := []condition[R]{parts.own}
		if parts.text != nil {
			text, err := textCondition(parts.text, of)
			if err != nil {
				return nil, err
			}
			all = append(all, text)
		}
		for _, group := range []struct {
			of   []C
			join func(...condition[R]) condition[R]
		}{{parts.and, both[R]}, {parts.or, either[R]}} {
			var inner []condition[R]
			for i := range group.of {
				condition, err := level(&group.of[i])
				if err != nil {
					return nil, err
				}
				inner = append(inner, condition)
			}
			if len(inner) > 0 {
				all = append(all, group.join(inner...))
			}
		}
		return both(all...), nil
	}
	return level(c)
}

// searchOf makes a condition of the criteria and the tag filter of a search.
func searchOf[C, R any](
	c *C, tags *types.ControlPlaneTagFilter, apart func(*C) criteria[C, R], of func(*R) searchable,
) (condition[R], error) {
	where, err := criteriaOf(c, apart, of)
	if err != nil {
		return nil, err
	}
	filter, err := tagFilter(tags, of)
	return both(where, filter), err
}

func textCondition[R any](c *types.StringCondition, of func(*R) searchable) (condition[R], error) {
	var field func(searchable) string
	switch strings.ToLower(reply.Value(c.FieldName)) {
	case "name":
		field = func(s searchable) string { return s.name }
	case "description":
		field = func(s searchable) string { return s.description }
	case "resourceid":
		field = func(s searchable) string { return s.id }
	case "timezone":
		field = func(s searchable) string { return s.timeZone }
	default:
		return nil, reply.InvalidParameter(fmt.Sprintf("StringCondition.FieldName %.50q is not name, description or resourceID", reply.Value(c.FieldName)))
	}
	value := strings.ToLower(reply.Value(c.Value))
	if value == "" {
		return nil, reply.InvalidParameter("StringCondition.Value is empty")
	}
	var compare func(s, value string) bool
	switch c.ComparisonType {
	case types.StringComparisonTypeStartsWith:
		compare = strings.HasPrefix
	case types.StringComparisonTypeContains:
		if n := utf8.RuneCountInString(value); n < minContained || n > maxContained {
			return nil, reply.InvalidParameter(fmt.Sprintf("StringCondition.Value has %d characters; CONTAINS takes %d to %d", n, minContained, maxContained))
		}
		compare = strings.Contains
	case types.StringComparisonTypeExact:
		compare = func(s, value string) bool { return s == value }
	default:
		return nil, reply.InvalidParameter("StringCondition has no ComparisonType")
	}
	return func(row *R) bool { return compare(strings.ToLower(field(of(row))), value) }, nil
}

// tagFilter makes a condition of a SearchFilter.TagFilter, nil when there is none. Of its members one may be given.
func tagFilter[R any](f *types.ControlPlaneTagFilter, of func(*R) searchable) (condition[R], error) {
	if f == nil {
		return nil, nil
	}
	var all []condition[R]
	if f.TagCondition != nil {
		all = append(all, tagged([]types.TagCondition{*f.TagCondition}, of))
	}
	if len(f.AndConditions) > 0 {
		all = append(all, tagged(f.AndConditions, of))
	}
	if len(f.OrConditions) > 0 {
		var lists []condition[R]
		for _, list := range f.OrConditions {
			lists = append(lists, tagged(list, of))
		}
		all = append(all, either(lists...))
	}
	if len(all) > 1 {
		return nil, reply.InvalidParameter("The filter by tags has more than one of OrConditions, AndConditions and TagCondition")
	}
	return both(all...), nil
}

// tagged is met by what has all these tags; a condition without a value takes any.
func tagged[R any](conditions []types.TagCondition, of func(*R) searchable) condition[R] {
	return func(row *R) bool {
		tags := of(row).tags
		for _, c := range conditions {
			v, ok := tags[reply.Value(c.TagKey)]
			if !ok || c.TagValue != nil && v != *c.TagValue {
				return false
			}
		}
		return true
	}
}

// search is a search for rows of an instance.
type search[R any] struct {
	list  string                                                          // what NextTokens belong to: operation and instance
	read  func(ctx context.Context, after string, limit int) ([]R, error) // rows in the order of their ids, from the one after that id on
	id    func(*R) string
	where condition[R]
}

// page returns a page of what is found, the token of the next one, and how much is found in all.
func (s search[R]) page(ctx context.Context, size *int32, token *string) (rows []R, next *string, total int64, err error) {
	after, err := reply.After(s.list, token)
	if err != nil {
		return nil, nil, 0, err
	}
	most := reply.PageSize(size, searchPage)
	last := ""
	for {
		read, err := s.read(ctx, last, searchedAtOnce)
		if err != nil {
			return nil, nil, 0, err
		}
		for i := range read {
			if row := &read[i]; s.where.met(row) {
				total++
				if s.id(row) > after && len(rows) <= most {
					rows = append(rows, *row)
				}
			}
		}
		if len(read) < searchedAtOnce {
			break
		}
		last = s.id(&read[len(read)-1])
	}
	rows, next = reply.Page(rows, most, s.list, s.id)
	return rows, next, total, nil
}
