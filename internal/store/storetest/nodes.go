package storetest

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/openparley/parley/internal/store"
)

// What is here needs connections and other nodes, which SQLite has not.

// lockedRowsAreNewest changes a flow on one node between another node's reading it in a group and changing it in the same group.
func lockedRowsAreNewest(w *world) {
	if w.engine != Postgres {
		return
	}
	s, other := w.oneWorker(), w.nodes[1]
	w.update(store.Key{}, func(tx *store.Tx) error {
		tx.PutFlow(&store.Flow{ID: "f", InstanceID: instanceID, Name: "flow", Published: 1})
		return nil
	})
	change := func(change func(*store.Flow)) func(*store.Tx) error {
		return func(tx *store.Tx) error {
			if err := tx.LockInstance(instanceID); err != nil {
				return err
			}
			f, err := tx.Flow("f")
			if err != nil {
				return err
			}
			change(f)
			tx.PutFlow(f)
			return nil
		}
	}
	errs := w.group(s,
		keyed{store.Key{}, func(tx *store.Tx) error {
			if _, err := tx.Flow("f"); err != nil {
				return err
			}
			return other.Update(w.Context(), store.Key{}, change(func(f *store.Flow) { f.Published = 2 }))
		}},
		keyed{store.Key{}, change(func(f *store.Flow) { f.Description = "described" })},
	)
	w.is("errors", errs, []error{nil, nil})
	f, err := other.Flow(w.Context(), "f")
	if err != nil {
		w.Fatal(err)
	}
	w.is("published version", f.Published, int64(2))
	w.is("description", f.Description, "described")
}

// unknownOutcomeIsReported commits while the connection breaks.
func unknownOutcomeIsReported(w *world) {
	if w.engine != Postgres {
		return
	}
	proxy := newLosingProxy(w.T, w.dsn)
	doubts := make(chan []string, 1)
	s := OpenDSN(w, proxy.dsn, store.Options{Now: w.clock, Doubt: func(chats []string) { doubts <- chats }})
	id, num := w.chat()
	err := s.Update(w.Context(), store.Key{Chat: id}, func(tx *store.Tx) error {
		say(tx, "one", nil)
		tx.AfterCommit(func() { w.Error("AfterCommit of an update whose outcome is not known ran") })
		proxy.lose.Store(true)
		return nil
	})
	if err == nil {
		w.Error("the update did not fail")
	}
	select {
	case chats := <-doubts:
		if !slices.Equal(chats, []string{id}) {
			w.Errorf("chats in doubt: %q, want %q", chats, id)
		}
		w.is("transcript", w.transcript(num), "one")
	case <-time.After(10 * time.Second):
		w.Error("Doubt was not called")
	}
}

// readsHoldUpNoUpdate starts many more reads than there are connections. They wait for a lock that updates do not need.
func readsHoldUpNoUpdate(w *world) {
	if w.engine != Postgres {
		return
	}
	const reads = 50
	id, num := w.chat()
	release := w.hold("lock table flow_log in access exclusive mode")
	ctx, cancel := context.WithCancel(w.Context())
	var reading sync.WaitGroup
	var ended atomic.Int32
	for range reads {
		reading.Go(func() {
			defer ended.Add(1)
			if _, err := w.nodes[0].FlowLog(ctx, "contact", 0, 1); err == nil {
				w.Error("a read passed the lock")
			}
		})
	}
	time.Sleep(100 * time.Millisecond) // or however few wait by now
	w.update(store.Key{Chat: id}, saying("x"))
	w.is("reads that ended before the update", ended.Load(), int32(0))
	cancel()
	reading.Wait()
	release()
	w.is("transcript", w.transcript(num), "x")
}

// longLockHarmsNoOther has somebody keep a chat locked that shares a group with another.
func longLockHarmsNoOther(w *world) {
	if w.engine != Postgres {
		return
	}
	s := w.oneWorker()
	locked, lockedNum := w.chat()
	other, otherNum := w.chat()
	release := w.hold("select from chats where id = '" + locked + "' for update")
	errs := w.group(s, keyed{store.Key{Chat: locked}, saying("never")}, keyed{store.Key{Chat: other}, saying("one")})
	if errs[0] == nil || errs[1] != nil {
		w.Errorf("errors %v, want one for the chat that is locked", errs)
	}
	release()
	w.is("another try", s.Update(w.Context(), store.Key{Chat: locked}, saying("two")), nil)
	w.is("transcript of the locked chat", w.transcript(lockedNum), "two")
	w.is("transcript of the other", w.transcript(otherNum), "one")
}

// hold runs a statement behind the store's back, in a transaction that lasts until release.
func (w *world) hold(text string) (release func()) {
	w.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, w.dsn)
	if err != nil {
		w.Fatal(err)
	}
	release = func() { conn.Close(ctx) }
	w.Cleanup(release)
	for _, text := range []string{"begin", text} {
		if _, err := conn.Exec(ctx, text); err != nil {
			w.Fatal(err)
		}
	}
	return release
}
