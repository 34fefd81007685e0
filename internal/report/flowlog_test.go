package report

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// flows writes two flows, of which the contact c runs the first version of "f" and waits there.
func (w *world) flows(change func(*store.Contact)) {
	w.t.Helper()
	content := func(text string) string {
		return `{"Version": "2019-10-30", "StartAction": "greet", "Actions": [
			{"Identifier": "greet", "Type": "MessageParticipant", "Parameters": {"Text": "` + text + `"}, "Transitions": {"NextAction": "wait"}},
			{"Identifier": "wait", "Type": "Wait", "Parameters": {"TimeLimitSeconds": "60"}, "Transitions": {"NextAction": "greet",
				"Conditions": [{"NextAction": "greet", "Condition": {"Operator": "Equals", "Operands": ["WaitCompleted"]}}]}}]}`
	}
	err := w.Store.Update(w.t.Context(), store.Key{}, func(tx *store.Tx) error {
		for _, id := range []string{"f", "g"} {
			tx.PutFlow(&store.Flow{ID: id, InstanceID: instanceID, Name: "Flow " + id, Type: "CONTACT_FLOW", Published: 2})
			for v, text := range []string{"Old", "New"} {
				tx.PutFlowVersion(&store.FlowVersion{FlowID: id, Version: int64(v) + 1, Content: content(text)})
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	state, err := json.Marshal(flow.State{Action: "wait"})
	if err != nil {
		w.t.Fatal(err)
	}
	ct := &store.Contact{ID: "c", FlowID: "f", FlowVersion: 1, FlowType: "CONTACT_FLOW", FlowState: state}
	if change != nil {
		change(ct)
	}
	w.put(ct)
}

// log writes lines to the flow log of c.
func (w *world) log(lines ...string) {
	w.t.Helper()
	err := w.Store.Update(w.t.Context(), store.Key{}, func(tx *store.Tx) error {
		for i, line := range lines {
			tx.AppendFlowLog("c", at(i), []byte(line))
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

const arnOfF = `"ContactFlowId": "arn:aws:connect:us-east-1:000000000000:instance/` + instanceID + `/contact-flow/f"`

func TestTraceContact(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.flows(nil)
		w.log(
			`{`+arnOfF+`, "ContactFlowName": "Flow f", "ContactFlowModuleType": "PlayPrompt", "Identifier": "greet", "Parameters": {"Text": "Old"}}`,
			`{`+arnOfF+`, "ContactFlowModuleType": "PlayPrompt", "Identifier": "greet", "Branch": "NextAction", "Next": "wait"}`,
		)
		in := &parley.TraceContactInput{ContactId: new("c"), InstanceId: new(instanceID)}
		got, err := w.TraceContact(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		id := "arn:aws:connect:us-east-1:000000000000:instance/" + instanceID + "/contact-flow/f"
		want := &parley.TraceContactOutput{
			Lines: []parley.FlowLogLine{
				{
					Timestamp: reply.Time(at(0)), ContactFlowId: &id, ContactFlowName: new("Flow f"), ContactFlowModuleType: new("PlayPrompt"),
					Identifier: new("greet"), Parameters: new(`{"Text": "Old"}`),
				},
				{
					Timestamp: reply.Time(at(1)), ContactFlowId: &id, ContactFlowModuleType: new("PlayPrompt"), Identifier: new("greet"),
					Branch: new("NextAction"), Next: new("wait"),
				},
			},
			Position: &parley.FlowPosition{ContactFlowId: new("f"), ContactFlowVersion: new(int64(1)), Identifier: new("wait")},
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(parley.TraceContactOutput{}, "NextToken", "ResultMetadata")); diff != "" {
			t.Errorf("TraceContact (-want +got):\n%s", diff)
		}
		// What is new is read from there on, as long as the contact lives.
		in.NextToken = got.NextToken
		for _, more := range []int{0, linesPage, 1, 0} {
			for i := range more {
				w.log(fmt.Sprintf(`{"Identifier": "n%d"}`, i))
			}
			if got, err = w.TraceContact(t.Context(), in); err != nil || len(got.Lines) != more || got.NextToken == nil {
				t.Fatalf("%d lines (%v) and token %v, want %d and one", len(got.Lines), err, got.NextToken, more)
			}
			in.NextToken = got.NextToken
		}
	})
}

func TestTraceOfAnEndedContact(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.flows(func(ct *store.Contact) { ct.FlowState, ct.EndedAt = nil, at(9) })
		w.log(`{"Identifier": "greet"}`)
		got, err := w.TraceContact(t.Context(), &parley.TraceContactInput{ContactId: new("c")})
		if err != nil || len(got.Lines) != 1 || got.NextToken != nil || got.Position != nil || got.DisconnectTimestamp == nil {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestPositionInModules(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.flows(func(ct *store.Contact) {
			ct.FlowState = []byte(`{"action": "inner", "module": "m2:1", "caller": {"action": "middle", "module": "m1:3", "caller": {"action": "wait"}}}`)
		})
		got, err := w.TraceContact(t.Context(), &parley.TraceContactInput{ContactId: new("c")})
		if err != nil {
			t.Fatal(err)
		}
		want := []parley.ModulePosition{{FlowModuleId: new("m1:3"), Identifier: new("middle")}, {FlowModuleId: new("m2:1"), Identifier: new("inner")}}
		if diff := cmp.Diff(want, got.Position.Modules); diff != "" || *got.Position.Identifier != "wait" {
			t.Errorf("position at %s in (-want +got):\n%s", *got.Position.Identifier, diff)
		}
	})
}

func TestDrawContact(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.flows(nil)
		w.log(
			`{`+arnOfF+`, "Identifier": "greet"}`, `{`+arnOfF+`, "Identifier": "greet", "Branch": "NextAction", "Next": "wait"}`,
			`{`+arnOfF+`, "Identifier": "wait"}`, `{`+arnOfF+`, "Identifier": "wait", "Branch": "Equals WaitCompleted", "Next": "greet"}`,
			`{`+arnOfF+`, "Identifier": "greet"}`, `{`+arnOfF+`, "Identifier": "greet", "ContactFlowModuleId": "m"}`,
		)
		for _, tt := range []struct {
			flow  *string
			wants []string
			not   string
		}{
			{nil, []string{"Flow f", "greet: Message participant, Old.", "It ran 2 times.", "wait: Wait, 1m.", "The contact is here."}, "New"},
			{new("arn:aws:connect:us-east-1:000000000000:instance/" + instanceID + "/contact-flow/g"), []string{"Flow g", "New"}, "It ran"},
		} {
			got, err := w.DrawContact(t.Context(), &parley.DrawContactInput{ContactId: new("c"), ContactFlowId: tt.flow})
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range tt.wants {
				if !strings.Contains(*got.Picture, want) {
					t.Errorf("%s: the picture lacks %q", *got.ContactFlowName, want)
				}
			}
			if strings.Contains(*got.Picture, tt.not) {
				t.Errorf("%s: the picture has %q", *got.ContactFlowName, tt.not)
			}
		}
	})
}

func TestFlowLogsRefuse(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.flows(nil)
		_, err := w.TraceContact(t.Context(), &parley.TraceContactInput{ContactId: new("nobody")})
		wantCode(t, "trace of nobody", err, "ResourceNotFoundException")
		_, err = w.TraceContact(t.Context(), &parley.TraceContactInput{ContactId: new("c"), InstanceId: new(stranger)})
		wantCode(t, "trace for another instance", err, "ResourceNotFoundException")
		_, err = w.TraceContact(t.Context(), &parley.TraceContactInput{ContactId: new("c"), NextToken: new("x")})
		wantCode(t, "trace with a bad token", err, "InvalidParameterException")
		_, err = w.DrawContact(t.Context(), &parley.DrawContactInput{ContactId: new("c"), ContactFlowId: new("none")})
		wantCode(t, "picture of no flow", err, "ResourceNotFoundException")
	})
}
