package flow

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

var (
	uuids        = regexp.MustCompile(`^(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(:[^\s]+)?$`)
	placeholders = regexp.MustCompile(`\{\{.*?\}\}|\$\{[^}]*\}|%[A-Za-z_][A-Za-z0-9_]*%|<<[^<>]*>>|<[A-Z][A-Z0-9_]{2,}>`)
	connectARN   = regexp.MustCompile(`arn:[a-z-]+:connect:([a-z0-9-]*):([0-9]{12}):instance/([0-9A-Za-z-]+)`)
	lexARN       = regexp.MustCompile(`arn:[a-z-]+:lex:([a-z0-9-]*):([0-9]{12}):`)

	// secrets have a form that nothing else has.
	secrets = regexp.MustCompile(`\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bgh[pousr]_[0-9A-Za-z]{36}\b|\bxox[abprs]-[0-9A-Za-z-]{20,}|\bsk-[0-9A-Za-z_-]{32,}`)
)

// readable are the steps that may follow a name space. The empty list is a value itself, nil takes any step. Source: flow sheet, 6.2.
var readable = map[string][]string{
	"Attributes": nil, "FlowAttributes": nil, "External": nil, "SegmentAttributes": nil, "Tags": nil, "Customer": nil, "Case": nil, "Loop": nil,
	"References": nil, "DataTables": nil, "DataTableList": nil, "Capabilities": nil, "AgenticCX": nil,
	"LambdaInvocation": {"ResultData", "InvocationId"},
	"Lex":              {"IntentName", "Slots", "SessionAttributes", "DialogState", "IntentConfidence", "SentimentResponse", "AlternativeIntents"},
	"Views":            {"Action", "ViewResultData"},
	"Media":            {"InitialMessage", "Sip"},
	"Metrics":          {"Queue", "Agents", "Contact"},
	"Modules":          {"Input", "Result", "ResultData"},
	"CustomerEndpoint": {"Address", "Type", "DisplayName"},
	"SystemEndpoint":   {"Address", "Type", "DisplayName"},
	"Queue":            {"Name", "ARN", "OutboundCallerId"},
	"Agent":            {"UserName", "FirstName", "LastName", "ARN"},
	"Task":             {"ContactId"}, "Wisdom": {"SessionArn"},
	"Channel": {}, "ContactId": {}, "InitialContactId": {}, "PreviousContactId": {}, "RelatedContactId": {}, "InstanceARN": {}, "AwsRegion": {},
	"InitiationMethod": {}, "Name": {}, "Description": {}, "CustomerId": {}, "LanguageCode": {}, "TextToSpeechVoiceId": {},
}

// voiceSpaces are empty in a chat.
var voiceSpaces = []string{"StoredCustomerInput", "MediaStreams", "CallbackNumber", "Email", "AdditionalEmailRecipients"}

// setters are the actions that fill a name space, which is empty when a flow begins. Source: flow sheet, 6.2 and 7.4. External is not
// among them: published flows read there what a function told the flow before them.
var setters = map[string]string{
	"FlowAttributes": "UpdateFlowAttributes", "Lex": "ConnectParticipantWithLexBot", "Views": "ShowView", "Metrics": "GetMetricData", "Modules": "InvokeFlowModule", "Loop": "Loop",
	"Task": "CreateTask", "Wisdom": "CreateWisdomSession", "DataTableList": "ListDataTableValues", "DataTables": "EvaluateDataTableValues",
	"AgenticCX": "ConnectParticipantWithAgenticCX",
}

// references calls yield for every reference in the values of an action.
func (a *lintAction) references(yield func(at path, n *node, ref reference)) {
	a.texts(func(at path, n *node) {
		for _, part := range compileText(n.text).parts {
			if part.ref != nil {
				yield(at, n, part.ref)
			}
		}
	})
}

