package center

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/blob/blobtest"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/store/storetest"
)

// filesWorld is a contact centre whose participants may send files.
type filesWorld struct {
	*world
	files  blobtest.Store
	change func(*Config)
}

func newFilesWorld(t *testing.T, e storetest.Engine, form blobtest.Form, change ...func(*Config)) *filesWorld {
	t.Helper()
	fw := &filesWorld{}
	fw.change = func(c *Config) {
		if fw.files.Objects == nil {
			now := c.Store.Now
			fw.files = blobtest.OpenAt(t, form, func() time.Time { return now() })
		}
		c.Objects, c.Attachments = fw.files, AttachmentLimits{MaxBytes: 1000, PerChat: 3}
		for _, f := range change {
			f(c)
		}
	}
	fw.world = newWorld(t, e, fw.change)
	fw.instance(func(in *store.Instance) {
		for i := range in.Storage {
			in.Storage[i].Bucket = blobtest.Bucket
		}
	})
	return fw
}

// filesEngines runs a test on both engines, with files on disk.
func filesEngines(t *testing.T, test func(*testing.T, *filesWorld), change ...func(*Config)) {
	storetest.Engines(t, func(t *testing.T, e storetest.Engine) {
		t.Parallel()
		test(t, newFilesWorld(t, e, blobtest.Disk, change...))
	})
}

func (w *filesWorld) restart() {
	w.t.Helper()
	if err := w.Store.Close(); err != nil {
		w.t.Fatal(err)
	}
	w.open(w.change)
}

