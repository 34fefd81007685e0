package types

// AiUseCase is what an AI agent is used for on a contact.
type AiUseCase string

// Values of AiUseCase.
const (
	AiUseCaseAgentAssistance AiUseCase = "AgentAssistance"
	AiUseCaseSelfService     AiUseCase = "SelfService"
)

// Values returns all known values.
func (AiUseCase) Values() []AiUseCase {
	return []AiUseCase{
		AiUseCaseAgentAssistance,
		AiUseCaseSelfService,
	}
}

// AllowedUserAction is what an agent may do with a previewed outbound contact.
type AllowedUserAction string

// Values of AllowedUserAction.
const (
	AllowedUserActionCall    AllowedUserAction = "CALL"
	AllowedUserActionDiscard AllowedUserAction = "DISCARD"
)

// Values returns all known values.
func (AllowedUserAction) Values() []AllowedUserAction {
	return []AllowedUserAction{
		AllowedUserActionCall,
		AllowedUserActionDiscard,
	}
}

// AnsweringMachineDetectionStatus is what answered an outbound call.
type AnsweringMachineDetectionStatus string

// Values of AnsweringMachineDetectionStatus.
const (
	AnsweringMachineDetectionStatusAnswered             AnsweringMachineDetectionStatus = "ANSWERED"
	AnsweringMachineDetectionStatusUndetected           AnsweringMachineDetectionStatus = "UNDETECTED"
	AnsweringMachineDetectionStatusError                AnsweringMachineDetectionStatus = "ERROR"
	AnsweringMachineDetectionStatusHumanAnswered        AnsweringMachineDetectionStatus = "HUMAN_ANSWERED"
	AnsweringMachineDetectionStatusSitToneDetected      AnsweringMachineDetectionStatus = "SIT_TONE_DETECTED"
	AnsweringMachineDetectionStatusSitToneBusy          AnsweringMachineDetectionStatus = "SIT_TONE_BUSY"
	AnsweringMachineDetectionStatusSitToneInvalidNumber AnsweringMachineDetectionStatus = "SIT_TONE_INVALID_NUMBER"
	AnsweringMachineDetectionStatusFaxMachineDetected   AnsweringMachineDetectionStatus = "FAX_MACHINE_DETECTED"
	AnsweringMachineDetectionStatusVoicemailBeep        AnsweringMachineDetectionStatus = "VOICEMAIL_BEEP"
	AnsweringMachineDetectionStatusVoicemailNoBeep      AnsweringMachineDetectionStatus = "VOICEMAIL_NO_BEEP"
	AnsweringMachineDetectionStatusAmdUnresolved        AnsweringMachineDetectionStatus = "AMD_UNRESOLVED"
	AnsweringMachineDetectionStatusAmdUnanswered        AnsweringMachineDetectionStatus = "AMD_UNANSWERED"
	AnsweringMachineDetectionStatusAmdError             AnsweringMachineDetectionStatus = "AMD_ERROR"
	AnsweringMachineDetectionStatusAmdNotApplicable     AnsweringMachineDetectionStatus = "AMD_NOT_APPLICABLE"
)

// Values returns all known values.
func (AnsweringMachineDetectionStatus) Values() []AnsweringMachineDetectionStatus {
	return []AnsweringMachineDetectionStatus{
		AnsweringMachineDetectionStatusAnswered,
		AnsweringMachineDetectionStatusUndetected,
		AnsweringMachineDetectionStatusError,
		AnsweringMachineDetectionStatusHumanAnswered,
		AnsweringMachineDetectionStatusSitToneDetected,
		AnsweringMachineDetectionStatusSitToneBusy,
		AnsweringMachineDetectionStatusSitToneInvalidNumber,
		AnsweringMachineDetectionStatusFaxMachineDetected,
		AnsweringMachineDetectionStatusVoicemailBeep,
		AnsweringMachineDetectionStatusVoicemailNoBeep,
		AnsweringMachineDetectionStatusAmdUnresolved,
		AnsweringMachineDetectionStatusAmdUnanswered,
		AnsweringMachineDetectionStatusAmdError,
		AnsweringMachineDetectionStatusAmdNotApplicable,
	}
}

