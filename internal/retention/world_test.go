package retention

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/internal/admin"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/blob"
	"github.com/openparley/parley/internal/center"
	"github.com/openparley/parley/internal/clock"
	"github.com/openparley/parley/internal/job"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/store/storetest"
)

const (
	instanceID = "00000000-0000-4000-8000-0000000000a1"
	otherID    = "00000000-0000-4000-8000-0000000000a2"
	bucket     = "parley-test"
	quietFlow  = `{"Version":"2019-10-30","StartAction":"pause","Actions":[
		{"Identifier":"pause","Type":"Wait","Parameters":{"TimeLimitSeconds":"604800"},"Transitions":{"NextAction":"end",
			"Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}],
			"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`
)

// world is a contact centre with two instances on a database and a folder of its own, with a clock moved by hand.
type world struct {
	*Service
	t       *testing.T
	dsn     string
	folder  string
	objects *blob.Disk
	clock   *clock.Clock
	jobs    *job.Runner
	center  *center.Service
	days    map[string]Days // by instance

	tokens  map[string]string // ClientTokens by chat
	written map[string]string // keys of transcripts by chat

	mu      sync.Mutex
	broken  string // key of a file that can not be deleted
	deletes int

	deleting func(key string) // is told of files before they are deleted; nil: nobody is
}

func engines(t *testing.T, test func(*testing.T, *world)) {
	storetest.Engines(t, func(t *testing.T, e storetest.Engine) {
		t.Parallel()
		test(t, newWorld(t, e))
	})
}

