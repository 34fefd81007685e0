package main

import (
	"strings"
	"testing"
)

// runFlow is a flow of actions whose branches all lead on; the last of them is "end".
func runFlow(start string, actions ...string) string {
	return `{"Version":"2019-10-30","StartAction":"` + start + `","Settings":{},"Actions":[` + strings.Join(actions, ",") + `]}`
}

const (
	runEnd  = `{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}`
	runWait = `{"Identifier":"wait","Type":"Wait","Parameters":{"TimeLimitSeconds":"300"},"Transitions":{"NextAction":"end",
		"Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}],"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}}`
)

func runSay(id, text, next string) string {
	return `{"Identifier":"` + id + `","Type":"MessageParticipant","Parameters":{"Text":"` + text + `"},"Transitions":{"NextAction":"` + next + `"}}`
}

// TestFlowRun: a person at a terminal is the customer.
func TestFlowRun(t *testing.T) {
	t.Parallel()
	dir := flowFolder(t, map[string]string{
		"bot.json": runFlow("ask", `{"Identifier":"ask","Type":"ConnectParticipantWithLexBot",
			"Parameters":{"Text":"Hello","LexV2Bot":{"AliasArn":"arn:aws:lex:us-east-1:000000000000:bot-alias/TOPICS/LIVE"}},
			"Transitions":{"NextAction":"wait","Conditions":[{"NextAction":"chosen","Condition":{"Operator":"Equals","Operands":["Refund"]}}],
			"Errors":[{"NextAction":"wait","ErrorType":"NoMatchingError"},{"NextAction":"wait","ErrorType":"NoMatchingCondition"}]}}`,
			runSay("chosen", "A refund then", "wait"), runWait, runEnd),
		"mock.yaml": `bots:
  TOPICS:
    - hears: hi
      shows: {templateType: ListPicker, version: "1.0", data: {content: {title: What is it about?, elements: [{title: Delivery, subtitle: where it is}, {title: Refund}]}}}
    - hears: Refund
      says: Fine.
      intent: Refund
      state: Fulfilled
`,
		"view.json": runFlow("show", `{"Identifier":"show","Type":"ShowView","Parameters":{"ViewResource":{"Id":"confirmation"},"InvocationTimeLimitSeconds":"300","ViewData":{"Heading":"Sure?"}},
			"Transitions":{"NextAction":"wait","Conditions":[{"NextAction":"sure","Condition":{"Operator":"Equals","Operands":["Next"]}}],
			"Errors":[{"NextAction":"wait","ErrorType":"NoMatchingError"},{"NextAction":"wait","ErrorType":"NoMatchingCondition"},{"NextAction":"wait","ErrorType":"TimeLimitExceeded"}]}}`,
			runSay("sure", "You are sure: $.Views.ViewResultData.Label", "wait"), runWait, runEnd),
		"call.json": runFlow("call", `{"Identifier":"call","Type":"InvokeLambdaFunction","Parameters":{"LambdaFunctionARN":"lookup","InvocationTimeLimitSeconds":"3"},
			"Transitions":{"NextAction":"tier","Errors":[{"NextAction":"sorry","ErrorType":"NoMatchingError"}]}}`,
			runSay("tier", "You have $.External.tier", "wait"), runSay("sorry", "Nobody answers", "wait"), runWait, runEnd),
		"call-back.MODULE.json": runFlow("say", runSay("say", "From the module", "return"), `{"Identifier":"return","Type":"EndFlowModuleExecution","Parameters":{},"Transitions":{}}`),
		"calls.json": runFlow("invoke", `{"Identifier":"invoke","Type":"InvokeFlowModule","Parameters":{"FlowModuleId":"call-back"},
			"Transitions":{"NextAction":"wait","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}}`, runWait, runEnd),
		"queue.CUSTOMER_QUEUE.json":     runFlow("say", runSay("say", "You are in the queue", "wait"), runWait, runEnd),
		"whisper.CUSTOMER_WHISPER.json": runFlow("say", runSay("say", "Somebody comes", "end"), `{"Identifier":"end","Type":"EndFlowExecution","Parameters":{},"Transitions":{}}`),
		"short.json":                    runFlow("say", runSay("say", "Goodbye", "end"), runEnd),
		"bad.yaml":                      "functions: [",
		"hold.json": runFlow("say", `{"Identifier":"say","Type":"MessageParticipantIteratively","Parameters":{"Messages":[{"Text":"Hold on"}]},
			"Transitions":{"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}}`, `{"Identifier":"end","Type":"EndFlowExecution","Parameters":{},"Transitions":{}}`),
		"bad.json": `{"Version":"2019-10-30","StartAction":"say","Actions":[` + "\n" + `{"Identifier":"say","Type":"Say"}]}`,
	})
	for _, tt := range []struct {
		name, in string
		args     []string
		code     int
		says     []string // in this order
	}{
		{
			"choices", "hi\n2\n",
			[]string{"bot.json", "--mock", "mock.yaml"},
			0,
			[]string{"BOT  Hello", "BOT  What is it about?", "1  Delivery where it is", "2  Refund", "Customer  Refund", "BOT  Fine.", "SYSTEM_MESSAGE  A refund then", "5m0s pass", "chat.ended"},
		},
		{"a view", "/view Next {\"Label\":\"yes\"}\n", []string{"view.json"}, 0, []string{"[view confirmation]", `"Heading":"Sure?"`, "You are sure: yes"}},
		{"an answer", "", []string{"call.json", "--answer", `lookup={"tier":"gold"}`}, 0, []string{"You have gold"}},
		{"no answer", "", []string{"call.json"}, 0, []string{"Nobody answers"}},
		{"a trace", "", []string{"call.json", "--answer", `lookup={"tier":"gold"}`, "--trace"}, 0, []string{"call InvokeExternalResource", "→ tier", "SYSTEM_MESSAGE  You have gold"}},
		{"a module", "", []string{"call-back.MODULE.json"}, 0, []string{"From the module", "The flow ended the chat before the customer could connect"}},
		{"a flow with its module", "", []string{"calls.json", "call-back.MODULE.json"}, 0, []string{"From the module", "5m0s pass"}},
		{"a queue flow", "", []string{"queue.CUSTOMER_QUEUE.json"}, 0, []string{"You are in the queue", "5m0s pass"}},
		{"a whisper", "/agent\n", []string{"whisper.CUSTOMER_WHISPER.json"}, 0, []string{"is a whisper", "participant.joined agent"}},
		{"over at once", "", []string{"short.json"}, 0, []string{"Goodbye", "before the customer could connect"}},
		{"commands", "/pass 1m\n/pass long\n/nonsense\n/help\n/quit\n", []string{"queue.CUSTOMER_QUEUE.json"}, 0, []string{"/pass takes a duration", "There is no command /nonsense", "an agent joins"}},
		{"a bad flow", "", []string{"bad.json"}, 1, []string{"bad.json:2: Invalid Action type"}},
		{"no file", "", []string{"nope.json"}, 2, []string{"nope.json"}},
		{"a flow without its type", "", []string{"hold.json"}, 1, []string{"hold.json:1: Action is not supported", "taken for a CONTACT_FLOW", "hold.CUSTOMER_HOLD.json"}},
		{"bad mocks", "", []string{"call.json", "--mock", "bad.yaml"}, 2, []string{"bad.yaml"}},
		{"a bad address", "", []string{"call.json", "--function", "lookup=ftp://here"}, 2, []string{"--function: functions.lookup"}},
		{"a recording nowhere", "", []string{"call.json", "--record", "nowhere/talk.txtar"}, 2, []string{"--record: open nowhere/talk.txtar"}},
		{"a bad answer", "", []string{"call.json", "--answer", "lookup={"}, 2, []string{"--answer lookup"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := complete(t, dir, tt.in, append([]string{"flow", "run"}, tt.args...)...)
			if code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			rest := stderr + stdout
			for _, want := range tt.says {
				_, after, found := strings.Cut(rest, want)
				if !found {
					t.Fatalf("does not say %q in\n%s%s", want, stdout, stderr)
				}
				rest = after
			}
		})
	}
}
