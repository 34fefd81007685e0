package parleytest_test

import (
	"errors"
	"testing"
	"time"

	"github.com/openparley/parley/parleytest"
)

// A chat that begins at night, waits a day for an agent and ends because the customer has fallen asleep.
func ExampleNew() {
	_ = func(t *testing.T) { // func TestCustomerFallsAsleep(t *testing.T)
		srv := parleytest.New(t, parleytest.Flow("welcome", parleytest.Steps(parleytest.Say("Welcome"), parleytest.Queue("Support"))))
		chat := srv.StartChat("welcome")
		chat.CustomerTimers(10*time.Minute, 20*time.Minute)
		chat.InQueue("Support")

		srv.Clock.Advance(24 * time.Hour)
		agent := chat.AgentJoins("Ben")
		agent.Says("Are you still there?")
		srv.Clock.Advance(10 * time.Minute)
		agent.Saw("EVENT participant.idle CUSTOMER")
		srv.Clock.Advance(20 * time.Minute)
		chat.HasEnded("IDLE_DISCONNECT")
	}
}

// A function that flows call is a function of the test.
func ExampleServer_Lambda() {
	_ = func(t *testing.T) {
		srv := parleytest.New(t, parleytest.FlowFile("testdata/order.json"))
		lookup := srv.Lambda("lookup", func(c parleytest.Call) (any, error) {
			if c.Text("order") != "4711" {
				return nil, errors.New("NotFound")
			}
			return map[string]string{"state": "on its way"}, nil
		})
		chat := srv.StartChat("order", parleytest.Attributes(map[string]string{"order": "4711"}))
		chat.Customer.Saw("Order 4711 is on its way.")
		lookup.Asked(map[string]string{"order": "4711"})
	}
}

// A program that talks to customers must say nothing twice when answers are lost on their way.
func ExampleServer_Fault() {
	_ = func(t *testing.T) {
		srv := parleytest.New(t, parleytest.Flow("welcome", parleytest.Steps(parleytest.Queue("Support"))))
		srv.Fault(parleytest.Fault{Name: parleytest.LostAnswers, Operations: []string{"SendMessage"}, Times: 3})
		// … run the program with srv.Config() …
	}
}
