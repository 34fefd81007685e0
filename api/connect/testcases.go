package connect

import (
	"time"

	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// CreateTestCase makes a test of a flow. One that is published is checked.
var CreateTestCase = &wire.Operation[CreateTestCaseInput, CreateTestCaseOutput]{
	Service: Service, Name: "CreateTestCase", Method: "PUT", Path: "/test-cases/{InstanceId}",
	Errors: defaultErrors(&types.AccessDeniedException{}, &types.DuplicateResourceException{}, &types.IdempotencyException{},
		&types.InvalidTestCaseException{}, &types.LimitExceededException{}, &types.ServiceQuotaExceededException{}),
}

// CreateTestCaseInput is what CreateTestCase takes.
type CreateTestCaseInput struct {
	// Content is JSON text, kept byte for byte.
	Content     *string `wire:"required,len=1..256000"`
	InstanceId  *string `wire:"path=InstanceId,required,len=1..250,form=instance"`
	Name        *string `wire:"required,len=1..127"`
	Description *string `wire:"len=0..500"`
	EntryPoint  *types.TestCaseEntryPoint
	// InitializationData is JSON text: the attributes that the contact starts with.
	InitializationData *string    `wire:"len=0..32768"`
	LastModifiedRegion *string    `wire:"header=x-amz-last-modified-region,form=region"`
	LastModifiedTime   *time.Time `wire:"header=x-amz-last-modified-time"`
	// Status is PUBLISHED by default.
	Status types.TestCaseStatus
	Tags   map[string]string `wire:"count=1..50,keylen=1..128,len=0..256,keys=tag"`
	// TestCaseId is the id that the test case has in another Region.
	TestCaseId *string `wire:"header=x-amz-resource-id,len=0..500"`
}

// CreateTestCaseOutput is what CreateTestCase answers.
type CreateTestCaseOutput struct {
	TestCaseArn    *string
	TestCaseId     *string
	ResultMetadata middleware.Metadata
}

// UpdateTestCase changes a test case, publishes it or saves a draft.
var UpdateTestCase = &wire.Operation[UpdateTestCaseInput, UpdateTestCaseOutput]{
	Service: Service, Name: "UpdateTestCase", Method: "POST", Path: "/test-cases/{InstanceId}/{TestCaseId}",
	Errors: defaultErrors(&types.AccessDeniedException{}, &types.DuplicateResourceException{}, &types.InvalidTestCaseException{}),
}

// UpdateTestCaseInput is what UpdateTestCase takes; an absent member stays as it is.
type UpdateTestCaseInput struct {
	InstanceId         *string `wire:"path=InstanceId,required,len=1..250,form=instance"`
	TestCaseId         *string `wire:"path=TestCaseId,required,len=0..500"`
	Content            *string `wire:"len=1..256000"`
	Description        *string `wire:"len=0..500"`
	EntryPoint         *types.TestCaseEntryPoint
	InitializationData *string    `wire:"len=0..32768"`
	LastModifiedRegion *string    `wire:"header=x-amz-last-modified-region,form=region"`
	LastModifiedTime   *time.Time `wire:"header=x-amz-last-modified-time"`
	Name               *string    `wire:"len=1..127"`
	Status             types.TestCaseStatus
}

// UpdateTestCaseOutput is what UpdateTestCase answers: nothing.
type UpdateTestCaseOutput struct {
	ResultMetadata middleware.Metadata
}

// DescribeTestCase reads a test case with its published content or, without one, its saved content.
var DescribeTestCase = &wire.Operation[DescribeTestCaseInput, DescribeTestCaseOutput]{
	Service: Service, Name: "DescribeTestCase", Method: "GET", Path: "/test-cases/{InstanceId}/{TestCaseId}",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// DescribeTestCaseInput is what DescribeTestCase takes.
type DescribeTestCaseInput struct {
	InstanceId *string `wire:"path=InstanceId,required,len=1..250,form=instance"`
	TestCaseId *string `wire:"path=TestCaseId,required,len=0..500"`
	// Status chooses a content.
	Status types.TestCaseStatus `wire:"query=status"`
}

// DescribeTestCaseOutput is what DescribeTestCase answers.
type DescribeTestCaseOutput struct {
	TestCase       *types.TestCase
	ResultMetadata middleware.Metadata
}

// DeleteTestCase deletes a test case with its runs.
var DeleteTestCase = &wire.Operation[DeleteTestCaseInput, DeleteTestCaseOutput]{
	Service: Service, Name: "DeleteTestCase", Method: "DELETE", Path: "/test-cases/{InstanceId}/{TestCaseId}",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// DeleteTestCaseInput is what DeleteTestCase takes.
type DeleteTestCaseInput struct {
	InstanceId *string `wire:"path=InstanceId,required,len=1..250,form=instance"`
	TestCaseId *string `wire:"path=TestCaseId,required,len=0..500"`
}

// DeleteTestCaseOutput is what DeleteTestCase answers: nothing.
type DeleteTestCaseOutput struct {
	ResultMetadata middleware.Metadata
}

// ListTestCases lists the test cases of an instance.
var ListTestCases = &wire.Operation[ListTestCasesInput, ListTestCasesOutput]{
	Service: Service, Name: "ListTestCases", Method: "GET", Path: "/test-cases-summary/{InstanceId}",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// ListTestCasesInput is what ListTestCases takes.
type ListTestCasesInput struct {
	InstanceId *string `wire:"path=InstanceId,required,len=1..100"`
	// MaxResults is 100 by default.
	MaxResults *int32  `wire:"query=maxResults,range=1..1000"`
	NextToken  *string `wire:"query=nextToken"`
}

// ListTestCasesOutput is what ListTestCases answers.
type ListTestCasesOutput struct {
	NextToken           *string
	TestCaseSummaryList []types.TestCaseSummary
	ResultMetadata      middleware.Metadata
}

// SearchTestCases finds test cases by name, description, id, status and tags.
var SearchTestCases = &wire.Operation[SearchTestCasesInput, SearchTestCasesOutput]{
	Service: Service, Name: "SearchTestCases", Method: "POST", Path: "/search-test-cases",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// SearchTestCasesInput is what SearchTestCases takes.
type SearchTestCasesInput struct {
	InstanceId     *string `wire:"required,len=1..250,form=instance"`
	MaxResults     *int32  `wire:"range=1..100"`
	NextToken      *string `wire:"len=1..2500"`
	SearchCriteria *types.TestCaseSearchCriteria
	SearchFilter   *types.TestCaseSearchFilter
}

// SearchTestCasesOutput is what SearchTestCases answers.
type SearchTestCasesOutput struct {
	// ApproximateTotalCount counts what was found, over all pages.
	ApproximateTotalCount *int64
	NextToken             *string
	TestCases             []types.TestCase
	ResultMetadata        middleware.Metadata
}
