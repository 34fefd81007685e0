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

// Effects that ask for a fact, which is Answered at once, or Failed.
type (
	// CheckHours asks whether it is open: Event is True or False. Without an id it is asked of the target queue.
	CheckHours struct{ HoursID string }

	// ReadMetric asks for one number of a queue, or of an agent's own: Event is it as text. Without either it is asked of the queue that the
	// contact is in, or else of its target queue.
	ReadMetric struct{ Metric, QueueID, AgentID string }

	// ReadMetrics asks for all of them, in a channel or in all: Data is what $.Metrics leads to.
	ReadMetrics struct{ QueueID, AgentID, Channel string }
)

// Further effects with an answer: Done, or Failed.
type (
	// MoveToQueue takes the contact out of the queue that it waits in and puts it into another, named as in SetTargetQueue.
	MoveToQueue struct{ QueueID, AgentID string }

	// SetProcessing has messages pass a function before they are told, or no longer.
	SetProcessing struct {
		Enabled            bool
		FunctionARN        string
		DeliverUnprocessed bool // when the function fails
	}
)

// Effects that ask for what can only succeed.
type (
	// SetAnalytics keeps how the contact is to be analysed.
	SetAnalytics struct {
		Enabled  bool
		Language string   // such as en-US
		Modes    []string // of the analysis of chats
		Redacts  bool

		// Policy says which results are kept when it redacts, MaskMode what stands in place of Entities; empty: not said.
		Policy, MaskMode string
		Entities         []string
	}

	// StartClock has time run while the flow goes on. When For is over the run is at its end as far as it goes: go on with ClockOver.
	StartClock struct{ For, AtLeast time.Duration }
)

// AwaitClock suspends the run, which has done what it had to, until AtLeast of the clock is over. It is answered by TimedOut, at once if that
// is past; the clock is over then.
type AwaitClock struct{}

// EnterModule runs a module, named by id or ARN. Go on with what State.Enter gives, and Begin, in the flow that the module's content is;
// where that is not possible, with Failed.
type EnterModule struct {
	ModuleID string
	Input    map[string]any
}

// Invoke calls a function outside and suspends the run. It is answered by Answered, by TimedOut, or by Failed.
type Invoke struct {
	Function   string         // name or ARN
	Parameters map[string]any // of the event
	Limit      time.Duration
	Async      bool // Event of the answer is the id of the request; otherwise Data is what the function returned
}

// ConnectBot has a bot talk to the customer and suspends the run. It is answered by Answered, with the name of the intent in Event and what
// $.Lex leads to in Data, by TimedOut, or by Failed.
type ConnectBot struct {
	AliasARN           string // of a bot of Lex V2, or what names another bot
	Name, Alias, Where string // of a bot of classic Lex, and its Region

	Prompt     string // what the customer is told first; empty: the bot is told Initial instead
	Initial    string
	Attributes map[string]string // of the session
	Timeout    time.Duration     // how long the customer may be silent; 0: no limit
}

// StartOutbound begins a chat with somebody on another channel and suspends the run. It is answered by Done, or by Failed.
type StartOutbound struct {
	Source, Destination string // addresses of the business and of the customer
	FlowID, Subtype     string
	Message             string // what the customer is told first
	Related             bool   // the chat goes back to the contact
}

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

	// Return ends a module: State.Leave says how its caller goes on. Reason says why it failed.
	Return struct {
		Result string
		Data   any // ResultData; nil for none
		Failed bool
		Reason string
	}

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
func (CheckHours) effect()         {}
func (ReadMetric) effect()         {}
func (ReadMetrics) effect()        {}
func (MoveToQueue) effect()        {}
func (SetProcessing) effect()      {}
func (EnterModule) effect()        {}
func (Invoke) effect()             {}
func (ConnectBot) effect()         {}
func (StartOutbound) effect()      {}
func (SetAnalytics) effect()       {}
func (StartClock) effect()         {}
func (AwaitClock) effect()         {}
func (Return) effect()             {}
func (Wait) effect()               {}
func (SignIn) effect()             {}
func (ShowView) effect()           {}
func (Disconnect) effect()         {}
func (End) effect()                {}

// Asks reports whether the flow needs an answer to e at once: apply e, then call Step again with the answer.
func Asks(e Effect) bool {
	switch e.(type) {
	case SetAttributes, SetTargetQueue, EnterQueue, EnterFlow, SetHook, SetContactData, ContinueChat, Tag, Untag,
		SetRouting, SetRoutingCriteria, SetLogging, CheckHours, ReadMetric, ReadMetrics, MoveToQueue, SetProcessing, EnterModule,
		SetAnalytics, StartClock:
		return true
	}
	return false
}

// LogEntry is what a line of the flow log says about one block; whoever writes the line adds contact, flow and time.
// Source: flow sheet, 16: blocks carry their older names.
type LogEntry struct {
	Block      string         `json:"ContactFlowModuleType"`
	Identifier string         `json:"Identifier,omitempty"` // of the action
	Parameters map[string]any `json:"Parameters,omitempty"` // with references resolved
	Results    string         `json:"Results,omitempty"`

	// Branch is the way that the action led: NextAction, a condition ("Equals gold") or the type of an error; and Next the action there.
	// Both are empty in the line of a block that begins.
	Branch string `json:"Branch,omitempty"`
	Next   string `json:"Next,omitempty"`

	// Notable tells of a line that is worth keeping even while logging is off: the block did nothing because Parley does not support it, or
	// the run was ended before it because nothing had waited for too long.
	Notable bool `json:"-"`
}
