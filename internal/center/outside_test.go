package center

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

func (w *world) flowARN() string { return w.Scope.Resource(instanceID, arn.ContactFlow, flowID) }

// bring brings what a customer with a number does by SMS.
func (w *world) bring(from string, event types.ChatEvent, change ...func(*connect.SendChatIntegrationEventInput)) (*connect.SendChatIntegrationEventOutput, error) {
	in := &connect.SendChatIntegrationEventInput{SourceId: &from, DestinationId: new(w.flowARN()), Event: &event}
	for _, f := range change {
		f(in)
	}
	return w.SendChatIntegrationEvent(w.t.Context(), in)
}

func sms(content string) types.ChatEvent {
	return types.ChatEvent{Type: types.ChatEventTypeMessage, ContentType: new(textPlain), Content: &content}
}

// customerOf is the customer's connection to a chat that came from outside.
func (w *world) customerOf(id string) chat {
	w.t.Helper()
	c, err := w.Store.Chat(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	p := c.Participants[0].ID
	return chat{id, p, auth.Connection{ChatID: id, ParticipantID: p}}
}

func TestChatFromOutside(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		first, err := w.bring("+15550001", sms("Hi"), func(in *connect.SendChatIntegrationEventInput) {
			in.NewSessionDetails = &types.NewSessionDetails{
				Attributes: map[string]string{"plan": "gold"}, ParticipantDetails: &types.ParticipantDetails{DisplayName: new("Ana")},
			}
		})
		if err != nil || !*first.NewChatCreated {
			t.Fatalf("first message: %+v, %v", first, err)
		}
		c := w.customerOf(*first.InitialContactId)
		w.advance(10 * time.Minute) // nobody subscribes, and the chat goes on
		second, err := w.bring("+15550001", sms("Are you there?"))
		if err != nil || *second.NewChatCreated || *second.InitialContactId != c.id {
			t.Fatalf("second message: %+v, %v", second, err)
		}
		if _, err := w.bring("+15550001", types.ChatEvent{Type: types.ChatEventTypeEvent, ContentType: new(eventTyping)}); err != nil {
			t.Errorf("typing: %v", err)
		}
		wantMessages(t, "both", w.transcript(c), "Hi", "Are you there?")
		other, err := w.bring("+15550002", sms("Somebody else"))
		if err != nil || *other.InitialContactId == c.id {
			t.Errorf("another source: %+v, %v", other, err)
		}
		whatsApp, err := w.bring("+15550001", sms("On another channel"), func(in *connect.SendChatIntegrationEventInput) {
			in.Subtype = new("connect:WhatsApp")
		})
		if err != nil || *whatsApp.InitialContactId == c.id {
			t.Errorf("another subtype: %+v, %v", whatsApp, err)
		}
		described := w.describe(c.id)
		if *described.SegmentAttributes[subtypeName].ValueString != "connect:SMS" || described.Attributes["plan"] != "gold" {
			t.Errorf("contact %+v", described)
		}
		if _, err := w.bring("+15550001", types.ChatEvent{Type: types.ChatEventTypeDisconnect}); err != nil {
			t.Fatal(err)
		}
		if reason := reply.Value(w.describe(c.id).DisconnectReason); reason != reasonCustomer {
			t.Errorf("reason %q, want %q", reason, reasonCustomer)
		}
		_, err = w.bring("+15550001", types.ChatEvent{Type: types.ChatEventTypeDisconnect})
		wantCode(t, "goodbye without a chat", err, "ResourceNotFoundException")
		again, err := w.bring("+15550001", sms("I am back"))
		if err != nil || !*again.NewChatCreated || *again.InitialContactId == c.id {
			t.Errorf("message after the end: %+v, %v", again, err)
		}
	})
}

