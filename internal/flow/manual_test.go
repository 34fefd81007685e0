package flow

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// page is what the flow reference says of an action beside what its spec says.
type page struct {
	does    string   // in a chat
	params  string   // JSON that shows them
	results []string // conditions that show them: "Equals yes"
}

// manual has a page for every action. Source: flow sheet, 11.
var manual = map[string]page{
	"MessageParticipant": {
		"Says the text to the customer, as SYSTEM_MESSAGE and plain text. Tags of SSML are taken out. A text that is empty once its references are replaced, and a recording (PromptId, Media), take NoMatchingError or, without that branch, go on.",
		`{"Text": "Hello $.Attributes.name, your order $.External.order is on its way."}`, nil,
	},
	"MessageParticipantIteratively": {
		"Plays messages until it is interrupted: in calls. A chat takes NoMatchingError; without that branch the flow ends, and a contact in a queue stays there.",
		`{"Messages": [{"Text": "Please wait."}], "InterruptFrequencySeconds": "30"}`,
		[]string{"Equals MessagesInterrupted"},
	},
	"GetParticipantInput": {
		"Takes keys of a telephone, as a menu or as a number to store. A chat takes NoMatchingError, and nothing is said. To ask in a chat use ShowView or ConnectParticipantWithLexBot.",
		`{"Text": "Press 1 for sales.", "StoreInput": "False", "InputTimeLimitSeconds": "5"}`,
		[]string{"Equals 1"},
	},
	"ConnectParticipantWithLexBot": {
		"Lets a bot talk with the customer until it knows what is wanted; conditions test the name of that intent. With Text the customer is asked first; with LexInitializationData the bot hears that text first. What the bot found is $.Lex. InputTimeLimitExceeded comes after LexTimeoutSeconds without a word from the customer, NoMatchingError when the bot fails.",
		`{"Text": "What can I do for you?", "LexV2Bot": {"AliasArn": "arn:aws:lex:us-east-1:111122223333:bot-alias/SHOP/LIVE"},
"LexSessionAttributes": {"tier": "$.Attributes.tier"}, "LexTimeoutSeconds": {"Text": "300"}}`,
		[]string{"Equals OrderStatus"},
	},
	"ConnectParticipantWithAgenticCX": {
		"Lets an AI agent of Amazon Connect talk with the customer.",
		`{"Text": "What can I do for you?", "AgentConfiguration": {"WorkspaceId": "w", "ApplicationId": "a"}, "AudioConfiguration": {"Voice": "v"}}`,
		[]string{"Equals Escalation"},
	},
	"ShowView": {
		"Shows a view and waits for the customer; conditions test the action of the view that was chosen, $.Views.Action, and what was entered is $.Views.ViewResultData. Numbers, booleans and lists in ViewData stay what they are. The chat must support both interactive content types. TimeLimitExceeded comes when nobody answers; a message instead of an answer takes NoMatchingCondition.",
		`{"ViewResource": {"Id": "confirmation", "Version": "Latest"}, "InvocationTimeLimitSeconds": "300",
"ViewData": {"Heading": "Thank you, $.Attributes.name", "Next": "Continue"}, "SensitiveDataConfiguration": {"HideResponseOn": ["TRANSCRIPT"]}}`,
		[]string{"Equals Next"},
	},
	"AuthenticateParticipant": {
		"Asks the customer to sign in. Goes on when they have; OptedOut when they do not want to, TimeLimitExceeded when they do not.",
		`{"CognitoConfiguration": {"UserPoolArn": "arn:aws:cognito-idp:us-east-1:111122223333:userpool/us-east-1_Shop", "AppClientId": "shop"}, "TimeLimitMinutes": "10"}`,
		[]string{"Equals OptedOut"},
	},

	"UpdateContactAttributes": {
		"Sets attributes of the chat, all or none. They are $.Attributes in all its flows, and agents see them. Together they have 32,768 bytes at most. With TargetContact Related the contact that a guide serves gets them.",
		`{"Attributes": {"tier": "$.External.tier", "topic": "orders"}, "TargetContact": "Current"}`, nil,
	},
	"UpdateFlowAttributes": {
		"Sets $.FlowAttributes, which end with this flow and are not seen by modules and functions.",
		`{"FlowAttributes": {"tries": {"Value": "1"}}}`, nil,
	},
	"UpdateContactData": {
		"Sets the name, description, customer id or language of the contact. What is about voices is kept and has no effect.",
		`{"LanguageCode": "en-US", "CustomerId": "$.Attributes.customer"}`, nil,
	},
	"TagContact":   {"Tags the contact: six tags at most, none that begins with aws:.", `{"Tags": {"topic": "$.Attributes.topic"}}`, nil},
	"UntagContact": {"Takes tags from the contact.", `{"TagKeys": ["topic"]}`, nil},
	"UpdateContactTextToSpeechVoice": {
		"Chooses a voice for calls. A chat has none and goes on.",
		`{"TextToSpeechVoice": "Joanna", "TextToSpeechEngine": "Neural"}`, nil,
	},

	"Compare": {
		"Branches on a value, in the order of the conditions. Texts are compared with case; numbers only if both sides are some. A value that is missing takes NoMatchingCondition. The value must be a reference with a leaf: $.External.tier, not $.External.",
		`{"ComparisonValue": "$.Attributes.tier"}`,
		[]string{"Equals gold", "TextStartsWith silver", "NumberGreaterThan 5"},
	},
	"Loop": {
		"Leads to ContinueLooping so many times, then to DoneLooping once, and starts over.",
		`{"LoopCount": "3"}`, nil,
	},
	"DistributeByPercentage": {
		"Branches by chance. Bounds add up: shares of 10 and 30 percent are 10 and 40; the rest takes NoMatchingCondition.",
		`{}`,
		[]string{"NumberLessThan 10", "NumberLessThan 40"},
	},
	"Wait": {
		"Waits for a time, or until an event: CustomerReturned is a message, file or connection of the customer, BotParticipantDisconnected the end of a custom bot, which must be there (else ParticipantNotFound). Follow the condition WaitCompleted, not NextAction. The documentation writes TimeoutSeconds; publishing refuses that name.",
		`{"TimeLimitSeconds": "900", "Events": ["CustomerReturned"]}`, nil,
	},
	"CheckHoursOfOperation": {
		"Tells whether it is now within hours of operation, those of the target queue if none are named.",
		`{"HoursOfOperationId": "00000000-0000-4000-8000-000000000201"}`, nil,
	},
	"CheckMetricData": {
		"Asks for one number of a queue, the target queue if none is named. Whether agents are there is asked by NumberGreaterThan 0 alone.",
		`{"MetricType": "NumberOfAgentsAvailable", "QueueId": "00000000-0000-4000-8000-000000000301"}`,
		[]string{"NumberGreaterThan 0"},
	},
	"GetMetricData": {
		"Reads the numbers of a queue into $.Metrics, the target queue if none is named.",
		`{"QueueId": "00000000-0000-4000-8000-000000000301", "QueueChannel": "Chat"}`, nil,
	},

	"UpdateContactTargetQueue": {
		"Sets the queue for TransferContactToQueue, or the agent whose own queue it is. Nothing moves yet. $.Queue tells of it.",
		`{"QueueId": "00000000-0000-4000-8000-000000000301"}`, nil,
	},
	"TransferContactToQueue": {
		"Puts the contact into the target queue and ends this flow; the customer queue flow begins. QueueAtCapacity when the queue is full, NoMatchingError without a target queue or from within a queue. Publishing wants a NextAction, which no chat takes.",
		`{}`, nil,
	},
	"DequeueContactAndTransferToQueue": {
		"Moves a waiting contact to another queue, from a customer queue flow. If that fails it keeps its place.",
		`{"QueueId": "00000000-0000-4000-8000-000000000302"}`, nil,
	},
	"TransferContactToAgent": {"Gives a call to an agent. In a chat it ends the flow; use UpdateContactTargetQueue with AgentId, then TransferContactToQueue.", `{}`, nil},
	"TransferToFlow": {
		"Ends this flow and begins another in the same contact, which must be published. Publishing wants a NextAction, which no chat takes.",
		`{"ContactFlowId": "00000000-0000-4000-8000-000000000102"}`, nil,
	},
	"UpdateContactRoutingBehavior": {
		"Sets the priority of the contact in queues (1 comes first, 5 is usual), or adds seconds to the time it has waited.",
		`{"QueuePriority": "1"}`, nil,
	},
	"UpdateContactRoutingCriteria": {
		"Sets which agents the contact wants, in steps that expire. The whole may be one reference to what a function answered.",
		`{"RoutingCriteria": {"Steps": [{"Expression": {"AttributeCondition": {"Name": "Language", "Value": "fr", "ProficiencyLevel": 3,
"ComparisonOperator": "NumberGreaterOrEqualTo"}}, "Expiry": {"DurationInSeconds": "60"}}]}}`, nil,
	},
	"UpdateContactEventHooks": {
		"Sets the flow that runs at a moment of the contact's life, one at a time: in a queue (CustomerQueue), when an agent accepts (AgentWhisper, CustomerWhisper, DefaultAgentUI) or leaves (CustomerRemaining, DisconnectAgentUI). The hooks for holding and pausing take NoMatchingError in a chat. DisableExecution switches a whisper off.",
		`{"EventHooks": {"CustomerQueue": "00000000-0000-4000-8000-000000000103"}}`, nil,
	},
	"InvokeFlowModule": {
		"Runs a module in this contact, and goes on here with what it returned: conditions test its result, $.Modules.ResultData has its data. Inside, $.Modules.Input is what it was given; $.External and the like are not seen. Five modules deep at most.",
		`{"FlowModuleId": "00000000-0000-4000-8000-000000000501", "Input": {"order": "$.Attributes.order"}}`,
		[]string{"Equals found"},
	},
	"EndFlowModuleExecution": {"Ends a module, with a result and data for the flow that runs it.", `{"Result": "found", "ResultData": {"state": "$.External.state"}}`, nil},
	"EndFlowExecution":       {"Ends this flow. A contact in a queue stays there, a whisper is over; in other flows the chat ends.", `{}`, nil},
	"DisconnectParticipant":  {"Ends the chat for all.", `{}`, nil},

	"UpdateFlowLoggingBehavior": {"Turns the contact's flow log on or off.", `{"FlowLoggingBehavior": "Enabled"}`, nil},
	"UpdateContactRecordingBehavior": {
		"Says who is recorded and what is analyzed. In a chat there is nothing to record.",
		`{"RecordingBehavior": {"RecordedParticipants": ["Agent", "Customer"]}}`, nil,
	},
	"UpdateContactRecordingAndAnalyticsBehavior": {
		"As UpdateContactRecordingBehavior, by channel. VoiceBehavior takes ChannelMismatch in a chat; redaction before delivery takes InFlightRedactionConfigurationFailed where it can not be done.",
		`{"ChatBehavior": {"ChatAnalyticsBehavior": {"Enabled": "True", "AnalyticsLanguage": "en-US"}}}`, nil,
	},
	"UpdateContactMediaProcessing": {
		"From now on a function sees every message of the chat before it is delivered, and may change it or hold it back.",
		`{"ChatProcessor": {"ProcessingEnabled": "True", "LambdaProcessorARN": "arn:aws:lambda:us-east-1:111122223333:function:mask",
"ChatProcessorSettings": {"DeliverUnprocessedMessages": "False"}}}`, nil,
	},
	"CreatePersistentContactAssociation": {
		"Continues a chat that has ended: its transcript is seen in this one. Once for a contact.",
		`{"RehydrationType": "ENTIRE_PAST_SESSION", "SourceContactId": "$.Attributes.last"}`, nil,
	},

	"InvokeLambdaFunction": {
		"Calls a function with the contact and the inputs, and puts its answer into $.External in place of the one before. STRING_MAP takes an object of texts, JSON any object, both 32 KB at most. A call that is waited for has 8 seconds; ASYNCHRONOUS goes on at once. NoMatchingError when it fails, takes too long or answers in the wrong form.",
		`{"LambdaFunctionARN": "arn:aws:lambda:us-east-1:111122223333:function:find-order", "InvocationTimeLimitSeconds": "8",
"LambdaInvocationAttributes": {"order": "$.Attributes.order"}, "ResponseValidation": {"ResponseType": "JSON"}}`, nil,
	},
	"CreateTask": {
		"Makes a task for agents. $.Task.ContactId is its contact.",
		`{"ContactFlowId": "00000000-0000-4000-8000-000000000104", "Name": "Call $.Attributes.name", "DelaySeconds": "600"}`, nil,
	},
	"CreateWisdomSession": {"Starts a session of the agent assistant, $.Wisdom.SessionArn.", `{"WisdomAssistantArn": "arn:aws:wisdom:us-east-1:111122223333:assistant/a"}`, nil},
	"GetCustomerProfile": {
		"Looks a customer profile up, into $.Customer.",
		`{"ProfileRequestData": {"IdentifierName": "_email", "IdentifierValue": "$.Attributes.email"}, "ProfileResponseData": ["FirstName"]}`, nil,
	},
	"GetCustomerProfileObject": {
		"Reads an object of a customer profile.",
		`{"ProfileRequestData": {"ProfileId": "$.Customer.ProfileId", "ObjectType": "Asset", "UseLatest": "True"}, "ProfileResponseData": ["AssetName"]}`, nil,
	},
	"GetCalculatedAttributesForCustomerProfile": {
		"Reads calculated attributes of a customer profile.",
		`{"ProfileRequestData": {"ProfileId": "$.Customer.ProfileId"}, "ProfileResponseData": ["visits"]}`, nil,
	},
	"CreateCustomerProfile": {"Makes a customer profile.", `{"ProfileRequestData": {"EmailAddress": "$.Attributes.email"}}`, nil},
	"UpdateCustomerProfile": {"Changes the customer profile that was read.", `{"ProfileRequestData": {"FirstName": "$.Attributes.name"}}`, nil},
	"AssociateContactToCustomerProfile": {
		"Ties the contact to a customer profile.",
		`{"ProfileRequestData": {"ProfileId": "$.Customer.ProfileId", "ContactId": "$.ContactId"}}`, nil,
	},
	"CreateCase": {
		"Makes a case, $.Case.",
		`{"LinkContactToCase": "true", "CaseTemplateId": "t", "CaseRequestFields": {"title": "$.Attributes.topic"}}`, nil,
	},
	"GetCase":                 {"Looks a case up.", `{"LinkContactToCase": "false", "CustomerId": "$.Customer.ProfileARN", "CaseResponseFields": ["status"]}`, nil},
	"UpdateCase":              {"Changes a case.", `{"LinkContactToCase": "false", "CaseId": "$.Case.case_id", "CaseRequestFields": {"status": "closed"}}`, nil},
	"EvaluateDataTableValues": {"Reads values of a data table.", `{"DataTableId": "t", "Queries": [{"QueryName": "price", "Attributes": ["amount"]}]}`, nil},
	"ListDataTableValues":     {"Lists values of a data table.", `{"DataTableId": "t"}`, nil},
	"UpsertDataTableValues":   {"Writes values of a data table.", `{"LockVersion": "LATEST", "DataTableId": "t", "DataTableUpsertAttributes": [{"AttributeName": "amount"}]}`, nil},
	"StartOutboundChatContact": {
		"Writes to somebody on another channel.",
		`{"SourceEndpoint": {"Type": "CONNECT_PHONENUMBER_ARN", "Address": "arn:aws:connect:us-east-1:111122223333:phone-number/p"},
"DestinationEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": "$.Attributes.phone"}, "ContactFlowArn": "00000000-0000-4000-8000-000000000105",
"ContactSubtype": "connect:SMS"}`, nil,
	},
	"StartOutboundEmailContact": {"Writes a mail.", `{"EmailMessage": {"MessageSourceType": "RAW"}}`, nil},
	"RenderMessageTemplate":     {"Fills a message template.", `{"WisdomKnowledgeBaseArn": "arn:aws:wisdom:us-east-1:111122223333:knowledge-base/k", "WisdomMessageTemplateArn": "arn:aws:wisdom:us-east-1:111122223333:message-template/m"}`, nil},
	"CreateContact":             {"Makes a contact of another channel.", `{"Channel": "EMAIL", "RelatedContact": "CURRENT"}`, nil},
	"LoadContactContent":        {"Reads the mail of a mail contact.", `{"ContentType": "EmailMessage"}`, nil},

	"UpdateContactMediaStreamingBehavior": {
		"Streams the sound of a call.",
		`{"MediaStreamingState": "Enabled", "MediaStreamType": "Audio", "Participants": [{"ParticipantType": "Customer", "MediaDirections": ["From", "To"]}]}`, nil,
	},
	"UpdatePreviousContactParticipantState": {"Holds the other side of a call.", `{"PreviousContactParticipantState": "OffHold"}`, nil},
	"UpdateContactCallbackNumber":           {"Sets the number to call back. A chat takes InvalidCallbackNumber.", `{"CallbackNumber": "$.StoredCustomerInput"}`, nil},
	"CreateCallbackContact": {
		"Has the customer called back.",
		`{"InitialCallDelaySeconds": "60", "RetryDelaySeconds": "600", "MaximumConnectionAttempts": "2"}`, nil,
	},
	"TransferParticipantToThirdParty": {
		"Connects a call to a telephone number.",
		`{"ThirdPartyPhoneNumber": "+15555550100", "ThirdPartyConnectionTimeLimitSeconds": "30", "ContinueFlowExecution": "True"}`, nil,
	},
	"CheckVoiceId":            {"Tells whether a voice is known.", `{"CheckVoiceIdOption": "enrollmentStatus"}`, []string{"Equals Enrolled"}},
	"StartVoiceIdStream":      {"Listens to a voice, to know it.", `{}`, nil},
	"CheckOutboundCallStatus": {"Tells who answered a call.", `{}`, []string{"Equals CallAnswered"}},
	"CompleteOutboundCall":    {"Connects a call that Amazon Connect makes. A chat goes on.", `{"CallerId": {"Number": "+15555550100"}}`, nil},
	"ResumeContact":           {"Goes on with a task that was paused.", `{}`, nil},
}

