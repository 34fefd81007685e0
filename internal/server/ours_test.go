package server

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/admin"
	"github.com/openparley/parley/internal/clock"
)

func TestRateQuotaOfConnect(t *testing.T) {
	w := open(t, func(c *Config) { c.Quotas.Profile = "aws" })
	list := func() reply { return w.send("GET", "/instance", "", "sign", DevAccessKey) }
	for i := range 5 {
		if r := list(); r.status != http.StatusOK {
			t.Fatalf("call %d of the burst of 5: %d", i, r.status)
		}
	}
	r := list()
	if r.status != http.StatusTooManyRequests || r.header.Get("x-amzn-ErrorType") != "TooManyRequestsException" {
		t.Errorf("call 6: %d %s, want 429 TooManyRequestsException", r.status, r.header.Get("x-amzn-ErrorType"))
	}
	if r.member(t, "message") == "" || strings.Contains(r.body, `"Message"`) {
		t.Errorf("the gateway's errors have their message in lower case: %s", r.body)
	}
	if got := r.header.Get("x-amz-retry-after"); got != "501" {
		t.Errorf("x-amz-retry-after %q, want 501 ms", got)
	}
	w.clock.Set(w.clock.Now().Add(500 * time.Millisecond))
	if r := list(); r.status != http.StatusOK {
		t.Errorf("half a second later, at 2 a second: %d", r.status)
	}
}

func TestRateQuotaOfParticipants(t *testing.T) {
	w := open(t, func(c *Config) { c.Quotas.Profile = "aws" })
	chat, other := w.startChat(), w.startChat()
	message := func(c started) reply {
		return w.send("POST", "/participant/message", `{"ContentType":"text/plain","Content":"hi"}`, "X-Amz-Bearer", c.connectionToken)
	}
	for i := range 15 {
		if r := message(chat); r.status != http.StatusOK {
			t.Fatalf("message %d of the burst of 15: %d %s", i, r.status, r.body)
		}
	}
	r := message(other) // the quota is the instance's
	if r.status != http.StatusTooManyRequests || r.member(t, "__type") != "ThrottlingException" || r.member(t, "Message") == "" {
		t.Errorf("message 16: %d %s, want 429 ThrottlingException with a Message", r.status, r.body)
	}
}

func TestRateQuotaOfOneParticipantDoesNotTouchAnother(t *testing.T) {
	w := open(t, func(c *Config) { c.Quotas.Operations = map[string]Rate{"SendMessage": {PerSecond: 1, Burst: 1}} })
	chat, other := w.startChat(), w.startChat()
	for _, tt := range []struct {
		chat started
		want int
	}{{chat, 200}, {chat, 429}, {other, 200}} {
		r := w.send("POST", "/participant/message", `{"ContentType":"text/plain","Content":"hi"}`, "X-Amz-Bearer", tt.chat.connectionToken)
		if r.status != tt.want {
			t.Errorf("%d, want %d", r.status, tt.want)
		}
	}
}

func TestActiveChatQuota(t *testing.T) {
	w := open(t, func(c *Config) { c.Quotas.ActiveChats = new(2) })
	w.startChat()
	chat := w.startChat()
	r := w.send("PUT", "/contact/chat", startBody, "sign", DevAccessKey)
	if r.status != http.StatusTooManyRequests || r.member(t, "__type") != "LimitExceededException" || r.member(t, "Message") == "" {
		t.Errorf("chat 3 of 2: %d %s, want 429 LimitExceededException with a Message", r.status, r.body)
	}
	w.send("POST", "/participant/disconnect", `{}`, "X-Amz-Bearer", chat.connectionToken)
	if r := w.send("PUT", "/contact/chat", startBody, "sign", DevAccessKey); r.status != http.StatusOK {
		t.Errorf("after one ended: %d %s", r.status, r.body)
	}
}

