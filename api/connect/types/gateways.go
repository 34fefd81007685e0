package types

// ChatEvent is what a customer did on a channel outside.
type ChatEvent struct {
	Type        ChatEventType `wire:"required"`
	Content     *string       `wire:"len=1..16384"`
	ContentType *string       `wire:"len=1..100"`
}

// NewSessionDetails describe the chat to start when there is none.
type NewSessionDetails struct {
	Attributes                     map[string]string `wire:"keylen=1..32767,len=0..32767,keys=attribute"`
	ParticipantDetails             *ParticipantDetails
	StreamingConfiguration         *ChatStreamingConfiguration
	SupportedMessagingContentTypes []string `wire:"len=1..100"`
}

// TemplatedMessageConfig makes a message from a template.
type TemplatedMessageConfig struct {
	KnowledgeBaseId    *string             `wire:"required,len=1..500"`
	MessageTemplateId  *string             `wire:"required,len=1..500"`
	TemplateAttributes *TemplateAttributes `wire:"required"`
}

// TemplateAttributes are what is filled into a template.
type TemplateAttributes struct {
	CustomAttributes map[string]string `wire:"keylen=1..32767,len=0..32767,keys=attribute"`
	// CustomerProfileAttributes is JSON text.
	CustomerProfileAttributes *string
}

// ChatEventType is the kind of what a customer did on a channel outside.
type ChatEventType string

// Values of ChatEventType.
const (
	ChatEventTypeDisconnect ChatEventType = "DISCONNECT"
	ChatEventTypeMessage    ChatEventType = "MESSAGE"
	ChatEventTypeEvent      ChatEventType = "EVENT"
)

// Values returns all known values.
func (ChatEventType) Values() []ChatEventType {
	return []ChatEventType{
		ChatEventTypeDisconnect,
		ChatEventTypeMessage,
		ChatEventTypeEvent,
	}
}
