package portable

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/flow"
)

// hoursFile is when it is open. Its parts are those of the API.
type hoursFile struct {
	TimeZone  *string
	Config    []types.HoursOfOperationConfig
	Overrides []types.HoursOfOperationOverride // by name, without ids
	Parents   []string                         // hours whose overrides hold here too
}

func readHours(r *resource) (hoursFile, error) {
	var h hoursFile
	err := readDocument(*r.content, "hours of operation", &h)
	return h, err
}

var hours = &kind{
	name: flow.Hours, folder: "hours", noun: "hours of operation",
	rewrite: func(content string, text func(flow.Name) string) (string, error) {
		var h hoursFile
		if err := readDocument(content, "hours of operation", &h); err != nil {
			return "", err
		}
		for i, parent := range h.Parents {
			h.Parents[i] = text(flow.Name{Kind: flow.Hours, Text: parent, Pointer: fmt.Sprintf("/Parents/%d", i), Line: 1})
		}
		return writeDocument(h)
	},

	list: func(ctx context.Context, in *Instance) ([]entry, error) {
		var all []entry
		page := &connect.ListHoursOfOperationsInput{InstanceId: &in.ID, MaxResults: new(int32(1000))}
		for {
			out, err := in.Client.ListHoursOfOperations(ctx, page)
			if err != nil {
				return nil, err
			}
			for _, h := range out.HoursOfOperationSummaryList {
				all = append(all, entry{kind: flow.Hours, name: *h.Name, id: *h.Id, arn: *h.Arn})
			}
			if page.NextToken = out.NextToken; page.NextToken == nil {
				return all, nil
			}
		}
	},

	read: func(ctx context.Context, in *Instance, e *entry) (*resource, error) {
		out, err := in.Client.DescribeHoursOfOperation(ctx, &connect.DescribeHoursOfOperationInput{InstanceId: &in.ID, HoursOfOperationId: &e.id})
		if err != nil {
			return nil, err
		}
		h := hoursFile{TimeZone: out.HoursOfOperation.TimeZone, Config: out.HoursOfOperation.Config}
		for _, p := range out.HoursOfOperation.ParentHoursOfOperations {
			h.Parents = append(h.Parents, *p.Id)
		}
		if h.Overrides, err = readOverrides(ctx, in, e); err != nil {
			return nil, err
		}
		for i := range h.Overrides {
			o := &h.Overrides[i]
			o.HoursOfOperationId, o.HoursOfOperationArn, o.HoursOfOperationOverrideId = nil, nil, nil
		}
		content, err := writeDocument(h)
		return &resource{
			name: e.name, content: &content,
			about: about{Description: value(out.HoursOfOperation.Description), Tags: out.HoursOfOperation.Tags},
		}, err
	},

	create: func(ctx context.Context, in *Instance, r *resource) (entry, error) {
		h, err := readHours(r)
		if err != nil {
			return entry{}, err
		}
		if h.Config == nil {
			h.Config = []types.HoursOfOperationConfig{}
		}
		out, err := in.Client.CreateHoursOfOperation(ctx, &connect.CreateHoursOfOperationInput{
			InstanceId: &in.ID, Name: &r.name, Description: set(r.about.Description), TimeZone: h.TimeZone, Config: h.Config,
			ParentHoursOfOperationConfigs: parentsOf(h.Parents), Tags: r.about.Tags,
		})
		if err != nil {
			return entry{}, err
		}
		e := entry{kind: flow.Hours, name: r.name, id: *out.HoursOfOperationId, arn: *out.HoursOfOperationArn}
		return e, changeOverrides(ctx, in, &e, h.Overrides)
	},

	update: func(ctx context.Context, in *Instance, e *entry, was, is *resource) error {
		old, err := readHours(was)
		if err != nil {
			return err
		}
		h, err := readHours(is)
		if err != nil {
			return err
		}
		if h.Config == nil {
			h.Config = []types.HoursOfOperationConfig{}
		}
		if _, err := in.Client.UpdateHoursOfOperation(ctx, &connect.UpdateHoursOfOperationInput{
			InstanceId: &in.ID, HoursOfOperationId: &e.id, Description: &is.about.Description, TimeZone: h.TimeZone, Config: h.Config,
		}); err != nil {
			return err
		}
		gone := slices.DeleteFunc(slices.Clone(old.Parents), func(p string) bool { return slices.Contains(h.Parents, p) })
		if len(gone) > 0 {
			if _, err := in.Client.DisassociateHoursOfOperations(ctx, &connect.DisassociateHoursOfOperationsInput{
				InstanceId: &in.ID, HoursOfOperationId: &e.id, ParentHoursOfOperationIds: gone,
			}); err != nil {
				return err
			}
		}
		fresh := slices.DeleteFunc(slices.Clone(h.Parents), func(p string) bool { return slices.Contains(old.Parents, p) })
		if len(fresh) > 0 {
			if _, err := in.Client.AssociateHoursOfOperations(ctx, &connect.AssociateHoursOfOperationsInput{
				InstanceId: &in.ID, HoursOfOperationId: &e.id, ParentHoursOfOperationConfigs: parentsOf(fresh),
			}); err != nil {
				return err
			}
		}
		return changeOverrides(ctx, in, e, h.Overrides)
	},
	remove: func(ctx context.Context, in *Instance, e *entry) error {
		_, err := in.Client.DeleteHoursOfOperation(ctx, &connect.DeleteHoursOfOperationInput{InstanceId: &in.ID, HoursOfOperationId: &e.id})
		return err
	},
}

