package connect

import (
	"time"

	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// StartTestCaseExecution has a published test case run.
var StartTestCaseExecution = &wire.Operation[StartTestCaseExecutionInput, StartTestCaseExecutionOutput]{
	Service: Service, Name: "StartTestCaseExecution", Method: "PUT", Path: "/test-cases/{InstanceId}/{TestCaseId}/start-execution",
	Errors: defaultErrors(&types.AccessDeniedException{}, &types.ServiceQuotaExceededException{}),
}

// StartTestCaseExecutionInput is what StartTestCaseExecution takes.
type StartTestCaseExecutionInput struct {
	InstanceId *string `wire:"path=InstanceId,required,len=1..100"`
	TestCaseId *string `wire:"path=TestCaseId,required,len=0..500"`
	// ClientToken makes a repeated request answer with the run already begun.
	ClientToken *string `wire:"len=0..500"`
}

// StartTestCaseExecutionOutput is what StartTestCaseExecution answers.
type StartTestCaseExecutionOutput struct {
	Status              types.TestCaseExecutionStatus
	TestCaseExecutionId *string
	TestCaseId          *string
	ResultMetadata      middleware.Metadata
}

// StopTestCaseExecution ends a run before its time.
var StopTestCaseExecution = &wire.Operation[StopTestCaseExecutionInput, StopTestCaseExecutionOutput]{
	Service: Service, Name: "StopTestCaseExecution", Method: "POST",
	Path:   "/test-cases/{InstanceId}/{TestCaseId}/{TestCaseExecutionId}/stop-execution",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// StopTestCaseExecutionInput is what StopTestCaseExecution takes.
type StopTestCaseExecutionInput struct {
	InstanceId          *string `wire:"path=InstanceId,required,len=1..100"`
	TestCaseExecutionId *string `wire:"path=TestCaseExecutionId,required,len=0..500"`
	TestCaseId          *string `wire:"path=TestCaseId,required,len=0..500"`
	// ClientToken changes nothing: a run ends once.
	ClientToken *string `wire:"len=0..500"`
}

// StopTestCaseExecutionOutput is what StopTestCaseExecution answers: nothing.
type StopTestCaseExecutionOutput struct {
	ResultMetadata middleware.Metadata
}

// GetTestCaseExecutionSummary reads how a run went.
var GetTestCaseExecutionSummary = &wire.Operation[GetTestCaseExecutionSummaryInput, GetTestCaseExecutionSummaryOutput]{
	Service: Service, Name: "GetTestCaseExecutionSummary", Method: "GET",
	Path:   "/test-cases/{InstanceId}/{TestCaseId}/{TestCaseExecutionId}/summary",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// GetTestCaseExecutionSummaryInput is what GetTestCaseExecutionSummary takes.
type GetTestCaseExecutionSummaryInput struct {
	InstanceId          *string `wire:"path=InstanceId,required,len=1..100"`
	TestCaseExecutionId *string `wire:"path=TestCaseExecutionId,required,len=0..500"`
	TestCaseId          *string `wire:"path=TestCaseId,required,len=0..500"`
}

// GetTestCaseExecutionSummaryOutput is what GetTestCaseExecutionSummary answers.
type GetTestCaseExecutionSummaryOutput struct {
	EndTime            *time.Time
	ObservationSummary *types.ObservationSummary
	StartTime          *time.Time
	Status             types.TestCaseExecutionStatus
	ResultMetadata     middleware.Metadata
}

// ListTestCaseExecutions lists the runs of an instance.
var ListTestCaseExecutions = &wire.Operation[ListTestCaseExecutionsInput, ListTestCaseExecutionsOutput]{
	Service: Service, Name: "ListTestCaseExecutions", Method: "GET", Path: "/test-case-executions/{InstanceId}",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// ListTestCaseExecutionsInput is what ListTestCaseExecutions takes.
type ListTestCaseExecutionsInput struct {
	InstanceId *string `wire:"path=InstanceId,required,len=1..100"`
	// EndTime is for runs that began before it, in milliseconds since 1970.
	EndTime *int64 `wire:"query=endTime,range=0.."`
	// MaxResults is 100 by default.
	MaxResults *int32  `wire:"query=maxResults,range=1..100"`
	NextToken  *string `wire:"query=nextToken"`
	// StartTime is for runs that began after it, in milliseconds since 1970.
	StartTime    *int64                        `wire:"query=startTime,range=0.."`
	Status       types.TestCaseExecutionStatus `wire:"query=status"`
	TestCaseId   *string                       `wire:"query=testCaseId,len=0..500"`
	TestCaseName *string                       `wire:"query=testCaseName,len=1.."`
}

// ListTestCaseExecutionsOutput is what ListTestCaseExecutions answers.
type ListTestCaseExecutionsOutput struct {
	NextToken          *string
	TestCaseExecutions []types.TestCaseExecution
	ResultMetadata     middleware.Metadata
}

// ListTestCaseExecutionRecords lists how the observations of a run went.
var ListTestCaseExecutionRecords = &wire.Operation[ListTestCaseExecutionRecordsInput, ListTestCaseExecutionRecordsOutput]{
	Service: Service, Name: "ListTestCaseExecutionRecords", Method: "GET",
	Path:   "/test-cases/{InstanceId}/{TestCaseId}/{TestCaseExecutionId}/records",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// ListTestCaseExecutionRecordsInput is what ListTestCaseExecutionRecords takes.
type ListTestCaseExecutionRecordsInput struct {
	InstanceId          *string `wire:"path=InstanceId,required,len=1..100"`
	TestCaseExecutionId *string `wire:"path=TestCaseExecutionId,required,len=0..500"`
	TestCaseId          *string `wire:"path=TestCaseId,required,len=0..500"`
	// MaxResults is 100 by default.
	MaxResults *int32                        `wire:"query=maxResults,range=1..100"`
	NextToken  *string                       `wire:"query=nextToken"`
	Status     types.TestCaseExecutionStatus `wire:"query=status"`
}

// ListTestCaseExecutionRecordsOutput is what ListTestCaseExecutionRecords answers.
type ListTestCaseExecutionRecordsOutput struct {
	ExecutionRecords []types.ExecutionRecord
	NextToken        *string
	ResultMetadata   middleware.Metadata
}
