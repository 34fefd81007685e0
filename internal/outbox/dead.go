package outbox

import (
	"context"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/openparley/parley/internal/store"
)

// Filter says which dead letters are meant. The zero value means all.
type Filter struct {
	Instance string
	Target   string
	Kind     string
	Chat     string
	IDs      []int64
}

func (f Filter) has(o store.Out) bool {
	is := func(want, got string) bool { return want == "" || want == got }
	return is(f.Target, o.Target) && is(f.Kind, o.Kind) && is(f.Chat, o.ChatID) && (len(f.IDs) == 0 || slices.Contains(f.IDs, o.ID))
}

// Dead reads dead letters, those of one instance after the other, in the order of their ids. It ends with the first error.
func Dead(ctx context.Context, st *store.Store, f Filter) iter.Seq2[store.Out, error] {
	return func(yield func(store.Out, error) bool) {
		instances := []string{f.Instance}
		if f.Instance == "" {
			all, err := instanceIDs(ctx, st)
			if err != nil {
				yield(store.Out{}, err)
				return
			}
			instances = all
		}
		for _, instance := range instances {
			for after, more := int64(0), true; more; {
				page, err := st.DeadOuts(ctx, instance, after, portion)
				if err != nil {
					yield(store.Out{}, err)
					return
				}
				for _, o := range page {
					after = o.ID
					if f.has(o) && !yield(o, nil) {
						return
					}
				}
				more = len(page) == portion
			}
		}
	}
}

func instanceIDs(ctx context.Context, st *store.Store) (ids []string, err error) {
	for after, more := "", true; more; {
		page, err := st.Instances(ctx, after, portion)
		if err != nil {
			return nil, err
		}
		for _, in := range page {
			after = in.ID
			ids = append(ids, in.ID)
		}
		more = len(page) == portion
	}
	return ids, nil
}

// Replay has dead letters told again, each at its old place in its stream, and returns how many. Each lives anew. wake may be nil.
func Replay(ctx context.Context, st *store.Store, f Filter, wake func(lane int, due time.Time)) (int, error) {
	return each(ctx, st, f, func(tx *store.Tx, o store.Out) {
		tx.ReviveOut(o)
		tx.Tell(o)
		if now := tx.Now(); wake != nil {
			tx.AfterCommit(func() { wake(store.LaneTell, now) })
		}
	})
}

// Drop deletes dead letters and returns how many.
func Drop(ctx context.Context, st *store.Store, f Filter) (int, error) {
	return each(ctx, st, f, func(tx *store.Tx, o store.Out) { tx.DeleteOut(o.ID) })
}

// each changes dead letters, those of a chat in one update: a stream that is told meanwhile finds all of its own, or none.
func each(ctx context.Context, st *store.Store, f Filter, change func(*store.Tx, store.Out)) (count int, err error) {
	chats := map[string][]store.Out{}
	for o, err := range Dead(ctx, st, f) {
		if err != nil {
			return 0, err
		}
		o.Body, o.Attributes = nil, nil
		chats[o.ChatID] = append(chats[o.ChatID], o)
	}
	for _, id := range slices.Sorted(maps.Keys(chats)) {
		err := st.Update(ctx, store.Key{Chat: id}, func(tx *store.Tx) error {
			for _, o := range chats[id] {
				change(tx, o)
			}
			return nil
		})
		if err != nil {
			return count, err
		}
		count += len(chats[id])
	}
	return count, nil
}
