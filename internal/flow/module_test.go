package flow

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// runModules plays a flow with its modules, by id, as center does, and saves and reloads the state between all steps. Answers are those to
// other effects that ask or wait.
func runModules(t *testing.T, f *Flow, modules map[string]*Flow, facts *Facts, answers ...Input) []string {
	t.Helper()
	st, in := Start(1), Input{Kind: Begin}
	var lines []string
	for {
		b, err := json.Marshal(st)
		if err != nil {
			t.Fatal(err)
		}
		st = State{}
		if err := json.Unmarshal(b, &st); err != nil {
			t.Fatal(err)
		}
		running := f
		if st.Module != "" {
			running = modules[st.Module]
		}
		effects, err := Step(running, &st, facts, in)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range effects[:len(effects)-1] {
			if say, ok := e.(Say); ok {
				lines = append(lines, say.Text)
			}
		}
		switch e := effects[len(effects)-1].(type) {
		case EnterModule:
			inside, ok := st.Enter(e.ModuleID, e.Input)
			if modules[e.ModuleID] == nil || !ok {
				in = Input{Kind: Failed}
				continue
			}
			st, in = inside, Input{Kind: Begin}
		case Return:
			st, in = st.Leave(e)
		case End:
			return append(lines, strings.TrimSpace("End "+e.Reason))
		case Disconnect, EnterQueue, EnterFlow:
			return append(lines, fmt.Sprintf("%T", e))
		default:
			if len(answers) == 0 {
				t.Fatalf("nobody answers %T", e)
			}
			in, answers = answers[0], answers[1:]
		}
	}
}

// act is an action with one way on, and branches "Equals X" or "!Error" that say their name and end.
func act(id, kind, params, next string, branches ...string) string {
	var conditions, failures, says []string
	for _, b := range branches {
		to := id + "-" + strings.TrimPrefix(b, "!")
		if name, failed := strings.CutPrefix(b, "!"); failed {
			failures = append(failures, fmt.Sprintf(`{"NextAction": %q, "ErrorType": %q}`, to, name))
		} else {
			conditions = append(conditions, fmt.Sprintf(`{"NextAction": %q, "Condition": {"Operator": "Equals", "Operands": [%q]}}`, to, b))
		}
		says = append(says, fmt.Sprintf(`{"Identifier": %q, "Type": "MessageParticipant", "Parameters": {"Text": %q}, "Transitions": {"NextAction": "end"}}`,
			to, b+" [$.Modules.Result] [$.Modules.ResultData.v] [$.Modules.Input.a]"))
	}
	return strings.Join(append([]string{fmt.Sprintf(`{"Identifier": %q, "Type": %q, "Parameters": %s, "Transitions": {"NextAction": %q, "Conditions": [%s], "Errors": [%s]}}`,
		id, kind, params, next, strings.Join(conditions, ","), strings.Join(failures, ","))}, says...), ",")
}

// listed is a document of actions with commas between them, the first of which is the start.
func listed(t *testing.T, actions string) string {
	t.Helper()
	var first struct{ Identifier string }
	if err := json.NewDecoder(strings.NewReader(actions)).Decode(&first); err != nil {
		t.Fatalf("actions %s: %v", actions, err)
	}
	return fmt.Sprintf(`{"Version": "2019-10-30", "StartAction": %q, "Actions": [%s]}`, first.Identifier, actions)
}

