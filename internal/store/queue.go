package store

import (
	"context"
	"sync"
	"sync/atomic"
)

// request is an update that waits for its worker.
type request struct {
	key Key
	fn  func(*Tx) error

	taken atomic.Bool // by its worker, or given up by its caller
	done  chan struct{}

	err   error    // of this update alone
	after []func() // what it left for AfterCommit
}

// queue holds the updates that wait for a worker.
type queue struct {
	mu      sync.Mutex
	waiting []*request
	closed  bool
	more    chan struct{} // a token is in it when there may be something to take
}

// groupSize is how many updates share a transaction at most: more gains little and makes the first wait for the last.
const groupSize = 256

func newQueue() queue { return queue{more: make(chan struct{}, 1)} }

// put waits until the worker has done the update, or ctx ended before the worker took it.
func (q *queue) put(ctx context.Context, r *request) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return ErrClosed
	}
	q.waiting = append(q.waiting, r)
	q.mu.Unlock()
	q.wake()
	select {
	case <-r.done:
		return r.err
	case <-ctx.Done():
		if r.taken.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		<-r.done
		return r.err
	}
}

func (q *queue) wake() {
	select {
	case q.more <- struct{}{}:
	default:
	}
}

// take waits for updates and moves up to groupSize of them to group. It returns nothing when the queue is closed and empty.
func (q *queue) take(group []*request) []*request {
	for {
		q.mu.Lock()
		n := 0
		for _, r := range q.waiting {
			if len(group) == groupSize {
				break
			}
			n++
			if r.taken.CompareAndSwap(false, true) {
				group = append(group, r)
			}
		}
		rest := copy(q.waiting, q.waiting[n:])
		clear(q.waiting[rest:])
		q.waiting = q.waiting[:rest]
		closed := q.closed && rest == 0
		q.mu.Unlock()
		if rest > 0 {
			q.wake()
		}
		if len(group) > 0 || closed {
			return group
		}
		<-q.more
	}
}

func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.wake()
}

func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}
