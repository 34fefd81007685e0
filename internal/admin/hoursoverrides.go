package admin

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/hours"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// maxEffectiveDays is how many days GetEffectiveHoursOfOperations tells of. Amazon's limit is not documented.
const maxEffectiveDays = 366

// CreateHoursOfOperationOverride makes an exception to hours.
func (s *Service) CreateHoursOfOperationOverride(ctx context.Context, in *connect.CreateHoursOfOperationOverrideInput) (*connect.CreateHoursOfOperationOverrideOutput, error) {
	row, err := s.hours(ctx, in.InstanceId, in.HoursOfOperationId)
	if err != nil {
		return nil, err
	}
	o := types.HoursOfOperationOverride{
		HoursOfOperationOverrideId: new(uuid.NewString()), Name: in.Name, Description: in.Description, Config: in.Config,
		EffectiveFrom: in.EffectiveFrom, EffectiveTill: in.EffectiveTill, RecurrenceConfig: in.RecurrenceConfig,
		OverrideType: cmp.Or(in.OverrideType, types.OverrideTypeStandard),
	}
	made, err := overrideOf(&o)
	if err != nil {
		return nil, err
	}
	err = s.changeHours(ctx, row, func(_ *store.Tx, row *store.Hours) error {
		if err := freeName(row, *made); err != nil {
			return err
		}
		if len(row.Overrides) >= maxOverrides {
			return &types.LimitExceededException{Message: new(fmt.Sprintf("The hours of operation have %d overrides, which is the limit", maxOverrides))}
		}
		row.Overrides = append(row.Overrides, *made)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.CreateHoursOfOperationOverrideOutput{HoursOfOperationOverrideId: &made.ID}, nil
}

// freeName refuses an override with the name of another one of the hours.
func freeName(row *store.Hours, o store.HoursOverride) error {
	if slices.ContainsFunc(row.Overrides, func(other store.HoursOverride) bool { return other.ID != o.ID && other.Name == o.Name }) {
		return orDuplicate(store.ErrExists, "override", o.Name)
	}
	return nil
}

// overrideOf makes an override of what the API has, as rows have it.
func overrideOf(in *types.HoursOfOperationOverride) (*store.HoursOverride, error) {
	rule := hours.Override{Name: *in.Name, Kind: hours.Kind(in.OverrideType)}
	var err error
	if rule.From, err = hours.ParseDate(*in.EffectiveFrom); err != nil {
		return nil, reply.InvalidParameter(fmt.Sprintf("EffectiveFrom %q is no date", *in.EffectiveFrom))
	}
	if rule.Till, err = hours.ParseDate(*in.EffectiveTill); err != nil {
		return nil, reply.InvalidParameter(fmt.Sprintf("EffectiveTill %q is no date", *in.EffectiveTill))
	}
	for _, c := range in.Config {
		e := hours.Entry{Day: weekday(string(c.Day))}
		switch {
		case (c.StartTime == nil) != (c.EndTime == nil):
			return nil, reply.InvalidParameter("An entry of Config has one of StartTime and EndTime, not both")
		case c.StartTime != nil:
			e.Start, e.End = int(*c.StartTime.Hours*60+*c.StartTime.Minutes), int(*c.EndTime.Hours*60+*c.EndTime.Minutes)
		}
		rule.Entries = append(rule.Entries, e)
	}
	if in.RecurrenceConfig != nil {
		if rule.Recurrence, err = recurrenceOf(in.RecurrenceConfig.RecurrencePattern); err != nil {
			return nil, err
		}
	}
	if err := rule.Check(); err != nil {
		return nil, reply.InvalidParameter(err.Error())
	}
	out := &store.HoursOverride{ID: *in.HoursOfOperationOverrideId, Name: *in.Name, Description: reply.Value(in.Description)}
	out.Rule, err = json.Marshal(rule)
	return out, err
}

func recurrenceOf(in *types.RecurrencePattern) (*hours.Recurrence, error) {
	r := &hours.Recurrence{Frequency: string(in.Frequency), Interval: int(*in.Interval)}
	for _, part := range []struct {
		name  string
		given []int32
		to    *int
	}{
		{"ByMonth", in.ByMonth, &r.Month}, {"ByMonthDay", in.ByMonthDay, &r.MonthDay}, {"ByWeekdayOccurrence", in.ByWeekdayOccurrence, &r.Occurrence},
	} {
		switch {
		case len(part.given) > 1:
			return nil, reply.InvalidParameter(part.name + " has more than one number")
		case len(part.given) == 1 && part.given[0] == 0:
			return nil, reply.InvalidParameter(part.name + " can not be 0")
		case len(part.given) == 1:
			*part.to = int(part.given[0])
		}
	}
	return r, nil
}

// describeOverride shows an override as the API has it.
func (s *Service) describeOverride(row *store.Hours, o *store.HoursOverride) (*types.HoursOfOperationOverride, error) {
	var rule hours.Override
	if err := json.Unmarshal(o.Rule, &rule); err != nil {
		return nil, fmt.Errorf("override %s: %w", o.ID, err)
	}
	out := &types.HoursOfOperationOverride{
		HoursOfOperationOverrideId: &o.ID, HoursOfOperationId: &row.ID, HoursOfOperationArn: new(s.Scope.Resource(row.InstanceID, arn.Hours, row.ID)),
		Name: &o.Name, Description: reply.Text(o.Description), OverrideType: types.OverrideType(rule.Kind),
		EffectiveFrom: new(rule.From.String()), EffectiveTill: new(rule.Till.String()), Config: []types.HoursOfOperationOverrideConfig{},
	}
	for _, e := range rule.Entries {
		out.Config = append(out.Config, types.HoursOfOperationOverrideConfig{
			Day: types.OverrideDays(dayName(e.Day)), StartTime: slice(e.Start), EndTime: slice(e.End),
		})
	}
	if r := rule.Recurrence; r != nil {
		pattern := &types.RecurrencePattern{Frequency: types.RecurrenceFrequency(r.Frequency), Interval: new(int32(r.Interval))}
		pattern.ByMonth, pattern.ByMonthDay, pattern.ByWeekdayOccurrence = number(r.Month), number(r.MonthDay), number(r.Occurrence)
		out.RecurrenceConfig = &types.RecurrenceConfig{RecurrencePattern: pattern}
	}
	return out, nil
}

// number is a list of one number, of none for 0.
func number(n int) []int32 {
	if n == 0 {
		return nil
	}
	return []int32{int32(n)}
}

func slice(minutes int) *types.OverrideTimeSlice {
	h, m := clock(minutes)
	return &types.OverrideTimeSlice{Hours: h, Minutes: m}
}

// override finds an override of hours.
func override(row *store.Hours, id *string) (int, error) {
	i := slices.IndexFunc(row.Overrides, func(o store.HoursOverride) bool { return o.ID == reply.Value(id) })
	if i < 0 {
		return 0, reply.NotFound("Override of the hours of operation")
	}
	return i, nil
}

// DescribeHoursOfOperationOverride reads an exception to hours.
func (s *Service) DescribeHoursOfOperationOverride(ctx context.Context, in *connect.DescribeHoursOfOperationOverrideInput) (*connect.DescribeHoursOfOperationOverrideOutput, error) {
	row, err := s.hours(ctx, in.InstanceId, in.HoursOfOperationId)
	if err != nil {
		return nil, err
	}
	i, err := override(row, in.HoursOfOperationOverrideId)
	if err != nil {
		return nil, err
	}
	o, err := s.describeOverride(row, &row.Overrides[i])
	if err != nil {
		return nil, err
	}
	return &connect.DescribeHoursOfOperationOverrideOutput{HoursOfOperationOverride: o}, nil
}

// ListHoursOfOperationOverrides lists the exceptions to hours in the order of their ids.
func (s *Service) ListHoursOfOperationOverrides(ctx context.Context, in *connect.ListHoursOfOperationOverridesInput) (*connect.ListHoursOfOperationOverridesOutput, error) {
	row, err := s.hours(ctx, in.InstanceId, in.HoursOfOperationId)
	if err != nil {
		return nil, err
	}
	all, err := s.overrides(row)
	if err != nil {
		return nil, err
	}
	found, next, _, err := overridesIn(all, "overrides\x00"+row.ID, nil).page(ctx, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &connect.ListHoursOfOperationOverridesOutput{
		HoursOfOperationOverrideList: make([]types.HoursOfOperationOverride, len(found)), NextToken: next,
		LastModifiedTime: reply.Time(row.ModifiedAt), LastModifiedRegion: &s.Scope.Region,
	}
	for i := range found {
		out.HoursOfOperationOverrideList[i] = found[i].HoursOfOperationOverride
	}
	return out, nil
}

// UpdateHoursOfOperationOverride changes what is given.
func (s *Service) UpdateHoursOfOperationOverride(ctx context.Context, in *connect.UpdateHoursOfOperationOverrideInput) (*connect.UpdateHoursOfOperationOverrideOutput, error) {
	row, err := s.hours(ctx, in.InstanceId, in.HoursOfOperationId)
	if err != nil {
		return nil, err
	}
	err = s.changeHours(ctx, row, func(_ *store.Tx, row *store.Hours) error {
		i, err := override(row, in.HoursOfOperationOverrideId)
		if err != nil {
			return err
		}
		o, err := s.describeOverride(row, &row.Overrides[i])
		if err != nil {
			return err
		}
		o.Name, o.Description = cmp.Or(in.Name, o.Name), cmp.Or(in.Description, o.Description)
		o.EffectiveFrom, o.EffectiveTill = cmp.Or(in.EffectiveFrom, o.EffectiveFrom), cmp.Or(in.EffectiveTill, o.EffectiveTill)
		o.RecurrenceConfig, o.OverrideType = cmp.Or(in.RecurrenceConfig, o.RecurrenceConfig), cmp.Or(in.OverrideType, o.OverrideType)
		if in.Config != nil {
			o.Config = in.Config
		}
		changed, err := overrideOf(o)
		if err != nil {
			return err
		}
		row.Overrides[i] = *changed
		return freeName(row, *changed)
	})
	if err != nil {
		return nil, err
	}
	return &connect.UpdateHoursOfOperationOverrideOutput{}, nil
}

// DeleteHoursOfOperationOverride deletes an exception to hours.
func (s *Service) DeleteHoursOfOperationOverride(ctx context.Context, in *connect.DeleteHoursOfOperationOverrideInput) (*connect.DeleteHoursOfOperationOverrideOutput, error) {
	row, err := s.hours(ctx, in.InstanceId, in.HoursOfOperationId)
	if err != nil {
		return nil, err
	}
	err = s.changeHours(ctx, row, func(_ *store.Tx, row *store.Hours) error {
		i, err := override(row, in.HoursOfOperationOverrideId)
		if err == nil {
			row.Overrides = slices.Delete(row.Overrides, i, i+1)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &connect.DeleteHoursOfOperationOverrideOutput{}, nil
}

// GetEffectiveHoursOfOperations says when it is open on each of some days, 366 at most, and what overrides have to do with it.
func (s *Service) GetEffectiveHoursOfOperations(ctx context.Context, in *connect.GetEffectiveHoursOfOperationsInput) (*connect.GetEffectiveHoursOfOperationsOutput, error) {
	row, err := s.hours(ctx, in.InstanceId, in.HoursOfOperationId)
	if err != nil {
		return nil, err
	}
	from, err := hours.ParseDate(*in.FromDate)
	if err != nil {
		return nil, reply.InvalidParameter(fmt.Sprintf("FromDate %q is no date", *in.FromDate))
	}
	till, err := hours.ParseDate(*in.ToDate)
	switch {
	case err != nil:
		return nil, reply.InvalidParameter(fmt.Sprintf("ToDate %q is no date", *in.ToDate))
	case till < from:
		return nil, reply.InvalidParameter("ToDate is before FromDate")
	case till-from >= maxEffectiveDays:
		return nil, reply.InvalidParameter(fmt.Sprintf("From FromDate to ToDate are more than %d days", maxEffectiveDays))
	}
	var inherited []json.RawMessage
	for _, id := range row.Parents {
		parent, err := s.Store.Hours(ctx, id)
		if err != nil {
			return nil, err
		}
		inherited = append(inherited, parent.Rules()...)
	}
	calendar, err := hours.Read(row.Schedule, row.Rules(), inherited)
	if err != nil {
		return nil, fmt.Errorf("hours %s: %w", row.ID, err)
	}
	out := &connect.GetEffectiveHoursOfOperationsOutput{TimeZone: new(calendar.Zone())}
	for d := from; d <= till; d++ {
		day := types.EffectiveHoursOfOperations{Date: new(d.String()), OperationalHours: []types.OperationalHour{}}
		for _, span := range calendar.Day(d) {
			day.OperationalHours = append(day.OperationalHours, types.OperationalHour{Start: slice(span.From), End: slice(span.To)})
		}
		out.EffectiveHoursOfOperationList = append(out.EffectiveHoursOfOperationList, day)
		exceptions := types.EffectiveOverrideHours{Date: day.Date}
		for _, use := range calendar.Overridden(d) {
			status := types.OperationalStatusClosed
			if use.Open {
				status = types.OperationalStatusOpen
			}
			exceptions.OverrideHours = append(exceptions.OverrideHours, types.OverrideHour{
				Start: slice(use.From), End: slice(use.To), OverrideName: &use.Name, OperationalStatus: status,
			})
		}
		if len(exceptions.OverrideHours) > 0 {
			out.EffectiveOverrideHoursList = append(out.EffectiveOverrideHoursList, exceptions)
		}
	}
	return out, nil
}

// overrideRow is an override with what searches look at beside it.
type overrideRow struct {
	types.HoursOfOperationOverride
	tags map[string]string // of the hours
}

func (s *Service) overrides(row *store.Hours) (all []overrideRow, err error) {
	for i := range row.Overrides {
		o, err := s.describeOverride(row, &row.Overrides[i])
		if err != nil {
			return nil, err
		}
		all = append(all, overrideRow{*o, row.Tags})
	}
	return all, nil
}

// overridesIn is a search in a list of overrides.
func overridesIn(all []overrideRow, list string, where condition[overrideRow]) search[overrideRow] {
	id := func(o *overrideRow) string { return *o.HoursOfOperationOverrideId }
	slices.SortFunc(all, func(a, b overrideRow) int { return strings.Compare(id(&a), id(&b)) })
	return search[overrideRow]{
		list: list, id: id, where: where,
		read: func(_ context.Context, after string, limit int) ([]overrideRow, error) {
			i, found := slices.BinarySearchFunc(all, after, func(o overrideRow, id string) int { return strings.Compare(*o.HoursOfOperationOverrideId, id) })
			if found {
				i++
			}
			return all[i:min(len(all), i+limit)], nil
		},
	}
}

// SearchHoursOfOperationOverrides finds exceptions to all hours of an instance by their texts and dates, and by the tags of the hours.
func (s *Service) SearchHoursOfOperationOverrides(ctx context.Context, in *connect.SearchHoursOfOperationOverridesInput) (*connect.SearchHoursOfOperationOverridesOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	var bad error
	where, err := searchOf(in.SearchCriteria, reply.Value(in.SearchFilter).TagFilter,
		func(c *types.HoursOfOperationOverrideSearchCriteria) criteria[types.HoursOfOperationOverrideSearchCriteria, overrideRow] {
			parts := criteria[types.HoursOfOperationOverrideSearchCriteria, overrideRow]{and: c.AndConditions, or: c.OrConditions, text: c.StringCondition}
			if c.DateCondition != nil {
				var err error
				if parts.own, err = dateCondition(c.DateCondition); err != nil {
					bad = err
				}
			}
			return parts
		}, func(o *overrideRow) searchable {
			return searchable{id: *o.HoursOfOperationOverrideId, name: *o.Name, description: reply.Value(o.Description), tags: o.tags}
		})
	if err := cmp.Or(err, bad); err != nil {
		return nil, err
	}
	var all []overrideRow
	for row, err := range rows(func(after string, limit int) ([]store.Hours, error) {
		return s.Store.HoursOfInstance(ctx, instance.ID, after, limit)
	}, hoursID) {
		if err != nil {
			return nil, err
		}
		of, err := s.overrides(row)
		if err != nil {
			return nil, err
		}
		all = append(all, of...)
	}
	found, next, total, err := overridesIn(all, "search-overrides\x00"+instance.ID, where).page(ctx, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &connect.SearchHoursOfOperationOverridesOutput{
		HoursOfOperationOverrides: make([]types.HoursOfOperationOverride, len(found)), NextToken: next, ApproximateTotalCount: &total,
	}
	for i := range found {
		out.HoursOfOperationOverrides[i] = found[i].HoursOfOperationOverride
	}
	return out, nil
}

// dateCondition is met by overrides with such a date: texts of dates have the order of the dates.
func dateCondition(c *types.DateCondition) (condition[overrideRow], error) {
	var field func(*overrideRow) string
	switch strings.ToLower(reply.Value(c.FieldName)) {
	case "effectivefrom":
		field = func(o *overrideRow) string { return *o.EffectiveFrom }
	case "effectivetill":
		field = func(o *overrideRow) string { return *o.EffectiveTill }
	default:
		return nil, reply.InvalidParameter(fmt.Sprintf("DateCondition.FieldName %.50q is not effectiveFrom or effectiveTill", reply.Value(c.FieldName)))
	}
	if c.Value == nil {
		return nil, reply.InvalidParameter("DateCondition.Value is missing")
	}
	allowed := map[types.DateComparisonType][]int{
		types.DateComparisonTypeGreaterThan: {1}, types.DateComparisonTypeGreaterThanOrEqualTo: {0, 1}, types.DateComparisonTypeEqualTo: {0},
		types.DateComparisonTypeLessThan: {-1}, types.DateComparisonTypeLessThanOrEqualTo: {-1, 0},
	}[c.ComparisonType]
	if allowed == nil {
		return nil, reply.InvalidParameter("DateCondition has no ComparisonType")
	}
	return func(o *overrideRow) bool { return slices.Contains(allowed, strings.Compare(field(o), *c.Value)) }, nil
}
