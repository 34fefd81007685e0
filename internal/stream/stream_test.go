package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/internal/blob"
	"github.com/openparley/parley/internal/webhook"
)

const (
	topic  = "arn:aws:sns:eu-central-1:111122223333:chats"
	secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	older  = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)

var at = time.Date(2026, 1, 31, 10, 0, 5, 123_000_000, time.UTC)

func event() Message {
	return Message{
		ID: "5ad5b9c5-5b33-4c3e-9d6e-7e1c62f0a8a4", Kind: Event, Time: at, Group: "C1",
		Body: []byte(`{"version":"0","id":"e1","detail-type":"Amazon Connect Contact Event","source":"aws.connect","account":"111122223333",` +
			`"time":"2026-01-31T10:00:05Z","region":"eu-central-1","resources":["arn:i","arn:c"],"detail":{"eventType":"QUEUED"}}`),
	}
}

func item() Message {
	return Message{
		ID: "5ad5b9c5-5b33-4c3e-9d6e-7e1c62f0a8a5", Kind: Item, Time: at, Body: []byte(`{"Id":"m1","Content":"a <b> & \"c\" ü"}`), Group: "C1",
		Attributes: map[string]string{"ContactId": "C1", "MessageVisibility": "ALL", "ParticipantRole": ""},
	}
}

func open(t testing.TB, o Options) *Targets {
	t.Helper()
	targets, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := targets.Close(); err != nil {
			t.Error(err)
		}
	})
	return targets
}

// received is a request that a webhook got, its signature checked.
type received struct {
	header http.Header
	body   string
}

func receiver(t *testing.T, secrets ...string) (url string, got func() []received) {
	t.Helper()
	hook, err := webhook.NewHook("http://127.0.0.1", secrets)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var all []received
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if len(secrets) > 0 {
			if err := webhook.Verify(r.Header, body, time.Now(), hook.Secrets...); err != nil {
				t.Error(err)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		all = append(all, received{r.Header, string(body)})
	}))
	t.Cleanup(s.Close)
	return s.URL, func() []received {
		mu.Lock()
		defer mu.Unlock()
		return all
	}
}

func TestWebhookGetsTheEventAsItIs(t *testing.T) {
	t.Parallel()
	url, got := receiver(t, older)
	targets := open(t, Options{Places: map[string]Place{"crm": {URL: url, Secrets: []string{secret, older}}}})
	m := event()
	if err := targets.Send(t.Context(), "crm", m); err != nil {
		t.Fatal(err)
	}
	all := got()
	if len(all) != 1 || all[0].body != string(m.Body) || all[0].header.Get("Content-Type") != "application/json" {
		t.Errorf("the webhook got %+v", all)
	}
	if id := all[0].header.Get(webhook.HeaderID); id != m.ID {
		t.Errorf("webhook-id %q, want %q", id, m.ID)
	}
}

