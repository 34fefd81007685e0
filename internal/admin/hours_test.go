package admin

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/store"
)

// part makes an entry of a week, from and to whole hours.
func part(day types.HoursOfOperationDays, from, to int32) types.HoursOfOperationConfig {
	return types.HoursOfOperationConfig{
		Day:       day,
		StartTime: &types.HoursOfOperationTimeSlice{Hours: &from, Minutes: new(int32(0))},
		EndTime:   &types.HoursOfOperationTimeSlice{Hours: &to, Minutes: new(int32(0))},
	}
}

func (w *world) mustHours(name string, change ...func(*connect.CreateHoursOfOperationInput)) *string {
	w.t.Helper()
	in := &connect.CreateHoursOfOperationInput{
		InstanceId: new(instanceID), Name: &name, TimeZone: new("Europe/Berlin"),
		Config: []types.HoursOfOperationConfig{part(types.HoursOfOperationDaysMonday, 9, 17), part(types.HoursOfOperationDaysSaturday, 22, 6)},
	}
	for _, c := range change {
		c(in)
	}
	out, err := w.CreateHoursOfOperation(w.t.Context(), in)
	if err != nil {
		w.t.Fatal(err)
	}
	if want := scope.Resource(instanceID, arn.Hours, *out.HoursOfOperationId); *out.HoursOfOperationArn != want {
		w.t.Errorf("ARN %s, want %s", *out.HoursOfOperationArn, want)
	}
	return out.HoursOfOperationId
}

func (w *world) describeHoursOf(id *string) *types.HoursOfOperation {
	w.t.Helper()
	out, err := w.DescribeHoursOfOperation(w.t.Context(), &connect.DescribeHoursOfOperationInput{InstanceId: new(instanceID), HoursOfOperationId: id})
	if err != nil {
		w.t.Fatal(err)
	}
	return out.HoursOfOperation
}

func TestHours(t *testing.T) { onBothEngines(t, testHours) }

