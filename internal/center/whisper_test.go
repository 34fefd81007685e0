package center

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/internal/admin"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/bus"
	"github.com/openparley/parley/internal/store"
)

// publish publishes a flow whose actions lead to each other in order, each "Type {parameters}". Errors lead on as well.
func (w *world) publish(name, flowType string, actions ...string) string {
	w.t.Helper()
	var all []string
	for i, a := range actions {
		kind, params, _ := strings.Cut(a, " ")
		next, branches := fmt.Sprint(i+1), ""
		for _, e := range []string{"NoMatchingError", "NoMatchingCondition", "QueueAtCapacity"} {
			branches += fmt.Sprintf(`,{"NextAction":"%s","ErrorType":"%s"}`, next, e)
		}
		if params == "" {
			params = "{}"
		}
		all = append(all, fmt.Sprintf(`{"Identifier":"%d","Type":"%s","Parameters":%s,"Transitions":{"NextAction":"%s","Errors":[%s]}}`,
			i, kind, params, next, branches[1:]))
	}
	id := "flow-" + name
	w.mustUpdate(func(tx *store.Tx) {
		tx.PutFlow(&store.Flow{ID: id, InstanceID: instanceID, Name: name, Type: flowType, State: "ACTIVE", Published: 1})
		tx.PutFlowVersion(&store.FlowVersion{FlowID: id, Version: 1, Content: `{"Version":"2019-10-30","StartAction":"0","Actions":[` + strings.Join(all, ",") + `]}`})
	})
	return id
}

func (w *world) mustUpdate(fn func(*store.Tx)) {
	w.t.Helper()
	if err := w.Store.Update(w.t.Context(), store.Key{}, func(tx *store.Tx) error { fn(tx); return nil }); err != nil {
		w.t.Fatal(err)
	}
}

// TestHookOfAVersion: a hook that names a version of a flow runs that one, whatever was published since, in a queue and as a guide.
func TestHookOfAVersion(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		queue := w.basicQueue()
		waits := w.publish("waits", "CUSTOMER_QUEUE", `MessageParticipant {"Text":"kept"}`, `Wait {"TimeLimitSeconds":"600"}`)
		const guide = "flow-guide"
		greeting := strings.Replace(quietFlow, `"pause","Actions":[`, `"say","Actions":[{"Identifier":"say","Type":"MessageParticipant","Parameters":{"Text":"kept"},
			"Transitions":{"NextAction":"pause","Errors":[{"NextAction":"pause","ErrorType":"NoMatchingError"}]}},`, 1)
		w.mustUpdate(func(tx *store.Tx) {
			kept := []store.KeptVersion{{Version: 3, Content: 1}}
			tx.PutFlow(&store.Flow{ID: waits, InstanceID: instanceID, Name: "waits", Type: "CUSTOMER_QUEUE", State: "ACTIVE", Published: 2, Kept: kept})
			tx.PutFlowVersion(&store.FlowVersion{FlowID: waits, Version: 2, Content: strings.Replace(greeting, "kept", "newest", 1)})
			tx.PutFlow(&store.Flow{ID: guide, InstanceID: instanceID, Name: "guide", Type: "CONTACT_FLOW", State: "ACTIVE", Published: 2, Kept: kept})
			tx.PutFlowVersion(&store.FlowVersion{FlowID: guide, Version: 1, Content: greeting})
			tx.PutFlowVersion(&store.FlowVersion{FlowID: guide, Version: 2, Content: quietFlow})
		})
		for i, tt := range []struct{ hook, want string }{
			{waits, "newest"},
			{waits + ":3", "kept"},
			{w.Scope.Resource(instanceID, "contact-flow", waits) + ":3", "kept"},
			{waits + ":$LATEST", "newest"},
			{waits + ":4", ""},      // there is no such version
			{waits + ":$SAVED", ""}, // drafts do not run
		} {
			c := w.start(func(in *connect.StartChatContactInput) {
				in.ContactFlowId = new(w.publish(fmt.Sprint("start", i), "CONTACT_FLOW", `UpdateContactEventHooks {"EventHooks":{"CustomerQueue":"`+waits+`"}}`,
					`UpdateContactEventHooks {"EventHooks":{"CustomerQueue":"`+tt.hook+`"}}`, `UpdateContactTargetQueue {"QueueId":"`+queue+`"}`, `TransferContactToQueue`))
			})
			want := tt.want
			if want == "" {
				want = "newest" // the hook stays what it was
			}
			wantMessages(t, tt.hook, w.transcript(c), want)
		}

		c := w.start(func(in *connect.StartChatContactInput) {
			in.ContactFlowId = new(w.publish("start", "CONTACT_FLOW", `UpdateContactEventHooks {"EventHooks":{"DefaultAgentUI":"`+guide+`:3"}}`, `Wait {"TimeLimitSeconds":"600"}`))
		})
		w.join(c, types.ParticipantRoleAgent)
		w.advance(0)
		found, err := w.FindGuides(t.Context(), &parley.FindGuidesInput{InstanceId: new(instanceID), ContactId: &c.id})
		if err != nil || len(found.Guides) != 1 {
			t.Fatalf("guides are %+v, %v", found, err)
		}
		id := *found.Guides[0].ContactId
		wantMessages(t, "guide", w.transcript(chat{id: id, Connection: auth.Connection{ChatID: id, ParticipantID: *found.Guides[0].ParticipantId}}), "kept")
	})
}

