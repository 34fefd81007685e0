package connect

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// DescribeInstance reads one instance.
var DescribeInstance = &wire.Operation[DescribeInstanceInput, DescribeInstanceOutput]{
	Service: Service, Name: "DescribeInstance", Method: "GET", Path: "/instance/{InstanceId}",
	Errors: errorsOf(&types.ResourceNotFoundException{}),
}

// DescribeInstanceInput is what DescribeInstance takes.
type DescribeInstanceInput struct {
	InstanceId *string `wire:"path=InstanceId,required,len=1..100"`
}

// DescribeInstanceOutput is what DescribeInstance answers.
type DescribeInstanceOutput struct {
	Instance                 *types.Instance
	ReplicationConfiguration *types.ReplicationConfiguration
	ResultMetadata           middleware.Metadata
}

// ListInstances lists the instances of the account.
var ListInstances = &wire.Operation[ListInstancesInput, ListInstancesOutput]{
	Service: Service, Name: "ListInstances", Method: "GET", Path: "/instance",
	Errors: errorsOf(),
}

// ListInstancesInput is what ListInstances takes.
type ListInstancesInput struct {
	MaxResults *int32  `wire:"query=maxResults,range=1..10"`
	NextToken  *string `wire:"query=nextToken"`
}

// ListInstancesOutput is what ListInstances answers.
type ListInstancesOutput struct {
	InstanceSummaryList []types.InstanceSummary
	// NextToken is absent on the last page.
	NextToken      *string
	ResultMetadata middleware.Metadata
}
