package flow

import "slices"

// spec is what the language says of an action type; actions.go holds one for each.
type spec struct {
	block    string // older name, in the flow log; empty: the type itself
	flows    flowSet
	params   []param
	choices  []choice
	results  *results // what conditions may test; nil: the type has no conditions
	must     []string // error types that publishing demands
	may      []string // further ones it accepts
	terminal bool     // has no transitions
	noNext   bool     // real flows leave NextAction out
	fails    string   // error type when the action can not be done in a chat; empty: NoMatchingError

	// also are checks that depend on what the parameters say. They may change the results and error types demanded of this action.
	also func(*checker, *actionCheck)
}

// results are the conditions of an action type.
type results struct {
	operators []string
	operands  []string // the ones allowed, nil: any
	required  []string // the ones that must be there
}

// flowSet is a set of flow types.
type flowSet uint16

const (
	inbound flowSet = 1 << iota
	customerQueue
	customerWhisper
	agentWhisper
	outboundWhisper
	customerHold
	agentHold
	agentTransfer
	queueTransfer
	campaign
	module // content of a flow module

	transfers = agentTransfer | queueTransfer
	holds     = customerHold | agentHold
	whispers  = customerWhisper | agentWhisper | outboundWhisper
	anywhere  = inbound | customerQueue | whispers | holds | transfers | campaign | module
)

// Module is the flow type under which Check knows the content of a flow module; the API has none for it.
const Module = "MODULE"

var flowTypes = map[string]flowSet{
	"CONTACT_FLOW": inbound, "CUSTOMER_QUEUE": customerQueue, "CUSTOMER_WHISPER": customerWhisper, "AGENT_WHISPER": agentWhisper,
	"OUTBOUND_WHISPER": outboundWhisper, "CUSTOMER_HOLD": customerHold, "AGENT_HOLD": agentHold, "AGENT_TRANSFER": agentTransfer,
	"QUEUE_TRANSFER": queueTransfer, "CAMPAIGN": campaign, Module: module,
}

// allows reports whether an action may stand in a flow of this type; an unknown type allows all.
func (s *spec) allows(flowType string) bool {
	t, ok := flowTypes[flowType]
	return !ok || s.flows&t != 0
}

// cannotFail reports whether the type has no error branches at all.
func (s *spec) cannotFail() bool {
	return !s.terminal && len(s.must)+len(s.may) == 0 && s.results == nil
}

func (s *spec) param(name string) *param {
	if i := slices.IndexFunc(s.params, func(p param) bool { return p.name == name }); i >= 0 {
		return &s.params[i]
	}
	return nil
}

// param is a parameter of an action, or a member of one that is an object.
type param struct {
	name     string
	shape    shape
	required bool
	values   []string // the literals allowed, nil: any
	anyCase  bool     // literals are compared without case
	mayBlank bool     // empty texts are fine inside, as published views have them
	min, max int      // bounds of a literal that must be a whole number; none if max is 0
	resource string   // kind of resource that a literal names, as in an ARN
	members  []param  // of an object, or of the objects in a list
}

// shape is how a parameter is written. Source: flow sheet, 2.4.
type shape byte

const (
	static     shape = iota // a literal
	oneValue                // a literal or one reference
	mixedText               // text with references in it
	textMap                 // an object of mixed texts, or one reference to an object
	valueList               // a list of literals or references
	objectList              // a list of objects, or one reference
	object                  // an object with known members, or one reference
	anyJSON                 // an object or list of any form, or one reference
	mixedJSON               // the same with mixed texts in it: what references lead to stands in them as text
)

func literal(name string, values ...string) param {
	return param{name: name, shape: static, values: values}
}
func one(name string) param   { return param{name: name, shape: oneValue} }
func text(name string) param  { return param{name: name, shape: mixedText} }
func texts(name string) param { return param{name: name, shape: textMap} }
func list(name string, values ...string) param {
	return param{name: name, shape: valueList, values: values}
}

func objects(name string, members ...param) param {
	return param{name: name, shape: objectList, members: members}
}
func members(name string, m ...param) param { return param{name: name, shape: object, members: m} }
func free(name string) param                { return param{name: name, shape: anyJSON} }
func freeTexts(name string) param           { return param{name: name, shape: mixedJSON} }

// flag is a literal True or False, written in any case.
func flag(name string) param {
	return param{name: name, values: []string{"True", "False"}, anyCase: true}
}

func (p param) must() param                { p.required = true; return p }
func (p param) fold() param                { p.anyCase = true; return p }
func (p param) between(min, max int) param { p.min, p.max = min, max; return p }
func (p param) blanks() param              { p.mayBlank = true; return p }
func (p param) names(kind string) param    { p.resource = kind; return p }

// choice bounds how many of some parameters stand together.
type choice struct {
	names    []string
	min, max int
}

func exactlyOne(names ...string) choice { return choice{names, 1, 1} }
func atMostOne(names ...string) choice  { return choice{names, 0, 1} }
func atLeastOne(names ...string) choice { return choice{names, 1, len(names)} }
