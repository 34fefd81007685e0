package center

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/view"
)

// viewAnswered is the event that a run waits for while a view is shown.
const viewAnswered = "ViewAnswered"

// typed is the action of a customer who writes instead of using the view. Source: flow sheet, 15.4.
const typed = " "

// shown is a content of a view, as a token names it: one that comes with the service by its name, others by id, content and version.
type shown struct {
	id               string
	content, version int64
	managed          *view.Managed
}

func (v shown) ref() string {
	if v.managed != nil {
		return v.id
	}
	return v.id + ":" + strconv.FormatInt(v.content, 10) + ":" + strconv.FormatInt(v.version, 10)
}

// viewMessage is the content of a message that shows a view. Source: flow sheet, 15.1.
type viewMessage struct {
	TemplateType string `json:"templateType"`
	Version      string `json:"version"`
	Data         struct {
		Content struct {
			ViewID    string          `json:"viewId"`
			ViewToken string          `json:"viewToken"`
			ViewData  json.RawMessage `json:"viewData"`
		} `json:"content"`
	} `json:"data"`
}

// showView shows a view to the customer and suspends the run. It reports false where that is not possible.
func (sc *scene) showView(state *flow.State, e flow.ShowView) (bool, error) {
	if !slices.Contains(sc.chat.ContentTypes, interactive) || !slices.Contains(sc.chat.ContentTypes, interactiveResponse) {
		return false, nil
	}
	v, err := sc.view(e.ViewID)
	if v == nil || err != nil {
		return false, err
	}
	data, err := json.Marshal(e.Data)
	if err != nil {
		return false, err
	}
	if len(data) > view.MaxData || v.managed != nil && !v.managed.Takes(e.Data) {
		return false, nil
	}
	m := viewMessage{TemplateType: "ViewResource", Version: "1.0"}
	m.Data.Content.ViewID, m.Data.Content.ViewData = v.id, data
	m.Data.Content.ViewToken = sc.Tokens.IssueView(auth.View{ChatID: sc.chat.ID, ViewID: v.ref()})
	content, err := json.Marshal(m)
	if err != nil {
		return false, err
	}
	sc.say(sc.system(), interactive, string(content), nil)
	sc.contact.FlowHides = e.Hide
	return true, sc.wait(state, flow.Wait{For: e.For, Events: []string{viewAnswered}})
}

// view finds a content of a view that the chat's instance has; nil if there is none.
func (sc *scene) view(idOrARN string) (*shown, error) {
	if m, ok := view.Find(sc.Scope, idOrARN); ok {
		return &shown{id: m.ID, managed: m}, nil
	}
	id, ok := sc.Scope.ResourceID(sc.chat.InstanceID, arn.View, idOrARN)
	if !ok {
		return nil, nil
	}
	id, qualifier := store.CutQualifier(id)
	row, err := sc.tx.View(id)
	if errors.Is(err, store.ErrNotFound) || err == nil && row.InstanceID != sc.chat.InstanceID {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	v := shown{id: id}
	if v.content, v.version, ok = row.Content(qualifier); !ok {
		return nil, nil
	}
	return &v, nil
}

// heard is what a run that waits for the customer goes on with when the customer says this, to the bot if there is one. It takes out of the
// message what is not to be read in the transcript.
func (sc *scene) heard(it *store.Item) (in flow.Input, waits bool) {
	switch {
	case it.Role != roleCustomer:
		return in, false
	case sc.contact.Bot != nil:
		return sc.tellBot(it)
	case slices.Contains(sc.contact.FlowWaits, viewAnswered):
		in = viewAnswer(it.ContentType, it.Content)
		if sc.contact.FlowHides {
			it.ContentType, it.Content = interactiveResponse, hidden(in.Event)
		}
		return in, true
	}
	return flow.Input{Kind: flow.Happened, Event: flow.CustomerReturned}, slices.Contains(sc.contact.FlowWaits, flow.CustomerReturned)
}

// viewAnswer reads the answer to a view. Source: flow sheet, 15.2 and 15.4.
func viewAnswer(contentType, content string) flow.Input {
	if contentType == interactiveResponse {
		var r struct {
			Action string          `json:"action"`
			Data   json.RawMessage `json:"data"`
		}
		// What a flow makes of it may be stored again, and PostgreSQL stores no U+0000.
		content := strings.ReplaceAll(content, `\u0000`, `\ufffd`)
		if json.Unmarshal([]byte(content), &r) == nil {
			return flow.Input{Kind: flow.Answered, Event: r.Action, Data: r.Data}
		}
	}
	data, err := json.Marshal(map[string]string{"content": content})
	if err != nil {
		panic(err) // a text
	}
	return flow.Input{Kind: flow.Answered, Event: typed, Data: data}
}

// hidden is a response that says what was done, and not what was given. Source: flow sheet, 15.2.
func hidden(action string) string {
	content, err := json.Marshal(map[string]string{"templateType": "ViewResource", "version": "1.0", "action": action})
	if err != nil {
		panic(err) // texts
	}
	return string(content)
}

// DescribeView reads a view that was shown in the chat, or in one that it continues. Anybody in the chat may.
func (s *Service) DescribeView(
	ctx context.Context, conn auth.Connection, in *participant.DescribeViewInput,
) (*participant.DescribeViewOutput, error) {
	chat, err := s.joinedChat(ctx, conn)
	if err != nil {
		return nil, err
	}
	of, err := s.Tokens.View(*in.ViewToken)
	isPast := func(p store.Past) bool { return p.ChatID == of.ChatID }
	if err != nil || of.ChatID != chat.ID && !slices.ContainsFunc(chat.Past, isPast) {
		return nil, noView(*in.ViewToken)
	}
	out := &ptypes.View{}
	if m, ok := view.Find(s.Scope, of.ViewID); ok {
		out.Id, out.Name, out.Version = &m.ID, &m.ID, new(int32(view.Version))
		out.Arn = new(s.Scope.Managed(arn.View, m.ID) + ":" + strconv.Itoa(view.Version))
		out.Content = &ptypes.ViewContent{Actions: m.Actions, InputSchema: &m.Schema, Template: &m.Template}
		return &participant.DescribeViewOutput{View: out}, nil
	}
	id, numbers, _ := strings.Cut(of.ViewID, ":")
	content, version, _ := strings.Cut(numbers, ":")
	number, err := strconv.ParseInt(content, 10, 64)
	if err != nil {
		return nil, noView(*in.ViewToken)
	}
	row, err := s.Store.ViewContent(ctx, id, number)
	if errors.Is(err, store.ErrNotFound) {
		return nil, noView(*in.ViewToken)
	}
	if err != nil {
		return nil, err
	}
	out.Id, out.Arn, out.Name = &id, new(s.Scope.Resource(chat.InstanceID, arn.View, id)), reply.Text(row.Name)
	if kept, err := strconv.ParseInt(version, 10, 32); err == nil && kept > 0 {
		out.Version = new(int32(kept))
	}
	out.Content = &ptypes.ViewContent{Actions: row.Actions, InputSchema: new(view.Schema(row.Template)), Template: &row.Template}
	return &participant.DescribeViewOutput{View: out}, nil
}

// noView refuses a token of another kind or another chat. It is no 403: clients take that for the end of the chat.
func noView(token string) error {
	return &ptypes.ResourceNotFoundException{Message: new("ViewToken names no view that was shown in this chat"), ResourceId: &token}
}
