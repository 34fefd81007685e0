package admin

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// maxTags is how many tags a resource may have. Source: API model, TagMap.
const maxTags = 50

// tagOwner is a resource that has tags.
type tagOwner struct {
	instanceID string
	tags       *map[string]string
	put        func() // stores the resource with what tags leads to
}

// tagOwners find the resources of a kind by their ids.
var tagOwners = map[string]func(tx *store.Tx, id string) (tagOwner, error){
	arn.ContactFlow: owner((*store.Tx).Flow, (*store.Tx).PutFlow, func(f *store.Flow) (string, *map[string]string) { return f.InstanceID, &f.Tags }),
	arn.FlowModule:  owner((*store.Tx).Module, (*store.Tx).PutModule, func(m *store.Module) (string, *map[string]string) { return m.InstanceID, &m.Tags }),
	arn.Queue:       owner((*store.Tx).Queue, (*store.Tx).PutQueue, func(q *store.Queue) (string, *map[string]string) { return q.InstanceID, &q.Tags }),
	arn.Hours:       owner((*store.Tx).Hours, (*store.Tx).PutHours, func(h *store.Hours) (string, *map[string]string) { return h.InstanceID, &h.Tags }),
	arn.Prompt:      owner((*store.Tx).Prompt, (*store.Tx).PutPrompt, func(p *store.Prompt) (string, *map[string]string) { return p.InstanceID, &p.Tags }),
	arn.TestCase:    owner((*store.Tx).TestCase, (*store.Tx).PutTestCase, func(c *store.TestCase) (string, *map[string]string) { return c.InstanceID, &c.Tags }),
	arn.View:        owner((*store.Tx).View, (*store.Tx).PutView, func(v *store.View) (string, *map[string]string) { return v.InstanceID, &v.Tags }),
}

func owner[R any](read func(*store.Tx, string) (*R, error), put func(*store.Tx, *R), parts func(*R) (string, *map[string]string)) func(*store.Tx, string) (tagOwner, error) {
	return func(tx *store.Tx, id string) (tagOwner, error) {
		row, err := read(tx, id)
		if err != nil {
			return tagOwner{}, err
		}
		o := tagOwner{put: func() { put(tx, row) }}
		o.instanceID, o.tags = parts(row)
		return o, nil
	}
}

// tagged gives use the resource of an ARN, which nobody else changes at that moment.
func (s *Service) tagged(ctx context.Context, resourceARN *string, use func(tagOwner) error) error {
	instanceID, kind, id, ok := s.Scope.Split(*resourceARN)
	if !ok || strings.Contains(id, ":") {
		return reply.InvalidParameter("ResourceArn is not the ARN of a resource of an instance")
	}
	find := tagOwners[kind]
	if kind == arn.Integration {
		find = integrationTags(instanceID)
	}
	if find == nil {
		return reply.InvalidParameter(fmt.Sprintf("ResourceArn: a resource of kind %.50q has no tags", kind))
	}
	return s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(instanceID); err != nil {
			return err
		}
		o, err := find(tx, id)
		if err == nil && o.instanceID != instanceID {
			err = store.ErrNotFound
		}
		if err != nil {
			return reply.OrNotFound(err, "Resource")
		}
		return use(o)
	})
}

// integrationTags finds integrations, which live in the row of their instance.
func integrationTags(instanceID string) func(*store.Tx, string) (tagOwner, error) {
	return func(tx *store.Tx, id string) (tagOwner, error) {
		instance, err := tx.Instance(instanceID)
		if err != nil {
			return tagOwner{}, err
		}
		at := slices.IndexFunc(instance.Integrations, func(i store.Integration) bool { return i.ID == id })
		if at < 0 {
			return tagOwner{}, store.ErrNotFound
		}
		return tagOwner{instanceID, &instance.Integrations[at].Tags, func() { tx.PutInstance(instance) }}, nil
	}
}

// TagResource lays tags over those of a resource, all or none.
func (s *Service) TagResource(ctx context.Context, in *connect.TagResourceInput) (*connect.TagResourceOutput, error) {
	err := s.tagged(ctx, in.ResourceArn, func(o tagOwner) error {
		merged := maps.Clone(*o.tags)
		if merged == nil {
			merged = make(map[string]string, len(in.Tags))
		}
		maps.Copy(merged, in.Tags)
		if len(merged) > maxTags {
			return reply.InvalidRequest(fmt.Sprintf("tags: the resource would have %d; at most %d are allowed", len(merged), maxTags))
		}
		*o.tags = merged
		o.put()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.TagResourceOutput{}, nil
}

// UntagResource takes tags off a resource. Those it does not have make no error.
func (s *Service) UntagResource(ctx context.Context, in *connect.UntagResourceInput) (*connect.UntagResourceOutput, error) {
	err := s.tagged(ctx, in.ResourceArn, func(o tagOwner) error {
		for _, key := range in.TagKeys {
			delete(*o.tags, key)
		}
		o.put()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.UntagResourceOutput{}, nil
}

// ListTagsForResource reads the tags of a resource.
func (s *Service) ListTagsForResource(ctx context.Context, in *connect.ListTagsForResourceInput) (*connect.ListTagsForResourceOutput, error) {
	out := &connect.ListTagsForResourceOutput{}
	err := s.tagged(ctx, in.ResourceArn, func(o tagOwner) error {
		out.Tags = *o.tags
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
