package chat

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/openparley/parley/api/connect"
	ctypes "github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/api/participant/types"
)

// Customer is who starts a chat, and how.
type Customer struct {
	InstanceID string
	FlowID     string // flow, or "FLOW:VERSION"
	Name       string // shown to others; 1 to 256 characters

	Attributes   map[string]string
	FirstMessage string // said before anything else, in plain text
	CustomerID   string
	Minutes      int32 // life of the whole chat, 60 to 10080; 0 is 1500

	// Accepts are content types beside text/plain: [Markdown], [JSON], [Interactive] with [InteractiveResponse].
	Accepts []string
	// Incremental has answers of bots come in parts, see [Partials].
	Incremental bool

	// Continues is a contact of a chat that has ended, whose items come before those of this one: [Session.Transcript] reads them.
	Continues string
	// FromSegment takes that contact and what came before it alone, instead of the whole chat of which it is the first.
	FromSegment bool

	// Token makes a repeated Start answer with the chat already started; "" is one of its own.
	Token string
}

func (c *Customer) input() *connect.StartChatContactInput {
	in := &connect.StartChatContactInput{
		InstanceId: &c.InstanceID, ContactFlowId: &c.FlowID, ParticipantDetails: &ctypes.ParticipantDetails{DisplayName: &c.Name},
		Attributes: c.Attributes, ClientToken: &c.Token, CustomerId: optional(c.CustomerID),
	}
	if c.Token == "" {
		in.ClientToken = new(newToken())
	}
	if c.FirstMessage != "" {
		in.InitialMessage = &ctypes.ChatMessage{Content: &c.FirstMessage, ContentType: new(Plain)}
	}
	if c.Minutes != 0 {
		in.ChatDurationInMinutes = &c.Minutes
	}
	if len(c.Accepts) > 0 {
		in.SupportedMessagingContentTypes = append([]string{Plain}, c.Accepts...)
	}
	if c.Incremental {
		in.ParticipantConfiguration = &ctypes.ParticipantConfiguration{ResponseMode: ctypes.ResponseModeIncremental}
	}
	if c.Continues != "" {
		in.PersistentChat = &ctypes.PersistentChat{SourceContactId: &c.Continues, RehydrationType: ctypes.RehydrationTypeEntirePastSession}
		if c.FromSegment {
			in.PersistentChat.RehydrationType = ctypes.RehydrationTypeFromSegment
		}
	}
	return in
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Saved is a session at rest: small, and good as JSON. It holds the right to speak in the chat, so keep it as you would a password.
type Saved struct {
	Endpoint, ParticipantToken string
	ParticipantID, ContactID   string                `json:",omitempty"`
	Role                       types.ParticipantRole `json:",omitempty"`
	// Last is the id of the newest item that the program has taken and the transcript keeps.
	Last string `json:",omitempty"`
}

// String leaves the token out.
func (s Saved) String() string {
	return fmt.Sprintf("chat %s at %s, participant %s, after %s", s.ContactID, s.Endpoint, s.ParticipantID, s.Last)
}

// Session is a participant of a chat. Its methods may be called at the same time.
type Session struct {
	o     options
	api   *participant.Client
	saved Saved // but for Last

	ctx    context.Context // until Close
	cancel context.CancelCauseFunc
	wg     sync.WaitGroup
	live   chan struct{} // closed when first live
	over   chan struct{} // closed when the chat is over

	mu      sync.Mutex
	status  Status
	err     error  // of Err
	last    string // of Saved
	left    bool   // Disconnect was called
	removed bool   // the chat says that this participant has left

	doubts   chan struct{} // the chat may be over, or the participant removed
	idle     func()        // closes connections that are the session's own
	notices  chan struct{} // holds one value while notify is not called
	tokens   tokens
	inbox    inbox
	ledger   ledger
	out      chan Item
	speaking chan struct{} // holds one value while nobody sends a message
	marks    marks
}

// Start starts a chat and joins it as its customer. It returns when the session is live, or the error of StartChatContact as it came. A
// StartChatContact that was not answered is repeated, and starts one chat alone.
//
// The Participant Service is looked for where the client sends its requests: at its BaseEndpoint, or at Amazon in its Region. [At] says
// otherwise. The context bounds Start, not the session.
func Start(ctx context.Context, client *connect.Client, c Customer, opts ...Option) (*Session, error) {
	o := optionsOf(opts)
	if o.endpoint == "" {
		o.endpoint = endpointOf(client.Options())
	}
	if o.endpoint == "" {
		return nil, errors.New("chat: say where the Participant Service is, with At")
	}
	within, cancel := context.WithTimeout(ctx, o.connectWithin)
	defer cancel()
	in := c.input()
	var out *connect.StartChatContactOutput
	for attempt := 1; ; attempt++ {
		var err error
		if out, err = client.StartChatContact(within, in); err == nil {
			break
		}
		if judge(err) != passing || pause(within, o.pause(attempt)) != nil {
			return nil, err
		}
	}
	return begin(within, Saved{
		Endpoint: o.endpoint, ParticipantToken: text(out.ParticipantToken), ParticipantID: text(out.ParticipantId),
		ContactID: text(out.ContactId), Role: o.role,
	}, o)
}

// endpointOf is where the Participant Service is for a client of the connect service. At Amazon it has hosts of its own, so an address there
// tells no more than the Region does.
func endpointOf(o connect.Options) string {
	u, err := url.Parse(text(o.BaseEndpoint))
	if err != nil || u.Host == "" {
		return o.Region
	}
	for _, amazon := range []string{".amazonaws.com", ".amazonaws.com.cn", ".api.aws"} {
		if strings.HasSuffix(strings.ToLower(u.Hostname()), amazon) {
			return o.Region
		}
	}
	return *o.BaseEndpoint
}

// Join joins a chat with a participant token, of StartChatContact or CreateParticipant. The endpoint is the URL of a server, or a Region
// of Amazon such as us-east-1. It returns when the session is live; the context bounds Join, not the session.
func Join(ctx context.Context, endpoint, participantToken string, opts ...Option) (*Session, error) {
	o := optionsOf(opts)
	within, cancel := context.WithTimeout(ctx, o.connectWithin)
	defer cancel()
	return begin(within, Saved{Endpoint: endpoint, ParticipantToken: participantToken, Role: o.role}, o)
}

// Resume goes on where a session was saved: the first item is the one after the last that the program took. The session that was saved
// may still be there; then both get what follows.
func Resume(ctx context.Context, saved Saved, opts ...Option) (*Session, error) {
	if saved.Role != "" {
		opts = append([]Option{As(saved.Role)}, opts...)
	}
	o := optionsOf(opts)
	within, cancel := context.WithTimeout(ctx, o.connectWithin)
	defer cancel()
	return begin(within, saved, o)
}

// begin opens a session and waits until it is live.
func begin(ctx context.Context, saved Saved, o options) (*Session, error) {
	s := &Session{
		o: o, saved: saved, live: make(chan struct{}), over: make(chan struct{}), last: saved.Last,
		out: make(chan Item), speaking: make(chan struct{}, 1), doubts: make(chan struct{}, 1), idle: func() {},
		notices: make(chan struct{}, 1),
	}
	if o.http == nil {
		s.o.http, s.idle = ownClient()
	}
	api := participant.Options{HTTPClient: s.o.http, Retryer: aws.NopRetryer{}} // the session repeats what it may
	switch u, err := url.Parse(saved.Endpoint); {
	case saved.Endpoint == "":
		return nil, errors.New("chat: there is neither a URL nor a Region")
	case err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https"):
		api.BaseEndpoint = &saved.Endpoint
	case strings.ContainsAny(saved.Endpoint, ":/. "):
		return nil, fmt.Errorf("chat: %q is neither a URL, which begins with http:// or https://, nor a Region such as us-east-1", saved.Endpoint)
	}
	api.Region = saved.Endpoint
	if api.BaseEndpoint != nil {
		api.Region = "us-east-1" // not used
	}
	s.api = participant.New(api)
	s.ctx, s.cancel = context.WithCancelCause(context.Background())
	s.inbox.ready = make(chan struct{}, 1)
	s.ledger.open(saved.Last)
	s.marks.wake = make(chan struct{}, 1)
	s.tokens.asking = make(chan struct{}, 1)
	for _, free := range []chan struct{}{s.speaking, s.notices, s.tokens.asking} { // a bubble's time stands still for a Mutex
		free <- struct{}{}
	}
	s.wg.Go(s.keep)
	s.wg.Go(s.tell)
	s.wg.Go(s.mark)
	select {
	case <-s.live:
		return s, nil
	case <-s.over:
		err := s.Err()
		if err == nil {
			return s, nil // the chat has said all that it had to say
		}
		s.Close()
		return nil, fmt.Errorf("chat: join: %w", err)
	case <-ctx.Done():
		err := s.Status().Err
		s.Close()
		return nil, fmt.Errorf("chat: join: %w", errors.Join(ctx.Err(), err))
	}
}

// Close ends the session and lets everything go that it holds. The participant stays in the chat: see [Session.Disconnect].
func (s *Session) Close() error {
	s.finish(ErrClosed)
	s.cancel(ErrClosed)
	s.wg.Wait()
	s.idle()
	return nil
}

// ContactID is the first contact of the chat, if the session was started here or saved with it.
func (s *Session) ContactID() string { return s.saved.ContactID }

// ParticipantID is who this is, if the session was started here or saved with it.
func (s *Session) ParticipantID() string { return s.saved.ParticipantID }

// Save is what [Resume] needs. Inside a loop over Items the item at hand counts as taken.
func (s *Session) Save() Saved {
	s.mu.Lock()
	defer s.mu.Unlock()
	saved := s.saved
	saved.Last = s.last
	return saved
}

// Status says how the session stands.
func (s *Session) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}

