package server

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/uuid"
)

const startBody = `{"InstanceId":"` + DevInstance + `","ContactFlowId":"` + DevFlow + `","ParticipantDetails":{"DisplayName":"Ana"}}`

func TestRawRequests(t *testing.T) {
	w := open(t)
	chat := w.startChat()
	big := `{"Content":"` + strings.Repeat("x", bodyLimit) + `"}`
	key, bearer := []string{"sign", DevAccessKey}, []string{"X-Amz-Bearer", chat.connectionToken}
	amazonka := append([]string{"Content-Type", "application/x-amz-json-1.1"}, key...)
	tests := []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		code, says               string // says is in the answer's body
	}{
		{"good", "PUT", "/contact/chat", startBody, key, 200, "", `"ContactId":"`},
		{"as amazonka sends it", "PUT", "/contact/chat", startBody, amazonka, 200, "", `"ParticipantToken":"`},
		{"unknown members", "PUT", "/contact/chat", startBody[:len(startBody)-1] + `,"Later":{"A":[1]}}`, key, 200, "", "ContactId"},
		{"a blank in the query", "GET", "/instance?nextToken=&maxResults=10", "", key, 200, "", "InstanceSummaryList"},

		{"unknown path", "GET", "/no/such/path", "", nil, 403, "MissingAuthenticationTokenException", `"message":`},
		{"unknown path, signed", "GET", "/no/such/path", "", key, 403, "MissingAuthenticationTokenException", `"message":`},
		{"unknown participant path", "POST", "/participant/nothing", "{}", bearer, 404, "UnknownOperationException", `"message":"Not found"`},
		{"wrong method", "GET", "/contact/chat", "", key, 405, "MethodNotAllowedException", "PUT, OPTIONS"},
		{"wrong participant method", "GET", "/participant/message", "", bearer, 405, "MethodNotAllowedException", "POST, OPTIONS"},
		{"wrong method of ours", "POST", "/parley/v1/chats/", "", nil, 403, "MissingAuthenticationTokenException", ""},

		{"unsigned", "PUT", "/contact/chat", startBody, nil, 403, "MissingAuthenticationTokenException", `"message":`},
		{"oversize", "PUT", "/contact/chat", big, key, 413, "RequestEntityTooLargeException", "1048576"},
		{"oversize message", "POST", "/participant/message", big, bearer, 413, "RequestEntityTooLargeException", "1048576"},
		{
			"oversize flow", "PUT", "/contact-flows/" + DevInstance, strings.Repeat(" ", flowBodyLimit+1), key, 413,
			"RequestEntityTooLargeException", "2097152",
		},
		{
			"large but not oversize flow", "PUT", "/contact-flows/" + DevInstance, strings.Repeat(" ", bodyLimit+1) + "{}", key, 400,
			"InvalidRequestException", "Content",
		},

		{"no JSON", "PUT", "/contact/chat", `{"InstanceId":`, key, 400, "InvalidRequestException", `"Message":`},
		{"an array", "PUT", "/contact/chat", `[]`, key, 400, "InvalidRequestException", `"Message":`},
		{"empty body", "PUT", "/contact/chat", ``, key, 400, "InvalidRequestException", "InstanceId"},
		{
			"wrong type", "PUT", "/contact/chat", strings.Replace(startBody, `"Ana"`, `7`, 1), key, 400, "InvalidRequestException",
			"ParticipantDetails.DisplayName",
		},
		{
			"wrong case", "PUT", "/contact/chat", strings.Replace(startBody, "InstanceId", "instanceId", 1), key, 400,
			"InvalidRequestException", "InstanceId",
		},
		{"no participant JSON", "POST", "/participant/message", `{"Content"`, bearer, 400, "ValidationException", `"Message":`},
		{
			"wrong participant type", "POST", "/participant/message", `{"Content":{},"ContentType":"text/plain"}`, bearer, 400,
			"ValidationException", "Content",
		},
		{"missing member", "POST", "/participant/message", `{"Content":"hi"}`, bearer, 400, "ValidationException", "ContentType"},

		{"not supported", "GET", "/users-summary/" + DevInstance, "", key, 400, "InvalidRequestException", "ListUsers is not supported by Parley"},
		{"not supported, unsigned", "GET", "/users-summary/" + DevInstance, "", nil, 403, "MissingAuthenticationTokenException", ""},
		{"unknown view", "GET", "/participant/views/a%2Fb", "", bearer, 404, "ResourceNotFoundException", `"ResourceId":"a/b"`},
		{"not supported, no token", "GET", "/participant/views/x", "", nil, 403, "AccessDeniedException", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := w.send(tt.method, tt.path, tt.body, tt.headers...)
			if r.status != tt.status {
				t.Fatalf("status %d, want %d: %s", r.status, tt.status, r.body)
			}
			if got := r.header.Get("x-amzn-ErrorType"); got != tt.code {
				t.Errorf("x-amzn-ErrorType %q, want %q", got, tt.code)
			}
			if got := r.member(t, "__type"); got != tt.code {
				t.Errorf("__type %q, want %q", got, tt.code)
			}
			if !strings.Contains(r.body, tt.says) {
				t.Errorf("the answer lacks %q: %s", tt.says, r.body)
			}
			checkHeaders(t, r)
			if tt.status == http.StatusMethodNotAllowed && r.header.Get("Allow") != tt.says {
				t.Errorf("Allow %q, want %q", r.header.Get("Allow"), tt.says)
			}
		})
	}
}

