package flow

import (
	"slices"
	"strings"
)

// carriers make an action of each type of module: its type and parameters. What they return are branches that mean something else than
// the same ones of other modules. Source: flow sheet, 17.
var carriers = map[string]func(m *olderModule) ways{
	"PlayPrompt": func(m *olderModule) ways {
		m.made.Type = "MessageParticipant"
		m.says(m.made.Parameters)
		return nil
	},
	"LoopPrompts":            carryLoopPrompts,
	"Disconnect":             plainly("DisconnectParticipant"),
	"Resume":                 plainly("EndFlowExecution"),
	"SetAttributes":          carryAttributes,
	"SetContactData":         carryContactData,
	"CheckAttribute":         carryCompare,
	"Transfer":               carryTransfer,
	"InvokeExternalResource": carryFunction,
	"SetQueue":               carryQueue,
	"SetLoggingBehavior":     carryLogging,
	"GetUserInput":           carryInput,
	"StoreUserInput":         carryStoredInput,
	"SetVoice":               plainly("UpdateContactTextToSpeechVoice", "TextToSpeechVoice", "GlobalVoice", "TextToSpeechEngine", "GlobalEngine", "TextToSpeechStyle", "SpeakingStyle"),
	"SetRecordingBehavior":   carryRecording,
	"CheckStaffing":          carryStaffing,
	"CheckQueueStatus":       carryQueueStatus,
	"GetMetricData":          plainly("GetMetricData", "QueueId", "Queue", "AgentId", "Agent", "QueueChannel", "Channel"),
	"SetEventHook":           carryHook,
	"SetContactFlow":         carryHook,
	"Loop":                   plainly("Loop", "LoopCount", "LoopCount"),
	"StartMediaStreaming":    carryStreaming("Enabled"),
	"StopMediaStreaming":     carryStreaming("Disabled"),
	"CheckHoursOfOperation":  plainly("CheckHoursOfOperation", "HoursOfOperationId", "Hours"),
	"Wait":                   carryWait,
	"CreateCallback": plainly("CreateCallbackContact", "InitialCallDelaySeconds", "InitialDelaySeconds", "RetryDelaySeconds", "RetryDelaySeconds",
		"MaximumConnectionAttempts", "MaxRetryAttempts", "QueueId", "Queue"),
	"SetCallBackNumber": func(m *olderModule) ways {
		if !m.set("CallbackNumber", "PhoneNumber") {
			m.set("CallbackNumber", "CallBackNumber")
		}
		m.made.Type = "UpdateContactCallbackNumber"
		return ways{"InvalidNumber": func(next string) { m.made.fail(invalidCallback, next) }}
	},
	"UpdateRoutingPriority": plainly("UpdateContactRoutingBehavior", "QueuePriority", "AbsolutePosition", "QueueTimeAdjustmentSeconds", "RelativePosition"),
}

// plainly carries a module over whose parameters only have other names: the new one and the older one in turn.
func plainly(kind string, names ...string) func(*olderModule) ways {
	return func(m *olderModule) ways {
		m.made.Type = kind
		for pair := range slices.Chunk(names, 2) {
			m.set(pair[0], pair[1])
		}
		return nil
	}
}

func carryLoopPrompts(m *olderModule) ways {
	m.made.Type = "MessageParticipantIteratively"
	var messages []any
	for message := map[string]any{}; m.says(message); message = map[string]any{} {
		messages = append(messages, message)
	}
	if len(messages) > 0 {
		m.made.Parameters["Messages"] = messages
	}
	m.set("InterruptFrequencySeconds", "InterruptSeconds")
	return ways{"Timeout": func(next string) { m.made.on(equals, "MessagesInterrupted", next) }}
}

func carryAttributes(m *olderModule) ways {
	m.made.Type = "UpdateContactAttributes"
	if attributes := m.pairs("Attribute"); len(attributes) > 0 {
		m.made.Parameters["Attributes"] = attributes
	}
	return nil
}

func carryContactData(m *olderModule) ways {
	m.made.Type = "UpdateContactData"
	for p := m.param("ContactData"); p != nil; p = m.param("ContactData") {
		for _, pair := range [][2]string{{"name", "Name"}, {"description", "Description"}, {"languageCode", "LanguageCode"}, {"customerId", "CustomerId"}} {
			if value, _ := p.get(pair[0]).scalar(); value != "" {
				m.made.Parameters[pair[1]] = value
			}
		}
	}
	return nil
}

