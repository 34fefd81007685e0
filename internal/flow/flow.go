// Package flow is the Amazon Connect flow language for chat: Parse reads a flow, Check tells what publishing refuses, Step runs it.
//
// A flow is a function: Step takes a state and an input and gives effects, which the caller applies. There is no I/O, no clock, and
// no chance but what the seed of the state holds.
package flow

import "encoding/json"

// Error types, which name the branch an action takes when it fails. Source: flow sheet, 9.
const (
	NoMatchingError     = "NoMatchingError"     // anything without a branch of its own
	NoMatchingCondition = "NoMatchingCondition" // the action had a result for which there is no branch
	QueueAtCapacity     = "QueueAtCapacity"
	ParticipantNotFound = "ParticipantNotFound"
)

// Events a Wait can wait for.
const (
	CustomerReturned           = "CustomerReturned" // the customer wrote or connected
	BotParticipantDisconnected = "BotParticipantDisconnected"
	OptedOut                   = "OptedOut" // the customer does not want to sign in
)

// Problem is one fault of a flow.
type Problem struct {
	Rule    string // id of the rule that found it, see Rules
	Message string // worded as the live service does where that is known
	Action  string // identifier of the action; empty for faults of the document
	Pointer string // JSON pointer to the place
	Line    int    // of the content, from 1
	Column  int    // in that line, in characters from 1
}

// Invalid is the error of a content that can not be read as a flow.
type Invalid struct{ Problems []Problem }

func (e *Invalid) Error() string { return e.Problems[0].Message }

// Flow is a parsed flow. It does not change; any number of contacts may run it at once.
type Flow struct {
	content string
	start   string
	actions map[string]*action

	settings bool
}

// HasSettings reports whether the content has the member that the content of modules has. It carries no meaning: a module's contract is
// told beside its content. Source: flow sheet, 2.6.
func (f *Flow) HasSettings() bool { return f.settings }

// Content returns the text the flow was parsed from, byte for byte.
func (f *Flow) Content() string { return f.content }

// action is an action in executable form.
type action struct {
	id, kind   string
	spec       *spec // nil: no such type
	params     map[string]value
	next       string
	conditions []branch
	errors     []errorBranch
}

type branch struct {
	condition condition
	next      string
}

type errorBranch struct{ kind, next string }

// value is a parameter as written, its texts compiled. One of text, items and members is set; all are empty for null.
type value struct {
	text    *template
	plain   any // the number or boolean that text is written as; nil for a text
	items   []value
	members []memberValue
}

type memberValue struct {
	name  template
	value value
}

// Parse reads a flow. It takes what drafts and exports of other instances hold, even actions that do not exist, and refuses only what
// is no JSON object, is longer than 256,000 characters or nests deeper than 64 levels: then the error is an *Invalid. Whether the flow
// may be published is for Check to tell.
func Parse(content string) (*Flow, error) {
	root, err := readDocument(content)
	if err != nil {
		return nil, err
	}
	f := &Flow{content: content, start: root.get("StartAction").word(), actions: map[string]*action{}, settings: root.get("Settings") != nil}
	for _, n := range root.get("Actions").list() {
		a := compileAction(n)
		if _, taken := f.actions[a.id]; !taken && a.id != "" {
			f.actions[a.id] = a
		}
	}
	return f, nil
}

func compileAction(n *node) *action {
	a := &action{id: n.get("Identifier").word(), kind: n.get("Type").word(), params: map[string]value{}}
	a.spec = specs[a.kind]
	if params := n.get("Parameters"); params != nil {
		for _, m := range params.members {
			compile := compileText
			if p := a.param(m.name); p != nil && p.shape == oneValue {
				compile = compileValue
			}
			a.params[m.name] = compileParam(m.value, compile)
		}
	}
	transitions := n.get("Transitions")
	a.next = transitions.get("NextAction").word()
	for _, b := range transitions.get("Conditions").list() {
		if c, ok := compileCondition(b.get("Condition")); ok {
			a.conditions = append(a.conditions, branch{c, b.get("NextAction").word()})
		}
	}
	for _, b := range transitions.get("Errors").list() {
		a.errors = append(a.errors, errorBranch{b.get("ErrorType").word(), b.get("NextAction").word()})
	}
	return a
}

func (a *action) param(name string) *param {
	if a.spec == nil {
		return nil
	}
	return a.spec.param(name)
}

func compileParam(n *node, compile func(string) template) value {
	var v value
	switch n.kind {
	case isObject:
		v.members = make([]memberValue, len(n.members))
		for i, m := range n.members {
			v.members[i] = memberValue{compileText(m.name), compileParam(m.value, compile)}
		}
	case isArray:
		v.items = make([]value, len(n.items))
		for i, item := range n.items {
			v.items[i] = compileParam(item, compile)
		}
	case isString, isNumber, isBool:
		t := compile(n.text)
		v.text = &t
		switch n.kind {
		case isNumber:
			v.plain = json.Number(n.text)
		case isBool:
			v.plain = n.text == "true"
		}
	}
	return v
}

// branch returns where an error leads, and by which branch: that of its type, or else of any error.
func (a *action) branch(errorType string) (next, kind string, ok bool) {
	for _, kind := range []string{errorType, NoMatchingError} {
		for _, b := range a.errors {
			if b.kind == kind {
				return b.next, kind, true
			}
		}
	}
	return "", "", false
}