// Three 429 in a row end a desktop session of chatjs, so these calls wait.
func TestConnectionsAreHeldInsteadOfRefused(t *testing.T) {
	w := open(t)
	chat := w.startChat() // the first of a burst of 20
	for i := range 19 {
		if r := w.send("POST", "/participant/connection", bothTypes, "X-Amz-Bearer", chat.participantToken); r.status != http.StatusOK {
			t.Fatalf("call %d: %d", i+2, r.status)
		}
	}
	answered := make(chan reply)
	go func() {
		answered <- w.send("POST", "/participant/connection", bothTypes, "X-Amz-Bearer", chat.participantToken)
	}()
	for moved := 0; ; moved++ {
		select {
		case r := <-answered:
			if r.status != http.StatusOK {
				t.Errorf("held call: %d", r.status)
			}
			if moved == 0 {
				t.Error("call 21 did not wait")
			}
			return
		case <-time.After(20 * time.Millisecond):
			w.clock.Set(w.clock.Now().Add(250 * time.Millisecond))
		}
	}
}

func TestClockControl(t *testing.T) {
	w := open(t)
	now := func(r reply) string {
		t.Helper()
		if r.status != http.StatusOK {
			t.Fatalf("%d %s", r.status, r.body)
		}
		return r.member(t, "Now")
	}
	if got := now(w.send("GET", "/parley/v1/clock", "")); got != "2026-01-31T10:00:00.000Z" {
		t.Errorf("Now %s", got)
	}
	// Nobody subscribes to this chat: the server ends it after five minutes.
	chat := w.startChat()
	if got := now(w.send("POST", "/parley/v1/clock", `{"Advance":"1h30m"}`)); got != "2026-01-31T11:30:00.000Z" {
		t.Errorf("an hour and a half later: %s", got)
	}
	out, err := w.connect().DescribeContact(t.Context(), &connect.DescribeContactInput{InstanceId: new(DevInstance), ContactId: &chat.contact})
	if err != nil {
		t.Fatal(err)
	}
	if reason := out.Contact.DisconnectReason; reason == nil || *reason != "CUSTOMER_CONNECTION_NOT_ESTABLISHED" {
		t.Errorf("what was due was not done before the answer: reason %v", reason)
	}
	if got := now(w.send("POST", "/parley/v1/clock", `{"To":"2026-02-01T00:00:00Z"}`)); got != "2026-02-01T00:00:00.000Z" {
		t.Errorf("at midnight: %s", got)
	}
	for _, body := range []string{``, `{}`, `{"Advance":"soon"}`, `{"Advance":"-1h"}`, `{"Advance":"1h","To":"2026-02-01T00:00:00Z"}`, `{"Advnce":"1h"}`, `{"To":"2026-01-31T23:59:59Z"}`} {
		if r := w.send("POST", "/parley/v1/clock", body); r.status != http.StatusBadRequest || r.member(t, "message") == "" {
			t.Errorf("%q: %d %s, want 400", body, r.status, r.body)
		}
	}
	if r := w.send("DELETE", "/parley/v1/clock", ""); r.status != http.StatusMethodNotAllowed || r.header.Get("Allow") != "GET, POST, OPTIONS" {
		t.Errorf("DELETE: %d", r.status)
	}
}

func TestMovedClockDoesNotGoBackAfterARestart(t *testing.T) {
	kept := func(file string) func(*Config) {
		return func(c *Config) { c.Database, c.Clock = file, clock.Real() }
	}
	file := "sqlite:" + filepath.Join(t.TempDir(), "parley.db")
	w := open(t, kept(file))
	if r := w.send("POST", "/parley/v1/clock", `{"Advance":"48h"}`); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	before := w.clock.Now()
	if err := w.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	w = open(t, kept(file))
	if ahead := w.clock.Now().Sub(before); ahead < 0 || ahead > time.Minute {
		t.Errorf("after the restart the clock is %v ahead of where it was", ahead)
	}
}

