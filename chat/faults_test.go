package chat_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/chat"
)

// TestFaultsLoseNothing speaks for hours on a way with all faults: what the program is given is the transcript, each item once and in
// order, and each thing said is there once and in order.
func TestFaultsLoseNothing(t *testing.T) {
	const steps = 2000
	for name, opts := range map[string][]chat.Option{"sockets in order": nil, "overtaken frames": {chat.Confirmed()}} {
		t.Run(name, func(t *testing.T) {
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			bubble(t, func(_ *testing.T, w *world) { survive(w, rand.New(rand.NewPCG(seed, 0)), steps, opts) })
		})
	}
}

func survive(w *world, chance *rand.Rand, steps int, opts []chat.Option) {
	t := w.t
	overtake := len(opts) > 0
	s := w.start(opts...)
	bot := w.bot(s.ContactID())

	var got []*types.Item
	taken := make(chan struct{})
	go func() {
		defer close(taken)
		for item := range s.Items(context.Background()) {
			switch item.(type) {
			case *chat.Typing, *chat.Receipt:
			default:
				got = append(got, item.Common().Wire)
			}
		}
	}()
	say := make(chan string, steps)
	said := make(chan struct{})
	go func() {
		defer close(said)
		for text := range say {
			if _, err := s.Say(context.Background(), text); err != nil {
				t.Errorf("say %s: %v", text, err)
			}
		}
	}()

	y, spoken := w.way, 0
	for i := range steps {
		switch n := chance.IntN(100); {
		case n < 35:
			bot.say(fmt.Sprint("b", i))
		case n < 55:
			say <- fmt.Sprint("c", i)
			spoken++
		case n < 60:
			bot.typing()
		case n < 65:
			y.cut()
		case n < 68:
			y.freeze()
		case n < 71:
			y.deafen()
		case n < 74:
			y.set(func() { y.refuse = true })
		case n < 77:
			y.set(func() { y.double = true })
		case n < 80 && overtake:
			y.set(func() { y.overtak = true })
		case n < 83:
			y.set(func() { y.delay = time.Duration(chance.Int64N(int64(8 * time.Second))) })
		case n < 86:
			y.set(func() { y.lose = 1 + chance.IntN(3) })
		case n < 89:
			y.set(func() { y.fail = 1 + chance.IntN(5) })
		case n < 92:
			y.set(func() { y.expired = true })
		default:
			y.heal()
		}
		time.Sleep(time.Duration(chance.Int64N(int64(3 * time.Second))))
	}
	y.heal()
	close(say)
	<-said
	time.Sleep(5 * time.Minute)
	want := bot.transcript()
	w.stop(s.ContactID())
	<-taken
	if s.Err() != nil {
		t.Errorf("the session ended with %v", s.Err())
	}
	if n := len(got); n == 0 || *got[n-1].ContentType != "application/vnd.amazonaws.connect.event.chat.ended" {
		t.Fatalf("of %d items the last is not the end", n)
	}
	heard, last := 0, -1
	for i, it := range want {
		if i >= len(got) || *got[i].Id != *it.Id {
			t.Fatalf("item %d of %d is not as in the transcript: %+v", i, len(want), it)
		}
		if it.ParticipantRole != types.ParticipantRoleCustomer || it.Type != types.ChatItemTypeMessage {
			continue
		}
		n, err := strconv.Atoi(strings.TrimPrefix(*it.Content, "c"))
		if err != nil || n <= last {
			t.Errorf("%s was said after c%d", *it.Content, last)
		}
		heard, last = heard+1, n
	}
	if heard != spoken || len(got) != len(want)+1 {
		t.Errorf("%d of %d were said; %d items came of %d and the end", heard, spoken, len(got), len(want))
	}
	if y.sockets < steps/50 {
		t.Errorf("%d sockets: the faults did nothing", y.sockets)
	}
}
