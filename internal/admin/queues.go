package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"github.com/google/uuid"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

const queuesPage = 100 // of ListQueues without MaxResults

// outbound is what a queue has for calls and e-mail; it is kept, not used.
type outbound struct {
	Caller *types.OutboundCallerConfig `json:"caller,omitempty"`
	Email  *types.OutboundEmailConfig  `json:"email,omitempty"`
}

// CreateQueue makes a queue.
func (s *Service) CreateQueue(ctx context.Context, in *connect.CreateQueueInput) (*connect.CreateQueueOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	open, err := s.hoursOfQueue(instance.ID, in.HoursOfOperationId)
	switch {
	case err != nil:
		return nil, err
	case len(in.QuickConnectIds) > 0:
		return nil, reply.NotFound("Quick connect")
	case len(in.EmailAddressesConfig) > 0:
		return nil, reply.NotFound("E-mail address")
	}
	row := store.Queue{
		ID: uuid.NewString(), InstanceID: instance.ID, Name: *in.Name, Description: reply.Value(in.Description), HoursID: open,
		Enabled: true, MaxContacts: most(in.MaxContacts), Tags: in.Tags,
	}
	if in.OutboundCallerConfig != nil || in.OutboundEmailConfig != nil {
		if row.Outbound, err = json.Marshal(outbound{in.OutboundCallerConfig, in.OutboundEmailConfig}); err != nil {
			return nil, err
		}
	}
	err = s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(instance.ID); err != nil {
			return err
		}
		if err := hoursAreThere(tx, instance.ID, open); err != nil {
			return err
		}
		if err := within(s.MaxQueues, tx.CountQueues, instance.ID, "queues"); err != nil {
			return err
		}
		made := row
		made.ModifiedAt = tx.Now().UnixMilli()
		tx.PutQueue(&made)
		return nil
	})
	if err != nil {
		return nil, orDuplicate(err, "queue", row.Name)
	}
	return &connect.CreateQueueOutput{QueueId: &row.ID, QueueArn: new(s.Scope.Resource(instance.ID, arn.Queue, row.ID))}, nil
}

// most is the limit of contacts of a queue, nil for none.
func most(n *int32) *int64 {
	if n == nil {
		return nil
	}
	return new(int64(*n))
}

func (s *Service) hoursOfQueue(instanceID string, idOrARN *string) (string, error) {
	id, ok := s.Scope.ResourceID(instanceID, arn.Hours, reply.Value(idOrARN))
	if !ok {
		return "", reply.NotFound(noHours)
	}
	return id, nil
}

func hoursAreThere(tx *store.Tx, instanceID, id string) error {
	h, err := tx.Hours(id)
	if err == nil && h.InstanceID != instanceID {
		err = store.ErrNotFound
	}
	return reply.OrNotFound(err, noHours)
}

// queuesIn goes through the queues of an instance.
func queuesIn(tx *store.Tx, instanceID string) iter.Seq2[*store.Queue, error] {
	return rows(func(after string, limit int) ([]store.Queue, error) { return tx.Queues(instanceID, after, limit) }, queueID)
}

func queueID(q *store.Queue) string { return q.ID }

// queue finds a queue of an instance by id or ARN.
func (s *Service) queue(ctx context.Context, instance, idOrARN *string) (*store.Queue, error) {
	return find(ctx, s, instance, idOrARN, arn.Queue, "Queue", s.Store.Queue, func(r *store.Queue) string { return r.InstanceID })
}

// changeQueue gives change the newest state of a queue, which nobody else changes at that moment, and stores what it made of it.
func (s *Service) changeQueue(ctx context.Context, instance, idOrARN *string, change func(*store.Tx, *store.Queue) error) error {
	row, err := s.queue(ctx, instance, idOrARN)
	if err != nil {
		return err
	}
	return s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(row.InstanceID); err != nil {
			return err
		}
		newest, err := tx.Queue(row.ID)
		if err != nil {
			return reply.OrNotFound(err, "Queue")
		}
		if err := change(tx, newest); err != nil {
			return err
		}
		newest.ModifiedAt = tx.Now().UnixMilli()
		tx.PutQueue(newest)
		return nil
	})
}

