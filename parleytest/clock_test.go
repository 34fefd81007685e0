package parleytest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/parleytest"
)

// busy is a flow in which one thing leads to the next: timers, a function, a bot that calls for another function, what is told of it all.
var busy = parleytest.Steps(
	parleytest.Wait(time.Hour), parleytest.Invoke("price", map[string]string{"of": "tea"}), parleytest.Say("Tea is $.External.price"),
	parleytest.Set(map[string]string{"price": "$.External.price"}), parleytest.Wait(2*time.Second),
	parleytest.Talk("orders", "What would you like?", "Order"), parleytest.Invoke("order", map[string]string{"of": "$.Lex.Slots.drink"}),
	parleytest.Say("Done"), parleytest.Queue("Support"),
)

// TestAllThatIsDueIsDone: when a move of the clock returns, all that became due is done, what became due through it included, in one order. The
// same test goes the same way each time, to the millisecond.
func TestAllThatIsDueIsDone(t *testing.T) {
	t.Parallel()
	const chats = 3
	run := func(t *testing.T) (story string) {
		srv := parleytest.New(t, parleytest.Patience(0), parleytest.Flow("busy", busy))
		price := srv.Lambda("price", func(parleytest.Call) (any, error) { return map[string]int{"price": 3}, nil })
		order := srv.Lambda("order", func(parleytest.Call) (any, error) { return nil, nil })
		srv.Bot("orders", func(h parleytest.Heard) parleytest.Turn {
			return parleytest.Turn{Says: []string{"One " + h.Text}, Intent: "Order", State: "Fulfilled", Slots: map[string]string{"drink": h.Text}}
		})
		var all []*parleytest.Chat
		var streams []*parleytest.Stream
		for range chats {
			c := srv.StartChat("busy")
			all, streams = append(all, c), append(streams, c.Stream())
		}
		srv.Clock.Advance(59 * time.Minute)
		price.AskedTimes(0)
		srv.Clock.Advance(2 * time.Minute)
		price.AskedTimes(chats)
		for i, c := range all {
			c.HasAttributes(map[string]string{"price": "3"})
			c.Customer.SawOnly("Tea is 3", "What would you like?")
			streams[i].Told("Tea is 3", "What would you like?")
			c.Customer.Says("tea")
			c.Customer.SawOnly("Tea is 3", "What would you like?", "tea", "One tea", "Done")
			order.AskedTimes(i + 1)
			c.InQueue("Support")
			streams[i].Told("One tea", "Done")
			c.HadEvents("INITIATED", "CONTACT_DATA_UPDATED", "QUEUED")
		}
		srv.Clock.AdvanceUntilIdle()
		for i, c := range all {
			c.HasEnded("EXPIRED")
			c.Lasted(25 * time.Hour)
			c.HadEvents("QUEUED", "DISCONNECTED", "COMPLETED")
			c.HasRecord(map[string]string{"DisconnectReason": "EXPIRED", "Attributes.price": "3"})
			c.HasTranscript("Tea is 3", "tea", "EVENT chat.ended")
			streams[i].Told("EVENT chat.ended")
			for _, it := range c.Customer.Items() {
				story += fmt.Sprintf("%d %s %s\n", i, *it.AbsoluteTime, it.Type)
			}
			for _, e := range c.Events() {
				story += fmt.Sprintf("%d %s %v\n", i, e.Type, e.Detail["disconnectTimestamp"])
			}
		}
		return story
	}
	first := run(t)
	if n := strings.Count(first, "\n"); n < chats*10 {
		t.Fatalf("only %d things happened:\n%s", n, first)
	}
	for range 2 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(first, run(t)); diff != "" {
				t.Errorf("it goes otherwise the next time (-first +next):\n%s", diff)
			}
		})
	}
}

