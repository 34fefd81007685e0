package connect

import (
	"context"

	"github.com/openparley/parley/api/wire"
)

// Options say where a Client sends its requests and how it signs them.
type Options = wire.Options

// Client calls the Amazon Connect Service. It is safe for concurrent use.
type Client struct{ conn *wire.Conn }

// New returns a client.
func New(o Options) *Client {
	return &Client{wire.NewConn(Service, o)}
}

// StartChatContact calls the operation of that name.
func (c *Client) StartChatContact(ctx context.Context, in *StartChatContactInput) (*StartChatContactOutput, error) {
	return wire.Call(ctx, c.conn, StartChatContact, in)
}

// StopContact calls the operation of that name.
func (c *Client) StopContact(ctx context.Context, in *StopContactInput) (*StopContactOutput, error) {
	return wire.Call(ctx, c.conn, StopContact, in)
}

// DescribeContact calls the operation of that name.
func (c *Client) DescribeContact(ctx context.Context, in *DescribeContactInput) (*DescribeContactOutput, error) {
	return wire.Call(ctx, c.conn, DescribeContact, in)
}

// GetContactAttributes calls the operation of that name.
func (c *Client) GetContactAttributes(ctx context.Context, in *GetContactAttributesInput) (*GetContactAttributesOutput, error) {
	return wire.Call(ctx, c.conn, GetContactAttributes, in)
}

// UpdateContactAttributes calls the operation of that name.
func (c *Client) UpdateContactAttributes(ctx context.Context, in *UpdateContactAttributesInput) (*UpdateContactAttributesOutput, error) {
	return wire.Call(ctx, c.conn, UpdateContactAttributes, in)
}

// DescribeInstance calls the operation of that name.
func (c *Client) DescribeInstance(ctx context.Context, in *DescribeInstanceInput) (*DescribeInstanceOutput, error) {
	return wire.Call(ctx, c.conn, DescribeInstance, in)
}

// ListInstances calls the operation of that name.
func (c *Client) ListInstances(ctx context.Context, in *ListInstancesInput) (*ListInstancesOutput, error) {
	return wire.Call(ctx, c.conn, ListInstances, in)
}

// CreateContactFlow calls the operation of that name.
func (c *Client) CreateContactFlow(ctx context.Context, in *CreateContactFlowInput) (*CreateContactFlowOutput, error) {
	return wire.Call(ctx, c.conn, CreateContactFlow, in)
}

// DescribeContactFlow calls the operation of that name.
func (c *Client) DescribeContactFlow(ctx context.Context, in *DescribeContactFlowInput) (*DescribeContactFlowOutput, error) {
	return wire.Call(ctx, c.conn, DescribeContactFlow, in)
}

// ListContactFlows calls the operation of that name.
func (c *Client) ListContactFlows(ctx context.Context, in *ListContactFlowsInput) (*ListContactFlowsOutput, error) {
	return wire.Call(ctx, c.conn, ListContactFlows, in)
}

// UpdateContactFlowContent calls the operation of that name.
func (c *Client) UpdateContactFlowContent(ctx context.Context, in *UpdateContactFlowContentInput) (*UpdateContactFlowContentOutput, error) {
	return wire.Call(ctx, c.conn, UpdateContactFlowContent, in)
}

// UpdateContactFlowMetadata calls the operation of that name.
func (c *Client) UpdateContactFlowMetadata(ctx context.Context, in *UpdateContactFlowMetadataInput) (*UpdateContactFlowMetadataOutput, error) {
	return wire.Call(ctx, c.conn, UpdateContactFlowMetadata, in)
}

// UpdateContactFlowName calls the operation of that name.
func (c *Client) UpdateContactFlowName(ctx context.Context, in *UpdateContactFlowNameInput) (*UpdateContactFlowNameOutput, error) {
	return wire.Call(ctx, c.conn, UpdateContactFlowName, in)
}

// DeleteContactFlow calls the operation of that name.
func (c *Client) DeleteContactFlow(ctx context.Context, in *DeleteContactFlowInput) (*DeleteContactFlowOutput, error) {
	return wire.Call(ctx, c.conn, DeleteContactFlow, in)
}
