package parleytest_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/openparley/parley/parleytest"
)

func TestCustomerFallsAsleep(t *testing.T) {
	srv := parleytest.New(t, parleytest.Flow("welcome", parleytest.Steps(parleytest.Say("Welcome"), parleytest.Queue("Support"))))
	chat := srv.StartChat("welcome", parleytest.Lasting(48*time.Hour))
	chat.CustomerTimers(10*time.Minute, 20*time.Minute)

	srv.Clock.Advance(24*time.Hour + 30*time.Minute)
	agent := chat.AgentJoins("Ben")
	agent.Says("Are you still there?")
	srv.Clock.Advance(10 * time.Minute)
	agent.Saw("EVENT participant.idle CUSTOMER")
	srv.Clock.Advance(20 * time.Minute)
	chat.HasEnded("IDLE_DISCONNECT")
	chat.Lasted(25 * time.Hour)
}

// TestDocumentsShowTestsThatRun: the test that people copy is the one above, in at most twenty lines.
func TestDocumentsShowTestsThatRun(t *testing.T) {
	t.Parallel()
	source := read(t, "readme_test.go")
	_, after, _ := strings.Cut(source, "\nfunc TestCustomerFallsAsleep")
	body, _, found := strings.Cut(after, "\n}\n")
	if !found {
		t.Fatal("the test is not here")
	}
	test := "func TestCustomerFallsAsleep" + body + "\n}\n"
	if n := strings.Count(test, "\n"); n > 20 {
		t.Errorf("the test has %d lines", n)
	}
	for file, want := range map[string]string{
		"../README.md":       "```go\n" + test + "```",
		"../docs/testing.md": "```go\n" + test + "```",
		"doc.go":             "//\t" + strings.ReplaceAll(strings.TrimSpace(test), "\n", "\n//\t") + "\n",
	} {
		text := strings.ReplaceAll(read(t, file), "\n//\n", "\n//\t\n")
		if !strings.Contains(text, want) {
			t.Errorf("%s does not show this test:\n%s", file, want)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
