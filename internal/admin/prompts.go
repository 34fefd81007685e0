package admin

import (
	"cmp"
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

const promptsPage = 100 // of ListPrompts without MaxResults

// CreatePrompt makes a prompt. The recording stays where it is: a chat plays none.
func (s *Service) CreatePrompt(ctx context.Context, in *connect.CreatePromptInput) (*connect.CreatePromptOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if _, missing := errors.AsType[*types.ResourceNotFoundException](err); missing {
		return nil, reply.InvalidParameter("There is no such instance") // the operation has no other word for it
	}
	if err != nil {
		return nil, err
	}
	row := store.Prompt{
		ID: uuid.NewString(), InstanceID: instance.ID, Name: *in.Name, Description: reply.Value(in.Description), S3URI: *in.S3Uri, Tags: in.Tags,
	}
	err = s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(instance.ID); err != nil {
			return err
		}
		if err := within(s.MaxPrompts, tx.CountPrompts, instance.ID, "prompts"); err != nil {
			return err
		}
		made := row
		made.ModifiedAt = tx.Now().UnixMilli()
		tx.PutPrompt(&made)
		return nil
	})
	if err != nil {
		return nil, orDuplicate(err, "prompt", row.Name)
	}
	return &connect.CreatePromptOutput{PromptId: &row.ID, PromptARN: s.promptARN(&row)}, nil
}

func (s *Service) promptARN(p *store.Prompt) *string {
	return new(s.Scope.Resource(p.InstanceID, arn.Prompt, p.ID))
}

func promptID(p *store.Prompt) string { return p.ID }

// prompt finds a prompt of an instance by id or ARN.
func (s *Service) prompt(ctx context.Context, instance, idOrARN *string) (*store.Prompt, error) {
	return find(ctx, s, instance, idOrARN, arn.Prompt, "Prompt", s.Store.Prompt, func(r *store.Prompt) string { return r.InstanceID })
}

func (s *Service) describePrompt(p *store.Prompt) types.Prompt {
	return types.Prompt{
		PromptId: &p.ID, PromptARN: s.promptARN(p), Name: &p.Name, Description: reply.Text(p.Description), Tags: p.Tags,
		LastModifiedTime: reply.Time(p.ModifiedAt), LastModifiedRegion: &s.Scope.Region,
	}
}

// DescribePrompt reads a prompt.
func (s *Service) DescribePrompt(ctx context.Context, in *connect.DescribePromptInput) (*connect.DescribePromptOutput, error) {
	row, err := s.prompt(ctx, in.InstanceId, in.PromptId)
	if err != nil {
		return nil, err
	}
	return &connect.DescribePromptOutput{Prompt: new(s.describePrompt(row))}, nil
}

// ListPrompts lists the prompts of an instance in the order of their ids.
func (s *Service) ListPrompts(ctx context.Context, in *connect.ListPromptsInput) (*connect.ListPromptsOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	list := "prompts\x00" + instance.ID
	after, err := reply.After(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	size := reply.PageSize(in.MaxResults, promptsPage)
	page, err := s.Store.Prompts(ctx, instance.ID, after, size+1)
	if err != nil {
		return nil, err
	}
	page, next := reply.Page(page, size, list, promptID)
	out := &connect.ListPromptsOutput{PromptSummaryList: make([]types.PromptSummary, len(page)), NextToken: next}
	for i := range page {
		p := &page[i]
		out.PromptSummaryList[i] = types.PromptSummary{
			Id: &p.ID, Arn: s.promptARN(p), Name: &p.Name,
			LastModifiedTime: reply.Time(p.ModifiedAt), LastModifiedRegion: &s.Scope.Region,
		}
	}
	return out, nil
}

// UpdatePrompt changes what is given.
func (s *Service) UpdatePrompt(ctx context.Context, in *connect.UpdatePromptInput) (*connect.UpdatePromptOutput, error) {
	row, err := s.prompt(ctx, in.InstanceId, in.PromptId)
	if err != nil {
		return nil, err
	}
	err = s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(row.InstanceID); err != nil {
			return err
		}
		p, err := tx.Prompt(row.ID)
		if err != nil {
			return reply.OrNotFound(err, "Prompt")
		}
		p.Name, p.Description = *cmp.Or(in.Name, &p.Name), *cmp.Or(in.Description, &p.Description)
		p.S3URI = *cmp.Or(in.S3Uri, &p.S3URI)
		p.ModifiedAt = tx.Now().UnixMilli()
		tx.PutPrompt(p)
		return nil
	})
	if errors.Is(err, store.ErrExists) {
		err = reply.InvalidParameter("There is a prompt of this name already") // the operation has no other word for it
	}
	if err != nil {
		return nil, err
	}
	return &connect.UpdatePromptOutput{PromptId: &row.ID, PromptARN: s.promptARN(row)}, nil
}

// DeletePrompt deletes a prompt.
func (s *Service) DeletePrompt(ctx context.Context, in *connect.DeletePromptInput) (*connect.DeletePromptOutput, error) {
	row, err := s.prompt(ctx, in.InstanceId, in.PromptId)
	if err != nil {
		return nil, err
	}
	err = s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(row.InstanceID); err != nil {
			return err
		}
		if _, err := tx.Prompt(row.ID); err != nil {
			return reply.OrNotFound(err, "Prompt")
		}
		tx.DeletePrompt(row.ID)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.DeletePromptOutput{}, nil
}

// SearchPrompts finds prompts by their texts and tags.
func (s *Service) SearchPrompts(ctx context.Context, in *connect.SearchPromptsInput) (*connect.SearchPromptsOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	where, err := searchOf(in.SearchCriteria, reply.Value(in.SearchFilter).TagFilter, func(c *types.PromptSearchCriteria) criteria[types.PromptSearchCriteria, store.Prompt] {
		return criteria[types.PromptSearchCriteria, store.Prompt]{and: c.AndConditions, or: c.OrConditions, text: c.StringCondition}
	}, func(p *store.Prompt) searchable {
		return searchable{id: p.ID, name: p.Name, description: p.Description, tags: p.Tags}
	})
	if err != nil {
		return nil, err
	}
	found, next, total, err := search[store.Prompt]{
		list: "search-prompts\x00" + instance.ID, id: promptID, where: where,
		read: func(ctx context.Context, after string, limit int) ([]store.Prompt, error) {
			return s.Store.Prompts(ctx, instance.ID, after, limit)
		},
	}.page(ctx, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &connect.SearchPromptsOutput{Prompts: make([]types.Prompt, len(found)), NextToken: next, ApproximateTotalCount: &total}
	for i := range found {
		out.Prompts[i] = s.describePrompt(&found[i])
	}
	return out, nil
}
