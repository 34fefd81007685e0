package report

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// searched has four contacts: a waits in queue q, b is with agent x, c ended and is followed by d in the same chat.
func searched(t *testing.T, test func(*world)) {
	engines(t, func(t *testing.T, w *world) {
		minute := func(n int) int64 { return at(60 * n) }
		chat := func(id string, from int, attributes map[string]string) (*store.Chat, *store.Contact) {
			return &store.Chat{ID: id, InstanceID: instanceID, ContactID: id, Attributes: attributes},
				&store.Contact{ID: id, ChatID: id, InstanceID: instanceID, InitiatedAt: minute(from), InitiationMethod: "API"}
		}
		a, ac := chat("a", 0, map[string]string{"color": "red", "size": "xl"})
		ac.QueueID, ac.EnqueuedAt, ac.Name = "q", minute(1), "Late Order of Zoë"
		b, bc := chat("b", 10, map[string]string{"color": "blue", "size": "xl"})
		bc.QueueID, bc.EnqueuedAt, bc.AgentID, bc.AgentAt, bc.Name = "r", minute(11), "x", minute(12), "order"
		bc.Tags = map[string]string{"team": "one", "late": "yes"}
		c, cc := chat("c", 20, nil)
		cc.EndedAt, cc.SegmentAttributes = minute(21), []byte(`{"plan":{"ValueString":"gold"},"n":{"ValueInteger":7},"m":{"ValueMap":{"k":{"ValueString":"v"}}}}`)
		d := &store.Contact{
			ID: "d", ChatID: "c", InstanceID: instanceID, PreviousID: "c", InitiatedAt: minute(21), InitiationMethod: "DISCONNECT",
			Tags: map[string]string{"team": "two"},
		}
		c.ContactID = "d"
		other, otherContact := chat("other", 0, map[string]string{"color": "red"})
		other.InstanceID, otherContact.InstanceID = "another", "another"
		err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
			tx.PutInstance(&store.Instance{ID: instanceID})
			tx.CreateChat(a, ac)
			tx.CreateChat(b, bc)
			tx.CreateChat(c, cc)
			tx.PutContact(d)
			tx.CreateChat(other, otherContact)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		test(w)
	})
}

// everything asks for all contacts, the oldest first.
func everything() *connect.SearchContactsInput {
	return &connect.SearchContactsInput{
		InstanceId: new(instanceID),
		TimeRange:  within(types.SearchContactsTimeRangeTypeInitiationTimestamp, 0, 60),
		Sort:       &types.Sort{FieldName: types.SortableFieldNameInitiationTimestamp, Order: types.SortOrderAscending},
	}
}

func within(t types.SearchContactsTimeRangeType, from, to int) *types.SearchContactsTimeRange {
	return &types.SearchContactsTimeRange{Type: t, StartTime: new(time.UnixMilli(at(60 * from))), EndTime: new(time.UnixMilli(at(60 * to)))}
}

// ids reads all pages of a search.
func (w *world) ids(in *connect.SearchContactsInput) string {
	w.t.Helper()
	var ids []string
	for {
		out, err := w.SearchContacts(w.t.Context(), in)
		if err != nil {
			w.t.Fatalf("%+v: %v", in, err)
		}
		for _, c := range out.Contacts {
			ids = append(ids, *c.Id)
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			if int(*out.TotalCount) != len(ids) {
				w.t.Errorf("TotalCount is %d of %v", *out.TotalCount, ids)
			}
			return strings.Join(ids, "")
		}
		if len(out.Contacts) == 0 {
			w.t.Fatal("an empty page with a token")
		}
	}
}