func (s *Service) describeQueue(q *store.Queue) (*types.Queue, error) {
	var o outbound
	if q.Outbound != nil {
		if err := json.Unmarshal(q.Outbound, &o); err != nil {
			return nil, fmt.Errorf("queue %s: %w", q.ID, err)
		}
	}
	out := &types.Queue{
		QueueId: &q.ID, QueueArn: new(s.Scope.Resource(q.InstanceID, arn.Queue, q.ID)), Name: &q.Name, Description: reply.Text(q.Description),
		HoursOfOperationId: reply.Text(q.HoursID), Status: types.QueueStatusDisabled, Tags: q.Tags,
		OutboundCallerConfig: o.Caller, OutboundEmailConfig: o.Email,
		LastModifiedTime: reply.Time(q.ModifiedAt), LastModifiedRegion: &s.Scope.Region,
	}
	if q.Enabled {
		out.Status = types.QueueStatusEnabled
	}
	if q.MaxContacts != nil {
		out.MaxContacts = new(int32(*q.MaxContacts))
	}
	return out, nil
}

// DescribeQueue reads a queue.
func (s *Service) DescribeQueue(ctx context.Context, in *connect.DescribeQueueInput) (*connect.DescribeQueueOutput, error) {
	row, err := s.queue(ctx, in.InstanceId, in.QueueId)
	if err != nil {
		return nil, err
	}
	q, err := s.describeQueue(row)
	if err != nil {
		return nil, err
	}
	return &connect.DescribeQueueOutput{Queue: q}, nil
}

