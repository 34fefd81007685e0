package center

import (
	"hash/fnv"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/store"
)

// Ways in which a contact begins. Source: connect-chat sheet, 7.1.
const (
	byAPI        = "API"
	byOutbound   = "OUTBOUND"
	byDisconnect = "DISCONNECT"
	byTransfer   = "TRANSFER"
	byQueue      = "QUEUE_TRANSFER"
)

// endContact ends the current contact; the chat may go on in another.
func (sc *scene) endContact(reason string) {
	sc.stopFlow()
	sc.stopWhisper()
	ct := sc.contact
	ct.EndedAt, ct.DisconnectReason, sc.contactChanged = sc.now(), reason, true
	if ct.QueueID != "" && ct.DequeuedAt == 0 {
		ct.DequeuedAt = ct.EndedAt
	}
	sc.contactEvent(contactDisconnected)
}

// nextContact goes on in a new contact of the chat, behind the current one, which has ended. What all contacts share stays with the
// chat; of its own the new one has the subtype alone. Source: connect-chat sheet, 7.1.
func (sc *scene) nextContact(initiated string) error {
	before, now := sc.contact, sc.now()
	next := &store.Contact{
		ID: newID(), ChatID: sc.chat.ID, InstanceID: sc.chat.InstanceID, PreviousID: before.ID, AssociationID: before.AssociationID,
		InitiationMethod: initiated, LanguageCode: before.LanguageCode, InitiatedAt: now, SystemAt: now,
		SegmentAttributes: subtypeOf(before.SegmentAttributes), Analytics: before.Analytics,
	}
	before.NextID, sc.contactChanged = next.ID, true
	if err := sc.save(); err != nil {
		return err
	}
	sc.chat.ContactID, sc.contact = next.ID, next
	sc.chatChanged, sc.contactChanged = true, true
	sc.contactEvent(contactInitiated)
	sc.contactEvent(contactConnectedToSystem)
	return nil
}

// disconnectFlow ends the contact with a reason and goes on with the customer alone, in the flow that the hook for this names. Without
// one the chat is over. Source: flow sheet, 10.4.
func (sc *scene) disconnectFlow(reason string) error {
	id := sc.chat.Hooks[hookCustomerRemaining]
	if id == "" {
		sc.end(reason)
		return nil
	}
	fl, version, missing, err := sc.publishedFlow(id, chatHooks[hookCustomerRemaining])
	if err != nil {
		return err
	}
	if missing {
		sc.end(reason)
		return nil
	}
	sc.endContact(reason)
	if err := sc.nextContact(byDisconnect); err != nil {
		return err
	}
	return sc.enterFlow(fl, version, sc.seed(sc.contact.ID))
}

// seed is where a contact's flow takes its chances from.
func (s *Service) seed(contactID string) uint64 {
	if s.Seed != nil {
		return *s.Seed
	}
	h := fnv.New64a()
	h.Write([]byte(contactID))
	return h.Sum64()
}

// subtypeOf takes the subtype out of stored segment attributes.
func subtypeOf(stored []byte) []byte {
	all, err := storedSegmentAttributes(stored)
	if err != nil || all[subtypeName].ValueString == nil {
		return nil
	}
	b, err := encodeSegmentAttributes(map[string]types.SegmentAttributeValue{subtypeName: all[subtypeName]})
	if err != nil {
		return nil
	}
	return b
}
