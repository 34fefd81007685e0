package types

import "time"

// ContactFlowModule is a flow module with one of its contents: the published one, the draft or a version.
type ContactFlowModule struct {
	Arn *string
	// Content is the module as JSON text, byte for byte as it was given.
	Content                         *string
	Description                     *string
	ExternalInvocationConfiguration *ExternalInvocationConfiguration
	// FlowModuleContentSha256 is the hash of Content, 64 hexadecimal digits.
	FlowModuleContentSha256 *string
	Id                      *string
	Name                    *string
	// Settings is JSON text: what the module takes and gives back, and its branches.
	Settings           *string
	State              ContactFlowModuleState
	Status             ContactFlowModuleStatus
	Tags               map[string]string
	Version            *int64
	VersionDescription *string
}

// ContactFlowModuleSummary is a module in a list.
type ContactFlowModuleSummary struct {
	Arn   *string
	Id    *string
	Name  *string
	State ContactFlowModuleState
}

// ExternalInvocationConfiguration says whether others than flows may run a module.
type ExternalInvocationConfiguration struct {
	Enabled bool
}

// ContactFlowModuleAliasInfo is a name for a version of a module.
type ContactFlowModuleAliasInfo struct {
	AliasId              *string
	ContactFlowModuleArn *string
	ContactFlowModuleId  *string
	Description          *string
	LastModifiedRegion   *string
	LastModifiedTime     *time.Time
	Name                 *string
	Version              *int64
}

// ContactFlowModuleAliasSummary is an alias in a list.
type ContactFlowModuleAliasSummary struct {
	AliasDescription *string
	AliasId          *string
	AliasName        *string
	Arn              *string
	LastModifiedTime *time.Time
	Version          *int64
}

// ContactFlowModuleVersionSummary is a version of a module in a list.
type ContactFlowModuleVersionSummary struct {
	Arn                *string
	Version            *int64
	VersionDescription *string
}

// ContactFlowVersionSummary is a version of a flow in a list.
type ContactFlowVersionSummary struct {
	Arn                *string
	Version            *int64
	VersionDescription *string
}

// ContactFlowModuleState says whether a module is in use or archived.
type ContactFlowModuleState string

// Values of ContactFlowModuleState.
const (
	ContactFlowModuleStateActive   ContactFlowModuleState = "ACTIVE"
	ContactFlowModuleStateArchived ContactFlowModuleState = "ARCHIVED"
)

// Values returns all known values.
func (ContactFlowModuleState) Values() []ContactFlowModuleState {
	return []ContactFlowModuleState{
		ContactFlowModuleStateActive,
		ContactFlowModuleStateArchived,
	}
}

// ContactFlowModuleStatus tells a published content from a draft.
type ContactFlowModuleStatus string

// Values of ContactFlowModuleStatus.
const (
	ContactFlowModuleStatusPublished ContactFlowModuleStatus = "PUBLISHED"
	ContactFlowModuleStatusSaved     ContactFlowModuleStatus = "SAVED"
)

// Values returns all known values.
func (ContactFlowModuleStatus) Values() []ContactFlowModuleStatus {
	return []ContactFlowModuleStatus{
		ContactFlowModuleStatusPublished,
		ContactFlowModuleStatusSaved,
	}
}