// TestExpiryThatAClientCanWaitFor: a browser measures an expiry by its own clock, however far ahead a developer moved the server's.
func TestExpiryThatAClientCanWaitFor(t *testing.T) {
	w := open(t, func(c *Config) { c.Clock = clock.Manual(time.Now().Add(60 * 24 * time.Hour)) })
	chat := w.startChat()
	out, err := w.participant().CreateParticipantConnection(t.Context(), &participant.CreateParticipantConnectionInput{
		ParticipantToken: &chat.participantToken, Type: []ptypes.ConnectionType{ptypes.ConnectionTypeConnectionCredentials},
	})
	if err != nil {
		t.Fatal(err)
	}
	expiry, err := time.Parse(time.RFC3339, *out.ConnectionCredentials.Expiry)
	if err != nil {
		t.Fatal(err)
	}
	if ahead := time.Until(expiry); ahead < time.Minute || ahead > 24*24*time.Hour {
		t.Errorf("the credentials expire %v from now, want between 60 s and 24 days", ahead)
	}
}

func TestClockMovesAddUp(t *testing.T) {
	w := open(t)
	begun := w.clock.Now()
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { w.send("POST", "/parley/v1/clock", `{"Advance":"1m"}`) })
	}
	all.Wait()
	if got := w.clock.Now().Sub(begun); got != 20*time.Minute {
		t.Errorf("a minute 20 times at once moved the clock by %v", got)
	}
}

func TestPublicChatInDev(t *testing.T) {
	w := open(t)
	// As the browser sends it: no preflight, no signature, members that Amazon's own page adds.
	r := w.send("POST", "/parley/v1/chats", strings.Replace(startBody, "{", `{"Username":"Ana","SupportedMessagingContentTypes":["text/plain","text/markdown"],`, 1),
		"Content-Type", "text/plain;charset=UTF-8", "Origin", "https://shop.example")
	var out struct {
		Data struct {
			StartChatResult    struct{ ContactId, ParticipantId, ParticipantToken string }
			FeaturePermissions struct {
				Attachments bool `json:"ATTACHMENTS"`
				Markdown    bool `json:"MESSAGING_MARKDOWN"`
			}
		}
	}
	if err := json.Unmarshal([]byte(r.body), &out); err != nil || r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if out.Data.StartChatResult.ContactId == "" || out.Data.StartChatResult.ParticipantToken == "" {
		t.Errorf("no chat: %s", r.body)
	}
	if p := out.Data.FeaturePermissions; !p.Markdown || !p.Attachments {
		t.Errorf("permissions %+v", p)
	}
	checkHeaders(t, r)

	r = w.send("POST", "/parley/v1/chats", `{}`)
	var failed struct {
		Data struct {
			Error struct{ Message string }
		}
	}
	if err := json.Unmarshal([]byte(r.body), &failed); err != nil || r.status != http.StatusBadRequest || failed.Data.Error.Message == "" {
		t.Errorf("%d %s, want 400 with data.Error.Message", r.status, r.body)
	}
	checkHeaders(t, r)
	if r := w.send("GET", "/parley/v1/chats", ""); r.status != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", r.status)
	}
}

func TestPublicChatTakesWhatPagesSend(t *testing.T) {
	w := open(t)
	body := strings.Replace(startBody, "{", `{"CustomerId":"boss","RelatedContactId":"00000000-0000-4000-8000-00000000000f","ClientToken":"x",
		"SegmentAttributes":{"connect:Subtype":{"ValueString":"connect:Guide"}},"Attributes":{"topic":"order"},`, 1)
	var ids []string
	for range 2 { // the same chat twice, if the ClientToken counted
		r := w.send("POST", "/parley/v1/chats", body)
		var out struct {
			Data struct{ StartChatResult struct{ ContactId string } }
		}
		if err := json.Unmarshal([]byte(r.body), &out); err != nil || r.status != http.StatusOK {
			t.Fatalf("%d %s", r.status, r.body)
		}
		ids = append(ids, out.Data.StartChatResult.ContactId)
	}
	if ids[0] == ids[1] {
		t.Error("a page's ClientToken counts")
	}
	out, err := w.connect().DescribeContact(t.Context(), &connect.DescribeContactInput{InstanceId: new(DevInstance), ContactId: &ids[0]})
	if err != nil {
		t.Fatal(err)
	}
	if c := out.Contact; c.CustomerId != nil || c.RelatedContactId != nil || *c.SegmentAttributes["connect:Subtype"].ValueString != "connect:Chat" {
		t.Errorf("a page set CustomerId %v, RelatedContactId %v or SegmentAttributes %v", c.CustomerId, c.RelatedContactId, c.SegmentAttributes)
	}
	attributes, err := w.connect().GetContactAttributes(t.Context(),
		&connect.GetContactAttributesInput{InstanceId: new(DevInstance), InitialContactId: &ids[0]})
	if err != nil || attributes.Attributes["topic"] != "order" {
		t.Errorf("attributes %v: %v", attributes, err)
	}
}

