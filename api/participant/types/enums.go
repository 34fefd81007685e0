package types

// ArtifactStatus says whether a file may be fetched.
type ArtifactStatus string

// Values of ArtifactStatus.
const (
	ArtifactStatusApproved   ArtifactStatus = "APPROVED"
	ArtifactStatusRejected   ArtifactStatus = "REJECTED"
	ArtifactStatusInProgress ArtifactStatus = "IN_PROGRESS"
)

// Values returns all known values.
func (ArtifactStatus) Values() []ArtifactStatus {
	return []ArtifactStatus{
		ArtifactStatusApproved,
		ArtifactStatusRejected,
		ArtifactStatusInProgress,
	}
}

// ChatItemType is the kind of a transcript entry. Entries of our server are MESSAGE, EVENT and ATTACHMENT.
type ChatItemType string

// Values of ChatItemType.
const (
	ChatItemTypeTyping            ChatItemType = "TYPING"
	ChatItemTypeParticipantJoined ChatItemType = "PARTICIPANT_JOINED"
	ChatItemTypeParticipantLeft   ChatItemType = "PARTICIPANT_LEFT"
	ChatItemTypeChatEnded         ChatItemType = "CHAT_ENDED"
	ChatItemTypeTransferSucceeded ChatItemType = "TRANSFER_SUCCEEDED"
	ChatItemTypeTransferFailed    ChatItemType = "TRANSFER_FAILED"
	ChatItemTypeMessage           ChatItemType = "MESSAGE"
	ChatItemTypeEvent             ChatItemType = "EVENT"
	ChatItemTypeAttachment        ChatItemType = "ATTACHMENT"
	ChatItemTypeConnectionAck     ChatItemType = "CONNECTION_ACK"
	ChatItemTypeMessageDelivered  ChatItemType = "MESSAGE_DELIVERED"
	ChatItemTypeMessageRead       ChatItemType = "MESSAGE_READ"
)

// Values returns all known values.
func (ChatItemType) Values() []ChatItemType {
	return []ChatItemType{
		ChatItemTypeTyping,
		ChatItemTypeParticipantJoined,
		ChatItemTypeParticipantLeft,
		ChatItemTypeChatEnded,
		ChatItemTypeTransferSucceeded,
		ChatItemTypeTransferFailed,
		ChatItemTypeMessage,
		ChatItemTypeEvent,
		ChatItemTypeAttachment,
		ChatItemTypeConnectionAck,
		ChatItemTypeMessageDelivered,
		ChatItemTypeMessageRead,
	}
}

// ConnectionType is what CreateParticipantConnection is asked for.
type ConnectionType string

// Values of ConnectionType.
const (
	ConnectionTypeWebsocket             ConnectionType = "WEBSOCKET"
	ConnectionTypeConnectionCredentials ConnectionType = "CONNECTION_CREDENTIALS"
	ConnectionTypeWebrtcConnection      ConnectionType = "WEBRTC_CONNECTION"
)

// Values returns all known values.
func (ConnectionType) Values() []ConnectionType {
	return []ConnectionType{
		ConnectionTypeWebsocket,
		ConnectionTypeConnectionCredentials,
		ConnectionTypeWebrtcConnection,
	}
}

// MeetingFeatureStatus says whether a feature of a call is there.
type MeetingFeatureStatus string

// Values of MeetingFeatureStatus.
const (
	MeetingFeatureStatusAvailable   MeetingFeatureStatus = "AVAILABLE"
	MeetingFeatureStatusUnavailable MeetingFeatureStatus = "UNAVAILABLE"
)

// Values returns all known values.
func (MeetingFeatureStatus) Values() []MeetingFeatureStatus {
	return []MeetingFeatureStatus{
		MeetingFeatureStatusAvailable,
		MeetingFeatureStatusUnavailable,
	}
}

// MessageProcessingStatus is how far a message processor has come with a message.
type MessageProcessingStatus string

// Values of MessageProcessingStatus.
const (
	MessageProcessingStatusProcessing MessageProcessingStatus = "PROCESSING"
	MessageProcessingStatusFailed     MessageProcessingStatus = "FAILED"
	MessageProcessingStatusRejected   MessageProcessingStatus = "REJECTED"
)

// Values returns all known values.
func (MessageProcessingStatus) Values() []MessageProcessingStatus {
	return []MessageProcessingStatus{
		MessageProcessingStatusProcessing,
		MessageProcessingStatusFailed,
		MessageProcessingStatusRejected,
	}
}

// ParticipantRole is the part a participant plays in a chat.
type ParticipantRole string

// Values of ParticipantRole.
const (
	ParticipantRoleAgent      ParticipantRole = "AGENT"
	ParticipantRoleCustomer   ParticipantRole = "CUSTOMER"
	ParticipantRoleSystem     ParticipantRole = "SYSTEM"
	ParticipantRoleCustomBot  ParticipantRole = "CUSTOM_BOT"
	ParticipantRoleSupervisor ParticipantRole = "SUPERVISOR"
)

// Values returns all known values.
func (ParticipantRole) Values() []ParticipantRole {
	return []ParticipantRole{
		ParticipantRoleAgent,
		ParticipantRoleCustomer,
		ParticipantRoleSystem,
		ParticipantRoleCustomBot,
		ParticipantRoleSupervisor,
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

// ScanDirection is the way a transcript is walked: FORWARD to newer items, BACKWARD to older ones.
type ScanDirection string

// Values of ScanDirection.
const (
	ScanDirectionForward  ScanDirection = "FORWARD"
	ScanDirectionBackward ScanDirection = "BACKWARD"
)

// Values returns all known values.
func (ScanDirection) Values() []ScanDirection {
	return []ScanDirection{
		ScanDirectionForward,
		ScanDirectionBackward,
	}
}

// SortKey is the order of the items of one page by time.
type SortKey string

// Values of SortKey.
const (
	SortKeyDescending SortKey = "DESCENDING"
	SortKeyAscending  SortKey = "ASCENDING"
)

// Values returns all known values.
func (SortKey) Values() []SortKey {
	return []SortKey{
		SortKeyDescending,
		SortKeyAscending,
	}
}
