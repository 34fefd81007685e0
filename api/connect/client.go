package connect

import (
	"context"

	"github.com/openparley/parley/api/wire"
)

// Options say where a Client sends its requests and how it signs them.
type Options = wire.Options

// Client calls the Amazon Connect Service. It is safe for concurrent use.
type Client struct{ conn *wire.Conn }

// New returns a client.
func New(o Options) *Client {
	return &Client{wire.NewConn(Service, o)}
}

// StartChatContact calls the operation of that name.
func (c *Client) StartChatContact(ctx context.Context, in *StartChatContactInput) (*StartChatContactOutput, error) {
	return wire.Call(ctx, c.conn, StartChatContact, in)
}

// StopContact calls the operation of that name.
func (c *Client) StopContact(ctx context.Context, in *StopContactInput) (*StopContactOutput, error) {
	return wire.Call(ctx, c.conn, StopContact, in)
}

// DescribeContact calls the operation of that name.
func (c *Client) DescribeContact(ctx context.Context, in *DescribeContactInput) (*DescribeContactOutput, error) {
	return wire.Call(ctx, c.conn, DescribeContact, in)
}

// GetContactAttributes calls the operation of that name.
func (c *Client) GetContactAttributes(ctx context.Context, in *GetContactAttributesInput) (*GetContactAttributesOutput, error) {
	return wire.Call(ctx, c.conn, GetContactAttributes, in)
}

// UpdateContactAttributes calls the operation of that name.
func (c *Client) UpdateContactAttributes(ctx context.Context, in *UpdateContactAttributesInput) (*UpdateContactAttributesOutput, error) {
	return wire.Call(ctx, c.conn, UpdateContactAttributes, in)
}

// DescribeInstance calls the operation of that name.
func (c *Client) DescribeInstance(ctx context.Context, in *DescribeInstanceInput) (*DescribeInstanceOutput, error) {
	return wire.Call(ctx, c.conn, DescribeInstance, in)
}

// ListInstances calls the operation of that name.
func (c *Client) ListInstances(ctx context.Context, in *ListInstancesInput) (*ListInstancesOutput, error) {
	return wire.Call(ctx, c.conn, ListInstances, in)
}

// CreateContactFlow calls the operation of that name.
func (c *Client) CreateContactFlow(ctx context.Context, in *CreateContactFlowInput) (*CreateContactFlowOutput, error) {
	return wire.Call(ctx, c.conn, CreateContactFlow, in)
}

// DescribeContactFlow calls the operation of that name.
func (c *Client) DescribeContactFlow(ctx context.Context, in *DescribeContactFlowInput) (*DescribeContactFlowOutput, error) {
	return wire.Call(ctx, c.conn, DescribeContactFlow, in)
}

// ListContactFlows calls the operation of that name.
func (c *Client) ListContactFlows(ctx context.Context, in *ListContactFlowsInput) (*ListContactFlowsOutput, error) {
	return wire.Call(ctx, c.conn, ListContactFlows, in)
}

// UpdateContactFlowContent calls the operation of that name.
func (c *Client) UpdateContactFlowContent(ctx context.Context, in *UpdateContactFlowContentInput) (*UpdateContactFlowContentOutput, error) {
	return wire.Call(ctx, c.conn, UpdateContactFlowContent, in)
}

// UpdateContactFlowMetadata calls the operation of that name.
func (c *Client) UpdateContactFlowMetadata(ctx context.Context, in *UpdateContactFlowMetadataInput) (*UpdateContactFlowMetadataOutput, error) {
	return wire.Call(ctx, c.conn, UpdateContactFlowMetadata, in)
}

// UpdateContactFlowName calls the operation of that name.
func (c *Client) UpdateContactFlowName(ctx context.Context, in *UpdateContactFlowNameInput) (*UpdateContactFlowNameOutput, error) {
	return wire.Call(ctx, c.conn, UpdateContactFlowName, in)
}

// DeleteContactFlow calls the operation of that name.
func (c *Client) DeleteContactFlow(ctx context.Context, in *DeleteContactFlowInput) (*DeleteContactFlowOutput, error) {
	return wire.Call(ctx, c.conn, DeleteContactFlow, in)
}

// UpdateContact calls the operation of that name.
func (c *Client) UpdateContact(ctx context.Context, in *UpdateContactInput) (*UpdateContactOutput, error) {
	return wire.Call(ctx, c.conn, UpdateContact, in)
}

