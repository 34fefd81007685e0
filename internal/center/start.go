package center

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

const (
	// subscribeDeadline is how long a customer has from StartChatContact to the first subscription.
	// Source: API reference, StartChatContact ("clients must subscribe … within 5 minutes").
	subscribeDeadline = 5 * time.Minute

	// defaultChatDuration is the life of a chat without ChatDurationInMinutes. Source: API reference, StartChatContact.
	defaultChatDuration = 25 * time.Hour

	// startTokenLife is how long a ClientToken of StartChatContact is remembered. Source: API reference of the sister operations.
	startTokenLife = 7 * 24 * time.Hour

	// messageStreaming is the instance attribute that lets bots answer piece by piece. It is on unless switched off.
	messageStreaming = "MESSAGE_STREAMING"

	flowTypeInbound       = "CONTACT_FLOW"
	flowTypeAgentTransfer = "AGENT_TRANSFER"
	flowTypeQueueTransfer = "QUEUE_TRANSFER"
	subtypeGuide          = "connect:Guide"
	subtypeName           = "connect:Subtype"
)

// startAnswer is what a repeated StartChatContact is answered with; the token is issued again.
type startAnswer struct{ ContactID, ParticipantID, ContinuedFromID string }

// StartChatContact makes a chat: the contact, its customer and the first run of its flow, which speaks at once and does not wait
// for the customer's connection.
func (s *Service) StartChatContact(ctx context.Context, in *connect.StartChatContactInput) (*connect.StartChatContactOutput, error) {
	instanceID, ok := s.Scope.InstanceID(*in.InstanceId)
	if !ok {
		return nil, reply.NotFound("Instance")
	}
	chat, contact, err := newChat(instanceID, in)
	if err != nil {
		return nil, err
	}
	if m := in.InitialMessage; m != nil {
		if err := checkInitialMessage(*m.ContentType, *m.Content, chat.ContentTypes); err != nil {
			return nil, err
		}
	}
	answer, err := s.begin(ctx, beginning{in: in, chat: chat, contact: contact, token: s.startRequest(chat, in)})
	if err != nil {
		return nil, err
	}
	return &connect.StartChatContactOutput{
		ContactId:              &answer.ContactID,
		ParticipantId:          &answer.ParticipantID,
		ContinuedFromContactId: reply.Text(answer.ContinuedFromID),
		ParticipantToken: new(s.Tokens.Issue(auth.Claims{
			Kind: auth.KindParticipant, ChatID: answer.ContactID, ParticipantID: answer.ParticipantID,
		})),
	}, nil
}

// beginning is what a chat begins with.
type beginning struct {
	in      *connect.StartChatContactInput
	chat    *store.Chat
	contact *store.Contact
	token   *store.Request     // nil: a repeated request starts another chat
	spoken  *types.ChatMessage // what the system says first
	known   string             // id of the ended chat that the customer's address was last bound to
}

// begin starts a chat, once for a token.
func (s *Service) begin(ctx context.Context, b beginning) (answer startAnswer, err error) {
	err = s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if b.token != nil {
			switch earlier, err := reply.Answered(tx, *b.token); {
			case err != nil:
				return err
			case earlier != nil:
				return json.Unmarshal(earlier, &answer)
			}
		}
		// The function may run again: it changes copies.
		chat, contact := *b.chat, *b.contact
		chat.Participants, chat.Streams = slices.Clone(chat.Participants), slices.Clone(chat.Streams)
		sc := &scene{Service: s, tx: tx, chat: &chat, contact: &contact}
		continuedFrom, err := sc.start(b)
		if err != nil {
			return err
		}
		answer = startAnswer{chat.ID, chat.Participants[0].ID, continuedFrom}
		if b.token != nil {
			req := *b.token
			req.ExpiresAt = tx.Now().Add(startTokenLife).UnixMilli()
			req.Answer, _ = json.Marshal(answer)
			tx.PutRequest(req)
		}
		return nil
	})
	return answer, err
}

