package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/openparley/parley/chat"
	"github.com/openparley/parley/parleytest"
)

func TestChat(t *testing.T) {
	t.Parallel()
	_, ready := startDev(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "note.txt"), "a small file")
	write(t, filepath.Join(dir, "note.html"), "not taken")
	code, out, stderr := complete(t, dir, "good morning\n/file note.txt\n/file note.html\n/nonsense\n",
		"chat", "--endpoint", ready.Endpoint, "--name", "Ruth", "--linger", "2s")
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	for _, want := range []string{
		"SYSTEM_MESSAGE  Hello, and welcome!", "Ruth  good morning", "note.txt: 100 %", "Ruth  note.txt (file 1, approved; /get 1 saves it)",
		"ValidationException", "there is no command /nonsense",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not show %q, but:\n%s", want, out)
		}
	}
}

func TestChatForScripts(t *testing.T) {
	t.Parallel()
	_, ready := startDev(t)
	dir := t.TempDir()
	args := []string{"chat", "--endpoint", ready.Endpoint, "--session", "session.json", "--json", "--linger", "2s"}
	write(t, filepath.Join(dir, "note.txt"), "a small file")
	code, out, stderr := complete(t, dir, "first\n/file note.txt\n/nonsense\n", args...)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	seen := contents(t, out)
	if !seen["first"] || !seen["STATUS Live"] || !seen["STATUS Ended"] || !seen["PROGRESS "] || !seen["ATTACHMENT "] || !seen["ERROR "] {
		t.Errorf("there came %v", seen)
	}
	text, err := os.ReadFile(filepath.Join(dir, "session.json"))
	if err != nil {
		t.Fatal(err)
	}
	var saved chat.Saved
	if err := json.Unmarshal(text, &saved); err != nil || saved.Last == "" {
		t.Errorf("kept was %s: %v", text, err)
	}
	code, out, stderr = complete(t, dir, "second\n/leave\n", args...)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if seen := contents(t, out); seen["first"] || !seen["second"] || !seen["application/vnd.amazonaws.connect.event.chat.ended"] {
		t.Errorf("there came %v", seen)
	}
	if _, err := os.Stat(filepath.Join(dir, "session.json")); err == nil {
		t.Error("the session of a chat that is over was kept")
	}
	for text, want := range map[string]string{
		string(text): "has ended: remove the file", "{}": "holds no session", "module a": "holds no session",
	} {
		write(t, filepath.Join(dir, "session.json"), text)
		if code, _, stderr = complete(t, dir, "third\n", args...); code == 0 || !strings.Contains(stderr, want) {
			t.Errorf("exit code %d, without %q: %s", code, want, stderr)
		}
	}
}

// contents are what lines say, or else their type.
func contents(t *testing.T, out string) map[string]bool {
	t.Helper()
	seen := map[string]bool{}
	for line := range strings.Lines(out) {
		var l struct{ Type, Content, ContentType, Phase string }
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		switch {
		case l.Content != "":
			seen[l.Content] = true
		case l.ContentType != "":
			seen[l.ContentType] = true
		default:
			seen[l.Type+" "+l.Phase] = true
		}
	}
	return seen
}