// UpdateContactRoutingData calls the operation of that name.
func (c *Client) UpdateContactRoutingData(ctx context.Context, in *UpdateContactRoutingDataInput) (*UpdateContactRoutingDataOutput, error) {
	return wire.Call(ctx, c.conn, UpdateContactRoutingData, in)
}

// ListAssociatedContacts calls the operation of that name.
func (c *Client) ListAssociatedContacts(ctx context.Context, in *ListAssociatedContactsInput) (*ListAssociatedContactsOutput, error) {
	return wire.Call(ctx, c.conn, ListAssociatedContacts, in)
}

// ListContactReferences calls the operation of that name.
func (c *Client) ListContactReferences(ctx context.Context, in *ListContactReferencesInput) (*ListContactReferencesOutput, error) {
	return wire.Call(ctx, c.conn, ListContactReferences, in)
}

// TagContact calls the operation of that name.
func (c *Client) TagContact(ctx context.Context, in *TagContactInput) (*TagContactOutput, error) {
	return wire.Call(ctx, c.conn, TagContact, in)
}

// UntagContact calls the operation of that name.
func (c *Client) UntagContact(ctx context.Context, in *UntagContactInput) (*UntagContactOutput, error) {
	return wire.Call(ctx, c.conn, UntagContact, in)
}

// CreateParticipant calls the operation of that name.
func (c *Client) CreateParticipant(ctx context.Context, in *CreateParticipantInput) (*CreateParticipantOutput, error) {
	return wire.Call(ctx, c.conn, CreateParticipant, in)
}

// UpdateParticipantRoleConfig calls the operation of that name.
func (c *Client) UpdateParticipantRoleConfig(ctx context.Context, in *UpdateParticipantRoleConfigInput) (*UpdateParticipantRoleConfigOutput, error) {
	return wire.Call(ctx, c.conn, UpdateParticipantRoleConfig, in)
}

// UpdateParticipantAuthentication calls the operation of that name.
func (c *Client) UpdateParticipantAuthentication(ctx context.Context, in *UpdateParticipantAuthenticationInput) (*UpdateParticipantAuthenticationOutput, error) {
	return wire.Call(ctx, c.conn, UpdateParticipantAuthentication, in)
}

// CreatePersistentContactAssociation calls the operation of that name.
func (c *Client) CreatePersistentContactAssociation(ctx context.Context, in *CreatePersistentContactAssociationInput) (*CreatePersistentContactAssociationOutput, error) {
	return wire.Call(ctx, c.conn, CreatePersistentContactAssociation, in)
}

// StartContactStreaming calls the operation of that name.
func (c *Client) StartContactStreaming(ctx context.Context, in *StartContactStreamingInput) (*StartContactStreamingOutput, error) {
	return wire.Call(ctx, c.conn, StartContactStreaming, in)
}

// StopContactStreaming calls the operation of that name.
func (c *Client) StopContactStreaming(ctx context.Context, in *StopContactStreamingInput) (*StopContactStreamingOutput, error) {
	return wire.Call(ctx, c.conn, StopContactStreaming, in)
}

// StartContactMediaProcessing calls the operation of that name.
func (c *Client) StartContactMediaProcessing(ctx context.Context, in *StartContactMediaProcessingInput) (*StartContactMediaProcessingOutput, error) {
	return wire.Call(ctx, c.conn, StartContactMediaProcessing, in)
}

// StopContactMediaProcessing calls the operation of that name.
func (c *Client) StopContactMediaProcessing(ctx context.Context, in *StopContactMediaProcessingInput) (*StopContactMediaProcessingOutput, error) {
	return wire.Call(ctx, c.conn, StopContactMediaProcessing, in)
}

// DescribeInstanceAttribute calls the operation of that name.
func (c *Client) DescribeInstanceAttribute(ctx context.Context, in *DescribeInstanceAttributeInput) (*DescribeInstanceAttributeOutput, error) {
	return wire.Call(ctx, c.conn, DescribeInstanceAttribute, in)
}

// ListInstanceAttributes calls the operation of that name.
func (c *Client) ListInstanceAttributes(ctx context.Context, in *ListInstanceAttributesInput) (*ListInstanceAttributesOutput, error) {
	return wire.Call(ctx, c.conn, ListInstanceAttributes, in)
}

