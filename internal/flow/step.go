package flow

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

const (
	// maxSteps is how many actions may run without a wait. Connect states no such limit; a graph without a way out needs one.
	maxSteps = 1000

	// maxResolved bounds the texts of one action with their references replaced, in bytes. It leaves room for all attributes a contact
	// may have, twice.
	maxResolved = 64 << 10
)

// Step goes on with a run until the flow needs an answer (see Asks), waits, or ends. Effects are in order; the last one decides: apply
// one that asks and call Step again with the answer; save the state at a Wait and come back when it is over; at Disconnect or End the
// run is over, at Return that of a module. After the success of EnterFlow or EnterQueue it is over too.
//
// The error tells of a mistake of the caller: a state that does not belong to this flow, or an input that is no answer to what the
// flow asked. Nothing a flow holds makes an error.
func Step(f *Flow, st *State, facts *Facts, in Input) ([]Effect, error) {
	r := &run{flow: f, state: st, facts: facts}
	var a *action
	if in.Kind == Begin {
		if st.Action != "" {
			return nil, fmt.Errorf("flow: begin a run that is at %q", st.Action)
		}
		a = r.enter(f.start, "StartAction")
	} else if in.Kind == ClockOver {
		if a = f.actions[st.Behind]; a == nil {
			return nil, fmt.Errorf("flow: no clock runs behind %q", st.Action)
		}
		st.Behind, st.Steps = "", 0
		a = r.follow(a, outcome{result: waitCompleted})
	} else {
		if a = f.actions[st.Action]; a == nil {
			return nil, fmt.Errorf("flow: answer at %q, where no action waits", st.Action)
		}
		out, err := r.answer(a, in)
		if err != nil {
			return nil, err
		}
		a = r.follow(a, out)
	}
	for a != nil {
		if st.Steps >= maxSteps {
			why := fmt.Sprintf("%d actions without a wait", maxSteps)
			r.log(LogEntry{Block: a.spec.name(a), Identifier: a.id, Results: why, Notable: true})
			r.end(a, why)
			break
		}
		st.Steps++
		a = r.follow(a, r.do(a))
	}
	return r.effects, nil
}

// run is one Step under way.
type run struct {
	flow    *Flow
	state   *State
	facts   *Facts
	effects []Effect
	results map[string]any // decoded members of state.Results
	size    int            // bytes of text resolved for the current action
}

// outcome is how an action went. One field is set; all are empty for plain success.
type outcome struct {
	result  any    // what conditions test
	missing bool   // the result could not be found: no condition holds
	failed  string // error type
	detail  string // why it failed
	effect  Effect // what the run asks for, waits for or ends with
}

func fails(detail string) outcome { return outcome{failed: NoMatchingError, detail: detail} }

// behavior is what a type of action does in a chat.
type behavior struct {
	do func(r *run, a *action, in args) outcome

	// answer says what the answer to its effect means, other than Failed, and false if it is none. Nil: the effect is answered by Done.
	answer func(r *run, in Input) (outcome, bool)
}

// behaviors are the actions that Parley does. Any other takes its error branch.
var behaviors = map[string]behavior{
	"MessageParticipant":                 {do: message},
	"UpdateContactAttributes":            {do: updateAttributes},
	"UpdateFlowAttributes":               {do: updateFlowAttributes},
	"UpdateContactData":                  {do: updateContactData},
	"TagContact":                         {do: tagContact},
	"UntagContact":                       {do: untagContact},
	"UpdateContactRoutingBehavior":       {do: updateRouting},
	"UpdateContactRoutingCriteria":       {do: updateCriteria},
	"UpdateContactEventHooks":            {do: updateHooks},
	"UpdateFlowLoggingBehavior":          {do: updateLogging},
	"CreatePersistentContactAssociation": {do: continueChat},
	"UpdateContactTextToSpeechVoice":     {do: updateVoice},
	"Compare":                            {do: compare},
	"Loop":                               {do: loop},
	"DistributeByPercentage":             {do: distribute},
	"Wait":                               {wait, waited},
	"CheckHoursOfOperation":              {checkHours, heard},
	"CheckMetricData":                    {askMetric, measured},
	"GetMetricData":                      {readMetrics, gauged},
	"AuthenticateParticipant":            {authenticate, authenticated},
	"ShowView":                           {showView, viewed},
	"InvokeLambdaFunction":               {invoke, invoked},
	"ConnectParticipantWithLexBot":       {connectBot, botDone},
	"UpdateContactTargetQueue":           {do: updateTargetQueue},
	"TransferContactToQueue":             {transferToQueue, gone},
	"DequeueContactAndTransferToQueue":   {do: moveToQueue},
	"TransferToFlow":                     {transferToFlow, gone},
	"StartOutboundChatContact":           {do: startOutbound},
	"UpdateContactMediaProcessing":       {do: updateProcessing},
	"InvokeFlowModule":                   {invokeModule, returned},
	"EndFlowModuleExecution":             {do: endModule},
	"DisconnectParticipant":              {do: disconnect},
	"EndFlowExecution":                   {do: endFlow},

	"UpdateContactRecordingBehavior":             {do: updateRecording},
	"UpdateContactRecordingAndAnalyticsBehavior": {do: updateAnalytics},
}