// connected is a started chat whose customer listens, so that it lives for a day.
func (w *filesWorld) connected(change ...func(*connect.StartChatContactInput)) chat {
	w.t.Helper()
	c := w.start(change...)
	if _, err := w.Subscribed(w.t.Context(), auth.Socket(c.Connection)); err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *filesWorld) instance(change func(*store.Instance)) {
	w.t.Helper()
	err := w.Store.Update(w.t.Context(), store.Key{}, func(tx *store.Tx) error {
		in, err := tx.Instance(instanceID)
		if err != nil {
			return err
		}
		change(in)
		tx.PutInstance(in)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func announcement(name, contentType string, size int, token string) *participant.StartAttachmentUploadInput {
	return &participant.StartAttachmentUploadInput{
		AttachmentName: &name, ContentType: &contentType, AttachmentSizeInBytes: new(int64(size)), ClientToken: &token,
	}
}

func (w *filesWorld) announce(c chat, name, contentType, content string) *participant.StartAttachmentUploadOutput {
	w.t.Helper()
	out, err := w.StartAttachmentUpload(w.t.Context(), c.Connection, announcement(name, contentType, len(content), newID()))
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *filesWorld) put(out *participant.StartAttachmentUploadOutput, content string) {
	w.t.Helper()
	m := out.UploadMetadata
	if status := w.files.Send(w.t, *m.Url, m.HeadersToInclude, strings.NewReader(content)); status != http.StatusOK {
		w.t.Fatalf("PUT: %d", status)
	}
}

func (w *filesWorld) complete(c chat, id, token string) error {
	_, err := w.CompleteAttachmentUpload(w.t.Context(), c.Connection, &participant.CompleteAttachmentUploadInput{
		AttachmentIds: []string{id}, ClientToken: &token,
	})
	return err
}

// send has a participant send a text file, and returns its id.
func (w *filesWorld) send(c chat, content string) string {
	w.t.Helper()
	out := w.announce(c, "note.txt", "text/plain", content)
	w.put(out, content)
	if err := w.complete(c, *out.AttachmentId, "t"); err != nil {
		w.t.Fatal(err)
	}
	return *out.AttachmentId
}

func (w *filesWorld) get(c chat, id string) (*participant.GetAttachmentOutput, error) {
	return w.GetAttachment(w.t.Context(), c.Connection, &participant.GetAttachmentInput{AttachmentId: &id})
}

// attachments are the files in a transcript, as "note.txt APPROVED".
func attachments(items []ptypes.Item) []string {
	var all []string
	for _, it := range items {
		for _, a := range it.Attachments {
			all = append(all, *a.AttachmentName+" "+string(a.Status))
		}
	}
	return all
}

// stored reports whether the bytes of an upload are anywhere.
func (w *filesWorld) stored(file *store.Attachment) bool {
	w.t.Helper()
	for _, key := range []string{file.Key, file.UploadKey()} {
		if _, err := w.files.Stat(w.t.Context(), file.Bucket, key); err == nil {
			return true
		} else if !errors.Is(err, fs.ErrNotExist) {
			w.t.Fatal(err)
		}
	}
	return false
}

func (w *filesWorld) row(id string) *store.Attachment {
	w.t.Helper()
	file, err := w.Store.Attachment(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return file
}

// TestAttachment sends a file and fetches it, with a restart before every step, in both forms and on both engines.
func TestAttachment(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, e storetest.Engine) {
		blobtest.Forms(t, func(t *testing.T, form blobtest.Form) {
			t.Parallel()
			testAttachment(t, newFilesWorld(t, e, form))
		})
	})
}

func testAttachment(t *testing.T, w *filesWorld) {
	c := w.connected()
	const name, content = "Rechnung 発票.csv", "a;b\n1;ü\n"
	in := announcement(name, `Text/CSV; charset="utf-8"`, len(content), "start")
	started, err := w.StartAttachmentUpload(t.Context(), c.Connection, in)
	if err != nil {
		t.Fatal(err)
	}
	m := started.UploadMetadata
	if *m.UrlExpiry != "2026-01-31T10:15:00.000Z" || m.HeadersToInclude["Content-Type"] != "text/csv" || len(*m.Url) > 2000 {
		t.Errorf("upload %s %v %s", *m.UrlExpiry, m.HeadersToInclude, *m.Url)
	}
	again, err := w.StartAttachmentUpload(t.Context(), c.Connection, in)
	if err != nil || *again.AttachmentId != *started.AttachmentId || *again.UploadMetadata.UrlExpiry != *m.UrlExpiry {
		t.Errorf("the repetition: %+v, %v", again, err)
	}
	w.restart()
	wantCode(t, "Complete before the PUT", w.complete(c, *started.AttachmentId, "early"), "ValidationException")
	w.put(again, content)
	w.restart()
	for range 2 { // a client that lost the answer repeats itself
		if err := w.complete(c, *started.AttachmentId, "complete"); err != nil {
			t.Fatal(err)
		}
		w.restart()
	}
	items := w.transcript(c)
	it := items[len(items)-1]
	if len(it.Attachments) != 1 || it.Type != "ATTACHMENT" || it.Content != nil || it.ContentType != nil || *it.ParticipantId != c.participantID ||
		*it.DisplayName != "Ana" || it.ParticipantRole != "CUSTOMER" || *it.ContactId != c.id || *it.Id == *started.AttachmentId {
		t.Fatalf("item %+v", it)
	}
	a := it.Attachments[0]
	if *a.AttachmentId != *started.AttachmentId || *a.AttachmentName != name || *a.ContentType != "text/csv" || a.Status != "APPROVED" {
		t.Errorf("attachment %+v", a)
	}
	w.mu.Lock()
	told := w.told[len(w.told)-1]
	w.mu.Unlock()
	var pushed ptypes.Item
	if err := json.Unmarshal(told.Item, &pushed); err != nil || len(pushed.Attachments) != 1 || *pushed.Id != *it.Id || len(told.To) != 0 {
		t.Errorf("pushed %s to %v, %v", told.Item, told.To, err)
	}

	// What is put afterwards changes nothing.
	w.put(again, strings.Repeat("x", len(content)))
	agent := w.join(c, types.ParticipantRoleAgent)
	got, err := w.GetAttachment(t.Context(), agent.Connection, &participant.GetAttachmentInput{
		AttachmentId: started.AttachmentId, UrlExpiryInSeconds: new(int32(5)),
	})
	if err != nil {
		t.Fatal(err)
	}
	if *got.AttachmentSizeInBytes != int64(len(content)) || *got.UrlExpiry != "2026-01-31T10:00:05.000Z" {
		t.Errorf("answer %d %s", *got.AttachmentSizeInBytes, *got.UrlExpiry)
	}
	status, h, body := w.files.Fetch(t, *got.Url)
	if status != http.StatusOK || string(body) != content || h.Get("Content-Type") != "text/csv" ||
		!strings.HasPrefix(h.Get("Content-Disposition"), "attachment;") {
		t.Errorf("GET: %d %q %v", status, body, h)
	}
	if got, err := w.get(agent, *started.AttachmentId); err != nil || *got.UrlExpiry != "2026-01-31T10:05:00.000Z" {
		t.Errorf("default expiry: %+v, %v", got, err)
	}

	file := w.row(*started.AttachmentId)
	if want := "connect/test/Attachments/chat/2026/01/31/" + file.ID + "_20260131T10:00_UTC.csv"; file.Key != want || file.ItemID != *it.Id {
		t.Errorf("row %+v, want key %s", file, want)
	}
	w.advance(time.Hour)
	if _, err := w.files.Stat(t.Context(), file.Bucket, file.UploadKey()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was put afterwards is still there: %v", err)
	}
	if !w.stored(file) || len(attachments(w.transcript(c))) != 1 {
		t.Error("the file was cleaned up with it")
	}
}

func TestStartAttachmentRefuses(t *testing.T) {
	filesEngines(t, func(t *testing.T, w *filesWorld) {
		c := w.connected()
		before := w.transcript(c)
		for _, tt := range []struct {
			name, contentType string
			size              int
			want              string
		}{
			{"note.txt", "text/plain", 1000, ""},
			{"note.txt", "text/plain", 1001, "ServiceQuotaExceededException"},
			{"NOTE.TXT", "TEXT/PLAIN", 1, ""},
			{"a.b.pdf", "application/pdf", 1, ""},
			{"page.html", "text/html", 1, "ValidationException"},
			{"note.txt", "text/html", 1, "ValidationException"},
			{"photo.png", "image/jpeg", 1, "ValidationException"},
			{"note.txt", "text", 1, "ValidationException"},
			{"note.txt", "text/plain; charset", 1, "ValidationException"},
			{"note", "text/plain", 1, "ValidationException"},
			{".", "text/plain", 1, "ValidationException"},
			{"run.exe", "application/octet-stream", 1, "ValidationException"},
			{"../note.txt", "text/plain", 1, "ValidationException"},
			{`a\note.txt`, "text/plain", 1, "ValidationException"},
			{"a\nb.txt", "text/plain", 1, "ValidationException"},
		} {
			_, err := w.StartAttachmentUpload(t.Context(), c.Connection, announcement(tt.name, tt.contentType, tt.size, newID()))
			wantCode(t, fmt.Sprintf("%q %s of %d bytes", tt.name, tt.contentType, tt.size), err, tt.want)
		}
		_, err := w.StartAttachmentUpload(t.Context(), c.Connection, announcement("note.txt", "text/plain", 1, newID()))
		wantCode(t, "a fourth file", err, "ServiceQuotaExceededException")
		if got := w.transcript(c); len(got) != len(before) {
			t.Errorf("the transcript changed: %+v", got)
		}

		// What is not completed counts no more after an hour.
		w.advance(time.Hour)
		if _, err := w.StartAttachmentUpload(t.Context(), c.Connection, announcement("note.txt", "text/plain", 1, newID())); err != nil {
			t.Errorf("after an hour: %v", err)
		}

		w.instance(func(in *store.Instance) { in.Storage = nil })
		_, err = w.StartAttachmentUpload(t.Context(), w.connected().Connection, announcement("note.txt", "text/plain", 1, newID()))
		wantCode(t, "an instance without storage", err, "ValidationException")
		if ok, err := w.TakesAttachments(t.Context(), instanceID); ok || err != nil {
			t.Errorf("TakesAttachments: %v, %v", ok, err)
		}

		_, err = w.StopContact(t.Context(), &connect.StopContactInput{InstanceId: new(instanceID), ContactId: &c.id})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.StartAttachmentUpload(t.Context(), c.Connection, announcement("note.txt", "text/plain", 1, newID()))
		wantCode(t, "an ended chat", err, "AccessDeniedException")
	})
}

func TestAttachmentsWithoutStore(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		_, err := w.StartAttachmentUpload(t.Context(), w.start().Connection, announcement("note.txt", "text/plain", 1, newID()))
		wantCode(t, "a server without files", err, "ValidationException")
		if ok, err := w.TakesAttachments(t.Context(), instanceID); ok || err != nil {
			t.Errorf("TakesAttachments: %v, %v", ok, err)
		}
	})
}

