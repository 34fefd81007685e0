package center

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/store/storetest"
)

const viewFlow = `{"Version":"2019-10-30","StartAction":"show","Actions":[
	{"Identifier":"show","Type":"ShowView","Parameters":{"ViewResource":{"Id":"VIEW"},"InvocationTimeLimitSeconds":"300","ViewData":DATA,
		"SensitiveDataConfiguration":{"HideResponseOn":[HIDE]}},
		"Transitions":{"NextAction":"done","Conditions":[{"NextAction":"done","Condition":{"Operator":"Equals","Operands":["Next"]}}],
		"Errors":[{"NextAction":"late","ErrorType":"TimeLimitExceeded"},{"NextAction":"other","ErrorType":"NoMatchingCondition"},{"NextAction":"wrong","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"done","Type":"MessageParticipant","Parameters":{"Text":"$.Views.Action $.Views.ViewResultData.FormData.street"},"Transitions":{"NextAction":"pause","Errors":[]}},
	{"Identifier":"other","Type":"MessageParticipant","Parameters":{"Text":"other $.Views.Action:$.Views.ViewResultData.content"},"Transitions":{"NextAction":"pause","Errors":[]}},
	{"Identifier":"late","Type":"MessageParticipant","Parameters":{"Text":"too late"},"Transitions":{"NextAction":"pause","Errors":[]}},
	{"Identifier":"wrong","Type":"MessageParticipant","Parameters":{"Text":"not shown"},"Transitions":{"NextAction":"pause","Errors":[]}},
	{"Identifier":"pause","Type":"Wait","Parameters":{"TimeLimitSeconds":"86400"},"Transitions":{"NextAction":"end",
		"Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}],
		"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// flowOf stores a flow and returns its id.
func (w *world) flowOf(content string) string {
	w.t.Helper()
	id := newID()
	err := w.Store.Update(w.t.Context(), store.Key{}, func(tx *store.Tx) error {
		tx.PutFlow(&store.Flow{ID: id, InstanceID: instanceID, Name: id, Type: "CONTACT_FLOW", State: "ACTIVE", Published: 1})
		tx.PutFlowVersion(&store.FlowVersion{FlowID: id, Version: 1, Content: content})
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// putView stores a view of an instance whose second content is published and kept as version 7.
func (w *world) putView(instance string) string {
	w.t.Helper()
	id := newID()
	err := w.Store.Update(w.t.Context(), store.Key{}, func(tx *store.Tx) error {
		tx.PutView(&store.View{
			ID: id, InstanceID: instance, Name: "Address", Saved: 3, Published: 2, Versions: []store.KeptVersion{{Version: 7, Content: 2}},
		})
		for number, template := range []string{`{"n":1}`, `{"n":"$.Street"}`, `{"n":3}`} {
			tx.PutViewContent(&store.ViewContent{ViewID: id, Number: int64(number + 1), Name: "Address", Template: template, Actions: []string{"Next"}})
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// viewing is a chat whose flow shows a view, and the message that shows it; nil if it could not.
func (w *world) viewing(id, data, hide string, contentTypes ...string) (chat, *viewMessage) {
	w.t.Helper()
	flowID := w.flowOf(strings.NewReplacer("VIEW", id, "DATA", data, "HIDE", hide).Replace(viewFlow))
	c := w.start(func(in *connect.StartChatContactInput) {
		in.ContactFlowId, in.SupportedMessagingContentTypes = &flowID, append(contentTypes, "text/plain")
	})
	if err := w.update(w.t.Context(), store.Key{Chat: c.id}, func(sc *scene) error { sc.connected(); return nil }); err != nil {
		w.t.Fatal(err)
	}
	for _, it := range w.transcript(c) {
		if reply.Value(it.ContentType) == interactive {
			if it.ParticipantRole != roleSystem {
				w.t.Errorf("a view is shown by %s", it.ParticipantRole)
			}
			m := new(viewMessage)
			if err := json.Unmarshal([]byte(*it.Content), m); err != nil {
				w.t.Fatal(err)
			}
			return c, m
		}
	}
	return c, nil
}

func (w *world) describeView(who auth.Connection, token string) (*participant.DescribeViewOutput, error) {
	return w.DescribeView(w.t.Context(), who, &participant.DescribeViewInput{ViewToken: &token})
}

func TestShowView(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		mine, foreign := w.putView(instanceID), w.putView("another")
		big := `{"Heading":"` + strings.Repeat("x", 16_384) + `"}`
		answer := func(content string) func(chat) {
			return func(c chat) {
				_, err := w.SendMessage(t.Context(), c.Connection, &participant.SendMessageInput{
					Content: &content, ContentType: new(interactiveResponse), ClientToken: new("once"),
				})
				wantCode(t, "answer", err, "")
				_, err = w.SendMessage(t.Context(), c.Connection, &participant.SendMessageInput{
					Content: &content, ContentType: new(interactiveResponse), ClientToken: new("once"),
				})
				wantCode(t, "answer again", err, "")
			}
		}
		const next = `{"templateType":"ViewResource","version":"1.0","action":"Next","data":{"FormData":{"street":"Main Road 1"}}}`
		both := []string{interactive, interactiveResponse}
		for _, tt := range []struct {
			name, view, data, hide string
			types                  []string
			do                     func(chat)
			says                   []string // after the view
		}{
			{"answered", "form", `{"Sections":[]}`, "", both, answer(next), []string{next, "Next Main Road 1"}},
			{
				"answered in secret", "form", `{"Sections":[]}`, `"TRANSCRIPT"`, both, answer(next),
				[]string{`{"action":"Next","templateType":"ViewResource","version":"1.0"}`, "Next Main Road 1"},
			},
			{"another action", "list:1", `{"Items":[]}`, "", both, answer(`{"version":"1.0","action":"Back"}`), []string{`{"version":"1.0","action":"Back"}`, "other Back:"}},
			{
				"typed in the widget", "form", `{"Sections":[]}`, "", both, answer(`{"version":"1.0","action":" ","data":{"content":"hi"}}`),
				[]string{`{"version":"1.0","action":" ","data":{"content":"hi"}}`, "other  :hi"},
			},
			{"typed", "form", `{"Sections":[]}`, "", both, func(c chat) { w.say(c, "hi") }, []string{"hi", "other  :hi"}},
			{
				"typed in secret", "form", `{"Sections":[]}`, `"TRANSCRIPT"`, both, func(c chat) { w.say(c, "hi") },
				[]string{`{"action":" ","templateType":"ViewResource","version":"1.0"}`, "other  :hi"},
			},
			{
				"a text that can not be stored", "form", `{"Sections":[]}`, "", both, answer(`{"version":"1.0","action":"Next","data":{"FormData":{"street":"a\u0000b"}}}`),
				[]string{`{"version":"1.0","action":"Next","data":{"FormData":{"street":"a\u0000b"}}}`, "Next a\ufffdb"},
			},
			{"timed out", "form", `{"Sections":[]}`, "", both, func(chat) { w.advance(5 * time.Minute) }, []string{"too late"}},
			{"own view", mine, `{}`, "", both, answer(next), []string{next, "Next Main Road 1"}},
			{"own view by ARN and version", w.Scope.Resource(instanceID, "view", mine) + ":7", `{}`, "", both, answer(next), []string{next, "Next Main Road 1"}},
			{"no such version", mine + ":6", `{}`, "", both, nil, []string{"not shown"}},
			{"foreign view", foreign, `{}`, "", both, nil, []string{"not shown"}},
			{"foreign view by ARN", w.Scope.Resource("another", "view", foreign), `{}`, "", both, nil, []string{"not shown"}},
			{"no such view", newID(), `{}`, "", both, nil, []string{"not shown"}},
			{"what the view needs is missing", "form", `{"Heading":"h"}`, "", both, nil, []string{"not shown"}},
			{"no list where the view needs one", "form", `{"Sections":{}}`, "", both, nil, []string{"not shown"}},
			{"a list in a text", "form", `{"Sections":"[]"}`, "", both, answer(next), []string{next, "Next Main Road 1"}},
			{"all the data that fits", mine, `{"Heading":"` + strings.Repeat("x", 16_370) + `"}`, "", both, answer(next), []string{next, "Next Main Road 1"}},
			{"a byte more", mine, `{"Heading":"` + strings.Repeat("x", 16_371) + `"}`, "", both, nil, []string{"not shown"}},
			{"too much data", mine, big, "", both, nil, []string{"not shown"}},
			{"no responses", "form", `{"Sections":[]}`, "", both[:1], nil, []string{"not shown"}},
			{"no interactive messages", "form", `{"Sections":[]}`, "", both[1:], nil, []string{"not shown"}},
		} {
			c, m := w.viewing(tt.view, tt.data, tt.hide, tt.types...)
			if shown := tt.do != nil; shown != (m != nil) {
				t.Errorf("%s: shown is %v", tt.name, m)
				continue
			}
			if tt.do != nil {
				tt.do(c)
			}
			said := contents(w.transcript(c))
			if m != nil {
				said = said[1:]
			}
			if got, want := strings.Join(said, "|"), strings.Join(tt.says, "|"); got != want {
				t.Errorf("%s: said %q, want %q", tt.name, got, want)
			}
			if m == nil {
				continue
			}
			w.say(c, "later")
			w.advance(5 * time.Minute)
			if got := contents(w.transcript(c)); len(got) != len(said)+2 {
				t.Errorf("%s: the flow went on twice: %q", tt.name, got)
			}
		}
	})
}

func TestViewInALoop(t *testing.T) {
	w := newWorld(t, storetest.SQLite)
	content := strings.NewReplacer("VIEW", "none", "DATA", "{}", "HIDE", "", `"NextAction":"wrong"`, `"NextAction":"show"`).Replace(viewFlow)
	id := w.flowOf(content)
	c := w.start(func(in *connect.StartChatContactInput) { in.ContactFlowId = &id })
	if got := w.describe(c.id); got.DisconnectTimestamp == nil {
		t.Error("a flow that tries for ever to show a view goes on")
	}
}

func TestDescribeView(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		both := []string{interactive, interactiveResponse}
		id := w.putView(instanceID)
		c, m := w.viewing(id, `{"Street":["a",1.50,true]}`, "", both...)
		if m.Data.Content.ViewID != id || string(m.Data.Content.ViewData) != `{"Street":["a",1.50,true]}` || m.TemplateType != "ViewResource" || m.Version != "1.0" {
			t.Errorf("shown as %+v", m)
		}
		token := m.Data.Content.ViewToken
		if len(token) > 1000 {
			t.Errorf("a token of %d characters", len(token))
		}
		agent := w.join(c, types.ParticipantRoleAgent)
		err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error { tx.DeleteView(id); return nil })
		if err != nil {
			t.Fatal(err)
		}
		for who, of := range map[string]auth.Connection{"customer": c.Connection, "agent": agent.Connection} {
			out, err := w.describeView(of, token)
			if err != nil {
				t.Fatal(err)
			}
			v := out.View
			if *v.Id != id || *v.Arn != w.Scope.Resource(instanceID, "view", id) || *v.Name != "Address" || *v.Version != 7 ||
				*v.Content.Template != `{"n":"$.Street"}` || *v.Content.InputSchema != `{"properties":{"Street":{}},"type":"object"}` ||
				strings.Join(v.Content.Actions, ",") != "Next" {
				t.Errorf("%s reads %+v", who, v)
			}
		}
		_, form := w.viewing("form", `{"Sections":[]}`, "", both...)
		if form.Data.Content.ViewID != "form" {
			t.Errorf("shown as %+v", form)
		}
		for name, token := range map[string]string{
			"of another chat": form.Data.Content.ViewToken, "altered": token[:len(token)-4] + "AAAA", "nonsense": "a/b+c=",
			"a connection token":     w.Tokens.Issue(auth.Claims{Kind: auth.KindConnection, ChatID: c.id, ParticipantID: c.participantID}),
			"of a view that is gone": w.Tokens.IssueView(auth.View{ChatID: c.id, ViewID: newID() + ":1:0"}),
			"of no content":          w.Tokens.IssueView(auth.View{ChatID: c.id, ViewID: id}),
		} {
			_, err := w.describeView(c.Connection, token)
			wantCode(t, "token "+name, err, "ResourceNotFoundException")
		}
		if _, err := w.DisconnectParticipant(t.Context(), c.Connection, &participant.DisconnectParticipantInput{}); err != nil {
			t.Fatal(err)
		}
		_, err = w.describeView(c.Connection, token)
		wantCode(t, "after the end", err, "AccessDeniedException")

		next := w.start(func(in *connect.StartChatContactInput) {
			in.PersistentChat = &types.PersistentChat{RehydrationType: types.RehydrationTypeEntirePastSession, SourceContactId: &c.id}
		})
		err = w.update(t.Context(), store.Key{Chat: next.id}, func(sc *scene) error { sc.connected(); return nil })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.describeView(next.Connection, token); err != nil {
			t.Errorf("in the chat that continues: %v", err)
		}
	})
}

func TestDescribeManagedView(t *testing.T) {
	w := newWorld(t, storetest.SQLite)
	c, m := w.viewing("arn:aws:connect:us-east-1:aws:view/cards:1", `{"Cards":[]}`, "", interactive, interactiveResponse)
	out, err := w.describeView(c.Connection, m.Data.Content.ViewToken)
	if err != nil {
		t.Fatal(err)
	}
	if v := out.View; *v.Id != "cards" || *v.Arn != "arn:aws:connect:us-east-1:aws:view/cards:1" || *v.Name != "cards" || *v.Version != 1 ||
		!json.Valid([]byte(*v.Content.Template)) || !json.Valid([]byte(*v.Content.InputSchema)) || len(v.Content.Actions) != 3 {
		t.Errorf("%+v", v)
	}
}