func TestTopicThatIsAWebhookKeepsTheEnvelope(t *testing.T) {
	t.Parallel()
	for _, target := range []string{topic, "gateway"} { // what has attributes is told in it anywhere
		url, got := receiver(t, secret)
		targets := open(t, Options{Places: map[string]Place{target: {URL: url, Secrets: []string{secret}}}})
		m := item()
		if err := targets.Send(t.Context(), target, m); err != nil {
			t.Fatal(err)
		}
		var n map[string]any
		if err := json.Unmarshal([]byte(got()[0].body), &n); err != nil {
			t.Fatal(err)
		}
		want := map[string]any{
			"Type": "Notification", "MessageId": m.ID, "TopicArn": target, "Message": string(m.Body), "Timestamp": "2026-01-31T10:00:05.123Z",
			"SignatureVersion": "1", "Signature": "", "SigningCertURL": "", "UnsubscribeURL": "",
			"MessageAttributes": map[string]any{
				"ContactId":         map[string]any{"Type": "String", "Value": "C1"},
				"MessageVisibility": map[string]any{"Type": "String", "Value": "ALL"},
			},
		}
		if diff := cmp.Diff(want, n); diff != "" {
			t.Errorf("envelope:\n%s", diff)
		}
		for name, want := range map[string]string{
			"X-Amz-Sns-Message-Type": "Notification", "X-Amz-Sns-Topic-Arn": target, "X-Amz-Sns-Message-Id": m.ID, "Content-Type": "text/plain; charset=UTF-8",
		} {
			if got := got()[0].header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
	}
}

// TestOnlyTheSettingsNameAddresses: who calls the API can not make the server call, write or connect anywhere.
func TestOnlyTheSettingsNameAddresses(t *testing.T) {
	t.Parallel()
	url, got := receiver(t)
	quiet := open(t, Options{})
	dev := open(t, Options{Loopback: true})
	for _, target := range []string{
		"", "crm", url, "https://example.org/in", "http://169.254.169.254/latest", "nats:events", "folder:/tmp", "s3://bucket", "arn:aws:sns",
		"arn:aws:sqs:us-east-1:111122223333:queue", "arn:aws:sns:us-east-1:111122223333:topic:subscription", "arn:aws:sns:::topic",
		"arn:aws:kinesis:us-east-1:111122223333:stream/", "arn:aws:events:us-east-1:111122223333:rule/r",
	} {
		err := quiet.Send(t.Context(), target, event())
		if refused, ok := errors.AsType[*Error](err); !ok || !refused.Permanent || quiet.Knows(target) {
			t.Errorf("Send to %q = %v, want a permanent error", target, err)
		}
		if target == url {
			continue
		}
		if dev.Knows(target) {
			t.Errorf("a developer's server knows %q", target)
		}
	}
	if err := dev.Send(t.Context(), url, event()); err != nil || len(got()) != 1 {
		t.Errorf("a developer's webhook: %v", err)
	}
	if quiet.Knows(topic) || !open(t, Options{AWS: &aws.Config{}}).Knows(topic) {
		t.Error("the ARN of a topic is known without AWS, or not known with it")
	}
	if err := CheckARN(topic); err != nil {
		t.Error(err)
	}
	if CheckARN("arn:aws:sqs:us-east-1:111122223333:queue") == nil || CheckARN("crm") == nil {
		t.Error("what nothing can be told to passes the check")
	}
}

func TestPlaceCheck(t *testing.T) {
	for _, tt := range []struct {
		url     string
		secrets []string
		ok      bool
	}{
		{"https://example.org/in", []string{secret}, true},
		{"https://example.org/in", nil, false},
		{"http://127.0.0.1:1/in", nil, true},
		{"nats:parley.events", nil, true},
		{"nats:", nil, false},
		{"nats:a b", nil, false},
		{"nats:a.>", nil, false},
		{"nats:a..b", nil, false},
		{"nats://host:4222", nil, false},
		{"nats:parley.events", []string{secret}, false},
		{"folder:/var/lib/events", nil, true},
		{"folder:", nil, false},
		{"s3://bucket", nil, true},
		{"s3://bucket/a/b", nil, true},
		{"s3:bucket", nil, false},
		{"s3:///a", nil, false},
		{"ftp://example.org", nil, false},
		{"arn:aws:sns:eu-central-1:111122223333:chats", nil, false},
		{"", nil, false},
	} {
		if err := (Place{URL: tt.url, Secrets: tt.secrets}).Check(); (err == nil) != tt.ok {
			t.Errorf("Check of %q, %q = %v, want success %v", tt.url, tt.secrets, err, tt.ok)
		}
	}
	for _, url := range []string{"nats:a", "folder:/x", "s3://bucket", "https://example.org"} {
		if _, err := New(Options{Places: map[string]Place{"x": {URL: url}}}); err == nil || !strings.Contains(err.Error(), "target x") {
			t.Errorf("New with %q and nothing to reach it = %v", url, err)
		}
	}
}

func TestErrorsTellNoSecrets(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(map[string]int{"/hunter2/gone": 410, "/hunter2/busy": 503}[r.URL.Path])
	}))
	defer gone.Close()
	away := httptest.NewServer(nil)
	away.Close()
	targets := open(t, Options{Loopback: true, Places: map[string]Place{
		"gone": {URL: gone.URL + "/hunter2/gone"}, "busy": {URL: gone.URL + "/hunter2/busy"}, "away": {URL: away.URL + "/hunter2"},
	}})
	for _, tt := range []struct {
		target    string
		permanent bool
		after     time.Duration
		says      string
	}{
		{"gone", true, 30 * time.Second, "tell gone: http://127.0.0.1:"},
		{"busy", false, 30 * time.Second, "answered 503 Service Unavailable"},
		{"away", false, 0, "connection refused"},
		{away.URL + "/hunter2?key=hunter2", false, 0, "tell http://127.0.0.1:"},
	} {
		err := targets.Send(t.Context(), tt.target, event())
		refused, ok := errors.AsType[*Error](err)
		if !ok || refused.Permanent != tt.permanent || refused.RetryAfter() != tt.after || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %#v (%v), want permanent %v, after %v, %q", tt.target, err, err, tt.permanent, tt.after, tt.says)
		}
		if strings.Contains(fmt.Sprint(err), "hunter2") {
			t.Errorf("the error tells a secret: %v", err)
		}
	}
}

func TestFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var disk *blob.Disk
	targets := open(t, Options{
		Places: map[string]Place{"files": {URL: "folder:" + dir}, topic: {URL: "folder:" + dir}},
		Folder: func(path string) (_ Objects, err error) {
			if disk == nil {
				disk, err = blob.OpenDisk(path, blob.DiskOptions{Secrets: [][]byte{make([]byte, 32)}, Now: time.Now})
			}
			return disk, err
		},
	})
	for range 2 { // sent again it is the same file
		if err := targets.Send(t.Context(), "files", event()); err != nil {
			t.Fatal(err)
		}
		if err := targets.Send(t.Context(), topic, item()); err != nil {
			t.Fatal(err)
		}
	}
	defer disk.Close()
	read := func(bucket, key string) string {
		t.Helper()
		f, err := disk.Get(t.Context(), bucket, key)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		content, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	if got := read("events", "2026/01/31/100005.123_"+event().ID+".json"); got != string(event().Body) {
		t.Errorf("event %s", got)
	}
	if got := read("items", "2026/01/31/100005.123_"+item().ID+".json"); !strings.Contains(got, `"Type":"Notification"`) {
		t.Errorf("item %s", got)
	}
}

// objects keep what is put, and fail when told to.
type objects struct {
	mu  sync.Mutex
	all map[string]string
	err error
}

func (o *objects) Put(_ context.Context, bucket, key, contentType string, content []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil {
		o.all[bucket+" "+key+" "+contentType] = string(content)
	}
	return o.err
}

func TestBucket(t *testing.T) {
	t.Parallel()
	o := &objects{all: map[string]string{}}
	targets := open(t, Options{
		Places:  map[string]Place{"a": {URL: "s3://bucket"}, "b": {URL: "s3://bucket/some/where/"}},
		Buckets: o,
	})
	for _, target := range []string{"a", "b"} {
		if err := targets.Send(t.Context(), target, event()); err != nil {
			t.Fatal(err)
		}
	}
	name := "2026/01/31/100005.123_" + event().ID + ".json application/json"
	want := map[string]string{"bucket " + name: string(event().Body), "bucket some/where/" + name: string(event().Body)}
	if !maps.Equal(o.all, want) {
		t.Errorf("objects %v", o.all)
	}
	o.err = errors.New("disk full")
	err := targets.Send(t.Context(), "a", event())
	if failed, ok := errors.AsType[*Error](err); !ok || failed.Permanent {
		t.Errorf("%v, want a temporary error", err)
	}
}