func TestSearchCriteria(t *testing.T) {
	type match = types.SearchContactsMatchType
	const anyOf, all, exact, none = match("MATCH_ANY"), match("MATCH_ALL"), match("MATCH_EXACT"), match("MATCH_NONE")
	name := func(how match, texts ...string) types.SearchCriteria {
		return types.SearchCriteria{Name: &types.NameCriteria{MatchType: how, SearchText: texts}}
	}
	attributes := func(how match, pairs ...string) types.SearchCriteria {
		in := &types.SearchableContactAttributes{MatchType: how}
		for _, p := range pairs {
			k, v, _ := strings.Cut(p, "=")
			in.Criteria = append(in.Criteria, types.SearchableContactAttributesCriteria{Key: &k, Values: strings.Split(v, ",")})
		}
		return types.SearchCriteria{SearchableContactAttributes: in}
	}
	segment := func(key string, values ...string) types.SearchCriteria {
		return types.SearchCriteria{SearchableSegmentAttributes: &types.SearchableSegmentAttributes{
			Criteria: []types.SearchableSegmentAttributesCriteria{{Key: &key, Values: values}},
		}}
	}
	tag := func(key string, value ...string) types.TagCondition {
		c := types.TagCondition{TagKey: &key}
		if len(value) > 0 {
			c.TagValue = &value[0]
		}
		return c
	}
	tags := func(f types.ControlPlaneTagFilter) types.SearchCriteria { return types.SearchCriteria{ContactTags: &f} }
	times := func(how match, criteria ...types.SearchContactsAdditionalTimeRangeCriteria) types.SearchCriteria {
		return types.SearchCriteria{AdditionalTimeRange: &types.SearchContactsAdditionalTimeRange{Criteria: criteria, MatchType: how}}
	}
	without := func(t types.SearchContactsTimeRangeType) types.SearchContactsAdditionalTimeRangeCriteria {
		return types.SearchContactsAdditionalTimeRangeCriteria{TimestampCondition: &types.SearchContactsTimestampCondition{
			ConditionType: types.SearchContactsTimeRangeConditionTypeNotExists, Type: t,
		}}
	}
	during := func(t types.SearchContactsTimeRangeType, from, to int) types.SearchContactsAdditionalTimeRangeCriteria {
		return types.SearchContactsAdditionalTimeRangeCriteria{TimeRange: within(t, from, to)}
	}
	const enqueued, agent, ended, scheduled = types.SearchContactsTimeRangeTypeEnqueueTimestamp,
		types.SearchContactsTimeRangeTypeConnectedToAgentTimestamp, types.SearchContactsTimeRangeTypeDisconnectTimestamp,
		types.SearchContactsTimeRangeTypeScheduledTimestamp
	searched(t, func(w *world) {
		for i, tt := range []struct {
			criteria types.SearchCriteria
			want     string
		}{
			{types.SearchCriteria{}, "abcd"},
			{types.SearchCriteria{Channels: []types.Channel{"VOICE", "CHAT"}}, "abcd"},
			{types.SearchCriteria{Channels: []types.Channel{"VOICE"}}, ""},
			{types.SearchCriteria{InitiationMethods: []types.ContactInitiationMethod{"API"}}, "abc"},
			{types.SearchCriteria{InitiationMethods: []types.ContactInitiationMethod{"API", "DISCONNECT", "TRANSFER"}}, "abcd"},
			{types.SearchCriteria{QueueIds: []string{"q"}}, "a"},
			{types.SearchCriteria{QueueIds: []string{"q", w.Scope.Resource(instanceID, arn.Queue, "r")}}, "ab"},
			{types.SearchCriteria{QueueIds: []string{w.Scope.Resource("another", arn.Queue, "r")}}, ""},
			{types.SearchCriteria{QueueIds: []string{"q"}, AgentIds: []string{"x"}}, ""},
			{types.SearchCriteria{AgentIds: []string{"x", "y"}}, "b"},
			{name(anyOf, "ORDER", "nothing"), "ab"},
			{name(all, "order", "late"), "a"},
			{name(anyOf, "zoë late"), "a"},
			{name(none, "late"), "bcd"},
			{name(exact, "order"), "b"},
			{name(exact, "Order"), ""},
			{name(all), "abcd"},
			{attributes(all, "color=red,green", "size=xl"), "a"},
			{attributes("", "color=red,blue", "size=xl"), "ab"},
			{attributes(anyOf, "color=blue", "color=red"), "ab"},
			{attributes(none, "color=blue"), "acd"},
			{attributes(exact, "size=x"), ""},
			{attributes(all, "Color=red"), ""},
			{attributes(all), "abcd"},
			{segment("plan", "gold", "silver"), "c"},
			{segment("n", "7"), "c"},
			{segment("n", "8"), ""},
			{tags(types.ControlPlaneTagFilter{TagCondition: new(tag("team", "one"))}), "b"},
			{tags(types.ControlPlaneTagFilter{TagCondition: new(tag("team"))}), "bd"},
			{tags(types.ControlPlaneTagFilter{AndConditions: []types.TagCondition{tag("team"), tag("late", "yes")}}), "b"},
			{tags(types.ControlPlaneTagFilter{OrConditions: [][]types.TagCondition{{tag("team", "two")}, {tag("team", "one"), tag("late")}}}), "bd"},
			{tags(types.ControlPlaneTagFilter{OrConditions: [][]types.TagCondition{{tag("team", "two"), tag("late")}}}), ""},
			{tags(types.ControlPlaneTagFilter{TagCondition: new(tag("aws:connect:instanceId", instanceID))}), "abcd"},
			{tags(types.ControlPlaneTagFilter{TagCondition: new(tag("aws:connect:instanceId", "another"))}), ""},
			{times(all, during(enqueued, 0, 5)), "a"},
			{times(all, during(enqueued, 0, 20), without(agent)), "a"},
			{times(anyOf, during(agent, 0, 20), without(ended)), "abd"},
			{times(none, during(ended, 0, 60)), "abd"},
			{times(all, without(scheduled)), "abcd"},
			{times(all, during(scheduled, 0, 60)), ""},
		} {
			in := everything()
			in.SearchCriteria = &tt.criteria
			if got := w.ids(in); got != tt.want {
				w.t.Errorf("criteria %d: found %q, want %q", i, got, tt.want)
			}
		}
	})
}