// UpdateInstanceAttribute calls the operation of that name.
func (c *Client) UpdateInstanceAttribute(ctx context.Context, in *UpdateInstanceAttributeInput) (*UpdateInstanceAttributeOutput, error) {
	return wire.Call(ctx, c.conn, UpdateInstanceAttribute, in)
}

// AssociateInstanceStorageConfig calls the operation of that name.
func (c *Client) AssociateInstanceStorageConfig(ctx context.Context, in *AssociateInstanceStorageConfigInput) (*AssociateInstanceStorageConfigOutput, error) {
	return wire.Call(ctx, c.conn, AssociateInstanceStorageConfig, in)
}

// DescribeInstanceStorageConfig calls the operation of that name.
func (c *Client) DescribeInstanceStorageConfig(ctx context.Context, in *DescribeInstanceStorageConfigInput) (*DescribeInstanceStorageConfigOutput, error) {
	return wire.Call(ctx, c.conn, DescribeInstanceStorageConfig, in)
}

// ListInstanceStorageConfigs calls the operation of that name.
func (c *Client) ListInstanceStorageConfigs(ctx context.Context, in *ListInstanceStorageConfigsInput) (*ListInstanceStorageConfigsOutput, error) {
	return wire.Call(ctx, c.conn, ListInstanceStorageConfigs, in)
}

// UpdateInstanceStorageConfig calls the operation of that name.
func (c *Client) UpdateInstanceStorageConfig(ctx context.Context, in *UpdateInstanceStorageConfigInput) (*UpdateInstanceStorageConfigOutput, error) {
	return wire.Call(ctx, c.conn, UpdateInstanceStorageConfig, in)
}

// DisassociateInstanceStorageConfig calls the operation of that name.
func (c *Client) DisassociateInstanceStorageConfig(ctx context.Context, in *DisassociateInstanceStorageConfigInput) (*DisassociateInstanceStorageConfigOutput, error) {
	return wire.Call(ctx, c.conn, DisassociateInstanceStorageConfig, in)
}

// CreateIntegrationAssociation calls the operation of that name.
func (c *Client) CreateIntegrationAssociation(ctx context.Context, in *CreateIntegrationAssociationInput) (*CreateIntegrationAssociationOutput, error) {
	return wire.Call(ctx, c.conn, CreateIntegrationAssociation, in)
}

// DeleteIntegrationAssociation calls the operation of that name.
func (c *Client) DeleteIntegrationAssociation(ctx context.Context, in *DeleteIntegrationAssociationInput) (*DeleteIntegrationAssociationOutput, error) {
	return wire.Call(ctx, c.conn, DeleteIntegrationAssociation, in)
}

// ListIntegrationAssociations calls the operation of that name.
func (c *Client) ListIntegrationAssociations(ctx context.Context, in *ListIntegrationAssociationsInput) (*ListIntegrationAssociationsOutput, error) {
	return wire.Call(ctx, c.conn, ListIntegrationAssociations, in)
}

// AssociateLambdaFunction calls the operation of that name.
func (c *Client) AssociateLambdaFunction(ctx context.Context, in *AssociateLambdaFunctionInput) (*AssociateLambdaFunctionOutput, error) {
	return wire.Call(ctx, c.conn, AssociateLambdaFunction, in)
}

// DisassociateLambdaFunction calls the operation of that name.
func (c *Client) DisassociateLambdaFunction(ctx context.Context, in *DisassociateLambdaFunctionInput) (*DisassociateLambdaFunctionOutput, error) {
	return wire.Call(ctx, c.conn, DisassociateLambdaFunction, in)
}

// ListLambdaFunctions calls the operation of that name.
func (c *Client) ListLambdaFunctions(ctx context.Context, in *ListLambdaFunctionsInput) (*ListLambdaFunctionsOutput, error) {
	return wire.Call(ctx, c.conn, ListLambdaFunctions, in)
}

// AssociateBot calls the operation of that name.
func (c *Client) AssociateBot(ctx context.Context, in *AssociateBotInput) (*AssociateBotOutput, error) {
	return wire.Call(ctx, c.conn, AssociateBot, in)
}

// DisassociateBot calls the operation of that name.
func (c *Client) DisassociateBot(ctx context.Context, in *DisassociateBotInput) (*DisassociateBotOutput, error) {
	return wire.Call(ctx, c.conn, DisassociateBot, in)
}

// ListBots calls the operation of that name.
func (c *Client) ListBots(ctx context.Context, in *ListBotsInput) (*ListBotsOutput, error) {
	return wire.Call(ctx, c.conn, ListBots, in)
}

