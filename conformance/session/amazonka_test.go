package session

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// amazonka (Haskell) knows eight members of StartChatContact, names the JSON type application/x-amz-json-1.1, sends no ClientToken
// of its own, hashes the body into a signed header and reads an answer only if it is JSON.

func TestAmazonkaStartsAChat(t *testing.T) {
	w := newWorld(t)
	for name, body := range map[string]string{
		"three members": `{"InstanceId":"` + w.InstanceId + `","ContactFlowId":"` + w.flow + `","ParticipantDetails":{"DisplayName":"Ana"}}`,
		"eight members": `{"Attributes":{"plan":"gold"},"ChatDurationInMinutes":60,"ClientToken":"t","InitialMessage":{"Content":"Hello","ContentType":"text/plain"},` +
			`"SupportedMessagingContentTypes":["text/markdown","text/plain"],"InstanceId":"` + w.InstanceId + `","ContactFlowId":"` + w.flow +
			`","ParticipantDetails":{"DisplayName":"Ana"}}`,
		"empty maps and lists": `{"Attributes":{},"SupportedMessagingContentTypes":[],"InstanceId":"` + w.InstanceId + `","ContactFlowId":"` + w.flow +
			`","ParticipantDetails":{"DisplayName":"Ana"}}`,
	} {
		a := w.signed(t, signed{method: "PUT", path: "/contact/chat", body: body, contentType: "application/x-amz-json-1.1", hash: true})
		var out map[string]string
		if err := json.Unmarshal(a.body, &out); err != nil || a.status != 200 || out["ContactId"] == "" || out["ParticipantId"] == "" || out["ParticipantToken"] == "" {
			t.Errorf("%s: %v, %v", name, a, err)
			continue
		}
		c := &chat{w: w, bearer: out["ParticipantToken"]}
		c.token, _ = c.connection(t)
		var said []string
		for _, it := range c.transcript(t) {
			if it.Content != nil {
				said = append(said, *it.Content)
			}
		}
		want := []string{"One", "Two"}
		if strings.HasPrefix(name, "eight") {
			want = []string{"Hello", "One", "Two"}
		}
		if diff := cmp.Diff(want, said); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAmazonkaStartsTwoChatsWithoutToken(t *testing.T) {
	w := newWorld(t)
	body := `{"InstanceId":"` + w.InstanceId + `","ContactFlowId":"` + w.flow + `","ParticipantDetails":{"DisplayName":"Ana"}}`
	request := signed{method: "PUT", path: "/contact/chat", body: body, contentType: "application/x-amz-json-1.1", hash: true}
	if a, b := w.signed(t, request), w.signed(t, request); a.member("ContactId") == b.member("ContactId") {
		t.Error("two requests without a token started one chat")
	}
}

// TestAmazonkaReadsErrorsAndEmptyAnswers: the code without its suffix must go with the modelled status, and an answer without
// members is {}.
func TestAmazonkaReadsErrorsAndEmptyAnswers(t *testing.T) {
	w := newWorld(t)
	c := w.start(t)
	request := signed{
		method: "POST", path: "/contact/stop", contentType: "application/x-amz-json-1.1", hash: true,
		body: `{"InstanceId":"` + w.InstanceId + `","ContactId":"` + c.contact + `"}`,
	}
	if a := w.signed(t, request); a.status != 200 || string(a.body) != "{}" {
		t.Errorf("StopContact: %v", a)
	}
	request.body = `{"InstanceId":"` + w.InstanceId + `","ContactId":"nobody"}`
	if a := w.signed(t, request); a.status != 404 || a.member("__type") != "ResourceNotFoundException" || a.member("Message") == "" {
		t.Errorf("StopContact of an unknown contact: %v", a)
	}
}
