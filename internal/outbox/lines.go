package outbox

import (
	"hash/fnv"
	"sync"
	"time"
)

const (
	// failuresToPause is how many failures in a row make a target one that is down. A single message that it can not take does not.
	failuresToPause = 3

	// maxPause is how long at most a target that is down is left alone.
	maxPause = time.Minute

	// crowded is how long a stream is put off whose target has all the slots that it may have.
	crowded = 5 * time.Second
)

// lines keep the streams of one target from taking the slots of all others: when it is slow, and when it is down. They are a node's own
// view, and forgotten with it.
type lines struct {
	most int // streams of one target side by side

	mu sync.Mutex
	of map[string]*line // by target
}

// line is the way to one target.
type line struct {
	active   int
	failures int       // in a row
	until    time.Time // when a target that is down is tried again, by one stream
}

// enter takes a place in the line to a target, or says how long to stay away.
func (l *lines) enter(target string, now time.Time) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	to := l.of[target]
	if to == nil {
		to = &line{}
		l.of[target] = to
	}
	switch {
	case to.failures >= failuresToPause && now.Before(to.until):
		return to.until.Sub(now)
	case to.failures >= failuresToPause && to.active > 0:
		return pause(to.failures)
	case to.active >= l.most:
		return crowded
	}
	to.active++
	return 0
}

// leave gives the place back and notes how the target did.
func (l *lines) leave(target string, now time.Time, done progress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	to := l.of[target]
	to.active--
	switch {
	case done.failure == nil, len(done.told) > 0:
		to.failures = 0
	case to.failures < failuresToPause || !now.Before(to.until): // others that were under way failed of the same
		to.failures++
		to.until = now.Add(pause(to.failures))
	}
	if to.active == 0 && to.failures == 0 {
		delete(l.of, target)
	}
}

// pause grows with the failures of a target: 1, 2, 4, … seconds.
func pause(failures int) time.Duration {
	return min(time.Second<<min(max(failures-failuresToPause, 0), 6), maxPause)
}

// spread is a part of a time that differs from stream to stream, so that not all come back at once.
func spread(key string, over time.Duration) time.Duration {
	h := fnv.New32a()
	h.Write([]byte(key))
	return time.Duration(h.Sum32()%1000) * over / 1000
}
