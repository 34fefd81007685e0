package flow

import (
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
// run is over. After the success of EnterFlow or EnterQueue it is over too.
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
	} else {
		if a = f.actions[st.Action]; a == nil {
			return nil, fmt.Errorf("flow: answer at %q, where no action waits", st.Action)
		}
		out, err := a.answer(in)
		if err != nil {
			return nil, err
		}
		if in.Kind == Answered {
			st.keepView(in)
		}
		a = r.follow(a, out)
	}
	for a != nil {
		if st.Steps >= maxSteps {
			r.end(a, fmt.Sprintf("%d actions without a wait", maxSteps))
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
type behavior func(r *run, a *action, in args) outcome

// behaviors are the actions that Parley does. Any other takes its error branch.
var behaviors = map[string]behavior{
	"MessageParticipant":                 message,
	"UpdateContactAttributes":            updateAttributes,
	"UpdateFlowAttributes":               updateFlowAttributes,
	"UpdateContactData":                  updateContactData,
	"TagContact":                         tagContact,
	"UntagContact":                       untagContact,
	"UpdateContactRoutingBehavior":       updateRouting,
	"UpdateContactRoutingCriteria":       updateCriteria,
	"UpdateContactEventHooks":            updateHooks,
	"UpdateFlowLoggingBehavior":          updateLogging,
	"CreatePersistentContactAssociation": continueChat,
	"UpdateContactTextToSpeechVoice":     pass,
	"Compare":                            compare,
	"Loop":                               loop,
	"DistributeByPercentage":             distribute,
	"Wait":                               wait,
	"AuthenticateParticipant":            authenticate,
	"ShowView":                           showView,
	"UpdateContactTargetQueue":           updateTargetQueue,
	"TransferContactToQueue":             transferToQueue,
	"TransferToFlow":                     transferToFlow,
	"DisconnectParticipant":              disconnect,
	"EndFlowExecution":                   endFlow,
}

// do runs an action.
func (r *run) do(a *action) outcome {
	if a.spec == nil {
		r.log(LogEntry{Block: a.kind, Unsupported: true})
		return fails("no such action type")
	}
	in, ok := r.resolve(a)
	entry := LogEntry{Block: a.spec.name(a), Parameters: in.logged()}
	act := behaviors[a.kind]
	entry.Unsupported = act == nil
	r.log(entry)
	switch {
	case !ok:
		return fails(fmt.Sprintf("parameters of more than %d bytes", maxResolved))
	case act == nil && a.spec.cannotFail():
		return outcome{}
	case act == nil:
		out := fails("not supported")
		if a.spec.fails != "" {
			out.failed = a.spec.fails
		}
		return out
	case !a.spec.allows(r.facts.FlowType):
		return fails("not possible in a flow of type " + r.facts.FlowType)
	}
	return act(r, a, in)
}

// answer is what the answer to an effect of the action means.
func (a *action) answer(in Input) (outcome, error) {
	waits, signsIn, shows := a.kind == "Wait", a.kind == "AuthenticateParticipant", a.kind == "ShowView"
	leaves := a.kind == "TransferContactToQueue" || a.kind == "TransferToFlow"
	switch {
	case in.Kind == Failed && in.Error != "":
		return outcome{failed: in.Error, detail: "refused"}, nil
	case in.Kind == Failed:
		return fails("refused"), nil
	case in.Kind == TimedOut && waits:
		return outcome{result: waitCompleted}, nil
	case in.Kind == TimedOut && signsIn:
		return outcome{failed: timeLimit, detail: "the customer did not sign in"}, nil
	case in.Kind == TimedOut && shows:
		return outcome{failed: timeLimit, detail: "the customer did not answer the view"}, nil
	case in.Kind == Answered && shows:
		return outcome{result: in.Event}, nil
	case in.Kind == Happened && (waits || signsIn && in.Event == OptedOut):
		return outcome{result: in.Event}, nil
	case in.Kind == Done && !waits && !shows && !leaves:
		return outcome{}, nil
	}
	return outcome{}, fmt.Errorf("flow: input of kind %d is no answer to %s %q", in.Kind, a.kind, a.id)
}

// follow goes where an outcome leads. It returns nil when the step is over.
func (r *run) follow(a *action, out outcome) *action {
	switch {
	case out.effect != nil:
		r.state.Action = a.id
		r.effects = append(r.effects, out.effect)
		switch out.effect.(type) {
		case Wait:
			r.state.Steps = 0
		case Disconnect, End:
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
				r.log(LogEntry{Block: a.spec.name(a), Results: result})
				return r.enter(b.next, a.id)
			}
		}
		r.log(LogEntry{Block: a.spec.name(a), Results: NoMatchingCondition})
		for _, b := range a.errors {
			if b.kind == NoMatchingCondition {
				return r.enter(b.next, a.id)
			}
		}
	}
	return r.enter(a.next, a.id)
}

// fail takes the error branch. Without one the flow ends, except at a message: older flows have none there and go on.
// Source: flow sheet, 7.1.
func (r *run) fail(a *action, out outcome) *action {
	r.log(LogEntry{Block: a.spec.name(a), Results: out.failed})
	next, ok := a.branch(out.failed)
	if ok {
		return r.enter(next, a.id)
	}
	if a.kind == "MessageParticipant" {
		return r.enter(a.next, a.id)
	}
	r.end(a, fmt.Sprintf("%s without a branch for it: %s", out.failed, out.detail))
	return nil
}

// enter returns the action of that name, or ends the flow: it ran off its end.
func (r *run) enter(id, from string) *action {
	a := r.flow.actions[id]
	if a == nil {
		r.state.Action = ""
		r.effects = append(r.effects, End{fmt.Sprintf("%s leads to %q, which is no action", from, id)})
	}
	return a
}

func (r *run) end(a *action, why string) {
	r.state.Action = ""
	r.effects = append(r.effects, End{fmt.Sprintf("%s %q: %s", a.kind, a.id, why)})
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
	case v.plain != nil && shape == anyJSON:
		return v.plain, true
	case v.text != nil:
		ref, ok := v.text.reference()
		if !ok || shape == mixedText {
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
			if shape != anyJSON {
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
