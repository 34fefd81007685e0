package types

// Attribute is one feature switch of an instance.
type Attribute struct {
	AttributeType InstanceAttributeType
	// Value is true or false, written as text.
	Value *string
}

// InstanceAttributeType is a feature of an instance.
type InstanceAttributeType string

// Values of InstanceAttributeType.
const (
	InstanceAttributeTypeInboundCalls              InstanceAttributeType = "INBOUND_CALLS"
	InstanceAttributeTypeOutboundCalls             InstanceAttributeType = "OUTBOUND_CALLS"
	InstanceAttributeTypeContactflowLogs           InstanceAttributeType = "CONTACTFLOW_LOGS"
	InstanceAttributeTypeContactLens               InstanceAttributeType = "CONTACT_LENS"
	InstanceAttributeTypeAutoResolveBestVoices     InstanceAttributeType = "AUTO_RESOLVE_BEST_VOICES"
	InstanceAttributeTypeUseCustomTtsVoices        InstanceAttributeType = "USE_CUSTOM_TTS_VOICES"
	InstanceAttributeTypeEarlyMedia                InstanceAttributeType = "EARLY_MEDIA"
	InstanceAttributeTypeMultiPartyConference      InstanceAttributeType = "MULTI_PARTY_CONFERENCE"
	InstanceAttributeTypeHighVolumeOutbound        InstanceAttributeType = "HIGH_VOLUME_OUTBOUND"
	InstanceAttributeTypeEnhancedContactMonitoring InstanceAttributeType = "ENHANCED_CONTACT_MONITORING"
	InstanceAttributeTypeEnhancedChatMonitoring    InstanceAttributeType = "ENHANCED_CHAT_MONITORING"
	InstanceAttributeTypeMultiPartyChatConference  InstanceAttributeType = "MULTI_PARTY_CHAT_CONFERENCE"
	InstanceAttributeTypeMessageStreaming          InstanceAttributeType = "MESSAGE_STREAMING"
)

// Values returns all known values.
func (InstanceAttributeType) Values() []InstanceAttributeType {
	return []InstanceAttributeType{
		InstanceAttributeTypeInboundCalls,
		InstanceAttributeTypeOutboundCalls,
		InstanceAttributeTypeContactflowLogs,
		InstanceAttributeTypeContactLens,
		InstanceAttributeTypeAutoResolveBestVoices,
		InstanceAttributeTypeUseCustomTtsVoices,
		InstanceAttributeTypeEarlyMedia,
		InstanceAttributeTypeMultiPartyConference,
		InstanceAttributeTypeHighVolumeOutbound,
		InstanceAttributeTypeEnhancedContactMonitoring,
		InstanceAttributeTypeEnhancedChatMonitoring,
		InstanceAttributeTypeMultiPartyChatConference,
		InstanceAttributeTypeMessageStreaming,
	}
}
