package lambda

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/webhook"
)

const (
	functionARN = "arn:aws:lambda:eu-central-1:111122223333:function:greet"
	secret      = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
)

// cloud is a fake of the Lambda service at its protocol: it checks signatures and answers.
type cloud struct {
	mu     sync.Mutex
	paths  []string
	bodies []string
	answer func(http.ResponseWriter, *http.Request)
}

func (c *cloud) serve(t *testing.T, o Options) *Functions {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		v := &auth.Verifier{Region: "eu-central-1", Service: "lambda", Secret: func(string) (secret, session string, expires time.Time, ok bool) {
			return "hunter2", "", time.Time{}, true
		}}
		sig, err := v.Check(r, 0)
		if err == nil {
			_, err = v.Verify(sig, r, r.URL.EscapedPath(), body)
		}
		if err != nil {
			t.Errorf("signature: %v", err)
		}
		path, err := url.PathUnescape(r.URL.EscapedPath())
		if err != nil || r.Method != "POST" {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
		c.mu.Lock()
		c.paths, c.bodies = append(c.paths, path), append(c.bodies, string(body))
		c.mu.Unlock()
		c.answer(w, r)
	}))
	t.Cleanup(server.Close)
	o.AWS = &aws.Config{
		BaseEndpoint: &server.URL, Region: "eu-central-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AK", SecretAccessKey: "hunter2"}, nil
		}),
	}
	return open(t, o)
}

