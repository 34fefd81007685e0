package types

import "github.com/aws/smithy-go"

// AccessDeniedException, status 403. The caller may not do this.
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

// ConditionalOperationFailedException, status 409. The resource was not in the state the request relied on.
type ConditionalOperationFailedException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *ConditionalOperationFailedException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *ConditionalOperationFailedException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *ConditionalOperationFailedException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "ConditionalOperationFailedException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *ConditionalOperationFailedException) ErrorFault() smithy.ErrorFault {
	return smithy.FaultClient
}

// HTTPStatus returns the status that goes with the code.
func (e *ConditionalOperationFailedException) HTTPStatus() int { return 409 }

// ConflictException, status 409. The request contradicts the present state of the resource.
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

// ContactFlowNotPublishedException, status 404. The flow has a draft only.
type ContactFlowNotPublishedException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *ContactFlowNotPublishedException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *ContactFlowNotPublishedException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *ContactFlowNotPublishedException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "ContactFlowNotPublishedException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *ContactFlowNotPublishedException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *ContactFlowNotPublishedException) HTTPStatus() int { return 404 }

// ContactNotFoundException, status 410. The contact is unknown, or is not of the wanted kind any more.
type ContactNotFoundException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *ContactNotFoundException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *ContactNotFoundException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *ContactNotFoundException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "ContactNotFoundException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *ContactNotFoundException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *ContactNotFoundException) HTTPStatus() int { return 410 }

// DestinationNotAllowedException, status 403. Outbound contacts to this number are not allowed.
type DestinationNotAllowedException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *DestinationNotAllowedException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *DestinationNotAllowedException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *DestinationNotAllowedException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "DestinationNotAllowedException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *DestinationNotAllowedException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *DestinationNotAllowedException) HTTPStatus() int { return 403 }

// DuplicateResourceException, status 409. A resource of this name exists.
type DuplicateResourceException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *DuplicateResourceException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *DuplicateResourceException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *DuplicateResourceException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "DuplicateResourceException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *DuplicateResourceException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *DuplicateResourceException) HTTPStatus() int { return 409 }

// IdempotencyException, status 409. The client token was used before with other parameters.
type IdempotencyException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *IdempotencyException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *IdempotencyException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *IdempotencyException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "IdempotencyException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *IdempotencyException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *IdempotencyException) HTTPStatus() int { return 409 }

// InternalServiceException, status 500. Something unexpected happened; the log of the server says more.
type InternalServiceException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *InternalServiceException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *InternalServiceException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *InternalServiceException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "InternalServiceException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *InternalServiceException) ErrorFault() smithy.ErrorFault { return smithy.FaultServer }

// HTTPStatus returns the status that goes with the code.
func (e *InternalServiceException) HTTPStatus() int { return 500 }

// InvalidActiveRegionException, status 400. The request may only be made in the Region that is active for the instance.
type InvalidActiveRegionException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *InvalidActiveRegionException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *InvalidActiveRegionException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *InvalidActiveRegionException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "InvalidActiveRegionException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *InvalidActiveRegionException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *InvalidActiveRegionException) HTTPStatus() int { return 400 }

// InvalidContactFlowException, status 400. The content of the flow has faults. Amazon Connect sends no Message.
type InvalidContactFlowException struct {
	Message           *string
	ErrorCodeOverride *string         `wire:"-"`
	Problems          []ProblemDetail `wire:"name=problems"`
}

func (e *InvalidContactFlowException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *InvalidContactFlowException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *InvalidContactFlowException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "InvalidContactFlowException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *InvalidContactFlowException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *InvalidContactFlowException) HTTPStatus() int { return 400 }

// InvalidContactFlowModuleException, status 400. The content of the flow module has faults. Amazon Connect sends no Message.
type InvalidContactFlowModuleException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
	Problems          []ProblemDetail
}

func (e *InvalidContactFlowModuleException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *InvalidContactFlowModuleException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *InvalidContactFlowModuleException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "InvalidContactFlowModuleException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *InvalidContactFlowModuleException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *InvalidContactFlowModuleException) HTTPStatus() int { return 400 }

// InvalidParameterException, status 400. A member is well-formed, but its value is not acceptable.
type InvalidParameterException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *InvalidParameterException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *InvalidParameterException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *InvalidParameterException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "InvalidParameterException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *InvalidParameterException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *InvalidParameterException) HTTPStatus() int { return 400 }

// InvalidRequestException, status 400. The request is malformed, lacks a member or breaks a rule.
type InvalidRequestException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
	// Reason is there for attached files only.
	Reason InvalidRequestExceptionReason
}

