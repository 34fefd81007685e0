package center

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// A customer on another channel, such as SMS, is known by addresses: the own one, that of the business, and the channel. A gateway brings
// what the customer does by SendChatIntegrationEvent, and gets what the customer is to see from a stream of the chat. At most one chat
// of these addresses is live.

const defaultSubtype = "connect:SMS"

// outsideTries is how often an event is brought anew to a chat that ended, or was begun by another, meanwhile.
const outsideTries = 5

// errBegun says that somebody else has begun a chat with the customer.
var errBegun = errors.New("a chat with this address was begun meanwhile")

func bindingKey(o *store.Outside) string {
	return fmt.Sprintf("%q %q %q", o.Source, o.Destination, o.Subtype)
}

const bindingScope = "outside/" // and the id of the instance

// bind makes the chat the one that its customer's address leads to. known is the ended chat that it has led to, if any.
func (sc *scene) bind(known string) error {
	if err := sc.tx.LockInstance(sc.chat.InstanceID); err != nil {
		return err
	}
	scope, key := bindingScope+sc.chat.InstanceID, bindingKey(sc.chat.Outside)
	switch bound, err := sc.tx.Binding(scope, key); {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return err
	case bound.ChatID != known:
		return errBegun
	}
	sc.tx.PutBinding(store.Binding{Scope: scope, Key: key, ChatID: sc.chat.ID})
	return nil
}

// bound returns the chat that an address leads to; live is false when it has ended, and the id is empty when there was none.
func (s *Service) bound(ctx context.Context, instanceID string, o *store.Outside) (chatID string, live bool, err error) {
	b, err := s.Store.Binding(ctx, bindingScope+instanceID, bindingKey(o))
	if errors.Is(err, store.ErrNotFound) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	chat, err := s.Store.Chat(ctx, b.ChatID)
	if errors.Is(err, store.ErrNotFound) {
		return b.ChatID, false, nil
	}
	return b.ChatID, err == nil && chat.EndedAt == 0, err
}

// SendChatIntegrationEvent takes a message, an event or the goodbye of a customer on another channel to the live chat with that
// customer, and begins one with a message when there is none.
func (s *Service) SendChatIntegrationEvent(
	ctx context.Context, in *connect.SendChatIntegrationEventInput,
) (*connect.SendChatIntegrationEventOutput, error) {
	o := &store.Outside{Source: *in.SourceId, Destination: *in.DestinationId, Subtype: defaultSubtype}
	if in.Subtype != nil {
		o.Subtype = *in.Subtype
	}
	to, err := s.destination(ctx, o)
	if err != nil {
		return nil, err
	}
	contentType, content := reply.Value(in.Event.ContentType), reply.Value(in.Event.Content)
	if in.Event.Type == types.ChatEventTypeMessage && (contentType == "" || content == "") {
		return nil, reply.InvalidRequest("Event: a MESSAGE needs ContentType and Content")
	}
	for range outsideTries {
		chatID, live, err := s.bound(ctx, to.InstanceID, o)
		if err != nil {
			return nil, err
		}
		if live {
			err = s.fromOutside(ctx, chatID, in.Event.Type, contentType, content)
			if _, over := errors.AsType[*ptypes.AccessDeniedException](err); over {
				continue
			}
			if err != nil {
				return nil, err
			}
			return &connect.SendChatIntegrationEventOutput{InitialContactId: &chatID, NewChatCreated: new(false)}, nil
		}
		if in.Event.Type != types.ChatEventTypeMessage {
			return nil, reply.NotFound("Chat with this source")
		}
		if to.FlowID == "" {
			return nil, reply.NotFound("Destination")
		}
		answer, err := s.beginOutside(ctx, to, o, in, chatID)
		if errors.Is(err, errBegun) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return &connect.SendChatIntegrationEventOutput{InitialContactId: &answer.ContactID, NewChatCreated: new(true)}, nil
	}
	return nil, &types.ThrottlingException{Message: new("Chats with this source end as fast as they begin: try again")}
}

// destination finds out where chats with an address of the business begin. From one that nobody has named none begins but those that the
// business does: the flow is empty then.
func (s *Service) destination(ctx context.Context, o *store.Outside) (Destination, error) {
	if to, ok := s.Destinations[o.Destination]; ok {
		return to, nil
	}
	if instanceID, kind, flowID, ok := s.Scope.Split(o.Destination); ok && kind == arn.ContactFlow {
		return Destination{instanceID, flowID}, nil
	}
	const page = 100
	for after := ""; ; {
		instances, err := s.Store.Instances(ctx, after, page)
		if err != nil {
			return Destination{}, err
		}
		for i := range instances {
			after = instances[i].ID
			if _, live, err := s.bound(ctx, after, o); err != nil || live {
				return Destination{InstanceID: after}, err
			}
		}
		if len(instances) < page {
			return Destination{}, reply.NotFound("Destination")
		}
	}
}