func TestPublicChatForCustomers(t *testing.T) {
	ctx := t.Context()
	public := func(c *Config) {
		c.Dev = nil
		c.PublicChats = PublicChats{Origins: []string{"https://shop.example"}}
	}
	w := open(t, public)
	flow := w.readyFlow(ctx)
	send := func(origin string) reply {
		return w.send("POST", "/parley/v1/chats", strings.ReplaceAll(strings.ReplaceAll(startBody, DevFlow, flow.id), DevInstance, flow.instance), "Origin", origin)
	}
	if r := send("https://shop.example"); r.status != http.StatusForbidden {
		t.Errorf("a flow that is not listed: %d, want 403", r.status)
	}
	w.cfg.PublicChats.Flows = []string{flow.id}
	if r := send("https://evil.example"); r.status != http.StatusForbidden {
		t.Errorf("a page that is not listed: %d, want 403", r.status)
	}
	for i := range 10 {
		if r := send("https://shop.example"); r.status != http.StatusOK {
			t.Fatalf("chat %d: %d %s", i, r.status, r.body)
		}
	}
	if r := send("https://shop.example"); r.status != http.StatusTooManyRequests {
		t.Errorf("chat 11 of one address at once: %d, want 429", r.status)
	}
}

// TestPublicChatThatContinues: an id of a contact is enough to read what was said only where the operator wants it so.
func TestPublicChatThatContinues(t *testing.T) {
	w := open(t, func(c *Config) { c.Dev = nil })
	flow := w.readyFlow(t.Context())
	w.cfg.PublicChats.Flows = []string{flow.id}
	for _, allowed := range []bool{false, true} {
		w.cfg.PublicChats.Continue = allowed
		body := strings.ReplaceAll(strings.ReplaceAll(startBody, DevFlow, flow.id), DevInstance, flow.instance)
		body = strings.Replace(body, "{", `{"PersistentChat":{"RehydrationType":"FROM_SEGMENT","SourceContactId":"nobody"},`, 1)
		r := w.send("POST", "/parley/v1/chats", body)
		want := http.StatusForbidden
		if allowed {
			want = http.StatusNotFound // it is looked for
		}
		if r.status != want {
			t.Errorf("continue is %v: %d %s, want %d", allowed, r.status, r.body, want)
		}
	}
}

const inviteBody = `{"InstanceId":"` + DevInstance + `","ContactId":"CONTACT","ParticipantDetails":{"ParticipantRole":"AGENT","DisplayName":"Bo"}}`

