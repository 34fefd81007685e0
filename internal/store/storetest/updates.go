package storetest

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/openparley/parley/internal/store"
)

func itemSeqHasNoGaps(w *world) {
	const writers, each = 8, 25
	id, num := w.chat()
	var running sync.WaitGroup
	for i := range writers {
		running.Go(func() {
			for range each {
				if err := w.node(i).Update(w.Context(), store.Key{Chat: id}, saying("x")); err != nil {
					w.Error(err)
				}
			}
		})
	}
	running.Wait()
	items, err := w.nodes[0].Items(w.Context(), num, store.ItemQuery{})
	if err != nil {
		w.Fatal(err)
	}
	w.is("number of items", len(items), writers*each)
	for i := range items {
		if items[i].Seq != int64(i+1) || i > 0 && items[i].At <= items[i-1].At {
			w.Fatalf("item %d has Seq %d and At %d", i+1, items[i].Seq, items[i].At)
		}
	}
	c, err := w.nodes[0].Chat(w.Context(), id)
	if err != nil {
		w.Fatal(err)
	}
	w.is("newest Seq", c.Seq, int64(writers*each))
	w.is("newest At", c.LastAt, items[len(items)-1].At)
}

func itemTimesGrow(w *world) {
	id, _ := w.chat()
	var at []int64
	for _, step := range []int64{0, 0, 0, 1000} {
		w.now.Add(step)
		w.update(store.Key{Chat: id}, func(tx *store.Tx) error {
			w.is("now", tx.Now(), time.UnixMilli(w.now.Load()).UTC())
			at = append(at, say(tx, "x", nil).At-startOfTime)
			return nil
		})
	}
	w.is("times", at, []int64{0, 1, 2, 1000})
}

var errOwn = errors.New("the update's own")

func failedUpdateLeavesNothing(w *world) {
	s := w.oneWorker()
	id, num := w.chat()
	other, ct := newChat()
	bad := func(tx *store.Tx) error {
		tx.CreateChat(other, ct)
		tx.Append(other, &store.Item{ID: "1"})
		say(tx, "bad", []byte("token"))
		tx.Chat().CustomerID = "changed"
		tx.PutChat(tx.Chat())
		tx.Contact().Name = "changed"
		tx.PutContact(tx.Contact())
		tx.PutJob(store.Job{Kind: "k", Key: "bad", Due: 1})
		tx.PutRequest(store.Request{Scope: "s", Token: "t", ExpiresAt: startOfTime + 1})
		tx.AfterCommit(func() { w.Error("AfterCommit of a failed update ran") })
		return errOwn
	}
	unchanged := func(tx *store.Tx) error {
		w.is("CustomerID", tx.Chat().CustomerID, "")
		w.is("Name", tx.Contact().Name, "")
		w.is("Replay", tx.Replay(), (*store.Item)(nil))
		say(tx, "good", nil)
		return nil
	}
	key := store.Key{Chat: id, Token: []byte("token")}
	errs := w.group(s, keyed{key, saying("first")}, keyed{key, bad}, keyed{key, unchanged})
	w.is("errors", errs, []error{nil, errOwn, nil})
	w.is("alone", s.Update(w.Context(), key, bad), errOwn)
	w.update(key, unchanged)

	w.is("transcript", w.transcript(num), "first good good")
	_, err := s.Chat(w.Context(), other.ID)
	w.fails("chat of a failed update", err, store.ErrNotFound)
	_, due, err := s.NextDue(w.Context())
	w.is("a job is there", []any{due, err}, []any{false, nil})
	w.update(store.Key{}, func(tx *store.Tx) error {
		_, err := tx.Request("s", "t")
		w.fails("request of a failed update", err, store.ErrNotFound)
		return nil
	})
}

