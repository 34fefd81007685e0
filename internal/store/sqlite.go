package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteEngine is one data file in write-ahead mode: one connection writes, owned by the only worker, a few read.
type sqliteEngine struct {
	store  *Store
	path   string
	lock   *os.File
	remove string // folder that goes when the store is closed; "" for none

	writer     *sql.DB
	readers    *sql.DB
	texts      sync.Map // text → *sql.Stmt for the readers
	checkpoint *checkpointer
}

// logBytes is what the log's file shrinks to after a burst.
const logBytes = 2 * checkpointPages * 4096

func (s *Store) openSQLite(ctx context.Context, path string) (_ []session, err error) {
	e := &sqliteEngine{store: s, path: path}
	s.engine = e
	defer func() {
		if err != nil {
			e.close()
		}
	}()
	sync := "full"
	if path == ":memory:" {
		// A file that is never synced: readers and the writer can share it, as they can not share SQLite's own memory databases.
		if e.remove, err = os.MkdirTemp("", "parley-"); err != nil {
			return nil, err
		}
		e.path, sync = filepath.Join(e.remove, "memory.db"), "off"
	}
	if e.path == "" {
		return nil, errors.New(`"sqlite:" needs the path of a file`)
	}
	if e.path, err = filepath.Abs(e.path); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(e.path), 0o700); err != nil {
		return nil, err
	}
	if e.lock, err = s.lockSoon(ctx, e.path+".lock"); err != nil {
		return nil, fmt.Errorf("%s is in use by another process (%w)", e.path, err)
	}
	// The file holds secrets: it is made here, for its owner alone; SQLite gives its other files the same mode.
	f, err := os.OpenFile(e.path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if e.remove != "" {
		_, err = f.Write(made())
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}

	e.writer, err = sql.Open("sqlite", e.dsn("_txlock=immediate", "_pragma=journal_mode(wal)", "_pragma=synchronous("+sync+")",
		fmt.Sprintf("_pragma=wal_autocheckpoint(%d)", 8*checkpointPages), fmt.Sprintf("_pragma=journal_size_limit(%d)", logBytes),
		"_pragma=cache_size(-32768)", "_pragma=secure_delete(on)")) // what is erased is not left on its page
	if err != nil {
		return nil, err
	}
	conn, err := e.writer.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.path, err)
	}
	sess := &sqliteSession{engine: e, conn: conn, texts: map[string]*sql.Stmt{}}
	if err := migrate("sqlite", sess.migrate); err != nil {
		return nil, fmt.Errorf("%s: %w", e.path, err)
	}
	if e.remove != "" && made() == nil {
		if err := sess.model(ctx); err != nil {
			return nil, err
		}
	}
	err = sess.query("select coalesce(max(num), 0) from chats", nil, func(r row) error { return r.Scan(&sess.lastNum) })
	if err != nil {
		return nil, err
	}
	// Nobody else works on the file: claimed jobs are those of a process that is gone, and need not wait for the end of its lease.
	err = sess.migrate(func(tx migrationTx) error { return tx.exec("update jobs set next = due where next > due") })
	if err != nil {
		return nil, err
	}
	if e.checkpoint, err = newCheckpointer(ctx, s, e.writer); err != nil {
		return nil, err
	}
	if e.readers, err = sql.Open("sqlite", e.dsn("mode=ro", "_pragma=cache_size(-8192)")); err != nil {
		return nil, err
	}
	n := s.opts.Readers
	if n == 0 {
		n = 4
	}
	e.readers.SetMaxOpenConns(n)
	e.readers.SetMaxIdleConns(n)
	return []session{sess}, nil
}

// empty is the file of a database in memory that has its tables and no rows. Making the tables takes longer than all else of opening, and
// tests open many: the first leaves a copy to the others of the process.
var empty atomic.Pointer[[]byte]

func made() []byte {
	if b := empty.Load(); b != nil {
		return *b
	}
	return nil
}

// model keeps a copy of the file as it is.
func (sess *sqliteSession) model(ctx context.Context) error {
	if _, err := sess.conn.ExecContext(ctx, "pragma wal_checkpoint(truncate)"); err != nil {
		return err
	}
	b, err := os.ReadFile(sess.engine.path)
	if err != nil {
		return err
	}
	empty.Store(&b)
	return nil
}