// TestOpenDoorsOfADeveloper: a page without a key brings a second person into a chat and sets its timers.
func TestOpenDoorsOfADeveloper(t *testing.T) {
	w := open(t)
	chat := w.startChat()
	timers := func(minutes string) reply {
		return w.send("POST", "/parley/v1/timers/"+DevInstance+"/"+chat.contact, `{"ChannelConfiguration":{"Chat":{"ParticipantTimerConfigList":[
			{"ParticipantRole":"CUSTOMER","TimerType":"IDLE","TimerValue":{"ParticipantTimerDurationInMinutes":`+minutes+`}}]}}}`, "Content-Type", "text/plain")
	}
	if r := timers("2"); r.status != http.StatusOK {
		t.Errorf("timers: %d %s", r.status, r.body)
	}
	if r := timers("1"); r.status != http.StatusBadRequest {
		t.Errorf("timers of one minute: %d %s, want 400", r.status, r.body)
	}
	r := w.send("POST", "/parley/v1/participants", strings.Replace(inviteBody, "CONTACT", chat.contact, 1), "Origin", "https://shop.example")
	var out struct {
		ParticipantCredentials struct{ ParticipantToken string }
	}
	if err := json.Unmarshal([]byte(r.body), &out); err != nil || r.status != http.StatusOK || r.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Fatalf("participants: %d %s, %v", r.status, r.body, r.header)
	}
	if _, err := w.participant().CreateParticipantConnection(t.Context(), &participant.CreateParticipantConnectionInput{
		ParticipantToken: &out.ParticipantCredentials.ParticipantToken, ConnectParticipant: new(true),
	}); err != nil {
		t.Errorf("the new participant connects: %v", err)
	}
	if r := w.send("POST", "/parley/v1/participants", strings.Replace(inviteBody, "CONTACT", "nobody", 1)); r.status != http.StatusNotFound {
		t.Errorf("a chat that is not there: %d, want 404", r.status)
	}
	if r := w.send("POST", "/parley/v1/participants", strings.Repeat(" ", publicBodyLimit+1)); r.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a large body: %d, want 413", r.status)
	}
	if r := w.send("GET", "/parley/v1/participants", ""); r.status != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d, want 405", r.status)
	}
}

func TestOpenDoorsAreShutForCustomers(t *testing.T) {
	w := open(t, func(c *Config) { c.Dev = nil })
	flow := w.readyFlow(t.Context())
	w.cfg.PublicChats.Flows = []string{flow.id} // what pages may do does not open them either
	for _, path := range []string{
		"/parley/v1/participants", "/parley/v1/timers/" + flow.instance + "/nobody", "/parley/v1/clock", "/demo", "/", "/console",
		"/parley/v1/console/contacts", "/parley/v1/console/trace", "/parley/v1/console/draw",
	} {
		if r := w.send("POST", path, inviteBody); r.status != http.StatusForbidden || r.header.Get("X-Amzn-Errortype") != "MissingAuthenticationTokenException" {
			t.Errorf("%s: %d %s, want a path that leads nowhere", path, r.status, r.header.Get("X-Amzn-Errortype"))
		}
	}
}

func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7":              "192.0.2.7",
		"::ffff:192.0.2.7":       "192.0.2.7",
		"2001:db8:1:2::1":        "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::abc": "2001:db8:1:2::/64",
		"2001:db8:1:3::1":        "2001:db8:1:3::/64",
		"fe80::1%eth0":           "fe80::/64",
		"::1":                    "::/64",
		"@":                      "@", // a Unix socket
		"":                       "",
	} {
		if got := network(address); got != want {
			t.Errorf("%q counts as %q, want %q", address, got, want)
		}
	}
}

func TestPublicChatsAreCountedByNetwork(t *testing.T) {
	w := open(t, func(c *Config) { c.Dev, c.TrustProxy, c.PublicChats.Rate = nil, true, Rate{PerSecond: 0.1, Burst: 2} })
	flow := w.readyFlow(t.Context())
	w.cfg.PublicChats.Flows = []string{flow.id}
	body := strings.NewReplacer(DevFlow, flow.id, DevInstance, flow.instance).Replace(startBody)
	for i, tt := range []struct {
		from string
		want int
	}{
		{"2001:db8:0:1::1", http.StatusOK},
		{"2001:db8:0:1::2", http.StatusOK},
		{"2001:db8:0:1:a::3", http.StatusTooManyRequests},
		{"2001:db8:0:2::1", http.StatusOK},
	} {
		if r := w.send("POST", "/parley/v1/chats", body, "X-Forwarded-For", tt.from); r.status != tt.want {
			t.Errorf("chat %d, from %s: %d, want %d", i, tt.from, r.status, tt.want)
		}
	}
}

type flowOfInstance struct{ instance, id string }

