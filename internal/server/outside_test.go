package server

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/llm"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/webhook"
)

const hookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// hook is a webhook of a test. It answers 200, or what status says.
type hook struct {
	url string

	mu     sync.Mutex
	status int
	got    []string
}

func newHook(t *testing.T, secret string) *hook {
	t.Helper()
	h := &hook{status: http.StatusOK}
	l := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if secret != "" {
			key, err := webhook.ParseSecret(secret)
			if err == nil {
				err = webhook.Verify(r.Header, body, time.Now(), key)
			}
			if err != nil {
				t.Error(err)
			}
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.status == http.StatusOK {
			h.got = append(h.got, string(body))
		}
		w.WriteHeader(h.status)
	}))
	t.Cleanup(l.Close)
	h.url = l.URL
	return h
}

func (h *hook) answer(status int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.status = status
}

func (h *hook) take() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	got := h.got
	h.got = nil
	return got
}

// eventTypes are those of contact events.
func eventTypes(t *testing.T, bodies []string) string {
	t.Helper()
	var all []string
	for _, body := range bodies {
		var event struct{ Detail struct{ EventType string } }
		if err := json.Unmarshal([]byte(body), &event); err != nil {
			t.Fatal(err)
		}
		all = append(all, event.Detail.EventType)
	}
	return strings.Join(all, " ")
}

func TestContactEventsReachAWebhook(t *testing.T) {
	t.Parallel()
	h := newHook(t, hookSecret)
	w := open(t, func(c *Config) {
		c.Targets = map[string]Target{"crm": {URL: h.url, Secret: hookSecret}}
		c.ContactEvents = []string{"crm"}
	})
	chat := w.startChat()
	if err := w.Advance(t.Context(), time.Second); err != nil {
		t.Fatal(err)
	}
	if got := eventTypes(t, h.take()); got != "INITIATED CONNECTED_TO_SYSTEM" {
		t.Errorf("events of a chat that began: %s", got)
	}

	// While the webhook is down the chat goes on; the events wait, and come in order.
	h.answer(http.StatusServiceUnavailable)
	if _, err := w.connect().StopContact(t.Context(), &connect.StopContactInput{InstanceId: new(DevInstance), ContactId: &chat.contact}); err != nil {
		t.Fatal(err)
	}
	if err := w.Advance(t.Context(), 10*time.Minute); err != nil {
		t.Fatal(err)
	}
	h.answer(http.StatusOK)
	if err := w.Advance(t.Context(), 10*time.Minute); err != nil {
		t.Fatal(err)
	}
	if got := eventTypes(t, h.take()); got != "DISCONNECTED COMPLETED" {
		t.Errorf("events of a chat that ended: %s", got)
	}
	if strings.Contains(w.log.String(), hookSecret[6:]) {
		t.Error("the log tells a secret")
	}
	metrics := w.send("GET", "/metrics", "").body
	for _, want := range []string{`parley_told_total{kind="event",result="told"} 4`, `parley_told_total{kind="event",result="failed"}`} {
		if !strings.Contains(metrics, want) {
			t.Errorf("%s is not in the figures", want)
		}
	}
}

