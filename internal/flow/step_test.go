package flow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const never = "!NoMatchingError"

func TestActions(t *testing.T) {
	facts := Facts{
		ContactID: "c1", InitiationMethod: "API", Channel: "CHAT", FlowType: "CONTACT_FLOW",
		Attributes: map[string]string{"name": "Ann", "queue": "arn:queue", "rounds": "2", "empty": "", "seconds": "7", "json": `{"a":1}`, "big": strings.Repeat("x", 30_000)},
	}
	for _, tt := range []struct {
		name, kind, params string
		branches           []string
		inputs             []Input
		want               []string
	}{
		// MessageParticipant
		{"text", "MessageParticipant", `{"Text": "Hi $.Attributes.name"}`, []string{never}, nil, []string{"Say Hi Ann", "→ NextAction", "End"}},
		{"a number as text", "MessageParticipant", `{"Text": 7}`, nil, nil, []string{"Say 7", "→ NextAction", "End"}},
		{"markup under Text", "MessageParticipant", `{"Text": "<speak>a &amp; b</speak>"}`, nil, nil, []string{"Say a & b", "→ NextAction", "End"}},
		{
			"SSML", "MessageParticipant", `{"SSML": "<speak>\n <p>One<break time=\"1s\"/>two.</p><p>T<emphasis>h</emphasis>ree</p></speak>"}`, nil, nil,
			[]string{"Say One two. Three", "→ NextAction", "End"},
		},
		{"markup that does not end", "MessageParticipant", `{"SSML": "a <speak"}`, nil, nil, []string{"Say a", "→ NextAction", "End"}},
		{"nothing to say", "MessageParticipant", `{"Text": "$.Attributes.nope"}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},
		{"nothing to say, no branch", "MessageParticipant", `{"Text": "$.Attributes.empty"}`, nil, nil, []string{"→ NextAction", "End"}},
		{"only tags", "MessageParticipant", `{"SSML": "<speak><break/></speak>"}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},
		{"audio", "MessageParticipant", `{"PromptId": "p"}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},
		{"audio, no branch", "MessageParticipant", `{"Media": {"Uri": "s3://b/f.wav"}}`, nil, nil, []string{"→ NextAction", "End"}},
		{"too long", "MessageParticipant", `{"Text": "$.Attributes.big"}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},
		{"far too long", "MessageParticipant", `{"Text": "` + strings.Repeat("$.Attributes.big ", 100) + `"}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},

		// UpdateContactAttributes
		{
			"attributes", "UpdateContactAttributes", `{"Attributes": {"a": "1", "b-$.Attributes.name": "$.Attributes.nope"}}`,
			[]string{never},
			[]Input{done},
			[]string{`SetAttributes {"Related":false,"Attributes":{"a":"1","b-Ann":""}}`, "→ NextAction", "End"},
		},
		{
			"attributes of the related contact", "UpdateContactAttributes", `{"Attributes": {"a": "1"}, "TargetContact": "Related"}`,
			[]string{never},
			[]Input{failed},
			[]string{`SetAttributes {"Related":true,"Attributes":{"a":"1"}}`, "→ !NoMatchingError", "End"},
		},
		{
			"attributes by reference", "UpdateContactAttributes", `{"Attributes": "$.External"}`,
			[]string{never},
			[]Input{done},
			[]string{`SetAttributes {"Related":false,"Attributes":{"n":"1.50","o":"{\"k\":true}","s":"text"}}`, "→ NextAction", "End"},
		},
		{"attributes by reference to no object", "UpdateContactAttributes", `{"Attributes": "$.External.s"}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},
		{"attributes by reference to nothing", "UpdateContactAttributes", `{"Attributes": "$.External.nope"}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},
		{"attribute key with a dot", "UpdateContactAttributes", `{"Attributes": {"a.b": "1"}}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},
		{"attribute key with a dollar", "UpdateContactAttributes", `{"Attributes": {"a$": "1"}}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},
		{
			"attributes too large", "UpdateContactAttributes", `{"Attributes": {"a": "$.Attributes.big", "b": "$.Attributes.big"}}`,
			[]string{never},
			nil,
			[]string{"→ !NoMatchingError", "End"},
		},

		// UpdateFlowAttributes
		{
			"flow attributes too large", "UpdateFlowAttributes", `{"FlowAttributes": {"a": {"Value": "$.Attributes.big"}, "b": {"Value": "$.Attributes.big"}}}`,
			[]string{never},
			nil,
			[]string{"→ !NoMatchingError", "End"},
		},
		{"flow attributes of no object", "UpdateFlowAttributes", `{"FlowAttributes": "x"}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},

		// UpdateContactData
		{
			"contact data", "UpdateContactData", `{"Name": "$.Attributes.name's chat", "Description": "d", "CustomerId": "c", "LanguageCode": "de-DE"}`,
			[]string{never},
			[]Input{done},
			[]string{`SetContactData {"Name":"Ann's chat","Description":"d","CustomerID":"c","LanguageCode":"de-DE","Related":false}`, "→ NextAction", "End"},
		},
		{
			"contact data of the related contact", "UpdateContactData", `{"Name": "n", "TargetContact": "Related"}`,
			[]string{never},
			[]Input{failed},
			[]string{`SetContactData {"Name":"n","Description":null,"CustomerID":null,"LanguageCode":null,"Related":true}`, "→ !NoMatchingError", "End"},
		},
		{"contact data for voice", "UpdateContactData", `{"IsVoiceIdStreamingEnabled": "true"}`, []string{never}, nil, []string{"→ NextAction", "End"}},
		{"language by reference to nothing", "UpdateContactData", `{"LanguageCode": "$.Attributes.nope"}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},
		{"customer id too long", "UpdateContactData", `{"CustomerId": "` + strings.Repeat("x", 129) + `"}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},

		// TagContact, UntagContact
		{
			"tags", "TagContact", `{"Tags": {"by": "$.Attributes.name", "x-$.Attributes.rounds": "y"}}`,
			[]string{never},
			[]Input{done},
			[]string{`Tag {"Tags":{"by":"Ann","x-2":"y"}}`, "→ NextAction", "End"},
		},
		{
			"tags that are refused", "TagContact", `{"Tags": {"aws:a": "b"}}`,
			[]string{never},
			[]Input{failed},
			[]string{`Tag {"Tags":{"aws:a":"b"}}`, "→ !NoMatchingError", "End"},
		},
		{"tags by reference to nothing", "TagContact", `{"Tags": "$.External.nope"}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},
		{
			"tags taken off", "UntagContact", `{"TagKeys": ["by", "$.Attributes.name"]}`,
			[]string{never},
			[]Input{done},
			[]string{`Untag {"Keys":["by","Ann"]}`, "→ NextAction", "End"},
		},

		// UpdateContactRoutingBehavior, UpdateContactRoutingCriteria
		{
			"priority", "UpdateContactRoutingBehavior", `{"QueuePriority": "$.Attributes.rounds"}`, nil,
			[]Input{done},
			[]string{`SetRouting {"QueuePriority":2,"QueueTimeAdjustmentSeconds":null}`, "→ NextAction", "End"},
		},
		{
			"age", "UpdateContactRoutingBehavior", `{"QueueTimeAdjustmentSeconds": -60}`, nil,
			[]Input{done},
			[]string{`SetRouting {"QueuePriority":null,"QueueTimeAdjustmentSeconds":-60}`, "→ NextAction", "End"},
		},
		{"priority 0", "UpdateContactRoutingBehavior", `{"QueuePriority": "0"}`, nil, nil, []string{"→ NextAction", "End"}},
		{"no priority", "UpdateContactRoutingBehavior", `{"QueuePriority": "$.Attributes.name"}`, nil, nil, []string{"→ NextAction", "End"}},
		{"too much age", "UpdateContactRoutingBehavior", `{"QueueTimeAdjustmentSeconds": "99999999999"}`, nil, nil, []string{"→ NextAction", "End"}},
		{
			"criteria", "UpdateContactRoutingCriteria",
			`{"RoutingCriteria": {"Steps": [{"Expression": {"AttributeCondition": {"Name": "Language", "Value": "$.Attributes.name"}}, "Expiry": {"DurationInSeconds": 60}}]}}`,
			[]string{never},
			[]Input{done},
			[]string{
				`SetRoutingCriteria {"Criteria":{"Steps":[{"Expiry":{"DurationInSeconds":60},"Expression":{"AttributeCondition":{"Name":"Language","Value":"Ann"}}}]}}`,
				"→ NextAction", "End",
			},
		},
		{"criteria by reference to nothing", "UpdateContactRoutingCriteria", `{"RoutingCriteria": "$.External.nope"}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},

		// CreatePersistentContactAssociation
		{
			"an earlier chat", "CreatePersistentContactAssociation", `{"RehydrationType": "FROM_SEGMENT", "SourceContactId": "$.Attributes.name"}`,
			[]string{never},
			[]Input{done},
			[]string{`ContinueChat {"RehydrationType":"FROM_SEGMENT","SourceContactID":"Ann"}`, "→ NextAction", "End"},
		},
		{
			"an earlier chat that is refused", "CreatePersistentContactAssociation", `{"RehydrationType": "ENTIRE_PAST_SESSION", "SourceContactId": "c0"}`,
			[]string{never},
			[]Input{failed},
			[]string{`ContinueChat {"RehydrationType":"ENTIRE_PAST_SESSION","SourceContactID":"c0"}`, "→ !NoMatchingError", "End"},
		},
		{
			"an earlier chat that is not known", "CreatePersistentContactAssociation", `{"RehydrationType": "FROM_SEGMENT", "SourceContactId": "$.Attributes.nope"}`,
			[]string{never},
			nil,
			[]string{"→ !NoMatchingError", "End"},
		},

		// Compare
		{"equal", "Compare", `{"ComparisonValue": "$.Attributes.name"}`, []string{"Bob", "Ann", "!NoMatchingCondition"}, nil, []string{"→ Ann", "End"}},
		{"first of two that match", "Compare", `{"ComparisonValue": "$.Attributes.name"}`, []string{"TextStartsWith A", "Ann"}, nil, []string{"→ TextStartsWith A", "End"}},
		{"unequal", "Compare", `{"ComparisonValue": "$.Attributes.name"}`, []string{"ann", "!NoMatchingCondition"}, nil, []string{"→ !NoMatchingCondition", "End"}},
		{"unequal, no branch", "Compare", `{"ComparisonValue": "$.Attributes.name"}`, []string{"ann"}, nil, []string{"→ NextAction", "End"}},
		{"compare nothing", "Compare", `{"ComparisonValue": "$.Attributes.nope"}`, []string{"TextContains A", "!NoMatchingCondition"}, nil, []string{"→ !NoMatchingCondition", "End"}},
		{"compare nothing at all", "Compare", `{}`, []string{"x", "!NoMatchingCondition"}, nil, []string{"→ !NoMatchingCondition", "End"}},
		{"compare a number", "Compare", `{"ComparisonValue": "$.External.n"}`, []string{"NumberGreaterThan 1.4"}, nil, []string{"→ NumberGreaterThan 1.4", "End"}},
		{"compare an object", "Compare", `{"ComparisonValue": "$.External.o"}`, []string{"KeyExists k"}, nil, []string{"→ KeyExists k", "End"}},
		{"compare a text with a reference in it", "Compare", `{"ComparisonValue": "is $.Attributes.name"}`, []string{"Equals is Ann"}, nil, []string{"→ Equals is Ann", "End"}},

		// DistributeByPercentage: the seed of this test draws 59 first.
		{"share", "DistributeByPercentage", "", []string{"NumberLessThan 10", "NumberLessThan 60", "NumberLessThan 100"}, nil, []string{"→ NumberLessThan 60", "End"}},
		{"rest", "DistributeByPercentage", "", []string{"NumberLessThan 59", "!NoMatchingCondition"}, nil, []string{"→ !NoMatchingCondition", "End"}},

		// Loop
		{"loop of none", "Loop", `{"LoopCount": "0"}`, []string{continueLooping, doneLooping}, nil, []string{"→ DoneLooping", "End"}},
		{"loop", "Loop", `{"LoopCount": "$.Attributes.rounds"}`, []string{continueLooping, doneLooping}, nil, []string{"→ ContinueLooping", "End"}},
		{"loop of no number", "Loop", `{"LoopCount": "$.Attributes.name"}`, []string{continueLooping, doneLooping, never}, nil, []string{"→ !NoMatchingError", "End"}},
		{"loop of no number, no branch", "Loop", `{"LoopCount": "$.Attributes.nope"}`, []string{continueLooping, doneLooping}, nil, []string{"→ DoneLooping", "End"}},
		{"loop of too many", "Loop", `{"LoopCount": "101"}`, []string{doneLooping, never}, nil, []string{"→ !NoMatchingError", "End"}},

		// Wait
		{"wait", "Wait", `{"TimeLimitSeconds": "$.Attributes.seconds"}`, []string{waitCompleted, never}, []Input{{Kind: TimedOut}}, []string{"Wait 7s", "→ WaitCompleted", "End"}},
		{"wait by its documented name", "Wait", `{"TimeoutSeconds": "604800"}`, []string{waitCompleted}, []Input{{Kind: TimedOut}}, []string{"Wait 168h0m0s", "→ WaitCompleted", "End"}},
		{
			"wait for the customer", "Wait", `{"TimeLimitSeconds": "1", "Events": ["CustomerReturned", "CustomerReturned"]}`,
			[]string{waitCompleted, CustomerReturned, never},
			[]Input{{Kind: Happened, Event: CustomerReturned}},
			[]string{"Wait 1s CustomerReturned", "→ CustomerReturned", "End"},
		},
		{"wait without a branch for what happened", "Wait", `{"TimeLimitSeconds": "1"}`, nil, []Input{{Kind: TimedOut}}, []string{"Wait 1s", "→ NextAction", "End"}},
		{"wait cut off", "Wait", `{"TimeLimitSeconds": "1"}`, []string{waitCompleted, never}, []Input{failed}, []string{"Wait 1s", "→ !NoMatchingError", "End"}},
		{"wait for a bot", "Wait", `{"TimeLimitSeconds": "1", "Events": ["BotParticipantDisconnected"]}`, []string{never, "!ParticipantNotFound"}, nil, []string{"→ !ParticipantNotFound", "End"}},
		{"wait for an event that does not exist", "Wait", `{"TimeLimitSeconds": "1", "Events": ["Rain"]}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},
		{"wait for no time", "Wait", `{"TimeLimitSeconds": "0"}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},
		{"wait too long", "Wait", `{"TimeLimitSeconds": "604801"}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},
		{"wait for no number", "Wait", `{"TimeLimitSeconds": "$.Attributes.name"}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},

		// UpdateContactTargetQueue, TransferContactToQueue, TransferToFlow
		{
			"queue", "UpdateContactTargetQueue", `{"QueueId": "$.Attributes.queue"}`,
			[]string{never},
			[]Input{done},
			[]string{`SetTargetQueue {"QueueID":"arn:queue","AgentID":""}`, "→ NextAction", "End"},
		},
		{
			"queue of an agent", "UpdateContactTargetQueue", `{"AgentId": "kim"}`,
			[]string{never},
			[]Input{failed},
			[]string{`SetTargetQueue {"QueueID":"","AgentID":"kim"}`, "→ !NoMatchingError", "End"},
		},
		{"queue that is missing", "UpdateContactTargetQueue", `{"QueueId": "$.Attributes.nope"}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},
		{"into the queue", "TransferContactToQueue", "", []string{never, "!QueueAtCapacity"}, nil, []string{"EnterQueue {}"}},
		{
			"into a full queue", "TransferContactToQueue", "",
			[]string{never, "!QueueAtCapacity"},
			[]Input{{Kind: Failed, Error: QueueAtCapacity}},
			[]string{"EnterQueue {}", "→ !QueueAtCapacity", "End"},
		},
		{
			"into a full queue, any error", "TransferContactToQueue", "",
			[]string{never},
			[]Input{{Kind: Failed, Error: QueueAtCapacity}},
			[]string{"EnterQueue {}", "→ !NoMatchingError", "End"},
		},
		{
			"into a full queue, no branch", "TransferContactToQueue", "", nil,
			[]Input{{Kind: Failed, Error: QueueAtCapacity}},
			[]string{"EnterQueue {}", `End TransferContactToQueue "it": QueueAtCapacity without a branch for it: refused`},
		},
		{"into a flow", "TransferToFlow", `{"ContactFlowId": "f2"}`, []string{never}, nil, []string{`EnterFlow {"FlowID":"f2"}`}},
		{"into a flow that is missing", "TransferToFlow", `{"ContactFlowId": "f2"}`, []string{never}, []Input{failed}, []string{`EnterFlow {"FlowID":"f2"}`, "→ !NoMatchingError", "End"}},
		{"into no flow", "TransferToFlow", `{"ContactFlowId": "$.Attributes.nope"}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},

		// UpdateContactEventHooks
		{
			"hook", "UpdateContactEventHooks", `{"EventHooks": {"CustomerQueue": "f2"}}`,
			[]string{never},
			[]Input{done},
			[]string{`SetHook {"Hook":"CustomerQueue","FlowID":"f2","Disable":false}`, "→ NextAction", "End"},
		},
		{
			"hook that fails", "UpdateContactEventHooks", `{"EventHooks": {"AgentHold": "$.Attributes.queue"}}`,
			[]string{never},
			[]Input{failed},
			[]string{`SetHook {"Hook":"AgentHold","FlowID":"arn:queue","Disable":false}`, "→ !NoMatchingError", "End"},
		},
		{
			"whisper off", "UpdateContactEventHooks", `{"EventHooksConfiguration": {"AgentWhisper": {"DisableExecution": "true"}}}`,
			[]string{never},
			[]Input{done},
			[]string{`SetHook {"Hook":"AgentWhisper","FlowID":"","Disable":true}`, "→ NextAction", "End"},
		},
		{
			"whisper on", "UpdateContactEventHooks", `{"EventHooks": {"AgentWhisper": "f"}, "EventHooksConfiguration": {"AgentWhisper": {"DisableExecution": "false"}}}`,
			[]string{never},
			[]Input{done},
			[]string{`SetHook {"Hook":"AgentWhisper","FlowID":"f","Disable":false}`, "→ NextAction", "End"},
		},
		{"hook without a flow", "UpdateContactEventHooks", `{"EventHooks": {"CustomerQueue": "$.Attributes.nope"}}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},
		{"switch without a flow", "UpdateContactEventHooks", `{"EventHooksConfiguration": {"AgentWhisper": {"DisableExecution": "false"}}}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},
		{"two hooks", "UpdateContactEventHooks", `{"EventHooks": {"CustomerQueue": "f", "AgentWhisper": "g"}}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},

		// ShowView
		{
			"view", "ShowView",
			`{"ViewResource": {"Id": "form", "Version": "Latest"}, "InvocationTimeLimitSeconds": "900", "ViewData": {"$.Attributes.name": "Hi $.Attributes.name", "n": 1.50, "o": "$.External.o", "l": [true, "$.External.n", "$.Attributes.nope"], "no": "$.Attributes.nope"}}`,
			[]string{"Next", never, "!NoMatchingCondition", "!TimeLimitExceeded"},
			[]Input{{Kind: Answered, Event: "Next", Data: []byte(`{"a":["b"]}`)}},
			[]string{
				`ShowView {"ViewID":"form","Data":{"$.Attributes.name":"Hi Ann","l":[true,1.50],"n":1.50,"o":{"k":true}},"For":900000000000,"Hide":false}`,
				"→ Next", "End",
			},
		},
		{
			"version of a view by reference", "ShowView",
			`{"ViewResource": {"Id": "arn:x:view/$.Attributes.name", "Version": "3"}, "InvocationTimeLimitSeconds": "$.Attributes.seconds", "ViewData": {}, "SensitiveDataConfiguration": {"HideResponseOn": ["TRANSCRIPT"]}}`,
			[]string{"Next", never, "!NoMatchingCondition", "!TimeLimitExceeded"},
			[]Input{{Kind: Answered, Event: " "}},
			[]string{`ShowView {"ViewID":"arn:x:view/Ann:3","Data":{},"For":7000000000,"Hide":true}`, "→ !NoMatchingCondition", "End"},
		},
		{
			"view nobody answers", "ShowView", `{"ViewResource": {"Id": "v:2", "Version": "3"}, "InvocationTimeLimitSeconds": "1", "ViewData": "$.Attributes.json"}`,
			[]string{never, "!TimeLimitExceeded"},
			[]Input{{Kind: TimedOut}},
			[]string{`ShowView {"ViewID":"v:2","Data":{"a":1},"For":1000000000,"Hide":false}`, "→ !TimeLimitExceeded", "End"},
		},
		{
			"view that can not be shown", "ShowView", `{"ViewResource": {"Id": "v"}, "InvocationTimeLimitSeconds": "1", "ViewData": {}}`,
			[]string{never, "!TimeLimitExceeded"},
			[]Input{failed},
			[]string{`ShowView {"ViewID":"v","Data":{},"For":1000000000,"Hide":false}`, "→ !NoMatchingError", "End"},
		},
		{"view by reference to nothing", "ShowView", `{"ViewResource": {"Id": "$.Attributes.nope"}, "InvocationTimeLimitSeconds": "1", "ViewData": {}}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},
		{"view without time", "ShowView", `{"ViewResource": {"Id": "v"}, "InvocationTimeLimitSeconds": "$.Attributes.name", "ViewData": {}}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},
		{"view with a list", "ShowView", `{"ViewResource": {"Id": "v"}, "InvocationTimeLimitSeconds": "1", "ViewData": [1]}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},
		{"view with a text", "ShowView", `{"ViewResource": {"Id": "v"}, "InvocationTimeLimitSeconds": "1", "ViewData": "$.Attributes.name"}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},

		// The rest of what a chat does.
		{"logging on", "UpdateFlowLoggingBehavior", `{"FlowLoggingBehavior": "Enabled"}`, nil, []Input{done}, []string{`SetLogging {"Enabled":true}`, "→ NextAction", "End"}},
		{"logging off", "UpdateFlowLoggingBehavior", `{"FlowLoggingBehavior": "Disabled"}`, nil, []Input{done}, []string{`SetLogging {"Enabled":false}`, "→ NextAction", "End"}},
		{"voice", "UpdateContactTextToSpeechVoice", `{"TextToSpeechVoice": "Joanna"}`, nil, nil, []string{"→ NextAction", "End"}},
		{"disconnect", "DisconnectParticipant", "", nil, nil, []string{"Disconnect {}"}},
		{"end", "EndFlowExecution", "", nil, nil, []string{"End"}},

		// What Parley does not do takes its error branch, the one of calls by its own name; what can not fail goes on.
		{"not supported", "GetParticipantInput", `{"Text": "1 or 2"}`, []string{"1", never, "!NoMatchingCondition"}, nil, []string{"→ !NoMatchingError", "End"}},
		{"for calls", "UpdateContactCallbackNumber", `{"CallbackNumber": "1"}`, []string{"!CallbackNumberNotDialable", "!InvalidCallbackNumber"}, nil, []string{"→ !InvalidCallbackNumber", "End"}},
		{
			"not supported, no branch", "CreateTask", `{"Name": "f"}`, nil, nil,
			[]string{`End CreateTask "it": NoMatchingError without a branch for it: not supported`},
		},
		{"terminal and for calls", "TransferContactToAgent", "", nil, nil, []string{`End TransferContactToAgent "it": NoMatchingError without a branch for it: not supported`}},
		{"no such type", "PlayPrompt", "", []string{never}, nil, []string{"→ !NoMatchingError", "End"}},
	} {
		t.Run(tt.kind+"/"+tt.name, func(t *testing.T) {
			t.Parallel()
			p := playing{t: t, flow: actionUnderTest(t, tt.kind, tt.params, tt.branches...), facts: facts, state: Start(2)}
			p.state.Results = map[string]json.RawMessage{"External": json.RawMessage(`{"s": "text", "n": 1.50, "o": {"k": true}}`)}
			if diff := cmp.Diff(tt.want, p.play(tt.inputs...)); diff != "" {
				t.Errorf("effects (-want +got):\n%s", diff)
			}
		})
	}
}

func TestActionsNotPossibleInAFlowType(t *testing.T) {
	p := playing{t: t, flow: actionUnderTest(t, "Wait", `{"TimeLimitSeconds": "1"}`, waitCompleted, never), facts: Facts{FlowType: "AGENT_WHISPER"}}
	if got, want := p.play(), []string{"→ !NoMatchingError", "End"}; !slices.Equal(got, want) {
		t.Errorf("Wait in a whisper flow gives %q, want %q", got, want)
	}
}

func TestLoopStartsOver(t *testing.T) {
	f := parse(t, document(t,
		`{"Identifier": "loop", "Type": "Loop", "Parameters": {"LoopCount": "2"}, "Transitions": {"NextAction": "in", "Conditions": [
			{"NextAction": "in", "Condition": {"Operator": "Equals", "Operands": ["ContinueLooping"]}},
			{"NextAction": "out", "Condition": {"Operator": "Equals", "Operands": ["DoneLooping"]}}]}}`,
		`{"Identifier": "in", "Type": "MessageParticipant", "Parameters": {"Text": "in"}, "Transitions": {"NextAction": "pause"}}`,
		`{"Identifier": "pause", "Type": "Wait", "Parameters": {"TimeLimitSeconds": "9"}, "Transitions": {"NextAction": "loop"}}`,
		`{"Identifier": "out", "Type": "MessageParticipant", "Parameters": {"Text": "out"}, "Transitions": {"NextAction": "loop"}}`))
	p := playing{t: t, flow: f}
	over := Input{Kind: TimedOut}
	want := []string{"Say in", "Wait 9s", "Say in", "Wait 9s", "Say out", "Say in", "Wait 9s", "Say in", "Wait 9s", "Say out", "Say in", "Wait 9s"}
	if diff := cmp.Diff(want, p.play(over, over, over, over)); diff != "" {
		t.Errorf("effects (-want +got):\n%s", diff)
	}
}

func TestReferencesToTheAnswerOfAView(t *testing.T) {
	f := parse(t, document(t,
		`{"Identifier": "view", "Type": "ShowView", "Parameters": {"ViewResource": {"Id": "form"}, "InvocationTimeLimitSeconds": "9", "ViewData": {}}, "Transitions": {"NextAction": "say"}}`,
		`{"Identifier": "say", "Type": "MessageParticipant", "Parameters": {"Text": "$.Views.Action: $.Views.ViewResultData.a.0 of $.Views.ViewResultData$.Attributes.x"}, "Transitions": {"NextAction": "view"}}`))
	p := playing{t: t, flow: f}
	p.play(Input{Kind: Answered, Event: "Next", Data: []byte(`{"a":["<b>",2.0]}`)})
	if got, want := show(p.step(Input{Kind: Answered, Event: "Back"})), []string{"Say Back:  of "}; !slices.Equal(got[:1], want) {
		t.Errorf("an answer without data: %q, want %q", got, want)
	}
	p = playing{t: t, flow: f}
	if got, want := p.play(Input{Kind: Answered, Event: "Next", Data: []byte(`{"a":["<b>",2.0]}`)})[1], `Say Next: <b> of {"a":["<b>",2.0]}`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestFlowAttributesLastUntilTheEnd(t *testing.T) {
	f := parse(t, document(t,
		`{"Identifier": "a", "Type": "UpdateFlowAttributes", "Parameters": {"FlowAttributes": {"x/y": {"Value": "1", "Type": "String"}, "gone": {"Value": "2"}, "bare": "3"}}, "Transitions": {"NextAction": "b"}}`,
		`{"Identifier": "b", "Type": "Wait", "Parameters": {"TimeLimitSeconds": "1"}, "Transitions": {"NextAction": "c"}}`,
		`{"Identifier": "c", "Type": "UpdateFlowAttributes", "Parameters": {"FlowAttributes": {"gone": {"Value": "$.Attributes.nope"}, "two": {"Value": "$.FlowAttributes.bare"}}}, "Transitions": {"NextAction": "d"}}`,
		`{"Identifier": "d", "Type": "MessageParticipant", "Parameters": {"Text": "$.FlowAttributes"}, "Transitions": {"NextAction": "e"}}`,
		`{"Identifier": "e", "Type": "UpdateContactTargetQueue", "Parameters": {"QueueId": "$.FlowAttributes.x/y"}, "Transitions": {"NextAction": "e"}}`))
	p := playing{t: t, flow: f}
	want := []string{"Wait 1s", `Say {"bare":"3","two":"3","x/y":"1"}`, `SetTargetQueue {"QueueID":"1","AgentID":""}`}
	if diff := cmp.Diff(want, p.play(Input{Kind: TimedOut})); diff != "" {
		t.Errorf("effects (-want +got):\n%s", diff)
	}
}

func TestDistributeGivesEachBranchItsShare(t *testing.T) {
	f := actionUnderTest(t, "DistributeByPercentage", "", "NumberLessThan 10", "NumberLessThan 40", "!NoMatchingCondition")
	got := map[string]int{}
	seed := uint64(1)
	const draws = 20_000
	for range draws {
		st := Start(seed)
		effects, err := Step(f, &st, &Facts{}, Input{Kind: Begin})
		if err != nil {
			t.Fatal(err)
		}
		got[show(effects)[0]]++
		seed = st.Seed // the next run goes on drawing
	}
	for branch, percent := range map[string]int{"→ NumberLessThan 10": 10, "→ NumberLessThan 40": 30, "→ !NoMatchingCondition": 60} {
		if n := got[branch]; n < draws*percent/100-draws/100 || n > draws*percent/100+draws/100 {
			t.Errorf("%s was taken %d times of %d, want about %d %%", branch, n, draws, percent)
		}
	}
}

func TestDrawsFollowTheSeed(t *testing.T) {
	draw := func(seed uint64) (drawn []uint64) {
		st := Start(seed)
		for range 10 {
			drawn = append(drawn, st.draw(100))
		}
		return drawn
	}
	if a, b := draw(7), draw(7); !slices.Equal(a, b) {
		t.Errorf("one seed draws %v and then %v", a, b)
	}
	if a, b := draw(7), draw(8); slices.Equal(a, b) {
		t.Errorf("two seeds draw the same %v", a)
	}
}

// A graph without a way out ends, also when each round asks something.
func TestEndlessFlowsEnd(t *testing.T) {
	say := `{"Identifier": "a", "Type": "MessageParticipant", "Parameters": {"Text": "x"}, "Transitions": {"NextAction": "a"}}`
	p := playing{t: t, flow: parse(t, document(t, say))}
	effects := p.step(Input{Kind: Begin})
	lines := show(effects)
	if got, want := lines[len(lines)-1], `End MessageParticipant "a": 1000 actions without a wait`; got != want {
		t.Errorf("the last effect is %q, want %q", got, want)
	}
	var said int
	for _, line := range lines {
		if line == "Say x" {
			said++
		}
	}
	if said != maxSteps {
		t.Errorf("said %d times, want %d", said, maxSteps)
	}
	want := Effect(Log{LogEntry{Block: "PlayPrompt", Identifier: "a", Results: "1000 actions without a wait", Notable: true}})
	if diff := cmp.Diff(want, effects[len(effects)-2]); diff != "" {
		t.Errorf("before the end (-want +got):\n%s", diff)
	}

	ask := `{"Identifier": "a", "Type": "UpdateContactAttributes", "Parameters": {"Attributes": {"a": "1"}}, "Transitions": {"NextAction": "a"}}`
	p = playing{t: t, flow: parse(t, document(t, ask))}
	asked, in := 0, Input{Kind: Begin}
	for ; asked <= maxSteps; asked++ {
		effects := p.step(in)
		if !Asks(effects[len(effects)-1]) {
			break
		}
		in = done
	}
	if asked != maxSteps {
		t.Errorf("a flow without a wait could ask %d times, want %d", asked, maxSteps)
	}

	wait := `{"Identifier": "a", "Type": "Wait", "Parameters": {"TimeLimitSeconds": "1"}, "Transitions": {"NextAction": "a"}}`
	p = playing{t: t, flow: parse(t, document(t, wait))}
	p.play()
	for i := range 2 * maxSteps {
		if got := show(p.step(Input{Kind: TimedOut})); !slices.Equal(got, []string{"Wait 1s"}) {
			t.Fatalf("wait %d gives %q", i, got)
		}
	}
}

func TestLargeParametersTakeTheErrorBranch(t *testing.T) {
	attributes := make([]string, 10)
	for i := range attributes {
		attributes[i] = fmt.Sprintf(`"a%d": "$.Attributes.big$.Attributes.big"`, i)
	}
	p := playing{t: t, flow: actionUnderTest(t, "InvokeLambdaFunction", `{"LambdaInvocationAttributes": {`+strings.Join(attributes, ",")+`}}`, never)}
	p.facts.Attributes = map[string]string{"big": strings.Repeat("x", 20_000)}
	effects := p.step(Input{Kind: Begin})
	size := 0
	for _, e := range effects {
		size += len(compact(e))
	}
	if want := []string{"→ !NoMatchingError", "End"}; !slices.Equal(show(effects), want) || size > 2*maxResolved {
		t.Errorf("effects of %d bytes: %q, want %q in at most %d bytes", size, show(effects), want, 2*maxResolved)
	}
}

func TestWrongCallsOfStep(t *testing.T) {
	waits := actionUnderTest(t, "Wait", `{"TimeLimitSeconds": "1"}`)
	asks := actionUnderTest(t, "TransferContactToQueue", "")
	for _, tt := range []struct {
		name   string
		flow   *Flow
		action string
		in     Input
	}{
		{"answer before the start", waits, "", done},
		{"begin twice", waits, "it", Input{Kind: Begin}},
		{"state of another flow", waits, "other", Input{Kind: TimedOut}},
		{"Done for a wait", waits, "it", done},
		{"TimedOut for a question", asks, "it", Input{Kind: TimedOut}},
		{"Happened for a question", asks, "it", Input{Kind: Happened, Event: CustomerReturned}},
		{"Answered for a wait", waits, "it", Input{Kind: Answered, Event: "Next"}},
		{"Done for a view", actionUnderTest(t, "ShowView", `{}`), "it", done},
		{"unknown input", asks, "it", Input{Kind: 99}},
		{"success of what ends the run", asks, "it", done},
	} {
		st := State{Action: tt.action}
		if effects, err := Step(tt.flow, &st, &Facts{}, tt.in); err == nil {
			t.Errorf("%s: Step gives %q, want an error", tt.name, show(effects))
		}
	}
}

func TestLog(t *testing.T) {
	facts := Facts{Attributes: map[string]string{"q": "arn:q"}, FlowType: "CONTACT_FLOW"}
	for _, tt := range []struct {
		kind, params string
		branches     []string
		inputs       []Input
		want         []LogEntry
	}{
		{"UpdateContactTargetQueue", `{"QueueId": "$.Attributes.q"}`, nil, nil, []LogEntry{{Block: "SetQueue", Parameters: map[string]any{"Queue": "arn:q"}}}},
		{
			"Wait", `{"TimeLimitSeconds": "60"}`,
			[]string{waitCompleted},
			[]Input{{Kind: TimedOut}},
			[]LogEntry{{Block: "Wait", Parameters: map[string]any{"TimeoutSeconds": "60"}}, {Block: "Wait", Results: "WaitCompleted", Branch: "Equals WaitCompleted", Next: "to 2"}},
		},
		{
			"Compare", `{"ComparisonValue": "$.Attributes.nope"}`,
			[]string{"x"},
			nil,
			[]LogEntry{{Block: "CheckAttribute", Parameters: map[string]any{}}, {Block: "CheckAttribute", Results: "NoMatchingCondition", Branch: "NextAction", Next: "to 1"}},
		},
		{
			"ShowView", `{"ViewData": {"a": ["$.Attributes.q", true, null]}}`,
			[]string{never},
			nil,
			[]LogEntry{
				{Block: "ShowView", Parameters: map[string]any{"ViewData": map[string]any{"a": []any{"arn:q", true}}}},
				{Block: "ShowView", Results: "NoMatchingError", Branch: "NoMatchingError", Next: "to 2"},
			},
		},
		{"Nonsense", "", []string{never}, nil, []LogEntry{{Block: "Nonsense", Notable: true}, {Block: "Nonsense", Results: "NoMatchingError", Branch: "NoMatchingError", Next: "to 2"}}},
	} {
		p := playing{t: t, flow: actionUnderTest(t, tt.kind, tt.params, tt.branches...), facts: facts}
		effects := p.step(Input{Kind: Begin})
		for _, in := range tt.inputs {
			effects = append(effects, p.step(in)...)
		}
		var got []LogEntry
		for _, e := range effects {
			if l, ok := e.(Log); ok && l.Entry.Block != "PlayPrompt" && l.Entry.Block != "Resume" {
				if l.Entry.Identifier != "it" {
					t.Errorf("%s: line of action %q", tt.kind, l.Entry.Identifier)
				}
				l.Entry.Identifier = ""
				got = append(got, l.Entry)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: log (-want +got):\n%s", tt.kind, diff)
		}
	}
	entry := LogEntry{Block: "SetQueue", Parameters: map[string]any{"Queue": "q"}, Notable: true}
	if got, want := compact(entry), `{"ContactFlowModuleType":"SetQueue","Parameters":{"Queue":"q"}}`; got != want {
		t.Errorf("entry is %s, want %s", got, want)
	}
}

// TestTrace: with Trace every action leaves a line that says where it led.
func TestTrace(t *testing.T) {
	for _, tt := range []struct {
		trace bool
		want  []string
	}{
		{true, []string{"it:", "it: NextAction to 1"}},
		{false, []string{"it:"}},
	} {
		p := playing{t: t, flow: actionUnderTest(t, "UpdateContactTextToSpeechVoice", `{}`), facts: Facts{Trace: tt.trace}}
		var got []string
		for _, e := range p.step(Input{Kind: Begin}) {
			if l, ok := e.(Log); ok && l.Entry.Identifier == "it" {
				got = append(got, strings.TrimSpace("it: "+l.Entry.Branch+" "+l.Entry.Next))
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("trace %t (-want +got):\n%s", tt.trace, diff)
		}
	}
}

func TestAsks(t *testing.T) {
	for _, e := range []Effect{SetAttributes{}, SetTargetQueue{}, EnterQueue{}, EnterFlow{}, SetHook{}, SetContactData{}, SetLogging{}} {
		if !Asks(e) {
			t.Errorf("%T does not ask", e)
		}
	}
	for _, e := range []Effect{Say{}, Log{}, Wait{For: time.Second}, Disconnect{}, End{}} {
		if Asks(e) {
			t.Errorf("%T asks", e)
		}
	}
}

// TestSeedFor: a test can say where DistributeByPercentage leads.
func TestSeedFor(t *testing.T) {
	for percent := range 100 {
		st := Start(SeedFor(percent))
		if got := st.draw(100); got != uint64(percent) {
			t.Errorf("the first draw is %d, want %d", got, percent)
		}
	}
}
