package flow

// Kinds of resources that parameters name, as they stand in ARNs.
const (
	Queue       = "queue"
	ContactFlow = "contact-flow"
	FlowModule  = "flow-module"
	Agent       = "agent"
	Prompt      = "prompt"
	Hours       = "operating-hours"
	View        = "view"
	Function    = "function"  // of AWS Lambda
	Bot         = "bot-alias" // of Amazon Lex
)

// Further error types.
const (
	inputTimeLimit    = "InputTimeLimitExceeded"
	timeLimit         = "TimeLimitExceeded"
	channelMismatch   = "ChannelMismatch"
	redactionFailed   = "InFlightRedactionConfigurationFailed"
	invalidPhone      = "InvalidPhoneNumber"
	invalidCallback   = "InvalidCallbackNumber"
	notDialable       = "CallbackNumberNotDialable"
	callFailed        = "CallFailed"
	connectionTime    = "ConnectionTimeLimitExceeded"
	multipleProfiles  = "MultipleFoundError"
	noProfile         = "NoneFoundError"
	multipleCases     = "MultipleFound"
	noCase            = "NoneFound"
	contactNotLinked  = "ContactNotLinked"
	templateRendering = "TemplateRenderingError"
)

// Results of Loop and Wait.
const (
	continueLooping = "ContinueLooping"
	doneLooping     = "DoneLooping"
	waitCompleted   = "WaitCompleted"
	waitContinue    = "Continue"
)

var (
	anyError    = []string{NoMatchingError}
	queueErrors = []string{QueueAtCapacity, NoMatchingError}

	allOperators = []string{
		equals, startsWith, endsWith, contains, greater, greaterOrEqual, less, lessOrEqual, keyExists, and, or, not,
		exists,
	}
)

// equalTo are conditions that test whether the result is a text, any or one of those given.
func equalTo(operands ...string) *results {
	return &results{operators: []string{equals}, operands: operands}
}

// prompt are the ways to say something.
func prompt(more ...param) []param {
	return append([]param{text("Text"), text("SSML"), one("PromptId").names(Prompt), media}, more...)
}

var (
	media = members("Media", text("Uri").must(), literal("SourceType", "S3").must(), literal("MediaType", "Audio").must())

	onePrompt = exactlyOne("Text", "SSML", "PromptId", "Media")

	queueOrAgent = []param{one("QueueId").names(Queue), one("AgentId").names(Agent)}
)

