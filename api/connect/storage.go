package connect

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// AssociateInstanceStorageConfig says where an instance keeps, or sends, one kind of data.
var AssociateInstanceStorageConfig = &wire.Operation[AssociateInstanceStorageConfigInput, AssociateInstanceStorageConfigOutput]{
	Service: Service, Name: "AssociateInstanceStorageConfig", Method: "PUT",
	Path:   "/instance/{InstanceId}/storage-config",
	Errors: defaultErrors(&types.ResourceConflictException{}),
}

// AssociateInstanceStorageConfigInput is what AssociateInstanceStorageConfig takes.
type AssociateInstanceStorageConfigInput struct {
	InstanceId    *string                           `wire:"path=InstanceId,required,len=1..100"`
	ResourceType  types.InstanceStorageResourceType `wire:"required"`
	StorageConfig *types.InstanceStorageConfig      `wire:"required"`
	ClientToken   *string                           `wire:"len=0..500"`
}

// AssociateInstanceStorageConfigOutput is what AssociateInstanceStorageConfig answers.
type AssociateInstanceStorageConfigOutput struct {
	AssociationId  *string
	ResultMetadata middleware.Metadata
}

// DescribeInstanceStorageConfig reads one storage configuration.
var DescribeInstanceStorageConfig = &wire.Operation[DescribeInstanceStorageConfigInput, DescribeInstanceStorageConfigOutput]{
	Service: Service, Name: "DescribeInstanceStorageConfig", Method: "GET",
	Path:   "/instance/{InstanceId}/storage-config/{AssociationId}",
	Errors: defaultErrors(),
}

// DescribeInstanceStorageConfigInput is what DescribeInstanceStorageConfig takes.
type DescribeInstanceStorageConfigInput struct {
	AssociationId *string                           `wire:"path=AssociationId,required,len=1..100"`
	InstanceId    *string                           `wire:"path=InstanceId,required,len=1..100"`
	ResourceType  types.InstanceStorageResourceType `wire:"query=resourceType,required"`
}

// DescribeInstanceStorageConfigOutput is what DescribeInstanceStorageConfig answers.
type DescribeInstanceStorageConfigOutput struct {
	StorageConfig  *types.InstanceStorageConfig
	ResultMetadata middleware.Metadata
}

// ListInstanceStorageConfigs lists the storage configurations for one kind of data.
var ListInstanceStorageConfigs = &wire.Operation[ListInstanceStorageConfigsInput, ListInstanceStorageConfigsOutput]{
	Service: Service, Name: "ListInstanceStorageConfigs", Method: "GET",
	Path:   "/instance/{InstanceId}/storage-configs",
	Errors: defaultErrors(),
}

// ListInstanceStorageConfigsInput is what ListInstanceStorageConfigs takes.
type ListInstanceStorageConfigsInput struct {
	InstanceId   *string                           `wire:"path=InstanceId,required,len=1..100"`
	ResourceType types.InstanceStorageResourceType `wire:"query=resourceType,required"`
	MaxResults   *int32                            `wire:"query=maxResults,range=1..10"`
	NextToken    *string                           `wire:"query=nextToken"`
}

// ListInstanceStorageConfigsOutput is what ListInstanceStorageConfigs answers.
type ListInstanceStorageConfigsOutput struct {
	NextToken      *string
	StorageConfigs []types.InstanceStorageConfig
	ResultMetadata middleware.Metadata
}

// UpdateInstanceStorageConfig replaces a storage configuration; what is stored already stays where it is.
var UpdateInstanceStorageConfig = &wire.Operation[UpdateInstanceStorageConfigInput, UpdateInstanceStorageConfigOutput]{
	Service: Service, Name: "UpdateInstanceStorageConfig", Method: "POST",
	Path:   "/instance/{InstanceId}/storage-config/{AssociationId}",
	Errors: defaultErrors(),
}

// UpdateInstanceStorageConfigInput is what UpdateInstanceStorageConfig takes.
type UpdateInstanceStorageConfigInput struct {
	AssociationId *string                           `wire:"path=AssociationId,required,len=1..100"`
	InstanceId    *string                           `wire:"path=InstanceId,required,len=1..100"`
	ResourceType  types.InstanceStorageResourceType `wire:"query=resourceType,required"`
	StorageConfig *types.InstanceStorageConfig      `wire:"required"`
	ClientToken   *string                           `wire:"len=0..500"`
}

// UpdateInstanceStorageConfigOutput is what UpdateInstanceStorageConfig answers: nothing.
type UpdateInstanceStorageConfigOutput struct {
	ResultMetadata middleware.Metadata
}

// DisassociateInstanceStorageConfig removes a storage configuration; what is stored already stays where it is.
var DisassociateInstanceStorageConfig = &wire.Operation[DisassociateInstanceStorageConfigInput, DisassociateInstanceStorageConfigOutput]{
	Service: Service, Name: "DisassociateInstanceStorageConfig", Method: "DELETE",
	Path:   "/instance/{InstanceId}/storage-config/{AssociationId}",
	Errors: defaultErrors(),
}

// DisassociateInstanceStorageConfigInput is what DisassociateInstanceStorageConfig takes.
type DisassociateInstanceStorageConfigInput struct {
	AssociationId *string                           `wire:"path=AssociationId,required,len=1..100"`
	InstanceId    *string                           `wire:"path=InstanceId,required,len=1..100"`
	ResourceType  types.InstanceStorageResourceType `wire:"query=resourceType,required"`
	ClientToken   *string                           `wire:"query=clientToken,len=0..500"`
}

// DisassociateInstanceStorageConfigOutput is what DisassociateInstanceStorageConfig answers: nothing.
type DisassociateInstanceStorageConfigOutput struct {
	ResultMetadata middleware.Metadata
}
