package types

import "time"

// Contact is one segment of a conversation: from its start, a transfer or a disconnect flow to its own end.
// Source of members: the Go SDK, service/connect v1.175.2.
type Contact struct {
	AdditionalEmailRecipients       *AdditionalEmailRecipients
	AgentInfo                       *AgentInfo
	AnsweringMachineDetectionStatus AnsweringMachineDetectionStatus
	Arn                             *string
	// Attributes is the map GetContactAttributes answers with: one for the whole chat.
	Attributes                 map[string]string
	Campaign                   *Campaign
	Channel                    Channel
	ChatMetrics                *ChatMetrics
	ConnectedToSystemTimestamp *time.Time
	// ContactAssociationId is the root of the tree of related contacts.
	ContactAssociationId     *string
	ContactDetails           *ContactDetails
	ContactEvaluations       map[string]ContactEvaluation
	Customer                 *Customer
	CustomerEndpoint         *EndpointInfo
	CustomerId               *string
	CustomerVoiceActivity    *CustomerVoiceActivity
	Description              *string
	DisconnectDetails        *DisconnectDetails
	DisconnectReason         *string
	DisconnectTimestamp      *time.Time
	GlobalResiliencyMetadata *GlobalResiliencyMetadata
	Id                       *string
	// InitialContactId is the first contact of the chat; absent on that contact itself.
	InitialContactId    *string
	InitiationMethod    ContactInitiationMethod
	InitiationTimestamp *time.Time
	LastPausedTimestamp *time.Time
	// LastResumedTimestamp is the end of the newest pause.
	LastResumedTimestamp *time.Time
	LastUpdateTimestamp  *time.Time
	Name                 *string
	NextContacts         []NextContactEntry
	OutboundStrategy     *OutboundStrategy
	PreviousContactId    *string
	QualityMetrics       *QualityMetrics
	QueueInfo            *QueueInfo
	// QueuePriority is served lowest first; 5 by default.
	QueuePriority *int64
	// QueueTimeAdjustmentSeconds is added to the time waited when contacts are ordered.
	QueueTimeAdjustmentSeconds *int32
	Recordings                 []RecordingInfo
	// RelatedContactId is the contact this one was started from, in another chain.
	RelatedContactId   *string
	RingStartTimestamp *time.Time
	RoutingCriteria    *RoutingCriteria
	ScheduledTimestamp *time.Time
	// SegmentAttributes always hold connect:Subtype.
	SegmentAttributes map[string]SegmentAttributeValue
	SystemEndpoint    *EndpointInfo
	// Tags include aws:connect:instanceId.
	Tags                        map[string]string
	TaskTemplateInfo            *TaskTemplateInfoV2
	TotalPauseCount             *int32
	TotalPauseDurationInSeconds *int32
	WisdomInfo                  *WisdomInfo
}

// AdditionalEmailRecipients are the further recipients of an email contact.
type AdditionalEmailRecipients struct {
	CcList []EmailRecipient
	ToList []EmailRecipient
}

// EmailRecipient is one address of an email contact.
type EmailRecipient struct {
	Address     *string
	DisplayName *string
}

// AgentInfo is what the contact knows of its agent. Durations are whole seconds.
type AgentInfo struct {
	AcceptedByAgentTimestamp     *time.Time
	AfterContactWorkDuration     *int32
	AfterContactWorkEndTimestamp *time.Time
	// AfterContactWorkStartTimestamp is when the agent began after contact work.
	AfterContactWorkStartTimestamp *time.Time
	AgentInitiatedHoldDuration     *int32
	AgentPauseDurationInSeconds    *int32
	Capabilities                   *ParticipantCapabilities
	ConnectedToAgentTimestamp      *time.Time
	DeviceInfo                     *DeviceInfo
	HierarchyGroups                *HierarchyGroups
	// Id is the agent's user id.
	Id                   *string
	PreviewEndTimestamp  *time.Time
	StateTransitions     []StateTransition
	VoiceEnhancementMode VoiceEnhancementMode
}

// StateTransition is one state an agent had on the contact, with its bounds.
type StateTransition struct {
	State               ParticipantState
	StateEndTimestamp   *time.Time
	StateStartTimestamp *time.Time
}

// HierarchyGroups are the agent's groups when the contact was connected, Level1 the widest.
type HierarchyGroups struct {
	Level1 *AgentHierarchyGroup
	Level2 *AgentHierarchyGroup
	Level3 *AgentHierarchyGroup
	Level4 *AgentHierarchyGroup
	Level5 *AgentHierarchyGroup
}

// AgentHierarchyGroup is one level of the agent hierarchy.
type AgentHierarchyGroup struct {
	Arn *string
}

