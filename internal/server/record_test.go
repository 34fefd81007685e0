package server

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
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
