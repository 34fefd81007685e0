package session

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
)

// toQueue leads into the queue that parley dev always has.
const toQueue = `{"Version":"2019-10-30","StartAction":"q","Actions":[
{"Identifier":"q","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"00000000-0000-4000-8000-000000000201"},"Transitions":{"NextAction":"t","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
{"Identifier":"t","Type":"TransferContactToQueue","Parameters":{},"Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"QueueAtCapacity"},{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// TestContactData changes a contact with every operation that does and reads what became of it, with the official client.
func TestContactData(t *testing.T) {
	w := newWorld(t)
	ctx, client := t.Context(), w.once()
	instance := &w.InstanceId
	first := w.start(t)
	flow, err := client.CreateContactFlow(ctx, &connect.CreateContactFlowInput{
		InstanceId: instance, Name: aws.String("to the queue"), Type: types.ContactFlowTypeContactFlow, Content: aws.String(toQueue),
	})
	if err != nil {
		t.Fatal(err)
	}
	queued := func() *chat {
		return w.start(t, func(in *connect.StartChatContactInput) {
			in.ContactFlowId, in.RelatedContactId = flow.ContactFlowId, &first.contact
		})
	}
	before, c := queued(), queued()
	ok := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	expression := func(language string) *types.Expression {
		return &types.Expression{AttributeCondition: &types.AttributeCondition{
			Name: aws.String("language"), Value: &language, ProficiencyLevel: aws.Float32(3), ComparisonOperator: aws.String("NumberGreaterOrEqualTo"),
		}}
	}
	ok(client.UpdateContact(ctx, &connect.UpdateContactInput{
		InstanceId: &w.InstanceArn, ContactId: aws.String(w.InstanceArn + "/contact/" + c.contact), Name: aws.String("Größe"), Description: aws.String("of a shoe"),
		References: map[string]types.Reference{
			"shop": {Type: types.ReferenceTypeUrl, Value: aws.String("https://example.com/?a=b&c")}, "size": {Type: types.ReferenceTypeNumber, Value: aws.String("42")},
		},
		SegmentAttributes: map[string]types.SegmentAttributeValue{"kind": {ValueString: aws.String("shoe")}},
	}))
	ok(client.TagContact(ctx, &connect.TagContactInput{InstanceId: instance, ContactId: &c.contact, Tags: map[string]string{"team/a": "chat", "cost": "7"}}))
	ok(client.UntagContact(ctx, &connect.UntagContactInput{InstanceId: instance, ContactId: &c.contact, TagKeys: []string{"cost", "nowhere"}}))
	ok(client.UpdateContactRoutingData(ctx, &connect.UpdateContactRoutingDataInput{
		InstanceId: instance, ContactId: &c.contact, QueueTimeAdjustmentSeconds: aws.Int32(600),
		RoutingCriteria: &types.RoutingCriteriaInput{Steps: []types.RoutingCriteriaInputStep{
			{Expression: expression("en"), Expiry: &types.RoutingCriteriaInputStepExpiry{DurationInSeconds: aws.Int32(60)}},
			{Expression: &types.Expression{OrExpression: []types.Expression{*expression("de"), *expression("fr")}}},
		}},
	}))
	described, err := client.DescribeContact(ctx, &connect.DescribeContactInput{InstanceId: instance, ContactId: &c.contact})
	if err != nil {
		t.Fatal(err)
	}
	d := described.Contact
	if *d.Name != "Größe" || *d.Description != "of a shoe" || d.Tags["team/a"] != "chat" || len(d.Tags) != 2 || *d.QueueTimeAdjustmentSeconds != 600 ||
		*d.SegmentAttributes["kind"].ValueString != "shoe" || *d.ContactAssociationId != first.contact || *d.RelatedContactId != first.contact || *d.QueuePriority != 5 {
		t.Errorf("the contact is %+v", d)
	}
	if r := d.RoutingCriteria; r == nil || len(r.Steps) != 2 || r.Steps[0].Status != types.RoutingCriteriaStepStatusActive || r.ActivationTimestamp == nil ||
		!r.Steps[0].Expiry.ExpiryTimestamp.Equal(r.ActivationTimestamp.Add(time.Minute)) || len(r.Steps[1].Expression.OrExpression) != 2 {
		t.Errorf("routing criteria are %+v", r)
	}
	for id, position := range map[string]float64{c.contact: 1, before.contact: 2} {
		metrics, err := client.GetContactMetrics(ctx, &connect.GetContactMetricsInput{
			InstanceId: instance, ContactId: &id, Metrics: []types.ContactMetricInfo{{Name: types.ContactMetricNamePositionInQueue}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := metrics.MetricResults[0].Value.(*types.ContactMetricValueMemberNumber); got == nil || got.Value != position {
			t.Errorf("position is %+v, want %v", metrics.MetricResults, position)
		}
	}
	references, err := client.ListContactReferences(ctx, &connect.ListContactReferencesInput{
		InstanceId: instance, ContactId: &c.contact, ReferenceTypes: []types.ReferenceType{types.ReferenceTypeUrl, types.ReferenceTypeNumber},
	})
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, r := range references.ReferenceSummaryList {
		switch r := r.(type) {
		case *types.ReferenceSummaryMemberUrl:
			values = append(values, *r.Value.Name+" "+*r.Value.Value)
		case *types.ReferenceSummaryMemberNumber:
			values = append(values, *r.Value.Name+" "+*r.Value.Value)
		}
	}
	if diff := cmp.Diff([]string{"shop https://example.com/?a=b&c", "size 42"}, values); diff != "" {
		t.Error(diff)
	}
	tree := map[string]bool{}
	for in := (&connect.ListAssociatedContactsInput{InstanceId: instance, ContactId: &c.contact, MaxResults: aws.Int32(1)}); ; {
		page, err := client.ListAssociatedContacts(ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range page.ContactSummaryList {
			tree[*s.ContactId] = true
		}
		if in.NextToken = page.NextToken; in.NextToken == nil {
			break
		}
	}
	if len(tree) != 3 || !tree[first.contact] || !tree[before.contact] || !tree[c.contact] {
		t.Errorf("the tree is %v", tree)
	}
}

// TestRealtimeSegments reads a conversation as the segments of an analysis, page by page.
func TestRealtimeSegments(t *testing.T) {
	w := newWorld(t)
	c := w.connected(t)
	c.say(t, "Three")
	pages := connect.NewListRealtimeContactAnalysisSegmentsV2Paginator(w.once(), &connect.ListRealtimeContactAnalysisSegmentsV2Input{
		InstanceId: &w.InstanceId, ContactId: &c.contact, OutputType: types.RealTimeContactAnalysisOutputTypeRaw, MaxResults: aws.Int32(2),
		SegmentTypes: []types.RealTimeContactAnalysisSegmentType{types.RealTimeContactAnalysisSegmentTypeTranscript, types.RealTimeContactAnalysisSegmentTypeEvent},
	})
	var said []string
	last := time.Time{}
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if page.Channel != types.RealTimeContactAnalysisSupportedChannelChat || page.Status != types.RealTimeContactAnalysisStatusInProgress {
			t.Errorf("channel %s, status %s", page.Channel, page.Status)
		}
		for _, s := range page.Segments {
			switch s := s.(type) {
			case *types.RealtimeContactAnalysisSegmentMemberTranscript:
				at := s.Value.Time.(*types.RealTimeContactAnalysisTimeDataMemberAbsoluteTime).Value
				if !at.After(last) {
					t.Errorf("%s was said at %v, not after %v", *s.Value.Content, at, last)
				}
				last = at
				said = append(said, *s.Value.Content)
			case *types.RealtimeContactAnalysisSegmentMemberEvent:
				said = append(said, *s.Value.EventType)
			}
		}
	}
	if diff := cmp.Diff([]string{"application/vnd.amazonaws.connect.event.participant.joined", "One", "Two", "Three"}, said); diff != "" {
		t.Error(diff)
	}
}

// TestContactDataErrors sends what is wrong, and reads the exception as the client has it.
func TestContactDataErrors(t *testing.T) {
	w := newWorld(t)
	ctx, client := t.Context(), w.once()
	c, ended := w.start(t), w.start(t)
	if _, err := client.StopContact(ctx, &connect.StopContactInput{InstanceId: &w.InstanceId, ContactId: &ended.contact}); err != nil {
		t.Fatal(err)
	}
	const nobody = "5f0c7a52-8d0e-4b7e-9a39-0f5f0a1d7c11"
	tag := func(tags map[string]string) func(string) error {
		return func(id string) error {
			_, err := client.TagContact(ctx, &connect.TagContactInput{InstanceId: &w.InstanceId, ContactId: &id, Tags: tags})
			return err
		}
	}
	references := func(kinds ...types.ReferenceType) func(string) error {
		return func(id string) error {
			_, err := client.ListContactReferences(ctx, &connect.ListContactReferencesInput{InstanceId: &w.InstanceId, ContactId: &id, ReferenceTypes: kinds})
			return err
		}
	}
	route := func(priority *int64) func(string) error {
		return func(id string) error {
			_, err := client.UpdateContactRoutingData(ctx, &connect.UpdateContactRoutingDataInput{InstanceId: &w.InstanceId, ContactId: &id, QueuePriority: priority})
			return err
		}
	}
	metrics := func(id string) error {
		_, err := client.GetContactMetrics(ctx, &connect.GetContactMetricsInput{
			InstanceId: &w.InstanceId, ContactId: &id, Metrics: []types.ContactMetricInfo{{Name: types.ContactMetricNameEstimatedWaitTime}},
		})
		return err
	}
	seven := make([]types.ReferenceType, 7)
	for i := range seven {
		seven[i] = types.ReferenceTypeUrl
	}
	for _, tt := range []struct {
		name, contact string
		do            func(string) error
		want          error
	}{
		{"a tag of the service", c.contact, tag(map[string]string{"aws:x": "y"}), new(types.InvalidParameterException)},
		{"a tag of another charset", c.contact, tag(map[string]string{"a b": "y"}), new(types.InvalidParameterException)},
		{"too long a tag", c.contact, tag(map[string]string{strings.Repeat("a", 129): "y"}), new(types.InvalidRequestException)},
		{"a tag for nobody", nobody, tag(map[string]string{"a": "b"}), new(types.ResourceNotFoundException)},
		{"priority 0", c.contact, route(aws.Int64(0)), new(types.InvalidParameterException)},
		{"no routing data", c.contact, route(nil), new(types.InvalidParameterException)},
		{"routing of an ended contact", ended.contact, route(aws.Int64(1)), new(types.ResourceConflictException)},
		{"routing of nobody", nobody, route(aws.Int64(1)), new(types.ResourceNotFoundException)},
		{"seven types", c.contact, references(seven...), new(types.InvalidRequestException)},
		{"an unknown type", c.contact, references("NONSENSE"), new(types.InvalidParameterException)},
		{"references of nobody", nobody, references(types.ReferenceTypeUrl), new(types.ResourceNotFoundException)},
		{"metrics outside a queue", c.contact, metrics, new(types.InvalidRequestException)},
		{"metrics of nobody", nobody, metrics, new(types.ResourceNotFoundException)},
	} {
		err := tt.do(tt.contact)
		if got, ok := errors.AsType[smithy.APIError](err); !ok || got.ErrorCode() != tt.want.(smithy.APIError).ErrorCode() {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want.(smithy.APIError).ErrorCode())
		}
	}
	_, err := client.ListRealtimeContactAnalysisSegmentsV2(ctx, &connect.ListRealtimeContactAnalysisSegmentsV2Input{
		InstanceId: &w.InstanceId, ContactId: &c.contact, OutputType: types.RealTimeContactAnalysisOutputTypeRedacted,
		SegmentTypes: []types.RealTimeContactAnalysisSegmentType{types.RealTimeContactAnalysisSegmentTypeTranscript},
	})
	if _, ok := errors.AsType[*types.OutputTypeNotFoundException](err); !ok {
		t.Errorf("redacted: %v", err)
	}
}
