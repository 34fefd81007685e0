package gateway

import (
	"context"
	"time"

	"github.com/gorilla/websocket"
)

const (
	// sweepEvery is how often all sockets are looked at. One timer serves them all.
	sweepEvery = 5 * time.Second

	// pingAfter is after how much silence a client gets a protocol ping, deadAfter after how much it is given up.
	// Source: participant-wire sheet, 9.2 (60 to 90 seconds; clients that never send anything are legal).
	pingAfter = 30 * time.Second
	deadAfter = 80 * time.Second

	// stallAfter is after how long a write that makes no progress is given up.
	stallAfter = 30 * time.Second
)

// enter counts a new socket in, unless the gateway is about to stop. left counts it out.
func (g *Gateway) enter() bool {
	g.life.Lock()
	defer g.life.Unlock()
	if g.life.draining {
		return false
	}
	g.life.open++
	if !g.life.sweeping {
		g.life.sweeping = true
		time.AfterFunc(sweepEvery, g.sweep)
	}
	return true
}

func (g *Gateway) left() {
	g.life.Lock()
	defer g.life.Unlock()
	g.life.open--
	if g.life.draining && g.life.open == 0 {
		close(g.life.gone)
	}
}

func (g *Gateway) isDraining() bool {
	g.life.Lock()
	defer g.life.Unlock()
	return g.life.draining
}

// sweep asks silent clients for a sign of life and gives up dead ones, as long as there are sockets.
func (g *Gateway) sweep() {
	now := g.now()
	g.each(func(c *socket) { c.check(now) })
	g.life.Lock()
	defer g.life.Unlock()
	g.life.sweeping = g.life.open > 0
	if g.life.sweeping {
		time.AfterFunc(sweepEvery, g.sweep)
	}
}

func (c *socket) check(now time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ws == nil || c.closing {
		return
	}
	silent := now - time.Duration(c.heard.Load())
	switch {
	case silent >= deadAfter:
		c.g.counts.dead.Add(1)
		c.cut()
	case c.writing && now-c.writeSince >= stallAfter:
		c.g.counts.slow.Add(1)
		c.cut()
	case silent >= pingAfter && now-c.pinged >= pingAfter:
		c.pinged = now
		c.push(wsPing)
	}
}

// Shutdown refuses new sockets and closes the open ones with code 1001, evenly over a time: every client comes back within
// milliseconds of its close. It returns when all are gone; when ctx ends, what is left is cut off.
func (g *Gateway) Shutdown(ctx context.Context, spread time.Duration) {
	g.life.Lock()
	if !g.life.draining {
		g.life.draining = true
		if g.life.open == 0 {
			close(g.life.gone)
		}
	}
	g.life.Unlock()
	defer g.cancel()

	var all []*socket
	g.each(func(c *socket) { all = append(all, c) })
	begin := time.Now()
	for i, c := range all {
		due := begin.Add(spread / time.Duration(len(all)) * time.Duration(i))
		select {
		case <-time.After(time.Until(due)):
			c.close(websocket.CloseGoingAway)
		case <-ctx.Done():
		}
	}
	select {
	case <-g.life.gone:
	case <-ctx.Done():
		g.each(func(c *socket) {
			c.mu.Lock()
			defer c.mu.Unlock()
			if c.ws != nil {
				c.cut()
			}
		})
	}
}