func TestStreamedItemsReachATopicThatIsAWebhook(t *testing.T) {
	t.Parallel()
	const topic = "arn:aws:sns:us-east-1:000000000000:chats"
	h := newHook(t, hookSecret)
	w := open(t, func(c *Config) { c.Targets = map[string]Target{topic: {URL: h.url, Secret: hookSecret}} })
	chat := w.startChat()
	_, err := w.connect().StartContactStreaming(t.Context(), &connect.StartContactStreamingInput{
		InstanceId: new(DevInstance), ContactId: &chat.contact, ClientToken: new("1"),
		ChatStreamingConfiguration: &types.ChatStreamingConfiguration{StreamingEndpointArn: new(topic)},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"one", "two", "three"} {
		_, err := w.participant().SendMessage(t.Context(), &participant.SendMessageInput{
			ConnectionToken: &chat.connectionToken, ContentType: new("text/plain"), Content: &text,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Advance(t.Context(), time.Second); err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, body := range h.take() {
		var n struct {
			Type, TopicArn, Message string
			MessageAttributes       map[string]struct{ Type, Value string }
		}
		var item struct{ Type, Content, ParticipantRole string }
		if err := json.Unmarshal([]byte(body), &n); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(n.Message), &item); err != nil {
			t.Fatal(err)
		}
		if n.Type != "Notification" || n.TopicArn != topic || n.MessageAttributes["InitialContactId"].Value != chat.contact {
			t.Errorf("envelope %s", body)
		}
		if item.ParticipantRole == "CUSTOMER" && item.Type == "MESSAGE" {
			said = append(said, item.Content)
		}
	}
	if got := strings.Join(said, " "); got != "one two three" {
		t.Errorf("the topic heard %q", got)
	}
}

// TestNobodyNamesAddressesButTheOperator: a caller of the API can not have the server call what it likes.
func TestNobodyNamesAddressesButTheOperator(t *testing.T) {
	t.Parallel()
	h := newHook(t, "")
	for _, tt := range []struct {
		name   string
		change func(*Config)
		target string
		ok     bool
	}{
		{"a developer's own machine", nil, h.url, true},
		{"a developer who lets others in", func(c *Config) { c.Dev.Remote = true }, h.url, false},
		{"another machine", nil, "https://example.org/in", false},
		{"a folder", nil, "folder:/tmp/x", false},
		{"a name that is none", nil, "crm", false},
		{"a name of the settings", func(c *Config) { c.Targets = map[string]Target{"crm": {URL: h.url}} }, "crm", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var change []func(*Config)
			if tt.change != nil {
				change = append(change, tt.change)
			}
			w := open(t, change...)
			_, err := w.connect().StartContactStreaming(t.Context(), &connect.StartContactStreamingInput{
				InstanceId: new(DevInstance), ContactId: new(w.startChat().contact), ClientToken: new("1"),
				ChatStreamingConfiguration: &types.ChatStreamingConfiguration{StreamingEndpointArn: &tt.target},
			})
			if (err == nil) != tt.ok {
				t.Errorf("StartContactStreaming to %s = %v, want success %v", tt.target, err, tt.ok)
			}
		})
	}
}

// TestRestartTellsTheRest: what was not told when the server stopped is told when it starts.
func TestRestartTellsTheRest(t *testing.T) {
	t.Parallel()
	h := newHook(t, "")
	h.answer(http.StatusServiceUnavailable)
	database := "sqlite:" + t.TempDir() + "/parley.db"
	change := func(c *Config) { c.Database, c.ContactEvents = database, []string{h.url} }
	w := open(t, change)
	w.startChat()
	if err := w.Advance(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := w.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.answer(http.StatusOK)
	w = open(t, change)
	if err := w.Advance(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := eventTypes(t, h.take()); !strings.HasPrefix(got, "INITIATED CONNECTED_TO_SYSTEM") {
		t.Errorf("events: %s", got)
	}
}

// TestShutdownCutsASilentFunction stops a server whose function does not answer: it keeps its limit, and the successor asks again.
func TestShutdownCutsASilentFunction(t *testing.T) {
	t.Parallel()
	const function = "arn:aws:lambda:us-east-1:000000000000:function:mask"
	asked, silent := make(chan struct{}, 10), make(chan struct{})
	l := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil { // now it is seen when the caller goes
			t.Error(err)
		}
		asked <- struct{}{}
		select {
		case <-silent:
			_, _ = io.WriteString(w, `{"status":"PROCESSED","result":{"processedChatContent":{"content":"****"}}}`)
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(l.Close)
	database := "sqlite:" + t.TempDir() + "/parley.db"
	change := func(c *Config) {
		c.Database, c.Functions = database, map[string]Target{function: {URL: l.URL, Secret: hookSecret}}
	}
	w := open(t, change)
	chat := w.startChat()
	_, err := w.connect().StartContactMediaProcessing(t.Context(), &connect.StartContactMediaProcessingInput{
		InstanceId: new(DevInstance), ContactId: &chat.contact, ProcessorArn: new(function),
		FailureMode: types.ContactMediaProcessingFailureModeDoNotDeliverUnprocessedMessage,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.say(chat, "secret")
	<-asked
	const limit = 15 * time.Second // less than a function has
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	if err := w.Shutdown(ctx); err != nil || ctx.Err() != nil {
		t.Errorf("Shutdown = %v, %v", err, ctx.Err())
	}
	if strings.Contains(w.log.String(), "job failed") {
		t.Errorf("the log says that a job failed:\n%s", w.log)
	}

	close(silent)
	w = open(t, change)
	if err := w.Advance(t.Context(), time.Second); err != nil {
		t.Fatal(err)
	}
	masked := func(it ptypes.Item) bool { return it.Content != nil && *it.Content == "****" }
	if !slices.ContainsFunc(w.transcript(chat), masked) {
		t.Error("the successor has not processed the message")
	}
}

func TestCheckOutside(t *testing.T) {
	good := Target{URL: "https://example.org/in", Secret: hookSecret}
	for _, tt := range []struct {
		name   string
		change func(*Config)
		says   string // "" is success
	}{
		{"a webhook", func(c *Config) { c.Targets = map[string]Target{"crm": good}; c.ContactEvents = []string{"crm"} }, ""},
		{"a webhook while its secret is replaced", func(c *Config) {
			c.Targets = map[string]Target{"crm": {URL: good.URL, Secret: hookSecret, OldSecret: hookSecret}}
		}, ""},
		{"ARNs", func(c *Config) {
			c.ContactEvents = []string{"arn:aws:events:us-east-1:000000000000:event-bus/default", "arn:aws:sns:us-east-1:000000000000:t"}
		}, ""},
		{"places", func(c *Config) {
			c.NATS, c.ContactEvents = "nats://127.0.0.1:4222", []string{"nats:parley.events", "folder:/var/lib/events", "s3://bucket"}
		}, ""},
		{"functions", func(c *Config) { c.Functions = map[string]Target{"greet": good} }, ""},
		{"delivery", func(c *Config) { c.Targets = map[string]Target{"sms": good}; c.Outbound.Delivery = "sms" }, ""},
		{"a webhook on this machine", func(c *Config) { c.ContactEvents = []string{"http://127.0.0.1:9000/in"} }, ""},
		{"a webhook without a secret", func(c *Config) { c.Targets = map[string]Target{"crm": {URL: good.URL}} }, "targets.crm: "},
		{"a bad secret", func(c *Config) { c.Targets = map[string]Target{"crm": {URL: good.URL, Secret: "hunter2"}} }, "whsec_"},
		{"a webhook in contact_events", func(c *Config) { c.ContactEvents = []string{good.URL + "/hunter2"} }, "contact_events: name a webhook in targets"},
		{"a webhook by the name of this machine", func(c *Config) { c.ContactEvents = []string{"http://localhost:9000/in"} }, "contact_events: name"},
		{"a webhook in outbound.delivery", func(c *Config) { c.Outbound.Delivery = good.URL }, "outbound.delivery: name"},
		{"a name like a path", func(c *Config) { c.Targets = map[string]Target{"/process": good} }, "targets./process: the name"},
		{"a name that is none", func(c *Config) { c.ContactEvents = []string{"crm"} }, "contact_events: "},
		{"a queue", func(c *Config) { c.ContactEvents = []string{"arn:aws:sqs:us-east-1:000000000000:q"} }, "contact_events: arn:aws:sqs"},
		{"NATS without a server", func(c *Config) { c.ContactEvents = []string{"nats:a"} }, "the setting nats names no server"},
		{"half a key", func(c *Config) { c.AWS.AccessKeyID = "AK" }, "aws: "},
		{"a bad endpoint", func(c *Config) { c.AWS.Endpoint = "aws.example.org" }, "aws.endpoint: "},
		{"bots", func(c *Config) {
			c.Bots = map[string]Bot{"helper": {Target: good}, "arn:aws:lex:us-east-1:000000000000:bot-alias/B/A": {Target: good}}
		}, ""},
		{"a bot without a secret", func(c *Config) { c.Bots = map[string]Bot{"helper": {Target: Target{URL: good.URL}}} }, "bots.helper: "},
		{"a bot named twice", func(c *Config) {
			c.Bots = map[string]Bot{"helper": {Target: good}, "arn:aws:lex:us-east-1:000000000000:bot-alias/helper/helper": {Target: good}}
		}, "bots.helper: "},
		{"a language model", func(c *Config) {
			c.Bots = map[string]Bot{"helper": {LLM: &llm.Settings{URL: "http://127.0.0.1:1/v1", Model: "m"}}}
		}, ""},
		{"a language model without a name", func(c *Config) {
			c.Bots = map[string]Bot{"helper": {LLM: &llm.Settings{URL: "http://127.0.0.1:1/v1"}}}
		}, "bots.helper: llm.model: "},
		{"a language model at an address too", func(c *Config) {
			c.Bots = map[string]Bot{"helper": {Target: good, LLM: &llm.Settings{URL: "http://127.0.0.1:1/v1", Model: "m"}}}
		}, "bots.helper: it has an address or llm"},
		{"a language model whose key is nowhere", func(c *Config) {
			c.Bots = map[string]Bot{"helper": {LLM: &llm.Settings{URL: "http://127.0.0.1:1/v1", Model: "m", APIKeyEnv: "NO_SUCH_KEY"}}}
		}, "bots.helper: llm.api_key_env: "},
		{"a function without a secret", func(c *Config) { c.Functions = map[string]Target{"greet": {URL: good.URL}} }, "functions.greet: "},
		{"a function in a folder", func(c *Config) { c.Functions = map[string]Target{"greet": {URL: "folder:/x"}} }, "functions.greet: "},
		{"a negative life", func(c *Config) { c.GiveUpAfter = -time.Second }, "give_up_after: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var c Config
			tt.change(&c)
			err := c.Check()
			if tt.says == "" && err != nil || tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)) {
				t.Errorf("Check = %v, want %q", err, tt.says)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error tells a secret: %v", err)
			}
		})
	}
}

// TestDeveloperReachesNoAWS: the keys of a developer's machine are not used unless the server is told to.
func TestDeveloperReachesNoAWS(t *testing.T) {
	t.Parallel()
	w := open(t, func(c *Config) { c.ContactEvents = []string{"arn:aws:events:us-east-1:000000000000:event-bus/default"} })
	w.startChat()
	if err := w.Advance(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	if log := w.log.String(); !strings.Contains(log, "given up") || !strings.Contains(log, "does not reach AWS") {
		t.Errorf("log:\n%s", log)
	}
	dead, err := w.store.DeadOuts(t.Context(), DevInstance, 0, 10)
	if err != nil || len(dead) != 2 {
		t.Errorf("%d dead letters, %v", len(dead), err)
	}
	if jobs, err := w.store.ClaimJobs(t.Context(), 10, time.Minute, store.LaneTell); err != nil || len(jobs) != 0 {
		t.Errorf("jobs %v, %v", jobs, err)
	}
}
