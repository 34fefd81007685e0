package types

import "time"

// TestCase is a test of a flow with one of its contents: the published one or the saved one.
type TestCase struct {
	Arn *string
	// Content is the test as JSON text, byte for byte as it was given.
	Content     *string
	Description *string
	// EntryPoint is where the contact starts.
	EntryPoint *TestCaseEntryPoint
	Id         *string
	// InitializationData is JSON text: the attributes that the contact starts with.
	InitializationData *string
	LastModifiedRegion *string
	LastModifiedTime   *time.Time
	Name               *string
	Status             TestCaseStatus
	Tags               map[string]string
	// TestCaseSha256 is the hash of Content, 64 hexadecimal digits.
	TestCaseSha256 *string
}

// TestCaseSummary is a test case in a list.
type TestCaseSummary struct {
	Arn                *string
	Id                 *string
	LastModifiedRegion *string
	LastModifiedTime   *time.Time
	Name               *string
	Status             TestCaseStatus
}

// TestCaseEntryPoint is where the contact of a test case starts.
type TestCaseEntryPoint struct {
	ChatEntryPointParameters      *ChatEntryPointParameters
	Type                          TestCaseEntryPointType
	VoiceCallEntryPointParameters *VoiceCallEntryPointParameters
}

// ChatEntryPointParameters say where a chat starts.
type ChatEntryPointParameters struct {
	FlowId *string `wire:"len=0..500"`
}

// VoiceCallEntryPointParameters say where a call starts.
type VoiceCallEntryPointParameters struct {
	DestinationPhoneNumber *string `wire:"form=phone"`
	FlowId                 *string `wire:"len=0..500"`
	SourcePhoneNumber      *string `wire:"form=phone"`
}

// TestCaseExecution is a run of a test case in a list.
type TestCaseExecution struct {
	EndTime                 *time.Time
	StartTime               *time.Time
	Tags                    map[string]string
	TestCaseExecutionId     *string
	TestCaseExecutionStatus TestCaseExecutionStatus
	TestCaseId              *string
}

// ObservationSummary counts the observations of a run.
type ObservationSummary struct {
	ObservationsFailed *int32
	ObservationsPassed *int32
	TotalObservations  *int32
}

// ExecutionRecord tells how one observation of a run went.
type ExecutionRecord struct {
	ObservationId *string
	// Record is JSON text.
	Record    *string
	Status    ExecutionRecordStatus
	Timestamp *time.Time
}

// TestCaseSearchCriteria are met by test cases.
type TestCaseSearchCriteria struct {
	AndConditions   []TestCaseSearchCriteria
	OrConditions    []TestCaseSearchCriteria
	StatusCondition TestCaseStatus
	StringCondition *StringCondition
}

// TestCaseSearchFilter narrows a search for test cases by tags.
type TestCaseSearchFilter struct {
	TagFilter *ControlPlaneTagFilter
}

// TestCaseStatus tells a published content of a test case from a saved one.
type TestCaseStatus string

// Values of TestCaseStatus.
const (
	TestCaseStatusPublished TestCaseStatus = "PUBLISHED"
	TestCaseStatusSaved     TestCaseStatus = "SAVED"
)

// Values returns all known values.
func (TestCaseStatus) Values() []TestCaseStatus {
	return []TestCaseStatus{
		TestCaseStatusPublished,
		TestCaseStatusSaved,
	}
}

// TestCaseEntryPointType is the channel of a test case.
type TestCaseEntryPointType string

// Values of TestCaseEntryPointType.
const (
	TestCaseEntryPointTypeVoiceCall TestCaseEntryPointType = "VOICE_CALL"
	TestCaseEntryPointTypeChat      TestCaseEntryPointType = "CHAT"
)

// Values returns all known values.
func (TestCaseEntryPointType) Values() []TestCaseEntryPointType {
	return []TestCaseEntryPointType{
		TestCaseEntryPointTypeVoiceCall,
		TestCaseEntryPointTypeChat,
	}
}

// TestCaseExecutionStatus is how far a run of a test case is, or how it ended.
type TestCaseExecutionStatus string

// Values of TestCaseExecutionStatus.
const (
	TestCaseExecutionStatusInitiated  TestCaseExecutionStatus = "INITIATED"
	TestCaseExecutionStatusPassed     TestCaseExecutionStatus = "PASSED"
	TestCaseExecutionStatusFailed     TestCaseExecutionStatus = "FAILED"
	TestCaseExecutionStatusInProgress TestCaseExecutionStatus = "IN_PROGRESS"
	TestCaseExecutionStatusStopped    TestCaseExecutionStatus = "STOPPED"
)

// Values returns all known values.
func (TestCaseExecutionStatus) Values() []TestCaseExecutionStatus {
	return []TestCaseExecutionStatus{
		TestCaseExecutionStatusInitiated,
		TestCaseExecutionStatusPassed,
		TestCaseExecutionStatusFailed,
		TestCaseExecutionStatusInProgress,
		TestCaseExecutionStatusStopped,
	}
}

// ExecutionRecordStatus is how an observation of a run went.
type ExecutionRecordStatus string

// Values of ExecutionRecordStatus.
const (
	ExecutionRecordStatusPassed     ExecutionRecordStatus = "PASSED"
	ExecutionRecordStatusFailed     ExecutionRecordStatus = "FAILED"
	ExecutionRecordStatusInProgress ExecutionRecordStatus = "IN_PROGRESS"
	ExecutionRecordStatusStopped    ExecutionRecordStatus = "STOPPED"
)

// Values returns all known values.
func (ExecutionRecordStatus) Values() []ExecutionRecordStatus {
	return []ExecutionRecordStatus{
		ExecutionRecordStatusPassed,
		ExecutionRecordStatusFailed,
		ExecutionRecordStatusInProgress,
		ExecutionRecordStatusStopped,
	}
}
