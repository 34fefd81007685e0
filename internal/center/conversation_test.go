package center

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/offer"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

var nothing = &participant.DisconnectParticipantInput{}

func subscribe(t testing.TB, w *world, c chat) {
	t.Helper()
	if _, err := w.Subscribed(t.Context(), auth.Socket{ChatID: c.id, ParticipantID: c.participantID}); err != nil {
		t.Fatal(err)
	}
}

func (w *world) connection(c chat, types ...ptypes.ConnectionType) (*participant.CreateParticipantConnectionOutput, error) {
	return w.CreateParticipantConnection(w.t.Context(), auth.Participant{ChatID: c.id, ParticipantID: c.participantID},
		&participant.CreateParticipantConnectionInput{Type: types})
}

func TestConnection(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start()
		out, err := w.connection(c, ptypes.ConnectionTypeWebsocket, ptypes.ConnectionTypeConnectionCredentials)
		if err != nil {
			t.Fatal(err)
		}
		token, _ := strings.CutPrefix(*out.Websocket.Url, WebsocketPath+"?token=")
		if _, err := w.Socket(t.Context(), token); err != nil {
			t.Errorf("the URL's token is refused: %v", err)
		}
		if _, err := w.Tokens.Connection(*out.ConnectionCredentials.ConnectionToken); err != nil {
			t.Errorf("the connection token is refused: %v", err)
		}
		if got, want := *out.ConnectionCredentials.Expiry, "2026-02-01T10:00:00.000Z"; got != want {
			t.Errorf("Expiry = %s, want %s", got, want)
		}
		if got, want := *out.Websocket.ConnectionExpiry, "2026-01-31T11:00:00.000Z"; got != want {
			t.Errorf("ConnectionExpiry = %s, want %s", got, want)
		}
		out, err = w.connection(c, ptypes.ConnectionTypeWebsocket)
		if err != nil || out.ConnectionCredentials != nil {
			t.Errorf("WEBSOCKET alone = %+v, %v", out, err)
		}
		_, err = w.connection(c)
		wantCode(t, "no type", err, "ValidationException")
		_, err = w.connection(c, ptypes.ConnectionTypeWebrtcConnection)
		wantCode(t, "call", err, "ValidationException")
		bot, err := w.ask(c, types.ParticipantRole(roleBot))
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.CreateParticipantConnection(t.Context(), auth.Participant{ChatID: c.id, ParticipantID: *bot.ParticipantId},
			&participant.CreateParticipantConnectionInput{
				Type: []ptypes.ConnectionType{ptypes.ConnectionTypeWebrtcConnection}, ConnectParticipant: new(true),
			})
		wantCode(t, "a bot that calls", err, "ValidationException")
		if p, ok := present(w.row(c), *bot.ParticipantId); !ok || p.JoinedAt != 0 {
			t.Errorf("a refused bot: %+v, %v", p, ok)
		}
		if _, err := w.CreateParticipantConnection(t.Context(), auth.Participant{ChatID: c.id, ParticipantID: c.participantID},
			&participant.CreateParticipantConnectionInput{ConnectParticipant: new(true)}); err != nil {
			t.Errorf("ConnectParticipant alone: %v", err)
		}

		subscribe(t, w, c)
		w.advance(websocketURLLife + time.Second)
		_, err = w.Socket(t.Context(), token)
		wantCode(t, "URL after 100 s", err, "AccessDeniedException")

		if _, err := w.StopContact(t.Context(), &connect.StopContactInput{InstanceId: new(instanceID), ContactId: &c.id}); err != nil {
			t.Fatal(err)
		}
		_, err = w.connection(c, ptypes.ConnectionTypeWebsocket)
		wantCode(t, "after the end", err, "AccessDeniedException")
	})
}

