package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFlowDiagram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, out := filepath.Join(dir, "Hello.json"), filepath.Join(dir, "hello.svg")
	const content = `{"Version": "2019-10-30", "StartAction": "greet", "Actions": [
		{"Identifier": "greet", "Type": "MessageParticipant", "Parameters": {"Text": "Hello"}, "Transitions": {"NextAction": "end"}},
		{"Identifier": "end", "Type": "DisconnectParticipant", "Transitions": {}}]}`
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, "flow", "diagram", file)
	if code := p.exitCode(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	if code := start(t, "flow", "diagram", file, "-o", out).exitCode(); code != 0 {
		t.Fatalf("exit code %d with -o", code)
	}
	written, err := os.ReadFile(out)
	if err != nil || string(written) != p.stdout.String() {
		t.Errorf("the file is not what is printed: %v", err)
	}
	for _, want := range []string{"<svg", ">Hello</title>", "greet: Message participant, Hello. NextAction leads to end."} {
		if !strings.Contains(p.stdout.String(), want) {
			t.Errorf("the picture lacks %q", want)
		}
	}
	failure(t, []string{"flow", "diagram", file, "--type", "LETTER"}, "there is no flow type LETTER")
	failure(t, []string{"flow", "diagram", filepath.Join(dir, "none.json")}, "none.json")
	if err := os.WriteFile(file, []byte("[]"), 0o600); err != nil {
		t.Fatal(err)
	}
	failure(t, []string{"flow", "diagram", file}, "Hello.json: Content is not a JSON object")
}
