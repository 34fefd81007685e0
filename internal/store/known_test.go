package store

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// memory opens a store with one chat for each name.
func memory(t *testing.T, chats ...string) *Store {
	t.Helper()
	s, err := Open(t.Context(), "sqlite::memory:", Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	err = s.Update(t.Context(), Key{}, func(tx *Tx) error {
		for _, id := range chats {
			tx.CreateChat(&Chat{ID: id, ContactID: id}, &Contact{ID: id, ChatID: id})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// say appends an item with that token, and reports whether there was one already.
func say(t *testing.T, s *Store, chat, token string) (replayed bool) {
	t.Helper()
	err := s.Update(t.Context(), Key{chat, []byte(token)}, func(tx *Tx) error {
		replayed = tx.Replay() != nil
		if !replayed {
			tx.Append(tx.Chat(), &Item{ID: token, Token: []byte(token)})
		} else if got := string(tx.Replay().Token); got != token {
			return fmt.Errorf("replay of %q has the token %q", token, got)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return replayed
}

// knows returns what the worker of SQLite knows of a chat.
func knows(t *testing.T, s *Store, chat string) (l loaded) {
	t.Helper()
	err := s.Update(t.Context(), Key{}, func(tx *Tx) error {
		l, _ = tx.w.known.chats.get(chat)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestTokensOfARefusedGroup: a group that the database refuses just when the tokens of a chat are read leaves none of them unknown.
func TestTokensOfARefusedGroup(t *testing.T) {
	s := memory(t, "c")
	say(t, s, "c", "first")
	flow := func(id string) error {
		return s.Update(t.Context(), Key{}, func(tx *Tx) error {
			tx.PutFlow(&Flow{ID: id, InstanceID: "i", Name: "taken"})
			return nil
		})
	}
	if err := flow("f"); err != nil {
		t.Fatal(err)
	}
	runs, release := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		err := s.Update(t.Context(), Key{}, func(tx *Tx) error {
			l, _ := tx.w.known.chats.get("c")
			l.tokens, l.asked = nil, true // as after a restart and one message
			tx.w.known.chats.put("c", l)
			close(runs)
			<-release
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-runs
	for i, join := range []func(){
		func() {
			if err := flow("g"); !errors.Is(err, ErrExists) {
				t.Errorf("a second flow of the name: %v", err)
			}
		},
		func() { say(t, s, "c", "second") },
	} {
		group.Go(join)
		for s.Stats().Waiting <= i {
			runtime.Gosched()
		}
	}
	close(release)
	group.Wait()
	if s.Stats().Reruns == 0 {
		t.Error("the group was not refused")
	}
	for _, token := range []string{"first", "second"} {
		if !say(t, s, "c", token) {
			t.Errorf("what was said with the token %q is said again", token)
		}
	}
}

// TestReplayIsFoundWhateverIsKnown says everything twice, with room for all chats, for one of them, and for none.
func TestReplayIsFoundWhateverIsKnown(t *testing.T) {
	chats := []string{"a", "b", "c"}
	for _, limit := range []int{knownBytes, 2500, 1} {
		s := memory(t, chats...)
		err := s.Update(t.Context(), Key{}, func(tx *Tx) error {
			tx.w.known.chats.limit = limit
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 60 {
			for _, chat := range chats {
				// Two tokens have the same mark, one has fewer bytes than a mark.
				for _, token := range []string{fmt.Sprintf("one-%04d", i), fmt.Sprintf("two-%04d", i), fmt.Sprint(i)} {
					if say(t, s, chat, token) {
						t.Errorf("limit %d: %q was found in %q before it was said", limit, token, chat)
					}
					if !say(t, s, chat, token) {
						t.Errorf("limit %d: %q was not found in %q", limit, token, chat)
					}
				}
			}
		}
		for _, chat := range chats {
			for i := range 60 {
				if token := fmt.Sprintf("one-%04d", i); !say(t, s, chat, token) {
					t.Errorf("limit %d: %q was not found in %q at the end", limit, token, chat)
				}
			}
			if c, err := s.Chat(t.Context(), chat); err != nil || c.Seq != 180 {
				t.Errorf("limit %d: chat %v, %v", limit, c, err)
			}
		}
	}
}

func TestFailuresDoNotForgetTokens(t *testing.T) {
	s := memory(t, "chat", "other")
	say(t, s, "chat", "token")
	err := s.Update(t.Context(), Key{"chat", []byte("refused")}, func(tx *Tx) error {
		tx.Append(tx.Chat(), &Item{ID: "refused", Token: []byte("refused")})
		return errors.New("refused")
	})
	if err == nil {
		t.Error("the update did not fail")
	}
	if l := knows(t, s, "chat"); l.stale || l.tokens == nil || l.chat.Seq != 1 {
		t.Errorf("after a refused update: %+v", l)
	}
	err = s.Update(t.Context(), Key{"chat", []byte("refused")}, func(tx *Tx) error {
		tx.Append(tx.Chat(), &Item{ID: "refused", Token: []byte("refused")})
		tx.CreateChat(&Chat{ID: "other"}, &Contact{ID: "new"})
		return nil
	})
	if !errors.Is(err, ErrExists) {
		t.Errorf("a chat that exists was created: %v", err)
	}
	if l := knows(t, s, "chat"); !l.stale || l.tokens == nil {
		t.Errorf("after an update that the database refused: %+v", l)
	}
	if say(t, s, "chat", "refused") {
		t.Error("the token of a failed update was found")
	}
	if !say(t, s, "chat", "token") {
		t.Error("a token was not found after failures")
	}
}

// TestTakenNumberIsRefused has the worker believe that the chat has one item less.
func TestTakenNumberIsRefused(t *testing.T) {
	s := memory(t, "chat")
	say(t, s, "chat", "one")
	l := knows(t, s, "chat")
	l.chat.Seq--
	say(t, s, "chat", "two")
	items, err := s.Items(t.Context(), l.chat.Num, ItemQuery{})
	if err != nil || len(items) != 2 || items[0].ID != "one" || items[0].Seq != 1 || items[1].ID != "two" || items[1].Seq != 2 {
		t.Errorf("items %+v, %v", items, err)
	}
}

func TestLongChatKeepsNoTokens(t *testing.T) {
	l := loaded{tokens: map[uint32]struct{}{}}
	l.addToken(&Item{Seq: maxTokens, Token: []byte("token")})
	if len(l.tokens) != 1 {
		t.Errorf("tokens %v, want one", l.tokens)
	}
	l.addToken(&Item{Seq: maxTokens + 1, Token: []byte("another")})
	if l.tokens != nil {
		t.Errorf("tokens %v of a chat that is too long", l.tokens)
	}
}

func TestRecentForgetsWhatWasUsedLeastRecently(t *testing.T) {
	c := newRecent[int](10, func(s *string) int { return len(*s) })
	is := func(want map[int]string) {
		t.Helper()
		for key := range 6 {
			if got, ok := c.get(key); got != want[key] || ok != (want[key] != "") {
				t.Errorf("get(%d) = %q, %v, want %q", key, got, ok, want[key])
			}
		}
	}
	c.put(1, "four")
	c.put(2, "four")
	c.get(1)
	c.put(3, "four")
	is(map[int]string{1: "four", 3: "four"})
	c.put(1, "sixsix")
	is(map[int]string{1: "sixsix", 3: "four"})
	c.put(3, "fivef")
	is(map[int]string{3: "fivef"})
	c.put(4, "more than fits")
	is(map[int]string{4: "more than fits"})
	c.put(5, "one")
	is(map[int]string{5: "one"})
	c.reset()
	is(nil)
	c.put(1, "tenbytes..")
	is(map[int]string{1: "tenbytes.."})
}

// TestBotsCountAsMemory: what bots want to be given again is a good part of what a node knows of chats.
func TestBotsCountAsMemory(t *testing.T) {
	const big = 100 << 10
	with := func(b *BotSession) int {
		l := loaded{chat: &Chat{}, contact: &Contact{Bot: b}}
		return l.bytes()
	}
	some := strings.Repeat("x", big)
	for what, b := range map[string]*BotSession{
		"state": {State: []byte(some)}, "attributes": {Attributes: map[string]string{"a": some}}, "texts": {Texts: []string{some}},
	} {
		if n := with(b) - with(nil); n < big {
			t.Errorf("%s of %d bytes count as %d", what, big, n)
		}
	}
}
