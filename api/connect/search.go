package connect

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// SearchContacts finds contacts, live and ended, by their times and by criteria that all have to be met.
var SearchContacts = &wire.Operation[SearchContactsInput, SearchContactsOutput]{
	Service: Service, Name: "SearchContacts", Method: "POST", Path: "/search-contacts",
	Errors: defaultErrors(),
}

// SearchContactsInput is what SearchContacts takes.
type SearchContactsInput struct {
	InstanceId *string `wire:"required,len=1..100"`
	// TimeRange spans at most 8 weeks.
	TimeRange      *types.SearchContactsTimeRange `wire:"required"`
	MaxResults     *int32                         `wire:"range=1..100"`
	NextToken      *string                        `wire:"len=1..100000"`
	SearchCriteria *types.SearchCriteria
	Sort           *types.Sort
}

// SearchContactsOutput is what SearchContacts answers.
type SearchContactsOutput struct {
	Contacts  []types.ContactSearchSummary
	NextToken *string
	// TotalCount is the number of contacts found, over all pages.
	TotalCount     *int64
	ResultMetadata middleware.Metadata
}

// GetContactMetrics tells the position of a waiting contact and how long it may still wait.
var GetContactMetrics = &wire.Operation[GetContactMetricsInput, GetContactMetricsOutput]{
	Service: Service, Name: "GetContactMetrics", Method: "POST", Path: "/metrics/contact",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// GetContactMetricsInput is what GetContactMetrics takes.
type GetContactMetricsInput struct {
	ContactId  *string                   `wire:"required,len=1..250,form=instance"`
	InstanceId *string                   `wire:"required,len=1..250,form=instance"`
	Metrics    []types.ContactMetricInfo `wire:"required,count=1.."`
}

// GetContactMetricsOutput is what GetContactMetrics answers.
type GetContactMetricsOutput struct {
	Arn *string
	// Id is the contact asked for.
	Id             *string
	MetricResults  []types.ContactMetricResult
	ResultMetadata middleware.Metadata
}

// ListRealtimeContactAnalysisSegmentsV2 reads a chat as segments of analysis, oldest first.
var ListRealtimeContactAnalysisSegmentsV2 = &wire.Operation[ListRealtimeContactAnalysisSegmentsV2Input, ListRealtimeContactAnalysisSegmentsV2Output]{
	Service: Service, Name: "ListRealtimeContactAnalysisSegmentsV2", Method: "POST",
	Path: "/contact/list-real-time-analysis-segments-v2/{InstanceId}/{ContactId}",
	Errors: errorsOf(&types.AccessDeniedException{}, &types.OutputTypeNotFoundException{},
		&types.ResourceNotFoundException{}, &types.ThrottlingException{}),
}

// ListRealtimeContactAnalysisSegmentsV2Input is what ListRealtimeContactAnalysisSegmentsV2 takes.
type ListRealtimeContactAnalysisSegmentsV2Input struct {
	ContactId    *string                                    `wire:"path=ContactId,required,len=1..256"`
	InstanceId   *string                                    `wire:"path=InstanceId,required,len=1..100"`
	OutputType   types.RealTimeContactAnalysisOutputType    `wire:"required"`
	SegmentTypes []types.RealTimeContactAnalysisSegmentType `wire:"required,count=0..6"`
	MaxResults   *int32                                     `wire:"range=1..100"`
	NextToken    *string                                    `wire:"len=1..100000"`
}

// ListRealtimeContactAnalysisSegmentsV2Output is what ListRealtimeContactAnalysisSegmentsV2 answers.
type ListRealtimeContactAnalysisSegmentsV2Output struct {
	Channel  types.RealTimeContactAnalysisSupportedChannel
	Segments []types.RealtimeContactAnalysisSegment
	// Status is COMPLETED when the contact has ended.
	Status         types.RealTimeContactAnalysisStatus
	NextToken      *string
	ResultMetadata middleware.Metadata
}
