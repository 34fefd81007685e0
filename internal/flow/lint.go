package flow

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
)

// Severity is how bad a finding is.
type Severity string

const (
	Error   Severity = "error"   // publishing refuses it
	Warning Severity = "warning" // it may be published, and hardly does what was meant
)

// Finding is what Lint says of one place in a flow.
type Finding struct {
	Problem
	Severity Severity
	Advice   string // what to do
}

// Linting says how to lint.
type Linting struct {
	Type     string // of flow; empty: as the flow tells, else CONTACT_FLOW
	Instance string // id or ARN of the instance it is meant for; empty: the one that most of its ARNs name
	Portable bool   // names may stand for the ids and ARNs of resources
}

// Lint returns all that is wrong with a content and all that looks wrong, in the order of the text. A content in the older format of the
// flow designer is converted first; places are then those of the older text.
func Lint(content string, how Linting) []Finding {
	root, err := readDocument(content)
	if err != nil {
		return rated(err.(*Invalid).Problems, nil)
	}
	if how.Type == "" {
		how.Type = cmp.Or(typeOf(root), "CONTACT_FLOW")
	}
	if isOlder(root) {
		return lintOlder(content, root, how)
	}
	return rated(lintRoot(content, root, how), root)
}

func lintRoot(content string, root *node, how Linting) []Problem {
	c := checker{places: placesOf(content), flowType: how.Type, ids: map[string]bool{}}
	if !how.Portable {
		c.exists = func(kind, s string) bool {
			return kind == View || kind == Agent || isID(s) || placeholders.MatchString(s) // the two have names in Amazon Connect as well
		}
	}
	c.document(root)
	l := linter{checker: c, how: how, root: root, byID: map[string]*lintAction{}}
	l.read()
	for _, r := range rules {
		if r.find != nil {
			l.rule = r.ID
			r.find(&l)
		}
	}
	return l.problems
}

func lintOlder(content string, root *node, how Linting) []Finding {
	converted := convert(content, root)
	inside, err := readDocument(converted.Content)
	if err != nil {
		return rated(append(converted.Notes, err.(*Invalid).Problems...), nil)
	}
	findings := rated(converted.Notes, nil)
	for _, f := range rated(lintRoot(converted.Content, inside, how), inside) {
		f.Problem = converted.inOlder(f.Problem)
		findings = append(findings, f)
	}
	slices.SortStableFunc(findings, func(a, b Finding) int { return a.Problem.compare(b.Problem) })
	return findings
}

// rated sorts problems by place and adds what to do about them; root is the document they are of, if it could be read.
func rated(problems []Problem, root *node) []Finding {
	slices.SortStableFunc(problems, Problem.compare)
	all := make([]Finding, len(problems))
	for i, p := range problems {
		r := ruleByID(p.Rule)
		all[i] = Finding{p, r.Severity, cmp.Or(advise(root, p), r.Advice)}
	}
	return all
}

