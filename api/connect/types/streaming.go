package types

// ChatStreamingConfiguration says where the messages of a chat are sent.
type ChatStreamingConfiguration struct {
	// StreamingEndpointArn is the ARN of the topic, or another address the server knows how to send to.
	StreamingEndpointArn *string `wire:"required,len=1..350"`
}

// ContactMediaProcessingFailureMode says what becomes of a message that could not be processed. Without it the
// message is delivered.
type ContactMediaProcessingFailureMode string

// Values of ContactMediaProcessingFailureMode.
const (
	ContactMediaProcessingFailureModeDeliverUnprocessedMessage      ContactMediaProcessingFailureMode = "DELIVER_UNPROCESSED_MESSAGE"
	ContactMediaProcessingFailureModeDoNotDeliverUnprocessedMessage ContactMediaProcessingFailureMode = "DO_NOT_DELIVER_UNPROCESSED_MESSAGE"
)

// Values returns all known values.
func (ContactMediaProcessingFailureMode) Values() []ContactMediaProcessingFailureMode {
	return []ContactMediaProcessingFailureMode{
		ContactMediaProcessingFailureModeDeliverUnprocessedMessage,
		ContactMediaProcessingFailureModeDoNotDeliverUnprocessedMessage,
	}
}
