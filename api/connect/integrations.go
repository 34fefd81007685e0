package connect

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// CreateIntegrationAssociation connects an instance to a resource outside, such as a scanner of attachments.
var CreateIntegrationAssociation = &wire.Operation[CreateIntegrationAssociationInput, CreateIntegrationAssociationOutput]{
	Service: Service, Name: "CreateIntegrationAssociation", Method: "PUT",
	Path: "/instance/{InstanceId}/integration-associations",
	Errors: errorsOf(&types.DuplicateResourceException{}, &types.ResourceNotFoundException{},
		&types.ThrottlingException{}),
}

// CreateIntegrationAssociationInput is what CreateIntegrationAssociation takes.
type CreateIntegrationAssociationInput struct {
	InstanceId            *string               `wire:"path=InstanceId,required,len=1..100"`
	IntegrationArn        *string               `wire:"required"`
	IntegrationType       types.IntegrationType `wire:"required"`
	SourceApplicationName *string               `wire:"len=1..100,form=application-name"`
	SourceApplicationUrl  *string               `wire:"len=1..2000"`
	SourceType            types.SourceType
	Tags                  map[string]string `wire:"count=1..50,keylen=1..128,len=0..256,keys=tag"`
}

// CreateIntegrationAssociationOutput is what CreateIntegrationAssociation answers.
type CreateIntegrationAssociationOutput struct {
	IntegrationAssociationArn *string
	IntegrationAssociationId  *string
	ResultMetadata            middleware.Metadata
}

// DeleteIntegrationAssociation disconnects an instance from a resource outside.
var DeleteIntegrationAssociation = &wire.Operation[DeleteIntegrationAssociationInput, DeleteIntegrationAssociationOutput]{
	Service: Service, Name: "DeleteIntegrationAssociation", Method: "DELETE",
	Path:   "/instance/{InstanceId}/integration-associations/{IntegrationAssociationId}",
	Errors: errorsOf(&types.ResourceNotFoundException{}, &types.ThrottlingException{}),
}

// DeleteIntegrationAssociationInput is what DeleteIntegrationAssociation takes.
type DeleteIntegrationAssociationInput struct {
	InstanceId               *string `wire:"path=InstanceId,required,len=1..100"`
	IntegrationAssociationId *string `wire:"path=IntegrationAssociationId,required,len=1..200"`
}

// DeleteIntegrationAssociationOutput is what DeleteIntegrationAssociation answers: nothing.
type DeleteIntegrationAssociationOutput struct {
	ResultMetadata middleware.Metadata
}

// ListIntegrationAssociations lists what an instance is connected to.
var ListIntegrationAssociations = &wire.Operation[ListIntegrationAssociationsInput, ListIntegrationAssociationsOutput]{
	Service: Service, Name: "ListIntegrationAssociations", Method: "GET",
	Path:   "/instance/{InstanceId}/integration-associations",
	Errors: errorsOf(&types.ResourceNotFoundException{}, &types.ThrottlingException{}),
}

// ListIntegrationAssociationsInput is what ListIntegrationAssociations takes.
type ListIntegrationAssociationsInput struct {
	InstanceId      *string               `wire:"path=InstanceId,required,len=1..100"`
	IntegrationArn  *string               `wire:"query=integrationArn"`
	IntegrationType types.IntegrationType `wire:"query=integrationType"`
	MaxResults      *int32                `wire:"query=maxResults,range=1..100"`
	NextToken       *string               `wire:"query=nextToken"`
}

// ListIntegrationAssociationsOutput is what ListIntegrationAssociations answers.
type ListIntegrationAssociationsOutput struct {
	IntegrationAssociationSummaryList []types.IntegrationAssociationSummary
	NextToken                         *string
	ResultMetadata                    middleware.Metadata
}
