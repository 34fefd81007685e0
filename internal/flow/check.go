package flow

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of a published flow. Source: flow sheet, 2.1 and 2.2.
const (
	version       = "2019-10-30"
	maxActions    = 250
	maxIdentifier = 50  // characters
	maxProblem    = 256 // characters of a message
)

// Check returns what publishing the flow as one of this type refuses, in the order of the text, and nil if nothing. Unreachable actions
// are fine, and so are actions that a chat can not do: they take their error branch when they run. An unknown type of flow may hold any
// action.
//
// exists tells whether this instance has a resource that the flow names by id or ARN; nil skips that. Functions of AWS Lambda are not
// asked for. Source: flow sheet, 5.
func (f *Flow) Check(flowType string, exists func(kind, idOrARN string) bool) []Problem {
	root, err := readDocument(f.content)
	if err != nil {
		return err.(*Invalid).Problems
	}
	c := checker{places: placesOf(f.content), flowType: flowType, exists: exists, ids: map[string]bool{}}
	c.document(root)
	return c.problems
}

type checker struct {
	places   *places
	flowType string
	exists   func(kind, idOrARN string) bool
	ids      map[string]bool // of the actions
	id       string          // of the action under check
	problems []Problem
}

// path is a place in the document, as messages write it and as a JSON pointer.
type path struct{ dotted, pointer string }

var escapePointer = strings.NewReplacer("~", "~0", "/", "~1")

func (p path) key(name string) path {
	dotted := name
	if p.dotted != "" {
		dotted = p.dotted + "." + name
	}
	return path{dotted, p.pointer + "/" + escapePointer.Replace(name)}
}

func (p path) index(i int) path {
	return path{fmt.Sprintf("%s[%d]", p.dotted, i), fmt.Sprintf("%s/%d", p.pointer, i)}
}

// add reports a problem at a node.
func (c *checker) add(rule string, at path, n *node, message string) {
	if r := []rune(message); len(r) > maxProblem {
		message = string(r[:maxProblem])
	}
	line, column := c.places.at(n.offset)
	c.problems = append(c.problems, Problem{rule, message, c.id, at.pointer, line, column})
}

func (c *checker) badValue(at path, n *node) { c.badValueOf(ruleValue, at, n) }

func (c *checker) badValueOf(rule string, at path, n *node) {
	c.add(rule, at, n, "Invalid Action property value. Path: "+at.dotted)
}

func (c *checker) missing(at path, parent *node) {
	c.add(ruleMissing, at, parent, "Action is missing required property. Path: "+at.dotted)
}

func (c *checker) document(root *node) {
	top := path{}
	if root.get("modules") != nil && root.get("Actions") == nil {
		c.add(ruleOlder, top.key("modules"), root.get("modules"), "Content is in the older format of the flow designer")
		return
	}
	for _, name := range []string{"Version", "StartAction", "Actions"} {
		if root.get(name) == nil {
			c.add(ruleDocument, top.key(name), root, "Flow is missing required property. Path: "+name)
		}
	}
	if n := root.get("Version"); n != nil && n.word() != version {
		c.add(ruleDocument, top.key("Version"), n, "Invalid flow property value. Path: Version")
	}
	actions := root.get("Actions")
	if actions == nil {
		return
	}
	at := top.key("Actions")
	switch {
	case actions.kind != isArray || len(actions.items) == 0:
		c.add(ruleDocument, at, actions, "Invalid flow property value. Path: Actions")
		return
	case len(actions.items) > maxActions:
		c.add(ruleDocument, at, actions, fmt.Sprintf("Too many Actions. Limit: %d", maxActions))
	}
	for i, n := range actions.items {
		c.identifier(at.index(i).key("Identifier"), n)
	}
	c.id = ""
	if n := root.get("StartAction"); n != nil && !c.ids[n.word()] {
		c.add(ruleDocument, top.key("StartAction"), n, "Invalid flow property value. Path: StartAction")
	}
	for i, n := range actions.items {
		c.action(at.index(i), n)
	}
}

// reserved are identifiers that JavaScript objects have already.
var reserved = []string{
	"__proto__", "constructor", "__defineGetter__", "__defineSetter__", "toString", "hasOwnProperty", "isPrototypeOf",
	"propertyIsEnumerable", "toLocaleString", "valueOf",
}

func (c *checker) identifier(at path, action *node) {
	n := action.get("Identifier")
	id := n.word()
	c.id = id
	switch {
	case n == nil:
		c.missing(at, action)
	case id == "" || utf8.RuneCountInString(id) > maxIdentifier || strings.ContainsAny(id, `%:(\/)=$,;[]{}`) || slices.Contains(reserved, id):
		c.badValueOf(ruleIdentifier, at, n)
	case c.ids[id]:
		c.add(ruleIdentifier, at, n, "Duplicate Action identifier. Path: "+at.dotted)
	}
	if id != "" {
		c.ids[id] = true
	}
}

