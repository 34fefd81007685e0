// Package portable moves flows between instances: it writes an instance as a folder of files that name things by their names, and brings
// such a folder into an instance, whose ids and ARNs take the place of the names. It speaks to any instance of Amazon Connect through
// the client of api/connect.
package portable

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/flow"
)

// Instance is an instance of Amazon Connect or of Parley.
type Instance struct {
	Client *connect.Client
	ID     string // or ARN
}

// Problem is a fault of a file of a folder.
type Problem struct {
	File string // with slashes
	flow.Problem
}

func (p Problem) String() string {
	switch {
	case p.Line == 0:
		return fmt.Sprintf("%s: %s", p.File, p.Message)
	case p.Pointer == "":
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message)
	}
	return fmt.Sprintf("%s:%d: %s (%s)", p.File, p.Line, p.Message, p.Pointer)
}

// Invalid is the error of a folder that can not be brought in: all that is wrong with it. Nothing was changed.
type Invalid struct{ Problems []Problem }

func (e *Invalid) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// kind is a sort of resource that a folder can hold.
type kind struct {
	name   string // as in ARNs
	folder string
	noun   string

	list func(context.Context, *Instance) ([]entry, error)

	// read gives a resource with the ids of its instance.
	read func(context.Context, *Instance, *entry) (*resource, error)
	// create makes what does not exist, and returns its id and ARN.
	create func(context.Context, *Instance, *resource) (entry, error)
	// update makes was become is. Both have the ids of the instance.
	update func(ctx context.Context, in *Instance, e *entry, was, is *resource) error
	remove func(context.Context, *Instance, *entry) error

	// rewrite puts other texts at the places of a content that name resources.
	rewrite func(content string, text func(flow.Name) string) (string, error)
	// check finds what the instance would refuse of a published content; nil: nothing. contract is what a module by that name promises.
	check func(r *resource, contract func(module string) *flow.Contract) []flow.Problem

	// stub makes a resource that others can name before its content can be: one of a circle.
	stub func(context.Context, *Instance, *resource) (entry, error)
}

// kinds are in the order in which they are made: what is named by others comes first. Those with a stub name each other.
var kinds = []*kind{hours, queues, prompts, views, modules, flows}

func kindOf(name string) *kind {
	if i := slices.IndexFunc(kinds, func(k *kind) bool { return k.name == name }); i >= 0 {
		return kinds[i]
	}
	return nil
}

// nouns are the words for what flows name, for messages.
var nouns = map[string]string{
	flow.Queue: "queue", flow.ContactFlow: "flow", flow.FlowModule: "module", flow.Agent: "agent", flow.Prompt: "prompt",
	flow.Hours: "hours of operation", flow.View: "view", flow.Function: "function", flow.Bot: "bot",
}

// resource is what an instance holds, as it stands in a folder.
type resource struct {
	kind *kind
	name string
	file string // without draft and ending

	flowType types.ContactFlowType // of a flow
	about    about

	notes []Problem // what a conversion from the older format left behind

	content, draft *string // published and not; a kind without drafts has no draft
}

// about is what the manifest says of a resource.
type about struct {
	Name        string            `json:",omitempty"` // where the name of the file does not tell it
	Description string            `json:",omitempty"`
	State       string            `json:",omitempty"` // unless it is ACTIVE
	Tags        map[string]string `json:",omitempty"`

	// Of a module: its contract, as text, and that of its draft where it is another.
	Settings           string `json:",omitempty"`
	DraftSettings      string `json:",omitempty"`
	ExternalInvocation bool   `json:",omitempty"`
}

// rewritten is the resource with other texts at the places that name resources.
func (r *resource) rewritten(text func(flow.Name) string) (*resource, error) {
	out := new(*r)
	for _, content := range []**string{&out.content, &out.draft} {
		if *content == nil {
			continue
		}
		s, err := r.kind.rewrite(**content, text)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", r.kind.noun, r.name, err)
		}
		*content = &s
	}
	return out, nil
}

// made is what becomes of a resource when it is made: it is active, and has one content.
func (r *resource) made() *resource {
	out := new(*r)
	out.about.State = ""
	if r.content != nil {
		out.draft, out.about.DraftSettings = nil, ""
	}
	return out
}

// publishes reports whether a content has to be published so that was becomes is: a new one, or the same one, which ends a draft.
func (was *resource) publishes(is *resource) bool {
	return is.content != nil && (!equal(was.content, is.content) || was.draft != nil && is.draft == nil)
}

// told is an error of the service with what it says beside its message.
func told(err error) error {
	var problems []types.ProblemDetail
	if bad, ok := errors.AsType[*types.InvalidContactFlowException](err); ok {
		problems, bad.Message = bad.Problems, nil // one of them in short
	}
	if bad, ok := errors.AsType[*types.InvalidContactFlowModuleException](err); ok {
		problems, bad.Message = bad.Problems, nil
	}
	for _, p := range problems {
		err = fmt.Errorf("%w\n  %s", err, value(p.Message))
	}
	return err
}
