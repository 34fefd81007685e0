package portable

import (
	"context"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/internal/flow"
)

// promptFile is a prompt without its recording, which the service does not hand out and chats do not play.
type promptFile struct {
	S3Uri string // where the recording of a new one is; an export can not tell
}

// noRecording is where a new prompt looks for its recording when its file does not tell.
const noRecording = "s3://recordings/"

var prompts = &kind{
	name: flow.Prompt, folder: "prompts", noun: "prompt",
	rewrite: func(content string, _ func(flow.Name) string) (string, error) {
		return content, readDocument(content, "prompt", &promptFile{})
	},

	list: func(ctx context.Context, in *Instance) ([]entry, error) {
		var all []entry
		page := &connect.ListPromptsInput{InstanceId: &in.ID, MaxResults: new(int32(1000))}
		for {
			out, err := in.Client.ListPrompts(ctx, page)
			if err != nil {
				return nil, err
			}
			for _, p := range out.PromptSummaryList {
				all = append(all, entry{kind: flow.Prompt, name: *p.Name, id: *p.Id, arn: *p.Arn})
			}
			if page.NextToken = out.NextToken; page.NextToken == nil {
				return all, nil
			}
		}
	},

	read: func(ctx context.Context, in *Instance, e *entry) (*resource, error) {
		out, err := in.Client.DescribePrompt(ctx, &connect.DescribePromptInput{InstanceId: &in.ID, PromptId: &e.id})
		if err != nil {
			return nil, err
		}
		return &resource{
			name: e.name, content: new("{}\n"), about: about{Description: value(out.Prompt.Description), Tags: out.Prompt.Tags},
		}, nil
	},

	create: func(ctx context.Context, in *Instance, r *resource) (entry, error) {
		var p promptFile
		if err := readDocument(*r.content, "prompt", &p); err != nil {
			return entry{}, err
		}
		if p.S3Uri == "" {
			p.S3Uri = noRecording + escape(r.name)
		}
		out, err := in.Client.CreatePrompt(ctx, &connect.CreatePromptInput{
			InstanceId: &in.ID, Name: &r.name, Description: set(r.about.Description), S3Uri: &p.S3Uri, Tags: r.about.Tags,
		})
		if err != nil {
			return entry{}, err
		}
		return entry{kind: flow.Prompt, name: r.name, id: *out.PromptId, arn: *out.PromptARN}, nil
	},

	update: func(ctx context.Context, in *Instance, e *entry, was, is *resource) error {
		var p promptFile
		if err := readDocument(*is.content, "prompt", &p); err != nil {
			return err
		}
		if was.about.Description == is.about.Description && p.S3Uri == "" {
			return nil
		}
		_, err := in.Client.UpdatePrompt(ctx, &connect.UpdatePromptInput{
			InstanceId: &in.ID, PromptId: &e.id, Description: set(is.about.Description), S3Uri: set(p.S3Uri),
		})
		return err
	},
	remove: func(ctx context.Context, in *Instance, e *entry) error {
		_, err := in.Client.DeletePrompt(ctx, &connect.DeletePromptInput{InstanceId: &in.ID, PromptId: &e.id})
		return err
	},
}
