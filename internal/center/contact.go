package center

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// instanceTag is the tag that every contact has of the service. Source: connect-chat sheet, 7.3.
const instanceTag = "aws:connect:instanceId"

// DescribeContact returns the record of one contact, live or ended.
func (s *Service) DescribeContact(ctx context.Context, in *connect.DescribeContactInput) (*connect.DescribeContactOutput, error) {
	ct, chat, err := s.contactOf(ctx, *in.InstanceId, *in.ContactId)
	if err != nil {
		return nil, err
	}
	out := &types.Contact{
		Arn: new(s.Scope.Resource(ct.InstanceID, arn.Contact, ct.ID)), Id: &ct.ID,
		Channel: types.ChannelChat, InitiationMethod: types.ContactInitiationMethod(ct.InitiationMethod),
		ContactAssociationId:       new(ct.Association()),
		PreviousContactId:          reply.Text(ct.PreviousID),
		RelatedContactId:           reply.Text(ct.RelatedID),
		Name:                       reply.Text(ct.Name),
		Description:                reply.Text(ct.Description),
		CustomerId:                 reply.Text(chat.CustomerID),
		Attributes:                 chat.Attributes,
		InitiationTimestamp:        reply.Time(ct.InitiatedAt),
		ConnectedToSystemTimestamp: reply.Time(ct.SystemAt),
		DisconnectTimestamp:        reply.Time(ct.EndedAt),
		DisconnectReason:           reply.Text(ct.DisconnectReason),
		LastUpdateTimestamp:        reply.Time(ct.UpdatedAt),
		QueuePriority:              new(ct.Priority()),
		Tags:                       tagsOf(ct),
	}
	if ct.ID != chat.ID {
		out.InitialContactId = &chat.ID
	}
	if ct.QueueAdjust != 0 {
		out.QueueTimeAdjustmentSeconds = new(int32(ct.QueueAdjust))
	}
	if ct.QueueID != "" {
		out.QueueInfo = &types.QueueInfo{Id: &ct.QueueID, EnqueueTimestamp: reply.Time(ct.EnqueuedAt)}
	}
	if o := chat.Outside; o != nil {
		out.CustomerEndpoint, out.SystemEndpoint = endpoint(o.Source), endpoint(o.Destination)
	}
	if ct.AgentAt != 0 {
		out.AgentInfo = &types.AgentInfo{Id: &ct.AgentID, ConnectedToAgentTimestamp: reply.Time(ct.AgentAt)}
	}
	if out.SegmentAttributes, err = storedSegmentAttributes(ct.SegmentAttributes); err != nil {
		return nil, fmt.Errorf("contact %s: %w", ct.ID, err)
	}
	if out.RoutingCriteria, err = routingCriteria(ct, s.Store.Now().UnixMilli()); err != nil {
		return nil, fmt.Errorf("contact %s: %w", ct.ID, err)
	}
	if ct.EndedAt != 0 {
		if out.ChatMetrics, err = s.chatMetrics(ctx, chat, ct); err != nil {
			return nil, fmt.Errorf("contact %s: %w", ct.ID, err)
		}
	}
	if ct.CompletedAt != 0 && ct.Transcript != "" {
		out.Recordings = []types.RecordingInfo{{
			Location: &ct.Transcript, Status: types.RecordingStatusAvailable, StorageType: types.StorageTypeS3,
		}}
	}
	return &connect.DescribeContactOutput{Contact: out}, nil
}

// endpoint is an address on another channel, such as a telephone number.
func endpoint(address string) *types.EndpointInfo {
	out := &types.EndpointInfo{Address: &address}
	if strings.HasPrefix(address, "+") {
		out.Type = types.EndpointTypeTelephoneNumber
	}
	return out
}