func TestSearchOrderAndPages(t *testing.T) {
	const up, down = types.SortOrderAscending, types.SortOrderDescending
	searched(t, func(w *world) {
		for _, tt := range []struct {
			by    types.SortableFieldName
			order types.SortOrder
			want  string
		}{
			{types.SortableFieldNameInitiationTimestamp, up, "abcd"},
			{types.SortableFieldNameInitiationTimestamp, down, "dcba"},
			{types.SortableFieldNameChannel, down, "dcba"},
			{types.SortableFieldNameScheduledTimestamp, up, "abcd"},
			{types.SortableFieldNameExpiryTimestamp, up, "abcd"},
			{types.SortableFieldNameConnectedToAgentTimestamp, up, "bacd"},
			{types.SortableFieldNameConnectedToAgentTimestamp, down, "bdca"},
			{types.SortableFieldNameDisconnectTimestamp, up, "cabd"},
			{types.SortableFieldNameInitiationMethod, up, "abcd"},
			{types.SortableFieldNameInitiationMethod, down, "dcba"},
		} {
			for size := range int32(5) {
				in := everything()
				in.Sort = &types.Sort{FieldName: tt.by, Order: tt.order}
				in.MaxResults = new(size + 1)
				if got := w.ids(in); got != tt.want {
					w.t.Errorf("by %s %s, %d a page: %q, want %q", tt.by, tt.order, size+1, got, tt.want)
				}
			}
		}
		in := everything()
		in.Sort = nil
		if got := w.ids(in); got != "dcba" {
			w.t.Errorf("without Sort: %q", got)
		}
		for of, want := range map[types.SearchContactsTimeRangeType]string{
			types.SearchContactsTimeRangeTypeEnqueueTimestamp: "a", types.SearchContactsTimeRangeTypeConnectedToAgentTimestamp: "",
			types.SearchContactsTimeRangeTypeDisconnectTimestamp: "", types.SearchContactsTimeRangeTypeScheduledTimestamp: "",
		} {
			in := everything()
			in.TimeRange = within(of, 1, 10)
			if got := w.ids(in); got != want {
				w.t.Errorf("from 1 to 10 by %s: %q, want %q", of, got, want)
			}
		}
	})
}