// AssociateLexBot calls the operation of that name.
func (c *Client) AssociateLexBot(ctx context.Context, in *AssociateLexBotInput) (*AssociateLexBotOutput, error) {
	return wire.Call(ctx, c.conn, AssociateLexBot, in)
}

// DisassociateLexBot calls the operation of that name.
func (c *Client) DisassociateLexBot(ctx context.Context, in *DisassociateLexBotInput) (*DisassociateLexBotOutput, error) {
	return wire.Call(ctx, c.conn, DisassociateLexBot, in)
}

// ListLexBots calls the operation of that name.
func (c *Client) ListLexBots(ctx context.Context, in *ListLexBotsInput) (*ListLexBotsOutput, error) {
	return wire.Call(ctx, c.conn, ListLexBots, in)
}

// SearchContacts calls the operation of that name.
func (c *Client) SearchContacts(ctx context.Context, in *SearchContactsInput) (*SearchContactsOutput, error) {
	return wire.Call(ctx, c.conn, SearchContacts, in)
}

// GetContactMetrics calls the operation of that name.
func (c *Client) GetContactMetrics(ctx context.Context, in *GetContactMetricsInput) (*GetContactMetricsOutput, error) {
	return wire.Call(ctx, c.conn, GetContactMetrics, in)
}

// ListRealtimeContactAnalysisSegmentsV2 calls the operation of that name.
func (c *Client) ListRealtimeContactAnalysisSegmentsV2(ctx context.Context, in *ListRealtimeContactAnalysisSegmentsV2Input) (*ListRealtimeContactAnalysisSegmentsV2Output, error) {
	return wire.Call(ctx, c.conn, ListRealtimeContactAnalysisSegmentsV2, in)
}

// SendChatIntegrationEvent calls the operation of that name.
func (c *Client) SendChatIntegrationEvent(ctx context.Context, in *SendChatIntegrationEventInput) (*SendChatIntegrationEventOutput, error) {
	return wire.Call(ctx, c.conn, SendChatIntegrationEvent, in)
}

// StartOutboundChatContact calls the operation of that name.
func (c *Client) StartOutboundChatContact(ctx context.Context, in *StartOutboundChatContactInput) (*StartOutboundChatContactOutput, error) {
	return wire.Call(ctx, c.conn, StartOutboundChatContact, in)
}

// CreateView calls the operation of that name.
func (c *Client) CreateView(ctx context.Context, in *CreateViewInput) (*CreateViewOutput, error) {
	return wire.Call(ctx, c.conn, CreateView, in)
}

// DescribeView calls the operation of that name.
func (c *Client) DescribeView(ctx context.Context, in *DescribeViewInput) (*DescribeViewOutput, error) {
	return wire.Call(ctx, c.conn, DescribeView, in)
}

// ListViews calls the operation of that name.
func (c *Client) ListViews(ctx context.Context, in *ListViewsInput) (*ListViewsOutput, error) {
	return wire.Call(ctx, c.conn, ListViews, in)
}

// UpdateViewContent calls the operation of that name.
func (c *Client) UpdateViewContent(ctx context.Context, in *UpdateViewContentInput) (*UpdateViewContentOutput, error) {
	return wire.Call(ctx, c.conn, UpdateViewContent, in)
}

// UpdateViewMetadata calls the operation of that name.
func (c *Client) UpdateViewMetadata(ctx context.Context, in *UpdateViewMetadataInput) (*UpdateViewMetadataOutput, error) {
	return wire.Call(ctx, c.conn, UpdateViewMetadata, in)
}

// DeleteView calls the operation of that name.
func (c *Client) DeleteView(ctx context.Context, in *DeleteViewInput) (*DeleteViewOutput, error) {
	return wire.Call(ctx, c.conn, DeleteView, in)
}

// CreateViewVersion calls the operation of that name.
func (c *Client) CreateViewVersion(ctx context.Context, in *CreateViewVersionInput) (*CreateViewVersionOutput, error) {
	return wire.Call(ctx, c.conn, CreateViewVersion, in)
}

// DeleteViewVersion calls the operation of that name.
func (c *Client) DeleteViewVersion(ctx context.Context, in *DeleteViewVersionInput) (*DeleteViewVersionOutput, error) {
	return wire.Call(ctx, c.conn, DeleteViewVersion, in)
}

