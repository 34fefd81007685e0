package admin

import (
	"context"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

func searchableFlow(f *store.Flow) searchable {
	return searchable{id: f.ID, name: f.Name, description: f.Description, tags: f.Tags}
}

func searchableModule(m *store.Module) searchable {
	return searchable{id: m.ID, name: m.Name, description: m.Description, tags: m.Tags}
}

// flowStatus is SAVED for a flow that was never published.
func flowStatus(f *store.Flow) types.ContactFlowStatus {
	if f.Published == 0 {
		return types.ContactFlowStatusSaved
	}
	return types.ContactFlowStatusPublished
}

// SearchContactFlows finds flows of an instance and answers them in the order of their ids, each with its published content or, without
// one, its draft.
func (s *Service) SearchContactFlows(ctx context.Context, in *connect.SearchContactFlowsInput) (*connect.SearchContactFlowsOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	type level = criteria[types.ContactFlowSearchCriteria, store.Flow]
	where, err := criteriaOf(in.SearchCriteria, func(c *types.ContactFlowSearchCriteria) level {
		return level{
			and: c.AndConditions, or: c.OrConditions, text: c.StringCondition,
			own: func(f *store.Flow) bool {
				return (c.TypeCondition == "" || f.Type == string(c.TypeCondition)) &&
					(c.StateCondition == "" || f.State == string(c.StateCondition)) &&
					(c.StatusCondition == "" || flowStatus(f) == c.StatusCondition)
			},
		}
	}, searchableFlow)
	if err != nil {
		return nil, err
	}
	filter := reply.Value(in.SearchFilter)
	tags, err := tagFilter(filter.TagFilter, searchableFlow)
	if err != nil {
		return nil, err
	}
	attributes, err := attributeFilter(filter.FlowAttributeFilter)
	if err != nil {
		return nil, err
	}
	found := search[store.Flow]{
		list: "SearchContactFlows\x00" + instance.ID,
		read: func(ctx context.Context, after string, limit int) ([]store.Flow, error) {
			return s.Store.Flows(ctx, instance.ID, nil, after, limit)
		},
		id: func(f *store.Flow) string { return f.ID }, where: both(where, tags, attributes),
	}
	rows, next, total, err := found.page(ctx, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &connect.SearchContactFlowsOutput{ContactFlows: make([]types.ContactFlow, len(rows)), NextToken: next, ApproximateTotalCount: &total}
	for i := range rows {
		f := &rows[i]
		version, _ := f.Version("")
		if version == 0 {
			version = f.Draft
		}
		content, err := s.Store.FlowVersion(ctx, f.ID, version)
		if err != nil {
			return nil, err
		}
		out.ContactFlows[i] = *s.describeFlow(f, content)
	}
	return out, nil
}

// attributeFilter makes a condition of a filter for flows by tags and types, nil when there is none. Of its members one may be given.
func attributeFilter(f *types.ContactFlowAttributeFilter) (condition[store.Flow], error) {
	if f == nil {
		return nil, nil
	}
	group := func(g types.ContactFlowAttributeAndCondition) condition[store.Flow] {
		return both(tagged(g.TagConditions, searchableFlow), func(f *store.Flow) bool {
			return g.ContactFlowTypeCondition == nil || f.Type == string(g.ContactFlowTypeCondition.ContactFlowType)
		})
	}
	var all []condition[store.Flow]
	if f.TagCondition != nil {
		all = append(all, tagged([]types.TagCondition{*f.TagCondition}, searchableFlow))
	}
	if f.ContactFlowTypeCondition != nil {
		all = append(all, group(types.ContactFlowAttributeAndCondition{ContactFlowTypeCondition: f.ContactFlowTypeCondition}))
	}
	if f.AndCondition != nil {
		all = append(all, group(*f.AndCondition))
	}
	if len(f.OrConditions) > 0 {
		var lists []condition[store.Flow]
		for _, g := range f.OrConditions {
			lists = append(lists, group(g))
		}
		all = append(all, either(lists...))
	}
	if len(all) > 1 {
		return nil, reply.InvalidParameter("FlowAttributeFilter has more than one of its conditions")
	}
	return both(all...), nil
}

// SearchContactFlowModules finds modules of an instance and answers them in the order of their ids, each with its published content.
func (s *Service) SearchContactFlowModules(ctx context.Context, in *connect.SearchContactFlowModulesInput) (*connect.SearchContactFlowModulesOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	type level = criteria[types.ContactFlowModuleSearchCriteria, store.Module]
	where, err := criteriaOf(in.SearchCriteria, func(c *types.ContactFlowModuleSearchCriteria) level {
		return level{
			and: c.AndConditions, or: c.OrConditions, text: c.StringCondition,
			own: func(m *store.Module) bool { // every module is published when it is made
				return (c.StateCondition == "" || m.State == string(c.StateCondition)) && c.StatusCondition != types.ContactFlowModuleStatusSaved
			},
		}
	}, searchableModule)
	if err != nil {
		return nil, err
	}
	tags, err := tagFilter(reply.Value(in.SearchFilter).TagFilter, searchableModule)
	if err != nil {
		return nil, err
	}
	found := search[store.Module]{
		list: "SearchContactFlowModules\x00" + instance.ID, read: s.modulesOf(instance.ID), id: moduleID, where: both(where, tags),
	}
	rows, next, total, err := found.page(ctx, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &connect.SearchContactFlowModulesOutput{
		ContactFlowModules: make([]types.ContactFlowModule, len(rows)), NextToken: next, ApproximateTotalCount: &total,
	}
	for i := range rows {
		m := &rows[i]
		content, err := s.Store.ModuleContent(ctx, m.ID, m.Published)
		if err != nil {
			return nil, err
		}
		out.ContactFlowModules[i] = *s.describeModule(m, content, 0)
	}
	return out, nil
}
