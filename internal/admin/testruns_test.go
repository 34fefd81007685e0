package admin

import (
	"testing"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
)

// TestRunsAreKeptAndLimited begins runs that nobody does, up to the limit, and stops one.
func TestRunsAreKeptAndLimited(t *testing.T) {
	onBothEngines(t, func(t *testing.T, w *world) {
		flow := w.mustCreate("welcome", smallest, "")
		id, err := w.createTest(connect.CreateTestCaseInput{EntryPoint: startsIn(flow)})
		if err != nil {
			t.Fatal(err)
		}
		start := &connect.StartTestCaseExecutionInput{InstanceId: new(instanceID), TestCaseId: &id}
		var last *string
		for range maxActiveRuns {
			out, err := w.StartTestCaseExecution(t.Context(), start)
			if err != nil {
				t.Fatal(err)
			}
			last = out.TestCaseExecutionId
		}
		if _, err := w.StartTestCaseExecution(t.Context(), start); !refused[*types.ServiceQuotaExceededException](err) {
			t.Errorf("one too many: %v", err)
		}
		if _, err := w.StopTestCaseExecution(t.Context(), &connect.StopTestCaseExecutionInput{InstanceId: new(instanceID), TestCaseId: &id, TestCaseExecutionId: last}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.StartTestCaseExecution(t.Context(), start); err != nil {
			t.Errorf("after one was stopped: %v", err)
		}
		out, err := w.ListTestCaseExecutions(t.Context(), &connect.ListTestCaseExecutionsInput{InstanceId: new(instanceID), Status: types.TestCaseExecutionStatusStopped})
		if err != nil || len(out.TestCaseExecutions) != 1 || *out.TestCaseExecutions[0].TestCaseExecutionId != *last {
			t.Errorf("stopped: %+v, %v", out, err)
		}
		draft, err := w.createTest(connect.CreateTestCaseInput{Name: new("draft"), Status: types.TestCaseStatusSaved})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.StartTestCaseExecution(t.Context(), &connect.StartTestCaseExecutionInput{InstanceId: new(instanceID), TestCaseId: &draft}); !refused[*types.InvalidRequestException](err) {
			t.Errorf("a draft: %v", err)
		}
	})
}
