// Package job runs what is due. Work for later is a row in the store; a runner sleeps until the earliest is due, claims it and has it done.
// It is the only place that sleeps: a chat that waits costs a row.
package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/openparley/parley/internal/clock"
	"github.com/openparley/parley/internal/store"
)

// Store holds the jobs.
type Store interface {
	// ClaimJobs returns due jobs, the earliest first, and gives them to nobody else before the lease is over, lest they be lost with
	// who claimed them.
	// Only those of these lanes are meant, or of all if none is named.
	ClaimJobs(ctx context.Context, limit int, lease time.Duration, lanes ...int) ([]store.Job, error)
	// NextDue returns when the next job may be claimed.
	NextDue(ctx context.Context, lanes ...int) (due time.Time, ok bool, err error)
	// RetryJob makes a claimed job due at another time.
	RetryJob(ctx context.Context, j store.Job, due time.Time) error
	// PutOffJob does the same for one that was not attempted.
	PutOffJob(ctx context.Context, j store.Job, due time.Time) error
}

// Options of New; all may be left out.
type Options struct {
	// Poll is how often, in the machine's time, the runner looks for jobs of other nodes; 1 s if 0.
	Poll time.Duration

	// Lease is after what time another runner may claim a job that is not done; 1 min if 0. The context of do ends a quarter earlier.
	Lease time.Duration

	// Lanes say how many jobs of each lane are done side by side, by the number of the lane; 16, 64, 32 and 16 if nil. A lane whose jobs
	// wait for somebody slow holds up no other.
	Lanes []int

	// Log gets the failures. None if nil.
	Log *slog.Logger
}

// Runner claims due jobs and does them. It is safe for concurrent use.
type Runner struct {
	store Store
	clock *clock.Clock
	do    func(context.Context, store.Job) error
	opts  Options

	lanes []*lane

	cut context.Context // ends with Cut
	end context.CancelFunc
}

// lane are the jobs that compete for the same slots.
type lane struct {
	number int
	size   int

	// slots are what jobs take while they are done. Advance takes all of all lanes: then nothing is under way and nobody else claims.
	slots *semaphore.Weighted

	mu    sync.Mutex
	next  time.Time          // when the earliest job is due that Run knows of
	awake context.CancelFunc // ends Run's sleep; nil while it does not sleep
}

// Later is an error of a job that did not fail, but found that its time has not come: it is due again after that time, and was not attempted.
type Later struct{ After time.Duration }

func (l *Later) Error() string { return "not before " + l.After.String() }

// Patience is an error that knows how long it takes until another attempt makes sense.
type Patience interface {
	error
	RetryAfter() time.Duration
}

// never is later than any job is due.
var never = time.UnixMilli(1<<53 - 1)

