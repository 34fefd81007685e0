package connect

import (
	"time"

	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// CreateHoursOfOperation makes hours of operation.
var CreateHoursOfOperation = &wire.Operation[CreateHoursOfOperationInput, CreateHoursOfOperationOutput]{
	Service: Service, Name: "CreateHoursOfOperation", Method: "PUT",
	Path:   "/hours-of-operations/{InstanceId}",
	Errors: defaultErrors(&types.DuplicateResourceException{}, &types.LimitExceededException{}, &types.ServiceQuotaExceededException{}),
}

// CreateHoursOfOperationInput is what CreateHoursOfOperation takes.
type CreateHoursOfOperationInput struct {
	Config     []types.HoursOfOperationConfig `wire:"required,count=0..100"`
	InstanceId *string                        `wire:"path=InstanceId,required,len=1..100"`
	Name       *string                        `wire:"required,len=1..127"`
	// TimeZone is an IANA name.
	TimeZone                      *string                              `wire:"required"`
	Description                   *string                              `wire:"len=1..250"`
	ParentHoursOfOperationConfigs []types.ParentHoursOfOperationConfig `wire:"count=0..3"`
	Tags                          map[string]string                    `wire:"count=1..50,keylen=1..128,len=0..256,keys=tag"`
}

// CreateHoursOfOperationOutput is what CreateHoursOfOperation answers.
type CreateHoursOfOperationOutput struct {
	HoursOfOperationArn *string
	HoursOfOperationId  *string
	ResultMetadata      middleware.Metadata
}

// DescribeHoursOfOperation reads hours of operation.
var DescribeHoursOfOperation = &wire.Operation[DescribeHoursOfOperationInput, DescribeHoursOfOperationOutput]{
	Service: Service, Name: "DescribeHoursOfOperation", Method: "GET",
	Path:   "/hours-of-operations/{InstanceId}/{HoursOfOperationId}",
	Errors: defaultErrors(),
}

// DescribeHoursOfOperationInput is what DescribeHoursOfOperation takes.
type DescribeHoursOfOperationInput struct {
	HoursOfOperationId *string `wire:"path=HoursOfOperationId,required"`
	InstanceId         *string `wire:"path=InstanceId,required,len=1..100"`
}

// DescribeHoursOfOperationOutput is what DescribeHoursOfOperation answers.
type DescribeHoursOfOperationOutput struct {
	HoursOfOperation *types.HoursOfOperation
	ResultMetadata   middleware.Metadata
}

// ListHoursOfOperations lists the hours of operation of an instance.
var ListHoursOfOperations = &wire.Operation[ListHoursOfOperationsInput, ListHoursOfOperationsOutput]{
	Service: Service, Name: "ListHoursOfOperations", Method: "GET",
	Path:   "/hours-of-operations-summary/{InstanceId}",
	Errors: defaultErrors(),
}

// ListHoursOfOperationsInput is what ListHoursOfOperations takes.
type ListHoursOfOperationsInput struct {
	InstanceId *string `wire:"path=InstanceId,required,len=1..100"`
	MaxResults *int32  `wire:"query=maxResults,range=1..1000"`
	NextToken  *string `wire:"query=nextToken"`
}

// ListHoursOfOperationsOutput is what ListHoursOfOperations answers.
type ListHoursOfOperationsOutput struct {
	HoursOfOperationSummaryList []types.HoursOfOperationSummary
	NextToken                   *string
	ResultMetadata              middleware.Metadata
}

// UpdateHoursOfOperation changes what is given; Config is replaced as a whole.
var UpdateHoursOfOperation = &wire.Operation[UpdateHoursOfOperationInput, UpdateHoursOfOperationOutput]{
	Service: Service, Name: "UpdateHoursOfOperation", Method: "POST",
	Path:   "/hours-of-operations/{InstanceId}/{HoursOfOperationId}",
	Errors: defaultErrors(&types.DuplicateResourceException{}),
}

// UpdateHoursOfOperationInput is what UpdateHoursOfOperation takes.
type UpdateHoursOfOperationInput struct {
	HoursOfOperationId *string                        `wire:"path=HoursOfOperationId,required"`
	InstanceId         *string                        `wire:"path=InstanceId,required,len=1..100"`
	Config             []types.HoursOfOperationConfig `wire:"count=0..100"`
	Description        *string                        `wire:"len=0..250"`
	Name               *string                        `wire:"len=1..127"`
	// TimeZone is an IANA name.
	TimeZone *string
}

// UpdateHoursOfOperationOutput is what UpdateHoursOfOperation answers: nothing.
type UpdateHoursOfOperationOutput struct {
	ResultMetadata middleware.Metadata
}

// DeleteHoursOfOperation deletes hours of operation that nothing uses.
var DeleteHoursOfOperation = &wire.Operation[DeleteHoursOfOperationInput, DeleteHoursOfOperationOutput]{
	Service: Service, Name: "DeleteHoursOfOperation", Method: "DELETE",
	Path:   "/hours-of-operations/{InstanceId}/{HoursOfOperationId}",
	Errors: defaultErrors(),
}

// DeleteHoursOfOperationInput is what DeleteHoursOfOperation takes.
type DeleteHoursOfOperationInput struct {
	HoursOfOperationId *string `wire:"path=HoursOfOperationId,required"`
	InstanceId         *string `wire:"path=InstanceId,required,len=1..100"`
}

// DeleteHoursOfOperationOutput is what DeleteHoursOfOperation answers: nothing.
type DeleteHoursOfOperationOutput struct {
	ResultMetadata middleware.Metadata
}

// SearchHoursOfOperations finds hours of operation by their texts and tags.
var SearchHoursOfOperations = &wire.Operation[SearchHoursOfOperationsInput, SearchHoursOfOperationsOutput]{
	Service: Service, Name: "SearchHoursOfOperations", Method: "POST",
	Path:   "/search-hours-of-operations",
	Errors: defaultErrors(),
}

// SearchHoursOfOperationsInput is what SearchHoursOfOperations takes.
type SearchHoursOfOperationsInput struct {
	InstanceId     *string `wire:"required,len=1..100"`
	MaxResults     *int32  `wire:"range=1..100"`
	NextToken      *string `wire:"len=1..2500"`
	SearchCriteria *types.HoursOfOperationSearchCriteria
	SearchFilter   *types.HoursOfOperationSearchFilter
}

// SearchHoursOfOperationsOutput is what SearchHoursOfOperations answers.
type SearchHoursOfOperationsOutput struct {
	ApproximateTotalCount *int64
	HoursOfOperations     []types.HoursOfOperation
	NextToken             *string
	ResultMetadata        middleware.Metadata
}

// AssociateHoursOfOperations has the overrides of other hours hold for these too.
var AssociateHoursOfOperations = &wire.Operation[AssociateHoursOfOperationsInput, AssociateHoursOfOperationsOutput]{
	Service: Service, Name: "AssociateHoursOfOperations", Method: "POST",
	Path:   "/hours-of-operations/{InstanceId}/{HoursOfOperationId}/associate-hours",
	Errors: defaultErrors(&types.ConditionalOperationFailedException{}, &types.ServiceQuotaExceededException{}),
}

// AssociateHoursOfOperationsInput is what AssociateHoursOfOperations takes.
type AssociateHoursOfOperationsInput struct {
	HoursOfOperationId            *string                              `wire:"path=HoursOfOperationId,required"`
	InstanceId                    *string                              `wire:"path=InstanceId,required,len=1..100"`
	ParentHoursOfOperationConfigs []types.ParentHoursOfOperationConfig `wire:"required,count=0..3"`
}

// AssociateHoursOfOperationsOutput is what AssociateHoursOfOperations answers: nothing.
type AssociateHoursOfOperationsOutput struct {
	ResultMetadata middleware.Metadata
}

// DisassociateHoursOfOperations ends that.
var DisassociateHoursOfOperations = &wire.Operation[DisassociateHoursOfOperationsInput, DisassociateHoursOfOperationsOutput]{
	Service: Service, Name: "DisassociateHoursOfOperations", Method: "POST",
	Path:   "/hours-of-operations/{InstanceId}/{HoursOfOperationId}/disassociate-hours",
	Errors: defaultErrors(&types.ConditionalOperationFailedException{}),
}

// DisassociateHoursOfOperationsInput is what DisassociateHoursOfOperations takes.
type DisassociateHoursOfOperationsInput struct {
	HoursOfOperationId        *string  `wire:"path=HoursOfOperationId,required"`
	InstanceId                *string  `wire:"path=InstanceId,required,len=1..100"`
	ParentHoursOfOperationIds []string `wire:"required,count=1..3"`
}

// DisassociateHoursOfOperationsOutput is what DisassociateHoursOfOperations answers: nothing.
type DisassociateHoursOfOperationsOutput struct {
	ResultMetadata middleware.Metadata
}

// ListChildHoursOfOperations lists the hours for which the overrides of these hold too.
var ListChildHoursOfOperations = &wire.Operation[ListChildHoursOfOperationsInput, ListChildHoursOfOperationsOutput]{
	Service: Service, Name: "ListChildHoursOfOperations", Method: "GET",
	Path:   "/hours-of-operations/{InstanceId}/{HoursOfOperationId}/hours",
	Errors: defaultErrors(),
}

// ListChildHoursOfOperationsInput is what ListChildHoursOfOperations takes.
type ListChildHoursOfOperationsInput struct {
	HoursOfOperationId *string `wire:"path=HoursOfOperationId,required"`
	InstanceId         *string `wire:"path=InstanceId,required,len=1..100"`
	MaxResults         *int32  `wire:"query=maxResults,range=1..100"`
	NextToken          *string `wire:"query=nextToken"`
}

// ListChildHoursOfOperationsOutput is what ListChildHoursOfOperations answers.
type ListChildHoursOfOperationsOutput struct {
	ChildHoursOfOperationsSummaryList []types.HoursOfOperationsIdentifier
	LastModifiedRegion                *string
	LastModifiedTime                  *time.Time
	NextToken                         *string
	ResultMetadata                    middleware.Metadata
}
