package storetest

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"sync"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/openparley/parley/internal/store"
)

func out(chatID, target string, n int) store.Out {
	return store.Out{
		Stream: chatID + "/" + target, Target: target, ChatID: chatID, ContactID: chatID, InstanceID: instanceID, Kind: "event",
		At: startOfTime, Body: []byte(strconv.Itoa(n)),
	}
}

func bodies(outs []store.Out) string {
	var all []string
	for _, o := range outs {
		all = append(all, string(o.Body))
	}
	return strings.Join(all, " ")
}

func (w *world) outs(stream string) []store.Out {
	w.Helper()
	outs, err := w.nodes[0].Outs(w.Context(), stream, 1000)
	if err != nil {
		w.Fatal(err)
	}
	return outs
}

func outsAreToldInOrder(w *world) {
	id, _ := w.chat()
	key := store.Key{Chat: id}
	full := fill[store.Out]("ID", "DeadAt")
	full.ChatID, full.Stream = id, id+"/full"
	w.update(key, func(tx *store.Tx) error {
		for i := range 3 {
			tx.PutOut(out(id, "x", i))
			tx.PutOut(out(id, "y", i))
		}
		tx.PutOut(*full)
		return nil
	})
	got := w.outs(full.Stream)
	full.ID = got[0].ID
	w.same("full row", got, []store.Out{*full}, nil)
	x := w.outs(id + "/x")
	w.is("stream", bodies(x), "0 1 2")

	// The second is given up: the others go on.
	w.update(key, func(tx *store.Tx) error {
		tx.BuryOut(x[1].ID, 77, "410 Gone")
		n, err := tx.CountOuts(id+"/x", 9)
		w.same("CountOuts before this update", n, 3, err)
		return nil
	})
	w.is("without the dead", bodies(w.outs(id+"/x")), "0 2")
	dead, err := w.nodes[0].DeadOuts(w.Context(), instanceID, 0, 9)
	if err != nil || len(dead) != 1 || dead[0].DeadAt != 77 || dead[0].Error != "410 Gone" {
		w.Fatalf("dead: %+v, %v", dead, err)
	}
	w.update(key, func(tx *store.Tx) error {
		tx.DeleteOuts(id+"/x", x[1].ID)
		return nil
	})
	w.is("told are gone", bodies(w.outs(id+"/x")), "2")
	w.update(key, func(tx *store.Tx) error {
		tx.ReviveOut(dead[0])
		return nil
	})
	w.is("revived at its old place", bodies(w.outs(id+"/x")), "1 2")
	w.update(key, func(tx *store.Tx) error {
		tx.DeleteOuts(id+"/x", x[2].ID)
		return nil
	})
	w.update(key, func(tx *store.Tx) error {
		n, err := tx.CountOuts(id+"/x", 9)
		w.same("CountOuts of an empty stream", n, 0, err)
		tx.PutOut(out(id, "x", 3))
		return nil
	})
	after := w.outs(id + "/x")
	if len(after) != 1 || after[0].ID <= x[2].ID {
		w.Errorf("after a stream was empty: %+v, before it %d", after, x[2].ID)
	}
	w.is("other stream", bodies(w.outs(id+"/y")), "0 1 2")
	err = w.nodes[0].Update(w.Context(), store.Key{}, func(tx *store.Tx) error {
		tx.PutOut(out(id, "x", 4))
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), id) {
		w.Errorf("an out of a chat that the update does not hold: %v", err)
	}
}

// outsGrowInCommitOrder has a reader that remembers how far it has read, as who tells them does, while several nodes write.
func outsGrowInCommitOrder(w *world) {
	const writers, each = 4, 50
	id, _ := w.chat()
	stream := id + "/x"
	var writing sync.WaitGroup
	for i := range writers {
		writing.Go(func() {
			for n := range each {
				err := w.node(i).Update(w.Context(), store.Key{Chat: id}, func(tx *store.Tx) error {
					say(tx, "x", nil)
					tx.PutOut(out(id, "x", int(tx.Chat().Seq)))
					if n%5 == 0 {
						return errOwn
					}
					return nil
				})
				if err != nil && !errors.Is(err, errOwn) {
					w.Error(err)
				}
			}
		})
	}
	ended := make(chan struct{})
	go func() {
		writing.Wait()
		close(ended)
	}()
	told := 0
	for last := false; ; {
		outs := w.outs(stream)
		for _, o := range outs {
			told++
			w.is("next", string(o.Body), strconv.Itoa(told))
		}
		if len(outs) > 0 {
			w.update(store.Key{Chat: id}, func(tx *store.Tx) error {
				tx.DeleteOuts(stream, outs[len(outs)-1].ID)
				return nil
			})
		}
		if last {
			break
		}
		select {
		case <-ended:
			last = true
		default:
		}
	}
	w.is("told", told, writers*each*4/5)
}