func TestModules(t *testing.T) {
	t.Parallel()
	saying := func(text string) string {
		return act("say", "MessageParticipant", fmt.Sprintf(`{"Text": %q}`, text), "end")
	}
	returns := func(params string) string {
		return `{"Identifier": "end", "Type": "EndFlowModuleExecution", "Parameters": ` + params + `}`
	}
	ends := `{"Identifier": "end", "Type": "DisconnectParticipant"}`
	const over = "flow.Disconnect"
	facts := &Facts{FlowType: "CONTACT_FLOW", Attributes: map[string]string{"module": "m", "json": `{"a": "from text", "v": 7}`, "b": "branch"}}
	invoke := func(params string, branches ...string) string {
		return act("run", "InvokeFlowModule", params, "after", append(branches, "!NoMatchingError")...) + "," +
			act("after", "MessageParticipant", `{"Text": "after [$.Modules.Result] [$.Modules.ResultData.v]"}`, "end") + "," + ends
	}
	for _, tt := range []struct {
		name, flow, module string
		answers            []Input
		want               []string
	}{
		{"no result", invoke(`{"FlowModuleId": "m"}`), saying("in") + "," + returns(`{}`), nil, []string{"in", "after [] []", over}},
		{"by reference", invoke(`{"FlowModuleId": "$.Attributes.module"}`), returns(`{}`), nil, []string{"after [] []", over}},
		{"reference to nothing", invoke(`{"FlowModuleId": "$.Attributes.none"}`), returns(`{}`), nil, []string{"!NoMatchingError [] [] []", over}},
		{"unknown", invoke(`{"FlowModuleId": "x"}`), returns(`{}`), nil, []string{"!NoMatchingError [] [] []", over}},
		{
			"input", invoke(`{"FlowModuleId": "m", "Input": {"a": "x $.Attributes.b", "n": 1.50, "o": {"k": [true]}}}`),
			saying("$.Modules.Input.a $.Modules.Input.n $.Modules.Input.o") + "," + returns(`{}`), nil,
			[]string{`x branch 1.50 {"k":[true]}`, "after [] []", over},
		},
		{"input by reference", invoke(`{"FlowModuleId": "m", "Input": "$.Attributes.json"}`), saying("$.Modules.Input.a") + "," + returns(`{}`), nil, []string{"from text", "after [] []", over}},
		{"input that is no object", invoke(`{"FlowModuleId": "m", "Input": "$.Attributes.b"}`), returns(`{}`), nil, []string{"!NoMatchingError [] [] []", over}},
		{"a branch", invoke(`{"FlowModuleId": "m"}`, "found"), returns(`{"Result": "found", "ResultData": {"v": "$.Attributes.b"}}`), nil, []string{"found [found] [branch] []", over}},
		{"no such branch", invoke(`{"FlowModuleId": "m"}`, "found", "!NoMatchingCondition"), returns(`{"Result": "lost"}`), nil, []string{"!NoMatchingCondition [lost] [] []", over}},
		{"no such branch, and no branch for that", invoke(`{"FlowModuleId": "m"}`, "found"), returns(`{"Result": "lost"}`), nil, []string{"after [lost] []", over}},
		{"data by reference", invoke(`{"FlowModuleId": "m"}`), returns(`{"ResultData": "$.Attributes.json"}`), nil, []string{"after [] [7]", over}},
		{"data that is no object", invoke(`{"FlowModuleId": "m"}`), returns(`{"ResultData": "$.Attributes.b"}`), nil, []string{"after [] []", over}},
		{"an error without a branch", invoke(`{"FlowModuleId": "m"}`), act("a", "TransferToFlow", `{"ContactFlowId": "$.Attributes.none"}`, "end") + "," + returns(`{}`), nil, []string{"!NoMatchingError [] [] []", over}},
		{"off its end", invoke(`{"FlowModuleId": "m"}`), act("a", "MessageParticipant", `{"Text": "x"}`, "nowhere"), nil, []string{"x", "!NoMatchingError [] [] []", over}},
		{"what the flow may not do", invoke(`{"FlowModuleId": "m"}`), act("a", "DequeueContactAndTransferToQueue", `{"QueueId": "q"}`, "end") + "," + returns(`{}`), nil, []string{"!NoMatchingError [] [] []", over}},
		{"in a circle", invoke(`{"FlowModuleId": "m"}`), act("a", "UpdateContactTextToSpeechVoice", `{"TextToSpeechVoice": "x"}`, "a"), nil, []string{`End MessageParticipant "run-NoMatchingError": 1000 actions without a wait`}},
		{"disconnects", invoke(`{"FlowModuleId": "m"}`), ends, nil, []string{over}},
		{"ends the flow", invoke(`{"FlowModuleId": "m"}`), `{"Identifier": "a", "Type": "EndFlowExecution"}`, nil, []string{"End"}},
		{"leads to a flow", invoke(`{"FlowModuleId": "m"}`), act("a", "TransferToFlow", `{"ContactFlowId": "f"}`, "a"), nil, []string{"flow.EnterFlow"}},
		{"leads to a queue", invoke(`{"FlowModuleId": "m"}`), act("a", "TransferContactToQueue", `{}`, "a"), nil, []string{"flow.EnterQueue"}},
		{"waits", invoke(`{"FlowModuleId": "m"}`), act("a", "Wait", `{"TimeLimitSeconds": "5"}`, "end") + "," + returns(`{"Result": "r"}`), []Input{{Kind: TimedOut}}, []string{"after [r] []", over}},
		{"the end of a module in a flow", `{"Identifier": "a", "Type": "EndFlowModuleExecution"}`, returns(`{}`), nil, []string{
			`End EndFlowModuleExecution "a": NoMatchingError without a branch for it: not possible in a flow of type CONTACT_FLOW`,
		}},
	} {
		got := runModules(t, parse(t, listed(t, tt.flow)), map[string]*Flow{"m": parse(t, listed(t, tt.module))}, facts, tt.answers...)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.name, diff)
		}
	}
}

