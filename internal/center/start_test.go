package center

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/store"
)

// TestStartChatContactRefuses gives each rule a request that breaks it: the right error, and nothing is left behind.
func TestStartChatContactRefuses(t *testing.T) {
	type in = connect.StartChatContactInput
	long := strings.Repeat("x", 32769)
	for _, tt := range []struct {
		name   string
		change func(*in)
		want   string
	}{
		{"instance unknown", func(in *in) { in.InstanceId = new("00000000-0000-4000-8000-0000000000a2") }, "ResourceNotFoundException"},
		{"instance of another account", func(in *in) { in.InstanceId = new("arn:aws:connect:us-east-1:111111111111:instance/" + instanceID) }, "ResourceNotFoundException"},
		{"flow unknown", func(in *in) { in.ContactFlowId = new("nowhere") }, "ResourceNotFoundException"},
		{"flow version unknown", func(in *in) { in.ContactFlowId = new(flowID + ":7") }, "ResourceNotFoundException"},
		{"flow of another type", func(in *in) { in.ContactFlowId = new("queue-flow") }, "InvalidRequestException"},
		{"flow archived", func(in *in) { in.ContactFlowId = new("archived") }, "InvalidRequestException"},
		{"draft that can not run", func(in *in) { in.ContactFlowId = new("broken:$SAVED") }, "InvalidRequestException"},
		{"flow never published", func(in *in) { in.ContactFlowId = new("draft") }, "InvalidRequestException"},
		{"attributes too large", func(in *in) { in.Attributes = map[string]string{"a": long[:16384], "b": long[:16384]} }, "InvalidRequestException"},
		{"content types without text/plain", func(in *in) { in.SupportedMessagingContentTypes = []string{"text/markdown"} }, "InvalidRequestException"},
		{"content type unknown", func(in *in) { in.SupportedMessagingContentTypes = []string{"text/plain", "text/html"} }, "InvalidParameterException"},
		{"initial message interactive", initial(interactive, "{}"), "InvalidParameterException"},
		{"initial message not supported", initial("text/markdown", "*"), "InvalidRequestException"},
		{"initial message too long", initial("text/plain", long[:1025]), "InvalidRequestException"},
		{"initial message not JSON", func(in *in) {
			initial(applicationJSON, "{")(in)
			in.SupportedMessagingContentTypes = []string{"text/plain", applicationJSON}
		}, "InvalidRequestException"},
		{"related contact of another account", func(in *in) {
			in.RelatedContactId = new("arn:aws:connect:us-east-1:111111111111:instance/" + instanceID + "/contact/c")
		}, "ResourceNotFoundException"},
		{"related contact unknown", func(in *in) { in.RelatedContactId = new("nobody") }, "ResourceNotFoundException"},
		{"segment attribute of the system", segment("connect:Other", types.SegmentAttributeValue{ValueString: new("x")}), "InvalidRequestException"},
		{"segment attribute list", segment("list", types.SegmentAttributeValue{ValueList: []types.SegmentAttributeValue{{ValueString: new("x")}}}), "InvalidRequestException"},
		{"segment attribute empty", segment("none", types.SegmentAttributeValue{}), "InvalidRequestException"},
		{"guide without interactive types", segment("connect:Subtype", types.SegmentAttributeValue{ValueString: new("connect:Guide")}), "InvalidRequestException"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			engines(t, func(t *testing.T, w *world) {
				w.putFlow(t, store.Flow{ID: "queue-flow", Type: "CUSTOMER_QUEUE", State: "ACTIVE", Published: 1})
				w.putFlow(t, store.Flow{ID: "archived", Type: "CONTACT_FLOW", State: "ARCHIVED", Published: 1})
				w.putFlow(t, store.Flow{ID: "draft", Type: "CONTACT_FLOW", State: "ACTIVE", Draft: 1})
				w.putFlow(t, store.Flow{ID: "broken", Type: "CONTACT_FLOW", State: "ACTIVE", Published: 1, Draft: 2})
				err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
					tx.PutFlowVersion(&store.FlowVersion{FlowID: "broken", Version: 2, Content: "{}"})
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				_, err = w.StartChatContact(t.Context(), request(tt.change))
				wantCode(t, tt.name, err, tt.want)
				if n := w.liveChats(); n != 0 {
					t.Errorf("%d chats live after a refused start", n)
				}
				if due, ok, err := w.Store.NextDue(t.Context()); ok || err != nil {
					t.Errorf("a refused start left a job due at %v (%v)", due, err)
				}
			})
		})
	}
}

