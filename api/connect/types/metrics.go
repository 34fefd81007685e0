package types

import "time"

// ChatMetrics count the messages of a chat.
type ChatMetrics struct {
	AgentMetrics       *ParticipantMetrics
	ChatContactMetrics *ChatContactMetrics
	CustomerMetrics    *ParticipantMetrics
}

// ChatContactMetrics are the figures of a chat as a whole.
type ChatContactMetrics struct {
	AgentFirstResponseTimeInMillis *int64
	AgentFirstResponseTimestamp    *time.Time
	// ConversationCloseTimeInMillis counts from the customer's last message to the end.
	ConversationCloseTimeInMillis *int64
	ConversationTurnCount         *int32
	MultiParty                    *bool
	TotalBotMessageLengthInChars  *int32
	TotalBotMessages              *int32
	TotalMessages                 *int32
}

// ParticipantMetrics are the figures of one participant of a chat.
type ParticipantMetrics struct {
	// ConversationAbandon is true when the other side had the last word.
	ConversationAbandon       *bool
	LastMessageTimestamp      *time.Time
	MaxResponseTimeInMillis   *int64
	MessageLengthInChars      *int32
	MessagesSent              *int32
	NumResponses              *int32
	ParticipantId             *string
	ParticipantType           ParticipantType
	TotalResponseTimeInMillis *int64
}

// QualityMetrics are the audio qualities of a call.
type QualityMetrics struct {
	Agent    *AgentQualityMetrics
	Customer *CustomerQualityMetrics
}

// AgentQualityMetrics is the audio quality at the agent.
type AgentQualityMetrics struct {
	Audio *AudioQualityMetricsInfo
}

// CustomerQualityMetrics is the audio quality at the customer.
type CustomerQualityMetrics struct {
	Audio *AudioQualityMetricsInfo
}

// AudioQualityMetricsInfo scores the audio of one side.
type AudioQualityMetricsInfo struct {
	PotentialQualityIssues []string
	QualityScore           float32
}
