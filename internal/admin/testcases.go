package admin

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/testcase"
)

const (
	// maxTestCases is how many test cases an instance has. Amazon's limit is not documented.
	maxTestCases = 1000

	maxProblemLength = 256 // characters of a problem; source: API model, ProblemMessageString
)

// CreateTestCase makes a test case. One that is published is checked.
func (s *Service) CreateTestCase(ctx context.Context, in *connect.CreateTestCaseInput) (*connect.CreateTestCaseOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	id := uuid.NewString()
	if in.TestCaseId != nil {
		given, err := uuid.Parse(*in.TestCaseId)
		if err != nil {
			return nil, reply.InvalidParameter("TestCaseId is no id of a test case")
		}
		id = given.String()
	}
	content := testContent(&store.TestContent{}, in.Content, in.InitializationData, in.EntryPoint)
	draft := in.Status == types.TestCaseStatusSaved
	if !draft {
		if err := s.checkTest(ctx, instance.ID, content); err != nil {
			return nil, err
		}
	}
	err = s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(instance.ID); err != nil {
			return err
		}
		if _, err := tx.TestCase(id); !errors.Is(err, store.ErrNotFound) {
			return cmp.Or(err, store.ErrExists)
		}
		if err := within(maxTestCases, tx.CountTestCases, instance.ID, "test cases"); err != nil {
			return err
		}
		c := &store.TestCase{ID: id, InstanceID: instance.ID, Name: *in.Name, Description: reply.Value(in.Description), Tags: in.Tags}
		putTestContent(tx, c, content, draft)
		return nil
	})
	if err != nil {
		return nil, orDuplicate(err, "test case", *in.Name)
	}
	return &connect.CreateTestCaseOutput{TestCaseId: &id, TestCaseArn: new(s.Scope.Resource(instance.ID, arn.TestCase, id))}, nil
}

// testContent is a content with other parts where they are given.
func testContent(was *store.TestContent, content, initialization *string, entry *types.TestCaseEntryPoint) *store.TestContent {
	is := new(*was)
	if content != nil {
		hash := sha256.Sum256([]byte(*content))
		is.Content, is.SHA256 = *content, hex.EncodeToString(hash[:])
	}
	if initialization != nil {
		is.Initialization = *initialization
	}
	if entry != nil {
		is.Entry = &store.TestEntry{Type: string(entry.Type)}
		if c := entry.ChatEntryPointParameters; c != nil {
			is.Entry.Chat = &store.TestStart{FlowID: reply.Value(c.FlowId)}
		}
		if v := entry.VoiceCallEntryPointParameters; v != nil {
			is.Entry.Voice = &store.TestStart{
				FlowID: reply.Value(v.FlowId), From: reply.Value(v.SourcePhoneNumber), To: reply.Value(v.DestinationPhoneNumber),
			}
		}
	}
	return is
}

func putTestContent(tx *store.Tx, c *store.TestCase, content *store.TestContent, draft bool) {
	if draft {
		c.Saved = content
	} else {
		c.Published, c.Saved = content, nil
	}
	c.ModifiedAt = tx.Now().UnixMilli()
	tx.PutTestCase(c)
}

// checkTest refuses a content that may not be published.
func (s *Service) checkTest(ctx context.Context, instanceID string, content *store.TestContent) error {
	var problems []string
	if _, err := testcase.Parse([]byte(content.Content)); err != nil {
		bad, ok := errors.AsType[*testcase.Invalid](err)
		if !ok {
			return err
		}
		problems = bad.Problems
	}
	if _, err := testcase.Attributes(content.Initialization); err != nil {
		problems = append(problems, err.Error())
	}
	switch e := content.Entry; {
	case e == nil || e.Type == "":
		problems = append(problems, "EntryPoint has no Type")
	case e.Type == string(types.TestCaseEntryPointTypeChat):
		if e.Chat == nil || e.Chat.FlowID == "" {
			problems = append(problems, "EntryPoint has no ChatEntryPointParameters with a FlowId")
			break
		}
		flow, _, err := s.flow(ctx, &instanceID, &e.Chat.FlowID)
		if _, missing := errors.AsType[*types.ResourceNotFoundException](err); missing {
			problems = append(problems, "EntryPoint: the instance has no flow "+e.Chat.FlowID)
		} else if err != nil {
			return err
		} else if flow.Published == 0 {
			problems = append(problems, "EntryPoint: the flow "+flow.Name+" is not published")
		}
	}
	if len(problems) == 0 {
		return nil
	}
	e := &types.InvalidTestCaseException{}
	for _, p := range problems[:min(len(problems), maxProblems)] {
		e.Problems = append(e.Problems, types.ProblemDetail{Message: new(cut(p, maxProblemLength))})
	}
	e.Message = inShort(e.Problems)
	return e
}

