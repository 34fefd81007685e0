package portable

import (
	"cmp"
	"context"
	"errors"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/flow"
)

// nothingModule is a module that only ends, as nothing is a flow.
const nothingModule = `{"Version":"2019-10-30","StartAction":"end","Actions":[{"Identifier":"end","Type":"EndFlowModuleExecution","Parameters":{},"Transitions":{}}],"Settings":{"InputParameters":[],"OutputParameters":[],"Transitions":[]}}`

// modules are published, and may have a draft beside that. Their versions and aliases stay where they are.
var modules = &kind{
	name: flow.FlowModule, folder: "modules", noun: "module",
	rewrite: rewriteFlow,
	check: func(r *resource, contract func(module string) *flow.Contract) []flow.Problem {
		own, problems := flow.ReadContract(r.about.Settings)
		if f, err := flow.Parse(*r.content); err == nil && !f.HasSettings() {
			problems = append(problems, flow.Problem{Message: "JSON field is missing or null for field name: settings", Line: 1})
		}
		if problems != nil {
			return problems
		}
		return checkFlow(*r.content, flow.Module, own, contract)
	},

	list: func(ctx context.Context, in *Instance) ([]entry, error) {
		var all []entry
		page := &connect.ListContactFlowModulesInput{InstanceId: &in.ID, MaxResults: new(int32(1000))}
		for {
			out, err := in.Client.ListContactFlowModules(ctx, page)
			if err != nil {
				return nil, err
			}
			for _, m := range out.ContactFlowModulesSummaryList {
				all = append(all, entry{kind: flow.FlowModule, name: *m.Name, id: *m.Id, arn: *m.Arn})
			}
			if page.NextToken = out.NextToken; page.NextToken == nil {
				return all, nil
			}
		}
	},

	read: func(ctx context.Context, in *Instance, e *entry) (*resource, error) {
		published, err := describeModule(ctx, in, e.id)
		if err != nil {
			return nil, err
		}
		r := &resource{name: e.name, content: published.Content}
		r.about = about{Description: value(published.Description), Tags: published.Tags, Settings: promised(value(published.Settings))}
		if c := published.ExternalInvocationConfiguration; c != nil {
			r.about.ExternalInvocation = c.Enabled
		}
		if published.State != types.ContactFlowModuleStateActive {
			r.about.State = string(published.State)
		}
		draft, err := describeModule(ctx, in, e.id+saved)
		if _, none := errors.AsType[*types.ResourceNotFoundException](err); none {
			return r, nil
		}
		if err != nil {
			return nil, err
		}
		if *draft.Content != *published.Content || promised(value(draft.Settings)) != r.about.Settings {
			r.draft = draft.Content
			if promised(value(draft.Settings)) != r.about.Settings {
				r.about.DraftSettings = cmp.Or(value(draft.Settings), "{}")
			}
		}
		return r, nil
	},

	create: func(ctx context.Context, in *Instance, r *resource) (entry, error) {
		e, err := createModule(ctx, in, r, *r.content)
		if err != nil {
			return e, err
		}
		return e, updateModule(ctx, in, &e, r.made(), r)
	},
	stub: func(ctx context.Context, in *Instance, r *resource) (entry, error) {
		return createModule(ctx, in, r, nothingModule)
	},
	update: updateModule,
	remove: func(ctx context.Context, in *Instance, e *entry) error {
		_, err := in.Client.DeleteContactFlowModule(ctx, &connect.DeleteContactFlowModuleInput{InstanceId: &in.ID, ContactFlowModuleId: &e.id})
		return err
	},
}

func describeModule(ctx context.Context, in *Instance, id string) (*types.ContactFlowModule, error) {
	out, err := in.Client.DescribeContactFlowModule(ctx, &connect.DescribeContactFlowModuleInput{InstanceId: &in.ID, ContactFlowModuleId: &id})
	if err != nil {
		return nil, err
	}
	return out.ContactFlowModule, nil
}

func createModule(ctx context.Context, in *Instance, r *resource, content string) (entry, error) {
	input := &connect.CreateContactFlowModuleInput{
		InstanceId: &in.ID, Name: &r.name, Description: set(r.about.Description), Content: &content, Settings: set(r.about.Settings),
		Tags: r.about.Tags,
	}
	if r.about.ExternalInvocation {
		input.ExternalInvocationConfiguration = &types.ExternalInvocationConfiguration{Enabled: true}
	}
	out, err := in.Client.CreateContactFlowModule(ctx, input)
	if err != nil {
		return entry{}, err
	}
	return entry{kind: flow.FlowModule, name: r.name, id: *out.Id, arn: *out.Arn}, nil
}

func updateModule(ctx context.Context, in *Instance, e *entry, was, is *resource) error {
	write := func(id string, content *string, settings string) error {
		_, err := in.Client.UpdateContactFlowModuleContent(ctx, &connect.UpdateContactFlowModuleContentInput{
			InstanceId: &in.ID, ContactFlowModuleId: &id, Content: content, Settings: new(cmp.Or(settings, "{}")),
		})
		return err
	}
	published := was.publishes(is) || was.about.Settings != is.about.Settings
	if published {
		if err := write(e.id, is.content, is.about.Settings); err != nil {
			return err
		}
	}
	if is.draft != nil && (published || !equal(was.draft, is.draft) || was.about.DraftSettings != is.about.DraftSettings) {
		if err := write(e.id+saved, is.draft, cmp.Or(is.about.DraftSettings, is.about.Settings)); err != nil {
			return err
		}
	}
	if was.about.Description == is.about.Description && was.about.State == is.about.State {
		return nil
	}
	_, err := in.Client.UpdateContactFlowModuleMetadata(ctx, &connect.UpdateContactFlowModuleMetadataInput{
		InstanceId: &in.ID, ContactFlowModuleId: &e.id, Description: &is.about.Description,
		State: types.ContactFlowModuleState(cmp.Or(is.about.State, string(types.ContactFlowModuleStateActive))),
	})
	return err
}

// promised is a contract; none is the same as one that promises nothing.
func promised(settings string) string {
	if settings == "{}" {
		return ""
	}
	return settings
}
