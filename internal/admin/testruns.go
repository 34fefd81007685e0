package admin

import (
	"context"
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// maxActiveRuns is how many runs of an instance are under way or wait for their turn.
const maxActiveRuns = 105

// StartTestCaseExecution has the published content of a test case run, as it is now.
func (s *Service) StartTestCaseExecution(ctx context.Context, in *connect.StartTestCaseExecutionInput) (*connect.StartTestCaseExecutionOutput, error) {
	c, err := s.testCase(ctx, in.InstanceId, in.TestCaseId)
	if err != nil {
		return nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	run := &store.TestRun{ID: id.String(), InstanceID: c.InstanceID, TestCaseID: c.ID, Status: string(types.TestCaseExecutionStatusInitiated)}
	hash := wire.Hash(&connect.StartTestCaseExecutionInput{TestCaseId: &c.ID})
	token := store.Request{Scope: "StartTestCaseExecution/" + c.InstanceID, Token: reply.Value(in.ClientToken), Hash: hash[:]}
	out := &connect.StartTestCaseExecutionOutput{TestCaseId: &c.ID, Status: types.TestCaseExecutionStatusInitiated}
	err = s.changeTestCase(ctx, c, func(tx *store.Tx, c *store.TestCase) error {
		out.TestCaseExecutionId = &run.ID
		earlier, err := reply.Answered(tx, token)
		if err != nil {
			return err
		}
		if earlier != nil {
			out.TestCaseExecutionId = new(string(earlier))
			return nil
		}
		if c.Published == nil {
			return reply.InvalidRequest("The test case is not published")
		}
		if c.Published.Entry.Type != string(types.TestCaseEntryPointTypeChat) {
			return reply.InvalidRequest("The test case is not for CHAT")
		}
		there, err := tx.CountActiveTestRuns(c.InstanceID, maxActiveRuns)
		if err != nil {
			return err
		}
		if there >= maxActiveRuns {
			return &types.ServiceQuotaExceededException{Message: new(fmt.Sprintf("%d test cases are run or wait for it, which is the limit", there))}
		}
		if token.Token != "" {
			answered := token
			answered.Answer, answered.ExpiresAt = []byte(run.ID), tx.Now().Add(tokenLife).UnixMilli()
			tx.PutRequest(answered)
		}
		run.Name, run.Tags, run.Content, run.StartedAt = c.Name, c.Tags, c.Published, tx.Now().UnixMilli()
		tx.PutTestRun(run)
		tx.DeleteOldTestRuns(c.InstanceID)
		tx.PutJob(store.Job{Kind: store.JobTest, Key: run.ID, Lane: store.LaneCall, Due: run.StartedAt})
		return nil
	})
	if err != nil {
		return nil, err
	}
	if began := reply.Time(run.StartedAt); began != nil && s.Wake != nil { // a repeated request began nothing
		s.Wake(store.LaneCall, *began)
	}
	return out, nil
}

// testRun finds a run of a test case.
func (s *Service) testRun(ctx context.Context, instanceID, testCaseID, id *string) (*store.TestRun, error) {
	c, err := s.testCase(ctx, instanceID, testCaseID)
	if err != nil {
		return nil, err
	}
	run, err := s.Store.TestRun(ctx, *id)
	if err == nil && run.TestCaseID != c.ID {
		err = store.ErrNotFound
	}
	return run, reply.OrNotFound(err, "Execution of the test case")
}

// StopTestCaseExecution ends a run. What it has found by then is not kept.
func (s *Service) StopTestCaseExecution(ctx context.Context, in *connect.StopTestCaseExecutionInput) (*connect.StopTestCaseExecutionOutput, error) {
	run, err := s.testRun(ctx, in.InstanceId, in.TestCaseId, in.TestCaseExecutionId)
	if err != nil {
		return nil, err
	}
	err = s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(run.InstanceID); err != nil {
			return err
		}
		newest, err := tx.TestRun(run.ID)
		if err != nil {
			return reply.OrNotFound(err, "Execution of the test case")
		}
		switch {
		case newest.Status == string(types.TestCaseExecutionStatusStopped):
			return nil
		case newest.EndedAt != 0:
			return reply.InvalidRequest("The execution has ended")
		}
		newest.Status, newest.EndedAt, newest.Content = string(types.TestCaseExecutionStatusStopped), tx.Now().UnixMilli(), nil
		tx.PutTestRun(newest)
		tx.DeleteJob(store.JobTest, run.ID)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.StopTestCaseExecutionOutput{}, nil
}

// GetTestCaseExecutionSummary reads how a run went. Observations are counted when it has ended.
func (s *Service) GetTestCaseExecutionSummary(ctx context.Context, in *connect.GetTestCaseExecutionSummaryInput) (*connect.GetTestCaseExecutionSummaryOutput, error) {
	run, err := s.testRun(ctx, in.InstanceId, in.TestCaseId, in.TestCaseExecutionId)
	if err != nil {
		return nil, err
	}
	out := &connect.GetTestCaseExecutionSummaryOutput{
		StartTime: reply.Time(run.StartedAt), EndTime: reply.Time(run.EndedAt), Status: types.TestCaseExecutionStatus(run.Status),
	}
	if run.Records != nil {
		passed := int32(0)
		for _, r := range run.Records {
			if r.Passed {
				passed++
			}
		}
		all := int32(len(run.Records))
		out.ObservationSummary = &types.ObservationSummary{TotalObservations: &all, ObservationsPassed: &passed, ObservationsFailed: new(all - passed)}
	}
	return out, nil
}

// ListTestCaseExecutions lists runs in the order in which they began.
func (s *Service) ListTestCaseExecutions(ctx context.Context, in *connect.ListTestCaseExecutionsInput) (*connect.ListTestCaseExecutionsOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	asked := *in
	asked.NextToken, asked.MaxResults, asked.InstanceId = nil, nil, &instance.ID
	hash := wire.Hash(&asked)
	found := search[store.TestRun]{
		list: "ListTestCaseExecutions\x00" + string(hash[:]),
		read: func(ctx context.Context, after string, limit int) ([]store.TestRun, error) {
			return s.Store.TestRuns(ctx, instance.ID, after, limit)
		},
		id: func(r *store.TestRun) string { return r.ID },
		where: func(r *store.TestRun) bool {
			return (in.TestCaseId == nil || r.TestCaseID == *in.TestCaseId) && (in.TestCaseName == nil || r.Name == *in.TestCaseName) &&
				(in.Status == "" || r.Status == string(in.Status)) &&
				(in.StartTime == nil || r.StartedAt >= *in.StartTime) && (in.EndTime == nil || r.StartedAt <= *in.EndTime)
		},
	}
	rows, next, _, err := found.page(ctx, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &connect.ListTestCaseExecutionsOutput{TestCaseExecutions: []types.TestCaseExecution{}, NextToken: next}
	for i := range rows {
		r := &rows[i]
		out.TestCaseExecutions = append(out.TestCaseExecutions, types.TestCaseExecution{
			TestCaseExecutionId: &r.ID, TestCaseId: &r.TestCaseID, TestCaseExecutionStatus: types.TestCaseExecutionStatus(r.Status),
			StartTime: reply.Time(r.StartedAt), EndTime: reply.Time(r.EndedAt), Tags: r.Tags,
		})
	}
	return out, nil
}

// ListTestCaseExecutionRecords lists the observations of a run that has ended, in the order of the test case.
func (s *Service) ListTestCaseExecutionRecords(ctx context.Context, in *connect.ListTestCaseExecutionRecordsInput) (*connect.ListTestCaseExecutionRecordsOutput, error) {
	run, err := s.testRun(ctx, in.InstanceId, in.TestCaseId, in.TestCaseExecutionId)
	if err != nil {
		return nil, err
	}
	type numbered struct {
		types.ExecutionRecord
		place string
	}
	list := "ListTestCaseExecutionRecords\x00" + run.ID + "\x00" + string(in.Status)
	after, err := reply.After(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	from, _ := strconv.Atoi(after) // nothing, for the first page
	var found []numbered
	for i, r := range run.Records {
		status := types.ExecutionRecordStatusFailed
		if r.Passed {
			status = types.ExecutionRecordStatusPassed
		}
		if i >= from && (in.Status == "" || string(in.Status) == string(status)) {
			found = append(found, numbered{
				types.ExecutionRecord{ObservationId: reply.Text(r.Observation), Record: &r.Record, Status: status, Timestamp: reply.Time(r.At)},
				strconv.Itoa(i + 1),
			})
		}
	}
	rows, next := reply.Page(found, reply.PageSize(in.MaxResults, searchPage), list, func(n *numbered) string { return n.place })
	out := &connect.ListTestCaseExecutionRecordsOutput{ExecutionRecords: []types.ExecutionRecord{}, NextToken: next}
	for _, n := range rows {
		out.ExecutionRecords = append(out.ExecutionRecords, n.ExecutionRecord)
	}
	return out, nil
}
