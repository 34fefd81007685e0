package types

import "time"

// SearchContactsTimeRange bounds one of the times of a contact. Both ends are included.
type SearchContactsTimeRange struct {
	EndTime   *time.Time                  `wire:"required"`
	StartTime *time.Time                  `wire:"required"`
	Type      SearchContactsTimeRangeType `wire:"required"`
}

// SearchCriteria are met by a contact that meets each of them. Within a list one entry is enough, unless its match
// type says otherwise.
type SearchCriteria struct {
	ActiveRegions               []string `wire:"form=region"`
	AdditionalTimeRange         *SearchContactsAdditionalTimeRange
	AgentHierarchyGroups        *AgentHierarchyGroups
	AgentIds                    []string `wire:"count=0..100,len=1..256"`
	Channels                    []Channel
	ContactAnalysis             *ContactAnalysis
	ContactTags                 *ControlPlaneTagFilter
	InitiationMethods           []ContactInitiationMethod
	Name                        *NameCriteria
	QueueIds                    []string `wire:"count=0..100"`
	RoutingCriteria             *SearchableRoutingCriteria
	SearchableContactAttributes *SearchableContactAttributes
	SearchableSegmentAttributes *SearchableSegmentAttributes
}

// NameCriteria are met by the name of a contact.
type NameCriteria struct {
	MatchType  SearchContactsMatchType `wire:"required"`
	SearchText []string                `wire:"required,count=0..100,len=0..128"`
}

// AgentHierarchyGroups are met by the groups of a contact's agent, L1 the widest.
type AgentHierarchyGroups struct {
	L1Ids []string `wire:"count=0..10"`
	L2Ids []string `wire:"count=0..10"`
	L3Ids []string `wire:"count=0..10"`
	L4Ids []string `wire:"count=0..10"`
	L5Ids []string `wire:"count=0..10"`
}

// ContactAnalysis is met by what was said on a contact.
type ContactAnalysis struct {
	Transcript *Transcript
}

// Transcript is met by the transcript of a contact.
type Transcript struct {
	Criteria  []TranscriptCriteria `wire:"required,count=0..6"`
	MatchType SearchContactsMatchType
}

// TranscriptCriteria are met by what participants of one role said.
type TranscriptCriteria struct {
	MatchType       SearchContactsMatchType `wire:"required"`
	ParticipantRole ParticipantRole         `wire:"required"`
	SearchText      []string                `wire:"required,count=0..100,len=0..128"`
}

// SearchableRoutingCriteria are met by the routing criteria of a contact.
type SearchableRoutingCriteria struct {
	Steps []SearchableRoutingCriteriaStep
}

// SearchableRoutingCriteriaStep is met by one step of routing criteria.
type SearchableRoutingCriteriaStep struct {
	AgentCriteria *SearchableAgentCriteriaStep
}

// SearchableAgentCriteriaStep is met by the agents that a routing step names.
type SearchableAgentCriteriaStep struct {
	AgentIds  []string `wire:"count=0..100,len=1..256"`
	MatchType SearchContactsMatchType
}

// SearchContactsAdditionalTimeRange bounds more times of a contact.
type SearchContactsAdditionalTimeRange struct {
	Criteria  []SearchContactsAdditionalTimeRangeCriteria `wire:"required"`
	MatchType SearchContactsMatchType                     `wire:"required"`
}

// SearchContactsAdditionalTimeRangeCriteria bound a time, or want it to be absent.
type SearchContactsAdditionalTimeRangeCriteria struct {
	TimeRange          *SearchContactsTimeRange
	TimestampCondition *SearchContactsTimestampCondition
}

// SearchContactsTimestampCondition wants a time to be absent.
type SearchContactsTimestampCondition struct {
	ConditionType SearchContactsTimeRangeConditionType `wire:"required"`
	Type          SearchContactsTimeRangeType          `wire:"required"`
}