// actionCheck is an action under check: what its type says, which its parameters may change.
type actionCheck struct {
	*node
	at        path
	params    *node // nil: none
	spec      *spec
	results   *results
	must, may []string
}

func (a *actionCheck) param(name string) (string, bool) { return a.params.get(name).scalar() }

func (a *actionCheck) is(name, word string) bool {
	s, _ := a.param(name)
	return strings.EqualFold(s, word)
}

func (c *checker) action(at path, n *node) {
	c.id = n.get("Identifier").word()
	if n.kind != isObject {
		c.badValue(at, n)
		return
	}
	kind := n.get("Type")
	if kind == nil {
		c.missing(at.key("Type"), n)
		return
	}
	s := specs[kind.word()]
	if s == nil {
		c.add(ruleType, at.key("Type"), kind, "Invalid Action type")
		return
	}
	if !s.allows(c.flowType) {
		c.add(ruleFlowType, at.key("Type"), kind, "Action is not supported in this type of flow. Path: "+at.dotted)
	}
	a := &actionCheck{node: n, at: at, params: n.get("Parameters"), spec: s, results: s.results, must: s.must, may: s.may}
	parent := a.params
	if parent == nil {
		parent = n // what is missing is missing here
	}
	inside := at.key("Parameters")
	if a.params != nil && a.params.kind != isObject {
		c.badValue(inside, a.params)
		return
	}
	c.members(inside, parent, a.params, s.params)
	for _, choice := range s.choices {
		c.choice(inside, parent, a.params, choice)
	}
	if s.also != nil {
		s.also(c, a)
	}
	c.transitions(a)
}

// members checks an object whose members are known. parent is where a missing one is reported.
func (c *checker) members(at path, parent, object *node, known []param) {
	if object != nil {
		for _, m := range object.members {
			i := slices.IndexFunc(known, func(p param) bool { return p.name == m.name })
			if i < 0 {
				c.add(ruleUnknown, at.key(m.name), m.value, "Invalid Action property name. Path: "+at.key(m.name).dotted)
				continue
			}
			c.param(at.key(m.name), m.value, &known[i])
		}
	}
	for _, p := range known {
		if p.required && object.get(p.name) == nil {
			c.missing(at.key(p.name), parent)
		}
	}
}

func (c *checker) choice(at path, parent, params *node, want choice) {
	var there []string
	for _, name := range want.names {
		if params.get(name) != nil {
			there = append(there, name)
		}
	}
	if len(there) < want.min {
		c.missing(at.key(want.names[0]), parent)
	}
	if len(there) > want.max {
		c.add(ruleChoice, at, parent, fmt.Sprintf("Only one of these properties may be defined. Properties: [%s]", strings.Join(there, ", ")))
	}
}

func (c *checker) param(at path, n *node, p *param) {
	s, scalar := n.scalar()
	if _, isRef := wholeReference(n); isRef && p.shape != static && p.shape != oneValue {
		return
	}
	switch p.shape {
	case static, oneValue, mixedText:
		if !scalar || s == "" || !c.validValue(s, p) {
			c.badValue(at, n)
		} else if p.resource != "" && p.resource != Function && c.exists != nil && !looksLikeReference(s) && !c.exists(p.resource, s) {
			c.add(ruleResource, at, n, "Resource not found. Path: "+at.dotted)
		}
	case textMap:
		if n.kind != isObject {
			c.badValue(at, n)
			return
		}
		for _, m := range n.members {
			s, ok := m.value.scalar()
			switch {
			case ok && s == "":
				c.add(ruleValue, at.key(m.name), m.value, "Empty value in "+at.dotted[strings.LastIndex(at.dotted, "Parameters"):])
			case !ok || m.name == "":
				c.badValue(at.key(m.name), m.value)
			}
		}
	case valueList, objectList:
		if n.kind != isArray {
			c.badValue(at, n)
			return
		}
		for i, item := range n.items {
			c.item(at.index(i), item, p)
		}
	case object:
		if n.kind != isObject {
			c.badValue(at, n)
			return
		}
		c.members(at, n, n, p.members)
	case anyJSON, mixedJSON:
		if n.kind != isObject && n.kind != isArray {
			c.badValue(at, n)
			return
		}
		if !p.mayBlank {
			c.noEmptyText(at, n)
		}
	}
}

func (c *checker) item(at path, item *node, p *param) {
	if p.shape == objectList {
		if item.kind != isObject {
			c.badValue(at, item)
			return
		}
		c.members(at, item, item, p.members)
		return
	}
	if s, ok := item.scalar(); !ok || s == "" || !c.validValue(s, &param{shape: oneValue, values: p.values}) {
		c.badValue(at, item)
	}
}

// validValue checks a text: a reference must lead to a single value, a literal must be one of those allowed.
func (c *checker) validValue(s string, p *param) bool {
	if p.shape == oneValue && looksLikeReference(s) {
		ref, _ := scanReference(s, 0)
		return ref != nil && (len(ref) > 1 || !spaces[ref[0]])
	}
	if p.values != nil {
		return slices.ContainsFunc(p.values, func(v string) bool { return v == s || p.anyCase && strings.EqualFold(v, s) })
	}
	if p.max > 0 {
		n, err := strconv.Atoi(s)
		return err == nil && n >= p.min && n <= p.max
	}
	return true
}