// ParticipantCapabilities are the media a participant may send.
type ParticipantCapabilities struct {
	ScreenShare ScreenShareCapability
	Video       VideoCapability
}

// DeviceInfo describes the device of a participant.
type DeviceInfo struct {
	OperatingSystem *string
	PlatformName    *string
	PlatformVersion *string
}

// Campaign is the outbound campaign a contact belongs to.
type Campaign struct {
	CampaignId *string
}

// ContactDetails are the name and description a task contact was made with.
type ContactDetails struct {
	Description *string
	Name        *string
}

// ContactEvaluation is an evaluation of the contact by a form.
type ContactEvaluation struct {
	DeleteTimestamp *time.Time
	EndTimestamp    *time.Time
	EvaluationArn   *string
	ExportLocation  *string
	FormId          *string
	StartTimestamp  *time.Time
	Status          Status
}

// Customer describes the customer's device.
type Customer struct {
	Capabilities *ParticipantCapabilities
	DeviceInfo   *DeviceInfo
}

// EndpointInfo is an address of the customer or of the instance.
type EndpointInfo struct {
	Address     *string
	DisplayName *string
	Type        EndpointType
}

// CustomerVoiceActivity bounds the greeting of the customer on a call.
type CustomerVoiceActivity struct {
	GreetingEndTimestamp   *time.Time
	GreetingStartTimestamp *time.Time
}

// DisconnectDetails says more about an unwanted disconnect.
type DisconnectDetails struct {
	PotentialDisconnectIssue *string
}

// GlobalResiliencyMetadata tells which Regions a contact of a replicated instance lives in.
type GlobalResiliencyMetadata struct {
	ActiveRegion               *string
	OriginRegion               *string
	TrafficDistributionGroupId *string
}

// NextContactEntry is a contact that followed this one.
type NextContactEntry struct {
	NextContactMetadata NextContactMetadata
	Type                NextContactType
}

// NextContactMetadata is a union; its member is [NextContactMetadataMemberQuickConnectContactData].
type NextContactMetadata interface {
	isNextContactMetadata()
}

// NextContactMetadataMemberQuickConnectContactData is the contact made by a quick connect.
type NextContactMetadataMemberQuickConnectContactData struct {
	Value QuickConnectContactData
}

func (*NextContactMetadataMemberQuickConnectContactData) isNextContactMetadata() {}

// QuickConnectContactData names the contact a quick connect made and the quick connect itself.
type QuickConnectContactData struct {
	ContactId           *string
	InitiationTimestamp *time.Time
	QuickConnectId      *string
	QuickConnectName    *string
	QuickConnectType    QuickConnectType
}

// OutboundStrategy says who is reached first on an outbound contact.
type OutboundStrategy struct {
	Type   OutboundStrategyType `wire:"required"`
	Config *OutboundStrategyConfig
}

// OutboundStrategyConfig holds the settings of an outbound strategy.
type OutboundStrategyConfig struct {
	AgentFirst *AgentFirst
}

// AgentFirst reaches the agent before the customer.
type AgentFirst struct {
	Preview *Preview
}

// Preview lets the agent see a contact before it is dialled.
type Preview struct {
	AllowedUserActions      []AllowedUserAction      `wire:"required"`
	PostAcceptTimeoutConfig *PostAcceptTimeoutConfig `wire:"required"`
}

// PostAcceptTimeoutConfig is how long an accepted contact waits for the agent.
type PostAcceptTimeoutConfig struct {
	DurationInSeconds *int32 `wire:"required"`
}

// QueueInfo is the queue a contact waited in.
type QueueInfo struct {
	EnqueueTimestamp *time.Time
	Id               *string
}

// RecordingInfo is one recording of the contact.
type RecordingInfo struct {
	DeletionReason                *string
	FragmentStartNumber           *string
	FragmentStopNumber            *string
	Location                      *string
	MediaStreamType               MediaStreamType
	ParticipantType               ParticipantType
	StartTimestamp                *time.Time
	Status                        RecordingStatus
	StopTimestamp                 *time.Time
	StorageType                   StorageType
	UnprocessedTranscriptLocation *string
}

// TaskTemplateInfoV2 is the template a task was made from.
type TaskTemplateInfoV2 struct {
	Arn  *string
	Name *string
}

// WisdomInfo is the assistant session of the contact.
type WisdomInfo struct {
	AiAgents   []AiAgentInfo
	SessionArn *string
}

// AiAgentInfo is an AI agent that took part in the contact.
type AiAgentInfo struct {
	AiAgentEscalated bool
	AiAgentVersionId *string
	AiUseCase        AiUseCase
}
