package parleytest_test

import (
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/openparley/parley/parleytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAgentMeetsWhoFellAsleep(t *testing.T) {
	t.Parallel()
	srv := parleytest.New(t, parleytest.Flow("welcome", parleytest.Steps(parleytest.Say("Welcome"), parleytest.Queue("Support"))))
	chat := srv.StartChat("welcome")
	chat.Customer.Saw("Welcome")
	chat.InQueue("Support")
	srv.Clock.Advance(24 * time.Hour)
	chat.IsLive()
	chat.CustomerTimers(10*time.Minute, 20*time.Minute)
	agent := chat.AgentJoins("Ben")
	agent.Says("Are you still there?")
	srv.Clock.Advance(9 * time.Minute)
	chat.Customer.NeverSaw("EVENT participant.idle")
	srv.Clock.Advance(time.Minute)
	chat.Customer.Saw("EVENT participant.joined AGENT", "Are you still there?", "EVENT participant.idle")
	srv.Clock.Advance(20 * time.Minute)
	chat.HasEnded("IDLE_DISCONNECT")
	chat.HadEvents("INITIATED", "QUEUED", "CONNECTED_TO_AGENT", "DISCONNECTED", "COMPLETED")
}

func TestAges(t *testing.T) {
	t.Parallel()
	srv := parleytest.New(t, parleytest.Flow("welcome", parleytest.Steps(parleytest.Queue("Support"))), parleytest.WithoutPort())
	chat := srv.StartChat("welcome", parleytest.Lasting(90*time.Minute), parleytest.Attributes(map[string]string{"tier": "gold"}))
	chat.HasAttributes(map[string]string{"tier": "gold"})
	if now := srv.Clock.AdvanceUntilIdle(); now.Sub(parleytest.Start) < 90*time.Minute || now.Sub(parleytest.Start) > 2*time.Hour {
		t.Errorf("idle at %v", now)
	}
	chat.HasEnded("EXPIRED")
}

func TestFunctionsAndBots(t *testing.T) {
	t.Parallel()
	srv := parleytest.New(t, parleytest.Flow("order", parleytest.Steps(
		parleytest.Invoke("lookup", map[string]string{"id": "$.Attributes.id"}),
		parleytest.Say("You are $.External.tier"),
		parleytest.Hear(time.Hour),
		parleytest.Talk("orders", "What would you like?", "Order"),
		parleytest.Set(map[string]string{"drink": "$.Lex.Slots.drink"}),
		parleytest.Queue("Support"),
	)))
	lookup := srv.Lambda("lookup", func(c parleytest.Call) (any, error) {
		if c.Text("id") != "4711" {
			return nil, errors.New("NotFound")
		}
		return map[string]any{"tier": "gold"}, nil
	})
	bot := srv.Bot("orders", func(h parleytest.Heard) parleytest.Turn {
		return parleytest.Turn{Says: []string{"A " + h.Text + " it is."}, Intent: "Order", State: "Fulfilled", Slots: map[string]string{"drink": h.Text}}
	})
	chat := srv.StartChat("order", parleytest.Attributes(map[string]string{"id": "4711"}))
	stream := chat.Stream()
	chat.Customer.Says("hi")
	chat.Customer.Says("tea")
	chat.Customer.SawOnly("You are gold", `CUSTOMER "hi"`, "What would you like?", "tea", "A tea it is.")
	chat.Customer.SawInAnyOrder("A tea it is.", "hi", "You are gold")
	lookup.Asked(map[string]string{"id": "4711"})
	lookup.AskedTimes(1)
	bot.Heard("tea")
	chat.HasAttributes(map[string]string{"drink": "tea"})
	stream.Told("hi", "What would you like?", `CUSTOMER "tea"`)
	stream.NeverTold("You are gold")
}

func TestAttachments(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]parleytest.Option{"with a port": nil, "without": {parleytest.WithoutPort()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := parleytest.New(t, append(options, parleytest.Flow("welcome", parleytest.Steps(parleytest.Queue("Support"))))...)
			chat := srv.StartChat("welcome")
			agent := chat.AgentJoins("Ben")
			agent.Types()
			agent.Attaches("order.txt", []byte("one tea"))
			chat.Customer.Saw("EVENT typing AGENT", `AGENT ATTACHMENT "order.txt" APPROVED`)
			chat.Customer.Attaches("thanks.txt", []byte("thank you"))
			chat.Customer.SawOnly("AGENT ATTACHMENT", "CUSTOMER ATTACHMENT")
		})
	}
}

func TestReplay(t *testing.T) {
	t.Parallel()
	parleytest.Replay(t, "../testdata/plays/idle.txtar")
	parleytest.Replay(t, "../testdata/plays/lambda.txtar")
}

func BenchmarkNew(b *testing.B) {
	flow := parleytest.Steps(parleytest.Say("Welcome"), parleytest.Queue("Support"))
	for b.Loop() {
		r := &recorder{TB: b}
		parleytest.New(r, parleytest.Flow("welcome", flow))
		if said := r.end(); len(said) > 0 {
			b.Fatal(said)
		}
	}
}

func BenchmarkChatOfADay(b *testing.B) {
	flow := parleytest.Steps(parleytest.Say("Welcome"), parleytest.Queue("Support"))
	for b.Loop() {
		r := &recorder{TB: b}
		srv := parleytest.New(r, parleytest.Flow("welcome", flow))
		chat := srv.StartChat("welcome")
		srv.Clock.Advance(25 * time.Hour)
		chat.HasEnded("EXPIRED")
		if said := r.end(); len(said) > 0 {
			b.Fatal(said)
		}
	}
}
