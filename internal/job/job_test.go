package job

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/openparley/parley/internal/clock"
	"github.com/openparley/parley/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a runner on a real store. Its jobs note when they are done.
type world struct {
	t      *testing.T
	store  *store.Store
	clock  *clock.Clock
	runner *Runner
	start  time.Time
	log    bytes.Buffer
	do     map[string]func(context.Context, store.Job) error // by key, before the job is deleted
	lane   map[string]int                                    // by key

	mu   sync.Mutex
	done []string
}

// in runs a test with a world in a bubble.
func in(t *testing.T, make func() *clock.Clock, opts Options, test func(*testing.T, *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, clock: make(), do: map[string]func(context.Context, store.Job) error{}}
		w.start = w.clock.Now()
		var err error
		if w.store, err = store.Open(t.Context(), "sqlite::memory:", store.Options{Now: w.clock.Now}); err != nil {
			t.Fatal(err)
		}
		defer w.store.Close()
		opts.Log = slog.New(slog.NewTextHandler(&w.log, nil))
		w.runner = New(w.store, w.clock, w.apply, opts)
		test(t, w)
	})
}

func manual() *clock.Clock { return clock.Manual(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)) }

func (w *world) apply(ctx context.Context, j store.Job) error {
	note := fmt.Sprintf("%v %s", w.clock.Now().Sub(w.start), j.Key)
	if do := w.do[j.Key]; do != nil {
		if err := do(ctx, j); err != nil {
			w.note(note + ": " + err.Error())
			return err
		}
	}
	w.note(note)
	return w.store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		tx.DeleteJob(j.Kind, j.Key)
		return nil
	})
}

func (w *world) note(line string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done = append(w.done, line)
}

