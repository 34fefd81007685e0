package center

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/store"
)

// defaultQueuePriority is the priority of a contact whose flow set none. Source: connect-chat sheet, appendix B, Contact.
const defaultQueuePriority = 5

// DescribeContact returns the record of one contact, live or ended.
func (s *Service) DescribeContact(ctx context.Context, in *connect.DescribeContactInput) (*connect.DescribeContactOutput, error) {
	ct, chat, err := s.contactOf(ctx, *in.InstanceId, *in.ContactId)
	if err != nil {
		return nil, err
	}
	out := &types.Contact{
		Arn: new(s.Scope.Resource(ct.InstanceID, arn.Contact, ct.ID)), Id: &ct.ID,
		Channel: types.ChannelChat, InitiationMethod: types.ContactInitiationMethod(ct.InitiationMethod),
		ContactAssociationId:       &chat.ID,
		PreviousContactId:          text(ct.PreviousID),
		RelatedContactId:           text(ct.RelatedID),
		Name:                       text(ct.Name),
		Description:                text(ct.Description),
		CustomerId:                 text(chat.CustomerID),
		Attributes:                 chat.Attributes,
		InitiationTimestamp:        millis(ct.InitiatedAt),
		ConnectedToSystemTimestamp: millis(ct.SystemAt),
		DisconnectTimestamp:        millis(ct.EndedAt),
		DisconnectReason:           text(ct.DisconnectReason),
		LastUpdateTimestamp:        millis(ct.UpdatedAt),
		QueuePriority:              new(int64(defaultQueuePriority)),
		Tags:                       map[string]string{"aws:connect:instanceId": ct.InstanceID},
	}
	if ct.ID != chat.ID {
		out.InitialContactId = &chat.ID
	}
	maps.Copy(out.Tags, ct.Tags)
	if ct.QueuePriority != 0 {
		out.QueuePriority = &ct.QueuePriority
	}
	if ct.QueueAdjust != 0 {
		out.QueueTimeAdjustmentSeconds = new(int32(ct.QueueAdjust))
	}
	if ct.QueueID != "" {
		out.QueueInfo = &types.QueueInfo{Id: &ct.QueueID, EnqueueTimestamp: millis(ct.EnqueuedAt)}
	}
	if out.SegmentAttributes, err = storedSegmentAttributes(ct.SegmentAttributes); err != nil {
		return nil, fmt.Errorf("contact %s: %w", ct.ID, err)
	}
	return &connect.DescribeContactOutput{Contact: out}, nil
}

// StopContact ends a chat in any state. Stopping one that has ended does nothing.
func (s *Service) StopContact(ctx context.Context, in *connect.StopContactInput) (*connect.StopContactOutput, error) {
	ct, _, err := s.contactOf(ctx, *in.InstanceId, *in.ContactId)
	if err != nil {
		return nil, err
	}
	err = s.update(ctx, store.Key{Chat: ct.ChatID}, func(sc *scene) error {
		if sc.contact.ID == ct.ID {
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
	ct, _, err := s.contactOf(ctx, *in.InstanceId, *in.InitialContactId)
	if err != nil {
		return nil, err
	}
	err = s.update(ctx, store.Key{Chat: ct.ChatID}, func(sc *scene) error {
		merged, err := mergeAttributes(sc.chat.Attributes, in.Attributes)
		if err != nil {
			return err
		}
		sc.chat.Attributes, sc.chatChanged, sc.contactChanged = merged, true, true
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.UpdateContactAttributesOutput{}, nil
}

// contactOf finds a contact of an instance and its chat; ids or ARNs.
func (s *Service) contactOf(ctx context.Context, instance, contact string) (*store.Contact, *store.Chat, error) {
	instanceID, ok := s.Scope.InstanceID(instance)
	if !ok {
		return nil, nil, notFound("Instance")
	}
	id, ok := s.Scope.ResourceID(instanceID, arn.Contact, contact)
	if !ok {
		return nil, nil, notFound("Contact")
	}
	ct, err := s.Store.Contact(ctx, id)
	if err == nil && ct.InstanceID != instanceID {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, nil, orNotFound(err, "Contact")
	}
	chat, err := s.Store.Chat(ctx, ct.ChatID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, fmt.Errorf("contact %s has no chat", id)
	}
	return ct, chat, err
}