// ListViewVersions calls the operation of that name.
func (c *Client) ListViewVersions(ctx context.Context, in *ListViewVersionsInput) (*ListViewVersionsOutput, error) {
	return wire.Call(ctx, c.conn, ListViewVersions, in)
}

// CreateContactFlowModule calls the operation of that name.
func (c *Client) CreateContactFlowModule(ctx context.Context, in *CreateContactFlowModuleInput) (*CreateContactFlowModuleOutput, error) {
	return wire.Call(ctx, c.conn, CreateContactFlowModule, in)
}

// DescribeContactFlowModule calls the operation of that name.
func (c *Client) DescribeContactFlowModule(ctx context.Context, in *DescribeContactFlowModuleInput) (*DescribeContactFlowModuleOutput, error) {
	return wire.Call(ctx, c.conn, DescribeContactFlowModule, in)
}

// ListContactFlowModules calls the operation of that name.
func (c *Client) ListContactFlowModules(ctx context.Context, in *ListContactFlowModulesInput) (*ListContactFlowModulesOutput, error) {
	return wire.Call(ctx, c.conn, ListContactFlowModules, in)
}

// UpdateContactFlowModuleContent calls the operation of that name.
func (c *Client) UpdateContactFlowModuleContent(ctx context.Context, in *UpdateContactFlowModuleContentInput) (*UpdateContactFlowModuleContentOutput, error) {
	return wire.Call(ctx, c.conn, UpdateContactFlowModuleContent, in)
}

// UpdateContactFlowModuleMetadata calls the operation of that name.
func (c *Client) UpdateContactFlowModuleMetadata(ctx context.Context, in *UpdateContactFlowModuleMetadataInput) (*UpdateContactFlowModuleMetadataOutput, error) {
	return wire.Call(ctx, c.conn, UpdateContactFlowModuleMetadata, in)
}

// DeleteContactFlowModule calls the operation of that name.
func (c *Client) DeleteContactFlowModule(ctx context.Context, in *DeleteContactFlowModuleInput) (*DeleteContactFlowModuleOutput, error) {
	return wire.Call(ctx, c.conn, DeleteContactFlowModule, in)
}

// CreateContactFlowVersion calls the operation of that name.
func (c *Client) CreateContactFlowVersion(ctx context.Context, in *CreateContactFlowVersionInput) (*CreateContactFlowVersionOutput, error) {
	return wire.Call(ctx, c.conn, CreateContactFlowVersion, in)
}

// DeleteContactFlowVersion calls the operation of that name.
func (c *Client) DeleteContactFlowVersion(ctx context.Context, in *DeleteContactFlowVersionInput) (*DeleteContactFlowVersionOutput, error) {
	return wire.Call(ctx, c.conn, DeleteContactFlowVersion, in)
}

// ListContactFlowVersions calls the operation of that name.
func (c *Client) ListContactFlowVersions(ctx context.Context, in *ListContactFlowVersionsInput) (*ListContactFlowVersionsOutput, error) {
	return wire.Call(ctx, c.conn, ListContactFlowVersions, in)
}

// CreateContactFlowModuleVersion calls the operation of that name.
func (c *Client) CreateContactFlowModuleVersion(ctx context.Context, in *CreateContactFlowModuleVersionInput) (*CreateContactFlowModuleVersionOutput, error) {
	return wire.Call(ctx, c.conn, CreateContactFlowModuleVersion, in)
}

// DeleteContactFlowModuleVersion calls the operation of that name.
func (c *Client) DeleteContactFlowModuleVersion(ctx context.Context, in *DeleteContactFlowModuleVersionInput) (*DeleteContactFlowModuleVersionOutput, error) {
	return wire.Call(ctx, c.conn, DeleteContactFlowModuleVersion, in)
}

// ListContactFlowModuleVersions calls the operation of that name.
func (c *Client) ListContactFlowModuleVersions(ctx context.Context, in *ListContactFlowModuleVersionsInput) (*ListContactFlowModuleVersionsOutput, error) {
	return wire.Call(ctx, c.conn, ListContactFlowModuleVersions, in)
}

// CreateContactFlowModuleAlias calls the operation of that name.
func (c *Client) CreateContactFlowModuleAlias(ctx context.Context, in *CreateContactFlowModuleAliasInput) (*CreateContactFlowModuleAliasOutput, error) {
	return wire.Call(ctx, c.conn, CreateContactFlowModuleAlias, in)
}

