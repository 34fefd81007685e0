package webhook

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func secret(t testing.TB, fill byte) Secret {
	t.Helper()
	s, err := ParseSecret("whsec_" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat(string(rune(fill)), 32))))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestKnownSignature is the example of the specification, so that the libraries of receivers verify what we sign.
func TestKnownSignature(t *testing.T) {
	s, err := ParseSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	at := time.Unix(1614265330, 0)
	body := []byte(`{"test": 2432232314}`)
	Sign(h, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, body, s)
	if got, want := h.Get(HeaderSignature), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("signature %q, want %q", got, want)
	}
	if err := Verify(h, body, at.Add(Tolerance), s); err != nil {
		t.Error(err)
	}
}

func TestVerifyRefuses(t *testing.T) {
	current, old, strange := secret(t, 'a'), secret(t, 'b'), secret(t, 'c')
	at := time.Unix(1_767_225_600, 0)
	body := []byte(`{"n":1}`)
	for _, tt := range []struct {
		name    string
		change  func(h http.Header)
		now     time.Time
		body    string
		secrets []Secret
		ok      bool
	}{
		{"the new secret", nil, at, `{"n":1}`, []Secret{current}, true},
		{"the old secret", nil, at, `{"n":1}`, []Secret{old}, true},
		{"a receiver that has both", nil, at, `{"n":1}`, []Secret{strange, old}, true},
		{"another secret", nil, at, `{"n":1}`, []Secret{strange}, false},
		{"no secret", nil, at, `{"n":1}`, nil, false},
		{"another body", nil, at, `{"n":2}`, []Secret{current}, false},
		{"too late", nil, at.Add(Tolerance + time.Second), `{"n":1}`, []Secret{current}, false},
		{"too early", nil, at.Add(-Tolerance - time.Second), `{"n":1}`, []Secret{current}, false},
		{"another id", func(h http.Header) { h.Set(HeaderID, "2") }, at, `{"n":1}`, []Secret{current}, false},
		{"no id", func(h http.Header) { h.Del(HeaderID) }, at, `{"n":1}`, []Secret{current}, false},
		{"another time", func(h http.Header) { h.Set(HeaderTimestamp, "1767225601") }, at, `{"n":1}`, []Secret{current}, false},
		{"no number", func(h http.Header) { h.Set(HeaderTimestamp, "now") }, at, `{"n":1}`, []Secret{current}, false},
		{"no signature", func(h http.Header) { h.Del(HeaderSignature) }, at, `{"n":1}`, []Secret{current}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := http.Header{}
			Sign(h, "1", at, body, current, old)
			if tt.change != nil {
				tt.change(h)
			}
			if err := Verify(h, []byte(tt.body), tt.now, tt.secrets...); (err == nil) != tt.ok {
				t.Errorf("Verify = %v, want success %v", err, tt.ok)
			}
		})
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("msg_1", "1767225600", "v1,AAAA v1,BBBB", []byte(`{}`))
	f.Add("", "-1", "v1", []byte(nil))
	f.Add("a.b", "9223372036854775807", "v1,", []byte("."))
	key := secret(f, 'k')
	f.Fuzz(func(t *testing.T, id, timestamp, signature string, body []byte) {
		now := time.Unix(1_767_225_600, 0)
		forged := http.Header{HeaderID: {id}, HeaderTimestamp: {timestamp}, HeaderSignature: {signature}}
		if Verify(forged, body, now, key) == nil {
			t.Errorf("%q was taken for a signature", signature)
		}
		if id == "" {
			return
		}
		signed := http.Header{}
		Sign(signed, id, now, body, key)
		if err := Verify(signed, body, now, key); err != nil {
			t.Error(err)
		}
	})
}

