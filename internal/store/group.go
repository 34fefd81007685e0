package store

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// session is the connection of one worker and what the databases do differently in its transactions. Any error of a session means
// that the transaction can only be rolled back.
type session interface {
	// begin starts a transaction. A database that other nodes write to locks the chats of the keys and loads what they name.
	begin(keys []Key, into *known) error

	// query reads within the transaction.
	query(q string, args []any, each func(row) error) error

	// lock runs a statement that locks; nothing if there is only one writer anyway.
	lock(q string, args ...any) error

	// write writes rows within the transaction.
	write(b *batch) error

	// commit writes the rows, commits and syncs. If it fails nothing is written, or the error is an errUnknown.
	commit(b *batch) error

	// rollback ends a transaction that was not committed, if there is one.
	rollback()

	// chatNum gives a number that no chat has.
	chatNum() (int64, error)

	// keeps reports whether nobody else writes to the database, so that rows may be kept from one transaction to the next.
	keeps() bool

	close()
}

// errRace is the error of a transaction that met another one and is worth running again.
var errRace = errors.New("met another transaction")

// errDown is the error of a transaction whose connection broke, or could not be made, before it was committed.
var errDown = errors.New("no connection")

// errUnknown is the error of a transaction that may or may not be committed: the connection broke meanwhile.
var errUnknown = errors.New("the outcome is not known")

// maxRaces bounds how often an update runs again because it met others.
const maxRaces = 10

// worker runs the updates of its chats, one group after another. All its fields but queue belong to its goroutine.
type worker struct {
	store *Store
	sess  session
	queue queue

	known known
	out   batch // written by finished updates of this group, not yet by the database
	wrote bool  // the database has got something of this group

	// broken is the first error of the database in this group.
	broken error
}

func newWorker(s *Store, sess session) *worker {
	return &worker{store: s, sess: sess, queue: newQueue(), known: newKnown(sess.keeps())}
}

func (w *worker) update(ctx context.Context, k Key, fn func(*Tx) error) error {
	return w.queue.put(ctx, &request{key: k, fn: fn, done: make(chan struct{})})
}

// run does updates until the queue is closed.
func (w *worker) run() {
	defer w.sess.close()
	var group []*request
	for {
		group = w.queue.take(group[:0])
		if len(group) == 0 {
			return
		}
		w.do(group)
		clear(group)
	}
}

// do runs a group in one transaction; if the database refuses it, each update on its own.
func (w *worker) do(group []*request) {
	err := w.attempt(group)
	if errors.Is(err, errDown) { // the next connection may be better
		err = w.attempt(group)
	}
	switch {
	case err == nil || errors.Is(err, errDown) || errors.Is(err, errUnknown):
		w.answer(group, err)
	case len(group) == 1:
		w.again(group, err)
	default:
		w.store.counts.reruns.Add(1)
		for i := range group {
			one := group[i : i+1]
			if err := w.attempt(one); err == nil || errors.Is(err, errUnknown) {
				w.answer(one, err)
			} else {
				w.again(one, err)
			}
		}
	}
}

// again repeats an update that failed with err for as long as it meets other transactions.
func (w *worker) again(one []*request, err error) {
	for race := 1; errors.Is(err, errRace) && race < maxRaces; race++ {
		time.Sleep(time.Duration(race*race) * time.Millisecond)
		err = w.attempt(one)
	}
	w.answer(one, err)
}

// answer tells the callers of a group that it was committed, or why not.
func (w *worker) answer(group []*request, err error) {
	if errors.Is(err, errUnknown) {
		w.store.doubt(group)
	}
	for _, r := range group {
		if err != nil {
			r.err = err
		} else if r.err == nil {
			w.store.counts.updates.Add(1)
			for _, f := range r.after {
				w.call(f)
			}
		}
		close(r.done)
	}
}

