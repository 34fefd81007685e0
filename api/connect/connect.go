// Package connect defines the operations of the Amazon Connect Service for both ends: what a website's server or an
// administrator sends, and what the server answers. Names and Go types are those of the official Go SDK
// (service/connect v1.175.2), limits those of the public model. Requests are signed with Signature Version 4.
//
// An empty list or map means the same as an absent one. Where an id is taken, the ARN is taken too.
package connect

import (
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

const serviceID = "Connect"

// Service is the Amazon Connect Service, API version 2017-08-08.
var Service = &wire.Service{
	ID:          serviceID,
	SigningName: "connect",
	Host:        "connect",
	InvalidShape: func(message string) error {
		return &types.InvalidRequestException{Message: &message}
	},
	InvalidValue: func(message string) error {
		return &types.InvalidParameterException{Message: &message}
	},
	Internal: func() error {
		return &types.InternalServiceException{Message: new("Internal service error")}
	},
	Known: known,
	Unions: []any{
		(*types.ContactMetricValueMemberNumber)(nil),
		(*types.InvalidRequestExceptionReasonMemberAttachedFileInvalidRequestExceptionReason)(nil),
		(*types.NextContactMetadataMemberQuickConnectContactData)(nil),
		(*types.ParticipantTimerValueMemberParticipantTimerAction)(nil),
		(*types.ParticipantTimerValueMemberParticipantTimerDurationInMinutes)(nil),
		(*types.RealTimeContactAnalysisTimeDataMemberAbsoluteTime)(nil),
		(*types.RealtimeContactAnalysisSegmentMemberAttachments)(nil),
		(*types.RealtimeContactAnalysisSegmentMemberCategories)(nil),
		(*types.RealtimeContactAnalysisSegmentMemberEvent)(nil),
		(*types.RealtimeContactAnalysisSegmentMemberIssues)(nil),
		(*types.RealtimeContactAnalysisSegmentMemberPostContactSummary)(nil),
		(*types.RealtimeContactAnalysisSegmentMemberTranscript)(nil),
		(*types.ReferenceSummaryMemberAttachment)(nil),
		(*types.ReferenceSummaryMemberDate)(nil),
		(*types.ReferenceSummaryMemberEmail)(nil),
		(*types.ReferenceSummaryMemberEmailMessage)(nil),
		(*types.ReferenceSummaryMemberEmailMessagePlainText)(nil),
		(*types.ReferenceSummaryMemberEmailMessagePlainTextRedacted)(nil),
		(*types.ReferenceSummaryMemberEmailMessageRedacted)(nil),
		(*types.ReferenceSummaryMemberNumber)(nil),
		(*types.ReferenceSummaryMemberString)(nil),
		(*types.ReferenceSummaryMemberUrl)(nil),
		(*types.ServiceQuotaExceededExceptionReasonMemberAttachedFileServiceQuotaExceededExceptionReason)(nil),
		(*types.UpdateParticipantRoleConfigChannelInfoMemberChat)(nil),
	},
}

// errorsOf are the exceptions every operation may answer with, and more.
func errorsOf(more ...wire.Exception) []wire.Exception {
	return append(more, &types.InternalServiceException{}, &types.InvalidRequestException{})
}

// defaultErrors are the exceptions most operations may answer with, and more.
func defaultErrors(more ...wire.Exception) []wire.Exception {
	return append(errorsOf(more...), &types.InvalidParameterException{}, &types.ResourceNotFoundException{},
		&types.ThrottlingException{})
}
