package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
)

// The checklist of the participant-wire sheet, section 14, as far as HTTP alone shows it. What needs a socket is tested by the
// gateway and the plays.

const bothTypes = `{"Type":["WEBSOCKET","CONNECTION_CREDENTIALS"]}`

var pageURL = regexp.MustCompile(`^wss://|^ws://127\.0\.0\.1:`) // what chatjs opens

func TestChecklist1ConnectionAnswer(t *testing.T) {
	w := open(t)
	chat := w.startChat()
	r := w.send("POST", "/participant/connection", bothTypes, "X-Amz-Bearer", chat.participantToken)
	checkConnection(t, w, r)
}

func TestChecklist2NonsenseAuthorizationIsIgnored(t *testing.T) {
	w := open(t)
	chat := w.startChat()
	r := w.send("POST", "/participant/connection", bothTypes, "X-Amz-Bearer", chat.participantToken,
		"Authorization", "AWS4-HMAC-SHA256 Credential=/20260131/us-east-1/execute-api/aws4_request, SignedHeaders=;;, Signature=zz",
		"X-Amz-Date", "yesterday", "X-Amz-Content-Sha256", "none")
	checkConnection(t, w, r)
}

func checkConnection(t *testing.T, w *world, r reply) {
	t.Helper()
	var out struct {
		Websocket             struct{ Url, ConnectionExpiry string }
		ConnectionCredentials struct{ ConnectionToken, Expiry string }
	}
	if err := json.Unmarshal([]byte(r.body), &out); r.status != http.StatusOK || err != nil {
		t.Fatalf("%d %s: %v", r.status, r.body, err)
	}
	if url := out.Websocket.Url; !pageURL.MatchString(url) || len(url) > 2000 {
		t.Errorf("URL %q", url)
	}
	expiry, err := time.Parse("2006-01-02T15:04:05.000Z", out.ConnectionCredentials.Expiry)
	if err != nil {
		t.Error(err)
	}
	// chatjs polls without a pause when it lies outside of this.
	if d := expiry.Sub(w.clock.Now()); d <= time.Minute || d >= 24*24*time.Hour {
		t.Errorf("the connection token lives for %v", d)
	}
	if _, err := time.Parse("2006-01-02T15:04:05.000Z", out.Websocket.ConnectionExpiry); err != nil {
		t.Error(err)
	}
	if n := len(out.ConnectionCredentials.ConnectionToken); n < 1 || n > 1000 {
		t.Errorf("a connection token of %d characters", n)
	}
}

func TestChecklist3ErrorsAreReadableByPages(t *testing.T) {
	w := open(t)
	w.own("/panics", "Panic", 0, func(*call) error { panic("a 500") })
	for status, r := range map[int]reply{
		403: w.send("POST", "/participant/connection", bothTypes, "Origin", "https://shop.example"),
		404: w.send("POST", "/participant/none", bothTypes, "Origin", "https://shop.example"),
		500: w.send("POST", "/panics", "", "Origin", "https://shop.example"),
	} {
		if r.status != status {
			t.Errorf("status %d, want %d", r.status, status)
		}
		if r.header.Get("Access-Control-Allow-Origin") != "*" || r.member(t, "__type") == "" {
			t.Errorf("a page can not read the %d: %v %s", status, r.header, r.body)
		}
	}
}

