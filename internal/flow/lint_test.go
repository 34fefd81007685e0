package flow

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// found are the findings of one rule, as "action pointer message".
func found(findings []Finding, rule string) []string {
	var all []string
	for _, f := range findings {
		if f.Rule == rule {
			all = append(all, strings.TrimSpace(strings.Join([]string{f.Action, f.Pointer, f.Message}, " ")))
		}
	}
	return all
}

// flowOf writes a flow of these actions that starts with the first, named a, and has an end.
func flowOf(actions ...string) string {
	return `{"Version": "2019-10-30", "StartAction": "a", "Actions": [` + strings.Join(append(actions, `{"Identifier": "end", "Type": "EndFlowExecution"}`), ",\n") + `]}`
}

// one writes an action. next is its next action, then come errors, "Equals x" conditions and where they lead.
func oneAction(id, kind, params, next string, branches ...string) string {
	var conditions, failures []string
	for _, b := range branches {
		name, to, ok := strings.Cut(b, ":")
		if !ok {
			to = "end"
		}
		if operator, operand, ok := strings.Cut(name, " "); ok {
			conditions = append(conditions, fmt.Sprintf(`{"NextAction": %q, "Condition": {"Operator": %q, "Operands": [%q]}}`, to, operator, operand))
		} else {
			failures = append(failures, fmt.Sprintf(`{"NextAction": %q, "ErrorType": %q}`, to, name))
		}
	}
	return fmt.Sprintf(`{"Identifier": %q, "Type": %q, "Parameters": %s, "Transitions": {"NextAction": %q, "Conditions": [%s], "Errors": [%s]}}`,
		id, kind, params, next, strings.Join(conditions, ","), strings.Join(failures, ","))
}