func parentsOf(ids []string) []types.ParentHoursOfOperationConfig {
	var all []types.ParentHoursOfOperationConfig
	for _, id := range ids {
		all = append(all, types.ParentHoursOfOperationConfig{HoursOfOperationId: &id})
	}
	return all
}

// readOverrides reads the exceptions to hours, by name.
func readOverrides(ctx context.Context, in *Instance, e *entry) ([]types.HoursOfOperationOverride, error) {
	var all []types.HoursOfOperationOverride
	page := &connect.ListHoursOfOperationOverridesInput{InstanceId: &in.ID, HoursOfOperationId: &e.id, MaxResults: new(int32(100))}
	for {
		out, err := in.Client.ListHoursOfOperationOverrides(ctx, page)
		if err != nil {
			return nil, err
		}
		all = append(all, out.HoursOfOperationOverrideList...)
		if page.NextToken = out.NextToken; page.NextToken == nil {
			break
		}
	}
	slices.SortFunc(all, func(a, b types.HoursOfOperationOverride) int { return strings.Compare(value(a.Name), value(b.Name)) })
	return all, nil
}

// changeOverrides makes the exceptions to hours what they are to be.
func changeOverrides(ctx context.Context, in *Instance, e *entry, wanted []types.HoursOfOperationOverride) error {
	there, err := readOverrides(ctx, in, e)
	if err != nil {
		return err
	}
	named := func(all []types.HoursOfOperationOverride, name *string) int {
		return slices.IndexFunc(all, func(o types.HoursOfOperationOverride) bool { return value(o.Name) == value(name) })
	}
	for _, o := range there {
		if named(wanted, o.Name) < 0 {
			if _, err := in.Client.DeleteHoursOfOperationOverride(ctx, &connect.DeleteHoursOfOperationOverrideInput{
				InstanceId: &in.ID, HoursOfOperationId: &e.id, HoursOfOperationOverrideId: o.HoursOfOperationOverrideId,
			}); err != nil {
				return err
			}
		}
	}
	for _, o := range wanted {
		if o.Config == nil {
			o.Config = []types.HoursOfOperationOverrideConfig{}
		}
		i := named(there, o.Name)
		if i < 0 {
			if _, err := in.Client.CreateHoursOfOperationOverride(ctx, &connect.CreateHoursOfOperationOverrideInput{
				InstanceId: &in.ID, HoursOfOperationId: &e.id, Name: o.Name, Description: o.Description, Config: o.Config,
				EffectiveFrom: o.EffectiveFrom, EffectiveTill: o.EffectiveTill, OverrideType: o.OverrideType, RecurrenceConfig: o.RecurrenceConfig,
			}); err != nil {
				return fmt.Errorf("override %q: %w", value(o.Name), err)
			}
			continue
		}
		old := there[i]
		id := old.HoursOfOperationOverrideId
		old.HoursOfOperationId, old.HoursOfOperationArn, old.HoursOfOperationOverrideId = nil, nil, nil
		if reflect.DeepEqual(old, o) {
			continue
		}
		if _, err := in.Client.UpdateHoursOfOperationOverride(ctx, &connect.UpdateHoursOfOperationOverrideInput{
			InstanceId: &in.ID, HoursOfOperationId: &e.id, HoursOfOperationOverrideId: id, Name: o.Name, Description: o.Description, Config: o.Config,
			EffectiveFrom: o.EffectiveFrom, EffectiveTill: o.EffectiveTill, OverrideType: o.OverrideType, RecurrenceConfig: o.RecurrenceConfig,
		}); err != nil {
			return fmt.Errorf("override %q: %w", value(o.Name), err)
		}
	}
	return nil
}