// basicQueue is the queue of the instance.
func (w *world) basicQueue() string {
	w.t.Helper()
	var id string
	w.mustUpdate(func(tx *store.Tx) {
		fl, err := tx.FlowByName(instanceID, admin.DemoFlow)
		if err != nil {
			w.t.Fatal(err)
		}
		v, err := tx.FlowVersion(fl.ID, fl.Published)
		if err != nil {
			w.t.Fatal(err)
		}
		_, rest, _ := strings.Cut(v.Content, `"QueueId":`)
		id = strings.Split(rest, `"`)[1]
	})
	return id
}

func says(text string) string { return `MessageParticipant {"Text":"` + text + `"}` }

func hooks(hook, flow string) string {
	return `UpdateContactEventHooks {"EventHooks":{"` + hook + `":"` + flow + `"}}`
}

// slow is an action that a whisper waits at: it asks another chat, in a job.
const slow = `UpdateContactAttributes {"Attributes":{"a":"1"},"TargetContact":"Related"}`

// waits starts a chat that waits in the queue with these whispers.
func (w *world) waits(agentWhisper, customerWhisper []string) chat {
	w.t.Helper()
	of := w.start()
	inbound := []string{}
	if agentWhisper != nil {
		inbound = append(inbound, hooks(hookAgentWhisper, w.publish("agent", "AGENT_WHISPER", agentWhisper...)))
	}
	if customerWhisper != nil {
		inbound = append(inbound, hooks(hookCustomerWhisper, w.publish("customer", "CUSTOMER_WHISPER", customerWhisper...)))
	}
	inbound = append(inbound, hooks(hookCustomerQueue, w.publish("waiting", "CUSTOMER_QUEUE", says("Please wait"), `Wait {"TimeLimitSeconds":"3600"}`)),
		`UpdateContactTargetQueue {"QueueId":"`+w.basicQueue()+`"}`, "TransferContactToQueue")
	id := w.publish("inbound", "CONTACT_FLOW", inbound...)
	return w.start(func(in *connect.StartChatContactInput) { in.ContactFlowId, in.RelatedContactId = &id, &of.id })
}

func TestWhispers(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.waits([]string{says("Agent $.Agent.UserName"), "DisconnectParticipant"}, []string{says("Customer"), `Wait {"TimeLimitSeconds":"60"}`})
		agent := w.join(c, types.ParticipantRoleAgent)
		wantMessages(t, "transcript", w.transcript(c), "Please wait")
		if got := w.toldTo(agent); !slices.Equal(got, []string{"Please wait", "Agent AGENT"}) {
			t.Errorf("the agent is told %q", got)
		}
		if got := w.toldTo(c); !slices.Equal(got, []string{"Please wait", "Customer"}) {
			t.Errorf("the customer is told %q", got)
		}
		w.say(c, "Hello")
		wantMessages(t, "after the whispers", w.transcript(agent), "Please wait", "Hello")
	})
}