// AttachedFileInvalidRequestExceptionReason says why an attached file was refused.
type AttachedFileInvalidRequestExceptionReason string

// Values of AttachedFileInvalidRequestExceptionReason.
const (
	AttachedFileInvalidRequestExceptionReasonInvalidFileSize AttachedFileInvalidRequestExceptionReason = "INVALID_FILE_SIZE"
	AttachedFileInvalidRequestExceptionReasonInvalidFileType AttachedFileInvalidRequestExceptionReason = "INVALID_FILE_TYPE"
	AttachedFileInvalidRequestExceptionReasonInvalidFileName AttachedFileInvalidRequestExceptionReason = "INVALID_FILE_NAME"
)

// Values returns all known values.
func (AttachedFileInvalidRequestExceptionReason) Values() []AttachedFileInvalidRequestExceptionReason {
	return []AttachedFileInvalidRequestExceptionReason{
		AttachedFileInvalidRequestExceptionReasonInvalidFileSize,
		AttachedFileInvalidRequestExceptionReasonInvalidFileType,
		AttachedFileInvalidRequestExceptionReasonInvalidFileName,
	}
}

// AttachedFileServiceQuotaExceededExceptionReason says which quota of attached files was exceeded.
type AttachedFileServiceQuotaExceededExceptionReason string

// Values of AttachedFileServiceQuotaExceededExceptionReason.
const (
	AttachedFileServiceQuotaExceededExceptionReasonTotalFileSizeExceeded  AttachedFileServiceQuotaExceededExceptionReason = "TOTAL_FILE_SIZE_EXCEEDED"
	AttachedFileServiceQuotaExceededExceptionReasonTotalFileCountExceeded AttachedFileServiceQuotaExceededExceptionReason = "TOTAL_FILE_COUNT_EXCEEDED"
)

// Values returns all known values.
func (AttachedFileServiceQuotaExceededExceptionReason) Values() []AttachedFileServiceQuotaExceededExceptionReason {
	return []AttachedFileServiceQuotaExceededExceptionReason{
		AttachedFileServiceQuotaExceededExceptionReasonTotalFileSizeExceeded,
		AttachedFileServiceQuotaExceededExceptionReasonTotalFileCountExceeded,
	}
}

// Channel is the medium of a contact.
type Channel string

// Values of Channel.
const (
	ChannelVoice Channel = "VOICE"
	ChannelChat  Channel = "CHAT"
	ChannelTask  Channel = "TASK"
	ChannelEmail Channel = "EMAIL"
)

// Values returns all known values.
func (Channel) Values() []Channel {
	return []Channel{
		ChannelVoice,
		ChannelChat,
		ChannelTask,
		ChannelEmail,
	}
}

// ContactFlowState says whether a flow is in use or archived.
type ContactFlowState string

// Values of ContactFlowState.
const (
	ContactFlowStateActive   ContactFlowState = "ACTIVE"
	ContactFlowStateArchived ContactFlowState = "ARCHIVED"
)

// Values returns all known values.
func (ContactFlowState) Values() []ContactFlowState {
	return []ContactFlowState{
		ContactFlowStateActive,
		ContactFlowStateArchived,
	}
}

// ContactFlowStatus says whether a flow has been published or only saved as a draft.
type ContactFlowStatus string

// Values of ContactFlowStatus.
const (
	ContactFlowStatusPublished ContactFlowStatus = "PUBLISHED"
	ContactFlowStatusSaved     ContactFlowStatus = "SAVED"
)