// DescribeContactFlowModuleAlias calls the operation of that name.
func (c *Client) DescribeContactFlowModuleAlias(ctx context.Context, in *DescribeContactFlowModuleAliasInput) (*DescribeContactFlowModuleAliasOutput, error) {
	return wire.Call(ctx, c.conn, DescribeContactFlowModuleAlias, in)
}

// UpdateContactFlowModuleAlias calls the operation of that name.
func (c *Client) UpdateContactFlowModuleAlias(ctx context.Context, in *UpdateContactFlowModuleAliasInput) (*UpdateContactFlowModuleAliasOutput, error) {
	return wire.Call(ctx, c.conn, UpdateContactFlowModuleAlias, in)
}

// DeleteContactFlowModuleAlias calls the operation of that name.
func (c *Client) DeleteContactFlowModuleAlias(ctx context.Context, in *DeleteContactFlowModuleAliasInput) (*DeleteContactFlowModuleAliasOutput, error) {
	return wire.Call(ctx, c.conn, DeleteContactFlowModuleAlias, in)
}

// ListContactFlowModuleAliases calls the operation of that name.
func (c *Client) ListContactFlowModuleAliases(ctx context.Context, in *ListContactFlowModuleAliasesInput) (*ListContactFlowModuleAliasesOutput, error) {
	return wire.Call(ctx, c.conn, ListContactFlowModuleAliases, in)
}

// SearchContactFlows calls the operation of that name.
func (c *Client) SearchContactFlows(ctx context.Context, in *SearchContactFlowsInput) (*SearchContactFlowsOutput, error) {
	return wire.Call(ctx, c.conn, SearchContactFlows, in)
}

// SearchContactFlowModules calls the operation of that name.
func (c *Client) SearchContactFlowModules(ctx context.Context, in *SearchContactFlowModulesInput) (*SearchContactFlowModulesOutput, error) {
	return wire.Call(ctx, c.conn, SearchContactFlowModules, in)
}

// AssociateFlow calls the operation of that name.
func (c *Client) AssociateFlow(ctx context.Context, in *AssociateFlowInput) (*AssociateFlowOutput, error) {
	return wire.Call(ctx, c.conn, AssociateFlow, in)
}

// DisassociateFlow calls the operation of that name.
func (c *Client) DisassociateFlow(ctx context.Context, in *DisassociateFlowInput) (*DisassociateFlowOutput, error) {
	return wire.Call(ctx, c.conn, DisassociateFlow, in)
}

// GetFlowAssociation calls the operation of that name.
func (c *Client) GetFlowAssociation(ctx context.Context, in *GetFlowAssociationInput) (*GetFlowAssociationOutput, error) {
	return wire.Call(ctx, c.conn, GetFlowAssociation, in)
}

// ListFlowAssociations calls the operation of that name.
func (c *Client) ListFlowAssociations(ctx context.Context, in *ListFlowAssociationsInput) (*ListFlowAssociationsOutput, error) {
	return wire.Call(ctx, c.conn, ListFlowAssociations, in)
}

// BatchGetFlowAssociation calls the operation of that name.
func (c *Client) BatchGetFlowAssociation(ctx context.Context, in *BatchGetFlowAssociationInput) (*BatchGetFlowAssociationOutput, error) {
	return wire.Call(ctx, c.conn, BatchGetFlowAssociation, in)
}

// TagResource calls the operation of that name.
func (c *Client) TagResource(ctx context.Context, in *TagResourceInput) (*TagResourceOutput, error) {
	return wire.Call(ctx, c.conn, TagResource, in)
}

// UntagResource calls the operation of that name.
func (c *Client) UntagResource(ctx context.Context, in *UntagResourceInput) (*UntagResourceOutput, error) {
	return wire.Call(ctx, c.conn, UntagResource, in)
}

// ListTagsForResource calls the operation of that name.
func (c *Client) ListTagsForResource(ctx context.Context, in *ListTagsForResourceInput) (*ListTagsForResourceOutput, error) {
	return wire.Call(ctx, c.conn, ListTagsForResource, in)
}

// CreateHoursOfOperation calls the operation of that name.
func (c *Client) CreateHoursOfOperation(ctx context.Context, in *CreateHoursOfOperationInput) (*CreateHoursOfOperationOutput, error) {
	return wire.Call(ctx, c.conn, CreateHoursOfOperation, in)
}