func initial(contentType, content string) func(*connect.StartChatContactInput) {
	return func(in *connect.StartChatContactInput) {
		in.InitialMessage = &types.ChatMessage{ContentType: &contentType, Content: &content}
	}
}

func segment(name string, v types.SegmentAttributeValue) func(*connect.StartChatContactInput) {
	return func(in *connect.StartChatContactInput) {
		in.SegmentAttributes = map[string]types.SegmentAttributeValue{name: v}
	}
}

func (w *world) putFlow(t testing.TB, f store.Flow) {
	t.Helper()
	f.InstanceID, f.Name = instanceID, f.ID
	err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
		tx.PutFlow(&f)
		tx.PutFlowVersion(&store.FlowVersion{FlowID: f.ID, Version: 1, Content: quietFlow})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestStartChatContact starts a chat with every member that is supported.
func TestStartChatContact(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		earlier := w.start()
		c := w.start(func(in *connect.StartChatContactInput) {
			in.InstanceId = new(w.Scope.Instance(instanceID))
			in.ContactFlowId = new(w.Scope.Resource(instanceID, "contact-flow", flowID) + ":$LATEST")
			in.Attributes = map[string]string{"plan": "gold"}
			in.InitialMessage = &types.ChatMessage{ContentType: new("text/markdown"), Content: new("*Hello*")}
			in.SupportedMessagingContentTypes = []string{"text/markdown", "text/plain"}
			in.ChatDurationInMinutes = new(int32(60))
			in.CustomerId = new("k-42")
			in.RelatedContactId = &earlier.id
			in.SegmentAttributes = map[string]types.SegmentAttributeValue{"level": {ValueInteger: new(int32(3))}}
			in.DisconnectOnCustomerExit = []types.DisconnectOnCustomerExitParticipantType{types.DisconnectOnCustomerExitParticipantTypeAgent}
			in.ParticipantConfiguration = &types.ParticipantConfiguration{ResponseMode: types.ResponseModeComplete}
		})
		d := w.describe(c.id)
		if *d.CustomerId != "k-42" || *d.RelatedContactId != earlier.id || d.Attributes["plan"] != "gold" ||
			*d.SegmentAttributes["connect:Subtype"].ValueString != "connect:Chat" || *d.SegmentAttributes["level"].ValueInteger != 3 ||
			d.InitialContactId != nil || *d.ContactAssociationId != earlier.id || d.Tags["aws:connect:instanceId"] != instanceID ||
			!d.InitiationTimestamp.Equal(w.clock.Now()) || !d.ConnectedToSystemTimestamp.Equal(w.clock.Now()) ||
			d.Channel != types.ChannelChat || d.InitiationMethod != types.ContactInitiationMethodApi {
			t.Errorf("DescribeContact = %+v", d)
		}
		items := w.transcript(c)
		if len(items) != 2 || *items[0].ContentType != eventJoined || *items[0].ParticipantId != c.participantID ||
			*items[1].Content != "*Hello*" || *items[1].ContentType != "text/markdown" || *items[1].DisplayName != "Ana" {
			t.Errorf("transcript = %+v", items)
		}
		subscribe(t, w, c)
		w.advance(time.Hour - time.Millisecond)
		if w.describe(c.id).DisconnectTimestamp != nil {
			t.Error("the chat ended before its duration was over")
		}
		w.advance(time.Millisecond)
		if d := w.describe(c.id); d.DisconnectReason == nil || *d.DisconnectReason != "EXPIRED" {
			t.Errorf("after its duration the chat has DisconnectReason %v", d.DisconnectReason)
		}
	})
}

// TestResponseMode keeps how bots answer, and refuses pieces where the instance has them switched off.
func TestResponseMode(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		mode := func(m types.ResponseMode) func(*connect.StartChatContactInput) {
			return func(in *connect.StartChatContactInput) {
				in.ParticipantConfiguration = &types.ParticipantConfiguration{ResponseMode: m}
			}
		}
		for _, m := range types.ResponseMode("").Values() {
			if got := w.row(w.start(mode(m))).ResponseMode; got != string(m) {
				t.Errorf("ResponseMode %s is kept as %q", m, got)
			}
		}
		err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
			instance, err := tx.Instance(instanceID)
			if err != nil {
				return err
			}
			instance.Attributes = map[string]string{messageStreaming: "false"}
			tx.PutInstance(instance)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.StartChatContact(t.Context(), request(mode(types.ResponseModeIncremental)))
		wantCode(t, "pieces, switched off", err, "InvalidRequestException")
		w.start(mode(types.ResponseModeComplete))
	})
}