// rowsAreItsOwn: what an update that fails does to its rows, nobody else sees, however deep inside.
func rowsAreItsOwn(w *world) {
	chat, contact := fill[store.Chat]("Num", "Seq", "LastAt"), fill[store.Contact]()
	contact.ID, contact.ChatID, chat.EndedAt = chat.ContactID, chat.ID, 0
	instance, queue, flow := fill[store.Instance](), fill[store.Queue](), fill[store.Flow]()
	view, module, hours, prompt := fill[store.View](), fill[store.Module](), fill[store.Hours](), fill[store.Prompt]()
	w.update(store.Key{}, func(tx *store.Tx) error {
		tx.CreateChat(chat, contact)
		tx.PutInstance(instance)
		tx.PutQueue(queue)
		tx.PutFlow(flow)
		tx.PutView(view)
		tx.PutModule(module)
		tx.PutHours(hours)
		tx.PutPrompt(prompt)
		return nil
	})
	rows := func(tx *store.Tx) []any {
		all := []any{tx.Chat(), tx.Contact()}
		read := func(row any, err error) {
			if err != nil {
				w.Error(err)
			}
			all = append(all, row)
		}
		read(tx.Instance(instance.ID))
		read(tx.Queue(queue.ID))
		read(tx.Flow(flow.ID))
		read(tx.View(view.ID))
		read(tx.Module(module.ID))
		read(tx.Hours(hours.ID))
		read(tx.Prompt(prompt.ID))
		return all
	}
	key := store.Key{Chat: chat.ID}
	var before string
	w.update(key, func(tx *store.Tx) error {
		before = jsonOf(rows(tx))
		return nil
	})
	err := w.node(0).Update(w.Context(), key, func(tx *store.Tx) error {
		for _, row := range rows(tx) {
			spoil(reflect.ValueOf(row).Elem())
		}
		return errOwn
	})
	w.is("error", err, errOwn)
	w.update(key, func(tx *store.Tx) error {
		w.same("rows after an update that failed", jsonOf(rows(tx)), before, nil)
		return nil
	})
}

func jsonOf(v any) string {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		panic(err)
	}
	return string(b)
}

// spoil empties all that a row holds beside its own fields. Bytes, and numbers behind pointers, are only ever replaced.
func spoil(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			spoil(v.Field(i))
		}
	case reflect.Map:
		v.Clear()
	case reflect.Slice:
		for i := range v.Len() {
			if e := v.Index(i); e.Kind() != reflect.Uint8 {
				spoil(e)
				e.SetZero()
			}
		}
	case reflect.Pointer:
		if v.Type().Elem().Kind() == reflect.Struct {
			spoil(v.Elem())
			v.Elem().SetZero()
		}
	}
}

func panicHurtsNobodyElse(w *world) {
	s := w.oneWorker()
	id, num := w.chat()
	errs := w.group(s,
		keyed{store.Key{Chat: id}, saying("one")},
		keyed{store.Key{Chat: id}, func(tx *store.Tx) error {
			say(tx, "bad", nil)
			panic("on purpose")
		}},
		keyed{store.Key{Chat: id}, saying("two")},
	)
	if errs[0] != nil || errs[2] != nil || errs[1] == nil || !strings.Contains(errs[1].Error(), "on purpose") {
		w.Errorf("errors %v", errs)
	}
	w.update(store.Key{Chat: id}, saying("three"))
	w.is("transcript", w.transcript(num), "one two three")
	w.update(store.Key{Chat: id}, func(tx *store.Tx) error {
		tx.AfterCommit(func() { panic("after commit, on purpose") })
		return nil
	})
	w.update(store.Key{Chat: id}, saying("four"))
}

func groupWithOneBadUpdate(w *world) {
	s := w.oneWorker()
	id, num := w.chat()
	taken, ct := newChat()
	taken.ID = id // the database refuses it
	before := s.Stats()
	var ran atomic.Int32
	errs := w.group(s,
		keyed{store.Key{Chat: id}, saying("one")},
		keyed{store.Key{Chat: id}, func(tx *store.Tx) error {
			ran.Add(1)
			tx.CreateChat(taken, ct)
			tx.AfterCommit(func() { w.Error("AfterCommit of a refused update ran") })
			return nil
		}},
		keyed{store.Key{Chat: id}, saying("two")},
	)
	w.is("errors of the others", []error{errs[0], errs[2]}, []error{nil, nil})
	w.fails("the refused update", errs[1], store.ErrExists)
	w.is("runs of the refused update", ran.Load(), int32(2))
	w.is("transcript", w.transcript(num), "one two")
	after := s.Stats()
	w.is("reruns", after.Reruns-before.Reruns, int64(1))
}