// TestChatRecord: what was recorded of a chat is repeated, and goes otherwise with another flow.
func TestChatRecord(t *testing.T) {
	t.Parallel()
	greet := func(answer string) string {
		return runFlow("hello", runSay("hello", "Hello $.Attributes.name", "hear"),
			`{"Identifier":"hear","Type":"Wait","Parameters":{"TimeLimitSeconds":"300","Events":["CustomerReturned"]},"Transitions":{"NextAction":"end",
				"Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}},
				{"NextAction":"answer","Condition":{"Operator":"Equals","Operands":["CustomerReturned"]}}],"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}}`,
			runSay("answer", answer, "view"),
			`{"Identifier":"view","Type":"ShowView","Parameters":{"ViewResource":{"Id":"confirmation"},"InvocationTimeLimitSeconds":"300","ViewData":{"Heading":"Sure?"}},
				"Transitions":{"NextAction":"wait","Conditions":[{"NextAction":"sure","Condition":{"Operator":"Equals","Operands":["Next"]}}],
				"Errors":[{"NextAction":"wait","ErrorType":"NoMatchingError"},{"NextAction":"wait","ErrorType":"NoMatchingCondition"},{"NextAction":"wait","ErrorType":"TimeLimitExceeded"}]}}`,
			runSay("sure", "You are sure", "wait"), runWait, runEnd)
	}
	dir := flowFolder(t, map[string]string{"greet.json": greet("Thank you"), "note.txt": "a small file", "note.html": "not taken"})
	_, ready := startDev(t, "--flow", filepath.Join(dir, "greet.json"))
	args := []string{"chat", "--endpoint", ready.Endpoint, "--flow", "greet", "--set", "name=Ana Lee", "--linger", "2s", "--record"}
	code, out, stderr := complete(t, dir, "good \"morning\"\n/view Next {\"a\": 1}\n/file note.txt\n/file note.html\n", append(args, "talk.txtar")...)
	if code != 0 {
		t.Fatalf("exit code %d: %s%s", code, out, stderr)
	}
	text, err := os.ReadFile(filepath.Join(dir, "talk.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	rest := string(text)
	for _, want := range []string{
		"# at 20", "# seen by customer", `customer   starts greet name="Ana Lee"`, `> SYSTEM "Hello Ana Lee"`, `customer   says "good \"morning\""`,
		`> SYSTEM "Thank you"`, "VIEW confirmation", `customer   answers Next {"a":1}`, `"You are sure"`, "customer   attaches note.txt",
		`> CUSTOMER ATTACHMENT "note.txt" APPROVED`, "customer   leaves", "> EVENT participant.left CUSTOMER", "> EVENT chat.ended", "end",
	} {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Fatalf("there is no %s in\n%s", want, text)
		}
		rest = after
	}
	parleytest.Replay(t, filepath.Join(dir, "talk.txtar"), parleytest.FlowFile(filepath.Join(dir, "greet.json")))
	if code, out, stderr = complete(t, dir, "", "flow", "test", "talk.txtar"); code != 0 {
		t.Errorf("exit code %d\n%s%s", code, out, stderr)
	}
	write(t, filepath.Join(dir, "greet.json"), greet("Thanks"))
	code, out, stderr = complete(t, dir, "", "flow", "test", "talk.txtar")
	if code != 1 || !strings.Contains(out, `> SYSTEM "Thank you"`) || !strings.Contains(out, `> SYSTEM "Thanks"`) || strings.Contains(out, "are sure") {
		t.Errorf("exit code %d\n%s%s", code, out, stderr)
	}

	alone := flowFolder(t, map[string]string{})
	if code, out, stderr = complete(t, alone, "hi\n", append(args, "kept.txtar", "--keep-flow")...); code != 0 {
		t.Fatalf("exit code %d: %s%s", code, out, stderr)
	}
	parleytest.Replay(t, filepath.Join(alone, "kept.txtar"))
}

// TestChatUsage: what can not work is told in one line, before anything begins.
func TestChatUsage(t *testing.T) {
	t.Parallel()
	_, ready := startDev(t)
	here := "--endpoint=" + ready.Endpoint
	for name, tt := range map[string]struct {
		args []string
		want string
	}{
		"no folder":     {[]string{here, "--record", "nowhere/talk.txtar"}, "nowhere/talk.txtar: no such file or directory"},
		"half a chat":   {[]string{here, "--record", "talk.txtar", "--session", "s.json"}, "--record goes neither with --session nor with --continue"},
		"whose flow":    {[]string{here, "--record", "talk.txtar", "--token", "t"}, "name it with --flow"},
		"nothing kept":  {[]string{here, "--keep-flow"}, "--keep-flow is for --record"},
		"no such flow":  {[]string{here, "--flow", "Welcom"}, `the instance has no flow "Welcom"`},
		"no keys":       {[]string{"--endpoint", "https://chat.example.org"}, "there are no keys for https://chat.example.org: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"},
		"no keys there": {[]string{"--region", "eu-central-1"}, "there are no keys for Amazon Connect: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			cmd := exec.CommandContext(t.Context(), binary, append([]string{"chat"}, tt.args...)...)
			cmd.Dir, cmd.Env = dir, []string{"HOME=" + dir, "AWS_EC2_METADATA_DISABLED=true"}
			said, err := cmd.CombinedOutput()
			if cmd.ProcessState.ExitCode() != 2 || strings.Count(string(said), "\n") != 1 || !strings.Contains(string(said), tt.want) {
				t.Errorf("%v: %s", err, said)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}