// Values returns all known values.
func (ContactFlowStatus) Values() []ContactFlowStatus {
	return []ContactFlowStatus{
		ContactFlowStatusPublished,
		ContactFlowStatusSaved,
	}
}

// ContactFlowType is the role of a flow: where it may run and which actions it may hold.
type ContactFlowType string

// Values of ContactFlowType.
const (
	ContactFlowTypeContactFlow     ContactFlowType = "CONTACT_FLOW"
	ContactFlowTypeCustomerQueue   ContactFlowType = "CUSTOMER_QUEUE"
	ContactFlowTypeCustomerHold    ContactFlowType = "CUSTOMER_HOLD"
	ContactFlowTypeCustomerWhisper ContactFlowType = "CUSTOMER_WHISPER"
	ContactFlowTypeAgentHold       ContactFlowType = "AGENT_HOLD"
	ContactFlowTypeAgentWhisper    ContactFlowType = "AGENT_WHISPER"
	ContactFlowTypeOutboundWhisper ContactFlowType = "OUTBOUND_WHISPER"
	ContactFlowTypeAgentTransfer   ContactFlowType = "AGENT_TRANSFER"
	ContactFlowTypeQueueTransfer   ContactFlowType = "QUEUE_TRANSFER"
	ContactFlowTypeCampaign        ContactFlowType = "CAMPAIGN"
)

// Values returns all known values.
func (ContactFlowType) Values() []ContactFlowType {
	return []ContactFlowType{
		ContactFlowTypeContactFlow,
		ContactFlowTypeCustomerQueue,
		ContactFlowTypeCustomerHold,
		ContactFlowTypeCustomerWhisper,
		ContactFlowTypeAgentHold,
		ContactFlowTypeAgentWhisper,
		ContactFlowTypeOutboundWhisper,
		ContactFlowTypeAgentTransfer,
		ContactFlowTypeQueueTransfer,
		ContactFlowTypeCampaign,
	}
}

// ContactInitiationMethod is what made a contact.
type ContactInitiationMethod string

// Values of ContactInitiationMethod.
const (
	ContactInitiationMethodInbound          ContactInitiationMethod = "INBOUND"
	ContactInitiationMethodOutbound         ContactInitiationMethod = "OUTBOUND"
	ContactInitiationMethodTransfer         ContactInitiationMethod = "TRANSFER"
	ContactInitiationMethodQueueTransfer    ContactInitiationMethod = "QUEUE_TRANSFER"
	ContactInitiationMethodCallback         ContactInitiationMethod = "CALLBACK"
	ContactInitiationMethodApi              ContactInitiationMethod = "API"
	ContactInitiationMethodDisconnect       ContactInitiationMethod = "DISCONNECT"
	ContactInitiationMethodMonitor          ContactInitiationMethod = "MONITOR"
	ContactInitiationMethodExternalOutbound ContactInitiationMethod = "EXTERNAL_OUTBOUND"
	ContactInitiationMethodWebrtcApi        ContactInitiationMethod = "WEBRTC_API"
	ContactInitiationMethodAgentReply       ContactInitiationMethod = "AGENT_REPLY"
	ContactInitiationMethodFlow             ContactInitiationMethod = "FLOW"
)

// Values returns all known values.
func (ContactInitiationMethod) Values() []ContactInitiationMethod {
	return []ContactInitiationMethod{
		ContactInitiationMethodInbound,
		ContactInitiationMethodOutbound,
		ContactInitiationMethodTransfer,
		ContactInitiationMethodQueueTransfer,
		ContactInitiationMethodCallback,
		ContactInitiationMethodApi,
		ContactInitiationMethodDisconnect,
		ContactInitiationMethodMonitor,
		ContactInitiationMethodExternalOutbound,
		ContactInitiationMethodWebrtcApi,
		ContactInitiationMethodAgentReply,
		ContactInitiationMethodFlow,
	}
}

// DirectoryType is where the users of an instance are kept.
type DirectoryType string

