package types

// Reference is a piece of information attached to a contact for its agent.
type Reference struct {
	Type ReferenceType `wire:"required"`
	// Arn names the file of an ATTACHMENT.
	Arn          *string `wire:"len=20..256,form=arn"`
	Status       ReferenceStatus
	StatusReason *string `wire:"len=0..100"`
	Value        *string `wire:"len=0..4096"`
}

// ReferenceSummary is a union: one reference of a contact, by its type.
type ReferenceSummary interface {
	isReferenceSummary()
}

// ReferenceSummaryMemberAttachment is a file.
type ReferenceSummaryMemberAttachment struct {
	Value AttachmentReference
}

func (*ReferenceSummaryMemberAttachment) isReferenceSummary() {}

// ReferenceSummaryMemberDate is a date.
type ReferenceSummaryMemberDate struct {
	Value DateReference
}

func (*ReferenceSummaryMemberDate) isReferenceSummary() {}

// ReferenceSummaryMemberEmail is an email address.
type ReferenceSummaryMemberEmail struct {
	Value EmailReference
}

func (*ReferenceSummaryMemberEmail) isReferenceSummary() {}

// ReferenceSummaryMemberEmailMessage is an email.
type ReferenceSummaryMemberEmailMessage struct {
	Value EmailMessageReference
}

func (*ReferenceSummaryMemberEmailMessage) isReferenceSummary() {}

// ReferenceSummaryMemberEmailMessagePlainText is the text of an email.
type ReferenceSummaryMemberEmailMessagePlainText struct {
	Value EmailMessageReference
}

func (*ReferenceSummaryMemberEmailMessagePlainText) isReferenceSummary() {}

// ReferenceSummaryMemberEmailMessagePlainTextRedacted is the text of an email without its personal data.
type ReferenceSummaryMemberEmailMessagePlainTextRedacted struct {
	Value EmailMessageReference
}

func (*ReferenceSummaryMemberEmailMessagePlainTextRedacted) isReferenceSummary() {}

// ReferenceSummaryMemberEmailMessageRedacted is an email without its personal data.
type ReferenceSummaryMemberEmailMessageRedacted struct {
	Value EmailMessageReference
}

func (*ReferenceSummaryMemberEmailMessageRedacted) isReferenceSummary() {}

// ReferenceSummaryMemberNumber is a number.
type ReferenceSummaryMemberNumber struct {
	Value NumberReference
}

func (*ReferenceSummaryMemberNumber) isReferenceSummary() {}

// ReferenceSummaryMemberString is a text.
type ReferenceSummaryMemberString struct {
	Value StringReference
}

func (*ReferenceSummaryMemberString) isReferenceSummary() {}

// ReferenceSummaryMemberUrl is a link.
type ReferenceSummaryMemberUrl struct {
	Value UrlReference
}

func (*ReferenceSummaryMemberUrl) isReferenceSummary() {}

// UrlReference is a link.
type UrlReference struct {
	Name *string
	// Value is the URL.
	Value *string
}

// StringReference is a text.
type StringReference struct {
	Name  *string
	Value *string
}

// NumberReference is a number, written as text.
type NumberReference struct {
	Name  *string
	Value *string
}

// DateReference is a date, written as text.
type DateReference struct {
	Name  *string
	Value *string
}

// EmailReference is an email address.
type EmailReference struct {
	Name  *string
	Value *string
}

// AttachmentReference is a file of the contact.
type AttachmentReference struct {
	Arn    *string
	Name   *string
	Status ReferenceStatus
	// Value is the id of the attachment.
	Value *string
}

// EmailMessageReference is an email of the contact.
type EmailMessageReference struct {
	Arn  *string
	Name *string
}

// ReferenceType is the kind of a reference.
type ReferenceType string

// Values of ReferenceType.
const (
	ReferenceTypeUrl                           ReferenceType = "URL"
	ReferenceTypeAttachment                    ReferenceType = "ATTACHMENT"
	ReferenceTypeContactAnalysis               ReferenceType = "CONTACT_ANALYSIS"
	ReferenceTypeNumber                        ReferenceType = "NUMBER"
	ReferenceTypeString                        ReferenceType = "STRING"
	ReferenceTypeDate                          ReferenceType = "DATE"
	ReferenceTypeEmail                         ReferenceType = "EMAIL"
	ReferenceTypeEmailMessage                  ReferenceType = "EMAIL_MESSAGE"
	ReferenceTypeEmailMessagePlainText         ReferenceType = "EMAIL_MESSAGE_PLAIN_TEXT"
	ReferenceTypeEmailMessagePlainTextRedacted ReferenceType = "EMAIL_MESSAGE_PLAIN_TEXT_REDACTED"
	ReferenceTypeEmailMessageRedacted          ReferenceType = "EMAIL_MESSAGE_REDACTED"
)

// Values returns all known values.
func (ReferenceType) Values() []ReferenceType {
	return []ReferenceType{
		ReferenceTypeUrl,
		ReferenceTypeAttachment,
		ReferenceTypeContactAnalysis,
		ReferenceTypeNumber,
		ReferenceTypeString,
		ReferenceTypeDate,
		ReferenceTypeEmail,
		ReferenceTypeEmailMessage,
		ReferenceTypeEmailMessagePlainText,
		ReferenceTypeEmailMessagePlainTextRedacted,
		ReferenceTypeEmailMessageRedacted,
	}
}

// ReferenceStatus is how far the file behind a reference has come.
type ReferenceStatus string

// Values of ReferenceStatus.
const (
	ReferenceStatusAvailable  ReferenceStatus = "AVAILABLE"
	ReferenceStatusDeleted    ReferenceStatus = "DELETED"
	ReferenceStatusApproved   ReferenceStatus = "APPROVED"
	ReferenceStatusRejected   ReferenceStatus = "REJECTED"
	ReferenceStatusProcessing ReferenceStatus = "PROCESSING"
	ReferenceStatusFailed     ReferenceStatus = "FAILED"
)

// Values returns all known values.
func (ReferenceStatus) Values() []ReferenceStatus {
	return []ReferenceStatus{
		ReferenceStatusAvailable,
		ReferenceStatusDeleted,
		ReferenceStatusApproved,
		ReferenceStatusRejected,
		ReferenceStatusProcessing,
		ReferenceStatusFailed,
	}
}
