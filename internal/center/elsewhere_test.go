package center

import (
	"slices"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/store"
)

const pause = `Wait {"TimeLimitSeconds":"3600"}`

// TestRelatedContact: what a flow sets on the related contact is there before the flow goes on.
func TestRelatedContact(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		served := w.start(func(in *connect.StartChatContactInput) { in.Attributes = map[string]string{"kept": "1"} })
		id := w.publish("related", "CONTACT_FLOW",
			`UpdateContactAttributes {"Attributes":{"answer":"$.ContactId","kept":"2"},"TargetContact":"Related"}`,
			`UpdateContactData {"Name":"named","CustomerId":"k1","LanguageCode":"de-DE","TargetContact":"Related"}`,
			says("Done"), pause)
		c := w.start(func(in *connect.StartChatContactInput) { in.ContactFlowId, in.RelatedContactId = &id, &served.id })
		if got := w.describe(served.id).Attributes; got["answer"] != "" {
			t.Errorf("before the job: %v", got)
		}
		w.advance(0)
		d := w.describe(served.id)
		if d.Attributes["answer"] != c.id || d.Attributes["kept"] != "2" || *d.Name != "named" || *d.CustomerId != "k1" {
			t.Errorf("the related contact: %+v", d)
		}
		if d := w.describe(c.id); d.Attributes["answer"] != "" || d.Name != nil {
			t.Errorf("the contact itself: %+v", d)
		}
		wantMessages(t, "the flow", w.transcript(c), "Done")
	})
}

// TestRelatedContactThatIsNot: the flow takes its error branch.
func TestRelatedContactThatIsNot(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		flow := branching(`{"Attributes":{"a":"1"},"TargetContact":"Related"}`)
		w.mustUpdate(func(tx *store.Tx) {
			tx.PutFlow(&store.Flow{ID: "branching", InstanceID: instanceID, Name: "branching", Type: "CONTACT_FLOW", State: "ACTIVE", Published: 1})
			tx.PutFlowVersion(&store.FlowVersion{FlowID: "branching", Version: 1, Content: flow})
		})
		start := func(in *connect.StartChatContactInput) { in.ContactFlowId = new("branching") }
		c := w.start(start)
		wantMessages(t, "without a related contact", w.transcript(c), "error")
		served := w.start()
		c = w.start(start, func(in *connect.StartChatContactInput) { in.RelatedContactId = &served.id })
		w.stop(served)
		if err := w.Store.EraseChat(t.Context(), served.id); err != nil {
			t.Fatal(err)
		}
		w.advance(0)
		wantMessages(t, "with one that was erased", w.transcript(c), "error")
		c = w.start(start, func(in *connect.StartChatContactInput) { in.RelatedContactId = &c.id })
		w.stop(c)
		w.advance(0) // the chat ended while its flow asked: nothing comes of the answer
		if got := w.liveChats(); got != 2 {
			t.Errorf("%d chats live", got)
		}
	})
}

func (w *world) stop(c chat) {
	w.t.Helper()
	if _, err := w.StopContact(w.t.Context(), &connect.StopContactInput{InstanceId: new(instanceID), ContactId: &c.id}); err != nil {
		w.t.Fatal(err)
	}
}

// branching says which branch an UpdateContactAttributes took.
func branching(params string) string {
	return `{"Version":"2019-10-30","StartAction":"a","Actions":[
		{"Identifier":"a","Type":"UpdateContactAttributes","Parameters":` + params + `,"Transitions":{"NextAction":"ok","Errors":[{"NextAction":"error","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"ok","Type":"MessageParticipant","Parameters":{"Text":"ok"},"Transitions":{"NextAction":"wait"}},
		{"Identifier":"error","Type":"MessageParticipant","Parameters":{"Text":"error"},"Transitions":{"NextAction":"wait"}},
		{"Identifier":"wait","Type":"Wait","Parameters":{"TimeLimitSeconds":"3600"},"Transitions":{"NextAction":"end"}},
		{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`
}