// TestStartAttachmentAtTheLimit: of many at once only as many get through as there is room for.
func TestStartAttachmentAtTheLimit(t *testing.T) {
	filesEngines(t, func(t *testing.T, w *filesWorld) {
		c := w.connected()
		errs := make(chan error)
		for i := range 8 {
			go func() {
				_, err := w.StartAttachmentUpload(background, c.Connection, announcement("note.txt", "text/plain", 1, fmt.Sprint(i)))
				errs <- err
			}()
		}
		got := map[string]int{}
		for range 8 {
			got[code(<-errs)]++
		}
		if got[""] != 3 || got["ServiceQuotaExceededException"] != 5 {
			t.Errorf("answers %v, want 3 and 5", got)
		}
	})
}

func TestCompleteAttachmentRefuses(t *testing.T) {
	filesEngines(t, func(t *testing.T, w *filesWorld) {
		c := w.connected()
		other := w.connected()
		agent := w.join(c, types.ParticipantRoleAgent)
		out := w.announce(c, "photo.png", "image/png", "not a photo")
		id := *out.AttachmentId
		w.put(out, "not a photo")
		wantCode(t, "unknown", w.complete(c, newID(), "t"), "ValidationException")
		wantCode(t, "of another participant", w.complete(agent, id, "t"), "ValidationException")
		wantCode(t, "of another chat", w.complete(other, id, "t"), "ValidationException")
		wantCode(t, "other content", w.complete(c, id, "t"), "ValidationException")
		wantCode(t, "the bytes are gone", w.complete(c, id, "t"), "ValidationException")
		if w.stored(w.row(id)) {
			t.Error("the bytes of a file that was refused are kept")
		}
		if got := attachments(w.transcript(c)); len(got) != 0 {
			t.Errorf("attachments %q", got)
		}

		// The file may be put again.
		png := "\x89PNG\r\n\x1a\n..."
		w.put(out, png)
		if err := w.complete(c, id, "t"); err != nil {
			t.Fatal(err)
		}
		wantCode(t, "once more with another token", w.complete(c, id, "u"), "ConflictException")
		if got := attachments(w.transcript(c)); len(got) != 1 {
			t.Errorf("attachments %q", got)
		}

		late := w.announce(c, "note.txt", "text/plain", "x")
		w.put(late, "x")
		row := w.row(*late.AttachmentId)
		w.advance(time.Hour)
		wantCode(t, "an hour later", w.complete(c, *late.AttachmentId, "t"), "ValidationException")
		if w.stored(row) {
			t.Error("the bytes of an orphan are kept")
		}

		open := w.announce(c, "note.txt", "text/plain", "x")
		w.put(open, "x")
		row = w.row(*open.AttachmentId)
		_, err := w.StopContact(t.Context(), &connect.StopContactInput{InstanceId: new(instanceID), ContactId: &c.id})
		if err != nil {
			t.Fatal(err)
		}
		wantCode(t, "after the end", w.complete(c, *open.AttachmentId, "t"), "AccessDeniedException")
		w.restart()
		w.advance(time.Hour)
		if w.stored(row) {
			t.Error("the bytes of an orphan of an ended chat are kept")
		}
		if _, err := w.Store.Attachment(t.Context(), *open.AttachmentId); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the row of an orphan: %v", err)
		}
	})
}