// checkHeaders checks what every answer carries, an error included.
func checkHeaders(t *testing.T, r reply) {
	t.Helper()
	if _, err := uuid.Parse(r.header.Get("x-amzn-RequestId")); err != nil {
		t.Errorf("x-amzn-RequestId: %v", err)
	}
	if got := r.header.Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type %q", got)
	}
	if got := r.header.Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("Access-Control-Allow-Origin %q", got)
	}
	exposed := strings.Split(r.header.Get("Access-Control-Expose-Headers"), ", ")
	for _, name := range []string{"x-amzn-errortype", "x-amzn-requestid", "retry-after"} {
		if !slices.Contains(exposed, name) {
			t.Errorf("%s is not exposed to pages", name)
		}
	}
	// Clients correct their clock by it, so it is the machine's time, not the server's.
	if date, err := http.ParseTime(r.header.Get("Date")); err != nil || time.Since(date).Abs() > time.Minute {
		t.Errorf("Date %q", r.header.Get("Date"))
	}
}

func TestSignatureFailures(t *testing.T) {
	w := open(t)
	good := aws.Credentials{AccessKeyID: DevAccessKey, SecretAccessKey: DevAccessKey}
	tests := []struct {
		name            string
		key             aws.Credentials
		service, region string
		at              time.Time
		change          func(*http.Request)
		code            string
	}{
		{"good", good, "connect", "us-east-1", time.Now(), nil, ""},
		{"14 minutes late", good, "connect", "us-east-1", time.Now().Add(-14 * time.Minute), nil, ""},
		{
			"wrong secret",
			aws.Credentials{AccessKeyID: DevAccessKey, SecretAccessKey: "x"},
			"connect", "us-east-1", time.Now(), nil,
			"InvalidSignatureException",
		},
		{
			"unknown key",
			aws.Credentials{AccessKeyID: "AKIA", SecretAccessKey: "x"},
			"connect", "us-east-1", time.Now(), nil,
			"UnrecognizedClientException",
		},
		{"too old", good, "connect", "us-east-1", time.Now().Add(-time.Hour), nil, "InvalidSignatureException"},
		{"from the future", good, "connect", "us-east-1", time.Now().Add(time.Hour), nil, "InvalidSignatureException"},
		{"other service", good, "execute-api", "us-east-1", time.Now(), nil, "InvalidSignatureException"},
		{"other Region", good, "connect", "eu-west-2", time.Now(), nil, "InvalidSignatureException"},
		{
			"other path", good, "connect", "us-east-1", time.Now(), func(r *http.Request) { r.URL.Path = "/instance/" + DevInstance },
			"InvalidSignatureException",
		},
		{"half a header", good, "connect", "us-east-1", time.Now(), func(r *http.Request) {
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=parley")
		}, "IncompleteSignatureException"},
		{
			"no header", good, "connect", "us-east-1", time.Now(), func(r *http.Request) { r.Header.Del("Authorization") },
			"MissingAuthenticationTokenException",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/instance", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			sign(t, req, "", tt.key, tt.service, tt.region, tt.at)
			if tt.change != nil {
				tt.change(req)
			}
			r := w.do(req)
			want := http.StatusForbidden
			if tt.code == "" {
				want = http.StatusOK
			}
			if r.status != want || r.header.Get("x-amzn-ErrorType") != tt.code {
				t.Errorf("%d %s, want %d %s: %s", r.status, r.header.Get("x-amzn-ErrorType"), want, tt.code, r.body)
			}
			if tt.code != "" && r.member(t, "message") == "" {
				t.Errorf("no message in lower case: %s", r.body)
			}
		})
	}
}

