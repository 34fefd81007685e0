package center

import (
	"slices"

	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/bus"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// Roles and fixed names of participants. Source: participant-wire sheet, 10.1.
const (
	roleCustomer   = "CUSTOMER"
	roleAgent      = "AGENT"
	roleBot        = "CUSTOM_BOT"
	roleSupervisor = "SUPERVISOR"
	roleSystem     = "SYSTEM"
	systemName     = "SYSTEM_MESSAGE"
)

// Content types of events. Source: participant-wire sheet, section 5.
const (
	eventPrefix          = "application/vnd.amazonaws.connect.event."
	eventTyping          = eventPrefix + "typing"
	eventAcknowledged    = eventPrefix + "connection.acknowledged"
	eventDelivered       = eventPrefix + "message.delivered"
	eventRead            = eventPrefix + "message.read"
	eventMessageMetadata = eventPrefix + "message.metadata"
	eventJoined          = eventPrefix + "participant.joined"
	eventLeft            = eventPrefix + "participant.left"
	eventInvited         = eventPrefix + "participant.invited"
	eventIdle            = eventPrefix + "participant.idle"
	eventReturned        = eventPrefix + "participant.returned"
	eventAutoDisconnect  = eventPrefix + "participant.autodisconnection"
	eventChatEnded       = eventPrefix + "chat.ended"
	eventRehydrated      = eventPrefix + "chat.rehydrated"
)

// Types of items.
const (
	itemMessage    = "MESSAGE"
	itemEvent      = "EVENT"
	itemAttachment = "ATTACHMENT"
	itemMetadata   = "MESSAGEMETADATA"
)

// say appends a message to the transcript and tells everybody.
func (sc *scene) say(from store.Participant, contentType, content string, token []byte) *store.Item {
	return sc.append(message(from, contentType, content, token))
}

func message(from store.Participant, contentType, content string, token []byte) *store.Item {
	return &store.Item{
		Type: itemMessage, ContentType: contentType, Content: content, Token: token,
		ParticipantID: from.ID, Role: from.Role, DisplayName: from.DisplayName,
	}
}

// event appends an event to the transcript and tells everybody. about is the participant it concerns, nil for the whole chat.
func (sc *scene) event(contentType string, about *store.Participant) *store.Item {
	it := &store.Item{Type: itemEvent, ContentType: contentType}
	if about != nil {
		it.ParticipantID, it.Role, it.DisplayName = about.ID, about.Role, about.DisplayName
	}
	return sc.append(it)
}

// append puts an item at the end of the transcript, under the current contact, and gives it an id if it has none.
func (sc *scene) append(it *store.Item) *store.Item {
	if it.ID == "" {
		it.ID = newID()
	}
	it.ContactID = sc.contact.ID
	sc.tx.Append(sc.chat, it)
	sc.publish(it)
	sc.streamed(it)
	return it
}

func (sc *scene) publish(it *store.Item) {
	chatID := sc.chat.ID
	sc.tx.AfterCommit(func() {
		m := frame(chatID, it)
		m.Chat = chatID
		sc.Publish(m)
	})
}

// frame is an item as a socket carries it: with the ids of its contact and of its chat, by which chatjs chooses what is its own.
// Source: participant-wire sheet, 9.7.
func frame(chatID string, it *store.Item) bus.Message {
	m := bus.Message{Seq: it.Seq, Ended: it.ContentType == eventChatEnded}
	if it.ContentType == eventLeft && it.Role != roleCustomer { // a customer's sockets wait for the end of the chat
		m.Left = it.ParticipantID
	}
	out := wireItem(it)
	if extra, err := it.ReadExtra(); err == nil {
		m.To = extra.To
		switch {
		case extra.Status != "":
			out.MessageMetadata = metadata(extra, it.ID)
		case extra.Chunks > 0:
			out.MessageMetadata = chunk(it.ID, extra.Chunks, true)
		}
	}
	out.InitialContactId = &chatID
	m.Item = encode(&out)
	return m
}

// passing tells the chat of something about a participant that is not kept in the transcript, and returns it.
func (sc *scene) passing(contentType string, about store.Participant) *store.Item {
	it := &store.Item{
		ID: newID(), At: sc.now(), ContactID: sc.contact.ID, Type: itemEvent, ContentType: contentType,
		ParticipantID: about.ID, Role: about.Role, DisplayName: about.DisplayName,
	}
	sc.tell(frame(sc.chat.ID, it).Item)
	sc.streamed(it)
	return it
}

func encode(it *ptypes.Item) []byte {
	n := 400
	if it.Content != nil {
		n += len(*it.Content)
	}
	return wire.Append(make([]byte, 0, n), it)
}

// wireItem is an item without its metadata.
func wireItem(it *store.Item) ptypes.Item {
	out := ptypes.Item{
		AbsoluteTime:    wire.Time(it.At),
		Content:         reply.Text(it.Content),
		ContentType:     reply.Text(it.ContentType),
		Id:              &it.ID,
		Type:            ptypes.ChatItemType(it.Type),
		ContactId:       reply.Text(it.ContactID),
		ParticipantId:   reply.Text(it.ParticipantID),
		DisplayName:     reply.Text(it.DisplayName),
		ParticipantRole: ptypes.ParticipantRole(it.Role),
	}
	if it.Type == itemAttachment {
		if extra, err := it.ReadExtra(); err == nil && extra.File != nil {
			out.Attachments = []ptypes.AttachmentItem{fileItem(extra.File)}
		}
	}
	return out
}

// transcriptItem is an item as GetTranscript lists it: a message with its receipts.
func transcriptItem(it *store.Item) (ptypes.Item, error) {
	out := wireItem(it)
	e, err := it.ReadExtra()
	out.MessageMetadata = metadata(e, it.ID)
	return out, err
}

// metadata is what became of a message; nil if nothing did.
func metadata(e store.ItemExtra, id string) *ptypes.MessageMetadata {
	if len(e.Receipts) == 0 && e.Status == "" {
		return nil
	}
	m := &ptypes.MessageMetadata{MessageId: &id, MessageProcessingStatus: ptypes.MessageProcessingStatus(e.Status)}
	for _, r := range e.Receipts {
		m.Receipts = append(m.Receipts, receiptOf(r))
	}
	return m
}

func fileItem(f *store.ItemFile) ptypes.AttachmentItem {
	return ptypes.AttachmentItem{
		AttachmentId: &f.ID, AttachmentName: &f.Name, ContentType: &f.ContentType, Status: ptypes.ArtifactStatus(f.Status),
	}
}

// visible reports whether a participant may see an item in the transcript.
func visible(it *store.Item, participantID string) (bool, error) {
	extra, err := it.ReadExtra()
	return !extra.Whisper && (len(extra.To) == 0 || slices.Contains(extra.To, participantID)), err
}

func receiptOf(r store.Receipt) ptypes.Receipt {
	out := ptypes.Receipt{RecipientParticipantId: &r.Recipient}
	if r.Delivered != 0 {
		out.DeliveredTimestamp = wire.Time(r.Delivered)
	}
	if r.Read != 0 {
		out.ReadTimestamp = wire.Time(r.Read)
	}
	return out
}

// receiptItem tells the sender of a message that it was delivered or read. One receipt an item: clients look at the first only.
// Source: participant-wire sheet, 10.5.
func receiptItem(messageID string, at int64, r store.Receipt) []byte {
	return encode(&ptypes.Item{
		AbsoluteTime: wire.Time(at), ContentType: new(eventMessageMetadata), Id: &messageID, Type: itemMetadata,
		MessageMetadata: &ptypes.MessageMetadata{MessageId: &messageID, Receipts: []ptypes.Receipt{receiptOf(r)}},
	})
}
