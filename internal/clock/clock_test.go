package clock

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func TestManualStandsStillUntilItIsMoved(t *testing.T) {
	c := Manual(start.In(time.FixedZone("", 3600)))
	for _, step := range []struct{ set, want time.Time }{
		{start, start},
		{start.Add(time.Hour), start.Add(time.Hour)},
		{start.Add(time.Minute), start.Add(time.Hour)},
		{start.Add(2*time.Hour + time.Nanosecond), start.Add(2*time.Hour + time.Millisecond)},
	} {
		c.Set(step.set)
		if got := c.Now(); got != step.want {
			t.Errorf("after Set(%v) it is %v, want %v", step.set, got, step.want)
		}
	}
}

func TestManualWakesWhoseTimeHasCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Manual(start)
		woke := make(map[time.Duration]time.Time)
		var mu sync.Mutex
		for _, d := range []time.Duration{-time.Second, 0, time.Second, time.Second + time.Microsecond, time.Hour} {
			go func() {
				if err := c.Sleep(t.Context(), start.Add(d)); err != nil {
					return
				}
				mu.Lock()
				defer mu.Unlock()
				woke[d] = c.Now()
			}()
		}
		awake := func() int {
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			return len(woke)
		}
		for _, step := range []struct {
			to   time.Duration
			want int
		}{{0, 2}, {999 * time.Millisecond, 2}, {time.Second, 3}, {1001 * time.Millisecond, 4}, {time.Hour - 1, 5}} {
			c.Set(start.Add(step.to))
			if got := awake(); got != step.want {
				t.Errorf("%d sleepers are awake at %v, want %d", got, step.to, step.want)
			}
		}
		time.Sleep(24 * time.Hour) // the machine's time moves nobody
		if got, want := c.Now(), start.Add(time.Hour); got != want {
			t.Errorf("it is %v, want %v", got, want)
		}
	})
}

func TestRealGoesWithTheMachine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Real()
		begin := c.Now()
		if got := time.Since(begin); got != 0 {
			t.Errorf("the clock is %v behind the machine's", got)
		}
		time.Sleep(1500 * time.Microsecond)
		if got, want := c.Now().Sub(begin), time.Millisecond; got != want {
			t.Errorf("%v have passed, want whole milliseconds: %v", got, want)
		}
		c.Set(begin.Add(time.Hour))
		if got, want := c.Now(), begin.Add(time.Hour); got != want {
			t.Errorf("it is %v after Set, want %v", got, want)
		}
		c.Set(begin)
		time.Sleep(time.Minute)
		if got, want := c.Now(), begin.Add(time.Hour+time.Minute); got != want {
			t.Errorf("it is %v a minute after Set, want %v", got, want)
		}
	})
}

func TestRealSleepsExactly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Real()
		time.Sleep(300 * time.Microsecond)
		begin := time.Now()
		until := c.Now().Add(10 * time.Millisecond)
		if err := c.Sleep(t.Context(), until); err != nil {
			t.Fatal(err)
		}
		if got, want := time.Since(begin), 9700*time.Microsecond; got != want {
			t.Errorf("slept %v, want %v", got, want)
		}
		if now := c.Now(); now.Before(until) {
			t.Errorf("it is %v, before %v", now, until)
		}

		c.Set(c.Now().Add(time.Hour))
		begin = time.Now()
		if err := c.Sleep(t.Context(), c.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if got, most := time.Since(begin), time.Minute; got > most || got <= most-time.Millisecond {
			t.Errorf("slept %v on a clock that is ahead, want %v", got, most)
		}
	})
}

func TestRealIsMovedUnderASleeper(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Real()
		begin := time.Now()
		until := c.Now().Add(time.Hour)
		done := make(chan error)
		go func() { done <- c.Sleep(t.Context(), until) }()
		synctest.Wait()
		c.Set(until.Add(-time.Minute))
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if got, want := time.Since(begin), time.Minute; got != want {
			t.Errorf("slept %v when the clock was moved to a minute before, want %v", got, want)
		}
	})
}

func TestSleepEndsWithItsContext(t *testing.T) {
	for name, c := range map[string]*Clock{"manual": Manual(start), "real": Real()} {
		cause := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Millisecond, func() { cancel(cause) })
		if err := c.Sleep(ctx, c.Now().Add(time.Hour)); err != cause {
			t.Errorf("%s: Sleep = %v, want %v", name, err, cause)
		}
		if err := c.Sleep(ctx, c.Now()); err != nil {
			t.Errorf("%s: Sleep until now = %v, want nil", name, err)
		}
	}
}

func TestRealNeverGoesBack(t *testing.T) {
	c := Real()
	before := c.Now()
	c.ahead = -time.Hour // the machine's clock is set back
	if now := c.Now(); now.Before(before) {
		t.Errorf("it is %v after %v", now, before)
	}
	c.ahead = 0

	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			last := c.Now()
			for j := range 1000 {
				if i == 0 {
					c.Set(last.Add(time.Duration(j) * time.Millisecond))
				}
				now := c.Now()
				if now.Before(last) {
					t.Errorf("it is %v after %v", now, last)
					return
				}
				last = now
			}
		})
	}
	wg.Wait()
}

func BenchmarkNow(b *testing.B) {
	c := Real()
	b.ReportAllocs()
	for b.Loop() {
		c.Now()
	}
}
