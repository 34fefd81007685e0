package main

import (
	"bufio"
	"encoding/json"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestFlowTest tries what lies beside flows, and tells what differs.
func TestFlowTest(t *testing.T) {
	t.Parallel()
	dir := flowFolder(t, map[string]string{
		"hi.json":        greeting,
		"hi.txtar":       "# Hello.\n0s customer starts hi name=Ann\n0s customer > EVENT participant.joined CUSTOMER\n0s customer > SYSTEM \"Hello Bob\"\n0s - end\n",
		"late.txtar":     "0s customer starts hi name=Ann\n0s customer > EVENT participant.joined CUSTOMER\n0s customer > SYSTEM \"Hello Ann\"\n1h customer > EVENT chat.ended\n1h - end\n",
		"late.mock.yaml": "functions: {lookup: {returns: {}}}\n",
		"own/own.txtar": "0s customer starts own\n0s customer > EVENT participant.joined CUSTOMER\n0s customer > SYSTEM \"Hello \"\n0s - end\n\n-- own.json --\n" +
			greeting + "\n",
		"wrong/wrong.txtar": "0s customer dances\n",
		"none/none.txtar":   "# to be written\n",
		"empty/flow.json":   greeting,
	})
	run := func(want int, args ...string) (stdout, stderr string) {
		t.Helper()
		code, stdout, stderr := complete(t, dir, "", append([]string{"flow", "test"}, args...)...)
		if code != want {
			t.Errorf("%v: exit code %d, want %d\n%s%s", args, code, want, stdout, stderr)
		}
		return stdout, stderr
	}
	contains := func(text string, want ...string) {
		t.Helper()
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("no %q in\n%s", w, text)
			}
		}
	}

	out, _ := run(1, "hi.txtar", "late.txtar", "own")
	contains(out, "FAIL  hi.txtar", "hi.txtar:4: seen otherwise", `- 0s       customer > SYSTEM "Hello Bob"`,
		`+ 0s       customer > SYSTEM "Hello Ann"`, "ok    late.txtar", "ok    own/own.txtar", "3 tests: 2 passed, 1 failed",
		"late.mock.yaml: function lookup: nobody asks it")
	run(0, "late.txtar")
	run(1, "--strict", "late.txtar")
	run(0, "--run", "l.te", ".")
	out, _ = run(1, "wrong")
	contains(out, "wrong/wrong.txtar:1:")
	out, _ = run(1, "none")
	contains(out, "nobody does anything in it")
	_, errs := run(2, "empty")
	contains(errs, "no golden conversation")
	run(2, "nowhere")
	run(2, "--run", "(", "late.txtar")

	run(1, "--junit", "junit.xml", "hi.txtar", "late.txtar")
	var junit struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Cases    []struct {
			Name    string  `xml:"name,attr"`
			Failure *string `xml:"failure"`
		} `xml:"testcase"`
	}
	text, err := os.ReadFile(filepath.Join(dir, "junit.xml"))
	if err == nil {
		err = xml.Unmarshal(text, &junit)
	}
	if err != nil || junit.Tests != 2 || junit.Failures != 1 || junit.Cases[0].Failure == nil || junit.Cases[1].Failure != nil {
		t.Errorf("junit: %v\n%s", err, text)
	}
	out, _ = run(1, "--json", "hi.txtar")
	var report struct {
		Failed int
		Tests  []struct{ Problems []struct{ Line int } }
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil || report.Failed != 1 || report.Tests[0].Problems[0].Line != 4 {
		t.Errorf("json: %v\n%s", err, out)
	}

	out, _ = run(0, "--coverage", "--coverage-min", "40", "--coverage-json", "cov.json", "--coverage-svg", "pictures", "late.txtar")
	contains(out, "hi.json: 2 of 4 branches", "hi.json:2: greet: NoMatchingError → wait", "50% of the branches of 1 flow")
	if picture, err := os.ReadFile(filepath.Join(dir, "pictures", "hi.svg")); err != nil || !strings.Contains(string(picture), "covering") {
		t.Errorf("picture: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "cov.json")); err != nil {
		t.Error(err)
	}
	out, _ = run(1, "--coverage-min", "60", "late.txtar")
	contains(out, "Fewer than 60%")

	run(0, "--update", "hi.txtar")
	run(0, "hi.txtar")
	if text, err := os.ReadFile(filepath.Join(dir, "hi.txtar")); err != nil || !strings.Contains(string(text), "# Hello.\n") || !strings.Contains(string(text), "Hello Ann") {
		t.Errorf("updated: %v\n%s", err, text)
	}
}

// greeting greets, and ends after an hour.
const greeting = `{"Version": "2019-10-30", "StartAction": "greet", "Actions": [
{"Identifier": "greet", "Type": "MessageParticipant", "Parameters": {"Text": "Hello $.Attributes.name"},
 "Transitions": {"NextAction": "wait", "Errors": [{"NextAction": "wait", "ErrorType": "NoMatchingError"}]}},
{"Identifier": "wait", "Type": "Wait", "Parameters": {"TimeLimitSeconds": "3600"},
 "Transitions": {"NextAction": "end", "Conditions": [{"NextAction": "end", "Condition": {"Operator": "Equals", "Operands": ["WaitCompleted"]}}],
  "Errors": [{"NextAction": "end", "ErrorType": "NoMatchingError"}]}},
{"Identifier": "end", "Type": "DisconnectParticipant"}]}`

// TestFlowExample tries the example that the documentation walks through.
func TestFlowExample(t *testing.T) {
	t.Parallel()
	code, out, errs := complete(t, "../../examples", "", "flow", "lint", "--strict", "--portable", "orders")
	if code != 0 {
		t.Errorf("lint: exit code %d\n%s%s", code, out, errs)
	}
	code, out, errs = complete(t, "../../examples", "", "flow", "test", "--strict", "--coverage", "--coverage-min", "55", "orders")
	if code != 0 {
		t.Errorf("test: exit code %d\n%s%s", code, out, errs)
	}
}

// TestFlowTestCases runs test cases of Amazon Connect, and tells what is wrong with them.
func TestFlowTestCases(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for _, name := range []string{"orders.json", "waiting.CUSTOMER_QUEUE.json", "unavailable.json", "mock.yaml"} {
		text, err := os.ReadFile(filepath.Join("../../examples/orders", name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(text)
	}
	right := files["unavailable.json"]
	change := func(name, from, to string) {
		if files[name] = strings.Replace(right, from, to, 1); files[name] == right {
			t.Fatalf("%s is not changed", name)
		}
	}
	change("voice.json", `"Type": "CHAT"`, `"Type": "VOICE_CALL"`)
	change("nowhere.json", `"FlowId": "orders"`, `"FlowId": "sales"`)
	change("bad.json", `"EXACTLY"`, `"ONCE"`)
	change("assert.json", `"Operand": "Orders"`, `"Operand": "Sales"`)
	change("full.json", `"ActionType": "InvokeLambdaFunction",
                  "ActionParameters": {"LambdaFunctionARN": "lookup"},
                  "Strategy": {"Type": "MockResponse", "Response": {"Type": "Error", "Error": {"Value": "TimeLimitExceeded"}}}`,
		`"ActionType": "CheckHoursOfOperation", "ActionParameters": {"HoursOfOperationId": "Shop hours"},
		"Strategy": {"Type": "MockResponse", "Response": {"Type": "ExecutionResult", "ExecutionResult": {"Value": "OutOfHours"}}}`)
	dir := flowFolder(t, files)
	for name, want := range map[string]string{
		"unavailable.json": "1 passed",
		"voice.json":       "only test cases for CHAT",
		"nowhere.json":     "no flow sales",
		"bad.json":         "ONCE",
		"assert.json":      `assert.json:41: queued: in-orders: $.Queue.Name is "Orders", not Equals "Sales"`,
		"full.json":        "greeted: observed 0 times", // it is closed
	} {
		code, out, errs := complete(t, dir, "", "flow", "test", name)
		if (code == 0) != (name == "unavailable.json") || !strings.Contains(out, want) {
			t.Errorf("%s: exit code %d, no %q in\n%s%s", name, code, want, out, errs)
		}
	}
}

// TestFlowRunRecord tells that what was recorded can be repeated.
func TestFlowRunRecord(t *testing.T) {
	t.Parallel()
	dir := flowFolder(t, map[string]string{"hi.json": greeting, "bye.json": cleanFlow})
	for name, tt := range map[string]struct{ flow, in, want string }{
		"talk.txtar":  {"hi.json", "good morning\n/pass 10m\n/agent\n/agent How are you?\n/attributes\n\n", `says "good morning"`},
		"ended.txtar": {"bye.json", "", "ERROR AccessDeniedException"},
	} {
		code, out, errs := complete(t, dir, tt.in, "flow", "run", "--set", "name=Ann", "--at", "2026-12-24T18:00:00Z", "--record", name, tt.flow)
		if code != 0 {
			t.Fatalf("run: exit code %d\n%s%s", code, out, errs)
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.HasPrefix(string(text), "# at 2026-12-24T18:00:00Z\n") || !strings.Contains(string(text), tt.want) {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
		if code, out, errs = complete(t, dir, "", "flow", "test", name); code != 0 {
			t.Errorf("test: exit code %d\n%s%s\n%s", code, out, errs, text)
		}
	}
}

// TestFlowRunWords: files are named as flows are, and what can not be done is said.
func TestFlowRunWords(t *testing.T) {
	t.Parallel()
	dir := flowFolder(t, map[string]string{"Sample inbound flow.json": greeting})
	code, out, errs := complete(t, dir, "/agent Hello\n/agent leave\n/view\n/view Next {bad\nThank you\n", "flow", "run",
		"--set", "name=Ana Lee", "--set", "order=#42", "--record", "talk.txtar", "Sample inbound flow.json")
	if code != 0 || strings.Count(out, "There is no agent") != 2 || strings.Count(out, "/view takes an action") != 2 ||
		!strings.Contains(out, "Hello Ana Lee") || !strings.Contains(out, "Thank you") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	if code, out, errs = complete(t, dir, "", "flow", "test", "."); code != 0 {
		t.Errorf("test: exit code %d\n%s%s", code, out, errs)
	}
	if code, out, errs = complete(t, dir, "", "flow", "run", "--set", "a.b=c", "Sample inbound flow.json"); code != 1 {
		t.Errorf("no start: exit code %d\n%s%s", code, out, errs)
	}
}

// TestFlowTestNobody: a line of somebody who is not there fails, and the other tests go on.
func TestFlowTestNobody(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"agent says \"x\"", "agent leaves", "agent types", "agent views", "bot2 fetches", "customer attends", "customer says \"x\""} {
		dir := flowFolder(t, map[string]string{
			"hi.json": greeting, "nobody.txtar": "0s " + line + "\n0s - end\n",
			"some.txtar": "0s customer starts hi name=Ann\n0s customer > EVENT participant.joined CUSTOMER\n0s customer > SYSTEM \"Hello Ann\"\n0s - end\n",
		})
		code, out, errs := complete(t, dir, "", "flow", "test", ".")
		if code != 1 || !strings.Contains(out, "is not in the chat") || !strings.Contains(out, "2 tests: 1 passed, 1 failed") {
			t.Errorf("%s: exit code %d\n%s%s", line, code, out, errs)
		}
	}
}

// TestFlowRunTrace tells each step once, also when the talk goes on behind the end of the flow log.
func TestFlowRunTrace(t *testing.T) {
	t.Parallel()
	dir := flowFolder(t, map[string]string{"hi.json": greeting})
	code, out, errs := complete(t, dir, "/pass 1h\n", "flow", "run", "--trace", "--record", "talk.txtar", "hi.json")
	if code != 0 || strings.Count(out, "end Disconnect") != 1 {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
}

// TestFlowRunInterrupted ends while nothing is typed.
func TestFlowRunInterrupted(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), binary, "flow", "run", "hi.json")
	cmd.Dir, cmd.Env = flowFolder(t, map[string]string{"hi.json": greeting}), environ()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("%s, %v", line, err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// TestFlowRunCalm: what is said gives the terminal no orders.
func TestFlowRunCalm(t *testing.T) {
	t.Parallel()
	dir := flowFolder(t, map[string]string{"hi.json": greeting})
	code, out, errs := complete(t, dir, "/agent\n/agent a\x1b[2Jb\n", "flow", "run", "--set", "name=\x1b]0;title\a", "hi.json")
	if code != 0 || strings.ContainsAny(out, "\x1b\a") || !strings.Contains(out, "a [2Jb") {
		t.Errorf("exit code %d\n%q%s", code, out, errs)
	}
}