// Values of DirectoryType.
const (
	DirectoryTypeSaml              DirectoryType = "SAML"
	DirectoryTypeConnectManaged    DirectoryType = "CONNECT_MANAGED"
	DirectoryTypeExistingDirectory DirectoryType = "EXISTING_DIRECTORY"
)

// Values returns all known values.
func (DirectoryType) Values() []DirectoryType {
	return []DirectoryType{
		DirectoryTypeSaml,
		DirectoryTypeConnectManaged,
		DirectoryTypeExistingDirectory,
	}
}

// DisconnectOnCustomerExitParticipantType names the participants the service disconnects when the customer leaves.
type DisconnectOnCustomerExitParticipantType string

// Values of DisconnectOnCustomerExitParticipantType.
const (
	DisconnectOnCustomerExitParticipantTypeAgent DisconnectOnCustomerExitParticipantType = "AGENT"
)

// Values returns all known values.
func (DisconnectOnCustomerExitParticipantType) Values() []DisconnectOnCustomerExitParticipantType {
	return []DisconnectOnCustomerExitParticipantType{
		DisconnectOnCustomerExitParticipantTypeAgent,
	}
}

// EndpointType is the kind of address a contact came from or went to.
type EndpointType string

// Values of EndpointType.
const (
	EndpointTypeTelephoneNumber       EndpointType = "TELEPHONE_NUMBER"
	EndpointTypeVoip                  EndpointType = "VOIP"
	EndpointTypeContactFlow           EndpointType = "CONTACT_FLOW"
	EndpointTypeConnectPhonenumberArn EndpointType = "CONNECT_PHONENUMBER_ARN"
	EndpointTypeEmailAddress          EndpointType = "EMAIL_ADDRESS"
)

// Values returns all known values.
func (EndpointType) Values() []EndpointType {
	return []EndpointType{
		EndpointTypeTelephoneNumber,
		EndpointTypeVoip,
		EndpointTypeContactFlow,
		EndpointTypeConnectPhonenumberArn,
		EndpointTypeEmailAddress,
	}
}

// InstanceReplicationStatus is how far an instance has been copied to another Region.
type InstanceReplicationStatus string

// Values of InstanceReplicationStatus.
const (
	InstanceReplicationStatusInstanceReplicationComplete       InstanceReplicationStatus = "INSTANCE_REPLICATION_COMPLETE"
	InstanceReplicationStatusInstanceReplicationInProgress     InstanceReplicationStatus = "INSTANCE_REPLICATION_IN_PROGRESS"
	InstanceReplicationStatusInstanceReplicationFailed         InstanceReplicationStatus = "INSTANCE_REPLICATION_FAILED"
	InstanceReplicationStatusInstanceReplicaDeleting           InstanceReplicationStatus = "INSTANCE_REPLICA_DELETING"
	InstanceReplicationStatusInstanceReplicationDeletionFailed InstanceReplicationStatus = "INSTANCE_REPLICATION_DELETION_FAILED"
	InstanceReplicationStatusResourceReplicationNotStarted     InstanceReplicationStatus = "RESOURCE_REPLICATION_NOT_STARTED"
)

// Values returns all known values.
func (InstanceReplicationStatus) Values() []InstanceReplicationStatus {
	return []InstanceReplicationStatus{
		InstanceReplicationStatusInstanceReplicationComplete,
		InstanceReplicationStatusInstanceReplicationInProgress,
		InstanceReplicationStatusInstanceReplicationFailed,
		InstanceReplicationStatusInstanceReplicaDeleting,
		InstanceReplicationStatusInstanceReplicationDeletionFailed,
		InstanceReplicationStatusResourceReplicationNotStarted,
	}
}

// InstanceStatus is the stage of an instance’s life.
type InstanceStatus string

