package flow

import "slices"

// Rules of Check.
const (
	ruleDocument   = "document"
	ruleOlder      = "older-format"
	ruleIdentifier = "identifier"
	ruleType       = "unknown-action"
	ruleFlowType   = "flow-type"
	ruleMissing    = "missing-property"
	ruleUnknown    = "unknown-property"
	ruleValue      = "bad-value"
	ruleChoice     = "one-of"
	ruleResource   = "resource"
	ruleTarget     = "dangling-target"
	ruleBranches   = "branches"
)

// ruleConverted is for what a conversion leaves behind.
const ruleConverted = "not-converted"

// Rule is something Lint looks for.
type Rule struct {
	ID       string
	Severity Severity
	Finds    string // what it finds
	Advice   string // what to do

	find func(*linter) // nil for what Check or Convert find
}

// Rules returns all rules: first those of what publishing refuses.
func Rules() []Rule { return slices.Clone(rules) }

func ruleByID(id string) *Rule {
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.ID == id })
	return &rules[max(i, 0)]
}

var rules = []Rule{
	{
		ID: ruleDocument, Severity: Error, Finds: "The content is no flow: no JSON object, too long, or without version, start or actions.",
		Advice: "Compare the file with a small flow that works, such as the one in docs/flows.md.",
	},
	{
		ID: ruleOlder, Severity: Error, Finds: "The content is in the older format of the flow designer.",
		Advice: "Run \"parley flow convert\" and use what it writes.",
	},
	{
		ID: "module-settings", Severity: Error, Finds: "The content of a module has no Settings.",
		Advice: "Add \"Settings\": {\"InputParameters\": [], \"OutputParameters\": [], \"Transitions\": []} beside Actions.",
		find:   findModuleSettings,
	},
	{
		ID: ruleIdentifier, Severity: Error, Finds: "An identifier is empty, longer than 50 characters, taken, reserved, or has one of % : ( \\ / ) = $ , ; [ ] { }.",
		Advice: "Rename the action, and the transitions that lead to it.",
	},
	{
		ID: ruleType, Severity: Error, Finds: "There is no such type of action.",
		Advice: "Look the type up in docs/flow-reference.md; names of blocks in the designer are other than types.",
	},
	{
		ID: ruleFlowType, Severity: Error, Finds: "The action may not stand in a flow of this type.",
		Advice: "Take another action, or tell the right type: --type, the file name (name.CUSTOMER_QUEUE.json), or type in Metadata.",
	},
	{
		ID: ruleMissing, Severity: Error, Finds: "A property that the action needs is missing.",
		Advice: "Add it; docs/flow-reference.md has an example of each action.",
	},
	{
		ID: ruleUnknown, Severity: Error, Finds: "The action has no property of this name.",
		Advice: "Correct the name or take the property out.",
	},
	{
		ID: ruleValue, Severity: Error, Finds: "A value is empty, of the wrong form, out of range, or none of those allowed.",
		Advice: "Look the parameter up in docs/flow-reference.md. Texts may not be empty; what is compared must be a reference.",
	},
	{
		ID: ruleChoice, Severity: Error, Finds: "Parameters stand together of which only one may.",
		Advice: "Keep one of them.",
	},
	{
		ID: ruleResource, Severity: Error, Finds: "A queue, flow, module, prompt, schedule or bot is named by something that is neither id nor ARN.",
		Advice: "Write its id or ARN, or lint with --portable if the import maps names.",
	},
	{
		ID: ruleTarget, Severity: Error, Finds: "A transition leads to an action that is not there.",
		Advice: "Lead it to an identifier of this flow.",
	},
	{
		ID: ruleBranches, Severity: Error, Finds: "The action lacks a branch it must have, or has one it may not.",
		Advice: "Add or remove the branch; docs/flow-reference.md lists those of each action.",
	},

	{
		ID: "no-effect", Severity: Warning, Finds: "The action does nothing in a chat, and the flow goes on.",
		Advice: "Take it out if the flow serves chats alone.", find: findNoEffect,
	},
	{
		ID: "voice-only", Severity: Warning, Finds: "The action can only be done in a call: a chat takes its error branch.",
		Advice: "Check $.Channel before it, or make sure that its error branch leads on.", find: findVoiceOnly,
	},
	{
		ID: "not-supported", Severity: Warning, Finds: "Amazon Connect does this in a chat, Parley does not yet: the error branch is taken.",
		Advice: "Make sure that its error branch leads on.", find: findNotSupported,
	},
	{
		ID: "unreachable", Severity: Warning, Finds: "Nothing leads to the action.",
		Advice: "Lead a transition to it or take it out.", find: findUnreachable,
	},
	{
		ID: "endless-loop", Severity: Warning, Finds: "Actions lead in a circle without a wait, a question, a call or a Loop, or back to a Loop whose rounds have none of them: the flow is ended after 1,000 steps.",
		Advice: "Put a Wait into the circle, or lead it through a Loop and on from there.", find: func(l *linter) { findEndlessLoop(l); findRestlessLoop(l) },
	},
	{
		ID: "no-error-branch", Severity: Warning, Finds: "The action can fail, and the flow does not say what then.",
		Advice: "Add the branch to Errors.", find: findNoErrorBranch,
	},
	{
		ID: "next-differs", Severity: Warning, Finds: "NextAction and the branch for no match lead to different actions; the latter is taken.",
		Advice: "Lead both to the same action.", find: findNextDiffers,
	},
	{
		ID: "never-matches", Severity: Warning, Finds: "A condition can not be true, or only when one before it is.",
		Advice: "Correct the operand or take the condition out.", find: findNeverMatches,
	},
	{
		ID: "unknown-reference", Severity: Warning, Finds: "A reference leads to a name that no chat has, so it is always empty.",
		Advice: "Correct the name; docs/flows.md lists what can be read.", find: findUnknownReference,
	},
	{
		ID: "voice-reference", Severity: Warning, Finds: "A reference leads to something that only calls or mails have.",
		Advice: "Read it only where $.Channel is not CHAT.", find: findVoiceReference,
	},
	{
		ID: "never-set", Severity: Warning, Finds: "A reference reads a result that no action before it sets.",
		Advice: "Put the action that sets it before this one.", find: findNeverSet,
	},
	{
		ID: "foreign-arn", Severity: Warning, Finds: "An ARN names a resource of another instance or account than the rest of the flow, or than --instance.",
		Advice: "Name the resource of the right instance.", find: findForeignARN,
	},
	{
		ID: "placeholder", Severity: Warning, Finds: "A value holds a placeholder of a template: {{x}}, ${X}, %x%, <<x>> or <X>.",
		Advice: "Fill the template before the flow is loaded.", find: findPlaceholder,
	},
	{
		ID: "long-text", Severity: Warning, Finds: "A text is longer than can be sent or stored.",
		Advice: "Shorten it, or say it in two actions.", find: findLongText,
	},
	{
		ID: "secret", Severity: Warning, Finds: "A value looks like a key or token; whoever reads the flow can use it.",
		Advice: "Revoke it, and let the function that needs it read it from where secrets are kept.", find: findSecret,
	},
	{
		ID: ruleConverted, Severity: Warning, Finds: "Something in the older format has no place in the flow language.",
		Advice: "See whether the converted flow does what is wanted.",
	},
}
