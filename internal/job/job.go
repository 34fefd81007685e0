// Package job does the work that is due: it sleeps until the earliest due row, claims it and has it done. It is the only place that
// waits for time to pass, so that time can be moved by hand: set the clock to the next due job, do it, repeat.
package job

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/openparley/parley/internal/clock"
	"github.com/openparley/parley/internal/store"
)

// Store is where the jobs are. A claimed job stays until whoever applies it deletes it in the same transaction; when its claimer dies,
// it can be claimed again after the lease.
type Store interface {
	ClaimJobs(ctx context.Context, limit int, lease time.Duration) ([]store.Job, error)
	NextDue(ctx context.Context) (due time.Time, ok bool, err error)
	RetryJob(ctx context.Context, j store.Job, due time.Time) error
}

// Options of a Runner; all may be left out.
type Options struct {
	// Poll is how often the store is looked at for jobs that other nodes put, in the machine's time; 1 s if 0.
	Poll time.Duration

	// Lease is how long a claimed job is left to its claimer, in the clock's time; 1 min if 0.
	Lease time.Duration

	// Concurrency is how many jobs are done side by side; 16 if 0.
	Concurrency int

	// Log gets the jobs that failed. None if nil.
	Log *slog.Logger
}

// maxBackoff bounds the time until a failed job is tried again, which doubles from one second with each attempt.
const maxBackoff = 5 * time.Minute

var forever = time.UnixMilli(1<<53 - 1)

// Runner does due jobs. It is safe for concurrent use.
type Runner struct {
	store Store
	clock *clock.Clock
	do    func(context.Context, store.Job) error
	opts  Options

	turn  sync.Mutex    // held by who claims: Run, or Advance, during which time stands still
	slots chan struct{} // one for each job under way
	jobs  sync.WaitGroup

	mu       sync.Mutex
	sleeping time.Time // what Run sleeps until
	wake     context.CancelFunc
}

// New returns a runner that has due jobs done by do, which deletes a job in the transaction that applies it.
func New(st Store, clk *clock.Clock, do func(context.Context, store.Job) error, o Options) *Runner {
	if o.Poll == 0 {
		o.Poll = time.Second
	}
	if o.Lease == 0 {
		o.Lease = time.Minute
	}
	if o.Concurrency == 0 {
		o.Concurrency = 16
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Runner{
		store: st, clock: clk, do: do, opts: o,
		slots: make(chan struct{}, o.Concurrency), wake: func() {},
	}
}

// Run claims jobs and has them done until ctx ends, and returns when those under way are finished. A store that fails is tried again.
func (r *Runner) Run(ctx context.Context) error {
	defer r.jobs.Wait()
	for ctx.Err() == nil {
		n, err := r.claim(ctx)
		if n > 0 {
			continue
		}
		if err == nil {
			err = r.sleep(ctx)
		}
		if err != nil && ctx.Err() == nil {
			r.opts.Log.Error("jobs can not be read", "error", err)
			pause(ctx, r.opts.Poll)
		}
	}
	return ctx.Err()
}

// claim starts due jobs, as many as there is room for, and returns how many.
func (r *Runner) claim(ctx context.Context) (int, error) {
	r.turn.Lock()
	defer r.turn.Unlock()
	room := 0
	select {
	case r.slots <- struct{}{}:
		room++
	case <-ctx.Done():
		return 0, ctx.Err()
	}
fill:
	for room < cap(r.slots) {
		select {
		case r.slots <- struct{}{}:
			room++
		default:
			break fill
		}
	}
	jobs, err := r.store.ClaimJobs(ctx, room, r.opts.Lease)
	for range room - len(jobs) {
		<-r.slots
	}
	for _, j := range jobs {
		r.jobs.Go(func() {
			defer func() { <-r.slots }()
			r.run(ctx, j)
		})
	}
	return len(jobs), err
}

// run does one job; when it fails it is due again later. A job under way is not cut off when the runner stops.
func (r *Runner) run(ctx context.Context, j store.Job) {
	ctx = context.WithoutCancel(ctx)
	err := r.try(ctx, j)
	if err == nil {
		return
	}
	due := r.clock.Now().Add(backoff(j.Attempt))
	r.opts.Log.Error("job failed", "kind", j.Kind, "key", j.Key, "attempt", j.Attempt, "again", due, "error", err)
	if err := r.store.RetryJob(ctx, j, due); err != nil {
		r.opts.Log.Error("job is left to its lease", "kind", j.Kind, "key", j.Key, "error", err)
	}
}

func (r *Runner) try(ctx context.Context, j store.Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return r.do(ctx, j)
}

func backoff(attempt int) time.Duration {
	return min(time.Second<<min(max(attempt-1, 0), 16), maxBackoff)
}

// sleep returns when a job is due, Wake was called for an earlier one, or it is time to look at the store again.
func (r *Runner) sleep(ctx context.Context) error {
	ctx, wake := context.WithTimeout(ctx, r.opts.Poll)
	defer wake()
	r.mu.Lock()
	r.sleeping, r.wake = forever, wake // until it is known better, any job wakes
	r.mu.Unlock()
	due, ok, err := r.store.NextDue(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	if !ok {
		<-ctx.Done()
		return nil
	}
	r.mu.Lock()
	r.sleeping = due
	r.mu.Unlock()
	_ = r.clock.Sleep(ctx, due) // being woken is as good as being on time
	return nil
}

// Wake says that a job due at that time was committed.
func (r *Runner) Wake(due time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if due.Before(r.sleeping) {
		r.wake()
	}
}

// Advance moves the clock to a time, from one due job to the next, and returns when all that was due on the way is done. A job that
// fails is tried again when its time comes.
func (r *Runner) Advance(ctx context.Context, to time.Time) error {
	r.turn.Lock()
	defer r.turn.Unlock()
	r.jobs.Wait()
	for {
		if err := r.drain(ctx); err != nil {
			return err
		}
		due, ok, err := r.store.NextDue(ctx)
		if err != nil {
			return err
		}
		if !ok || due.After(to) {
			break
		}
		r.clock.Set(due)
	}
	r.clock.Set(to)
	return r.drain(ctx)
}

// AdvanceToNext moves the clock to the next due job and does it, with all that is due at the same time. It reports false when there is
// no job.
func (r *Runner) AdvanceToNext(ctx context.Context) (time.Time, bool, error) {
	due, ok, err := r.store.NextDue(ctx)
	if err != nil || !ok {
		return time.Time{}, false, err
	}
	return due, true, r.Advance(ctx, due)
}

// drain does all jobs that are due now, also those that they make due. Whoever calls it holds the turn.
func (r *Runner) drain(ctx context.Context) error {
	for {
		jobs, err := r.store.ClaimJobs(ctx, cap(r.slots), r.opts.Lease)
		if err != nil || len(jobs) == 0 {
			return err
		}
		var round sync.WaitGroup
		for _, j := range jobs {
			round.Go(func() { r.run(ctx, j) })
		}
		round.Wait()
	}
}

// pause waits in the machine's time.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
