package server

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/internal/store"
)

// TestRecordsAndTranscriptsAreFiles takes the whole way: a chat ends, the server restarts, and the record of the chat is where the settings
// say, with a transcript where it says itself.
func TestRecordsAndTranscriptsAreFiles(t *testing.T) {
	t.Parallel()
	const kinesis = "arn:aws:kinesis:us-east-1:000000000000:stream/records"
	records, files := t.TempDir(), t.TempDir()
	database := "sqlite:" + t.TempDir() + "/parley.db"
	change := func(c *Config) {
		c.Database, c.Storage.Folder = database, files
		c.Targets = map[string]Target{kinesis: {URL: "folder:" + records}}
	}
	w := open(t, change)
	_, err := w.connect().AssociateInstanceStorageConfig(t.Context(), &connect.AssociateInstanceStorageConfigInput{
		InstanceId: new(DevInstance), ResourceType: types.InstanceStorageResourceTypeContactTraceRecords,
		StorageConfig: &types.InstanceStorageConfig{
			StorageType: types.StorageTypeKinesisStream, KinesisStreamConfig: &types.KinesisStreamConfig{StreamArn: new(kinesis)},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	chat := w.startChat()
	if _, err := w.connect().StopContact(t.Context(), &connect.StopContactInput{InstanceId: new(DevInstance), ContactId: &chat.contact}); err != nil {
		t.Fatal(err)
	}
	if err := w.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	w = open(t, change)
	if err := w.Advance(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}

	found, err := filepath.Glob(filepath.Join(records, "records", "2026", "01", "31", "*.json"))
	if err != nil || len(found) != 1 {
		t.Fatalf("records in files %q, %v", found, err)
	}
	var record struct {
		ContactId, DisconnectReason string
		Recordings                  []struct{ Location, Status string }
	}
	readFile(t, found[0], &record)
	if record.ContactId != chat.contact || record.DisconnectReason != "API" || len(record.Recordings) != 1 {
		t.Fatalf("record %+v", record)
	}
	var transcript struct {
		ContactId  string
		Transcript []struct{ ContentType string }
	}
	readFile(t, filepath.Join(files, record.Recordings[0].Location), &transcript)
	const ended = "application/vnd.amazonaws.connect.event.chat.ended"
	if n := len(transcript.Transcript); transcript.ContactId != chat.contact || n == 0 || transcript.Transcript[n-1].ContentType != ended {
		t.Errorf("transcript %+v", transcript)
	}
}

// TestLostTranscriptIsADeadLetter has a folder that can not be written for more than a day, and replays what was given up.
func TestLostTranscriptIsADeadLetter(t *testing.T) {
	t.Parallel()
	files := t.TempDir()
	w := open(t, func(c *Config) { c.Storage.Folder = files })
	instance, err := w.store.Instance(t.Context(), DevInstance)
	if err != nil {
		t.Fatal(err)
	}
	bucket := filepath.Join(files, instance.Storage[slices.IndexFunc(instance.Storage, func(c store.StorageConfig) bool {
		return c.ResourceType == string(types.InstanceStorageResourceTypeChatTranscripts)
	})].Bucket)
	if err := errors.Join(os.RemoveAll(bucket), os.WriteFile(bucket, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	chat := w.startChat()
	if _, err := w.connect().StopContact(t.Context(), &connect.StopContactInput{InstanceId: new(DevInstance), ContactId: &chat.contact}); err != nil {
		t.Fatal(err)
	}
	if err := w.Advance(t.Context(), 25*time.Hour); err != nil {
		t.Fatal(err)
	}
	filter := &parley.DeadLetterFilter{Kind: new("transcript")}
	find := func(want int) {
		t.Helper()
		out, err := w.outside.letters.FindDeadLetters(t.Context(), &parley.FindDeadLettersInput{Filter: filter})
		if err != nil || len(out.DeadLetters) != want {
			t.Fatalf("dead letters %+v, %v, want %d", out, err, want)
		}
	}
	find(1)
	if err := os.Remove(bucket); err != nil {
		t.Fatal(err)
	}
	if _, err := w.outside.letters.ReplayDeadLetters(t.Context(), &parley.ReplayDeadLettersInput{Filter: filter}); err != nil {
		t.Fatal(err)
	}
	if err := w.Advance(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	find(0)
	ct, err := w.store.Contact(t.Context(), chat.contact)
	if err != nil || ct.Transcript == "" {
		t.Fatalf("contact %+v, %v", ct, err)
	}
	if _, err := os.Stat(filepath.Join(files, ct.Transcript)); err != nil {
		t.Error(err)
	}
}

func readFile(t *testing.T, file string, v any) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		t.Fatal(err)
	}
}