func attachmentsBelongToChats(w *world) {
	a := fill[store.Attachment]()
	b := &store.Attachment{ID: "b", ChatID: a.ChatID}
	w.update(store.Key{}, func(tx *store.Tx) error {
		tx.PutAttachment(a)
		tx.PutAttachment(b)
		tx.PutAttachment(&store.Attachment{ID: "c", ChatID: "another"})
		return nil
	})
	w.reopen()
	w.update(store.Key{}, func(tx *store.Tx) error {
		got, err := tx.Attachment(a.ID)
		w.same("Tx.Attachment", got, a, err)
		n, err := tx.CountAttachments(a.ChatID, 9)
		w.same("count", n, 2, err)
		n, err = tx.CountAttachments(a.ChatID, 1)
		w.same("count up to one", n, 1, err)
		got.Status = "APPROVED"
		tx.PutAttachment(got)
		tx.DeleteAttachment("b")
		return nil
	})
	a.Status = "APPROVED"
	got, err := w.nodes[0].Attachment(w.Context(), a.ID)
	w.same("Attachment", got, a, err)
	all, err := w.nodes[0].Attachments(w.Context(), a.ChatID)
	w.same("Attachments", all, []store.Attachment{*a}, err)
	_, err = w.nodes[0].Attachment(w.Context(), "b")
	w.fails("deleted", err, store.ErrNotFound)
}

func bindingsAreReplaced(w *world) {
	w.update(store.Key{}, func(tx *store.Tx) error {
		tx.PutBinding(store.Binding{Scope: "s", Key: "k", ChatID: "1"})
		return nil
	})
	w.update(store.Key{}, func(tx *store.Tx) error {
		tx.PutBinding(store.Binding{Scope: "s", Key: "k", ChatID: "2"})
		return nil
	})
	for _, s := range w.nodes {
		got, err := s.Binding(w.Context(), "s", "k")
		w.same("binding", got, &store.Binding{Scope: "s", Key: "k", ChatID: "2"}, err)
	}
	w.update(store.Key{}, func(tx *store.Tx) error {
		_, err := tx.Binding("s", "l")
		w.fails("none", err, store.ErrNotFound)
		return nil
	})
}

func contactsOfAChatAreListed(w *world) {
	id, _ := w.chat()
	want := []string{id}
	for i := range 3 {
		next := uuid.NewString()
		w.update(store.Key{Chat: id}, func(tx *store.Tx) error {
			tx.PutContact(&store.Contact{ID: next, ChatID: id, InstanceID: instanceID, InitiatedAt: startOfTime + int64(i)})
			tx.Chat().ContactID = next
			tx.PutChat(tx.Chat())
			return nil
		})
		want = append(want, next)
	}
	w.chat()
	ids := func(contacts []store.Contact, err error) (ids []string) {
		if err != nil {
			w.Fatal(err)
		}
		for _, ct := range contacts {
			ids = append(ids, ct.ID)
		}
		return ids
	}
	w.is("contacts", ids(w.nodes[0].ChatContacts(w.Context(), id)), want)
}

