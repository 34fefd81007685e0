package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/bus"
	"github.com/openparley/parley/internal/gateway"
)

func TestMain(m *testing.M) {
	if os.Getenv(idleServerEnv) != "" {
		serveIdle()
		return
	}
	goleak.VerifyTestMain(m)
}

// transcript is a Backend in memory. Tokens are "chat/participant".
type transcript struct {
	mu    sync.Mutex
	items map[string][]bus.Message

	asked []int // how many chats each call of Newest named

	// Called before Subscribed, Since and Newest read, and between reading and answering; nil does nothing.
	beforeSubscribed, beforeSince, beforeNewest func(context.Context) error
	afterSubscribed, afterSince                 func()
}

func (tr *transcript) Socket(_ context.Context, token string) (auth.Socket, error) {
	chat, participant, ok := strings.Cut(token, "/")
	switch {
	case token == "broken":
		return auth.Socket{}, fmt.Errorf("read chat: disk on fire")
	case !ok:
		return auth.Socket{}, &types.AccessDeniedException{Message: new("Access denied")}
	}
	return auth.Socket{ChatID: chat, ParticipantID: participant}, nil
}

func (tr *transcript) Subscribed(ctx context.Context, who auth.Socket) (int64, error) {
	if tr.beforeSubscribed != nil {
		if err := tr.beforeSubscribed(ctx); err != nil {
			return 0, err
		}
	}
	tr.mu.Lock()
	newest := int64(len(tr.items[who.ChatID]))
	tr.mu.Unlock()
	if tr.afterSubscribed != nil {
		tr.afterSubscribed()
	}
	return newest, nil
}

func (tr *transcript) Since(ctx context.Context, chatID, participantID string, after int64, limit int) ([]bus.Message, error) {
	if tr.beforeSince != nil {
		if err := tr.beforeSince(ctx); err != nil {
			return nil, err
		}
	}
	if tr.afterSince != nil {
		defer tr.afterSince()
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	var frames []bus.Message
	for _, m := range tr.items[chatID] {
		if m.Seq <= after || len(frames) == limit {
			continue
		}
		f := bus.Message{Seq: m.Seq, Ended: m.Ended}
		if visible(m, participantID) {
			f.Item = m.Item
		}
		frames = append(frames, f)
	}
	return frames, nil
}

func (tr *transcript) Newest(ctx context.Context, chatIDs []string) (map[string]int64, error) {
	if tr.beforeNewest != nil {
		if err := tr.beforeNewest(ctx); err != nil {
			return nil, err
		}
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.asked = append(tr.asked, len(chatIDs))
	newest := map[string]int64{}
	for _, id := range chatIDs {
		if n := len(tr.items[id]); n > 0 {
			newest[id] = int64(n)
		}
	}
	return newest, nil
}

func visible(m bus.Message, participant string) bool {
	return len(m.To) == 0 || slices.Contains(m.To, participant)
}

// store appends an item whose JSON is a text, and returns what the bus would carry.
func (tr *transcript) store(chat, text string, to ...string) bus.Message {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if tr.items == nil {
		tr.items = map[string][]bus.Message{}
	}
	m := bus.Message{Chat: chat, Seq: int64(len(tr.items[chat]) + 1), To: to, Item: item(text)}
	tr.items[chat] = append(tr.items[chat], m)
	return m
}

func (tr *transcript) storeEnd(chat string) bus.Message {
	m := tr.store(chat, "chat.ended")
	m.Ended = true
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.items[chat][m.Seq-1] = m
	return m
}

func item(text string) []byte {
	b, err := json.Marshal(map[string]string{"Content": text})
	if err != nil {
		panic(err)
	}
	return b
}

// world is a gateway behind an HTTP server, with its transcript.
type world struct {
	t *testing.T
	*transcript
	g    *gateway.Gateway
	http *http.Client
	base string // ws://…/participant/websocket
}

func newWorld(t *testing.T) *world {
	return newWorldOn(t, httptest.NewServer)
}

func newWorldOn(t *testing.T, serve func(http.Handler) *httptest.Server) *world {
	w := &world{t: t, transcript: &transcript{}}
	w.g = gateway.New(w.transcript, gateway.Options{Log: slog.New(slog.DiscardHandler)})
	srv := serve(w.g)
	w.base, w.http = "ws"+strings.TrimPrefix(srv.URL, "http"), srv.Client()
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		w.g.Shutdown(ctx, 0)
		srv.Close()
	})
	return w
}

