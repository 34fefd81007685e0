package flow

import (
	"slices"
	"strconv"
)

// demand adds error types that the parameters of this action make necessary.
func (a *actionCheck) demand(errorTypes ...string) {
	a.must = slices.Concat(a.must, errorTypes)
}

// demandsOf returns what publishing demands of an action of a known type, as its parameters stand.
func demandsOf(action *node) *actionCheck {
	s := specs[action.get("Type").word()]
	a := &actionCheck{node: action, params: action.get("Parameters"), spec: s, results: s.results, must: s.must, may: s.may}
	if s.also != nil {
		s.also(&checker{}, a)
	}
	return a
}

// checkParticipantInput tells the two forms apart: a menu branches by key, a stored input does not.
func checkParticipantInput(c *checker, a *actionCheck) {
	if secret := a.params.get("InputEncryption"); secret != nil && a.params.get("InputValidation").get("CustomValidation") == nil {
		c.badValue(a.at.key("Parameters").key("InputEncryption"), secret) // telephone numbers are not encrypted
	}
	if a.is("StoreInput", "False") {
		a.results = equalTo("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#")
		a.demand(NoMatchingCondition, inputTimeLimit)
	} else if a.params.get("InputValidation").get("PhoneNumberValidation") != nil {
		a.demand(invalidPhone)
	}
}

func checkLexBot(_ *checker, a *actionCheck) {
	if a.params.get("LexTimeoutSeconds") != nil {
		a.demand(inputTimeLimit)
	}
}

// checkFlowAttributes: each attribute is an object with a Value and perhaps its Type.
func checkFlowAttributes(c *checker, a *actionCheck) {
	attributes := a.params.get("FlowAttributes")
	if attributes == nil || attributes.kind != isObject {
		return // reported, or a reference
	}
	at := a.at.key("Parameters").key("FlowAttributes")
	known := []param{text("Value").must(), literal("Type", "String")}
	for _, m := range attributes.members {
		c.param(at.key(m.name), m.value, &param{shape: object, members: known})
	}
}

// checkCompare: what is compared must be a reference.
func checkCompare(c *checker, a *actionCheck) {
	n := a.params.get("ComparisonValue")
	if s, ok := n.scalar(); ok && s != "" && !looksLikeReference(s) {
		c.badValue(a.at.key("Parameters").key("ComparisonValue"), n)
	}
}

// checkPercentages: the bounds are whole numbers from 1 to 100 that rise.
func checkPercentages(c *checker, a *actionCheck) {
	last := 0
	for i, n := range a.get("Transitions").get("Conditions").list() {
		operands := n.get("Condition").get("Operands")
		if len(operands.list()) != 1 {
			continue // reported with the conditions
		}
		s, _ := operands.items[0].scalar()
		bound, err := strconv.Atoi(s)
		if err != nil || bound <= last || bound > 100 {
			at := a.at.key("Transitions").key("Conditions").index(i).key("Condition").key("Operands").index(0)
			c.badValue(at, operands.items[0])
		}
		last = max(last, bound)
	}
}

// checkWait: a branch for the time and one for each event, or those of the form that goes on while the clock runs.
func checkWait(_ *checker, a *actionCheck) {
	results := []string{waitCompleted}
	for _, e := range a.params.get("Events").list() {
		if e.word() == BotParticipantDisconnected {
			a.demand(ParticipantNotFound)
		}
		results = append(results, e.word())
	}
	if a.is("ContinueExecution", "True") {
		results = []string{waitCompleted, waitContinue}
	}
	a.results = equalTo(results...)
	a.results.required = results
}

// checkMetric: agents can only be asked for whether there are any. Source: flow sheet, 11.14.
func checkMetric(_ *checker, a *actionCheck) {
	switch metric, _ := a.param("MetricType"); metric {
	case AgentsAvailable, AgentsStaffed, AgentsOnline:
		a.results = &results{operators: []string{greater}, operands: []string{"0"}}
	}
}

// checkHooks: one hook at a time; only the whispers have a switch.
func checkHooks(c *checker, a *actionCheck) {
	one := func(name string) {
		hooks := a.params.get(name)
		if hooks == nil || hooks.kind != isObject || len(hooks.members) == 1 {
			return
		}
		c.badValue(a.at.key("Parameters").key(name), hooks)
	}
	one("EventHooks")
	one("EventHooksConfiguration")
	configuration := a.params.get("EventHooksConfiguration")
	if configuration == nil {
		return
	}
	for _, m := range configuration.members {
		if m.name != "AgentWhisper" && m.name != "CustomerWhisper" {
			at := a.at.key("Parameters").key("EventHooksConfiguration").key(m.name)
			c.add(ruleUnknown, at, m.value, "Invalid Action property name. Path: "+at.dotted)
		}
	}
}

func checkRecording(_ *checker, a *actionCheck) {
	if a.params.get("ChatBehavior") != nil {
		a.demand(redactionFailed)
	}
}

// criteria are routing criteria. They are no parameter of their own: those keep numbers as they are written.
var criteria = members("RoutingCriteria", objects("Steps", members("Expression", agentExpression(2)...).must(),
	members("Expiry", one("DurationInSeconds").must())).must())

// agentExpression are the ways to say which agents are wanted; And and Or hold others, so deep. Source: flow sheet, 11.25.
func agentExpression(depth int) []param {
	condition := []param{
		one("Name"), one("Value"), one("ProficiencyLevel"), literal("ComparisonOperator", "NumberGreaterOrEqualTo", "Range", "Match"),
		members("Range", one("MinProficiencyLevel").must(), one("MaxProficiencyLevel").must()),
		members("MatchCriteria", members("AgentsCriteria", list("AgentIds").must()).must()),
	}
	all := []param{members("AttributeCondition", condition...), members("NotAttributeCondition", condition...)}
	if depth > 0 {
		inner := agentExpression(depth - 1)
		all = append(all, objects("AndExpression", inner...), objects("OrExpression", inner...))
	}
	return all
}

func checkCriteria(c *checker, a *actionCheck) {
	if n := a.params.get("RoutingCriteria"); n != nil && n.kind == isObject {
		c.param(a.at.key("Parameters").key("RoutingCriteria"), n, &criteria)
	}
}

// checkLambda: a call that is waited for ends after 8 seconds at most.
func checkLambda(c *checker, a *actionCheck) {
	n := a.params.get("InvocationTimeLimitSeconds")
	s, _ := n.scalar()
	if seconds, err := strconv.Atoi(s); err == nil && seconds > 8 && seconds <= 60 && !a.is("InvocationType", "ASYNCHRONOUS") {
		c.badValue(a.at.key("Parameters").key("InvocationTimeLimitSeconds"), n)
	}
}

func checkCaseLink(_ *checker, a *actionCheck) {
	if a.is("LinkContactToCase", "True") {
		a.demand(contactNotLinked)
	}
}

func checkThirdParty(_ *checker, a *actionCheck) {
	if a.is("ContinueFlowExecution", "True") {
		a.demand(callFailed, connectionTime)
	}
}
