package admin

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
)

func text(field, how, value string) *types.StringCondition {
	return &types.StringCondition{FieldName: &field, Value: &value, ComparisonType: types.StringComparisonType(how)}
}

func tag(key string, value ...string) types.TagCondition {
	c := types.TagCondition{TagKey: &key}
	if len(value) > 0 {
		c.TagValue = &value[0]
	}
	return c
}

func TestSearchContactFlows(t *testing.T) { onBothEngines(t, testSearchContactFlows) }

func testSearchContactFlows(t *testing.T, w *world) {
	for name, in := range map[string]connect.CreateContactFlowInput{
		"Orders":        {Description: new("where is it"), Tags: map[string]string{"team": "a", "env": "prod"}},
		"Orders, late":  {Type: types.ContactFlowTypeCustomerQueue, Tags: map[string]string{"team": "a", "env": "test"}},
		"Returns":       {Status: types.ContactFlowStatusSaved, Tags: map[string]string{"team": "b"}},
		"Reorder again": {Type: types.ContactFlowTypeAgentWhisper},
	} {
		in.InstanceId, in.Name, in.Content = new(instanceID), &name, new(smallest)
		if in.Type == "" {
			in.Type = types.ContactFlowTypeContactFlow
		}
		if in.Type == types.ContactFlowTypeAgentWhisper {
			in.Content = new(`{"Version": "2019-10-30", "StartAction": "end", "Actions": [{"Identifier": "end", "Type": "EndFlowExecution"}]}`)
		}
		if _, err := w.CreateContactFlow(t.Context(), &in); err != nil {
			t.Fatal(err)
		}
	}
	type criteria = types.ContactFlowSearchCriteria
	orders := criteria{StringCondition: text("name", "CONTAINS", "order")}
	filter := func(f types.ContactFlowAttributeFilter) *types.ContactFlowSearchFilter {
		return &types.ContactFlowSearchFilter{FlowAttributeFilter: &f}
	}
	queueType := &types.ContactFlowTypeCondition{ContactFlowType: types.ContactFlowTypeCustomerQueue}
	for _, tt := range []struct {
		name   string
		where  *criteria
		filter *types.ContactFlowSearchFilter
		want   string
	}{
		{"contains", &orders, nil, "Orders|Orders, late|Reorder again"},
		{"starts with", &criteria{StringCondition: text("Name", "STARTS_WITH", "oRD")}, nil, "Orders|Orders, late"},
		{"is", &criteria{StringCondition: text("name", "EXACT", "orders")}, nil, "Orders"},
		{"description", &criteria{StringCondition: text("description", "CONTAINS", "is it")}, nil, "Orders"},
		{"type", &criteria{StringCondition: orders.StringCondition, TypeCondition: types.ContactFlowTypeCustomerQueue}, nil, "Orders, late"},
		{"status", &criteria{StatusCondition: types.ContactFlowStatusSaved}, nil, "Returns"},
		{"state", &criteria{StateCondition: types.ContactFlowStateArchived}, nil, ""},
		{"and", &criteria{AndConditions: []criteria{orders, {TypeCondition: types.ContactFlowTypeContactFlow}}}, nil, "Orders"},
		{"or", &criteria{OrConditions: []criteria{{StatusCondition: types.ContactFlowStatusSaved}, {StringCondition: text("name", "EXACT", "ORDERS")}}}, nil, "Orders|Returns"},
		{"and of or", &criteria{
			AndConditions: []criteria{orders, {OrConditions: []criteria{{TypeCondition: types.ContactFlowTypeAgentWhisper}, {TypeCondition: types.ContactFlowTypeCustomerQueue}}}},
		}, nil, "Orders, late|Reorder again"},
		{"tag", nil, &types.ContactFlowSearchFilter{TagFilter: &types.ControlPlaneTagFilter{TagCondition: new(tag("team", "a"))}}, "Orders|Orders, late"},
		{"tag of any value", nil, &types.ContactFlowSearchFilter{TagFilter: &types.ControlPlaneTagFilter{TagCondition: new(tag("team"))}}, "Orders|Orders, late|Returns"},
		{"both tags", nil, &types.ContactFlowSearchFilter{TagFilter: &types.ControlPlaneTagFilter{AndConditions: []types.TagCondition{tag("team", "a"), tag("env", "test")}}}, "Orders, late"},
		{"either list of tags", nil, &types.ContactFlowSearchFilter{TagFilter: &types.ControlPlaneTagFilter{
			OrConditions: [][]types.TagCondition{{tag("team", "b")}, {tag("team", "a"), tag("env", "prod")}},
		}}, "Orders|Returns"},
		{"filter by type", nil, filter(types.ContactFlowAttributeFilter{ContactFlowTypeCondition: queueType}), "Default customer queue|Orders, late|Waiting in the queue"},
		{"filter by type and tags", nil, filter(types.ContactFlowAttributeFilter{
			AndCondition: &types.ContactFlowAttributeAndCondition{ContactFlowTypeCondition: queueType, TagConditions: []types.TagCondition{tag("env")}},
		}), "Orders, late"},
		{"filter by either", nil, filter(types.ContactFlowAttributeFilter{OrConditions: []types.ContactFlowAttributeAndCondition{
			{TagConditions: []types.TagCondition{tag("team", "b")}}, {ContactFlowTypeCondition: queueType, TagConditions: []types.TagCondition{tag("env")}},
		}}), "Orders, late|Returns"},
		{"filter and criteria", &orders, filter(types.ContactFlowAttributeFilter{TagCondition: new(tag("env", "prod"))}), "Orders"},
	} {
		var names []string
		in := &connect.SearchContactFlowsInput{InstanceId: new(instanceID), SearchCriteria: tt.where, SearchFilter: tt.filter, MaxResults: new(int32(2))}
		for pages := 0; ; pages++ {
			out, err := w.SearchContactFlows(t.Context(), in)
			if err != nil {
				t.Fatalf("%s: %v", tt.name, err)
			}
			for _, f := range out.ContactFlows {
				names = append(names, *f.Name)
				if *f.Content == "" || f.Arn == nil {
					t.Errorf("%s: %+v", tt.name, f)
				}
			}
			if want := len(strings.FieldsFunc(tt.want, func(r rune) bool { return r == '|' })); *out.ApproximateTotalCount != int64(want) {
				t.Errorf("%s: %d in all, want %d", tt.name, *out.ApproximateTotalCount, want)
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				break
			}
		}
		slices.Sort(names)
		if got := strings.Join(names, "|"); got != tt.want {
			t.Errorf("%s: found %s, want %s", tt.name, got, tt.want)
		}
	}
	all, err := w.SearchContactFlows(t.Context(), &connect.SearchContactFlowsInput{InstanceId: new(instanceID)})
	if err != nil || len(all.ContactFlows) != 4+len(newFlows) {
		t.Errorf("without criteria: %v, %v", all, err)
	}
}