// TestAfterTheEnd: every operation answers 403, which is how a client that slept through the end learns of it.
func TestAfterTheEnd(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start()
		if _, err := w.DisconnectParticipant(t.Context(), c.Connection, &participant.DisconnectParticipantInput{ClientToken: new("bye")}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.DisconnectParticipant(t.Context(), c.Connection, &participant.DisconnectParticipantInput{ClientToken: new("bye")}); err != nil {
			t.Errorf("a retry of the disconnect: %v", err)
		}
		_, err := w.DisconnectParticipant(t.Context(), c.Connection, nothing)
		wantCode(t, "DisconnectParticipant", err, "AccessDeniedException")
		_, err = w.SendMessage(t.Context(), c.Connection, &participant.SendMessageInput{Content: new("x"), ContentType: new("text/plain")})
		wantCode(t, "SendMessage", err, "AccessDeniedException")
		_, err = w.SendEvent(t.Context(), c.Connection, &participant.SendEventInput{ContentType: new(eventTyping)})
		wantCode(t, "SendEvent", err, "AccessDeniedException")
		_, err = w.GetTranscript(t.Context(), c.Connection, &participant.GetTranscriptInput{})
		wantCode(t, "GetTranscript", err, "AccessDeniedException")
		_, err = w.SendMessage(t.Context(), auth.Connection{ChatID: newID(), ParticipantID: newID()},
			&participant.SendMessageInput{Content: new("x"), ContentType: new("text/plain")})
		wantCode(t, "a chat that never was", err, "AccessDeniedException")
		if d := w.describe(c.id); *d.DisconnectReason != "CUSTOMER_DISCONNECT" {
			t.Errorf("DisconnectReason = %s", *d.DisconnectReason)
		}
		last := w.told[len(w.told)-1]
		if !last.Ended || !strings.Contains(string(last.Item), eventChatEnded) {
			t.Errorf("the last thing told is %s, want chat.ended", last.Item)
		}
	})
}

func TestSendMessageRefuses(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start(func(in *connect.StartChatContactInput) {
			in.SupportedMessagingContentTypes = []string{"text/plain", applicationJSON, interactive, interactiveResponse}
		})
		response := func(size int) string {
			const around = `{"version":"1.0","action":"a","data":""}`
			return strings.Replace(around, `""`, `"`+strings.Repeat("x", size-len(around))+`"`, 1)
		}
		before := len(w.transcript(c))
		for _, tt := range []struct{ name, contentType, content, want string }{
			{"plain", "text/plain", "x", ""},
			{"plain of the largest size", "text/plain", strings.Repeat("x", 16384), ""},
			{"plain one byte over", "text/plain", strings.Repeat("x", 16383) + "é", "ValidationException"},
			{"markdown not supported by the chat", "text/markdown", "x", "ValidationException"},
			{"JSON", applicationJSON, `{"a":1}`, ""},
			{"JSON broken", applicationJSON, `{"a":`, "ValidationException"},
			{"response", interactiveResponse, `{"version":"1.0","action":" ","more":1}`, ""},
			{"response without action", interactiveResponse, `{"version":"1.0"}`, "ValidationException"},
			{"response of another version", interactiveResponse, `{"version":"2.0","action":"x"}`, "ValidationException"},
			{"JSON of the largest size", applicationJSON, `"` + strings.Repeat("x", 11_998) + `"`, ""},
			{"JSON one byte over", applicationJSON, `"` + strings.Repeat("x", 11_997) + `é"`, "ValidationException"},
			{"response of the largest size", interactiveResponse, response(12_288), ""},
			{"response one byte over", interactiveResponse, response(12_289), "ValidationException"},
			{"interactive is not for customers", interactive, `{"templateType":"Panel"}`, "ValidationException"},
			{"event", eventTyping, `x`, "ValidationException"},
		} {
			_, err := w.SendMessage(t.Context(), c.Connection, &participant.SendMessageInput{Content: &tt.content, ContentType: &tt.contentType})
			wantCode(t, tt.name, err, tt.want)
		}
		if n := len(w.transcript(c)) - before; n != 6 {
			t.Errorf("%d messages were stored, want 6", n)
		}
	})
}