// updateSeesThoseBefore checks what one transaction shows to the updates that share it.
func updateSeesThoseBefore(w *world) {
	s := w.oneWorker()
	id, _ := w.chat()
	fresh, ct := newChat()
	ct.QueueID = "q"
	var item *store.Item
	errs := w.group(s,
		keyed{store.Key{Chat: id, Token: []byte("token")}, func(tx *store.Tx) error {
			item = say(tx, "one", []byte("token"))
			tx.Chat().CustomerID = "ada"
			tx.PutChat(tx.Chat())
			tx.CreateChat(fresh, ct)
			tx.PutJob(store.Job{Kind: "k", Key: "j", ChatID: id, Due: 7})
			tx.PutRequest(store.Request{Scope: "s", Token: "t", Answer: []byte("a"), ExpiresAt: startOfTime + 1})
			tx.PutFlow(&store.Flow{ID: "f", InstanceID: instanceID, Name: "flow"})
			if _, err := tx.Flow("f"); !errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("an update sees its own flow: %w", err)
			}
			return nil
		}},
		keyed{store.Key{Chat: fresh.ID}, func(tx *store.Tx) error {
			if tx.Chat() == nil || tx.Contact() == nil {
				return errors.New("the new chat is not there")
			}
			say(tx, "hello", nil)
			return nil
		}},
		keyed{store.Key{Chat: id, Token: []byte("token")}, func(tx *store.Tx) error {
			if r := tx.Replay(); r == nil || r.ID != item.ID {
				return fmt.Errorf("replay %v", r)
			}
			w.is("CustomerID", tx.Chat().CustomerID, "ada")
			w.is("Seq", tx.Chat().Seq, int64(1))
			live, err := tx.CountLiveChats(instanceID, 9)
			w.is("live chats", []any{live, err}, []any{2, nil})
			live, err = tx.CountLiveChats(instanceID, 1)
			w.is("live chats up to 1", []any{live, err}, []any{1, nil})
			queued, err := tx.CountQueued("q", 9)
			w.is("queued contacts", []any{queued, err}, []any{1, nil})
			j, err := tx.Job("k", "j")
			w.is("job", []any{j, err}, []any{&store.Job{Kind: "k", Key: "j", ChatID: id, Due: 7}, nil})
			r, err := tx.Request("s", "t")
			if err != nil || string(r.Answer) != "a" {
				return fmt.Errorf("request %v %w", r, err)
			}
			f, err := tx.Flow("f")
			if err != nil || f.Name != "flow" {
				return fmt.Errorf("flow %v %w", f, err)
			}
			it, err := tx.Item(tx.Chat().Num, item.Seq)
			if err != nil || it.Content != "one" {
				return fmt.Errorf("item %v %w", it, err)
			}
			it.Extra = []byte(`{"read":1}`)
			tx.PutItemExtra(it)
			tx.DeleteJob("k", "j")
			fl := *f
			fl.Name = "renamed"
			tx.PutFlow(&fl)
			return nil
		}},
		keyed{store.Key{Chat: fresh.ID}, func(tx *store.Tx) error {
			w.is("Seq of the new chat", tx.Chat().Seq, int64(1))
			_, err := tx.Job("k", "j")
			w.fails("deleted job", err, store.ErrNotFound)
			it, err := tx.Item(item.Chat, item.Seq)
			if err != nil || string(it.Extra) != `{"read":1}` {
				return fmt.Errorf("item %v %w", it, err)
			}
			flows, err := tx.CountFlows(instanceID, 9)
			w.is("flows", []any{flows, err}, []any{1, nil})
			if f, err := tx.Flow("f"); err != nil || f.Name != "renamed" {
				return fmt.Errorf("flow %v %w", f, err)
			}
			ended := tx.Chat()
			ended.EndedAt = startOfTime
			tx.PutChat(ended)
			contact := tx.Contact()
			contact.EndedAt = startOfTime
			tx.PutContact(contact)
			return nil
		}},
		keyed{store.Key{}, func(tx *store.Tx) error {
			live, err := tx.CountLiveChats(instanceID, 9)
			w.is("live chats after one ended", []any{live, err}, []any{1, nil})
			queued, err := tx.CountQueued("q", 9)
			w.is("queued contacts after one ended", []any{queued, err}, []any{0, nil})
			return nil
		}},
	)
	w.is("errors", errs, make([]error, len(errs)))
	w.is("reruns", s.Stats().Reruns, int64(0))
}

