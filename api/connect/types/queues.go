package types

import (
	"time"
)

// Queue is where contacts wait for agents.
type Queue struct {
	Description        *string
	HoursOfOperationId *string
	LastModifiedRegion *string
	LastModifiedTime   *time.Time
	// MaxContacts that is absent is no limit.
	MaxContacts          *int32
	Name                 *string
	OutboundCallerConfig *OutboundCallerConfig
	OutboundEmailConfig  *OutboundEmailConfig
	QueueArn             *string
	QueueId              *string
	Status               QueueStatus
	Tags                 map[string]string
}

// QueueSummary is a queue in a list.
type QueueSummary struct {
	Arn                *string
	Id                 *string
	LastModifiedRegion *string
	LastModifiedTime   *time.Time
	Name               *string
	QueueType          QueueType
}

// OutboundCallerConfig is who calls from a queue. Chats make no use of it.
type OutboundCallerConfig struct {
	OutboundCallerIdName     *string `wire:"len=1..255"`
	OutboundCallerIdNumberId *string
	OutboundFlowId           *string `wire:"len=0..500"`
}

// OutboundEmailConfig is the address that e-mail of a queue comes from. Chats make no use of it.
type OutboundEmailConfig struct {
	OutboundEmailAddressId *string `wire:"len=1..500"`
}

// EmailAddressConfig names an address of e-mail.
type EmailAddressConfig struct {
	EmailAddressId *string `wire:"required,len=1..500"`
}

// QueueSearchCriteria are met by queues.
type QueueSearchCriteria struct {
	AndConditions      []QueueSearchCriteria
	OrConditions       []QueueSearchCriteria
	QueueTypeCondition SearchableQueueType
	StringCondition    *StringCondition
}

// QueueSearchFilter narrows a search for queues by tags.
type QueueSearchFilter struct {
	TagFilter *ControlPlaneTagFilter
}

// QueueStatus says whether contacts may enter a queue.
type QueueStatus string

// Values of QueueStatus.
const (
	QueueStatusEnabled  QueueStatus = "ENABLED"
	QueueStatusDisabled QueueStatus = "DISABLED"
)

// Values returns all known values.
func (QueueStatus) Values() []QueueStatus {
	return []QueueStatus{
		QueueStatusEnabled,
		QueueStatusDisabled,
	}
}

// QueueType tells queues of the instance from those of an agent.
type QueueType string

// Values of QueueType.
const (
	QueueTypeStandard QueueType = "STANDARD"
	QueueTypeAgent    QueueType = "AGENT"
)

// Values returns all known values.
func (QueueType) Values() []QueueType {
	return []QueueType{
		QueueTypeStandard,
		QueueTypeAgent,
	}
}

// SearchableQueueType is a type of queue that searches find.
type SearchableQueueType string

// Values of SearchableQueueType.
const (
	SearchableQueueTypeStandard SearchableQueueType = "STANDARD"
)

// Values returns all known values.
func (SearchableQueueType) Values() []SearchableQueueType {
	return []SearchableQueueType{
		SearchableQueueTypeStandard,
	}
}