// fromOutside does in a live chat what its customer did outside.
func (s *Service) fromOutside(ctx context.Context, chatID string, event types.ChatEventType, contentType, content string) error {
	chat, err := s.Store.Chat(ctx, chatID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(chat.Participants, func(p store.Participant) bool { return p.Role == roleCustomer })
	as := auth.Connection{ChatID: chatID, ParticipantID: chat.Participants[i].ID}
	switch event {
	case types.ChatEventTypeMessage:
		_, err = s.SendMessage(ctx, as, &participant.SendMessageInput{ContentType: &contentType, Content: &content})
	case types.ChatEventTypeEvent:
		_, err = s.SendEvent(ctx, as, &participant.SendEventInput{ContentType: &contentType, Content: &content})
	default:
		_, err = s.DisconnectParticipant(ctx, as, &participant.DisconnectParticipantInput{})
	}
	switch e := err.(type) { // the other service has its own names
	case *ptypes.ValidationException:
		return reply.InvalidRequest("Event: " + e.ErrorMessage())
	case *ptypes.ConflictException:
		return nil // receipts that are not taken now
	case *ptypes.ThrottlingException:
		return &types.ThrottlingException{Message: e.Message}
	}
	return err
}

// beginOutside begins a chat with a message from outside.
func (s *Service) beginOutside(
	ctx context.Context, to Destination, o *store.Outside, event *connect.SendChatIntegrationEventInput, known string,
) (startAnswer, error) {
	details := event.NewSessionDetails
	if details == nil {
		details = &types.NewSessionDetails{}
	}
	in := &connect.StartChatContactInput{
		InstanceId: &to.InstanceID, ContactFlowId: &to.FlowID, Attributes: details.Attributes,
		ParticipantDetails:             details.ParticipantDetails,
		SupportedMessagingContentTypes: details.SupportedMessagingContentTypes,
		SegmentAttributes:              map[string]types.SegmentAttributeValue{subtypeName: {ValueString: &o.Subtype}},
		InitialMessage:                 &types.ChatMessage{ContentType: event.Event.ContentType, Content: event.Event.Content},
	}
	if in.ParticipantDetails == nil {
		in.ParticipantDetails = &types.ParticipantDetails{DisplayName: event.SourceId}
	}
	chat, contact, err := newChat(to.InstanceID, in)
	if err != nil {
		return startAnswer{}, err
	}
	if why := contentProblem(roleCustomer, *in.InitialMessage.ContentType, *in.InitialMessage.Content, chat.ContentTypes); why != "" {
		return startAnswer{}, reply.InvalidRequest("Event: " + why)
	}
	chat.Outside = o
	if c := details.StreamingConfiguration; c != nil {
		if !s.streamable(*c.StreamingEndpointArn) {
			return startAnswer{}, reply.InvalidRequest("StreamingEndpointArn is not the ARN of a standard SNS topic in " + s.Scope.Region)
		}
		chat.Streams = []store.Streaming{{ID: newID(), Target: *c.StreamingEndpointArn}}
	}
	return s.begin(ctx, beginning{in: in, chat: chat, contact: contact, known: known})
}

// StartOutboundChatContact begins a chat with a customer on another channel by writing first. What the customer is to see goes to the
// configured delivery; answers come by SendChatIntegrationEvent.
func (s *Service) StartOutboundChatContact(
	ctx context.Context, in *connect.StartOutboundChatContactInput,
) (*connect.StartOutboundChatContactOutput, error) {
	instanceID, ok := s.Scope.InstanceID(*in.InstanceId)
	if !ok {
		return nil, reply.NotFound("Instance")
	}
	o := &store.Outside{
		Source: reply.Value(in.DestinationEndpoint.Address), Destination: reply.Value(in.SourceEndpoint.Address),
		Subtype: reply.Value(in.SegmentAttributes[subtypeName].ValueString),
	}
	switch {
	case o.Source == "" || o.Destination == "":
		return nil, reply.InvalidRequest("SourceEndpoint and DestinationEndpoint need an Address")
	case o.Subtype == "":
		return nil, reply.InvalidRequest("SegmentAttributes: " + subtypeName + " says which channel it is, such as " + defaultSubtype)
	case in.InitialTemplatedSystemMessage != nil:
		return nil, reply.InvalidRequest("InitialTemplatedSystemMessage is not supported by Parley: it has no message templates; send InitialSystemMessage")
	case s.Delivery == "":
		return nil, reply.InvalidRequest("This server delivers to no other channel: set outbound.delivery")
	}
	start := &connect.StartChatContactInput{
		InstanceId: in.InstanceId, ContactFlowId: in.ContactFlowId, Attributes: in.Attributes,
		ChatDurationInMinutes: in.ChatDurationInMinutes, ParticipantDetails: in.ParticipantDetails,
		RelatedContactId: in.RelatedContactId, SegmentAttributes: in.SegmentAttributes,
		SupportedMessagingContentTypes: in.SupportedMessagingContentTypes,
	}
	if start.ParticipantDetails == nil {
		start.ParticipantDetails = &types.ParticipantDetails{DisplayName: &o.Source}
	}
	chat, contact, err := newChat(instanceID, start)
	if err != nil {
		return nil, err
	}
	if m := in.InitialSystemMessage; m != nil {
		if err := checkInitialMessage(*m.ContentType, *m.Content, chat.ContentTypes); err != nil {
			return nil, err
		}
	}
	chat.Outside, contact.InitiationMethod = o, byOutbound
	chat.Streams = []store.Streaming{{ID: newID(), Target: s.Delivery}}
	b := beginning{in: start, chat: chat, contact: contact, spoken: in.InitialSystemMessage}
	if reply.Value(in.ClientToken) != "" {
		meant := *in
		meant.ClientToken = nil
		hash := sha256.Sum256(wire.Append(nil, &meant))
		b.token = &store.Request{Scope: "StartOutboundChatContact/" + instanceID, Token: *in.ClientToken, Hash: hash[:]}
	}
	known, live, err := s.bound(ctx, instanceID, o)
	if err != nil {
		return nil, err
	}
	if !live {
		b.known = known
	}
	answer, err := s.begin(ctx, b)
	if errors.Is(err, errBegun) {
		return nil, conflict(fmt.Sprintf("A chat between %s and %s is live", o.Destination, o.Source))
	}
	if err != nil {
		return nil, err
	}
	return &connect.StartOutboundChatContactOutput{ContactId: &answer.ContactID}, nil
}