// call runs a function of AfterCommit. Its update is done: a panic in it can only be logged.
func (w *worker) call(f func()) {
	defer func() {
		if p := recover(); p != nil {
			w.store.opts.Log.Error("panic after commit", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	f()
}

// attempt runs a group in one transaction. The updates' own errors are in their requests; the error it returns is of the database.
func (w *worker) attempt(group []*request) (err error) {
	w.out.reset()
	w.wrote, w.broken = false, nil
	w.known.begin()
	defer func() {
		if err != nil {
			w.sess.rollback()
			w.known.undo()
		}
	}()
	keys := make([]Key, len(group))
	for i, r := range group {
		keys[i] = r.key
	}
	if err := w.sess.begin(keys, &w.known); err != nil {
		return err
	}
	for _, r := range group {
		w.runOne(r)
		if w.broken != nil {
			return w.broken
		}
	}
	if !w.wrote && len(w.out.writes) == 0 {
		w.sess.rollback()
		return nil
	}
	start := time.Now()
	if err := w.sess.commit(&w.out); err != nil {
		return err
	}
	w.store.counts.writing.Add(int64(time.Since(start)))
	w.store.counts.groups.Add(1)
	return nil
}

// runOne runs one update of the group; its writes join the group's if it returns without error.
func (w *worker) runOne(r *request) {
	r.err, r.after = nil, nil
	tx := &Tx{w: w, key: r.key, now: w.store.Now()}
	if w.broken = w.load(tx); w.broken != nil {
		return
	}
	err := guard(r.fn, tx)
	if err == nil {
		err = tx.handOver(&w.out)
	}
	if err != nil {
		r.err = err
		return
	}
	r.after = tx.after
	w.known.learn(tx)
}

// guard makes an error of a panic in fn.
func guard(fn func(*Tx) error, tx *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in an update: %v\n%s", p, debug.Stack())
		}
	}()
	return fn(tx)
}

// load gives a transaction what its key names.
func (w *worker) load(tx *Tx) error {
	id, token := tx.key.Chat, tx.key.Token
	if id == "" {
		return nil
	}
	k := &w.known
	k.changed = append(k.changed, id)
	l, ok := k.chats.get(id)
	if !ok || l.stale {
		found, err := readLoaded(w, id)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if found == nil {
			found = &loaded{}
		}
		l.chat, l.contact, l.stale = found.chat, found.contact, false
		k.chats.put(id, l)
	}
	if l.chat == nil {
		return nil
	}
	tx.was = l
	tx.chat, tx.contact = l.chat.clone(), l.contact.clone()
	if len(token) == 0 {
		return nil
	}
	if it, ok := k.replays[replayKey{l.chat.Num, string(token)}]; ok {
		tx.replay = it
		return nil
	}
	if k.keeps {
		may, err := w.mayHave(&l, token)
		k.chats.put(id, l)
		if err != nil || !may {
			return err
		}
	}
	it, err := readReplay(w, l.chat.Num, token)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	tx.replay = it
	return nil
}

// mayHave reports whether a chat of SQLite may have an item with the token. A chat that is written to but once in a while is not worth
// reading all its tokens.
func (w *worker) mayHave(l *loaded, token []byte) (bool, error) {
	if l.tokens == nil && l.asked && l.chat.Seq <= maxTokens {
		marks, err := readMarks(w, l.chat.Num)
		if err != nil {
			return false, err
		}
		l.tokens = marks
	}
	l.asked = true
	if l.tokens == nil {
		return hasMark(w, l.chat.Num, mark(token))
	}
	_, may := l.tokens[markNumber(mark(token))]
	return may, nil
}

// query reads for an update: the database must have got the writes of those before it.
func (w *worker) query(q string, args []any, each func(row) error) error {
	if w.broken != nil {
		return w.broken
	}
	if len(w.out.writes) > 0 {
		w.writes()
		if w.broken = w.sess.write(&w.out); w.broken != nil {
			return w.broken
		}
		w.out.reset()
	}
	w.broken = w.sess.query(q, args, each)
	return w.broken
}

// writes has the group committed even if nothing is left to write at its end.
func (w *worker) writes() { w.wrote = true }

func (w *worker) lock(q string, args ...any) error {
	if w.broken == nil {
		w.broken = w.sess.lock(q, args...)
	}
	return w.broken
}

func (w *worker) chatNum() (num int64, err error) {
	if w.broken == nil {
		num, w.broken = w.sess.chatNum()
	}
	return num, w.broken
}