// Values of InstanceStatus.
const (
	InstanceStatusCreationInProgress InstanceStatus = "CREATION_IN_PROGRESS"
	InstanceStatusActive             InstanceStatus = "ACTIVE"
	InstanceStatusCreationFailed     InstanceStatus = "CREATION_FAILED"
)

// Values returns all known values.
func (InstanceStatus) Values() []InstanceStatus {
	return []InstanceStatus{
		InstanceStatusCreationInProgress,
		InstanceStatusActive,
		InstanceStatusCreationFailed,
	}
}

// MediaStreamType is the kind of media in a recording.
type MediaStreamType string

// Values of MediaStreamType.
const (
	MediaStreamTypeAudio MediaStreamType = "AUDIO"
	MediaStreamTypeVideo MediaStreamType = "VIDEO"
)

// Values returns all known values.
func (MediaStreamType) Values() []MediaStreamType {
	return []MediaStreamType{
		MediaStreamTypeAudio,
		MediaStreamTypeVideo,
	}
}

// NextContactType is how a following contact was reached.
type NextContactType string

// Values of NextContactType.
const (
	NextContactTypeQuickConnect NextContactType = "QUICK_CONNECT"
)

// Values returns all known values.
func (NextContactType) Values() []NextContactType {
	return []NextContactType{
		NextContactTypeQuickConnect,
	}
}

// OutboundStrategyType is who is reached first on an outbound contact.
type OutboundStrategyType string

// Values of OutboundStrategyType.
const (
	OutboundStrategyTypeAgentFirst OutboundStrategyType = "AGENT_FIRST"
)

// Values returns all known values.
func (OutboundStrategyType) Values() []OutboundStrategyType {
	return []OutboundStrategyType{
		OutboundStrategyTypeAgentFirst,
	}
}

// ParticipantState is the state of an agent on a contact.
type ParticipantState string

// Values of ParticipantState.
const (
	ParticipantStateInitial      ParticipantState = "INITIAL"
	ParticipantStateConnected    ParticipantState = "CONNECTED"
	ParticipantStateDisconnected ParticipantState = "DISCONNECTED"
	ParticipantStateMissed       ParticipantState = "MISSED"
)

// Values returns all known values.
func (ParticipantState) Values() []ParticipantState {
	return []ParticipantState{
		ParticipantStateInitial,
		ParticipantStateConnected,
		ParticipantStateDisconnected,
		ParticipantStateMissed,
	}
}

// ParticipantType is the kind of a participant in recordings and metrics.
type ParticipantType string

// Values of ParticipantType.
const (
	ParticipantTypeAll        ParticipantType = "ALL"
	ParticipantTypeManager    ParticipantType = "MANAGER"
	ParticipantTypeAgent      ParticipantType = "AGENT"
	ParticipantTypeCustomer   ParticipantType = "CUSTOMER"
	ParticipantTypeThirdparty ParticipantType = "THIRDPARTY"
)

// Values returns all known values.
func (ParticipantType) Values() []ParticipantType {
	return []ParticipantType{
		ParticipantTypeAll,
		ParticipantTypeManager,
		ParticipantTypeAgent,
		ParticipantTypeCustomer,
		ParticipantTypeThirdparty,
	}
}

// PropertyValidationExceptionReason says why a property was refused.
type PropertyValidationExceptionReason string

// Values of PropertyValidationExceptionReason.
const (
	PropertyValidationExceptionReasonInvalidFormat              PropertyValidationExceptionReason = "INVALID_FORMAT"
	PropertyValidationExceptionReasonUniqueConstraintViolated   PropertyValidationExceptionReason = "UNIQUE_CONSTRAINT_VIOLATED"
	PropertyValidationExceptionReasonReferencedResourceNotFound PropertyValidationExceptionReason = "REFERENCED_RESOURCE_NOT_FOUND"
	PropertyValidationExceptionReasonResourceNameAlreadyExists  PropertyValidationExceptionReason = "RESOURCE_NAME_ALREADY_EXISTS"
	PropertyValidationExceptionReasonRequiredPropertyMissing    PropertyValidationExceptionReason = "REQUIRED_PROPERTY_MISSING"
	PropertyValidationExceptionReasonNotSupported               PropertyValidationExceptionReason = "NOT_SUPPORTED"
)

