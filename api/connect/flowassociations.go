package connect

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// AssociateFlow links what contacts come in by, as a phone number for SMS, to a flow.
var AssociateFlow = &wire.Operation[AssociateFlowInput, AssociateFlowOutput]{
	Service: Service, Name: "AssociateFlow", Method: "PUT", Path: "/flow-associations/{InstanceId}",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// AssociateFlowInput is what AssociateFlow takes.
type AssociateFlowInput struct {
	FlowId     *string `wire:"required"`
	InstanceId *string `wire:"path=InstanceId,required,len=1..100"`
	// ResourceId is an ARN.
	ResourceId   *string                           `wire:"required"`
	ResourceType types.FlowAssociationResourceType `wire:"required"`
}

// AssociateFlowOutput is what AssociateFlow answers: nothing.
type AssociateFlowOutput struct {
	ResultMetadata middleware.Metadata
}

// DisassociateFlow takes the link off.
var DisassociateFlow = &wire.Operation[DisassociateFlowInput, DisassociateFlowOutput]{
	Service: Service, Name: "DisassociateFlow", Method: "DELETE",
	Path:   "/flow-associations/{InstanceId}/{ResourceId}/{ResourceType}",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// DisassociateFlowInput is what DisassociateFlow takes.
type DisassociateFlowInput struct {
	InstanceId   *string                           `wire:"path=InstanceId,required,len=1..100"`
	ResourceId   *string                           `wire:"path=ResourceId,required"`
	ResourceType types.FlowAssociationResourceType `wire:"path=ResourceType,required"`
}

// DisassociateFlowOutput is what DisassociateFlow answers: nothing.
type DisassociateFlowOutput struct {
	ResultMetadata middleware.Metadata
}

// GetFlowAssociation reads the flow that a resource is linked to.
var GetFlowAssociation = &wire.Operation[GetFlowAssociationInput, GetFlowAssociationOutput]{
	Service: Service, Name: "GetFlowAssociation", Method: "GET",
	Path:   "/flow-associations/{InstanceId}/{ResourceId}/{ResourceType}",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// GetFlowAssociationInput is what GetFlowAssociation takes.
type GetFlowAssociationInput struct {
	InstanceId   *string                           `wire:"path=InstanceId,required,len=1..100"`
	ResourceId   *string                           `wire:"path=ResourceId,required"`
	ResourceType types.FlowAssociationResourceType `wire:"path=ResourceType,required"`
}

// GetFlowAssociationOutput is what GetFlowAssociation answers.
type GetFlowAssociationOutput struct {
	FlowId         *string
	ResourceId     *string
	ResourceType   types.FlowAssociationResourceType
	ResultMetadata middleware.Metadata
}

// ListFlowAssociations lists the links of an instance, or those of one type.
var ListFlowAssociations = &wire.Operation[ListFlowAssociationsInput, ListFlowAssociationsOutput]{
	Service: Service, Name: "ListFlowAssociations", Method: "GET", Path: "/flow-associations-summary/{InstanceId}",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// ListFlowAssociationsInput is what ListFlowAssociations takes.
type ListFlowAssociationsInput struct {
	InstanceId *string `wire:"path=InstanceId,required,len=1..100"`
	// MaxResults is 100 by default.
	MaxResults   *int32                                `wire:"query=maxResults,range=1..1000"`
	NextToken    *string                               `wire:"query=nextToken"`
	ResourceType types.ListFlowAssociationResourceType `wire:"query=ResourceType"`
}

// ListFlowAssociationsOutput is what ListFlowAssociations answers.
type ListFlowAssociationsOutput struct {
	FlowAssociationSummaryList []types.FlowAssociationSummary
	NextToken                  *string
	ResultMetadata             middleware.Metadata
}

// BatchGetFlowAssociation reads the links of several resources; those without one are left out.
var BatchGetFlowAssociation = &wire.Operation[BatchGetFlowAssociationInput, BatchGetFlowAssociationOutput]{
	Service: Service, Name: "BatchGetFlowAssociation", Method: "POST", Path: "/flow-associations-batch/{InstanceId}",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// BatchGetFlowAssociationInput is what BatchGetFlowAssociation takes.
type BatchGetFlowAssociationInput struct {
	InstanceId   *string  `wire:"path=InstanceId,required,len=1..100"`
	ResourceIds  []string `wire:"required,count=1..100"`
	ResourceType types.ListFlowAssociationResourceType
}

// BatchGetFlowAssociationOutput is what BatchGetFlowAssociation answers.
type BatchGetFlowAssociationOutput struct {
	FlowAssociationSummaryList []types.FlowAssociationSummary
	ResultMetadata             middleware.Metadata
}
