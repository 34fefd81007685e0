package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// postgresEngine has connections that write, one for each worker and one more, and others that read, so that no number of reads
// holds up a write.
type postgresEngine struct {
	writers, readers *pgxpool.Pool
}

const (
	// transactionTime bounds a transaction, waits for locks of other nodes included.
	transactionTime = 30 * time.Second

	// lockTime bounds the wait for a lock of another node. A group that meets a longer one runs again one by one.
	lockTime = 3 * time.Second

	// idleTime is after which time the server ends a transaction in which nothing happens: its node hangs, but holds locks.
	idleTime = 10 * time.Second

	// migrationLock is held by the node that changes tables. Any number that nobody else takes.
	migrationLock = 7_027_539_104

	// chatNumBlock is the increment of the sequence chat_nums: so many numbers are drawn at once.
	chatNumBlock = 64
)

func (s *Store) openPostgres(ctx context.Context, dsn string) ([]session, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	workers, readers := s.opts.Workers, s.opts.Readers
	if workers == 0 {
		workers = 4
	}
	if readers == 0 {
		readers = 10
	}
	writers := workers + 1
	if strings.Contains(dsn, "pool_max_conns") {
		readers = max(1, int(config.MaxConns)-writers)
	}
	config.AfterConnect = prepareConnection
	e := &postgresEngine{}
	for pool, size := range map[**pgxpool.Pool]int{&e.writers: writers, &e.readers: readers} {
		c := config.Copy()
		c.MaxConns = int32(size)
		c.MinConns, c.MinIdleConns = min(c.MinConns, c.MaxConns), min(c.MinIdleConns, c.MaxConns)
		if *pool, err = pgxpool.NewWithConfig(ctx, c); err != nil {
			e.close()
			return nil, err
		}
	}
	s.engine = e
	err = migrate("postgres", func(fn func(migrationTx) error) error {
		return postgresError(pgx.BeginFunc(ctx, e.writers, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, "set local lock_timeout = 0"); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock($1)", int64(migrationLock)); err != nil {
				return err
			}
			return fn(postgresMigration{ctx, tx})
		}))
	})
	if err == nil {
		err = s.warnUnsynced(ctx)
	}
	if err != nil {
		e.close()
		return nil, err
	}
	var sessions []session
	for range workers {
		sessions = append(sessions, &postgresSession{pool: e.writers})
	}
	return sessions, nil
}

// prepareConnection sets what every connection needs, whatever the server, the role and the DSN say. All our statements go by an
// index: a plan that reads a whole table is good while the table is small, but would be kept while it grows. A commit is answered when
// it is on disk, here or also elsewhere.
func prepareConnection(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, fmt.Sprintf(`select set_config('enable_seqscan', 'off', false), set_config('lock_timeout', '%d', false),
			set_config('idle_in_transaction_session_timeout', '%d', false), set_config('synchronous_commit',
				case current_setting('synchronous_commit') when 'off' then 'on' else current_setting('synchronous_commit') end, false)`,
		lockTime.Milliseconds(), idleTime.Milliseconds()))
	return err
}

// warnUnsynced says so when the server answers commits before they are on disk.
func (s *Store) warnUnsynced(ctx context.Context) error {
	fsync, err := one(reader{ctx, s}, scanValue[string], "show fsync")
	if err == nil && *fsync == "off" {
		s.opts.Log.Warn("the database is set to lose what it acknowledged when its machine crashes", "fsync", "off")
	}
	return err
}

type postgresMigration struct {
	ctx context.Context
	tx  pgx.Tx
}

func (m postgresMigration) exec(text string) error {
	_, err := m.tx.Exec(m.ctx, text)
	return err
}

func (m postgresMigration) query(q string, args []any, each func(row) error) error {
	return postgresQuery(m.ctx, m.tx, q, args, each)
}

func (m postgresMigration) write(b *batch) error {
	return m.tx.SendBatch(m.ctx, queued(b)).Close()
}

// query reads once more if the connection turns out to be broken, as all are then.
func (e *postgresEngine) query(ctx context.Context, q string, args []any, each func(row) error) error {
	begun := false
	read := func() error {
		return postgresError(postgresQuery(ctx, e.readers, q, args, func(r row) error {
			begun = true
			return each(r)
		}))
	}
	err := read()
	if _, refused := errors.AsType[*pgconn.PgError](err); err == nil || begun || ctx.Err() != nil || refused && !errors.Is(err, errDown) {
		return err
	}
	e.readers.Reset()
	return read()
}

func (e *postgresEngine) queryOnce(ctx context.Context, q string, args []any, each func(row) error) error {
	return e.query(ctx, q, append([]any{pgx.QueryExecModeExec}, args...), each)
}

