package portable

import (
	"cmp"
	"context"
	"errors"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/flow"
)

const (
	saved = ":$SAVED"

	// nothing is a flow that only ends. It holds the place of one that others name already.
	nothing = `{"Version":"2019-10-30","StartAction":"end","Actions":[{"Identifier":"end","Type":"EndFlowExecution","Parameters":{},"Transitions":{}}]}`
)

// flows are published or drafts or both.
var flows = &kind{
	name: flow.ContactFlow, folder: "flows", noun: "flow",
	rewrite: rewriteFlow,
	check: func(r *resource, contract func(string) *flow.Contract) []flow.Problem {
		return checkFlow(*r.content, string(r.flowType), nil, contract)
	},

	list: func(ctx context.Context, in *Instance) ([]entry, error) {
		var all []entry
		page := &connect.ListContactFlowsInput{InstanceId: &in.ID, MaxResults: new(int32(1000))}
		for {
			out, err := in.Client.ListContactFlows(ctx, page)
			if err != nil {
				return nil, err
			}
			for _, f := range out.ContactFlowSummaryList {
				all = append(all, entry{kind: flow.ContactFlow, name: *f.Name, id: *f.Id, arn: *f.Arn})
			}
			if page.NextToken = out.NextToken; page.NextToken == nil {
				return all, nil
			}
		}
	},

	read: func(ctx context.Context, in *Instance, e *entry) (*resource, error) {
		r := &resource{name: e.name}
		published, err := describeFlow(ctx, in, e.id)
		if _, unpublished := errors.AsType[*types.ContactFlowNotPublishedException](err); err != nil && !unpublished {
			return nil, err
		}
		draft, err := describeFlow(ctx, in, e.id+saved)
		if _, none := errors.AsType[*types.ResourceNotFoundException](err); err != nil && (!none || published == nil) {
			return nil, err
		}
		f := published
		if f == nil {
			f = draft
		}
		r.flowType = f.Type
		r.about = about{Description: value(f.Description), Tags: f.Tags}
		if f.State != types.ContactFlowStateActive {
			r.about.State = string(f.State)
		}
		if published != nil {
			r.content = published.Content
		}
		if draft != nil && (published == nil || draft.Status == types.ContactFlowStatusSaved && *draft.Content != *published.Content) {
			r.draft = draft.Content
		}
		return r, nil
	},

	create: func(ctx context.Context, in *Instance, r *resource) (entry, error) {
		content, status := r.content, types.ContactFlowStatusPublished
		if content == nil {
			content, status = r.draft, types.ContactFlowStatusSaved
		}
		e, err := createFlow(ctx, in, r, *content, status)
		if err != nil {
			return e, err
		}
		return e, updateFlow(ctx, in, &e, r.made(), r)
	},
	stub: func(ctx context.Context, in *Instance, r *resource) (entry, error) {
		return createFlow(ctx, in, r, nothing, types.ContactFlowStatusSaved)
	},
	update: updateFlow,
	remove: func(ctx context.Context, in *Instance, e *entry) error {
		_, err := in.Client.DeleteContactFlow(ctx, &connect.DeleteContactFlowInput{InstanceId: &in.ID, ContactFlowId: &e.id})
		return err
	},
}

func describeFlow(ctx context.Context, in *Instance, id string) (*types.ContactFlow, error) {
	out, err := in.Client.DescribeContactFlow(ctx, &connect.DescribeContactFlowInput{InstanceId: &in.ID, ContactFlowId: &id})
	if err != nil {
		return nil, err
	}
	return out.ContactFlow, nil
}

func createFlow(ctx context.Context, in *Instance, r *resource, content string, status types.ContactFlowStatus) (entry, error) {
	out, err := in.Client.CreateContactFlow(ctx, &connect.CreateContactFlowInput{
		InstanceId: &in.ID, Name: &r.name, Type: r.flowType, Description: set(r.about.Description), Content: &content, Status: status,
		Tags: r.about.Tags,
	})
	if err != nil {
		return entry{}, err
	}
	return entry{kind: flow.ContactFlow, name: r.name, id: *out.ContactFlowId, arn: *out.ContactFlowArn}, nil
}

func updateFlow(ctx context.Context, in *Instance, e *entry, was, is *resource) error {
	write := func(id string, content *string) error {
		_, err := in.Client.UpdateContactFlowContent(ctx, &connect.UpdateContactFlowContentInput{
			InstanceId: &in.ID, ContactFlowId: &id, Content: content,
		})
		return err
	}
	published := was.publishes(is)
	if published {
		if err := write(e.id, is.content); err != nil {
			return err
		}
	}
	if is.draft != nil && (published || !equal(was.draft, is.draft)) { // publishing ends the draft
		if err := write(e.id+saved, is.draft); err != nil {
			return err
		}
	}
	if was.about.Description == is.about.Description && was.about.State == is.about.State {
		return nil
	}
	_, err := in.Client.UpdateContactFlowMetadata(ctx, &connect.UpdateContactFlowMetadataInput{
		InstanceId: &in.ID, ContactFlowId: &e.id, Description: &is.about.Description,
		ContactFlowState: types.ContactFlowState(cmp.Or(is.about.State, string(types.ContactFlowStateActive))),
	})
	return err
}

// rewriteFlow renames what a content in the flow language names.
func rewriteFlow(content string, text func(flow.Name) string) (string, error) {
	f, err := flow.Parse(content)
	if err != nil {
		return "", err
	}
	names := f.Names()
	texts := make([]string, len(names))
	for i, n := range names {
		texts[i] = text(n)
	}
	return f.Rename(texts), nil
}

// checkFlow finds what publishing refuses. own is the contract of a module.
func checkFlow(content, flowType string, own *flow.Contract, contract func(module string) *flow.Contract) []flow.Problem {
	f, err := flow.Parse(content)
	if err != nil {
		return nil // found before
	}
	if problems := f.Check(flowType, nil); len(problems) > 0 {
		return problems
	}
	return f.CheckContracts(own, contract)
}

func equal(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b }

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func set(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