// SearchableContactAttributes are met by the attributes of a contact.
type SearchableContactAttributes struct {
	Criteria  []SearchableContactAttributesCriteria `wire:"required,count=0..15"`
	MatchType SearchContactsMatchType
}

// SearchableContactAttributesCriteria are met by an attribute that has one of the values.
type SearchableContactAttributesCriteria struct {
	Key    *string  `wire:"required,len=1..100"`
	Values []string `wire:"required,count=0..20,len=0..100"`
}

// SearchableSegmentAttributes are met by the segment attributes of a contact.
type SearchableSegmentAttributes struct {
	Criteria  []SearchableSegmentAttributesCriteria `wire:"required,count=1..15"`
	MatchType SearchContactsMatchType
}

// SearchableSegmentAttributesCriteria are met by a segment attribute that has one of the values.
type SearchableSegmentAttributesCriteria struct {
	Key    *string  `wire:"required,len=1..64"`
	Values []string `wire:"required,count=1..20,len=0..128"`
}

// ControlPlaneTagFilter is met by tags. Of the lists in OrConditions one has to be met as a whole.
type ControlPlaneTagFilter struct {
	AndConditions []TagCondition
	// OrConditions are lists of conditions, of which all entries of one have to be met.
	OrConditions [][]TagCondition
	TagCondition *TagCondition
}

// TagCondition is met by a tag with the key and, when it is given, the value.
type TagCondition struct {
	TagKey   *string
	TagValue *string
}

// Sort is the order of what is found.
type Sort struct {
	FieldName SortableFieldName `wire:"required"`
	Order     SortOrder         `wire:"required"`
}

// ContactSearchSummary is a contact that was found.
type ContactSearchSummary struct {
	AgentInfo                *ContactSearchSummaryAgentInfo
	Arn                      *string
	Channel                  Channel
	DisconnectTimestamp      *time.Time
	GlobalResiliencyMetadata *GlobalResiliencyMetadata
	Id                       *string
	InitialContactId         *string
	InitiationMethod         ContactInitiationMethod
	InitiationTimestamp      *time.Time
	Name                     *string
	PreviousContactId        *string
	QueueInfo                *ContactSearchSummaryQueueInfo
	RoutingCriteria          *RoutingCriteria
	ScheduledTimestamp       *time.Time
	// SegmentAttributes are those of strings and maps.
	SegmentAttributes map[string]ContactSearchSummarySegmentAttributeValue
	Tags              map[string]string
}

// ContactSearchSummaryAgentInfo is the agent of a contact that was found.
type ContactSearchSummaryAgentInfo struct {
	ConnectedToAgentTimestamp *time.Time
	Id                        *string
}

// ContactSearchSummaryQueueInfo is the queue of a contact that was found.
type ContactSearchSummaryQueueInfo struct {
	EnqueueTimestamp *time.Time
	Id               *string
}

// ContactSearchSummarySegmentAttributeValue is one value of the segment attributes of a contact that was found; one
// member is set.
type ContactSearchSummarySegmentAttributeValue struct {
	ValueMap    map[string]SegmentAttributeValue
	ValueString *string
}

// SearchContactsMatchType is how many of the entries of a list have to match.
type SearchContactsMatchType string

// Values of SearchContactsMatchType.
const (
	SearchContactsMatchTypeMatchAll   SearchContactsMatchType = "MATCH_ALL"
	SearchContactsMatchTypeMatchAny   SearchContactsMatchType = "MATCH_ANY"
	SearchContactsMatchTypeMatchExact SearchContactsMatchType = "MATCH_EXACT"
	SearchContactsMatchTypeMatchNone  SearchContactsMatchType = "MATCH_NONE"
)

// Values returns all known values.
func (SearchContactsMatchType) Values() []SearchContactsMatchType {
	return []SearchContactsMatchType{
		SearchContactsMatchTypeMatchAll,
		SearchContactsMatchTypeMatchAny,
		SearchContactsMatchTypeMatchExact,
		SearchContactsMatchTypeMatchNone,
	}
}

