package admin

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/store"
)

// run plays a flow of a new instance: all it asks for succeeds, and the answer to each wait is the next of those given. It returns what
// the customer reads and how the run goes on.
func run(t *testing.T, file string, attributes map[string]string, waits ...flow.Input) (lines []string) {
	t.Helper()
	content, err := flowFiles.ReadFile("flows/" + file + ".json")
	if err != nil {
		t.Fatal(err)
	}
	f, err := flow.Parse(string(content))
	if err != nil {
		t.Fatal(err)
	}
	st, facts, in := flow.Start(1), flow.Facts{Attributes: attributes}, flow.Input{Kind: flow.Begin}
	for {
		effects, err := flow.Step(f, &st, &facts, in)
		if err != nil {
			t.Fatal(err)
		}
		in = flow.Input{Kind: flow.Done}
		for _, e := range effects {
			switch e := e.(type) {
			case flow.Say:
				lines = append(lines, e.Text)
			case flow.EnterQueue:
				return append(lines, "(queue)")
			case flow.Disconnect, flow.End:
				return append(lines, fmt.Sprintf("(%T)", e))
			case flow.Wait:
				lines = append(lines, "("+e.For.String()+")")
				if len(waits) == 0 {
					return lines
				}
				in, waits = waits[0], waits[1:]
			}
		}
	}
}

func TestDemoFlow(t *testing.T) {
	const (
		hello = "Hello, and welcome! This is Parley, an open server for Amazon Connect chat."
		offer = "Write anything to talk to a person. I wait for ten minutes."
		found = "Here it is: your parcel left our house this morning and arrives tomorrow."
	)
	over := flow.Input{Kind: flow.TimedOut}
	wrote := flow.Input{Kind: flow.Happened, Event: flow.CustomerReturned}
	for _, tt := range []struct {
		name       string
		attributes map[string]string
		waits      []flow.Input
		want       []string
	}{
		{"person", map[string]string{"topic": "person"}, nil, []string{hello, "(queue)"}},
		{"person, and a survey", map[string]string{"topic": "survey"}, nil, []string{hello, "(queue)"}},
		{
			"person with a name",
			map[string]string{"topic": "person", "name": "Ann"},
			nil,
			[]string{"Hello Ann, and welcome! This is Parley, an open server for Amazon Connect chat.", "(queue)"},
		},
		{
			"order, then silence",
			map[string]string{"topic": "order"},
			[]flow.Input{over, over},
			[]string{
				hello, "You ask about an order. Let me look it up…", "(3s)", found, offer, "(10m0s)",
				"I have not heard from you, so I close this chat. Goodbye!", "(flow.Disconnect)",
			},
		},
		{
			"order, impatient",
			map[string]string{"topic": "order"},
			[]flow.Input{wrote, wrote},
			[]string{hello, "You ask about an order. Let me look it up…", "(3s)", "One moment, I nearly have it.", found, offer, "(10m0s)", "(queue)"},
		},
		{
			"return",
			map[string]string{"topic": "return"},
			nil,
			[]string{hello, "You want to return something: you have 30 days, and the way back costs nothing.", offer, "(10m0s)"},
		},
	} {
		if diff := cmp.Diff(tt.want, run(t, "demo", tt.attributes, tt.waits...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	if got := run(t, "demo", nil); len(got) != 5 || got[3] != offer {
		t.Errorf("without a topic the customer reads %q, want a tip and the offer", got)
	}
}

func TestWaitingFlow(t *testing.T) {
	waits := slices.Repeat([]flow.Input{{Kind: flow.TimedOut}}, 100)
	got := run(t, "waiting", nil, waits...)
	if len(got) != 1+2*100+1 || got[1] != "(45s)" || got[2] != "All our colleagues are still busy. Thank you for your patience." || got[201] != "(flow.End)" {
		t.Errorf("%d lines: %q …", len(got), got[:4])
	}
}

func TestDisconnectFlow(t *testing.T) {
	if got := run(t, "disconnect", nil, flow.Input{Kind: flow.Happened, Event: flow.CustomerReturned}); got[len(got)-1] != "(queue)" {
		t.Errorf("a customer who comes back ends at %q", got)
	}
	if got := run(t, "disconnect", nil, flow.Input{Kind: flow.TimedOut}); got[len(got)-1] != "(flow.Disconnect)" {
		t.Errorf("a customer who stays away ends at %q", got)
	}
}

func TestSurveyFlow(t *testing.T) {
	const ask = "Before you go: how did we do? One word is enough. I wait for ten minutes."
	for _, tt := range []struct {
		answer flow.Input
		want   []string
	}{
		{flow.Input{Kind: flow.Happened, Event: flow.CustomerReturned}, []string{ask, "(10m0s)", "Thank you, that helps us. Goodbye!", "(flow.Disconnect)"}},
		{flow.Input{Kind: flow.TimedOut}, []string{ask, "(10m0s)", "(flow.Disconnect)"}},
	} {
		if diff := cmp.Diff(tt.want, run(t, "survey", nil, tt.answer)); diff != "" {
			t.Errorf("after %+v (-want +got):\n%s", tt.answer, diff)
		}
	}
}

// The names in the seed are those that the instance is found by.
func TestIDsFollowFromTheInstance(t *testing.T) { onBothEngines(t, testIDsFollowFromTheInstance) }

func testIDsFollowFromTheInstance(t *testing.T, w *world) {
	f, err := w.Store.FlowByName(t.Context(), instanceID, DemoFlow)
	if err != nil || f.ID != idOf(instanceID, DemoFlow) || f.ID == idOf("other", DemoFlow) {
		t.Errorf("demo flow %+v, %v", f, err)
	}
	if _, err := w.Store.Flow(t.Context(), idOf("other", DemoFlow)); err != store.ErrNotFound {
		t.Errorf("flow of an instance that was not made: %v", err)
	}
}
