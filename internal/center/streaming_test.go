package center

import (
	"encoding/json"
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
	"github.com/openparley/parley/internal/store"
)

const topicARN = "arn:aws:sns:us-east-1:000000000000:chat"

// stream publishes a chat to an endpoint from now on.
func (w *world) stream(contactID, endpoint, token string) (string, error) {
	out, err := w.StartContactStreaming(w.t.Context(), &connect.StartContactStreamingInput{
		InstanceId: new(instanceID), ContactId: &contactID, ClientToken: &token,
		ChatStreamingConfiguration: &types.ChatStreamingConfiguration{StreamingEndpointArn: &endpoint},
	})
	if err != nil {
		return "", err
	}
	return *out.StreamingId, nil
}

func (w *world) stopStream(contactID, id string) error {
	_, err := w.StopContactStreaming(w.t.Context(), &connect.StopContactStreamingInput{
		InstanceId: new(instanceID), ContactId: &contactID, StreamingId: &id,
	})
	return err
}

func (w *world) mustStream(c chat, endpoint, token string) string {
	w.t.Helper()
	id, err := w.stream(c.id, endpoint, token)
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// streamed are the contents, or else the kinds, of what a chat published to an endpoint.
func (w *world) streamedTo(chatID, endpoint string) (all []string) {
	w.t.Helper()
	for _, o := range w.outs(chatID, endpoint) {
		var it ptypes.Item
		if err := json.Unmarshal(o.Body, &it); err != nil {
			w.t.Fatal(err)
		}
		said := o.Attributes["ContentType"]
		if it.Content != nil {
			said = *it.Content
		}
		all = append(all, said[strings.LastIndexByte(said, '.')+1:])
	}
	return all
}

// TestContactStreaming compares what is published with the sheet, member by member.
func TestContactStreaming(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start()
		w.say(c, "before")
		w.mustStream(c, topicARN, "1")
		w.say(c, "hello")
		_, err := w.SendEvent(t.Context(), c.Connection, &participant.SendEventInput{ContentType: new(eventTyping)})
		if err != nil {
			t.Fatal(err)
		}
		agent := w.join(c, types.ParticipantRoleAgent)
		w.change(c, func(sc *scene) error {
			whisper := func(content string, from chat, to ...string) {
				it := &store.Item{Type: itemMessage, ContentType: "text/plain", Content: content, ParticipantID: from.participantID}
				p, _ := sc.participant(from.participantID)
				it.Role, it.DisplayName = p.Role, p.DisplayName
				it.Extra, _ = json.Marshal(store.ItemExtra{To: to})
				sc.append(it)
			}
			whisper("rejected", c, c.participantID)
			whisper("for agents", c, agent.participantID)
			whisper("for the customer", agent, c.participantID)
			return nil
		})
		next := w.transfer(c)
		w.say(agent, "still here")
		w.end(c)

		var got [][]byte
		names := []string{c.id, "C1", next, "C2", c.participantID, "P1", agent.participantID, "P2", instanceID, "I"}
		for _, o := range w.outs(c.id, topicARN) {
			if o.Kind != "item" {
				t.Errorf("an item is told as %q", o.Kind)
			}
			var it ptypes.Item
			if err := json.Unmarshal(o.Body, &it); err != nil {
				t.Fatal(err)
			}
			names = append(names, *it.Id, "ITEM")
			attributes, err := json.Marshal(o.Attributes)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Appendf(nil, `{"body":%s,"attributes":%s}`, o.Body, attributes))
		}
		wantJSON(t, "items.json", got, names...)
	})
}

