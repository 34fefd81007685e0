package connect

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// StartChatContact starts a chat in a flow and hands out the customer's participant token.
var StartChatContact = &wire.Operation[StartChatContactInput, StartChatContactOutput]{
	Service: Service, Name: "StartChatContact", Method: "PUT", Path: "/contact/chat",
	Errors: errorsOf(&types.InvalidParameterException{}, &types.LimitExceededException{},
		&types.ResourceNotFoundException{}),
}

// StartChatContactInput is what StartChatContact takes.
type StartChatContactInput struct {
	ContactFlowId      *string                   `wire:"required,len=0..500"`
	InstanceId         *string                   `wire:"required,len=1..100"`
	ParticipantDetails *types.ParticipantDetails `wire:"required"`
	// Attributes are at most 32,768 bytes of UTF-8, keys and values together.
	Attributes map[string]string `wire:"keylen=1..32767,len=0..32767,keys=attribute"`
	// ChatDurationInMinutes is the whole life of the chat, transfers included; 1500 by default.
	ChatDurationInMinutes *int32 `wire:"range=60..10080"`
	// ClientToken makes a repeated request answer with the chat already started.
	ClientToken *string `wire:"len=0..500"`
	CustomerId  *string `wire:"len=1..128"`
	// DisconnectOnCustomerExit lists who is disconnected by the service when the customer leaves.
	DisconnectOnCustomerExit []types.DisconnectOnCustomerExitParticipantType `wire:"count=1..1"`
	InitialMessage           *types.ChatMessage
	ParticipantConfiguration *types.ParticipantConfiguration
	// PersistentChat excludes RelatedContactId.
	PersistentChat    *types.PersistentChat
	RelatedContactId  *string                                `wire:"len=1..256"`
	SegmentAttributes map[string]types.SegmentAttributeValue `wire:"keylen=1..128"`
	// SupportedMessagingContentTypes must hold text/plain when given.
	SupportedMessagingContentTypes []string `wire:"len=1..100"`
}

// StartChatContactOutput is what StartChatContact answers.
type StartChatContactOutput struct {
	ContactId *string
	// ContinuedFromContactId is there for persistent chats.
	ContinuedFromContactId *string
	ParticipantId          *string
	// ParticipantToken lives as long as the participant.
	ParticipantToken *string
	ResultMetadata   middleware.Metadata
}

// StopContact ends a contact, with DisconnectReason API.
var StopContact = &wire.Operation[StopContactInput, StopContactOutput]{
	Service: Service, Name: "StopContact", Method: "POST", Path: "/contact/stop",
	Errors: errorsOf(&types.ContactNotFoundException{}, &types.InvalidActiveRegionException{},
		&types.InvalidParameterException{}, &types.ResourceNotFoundException{}),
}

// StopContactInput is what StopContact takes.
type StopContactInput struct {
	ContactId  *string `wire:"required,len=1..256"`
	InstanceId *string `wire:"required,len=1..100"`
	// DisconnectReason is meant for outbound campaigns.
	DisconnectReason *types.DisconnectReason
}

// StopContactOutput is what StopContact answers: nothing.
type StopContactOutput struct {
	ResultMetadata middleware.Metadata
}

// DescribeContact reads one contact, live or ended.
var DescribeContact = &wire.Operation[DescribeContactInput, DescribeContactOutput]{
	Service: Service, Name: "DescribeContact", Method: "GET", Path: "/contacts/{InstanceId}/{ContactId}",
	Errors: errorsOf(&types.InvalidParameterException{}, &types.ResourceNotFoundException{},
		&types.ThrottlingException{}),
}

// DescribeContactInput is what DescribeContact takes.
type DescribeContactInput struct {
	ContactId  *string `wire:"path=ContactId,required,len=1..256"`
	InstanceId *string `wire:"path=InstanceId,required,len=1..100"`
}

// DescribeContactOutput is what DescribeContact answers.
type DescribeContactOutput struct {
	Contact        *types.Contact
	ResultMetadata middleware.Metadata
}

// GetContactAttributes reads the attributes of a chat by any of its contacts.
var GetContactAttributes = &wire.Operation[GetContactAttributesInput, GetContactAttributesOutput]{
	Service: Service, Name: "GetContactAttributes", Method: "GET",
	Path:   "/contact/attributes/{InstanceId}/{InitialContactId}",
	Errors: errorsOf(&types.ResourceNotFoundException{}),
}

// GetContactAttributesInput is what GetContactAttributes takes.
type GetContactAttributesInput struct {
	InitialContactId *string `wire:"path=InitialContactId,required,len=1..256"`
	InstanceId       *string `wire:"path=InstanceId,required,len=1..100"`
}

// GetContactAttributesOutput is what GetContactAttributes answers.
type GetContactAttributesOutput struct {
	Attributes     map[string]string
	ResultMetadata middleware.Metadata
}

// UpdateContactAttributes merges attributes into those of a chat.
var UpdateContactAttributes = &wire.Operation[UpdateContactAttributesInput, UpdateContactAttributesOutput]{
	Service: Service, Name: "UpdateContactAttributes", Method: "POST", Path: "/contact/attributes",
	Errors: errorsOf(&types.InvalidActiveRegionException{}, &types.InvalidParameterException{},
		&types.ResourceNotFoundException{}),
}

// UpdateContactAttributesInput is what UpdateContactAttributes takes.
type UpdateContactAttributesInput struct {
	// Attributes named here are added or overwritten, the others stay.
	Attributes map[string]string `wire:"required,keylen=1..32767,len=0..32767,keys=attribute"`
	// InitialContactId is any contact of the chat.
	InitialContactId *string `wire:"required,len=1..256"`
	InstanceId       *string `wire:"required,len=1..100"`
}

// UpdateContactAttributesOutput is what UpdateContactAttributes answers: nothing.
type UpdateContactAttributesOutput struct {
	ResultMetadata middleware.Metadata
}