func TestLintRules(t *testing.T) {
	say := func(text string) string { return oneAction("a", "MessageParticipant", `{"Text": "`+text+`"}`, "end") }
	set := func(value string) string {
		return oneAction("a", "UpdateContactAttributes", `{"Attributes": {"k": "`+value+`"}}`, "end", NoMatchingError)
	}
	queue := func(id string) string {
		return oneAction("a", "UpdateContactTargetQueue", `{"QueueId": "`+id+`"}`, "end", NoMatchingError)
	}
	compare := func(next string, branches ...string) string {
		return oneAction("a", "Compare", `{"ComparisonValue": "$.Attributes.x"}`, next, branches...)
	}
	const (
		home  = "arn:aws:connect:us-east-1:111122223333:instance/home"
		other = "arn:aws:connect:us-east-1:111122223333:instance/other/queue/q"
	)
	tested := map[string]bool{}
	for _, tt := range []struct {
		rule, content string
		how           Linting
		want          []string
	}{
		{ruleDocument, "{", Linting{}, []string{"Content is not valid JSON: unexpected end of JSON input"}},
		{ruleDocument, `{"Version": "1", "StartAction": "x", "Actions": [{"Identifier": "a", "Type": "EndFlowExecution"}]}`, Linting{}, []string{
			"/Version Invalid flow property value. Path: Version", "/StartAction Invalid flow property value. Path: StartAction",
		}},
		{ruleOlder, `{"modules": []}`, Linting{}, nil}, // it is converted
		{"module-settings", flowOf(say("x")), Linting{Type: Module}, []string{"JSON field is missing or null for field name: settings"}},
		{"module-settings", `{"Settings": {}, ` + flowOf(say("x"))[1:], Linting{Type: Module}, nil},
		{"module-settings", flowOf(say("x")), Linting{}, nil},
		{ruleIdentifier, flowOf(say("x"), `{"Identifier": "a", "Type": "EndFlowExecution"}`), Linting{}, []string{"a /Actions/1/Identifier Duplicate Action identifier. Path: Actions[1].Identifier"}},
		{ruleType, flowOf(oneAction("a", "PlayPrompt", `{}`, "end")), Linting{}, []string{"a /Actions/0/Type Invalid Action type"}},
		{ruleFlowType, flowOf(`{"Identifier": "a", "Type": "DisconnectParticipant"}`), Linting{Type: "AGENT_WHISPER"}, []string{"a /Actions/0/Type Action is not supported in this type of flow. Path: Actions[0]"}},
		{ruleMissing, flowOf(oneAction("a", "MessageParticipant", `{}`, "end")), Linting{}, []string{"a /Actions/0/Parameters/Text Action is missing required property. Path: Actions[0].Parameters.Text"}},
		{ruleUnknown, flowOf(oneAction("a", "MessageParticipant", `{"Text": "x", "Voice": "y"}`, "end")), Linting{}, []string{"a /Actions/0/Parameters/Voice Invalid Action property name. Path: Actions[0].Parameters.Voice"}},
		{ruleValue, flowOf(oneAction("a", "MessageParticipant", `{"Text": ""}`, "end")), Linting{}, []string{"a /Actions/0/Parameters/Text Invalid Action property value. Path: Actions[0].Parameters.Text"}},
		{ruleChoice, flowOf(oneAction("a", "MessageParticipant", `{"Text": "x", "SSML": "y"}`, "end")), Linting{}, []string{"a /Actions/0/Parameters Only one of these properties may be defined. Properties: [Text, SSML]"}},
		{ruleResource, flowOf(queue("Sales")), Linting{}, []string{"a /Actions/0/Parameters/QueueId Resource not found. Path: Actions[0].Parameters.QueueId"}},
		{ruleResource, flowOf(queue("Sales")), Linting{Portable: true}, nil},
		{ruleResource, flowOf(queue("00000000-0000-4000-8000-000000000301")), Linting{}, nil},
		{ruleResource, flowOf(queue("$.Attributes.queue")), Linting{}, nil},
		{ruleTarget, flowOf(oneAction("a", "MessageParticipant", `{"Text": "x"}`, "nope")), Linting{}, []string{"a /Actions/0/Transitions/NextAction Invalid Action property value. Path: Actions[0].Transitions.NextAction"}},
		{ruleBranches, flowOf(oneAction("a", "InvokeLambdaFunction", `{"LambdaFunctionARN": "f", "InvocationTimeLimitSeconds": "8"}`, "end")), Linting{}, []string{"a /Actions/0/Transitions/Errors Action is missing required error. Error: NoMatchingError"}},

		{"no-effect", flowOf(oneAction("a", "UpdateContactTextToSpeechVoice", `{"TextToSpeechVoice": "Joanna"}`, "end")), Linting{}, []string{"a /Actions/0/Type UpdateContactTextToSpeechVoice does nothing in a chat"}},
		{"voice-only", flowOf(oneAction("a", "CheckVoiceId", `{"CheckVoiceIdOption": "fraudDetection"}`, "end", NoMatchingError)), Linting{}, []string{"a /Actions/0/Type CheckVoiceId can not be done in a chat: the branch NoMatchingError is taken"}},
		{"voice-only", flowOf(oneAction("a", "MessageParticipant", `{"PromptId": "00000000-0000-4000-8000-000000000401"}`, "end")), Linting{}, []string{"a /Actions/0/Type MessageParticipant can not play a recording in a chat: its error branch is taken"}},
		{"voice-only", flowOf(oneAction("a", "UpdateContactEventHooks", `{"EventHooks": {"CustomerHold": "$.Attributes.f"}}`, "end", NoMatchingError)), Linting{}, []string{"a /Actions/0/Type The hook CustomerHold can not be set in a chat: the branch NoMatchingError is taken"}},
		{"voice-only", flowOf(`{"Identifier": "a", "Type": "TransferContactToAgent"}`), Linting{}, []string{"a /Actions/0/Type TransferContactToAgent can not be done in a chat: the flow ends"}},
		{"not-supported", flowOf(oneAction("a", "CreateWisdomSession", `{"WisdomAssistantArn": "arn:aws:wisdom:x"}`, "end", NoMatchingError)), Linting{}, []string{"a /Actions/0/Type Parley does not do CreateWisdomSession yet: the branch NoMatchingError is taken"}},
		{"unreachable", flowOf(`{"Identifier": "a", "Type": "DisconnectParticipant"}`), Linting{}, []string{"end /Actions/1 Nothing leads to this action"}},

		{"endless-loop", flowOf(oneAction("a", "MessageParticipant", `{"Text": "x"}`, "b"), oneAction("b", "MessageParticipant", `{"Text": "x"}`, "a")), Linting{}, []string{
			"b /Actions/1/Transitions/NextAction This leads in a circle without a wait: a → b → a",
		}},
		{"endless-loop", flowOf(oneAction("a", "MessageParticipant", `{"Text": "x"}`, "a")), Linting{}, []string{"a /Actions/0/Transitions/NextAction This leads in a circle without a wait: a → a"}},
		{"endless-loop", flowOf(oneAction("a", "MessageParticipant", `{"Text": "x"}`, "b"), oneAction("b", "Wait", `{"TimeLimitSeconds": "5"}`, "end", "Equals WaitCompleted:a", NoMatchingError)), Linting{}, nil},
		{"endless-loop", flowOf(oneAction("a", "MessageParticipant", `{"Text": "x"}`, "b"), oneAction("b", "Loop", `{"LoopCount": "5"}`, "end", "Equals ContinueLooping:a", "Equals DoneLooping")), Linting{}, nil},
		{"endless-loop", flowOf(oneAction("a", "Loop", `{"LoopCount": "5"}`, "end", "Equals ContinueLooping:a", "Equals DoneLooping")), Linting{}, []string{
			"a /Actions/0/Transitions/Conditions/0 This leads back to the Loop itself: its rounds do nothing",
		}},
		{"endless-loop", flowOf(oneAction("a", "MessageParticipant", `{"Text": "x"}`, "b"), oneAction("b", "Loop", `{"LoopCount": "5"}`, "end", "Equals ContinueLooping:a", "Equals DoneLooping:b")), Linting{}, []string{
			"b /Actions/1/Transitions/Conditions/1 This leads back to the Loop without a wait, and so do its rounds",
		}},
		// What is done in rounds with a wait may begin again.
		{"endless-loop", flowOf(oneAction("a", "Wait", `{"TimeLimitSeconds": "5"}`, "end", "Equals WaitCompleted:b", NoMatchingError), oneAction("b", "Loop", `{"LoopCount": "5"}`, "end", "Equals ContinueLooping:a", "Equals DoneLooping:b")), Linting{}, nil},
		// A loop within a loop is begun anew in each round of the outer one.
		{"endless-loop", flowOf(
			oneAction("a", "Loop", `{"LoopCount": "5"}`, "end", "Equals ContinueLooping:b", "Equals DoneLooping:end"),
			oneAction("b", "Loop", `{"LoopCount": "5"}`, "end", "Equals ContinueLooping:d", "Equals DoneLooping:a"),
			oneAction("d", "MessageParticipant", `{"Text": "x"}`, "b"),
		), Linting{}, nil},
		{"endless-loop", flowOf(
			oneAction("a", "Loop", `{"LoopCount": "5"}`, "end", "Equals ContinueLooping:b", "Equals DoneLooping:c"),
			oneAction("b", "Loop", `{"LoopCount": "5"}`, "end", "Equals ContinueLooping:d", "Equals DoneLooping:a"),
			oneAction("c", "MessageParticipant", `{"Text": "x"}`, "a"), oneAction("d", "MessageParticipant", `{"Text": "x"}`, "b"),
		), Linting{}, []string{
			"a /Actions/0/Transitions/Conditions/1 This leads back to the Loop without a wait, and so do its rounds",
			"b /Actions/1/Transitions/Conditions/1 This leads back to the Loop without a wait, and so do its rounds",
		}},
		{"endless-loop", flowOf(
			oneAction("a", "Loop", `{"LoopCount": "5"}`, "end", "Equals ContinueLooping:b", "Equals DoneLooping:a"),
			oneAction("b", "Loop", `{"LoopCount": "5"}`, "end", "Equals ContinueLooping:d", "Equals DoneLooping:a"),
			oneAction("d", "Wait", `{"TimeLimitSeconds": "5"}`, "end", "Equals WaitCompleted:b", NoMatchingError),
		), Linting{}, nil},
		// A chat never sees the branches of a menu but the one for errors.
		{"endless-loop", flowOf(oneAction("a", "GetParticipantInput", `{"Text": "x", "StoreInput": "False", "InputTimeLimitSeconds": "5"}`, "a", "NoMatchingCondition:a", "InputTimeLimitExceeded:a", NoMatchingError)), Linting{}, nil},
		{"endless-loop", flowOf(oneAction("a", "GetParticipantInput", `{"Text": "x", "StoreInput": "False", "InputTimeLimitSeconds": "5"}`, "end", NoMatchingCondition, "InputTimeLimitExceeded", "NoMatchingError:a")), Linting{}, []string{
			"a /Actions/0/Transitions/Errors/2 This leads in a circle without a wait: a → a",
		}},

		{"no-error-branch", flowOf(oneAction("a", "MessageParticipantIteratively", `{"Messages": [{"Text": "x"}]}`, "end")), Linting{Type: "CUSTOMER_QUEUE"}, []string{"a /Actions/0/Transitions Without a branch NoMatchingError a chat ends this flow here"}},
		{"no-error-branch", flowOf(oneAction("a", "Loop", `{"LoopCount": "$.Attributes.n"}`, "end", "Equals ContinueLooping", "Equals DoneLooping")), Linting{}, []string{
			"a /Actions/0/Transitions Without a branch NoMatchingError the loop is over at once when $.Attributes.n is no number",
		}},
		{"no-error-branch", flowOf(oneAction("a", "Loop", `{"LoopCount": "3"}`, "end", "Equals ContinueLooping", "Equals DoneLooping")), Linting{}, nil},
		{"no-error-branch", flowOf(oneAction("a", "InvokeFlowModule", `{"FlowModuleId": "$.Attributes.m"}`, "end", "Equals x", NoMatchingError)), Linting{}, []string{
			"a /Actions/0/Transitions Without a branch NoMatchingCondition another result of the module goes on at NextAction",
		}},
		{"next-differs", flowOf(compare("a", NoMatchingCondition)), Linting{}, []string{`a /Actions/0/Transitions/NextAction NextAction leads to "a", NoMatchingCondition to "end": only the latter is taken`}},
		{"next-differs", flowOf(compare("end", NoMatchingCondition)), Linting{}, nil},
		{"never-matches", flowOf(compare("end", "Equals a", "TextContains a", "Equals a", "NumberLessThan 5", "NumberLessThan five", "NumberLessThan $.Attributes.y", NoMatchingCondition)), Linting{}, []string{
			`a /Actions/0/Transitions/Conditions/2/Condition The condition Equals "a" stands before already`,
			`a /Actions/0/Transitions/Conditions/4/Condition NumberLessThan is never true: "five" is no number`,
		}},

		{"unknown-reference", flowOf(say("$.Atributes.name, $.attributes.name, $.Attributes.name, $.Foo")), Linting{}, []string{
			"a /Actions/0/Parameters/Text Nothing is called $.Atributes.name, did you mean $.Attributes?",
			"a /Actions/0/Parameters/Text Nothing is called $.attributes.name, did you mean $.Attributes?",
			"a /Actions/0/Parameters/Text Nothing is called $.Foo",
		}},
		{"unknown-reference", flowOf(say("$.CustomerEndpoint.Adress $.CustomerEndpoint.Address $.Channel.Name $.Queue.ARN")), Linting{}, []string{
			"a /Actions/0/Parameters/Text Nothing is called $.CustomerEndpoint.Adress: $.CustomerEndpoint has Address, Type, DisplayName",
			"a /Actions/0/Parameters/Text $.Channel.Name leads nowhere: $.Channel is a text",
		}},
		{"voice-reference", flowOf(say("$.StoredCustomerInput $.Media.Sip.Headers.x $.Media.InitialMessage")), Linting{}, []string{
			"a /Actions/0/Parameters/Text $.StoredCustomerInput is empty in a chat",
			"a /Actions/0/Parameters/Text $.Media.Sip.Headers.x is empty in a chat",
		}},
		{"never-set", flowOf(say("$.Views.Action $.FlowAttributes.x $.Modules.Input.x $.External.x")), Linting{}, []string{
			"a /Actions/0/Parameters/Text $.Views.Action is empty: no ShowView comes before this action",
			"a /Actions/0/Parameters/Text $.FlowAttributes.x is empty: no UpdateFlowAttributes comes before this action",
		}},
		{"never-set", flowOf(oneAction("a", "UpdateFlowAttributes", `{"FlowAttributes": {"x": {"Value": "$.FlowAttributes.x"}}}`, "b", NoMatchingError), oneAction("b", "MessageParticipant", `{"Text": "$.FlowAttributes.x"}`, "end")), Linting{}, []string{
			"a /Actions/0/Parameters/FlowAttributes/x/Value $.FlowAttributes.x is empty: no UpdateFlowAttributes comes before this action",
		}},
		{"foreign-arn", flowOf(queue(home+"/queue/q"), strings.Replace(queue(home+"/queue/r"), `"a"`, `"b"`, 1), strings.Replace(queue(other), `"a"`, `"c"`, 1)), Linting{}, []string{
			"c /Actions/2/Parameters/QueueId The ARN is of instance other, not of home",
		}},
		{"foreign-arn", flowOf(queue(other)), Linting{}, nil},
		{"foreign-arn", flowOf(queue(other)), Linting{Instance: "home"}, []string{"a /Actions/0/Parameters/QueueId The ARN is of instance other, not of home"}},
		{"foreign-arn", flowOf(queue(home + "/queue/q")), Linting{Instance: "arn:aws:connect:us-east-1:444455556666:instance/home"}, []string{"a /Actions/0/Parameters/QueueId The ARN is of account 111122223333, not of 444455556666"}},
		{"foreign-arn", flowOf(queue(home+"/queue/q"), oneAction("b", "ConnectParticipantWithLexBot", `{"Text": "x", "LexV2Bot": {"AliasArn": "arn:aws:lex:us-east-1:444455556666:bot-alias/A/B"}}`, "end", NoMatchingCondition, NoMatchingError)), Linting{}, []string{
			"b /Actions/1/Parameters/LexV2Bot/AliasArn The bot is of account 444455556666, not of 111122223333",
		}},
		{"placeholder", flowOf(set("{{x}}")), Linting{}, []string{"a /Actions/0/Parameters/Attributes/k {{x}} is a placeholder that nothing fills"}},
		{"placeholder", flowOf(set("arn:${Region}")), Linting{}, []string{"a /Actions/0/Parameters/Attributes/k ${Region} is a placeholder that nothing fills"}},
		{"placeholder", flowOf(set("%%QUEUE%%")), Linting{}, []string{"a /Actions/0/Parameters/Attributes/k %QUEUE% is a placeholder that nothing fills"}},
		{"placeholder", flowOf(set("<<queue>>")), Linting{}, []string{"a /Actions/0/Parameters/Attributes/k <<queue>> is a placeholder that nothing fills"}},
		{"placeholder", flowOf(set("100% of 50% for $5, {x}")), Linting{}, nil},
		{"long-text", flowOf(say(strings.Repeat("ä", 3000) + "$.Attributes.name")), Linting{}, nil},
		{"long-text", flowOf(say(strings.Repeat("ä", 3001))), Linting{}, []string{"a /Actions/0/Parameters/Text 3001 characters, 3000 are possible"}},
		{"long-text", flowOf(set(strings.Repeat("x", 32<<10))), Linting{}, []string{"a /Actions/0/Parameters/Attributes 32769 bytes, 32768 are possible"}},
		{"long-text", flowOf(oneAction("a", "TagContact", `{"Tags": {"1": "`+strings.Repeat("x", 257)+`", "2": "x", "3": "x", "4": "x", "5": "x", "6": "x", "7": "x"}}`, "end", NoMatchingError)), Linting{}, []string{
			"a /Actions/0/Parameters/Tags 7 tags, a contact can have 6", "a /Actions/0/Parameters/Tags/1 257 characters, 256 are possible",
		}},
		{"secret", flowOf(set("AKIA" + strings.Repeat("Q", 16))), Linting{}, []string{"a /Actions/0/Parameters/Attributes/k This looks like a secret"}},
		{"secret", flowOf(set("AKIA")), Linting{}, nil},
		{ruleConverted, `{"modules": [{"id": "a", "type": "Moon", "branches": []}], "start": "a"}`, Linting{}, []string{`a /modules/0 There is no action for modules of type "Moon"`}},
	} {
		tested[tt.rule] = true
		got := found(Lint(tt.content, tt.how), tt.rule)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %.200s\n(-want +got):\n%s", tt.rule, tt.content, diff)
		}
	}
	for _, r := range Rules() {
		if !tested[r.ID] {
			t.Errorf("no case for %s", r.ID)
		}
	}
}