// slowStore lets a move begin when it may.
type slowStore struct {
	Objects
	moving, go_ chan struct{}
}

func (s *slowStore) Move(ctx context.Context, bucket, from, to string) error {
	s.moving <- struct{}{}
	<-s.go_
	return s.Objects.Move(ctx, bucket, from, to)
}

// TestCompleteAttachmentMeanwhile: while a file is completed, another token is refused, the same one waits for the same end, and the file is
// told once. A file whose completion died is free again after a minute.
func TestCompleteAttachmentMeanwhile(t *testing.T) {
	filesEngines(t, func(t *testing.T, w *filesWorld) {
		c := w.connected()
		out := w.announce(c, "note.txt", "text/plain", "hello")
		id := *out.AttachmentId
		w.put(out, "hello")

		slow := &slowStore{Objects: w.Objects, moving: make(chan struct{}), go_: make(chan struct{})}
		w.Objects = slow
		errs := make(chan error)
		for range 2 {
			go func() { errs <- w.complete(c, id, "t") }()
			<-slow.moving
		}
		wantCode(t, "another token meanwhile", w.complete(c, id, "u"), "ConflictException")
		close(slow.go_)
		for range 2 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		w.Objects = slow.Objects
		if got := attachments(w.transcript(c)); len(got) != 1 {
			t.Errorf("attachments %q", got)
		}

		out = w.announce(c, "note.txt", "text/plain", "hello")
		w.put(out, "hello")
		err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
			file, err := tx.Attachment(*out.AttachmentId)
			if err == nil {
				file.Completing, file.CompletingAt = "of a process that died", tx.Now().UnixMilli()
				tx.PutAttachment(file)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		wantCode(t, "just after the death", w.complete(c, *out.AttachmentId, "t"), "ConflictException")
		w.advance(time.Minute)
		if err := w.complete(c, *out.AttachmentId, "t"); err != nil {
			t.Errorf("a minute later: %v", err)
		}
	})
}

func TestGetAttachmentRefuses(t *testing.T) {
	filesEngines(t, func(t *testing.T, w *filesWorld) {
		c, other := w.connected(), w.connected()
		bot := w.join(c, types.ParticipantRoleCustomBot)
		id := w.send(c, "hello")
		pending := w.announce(c, "note.txt", "text/plain", "x")
		for what, tt := range map[string]struct {
			who  chat
			id   string
			want string
		}{
			"the sender":    {c, id, ""},
			"a bot":         {bot, id, "AccessDeniedException"},
			"another chat":  {other, id, "ValidationException"},
			"unknown":       {c, newID(), "ValidationException"},
			"not completed": {c, *pending.AttachmentId, "ValidationException"},
		} {
			_, err := w.get(tt.who, tt.id)
			wantCode(t, what, err, tt.want)
		}
		_, err := w.StopContact(t.Context(), &connect.StopContactInput{InstanceId: new(instanceID), ContactId: &c.id})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.get(c, id)
		wantCode(t, "after the end", err, "AccessDeniedException")
	})
}

// TestAttachmentOfThePast: a chat that continues another shows its files.
func TestAttachmentOfThePast(t *testing.T) {
	filesEngines(t, func(t *testing.T, w *filesWorld) {
		first := w.connected()
		id := w.send(first, "hello")
		_, err := w.StopContact(t.Context(), &connect.StopContactInput{InstanceId: new(instanceID), ContactId: &first.id})
		if err != nil {
			t.Fatal(err)
		}
		w.advance(time.Minute)
		second := w.connected(func(in *connect.StartChatContactInput) {
			in.PersistentChat = &types.PersistentChat{RehydrationType: types.RehydrationTypeEntirePastSession, SourceContactId: &first.id}
		})
		got, err := w.get(second, id)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, body := w.files.Fetch(t, *got.Url); string(body) != "hello" {
			t.Errorf("got %q", body)
		}
	})
}

// scanner answers for each file by its name, and keeps what it was asked.
type scanner struct {
	onlyInvoked
	mu     sync.Mutex
	asked  []scanRequest
	answer func(try int, name string) (string, error)
}

func (s *scanner) Invoke(_ context.Context, function string, payload []byte) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var r scanRequest
	if err := json.Unmarshal(payload, &r); err != nil {
		return nil, err
	}
	s.asked = append(s.asked, r)
	if !strings.HasSuffix(function, ":function:scan") {
		return nil, fmt.Errorf("unknown function %s", function)
	}
	answer, err := s.answer(len(s.asked), r.File.FileName)
	return []byte(answer), err
}

