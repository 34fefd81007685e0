package connect

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// CreateContactFlowModule makes a flow module: actions that flows run like one action of theirs. It is published.
var CreateContactFlowModule = &wire.Operation[CreateContactFlowModuleInput, CreateContactFlowModuleOutput]{
	Service: Service, Name: "CreateContactFlowModule", Method: "PUT", Path: "/contact-flow-modules/{InstanceId}",
	Errors: defaultErrors(&types.AccessDeniedException{}, &types.DuplicateResourceException{},
		&types.IdempotencyException{}, &types.InvalidContactFlowModuleException{}, &types.LimitExceededException{}),
}

// CreateContactFlowModuleInput is what CreateContactFlowModule takes.
type CreateContactFlowModuleInput struct {
	// Content is JSON text, kept byte for byte.
	Content    *string `wire:"required,len=1..256000"`
	InstanceId *string `wire:"path=InstanceId,required,len=1..100"`
	Name       *string `wire:"required,len=1..127,form=visible"`
	// ClientToken makes a repeated request answer with the module already made.
	ClientToken *string `wire:"len=0..500"`
	Description *string `wire:"len=0..500,form=visible"`
	// ExternalInvocationConfiguration says whether others than flows may run the module.
	ExternalInvocationConfiguration *types.ExternalInvocationConfiguration
	// Settings is JSON text: what the module takes and gives back, and its branches.
	Settings *string
	Tags     map[string]string `wire:"count=1..50,keylen=1..128,len=0..256,keys=tag"`
}

// CreateContactFlowModuleOutput is what CreateContactFlowModule answers.
type CreateContactFlowModuleOutput struct {
	Arn            *string
	Id             *string
	ResultMetadata middleware.Metadata
}

// DescribeContactFlowModule reads a module with its published content; a qualifier on the id chooses another content.
var DescribeContactFlowModule = &wire.Operation[DescribeContactFlowModuleInput, DescribeContactFlowModuleOutput]{
	Service: Service, Name: "DescribeContactFlowModule", Method: "GET",
	Path:   "/contact-flow-modules/{InstanceId}/{ContactFlowModuleId}",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// DescribeContactFlowModuleInput is what DescribeContactFlowModule takes.
type DescribeContactFlowModuleInput struct {
	// ContactFlowModuleId may end in :$SAVED for the draft, in :$LATEST, or in a colon and a version or an alias.
	ContactFlowModuleId *string `wire:"path=ContactFlowModuleId,required,len=1..256"`
	InstanceId          *string `wire:"path=InstanceId,required,len=1..100"`
}

// DescribeContactFlowModuleOutput is what DescribeContactFlowModule answers.
type DescribeContactFlowModuleOutput struct {
	ContactFlowModule *types.ContactFlowModule
	ResultMetadata    middleware.Metadata
}

// ListContactFlowModules lists the modules of an instance.
var ListContactFlowModules = &wire.Operation[ListContactFlowModulesInput, ListContactFlowModulesOutput]{
	Service: Service, Name: "ListContactFlowModules", Method: "GET", Path: "/contact-flow-modules-summary/{InstanceId}",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// ListContactFlowModulesInput is what ListContactFlowModules takes.
type ListContactFlowModulesInput struct {
	InstanceId             *string                      `wire:"path=InstanceId,required,len=1..100"`
	ContactFlowModuleState types.ContactFlowModuleState `wire:"query=state"`
	// MaxResults is 100 by default.
	MaxResults *int32  `wire:"query=maxResults,range=1..1000"`
	NextToken  *string `wire:"query=nextToken"`
}

// ListContactFlowModulesOutput is what ListContactFlowModules answers.
type ListContactFlowModulesOutput struct {
	ContactFlowModulesSummaryList []types.ContactFlowModuleSummary
	NextToken                     *string
	ResultMetadata                middleware.Metadata
}

// UpdateContactFlowModuleContent publishes a new content, or with :$SAVED on the id stores a draft.
var UpdateContactFlowModuleContent = &wire.Operation[UpdateContactFlowModuleContentInput, UpdateContactFlowModuleContentOutput]{
	Service: Service, Name: "UpdateContactFlowModuleContent", Method: "POST",
	Path: "/contact-flow-modules/{InstanceId}/{ContactFlowModuleId}/content",
	Errors: errorsOf(&types.AccessDeniedException{}, &types.InvalidContactFlowModuleException{},
		&types.ResourceNotFoundException{}, &types.ThrottlingException{}),
}

// UpdateContactFlowModuleContentInput is what UpdateContactFlowModuleContent takes; an absent member stays as it is.
type UpdateContactFlowModuleContentInput struct {
	ContactFlowModuleId *string `wire:"path=ContactFlowModuleId,required,len=1..256"`
	InstanceId          *string `wire:"path=InstanceId,required,len=1..100"`
	Content             *string `wire:"len=1..256000"`
	Settings            *string
}

// UpdateContactFlowModuleContentOutput is what UpdateContactFlowModuleContent answers: nothing.
type UpdateContactFlowModuleContentOutput struct {
	ResultMetadata middleware.Metadata
}

// UpdateContactFlowModuleMetadata renames, describes, archives or restores a module.
var UpdateContactFlowModuleMetadata = &wire.Operation[UpdateContactFlowModuleMetadataInput, UpdateContactFlowModuleMetadataOutput]{
	Service: Service, Name: "UpdateContactFlowModuleMetadata", Method: "POST",
	Path:   "/contact-flow-modules/{InstanceId}/{ContactFlowModuleId}/metadata",
	Errors: defaultErrors(&types.AccessDeniedException{}, &types.DuplicateResourceException{}),
}

// UpdateContactFlowModuleMetadataInput is what UpdateContactFlowModuleMetadata takes; absent members stay as they are.
type UpdateContactFlowModuleMetadataInput struct {
	ContactFlowModuleId *string `wire:"path=ContactFlowModuleId,required,len=1..256"`
	InstanceId          *string `wire:"path=InstanceId,required,len=1..100"`
	Description         *string `wire:"len=0..500,form=visible"`
	Name                *string `wire:"len=1..127,form=visible"`
	State               types.ContactFlowModuleState
}

// UpdateContactFlowModuleMetadataOutput is what UpdateContactFlowModuleMetadata answers: nothing.
type UpdateContactFlowModuleMetadataOutput struct {
	ResultMetadata middleware.Metadata
}

// DeleteContactFlowModule deletes a module with its versions and aliases.
var DeleteContactFlowModule = &wire.Operation[DeleteContactFlowModuleInput, DeleteContactFlowModuleOutput]{
	Service: Service, Name: "DeleteContactFlowModule", Method: "DELETE",
	Path:   "/contact-flow-modules/{InstanceId}/{ContactFlowModuleId}",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// DeleteContactFlowModuleInput is what DeleteContactFlowModule takes.
type DeleteContactFlowModuleInput struct {
	ContactFlowModuleId *string `wire:"path=ContactFlowModuleId,required,len=1..256"`
	InstanceId          *string `wire:"path=InstanceId,required,len=1..100"`
}

// DeleteContactFlowModuleOutput is what DeleteContactFlowModule answers: nothing.
type DeleteContactFlowModuleOutput struct {
	ResultMetadata middleware.Metadata
}