func endedChatsPage(w *world) {
	var want, customer []string
	for i := range 7 {
		c, ct := newChat()
		c.EndedAt = startOfTime + int64(i/2)
		switch i {
		case 3:
			c.EndedAt = 0
		case 4:
			c.InstanceID = "another"
		}
		if i%2 == 0 {
			c.CustomerID = "ada"
		}
		w.update(store.Key{}, func(tx *store.Tx) error {
			tx.CreateChat(c, ct)
			return nil
		})
		if i != 4 && c.EndedAt != 0 && c.EndedAt < startOfTime+3 {
			want = append(want, c.ID)
		}
		if i%2 == 0 && i != 4 {
			customer = append(customer, c.ID)
		}
	}
	var got []string
	for after := (store.ChatPlace{}); ; {
		page, err := w.nodes[0].EndedChats(w.Context(), instanceID, startOfTime+3, after, 2)
		if err != nil {
			w.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, c := range page {
			got = append(got, c.ID)
			after = c.Place()
		}
	}
	w.sameSet("ended", got, want)
	got = nil
	for after := ""; ; {
		page, err := w.nodes[0].CustomerChats(w.Context(), instanceID, "ada", after, 2)
		if err != nil {
			w.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, c := range page {
			got = append(got, c.ID)
			after = c.ID
		}
	}
	w.sameSet("of a customer", got, customer)
	none, err := w.nodes[0].CustomerChats(w.Context(), instanceID, "", "", 9)
	w.same("of no customer", len(none), 0, err)
}

func (w *world) sameSet(what string, got, want []string) {
	w.Helper()
	seen := map[string]int{}
	for _, id := range got {
		seen[id]++
	}
	for _, id := range want {
		seen[id]--
	}
	for id, n := range seen {
		if n != 0 {
			w.Errorf("%s: %s comes %d times too often", what, id, n)
		}
	}
}

func erasedChatLeavesNothing(w *world) {
	const items = 2500
	make := func() (string, int64) {
		c, ct := newChat()
		c.CustomerID, c.InitialMessage = "ada", "hello"
		second := &store.Contact{ID: uuid.NewString(), ChatID: c.ID, InstanceID: instanceID, InitiatedAt: startOfTime}
		c.ContactID = second.ID
		w.update(store.Key{}, func(tx *store.Tx) error {
			tx.CreateChat(c, ct)
			tx.PutContact(second)
			for i := range items {
				tx.Append(c, &store.Item{ID: strconv.Itoa(i), ContactID: c.ID, Content: "x", Token: []byte(strconv.Itoa(i))})
			}
			tx.PutOut(out(c.ID, "x", 1))
			for _, kind := range []string{"item", "process"} {
				live, dead := out(c.ID, kind, 1), out(c.ID, kind, 2)
				live.Kind, dead.Kind, dead.DeadAt = kind, kind, startOfTime
				tx.PutOut(live)
				tx.PutOut(dead)
			}
			tx.PutAttachment(&store.Attachment{ID: uuid.NewString(), ChatID: c.ID})
			tx.PutBinding(store.Binding{Scope: "s", Key: c.ID, ChatID: c.ID})
			for range 2 {
				tx.AppendFlowLog(c.ID, 1, []byte("line"))
				tx.AppendFlowLog(second.ID, 1, []byte("line"))
			}
			return nil
		})
		return c.ID, c.Num
	}
	rows := func() string {
		var counts []string
		for _, table := range []string{"chats", "contacts", "items", "outs", "attachments", "bindings", "flow_log"} {
			counts = append(counts, w.ask("select count(*) from "+table))
		}
		return strings.Join(counts, " ")
	}
	id, num := make()
	other, otherNum := make()
	w.is("before", rows(), "2 4 5000 10 2 2 8")
	if err := w.nodes[0].EraseItems(w.Context(), id); err == nil || !strings.Contains(err.Error(), "has not ended") {
		w.Errorf("erase a live chat: %v", err)
	}
	end := func(id string) {
		w.update(store.Key{Chat: id}, func(tx *store.Tx) error {
			tx.Chat().EndedAt = startOfTime
			tx.PutChat(tx.Chat())
			return nil
		})
	}
	end(id)
	end(other)
	if err := w.nodes[0].EraseItems(w.Context(), id); err != nil {
		w.Fatal(err)
	}
	w.is("after the items", rows(), "2 4 2500 6 2 2 4")
	w.is("transcript", w.transcript(num), "")
	w.update(store.Key{Chat: id, Token: []byte("1")}, func(tx *store.Tx) error {
		w.is("replay", tx.Replay(), (*store.Item)(nil))
		w.is("what is left of the chat", []any{tx.Chat().Seq, tx.Chat().InitialMessage, tx.Chat().CustomerID}, []any{int64(0), "", "ada"})
		return nil
	})
	for range 2 { // once more does no harm
		if err := w.nodes[0].EraseChat(w.Context(), id); err != nil {
			w.Fatal(err)
		}
		w.is("after the chat", rows(), "1 2 2500 5 1 1 4")
	}
	w.update(store.Key{Chat: id}, func(tx *store.Tx) error {
		w.is("erased chat", tx.Chat(), (*store.Chat)(nil))
		return nil
	})
	w.is("items of the other", len(strings.Fields(w.transcript(otherNum))), items)

	// An erasure that was cut off is finished by another.
	ctx, cancel := context.WithCancel(w.Context())
	cancel()
	w.fails("cut off", w.nodes[0].EraseChat(ctx, other), context.Canceled)
	if err := w.nodes[len(w.nodes)-1].EraseChat(w.Context(), other); err != nil {
		w.Fatal(err)
	}
	w.is("after all", rows(), "0 0 0 0 0 0 0")
}

// ask runs a query with one value behind the store's back.
func (w *world) ask(text string) string {
	w.Helper()
	var answer int64
	var err error
	if path, ok := strings.CutPrefix(w.dsn, "sqlite:"); ok {
		db, e := sql.Open("sqlite", "file:"+path)
		if e != nil {
			w.Fatal(e)
		}
		defer db.Close()
		err = db.QueryRow(text).Scan(&answer)
	} else {
		conn, e := pgx.Connect(w.Context(), w.dsn)
		if e != nil {
			w.Fatal(e)
		}
		defer conn.Close(context.Background())
		err = conn.QueryRow(w.Context(), text).Scan(&answer)
	}
	if err != nil {
		w.Fatalf("%s: %v", text, err)
	}
	return strconv.FormatInt(answer, 10)
}