// ListQueues lists the queues of an instance in the order of their ids. There are none of agents.
func (s *Service) ListQueues(ctx context.Context, in *connect.ListQueuesInput) (*connect.ListQueuesOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	standard := len(in.QueueTypes) == 0 || slices.Contains(in.QueueTypes, types.QueueTypeStandard)
	list := fmt.Sprintf("queues\x00%s\x00%v", instance.ID, standard)
	after, err := reply.After(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	if !standard {
		return &connect.ListQueuesOutput{QueueSummaryList: []types.QueueSummary{}}, nil
	}
	size := reply.PageSize(in.MaxResults, queuesPage)
	page, err := s.Store.Queues(ctx, instance.ID, after, size+1)
	if err != nil {
		return nil, err
	}
	page, next := reply.Page(page, size, list, queueID)
	out := &connect.ListQueuesOutput{QueueSummaryList: make([]types.QueueSummary, len(page)), NextToken: next}
	for i := range page {
		q := &page[i]
		out.QueueSummaryList[i] = types.QueueSummary{
			Id: &q.ID, Arn: new(s.Scope.Resource(q.InstanceID, arn.Queue, q.ID)), Name: &q.Name, QueueType: types.QueueTypeStandard,
			LastModifiedTime: reply.Time(q.ModifiedAt), LastModifiedRegion: &s.Scope.Region,
		}
	}
	return out, nil
}

// UpdateQueueName renames or describes a queue.
func (s *Service) UpdateQueueName(ctx context.Context, in *connect.UpdateQueueNameInput) (*connect.UpdateQueueNameOutput, error) {
	err := s.changeQueue(ctx, in.InstanceId, in.QueueId, func(_ *store.Tx, q *store.Queue) error {
		if in.Name == nil && in.Description == nil {
			return reply.InvalidRequest("Name or Description is needed")
		}
		if in.Name != nil {
			q.Name = *in.Name
		}
		if in.Description != nil {
			q.Description = *in.Description
		}
		return nil
	})
	if err != nil {
		return nil, orDuplicate(err, "queue", reply.Value(in.Name))
	}
	return &connect.UpdateQueueNameOutput{}, nil
}

// UpdateQueueStatus enables or disables a queue.
func (s *Service) UpdateQueueStatus(ctx context.Context, in *connect.UpdateQueueStatusInput) (*connect.UpdateQueueStatusOutput, error) {
	err := s.changeQueue(ctx, in.InstanceId, in.QueueId, func(_ *store.Tx, q *store.Queue) error {
		q.Enabled = in.Status == types.QueueStatusEnabled
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.UpdateQueueStatusOutput{}, nil
}

// UpdateQueueMaxContacts says how many contacts may wait in a queue; those that wait stay.
func (s *Service) UpdateQueueMaxContacts(ctx context.Context, in *connect.UpdateQueueMaxContactsInput) (*connect.UpdateQueueMaxContactsOutput, error) {
	err := s.changeQueue(ctx, in.InstanceId, in.QueueId, func(_ *store.Tx, q *store.Queue) error {
		q.MaxContacts = most(in.MaxContacts)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.UpdateQueueMaxContactsOutput{}, nil
}

// UpdateQueueHoursOfOperation gives a queue other hours.
func (s *Service) UpdateQueueHoursOfOperation(ctx context.Context, in *connect.UpdateQueueHoursOfOperationInput) (*connect.UpdateQueueHoursOfOperationOutput, error) {
	err := s.changeQueue(ctx, in.InstanceId, in.QueueId, func(tx *store.Tx, q *store.Queue) error {
		id, err := s.hoursOfQueue(q.InstanceID, in.HoursOfOperationId)
		if err != nil {
			return err
		}
		q.HoursID = id
		return hoursAreThere(tx, q.InstanceID, id)
	})
	if err != nil {
		return nil, err
	}
	return &connect.UpdateQueueHoursOfOperationOutput{}, nil
}

// DeleteQueue deletes a queue in which nobody waits and which nothing names that contacts may come to.
func (s *Service) DeleteQueue(ctx context.Context, in *connect.DeleteQueueInput) (*connect.DeleteQueueOutput, error) {
	return again(func() (*connect.DeleteQueueOutput, error) {
		if err := s.deleteQueue(ctx, in); err != nil {
			return nil, err
		}
		return &connect.DeleteQueueOutput{}, nil
	})
}

func (s *Service) deleteQueue(ctx context.Context, in *connect.DeleteQueueInput) error {
	row, err := s.queue(ctx, in.InstanceId, in.QueueId)
	if err != nil {
		return err
	}
	used, unchanged, err := s.uses(ctx, row.InstanceID, arn.Queue, row.ID)
	if err != nil {
		return err
	}
	if used != nil {
		inUse := &types.ResourceInUseException{Message: new(used.String() + " names the queue")}
		if used.flowID != "" {
			inUse.ResourceType, inUse.ResourceId = types.ResourceTypeContactFlow, &used.flowID
		}
		return inUse
	}
	return s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(row.InstanceID); err != nil {
			return err
		}
		if _, err := tx.Queue(row.ID); err != nil {
			return reply.OrNotFound(err, "Queue")
		}
		if err := unchanged(tx); err != nil {
			return err
		}
		waiting, err := tx.CountQueued(row.ID, 1)
		if err != nil {
			return err
		}
		if waiting > 0 {
			return &types.ResourceInUseException{Message: new("Contacts wait in the queue"), ResourceType: types.ResourceTypeContact}
		}
		tx.DeleteQueue(row.ID)
		return nil
	})
}

// SearchQueues finds queues by their texts and tags.
func (s *Service) SearchQueues(ctx context.Context, in *connect.SearchQueuesInput) (*connect.SearchQueuesOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	where, err := searchOf(in.SearchCriteria, reply.Value(in.SearchFilter).TagFilter, func(c *types.QueueSearchCriteria) criteria[types.QueueSearchCriteria, store.Queue] {
		return criteria[types.QueueSearchCriteria, store.Queue]{and: c.AndConditions, or: c.OrConditions, text: c.StringCondition}
	}, func(q *store.Queue) searchable {
		return searchable{id: q.ID, name: q.Name, description: q.Description, tags: q.Tags}
	})
	if err != nil {
		return nil, err
	}
	found, next, total, err := search[store.Queue]{
		list: "search-queues\x00" + instance.ID, id: queueID, where: where,
		read: func(ctx context.Context, after string, limit int) ([]store.Queue, error) {
			return s.Store.Queues(ctx, instance.ID, after, limit)
		},
	}.page(ctx, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &connect.SearchQueuesOutput{Queues: make([]types.Queue, len(found)), NextToken: next, ApproximateTotalCount: &total}
	for i := range found {
		q, err := s.describeQueue(&found[i])
		if err != nil {
			return nil, err
		}
		out.Queues[i] = *q
	}
	return out, nil
}
