package gateway

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// The items of a chat are numbered from 1 without gaps, and a socket that listens is given each number above the one it began at
// once and in order. Messages of the bus may come late, twice, or not at all: an item that is ahead is held while the ones between
// are read from the Backend. Number 0 is for what is not stored, such as typing: it passes at once.

const (
	// replyWait is how long answers to pings wait for the answer to the subscribe before them. Clients give up a socket that is
	// silent for ten seconds. Source: participant-wire sheet, 9.4.
	replyWait = 500 * time.Millisecond

	// backendWait bounds one call to the Backend.
	backendWait = 15 * time.Second

	// maxHeld is how many items one socket holds while it waits for others. More are read again.
	maxHeld = 64

	// fillPage is how many items one reading asks for, maxFills how many readings go on at a time.
	fillPage = 100
	maxFills = 16
)

// arrival is a chat frame on its way to a socket.
type arrival struct {
	seq   int64
	frame []byte // nil: not for this participant
	ended bool
}

// subscription is what a socket keeps from a subscribe to its answer. The answer goes first.
type subscription struct {
	answer  []byte
	replies [][]byte  // answers to pings
	late    bool      // replies do not wait any more
	frames  []arrival // what the bus brought meanwhile
	newest  int64     // number of the newest of these, kept or not
}

// subscribe begins to listen, if that is what the client asks for and does not do already.
func (c *socket) subscribe(topics []string) {
	answer := subscriptionAnswer(topicSubscribe, topics)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closing:
	case c.subscribed || !slices.Contains(topics, topicChat):
		c.answer(answer)
	case c.sub != nil:
		c.sub.answer = answer // asked again before the answer: one will do
	default:
		c.sub = &subscription{answer: answer}
		go c.announce()
	}
}

// unsubscribe ends listening, if that is what the client asks for. Answers that waited for a subscription which is given up are released.
// The name of the topic is reserved and no client of Amazon's sends it; the answer is like that to a subscribe.
// Source: participant-wire sheet, 9.2.
func (c *socket) unsubscribe(topics []string) {
	answer := subscriptionAnswer(topicUnsubscribe, topics)
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.Contains(topics, topicChat) {
		c.stopListening()
	}
	c.answer(answer)
}

// stopListening forgets what the socket was to be given. The caller holds mu.
func (c *socket) stopListening() {
	if c.sub != nil {
		c.releaseReplies()
		c.sub = nil
	}
	if c.subscribed {
		c.subscribed = false
		c.g.counts.subscribed.Add(-1)
	}
	c.held = nil
}

// announce tells the Backend of a subscribe until it has heard, and lets the socket listen then.
func (c *socket) announce() {
	late := time.AfterFunc(replyWait, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.sub != nil {
			c.releaseReplies()
		}
	})
	defer late.Stop()
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		ctx, cancel := context.WithTimeout(c.g.ctx, backendWait)
		newest, err := c.g.backend.Subscribed(ctx, c.who)
		cancel()
		if err == nil {
			c.listen(newest)
			return
		}
		if denied(err) {
			c.close(websocket.CloseNormalClosure)
			return
		}
		c.g.complain("socket could not subscribe", c.who.ChatID, err)
		select {
		case <-time.After(wait):
		case <-c.g.ctx.Done():
			return
		}
		c.mu.Lock()
		over := c.closing || c.sub == nil
		c.mu.Unlock()
		if over {
			return
		}
	}
}

// denied reports whether the Backend will have nothing to do with a participant: the chat is over or the participant left.
func denied(err error) bool {
	type statusError interface {
		error
		HTTPStatus() int
	}
	e, ok := errors.AsType[statusError](err)
	return ok && e.HTTPStatus() == http.StatusForbidden
}

// releaseReplies lets the answers to pings go before that to the subscribe. The caller holds mu.
func (c *socket) releaseReplies() {
	c.sub.late = true
	for _, r := range c.sub.replies {
		c.answer(r)
	}
	c.sub.replies = nil
}

// listen answers the subscribe and lets items through that are newer than newest. Where another socket of the participant has not
// been given all of them, the new one begins where that one stands: a client that changes over reads on here.
func (c *socket) listen(newest int64) {
	s := c.g.shard(c.who.ChatID)
	s.Lock()
	defer s.Unlock()
	from := newest
	for _, o := range s.chats[c.who.ChatID] {
		if o == c || o.who.ParticipantID != c.who.ParticipantID {
			continue
		}
		o.mu.Lock()
		if o.subscribed && !o.closing {
			from = min(from, o.seen)
		}
		o.mu.Unlock()
	}

	c.mu.Lock()
	defer c.mu.Unlock()
	sub := c.sub
	if c.closing || sub == nil {
		return
	}
	c.sub = nil
	c.subscribed = true
	c.g.counts.subscribed.Add(1)
	c.seen, c.want = from, max(newest, sub.newest)
	c.answer(sub.answer)
	for _, r := range sub.replies {
		c.answer(r)
	}
	for _, a := range sub.frames {
		c.arrive(a)
	}
	c.fillGap()
}