func TestSearchSummary(t *testing.T) {
	searched(t, func(w *world) {
		out, err := w.SearchContacts(w.t.Context(), everything())
		if err != nil {
			w.t.Fatal(err)
		}
		arnOf := func(id string) *string { return new(w.Scope.Resource(instanceID, arn.Contact, id)) }
		want := []types.ContactSearchSummary{{
			Id: new("b"), Arn: arnOf("b"), Channel: "CHAT", InitiationMethod: "API", InitiationTimestamp: reply.Time(at(60 * 10)), Name: new("order"),
			QueueInfo: &types.ContactSearchSummaryQueueInfo{Id: new("r"), EnqueueTimestamp: reply.Time(at(60 * 11))},
			AgentInfo: &types.ContactSearchSummaryAgentInfo{Id: new("x"), ConnectedToAgentTimestamp: reply.Time(at(60 * 12))},
			Tags:      map[string]string{instanceTag: instanceID, "team": "one", "late": "yes"},
		}, {
			Id: new("c"), Arn: arnOf("c"), Channel: "CHAT", InitiationMethod: "API", InitiationTimestamp: reply.Time(at(60 * 20)),
			DisconnectTimestamp: reply.Time(at(60 * 21)), Tags: map[string]string{instanceTag: instanceID},
			SegmentAttributes: map[string]types.ContactSearchSummarySegmentAttributeValue{
				"plan": {ValueString: new("gold")}, "m": {ValueMap: map[string]types.SegmentAttributeValue{"k": {ValueString: new("v")}}},
			},
		}, {
			Id: new("d"), Arn: arnOf("d"), Channel: "CHAT", InitiationMethod: "DISCONNECT", InitiationTimestamp: reply.Time(at(60 * 21)),
			InitialContactId: new("c"), PreviousContactId: new("c"), Tags: map[string]string{instanceTag: instanceID, "team": "two"},
		}}
		if diff := cmp.Diff(want, out.Contacts[1:]); diff != "" {
			w.t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// TestLongestSearch asks for as much as the limits of the members allow.
func TestLongestSearch(t *testing.T) {
	many := func(n int) (values []string) {
		for i := range n {
			values = append(values, strconv.Itoa(i))
		}
		return values
	}
	searched(t, func(w *world) {
		for _, how := range []types.SearchContactsMatchType{"MATCH_ANY", "MATCH_ALL", "MATCH_NONE"} {
			in := everything()
			in.Sort.FieldName = types.SortableFieldNameDisconnectTimestamp
			c := &types.SearchCriteria{
				QueueIds: append(many(99), "q"), AgentIds: append(many(99), "x"),
				InitiationMethods:           slices.Repeat([]types.ContactInitiationMethod{"API", "DISCONNECT"}, 3000),
				SearchableContactAttributes: &types.SearchableContactAttributes{MatchType: how},
				SearchableSegmentAttributes: &types.SearchableSegmentAttributes{MatchType: how},
			}
			for _, key := range many(15) {
				c.SearchableContactAttributes.Criteria = append(c.SearchableContactAttributes.Criteria,
					types.SearchableContactAttributesCriteria{Key: &key, Values: many(20)})
				c.SearchableSegmentAttributes.Criteria = append(c.SearchableSegmentAttributes.Criteria,
					types.SearchableSegmentAttributesCriteria{Key: &key, Values: many(20)})
			}
			in.SearchCriteria = c
			if got := w.ids(in); got != "" {
				w.t.Errorf("%s: %q", how, got)
			}
			c.QueueIds, c.AgentIds = nil, nil
			if got := w.ids(in); (got != "") != (how == "MATCH_NONE") {
				w.t.Errorf("%s without queues and agents: %q", how, got)
			}
		}
		in := everything()
		or := &types.ControlPlaneTagFilter{}
		for range 2000 {
			or.OrConditions = append(or.OrConditions, []types.TagCondition{{TagKey: new("team")}})
		}
		in.SearchCriteria = &types.SearchCriteria{ContactTags: or}
		in.Sort.FieldName = types.SortableFieldNameConnectedToAgentTimestamp
		if got := w.ids(in); got != "bd" {
			w.t.Errorf("one of many tags: %q", got)
		}
		or.OrConditions = nil
		for range mostLookups {
			or.AndConditions = append(or.AndConditions, types.TagCondition{TagKey: new("team")})
		}
		if got := w.ids(in); got != "bd" {
			w.t.Errorf("all of many tags: %q", got)
		}
		or.AndConditions = append(or.AndConditions, or.AndConditions[0])
		_, err := w.SearchContacts(w.t.Context(), in)
		wantCode(w.t, "one more", err, "InvalidRequestException")
	})
}

func TestSearchRefuses(t *testing.T) {
	searched(t, func(w *world) {
		first := everything()
		first.MaxResults = new(int32(1))
		out, err := w.SearchContacts(w.t.Context(), first)
		if err != nil || out.NextToken == nil {
			w.t.Fatal(out, err)
		}
		const notFound, request, invalid = "ResourceNotFoundException", "InvalidRequestException", "InvalidParameterException"
		criteria := func(c types.SearchCriteria) func(*connect.SearchContactsInput) {
			return func(in *connect.SearchContactsInput) { in.SearchCriteria = &c }
		}
		for name, tt := range map[string]struct {
			change func(*connect.SearchContactsInput)
			want   string
		}{
			"no such instance": {func(in *connect.SearchContactsInput) { in.InstanceId = new("x") }, notFound},
			"foreign instance": {func(in *connect.SearchContactsInput) {
				in.InstanceId = new("arn:aws:connect:eu-central-1:9:instance/" + instanceID)
			}, notFound},
			"end before start": {func(in *connect.SearchContactsInput) { in.TimeRange.EndTime = new(begin.Add(-1)) }, request},
			"over 8 weeks":     {func(in *connect.SearchContactsInput) { in.TimeRange.EndTime = new(begin.Add(longestSearch + 1)) }, request},
			"transcript":       {criteria(types.SearchCriteria{ContactAnalysis: &types.ContactAnalysis{}}), request},
			"hierarchy":        {criteria(types.SearchCriteria{AgentHierarchyGroups: &types.AgentHierarchyGroups{}}), request},
			"routing":          {criteria(types.SearchCriteria{RoutingCriteria: &types.SearchableRoutingCriteria{}}), request},
			"regions":          {criteria(types.SearchCriteria{ActiveRegions: []string{"us-east-1"}}), request},
			"attribute without values": {criteria(types.SearchCriteria{SearchableContactAttributes: &types.SearchableContactAttributes{
				Criteria: []types.SearchableContactAttributesCriteria{{Key: new("k")}},
			}}), request},
			"tag without key": {criteria(types.SearchCriteria{ContactTags: &types.ControlPlaneTagFilter{TagCondition: &types.TagCondition{}}}), request},
			"time without condition": {criteria(types.SearchCriteria{AdditionalTimeRange: &types.SearchContactsAdditionalTimeRange{
				Criteria: []types.SearchContactsAdditionalTimeRangeCriteria{{}},
			}}), request},
			"token of nobody": {func(in *connect.SearchContactsInput) { in.NextToken = new("x") }, invalid},
			"token of another search": {func(in *connect.SearchContactsInput) {
				in.NextToken, in.SearchCriteria = out.NextToken, &types.SearchCriteria{QueueIds: []string{"q"}}
			}, invalid},
			"token of another order": {func(in *connect.SearchContactsInput) {
				in.NextToken, in.Sort.Order = out.NextToken, types.SortOrderDescending
			}, invalid},
		} {
			in := everything()
			tt.change(in)
			_, err := w.SearchContacts(w.t.Context(), in)
			wantCode(w.t, name, err, tt.want)
		}
		in := everything()
		in.TimeRange.EndTime = new(begin.Add(longestSearch))
		if got := w.ids(in); got != "abcd" {
			w.t.Errorf("8 weeks: %q", got)
		}
	})
}
