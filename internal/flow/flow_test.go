package flow

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// document writes a flow that starts at its first action.
func document(t testing.TB, actions ...string) string {
	t.Helper()
	var first struct{ Identifier string }
	if err := json.Unmarshal([]byte(actions[0]), &first); err != nil {
		t.Fatalf("action %s: %v", actions[0], err)
	}
	return fmt.Sprintf("{\"Version\": \"2019-10-30\", \"StartAction\": %q, \"Actions\": [\n%s\n]}", first.Identifier, strings.Join(actions, ",\n"))
}

func parse(t testing.TB, content string) *Flow {
	t.Helper()
	f, err := Parse(content)
	if err != nil {
		t.Fatalf("Parse: %v\n%s", err, content)
	}
	return f
}

// actionUnderTest writes an action with a branch for each name: "!NoMatchingError" is an error, "NumberLessThan 10" a condition,
// "WaitCompleted" a condition with Equals. Each branch, and NextAction, leads to actions that say where they are and end the flow.
func actionUnderTest(t testing.TB, kind, params string, branches ...string) *Flow {
	t.Helper()
	actions := []string{""}
	target := func(name string) string {
		id := fmt.Sprint("to ", len(actions))
		actions = append(actions,
			fmt.Sprintf(`{"Identifier": %q, "Type": "MessageParticipant", "Parameters": {"Text": %q}, "Transitions": {"NextAction": "end"}}`, id, "→ "+name))
		return id
	}
	next := target("NextAction")
	var conditions, failures []string
	for _, b := range branches {
		if kind, ok := strings.CutPrefix(b, "!"); ok {
			failures = append(failures, fmt.Sprintf(`{"ErrorType": %q, "NextAction": %q}`, kind, target(b)))
			continue
		}
		operator, operand, ok := strings.Cut(b, " ")
		if !ok {
			operator, operand = equals, b
		}
		conditions = append(conditions, fmt.Sprintf(`{"Condition": {"Operator": %q, "Operands": [%q]}, "NextAction": %q}`, operator, operand, target(b)))
	}
	if params == "" {
		params = "{}"
	}
	actions[0] = fmt.Sprintf(`{"Identifier": "it", "Type": %q, "Parameters": %s, "Transitions": {"NextAction": %q, "Conditions": [%s], "Errors": [%s]}}`,
		kind, params, next, strings.Join(conditions, ","), strings.Join(failures, ","))
	actions = append(actions, `{"Identifier": "end", "Type": "EndFlowExecution", "Transitions": {}}`)
	return parse(t, document(t, actions...))
}

// show writes effects as lines, without the log.
func show(effects []Effect) []string {
	var lines []string
	for _, e := range effects {
		switch e := e.(type) {
		case Log:
		case Say:
			if strings.HasPrefix(e.Text, "→ ") {
				lines = append(lines, e.Text)
			} else {
				lines = append(lines, "Say "+e.Text)
			}
		case Wait:
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("Wait %s %s", e.For, strings.Join(e.Events, " "))))
		case End:
			lines = append(lines, strings.TrimSpace("End "+e.Reason))
		default:
			lines = append(lines, strings.TrimPrefix(fmt.Sprintf("%T ", e), "flow.")+compact(e))
		}
	}
	return lines
}

// playing runs a flow, with its state written to JSON and read back before every step.
type playing struct {
	t     testing.TB
	flow  *Flow
	state State
	facts Facts
}

func (p *playing) step(in Input) []Effect {
	p.t.Helper()
	saved, err := json.Marshal(p.state)
	if err != nil {
		p.t.Fatalf("save state: %v", err)
	}
	p.state = State{}
	if err := json.Unmarshal(saved, &p.state); err != nil {
		p.t.Fatalf("load state %s: %v", saved, err)
	}
	effects, err := Step(p.flow, &p.state, &p.facts, in)
	if err != nil {
		p.t.Fatalf("Step(%+v) at %s: %v", in, saved, err)
	}
	return effects
}

// play begins a run and gives it these inputs.
func (p *playing) play(inputs ...Input) []string {
	p.t.Helper()
	lines := show(p.step(Input{Kind: Begin}))
	for _, in := range inputs {
		lines = append(lines, show(p.step(in))...)
	}
	return lines
}

var (
	done   = Input{Kind: Done}
	failed = Input{Kind: Failed}
)