// StopContact ends a chat in any state. Stopping one that has ended, or a segment that others followed, does nothing.
func (s *Service) StopContact(ctx context.Context, in *connect.StopContactInput) (*connect.StopContactOutput, error) {
	err := s.changeContact(ctx, *in.InstanceId, *in.ContactId, func(sc *scene) error {
		if sc.contact.ID == sc.chat.ContactID {
			sc.end(reasonAPI)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.StopContactOutput{}, nil
}

// GetContactAttributes returns the attributes that all contacts of a chat share. Any of its contacts may be named.
func (s *Service) GetContactAttributes(ctx context.Context, in *connect.GetContactAttributesInput) (*connect.GetContactAttributesOutput, error) {
	_, chat, err := s.contactOf(ctx, *in.InstanceId, *in.InitialContactId)
	if err != nil {
		return nil, err
	}
	attributes := chat.Attributes
	if attributes == nil {
		attributes = map[string]string{}
	}
	return &connect.GetContactAttributesOutput{Attributes: attributes}, nil
}

// UpdateContactAttributes adds or overwrites attributes of a chat, live or ended; others stay. It changes all of them or none.
func (s *Service) UpdateContactAttributes(ctx context.Context, in *connect.UpdateContactAttributesInput) (*connect.UpdateContactAttributesOutput, error) {
	err := s.changeContact(ctx, *in.InstanceId, *in.InitialContactId, func(sc *scene) error {
		return sc.setAttributes(in.Attributes)
	})
	if err != nil {
		return nil, err
	}
	return &connect.UpdateContactAttributesOutput{}, nil
}

// setAttributes lays attributes over those of the chat, all or none.
func (sc *scene) setAttributes(changes map[string]string) error {
	merged, err := mergeAttributes(sc.chat.Attributes, changes)
	if err != nil {
		return err
	}
	sc.chat.Attributes, sc.chatChanged, sc.contactChanged = merged, true, true
	sc.contactEvent(contactDataUpdated, "UserDefinedAttributes")
	return nil
}

// changeContact runs fn on the chat of a contact. The contact stands in the scene even when the chat went on in others: what is known of
// it may change after its end.
func (s *Service) changeContact(ctx context.Context, instance, contact string, fn func(*scene) error) error {
	ct, err := s.findContact(ctx, instance, contact)
	if err != nil {
		return err
	}
	err = s.update(ctx, store.Key{Chat: ct.ChatID}, func(sc *scene) error {
		if sc.contact.ID != ct.ID {
			earlier, err := sc.tx.ContactByID(ct.ID)
			if err != nil {
				return reply.OrNotFound(err, "Contact")
			}
			sc.contact = earlier
		}
		return fn(sc)
	})
	if errors.Is(err, errNoChat) { // erased meanwhile
		return reply.NotFound("Contact")
	}
	return err
}

// contactOf finds a contact of an instance and its chat; ids or ARNs.
func (s *Service) contactOf(ctx context.Context, instance, contact string) (*store.Contact, *store.Chat, error) {
	ct, err := s.findContact(ctx, instance, contact)
	if err != nil {
		return nil, nil, err
	}
	chat, err := s.Store.Chat(ctx, ct.ChatID)
	return ct, chat, reply.OrNotFound(err, "Contact") // erased meanwhile
}

// findContact finds a contact of an instance; ids or ARNs.
func (s *Service) findContact(ctx context.Context, instance, contact string) (*store.Contact, error) {
	return reply.Names{Store: s.Store, Scope: s.Scope}.Contact(ctx, instance, contact)
}

// relate makes the chat one that goes back to another contact, in whose tree all its segments are from then on.
func (sc *scene) relate(to *store.Contact) error {
	sc.contact.RelatedID, sc.contactChanged = to.ID, true
	for ct := sc.contact; ; {
		ct.AssociationID = to.Association()
		if ct != sc.contact {
			sc.tx.PutContact(ct)
		}
		if ct.PreviousID == "" {
			return nil
		}
		earlier, err := sc.tx.ContactByID(ct.PreviousID)
		if err != nil {
			return err
		}
		ct = earlier
	}
}