// start checks what only the database knows, writes the chat and runs its flow. It returns the contact that a persistent chat continues.
func (sc *scene) start(b beginning) (continuedFrom string, err error) {
	tx, chat, contact, in := sc.tx, sc.chat, sc.contact, b.in
	instance, err := tx.Instance(chat.InstanceID)
	if err != nil {
		return "", reply.OrNotFound(err, "Instance")
	}
	fl, version, err := sc.flowToStart(*in.ContactFlowId)
	if err != nil {
		return "", err
	}
	if p := in.PersistentChat; p != nil {
		if continuedFrom, err = sc.continueFrom(p.RehydrationType, *p.SourceContactId); err != nil {
			return "", err
		}
	}
	if in.RelatedContactId != nil {
		related, of, err := sc.other(*in.RelatedContactId, "Related contact")
		if err != nil {
			return "", err
		}
		if err := sc.inherit(related, of); err != nil {
			return "", err
		}
	}
	if chat.ResponseMode == string(types.ResponseModeIncremental) && instance.Attributes[messageStreaming] == "false" {
		return "", reply.InvalidRequest("ResponseMode INCREMENTAL needs the instance attribute " + messageStreaming)
	}
	if sc.MaxActiveChats > 0 {
		if err := tx.LockInstance(chat.InstanceID); err != nil {
			return "", err
		}
		n, err := tx.CountLiveChats(chat.InstanceID, sc.MaxActiveChats)
		if err != nil {
			return "", err
		}
		if n >= sc.MaxActiveChats {
			return "", &types.LimitExceededException{Message: new(fmt.Sprintf(
				"The instance has %d active chats, which is its limit", n))}
		}
	}

	now := sc.now()
	duration := defaultChatDuration
	if in.ChatDurationInMinutes != nil {
		duration = time.Duration(*in.ChatDurationInMinutes) * time.Minute
	}
	chat.StartedAt, chat.ExpiresAt = now, now+duration.Milliseconds()
	contact.InitiatedAt, contact.SystemAt, contact.UpdatedAt = now, now, now
	for i := range chat.Participants {
		chat.Participants[i].JoinedAt = now
	}
	tx.CreateChat(chat, contact)
	if chat.Outside == nil {
		sc.putJob(jobSubscribeDeadline, chat.ID, subscribeDeadline, nil)
	} else {
		chat.ConnectedAt = now
		if err := sc.bind(b.known); err != nil {
			return "", err
		}
	}
	sc.putJob(jobExpire, chat.ID, duration, nil)

	sc.contactEvent(contactInitiated)
	sc.contactEvent(contactConnectedToSystem)

	customer := chat.Participants[0]
	sc.event(eventJoined, &customer)
	if m := in.InitialMessage; m != nil {
		sc.say(customer, *m.ContentType, *m.Content, nil)
	}
	if b.spoken != nil {
		sc.say(sc.system(), *b.spoken.ContentType, *b.spoken.Content, nil)
	}
	if err := sc.enterFlow(fl, version, sc.seed(contact.ID)); err != nil {
		return "", err
	}
	return continuedFrom, sc.save()
}

// newChat makes the rows of a chat from its request, as far as no other row is needed; times are set by start.
func newChat(instanceID string, in *connect.StartChatContactInput) (*store.Chat, *store.Contact, error) {
	contentTypes, err := supportedContentTypes(in.SupportedMessagingContentTypes)
	if err != nil {
		return nil, nil, err
	}
	if err := checkAttributes(in.Attributes); err != nil {
		return nil, nil, err
	}
	segment, err := segmentAttributes(in.SegmentAttributes, contentTypes)
	if err != nil {
		return nil, nil, err
	}
	if p := in.PersistentChat; p != nil {
		switch {
		case in.RelatedContactId != nil:
			return nil, nil, reply.InvalidRequest("PersistentChat and RelatedContactId exclude each other")
		case p.RehydrationType == "" || p.SourceContactId == nil:
			return nil, nil, reply.InvalidRequest("PersistentChat: RehydrationType and SourceContactId are needed both")
		}
	}
	id := newID()
	chat := &store.Chat{
		ID: id, InstanceID: instanceID, ContactID: id,
		Attributes:   in.Attributes,
		ContentTypes: contentTypes,
		CustomerID:   reply.Value(in.CustomerId),
		Participants: []store.Participant{
			{ID: newID(), Role: roleCustomer, DisplayName: *in.ParticipantDetails.DisplayName},
			{ID: newID(), Role: roleSystem, DisplayName: systemName},
		},
		DisconnectOnCustomerExit: len(in.DisconnectOnCustomerExit) > 0,
	}
	if in.InitialMessage != nil {
		chat.InitialMessage = *in.InitialMessage.Content
	}
	if in.ParticipantConfiguration != nil {
		chat.ResponseMode = string(in.ParticipantConfiguration.ResponseMode)
	}
	return chat, &store.Contact{
		ID: id, ChatID: id, InstanceID: instanceID, InitiationMethod: byAPI,
		SegmentAttributes: segment,
	}, nil
}

