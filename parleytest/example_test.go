package parleytest_test

import (
	"errors"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/chat"
	"github.com/openparley/parley/parleytest"
)

// TestExamples runs the examples below, whose tests have no names of their own.
func TestExamples(t *testing.T) {
	for name, show := range map[string]func(){
		"function": ExampleServer_Lambda, "bot": ExampleServer_Bot, "fault": ExampleServer_Fault, "told": ExampleChat_HasRecord, "clock": ExampleClock_AdvanceToNext,
	} {
		show()
		t.Run(name, shown)
	}
}

var shown func(t *testing.T)

func test(f func(t *testing.T)) { shown = f }

// A function that flows call is a function of the test.
func ExampleServer_Lambda() {
	test(func(t *testing.T) {
		srv := parleytest.New(t, parleytest.Flow("order", parleytest.Steps(
			parleytest.Invoke("lookup", map[string]string{"order": "$.Attributes.order"}),
			parleytest.Say("Order $.Attributes.order is $.External.state."),
		)))
		lookup := srv.Lambda("lookup", func(c parleytest.Call) (any, error) {
			if c.Text("order") != "4711" {
				return nil, errors.New("NotFound")
			}
			return map[string]string{"state": "on its way"}, nil
		})
		chat := srv.StartChat("order", parleytest.Attributes(map[string]string{"order": "4711"}))
		chat.Customer.SawOnly("Order 4711 is on its way.")
		lookup.Asked(map[string]string{"order": "4711"})
		lookup.AskedTimes(1)
	})
}

// A bot of Amazon Lex is a function of the test too.
func ExampleServer_Bot() {
	test(func(t *testing.T) {
		srv := parleytest.New(t, parleytest.Flow("shop", parleytest.Steps(
			parleytest.Talk("orders", "What would you like?", "Order"), parleytest.Set(map[string]string{"drink": "$.Lex.Slots.drink"}),
		)))
		bot := srv.Bot("orders", func(h parleytest.Heard) parleytest.Turn {
			if h.Text != "tea" {
				return parleytest.Turn{Says: []string{"We have tea alone."}}
			}
			return parleytest.Turn{Intent: "Order", State: "Fulfilled", Slots: map[string]string{"drink": h.Text}}
		})
		chat := srv.StartChat("shop")
		chat.Customer.Says("coffee")
		chat.Customer.Saw("What would you like?", "coffee", "We have tea alone.")
		chat.Customer.Says("tea")
		bot.Heard("coffee", "tea")
		chat.HasAttributes(map[string]string{"drink": "tea"})
	})
}

// A program that talks to customers says nothing twice when answers are lost on their way.
func ExampleServer_Fault() {
	test(func(t *testing.T) {
		srv := parleytest.New(t, parleytest.Flow("welcome", parleytest.Steps(parleytest.Queue("Support"))))
		talk := srv.StartChat("welcome")
		_, token := talk.Invites(types.ParticipantRoleCustomBot, "Helper")
		srv.Fault(parleytest.Fault{Name: parleytest.LostAnswers, Operations: []string{"SendMessage"}, Times: 3})

		bot, err := chat.Join(t.Context(), srv.URL, token, chat.HTTPClient(srv.HTTPClient()))
		if err != nil {
			t.Fatal(err)
		}
		defer bot.Close()
		if _, err := bot.Say(t.Context(), "How can I help you?"); err != nil {
			t.Error(err)
		}
		talk.Customer.SawOnly("How can I help you?")
	})
}

// What is told to others is kept: contact events, contact records, transcripts, streams.
func ExampleChat_HasRecord() {
	test(func(t *testing.T) {
		srv := parleytest.New(t, parleytest.Flow("welcome", parleytest.Steps(parleytest.Say("Welcome"), parleytest.Queue("Support"))))
		chat := srv.StartChat("welcome", parleytest.Attributes(map[string]string{"plan": "gold"}))
		stream := chat.Stream()
		agent := chat.AgentJoins("Ben")
		agent.Says("Hello")
		agent.Leaves()
		stream.Told("Hello", "EVENT chat.ended")
		chat.HadEvents("INITIATED", "QUEUED", "CONNECTED_TO_AGENT", "DISCONNECTED", "COMPLETED")
		chat.HasRecord(map[string]string{"DisconnectReason": "AGENT_DISCONNECT", "Queue.Name": "Support", "Attributes.plan": "gold"})
		chat.HasTranscript("Welcome", `AGENT "Hello"`)
	})
}

// The clock goes from one thing that is due to the next.
func ExampleClock_AdvanceToNext() {
	test(func(t *testing.T) {
		srv := parleytest.New(t, parleytest.Flow("patience", parleytest.Steps(
			parleytest.Say("One moment."), parleytest.Wait(2*time.Minute), parleytest.Say("One more."), parleytest.Wait(3*time.Minute),
		)))
		chat := srv.StartChat("patience")
		srv.Clock.AdvanceToNext()
		chat.Customer.Saw("One more.")
		srv.Clock.AdvanceUntilIdle()
		chat.Lasted(5 * time.Minute)
	})
}
