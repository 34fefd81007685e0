package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/openparley/parley/chat"
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
	code, out, stderr := complete(t, dir, "first\n", args...)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	seen := contents(t, out)
	if !seen["first"] || !seen["STATUS Live"] || !seen["STATUS Ended"] {
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
