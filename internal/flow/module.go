package flow

import "encoding/json"

// maxModules is how deep modules may invoke each other. Source: flow sheet, 7.3.
const maxModules = 5

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
	inside.keep("Modules", []byte(compact(map[string]any{"Input": input})))
	return inside, true
}

// Leave returns the state of the run that invoked the module, and what it goes on with.
func (st State) Leave(e Return) (State, Input) {
	caller := *st.Caller
	caller.Seed, caller.Steps = st.Seed, st.Steps
	if e.Failed {
		return caller, Input{Kind: Failed}
	}
	result := map[string]any{"Result": e.Result}
	if e.Data != nil {
		result["ResultData"] = e.Data
	}
	return caller, Input{Kind: Answered, Event: e.Result, Data: json.RawMessage(compact(result))}
}
