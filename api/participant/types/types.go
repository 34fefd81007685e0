package types

// Item is one entry of a transcript: a message, an event or an attachment. The same structure is pushed on the
// WebSocket.
type Item struct {
	AbsoluteTime *string
	Attachments  []AttachmentItem
	// ContactId is the segment the item belongs to, when that is of the current chat.
	ContactId   *string
	Content     *string
	ContentType *string
	DisplayName *string
	Id          *string
	// InitialContactId is the first contact of the chat. It is pushed on the WebSocket only: the API and the
	// official Go type do not have it.
	InitialContactId *string
	MessageMetadata  *MessageMetadata
	ParticipantId    *string
	ParticipantRole  ParticipantRole
	// RelatedContactId takes the place of ContactId when the item is of a past chat brought back.
	RelatedContactId *string
	Type             ChatItemType
}

// AttachmentItem is a file in a transcript.
type AttachmentItem struct {
	AttachmentId   *string
	AttachmentName *string
	ContentType    *string
	Status         ArtifactStatus
}

// MessageMetadata is what became of a message.
type MessageMetadata struct {
	// ChunkNumber and MessageCompleted are of a bot's message that comes in parts, on the socket alone; the official Go type does not have
	// them.
	ChunkNumber             *int32
	MessageCompleted        *bool
	MessageId               *string
	MessageProcessingStatus MessageProcessingStatus
	Receipts                []Receipt
}

// MessageProcessingMetadata says how far a message processor has come.
type MessageProcessingMetadata struct {
	MessageProcessingStatus MessageProcessingStatus
}

// Receipt tells when a message reached one recipient and when it was read there.
type Receipt struct {
	DeliveredTimestamp     *string
	ReadTimestamp          *string
	RecipientParticipantId *string
}

// StartPosition is where a transcript page starts. At most one member is used; with none it means nothing.
type StartPosition struct {
	AbsoluteTime *string `wire:"len=1..100"`
	Id           *string `wire:"len=1..256"`
	// MostRecent counts from the newest item; 0 is the same as absent.
	MostRecent int32 `wire:"range=0..100"`
}

// Websocket is where and until when a participant may open its WebSocket.
type Websocket struct {
	ConnectionExpiry *string
	Url              *string
}

// ConnectionCredentials hold the token of all operations but CreateParticipantConnection.
type ConnectionCredentials struct {
	ConnectionToken *string
	Expiry          *string
}

// WebRTCConnection lets a participant join a call.
type WebRTCConnection struct {
	Attendee *Attendee
	Meeting  *WebRTCMeeting
}

// Attendee is a participant of a call and its right to join.
type Attendee struct {
	AttendeeId *string
	JoinToken  *string
}

// WebRTCMeeting is the call to join.
type WebRTCMeeting struct {
	MediaPlacement  *WebRTCMediaPlacement
	MeetingFeatures *MeetingFeaturesConfiguration
	MeetingId       *string
}

// WebRTCMediaPlacement lists the URLs of a call.
type WebRTCMediaPlacement struct {
	AudioFallbackUrl  *string
	AudioHostUrl      *string
	EventIngestionUrl *string
	SignalingUrl      *string
}

// MeetingFeaturesConfiguration lists the features of a call.
type MeetingFeaturesConfiguration struct {
	Audio *AudioFeatures
}

// AudioFeatures lists the audio features of a call.
type AudioFeatures struct {
	EchoReduction MeetingFeatureStatus
}
