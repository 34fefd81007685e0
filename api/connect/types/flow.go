package types

import "time"

// ContactFlow is a flow with one of its contents: the published one, the draft or a version.
type ContactFlow struct {
	Arn *string
	// Content is the flow as JSON text, byte for byte as it was given.
	Content     *string
	Description *string
	// FlowContentSha256 is the hash of Content, 64 hexadecimal digits.
	FlowContentSha256  *string
	Id                 *string
	LastModifiedRegion *string
	LastModifiedTime   *time.Time
	Name               *string
	State              ContactFlowState
	Status             ContactFlowStatus
	Tags               map[string]string
	Type               ContactFlowType
	Version            *int64
	VersionDescription *string
}

// ContactFlowSummary is a flow in a list.
type ContactFlowSummary struct {
	Arn               *string
	ContactFlowState  ContactFlowState
	ContactFlowStatus ContactFlowStatus
	ContactFlowType   ContactFlowType
	Id                *string
	Name              *string
}
