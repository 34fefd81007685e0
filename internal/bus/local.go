package bus

import (
	"sync"
	"sync/atomic"
	"time"
)

// Bounds of what waits for one subscriber. A message that would exceed them is lost to it.
const (
	maxWaiting      = 1 << 14
	maxWaitingBytes = 64 << 20
)

// lostPause is how long after a call of the Lost functions the next one comes at the earliest.
const lostPause = time.Second

// local is the bus of one process.
type local struct {
	mu          sync.Mutex
	subscribers map[*subscriber]struct{}
	onLost      []func()
	closed      bool

	lost    chan struct{} // holds one when messages were lost since the Lost functions were called
	done    chan struct{} // closed by Close
	running sync.WaitGroup
}

// NewLocal returns the bus of a server that has no other nodes.
func NewLocal() Bus { return newLocal() }

func newLocal() *local {
	b := &local{subscribers: make(map[*subscriber]struct{}), lost: make(chan struct{}, 1), done: make(chan struct{})}
	b.running.Go(b.tellLost)
	return b
}

func (b *local) Publish(m Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for s := range b.subscribers {
		if !s.put(m) {
			b.lose()
		}
	}
}

func (b *local) Subscribe(fn func(Message)) (cancel func()) {
	s := &subscriber{}
	s.ready.L = &s.mu
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return func() {}
	}
	b.subscribers[s] = struct{}{}
	b.running.Go(func() { s.run(fn) })
	return func() {
		b.mu.Lock()
		delete(b.subscribers, s)
		b.mu.Unlock()
		s.stop()
	}
}

func (b *local) Lost(fn func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.onLost = append(b.onLost, fn)
}

// lose has the Lost functions called soon.
func (b *local) lose() {
	select {
	case b.lost <- struct{}{}:
	default: // the call that is due stands for this loss, too
	}
}

// tellLost calls the Lost functions.
func (b *local) tellLost() {
	for {
		select {
		case <-b.lost:
		case <-b.done:
			return
		}
		b.mu.Lock()
		fns := b.onLost
		b.mu.Unlock()
		for _, fn := range fns {
			fn()
		}
		select {
		case <-time.After(lostPause):
		case <-b.done:
			return
		}
	}
}

func (b *local) Close() error {
	b.mu.Lock()
	if !b.closed {
		b.closed = true
		close(b.done)
	}
	for s := range b.subscribers {
		s.stop()
	}
	clear(b.subscribers)
	b.mu.Unlock()
	b.running.Wait()
	return nil
}

// subscriber is a function and the messages that wait for it. Its goroutine, run, is the only one to call the function.
type subscriber struct {
	mu      sync.Mutex
	ready   sync.Cond // there are messages, or stopped
	waiting []Message
	count   int         // of messages that wait, those that run has taken included
	bytes   int         // of their items
	stopped atomic.Bool // set while mu is held
}

// put reports false when the message is lost because too many wait.
func (s *subscriber) put(m Message) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped.Load() {
		return true
	}
	if s.count >= maxWaiting || s.bytes+len(m.Item) > maxWaitingBytes {
		return false
	}
	s.waiting = append(s.waiting, m)
	s.count++
	s.bytes += len(m.Item)
	s.ready.Signal()
	return true
}

func (s *subscriber) run(fn func(Message)) {
	var batch []Message
	for {
		batch = s.take(batch)
		for _, m := range batch {
			if s.stopped.Load() {
				return
			}
			fn(m)
		}
		if len(batch) == 0 {
			return
		}
	}
}

// take waits for messages and returns all that wait, none when the subscriber is stopped. done are those taken before, whose memory is
// used for the next.
func (s *subscriber) take(done []Message) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count -= len(done)
	for _, m := range done {
		s.bytes -= len(m.Item)
	}
	clear(done)
	if cap(done) > maxIdle {
		done = nil
	}
	for len(s.waiting) == 0 && !s.stopped.Load() {
		s.ready.Wait()
	}
	batch := s.waiting
	s.waiting = done[:0]
	return batch
}

// maxIdle is for how many messages a subscriber keeps memory that it does not need.
const maxIdle = 1 << 10

// stop ends run; a call under way goes on to its end.
func (s *subscriber) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped.Store(true)
	s.waiting = nil
	s.ready.Signal()
}
