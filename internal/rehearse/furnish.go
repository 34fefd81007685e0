package rehearse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/server"
)

const inbound = "CONTACT_FLOW"

// furnisher publishes flows, and makes what they name and nobody brought.
type furnisher struct {
	*House
	ctx    context.Context
	client *connect.Client
	made   map[string]string // id by kind and name
	told   map[string]bool   // notes
}

func (h *House) furnish(ctx context.Context, files []File, parsed []*flow.Flow) error {
	client, _ := h.Clients()
	f := &furnisher{House: h, ctx: ctx, client: client, made: map[string]string{}, told: map[string]bool{}}
	h.found = f
	if err := f.known(); err != nil {
		return err
	}
	ids := make([]string, len(files))
	for i, file := range files { // drafts at first: flows name each other
		id, err := f.draft(file)
		if err != nil {
			return fmt.Errorf("%s: %w", file.Path, err)
		}
		ids[i], f.made[kindOf(file)+" "+file.Name], h.Sources[id] = id, id, &files[i]
	}
	for i, file := range files {
		names := parsed[i].Names()
		texts := make([]string, len(names))
		for j, n := range names {
			id, err := f.find(n)
			if err != nil {
				return fmt.Errorf("%s:%d: %w", file.Path, n.Line, err)
			}
			texts[j] = cmp.Or(id, n.Text)
			f.made[n.Kind+" "+nameOf(flow.Name{Text: n.Text})] = id // by which others name it too
		}
		if err := f.put(file, ids[i], parsed[i].Rename(texts)); err != nil {
			return fmt.Errorf("%s: %w", file.Path, err)
		}
		way, err := f.wayInto(file, ids[i])
		if err != nil {
			return fmt.Errorf("%s: %w", file.Path, err)
		}
		h.flows[file.Name] = way
	}
	return nil
}

func kindOf(file File) string {
	if file.Type == flow.Module {
		return flow.FlowModule
	}
	return flow.ContactFlow
}

// known notes what the instance has from the start.
func (f *furnisher) known() error {
	f.made[flow.Queue+" BasicQueue"] = server.DevQueue
	out, err := f.client.ListContactFlows(f.ctx, &connect.ListContactFlowsInput{InstanceId: new(f.InstanceID()), MaxResults: new(int32(1000))})
	if err != nil {
		return err
	}
	for _, s := range out.ContactFlowSummaryList {
		f.made[flow.ContactFlow+" "+*s.Name] = *s.Id
	}
	return nil
}

func (f *furnisher) note(format string, a ...any) {
	if s := fmt.Sprintf(format, a...); !f.told[s] {
		f.told[s] = true
		f.Notes = append(f.Notes, s)
	}
}

// find returns what stands for a name in the instance; empty if the text is to stay.
func (f *furnisher) find(n flow.Name) (id string, err error) {
	name := nameOf(n)
	key := n.Kind + " " + name
	if id := f.made[key]; id != "" {
		return id, nil
	}
	switch n.Kind {
	case flow.ContactFlow:
		f.note("Flow %q is not here: one that ends at once stands in for it.", name)
		id, err = f.standIn(File{Name: name, Type: hookType(n.Pointer)}, "EndFlowExecution")
	case flow.FlowModule:
		f.note("Module %q is not here: one that returns at once stands in for it.", name)
		id, err = f.standIn(File{Name: name, Type: flow.Module}, "EndFlowModuleExecution")
	case flow.Queue:
		id, err = f.queue(name)
	case flow.Hours:
		id, err = f.hours(name)
	case flow.Prompt:
		id, err = f.prompt(name)
	case flow.View:
		id, err = f.view(name)
	}
	f.made[key] = id
	return id, err
}