// TestMovesOfTheClock: by a time, to a point, to what is due next, until nothing is left to do.
func TestMovesOfTheClock(t *testing.T) {
	t.Parallel()
	begin := time.Date(2030, 2, 3, 4, 5, 6, 0, time.UTC)
	srv := parleytest.New(t, parleytest.StartAt(begin), parleytest.Flow("slow", parleytest.Steps(
		parleytest.Say("one"), parleytest.Wait(time.Hour), parleytest.Say("two"), parleytest.Wait(2*time.Hour), parleytest.Say("three"), parleytest.Queue("Support"),
	)))
	if now := srv.Clock.Now(); !now.Equal(begin) {
		t.Fatalf("the clock begins at %v", now)
	}
	at := func(want time.Duration, what string) {
		t.Helper()
		if got := srv.Clock.Now().Sub(begin).Truncate(time.Second); got != want {
			t.Errorf("%s: the clock shows %v, want %v", what, got, want)
		}
	}
	if now, ok := srv.Clock.AdvanceToNext(); ok && now.Sub(begin) < time.Hour {
		t.Errorf("before there is a chat, something of it is due at %v", now)
	}
	before := srv.Clock.Now().Sub(begin).Truncate(time.Second)
	chat := srv.StartChat("slow")
	if now, ok := srv.Clock.AdvanceToNext(); !ok || !now.Equal(srv.Clock.Now()) {
		t.Errorf("next is %v %v", now, ok)
	}
	at(before+time.Hour, "next")
	chat.Customer.SawOnly("one", "two")
	srv.Clock.AdvanceTo(begin)
	at(before+time.Hour, "to what is past")
	srv.Clock.Advance(0)
	at(before+time.Hour, "by nothing")
	srv.Clock.Advance(2*time.Hour - time.Second)
	chat.Customer.SawOnly("one", "two")
	srv.Clock.AdvanceTo(begin.Add(before + 3*time.Hour))
	chat.Customer.SawOnly("one", "two", "three")
	chat.IsLive()
	if now := srv.Clock.AdvanceUntilIdle(); !now.Equal(srv.Clock.Now()) {
		t.Errorf("idle at %v, the clock shows %v", now, srv.Clock.Now())
	}
	at(before+25*time.Hour, "until idle")
	chat.HasEnded("EXPIRED")
	srv.Clock.AdvanceUntilIdle()
	at(before+25*time.Hour, "until idle once more")
}

// TestClockOverHTTP moves the same clock as programs in other languages do.
func TestClockOverHTTP(t *testing.T) {
	t.Parallel()
	w := open(t)
	move := func(body string, want time.Duration) {
		t.Helper()
		var now struct{ Now time.Time }
		if err := json.Unmarshal([]byte(w.post("/parley/v1/clock", body)), &now); err != nil {
			t.Fatal(err)
		}
		if got := now.Now.Sub(parleytest.Start).Truncate(time.Second); got != want || now.Now.Sub(w.srv.Clock.Now()).Abs() >= time.Millisecond {
			t.Errorf("%s: the clock shows %v and %v, want %v", body, got, w.srv.Clock.Now(), want)
		}
	}
	move(`{"Advance":"90m"}`, 90*time.Minute)
	move(fmt.Sprintf(`{"To":%q}`, parleytest.Start.Add(2*time.Hour).Format(time.RFC3339)), 2*time.Hour)
	w.chat.HasEnded("CUSTOMER_CONNECTION_NOT_ESTABLISHED")
	c := w.srv.StartChat("welcome", parleytest.Lasting(time.Hour))
	move(`{"UntilIdle":true}`, 3*time.Hour)
	c.HasEnded("EXPIRED")
	c.Lasted(time.Hour)
}

// TestManySideBySide has a hundred servers open at a time, each with a clock of its own.
func TestManySideBySide(t *testing.T) {
	t.Parallel()
	const many = 100
	flow := parleytest.Steps(parleytest.Say("Welcome"), parleytest.Wait(time.Hour))
	urls := map[string]bool{}
	var servers []*parleytest.Server
	for range many {
		srv := parleytest.New(t, parleytest.Flow("welcome", flow))
		servers, urls[srv.URL] = append(servers, srv), true
	}
	if len(urls) != many {
		t.Errorf("%d servers have %d addresses", many, len(urls))
	}
	for i, srv := range servers {
		if i%20 > 1 {
			continue
		}
		c := srv.StartChat("welcome")
		srv.Clock.Advance(time.Duration(i%20) * time.Hour)
		if c.Customer.SawOnly("Welcome"); i%20 == 1 {
			c.Customer.Saw("EVENT chat.ended")
		} else {
			c.IsLive()
		}
	}
}
