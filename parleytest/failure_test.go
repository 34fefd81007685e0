package parleytest_test

import (
	"fmt"
	"net/http"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openparley/parley/parleytest"
)

// recorder is a test that fails without failing.
type recorder struct {
	testing.TB
	mu       sync.Mutex
	said     []string
	cleanups []func()
}

func (r *recorder) Error(a ...any)                 { r.note(fmt.Sprint(a...)) }
func (r *recorder) Errorf(format string, a ...any) { r.note(fmt.Sprintf(format, a...)) }
func (r *recorder) Failed() bool                   { r.mu.Lock(); defer r.mu.Unlock(); return len(r.said) > 0 }
func (r *recorder) Cleanup(f func())               { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Helper()                        {}

func (r *recorder) Fatal(a ...any) { r.note(fmt.Sprint(a...)); runtime.Goexit() }
func (r *recorder) Fatalf(format string, a ...any) {
	r.note(fmt.Sprintf(format, a...))
	runtime.Goexit()
}

func (r *recorder) note(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, text)
}

func (r *recorder) end() []string {
	for _, f := range r.cleanups {
		f()
	}
	return r.said
}

// scene is a chat in which a few things have happened, in a test that records.
type scene struct {
	srv     *parleytest.Server
	chat    *parleytest.Chat
	agent   *parleytest.Person
	lookup  *parleytest.Function
	bot     *parleytest.Bot
	stream  *parleytest.Stream
	webhook *parleytest.Webhook
}

// failing returns what a test says that does something in the scene.
func failing(t *testing.T, do func(s *scene)) string {
	t.Helper()
	r := &recorder{TB: t}
	srv := parleytest.New(r, parleytest.Patience(0), parleytest.Flow("welcome", parleytest.Steps(
		parleytest.Say("Welcome"), parleytest.Invoke("lookup", map[string]string{"id": "1"}), parleytest.Invoke("other", nil),
		parleytest.Talk("orders", "What would you like?", "Order"), parleytest.Queue("Support"),
	)))
	s := &scene{srv: srv, lookup: srv.Lambda("lookup", func(parleytest.Call) (any, error) { return nil, nil })}
	s.bot = srv.Bot("orders", func(parleytest.Heard) parleytest.Turn { return parleytest.Turn{Intent: "Order", State: "Fulfilled"} })
	s.chat, s.webhook = srv.StartChat("welcome"), srv.Webhook()
	s.stream = s.chat.Stream()
	s.chat.Customer.Says("tea")
	srv.Clock.Advance(90 * time.Second)
	s.agent = s.chat.AgentJoins("Ben")
	s.agent.Says("Hello")
	do(s)
	return id.ReplaceAllString(strings.Join(r.end(), "\n"), "ID")
}

var id = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

const (
	asCustomer = `
the conversation of contact ID so far, at 1m30s:
0s       customer > EVENT participant.joined CUSTOMER
0s       customer > SYSTEM "Welcome"
0s       customer > SYSTEM "What would you like?"
0s       customer > CUSTOMER "tea"
1m30s    customer > EVENT participant.invited AGENT
1m30s    customer > EVENT participant.joined AGENT
1m30s    customer > AGENT "Hello"
function other was asked, and nobody stands in for it
`
	asAgent = `
the conversation of contact ID so far, at 1m30s:
0s       Ben      > EVENT participant.joined CUSTOMER
`
)

