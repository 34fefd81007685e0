package flow

import (
	"encoding/json"
	"testing"
)

// How fast does a flow run, in actions?
func BenchmarkStep(b *testing.B) {
	f := parse(b, document(b,
		`{"Identifier": "loop", "Type": "Loop", "Parameters": {"LoopCount": "100"}, "Transitions": {"NextAction": "end", "Conditions": [
			{"NextAction": "compare", "Condition": {"Operator": "Equals", "Operands": ["ContinueLooping"]}}]}}`,
		`{"Identifier": "compare", "Type": "Compare", "Parameters": {"ComparisonValue": "$.Attributes.tier"}, "Transitions": {"NextAction": "end", "Conditions": [
			{"NextAction": "end", "Condition": {"Operator": "Equals", "Operands": ["silver"]}},
			{"NextAction": "say", "Condition": {"Operator": "Equals", "Operands": ["gold"]}}]}}`,
		`{"Identifier": "say", "Type": "MessageParticipant", "Parameters": {"Text": "Hello $.Attributes.name, welcome back."}, "Transitions": {"NextAction": "set"}}`,
		`{"Identifier": "set", "Type": "UpdateFlowAttributes", "Parameters": {"FlowAttributes": {"last": {"Value": "$.ContactId"}}}, "Transitions": {"NextAction": "loop"}}`,
		`{"Identifier": "end", "Type": "EndFlowExecution"}`))
	facts := Facts{ContactID: "c", Attributes: map[string]string{"tier": "gold", "name": "Ann"}}
	const actions = 4*100 + 2
	b.ReportAllocs()
	for b.Loop() {
		st := Start(1)
		if _, err := Step(f, &st, &facts, Input{Kind: Begin}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*actions/b.Elapsed().Seconds(), "actions/s")
}

// How fast is a flow of an ordinary size read, and checked?
func BenchmarkParse(b *testing.B) {
	content := flowFiles(b)["menu.json"]
	b.Run("parse", func(b *testing.B) {
		b.SetBytes(int64(len(content)))
		b.ReportAllocs()
		for b.Loop() {
			parse(b, content)
		}
	})
	f := parse(b, content)
	b.Run("check", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if problems := f.Check("CONTACT_FLOW", nil); problems != nil {
				b.Fatal(problems)
			}
		}
	})
}

// How much does a flow that waits add to a contact's row?
func BenchmarkWaitingState(b *testing.B) {
	f := parse(b, flowFiles(b)["menu.json"])
	st := Start(0x9e3779b97f4a7c15)
	facts := Facts{Attributes: map[string]string{"tier": "gold"}}
	in, waits := Input{Kind: Begin}, false
	for !waits {
		effects, err := Step(f, &st, &facts, in)
		if err != nil {
			b.Fatal(err)
		}
		_, waits = effects[len(effects)-1].(Wait)
		in = Input{Kind: Done}
	}
	var saved []byte
	b.ReportAllocs()
	for b.Loop() {
		saved, _ = json.Marshal(&st)
	}
	b.ReportMetric(float64(len(saved)), "bytes/state")
}
