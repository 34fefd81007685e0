package store

import (
	"context"
	"database/sql"
	"sync/atomic"
)

const (
	// checkpointPages is how long the write-ahead log grows before it is moved to the data file, 64 MB: a page that many
	// transactions changed is then moved once.
	checkpointPages = 16000

	// restPages is how much of the log the writer moves itself, because the log can only start anew when all of it is moved and
	// nobody writes.
	restPages = 1000

	// checkEvery is after how many transactions the writer looks at the length of the log.
	checkEvery = 16
)

// checkpointer moves the write-ahead log to the data file on a connection of its own, so that the writer does not stop for it. Left to
// SQLite, the transaction that fills the log waits until all of it is moved and synced.
type checkpointer struct {
	store *Store
	conn  *sql.Conn
	asked chan struct{}
	ended chan struct{}
	rest  atomic.Bool // the writer should move the little that is left
}

func newCheckpointer(ctx context.Context, s *Store, db *sql.DB) (*checkpointer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	c := &checkpointer{store: s, conn: conn, asked: make(chan struct{}, 1), ended: make(chan struct{})}
	go c.run()
	return c, nil
}

// ask has the log moved soon.
func (c *checkpointer) ask() {
	select {
	case c.asked <- struct{}{}:
	default:
	}
}

func (c *checkpointer) run() {
	defer close(c.ended)
	for range c.asked {
		// What is written meanwhile gets shorter from one pass to the next.
		for range 4 {
			left, err := c.move()
			if err != nil {
				c.store.opts.Log.Warn("move the write-ahead log to the data file", "err", err)
				break
			}
			if left < restPages {
				c.rest.Store(true)
				break
			}
		}
	}
}

// move moves what is in the log now and returns how many pages came in meanwhile.
func (c *checkpointer) move() (left int64, err error) {
	for _, mode := range []string{"passive", "noop"} {
		var busy, pages, moved int64
		row := c.conn.QueryRowContext(context.Background(), "pragma wal_checkpoint("+mode+")")
		if err := row.Scan(&busy, &pages, &moved); err != nil {
			return 0, err
		}
		left = pages - moved
	}
	return left, nil
}

func (c *checkpointer) close() error {
	close(c.asked)
	<-c.ended
	return c.conn.Close()
}