func newWorld(t *testing.T, e storetest.Engine) *world {
	w := &world{
		t: t, dsn: storetest.DSN(t, e), folder: t.TempDir(), days: map[string]Days{}, tokens: map[string]string{}, written: map[string]string{},
		clock: clock.Manual(time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)),
	}
	st := storetest.OpenDSN(t, w.dsn, store.Options{Now: w.clock.Now})
	err := st.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
		for _, id := range []string{instanceID, otherID} {
			admin.CreateInstance(tx, admin.NewInstance{ID: id, Alias: "test"})
			tx.PutFlow(&store.Flow{ID: flowOf(id), InstanceID: id, Name: "quiet", Type: "CONTACT_FLOW", State: "ACTIVE", Published: 1})
			tx.PutFlowVersion(&store.FlowVersion{FlowID: flowOf(id), Version: 1, Content: quietFlow})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.objects, err = blob.OpenDisk(w.folder, blob.DiskOptions{Secrets: [][]byte{make([]byte, 32)}, Now: w.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.objects.Close() })
	tokens, err := auth.NewTokens([]auth.TokenKey{{ID: "k", Secret: make([]byte, 32)}}, w.clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	w.center = center.New(center.Config{Store: st, Tokens: tokens, Scope: arn.Scope{Region: "us-east-1", Account: "000000000000"}, Objects: w.objects})
	w.Service = New(Config{
		Store: st, Objects: w, Center: w.center, Days: func(in *store.Instance) Days { return w.days[in.ID] },
	})
	w.jobs = job.New(st, w.clock, func(ctx context.Context, j store.Job) error {
		if Does(j.Kind) {
			return w.RunJob(ctx, j)
		}
		return w.center.RunJob(ctx, j)
	}, job.Options{})
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

func flowOf(instance string) string { return strings.Replace(instance, "a", "f", 1) }

// world is the place of files, one of which may be broken.

func (w *world) Delete(ctx context.Context, bucket, key string) error {
	if w.deleting != nil {
		w.deleting(key)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.deletes++
	if key == w.broken {
		return errors.New("the disk is on fire")
	}
	return w.objects.Delete(ctx, bucket, key)
}

// change changes a chat.
func (w *world) change(chat string, do func(*store.Tx) error) {
	w.t.Helper()
	if err := w.Store.Update(w.t.Context(), store.Key{Chat: chat}, do); err != nil {
		w.t.Fatal(err)
	}
}

// advance moves the clock by days and a minute: a round goes on after a pause.
func (w *world) advance(days int) {
	w.t.Helper()
	if err := w.jobs.Advance(w.t.Context(), w.clock.Now().AddDate(0, 0, days).Add(time.Minute)); err != nil {
		w.t.Fatal(err)
	}
}

// secret is what a customer says, and does not want to be found.
const secret = "kunigunde-4711"

// chat starts a chat of a customer in which everything holds the secret; a file is attached.
func (w *world) chat(instance, customer string) string {
	w.t.Helper()
	ctx, token := w.t.Context(), secret+rand.Text()
	out, err := w.center.StartChatContact(ctx, &connect.StartChatContactInput{
		InstanceId: &instance, ContactFlowId: new(flowOf(instance)), CustomerId: reply.Text(customer), ClientToken: &token,
		ParticipantDetails: &types.ParticipantDetails{DisplayName: new(secret + " name")},
		Attributes:         map[string]string{"note": secret + " attribute"},
		InitialMessage:     &types.ChatMessage{ContentType: new("text/plain"), Content: new(secret + " first")},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	id := *out.ContactId
	w.tokens[id] = token
	for range 3 {
		_, err := w.center.SendMessage(ctx, auth.Connection{ChatID: id, ParticipantID: *out.ParticipantId}, &participant.SendMessageInput{
			Content: new(secret + " message"), ContentType: new("text/plain"),
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	if err := w.put(attachmentKey(id)); err != nil {
		w.t.Fatal(err)
	}
	err = w.Store.Update(ctx, store.Key{Chat: id}, func(tx *store.Tx) error {
		tx.PutAttachment(&store.Attachment{
			ID: "attachment-" + id, ChatID: id, ContactID: id, InstanceID: instance, Status: "APPROVED", Name: secret + ".txt",
			ContentType: "text/plain", Size: 20, Bucket: bucket, Key: attachmentKey(id),
			CreatedAt: tx.Now().UnixMilli(), CompletedAt: tx.Now().UnixMilli(),
		})
		tx.Contact().Description = secret + " description"
		tx.PutContact(tx.Contact())
		tx.AppendFlowLog(id, tx.Now().UnixMilli(), []byte(secret+" logged"))
		for _, dead := range []int64{0, 0, 1} {
			tx.PutOut(store.Out{
				Stream: id + "/target", Target: "target", ChatID: id, ContactID: id, InstanceID: instance, Kind: "item",
				Body: []byte(secret + " told"), DeadAt: dead,
			})
		}
		tx.PutBinding(store.Binding{Scope: instance, Key: secret + id, ChatID: id})
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

func attachmentKey(chat string) string { return "connect/test/Attachments/" + chat + ".txt" }

// put stores a file that holds the secret.
func (w *world) put(key string) error {
	return w.objects.Write(w.t.Context(), bucket, key, "text/plain", func(to io.Writer) error {
		_, err := io.WriteString(to, secret+" attached")
		return err
	})
}

// ended is a chat that has ended, and its transcript was written.
func (w *world) ended(instance, customer string) string {
	w.t.Helper()
	id := w.chat(instance, customer)
	if _, err := w.center.StopContact(w.t.Context(), &connect.StopContactInput{InstanceId: &instance, ContactId: &id}); err != nil {
		w.t.Fatal(err)
	}
	if err := w.jobs.Advance(w.t.Context(), w.clock.Now()); err != nil {
		w.t.Fatal(err)
	}
	ct, err := w.Store.Contact(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	_, w.written[id], _ = strings.Cut(ct.Transcript, "/")
	return id
}

// left tells what is left of a chat: letters for the transcript, its file, the attachment, its file and the contact.
func (w *world) left(id string) string {
	w.t.Helper()
	ctx := w.t.Context()
	var s strings.Builder
	chat, err := w.Store.Chat(ctx, id)
	if err == nil {
		items, err := w.Store.Items(ctx, chat.Num, store.ItemQuery{})
		if err != nil {
			w.t.Fatal(err)
		}
		if len(items) > 0 {
			s.WriteString("T")
		}
		s.WriteString("c")
	} else if !errors.Is(err, store.ErrNotFound) {
		w.t.Fatal(err)
	}
	for letter, key := range map[string]string{"t": w.written[id], "a": attachmentKey(id)} {
		if key == "" {
			continue
		}
		_, err := w.objects.Stat(ctx, bucket, key)
		if err == nil {
			s.WriteString(letter)
		} else if !errors.Is(err, fs.ErrNotExist) {
			w.t.Fatal(err)
		}
	}
	if _, err := w.Store.Attachment(ctx, "attachment-"+id); err == nil {
		s.WriteString("A")
	}
	sorted := ""
	for _, letter := range "TtAac" {
		if strings.ContainsRune(s.String(), letter) {
			sorted += string(letter)
		}
	}
	return sorted
}

// wantLeft checks what is left of chats.
func (w *world) wantLeft(when, want string, ids ...string) {
	w.t.Helper()
	for _, id := range ids {
		if got := w.left(id); got != want {
			w.t.Errorf("%s: left of the chat is %q, want %q", when, got, want)
		}
	}
}

// holdsSecret names the files of a folder, and of those below it, that hold the secret.
func holdsSecret(t *testing.T, folder string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if strings.Contains(string(content), secret) {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
