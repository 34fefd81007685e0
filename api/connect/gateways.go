package connect

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// SendChatIntegrationEvent takes what a customer does on a channel outside, such as SMS, into its chat. The chat is
// found by source, destination and subtype, and started when there is none.
var SendChatIntegrationEvent = &wire.Operation[SendChatIntegrationEventInput, SendChatIntegrationEventOutput]{
	Service: Service, Name: "SendChatIntegrationEvent", Method: "POST", Path: "/chat-integration-event",
	Errors: errorsOf(&types.AccessDeniedException{}, &types.ResourceNotFoundException{},
		&types.ThrottlingException{}),
}

// SendChatIntegrationEventInput is what SendChatIntegrationEvent takes.
type SendChatIntegrationEventInput struct {
	// DestinationId is the instance's address on the channel outside.
	DestinationId *string          `wire:"required,len=1..255"`
	Event         *types.ChatEvent `wire:"required"`
	// SourceId is the customer's address on the channel outside.
	SourceId          *string `wire:"required,len=1..255"`
	NewSessionDetails *types.NewSessionDetails
	// Subtype names the channel outside, such as connect:SMS.
	Subtype *string `wire:"len=1..100"`
}

// SendChatIntegrationEventOutput is what SendChatIntegrationEvent answers.
type SendChatIntegrationEventOutput struct {
	InitialContactId *string
	// NewChatCreated is true when there was no chat to take the event.
	NewChatCreated *bool
	ResultMetadata middleware.Metadata
}

// StartOutboundChatContact starts a chat with a customer on a channel outside.
var StartOutboundChatContact = &wire.Operation[StartOutboundChatContactInput, StartOutboundChatContactOutput]{
	Service: Service, Name: "StartOutboundChatContact", Method: "PUT", Path: "/contact/outbound-chat",
	Errors: errorsOf(&types.AccessDeniedException{}, &types.ConflictException{}, &types.LimitExceededException{},
		&types.ResourceNotFoundException{}, &types.ThrottlingException{}),
}

// StartOutboundChatContactInput is what StartOutboundChatContact takes.
type StartOutboundChatContactInput struct {
	ContactFlowId       *string         `wire:"required,len=0..500"`
	DestinationEndpoint *types.Endpoint `wire:"required"`
	InstanceId          *string         `wire:"required,len=1..100"`
	// SegmentAttributes must hold connect:Subtype, the channel outside.
	SegmentAttributes map[string]types.SegmentAttributeValue `wire:"required,keylen=1..128"`
	SourceEndpoint    *types.Endpoint                        `wire:"required"`
	// Attributes are at most 32,768 bytes of UTF-8, keys and values together.
	Attributes map[string]string `wire:"keylen=1..32767,len=0..32767,keys=attribute"`
	// ChatDurationInMinutes is the whole life of the chat, transfers included; 1500 by default.
	ChatDurationInMinutes *int32 `wire:"range=60..10080"`
	// ClientToken makes a repeated request answer with the chat already started.
	ClientToken *string `wire:"len=0..500"`
	// InitialSystemMessage excludes InitialTemplatedSystemMessage.
	InitialSystemMessage           *types.ChatMessage
	InitialTemplatedSystemMessage  *types.TemplatedMessageConfig
	ParticipantDetails             *types.ParticipantDetails
	RelatedContactId               *string  `wire:"len=1..256"`
	SupportedMessagingContentTypes []string `wire:"len=1..100"`
}

// StartOutboundChatContactOutput is what StartOutboundChatContact answers.
type StartOutboundChatContactOutput struct {
	ContactId      *string
	ResultMetadata middleware.Metadata
}
