// Package gateway holds the WebSockets of chats: it answers what clients send on them and writes the items of each chat to
// the sockets of those who may see them, once and in order. It has no rules of its own; its Backend has.
//
// The stored items are the truth, a message from the bus only tells of one: a socket that sees a number left out asks the Backend
// for what lies between, and where a message may be lost, sockets are compared with the newest numbers stored. A socket whose client
// does not read is closed; the client recovers by the transcript.
//
// The protocol is that of the participant-wire sheet, section 9.
package gateway

import (
	"context"
	"hash/maphash"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/bus"
)

// Backend decides who may listen and reads what was said. An error with an HTTPStatus is an answer for the client (403: it has
// no business here), any other is trouble of ours.
type Backend interface {
	// Socket says whose socket a URL's token opens. Its error refuses the upgrade.
	Socket(ctx context.Context, token string) (auth.Socket, error)

	// Subscribed is told that a socket begins to listen. It answers the number of the newest item that is not due on the
	// socket any more; 0 when there is none. It may be told again, also after an error.
	Subscribed(ctx context.Context, who auth.Socket) (newest int64, err error)

	// Since reads up to limit stored items of a chat after a number, oldest first, as this participant sees them. An item the
	// participant may not see is a Message without Item: it tells how far the reading got. Only Seq, Ended, Left and Item are read.
	Since(ctx context.Context, chatID, participantID string, after int64, limit int) ([]bus.Message, error)

	// Newest reads the number of the newest stored item of each of these chats, up to 500. Chats that are not there may be missing.
	Newest(ctx context.Context, chatIDs []string) (map[string]int64, error)
}

// Options of a Gateway. The zero value works.
type Options struct {
	// Log is told what goes wrong behind the sockets. Nil is slog.Default.
	Log *slog.Logger

	// SocketsPerParticipant is how many sockets one participant may have open; 0 is 5, as the original allows.
	// Source: participant-wire sheet, 8.3.
	SocketsPerParticipant int

	// Compare is how often all chats that are listened to are compared with the stored items, in case a node stored one and died
	// before the bus had it. 0 is never, for a server without other nodes.
	Compare time.Duration
}

// Gateway serves the WebSockets of one node. It is an http.Handler for the path of the socket URLs.
type Gateway struct {
	backend    Backend
	log        *slog.Logger
	cap        int
	upgrader   websocket.Upgrader
	started    time.Time
	seed       maphash.Seed
	shards     [64]shard
	fills      fillQueue
	comparison comparison
	complained atomic.Int64 // when; a time.Duration
	counts     counts

	// ctx is that of calls to the Backend that no request waits for.
	ctx    context.Context
	cancel context.CancelFunc

	life struct {
		sync.Mutex
		open     int           // sockets, from before the upgrade until they are read to the end
		sweeping bool          // a sweep is due or runs
		draining bool          // no new sockets
		gone     chan struct{} // closed when draining and none is open
	}
}

// shard is a part of the registry. Its lock is held while an item goes to all sockets of a chat, so that a socket joins before or
// after an item, never amid. A socket's own lock may be taken inside.
type shard struct {
	sync.Mutex
	chats map[string][]*socket
}

// New returns a gateway in front of a backend. Shutdown ends it.
func New(b Backend, o Options) *Gateway {
	g := &Gateway{backend: b, log: o.Log, cap: o.SocketsPerParticipant, started: time.Now(), seed: maphash.MakeSeed()}
	if g.log == nil {
		g.log = slog.Default()
	}
	if g.cap == 0 {
		g.cap = 5
	}
	for i := range g.shards {
		g.shards[i].chats = map[string][]*socket{}
	}
	g.ctx, g.cancel = context.WithCancel(context.Background())
	g.life.gone = make(chan struct{})
	g.upgrader = newUpgrader()
	if o.Compare > 0 {
		go g.recheckEvery(o.Compare)
	}
	return g
}

// now is the time since the gateway began, on the monotonic clock.
func (g *Gateway) now() time.Duration { return time.Since(g.started) }

func (g *Gateway) shard(chatID string) *shard {
	return &g.shards[maphash.String(g.seed, chatID)%uint64(len(g.shards))]
}

// Deliver takes an item from the bus to the sockets of its chat, or has them look what is stored. It never waits for one of them.
func (g *Gateway) Deliver(m bus.Message) {
	s := g.shard(m.Chat)
	s.Lock()
	defer s.Unlock()
	if m.IsHint() {
		if anyListens(s.chats[m.Chat]) {
			g.compare(m.Chat)
		}
		return
	}
	var frame []byte
	for _, c := range s.chats[m.Chat] {
		visible := len(m.To) == 0 || slices.Contains(m.To, c.who.ParticipantID)
		if !visible && m.Seq == 0 {
			continue
		}
		ended := m.Ended || m.Left == c.who.ParticipantID
		c.mu.Lock()
		switch {
		case c.listens():
			a := arrival{seq: m.Seq, ended: ended}
			if visible {
				if frame == nil {
					frame = chatFrame(m.Item)
				}
				a.frame = frame
			}
			c.arrive(a)
		case ended:
			c.closeSoon() // it hears nothing of that
		}
		c.mu.Unlock()
	}
}

// each calls f for every socket, a shard at a time under its lock.
func (g *Gateway) each(f func(*socket)) {
	for i := range g.shards {
		s := &g.shards[i]
		s.Lock()
		for _, cs := range s.chats {
			for _, c := range cs {
				f(c)
			}
		}
		s.Unlock()
	}
}

// complain logs trouble of the Backend, a line a second at most: it comes to all sockets at the same time.
func (g *Gateway) complain(what, chatID string, err error) {
	now, last := int64(g.now()), g.complained.Load()
	if g.ctx.Err() == nil && (last == 0 || now-last >= int64(time.Second)) && g.complained.CompareAndSwap(last, now) {
		g.log.Error(what, "chat", chatID, "error", err)
	}
}

// Stats are the figures of a gateway since it began.
type Stats struct {
	Open       int64 // sockets open now
	Subscribed int64 // of these, those that listen to a chat
	Opened     int64 // sockets ever opened
	Refused    int64 // upgrades refused, for whatever reason
	Frames     int64 // frames written, answers and control frames included
	Slow       int64 // sockets closed because their client did not read
	Dead       int64 // sockets closed because their client gave no sign of life
	Fills      int64 // times a socket asked the Backend for items it had missed
}

type counts struct {
	open, subscribed, opened, refused, frames, slow, dead, fills atomic.Int64
}

// Stats reads the figures.
func (g *Gateway) Stats() Stats {
	n := &g.counts
	return Stats{
		Open: n.open.Load(), Subscribed: n.subscribed.Load(), Opened: n.opened.Load(), Refused: n.refused.Load(),
		Frames: n.frames.Load(), Slow: n.slow.Load(), Dead: n.dead.Load(), Fills: n.fills.Load(),
	}
}
