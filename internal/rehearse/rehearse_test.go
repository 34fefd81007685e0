package rehearse_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/internal/mock"
	"github.com/openparley/parley/internal/play"
	"github.com/openparley/parley/internal/rehearse"
)

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// said starts a chat in a flow and returns what the customer reads within an hour.
func said(t *testing.T, mocks string, files ...rehearse.File) (texts, notes []string) {
	t.Helper()
	f, err := mock.Parse([]byte(mocks))
	if err != nil {
		t.Fatal(err)
	}
	house, err := rehearse.Open(t.Context(), rehearse.Options{Files: files, Mock: f, Start: noon})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := house.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	p := &play.Play{Lines: []play.Line{{Actor: "customer", Text: "starts " + files[0].Name}, {At: time.Hour, Actor: "-", Text: "end"}}}
	lines, err := play.Run(t.Context(), p, house, play.Options{Asks: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if text, ok := strings.CutPrefix(l.Text, "SYSTEM "); ok && l.Seen {
			texts = append(texts, text)
		}
	}
	return texts, house.Notes
}

func say(id, text, next string) string {
	return `{"Identifier":"` + id + `","Type":"MessageParticipant","Parameters":{"Text":"` + text + `"},"Transitions":{"NextAction":"` + next + `"}}`
}

// flowOf ends in a wait, so that the customer is there to read.
func flowOf(start string, actions ...string) string {
	actions = append(actions, `{"Identifier":"wait","Type":"Wait","Parameters":{"TimeLimitSeconds":"60"},"Transitions":{"NextAction":"end",
		"Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}],"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}}`,
		`{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}`)
	return `{"Version":"2019-10-30","StartAction":"` + start + `","Actions":[` + strings.Join(actions, ",") + `]}`
}

func TestFixedChance(t *testing.T) {
	content := flowOf("draw",
		`{"Identifier":"draw","Type":"DistributeByPercentage","Parameters":{},"Transitions":{"NextAction":"rest","Errors":[{"NextAction":"rest","ErrorType":"NoMatchingCondition"}],
			"Conditions":[{"NextAction":"few","Condition":{"Operator":"NumberLessThan","Operands":["10"]}},{"NextAction":"more","Condition":{"Operator":"NumberLessThan","Operands":["40"]}}]}}`,
		say("few", "few", "wait"), say("more", "more", "wait"), say("rest", "rest", "wait"))
	for percent, want := range map[string]string{"0": "few", "9": "few", "10": "more", "39": "more", "40": "rest", "99": "rest"} {
		got, _ := said(t, "percent: "+percent, rehearse.File{Name: "draw", Content: content})
		if diff := cmp.Diff([]string{`"` + want + `"`}, got); diff != "" {
			t.Errorf("%s of 100 (-want +got):\n%s", percent, diff)
		}
	}
}

// TestFurnished: what a flow of elsewhere names is there, as the file of mocks says.
func TestFurnished(t *testing.T) {
	const elsewhere = "arn:aws:connect:eu-west-2:111122223333:instance/22222222-2222-4222-8222-222222222222/"
	branches := `"Errors":[{"NextAction":"wait","ErrorType":"NoMatchingError"}]`
	content := flowOf("hours",
		`{"Identifier":"hours","Type":"CheckHoursOfOperation","Parameters":{"HoursOfOperationId":"`+elsewhere+`operating-hours/shop"},"Transitions":{"NextAction":"wait",`+branches+`,
			"Conditions":[{"NextAction":"open","Condition":{"Operator":"Equals","Operands":["True"]}},{"NextAction":"closed","Condition":{"Operator":"Equals","Operands":["False"]}}]}}`,
		say("open", "We are open", "queue"), say("closed", "We are closed", "wait"),
		`{"Identifier":"queue","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"`+elsewhere+`queue/support"},"Transitions":{"NextAction":"enter",`+branches+`}}`,
		`{"Identifier":"enter","Type":"TransferContactToQueue","Parameters":{},"Transitions":{"NextAction":"wait",
			"Errors":[{"NextAction":"full","ErrorType":"QueueAtCapacity"},{"NextAction":"wait","ErrorType":"NoMatchingError"}]}}`,
		say("full", "All lines are busy", "other"),
		`{"Identifier":"other","Type":"TransferToFlow","Parameters":{"ContactFlowId":"`+elsewhere+`contact-flow/other"},"Transitions":{"NextAction":"wait",`+branches+`}}`)
	file := rehearse.File{Name: "shop", Content: content}
	for _, tt := range []struct {
		mocks string
		files []rehearse.File
		want  []string
		notes []string
	}{
		{"hours: {shop: closed}", nil, []string{`"We are closed"`}, []string{`Flow "other" is not here: one that ends at once stands in for it.`}},
		{"{}", nil, []string{`"We are open"`}, []string{`Flow "other" is not here: one that ends at once stands in for it.`}},
		{
			"queues: {support: full}",
			[]rehearse.File{{Name: "other", Content: flowOf("say", say("say", "Somebody else", "wait"))}},
			[]string{`"We are open"`, `"All lines are busy"`, `"Somebody else"`},
			nil,
		},
	} {
		got, notes := said(t, tt.mocks, append([]rehearse.File{file}, tt.files...)...)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: said (-want +got):\n%s", tt.mocks, diff)
		}
		if diff := cmp.Diff(tt.notes, notes); diff != "" {
			t.Errorf("%s: notes (-want +got):\n%s", tt.mocks, diff)
		}
	}
}