// specs are all action types that publishing accepts. Source: flow sheet, 3 (flow types), 5.3 (branches), 11 (parameters).
var specs = map[string]*spec{
	// Saying and asking.
	"MessageParticipant": {
		block: "PlayPrompt", flows: anywhere &^ holds, choices: []choice{onePrompt}, may: anyError,
		params: prompt(flag("SkipWhenDTMFBufferEnabled"), literal("TextToSpeechType", "text", "ssml").fold()),
	},
	"MessageParticipantIteratively": {
		block: "LoopPrompts", flows: customerQueue | holds | module, may: anyError, results: equalTo("MessagesInterrupted"), noNext: true,
		params: []param{objects("Messages", prompt()...).must(), one("InterruptFrequencySeconds"), flag("ContinueMessagingDuringInterrupt")},
	},
	"GetParticipantInput": {
		block: "GetUserInput", flows: inbound | customerQueue | transfers | module, choices: []choice{onePrompt}, must: anyError,
		params: prompt(
			literal("InputTimeLimitSeconds").between(1, 300).must(), // documented as 180, but 300 is in published flows
			flag("StoreInput").must(), flag("EnableDTMFBuffer"),
			members("InputValidation",
				members("CustomValidation", literal("MaximumLength").must()),
				members("PhoneNumberValidation", literal("NumberFormat", "Local", "E164").must(), literal("CountryCode"))),
			members("InputEncryption", one("EncryptionKeyId").must(), one("Key").must()),
			members("DTMFConfiguration", literal("InputTerminationSequence"), flag("DisableCancelKey"),
				literal("InterdigitTimeLimitSeconds").between(1, 20))),
		also: checkParticipantInput,
	},
	"ConnectParticipantWithLexBot": {
		block: "GetUserInput", flows: inbound | customerQueue | transfers | module, results: equalTo(),
		must: []string{NoMatchingError, NoMatchingCondition},
		choices: []choice{
			exactlyOne("Text", "SSML", "PromptId", "Media", "LexInitializationData"),
			exactlyOne("LexV2Bot", "LexBot"),
		},
		params: prompt(
			members("LexInitializationData", text("InitialMessage").must()),
			members("LexV2Bot", one("AliasArn").names(Bot).must()),
			members("LexBot", one("Name").must(), literal("Region").must(), one("Alias").must()),
			texts("LexSessionAttributes"),
			members("LexTimeoutSeconds", one("Text").between(60, 604_800).must())),
		also: checkLexBot,
	},
	"ConnectParticipantWithAgenticCX": {
		flows: inbound | customerQueue | transfers | module, results: equalTo("Escalation"),
		must:   []string{NoMatchingError, NoMatchingCondition, inputTimeLimit},
		params: prompt(free("AgentConfiguration").must(), free("AudioConfiguration")),
	},
	"ShowView": {
		flows: inbound | customerQueue | module, results: equalTo(),
		must: []string{NoMatchingError, NoMatchingCondition, timeLimit},
		params: []param{
			members("ViewResource", one("Id").names(View).must(), literal("Version")).must(),
			one("InvocationTimeLimitSeconds").between(1, maxSeconds).must(), free("ViewData").must().blanks(),
			members("SensitiveDataConfiguration", list("HideResponseOn", "TRANSCRIPT")),
		},
	},
	"AuthenticateParticipant": {
		flows: inbound | module, results: equalTo("OptedOut"), must: []string{timeLimit, NoMatchingError},
		params: []param{
			members("CognitoConfiguration", one("UserPoolArn").must(), one("AppClientId").must()).must(),
			members("CustomerProfilesConfiguration", one("ObjectTypeName").must()),
			literal("TimeLimitMinutes").between(3, 15),
		},
	},

	// Attributes and contact data.
	"UpdateContactAttributes": {
		block: "SetAttributes", flows: anywhere, must: anyError,
		params: []param{texts("Attributes").must(), literal("TargetContact", "Current", "Related")},
	},
	"UpdateFlowAttributes": {
		block: "SetAttributes", flows: anywhere, must: anyError,
		params: []param{free("FlowAttributes").must()}, also: checkFlowAttributes,
	},
	"UpdateContactData": {
		block: "SetContactData", flows: anywhere, must: anyError,
		params: []param{
			text("Name"), text("Description"), one("LanguageCode"), text("CustomerId"), one("WisdomSessionArn"),
			literal("TargetContact", "Current", "Related"), flag("IsVoiceIdStreamingEnabled"), flag("IsFraudDetectionEnabled"),
			flag("IsVoiceAuthenticationEnabled"), one("VoiceAuthenticationThreshold"), one("VoiceAuthenticationResponseTime"),
			one("FraudDetectionThreshold"), one("WatchlistId"),
		},
		choices: []choice{atLeastOne("Name", "Description", "LanguageCode", "CustomerId", "WisdomSessionArn", "IsVoiceIdStreamingEnabled",
			"IsFraudDetectionEnabled", "IsVoiceAuthenticationEnabled", "VoiceAuthenticationThreshold", "VoiceAuthenticationResponseTime",
			"FraudDetectionThreshold", "WatchlistId")},
	},
	"TagContact":   {flows: anywhere, must: anyError, params: []param{texts("Tags").must()}},
	"UntagContact": {flows: anywhere, must: anyError, params: []param{list("TagKeys").must()}},
	"UpdateContactTextToSpeechVoice": {
		block: "SetVoice", flows: anywhere, may: anyError,
		params: []param{one("TextToSpeechVoice").must(), one("TextToSpeechEngine"), one("TextToSpeechStyle")},
	},

	// Branching and time.
	"Compare": {
		block: "CheckAttribute", flows: anywhere, results: &results{operators: allOperators}, must: []string{NoMatchingCondition},
		params: []param{one("ComparisonValue").must()}, also: checkCompare,
	},
	"Loop": {
		flows: anywhere, may: anyError,
		results: &results{operators: []string{equals}, operands: []string{continueLooping, doneLooping}, required: []string{continueLooping, doneLooping}},
		params:  []param{one("LoopCount").between(0, maxLoops).must()},
	},
	"DistributeByPercentage": {
		flows: inbound | transfers | customerQueue | module, results: &results{operators: []string{less}}, must: []string{NoMatchingCondition},
		also: checkPercentages,
	},
	"Wait": {
		flows: inbound | customerQueue | module, results: &results{operators: []string{equals}}, must: anyError,
		params: []param{
			one("TimeLimitSeconds").between(1, maxSeconds).must(), list("Events", CustomerReturned, BotParticipantDisconnected),
			flag("ContinueExecution"), one("MinimumWaitTimeSeconds"),
		},
		also: checkWait,
	},
	"CheckHoursOfOperation": {
		flows: anywhere, must: anyError, params: []param{one("HoursOfOperationId").names(Hours)},
		results: &results{operators: []string{equals}, operands: []string{"True", "False"}, required: []string{"True", "False"}},
	},
	"CheckMetricData": {
		block: "CheckQueueStatus", flows: anywhere, must: []string{NoMatchingError, NoMatchingCondition},
		results: &results{operators: []string{equals, greater, greaterOrEqual, less, lessOrEqual}},
		params:  append([]param{literal("MetricType", queueMetrics...).must()}, queueOrAgent...),
		choices: []choice{atMostOne("QueueId", "AgentId")}, also: checkMetric,
	},
	"GetMetricData": {
		flows: anywhere, must: anyError, choices: []choice{atMostOne("QueueId", "AgentId")},
		params: append([]param{literal("QueueChannel", "Voice", "Chat")}, queueOrAgent...),
	},

	// Queues, flows and ends.
	"UpdateContactTargetQueue": {
		block: "SetQueue", flows: anywhere, must: anyError, params: queueOrAgent, choices: []choice{exactlyOne("QueueId", "AgentId")},
	},
	"TransferContactToQueue": {block: "Transfer", flows: inbound | transfers | module, must: queueErrors, noNext: true},
	"DequeueContactAndTransferToQueue": {
		block: "Transfer", flows: customerQueue | module, must: queueErrors, params: queueOrAgent,
		choices: []choice{exactlyOne("QueueId", "AgentId")},
	},
	"TransferContactToAgent": {block: "Transfer", flows: inbound | transfers | module, terminal: true},
	"TransferToFlow": {
		block: "Transfer", flows: inbound | transfers | module, must: anyError,
		params: []param{one("ContactFlowId").names(ContactFlow).must()},
	},
	"UpdateContactRoutingBehavior": {
		block: "UpdateRoutingPriority", flows: anywhere, params: []param{one("QueuePriority"), one("QueueTimeAdjustmentSeconds")},
		choices: []choice{exactlyOne("QueuePriority", "QueueTimeAdjustmentSeconds")},
	},
	"UpdateContactRoutingCriteria": {flows: anywhere, must: anyError, params: []param{free("RoutingCriteria").must().blanks()}, also: checkCriteria},
	"UpdateContactEventHooks": {
		block: "SetEventHook", flows: anywhere, must: anyError, choices: []choice{atLeastOne("EventHooks", "EventHooksConfiguration")},
		params: []param{
			members("EventHooks", hooks(func(hook string) param { return one(hook).names(ContactFlow) })...),
			members("EventHooksConfiguration", hooks(func(hook string) param { return members(hook, flag("DisableExecution").must()) })...),
		},
		also: checkHooks,
	},
	"InvokeFlowModule": {
		flows: anywhere, must: anyError, may: []string{NoMatchingCondition}, results: equalTo(),
		params: []param{one("FlowModuleId").names(FlowModule).must(), free("Input")},
	},
	"EndFlowModuleExecution": {flows: module, terminal: true, params: []param{literal("Result"), free("ResultData")}},
	"EndFlowExecution":       {block: "Resume", flows: anywhere, terminal: true},
	"DisconnectParticipant":  {block: "Disconnect", flows: anywhere &^ (whispers | holds), terminal: true},

	// Logging, recording, processing.
	"UpdateFlowLoggingBehavior": {
		block: "SetLoggingBehavior", flows: anywhere, params: []param{literal("FlowLoggingBehavior", "Enabled", "Disabled").must()},
	},
	"UpdateContactRecordingBehavior": {
		block: "SetRecordingBehavior", flows: anywhere, params: []param{free("RecordingBehavior"), free("AnalyticsBehavior")},
		choices: []choice{atLeastOne("RecordingBehavior", "AnalyticsBehavior")},
	},
	"UpdateContactRecordingAndAnalyticsBehavior": {
		flows: anywhere, must: []string{NoMatchingError, channelMismatch}, may: []string{redactionFailed},
		params:  []param{free("ChatBehavior"), free("VoiceBehavior"), free("ScreenRecordingBehavior")},
		choices: []choice{exactlyOne("ChatBehavior", "VoiceBehavior", "ScreenRecordingBehavior")}, also: checkRecording,
	},
	"UpdateContactMediaProcessing": {
		flows: anywhere, must: []string{NoMatchingError, channelMismatch},
		params: []param{members("ChatProcessor", flag("ProcessingEnabled").must(), one("LambdaProcessorARN").names(Function),
			members("ChatProcessorSettings", flag("DeliverUnprocessedMessages").must()).must()).must()},
	},
	"CreatePersistentContactAssociation": {
		flows: anywhere, must: anyError,
		params: []param{literal("RehydrationType", "ENTIRE_PAST_SESSION", "FROM_SEGMENT").must(), one("SourceContactId").must()},
	},

	// The outside.
	"InvokeLambdaFunction": {
		block: "InvokeExternalResource", flows: anywhere, must: anyError,
		params: []param{
			text("LambdaFunctionARN").names(Function).must(), one("InvocationTimeLimitSeconds").between(1, 60).must(),
			literal("InvocationType", "SYNCHRONOUS", "ASYNCHRONOUS"), freeTexts("LambdaInvocationAttributes"),
			members("ResponseValidation", literal("ResponseType", "STRING_MAP", "JSON").must()),
		},
		also: checkLambda,
	},
	"CreateTask": {
		flows: anywhere, must: anyError,
		params: []param{
			one("ContactFlowId").names(ContactFlow), one("TaskTemplateId"), text("Name").must(), text("Description"), texts("Attributes"),
			free("References"), one("DelaySeconds").between(1, 518_400), one("ScheduledTime"),
		},
		choices: []choice{exactlyOne("ContactFlowId", "TaskTemplateId"), atMostOne("DelaySeconds", "ScheduledTime")},
	},
	"CreateWisdomSession": {flows: anywhere, must: anyError, params: []param{one("WisdomAssistantArn").must()}},
	"GetCustomerProfile": {
		flows: anywhere, must: []string{NoMatchingError, multipleProfiles, noProfile},
		params: []param{free("ProfileRequestData").must(), list("ProfileResponseData")},
	},
	"GetCustomerProfileObject": {
		flows: anywhere, must: []string{NoMatchingError}, may: []string{multipleProfiles, noProfile},
		params: []param{free("ProfileRequestData").must(), list("ProfileResponseData")},
	},
	"GetCalculatedAttributesForCustomerProfile": {
		flows: anywhere, must: []string{NoMatchingError}, may: []string{multipleProfiles, noProfile},
		params: []param{free("ProfileRequestData").must(), list("ProfileResponseData")},
	},
	"CreateCustomerProfile": {
		flows: anywhere, must: anyError, params: []param{texts("ProfileRequestData").must(), list("ProfileResponseData")},
	},
	"UpdateCustomerProfile": {
		flows: anywhere, must: anyError, params: []param{texts("ProfileRequestData").must(), list("ProfileResponseData")},
	},
	"AssociateContactToCustomerProfile": {flows: anywhere, must: anyError, params: []param{texts("ProfileRequestData").must()}},
	"CreateCase": {
		flows: anywhere, must: anyError, also: checkCaseLink,
		params: []param{
			flag("LinkContactToCase").must(), one("CaseTemplateId").must(), free("CaseRequestFields").must(), literal("ContactToLink", "Current", "Related"),
		},
	},
	"GetCase": {
		flows: anywhere, must: []string{NoMatchingError, multipleCases, noCase}, also: checkCaseLink,
		params: []param{
			flag("LinkContactToCase").must(), flag("GetLastUpdatedCase"), one("CustomerId"), free("CaseRequestFields"), list("CaseResponseFields"),
		},
	},
	"UpdateCase": {
		flows: anywhere, must: anyError, also: checkCaseLink,
		params: []param{flag("LinkContactToCase").must(), one("CaseId").must(), free("CaseRequestFields").must()},
	},
	"EvaluateDataTableValues": {flows: anywhere, must: anyError, params: []param{one("DataTableId").must(), free("Queries").must()}},
	"ListDataTableValues":     {flows: anywhere, must: anyError, params: []param{one("DataTableId").must(), free("PrimaryKeyGroups")}},
	"UpsertDataTableValues": {
		flows: anywhere, must: anyError,
		params: []param{one("LockVersion").must(), one("DataTableId").must(), free("DataTableUpsertAttributes").must()},
	},
	"StartOutboundChatContact": {
		flows: anywhere, must: anyError,
		params: []param{
			free("SourceEndpoint").must(), free("DestinationEndpoint").must(), one("ContactFlowArn").names(ContactFlow).must(),
			one("ContactSubtype"), free("InitialSystemMessage"), literal("RelatedContact"),
		},
	},
	"StartOutboundEmailContact": {
		flows: anywhere, must: anyError, params: []param{
			free("FromEmailAddress"), free("DestinationEmailAddress"), free("EmailMessage").must(),
			literal("RelatedContact"),
		},
	},
	"RenderMessageTemplate": {
		flows: anywhere, must: []string{NoMatchingError, templateRendering},
		params: []param{one("WisdomKnowledgeBaseArn").must(), one("WisdomMessageTemplateArn").must(), free("Attributes"), free("CustomAttributes")},
	},
	"CreateContact": {
		flows: anywhere, must: anyError, params: []param{literal("Channel").must(), literal("RelatedContact"), literal("InitiationMethod")},
	},
	"LoadContactContent": {flows: anywhere, must: anyError, params: []param{literal("ContentType").must()}},

	// Calls only; in a chat they take their error branch.
	"UpdateContactMediaStreamingBehavior": {
		block: "StartMediaStreaming", flows: anywhere, must: anyError,
		params: []param{
			literal("MediaStreamingState", "Enabled", "Disabled").must(), literal("MediaStreamType", "Audio").must(),
			objects("Participants", literal("ParticipantType").must(), list("MediaDirections", "From", "To").must()),
		},
	},
	"UpdatePreviousContactParticipantState": {
		flows: anywhere, must: anyError,
		params: []param{literal("PreviousContactParticipantState", "AgentOnHold", "CustomerOnHold", "OffHold").must()},
	},
	"UpdateContactCallbackNumber": {
		block: "SetCallBackNumber", flows: anywhere, must: []string{invalidCallback, notDialable}, fails: invalidCallback,
		params: []param{one("CallbackNumber").must()},
	},
	"CreateCallbackContact": {
		block: "CreateCallback", flows: inbound | customerQueue | transfers | module, must: anyError,
		params: []param{
			one("InitialCallDelaySeconds").must(), one("RetryDelaySeconds").must(), one("MaximumConnectionAttempts").must(),
			one("QueueId").names(Queue), one("AgentId").names(Agent), one("ContactFlowId").names(ContactFlow), free("CallerId"),
		},
	},
	"TransferParticipantToThirdParty": {
		block: "Transfer", flows: inbound | transfers | customerQueue | module, must: anyError,
		params: []param{
			one("ThirdPartyPhoneNumber").must(), one("ThirdPartyConnectionTimeLimitSeconds").between(0, 600).must(),
			flag("ContinueFlowExecution").must(), one("ThirdPartyDTMFDigits"), members("CallerId", one("Number"), text("Name")),
		},
		also: checkThirdParty,
	},
	"CheckVoiceId": {
		flows: anywhere, must: anyError,
		results: equalTo("Enrolled", "NotEnrolled", "OptedOut", "Authenticated", "NotAuthenticated", "Inconclusive", "HighRisk", "LowRisk"),
		params:  []param{literal("CheckVoiceIdOption", "enrollmentStatus", "voiceAuthentication", "fraudDetection").must()},
	},
	"StartVoiceIdStream": {flows: anywhere, must: anyError},
	"CheckOutboundCallStatus": {
		flows: anywhere, must: anyError, results: equalTo("CallAnswered", "VoicemailBeep", "VoicemailNoBeep", "NotDetected"),
	},
	"CompleteOutboundCall": {flows: outboundWhisper, params: []param{members("CallerId", one("Number"), text("Name"))}},
	"ResumeContact":        {flows: anywhere, must: anyError},
}

// hooks are the events of a contact's life at which a flow can run, each as a parameter. Source: flow sheet, 10.5.
func hooks(as func(string) param) []param {
	var all []param
	for _, hook := range []string{
		"CustomerQueue", "AgentWhisper", "CustomerWhisper", "CustomerRemaining", "DefaultAgentUI",
		"DisconnectAgentUI", "PauseContact", "ResumeContact", "AgentHold", "CustomerHold",
	} {
		all = append(all, as(hook))
	}
	return all
}