func TestLintTellsThePlace(t *testing.T) {
	content := strings.Replace(flowOf(oneAction("a", "MessageParticipant", `{"Text": "ä $.Foo", "SSML": ""}`, "end")), ` "SSML"`, "\n  \"SSML\"", 1)
	var got []string
	for _, f := range Lint(content, Linting{}) {
		got = append(got, fmt.Sprintf("%d:%d %s %s", f.Line, f.Column, f.Severity, f.Rule))
		if f.Advice == "" {
			t.Errorf("%s gives no advice", f.Rule)
		}
	}
	want := []string{"1:123 error one-of", "1:132 warning unknown-reference", "2:11 error bad-value"}
	if !slices.Equal(got, want) {
		t.Errorf("findings %q, want %q", got, want)
	}
}

// What to do says what the type of action knows of the place, where it knows something.
func TestLintAdvises(t *testing.T) {
	for _, tt := range []struct{ rule, action, want string }{
		{ruleValue, oneAction("a", "Wait", `{"TimeLimitSeconds": "0"}`, "end", "Equals WaitCompleted", NoMatchingError), "TimeLimitSeconds is a whole number from 1 to 604800, or one reference."},
		{ruleValue, oneAction("a", "Wait", `{"TimeLimitSeconds": "1", "Events": ["Moon"]}`, "end", "Equals WaitCompleted", NoMatchingError), "Events is a list of CustomerReturned, BotParticipantDisconnected."},
		{ruleUnknown, oneAction("a", "Wait", `{"TimeLimitSeconds": "1", "TimeoutSeconds": "1"}`, "end", "Equals WaitCompleted", NoMatchingError), "There are: TimeLimitSeconds, Events, ContinueExecution, MinimumWaitTimeSeconds."},
		{ruleUnknown, oneAction("a", "TransferContactToQueue", `{"QueueId": "x"}`, "end", QueueAtCapacity, NoMatchingError), "There are none: take it out."},
		{ruleUnknown, oneAction("a", "ShowView", `{"ViewResource": {"Id": "form", "Name": "x"}, "InvocationTimeLimitSeconds": "5", "ViewData": {}}`, "end", NoMatchingError, NoMatchingCondition, timeLimit), "There are: Id, Version."},
		{ruleMissing, oneAction("a", "ShowView", `{"ViewResource": {}, "InvocationTimeLimitSeconds": "5", "ViewData": {}}`, "end", NoMatchingError, NoMatchingCondition, timeLimit), "Id is id, ARN or name of a view, or one reference."},
		{ruleType, oneAction("a", "SetVoice", `{}`, "end"), "The type may be UpdateContactTextToSpeechVoice."},
		{ruleType, oneAction("a", "UnTagContact", `{}`, "end"), "The type may be UntagContact."},
		{ruleType, oneAction("a", "MessageParticipants", `{}`, "end"), "The type may be MessageParticipant."},
		{ruleType, oneAction("a", "TransferContactToFlow", `{}`, "end"), "The type may be TransferToFlow."},
		{ruleType, oneAction("a", "Moon", `{}`, "end"), "docs/flow-reference.md"},
		{ruleBranches, oneAction("a", "Compare", `{"ComparisonValue": "$.Channel"}`, "end", NoMatchingError), "Errors that must be there: NoMatchingCondition."},
		{ruleBranches, `{"Identifier": "a", "Type": "EndFlowExecution", "Transitions": {"NextAction": "end"}}`, "leave Transitions empty"},
	} {
		i := slices.IndexFunc(Lint(flowOf(tt.action), Linting{}), func(f Finding) bool { return f.Rule == tt.rule && strings.Contains(f.Advice, tt.want) })
		if i < 0 {
			t.Errorf("%s in %s: no %q in %+v", tt.rule, tt.action, tt.want, Lint(flowOf(tt.action), Linting{}))
		}
	}
}

