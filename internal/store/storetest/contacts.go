package storetest

import (
	"fmt"

	"github.com/openparley/parley/internal/store"
)

// contactsOfTreeAndQueue checks how contacts are found by the tree they belong to and by the queue that they are, or were, in.
func contactsOfTreeAndQueue(w *world) {
	const queue = "q"
	row := func(id string, at int64, change func(*store.Contact)) *store.Contact {
		ct := &store.Contact{ID: id, ChatID: id, InstanceID: instanceID, InitiatedAt: at}
		change(ct)
		return ct
	}
	rows := []*store.Contact{
		row("root", 10, func(*store.Contact) {}),
		row("second", 20, func(ct *store.Contact) { ct.ChatID = "root" }),
		row("later", 20, func(ct *store.Contact) { ct.AssociationID, ct.RelatedID = "root", "second" }),
		row("alone", 15, func(*store.Contact) {}),
		row("waits", 1, func(ct *store.Contact) { ct.QueueID = queue }),
		row("urgent", 1, func(ct *store.Contact) { ct.QueueID, ct.EnqueuedAt, ct.QueuePriority = queue, 9000, 1 }),
		row("adjusted", 1, func(ct *store.Contact) { ct.QueueID, ct.EnqueuedAt, ct.QueueAdjust = queue, 1000, 2 }),
		row("waits-too", 1, func(ct *store.Contact) { ct.QueueID = queue }),
		row("waits-elsewhere", 1, func(ct *store.Contact) { ct.QueueID = "p" }),
		row("gave-up", 1, func(ct *store.Contact) { ct.QueueID, ct.EndedAt = queue, 9 }),
		row("answered-long-ago", 1, func(ct *store.Contact) { ct.QueueID, ct.AgentAt, ct.EndedAt = queue, 30, 90 }),
		row("answered", 1, func(ct *store.Contact) { ct.QueueID, ct.AgentAt, ct.AgentID = queue, 50, "a" }),
		row("answered-by-another", 1, func(ct *store.Contact) { ct.QueueID, ct.AgentAt, ct.AgentID = queue, 40, "b" }),
		row("answered-last", 1, func(ct *store.Contact) { ct.QueueID, ct.AgentAt, ct.AgentID = queue, 60, "a" }),
		row("answered-elsewhere", 1, func(ct *store.Contact) { ct.QueueID, ct.AgentAt, ct.AgentID = "p", 55, "c" }),
	}
	byID := map[string]*store.Contact{}
	w.update(store.Key{}, func(tx *store.Tx) error {
		for _, ct := range rows {
			byID[ct.ID] = ct
			tx.PutContact(ct)
		}
		n, err := tx.CountQueued(queue, 9)
		w.same("CountQueued before they are written", n, 0, err)
		return nil
	})
	ids := func(contacts []store.Contact) (ids []string) {
		for _, ct := range contacts {
			ids = append(ids, ct.ID)
		}
		return ids
	}
	for _, s := range w.nodes {
		ctx := w.Context()
		got, err := s.AssociatedContacts(ctx, "root", 0, "", 9)
		w.same("the tree", ids(got), []string{"root", "later", "second"}, err)
		got, err = s.AssociatedContacts(ctx, "root", 10, "root", 1)
		w.same("its second page", ids(got), []string{"later"}, err)
		got, err = s.AssociatedContacts(ctx, "root", 20, "second", 9)
		w.same("behind the last", ids(got), []string(nil), err)
		for place, id := range []string{"urgent", "adjusted", "waits", "waits-too"} {
			before, all, err := s.QueuePlace(ctx, byID[id])
			w.same("place of "+id, [2]int{before, all}, [2]int{place, 4}, err)
		}
		got, err = s.AnsweredContacts(ctx, instanceID, queue, 30, 9)
		w.same("who got an agent", ids(got), []string{"answered-last", "answered", "answered-by-another"}, err)
		got, err = s.AnsweredContacts(ctx, instanceID, queue, 0, 1)
		w.same("the last who did", ids(got), []string{"answered-last"}, err)
	}
	w.update(store.Key{}, func(tx *store.Tx) error {
		n, err := tx.CountQueued(queue, 9)
		w.same("CountQueued", n, 4, err)
		n, oldest, err := tx.Queued(queue, "waits")
		w.same("Queued", [2]int64{int64(n), oldest}, [2]int64{3, 0}, err)
		n, oldest, err = tx.Queued("none", "")
		w.same("Queued in no queue", [2]int64{int64(n), oldest}, [2]int64{}, err)
		before, all, err := tx.QueuePlace(byID["waits"])
		w.same("place in a transaction", [2]int{before, all}, [2]int{2, 4}, err)
		got, err := tx.AnsweredContacts(instanceID, queue, 30, 9)
		w.same("who got an agent, in a transaction", ids(got), []string{"answered-last", "answered", "answered-by-another"}, err)
		for except, want := range map[[2]string]int{{"", ""}: 2, {"answered", ""}: 2, {"answered-by-another", ""}: 1, {"", "a"}: 1, {"answered", "a"}: 1, {"answered-by-another", "a"}: 0} {
			n, err := tx.Agents(queue, except[0], except[1])
			w.same(fmt.Sprintf("agents but for %q", except), n, want, err)
		}
		return nil
	})
}