// readyFlow is the demo flow of the only instance.
func (w *world) readyFlow(ctx context.Context) flowOfInstance {
	w.t.Helper()
	instances, err := w.store.Instances(ctx, "", 10)
	if err != nil || len(instances) != 1 {
		w.t.Fatalf("%d instances: %v", len(instances), err)
	}
	flows, err := w.store.Flows(ctx, instances[0].ID, []string{"CONTACT_FLOW"}, "", 10)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range flows {
		if f.Name == admin.DemoFlow {
			return flowOfInstance{instances[0].ID, f.ID}
		}
	}
	w.t.Fatal("no ready flow")
	return flowOfInstance{}
}

func TestSocketBase(t *testing.T) {
	local := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}
	dev, remote := &Dev{}, &Dev{Remote: true}
	for _, tt := range []struct {
		name    string
		cfg     Config
		url     string
		headers []string
		want    string
	}{
		{"dev", Config{Dev: dev}, "http://localhost:8080", nil, "ws://127.0.0.1:8080"},
		{"dev, whatever the Host", Config{Dev: dev}, "http://parley.test", nil, "ws://127.0.0.1:8080"},
		{"dev for others", Config{Dev: remote}, "http://parley:8080", nil, "ws://parley:8080"},
		{"dev for others, mapped port", Config{Dev: remote}, "http://localhost:9000", nil, "ws://127.0.0.1:9000"},
		{"own name", Config{}, "http://chat.example.org:8080", nil, "ws://chat.example.org:8080"},
		{"own name, TLS", Config{}, "https://chat.example.org", nil, "wss://chat.example.org"},
		{"loopback", Config{}, "http://localhost:8080", nil, "ws://127.0.0.1:8080"},
		{"loopback, IPv6", Config{}, "http://[::1]:8080", nil, "ws://127.0.0.1:8080"},
		{"public address", Config{PublicURL: "https://chat.example.org"}, "http://10.0.0.7:8080", nil, "wss://chat.example.org"},
		{"base path", Config{BasePath: "/connect"}, "https://example.org", nil, "wss://example.org/connect"},
		{
			"public address, base path",
			Config{PublicURL: "https://chat.example.org", BasePath: "/connect"},
			"http://10.0.0.7:8080", nil,
			"wss://chat.example.org/connect",
		},
		{"trusted proxy", Config{TrustProxy: true}, "http://chat.example.org", []string{"X-Forwarded-Proto", "https"}, "wss://chat.example.org"},
		{"unknown proxy", Config{}, "http://chat.example.org", []string{"X-Forwarded-Proto", "https"}, "ws://chat.example.org"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, tt.url+"/participant/connection", nil)
			r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, local))
			for i := 0; i < len(tt.headers); i += 2 {
				r.Header.Set(tt.headers[i], tt.headers[i+1])
			}
			if got := (&Server{cfg: tt.cfg}).socketBase(r); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestForwardedHeadersNeedTrust(t *testing.T) {
	forwarded := []string{"X-Forwarded-For", "203.0.113.9, 192.0.2.7", "X-Forwarded-Host", "chat.example.org"}
	w := open(t)
	w.send("GET", "/parley/v1/clock", "", forwarded...)
	if log := w.log.String(); !strings.Contains(log, `"remote":"127.0.0.1"`) {
		t.Errorf("without trust:\n%s", log)
	}
	w = open(t, func(c *Config) { c.TrustProxy = true })
	w.send("GET", "/parley/v1/clock", "", forwarded...)
	if log := w.log.String(); !strings.Contains(log, `"remote":"192.0.2.7"`) {
		t.Errorf("the address that the trusted proxy saw is not logged:\n%s", log)
	}
}

