package suite

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/rehearse"
	"github.com/openparley/parley/internal/server"
	"github.com/openparley/parley/internal/testcase"
)

// test runs a test case of Amazon Connect.
func (c *Case) test(ctx context.Context, r *Result) {
	file, err := testcase.ReadFile(c.Data)
	if err != nil {
		r.fail(0, "%v", err)
		return
	}
	if file.Channel != "" && file.Channel != "CHAT" {
		r.fail(0, "it is for the channel %s: only test cases for CHAT can be run", file.Channel)
		return
	}
	content, err := testcase.Parse(file.Content)
	if bad, ok := errors.AsType[*testcase.Invalid](err); ok {
		for _, p := range bad.Problems {
			r.fail(0, "%s", p)
		}
		return
	}
	overrides := &testcase.Overrides{}
	h := c.open(ctx, r, rehearse.Options{Files: c.Flows, Mock: c.Mock, Config: server.Config{Overrule: overrides.Overrule}})
	if h == nil {
		return
	}
	defer r.close(ctx, h)
	entry, err := c.entry(h, file.FlowID)
	if err != nil {
		r.fail(0, "%v", err)
		return
	}
	out, err := testcase.Run(ctx, content, h, testcase.Options{
		FlowID: entry, Attributes: file.Attributes, Overrides: overrides,
		Find: func(ctx context.Context, actionType, name string) (string, error) {
			if actionType == "CheckHoursOfOperation" {
				return h.Find(ctx, flow.Hours, name)
			}
			return h.Find(ctx, flow.Queue, name)
		},
	})
	if err != nil {
		r.fail(0, "%v", err)
		return
	}
	r.Unused = h.Outside.Unused()
	for _, o := range out.Observed {
		for _, p := range o.Problems {
			r.fail(lineOf(c.Data, o.Identifier), "%s: %s", o.Identifier, p)
		}
		for label, value := range o.Data {
			r.Notes = append(r.Notes, fmt.Sprintf("%s: %s is %q", o.Identifier, label, value))
		}
	}
	slices.Sort(r.Notes)
}

// entry is the flow that the chat starts in: the one that the test case names, or else that of its file's name, or the only one.
func (c *Case) entry(h *rehearse.House, named string) (string, error) {
	if named != "" {
		if id, ok := h.Flow(named); ok {
			return id, nil
		}
		return "", fmt.Errorf("there is no flow %s beside it", named)
	}
	first, _, _ := strings.Cut(path.Base(c.Path), ".")
	if id, ok := h.Flow(first); ok {
		return id, nil
	}
	var only []rehearse.File
	for _, f := range c.Flows {
		if f.Type == "" || f.Type == "CONTACT_FLOW" {
			only = append(only, f)
		}
	}
	if len(only) == 1 {
		id, _ := h.Flow(only[0].Name)
		return id, nil
	}
	return "", errors.New("it does not say in which flow the chat starts: give an EntryPoint, or name the file as the flow (FLOW.something.json)")
}

// lineOf is where an identifier stands in a file; 0 if nowhere.
func lineOf(data []byte, identifier string) int {
	before, _, ok := strings.Cut(string(data), `"`+identifier+`"`)
	if !ok {
		return 0
	}
	return 1 + strings.Count(before, "\n")
}