func TestTokenFailuresSayWhichTokenIsNeeded(t *testing.T) {
	w := open(t)
	chat := w.startChat()
	connection, message := `{"Type":["CONNECTION_CREDENTIALS"]}`, `{"ContentType":"text/plain","Content":"hi"}`
	for _, tt := range []struct{ name, path, body, token, says string }{
		{"none for a connection", "/participant/connection", connection, "", "ParticipantToken"},
		{"connection token for a connection", "/participant/connection", connection, chat.connectionToken, "ParticipantToken"},
		{"none for a message", "/participant/message", message, "", "ConnectionToken"},
		{"participant token for a message", "/participant/message", message, chat.participantToken, "ConnectionToken"},
		{"forged", "/participant/message", message, chat.connectionToken[:len(chat.connectionToken)-4] + "AAAA", ""},
		{"nonsense", "/participant/message", message, "Bearer x", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := w.send("POST", tt.path, tt.body, "X-Amz-Bearer", tt.token)
			if r.status != http.StatusForbidden || r.header.Get("x-amzn-ErrorType") != "AccessDeniedException" {
				t.Errorf("%d %s, want 403 AccessDeniedException", r.status, r.header.Get("x-amzn-ErrorType"))
			}
			squeezed := strings.ReplaceAll(strings.ToLower(r.member(t, "Message")), " ", "")
			if !strings.Contains(squeezed, strings.ToLower(tt.says)) {
				t.Errorf("Message %q does not name the %s", r.member(t, "Message"), tt.says)
			}
		})
	}
}

func TestExpiredConnectionToken(t *testing.T) {
	w := open(t)
	chat := w.startChat()
	w.clock.Set(w.clock.Now().Add(24*time.Hour + time.Second))
	r := w.send("POST", "/participant/message", `{"ContentType":"text/plain","Content":"hi"}`, "X-Amz-Bearer", chat.connectionToken)
	if r.status != http.StatusForbidden || !strings.Contains(r.member(t, "Message"), "expired") {
		t.Errorf("%d %s, want 403 and that the token expired", r.status, r.body)
	}
}

func TestPanicsAreAnsweredAndLogged(t *testing.T) {
	w := open(t)
	w.own("/panics", "Panic", 0, func(*call) error { panic("oh no") })
	r := w.send("GET", "/panics", "")
	if r.status != http.StatusInternalServerError || r.header.Get("x-amzn-ErrorType") != "InternalFailure" {
		t.Errorf("%d %s, want 500 InternalFailure", r.status, r.header.Get("x-amzn-ErrorType"))
	}
	checkHeaders(t, r)
	if strings.Contains(r.body, "oh no") {
		t.Errorf("the caller reads the panic: %s", r.body)
	}
	if log := w.log.String(); !strings.Contains(log, "oh no") || !strings.Contains(log, r.header.Get("x-amzn-RequestId")) {
		t.Errorf("the log lacks the panic or the id of the request:\n%s", log)
	}
	if r := w.send("GET", "/healthz", ""); r.status != http.StatusOK {
		t.Errorf("after the panic: %d", r.status)
	}
}