func TestScanner(t *testing.T) {
	const arn = "arn:aws:lambda:us-east-1:000000000000:function:scan"
	for _, tt := range []struct {
		name, answer string
		err          error
		tries        int
		want         string
	}{
		{"approves", `{"Status":"APPROVED"}`, nil, 1, "APPROVED"},
		{"rejects", `{"Status":"REJECTED"}`, nil, 1, "REJECTED"},
		{"says something else", `{"Status":"CLEAN"}`, nil, 1, "REJECTED"},
		{"says nothing", `null`, nil, 1, "REJECTED"},
		{"answers no JSON", `APPROVED`, nil, 1, "REJECTED"},
		{"fails", ``, errors.New("out of order"), 3, "REJECTED"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &scanner{answer: func(int, string) (string, error) { return tt.answer, tt.err }}
			filesEngines(t, func(t *testing.T, w *filesWorld) {
				s := &scanner{answer: s.answer}
				w.Functions = s
				w.instance(func(in *store.Instance) {
					in.Integrations = []store.Integration{{ID: "1", Type: "FILE_SCANNER", ARN: arn}}
				})
				c := w.connected()
				agent := w.join(c, types.ParticipantRoleAgent)
				id := w.send(c, "hello")
				if got := attachments(w.transcript(c)); len(got) != 0 {
					t.Errorf("before the verdict the transcript shows %q", got)
				}
				_, err := w.get(c, id)
				wantCode(t, "GetAttachment before the verdict", err, "ValidationException")
				if err := w.complete(c, id, "t"); err != nil {
					t.Errorf("Complete again before the verdict: %v", err)
				}
				w.restart()
				w.Functions = s
				w.advance(0)

				want := "note.txt " + tt.want
				if got := attachments(w.transcript(c)); len(got) != 1 || got[0] != want {
					t.Errorf("the sender sees %q, want %q", got, want)
				}
				seen := attachments(w.transcript(agent))
				_, err = w.get(agent, id)
				file := w.row(id)
				if tt.want == "APPROVED" {
					if len(seen) != 1 || err != nil || !w.stored(file) {
						t.Errorf("the agent sees %q, %v", seen, err)
					}
				} else if len(seen) != 0 || code(err) != "ValidationException" || w.stored(file) || file.DeletedAt == 0 {
					t.Errorf("the agent sees %q, %v, row %+v", seen, err, file)
				}
				w.mu.Lock()
				told := w.told[len(w.told)-1]
				w.mu.Unlock()
				if (len(told.To) == 1 && told.To[0] == c.participantID) != (tt.want == "REJECTED") {
					t.Errorf("told %v %s", told.To, told.Item)
				}
				if len(s.asked) != tt.tries {
					t.Fatalf("asked %d times, want %d", len(s.asked), tt.tries)
				}
				r := s.asked[0]
				at := r.File.FileLocation.S3Location
				if r.Version != "1.0" || r.InstanceId != instanceID || r.ContactId != c.id || r.File.FileId != id || r.File.FileName != "note.txt" ||
					r.File.FileSizeInBytes != 5 || r.File.ContentType != "text/plain" || at.Bucket != file.Bucket || at.Key != file.Key || r.File.Url == "" {
					t.Errorf("asked %+v", r)
				}
			})
		})
	}
}