// client is a client's end of a socket.
type client struct {
	t  *testing.T
	ws *websocket.Conn
}

func (w *world) dial(token string) (*client, *http.Response, error) {
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	ws, resp, err := websocket.Dial(ctx, w.base+"?token="+token, &websocket.DialOptions{HTTPClient: w.http})
	if err == nil {
		ws.SetReadLimit(1 << 20)
	}
	return &client{w.t, ws}, resp, err
}

func (w *world) open(token string) *client {
	w.t.Helper()
	c, _, err := w.dial(token)
	if err != nil {
		w.t.Fatalf("open %s: %v", token, err)
	}
	w.t.Cleanup(func() { c.ws.CloseNow() })
	return c
}

func (w *world) subscribed(token string) *client {
	w.t.Helper()
	c := w.open(token)
	c.subscribe()
	return c
}

const (
	subscribeFrame     = `{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}`
	pingFrame          = `{"topic":"aws/ping"}`
	heartbeatFrame     = `{"topic":"aws/heartbeat"}`
	unsubscribeFrame   = `{"topic":"aws/unsubscribe","content":{"topics":["aws/chat"]}}`
	unsubscribeSuccess = `{"topic":"aws/unsubscribe","content":{"status":"success","topics":["aws/chat"]}}`
	subscribeSuccess   = `{"topic":"aws/subscribe","content":{"status":"success","topics":["aws/chat"]}}`
	pingAnswer         = `{"topic":"aws/ping","statusCode":200,"statusContent":"OK"}`
	heartbeatAnswer    = `{"topic":"aws/heartbeat"}`
)

func (c *client) send(frames ...string) {
	c.t.Helper()
	for _, f := range frames {
		if err := c.ws.Write(c.t.Context(), websocket.MessageText, []byte(f)); err != nil {
			c.t.Fatalf("send %s: %v", f, err)
		}
	}
}

func (c *client) read() (string, error) {
	ctx, cancel := context.WithTimeout(c.t.Context(), time.Minute)
	defer cancel()
	_, b, err := c.ws.Read(ctx)
	return string(b), err
}

func (c *client) want(frames ...string) {
	c.t.Helper()
	for _, want := range frames {
		if got, err := c.read(); err != nil || got != want {
			c.t.Fatalf("got frame %s, error %v; want %s", got, err, want)
		}
	}
}

func (c *client) subscribe() {
	c.t.Helper()
	c.send(subscribeFrame)
	c.want(subscribeSuccess)
}

// wantNothing says that nothing was written to the socket so far: the next frame answers a heartbeat sent now.
func (c *client) wantNothing() {
	c.t.Helper()
	c.send(heartbeatFrame)
	c.want(heartbeatAnswer)
}

// text takes a chat frame apart and returns the Content of its item.
func text(frame string) (string, error) {
	var f struct {
		Topic, ContentType string
		Content            *string
	}
	if err := json.Unmarshal([]byte(frame), &f); err != nil {
		return "", err
	}
	if f.Topic != "aws/chat" || f.ContentType != "application/json" || f.Content == nil {
		return "", fmt.Errorf("no chat frame: %s", frame)
	}
	var it struct{ Content string }
	err := json.Unmarshal([]byte(*f.Content), &it)
	return it.Content, err
}

func (c *client) wantTexts(texts ...string) {
	c.t.Helper()
	for i, want := range texts {
		frame, err := c.read()
		if err != nil {
			c.t.Fatalf("chat frame %d: %v; want %q", i, err, want)
		}
		if got, err := text(frame); err != nil || got != want {
			c.t.Fatalf("chat frame %d: got %q, error %v; want %q", i, got, err, want)
		}
	}
}

// wantClose reads until the server closes, and checks the code.
func (c *client) wantClose(code websocket.StatusCode) {
	c.t.Helper()
	if frame, err := c.read(); websocket.CloseStatus(err) != code {
		c.t.Fatalf("got frame %s, error %v; want close code %d", frame, err, code)
	}
}

