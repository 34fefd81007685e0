package flow

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestActionsOfALife: moves, processing, analysis, other channels, and waits that go on.
func TestActionsOfALife(t *testing.T) {
	facts := Facts{
		FlowType: "CUSTOMER_QUEUE", Attributes: map[string]string{"q": "q1", "n": "+491", "two": "2"},
		CustomerName: "Ann", CustomerAddress: "+4930", SystemAddress: "shop", QueueName: "Q", QueueARN: "arn:q",
		AgentUserName: "bob", AgentFirstName: "Bob", AgentLastName: "Ross", AgentARN: "arn:a",
		References: map[string]any{"order": map[string]any{"Value": "https://x", "Type": "URL"}},
		Tags:       map[string]string{"a": "b"},
	}
	capacity, over := Input{Kind: Failed, Error: QueueAtCapacity}, Input{Kind: TimedOut}
	for _, tt := range []struct {
		name, kind, params string
		branches           []string
		inputs             []Input
		want               []string
	}{
		{"to a queue", "DequeueContactAndTransferToQueue", `{"QueueId": "$.Attributes.q"}`, []string{never, "!QueueAtCapacity"}, []Input{done}, []string{`MoveToQueue {"QueueID":"q1","AgentID":""}`, "→ NextAction", "End"}},
		{"to a full queue", "DequeueContactAndTransferToQueue", `{"QueueId": "q"}`, []string{never, "!QueueAtCapacity"}, []Input{capacity}, []string{`MoveToQueue {"QueueID":"q","AgentID":""}`, "→ !QueueAtCapacity", "End"}},
		{"to an agent", "DequeueContactAndTransferToQueue", `{"AgentId": "a"}`, []string{never, "!QueueAtCapacity"}, []Input{failed}, []string{`MoveToQueue {"QueueID":"","AgentID":"a"}`, "→ !NoMatchingError", "End"}},
		{"to nothing", "DequeueContactAndTransferToQueue", `{"QueueId": "$.Attributes.nope"}`, []string{never, "!QueueAtCapacity"}, nil, []string{"→ !NoMatchingError", "End"}},

		{
			"processing", "UpdateContactMediaProcessing",
			`{"ChatProcessor": {"ProcessingEnabled": "True", "LambdaProcessorARN": "$.Attributes.q", "ChatProcessorSettings": {"DeliverUnprocessedMessages": "False"}}}`,
			[]string{never, "!ChannelMismatch"},
			[]Input{done},
			[]string{`SetProcessing {"Enabled":true,"FunctionARN":"q1","DeliverUnprocessed":false}`, "→ NextAction", "End"},
		},
		{
			"processing by a function that is not known", "UpdateContactMediaProcessing",
			`{"ChatProcessor": {"ProcessingEnabled": "true", "LambdaProcessorARN": "f", "ChatProcessorSettings": {"DeliverUnprocessedMessages": "true"}}}`,
			[]string{never, "!ChannelMismatch"},
			[]Input{failed},
			[]string{`SetProcessing {"Enabled":true,"FunctionARN":"f","DeliverUnprocessed":true}`, "→ !NoMatchingError", "End"},
		},
		{
			"no processing any more", "UpdateContactMediaProcessing", `{"ChatProcessor": {"ProcessingEnabled": "False"}}`,
			[]string{never},
			[]Input{done},
			[]string{`SetProcessing {"Enabled":false,"FunctionARN":"","DeliverUnprocessed":true}`, "→ NextAction", "End"},
		},
		{"processing without a function", "UpdateContactMediaProcessing", `{"ChatProcessor": {"ProcessingEnabled": "True", "LambdaProcessorARN": "$.Attributes.nope"}}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},
		{"processing of nothing", "UpdateContactMediaProcessing", `{}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},

		{
			"analysis", "UpdateContactRecordingBehavior",
			`{"RecordingBehavior": {"RecordedParticipants": ["Agent"]}, "AnalyticsBehavior": {"Enabled": "True", "AnalyticsLanguage": "en-US", "AnalyticsRedactionBehavior": "Enabled", "AnalyticsRedactionResults": "RedactedAndOriginal", "AnalyticsRedactionMaskMode": "PII", "ChannelConfiguration": {"Chat": {"AnalyticsModes": ["ContactLens"]}}}}`,
			nil,
			[]Input{done},
			[]string{
				`SetAnalytics {"Enabled":true,"Language":"en-US","Modes":["ContactLens"],"Redacts":true,"Policy":"RedactedAndOriginal","MaskMode":"PII","Entities":null}`,
				"→ NextAction", "End",
			},
		},
		{
			"analysis of calls", "UpdateContactRecordingBehavior", `{"AnalyticsBehavior": {"Enabled": "True", "AnalyticsMode": "RealTime"}}`,
			nil,
			[]Input{done},
			[]string{`SetAnalytics {"Enabled":false,"Language":"","Modes":null,"Redacts":false,"Policy":"","MaskMode":"","Entities":null}`, "→ NextAction", "End"},
		},
		{"recording alone", "UpdateContactRecordingBehavior", `{"RecordingBehavior": {"RecordedParticipants": []}}`, nil, nil, []string{"→ NextAction", "End"}},
		{
			"analysis of a chat", "UpdateContactRecordingAndAnalyticsBehavior",
			`{"ChatBehavior": {"ChatAnalyticsBehavior": {"Enabled": "True", "AnalyticsLanguage": "ja-JP", "AnalyticsModes": ["ContactLens"], "ConversationalAnalyticsRedactionConfiguration": {"Enabled": "True", "RedactionResults": "RedactedOnly", "RedactionMaskMode": "EntityType", "RedactionEntities": ["NAME"]}, "InFlightChatRedactionConfiguration": {"Enabled": "False"}}}}`,
			[]string{never, "!ChannelMismatch", "!InFlightRedactionConfigurationFailed"},
			[]Input{done},
			[]string{
				`SetAnalytics {"Enabled":true,"Language":"ja-JP","Modes":["ContactLens"],"Redacts":true,"Policy":"RedactedOnly","MaskMode":"EntityType","Entities":["NAME"]}`,
				"→ NextAction", "End",
			},
		},
		{
			"redaction on the way", "UpdateContactRecordingAndAnalyticsBehavior",
			`{"ChatBehavior": {"ChatAnalyticsBehavior": {"Enabled": "True", "InFlightChatRedactionConfiguration": {"Enabled": "true"}}}}`,
			[]string{never, "!ChannelMismatch", "!InFlightRedactionConfigurationFailed"},
			nil,
			[]string{"→ !InFlightRedactionConfigurationFailed", "End"},
		},
		{"analysis of a call", "UpdateContactRecordingAndAnalyticsBehavior", `{"VoiceBehavior": {"x": "y"}}`, []string{never, "!ChannelMismatch"}, nil, []string{"→ !ChannelMismatch", "End"}},
		{"recording of a screen", "UpdateContactRecordingAndAnalyticsBehavior", `{"ScreenRecordingBehavior": {"x": "y"}}`, []string{never, "!ChannelMismatch"}, nil, []string{"→ NextAction", "End"}},
		{"analysis of nothing", "UpdateContactRecordingAndAnalyticsBehavior", `{"ChatBehavior": "$.Attributes.nope"}`, []string{never, "!ChannelMismatch"}, nil, []string{"→ !NoMatchingError", "End"}},

		{
			"to another channel", "StartOutboundChatContact",
			`{"SourceEndpoint": {"Address": "shop", "Type": "CONNECT_PHONENUMBER_ARN"}, "DestinationEndpoint": {"Address": "$.Attributes.n"}, "ContactFlowArn": "f", "ContactSubtype": "connect:SMS", "InitialSystemMessage": {"Content": "Hi $.CustomerEndpoint.DisplayName"}, "RelatedContact": "CURRENT"}`,
			[]string{never},
			[]Input{done},
			[]string{`StartOutbound {"Source":"shop","Destination":"+491","FlowID":"f","Subtype":"connect:SMS","Message":"Hi Ann","Related":true}`, "→ NextAction", "End"},
		},
		{
			"to a channel that is not there", "StartOutboundChatContact", `{"SourceEndpoint": {"Address": "a"}, "DestinationEndpoint": {"Address": "b"}, "ContactFlowArn": "f"}`,
			[]string{never},
			[]Input{failed},
			[]string{`StartOutbound {"Source":"a","Destination":"b","FlowID":"f","Subtype":"","Message":"","Related":false}`, "→ !NoMatchingError", "End"},
		},
		{"to nobody", "StartOutboundChatContact", `{"SourceEndpoint": {"Address": "a"}, "DestinationEndpoint": {"Address": "$.Attributes.nope"}, "ContactFlowArn": "f"}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},

		{
			"wait and go on", "Wait", `{"TimeLimitSeconds": "60", "ContinueExecution": "True", "MinimumWaitTimeSeconds": "$.Attributes.two"}`,
			[]string{waitContinue, waitCompleted, never},
			[]Input{done, over},
			[]string{`StartClock {"For":60000000000,"AtLeast":2000000000}`, "→ Continue", "AwaitClock {}", "→ WaitCompleted", "End"},
		},
		{"wait and go on, too short", "Wait", `{"TimeLimitSeconds": "60", "ContinueExecution": "True", "MinimumWaitTimeSeconds": "61"}`, []string{waitContinue, waitCompleted, never}, nil, []string{"→ !NoMatchingError", "End"}},

		{"voice", "UpdateContactTextToSpeechVoice", `{"TextToSpeechVoice": "Joanna"}`, nil, nil, []string{"→ NextAction", "End"}},
		{"text of an agent", "MessageParticipant", `{"Text": "$.Agent.UserName $.Agent.FirstName $.Agent.LastName $.Agent.ARN $.Agent.nope"}`, nil, nil, []string{"Say bob Bob Ross arn:a ", "→ NextAction", "End"}},
		{"text of addresses", "MessageParticipant", `{"Text": "$.CustomerEndpoint.Address $.CustomerEndpoint.Type $.SystemEndpoint.Address $.SystemEndpoint.Type."}`, nil, nil, []string{"Say +4930 TELEPHONE_NUMBER shop .", "→ NextAction", "End"}},
		{"text of references", "MessageParticipant", `{"Text": "$.References.order.Value $.References.order.Type $.References.nope.Value$.Tags"}`, nil, nil, []string{`Say https://x URL {"a":"b"}`, "→ NextAction", "End"}},
	} {
		t.Run(tt.kind+"/"+tt.name, func(t *testing.T) {
			t.Parallel()
			p := playing{t: t, flow: actionUnderTest(t, tt.kind, tt.params, tt.branches...), facts: facts, state: Start(1)}
			if diff := cmp.Diff(tt.want, p.play(tt.inputs...)); diff != "" {
				t.Errorf("effects (-want +got):\n%s", diff)
			}
		})
	}
}

// TestClockRunsOut: whatever runs while the clock does is left when its time is over.
func TestClockRunsOut(t *testing.T) {
	clock := `{"Identifier": "clock", "Type": "Wait", "Parameters": {"TimeLimitSeconds": "60", "ContinueExecution": "True"}, "Transitions": {"NextAction": "x", "Conditions": [
		{"NextAction": "go", "Condition": {"Operator": "Equals", "Operands": ["Continue"]}}, {"NextAction": "over", "Condition": {"Operator": "Equals", "Operands": ["WaitCompleted"]}}]}}`
	over := `{"Identifier": "over", "Type": "MessageParticipant", "Parameters": {"Text": "over"}, "Transitions": {"NextAction": "nested"}}`
	nested := `{"Identifier": "nested", "Type": "Wait", "Parameters": {"TimeLimitSeconds": "5"}, "Transitions": {"NextAction": "x", "Errors": [{"NextAction": "no", "ErrorType": "NoMatchingError"}]}}`
	no := `{"Identifier": "no", "Type": "MessageParticipant", "Parameters": {"Text": "no"}, "Transitions": {}}`
	for _, tt := range []struct {
		name, action string
		in           Input
		want         []string
	}{
		{
			"during a view", `{"Identifier": "go", "Type": "ShowView", "Parameters": {"ViewResource": {"Id": "v"}, "InvocationTimeLimitSeconds": "900", "ViewData": {}}, "Transitions": {}}`,
			Input{Kind: ClockOver},
			[]string{`ShowView {"ViewID":"v","Data":{},"For":900000000000,"Hide":false}`, "Say over", "Wait 5s"},
		},
		{"ended before", `{"Identifier": "go", "Type": "EndFlowExecution"}`, Input{Kind: TimedOut}, []string{"AwaitClock {}", "Say over", "Wait 5s"}},
		{"failed before", `{"Identifier": "go", "Type": "CreateTask", "Parameters": {"Name": "n"}}`, Input{Kind: TimedOut}, []string{"AwaitClock {}", "Say over", "Wait 5s"}},
		{"a wait within", `{"Identifier": "go", "Type": "UpdateContactTextToSpeechVoice", "Transitions": {"NextAction": "nested"}}`, Input{Kind: TimedOut}, []string{"Say no", "AwaitClock {}", "Say over", "Wait 5s"}},
	} {
		p := playing{t: t, flow: parse(t, document(t, clock, tt.action, over, nested, no)), state: Start(1)}
		want := append([]string{`StartClock {"For":60000000000,"AtLeast":0}`}, tt.want...)
		if diff := cmp.Diff(want, p.play(done, tt.in)); diff != "" {
			t.Errorf("%s: effects (-want +got):\n%s", tt.name, diff)
		}
	}
	tired := playing{t: t, flow: parse(t, document(t, clock, over, nested, no)), state: State{Action: "go", Behind: "clock", Steps: maxSteps}}
	if diff := cmp.Diff([]string{"Say over", "Wait 5s"}, show(tired.step(Input{Kind: ClockOver}))); diff != "" {
		t.Errorf("when the clock is over, the actions before count (-want +got):\n%s", diff)
	}
	inside := State{Seed: 1, Module: "m", Caller: &State{Action: "m", Behind: "clock"}}
	p := playing{t: t, flow: actionUnderTest(t, "Wait", `{"TimeLimitSeconds": "1"}`, waitCompleted, never), state: inside}
	if got := show(p.step(Input{Kind: Begin})); got[0] != "→ !NoMatchingError" {
		t.Errorf("a wait in a module while the clock of its caller runs: %q", got)
	}
	st := State{Action: "go"}
	if _, err := Step(parse(t, document(t, clock)), &st, &Facts{}, Input{Kind: ClockOver}); err == nil {
		t.Error("a clock that does not run can run out")
	}
}

// TestFixedAnswers: what is not for chats, or waits for a part of Connect that is not there, takes the branch that it takes in a chat without
// it. A type of the future is kept as it is and takes its error branch.
func TestFixedAnswers(t *testing.T) {
	for kind, params := range map[string]string{
		"GetParticipantInput": `{"Text": "1 or 2", "InputTimeLimitSeconds": "5"}`, "MessageParticipantIteratively": `{"Messages": [{"Text": "a"}]}`,
		"UpdateContactMediaStreamingBehavior": `{"MediaStreamingState": "Enabled"}`, "UpdatePreviousContactParticipantState": `{"PreviousContactParticipantState": "OffHold"}`,
		"CreateCallbackContact": `{"InitialCallDelaySeconds": "1"}`, "TransferParticipantToThirdParty": `{"ThirdPartyPhoneNumber": "+49"}`,
		"CheckVoiceId": `{}`, "StartVoiceIdStream": `{}`, "CheckOutboundCallStatus": `{}`, "ResumeContact": `{}`,
		"CreateTask": `{"Name": "n"}`, "CreateWisdomSession": `{"WisdomAssistantArn": "a"}`, "ConnectParticipantWithAgenticCX": `{}`,
		"GetCustomerProfile": `{}`, "CreateCustomerProfile": `{}`, "UpdateCustomerProfile": `{}`, "AssociateContactToCustomerProfile": `{}`,
		"GetCustomerProfileObject": `{}`, "GetCalculatedAttributesForCustomerProfile": `{}`, "CreateCase": `{}`, "GetCase": `{}`, "UpdateCase": `{}`,
		"EvaluateDataTableValues": `{}`, "ListDataTableValues": `{}`, "UpsertDataTableValues": `{}`, "StartOutboundEmailContact": `{}`,
		"RenderMessageTemplate": `{}`, "CreateContact": `{}`, "LoadContactContent": `{}`, "TypeOfTheFuture": `{"deep": [{"$": [1.50, null]}]}`,
	} {
		p := playing{t: t, flow: actionUnderTest(t, kind, params, never), facts: Facts{FlowType: "CONTACT_FLOW"}, state: Start(1)}
		effects := p.step(Input{Kind: Begin})
		if diff := cmp.Diff([]string{"→ !NoMatchingError", "End"}, show(effects)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
		if first, ok := effects[0].(Log); !ok || !first.Entry.Notable {
			t.Errorf("%s is not in the flow log", kind)
		}
	}
	for kind := range specs {
		if _, runs := behaviors[kind]; runs {
			continue
		}
		p := playing{t: t, flow: actionUnderTest(t, kind, `{}`, never), facts: Facts{FlowType: "CONTACT_FLOW"}, state: Start(1)}
		p.step(Input{Kind: Begin}) // no action that does not run asks or waits for anything
		if p.state.Action != "" {
			t.Errorf("%s waits", kind)
		}
	}
}

// TestVoiceCanBeReferredTo: a later voice takes the place of an earlier one, within one step.
func TestVoiceCanBeReferredTo(t *testing.T) {
	voice := func(id, name, next string) string {
		return `{"Identifier": "` + id + `", "Type": "UpdateContactTextToSpeechVoice", "Parameters": {"TextToSpeechVoice": "` + name + `"}, "Transitions": {"NextAction": "` + next + `"}}`
	}
	say := func(id, next string) string {
		return `{"Identifier": "` + id + `", "Type": "MessageParticipant", "Parameters": {"Text": "$.TextToSpeechVoiceId"}, "Transitions": {"NextAction": "` + next + `"}}`
	}
	p := playing{t: t, flow: parse(t, document(t, voice("a", "Joanna", "b"), say("b", "c"), voice("c", "Vicki", "d"), say("d", "end"), `{"Identifier": "end", "Type": "EndFlowExecution"}`)), state: Start(1)}
	if diff := cmp.Diff([]string{"Say Joanna", "Say Vicki", "End"}, p.play()); diff != "" {
		t.Errorf("effects (-want +got):\n%s", diff)
	}
}