// TestScannerOfTheServer: it is asked where the instance has none. One that is not there rejects.
func TestScannerOfTheServer(t *testing.T) {
	filesEngines(t, func(t *testing.T, w *filesWorld) {
		c := w.connected()
		w.Functions = &scanner{answer: func(try int, _ string) (string, error) {
			if try < 3 {
				return "", errors.New("throttled")
			}
			return `{"Status":"APPROVED"}`, nil
		}}
		w.send(c, "hello")
		w.advance(0)
		w.Functions = nil
		w.send(c, "hello")
		w.advance(0)
		if got := strings.Join(attachments(w.transcript(c)), ", "); got != "note.txt APPROVED, note.txt REJECTED" {
			t.Errorf("attachments %s", got)
		}
	}, func(c *Config) { c.Attachments.Scanner = "arn:aws:lambda:us-east-1:000000000000:function:scan" })
}

// TestScannerOfAnEndedChat: a verdict that comes too late leaves nothing behind.
func TestScannerOfAnEndedChat(t *testing.T) {
	filesEngines(t, func(t *testing.T, w *filesWorld) {
		w.Functions = &scanner{answer: func(int, string) (string, error) { return `{"Status":"APPROVED"}`, nil }}
		c := w.connected()
		id := w.send(c, "hello")
		file := w.row(id)
		_, err := w.StopContact(t.Context(), &connect.StopContactInput{InstanceId: new(instanceID), ContactId: &c.id})
		if err != nil {
			t.Fatal(err)
		}
		w.advance(time.Second)
		if _, err := w.Store.Attachment(t.Context(), id); !errors.Is(err, store.ErrNotFound) || w.stored(file) {
			t.Errorf("something is left: %v", err)
		}
	}, func(c *Config) { c.Attachments.Scanner = "arn:aws:lambda:us-east-1:000000000000:function:scan" })
}
