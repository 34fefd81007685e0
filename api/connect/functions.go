package connect

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// AssociateLambdaFunction offers a function to the flows of an instance.
var AssociateLambdaFunction = &wire.Operation[AssociateLambdaFunctionInput, AssociateLambdaFunctionOutput]{
	Service: Service, Name: "AssociateLambdaFunction", Method: "PUT", Path: "/instance/{InstanceId}/lambda-function",
	Errors: defaultErrors(&types.ResourceConflictException{}, &types.ServiceQuotaExceededException{}),
}

// AssociateLambdaFunctionInput is what AssociateLambdaFunction takes.
type AssociateLambdaFunctionInput struct {
	FunctionArn *string `wire:"required,len=1..140"`
	InstanceId  *string `wire:"path=InstanceId,required,len=1..100"`
	ClientToken *string `wire:"len=0..500"`
}

// AssociateLambdaFunctionOutput is what AssociateLambdaFunction answers: nothing.
type AssociateLambdaFunctionOutput struct {
	ResultMetadata middleware.Metadata
}

// DisassociateLambdaFunction withdraws a function from those that are offered to the flows of an instance.
var DisassociateLambdaFunction = &wire.Operation[DisassociateLambdaFunctionInput, DisassociateLambdaFunctionOutput]{
	Service: Service, Name: "DisassociateLambdaFunction", Method: "DELETE", Path: "/instance/{InstanceId}/lambda-function",
	Errors: defaultErrors(),
}

// DisassociateLambdaFunctionInput is what DisassociateLambdaFunction takes.
type DisassociateLambdaFunctionInput struct {
	FunctionArn *string `wire:"query=functionArn,required,len=1..140"`
	InstanceId  *string `wire:"path=InstanceId,required,len=1..100"`
	ClientToken *string `wire:"query=clientToken,len=0..500"`
}

// DisassociateLambdaFunctionOutput is what DisassociateLambdaFunction answers: nothing.
type DisassociateLambdaFunctionOutput struct {
	ResultMetadata middleware.Metadata
}

// ListLambdaFunctions lists the functions that are offered to the flows of an instance.
var ListLambdaFunctions = &wire.Operation[ListLambdaFunctionsInput, ListLambdaFunctionsOutput]{
	Service: Service, Name: "ListLambdaFunctions", Method: "GET", Path: "/instance/{InstanceId}/lambda-functions",
	Errors: defaultErrors(),
}

// ListLambdaFunctionsInput is what ListLambdaFunctions takes.
type ListLambdaFunctionsInput struct {
	InstanceId *string `wire:"path=InstanceId,required,len=1..100"`
	MaxResults *int32  `wire:"query=maxResults,range=1..25"`
	NextToken  *string `wire:"query=nextToken"`
}

// ListLambdaFunctionsOutput is what ListLambdaFunctions answers.
type ListLambdaFunctionsOutput struct {
	LambdaFunctions []string
	NextToken       *string
	ResultMetadata  middleware.Metadata
}
