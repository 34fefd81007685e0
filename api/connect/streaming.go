package connect

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// StartContactStreaming sends every message of a live chat to a topic from now on.
var StartContactStreaming = &wire.Operation[StartContactStreamingInput, StartContactStreamingOutput]{
	Service: Service, Name: "StartContactStreaming", Method: "POST", Path: "/contact/start-streaming",
	Errors: errorsOf(&types.InvalidParameterException{}, &types.LimitExceededException{},
		&types.ResourceNotFoundException{}),
}

// StartContactStreamingInput is what StartContactStreaming takes.
type StartContactStreamingInput struct {
	ChatStreamingConfiguration *types.ChatStreamingConfiguration `wire:"required"`
	// ClientToken makes a repeated request answer with the stream already begun.
	ClientToken *string `wire:"required,len=0..500"`
	ContactId   *string `wire:"required,len=1..256"`
	InstanceId  *string `wire:"required,len=1..100"`
}

// StartContactStreamingOutput is what StartContactStreaming answers.
type StartContactStreamingOutput struct {
	StreamingId    *string
	ResultMetadata middleware.Metadata
}

// StopContactStreaming ends a stream that StartContactStreaming began.
var StopContactStreaming = &wire.Operation[StopContactStreamingInput, StopContactStreamingOutput]{
	Service: Service, Name: "StopContactStreaming", Method: "POST", Path: "/contact/stop-streaming",
	Errors: errorsOf(&types.InvalidParameterException{}, &types.ResourceNotFoundException{}),
}

// StopContactStreamingInput is what StopContactStreaming takes.
type StopContactStreamingInput struct {
	ContactId   *string `wire:"required,len=1..256"`
	InstanceId  *string `wire:"required,len=1..100"`
	StreamingId *string `wire:"required,len=1..100"`
}

// StopContactStreamingOutput is what StopContactStreaming answers: nothing.
type StopContactStreamingOutput struct {
	ResultMetadata middleware.Metadata
}

// StartContactMediaProcessing lets a function see, change or hold back every message of a live chat before it is
// delivered.
var StartContactMediaProcessing = &wire.Operation[StartContactMediaProcessingInput, StartContactMediaProcessingOutput]{
	Service: Service, Name: "StartContactMediaProcessing", Method: "POST",
	Path: "/contact/start-contact-media-processing",
	Errors: errorsOf(&types.AccessDeniedException{}, &types.InvalidParameterException{},
		&types.LimitExceededException{}, &types.ResourceNotFoundException{}, &types.ServiceQuotaExceededException{}),
}

// StartContactMediaProcessingInput is what StartContactMediaProcessing takes.
type StartContactMediaProcessingInput struct {
	ContactId   *string `wire:"len=1..256"`
	FailureMode types.ContactMediaProcessingFailureMode
	InstanceId  *string `wire:"len=1..100"`
	// ProcessorArn is a function associated with the instance as MESSAGE_PROCESSOR.
	ProcessorArn *string
}

// StartContactMediaProcessingOutput is what StartContactMediaProcessing answers: nothing.
type StartContactMediaProcessingOutput struct {
	ResultMetadata middleware.Metadata
}

// StopContactMediaProcessing ends what StartContactMediaProcessing began.
var StopContactMediaProcessing = &wire.Operation[StopContactMediaProcessingInput, StopContactMediaProcessingOutput]{
	Service: Service, Name: "StopContactMediaProcessing", Method: "POST",
	Path: "/contact/stop-contact-media-processing",
	Errors: errorsOf(&types.AccessDeniedException{}, &types.InvalidParameterException{},
		&types.LimitExceededException{}, &types.ResourceNotFoundException{}),
}

// StopContactMediaProcessingInput is what StopContactMediaProcessing takes.
type StopContactMediaProcessingInput struct {
	ContactId  *string `wire:"len=1..256"`
	InstanceId *string `wire:"len=1..100"`
}

// StopContactMediaProcessingOutput is what StopContactMediaProcessing answers: nothing.
type StopContactMediaProcessingOutput struct {
	ResultMetadata middleware.Metadata
}