func (f *furnisher) queue(name string) (string, error) {
	in := &connect.CreateQueueInput{InstanceId: new(f.InstanceID()), Name: &name, HoursOfOperationId: new(server.DevHours)}
	if f.mock.Queues[name] == "full" {
		in.MaxContacts = new(int32(0))
	}
	out, err := f.client.CreateQueue(f.ctx, in)
	if err != nil {
		return "", err
	}
	return *out.QueueId, nil
}

func (f *furnisher) hours(name string) (string, error) {
	if f.mock.Hours[name] != "closed" {
		return server.DevHours, nil
	}
	out, err := f.client.CreateHoursOfOperation(f.ctx, &connect.CreateHoursOfOperationInput{
		InstanceId: new(f.InstanceID()), Name: &name, TimeZone: new("UTC"), Config: []types.HoursOfOperationConfig{},
	})
	if err != nil {
		return "", err
	}
	return *out.HoursOfOperationId, nil
}

func (f *furnisher) prompt(name string) (string, error) {
	out, err := f.client.CreatePrompt(f.ctx, &connect.CreatePromptInput{
		InstanceId: new(f.InstanceID()), Name: &name, S3Uri: new("s3://prompts/" + uuid.NewString() + ".wav"),
	})
	if err != nil {
		return "", err
	}
	return *out.PromptId, nil
}

// view makes a view that shows nothing and takes any data; one that comes with the service stays what it is.
func (f *furnisher) view(name string) (string, error) {
	if _, err := f.client.DescribeView(f.ctx, &connect.DescribeViewInput{InstanceId: new(f.InstanceID()), ViewId: &name}); err == nil {
		return "", nil
	}
	f.note("View %q is not here: an empty one stands in for it.", name)
	out, err := f.client.CreateView(f.ctx, &connect.CreateViewInput{
		InstanceId: new(f.InstanceID()), Name: new("View " + uuid.NewString()), Status: types.ViewStatusPublished,
		Content: &types.ViewInputContent{Template: new(`{"Head":{"Title":"View"},"Body":[]}`), Actions: []string{"Next"}},
	})
	if err != nil {
		return "", err
	}
	f.Views[*out.View.Id] = name
	return *out.View.Id, nil
}

// standIn publishes a flow or module that does one thing.
func (f *furnisher) standIn(file File, actionType string) (string, error) {
	file.Content = oneAction(actionType)
	id, err := f.draft(file)
	if err != nil {
		return "", err
	}
	return id, f.put(file, id, file.Content)
}

// oneAction is the content of a flow or module that does one thing.
func oneAction(actionType string) string {
	return `{"Version":"2019-10-30","StartAction":"end","Settings":{},"Actions":[{"Identifier":"end","Type":"` + actionType +
		`","Parameters":{},"Transitions":{}}]}`
}

// hookType is the type of the flow that is named at a place.
func hookType(pointer string) string {
	for suffix, t := range map[string]string{
		"/CustomerQueue": "CUSTOMER_QUEUE", "/AgentWhisper": "AGENT_WHISPER", "/CustomerWhisper": "CUSTOMER_WHISPER",
		"/AgentHold": "AGENT_HOLD", "/CustomerHold": "CUSTOMER_HOLD",
	} {
		if strings.HasSuffix(pointer, "/EventHooks"+suffix) {
			return t
		}
	}
	return inbound
}

// wayInto returns the flow that a chat starts in to come to a flow: itself, or one that is made for that.
func (f *furnisher) wayInto(file File, id string) (string, error) {
	var begin string // to action "on" without an error
	switch file.Type {
	case inbound:
		return id, nil
	case flow.Module:
		begin = action("begin", "InvokeFlowModule", `{"FlowModuleId":"`+id+`"}`, "end", "NoMatchingError")
	case "AGENT_TRANSFER", "QUEUE_TRANSFER":
		begin = action("begin", "TransferToFlow", `{"ContactFlowId":"`+id+`"}`, "end", "NoMatchingError")
	case "CUSTOMER_QUEUE", "AGENT_WHISPER", "CUSTOMER_WHISPER":
		hook := map[string]string{"CUSTOMER_QUEUE": "CustomerQueue", "AGENT_WHISPER": "AgentWhisper", "CUSTOMER_WHISPER": "CustomerWhisper"}[file.Type]
		begin = action("begin", "UpdateContactEventHooks", `{"EventHooks":{"`+hook+`":"`+id+`"}}`, "queue", "NoMatchingError") + "," +
			action("queue", "UpdateContactTargetQueue", `{"QueueId":"`+server.DevQueue+`"}`, "wait", "NoMatchingError") + "," +
			action("wait", "TransferContactToQueue", `{}`, "end", "QueueAtCapacity", "NoMatchingError")
		if hook != "CustomerQueue" {
			f.note("%s is a whisper: it runs when an agent joins (/agent).", file.Name)
		}
	default:
		f.note("%s is of type %s, which no chat comes to: nothing of it runs.", file.Name, file.Type)
		return id, nil
	}
	way := File{Name: "Way into " + file.Name, Type: inbound}
	way.Content = `{"Version":"2019-10-30","StartAction":"begin","Actions":[` + begin +
		`,{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`
	made, err := f.draft(way)
	if err == nil {
		err = f.put(way, made, way.Content)
	}
	return made, err
}

func action(id, actionType, params, next string, errorTypes ...string) string {
	branches := make([]string, len(errorTypes))
	for i, e := range errorTypes {
		branches[i] = `{"NextAction":"end","ErrorType":"` + e + `"}`
	}
	return `{"Identifier":"` + id + `","Type":"` + actionType + `","Parameters":` + params + `,"Transitions":{"NextAction":"` + next +
		`","Errors":[` + strings.Join(branches, ",") + `]}}`
}

// draft makes a flow or module, or takes the one of that name and type, and returns its id.
func (f *furnisher) draft(file File) (string, error) {
	if file.Type == flow.Module {
		out, err := f.client.CreateContactFlowModule(f.ctx, &connect.CreateContactFlowModuleInput{
			InstanceId: new(f.InstanceID()), Name: &file.Name, Content: new(oneAction("EndFlowModuleExecution")), Settings: new("{}"),
		})
		if err != nil {
			return "", err
		}
		return *out.Id, nil
	}
	in := &connect.CreateContactFlowInput{
		InstanceId: new(f.InstanceID()), Name: &file.Name, Type: types.ContactFlowType(file.Type), Content: &file.Content,
		Status: types.ContactFlowStatusSaved,
	}
	out, err := f.client.CreateContactFlow(f.ctx, in)
	if _, taken := errors.AsType[*types.DuplicateResourceException](err); taken { // by a flow that comes with an instance
		in.Name = new(file.Name + " (rehearsed)")
		out, err = f.client.CreateContactFlow(f.ctx, in)
	}
	if err != nil {
		return "", err
	}
	return *out.ContactFlowId, nil
}

// put publishes the content of a flow or module.
func (f *furnisher) put(file File, id, content string) (err error) {
	if file.Type == flow.Module {
		_, err = f.client.UpdateContactFlowModuleContent(f.ctx, &connect.UpdateContactFlowModuleContentInput{
			InstanceId: new(f.InstanceID()), ContactFlowModuleId: &id, Content: &content,
		})
	} else {
		_, err = f.client.UpdateContactFlowContent(f.ctx, &connect.UpdateContactFlowContentInput{
			InstanceId: new(f.InstanceID()), ContactFlowId: &id, Content: &content,
		})
	}
	var problems []types.ProblemDetail
	if bad, ok := errors.AsType[*types.InvalidContactFlowException](err); ok {
		problems = bad.Problems
	} else if bad, ok := errors.AsType[*types.InvalidContactFlowModuleException](err); ok {
		problems = bad.Problems
	} else {
		return err
	}
	var wrong []error
	for _, p := range problems {
		wrong = append(wrong, errors.New(*p.Message))
	}
	return errors.Join(wrong...)
}
