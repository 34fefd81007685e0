package center

import (
	"strings"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/internal/store"
)

// TestClock: a flow goes on while a wait runs, until its time is over or it has nothing more to do.
func TestClock(t *testing.T) {
	const views = `"Type":"ShowView","Parameters":{"ViewResource":{"Id":"confirmation"},"InvocationTimeLimitSeconds":"900","ViewData":{"Heading":"a","SubHeading":"b","ActionButton":"c"}}`
	for _, tt := range []struct {
		name, branch string
		after        time.Duration // start to WaitCompleted
	}{
		{"that ends early", `"Type":"EndFlowExecution"`, 20 * time.Second},
		{"that fails", `"Type":"Wait","Parameters":{"TimeLimitSeconds":"1"},"Transitions":{"NextAction":"none"}`, 20 * time.Second},
		{"that takes too long", views + `,"Transitions":{"NextAction":"none","Errors":[{"NextAction":"none","ErrorType":"NoMatchingError"}]}`, time.Minute},
	} {
		engines(t, func(t *testing.T, w *world) {
			w.mustUpdate(func(tx *store.Tx) {
				tx.PutFlow(&store.Flow{ID: "clock", InstanceID: instanceID, Name: "clock", Type: "CONTACT_FLOW", State: "ACTIVE", Published: 1})
				tx.PutFlowVersion(&store.FlowVersion{FlowID: "clock", Version: 1, Content: `{"Version":"2019-10-30","StartAction":"clock","Actions":[
					{"Identifier":"clock","Type":"Wait","Parameters":{"TimeLimitSeconds":"60","ContinueExecution":"True","MinimumWaitTimeSeconds":"20"},"Transitions":{"NextAction":"end","Conditions":[
						{"NextAction":"meanwhile","Condition":{"Operator":"Equals","Operands":["Continue"]}},{"NextAction":"over","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}]}},
					{"Identifier":"meanwhile","Type":"MessageParticipant","Parameters":{"Text":"meanwhile"},"Transitions":{"NextAction":"go"}},
					{"Identifier":"go",` + tt.branch + `},
					{"Identifier":"over","Type":"MessageParticipant","Parameters":{"Text":"over"},"Transitions":{"NextAction":"pause"}},
					{"Identifier":"pause","Type":"Wait","Parameters":{"TimeLimitSeconds":"3600"},"Transitions":{"NextAction":"end"}},
					{"Identifier":"end","Type":"DisconnectParticipant"}]}`})
			})
			c := w.start(func(in *connect.StartChatContactInput) {
				in.ContactFlowId, in.SupportedMessagingContentTypes = new("clock"), []string{textPlain, interactive, interactiveResponse}
			})
			said := func() string {
				var all []string
				for _, text := range contents(w.transcript(c)) {
					if !strings.HasPrefix(text, "{") {
						all = append(all, text)
					}
				}
				return strings.Join(all, " ")
			}
			w.advance(tt.after - time.Millisecond)
			if got := said(); got != "meanwhile" {
				t.Errorf("a branch %s: %q before the time is over", tt.name, got)
			}
			w.advance(time.Millisecond)
			if got := said(); got != "meanwhile over" {
				t.Errorf("a branch %s: %q when the time is over", tt.name, got)
			}
			w.advance(2 * time.Minute)
			if got := said(); got != "meanwhile over" {
				t.Errorf("a branch %s: %q later", tt.name, got)
			}
		})
	}
}