func TestWhisperHoldsWhatIsSaid(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.waits([]string{says("First"), slow, says("Second")}, []string{says("Customer"), slow})
		agent := w.join(c, types.ParticipantRoleAgent)
		if d := w.describe(c.id); d.AgentInfo != nil || d.QueueInfo == nil {
			t.Errorf("during the agent whisper the contact is not in its queue: %+v", d)
		}
		for range 2 { // sent again after a lost answer
			if out := w.say(c, "Hello", "t1"); out.MessageMetadata == nil || out.MessageMetadata.MessageProcessingStatus != "PROCESSING" {
				t.Errorf("a message during a whisper is answered %+v", out.MessageMetadata)
			}
		}
		w.say(agent, "Hi")
		_, err := w.SendEvent(t.Context(), agent.Connection, &participant.SendEventInput{ContentType: new(eventTyping)})
		wantCode(t, "typing", err, "")
		wantMessages(t, "during the agent whisper", w.transcript(c), "Please wait")
		if slices.ContainsFunc(w.told, func(m bus.Message) bool { return strings.Contains(string(m.Item), eventTyping) }) {
			t.Error("typing was told during a whisper")
		}
		w.advance(0)
		if d := w.describe(c.id); d.AgentInfo == nil {
			t.Error("after the agent whisper no agent is connected")
		}
		w.advance(0)
		wantMessages(t, "after the whispers", w.transcript(c), "Please wait", "Hello", "Hi")
		w.say(c, "Again")
		wantMessages(t, "afterwards", w.transcript(c), "Please wait", "Hello", "Hi", "Again")
		if got := w.toldTo(agent); !slices.Equal(got, []string{"Please wait", "First", "Second", "Hello", "Hi", "Again"}) {
			t.Errorf("the agent is told %q", got)
		}
	})
}

func TestWhisperOfAnAgentWhoLeaves(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.waits([]string{says("Agent"), slow}, []string{says("Customer"), slow})
		agent := w.join(c, types.ParticipantRoleAgent)
		w.say(c, "Hello")
		leave := func(who chat) {
			t.Helper()
			_, err := w.DisconnectParticipant(t.Context(), who.Connection, &participant.DisconnectParticipantInput{})
			wantCode(t, "leave", err, "")
		}
		leave(agent)
		w.advance(0)
		d := w.describe(c.id)
		if d.AgentInfo != nil || d.DisconnectTimestamp != nil || d.QueueInfo == nil {
			t.Errorf("the contact is not back in its queue: %+v", d)
		}
		wantMessages(t, "back in the queue", w.transcript(c), "Please wait", "Please wait", "Hello")
		for _, it := range w.transcript(c) {
			if *it.ContentType == eventJoined && it.ParticipantRole == roleAgent || *it.ContentType == eventLeft {
				t.Errorf("the customer sees %s of an agent who was never there", *it.ContentType)
			}
		}
		next := w.join(c, types.ParticipantRoleAgent)
		w.advance(0)
		leave(next) // during the customer whisper: the chat is served, and is over
		if d := w.describe(c.id); reason(d) != reasonAgent {
			t.Errorf("left during the customer whisper: %q", reason(d))
		}
	})
}

func TestWhisperTakesTwoMinutes(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.waits([]string{says("Agent"), slow}, nil)
		stuck := w.Store.Now()
		w.join(c, types.ParticipantRoleAgent)
		w.mustUpdate(func(tx *store.Tx) { tx.DeleteJob(jobElsewhere, c.id) }) // its answer never comes
		w.advance(whisperTime - time.Millisecond)
		if w.describe(c.id).AgentInfo != nil {
			t.Error("the whisper ended early")
		}
		w.advance(time.Millisecond)
		d := w.describe(c.id)
		if d.AgentInfo == nil || !d.AgentInfo.ConnectedToAgentTimestamp.Equal(stuck.Add(whisperTime)) {
			t.Errorf("after two minutes: %+v", d.AgentInfo)
		}
	})
}

func reason(c *types.Contact) string {
	if c.DisconnectReason == nil {
		return ""
	}
	return *c.DisconnectReason
}

