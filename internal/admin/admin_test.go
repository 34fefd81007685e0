package admin

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/store/storetest"
)

const (
	instanceID = "00000000-0000-4000-8000-000000000001"
	smallest   = `{"Version": "2019-10-30", "StartAction": "end", "Actions": [{"Identifier": "end", "Type": "DisconnectParticipant"}]}`
)

var (
	scope = arn.Scope{Region: "eu-central-1", Account: "111122223333"}
	epoch = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
)

// world is a configuration on a database of its own, with one instance.
type world struct {
	*Service
	t   *testing.T
	now *time.Time
}

// onBothEngines runs a test in a world of its own on each engine.
func onBothEngines(t *testing.T, test func(*testing.T, *world)) {
	storetest.Engines(t, func(t *testing.T, e storetest.Engine) {
		t.Parallel()
		w := &world{t: t, now: new(epoch)}
		st := storetest.Open(t, e, store.Options{Now: func() time.Time { return *w.now }})
		w.Service = New(Config{Store: st, Scope: scope})
		w.addInstance(NewInstance{ID: instanceID, Alias: "demo"})
		test(t, w)
	})
}

func (w *world) addInstance(in NewInstance) (id string) {
	w.t.Helper()
	err := w.Store.Update(w.t.Context(), store.Key{}, func(tx *store.Tx) error {
		id = CreateInstance(tx, in)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

func (w *world) create(name, content string, status types.ContactFlowStatus) (*connect.CreateContactFlowOutput, error) {
	return w.CreateContactFlow(w.t.Context(), &connect.CreateContactFlowInput{
		InstanceId: new(instanceID), Name: &name, Content: &content, Type: types.ContactFlowTypeContactFlow, Status: status,
	})
}

func (w *world) mustCreate(name, content string, status types.ContactFlowStatus) string {
	w.t.Helper()
	out, err := w.create(name, content, status)
	if err != nil {
		w.t.Fatalf("create %s: %v", name, err)
	}
	return *out.ContactFlowId
}

func (w *world) describe(id string) (*types.ContactFlow, error) {
	out, err := w.DescribeContactFlow(w.t.Context(), &connect.DescribeContactFlowInput{InstanceId: new(instanceID), ContactFlowId: &id})
	if err != nil {
		return nil, err
	}
	return out.ContactFlow, nil
}

func (w *world) update(id, content string) error {
	_, err := w.UpdateContactFlowContent(w.t.Context(), &connect.UpdateContactFlowContentInput{
		InstanceId: new(instanceID), ContactFlowId: &id, Content: &content,
	})
	return err
}

func (w *world) delete(id string) error {
	_, err := w.DeleteContactFlow(w.t.Context(), &connect.DeleteContactFlowInput{InstanceId: new(instanceID), ContactFlowId: &id})
	return err
}

// says is a flow that can be told from others.
func says(text string) string {
	return fmt.Sprintf(`{"Version": "2019-10-30", "StartAction": "say", "Actions": [
		{"Identifier": "say", "Type": "MessageParticipant", "Parameters": {"Text": %q}, "Transitions": {"NextAction": "end"}},
		{"Identifier": "end", "Type": "DisconnectParticipant"}]}`, text)
}

func wantError[E error](t *testing.T, what string, err error) E {
	t.Helper()
	e, ok := errors.AsType[E](err)
	if !ok {
		t.Errorf("%s: error %v, want %s", what, err, reflect.TypeFor[E]())
	}
	return e
}

func TestCreatedFlowIsDescribed(t *testing.T) { onBothEngines(t, testCreatedFlowIsDescribed) }

func testCreatedFlowIsDescribed(t *testing.T, w *world) {
	content := says("hello") + "\n\t"
	out, err := w.CreateContactFlow(t.Context(), &connect.CreateContactFlowInput{
		InstanceId: new(scope.Instance(instanceID)), Name: new("Support"), Content: &content, Type: types.ContactFlowTypeContactFlow,
		Description: new("For customers"), Tags: map[string]string{"team": "red"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := &types.ContactFlow{
		Id: out.ContactFlowId, Arn: out.ContactFlowArn, Name: new("Support"), Description: new("For customers"), Content: &content,
		Type: types.ContactFlowTypeContactFlow, State: types.ContactFlowStateActive, Status: types.ContactFlowStatusPublished,
		Tags: map[string]string{"team": "red"}, FlowContentSha256: out.FlowContentSha256,
		LastModifiedTime: new(epoch), LastModifiedRegion: new("eu-central-1"),
	}
	for _, id := range []string{*out.ContactFlowId, *out.ContactFlowArn, *out.ContactFlowId + ":$LATEST", *out.ContactFlowArn + ":$SAVED"} {
		got, err := w.describe(id)
		if err != nil {
			t.Fatalf("describe %s: %v", id, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("describe %s (-want +got):\n%s", id, diff)
		}
	}
	if want := scope.Resource(instanceID, "contact-flow", *out.ContactFlowId); *out.ContactFlowArn != want {
		t.Errorf("ContactFlowArn is %s, want %s", *out.ContactFlowArn, want)
	}
}

func TestContentHash(t *testing.T) { onBothEngines(t, testContentHash) }

func testContentHash(t *testing.T, w *world) {
	f, err := w.describe(w.mustCreate("a", smallest, ""))
	if err != nil {
		t.Fatal(err)
	}
	const want = "ea538d0974c4e293d7bfad8bb4da55f8fe576582bc63042b06ecc58ea7a35ea5"
	if *f.FlowContentSha256 != want {
		t.Errorf("FlowContentSha256 of %s is %s, want %s", smallest, *f.FlowContentSha256, want)
	}
}

func TestPublishingChecksTheContent(t *testing.T) { onBothEngines(t, testPublishingChecksTheContent) }

func testPublishingChecksTheContent(t *testing.T, w *world) {
	w.addInstance(NewInstance{ID: "other"})
	queue := func(id string) string {
		return fmt.Sprintf(`{"Version": "2019-10-30", "StartAction": "q", "Actions": [{"Identifier": "q", "Type": "UpdateContactTargetQueue",
			"Parameters": {"QueueId": %q}, "Transitions": {"NextAction": "end", "Errors": [{"ErrorType": "NoMatchingError", "NextAction": "end"}]}},
			{"Identifier": "end", "Type": "DisconnectParticipant"}]}`, id)
	}
	next := func(id string) string {
		return strings.NewReplacer("UpdateContactTargetQueue", "TransferToFlow", "QueueId", "ContactFlowId").Replace(queue(id))
	}
	basic := NewInstance{ID: instanceID}.id(BasicQueue)
	draft := w.mustCreate("only a draft", "{}", types.ContactFlowStatusSaved)
	w.mustKeep(NewInstance{ID: instanceID}.id(DemoFlow), 1)
	noQueue := []string{"Resource not found. Path: Actions[0].Parameters.QueueId"}
	noFlow := []string{"Resource not found. Path: Actions[0].Parameters.ContactFlowId"}
	for _, tt := range []struct {
		name, content string
		want          []string
	}{
		{"no JSON", "{", []string{"Content is not valid JSON: unexpected end of JSON input"}},
		{"no flow", "{}", []string{
			"Flow is missing required property. Path: Version", "Flow is missing required property. Path: StartAction",
			"Flow is missing required property. Path: Actions",
		}},
		{
			"unknown parameter", `{"Version": "2019-10-30", "StartAction": "a", "Actions": [{"Identifier": "a", "Type": "DisconnectParticipant", "Parameters": {"X": "1"}}]}`,
			[]string{"Invalid Action property name. Path: Actions[0].Parameters.X"},
		},
		{"queue", queue(basic), nil},
		{"queue by ARN", queue(scope.Resource(instanceID, "queue", basic)), nil},
		{"queue by reference", queue("$.Attributes.queue"), nil},
		{"queue that is not there", queue("nope"), noQueue},
		{"queue of another instance", queue(scope.Resource("other", "queue", basic)), noQueue},
		{"queue of another instance, by id", queue(NewInstance{ID: "other"}.id(BasicQueue)), noQueue},
		{"flow", next(NewInstance{ID: instanceID}.id(DemoFlow)), nil},
		{"flow by ARN", next(scope.Resource(instanceID, "contact-flow", NewInstance{ID: instanceID}.id(DemoFlow))), nil},
		{"flow by version", next(NewInstance{ID: instanceID}.id(DemoFlow) + ":1"), nil},
		{"flow by a version that is not there", next(NewInstance{ID: instanceID}.id(DemoFlow) + ":2"), noFlow},
		{"flow that is a draft", next(draft), nil},
		{"flow that is not there", next("nope"), noFlow},
		{"flow of another instance", next(scope.Resource("other", "contact-flow", draft)), noFlow},
	} {
		_, err := w.create(tt.name, tt.content, "")
		var got []string
		if err != nil {
			for _, p := range wantError[*types.InvalidContactFlowException](t, tt.name, err).Problems {
				got = append(got, *p.Message)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: problems %q, want %q", tt.name, got, tt.want)
		}
	}
	w.AnyResource = true
	w.mustCreate("any queue", queue("nope"), "")
}

func TestProblemsAreBounded(t *testing.T) { onBothEngines(t, testProblemsAreBounded) }

func testProblemsAreBounded(t *testing.T, w *world) {
	actions := strings.Repeat(`{"Identifier": "a", "Type": "Nonsense"},`, 60)
	_, err := w.create("bad", `{"Version": "2019-10-30", "StartAction": "a", "Actions": [`+strings.TrimSuffix(actions, ",")+`]}`, "")
	if e := wantError[*types.InvalidContactFlowException](t, "60 bad actions", err); e != nil && (len(e.Problems) != 50 || !strings.HasSuffix(*e.Message, " (and 49 more)")) {
		t.Errorf("%d problems, want 50", len(e.Problems))
	}
}

func TestDraftsAndVersions(t *testing.T) { onBothEngines(t, testDraftsAndVersions) }

func testDraftsAndVersions(t *testing.T, w *world) {
	id := w.mustCreate("flow", `{"any": "document"}`, types.ContactFlowStatusSaved)
	read := func(qualifier string) string {
		t.Helper()
		f, err := w.describe(id + qualifier)
		if _, ok := errors.AsType[*types.ContactFlowNotPublishedException](err); ok {
			return "not published"
		}
		if _, ok := errors.AsType[*types.ResourceNotFoundException](err); ok {
			return "not found"
		}
		if err != nil {
			t.Fatalf("describe %s: %v", qualifier, err)
		}
		version := ""
		if f.Version != nil {
			version = fmt.Sprint(" version ", *f.Version)
		}
		return string(f.Status) + version + " " + *f.Content
	}
	expect := func(when string, want map[string]string) {
		t.Helper()
		for qualifier, want := range want {
			if got := read(qualifier); got != want {
				t.Errorf("%s: %q reads %s, want %s", when, qualifier, got, want)
			}
		}
	}
	expect("saved only", map[string]string{
		"": "not published", ":$LATEST": "not published", ":$SAVED": `SAVED {"any": "document"}`, ":1": "not found", ":x": "not found",
	})
	if err := w.update(id, says("one")); err != nil {
		t.Fatal(err)
	}
	expect("published", map[string]string{"": "PUBLISHED " + says("one"), ":$SAVED": "PUBLISHED " + says("one"), ":1": "not found"})
	w.mustKeep(id, 1)
	expect("kept", map[string]string{":1": "PUBLISHED version 1 " + says("one")})
	if err := w.update(id+":$SAVED", `{"draft": 2}`); err != nil {
		t.Fatal(err)
	}
	expect("saved again", map[string]string{"": "PUBLISHED " + says("one"), ":$SAVED": `SAVED {"draft": 2}`})
	wantError[*types.InvalidContactFlowException](t, "publish a bad content", w.update(id, `{"draft": 3}`))
	wantError[*types.InvalidContactFlowException](t, "save what is no document", w.update(id+":$SAVED", `[]`))
	if err := w.update(scope.Resource(instanceID, "contact-flow", id)+":$LATEST", says("two")); err != nil {
		t.Fatal(err)
	}
	expect("published again", map[string]string{"": "PUBLISHED " + says("two"), ":$SAVED": "PUBLISHED " + says("two"), ":1": "PUBLISHED version 1 " + says("one")})
	wantError[*types.InvalidRequestException](t, "change a version", w.update(id+":1", says("three")))
}

func TestNamesAreUnique(t *testing.T) { onBothEngines(t, testNamesAreUnique) }

func testNamesAreUnique(t *testing.T, w *world) {
	id := w.mustCreate("taken", smallest, "")
	_, err := w.create("taken", smallest, "")
	wantError[*types.DuplicateResourceException](t, "create with a taken name", err)
	other := w.mustCreate("free", smallest, "")
	_, err = w.UpdateContactFlowName(t.Context(), &connect.UpdateContactFlowNameInput{InstanceId: new(instanceID), ContactFlowId: &other, Name: new("taken")})
	wantError[*types.DuplicateResourceException](t, "rename to a taken name", err)
	_, err = w.UpdateContactFlowMetadata(t.Context(), &connect.UpdateContactFlowMetadataInput{InstanceId: new(instanceID), ContactFlowId: &other, Name: new("taken")})
	wantError[*types.DuplicateResourceException](t, "rename to a taken name by metadata", err)
	if _, err := w.UpdateContactFlowName(t.Context(), &connect.UpdateContactFlowNameInput{InstanceId: new(instanceID), ContactFlowId: &id, Name: new("taken")}); err != nil {
		t.Errorf("rename to its own name: %v", err)
	}
	w.addInstance(NewInstance{ID: "other"})
	if _, err := w.CreateContactFlow(t.Context(), &connect.CreateContactFlowInput{
		InstanceId: new("other"), Name: new("taken"), Content: new(smallest), Type: types.ContactFlowTypeContactFlow,
	}); err != nil {
		t.Errorf("the same name in another instance: %v", err)
	}
	for _, name := range []string{"", strings.Repeat("ä", 257)} {
		_, err = w.create(name, smallest, "")
		wantError[*types.InvalidParameterException](t, fmt.Sprintf("name of %d bytes", len(name)), err)
		_, err = w.UpdateContactFlowName(t.Context(), &connect.UpdateContactFlowNameInput{InstanceId: new(instanceID), ContactFlowId: &id, Name: &name})
		wantError[*types.InvalidParameterException](t, fmt.Sprintf("new name of %d bytes", len(name)), err)
	}
	w.mustCreate(strings.Repeat("ä", 256), smallest, "")
}

// Of many that create a flow of one name at the same moment one succeeds.
func TestNamesAreUniqueUnderConcurrency(t *testing.T) {
	onBothEngines(t, testNamesAreUniqueUnderConcurrency)
}

func testNamesAreUniqueUnderConcurrency(t *testing.T, w *world) {
	var created, refused int
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			_, err := w.create("same", smallest, "")
			mu.Lock()
			defer mu.Unlock()
			if _, ok := errors.AsType[*types.DuplicateResourceException](err); ok {
				refused++
			} else if err == nil {
				created++
			}
		})
	}
	all.Wait()
	if created != 1 || refused != 19 {
		t.Errorf("%d created, %d refused as duplicates; want 1 and 19", created, refused)
	}
}

// Of many that create a flow at the same moment as many succeed as the limit allows.
func TestLimitHoldsUnderConcurrency(t *testing.T) { onBothEngines(t, testLimitHoldsUnderConcurrency) }

func testLimitHoldsUnderConcurrency(t *testing.T, w *world) {
	w.MaxFlows = len(newFlows) + 3
	var created atomic.Int32
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			_, err := w.create(fmt.Sprint(i), smallest, "")
			if _, ok := errors.AsType[*types.LimitExceededException](err); !ok && err != nil {
				t.Error(err)
			} else if err == nil {
				created.Add(1)
			}
		})
	}
	all.Wait()
	if n := created.Load(); n != 3 {
		t.Errorf("%d flows where 3 more were allowed", n)
	}
}

// Contents written at the same moment all become versions.
func TestVersionsUnderConcurrency(t *testing.T) { onBothEngines(t, testVersionsUnderConcurrency) }

func testVersionsUnderConcurrency(t *testing.T, w *world) {
	id := w.mustCreate("flow", says("0"), "")
	var all sync.WaitGroup
	for i := range 10 {
		all.Go(func() {
			if err := w.update(id, says(fmt.Sprint(i+1))); err != nil {
				t.Errorf("update %d: %v", i+1, err)
			}
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for version := range int64(11) {
		v, err := w.Store.FlowVersion(t.Context(), id, version+1)
		if err != nil {
			t.Fatalf("version %d: %v", version+1, err)
		}
		seen[v.Content] = true
	}
	if len(seen) != 11 {
		t.Errorf("%d different contents of 11", len(seen))
	}
}

func TestFlowQuota(t *testing.T) { onBothEngines(t, testFlowQuota) }

func testFlowQuota(t *testing.T, w *world) {
	w.MaxFlows = len(newFlows) + 2
	w.mustCreate("a", smallest, "")
	w.mustCreate("b", smallest, types.ContactFlowStatusSaved)
	_, err := w.create("c", smallest, "")
	wantError[*types.LimitExceededException](t, "one flow more than the limit", err)
	w.MaxFlows++
	w.mustCreate("c", smallest, "")
}

func TestMetadata(t *testing.T) { onBothEngines(t, testMetadata) }

func testMetadata(t *testing.T, w *world) {
	id := w.mustCreate("flow", smallest, "")
	*w.now = epoch.Add(time.Hour)
	change := func(in connect.UpdateContactFlowMetadataInput) *types.ContactFlow {
		t.Helper()
		in.InstanceId, in.ContactFlowId = new(instanceID), &id
		if _, err := w.UpdateContactFlowMetadata(t.Context(), &in); err != nil {
			t.Fatal(err)
		}
		f, err := w.describe(id)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	f := change(connect.UpdateContactFlowMetadataInput{Name: new("renamed"), Description: new("text"), ContactFlowState: types.ContactFlowStateArchived})
	if *f.Name != "renamed" || *f.Description != "text" || f.State != types.ContactFlowStateArchived || !f.LastModifiedTime.Equal(*w.now) {
		t.Errorf("after the change: %s, %s, %s, modified %s", *f.Name, *f.Description, f.State, f.LastModifiedTime)
	}
	if f = change(connect.UpdateContactFlowMetadataInput{ContactFlowState: types.ContactFlowStateActive}); *f.Name != "renamed" || *f.Description != "text" {
		t.Errorf("absent members changed: %s, %s", *f.Name, *f.Description)
	}
	if f = change(connect.UpdateContactFlowMetadataInput{Description: new("")}); f.Description != nil {
		t.Errorf("an empty description stays %q", *f.Description)
	}
	_, err := w.UpdateContactFlowMetadata(t.Context(), &connect.UpdateContactFlowMetadataInput{
		InstanceId: new(instanceID), ContactFlowId: new(id + ":$SAVED"), Name: new("x"),
	})
	wantError[*types.InvalidRequestException](t, "metadata of a draft", err)
}

func TestDelete(t *testing.T) { onBothEngines(t, testDelete) }

func testDelete(t *testing.T, w *world) {
	id := w.mustCreate("flow", smallest, "")
	wantError[*types.InvalidRequestException](t, "delete a draft", w.delete(id+":$SAVED"))
	if err := w.delete(scope.Resource(instanceID, "contact-flow", id)); err != nil {
		t.Fatal(err)
	}
	_, err := w.describe(id)
	wantError[*types.ResourceNotFoundException](t, "describe a deleted flow", err)
	wantError[*types.ResourceNotFoundException](t, "delete it again", w.delete(id))
	w.mustCreate("flow", smallest, "")
	for _, f := range newFlows {
		err := w.delete(NewInstance{ID: instanceID}.id(f.name))
		if f.isDefault {
			wantError[*types.InvalidRequestException](t, "delete "+f.name, err)
		} else if err != nil {
			t.Errorf("delete %s: %v", f.name, err)
		}
	}
}

func TestUnknownThings(t *testing.T) { onBothEngines(t, testUnknownThings) }

func testUnknownThings(t *testing.T, w *world) {
	w.addInstance(NewInstance{ID: "other"})
	id := w.mustCreate("flow", smallest, "")
	ctx := t.Context()
	for _, instance := range []string{"nope", "other", scope.Instance("nope"), arn.Scope{Region: "us-east-1", Account: scope.Account}.Instance(instanceID)} {
		calls := map[string]func() error{
			"DescribeContactFlow": func() error {
				_, err := w.DescribeContactFlow(ctx, &connect.DescribeContactFlowInput{InstanceId: &instance, ContactFlowId: &id})
				return err
			},
			"UpdateContactFlowContent": func() error {
				_, err := w.UpdateContactFlowContent(ctx, &connect.UpdateContactFlowContentInput{InstanceId: &instance, ContactFlowId: &id, Content: new(smallest)})
				return err
			},
			"UpdateContactFlowMetadata": func() error {
				_, err := w.UpdateContactFlowMetadata(ctx, &connect.UpdateContactFlowMetadataInput{InstanceId: &instance, ContactFlowId: &id})
				return err
			},
			"UpdateContactFlowName": func() error {
				_, err := w.UpdateContactFlowName(ctx, &connect.UpdateContactFlowNameInput{InstanceId: &instance, ContactFlowId: &id})
				return err
			},
			"DeleteContactFlow": func() error {
				_, err := w.DeleteContactFlow(ctx, &connect.DeleteContactFlowInput{InstanceId: &instance, ContactFlowId: &id})
				return err
			},
		}
		if instance != "other" {
			calls["DescribeInstance"] = func() error {
				_, err := w.DescribeInstance(ctx, &connect.DescribeInstanceInput{InstanceId: &instance})
				return err
			}
			calls["ListContactFlows"] = func() error {
				_, err := w.ListContactFlows(ctx, &connect.ListContactFlowsInput{InstanceId: &instance})
				return err
			}
			calls["CreateContactFlow"] = func() error {
				_, err := w.CreateContactFlow(ctx, &connect.CreateContactFlowInput{
					InstanceId: &instance, Name: new("x"), Content: new(smallest), Type: types.ContactFlowTypeContactFlow,
				})
				return err
			}
		}
		for name, call := range calls {
			wantError[*types.ResourceNotFoundException](t, name+" in instance "+instance, call())
		}
	}
	for _, id := range []string{"nope", scope.Resource("other", "contact-flow", id), scope.Resource(instanceID, "queue", id)} {
		_, err := w.describe(id)
		wantError[*types.ResourceNotFoundException](t, "describe "+id, err)
	}
}

func TestInstances(t *testing.T) { onBothEngines(t, testInstances) }

func testInstances(t *testing.T, w *world) {
	out, err := w.DescribeInstance(t.Context(), &connect.DescribeInstanceInput{InstanceId: new(scope.Instance(instanceID))})
	if err != nil {
		t.Fatal(err)
	}
	want := &types.Instance{
		Id: new(instanceID), Arn: new(scope.Instance(instanceID)), InstanceAlias: new("demo"), CreatedTime: new(epoch),
		IdentityManagementType: types.DirectoryTypeConnectManaged, InstanceStatus: types.InstanceStatusActive,
		InboundCallsEnabled: new(false), OutboundCallsEnabled: new(false),
	}
	if diff := cmp.Diff(want, out.Instance); diff != "" {
		t.Errorf("instance (-want +got):\n%s", diff)
	}
	for i := range maxInstances {
		w.addInstance(NewInstance{ID: fmt.Sprintf("other-%02d", i)})
	}
	var got []string
	pages := 0
	in := &connect.ListInstancesInput{}
	for {
		out, err := w.ListInstances(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		pages++
		for _, i := range out.InstanceSummaryList {
			got = append(got, *i.Id)
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
	}
	if pages != 2 || len(got) != maxInstances+1 || !slices.IsSorted(got) {
		t.Errorf("%d pages of instances %q", pages, got)
	}
	one, err := w.ListInstances(t.Context(), &connect.ListInstancesInput{MaxResults: new(int32(1))})
	if err != nil || len(one.InstanceSummaryList) != 1 || one.NextToken == nil {
		t.Errorf("a page of 1: %+v, %v", one, err)
	}
}

func TestListFlows(t *testing.T) { onBothEngines(t, testListFlows) }

func testListFlows(t *testing.T, w *world) {
	w.addInstance(NewInstance{ID: "other"})
	draft := w.mustCreate("draft", "{}", types.ContactFlowStatusSaved)
	list := func(in connect.ListContactFlowsInput) (ids []string, pages int) {
		t.Helper()
		in.InstanceId = new(instanceID)
		for {
			out, err := w.ListContactFlows(t.Context(), &in)
			if err != nil {
				t.Fatal(err)
			}
			pages++
			for _, f := range out.ContactFlowSummaryList {
				ids = append(ids, *f.Id)
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				return ids, pages
			}
			if len(out.ContactFlowSummaryList) == 0 {
				t.Fatal("an empty page with a token")
			}
		}
	}
	all, _ := list(connect.ListContactFlowsInput{})
	n := len(newFlows) + 1
	if len(all) != n || !slices.IsSorted(all) {
		t.Fatalf("%d flows %q, want %d in the order of their ids", len(all), all, n)
	}
	for size, want := range map[int]int{1: n, n - 1: 2, n: 1, n + 1: 1, 1000: 1} {
		if got, pages := list(connect.ListContactFlowsInput{MaxResults: new(int32(size))}); !slices.Equal(got, all) || pages != want {
			t.Errorf("pages of %d: %d pages with %q, want %d with all", size, pages, got, want)
		}
	}
	queueFlows := []types.ContactFlowType{types.ContactFlowTypeQueueTransfer, types.ContactFlowTypeAgentTransfer}
	if got, pages := list(connect.ListContactFlowsInput{ContactFlowTypes: queueFlows, MaxResults: new(int32(1))}); len(got) != 2 || pages != 2 {
		t.Errorf("transfer flows: %q in %d pages", got, pages)
	}
	if got, pages := list(connect.ListContactFlowsInput{ContactFlowTypes: []types.ContactFlowType{types.ContactFlowTypeCampaign}}); got != nil || pages != 1 {
		t.Errorf("campaign flows: %q in %d pages", got, pages)
	}
	out, err := w.ListContactFlows(t.Context(), &connect.ListContactFlowsInput{InstanceId: new(instanceID)})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(out.ContactFlowSummaryList, func(f types.ContactFlowSummary) bool { return *f.Id == draft })
	want := types.ContactFlowSummary{
		Id: &draft, Arn: new(scope.Resource(instanceID, "contact-flow", draft)), Name: new("draft"), ContactFlowType: types.ContactFlowTypeContactFlow,
		ContactFlowState: types.ContactFlowStateActive, ContactFlowStatus: types.ContactFlowStatusSaved,
	}
	if diff := cmp.Diff(want, out.ContactFlowSummaryList[i]); diff != "" {
		t.Errorf("summary of a draft (-want +got):\n%s", diff)
	}
}

func TestTokensOfLists(t *testing.T) { onBothEngines(t, testTokensOfLists) }

func testTokensOfLists(t *testing.T, w *world) {
	w.addInstance(NewInstance{ID: "other"})
	first, err := w.ListContactFlows(t.Context(), &connect.ListContactFlowsInput{InstanceId: new(instanceID), MaxResults: new(int32(2))})
	if err != nil {
		t.Fatal(err)
	}
	list := func(instance, token string, flowTypes ...types.ContactFlowType) (*connect.ListContactFlowsOutput, error) {
		return w.ListContactFlows(t.Context(), &connect.ListContactFlowsInput{InstanceId: &instance, NextToken: &token, ContactFlowTypes: flowTypes})
	}
	for name, call := range map[string]func() error{
		"no token":                     func() error { _, err := list(instanceID, "nonsense!"); return err },
		"no token in base64":           func() error { _, err := list(instanceID, "bm9uc2Vuc2U"); return err },
		"token of another instance":    func() error { _, err := list("other", *first.NextToken); return err },
		"token of a list of all types": func() error { _, err := list(instanceID, *first.NextToken, types.ContactFlowTypeAgentHold); return err },
		"token of another operation": func() error {
			_, err := w.ListInstances(context.Background(), &connect.ListInstancesInput{NextToken: first.NextToken})
			return err
		},
	} {
		wantError[*types.InvalidParameterException](t, name, call())
	}
	// The row a token stands at may be gone, and time may pass.
	last := *first.ContactFlowSummaryList[1].Id
	before, err := list(instanceID, *first.NextToken)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error { tx.DeleteFlow(last); return nil }); err != nil {
		t.Fatal(err)
	}
	*w.now = epoch.AddDate(1, 0, 0)
	after, err := list(instanceID, *first.NextToken)
	if err != nil || !cmp.Equal(before.ContactFlowSummaryList, after.ContactFlowSummaryList) {
		t.Errorf("an old token gives %d flows and %v, want the %d from before", len(after.ContactFlowSummaryList), err, len(before.ContactFlowSummaryList))
	}
}

func TestNewInstance(t *testing.T) { onBothEngines(t, testNewInstance) }

func testNewInstance(t *testing.T, w *world) {
	id := w.addInstance(NewInstance{Alias: "second", IDs: map[string]string{DemoFlow: "f1", BasicQueue: "q1"}})
	instance, err := w.Store.Instance(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	flows, err := w.Store.Flows(t.Context(), id, nil, "", 100)
	if err != nil || len(flows) != len(newFlows) {
		t.Fatalf("%d flows, %v; want %d", len(flows), err, len(newFlows))
	}
	exists, failed := w.exists(passing{t.Context(), w.Store}, id)
	for _, f := range flows {
		v, err := w.Store.FlowVersion(t.Context(), f.ID, f.Published)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := flow.Parse(v.Content)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		for _, p := range parsed.Check(f.Type, exists) {
			t.Errorf("%s, line %d: %s", f.Name, p.Line, p.Message)
		}
	}
	if *failed != nil {
		t.Error(*failed)
	}
	if len(instance.DefaultFlows) != 8 || instance.DefaultFlows["CUSTOMER_QUEUE"] == "" || instance.Alias != "second" {
		t.Errorf("instance %+v", instance)
	}
	demo, err := w.Store.FlowByName(t.Context(), id, DemoFlow)
	if err != nil || demo.ID != "f1" {
		t.Errorf("demo flow %+v, %v; want the id f1", demo, err)
	}
	queue, err := w.Store.QueueByName(t.Context(), id, BasicQueue)
	if err != nil || queue.ID != "q1" || !queue.Enabled {
		t.Errorf("queue %+v, %v; want q1, enabled", queue, err)
	}
	err = w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
		CreateInstance(tx, NewInstance{ID: id})
		return nil
	})
	if !errors.Is(err, store.ErrExists) {
		t.Errorf("made again: %v, want %v", err, store.ErrExists)
	}
}

func TestLoadFlow(t *testing.T) { onBothEngines(t, testLoadFlow) }

func testLoadFlow(t *testing.T, w *world) {
	id, err := w.LoadFlow(t.Context(), instanceID, "mine", "", smallest)
	if err != nil || id != LoadedFlow(instanceID, "mine") {
		t.Fatalf("load: %s, %v", id, err)
	}
	again, err := w.LoadFlow(t.Context(), scope.Instance(instanceID), "mine", "", strings.Replace(smallest, `"StartAction"`,
		`"Metadata": {"type": "customerQueue"}, "StartAction"`, 1))
	if err != nil || again != id {
		t.Fatalf("load again: %s, %v; want %s", again, err, id)
	}
	if f, err := w.describe(id); err != nil || f.Type != types.ContactFlowTypeContactFlow || !strings.Contains(*f.Content, "customerQueue") {
		t.Errorf("loaded flow %+v, %v", f, err)
	}
	queue, err := w.LoadFlow(t.Context(), instanceID, "waiting", "", `{"Metadata": {"type": "customerQueue"}, "Version": "2019-10-30", "StartAction": "end",
		"Actions": [{"Identifier": "end", "Type": "EndFlowExecution"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	if f, err := w.describe(queue); err != nil || f.Type != types.ContactFlowTypeCustomerQueue {
		t.Errorf("loaded queue flow %+v, %v", f, err)
	}
	_, err = w.LoadFlow(t.Context(), instanceID, "bad", "", "{\n}}")
	if bad := wantError[*flow.Invalid](t, "load no JSON", err); bad != nil && bad.Problems[0].Line != 2 {
		t.Errorf("problems %+v, want line 2", bad.Problems)
	}
	_, err = w.LoadFlow(t.Context(), instanceID, "bad", "", strings.Replace(smallest, `"Type"`, "\n\"Type\": \"X\", \"X\"", 1))
	if bad := wantError[*flow.Invalid](t, "load an unknown type", err); bad != nil && (bad.Problems[0].Line != 2 || bad.Problems[0].Message != "Invalid Action type") {
		t.Errorf("problems %+v", bad.Problems)
	}
	_, err = w.LoadFlow(t.Context(), instanceID, "imported", "", `{"Version": "2019-10-30", "StartAction": "t", "Actions": [
		{"Identifier": "t", "Type": "TransferToFlow", "Parameters": {"ContactFlowId": "arn:aws:connect:us-west-2:1:instance/i/contact-flow/f"},
		 "Transitions": {"NextAction": "end", "Errors": [{"ErrorType": "NoMatchingError", "NextAction": "end"}]}},
		{"Identifier": "end", "Type": "DisconnectParticipant"}]}`)
	if err != nil {
		t.Errorf("load a flow of elsewhere: %v", err)
	}
	_, err = w.LoadFlow(t.Context(), "nope", "x", "", smallest)
	wantError[*types.ResourceNotFoundException](t, "load into no instance", err)
}
