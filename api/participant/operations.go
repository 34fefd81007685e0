package participant

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/api/wire"
)

// CreateParticipantConnection hands out a WebSocket URL, a connection token, or both.
var CreateParticipantConnection = &wire.Operation[CreateParticipantConnectionInput, CreateParticipantConnectionOutput]{
	Service: Service, Name: "CreateParticipantConnection", Method: "POST", Path: "/participant/connection",
	Errors: commonErrors,
}

// CreateParticipantConnectionInput is what CreateParticipantConnection takes.
type CreateParticipantConnectionInput struct {
	ParticipantToken *string `wire:"header=X-Amz-Bearer,required,len=1..1000"`
	// ConnectParticipant marks the participant as connected without a WebSocket.
	ConnectParticipant *bool
	// Type lists what is wanted; empty when only ConnectParticipant is.
	Type []types.ConnectionType
}

// CreateParticipantConnectionOutput is what CreateParticipantConnection answers: the parts asked for.
type CreateParticipantConnectionOutput struct {
	ConnectionCredentials *types.ConnectionCredentials
	WebRTCConnection      *types.WebRTCConnection
	Websocket             *types.Websocket
	ResultMetadata        middleware.Metadata
}

// SendMessage writes a message into the transcript.
var SendMessage = &wire.Operation[SendMessageInput, SendMessageOutput]{
	Service: Service, Name: "SendMessage", Method: "POST", Path: "/participant/message",
	Errors: commonErrors,
}

// SendMessageInput is what SendMessage takes.
type SendMessageInput struct {
	ConnectionToken *string `wire:"header=X-Amz-Bearer,required,len=1..1000"`
	Content         *string `wire:"required,len=1..16384"`
	// ContentType is one of the contact's supported messaging content types.
	ContentType *string `wire:"required,len=1..100"`
	ClientToken *string `wire:"len=0..500"`
}

// SendMessageOutput is what SendMessage answers: the new item's identity.
type SendMessageOutput struct {
	AbsoluteTime    *string
	Id              *string
	MessageMetadata *types.MessageProcessingMetadata
	ResultMetadata  middleware.Metadata
}

// SendEvent tells that a participant is typing, or has received or read a message.
var SendEvent = &wire.Operation[SendEventInput, SendEventOutput]{
	Service: Service, Name: "SendEvent", Method: "POST", Path: "/participant/event",
	Errors: errorsOf(&types.ConflictException{}),
}

// SendEventInput is what SendEvent takes.
type SendEventInput struct {
	ConnectionToken *string `wire:"header=X-Amz-Bearer,required,len=1..1000"`
	ContentType     *string `wire:"required,len=1..100"`
	ClientToken     *string `wire:"len=0..500"`
	// Content of a receipt is JSON text that names the message. The model wants at least one character; the iOS
	// client sends an empty one with typing, so that is taken.
	Content *string `wire:"len=0..16384"`
}

// SendEventOutput is what SendEvent answers.
type SendEventOutput struct {
	AbsoluteTime   *string
	Id             *string
	ResultMetadata middleware.Metadata
}

// GetTranscript reads a page of the transcript.
var GetTranscript = &wire.Operation[GetTranscriptInput, GetTranscriptOutput]{
	Service: Service, Name: "GetTranscript", Method: "POST", Path: "/participant/transcript",
	Errors: commonErrors,
}

// GetTranscriptInput is what GetTranscript takes.
type GetTranscriptInput struct {
	ConnectionToken *string `wire:"header=X-Amz-Bearer,required,len=1..1000"`
	// ContactId narrows the transcript to one contact of the chat.
	ContactId *string `wire:"len=1..256"`
	// MaxResults is 10 by default.
	MaxResults *int32 `wire:"range=0..100"`
	// NextToken may be empty, which is the same as absent.
	NextToken *string `wire:"len=0..1000"`
	// ScanDirection is BACKWARD by default, FORWARD with a StartPosition.
	ScanDirection types.ScanDirection
	// SortOrder is DESCENDING by default.
	SortOrder     types.SortKey
	StartPosition *types.StartPosition
}

// GetTranscriptOutput is what GetTranscript answers.
type GetTranscriptOutput struct {
	InitialContactId *string
	// NextToken is absent on the last page.
	NextToken      *string
	Transcript     []types.Item
	ResultMetadata middleware.Metadata
}

// DisconnectParticipant ends the part of one participant in the chat.
var DisconnectParticipant = &wire.Operation[DisconnectParticipantInput, DisconnectParticipantOutput]{
	Service: Service, Name: "DisconnectParticipant", Method: "POST", Path: "/participant/disconnect",
	Errors: commonErrors,
}

// DisconnectParticipantInput is what DisconnectParticipant takes.
type DisconnectParticipantInput struct {
	ConnectionToken *string `wire:"header=X-Amz-Bearer,required,len=1..1000"`
	ClientToken     *string `wire:"len=0..500"`
}

// DisconnectParticipantOutput is what DisconnectParticipant answers: nothing.
type DisconnectParticipantOutput struct {
	ResultMetadata middleware.Metadata
}
