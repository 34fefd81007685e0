// Package center is the contact centre: live contacts, their participants, the flows they run and the queues they wait in, and the
// rules that move them. What must change together lives here, because it changes in one transaction: every request, due job and
// socket subscription becomes one update of one chat.
package center

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/openparley/parley/api/connect/types"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/bus"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/store"
)

// Config says what a contact centre stands on. Store and Tokens are required.
type Config struct {
	Store  *store.Store
	Tokens *auth.Tokens
	Scope  arn.Scope

	// MaxActiveChats is how many chats of one instance may live at the same time, waiting ones included; 0 is no limit.
	MaxActiveChats int

	// Delivery is the target that hands what is said to customers on other channels, who were written to first; empty: nobody can be.
	Delivery string

	// Destinations are addresses of the business on other channels, and the flows that chats with them begin in. An ARN of a flow
	// is a destination too.
	Destinations map[string]Destination

	// ReceiptsInGroups takes receipts while more than two participants are in a chat, which Amazon refuses.
	ReceiptsInGroups bool

	// Seed is what the flow of every contact takes its chances from; nil: its own, by the id of the contact.
	Seed *uint64

	// TraceFlows keeps a line of the flow log of every block and of the way that it led, whether its flow logs or not.
	TraceFlows bool

	// Overrule says what stands in for an effect of a flow, and what answers it instead of the world; nil where nothing does. queue is the
	// target queue of the contact. It is for tests of flows, on a server of their own; nil: the world answers.
	Overrule func(e flow.Effect, queue string) (flow.Effect, *flow.Input)

	// Objects keeps files; nil: nowhere.
	Objects Objects

	// ContactEvents are the targets that are told what happens to contacts.
	ContactEvents []string

	// Knows reports whether the operator has named a target that is not an ARN; nil: none.
	Knows func(target string) bool

	// Functions calls what messages pass and what looks at files; nil: nothing can be called.
	Functions Functions

	// KnowsFunction reports whether the operator has named a function; nil: none.
	KnowsFunction func(function string) bool

	// Pause lets some of the machine's time go by, or ctx end, before a function is called again or more of a message is told; nil: none.
	Pause func(ctx context.Context, d time.Duration)

	// Bots answer customers where a flow wants it; nil: no bot can be asked.
	Bots Bots

	// Locate makes a URL absolute that is relative to this server, for those who are not callers.
	Locate func(url string) string

	// GiveUpAfter is how long after the end of its contact a transcript is tried to be written, in the server's time; 0: for ever.
	GiveUpAfter time.Duration

	// Attachments says what files participants may send.
	Attachments AttachmentLimits

	// IdentityProviders say who a customer is; nil: nobody can sign in.
	IdentityProviders IdentityProviders

	// Publish tells every node of an item, after its transaction was committed.
	Publish func(bus.Message)

	// Wake tells the job runner that a job of a lane was committed which is due at that time.
	Wake func(lane int, due time.Time)

	Log *slog.Logger
}

// Destination is where a chat begins that comes from another channel.
type Destination struct{ InstanceID, FlowID string }

// Objects keeps files under a bucket and a key. What asks for a file that is not there fails with fs.ErrNotExist. URLs without a host are
// relative to this server.
type Objects interface {
	// Write stores what fill writes, in place of what was there, unless fill fails. It calls fill once.
	Write(ctx context.Context, bucket, key, contentType string, fill func(io.Writer) error) error

	Get(ctx context.Context, bucket, key string) (io.ReadCloser, error)
	Stat(ctx context.Context, bucket, key string) (size int64, err error)
	Move(ctx context.Context, bucket, from, to string) error // what is there already stays
	Delete(ctx context.Context, bucket, key string) error
	PresignPut(ctx context.Context, bucket, key, contentType string, size int64, life time.Duration) (
		url string, headers map[string]string, err error)
	PresignGet(ctx context.Context, bucket, key, contentType, fileName string, life time.Duration) (url string, err error)
}

// Functions calls a function outside, by its name or ARN, such as one of AWS Lambda.
type Functions interface {
	// Invoke returns what the function answers.
	Invoke(ctx context.Context, function string, payload []byte) ([]byte, error)

	// Start has it called without waiting for the answer, and returns the id of the request once it is accepted.
	Start(ctx context.Context, function string, payload []byte) (requestID string, err error)
}

// Service is a contact centre. It keeps no contact in memory, so that any node can handle any contact.
type Service struct {
	Config

	lanes map[string]int // of jobs that are not rules of a chat, by kind

	calls calls

	flowsMu sync.Mutex
	flows   map[flowVersion]*flow.Flow // compiled; versions never change
}