func isVoice(ref reference) bool {
	return slices.Contains(voiceSpaces, ref[0]) || strings.HasPrefix(ref[0], "VoiceId") || len(ref) > 1 && ref[0] == "Media" && ref[1] == "Sip"
}

func findVoiceReference(l *linter) {
	for _, a := range l.actions {
		a.references(func(at path, n *node, ref reference) {
			if isVoice(ref) {
				l.warn(a, at, n, "$."+strings.Join(ref, ".")+" is empty in a chat")
			}
		})
	}
}

func findUnknownReference(l *linter) {
	for _, a := range l.actions {
		a.references(func(at path, n *node, ref reference) {
			steps, known := readable[ref[0]]
			whole := "$." + strings.Join(ref, ".")
			switch {
			case isVoice(ref):
			case !known:
				l.warn(a, at, n, "Nothing is called "+whole+like("$.", ref[0], readable))
			case steps == nil || len(ref) == 1:
			case len(steps) == 0:
				l.warn(a, at, n, whole+" leads nowhere: $."+ref[0]+" is a text")
			case !slices.Contains(steps, ref[1]):
				l.warn(a, at, n, "Nothing is called "+whole+": $."+ref[0]+" has "+strings.Join(steps, ", "))
			}
		})
	}
}

// like proposes a name that differs in case or in one letter.
func like(prefix, name string, names map[string][]string) string {
	best := ""
	for known := range names {
		if (strings.EqualFold(known, name) || near(strings.ToLower(known), strings.ToLower(name))) && (best == "" || known < best) {
			best = known
		}
	}
	if best == "" {
		return ""
	}
	return ", did you mean " + prefix + best + "?"
}

// near reports whether a becomes b by changing, adding or dropping one letter.
func near(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return i == len(a) || a[i+1:] == b[i+1:]
	}
	return a[i:] == b[i+1:]
}

// findNeverSet follows the flow from each action that sets something; who is not met can not read it.
func findNeverSet(l *linter) {
	set := map[string]map[string]bool{} // by type of action
	for _, a := range l.actions {
		a.references(func(at path, n *node, ref reference) {
			setter := setters[ref[0]]
			if setter == "" || ref[0] == "Modules" && len(ref) > 1 && ref[1] == "Input" {
				return
			}
			after, ok := set[setter]
			if !ok {
				var from []string
				for _, s := range l.actions {
					if s.kind == setter {
						for _, e := range s.exits {
							from = append(from, e.target)
						}
					}
				}
				after = l.reach(from...)
				set[setter] = after
			}
			if !after[a.id] {
				l.warn(a, at, n, fmt.Sprintf("$.%s is empty: no %s comes before this action", strings.Join(ref, "."), setter))
			}
		})
	}
}

// findForeignARN takes the instance and account that most ARNs name for the flow's own, unless it is told.
func findForeignARN(l *linter) {
	home := l.how.Instance
	if m := connectARN.FindStringSubmatch(home); m != nil {
		home = m[3]
	}
	account := ""
	if m := connectARN.FindStringSubmatch(l.how.Instance); m != nil {
		account = m[2]
	}
	instances, accounts := map[string]int{}, map[string]int{}
	most := func(counts map[string]int, own *string) func(string) {
		told := *own != ""
		return func(name string) {
			counts[name]++
			if !told && (*own == "" || counts[name] > counts[*own]) {
				*own = name
			}
		}
	}
	seenInstance, seenAccount := most(instances, &home), most(accounts, &account)
	for _, a := range l.actions {
		a.texts(func(_ path, n *node) {
			for _, m := range connectARN.FindAllStringSubmatch(n.text, -1) {
				seenInstance(m[3])
				seenAccount(m[2])
			}
		})
	}
	for _, a := range l.actions {
		a.texts(func(at path, n *node) {
			if m := connectARN.FindStringSubmatch(n.text); m != nil {
				switch {
				case m[3] != home:
					l.warn(a, at, n, "The ARN is of instance "+m[3]+", not of "+home)
				case m[2] != account:
					l.warn(a, at, n, "The ARN is of account "+m[2]+", not of "+account)
				}
			} else if m := lexARN.FindStringSubmatch(n.text); m != nil && account != "" && m[2] != account {
				l.warn(a, at, n, "The bot is of account "+m[2]+", not of "+account)
			}
		})
	}
}

