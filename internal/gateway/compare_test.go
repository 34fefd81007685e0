package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openparley/parley/internal/bus"
	"github.com/openparley/parley/internal/gateway"
)

// A node that dies between storing an item and publishing it: nobody ever says a word about the item.
func TestItemNobodyPublishedIsFound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const compare = 5 * time.Second
		stored := &transcript{}
		dying := newBubbleOn(t, stored, gateway.Options{Compare: compare})
		ana := dying.subscribed("chat/ana")
		bo := newBubbleOn(t, stored, gateway.Options{Compare: compare}).subscribed("chat/bo")
		stored.store("chat", "last words")
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		dying.g.Shutdown(gone, 0)
		if frame, err := ana.read(); err == nil {
			t.Errorf("the dying node wrote %s", frame)
		}
		begin := time.Now()
		bo.wantTexts("last words")
		if d := time.Since(begin); d > compare {
			t.Errorf("it took %v, want %v at most", d, compare)
		}
	})
}

func TestWithoutCompareNothingIsAsked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		go w.subscribed("chat/ana").ws.CloseRead(t.Context())
		time.Sleep(time.Hour)
		if len(w.asked) > 0 {
			t.Errorf("asked for %v chats", w.asked)
		}
	})
}

func TestHintDeliversAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		ana, bo := w.subscribed("chat/ana"), w.subscribed("chat/bo")
		w.g.Deliver(bus.Hint("chat"))
		ana.wantNothing()
		w.store("chat", "in doubt")
		w.store("chat", "in doubt, bo alone", "bo")
		begin := time.Now()
		w.g.Deliver(bus.Hint("chat"))
		ana.wantTexts("in doubt")
		bo.wantTexts("in doubt", "in doubt, bo alone")
		if d := time.Since(begin); d != 0 {
			t.Errorf("it took %v", d)
		}
		w.g.Deliver(w.store("chat", "next"))
		ana.wantTexts("next")
		bo.wantTexts("next")
		w.g.Deliver(bus.Hint("chat"))
		w.g.Deliver(bus.Hint("a chat of another node"))
		synctest.Wait()
		ana.wantNothing()
		if want := []int{1, 1, 1}; !slices.Equal(w.asked, want) {
			t.Errorf("asked for %v chats, want %v", w.asked, want)
		}
	})
}

// A hint that comes after the Backend has counted the items, and before the subscribe is answered.
func TestHintDuringSubscribe(t *testing.T) {
	t.Parallel()
	for name, hint := range map[string]func(*gateway.Gateway){
		"hint":    func(g *gateway.Gateway) { g.Deliver(bus.Hint("chat")) },
		"recheck": (*gateway.Gateway).Recheck,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newBubble(t)
				asked, proceed := make(chan struct{}), make(chan struct{})
				w.afterSubscribed = func() {
					close(asked)
					<-proceed
				}
				c := w.open("chat/ana")
				c.send(subscribeFrame)
				<-asked
				w.store("chat", "in doubt")
				hint(w.g)
				synctest.Wait()
				close(proceed)
				c.want(subscribeSuccess)
				c.wantTexts("in doubt")
				c.wantNothing()
			})
		})
	}
}

func TestRecheckAsksForManyChatsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const chats = 1100
		w := newBubble(t)
		for i := range chats {
			w.subscribed(fmt.Sprintf("chat%d/ana", i))
		}
		late := w.subscribed("chat7/bo")
		w.store("chat7", "lost")
		w.beforeNewest = func(context.Context) error {
			time.Sleep(time.Millisecond) // so that all wait before the second question
			return nil
		}
		w.g.Recheck()
		w.g.Recheck()
		late.wantTexts("lost")
		time.Sleep(time.Second)
		synctest.Wait()
		var sum int
		for _, n := range w.asked {
			if sum += n; n > 500 {
				t.Errorf("asked for %d chats at once, want 500 at most", n)
			}
		}
		if n := len(w.asked); n > 5 || sum < chats {
			t.Errorf("asked for %d chats in %d questions", sum, n)
		}
		if n := w.g.Stats().Fills; n != 2 {
			t.Errorf("%d sockets read, want the two that lack something", n)
		}
	})
}

func TestBackendTroubleDuringRecheckIsRetried(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		tries := 0
		w.beforeNewest = func(context.Context) error {
			if tries++; tries < 3 {
				return errors.New("database is away")
			}
			return nil
		}
		c := w.subscribed("chat/ana")
		w.store("chat", "lost")
		w.g.Recheck()
		c.wantTexts("lost")
		c.wantNothing()
	})
}
