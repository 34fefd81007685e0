package center

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/openparley/parley/internal/job"
)

const (
	// maxCalls is how many calls of one function a node makes side by side: a quarter of those it can make in all.
	maxCalls = 16

	// crowded is how long a job is put off whose function has as many calls as it may.
	crowded = 2 * time.Second

	// A function is called up to maxTries times within the time that it has. Source: flow sheet, 11.4; administrator guide, "Set up
	// attachment scanning" (invocation retry policy).
	maxTries = 3

	// firstPause is how long a function is left alone that failed; then twice as long.
	firstPause = 200 * time.Millisecond
)

// calls keep a function that is slow from taking the slots of all others. They are a node's own view, and forgotten with it.
type calls struct {
	mu     sync.Mutex
	active map[string]int // by function
}

// enter takes a place among the calls of a function, until leave; the error is that of a job that comes too early.
func (c *calls) enter(function string) (leave func(), err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.active[function] >= maxCalls {
		return nil, &job.Later{After: crowded}
	}
	c.active[function]++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.active[function]--; c.active[function] == 0 {
			delete(c.active, function)
		}
	}, nil
}

// insist calls a function until it answers, or has failed often enough, or its time is over.
func (s *Service) insist(ctx context.Context, call func() error) error {
	for try := 1; ; try++ {
		err := call()
		if err == nil || try == maxTries || ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		s.Pause(ctx, firstPause<<(try-1))
	}
}
