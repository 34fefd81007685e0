package retention

import (
	"context"
	"io"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/internal/store"
)

func (w *world) Get(ctx context.Context, bucket, key string) (io.ReadCloser, error) {
	return w.objects.Get(ctx, bucket, key)
}

func (w *world) PresignGet(ctx context.Context, bucket, key, contentType, name string, life time.Duration) (string, error) {
	return w.objects.PresignGet(ctx, bucket, key, contentType, name, life)
}

func TestEachKindGoesAfterItsDays(t *testing.T) { engines(t, testEachKindGoesAfterItsDays) }

func testEachKindGoesAfterItsDays(t *testing.T, w *world) {
	w.days[instanceID] = Days{Transcripts: 10, Attachments: 20, Records: 30}
	old, kept := w.ended(instanceID, ""), w.ended(otherID, "")
	w.advance(5)
	young, live := w.ended(instanceID, ""), w.chat(instanceID, "")
	w.wantLeft("at first", "TtAac", old, kept, young)
	w.wantLeft("of one that lives", "TAac", live)
	w.advance(4)
	w.wantLeft("after 9 days", "TtAac", old, young)
	w.advance(2)
	w.wantLeft("after 11 days", "Aac", old)
	w.wantLeft("after 6 days", "TtAac", young)
	w.advance(10)
	w.wantLeft("after 21 days", "c", old)
	w.wantLeft("after 16 days", "Aac", young)
	w.advance(10)
	w.wantLeft("after 31 days", "", old)
	w.wantLeft("after 26 days", "c", young)
	w.advance(10)
	w.wantLeft("after 36 days", "", young)
	w.wantLeft("in an instance that keeps everything", "TtAac", kept)
	if diff := cmp.Diff(Stats{Transcripts: 3, Attachments: 3, Records: 3}, w.Stats()); diff != "" {
		t.Errorf("figures, with those of the chat that expired meanwhile (-want +got):\n%s", diff)
	}
}

// Files that are kept for ever stay where they are when the record goes.
func TestRecordsAlone(t *testing.T) { engines(t, testRecordsAlone) }

func testRecordsAlone(t *testing.T, w *world) {
	w.days[instanceID] = Days{Records: 730}
	id := w.ended(instanceID, "")
	w.advance(729)
	w.wantLeft("after 729 days", "TtAac", id)
	w.advance(2)
	w.wantLeft("after 731 days", "ta", id)
}

// What was said is not left in what was to be told of it, nor in dead letters.
func TestToldItemsGoWithTheTranscript(t *testing.T) { engines(t, testToldItemsGoWithTheTranscript) }

func testToldItemsGoWithTheTranscript(t *testing.T, w *world) {
	w.days[instanceID] = Days{Transcripts: 1}
	id := w.ended(instanceID, "")
	w.change(id, func(tx *store.Tx) error {
		tx.PutOut(store.Out{
			Stream: id + "/target", Target: "target", ChatID: id, ContactID: id, InstanceID: instanceID, Kind: "event", DeadAt: 1,
		})
		return nil
	})
	w.advance(2)
	chat, err := w.Store.Chat(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	left, err := w.Store.CountRows(t.Context(), chat)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(store.ChatRows{Contacts: 1, Attachments: 1, DeadOuts: 1}, left); diff != "" {
		t.Errorf("left beside the event (-want +got):\n%s", diff)
	}
}

// A contact that is changed while its transcript goes keeps the change, and is found by what it has then.
func TestContactChangedBesideTheSweep(t *testing.T) { engines(t, testContactChangedBesideTheSweep) }

func testContactChangedBesideTheSweep(t *testing.T, w *world) {
	w.days[instanceID] = Days{Transcripts: 1}
	id := w.ended(instanceID, "")
	earlier := &store.Contact{
		ID: "earlier-" + id, ChatID: id, InstanceID: instanceID, InitiatedAt: 1, EndedAt: 2, Transcript: bucket + "/earlier.json",
		Tags: map[string]string{"was": "there"},
	}
	w.change(id, func(tx *store.Tx) error {
		tx.PutContact(earlier)
		return nil
	})
	w.deleting = func(key string) {
		if key != "earlier.json" {
			return
		}
		w.change(id, func(tx *store.Tx) error {
			ct, err := tx.ContactByID(earlier.ID)
			if err != nil {
				return err
			}
			ct.Tags = map[string]string{"is": "there"}
			tx.PutContact(ct)
			return nil
		})
	}
	w.advance(2)
	got, err := w.Store.Contact(t.Context(), earlier.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.Transcript != "" || !maps.Equal(got.Tags, map[string]string{"is": "there"}) {
		t.Errorf("the contact has the tags %v and the transcript %q", got.Tags, got.Transcript)
	}
	for tag, want := range map[string]int{"was": 0, "is": 1} {
		n, err := w.Store.CountContacts(t.Context(), store.ContactQuery{
			InstanceID: instanceID, Time: store.Initiated, From: 0, To: 9,
			Where: []store.Filter{{Any: [][]store.Fact{{{Term: store.TagKeyTerm(instanceID, tag)}}}}},
		}, 9)
		if err != nil || n != want {
			t.Errorf("%d contacts have the tag %s, %v, want %d", n, tag, err, want)
		}
	}
}

// More chats than one run takes are let go in several.
func TestManyChats(t *testing.T) { engines(t, testManyChats) }

func testManyChats(t *testing.T, w *world) {
	w.days[instanceID] = Days{Transcripts: 1, Attachments: 1, Records: 4}
	var ids []string
	for range 2*piece/3 + 1 {
		ids = append(ids, w.ended(instanceID, ""))
	}
	w.advance(2)
	w.wantLeft("after 2 days", "c", ids...)
	w.advance(3)
	w.wantLeft("after 5 days", "", ids...)
	n := int64(len(ids))
	if diff := cmp.Diff(Stats{n, n, n}, w.Stats()); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}
}

// A file that can not be deleted keeps its chat, but no other one, until a later round can delete it.
func TestBrokenFile(t *testing.T) { engines(t, testBrokenFile) }

func testBrokenFile(t *testing.T, w *world) {
	w.days[instanceID] = Days{Transcripts: 1, Attachments: 1, Records: 2}
	var ids []string
	for range 3 {
		ids = append(ids, w.ended(instanceID, ""))
	}
	slices.Sort(ids)
	w.broken = w.written[ids[1]]
	w.advance(10)
	w.wantLeft("beside a broken file", "", ids[0], ids[2])
	w.wantLeft("of the chat with the broken file", "Ttc", ids[1])
	w.mu.Lock()
	w.broken = ""
	w.mu.Unlock()
	w.advance(2)
	w.wantLeft("after the repair", "", ids...)
}

// An instance is looked through by one job, whoever starts.
func TestOneJobForEachInstance(t *testing.T) { engines(t, testOneJobForEachInstance) }

func testOneJobForEachInstance(t *testing.T, w *world) {
	w.advance(3)
	read := func() (due []int64) {
		err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
			due = nil
			for _, id := range []string{instanceID, otherID} {
				j, err := tx.Job(jobRetention, id)
				if err != nil {
					return err
				}
				due = append(due, j.Due)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return due
	}
	before := read()
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := read(); !slices.Equal(before, after) {
		t.Errorf("due at %v, after a restart at %v", before, after)
	}
	tomorrow := w.clock.Now().Add(every).UnixMilli()
	if slices.Max(before) > tomorrow {
		t.Errorf("due at %v, later than tomorrow at %d", before, tomorrow)
	}
}
