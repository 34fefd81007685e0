package types

// ArtifactStatus is how far the check of an attachment has come.
type ArtifactStatus string

// Values of ArtifactStatus.
const (
	ArtifactStatusApproved   ArtifactStatus = "APPROVED"
	ArtifactStatusRejected   ArtifactStatus = "REJECTED"
	ArtifactStatusInProgress ArtifactStatus = "IN_PROGRESS"
)

// Values returns all known values.
func (ArtifactStatus) Values() []ArtifactStatus {
	return []ArtifactStatus{
		ArtifactStatusApproved,
		ArtifactStatusRejected,
		ArtifactStatusInProgress,
	}
}

// RealTimeContactAnalysisOutputType says whether personal data are left in or taken out.
type RealTimeContactAnalysisOutputType string

// Values of RealTimeContactAnalysisOutputType.
const (
	RealTimeContactAnalysisOutputTypeRaw      RealTimeContactAnalysisOutputType = "Raw"
	RealTimeContactAnalysisOutputTypeRedacted RealTimeContactAnalysisOutputType = "Redacted"
)

// Values returns all known values.
func (RealTimeContactAnalysisOutputType) Values() []RealTimeContactAnalysisOutputType {
	return []RealTimeContactAnalysisOutputType{
		RealTimeContactAnalysisOutputTypeRaw,
		RealTimeContactAnalysisOutputTypeRedacted,
	}
}

// RealTimeContactAnalysisPostContactSummaryFailureCode is why there is no summary.
type RealTimeContactAnalysisPostContactSummaryFailureCode string

// Values of RealTimeContactAnalysisPostContactSummaryFailureCode.
const (
	RealTimeContactAnalysisPostContactSummaryFailureCodeQuotaExceeded                   RealTimeContactAnalysisPostContactSummaryFailureCode = "QUOTA_EXCEEDED"
	RealTimeContactAnalysisPostContactSummaryFailureCodeInsufficientConversationContent RealTimeContactAnalysisPostContactSummaryFailureCode = "INSUFFICIENT_CONVERSATION_CONTENT"
	RealTimeContactAnalysisPostContactSummaryFailureCodeFailedSafetyGuidelines          RealTimeContactAnalysisPostContactSummaryFailureCode = "FAILED_SAFETY_GUIDELINES"
	RealTimeContactAnalysisPostContactSummaryFailureCodeInvalidAnalysisConfiguration    RealTimeContactAnalysisPostContactSummaryFailureCode = "INVALID_ANALYSIS_CONFIGURATION"
	RealTimeContactAnalysisPostContactSummaryFailureCodeInternalError                   RealTimeContactAnalysisPostContactSummaryFailureCode = "INTERNAL_ERROR"
)

// Values returns all known values.
func (RealTimeContactAnalysisPostContactSummaryFailureCode) Values() []RealTimeContactAnalysisPostContactSummaryFailureCode {
	return []RealTimeContactAnalysisPostContactSummaryFailureCode{
		RealTimeContactAnalysisPostContactSummaryFailureCodeQuotaExceeded,
		RealTimeContactAnalysisPostContactSummaryFailureCodeInsufficientConversationContent,
		RealTimeContactAnalysisPostContactSummaryFailureCodeFailedSafetyGuidelines,
		RealTimeContactAnalysisPostContactSummaryFailureCodeInvalidAnalysisConfiguration,
		RealTimeContactAnalysisPostContactSummaryFailureCodeInternalError,
	}
}

// RealTimeContactAnalysisPostContactSummaryStatus is how a summary came out.
type RealTimeContactAnalysisPostContactSummaryStatus string

// Values of RealTimeContactAnalysisPostContactSummaryStatus.
const (
	RealTimeContactAnalysisPostContactSummaryStatusFailed    RealTimeContactAnalysisPostContactSummaryStatus = "FAILED"
	RealTimeContactAnalysisPostContactSummaryStatusCompleted RealTimeContactAnalysisPostContactSummaryStatus = "COMPLETED"
)

// Values returns all known values.
func (RealTimeContactAnalysisPostContactSummaryStatus) Values() []RealTimeContactAnalysisPostContactSummaryStatus {
	return []RealTimeContactAnalysisPostContactSummaryStatus{
		RealTimeContactAnalysisPostContactSummaryStatusFailed,
		RealTimeContactAnalysisPostContactSummaryStatusCompleted,
	}
}

