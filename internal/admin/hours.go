package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/hours"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// Limits of hours of operation. Source: connect-chat sheet, 6.1; administrator guide, "Set overrides".
const (
	hoursPage    = 100 // of lists without MaxResults
	maxParents   = 3
	maxOverrides = 50 // of one hours of operation

	noHours = "Hours of operation"
)

// CreateHoursOfOperation makes hours of operation.
func (s *Service) CreateHoursOfOperation(ctx context.Context, in *connect.CreateHoursOfOperationInput) (*connect.CreateHoursOfOperationOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	parents, err := s.parents(instance.ID, in.ParentHoursOfOperationConfigs)
	if err != nil {
		return nil, err
	}
	row := store.Hours{
		ID: uuid.NewString(), InstanceID: instance.ID, Name: *in.Name, Description: reply.Value(in.Description), Tags: in.Tags, Parents: parents,
	}
	if row.Schedule, err = scheduleOf(*in.TimeZone, in.Config); err != nil {
		return nil, err
	}
	err = s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(instance.ID); err != nil {
			return err
		}
		if err := checkParents(tx, &row, parents); err != nil {
			return err
		}
		if err := within(s.MaxHours, tx.CountHours, instance.ID, "hours of operation"); err != nil {
			return err
		}
		made := row
		made.ModifiedAt = tx.Now().UnixMilli()
		tx.PutHours(&made)
		return nil
	})
	if err != nil {
		return nil, orDuplicate(err, "hours of operation", row.Name)
	}
	return &connect.CreateHoursOfOperationOutput{
		HoursOfOperationId: &row.ID, HoursOfOperationArn: new(s.Scope.Resource(instance.ID, arn.Hours, row.ID)),
	}, nil
}

// scheduleOf makes a schedule of what a request says, as rows have it.
func scheduleOf(zone string, config []types.HoursOfOperationConfig) (json.RawMessage, error) {
	schedule := hours.Schedule{Zone: zone}
	for _, c := range config {
		schedule.Week = append(schedule.Week, hours.Entry{
			Day: weekday(string(c.Day)), Start: int(*c.StartTime.Hours*60 + *c.StartTime.Minutes), End: int(*c.EndTime.Hours*60 + *c.EndTime.Minutes),
		})
	}
	if err := schedule.Check(); err != nil {
		return nil, reply.InvalidParameter(err.Error())
	}
	return json.Marshal(schedule)
}

// weekday reads a day as the API has it; one that is absent is any.
func weekday(name string) time.Weekday {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(d.String(), name) {
			return d
		}
	}
	return hours.AnyDay
}

func dayName(d time.Weekday) string {
	if d == hours.AnyDay {
		return ""
	}
	return strings.ToUpper(d.String())
}

// clock splits minutes since midnight; the end of a day is its midnight.
func clock(minutes int) (h, m *int32) {
	return new(int32(minutes / 60 % 24)), new(int32(minutes % 60))
}

// hours finds hours of operation of an instance by id or ARN.
func (s *Service) hours(ctx context.Context, instance, idOrARN *string) (*store.Hours, error) {
	return find(ctx, s, instance, idOrARN, arn.Hours, noHours, s.Store.Hours, func(r *store.Hours) string { return r.InstanceID })
}

// changeHours gives change the newest state of hours, which nobody else changes at that moment, and stores what it made of it.
func (s *Service) changeHours(ctx context.Context, row *store.Hours, change func(*store.Tx, *store.Hours) error) error {
	return s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(row.InstanceID); err != nil {
			return err
		}
		newest, err := tx.Hours(row.ID)
		if err != nil {
			return reply.OrNotFound(err, noHours)
		}
		if err := change(tx, newest); err != nil {
			return err
		}
		newest.ModifiedAt = tx.Now().UnixMilli()
		tx.PutHours(newest)
		return nil
	})
}