// compare orders problems by place.
func (p Problem) compare(q Problem) int {
	return cmp.Or(cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// designerTypes are the types of flows as the flow designer writes them in metadata. Source: flow sheet, 2.5 and 3.
var designerTypes = map[string]string{
	"contactFlow": "CONTACT_FLOW", "customerQueue": "CUSTOMER_QUEUE", "customerHold": "CUSTOMER_HOLD", "customerWhisper": "CUSTOMER_WHISPER",
	"agentHold": "AGENT_HOLD", "agentWhisper": "AGENT_WHISPER", "outboundWhisper": "OUTBOUND_WHISPER", "agentTransfer": "AGENT_TRANSFER",
	"queueTransfer": "QUEUE_TRANSFER", "module": Module,
}

// TypeOf returns the type that a content tells of itself: in its metadata, or by an action that only modules have. Without either it is
// empty.
func TypeOf(content string) string {
	root, err := readDocument(content)
	if err != nil {
		return ""
	}
	return typeOf(root)
}

func typeOf(root *node) string {
	for _, told := range []*node{root.get("Metadata").get("type"), root.get("type"), root.get("metadata").get("type")} {
		if t := designerTypes[told.word()]; t != "" {
			return t
		}
	}
	for _, a := range root.get("Actions").list() {
		if a.get("Type").word() == "EndFlowModuleExecution" {
			return Module
		}
	}
	return ""
}

// InFile returns the name of the flow in a file, and its type if the file name tells it: hold.CUSTOMER_QUEUE.json is a flow "hold" of type
// CUSTOMER_QUEUE.
func InFile(path string) (name, flowType string) {
	name = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	if t := strings.TrimPrefix(filepath.Ext(name), "."); IsType(t) {
		return strings.TrimSuffix(name, "."+t), t
	}
	return name, ""
}

// IsType reports whether there are flows of this type.
func IsType(flowType string) bool { return flowTypes[flowType] != 0 }

// linter holds a flow under lint.
type linter struct {
	checker
	how     Linting
	rule    string // the one at work
	root    *node
	actions []*lintAction
	byID    map[string]*lintAction
}

// lintAction is an action with its place and the ways out of it.
type lintAction struct {
	*node
	at    path
	id    string
	kind  string
	spec  *spec // nil: no such type
	exits []exit
}

// exit is a branch.
type exit struct {
	kind   string // "NextAction", "Conditions" or "Errors"
	name   string // the error type, or the only operand
	target string
	node   *node
	at     path
}

// read gathers the actions; of two with the same identifier the first.
func (l *linter) read() {
	at := path{}.key("Actions")
	for i, n := range l.root.get("Actions").list() {
		a := &lintAction{node: n, at: at.index(i), id: n.get("Identifier").word(), kind: n.get("Type").word()}
		if l.byID[a.id] != nil || a.id == "" {
			continue
		}
		a.spec = specs[a.kind]
		transitions, at := n.get("Transitions"), a.at.key("Transitions")
		if next := transitions.get("NextAction"); next != nil {
			a.exits = append(a.exits, exit{"NextAction", "", next.word(), next, at.key("NextAction")})
		}
		for i, c := range transitions.get("Conditions").list() {
			var name string
			if operands := c.get("Condition").get("Operands").list(); len(operands) == 1 {
				name, _ = operands[0].scalar()
			}
			a.exits = append(a.exits, exit{"Conditions", name, c.get("NextAction").word(), c, at.key("Conditions").index(i)})
		}
		for i, e := range transitions.get("Errors").list() {
			a.exits = append(a.exits, exit{"Errors", e.get("ErrorType").word(), e.get("NextAction").word(), e, at.key("Errors").index(i)})
		}
		l.actions, l.byID[a.id] = append(l.actions, a), a
	}
}

// failure returns where an error of this type leads.
func (a *lintAction) failure(errorType string) *exit {
	i := slices.IndexFunc(a.exits, func(e exit) bool { return e.kind == "Errors" && e.name == errorType })
	if i < 0 {
		return nil
	}
	return &a.exits[i]
}

// warn reports a problem at a place of an action.
func (l *linter) warn(a *lintAction, at path, n *node, message string) {
	l.id = ""
	if a != nil {
		l.id = a.id
	}
	l.add(l.rule, at, n, message)
}

// texts calls yield for every text inside the parameters and operands of an action.
func (a *lintAction) texts(yield func(at path, n *node)) {
	var walk func(at path, n *node)
	walk = func(at path, n *node) {
		if n.kind == isString {
			yield(at, n)
		}
		for _, m := range n.members {
			walk(at.key(m.name), m.value)
		}
		for i, item := range n.items {
			walk(at.index(i), item)
		}
	}
	if params := a.get("Parameters"); params != nil {
		walk(a.at.key("Parameters"), params)
	}
	for _, e := range a.exits {
		if operands := e.node.get("Condition").get("Operands"); operands != nil {
			walk(e.at.key("Condition").key("Operands"), operands)
		}
	}
}

// isID reports whether a text can be the id or ARN of a resource, with or without a qualifier.
func isID(s string) bool {
	return strings.HasPrefix(s, "arn:") || uuids.MatchString(s)
}