func TestNewHook(t *testing.T) {
	good := "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 24))
	for _, tt := range []struct {
		url     string
		secrets []string
		ok      bool
	}{
		{"https://example.org/in", []string{good}, true},
		{"https://example.org/in", []string{good, good}, true},
		{"http://10.0.0.7:8080/in?a=b", []string{good}, true},
		{"http://127.0.0.1:9000/in", nil, true},
		{"http://[::1]:9000/in", nil, true},
		{"http://localhost:9000/in", nil, false},
		{"https://example.org/in", nil, false},
		{"https://user:pass@example.org/in", []string{good}, false},
		{"ftp://example.org/in", []string{good}, false},
		{"example.org", []string{good}, false},
		{"https://", []string{good}, false},
		{"https://example.org/in", []string{"hunter2hunter2hunter2hunter2"}, false},
		{"https://example.org/in", []string{"whsec_hunter2"}, false},
		{"https://example.org/in", []string{"whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 65))}, false},
	} {
		_, err := NewHook(tt.url, tt.secrets)
		if (err == nil) != tt.ok {
			t.Errorf("NewHook(%q, %q) = %v, want success %v", tt.url, tt.secrets, err, tt.ok)
		}
		if err != nil && (strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "pass@")) {
			t.Errorf("the error tells a secret: %v", err)
		}
	}
}

func TestPost(t *testing.T) {
	key := secret(t, 'p')
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	defer elsewhere.Close()
	for _, tt := range []struct {
		name      string
		status    int
		header    map[string]string
		permanent bool
		after     time.Duration
	}{
		{"ok", 200, nil, false, 0},
		{"no content", 204, nil, false, 0},
		{"redirect", 307, map[string]string{"Location": elsewhere.URL}, false, 0},
		{"bad request", 400, nil, true, 0},
		{"unauthorized", 401, nil, true, 0},
		{"not found", 404, nil, true, 0},
		{"time-out", 408, nil, false, 0},
		{"gone", 410, nil, true, 0},
		{"too early", 425, nil, false, 0},
		{"throttled", 429, map[string]string{"Retry-After": "17"}, false, 17 * time.Second},
		{"throttled for long", 429, map[string]string{"Retry-After": "999999"}, false, time.Hour},
		{"throttled in words", 429, map[string]string{"Retry-After": "soon"}, false, 0},
		{"back in time", 503, map[string]string{"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}, false, 0},
		{"broken", 500, nil, false, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				if err := Verify(r.Header, body, time.Now(), key); err != nil {
					t.Error(err)
				}
				if r.Method != "POST" || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("X-Extra") != "e" || string(body) != `{"n":1}` {
					t.Errorf("%s %v %s", r.Method, r.Header, body)
				}
				for name, value := range tt.header {
					w.Header().Set(name, value)
				}
				w.WriteHeader(tt.status)
			}))
			defer receiver.Close()
			c := NewClient(100)
			defer c.Close()
			_, err := c.Post(t.Context(), Hook{receiver.URL + "/token-in-path", []Secret{key}}, Request{
				ID: "1", ContentType: "application/json", Header: map[string]string{"X-Extra": "e"}, Body: []byte(`{"n":1}`),
			})
			if tt.status/100 == 2 {
				if err != nil {
					t.Error(err)
				}
				return
			}
			refused, ok := errors.AsType[*Error](err)
			if !ok || refused.Status != tt.status || refused.Permanent != tt.permanent || refused.After != tt.after {
				t.Errorf("%#v, want status %d, permanent %v, after %v", err, tt.status, tt.permanent, tt.after)
			}
			if strings.Contains(err.Error(), "token-in-path") {
				t.Errorf("the error tells the path: %v", err)
			}
		})
	}
}

func TestPostIsBounded(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			<-release
		}
		_, _ = w.Write([]byte(strings.Repeat("x", 1000)))
	}))
	defer receiver.Close()
	defer close(release)
	c := NewClient(100)
	defer c.Close()
	answer, err := c.Post(t.Context(), Hook{URL: receiver.URL}, Request{ID: "1"})
	if err != nil || len(answer.Body) != 100 || !answer.Cut {
		t.Errorf("%d bytes, cut %v, %v; want 100 of the 1000", len(answer.Body), answer.Cut, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = c.Post(ctx, Hook{URL: receiver.URL + "/slow?key=hunter2"}, Request{ID: "1"})
	if refused, ok := errors.AsType[*Error](err); !ok || refused.Permanent || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%#v, want a time-out that is worth another try", err)
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error tells the query: %v", err)
	}
}
