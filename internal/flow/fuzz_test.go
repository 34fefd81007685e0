package flow

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// flowFiles are the flows of testdata.
func flowFiles(t testing.TB) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("testdata/flows/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("flows of testdata: %d files, %v", len(paths), err)
	}
	files := map[string]string{}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(path)] = string(b)
	}
	return files
}

// playAtRandom runs a flow with random answers for some steps. Every step must end, and decide.
func playAtRandom(t testing.TB, f *Flow, seed uint64, steps int) {
	r := rand.New(rand.NewPCG(seed, 0))
	p := playing{t: t, flow: f, state: Start(seed)}
	p.facts = Facts{Attributes: map[string]string{"name": "Ann", "tier": "gold", "count": "3"}, FlowType: "CONTACT_FLOW", Channel: "CHAT"}
	p.state.Results = map[string]json.RawMessage{"External": json.RawMessage(`{"a":["1",{"b":2}]}`)}
	in := Input{Kind: Begin}
	for range steps {
		effects := p.step(in)
		if len(effects) == 0 {
			t.Fatal("a step without effects")
		}
		if len(effects) > 4*maxSteps {
			t.Fatalf("%d effects in one step", len(effects))
		}
		switch last := effects[len(effects)-1].(type) {
		case EnterFlow, EnterQueue:
			in = Input{Kind: Failed, Error: []string{"", QueueAtCapacity}[r.IntN(2)]}
		case Wait:
			in = []Input{{Kind: TimedOut}, {Kind: Failed}, {Kind: Happened, Event: CustomerReturned}}[r.IntN(3)]
		case SignIn:
			in = []Input{{Kind: Done}, {Kind: TimedOut}, {Kind: Failed}, {Kind: Happened, Event: OptedOut}}[r.IntN(4)]
		case ShowView:
			in = []Input{{Kind: Answered, Event: "Next", Data: []byte(`{"a":1}`)}, {Kind: TimedOut}, {Kind: Failed}}[r.IntN(3)]
		case Invoke:
			in = []Input{
				{Kind: Answered, Data: []byte(`{"a":1,"b":"text"}`)},
				{Kind: Answered, Data: []byte(`{"a":{"b":[null]}}`)},
				{Kind: Answered, Event: "request"},
				{Kind: TimedOut},
				{Kind: Failed},
			}[r.IntN(5)]
		case Disconnect, End:
			if p.state.Action != "" {
				t.Fatalf("a run that is over is at %q", p.state.Action)
			}
			return
		default:
			if !Asks(last) {
				t.Fatalf("the last effect %T decides nothing", last)
			}
			in = []Input{{Kind: Done}, {Kind: Failed}}[r.IntN(2)]
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, content := range flowFiles(f) {
		f.Add(content, uint64(1))
	}
	for _, content := range []string{
		`{"StartAction":"a","Actions":[{"Identifier":"a","Type":"Loop","Parameters":{"LoopCount":"2"},"Transitions":{"NextAction":"a"}}]}`,
		`{"StartAction":"a","Actions":[{"Identifier":"a","Type":"Compare","Parameters":{"ComparisonValue":"$.External.a[1]"},"Transitions":{"Conditions":[{"NextAction":"a","Condition":{"Operator":"And","Operands":[{"Operator":"Exists"},{"Operator":"Not","Operands":[{"Operator":"Equals","Operands":["x"]}]}]}}]}}]}`,
		`{"StartAction":"a","Actions":[{"Identifier":"a","Type":"UpdateContactEventHooks","Parameters":{"EventHooks":{"CustomerQueue":null},"EventHooksConfiguration":{"AgentWhisper":[]}},"Transitions":{"Errors":[{"ErrorType":"NoMatchingError","NextAction":"a"}]}}]}`,
		`{"Actions":{"a":[null,1e5,"",true]},"StartAction":7}`,
	} {
		f.Add(content, uint64(2))
	}
	f.Fuzz(func(t *testing.T, content string, seed uint64) {
		parsed, err := Parse(content)
		if err != nil {
			if bad, ok := errors.AsType[*Invalid](err); !ok || len(bad.Problems) == 0 {
				t.Fatalf("Parse = %v, want *Invalid with problems", err)
			}
			return
		}
		if parsed.Content() != content {
			t.Error("the content changed")
		}
		for _, p := range parsed.Check("CONTACT_FLOW", func(string, string) bool { return false }) {
			if p.Message == "" || p.Line < 1 {
				t.Errorf("problem %+v", p)
			}
		}
		playAtRandom(t, parsed, seed, 50)
	})
}

func TestFlowsOfTestdata(t *testing.T) {
	for name, content := range flowFiles(t) {
		t.Run(name, func(t *testing.T) {
			f := parse(t, content)
			for _, p := range f.Check("CONTACT_FLOW", nil) {
				t.Errorf("line %d: %s (%s)", p.Line, p.Message, p.Action)
			}
			for seed := range uint64(50) {
				playAtRandom(t, f, seed, 200)
			}
		})
	}
}

// FuzzLint: whatever the text, lint ends and says where; what is converted can be read.
func FuzzLint(f *testing.F) {
	for _, content := range flowFiles(f) {
		f.Add(content)
	}
	for _, content := range olderFlows(f) {
		f.Add(content)
	}
	for _, content := range []string{
		`{"modules":[{"id":"end","type":"Loop","branches":[{"condition":"Looping","transition":"end"}]},{},7],"start":"end","type":"customerQueue"}`,
		`{"modules":[{"id":"a","type":"SetAttributes","parameters":[{"name":"Attribute","key":"k","value":1e3,"namespace":"User Defined"}]}],"metadata":{"a":[null]}}`,
		`{"Actions":[{"Identifier":"a","Type":"Compare","Transitions":{"Conditions":[{"Condition":{"Operator":"Equals","Operands":["$.[0]"]}}]}}]}`,
	} {
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content string) {
		lines := 1 + strings.Count(content, "\n")
		for _, how := range []Linting{{}, {Type: Module, Portable: true, Instance: "i"}} {
			for _, p := range Lint(content, how) {
				if p.Message == "" || p.Severity == "" || p.Line < 1 || p.Line > lines || p.Column < 1 {
					t.Errorf("finding %+v in %d lines", p, lines)
				}
			}
		}
		if converted, err := Convert(content); err == nil {
			if _, err := Parse(converted.Content); err != nil {
				t.Errorf("converted: %v", err)
			}
		}
	})
}
