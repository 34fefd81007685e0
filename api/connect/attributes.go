package connect

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// DescribeInstanceAttribute reads one feature switch of an instance.
var DescribeInstanceAttribute = &wire.Operation[DescribeInstanceAttributeInput, DescribeInstanceAttributeOutput]{
	Service: Service, Name: "DescribeInstanceAttribute", Method: "GET",
	Path:   "/instance/{InstanceId}/attribute/{AttributeType}",
	Errors: defaultErrors(),
}

// DescribeInstanceAttributeInput is what DescribeInstanceAttribute takes.
type DescribeInstanceAttributeInput struct {
	AttributeType types.InstanceAttributeType `wire:"path=AttributeType,required"`
	InstanceId    *string                     `wire:"path=InstanceId,required,len=1..100"`
}

// DescribeInstanceAttributeOutput is what DescribeInstanceAttribute answers.
type DescribeInstanceAttributeOutput struct {
	Attribute      *types.Attribute
	ResultMetadata middleware.Metadata
}

// ListInstanceAttributes lists the feature switches of an instance.
var ListInstanceAttributes = &wire.Operation[ListInstanceAttributesInput, ListInstanceAttributesOutput]{
	Service: Service, Name: "ListInstanceAttributes", Method: "GET", Path: "/instance/{InstanceId}/attributes",
	Errors: defaultErrors(),
}

// ListInstanceAttributesInput is what ListInstanceAttributes takes.
type ListInstanceAttributesInput struct {
	InstanceId *string `wire:"path=InstanceId,required,len=1..100"`
	MaxResults *int32  `wire:"query=maxResults,range=1..7"`
	NextToken  *string `wire:"query=nextToken"`
}

// ListInstanceAttributesOutput is what ListInstanceAttributes answers.
type ListInstanceAttributesOutput struct {
	Attributes     []types.Attribute
	NextToken      *string
	ResultMetadata middleware.Metadata
}

// UpdateInstanceAttribute turns one feature of an instance on or off.
var UpdateInstanceAttribute = &wire.Operation[UpdateInstanceAttributeInput, UpdateInstanceAttributeOutput]{
	Service: Service, Name: "UpdateInstanceAttribute", Method: "POST",
	Path:   "/instance/{InstanceId}/attribute/{AttributeType}",
	Errors: defaultErrors(),
}

// UpdateInstanceAttributeInput is what UpdateInstanceAttribute takes.
type UpdateInstanceAttributeInput struct {
	AttributeType types.InstanceAttributeType `wire:"path=AttributeType,required"`
	InstanceId    *string                     `wire:"path=InstanceId,required,len=1..100"`
	Value         *string                     `wire:"required,len=1..100"`
	ClientToken   *string                     `wire:"len=0..500"`
}

// UpdateInstanceAttributeOutput is what UpdateInstanceAttribute answers: nothing.
type UpdateInstanceAttributeOutput struct {
	ResultMetadata middleware.Metadata
}
