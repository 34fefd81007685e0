// Package clock is the time of one server: the machine's, which can be moved ahead, or one that only moves when told. Timers, tokens
// and rows all follow it, so that a test can live through a day at once. Only signatures and the log know the machine's time.
package clock

import (
	"context"
	"sync"
	"time"
)

// Clock tells the time in UTC and whole milliseconds. It is safe for concurrent use.
type Clock struct {
	mu     sync.Mutex
	manual bool
	millis int64         // newest time given out, Unix milliseconds; of a manual clock, the time
	ahead  time.Duration // what a real clock adds to the machine's time
	moved  chan struct{} // closed by Set, and then a new one
}

// Real returns a clock that goes with the machine's. When the machine's clock is set back, this one stands until it is overtaken.
func Real() *Clock {
	return &Clock{moved: make(chan struct{})}
}

// Manual returns a clock that stands still until it is moved.
func Manual(start time.Time) *Clock {
	return &Clock{manual: true, millis: ceil(start), moved: make(chan struct{})}
}

// IsManual reports whether the clock moves only when told.
func (c *Clock) IsManual() bool { return c.manual }

// Now never goes back.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.UnixMilli(c.now()).UTC()
}

// now is Now while mu is held.
func (c *Clock) now() int64 {
	if !c.manual {
		c.millis = max(c.millis, time.Now().Add(c.ahead).UnixMilli())
	}
	return c.millis
}

// Set moves the clock forward to t, rounded up to a whole millisecond, and wakes who slept until then. A real clock goes on from
// there. A t that is not later than Now changes nothing.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	to := ceil(t)
	if to <= c.now() {
		return
	}
	if !c.manual {
		c.ahead = time.Until(time.UnixMilli(to))
	}
	c.millis = to
	close(c.moved)
	c.moved = make(chan struct{})
}

// Sleep returns nil when Now is until or later. When ctx ends before, it returns the cause.
func (c *Clock) Sleep(ctx context.Context, until time.Time) error {
	for {
		left, moved := c.left(until)
		if left <= 0 {
			return nil
		}
		var rang <-chan time.Time
		if !c.manual {
			rang = time.After(left)
		}
		select {
		case <-rang:
		case <-moved:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// left returns for how long the machine's clock has to go on until the time is reached, and what tells that the clock was moved.
func (c *Clock) left(until time.Time) (time.Duration, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := ceil(until)
	now := c.now()
	if now >= at {
		return 0, nil
	}
	if c.manual {
		return time.Duration(at-now) * time.Millisecond, c.moved
	}
	// Now is cut to milliseconds: measured from it, the sleep would be up to one too long.
	return max(time.UnixMilli(at).Sub(time.Now().Add(c.ahead)), 1), c.moved
}

// ceil returns t as Unix milliseconds, rounded up.
func ceil(t time.Time) int64 {
	return t.Add(time.Millisecond - 1).UnixMilli()
}