func TestPreflight(t *testing.T) {
	w := open(t)
	// What chatjs asks for. Source: participant-wire sheet, section 11.
	asked := "authorization,content-type,x-amz-bearer,x-amz-content-sha256,x-amz-date,x-amz-user-agent"
	for _, path := range []string{"/participant/connection", "/contact/chat", "/parley/v1/chats", "/no/such/path"} {
		r := w.send("OPTIONS", path, "", "Origin", "https://shop.example", "Access-Control-Request-Method", "POST",
			"Access-Control-Request-Headers", asked)
		if r.status != http.StatusNoContent || r.body != "" {
			t.Errorf("OPTIONS %s: %d %q, want 204", path, r.status, r.body)
		}
		for name, want := range map[string]string{
			"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": asked, "Access-Control-Max-Age": "86400",
		} {
			if got := r.header.Get(name); got != want {
				t.Errorf("OPTIONS %s: %s %q, want %q", path, name, got, want)
			}
		}
		for _, m := range []string{"GET", "POST", "PUT"} {
			if !strings.Contains(r.header.Get("Access-Control-Allow-Methods"), m) {
				t.Errorf("OPTIONS %s does not allow %s", path, m)
			}
		}
	}
}

func TestConfiguredOrigins(t *testing.T) {
	w := open(t, func(c *Config) { c.CORSOrigins = []string{"https://shop.example"} })
	for origin, want := range map[string]string{"https://shop.example": "https://shop.example", "https://evil.example": "", "": ""} {
		for _, method := range []string{"OPTIONS", "GET"} {
			r := w.send(method, "/healthz", "", "Origin", origin)
			if got := r.header.Get("Access-Control-Allow-Origin"); got != want {
				t.Errorf("%s with origin %q: Access-Control-Allow-Origin %q, want %q", method, origin, got, want)
			}
			if r.header.Get("Vary") != "Origin" {
				t.Errorf("%s: Vary %q", method, r.header.Get("Vary"))
			}
		}
	}
}

func TestBasePath(t *testing.T) {
	w := open(t, func(c *Config) { c.BasePath = "/connect" })
	w.startChat() // through both services, signed with the prefix
	if r := w.send("GET", "/connect/healthz", ""); r.status != http.StatusOK {
		t.Errorf("below the base path: %d", r.status)
	}
	if r := w.send("GET", "/healthz", ""); r.status != http.StatusForbidden {
		t.Errorf("beside the base path: %d, want 403", r.status)
	}
}

func TestRequestLogOfUnknownPaths(t *testing.T) {
	w := open(t)
	w.send("GET", "/typo/"+strings.Repeat("x", 500)+"?token=secret", "")
	if log := w.log.String(); !strings.Contains(log, `"path":"/typo/xx`) || strings.Contains(log, "secret") || len(log) > 600 {
		t.Errorf("want the begin of the path without its query:\n%s", log)
	}
}

func TestRequestLog(t *testing.T) {
	w := open(t)
	chat := w.startChat()
	r := w.send("POST", "/participant/message", `{"ContentType":"text/plain","Content":"my secret"}`, "X-Amz-Bearer", chat.connectionToken)
	log := w.log.String()
	line := ""
	for l := range strings.Lines(log) {
		if strings.Contains(l, r.header.Get("x-amzn-RequestId")) {
			line = l
		}
	}
	for _, want := range []string{
		`"operation":"SendMessage"`, `"status":200`, `"us":`, `"in":50`, `"out":`, `"remote":"127.0.0.1"`, `"contact":"` + chat.contact + `"`,
	} {
		if !strings.Contains(line, want) {
			t.Errorf("the line of the request lacks %s: %s", want, line)
		}
	}
	for what, secret := range map[string]string{
		"text": "my secret", "name": "Ana", "participant token": chat.participantToken, "connection token": chat.connectionToken,
		"signature": "Signature=", "URL token": "token=",
	} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds a %s", what)
		}
	}
}