func TestChatFromOutsideRefuses(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		for name, tt := range map[string]struct {
			event  types.ChatEvent
			change func(*connect.SendChatIntegrationEventInput)
			want   string
		}{
			"unknown destination": {sms("x"), func(in *connect.SendChatIntegrationEventInput) { in.DestinationId = new("+1999") }, "ResourceNotFoundException"},
			"unknown flow": {sms("x"), func(in *connect.SendChatIntegrationEventInput) {
				in.DestinationId = new(w.Scope.Resource(instanceID, arn.ContactFlow, newID()))
			}, "ResourceNotFoundException"},
			"a queue": {sms("x"), func(in *connect.SendChatIntegrationEventInput) {
				in.DestinationId = new(w.Scope.Resource(instanceID, arn.Queue, newID()))
			}, "ResourceNotFoundException"},
			"no content":   {types.ChatEvent{Type: types.ChatEventTypeMessage, ContentType: new(textPlain)}, nil, "InvalidRequestException"},
			"other type":   {types.ChatEvent{Type: types.ChatEventTypeMessage, ContentType: new("text/html"), Content: new("x")}, nil, "InvalidRequestException"},
			"no such chat": {types.ChatEvent{Type: types.ChatEventTypeEvent, ContentType: new(eventTyping)}, nil, "ResourceNotFoundException"},
			"bad stream": {sms("x"), func(in *connect.SendChatIntegrationEventInput) {
				in.NewSessionDetails = &types.NewSessionDetails{StreamingConfiguration: &types.ChatStreamingConfiguration{StreamingEndpointArn: new("arn:aws:sqs:x")}}
			}, "InvalidRequestException"},
			"stream that is not standard": {sms("x"), func(in *connect.SendChatIntegrationEventInput) {
				in.NewSessionDetails = &types.NewSessionDetails{StreamingConfiguration: &types.ChatStreamingConfiguration{
					StreamingEndpointArn: new("arn:aws:sns:us-east-1:000000000000:x.fifo"),
				}}
			}, "InvalidRequestException"},
		} {
			if tt.change == nil {
				tt.change = func(*connect.SendChatIntegrationEventInput) {}
			}
			_, err := w.bring("+1555", tt.event, tt.change)
			wantCode(t, name, err, tt.want)
		}
		if n := w.liveChats(); n != 0 {
			t.Errorf("%d chats were begun by refused events", n)
		}
		if _, err := w.bring("+1555", sms("x")); err != nil {
			t.Fatal(err)
		}
		_, err := w.bring("+1555", types.ChatEvent{Type: types.ChatEventTypeEvent, ContentType: new("application/vnd.amazonaws.connect.event.chat.ended")})
		wantCode(t, "an event that is not the customer's", err, "InvalidRequestException")
	})
}

// TestOneChatFromOutside brings many messages of one customer at once.
func TestOneChatFromOutside(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		ids := make([]string, 20)
		var wg sync.WaitGroup
		for i := range ids {
			wg.Go(func() {
				out, err := w.bring("+1555", sms("Hi"))
				if err != nil {
					t.Error(err)
					return
				}
				ids[i] = *out.InitialContactId
			})
		}
		wg.Wait()
		slices.Sort(ids)
		if one := slices.Compact(ids); len(one) != 1 || w.liveChats() != 1 {
			t.Errorf("%d chats", len(one))
		}
	})
}

