package admin

import (
	"context"
	"strings"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/view"
)

// listedView is a view as lists have it, by type and then name: one that comes with the service, or one of the instance.
type listedView struct {
	managed *view.Managed
	own     *store.View
}

func (v *listedView) place() string {
	if v.managed != nil {
		return string(types.ViewTypeAwsManaged) + "/" + v.managed.ID
	}
	return string(types.ViewTypeCustomerManaged) + "/" + v.own.Name
}

func (v *listedView) searchable() searchable {
	if v.managed != nil {
		return searchable{id: v.managed.ID, name: v.managed.ID, description: v.managed.Description}
	}
	return searchable{id: v.own.ID, name: v.own.Name, description: v.own.Description, tags: v.own.Tags}
}

// is reports whether a view has this type and this status, where they are given.
func (v *listedView) is(kind types.ViewType, status types.ViewStatus) bool {
	of, now := types.ViewTypeAwsManaged, types.ViewStatusPublished
	if v.managed == nil {
		of, now = types.ViewTypeCustomerManaged, viewStatus(v.own)
	}
	return (kind == "" || kind == of) && (status == "" || status == now)
}

// viewStatus is SAVED for a view that was never published.
func viewStatus(v *store.View) types.ViewStatus {
	if v.Published == 0 {
		return types.ViewStatusSaved
	}
	return types.ViewStatusPublished
}

// viewsAfter reads the views that come after a place.
func (s *Service) viewsAfter(ctx context.Context, instance, place string, limit int) (rows []listedView, err error) {
	kind, name, _ := strings.Cut(place, "/")
	if kind != string(types.ViewTypeCustomerManaged) {
		for _, m := range view.All() {
			if m.ID > name {
				rows = append(rows, listedView{managed: m})
			}
		}
		name = ""
	}
	if len(rows) >= limit {
		return rows[:limit], nil
	}
	own, err := s.Store.Views(ctx, instance, name, limit-len(rows))
	for i := range own {
		rows = append(rows, listedView{own: &own[i]})
	}
	return rows, err
}

// SearchViews finds views and answers them by type and name, each with its published content or, without one, its draft.
func (s *Service) SearchViews(ctx context.Context, in *connect.SearchViewsInput) (*connect.SearchViewsOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	type level = criteria[types.ViewSearchCriteria, listedView]
	where, err := searchOf(in.SearchCriteria, tagsOf(reply.Value(in.SearchFilter).AttributeFilter), func(c *types.ViewSearchCriteria) level {
		return level{
			and: c.AndConditions, or: c.OrConditions, text: c.StringCondition,
			own: func(v *listedView) bool { return v.is(c.ViewTypeCondition, c.ViewStatusCondition) },
		}
	}, (*listedView).searchable)
	if err != nil {
		return nil, err
	}
	found, next, total, err := search[listedView]{
		list: "SearchViews\x00" + instance.ID, id: (*listedView).place, where: where,
		read: func(ctx context.Context, after string, limit int) ([]listedView, error) {
			return s.viewsAfter(ctx, instance.ID, after, limit)
		},
	}.page(ctx, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &connect.SearchViewsOutput{Views: []types.View{}, NextToken: next, ApproximateTotalCount: &total}
	for _, v := range found {
		described := s.describeManaged(v.managed)
		if v.managed == nil {
			if described, err = s.newest(ctx, v.own, viewStatus(v.own)); err != nil {
				return nil, err
			}
		}
		out.Views = append(out.Views, *described)
	}
	return out, nil
}

// tagsOf is a filter by tags in the words of most searches.
func tagsOf(f *types.ControlPlaneAttributeFilter) *types.ControlPlaneTagFilter {
	if f == nil {
		return nil
	}
	tags := &types.ControlPlaneTagFilter{TagCondition: f.TagCondition, AndConditions: reply.Value(f.AndCondition).TagConditions}
	for _, all := range f.OrConditions {
		tags.OrConditions = append(tags.OrConditions, all.TagConditions)
	}
	return tags
}