func rowIsWrittenAsItIsAtTheEnd(w *world) {
	c, ct := newChat()
	w.update(store.Key{}, func(tx *store.Tx) error {
		tx.CreateChat(c, ct)
		again, err := tx.ContactByID(ct.ID)
		w.is("the contact that was put", []any{again, err}, []any{ct, nil})
		tx.PutContact(again)
		c.CustomerID, ct.Name = "late", "late"
		tx.PutChat(c)
		tx.PutJob(store.Job{Kind: "k", Key: "1", Due: 1})
		tx.DeleteJob("k", "1")
		tx.DeleteJob("k", "2")
		tx.PutJob(store.Job{Kind: "k", Key: "2", Due: 2})
		return nil
	})
	for _, s := range w.nodes {
		got, err := s.Chat(w.Context(), c.ID)
		if err != nil {
			w.Fatal(err)
		}
		w.is("CustomerID", got.CustomerID, "late")
		gotContact, err := s.Contact(w.Context(), ct.ID)
		if err != nil {
			w.Fatal(err)
		}
		w.is("Name", gotContact.Name, "late")
	}
	due, ok, err := w.nodes[0].NextDue(w.Context())
	w.is("next due", []any{due.UnixMilli(), ok, err}, []any{int64(2), true, nil})
}

func appendNeedsTheChat(w *world) {
	id, _ := w.chat()
	other, _ := newChat()
	err := w.nodes[0].Update(w.Context(), store.Key{Chat: id}, func(tx *store.Tx) error {
		tx.Append(other, &store.Item{ID: "1"})
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), other.ID) {
		w.Errorf("appending to another chat: %v", err)
	}
}

func afterCommitRunsInOrder(w *world) {
	id, num := w.chat()
	var mu sync.Mutex
	var seen []int64
	var running sync.WaitGroup
	for range 50 {
		running.Go(func() {
			err := w.nodes[0].Update(w.Context(), store.Key{Chat: id}, func(tx *store.Tx) error {
				it := say(tx, "x", nil)
				tx.AfterCommit(func() {
					if _, err := w.nodes[0].ItemByID(context.Background(), num, it.ID); err != nil {
						w.Errorf("item of a finished update: %v", err)
					}
					mu.Lock()
					defer mu.Unlock()
					seen = append(seen, it.Seq)
				})
				return nil
			})
			if err != nil {
				w.Error(err)
			}
		})
	}
	running.Wait()
	for i, seq := range seen {
		w.is("order", seq, int64(i+1))
	}
	w.is("calls", len(seen), 50)
}

func endedContext(w *world) {
	s := w.oneWorker()
	id, num := w.chat()
	ctx, cancel := context.WithCancel(context.Background())
	var inside, after error
	w.group(s,
		keyed{store.Key{Chat: id}, func(tx *store.Tx) error {
			say(tx, "one", nil)
			cancel() // the next two wait in the queue, one of them with this context
			return nil
		}},
		keyed{store.Key{Chat: id}, saying("two")},
	)
	after = s.Update(ctx, store.Key{Chat: id}, saying("never"))
	w.fails("context that ended before", after, context.Canceled)

	ctx, cancel = context.WithCancel(context.Background())
	inside = s.Update(ctx, store.Key{Chat: id}, func(tx *store.Tx) error {
		cancel()
		say(tx, "three", nil)
		return nil
	})
	w.is("context that ended meanwhile", inside, nil)

	// One that waits: the worker is held by an update until the waiting one has given up.
	ctx, cancel = context.WithCancel(context.Background())
	gaveUp := make(chan error)
	w.update(store.Key{}, func(*store.Tx) error { return nil })
	err := s.Update(context.Background(), store.Key{}, func(*store.Tx) error {
		go func() { gaveUp <- s.Update(ctx, store.Key{Chat: id}, saying("never")) }()
		for s.Stats().Waiting == 0 {
			time.Sleep(100 * time.Microsecond)
		}
		cancel()
		w.fails("context that ended in the queue", <-gaveUp, context.Canceled)
		return nil
	})
	w.is("the update that held the worker", err, nil)
	w.is("transcript", w.transcript(num), "one two three")
}