func open(t *testing.T, o Options) *Functions {
	t.Helper()
	f, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

func TestInvoke(t *testing.T) {
	t.Parallel()
	c := &cloud{answer: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"greeting":"hello"}`) }}
	f := c.serve(t, Options{})
	for i, name := range []string{"greet", "greet:live", functionARN, functionARN + ":3", "111122223333:function:greet"} {
		got, err := f.Invoke(t.Context(), name, []byte(`{"n":1}`))
		if err != nil || string(got) != `{"greeting":"hello"}` {
			t.Errorf("Invoke(%q) = %s, %v", name, got, err)
		}
		if want := "/2015-03-31/functions/" + name + "/invocations"; c.paths[i] != want || c.bodies[i] != `{"n":1}` {
			t.Errorf("POST %s %s, want %s", c.paths[i], c.bodies[i], want)
		}
	}
}

func TestFunctionErrors(t *testing.T) {
	t.Parallel()
	payload := `{"errorMessage":"no such customer","errorType":"LookupError","stackTrace":["x"]}`
	c := &cloud{answer: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		_, _ = io.WriteString(w, payload)
	}}
	_, err := c.serve(t, Options{}).Invoke(t.Context(), "greet", []byte(`{}`))
	failed, ok := errors.AsType[*FunctionError](err)
	if !ok || failed.Type != "LookupError" || failed.Message != "no such customer" || string(failed.Payload) != payload {
		t.Errorf("%#v", err)
	}
	if got, want := err.Error(), "function greet failed: LookupError"; got != want { // it ends in logs
		t.Errorf("%q, want %q", got, want)
	}
	payload = "not JSON"
	_, err = c.serve(t, Options{}).Invoke(t.Context(), "greet", []byte(`{}`))
	if failed, ok := errors.AsType[*FunctionError](err); !ok || failed.Type != "" || err.Error() != "function greet failed" {
		t.Errorf("%#v", err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		status   int
		code     string
		throttle bool
		after    time.Duration
	}{
		{429, "TooManyRequestsException", true, 7 * time.Second},
		{429, "ThrottlingException", true, 0},
		{404, "ResourceNotFoundException", false, 0},
		{403, "AccessDeniedException", false, 0},
		{502, "EC2UnexpectedException", false, 0},
		{500, "ServiceException", false, 0},
	} {
		t.Run(tt.code, func(t *testing.T) {
			t.Parallel()
			c := &cloud{answer: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Amzn-ErrorType", tt.code)
				w.Header().Set("Retry-After", "7")
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, `{"Type":"User","message":"because"}`)
			}}
			_, err := c.serve(t, Options{}).Invoke(t.Context(), "greet", []byte(`{}`))
			busy, ok := errors.AsType[*ThrottledError](err)
			if err == nil || ok != tt.throttle || ok && busy.After != tt.after {
				t.Errorf("%#v (%v), want throttled %v", err, err, tt.throttle)
			}
			if _, ok := errors.AsType[*FunctionError](err); ok {
				t.Errorf("%v is said to be the function's error", err)
			}
			if !tt.throttle && (!strings.Contains(err.Error(), tt.code) || strings.Contains(err.Error(), "hunter2")) {
				t.Errorf("%v does not name %s, or tells a secret", err, tt.code)
			}
			if len(c.paths) != 1 {
				t.Errorf("called %d times", len(c.paths))
			}
		})
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	long := func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "slow") {
			<-release
		}
		_, _ = io.WriteString(w, `"`+strings.Repeat("x", 100)+`"`)
	}
	direct := httptest.NewServer(http.HandlerFunc(long))
	t.Cleanup(direct.Close)
	f := (&cloud{answer: long}).serve(t, Options{MaxAnswer: 50, Endpoints: map[string]Endpoint{
		"direct": {URL: direct.URL}, "direct-slow": {URL: direct.URL + "/slow"},
	}})
	t.Cleanup(func() { close(release) }) // before the servers wait for it
	for _, name := range []string{"greet", "direct"} {
		if _, err := f.Invoke(t.Context(), name, []byte(`{}`)); !errors.Is(err, ErrTooLong) {
			t.Errorf("an answer of %s that is too long: %v", name, err)
		}
		if _, err := f.Invoke(t.Context(), name, make([]byte, MaxPayload+1)); !errors.Is(err, ErrTooLong) {
			t.Errorf("an event for %s that is too long: %v", name, err)
		}
	}
	for _, name := range []string{"slow", "direct-slow"} {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		_, err := f.Invoke(ctx, name, []byte(`{}`))
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v, want a time-out", name, err)
		}
	}
}

func TestEndpoint(t *testing.T) {
	t.Parallel()
	hook, err := webhook.NewHook("http://127.0.0.1", []string{secret})
	if err != nil {
		t.Fatal(err)
	}
	answer := func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"ok":true}`) }
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = webhook.Verify(r.Header, body, time.Now(), hook.Secrets...)
		}
		if err != nil || string(body) != `{"n":1}` || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%v, %s, %v", err, body, r.Header)
		}
		answer(w)
	}))
	t.Cleanup(server.Close)
	unused := &cloud{answer: func(http.ResponseWriter, *http.Request) { t.Error("the service was called") }}
	f := unused.serve(t, Options{Endpoints: map[string]Endpoint{
		functionARN: {server.URL + "/hunter2", []string{secret}},
		"named":     {server.URL + "/hunter2", []string{secret}},
		"emulated":  {server.URL + "/2015-03-31/functions/function/invocations", []string{secret}},
	}, Region: "us-east-1", Account: "111122223333"})
	for _, name := range []string{
		functionARN, functionARN + ":live", "named", "arn:aws:lambda:us-east-1:111122223333:function:named",
		"arn:aws:lambda:us-east-1:111122223333:function:named:3", "111122223333:function:named", "named:3",
	} {
		if got, err := f.Invoke(t.Context(), name, []byte(`{"n":1}`)); err != nil || string(got) != `{"ok":true}` {
			t.Errorf("Invoke(%q) = %s, %v", name, got, err)
		}
	}

	answer = func(w http.ResponseWriter) {
		w.WriteHeader(500)
		_, _ = io.WriteString(w, `{"errorType":"E","errorMessage":"m"}`)
	}
	_, err = f.Invoke(t.Context(), "named", []byte(`{"n":1}`))
	if failed, ok := errors.AsType[*FunctionError](err); !ok || failed.Type != "E" || failed.Message != "m" {
		t.Errorf("%#v", err)
	}
	answer = func(w http.ResponseWriter) { w.WriteHeader(404) }
	_, err = f.Invoke(t.Context(), "named", []byte(`{"n":1}`))
	if err == nil || !strings.Contains(err.Error(), "answered 404") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v", err)
	}
	answer = func(w http.ResponseWriter) { w.Header().Set("Retry-After", "3"); w.WriteHeader(429) }
	_, err = f.Invoke(t.Context(), "named", []byte(`{"n":1}`))
	if busy, ok := errors.AsType[*ThrottledError](err); !ok || busy.After != 3*time.Second {
		t.Errorf("%#v", err)
	}

	// An emulator says what went wrong in a 200; a plain endpoint may answer whatever it likes.
	answer = func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"errorType":"E","errorMessage":"m"}`) }
	_, err = f.Invoke(t.Context(), "emulated", []byte(`{"n":1}`))
	if _, ok := errors.AsType[*FunctionError](err); !ok {
		t.Errorf("%#v", err)
	}
	if _, err = f.Invoke(t.Context(), "named", []byte(`{"n":1}`)); err != nil {
		t.Error(err)
	}
}

// TestNamesakes: a function of another account or Region is not taken for the one that has an endpoint.
func TestNamesakes(t *testing.T) {
	t.Parallel()
	o := Options{Region: "us-east-1", Account: "111122223333", Endpoints: map[string]Endpoint{
		"named": {"http://127.0.0.1:1/a", nil}, functionARN: {"http://127.0.0.1:1/b", nil},
	}}
	f := open(t, o)
	for name, want := range map[string]bool{
		"named": true, "111122223333:function:named": true, "arn:aws:lambda:us-east-1:111122223333:function:named": true, functionARN: true,
		"arn:aws:lambda:us-east-1:444455556666:function:named":    false,
		"arn:aws:lambda:eu-central-1:111122223333:function:named": false,
		"444455556666:function:named":                             false,
		"greet":                                                   false, // of another Region
		"other":                                                   false,
	} {
		if got := f.Knows(name); got != want {
			t.Errorf("Knows(%q) = %v", name, got)
		}
	}
	o.Endpoints["arn:aws:lambda:us-east-1:111122223333:function:named"] = Endpoint{"http://127.0.0.1:1/c", nil}
	if _, err := New(o); err == nil {
		t.Error("a function may have two endpoints")
	}
}

func TestEndpointCheck(t *testing.T) {
	for _, tt := range []struct {
		e  Endpoint
		ok bool
	}{
		{Endpoint{"https://example.org/f", []string{secret}}, true},
		{Endpoint{"http://127.0.0.1:9000/2015-03-31/functions/function/invocations", nil}, true},
		{Endpoint{"https://example.org/f", nil}, false},
		{Endpoint{"https://example.org/f", []string{"x"}}, false},
		{Endpoint{"greet", []string{secret}}, false},
		{Endpoint{}, false},
	} {
		if err := tt.e.Check(); (err == nil) != tt.ok {
			t.Errorf("Check of %+v = %v, want success %v", tt.e, err, tt.ok)
		}
		if _, err := New(Options{Endpoints: map[string]Endpoint{"f": tt.e}}); (err == nil) != tt.ok {
			t.Errorf("New with %+v = %v, want success %v", tt.e, err, tt.ok)
		}
	}
}

// TestStart: nobody waits for the answer, and the id of the request is the service's.
func TestStart(t *testing.T) {
	t.Parallel()
	var status int
	c := &cloud{answer: func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("X-Amz-Invocation-Type"); got != "Event" {
			t.Errorf("invocation type %q", got)
		}
		w.Header().Set("X-Amzn-RequestId", "request-1")
		w.Header().Set("X-Amzn-ErrorType", "TooManyRequestsException")
		w.WriteHeader(status)
	}}
	direct := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("X-Amz-Invocation-Type"); got != "Event" {
			t.Errorf("invocation type %q", got)
		}
		if strings.HasPrefix(r.URL.Path, "/2015-03-31/") {
			w.Header().Set("X-Amzn-RequestId", "request-2")
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(direct.Close)
	f := c.serve(t, Options{Endpoints: map[string]Endpoint{
		"direct": {URL: direct.URL}, "emulated": {URL: direct.URL + "/2015-03-31/functions/function/invocations"},
	}})
	for name, want := range map[string]string{"greet": "request-1", "emulated": "request-2", "direct": ""} {
		status = http.StatusAccepted
		if id, err := f.Start(t.Context(), name, []byte(`{}`)); err != nil || id == "" || want != "" && id != want {
			t.Errorf("Start(%q) = %q, %v, want %q", name, id, err, want)
		}
		status = http.StatusTooManyRequests
		_, err := f.Start(t.Context(), name, []byte(`{}`))
		if _, ok := errors.AsType[*ThrottledError](err); !ok {
			t.Errorf("Start(%q) while it is throttled: %v", name, err)
		}
		if _, err := f.Start(t.Context(), name, make([]byte, MaxPayload+1)); !errors.Is(err, ErrTooLong) {
			t.Errorf("an event for %s that is too long: %v", name, err)
		}
	}
	if _, err := open(t, Options{}).Start(t.Context(), "greet", []byte(`{}`)); err == nil {
		t.Error("a function without an endpoint was called without AWS")
	}
}