// put puts jobs in the store, "when key" each, as another node would: without a Wake.
func (w *world) put(jobs ...string) (first time.Time) {
	w.t.Helper()
	for _, text := range jobs {
		when, key, _ := strings.Cut(text, " ")
		after, err := time.ParseDuration(when)
		if err != nil {
			w.t.Fatal(err)
		}
		due := w.start.Add(after)
		if first.IsZero() {
			first = due
		}
		err = w.store.Update(context.WithoutCancel(w.t.Context()), store.Key{}, func(tx *store.Tx) error {
			tx.PutJob(store.Job{Kind: "test", Key: key, Lane: w.lane[key], Due: due.UnixMilli()})
			return nil
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	return first
}

// putAndWake puts a job as this node does.
func (w *world) putAndWake(text string) { w.runner.Wake(store.LaneChat, w.put(text)) }

// run has the runner run until the returned function is called, which waits for its end.
func (w *world) run() (stop func()) {
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan error)
	go func() { ended <- w.runner.Run(ctx) }()
	return func() {
		w.t.Helper()
		cancel()
		if err := <-ended; err != context.Canceled {
			w.t.Errorf("Run = %v, want %v", err, context.Canceled)
		}
	}
}

func (w *world) want(lines ...string) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if diff := cmp.Diff(lines, w.done); diff != "" {
		w.t.Errorf("done otherwise than wanted:\n%s", diff)
	}
}

func (w *world) wantNow(after time.Duration) {
	w.t.Helper()
	if got := w.clock.Now().Sub(w.start); got != after {
		w.t.Errorf("the clock has come to %v, want %v", got, after)
	}
}

func TestRunDoesJobsWhenTheyAreDue(t *testing.T) {
	in(t, clock.Real, Options{Poll: time.Hour}, func(t *testing.T, w *world) {
		w.put("-1m overdue", "1234ms later")
		defer w.run()()
		time.Sleep(100 * time.Millisecond)
		w.putAndWake("20s last")
		w.putAndWake("5s between")
		w.putAndWake("100ms now")
		time.Sleep(30 * time.Minute)
		w.want("0s overdue", "100ms now", "1.234s later", "5s between", "20s last")
	})
}

func TestRunFindsJobsOfOtherNodes(t *testing.T) {
	in(t, clock.Real, Options{}, func(t *testing.T, w *world) {
		defer w.run()()
		time.Sleep(10100 * time.Millisecond)
		w.put("10s late", "11300ms early", "11700ms later", "15s much-later")
		time.Sleep(time.Minute)
		w.want("11s late", "11.3s early", "11.7s later", "15s much-later")
	})
}

func TestRunFollowsTheClock(t *testing.T) {
	in(t, manual, Options{}, func(t *testing.T, w *world) {
		w.put("1h hour", "2h two-hours")
		defer w.run()()
		time.Sleep(time.Minute)
		w.want()
		w.clock.Set(w.start.Add(90 * time.Minute))
		time.Sleep(time.Second)
		w.want("1h30m0s hour")
	})
}

func TestFailedJobsAreDoneAgain(t *testing.T) {
	in(t, clock.Real, Options{Poll: time.Hour}, func(t *testing.T, w *world) {
		w.do["bad"] = func(_ context.Context, j store.Job) error {
			switch j.Attempt {
			case 1:
				return errors.New("no luck")
			case 2:
				panic("worse luck")
			case 3:
				return errors.New("bad luck")
			}
			return nil
		}
		defer w.run()()
		w.putAndWake("0s bad")
		time.Sleep(2 * time.Minute)
		w.want("0s bad: no luck", "3s bad: bad luck", "7s bad")
		for _, want := range []string{"no luck", "panic: worse luck", "job_test.go"} {
			if !strings.Contains(w.log.String(), want) {
				t.Errorf("%q is not in the log:\n%s", want, &w.log)
			}
		}
	})
}

func TestBackoff(t *testing.T) {
	for attempt, want := range map[int]time.Duration{
		0: time.Second, 1: time.Second, 2: 2 * time.Second, 8: 128 * time.Second, 9: 256 * time.Second,
		10: 5 * time.Minute, 100: 5 * time.Minute,
	} {
		if got := backoff(attempt); got != want {
			t.Errorf("backoff(%d) = %v, want %v", attempt, got, want)
		}
	}
}

func TestRunDoesABoundedNumberSideBySide(t *testing.T) {
	in(t, clock.Real, Options{Poll: time.Hour, Lanes: []int{4, 1, 1}}, func(t *testing.T, w *world) {
		for i := range 10 {
			key := fmt.Sprint("j", i)
			w.do[key] = func(context.Context, store.Job) error {
				time.Sleep(time.Second)
				return nil
			}
			w.put("0s " + key)
		}
		stop := w.run()
		for i, want := range []int{0, 4, 8, 10} {
			synctest.Wait()
			w.mu.Lock()
			if got := len(w.done); got != want {
				t.Errorf("%d jobs are done after %d s, want %d", got, i, want)
			}
			w.mu.Unlock()
			time.Sleep(time.Second)
		}
		stop()
	})
}

func TestLanesDoNotHoldUpEachOther(t *testing.T) {
	in(t, clock.Real, Options{Poll: time.Hour, Lanes: []int{1, 1, 2}}, func(t *testing.T, w *world) {
		w.lane = map[string]int{"call": store.LaneCall}
		for i := range 4 {
			key := fmt.Sprint("slow", i)
			w.lane[key] = store.LaneTell
			w.do[key] = func(context.Context, store.Job) error {
				time.Sleep(10 * time.Second)
				return nil
			}
			w.put(fmt.Sprintf("%dms %s", i, key))
		}
		w.put("1s timer", "2s call")
		stop := w.run()
		time.Sleep(time.Minute)
		stop()
		w.want("1s timer", "2s call", "0s slow0", "1ms slow1", "10s slow2", "10.001s slow3")
	})
}

func TestAdvanceDoesAllLanesInOrder(t *testing.T) {
	in(t, manual, Options{}, func(t *testing.T, w *world) {
		w.lane = map[string]int{"tell": store.LaneTell, "call": store.LaneCall, "tell-later": store.LaneTell}
		w.put("3s tell", "2s call", "1s timer", "4s timer-later", "5s tell-later", "2s twin")
		w.do["call"] = func(_ context.Context, j store.Job) error {
			if w.clock.Now().Equal(w.start.Add(2 * time.Second)) {
				return &Later{After: 1500 * time.Millisecond}
			}
			return nil
		}
		if err := w.runner.Advance(t.Context(), w.start.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		w.want("1s timer", "2s call: not before 1.5s", "2s twin", "3s tell", "3.5s call", "4s timer-later", "5s tell-later")
		if strings.Contains(w.log.String(), "failed") {
			t.Errorf("a job that was put off is said to have failed:\n%s", &w.log)
		}
	})
}

// TestPuttingOffIsNoAttempt puts a job off often, and has it fail then.
func TestPuttingOffIsNoAttempt(t *testing.T) {
	in(t, manual, Options{}, func(t *testing.T, w *world) {
		w.put("0s crowded")
		calls := 0
		w.do["crowded"] = func(_ context.Context, j store.Job) error {
			if calls++; j.Attempt != max(1, calls-10) {
				t.Errorf("call %d is attempt %d", calls, j.Attempt)
			}
			switch {
			case calls <= 10:
				return &Later{After: time.Second}
			case calls <= 12:
				return errors.New("no luck")
			}
			return nil
		}
		if err := w.runner.Advance(t.Context(), w.start.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if want := []string{"10s crowded: no luck", "11s crowded: no luck", "13s crowded"}; len(w.done) != 13 || !slices.Equal(w.done[10:], want) {
			t.Errorf("done %q, at the end wanted %q", w.done, want)
		}
	})
}

// patient is an error that asks for time.
type patient struct{ time.Duration }

func (patient) Error() string               { return "busy" }
func (p patient) RetryAfter() time.Duration { return p.Duration }

func TestFailedJobsWaitAsLongAsTheyAreAsked(t *testing.T) {
	in(t, manual, Options{}, func(t *testing.T, w *world) {
		w.put("0s busy")
		w.do["busy"] = func(_ context.Context, j store.Job) error {
			switch j.Attempt {
			case 1:
				return fmt.Errorf("tell: %w", patient{time.Minute})
			case 2:
				return patient{time.Millisecond}
			}
			return nil
		}
		if err := w.runner.Advance(t.Context(), w.start.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		w.want("0s busy: tell: busy", "1m0s busy: busy", "1m2s busy")
	})
}

func TestRunEndsWhenItsJobsAreDone(t *testing.T) {
	in(t, clock.Real, Options{}, func(t *testing.T, w *world) {
		w.do["slow"] = func(ctx context.Context, _ store.Job) error {
			time.Sleep(30 * time.Second)
			return ctx.Err()
		}
		stop := w.run()
		w.putAndWake("0s slow")
		time.Sleep(time.Second)
		w.putAndWake("2s next")
		stop()
		w.want("0s slow")
		w.wantNow(30 * time.Second)
	})
}

// TestCut ends what waits for somebody outside, and leaves it to the next runner.
func TestCut(t *testing.T) {
	in(t, clock.Real, Options{Poll: time.Hour}, func(t *testing.T, w *world) {
		w.lane = map[string]int{"call": store.LaneCall}
		w.do["call"] = func(ctx context.Context, j store.Job) error {
			if j.Attempt != 1 {
				t.Errorf("attempt %d, want 1", j.Attempt)
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(30 * time.Second):
				return nil
			}
		}
		w.do["rule"] = func(ctx context.Context, _ store.Job) error {
			time.Sleep(10 * time.Second)
			return ctx.Err()
		}
		w.put("0s call", "0s rule")
		stop := w.run()
		time.Sleep(5 * time.Second)
		w.runner.Cut()
		stop()
		w.want("0s call: context canceled", "0s rule")
		w.wantNow(10 * time.Second)
		if strings.Contains(w.log.String(), "failed") {
			t.Errorf("a job that was cut is said to have failed:\n%s", &w.log)
		}
		if err := w.runner.Advance(t.Context(), w.start.Add(time.Hour)); !errors.Is(err, context.Canceled) {
			t.Errorf("Advance of a runner that was cut = %v", err)
		}

		w.runner = New(w.store, w.clock, w.apply, Options{Poll: time.Hour})
		stop = w.run()
		time.Sleep(time.Minute)
		stop()
		w.want("0s call: context canceled", "0s rule", "10s call")
	})
}

func TestALeaseEnds(t *testing.T) {
	in(t, clock.Real, Options{}, func(t *testing.T, w *world) {
		w.put("0s orphan", "1s stuck")
		if _, err := w.store.ClaimJobs(t.Context(), 1, time.Minute); err != nil {
			t.Fatal(err)
		}
		w.do["stuck"] = func(ctx context.Context, j store.Job) error {
			if j.Attempt == 1 {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}
		defer w.run()()
		time.Sleep(2 * time.Minute)
		w.want("1s stuck: context deadline exceeded", "47s stuck", "1m0s orphan")
	})
}

func TestAdvanceDoesAllThatIsDueInOrder(t *testing.T) {
	in(t, manual, Options{}, func(t *testing.T, w *world) {
		w.put("2h third", "-1s first", "30m second", "5h never")
		w.do["second"] = func(_ context.Context, j store.Job) error {
			if j.Attempt < 3 {
				return errors.New("not yet")
			}
			w.put("30m3s child", "1h grandchild")
			return nil
		}
		if err := w.runner.Advance(t.Context(), w.start.Add(2*time.Hour)); err != nil {
			t.Fatal(err)
		}
		w.want("0s first", "30m0s second: not yet", "30m1s second: not yet", "30m3s second", "30m3s child", "1h0m0s grandchild", "2h0m0s third")
		w.wantNow(2 * time.Hour)
		if err := w.runner.Advance(t.Context(), w.start); err != nil {
			t.Fatal(err)
		}
		w.wantNow(2 * time.Hour)
	})
}

func TestAdvanceKeepsTimeStillWhileAJobIsDone(t *testing.T) {
	for name, make := range map[string]func() *clock.Clock{"manual": manual, "real": clock.Real} {
		t.Run(name, func(t *testing.T) {
			in(t, make, Options{}, func(t *testing.T, w *world) {
				w.do["under-way"] = func(context.Context, store.Job) error {
					time.Sleep(time.Second)
					w.put("1h last")
					return nil
				}
				w.do["slow"] = func(context.Context, store.Job) error {
					before := w.clock.Now()
					w.runner.Wake(store.LaneChat, before)
					time.Sleep(time.Second)
					if passed := w.clock.Now().Sub(before); passed > time.Second {
						t.Errorf("%v have passed while a job took 1 s", passed)
					}
					return nil
				}
				w.put("0s under-way", "30m slow", "31m next")
				defer w.run()()
				synctest.Wait()
				if err := w.runner.Advance(t.Context(), w.start.Add(time.Hour)); err != nil {
					t.Fatal(err)
				}
				w.want("0s under-way", "30m0s slow", "31m0s next", "1h0m0s last")
				w.wantNow(time.Hour)
			})
		})
	}
}

func TestAdvanceLetsRunGoOn(t *testing.T) {
	in(t, clock.Real, Options{}, func(t *testing.T, w *world) {
		defer w.run()()
		if err := w.runner.Advance(t.Context(), w.start.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		w.putAndWake("1h0m5s after")
		time.Sleep(10 * time.Second)
		w.want("1h0m5s after")
	})
}

func TestAdvanceEndsWithItsContext(t *testing.T) {
	in(t, manual, Options{}, func(t *testing.T, w *world) {
		ctx, cancel := context.WithCancel(t.Context())
		w.do["first"] = func(ctx context.Context, _ store.Job) error {
			cancel()
			return ctx.Err() // what was begun goes on to its end
		}
		w.put("1m first", "2m second")
		if err := w.runner.Advance(ctx, w.start.Add(time.Hour)); !errors.Is(err, context.Canceled) {
			t.Errorf("Advance = %v, want %v", err, context.Canceled)
		}
		w.want("1m0s first")
		w.wantNow(time.Minute)
		if _, _, err := w.runner.AdvanceToNext(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("AdvanceToNext = %v, want %v", err, context.Canceled)
		}
	})
}

func TestAdvanceToNext(t *testing.T) {
	in(t, manual, Options{}, func(t *testing.T, w *world) {
		w.put("-1m overdue", "1h hour", "2h two-hours")
		w.do["hour"] = func(context.Context, store.Job) error {
			w.put("1h same")
			return nil
		}
		next := func(want time.Duration, wantOK bool) {
			t.Helper()
			now, ok, err := w.runner.AdvanceToNext(t.Context())
			if err != nil || ok != wantOK || ok && !now.Equal(w.start.Add(want)) {
				t.Errorf("AdvanceToNext = %v, %t, %v, want %v, %t", now, ok, err, w.start.Add(want), wantOK)
			}
			w.wantNow(want)
		}
		next(time.Hour, true)
		w.want("0s overdue", "1h0m0s hour", "1h0m0s same")
		next(2*time.Hour, true)
		next(2*time.Hour, false)
		w.want("0s overdue", "1h0m0s hour", "1h0m0s same", "2h0m0s two-hours")
	})
}

// flaky is a store whose calls fail until a time.
type flaky struct {
	*store.Store
	until atomic.Pointer[time.Time]
}

func (f *flaky) fail() error {
	if time.Now().Before(*f.until.Load()) {
		return errors.New("database is away")
	}
	return nil
}

func (f *flaky) ClaimJobs(ctx context.Context, limit int, lease time.Duration, lanes ...int) ([]store.Job, error) {
	if err := f.fail(); err != nil {
		return nil, err
	}
	return f.Store.ClaimJobs(ctx, limit, lease, lanes...)
}

func (f *flaky) NextDue(ctx context.Context, lanes ...int) (time.Time, bool, error) {
	if err := f.fail(); err != nil {
		return time.Time{}, false, err
	}
	return f.Store.NextDue(ctx, lanes...)
}

func (f *flaky) RetryJob(ctx context.Context, j store.Job, due time.Time) error {
	if err := f.fail(); err != nil {
		return err
	}
	return f.Store.RetryJob(ctx, j, due)
}

func TestRunOutlivesFailuresOfTheStore(t *testing.T) {
	in(t, clock.Real, Options{}, func(t *testing.T, w *world) {
		w.put("0s found", "20s lost")
		f := &flaky{Store: w.store}
		f.until.Store(new(time.Now().Add(10500 * time.Millisecond)))
		w.runner.store = f
		w.do["lost"] = func(_ context.Context, j store.Job) error {
			if j.Attempt == 1 {
				f.until.Store(new(time.Now().Add(time.Second)))
				return errors.New("no luck")
			}
			return nil
		}
		defer w.run()()
		time.Sleep(time.Second)
		if err := w.runner.Advance(t.Context(), w.clock.Now()); err == nil {
			t.Error("Advance says nothing of a store that fails")
		}
		time.Sleep(2 * time.Minute)
		w.want("11s found", "20s lost: no luck", "1m20s lost") // after its lease
		if !strings.Contains(w.log.String(), "database is away") {
			t.Errorf("the log says nothing of it:\n%s", &w.log)
		}
	})
}
