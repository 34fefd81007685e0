package host

import (
	"context"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// maxProcesses is how many processes of a function work side by side.
	maxProcesses = 4

	// maxWaiting is how many events may wait for a function or be worked on.
	maxWaiting = 100

	// A process that ends is started again after a pause, which doubles while processes end without having answered.
	minPause = 100 * time.Millisecond
	maxPause = 10 * time.Second

	// lookEvery is how often the files of functions are looked at.
	lookEvery = 250 * time.Millisecond
)

// function is a program, and the processes that run it.
type function struct {
	host    *Host
	name    string
	arn     string
	program string
	args    []string

	work    chan *call   // taken by processes that are free
	waiting atomic.Int32 // calls, those that are worked on as well
	queued  atomic.Int32 // calls that no process has taken

	mu        sync.Mutex
	slots     int // processes, running or about to
	ready     int // of them those that are free or start up
	processes map[*process]bool
}

// call is an event on its way through a function.
type call struct {
	id      string
	payload []byte
	done    chan result // has room for the one result
}

type result struct {
	payload []byte
	failed  bool
}

// failure is a result that says what went wrong, as the Lambda service does.
func failure(kind, message string) result {
	return result{encode(map[string]string{"errorType": kind, "errorMessage": message}), true}
}

func newFunction(h *Host, name, program string, args []string) *function {
	return &function{
		host: h, name: name, program: program, args: args, arn: "arn:aws:lambda:" + h.opts.Region + ":" + h.opts.Account + ":function:" + name,
		work: make(chan *call), processes: map[*process]bool{},
	}
}

// wait takes a place among the calls, which call gives back. It reports false when there are too many.
func (f *function) wait() bool {
	if f.waiting.Add(1) > maxWaiting {
		f.waiting.Add(-1)
		return false
	}
	return true
}

// call hands an event to a process, a new one when all are busy, and waits for what comes of it.
func (f *function) call(ctx context.Context, c *call) (result, error) {
	defer f.waiting.Add(-1)
	if err := f.hand(ctx, c); err != nil {
		return result{}, err
	}
	select {
	case r := <-c.done:
		return r, nil
	case <-ctx.Done():
		return result{}, ctx.Err()
	case <-f.host.life.Done():
		return result{}, errClosed
	}
}

// hand gives an event to a process that is free.
func (f *function) hand(ctx context.Context, c *call) error {
	f.grow(int(f.queued.Add(1)))
	defer f.queued.Add(-1)
	select {
	case f.work <- c:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-f.host.life.Done():
		return errClosed
	}
}

// grow adds a process when there are fewer that are or will be free than wanted.
func (f *function) grow(wanted int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ready >= wanted || f.slots >= maxProcesses {
		return
	}
	f.slots++
	f.ready++
	f.host.begin(f.keep)
}

// keep runs one process after the other.
func (f *function) keep() {
	pause, starting := minPause, true
	for f.host.life.Err() == nil {
		if !starting {
			f.count(1)
		}
		p := newProcess(f)
		f.note(p, true)
		err := p.run()
		f.note(p, false)
		switch starting = false; {
		case f.host.life.Err() != nil:
			return
		case p.state == starts || p.state == idle:
			f.count(-1)
		}
		if p.replaced {
			pause = minPause
			continue
		}
		if p.answered {
			pause = minPause
		}
		f.host.opts.Log.Warn("function ended and is started again", "function", f.name, "err", err, "after", pause)
		if p.state == starts {
			f.refuse(p.ended(err))
		}
		select {
		case <-f.host.life.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, maxPause)
	}
}

// refuse answers all calls that wait: no process comes up that could.
func (f *function) refuse(why result) {
	for {
		select {
		case c := <-f.work:
			c.done <- why
		default:
			return
		}
	}
}

func (f *function) count(ready int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ready += ready
}

func (f *function) note(p *process, runs bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if runs {
		f.processes[p] = true
	} else {
		delete(f.processes, p)
	}
}

// watch replaces the processes when a file of the command has changed and stays as it is.
func (f *function) watch() {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	runs := f.files()
	for last := runs; ; {
		select {
		case <-f.host.life.Done():
			return
		case <-tick.C:
		}
		now := f.files()
		if now != runs && now == last && now != "" {
			runs = now
			f.host.opts.Log.Info("function has changed", "function", f.name)
			f.mu.Lock()
			for p := range f.processes {
				p.replace()
			}
			f.mu.Unlock()
		}
		last = now
	}
}

// files tells whether the files of the command are those of before; empty: the program is not there.
func (f *function) files() (all string) {
	for i, name := range append([]string{f.program}, f.args...) {
		info, err := os.Stat(name)
		switch {
		case err == nil && !info.IsDir():
			all += info.ModTime().String() + info.Name() + "\x00"
		case i == 0:
			return ""
		}
	}
	return all
}