// TestClientTokenOfStart repeats a start one after the other, at the same time, after a restart, and with other parameters.
func TestClientTokenOfStart(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		in := request(func(in *connect.StartChatContactInput) { in.ClientToken = new("t1") })
		var mu sync.Mutex
		ids := map[string]int{}
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				copied := *in
				out, err := w.StartChatContact(t.Context(), &copied)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				ids[*out.ContactId+*out.ParticipantId+*out.ParticipantToken]++
			})
		}
		all.Wait()
		if len(ids) != 1 || w.liveChats() != 1 {
			t.Fatalf("20 starts with one token gave %d answers and %d chats", len(ids), w.liveChats())
		}
		if err := w.Store.Close(); err != nil {
			t.Fatal(err)
		}
		w.open()
		out, err := w.StartChatContact(t.Context(), in)
		if err != nil || ids[*out.ContactId+*out.ParticipantId+*out.ParticipantToken] == 0 {
			t.Errorf("after a restart the token gives %v, %v", out, err)
		}
		same := *in
		same.InstanceId = new(w.Scope.Instance(instanceID))
		same.ContactFlowId = new(w.Scope.Resource(instanceID, "contact-flow", flowID))
		same.Attributes, same.SupportedMessagingContentTypes = map[string]string{}, []string{}
		same.ChatDurationInMinutes = new(int32(1500))
		if again, err := w.StartChatContact(t.Context(), &same); err != nil || *again.ContactId != *out.ContactId {
			t.Errorf("the same request in other words gives %v", err)
		}
		other := *in
		other.Attributes = map[string]string{"a": "b"}
		_, err = w.StartChatContact(t.Context(), &other)
		wantCode(t, "other parameters", err, "InvalidRequestException")
		in.ClientToken = new("")
		for range 2 {
			if _, err := w.StartChatContact(t.Context(), in); err != nil {
				t.Error(err)
			}
		}
		if n := w.liveChats(); n != 3 {
			t.Errorf("%d chats live, want 3: the empty token counts as none", n)
		}
	})
}

// TestActiveChatQuota counts waiting chats, refuses without side effects, and is released however a chat ends.
func TestActiveChatQuota(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		a, b := w.start(), w.start()
		subscribe(t, w, b)
		for range 3 {
			_, err := w.StartChatContact(t.Context(), request(func(in *connect.StartChatContactInput) { in.ClientToken = new("late") }))
			wantCode(t, "third chat", err, "LimitExceededException")
		}
		if n := w.liveChats(); n != 2 {
			t.Fatalf("%d chats live, want 2", n)
		}
		w.advance(subscribeDeadline) // a was never connected
		if n := w.liveChats(); n != 1 {
			t.Errorf("%d chats live after the deadline of %s, want 1", n, a.id)
		}
		c := w.start(func(in *connect.StartChatContactInput) { in.ClientToken = new("late") })
		if _, err := w.DisconnectParticipant(t.Context(), c.Connection, nothing); err != nil {
			t.Fatal(err)
		}
		d := w.start()
		if _, err := w.StopContact(t.Context(), &connect.StopContactInput{InstanceId: new(instanceID), ContactId: &d.id}); err != nil {
			t.Fatal(err)
		}
		w.start()
	}, func(c *Config) { c.MaxActiveChats = 2 })
}

// TestQuotaUnderConcurrency lets many start at the same time: never more than the limit get in.
func TestQuotaUnderConcurrency(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		var mu sync.Mutex
		codes := map[string]int{}
		var all sync.WaitGroup
		for range 40 {
			all.Go(func() {
				_, err := w.StartChatContact(t.Context(), request())
				mu.Lock()
				defer mu.Unlock()
				codes[code(err)]++
			})
		}
		all.Wait()
		if codes[""] != 5 || codes["LimitExceededException"] != 35 {
			t.Errorf("40 starts with a limit of 5: %v", fmt.Sprint(codes))
		}
	}, func(c *Config) { c.MaxActiveChats = 5 })
}
