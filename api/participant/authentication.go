package participant

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/wire"
)

// GetAuthenticationUrl hands out the URL at which the customer signs in.
var GetAuthenticationUrl = &wire.Operation[GetAuthenticationUrlInput, GetAuthenticationUrlOutput]{
	Service: Service, Name: "GetAuthenticationUrl", Method: "POST", Path: "/participant/authentication-url",
	Errors: commonErrors,
}

// GetAuthenticationUrlInput is what GetAuthenticationUrl takes.
type GetAuthenticationUrlInput struct {
	ConnectionToken *string `wire:"header=X-Amz-Bearer,required,len=1..1000"`
	RedirectUri     *string `wire:"required,len=1..1024"`
	// SessionId is in the event that asks the customer to sign in, and serves for one minute.
	SessionId *string `wire:"required,len=36..36"`
}

// GetAuthenticationUrlOutput is what GetAuthenticationUrl answers.
type GetAuthenticationUrlOutput struct {
	AuthenticationUrl *string
	ResultMetadata    middleware.Metadata
}

// CancelParticipantAuthentication ends a customer's sign-in without a result.
var CancelParticipantAuthentication = &wire.Operation[CancelParticipantAuthenticationInput, CancelParticipantAuthenticationOutput]{
	Service: Service, Name: "CancelParticipantAuthentication", Method: "POST",
	Path:   "/participant/cancel-authentication",
	Errors: commonErrors,
}

// CancelParticipantAuthenticationInput is what CancelParticipantAuthentication takes.
type CancelParticipantAuthenticationInput struct {
	ConnectionToken *string `wire:"header=X-Amz-Bearer,required,len=1..1000"`
	// SessionId is in the event that asks the customer to sign in.
	SessionId *string `wire:"required,len=36..36"`
}

// CancelParticipantAuthenticationOutput is what CancelParticipantAuthentication answers: nothing.
type CancelParticipantAuthenticationOutput struct {
	ResultMetadata middleware.Metadata
}