// TestOutboundByFlow: a flow writes to a customer on another channel.
func TestOutboundByFlow(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		hello := w.publish("hello", "CONTACT_FLOW", says("Hello $.CustomerEndpoint.Address from $.SystemEndpoint.Address"), pause)
		id := w.publish("outbound", "CONTACT_FLOW", `StartOutboundChatContact {"SourceEndpoint":{"Address":"+49301","Type":"CONNECT_PHONENUMBER_ARN"},`+
			`"DestinationEndpoint":{"Address":"$.Attributes.number","Type":"TELEPHONE_NUMBER"},"ContactFlowArn":"`+hello+`","ContactSubtype":"connect:SMS",`+
			`"InitialSystemMessage":{"Content":"Dear $.Attributes.name"},"RelatedContact":"CURRENT"}`, says("Sent"), pause)
		c := w.start(func(in *connect.StartChatContactInput) {
			in.ContactFlowId, in.Attributes = &id, map[string]string{"number": "+49302", "name": "Ana"}
		})
		w.advance(0)
		wantMessages(t, "the flow", w.transcript(c), "Sent")
		chatID, live, err := w.bound(t.Context(), instanceID, &store.Outside{Source: "+49302", Destination: "+49301", Subtype: "connect:SMS"})
		if err != nil || !live {
			t.Fatalf("the customer has no chat: %v", err)
		}
		if d := w.describe(chatID); *d.RelatedContactId != c.id || d.InitiationMethod != types.ContactInitiationMethodOutbound {
			t.Errorf("the chat: %+v", d)
		}
		wantMessages(t, "the chat", w.transcriptOf(chatID), "Dear Ana", "Hello +49302 from +49301")
	}, func(c *Config) { c.Delivery = "sms" })
}

// transcriptOf reads the transcript of a chat as its customer.
func (w *world) transcriptOf(chatID string) []ptypes.Item {
	w.t.Helper()
	ch, err := w.Store.Chat(w.t.Context(), chatID)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.transcript(chat{chatID, ch.Participants[0].ID, auth.Connection{ChatID: chatID, ParticipantID: ch.Participants[0].ID}})
}

// TestGuides: an agent who comes, and one who has gone, is led by a chat of its own, which sees and writes attributes of the contact.
func TestGuides(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		before := w.publish("before", "CONTACT_FLOW", says("Ask $.Attributes.name. $.SegmentAttributes['connect:Subtype']"),
			`UpdateContactAttributes {"Attributes":{"guided":"yes"},"TargetContact":"Related"}`, pause)
		after := w.publish("after", "CONTACT_FLOW", says("Write it down"), pause)
		id := w.publish("inbound", "CONTACT_FLOW", hooks(hookAgentUI, before), hooks(hookAfterAgentUI, after), pause)
		c := w.start(func(in *connect.StartChatContactInput) {
			in.ContactFlowId, in.Attributes = &id, map[string]string{"name": "Ana"}
		})
		guides := func() []parley.Guide {
			t.Helper()
			w.advance(0)
			out, err := w.FindGuides(t.Context(), &parley.FindGuidesInput{InstanceId: new(instanceID), ContactId: &c.id})
			if err != nil {
				t.Fatal(err)
			}
			return out.Guides
		}
		if got := guides(); len(got) != 0 {
			t.Errorf("before an agent has come: %+v", got)
		}
		agent := w.join(c, types.ParticipantRoleAgent)
		got := guides()
		if len(got) != 1 || *got[0].Hook != hookAgentUI {
			t.Fatalf("guides: %+v", got)
		}
		guide := w.describe(*got[0].ContactId)
		if *guide.RelatedContactId != c.id || *guide.SegmentAttributes[subtypeName].ValueString != subtypeGuide {
			t.Errorf("guide: %+v", guide)
		}
		who, err := w.Tokens.Participant(*got[0].ParticipantToken)
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.CreateParticipantConnection(t.Context(), who, &participant.CreateParticipantConnectionInput{ConnectParticipant: new(true)})
		wantCode(t, "the agent connects to the guide", err, "")
		wantMessages(t, "guide", w.transcriptOf(*guide.Id), "Ask Ana. connect:Guide")
		if w.describe(c.id).Attributes["guided"] != "yes" {
			t.Error("the guide did not write to the contact")
		}
		_, err = w.DisconnectParticipant(t.Context(), agent.Connection, &participant.DisconnectParticipantInput{})
		wantCode(t, "leave", err, "")
		if got = guides(); len(got) != 2 || *got[1].Hook != hookAfterAgentUI {
			t.Fatalf("guides: %+v", got)
		}
		wantMessages(t, "guide", w.transcriptOf(*got[1].ContactId), "Write it down")
		w.advance(subscribeDeadline + time.Second)
		if slices.ContainsFunc(guides(), func(g parley.Guide) bool { return g.ParticipantToken != nil }) {
			t.Error("guides that ended have tokens")
		}
		_, err = w.FindGuides(t.Context(), &parley.FindGuidesInput{InstanceId: new(instanceID), ContactId: new("nope")})
		wantCode(t, "of no contact", err, "ResourceNotFoundException")
	})
}
