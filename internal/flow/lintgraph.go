package flow

import (
	"fmt"
	"slices"
	"strings"
)

func findModuleSettings(l *linter) {
	if l.how.Type == Module && l.root.get("Actions") != nil && l.root.get("Settings") == nil {
		l.warn(nil, path{}, l.root, "JSON field is missing or null for field name: settings")
	}
}

// standing is what becomes of a type of action in a chat.
type standing string

const (
	works        standing = "works"
	noEffect     standing = "no effect"
	onlyFails    standing = "error branch"
	notSupported standing = "not supported"
)

// voiceOnly are the actions that no chat can do. Source: flow sheet, 11.41.
var voiceOnly = []string{
	"GetParticipantInput", "MessageParticipantIteratively", "UpdateContactMediaStreamingBehavior", "UpdatePreviousContactParticipantState",
	"UpdateContactCallbackNumber", "CreateCallbackContact", "TransferParticipantToThirdParty", "TransferContactToAgent", "CheckVoiceId",
	"StartVoiceIdStream", "CheckOutboundCallStatus", "CompleteOutboundCall", "ResumeContact",
}

// idle are the actions that go on without having done anything. Source: flow sheet, 11.40.
var idle = []string{"UpdateContactTextToSpeechVoice"}

func standingOf(kind string) standing {
	switch {
	case slices.Contains(idle, kind):
		return noEffect
	case slices.Contains(voiceOnly, kind):
		return onlyFails
	}
	if _, ok := behaviors[kind]; ok {
		return works
	}
	return notSupported
}

// each reports a message at the type of every action that it names one for.
func (l *linter) each(message func(*lintAction) string) {
	for _, a := range l.actions {
		if a.spec == nil {
			continue
		}
		if m := message(a); m != "" {
			l.warn(a, a.at.key("Type"), a.get("Type"), m)
		}
	}
}

func findNoEffect(l *linter) {
	l.each(func(a *lintAction) string {
		if standingOf(a.kind) == noEffect {
			return a.kind + " does nothing in a chat"
		}
		return ""
	})
}

func findVoiceOnly(l *linter) {
	l.each(func(a *lintAction) string {
		switch s := a.get("Parameters"); {
		case standingOf(a.kind) == onlyFails && a.spec.terminal:
			return a.kind + " can not be done in a chat: the flow ends"
		case standingOf(a.kind) == onlyFails && a.spec.cannotFail():
			return a.kind + " can not be done in a chat: the flow goes on"
		case standingOf(a.kind) == onlyFails:
			return a.kind + " can not be done in a chat: the branch " + chatError(a) + " is taken"
		case a.kind == "MessageParticipant" && (s.get("PromptId") != nil || s.get("Media") != nil):
			return "MessageParticipant can not play a recording in a chat: its error branch is taken"
		case a.kind == "UpdateContactEventHooks":
			hooks := s.get("EventHooks")
			for _, hook := range []string{"AgentHold", "CustomerHold", "PauseContact", "ResumeContact"} {
				if hooks.get(hook) != nil {
					return "The hook " + hook + " can not be set in a chat: the branch NoMatchingError is taken"
				}
			}
		}
		return ""
	})
}

// chatError is the branch an action takes that a chat can not do.
func chatError(a *lintAction) string {
	if a.spec.fails != "" {
		return a.spec.fails
	}
	return NoMatchingError
}

func findNotSupported(l *linter) {
	l.each(func(a *lintAction) string {
		if standingOf(a.kind) != notSupported {
			return ""
		}
		if a.spec.cannotFail() || a.spec.terminal {
			return "Parley does not do " + a.kind + " yet: the flow goes on without it"
		}
		return "Parley does not do " + a.kind + " yet: the branch " + chatError(a) + " is taken"
	})
}

// reach returns the actions that some others lead to, those included.
func (l *linter) reach(from ...string) map[string]bool {
	reached := map[string]bool{}
	for len(from) > 0 {
		id := from[len(from)-1]
		from = from[:len(from)-1]
		a := l.byID[id]
		if a == nil || reached[id] {
			continue
		}
		reached[id] = true
		for _, e := range a.exits {
			from = append(from, e.target)
		}
	}
	return reached
}

func findUnreachable(l *linter) {
	start := l.root.get("StartAction").word()
	if l.byID[start] == nil {
		return // reported
	}
	reached := l.reach(start)
	for _, a := range l.actions {
		if !reached[a.id] {
			l.warn(a, a.at, a.node, "Nothing leads to this action")
		}
	}
}

// rests reports whether a circle through this action may rest there, or ends after some rounds.
func (a *lintAction) rests() bool {
	return suspending[a.kind] || slices.Contains([]string{"ConnectParticipantWithAgenticCX", "InvokeFlowModule", "Loop"}, a.kind)
}

// exitsInChat are the ways out of an action that a chat can take.
func (a *lintAction) exitsInChat() []exit {
	if standingOf(a.kind) != onlyFails || a.spec == nil || a.spec.cannotFail() {
		return a.exits
	}
	for _, kind := range []string{chatError(a), NoMatchingError} {
		if e := a.failure(kind); e != nil {
			return []exit{*e}
		}
	}
	return nil
}

