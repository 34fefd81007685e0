package connect

import (
	"time"

	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// CreateHoursOfOperationOverride makes an exception to hours of operation.
var CreateHoursOfOperationOverride = &wire.Operation[CreateHoursOfOperationOverrideInput, CreateHoursOfOperationOverrideOutput]{
	Service: Service, Name: "CreateHoursOfOperationOverride", Method: "PUT",
	Path:   "/hours-of-operations/{InstanceId}/{HoursOfOperationId}/overrides",
	Errors: defaultErrors(&types.DuplicateResourceException{}, &types.LimitExceededException{}),
}

// CreateHoursOfOperationOverrideInput is what CreateHoursOfOperationOverride takes.
type CreateHoursOfOperationOverrideInput struct {
	Config []types.HoursOfOperationOverrideConfig `wire:"required,count=0..100"`
	// EffectiveFrom and EffectiveTill are the first and the last day, as 2006-01-02.
	EffectiveFrom      *string `wire:"required,form=date"`
	EffectiveTill      *string `wire:"required,form=date"`
	HoursOfOperationId *string `wire:"path=HoursOfOperationId,required"`
	InstanceId         *string `wire:"path=InstanceId,required,len=1..100"`
	Name               *string `wire:"required,form=human-name"`
	Description        *string `wire:"form=human-text"`
	// OverrideType is STANDARD by default.
	OverrideType     types.OverrideType
	RecurrenceConfig *types.RecurrenceConfig
}

// CreateHoursOfOperationOverrideOutput is what CreateHoursOfOperationOverride answers.
type CreateHoursOfOperationOverrideOutput struct {
	HoursOfOperationOverrideId *string
	ResultMetadata             middleware.Metadata
}

// DescribeHoursOfOperationOverride reads an exception to hours of operation.
var DescribeHoursOfOperationOverride = &wire.Operation[DescribeHoursOfOperationOverrideInput, DescribeHoursOfOperationOverrideOutput]{
	Service: Service, Name: "DescribeHoursOfOperationOverride", Method: "GET",
	Path:   "/hours-of-operations/{InstanceId}/{HoursOfOperationId}/overrides/{HoursOfOperationOverrideId}",
	Errors: defaultErrors(),
}

// DescribeHoursOfOperationOverrideInput is what DescribeHoursOfOperationOverride takes.
type DescribeHoursOfOperationOverrideInput struct {
	HoursOfOperationId         *string `wire:"path=HoursOfOperationId,required"`
	HoursOfOperationOverrideId *string `wire:"path=HoursOfOperationOverrideId,required,len=1..36"`
	InstanceId                 *string `wire:"path=InstanceId,required,len=1..100"`
}

// DescribeHoursOfOperationOverrideOutput is what DescribeHoursOfOperationOverride answers.
type DescribeHoursOfOperationOverrideOutput struct {
	HoursOfOperationOverride *types.HoursOfOperationOverride
	ResultMetadata           middleware.Metadata
}

// ListHoursOfOperationOverrides lists the exceptions to hours of operation.
var ListHoursOfOperationOverrides = &wire.Operation[ListHoursOfOperationOverridesInput, ListHoursOfOperationOverridesOutput]{
	Service: Service, Name: "ListHoursOfOperationOverrides", Method: "GET",
	Path:   "/hours-of-operations/{InstanceId}/{HoursOfOperationId}/overrides",
	Errors: defaultErrors(),
}

// ListHoursOfOperationOverridesInput is what ListHoursOfOperationOverrides takes.
type ListHoursOfOperationOverridesInput struct {
	HoursOfOperationId *string `wire:"path=HoursOfOperationId,required"`
	InstanceId         *string `wire:"path=InstanceId,required,len=1..100"`
	MaxResults         *int32  `wire:"query=maxResults,range=1..100"`
	NextToken          *string `wire:"query=nextToken"`
}

// ListHoursOfOperationOverridesOutput is what ListHoursOfOperationOverrides answers.
type ListHoursOfOperationOverridesOutput struct {
	HoursOfOperationOverrideList []types.HoursOfOperationOverride
	LastModifiedRegion           *string
	LastModifiedTime             *time.Time
	NextToken                    *string
	ResultMetadata               middleware.Metadata
}

// UpdateHoursOfOperationOverride changes what is given of an exception; Config is replaced as a whole.
var UpdateHoursOfOperationOverride = &wire.Operation[UpdateHoursOfOperationOverrideInput, UpdateHoursOfOperationOverrideOutput]{
	Service: Service, Name: "UpdateHoursOfOperationOverride", Method: "POST",
	Path:   "/hours-of-operations/{InstanceId}/{HoursOfOperationId}/overrides/{HoursOfOperationOverrideId}",
	Errors: defaultErrors(&types.ConditionalOperationFailedException{}, &types.DuplicateResourceException{}),
}

// UpdateHoursOfOperationOverrideInput is what UpdateHoursOfOperationOverride takes.
type UpdateHoursOfOperationOverrideInput struct {
	HoursOfOperationId         *string                                `wire:"path=HoursOfOperationId,required"`
	HoursOfOperationOverrideId *string                                `wire:"path=HoursOfOperationOverrideId,required,len=1..36"`
	InstanceId                 *string                                `wire:"path=InstanceId,required,len=1..100"`
	Config                     []types.HoursOfOperationOverrideConfig `wire:"count=0..100"`
	Description                *string                                `wire:"form=human-text"`
	EffectiveFrom              *string                                `wire:"form=date"`
	EffectiveTill              *string                                `wire:"form=date"`
	Name                       *string                                `wire:"form=human-name"`
	OverrideType               types.OverrideType
	RecurrenceConfig           *types.RecurrenceConfig
}

// UpdateHoursOfOperationOverrideOutput is what UpdateHoursOfOperationOverride answers: nothing.
type UpdateHoursOfOperationOverrideOutput struct {
	ResultMetadata middleware.Metadata
}

// DeleteHoursOfOperationOverride deletes an exception to hours of operation.
var DeleteHoursOfOperationOverride = &wire.Operation[DeleteHoursOfOperationOverrideInput, DeleteHoursOfOperationOverrideOutput]{
	Service: Service, Name: "DeleteHoursOfOperationOverride", Method: "DELETE",
	Path:   "/hours-of-operations/{InstanceId}/{HoursOfOperationId}/overrides/{HoursOfOperationOverrideId}",
	Errors: defaultErrors(),
}

// DeleteHoursOfOperationOverrideInput is what DeleteHoursOfOperationOverride takes.
type DeleteHoursOfOperationOverrideInput struct {
	HoursOfOperationId         *string `wire:"path=HoursOfOperationId,required"`
	HoursOfOperationOverrideId *string `wire:"path=HoursOfOperationOverrideId,required,len=1..36"`
	InstanceId                 *string `wire:"path=InstanceId,required,len=1..100"`
}

// DeleteHoursOfOperationOverrideOutput is what DeleteHoursOfOperationOverride answers: nothing.
type DeleteHoursOfOperationOverrideOutput struct {
	ResultMetadata middleware.Metadata
}

// GetEffectiveHoursOfOperations says when it is open on the days from one date to another, with all exceptions.
var GetEffectiveHoursOfOperations = &wire.Operation[GetEffectiveHoursOfOperationsInput, GetEffectiveHoursOfOperationsOutput]{
	Service: Service, Name: "GetEffectiveHoursOfOperations", Method: "GET",
	Path:   "/effective-hours-of-operations/{InstanceId}/{HoursOfOperationId}",
	Errors: defaultErrors(),
}

// GetEffectiveHoursOfOperationsInput is what GetEffectiveHoursOfOperations takes.
type GetEffectiveHoursOfOperationsInput struct {
	// FromDate and ToDate are the first and the last day, as 2006-01-02.
	FromDate           *string `wire:"query=fromDate,required,form=date"`
	HoursOfOperationId *string `wire:"path=HoursOfOperationId,required"`
	InstanceId         *string `wire:"path=InstanceId,required,len=1..100"`
	ToDate             *string `wire:"query=toDate,required,form=date"`
}

// GetEffectiveHoursOfOperationsOutput is what GetEffectiveHoursOfOperations answers.
type GetEffectiveHoursOfOperationsOutput struct {
	EffectiveHoursOfOperationList []types.EffectiveHoursOfOperations
	EffectiveOverrideHoursList    []types.EffectiveOverrideHours
	TimeZone                      *string
	ResultMetadata                middleware.Metadata
}

// SearchHoursOfOperationOverrides finds exceptions to all hours of an instance by their texts and dates.
var SearchHoursOfOperationOverrides = &wire.Operation[SearchHoursOfOperationOverridesInput, SearchHoursOfOperationOverridesOutput]{
	Service: Service, Name: "SearchHoursOfOperationOverrides", Method: "POST",
	Path:   "/search-hours-of-operation-overrides",
	Errors: defaultErrors(),
}

// SearchHoursOfOperationOverridesInput is what SearchHoursOfOperationOverrides takes.
type SearchHoursOfOperationOverridesInput struct {
	InstanceId     *string `wire:"required,len=1..100"`
	MaxResults     *int32  `wire:"range=1..100"`
	NextToken      *string `wire:"len=1..2500"`
	SearchCriteria *types.HoursOfOperationOverrideSearchCriteria
	SearchFilter   *types.HoursOfOperationSearchFilter
}

// SearchHoursOfOperationOverridesOutput is what SearchHoursOfOperationOverrides answers.
type SearchHoursOfOperationOverridesOutput struct {
	ApproximateTotalCount     *int64
	HoursOfOperationOverrides []types.HoursOfOperationOverride
	NextToken                 *string
	ResultMetadata            middleware.Metadata
}
