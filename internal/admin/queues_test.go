package admin

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/store"
)

func (w *world) createQueue(name string, change ...func(*connect.CreateQueueInput)) (*string, error) {
	in := &connect.CreateQueueInput{
		InstanceId: new(instanceID), Name: &name, HoursOfOperationId: new(NewInstance{ID: instanceID}.id(BasicHours)),
	}
	for _, c := range change {
		c(in)
	}
	out, err := w.CreateQueue(w.t.Context(), in)
	if err != nil {
		return nil, err
	}
	if want := scope.Resource(instanceID, arn.Queue, *out.QueueId); *out.QueueArn != want {
		w.t.Errorf("ARN %s, want %s", *out.QueueArn, want)
	}
	return out.QueueId, nil
}

func (w *world) mustQueue(name string, change ...func(*connect.CreateQueueInput)) *string {
	w.t.Helper()
	id, err := w.createQueue(name, change...)
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

func TestQueues(t *testing.T) { onBothEngines(t, testQueues) }

func testQueues(t *testing.T, w *world) {
	ctx, instance, basic := t.Context(), new(instanceID), NewInstance{ID: instanceID}
	caller := &types.OutboundCallerConfig{OutboundCallerIdName: new("Sales")}
	id := w.mustQueue("Sales", func(in *connect.CreateQueueInput) {
		in.Description, in.MaxContacts, in.OutboundCallerConfig, in.Tags = new("We sell"), new(int32(0)), caller, map[string]string{"a": "b"}
	})
	want := &types.Queue{
		QueueId: id, QueueArn: new(scope.Resource(instanceID, arn.Queue, *id)), Name: new("Sales"), Description: new("We sell"),
		HoursOfOperationId: new(basic.id(BasicHours)), MaxContacts: new(int32(0)), Status: types.QueueStatusEnabled, OutboundCallerConfig: caller,
		Tags: map[string]string{"a": "b"}, LastModifiedTime: &epoch, LastModifiedRegion: &scope.Region,
	}
	check := func(what string) {
		t.Helper()
		out, err := w.DescribeQueue(ctx, &connect.DescribeQueueInput{InstanceId: instance, QueueId: want.QueueArn})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, out.Queue); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	check("made")
	rename := func(name, description *string) error {
		_, err := w.UpdateQueueName(ctx, &connect.UpdateQueueNameInput{InstanceId: instance, QueueId: id, Name: name, Description: description})
		return err
	}
	if err := rename(new("Shop"), nil); err != nil {
		t.Fatal(err)
	}
	if err := rename(nil, new("All we have")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.UpdateQueueStatus(ctx, &connect.UpdateQueueStatusInput{InstanceId: instance, QueueId: id, Status: types.QueueStatusDisabled}); err != nil {
		t.Fatal(err)
	}
	limit := func(n *int32) {
		t.Helper()
		if _, err := w.UpdateQueueMaxContacts(ctx, &connect.UpdateQueueMaxContactsInput{InstanceId: instance, QueueId: id, MaxContacts: n}); err != nil {
			t.Fatal(err)
		}
	}
	limit(new(int32(7)))
	hours := w.mustHours("Office")
	change := func(hours string) error {
		_, err := w.UpdateQueueHoursOfOperation(ctx, &connect.UpdateQueueHoursOfOperationInput{InstanceId: instance, QueueId: id, HoursOfOperationId: &hours})
		return err
	}
	if err := change(scope.Resource(instanceID, arn.Hours, *hours)); err != nil {
		t.Fatal(err)
	}
	want.Name, want.Description, want.Status, want.MaxContacts, want.HoursOfOperationId = new("Shop"), new("All we have"), types.QueueStatusDisabled, new(int32(7)), hours
	check("changed")
	limit(nil)
	want.MaxContacts = nil
	check("without a limit")

	wantError[*types.InvalidRequestException](t, "rename to nothing", rename(nil, nil))
	wantError[*types.DuplicateResourceException](t, "rename to a taken name", rename(new(BasicQueue), nil))
	wantError[*types.ResourceNotFoundException](t, "no hours", change("none"))
	wantError[*types.ResourceNotFoundException](t, "hours of elsewhere", change(scope.Resource("other", arn.Hours, *hours)))
	for what, c := range map[string]func(*connect.CreateQueueInput){
		"no hours":        func(in *connect.CreateQueueInput) { in.HoursOfOperationId = new("none") },
		"a quick connect": func(in *connect.CreateQueueInput) { in.QuickConnectIds = []string{"q"} },
		"an address": func(in *connect.CreateQueueInput) {
			in.EmailAddressesConfig = []types.EmailAddressConfig{{EmailAddressId: new("e")}}
		},
		"unknown instance": func(in *connect.CreateQueueInput) { in.InstanceId = new("none") },
	} {
		_, err := w.createQueue("x", c)
		wantError[*types.ResourceNotFoundException](t, what, err)
	}
	_, err := w.createQueue("Shop")
	wantError[*types.DuplicateResourceException](t, "made twice", err)
	w.MaxQueues = 2
	_, err = w.createQueue("one more")
	wantError[*types.LimitExceededException](t, "the quota", err)

	list := func(of ...types.QueueType) (names []string) {
		t.Helper()
		for token := (*string)(nil); ; {
			out, err := w.ListQueues(ctx, &connect.ListQueuesInput{InstanceId: instance, QueueTypes: of, MaxResults: new(int32(1)), NextToken: token})
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range out.QueueSummaryList {
				names = append(names, *q.Name)
			}
			if token = out.NextToken; token == nil {
				slices.Sort(names)
				return names
			}
		}
	}
	if both := []string{BasicQueue, "Shop"}; !slices.Equal(list(), both) || !slices.Equal(list(types.QueueTypeStandard, types.QueueTypeAgent), both) {
		t.Errorf("listed %v", list())
	}
	if got := list(types.QueueTypeAgent); got != nil {
		t.Errorf("queues of agents: %v", got)
	}
}

func TestQueueIsDeleted(t *testing.T) { onBothEngines(t, testQueueIsDeleted) }

func testQueueIsDeleted(t *testing.T, w *world) {
	id := w.mustQueue("Sales")
	remove := func(id string) error {
		_, err := w.DeleteQueue(t.Context(), &connect.DeleteQueueInput{InstanceId: new(instanceID), QueueId: &id})
		return err
	}
	if e := wantError[*types.ResourceInUseException](t, "named by a flow", remove(NewInstance{ID: instanceID}.id(BasicQueue))); e != nil &&
		(e.ResourceType != types.ResourceTypeContactFlow || e.ResourceId == nil) {
		t.Errorf("in use by %s", e.ResourceType)
	}
	draft := fmt.Sprintf(`{"Version": "2019-10-30", "StartAction": "q", "Actions": [
		{"Identifier": "q", "Type": "UpdateContactTargetQueue", "Parameters": {"QueueId": %q}, "Transitions": {"NextAction": "end", "Errors": [{"NextAction": "end", "ErrorType": "NoMatchingError"}]}},
		{"Identifier": "end", "Type": "DisconnectParticipant"}]}`, scope.Resource(instanceID, arn.Queue, *id))
	flow := w.mustCreate("drafted", draft, types.ContactFlowStatusSaved)
	if err := w.update(flow, draft); err != nil {
		t.Fatal(err)
	}
	wantError[*types.ResourceInUseException](t, "named by its ARN", remove(*id))
	kept, err := w.CreateContactFlowVersion(t.Context(), &connect.CreateContactFlowVersionInput{InstanceId: new(instanceID), ContactFlowId: &flow})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.update(flow, smallest); err != nil {
		t.Fatal(err)
	}
	wantError[*types.ResourceInUseException](t, "named by a version", remove(*id))
	_, err = w.DeleteContactFlowVersion(t.Context(), &connect.DeleteContactFlowVersionInput{
		InstanceId: new(instanceID), ContactFlowId: &flow, ContactFlowVersion: kept.Version,
	})
	if err != nil {
		t.Fatal(err)
	}
	const settings = `{"InputParameters":[],"OutputParameters":[],"Transitions":[]}`
	returns := `{"Version": "2019-10-30", "StartAction": "end", "Settings": {}, "Actions": [{"Identifier": "end", "Type": "EndFlowModuleExecution"}]}`
	module := w.mustCreateModule("Asks", strings.NewReplacer("DisconnectParticipant", "EndFlowModuleExecution", `"Actions"`, `"Settings": {}, "Actions"`).Replace(draft), settings)
	if e := wantError[*types.ResourceInUseException](t, "named by a module", remove(*id)); e != nil && !strings.Contains(*e.Message, "Asks") {
		t.Errorf("in use: %s", *e.Message)
	}
	if err := w.updateModule(module, &returns, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := w.UpdateContactFlowContent(t.Context(), &connect.UpdateContactFlowContentInput{
		InstanceId: new(instanceID), ContactFlowId: new(flow + ":$SAVED"), Content: &draft,
	}); err != nil {
		t.Fatal(err)
	}
	wait := func(ended int64) {
		t.Helper()
		if err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
			tx.PutContact(&store.Contact{ID: "c", ChatID: "c", InstanceID: instanceID, QueueID: *id, EnqueuedAt: 1, EndedAt: ended})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	wait(0)
	wantError[*types.ResourceInUseException](t, "somebody waits", remove(*id))
	wait(2)
	if err := remove(scope.Resource(instanceID, arn.Queue, *id)); err != nil {
		t.Fatal(err)
	}
	wantError[*types.ResourceNotFoundException](t, "again", remove(*id))
	_, err = w.DescribeQueue(t.Context(), &connect.DescribeQueueInput{InstanceId: new(instanceID), QueueId: id})
	wantError[*types.ResourceNotFoundException](t, "read", err)
}

func TestQueueSearch(t *testing.T) { onBothEngines(t, testQueueSearch) }

func testQueueSearch(t *testing.T, w *world) {
	w.mustQueue("Sales North", func(in *connect.CreateQueueInput) { in.Tags = map[string]string{"region": "north"} })
	w.mustQueue("Sales South", func(in *connect.CreateQueueInput) { in.Description = new("All that is warm") })
	w.mustQueue("Returns")
	search := func(c types.QueueSearchCriteria, tags *types.ControlPlaneTagFilter) (names []string, total int64) {
		t.Helper()
		for token := (*string)(nil); ; {
			out, err := w.SearchQueues(t.Context(), &connect.SearchQueuesInput{
				InstanceId: new(instanceID), SearchCriteria: &c, SearchFilter: &types.QueueSearchFilter{TagFilter: tags}, MaxResults: new(int32(1)), NextToken: token,
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range out.Queues {
				names = append(names, *q.Name)
			}
			total = *out.ApproximateTotalCount
			if token = out.NextToken; token == nil {
				slices.Sort(names)
				return names, total
			}
		}
	}
	sales := types.QueueSearchCriteria{
		QueueTypeCondition: types.SearchableQueueTypeStandard,
		StringCondition:    &types.StringCondition{FieldName: new("name"), Value: new("sales"), ComparisonType: types.StringComparisonTypeStartsWith},
	}
	if got, total := search(sales, nil); !slices.Equal(got, []string{"Sales North", "Sales South"}) || total != 2 {
		t.Errorf("found %v of %d", got, total)
	}
	if got, _ := search(sales, &types.ControlPlaneTagFilter{TagCondition: &types.TagCondition{TagKey: new("region")}}); !slices.Equal(got, []string{"Sales North"}) {
		t.Errorf("found %v", got)
	}
	warm := types.QueueSearchCriteria{StringCondition: &types.StringCondition{FieldName: new("description"), Value: new("warm"), ComparisonType: types.StringComparisonTypeContains}}
	if got, _ := search(warm, nil); !slices.Equal(got, []string{"Sales South"}) {
		t.Errorf("found %v", got)
	}
}

func TestPrompts(t *testing.T) { onBothEngines(t, testPrompts) }

func testPrompts(t *testing.T, w *world) {
	ctx, instance := t.Context(), new(instanceID)
	create := func(instance, name string) (*connect.CreatePromptOutput, error) {
		return w.CreatePrompt(ctx, &connect.CreatePromptInput{
			InstanceId: &instance, Name: &name, S3Uri: new("s3://prompts/" + name), Tags: map[string]string{"a": "b"},
		})
	}
	made, err := create(instanceID, "hello")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := create(instanceID, "bye"); err != nil {
		t.Fatal(err)
	}
	_, err = create(instanceID, "bye")
	wantError[*types.DuplicateResourceException](t, "made twice", err)
	_, err = create("none", "x")
	wantError[*types.InvalidParameterException](t, "made nowhere", err)
	w.MaxPrompts = 2
	_, err = create(instanceID, "more")
	wantError[*types.LimitExceededException](t, "the quota", err)

	update := func(name string) error {
		out, err := w.UpdatePrompt(ctx, &connect.UpdatePromptInput{
			InstanceId: instance, PromptId: made.PromptARN, Name: &name, Description: new("said first"), S3Uri: new("s3://prompts/other"),
		})
		if err == nil && *out.PromptId != *made.PromptId {
			t.Errorf("updated %+v", out)
		}
		return err
	}
	if err := update("welcome"); err != nil {
		t.Fatal(err)
	}
	wantError[*types.InvalidParameterException](t, "rename to a taken name", update("bye"))
	got, err := w.DescribePrompt(ctx, &connect.DescribePromptInput{InstanceId: instance, PromptId: made.PromptId})
	want := &types.Prompt{
		PromptId: made.PromptId, PromptARN: new(scope.Resource(instanceID, arn.Prompt, *made.PromptId)), Name: new("welcome"),
		Description: new("said first"), Tags: map[string]string{"a": "b"}, LastModifiedTime: &epoch, LastModifiedRegion: &scope.Region,
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.Prompt); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	list, err := w.ListPrompts(ctx, &connect.ListPromptsInput{InstanceId: instance, MaxResults: new(int32(1))})
	if err != nil || len(list.PromptSummaryList) != 1 || list.NextToken == nil {
		t.Fatalf("listed %+v, %v", list, err)
	}
	rest, err := w.ListPrompts(ctx, &connect.ListPromptsInput{InstanceId: instance, NextToken: list.NextToken})
	if err != nil || len(rest.PromptSummaryList) != 1 || rest.NextToken != nil {
		t.Errorf("listed %+v, %v", rest, err)
	}
	found, err := w.SearchPrompts(ctx, &connect.SearchPromptsInput{InstanceId: instance, SearchCriteria: &types.PromptSearchCriteria{
		StringCondition: &types.StringCondition{FieldName: new("name"), Value: new("bye"), ComparisonType: types.StringComparisonTypeExact},
	}})
	if err != nil || len(found.Prompts) != 1 || *found.Prompts[0].Name != "bye" {
		t.Errorf("found %+v, %v", found, err)
	}
	remove := func() error {
		_, err := w.DeletePrompt(ctx, &connect.DeletePromptInput{InstanceId: instance, PromptId: made.PromptId})
		return err
	}
	if err := remove(); err != nil {
		t.Fatal(err)
	}
	wantError[*types.ResourceNotFoundException](t, "deleted again", remove())
	wantError[*types.ResourceNotFoundException](t, "changed when it is gone", update("x"))
}

// TestDeletingAndPublishing: of a deletion and a publication that name the same queue, the later one sees the other.
func TestDeletingAndPublishing(t *testing.T) {
	onBothEngines(t, func(t *testing.T, w *world) {
		queue := w.mustQueue("Sales")
		content := fmt.Sprintf(`{"Version": "2019-10-30", "StartAction": "q", "Actions": [
			{"Identifier": "q", "Type": "UpdateContactTargetQueue", "Parameters": {"QueueId": %q}, "Transitions": {"NextAction": "end", "Errors": [{"NextAction": "end", "ErrorType": "NoMatchingError"}]}},
			{"Identifier": "end", "Type": "DisconnectParticipant"}]}`, *queue)
		names, err := w.checkContent(t.Context(), instanceID, "CONTACT_FLOW", content, false)
		if err != nil {
			t.Fatal(err)
		}
		used, unchanged, err := w.uses(t.Context(), instanceID, arn.Queue, *queue)
		if used != nil || err != nil {
			t.Fatalf("used by %v, %v", used, err)
		}
		locked := func(look func(*store.Tx) error) error {
			return w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
				if err := tx.LockInstance(instanceID); err != nil {
					return err
				}
				return look(tx)
			})
		}
		stillThere := func(tx *store.Tx) error { return w.stillThere(tx, instanceID, names) }
		if err := errors.Join(locked(unchanged), locked(stillThere)); err != nil {
			t.Fatalf("nothing has happened: %v", err)
		}
		flow := w.mustCreate("published", content, types.ContactFlowStatusPublished)
		if err := locked(unchanged); !errors.Is(err, errOvertaken) {
			t.Errorf("deleting after something was published: %v", err)
		}
		if err := w.update(flow, smallest); err != nil {
			t.Fatal(err)
		}
		if _, err := w.DeleteQueue(t.Context(), &connect.DeleteQueueInput{InstanceId: new(instanceID), QueueId: queue}); err != nil {
			t.Fatal(err)
		}
		if err := locked(stillThere); !errors.Is(err, errOvertaken) {
			t.Errorf("publishing after the queue was deleted: %v", err)
		}

		for range 20 { // at once
			queue := w.mustQueue("Sales")
			var deleted, published error
			var both sync.WaitGroup
			both.Go(func() {
				_, deleted = w.DeleteQueue(t.Context(), &connect.DeleteQueueInput{InstanceId: new(instanceID), QueueId: queue})
			})
			both.Go(func() { published = w.update(flow, strings.Replace(content, names[0].idOrARN, *queue, 1)) })
			both.Wait()
			if (deleted == nil) == (published == nil) {
				t.Fatalf("deleting: %v, publishing: %v", deleted, published)
			}
			if err := w.update(flow, smallest); err != nil {
				t.Fatal(err)
			}
			if deleted != nil {
				if _, err := w.DeleteQueue(t.Context(), &connect.DeleteQueueInput{InstanceId: new(instanceID), QueueId: queue}); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