func TestSubscribePingHeartbeatBurst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.open("chat/ana")
	c.send(subscribeFrame, pingFrame, heartbeatFrame)
	c.want(subscribeSuccess, pingAnswer, heartbeatAnswer)

	c.send(pingFrame, heartbeatFrame)
	c.want(pingAnswer, heartbeatAnswer)
}

func TestOverTLS(t *testing.T) {
	t.Parallel()
	w := newWorldOn(t, httptest.NewTLSServer)
	c := w.subscribed("chat/ana")
	var texts []string
	for i := range 200 {
		s := strings.Repeat("x", 10*i)
		texts = append(texts, s)
		w.g.Deliver(w.store("chat", s))
	}
	c.wantTexts(texts...)
	if err := c.ws.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Error(err)
	}
}

// wrapped is what a ResponseWriter becomes behind handlers that look at answers.
type wrapped struct{ http.ResponseWriter }

func (w wrapped) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func TestBehindWrappingHandler(t *testing.T) {
	t.Parallel()
	newWorldOn(t, func(h http.Handler) *httptest.Server {
		return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(wrapped{w}, r) }))
	}).subscribed("chat/ana")
}

func TestStrayParenthesis(t *testing.T) {
	t.Parallel()
	c := newWorld(t).open("chat/ana")
	c.send(subscribeFrame + ")")
	c.want(subscribeSuccess)
}

func TestRepeatedSubscribe(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.subscribed("chat/ana")
	c.subscribe()
	w.g.Deliver(w.store("chat", "once"))
	c.wantTexts("once")
	c.wantNothing()
}

func TestUnsubscribe(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, other := w.subscribed("chat/ana"), w.subscribed("chat/ana")
	c.send(`{"topic":"aws/unsubscribe","content":{"topics":["aws/other"]}}`)
	c.want(`{"topic":"aws/unsubscribe","content":{"status":"success","topics":["aws/other"]}}`)
	w.g.Deliver(w.store("chat", "heard"))
	c.wantTexts("heard")
	for range 2 { // the second time there is nothing to end
		c.send(unsubscribeFrame)
		c.want(unsubscribeSuccess)
	}
	w.g.Deliver(w.store("chat", "not heard"))
	w.g.Recheck()
	other.wantTexts("heard", "not heard")
	c.wantNothing()
	if n := w.g.Stats().Subscribed; n != 1 {
		t.Errorf("%d sockets subscribed, want 1", n)
	}
	c.subscribe()
	w.g.Deliver(w.store("chat", "heard again"))
	c.wantTexts("heard again")
	c.wantNothing()
}

func TestSubscribeEchoesTopics(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.open("chat/ana")
	c.send(`{"topic":"aws/subscribe","content":{"topics":["aws/other"]}}`)
	c.want(`{"topic":"aws/subscribe","content":{"status":"success","topics":["aws/other"]}}`)
	w.g.Deliver(w.store("chat", "not for other topics"))
	c.wantNothing()
	c.send(`{"topic":"aws/subscribe","content":{"topics":["aws/other","aws/chat"]}}`)
	c.want(`{"topic":"aws/subscribe","content":{"status":"success","topics":["aws/other","aws/chat"]}}`)
	w.g.Deliver(w.store("chat", "for chat"))
	c.wantTexts("for chat")
}

func TestOddFramesAreIgnored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.subscribed("chat/ana")
	c.send(``, `hello`, `{`, `[]`, `"aws/ping"`, `null`, `{"topic":7}`, `{"topic":"aws/agent"}`, `{"topic":"aws/unsubscribe"}`,
		`{"topic":"aws/subscribe"}`, `{"topic":"aws/subscribe","content":"aws/chat"}`, `{"topic":"aws/subscribe","content":{"topics":[1]}}`,
		`{"topic":"aws/subscribe","content":{"topics":[]}}`, strings.Repeat("[", 30_000))
	if err := c.ws.Write(t.Context(), websocket.MessageBinary, []byte(pingFrame)); err != nil {
		t.Fatal(err)
	}
	c.wantNothing()
	c.send(` { "more":1, "topic" : "aws/heartbeat" , "content":{"any":[]} } `, `{"topic":"aws/ping","x":null}`)
	c.want(heartbeatAnswer, pingAnswer)
	w.g.Deliver(w.store("chat", "still there"))
	c.wantTexts("still there")
}