// TestInteractiveMessages: agents and custom bots offer choices as flows do, where the chat takes them. What clients can not show passes.
func TestInteractiveMessages(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		const picker = `{"templateType":"ListPicker","version":"1.0","data":{"content":{"title":"What?","elements":[{"title":"A"}]}}}`
		wide := strings.Replace(picker, "What?", strings.Repeat("x", offer.MaxBytes-len(picker)+len("What?")), 1)
		both := []string{textPlain, interactive}
		for _, tt := range []struct {
			name    string
			types   []string
			content string
			want    string
		}{
			{"a list picker", both, picker, ""},
			{"one without a title", both, `{"templateType":"ListPicker","version":"1.0","data":{"content":{}}}`, ""},
			{"a template that nobody knows", both, `{"templateType":"Later"}`, ""},
			{"as large as may be", both, wide, ""},
			{"too large", both, wide + " ", "ValidationException"},
			{"no JSON", both, `{"templateType":`, "ValidationException"},
			{"no template", both, `{"version":"1.0"}`, "ValidationException"},
			{"in a chat that does not take them", nil, picker, "ValidationException"},
		} {
			for _, role := range []types.ParticipantRole{types.ParticipantRoleAgent, types.ParticipantRoleCustomBot} {
				c := w.start(func(in *connect.StartChatContactInput) { in.SupportedMessagingContentTypes = tt.types })
				_, err := w.SendMessage(t.Context(), w.join(c, role).Connection, &participant.SendMessageInput{Content: &tt.content, ContentType: new(interactive)})
				wantCode(t, string(role)+" sends "+tt.name, err, tt.want)
				if said := slices.Contains(contents(w.transcript(c)), tt.content); said != (tt.want == "") {
					t.Errorf("%s: the transcript has it: %v", tt.name, said)
				}
			}
		}
	})
}

// TestClientTokenOfMessage: the first answer, whenever the repetition comes; other content is another message.
func TestClientTokenOfMessage(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start()
		subscribe(t, w, c)
		first := w.say(c, "hello", "t")
		w.advance(time.Hour)
		for range 2 {
			if again := w.say(c, "hello", "t"); *again.Id != *first.Id || *again.AbsoluteTime != *first.AbsoluteTime {
				t.Errorf("repeated: %s at %s, want %s at %s", *again.Id, *again.AbsoluteTime, *first.Id, *first.AbsoluteTime)
			}
		}
		w.say(c, "other", "t")
		w.say(c, "hello", "u")
		w.say(c, "hello")
		wantMessages(t, "transcript", w.transcript(c), "hello", "other", "hello", "hello")
	})
}

func TestEvents(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start()
		before := len(w.transcript(c))
		send := func(contentType string, content, token *string) (*participant.SendEventOutput, error) {
			return w.SendEvent(t.Context(), c.Connection, &participant.SendEventInput{ContentType: &contentType, Content: content, ClientToken: token})
		}
		told := len(w.told)
		first, err := send(eventTyping, new(""), new("t"))
		if err != nil {
			t.Fatal(err)
		}
		again, err := send(eventTyping, new(""), new("t"))
		if err != nil || *again.Id != *first.Id || len(w.told) != told+1 {
			t.Errorf("a repeated event has id %v and was told %d times", *again.Id, len(w.told)-told)
		}
		if m := w.told[told]; m.Seq != 0 || !strings.Contains(string(m.Item), `"Id":"`+*first.Id+`"`) {
			t.Errorf("told %+v", m)
		}
		if _, err := send(eventAcknowledged, nil, nil); err != nil {
			t.Error(err)
		}
		for _, contentType := range []string{eventChatEnded, eventJoined, "text/plain"} {
			_, err := send(contentType, nil, nil)
			wantCode(t, contentType, err, "ValidationException")
		}
		if n := len(w.transcript(c)); n != before {
			t.Errorf("the transcript has %d items, want %d: events are not kept", n, before)
		}
	})
}

