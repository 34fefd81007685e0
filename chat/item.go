package chat

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/openparley/parley/api/participant/types"
)

// Item is an entry of a chat: a *[Message], *[Partial], *[File], *[Joined], *[Left], *[Ended], *[Typing], *[Receipt], or an *[Event] for all
// others.
type Item interface {
	// Common is what all items have.
	Common() *Head
}

// Head is what all items have.
type Head struct {
	// ID is that of the item in the transcript, and what Send answered for it. A receipt has that of its message.
	ID string
	// At is the server's time, in milliseconds.
	At time.Time
	// ContactID is the segment of the chat: after a transfer it is another one. Past items have that of their chat.
	ContactID string
	// Past says that the item is of a chat that this one continues.
	Past bool
	// From is who said it or whom it is about; empty for what is about the chat.
	From Participant
	// Wire is the item as the service sent it.
	Wire *types.Item
}

// Common implements [Item].
func (h *Head) Common() *Head { return h }

// Participant is somebody in a chat.
type Participant struct {
	ID, Name string
	Role     types.ParticipantRole
}

// Content types of messages. Source: participant-wire sheet, 4.
const (
	Plain               = "text/plain"
	Markdown            = "text/markdown"
	JSON                = "application/json"
	Interactive         = "application/vnd.amazonaws.connect.message.interactive"
	InteractiveResponse = "application/vnd.amazonaws.connect.message.interactive.response"
)

// Message is something said.
type Message struct {
	Head

	ContentType string
	Text        string
	// Receipts are who had received and read it when the transcript was read. Later ones come as items of their own.
	Receipts []types.Receipt
}

// Partial is what there is so far of a message that comes in parts. The whole follows as a [Message] of the same ID.
type Partial struct {
	Head

	Text  string // from the beginning
	Added string // the newest part
}

// File is an attachment. [Session.Fetch] reads it.
type File struct {
	Head

	AttachmentID, Name, ContentType string
	// Status is APPROVED; or REJECTED by a scanner, for the sender alone.
	Status types.ArtifactStatus
}

// Joined says that a participant is there.
type Joined struct{ Head }

// Left says that a participant has gone.
type Left struct{ Head }

// Ended is the last item of a chat.
type Ended struct{ Head }

// Typing says that a participant is writing. Show it for some twelve seconds, or until a message of the same one.
type Typing struct{ Head }

// Receipt says that a message reached somebody, or was read.
type Receipt struct {
	Head

	MessageID, RecipientID string
	// Delivered and Read are zero when that is not known.
	Delivered, Read time.Time
}

// Event is whatever else happens, such as participant.idle, transfer.succeeded or chat.rehydrated.
type Event struct {
	Head

	// Name is the content type without its prefix.
	Name string
	// Content is JSON where the event has some: authentication.initiated has a SessionId.
	Content string
}

const (
	eventPrefix     = "application/vnd.amazonaws.connect.event."
	messageMetadata = "MESSAGEMETADATA"
)

// kept are the events that transcripts keep. Source: participant-wire sheet, 5.
var kept = map[string]bool{
	"participant.invited": true, "participant.joined": true, "participant.left": true, "chat.ended": true,
	"transfer.succeeded": true, "transfer.failed": true, "chat.rehydrated": true,
}

func event(w *types.Item) string { return strings.TrimPrefix(text(w.ContentType), eventPrefix) }

// isKept says whether the transcript has the item, or will have it.
func isKept(w *types.Item) bool {
	switch w.Type {
	case types.ChatItemTypeMessage, types.ChatItemTypeAttachment:
		return true
	case types.ChatItemTypeEvent:
		return kept[event(w)]
	}
	return false
}

// undecided says that another item of the same ID takes the place of this one: a processor or a scanner looks at it.
func undecided(w *types.Item) bool {
	return w.MessageMetadata != nil && w.MessageMetadata.MessageProcessingStatus == types.MessageProcessingStatusProcessing ||
		len(w.Attachments) > 0 && w.Attachments[0].Status == types.ArtifactStatusInProgress
}

// key is the same for the same item that is not kept, and for no others.
func key(w *types.Item) string {
	id := text(w.Id)
	if id == "" {
		return ""
	}
	k := string(w.Type) + event(w) + " " + id
	if w.MessageMetadata != nil {
		for _, r := range w.MessageMetadata.Receipts {
			k += " " + text(r.RecipientParticipantId) + text(r.DeliveredTimestamp) + "/" + text(r.ReadTimestamp)
		}
	}
	return k
}

// typed makes an item of what came on the wire.
func typed(w *types.Item) Item {
	h := Head{
		ID: text(w.Id), At: moment(w.AbsoluteTime), ContactID: text(w.ContactId), Wire: w,
		From: Participant{text(w.ParticipantId), text(w.DisplayName), w.ParticipantRole},
	}
	if w.RelatedContactId != nil {
		h.Past, h.ContactID = true, *w.RelatedContactId
	}
	switch w.Type {
	case types.ChatItemTypeMessage:
		m := &Message{Head: h, ContentType: text(w.ContentType), Text: text(w.Content)}
		if w.MessageMetadata != nil {
			m.Receipts = w.MessageMetadata.Receipts
		}
		return m
	case types.ChatItemTypeAttachment:
		f := &File{Head: h}
		if len(w.Attachments) > 0 {
			a := &w.Attachments[0]
			f.AttachmentID, f.Name, f.ContentType, f.Status = text(a.AttachmentId), text(a.AttachmentName), text(a.ContentType), a.Status
		}
		return f
	case messageMetadata:
		if m := w.MessageMetadata; m != nil && len(m.Receipts) > 0 {
			r := &m.Receipts[0]
			return &Receipt{h, text(m.MessageId), text(r.RecipientParticipantId), moment(r.DeliveredTimestamp), moment(r.ReadTimestamp)}
		}
	}
	switch name := event(w); name {
	case "typing":
		return &Typing{h}
	case "participant.joined":
		return &Joined{h}
	case "participant.left":
		return &Left{h}
	case "chat.ended":
		return &Ended{h}
	default:
		return &Event{h, name, text(w.Content)}
	}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// moment reads a time of the wire; zero when there is none.
func moment(s *string) time.Time {
	t, _ := time.Parse(time.RFC3339, text(s))
	return t
}

// frame is one of the socket.
type frame struct {
	Topic      string          `json:"topic"`
	Content    json.RawMessage `json:"content"`
	StatusCode int             `json:"statusCode"`
}

// chatItem reads the item of a chat frame: JSON in a JSON string.
func (f *frame) chatItem() (*types.Item, bool) {
	var inner string
	w := new(types.Item)
	if json.Unmarshal(f.Content, &inner) != nil || json.Unmarshal([]byte(inner), w) != nil {
		return nil, false
	}
	return w, true
}

// subscribed says whether the frame grants a subscription.
func (f *frame) subscribed() bool {
	var c struct {
		Status string `json:"status"`
	}
	return json.Unmarshal(f.Content, &c) == nil && c.Status == "success"
}