// Values returns all known values.
func (PropertyValidationExceptionReason) Values() []PropertyValidationExceptionReason {
	return []PropertyValidationExceptionReason{
		PropertyValidationExceptionReasonInvalidFormat,
		PropertyValidationExceptionReasonUniqueConstraintViolated,
		PropertyValidationExceptionReasonReferencedResourceNotFound,
		PropertyValidationExceptionReasonResourceNameAlreadyExists,
		PropertyValidationExceptionReasonRequiredPropertyMissing,
		PropertyValidationExceptionReasonNotSupported,
	}
}

// QuickConnectType is the kind of destination of a quick connect.
type QuickConnectType string

// Values of QuickConnectType.
const (
	QuickConnectTypeUser        QuickConnectType = "USER"
	QuickConnectTypeQueue       QuickConnectType = "QUEUE"
	QuickConnectTypePhoneNumber QuickConnectType = "PHONE_NUMBER"
	QuickConnectTypeFlow        QuickConnectType = "FLOW"
)

// Values returns all known values.
func (QuickConnectType) Values() []QuickConnectType {
	return []QuickConnectType{
		QuickConnectTypeUser,
		QuickConnectTypeQueue,
		QuickConnectTypePhoneNumber,
		QuickConnectTypeFlow,
	}
}

// RecordingStatus says whether a recording can still be had.
type RecordingStatus string

// Values of RecordingStatus.
const (
	RecordingStatusAvailable RecordingStatus = "AVAILABLE"
	RecordingStatusDeleted   RecordingStatus = "DELETED"
)

// Values returns all known values.
func (RecordingStatus) Values() []RecordingStatus {
	return []RecordingStatus{
		RecordingStatusAvailable,
		RecordingStatusDeleted,
	}
}

// RehydrationType is how much of a past chat a persistent chat brings back.
type RehydrationType string

// Values of RehydrationType.
const (
	RehydrationTypeEntirePastSession RehydrationType = "ENTIRE_PAST_SESSION"
	RehydrationTypeFromSegment       RehydrationType = "FROM_SEGMENT"
)

// Values returns all known values.
func (RehydrationType) Values() []RehydrationType {
	return []RehydrationType{
		RehydrationTypeEntirePastSession,
		RehydrationTypeFromSegment,
	}
}

// ResourceType is the kind of resource an error is about.
type ResourceType string

// Values of ResourceType.
const (
	ResourceTypeContact        ResourceType = "CONTACT"
	ResourceTypeContactFlow    ResourceType = "CONTACT_FLOW"
	ResourceTypeInstance       ResourceType = "INSTANCE"
	ResourceTypeParticipant    ResourceType = "PARTICIPANT"
	ResourceTypeHierarchyLevel ResourceType = "HIERARCHY_LEVEL"
	ResourceTypeHierarchyGroup ResourceType = "HIERARCHY_GROUP"
	ResourceTypeUser           ResourceType = "USER"
	ResourceTypePhoneNumber    ResourceType = "PHONE_NUMBER"
)

// Values returns all known values.
func (ResourceType) Values() []ResourceType {
	return []ResourceType{
		ResourceTypeContact,
		ResourceTypeContactFlow,
		ResourceTypeInstance,
		ResourceTypeParticipant,
		ResourceTypeHierarchyLevel,
		ResourceTypeHierarchyGroup,
		ResourceTypeUser,
		ResourceTypePhoneNumber,
	}
}

// ResponseMode is how answers of bots reach a participant: in chunks or whole.
type ResponseMode string

