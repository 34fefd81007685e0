package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/clock"
	"github.com/openparley/parley/internal/store"
)

const (
	asksLookup = `{"Version": "2019-10-30", "StartAction": "ask", "Actions": [
		{"Identifier": "ask", "Type": "InvokeLambdaFunction", "Parameters": {"LambdaFunctionARN": "arn:aws:lambda:us-east-1:000000000000:function:lookup", "InvocationTimeLimitSeconds": "3"},
			"Transitions": {"NextAction": "found", "Errors": [{"NextAction": "failed", "ErrorType": "NoMatchingError"}]}},
		{"Identifier": "found", "Type": "MessageParticipant", "Parameters": {"Text": "Your order is $.External.state."}, "Transitions": {"NextAction": "end", "Errors": [{"NextAction": "end", "ErrorType": "NoMatchingError"}]}},
		{"Identifier": "failed", "Type": "MessageParticipant", "Parameters": {"Text": "Sorry, $.Attributes.name."}, "Transitions": {"NextAction": "end", "Errors": [{"NextAction": "end", "ErrorType": "NoMatchingError"}]}},
		{"Identifier": "end", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}}]}`

	seesState = `{"Version": "2019-10-30", "Observations": [
		{"Identifier": "begin", "Event": {"Type": "TestInitiated", "Actor": "System", "Properties": {}}, "Actions": [
			{"Identifier": "lookup", "Type": "OverrideSystemBehavior", "Parameters": {"Behavior": {"Type": "FlowAction", "Properties": {
				"ActionType": "InvokeLambdaFunction", "ActionParameters": {"LambdaFunctionARN": "arn:aws:lambda:us-east-1:000000000000:function:lookup"},
				"Strategy": {"Type": "MockResponse", "Response": {"Type": "ExecutionResult", "ExecutionResult": {"LoadedData": "{\"state\": \"on its way\"}"}}}}}}}],
			"Transitions": {"NextObservations": ["told"]}},
		{"Identifier": "told", "Event": {"Type": "MessageReceived", "Actor": "System",
			"Properties": {"Text": "Your order is on its way.", "MatchingCriteria": {"Type": "Inclusion"}}}}]}`
)