func testHours(t *testing.T, w *world) {
	ctx, instance := t.Context(), new(instanceID)
	id := w.mustHours("Office", func(in *connect.CreateHoursOfOperationInput) {
		in.Description, in.Tags = new("When we are here"), map[string]string{"team": "sales"}
	})
	want := &types.HoursOfOperation{
		HoursOfOperationId: id, HoursOfOperationArn: new(scope.Resource(instanceID, arn.Hours, *id)), Name: new("Office"),
		Description: new("When we are here"), TimeZone: new("Europe/Berlin"), Tags: map[string]string{"team": "sales"},
		Config:           []types.HoursOfOperationConfig{part(types.HoursOfOperationDaysMonday, 9, 17), part(types.HoursOfOperationDaysSaturday, 22, 6)},
		LastModifiedTime: &epoch, LastModifiedRegion: &scope.Region,
	}
	if diff := cmp.Diff(want, w.describeHoursOf(id)); diff != "" {
		t.Errorf("described (-want +got):\n%s", diff)
	}
	update := func(in connect.UpdateHoursOfOperationInput) error {
		in.InstanceId, in.HoursOfOperationId = instance, want.HoursOfOperationArn
		_, err := w.UpdateHoursOfOperation(ctx, &in)
		return err
	}
	if err := update(connect.UpdateHoursOfOperationInput{Name: new("Shop"), Description: new("")}); err != nil {
		t.Fatal(err)
	}
	want.Name, want.Description = new("Shop"), nil
	if diff := cmp.Diff(want, w.describeHoursOf(id)); diff != "" {
		t.Errorf("renamed (-want +got):\n%s", diff)
	}
	want.TimeZone, want.Config = new("America/New_York"), []types.HoursOfOperationConfig{part(types.HoursOfOperationDaysFriday, 0, 0)}
	if err := update(connect.UpdateHoursOfOperationInput{TimeZone: want.TimeZone, Config: want.Config}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, w.describeHoursOf(id)); diff != "" {
		t.Errorf("other times (-want +got):\n%s", diff)
	}

	wantError[*types.InvalidParameterException](t, "no zone", update(connect.UpdateHoursOfOperationInput{TimeZone: new("Berlin")}))
	wantError[*types.DuplicateResourceException](t, "a taken name", update(connect.UpdateHoursOfOperationInput{Name: new(BasicHours)}))
	create := func(change func(*connect.CreateHoursOfOperationInput)) error {
		in := &connect.CreateHoursOfOperationInput{InstanceId: instance, Name: new("x"), TimeZone: new("UTC"), Config: []types.HoursOfOperationConfig{}}
		change(in)
		_, err := w.CreateHoursOfOperation(ctx, in)
		return err
	}
	wantError[*types.DuplicateResourceException](t, "made twice", create(func(in *connect.CreateHoursOfOperationInput) { in.Name = new("Shop") }))
	wantError[*types.InvalidParameterException](t, "made without a zone", create(func(in *connect.CreateHoursOfOperationInput) { in.TimeZone = new("Local") }))
	wantError[*types.ResourceNotFoundException](t, "made nowhere", create(func(in *connect.CreateHoursOfOperationInput) { in.InstanceId = new("nope") }))
	for _, unknown := range []string{"nope", scope.Resource("other", arn.Hours, *id), scope.Resource(instanceID, arn.Queue, *id)} {
		_, err := w.DescribeHoursOfOperation(ctx, &connect.DescribeHoursOfOperationInput{InstanceId: instance, HoursOfOperationId: &unknown})
		wantError[*types.ResourceNotFoundException](t, unknown, err)
	}
	w.MaxHours = 2
	wantError[*types.LimitExceededException](t, "the quota", create(func(*connect.CreateHoursOfOperationInput) {}))
	w.MaxHours = 3
	if err := create(func(*connect.CreateHoursOfOperationInput) {}); err != nil {
		t.Errorf("the last of the quota: %v", err)
	}

	var listed []string
	for token := (*string)(nil); ; {
		out, err := w.ListHoursOfOperations(ctx, &connect.ListHoursOfOperationsInput{InstanceId: instance, MaxResults: new(int32(2)), NextToken: token})
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range out.HoursOfOperationSummaryList {
			listed = append(listed, *h.Name)
		}
		if token = out.NextToken; token == nil {
			break
		}
	}
	slices.Sort(listed)
	if !slices.Equal(listed, []string{BasicHours, "Shop", "x"}) {
		t.Errorf("listed %v", listed)
	}

	remove := func(id string) error {
		_, err := w.DeleteHoursOfOperation(ctx, &connect.DeleteHoursOfOperationInput{InstanceId: instance, HoursOfOperationId: &id})
		return err
	}
	wantError[*types.InvalidRequestException](t, "delete what a queue has", remove(NewInstance{ID: instanceID}.id(BasicHours)))
	asks := fmt.Sprintf(`{"Version": "2019-10-30", "StartAction": "h", "Actions": [
		{"Identifier": "h", "Type": "CheckHoursOfOperation", "Parameters": {"HoursOfOperationId": %q}, "Transitions": {"NextAction": "end",
			"Conditions": [{"NextAction": "end", "Condition": {"Operator": "Equals", "Operands": ["True"]}}, {"NextAction": "end", "Condition": {"Operator": "Equals", "Operands": ["False"]}}],
			"Errors": [{"NextAction": "end", "ErrorType": "NoMatchingError"}]}},
		{"Identifier": "end", "Type": "DisconnectParticipant"}]}`, *id)
	flow := w.mustCreate("asks", asks, types.ContactFlowStatusPublished)
	wantError[*types.InvalidRequestException](t, "delete what a flow names", remove(*id))
	if err := w.update(flow, smallest); err != nil {
		t.Fatal(err)
	}
	if err := remove(*id); err != nil {
		t.Fatal(err)
	}
	wantError[*types.ResourceNotFoundException](t, "delete again", remove(*id))
}

