package participant

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/api/wire"
)

// StartAttachmentUpload announces a file and hands out the URL to which its bytes are to be PUT.
var StartAttachmentUpload = &wire.Operation[StartAttachmentUploadInput, StartAttachmentUploadOutput]{
	Service: Service, Name: "StartAttachmentUpload", Method: "POST", Path: "/participant/start-attachment-upload",
	Errors: errorsOf(&types.ServiceQuotaExceededException{}),
}

// StartAttachmentUploadInput is what StartAttachmentUpload takes.
type StartAttachmentUploadInput struct {
	AttachmentName *string `wire:"required,len=1..256"`
	// AttachmentSizeInBytes is exact: other bytes are refused at the URL.
	AttachmentSizeInBytes *int64  `wire:"required,range=1.."`
	ClientToken           *string `wire:"required,len=1..500"`
	ConnectionToken       *string `wire:"header=X-Amz-Bearer,required,len=1..1000"`
	ContentType           *string `wire:"required,len=1..255"`
}

// StartAttachmentUploadOutput is what StartAttachmentUpload answers.
type StartAttachmentUploadOutput struct {
	AttachmentId   *string
	UploadMetadata *types.UploadMetadata
	ResultMetadata middleware.Metadata
}

// CompleteAttachmentUpload says that the bytes are there; the file is then put into the transcript.
var CompleteAttachmentUpload = &wire.Operation[CompleteAttachmentUploadInput, CompleteAttachmentUploadOutput]{
	Service: Service, Name: "CompleteAttachmentUpload", Method: "POST",
	Path:   "/participant/complete-attachment-upload",
	Errors: errorsOf(&types.ConflictException{}, &types.ServiceQuotaExceededException{}),
}

// CompleteAttachmentUploadInput is what CompleteAttachmentUpload takes.
type CompleteAttachmentUploadInput struct {
	// AttachmentIds is a single one.
	AttachmentIds   []string `wire:"required,count=1..1,len=1..256"`
	ClientToken     *string  `wire:"required,len=1..500"`
	ConnectionToken *string  `wire:"header=X-Amz-Bearer,required,len=1..1000"`
}

// CompleteAttachmentUploadOutput is what CompleteAttachmentUpload answers: nothing.
type CompleteAttachmentUploadOutput struct {
	ResultMetadata middleware.Metadata
}

// GetAttachment hands out a URL from which a file is read.
var GetAttachment = &wire.Operation[GetAttachmentInput, GetAttachmentOutput]{
	Service: Service, Name: "GetAttachment", Method: "POST", Path: "/participant/attachment",
	Errors: commonErrors,
}

// GetAttachmentInput is what GetAttachment takes.
type GetAttachmentInput struct {
	AttachmentId    *string `wire:"required,len=1..256"`
	ConnectionToken *string `wire:"header=X-Amz-Bearer,required,len=1..1000"`
	// UrlExpiryInSeconds is 300 by default.
	UrlExpiryInSeconds *int32 `wire:"range=5..300"`
}

// GetAttachmentOutput is what GetAttachment answers.
type GetAttachmentOutput struct {
	AttachmentSizeInBytes *int64
	Url                   *string
	UrlExpiry             *string
	ResultMetadata        middleware.Metadata
}