func TestOversizeFrameClosesSocket(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.open("chat/ana")
	c.send(`"` + strings.Repeat("x", 32<<10-2) + `"`)
	c.wantNothing()
	// The close frame may get lost: the server does not read what it refuses, so the connection may be reset.
	err := c.ws.Write(t.Context(), websocket.MessageText, bytes.Repeat([]byte("x"), 33<<10))
	if err == nil {
		_, err = c.read()
	}
	if code := websocket.CloseStatus(err); err == nil || code != -1 && code != websocket.StatusMessageTooBig {
		t.Errorf("got %v, want close code 1009 or a reset connection", err)
	}
	for w.g.Stats().Open > 0 {
		time.Sleep(time.Millisecond)
	}
}

func TestChatFrameContentIsString(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.subscribed("chat/ana")
	m := w.store("chat", "")
	m.Item = []byte(`{"AbsoluteTime":"2025-01-31T10:00:03.123Z","Content":"a \"b\" \\ ü \n \u0000 </script>","Id":"1"}`)
	w.g.Deliver(m)
	got, err := c.read()
	if err != nil {
		t.Fatal(err)
	}
	var frame map[string]any
	if err := json.Unmarshal([]byte(got), &frame); err != nil {
		t.Fatalf("frame %s: %v", got, err)
	}
	want := map[string]any{"topic": "aws/chat", "contentType": "application/json", "content": string(m.Item)}
	if diff := cmp.Diff(want, frame); diff != "" {
		t.Errorf("frame (-want +got):\n%s", diff)
	}
}

func TestNoFrameToUnsubscribedSocket(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	silent, listens := w.open("chat/ana"), w.subscribed("chat/ana")
	w.g.Deliver(w.store("chat", "one"))
	w.g.Deliver(bus.Message{Chat: "chat", Item: item("typing")})
	w.g.Recheck()
	listens.wantTexts("one", "typing")
	silent.wantNothing()
	silent.subscribe()
	silent.wantNothing() // no backlog either
	w.g.Deliver(w.store("chat", "two"))
	silent.wantTexts("two")
}

func TestEachSocketGetsItemOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	clients := []*client{w.subscribed("chat/ana"), w.subscribed("chat/ana"), w.subscribed("chat/bo")}
	other := w.subscribed("other/ana")
	for _, s := range []string{"one", "two", "three"} {
		w.g.Deliver(w.store("chat", s))
	}
	for _, c := range clients {
		c.wantTexts("one", "two", "three")
		c.wantNothing()
	}
	other.wantNothing()
}

func TestFramesForSomeParticipants(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ana, bo := w.subscribed("chat/ana"), w.subscribed("chat/bo")
	w.g.Deliver(w.store("chat", "both"))
	w.g.Deliver(w.store("chat", "bo alone", "bo"))
	w.g.Deliver(bus.Message{Chat: "chat", To: []string{"bo"}, Item: item("typing")})
	w.g.Deliver(w.store("chat", "both again"))
	ana.wantTexts("both", "both again")
	bo.wantTexts("both", "bo alone", "typing", "both again")
	if n := w.g.Stats().Fills; n != 0 {
		t.Errorf("a hidden item was taken for a lost one: %d readings", n)
	}
}

func TestBadTokenIsRefusedAtUpgrade(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tests := []struct {
		token  string
		status int
		body   string
	}{
		{"", 403, `{"Message":"Access denied","__type":"AccessDeniedException"}`},
		{"forged", 403, `{"Message":"Access denied","__type":"AccessDeniedException"}`},
		{"broken", 500, `{"Message":"Internal server error","__type":"InternalServerException"}`},
	}
	for _, tt := range tests {
		_, resp, err := w.dial(tt.token)
		if err == nil {
			t.Fatalf("token %q: the socket opened", tt.token)
		}
		body, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != tt.status || string(body) != tt.body {
			t.Errorf("token %q: got %d %s, want %d %s", tt.token, resp.StatusCode, body, tt.status, tt.body)
		}
		want := http.Header{
			"Access-Control-Allow-Origin": {"*"}, "Content-Type": {"application/json"},
			"X-Amzn-Errortype": {tt.body[strings.LastIndex(tt.body, `:"`)+2 : len(tt.body)-2]},
		}
		for k := range want {
			if diff := cmp.Diff(want[k], resp.Header[k]); diff != "" {
				t.Errorf("token %q: header %s (-want +got):\n%s", tt.token, k, diff)
			}
		}
	}
	if s := w.g.Stats(); s.Refused != int64(len(tests)) || s.Open != 0 {
		t.Errorf("got %+v, want %d refused and none open", s, len(tests))
	}
}

func TestPlainRequestIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	url := "http" + strings.TrimPrefix(w.base, "ws") + "?token=chat/ana"
	get := func(h http.Header) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header = h
		resp, err := w.http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var body struct {
			Type string `json:"__type"`
		}
		if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
			t.Errorf("headers %v: body: %v", h, err)
		}
		return resp.StatusCode, body.Type
	}
	if status, code := get(http.Header{}); status != 426 || code != "UpgradeRequiredException" {
		t.Errorf("without upgrade: got %d %s", status, code)
	}
	noKey := http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}}
	if status, code := get(noKey); status != 400 || code != "BadHandshakeException" {
		t.Errorf("without key: got %d %s", status, code)
	}
}

func TestAnyOriginAndNoCompression(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, origin := range []string{"", "https://shop.example.org", "null"} {
		opts := &websocket.DialOptions{
			HTTPClient: w.http, HTTPHeader: http.Header{}, CompressionMode: websocket.CompressionContextTakeover,
			Subprotocols: []string{"aws"},
		}
		if origin != "" {
			opts.HTTPHeader.Set("Origin", origin)
		}
		ws, resp, err := websocket.Dial(t.Context(), w.base+"?token=chat/ana", opts)
		if err != nil {
			t.Errorf("origin %q: %v", origin, err)
			continue
		}
		defer ws.CloseNow()
		for _, h := range []string{"Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol"} {
			if got := resp.Header.Values(h); len(got) != 0 {
				t.Errorf("origin %q: %s: %q, want none", origin, h, got)
			}
		}
	}
}

func TestURLOpensSeveralTimes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 3 {
		w.subscribed("chat/ana")
	}
}

func TestClientCloseIsAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, code := range []websocket.StatusCode{1000, 1001, 4000} {
		c := w.subscribed("chat/ana")
		if err := c.ws.Close(code, "[Primary WebSocket] Closing WebSocket"); err != nil {
			t.Errorf("close %d: %v", code, err)
		}
	}
	for w.g.Stats().Open > 0 {
		time.Sleep(time.Millisecond)
	}
	if s := w.g.Stats(); s.Subscribed != 0 || s.Opened != 3 {
		t.Errorf("got %+v, want three opened and none left", s)
	}
}

// TestBurst sends more at once than waits to be written to a socket: the client gets answers enough, and stays.
func TestBurst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for token, frame := range map[string][]byte{
		"heartbeats/ana": maskedFrame(heartbeatFrame), "pings/ana": maskedFrame(pingFrame), "subscribes/ana": maskedFrame(subscribeFrame),
		"unsubscribes/ana": maskedFrame(unsubscribeFrame), "protocol/ana": {0x89, 0x80, 0, 0, 0, 0},
	} {
		conn, r, err := rawSocket(strings.TrimPrefix(w.base, "ws://"), token)
		if err != nil {
			t.Fatal(token, err)
		}
		defer conn.Close()
		if _, err := conn.Write(bytes.Repeat(frame, 1000)); err != nil {
			t.Fatal(token, err)
		}
		// The answer to a frame amid many may be left out.
		var got []byte
		for deadline := time.Now().Add(30 * time.Second); !bytes.Contains(got, []byte("last")); {
			if _, err := conn.Write(maskedFrame(`{"topic":"aws/subscribe","content":{"topics":["last"]}}`)); err != nil {
				t.Fatal(token, err)
			}
			part := make([]byte, 64<<10)
			conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
			n, err := r.Read(part)
			if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) || time.Now().After(deadline) {
				t.Fatal(token, err)
			}
			got = append(got, part[:n]...)
		}
	}
	if n := w.g.Stats().Slow; n != 0 {
		t.Errorf("%d sockets were closed as slow", n)
	}
}

func TestClientPingIsAnswered(t *testing.T) {
	t.Parallel()
	c := newWorld(t).open("chat/ana")
	reading := c.ws.CloseRead(t.Context())
	if err := c.ws.Ping(reading); err != nil {
		t.Fatal(err)
	}
}