func (w *world) mustOverride(hours *string, name, from, till string, change ...func(*connect.CreateHoursOfOperationOverrideInput)) *string {
	w.t.Helper()
	out, err := w.override(hours, name, from, till, change...)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *world) override(hours *string, name, from, till string, change ...func(*connect.CreateHoursOfOperationOverrideInput)) (*string, error) {
	in := &connect.CreateHoursOfOperationOverrideInput{
		InstanceId: new(instanceID), HoursOfOperationId: hours, Name: &name, EffectiveFrom: &from, EffectiveTill: &till,
		Config: []types.HoursOfOperationOverrideConfig{},
	}
	for _, c := range change {
		c(in)
	}
	out, err := w.CreateHoursOfOperationOverride(w.t.Context(), in)
	if err != nil {
		return nil, err
	}
	return out.HoursOfOperationOverrideId, nil
}

func TestOverrides(t *testing.T) { onBothEngines(t, testOverrides) }

func testOverrides(t *testing.T, w *world) {
	ctx, instance, hours := t.Context(), new(instanceID), w.mustHours("Office")
	nine := &types.OverrideTimeSlice{Hours: new(int32(9)), Minutes: new(int32(30))}
	noon := &types.OverrideTimeSlice{Hours: new(int32(12)), Minutes: new(int32(0))}
	id := w.mustOverride(hours, "Early", "2026-01-01", "2026-12-31", func(in *connect.CreateHoursOfOperationOverrideInput) {
		in.Description, in.OverrideType = new("Last Friday"), types.OverrideTypeClosed
		in.Config = []types.HoursOfOperationOverrideConfig{{Day: types.OverrideDaysFriday, StartTime: nine, EndTime: noon}}
		in.RecurrenceConfig = &types.RecurrenceConfig{RecurrencePattern: &types.RecurrencePattern{
			Frequency: types.RecurrenceFrequencyMonthly, Interval: new(int32(2)), ByWeekdayOccurrence: []int32{-1},
		}}
	})
	describe := func() *types.HoursOfOperationOverride {
		t.Helper()
		out, err := w.DescribeHoursOfOperationOverride(ctx, &connect.DescribeHoursOfOperationOverrideInput{
			InstanceId: instance, HoursOfOperationId: hours, HoursOfOperationOverrideId: id,
		})
		if err != nil {
			t.Fatal(err)
		}
		return out.HoursOfOperationOverride
	}
	want := &types.HoursOfOperationOverride{
		HoursOfOperationOverrideId: id, HoursOfOperationId: hours, HoursOfOperationArn: new(scope.Resource(instanceID, arn.Hours, *hours)),
		Name: new("Early"), Description: new("Last Friday"), OverrideType: types.OverrideTypeClosed,
		EffectiveFrom: new("2026-01-01"), EffectiveTill: new("2026-12-31"),
		Config: []types.HoursOfOperationOverrideConfig{{Day: types.OverrideDaysFriday, StartTime: nine, EndTime: noon}},
		RecurrenceConfig: &types.RecurrenceConfig{RecurrencePattern: &types.RecurrencePattern{
			Frequency: types.RecurrenceFrequencyMonthly, Interval: new(int32(2)), ByWeekdayOccurrence: []int32{-1},
		}},
	}
	if diff := cmp.Diff(want, describe()); diff != "" {
		t.Errorf("described (-want +got):\n%s", diff)
	}
	update := func(in connect.UpdateHoursOfOperationOverrideInput) error {
		in.InstanceId, in.HoursOfOperationId = instance, hours
		if in.HoursOfOperationOverrideId == nil {
			in.HoursOfOperationOverrideId = id
		}
		_, err := w.UpdateHoursOfOperationOverride(ctx, &in)
		return err
	}
	pattern := &types.RecurrencePattern{Frequency: types.RecurrenceFrequencyYearly, Interval: new(int32(1)), ByMonth: []int32{4}, ByMonthDay: []int32{4}}
	want.RecurrenceConfig, want.OverrideType = &types.RecurrenceConfig{RecurrencePattern: pattern}, types.OverrideTypeOpen
	want.EffectiveTill, want.Config = new("2030-12-31"), []types.HoursOfOperationOverrideConfig{{StartTime: noon, EndTime: nine}}
	if err := update(connect.UpdateHoursOfOperationOverrideInput{
		RecurrenceConfig: want.RecurrenceConfig, OverrideType: want.OverrideType, EffectiveTill: want.EffectiveTill, Config: want.Config,
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, describe()); diff != "" {
		t.Errorf("updated (-want +got):\n%s", diff)
	}

	second := w.mustOverride(hours, "Holiday", "2026-12-25", "2026-12-25")
	wantError[*types.DuplicateResourceException](t, "renamed to a taken name", update(connect.UpdateHoursOfOperationOverrideInput{Name: new("Holiday")}))
	wantError[*types.InvalidParameterException](t, "ends before it begins", update(connect.UpdateHoursOfOperationOverrideInput{EffectiveFrom: new("2031-01-01")}))
	wantError[*types.ResourceNotFoundException](t, "none", update(connect.UpdateHoursOfOperationOverrideInput{HoursOfOperationOverrideId: new("none")}))
	for what, change := range map[string]func(*connect.CreateHoursOfOperationOverrideInput){
		"no day of the calendar": func(in *connect.CreateHoursOfOperationOverrideInput) { in.EffectiveFrom = new("2026-02-30") },
		"no last day":            func(in *connect.CreateHoursOfOperationOverrideInput) { in.EffectiveTill = new("2026-13-01") },
		"half an entry": func(in *connect.CreateHoursOfOperationOverrideInput) {
			in.Config = []types.HoursOfOperationOverrideConfig{{StartTime: noon}}
		},
		"two months": func(in *connect.CreateHoursOfOperationOverrideInput) {
			in.RecurrenceConfig = &types.RecurrenceConfig{RecurrencePattern: &types.RecurrencePattern{
				Frequency: types.RecurrenceFrequencyYearly, Interval: new(int32(1)), ByMonth: []int32{1, 2},
			}}
		},
		"day 0": func(in *connect.CreateHoursOfOperationOverrideInput) {
			in.RecurrenceConfig = &types.RecurrenceConfig{RecurrencePattern: &types.RecurrencePattern{
				Frequency: types.RecurrenceFrequencyMonthly, Interval: new(int32(1)), ByMonthDay: []int32{0},
			}}
		},
	} {
		_, err := w.override(hours, "bad", "2026-01-01", "2026-12-31", change)
		wantError[*types.InvalidParameterException](t, what, err)
	}
	_, err := w.override(hours, "Early", "2026-01-01", "2026-12-31")
	wantError[*types.DuplicateResourceException](t, "a taken name", err)
	_, err = w.override(new("none"), "a", "2026-01-01", "2026-12-31")
	wantError[*types.ResourceNotFoundException](t, "of no hours", err)

	list, err := w.ListHoursOfOperationOverrides(ctx, &connect.ListHoursOfOperationOverridesInput{InstanceId: instance, HoursOfOperationId: hours, MaxResults: new(int32(1))})
	if err != nil || len(list.HoursOfOperationOverrideList) != 1 || list.NextToken == nil {
		t.Fatalf("first page %+v, %v", list, err)
	}
	rest, err := w.ListHoursOfOperationOverrides(ctx, &connect.ListHoursOfOperationOverridesInput{InstanceId: instance, HoursOfOperationId: hours, NextToken: list.NextToken})
	if err != nil || len(rest.HoursOfOperationOverrideList) != 1 || rest.NextToken != nil ||
		*rest.HoursOfOperationOverrideList[0].Name == *list.HoursOfOperationOverrideList[0].Name {
		t.Errorf("second page %+v, %v", rest, err)
	}
	remove := func() error {
		_, err := w.DeleteHoursOfOperationOverride(ctx, &connect.DeleteHoursOfOperationOverrideInput{
			InstanceId: instance, HoursOfOperationId: hours, HoursOfOperationOverrideId: second,
		})
		return err
	}
	if err := remove(); err != nil {
		t.Fatal(err)
	}
	wantError[*types.ResourceNotFoundException](t, "deleted again", remove())
	for i := range maxOverrides - 1 {
		w.mustOverride(hours, fmt.Sprint(i), "2026-01-01", "2026-01-01")
	}
	_, err = w.override(hours, "too many", "2026-01-01", "2026-01-01")
	wantError[*types.LimitExceededException](t, "the 51st", err)
}

// effective says when it is open on some days, and what overrides say: "2026-12-24 9:00-17:00", "! 2026-12-25 Holiday CLOSED 0:00-0:00".
func (w *world) effective(hours *string, from, till string) (lines []string) {
	w.t.Helper()
	out, err := w.GetEffectiveHoursOfOperations(w.t.Context(), &connect.GetEffectiveHoursOfOperationsInput{
		InstanceId: new(instanceID), HoursOfOperationId: hours, FromDate: &from, ToDate: &till,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if *out.TimeZone != "Europe/Berlin" {
		w.t.Errorf("time zone %s", *out.TimeZone)
	}
	between := func(a, b *types.OverrideTimeSlice) string {
		return fmt.Sprintf(" %d:%02d-%d:%02d", *a.Hours, *a.Minutes, *b.Hours, *b.Minutes)
	}
	for _, d := range out.EffectiveHoursOfOperationList {
		line := *d.Date
		for _, h := range d.OperationalHours {
			line += between(h.Start, h.End)
		}
		lines = append(lines, line)
	}
	for _, d := range out.EffectiveOverrideHoursList {
		for _, h := range d.OverrideHours {
			lines = append(lines, "! "+*d.Date+" "+*h.OverrideName+" "+string(h.OperationalStatus)+between(h.Start, h.End))
		}
	}
	return lines
}

func TestEffectiveHours(t *testing.T) { onBothEngines(t, testEffectiveHours) }

func testEffectiveHours(t *testing.T, w *world) {
	hours := w.mustHours("Office")
	w.mustOverride(hours, "Sale", "2026-03-02", "2026-03-31", func(in *connect.CreateHoursOfOperationOverrideInput) {
		in.OverrideType = types.OverrideTypeOpen
		in.Config = []types.HoursOfOperationOverrideConfig{{Day: types.OverrideDaysMonday, StartTime: slice(17 * 60), EndTime: slice(20 * 60)}}
	})
	w.mustOverride(hours, "Holiday", "2026-03-08", "2026-03-09")
	want := []string{
		"2026-03-07 22:00-0:00", "2026-03-08", "2026-03-09", "2026-03-10", "2026-03-11", "2026-03-12", "2026-03-13", "2026-03-14 22:00-0:00",
		"2026-03-15 0:00-6:00", "2026-03-16 9:00-20:00",
		"! 2026-03-08 Holiday CLOSED 0:00-0:00", "! 2026-03-09 Holiday CLOSED 0:00-0:00", "! 2026-03-16 Sale OPEN 17:00-20:00",
	}
	if diff := cmp.Diff(want, w.effective(hours, "2026-03-07", "2026-03-16")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for what, dates := range map[string][2]string{
		"backwards": {"2026-03-02", "2026-03-01"}, "no date": {"2026-02-29", "2026-03-01"}, "no end": {"2026-02-28", "2026-02-29"},
		"too long": {"2026-01-01", "2027-01-02"},
	} {
		_, err := w.GetEffectiveHoursOfOperations(t.Context(), &connect.GetEffectiveHoursOfOperationsInput{
			InstanceId: new(instanceID), HoursOfOperationId: hours, FromDate: &dates[0], ToDate: &dates[1],
		})
		wantError[*types.InvalidParameterException](t, what, err)
	}
	if got := w.effective(hours, "2026-01-01", "2027-01-01"); len(got) < maxEffectiveDays {
		t.Errorf("%d days", len(got))
	}
}

func TestHoursParents(t *testing.T) { onBothEngines(t, testHoursParents) }

func testHoursParents(t *testing.T, w *world) {
	ctx, instance := t.Context(), new(instanceID)
	parents := []*string{w.mustHours("Bavaria"), w.mustHours("Germany"), w.mustHours("Europe"), w.mustHours("World")}
	child := w.mustHours("Munich", func(in *connect.CreateHoursOfOperationInput) {
		in.ParentHoursOfOperationConfigs = []types.ParentHoursOfOperationConfig{{HoursOfOperationId: parents[0]}, {HoursOfOperationId: parents[0]}}
	})
	w.mustOverride(parents[0], "Assumption", "2026-08-15", "2026-08-15")
	w.mustOverride(parents[1], "Unity", "2026-10-03", "2026-10-03")
	saturday := []string{"2026-10-03 22:00-0:00"}
	if got := w.effective(child, "2026-08-15", "2026-08-15"); !slices.Equal(got, []string{"2026-08-15", "! 2026-08-15 Assumption CLOSED 0:00-0:00"}) {
		t.Errorf("the parent's holiday: %v", got)
	}
	associate := func(ids ...*string) error {
		in := &connect.AssociateHoursOfOperationsInput{InstanceId: instance, HoursOfOperationId: child}
		for _, id := range ids {
			in.ParentHoursOfOperationConfigs = append(in.ParentHoursOfOperationConfigs, types.ParentHoursOfOperationConfig{HoursOfOperationId: id})
		}
		_, err := w.AssociateHoursOfOperations(ctx, in)
		return err
	}
	if got := w.effective(child, "2026-10-03", "2026-10-03"); !slices.Equal(got, saturday) {
		t.Errorf("before: %v", got)
	}
	if err := associate(parents[1]); err != nil {
		t.Fatal(err)
	}
	if got := w.effective(child, "2026-10-03", "2026-10-03"); slices.Equal(got, saturday) {
		t.Errorf("after: %v", got)
	}
	wantError[*types.ServiceQuotaExceededException](t, "a fourth parent", associate(parents[2], parents[3]))
	wantError[*types.InvalidRequestException](t, "itself", associate(child))
	wantError[*types.ResourceNotFoundException](t, "none", associate(new("none")))
	wantError[*types.InvalidRequestException](t, "no id", associate(nil))
	var named []string
	for _, p := range w.describeHoursOf(child).ParentHoursOfOperations {
		named = append(named, *p.Name)
	}
	if !slices.Equal(named, []string{"Bavaria", "Germany"}) {
		t.Errorf("parents %v", named)
	}
	children, err := w.ListChildHoursOfOperations(ctx, &connect.ListChildHoursOfOperationsInput{InstanceId: instance, HoursOfOperationId: parents[1]})
	if err != nil || len(children.ChildHoursOfOperationsSummaryList) != 1 || *children.ChildHoursOfOperationsSummaryList[0].Id != *child {
		t.Errorf("children %+v, %v", children, err)
	}
	_, err = w.DeleteHoursOfOperation(ctx, &connect.DeleteHoursOfOperationInput{InstanceId: instance, HoursOfOperationId: parents[1]})
	wantError[*types.InvalidRequestException](t, "delete a parent", err)
	disassociate := func() error {
		_, err := w.DisassociateHoursOfOperations(ctx, &connect.DisassociateHoursOfOperationsInput{
			InstanceId: instance, HoursOfOperationId: child, ParentHoursOfOperationIds: []string{*parents[1]},
		})
		return err
	}
	if err := disassociate(); err != nil {
		t.Fatal(err)
	}
	wantError[*types.ResourceNotFoundException](t, "no parent any more", disassociate())
	if got := w.effective(child, "2026-10-03", "2026-10-03"); !slices.Equal(got, saturday) {
		t.Errorf("alone again: %v", got)
	}
}

func TestHoursSearch(t *testing.T) { onBothEngines(t, testHoursSearch) }

func testHoursSearch(t *testing.T, w *world) {
	ctx, instance := t.Context(), new(instanceID)
	for i, zone := range []string{"Europe/Berlin", "Europe/Paris", "Asia/Tokyo"} {
		id := w.mustHours("Shop "+zone, func(in *connect.CreateHoursOfOperationInput) {
			in.TimeZone, in.Tags = &zone, map[string]string{"n": fmt.Sprint(i)}
		})
		w.mustOverride(id, "Inventory", fmt.Sprintf("2026-0%d-01", i+1), fmt.Sprintf("2026-0%d-02", i+1))
		w.mustOverride(id, "Party", "2026-06-01", "2026-06-01")
	}
	text := func(field, value string) *types.StringCondition {
		return &types.StringCondition{FieldName: &field, Value: &value, ComparisonType: types.StringComparisonTypeContains}
	}
	found, err := w.SearchHoursOfOperations(ctx, &connect.SearchHoursOfOperationsInput{
		InstanceId:     instance,
		SearchCriteria: &types.HoursOfOperationSearchCriteria{StringCondition: text("timezone", "europe/")},
		SearchFilter:   &types.HoursOfOperationSearchFilter{TagFilter: &types.ControlPlaneTagFilter{TagCondition: &types.TagCondition{TagKey: new("n"), TagValue: new("1")}}},
	})
	if err != nil || len(found.HoursOfOperations) != 1 || *found.HoursOfOperations[0].TimeZone != "Europe/Paris" || *found.ApproximateTotalCount != 1 {
		t.Errorf("found %+v, %v", found, err)
	}
	_, err = w.SearchHoursOfOperations(ctx, &connect.SearchHoursOfOperationsInput{
		InstanceId: instance, SearchCriteria: &types.HoursOfOperationSearchCriteria{StringCondition: text("colour", "red")},
	})
	wantError[*types.InvalidParameterException](t, "no field", err)

	search := func(c *types.HoursOfOperationOverrideSearchCriteria) (names []string) {
		t.Helper()
		for token := (*string)(nil); ; {
			out, err := w.SearchHoursOfOperationOverrides(ctx, &connect.SearchHoursOfOperationOverridesInput{
				InstanceId: instance, SearchCriteria: c, MaxResults: new(int32(2)), NextToken: token,
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range out.HoursOfOperationOverrides {
				names = append(names, *o.Name+" "+*o.EffectiveFrom)
			}
			if token = out.NextToken; token == nil {
				slices.Sort(names)
				return names
			}
		}
	}
	if got := search(nil); len(got) != 6 {
		t.Errorf("all: %v", got)
	}
	date := func(field, value string, how types.DateComparisonType) types.HoursOfOperationOverrideSearchCriteria {
		return types.HoursOfOperationOverrideSearchCriteria{DateCondition: &types.DateCondition{FieldName: &field, Value: &value, ComparisonType: how}}
	}
	got := search(&types.HoursOfOperationOverrideSearchCriteria{AndConditions: []types.HoursOfOperationOverrideSearchCriteria{
		{StringCondition: text("name", "inven")}, date("effectiveFrom", "2026-02-01", types.DateComparisonTypeGreaterThanOrEqualTo),
	}})
	if !slices.Equal(got, []string{"Inventory 2026-02-01", "Inventory 2026-03-01"}) {
		t.Errorf("found %v", got)
	}
	until := date("EffectiveTill", "2026-02-02", types.DateComparisonTypeLessThan)
	if got := search(&until); !slices.Equal(got, []string{"Inventory 2026-01-01"}) {
		t.Errorf("found %v", got)
	}
	for what, c := range map[string]types.HoursOfOperationOverrideSearchCriteria{
		"no field": date("x", "2026-01-01", types.DateComparisonTypeEqualTo), "no comparison": date("effectiveFrom", "2026-01-01", ""),
		"no value": {DateCondition: &types.DateCondition{FieldName: new("effectiveFrom"), ComparisonType: types.DateComparisonTypeEqualTo}},
	} {
		_, err := w.SearchHoursOfOperationOverrides(ctx, &connect.SearchHoursOfOperationOverridesInput{InstanceId: instance, SearchCriteria: &c})
		wantError[*types.InvalidParameterException](t, what, err)
	}
}

// Queues of an instance made before there were hours get the basic ones.
func TestHoursOfOldInstances(t *testing.T) { onBothEngines(t, testHoursOfOldInstances) }

func testHoursOfOldInstances(t *testing.T, w *world) {
	basic := NewInstance{ID: instanceID}
	if err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
		q, err := tx.Queue(basic.id(BasicQueue))
		if err != nil {
			return err
		}
		q.HoursID = ""
		tx.PutQueue(q)
		tx.DeleteHours(basic.id(BasicHours))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Complete(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	q, err := w.Store.Queue(t.Context(), basic.id(BasicQueue))
	if err != nil || q.HoursID != basic.id(BasicHours) {
		t.Errorf("queue %+v, %v", q, err)
	}
	if h := w.describeHoursOf(&q.HoursID); len(h.Config) != 7 || *h.TimeZone != "UTC" {
		t.Errorf("hours %+v", h)
	}
}

// A flow can name hours and prompts that are there.
func TestFlowsNameHoursAndPrompts(t *testing.T) { onBothEngines(t, testFlowsNameHoursAndPrompts) }

func testFlowsNameHoursAndPrompts(t *testing.T, w *world) {
	hours := w.mustHours("Office")
	prompt, err := w.CreatePrompt(t.Context(), &connect.CreatePromptInput{InstanceId: new(instanceID), Name: new("hello"), S3Uri: new("s3://b/k")})
	if err != nil {
		t.Fatal(err)
	}
	content := func(hours, prompt string) string {
		return fmt.Sprintf(`{"Version": "2019-10-30", "StartAction": "check", "Actions": [
			{"Identifier": "check", "Type": "CheckHoursOfOperation", "Parameters": {"HoursOfOperationId": %q}, "Transitions": {"NextAction": "say",
			 "Conditions": [{"NextAction": "say", "Condition": {"Operator": "Equals", "Operands": ["True"]}}, {"NextAction": "say", "Condition": {"Operator": "Equals", "Operands": ["False"]}}],
			 "Errors": [{"NextAction": "say", "ErrorType": "NoMatchingError"}]}},
			{"Identifier": "say", "Type": "MessageParticipant", "Parameters": {"PromptId": %q}, "Transitions": {"NextAction": "end", "Errors": [{"NextAction": "end", "ErrorType": "NoMatchingError"}]}},
			{"Identifier": "end", "Type": "DisconnectParticipant"}]}`, hours, prompt)
	}
	w.mustCreate("good", content(scope.Resource(instanceID, arn.Hours, *hours), *prompt.PromptARN), "")
	for what, bad := range map[string]string{
		"hours": content("none", *prompt.PromptId), "hours of another instance": content(scope.Resource("other", arn.Hours, *hours), *prompt.PromptId),
		"prompt": content(*hours, "none"), "prompt by the ARN of hours": content(*hours, scope.Resource(instanceID, arn.Hours, *hours)),
	} {
		_, err := w.create(what, bad, "")
		if e := wantError[*types.InvalidContactFlowException](t, what, err); e != nil && !strings.Contains(*e.Problems[0].Message, "esource") {
			t.Errorf("%s: %s", what, *e.Problems[0].Message)
		}
	}
}