// cut is the beginning of a text, at most so many characters.
func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// testCase finds a test case of an instance by id or ARN.
func (s *Service) testCase(ctx context.Context, instance, idOrARN *string) (*store.TestCase, error) {
	return find(ctx, s, instance, idOrARN, arn.TestCase, "Test case", s.Store.TestCase, func(r *store.TestCase) string { return r.InstanceID })
}

// changeTestCase gives change the newest state of a test case, which nobody else changes at that moment.
func (s *Service) changeTestCase(ctx context.Context, c *store.TestCase, change func(*store.Tx, *store.TestCase) error) error {
	return s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(c.InstanceID); err != nil {
			return err
		}
		newest, err := tx.TestCase(c.ID)
		if err != nil {
			return reply.OrNotFound(err, "Test case")
		}
		return change(tx, newest)
	})
}

// UpdateTestCase changes a test case: what is given is laid over its draft, or else over what is published, and is published or saved as the
// status says. Without one a draft stays a draft, and what is published stays so.
func (s *Service) UpdateTestCase(ctx context.Context, in *connect.UpdateTestCaseInput) (*connect.UpdateTestCaseOutput, error) {
	c, err := s.testCase(ctx, in.InstanceId, in.TestCaseId)
	if err != nil {
		return nil, err
	}
	newest := cmp.Or(c.Saved, c.Published)
	draft := in.Status == types.TestCaseStatusSaved || in.Status == "" && c.Saved != nil
	given := in.Content != nil || in.InitializationData != nil || in.EntryPoint != nil || in.Status != ""
	content := testContent(newest, in.Content, in.InitializationData, in.EntryPoint)
	if given && !draft {
		if err := s.checkTest(ctx, c.InstanceID, content); err != nil {
			return nil, err
		}
	}
	err = s.changeTestCase(ctx, c, func(tx *store.Tx, c *store.TestCase) error {
		if in.Name != nil {
			c.Name = *in.Name
		}
		if in.Description != nil {
			c.Description = *in.Description
		}
		if given {
			putTestContent(tx, c, content, draft)
			return nil
		}
		c.ModifiedAt = tx.Now().UnixMilli()
		tx.PutTestCase(c)
		return nil
	})
	if err != nil {
		return nil, orDuplicate(err, "test case", reply.Value(in.Name))
	}
	return &connect.UpdateTestCaseOutput{}, nil
}

// testStatus is SAVED for a test case that was never published.
func testStatus(c *store.TestCase) types.TestCaseStatus {
	if c.Published == nil {
		return types.TestCaseStatusSaved
	}
	return types.TestCaseStatusPublished
}

// DescribeTestCase reads a test case with its published content, its saved content, or the first of these that there is.
func (s *Service) DescribeTestCase(ctx context.Context, in *connect.DescribeTestCaseInput) (*connect.DescribeTestCaseOutput, error) {
	c, err := s.testCase(ctx, in.InstanceId, in.TestCaseId)
	if err != nil {
		return nil, err
	}
	status := cmp.Or(in.Status, testStatus(c))
	out := s.describeTestCase(c, status)
	if out == nil {
		return nil, reply.NotFound("Test case of status " + string(status))
	}
	return &connect.DescribeTestCaseOutput{TestCase: out}, nil
}

