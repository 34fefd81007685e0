package flow

import "encoding/json"

// State is where a run of a flow stands. It is saved as JSON between steps.
type State struct {
	// Action is the identifier of the action whose answer is awaited, empty before the start.
	Action string `json:"action,omitempty"`

	// Seed is the state of the generator that the run draws from. A run that follows may start with it.
	Seed uint64 `json:"seed"`

	// Steps counts the actions since the last wait. Who saves a run that an effect suspends which may as well be refused sets it to 0.
	Steps int `json:"steps,omitempty"`

	// FlowAttributes are the attributes that end with this flow.
	FlowAttributes map[string]string `json:"flowAttributes,omitempty"`

	// Loops counts the rounds of each Loop by its identifier.
	Loops map[string]int `json:"loops,omitempty"`

	// Results are the answers of the outside by name space ("External"), as JSON.
	Results map[string]json.RawMessage `json:"results,omitempty"`

	// Behind is the Wait whose clock runs while the flow goes on, empty if none does.
	Behind string `json:"behind,omitempty"`

	// Module is the module that runs, in the caller's words, and Caller where the flow or module stands that invoked it. In a flow both
	// are empty.
	Module string `json:"module,omitempty"`
	Caller *State `json:"caller,omitempty"`
}

// keep has references find the answer of the outside in a name space, in place of an earlier one.
func (st *State) keep(space string, answer json.RawMessage) {
	if st.Results == nil {
		st.Results = map[string]json.RawMessage{}
	}
	st.Results[space] = answer
}

// Start returns the state of a run that has not begun.
func Start(seed uint64) State { return State{Seed: seed} }

// InputKind says what happened to a run.
type InputKind byte

// Kinds of input.
const (
	Begin     InputKind = iota // the run starts
	Done                       // the effect was applied
	Failed                     // the effect could not be applied, or a wait was cut off: Error says why
	TimedOut                   // a wait is over
	Happened                   // Event happened during a wait
	Answered                   // the outside answered with Event, Data or both: see the effects
	ClockOver                  // the clock of a Wait ran out while the flow went on, whatever it waits for
)

// Input is what a run goes on with.
type Input struct {
	Kind  InputKind
	Error string          // Failed: the error type, NoMatchingError when empty
	Event string          // Happened, Answered
	Data  json.RawMessage // Answered: JSON; empty for none
}

// Facts are what a flow can refer to besides its own state. Empty texts count as missing.
type Facts struct {
	ContactID, InitialContactID, PreviousContactID, RelatedContactID string

	InstanceARN, Region, Channel, InitiationMethod string

	Name, Description, CustomerID, LanguageCode string

	InitialMessage string
	CustomerName   string // the customer's display name

	Attributes        map[string]string
	SegmentAttributes map[string]any // plain values, without the envelope of the API
	Tags              map[string]string

	// QueueName and QueueARN are those of the queue the contact is in, or else of its target queue.
	QueueName, QueueARN string

	// References are those of the contact: for each its Value and Type.
	References map[string]any

	// CustomerAddress and SystemAddress are where the customer and the business are on another channel; empty in a web chat.
	CustomerAddress, SystemAddress string

	// AgentUserName and what follows are of the agent who has come or whom the contact is handed to, in whispers and transfer flows.
	AgentUserName, AgentFirstName, AgentLastName, AgentARN string

	FlowType string // type of the flow that runs, as in the API
	Bot      bool   // a custom bot is in the chat

	Trace bool // log which way every action led, not only those with a result
}
