package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/store/storetest"
)

func TestNewest(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, e storetest.Engine) {
		s := storetest.Open(t, e, store.Options{})
		putInstance(t, s)
		var ids []string
		want := map[string]int64{}
		newest := func(ids ...string) {
			t.Helper()
			got, err := s.Newest(t.Context(), ids)
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("%d chats: %v\n%s", len(ids), err, diff)
			}
		}
		newest()
		newest("nobody's")

		for i := range 5 {
			id := uuid.NewString()
			startChat(t, s, id) // with two items
			for range i {
				update(t, s, store.Key{Chat: id}, func(tx *store.Tx) error {
					tx.Append(tx.Chat(), item(id, tx.Chat().Participants[0], "text/plain", "x", nil))
					return nil
				})
			}
			ids, want[id] = append(ids, id), int64(2+i)
			newest(append([]string{"nobody's"}, ids...)...)
		}

		bare := uuid.NewString()
		update(t, s, store.Key{}, func(tx *store.Tx) error {
			tx.CreateChat(
				&store.Chat{ID: bare, InstanceID: instanceID, ContactID: bare},
				&store.Contact{ID: bare, ChatID: bare, InstanceID: instanceID},
			)
			return nil
		})
		ids, want[bare] = append(ids, bare), 0
		for range 500 {
			ids = append(ids, uuid.NewString())
		}
		newest(ids...)
	})
}
