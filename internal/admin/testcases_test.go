package admin

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
)

const (
	greets = `{"Version": "2019-10-30", "Observations": [{"Identifier": "greeted", "Event": {
		"Identifier": "e", "Type": "MessageReceived", "Actor": "System", "Properties": {"Text": "Hello"}}}]}`
)

func refused[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// createTest makes a test case of a flow that is there.
func (w *world) createTest(in connect.CreateTestCaseInput) (string, error) {
	in.InstanceId = new(instanceID)
	if in.Name == nil {
		in.Name = new("greets")
	}
	if in.Content == nil {
		in.Content = new(greets)
	}
	out, err := w.CreateTestCase(w.t.Context(), &in)
	if err != nil {
		return "", err
	}
	if want := scope.Resource(instanceID, "test-case", *out.TestCaseId); *out.TestCaseArn != want {
		w.t.Errorf("ARN %s", *out.TestCaseArn)
	}
	return *out.TestCaseId, nil
}

func startsIn(flow string) *types.TestCaseEntryPoint {
	return &types.TestCaseEntryPoint{Type: types.TestCaseEntryPointTypeChat, ChatEntryPointParameters: &types.ChatEntryPointParameters{FlowId: &flow}}
}

func (w *world) describeTest(id string, status types.TestCaseStatus) (*types.TestCase, error) {
	out, err := w.DescribeTestCase(w.t.Context(), &connect.DescribeTestCaseInput{InstanceId: new(instanceID), TestCaseId: &id, Status: status})
	if err != nil {
		return nil, err
	}
	return out.TestCase, nil
}

func (w *world) updateTest(id string, in connect.UpdateTestCaseInput) error {
	in.InstanceId, in.TestCaseId = new(instanceID), &id
	_, err := w.UpdateTestCase(w.t.Context(), &in)
	return err
}

func TestTestCases(t *testing.T) {
	onBothEngines(t, func(t *testing.T, w *world) {
		flow := w.mustCreate("welcome", smallest, "")
		id, err := w.createTest(connect.CreateTestCaseInput{
			EntryPoint: startsIn(flow), InitializationData: new(`{"Attributes": {"tier": "gold"}}`), Description: new("says hello"),
			Tags: map[string]string{"env": "dev"},
		})
		if err != nil {
			t.Fatal(err)
		}
		want := &types.TestCase{
			Id: &id, Arn: new(scope.Resource(instanceID, "test-case", id)), Name: new("greets"), Description: new("says hello"), Content: new(greets),
			EntryPoint: startsIn(flow), InitializationData: new(`{"Attributes": {"tier": "gold"}}`), Status: types.TestCaseStatusPublished,
			Tags: map[string]string{"env": "dev"}, LastModifiedTime: &epoch, LastModifiedRegion: &scope.Region,
		}
		got, err := w.describeTest(*want.Arn, "")
		if err != nil || len(*got.TestCaseSha256) != 64 {
			t.Fatalf("%+v, %v", got, err)
		}
		want.TestCaseSha256 = got.TestCaseSha256
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("made (-want +got):\n%s", diff)
		}
		if _, err := w.describeTest(id, types.TestCaseStatusSaved); !refused[*types.ResourceNotFoundException](err) {
			t.Errorf("without a draft: %v", err)
		}

		// A draft is not checked and not in the way of what is published.
		if err := w.updateTest(id, connect.UpdateTestCaseInput{Content: new("{"), Status: types.TestCaseStatusSaved}); err != nil {
			t.Fatal(err)
		}
		got, err = w.describeTest(id, types.TestCaseStatusSaved)
		if err != nil || *got.Content != "{" || got.Status != types.TestCaseStatusSaved || *got.EntryPoint.ChatEntryPointParameters.FlowId != flow {
			t.Errorf("draft %+v, %v", got, err)
		}
		if got, err = w.describeTest(id, ""); err != nil || *got.Content != greets {
			t.Errorf("beside a draft %+v, %v", got, err)
		}
		err = w.updateTest(id, connect.UpdateTestCaseInput{Status: types.TestCaseStatusPublished})
		if bad, ok := errors.AsType[*types.InvalidTestCaseException](err); !ok || len(bad.Problems) != 1 {
			t.Errorf("a draft that can not be published: %v", err)
		}
		other := strings.Replace(greets, "Hello", "Good day", 1)
		if err := w.updateTest(id, connect.UpdateTestCaseInput{Content: &other, Name: new("says good day"), Status: types.TestCaseStatusPublished}); err != nil {
			t.Fatal(err)
		}
		if got, err = w.describeTest(id, ""); err != nil || *got.Content != other || *got.Name != "says good day" || *got.Description != "says hello" {
			t.Errorf("published %+v, %v", got, err)
		}
		if _, err := w.describeTest(id, types.TestCaseStatusSaved); !refused[*types.ResourceNotFoundException](err) {
			t.Errorf("publishing ends the draft: %v", err)
		}

		if _, err := w.DeleteTestCase(t.Context(), &connect.DeleteTestCaseInput{InstanceId: new(instanceID), TestCaseId: &id}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.describeTest(id, ""); !refused[*types.ResourceNotFoundException](err) {
			t.Errorf("deleted: %v", err)
		}
	})
}

func TestTestCasesRefuse(t *testing.T) {
	onBothEngines(t, func(t *testing.T, w *world) {
		flow := w.mustCreate("welcome", smallest, "")
		id := uuid.NewString()
		if got, err := w.createTest(connect.CreateTestCaseInput{TestCaseId: &id, EntryPoint: startsIn(flow)}); err != nil || got != id {
			t.Fatalf("an id from elsewhere: %s, %v", got, err)
		}
		for name, in := range map[string]connect.CreateTestCaseInput{
			"no JSON":        {Content: new("{"), EntryPoint: startsIn(flow)},
			"no entry point": {},
			"no flow":        {EntryPoint: startsIn(uuid.NewString())},
			"attributes":     {EntryPoint: startsIn(flow), InitializationData: new("[]")},
			"many problems":  {EntryPoint: startsIn(flow), Content: new(`{"Version": "2019-10-30", "Observations": [` + strings.Repeat("{}, ", 60) + `{}]}`)},
			"long problems":  {EntryPoint: startsIn(flow), Content: new(`{"Version": "` + strings.Repeat("é", 600) + `"}`)},
		} {
			in.Name = &name
			_, err := w.createTest(in)
			bad, ok := errors.AsType[*types.InvalidTestCaseException](err)
			if !ok || len(bad.Problems) == 0 || len(bad.Problems) > 50 {
				t.Errorf("%s: %v", name, err)
				continue
			}
			for _, p := range bad.Problems {
				if n := len([]rune(*p.Message)); n < 1 || n > 256 {
					t.Errorf("%s: a problem of %d characters", name, n)
				}
			}
		}
		if _, err := w.createTest(connect.CreateTestCaseInput{EntryPoint: startsIn(flow)}); !refused[*types.DuplicateResourceException](err) {
			t.Errorf("the same name: %v", err)
		}
		if _, err := w.createTest(connect.CreateTestCaseInput{Name: new("b"), TestCaseId: &id, EntryPoint: startsIn(flow)}); !refused[*types.DuplicateResourceException](err) {
			t.Errorf("the same id: %v", err)
		}
		if _, err := w.createTest(connect.CreateTestCaseInput{Name: new("b"), TestCaseId: new("b"), EntryPoint: startsIn(flow)}); !refused[*types.InvalidParameterException](err) {
			t.Errorf("no id: %v", err)
		}
		draft, err := w.createTest(connect.CreateTestCaseInput{Name: new("draft"), Content: new("{"), Status: types.TestCaseStatusSaved})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := w.describeTest(draft, ""); err != nil || got.Status != types.TestCaseStatusSaved {
			t.Errorf("draft %+v, %v", got, err)
		}
		if _, err := w.describeTest(draft, types.TestCaseStatusPublished); !refused[*types.ResourceNotFoundException](err) {
			t.Errorf("never published: %v", err)
		}
		if err := w.updateTest(draft, connect.UpdateTestCaseInput{Name: new("greets")}); !refused[*types.DuplicateResourceException](err) {
			t.Errorf("renamed to one that is there: %v", err)
		}
	})
}

func TestListAndSearchTestCases(t *testing.T) {
	onBothEngines(t, func(t *testing.T, w *world) {
		flow := w.mustCreate("welcome", smallest, "")
		for _, name := range []string{"greets", "ends"} {
			if _, err := w.createTest(connect.CreateTestCaseInput{Name: &name, EntryPoint: startsIn(flow), Tags: map[string]string{"of": name}}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.createTest(connect.CreateTestCaseInput{Name: new("later"), Status: types.TestCaseStatusSaved}); err != nil {
			t.Fatal(err)
		}
		listed := map[string]types.TestCaseStatus{}
		for in := (&connect.ListTestCasesInput{InstanceId: new(instanceID), MaxResults: new(int32(2))}); ; {
			out, err := w.ListTestCases(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range out.TestCaseSummaryList {
				listed[*c.Name] = c.Status
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				break
			}
		}
		if want := map[string]types.TestCaseStatus{"greets": "PUBLISHED", "ends": "PUBLISHED", "later": "SAVED"}; !cmp.Equal(listed, want) {
			t.Errorf("listed %v", listed)
		}
		for name, in := range map[string]connect.SearchTestCasesInput{
			"greets": {SearchCriteria: &types.TestCaseSearchCriteria{StringCondition: &types.StringCondition{FieldName: new("name"), Value: new("GREET"), ComparisonType: "STARTS_WITH"}}},
			"later":  {SearchCriteria: &types.TestCaseSearchCriteria{StatusCondition: "SAVED"}},
			"ends":   {SearchFilter: &types.TestCaseSearchFilter{TagFilter: &types.ControlPlaneTagFilter{TagCondition: &types.TagCondition{TagKey: new("of"), TagValue: new("ends")}}}},
		} {
			in.InstanceId = new(instanceID)
			out, err := w.SearchTestCases(t.Context(), &in)
			if err != nil || *out.ApproximateTotalCount != 1 || *out.TestCases[0].Name != name {
				t.Errorf("search for %s: %+v, %v", name, out, err)
			}
		}
	})
}