// New returns a runner that does jobs by do, which must delete the job in the transaction that applies it. A job whose do fails or
// panics is done again later: after 1 s, then 2 s, 4 s, up to 5 min.
func New(st Store, clk *clock.Clock, do func(context.Context, store.Job) error, opts Options) *Runner {
	if opts.Poll == 0 {
		opts.Poll = time.Second
	}
	if opts.Lease == 0 {
		opts.Lease = time.Minute
	}
	if opts.Lanes == nil {
		opts.Lanes = []int{store.LaneChat: 16, store.LaneCall: 64, store.LaneTell: 32, store.LaneFile: 16}
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	r := &Runner{store: st, clock: clk, do: do, opts: opts}
	r.cut, r.end = context.WithCancel(context.Background())
	for number, size := range opts.Lanes {
		r.lanes = append(r.lanes, &lane{number: number, size: size, slots: semaphore.NewWeighted(int64(size))})
	}
	return r
}

// Cut ends the contexts of jobs that wait for somebody outside, all but those of store.LaneChat. What fails then is due at once, for
// whoever runs next, and was not attempted. There is no way back.
func (r *Runner) Cut() { r.end() }

// Run does due jobs until ctx ends, and returns its error when those under way are done. The context of do does not end with ctx.
func (r *Runner) Run(ctx context.Context) error {
	var running sync.WaitGroup
	for _, l := range r.lanes {
		running.Go(func() { r.run(ctx, l) })
	}
	running.Wait()
	// With a context that does not end, to wait for them cannot fail.
	_ = r.alone(context.WithoutCancel(ctx), func() error { return nil })
	return ctx.Err()
}

func (r *Runner) run(ctx context.Context, l *lane) {
	for ctx.Err() == nil {
		started, err := r.start(ctx, l)
		if err != nil && ctx.Err() == nil {
			r.opts.Log.Error("claim jobs", "err", err)
		}
		if started == 0 {
			r.sleep(ctx, l)
		}
	}
}

// start claims and starts as many due jobs as there are free slots, waiting for the first slot. It notes when the next job is due.
func (r *Runner) start(ctx context.Context, l *lane) (started int, err error) {
	if err := l.slots.Acquire(ctx, 1); err != nil {
		return 0, err
	}
	taken := 1
	defer func() { l.slots.Release(int64(taken - started)) }()

	l.expect(never)
	due, ok, err := r.store.NextDue(ctx, l.number)
	if err != nil || !ok {
		return 0, err
	}
	if due.After(r.clock.Now()) {
		l.wake(due)
		return 0, nil
	}
	for taken < l.size && l.slots.TryAcquire(1) {
		taken++
	}
	// What was claimed is done: a claim whose answer got lost with ctx would be left to its lease.
	jobs, err := r.store.ClaimJobs(context.WithoutCancel(ctx), taken, r.opts.Lease, l.number)
	for _, j := range jobs {
		go func() {
			defer l.slots.Release(1)
			r.attempt(ctx, j)
		}()
	}
	return len(jobs), err
}

func (l *lane) expect(due time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next = due
}

// Wake tells that a job of a lane was committed which is due then.
func (r *Runner) Wake(lane int, due time.Time) { r.lanes[lane].wake(due) }

func (l *lane) wake(due time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !due.Before(l.next) {
		return
	}
	l.next = due
	if l.awake != nil {
		l.awake()
	}
}

// sleep returns when a job is due, when Wake told of an earlier one, when it is time to look for jobs of other nodes, or when ctx ends.
func (r *Runner) sleep(ctx context.Context, l *lane) {
	ctx, cancel := context.WithTimeout(ctx, r.opts.Poll)
	defer cancel()
	l.mu.Lock()
	until := l.next
	l.awake = cancel
	l.mu.Unlock()
	_ = r.clock.Sleep(ctx, until) // however it ended, Run looks again
	l.mu.Lock()
	defer l.mu.Unlock()
	l.awake = nil
}

// attempt does a claimed job, or puts it off when that fails.
func (r *Runner) attempt(ctx context.Context, j store.Job) {
	ctx = context.WithoutCancel(ctx)
	err := r.try(ctx, j)
	if err == nil {
		return
	}
	due, again := r.clock.Now(), r.store.PutOffJob
	if later, ok := errors.AsType[*Later](err); ok {
		due = due.Add(later.After)
	} else if r.cut.Err() == nil || j.Lane == store.LaneChat {
		again = r.store.RetryJob
		wait := backoff(j.Attempt)
		if p, ok := errors.AsType[Patience](err); ok {
			wait = max(wait, p.RetryAfter())
		}
		due = due.Add(wait)
		r.opts.Log.Error("job failed", "kind", j.Kind, "key", j.Key, "chat", j.ChatID, "attempt", j.Attempt, "again", due, "err", err)
	}
	if err := again(ctx, j, due); err != nil {
		r.opts.Log.Error("job is left to its lease", "kind", j.Kind, "key", j.Key, "err", err)
		return
	}
	r.lanes[j.Lane].wake(due)
}

func (r *Runner) try(ctx context.Context, j store.Job) (err error) {
	ctx, cancel := context.WithTimeout(ctx, r.opts.Lease-r.opts.Lease/4)
	defer cancel()
	if j.Lane != store.LaneChat {
		defer context.AfterFunc(r.cut, cancel)()
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return r.do(ctx, j)
}

// backoff is how long to wait after an attempt, counted from 1.
func backoff(attempt int) time.Duration {
	return min(time.Second<<min(max(attempt-1, 0), 9), 5*time.Minute)
}

// Advance moves the clock to each due job up to a time in turn and does it, then to that time. When it returns nil, all that was due is
// done, what became due through it included. One job is done after the other, in the order in which they are due; failed ones are done
// again when the clock has come to that. Meanwhile Run does nothing.
func (r *Runner) Advance(ctx context.Context, to time.Time) error {
	return r.alone(ctx, func() error {
		for {
			if err := r.settle(ctx); err != nil {
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
		return r.settle(ctx)
	})
}

// AdvanceToNext does all that is due, then moves the clock to the next job and does what is due then. It returns the time to which it
// moved the clock, ok false when there was no job to move it to.
func (r *Runner) AdvanceToNext(ctx context.Context) (now time.Time, ok bool, err error) {
	err = r.alone(ctx, func() error {
		if err := r.settle(ctx); err != nil {
			return err
		}
		if now, ok, err = r.store.NextDue(ctx); err != nil || !ok {
			return err
		}
		r.clock.Set(now)
		return r.settle(ctx)
	})
	return now, ok, err
}

// Still runs fn when all jobs under way are done, while none is done: what fn does is followed by what became due through it, not accompanied.
func (r *Runner) Still(ctx context.Context, fn func() error) error { return r.alone(ctx, fn) }

// alone runs fn when all jobs under way are done, and keeps Run from claiming meanwhile.
func (r *Runner) alone(ctx context.Context, fn func() error) error {
	for _, l := range r.lanes {
		if err := l.slots.Acquire(ctx, int64(l.size)); err != nil {
			return err
		}
		defer l.slots.Release(int64(l.size))
	}
	return fn()
}

// settle does due jobs until there are none.
func (r *Runner) settle(ctx context.Context) error {
	const portion = 16
	for {
		if err := r.cut.Err(); err != nil {
			return err
		}
		jobs, err := r.store.ClaimJobs(ctx, portion, r.opts.Lease)
		if err != nil || len(jobs) == 0 {
			return err
		}
		for _, j := range jobs {
			r.attempt(ctx, j)
		}
	}
}