// TestContactStreamingTokens starts and stops streams: once for each token, at most two at a time.
func TestContactStreamingTokens(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start()
		first := w.mustStream(c, topicARN, "1")
		second := w.mustStream(c, topicARN+"-2", "2")
		if again := w.mustStream(c, topicARN, "1"); again != first || first == second {
			t.Errorf("streams %s, %s, and %s with the first token", first, second, again)
		}
		_, err := w.stream(c.id, topicARN+"-2", "1")
		wantCode(t, "token with another endpoint", err, "InvalidRequestException")
		_, err = w.stream(c.id, topicARN+"-3", "3")
		wantCode(t, "third stream", err, "LimitExceededException")
		w.say(c, "one")
		if err := w.stopStream(c.id, first); err != nil {
			t.Fatal(err)
		}
		wantCode(t, "stopped before", w.stopStream(c.id, first), "ResourceNotFoundException")
		w.say(c, "two")
		if again := w.mustStream(c, topicARN, "1"); again != first {
			t.Errorf("the first token gives %s after the stream was stopped, want %s", again, first)
		}
		w.say(c, "three")
		third := w.mustStream(c, topicARN+"-3", "3")
		w.end(c)
		for endpoint, want := range map[string][]string{
			topicARN: {"one"}, topicARN + "-2": {"one", "two", "three", "ended"}, topicARN + "-3": {"ended"},
		} {
			if got := w.streamedTo(c.id, endpoint); !slices.Equal(got, want) {
				t.Errorf("%s got %q, want %q", endpoint, got, want)
			}
		}
		if again := w.mustStream(c, topicARN+"-3", "3"); again != third {
			t.Errorf("the token of %s gives %s after the end", third, again)
		}
		_, err = w.stream(c.id, topicARN, "4")
		wantCode(t, "ended contact", err, "InvalidRequestException")
		if err := w.stopStream(c.id, third); err != nil {
			t.Errorf("stop after the end: %v", err)
		}
	})
}

// TestContactStreamingRefuses gives each rule a request that breaks it.
func TestContactStreamingRefuses(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.Knows = func(target string) bool { return target == "gateway" }
		c := w.start()
		for _, tt := range []struct{ contact, endpoint, want string }{
			{"nobody", topicARN, "ResourceNotFoundException"},
			{"nobody", "nothing", "ResourceNotFoundException"},
			{w.elsewhere(t), topicARN, "ResourceNotFoundException"},
			{c.id, "nothing", "InvalidParameterException"},
			{c.id, "https://example.org/hook", "InvalidParameterException"},
			{c.id, "arn:aws:sns:us-east-1:000000000000", "InvalidParameterException"},
			{c.id, "arn:aws:sns:us-east-1:000000000000:", "InvalidParameterException"},
			{c.id, "arn:aws:sns:us-east-1:000000000000:chat:subscription", "InvalidParameterException"},
			{c.id, "arn:aws:sns:us-east-1:000000000000:chat.fifo", "InvalidParameterException"},
			{c.id, "arn:aws:sns:eu-central-1:000000000000:chat", "InvalidParameterException"},
			{c.id, "arn:aws:sqs:us-east-1:000000000000:chat", "InvalidParameterException"},
			{c.id, busARN, "InvalidParameterException"},
			{c.id, "gateway", ""},
		} {
			_, err := w.stream(tt.contact, tt.endpoint, "")
			wantCode(t, tt.endpoint, err, tt.want)
		}
		if n := len(w.row(c).Streams); n != 1 {
			t.Errorf("%d streams, want 1", n)
		}
		wantCode(t, "unknown stream", w.stopStream(c.id, "nothing"), "ResourceNotFoundException")
		wantCode(t, "unknown contact", w.stopStream("nobody", "nothing"), "ResourceNotFoundException")
	})
}

// TestContactStreamingConnects has the customer of a chat that is streamed connect without a socket; no other customer can.
func TestContactStreamingConnects(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		streamed, plain := w.start(), w.start()
		id := w.mustStream(streamed, topicARN, "1")
		for _, c := range []chat{streamed, plain} {
			_, err := w.CreateParticipantConnection(t.Context(), auth.Participant(c.Connection), &participant.CreateParticipantConnectionInput{
				ConnectParticipant: new(true),
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := w.stopStream(streamed.id, id); err != nil { // it has come, and stays
			t.Fatal(err)
		}
		w.advance(subscribeDeadline)
		if got := w.describe(streamed.id); got.DisconnectTimestamp != nil {
			t.Errorf("a chat that is streamed ended with %s", *got.DisconnectReason)
		}
		if got := w.describe(plain.id); got.DisconnectReason == nil || *got.DisconnectReason != reasonNotConnected {
			t.Errorf("a chat without a socket goes on: %+v", got)
		}
		w.advance(time.Hour)
		w.say(streamed, "still here")
	})
}
