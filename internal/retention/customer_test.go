package retention

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	ctypes "github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/store"
)

func (w *world) find(in parley.FindChatsInput) []parley.Chat {
	w.t.Helper()
	var all []parley.Chat
	for {
		out, err := w.FindChats(w.t.Context(), &in)
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, out.Chats...)
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return all
		}
	}
}

func ids(chats []parley.Chat) (all []string) {
	for _, c := range chats {
		all = append(all, *c.ContactId)
	}
	return all
}

func (w *world) erase(id string, end bool) (parley.Kept, error) {
	out, err := w.EraseChat(w.t.Context(), &parley.EraseChatInput{ContactId: &id, End: end})
	if err != nil {
		return parley.Kept{}, err
	}
	return *out.Erased, nil
}

// all is what is kept of a chat of these tests, which has ended: its customer joined and said four things.
var all = parley.Kept{Contacts: 1, Items: 6, Attachments: 1, Files: 2, Untold: 2, DeadLetters: 1}

func TestFindChats(t *testing.T) { engines(t, testFindChats) }

func testFindChats(t *testing.T, w *world) {
	a, b, c := w.ended(instanceID, "kim"), w.chat(instanceID, "kim"), w.ended(otherID, "kim")
	w.ended(instanceID, "")
	w.ended(instanceID, "lou")
	both := []string{a, b}
	slices.Sort(both)
	if diff := cmp.Diff(append(slices.Clone(both), c), ids(w.find(parley.FindChatsInput{CustomerId: new("kim")}))); diff != "" {
		t.Errorf("chats of Kim (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(both, ids(w.find(parley.FindChatsInput{CustomerId: new("kim"), InstanceId: new(instanceID)}))); diff != "" {
		t.Errorf("chats of Kim in the first instance (-want +got):\n%s", diff)
	}
	got := w.find(parley.FindChatsInput{ContactId: &a})
	now := w.clock.Now()
	want := []parley.Chat{{
		InstanceId: new(instanceID), ContactId: &a, CustomerId: new("kim"), InitiationTimestamp: &now, DisconnectTimestamp: &now, Kept: &all,
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("chat (-want +got):\n%s", diff)
	}
	if live := w.find(parley.FindChatsInput{ContactId: &b}); live[0].DisconnectTimestamp != nil {
		t.Errorf("a chat that lives ended at %v", live[0].DisconnectTimestamp)
	}
	for _, in := range []parley.FindChatsInput{
		{CustomerId: new("nobody")}, {ContactId: new("nothing")}, {ContactId: &a, InstanceId: new(otherID)}, {CustomerId: new("lou"), InstanceId: new(otherID)},
	} {
		if got := w.find(in); len(got) != 0 {
			t.Errorf("%+v found %v", in, ids(got))
		}
	}
	for name, in := range map[string]parley.FindChatsInput{
		"nothing": {}, "both": {CustomerId: new("kim"), ContactId: &a}, "an empty customer": {CustomerId: new("")},
	} {
		if _, err := w.FindChats(t.Context(), &in); !is[*ctypes.InvalidRequestException](err) {
			t.Errorf("asked for %s: %v", name, err)
		}
	}
	if _, err := w.FindChats(t.Context(), &parley.FindChatsInput{CustomerId: new("kim"), NextToken: new("?")}); !is[*ctypes.InvalidParameterException](err) {
		t.Errorf("with a bad token: %v", err)
	}
	if _, err := w.FindChats(t.Context(), &parley.FindChatsInput{CustomerId: new("kim"), InstanceId: new("none")}); !is[*ctypes.ResourceNotFoundException](err) {
		t.Errorf("in no instance: %v", err)
	}
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// Pages end where they should, whichever instance the last chat is of.
func TestFindChatsPages(t *testing.T) { engines(t, testFindChatsPages) }

func testFindChatsPages(t *testing.T, w *world) {
	start := func(instance string, n int) {
		t.Helper()
		for range n {
			_, err := w.center.StartChatContact(t.Context(), &connect.StartChatContactInput{
				InstanceId: &instance, ContactFlowId: new(flowOf(instance)), CustomerId: new("kim"),
				ParticipantDetails: &ctypes.ParticipantDetails{DisplayName: new("Kim")},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	pages := func() (sizes []int) {
		in := parley.FindChatsInput{CustomerId: new("kim")}
		seen := map[string]bool{}
		for {
			out, err := w.FindChats(t.Context(), &in)
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range ids(out.Chats) {
				if seen[id] {
					t.Errorf("chat %s is there twice", id)
				}
				seen[id] = true
			}
			sizes = append(sizes, len(out.Chats))
			if in.NextToken = out.NextToken; in.NextToken == nil {
				return sizes
			}
		}
	}
	for _, step := range []struct {
		instance string
		more     int
		want     []int
	}{
		{instanceID, 0, []int{0}},
		{instanceID, foundPage, []int{foundPage}},
		{otherID, 1, []int{foundPage, 1}},
		{instanceID, 1, []int{foundPage, 2}},
		{otherID, foundPage - 2, []int{foundPage, foundPage}},
	} {
		start(step.instance, step.more)
		if diff := cmp.Diff(step.want, pages()); diff != "" {
			t.Errorf("pages (-want +got):\n%s", diff)
		}
	}
}

func TestErase(t *testing.T) { engines(t, testErase) }

func testErase(t *testing.T, w *world) {
	id, neighbour, live := w.ended(instanceID, "kim"), w.ended(instanceID, "lou"), w.chat(instanceID, "kim")
	if got, err := w.erase(id, false); err != nil || got != all {
		t.Errorf("erased %+v, %v, want %+v", got, err, all)
	}
	w.wantLeft("after", "", id)
	if got, err := w.erase(id, false); err != nil || got != (parley.Kept{}) {
		t.Errorf("erased again %+v, %v", got, err)
	}
	if _, err := w.erase(live, false); !is[*ctypes.ResourceConflictException](err) {
		t.Errorf("erased a chat that lives: %v", err)
	}
	w.wantLeft("of those that were not meant", "TtAac", neighbour)
	w.wantLeft("of those that were not meant", "TAac", live)
	if got, err := w.erase(live, true); err != nil || got != all {
		t.Errorf("ended and erased %+v, %v", got, err)
	}
	w.wantLeft("after the end", "", live)
	for chat, want := range map[string]int{id: 0, live: 0, neighbour: 1} {
		if rows, err := w.jobsAndAnswers(chat); err != nil || rows != want {
			t.Errorf("%d jobs and answers are left, %v, want %d", rows, err, want)
		}
	}
	w.advance(1)
	w.wantLeft("of the neighbour", "TtAac", neighbour)
}

// jobsAndAnswers counts jobs of a chat, and what its start would be answered if it were repeated.
func (w *world) jobsAndAnswers(id string) (n int, err error) {
	err = w.Store.Update(w.t.Context(), store.Key{}, func(tx *store.Tx) error {
		n = 0
		for _, kind := range []string{"subscribe-deadline", "expire", "wait"} {
			if _, err := tx.Job(kind, id); err == nil {
				n++
			} else if !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		_, err := tx.Request("StartChatContact/"+instanceID, w.tokens[id])
		if err == nil {
			n++
		} else if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		return err
	})
	return n, err
}

// A file that is sent to an address which was handed out before is deleted as well.
func TestEraseAgainstLateFiles(t *testing.T) { engines(t, testEraseAgainstLateFiles) }

func testEraseAgainstLateFiles(t *testing.T, w *world) {
	id, neighbour := w.ended(instanceID, "kim"), w.ended(instanceID, "lou")
	if _, err := w.erase(id, false); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{attachmentKey(id) + ".upload", w.written[id]} {
		if err := w.put(key); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.jobs.Advance(t.Context(), w.clock.Now().Add(late)); err != nil {
		t.Fatal(err)
	}
	w.wantLeft("an hour later", "", id)
	if _, err := w.objects.Stat(t.Context(), bucket, attachmentKey(id)+".upload"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was sent late: %v", err)
	}
	w.wantLeft("of the neighbour", "TtAac", neighbour)
}

// A chat shows nothing of an earlier one that is gone, and everything else.
func TestContinuedChatIsGone(t *testing.T) { engines(t, testContinuedChatIsGone) }

func testContinuedChatIsGone(t *testing.T, w *world) {
	for name, let := range map[string]func(id string) error{
		"erased": func(id string) error { _, err := w.erase(id, false); return err },
		"over age": func(string) error {
			w.days[instanceID] = Days{Transcripts: 1}
			return w.jobs.Advance(t.Context(), w.clock.Now().Add(49*time.Hour))
		},
	} {
		past := w.ended(instanceID, "kim")
		out, err := w.center.StartChatContact(t.Context(), &connect.StartChatContactInput{
			InstanceId: new(instanceID), ContactFlowId: new(flowOf(instanceID)), ParticipantDetails: &ctypes.ParticipantDetails{DisplayName: new("Kim")},
			PersistentChat:        &ctypes.PersistentChat{RehydrationType: ctypes.RehydrationTypeEntirePastSession, SourceContactId: &past},
			ChatDurationInMinutes: new(int32(10080)), InitialMessage: &ctypes.ChatMessage{ContentType: new("text/plain"), Content: new("again")},
		})
		if err != nil {
			t.Fatal(err)
		}
		conn := auth.Connection{ChatID: *out.ContactId, ParticipantID: *out.ParticipantId}
		if _, err := w.center.Subscribed(t.Context(), auth.Socket(conn)); err != nil {
			t.Fatal(err)
		}
		said := func() (all []string) {
			t.Helper()
			in := &participant.GetTranscriptInput{MaxResults: new(int32(100)), SortOrder: ptypes.SortKeyDescending}
			for {
				got, err := w.center.GetTranscript(t.Context(), conn, in)
				if err != nil {
					t.Fatal(err)
				}
				for _, it := range got.Transcript {
					if it.Content != nil {
						all = append(all, *it.Content)
					}
				}
				if in.NextToken = got.NextToken; in.NextToken == nil {
					return all
				}
			}
		}
		if got := said(); len(got) != 5 {
			t.Errorf("%s: at first the chat shows %q", name, got)
		}
		if err := let(past); err != nil {
			t.Fatal(err)
		}
		if got := said(); !slices.Equal(got, []string{"again"}) {
			t.Errorf("%s: the chat shows %q", name, got)
		}
	}
}

// What failed half-way can be done again: the rows are there as long as a file is.
func TestEraseAfterAFailure(t *testing.T) { engines(t, testEraseAfterAFailure) }

func testEraseAfterAFailure(t *testing.T, w *world) {
	id := w.ended(instanceID, "kim")
	w.broken = attachmentKey(id)
	if _, err := w.erase(id, false); err == nil {
		t.Error("erased with a file that can not be deleted")
	}
	w.wantLeft("after the failure", "TAac", id)
	w.broken = ""
	if _, err := w.erase(id, false); err != nil {
		t.Error(err)
	}
	w.wantLeft("after the repetition", "", id)
}

// No file holds what the customer said any more: not the database, not its log, not a bucket.
func TestNothingOfTheCustomerIsLeft(t *testing.T) {
	w := newWorld(t, "sqlite")
	folder := filepath.Dir(strings.TrimPrefix(w.dsn, "sqlite:"))
	for range 20 {
		w.ended(instanceID, "kim")
	}
	w.chat(instanceID, "kim")
	if len(holdsSecret(t, folder)) == 0 || len(holdsSecret(t, w.folder)) != 41 {
		t.Fatal("the test does not see the secret where it is")
	}
	for _, id := range ids(w.find(parley.FindChatsInput{CustomerId: new("kim")})) {
		if _, err := w.erase(id, true); err != nil {
			t.Fatal(err)
		}
	}
	for _, in := range []string{folder, w.folder} {
		if found := holdsSecret(t, in); len(found) > 0 {
			t.Errorf("still in %v", found)
		}
	}
}

func TestExport(t *testing.T) { engines(t, testExport) }

func testExport(t *testing.T, w *world) {
	id := w.ended(instanceID, "kim")
	out, err := w.ExportChat(t.Context(), &parley.ExportChatInput{ContactId: &id})
	if err != nil {
		t.Fatal(err)
	}
	ct, err := w.center.DescribeContact(t.Context(), &connect.DescribeContactInput{InstanceId: new(instanceID), ContactId: &id})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]ctypes.Contact{*ct.Contact}, out.Contacts); diff != "" {
		t.Errorf("contacts (-want +got):\n%s", diff)
	}
	if out.Contacts[0].Attributes["note"] != secret+" attribute" || *out.Contacts[0].Description != secret+" description" {
		t.Errorf("contact %+v", out.Contacts[0])
	}
	var said []string
	for _, it := range out.Transcript {
		if it.Content != nil {
			said = append(said, *it.Content)
		}
	}
	if want := []string{secret + " first", secret + " message", secret + " message", secret + " message"}; !slices.Equal(said, want) || out.NextToken != nil {
		t.Errorf("said %q, want %q; next %v", said, want, out.NextToken)
	}
	var record struct {
		ContactId  string
		Attributes map[string]string
		Recordings []struct{ Location string }
	}
	if err := json.Unmarshal([]byte(out.Records[0]), &record); err != nil {
		t.Fatal(err)
	}
	if record.ContactId != id || record.Attributes["note"] != secret+" attribute" || record.Recordings[0].Location != bucket+"/"+w.written[id] {
		t.Errorf("record %s", out.Records[0])
	}
	now := w.clock.Now()
	attachment := parley.Attachment{
		AttachmentId: new("attachment-" + id), AttachmentName: new(secret + ".txt"), AttachmentSizeBytes: new(int64(20)), ContentType: new("text/plain"),
		ContactId: &id, Status: new("APPROVED"), CreatedTimestamp: &now, Stored: true,
	}
	if diff := cmp.Diff([]parley.Attachment{attachment}, out.Attachments); diff != "" {
		t.Errorf("attachments (-want +got):\n%s", diff)
	}
	body, err := w.OpenAttachment(t.Context(), *attachment.AttachmentId)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if b, err := io.ReadAll(body); err != nil || string(b) != secret+" attached" {
		t.Errorf("the attachment holds %q, %v", b, err)
	}
	at, err := w.LocateAttachment(t.Context(), &parley.LocateAttachmentInput{AttachmentId: attachment.AttachmentId})
	if err != nil || !strings.HasPrefix(*at.Url, "/parley/v1/objects/") {
		t.Errorf("the attachment is at %v, %v", at, err)
	}
	for what, err := range map[string]error{
		"a chat": second(w.ExportChat(t.Context(), &parley.ExportChatInput{ContactId: new("nothing")})),
		"a file": second(w.LocateAttachment(t.Context(), &parley.LocateAttachmentInput{AttachmentId: new("nothing")})),
	} {
		if !is[*ctypes.ResourceNotFoundException](err) {
			t.Errorf("%s that is not there: %v", what, err)
		}
	}
	if _, err := w.ExportChat(t.Context(), &parley.ExportChatInput{ContactId: &id, NextToken: new("x")}); !is[*ctypes.InvalidParameterException](err) {
		t.Errorf("a bad token: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }
