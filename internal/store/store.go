// Package store keeps the rows of a contact centre in SQLite or PostgreSQL.
//
// Everything changes through Store.Update: it queues a function for the worker its chat belongs to, one for all chats on SQLite. The
// worker takes all that wait into one transaction, locks and loads the chats they name, and runs the functions one after another.
// What a function wrote is kept apart until it returned without error, so that a failed one leaves nothing behind. Then everything
// is written, committed and synced at once, the AfterCommit functions run in order, and all callers are answered. If the database
// refuses the transaction, each function runs once more in a transaction of its own, so that a bad one harms no other.
package store

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// ErrNotFound says that there is no such row.
var ErrNotFound = errors.New("not found")

// ErrExists says that a row with the same id or name is there already.
var ErrExists = errors.New("exists already")

// ErrClosed says that the store was closed.
var ErrClosed = errors.New("store is closed")

// Options of Open; all may be left out.
type Options struct {
	// Now is the only clock that transactions see. The machine's if nil.
	Now func() time.Time

	// Log gets warnings about the database. None if nil.
	Log *slog.Logger

	// Workers is how many transactions run side by side on PostgreSQL; 4 if 0. SQLite always has one.
	Workers int

	// Readers is how many reads run side by side; 4 if 0 on SQLite, 10 on PostgreSQL. A pool_max_conns in the DSN leaves them what
	// the workers do not take, at least one.
	Readers int

	// Patience is how long a SQLite file that another process holds is waited for; a second if 0.
	Patience time.Duration

	// Doubt is called, on a goroutine of its own, with the ids of chats whose updates failed without it being known whether they
	// were committed after all: the connection broke meanwhile. Their AfterCommit functions did not run. By the time of the call
	// the chats can be read as they are from now on.
	Doubt func(chats []string)
}

// Store is a database. Its methods may be called from any goroutine.
type Store struct {
	opts    Options
	engine  engine
	workers []*worker
	running sync.WaitGroup
	seed    maphash.Seed
	turn    atomic.Uint32 // next worker for updates without a chat
	counts  counts

	closing  sync.Once
	closed   context.Context // ends when Close is called
	end      context.CancelFunc
	closeErr error
}

// engine is what the databases do differently outside the transactions of workers.
type engine interface {
	// query runs a statement that only reads, on one snapshot, and calls each for every row.
	query(ctx context.Context, q string, args []any, each func(row) error) error

	// queryOnce is query for a statement that is not worth keeping prepared.
	queryOnce(ctx context.Context, q string, args []any, each func(row) error) error

	// maintain runs one statement that writes on its own and is synced when it returns. fn may run again.
	maintain(ctx context.Context, fn func(querier) error) error

	// skipLocked makes a select of rows to be claimed pass over those that somebody else claims at that moment.
	skipLocked() string

	// unindexed writes a column so that no index is chosen for what is asked of it, if a better one would not be.
	unindexed(column string) string

	// within is a condition: the bytes of part stand somewhere in those of whole.
	within(part, whole string) string

	// scrub takes what was erased out of the files of the database, as far as that is the engine's.
	scrub(ctx context.Context) error

	ping(ctx context.Context) error
	walBytes() int64
	close() error
}

// row is what both drivers give for a row of an answer.
type row interface{ Scan(...any) error }

// Open opens a database and brings its tables to the newest version. The DSN is "sqlite:PATH", whose folder is made and which no other
// process may have open, "sqlite::memory:", which lives as long as the store, or "postgres://…".
func Open(ctx context.Context, dsn string, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Store{opts: o, seed: maphash.MakeSeed()}
	s.closed, s.end = context.WithCancel(context.Background())
	var sessions []session
	var err error
	switch scheme, rest, _ := strings.Cut(dsn, ":"); scheme {
	case "sqlite":
		sessions, err = s.openSQLite(ctx, rest)
	case "postgres", "postgresql":
		sessions, err = s.openPostgres(ctx, dsn)
	default:
		err = errors.New(`a database is named by "sqlite:PATH", "sqlite::memory:" or "postgres://…"`)
	}
	if err != nil {
		s.end()
		return nil, fmt.Errorf("open database: %w", err)
	}
	for _, sess := range sessions {
		w := newWorker(s, sess)
		s.workers = append(s.workers, w)
		s.running.Go(w.run)
	}
	return s, nil
}