// do runs an action.
func (r *run) do(a *action) outcome {
	if a.spec == nil {
		r.log(LogEntry{Block: a.kind, Identifier: a.id, Notable: true})
		return fails("no such action type")
	}
	in, ok := r.resolve(a)
	entry := LogEntry{Block: a.spec.name(a), Identifier: a.id, Parameters: in.logged()}
	act, supported := behaviors[a.kind]
	entry.Notable = !supported
	r.log(entry)
	switch {
	case !ok:
		return fails(fmt.Sprintf("parameters of more than %d bytes", maxResolved))
	case !supported && a.spec.cannotFail():
		return outcome{}
	case !supported:
		out := fails("not supported")
		if a.spec.fails != "" {
			out.failed = a.spec.fails
		}
		return out
	case !r.allows(a.spec):
		return fails("not possible in a flow of type " + r.facts.FlowType)
	}
	return act.do(r, a, in)
}

// answer is what the answer to the effect of an action means.
func (r *run) answer(a *action, in Input) (outcome, error) {
	if in.Kind == Failed {
		return outcome{failed: cmp.Or(in.Error, NoMatchingError), detail: "refused"}, nil
	}
	answer := behaviors[a.kind].answer
	if answer == nil {
		answer = granted
	}
	if out, ok := answer(r, in); ok {
		return out, nil
	}
	return outcome{}, fmt.Errorf("flow: input of kind %d is no answer to %s %q", in.Kind, a.kind, a.id)
}

// granted is the answer to what only succeeds or fails.
func granted(_ *run, in Input) (outcome, bool) { return outcome{}, in.Kind == Done }

// gone is the answer to what ends the run when it succeeds: there is none.
func gone(*run, Input) (outcome, bool) { return outcome{}, false }

// follow goes where an outcome leads. It returns nil when the step is over.
func (r *run) follow(a *action, out outcome) *action {
	switch {
	case out.effect != nil:
		r.state.Action = a.id
		_, ends := out.effect.(End)
		if _, runs := r.state.AtClock(); ends && runs {
			r.awaitClock()
			return nil
		}
		r.effects = append(r.effects, out.effect)
		switch out.effect.(type) {
		case Wait:
			r.state.Steps = 0
		case Disconnect, End, Return:
			r.state.Action = ""
		}
		return nil
	case out.failed != "":
		return r.fail(a, out)
	case out.result != nil || out.missing:
		result := textOf(out.result)
		if out.missing {
			result = ""
		}
		for _, b := range a.conditions {
			if r.holds(b.condition, out.result, !out.missing) {
				r.took(a, result, b.condition.String(), b.next)
				return r.enter(b.next, a.id)
			}
		}
		for _, b := range a.errors {
			if b.kind == NoMatchingCondition {
				r.took(a, NoMatchingCondition, b.kind, b.next)
				return r.enter(b.next, a.id)
			}
		}
		r.took(a, NoMatchingCondition, nextAction, a.next)
		return r.enter(a.next, a.id)
	}
	if r.facts.Trace {
		r.took(a, "", nextAction, a.next)
	}
	return r.enter(a.next, a.id)
}

// nextAction is what logs call the branch of plain success.
const nextAction = "NextAction"

// took logs which way an action led.
func (r *run) took(a *action, results, branch, next string) {
	r.log(LogEntry{Block: a.spec.name(a), Identifier: a.id, Results: results, Branch: branch, Next: next})
}

// fail takes the error branch. Without one the flow ends, except at a message: older flows have none there and go on.
// Source: flow sheet, 7.1.
func (r *run) fail(a *action, out outcome) *action {
	next, kind, ok := a.branch(out.failed)
	if !ok && a.kind == "MessageParticipant" {
		next, kind, ok = a.next, nextAction, true
	}
	r.took(a, out.failed, kind, next)
	if ok {
		return r.enter(next, a.id)
	}
	r.end(a, fmt.Sprintf("%s without a branch for it: %s", out.failed, out.detail))
	return nil
}

// enter returns the action of that name, or ends the flow: it ran off its end.
func (r *run) enter(id, from string) *action {
	a := r.flow.actions[id]
	if a == nil {
		r.over(fmt.Sprintf("%s leads to %q, which is no action", from, id))
	}
	return a
}

func (r *run) end(a *action, why string) { r.over(fmt.Sprintf("%s %q: %s", a.kind, a.id, why)) }

