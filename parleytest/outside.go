package parleytest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/mock"
)

// Call is what a function was asked.
type Call struct {
	Parameters map[string]any  // Details.Parameters of the event
	Event      json.RawMessage // as functions of AWS Lambda get it
	Async      bool            // nobody waits for the answer
}

// Text is a parameter as text; empty if there is none.
func (c Call) Text(parameter string) string {
	switch v := c.Parameters[parameter].(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		return fmt.Sprint(v)
	}
}

// ErrThrottled, returned by a function, has it throttled instead of called.
var ErrThrottled = errors.New("throttled")

// Function stands in for a function of AWS Lambda.
type Function struct {
	Name string

	s  *Server
	fn func(Call) (any, error)

	calls []Call // under s.mu
}

// Lambda stands in for a function by its name, wherever flows or the program under test name it, by name or ARN. What fn returns is answered as
// JSON; an error fails the function. fn may be called for several chats at a time, and not in the goroutine of the test. A function that nobody
// asks fails the test.
func (s *Server) Lambda(name string, fn func(Call) (any, error)) *Function {
	f := &Function{Name: name, s: s, fn: fn}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.functions[name] = f
	return f
}

func (s *Server) ask(c mock.Call) (mock.Reply, bool) {
	call := Call{Parameters: c.Parameters, Event: c.Event, Async: c.Async}
	s.mu.Lock()
	f, ok := s.functions[c.Function]
	if ok {
		f.calls = append(f.calls, call)
	} else {
		s.missed["function "+c.Function] = true
	}
	s.mu.Unlock()
	if !ok {
		return mock.Reply{}, false
	}
	answer, err := f.fn(call)
	if errors.Is(err, ErrThrottled) {
		err = ErrThrottled // by its name
	}
	if err != nil {
		return mock.Reply{Error: err.Error()}, true
	}
	return mock.Reply{Returns: answer}, true
}

// Calls are what the function was asked so far.
func (f *Function) Calls() []Call {
	f.s.t.Helper()
	f.s.Clock.settle()
	f.s.mu.Lock()
	defer f.s.mu.Unlock()
	return slices.Clone(f.calls)
}

// Asked asserts that one of the calls had these parameters; it may have had others.
func (f *Function) Asked(parameters map[string]string) {
	f.s.t.Helper()
	f.s.holds(f.s.story, func() string {
		calls := f.Calls()
		if slices.ContainsFunc(calls, func(c Call) bool { return c.has(parameters) }) {
			return ""
		}
		text := fmt.Sprintf("function %s was not asked with %v; it was asked %d times", f.Name, parameters, len(calls))
		for _, c := range calls {
			text += fmt.Sprintf("\n  %v", c.Parameters)
		}
		return text
	})
}

func (c Call) has(parameters map[string]string) bool {
	for k, v := range parameters {
		if _, ok := c.Parameters[k]; !ok || c.Text(k) != v {
			return false
		}
	}
	return true
}

// AskedTimes asserts how often the function was asked.
func (f *Function) AskedTimes(n int) {
	f.s.t.Helper()
	f.s.holds(f.s.story, func() string {
		if got := len(f.Calls()); got != n {
			return fmt.Sprintf("function %s was asked %d times, want %d", f.Name, got, n)
		}
		return ""
	})
}

// Heard is what a customer says to a bot.
type Heard struct {
	Text    string
	Session string // one for each conversation with the bot
}

// Turn is what a bot of Amazon Lex answers.
type Turn struct {
	Says       []string
	Shows      any    // an interactive message, which is JSON with templateType, version and data
	Intent     string // default: the one before, or FallbackIntent
	State      string // Fulfilled, ReadyForFulfillment and Failed end the conversation; default InProgress
	Slots      map[string]string
	Attributes map[string]string // of the session, over those it has
	Error      string            // name of an exception of Lex, instead of all that
}

// Bot stands in for a bot of Amazon Lex.
type Bot struct {
	Name string

	s  *Server
	fn func(Heard) Turn

	heard []Heard // under s.mu
}