// TestReceipts: chatjs sends all its receipts with one constant token, and receipts for events and for unknown ids.
func TestReceipts(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start()
		// The flow's participant has spoken in the customer's chat.
		var spoken []string
		for i := range 2 {
			err := w.update(t.Context(), store.Key{Chat: c.id}, func(sc *scene) error {
				spoken = append(spoken[:i], sc.say(sc.system(), textPlain, fmt.Sprint("message ", i), nil).ID)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		receipt := func(contentType, id string) error {
			_, err := w.SendEvent(t.Context(), c.Connection, &participant.SendEventInput{
				ContentType: &contentType, Content: new(`{"messageId":"` + id + `","disableThrottle":true}`), ClientToken: new("INCOMING_READ_RECEIPT"),
			})
			return err
		}
		told := len(w.told)
		w.advance(time.Second)
		for _, id := range spoken {
			if err := receipt(eventDelivered, id); err != nil {
				t.Fatal(err)
			}
		}
		w.advance(time.Second)
		for _, id := range append(spoken, spoken...) {
			if err := receipt(eventRead, id); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(w.told) - told; n != 4 {
			t.Errorf("%d receipts were told, want 4", n)
		}
		var item ptypes.Item
		if err := json.Unmarshal(w.told[len(w.told)-1].Item, &item); err != nil {
			t.Fatal(err)
		}
		want := ptypes.Receipt{
			DeliveredTimestamp: new("2026-01-31T10:00:01.000Z"), ReadTimestamp: new("2026-01-31T10:00:02.000Z"),
			RecipientParticipantId: &c.participantID,
		}
		if item.Type != itemMetadata || *item.MessageMetadata.MessageId != spoken[1] || !equalReceipt(item.MessageMetadata.Receipts[0], want) {
			t.Errorf("told %s", w.told[len(w.told)-1].Item)
		}
		for _, it := range w.transcript(c) {
			if slices.Contains(spoken, *it.Id) && (it.MessageMetadata == nil || !equalReceipt(it.MessageMetadata.Receipts[0], want)) {
				t.Errorf("transcript: item %s has metadata %+v", *it.Id, it.MessageMetadata)
			}
		}
		own := w.say(c, "mine")
		told = len(w.told)
		for _, id := range []string{*own.Id, *w.transcript(c)[0].Id, "unknown"} {
			if err := receipt(eventRead, id); err != nil {
				t.Errorf("receipt for %s: %v", id, err)
			}
		}
		if len(w.told) != told {
			t.Error("a receipt for an own message, an event or an unknown id was told")
		}
		_, err := w.SendEvent(t.Context(), c.Connection, &participant.SendEventInput{ContentType: new(eventRead), Content: new("no JSON")})
		wantCode(t, "no JSON", err, "ValidationException")
	})
}

func equalReceipt(a, b ptypes.Receipt) bool {
	return reply.Value(a.DeliveredTimestamp) == reply.Value(b.DeliveredTimestamp) && reply.Value(a.ReadTimestamp) == reply.Value(b.ReadTimestamp) &&
		reply.Value(a.RecipientParticipantId) == reply.Value(b.RecipientParticipantId)
}

// TestTranscript pages through a transcript both ways, from all kinds of start.
func TestTranscript(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start()
		var sent []*participant.SendMessageOutput
		for i := range 25 {
			w.clock.Set(w.clock.Now().Add(time.Second))
			sent = append(sent, w.say(c, fmt.Sprint(i)))
		}
		page := func(in participant.GetTranscriptInput) ([]ptypes.Item, *string) {
			t.Helper()
			out, err := w.GetTranscript(t.Context(), c.Connection, &in)
			if err != nil {
				t.Fatal(err)
			}
			if *out.InitialContactId != c.id {
				t.Errorf("InitialContactId = %s", *out.InitialContactId)
			}
			return out.Transcript, out.NextToken
		}
		const forward, backward, up, down = ptypes.ScanDirectionForward, ptypes.ScanDirectionBackward, ptypes.SortKeyAscending, ptypes.SortKeyDescending
		numbers := func(from, to int) (all []string) {
			for i := from; i != to; i += 1 - 2*b2i(to < from) {
				all = append(all, fmt.Sprint(i))
			}
			return all
		}

		// As chatjs asks: the newest 15, oldest first, then back to the beginning.
		items, next := page(participant.GetTranscriptInput{MaxResults: new(int32(15)), ScanDirection: backward, SortOrder: up, StartPosition: &ptypes.StartPosition{}})
		wantMessages(t, "newest 15", items, numbers(10, 25)...)
		saved := next
		items, next = page(participant.GetTranscriptInput{MaxResults: new(int32(15)), ScanDirection: backward, SortOrder: up, NextToken: next})
		wantMessages(t, "before them", items, numbers(0, 10)...)
		if next != nil || *items[0].ContentType != eventJoined {
			t.Errorf("the first item is %s, the token %v", *items[0].ContentType, next)
		}
		w.clock.Set(w.clock.Now().Add(20 * time.Minute))
		w.say(c, "late")
		items, _ = page(participant.GetTranscriptInput{MaxResults: new(int32(15)), SortOrder: up, NextToken: saved})
		wantMessages(t, "an old token", items, numbers(0, 10)...)

		items, next = page(participant.GetTranscriptInput{})
		wantMessages(t, "default: the newest ten, newest first", items, append([]string{"late"}, numbers(24, 15)...)...)
		items, _ = page(participant.GetTranscriptInput{MaxResults: new(int32(0)), NextToken: next})
		wantMessages(t, "next of default", items, numbers(15, 5)...)

		items, _ = page(participant.GetTranscriptInput{MaxResults: new(int32(3)), SortOrder: up, StartPosition: &ptypes.StartPosition{Id: sent[7].Id}})
		wantMessages(t, "from an id", items, "7", "8", "9")
		items, _ = page(participant.GetTranscriptInput{MaxResults: new(int32(3)), ScanDirection: backward, SortOrder: down, StartPosition: &ptypes.StartPosition{Id: sent[7].Id}})
		wantMessages(t, "back from an id", items, "7", "6", "5")
		items, next = page(participant.GetTranscriptInput{StartPosition: &ptypes.StartPosition{Id: new("unknown")}})
		if len(items) != 0 || next != nil {
			t.Errorf("from an unknown id: %v", contents(items))
		}
		items, _ = page(participant.GetTranscriptInput{MaxResults: new(int32(2)), SortOrder: up, StartPosition: &ptypes.StartPosition{AbsoluteTime: new("2026-01-31T10:00:05.500Z")}})
		wantMessages(t, "from a time", items, "5", "6")
		items, _ = page(participant.GetTranscriptInput{MaxResults: new(int32(2)), ScanDirection: backward, SortOrder: down, StartPosition: &ptypes.StartPosition{AbsoluteTime: new("2026-01-31T10:00:05.500Z")}})
		wantMessages(t, "back from a time", items, "4", "3")
		items, _ = page(participant.GetTranscriptInput{SortOrder: up, StartPosition: &ptypes.StartPosition{MostRecent: 3}})
		wantMessages(t, "the most recent", items, "23", "24", "late")
		items, _ = page(participant.GetTranscriptInput{ContactId: &c.id, ScanDirection: forward, SortOrder: up, MaxResults: new(int32(3))})
		wantMessages(t, "of the contact", items, "0", "1")
		items, _ = page(participant.GetTranscriptInput{ContactId: new(newID())})
		if len(items) != 0 {
			t.Errorf("of another contact: %v", contents(items))
		}
		for _, bad := range []participant.GetTranscriptInput{
			{NextToken: new("junk")}, {NextToken: new("YjA")}, {StartPosition: &ptypes.StartPosition{AbsoluteTime: new("yesterday")}},
		} {
			_, err := w.GetTranscript(t.Context(), c.Connection, &bad)
			wantCode(t, "bad input", err, "ValidationException")
		}
	})
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestItemTimesGrow: clients sort by time as text, so no two items of a chat share a millisecond, on a clock that stands still.
func TestItemTimesGrow(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start()
		for i := range 5 {
			w.say(c, fmt.Sprint(i))
		}
		items := w.transcript(c)
		for i := 1; i < len(items); i++ {
			if a, b := *items[i-1].AbsoluteTime, *items[i].AbsoluteTime; a >= b || len(b) != len("2026-01-31T10:00:00.000Z") {
				t.Errorf("item %d at %s follows one at %s", i, b, a)
			}
		}
	})
}

