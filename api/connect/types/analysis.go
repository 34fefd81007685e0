package types

import "time"

// RealtimeContactAnalysisSegment is a union: one piece of what was said, or found in it.
type RealtimeContactAnalysisSegment interface {
	isRealtimeContactAnalysisSegment()
}

// RealtimeContactAnalysisSegmentMemberAttachments is what a participant attached.
type RealtimeContactAnalysisSegmentMemberAttachments struct {
	Value RealTimeContactAnalysisSegmentAttachments
}

func (*RealtimeContactAnalysisSegmentMemberAttachments) isRealtimeContactAnalysisSegment() {}

// RealtimeContactAnalysisSegmentMemberCategories is a set of rules that matched.
type RealtimeContactAnalysisSegmentMemberCategories struct {
	Value RealTimeContactAnalysisSegmentCategories
}

func (*RealtimeContactAnalysisSegmentMemberCategories) isRealtimeContactAnalysisSegment() {}

// RealtimeContactAnalysisSegmentMemberEvent is an event of the chat.
type RealtimeContactAnalysisSegmentMemberEvent struct {
	Value RealTimeContactAnalysisSegmentEvent
}

func (*RealtimeContactAnalysisSegmentMemberEvent) isRealtimeContactAnalysisSegment() {}

// RealtimeContactAnalysisSegmentMemberIssues is a set of issues found.
type RealtimeContactAnalysisSegmentMemberIssues struct {
	Value RealTimeContactAnalysisSegmentIssues
}

func (*RealtimeContactAnalysisSegmentMemberIssues) isRealtimeContactAnalysisSegment() {}

// RealtimeContactAnalysisSegmentMemberPostContactSummary is a summary of the contact.
type RealtimeContactAnalysisSegmentMemberPostContactSummary struct {
	Value RealTimeContactAnalysisSegmentPostContactSummary
}

func (*RealtimeContactAnalysisSegmentMemberPostContactSummary) isRealtimeContactAnalysisSegment() {}

// RealtimeContactAnalysisSegmentMemberTranscript is a message.
type RealtimeContactAnalysisSegmentMemberTranscript struct {
	Value RealTimeContactAnalysisSegmentTranscript
}

func (*RealtimeContactAnalysisSegmentMemberTranscript) isRealtimeContactAnalysisSegment() {}

// RealTimeContactAnalysisSegmentTranscript is a message of a participant.
type RealTimeContactAnalysisSegmentTranscript struct {
	Content         *string
	Id              *string
	ParticipantId   *string
	ParticipantRole ParticipantRole
	Time            RealTimeContactAnalysisTimeData
	ContentType     *string
	DisplayName     *string
	Redaction       *RealTimeContactAnalysisTranscriptItemRedaction
	Sentiment       RealTimeContactAnalysisSentimentLabel
}

// RealTimeContactAnalysisTranscriptItemRedaction says which parts of a message were taken out.
type RealTimeContactAnalysisTranscriptItemRedaction struct {
	CharacterOffsets []RealTimeContactAnalysisCharacterInterval
}

// RealTimeContactAnalysisCharacterInterval is a part of a text, in characters from its beginning.
type RealTimeContactAnalysisCharacterInterval struct {
	BeginOffsetChar int32 `wire:"required"`
	// EndOffsetChar is the first character behind the part.
	EndOffsetChar int32 `wire:"required"`
}

// RealTimeContactAnalysisSegmentEvent is an event of a chat, such as a participant who joins.
type RealTimeContactAnalysisSegmentEvent struct {
	// EventType is the content type of the event.
	EventType   *string
	Id          *string
	Time        RealTimeContactAnalysisTimeData
	DisplayName *string
	// ParticipantId is absent when nobody caused the event.
	ParticipantId   *string
	ParticipantRole ParticipantRole
}

// RealTimeContactAnalysisSegmentAttachments are the files a participant attached at once.
type RealTimeContactAnalysisSegmentAttachments struct {
	Attachments     []RealTimeContactAnalysisAttachment
	Id              *string
	ParticipantId   *string
	ParticipantRole ParticipantRole
	Time            RealTimeContactAnalysisTimeData
	DisplayName     *string
}

// RealTimeContactAnalysisAttachment is a file.
type RealTimeContactAnalysisAttachment struct {
	AttachmentId   *string
	AttachmentName *string
	ContentType    *string
	Status         ArtifactStatus
}

// RealTimeContactAnalysisTimeData is a union; its member is [RealTimeContactAnalysisTimeDataMemberAbsoluteTime].
type RealTimeContactAnalysisTimeData interface {
	isRealTimeContactAnalysisTimeData()
}

// RealTimeContactAnalysisTimeDataMemberAbsoluteTime is an instant.
type RealTimeContactAnalysisTimeDataMemberAbsoluteTime struct {
	Value time.Time `wire:"iso8601"`
}

func (*RealTimeContactAnalysisTimeDataMemberAbsoluteTime) isRealTimeContactAnalysisTimeData() {}

// RealTimeContactAnalysisSegmentCategories are the rules that matched, by their names.
type RealTimeContactAnalysisSegmentCategories struct {
	MatchedDetails map[string]RealTimeContactAnalysisCategoryDetails
}

// RealTimeContactAnalysisCategoryDetails says where a rule matched.
type RealTimeContactAnalysisCategoryDetails struct {
	PointsOfInterest []RealTimeContactAnalysisPointOfInterest
}

// RealTimeContactAnalysisPointOfInterest is one place where a rule matched.
type RealTimeContactAnalysisPointOfInterest struct {
	TranscriptItems []RealTimeContactAnalysisTranscriptItemWithCharacterOffsets
}

// RealTimeContactAnalysisTranscriptItemWithCharacterOffsets is a part of a message.
type RealTimeContactAnalysisTranscriptItemWithCharacterOffsets struct {
	Id               *string
	CharacterOffsets *RealTimeContactAnalysisCharacterInterval
}

// RealTimeContactAnalysisSegmentIssues are issues found in a contact.
type RealTimeContactAnalysisSegmentIssues struct {
	IssuesDetected []RealTimeContactAnalysisIssueDetected
}

// RealTimeContactAnalysisIssueDetected is one issue: the messages that tell of it.
type RealTimeContactAnalysisIssueDetected struct {
	TranscriptItems []RealTimeContactAnalysisTranscriptItemWithContent
}

// RealTimeContactAnalysisTranscriptItemWithContent is a part of a message, with its text.
type RealTimeContactAnalysisTranscriptItemWithContent struct {
	Id               *string
	CharacterOffsets *RealTimeContactAnalysisCharacterInterval
	Content          *string
}

// RealTimeContactAnalysisSegmentPostContactSummary is a summary of an ended contact.
type RealTimeContactAnalysisSegmentPostContactSummary struct {
	Status      RealTimeContactAnalysisPostContactSummaryStatus
	Content     *string
	FailureCode RealTimeContactAnalysisPostContactSummaryFailureCode
}
