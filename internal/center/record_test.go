package center

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/blob"
	"github.com/openparley/parley/internal/store"
)

// recorded is a world that keeps transcripts in a folder and tells records.
func recorded(t *testing.T, test func(t *testing.T, w *world, folder string), change ...func(*Config)) {
	engines(t, func(t *testing.T, w *world) {
		folder := t.TempDir()
		objects, err := blob.OpenDisk(folder, blob.DiskOptions{Secrets: [][]byte{make([]byte, 32)}, Now: w.clock.Now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := objects.Close(); err != nil {
				t.Error(err)
			}
		})
		w.Objects = objects
		err = w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
			instance, err := tx.Instance(instanceID)
			if err != nil {
				return err
			}
			instance.Storage = []store.StorageConfig{
				{ID: "1", ResourceType: "CHAT_TRANSCRIPTS", StorageType: "S3", Bucket: "bucket", Prefix: "connect/test/ChatTranscripts"},
				{ID: "2", ResourceType: "CONTACT_TRACE_RECORDS", StorageType: "KINESIS_STREAM", StreamARN: recordARN},
			}
			tx.PutInstance(instance)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		test(t, w, folder)
	}, change...)
}

func (w *world) records(chatID string) (all [][]byte) {
	w.t.Helper()
	for _, o := range w.outs(chatID, recordARN) {
		if o.Kind != "record" {
			w.t.Errorf("a record is told as %q", o.Kind)
		}
		all = append(all, o.Body)
	}
	return all
}

// file reads the transcript of a contact.
func (w *world) file(folder, contactID string) (body []byte, location string) {
	w.t.Helper()
	ct, err := w.Store.Contact(w.t.Context(), contactID)
	if err != nil {
		w.t.Fatal(err)
	}
	if body, err = os.ReadFile(filepath.Join(folder, ct.Transcript)); err != nil {
		w.t.Fatal(err)
	}
	return body, ct.Transcript
}