// TestFailuresShowTheConversation: whatever an assertion misses, it says what, and shows the conversation so far.
func TestFailuresShowTheConversation(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		do   func(s *scene)
		want string
	}{
		"saw":           {func(s *scene) { s.chat.Customer.Saw("Welcome", "Hello", "tea") }, "customer did not see tea after Hello" + asCustomer},
		"saw, first":    {func(s *scene) { s.chat.Customer.Saw("EVENT chat.ended") }, "customer did not see EVENT chat.ended" + asCustomer},
		"agent saw":     {func(s *scene) { s.agent.Saw("Goodbye") }, "Ben did not see Goodbye" + asAgent},
		"in any order":  {func(s *scene) { s.chat.Customer.SawInAnyOrder("Hello", "tea", "tea", "x") }, `customer did not see "tea", "x"` + asCustomer},
		"only, more":    {func(s *scene) { s.chat.Customer.SawOnly("Welcome") }, `customer saw more than that: SYSTEM "What would you like?"` + asCustomer},
		"only, less":    {func(s *scene) { s.chat.Customer.SawOnly("Welcome", "What would you like?", "tea", "Hello", "x") }, "customer did not see x after Hello" + asCustomer},
		"only, other":   {func(s *scene) { s.chat.Customer.SawOnly("Welcome", "x") }, `customer saw SYSTEM "What would you like?", want x after Welcome` + asCustomer},
		"never":         {func(s *scene) { s.chat.Customer.NeverSaw("Hello") }, `customer saw AGENT "Hello"` + asCustomer},
		"ended":         {func(s *scene) { s.chat.HasEnded("EXPIRED") }, "the chat lives, want it ended by EXPIRED" + asCustomer},
		"ended by":      {func(s *scene) { s.agent.Leaves(); s.chat.HasEnded("EXPIRED") }, "the chat has ended by AGENT_DISCONNECT, want EXPIRED\n"},
		"live":          {func(s *scene) { s.chat.Customer.Leaves(); s.chat.IsLive() }, "the chat has ended after 1m30s: CUSTOMER_DISCONNECT\n"},
		"lasted, lives": {func(s *scene) { s.chat.Lasted(time.Hour) }, "the chat lives, want it ended after 1h0m0s" + asCustomer},
		"lasted":        {func(s *scene) { s.chat.Customer.Leaves(); s.chat.Lasted(time.Hour) }, "the chat has ended after 1m30s, want 1h0m0s\n"},
		"queue":         {func(s *scene) { s.chat.InQueue("Sales") }, "the contact is in queue Support, want Sales" + asCustomer},
		"attribute":     {func(s *scene) { s.chat.HasAttributes(map[string]string{"a": "b"}) }, `attribute a is "", want "b"; all: map[]` + asCustomer},
		"events": {
			func(s *scene) { s.chat.HadEvents("QUEUED", "DISCONNECTED") },
			"there was no event DISCONNECTED after QUEUED; there were INITIATED, CONNECTED_TO_SYSTEM, QUEUED, CONNECTED_TO_AGENT" + asCustomer,
		},
		"no record": {func(s *scene) { s.chat.HasRecord(map[string]string{"A": "b"}) }, "no contact record is like that; there are 0" + asCustomer},
		"record": {
			func(s *scene) {
				s.agent.Leaves()
				s.chat.HasRecord(map[string]string{"DisconnectReason": "EXPIRED", "Queue.Name": "Sales", "Channel": "CHAT"})
			},
			"no contact record is like that; there are 1\n" +
				`  ID: DisconnectReason is "AGENT_DISCONNECT", want "EXPIRED"` + "\n" + `  ID: Queue.Name is "Support", want "Sales"` + "\n",
		},
		"transcript": {func(s *scene) { s.agent.Leaves(); s.chat.HasTranscript("tea", "x") }, "the transcript does not have x after tea\n"},
		"asked": {
			func(s *scene) { s.lookup.Asked(map[string]string{"id": "2"}) },
			"function lookup was not asked with map[id:2]; it was asked 1 times\n  map[id:1]" + asCustomer,
		},
		"asked times":    {func(s *scene) { s.lookup.AskedTimes(2) }, "function lookup was asked 1 times, want 2" + asCustomer},
		"heard":          {func(s *scene) { s.bot.Heard("tea", "milk") }, "bot orders did not hear milk after tea" + asCustomer},
		"streamed":       {func(s *scene) { s.stream.Told("tea", "Welcome") }, "the stream did not tell Welcome after tea" + asCustomer},
		"streamed never": {func(s *scene) { s.stream.NeverTold("tea") }, `the stream told CUSTOMER "tea"` + asCustomer},
		"webhook": {
			func(s *scene) { post(s.webhook.URL, "one"); s.webhook.Got("one", "two") },
			"nothing was posted to the webhook that holds two; received:\none" + asCustomer,
		},
		"webhook never": {func(s *scene) { post(s.webhook.URL, "one"); s.webhook.NeverGot("on") }, "this was posted to the webhook: one" + asCustomer},
		"await":         {func(s *scene) { s.srv.Await("the end of days", func() bool { return false }) }, "the end of days has not come about" + asCustomer},
		"unused": {
			func(s *scene) {
				s.srv.Lambda("never", func(parleytest.Call) (any, error) { return nil, nil })
				s.srv.Bot("silent", func(parleytest.Heard) parleytest.Turn { return parleytest.Turn{} })
			},
			"nobody asked bot silent\nnobody asked function never",
		},
		"nothing": {func(*scene) {}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := failing(t, tt.do)
			if !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" {
				t.Errorf("said\n%s\nwant\n%s", got, tt.want)
			}
			if !strings.HasPrefix(tt.want, "nobody") && got != "" && !strings.Contains(got, "customer > ") && !strings.Contains(got, "Ben      > ") {
				t.Errorf("the conversation is not shown: %s", got)
			}
		})
	}
}

