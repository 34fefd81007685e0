package testcase

import (
	"errors"
	"strings"
	"testing"

	"github.com/openparley/parley/internal/flow"
)

// content is a test case with one observation, whose event and action are these.
func content(event, action string) string {
	return `{"Version":"2019-10-30","Observations":[{"Identifier":"a","Event":` + event + `,"Actions":[` + action + `]}]}`
}

const (
	begins  = `{"Type":"TestInitiated","Actor":"System","Properties":{}}`
	endTest = `{"Identifier":"x","Type":"TestControl","Parameters":{"Command":{"Type":"EndTest"}}}`
)

func overriding(actionType, resource, strategy string) string {
	return `{"Identifier":"x","Type":"OverrideSystemBehavior","Parameters":{"Behavior":{"Type":"FlowAction","Properties":{"ActionType":"` + actionType +
		`","ActionParameters":` + resource + `,"Strategy":` + strategy + `}}}}`
}

func TestParse(t *testing.T) {
	hours := `{"HoursOfOperationId":"h"}`
	for name, tt := range map[string]struct {
		content string
		want    []string // none: it is right
	}{
		"right":          {content(begins, endTest), nil},
		"no JSON":        {"{\n{", []string{"line 2"}},
		"empty":          {`{}`, []string{"Version", "no Observations"}},
		"version":        {strings.Replace(content(begins, endTest), "2019", "2018", 1), []string{"2018-10-30"}},
		"next":           {strings.Replace(content(begins, endTest), `"Event"`, `"Transitions":{"NextObservations":["b"]},"Event"`, 1), []string{`"b"`}},
		"usage":          {strings.Replace(content(begins, endTest), `"Event"`, `"Usage":{"Type":"ONCE"},"Event"`, 1), []string{"ONCE"}},
		"actor":          {content(strings.Replace(begins, "System", "Customer", 1), endTest), []string{"Event.Actor"}},
		"event":          {content(strings.Replace(begins, "TestInitiated", "Rain", 1), endTest), []string{"Rain"}},
		"message":        {content(`{"Type":"MessageReceived","Actor":"System","Properties":{"Text":"a","SSML":"b"}}`, endTest), []string{"one of PromptId"}},
		"criteria text":  {content(`{"Type":"MessageReceived","Actor":"System","Properties":{"Text":"a"},"MatchingCriteria":"Inclusion"}`, endTest), nil},
		"criteria":       {content(`{"Type":"MessageReceived","Actor":"System","Properties":{"Text":"a","MatchingCriteria":{"Type":"Taste"}}}`, endTest), []string{"Taste"}},
		"flow action":    {content(`{"Type":"FlowActionStarted","Actor":"System","Properties":{"ActionType":"Loop"}}`, endTest), []string{"Loop"}},
		"action":         {content(begins, `{"Identifier":"x","Type":"Dance"}`), []string{"Dance"}},
		"next action":    {content(begins, strings.Replace(endTest, `"Type":"TestControl"`, `"Type":"TestControl","Transitions":{"NextAction":"y"}`, 1)), []string{`"y"`}},
		"command":        {content(begins, strings.Replace(endTest, "EndTest", "Wait", 1)), []string{"Command.Type"}},
		"instruction":    {content(begins, `{"Identifier":"x","Type":"SendInstruction","Parameters":{"Actor":"System","Instruction":{"Type":"Shout"}}}`), []string{"Actor", "Shout"}},
		"digits":         {content(begins, `{"Identifier":"x","Type":"SendInstruction","Parameters":{"Actor":"Customer","Instruction":{"Type":"DtmfInput","Properties":{"Value":1}}}}`), nil},
		"assertion":      {content(begins, `{"Identifier":"x","Type":"Assert","Parameters":{"Namespace":"a","Operator":"Is"}}`), []string{"Namespace", "Operator"}},
		"operand":        {content(begins, `{"Identifier":"x","Type":"Assert","Parameters":{"Namespace":"$.a","Operator":"Equals"}}`), []string{"Operand"}},
		"exists":         {content(begins, `{"Identifier":"x","Type":"Assert","Parameters":{"Namespace":"$.a","Operator":"Exists"}}`), nil},
		"hours":          {content(begins, overriding(checkHours, hours, `{"Type":"MockResponse","Response":{"Type":"ExecutionResult","ExecutionResult":{"Value":"InHours"}}}`)), nil},
		"bad hours":      {content(begins, overriding(checkHours, hours, `{"Type":"MockResponse","Response":{"Type":"ExecutionResult","ExecutionResult":{"Value":"Noon"}}}`)), []string{"Noon"}},
		"error of hours": {content(begins, overriding(checkHours, hours, `{"Type":"MockResponse","Response":{"Type":"Error","Error":{"Value":"TimeLimitExceeded"}}}`)), []string{"TimeLimitExceeded"}},
		"no resource":    {content(begins, overriding(checkHours, `{}`, `{"Type":"SubstituteResource","SubstituteArn":"x"}`)), []string{"no resource"}},
		"no substitute":  {content(begins, overriding(checkHours, hours, `{"Type":"SubstituteResource"}`)), []string{"SubstituteArn"}},
		"loaded data":    {content(begins, overriding(invokeLambda, `{"LambdaFunctionARN":"f"}`, `{"Type":"MockResponse","Response":{"Type":"ExecutionResult","ExecutionResult":{"LoadedData":"{"}}}`)), []string{"LoadedData"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(tt.content))
			if len(tt.want) == 0 {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			bad, ok := errors.AsType[*Invalid](err)
			if !ok || len(bad.Problems) != len(tt.want) {
				t.Fatalf("got %v, want %d problems", err, len(tt.want))
			}
			for i, want := range tt.want {
				if !strings.Contains(bad.Problems[i], want) {
					t.Errorf("%q does not tell of %q", bad.Problems[i], want)
				}
			}
		})
	}
}

