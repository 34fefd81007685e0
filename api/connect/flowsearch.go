package connect

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// SearchContactFlows finds flows by name, description, id, type, state, status and tags.
var SearchContactFlows = &wire.Operation[SearchContactFlowsInput, SearchContactFlowsOutput]{
	Service: Service, Name: "SearchContactFlows", Method: "POST", Path: "/search-contact-flows",
	Errors: defaultErrors(),
}

// SearchContactFlowsInput is what SearchContactFlows takes.
type SearchContactFlowsInput struct {
	InstanceId     *string `wire:"required,len=1..100"`
	MaxResults     *int32  `wire:"range=1..100"`
	NextToken      *string `wire:"len=1..2500"`
	SearchCriteria *types.ContactFlowSearchCriteria
	SearchFilter   *types.ContactFlowSearchFilter
}

// SearchContactFlowsOutput is what SearchContactFlows answers.
type SearchContactFlowsOutput struct {
	// ApproximateTotalCount counts what was found, over all pages.
	ApproximateTotalCount *int64
	ContactFlows          []types.ContactFlow
	NextToken             *string
	ResultMetadata        middleware.Metadata
}

// SearchContactFlowModules finds modules by name, description, id, state, status and tags.
var SearchContactFlowModules = &wire.Operation[SearchContactFlowModulesInput, SearchContactFlowModulesOutput]{
	Service: Service, Name: "SearchContactFlowModules", Method: "POST", Path: "/search-contact-flow-modules",
	Errors: defaultErrors(),
}

// SearchContactFlowModulesInput is what SearchContactFlowModules takes.
type SearchContactFlowModulesInput struct {
	InstanceId     *string `wire:"required,len=1..100"`
	MaxResults     *int32  `wire:"range=1..100"`
	NextToken      *string `wire:"len=1..2500"`
	SearchCriteria *types.ContactFlowModuleSearchCriteria
	SearchFilter   *types.ContactFlowModuleSearchFilter
}

// SearchContactFlowModulesOutput is what SearchContactFlowModules answers.
type SearchContactFlowModulesOutput struct {
	// ApproximateTotalCount counts what was found, over all pages.
	ApproximateTotalCount *int64
	ContactFlowModules    []types.ContactFlowModule
	NextToken             *string
	ResultMetadata        middleware.Metadata
}