// DescribeHoursOfOperation calls the operation of that name.
func (c *Client) DescribeHoursOfOperation(ctx context.Context, in *DescribeHoursOfOperationInput) (*DescribeHoursOfOperationOutput, error) {
	return wire.Call(ctx, c.conn, DescribeHoursOfOperation, in)
}

// ListHoursOfOperations calls the operation of that name.
func (c *Client) ListHoursOfOperations(ctx context.Context, in *ListHoursOfOperationsInput) (*ListHoursOfOperationsOutput, error) {
	return wire.Call(ctx, c.conn, ListHoursOfOperations, in)
}

// UpdateHoursOfOperation calls the operation of that name.
func (c *Client) UpdateHoursOfOperation(ctx context.Context, in *UpdateHoursOfOperationInput) (*UpdateHoursOfOperationOutput, error) {
	return wire.Call(ctx, c.conn, UpdateHoursOfOperation, in)
}

// DeleteHoursOfOperation calls the operation of that name.
func (c *Client) DeleteHoursOfOperation(ctx context.Context, in *DeleteHoursOfOperationInput) (*DeleteHoursOfOperationOutput, error) {
	return wire.Call(ctx, c.conn, DeleteHoursOfOperation, in)
}

// SearchHoursOfOperations calls the operation of that name.
func (c *Client) SearchHoursOfOperations(ctx context.Context, in *SearchHoursOfOperationsInput) (*SearchHoursOfOperationsOutput, error) {
	return wire.Call(ctx, c.conn, SearchHoursOfOperations, in)
}

// AssociateHoursOfOperations calls the operation of that name.
func (c *Client) AssociateHoursOfOperations(ctx context.Context, in *AssociateHoursOfOperationsInput) (*AssociateHoursOfOperationsOutput, error) {
	return wire.Call(ctx, c.conn, AssociateHoursOfOperations, in)
}

// DisassociateHoursOfOperations calls the operation of that name.
func (c *Client) DisassociateHoursOfOperations(ctx context.Context, in *DisassociateHoursOfOperationsInput) (*DisassociateHoursOfOperationsOutput, error) {
	return wire.Call(ctx, c.conn, DisassociateHoursOfOperations, in)
}

// ListChildHoursOfOperations calls the operation of that name.
func (c *Client) ListChildHoursOfOperations(ctx context.Context, in *ListChildHoursOfOperationsInput) (*ListChildHoursOfOperationsOutput, error) {
	return wire.Call(ctx, c.conn, ListChildHoursOfOperations, in)
}

// CreateHoursOfOperationOverride calls the operation of that name.
func (c *Client) CreateHoursOfOperationOverride(ctx context.Context, in *CreateHoursOfOperationOverrideInput) (*CreateHoursOfOperationOverrideOutput, error) {
	return wire.Call(ctx, c.conn, CreateHoursOfOperationOverride, in)
}

// DescribeHoursOfOperationOverride calls the operation of that name.
func (c *Client) DescribeHoursOfOperationOverride(ctx context.Context, in *DescribeHoursOfOperationOverrideInput) (*DescribeHoursOfOperationOverrideOutput, error) {
	return wire.Call(ctx, c.conn, DescribeHoursOfOperationOverride, in)
}

// ListHoursOfOperationOverrides calls the operation of that name.
func (c *Client) ListHoursOfOperationOverrides(ctx context.Context, in *ListHoursOfOperationOverridesInput) (*ListHoursOfOperationOverridesOutput, error) {
	return wire.Call(ctx, c.conn, ListHoursOfOperationOverrides, in)
}

// UpdateHoursOfOperationOverride calls the operation of that name.
func (c *Client) UpdateHoursOfOperationOverride(ctx context.Context, in *UpdateHoursOfOperationOverrideInput) (*UpdateHoursOfOperationOverrideOutput, error) {
	return wire.Call(ctx, c.conn, UpdateHoursOfOperationOverride, in)
}

// DeleteHoursOfOperationOverride calls the operation of that name.
func (c *Client) DeleteHoursOfOperationOverride(ctx context.Context, in *DeleteHoursOfOperationOverrideInput) (*DeleteHoursOfOperationOverrideOutput, error) {
	return wire.Call(ctx, c.conn, DeleteHoursOfOperationOverride, in)
}

// GetEffectiveHoursOfOperations calls the operation of that name.
func (c *Client) GetEffectiveHoursOfOperations(ctx context.Context, in *GetEffectiveHoursOfOperationsInput) (*GetEffectiveHoursOfOperationsOutput, error) {
	return wire.Call(ctx, c.conn, GetEffectiveHoursOfOperations, in)
}

