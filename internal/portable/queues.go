package portable

import (
	"cmp"
	"context"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/flow"
)

// queueFile is what is to be known of a queue for chats: who calls or writes e-mail from it stays as it is.
type queueFile struct {
	HoursOfOperation string
	MaxContacts      *int32
	Status           types.QueueStatus // unless it is ENABLED
}

func readQueue(r *resource) (queueFile, error) {
	var q queueFile
	err := readDocument(*r.content, "queue", &q)
	return q, err
}

// queues are those of the instance; each agent has one too, which nobody can make.
var queues = &kind{
	name: flow.Queue, folder: "queues", noun: "queue",
	rewrite: func(content string, text func(flow.Name) string) (string, error) {
		var q queueFile
		if err := readDocument(content, "queue", &q); err != nil {
			return "", err
		}
		if q.HoursOfOperation != "" {
			q.HoursOfOperation = text(flow.Name{Kind: flow.Hours, Text: q.HoursOfOperation, Pointer: "/HoursOfOperation", Line: 1})
		}
		return writeDocument(q)
	},

	list: func(ctx context.Context, in *Instance) ([]entry, error) {
		var all []entry
		page := &connect.ListQueuesInput{InstanceId: &in.ID, MaxResults: new(int32(1000)), QueueTypes: []types.QueueType{types.QueueTypeStandard}}
		for {
			out, err := in.Client.ListQueues(ctx, page)
			if err != nil {
				return nil, err
			}
			for _, q := range out.QueueSummaryList {
				all = append(all, entry{kind: flow.Queue, name: *q.Name, id: *q.Id, arn: *q.Arn})
			}
			if page.NextToken = out.NextToken; page.NextToken == nil {
				return all, nil
			}
		}
	},

	read: func(ctx context.Context, in *Instance, e *entry) (*resource, error) {
		out, err := in.Client.DescribeQueue(ctx, &connect.DescribeQueueInput{InstanceId: &in.ID, QueueId: &e.id})
		if err != nil {
			return nil, err
		}
		q := queueFile{HoursOfOperation: value(out.Queue.HoursOfOperationId), MaxContacts: out.Queue.MaxContacts}
		if out.Queue.Status != types.QueueStatusEnabled {
			q.Status = out.Queue.Status
		}
		content, err := writeDocument(q)
		return &resource{
			name: e.name, content: &content, about: about{Description: value(out.Queue.Description), Tags: out.Queue.Tags},
		}, err
	},

	create: func(ctx context.Context, in *Instance, r *resource) (entry, error) {
		q, err := readQueue(r)
		if err != nil {
			return entry{}, err
		}
		out, err := in.Client.CreateQueue(ctx, &connect.CreateQueueInput{
			InstanceId: &in.ID, Name: &r.name, Description: set(r.about.Description), HoursOfOperationId: &q.HoursOfOperation,
			MaxContacts: q.MaxContacts, Tags: r.about.Tags,
		})
		if err != nil {
			return entry{}, err
		}
		e := entry{kind: flow.Queue, name: r.name, id: *out.QueueId, arn: *out.QueueArn}
		was := q
		was.Status = ""
		return e, changeQueue(ctx, in, &e, was, q)
	},

	update: func(ctx context.Context, in *Instance, e *entry, was, is *resource) error {
		old, err := readQueue(was)
		if err != nil {
			return err
		}
		q, err := readQueue(is)
		if err != nil {
			return err
		}
		if was.about.Description != is.about.Description && is.about.Description != "" { // the service can not take one away
			if _, err := in.Client.UpdateQueueName(ctx, &connect.UpdateQueueNameInput{
				InstanceId: &in.ID, QueueId: &e.id, Name: &is.name, Description: &is.about.Description,
			}); err != nil {
				return err
			}
		}
		return changeQueue(ctx, in, e, old, q)
	},
	remove: func(ctx context.Context, in *Instance, e *entry) error {
		_, err := in.Client.DeleteQueue(ctx, &connect.DeleteQueueInput{InstanceId: &in.ID, QueueId: &e.id})
		return err
	},
}

func changeQueue(ctx context.Context, in *Instance, e *entry, was, is queueFile) error {
	if was.HoursOfOperation != is.HoursOfOperation {
		if _, err := in.Client.UpdateQueueHoursOfOperation(ctx, &connect.UpdateQueueHoursOfOperationInput{
			InstanceId: &in.ID, QueueId: &e.id, HoursOfOperationId: &is.HoursOfOperation,
		}); err != nil {
			return err
		}
	}
	if (was.MaxContacts == nil) != (is.MaxContacts == nil) || is.MaxContacts != nil && *was.MaxContacts != *is.MaxContacts {
		if _, err := in.Client.UpdateQueueMaxContacts(ctx, &connect.UpdateQueueMaxContactsInput{
			InstanceId: &in.ID, QueueId: &e.id, MaxContacts: is.MaxContacts,
		}); err != nil {
			return err
		}
	}
	if was.Status == is.Status {
		return nil
	}
	_, err := in.Client.UpdateQueueStatus(ctx, &connect.UpdateQueueStatusInput{
		InstanceId: &in.ID, QueueId: &e.id, Status: cmp.Or(is.Status, types.QueueStatusEnabled),
	})
	return err
}