func TestOutboundChat(t *testing.T) {
	const delivery = "arn:aws:sns:us-east-1:000000000000:sms"
	engines(t, func(t *testing.T, w *world) {
		start := func(change ...func(*connect.StartOutboundChatContactInput)) (string, error) {
			in := &connect.StartOutboundChatContactInput{
				InstanceId: new(instanceID), ContactFlowId: new(flowID),
				SourceEndpoint:       &types.Endpoint{Type: types.EndpointTypeTelephoneNumber, Address: new(w.flowARN())},
				DestinationEndpoint:  &types.Endpoint{Type: types.EndpointTypeTelephoneNumber, Address: new("+15550009")},
				SegmentAttributes:    map[string]types.SegmentAttributeValue{subtypeName: {ValueString: new("connect:SMS")}},
				InitialSystemMessage: &types.ChatMessage{ContentType: new(textPlain), Content: new("Your parcel is here")},
				ClientToken:          new("t"),
			}
			for _, f := range change {
				f(in)
			}
			out, err := w.StartOutboundChatContact(t.Context(), in)
			if err != nil {
				return "", err
			}
			return *out.ContactId, nil
		}
		for name, change := range map[string]func(*connect.StartOutboundChatContactInput){
			"no subtype":  func(in *connect.StartOutboundChatContactInput) { in.SegmentAttributes = nil },
			"no address":  func(in *connect.StartOutboundChatContactInput) { in.SourceEndpoint.Address = nil },
			"no delivery": func(in *connect.StartOutboundChatContactInput) { w.Delivery = "" },
			"template": func(in *connect.StartOutboundChatContactInput) {
				in.InitialTemplatedSystemMessage = &types.TemplatedMessageConfig{}
			},
			"long message": func(in *connect.StartOutboundChatContactInput) {
				in.InitialSystemMessage.Content = new(string(make([]byte, 1025)))
			},
		} {
			w.Delivery = delivery
			_, err := start(change)
			wantCode(t, name, err, "InvalidRequestException")
		}
		w.Delivery = delivery
		id, err := start()
		if err != nil {
			t.Fatal(err)
		}
		if again, err := start(); err != nil || again != id {
			t.Errorf("repeated: %s, %v, want %s", again, err, id)
		}
		_, err = start(func(in *connect.StartOutboundChatContactInput) { in.ClientToken = new("other") })
		wantCode(t, "a second chat with the customer", err, "ConflictException")
		answer, err := w.bring("+15550009", sms("Thank you"))
		if err != nil || *answer.InitialContactId != id {
			t.Errorf("the customer's answer: %+v, %v", answer, err)
		}
		wantMessages(t, "transcript", w.transcript(w.customerOf(id)), "Your parcel is here", "Thank you")
		if method := w.describe(id).InitiationMethod; method != types.ContactInitiationMethodOutbound {
			t.Errorf("initiation method %s", method)
		}
		if c, err := w.Store.Chat(t.Context(), id); err != nil || !slices.ContainsFunc(c.Streams, func(s store.Streaming) bool { return s.Target == delivery }) {
			t.Errorf("streams %+v, %v", c.Streams, err)
		}
	})
}

// TestAnswerToAnAddressThatIsNotNamed: the chat that the business began is found, and none is begun by the customer.
func TestAnswerToAnAddressThatIsNotNamed(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.Delivery = "arn:aws:sns:us-east-1:000000000000:sms"
		to := func(in *connect.SendChatIntegrationEventInput) { in.DestinationId = new("+15550100") }
		begun, err := w.StartOutboundChatContact(t.Context(), &connect.StartOutboundChatContactInput{
			InstanceId: new(instanceID), ContactFlowId: new(flowID),
			SourceEndpoint:      &types.Endpoint{Type: types.EndpointTypeTelephoneNumber, Address: new("+15550100")},
			DestinationEndpoint: &types.Endpoint{Type: types.EndpointTypeTelephoneNumber, Address: new("+15550009")},
			SegmentAttributes:   map[string]types.SegmentAttributeValue{subtypeName: {ValueString: new("connect:SMS")}},
		})
		if err != nil {
			t.Fatal(err)
		}
		answer, err := w.bring("+15550009", sms("Thank you"), to)
		if err != nil || *answer.InitialContactId != *begun.ContactId || *answer.NewChatCreated {
			t.Errorf("the customer's answer: %+v, %v", answer, err)
		}
		_, err = w.bring("+15550008", sms("Who are you?"), to)
		wantCode(t, "somebody else", err, "ResourceNotFoundException")
		if _, err := w.bring("+15550009", types.ChatEvent{Type: types.ChatEventTypeDisconnect}, to); err != nil {
			t.Error(err)
		}
		_, err = w.bring("+15550009", sms("And yet"), to)
		wantCode(t, "after the end", err, "ResourceNotFoundException")
	})
}