// TestModules: modules may name queues, views and each other.
func TestModules(t *testing.T) {
	module := func(other, text string) string {
		return `{"Version":"2019-10-30","StartAction":"say","Settings":{},"Actions":[` + say("say", text, "queue") + `,
			{"Identifier":"queue","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"support"},"Transitions":{"NextAction":"call","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
			{"Identifier":"call","Type":"InvokeFlowModule","Parameters":{"FlowModuleId":"` + other + `"},"Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
			{"Identifier":"end","Type":"EndFlowModuleExecution","Parameters":{},"Transitions":{}}]}`
	}
	got, notes := said(t, "{}",
		rehearse.File{Name: "main", Content: flowOf("call",
			`{"Identifier":"call","Type":"InvokeFlowModule","Parameters":{"FlowModuleId":"a"},"Transitions":{"NextAction":"wait","Errors":[{"NextAction":"wait","ErrorType":"NoMatchingError"}]}}`)},
		rehearse.File{Name: "a", Type: "MODULE", Content: module("b", "A")}, rehearse.File{Name: "b", Type: "MODULE", Content: module("a", "B")})
	if diff := cmp.Diff([]string{`"A"`, `"B"`, `"A"`, `"B"`, `"A"`}, got); diff != "" || notes != nil {
		t.Errorf("notes %q, said (-want +got):\n%s", notes, diff)
	}
}

// TestViewsByName: a view that is furnished has another id each time, and is seen by its name.
func TestViewsByName(t *testing.T) {
	house, err := rehearse.Open(t.Context(), rehearse.Options{Start: noon, Files: []rehearse.File{{Name: "main", Content: flowOf("show",
		`{"Identifier":"show","Type":"ShowView","Parameters":{"ViewResource":{"Id":"{{my form}}"},"ViewData":{"Heading":"Hi"},"InvocationTimeLimitSeconds":"60"},"Transitions":{"NextAction":"wait",
			"Errors":[{"NextAction":"wait","ErrorType":"NoMatchingError"},{"NextAction":"wait","ErrorType":"NoMatchingCondition"},{"NextAction":"wait","ErrorType":"TimeLimitExceeded"}]}}`)}}})
	if err != nil {
		t.Fatal(err)
	}
	defer house.Close()
	p := &play.Play{Lines: []play.Line{{Actor: "customer", Text: "starts main"}}}
	lines, err := play.Run(t.Context(), p, house, play.Options{Asks: true, Views: house.Views})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if strings.HasPrefix(l.Text, `SYSTEM VIEW "{{my form}}"`) {
			return
		}
	}
	t.Errorf("no view in %v", lines)
}

// TestWays: flows that no chat starts in are led to.
func TestWays(t *testing.T) {
	waits := flowOf("say", say("say", "Here", "wait"))
	queues := `{"Version":"2019-10-30","StartAction":"say","Actions":[` + say("say", "Here", "queue") + `,
		{"Identifier":"queue","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"support"},"Transitions":{"NextAction":"enter","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"enter","Type":"TransferContactToQueue","Parameters":{},"Transitions":{"NextAction":"end",
			"Errors":[{"NextAction":"end","ErrorType":"QueueAtCapacity"},{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`
	for flowType, content := range map[string]string{"CONTACT_FLOW": waits, "CUSTOMER_QUEUE": waits, "QUEUE_TRANSFER": queues, "AGENT_TRANSFER": queues} {
		got, _ := said(t, "{}", rehearse.File{Name: "it", Type: flowType, Content: content})
		if diff := cmp.Diff([]string{`"Here"`}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", flowType, diff)
		}
	}
}

func TestWrongFlows(t *testing.T) {
	_, err := rehearse.Open(t.Context(), rehearse.Options{Start: noon, Files: []rehearse.File{
		{Path: "a.json", Name: "a", Content: `{"Version":"2019-10-30","StartAction":"x","Actions":[]}`}, {Path: "b.json", Name: "b", Content: `{`},
	}})
	if err == nil || !strings.Contains(err.Error(), "b.json:1: ") {
		t.Errorf("error %v", err)
	}
}
