package parley

import (
	"context"
	"time"

	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/wire"
)

// DeadLetter is a message to the outside that was given up: the target refused it, or did not take it in time.
type DeadLetter struct {
	Id         *string
	InstanceId *string
	// InitialContactId is that of the chat, ContactId that of the segment that is told of.
	InitialContactId *string
	ContactId        *string
	Target           *string
	// Kind is "event", "item", "record" or "transcript".
	Kind *string
	// Timestamp is when it was to be told, GivenUpTimestamp when it was given up.
	Timestamp        *time.Time
	GivenUpTimestamp *time.Time
	Error            *string
	// Body is what was to be told, in JSON.
	Body *string
}

// DeadLetterFilter says which dead letters are meant: those that have everything it names. Replaying and dropping need at least one
// member, so that a slip does not mean all.
type DeadLetterFilter struct {
	InstanceId       *string  `wire:"len=1..100"`
	InitialContactId *string  `wire:"len=1..256"`
	Target           *string  `wire:"len=1..500"`
	Kind             *string  `wire:"len=1..100"`
	Ids              []string `wire:"count=1..1000,len=1..20"`
}

// FindDeadLetters reads dead letters, by instance and then by id.
var FindDeadLetters = &wire.Operation[FindDeadLettersInput, FindDeadLettersOutput]{
	Service: Service, Name: "FindDeadLetters", Method: "POST", Path: "/parley/v1/dead-letters/find", Errors: errors(),
}

// FindDeadLettersInput is what FindDeadLetters takes.
type FindDeadLettersInput struct {
	Filter    *DeadLetterFilter
	NextToken *string
}

// FindDeadLettersOutput is what FindDeadLetters answers.
type FindDeadLettersOutput struct {
	DeadLetters []DeadLetter
	// NextToken is absent on the last page.
	NextToken      *string
	ResultMetadata middleware.Metadata
}

// ReplayDeadLetters has dead letters told again, each before what its chat has to tell the same target since.
var ReplayDeadLetters = &wire.Operation[ReplayDeadLettersInput, ReplayDeadLettersOutput]{
	Service: Service, Name: "ReplayDeadLetters", Method: "POST", Path: "/parley/v1/dead-letters/replay", Errors: errors(),
}

// ReplayDeadLettersInput is what ReplayDeadLetters takes.
type ReplayDeadLettersInput struct {
	Filter *DeadLetterFilter
	All    *bool // instead of Filter: all there are
}

// ReplayDeadLettersOutput is what ReplayDeadLetters answers.
type ReplayDeadLettersOutput struct {
	Count          int64
	ResultMetadata middleware.Metadata
}

// DropDeadLetters deletes dead letters.
var DropDeadLetters = &wire.Operation[DropDeadLettersInput, DropDeadLettersOutput]{
	Service: Service, Name: "DropDeadLetters", Method: "POST", Path: "/parley/v1/dead-letters/drop", Errors: errors(),
}

// DropDeadLettersInput is what DropDeadLetters takes.
type DropDeadLettersInput struct {
	Filter *DeadLetterFilter
	All    *bool // instead of Filter: all there are
}

// DropDeadLettersOutput is what DropDeadLetters answers.
type DropDeadLettersOutput struct {
	Count          int64
	ResultMetadata middleware.Metadata
}

// FindDeadLetters calls the operation of that name.
func (c *Client) FindDeadLetters(ctx context.Context, in *FindDeadLettersInput) (*FindDeadLettersOutput, error) {
	return wire.Call(ctx, c.conn, FindDeadLetters, in)
}

// ReplayDeadLetters calls the operation of that name.
func (c *Client) ReplayDeadLetters(ctx context.Context, in *ReplayDeadLettersInput) (*ReplayDeadLettersOutput, error) {
	return wire.Call(ctx, c.conn, ReplayDeadLetters, in)
}

// DropDeadLetters calls the operation of that name.
func (c *Client) DropDeadLetters(ctx context.Context, in *DropDeadLettersInput) (*DropDeadLettersOutput, error) {
	return wire.Call(ctx, c.conn, DropDeadLetters, in)
}
