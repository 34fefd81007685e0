package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/bus"
)

func TestGapIsFilledFromTranscript(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 5 {
		w.store("chat", fmt.Sprint("before ", i))
	}
	ana, bo := w.subscribed("chat/ana"), w.subscribed("chat/bo")
	var lost []string
	for i := range 250 { // more than one page
		text := fmt.Sprint("lost ", i)
		lost = append(lost, text)
		w.store("chat", text)
	}
	w.store("chat", "lost, bo alone", "bo")
	w.g.Deliver(w.store("chat", "seen"))
	ana.wantTexts(append(lost, "seen")...)
	bo.wantTexts(append(lost, "lost, bo alone", "seen")...)
	w.g.Deliver(w.store("chat", "next"))
	ana.wantTexts("next")
	bo.wantTexts("next")
	ana.wantNothing()
	if n := w.g.Stats().Fills; n < 2 {
		t.Errorf("%d readings, want at least one for each socket", n)
	}
}

func TestRecheckFindsLostTail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.subscribed("chat/ana")
	w.g.Recheck()
	c.wantNothing()
	w.store("chat", "lost")
	w.store("chat", "lost too")
	w.g.Recheck()
	c.wantTexts("lost", "lost too")
	c.wantNothing()
}

func TestLateAndDuplicateBusMessages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.store("chat", "before")
	c := w.subscribed("chat/ana")
	one, two, three := w.store("chat", "one"), w.store("chat", "two"), w.store("chat", "three")
	for _, m := range []bus.Message{before, two, two, one, three, one, before, two, three} {
		w.g.Deliver(m)
	}
	c.wantTexts("one", "two", "three")
	c.wantNothing()
}

func TestItemsDuringSubscribeFollowItsAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked, proceed := make(chan struct{}), make(chan struct{})
	w.beforeSubscribed = func(context.Context) error {
		close(asked)
		<-proceed
		return nil
	}
	c := w.open("chat/ana")
	w.g.Deliver(w.store("chat", "before"))
	c.send(subscribeFrame)
	<-asked
	w.g.Deliver(w.store("chat", "stored before the answer")) // Subscribed counts it as no longer due
	w.g.Deliver(bus.Message{Chat: "chat", Item: item("typing")})
	ahead := w.transcript.items["chat"][1]
	ahead.Seq, ahead.Item = 4, item("four")
	w.g.Deliver(ahead)
	close(proceed)
	c.want(subscribeSuccess)
	c.wantTexts("typing")
	w.g.Deliver(w.store("chat", "three"))
	c.wantTexts("three", "four")
}

func TestManyItemsDuringSubscribe(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked, proceed := make(chan struct{}), make(chan struct{})
	w.afterSubscribed = func() {
		close(asked)
		<-proceed
	}
	c := w.open("chat/ana")
	c.send(subscribeFrame)
	<-asked
	var texts []string
	for i := range 230 { // more than a socket holds
		texts = append(texts, fmt.Sprint(i))
		w.g.Deliver(w.store("chat", texts[i]))
	}
	close(proceed)
	c.want(subscribeSuccess)
	c.wantTexts(texts...)
}

func TestNewSocketBeginsWhereTheOldOneStands(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old, other := w.subscribed("chat/ana"), w.subscribed("chat/bo")
	w.g.Deliver(w.store("chat", "one"))
	old.wantTexts("one")
	other.wantTexts("one")
	underway := w.store("chat", "two") // stored, but not yet on the bus
	fresh := w.subscribed("chat/ana")
	fresh.wantTexts("two")
	w.g.Deliver(underway)
	old.wantTexts("two")
	late := w.subscribed("chat/bo")
	for _, c := range []*client{old, fresh, late} {
		c.wantNothing()
	}
}

func TestRecheckDuringFillReadsAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.subscribed("chat/ana")
	read, proceed := make(chan struct{}, 3), make(chan struct{})
	w.afterSince = func() {
		read <- struct{}{}
		<-proceed
	}
	w.store("chat", "lost")
	w.g.Recheck()
	<-read
	w.store("chat", "lost too")
	w.g.Recheck()
	close(proceed)
	c.wantTexts("lost", "lost too")
	c.wantNothing()
}

// A reading that does not show what the bus has announced, for instance from a copy of the database that lags behind.
func TestStaleFillIsRepeated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.subscribed("chat/ana")
	read := make(chan struct{}, 100)
	w.afterSince = func() { read <- struct{}{} }
	w.g.Deliver(bus.Message{Chat: "chat", Seq: 2, Item: item("two")})
	<-read
	c.wantNothing()
	w.store("chat", "one")
	c.wantTexts("one", "two")
}

// A client that changes from one socket to the next ignores the old one from the answer to its new subscribe.
func TestRotationLosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.subscribed("chat/ana")
	stop := make(chan struct{})
	var talk sync.WaitGroup
	talk.Go(func() {
		for i := 1; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			w.g.Deliver(w.store("chat", fmt.Sprint(i)))
			time.Sleep(200 * time.Microsecond)
		}
	})
	next := 1 // the text that is due
	for range 20 {
		fresh := w.open("chat/ana")
		fresh.send(subscribeFrame)
		fresh.want(subscribeSuccess)
		first := ""
		if frame, err := fresh.read(); err != nil {
			t.Fatal(err)
		} else if first, err = text(frame); err != nil {
			t.Fatal(err)
		}
		for fmt.Sprint(next) != first {
			old.wantTexts(fmt.Sprint(next)) // everything before the new socket's first is on the old one
			next++
		}
		old.ws.CloseNow()
		old, next = fresh, next+1
	}
	close(stop)
	talk.Wait()
}