func TestTransferChat(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.waits(nil, nil)
		queue := w.basicQueue()
		in := func(contact string, change func(*parley.TransferChatInput)) *parley.TransferChatInput {
			in := &parley.TransferChatInput{InstanceId: new(instanceID), ContactId: &contact}
			change(in)
			return in
		}
		toQueue := func(in *parley.TransferChatInput) { in.QueueId = &queue }
		_, err := w.TransferChat(t.Context(), in(c.id, toQueue))
		wantCode(t, "without an agent", err, "ResourceConflictException")
		w.join(c, types.ParticipantRoleAgent)
		for _, tt := range []struct {
			name   string
			change func(*parley.TransferChatInput)
			want   string
		}{
			{"nowhere", func(*parley.TransferChatInput) {}, "InvalidParameterException"},
			{"twice", func(in *parley.TransferChatInput) { in.QueueId, in.Agent = &queue, &parley.Agent{UserName: new("bob")} }, "InvalidParameterException"},
			{"to no queue", func(in *parley.TransferChatInput) { in.QueueId = new("nope") }, "ResourceNotFoundException"},
			{"by a flow of another type", func(in *parley.TransferChatInput) { in.QueueId, in.ContactFlowId = &queue, new(flowID) }, "ResourceNotFoundException"},
			{"by no flow", func(in *parley.TransferChatInput) { in.ContactFlowId = new("nope") }, "ResourceNotFoundException"},
		} {
			_, err := w.TransferChat(t.Context(), in(c.id, tt.change))
			wantCode(t, tt.name, err, tt.want)
		}
		_, err = w.TransferChat(t.Context(), in("nope", toQueue))
		wantCode(t, "of no contact", err, "ResourceNotFoundException")

		queuedAt := *w.describe(c.id).QueueInfo.EnqueueTimestamp
		w.advance(time.Minute)
		out, err := w.TransferChat(t.Context(), in(c.id, toQueue))
		if err != nil {
			t.Fatal(err)
		}
		before, after := w.describe(c.id), w.describe(*out.ContactId)
		if before.DisconnectTimestamp == nil || before.DisconnectReason != nil {
			t.Errorf("the contact that was left: %+v", before)
		}
		if after.InitiationMethod != types.ContactInitiationMethodTransfer || *after.PreviousContactId != c.id || *after.InitialContactId != c.id ||
			*after.QueueInfo.Id != queue || !after.QueueInfo.EnqueueTimestamp.After(queuedAt) {
			t.Errorf("the contact that follows: %+v", after)
		}
		w.mustUpdate(func(tx *store.Tx) {
			ct, err := tx.ContactByID(*out.ContactId)
			if err != nil || ct.WaitsSince != queuedAt.UnixMilli() {
				t.Errorf("it counts as waiting since %d, not %d: %v", ct.WaitsSince, queuedAt.UnixMilli(), err)
			}
		})
		_, err = w.TransferChat(t.Context(), in(c.id, toQueue))
		wantCode(t, "of a contact that was left", err, "ResourceConflictException")

		handover := w.publish("handover", "AGENT_TRANSFER", says("To $.Agent.FirstName $.Agent.LastName ($.Agent.UserName, $.Agent.ARN)"),
			`UpdateContactTargetQueue {"QueueId":"`+queue+`"}`, "TransferContactToQueue")
		contact := *out.ContactId
		for n := 3; n <= maxSegments; n++ {
			w.joinContact(c, contact, types.ParticipantRoleAgent)
			out, err := w.TransferChat(t.Context(), in(contact, func(in *parley.TransferChatInput) {
				in.ContactFlowId = &handover
				in.Agent = &parley.Agent{UserId: new("u1"), UserName: new("bob"), FirstName: new("Bob"), LastName: new("Ross")}
			}))
			if err != nil {
				t.Fatalf("contact %d: %v", n, err)
			}
			contact = *out.ContactId
		}
		want := "To Bob Ross (bob, arn:aws:connect:us-east-1:000000000000:instance/" + instanceID + "/agent/u1)"
		if got := contents(w.transcript(c)); !slices.Contains(got, want) {
			t.Errorf("an agent transfer says %q, not %q", got, want)
		}
		w.joinContact(c, contact, types.ParticipantRoleAgent)
		_, err = w.TransferChat(t.Context(), in(contact, toQueue))
		wantCode(t, "the thirteenth contact", err, "ResourceConflictException")
	})
}
