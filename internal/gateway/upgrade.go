package gateway

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/auth"
)

const (
	// slotWait is how long an upgrade waits for one of the participant's sockets to go when all are in use: chatjs tries three times
	// a second after a prompt refusal. Source: participant-wire sheet, section 13 (20).
	slotWait = 10 * time.Second
	slotPoll = 100 * time.Millisecond

	// subscribeGrace is how long a socket that has not subscribed keeps its place among the participant's sockets.
	subscribeGrace = 10 * time.Second

	// pongGrace is how long after a protocol ping a silent client keeps its place.
	pongGrace = 10 * time.Second
)

var (
	errDraining = &wire.GatewayError{
		Status: http.StatusServiceUnavailable, Code: "ServiceUnavailableException", Message: "The server is stopping",
	}
	errNoUpgrade = &wire.GatewayError{
		Status: http.StatusUpgradeRequired, Code: "UpgradeRequiredException", Message: "This path takes WebSocket upgrades",
	}
)

// newUpgrader shakes hands with pages of any origin, because any site may embed a chat, and with clients that send none.
// Buffers for writing are never taken from it: sockets write whole frames.
func newUpgrader() websocket.Upgrader {
	return websocket.Upgrader{
		HandshakeTimeout: 10 * time.Second,
		ReadBufferSize:   512,
		WriteBufferPool:  &sync.Pool{},
		CheckOrigin:      func(*http.Request) bool { return true },
		Error: func(w http.ResponseWriter, _ *http.Request, status int, reason error) {
			refuse(w, &wire.GatewayError{Status: status, Code: "BadHandshakeException", Message: reason.Error()})
		},
	}
}

// ServeHTTP opens a socket. It refuses with an HTTP status and never after the upgrade: clients take a socket that closes for a
// lost connection and come back at once. Source: participant-wire sheet, 9.5.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, err := g.admit(r)
	if err != nil {
		g.counts.refused.Add(1)
		if status := refuse(w, err); status >= http.StatusInternalServerError && err != errDraining && r.Context().Err() == nil {
			g.log.Error("socket could not be opened", "error", err)
		}
		return
	}
	ws, err := g.upgrader.Upgrade(hijacker{w}, r, nil)
	if err != nil {
		g.counts.refused.Add(1)
		g.remove(c)
		g.left()
		return
	}
	g.counts.open.Add(1)
	g.counts.opened.Add(1)
	c.start(ws)
	if g.isDraining() {
		c.close(websocket.CloseGoingAway)
	}
}

// admit says whose socket this will be and finds it a place.
func (g *Gateway) admit(r *http.Request) (*socket, error) {
	if g.isDraining() {
		return nil, errDraining
	}
	if !websocket.IsWebSocketUpgrade(r) {
		return nil, errNoUpgrade
	}
	who, err := g.backend.Socket(r.Context(), r.URL.Query().Get("token"))
	if err != nil {
		return nil, err
	}
	// The names outlive the request by hours: keep nothing else alive with them.
	who = auth.Socket{ChatID: strings.Clone(who.ChatID), ParticipantID: strings.Clone(who.ParticipantID)}
	if !g.enter() {
		return nil, errDraining
	}
	c, err := g.place(r.Context(), who)
	if err != nil {
		g.left()
	}
	return c, err
}

// place registers a new socket, when need be after a wait for one of the participant's others to go.
func (g *Gateway) place(ctx context.Context, who auth.Socket) (*socket, error) {
	c := &socket{g: g, who: who}
	for deadline := g.now() + slotWait; ; {
		if g.register(c) {
			return c, nil
		}
		if g.isDraining() {
			return nil, errDraining
		}
		if g.now() >= deadline {
			return nil, &types.ThrottlingException{Message: new("The participant has too many open WebSockets")}
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(slotPoll):
		}
	}
}

// register puts a socket into the registry if the participant has a place for it. The oldest that is of no use to its client
// makes room.
func (g *Gateway) register(c *socket) bool {
	c.opened = g.now()
	s := g.shard(c.who.ChatID)
	s.Lock()
	defer s.Unlock()
	used := 0
	var useless *socket
	for _, o := range s.chats[c.who.ChatID] {
		if o.who.ParticipantID != c.who.ParticipantID {
			continue
		}
		o.mu.Lock()
		if !o.closing {
			used++
		}
		if o.useless(c.opened) && (useless == nil || o.opened < useless.opened) {
			useless = o
		}
		o.mu.Unlock()
	}
	if used >= g.cap {
		if useless == nil {
			return false
		}
		useless.close(websocket.CloseNormalClosure)
	}
	s.chats[c.who.ChatID] = append(s.chats[c.who.ChatID], c)
	return true
}

// useless reports whether the client is dead or never subscribed. The caller holds mu.
func (c *socket) useless(now time.Duration) bool {
	if c.closing || c.ws == nil {
		return false
	}
	heard := time.Duration(c.heard.Load())
	dead := c.pinged > heard && now-c.pinged >= pongGrace
	return dead || !c.subscribed && c.sub == nil && now-c.opened >= subscribeGrace
}

// remove takes a socket out of the registry.
func (g *Gateway) remove(c *socket) {
	s := g.shard(c.who.ChatID)
	s.Lock()
	defer s.Unlock()
	rest := slices.DeleteFunc(s.chats[c.who.ChatID], func(o *socket) bool { return o == c })
	if len(rest) == 0 {
		delete(s.chats, c.who.ChatID)
	} else {
		s.chats[c.who.ChatID] = rest
	}
}

// refuse answers an error as the Participant Service does, and returns the status.
func refuse(w http.ResponseWriter, err error) (status int) {
	body, status, code := participant.Service.AppendError(nil, err)
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Amzn-Errortype", code)
	if h.Get("Access-Control-Allow-Origin") == "" {
		h.Set("Access-Control-Allow-Origin", "*")
	}
	switch status {
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		h.Set("Retry-After", "1")
	case http.StatusUpgradeRequired:
		h.Set("Upgrade", "websocket")
		h.Set("Connection", "Upgrade")
	}
	w.WriteHeader(status)
	w.Write(body)
	return status
}

// hijacker finds the connection also behind writers that wrap the server's.
type hijacker struct{ http.ResponseWriter }

func (h hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(h.ResponseWriter).Hijack()
}
