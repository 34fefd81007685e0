package connect

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// CreateParticipant adds a participant to a live chat and hands out its token.
var CreateParticipant = &wire.Operation[CreateParticipantInput, CreateParticipantOutput]{
	Service: Service, Name: "CreateParticipant", Method: "POST", Path: "/contact/create-participant",
	Errors: errorsOf(&types.ConflictException{}, &types.ResourceNotFoundException{},
		&types.ServiceQuotaExceededException{}, &types.ThrottlingException{}),
}

// CreateParticipantInput is what CreateParticipant takes.
type CreateParticipantInput struct {
	ContactId          *string                        `wire:"required,len=1..256"`
	InstanceId         *string                        `wire:"required,len=1..100"`
	ParticipantDetails *types.ParticipantDetailsToAdd `wire:"required"`
	// ClientToken makes a repeated request answer with the participant already added.
	ClientToken *string `wire:"len=0..500"`
}

// CreateParticipantOutput is what CreateParticipant answers.
type CreateParticipantOutput struct {
	// ParticipantCredentials say too by when the participant has to be connected.
	ParticipantCredentials *types.ParticipantTokenCredentials
	ParticipantId          *string
	ResultMetadata         middleware.Metadata
}

// UpdateParticipantRoleConfig sets timers of a chat. They count from the next time somebody joins who serves the
// customer. Source: connect-chat sheet, 7.7.
var UpdateParticipantRoleConfig = &wire.Operation[UpdateParticipantRoleConfigInput, UpdateParticipantRoleConfigOutput]{
	Service: Service, Name: "UpdateParticipantRoleConfig", Method: "PUT",
	Path:   "/contact/participant-role-config/{InstanceId}/{ContactId}",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// UpdateParticipantRoleConfigInput is what UpdateParticipantRoleConfig takes.
type UpdateParticipantRoleConfigInput struct {
	ChannelConfiguration types.UpdateParticipantRoleConfigChannelInfo `wire:"required"`
	ContactId            *string                                      `wire:"path=ContactId,required,len=1..256"`
	InstanceId           *string                                      `wire:"path=InstanceId,required,len=1..100"`
}

// UpdateParticipantRoleConfigOutput is what UpdateParticipantRoleConfig answers: nothing.
type UpdateParticipantRoleConfigOutput struct {
	ResultMetadata middleware.Metadata
}

// UpdateParticipantAuthentication ends a customer's sign-in with the code, or the error, that the identity provider
// gave.
var UpdateParticipantAuthentication = &wire.Operation[UpdateParticipantAuthenticationInput, UpdateParticipantAuthenticationOutput]{
	Service: Service, Name: "UpdateParticipantAuthentication", Method: "POST",
	Path: "/contact/update-participant-authentication",
	Errors: errorsOf(&types.AccessDeniedException{}, &types.ConflictException{},
		&types.InvalidParameterException{}, &types.ThrottlingException{}),
}

// UpdateParticipantAuthenticationInput is what UpdateParticipantAuthentication takes.
type UpdateParticipantAuthenticationInput struct {
	InstanceId *string `wire:"required,len=1..100"`
	// State is what GetAuthenticationUrl put into the URL.
	State *string `wire:"required,len=1..1000"`
	// Code is what the identity provider gave; without it Error says what went wrong.
	Code             *string `wire:"len=1..2048"`
	Error            *string `wire:"len=1..2048,form=oauth-error"`
	ErrorDescription *string `wire:"len=1..2048,form=oauth-error"`
}

// UpdateParticipantAuthenticationOutput is what UpdateParticipantAuthentication answers: nothing.
type UpdateParticipantAuthenticationOutput struct {
	ResultMetadata middleware.Metadata
}

// CreatePersistentContactAssociation brings the past of an ended chat into a live one.
var CreatePersistentContactAssociation = &wire.Operation[CreatePersistentContactAssociationInput, CreatePersistentContactAssociationOutput]{
	Service: Service, Name: "CreatePersistentContactAssociation", Method: "POST",
	Path:   "/contact/persistent-contact-association/{InstanceId}/{InitialContactId}",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// CreatePersistentContactAssociationInput is what CreatePersistentContactAssociation takes.
type CreatePersistentContactAssociationInput struct {
	// InitialContactId is the current contact of the live chat, whatever its name says.
	InitialContactId *string               `wire:"path=InitialContactId,required,len=1..256"`
	InstanceId       *string               `wire:"path=InstanceId,required,len=1..100"`
	RehydrationType  types.RehydrationType `wire:"required"`
	// SourceContactId is the initial contact of the past chat for ENTIRE_PAST_SESSION, any segment of it for
	// FROM_SEGMENT.
	SourceContactId *string `wire:"required,len=1..256"`
	ClientToken     *string `wire:"unfilled,len=0..500"`
}

// CreatePersistentContactAssociationOutput is what CreatePersistentContactAssociation answers.
type CreatePersistentContactAssociationOutput struct {
	// ContinuedFromContactId is the last contact of the past.
	ContinuedFromContactId *string
	ResultMetadata         middleware.Metadata
}
