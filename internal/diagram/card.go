package diagram

import (
	"regexp"
	"slices"
	"strings"

	"github.com/openparley/parley/internal/flow"
)

const (
	cardWidth   = 248.0
	cardPadding = 14.0
	stripe      = 5.0 // of the kind of action, at the left
)

// card is what stands on the drawing for an action.
type card struct {
	kind  string   // "say", "ask", "branch", "data", "call", "lead", "end", "none"
	over  string   // above the title: the type, where the action has a name
	title []string // the name, or the type
	label []string
	note  string // what is special
}

// generated are identifiers that say nothing: those of the flow designer.
var generated = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}$`)

func newCard(n *flow.Node) card {
	const inner = cardWidth - 2*cardPadding - stripe
	c := card{kind: kindOf(n)}
	name := words(n.Type)
	if n.Missing {
		name = n.Identifier
		if name == "" {
			name = "(no name)"
		}
		c.note = "There is no such action: the flow ends here"
	} else if !generated.MatchString(n.Identifier) {
		c.over, name = words(n.Type), n.Identifier
	}
	c.title = wrap(name, inner-20, titleSize, true, 2)
	if n.Label != n.Identifier {
		c.label = wrap(n.Label, inner, labelSize, false, 3)
	}
	switch {
	case n.Missing:
	case !n.Reachable:
		c.note = "Nothing leads here"
	case n.Unsupported:
		c.note = "Not done in a chat"
	}
	return c
}

func (c *card) height() float64 {
	h := 2*cardPadding - 4 + 18*float64(len(c.title)) + 16*float64(len(c.label))
	if c.over != "" {
		h += 15
	}
	if c.note != "" {
		h += 16
	}
	return h
}

var kinds = map[string][]string{
	"say":    {"MessageParticipant", "MessageParticipantIteratively"},
	"ask":    {"ShowView", "ConnectParticipantWithLexBot", "GetParticipantInput", "AuthenticateParticipant", "Wait", "ConnectParticipantWithAgenticCX"},
	"branch": {"Compare", "Loop", "DistributeByPercentage", "CheckHoursOfOperation", "CheckMetricData", "GetMetricData"},
	"call":   {"InvokeLambdaFunction", "InvokeFlowModule"},
	"lead": {
		"UpdateContactTargetQueue", "TransferContactToQueue", "DequeueContactAndTransferToQueue", "TransferContactToAgent", "TransferToFlow",
		"UpdateContactEventHooks", "UpdateContactRoutingBehavior", "UpdateContactRoutingCriteria", "TransferParticipantToThirdParty",
	},
	"end": {"DisconnectParticipant", "EndFlowExecution", "EndFlowModuleExecution"},
}

func kindOf(n *flow.Node) string {
	if n.Missing {
		return "none"
	}
	for kind, types := range kinds {
		if slices.Contains(types, n.Type) {
			return kind
		}
	}
	return "data"
}

const (
	chipWidth = 150.0 // at most, of the text
	chipLines = 3
)

// chipLabel is the label of a branch in lines.
func chipLabel(label string) []string { return wrap(label, chipWidth, smallSize, false, chipLines) }

func chipSize(label string) (w, h float64) {
	lines := chipLabel(label)
	for _, line := range lines {
		w = max(w, textWidth(line, smallSize, false))
	}
	return w + 16, 14*float64(len(lines)) + 6
}

// symbols are operators as people write them.
var symbols = map[string]string{
	"NumberGreaterThan": ">", "NumberGreaterOrEqualTo": "≥", "NumberLessThan": "<", "NumberLessOrEqualTo": "≤", "TextStartsWith": "starts with",
	"TextEndsWith": "ends with", "TextContains": "contains", "And": "all of", "Or": "one of", "Not": "not", "Exists": "exists", "KeyExists": "has key",
}

// branchLabel names the branches that one line stands for; it is empty where the line says enough. tested says that other branches of the
// action have conditions.
func branchLabel(action string, branches []flow.Edge, tested bool) string {
	var parts []string
	plainError, next := false, false
	add := func(s string) {
		if !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	for _, e := range branches {
		switch {
		case e.Kind == flow.ConditionBranch:
			operator, operand, _ := strings.Cut(e.Branch, " ")
			if symbol, ok := symbols[operator]; ok {
				operand = strings.TrimSpace(symbol + " " + operand)
			} else if operator != "Equals" {
				operand = e.Branch
			} else if action == "Compare" {
				operand = "= " + operand
			} else {
				operand = results[operand]
				if operand == "" {
					_, operand, _ = strings.Cut(e.Branch, " ")
				}
			}
			add(operand)
		case e.Branch == flow.NoMatchingCondition, e.Kind == flow.NextBranch && tested:
			add("otherwise")
		case e.Kind == flow.NextBranch:
			next = true
		case e.Branch == flow.NoMatchingError:
			plainError = true
		default:
			add(strings.ToLower(words(e.Branch)))
		}
	}
	switch {
	case len(parts) == 0:
		return ""
	case next:
		return "" // whatever happens, it goes on there
	case plainError:
		add("error")
	}
	return strings.Join(parts, ", ")
}

// results are operands that are words of the flow language.
var results = map[string]string{
	"ContinueLooping": "again", "DoneLooping": "done", "WaitCompleted": "time is over", "CustomerReturned": "customer returned",
	"BotParticipantDisconnected": "bot left", "OptedOut": "opted out", "True": "yes", "False": "no",
}
