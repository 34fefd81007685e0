package flow

import "time"

// Effect is something a flow wants. The types are those of this file.
type Effect interface{ effect() }

// Effects without an answer.
type (
	// Say tells the participants something, as plain text of the system.
	Say struct{ Text string }

	// Log is a line for the flow log of the contact.
	Log struct{ Entry LogEntry }
)

// Effects with an answer: Done, or Failed with an error type.
type (
	// SetAttributes merges user attributes into those of the chat, or of the related contact, all or none.
	SetAttributes struct {
		Related    bool
		Attributes map[string]string
	}

	// SetTargetQueue chooses where TransferContactToQueue leads: one of the two is set, an id or an ARN; an agent may also be given
	// by user name.
	SetTargetQueue struct{ QueueID, AgentID string }

	// EnterQueue puts the contact into its target queue. Success ends the run.
	EnterQueue struct{}

	// EnterFlow goes on in another flow, named by id or ARN. Success ends the run.
	EnterFlow struct{ FlowID string }

	// SetHook names the flow, by id or ARN, that runs at an event of the contact's life, or switches the one of a whisper off.
	SetHook struct {
		Hook, FlowID string
		Disable      bool
	}

	// SetContactData changes the members that are not nil.
	SetContactData struct {
		Name, Description, CustomerID, LanguageCode *string
		Related                                     bool
	}

	// ContinueChat shows the transcript of an earlier chat of the customer in this one.
	ContinueChat struct{ RehydrationType, SourceContactID string }

	// Tag lays tags over those of the contact, all or none.
	Tag struct{ Tags map[string]string }

	// Untag takes tags off the contact.
	Untag struct{ Keys []string }

	// SetRouting changes the place of the contact in its queue; one of the two is set.
	SetRouting struct {
		QueuePriority              *int64
		QueueTimeAdjustmentSeconds *int32
	}

	// SetRoutingCriteria says which agents the contact may go to, as JSON has it; numbers may be texts.
	SetRoutingCriteria struct{ Criteria map[string]any }

	// SetLogging switches the flow log of the contact on or off.
	SetLogging struct{ Enabled bool }
)

// Wait suspends the run. It is answered by TimedOut, by Happened with one of Events, or by Failed.
type Wait struct {
	For    time.Duration // whole seconds, 1 s to 7 days
	Events []string
}

// SignIn asks the customer to sign in and suspends the run. It is answered by Done, by TimedOut, by Happened with OptedOut, or by Failed.
type SignIn struct {
	UserPool, AppClient string // ARN of the user pool, and the client id there
	For                 time.Duration
}

// ShowView shows a view to the customer and suspends the run. It is answered by Answered, by TimedOut, or by Failed.
type ShowView struct {
	ViewID string // name, id or ARN, with its qualifier if it has one
	Data   map[string]any
	For    time.Duration

	Hide bool // the answer is not to be read in the transcript
}

// Effects that end the run.
type (
	// Disconnect ends the contact.
	Disconnect struct{}

	// End ends the flow. Reason is empty after EndFlowExecution; otherwise it says which action could not go on and why.
	End struct{ Reason string }
)

func (Say) effect()                {}
func (Log) effect()                {}
func (SetAttributes) effect()      {}
func (SetTargetQueue) effect()     {}
func (EnterQueue) effect()         {}
func (EnterFlow) effect()          {}
func (SetHook) effect()            {}
func (SetContactData) effect()     {}
func (ContinueChat) effect()       {}
func (Tag) effect()                {}
func (Untag) effect()              {}
func (SetRouting) effect()         {}
func (SetRoutingCriteria) effect() {}
func (SetLogging) effect()         {}
func (Wait) effect()               {}
func (SignIn) effect()             {}
func (ShowView) effect()           {}
func (Disconnect) effect()         {}
func (End) effect()                {}

// Asks reports whether the flow needs an answer to e at once: apply e, then call Step again with Done or Failed.
func Asks(e Effect) bool {
	switch e.(type) {
	case SetAttributes, SetTargetQueue, EnterQueue, EnterFlow, SetHook, SetContactData, ContinueChat, Tag, Untag,
		SetRouting, SetRoutingCriteria, SetLogging:
		return true
	}
	return false
}

// LogEntry is what a line of the flow log says about one block; whoever writes the line adds contact, flow and time.
// Source: flow sheet, 16: blocks carry their older names.
type LogEntry struct {
	Block      string         `json:"ContactFlowModuleType"`
	Parameters map[string]any `json:"Parameters,omitempty"` // with references resolved
	Results    string         `json:"Results,omitempty"`

	// Unsupported tells that the block did nothing because Parley does not support it. Such lines are worth keeping even while logging
	// is off.
	Unsupported bool `json:"-"`
}
