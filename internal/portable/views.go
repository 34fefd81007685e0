package portable

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/flow"
)

// views are those that an instance has made; the others come with every service.
var views = &kind{
	name: flow.View, folder: "views", noun: "view",
	rewrite: func(content string, _ func(flow.Name) string) (string, error) {
		_, err := readView(content)
		return content, err
	},

	list: func(ctx context.Context, in *Instance) ([]entry, error) {
		var all []entry
		page := &connect.ListViewsInput{InstanceId: &in.ID, MaxResults: new(int32(100))}
		for {
			out, err := in.Client.ListViews(ctx, page)
			if err != nil {
				return nil, err
			}
			for _, v := range out.ViewsSummaryList {
				e := entry{kind: flow.View, name: *v.Name, id: *v.Id, arn: *v.Arn}
				if v.Type == types.ViewTypeAwsManaged {
					e.managed, e.name = true, e.id
				}
				if at := strings.LastIndexByte(e.arn, '/'); at >= 0 { // the ARN may tell a version
					bare, _, _ := strings.Cut(e.arn[at:], ":")
					e.arn = e.arn[:at] + bare
				}
				all = append(all, e)
			}
			if page.NextToken = out.NextToken; page.NextToken == nil {
				return all, nil
			}
		}
	},

	read: func(ctx context.Context, in *Instance, e *entry) (*resource, error) {
		newest, err := describeView(ctx, in, e.id+saved)
		if err != nil {
			return nil, err
		}
		r := &resource{name: e.name, about: about{Description: value(newest.Description), Tags: newest.Tags}}
		if newest.Status == types.ViewStatusPublished {
			r.content = new(writeView(newest.Content))
			return r, nil
		}
		r.draft = new(writeView(newest.Content))
		published, err := describeView(ctx, in, e.id+":$LATEST")
		if _, none := errors.AsType[*types.ResourceNotFoundException](err); none {
			return r, nil
		}
		if err != nil {
			return nil, err
		}
		r.content = new(writeView(published.Content))
		return r, nil
	},

	create: func(ctx context.Context, in *Instance, r *resource) (entry, error) {
		text, status := r.content, types.ViewStatusPublished
		if text == nil {
			text, status = r.draft, types.ViewStatusSaved
		}
		content, err := readView(*text)
		if err != nil {
			return entry{}, err
		}
		out, err := in.Client.CreateView(ctx, &connect.CreateViewInput{
			InstanceId: &in.ID, Name: &r.name, Description: set(r.about.Description), Content: content, Status: status, Tags: r.about.Tags,
		})
		if err != nil {
			return entry{}, err
		}
		e := entry{kind: flow.View, name: r.name, id: *out.View.Id, arn: *out.View.Arn}
		return e, updateView(ctx, in, &e, r.made(), r)
	},
	update: updateView,
	remove: func(ctx context.Context, in *Instance, e *entry) error {
		_, err := in.Client.DeleteView(ctx, &connect.DeleteViewInput{InstanceId: &in.ID, ViewId: &e.id})
		return err
	},
}

func describeView(ctx context.Context, in *Instance, id string) (*types.View, error) {
	out, err := in.Client.DescribeView(ctx, &connect.DescribeViewInput{InstanceId: &in.ID, ViewId: &id})
	if err != nil {
		return nil, err
	}
	return out.View, nil
}

func updateView(ctx context.Context, in *Instance, e *entry, was, is *resource) error {
	write := func(text string, status types.ViewStatus) error {
		content, err := readView(text)
		if err != nil {
			return err
		}
		_, err = in.Client.UpdateViewContent(ctx, &connect.UpdateViewContentInput{
			InstanceId: &in.ID, ViewId: &e.id, Content: content, Status: status,
		})
		return err
	}
	published := was.publishes(is)
	if published {
		if err := write(*is.content, types.ViewStatusPublished); err != nil {
			return err
		}
	}
	if is.draft != nil && (published || !equal(was.draft, is.draft)) { // publishing makes its content the newest
		if err := write(*is.draft, types.ViewStatusSaved); err != nil {
			return err
		}
	}
	if was.about.Description == is.about.Description || is.about.Description == "" { // the service can not take one away
		return nil
	}
	_, err := in.Client.UpdateViewMetadata(ctx, &connect.UpdateViewMetadataInput{
		InstanceId: &in.ID, ViewId: &e.id, Description: &is.about.Description,
	})
	return err
}

// viewFile is a view as it stands in a file. A template that is no JSON, as drafts may have, is a text.
type viewFile struct {
	Actions  []string
	Template json.RawMessage
}

func writeView(c *types.ViewContent) string {
	template := value(c.Template)
	if !json.Valid([]byte(template)) || template[0] == '"' || strings.TrimSpace(template) != template {
		text, _ := stable(template)
		template = string(bytes.TrimSpace(text))
	}
	actions, _ := json.Marshal(append([]string{}, c.Actions...))
	return fmt.Sprintf("{\n  \"Actions\": %s,\n  \"Template\": %s\n}\n", actions, template)
}

func readView(text string) (*types.ViewInputContent, error) {
	var v viewFile
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("this is no view: %w", err)
	}
	if len(v.Template) == 0 {
		return nil, errors.New("this is no view: it has no Template")
	}
	template := string(v.Template)
	if template[0] == '"' {
		if err := json.Unmarshal(v.Template, &template); err != nil {
			return nil, err
		}
	}
	return &types.ViewInputContent{Actions: v.Actions, Template: &template}, nil
}