// dsn names the file as a URI, without which SQLite would not see mode=ro.
func (e *sqliteEngine) dsn(options ...string) string {
	path := filepath.ToSlash(e.path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	options = append(options, "_dqs=0", "_pragma=busy_timeout(5000)", "_pragma=temp_store(memory)")
	return "file://" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path) + "?" + strings.Join(options, "&")
}

// lasting makes sums of limits. SQLite plans for the number that is bound to a bare one, and prepares the statement anew whenever one is
// bound, which takes longer than reading a few rows.
func lasting(q string) string { return strings.ReplaceAll(q, " limit $", " limit 0 + $") }

// query keeps statements prepared: preparing costs more than reading a few rows.
func (e *sqliteEngine) query(ctx context.Context, q string, args []any, each func(row) error) error {
	stmt, ok := e.texts.Load(q)
	if !ok {
		fresh, err := e.readers.PrepareContext(ctx, lasting(q))
		if err != nil {
			return sqliteError(ctx, err)
		}
		var raced bool
		if stmt, raced = e.texts.LoadOrStore(q, fresh); raced {
			fresh.Close()
		}
	}
	rows, err := stmt.(*sql.Stmt).QueryContext(ctx, args...)
	return sqliteError(ctx, readRows(rows, err, each))
}

func (e *sqliteEngine) queryOnce(ctx context.Context, q string, args []any, each func(row) error) error {
	rows, err := e.readers.QueryContext(ctx, q, args...)
	return sqliteError(ctx, readRows(rows, err, each))
}

