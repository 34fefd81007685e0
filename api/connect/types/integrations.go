package types

// IntegrationAssociationSummary is one connection of an instance to a resource outside.
type IntegrationAssociationSummary struct {
	InstanceId                *string
	IntegrationArn            *string
	IntegrationAssociationArn *string
	IntegrationAssociationId  *string
	IntegrationType           IntegrationType
	SourceApplicationName     *string
	SourceApplicationUrl      *string
	SourceType                SourceType
}

// IntegrationType is what a resource outside is used for.
type IntegrationType string

// Values of IntegrationType.
const (
	IntegrationTypeEvent                 IntegrationType = "EVENT"
	IntegrationTypeVoiceId               IntegrationType = "VOICE_ID"
	IntegrationTypePinpointApp           IntegrationType = "PINPOINT_APP"
	IntegrationTypeWisdomAssistant       IntegrationType = "WISDOM_ASSISTANT"
	IntegrationTypeWisdomKnowledgeBase   IntegrationType = "WISDOM_KNOWLEDGE_BASE"
	IntegrationTypeWisdomQuickResponses  IntegrationType = "WISDOM_QUICK_RESPONSES"
	IntegrationTypeQMessageTemplates     IntegrationType = "Q_MESSAGE_TEMPLATES"
	IntegrationTypeCasesDomain           IntegrationType = "CASES_DOMAIN"
	IntegrationTypeApplication           IntegrationType = "APPLICATION"
	IntegrationTypeFileScanner           IntegrationType = "FILE_SCANNER"
	IntegrationTypeSesIdentity           IntegrationType = "SES_IDENTITY"
	IntegrationTypeAnalyticsConnector    IntegrationType = "ANALYTICS_CONNECTOR"
	IntegrationTypeCallTransferConnector IntegrationType = "CALL_TRANSFER_CONNECTOR"
	IntegrationTypeCognitoUserPool       IntegrationType = "COGNITO_USER_POOL"
	IntegrationTypeMessageProcessor      IntegrationType = "MESSAGE_PROCESSOR"
)

// Values returns all known values.
func (IntegrationType) Values() []IntegrationType {
	return []IntegrationType{
		IntegrationTypeEvent,
		IntegrationTypeVoiceId,
		IntegrationTypePinpointApp,
		IntegrationTypeWisdomAssistant,
		IntegrationTypeWisdomKnowledgeBase,
		IntegrationTypeWisdomQuickResponses,
		IntegrationTypeQMessageTemplates,
		IntegrationTypeCasesDomain,
		IntegrationTypeApplication,
		IntegrationTypeFileScanner,
		IntegrationTypeSesIdentity,
		IntegrationTypeAnalyticsConnector,
		IntegrationTypeCallTransferConnector,
		IntegrationTypeCognitoUserPool,
		IntegrationTypeMessageProcessor,
	}
}

// SourceType is the product a resource outside belongs to.
type SourceType string

// Values of SourceType.
const (
	SourceTypeSalesforce SourceType = "SALESFORCE"
	SourceTypeZendesk    SourceType = "ZENDESK"
	SourceTypeCases      SourceType = "CASES"
)

// Values returns all known values.
func (SourceType) Values() []SourceType {
	return []SourceType{
		SourceTypeSalesforce,
		SourceTypeZendesk,
		SourceTypeCases,
	}
}