func findPlaceholder(l *linter) {
	for _, a := range l.actions {
		a.texts(func(at path, n *node) {
			if found := placeholders.FindString(n.text); found != "" {
				l.warn(a, at, n, found+" is a placeholder that nothing fills")
			}
		})
	}
}

func findSecret(l *linter) {
	for _, a := range l.actions {
		a.texts(func(at path, n *node) {
			if secrets.MatchString(n.text) {
				l.warn(a, at, n, "This looks like a secret")
			}
		})
	}
}

// Limits of texts, in characters where nothing else is said. Source: flow sheet, 6.1, 11.1, 11.8, 11.19, 11.20 and 11.32.
const (
	maxSaid         = 3000
	maxUtterance    = 1024
	maxViewData     = 16 << 10 // bytes
	maxCustomerID   = 128
	maxTagKey       = 128
	maxTagValue     = 256
	maxTagsInAction = 6
)

// findLongText counts literal texts alone: what references become is not known.
func findLongText(l *linter) {
	for _, a := range l.actions {
		params, at := a.get("Parameters"), a.at.key("Parameters")
		limit := func(at path, n *node, most int) {
			if n == nil {
				return
			}
			if length := utf8.RuneCountInString(literalOf(n.word())); length > most {
				l.warn(a, at, n, fmt.Sprintf("%d characters, %d are possible", length, most))
			}
		}
		switch a.kind {
		case "MessageParticipant", "ConnectParticipantWithLexBot":
			limit(at.key("Text"), params.get("Text"), maxSaid)
			initial := at.key("LexInitializationData").key("InitialMessage")
			limit(initial, params.get("LexInitializationData").get("InitialMessage"), maxUtterance)
		case "UpdateContactData":
			limit(at.key("CustomerId"), params.get("CustomerId"), maxCustomerID)
		case "UpdateContactAttributes":
			l.limitBytes(a, at.key("Attributes"), params.get("Attributes"), maxAttributes)
		case "UpdateFlowAttributes":
			l.limitBytes(a, at.key("FlowAttributes"), params.get("FlowAttributes"), maxAttributes)
		case "ShowView":
			l.limitBytes(a, at.key("ViewData"), params.get("ViewData"), maxViewData)
		case "TagContact":
			tags := params.get("Tags")
			if tags == nil {
				continue
			}
			if len(tags.members) > maxTagsInAction {
				l.warn(a, at.key("Tags"), tags, fmt.Sprintf("%d tags, a contact can have %d", len(tags.members), maxTagsInAction))
			}
			for _, m := range tags.members {
				limit(at.key("Tags").key(m.name), m.value, maxTagValue)
				if utf8.RuneCountInString(literalOf(m.name)) > maxTagKey {
					l.warn(a, at.key("Tags").key(m.name), m.value, fmt.Sprintf("The key of a tag has %d characters at most", maxTagKey))
				}
			}
		}
	}
}

func (l *linter) limitBytes(a *lintAction, at path, n *node, most int) {
	if n == nil {
		return
	}
	if size := literalSize(n); size > most {
		l.warn(a, at, n, fmt.Sprintf("%d bytes, %d are possible", size, most))
	}
}

func literalSize(n *node) int {
	size := len(literalOf(n.text))
	for _, m := range n.members {
		size += len(m.name) + literalSize(m.value)
	}
	for _, item := range n.items {
		size += literalSize(item)
	}
	return size
}

// literalOf is a text without its references.
func literalOf(s string) string {
	var b strings.Builder
	for _, p := range compileText(s).parts {
		b.WriteString(p.literal)
	}
	return b.String()
}
