package types

// InstanceStorageConfig is where an instance keeps, or sends, one kind of data. One of the four configurations is
// there, that of the storage type.
type InstanceStorageConfig struct {
	StorageType StorageType `wire:"required"`
	// AssociationId is given by the service.
	AssociationId            *string `wire:"len=1..100"`
	KinesisFirehoseConfig    *KinesisFirehoseConfig
	KinesisStreamConfig      *KinesisStreamConfig
	KinesisVideoStreamConfig *KinesisVideoStreamConfig
	S3Config                 *S3Config
}

// S3Config is a place in a bucket.
type S3Config struct {
	BucketName       *string `wire:"required,len=1..128"`
	BucketPrefix     *string `wire:"required,len=1..128"`
	EncryptionConfig *EncryptionConfig
}

// KinesisStreamConfig is a data stream.
type KinesisStreamConfig struct {
	StreamArn *string `wire:"required"`
}

// KinesisFirehoseConfig is a delivery stream.
type KinesisFirehoseConfig struct {
	FirehoseArn *string `wire:"required"`
}

// KinesisVideoStreamConfig is a video stream.
type KinesisVideoStreamConfig struct {
	EncryptionConfig *EncryptionConfig `wire:"required"`
	Prefix           *string           `wire:"required,len=1..128"`
	// RetentionPeriodHours is 0 when nothing is kept.
	RetentionPeriodHours int32 `wire:"required,range=0..87600"`
}

// EncryptionConfig is the key that data are encrypted with where they are kept.
type EncryptionConfig struct {
	EncryptionType EncryptionType `wire:"required"`
	// KeyId is the ARN of the key.
	KeyId *string `wire:"required,len=1..128"`
}

// EncryptionType is the kind of encryption.
type EncryptionType string

// Values of EncryptionType.
const (
	EncryptionTypeKms EncryptionType = "KMS"
)

// Values returns all known values.
func (EncryptionType) Values() []EncryptionType {
	return []EncryptionType{
		EncryptionTypeKms,
	}
}

// InstanceStorageResourceType is the kind of data that is stored or sent.
type InstanceStorageResourceType string

// Values of InstanceStorageResourceType.
const (
	InstanceStorageResourceTypeChatTranscripts                      InstanceStorageResourceType = "CHAT_TRANSCRIPTS"
	InstanceStorageResourceTypeCallRecordings                       InstanceStorageResourceType = "CALL_RECORDINGS"
	InstanceStorageResourceTypeScheduledReports                     InstanceStorageResourceType = "SCHEDULED_REPORTS"
	InstanceStorageResourceTypeMediaStreams                         InstanceStorageResourceType = "MEDIA_STREAMS"
	InstanceStorageResourceTypeContactTraceRecords                  InstanceStorageResourceType = "CONTACT_TRACE_RECORDS"
	InstanceStorageResourceTypeAgentEvents                          InstanceStorageResourceType = "AGENT_EVENTS"
	InstanceStorageResourceTypeRealTimeContactAnalysisSegments      InstanceStorageResourceType = "REAL_TIME_CONTACT_ANALYSIS_SEGMENTS"
	InstanceStorageResourceTypeAttachments                          InstanceStorageResourceType = "ATTACHMENTS"
	InstanceStorageResourceTypeContactEvaluations                   InstanceStorageResourceType = "CONTACT_EVALUATIONS"
	InstanceStorageResourceTypeScreenRecordings                     InstanceStorageResourceType = "SCREEN_RECORDINGS"
	InstanceStorageResourceTypeRealTimeContactAnalysisChatSegments  InstanceStorageResourceType = "REAL_TIME_CONTACT_ANALYSIS_CHAT_SEGMENTS"
	InstanceStorageResourceTypeRealTimeContactAnalysisVoiceSegments InstanceStorageResourceType = "REAL_TIME_CONTACT_ANALYSIS_VOICE_SEGMENTS"
	InstanceStorageResourceTypeEmailMessages                        InstanceStorageResourceType = "EMAIL_MESSAGES"
)

// Values returns all known values.
func (InstanceStorageResourceType) Values() []InstanceStorageResourceType {
	return []InstanceStorageResourceType{
		InstanceStorageResourceTypeChatTranscripts,
		InstanceStorageResourceTypeCallRecordings,
		InstanceStorageResourceTypeScheduledReports,
		InstanceStorageResourceTypeMediaStreams,
		InstanceStorageResourceTypeContactTraceRecords,
		InstanceStorageResourceTypeAgentEvents,
		InstanceStorageResourceTypeRealTimeContactAnalysisSegments,
		InstanceStorageResourceTypeAttachments,
		InstanceStorageResourceTypeContactEvaluations,
		InstanceStorageResourceTypeScreenRecordings,
		InstanceStorageResourceTypeRealTimeContactAnalysisChatSegments,
		InstanceStorageResourceTypeRealTimeContactAnalysisVoiceSegments,
		InstanceStorageResourceTypeEmailMessages,
	}
}