func readRows(rows *sql.Rows, err error, each func(row) error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if each == nil {
			continue
		}
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// maintain joins the transactions of the only writer.
func (e *sqliteEngine) maintain(ctx context.Context, fn func(querier) error) error {
	return e.store.Update(ctx, Key{}, func(tx *Tx) error {
		tx.w.writes()
		return fn(tx.w)
	})
}

func (e *sqliteEngine) skipLocked() string { return "" }

func (e *sqliteEngine) ping(ctx context.Context) error {
	return e.query(ctx, "select 1", nil, nil)
}

func (e *sqliteEngine) walBytes() int64 {
	info, err := os.Stat(e.path + "-wal")
	if err != nil {
		return 0
	}
	return info.Size()
}

// unindexed: without figures about the rows SQLite takes a range for a small one.
func (e *sqliteEngine) unindexed(column string) string { return "+" + column }

func (e *sqliteEngine) within(part, whole string) string {
	return "instr(" + whole + ", " + part + ") > 0"
}

// scrub starts the log anew: it holds copies of pages as they were. That waits until nobody reads what the log alone has, and holds off
// the writer meanwhile, so it is tried for moments only.
func (e *sqliteEngine) scrub(ctx context.Context) error {
	const tries, pause = 50, 20 * time.Millisecond
	for range tries {
		var busy, pages, moved int64
		err := e.checkpoint.conn.QueryRowContext(ctx, "pragma wal_checkpoint(truncate)").Scan(&busy, &pages, &moved)
		if err == nil && busy == 0 {
			return nil
		}
		if err != nil {
			return sqliteError(ctx, err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
	return errors.New("somebody reads all the time")
}

func (e *sqliteEngine) close() error {
	var errs []error
	e.texts.Range(func(_, stmt any) bool {
		errs = append(errs, stmt.(*sql.Stmt).Close())
		return true
	})
	if e.readers != nil {
		errs = append(errs, e.readers.Close())
	}
	if e.checkpoint != nil {
		errs = append(errs, e.checkpoint.close())
	}
	if e.writer != nil {
		errs = append(errs, e.writer.Close())
	}
	if e.lock != nil {
		errs = append(errs, e.lock.Close())
	}
	if e.remove != "" {
		errs = append(errs, os.RemoveAll(e.remove))
	}
	return errors.Join(errs...)
}

// sqliteSession is the connection that writes. Its statements run without a context: nothing may cut a transaction short.
type sqliteSession struct {
	engine  *sqliteEngine
	conn    *sql.Conn
	texts   map[string]*sql.Stmt
	lastNum int64 // newest number of a chat
	commits int
}

func (sess *sqliteSession) prepared(q string) (*sql.Stmt, error) {
	if stmt, ok := sess.texts[q]; ok {
		return stmt, nil
	}
	stmt, err := sess.conn.PrepareContext(context.Background(), lasting(q))
	if err == nil {
		sess.texts[q] = stmt
	}
	return stmt, err
}

func (sess *sqliteSession) exec(q string, args ...any) error {
	stmt, err := sess.prepared(q)
	if err != nil {
		return err
	}
	_, err = stmt.Exec(args...)
	return sqliteError(context.Background(), err)
}

func (sess *sqliteSession) keeps() bool { return true }

func (sess *sqliteSession) begin([]Key, *known) error {
	if c := sess.engine.checkpoint; c != nil && c.rest.CompareAndSwap(true, false) {
		if _, err := sess.log("passive"); err != nil {
			sess.engine.store.opts.Log.Warn("move the rest of the write-ahead log", "err", err)
		} else {
			sess.engine.store.counts.checkpoints.Add(1)
		}
	}
	return sess.exec("begin immediate")
}

func (sess *sqliteSession) query(q string, args []any, each func(row) error) error {
	stmt, err := sess.prepared(q)
	if err != nil {
		return err
	}
	rows, err := stmt.Query(args...)
	return sqliteError(context.Background(), readRows(rows, err, each))
}

func (sess *sqliteSession) lock(string, ...any) error { return nil }

func (sess *sqliteSession) write(b *batch) error {
	for _, late := range []bool{false, true} {
		for _, w := range b.writes {
			if w.stmt.late != late {
				continue
			}
			if err := sess.exec(cmp.Or(w.stmt.sqlite, w.stmt.one), w.args...); err != nil {
				return err
			}
		}
	}
	return nil
}

func (sess *sqliteSession) commit(b *batch) error {
	if err := sess.write(b); err != nil {
		return err
	}
	if err := sess.exec("commit"); err != nil {
		return err
	}
	if sess.commits++; sess.commits%checkEvery == 0 {
		// The transaction is committed whatever this says.
		if left, err := sess.log("noop"); err == nil && left > checkpointPages {
			sess.engine.checkpoint.ask()
		}
	}
	return nil
}

// log moves the write-ahead log if mode is passive; it returns how many of its pages are not moved.
func (sess *sqliteSession) log(mode string) (left int64, err error) {
	var busy, pages, moved int64
	err = sess.query("pragma wal_checkpoint("+mode+")", nil, func(r row) error { return r.Scan(&busy, &pages, &moved) })
	return pages - moved, err
}

func (sess *sqliteSession) rollback() {
	// An error that rolled back by itself leaves nothing to roll back.
	if _, err := sess.conn.ExecContext(context.Background(), "rollback"); err != nil {
		sess.engine.store.opts.Log.Debug("rollback", "err", err)
	}
}

func (sess *sqliteSession) chatNum() (int64, error) {
	sess.lastNum++
	return sess.lastNum, nil
}

func (sess *sqliteSession) close() {
	for _, stmt := range sess.texts {
		stmt.Close()
	}
	sess.conn.Close()
}

func (sess *sqliteSession) migrate(fn func(migrationTx) error) error {
	if err := sess.begin(nil, nil); err != nil {
		return err
	}
	if err := fn(sqliteMigration{sess}); err != nil {
		sess.rollback()
		return err
	}
	return sess.commit(&batch{})
}

type sqliteMigration struct{ *sqliteSession }

func (m sqliteMigration) exec(text string) error {
	_, err := m.conn.ExecContext(context.Background(), text)
	return err
}

// sqliteError gives errors their general form. A cut-off read is the context's error, whatever the driver calls it.
func sqliteError(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() {
		case sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE:
			return fmt.Errorf("%w: %w", ErrExists, err)
		case sqlite3.SQLITE_CONSTRAINT_NOTNULL: // putRequest, addItem
			return fmt.Errorf("%w: %w", errRace, err)
		}
	}
	return err
}

// patience is how long a lock is waited for at least. A program that was just started by this process, or by the one before it, holds
// copies of their open files for a moment.
const patience = time.Second

// lockSoon locks a file, also when it is let go of only now.
func (s *Store) lockSoon(ctx context.Context, path string) (*os.File, error) {
	const pause = 10 * time.Millisecond
	wait := max(s.opts.Patience, patience)
	for waited := time.Duration(0); ; waited += pause {
		lock, err := lockFile(path)
		if err == nil || waited >= wait {
			return lock, err
		}
		if waited == patience {
			s.opts.Log.Warn("another process has the database: waiting for it to end", "file", path, "at_most", (wait - waited).String())
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, err
		}
	}
}