// describeHours shows hours of operation; named are those that it may refer to as parents.
func (s *Service) describeHours(row *store.Hours, named map[string]string) (*types.HoursOfOperation, error) {
	var schedule hours.Schedule
	if err := json.Unmarshal(row.Schedule, &schedule); err != nil {
		return nil, fmt.Errorf("hours %s: %w", row.ID, err)
	}
	out := &types.HoursOfOperation{
		HoursOfOperationId: &row.ID, HoursOfOperationArn: new(s.Scope.Resource(row.InstanceID, arn.Hours, row.ID)), Name: &row.Name,
		Description: reply.Text(row.Description), TimeZone: &schedule.Zone, Tags: row.Tags, Config: []types.HoursOfOperationConfig{},
		LastModifiedTime: reply.Time(row.ModifiedAt), LastModifiedRegion: &s.Scope.Region,
	}
	for _, e := range schedule.Week {
		c := types.HoursOfOperationConfig{
			Day: types.HoursOfOperationDays(dayName(e.Day)), StartTime: &types.HoursOfOperationTimeSlice{}, EndTime: &types.HoursOfOperationTimeSlice{},
		}
		c.StartTime.Hours, c.StartTime.Minutes = clock(e.Start)
		c.EndTime.Hours, c.EndTime.Minutes = clock(e.End)
		out.Config = append(out.Config, c)
	}
	for _, id := range row.Parents {
		if name, ok := named[id]; ok {
			out.ParentHoursOfOperations = append(out.ParentHoursOfOperations, s.hoursIdentifier(row.InstanceID, id, name))
		}
	}
	return out, nil
}

func (s *Service) hoursIdentifier(instanceID, id, name string) types.HoursOfOperationsIdentifier {
	return types.HoursOfOperationsIdentifier{Id: &id, Name: &name, Arn: new(s.Scope.Resource(instanceID, arn.Hours, id))}
}

// names are the names of the parents of hours, by id.
func (s *Service) names(ctx context.Context, ids []string) (map[string]string, error) {
	named := map[string]string{}
	for _, id := range ids {
		row, err := s.Store.Hours(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue // deleted just now
		}
		if err != nil {
			return nil, err
		}
		named[id] = row.Name
	}
	return named, nil
}

// DescribeHoursOfOperation reads hours of operation.
func (s *Service) DescribeHoursOfOperation(ctx context.Context, in *connect.DescribeHoursOfOperationInput) (*connect.DescribeHoursOfOperationOutput, error) {
	row, err := s.hours(ctx, in.InstanceId, in.HoursOfOperationId)
	if err != nil {
		return nil, err
	}
	named, err := s.names(ctx, row.Parents)
	if err != nil {
		return nil, err
	}
	out, err := s.describeHours(row, named)
	if err != nil {
		return nil, err
	}
	return &connect.DescribeHoursOfOperationOutput{HoursOfOperation: out}, nil
}

