package report

import (
	"fmt"
	"math"
	"slices"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// criteria makes filters of what a search asks for.
type criteria struct {
	scope    arn.Scope
	instance string
	filters  []store.Filter
	none     bool // nothing can meet them
}

var (
	always = store.Fact{Time: store.Initiated, From: 1, To: math.MaxInt64}
	never  = store.Fact{Time: store.Initiated}
)

func fact(t store.Term) store.Fact { return store.Fact{Term: t} }

func anyOf(facts ...store.Fact) store.Filter {
	var f store.Filter
	for _, fact := range facts {
		f.Any = append(f.Any, []store.Fact{fact})
	}
	return f
}

func (c *criteria) read(in *types.SearchCriteria) error {
	if in == nil {
		return nil
	}
	for name, given := range map[string]bool{
		"ActiveRegions": len(in.ActiveRegions) > 0, "AgentHierarchyGroups": in.AgentHierarchyGroups != nil,
		"ContactAnalysis": in.ContactAnalysis != nil, "RoutingCriteria": in.RoutingCriteria != nil,
	} {
		if given {
			return reply.InvalidRequest("SearchCriteria." + name + " is not supported")
		}
	}
	c.none = len(in.Channels) > 0 && !slices.Contains(in.Channels, types.ChannelChat)
	var methods []string
	for _, m := range in.InitiationMethods {
		methods = append(methods, string(m))
	}
	slices.Sort(methods)
	c.oneOf(slices.Compact(methods), "", store.MethodTerm)
	c.oneOf(in.QueueIds, arn.Queue, store.QueueTerm)
	c.oneOf(in.AgentIds, arn.Agent, store.AgentTerm)
	if err := c.name(in.Name); err != nil {
		return err
	}
	if a := in.SearchableContactAttributes; a != nil {
		pairs := make([]types.SearchableSegmentAttributesCriteria, len(a.Criteria))
		for i, p := range a.Criteria {
			pairs[i] = types.SearchableSegmentAttributesCriteria(p)
		}
		if err := c.attributes("SearchableContactAttributes", pairs, a.MatchType, store.AttributeTerm); err != nil {
			return err
		}
	}
	if a := in.SearchableSegmentAttributes; a != nil {
		if err := c.attributes("SearchableSegmentAttributes", a.Criteria, a.MatchType, store.SegmentTerm); err != nil {
			return err
		}
	}
	if err := c.tags(in.ContactTags); err != nil {
		return err
	}
	return c.times(in.AdditionalTimeRange)
}

// oneOf wants one of the values, ids or ARNs of a kind; "" for neither.
func (c *criteria) oneOf(values []string, kind string, term func(instance, value string) store.Term) {
	var facts []store.Fact
	for _, v := range values {
		if kind != "" {
			id, ok := c.scope.ResourceID(c.instance, kind, v)
			if !ok {
				facts = append(facts, never)
				continue
			}
			v = id
		}
		facts = append(facts, fact(term(c.instance, v)))
	}
	if len(facts) > 0 {
		c.filters = append(c.filters, anyOf(facts...))
	}
}

// match wants any, all or none of the lists of facts, each of which is met as a whole.
func (c *criteria) match(how types.SearchContactsMatchType, lists [][]store.Fact) {
	switch {
	case len(lists) == 0:
	case how == types.SearchContactsMatchTypeMatchAny:
		c.filters = append(c.filters, store.Filter{Any: lists})
	case how == types.SearchContactsMatchTypeMatchNone:
		c.filters = append(c.filters, store.Filter{Any: lists, Not: true})
	default:
		for _, facts := range lists {
			c.filters = append(c.filters, store.Filter{Any: [][]store.Fact{facts}})
		}
	}
}

// name wants the words of texts, or names that are exactly one of them.
func (c *criteria) name(in *types.NameCriteria) error {
	if in == nil {
		return nil
	}
	if in.MatchType == types.SearchContactsMatchTypeMatchExact {
		c.oneOf(in.SearchText, "", store.NameTerm)
		return nil
	}
	var lists [][]store.Fact
	for _, text := range in.SearchText {
		var facts []store.Fact
		for _, word := range store.WordTerms(c.instance, text) {
			facts = append(facts, fact(word))
		}
		if len(facts) == 0 {
			return reply.InvalidParameter(fmt.Sprintf("SearchCriteria.Name.SearchText: %q has neither letter nor digit; only MATCH_EXACT finds such a name", text))
		}
		lists = append(lists, facts)
	}
	c.match(in.MatchType, lists)
	return nil
}

// attributes wants keys with one of their values each.
func (c *criteria) attributes(
	member string, pairs []types.SearchableSegmentAttributesCriteria, how types.SearchContactsMatchType,
	term func(instance, key, value string) store.Term,
) error {
	var all []store.Fact
	var each []store.Filter
	for i, p := range pairs {
		if len(p.Values) == 0 {
			return reply.InvalidRequest(fmt.Sprintf("SearchCriteria.%s.Criteria[%d].Values: at least one is needed", member, i))
		}
		var facts []store.Fact
		for _, v := range p.Values {
			facts = append(facts, fact(term(c.instance, *p.Key, v)))
		}
		all, each = append(all, facts...), append(each, anyOf(facts...))
	}
	switch {
	case len(all) == 0:
	case how == types.SearchContactsMatchTypeMatchAny:
		c.filters = append(c.filters, anyOf(all...))
	case how == types.SearchContactsMatchTypeMatchNone:
		none := anyOf(all...)
		none.Not = true
		c.filters = append(c.filters, none)
	default:
		c.filters = append(c.filters, each...)
	}
	return nil
}

func (c *criteria) tags(in *types.ControlPlaneTagFilter) error {
	if in == nil {
		return nil
	}
	and := slices.Clone(in.AndConditions)
	if in.TagCondition != nil {
		and = append(and, *in.TagCondition)
	}
	all, err := c.tagFacts(and)
	if err != nil {
		return err
	}
	for _, f := range all {
		c.filters = append(c.filters, anyOf(f))
	}
	var or [][]store.Fact
	for _, list := range in.OrConditions {
		facts, err := c.tagFacts(list)
		if err != nil {
			return err
		}
		if len(facts) > 0 {
			or = append(or, facts)
		}
	}
	c.match(types.SearchContactsMatchTypeMatchAny, or)
	return nil
}

func (c *criteria) tagFacts(conditions []types.TagCondition) (facts []store.Fact, err error) {
	for _, t := range conditions {
		switch {
		case t.TagKey == nil:
			return nil, reply.InvalidRequest("SearchCriteria.ContactTags: a condition needs its TagKey")
		case *t.TagKey == instanceTag && (t.TagValue == nil || *t.TagValue == c.instance):
			facts = append(facts, always)
		case t.TagValue == nil:
			facts = append(facts, fact(store.TagKeyTerm(c.instance, *t.TagKey)))
		default:
			facts = append(facts, fact(store.TagTerm(c.instance, *t.TagKey, *t.TagValue)))
		}
	}
	return facts, nil
}

func (c *criteria) times(in *types.SearchContactsAdditionalTimeRange) error {
	if in == nil {
		return nil
	}
	var lists [][]store.Fact
	for i, one := range in.Criteria {
		var facts []store.Fact
		if one.TimeRange != nil {
			t, from, to, ok, err := timeRange(one.TimeRange)
			if err != nil {
				return err
			}
			if ok {
				facts = append(facts, store.Fact{Time: t, From: from, To: to})
			} else {
				facts = append(facts, never)
			}
		}
		if one.TimestampCondition != nil { // NOT_EXISTS is the only one
			if t, ok := contactTime(one.TimestampCondition.Type); ok {
				facts = append(facts, store.Fact{Time: t})
			} else {
				facts = append(facts, always)
			}
		}
		if len(facts) == 0 {
			return reply.InvalidRequest(fmt.Sprintf("SearchCriteria.AdditionalTimeRange.Criteria[%d]: TimeRange or TimestampCondition is needed", i))
		}
		lists = append(lists, facts)
	}
	c.match(in.MatchType, lists)
	return nil
}

// timeRange reads a range; ok is false when chats do not have the time at all, or nothing is in the range.
func timeRange(in *types.SearchContactsTimeRange) (t store.ContactTime, from, to int64, ok bool, err error) {
	if in.EndTime.Before(*in.StartTime) {
		return "", 0, 0, false, reply.InvalidRequest("TimeRange: EndTime is before StartTime")
	}
	t, ok = contactTime(in.Type)
	from, to = max(1, in.StartTime.UnixMilli()), in.EndTime.UnixMilli()
	return t, from, to, ok && from <= to, nil
}

func contactTime(t types.SearchContactsTimeRangeType) (store.ContactTime, bool) {
	switch t {
	case types.SearchContactsTimeRangeTypeInitiationTimestamp:
		return store.Initiated, true
	case types.SearchContactsTimeRangeTypeEnqueueTimestamp:
		return store.Enqueued, true
	case types.SearchContactsTimeRangeTypeConnectedToAgentTimestamp:
		return store.Connected, true
	case types.SearchContactsTimeRangeTypeDisconnectTimestamp:
		return store.Ended, true
	}
	return "", false // SCHEDULED_TIMESTAMP
}