func TestMetrics(t *testing.T) {
	w := open(t)
	w.startChat()
	w.send("POST", "/participant/message", `{}`)
	if err := w.Advance(t.Context(), 6*time.Minute); err != nil { // nobody subscribes: the deadline is a job
		t.Fatal(err)
	}
	text := w.send("GET", "/metrics", "").body
	for _, want := range []string{
		`parley_requests_total{operation="StartChatContact",status="200"} 1`,
		`parley_requests_total{operation="SendMessage",status="403"} 1`,
		`parley_request_duration_seconds_count{operation="StartChatContact"} 1`,
		`parley_jobs_total{kind="subscribe-deadline",result="done"} 1`,
		"parley_sockets 0", "parley_store_updates_total ", "go_goroutines ", "process_resident_memory_bytes ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}

func TestMetricsApart(t *testing.T) {
	w := open(t, func(c *Config) { c.SeparateMetrics, c.BasePath = true, "/connect" })
	if r := w.send("GET", "/connect/metrics", ""); r.status != http.StatusForbidden {
		t.Errorf("/metrics on the main address: %d, want 403", r.status)
	}
	admin := httptest.NewServer(w.adminHandler())
	defer admin.Close()
	w.url = admin.URL
	for path, want := range map[string]int{"/metrics": 200, "/healthz": 200, "/readyz": 200, "/contact/chat": 404, "/connect/healthz": 404} {
		if r := w.send("GET", path, ""); r.status != want {
			t.Errorf("%s: %d, want %d", path, r.status, want)
		}
	}
}

func TestReadiness(t *testing.T) {
	w := open(t)
	if r := w.send("GET", "/readyz", ""); r.status != http.StatusOK {
		t.Errorf("%d %s", r.status, r.body)
	}
	w.Announce()
	if r := w.send("GET", "/readyz", ""); r.status != http.StatusServiceUnavailable {
		t.Errorf("about to stop: %d, want 503", r.status)
	}
	if r := w.send("GET", "/healthz", ""); r.status != http.StatusOK {
		t.Errorf("/healthz about to stop: %d", r.status)
	}
	w.startChat() // still served
}

func TestFirstRun(t *testing.T) {
	var notices []string
	cfg := Config{
		Database: "sqlite:" + filepath.Join(t.TempDir(), "parley.db"), Instance: "shop",
		Credentials: []Credential{{AccessKeyID: "WEBSITE", SecretAccessKey: "WEBSITE"}},
		Notice:      func(text string) { notices = append(notices, text) },
	}
	var ids []flowOfInstance
	for run := range 2 {
		w := open(t, func(c *Config) { *c = cfg })
		ids = append(ids, w.readyFlow(t.Context()))
		if r := w.send("GET", "/instance", "", "sign", "WEBSITE"); r.status != http.StatusOK || !strings.Contains(r.body, `"shop"`) {
			t.Errorf("run %d: configured key: %d %s", run, r.status, r.body)
		}
		if r := w.send("GET", "/instance", "", "sign", DevAccessKey); r.status != http.StatusForbidden {
			t.Errorf("run %d: the key of dev servers: %d, want 403", run, r.status)
		}
		if err := w.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if ids[0] != ids[1] {
		t.Errorf("the second run has %v, the first had %v", ids[1], ids[0])
	}
	if len(notices) != 1 {
		t.Fatalf("%d notices, want 1", len(notices))
	}
	keys := map[string]string{}
	for line := range strings.Lines(notices[0]) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":  "); ok || strings.Contains(line, "secret") {
			if !ok {
				name, value, _ = strings.Cut(strings.TrimSpace(line), ": ")
			}
			keys[name] = strings.TrimSpace(value)
		}
	}
	if keys["access key id"] == "" || len(keys["secret access key"]) < 40 {
		t.Errorf("the notice does not show a key: %q", notices[0])
	}
}

func TestTokensSurviveARestart(t *testing.T) {
	file := "sqlite:" + filepath.Join(t.TempDir(), "parley.db")
	now := clock.Manual(time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC))
	same := func(c *Config) { c.Database, c.Clock = file, now }
	w := open(t, same)
	chat := w.startChat()
	if err := w.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	w = open(t, same)
	r := w.send("POST", "/participant/message", `{"ContentType":"text/plain","Content":"still here"}`, "X-Amz-Bearer", chat.connectionToken)
	if r.status != http.StatusOK {
		t.Errorf("connection token of the first run: %d %s", r.status, r.body)
	}
	r = w.send("POST", "/participant/connection", bothTypes, "X-Amz-Bearer", chat.participantToken)
	if r.status != http.StatusOK {
		t.Errorf("participant token of the first run: %d %s", r.status, r.body)
	}
}