func cancelledContexts(w *world) {
	const callers, each = 8, 60
	id, num := w.chat()
	var done, reads atomic.Int64
	var running sync.WaitGroup
	for i := range callers {
		running.Go(func() {
			for range each {
				ctx, cancel := context.WithTimeout(w.Context(), time.Duration(random(10_000))*time.Microsecond)
				s := w.node(i)
				if random(2) == 0 {
					switch err := s.Update(ctx, store.Key{Chat: id}, saying("x")); {
					case err == nil:
						done.Add(1)
					case !errors.Is(err, context.DeadlineExceeded):
						w.Errorf("update: %v", err)
					}
				} else {
					switch _, err := s.Items(ctx, num, store.ItemQuery{}); {
					case err == nil:
						reads.Add(1)
					case !errors.Is(err, context.DeadlineExceeded):
						w.Errorf("read: %v", err)
					}
				}
				cancel()
			}
		})
	}
	running.Wait()
	if done.Load() == 0 || reads.Load() == 0 {
		w.Errorf("%d updates and %d reads were in time", done.Load(), reads.Load())
	}
	w.is("items", strings.Count(w.transcript(num), "x"), int(done.Load()))
	for _, s := range w.nodes {
		if err := s.Update(w.Context(), store.Key{Chat: id}, saying("x")); err != nil {
			w.Error(err)
		}
	}
}

func closedStoreRefuses(w *world) {
	s := w.nodes[0]
	if err := s.Close(); err != nil {
		w.Fatal(err)
	}
	w.fails("update", s.Update(w.Context(), store.Key{}, func(*store.Tx) error { return nil }), store.ErrClosed)
	if err := s.Ping(w.Context()); err == nil {
		w.Error("a closed store answers")
	}
}

func replayFindsToken(w *world) {
	id, num := w.chat()
	another, _ := w.chat()
	token := []byte{0, 1, 0xff}
	var first *store.Item
	w.update(store.Key{Chat: id, Token: token}, func(tx *store.Tx) error {
		w.is("first replay", tx.Replay(), (*store.Item)(nil))
		first = say(tx, "one", token)
		say(tx, "two", nil)
		return nil
	})
	found := func(s *store.Store) {
		w.Helper()
		err := s.Update(w.Context(), store.Key{Chat: id, Token: token}, func(tx *store.Tx) error {
			w.is("replay", tx.Replay(), first)
			return nil
		})
		if err != nil {
			w.Error(err)
		}
		for _, k := range []store.Key{{Chat: id, Token: []byte("other")}, {Chat: id}, {Chat: another, Token: token}, {Token: token}} {
			err := s.Update(w.Context(), k, func(tx *store.Tx) error {
				w.is("replay without an item", tx.Replay(), (*store.Item)(nil))
				return nil
			})
			if err != nil {
				w.Error(err)
			}
		}
	}
	for _, s := range w.nodes {
		found(s)
	}
	w.reopen()
	for _, s := range w.nodes {
		found(s)
	}

	// Of many at once, on all nodes, one writes.
	var wrote atomic.Int32
	var running sync.WaitGroup
	for i := range 20 {
		running.Go(func() {
			key := store.Key{Chat: id, Token: []byte("race")}
			err := w.node(i).Update(w.Context(), key, func(tx *store.Tx) error {
				if tx.Replay() == nil {
					say(tx, "three", key.Token)
					tx.AfterCommit(func() { wrote.Add(1) })
				}
				return nil
			})
			if err != nil {
				w.Error(err)
			}
		})
	}
	running.Wait()
	w.is("writers", wrote.Load(), int32(1))
	w.is("transcript", w.transcript(num), "one two three")
}