func post(url, body string) {
	resp, err := http.Post(url, "text/plain", strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	_ = resp.Body.Close()
}

// TestStopsAtOnce: what the test itself can not do ends it.
func TestStopsAtOnce(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		do   func(srv *parleytest.Server, r *recorder)
		want string
	}{
		"no flow":     {func(srv *parleytest.Server, _ *recorder) { srv.StartChat("goodbye") }, `there is no flow "goodbye"`},
		"no chat":     {func(srv *parleytest.Server, _ *recorder) { srv.Chat("x") }, "contact x: not found"},
		"no way back": {func(srv *parleytest.Server, _ *recorder) { srv.Clock.Advance(-time.Hour) }, "move the clock by -1h0m0s: it does not go back"},
		"no delay": {func(srv *parleytest.Server, _ *recorder) {
			srv.Fault(parleytest.Fault{Name: parleytest.SlowAnswers})
		}, "slow-answers needs a delay"},
		"no fault": {func(srv *parleytest.Server, _ *recorder) { srv.Fault(parleytest.Fault{Name: "rain"}) }, `there is no fault "rain"`},
		"no call": {func(srv *parleytest.Server, _ *recorder) {
			srv.Fault(parleytest.Fault{Name: parleytest.ServerErrors, Operations: []string{"Say"}})
		}, `there is no operation "Say"`},
		"no file":    {func(_ *parleytest.Server, r *recorder) { parleytest.New(r, parleytest.FlowFile("testdata/none.json")) }, "testdata/none.json"},
		"a bad flow": {func(_ *parleytest.Server, r *recorder) { parleytest.New(r, parleytest.Flow("bad", `{"Version":"1"}`)) }, "open a contact centre: bad:"},
		"after the end": {func(srv *parleytest.Server, _ *recorder) {
			c := srv.StartChat("welcome")
			c.Customer.Leaves()
			c.Customer.Says("wait")
		}, "customer can not say wait: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &recorder{TB: t}
			done := make(chan struct{})
			go func() {
				defer close(done)
				tt.do(parleytest.New(r, parleytest.Flow("welcome", parleytest.Steps(parleytest.Queue("Support")))), r)
				t.Error("it went on")
			}()
			<-done
			if said := strings.Join(r.end(), "\n"); !strings.Contains(said, tt.want) {
				t.Errorf("said %q, want %q", said, tt.want)
			}
		})
	}
}