func TestServersSideBySide(t *testing.T) {
	for range 4 {
		w := open(t)
		w.startChat()
		if got := strings.Count(w.send("GET", "/metrics", "").body, `operation="StartChatContact",status="200"} 1`); got != 1 {
			t.Error("another server's requests are counted here")
		}
	}
}

func TestConfigMistakes(t *testing.T) {
	twice := []Credential{{AccessKeyID: "shop", SecretAccessKey: "one"}, {AccessKeyID: "shop", SecretAccessKey: "two"}}
	for want, cfg := range map[string]Config{
		"is there twice":                      {Credentials: twice},
		"cors_origins: \"https://a.example/":  {CORSOrigins: []string{"https://a.example/"}},
		"cors_origins: \"https://b.example/p": {CORSOrigins: []string{"https://b.example/page"}},
		"cors_origins: \"https://C.example":   {CORSOrigins: []string{"https://C.example"}},
		"cors_origins: \"*\"":                 {CORSOrigins: []string{"*"}},
		"public_chats.origins":                {PublicChats: PublicChats{Origins: []string{"a.example"}}},
		"public_chats.flows: \"welcome\"":     {PublicChats: PublicChats{Flows: []string{DevFlow, "welcome"}}},
		"public_chats.rate":                   {PublicChats: PublicChats{Rate: Rate{PerSecond: -1}}},
		"nats: it is not":                     {NATS: "nats://user:hidden%zz@nats:4222"},
		"neither sqlite:PATH nor postgres":    {Database: "mysql://x"},
		"12 digits":                           {Account: "12"},
		"begin with a slash":                  {BasePath: "connect"},
		"public_url":                          {PublicURL: "chat.example.org"},
		"not like https":                      {PublicURL: "https://chat.example.org/path"},
		"secret_access_key":                   {Credentials: []Credential{{AccessKeyID: "x"}}},
		"is not a profile":                    {Quotas: Quotas{Profile: "x"}},
	} {
		if err := cfg.Check(); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%+v: error %v, want one with %q", cfg, err, want)
		}
	}
	for _, cfg := range []Config{
		{Database: "postgress://user:hidden@db/x"}, {PublicURL: "https://user:hidden@chat.example.org"}, {PublicURL: "https://user:hidden%zz@x"},
	} {
		if err := cfg.Check(); err == nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%+v: error %v, want one without the password", cfg, err)
		}
	}
	for _, cfg := range []Config{
		{}, {CORSOrigins: []string{"https://a.example", "http://localhost:3000", "null"}}, {NATS: "nats://user:word@a:4222, tls://b:4222"},
	} {
		if err := cfg.Check(); err != nil {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
}

func TestLoadFlow(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	load := func(path, content string) {
		t.Helper()
		if err := w.LoadFlow(ctx, path, content); err != nil {
			t.Fatal(err)
		}
	}
	good := `{"Version":"2019-10-30","StartAction":"x","Actions":[{"Identifier":"x","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`
	load("/some/where/Evening flow.json", good)
	ready, err := w.Ready(ctx, w.url)
	if err != nil {
		t.Fatal(err)
	}
	id := ready.Flows["Evening flow"]
	out, err := w.connect().StartChatContact(ctx, &connect.StartChatContactInput{
		InstanceId: new(DevInstance), ContactFlowId: &id, ParticipantDetails: &types.ParticipantDetails{DisplayName: new("Ana")},
	})
	if err != nil || *out.ContactId == "" {
		t.Errorf("start a chat in it: %v", err)
	}

	// A ready flow can be replaced under its name and keeps its id.
	load("Welcome.json", good)
	flow, err := w.connect().DescribeContactFlow(ctx, &connect.DescribeContactFlowInput{InstanceId: new(DevInstance), ContactFlowId: new(DevFlow)})
	if err != nil || *flow.ContactFlow.Content != good {
		t.Errorf("the ready flow was not replaced: %v", err)
	}

	if err := w.LoadFlow(ctx, "dir/a.json", "{\n\"Version\": oops}"); err == nil || !strings.HasPrefix(err.Error(), "dir/a.json:2: ") {
		t.Errorf("error %v for line 2 of a bad flow", err)
	}
}