func requestIsAnsweredOnce(w *world) {
	var mu sync.Mutex
	var made, seen []string
	w.overlap(func(tx *store.Tx) error {
		r, err := tx.Request("scope", "token")
		if errors.Is(err, store.ErrNotFound) {
			r = &store.Request{
				Scope: "scope", Token: "token", Hash: []byte("hash"), Answer: []byte(uuid.NewString()), ExpiresAt: startOfTime + 1000,
			}
			tx.PutRequest(*r)
			tx.AfterCommit(func() {
				mu.Lock()
				defer mu.Unlock()
				made = append(made, string(r.Answer))
			})
		} else if err != nil {
			return err
		}
		tx.AfterCommit(func() {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, string(r.Answer))
		})
		return nil
	})
	if len(made) != 1 {
		w.Fatalf("answers made: %v", made)
	}
	w.is("answers", seen, []string{made[0], made[0]})
}

func requestExpires(w *world) {
	put := func(answer string) {
		w.update(store.Key{}, func(tx *store.Tx) error {
			tx.PutRequest(store.Request{Scope: "s", Token: "t", Answer: []byte(answer), ExpiresAt: tx.Now().UnixMilli() + 1000})
			return nil
		})
	}
	answer := func() (answer string) {
		w.update(store.Key{}, func(tx *store.Tx) error {
			r, err := tx.Request("s", "t")
			if errors.Is(err, store.ErrNotFound) {
				return nil
			}
			answer = string(r.Answer)
			return err
		})
		return answer
	}
	put("one")
	w.now.Add(999)
	w.is("before it expires", answer(), "one")
	if err := w.nodes[0].DeleteExpired(w.Context()); err != nil {
		w.Fatal(err)
	}
	w.is("still before", answer(), "one")
	w.now.Add(1)
	w.is("expired", answer(), "")
	put("two")
	w.is("answered anew", answer(), "two")
	w.now.Add(1000)
	if err := w.nodes[0].DeleteExpired(w.Context()); err != nil {
		w.Fatal(err)
	}
	w.is("deleted", answer(), "")
}

// answersAreNotKeptForEver: who erases a chat relies on how long answers can name it.
func answersAreNotKeptForEver(w *world) {
	put := func(life time.Duration) error {
		return w.nodes[0].Update(w.Context(), store.Key{}, func(tx *store.Tx) error {
			tx.PutRequest(store.Request{Scope: "s", Token: life.String(), ExpiresAt: tx.Now().Add(life).UnixMilli()})
			return nil
		})
	}
	w.is("as long as can be", put(store.MaxRequestLife), nil)
	if err := put(store.MaxRequestLife + time.Millisecond); err == nil {
		w.Error("an answer is kept for longer than MaxRequestLife")
	}
}

func expiredRequestsAreDeletedInPortions(w *world) {
	const requests, portions = 2500, 3
	w.update(store.Key{}, func(tx *store.Tx) error {
		for i := range requests {
			tx.PutRequest(store.Request{Scope: "s", Token: fmt.Sprint(i), ExpiresAt: startOfTime + 1})
		}
		tx.PutRequest(store.Request{Scope: "s", Token: "later", ExpiresAt: startOfTime + 2})
		return nil
	})
	w.now.Add(1)
	before := w.nodes[0].Stats().Groups
	if err := w.nodes[0].DeleteExpired(w.Context()); err != nil {
		w.Fatal(err)
	}
	if w.engine == SQLite { // others write between them
		w.is("transactions", w.nodes[0].Stats().Groups-before, int64(portions))
	}
	w.now.Add(-1) // nothing has expired
	w.update(store.Key{}, func(tx *store.Tx) error {
		for i := range requests {
			if _, err := tx.Request("s", fmt.Sprint(i)); !errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("request %d: %w", i, err)
			}
		}
		_, err := tx.Request("s", "later")
		return err
	})
}