// example is an action as its page shows it, with every branch that publishing demands.
func (p page) example(t testing.TB, kind string) string {
	t.Helper()
	a := made{Identifier: "example", Type: kind}
	if err := json.Unmarshal([]byte(p.params), &a.Parameters); err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
	for _, result := range p.results {
		operator, operand, _ := strings.Cut(result, " ")
		a.on(operator, operand, strings.ToLower(operand))
	}
	root, err := readDocument(compact(a))
	if err != nil {
		t.Fatal(err)
	}
	if !specs[kind].terminal {
		a.Transitions.NextAction = "next"
	}
	demanded := demandsOf(root)
	if demanded.results != nil && len(p.results) == 0 {
		for _, result := range demanded.results.required {
			a.on(equals, result, "next")
		}
	}
	for _, errorType := range demanded.must {
		a.fail(errorType, "failed")
	}
	return inLine(a)
}

// inLine is an action of four lines.
func inLine(a made) string {
	var b strings.Builder
	fmt.Fprintf(&b, "{\"Identifier\": %s, \"Type\": %s,\n \"Parameters\": %s,\n \"Transitions\": %s}",
		compact(a.Identifier), compact(a.Type), spaced(compact(a.Parameters)), spaced(compact(a.Transitions)))
	return b.String()
}

