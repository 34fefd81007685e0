package types

import "time"

// Instance is a contact center of its own: flows, queues, users and contacts belong to one.
type Instance struct {
	Arn                    *string
	CreatedTime            *time.Time
	Id                     *string
	IdentityManagementType DirectoryType
	InboundCallsEnabled    *bool
	InstanceAccessUrl      *string
	InstanceAlias          *string
	InstanceStatus         InstanceStatus
	OutboundCallsEnabled   *bool
	ServiceRole            *string
	// StatusReason is there when the creation failed.
	StatusReason *InstanceStatusReason
	Tags         map[string]string
}

// InstanceStatusReason says why an instance could not be made.
type InstanceStatusReason struct {
	Message *string
}

// InstanceSummary is an instance in a list.
type InstanceSummary struct {
	Arn                    *string
	CreatedTime            *time.Time
	Id                     *string
	IdentityManagementType DirectoryType
	InboundCallsEnabled    *bool
	InstanceAccessUrl      *string
	InstanceAlias          *string
	InstanceStatus         InstanceStatus
	OutboundCallsEnabled   *bool
	ServiceRole            *string
}

// ReplicationConfiguration tells where an instance is copied to.
type ReplicationConfiguration struct {
	GlobalSignInEndpoint         *string
	ReplicationStatusSummaryList []ReplicationStatusSummary
	SourceRegion                 *string
}

// ReplicationStatusSummary is the state of an instance's copy in one Region.
type ReplicationStatusSummary struct {
	Region                  *string
	ReplicationStatus       InstanceReplicationStatus
	ReplicationStatusReason *string
}
