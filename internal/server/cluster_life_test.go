package server

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/clock"
	"github.com/openparley/parley/internal/store/storetest"
)

// aloneFlow is what a customer goes on in whose agent has left.
const aloneFlow = `{"Version":"2019-10-30","StartAction":"left","Actions":[
	{"Identifier":"left","Type":"MessageParticipant","Parameters":{"Text":"Your agent has left"},
		"Transitions":{"NextAction":"wait","Errors":[{"NextAction":"wait","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"wait","Type":"Wait","Parameters":{"TimeLimitSeconds":"3600"},"Transitions":{"NextAction":"bye",
		"Conditions":[{"NextAction":"bye","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}],
		"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"bye","Type":"MessageParticipant","Parameters":{"Text":"Goodbye"},
		"Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// agentFlow waits for an agent, after whom ALONE follows.
const agentFlow = `{"Version":"2019-10-30","StartAction":"hook","Actions":[
	{"Identifier":"hook","Type":"UpdateContactEventHooks","Parameters":{"EventHooks":{"CustomerRemaining":"ALONE"}},
		"Transitions":{"NextAction":"wait","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"wait","Type":"Wait","Parameters":{"TimeLimitSeconds":"3600"},"Transitions":{"NextAction":"end",
		"Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}],
		"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// TestClusterLife has the customer of a chat on one node and its agent on another. Whatever either does through whichever node is on both
// sockets once and in order, until the agent leaves. Then the agent's node dies, and the customer goes on.
func TestClusterLife(t *testing.T) {
	t.Parallel() // sockets stay open for a while after the end
	if !slices.Contains(storetest.All(), storetest.Postgres) {
		return
	}
	hub, dsn, files := startNATS(t), storetest.DSN(t, storetest.Postgres), t.TempDir()
	now := clock.Manual(time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)) // of both: machines agree on the time
	cluster := func(c *Config) {
		c.Database, c.NATS, c.Clock, c.Storage.Folder, c.Compare = dsn, hub.ClientURL(), now, files, 100*time.Millisecond
	}
	a, b := open(t, cluster), open(t, cluster)
	alone := b.createFlow("alone", aloneFlow)
	chat := a.startChatIn(a.createFlow("agent", strings.Replace(agentFlow, "ALONE", alone, 1)))
	_, err := b.connect().UpdateParticipantRoleConfig(t.Context(), &connect.UpdateParticipantRoleConfigInput{
		InstanceId: new(DevInstance), ContactId: &chat.contact,
		ChannelConfiguration: &types.UpdateParticipantRoleConfigChannelInfoMemberChat{
			Value: types.ChatParticipantRoleConfig{ParticipantTimerConfigList: []types.ParticipantTimerConfiguration{{
				ParticipantRole: "CUSTOMER", TimerType: "IDLE",
				TimerValue: &types.ParticipantTimerValueMemberParticipantTimerDurationInMinutes{Value: 2},
			}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}

	customer := &ear{t: t, socket: a.subscribe(chat)}
	a.say(chat, "anybody there?")
	customer.skipTo("CUSTOMER: anybody there?")
	desk := b.inviteAgent(chat)
	agent := &ear{t: t, socket: b.subscribe(desk)}
	customer.hears("AGENT participant.invited", "AGENT participant.joined")
	b.say(chat, "hello")
	agent.skipTo("CUSTOMER: hello") // its own coming may be on the socket or not
	customer.hears("CUSTOMER: hello")
	both := func(what ...string) {
		t.Helper()
		customer.hears(what...)
		agent.hears(what...)
	}
	a.say(desk, "hi")
	both("AGENT: hi")
	b.say(desk, "how can I help?")
	both("AGENT: how can I help?")
	a.say(chat, "so")
	both("CUSTOMER: so")
	b.sendEvent(desk, "typing", "")
	both("AGENT typing")
	a.sendEvent(chat, "typing", "")
	both("CUSTOMER typing")
	read := *agent.last("CUSTOMER: so").Id
	b.sendEvent(desk, "message.read", `{"messageId":"`+read+`"}`)
	both(" message.metadata")
	if got := *customer.last(" message.metadata").Id; got != read {
		t.Errorf("a receipt of %s, want %s", got, read)
	}
	file := b.startUpload(desk, "note.txt", "text/plain", 4)
	if r := b.at("PUT", *file.UploadMetadata.Url, strings.NewReader("note"), "Content-Type", "text/plain"); r.status != http.StatusOK {
		t.Fatalf("PUT: %d %s", r.status, r.body)
	}
	if err := a.completeUpload(desk, *file.AttachmentId); err != nil {
		t.Fatal(err)
	}
	both("AGENT: note.txt APPROVED")
	if r := a.at("GET", a.getAttachmentURL(chat, *file.AttachmentId), nil); r.body != "note" {
		t.Errorf("the customer gets %d %q", r.status, r.body)
	}

	if err := b.Advance(t.Context(), 2*time.Minute); err != nil {
		t.Fatal(err)
	}
	both("CUSTOMER participant.idle")
	a.say(chat, "here I am")
	both("CUSTOMER: here I am", "CUSTOMER participant.returned")
	b.leave(desk)
	both("AGENT participant.left")
	agent.hearsTheEnd()
	customer.hears("SYSTEM: Your agent has left")
	next := *customer.last("SYSTEM: Your agent has left").ContactId
	if next == chat.contact {
		t.Error("the customer was left alone in the contact of the agent")
	}

	if err := b.bus.Close(); err != nil { // b can commit, and tell nobody
		t.Fatal(err)
	}
	b.say(chat, "last words")
	b.stopWork()
	b.work.Wait() // the dead do no jobs
	customer.hears("CUSTOMER: last words")
	a.say(chat, "alone")
	customer.hears("CUSTOMER: alone")
	if got := *customer.last("CUSTOMER: alone").ContactId; got != next {
		t.Errorf("the customer goes on in %s, want %s", got, next)
	}
	transcript := a.transcript(chat)
	customer.isTail(transcript)
	agent.isTail(transcript[:1+slices.IndexFunc(transcript, func(it ptypes.Item) bool { return label(it) == "AGENT participant.left" })])
	if err := a.Advance(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	customer.hears("SYSTEM: Goodbye", " chat.ended")
	customer.hearsTheEnd()
}

func (w *world) createFlow(name, content string) (id string) {
	w.t.Helper()
	out, err := w.connect().CreateContactFlow(w.t.Context(), &connect.CreateContactFlowInput{
		InstanceId: new(DevInstance), Name: &name, Type: types.ContactFlowTypeContactFlow, Content: &content,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return *out.ContactFlowId
}

// inviteAgent asks an agent to join the chat.
func (w *world) inviteAgent(chat started) started {
	w.t.Helper()
	out, err := w.connect().CreateParticipant(w.t.Context(), &connect.CreateParticipantInput{
		InstanceId: new(DevInstance), ContactId: &chat.contact,
		ParticipantDetails: &types.ParticipantDetailsToAdd{ParticipantRole: types.ParticipantRoleAgent, DisplayName: new("Bo")},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.connected(chat.contact, *out.ParticipantCredentials.ParticipantToken)
}

func (w *world) sendEvent(who started, event, content string) {
	w.t.Helper()
	in := &participant.SendEventInput{ConnectionToken: &who.connectionToken, ContentType: new(eventPrefix + event)}
	if content != "" {
		in.Content = &content
	}
	if _, err := w.participant().SendEvent(w.t.Context(), in); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) leave(who started) {
	w.t.Helper()
	_, err := w.participant().DisconnectParticipant(w.t.Context(), &participant.DisconnectParticipantInput{ConnectionToken: &who.connectionToken})
	if err != nil {
		w.t.Fatal(err)
	}
}

const eventPrefix = "application/vnd.amazonaws.connect.event."

// label is what an item says, and whose it is.
func label(it ptypes.Item) string {
	role := string(it.ParticipantRole)
	switch {
	case len(it.Attachments) == 1:
		return role + ": " + *it.Attachments[0].AttachmentName + " " + string(it.Attachments[0].Status)
	case it.Content != nil:
		return role + ": " + *it.Content
	}
	return role + " " + strings.TrimPrefix(*it.ContentType, eventPrefix)
}

// ear is a socket that is read frame by frame: whatever is there twice, too early or not at all, is not what comes next.
type ear struct {
	t      *testing.T
	socket *websocket.Conn
	items  []ptypes.Item
}

func (e *ear) next() (it ptypes.Item, err error) {
	ctx, cancel := context.WithTimeout(e.t.Context(), time.Minute)
	defer cancel()
	_, b, err := e.socket.Read(ctx)
	if err != nil {
		return it, err
	}
	var frame struct{ Content string }
	if err := json.Unmarshal(b, &frame); err != nil {
		return it, err
	}
	if err := json.Unmarshal([]byte(frame.Content), &it); err != nil {
		return it, err
	}
	e.items = append(e.items, it)
	return it, nil
}

func (e *ear) skipTo(what string) {
	e.t.Helper()
	for got := ""; got != what; {
		it, err := e.next()
		if err != nil {
			e.t.Fatalf("before %q: %v", what, err)
		}
		got = label(it)
	}
}

// hears reads these items and no others between them. Those that are not kept have no place among the others.
func (e *ear) hears(what ...string) {
	e.t.Helper()
	var got []string
	for range what {
		it, err := e.next()
		if err != nil {
			e.t.Fatalf("after %q, want %q: %v", got, what, err)
		}
		got = append(got, label(it))
	}
	if !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(what))) {
		e.t.Fatalf("heard %q, want %q", got, what)
	}
}

// hearsTheEnd reads that the socket is closed by the server.
func (e *ear) hearsTheEnd() {
	e.t.Helper()
	if it, err := e.next(); err == nil {
		e.t.Errorf("heard %q, want the end", label(it))
	} else if got := websocket.CloseStatus(err); got != websocket.StatusNormalClosure {
		e.t.Errorf("the socket ends with %v", err)
	}
}

// last is the newest item that says this.
func (e *ear) last(what string) ptypes.Item {
	e.t.Helper()
	for _, it := range slices.Backward(e.items) {
		if label(it) == what {
			return it
		}
	}
	e.t.Fatalf("%q was not heard", what)
	return ptypes.Item{}
}

// isTail checks that the kept items that were heard are the last of the transcript, in its order.
func (e *ear) isTail(transcript []ptypes.Item) {
	e.t.Helper()
	var got, all []string
	for _, it := range transcript {
		all = append(all, *it.Id+" "+*it.ContactId+" "+label(it))
	}
	for _, it := range e.items {
		if it.ContactId == nil { // of a receipt
			continue
		}
		if line := *it.Id + " " + *it.ContactId + " " + label(it); slices.Contains(all, line) {
			got = append(got, line)
		}
	}
	if len(got) == 0 || !slices.Equal(got, all[len(all)-min(len(got), len(all)):]) {
		e.t.Errorf("heard\n%s\nof the transcript\n%s", strings.Join(got, "\n"), strings.Join(all, "\n"))
	}
}
