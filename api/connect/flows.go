package connect

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// CreateContactFlow makes a flow, published or as a draft.
var CreateContactFlow = &wire.Operation[CreateContactFlowInput, CreateContactFlowOutput]{
	Service: Service, Name: "CreateContactFlow", Method: "PUT", Path: "/contact-flows/{InstanceId}",
	Errors: defaultErrors(&types.DuplicateResourceException{}, &types.InvalidContactFlowException{},
		&types.LimitExceededException{}),
}

// CreateContactFlowInput is what CreateContactFlow takes.
type CreateContactFlowInput struct {
	// Content is JSON text, kept byte for byte.
	Content     *string               `wire:"required,len=1..256000"`
	InstanceId  *string               `wire:"path=InstanceId,required,len=1..100"`
	Name        *string               `wire:"required,len=1.."`
	Type        types.ContactFlowType `wire:"required"`
	Description *string
	// Status is PUBLISHED by default.
	Status types.ContactFlowStatus
	Tags   map[string]string `wire:"count=1..50,keylen=1..128,len=0..256,keys=tag"`
}

// CreateContactFlowOutput is what CreateContactFlow answers.
type CreateContactFlowOutput struct {
	ContactFlowArn *string
	ContactFlowId  *string
	// FlowContentSha256 is 64 hexadecimal digits.
	FlowContentSha256 *string
	ResultMetadata    middleware.Metadata
}

// DescribeContactFlow reads a flow with its published content; a qualifier on the id chooses another content.
var DescribeContactFlow = &wire.Operation[DescribeContactFlowInput, DescribeContactFlowOutput]{
	Service: Service, Name: "DescribeContactFlow", Method: "GET", Path: "/contact-flows/{InstanceId}/{ContactFlowId}",
	Errors: defaultErrors(&types.ContactFlowNotPublishedException{}),
}

// DescribeContactFlowInput is what DescribeContactFlow takes.
type DescribeContactFlowInput struct {
	// ContactFlowId may end in :$SAVED for the draft or in a colon and a version.
	ContactFlowId *string `wire:"path=ContactFlowId,required,len=0..500"`
	InstanceId    *string `wire:"path=InstanceId,required,len=1..100"`
}

// DescribeContactFlowOutput is what DescribeContactFlow answers.
type DescribeContactFlowOutput struct {
	ContactFlow    *types.ContactFlow
	ResultMetadata middleware.Metadata
}

// ListContactFlows lists the flows of an instance, or those of some types.
var ListContactFlows = &wire.Operation[ListContactFlowsInput, ListContactFlowsOutput]{
	Service: Service, Name: "ListContactFlows", Method: "GET", Path: "/contact-flows-summary/{InstanceId}",
	Errors: defaultErrors(),
}

// ListContactFlowsInput is what ListContactFlows takes.
type ListContactFlowsInput struct {
	InstanceId       *string                 `wire:"path=InstanceId,required,len=1..100"`
	ContactFlowTypes []types.ContactFlowType `wire:"query=contactFlowTypes,count=0..10"`
	// MaxResults is 100 by default.
	MaxResults *int32  `wire:"query=maxResults,range=1..1000"`
	NextToken  *string `wire:"query=nextToken"`
}

// ListContactFlowsOutput is what ListContactFlows answers.
type ListContactFlowsOutput struct {
	ContactFlowSummaryList []types.ContactFlowSummary
	// NextToken is absent on the last page.
	NextToken      *string
	ResultMetadata middleware.Metadata
}

// UpdateContactFlowContent publishes a new content, or with :$SAVED on the id stores a draft.
var UpdateContactFlowContent = &wire.Operation[UpdateContactFlowContentInput, UpdateContactFlowContentOutput]{
	Service: Service, Name: "UpdateContactFlowContent", Method: "POST",
	Path:   "/contact-flows/{InstanceId}/{ContactFlowId}/content",
	Errors: defaultErrors(&types.InvalidContactFlowException{}),
}

// UpdateContactFlowContentInput is what UpdateContactFlowContent takes.
type UpdateContactFlowContentInput struct {
	ContactFlowId *string `wire:"path=ContactFlowId,required,len=0..500"`
	Content       *string `wire:"required,len=1..256000"`
	InstanceId    *string `wire:"path=InstanceId,required,len=1..100"`
}

// UpdateContactFlowContentOutput is what UpdateContactFlowContent answers: nothing.
type UpdateContactFlowContentOutput struct {
	ResultMetadata middleware.Metadata
}

// UpdateContactFlowMetadata renames, describes, archives or restores a flow.
var UpdateContactFlowMetadata = &wire.Operation[UpdateContactFlowMetadataInput, UpdateContactFlowMetadataOutput]{
	Service: Service, Name: "UpdateContactFlowMetadata", Method: "POST",
	Path:   "/contact-flows/{InstanceId}/{ContactFlowId}/metadata",
	Errors: defaultErrors(&types.DuplicateResourceException{}),
}

// UpdateContactFlowMetadataInput is what UpdateContactFlowMetadata takes; absent members stay as they are.
type UpdateContactFlowMetadataInput struct {
	ContactFlowId    *string `wire:"path=ContactFlowId,required,len=0..500"`
	InstanceId       *string `wire:"path=InstanceId,required,len=1..100"`
	ContactFlowState types.ContactFlowState
	Description      *string
	Name             *string `wire:"len=1.."`
}

// UpdateContactFlowMetadataOutput is what UpdateContactFlowMetadata answers: nothing.
type UpdateContactFlowMetadataOutput struct {
	ResultMetadata middleware.Metadata
}

// UpdateContactFlowName renames or describes a flow.
var UpdateContactFlowName = &wire.Operation[UpdateContactFlowNameInput, UpdateContactFlowNameOutput]{
	Service: Service, Name: "UpdateContactFlowName", Method: "POST",
	Path:   "/contact-flows/{InstanceId}/{ContactFlowId}/name",
	Errors: defaultErrors(&types.DuplicateResourceException{}),
}

// UpdateContactFlowNameInput is what UpdateContactFlowName takes; absent members stay as they are.
type UpdateContactFlowNameInput struct {
	ContactFlowId *string `wire:"path=ContactFlowId,required,len=0..500"`
	InstanceId    *string `wire:"path=InstanceId,required,len=1..100"`
	Description   *string
	Name          *string `wire:"len=1.."`
}

// UpdateContactFlowNameOutput is what UpdateContactFlowName answers: nothing.
type UpdateContactFlowNameOutput struct {
	ResultMetadata middleware.Metadata
}

// DeleteContactFlow deletes a flow that is not in use.
var DeleteContactFlow = &wire.Operation[DeleteContactFlowInput, DeleteContactFlowOutput]{
	Service: Service, Name: "DeleteContactFlow", Method: "DELETE", Path: "/contact-flows/{InstanceId}/{ContactFlowId}",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// DeleteContactFlowInput is what DeleteContactFlow takes.
type DeleteContactFlowInput struct {
	ContactFlowId *string `wire:"path=ContactFlowId,required,len=0..500"`
	InstanceId    *string `wire:"path=InstanceId,required,len=1..100"`
}

// DeleteContactFlowOutput is what DeleteContactFlow answers: nothing.
type DeleteContactFlowOutput struct {
	ResultMetadata middleware.Metadata
}
