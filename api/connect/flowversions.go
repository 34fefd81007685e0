package connect

import (
	"time"

	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// CreateContactFlowVersion keeps the published content of a flow as a version, which never changes.
var CreateContactFlowVersion = &wire.Operation[CreateContactFlowVersionInput, CreateContactFlowVersionOutput]{
	Service: Service, Name: "CreateContactFlowVersion", Method: "PUT",
	Path:   "/contact-flows/{InstanceId}/{ContactFlowId}/version",
	Errors: defaultErrors(&types.AccessDeniedException{}, &types.LimitExceededException{}),
}

// CreateContactFlowVersionInput is what CreateContactFlowVersion takes.
type CreateContactFlowVersionInput struct {
	ContactFlowId *string `wire:"path=ContactFlowId,required"`
	InstanceId    *string `wire:"path=InstanceId,required,len=1..100"`
	// ContactFlowVersion is the number the version is to have; by default the next one.
	ContactFlowVersion *int64 `wire:"range=1.."`
	Description        *string
	// FlowContentSha256 is refused when it is not that of the published content.
	FlowContentSha256  *string `wire:"len=1..64,form=sha256"`
	LastModifiedRegion *string `wire:"form=region"`
	LastModifiedTime   *time.Time
}

// CreateContactFlowVersionOutput is what CreateContactFlowVersion answers.
type CreateContactFlowVersionOutput struct {
	ContactFlowArn *string
	Version        *int64
	ResultMetadata middleware.Metadata
}

// DeleteContactFlowVersion deletes one version of a flow.
var DeleteContactFlowVersion = &wire.Operation[DeleteContactFlowVersionInput, DeleteContactFlowVersionOutput]{
	Service: Service, Name: "DeleteContactFlowVersion", Method: "DELETE",
	Path:   "/contact-flows/{InstanceId}/{ContactFlowId}/version/{ContactFlowVersion}",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// DeleteContactFlowVersionInput is what DeleteContactFlowVersion takes.
type DeleteContactFlowVersionInput struct {
	ContactFlowId      *string `wire:"path=ContactFlowId,required"`
	ContactFlowVersion *int64  `wire:"path=ContactFlowVersion,required,range=1.."`
	InstanceId         *string `wire:"path=InstanceId,required,len=1..100"`
}

// DeleteContactFlowVersionOutput is what DeleteContactFlowVersion answers: nothing.
type DeleteContactFlowVersionOutput struct {
	ResultMetadata middleware.Metadata
}

// ListContactFlowVersions lists the versions of a flow.
var ListContactFlowVersions = &wire.Operation[ListContactFlowVersionsInput, ListContactFlowVersionsOutput]{
	Service: Service, Name: "ListContactFlowVersions", Method: "GET",
	Path:   "/contact-flows/{InstanceId}/{ContactFlowId}/versions",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// ListContactFlowVersionsInput is what ListContactFlowVersions takes.
type ListContactFlowVersionsInput struct {
	ContactFlowId *string `wire:"path=ContactFlowId,required"`
	InstanceId    *string `wire:"path=InstanceId,required,len=1..100"`
	// MaxResults is 100 by default.
	MaxResults *int32  `wire:"query=maxResults,range=1..1000"`
	NextToken  *string `wire:"query=nextToken"`
}

// ListContactFlowVersionsOutput is what ListContactFlowVersions answers.
type ListContactFlowVersionsOutput struct {
	ContactFlowVersionSummaryList []types.ContactFlowVersionSummary
	NextToken                     *string
	ResultMetadata                middleware.Metadata
}

// CreateContactFlowModuleVersion keeps the published content of a module as a version, which never changes.
var CreateContactFlowModuleVersion = &wire.Operation[CreateContactFlowModuleVersionInput, CreateContactFlowModuleVersionOutput]{
	Service: Service, Name: "CreateContactFlowModuleVersion", Method: "PUT",
	Path:   "/contact-flow-modules/{InstanceId}/{ContactFlowModuleId}/version",
	Errors: defaultErrors(&types.AccessDeniedException{}, &types.LimitExceededException{}),
}

// CreateContactFlowModuleVersionInput is what CreateContactFlowModuleVersion takes.
type CreateContactFlowModuleVersionInput struct {
	ContactFlowModuleId *string `wire:"path=ContactFlowModuleId,required"`
	InstanceId          *string `wire:"path=InstanceId,required,len=1..100"`
	Description         *string `wire:"len=0..500,form=visible"`
	// FlowModuleContentSha256 is refused when it is not that of the published content.
	FlowModuleContentSha256 *string `wire:"len=1..64,form=sha256"`
}

// CreateContactFlowModuleVersionOutput is what CreateContactFlowModuleVersion answers.
type CreateContactFlowModuleVersionOutput struct {
	ContactFlowModuleArn *string
	Version              *int64
	ResultMetadata       middleware.Metadata
}

// DeleteContactFlowModuleVersion deletes one version of a module.
var DeleteContactFlowModuleVersion = &wire.Operation[DeleteContactFlowModuleVersionInput, DeleteContactFlowModuleVersionOutput]{
	Service: Service, Name: "DeleteContactFlowModuleVersion", Method: "DELETE",
	Path:   "/contact-flow-modules/{InstanceId}/{ContactFlowModuleId}/version/{ContactFlowModuleVersion}",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// DeleteContactFlowModuleVersionInput is what DeleteContactFlowModuleVersion takes.
type DeleteContactFlowModuleVersionInput struct {
	ContactFlowModuleId      *string `wire:"path=ContactFlowModuleId,required"`
	ContactFlowModuleVersion *int64  `wire:"path=ContactFlowModuleVersion,required,range=1.."`
	InstanceId               *string `wire:"path=InstanceId,required,len=1..100"`
}

// DeleteContactFlowModuleVersionOutput is what DeleteContactFlowModuleVersion answers: nothing.
type DeleteContactFlowModuleVersionOutput struct {
	ResultMetadata middleware.Metadata
}

// ListContactFlowModuleVersions lists the versions of a module.
var ListContactFlowModuleVersions = &wire.Operation[ListContactFlowModuleVersionsInput, ListContactFlowModuleVersionsOutput]{
	Service: Service, Name: "ListContactFlowModuleVersions", Method: "GET",
	Path:   "/contact-flow-modules/{InstanceId}/{ContactFlowModuleId}/versions",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// ListContactFlowModuleVersionsInput is what ListContactFlowModuleVersions takes.
type ListContactFlowModuleVersionsInput struct {
	ContactFlowModuleId *string `wire:"path=ContactFlowModuleId,required"`
	InstanceId          *string `wire:"path=InstanceId,required,len=1..100"`
	// MaxResults is 100 by default.
	MaxResults *int32  `wire:"query=maxResults,range=1..1000"`
	NextToken  *string `wire:"query=nextToken"`
}

// ListContactFlowModuleVersionsOutput is what ListContactFlowModuleVersions answers.
type ListContactFlowModuleVersionsOutput struct {
	ContactFlowModuleVersionSummaryList []types.ContactFlowModuleVersionSummary
	NextToken                           *string
	ResultMetadata                      middleware.Metadata
}

// CreateContactFlowModuleAlias gives a version of a module a name, by which flows can run it.
var CreateContactFlowModuleAlias = &wire.Operation[CreateContactFlowModuleAliasInput, CreateContactFlowModuleAliasOutput]{
	Service: Service, Name: "CreateContactFlowModuleAlias", Method: "PUT",
	Path:   "/contact-flow-modules/{InstanceId}/{ContactFlowModuleId}/alias",
	Errors: defaultErrors(&types.AccessDeniedException{}, &types.DuplicateResourceException{}, &types.LimitExceededException{}),
}

// CreateContactFlowModuleAliasInput is what CreateContactFlowModuleAlias takes.
type CreateContactFlowModuleAliasInput struct {
	AliasName                *string `wire:"required,len=1..100,form=alias"`
	ContactFlowModuleId      *string `wire:"path=ContactFlowModuleId,required,len=1..256"`
	ContactFlowModuleVersion *int64  `wire:"required,range=1.."`
	InstanceId               *string `wire:"path=InstanceId,required,len=1..250,form=instance"`
	Description              *string
}

// CreateContactFlowModuleAliasOutput is what CreateContactFlowModuleAlias answers.
type CreateContactFlowModuleAliasOutput struct {
	ContactFlowModuleArn *string
	Id                   *string
	ResultMetadata       middleware.Metadata
}

// DescribeContactFlowModuleAlias reads an alias.
var DescribeContactFlowModuleAlias = &wire.Operation[DescribeContactFlowModuleAliasInput, DescribeContactFlowModuleAliasOutput]{
	Service: Service, Name: "DescribeContactFlowModuleAlias", Method: "GET",
	Path:   "/contact-flow-modules/{InstanceId}/{ContactFlowModuleId}/alias/{AliasId}",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// DescribeContactFlowModuleAliasInput is what DescribeContactFlowModuleAlias takes.
type DescribeContactFlowModuleAliasInput struct {
	AliasId             *string `wire:"path=AliasId,required,len=1..500"`
	ContactFlowModuleId *string `wire:"path=ContactFlowModuleId,required,len=1..256"`
	InstanceId          *string `wire:"path=InstanceId,required,len=1..250,form=instance"`
}

// DescribeContactFlowModuleAliasOutput is what DescribeContactFlowModuleAlias answers.
type DescribeContactFlowModuleAliasOutput struct {
	ContactFlowModuleAlias *types.ContactFlowModuleAliasInfo
	ResultMetadata         middleware.Metadata
}

// UpdateContactFlowModuleAlias renames or describes an alias, or leads it to another version.
var UpdateContactFlowModuleAlias = &wire.Operation[UpdateContactFlowModuleAliasInput, UpdateContactFlowModuleAliasOutput]{
	Service: Service, Name: "UpdateContactFlowModuleAlias", Method: "POST",
	Path: "/contact-flow-modules/{InstanceId}/{ContactFlowModuleId}/alias/{AliasId}",
	Errors: defaultErrors(&types.AccessDeniedException{},
		&types.ConditionalOperationFailedException{}, &types.DuplicateResourceException{}),
}

// UpdateContactFlowModuleAliasInput is what UpdateContactFlowModuleAlias takes; absent members stay as they are.
type UpdateContactFlowModuleAliasInput struct {
	AliasId                  *string `wire:"path=AliasId,required,len=1..500"`
	ContactFlowModuleId      *string `wire:"path=ContactFlowModuleId,required,len=1..256"`
	InstanceId               *string `wire:"path=InstanceId,required,len=1..250,form=instance"`
	ContactFlowModuleVersion *int64  `wire:"range=1.."`
	Description              *string `wire:"len=0..500,form=visible"`
	Name                     *string `wire:"len=1..127,form=visible"`
}

// UpdateContactFlowModuleAliasOutput is what UpdateContactFlowModuleAlias answers: nothing.
type UpdateContactFlowModuleAliasOutput struct {
	ResultMetadata middleware.Metadata
}

// DeleteContactFlowModuleAlias deletes an alias; the version stays.
var DeleteContactFlowModuleAlias = &wire.Operation[DeleteContactFlowModuleAliasInput, DeleteContactFlowModuleAliasOutput]{
	Service: Service, Name: "DeleteContactFlowModuleAlias", Method: "DELETE",
	Path:   "/contact-flow-modules/{InstanceId}/{ContactFlowModuleId}/alias/{AliasId}",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// DeleteContactFlowModuleAliasInput is what DeleteContactFlowModuleAlias takes.
type DeleteContactFlowModuleAliasInput struct {
	AliasId             *string `wire:"path=AliasId,required,len=1..500"`
	ContactFlowModuleId *string `wire:"path=ContactFlowModuleId,required,len=1..500"`
	InstanceId          *string `wire:"path=InstanceId,required,len=1..250,form=instance"`
}

// DeleteContactFlowModuleAliasOutput is what DeleteContactFlowModuleAlias answers: nothing.
type DeleteContactFlowModuleAliasOutput struct {
	ResultMetadata middleware.Metadata
}

// ListContactFlowModuleAliases lists the aliases of a module.
var ListContactFlowModuleAliases = &wire.Operation[ListContactFlowModuleAliasesInput, ListContactFlowModuleAliasesOutput]{
	Service: Service, Name: "ListContactFlowModuleAliases", Method: "GET",
	Path:   "/contact-flow-modules/{InstanceId}/{ContactFlowModuleId}/aliases",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// ListContactFlowModuleAliasesInput is what ListContactFlowModuleAliases takes.
type ListContactFlowModuleAliasesInput struct {
	ContactFlowModuleId *string `wire:"path=ContactFlowModuleId,required"`
	InstanceId          *string `wire:"path=InstanceId,required,len=1..250,form=instance"`
	// MaxResults is 100 by default.
	MaxResults *int32  `wire:"query=maxResults,range=1..1000"`
	NextToken  *string `wire:"query=nextToken"`
}

// ListContactFlowModuleAliasesOutput is what ListContactFlowModuleAliases answers.
type ListContactFlowModuleAliasesOutput struct {
	ContactFlowModuleAliasSummaryList []types.ContactFlowModuleAliasSummary
	NextToken                         *string
	ResultMetadata                    middleware.Metadata
}