// over ends a run that can not go on: a module fails, a flow is at its end.
func (r *run) over(why string) {
	if r.state.Behind != "" {
		r.awaitClock()
		return
	}
	r.state.Action = ""
	var e Effect = End{why}
	if r.state.Caller != nil {
		e = Return{Failed: true, Reason: why}
	}
	r.effects = append(r.effects, e)
}

func (r *run) log(entry LogEntry) { r.effects = append(r.effects, Log{entry}) }

// name is what the flow log calls an action.
func (s *spec) name(a *action) string {
	if s == nil || s.block == "" {
		return a.kind
	}
	return s.block
}

// args are the parameters of an action with references replaced: texts, []any and map[string]any.
type args map[string]any

// text returns a parameter. It reports false if the parameter is absent, no text, or one reference to something missing.
func (in args) text(name string) (string, bool) {
	s, ok := in[name].(string)
	return s, ok
}

// is reports whether a parameter is this word, in any case.
func (in args) is(name, word string) bool {
	s, _ := in.text(name)
	return strings.EqualFold(s, word)
}

// textMap returns a parameter that is an object of texts.
func (in args) textMap(name string) (map[string]string, error) {
	object, ok := in[name].(map[string]any)
	if !ok {
		return nil, errors.New(name + " is no object")
	}
	texts := make(map[string]string, len(object))
	for k, v := range object {
		texts[k] = textOf(v)
	}
	return texts, nil
}

// logNames are parameters that the flow log calls by their older names.
var logNames = map[string]string{
	"ComparisonValue": "Attribute", "QueueId": "Queue", "AgentId": "Agent", "TimeLimitSeconds": "TimeoutSeconds",
	"FlowLoggingBehavior": "LoggingBehavior", "LambdaFunctionARN": "FunctionArn", "InvocationTimeLimitSeconds": "TimeLimit",
}

func (in args) logged() map[string]any {
	logged := make(map[string]any, len(in))
	for k, v := range in {
		if name, ok := logNames[k]; ok {
			k = name
		}
		logged[k] = v
	}
	return logged
}

// resolve replaces the references in the parameters of an action. It reports false if that makes them larger than maxResolved.
func (r *run) resolve(a *action) (args, bool) {
	r.size = 0
	in := make(args, len(a.params))
	for name, v := range a.params {
		shape := mixedText
		if p := a.param(name); p != nil {
			shape = p.shape
		}
		if resolved, ok := r.value(v, shape); ok {
			in[name] = resolved
		}
	}
	return in, r.size <= maxResolved
}

// value resolves a parameter. It reports false for null, and for a reference to something missing unless it stands in a text, where it
// is replaced by nothing. Source: flow sheet, 6.3.
func (r *run) value(v value, shape shape) (any, bool) {
	switch {
	case v.text != nil && shape == static:
		return v.text.source, true
	case v.plain != nil && (shape == anyJSON || shape == mixedJSON):
		return v.plain, true
	case v.text != nil:
		ref, ok := v.text.reference()
		if !ok || shape == mixedText || shape == mixedJSON {
			s, _ := r.text(*v.text)
			return s, true
		}
		found, ok := r.lookup(ref)
		if !ok {
			return nil, false
		}
		s := textOf(found)
		r.size += len(s)
		if shape == oneValue {
			return s, true
		}
		return found, true
	case v.members != nil:
		object := make(map[string]any, len(v.members))
		for _, m := range v.members {
			name := m.name.source
			if shape != anyJSON && shape != mixedJSON {
				name, _ = r.text(m.name)
			}
			if member, ok := r.value(m.value, inner(shape)); ok {
				object[name] = member
			}
		}
		return object, true
	case v.items != nil:
		items := make([]any, 0, len(v.items))
		for _, item := range v.items {
			if e, ok := r.value(item, inner(shape)); ok {
				items = append(items, e)
			}
		}
		return items, true
	}
	return nil, false
}

// inner is the shape of what stands in a list or an object.
func inner(outer shape) shape {
	if outer == textMap {
		return mixedText
	}
	return outer
}

// text replaces the references in a text; missing ones leave nothing. It reports false for a text that is one missing reference.
func (r *run) text(t template) (string, bool) {
	if s, ok := t.literal(); ok {
		r.size += len(s)
		return s, true
	}
	_, whole := t.reference()
	var b strings.Builder
	for _, p := range t.parts {
		if r.size+b.Len() > maxResolved {
			break
		}
		if p.ref == nil {
			b.WriteString(p.literal)
			continue
		}
		v, ok := r.lookup(p.ref)
		if !ok && whole {
			return "", false
		}
		if ok {
			b.WriteString(textOf(v))
		}
	}
	r.size += b.Len()
	return b.String(), true
}