func TestBackendTroubleDuringSubscribeIsRetried(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tries := 0
	w.beforeSubscribed = func(context.Context) error {
		if tries++; tries < 3 {
			return errors.New("database is away")
		}
		return nil
	}
	c := w.open("chat/ana")
	c.subscribe()
	w.g.Deliver(w.store("chat", "one"))
	c.wantTexts("one")
}

func TestBackendTroubleDuringFillIsRetried(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tries := 0
	w.beforeSince = func(context.Context) error {
		if tries++; tries < 3 {
			return errors.New("database is away")
		}
		return nil
	}
	c := w.subscribed("chat/ana")
	w.store("chat", "lost")
	w.g.Deliver(w.store("chat", "two"))
	c.wantTexts("lost", "two")
	c.wantNothing()
}

func TestSubscribeAfterTheEndClosesSocket(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.beforeSubscribed = func(context.Context) error { return &types.AccessDeniedException{Message: new("Access denied")} }
	c := w.open("chat/ana")
	c.send(subscribeFrame)
	c.wantClose(websocket.StatusNormalClosure)
}

func TestEndDuringSubscribeIsDelivered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked, proceed := make(chan struct{}), make(chan struct{})
	w.beforeSubscribed = func(context.Context) error {
		close(asked)
		<-proceed
		return nil
	}
	c := w.open("chat/ana")
	c.send(subscribeFrame)
	<-asked
	end := w.storeEnd("chat")
	w.g.Deliver(end)
	close(proceed)
	c.want(subscribeSuccess)
	c.wantTexts("chat.ended")
	w.g.Deliver(end)
	c.wantNothing()
}

// Whatever the bus does to messages, every socket is given every item that is due on it once and in order.
func TestAnyOrderOfTheBus(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		synctest.Test(t, func(t *testing.T) { anyOrder(t, seed) })
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func anyOrder(t *testing.T, seed uint64) {
	rnd := rand.New(rand.NewPCG(seed, 7))
	w := newBubble(t)
	away := func(context.Context) error { // its calls come in any order: no seed can repeat them
		switch rand.IntN(6) {
		case 0:
			return errors.New("database is away")
		case 1:
			time.Sleep(rand.N(200 * time.Millisecond))
		}
		return nil
	}
	w.beforeSince, w.beforeSubscribed, w.beforeNewest = away, away, away

	type listener struct {
		who    string
		alone  bool // no other socket of the participant was there before
		before int  // items stored when it began to subscribe
		after  int  // and when it was answered
		got    []string
		answer string
	}
	var all []*listener
	subscribe := func(who string) {
		l := &listener{who: who, alone: !slices.ContainsFunc(all, func(o *listener) bool { return o.who == who })}
		w.mu.Lock()
		l.before = len(w.items["chat"])
		w.mu.Unlock()
		all = append(all, l)
		c := w.open("chat/" + who)
		c.send(subscribeFrame)
		l.after = -1
		go func() {
			for {
				_, b, err := c.ws.Read(t.Context())
				if err != nil {
					return
				}
				if l.answer == "" {
					l.answer = string(b)
					w.mu.Lock()
					l.after = len(w.items["chat"])
					w.mu.Unlock()
					continue
				}
				s, err := text(string(b))
				if err != nil {
					t.Error(err)
				}
				l.got = append(l.got, s)
			}
		}()
	}

	who := []string{"ana", "bo", "cy"}
	var underway []bus.Message
	lost := false
	for i := range 80 {
		switch {
		case i == 0 || rnd.IntN(10) == 0 && len(all) < 8:
			p := who[rnd.IntN(len(who))]
			if n := len(slices.DeleteFunc(slices.Clone(all), func(l *listener) bool { return l.who != p })); n < 5 {
				subscribe(p)
			}
		default:
			var to []string
			if rnd.IntN(4) == 0 {
				to = []string{who[rnd.IntN(len(who))], who[rnd.IntN(len(who))]}
			}
			m := w.store("chat", fmt.Sprint(i), to...)
			switch rnd.IntN(6) {
			case 0:
				lost = true
			case 1:
				underway = append(underway, m, m)
			default:
				underway = append(underway, m)
			}
		}
		for len(underway) > rnd.IntN(6) {
			k := rnd.IntN(len(underway))
			w.g.Deliver(underway[k])
			underway = slices.Delete(underway, k, k+1)
		}
		if rnd.IntN(3) == 0 {
			time.Sleep(time.Duration(rnd.IntN(50)) * time.Millisecond)
		}
	}
	rnd.Shuffle(len(underway), func(i, k int) { underway[i], underway[k] = underway[k], underway[i] })
	for _, m := range underway {
		w.g.Deliver(m)
	}
	if lost {
		w.g.Recheck()
	}
	time.Sleep(5 * time.Minute)
	synctest.Wait()

	for i, l := range all {
		if l.answer != subscribeSuccess {
			t.Errorf("socket %d of %s: first frame %q, want the answer to its subscribe", i, l.who, l.answer)
		}
		// Due is all that is visible from some item on; where it begins lies between asking and answer, or before when
		// another socket of the participant had not got further.
		ok := false
		first := 0
		if l.alone {
			first = l.before
		}
		for from := first; from <= l.after && !ok; from++ {
			var due []string
			for _, m := range w.items["chat"][from:] {
				if visible(m, l.who) {
					var s string
					fmt.Sscanf(string(m.Item), `{"Content":%q}`, &s)
					due = append(due, s)
				}
			}
			ok = slices.Equal(due, l.got)
		}
		if !ok {
			t.Errorf("socket %d of %s, %d to %d items stored while it subscribed: got %v", i, l.who, l.before, l.after, l.got)
		}
	}
}
