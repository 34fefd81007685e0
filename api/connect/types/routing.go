package types

import "time"

// RoutingCriteria are the steps by which the wanted agent is widened while a contact waits.
type RoutingCriteria struct {
	ActivationTimestamp *time.Time
	// Index counts how often the criteria were set on the contact.
	Index *int32
	Steps []Step
}

// Step is one stage of routing criteria.
type Step struct {
	Expiry     *Expiry
	Expression *Expression
	Status     RoutingCriteriaStepStatus
}

// Expiry bounds a routing step.
type Expiry struct {
	DurationInSeconds *int32
	ExpiryTimestamp   *time.Time
}

// Expression is a condition on agents, or a combination of conditions.
type Expression struct {
	AndExpression         []Expression
	AttributeCondition    *AttributeCondition
	NotAttributeCondition *AttributeCondition
	OrExpression          []Expression
}

// AttributeCondition asks for an agent proficiency, or for given agents.
type AttributeCondition struct {
	ComparisonOperator *string `wire:"len=1..127"`
	MatchCriteria      *MatchCriteria
	Name               *string  `wire:"len=1..100"`
	ProficiencyLevel   *float32 `wire:"range=1..5"`
	Range              *Range
	Value              *string `wire:"len=1..128"`
}

// MatchCriteria are the agents a condition is met by.
type MatchCriteria struct {
	AgentsCriteria *AgentsCriteria
}

// AgentsCriteria lists agents by user id.
type AgentsCriteria struct {
	AgentIds []string `wire:"len=0..256"`
}

// Range bounds a proficiency level, 1 to 5, both ends included.
type Range struct {
	MaxProficiencyLevel *float32 `wire:"range=1..5"`
	MinProficiencyLevel *float32 `wire:"range=1..5"`
}
