package flow

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// published writes a flow of one action and an end, the action with these parameters and transitions.
func published(kind, params, conditions, failures string) string {
	return fmt.Sprintf(`{"Version": "2019-10-30", "StartAction": "it", "Actions": [
{"Identifier": "it", "Type": %q, "Parameters": %s,
 "Transitions": {"NextAction": "end", "Conditions": [%s], "Errors": [%s]}},
{"Identifier": "end", "Type": "EndFlowExecution", "Parameters": {}, "Transitions": {}}]}`, kind, params, conditions, failures)
}

func failuresTo(types ...string) string {
	for i, kind := range types {
		types[i] = fmt.Sprintf(`{"ErrorType": %q, "NextAction": "end"}`, kind)
	}
	return strings.Join(types, ",")
}

func conditionsFor(operator string, operands ...string) string {
	var all []string
	for _, o := range operands {
		all = append(all, fmt.Sprintf(`{"NextAction": "end", "Condition": {"Operator": %q, "Operands": [%q]}}`, operator, o))
	}
	return strings.Join(all, ",")
}

func messages(problems []Problem) []string {
	var all []string
	for _, p := range problems {
		all = append(all, p.Message)
	}
	return all
}

func TestCheckDocument(t *testing.T) {
	const end = `{"Identifier": "a", "Type": "EndFlowExecution"}`
	action := func(id string) string {
		return fmt.Sprintf(`{"Version": "2019-10-30", "StartAction": %[1]q, "Actions": [{"Identifier": %[1]q, "Type": "EndFlowExecution"}]}`, id)
	}
	many := func(n int) string {
		var actions []string
		for i := range n {
			actions = append(actions, fmt.Sprintf(`{"Identifier": "a%d", "Type": "EndFlowExecution"}`, i))
		}
		return `{"Version": "2019-10-30", "StartAction": "a0", "Actions": [` + strings.Join(actions, ",") + `]}`
	}
	badIdentifier := []string{"Invalid Action property value. Path: Actions[0].Identifier"}
	for _, tt := range []struct {
		name, content string
		want          []string
	}{
		{"smallest", `{"Version": "2019-10-30", "StartAction": "a", "Actions": [` + end + `]}`, nil},
		{"unknown members, metadata and settings", `{"x": 1, "Metadata": {"y": []}, "Settings": {}, "Version": "2019-10-30", "StartAction": "a", "Actions": [` + end + `]}`, nil},
		{"empty", `{}`, []string{
			"Flow is missing required property. Path: Version", "Flow is missing required property. Path: StartAction",
			"Flow is missing required property. Path: Actions",
		}},
		{"version", `{"Version": "2020-01-01", "StartAction": "a", "Actions": [` + end + `]}`, []string{"Invalid flow property value. Path: Version"}},
		{"start that dangles", `{"Version": "2019-10-30", "StartAction": "b", "Actions": [` + end + `]}`, []string{"Invalid flow property value. Path: StartAction"}},
		{"no actions", `{"Version": "2019-10-30", "StartAction": "b", "Actions": []}`, []string{"Invalid flow property value. Path: Actions"}},
		{"actions of another type", `{"Version": "2019-10-30", "StartAction": "b", "Actions": {}}`, []string{"Invalid flow property value. Path: Actions"}},
		{
			"action of another type", `{"Version": "2019-10-30", "StartAction": "a", "Actions": [` + end + `, 7]}`,
			[]string{"Action is missing required property. Path: Actions[1].Identifier", "Invalid Action property value. Path: Actions[1]"},
		},
		{"250 actions", many(250), nil},
		{"251 actions", many(251), []string{"Too many Actions. Limit: 250"}},
		{"no type", `{"Version": "2019-10-30", "StartAction": "a", "Actions": [{"Identifier": "a"}]}`, []string{"Action is missing required property. Path: Actions[0].Type"}},
		{"same identifier", `{"Version": "2019-10-30", "StartAction": "a", "Actions": [` + end + "," + end + `]}`, []string{"Duplicate Action identifier. Path: Actions[1].Identifier"}},
		{"identifier of 50 characters", action(strings.Repeat("ä", 50)), nil},
		{"identifier of 51 characters", action(strings.Repeat("ä", 51)), badIdentifier},
		{"identifier with blanks", action("say good-bye & end"), nil},
		{"identifier with a slash", action("a/b"), badIdentifier},
		{"identifier with a brace", action("a{"), badIdentifier},
		{"reserved identifier", action("toString"), badIdentifier},
		{"older format", `{"modules": [], "start": "a"}`, []string{"Content is in the older format of the flow designer"}},
	} {
		if diff := cmp.Diff(tt.want, messages(parse(t, tt.content).Check("CONTACT_FLOW", nil))); diff != "" {
			t.Errorf("%s: problems (-want +got):\n%s", tt.name, diff)
		}
	}
	bad := Flow{content: "["}
	if got := bad.Check("CONTACT_FLOW", nil); len(got) != 1 {
		t.Errorf("Check of no JSON gives %+v", got)
	}
}

