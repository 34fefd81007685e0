package parleytest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/openparley/parley/parleytest"
)

// TestRecord: a chat of a test is repeated from its file, and one that goes otherwise is told.
func TestRecord(t *testing.T) {
	t.Parallel()
	steps := func(last string) parleytest.Option {
		return parleytest.Flow("welcome", parleytest.Steps(
			parleytest.Say("Hello $.Attributes.name"), parleytest.Hear(time.Hour), parleytest.Invoke("lookup", nil),
			parleytest.Say("You are $.External.tier"), parleytest.Wait(10*time.Minute), parleytest.Say(last), parleytest.Queue("Support"),
		))
	}
	lookup := func(srv *parleytest.Server) *parleytest.Function {
		return srv.Lambda("lookup", func(parleytest.Call) (any, error) { return map[string]string{"tier": "gold"}, nil })
	}
	file := filepath.Join(t.TempDir(), "chat.txtar")

	srv := parleytest.New(t, steps("Have a seat"))
	lookup(srv)
	chat := srv.StartChat("welcome", parleytest.Attributes(map[string]string{"name": "Ana Lee"}))
	srv.Clock.Advance(90 * time.Second)
	chat.Customer.Types()
	srv.Clock.Advance(time.Second)
	chat.Customer.Says(`I "love" it`)
	srv.Clock.Advance(time.Hour)
	agent := chat.AgentJoins("Ben")
	agent.Types()
	agent.Says("How are you?")
	chat.SupervisorJoins("Eve").Says("Let me help")
	chat.Customer.Sends("text/markdown", "*fine*")
	agent.Leaves()
	chat.Record(file)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"# at 2026-01-07T10:00:00Z", `0s       customer   starts welcome name="Ana Lee"`, `1m31s    customer   types`,
		`1m31s    customer > SYSTEM "You are gold"`, `1h1m31s  agent      is-asked`, `agent      says "How are you?"`, `supervisor   says "Let me help"`,
		`says "*fine*" text/markdown`, `agent      leaves`,
	} {
		if !strings.Contains(string(text), line) {
			t.Errorf("no line %s in\n%s", line, text)
		}
	}

	again := parleytest.New(t, steps("Have a seat"))
	asked := lookup(again)
	once := again.Replay(file)
	asked.AskedTimes(1)
	once.Customer.Saw("Hello Ana Lee", "*fine*")

	r := &recorder{TB: t}
	other := parleytest.New(r, steps("Sit down"))
	lookup(other)
	other.Replay(file)
	said := strings.Join(r.end(), "\n")
	for _, want := range []string{`- 11m31s   customer > SYSTEM "Have a seat"`, `+ 11m31s   customer > SYSTEM "Sit down"`} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %s but\n%s", want, said)
		}
	}
}

// TestReplayWithoutFlow tells which flow is missing.
func TestReplayWithoutFlow(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "chat.txtar")
	if err := os.WriteFile(file, []byte("0s customer starts orders\n0s - end\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := &recorder{TB: t}
	parleytest.Replay(r, file)
	if said := strings.Join(r.end(), "\n"); !strings.Contains(said, `there is no flow "orders"`) {
		t.Error(said)
	}
}