func (e *InvalidRequestException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *InvalidRequestException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *InvalidRequestException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "InvalidRequestException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *InvalidRequestException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *InvalidRequestException) HTTPStatus() int { return 400 }

// InvalidTestCaseException, status 400. The content of the test case has faults. Amazon Connect sends no Message.
type InvalidTestCaseException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
	Problems          []ProblemDetail
}

func (e *InvalidTestCaseException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *InvalidTestCaseException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *InvalidTestCaseException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "InvalidTestCaseException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *InvalidTestCaseException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *InvalidTestCaseException) HTTPStatus() int { return 400 }

// LimitExceededException, status 429. A quota of the instance is used up.
type LimitExceededException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *LimitExceededException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *LimitExceededException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *LimitExceededException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "LimitExceededException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *LimitExceededException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *LimitExceededException) HTTPStatus() int { return 429 }

// MaximumResultReturnedException, status 400. The search matched more than can be returned.
type MaximumResultReturnedException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *MaximumResultReturnedException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *MaximumResultReturnedException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *MaximumResultReturnedException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "MaximumResultReturnedException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *MaximumResultReturnedException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *MaximumResultReturnedException) HTTPStatus() int { return 400 }

// OutboundContactNotPermittedException, status 403. The contact may not be made.
type OutboundContactNotPermittedException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *OutboundContactNotPermittedException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *OutboundContactNotPermittedException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *OutboundContactNotPermittedException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "OutboundContactNotPermittedException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *OutboundContactNotPermittedException) ErrorFault() smithy.ErrorFault {
	return smithy.FaultClient
}

// HTTPStatus returns the status that goes with the code.
func (e *OutboundContactNotPermittedException) HTTPStatus() int { return 403 }

// OutputTypeNotFoundException, status 404. The wanted kind of output does not exist for the contact.
type OutputTypeNotFoundException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *OutputTypeNotFoundException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *OutputTypeNotFoundException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *OutputTypeNotFoundException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "OutputTypeNotFoundException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *OutputTypeNotFoundException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *OutputTypeNotFoundException) HTTPStatus() int { return 404 }

// PropertyValidationException, status 400. Properties of the resource were refused.
type PropertyValidationException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
	PropertyList      []PropertyValidationExceptionProperty
}

func (e *PropertyValidationException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *PropertyValidationException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *PropertyValidationException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "PropertyValidationException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *PropertyValidationException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *PropertyValidationException) HTTPStatus() int { return 400 }

// ResourceConflictException, status 409. The resource is being changed by another request.
type ResourceConflictException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *ResourceConflictException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *ResourceConflictException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *ResourceConflictException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "ResourceConflictException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *ResourceConflictException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *ResourceConflictException) HTTPStatus() int { return 409 }

// ResourceInUseException, status 409. The resource is used by another one.
type ResourceInUseException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
	ResourceType      ResourceType
	ResourceId        *string
}

func (e *ResourceInUseException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *ResourceInUseException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *ResourceInUseException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "ResourceInUseException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *ResourceInUseException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *ResourceInUseException) HTTPStatus() int { return 409 }

// ResourceNotFoundException, status 404. A resource named in the request does not exist.
type ResourceNotFoundException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
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

// ResourceNotReadyException, status 409. The resource can not be used yet.
type ResourceNotReadyException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *ResourceNotReadyException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *ResourceNotReadyException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *ResourceNotReadyException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "ResourceNotReadyException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *ResourceNotReadyException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *ResourceNotReadyException) HTTPStatus() int { return 409 }

// ServiceQuotaExceededException, status 402. A quota of the service is used up.
type ServiceQuotaExceededException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
	// Reason is there for attached files only.
	Reason ServiceQuotaExceededExceptionReason
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

// ThrottlingException, status 429. Requests of this operation come too fast.
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

// TooManyRequestsException, status 429. Requests come too fast.
type TooManyRequestsException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *TooManyRequestsException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *TooManyRequestsException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *TooManyRequestsException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "TooManyRequestsException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *TooManyRequestsException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *TooManyRequestsException) HTTPStatus() int { return 429 }

// UserNotFoundException, status 404. The user is unknown.
type UserNotFoundException struct {
	Message           *string
	ErrorCodeOverride *string `wire:"-"`
}

func (e *UserNotFoundException) Error() string { return describe(e) }

// ErrorMessage returns the message, empty when there is none.
func (e *UserNotFoundException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the name on the wire, of a nil exception too.
func (e *UserNotFoundException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "UserNotFoundException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault says which side is to blame.
func (e *UserNotFoundException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// HTTPStatus returns the status that goes with the code.
func (e *UserNotFoundException) HTTPStatus() int { return 404 }

// describe is the text of an exception as an error: its code and its message.
func describe(e smithy.APIError) string { return e.ErrorCode() + ": " + e.ErrorMessage() }

func text(message *string) string {
	if message == nil {
		return ""
	}
	return *message
}