// Bot stands in for a bot of Amazon Lex by its id, the second last part of the ARN of its alias. fn may be called for several chats at a time,
// and not in the goroutine of the test. A bot that nobody talks to fails the test.
func (s *Server) Bot(name string, fn func(Heard) Turn) *Bot {
	b := &Bot{Name: name, s: s, fn: fn}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bots[name] = b
	return b
}

func (s *Server) hear(bot, session, text string) (mock.Turn, bool) {
	h := Heard{Text: text, Session: session}
	s.mu.Lock()
	b, ok := s.bots[bot]
	if ok {
		b.heard = append(b.heard, h)
	} else {
		s.missed["bot "+bot] = true
	}
	s.mu.Unlock()
	if !ok {
		return mock.Turn{}, false
	}
	t := b.fn(h)
	return mock.Turn{Says: t.Says, Shows: t.Shows, Intent: t.Intent, State: t.State, Slots: t.Slots, Attributes: t.Attributes, Error: t.Error}, true
}

// Heard asserts that the bot was told these, in this order; other things may lie between.
func (b *Bot) Heard(want ...string) {
	b.s.t.Helper()
	b.s.holds(b.s.story, func() string {
		b.s.mu.Lock()
		defer b.s.mu.Unlock()
		heard := make([]seen, len(b.heard))
		for i, h := range b.heard {
			heard[i].text = h.Text
		}
		if missing := inOrder(heard, want); missing >= 0 {
			return fmt.Sprintf("bot %s did not hear %s%s", b.Name, want[missing], after(want[:missing]))
		}
		return ""
	})
}

// unused are the stand-ins that nobody asked.
func (s *Server) unused() (names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, f := range s.functions {
		if len(f.calls) == 0 {
			names = append(names, "function "+name)
		}
	}
	for name, b := range s.bots {
		if len(b.heard) == 0 {
			names = append(names, "bot "+name)
		}
	}
	slices.Sort(names)
	return names
}

// holds asserts what check finds nothing wrong with, at once or before patience is over. The story follows what is wrong.
func (s *Server) holds(story func() string, check func() (wrong string)) {
	s.t.Helper()
	ctx, over := context.WithTimeout(s.t.Context(), s.patience)
	defer over()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		s.Clock.settle()
		wrong := check()
		if wrong == "" {
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
		}
		if s.t.Failed() || ctx.Err() != nil {
			s.t.Error(wrong + story())
			return
		}
	}
}

// Await waits until ok, which the program under test brings about by itself, as long as assertions do: see [Patience].
func (s *Server) Await(what string, ok func() bool) {
	s.t.Helper()
	s.holds(s.story, func() string {
		if ok() {
			return ""
		}
		return what + " has not come about"
	})
}

// story follows what is wrong and is not about one chat: all of them are shown.
func (s *Server) story() (text string) {
	s.mu.Lock()
	chats := slices.Clone(s.chats)
	s.mu.Unlock()
	for _, c := range chats {
		text += c.story()
	}
	return text
}

// Stream is who is told what is said in a chat, as a gateway to another channel is.
type Stream struct {
	// ID is the StreamingId.
	ID string

	chat *Chat
	path string
}

// Stream has the chat streamed from now on (StartContactStreaming).
func (c *Chat) Stream() *Stream {
	c.s.t.Helper()
	path := c.s.mail.box("stream")
	out, err := c.s.connect.StartContactStreaming(c.s.t.Context(), &connect.StartContactStreamingInput{
		InstanceId: &c.s.InstanceID, ContactId: new(c.ContactID()), ClientToken: &path,
		ChatStreamingConfiguration: &types.ChatStreamingConfiguration{StreamingEndpointArn: new(c.s.mail.url + path)},
	})
	if err != nil {
		c.fatalf("stream the chat: %v", err)
	}
	return &Stream{ID: *out.StreamingId, chat: c, path: path}
}