func wholeReference(n *node) (reference, bool) {
	if n.kind != isString {
		return nil, false
	}
	return compileValue(n.text).reference()
}

func (c *checker) noEmptyText(at path, n *node) {
	if n.kind == isString && n.text == "" {
		c.badValue(at, n)
	}
	for _, m := range n.members {
		c.noEmptyText(at.key(m.name), m.value)
	}
	for i, item := range n.items {
		c.noEmptyText(at.index(i), item)
	}
}

func (c *checker) transitions(a *actionCheck) {
	at, n := a.at.key("Transitions"), a.get("Transitions")
	next, conditions, failures := n.get("NextAction"), n.get("Conditions"), n.get("Errors")
	if a.spec.terminal {
		if next != nil || len(conditions.list()) > 0 || len(failures.list()) > 0 {
			c.add(ruleBranches, at, n, "Action does not support transitions. Path: "+at.dotted)
		}
		return
	}
	if next == nil && !a.spec.noNext {
		parent := n
		if parent == nil {
			parent = a.node
		}
		c.missing(at.key("NextAction"), parent)
	}
	c.target(at.key("NextAction"), next)
	if len(conditions.list()) > 0 && a.results == nil {
		c.add(ruleBranches, at.key("Conditions"), conditions, "Action does not support conditions")
	} else {
		c.conditions(at.key("Conditions"), a, conditions)
	}
	c.failures(at.key("Errors"), a, failures)
}

// target checks where a branch leads.
func (c *checker) target(at path, n *node) {
	if n != nil && !c.ids[n.word()] {
		c.badValueOf(ruleTarget, at, n)
	}
}

func (c *checker) conditions(at path, a *actionCheck, list *node) {
	var tested []string
	for i, n := range list.list() {
		at := at.index(i)
		if n.get("NextAction") == nil {
			c.missing(at.key("NextAction"), n)
		}
		c.target(at.key("NextAction"), n.get("NextAction"))
		condition := n.get("Condition")
		if condition == nil {
			c.missing(at.key("Condition"), n)
			continue
		}
		if _, ok := compileCondition(condition); !ok {
			c.badValue(at.key("Condition"), condition)
			continue
		}
		c.condition(at.key("Condition"), condition, a.results)
		for _, operand := range condition.get("Operands").list() {
			if s, ok := operand.scalar(); ok {
				tested = append(tested, s)
			}
		}
	}
	if a.results == nil {
		return
	}
	for _, want := range a.results.required {
		if !slices.Contains(tested, want) {
			where := list
			if where == nil {
				where = a.node
			}
			c.add(ruleBranches, at, where, "Action is missing required condition. Condition: "+want)
		}
	}
}

func (c *checker) condition(at path, n *node, want *results) {
	operator := n.get("Operator").word()
	if !slices.Contains(want.operators, operator) {
		where := n.get("Operator")
		if where == nil {
			where = n
		}
		c.badValue(at.key("Operator"), where)
		return
	}
	operands, at := n.get("Operands"), at.key("Operands")
	count := len(operands.list())
	valid := count == 1
	switch operator {
	case and, or:
		valid = count >= 2 && count <= 10
	case exists:
		valid = count <= 1
	}
	if !valid {
		if operands == nil {
			operands = n
		}
		c.badValue(at, operands)
		return
	}
	group := operator == and || operator == or || operator == not
	for i, operand := range operands.list() {
		s, scalar := operand.scalar()
		switch {
		case group && operand.kind == isObject:
			c.condition(at.index(i), operand, want)
		case group || !scalar:
			c.badValue(at.index(i), operand)
		case s == "":
			c.add(ruleValue, at.index(i), operand, "Invalid branch. Path: "+at.index(i).dotted)
		case want.operands != nil && !slices.Contains(want.operands, s):
			c.badValue(at.index(i), operand)
		}
	}
}

func (c *checker) failures(at path, a *actionCheck, list *node) {
	var there []string
	for i, n := range list.list() {
		at := at.index(i)
		kind := n.get("ErrorType").word()
		if slices.Contains(there, kind) || !slices.Contains(a.must, kind) && !slices.Contains(a.may, kind) {
			c.add(ruleBranches, at, n, fmt.Sprintf("Invalid Action error. Error: %s, Path: %s", kind, at.dotted))
		}
		there = append(there, kind)
		if n.get("NextAction") == nil {
			c.missing(at.key("NextAction"), n)
		}
		c.target(at.key("NextAction"), n.get("NextAction"))
	}
	for _, want := range a.must {
		if !slices.Contains(there, want) {
			where := list
			if where == nil {
				where = a.node
			}
			c.add(ruleBranches, at, where, "Action is missing required error. Error: "+want)
		}
	}
}
