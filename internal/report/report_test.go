package report

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/store/storetest"
)

const (
	instanceID = "00000000-0000-4000-8000-0000000000a1"
	stranger   = "00000000-0000-4000-8000-0000000000a2"
)

var begin = time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)

// world is the reports of a database of their own, an hour after begin.
type world struct {
	*Service
	t *testing.T
}

func engines(t *testing.T, test func(*testing.T, *world)) {
	storetest.Engines(t, func(t *testing.T, e storetest.Engine) {
		t.Parallel()
		s := storetest.Open(t, e, store.Options{Now: func() time.Time { return begin.Add(time.Hour) }})
		test(t, &world{New(Config{Store: s, Scope: arn.Scope{Region: "us-east-1", Account: "000000000000"}}), t})
	})
}

// put writes contacts, each as a chat of its own unless it names one.
func (w *world) put(contacts ...*store.Contact) {
	w.t.Helper()
	err := w.Store.Update(w.t.Context(), store.Key{}, func(tx *store.Tx) error {
		for _, ct := range contacts {
			if ct.InstanceID == "" {
				ct.InstanceID = instanceID
			}
			if ct.ChatID == "" {
				ct.ChatID = ct.ID
				tx.CreateChat(&store.Chat{ID: ct.ID, InstanceID: ct.InstanceID, ContactID: ct.ID}, ct)
			} else {
				tx.PutContact(ct)
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func at(seconds int) int64 { return begin.Add(time.Duration(seconds) * time.Second).UnixMilli() }

func code(err error) string {
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		return e.ErrorCode()
	}
	if err != nil {
		return "internal: " + err.Error()
	}
	return ""
}

func wantCode(t *testing.T, what string, err error, want string) {
	t.Helper()
	if got := code(err); got != want {
		t.Errorf("%s: error %q (%v), want %q", what, got, err, want)
	}
}

// TestReportsRefuse gives each rule a request that breaks it.
func TestReportsRefuse(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.put(&store.Contact{ID: "c"}, &store.Contact{ID: "theirs", InstanceID: stranger},
			&store.Contact{ID: "gone", QueueID: "q", EndedAt: 1}, &store.Contact{ID: "answered", QueueID: "q", AgentAt: 1, DequeuedAt: 1})
		ctx := t.Context()
		tree := func(token string) func(string, string) error {
			return func(instance, contact string) error {
				_, err := w.ListAssociatedContacts(ctx, &connect.ListAssociatedContactsInput{InstanceId: &instance, ContactId: &contact, NextToken: &token})
				return err
			}
		}
		references := func(kinds ...types.ReferenceType) func(string, string) error {
			return func(instance, contact string) error {
				_, err := w.ListContactReferences(ctx, &connect.ListContactReferencesInput{InstanceId: &instance, ContactId: &contact, ReferenceTypes: kinds})
				return err
			}
		}
		metrics := func(instance, contact string) error {
			_, err := w.GetContactMetrics(ctx, &connect.GetContactMetricsInput{
				InstanceId: &instance, ContactId: &contact, Metrics: []types.ContactMetricInfo{{Name: types.ContactMetricNamePositionInQueue}},
			})
			return err
		}
		analysis := func(output types.RealTimeContactAnalysisOutputType, token string, kinds ...types.RealTimeContactAnalysisSegmentType) func(string, string) error {
			return func(instance, contact string) error {
				_, err := w.ListRealtimeContactAnalysisSegmentsV2(ctx, &connect.ListRealtimeContactAnalysisSegmentsV2Input{
					InstanceId: &instance, ContactId: &contact, OutputType: output, SegmentTypes: kinds, NextToken: &token,
				})
				return err
			}
		}
		const (
			invalid, bad, missing = "InvalidRequestException", "InvalidParameterException", "ResourceNotFoundException"
			raw                   = types.RealTimeContactAnalysisOutputTypeRaw
			transcript            = types.RealTimeContactAnalysisSegmentTypeTranscript
		)
		for name, do := range map[string]func(string, string) error{
			"tree": tree(""), "references": references(types.ReferenceTypeUrl), "metrics": metrics, "analysis": analysis(raw, "", transcript),
		} {
			for _, of := range [][2]string{
				{instanceID, "nobody"},
				{stranger, "c"},
				{instanceID, "theirs"},
				{instanceID, w.Scope.Resource(stranger, "contact", "c")},
				{instanceID, w.Scope.Resource(instanceID, "queue", "c")},
				{"arn:aws:connect:us-east-1:111111111111:instance/" + instanceID, "c"},
			} {
				wantCode(t, fmt.Sprint(name, of), do(of[0], of[1]), missing)
			}
		}
		foreign := *reply.Token("associated/theirs", "1 x")
		for _, tt := range []struct {
			name, contact string
			do            func(string, string) error
			want          string
		}{
			{"token of another tree", "c", tree(foreign), bad},
			{"no token", "c", tree("%"), bad},
			{"token without a place", "c", tree(*reply.Token("associated/c", "x")), bad},
			{"no types of references", "c", references(), invalid},
			{"metrics outside a queue", "c", metrics, invalid},
			{"metrics of an ended contact", "gone", metrics, invalid},
			{"metrics of one with an agent", "answered", metrics, invalid},
			{"no types of segments", "c", analysis(raw, ""), invalid},
			{"redacted", "c", analysis(types.RealTimeContactAnalysisOutputTypeRedacted, "", transcript), "OutputTypeNotFoundException"},
			{"token of another contact", "c", analysis(raw, *reply.Token("analysis/theirs", "1"), transcript), invalid},
			{"token without a number", "c", analysis(raw, *reply.Token("analysis/c", "x"), transcript), invalid},
		} {
			wantCode(t, tt.name, tt.do(instanceID, tt.contact), tt.want)
		}
	})
}

// TestListAssociatedContacts reads a tree page by page, whichever of its contacts is named.
func TestListAssociatedContacts(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.put(
			&store.Contact{ID: "c1", InitiationMethod: "API", InitiatedAt: at(1), EndedAt: at(2), NextID: "c2"},
			&store.Contact{ID: "c2", ChatID: "c1", PreviousID: "c1", InitiationMethod: "DISCONNECT", InitiatedAt: at(2), EndedAt: at(3)},
			&store.Contact{ID: "d1", AssociationID: "c1", RelatedID: "c2", InitiationMethod: "API", InitiatedAt: at(4)},
			&store.Contact{ID: "e1", AssociationID: "c1", RelatedID: "d1", InitiationMethod: "API", InitiatedAt: at(5)},
			&store.Contact{ID: "other", InitiatedAt: at(3)},
		)
		for _, id := range []string{"c1", "c2", "d1", w.Scope.Resource(instanceID, "contact", "e1")} {
			in := &connect.ListAssociatedContactsInput{InstanceId: new(instanceID), ContactId: &id}
			out, err := w.ListAssociatedContacts(t.Context(), in)
			if err != nil || out.NextToken != nil {
				t.Fatalf("tree of %s: %v, token %v", id, err, out)
			}
			want := []types.AssociatedContactSummary{
				summaryOf(w, "c1", 1, func(s *types.AssociatedContactSummary) { s.DisconnectTimestamp = reply.Time(at(2)) }),
				summaryOf(w, "c2", 2, func(s *types.AssociatedContactSummary) {
					s.DisconnectTimestamp, s.PreviousContactId, s.InitialContactId = reply.Time(at(3)), new("c1"), new("c1")
					s.InitiationMethod = types.ContactInitiationMethodDisconnect
				}),
				summaryOf(w, "d1", 4, func(s *types.AssociatedContactSummary) { s.RelatedContactId = new("c2") }),
				summaryOf(w, "e1", 5, func(s *types.AssociatedContactSummary) { s.RelatedContactId = new("d1") }),
			}
			if diff := cmp.Diff(want, out.ContactSummaryList); diff != "" {
				t.Errorf("tree of %s (-want +got):\n%s", id, diff)
			}
			var paged []string
			in.MaxResults = new(int32(3))
			for pages := 1; ; pages++ {
				out, err := w.ListAssociatedContacts(t.Context(), in)
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range out.ContactSummaryList {
					paged = append(paged, *s.ContactId)
				}
				if in.NextToken = out.NextToken; in.NextToken == nil {
					if pages != 2 {
						t.Errorf("%d pages, want 2", pages)
					}
					break
				}
			}
			if diff := cmp.Diff([]string{"c1", "c2", "d1", "e1"}, paged); diff != "" {
				t.Errorf("pages of the tree (-want +got):\n%s", diff)
			}
		}
	})
}

