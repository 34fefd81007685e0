package types

// FlowAssociationSummary is the link of a resource to the flow that runs for it.
type FlowAssociationSummary struct {
	FlowId       *string
	ResourceId   *string
	ResourceType ListFlowAssociationResourceType
}

// FlowAssociationResourceType is what a flow is linked to.
type FlowAssociationResourceType string

// Values of FlowAssociationResourceType.
const (
	FlowAssociationResourceTypeSmsPhoneNumber               FlowAssociationResourceType = "SMS_PHONE_NUMBER"
	FlowAssociationResourceTypeInboundEmail                 FlowAssociationResourceType = "INBOUND_EMAIL"
	FlowAssociationResourceTypeOutboundEmail                FlowAssociationResourceType = "OUTBOUND_EMAIL"
	FlowAssociationResourceTypeAnalyticsConnector           FlowAssociationResourceType = "ANALYTICS_CONNECTOR"
	FlowAssociationResourceTypeWhatsappMessagingPhoneNumber FlowAssociationResourceType = "WHATSAPP_MESSAGING_PHONE_NUMBER"
)

// Values returns all known values.
func (FlowAssociationResourceType) Values() []FlowAssociationResourceType {
	return []FlowAssociationResourceType{
		FlowAssociationResourceTypeSmsPhoneNumber,
		FlowAssociationResourceTypeInboundEmail,
		FlowAssociationResourceTypeOutboundEmail,
		FlowAssociationResourceTypeAnalyticsConnector,
		FlowAssociationResourceTypeWhatsappMessagingPhoneNumber,
	}
}

// ListFlowAssociationResourceType is what a flow is linked to, as lists of links name it.
type ListFlowAssociationResourceType string

// Values of ListFlowAssociationResourceType.
const (
	ListFlowAssociationResourceTypeWhatsappMessagingPhoneNumber ListFlowAssociationResourceType = "WHATSAPP_MESSAGING_PHONE_NUMBER"
	ListFlowAssociationResourceTypeVoicePhoneNumber             ListFlowAssociationResourceType = "VOICE_PHONE_NUMBER"
	ListFlowAssociationResourceTypeInboundEmail                 ListFlowAssociationResourceType = "INBOUND_EMAIL"
	ListFlowAssociationResourceTypeOutboundEmail                ListFlowAssociationResourceType = "OUTBOUND_EMAIL"
	ListFlowAssociationResourceTypeAnalyticsConnector           ListFlowAssociationResourceType = "ANALYTICS_CONNECTOR"
)

// Values returns all known values.
func (ListFlowAssociationResourceType) Values() []ListFlowAssociationResourceType {
	return []ListFlowAssociationResourceType{
		ListFlowAssociationResourceTypeWhatsappMessagingPhoneNumber,
		ListFlowAssociationResourceTypeVoicePhoneNumber,
		ListFlowAssociationResourceTypeInboundEmail,
		ListFlowAssociationResourceTypeOutboundEmail,
		ListFlowAssociationResourceTypeAnalyticsConnector,
	}
}