func TestChecklist7And8MessageIsStoredOnceUnderItsId(t *testing.T) {
	w := open(t)
	chat := w.startChat()
	in := &participant.SendMessageInput{
		ConnectionToken: &chat.connectionToken, ContentType: new("text/plain"), Content: new("hello"), ClientToken: new("once"),
	}
	first, err := w.participant().SendMessage(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.participant().SendMessage(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if *again.Id != *first.Id || *again.AbsoluteTime != *first.AbsoluteTime {
		t.Errorf("the repetition is answered with %s at %s, the first with %s at %s", *again.Id, *again.AbsoluteTime, *first.Id, *first.AbsoluteTime)
	}
	found := 0
	for _, item := range w.transcript(chat) {
		if item.Content != nil && *item.Content == "hello" {
			found++
			if *item.Id != *first.Id {
				t.Errorf("stored under %s, answered %s", *item.Id, *first.Id)
			}
		}
	}
	if found != 1 {
		t.Errorf("stored %d times", found)
	}
}

func (w *world) transcript(chat started) []ptypes.Item {
	w.t.Helper()
	out, err := w.participant().GetTranscript(w.t.Context(), &participant.GetTranscriptInput{
		ConnectionToken: &chat.connectionToken, MaxResults: new(int32(100)), SortOrder: ptypes.SortKeyAscending,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out.Transcript
}

func TestChecklist10ReceiptForAnUnknownId(t *testing.T) {
	w := open(t)
	chat := w.startChat()
	r := w.send("POST", "/participant/event", `{"ContentType":"application/vnd.amazonaws.connect.event.message.read",`+
		`"Content":"{\"messageId\":\"no-such-id\"}","ClientToken":"INCOMING_READ_RECEIPT"}`, "X-Amz-Bearer", chat.connectionToken)
	if r.status != http.StatusOK {
		t.Errorf("%d %s", r.status, r.body)
	}
}

func TestChecklist12SeveralTokensOfOneParticipant(t *testing.T) {
	w := open(t)
	chat := w.startChat()
	tokens := []string{chat.connectionToken}
	for range 2 {
		out, err := w.participant().CreateParticipantConnection(t.Context(), &participant.CreateParticipantConnectionInput{
			ParticipantToken: &chat.participantToken, Type: []ptypes.ConnectionType{ptypes.ConnectionTypeConnectionCredentials},
		})
		if err != nil {
			t.Fatal(err)
		}
		if out.Websocket != nil {
			t.Error("a URL was not asked for")
		}
		tokens = append(tokens, *out.ConnectionCredentials.ConnectionToken)
	}
	for i, token := range tokens {
		r := w.send("POST", "/participant/message", fmt.Sprintf(`{"ContentType":"text/plain","Content":"by token %d"}`, i), "X-Amz-Bearer", token)
		if r.status != http.StatusOK {
			t.Errorf("token %d: %d %s", i, r.status, r.body)
		}
	}
}

func TestChecklist14EverythingIs403AfterTheEnd(t *testing.T) {
	w := open(t)
	chat := w.startChat()
	if r := w.send("POST", "/participant/disconnect", `{}`, "X-Amz-Bearer", chat.connectionToken); r.status != http.StatusOK || r.body != "{}" {
		t.Fatalf("disconnect: %d %s, want 200 {}", r.status, r.body)
	}
	for path, call := range map[string]struct{ token, body string }{
		"connection": {chat.participantToken, bothTypes},
		"message":    {chat.connectionToken, `{"ContentType":"text/plain","Content":"hi"}`},
		"event":      {chat.connectionToken, `{"ContentType":"application/vnd.amazonaws.connect.event.typing"}`},
		"transcript": {chat.connectionToken, `{}`},
		"disconnect": {chat.connectionToken, `{}`},
	} {
		r := w.send("POST", "/participant/"+path, call.body, "X-Amz-Bearer", call.token)
		if r.status != http.StatusForbidden || r.member(t, "__type") != "AccessDeniedException" {
			t.Errorf("%s: %d %s, want 403 AccessDeniedException", path, r.status, r.body)
		}
	}
}

// The 403 tells a client that the chat is over, whatever else is wrong with its request.
func TestChecklist14BadRequestsAre403AfterTheEnd(t *testing.T) {
	w := open(t)
	chat := w.startChat()
	bad := []struct{ method, path, body, token string }{
		{"POST", "/participant/connection", `{"Type":["NONE"]}`, chat.participantToken},
		{"POST", "/participant/connection", `{}`, chat.participantToken},
		{"POST", "/participant/connection", `[`, chat.participantToken},
		{"POST", "/participant/message", `{`, chat.connectionToken},
		{"POST", "/participant/message", `{"ContentType":"text/plain"}`, chat.connectionToken},
		{"POST", "/participant/message", `{"ContentType":"image/png","Content":"x"}`, chat.connectionToken},
		{"POST", "/participant/message", strings.Repeat(" ", bodyLimit+1), chat.connectionToken},
		{"POST", "/participant/event", `{"ContentType":"x"}`, chat.connectionToken},
		{"POST", "/participant/transcript", `{"SortOrder":"UP"}`, chat.connectionToken},
		{"POST", "/participant/disconnect", `[]`, chat.connectionToken},
		{"POST", "/participant/attachment", `{}`, chat.connectionToken},
		{"GET", "/participant/views/" + strings.Repeat("x", 1001), ``, chat.connectionToken},
	}
	for _, b := range bad {
		if r := w.send(b.method, b.path, b.body, "X-Amz-Bearer", b.token); r.status != http.StatusBadRequest && r.status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s %.40s, live: %d %s, want 400 or 413", b.path, b.body, r.status, r.body)
		}
	}
	w.send("POST", "/participant/disconnect", `{}`, "X-Amz-Bearer", chat.connectionToken)
	for _, b := range bad {
		r := w.send(b.method, b.path, b.body, "X-Amz-Bearer", b.token)
		if r.status != http.StatusForbidden || r.member(t, "__type") != "AccessDeniedException" {
			t.Errorf("%s %.40s, over: %d %s, want 403", b.path, b.body, r.status, r.body)
		}
	}
}

func TestChecklist15BadSocketURLsAreRefusedAtTheUpgrade(t *testing.T) {
	w := open(t)
	chat := w.startChat()
	out, err := w.participant().CreateParticipantConnection(t.Context(), &participant.CreateParticipantConnectionInput{
		ParticipantToken: &chat.participantToken, Type: []ptypes.ConnectionType{ptypes.ConnectionTypeWebsocket},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, good, _ := strings.Cut(*out.Websocket.Url, "?")
	upgrade := []string{
		"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==",
	}
	for name, query := range map[string]string{"no token": "", "bad token": "token=x", "connection token": "token=" + chat.connectionToken} {
		if r := w.send("GET", "/participant/websocket?"+query, "", upgrade...); r.status != http.StatusForbidden {
			t.Errorf("%s: %d, want 403", name, r.status)
		}
	}
	w.clock.Set(w.clock.Now().Add(101 * time.Second))
	if r := w.send("GET", "/participant/websocket?"+good, "", upgrade...); r.status != http.StatusForbidden {
		t.Errorf("a URL older than 100 s: %d, want 403", r.status)
	}
}

func TestChecklist18LenientBodies(t *testing.T) {
	w := open(t)
	chat := w.startChat()
	r := w.send("POST", "/participant/event", `{"ContentType":"application/vnd.amazonaws.connect.event.typing","Content":""}`,
		"X-Amz-Bearer", chat.connectionToken)
	if r.status != http.StatusOK {
		t.Errorf("typing with empty Content: %d %s", r.status, r.body)
	}
	r = w.send("POST", "/participant/connection", `{"ConnectParticipant":true}`, "X-Amz-Bearer", chat.participantToken)
	if r.status != http.StatusOK {
		t.Errorf("ConnectParticipant without Type: %d %s", r.status, r.body)
	}
}