// findEndlessLoop reports the branch that closes a circle. It colours the graph depth first: an edge to an action that
// is still being visited closes a circle.
func findEndlessLoop(l *linter) {
	const visiting, visited = 1, 2
	colour := map[string]int{}
	told := map[[2]string]bool{}
	var trail []*lintAction
	var visit func(a *lintAction)
	visit = func(a *lintAction) {
		colour[a.id] = visiting
		trail = append(trail, a)
		for _, e := range a.exitsInChat() {
			to := l.byID[e.target]
			if to == nil || to.rests() {
				continue
			}
			switch colour[to.id] {
			case 0:
				visit(to)
			case visiting:
				if told[[2]string{a.id, to.id}] {
					continue
				}
				told[[2]string{a.id, to.id}] = true
				circle := trail[slices.Index(trail, to):]
				names := make([]string, 0, len(circle)+1)
				for _, step := range append(slices.Clone(circle), to) {
					names = append(names, step.id)
				}
				if len(names) > 5 {
					names = append(names[:3], "…", to.id)
				}
				l.warn(a, e.at, e.node, "This leads in a circle without a wait: "+strings.Join(names, " → "))
			}
		}
		trail = trail[:len(trail)-1]
		colour[a.id] = visited
	}
	for _, a := range l.actions {
		if colour[a.id] == 0 && !a.rests() {
			visit(a)
		}
	}
}

// findRestlessLoop reports a Loop that never ends: a chat that begins it anew comes back to it, each time without a rest, by its rounds and
// when it is done. A Loop that does end ends what goes through it.
func findRestlessLoop(l *linter) {
	ends := map[*lintAction]bool{}
	comesBack := func(a *lintAction, result string) bool {
		e := a.result(result)
		return e != nil && l.restless(e.target, a, ends)
	}
	for more := true; more; {
		more = false
		for _, a := range l.actions {
			if a.kind == "Loop" && !ends[a] && !(comesBack(a, continueLooping) && comesBack(a, doneLooping)) {
				ends[a], more = true, true
			}
		}
	}
	for _, a := range l.actions {
		switch e := a.result(continueLooping); {
		case a.kind != "Loop":
		case !ends[a]:
			done := a.result(doneLooping)
			l.warn(a, done.at, done.node, "This leads back to the Loop without a wait, and so do its rounds")
		case e != nil && e.target == a.id:
			l.warn(a, e.at, e.node, "This leads back to the Loop itself: its rounds do nothing")
		}
	}
}

// restless reports whether a chat can come from one action to another without a rest, and without a Loop that ends.
func (l *linter) restless(from string, to *lintAction, ends map[*lintAction]bool) bool {
	seen := map[string]bool{}
	for todo := []string{from}; len(todo) > 0; {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		a := l.byID[id]
		switch {
		case a == to:
			return true
		case a == nil || seen[id] || ends[a] || a.kind != "Loop" && a.rests():
			continue
		}
		seen[id] = true
		for _, e := range a.exitsInChat() {
			if a.kind != "Loop" || e.kind == "Conditions" {
				todo = append(todo, e.target)
			}
		}
	}
	return false
}

// result returns where a result of an action leads.
func (a *lintAction) result(result string) *exit {
	i := slices.IndexFunc(a.exits, func(e exit) bool { return e.kind == "Conditions" && e.name == result })
	if i < 0 {
		return nil
	}
	return &a.exits[i]
}

// findNoErrorBranch looks for actions that publishing lets go without an error branch.
func findNoErrorBranch(l *linter) {
	for _, a := range l.actions {
		if a.spec == nil || a.failure(NoMatchingError) != nil {
			continue
		}
		params := a.get("Parameters")
		var message string
		switch a.kind {
		case "MessageParticipantIteratively":
			message = "Without a branch NoMatchingError a chat ends this flow here"
		case "Loop":
			if s, _ := params.get("LoopCount").scalar(); looksLikeReference(s) {
				message = "Without a branch NoMatchingError the loop is over at once when " + s + " is no number"
			}
		}
		if message != "" {
			l.warn(a, a.at.key("Transitions"), transitionsOf(a), message)
		}
	}
	for _, a := range l.actions {
		if a.kind != "InvokeFlowModule" || a.failure(NoMatchingCondition) != nil {
			continue
		}
		if slices.ContainsFunc(a.exits, func(e exit) bool { return e.kind == "Conditions" }) {
			l.warn(a, a.at.key("Transitions"), transitionsOf(a), "Without a branch NoMatchingCondition another result of the module goes on at NextAction")
		}
	}
}

// transitionsOf is where to report a branch that is missing.
func transitionsOf(a *lintAction) *node {
	if n := a.get("Transitions"); n != nil {
		return n
	}
	return a.node
}

func findNextDiffers(l *linter) {
	for _, a := range l.actions {
		e := a.failure(NoMatchingCondition)
		if e == nil || len(a.exits) == 0 || a.exits[0].kind != "NextAction" || a.exits[0].target == e.target {
			continue
		}
		l.warn(a, a.exits[0].at, a.exits[0].node, fmt.Sprintf("NextAction leads to %q, NoMatchingCondition to %q: only the latter is taken", a.exits[0].target, e.target))
	}
}

func findNeverMatches(l *linter) {
	for _, a := range l.actions {
		seen := map[string]bool{}
		for _, e := range a.exits {
			if e.kind != "Conditions" {
				continue
			}
			test := e.node.get("Condition")
			operator, operands := test.get("Operator").word(), test.get("Operands").list()
			if len(operands) != 1 {
				continue
			}
			operand, ok := operands[0].scalar()
			if !ok {
				continue
			}
			key := operator + " " + operand
			_, number := decimal(operand)
			switch at := e.at.key("Condition"); {
			case seen[key]:
				l.warn(a, at, test, fmt.Sprintf("The condition %s %q stands before already", operator, operand))
			case strings.HasPrefix(operator, "Number") && !number && !strings.Contains(operand, "$") && !placeholders.MatchString(operand):
				l.warn(a, at, test, fmt.Sprintf("%s is never true: %q is no number", operator, operand))
			}
			seen[key] = true
		}
	}
}
