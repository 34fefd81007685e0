package storetest

import (
	"slices"
	"time"

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