func TestSimilar(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"Hello, Ann!", "hello ann", true},
		{"It takes a little longer", "It takes a little longer today.", true},
		{"It takes a whole day", "It takes a little longer today.", false},
		{"", "Hello", false},
		{"👋", "👋", true},
	} {
		if got := similar(tt.a, tt.b); got != tt.want {
			t.Errorf("%q and %q: %v", tt.a, tt.b, got)
		}
	}
}

// TestOverrides tells that each stands in once, the oldest first.
func TestOverrides(t *testing.T) {
	var o Overrides
	failing := Strategy{Type: mockAnswer}
	failing.Response.Type, failing.Response.Error.Value = "Error", "QueueAtCapacity"
	o.arm(transferQueue, "arn:aws:connect:us-east-1:1:instance/i/queue/q1", failing)
	o.arm(transferQueue, "q1", Strategy{Type: substitute, SubstituteArn: "q2"})
	if _, in := o.Overrule(flow.EnterQueue{}, "q9"); in != nil {
		t.Error("another queue is answered")
	}
	if _, in := o.Overrule(flow.EnterQueue{}, "q1"); in == nil || in.Error != "QueueAtCapacity" {
		t.Errorf("first: %+v", in)
	}
	if e, in := o.Overrule(flow.EnterQueue{}, "q1"); in != nil || e != (flow.SetTargetQueue{QueueID: "q2"}) {
		t.Errorf("second: %+v %+v", e, in)
	}
	if e, in := o.Overrule(flow.EnterQueue{}, "q1"); in != nil || e != (flow.EnterQueue{}) {
		t.Errorf("third: %+v %+v", e, in)
	}
	answer := Strategy{Type: mockAnswer}
	answer.Response.Type, answer.Response.ExecutionResult.LoadedData = "ExecutionResult", `{"tier":"gold"}`
	o.arm(invokeLambda, "arn:aws:lambda:us-east-1:1:function:look:live", answer)
	if _, in := o.Overrule(flow.Invoke{Function: "look"}, ""); in == nil || string(in.Data) != `{"tier":"gold"}` {
		t.Errorf("function: %+v", in)
	}
}

func TestReadFile(t *testing.T) {
	inner := `{"Version":"2019-10-30"}`
	for name, data := range map[string]string{
		"request":  `{"Name":"n","EntryPoint":{"Type":"CHAT","ChatEntryPointParameters":{"FlowId":"f"}},"InitializationData":"{\"Attributes\":{\"a\":\"1\"}}","Content":"{\"Version\":\"2019-10-30\"}"}`,
		"answer":   `{"TestCase":{"Name":"n","EntryPoint":{"Type":"CHAT","ChatEntryPointParameters":{"FlowId":"f"}},"InitializationData":"{\"a\":1}","Content":"{\"Version\":\"2019-10-30\"}"}}`,
		"readable": `{"Name":"n","EntryPoint":{"Type":"CHAT","ChatEntryPointParameters":{"FlowId":"f"}},"InitializationData":{"a":"1"},"Content":{"Version":"2019-10-30"}}`,
	} {
		f, err := ReadFile([]byte(data))
		if err != nil || f.Name != "n" || f.Channel != "CHAT" || f.FlowID != "f" || f.Attributes["a"] != "1" || string(f.Content) != inner {
			t.Errorf("%s: %+v %v", name, f, err)
		}
	}
	if f, err := ReadFile([]byte(inner)); err != nil || string(f.Content) != inner {
		t.Errorf("content alone: %+v %v", f, err)
	}
	if _, err := ReadFile([]byte(`{"InitializationData":"{\"a\":[]}"}`)); err == nil {
		t.Error("a list is taken for an attribute")
	}
}
