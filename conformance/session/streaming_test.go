package session

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/aws-sdk-go/service/connectparticipant"
)

// notification is what SNS posts to a subscribed webhook.
type notification struct {
	Type, MessageId, TopicArn, Message, Timestamp string
	MessageAttributes                             map[string]struct{ Type, Value string }
}

// hook is a webhook that takes what is told, and fails when asked to.
func hook(t *testing.T, fails int) (url string, told <-chan notification) {
	all := make(chan notification, 100)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if fails--; fails >= 0 { // one at a time: a chat's messages wait for each other
			http.Error(w, "not now", http.StatusServiceUnavailable)
			return
		}
		var n notification
		if err := json.NewDecoder(req.Body).Decode(&n); err != nil {
			t.Error(err)
		}
		all <- n
	}))
	t.Cleanup(s.Close)
	return s.URL + "/chat", all
}

// TestStreaming has a chat streamed by the official client, to a target that is away at first.
func TestStreaming(t *testing.T) {
	w := newWorld(t)
	c := w.connected(t)
	url, told := hook(t, 2)
	stream := func(contact, endpoint, token string) (string, error) {
		out, err := w.once().StartContactStreaming(t.Context(), &connect.StartContactStreamingInput{
			InstanceId: &w.InstanceId, ContactId: &contact, ClientToken: &token,
			ChatStreamingConfiguration: &types.ChatStreamingConfiguration{StreamingEndpointArn: &endpoint},
		})
		if err != nil {
			return "", err
		}
		return *out.StreamingId, nil
	}
	id, err := stream(c.contact, url, "one")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := stream(c.contact, url, "one"); again != id || err != nil {
		t.Errorf("the same token gives %q, %v, want %q", again, err, id)
	}
	topic := "arn:aws:sns:" + w.Region + ":000000000000:chat"
	if _, err := stream(c.contact, topic, "two"); err != nil {
		t.Errorf("a second stream: %v", err)
	}
	_, err = stream(c.contact, topic, "three")
	if limit := new(types.LimitExceededException); !errors.As(err, &limit) {
		t.Errorf("a third stream: %v", err)
	}
	_, err = stream(c.contact, "arn:aws:sqs:"+w.Region+":000000000000:chat", "four")
	if invalid := new(types.InvalidParameterException); !errors.As(err, &invalid) {
		t.Errorf("a queue of SQS: %v", err)
	}
	_, err = stream("5f0c7a52-8d0e-4b7e-9a39-0f5f0a1d7c11", topic, "five")
	if missing := new(types.ResourceNotFoundException); !errors.As(err, &missing) {
		t.Errorf("a contact that does not exist: %v", err)
	}

	message := c.say(t, "hello")
	_, err = w.participant.SendEvent(&connectparticipant.SendEventInput{
		ConnectionToken: &c.token, ContentType: aws.String("application/vnd.amazonaws.connect.event.typing"),
	})
	if err != nil {
		t.Fatal(err)
	}
	c.say(t, "bye")
	for range 3 { // the target comes back
		w.Advance(t, time.Minute)
	}
	want := []struct{ kind, said string }{{"MESSAGE", "hello"}, {"EVENT", ""}, {"MESSAGE", "bye"}}
	for i, want := range want {
		var n notification
		select {
		case n = <-told:
		case <-time.After(time.Minute):
			t.Fatalf("message %d was not told", i)
		}
		var item struct{ Id, Type, Content, ContentType, ContactId, InitialContactId, ParticipantId, ParticipantRole, DisplayName string }
		if err := json.Unmarshal([]byte(n.Message), &item); err != nil {
			t.Fatal(err)
		}
		if n.Type != "Notification" || item.Type != want.kind || item.Content != want.said {
			t.Errorf("message %d: %+v, want %v", i, n, want)
		}
		if i == 0 && item.Id != message {
			t.Errorf("the message is told as %s, was answered as %s", item.Id, message)
		}
		for name, want := range map[string]string{
			"InitialContactId": c.contact, "ContactId": c.contact, "ParticipantRole": "CUSTOMER", "InstanceId": w.InstanceId,
			"AccountId": "000000000000", "Type": want.kind, "ContentType": item.ContentType, "MessageVisibility": "ALL",
		} {
			if got := n.MessageAttributes[name]; got.Type != "String" || got.Value != want {
				t.Errorf("message %d: attribute %s is %+v, want %q", i, name, got, want)
			}
		}
	}

	stop := func(id string) error {
		_, err := w.once().StopContactStreaming(t.Context(), &connect.StopContactStreamingInput{
			InstanceId: &w.InstanceId, ContactId: &c.contact, StreamingId: &id,
		})
		return err
	}
	if err := stop(id); err != nil {
		t.Fatal(err)
	}
	if missing := new(types.ResourceNotFoundException); !errors.As(stop(id), &missing) {
		t.Error("a stream could be stopped twice")
	}
	c.say(t, "nobody hears this")
	w.Advance(t, time.Minute)
	select {
	case n := <-told:
		t.Errorf("told after the end of the stream: %+v", n)
	default:
	}
}