// Five modules may stand inside each other. Each has its own input and sees what the one inside gave back.
func TestModulesInModules(t *testing.T) {
	t.Parallel()
	modules := map[string]*Flow{}
	for depth := 1; depth <= 6; depth++ {
		modules[fmt.Sprint(depth)] = parse(t, listed(t,
			act("run", "InvokeFlowModule", fmt.Sprintf(`{"FlowModuleId": "%d", "Input": {"a": "%d"}}`, depth+1, depth+1), "say", "!NoMatchingError")+","+
				act("say", "MessageParticipant", `{"Text": "in $.Modules.Input.a: $.Modules.ResultData.v"}`, "end")+
				fmt.Sprintf(`,{"Identifier": "end", "Type": "EndFlowModuleExecution", "Parameters": {"ResultData": {"v": "from %d"}}}`, depth)))
	}
	f := parse(t, listed(t, act("run", "InvokeFlowModule", `{"FlowModuleId": "1", "Input": {"a": "1"}}`, "say")+","+
		act("say", "MessageParticipant", `{"Text": "outside: $.Modules.ResultData.v [$.Modules.Input.a]"}`, "end")+`,{"Identifier": "end", "Type": "DisconnectParticipant"}`))
	want := []string{
		"!NoMatchingError [] [] [5]", "in 4: from 5", "in 3: from 4", "in 2: from 3", "in 1: from 2", "outside: from 1 []", "flow.Disconnect",
	}
	if diff := cmp.Diff(want, runModules(t, f, modules, &Facts{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What the flow had is not seen inside, and is there again afterwards; what the module had is gone.
func TestScopesOfModules(t *testing.T) {
	t.Parallel()
	const look = `{"Text": "[$.External.e] [$.Lex.IntentName] [$.Views.Action] [$.Metrics.m] [$.FlowAttributes.f] [$.Attributes.a]"}`
	set := func(value, next string) string {
		return act("set", "UpdateFlowAttributes", fmt.Sprintf(`{"FlowAttributes": {"f": {"Value": %q}}}`, value), "call") + "," +
			act("call", "InvokeLambdaFunction", `{"LambdaFunctionARN": "fn"}`, next)
	}
	f := parse(t, listed(t, set("out", "run")+","+act("run", "InvokeFlowModule", `{"FlowModuleId": "m"}`, "look")+","+
		act("look", "MessageParticipant", look, "end")+`,{"Identifier": "end", "Type": "DisconnectParticipant"}`))
	m := parse(t, listed(t, act("first", "MessageParticipant", look, "set")+","+set("in", "look")+","+
		act("look", "MessageParticipant", look, "end")+`,{"Identifier": "end", "Type": "EndFlowModuleExecution"}`))
	got := runModules(t, f, map[string]*Flow{"m": m}, &Facts{Attributes: map[string]string{"a": "shared"}},
		Input{Kind: Answered, Data: []byte(`{"e": "outside"}`)}, Input{Kind: Answered, Data: []byte(`{"e": "inside"}`)})
	want := []string{"[] [] [] [] [] [shared]", "[inside] [] [] [] [in] [shared]", "[outside] [] [] [] [out] [shared]", "flow.Disconnect"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
