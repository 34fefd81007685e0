package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	cleanFlow = `{"Version": "2019-10-30", "StartAction": "bye", "Actions": [{"Identifier": "bye", "Type": "DisconnectParticipant"}]}`

	oddFlow = `{"Version": "2019-10-30", "StartAction": "bye", "Actions": [
{"Identifier": "bye", "Type": "EndFlowExecution"},
{"Identifier": "parked", "Type": "EndFlowExecution"}]}`

	faultyFlow = `{"Version": "2019-10-30", "StartAction": "say", "Actions": [
{"Identifier": "say", "Type": "MessageParticipant", "Parameters": {"Text": ""}, "Transitions": {"NextAction": "say"}}]}`
)

// complete runs a command to its end.
func complete(t *testing.T, dir, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, args...)
	var out, errs bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, environ(), strings.NewReader(stdin), &out, &errs
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// flowFolder is a folder with these files.
func flowFolder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFlowLint(t *testing.T) {
	t.Parallel()
	dir := flowFolder(t, map[string]string{
		"good.json": cleanFlow, "odd.json": oddFlow, "bad.json": faultyFlow, "whisper.AGENT_WHISPER.json": cleanFlow, "flows/deep/good.json": cleanFlow,
		"flows/readme.md": "no flow", "empty/readme.md": "no flow",
		"out/parley.json": "{}", "out/flows/A%2FB.AGENT_WHISPER.json": cleanFlow, "out/flows/a.draft.json": faultyFlow,
		"out/modules/m.json": cleanFlow, "out/queues/q.json": "{}",
	})
	for _, tt := range []struct {
		name  string
		args  []string
		stdin string
		code  int
		says  []string
	}{
		{"good", []string{"good.json"}, "", 0, []string{"1 flow: 0 errors, 0 warnings\n"}},
		{"a folder", []string{"flows"}, "", 0, []string{"1 flow: 0 errors, 0 warnings\n"}},
		{"standard input", []string{"-"}, faultyFlow, 1, []string{"-\n  2:76 error say: Invalid Action property value. Path: Actions[0].Parameters.Text (bad-value)\n      at /Actions/0/Parameters/Text\n"}},
		{"warnings", []string{"odd.json", "good.json"}, "", 0, []string{"odd.json\n  3:1 warning parked: Nothing leads to this action (unreachable)\n", "2 flows: 0 errors, 1 warning\n"}},
		{"strict", []string{"--strict", "odd.json"}, "", 1, []string{"0 errors, 1 warning\n"}},
		{"strict and good", []string{"--strict", "good.json"}, "", 0, nil},
		{"type in the name", []string{"whisper.AGENT_WHISPER.json"}, "", 1, []string{"flow-type"}},
		{"type by flag", []string{"--type=CUSTOMER_WHISPER", "good.json"}, "", 1, []string{"flow-type"}},
		{"unknown type", []string{"--type=WHISPER", "good.json"}, "", 2, []string{"there is no flow type WHISPER"}},
		{"no file", []string{"nope.json"}, "", 2, []string{"nope.json"}},
		{"an exported folder", []string{"out"}, "", 1, []string{"A%2FB.AGENT_WHISPER.json", "flow-type", "2 flows:"}},
		{"no flows", []string{"empty"}, "", 2, []string{"no *.json in empty"}},
		{"nothing", nil, "", 2, []string{"<file>"}},
		{"two forms", []string{"--json", "--sarif", "good.json"}, "", 2, nil},
	} {
		code, stdout, stderr := complete(t, dir, tt.stdin, append([]string{"flow", "lint"}, tt.args...)...)
		if code != tt.code {
			t.Errorf("%s: exit code %d, want %d\n%s%s", tt.name, code, tt.code, stdout, stderr)
		}
		for _, text := range tt.says {
			if !strings.Contains(stdout+stderr, text) {
				t.Errorf("%s: no %q in\n%s%s", tt.name, text, stdout, stderr)
			}
		}
		if strings.Contains(stdout, "\x1b") {
			t.Errorf("%s: colours that no terminal shows:\n%q", tt.name, stdout)
		}
	}
}