// RealTimeContactAnalysisSegmentType is the kind of a segment.
type RealTimeContactAnalysisSegmentType string

// Values of RealTimeContactAnalysisSegmentType.
const (
	RealTimeContactAnalysisSegmentTypeTranscript         RealTimeContactAnalysisSegmentType = "Transcript"
	RealTimeContactAnalysisSegmentTypeCategories         RealTimeContactAnalysisSegmentType = "Categories"
	RealTimeContactAnalysisSegmentTypeIssues             RealTimeContactAnalysisSegmentType = "Issues"
	RealTimeContactAnalysisSegmentTypeEvent              RealTimeContactAnalysisSegmentType = "Event"
	RealTimeContactAnalysisSegmentTypeAttachments        RealTimeContactAnalysisSegmentType = "Attachments"
	RealTimeContactAnalysisSegmentTypePostContactSummary RealTimeContactAnalysisSegmentType = "PostContactSummary"
)

// Values returns all known values.
func (RealTimeContactAnalysisSegmentType) Values() []RealTimeContactAnalysisSegmentType {
	return []RealTimeContactAnalysisSegmentType{
		RealTimeContactAnalysisSegmentTypeTranscript,
		RealTimeContactAnalysisSegmentTypeCategories,
		RealTimeContactAnalysisSegmentTypeIssues,
		RealTimeContactAnalysisSegmentTypeEvent,
		RealTimeContactAnalysisSegmentTypeAttachments,
		RealTimeContactAnalysisSegmentTypePostContactSummary,
	}
}

// RealTimeContactAnalysisSentimentLabel is the mood of a message.
type RealTimeContactAnalysisSentimentLabel string

// Values of RealTimeContactAnalysisSentimentLabel.
const (
	RealTimeContactAnalysisSentimentLabelPositive RealTimeContactAnalysisSentimentLabel = "POSITIVE"
	RealTimeContactAnalysisSentimentLabelNegative RealTimeContactAnalysisSentimentLabel = "NEGATIVE"
	RealTimeContactAnalysisSentimentLabelNeutral  RealTimeContactAnalysisSentimentLabel = "NEUTRAL"
)

// Values returns all known values.
func (RealTimeContactAnalysisSentimentLabel) Values() []RealTimeContactAnalysisSentimentLabel {
	return []RealTimeContactAnalysisSentimentLabel{
		RealTimeContactAnalysisSentimentLabelPositive,
		RealTimeContactAnalysisSentimentLabelNegative,
		RealTimeContactAnalysisSentimentLabelNeutral,
	}
}

// RealTimeContactAnalysisStatus is how far an analysis has come.
type RealTimeContactAnalysisStatus string

// Values of RealTimeContactAnalysisStatus.
const (
	RealTimeContactAnalysisStatusInProgress RealTimeContactAnalysisStatus = "IN_PROGRESS"
	RealTimeContactAnalysisStatusFailed     RealTimeContactAnalysisStatus = "FAILED"
	RealTimeContactAnalysisStatusCompleted  RealTimeContactAnalysisStatus = "COMPLETED"
)

// Values returns all known values.
func (RealTimeContactAnalysisStatus) Values() []RealTimeContactAnalysisStatus {
	return []RealTimeContactAnalysisStatus{
		RealTimeContactAnalysisStatusInProgress,
		RealTimeContactAnalysisStatusFailed,
		RealTimeContactAnalysisStatusCompleted,
	}
}

// RealTimeContactAnalysisSupportedChannel is a channel that is analysed.
type RealTimeContactAnalysisSupportedChannel string

// Values of RealTimeContactAnalysisSupportedChannel.
const (
	RealTimeContactAnalysisSupportedChannelVoice RealTimeContactAnalysisSupportedChannel = "VOICE"
	RealTimeContactAnalysisSupportedChannelChat  RealTimeContactAnalysisSupportedChannel = "CHAT"
)

// Values returns all known values.
func (RealTimeContactAnalysisSupportedChannel) Values() []RealTimeContactAnalysisSupportedChannel {
	return []RealTimeContactAnalysisSupportedChannel{
		RealTimeContactAnalysisSupportedChannelVoice,
		RealTimeContactAnalysisSupportedChannelChat,
	}
}
