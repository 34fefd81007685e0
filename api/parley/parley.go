// Package parley defines the operations that Amazon Connect does not have, for both ends: what an operator asks of a Parley server about
// the data of one customer, and about what the outside could not be told. Requests are signed with Signature Version 4, as those to
// Amazon Connect, with the key of an operator.
package parley

import (
	"context"
	"time"

	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect"
	ctypes "github.com/openparley/parley/api/connect/types"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/api/wire"
)

// Service is Parley's own.
var Service = &wire.Service{
	ID:           "Parley",
	SigningName:  connect.Service.SigningName,
	Host:         "parley",
	InvalidShape: connect.Service.InvalidShape,
	InvalidValue: connect.Service.InvalidValue,
	Internal:     connect.Service.Internal,
	Unions:       connect.Service.Unions,
}

// errors are the exceptions of every operation. ResourceConflictException says that the chat has not ended.
func errors() []wire.Exception {
	return []wire.Exception{
		&ctypes.AccessDeniedException{}, &ctypes.InternalServiceException{}, &ctypes.InvalidParameterException{},
		&ctypes.InvalidRequestException{}, &ctypes.ResourceConflictException{}, &ctypes.ResourceNotFoundException{},
	}
}

// Kept is how much is kept of a chat.
type Kept struct {
	Contacts    int64 // segments; each has a record
	Items       int64 // of the transcript
	Attachments int64
	Files       int64 // in buckets: of attachments and transcripts
	Untold      int64 // events, items and records that the outside was not told yet
	DeadLetters int64 // those that were given up
}

// Chat is a chat of which something is kept.
type Chat struct {
	InstanceId *string
	// ContactId is the id of the chat's first contact.
	ContactId           *string
	CustomerId          *string
	InitiationTimestamp *time.Time
	// DisconnectTimestamp is absent while the chat lives.
	DisconnectTimestamp *time.Time
	Kept                *Kept
}

// FindChats finds the chats of a customer, or the chat of a contact.
var FindChats = &wire.Operation[FindChatsInput, FindChatsOutput]{
	Service: Service, Name: "FindChats", Method: "POST", Path: "/parley/v1/chats/find", Errors: errors(),
}

// FindChatsInput is what FindChats takes: CustomerId or ContactId.
type FindChatsInput struct {
	// InstanceId is that of the only instance to look in; absent means all.
	InstanceId *string `wire:"len=1..100"`
	CustomerId *string `wire:"len=1..500"`
	// ContactId is that of any contact of the chat.
	ContactId *string `wire:"len=1..256"`
	NextToken *string
}

// FindChatsOutput is what FindChats answers.
type FindChatsOutput struct {
	Chats []Chat
	// NextToken is absent on the last page.
	NextToken      *string
	ResultMetadata middleware.Metadata
}

// EraseChat deletes all that is kept of a chat. A chat that lives is a conflict, unless it shall be ended first. Erasing one that is not
// there does nothing.
var EraseChat = &wire.Operation[EraseChatInput, EraseChatOutput]{
	Service: Service, Name: "EraseChat", Method: "POST", Path: "/parley/v1/chats/erase", Errors: errors(),
}

// EraseChatInput is what EraseChat takes.
type EraseChatInput struct {
	ContactId *string `wire:"required,len=1..256"`
	// End ends the chat if it lives.
	End bool
}

// EraseChatOutput is what EraseChat answers.
type EraseChatOutput struct {
	Erased         *Kept
	ResultMetadata middleware.Metadata
}

// ExportChat reads a chat: its contacts with the first page, its transcript page by page.
var ExportChat = &wire.Operation[ExportChatInput, ExportChatOutput]{
	Service: Service, Name: "ExportChat", Method: "POST", Path: "/parley/v1/chats/export", Errors: errors(),
}

// ExportChatInput is what ExportChat takes.
type ExportChatInput struct {
	ContactId *string `wire:"required,len=1..256"`
	NextToken *string
}

// ExportChatOutput is what ExportChat answers.
type ExportChatOutput struct {
	// Contacts are the segments of the chat, the oldest first, as DescribeContact gives them.
	Contacts []ctypes.Contact
	// Records are the contact records of the segments that have ended, as JSON text.
	Records     []string
	Attachments []Attachment
	// Transcript is as GetTranscript gives it, the oldest item first.
	Transcript []ptypes.Item
	// NextToken is absent on the last page.
	NextToken      *string
	ResultMetadata middleware.Metadata
}

// Attachment is a file of a chat.
type Attachment struct {
	AttachmentId        *string
	AttachmentName      *string
	AttachmentSizeBytes *int64
	ContentType         *string
	ContactId           *string
	ParticipantId       *string
	Status              *string
	CreatedTimestamp    *time.Time
	// Stored says that its bytes are there.
	Stored bool
}

// LocateAttachment tells where the bytes of an attachment can be fetched, for a quarter of an hour.
var LocateAttachment = &wire.Operation[LocateAttachmentInput, LocateAttachmentOutput]{
	Service: Service, Name: "LocateAttachment", Method: "POST", Path: "/parley/v1/chats/attachment", Errors: errors(),
}

// LocateAttachmentInput is what LocateAttachment takes.
type LocateAttachmentInput struct {
	AttachmentId *string `wire:"required,len=1..256"`
}

// LocateAttachmentOutput is what LocateAttachment answers.
type LocateAttachmentOutput struct {
	// Url may lack scheme and host: those of the server are meant.
	Url            *string
	ResultMetadata middleware.Metadata
}

// Options say where a Client sends its requests and how it signs them.
type Options = wire.Options

// Client calls a Parley server. It is safe for concurrent use.
type Client struct{ conn *wire.Conn }

// New returns a client.
func New(o Options) *Client { return &Client{wire.NewConn(Service, o)} }

// FindChats calls the operation of that name.
func (c *Client) FindChats(ctx context.Context, in *FindChatsInput) (*FindChatsOutput, error) {
	return wire.Call(ctx, c.conn, FindChats, in)
}

// EraseChat calls the operation of that name.
func (c *Client) EraseChat(ctx context.Context, in *EraseChatInput) (*EraseChatOutput, error) {
	return wire.Call(ctx, c.conn, EraseChat, in)
}

// ExportChat calls the operation of that name.
func (c *Client) ExportChat(ctx context.Context, in *ExportChatInput) (*ExportChatOutput, error) {
	return wire.Call(ctx, c.conn, ExportChat, in)
}

// LocateAttachment calls the operation of that name.
func (c *Client) LocateAttachment(ctx context.Context, in *LocateAttachmentInput) (*LocateAttachmentOutput, error) {
	return wire.Call(ctx, c.conn, LocateAttachment, in)
}