// TestClockGoesWithItsFlow: into another queue, and into a module that ends the flow.
func TestClockGoesWithItsFlow(t *testing.T) {
	for _, tt := range []struct {
		name, branch string
		after        time.Duration // start to WaitCompleted
	}{
		{"that moves and ends", `"Type":"DequeueContactAndTransferToQueue","Parameters":{"QueueId":"QUEUE"},"Transitions":{"NextAction":"end"}`, 20 * time.Second},
		{"that moves and takes too long", `"Type":"DequeueContactAndTransferToQueue","Parameters":{"QueueId":"QUEUE"},"Transitions":{"NextAction":"talk"}`, time.Minute},
		{"whose module ends the flow", `"Type":"InvokeFlowModule","Parameters":{"FlowModuleId":"ends"},"Transitions":{"NextAction":"talk"}`, 20 * time.Second},
	} {
		engines(t, func(t *testing.T, w *world) {
			w.Bots = &scripted{}
			queue := w.basicQueue()
			w.mustUpdate(func(tx *store.Tx) {
				tx.PutModule(&store.Module{ID: "ends", InstanceID: instanceID, Name: "ends", State: "ACTIVE", Published: 1})
				tx.PutModuleContent(&store.ModuleContent{ModuleID: "ends", Number: 1, Content: `{"Version":"2019-10-30","StartAction":"end","Settings":{},"Actions":[
					{"Identifier":"end","Type":"EndFlowExecution","Parameters":{},"Transitions":{}}]}`})
				tx.PutFlow(&store.Flow{ID: "clock", InstanceID: instanceID, Name: "clock", Type: "CUSTOMER_QUEUE", State: "ACTIVE", Published: 1})
				tx.PutFlowVersion(&store.FlowVersion{FlowID: "clock", Version: 1, Content: strings.ReplaceAll(`{"Version":"2019-10-30","StartAction":"clock","Actions":[
					{"Identifier":"clock","Type":"Wait","Parameters":{"TimeLimitSeconds":"60","ContinueExecution":"True","MinimumWaitTimeSeconds":"20"},"Transitions":{"NextAction":"end","Conditions":[
						{"NextAction":"go","Condition":{"Operator":"Equals","Operands":["Continue"]}},{"NextAction":"over","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}]}},
					{"Identifier":"go",`+tt.branch+`},
					{"Identifier":"talk","Type":"ConnectParticipantWithLexBot","Parameters":`+patient+`,"Transitions":{"NextAction":"end"}},
					{"Identifier":"over","Type":"MessageParticipant","Parameters":{"Text":"over"},"Transitions":{"NextAction":"end"}},
					{"Identifier":"end","Type":"EndFlowExecution"}]}`, "QUEUE", queue)})
			})
			id := w.publish("leads", "CONTACT_FLOW", hooks(hookCustomerQueue, "clock"), `UpdateContactTargetQueue {"QueueId":"`+queue+`"}`, "TransferContactToQueue")
			c := w.start(func(in *connect.StartChatContactInput) { in.ContactFlowId = &id })
			over := func() (n int) {
				for _, text := range contents(w.transcript(c)) {
					if text == "over" {
						n++
					}
				}
				return n
			}
			w.advance(tt.after - time.Millisecond)
			if n := over(); n != 0 {
				t.Errorf("a branch %s: over %d times before the time is", tt.name, n)
			}
			w.advance(time.Millisecond)
			w.advance(2 * time.Minute)
			if n := over(); n != 1 {
				t.Errorf("a branch %s: over %d times", tt.name, n)
			}
		})
	}
}

// TestAnalyticsAreKept: what a flow asks for goes on with the chat and stands in its records.
func TestAnalyticsAreKept(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.publish("moves", "CUSTOMER_QUEUE", `DequeueContactAndTransferToQueue {"QueueId":"`+w.basicQueue()+`"}`, pause)
		id := w.publish("analysis", "CONTACT_FLOW", `UpdateContactRecordingAndAnalyticsBehavior {"ChatBehavior":{"ChatAnalyticsBehavior":{"Enabled":"True",`+
			`"AnalyticsLanguage":"de-DE","AnalyticsModes":["ContactLens"],"ConversationalAnalyticsRedactionConfiguration":{"Enabled":"True","RedactionResults":"RedactedOnly"}}}}`,
			hooks(hookCustomerQueue, "flow-moves"), `UpdateContactTargetQueue {"QueueId":"`+w.basicQueue()+`"}`, "TransferContactToQueue")
		c := w.start(func(in *connect.StartChatContactInput) { in.ContactFlowId = &id })
		w.stop(c)
		ch, err := w.Store.Chat(t.Context(), c.id)
		if err != nil {
			t.Fatal(err)
		}
		for _, contact := range []string{c.id, ch.ContactID} {
			body, err := w.Record(t.Context(), contact)
			if err != nil {
				t.Fatal(err)
			}
			want := `"ContactLens":{"ConversationalAnalytics":{"Configuration":{"ChannelConfiguration":{"AnalyticsModes":["ContactLens"]},"Enabled":true,` +
				`"LanguageLocale":"de-DE","RedactionConfiguration":{"Behavior":"Enable","Policy":"RedactedOnly"}}}}`
			if !strings.Contains(string(body), want) {
				t.Errorf("record %s lacks %s", body, want)
			}
		}
	})
}