func TestCheckActions(t *testing.T) {
	const (
		value = "Invalid Action property value. Path: Actions[0]."
		name  = "Invalid Action property name. Path: Actions[0]."
		miss  = "Action is missing required property. Path: Actions[0]."
	)
	anyway, noMatch := failuresTo(NoMatchingError), failuresTo(NoMatchingCondition)
	both := failuresTo(NoMatchingError, NoMatchingCondition)
	for _, tt := range []struct {
		name, kind, params, conditions, failures string
		want                                     []string
	}{
		{"message", "MessageParticipant", `{"Text": "$5.00 for $.Attributes.x"}`, "", "", nil},
		{"blank message", "MessageParticipant", `{"Text": " "}`, "", anyway, nil},
		{"number as text", "MessageParticipant", `{"Text": 5}`, "", "", nil},
		{"empty message", "MessageParticipant", `{"Text": ""}`, "", "", []string{value + "Parameters.Text"}},
		{"message of nothing", "MessageParticipant", `{}`, "", "", []string{miss + "Parameters.Text"}},
		{"null", "MessageParticipant", `{"Text": null}`, "", "", []string{value + "Parameters.Text", miss + "Parameters.Text"}},
		{"two messages", "MessageParticipant", `{"Text": "a", "SSML": "b"}`, "", "", []string{"Only one of these properties may be defined. Properties: [Text, SSML]"}},
		{"unknown parameter", "MessageParticipant", `{"Text": "a", "TimeoutSeconds": "1"}`, "", "", []string{name + "Parameters.TimeoutSeconds"}},
		{
			"members of media", "MessageParticipant", `{"Media": {"Uri": "s3://x", "SourceType": "S4", "X": "1"}}`, "", "",
			[]string{value + "Parameters.Media.SourceType", name + "Parameters.Media.X", miss + "Parameters.Media.MediaType"},
		},
		{"parameters of another type", "MessageParticipant", `[]`, "", "", []string{value + "Parameters"}},
		{"unknown type", "PlayPrompt", `{}`, "", "", []string{"Invalid Action type"}},
		{"invented type", "TransferContactToFlow", `{}`, "", anyway, []string{"Invalid Action type"}},
		{"conditions where there are none", "MessageParticipant", `{"Text": "a"}`, conditionsFor(equals, "a"), "", []string{"Action does not support conditions"}},
		{"unknown error", "MessageParticipant", `{"Text": "a"}`, "", failuresTo("Oops"), []string{"Invalid Action error. Error: Oops, Path: Actions[0].Transitions.Errors[0]"}},
		{
			"error twice", "MessageParticipant", `{"Text": "a"}`, "", failuresTo(NoMatchingError, NoMatchingError),
			[]string{"Invalid Action error. Error: NoMatchingError, Path: Actions[0].Transitions.Errors[1]"},
		},
		{
			"error that leads nowhere", "MessageParticipant", `{"Text": "a"}`, "", `{"ErrorType": "NoMatchingError", "NextAction": "nope"}`,
			[]string{value + "Transitions.Errors[0].NextAction"},
		},
		{"error without target", "MessageParticipant", `{"Text": "a"}`, "", `{"ErrorType": "NoMatchingError"}`, []string{miss + "Transitions.Errors[0].NextAction"}},
		{
			"iterative messages", "MessageParticipantIteratively", `{"Messages": [{"Text": "a"}, {"PromptId": ""}, 7]}`, "", "",
			[]string{"Action is not supported in this type of flow. Path: Actions[0]", value + "Parameters.Messages[1].PromptId", value + "Parameters.Messages[2]"},
		},

		{"attributes", "UpdateContactAttributes", `{"Attributes": {"a": "1", "b": "$.External.x"}, "TargetContact": "Related"}`, "", anyway, nil},
		{"attributes by reference", "UpdateContactAttributes", `{"Attributes": "$.External"}`, "", anyway, nil},
		{"attributes by literal", "UpdateContactAttributes", `{"Attributes": "x"}`, "", anyway, []string{value + "Parameters.Attributes"}},
		{"empty attribute", "UpdateContactAttributes", `{"Attributes": {"a": ""}}`, "", anyway, []string{"Empty value in Parameters.Attributes"}},
		{"attribute that is an object", "UpdateContactAttributes", `{"Attributes": {"a": {}}}`, "", anyway, []string{value + "Parameters.Attributes.a"}},
		{"target", "UpdateContactAttributes", `{"Attributes": {"a": "1"}, "TargetContact": "current"}`, "", anyway, []string{value + "Parameters.TargetContact"}},
		{"required error", "UpdateContactAttributes", `{"Attributes": {"a": "1"}}`, "", "", []string{"Action is missing required error. Error: NoMatchingError"}},
		{"flow attributes", "UpdateFlowAttributes", `{"FlowAttributes": {"a": {"Value": "1", "Type": "String"}}}`, "", anyway, nil},
		{
			"bare flow attribute", "UpdateFlowAttributes", `{"FlowAttributes": {"a": "1", "b": {"Type": "Number"}}}`, "", anyway,
			[]string{value + "Parameters.FlowAttributes.a", value + "Parameters.FlowAttributes.b.Type", miss + "Parameters.FlowAttributes.b.Value"},
		},
		{"contact data", "UpdateContactData", `{"Name": "n"}`, "", anyway, nil},
		{"contact data of nothing", "UpdateContactData", `{"TargetContact": "Current"}`, "", anyway, []string{miss + "Parameters.Name"}},

		{"compare", "Compare", `{"ComparisonValue": "$.External.x"}`, conditionsFor(equals, "a", "$.Attributes.b"), noMatch, nil},
		{"compare system value", "Compare", `{"ComparisonValue": "$.Channel"}`, conditionsFor(contains, "CHAT"), noMatch, nil},
		{"compare a name space", "Compare", `{"ComparisonValue": "$.External"}`, "", noMatch, []string{value + "Parameters.ComparisonValue"}},
		{"compare a literal", "Compare", `{"ComparisonValue": "x"}`, "", noMatch, []string{value + "Parameters.ComparisonValue"}},
		{"compare a broken reference", "Compare", `{"ComparisonValue": "$.[x"}`, "", noMatch, []string{value + "Parameters.ComparisonValue"}},
		{
			"compare with NoMatchingError", "Compare", `{"ComparisonValue": "$.Channel"}`, "", both,
			[]string{"Invalid Action error. Error: NoMatchingError, Path: Actions[0].Transitions.Errors[0]"},
		},
		{
			"operator", "Compare", `{"ComparisonValue": "$.Channel"}`, conditionsFor("Contains", "x"), noMatch,
			[]string{value + "Transitions.Conditions[0].Condition.Operator"},
		},
		{
			"empty operand", "Compare", `{"ComparisonValue": "$.Channel"}`, conditionsFor(equals, ""), noMatch,
			[]string{"Invalid branch. Path: Actions[0].Transitions.Conditions[0].Condition.Operands[0]"},
		},
		{
			"two operands", "Compare", `{"ComparisonValue": "$.Channel"}`, `{"NextAction": "end", "Condition": {"Operator": "Equals", "Operands": ["a", "b"]}}`, noMatch,
			[]string{value + "Transitions.Conditions[0].Condition.Operands"},
		},
		{
			"no operands", "Compare", `{"ComparisonValue": "$.Channel"}`, `{"NextAction": "end", "Condition": {"Operator": "Equals"}}`, noMatch,
			[]string{value + "Transitions.Conditions[0].Condition.Operands"},
		},
		{
			"no condition", "Compare", `{"ComparisonValue": "$.Channel"}`, `{}`, noMatch,
			[]string{miss + "Transitions.Conditions[0].NextAction", miss + "Transitions.Conditions[0].Condition"},
		},
		{
			"no operator", "Compare", `{"ComparisonValue": "$.Channel"}`, `{"NextAction": "end", "Condition": {}}`, noMatch,
			[]string{value + "Transitions.Conditions[0].Condition.Operator"},
		},
		{
			"condition that leads nowhere", "Compare", `{"ComparisonValue": "$.Channel"}`, `{"NextAction": "", "Condition": {"Operator": "Equals", "Operands": ["a"]}}`, noMatch,
			[]string{value + "Transitions.Conditions[0].NextAction"},
		},
		{
			"group", "Compare", `{"ComparisonValue": "$.Channel"}`,
			`{"NextAction": "end", "Condition": {"Operator": "And", "Operands": [{"Operator": "Exists", "Operands": []}, {"Operator": "Not", "Operands": [{"Operator": "Equals", "Operands": ["a"]}]}]}}`, noMatch, nil,
		},
		{
			"group of texts", "Compare", `{"ComparisonValue": "$.Channel"}`, `{"NextAction": "end", "Condition": {"Operator": "Or", "Operands": ["a", "b"]}}`, noMatch,
			[]string{value + "Transitions.Conditions[0].Condition.Operands[0]", value + "Transitions.Conditions[0].Condition.Operands[1]"},
		},
		{
			"group of one", "Compare", `{"ComparisonValue": "$.Channel"}`, `{"NextAction": "end", "Condition": {"Operator": "Or", "Operands": [{"Operator": "Exists"}]}}`, noMatch,
			[]string{value + "Transitions.Conditions[0].Condition.Operands"},
		},
		{
			"group too deep", "Compare", `{"ComparisonValue": "$.Channel"}`,
			`{"NextAction": "end", "Condition": ` + strings.Repeat(`{"Operator": "Not", "Operands": [`, 5) + `{"Operator": "Exists"}` + strings.Repeat(`]}`, 5) + `}`, noMatch,
			[]string{value + "Transitions.Conditions[0].Condition"},
		},

		{"loop", "Loop", `{"LoopCount": "100"}`, conditionsFor(equals, doneLooping, continueLooping), "", nil},
		{"loop of too many", "Loop", `{"LoopCount": "101"}`, conditionsFor(equals, doneLooping, continueLooping), "", []string{value + "Parameters.LoopCount"}},
		{"loop of no number", "Loop", `{"LoopCount": "x"}`, conditionsFor(equals, doneLooping, continueLooping), "", []string{value + "Parameters.LoopCount"}},
		{"loop without an end", "Loop", `{"LoopCount": "1"}`, conditionsFor(equals, continueLooping), "", []string{"Action is missing required condition. Condition: DoneLooping"}},
		{"loop with more", "Loop", `{"LoopCount": "1"}`, conditionsFor(equals, doneLooping, continueLooping, "More"), "", []string{value + "Transitions.Conditions[2].Condition.Operands[0]"}},
		{"shares", "DistributeByPercentage", `{}`, conditionsFor(less, "10", "40", "100"), noMatch, nil},
		{"shares that fall", "DistributeByPercentage", `{}`, conditionsFor(less, "40", "40"), noMatch, []string{value + "Transitions.Conditions[1].Condition.Operands[0]"}},
		{"shares of more than all", "DistributeByPercentage", `{}`, conditionsFor(less, "101"), noMatch, []string{value + "Transitions.Conditions[0].Condition.Operands[0]"}},
		{"shares of no number", "DistributeByPercentage", `{}`, conditionsFor(less, "x"), noMatch, []string{value + "Transitions.Conditions[0].Condition.Operands[0]"}},
		{"wait", "Wait", `{"TimeLimitSeconds": "604800"}`, conditionsFor(equals, waitCompleted), anyway, nil},
		{"wait by its documented name", "Wait", `{"TimeoutSeconds": "1"}`, conditionsFor(equals, waitCompleted), anyway, []string{name + "Parameters.TimeoutSeconds", miss + "Parameters.TimeLimitSeconds"}},
		{"wait for no time", "Wait", `{"TimeLimitSeconds": "0"}`, conditionsFor(equals, waitCompleted), anyway, []string{value + "Parameters.TimeLimitSeconds"}},
		{"wait too long", "Wait", `{"TimeLimitSeconds": "604801"}`, conditionsFor(equals, waitCompleted), anyway, []string{value + "Parameters.TimeLimitSeconds"}},
		{
			"wait for an event", "Wait", `{"TimeLimitSeconds": "1", "Events": ["CustomerReturned"]}`, conditionsFor(equals, waitCompleted), anyway,
			[]string{"Action is missing required condition. Condition: CustomerReturned"},
		},
		{
			"wait for a bot", "Wait", `{"TimeLimitSeconds": "1", "Events": ["BotParticipantDisconnected"]}`, conditionsFor(equals, waitCompleted, BotParticipantDisconnected), anyway,
			[]string{"Action is missing required error. Error: ParticipantNotFound"},
		},
		{"wait for rain", "Wait", `{"TimeLimitSeconds": "1", "Events": ["Rain"]}`, conditionsFor(equals, waitCompleted, "Rain"), anyway, []string{value + "Parameters.Events[0]"}},
		{"wait while going on", "Wait", `{"TimeLimitSeconds": "1", "ContinueExecution": "true"}`, conditionsFor(equals, waitCompleted, waitContinue), anyway, nil},
		{"hours", "CheckHoursOfOperation", `{}`, conditionsFor(equals, "True"), anyway, []string{"Action is missing required condition. Condition: False"}},
		{"agents", "CheckMetricData", `{"MetricType": "NumberOfAgentsOnline"}`, conditionsFor(greater, "1"), both, []string{value + "Transitions.Conditions[0].Condition.Operands[0]"}},
		{
			"contacts", "CheckMetricData", `{"MetricType": "NumberOfContactsInQueue", "QueueId": "q", "AgentId": "a"}`, conditionsFor(less, "9"), both,
			[]string{"Only one of these properties may be defined. Properties: [QueueId, AgentId]"},
		},

		{"queue", "UpdateContactTargetQueue", `{"QueueId": "$.Attributes.q"}`, "", anyway, nil},
		{"queue of neither", "UpdateContactTargetQueue", `{}`, "", anyway, []string{miss + "Parameters.QueueId"}},
		{"queue of a placeholder", "UpdateContactTargetQueue", `{"QueueId": "${Queue}"}`, "", anyway, nil},
		{"into the queue", "TransferContactToQueue", `{}`, "", failuresTo(QueueAtCapacity, NoMatchingError), nil},
		{
			"into the queue without branches", "TransferContactToQueue", `{}`, "", "",
			[]string{"Action is missing required error. Error: QueueAtCapacity", "Action is missing required error. Error: NoMatchingError"},
		},
		{"into a flow", "TransferToFlow", `{"ContactFlowId": "f"}`, "", anyway, nil},
		{"one hook", "UpdateContactEventHooks", `{"EventHooks": {"CustomerQueue": "f"}}`, "", anyway, nil},
		{"two hooks", "UpdateContactEventHooks", `{"EventHooks": {"CustomerQueue": "f", "AgentWhisper": "g"}}`, "", anyway, []string{value + "Parameters.EventHooks"}},
		{"unknown hook", "UpdateContactEventHooks", `{"EventHooks": {"Lunch": "f"}}`, "", anyway, []string{name + "Parameters.EventHooks.Lunch"}},
		{"switch", "UpdateContactEventHooks", `{"EventHooksConfiguration": {"AgentWhisper": {"DisableExecution": "true"}}}`, "", anyway, nil},
		{
			"switch of no whisper", "UpdateContactEventHooks", `{"EventHooksConfiguration": {"CustomerQueue": {"DisableExecution": "true"}}}`, "", anyway,
			[]string{name + "Parameters.EventHooksConfiguration.CustomerQueue"},
		},
		{"logging", "UpdateFlowLoggingBehavior", `{"FlowLoggingBehavior": "Enable"}`, "", "", []string{value + "Parameters.FlowLoggingBehavior"}},
		{
			"logging with an error", "UpdateFlowLoggingBehavior", `{"FlowLoggingBehavior": "Enabled"}`, "", anyway,
			[]string{"Invalid Action error. Error: NoMatchingError, Path: Actions[0].Transitions.Errors[0]"},
		},

		{
			"menu", "GetParticipantInput", `{"Text": "t", "InputTimeLimitSeconds": "5", "StoreInput": "False"}`, conditionsFor(equals, "1", "#"),
			failuresTo(NoMatchingError, NoMatchingCondition, inputTimeLimit), nil,
		},
		{
			"menu by word", "GetParticipantInput", `{"Text": "t", "InputTimeLimitSeconds": "5", "StoreInput": "False"}`, conditionsFor(equals, "one"), anyway,
			[]string{
				value + "Transitions.Conditions[0].Condition.Operands[0]", "Action is missing required error. Error: NoMatchingCondition",
				"Action is missing required error. Error: InputTimeLimitExceeded",
			},
		},
		{
			"criteria", "UpdateContactRoutingCriteria",
			`{"RoutingCriteria": {"Steps": [
				{"Expression": {"AndExpression": [{"AttributeCondition": {"Name": "a", "Value": "$.Attributes.b", "ProficiencyLevel": 3, "ComparisonOperator": "NumberGreaterOrEqualTo"}},
					{"OrExpression": [{"NotAttributeCondition": {"Name": "c", "ComparisonOperator": "Range", "Range": {"MinProficiencyLevel": 1, "MaxProficiencyLevel": "2"}}}]}]},
				 "Expiry": {"DurationInSeconds": "60"}},
				{"Expression": {"AttributeCondition": {"ComparisonOperator": "Match", "MatchCriteria": {"AgentsCriteria": {"AgentIds": ["$.Attributes.agent"]}}}}}]}}`,
			"", anyway, nil,
		},
		{"criteria by reference", "UpdateContactRoutingCriteria", `{"RoutingCriteria": "$.External.criteria"}`, "", anyway, nil},
		{
			"criteria that want nobody", "UpdateContactRoutingCriteria",
			`{"RoutingCriteria": {"Steps": [{"Expression": {"AttributeCondition": {"ComparisonOperator": "Equals"}, "Or": []}}, {}]}}`, "", anyway,
			[]string{
				value + "Parameters.RoutingCriteria.Steps[0].Expression.AttributeCondition.ComparisonOperator",
				name + "Parameters.RoutingCriteria.Steps[0].Expression.Or", miss + "Parameters.RoutingCriteria.Steps[1].Expression",
			},
		},
		{
			"encrypted telephone number", "GetParticipantInput",
			`{"Text": "t", "InputTimeLimitSeconds": "5", "StoreInput": "True", "InputEncryption": {"EncryptionKeyId": "k", "Key": "p"}}`, "", anyway,
			[]string{value + "Parameters.InputEncryption"},
		},
		{
			"stored input", "GetParticipantInput", `{"Text": "t", "InputTimeLimitSeconds": "5", "StoreInput": "true", "InputValidation": {"PhoneNumberValidation": {"NumberFormat": "E164"}}}`,
			"", anyway,
			[]string{"Action is missing required error. Error: InvalidPhoneNumber"},
		},
		{
			"bot", "ConnectParticipantWithLexBot", `{"Text": "t", "LexV2Bot": {"AliasArn": "a"}, "LexTimeoutSeconds": {"Text": "60"}}`, conditionsFor(equals, "Sales"), both,
			[]string{"Action is missing required error. Error: InputTimeLimitExceeded"},
		},
		{
			"view", "ShowView", `{"ViewResource": {"Id": "form", "Version": "Latest"}, "InvocationTimeLimitSeconds": "900", "ViewData": {"a": [""], "b": true}, "SensitiveDataConfiguration": {"HideResponseOn": ["TRANSCRIPT"]}}`,
			conditionsFor(equals, "Next"), failuresTo(NoMatchingError, NoMatchingCondition, timeLimit), nil,
		},
		{
			"view without data", "ShowView", `{"ViewResource": {"Id": "form"}, "InvocationTimeLimitSeconds": "900"}`, "", failuresTo(NoMatchingError, NoMatchingCondition, timeLimit),
			[]string{miss + "Parameters.ViewData"},
		},
		{"lambda", "InvokeLambdaFunction", `{"LambdaFunctionARN": "arn:aws:lambda:$.AwsRegion:1:function:f", "InvocationTimeLimitSeconds": "8", "LambdaInvocationAttributes": {"a": {"b": ["1"]}}}`, "", anyway, nil},
		{"lambda that takes long", "InvokeLambdaFunction", `{"LambdaFunctionARN": "f", "InvocationTimeLimitSeconds": "9"}`, "", anyway, []string{value + "Parameters.InvocationTimeLimitSeconds"}},
		{"lambda that is not waited for", "InvokeLambdaFunction", `{"LambdaFunctionARN": "f", "InvocationTimeLimitSeconds": "60", "InvocationType": "ASYNCHRONOUS"}`, "", anyway, nil},
		{
			"lambda with an empty text", "InvokeLambdaFunction", `{"LambdaFunctionARN": "f", "InvocationTimeLimitSeconds": "8", "LambdaInvocationAttributes": {"a": {"b": [""]}}}`, "", anyway,
			[]string{value + "Parameters.LambdaInvocationAttributes.a.b[0]"},
		},
		{
			"chat analytics", "UpdateContactRecordingAndAnalyticsBehavior", `{"ChatBehavior": {"x": "y"}}`, "", failuresTo(NoMatchingError, channelMismatch),
			[]string{"Action is missing required error. Error: InFlightRedactionConfigurationFailed"},
		},
		{"linked case", "UpdateCase", `{"LinkContactToCase": "true", "CaseId": "c", "CaseRequestFields": {}}`, "", anyway, []string{"Action is missing required error. Error: ContactNotLinked"}},
		{
			"third party that comes back", "TransferParticipantToThirdParty", `{"ThirdPartyPhoneNumber": "+1", "ThirdPartyConnectionTimeLimitSeconds": "30", "ContinueFlowExecution": "True"}`, "", anyway,
			[]string{"Action is missing required error. Error: CallFailed", "Action is missing required error. Error: ConnectionTimeLimitExceeded"},
		},
		{"list of another type", "UntagContact", `{"TagKeys": "a"}`, "", anyway, []string{value + "Parameters.TagKeys"}},
		{
			"object of another type", "ShowView", `{"ViewResource": "form", "InvocationTimeLimitSeconds": "900", "ViewData": "x"}`, "", failuresTo(NoMatchingError, NoMatchingCondition, timeLimit),
			[]string{value + "Parameters.ViewResource", value + "Parameters.ViewData"},
		},
	} {
		t.Run(tt.kind+"/"+tt.name, func(t *testing.T) {
			t.Parallel()
			f := parse(t, published(tt.kind, tt.params, tt.conditions, tt.failures))
			if diff := cmp.Diff(tt.want, messages(f.Check("CONTACT_FLOW", nil))); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckTransitions(t *testing.T) {
	const head = `{"Version": "2019-10-30", "StartAction": "a", "Actions": [{"Identifier": "b", "Type": "EndFlowExecution"}, {"Identifier": "a", `
	for _, tt := range []struct {
		name, action, flowType string
		want                   []string
	}{
		{"none where there must be", `"Type": "MessageParticipant", "Parameters": {"Text": "x"}`, "CONTACT_FLOW", []string{"Action is missing required property. Path: Actions[1].Transitions.NextAction"}},
		{"none in a queue transfer", `"Type": "TransferContactToQueue", "Transitions": {"Errors": [{"ErrorType": "QueueAtCapacity", "NextAction": "b"}, {"ErrorType": "NoMatchingError", "NextAction": "b"}]}`, "CONTACT_FLOW", nil},
		{"none in a hold flow", `"Type": "MessageParticipantIteratively", "Parameters": {"Messages": [{"Text": "x"}]}, "Transitions": {}`, "CUSTOMER_HOLD", nil},
		{"empty next action", `"Type": "MessageParticipant", "Parameters": {"Text": "x"}, "Transitions": {"NextAction": ""}`, "CONTACT_FLOW", []string{"Invalid Action property value. Path: Actions[1].Transitions.NextAction"}},
		{"some where there are none", `"Type": "DisconnectParticipant", "Transitions": {"NextAction": "b"}`, "CONTACT_FLOW", []string{"Action does not support transitions. Path: Actions[1].Transitions"}},
		{"empty lists where there are none", `"Type": "DisconnectParticipant", "Transitions": {"Errors": [], "Conditions": []}`, "CONTACT_FLOW", nil},
		{"end in a whisper", `"Type": "DisconnectParticipant"`, "AGENT_WHISPER", []string{"Action is not supported in this type of flow. Path: Actions[1]"}},
		{"end of a module", `"Type": "EndFlowModuleExecution"`, "CONTACT_FLOW", []string{"Action is not supported in this type of flow. Path: Actions[1]"}},
		{"end of a module in a module", `"Type": "EndFlowModuleExecution"`, Module, nil},
		{"unknown type of flow", `"Type": "DisconnectParticipant"`, "SOMETHING_NEW", nil},
	} {
		if diff := cmp.Diff(tt.want, messages(parse(t, head+tt.action+"}]}").Check(tt.flowType, nil))); diff != "" {
			t.Errorf("%s: problems (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestCheckResources(t *testing.T) {
	content := fmt.Sprintf(`{"Version": "2019-10-30", "StartAction": "q", "Actions": [
		{"Identifier": "q", "Type": "UpdateContactTargetQueue", "Parameters": {"QueueId": "gone"}, "Transitions": {"NextAction": "h", "Errors": [%[1]s]}},
		{"Identifier": "h", "Type": "UpdateContactEventHooks", "Parameters": {"EventHooks": {"CustomerQueue": "flow"}}, "Transitions": {"NextAction": "r", "Errors": [%[1]s]}},
		{"Identifier": "r", "Type": "UpdateContactTargetQueue", "Parameters": {"QueueId": "$.Attributes.q"}, "Transitions": {"NextAction": "end", "Errors": [%[1]s]}},
		{"Identifier": "end", "Type": "DisconnectParticipant"}]}`, failuresTo(NoMatchingError))
	f := parse(t, content)
	var asked []string
	got := f.Check("CONTACT_FLOW", func(kind, id string) bool {
		asked = append(asked, kind+" "+id)
		return id != "gone"
	})
	want := []Problem{{Message: "Resource not found. Path: Actions[0].Parameters.QueueId", Action: "q", Pointer: "/Actions/0/Parameters/QueueId", Line: 2, Column: 85, Rule: ruleResource}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if want := []string{"queue gone", "contact-flow flow"}; !slices.Equal(asked, want) {
		t.Errorf("asked for %q, want %q", asked, want)
	}
	if got := f.Check("CONTACT_FLOW", nil); got != nil {
		t.Errorf("without resources: %+v, want none", got)
	}
}

func TestProblemsTellThePlace(t *testing.T) {
	content := published("UpdateContactAttributes", `{"Attributes": {
		"a/~b": ""}}`, "", `
	{"ErrorType": "`+strings.Repeat("x", 300)+`", "NextAction": "end"}`)
	got := parse(t, content).Check("CONTACT_FLOW", nil)
	long := "Invalid Action error. Error: " + strings.Repeat("x", 300)
	want := []Problem{
		{Message: "Empty value in Parameters.Attributes", Action: "it", Pointer: "/Actions/0/Parameters/Attributes/a~1~0b", Line: 3, Column: 11, Rule: ruleValue},
		{Message: long[:256], Action: "it", Pointer: "/Actions/0/Transitions/Errors/0", Line: 5, Column: 2, Rule: ruleBranches},
		{Message: "Action is missing required error. Error: NoMatchingError", Action: "it", Pointer: "/Actions/0/Transitions/Errors", Line: 4, Column: 67, Rule: ruleBranches},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// The table must not contradict itself: what it demands of an action, the action can declare.
func TestSpecs(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(specs)) {
		s := specs[name]
		if s.flows == 0 {
			t.Errorf("%s is allowed in no flow", name)
		}
		if s.terminal && (len(s.must)+len(s.may) > 0 || s.results != nil) {
			t.Errorf("%s is terminal and has branches", name)
		}
		for _, c := range s.choices {
			for _, p := range c.names {
				if s.param(p) == nil {
					t.Errorf("%s chooses %s, which it has not", name, p)
				}
			}
		}
		if s.fails != "" && !slices.Contains(s.must, s.fails) {
			t.Errorf("%s fails as %s, for which it has no branch", name, s.fails)
		}
		seen := map[string]bool{}
		for _, p := range s.params {
			if seen[p.name] {
				t.Errorf("%s has %s twice", name, p.name)
			}
			seen[p.name] = true
		}
	}
	for name := range behaviors {
		if specs[name] == nil {
			t.Errorf("%s runs but can not be published", name)
		}
	}
}

// Every action type of the language runs when there is nothing but its name and an error branch: no panic, and the contact goes on.
func TestEveryActionTypeRuns(t *testing.T) {
	for name := range specs {
		p := playing{t: t, flow: actionUnderTest(t, name, "", never, "!NoMatchingCondition", "!InvalidCallbackNumber")}
		lines := p.play()
		if len(lines) == 0 {
			t.Errorf("%s: no effect decides", name)
		}
	}
}
