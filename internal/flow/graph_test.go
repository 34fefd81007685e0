package flow

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGraph(t *testing.T) {
	t.Parallel()
	f := parse(t, `{
		"Version": "2019-10-30", "StartAction": "hello",
		"Metadata": {"ActionMetadata": {"queue": {"parameters": {"QueueId": {"displayName": "Orders"}}}}},
		"Actions": [
			{"Identifier": "hello", "Type": "MessageParticipant", "Parameters": {"Text": "Welcome"}, "Transitions": {"NextAction": "tier"}},
			{"Identifier": "tier", "Type": "Compare", "Parameters": {"ComparisonValue": "$.Attributes.tier"}, "Transitions": {
				"NextAction": "parked",
				"Conditions": [{"NextAction": "queue", "Condition": {"Operator": "Equals", "Operands": ["gold"]}}],
				"Errors": [{"NextAction": "hello", "ErrorType": "NoMatchingCondition"}]}},
			{"Identifier": "queue", "Type": "UpdateContactTargetQueue",
				"Parameters": {"QueueId": "arn:aws:connect:eu-west-1:1:instance/i/queue/q"},
				"Transitions": {"NextAction": "gone", "Errors": [{"NextAction": "end", "ErrorType": "NoMatchingError"}]}},
			{"Identifier": "parked", "Type": "Nothing", "Parameters": {"List": [], "Word": "so"}, "Transitions": {"NextAction": "end"}},
			{"Identifier": "end", "Type": "DisconnectParticipant", "Transitions": {}}
		]}`)
	want := Graph{
		Start: "hello",
		Nodes: []Node{
			{Identifier: "hello", Type: "MessageParticipant", Block: "PlayPrompt", Label: "Welcome", Line: 5, Reachable: true},
			{Identifier: "tier", Type: "Compare", Block: "CheckAttribute", Label: "$.Attributes.tier", Line: 6, Reachable: true},
			{Identifier: "queue", Type: "UpdateContactTargetQueue", Block: "SetQueue", Label: "Orders", Line: 10, Reachable: true},
			{Identifier: "parked", Type: "Nothing", Block: "Nothing", Label: "so", Line: 13, Unsupported: true},
			{Identifier: "end", Type: "DisconnectParticipant", Block: "Disconnect", Line: 14, Terminal: true, Reachable: true},
			{Identifier: "gone", Missing: true, Reachable: true},
		},
		Edges: []Edge{
			{From: "hello", To: "tier", Branch: "NextAction", Kind: NextBranch},
			{From: "tier", To: "queue", Branch: "Equals gold", Kind: ConditionBranch},
			{From: "tier", To: "hello", Branch: "NoMatchingCondition", Kind: ErrorBranch},
			{From: "tier", To: "parked", Branch: "NextAction", Kind: NextBranch, Unused: true},
			{From: "queue", To: "end", Branch: "NoMatchingError", Kind: ErrorBranch},
			{From: "queue", To: "gone", Branch: "NextAction", Kind: NextBranch},
			{From: "parked", To: "end", Branch: "NextAction", Kind: NextBranch},
		},
	}
	if diff := cmp.Diff(want, f.Graph("CONTACT_FLOW")); diff != "" {
		t.Errorf("Graph (-want +got):\n%s", diff)
	}
}

// An action that a type of flow does not do is told.
func TestGraphKnowsTheTypeOfTheFlow(t *testing.T) {
	t.Parallel()
	f := parse(t, document(t, `{"Identifier": "it", "Type": "Wait", "Parameters": {"TimeLimitSeconds": "60"}, "Transitions": {}}`))
	for flowType, want := range map[string]bool{"CONTACT_FLOW": false, "AGENT_WHISPER": true, "": false} {
		if got := f.Graph(flowType).Nodes[0].Unsupported; got != want {
			t.Errorf("in %q: Unsupported is %t, want %t", flowType, got, want)
		}
	}
}

func TestGraphLabels(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ kind, params, want string }{
		{"MessageParticipant", `{"SSML": "<speak>Hi <break/>there</speak>"}`, "Hi there"},
		{"MessageParticipant", `{"PromptId": "arn:aws:connect:eu-west-1:1:instance/i/prompt/beep"}`, "beep"},
		{"UpdateContactAttributes", `{"Attributes": {"tier": "gold", "lang": "$.LanguageCode"}, "TargetContact": "Current"}`, "tier = gold, lang = $.LanguageCode"},
		{"UpdateFlowAttributes", `{"FlowAttributes": {"n": {"Value": "1"}, "x": []}}`, "n = 1, x"},
		{"InvokeLambdaFunction", `{"InvocationTimeLimitSeconds": "3", "LambdaFunctionARN": "arn:aws:lambda:eu-west-1:1:function:lookup"}`, "lookup"},
		{"Loop", `{"LoopCount": "3"}`, "3 times"},
		{"Wait", `{"TimeLimitSeconds": "3600", "Events": ["CustomerReturned"]}`, "1h or CustomerReturned"},
		{"Wait", `{"TimeLimitSeconds": "300"}`, "5m"},
		{"Wait", `{"TimeLimitSeconds": "90"}`, "1m30s"},
		{"Wait", `{"TimeLimitSeconds": "36000"}`, "10h"},
		{"Wait", `{"TimeLimitSeconds": "soon"}`, "soon"},
		{"ShowView", `{"ViewResource": {"Id": "arn:aws:connect:eu-west-1:aws:view/form:1"}}`, "form:1"},
		{"ConnectParticipantWithLexBot", `{"Text": "How can I help?", "LexV2Bot": {"AliasArn": "arn:aws:lex:eu-west-1:1:bot-alias/B/A"}}`, "A: How can I help?"},
		{"DisconnectParticipant", `{}`, ""},
		{"DisconnectParticipant", `[]`, ""},
	} {
		f := parse(t, document(t, `{"Identifier": "it", "Type": "`+tt.kind+`", "Parameters": `+tt.params+`, "Transitions": {}}`))
		if got := f.Graph("").Nodes[0].Label; got != tt.want {
			t.Errorf("%s %s: label %q, want %q", tt.kind, tt.params, got, tt.want)
		}
	}
}

// A next action stands there and is not entered where results have branches of their own.
func TestGraphUnusedBranches(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		kind, params string
		branches     []string
		want         bool
	}{
		{"Loop", `{"LoopCount": "2"}`, []string{"ContinueLooping", "DoneLooping"}, true},
		{"Loop", `{"LoopCount": "2"}`, []string{"ContinueLooping"}, false},
		{"Wait", `{"TimeLimitSeconds": "2"}`, []string{"WaitCompleted", "!NoMatchingError"}, true},
		{"Wait", `{"TimeLimitSeconds": "2", "Events": ["CustomerReturned"]}`, []string{"WaitCompleted"}, false},
		{"TransferContactToQueue", `{}`, []string{"!NoMatchingError"}, true},
		{"AuthenticateParticipant", `{}`, []string{"OptedOut", "!NoMatchingError"}, false},
		{"MessageParticipant", `{"Text": "x"}`, []string{"!NoMatchingError"}, false},
	} {
		edges := actionUnderTest(t, tt.kind, tt.params, tt.branches...).Graph("").Edges
		e := edges[len(tt.branches)]
		if e.Branch != "NextAction" || e.Unused != tt.want {
			t.Errorf("%s %s with %v: %+v, want Unused %t", tt.kind, tt.params, tt.branches, e, tt.want)
		}
	}
}
