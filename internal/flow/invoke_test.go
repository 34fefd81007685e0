package flow

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// invocation is what a function is asked, in the words of a test.
func invocation(function, parameters string, seconds int, async bool) string {
	return fmt.Sprintf(`Invoke {"Function":%q,"Parameters":%s,"Limit":%d000000000,"Async":%t}`, function, parameters, seconds, async)
}

func TestInvokeLambdaFunction(t *testing.T) {
	facts := Facts{
		Region: "eu-central-1", FlowType: "CONTACT_FLOW", SegmentAttributes: map[string]any{"connect:Subtype": "connect:Chat"},
		Attributes: map[string]string{"f": "arn:f", "name": "Ann", "seconds": "3", "many": "9", "json": `{"a":1.50}`},
	}
	fail := []string{"→ !NoMatchingError", "End"}
	for _, tt := range []struct {
		name, params string
		want         []string // nil: NoMatchingError
	}{
		{"all that must be", `{"LambdaFunctionARN": "arn:f", "InvocationTimeLimitSeconds": "5"}`, []string{invocation("arn:f", "{}", 5, false)}},
		{"without a limit", `{"LambdaFunctionARN": "f"}`, []string{invocation("f", "{}", 8, false)}},
		{"a function by reference", `{"LambdaFunctionARN": "$.Attributes.f"}`, []string{invocation("arn:f", "{}", 8, false)}},
		{"a function by text", `{"LambdaFunctionARN": "arn:$.AwsRegion:f:live"}`, []string{invocation("arn:eu-central-1:f:live", "{}", 8, false)}},
		{"no function", `{"InvocationTimeLimitSeconds": "5"}`, nil},
		{"a function by reference to nothing", `{"LambdaFunctionARN": "$.Attributes.nope"}`, nil},

		{"a limit by reference", `{"LambdaFunctionARN": "f", "InvocationTimeLimitSeconds": "$.Attributes.seconds"}`, []string{invocation("f", "{}", 3, false)}},
		{"a limit as number", `{"LambdaFunctionARN": "f", "InvocationTimeLimitSeconds": 1}`, []string{invocation("f", "{}", 1, false)}},
		{"the longest limit", `{"LambdaFunctionARN": "f", "InvocationTimeLimitSeconds": "8"}`, []string{invocation("f", "{}", 8, false)}},
		{"a longer limit", `{"LambdaFunctionARN": "f", "InvocationTimeLimitSeconds": "$.Attributes.many"}`, nil},
		{"no time", `{"LambdaFunctionARN": "f", "InvocationTimeLimitSeconds": "0"}`, nil},
		{"a limit that is no number", `{"LambdaFunctionARN": "f", "InvocationTimeLimitSeconds": "$.Attributes.name"}`, nil},
		{"a limit by reference to nothing", `{"LambdaFunctionARN": "f", "InvocationTimeLimitSeconds": "$.Attributes.nope"}`, nil},

		{"synchronous", `{"LambdaFunctionARN": "f", "InvocationType": "SYNCHRONOUS"}`, []string{invocation("f", "{}", 8, false)}},
		{"asynchronous", `{"LambdaFunctionARN": "f", "InvocationTimeLimitSeconds": "60", "InvocationType": "ASYNCHRONOUS"}`, []string{invocation("f", "{}", 60, true)}},
		{"asynchronous without a limit", `{"LambdaFunctionARN": "f", "InvocationType": "ASYNCHRONOUS"}`, []string{invocation("f", "{}", 8, true)}},
		{"asynchronous and too long", `{"LambdaFunctionARN": "f", "InvocationTimeLimitSeconds": "61", "InvocationType": "ASYNCHRONOUS"}`, nil},

		{
			"parameters", `{"LambdaFunctionARN": "f", "LambdaInvocationAttributes": {"a": "text", "b": "$.Attributes.name", "c": "by $.Attributes.name.", "d": "$.Attributes.nope", "e": "$.SegmentAttributes['connect:Subtype']"}}`,
			[]string{invocation("f", `{"a":"text","b":"Ann","c":"by Ann.","d":"","e":"connect:Chat"}`, 8, false)},
		},
		{
			"parameters that references lead to as JSON", `{"LambdaFunctionARN": "f", "LambdaInvocationAttributes": {"all": "$.External", "n": "$.External.n"}}`,
			[]string{invocation("f", `{"all":"{\"n\":1.50,\"o\":{\"k\":true},\"s\":\"text\"}","n":"1.50"}`, 8, false)},
		},
		{
			"nested parameters", `{"LambdaFunctionARN": "f", "LambdaInvocationAttributes": {"o": {"$.Attributes.name": ["$.Attributes.name", 1.0, true, null, {"deep": "$.External.o"}]}, "n": 2}}`,
			[]string{invocation("f", `{"n":2,"o":{"$.Attributes.name":["Ann",1.0,true,{"deep":"{\"k\":true}"}]}}`, 8, false)},
		},
		{"parameters by reference", `{"LambdaFunctionARN": "f", "LambdaInvocationAttributes": "$.External.o"}`, []string{invocation("f", `{"k":true}`, 8, false)}},
		{"parameters in a text", `{"LambdaFunctionARN": "f", "LambdaInvocationAttributes": "$.Attributes.json"}`, []string{invocation("f", `{"a":1.50}`, 8, false)}},
		{"parameters by reference to nothing", `{"LambdaFunctionARN": "f", "LambdaInvocationAttributes": "$.External.nope"}`, nil},
		{"parameters in a list", `{"LambdaFunctionARN": "f", "LambdaInvocationAttributes": ["a"]}`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := playing{t: t, flow: actionUnderTest(t, "InvokeLambdaFunction", tt.params, never), facts: facts, state: Start(1)}
			p.state.Results = map[string]json.RawMessage{"External": json.RawMessage(`{"s": "text", "n": 1.50, "o": {"k": true}}`)}
			want := tt.want
			if want == nil {
				want = fail
			}
			if diff := cmp.Diff(want, p.play()); diff != "" {
				t.Errorf("effects (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnswersOfFunctions(t *testing.T) {
	text := func(n int) string { return `{"a":"` + strings.Repeat("x", n-len(`{"a":""}`)) + `"}` }
	const before = `{"before":"1"}`
	for _, tt := range []struct {
		name       string
		in         Input
		flat, json string // $.External then; before: the error branch, and what was there stays
	}{
		{"texts", Input{Data: []byte(`{"a": "1", "b": "<ü>"}`)}, `{"a":"1","b":"<ü>"}`, `{"a":"1","b":"<ü>"}`},
		{"numbers and truth values", Input{Data: []byte(`{"n": 1.50, "big": 12345678901234567890, "t": true}`)}, `{"big":"12345678901234567890","n":"1.50","t":"true"}`, `{"big":12345678901234567890,"n":1.50,"t":true}`},
		{"an empty object", Input{Data: []byte(` {} `)}, `{}`, `{}`},
		{"null", Input{Data: []byte(`null`)}, `{}`, `{}`},
		{"a null", Input{Data: []byte(`{"a": null}`)}, before, `{"a":null}`},
		{"an object in it", Input{Data: []byte(`{"a": {"b": ["c"]}}`)}, before, `{"a":{"b":["c"]}}`},
		{"a list in it", Input{Data: []byte(`{"a": []}`)}, before, `{"a":[]}`},
		{"a list", Input{Data: []byte(`["a"]`)}, before, before},
		{"a text", Input{Data: []byte(`"a"`)}, before, before},
		{"a number", Input{Data: []byte(`1`)}, before, before},
		{"no JSON", Input{Data: []byte(`a`)}, before, before},
		{"two values", Input{Data: []byte(`{} {}`)}, before, before},
		{"nothing", Input{}, before, before},
		{"U+0000", Input{Data: []byte(`{"a\u0000": "\u0000", "b": "\\u0000"}`)}, `{"a�":"�","b":"\\u0000"}`, `{"a�":"�","b":"\\u0000"}`},
		{"32 KB", Input{Data: []byte(text(32 << 10))}, text(32 << 10), text(32 << 10)},
		{"a byte more", Input{Data: []byte(text(32<<10 + 1))}, before, before},
		{"too late", Input{Kind: TimedOut}, before, before},
		{"a failure", Input{Kind: Failed}, before, before},
	} {
		for validation, external := range map[string]string{
			``:                           tt.flat,
			`"ResponseValidation": {}, `: tt.flat,
			`"ResponseValidation": {"ResponseType": "STRING_MAP"}, `: tt.flat,
			`"ResponseValidation": {"ResponseType": "JSON"}, `:       tt.json,
		} {
			t.Run(tt.name+"/"+validation, func(t *testing.T) {
				t.Parallel()
				p := playing{t: t, flow: actionUnderTest(t, "InvokeLambdaFunction", `{`+validation+`"LambdaFunctionARN": "f"}`, never)}
				p.state.Results = map[string]json.RawMessage{"External": json.RawMessage(before)}
				in, branch := tt.in, "→ NextAction"
				if in.Kind == Begin {
					in.Kind = Answered
				}
				if external == before {
					branch = "→ !NoMatchingError"
				}
				if got := p.play(in); !slices.Equal(got[1:], []string{branch, "End"}) {
					t.Errorf("effects %q, want %s", got[1:], branch)
				}
				if got := string(p.state.Results["External"]); got != external {
					t.Errorf("$.External is %.200s, want %.200s", got, external)
				}
			})
		}
	}
}

func TestReferencesToTheAnswerOfAFunction(t *testing.T) {
	f := parse(t, document(t,
		`{"Identifier": "ask", "Type": "InvokeLambdaFunction", "Parameters": {"LambdaFunctionARN": "f", "LambdaInvocationAttributes": {"before": "$.External"}, "ResponseValidation": {"ResponseType": "JSON"}}, "Transitions": {"NextAction": "tell"}}`,
		`{"Identifier": "tell", "Type": "InvokeLambdaFunction", "Parameters": {"LambdaFunctionARN": "g", "InvocationType": "ASYNCHRONOUS"}, "Transitions": {"NextAction": "say"}}`,
		`{"Identifier": "say", "Type": "MessageParticipant", "Parameters": {"Text": "$.External.items[1].sku $.LambdaInvocation.ResultData.n $.LambdaInvocation.InvocationId $.External.nope."}, "Transitions": {"NextAction": "wait"}}`,
		`{"Identifier": "wait", "Type": "Wait", "Parameters": {"TimeLimitSeconds": "1"}, "Transitions": {"NextAction": "say"}}`))
	p := playing{t: t, flow: f}
	p.state.keep("External", []byte(`{"before":"1"}`))
	got := p.play(Input{Kind: Answered, Data: []byte(`{"items":[{},{"sku":"A1"}],"n":2.50}`)}, Input{Kind: Answered, Event: "request-1"})
	if want := "Say A1 2.50 request-1 ."; !slices.Contains(got, want) {
		t.Errorf("effects %q, want %q", got, want)
	}
}

// TestCallsWithoutAWaitEnd: a flow that does nothing but call functions comes to an end.
func TestCallsWithoutAWaitEnd(t *testing.T) {
	call := `{"Identifier": "a", "Type": "InvokeLambdaFunction", "Parameters": {"LambdaFunctionARN": "f"}, "Transitions": {"NextAction": "a", "Errors": [{"ErrorType": "NoMatchingError", "NextAction": "a"}]}}`
	p := playing{t: t, flow: parse(t, document(t, call))}
	calls, in := 0, Input{Kind: Begin}
	for ; calls <= maxSteps; calls++ {
		effects := p.step(in)
		if _, calls := effects[len(effects)-1].(Invoke); !calls {
			break
		}
		in = Input{Kind: Failed}
	}
	if calls != maxSteps {
		t.Errorf("%d calls, want %d", calls, maxSteps)
	}
}

func FuzzAnswer(f *testing.F) {
	for _, answer := range []string{
		`{"a":"b","n":1e400,"t":false}`, `{"a":{"b":[null,"\ud800\u0000"]}}`, `null`, `[]`, `{"a":1}{`, "{\"\xff\":\"\xff\"}", strings.Repeat("[", 20_000),
	} {
		f.Add([]byte(answer))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		for _, nested := range []bool{false, true} {
			kept, err := readAnswer(answer, nested)
			if err != nil {
				continue
			}
			var object map[string]any
			dec := json.NewDecoder(bytes.NewReader(kept))
			dec.UseNumber()
			if err := dec.Decode(&object); err != nil || object == nil || !utf8.Valid(kept) || strings.Contains(string(kept), "\x00") {
				t.Fatalf("%q is kept as %q: %v", answer, kept, err)
			}
			for k, v := range object {
				if _, text := v.(string); !text && !nested {
					t.Fatalf("%q is kept with %q: %v", answer, k, v)
				}
			}
			again, err := readAnswer(kept, nested)
			if len(kept) <= maxAnswer && (err != nil || string(again) != string(kept)) {
				t.Fatalf("%q is kept as %q, and that as %q: %v", answer, kept, again, err)
			}
		}
	})
}