// flowToStart finds the version of a flow that a new chat runs. Beside the published one, a qualifier (":$LATEST", ":$SAVED",
// ":3") chooses another version, for trying it out: a door of Parley's own.
func (sc *scene) flowToStart(idOrARN string) (*store.Flow, int64, error) {
	id, ok := sc.Scope.ResourceID(sc.chat.InstanceID, arn.ContactFlow, idOrARN)
	if !ok {
		return nil, 0, reply.NotFound("Contact flow")
	}
	id, qualifier := store.CutQualifier(id)
	fl, err := sc.tx.Flow(id)
	if err != nil {
		return nil, 0, reply.OrNotFound(err, "Contact flow")
	}
	if fl.InstanceID != sc.chat.InstanceID {
		return nil, 0, reply.NotFound("Contact flow")
	}
	version, ok := fl.Version(qualifier)
	switch {
	case fl.Type != flowTypeInbound:
		return nil, 0, reply.InvalidRequest("A chat starts in a flow of type " + flowTypeInbound + "; this one is " + fl.Type)
	case fl.State == "ARCHIVED":
		return nil, 0, reply.InvalidRequest("The contact flow is archived")
	case !ok:
		return nil, 0, reply.NotFound("Version of the contact flow")
	case version == 0:
		return nil, 0, reply.InvalidRequest("The contact flow was never published")
	case version == fl.Published:
		return fl, version, nil
	}
	draft, err := sc.compiled(fl.ID, version)
	if err != nil {
		return nil, 0, err
	}
	if problems := draft.Check(fl.Type, nil); len(problems) > 0 {
		return nil, 0, reply.InvalidRequest("This version of the contact flow can not run: " + problems[0].Message)
	}
	return fl, version, nil
}

// startRequest returns the idempotency record of a request, nil without a ClientToken. Its hash is over what the request means: ids
// instead of ARNs, defaults filled in, empty members left out.
func (s *Service) startRequest(chat *store.Chat, in *connect.StartChatContactInput) *store.Request {
	if reply.Value(in.ClientToken) == "" {
		return nil
	}
	meant := *in
	meant.ClientToken = nil
	meant.InstanceId = &chat.InstanceID
	meant.ContactFlowId = s.bare(chat.InstanceID, arn.ContactFlow, in.ContactFlowId)
	meant.RelatedContactId = s.bare(chat.InstanceID, arn.Contact, in.RelatedContactId)
	if p := in.PersistentChat; p != nil {
		meant.PersistentChat = &types.PersistentChat{
			RehydrationType: p.RehydrationType, SourceContactId: s.bare(chat.InstanceID, arn.Contact, p.SourceContactId),
		}
	}
	meant.SupportedMessagingContentTypes = chat.ContentTypes
	if in.ChatDurationInMinutes == nil {
		meant.ChatDurationInMinutes = new(int32(defaultChatDuration.Minutes()))
	}
	if len(in.Attributes) == 0 {
		meant.Attributes = nil
	}
	if len(in.SegmentAttributes) == 0 {
		meant.SegmentAttributes = nil
	}
	if len(in.DisconnectOnCustomerExit) == 0 {
		meant.DisconnectOnCustomerExit = nil
	}
	hash := sha256.Sum256(wire.Append(nil, &meant))
	return &store.Request{Scope: "StartChatContact/" + chat.InstanceID, Token: *in.ClientToken, Hash: hash[:]}
}

// bare takes the id out of an ARN; anything else stays as it is.
func (s *Service) bare(instanceID, kind string, idOrARN *string) *string {
	if idOrARN != nil {
		if id, ok := s.Scope.ResourceID(instanceID, kind, *idOrARN); ok {
			return &id
		}
	}
	return idOrARN
}