func countsUnderLock(w *world) {
	var started atomic.Int32
	start := func(limit int) func(*store.Tx) error {
		return func(tx *store.Tx) error {
			if err := tx.LockInstance(instanceID); err != nil {
				return err
			}
			n, err := tx.CountLiveChats(instanceID, limit)
			if err != nil {
				return err
			}
			if n >= limit {
				return errOwn
			}
			c, ct := newChat()
			tx.CreateChat(c, ct)
			tx.AfterCommit(func() { started.Add(1) })
			return nil
		}
	}
	w.overlap(start(1))
	w.is("chats started with a limit of 1", started.Load(), int32(1))
	w.overlap(start(5))
	w.is("chats started after that", started.Load(), int32(3))
}

func secretsAreMadeOnce(w *world) {
	var made atomic.Int32
	w.overlap(func(tx *store.Tx) error {
		secrets, err := tx.Secrets("token-key")
		if err != nil || len(secrets) > 0 {
			return err
		}
		tx.PutSecret(store.Secret{Kind: "token-key", ID: uuid.NewString(), Value: []byte{0}, CreatedAt: 1})
		tx.AfterCommit(func() { made.Add(1) })
		return nil
	})
	w.is("secrets made", made.Load(), int32(1))
	w.update(store.Key{}, func(tx *store.Tx) error {
		tx.PutSecret(store.Secret{Kind: "token-key", ID: "newer", Value: []byte{0}, CreatedAt: 2})
		tx.PutSecret(store.Secret{Kind: "access-key", ID: "other", Value: []byte{1}, CreatedAt: 3})
		return nil
	})
	secrets, err := w.nodes[0].Secrets(w.Context(), "token-key")
	if err != nil || len(secrets) != 2 || secrets[0].ID != "newer" {
		w.Errorf("secrets %v, %v", secrets, err)
	}
}

// random returns a number below n.
func random(n int) int {
	id := uuid.New()
	return int(binary.BigEndian.Uint32(id[:4])) % n
}

// booksBalance runs updates that succeed, fail, panic and run out of time, side by side on a few chats, and then compares what the
// callers were told with what is stored. Each good update adds an item and one to a count in the chat, the contact and a job.
func booksBalance(w *world) {
	const chats, callers, each = 3, 12, 60
	ids, nums, good := make([]string, chats), make([]int64, chats), make([]atomic.Int64, chats)
	for i := range ids {
		ids[i], nums[i] = w.chat()
	}
	var running sync.WaitGroup
	for i := range callers {
		running.Go(func() {
			for range each {
				chat, outcome := random(chats), random(8)
				ctx, cancel := context.WithTimeout(w.Context(), time.Minute)
				if outcome == 0 {
					cancel()
					ctx, cancel = context.WithTimeout(w.Context(), time.Duration(random(2000))*time.Microsecond)
				}
				err := w.node(i).Update(ctx, store.Key{Chat: ids[chat]}, func(tx *store.Tx) error {
					say(tx, "x", nil)
					c, ct := tx.Chat(), tx.Contact()
					c.StartedAt++
					ct.UpdatedAt++
					tx.PutChat(c)
					tx.PutContact(ct)
					tx.PutJob(store.Job{Kind: "count", Key: c.ID, Due: c.Seq})
					switch outcome {
					case 1:
						return errOwn
					case 2:
						panic(errOwn)
					case 3: // refused by the database, and so its whole group
						tx.CreateChat(&store.Chat{ID: ids[0]}, &store.Contact{ID: ids[0]})
					}
					return nil
				})
				cancel()
				if err == nil {
					good[chat].Add(1)
				}
				if ok := err == nil; ok != (outcome == 0 || outcome > 3) && !errors.Is(err, context.DeadlineExceeded) {
					w.Errorf("outcome %d: %v", outcome, err)
				}
			}
		})
	}
	running.Wait()
	for i, id := range ids {
		want := good[i].Load()
		w.is("items", int64(strings.Count(w.transcript(nums[i]), "x")), want)
		for _, s := range w.nodes {
			err := s.Update(w.Context(), store.Key{Chat: id}, func(tx *store.Tx) error {
				w.is("count in the chat", tx.Chat().StartedAt-startOfTime, want)
				w.is("count in the contact", tx.Contact().UpdatedAt, want)
				j, err := tx.Job("count", id)
				if err == nil {
					w.is("count in the job", j.Due, want)
				}
				return err
			})
			if err != nil {
				w.Error(err)
			}
		}
	}
}