// spaced sets blanks into compact JSON, as people write it.
func spaced(s string) string {
	var b strings.Builder
	quoted := false
	for i, r := range s {
		b.WriteRune(r)
		if r == '"' && s[max(i-1, 0)] != '\\' {
			quoted = !quoted
		}
		if !quoted && (r == ',' || r == ':') {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// typeFor is a flow type that allows the action.
func typeFor(s *spec) string {
	for _, name := range append([]string{"CONTACT_FLOW"}, slices.Sorted(maps.Keys(flowTypes))...) {
		if s.allows(name) {
			return name
		}
	}
	return ""
}

// TestManual: every action has a page, whose example can be published.
func TestManual(t *testing.T) {
	for kind := range manual {
		if specs[kind] == nil {
			t.Errorf("the manual has %s, the language has not", kind)
		}
	}
	for kind, s := range specs {
		p, ok := manual[kind]
		if !ok {
			t.Errorf("the manual has no %s", kind)
			continue
		}
		actions := []string{p.example(t, kind)}
		targets := map[string]bool{}
		a, err := readDocument(actions[0])
		if err != nil {
			t.Fatalf("%s: %v in\n%s", kind, err, actions[0])
		}
		transitions := a.get("Transitions")
		for _, n := range slices.Concat(transitions.get("Conditions").list(), transitions.get("Errors").list(), []*node{transitions}) {
			if to := n.get("NextAction").word(); to != "" {
				targets[to] = true
			}
		}
		for _, to := range slices.Sorted(maps.Keys(targets)) {
			actions = append(actions, fmt.Sprintf(`{"Identifier": %q, "Type": "EndFlowExecution"}`, to))
		}
		content := `{"Version": "2019-10-30", "StartAction": "example", "Settings": {}, "Actions": [` + strings.Join(actions, ",\n") + `]}`
		for _, f := range Lint(content, Linting{Type: typeFor(s)}) {
			if f.Severity == Error {
				t.Errorf("%s: %s (%s) in\n%s", kind, f.Message, f.Advice, actions[0])
			}
		}
	}
}

var references = regexp.MustCompile(`\$\.\w+(\.\w+)*`)

// TestFlowReference writes docs/flow-reference.md, or tells that it is out of date.
func TestFlowReference(t *testing.T) {
	var b strings.Builder
	b.WriteString(`# Flow reference

Every action of the flow language, and what it does in a chat. [flows.md](flows.md) tells how flows are loaded, checked and tried out.
This page is made from the code: ` + "`go test ./internal/flow -run TestFlowReference -update`" + ` writes it.

An action **works**, has **no effect** in a chat and goes on, takes its **error branch** because only calls, mails or tasks can do it, or is
**not supported** by Parley yet and takes its error branch too. Scalars are written as texts: "8", "True".

| Action | In a chat |
| --- | --- |
`)
	kinds := slices.Sorted(maps.Keys(specs))
	for _, kind := range kinds {
		fmt.Fprintf(&b, "| [%s](#%s) | %s |\n", kind, strings.ToLower(kind), standingOf(kind))
	}
	for _, kind := range kinds {
		s, p := specs[kind], manual[kind]
		fmt.Fprintf(&b, "\n## %s\n\n**%s** · %s", kind, standingOf(kind), flowWords(s.flows))
		if s.block != "" {
			fmt.Fprintf(&b, " · %s in the flow log", s.block)
		}
		fmt.Fprintf(&b, "\n\n%s\n", references.ReplaceAllString(p.does, "`$0`"))
		if len(s.params) > 0 {
			b.WriteString("\n| Parameter | What it is |\n| --- | --- |\n")
			writeParams(&b, "", s.params)
			for _, c := range s.choices {
				fmt.Fprintf(&b, "\n%s\n", c.says())
			}
		}
		b.WriteString("\n" + branchesOf(s) + "\n")
		fmt.Fprintf(&b, "\n```json\n%s\n```\n", p.example(t, kind))
	}
	b.WriteString(`
## What lint looks for

` + "`parley flow lint`" + ` finds errors, which publishing refuses, and warnings.

| Rule | | Finds | What to do |
| --- | --- | --- | --- |
`)
	for _, r := range Rules() {
		cells := []string{r.ID, string(r.Severity), r.Finds, r.Advice}
		b.WriteString("| " + strings.ReplaceAll(strings.Join(cells, " | "), "<", "&lt;") + " |\n")
	}
	golden(t, "../../docs/flow-reference.md", b.String())
}

func writeParams(b *strings.Builder, under string, params []param) {
	for _, p := range params {
		needed := ""
		if p.required {
			needed = "; required"
			if under != "" {
				needed = "; required in " + strings.TrimSuffix(under, ".")
			}
		}
		fmt.Fprintf(b, "| %s%s | %s%s |\n", under, p.name, p.says(), needed)
		writeParams(b, under+p.name+".", p.members)
	}
}

func (c choice) says() string {
	names := strings.Join(c.names, ", ")
	switch {
	case c.min == 1 && c.max == 1:
		return "Exactly one of " + names + "."
	case c.min == 0:
		return "One of " + names + " at most."
	}
	return "At least one of " + names + "."
}

func branchesOf(s *spec) string {
	if s.terminal {
		return "Ends the flow: no branches."
	}
	return strings.Join(branchWords(&actionCheck{results: s.results, must: s.must, may: s.may}), " ")
}

func flowWords(flows flowSet) string {
	if flows == anywhere {
		return "all flows"
	}
	var in, out []string
	for _, name := range slices.Sorted(maps.Keys(flowTypes)) {
		if flows&flowTypes[name] != 0 {
			in = append(in, name)
		} else {
			out = append(out, name)
		}
	}
	if len(out) < len(in) {
		return "all flows but " + strings.Join(out, ", ")
	}
	return strings.Join(in, ", ")
}