func TestSearchRefuses(t *testing.T) { onBothEngines(t, testSearchRefuses) }

func testSearchRefuses(t *testing.T, w *world) {
	type criteria = types.ContactFlowModuleSearchCriteria
	many := criteria{OrConditions: slices.Repeat([]criteria{{}}, maxCriteria)}
	for name, in := range map[string]connect.SearchContactFlowModulesInput{
		"unknown field": {SearchCriteria: &criteria{StringCondition: text("color", "EXACT", "red")}},
		"no comparison": {SearchCriteria: &criteria{StringCondition: text("name", "", "red")}},
		"no value":      {SearchCriteria: &criteria{AndConditions: []criteria{{StringCondition: text("name", "EXACT", "")}}}},
		"one character": {SearchCriteria: &criteria{OrConditions: []criteria{{StringCondition: text("name", "CONTAINS", "ä")}}}},
		"26 characters": {SearchCriteria: &criteria{StringCondition: text("name", "CONTAINS", strings.Repeat("ä", 26))}},
		"too many":      {SearchCriteria: &many},
		"two filters":   {SearchFilter: &types.ContactFlowModuleSearchFilter{TagFilter: &types.ControlPlaneTagFilter{TagCondition: new(tag("a")), AndConditions: []types.TagCondition{tag("b")}}}},
		"another token": {NextToken: new("YQ")},
	} {
		in.InstanceId = new(instanceID)
		_, err := w.SearchContactFlowModules(t.Context(), &in)
		wantError[*types.InvalidParameterException](t, name, err)
	}
	_, err := w.SearchContactFlows(t.Context(), &connect.SearchContactFlowsInput{
		InstanceId: new(instanceID), SearchFilter: &types.ContactFlowSearchFilter{FlowAttributeFilter: &types.ContactFlowAttributeFilter{
			TagCondition: new(tag("a")), AndCondition: &types.ContactFlowAttributeAndCondition{},
		}},
	})
	wantError[*types.InvalidParameterException](t, "two attribute filters", err)
	_, err = w.SearchContactFlowModules(t.Context(), &connect.SearchContactFlowModulesInput{InstanceId: new("nope")})
	wantError[*types.ResourceNotFoundException](t, "no instance", err)
}

