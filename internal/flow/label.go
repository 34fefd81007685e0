package flow

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

// labels say in few words what actions do. The flow designer leaves the names of resources in the metadata of a flow.
type labels struct{ metadata *node }

// told are the parameters that tell most, the first there is.
var told = []string{
	"Text", "SSML", "PromptId", "Attributes", "FlowAttributes", "Tags", "ComparisonValue", "LambdaFunctionARN", "FlowModuleId", "ContactFlowId",
	"QueueId", "AgentId", "HoursOfOperationId", "MetricType", "QueuePriority", "QueueTimeAdjustmentSeconds", "EventHooks",
	"EventHooksConfiguration", "FlowLoggingBehavior", "TextToSpeechVoice", "ThirdPartyPhoneNumber", "RehydrationType",
}

// of returns the label of an action.
func (l labels) of(action *node) string {
	params, own := action.get("Parameters"), l.metadata.get(action.get("Identifier").word())
	switch action.get("Type").word() {
	case "Wait":
		return waitLabel(params)
	case "Loop":
		if count, ok := params.get("LoopCount").scalar(); ok {
			return count + " times"
		}
	case "ShowView":
		id := params.get("ViewResource").get("Id")
		return cmp.Or(own.get("parameters").get("ViewResource").get("Id").get("displayName").word(), resourceName(id.word()))
	case "ConnectParticipantWithLexBot":
		name := cmp.Or(own.get("lexV2BotName").word(), params.get("LexBot").get("Name").word(), resourceName(params.get("LexV2Bot").get("AliasArn").word()))
		said := cmp.Or(l.param(params, own, "Text"), l.param(params, own, "SSML"), params.get("LexInitializationData").get("InitialMessage").word())
		return strings.Trim(name+": "+said, ": ")
	case "MessageParticipantIteratively":
		if messages := params.get("Messages").list(); len(messages) > 0 {
			return l.first(messages[0], nil)
		}
	case "UpdateContactData":
		return pairs(params)
	}
	return l.first(params, own)
}

// first returns the parameter that tells most, or else the first that is a text.
func (l labels) first(params, own *node) string {
	for _, name := range told {
		if s := l.param(params, own, name); s != "" {
			return s
		}
	}
	if params != nil {
		for _, m := range params.members {
			if s, ok := m.value.scalar(); ok && s != "" {
				return resourceName(s)
			}
		}
	}
	return ""
}

// param says what a parameter is set to.
func (l labels) param(params, own *node, name string) string {
	n := params.get(name)
	if n == nil {
		return ""
	}
	if n.kind == isObject {
		return pairs(n)
	}
	s, _ := n.scalar()
	switch name {
	case "Text":
		if strings.HasPrefix(strings.TrimSpace(s), "<speak") {
			return plainSpeech(s)
		}
		return s
	case "SSML":
		return plainSpeech(s)
	case "ComparisonValue":
		return s
	}
	known := own.get("parameters").get(name).get("displayName").word()
	switch name {
	case "ContactFlowId":
		known = cmp.Or(known, own.get("ContactFlow").get("text").word(), own.get("contactFlow").get("text").word())
	case "QueueId":
		known = cmp.Or(known, own.get("queue").get("text").word())
	case "HoursOfOperationId":
		known = cmp.Or(known, own.get("Hours").get("text").word())
	case "FlowModuleId":
		known = cmp.Or(known, own.get("contactFlowModuleName").word())
	}
	return cmp.Or(known, resourceName(s))
}

// pairs writes an object on one line.
func pairs(n *node) string {
	if n == nil {
		return ""
	}
	var all []string
	for _, m := range n.members {
		s, ok := m.value.scalar()
		if !ok {
			s, ok = m.value.get("Value").scalar()
		}
		if !ok {
			all = append(all, m.name)
			continue
		}
		all = append(all, m.name+" = "+resourceName(s))
	}
	return strings.Join(all, ", ")
}

// resourceName is what people may know of an ARN: the name behind the kind of the resource.
func resourceName(s string) string {
	parts := strings.SplitN(s, ":", 6)
	if parts[0] != "arn" || len(parts) < 6 {
		return s
	}
	if slash := strings.LastIndexByte(parts[5], '/'); slash >= 0 {
		return parts[5][slash+1:]
	}
	return parts[5][strings.LastIndexByte(parts[5], ':')+1:]
}

// waitLabel says how long a Wait lasts and what ends it earlier.
func waitLabel(params *node) string {
	limit, ok := params.get("TimeLimitSeconds").scalar()
	if !ok {
		limit, _ = params.get("TimeoutSeconds").scalar()
	}
	if seconds, err := strconv.Atoi(limit); err == nil && seconds > 0 {
		limit = (time.Duration(seconds) * time.Second).String()
		limit = strings.Replace(strings.Replace(limit, "m0s", "m", 1), "h0m", "h", 1)
	}
	for _, event := range params.get("Events").list() {
		limit += " or " + event.word()
	}
	return limit
}