// stalled sends a request whose body does not come, and returns the answer.
func (w *world) stalled(method, path, headers string, length int) (status int, code string) {
	w.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(time.Minute))
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n%s\r\n", method, path, length, headers)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		w.t.Fatalf("no answer without the body: %v", err)
	}
	resp.Body.Close()
	return resp.StatusCode, resp.Header.Get("x-amzn-ErrorType")
}

// Who has no key, or may not start chats, is answered before a byte of the body has come.
func TestBodiesOfStrangersAreNotRead(t *testing.T) {
	w := open(t)
	now := time.Now().UTC().Format("20060102T150405Z")
	authorization := func(date, key string) string {
		return "X-Amz-Date: " + date + "\r\nAuthorization: AWS4-HMAC-SHA256 Credential=" + key + "/" + date[:8] +
			"/us-east-1/connect/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + strings.Repeat("0", 64) + "\r\n"
	}
	for _, tt := range []struct{ name, headers, code string }{
		{"unsigned", "", "MissingAuthenticationTokenException"},
		{"half a header", "Authorization: AWS4-HMAC-SHA256 Credential=x\r\n", "IncompleteSignatureException"},
		{"late", authorization("20200101T000000Z", DevAccessKey), "InvalidSignatureException"},
		{"unknown key", authorization(now, "AKIA"), "UnrecognizedClientException"},
	} {
		if status, code := w.stalled("PUT", "/contact/chat", tt.headers, bodyLimit); status != http.StatusForbidden || code != tt.code {
			t.Errorf("%s: %d %s, want 403 %s", tt.name, status, code, tt.code)
		}
	}
	w = open(t, func(c *Config) {
		c.Dev, c.PublicChats = nil, PublicChats{Flows: []string{DevFlow}, Origins: []string{"https://shop.example"}, Rate: Rate{PerSecond: 0.001, Burst: 1}}
	})
	const big = 1 << 20 // more than net/http waits for before it answers
	if status, _ := w.stalled("POST", "/parley/v1/chats", "", big); status != http.StatusForbidden {
		t.Errorf("no origin: %d, want 403", status)
	}
	if status, _ := w.stalled("POST", "/parley/v1/chats", "Origin: https://shop.example\r\n", big); status != http.StatusRequestEntityTooLarge {
		t.Errorf("oversize: %d, want 413", status)
	}
	if status, _ := w.stalled("POST", "/parley/v1/chats", "Origin: https://shop.example\r\n", big); status != http.StatusTooManyRequests {
		t.Errorf("too often: %d, want 429", status)
	}
}

func TestBodiesOfStrangersAreBounded(t *testing.T) {
	w := open(t)
	if !w.unverified.TryAcquire(maxUnverified - int64(len(startBody)) + 1) {
		t.Fatal("others are being read")
	}
	answered := make(chan reply)
	go func() { answered <- w.send("PUT", "/contact/chat", startBody, "sign", DevAccessKey) }()
	select {
	case r := <-answered:
		t.Fatalf("read beyond the limit: %d %s", r.status, r.body)
	case <-time.After(50 * time.Millisecond):
	}
	if r := w.send("GET", "/instance", "", "sign", DevAccessKey); r.status != http.StatusOK {
		t.Errorf("a request without a body: %d %s", r.status, r.body)
	}
	w.unverified.Release(1)
	if r := <-answered; r.status != http.StatusOK {
		t.Errorf("after there was room: %d %s", r.status, r.body)
	}
	if !w.unverified.TryAcquire(int64(len(startBody)) - 1) {
		t.Error("the room is not given back")
	}
}
