package main

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/internal/server"
)

// withDevKey runs parley with the key of a developer's server.
func withDevKey(t *testing.T, args ...string) *program {
	t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Env = append(environ(), "AWS_ACCESS_KEY_ID="+server.DevAccessKey, "AWS_SECRET_ACCESS_KEY="+server.DevAccessKey)
	return startWith(t, cmd)
}

func TestContactTrace(t *testing.T) {
	_, ready := startDev(t)
	id := startChat(t, ready, ready.ContactFlowId)
	trace := func(args ...string) string {
		t.Helper()
		cmd := append([]string{"contact", "trace", id, "--server", ready.Endpoint}, args...)
		p := withDevKey(t, cmd...)
		if code := p.exitCode(); code != 0 {
			t.Fatalf("exit code %d", code)
		}
		return p.stdout.String()
	}
	text := trace()
	for _, want := range []string{
		"Welcome\n", " greeting SetAttributes\n", "              FlowAttributes.greeting.Value = Hello \n", "→ is there a name?\n",
		"              NoMatchingCondition → explain\n", "The flow waits at listen.\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the trace lacks %q:\n%s", want, text)
		}
	}
	for i, line := range strings.Split(strings.TrimSpace(trace("--json")), "\n") {
		var l struct{ Identifier, Branch, Next string }
		if err := json.Unmarshal([]byte(line), &l); err != nil || l.Identifier == "" {
			t.Errorf("line %d is %q: %v", i, line, err)
		}
	}

	p := withDevKey(t, "contact", "trace", id, "--follow", "--endpoint", ready.Endpoint)
	p.waitFor(&p.stdout, "listen", 0)
	if _, err := client(ready).StopContact(t.Context(), &connect.StopContactInput{InstanceId: &ready.InstanceId, ContactId: &id}); err != nil {
		t.Fatal(err)
	}
	if code := p.exitCode(); code != 0 || !strings.Contains(p.stdout.String(), "the contact has ended") {
		t.Errorf("exit code %d at the end of the contact", code)
	}
	failure(t, []string{"contact", "trace", id, "--server", ready.Endpoint}, "needs a key")
}
