package flow

import "encoding/json"

// maxModules is how deep modules may invoke each other. Source: flow sheet, 7.3.
const maxModules = 5

// invokeModule runs a module like one action. Source: flow sheet, 11.21.
func invokeModule(_ *run, _ *action, in args) outcome {
	id, _ := in.text("FlowModuleId")
	if id == "" {
		return fails("no module")
	}
	e := EnterModule{ModuleID: id}
	if given, ok := in["Input"]; ok {
		if e.Input, ok = objectOf(given); !ok {
			return fails("Input is no object")
		}
	}
	return outcome{effect: e}
}

// returned has references find what a module gave back; what it was given itself, if this is a module, stays there too.
func returned(r *run, in Input) (outcome, bool) {
	if in.Kind != Answered {
		return outcome{}, false
	}
	modules := map[string]json.RawMessage{}
	if json.Unmarshal(in.Data, &modules) != nil {
		return outcome{}, false
	}
	var before struct{ Input json.RawMessage }
	if kept := r.state.Results["Modules"]; kept != nil && json.Unmarshal(kept, &before) == nil && before.Input != nil {
		modules["Input"] = before.Input
	}
	r.state.keep("Modules", []byte(compact(modules)))
	if in.Event == "" {
		return outcome{}, true
	}
	return outcome{result: in.Event}, true
}

// endModule returns to the flow or module that invoked this one. What is no object is no ResultData. Source: flow sheet, 11.22.
func endModule(r *run, _ *action, in args) outcome {
	if r.state.Caller == nil {
		return fails("not in a module")
	}
	var e Return
	e.Result, _ = in.text("Result")
	if data, ok := objectOf(in["ResultData"]); ok {
		e.Data = data
	}
	return outcome{effect: e}
}

// allows reports whether an action may run here: in a module what may stand in one, and besides in the flow that invoked it.
func (r *run) allows(s *spec) bool {
	if r.state.Caller == nil {
		return s.allows(r.facts.FlowType)
	}
	return s.allows(Module) && (s.flows == module || s.allows(r.facts.FlowType))
}

// Enter returns the state of a run that begins in a module, to which st is the caller. Module is the name that the state keeps of it. It
// reports false when modules are nested too deep.
//
// A module sees the contact, and of its caller only the input. Source: flow sheet, 11.21.
func (st State) Enter(module string, input map[string]any) (State, bool) {
	depth := 1
	for caller := st.Caller; caller != nil; caller = caller.Caller {
		depth++
	}
	if depth > maxModules {
		return State{}, false
	}
	inside := State{Seed: st.Seed, Steps: st.Steps, Module: module, Caller: &st}
	if input == nil {
		input = map[string]any{}
	}
	inside.keep("Modules", json.RawMessage(compact(map[string]any{"Input": input})))
	return inside, true
}

// AtClock returns the state of the flow or module behind which a clock runs: st, or one that invoked it. It reports false when none does.
func (st State) AtClock() (State, bool) {
	for st.Behind == "" && st.Caller != nil {
		st = st.caller()
	}
	return st, st.Behind != ""
}

// caller is the state of the run that invoked the module.
func (st State) caller() State {
	caller := *st.Caller
	caller.Seed, caller.Steps = st.Seed, st.Steps
	return caller
}

// Leave returns the state of the run that invoked the module, and what it goes on with.
func (st State) Leave(e Return) (State, Input) {
	caller := st.caller()
	if e.Failed {
		return caller, Input{Kind: Failed}
	}
	result := map[string]any{}
	if e.Result != "" {
		result["Result"] = e.Result
	}
	if e.Data != nil {
		result["ResultData"] = e.Data
	}
	return caller, Input{Kind: Answered, Event: e.Result, Data: json.RawMessage(compact(result))}
}
