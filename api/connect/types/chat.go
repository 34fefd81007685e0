package types

// ParticipantDetails names the customer of a chat.
type ParticipantDetails struct {
	// DisplayName is shown to the other participants. It is personal: keep it out of logs.
	DisplayName *string `wire:"required,len=1..256"`
}

// ChatMessage is a message given when a chat starts.
type ChatMessage struct {
	// Content has a tighter limit for each content type.
	Content     *string `wire:"required,len=1..16384"`
	ContentType *string `wire:"required,len=1..100"`
}

// ParticipantConfiguration says how a participant wants to be served.
type ParticipantConfiguration struct {
	ResponseMode ResponseMode
}

// PersistentChat asks for the past of an ended chat to be shown in the new one. Both members are needed.
type PersistentChat struct {
	RehydrationType RehydrationType
	// SourceContactId is the initial contact of the past chat for ENTIRE_PAST_SESSION, any segment of it for
	// FROM_SEGMENT.
	SourceContactId *string `wire:"len=1..256"`
}

// DisconnectReason is why an outbound campaign stops a contact.
type DisconnectReason struct {
	Code *string
}

// SegmentAttributeValue is one value of a contact's segment attributes; one member is set.
// ValueList and ValueArn occur in attributes of the system only.
type SegmentAttributeValue struct {
	ValueArn     *string `wire:"len=0..1024"`
	ValueInteger *int32
	ValueList    []SegmentAttributeValue
	ValueMap     map[string]SegmentAttributeValue `wire:"keylen=1..128"`
	ValueString  *string                          `wire:"len=0..1024"`
}