func carryCompare(m *olderModule) ways {
	m.made.Type = "Compare"
	attribute, _ := m.param("Attribute").get("value").scalar()
	space, _ := m.param("Namespace").get("value").scalar()
	switch {
	case attribute == "":
	case space == "" && looksLikeReference(attribute):
		m.made.Parameters["ComparisonValue"] = attribute
	default:
		ref, sure := olderReference(space, attribute)
		if !sure {
			m.c.note(m, "What is compared is taken for "+ref)
		}
		m.made.Parameters["ComparisonValue"] = ref
	}
	return nil
}

func carryTransfer(m *olderModule) ways {
	switch m.target {
	case "Flow":
		m.made.Type = "TransferToFlow"
		m.set("ContactFlowId", "ContactFlowId")
	case "PhoneNumber":
		m.made.Type = "TransferParticipantToThirdParty"
		m.set("ThirdPartyPhoneNumber", "PhoneNumber")
		m.set("ThirdPartyConnectionTimeLimitSeconds", "TimeLimit")
		resumes := "True"
		if strings.EqualFold(m.text("BlindTransfer"), "true") {
			resumes = "False"
		}
		m.made.Parameters["ContinueFlowExecution"] = resumes
		return ways{"Timeout": func(next string) { m.made.fail(connectionTime, next) }}
	case "Agent":
		m.made.Type = "TransferContactToAgent"
	default:
		m.made.Type = "TransferContactToQueue"
		if m.c.flowType == "CUSTOMER_QUEUE" {
			m.made.Type = "DequeueContactAndTransferToQueue"
			m.setQueue()
		}
	}
	return nil
}

func carryFunction(m *olderModule) ways {
	m.made.Type = "InvokeLambdaFunction"
	m.set("LambdaFunctionARN", "FunctionArn")
	if !m.set("InvocationTimeLimitSeconds", "TimeLimit") {
		m.made.Parameters["InvocationTimeLimitSeconds"] = "3"
	}
	if inputs := m.pairs("Parameter"); len(inputs) > 0 {
		m.made.Parameters["LambdaInvocationAttributes"] = inputs
	}
	m.made.Parameters["ResponseValidation"] = map[string]any{"ResponseType": "STRING_MAP"}
	return nil
}

func (m *olderModule) setQueue() {
	if !m.set("QueueId", "Queue") {
		m.set("AgentId", "Agent")
	}
}

func carryQueue(m *olderModule) ways {
	m.made.Type = "UpdateContactTargetQueue"
	m.setQueue()
	return nil
}

func carryLogging(m *olderModule) ways {
	m.made.Type = "UpdateFlowLoggingBehavior"
	m.made.Parameters["FlowLoggingBehavior"] = switched(m.text("LoggingBehavior"))
	return nil
}

// switched is Enabled or Disabled.
func switched(word string) string {
	if strings.HasPrefix(word, "Enable") {
		return "Enabled"
	}
	return "Disabled"
}

func carryInput(m *olderModule) ways {
	m.says(m.made.Parameters)
	if m.target != "Lex" {
		m.made.Type = "GetParticipantInput"
		m.made.Parameters["StoreInput"] = "False"
		if !m.set("InputTimeLimitSeconds", "Timeout") {
			m.made.Parameters["InputTimeLimitSeconds"] = "5"
		}
		m.param("MaxDigits") // a menu has one
		return nil
	}
	m.made.Type = "ConnectParticipantWithLexBot"
	if alias := m.text("BotAliasArn"); alias != "" {
		m.made.Parameters["LexV2Bot"] = map[string]any{"AliasArn": alias}
	} else {
		bot := map[string]any{}
		for _, name := range []string{"Name", "Region", "Alias"} {
			if value := m.text("Bot" + name); value != "" {
				bot[name] = value
			}
		}
		m.made.Parameters["LexBot"] = bot
	}
	if attributes := m.pairs("Parameter"); len(attributes) > 0 {
		m.made.Parameters["LexSessionAttributes"] = attributes
	}
	return nil
}