// ListHoursOfOperations lists the hours of an instance in the order of their ids.
func (s *Service) ListHoursOfOperations(ctx context.Context, in *connect.ListHoursOfOperationsInput) (*connect.ListHoursOfOperationsOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	list := "hours\x00" + instance.ID
	after, err := reply.After(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	size := reply.PageSize(in.MaxResults, hoursPage)
	page, err := s.Store.HoursOfInstance(ctx, instance.ID, after, size+1)
	if err != nil {
		return nil, err
	}
	page, next := reply.Page(page, size, list, hoursID)
	out := &connect.ListHoursOfOperationsOutput{HoursOfOperationSummaryList: make([]types.HoursOfOperationSummary, len(page)), NextToken: next}
	for i := range page {
		h := &page[i]
		out.HoursOfOperationSummaryList[i] = types.HoursOfOperationSummary{
			Id: &h.ID, Arn: new(s.Scope.Resource(h.InstanceID, arn.Hours, h.ID)), Name: &h.Name,
			LastModifiedTime: reply.Time(h.ModifiedAt), LastModifiedRegion: &s.Scope.Region,
		}
	}
	return out, nil
}

func hoursID(h *store.Hours) string { return h.ID }

// UpdateHoursOfOperation changes what is given.
func (s *Service) UpdateHoursOfOperation(ctx context.Context, in *connect.UpdateHoursOfOperationInput) (*connect.UpdateHoursOfOperationOutput, error) {
	row, err := s.hours(ctx, in.InstanceId, in.HoursOfOperationId)
	if err != nil {
		return nil, err
	}
	err = s.changeHours(ctx, row, func(_ *store.Tx, row *store.Hours) error {
		was, err := s.describeHours(row, nil)
		if err != nil {
			return err
		}
		if in.Name != nil {
			row.Name = *in.Name
		}
		if in.Description != nil {
			row.Description = *in.Description
		}
		if in.TimeZone != nil {
			was.TimeZone = in.TimeZone
		}
		if in.Config != nil {
			was.Config = in.Config
		}
		row.Schedule, err = scheduleOf(*was.TimeZone, was.Config)
		return err
	})
	if err != nil {
		return nil, orDuplicate(err, "hours of operation", reply.Value(in.Name))
	}
	return &connect.UpdateHoursOfOperationOutput{}, nil
}

// DeleteHoursOfOperation deletes hours that no queue has and whose overrides hold for no others.
func (s *Service) DeleteHoursOfOperation(ctx context.Context, in *connect.DeleteHoursOfOperationInput) (*connect.DeleteHoursOfOperationOutput, error) {
	return again(func() (*connect.DeleteHoursOfOperationOutput, error) {
		if err := s.deleteHours(ctx, in); err != nil {
			return nil, err
		}
		return &connect.DeleteHoursOfOperationOutput{}, nil
	})
}

func (s *Service) deleteHours(ctx context.Context, in *connect.DeleteHoursOfOperationInput) error {
	row, err := s.hours(ctx, in.InstanceId, in.HoursOfOperationId)
	if err != nil {
		return err
	}
	used, unchanged, err := s.uses(ctx, row.InstanceID, arn.Hours, row.ID)
	if err != nil {
		return err
	}
	if used != nil {
		return reply.InvalidRequest(used.String() + " names these hours of operation")
	}
	return s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(row.InstanceID); err != nil {
			return err
		}
		if _, err := tx.Hours(row.ID); err != nil {
			return reply.OrNotFound(err, noHours)
		}
		if err := unchanged(tx); err != nil {
			return err
		}
		for q, err := range queuesIn(tx, row.InstanceID) {
			if err != nil {
				return err
			}
			if q.HoursID == row.ID {
				return reply.InvalidRequest(fmt.Sprintf("Queue %q has these hours of operation", q.Name))
			}
		}
		for h, err := range hoursIn(tx, row.InstanceID) {
			if err != nil {
				return err
			}
			if slices.Contains(h.Parents, row.ID) {
				return reply.InvalidRequest(fmt.Sprintf("The overrides of these hours of operation hold for %q too", h.Name))
			}
		}
		tx.DeleteHours(row.ID)
		return nil
	})
}

// SearchHoursOfOperations finds hours by their texts and tags.
func (s *Service) SearchHoursOfOperations(ctx context.Context, in *connect.SearchHoursOfOperationsInput) (*connect.SearchHoursOfOperationsOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	where, err := searchOf(in.SearchCriteria, reply.Value(in.SearchFilter).TagFilter, func(c *types.HoursOfOperationSearchCriteria) criteria[types.HoursOfOperationSearchCriteria, store.Hours] {
		return criteria[types.HoursOfOperationSearchCriteria, store.Hours]{and: c.AndConditions, or: c.OrConditions, text: c.StringCondition}
	}, func(h *store.Hours) searchable {
		var schedule hours.Schedule
		_ = json.Unmarshal(h.Schedule, &schedule) // what is no schedule has no zone
		return searchable{id: h.ID, name: h.Name, description: h.Description, timeZone: schedule.Zone, tags: h.Tags}
	})
	if err != nil {
		return nil, err
	}
	found, next, total, err := search[store.Hours]{
		list: "search-hours\x00" + instance.ID, id: hoursID, where: where,
		read: func(ctx context.Context, after string, limit int) ([]store.Hours, error) {
			return s.Store.HoursOfInstance(ctx, instance.ID, after, limit)
		},
	}.page(ctx, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &connect.SearchHoursOfOperationsOutput{HoursOfOperations: make([]types.HoursOfOperation, len(found)), NextToken: next, ApproximateTotalCount: &total}
	for i := range found {
		named, err := s.names(ctx, found[i].Parents)
		if err != nil {
			return nil, err
		}
		h, err := s.describeHours(&found[i], named)
		if err != nil {
			return nil, err
		}
		out.HoursOfOperations[i] = *h
	}
	return out, nil
}