// testOf publishes a test case that starts in a flow.
func (w *world) testOf(name, flow, content string) *string {
	w.t.Helper()
	out, err := w.connect().CreateTestCase(w.t.Context(), &connect.CreateTestCaseInput{
		InstanceId: new(DevInstance), Name: &name, Content: &content, InitializationData: new(`{"name": "Ana"}`),
		EntryPoint: &types.TestCaseEntryPoint{Type: types.TestCaseEntryPointTypeChat, ChatEntryPointParameters: &types.ChatEntryPointParameters{FlowId: &flow}},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out.TestCaseId
}

func (w *world) summaryOf(test, run *string) *connect.GetTestCaseExecutionSummaryOutput {
	w.t.Helper()
	out, err := w.connect().GetTestCaseExecutionSummary(w.t.Context(), &connect.GetTestCaseExecutionSummaryInput{
		InstanceId: new(DevInstance), TestCaseId: test, TestCaseExecutionId: run,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// TestRunsOfTestCases runs test cases that pass and fail, and stops one. Its instance sees nothing of them.
func TestRunsOfTestCases(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx, client, instance := t.Context(), w.connect(), new(DevInstance)
	made, err := client.CreateContactFlow(ctx, &connect.CreateContactFlowInput{
		InstanceId: instance, Name: new("orders"), Type: types.ContactFlowTypeContactFlow, Content: new(asksLookup),
	})
	if err != nil {
		t.Fatal(err)
	}
	good := w.testOf("good", *made.ContactFlowArn, seesState)
	bad := w.testOf("bad", *made.ContactFlowId, strings.Replace(seesState, "on its way.", "lost.", 1))
	runs := map[string]*string{}
	for name, test := range map[string]*string{"good": good, "bad": bad} {
		for range 2 { // the second is a repetition
			out, err := client.StartTestCaseExecution(ctx, &connect.StartTestCaseExecutionInput{InstanceId: instance, TestCaseId: test, ClientToken: &name})
			if err != nil || out.Status != types.TestCaseExecutionStatusInitiated || *out.TestCaseId != *test {
				t.Fatalf("%+v, %v, %s", out, err, w.log)
			}
			if runs[name] != nil && *runs[name] != *out.TestCaseExecutionId {
				t.Error("a repeated request began another run")
			}
			runs[name] = out.TestCaseExecutionId
		}
	}
	if err := w.Advance(ctx, time.Minute); err != nil {
		t.Fatal(err)
	}

	sum := w.summaryOf(good, runs["good"])
	if sum.Status != types.TestCaseExecutionStatusPassed || *sum.ObservationSummary.ObservationsPassed != 2 || *sum.ObservationSummary.ObservationsFailed != 0 || sum.EndTime == nil {
		t.Errorf("good: %+v", sum)
	}
	sum = w.summaryOf(bad, runs["bad"])
	if sum.Status != types.TestCaseExecutionStatusFailed || *sum.ObservationSummary.TotalObservations != 2 || *sum.ObservationSummary.ObservationsFailed != 1 {
		t.Errorf("bad: %+v", sum)
	}
	records, err := client.ListTestCaseExecutionRecords(ctx, &connect.ListTestCaseExecutionRecordsInput{
		InstanceId: instance, TestCaseId: bad, TestCaseExecutionId: runs["bad"], Status: types.TestCaseExecutionStatusFailed,
	})
	if err != nil || len(records.ExecutionRecords) != 1 || *records.ExecutionRecords[0].ObservationId != "told" || !strings.Contains(*records.ExecutionRecords[0].Record, "lost") {
		t.Errorf("records %+v, %v", records, err)
	}
	first, err := client.ListTestCaseExecutionRecords(ctx, &connect.ListTestCaseExecutionRecordsInput{
		InstanceId: instance, TestCaseId: good, TestCaseExecutionId: runs["good"], MaxResults: new(int32(1)),
	})
	if err != nil || first.NextToken == nil || *first.ExecutionRecords[0].ObservationId != "begin" {
		t.Fatalf("records %+v, %v", first, err)
	}
	second, err := client.ListTestCaseExecutionRecords(ctx, &connect.ListTestCaseExecutionRecordsInput{
		InstanceId: instance, TestCaseId: good, TestCaseExecutionId: runs["good"], MaxResults: new(int32(1)), NextToken: first.NextToken,
	})
	if err != nil || second.NextToken != nil || *second.ExecutionRecords[0].ObservationId != "told" {
		t.Errorf("records %+v, %v", second, err)
	}

	w.tests.TryAcquire(testsAtOnce) // the next one waits for its turn
	out, err := client.StartTestCaseExecution(ctx, &connect.StartTestCaseExecutionInput{InstanceId: instance, TestCaseId: good})
	if err != nil {
		t.Fatal(err)
	}
	stop := &connect.StopTestCaseExecutionInput{InstanceId: instance, TestCaseId: good, TestCaseExecutionId: out.TestCaseExecutionId}
	for range 2 {
		if _, err := client.StopTestCaseExecution(ctx, stop); err != nil {
			t.Fatal(err)
		}
	}
	w.tests.Release(testsAtOnce)
	if err := w.Advance(ctx, time.Minute); err != nil {
		t.Fatal(err)
	}
	if sum := w.summaryOf(good, out.TestCaseExecutionId); sum.Status != types.TestCaseExecutionStatusStopped || sum.ObservationSummary != nil {
		t.Errorf("stopped: %+v", sum)
	}
	stop.TestCaseExecutionId = runs["good"]
	if _, err := client.StopTestCaseExecution(ctx, stop); err == nil {
		t.Error("a run that has ended was stopped")
	}

	var listed []string
	for in := (&connect.ListTestCaseExecutionsInput{InstanceId: instance, TestCaseId: good, MaxResults: new(int32(1))}); ; {
		page, err := client.ListTestCaseExecutions(ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.TestCaseExecutions {
			listed = append(listed, *e.TestCaseExecutionId+" "+string(e.TestCaseExecutionStatus))
		}
		if in.NextToken = page.NextToken; in.NextToken == nil {
			break
		}
	}
	if want := []string{*runs["good"] + " PASSED", *out.TestCaseExecutionId + " STOPPED"}; !slices.Equal(listed, want) {
		t.Errorf("listed %v, want %v", listed, want)
	}
	contacts, err := client.SearchContacts(ctx, &connect.SearchContactsInput{InstanceId: instance, TimeRange: &types.SearchContactsTimeRange{
		Type: types.SearchContactsTimeRangeTypeInitiationTimestamp, StartTime: new(w.Clock().Now().Add(-time.Hour)), EndTime: new(w.Clock().Now().Add(time.Hour)),
	}})
	if err != nil || *contacts.TotalCount != 0 {
		t.Errorf("contacts of the instance: %+v, %v", contacts, err)
	}
	if _, err := client.DeleteTestCase(ctx, &connect.DeleteTestCaseInput{InstanceId: instance, TestCaseId: good}); err != nil {
		t.Fatal(err)
	}
	_, err = client.GetTestCaseExecutionSummary(ctx, &connect.GetTestCaseExecutionSummaryInput{InstanceId: instance, TestCaseId: good, TestCaseExecutionId: runs["good"]})
	if _, ok := errors.AsType[*types.ResourceNotFoundException](err); !ok {
		t.Errorf("a run of a deleted test case: %v", err)
	}
}

// TestRunsOfTestCasesSurvive: a run that was under way when its server stopped, or died, is run again by the next one. What no override stands
// in for is asked.
func TestRunsOfTestCasesSurvive(t *testing.T) {
	t.Parallel()
	ctx, instance := t.Context(), new(DevInstance)
	called := make(chan struct{}, 10)
	var answers atomic.Bool
	function := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // or it would not be seen that the caller goes
		called <- struct{}{}
		if !answers.Load() {
			<-r.Context().Done()
			return
		}
		io.WriteString(w, `{"state": "on its way"}`)
	}))
	defer function.Close()
	database := "sqlite:" + filepath.Join(t.TempDir(), "parley.db")
	now := clock.Manual(time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC))
	next := func() *world {
		t.Helper()
		return open(t, func(c *Config) {
			c.Clock, c.Database, c.Functions = now, database, map[string]Target{"lookup": {URL: function.URL}}
		})
	}
	begin := func(w *world, test *string) *string {
		t.Helper()
		out, err := w.connect().StartTestCaseExecution(ctx, &connect.StartTestCaseExecutionInput{InstanceId: instance, TestCaseId: test})
		if err != nil {
			t.Fatal(err)
		}
		return out.TestCaseExecutionId
	}
	passes := func(w *world, test, run *string) {
		t.Helper()
		if sum := w.summaryOf(test, run); sum.Status != types.TestCaseExecutionStatusInProgress {
			t.Errorf("before it is run again: %+v", sum)
		}
		if err := w.Advance(ctx, 5*time.Minute); err != nil {
			t.Fatal(err)
		}
		if sum := w.summaryOf(test, run); sum.Status != types.TestCaseExecutionStatusPassed || *sum.ObservationSummary.ObservationsPassed != 1 {
			t.Errorf("run again: %+v\n%s", sum, w.log)
		}
	}

	w := next()
	made, err := w.connect().CreateContactFlow(ctx, &connect.CreateContactFlowInput{
		InstanceId: instance, Name: new("orders"), Type: types.ContactFlowTypeContactFlow, Content: new(asksLookup),
	})
	if err != nil {
		t.Fatal(err)
	}
	test := w.testOf("asks", *made.ContactFlowId, `{"Version": "2019-10-30", "Observations": [{"Identifier": "told", "Event": {"Type": "MessageReceived", "Actor": "System",
		"Properties": {"Text": "Your order is on its way.", "MatchingCriteria": {"Type": "Inclusion"}}}}]}`)
	run := begin(w, test)
	advanced := make(chan error, 1)
	go func() { advanced <- w.Advance(ctx, time.Minute) }()
	<-called
	stop, cancel := context.WithCancel(ctx)
	cancel() // without grace for what is under way
	_ = w.Shutdown(stop)
	if err := <-advanced; err == nil {
		t.Error("the clock of a server that was stopped has moved on")
	}
	answers.Store(true)
	w = next()
	passes(w, test, run)

	w.tests.TryAcquire(testsAtOnce) // it is not to run here
	run = begin(w, test)
	row, err := w.store.TestRun(ctx, *run)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.changeTestRun(ctx, row, func(_ *store.Tx, r *store.TestRun) { r.Status = string(types.TestCaseExecutionStatusInProgress) }); err != nil {
		t.Fatal(err)
	}
	if err := w.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	passes(next(), test, run)
}