func postgresQuery(
	ctx context.Context, conn interface {
		Query(context.Context, string, ...any) (pgx.Rows, error)
	}, q string, args []any, each func(row) error,
) error {
	rows, err := conn.Query(ctx, q, args...)
	if err != nil {
		return err
	}
	return postgresRows(rows, each)
}

func postgresRows(rows pgx.Rows, each func(row) error) error {
	defer rows.Close()
	for rows.Next() {
		if each == nil {
			continue
		}
		if err := each(rows); err != nil {
			return err
		}
	}
	rows.Close()
	return rows.Err()
}

func (e *postgresEngine) maintain(ctx context.Context, fn func(querier) error) error {
	return fn(pooled{ctx, e.writers})
}

// pooled runs each statement on its own.
type pooled struct {
	ctx  context.Context
	pool *pgxpool.Pool
}

func (p pooled) query(q string, args []any, each func(row) error) error {
	return postgresError(postgresQuery(p.ctx, p.pool, q, args, each))
}

func (e *postgresEngine) skipLocked() string { return " for update skip locked" }

func (e *postgresEngine) ping(ctx context.Context) error { return e.readers.Ping(ctx) }

func (e *postgresEngine) walBytes() int64 { return 0 }

func (e *postgresEngine) unindexed(column string) string { return column }

func (e *postgresEngine) within(part, whole string) string {
	return "position(" + part + " in " + whole + ") > 0"
}

// scrub leaves the files to the database server: VACUUM and the end of its log's segments take the rest away.
func (e *postgresEngine) scrub(context.Context) error { return nil }

func (e *postgresEngine) close() error {
	for _, pool := range []*pgxpool.Pool{e.writers, e.readers} {
		if pool != nil {
			pool.Close()
		}
	}
	return nil
}

// postgresSession is a worker's transaction: what it needs is asked for with its begin, what it wrote is sent with its commit, so
// that a group costs two round trips.
type postgresSession struct {
	pool *pgxpool.Pool

	conn   *pgxpool.Conn // of the transaction; nil outside
	ctx    context.Context
	cancel context.CancelFunc

	nextNum, lastNum int64 // numbers drawn for chats
}

func (sess *postgresSession) keeps() bool { return false }

// The chats are locked before they are read: each statement sees what was committed before it began, so that only a later one sees
// what the transactions did that the lock waited for. In order of ids, so that two nodes can not wait for each other.
const (
	lockChats     = "select from chats where id = any($1::text[]) order by id for update"
	loadChats     = selectLoaded + " where c.id = any($1::text[])"
	selectReplays = "select i.* from unnest($1::text[], $2::bytea[]) k (chat, token) join chats c on c.id = k.chat cross join lateral (" +
		selectItems + " where chat = c.num and token = k.token limit 1) i"
)

func (sess *postgresSession) begin(keys []Key, into *known) (err error) {
	sess.ctx, sess.cancel = context.WithTimeout(context.Background(), transactionTime)
	if sess.conn, err = sess.pool.Acquire(sess.ctx); err != nil {
		return fmt.Errorf("%w: %w", errDown, err)
	}
	var chats, tokenChats []string
	var tokens [][]byte
	for _, k := range keys {
		if k.Chat == "" {
			continue
		}
		if _, ok := into.chats.get(k.Chat); !ok {
			into.chats.put(k.Chat, loaded{})
			chats = append(chats, k.Chat)
		}
		if len(k.Token) > 0 {
			tokenChats, tokens = append(tokenChats, k.Chat), append(tokens, k.Token)
		}
	}
	var b pgx.Batch
	b.Queue("begin isolation level read committed")
	if len(chats) > 0 {
		b.Queue(lockChats, chats)
		b.Queue(loadChats, chats)
	}
	if len(tokens) > 0 {
		b.Queue(selectReplays, tokenChats, tokens)
	}
	answers := sess.conn.SendBatch(sess.ctx, &b)
	_, err = answers.Exec()
	if err == nil && len(chats) > 0 {
		if _, err = answers.Exec(); err == nil {
			err = readKnown(answers, keys, len(tokens) > 0, into)
		}
	}
	if e := answers.Close(); err == nil {
		err = e
	}
	return sess.failed(err)
}

// failed gives an error of the transaction its general form. When a connection breaks the others are not trusted either.
func (sess *postgresSession) failed(err error) error {
	_, refused := errors.AsType[*pgconn.PgError](err)
	if err = postgresError(err); err != nil && !refused && sess.conn.Conn().IsClosed() {
		err = fmt.Errorf("%w: %w", errDown, err)
	}
	if errors.Is(err, errDown) {
		sess.pool.Reset()
	}
	return err
}