// Err is why the session ended: nil while it has not, and after the end of the chat was seen, this participant disconnected, or the
// program closed the session; else [ErrEndedAway], [ErrRemoved], or what the service refused.
func (s *Session) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Items gives each item once and in order, from the beginning of the chat or from where it was left: a loop may end and another go on.
// It ends with the session, when all items have been given, or with the context. Of a chat that this one continues nothing is given:
// [Session.Transcript] has it.
func (s *Session) Items(ctx context.Context) iter.Seq[Item] {
	return func(yield func(Item) bool) {
		for ctx.Err() == nil {
			select {
			case it, ok := <-s.out:
				if !ok {
					return
				}
				s.took(it)
				if !yield(it) {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}
}

func (s *Session) took(it Item) {
	h := it.Common()
	if _, part := it.(*Partial); !part && isKept(h.Wire) {
		s.mu.Lock()
		s.last = h.ID
		s.mu.Unlock()
	}
	if s.o.read && s.markable(it) {
		s.marks.add(h.ID, "message.read")
	}
}

// suspect looks for news that this participant has left. One whose id is not known may take another of its role for itself, so the
// service is asked. A customer who has left may still be asked how it was, until the chat ends.
func (s *Session) suspect(w *types.Item) {
	if w.Type != types.ChatItemTypeEvent || event(w) != "participant.left" || w.ParticipantRole == types.ParticipantRoleCustomer {
		return
	}
	if s.own(Participant{ID: text(w.ParticipantId), Role: w.ParticipantRole}) {
		s.setRemoved(true)
		signal(s.doubts)
	}
}

func (s *Session) setRemoved(removed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.removed = removed
}

// away is why the service denies what it granted before.
func (s *Session) away() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.removed {
		return ErrRemoved
	}
	return ErrEndedAway
}

// own says whether this participant said something; without its id, whether one of its role did.
func (s *Session) own(p Participant) bool {
	if s.saved.ParticipantID != "" {
		return p.ID == s.saved.ParticipantID
	}
	return p.Role == s.o.role
}

// change makes a status known.
func (s *Session) change(st Status) {
	<-s.notices
	defer signal(s.notices)
	s.mu.Lock()
	if s.status.Phase == Over {
		s.mu.Unlock()
		return
	}
	s.status = st
	s.mu.Unlock()
	s.o.notify(st)
}

// finish ends the session, once. What is in the inbox is still told.
func (s *Session) finish(why error) {
	<-s.notices
	defer signal(s.notices)
	s.mu.Lock()
	if s.status.Phase == Over {
		s.mu.Unlock()
		return
	}
	s.status = Status{Phase: Over, Err: why}
	if s.left && (errors.Is(why, ErrEndedAway) || errors.Is(why, ErrRemoved)) {
		s.status.Err = ErrEnded
	}
	if err := s.status.Err; !errors.Is(err, ErrClosed) && !errors.Is(err, ErrEnded) {
		s.err = err
	}
	st := s.status
	close(s.over)
	s.mu.Unlock()
	s.inbox.close()
	s.o.notify(st)
}
