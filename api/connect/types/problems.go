package types

// ProblemDetail is one fault found in the content of a flow, a flow module or a test case.
type ProblemDetail struct {
	Message *string `wire:"name=message"`
}

// PropertyValidationExceptionProperty is one refused property.
type PropertyValidationExceptionProperty struct {
	Message      *string                           `wire:"required"`
	PropertyPath *string                           `wire:"required"`
	Reason       PropertyValidationExceptionReason `wire:"required"`
}

// InvalidRequestExceptionReason is a union; its member is
// [InvalidRequestExceptionReasonMemberAttachedFileInvalidRequestExceptionReason].
type InvalidRequestExceptionReason interface {
	isInvalidRequestExceptionReason()
}

// InvalidRequestExceptionReasonMemberAttachedFileInvalidRequestExceptionReason says why a file was refused.
type InvalidRequestExceptionReasonMemberAttachedFileInvalidRequestExceptionReason struct {
	Value AttachedFileInvalidRequestExceptionReason
}

func (*InvalidRequestExceptionReasonMemberAttachedFileInvalidRequestExceptionReason) isInvalidRequestExceptionReason() {
}

// ServiceQuotaExceededExceptionReason is a union; its member is
// [ServiceQuotaExceededExceptionReasonMemberAttachedFileServiceQuotaExceededExceptionReason].
type ServiceQuotaExceededExceptionReason interface {
	isServiceQuotaExceededExceptionReason()
}

// ServiceQuotaExceededExceptionReasonMemberAttachedFileServiceQuotaExceededExceptionReason says which quota of
// attached files is used up.
type ServiceQuotaExceededExceptionReasonMemberAttachedFileServiceQuotaExceededExceptionReason struct {
	Value AttachedFileServiceQuotaExceededExceptionReason
}

func (*ServiceQuotaExceededExceptionReasonMemberAttachedFileServiceQuotaExceededExceptionReason) isServiceQuotaExceededExceptionReason() {
}
