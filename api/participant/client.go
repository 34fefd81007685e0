package participant

import (
	"context"

	"github.com/openparley/parley/api/wire"
)

// Options say where a Client sends its requests.
type Options = wire.Options

// Client calls the Amazon Connect Participant Service. It is safe for concurrent use.
type Client struct{ conn *wire.Conn }

// New returns a client.
func New(o Options) *Client {
	o.Credentials = nil // the service does not use signatures
	return &Client{wire.NewConn(Service, o)}
}

// CreateParticipantConnection calls the operation of that name.
func (c *Client) CreateParticipantConnection(ctx context.Context, in *CreateParticipantConnectionInput) (*CreateParticipantConnectionOutput, error) {
	return wire.Call(ctx, c.conn, CreateParticipantConnection, in)
}

// SendMessage calls the operation of that name.
func (c *Client) SendMessage(ctx context.Context, in *SendMessageInput) (*SendMessageOutput, error) {
	return wire.Call(ctx, c.conn, SendMessage, in)
}

// SendEvent calls the operation of that name.
func (c *Client) SendEvent(ctx context.Context, in *SendEventInput) (*SendEventOutput, error) {
	return wire.Call(ctx, c.conn, SendEvent, in)
}

// GetTranscript calls the operation of that name.
func (c *Client) GetTranscript(ctx context.Context, in *GetTranscriptInput) (*GetTranscriptOutput, error) {
	return wire.Call(ctx, c.conn, GetTranscript, in)
}

// DisconnectParticipant calls the operation of that name.
func (c *Client) DisconnectParticipant(ctx context.Context, in *DisconnectParticipantInput) (*DisconnectParticipantOutput, error) {
	return wire.Call(ctx, c.conn, DisconnectParticipant, in)
}

// StartAttachmentUpload calls the operation of that name.
func (c *Client) StartAttachmentUpload(ctx context.Context, in *StartAttachmentUploadInput) (*StartAttachmentUploadOutput, error) {
	return wire.Call(ctx, c.conn, StartAttachmentUpload, in)
}

// CompleteAttachmentUpload calls the operation of that name.
func (c *Client) CompleteAttachmentUpload(ctx context.Context, in *CompleteAttachmentUploadInput) (*CompleteAttachmentUploadOutput, error) {
	return wire.Call(ctx, c.conn, CompleteAttachmentUpload, in)
}

// GetAttachment calls the operation of that name.
func (c *Client) GetAttachment(ctx context.Context, in *GetAttachmentInput) (*GetAttachmentOutput, error) {
	return wire.Call(ctx, c.conn, GetAttachment, in)
}

// DescribeView calls the operation of that name.
func (c *Client) DescribeView(ctx context.Context, in *DescribeViewInput) (*DescribeViewOutput, error) {
	return wire.Call(ctx, c.conn, DescribeView, in)
}

// GetAuthenticationUrl calls the operation of that name.
func (c *Client) GetAuthenticationUrl(ctx context.Context, in *GetAuthenticationUrlInput) (*GetAuthenticationUrlOutput, error) {
	return wire.Call(ctx, c.conn, GetAuthenticationUrl, in)
}

// CancelParticipantAuthentication calls the operation of that name.
func (c *Client) CancelParticipantAuthentication(ctx context.Context, in *CancelParticipantAuthenticationInput) (*CancelParticipantAuthenticationOutput, error) {
	return wire.Call(ctx, c.conn, CancelParticipantAuthentication, in)
}