func TestParseKeepsContent(t *testing.T) {
	for _, content := range []string{
		`{}`,
		" {\r\n\t\"StartAction\" : \"a\",\"Actions\":[ ] , \"x\":1.50e0}\n",
		`{"Actions":[{"Identifier":"a","Type":"MessageParticipant","Parameters":{"Text":"\u00e4 ä \/ &<>"}}]}`,
	} {
		if got := parse(t, content).Content(); got != content {
			t.Errorf("Content() = %q, want %q", got, content)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, content, message string
		line, column           int
	}{
		{"nothing", "", "Content is not valid JSON: unexpected end of JSON input", 1, 1},
		{"half an object", "{\n\"Version\":", "Content is not valid JSON: unexpected end of JSON input", 2, 10},
		{"no JSON", "{\n\n  Version: 1}", "Content is not valid JSON: invalid character 'V' looking for beginning of object key string", 3, 3},
		{"two documents", "{}\n{}", "Content is not valid JSON: invalid character '{' after top-level value", 2, 1},
		{"a byte order mark", "\ufeff{}", "Content begins with a byte order mark: save it as UTF-8 without one", 1, 1},
		{"a list", "\n[]", "Content is not a JSON object", 2, 1},
		{"a text", `"a"`, "Content is not a JSON object", 1, 1},
		{"bad UTF-8", "{\"a\":\"\xff\"}", "Content is not valid UTF-8", 1, 1},
		{"a zero character", "{\n\"a\":\"\\u0000\"}", `Content has the character \u0000, which can not be stored`, 2, 13},
		{"too deep", strings.Repeat(`{"a":`, 70) + "1" + strings.Repeat("}", 70), "Content is nested deeper than 64 levels", 1, 326},
		{"too long", `{"a":"` + strings.Repeat("x", maxContent) + `"}`, "Content is longer than 256000 characters", 1, 1},
	} {
		_, err := Parse(tt.content)
		bad, ok := err.(*Invalid)
		if !ok {
			t.Errorf("%s: Parse = %v, want *Invalid", tt.name, err)
			continue
		}
		if want := []Problem{{Rule: ruleDocument, Message: tt.message, Line: tt.line, Column: tt.column}}; !cmp.Equal(bad.Problems, want) {
			t.Errorf("%s: problems (-want +got):\n%s", tt.name, cmp.Diff(want, bad.Problems))
		}
	}
}

func TestParseTakesTheLongestContent(t *testing.T) {
	content := `{"a":"` + strings.Repeat("ä", maxContent-8) + `"}` // characters, not bytes
	if _, err := Parse(content); err != nil {
		t.Errorf("Parse of %d characters: %v", maxContent, err)
	}
}

// What drafts and exports hold runs as far as it can, and the way out is always an end. Source: flow sheet, 2.7.
func TestStepThroughDrafts(t *testing.T) {
	const say = `{"Identifier": "say", "Type": "MessageParticipant", "Parameters": {"Text": "hi"}, "Transitions": {"NextAction": "`
	for _, tt := range []struct {
		name, content string
		want          []string
	}{
		{"nothing", `{}`, []string{`End StartAction leads to "", which is no action`}},
		{"start that dangles", `{"StartAction": "a", "Actions": []}`, []string{`End StartAction leads to "a", which is no action`}},
		{"empty next action", document(t, say+`"}}`), []string{"Say hi", `End say leads to "", which is no action`}},
		{"end of the designer", document(t, say+`$end"}}`), []string{"Say hi", `End say leads to "$end", which is no action`}},
		{"no Parameters", document(t, say+`q"}}`, `{"Identifier": "q", "Type": "TransferContactToQueue"}`), []string{"Say hi", "EnterQueue {}"}},
		{"type that does not exist", document(t, `{"Identifier": "a", "Type": "PlayPrompt", "Transitions": {"NextAction": "say", "Errors":
			[{"ErrorType": "NoMatchingError", "NextAction": "say"}]}}`, say+`"}}`), []string{"Say hi", `End say leads to "", which is no action`}},
		{
			"wrong JSON types", `{"StartAction": "a", "Actions": [7, {"Identifier": "a", "Type": "Compare", "Parameters": [], "Transitions": 3}]}`,
			[]string{`End a leads to "", which is no action`},
		},
		{
			"two actions of one name", document(t, say+`"}}`, `{"Identifier": "say", "Type": "DisconnectParticipant"}`),
			[]string{"Say hi", `End say leads to "", which is no action`},
		},
	} {
		p := playing{t: t, flow: parse(t, tt.content)}
		if diff := cmp.Diff(tt.want, p.play()); diff != "" {
			t.Errorf("%s: effects (-want +got):\n%s", tt.name, diff)
		}
	}
}