// SearchContactsTimeRangeConditionType is a condition on a time that is not a range.
type SearchContactsTimeRangeConditionType string

// Values of SearchContactsTimeRangeConditionType.
const (
	SearchContactsTimeRangeConditionTypeNotExists SearchContactsTimeRangeConditionType = "NOT_EXISTS"
)

// Values returns all known values.
func (SearchContactsTimeRangeConditionType) Values() []SearchContactsTimeRangeConditionType {
	return []SearchContactsTimeRangeConditionType{
		SearchContactsTimeRangeConditionTypeNotExists,
	}
}

// SearchContactsTimeRangeType is one of the times of a contact.
type SearchContactsTimeRangeType string

// Values of SearchContactsTimeRangeType.
const (
	SearchContactsTimeRangeTypeInitiationTimestamp       SearchContactsTimeRangeType = "INITIATION_TIMESTAMP"
	SearchContactsTimeRangeTypeScheduledTimestamp        SearchContactsTimeRangeType = "SCHEDULED_TIMESTAMP"
	SearchContactsTimeRangeTypeConnectedToAgentTimestamp SearchContactsTimeRangeType = "CONNECTED_TO_AGENT_TIMESTAMP"
	SearchContactsTimeRangeTypeDisconnectTimestamp       SearchContactsTimeRangeType = "DISCONNECT_TIMESTAMP"
	SearchContactsTimeRangeTypeEnqueueTimestamp          SearchContactsTimeRangeType = "ENQUEUE_TIMESTAMP"
)

// Values returns all known values.
func (SearchContactsTimeRangeType) Values() []SearchContactsTimeRangeType {
	return []SearchContactsTimeRangeType{
		SearchContactsTimeRangeTypeInitiationTimestamp,
		SearchContactsTimeRangeTypeScheduledTimestamp,
		SearchContactsTimeRangeTypeConnectedToAgentTimestamp,
		SearchContactsTimeRangeTypeDisconnectTimestamp,
		SearchContactsTimeRangeTypeEnqueueTimestamp,
	}
}

// SortableFieldName is what found contacts are sorted by.
type SortableFieldName string

// Values of SortableFieldName.
const (
	SortableFieldNameInitiationTimestamp       SortableFieldName = "INITIATION_TIMESTAMP"
	SortableFieldNameScheduledTimestamp        SortableFieldName = "SCHEDULED_TIMESTAMP"
	SortableFieldNameConnectedToAgentTimestamp SortableFieldName = "CONNECTED_TO_AGENT_TIMESTAMP"
	SortableFieldNameDisconnectTimestamp       SortableFieldName = "DISCONNECT_TIMESTAMP"
	SortableFieldNameInitiationMethod          SortableFieldName = "INITIATION_METHOD"
	SortableFieldNameChannel                   SortableFieldName = "CHANNEL"
	SortableFieldNameExpiryTimestamp           SortableFieldName = "EXPIRY_TIMESTAMP"
)

// Values returns all known values.
func (SortableFieldName) Values() []SortableFieldName {
	return []SortableFieldName{
		SortableFieldNameInitiationTimestamp,
		SortableFieldNameScheduledTimestamp,
		SortableFieldNameConnectedToAgentTimestamp,
		SortableFieldNameDisconnectTimestamp,
		SortableFieldNameInitiationMethod,
		SortableFieldNameChannel,
		SortableFieldNameExpiryTimestamp,
	}
}

// SortOrder is the direction of a sort.
type SortOrder string

// Values of SortOrder.
const (
	SortOrderAscending  SortOrder = "ASCENDING"
	SortOrderDescending SortOrder = "DESCENDING"
)

// Values returns all known values.
func (SortOrder) Values() []SortOrder {
	return []SortOrder{
		SortOrderAscending,
		SortOrderDescending,
	}
}