// SearchHoursOfOperationOverrides calls the operation of that name.
func (c *Client) SearchHoursOfOperationOverrides(ctx context.Context, in *SearchHoursOfOperationOverridesInput) (*SearchHoursOfOperationOverridesOutput, error) {
	return wire.Call(ctx, c.conn, SearchHoursOfOperationOverrides, in)
}

// CreateQueue calls the operation of that name.
func (c *Client) CreateQueue(ctx context.Context, in *CreateQueueInput) (*CreateQueueOutput, error) {
	return wire.Call(ctx, c.conn, CreateQueue, in)
}

// DescribeQueue calls the operation of that name.
func (c *Client) DescribeQueue(ctx context.Context, in *DescribeQueueInput) (*DescribeQueueOutput, error) {
	return wire.Call(ctx, c.conn, DescribeQueue, in)
}

// ListQueues calls the operation of that name.
func (c *Client) ListQueues(ctx context.Context, in *ListQueuesInput) (*ListQueuesOutput, error) {
	return wire.Call(ctx, c.conn, ListQueues, in)
}

// UpdateQueueName calls the operation of that name.
func (c *Client) UpdateQueueName(ctx context.Context, in *UpdateQueueNameInput) (*UpdateQueueNameOutput, error) {
	return wire.Call(ctx, c.conn, UpdateQueueName, in)
}

// UpdateQueueStatus calls the operation of that name.
func (c *Client) UpdateQueueStatus(ctx context.Context, in *UpdateQueueStatusInput) (*UpdateQueueStatusOutput, error) {
	return wire.Call(ctx, c.conn, UpdateQueueStatus, in)
}

// UpdateQueueMaxContacts calls the operation of that name.
func (c *Client) UpdateQueueMaxContacts(ctx context.Context, in *UpdateQueueMaxContactsInput) (*UpdateQueueMaxContactsOutput, error) {
	return wire.Call(ctx, c.conn, UpdateQueueMaxContacts, in)
}

// UpdateQueueHoursOfOperation calls the operation of that name.
func (c *Client) UpdateQueueHoursOfOperation(ctx context.Context, in *UpdateQueueHoursOfOperationInput) (*UpdateQueueHoursOfOperationOutput, error) {
	return wire.Call(ctx, c.conn, UpdateQueueHoursOfOperation, in)
}

// DeleteQueue calls the operation of that name.
func (c *Client) DeleteQueue(ctx context.Context, in *DeleteQueueInput) (*DeleteQueueOutput, error) {
	return wire.Call(ctx, c.conn, DeleteQueue, in)
}

// SearchQueues calls the operation of that name.
func (c *Client) SearchQueues(ctx context.Context, in *SearchQueuesInput) (*SearchQueuesOutput, error) {
	return wire.Call(ctx, c.conn, SearchQueues, in)
}

// CreatePrompt calls the operation of that name.
func (c *Client) CreatePrompt(ctx context.Context, in *CreatePromptInput) (*CreatePromptOutput, error) {
	return wire.Call(ctx, c.conn, CreatePrompt, in)
}

// DescribePrompt calls the operation of that name.
func (c *Client) DescribePrompt(ctx context.Context, in *DescribePromptInput) (*DescribePromptOutput, error) {
	return wire.Call(ctx, c.conn, DescribePrompt, in)
}

// ListPrompts calls the operation of that name.
func (c *Client) ListPrompts(ctx context.Context, in *ListPromptsInput) (*ListPromptsOutput, error) {
	return wire.Call(ctx, c.conn, ListPrompts, in)
}

// UpdatePrompt calls the operation of that name.
func (c *Client) UpdatePrompt(ctx context.Context, in *UpdatePromptInput) (*UpdatePromptOutput, error) {
	return wire.Call(ctx, c.conn, UpdatePrompt, in)
}

// DeletePrompt calls the operation of that name.
func (c *Client) DeletePrompt(ctx context.Context, in *DeletePromptInput) (*DeletePromptOutput, error) {
	return wire.Call(ctx, c.conn, DeletePrompt, in)
}

// SearchPrompts calls the operation of that name.
func (c *Client) SearchPrompts(ctx context.Context, in *SearchPromptsInput) (*SearchPromptsOutput, error) {
	return wire.Call(ctx, c.conn, SearchPrompts, in)
}