func TestAttributes(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start(func(in *connect.StartChatContactInput) { in.Attributes = map[string]string{"a": "1", "b": "2"} })
		set := func(id string, attributes map[string]string) error {
			_, err := w.UpdateContactAttributes(t.Context(), &connect.UpdateContactAttributesInput{
				InstanceId: new(instanceID), InitialContactId: &id, Attributes: attributes,
			})
			return err
		}
		get := func() string {
			out, err := w.GetContactAttributes(t.Context(), &connect.GetContactAttributesInput{InstanceId: new(instanceID), InitialContactId: &c.id})
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(out.Attributes)
		}
		if err := set(c.id, map[string]string{"b": "", "c": "3"}); err != nil {
			t.Fatal(err)
		}
		if got, want := get(), "map[a:1 b: c:3]"; got != want {
			t.Errorf("attributes %s, want %s", got, want)
		}
		half := strings.Repeat("é", 8190) // 16,380 bytes
		if err := set(c.id, map[string]string{"a": half, "b": half, "c": "345"}); err != nil {
			t.Errorf("32,766 bytes: %v", err)
		}
		before := get()
		wantCode(t, "too large", set(c.id, map[string]string{"c": "3456789"}), "InvalidRequestException")
		wantCode(t, "unknown contact", set(newID(), map[string]string{"c": ""}), "ResourceNotFoundException")
		if get() != before {
			t.Error("a refused update changed the attributes")
		}
		w.advance(subscribeDeadline)
		if err := set(c.id, map[string]string{"a": "after"}); err != nil {
			t.Errorf("an ended contact: %v", err)
		}
	})
}

