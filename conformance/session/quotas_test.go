package session

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// TestRequestRate: more than the burst of StartChatContact at once is answered with the gateway's 429, which no operation models.
func TestRequestRate(t *testing.T) {
	w := newWorld(t, "--quotas", "aws")
	w.Advance(t, time.Minute) // every bucket is full
	client := w.once()
	const calls = 40
	refused, started := 0, 0
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range calls {
		wg.Go(func() {
			_, err := client.StartChatContact(t.Context(), w.input())
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				started++
				return
			}
			e, ok := errors.AsType[smithy.APIError](err)
			status, _ := errors.AsType[*smithyhttp.ResponseError](err)
			if !ok || e.ErrorCode() != "TooManyRequestsException" || e.ErrorMessage() == "" || status == nil || status.HTTPStatusCode() != http.StatusTooManyRequests {
				t.Errorf("refused with %v", err)
			}
			if _, modelled := errors.AsType[*types.LimitExceededException](err); modelled {
				t.Errorf("a rate is told as a quota: %v", err)
			}
			refused++
		})
	}
	wg.Wait()
	if started < 8 || refused < calls/2 {
		t.Errorf("%d started and %d refused of %d at once, with a burst of 8", started, refused, calls)
	}
	for { // the body has a lower-case message
		body, _ := json.Marshal(map[string]any{"InstanceId": w.InstanceId, "ContactFlowId": w.flow, "ParticipantDetails": map[string]string{"DisplayName": "Ana"}})
		a := w.signed(t, signed{method: "PUT", path: "/contact/chat", body: string(body)})
		if a.status == 429 {
			if a.member("message") == "" || a.member("Message") != "" {
				t.Errorf("429 is %v", a)
			}
			break
		}
	}
	// A participant's operations have the service's own exception.
	w.Advance(t, time.Minute)
	c := w.connected(t)
	for range 200 {
		if a := w.post(t, "message", c.token, `{"ContentType":"text/plain","Content":"x"}`); a.status != 200 {
			if a.status != 429 || a.header.Get("X-Amzn-Errortype") != "ThrottlingException" || a.member("Message") == "" {
				t.Errorf("refused with %v", a)
			}
			return
		}
	}
	t.Error("200 messages in a row were taken, with a burst of 15")
}

// TestActiveChatQuota is requirement 6: the 429 of the quota leaves nothing behind.
func TestActiveChatQuota(t *testing.T) {
	w := newWorld(t, "--quotas", "aws")
	client := w.once()
	var first string
	n := 0
	limit := &types.LimitExceededException{}
	for {
		out, err := client.StartChatContact(t.Context(), w.input())
		if err == nil {
			if n++; n == 1 {
				first = *out.ContactId
			}
			continue
		}
		if e, ok := errors.AsType[smithy.APIError](err); ok && e.ErrorCode() == "TooManyRequestsException" {
			w.Advance(t, time.Second)
			continue
		}
		var ok bool
		if limit, ok = errors.AsType[*types.LimitExceededException](err); !ok {
			t.Fatal(err)
		}
		break
	}
	if n != 500 || limit.ErrorMessage() == "" {
		t.Errorf("after %d chats: %v", n, limit)
	}
	w.Advance(t, time.Second)
	body := `{"ClientToken":"again","InstanceId":"` + w.InstanceId + `","ContactFlowId":"` + w.flow + `","ParticipantDetails":{"DisplayName":"Ana"}}`
	if a := w.signed(t, signed{method: "PUT", path: "/contact/chat", body: body}); a.status != 429 || a.member("__type") != "LimitExceededException" || a.member("Message") == "" {
		t.Errorf("the quota is told as %v", a)
	}
	// One ends, and the same request with the same token starts one.
	if _, err := w.connect.StopContact(t.Context(), &connect.StopContactInput{InstanceId: &w.InstanceId, ContactId: &first}); err != nil {
		t.Fatal(err)
	}
	w.Advance(t, time.Second)
	if a := w.signed(t, signed{method: "PUT", path: "/contact/chat", body: body}); a.status != 200 {
		t.Errorf("with room again: %v", a)
	}
	if a := w.signed(t, signed{method: "PUT", path: "/contact/chat", body: strings.Replace(body, "again", "one more", 1)}); a.status != 429 {
		t.Errorf("the place was taken twice: %v", a)
	}
}

// TestRetriesOfAThrottledCallSucceed: the official client repeats a throttled call until it is served, and one chat comes of it.
func TestRetriesOfAThrottledCallSucceed(t *testing.T) {
	w := newWorld(t, "--quotas", "aws")
	for range 12 {
		w.once().StartChatContact(t.Context(), w.input())
	}
	if _, err := w.connect.StartChatContact(t.Context(), w.input(), func(o *connect.Options) { o.RetryMaxAttempts = 10 }); err != nil {
		t.Error(err)
	}
}