func TestFlowLintForMachines(t *testing.T) {
	t.Parallel()
	dir := flowFolder(t, map[string]string{"bad flow.json": faultyFlow, "good.json": cleanFlow})
	code, stdout, _ := complete(t, dir, "", "flow", "lint", "--json", "bad flow.json", "good.json")
	var told struct {
		Files    []linted
		Errors   int
		Warnings int
	}
	if err := json.Unmarshal([]byte(stdout), &told); err != nil || code != 1 {
		t.Fatalf("--json: %v, exit code %d\n%s", err, code, stdout)
	}
	if len(told.Files) != 2 || told.Errors != 1 || told.Warnings != 1 || len(told.Files[0].Findings) != 2 || told.Files[1].Findings == nil {
		t.Errorf("--json tells %+v", told)
	}
	code, stdout, _ = complete(t, dir, "", "flow", "lint", "--sarif", "bad flow.json")
	var sarif sarifLog
	if err := json.Unmarshal([]byte(stdout), &sarif); err != nil || code != 1 || sarif.Version != "2.1.0" || len(sarif.Runs) != 1 {
		t.Fatalf("--sarif: %v, exit code %d\n%s", err, code, stdout)
	}
	run := sarif.Runs[0]
	for _, r := range run.Results {
		if rule := run.Tool.Driver.Rules[r.RuleIndex]; rule.ID != r.RuleID || rule.DefaultConfiguration.Level != r.Level {
			t.Errorf("rule %d is %+v, the result is of %s", r.RuleIndex, rule, r.RuleID)
		}
		at := r.Locations[0].PhysicalLocation
		if at.ArtifactLocation.URI != "bad%20flow.json" || at.Region.StartLine != 2 || at.Region.StartColumn < 1 {
			t.Errorf("place %+v", at)
		}
	}
	if len(run.Results) != 2 || run.Results[0].RuleID != "bad-value" {
		t.Errorf("results %+v", run.Results)
	}
	if code, stdout, _ = complete(t, dir, "", "flow", "lint", "--sarif", "good.json"); code != 0 || !strings.Contains(stdout, `"results": []`) {
		t.Errorf("a good flow: exit code %d\n%s", code, stdout)
	}
}

func TestFlowConvert(t *testing.T) {
	t.Parallel()
	dir := flowFolder(t, map[string]string{
		"older.json": `{"modules": [{"id": "say", "type": "PlayPrompt", "parameters": [{"name": "Text", "value": "Hello"}, {"name": "Mood", "value": "1"}],
"branches": [{"condition": "Success", "transition": "bye"}]}, {"id": "bye", "type": "Disconnect"}], "start": "say", "type": "contactFlow"}`,
		"moon.json": `{"modules": [{"id": "say", "type": "Moon"}], "start": "say"}`, "new.json": cleanFlow,
	})
	code, stdout, stderr := complete(t, dir, "", "flow", "convert", "older.json")
	if want := "older.json:1: say: The parameter Mood of PlayPrompt has no counterpart in MessageParticipant\n"; code != 0 || stderr != want {
		t.Errorf("exit code %d and %q, want 0 and %q", code, stderr, want)
	}
	if code, said, _ := complete(t, dir, stdout, "flow", "lint", "--strict", "-"); code != 0 {
		t.Errorf("what is converted: %s", said)
	}
	if code, _, stderr = complete(t, dir, "", "flow", "convert", "-o", "moved.json", "moon.json"); code != 1 || !strings.Contains(stderr, "Invalid Action type") {
		t.Errorf("an unknown module: exit code %d, %s", code, stderr)
	}
	if written, err := os.ReadFile(filepath.Join(dir, "moved.json")); err != nil || !strings.Contains(string(written), `"Moon"`) {
		t.Errorf("%s, %v", written, err)
	}
	for _, path := range []string{"new.json", "."} {
		if code, _, stderr = complete(t, dir, "", "flow", "convert", path); code == 0 || stderr == "" {
			t.Errorf("convert %s: exit code %d, %s", path, code, stderr)
		}
	}
}

// TestLintInsideExport: the folder is the same from within.
func TestLintInsideExport(t *testing.T) {
	t.Parallel()
	dir := flowFolder(t, map[string]string{"parley.json": "{}", "flows/50%25.json": cleanFlow, "views/none.json": "{}", "flows/talk.txtar": "0s customer starts 50%\n"})
	if code, out, errs := complete(t, dir, "", "flow", "lint", "."); code != 0 || !strings.Contains(out, "1 flow: 0 errors") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	code, out, errs := complete(t, filepath.Join(dir, "flows"), "", "flow", "test", ".")
	if !strings.Contains(out, "MISSED") && !strings.Contains(out, "AccessDenied") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
}
