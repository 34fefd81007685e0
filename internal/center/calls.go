package center

import (
	"sync"
	"time"

	"github.com/openparley/parley/internal/job"
)

const (
	// maxCalls is how many calls of one function a node makes side by side: a quarter of those it can make in all.
	maxCalls = 16

	// crowded is how long a job is put off whose function has as many calls as it may.
	crowded = 2 * time.Second
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