// describeTestCase is a test case with one of its contents, nil without that.
func (s *Service) describeTestCase(c *store.TestCase, status types.TestCaseStatus) *types.TestCase {
	content := c.Published
	if status == types.TestCaseStatusSaved {
		content = c.Saved
	}
	if content == nil {
		return nil
	}
	out := &types.TestCase{
		Arn: new(s.Scope.Resource(c.InstanceID, arn.TestCase, c.ID)), Id: &c.ID, Name: &c.Name, Description: reply.Text(c.Description),
		Content: &content.Content, TestCaseSha256: &content.SHA256, InitializationData: reply.Text(content.Initialization),
		Status: status, Tags: c.Tags, LastModifiedTime: reply.Time(c.ModifiedAt), LastModifiedRegion: &s.Scope.Region,
	}
	if e := content.Entry; e != nil {
		out.EntryPoint = &types.TestCaseEntryPoint{Type: types.TestCaseEntryPointType(e.Type)}
		if e.Chat != nil {
			out.EntryPoint.ChatEntryPointParameters = &types.ChatEntryPointParameters{FlowId: reply.Text(e.Chat.FlowID)}
		}
		if e.Voice != nil {
			out.EntryPoint.VoiceCallEntryPointParameters = &types.VoiceCallEntryPointParameters{
				FlowId: reply.Text(e.Voice.FlowID), SourcePhoneNumber: reply.Text(e.Voice.From), DestinationPhoneNumber: reply.Text(e.Voice.To),
			}
		}
	}
	return out
}

// DeleteTestCase deletes a test case with its runs. One that is under way finds that out.
func (s *Service) DeleteTestCase(ctx context.Context, in *connect.DeleteTestCaseInput) (*connect.DeleteTestCaseOutput, error) {
	c, err := s.testCase(ctx, in.InstanceId, in.TestCaseId)
	if err != nil {
		return nil, err
	}
	err = s.changeTestCase(ctx, c, func(tx *store.Tx, c *store.TestCase) error {
		tx.DeleteTestRuns(c.ID)
		tx.DeleteTestCase(c.ID)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.DeleteTestCaseOutput{}, nil
}

func (s *Service) testCasesOf(instance string) func(ctx context.Context, after string, limit int) ([]store.TestCase, error) {
	return func(ctx context.Context, after string, limit int) ([]store.TestCase, error) {
		return s.Store.TestCases(ctx, instance, after, limit)
	}
}

func testCaseID(c *store.TestCase) string { return c.ID }

func searchableTestCase(c *store.TestCase) searchable {
	return searchable{id: c.ID, name: c.Name, description: c.Description, tags: c.Tags}
}

// ListTestCases lists the test cases of an instance in the order of their ids.
func (s *Service) ListTestCases(ctx context.Context, in *connect.ListTestCasesInput) (*connect.ListTestCasesOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	found := search[store.TestCase]{list: "ListTestCases\x00" + instance.ID, read: s.testCasesOf(instance.ID), id: testCaseID}
	rows, next, _, err := found.page(ctx, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &connect.ListTestCasesOutput{TestCaseSummaryList: []types.TestCaseSummary{}, NextToken: next}
	for i := range rows {
		c := &rows[i]
		out.TestCaseSummaryList = append(out.TestCaseSummaryList, types.TestCaseSummary{
			Arn: new(s.Scope.Resource(c.InstanceID, arn.TestCase, c.ID)), Id: &c.ID, Name: &c.Name, Status: testStatus(c),
			LastModifiedTime: reply.Time(c.ModifiedAt), LastModifiedRegion: &s.Scope.Region,
		})
	}
	return out, nil
}

// SearchTestCases finds test cases of an instance and answers them in the order of their ids, each as DescribeTestCase does without a
// status.
func (s *Service) SearchTestCases(ctx context.Context, in *connect.SearchTestCasesInput) (*connect.SearchTestCasesOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	type level = criteria[types.TestCaseSearchCriteria, store.TestCase]
	where, err := searchOf(in.SearchCriteria, reply.Value(in.SearchFilter).TagFilter, func(c *types.TestCaseSearchCriteria) level {
		return level{
			and: c.AndConditions, or: c.OrConditions, text: c.StringCondition,
			own: func(row *store.TestCase) bool { return c.StatusCondition == "" || testStatus(row) == c.StatusCondition },
		}
	}, searchableTestCase)
	if err != nil {
		return nil, err
	}
	found := search[store.TestCase]{list: "SearchTestCases\x00" + instance.ID, read: s.testCasesOf(instance.ID), id: testCaseID, where: where}
	rows, next, total, err := found.page(ctx, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &connect.SearchTestCasesOutput{TestCases: make([]types.TestCase, len(rows)), NextToken: next, ApproximateTotalCount: &total}
	for i := range rows {
		out.TestCases[i] = *s.describeTestCase(&rows[i], testStatus(&rows[i]))
	}
	return out, nil
}