func TestStopContact(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start()
		stop := func(instance, contact string) error {
			_, err := w.StopContact(t.Context(), &connect.StopContactInput{InstanceId: &instance, ContactId: &contact})
			return err
		}
		wantCode(t, "unknown contact", stop(instanceID, newID()), "ResourceNotFoundException")
		wantCode(t, "other instance", stop(newID(), c.id), "ResourceNotFoundException")
		for range 2 {
			if err := stop(w.Scope.Instance(instanceID), w.Scope.Resource(instanceID, "contact", c.id)); err != nil {
				t.Fatal(err)
			}
			w.clock.Set(w.clock.Now().Add(time.Minute))
		}
		d := w.describe(c.id)
		if *d.DisconnectReason != "API" || !d.DisconnectTimestamp.Equal(d.InitiationTimestamp.UTC()) {
			t.Errorf("ended %s at %v", *d.DisconnectReason, d.DisconnectTimestamp)
		}
		if _, ok, err := w.Store.NextDue(t.Context()); ok || err != nil {
			t.Errorf("an ended chat left a job (%v)", err)
		}
	})
}

// TestFlowLog: blocks are logged while the flow asked for it and the instance logs, one that is not supported always.
func TestFlowLog(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		content := `{"Version":"2019-10-30","StartAction":"a","Actions":[
			{"Identifier":"a","Type":"MessageParticipant","Parameters":{"Text":"before"},"Transitions":{"NextAction":"b"}},
			{"Identifier":"b","Type":"UpdateContactCallbackNumber","Parameters":{"CallbackNumber":"1"},"Transitions":{"NextAction":"c","Errors":[{"NextAction":"c","ErrorType":"InvalidCallbackNumber"}]}},
			{"Identifier":"c","Type":"UpdateFlowLoggingBehavior","Parameters":{"FlowLoggingBehavior":"Enabled"},"Transitions":{"NextAction":"d"}},
			{"Identifier":"d","Type":"MessageParticipant","Parameters":{"Text":"after"},"Transitions":{"NextAction":"e"}},
			{"Identifier":"e","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`
		err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
			tx.PutFlow(&store.Flow{ID: "logged", InstanceID: instanceID, Name: "Logged", Type: "CONTACT_FLOW", State: "ACTIVE", Published: 1})
			tx.PutFlowVersion(&store.FlowVersion{FlowID: "logged", Version: 1, Content: content})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		c := w.start(func(in *connect.StartChatContactInput) { in.ContactFlowId = new("logged") })
		lines, err := w.Store.FlowLog(t.Context(), c.id, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		var blocks []string
		for _, l := range lines {
			var line struct{ ContactId, ContactFlowId, ContactFlowName, ContactFlowModuleType, Timestamp string }
			if err := json.Unmarshal(l.Line, &line); err != nil {
				t.Fatal(err)
			}
			if line.ContactId != c.id || line.ContactFlowName != "Logged" || line.Timestamp != "2026-01-31T10:00:00.000Z" ||
				line.ContactFlowId != w.Scope.Resource(instanceID, "contact-flow", "logged") {
				t.Errorf("line %s", l.Line)
			}
			blocks = append(blocks, line.ContactFlowModuleType)
		}
		if len(blocks) < 3 || blocks[0] != "SetCallBackNumber" || slices.Index(blocks, "PlayPrompt") < 1 {
			t.Errorf("blocks logged: %v", blocks)
		}

		err = w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
			instance, err := tx.Instance(instanceID)
			instance.Attributes[flowLogs] = "false"
			tx.PutInstance(instance)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		c = w.start(func(in *connect.StartChatContactInput) { in.ContactFlowId = new("logged") })
		if lines, err = w.Store.FlowLog(t.Context(), c.id, 0, 100); err != nil || len(lines) != 1 {
			t.Errorf("an instance without flow logs has %d lines, %v, want that of the block which is not supported", len(lines), err)
		}
	})
}

