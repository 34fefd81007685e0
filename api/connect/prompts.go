package connect

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// CreatePrompt makes a prompt: the name of a recording.
var CreatePrompt = &wire.Operation[CreatePromptInput, CreatePromptOutput]{
	Service: Service, Name: "CreatePrompt", Method: "PUT",
	Path:   "/prompts/{InstanceId}",
	Errors: errorsOf(&types.DuplicateResourceException{}, &types.InvalidParameterException{}, &types.LimitExceededException{}, &types.ThrottlingException{}),
}

// CreatePromptInput is what CreatePrompt takes.
type CreatePromptInput struct {
	InstanceId  *string           `wire:"path=InstanceId,required,len=1..100"`
	Name        *string           `wire:"required,len=1..127"`
	S3Uri       *string           `wire:"required,len=1..2000,form=s3-uri"`
	Description *string           `wire:"len=1..250"`
	Tags        map[string]string `wire:"count=1..50,keylen=1..128,len=0..256,keys=tag"`
}

// CreatePromptOutput is what CreatePrompt answers.
type CreatePromptOutput struct {
	PromptARN      *string
	PromptId       *string
	ResultMetadata middleware.Metadata
}

// DescribePrompt reads a prompt.
var DescribePrompt = &wire.Operation[DescribePromptInput, DescribePromptOutput]{
	Service: Service, Name: "DescribePrompt", Method: "GET",
	Path:   "/prompts/{InstanceId}/{PromptId}",
	Errors: defaultErrors(),
}

// DescribePromptInput is what DescribePrompt takes.
type DescribePromptInput struct {
	InstanceId *string `wire:"path=InstanceId,required,len=1..100"`
	PromptId   *string `wire:"path=PromptId,required,len=1..256"`
}

// DescribePromptOutput is what DescribePrompt answers.
type DescribePromptOutput struct {
	Prompt         *types.Prompt
	ResultMetadata middleware.Metadata
}

// ListPrompts lists the prompts of an instance.
var ListPrompts = &wire.Operation[ListPromptsInput, ListPromptsOutput]{
	Service: Service, Name: "ListPrompts", Method: "GET",
	Path:   "/prompts-summary/{InstanceId}",
	Errors: defaultErrors(),
}

// ListPromptsInput is what ListPrompts takes.
type ListPromptsInput struct {
	InstanceId *string `wire:"path=InstanceId,required,len=1..100"`
	MaxResults *int32  `wire:"query=maxResults,range=1..1000"`
	NextToken  *string `wire:"query=nextToken"`
}

// ListPromptsOutput is what ListPrompts answers.
type ListPromptsOutput struct {
	NextToken         *string
	PromptSummaryList []types.PromptSummary
	ResultMetadata    middleware.Metadata
}

// UpdatePrompt changes what is given of a prompt.
var UpdatePrompt = &wire.Operation[UpdatePromptInput, UpdatePromptOutput]{
	Service: Service, Name: "UpdatePrompt", Method: "POST",
	Path:   "/prompts/{InstanceId}/{PromptId}",
	Errors: defaultErrors(),
}

// UpdatePromptInput is what UpdatePrompt takes.
type UpdatePromptInput struct {
	InstanceId  *string `wire:"path=InstanceId,required,len=1..100"`
	PromptId    *string `wire:"path=PromptId,required,len=1..256"`
	Description *string `wire:"len=1..250"`
	Name        *string `wire:"len=1..127"`
	S3Uri       *string `wire:"len=1..2000,form=s3-uri"`
}

// UpdatePromptOutput is what UpdatePrompt answers.
type UpdatePromptOutput struct {
	PromptARN      *string
	PromptId       *string
	ResultMetadata middleware.Metadata
}

// DeletePrompt deletes a prompt.
var DeletePrompt = &wire.Operation[DeletePromptInput, DeletePromptOutput]{
	Service: Service, Name: "DeletePrompt", Method: "DELETE",
	Path:   "/prompts/{InstanceId}/{PromptId}",
	Errors: defaultErrors(),
}

// DeletePromptInput is what DeletePrompt takes.
type DeletePromptInput struct {
	InstanceId *string `wire:"path=InstanceId,required,len=1..100"`
	PromptId   *string `wire:"path=PromptId,required,len=1..256"`
}

// DeletePromptOutput is what DeletePrompt answers: nothing.
type DeletePromptOutput struct {
	ResultMetadata middleware.Metadata
}

// SearchPrompts finds prompts by their texts and tags.
var SearchPrompts = &wire.Operation[SearchPromptsInput, SearchPromptsOutput]{
	Service: Service, Name: "SearchPrompts", Method: "POST",
	Path:   "/search-prompts",
	Errors: defaultErrors(),
}

// SearchPromptsInput is what SearchPrompts takes.
type SearchPromptsInput struct {
	InstanceId     *string `wire:"required,len=1..100"`
	MaxResults     *int32  `wire:"range=1..100"`
	NextToken      *string `wire:"len=1..2500"`
	SearchCriteria *types.PromptSearchCriteria
	SearchFilter   *types.PromptSearchFilter
}

// SearchPromptsOutput is what SearchPrompts answers.
type SearchPromptsOutput struct {
	ApproximateTotalCount *int64
	NextToken             *string
	Prompts               []types.Prompt
	ResultMetadata        middleware.Metadata
}