// TestContactRecord follows a chat to its record and transcript, segment by segment, and changes a contact after its end.
func TestContactRecord(t *testing.T) {
	recorded(t, func(t *testing.T, w *world, folder string) {
		c := w.start(func(in *connect.StartChatContactInput) {
			in.Attributes, in.CustomerId = map[string]string{"plan": "gold"}, new("k-42")
		})
		w.advance(1250 * time.Millisecond)
		w.queued(t, c)
		_, err := w.UpdateContactRoutingData(t.Context(), &connect.UpdateContactRoutingDataInput{
			InstanceId: new(instanceID), ContactId: &c.id,
			RoutingCriteria: &types.RoutingCriteriaInput{Steps: []types.RoutingCriteriaInputStep{{
				Expiry: &types.RoutingCriteriaInputStepExpiry{DurationInSeconds: new(int32(600))}, Expression: proficient("de"),
			}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		w.advance(time.Minute)
		agent := w.join(c, types.ParticipantRoleAgent)
		w.join(c, types.ParticipantRoleSupervisor) // silent
		w.say(c, "hello?")
		w.advance(10 * time.Second)
		w.say(agent, "hi")
		_, err = w.UpdateContact(t.Context(), &connect.UpdateContactInput{
			InstanceId: new(instanceID), ContactId: &c.id, Name: new("Boats"), References: map[string]types.Reference{
				"order": {Type: types.ReferenceTypeUrl, Value: new("https://shop.example.org/7")},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		w.change(c, func(sc *scene) error {
			p, _ := sc.participant(c.participantID)
			it := &store.Item{Type: itemMessage, ContentType: "text/plain", Content: "rejected", ParticipantID: p.ID, Role: p.Role}
			it.Extra, _ = json.Marshal(store.ItemExtra{To: []string{p.ID}})
			sc.append(it)
			it = &store.Item{Type: itemAttachment, ContentType: "application/pdf", ParticipantID: p.ID, Role: p.Role, DisplayName: p.DisplayName}
			it.Extra, _ = json.Marshal(store.ItemExtra{File: &store.ItemFile{ID: "F", Name: "boat.pdf", ContentType: "application/pdf", Status: "APPROVED"}})
			sc.append(it)
			return nil
		})
		w.advance(5 * time.Second)
		var next string
		w.change(c, func(sc *scene) error {
			sc.chat.Hooks, sc.chatChanged = map[string]string{hookCustomerRemaining: flowID}, true
			p, _ := sc.participant(agent.participantID)
			err := sc.disconnect(p)
			next = sc.contact.ID
			return err
		})
		w.advance(time.Second)
		w.say(c, "Grüße")
		w.end(c)
		w.advance(time.Minute)
		_, err = w.TagContact(t.Context(), &connect.TagContactInput{
			InstanceId: new(instanceID), ContactId: &c.id, Tags: map[string]string{"topic": "boats"},
		})
		if err != nil {
			t.Fatal(err)
		}
		w.advance(0)

		system := w.row(c).Participants[1].ID
		names := []string{c.id, "C1", next, "C2", c.participantID, "P1", agent.participantID, "P2", system, "P0", instanceID, "I", queueID, "Q"}
		wantJSON(t, "records.json", w.records(c.id), names...)
		var files [][]byte
		for _, id := range []string{c.id, next} {
			body, location := w.file(folder, id)
			want := "bucket/connect/test/ChatTranscripts/2026/01/31/" + id + "_20260131T10:01_UTC.json"
			if location != want {
				t.Errorf("the transcript is at %s, want %s", location, want)
			}
			files = append(files, body)
		}
		for i, it := range w.items(c) {
			names = append(names, it.ID, fmt.Sprintf("item%d", i+1))
		}
		wantJSON(t, "transcripts.json", files, names...)
		got := w.describe(c.id)
		if m := got.ChatMetrics; m == nil || *m.ChatContactMetrics.TotalMessages != 2 {
			t.Errorf("DescribeContact has the metrics %+v", m)
		}
		if _, location := w.file(folder, c.id); len(got.Recordings) != 1 || *got.Recordings[0].Location != location {
			t.Errorf("DescribeContact has the recordings %+v", got.Recordings)
		}
	})
}

// items reads all items of a chat, live or ended.
func (w *world) items(c chat) []store.Item {
	w.t.Helper()
	items, err := w.Store.Items(w.t.Context(), w.row(c).Num, store.ItemQuery{})
	if err != nil {
		w.t.Fatal(err)
	}
	return items
}

// TestRecordIsToldOnce ends a chat and dies at several places before the record is told.
func TestRecordIsToldOnce(t *testing.T) {
	recorded(t, func(t *testing.T, w *world, folder string) {
		c := w.start()
		w.say(c, "hello")
		w.end(c)
		objects := w.Objects
		if err := w.Store.Close(); err != nil {
			t.Fatal(err)
		}
		w.open(withEvents)
		w.Objects = objects

		// One who claimed the job wrote the file and died.
		jobs, err := w.Store.ClaimJobs(t.Context(), 10, time.Minute)
		if err != nil || len(jobs) != 3 {
			t.Fatalf("%d jobs, %v", len(jobs), err)
		}
		ct, err := w.Store.Contact(t.Context(), c.id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.archive(t.Context(), ct); err != nil {
			t.Fatal(err)
		}
		if n := len(w.records(c.id)); n != 0 {
			t.Errorf("%d records before the job is done", n)
		}
		w.advance(2 * time.Minute)
		for _, j := range jobs { // and came back
			if err := w.do(t.Context(), j); err != nil {
				t.Error(err)
			}
		}
		w.advance(time.Hour)
		if n := len(w.records(c.id)); n != 1 {
			t.Errorf("%d records, want 1", n)
		}
		if got := w.eventTypes(c.id); strings.Join(got, " ") != "INITIATED CONNECTED_TO_SYSTEM DISCONNECTED COMPLETED" {
			t.Errorf("events %q", got)
		}
		if body, _ := w.file(folder, c.id); !json.Valid(body) {
			t.Errorf("transcript %s", body)
		}
	}, withEvents)
}

// flaky fails to keep files, until it is mended.
type flaky struct {
	Objects
	broken bool
}

func (f *flaky) Write(ctx context.Context, bucket, key, contentType string, fill func(io.Writer) error) error {
	if f.broken {
		return errors.New("no space left")
	}
	return f.Objects.Write(ctx, bucket, key, contentType, fill)
}

// TestRecordWaitsForTranscript tells the record when the transcript is where it says.
func TestRecordWaitsForTranscript(t *testing.T) {
	recorded(t, func(t *testing.T, w *world, folder string) {
		f := &flaky{w.Objects, true}
		w.Objects = f
		c := w.start()
		w.end(c)
		w.advance(10 * time.Minute)
		if n := len(w.records(c.id)); n != 0 {
			t.Errorf("%d records while the storage is broken", n)
		}
		f.broken = false
		w.advance(10 * time.Minute)
		if n := len(w.records(c.id)); n != 1 {
			t.Errorf("%d records, want 1", n)
		}
		w.file(folder, c.id)

		// An instance that keeps no transcripts any more has its records without them.
		f.broken = true
		c = w.start()
		w.end(c)
		w.advance(10 * time.Minute)
		err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
			instance, err := tx.Instance(instanceID)
			if err != nil {
				return err
			}
			instance.Storage = instance.Storage[1:]
			tx.PutInstance(instance)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		w.advance(10 * time.Minute)
		if all := w.records(c.id); len(all) != 1 || !strings.Contains(string(all[0]), `"Recordings":null`) {
			t.Errorf("records %s", all)
		}
	})
}

// TestTranscriptIsGivenUp tells the record without a transcript that can not be written for a day, and again when it can.
func TestTranscriptIsGivenUp(t *testing.T) {
	recorded(t, func(t *testing.T, w *world, folder string) {
		f := &flaky{w.Objects, true}
		w.Objects = f
		dead := func(want int) (all []store.Out) {
			t.Helper()
			all, err := w.Store.DeadOuts(t.Context(), instanceID, 0, 10)
			if err != nil || len(all) != want {
				t.Fatalf("dead letters %+v, %v, want %d", all, err, want)
			}
			return all
		}
		c := w.start()
		w.say(c, "hello")
		w.end(c)
		w.advance(23 * time.Hour)
		dead(0)
		w.advance(2 * time.Hour)
		if all := w.records(c.id); len(all) != 1 || !strings.Contains(string(all[0]), `"Recordings":null`) {
			t.Fatalf("records %s", all)
		}
		if got := w.eventTypes(c.id); strings.Join(got, " ") != "INITIATED CONNECTED_TO_SYSTEM DISCONNECTED COMPLETED" {
			t.Errorf("events %q", got)
		}
		letter := dead(1)[0]
		if letter.Kind != "transcript" || letter.Target != "arn:aws:s3:::bucket" || letter.ContactID != c.id || !strings.Contains(letter.Error, "no space left") {
			t.Errorf("dead letter %+v", letter)
		}
		if err := w.WriteTranscript(t.Context(), letter); err == nil {
			t.Error("a transcript is said to be written that can not be")
		}
		if got := w.describe(c.id); len(got.Recordings) != 0 {
			t.Errorf("recordings %+v", got.Recordings)
		}

		f.broken = false
		if err := w.WriteTranscript(t.Context(), letter); err != nil {
			t.Fatal(err)
		}
		w.advance(time.Minute)
		if body, _ := w.file(folder, c.id); !strings.Contains(string(body), "hello") {
			t.Errorf("transcript %s", body)
		}
		if all := w.records(c.id); len(all) != 2 || !strings.Contains(string(all[1]), `"Recordings":[{`) {
			t.Errorf("records %s", all)
		}
	}, func(c *Config) { withEvents(c); c.GiveUpAfter = 24 * time.Hour })
}

// TestTranscriptGoesWhereTheBucketIsNow corrects an association while a transcript waits.
func TestTranscriptGoesWhereTheBucketIsNow(t *testing.T) {
	recorded(t, func(t *testing.T, w *world, folder string) {
		f := &flaky{w.Objects, true}
		w.Objects = f
		c := w.start()
		w.end(c)
		w.advance(time.Minute)
		err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
			instance, err := tx.Instance(instanceID)
			if err == nil {
				instance.Storage[0].Bucket = "corrected"
				tx.PutInstance(instance)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		f.broken = false
		w.advance(10 * time.Minute)
		if _, location := w.file(folder, c.id); !strings.HasPrefix(location, "corrected/connect/test/") {
			t.Errorf("the transcript is at %s", location)
		}
	})
}

// TestLongTranscript is of more items than are read at once.
func TestLongTranscript(t *testing.T) {
	recorded(t, func(t *testing.T, w *world, folder string) {
		const messages = 1700
		c := w.start()
		w.change(c, func(sc *scene) error {
			p, _ := sc.participant(c.participantID)
			for i := range messages {
				sc.say(p, "text/plain", fmt.Sprint(i), nil)
			}
			return nil
		})
		w.end(c)
		w.advance(0)
		body, _ := w.file(folder, c.id)
		var got struct {
			Transcript []struct{ Content, Type string }
		}
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatal(err)
		}
		if n := len(got.Transcript); n != messages+2 {
			t.Fatalf("%d items, want %d", n, messages+2)
		}
		for i, it := range got.Transcript[1 : messages+1] {
			if it.Content != fmt.Sprint(i) {
				t.Fatalf("item %d says %q", i, it.Content)
			}
		}
	})
}

// tagging has a contact changed while its transcript is written.
type tagging struct {
	Objects
	w  *world
	id string
}

func (g *tagging) Write(ctx context.Context, bucket, key, contentType string, fill func(io.Writer) error) error {
	id := g.id
	g.id = "" // once
	if id == "" {
		return g.Objects.Write(ctx, bucket, key, contentType, fill)
	}
	_, err := g.w.TagContact(ctx, &connect.TagContactInput{
		InstanceId: new(instanceID), ContactId: &id, Tags: map[string]string{"topic": "boats"},
	})
	return errors.Join(err, g.Objects.Write(ctx, bucket, key, contentType, fill))
}

// TestRecordOfChangedContact has what was changed meanwhile, and is told once.
func TestRecordOfChangedContact(t *testing.T) {
	recorded(t, func(t *testing.T, w *world, _ string) {
		c := w.start()
		w.end(c)
		w.Objects = &tagging{w.Objects, w, c.id}
		w.advance(time.Hour)
		records := w.records(c.id)
		if len(records) != 1 || !strings.Contains(string(records[0]), `"topic":"boats"`) {
			t.Errorf("records %s", records)
		}
		if got := w.eventTypes(c.id); strings.Join(got, " ") != "INITIATED CONNECTED_TO_SYSTEM DISCONNECTED CONTACT_DATA_UPDATED COMPLETED" {
			t.Errorf("events %q", got)
		}
	}, withEvents)
}

// erasing has a chat erased while its transcript is written.
type erasing struct {
	Objects
	w  *world
	id string
}

func (e erasing) Write(ctx context.Context, bucket, key, contentType string, fill func(io.Writer) error) error {
	return errors.Join(e.Objects.Write(ctx, bucket, key, contentType, fill), e.w.Store.EraseChat(ctx, e.id))
}

// TestRecordOfErasedChat leaves nothing behind of a chat that is erased meanwhile.
func TestRecordOfErasedChat(t *testing.T) {
	recorded(t, func(t *testing.T, w *world, folder string) {
		c := w.start()
		w.end(c)
		ct, err := w.Store.Contact(t.Context(), c.id)
		if err != nil {
			t.Fatal(err)
		}
		w.Objects = erasing{w.Objects, w, c.id}
		if err := w.do(t.Context(), store.Job{Kind: jobRecord, Key: c.id, ChatID: c.id}); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(filepath.Join(folder, ct.Transcript)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the transcript is there: %v", err)
		}
		if err := w.do(t.Context(), store.Job{Kind: jobRecord, Key: c.id, ChatID: c.id}); err != nil { // again, without a chat
			t.Error(err)
		}
		if n := len(w.records(c.id)); n != 0 {
			t.Errorf("%d records of a chat that was erased", n)
		}
	})
}
