package parley

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/wire"
)

// Agent is somebody a chat is handed to, as the flow of the transfer sees it in $.Agent.
type Agent struct {
	// UserId makes $.Agent.ARN.
	UserId    *string `wire:"len=1..256"`
	UserName  *string `wire:"required,len=1..256"`
	FirstName *string `wire:"len=1..256"`
	LastName  *string `wire:"len=1..256"`
}

// TransferChat hands a live chat over from its agents, as a quick connect does: they leave, and the customer goes on in a new contact with
// the flow for it. Without an agent in the chat it is a conflict, and so is the thirteenth contact of a chat.
var TransferChat = &wire.Operation[TransferChatInput, TransferChatOutput]{
	Service: Service, Name: "TransferChat", Method: "POST", Path: "/parley/v1/chats/transfer", Errors: errors(),
}

// TransferChatInput is what TransferChat takes.
type TransferChatInput struct {
	InstanceId *string `wire:"required,len=1..100"`
	// ContactId is that of the chat's current contact.
	ContactId *string `wire:"required,len=1..256"`
	// QueueId is the target queue of the new contact; the flow is of type QUEUE_TRANSFER.
	QueueId *string `wire:"len=1..256"`
	// Agent is who the chat is handed to; the flow is of type AGENT_TRANSFER.
	Agent *Agent
	// ContactFlowId is the flow of the new contact, in place of the instance's default; without QueueId and Agent an inbound flow.
	ContactFlowId *string `wire:"len=1..500"`
}

// TransferChatOutput is what TransferChat answers.
type TransferChatOutput struct {
	// ContactId is that of the new contact. Its flow may have led on already, or ended the chat.
	ContactId      *string
	ResultMetadata middleware.Metadata
}

// TransferChat calls the operation of that name.
func (c *Client) TransferChat(ctx context.Context, in *TransferChatInput) (*TransferChatOutput, error) {
	return wire.Call(ctx, c.conn, TransferChat, in)
}