func TestTypeOf(t *testing.T) {
	for content, want := range map[string]string{
		`{"Metadata": {"type": "customerQueue"}}`:                "CUSTOMER_QUEUE",
		`{"Metadata": {"type": "module"}}`:                       Module,
		`{"Metadata": {"type": "nonsense"}}`:                     "",
		`{"Actions": [{"Type": "EndFlowModuleExecution"}]}`:      Module,
		`{"modules": [], "type": "agentWhisper"}`:                "AGENT_WHISPER",
		`{"modules": [], "metadata": {"type": "queueTransfer"}}`: "QUEUE_TRANSFER",
		`{`:  "",
		`{}`: "",
	} {
		if got := TypeOf(content); got != want {
			t.Errorf("TypeOf(%s) = %q, want %q", content, got, want)
		}
	}
}

// The longest content must not keep a server busy, whatever is in it. Each takes a fraction of a second; without care it is quadratic.
func TestLintIsQuick(t *testing.T) {
	const enough = 30 * time.Second // on a busy machine
	for name, content := range map[string]string{
		"a line of problems":   `{"modules": [` + strings.Repeat(`{"id": "a"}, `, 18_000) + `{}]}`,
		"references half open": flowOf(oneAction("a", "MessageParticipant", `{"Text": "`+strings.Repeat("$.['", 60_000)+`"}`, "end")),
	} {
		begun := time.Now()
		if len(Lint(content, Linting{})) == 0 {
			t.Errorf("%s: nothing is found", name)
		}
		if took := time.Since(begun); took > enough {
			t.Errorf("%s: lint takes %v", name, took)
		}
	}
}

func TestInFile(t *testing.T) {
	for path, want := range map[string][2]string{
		"dir/hold.CUSTOMER_QUEUE.json": {"hold", "CUSTOMER_QUEUE"}, "a.b.json": {"a.b", ""}, "m.MODULE.json": {"m", Module}, "plain": {"plain", ""},
	} {
		if name, flowType := InFile(path); name != want[0] || flowType != want[1] {
			t.Errorf("%s: %q of type %q, want %q", path, name, flowType, want)
		}
	}
}