func summaryOf(w *world, id string, initiated int, change func(*types.AssociatedContactSummary)) types.AssociatedContactSummary {
	s := types.AssociatedContactSummary{
		ContactId: &id, ContactArn: new(w.Scope.Resource(instanceID, "contact", id)), Channel: types.ChannelChat,
		InitiationMethod: types.ContactInitiationMethodApi, InitiationTimestamp: reply.Time(at(initiated)),
	}
	change(&s)
	return s
}

// TestListContactReferences lists references by type, and files with what became of them.
func TestListContactReferences(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.put(&store.Contact{ID: "bare"}, &store.Contact{ID: "c", References: []byte(`{
			"shop": {"Type": "URL", "Value": "https://example.com"}, "n": {"Type": "NUMBER", "Value": "7"}, "s": {"Type": "STRING", "Value": ""},
			"d": {"Type": "DATE", "Value": "1"}, "e": {"Type": "EMAIL", "Value": "a@example.com"},
			"f": {"Type": "ATTACHMENT", "Arn": "arn:of:a:file:elsewhere", "Status": "AVAILABLE"}}`)})
		err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
			for i, f := range []store.Attachment{
				{ID: "new", Status: "UPLOADING"},
				{ID: "looked-at", Status: "SCANNING", CompletedAt: 1},
				{ID: "bad", Status: "REJECTED", CompletedAt: 1},
				{ID: "good", Status: "APPROVED", CompletedAt: 1},
				{ID: "deleted", Status: "APPROVED", CompletedAt: 1, DeletedAt: 2},
				{ID: "of-another", Status: "APPROVED", CompletedAt: 1, ContactID: "c2"},
			} {
				f.ChatID, f.Name, f.CreatedAt = "c", f.ID+".txt", int64(i)
				if f.ContactID == "" {
					f.ContactID = "c"
				}
				tx.PutAttachment(&f)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		list := func(contact string, kinds ...types.ReferenceType) []types.ReferenceSummary {
			t.Helper()
			out, err := w.ListContactReferences(t.Context(), &connect.ListContactReferencesInput{
				InstanceId: new(instanceID), ContactId: &contact, ReferenceTypes: kinds,
			})
			if err != nil {
				t.Fatal(err)
			}
			if out.NextToken != nil {
				t.Error("there is a NextToken")
			}
			return out.ReferenceSummaryList
		}
		want := func(what string, got []types.ReferenceSummary, want ...types.ReferenceSummary) {
			t.Helper()
			if diff := cmp.Diff(slices.Concat([]types.ReferenceSummary{}, want), slices.Concat([]types.ReferenceSummary{}, got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
		}
		want("of the other types", list("c", types.ReferenceTypeUrl, types.ReferenceTypeNumber, types.ReferenceTypeString, types.ReferenceTypeDate, types.ReferenceTypeEmail),
			&types.ReferenceSummaryMemberDate{Value: types.DateReference{Name: new("d"), Value: new("1")}},
			&types.ReferenceSummaryMemberEmail{Value: types.EmailReference{Name: new("e"), Value: new("a@example.com")}},
			&types.ReferenceSummaryMemberNumber{Value: types.NumberReference{Name: new("n"), Value: new("7")}},
			&types.ReferenceSummaryMemberString{Value: types.StringReference{Name: new("s"), Value: new("")}},
			&types.ReferenceSummaryMemberUrl{Value: types.UrlReference{Name: new("shop"), Value: new("https://example.com")}})
		file := func(id string, status types.ReferenceStatus) types.ReferenceSummary {
			return &types.ReferenceSummaryMemberAttachment{Value: types.AttachmentReference{
				Name: new(id + ".txt"), Arn: new(w.Scope.Resource(instanceID, "file", id)), Value: &id, Status: status,
			}}
		}
		want("files", list("c", types.ReferenceTypeAttachment),
			&types.ReferenceSummaryMemberAttachment{Value: types.AttachmentReference{
				Name: new("f"), Arn: new("arn:of:a:file:elsewhere"), Status: types.ReferenceStatusAvailable,
			}},
			file("looked-at", types.ReferenceStatusProcessing), file("bad", types.ReferenceStatusRejected),
			file("good", types.ReferenceStatusApproved), file("deleted", types.ReferenceStatusDeleted))
		want("of a type nobody gave", list("c", types.ReferenceTypeEmailMessage))
		want("of a bare contact", list("bare", types.ReferenceTypeUrl, types.ReferenceTypeAttachment))
	})
}

// TestGetContactMetrics orders a queue and estimates by those who were answered lately.
func TestGetContactMetrics(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		queued := func(id string, second int, priority, adjust int64) *store.Contact {
			return &store.Contact{ID: id, QueueID: "q", EnqueuedAt: at(second), QueuePriority: priority, QueueAdjust: adjust}
		}
		order := []*store.Contact{
			queued("urgent", 50, 1, 0), queued("older-by-adjustment", 40, 0, 39), queued("first", 10, 0, 0), queued("same-time-a", 20, 5, 0),
			queued("same-time-b", 20, 0, 0), queued("put-back", 5, 0, -60), queued("low", 0, 6, 1000),
		}
		w.put(order...)
		w.put(&store.Contact{ID: "elsewhere", QueueID: "p", EnqueuedAt: at(0)}, &store.Contact{ID: "gone", QueueID: "q", EnqueuedAt: at(0), EndedAt: at(9)})
		get := func(id string, names ...types.ContactMetricName) map[types.ContactMetricName]float64 {
			t.Helper()
			in := &connect.GetContactMetricsInput{InstanceId: new(w.Scope.Instance(instanceID)), ContactId: &id}
			for _, name := range names {
				in.Metrics = append(in.Metrics, types.ContactMetricInfo{Name: name})
			}
			out, err := w.GetContactMetrics(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			if *out.Id != id || *out.Arn != w.Scope.Resource(instanceID, "contact", id) {
				t.Errorf("metrics of %s are of %s, %s", id, *out.Id, *out.Arn)
			}
			values := map[types.ContactMetricName]float64{}
			for _, r := range out.MetricResults {
				values[r.Name] = r.Value.(*types.ContactMetricValueMemberNumber).Value
			}
			return values
		}
		const position, estimate = types.ContactMetricNamePositionInQueue, types.ContactMetricNameEstimatedWaitTime
		for i, ct := range order {
			if diff := cmp.Diff(map[types.ContactMetricName]float64{position: float64(i + 1)}, get(ct.ID, position, estimate)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", ct.ID, diff)
			}
		}
		answered := func(id, queue string, after, took int) *store.Contact {
			return &store.Contact{ID: id, QueueID: queue, EnqueuedAt: at(after - took), AgentAt: at(after), DequeuedAt: at(after), EndedAt: at(after + 1)}
		}
		w.put(answered("slow", "q", 3000, 100), answered("fast", "q", 3500, 40), answered("of-another", "p", 3500, 1), answered("too-long-ago", "q", -1, 9999))
		for i, ct := range order {
			want := map[types.ContactMetricName]float64{position: float64(i + 1), estimate: 70 * float64(i+1) / 7}
			if diff := cmp.Diff(want, get(ct.ID, estimate, position)); diff != "" {
				t.Errorf("%s with others answered (-want +got):\n%s", ct.ID, diff)
			}
		}
	})
}