// New returns a contact centre.
func New(c Config) *Service {
	if c.Publish == nil {
		c.Publish = func(bus.Message) {}
	}
	if c.Wake == nil {
		c.Wake = func(int, time.Time) {}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Locate == nil {
		c.Locate = func(url string) string { return url }
	}
	if c.Pause == nil {
		c.Pause = func(context.Context, time.Duration) {}
	}
	s := &Service{Config: c, lanes: map[string]int{}, calls: calls{active: map[string]int{}}, flows: map[flowVersion]*flow.Flow{}}
	for kind := range outsideJobs {
		s.lanes[kind] = store.LaneCall
	}
	s.lanes[jobElsewhere], s.lanes[jobGuide] = store.LaneChat, store.LaneChat // they ask nobody outside
	s.lanes[jobRecord], s.lanes[jobOrphan] = store.LaneFile, store.LaneFile
	return s
}

// scene is one chat inside one transaction: what a rule may read and change, and the only way it acts.
type scene struct {
	*Service
	tx      *store.Tx
	chat    *store.Chat
	contact *store.Contact // the current segment

	chatChanged, contactChanged bool

	current flowVersion // what flow holds
	flow    *flow.Flow
}

// update runs fn on a chat in one transaction. A chat that does not exist makes errNoChat.
func (s *Service) update(ctx context.Context, key store.Key, fn func(*scene) error) error {
	return s.Store.Update(ctx, key, func(tx *store.Tx) error {
		sc := &scene{Service: s, tx: tx, chat: tx.Chat(), contact: tx.Contact()}
		if sc.chat == nil || sc.contact == nil {
			return errNoChat
		}
		if err := fn(sc); err != nil {
			return err
		}
		return sc.save()
	})
}

// errNoChat says that no chat has the id asked for; callers answer what their operation answers then.
var errNoChat = errors.New("no such chat")

func (sc *scene) save() error {
	if sc.chatChanged {
		sc.tx.PutChat(sc.chat)
	}
	if sc.contactChanged {
		if sc.contact.EndedAt != 0 {
			if err := sc.record(); err != nil {
				return err
			}
		}
		sc.contact.UpdatedAt = sc.now()
		sc.tx.PutContact(sc.contact)
	}
	sc.chatChanged, sc.contactChanged = false, false
	return nil
}

// now is the transaction's time in Unix milliseconds.
func (sc *scene) now() int64 { return sc.tx.Now().UnixMilli() }

// putJob stores a job of this chat, due after d, and wakes the runner once it is committed.
func (sc *scene) putJob(kind, key string, d time.Duration, payload []byte) {
	due := sc.tx.Now().Add(d)
	lane := sc.lanes[kind]
	sc.tx.PutJob(store.Job{Kind: kind, Key: key, ChatID: sc.chat.ID, Lane: lane, Due: due.UnixMilli(), Payload: payload})
	sc.tx.AfterCommit(func() { sc.Wake(lane, due) })
}

// tellOutside has the current contact tell something to a target, after all that its chat has told it before. Only Target, Kind, Body and
// Attributes are given, and ContactID for another contact.
func (sc *scene) tellOutside(o store.Out) {
	if o.ContactID == "" {
		o.ContactID = sc.contact.ID
	}
	o.ChatID, o.InstanceID, o.At = sc.chat.ID, sc.chat.InstanceID, sc.now()
	o.Stream = o.ChatID + "/" + o.Target
	sc.tx.PutOut(o)
	sc.tx.Tell(o)
	now := sc.tx.Now()
	sc.tx.AfterCommit(func() { sc.Wake(store.LaneTell, now) })
}

// live reports whether the chat goes on.
func (sc *scene) live() bool { return sc.chat.EndedAt == 0 }

func newID() string { return uuid.NewString() }

func conflict(why string) error { return &types.ConflictException{Message: &why} }

// accessDenied is what every operation of a participant answers once the chat is over or the participant has left; clients take
// its status for the end of the chat. Source: participant-wire sheet, 2.1 and 9.5.
func accessDenied() error { return &ptypes.AccessDeniedException{Message: new("Access denied")} }

// notConnected refuses a participant who was asked to join and did not connect yet.
func notConnected() error {
	return &ptypes.AccessDeniedException{Message: new(
		"Access denied: connect first, with a subscribed WebSocket or CreateParticipantConnection with ConnectParticipant true")}
}

func participantInvalid(why string) error { return &ptypes.ValidationException{Message: &why} }