// listens reports whether chat frames concern this socket. The caller holds mu.
func (c *socket) listens() bool { return (c.subscribed || c.sub != nil) && !c.closing && !c.ended }

// arrive takes a frame from the bus. The caller holds mu.
func (c *socket) arrive(a arrival) {
	switch {
	case c.sub != nil:
		c.sub.newest = max(c.sub.newest, a.seq)
		if len(c.sub.frames) < maxHeld {
			c.sub.frames = append(c.sub.frames, a)
		}
	case c.ended:
	case a.seq == 0:
		c.push(a.frame)
		c.ended = a.ended
	case a.seq <= c.seen && !a.ended: // had it
	case a.seq <= c.seen+1: // the next; or the end, which came between subscribe and answer
		c.pass(a)
		c.passHeld()
	default:
		c.want = max(c.want, a.seq)
		if len(c.held) < maxHeld {
			if c.held == nil {
				c.held = map[int64]arrival{}
			}
			c.held[a.seq] = a
		}
		c.fillGap()
	}
}

// pass gives the next frame to the writer. The caller holds mu.
func (c *socket) pass(a arrival) {
	if a.frame != nil {
		c.push(a.frame)
	}
	c.seen = max(c.seen, a.seq)
	c.ended = c.ended || a.ended
}

// passHeld lets go of held frames whose turn it is, and of those that had theirs. The caller holds mu.
func (c *socket) passHeld() {
	for !c.ended {
		a, ok := c.held[c.seen+1]
		if !ok {
			break
		}
		c.pass(a)
	}
	maps.DeleteFunc(c.held, func(seq int64, _ arrival) bool { return seq <= c.seen || c.ended })
	if len(c.held) == 0 {
		c.held = nil
	}
}

// fillGap has the items read that the socket lacks, if it does. The caller holds mu.
func (c *socket) fillGap() {
	if c.want > c.seen {
		c.fillSoon()
	}
}

// fillSoon has items read for the socket, one reading at a time. The caller holds mu.
func (c *socket) fillSoon() {
	if !c.filling && !c.closing && !c.ended {
		c.filling = true
		c.g.fills.add(c)
	}
}

// fillQueue are the sockets that wait for a reading. Workers come and go with them.
type fillQueue struct {
	sync.Mutex
	sockets []*socket
	workers int
}

func (q *fillQueue) add(c *socket) {
	q.Lock()
	defer q.Unlock()
	q.sockets = append(q.sockets, c)
	if q.workers < maxFills {
		q.workers++
		go q.work()
	}
}

func (q *fillQueue) work() {
	for {
		q.Lock()
		if len(q.sockets) == 0 {
			q.sockets = nil
			q.workers--
			q.Unlock()
			return
		}
		c := q.sockets[0]
		q.sockets[0] = nil
		q.sockets = q.sockets[1:]
		q.Unlock()
		c.fill()
	}
}

// fill reads a page of the items after those the socket has seen, and sees to it that the rest follows.
func (c *socket) fill() {
	c.mu.Lock()
	if c.closing || c.ended || !c.subscribed {
		c.filling = false
		c.mu.Unlock()
		return
	}
	after := c.seen
	c.mu.Unlock()

	c.g.counts.fills.Add(1)
	ctx, cancel := context.WithTimeout(c.g.ctx, backendWait)
	items, err := c.g.backend.Since(ctx, c.who.ChatID, c.who.ParticipantID, after, fillPage)
	cancel()
	if err != nil {
		c.g.complain("socket could not read missed items", c.who.ChatID, err)
	}
	arrivals := make([]arrival, len(items))
	for i, f := range items {
		arrivals[i] = arrival{seq: f.Seq, ended: f.Ended || f.Left == c.who.ParticipantID}
		if f.Item != nil {
			arrivals[i].frame = chatFrame(f.Item)
		}
	}

	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range arrivals {
		if a.seq > c.seen && !c.ended && c.subscribed {
			c.pass(a)
		}
	}
	c.passHeld()
	missing := c.want > c.seen
	switch {
	case c.closing || c.ended || !c.subscribed || c.g.ctx.Err() != nil:
		c.filling = false
	case err != nil || missing && len(items) == 0:
		c.tries = min(c.tries+1, 6)
		time.AfterFunc(50*time.Millisecond<<c.tries, func() { c.g.fills.add(c) })
	case missing || len(items) >= fillPage:
		c.tries = 0
		c.g.fills.add(c)
	default:
		c.tries = 0
		c.filling = false
	}
}