// Values of ResponseMode.
const (
	ResponseModeIncremental ResponseMode = "INCREMENTAL"
	ResponseModeComplete    ResponseMode = "COMPLETE"
)

// Values returns all known values.
func (ResponseMode) Values() []ResponseMode {
	return []ResponseMode{
		ResponseModeIncremental,
		ResponseModeComplete,
	}
}

// RoutingCriteriaStepStatus is the state of a routing step.
type RoutingCriteriaStepStatus string

// Values of RoutingCriteriaStepStatus.
const (
	RoutingCriteriaStepStatusActive   RoutingCriteriaStepStatus = "ACTIVE"
	RoutingCriteriaStepStatusInactive RoutingCriteriaStepStatus = "INACTIVE"
	RoutingCriteriaStepStatusJoined   RoutingCriteriaStepStatus = "JOINED"
	RoutingCriteriaStepStatusExpired  RoutingCriteriaStepStatus = "EXPIRED"
)

// Values returns all known values.
func (RoutingCriteriaStepStatus) Values() []RoutingCriteriaStepStatus {
	return []RoutingCriteriaStepStatus{
		RoutingCriteriaStepStatusActive,
		RoutingCriteriaStepStatusInactive,
		RoutingCriteriaStepStatusJoined,
		RoutingCriteriaStepStatusExpired,
	}
}

// ScreenShareCapability is what a participant may do with its screen.
type ScreenShareCapability string

// Values of ScreenShareCapability.
const (
	ScreenShareCapabilitySend ScreenShareCapability = "SEND"
)

// Values returns all known values.
func (ScreenShareCapability) Values() []ScreenShareCapability {
	return []ScreenShareCapability{
		ScreenShareCapabilitySend,
	}
}

// Status is the state of a contact evaluation.
type Status string

// Values of Status.
const (
	StatusComplete   Status = "COMPLETE"
	StatusInProgress Status = "IN_PROGRESS"
	StatusDeleted    Status = "DELETED"
)

// Values returns all known values.
func (Status) Values() []Status {
	return []Status{
		StatusComplete,
		StatusInProgress,
		StatusDeleted,
	}
}

// StorageType is where a recording is kept.
type StorageType string

// Values of StorageType.
const (
	StorageTypeS3                 StorageType = "S3"
	StorageTypeKinesisVideoStream StorageType = "KINESIS_VIDEO_STREAM"
	StorageTypeKinesisStream      StorageType = "KINESIS_STREAM"
	StorageTypeKinesisFirehose    StorageType = "KINESIS_FIREHOSE"
)

// Values returns all known values.
func (StorageType) Values() []StorageType {
	return []StorageType{
		StorageTypeS3,
		StorageTypeKinesisVideoStream,
		StorageTypeKinesisStream,
		StorageTypeKinesisFirehose,
	}
}

// VideoCapability is what a participant may do with video.
type VideoCapability string

// Values of VideoCapability.
const (
	VideoCapabilitySend VideoCapability = "SEND"
)

// Values returns all known values.
func (VideoCapability) Values() []VideoCapability {
	return []VideoCapability{
		VideoCapabilitySend,
	}
}

// VoiceEnhancementMode is how an agent’s voice is processed.
type VoiceEnhancementMode string

// Values of VoiceEnhancementMode.
const (
	VoiceEnhancementModeVoiceIsolation   VoiceEnhancementMode = "VOICE_ISOLATION"
	VoiceEnhancementModeNoiseSuppression VoiceEnhancementMode = "NOISE_SUPPRESSION"
	VoiceEnhancementModeNone             VoiceEnhancementMode = "NONE"
)

// Values returns all known values.
func (VoiceEnhancementMode) Values() []VoiceEnhancementMode {
	return []VoiceEnhancementMode{
		VoiceEnhancementModeVoiceIsolation,
		VoiceEnhancementModeNoiseSuppression,
		VoiceEnhancementModeNone,
	}
}
