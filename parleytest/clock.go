package parleytest

import "time"

// Clock is the time of a server. It stands still until it is moved, and goes forward only. Each move does what is due on the way, one thing
// after the other, in order.
type Clock struct{ s *Server }

// moment is how far the times of things lie apart that happen at once: items of a chat never share a millisecond.
const moment = 50 * time.Millisecond

// Now is the server's time.
func (c *Clock) Now() time.Time { return c.s.house.Server().Clock().Now() }

// Advance moves the time on by d. When it returns, all that was due is done, and what became due through it. Things that happen at once are
// told apart by milliseconds: what is due within so few more of them is done as well, and the clock shows its time then.
func (c *Clock) Advance(d time.Duration) {
	c.s.t.Helper()
	if d < 0 {
		c.s.t.Fatalf("move the clock by %v: it does not go back", d)
	}
	c.AdvanceTo(c.Now().Add(d))
}

// AdvanceTo moves the time on to a point. One that is past changes nothing, but what is due is done.
func (c *Clock) AdvanceTo(to time.Time) {
	c.s.t.Helper()
	ctx := c.s.t.Context()
	err := c.s.house.Advance(ctx, to)
	for end := to.Add(moment); err == nil; {
		var due time.Time
		var ok bool
		if due, ok, err = c.s.house.Server().Due(ctx); err != nil || !ok || due.After(end) {
			break
		}
		err = c.s.house.Advance(ctx, due)
	}
	if err != nil {
		c.s.t.Fatalf("move the clock: %v", err)
	}
}

// AdvanceToNext moves the time on to what is due next, does it, and returns the time. It reports false when nothing is to come.
func (c *Clock) AdvanceToNext() (now time.Time, ok bool) {
	c.s.t.Helper()
	now, ok, err := c.s.house.AdvanceToNext(c.s.t.Context())
	if err != nil {
		c.s.t.Fatalf("move the clock: %v", err)
	}
	return now, ok
}

// AdvanceUntilIdle moves the time on until nothing is left to do for any chat, and returns the time: all chats have ended then, by their flows,
// their timers or their age.
func (c *Clock) AdvanceUntilIdle() time.Time {
	c.s.t.Helper()
	now, err := c.s.house.AdvanceUntilIdle(c.s.t.Context())
	if err != nil {
		c.s.t.Fatalf("move the clock: %v", err)
	}
	return now
}

// settle does what is due now.
func (c *Clock) settle() {
	c.s.t.Helper()
	if err := c.s.house.Advance(c.s.t.Context(), c.Now()); err != nil {
		c.s.t.Fatalf("do what is due: %v", err)
	}
}
