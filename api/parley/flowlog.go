package parley

import (
	"context"
	"time"

	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/wire"
)

// FlowLogLine is a line of a contact's flow log. A block has one when it begins and, if it had a result or everything is traced, one that
// says which way it led.
type FlowLogLine struct {
	Timestamp       *time.Time
	ContactFlowId   *string // ARN
	ContactFlowName *string
	// ContactFlowModuleType is the older name of the action's type.
	ContactFlowModuleType *string
	// Identifier is that of the action.
	Identifier *string
	// Parameters are a JSON object, with references resolved; in the line of a block that begins.
	Parameters *string
	Results    *string
	// Branch is NextAction, a condition ("Equals gold") or the type of an error, and Next the action that it leads to.
	Branch *string
	Next   *string
	// ContactFlowModuleId is the ARN of the module in which the block stands; absent in the flow itself.
	ContactFlowModuleId   *string
	ContactFlowModuleName *string
}

// FlowPosition is where a flow stands: at an action that waits for something.
type FlowPosition struct {
	ContactFlowId      *string
	ContactFlowVersion *int64
	Identifier         *string
	// Modules are those that the flow is in, the outer one first. Identifier stays that of the flow's own action.
	Modules []ModulePosition
}

// ModulePosition is where a flow module stands.
type ModulePosition struct {
	// FlowModuleId is the id and version of the module.
	FlowModuleId *string
	Identifier   *string
}

// TraceContact reads the flow log of a contact, the oldest line first, and where its flow stands. Servers for development log everything;
// others what flows ask for, and what they could not do.
var TraceContact = &wire.Operation[TraceContactInput, TraceContactOutput]{
	Service: Service, Name: "TraceContact", Method: "POST", Path: "/parley/v1/contacts/trace", Errors: errors(),
}

// TraceContactInput is what TraceContact takes.
type TraceContactInput struct {
	// InstanceId is that of the contact; absent means any.
	InstanceId *string `wire:"len=1..100"`
	ContactId  *string `wire:"required,len=1..256"`
	NextToken  *string
}

// TraceContactOutput is what TraceContact answers.
type TraceContactOutput struct {
	Lines []FlowLogLine
	// Position is absent when no flow runs.
	Position *FlowPosition
	// DisconnectTimestamp is absent while the contact lives.
	DisconnectTimestamp *time.Time
	// NextToken goes on behind the last line. It is there as long as lines may follow: a page without any is the last one for now.
	NextToken      *string
	ResultMetadata middleware.Metadata
}

// DrawContact draws a flow of a contact, with the way that the contact took and where it is.
var DrawContact = &wire.Operation[DrawContactInput, DrawContactOutput]{
	Service: Service, Name: "DrawContact", Method: "POST", Path: "/parley/v1/contacts/draw", Errors: errors(),
}

// DrawContactInput is what DrawContact takes.
type DrawContactInput struct {
	InstanceId *string `wire:"len=1..100"`
	ContactId  *string `wire:"required,len=1..256"`
	// ContactFlowId is that of a flow that the contact was in, absent for the last one.
	ContactFlowId *string `wire:"len=1..500"`
	// Inline leaves out heading and style sheet, for pages that have them.
	Inline bool
}

// DrawContactOutput is what DrawContact answers.
type DrawContactOutput struct {
	ContactFlowId   *string
	ContactFlowName *string
	// Picture is SVG.
	Picture        *string
	ResultMetadata middleware.Metadata
}

// TraceContact calls the operation of that name.
func (c *Client) TraceContact(ctx context.Context, in *TraceContactInput) (*TraceContactOutput, error) {
	return wire.Call(ctx, c.conn, TraceContact, in)
}

// DrawContact calls the operation of that name.
func (c *Client) DrawContact(ctx context.Context, in *DrawContactInput) (*DrawContactOutput, error) {
	return wire.Call(ctx, c.conn, DrawContact, in)
}