// readKnown reads the chats, their contacts and the replayed items from the answers to begin.
func readKnown(answers pgx.BatchResults, keys []Key, replays bool, into *known) error {
	q := answered{answers}
	chats, err := all(q, scanLoaded, "")
	if err != nil {
		return err
	}
	nums := make(map[string]int64, len(chats))
	for _, l := range chats {
		into.chats.put(l.chat.ID, l)
		nums[l.chat.ID] = l.chat.Num
	}
	if !replays {
		return nil
	}
	for _, k := range keys {
		if num, ok := nums[k.Chat]; ok && len(k.Token) > 0 {
			into.replays[replayKey{num, string(k.Token)}] = nil
		}
	}
	items, err := all(q, scanItem, "")
	for i := range items {
		into.replays[replayKey{items[i].Chat, string(items[i].Token)}] = &items[i]
	}
	return err
}

// answered reads the answers to a batch, one after another.
type answered struct{ answers pgx.BatchResults }

func (a answered) query(_ string, _ []any, each func(row) error) error {
	rows, err := a.answers.Query()
	if err != nil {
		return err
	}
	return postgresRows(rows, each)
}

func (sess *postgresSession) query(q string, args []any, each func(row) error) error {
	return sess.failed(postgresQuery(sess.ctx, sess.conn, q, args, each))
}

func (sess *postgresSession) lock(q string, args ...any) error {
	return sess.query(q, args, nil)
}

func (sess *postgresSession) write(b *batch) error { return sess.failed(sess.send(b, "")) }

// commit sends the commit with the writes: if one of them is refused, the server passes over all that follows.
func (sess *postgresSession) commit(b *batch) error {
	err := sess.send(b, "commit")
	if err == nil {
		sess.end()
		return nil
	}
	if err = postgresError(err); errors.Is(err, errDown) || sess.conn.Conn().IsClosed() {
		return fmt.Errorf("commit: %w: %w", errUnknown, err)
	}
	return err
}

func (sess *postgresSession) send(b *batch, last string) error {
	out := queued(b)
	if last != "" {
		out.Queue(last)
	}
	return sess.conn.SendBatch(sess.ctx, out).Close()
}

// queued has the writes of a kind together.
func queued(b *batch) *pgx.Batch {
	out := &pgx.Batch{}
	for _, rows := range b.byKind() {
		if s := rows[0].stmt; len(rows) > 1 && s.many != "" {
			out.Queue(s.many, arrays(rows)...)
			continue
		}
		for _, w := range rows {
			out.Queue(w.stmt.one, w.args...)
		}
	}
	return out
}

func (sess *postgresSession) rollback() {
	if sess.conn != nil && !sess.conn.Conn().IsClosed() {
		// If this fails the pool finds the connection in a transaction and drops it.
		_, _ = sess.conn.Exec(sess.ctx, "rollback")
	}
	sess.end()
}

func (sess *postgresSession) end() {
	if sess.conn != nil {
		sess.conn.Release()
		sess.conn = nil
	}
	sess.cancel()
}

func (sess *postgresSession) chatNum() (int64, error) {
	if sess.nextNum == sess.lastNum {
		err := sess.query("select nextval('chat_nums')", nil, func(r row) error { return r.Scan(&sess.nextNum) })
		if err != nil {
			return 0, err
		}
		sess.lastNum = sess.nextNum + chatNumBlock
	}
	sess.nextNum++
	return sess.nextNum - 1, nil
}

func (sess *postgresSession) close() {}

// postgresError gives errors their general form. Source of the codes: PostgreSQL documentation, appendix A.
func postgresError(err error) error {
	if err == nil {
		return nil
	}
	e, refused := errors.AsType[*pgconn.PgError](err)
	if !refused {
		return err
	}
	switch e.Code {
	case "40001", "40P01": // serialization failure, deadlock
		return fmt.Errorf("%w: %w", errRace, err)
	case "23502": // null: putRequest
		return fmt.Errorf("%w: %w", errRace, err)
	case "23505": // not unique
		if e.TableName == "items" {
			return fmt.Errorf("%w: %w", errRace, err)
		}
		return fmt.Errorf("%w: %w", ErrExists, err)
	case "57P01", "57P02", "57P03": // the server stops or starts
		return fmt.Errorf("%w: %w", errDown, err)
	case "42P05", "26000": // prepared statement exists already, does not exist
		return fmt.Errorf("%w (a pooler that hands each transaction another connection needs default_query_exec_mode=exec in the DSN)", err)
	}
	return err
}