// TestListRealtimeContactAnalysisSegmentsV2 reads a contact's part of a chat, by kinds and pages; what was meant for some alone is left out.
func TestListRealtimeContactAnalysisSegmentsV2(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.put(&store.Contact{ID: "c"})
		err := w.Store.Update(t.Context(), store.Key{Chat: "c"}, func(tx *store.Tx) error {
			say := func(kind, contentType, content, extra string) {
				tx.Append(tx.Chat(), &store.Item{
					ID: "i" + strconv.FormatInt(tx.Chat().Seq+1, 10), ContactID: "c", Type: kind, ContentType: contentType, Content: content,
					ParticipantID: "p", Role: "CUSTOMER", DisplayName: "Ana", Extra: []byte(extra),
				})
			}
			say("EVENT", "joined", "", "")
			say("MESSAGE", "text/plain", "Hello", "")
			say("MESSAGE", "text/plain", "rejected", `{"to":["p"]}`)
			say("ATTACHMENT", "", "", `{"file":{"id":"f","name":"a.txt","type":"text/plain","status":"APPROVED"}}`)
			for i := range 300 {
				say("EVENT", "tick", "", "")
				if i%100 == 99 {
					say("MESSAGE", "text/plain", strconv.Itoa(i), "")
				}
			}
			tx.Append(tx.Chat(), &store.Item{ID: "later", ContactID: "c2", Type: "MESSAGE", Content: "in the next contact"})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		in := &connect.ListRealtimeContactAnalysisSegmentsV2Input{
			InstanceId: new(instanceID), ContactId: new("c"), OutputType: types.RealTimeContactAnalysisOutputTypeRaw,
		}
		read := func(size int32, kinds ...types.RealTimeContactAnalysisSegmentType) (all []string, pages int, last *connect.ListRealtimeContactAnalysisSegmentsV2Output) {
			t.Helper()
			in.MaxResults, in.SegmentTypes, in.NextToken = &size, kinds, nil
			for {
				out, err := w.ListRealtimeContactAnalysisSegmentsV2(t.Context(), in)
				if err != nil {
					t.Fatal(err)
				}
				pages++
				if len(out.Segments) > int(size) || len(out.Segments) == 0 && pages > 1 {
					t.Fatalf("page %d has %d segments, want 1 to %d", pages, len(out.Segments), size)
				}
				for _, s := range out.Segments {
					switch s := s.(type) {
					case *types.RealtimeContactAnalysisSegmentMemberTranscript:
						all = append(all, *s.Value.Content)
					case *types.RealtimeContactAnalysisSegmentMemberEvent:
						all = append(all, *s.Value.EventType)
					case *types.RealtimeContactAnalysisSegmentMemberAttachments:
						all = append(all, *s.Value.Attachments[0].AttachmentName)
					}
				}
				if in.NextToken = out.NextToken; in.NextToken == nil {
					return all, pages, out
				}
			}
		}
		const (
			transcript  = types.RealTimeContactAnalysisSegmentTypeTranscript
			event       = types.RealTimeContactAnalysisSegmentTypeEvent
			attachments = types.RealTimeContactAnalysisSegmentTypeAttachments
		)
		for size, wantPages := range map[int32]int{1: 4, 3: 2, 4: 1, 100: 1} {
			got, pages, _ := read(size, transcript)
			if diff := cmp.Diff([]string{"Hello", "99", "199", "299"}, got); diff != "" || pages != wantPages {
				t.Errorf("messages in %d pages of %d, want %d (-want +got):\n%s", pages, size, wantPages, diff)
			}
		}
		got, _, out := read(100, transcript, event, attachments)
		if len(got) != 306 || strings.Join(got[:4], " ") != "joined Hello a.txt tick" {
			t.Errorf("%d segments of all kinds, beginning with %v", len(got), got[:4])
		}
		if out.Status != types.RealTimeContactAnalysisStatusInProgress || out.Channel != types.RealTimeContactAnalysisSupportedChannelChat {
			t.Errorf("a live contact has status %s, channel %s", out.Status, out.Channel)
		}
		if got, _, _ := read(100, types.RealTimeContactAnalysisSegmentTypeIssues, types.RealTimeContactAnalysisSegmentTypeCategories); len(got) > 0 {
			t.Errorf("issues: %v", got)
		}
		w.put(&store.Contact{ID: "c", ChatID: "c", EndedAt: at(9)})
		_, _, out = read(1, attachments)
		segment := &types.RealtimeContactAnalysisSegmentMemberAttachments{Value: types.RealTimeContactAnalysisSegmentAttachments{
			Id: new("i4"), ParticipantId: new("p"), ParticipantRole: types.ParticipantRoleCustomer, DisplayName: new("Ana"),
			Time: &types.RealTimeContactAnalysisTimeDataMemberAbsoluteTime{Value: begin.Add(time.Hour + 3*time.Millisecond)},
			Attachments: []types.RealTimeContactAnalysisAttachment{{
				AttachmentId: new("f"), AttachmentName: new("a.txt"), ContentType: new("text/plain"), Status: types.ArtifactStatusApproved,
			}},
		}}
		if diff := cmp.Diff([]types.RealtimeContactAnalysisSegment{segment}, out.Segments); diff != "" || out.Status != types.RealTimeContactAnalysisStatusCompleted {
			t.Errorf("the file of an ended contact, status %s (-want +got):\n%s", out.Status, diff)
		}
	})
}
