package types

import "time"

// AssociatedContactSummary is a contact in a tree of contacts.
type AssociatedContactSummary struct {
	Channel             Channel
	ContactArn          *string
	ContactId           *string
	DisconnectTimestamp *time.Time
	InitialContactId    *string
	InitiationMethod    ContactInitiationMethod
	InitiationTimestamp *time.Time
	PreviousContactId   *string
	RelatedContactId    *string
}

// Endpoint is an address at which somebody is reached.
type Endpoint struct {
	Address *string `wire:"len=0..256"`
	// Type is the kind of the address.
	Type EndpointType
}

// QueueInfoInput names a queue.
type QueueInfoInput struct {
	Id *string
}

// UserInfo names a user.
type UserInfo struct {
	UserId *string `wire:"len=1..256"`
}

// RoutingCriteriaInput sets the routing criteria of a contact.
type RoutingCriteriaInput struct {
	// Steps are taken in order, each when the one before has expired.
	Steps []RoutingCriteriaInputStep
}

// RoutingCriteriaInputStep is one stage of routing criteria as it is set.
type RoutingCriteriaInputStep struct {
	Expiry     *RoutingCriteriaInputStepExpiry
	Expression *Expression
}

// RoutingCriteriaInputStepExpiry bounds a routing step. Without it the step lasts until the contact is connected.
type RoutingCriteriaInputStepExpiry struct {
	// DurationInSeconds is how long the step lasts.
	DurationInSeconds *int32
}
