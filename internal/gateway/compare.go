package gateway

import (
	"context"
	"sync"
	"time"
)

// compareBatch is how many chats one question to the Backend names.
const compareBatch = 500

// comparison are the chats whose sockets are to be compared with the stored items. Its worker comes and goes with them.
type comparison struct {
	sync.Mutex
	chats   map[string]struct{}
	working bool
}

// Recheck looks for stored items that sockets have not been given: the bus may have lost messages. It does not wait for that.
func (g *Gateway) Recheck() {
	for i := range g.shards {
		var chats []string
		s := &g.shards[i]
		s.Lock()
		for id, cs := range s.chats {
			if anyListens(cs) {
				chats = append(chats, id)
			}
		}
		s.Unlock()
		g.compare(chats...)
	}
}

// recheckEvery is for what was stored by nodes that died before they could tell the bus.
func (g *Gateway) recheckEvery(d time.Duration) {
	tick := time.NewTicker(d)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			g.Recheck()
		case <-g.ctx.Done():
			return
		}
	}
}

func anyListens(cs []*socket) bool {
	for _, c := range cs {
		c.mu.Lock()
		listens := c.listens()
		c.mu.Unlock()
		if listens {
			return true
		}
	}
	return false
}

// compare has chats compared soon.
func (g *Gateway) compare(chats ...string) {
	q := &g.comparison
	q.Lock()
	defer q.Unlock()
	if q.chats == nil {
		q.chats = map[string]struct{}{}
	}
	for _, id := range chats {
		q.chats[id] = struct{}{}
	}
	if !q.working && len(q.chats) > 0 {
		q.working = true
		go g.compareAll()
	}
}

// compareAll asks for the chats that wait, one batch after the other. What the Backend does not answer is asked again.
func (g *Gateway) compareAll() {
	const shortest, longest = 100 * time.Millisecond, 5 * time.Second
	wait := shortest
	for chats := g.comparison.take(); len(chats) > 0; chats = g.comparison.take() {
		ctx, cancel := context.WithTimeout(g.ctx, backendWait)
		newest, err := g.backend.Newest(ctx, chats)
		cancel()
		if err == nil {
			wait = shortest
			for id, seq := range newest {
				g.announced(id, seq)
			}
			continue
		}
		g.complain("sockets could not be compared with what is stored", chats[0], err)
		g.compare(chats...)
		select {
		case <-time.After(wait):
			wait = min(2*wait, longest)
		case <-g.ctx.Done():
			return
		}
	}
}

// take returns a batch of the chats that wait; none ends the worker.
func (q *comparison) take() (batch []string) {
	q.Lock()
	defer q.Unlock()
	for id := range q.chats {
		if len(batch) == compareBatch {
			return batch
		}
		batch = append(batch, id)
		delete(q.chats, id)
	}
	q.chats = nil
	q.working = len(batch) > 0
	return batch
}

// announced tells the sockets of a chat that an item with this number is stored.
func (g *Gateway) announced(chatID string, seq int64) {
	s := g.shard(chatID)
	s.Lock()
	defer s.Unlock()
	for _, c := range s.chats[chatID] {
		c.mu.Lock()
		switch {
		case !c.listens():
		case c.sub != nil:
			c.sub.newest = max(c.sub.newest, seq)
		default:
			c.want = max(c.want, seq)
			c.fillGap()
		}
		c.mu.Unlock()
	}
}