func TestSearchModules(t *testing.T) { onBothEngines(t, testSearchModules) }

func testSearchModules(t *testing.T, w *world) {
	ids := map[string]string{}
	for _, name := range []string{"Find order", "Find address", "Say goodbye"} {
		ids[name] = w.mustCreateModule(name, returning(name, `{}`), `{}`)
	}
	archived := ids["Find address"]
	if _, err := w.UpdateContactFlowModuleMetadata(t.Context(), &connect.UpdateContactFlowModuleMetadataInput{
		InstanceId: new(instanceID), ContactFlowModuleId: &archived, State: types.ContactFlowModuleStateArchived,
	}); err != nil {
		t.Fatal(err)
	}
	type criteria = types.ContactFlowModuleSearchCriteria
	for name, tt := range map[string]struct {
		where criteria
		want  string
	}{
		"all":       {criteria{}, "Find address|Find order|Say goodbye"},
		"name":      {criteria{StringCondition: text("name", "STARTS_WITH", "find")}, "Find address|Find order"},
		"id":        {criteria{StringCondition: text("resourceID", "EXACT", archived)}, "Find address"},
		"active":    {criteria{StateCondition: types.ContactFlowModuleStateActive}, "Find order|Say goodbye"},
		"published": {criteria{StatusCondition: types.ContactFlowModuleStatusPublished, StateCondition: types.ContactFlowModuleStateArchived}, "Find address"},
		"saved":     {criteria{StatusCondition: types.ContactFlowModuleStatusSaved}, ""},
	} {
		out, err := w.SearchContactFlowModules(t.Context(), &connect.SearchContactFlowModulesInput{InstanceId: new(instanceID), SearchCriteria: &tt.where})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var names []string
		for _, m := range out.ContactFlowModules {
			names = append(names, *m.Name)
			if *m.Content != returning(*m.Name, `{}`) {
				t.Errorf("%s: content %s", *m.Name, *m.Content)
			}
		}
		slices.Sort(names)
		if got := strings.Join(names, "|"); got != tt.want {
			t.Errorf("%s: found %s, want %s", name, got, tt.want)
		}
	}
}

func TestListModules(t *testing.T) { onBothEngines(t, testListModules) }

func testListModules(t *testing.T, w *world) {
	var want []string
	for i := range 5 {
		want = append(want, w.mustCreateModule(fmt.Sprint("module ", i), returning("a", `{}`), ``))
	}
	if _, err := w.UpdateContactFlowModuleMetadata(t.Context(), &connect.UpdateContactFlowModuleMetadataInput{
		InstanceId: new(instanceID), ContactFlowModuleId: &want[4], State: types.ContactFlowModuleStateArchived,
	}); err != nil {
		t.Fatal(err)
	}
	archived := want[4]
	slices.Sort(want)
	list := func(state types.ContactFlowModuleState, size int32) (ids []string) {
		t.Helper()
		in := &connect.ListContactFlowModulesInput{InstanceId: new(instanceID), ContactFlowModuleState: state, MaxResults: &size}
		for {
			out, err := w.ListContactFlowModules(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range out.ContactFlowModulesSummaryList {
				ids = append(ids, *m.Id)
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				return ids
			}
		}
	}
	if got := list("", 2); !slices.Equal(got, want) {
		t.Errorf("modules %q, want %q", got, want)
	}
	if got := list(types.ContactFlowModuleStateArchived, 2); !slices.Equal(got, []string{archived}) {
		t.Errorf("archived %q, want %q", got, archived)
	}
	if got := list(types.ContactFlowModuleStateActive, 4); len(got) != 4 || slices.Contains(got, archived) {
		t.Errorf("active %q", got)
	}
}
