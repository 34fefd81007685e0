package parley

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/wire"
)

// Guide is a chat of its own that leads an agent through the work on a contact.
type Guide struct {
	// Hook is "DefaultAgentUI" for the guide that began when the agent came, "DisconnectAgentUI" for the one when the agent had gone.
	Hook *string
	// ContactId is that of the guide's chat, whose RelatedContactId is the contact.
	ContactId *string
	// ParticipantId and ParticipantToken are those with which the agent connects. They are absent when the guide is over.
	ParticipantId    *string
	ParticipantToken *string
}

// FindGuides finds the guides that the flows of a contact have set for its agent. They are there a moment after the agent came or went, and
// end when nobody connects within five minutes.
var FindGuides = &wire.Operation[FindGuidesInput, FindGuidesOutput]{
	Service: Service, Name: "FindGuides", Method: "POST", Path: "/parley/v1/guides/find", Errors: errors(),
}

// FindGuidesInput is what FindGuides takes.
type FindGuidesInput struct {
	InstanceId *string `wire:"required,len=1..100"`
	ContactId  *string `wire:"required,len=1..256"`
}

// FindGuidesOutput is what FindGuides answers.
type FindGuidesOutput struct {
	// Guides are in the order of their beginning.
	Guides         []Guide
	ResultMetadata middleware.Metadata
}

// FindGuides calls the operation of that name.
func (c *Client) FindGuides(ctx context.Context, in *FindGuidesInput) (*FindGuidesOutput, error) {
	return wire.Call(ctx, c.conn, FindGuides, in)
}