// Close waits for the updates that were taken, then closes the database. Later calls of other methods fail; Close itself may be
// called again.
func (s *Store) Close() error {
	s.closing.Do(func() {
		s.end()
		for _, w := range s.workers {
			w.queue.close()
		}
		s.running.Wait()
		s.closeErr = s.engine.close()
	})
	return s.closeErr
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.engine.ping(ctx) }

// Now is the time as transactions see it: UTC in whole milliseconds.
func (s *Store) Now() time.Time { return time.UnixMilli(s.opts.Now().UnixMilli()).UTC() }

// Key names what an update needs loaded.
type Key struct {
	// Chat is the id of the chat to lock and load with its current contact; "" for none.
	Chat string

	// Token is the idempotency token of an item of that chat to look up; nil for none.
	Token []byte
}

// Update runs fn in a transaction and returns when it is committed and synced. An error of fn undoes the update and is returned as it
// is; a panic becomes an error. fn must act through tx alone, must not wait for anything else, and may run again: it sets what it
// gives out anew each time. A context that ends while the update waits for its turn ends it; once begun it goes on to its end.
func (s *Store) Update(ctx context.Context, k Key, fn func(*Tx) error) error {
	return s.worker(k.Chat).update(ctx, k, fn)
}

func (s *Store) worker(chat string) *worker {
	n := uint64(len(s.workers))
	switch {
	case n == 1:
		return s.workers[0]
	case chat == "":
		return s.workers[uint64(s.turn.Add(1))%n]
	}
	return s.workers[maphash.String(s.seed, chat)%n]
}

// doubt reports the chats of updates whose outcome is not known, once it can be seen. Their transaction may still be at work: it holds
// the chats until it ends.
func (s *Store) doubt(group []*request) {
	var chats []string
	for _, r := range group {
		if r.key.Chat != "" && !slices.Contains(chats, r.key.Chat) {
			chats = append(chats, r.key.Chat)
		}
	}
	if s.opts.Doubt == nil || len(chats) == 0 {
		return
	}
	s.running.Go(func() {
		const pause = 200 * time.Millisecond
		for s.closed.Err() == nil {
			err := s.engine.maintain(s.closed, func(q querier) error { return q.query(lockChats, []any{chats}, nil) })
			if err == nil {
				s.opts.Doubt(chats)
				return
			}
			select {
			case <-s.closed.Done():
			case <-time.After(pause):
			}
		}
	})
}

// Stats are figures since Open.
type Stats struct {
	Updates     int64         // updates that were committed
	Groups      int64         // transactions they were committed in
	Reruns      int64         // groups that the database refused, whose updates ran again one by one
	Writing     time.Duration // total time of handing over and committing groups
	Waiting     int           // updates that wait for their turn now
	Checkpoints int64         // SQLite: how often the write-ahead log was moved to the data file
	WALBytes    int64         // SQLite: size of the write-ahead log now
}

type counts struct {
	updates, groups, reruns, writing, checkpoints atomic.Int64
}

// Stats returns the figures so far.
func (s *Store) Stats() Stats {
	c, waiting := &s.counts, 0
	for _, w := range s.workers {
		waiting += w.queue.len()
	}
	return Stats{
		Waiting:     waiting,
		Updates:     c.updates.Load(),
		Groups:      c.groups.Load(),
		Reruns:      c.reruns.Load(),
		Writing:     time.Duration(c.writing.Load()),
		Checkpoints: c.checkpoints.Load(),
		WALBytes:    s.engine.walBytes(),
	}
}