// Items are what was told so far, in order.
func (s *Stream) Items() (items []ptypes.Item) {
	s.chat.s.t.Helper()
	s.chat.s.Clock.settle()
	for _, letter := range s.chat.s.mail.in(s.path) {
		var n struct{ Message string }
		var it ptypes.Item
		if err := errors.Join(json.Unmarshal(letter, &n), json.Unmarshal([]byte(n.Message), &it)); err != nil {
			s.chat.s.t.Fatalf("message %s: %v", letter, err)
		}
		items = append(items, it)
	}
	return items
}

// Told asserts that these were told, in this order, named as in [Person.Saw]; other things may lie between.
func (s *Stream) Told(want ...string) {
	s.chat.s.t.Helper()
	s.chat.holds(func() string {
		if missing := inOrder(shown(s.Items()), want); missing >= 0 {
			return fmt.Sprintf("the stream did not tell %s%s", want[missing], after(want[:missing]))
		}
		return ""
	})
}

// NeverTold asserts that none of these was told until now.
func (s *Stream) NeverTold(what ...string) {
	s.chat.s.t.Helper()
	for _, it := range shown(s.Items()) {
		if slices.ContainsFunc(what, it.is) {
			s.chat.s.t.Errorf("the stream told %s%s", it.words, s.chat.story())
		}
	}
}

// Webhook is an address that keeps what is posted to it: for contact records, message processors and whatever else a flow or the program under
// test sends.
type Webhook struct {
	URL string

	s    *Server
	path string
}

// Webhook opens an address on this machine.
func (s *Server) Webhook() *Webhook {
	path := s.mail.box("hook")
	return &Webhook{URL: s.mail.url + path, s: s, path: path}
}

// Received are the bodies that were posted so far, in order; one that was sent again is there once.
func (w *Webhook) Received() (bodies []string) {
	w.s.t.Helper()
	w.s.Clock.settle()
	for _, letter := range w.s.mail.in(w.path) {
		bodies = append(bodies, string(letter))
	}
	return bodies
}

// Got asserts that bodies were posted that hold these texts, in this order; others may lie between.
func (w *Webhook) Got(want ...string) {
	w.s.t.Helper()
	w.s.holds(w.s.story, func() string {
		bodies := w.Received()
		rest := bodies
		for _, text := range want {
			at := slices.IndexFunc(rest, func(b string) bool { return strings.Contains(b, text) })
			if at < 0 {
				return fmt.Sprintf("nothing was posted to the webhook that holds %s; received:\n%s", text, strings.Join(bodies, "\n"))
			}
			rest = rest[at+1:]
		}
		return ""
	})
}

// NeverGot asserts that no body was posted until now that holds one of these texts.
func (w *Webhook) NeverGot(what ...string) {
	w.s.t.Helper()
	for _, body := range w.Received() {
		if slices.ContainsFunc(what, func(text string) bool { return strings.Contains(body, text) }) {
			w.s.t.Errorf("this was posted to the webhook: %s%s", body, w.s.story())
		}
	}
}

// Boxes of the server's own.
const (
	events  = "/events"
	records = "/records"
)

// mail takes what the server posts.
type mail struct {
	server *http.Server
	url    string

	mu      sync.Mutex
	boxes   int
	letters map[string][][]byte // by path
	known   map[string]bool     // ids
}

func openMail(ctx context.Context) (*mail, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("find a port: %w", err)
	}
	m := &mail{url: "http://" + l.Addr().String(), letters: map[string][][]byte{}, known: map[string]bool{}}
	m.server = &http.Server{Handler: m, ReadHeaderTimeout: time.Minute}
	go func() { _ = m.server.Serve(l) }() // it is closed by close
	return m, nil
}

func (m *mail) close() { _ = m.server.Close() }

// box is a path of its own.
func (m *mail) box(kind string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.boxes++
	return fmt.Sprintf("/%s/%d", kind, m.boxes)
}

func (m *mail) in(path string) [][]byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.letters[path])
}

func (m *mail) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 16<<20))
	if err != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if id := r.Header.Get("Webhook-Id"); id != "" {
		if m.known[r.URL.Path+" "+id] {
			return
		}
		m.known[r.URL.Path+" "+id] = true
	}
	m.letters[r.URL.Path] = append(m.letters[r.URL.Path], body)
}
