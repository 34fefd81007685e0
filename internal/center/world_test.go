package center

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/smithy-go"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/admin"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/bus"
	"github.com/openparley/parley/internal/clock"
	"github.com/openparley/parley/internal/job"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/store/storetest"
)

const (
	instanceID = "00000000-0000-4000-8000-0000000000a1"
	flowID     = "00000000-0000-4000-8000-0000000000f1"
)

// quietFlow waits for an hour and ends the contact.
const quietFlow = `{"Version":"2019-10-30","StartAction":"pause","Actions":[
	{"Identifier":"pause","Type":"Wait","Parameters":{"TimeLimitSeconds":"604800"},"Transitions":{"NextAction":"end",
		"Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}],
		"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// world is a contact centre on a database of its own, with a clock moved by hand.
type world struct {
	*Service
	t     testing.TB
	dsn   string
	clock *clock.Clock
	jobs  *job.Runner

	mu   sync.Mutex
	told []bus.Message
}

func newWorld(t testing.TB, e storetest.Engine, change ...func(*Config)) *world {
	t.Helper()
	w := &world{t: t, dsn: storetest.DSN(t, e), clock: clock.Manual(time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC))}
	w.open(change...)
	ids := map[string]string{admin.DemoFlow: "00000000-0000-4000-8000-0000000000f0"}
	err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
		admin.CreateInstance(tx, admin.NewInstance{ID: instanceID, Alias: "test", IDs: ids})
		tx.PutFlow(&store.Flow{ID: flowID, InstanceID: instanceID, Name: "quiet", Type: "CONTACT_FLOW", State: "ACTIVE", Published: 1})
		tx.PutFlowVersion(&store.FlowVersion{FlowID: flowID, Version: 1, Content: quietFlow})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) open(change ...func(*Config)) {
	w.t.Helper()
	tokens, err := auth.NewTokens([]auth.TokenKey{{ID: "k", Secret: make([]byte, 32)}}, w.clock.Now)
	if err != nil {
		w.t.Fatal(err)
	}
	c := Config{
		Store: storetest.OpenDSN(w.t, w.dsn, store.Options{Now: w.clock.Now}), Tokens: tokens,
		Scope: arn.Scope{Region: "us-east-1", Account: "000000000000"},
		Publish: func(m bus.Message) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.told = append(w.told, m)
		},
		Pause: func(ctx context.Context, d time.Duration) {
			if d == partPause { // until the bot has spoken
				<-ctx.Done()
			}
		},
	}
	for _, f := range change {
		f(&c)
	}
	w.Service = New(c)
	w.jobs = job.New(w.Store, w.clock, w.do, job.Options{})
}

// do does a job; what is to be told stays where a test can read it.
func (w *world) do(ctx context.Context, j store.Job) error {
	if j.Kind != store.JobTell {
		return w.RunJob(ctx, j)
	}
	return w.Store.Update(ctx, store.Key{Chat: j.ChatID}, func(tx *store.Tx) error {
		tx.DeleteJob(j.Kind, j.Key)
		return nil
	})
}

func (w *world) advance(d time.Duration) {
	w.t.Helper()
	if err := w.jobs.Advance(w.t.Context(), w.clock.Now().Add(d)); err != nil {
		w.t.Fatal(err)
	}
}

// request is a StartChatContact with what is required, changed by the caller.
func request(change ...func(*connect.StartChatContactInput)) *connect.StartChatContactInput {
	in := &connect.StartChatContactInput{
		InstanceId: new(instanceID), ContactFlowId: new(flowID),
		ParticipantDetails: &types.ParticipantDetails{DisplayName: new("Ana")},
	}
	for _, f := range change {
		f(in)
	}
	return in
}

// chat is a started chat with a connection of its customer.
type chat struct {
	id, participantID string
	auth.Connection
}

func (w *world) start(change ...func(*connect.StartChatContactInput)) chat {
	w.t.Helper()
	out, err := w.StartChatContact(w.t.Context(), request(change...))
	if err != nil {
		w.t.Fatal(err)
	}
	return chat{*out.ContactId, *out.ParticipantId, auth.Connection{ChatID: *out.ContactId, ParticipantID: *out.ParticipantId}}
}

func (w *world) say(c chat, content string, token ...string) *participant.SendMessageOutput {
	w.t.Helper()
	in := &participant.SendMessageInput{Content: &content, ContentType: new("text/plain")}
	if len(token) > 0 {
		in.ClientToken = &token[0]
	}
	out, err := w.SendMessage(w.t.Context(), c.Connection, in)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// transcript reads all items, oldest first.
func (w *world) transcript(c chat) []ptypes.Item {
	w.t.Helper()
	out, err := w.GetTranscript(w.t.Context(), c.Connection, &participant.GetTranscriptInput{
		MaxResults: new(int32(100)), ScanDirection: ptypes.ScanDirectionForward, SortOrder: ptypes.SortKeyAscending,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out.Transcript
}

func (w *world) describe(id string) *types.Contact {
	w.t.Helper()
	out, err := w.DescribeContact(w.t.Context(), &connect.DescribeContactInput{InstanceId: new(instanceID), ContactId: &id})
	if err != nil {
		w.t.Fatal(err)
	}
	return out.Contact
}

func (w *world) liveChats() int {
	w.t.Helper()
	var n int
	err := w.Store.Update(w.t.Context(), store.Key{}, func(tx *store.Tx) (err error) {
		n, err = tx.CountLiveChats(instanceID, 1000)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// code is the error's name on the wire, "" for none.
func code(err error) string {
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		return e.ErrorCode()
	}
	if err != nil {
		return "internal: " + err.Error()
	}
	return ""
}

func contents(items []ptypes.Item) []string {
	var all []string
	for _, it := range items {
		if it.Type == ptypes.ChatItemTypeMessage {
			all = append(all, *it.Content)
		}
	}
	return all
}

func wantCode(t testing.TB, what string, err error, want string) {
	t.Helper()
	if got := code(err); got != want {
		t.Errorf("%s: error %q (%v), want %q", what, got, err, want)
	}
}

func engines(t *testing.T, test func(t *testing.T, w *world), change ...func(*Config)) {
	storetest.Engines(t, func(t *testing.T, e storetest.Engine) {
		t.Parallel()
		test(t, newWorld(t, e, change...))
	})
}

var background = context.Background()

func wantMessages(t testing.TB, what string, got []ptypes.Item, want ...string) {
	t.Helper()
	if !slices.Equal(contents(got), want) {
		t.Errorf("%s: messages %q, want %q", what, contents(got), want)
	}
}

// join adds somebody of a role to a chat, and connects.
func (w *world) join(c chat, role types.ParticipantRole) chat {
	w.t.Helper()
	return w.joinContact(c, c.id, role)
}

// joinContact does the same for a chat that goes on in this contact.
func (w *world) joinContact(c chat, contact string, role types.ParticipantRole) chat {
	w.t.Helper()
	out, err := w.CreateParticipant(w.t.Context(), &connect.CreateParticipantInput{
		InstanceId: new(instanceID), ContactId: &contact, ParticipantDetails: &types.ParticipantDetailsToAdd{ParticipantRole: role},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	who := auth.Participant{ChatID: c.id, ParticipantID: *out.ParticipantId}
	_, err = w.CreateParticipantConnection(w.t.Context(), who, &participant.CreateParticipantConnectionInput{ConnectParticipant: new(true)})
	if err != nil {
		w.t.Fatal(err)
	}
	return chat{c.id, *out.ParticipantId, auth.Connection(who)}
}

// toldTo returns the contents of the messages that were published for a participant.
func (w *world) toldTo(c chat) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []ptypes.Item
	for _, m := range w.told {
		var it ptypes.Item
		if err := json.Unmarshal(m.Item, &it); err != nil {
			w.t.Fatal(err)
		}
		if len(m.To) == 0 || slices.Contains(m.To, c.participantID) {
			all = append(all, it)
		}
	}
	return contents(all)
}