func carryStoredInput(m *olderModule) ways {
	m.made.Type = "GetParticipantInput"
	m.says(m.made.Parameters)
	m.made.Parameters["StoreInput"] = "True"
	if !m.set("InputTimeLimitSeconds", "Timeout") {
		m.made.Parameters["InputTimeLimitSeconds"] = "5"
	}
	validation := map[string]any{}
	digits := m.text("MaxDigits")
	if format := m.text("PhoneNumberFormat"); format != "" {
		number := map[string]any{"NumberFormat": format}
		if strings.HasPrefix(format, "Local") {
			number["NumberFormat"] = "Local"
			if country := m.text("CountryCode"); country != "" {
				number["CountryCode"] = country
			}
		}
		validation["PhoneNumberValidation"] = number
	} else if digits != "" {
		validation["CustomValidation"] = map[string]any{"MaximumLength": digits}
	}
	if len(validation) > 0 {
		m.made.Parameters["InputValidation"] = validation
	}
	keypad := map[string]any{}
	if end := m.text("TerminatorDigits"); end != "" {
		keypad["InputTerminationSequence"] = end
	}
	if cancel := m.text("DisableCancel"); cancel != "" {
		keypad["DisableCancelKey"] = cancel
	}
	if len(keypad) > 0 {
		m.made.Parameters["DTMFConfiguration"] = keypad
	}
	if strings.EqualFold(m.text("EncryptEntry"), "true") {
		id, key := m.text("EncryptionKeyId"), m.text("EncryptionKey")
		if id != "" && key != "" {
			m.made.Parameters["InputEncryption"] = map[string]any{"EncryptionKeyId": id, "Key": key}
		} else {
			m.c.note(m, "EncryptEntry has no key: the input is not encrypted")
		}
	}
	return nil
}

func carryRecording(m *olderModule) ways {
	m.made.Type = "UpdateContactRecordingBehavior"
	who := []any{}
	if participants := m.text("RecordingParticipantOption"); switched(m.text("RecordingBehaviorOption")) == "Enabled" {
		for _, p := range []string{"Agent", "Customer"} {
			if participants == "" || strings.EqualFold(participants, "Both") || strings.EqualFold(participants, p) {
				who = append(who, p)
			}
		}
	}
	m.made.Parameters["RecordingBehavior"] = map[string]any{"RecordedParticipants": who}
	return nil
}

// carryStaffing: the question whether there are agents is one whether there are more than none.
func carryStaffing(m *olderModule) ways {
	m.made.Type = "CheckMetricData"
	m.made.Parameters["MetricType"] = "NumberOfAgents" + m.text("Status")
	m.setQueue()
	return ways{
		"True":  func(next string) { m.made.on(greater, "0", next) },
		"False": func(next string) { m.made.fail(NoMatchingCondition, next) },
	}
}

func carryQueueStatus(m *olderModule) ways {
	m.made.Type = "CheckMetricData"
	metric := "NumberOfContactsInQueue"
	for _, name := range []string{"Status", "Attribute", "MetricType"} {
		if strings.Contains(strings.ToLower(m.text(name)), "time") {
			metric = "OldestContactInQueueAgeSeconds"
		}
	}
	m.made.Parameters["MetricType"] = metric
	m.setQueue()
	return nil
}

func carryHook(m *olderModule) ways {
	m.made.Type = "UpdateContactEventHooks"
	hook := m.text("Type")
	if hook == "" {
		hook = "CustomerQueue"
	}
	if m.set(hook, "ContactFlowId") {
		m.made.Parameters = map[string]any{"EventHooks": m.made.Parameters}
	}
	if shown := m.shown[hook]; shown != nil {
		m.shown = map[string]any{"EventHooks": map[string]any{hook: shown}}
	}
	return nil
}

func carryStreaming(state string) func(*olderModule) ways {
	return func(m *olderModule) ways {
		m.made.Type = "UpdateContactMediaStreamingBehavior"
		directions := []any{}
		for track := m.text("Track"); track != ""; track = m.text("Track") {
			for _, direction := range []string{"From", "To"} {
				if strings.HasPrefix(strings.ToLower(track), strings.ToLower(direction)) && !slices.Contains(directions, any(direction)) {
					directions = append(directions, direction)
				}
			}
		}
		if len(directions) == 0 {
			directions = []any{"From", "To"}
		}
		for m.text("MediaStreamTypes") != "" { // there is audio alone
		}
		m.made.Parameters = map[string]any{
			"MediaStreamingState": state, "MediaStreamType": "Audio",
			"Participants": []any{map[string]any{"ParticipantType": "Customer", "MediaDirections": directions}},
		}
		return nil
	}
}

func carryWait(m *olderModule) ways {
	m.made.Type = "Wait"
	m.set("TimeLimitSeconds", "TimeoutSeconds")
	if strings.EqualFold(m.text("InterruptOnCustomerReturn"), "true") {
		m.made.Parameters["Events"] = []any{CustomerReturned}
	}
	return ways{"Timeout": func(next string) { m.made.on(equals, waitCompleted, next) }}
}