// TestFlowLogHasBounds: with logging off each action that is not supported leaves one line, and the end of a run that did not wait another.
func TestFlowLogHasBounds(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.begin(`{"Version":"2019-10-30","StartAction":"a","Actions":[
			{"Identifier":"a","Type":"CreateCase","Parameters":{},"Transitions":{"NextAction":"b","Errors":[{"NextAction":"b","ErrorType":"NoMatchingError"}]}},
			{"Identifier":"b","Type":"CreateTask","Parameters":{},"Transitions":{"NextAction":"c","Errors":[{"NextAction":"c","ErrorType":"NoMatchingError"}]}},
			{"Identifier":"c","Type":"Compare","Parameters":{"ComparisonValue":"$.Attributes.hurry"},"Transitions":{"NextAction":"d","Conditions":[{"NextAction":"a","Condition":{"Operator":"Equals","Operands":["yes"]}}]}},
			{"Identifier":"d","Type":"Wait","Parameters":{"TimeLimitSeconds":"1"},"Transitions":{"NextAction":"a"}}]}`)
		c := w.start()
		w.advance(20 * time.Second)
		if _, err := w.UpdateContactAttributes(t.Context(), &connect.UpdateContactAttributesInput{
			InstanceId: new(instanceID), InitialContactId: &c.id, Attributes: map[string]string{"hurry": "yes"},
		}); err != nil {
			t.Fatal(err)
		}
		w.advance(20 * time.Second)
		lines, err := w.Store.FlowLog(t.Context(), c.id, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range lines {
			var line struct{ Identifier, Results string }
			if err := json.Unmarshal(l.Line, &line); err != nil {
				t.Fatal(err)
			}
			got = append(got, line.Identifier+" "+line.Results)
		}
		if want := []string{"a ", "b ", "b 1000 actions without a wait"}; !slices.Equal(got, want) {
			t.Errorf("the flow log has %q, want %q", got, want)
		}
	})
}

