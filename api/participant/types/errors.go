package types

import "github.com/aws/smithy-go"

// AccessDeniedException, status 403. The token is missing, wrong, out of date or of the wrong kind, or the chat is over.
type AccessDeniedException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *AccessDeniedException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *AccessDeniedException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *AccessDeniedException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "AccessDeniedException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *AccessDeniedException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *AccessDeniedException) HTTPStatus() int { return 403 }

// ConflictException, status 409. The request contradicts the present state of the chat.
type ConflictException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *ConflictException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *ConflictException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *ConflictException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "ConflictException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *ConflictException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *ConflictException) HTTPStatus() int { return 409 }

// InternalServerException, status 500. Something unexpected happened; the log of the server says more.
type InternalServerException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *InternalServerException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *InternalServerException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *InternalServerException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "InternalServerException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *InternalServerException) ErrorFault() smithy.ErrorFault { return smithy.FaultServer }

// HTTPStatus returns the status that goes with the code.
func (e *InternalServerException) HTTPStatus() int { return 500 }

// ResourceNotFoundException, status 404. A resource named in the request does not exist.
type ResourceNotFoundException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
	ResourceId        *string
	ResourceType      ResourceType
}

func (e *ResourceNotFoundException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *ResourceNotFoundException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *ResourceNotFoundException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "ResourceNotFoundException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *ResourceNotFoundException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *ResourceNotFoundException) HTTPStatus() int { return 404 }

// ServiceQuotaExceededException, status 402. The attachments of the chat are too many or too big.
type ServiceQuotaExceededException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *ServiceQuotaExceededException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *ServiceQuotaExceededException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *ServiceQuotaExceededException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "ServiceQuotaExceededException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *ServiceQuotaExceededException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *ServiceQuotaExceededException) HTTPStatus() int { return 402 }

// ThrottlingException, status 429. Requests come too fast.
type ThrottlingException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *ThrottlingException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *ThrottlingException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *ThrottlingException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "ThrottlingException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *ThrottlingException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *ThrottlingException) HTTPStatus() int { return 429 }

// ValidationException, status 400. The request is malformed, lacks a member or holds a value that is not acceptable.
type ValidationException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *ValidationException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *ValidationException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *ValidationException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "ValidationException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *ValidationException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *ValidationException) HTTPStatus() int { return 400 }

// describe is the text of an exception as an error: its code and its message.
func describe(e smithy.APIError) string { return e.ErrorCode() + ": " + e.ErrorMessage() }

func text(message *string) string {
	if message == nil {
		return ""
	}
	return *message
}
