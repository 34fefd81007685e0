package center

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/store/storetest"
)

// pausing is a module that says something, waits for a minute, says it again and returns.
func pausing(text string) string {
	return fmt.Sprintf(`{"Version":"2019-10-30","StartAction":"say","Settings":{},"Actions":[
	{"Identifier":"say","Type":"MessageParticipant","Parameters":{"Text":%q},"Transitions":{"NextAction":"wait"}},
	{"Identifier":"wait","Type":"Wait","Parameters":{"TimeLimitSeconds":"60"},"Transitions":{"NextAction":"again"}},
	{"Identifier":"again","Type":"MessageParticipant","Parameters":{"Text":%q},"Transitions":{"NextAction":"end"}},
	{"Identifier":"end","Type":"EndFlowModuleExecution","Parameters":{"Result":"done"}}]}`, text, text+" again")
}

const moduleFlow = `{"Version":"2019-10-30","StartAction":"log","Actions":[
	{"Identifier":"log","Type":"UpdateFlowLoggingBehavior","Parameters":{"FlowLoggingBehavior":"Enabled"},"Transitions":{"NextAction":"run"}},
	{"Identifier":"run","Type":"InvokeFlowModule","Parameters":{"FlowModuleId":"MODULE"},"Transitions":{"NextAction":"back","Errors":[{"NextAction":"failed","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"back","Type":"MessageParticipant","Parameters":{"Text":"back: $.Modules.Result"},"Transitions":{"NextAction":"end"}},
	{"Identifier":"failed","Type":"MessageParticipant","Parameters":{"Text":"failed"},"Transitions":{"NextAction":"end"}},
	{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

func TestFlowRunsModules(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		const id, foreign = "00000000-0000-4000-8000-0000000000b1", "00000000-0000-4000-8000-0000000000b2"
		change := func(change func(*store.Tx, *store.Module)) {
			t.Helper()
			if err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
				m, err := tx.Module(id)
				if err != nil {
					m = &store.Module{ID: id, InstanceID: instanceID, Name: "orders", State: "ACTIVE"}
				}
				change(tx, m)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		change(func(tx *store.Tx, m *store.Module) {
			m.Published, m.Draft = 2, 3
			m.Versions = []store.KeptVersion{{Version: 7, Content: 1}}
			m.Aliases = []store.ModuleAlias{{ID: "a", Name: "live", Version: 7}}
			tx.PutModule(m)
			for i, text := range []string{"kept", "published", "draft"} {
				tx.PutModuleContent(&store.ModuleContent{ModuleID: id, Number: int64(i + 1), Content: pausing(text)})
			}
			tx.PutModule(&store.Module{ID: foreign, InstanceID: "another", Name: "orders", Published: 1})
			tx.PutModuleContent(&store.ModuleContent{ModuleID: foreign, Number: 1, Content: pausing("foreign")})
		})
		run := func(module string) chat {
			t.Helper()
			flow := w.flowOf(strings.Replace(moduleFlow, "MODULE", module, 1))
			return w.start(func(in *connect.StartChatContactInput) { in.ContactFlowId = &flow })
		}
		says := func(c chat, want ...string) {
			t.Helper()
			ch, err := w.Store.Chat(t.Context(), c.id)
			if err != nil {
				t.Fatal(err)
			}
			items, err := w.Store.Items(t.Context(), ch.Num, store.ItemQuery{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, it := range items {
				if it.Content != "" {
					got = append(got, it.Content)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("said %q, want %q", got, want)
			}
		}
		arn := w.Scope.Resource(instanceID, "flow-module", id)
		for module, text := range map[string]string{
			id: "published", arn: "published", id + ":$LATEST": "published", id + ":7": "kept", arn + ":live": "kept",
		} {
			c := run(module)
			w.advance(time.Minute)
			says(c, text, text+" again", "back: done")
		}
		for _, module := range []string{id + ":$SAVED", id + ":2", id + ":Live", foreign, "nothing", w.Scope.Resource("another", "flow-module", foreign), w.Scope.Resource(instanceID, "contact-flow", id)} {
			says(run(module), "failed")
		}

		// Who is inside goes on in the content that was entered, however the module changes, and though the server is another one.
		entered, byAlias := run(id), run(id+":live")
		change(func(tx *store.Tx, m *store.Module) {
			m.Published, m.State, m.Aliases[0].Version = 3, "ARCHIVED", 0
			tx.PutModule(m)
		})
		later := run(id)
		says(run(id+":live"), "failed")
		change(func(tx *store.Tx, _ *store.Module) { tx.DeleteModule(id) })
		if err := w.Store.Close(); err != nil {
			t.Fatal(err)
		}
		w.open()
		w.advance(time.Minute)
		says(entered, "published", "published again", "back: done")
		says(byAlias, "kept", "kept again", "back: done")
		says(later, "draft", "draft again", "back: done")
		says(run(id), "failed")
	})
}

func TestFlowLogTellsTheModule(t *testing.T) {
	w := newWorld(t, storetest.SQLite)
	const id = "00000000-0000-4000-8000-0000000000b1"
	if err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
		tx.PutModule(&store.Module{ID: id, InstanceID: instanceID, Name: "orders", Published: 1})
		tx.PutModuleContent(&store.ModuleContent{ModuleID: id, Number: 1, Content: pausing("a")})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	flow := w.flowOf(strings.Replace(moduleFlow, "MODULE", id, 1))
	c := w.start(func(in *connect.StartChatContactInput) { in.ContactFlowId = &flow })
	w.advance(time.Minute)
	lines, err := w.Store.FlowLog(t.Context(), c.id, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range lines {
		var line struct{ Identifier, ContactFlowModuleId, ContactFlowModuleName, Results string }
		if err := json.Unmarshal(l.Line, &line); err != nil {
			t.Fatal(err)
		}
		if line.Results == "" {
			got = append(got, line.Identifier+" "+line.ContactFlowModuleName)
		}
		if arn := w.Scope.Resource(instanceID, "flow-module", id); line.ContactFlowModuleName != "" && line.ContactFlowModuleId != arn {
			t.Errorf("module %s, want %s", line.ContactFlowModuleId, arn)
		}
	}
	want := []string{"run ", "say orders", "wait orders", "again orders", "end orders", "back ", "end "}
	if !slices.Equal(got, want) {
		t.Errorf("lines %q, want %q", got, want)
	}
}

// TestDraftsDoNotRun when a flow leads to them: nobody has checked them.
func TestDraftsDoNotRun(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.mustUpdate(func(tx *store.Tx) {
			tx.PutFlow(&store.Flow{ID: "draft", InstanceID: instanceID, Name: "draft", Type: "CONTACT_FLOW", State: "ACTIVE", Draft: 1})
			tx.PutFlowVersion(&store.FlowVersion{FlowID: "draft", Version: 1, Content: pausing("draft")})
		})
		id := w.publish("leads", "CONTACT_FLOW", `TransferToFlow {"ContactFlowId":"draft:$SAVED"}`, pause)
		c := w.start(func(in *connect.StartChatContactInput) { in.ContactFlowId = &id })
		ct, err := w.Store.Contact(t.Context(), c.id)
		if err != nil || ct.FlowID != id {
			t.Errorf("the contact is in flow %s, %v", ct.FlowID, err)
		}
	})
}