// TestFlowsThatLeadToEachOther: flows without a wait end the contact instead of holding its transaction for ever.
func TestFlowsThatLeadToEachOther(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		for _, f := range [][2]string{{"ping", "pong"}, {"pong", "ping"}} {
			err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
				tx.PutFlow(&store.Flow{ID: f[0], InstanceID: instanceID, Name: f[0], Type: "CONTACT_FLOW", State: "ACTIVE", Published: 1})
				tx.PutFlowVersion(&store.FlowVersion{FlowID: f[0], Version: 1, Content: `{"Version":"2019-10-30","StartAction":"a","Actions":[
					{"Identifier":"a","Type":"MessageParticipant","Parameters":{"Text":"` + f[0] + `"},"Transitions":{"NextAction":"b"}},
					{"Identifier":"b","Type":"TransferToFlow","Parameters":{"ContactFlowId":"` + f[1] + `"},"Transitions":{"NextAction":"a",
						"Errors":[{"NextAction":"a","ErrorType":"NoMatchingError"}]}}]}`})
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		c := w.start(func(in *connect.StartChatContactInput) { in.ContactFlowId = new("ping") })
		if d := w.describe(c.id); reply.Value(d.DisconnectReason) != "CONTACT_FLOW_DISCONNECT" {
			t.Errorf("DisconnectReason = %v", d.DisconnectReason)
		}
		row, err := w.Store.Chat(t.Context(), c.id)
		if err != nil || row.Seq > 1000 {
			t.Errorf("%d items were written (%v)", row.Seq, err)
		}
	})
}

// TestReplayIsToldAgain: whoever took a message may have died before the sockets heard of it; the retry tells them.
func TestReplayIsToldAgain(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start()
		first := w.say(c, "hello", "t")
		w.told = nil
		w.say(c, "hello", "t")
		if len(w.told) != 1 || !strings.Contains(string(w.told[0].Item), *first.Id) {
			t.Errorf("told %v", w.told)
		}
	})
}

// TestJobsThatComeTooLate: a job that was cancelled, or put anew, after it was claimed does nothing.
func TestJobsThatComeTooLate(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start()
		w.clock.Set(w.clock.Now().Add(subscribeDeadline))
		jobs, err := w.Store.ClaimJobs(t.Context(), 10, time.Minute)
		if err != nil || len(jobs) != 1 || jobs[0].Kind != jobSubscribeDeadline {
			t.Fatalf("claimed %v, %v", jobs, err)
		}
		subscribe(t, w, c)
		if err := w.RunJob(t.Context(), jobs[0]); err != nil {
			t.Fatal(err)
		}
		if d := w.describe(c.id); d.DisconnectReason != nil {
			t.Errorf("a cancelled deadline ended the chat: %s", *d.DisconnectReason)
		}
		gone := store.Job{Kind: jobExpire, Key: "gone", ChatID: "gone"}
		err = w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error { tx.PutJob(gone); return nil })
		if err != nil {
			t.Fatal(err)
		}
		if err := w.RunJob(t.Context(), gone); err != nil {
			t.Errorf("the job of an erased chat: %v", err)
		}
		err = w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
			_, err := tx.Job(gone.Kind, gone.Key)
			return err
		})
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the job of an erased chat is still there: %v", err)
		}
	})
}
