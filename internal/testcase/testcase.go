// Package testcase reads, checks and runs test cases in the testing language of Amazon Connect: what the customer should see the contact
// centre do (observations), and what is to be done then (actions). It runs them against a server whose time it moves.
package testcase

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Case is the content of a test case.
type Case struct {
	Version      string
	Observations []Observation
}

// Observation is something that should be seen, and what is done then.
type Observation struct {
	Identifier string
	Event      Event
	Usage      struct {
		Type  string // EXACTLY or ANY; default EXACTLY
		Times int    // default 1
	}
	Actions     []Action
	Transitions struct{ NextObservations []string }
}

// Event is what should be seen.
type Event struct {
	Identifier, Type, Actor string
	Properties              struct {
		PromptID         string `json:"PromptId"`
		Text             string
		SSML             string
		Media            json.RawMessage
		MatchingCriteria Criteria

		ActionType       string
		ActionParameters parameters
	}
	MatchingCriteria Criteria
}

// parameters name the resource of a flow action.
type parameters struct {
	LambdaFunctionARN  string
	HoursOfOperationID string `json:"HoursOfOperationId"`
	QueueID            string `json:"QueueId"`
	LexV2Bot           struct{ AliasArn string }
}

// resource is the one that is named; empty for any.
func (p parameters) resource() string {
	return cmp.Or(p.LambdaFunctionARN, p.HoursOfOperationID, p.QueueID, p.LexV2Bot.AliasArn)
}

// Criteria is how a message is compared: Similarity or Inclusion. It is written as a text or as an object with a Type.
type Criteria string

// UnmarshalJSON implements json.Unmarshaler.
func (c *Criteria) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		*c = Criteria(text)
		return nil
	}
	var object struct{ Type string }
	err := json.Unmarshal(b, &object)
	*c = Criteria(object.Type)
	return err
}

// Action is something that is done.
type Action struct {
	Identifier, Type string
	Parameters       struct {
		Actor       string
		Instruction struct {
			Type       string
			Properties struct {
				Value      any
				Text, SSML string
			}
		}
		Behavior struct {
			Type       string
			Properties struct {
				ActionType       string
				ActionParameters parameters
				Strategy         Strategy
			}
		}
		Namespace, Operator string
		Operand             any
		Command             struct {
			Type       string
			Properties struct{ Expressions map[string]string }
		}
	}
	Transitions struct{ NextAction string }
}

// Strategy is what happens in place of a flow action.
type Strategy struct {
	Type          string // SubstituteResource or MockResponse
	SubstituteArn string
	Response      struct {
		Type            string // ExecutionResult or Error
		ExecutionResult struct{ LoadedData, Value string }
		Error           struct{ Value string }
	}
}

// Invalid is the error of a content that can not be run: all that is wrong with it.
type Invalid struct{ Problems []string }

func (e *Invalid) Error() string { return strings.Join(e.Problems, "\n") }

// Types of events, actions and the like.
const (
	testInitiated     = "TestInitiated"
	testCompleted     = "TestCompleted"
	messageReceived   = "MessageReceived"
	flowActionStarted = "FlowActionStarted"

	sendInstruction = "SendInstruction"
	override        = "OverrideSystemBehavior"
	assert          = "Assert"
	testControl     = "TestControl"

	similarity = "Similarity"
	inclusion  = "Inclusion"

	invokeLambda  = "InvokeLambdaFunction"
	checkHours    = "CheckHoursOfOperation"
	connectBot    = "ConnectParticipantWithLexBot"
	transferQueue = "TransferContactToQueue"
	dequeue       = "DequeueAndTransferToQueue"

	substitute = "SubstituteResource"
	mockAnswer = "MockResponse"
)

var (
	flowActions = []string{invokeLambda, checkHours, connectBot, transferQueue, dequeue}
	operators   = []string{
		"Equals", "TextStartsWith", "TextEndsWith", "TextContains", "NumberGreaterThan", "NumberGreaterOrEqualTo", "NumberLessThan",
		"NumberLessOrEqualTo", "Exists",
	}
	versions = []string{"2019-10-30", "2025-06-21"}

	// mocked are the errors and results that stand in for a flow action.
	mockedErrors = map[string][]string{
		invokeLambda: {"TimeLimitExceeded", "NoMatchingError"}, connectBot: {"TimeLimitExceeded", "NoMatchingError"},
		checkHours: {"NoMatchingError"}, transferQueue: {"QueueAtCapacity", "NoMatchingError"}, dequeue: {"QueueAtCapacity", "NoMatchingError"},
	}
)

// Parse reads and checks a content. The error is an *Invalid.
func Parse(content []byte) (*Case, error) {
	c := &Case{}
	if err := json.Unmarshal(content, c); err != nil {
		where := ""
		if at, ok := errors.AsType[*json.SyntaxError](err); ok {
			where = fmt.Sprintf("line %d: ", 1+bytes.Count(content[:min(int(at.Offset), len(content))], []byte("\n")))
		}
		return nil, &Invalid{[]string{"The content is no JSON of a test case: " + where + err.Error()}}
	}
	k := checker{known: map[string]bool{}}
	if !slices.Contains(versions, c.Version) {
		k.add("Version is %q, not one of %s", c.Version, strings.Join(versions, ", "))
	}
	if len(c.Observations) == 0 {
		k.add("There are no Observations")
	}
	for i := range c.Observations {
		id := c.Observations[i].Identifier
		if id == "" || k.known[id] {
			k.add("Observations[%d]: Identifier %q is empty or there already", i, id)
		}
		k.known[id] = true
	}
	for i := range c.Observations {
		k.observation(&c.Observations[i])
	}
	if len(k.problems) > 0 {
		return nil, &Invalid{k.problems}
	}
	return c, nil
}

type checker struct {
	known    map[string]bool // observations
	problems []string
}

func (k *checker) add(format string, a ...any) {
	k.problems = append(k.problems, fmt.Sprintf(format, a...))
}

func (k *checker) observation(o *Observation) {
	at := "Observation " + o.Identifier + ": "
	switch o.Usage.Type {
	case "", "EXACTLY", "ANY":
	default:
		k.add("%sUsage.Type %q is neither EXACTLY nor ANY", at, o.Usage.Type)
	}
	if o.Usage.Times < 0 {
		k.add("%sUsage.Times is negative", at)
	}
	k.event(at, &o.Event)
	actions := map[string]bool{}
	for i := range o.Actions {
		id := o.Actions[i].Identifier
		if id == "" || actions[id] {
			k.add("%sActions[%d]: Identifier %q is empty or there already", at, i, id)
		}
		actions[id] = true
	}
	for i := range o.Actions {
		a := &o.Actions[i]
		if next := a.Transitions.NextAction; next != "" && !actions[next] {
			k.add("%sAction %s: there is no action %q to go on with", at, a.Identifier, next)
		}
		k.action(at+"Action "+a.Identifier+": ", a)
	}
	for _, next := range o.Transitions.NextObservations {
		if !k.known[next] {
			k.add("%sthere is no observation %q to go on with", at, next)
		}
	}
}

func (k *checker) event(at string, e *Event) {
	if e.Actor != "System" && e.Actor != "Agent" {
		k.add("%sEvent.Actor %q is neither System nor Agent", at, e.Actor)
	}
	p := e.Properties
	switch e.Type {
	case testInitiated, testCompleted:
	case messageReceived:
		given := 0
		for _, s := range []string{p.PromptID, p.Text, p.SSML, string(p.Media)} {
			if s != "" {
				given++
			}
		}
		if given != 1 {
			k.add("%sa message has one of PromptId, Text, SSML and Media", at)
		}
		if c := e.criteria(); c != similarity && c != inclusion {
			k.add("%sMatchingCriteria %q is neither Similarity nor Inclusion", at, c)
		}
	case flowActionStarted:
		if !slices.Contains(flowActions, p.ActionType) {
			k.add("%sActionType %q is none of %s", at, p.ActionType, strings.Join(flowActions, ", "))
		}
	default:
		k.add("%sthere is no event %q", at, e.Type)
	}
}

func (e *Event) criteria() Criteria {
	return cmp.Or(e.Properties.MatchingCriteria, e.MatchingCriteria, similarity)
}

func (k *checker) action(at string, a *Action) {
	p := &a.Parameters
	switch a.Type {
	case sendInstruction:
		in := p.Instruction
		if p.Actor != "Customer" {
			k.add("%sActor is %q, not Customer", at, p.Actor)
		}
		switch in.Type {
		case "DtmfInput":
			if in.Properties.Value == nil {
				k.add("%sDtmfInput has no Value", at)
			}
		case "TextUtterance":
			if (in.Properties.Text == "") == (in.Properties.SSML == "") {
				k.add("%sTextUtterance has one of Text and SSML", at)
			}
		case "Disconnect":
		default:
			k.add("%sthere is no instruction %q", at, in.Type)
		}
	case override:
		k.override(at, p.Behavior.Type, p.Behavior.Properties.ActionType, &p.Behavior.Properties.Strategy)
		if p.Behavior.Properties.ActionParameters.resource() == "" {
			k.add("%sActionParameters names no resource", at)
		}
	case assert, "Assertion":
		if !strings.HasPrefix(p.Namespace, "$.") {
			k.add("%sNamespace %q is no path such as $.Attributes.tier", at, p.Namespace)
		}
		if !slices.Contains(operators, p.Operator) {
			k.add("%sOperator %q is none of %s", at, p.Operator, strings.Join(operators, ", "))
		} else if p.Operand == nil && p.Operator != "Exists" {
			k.add("%sthere is no Operand", at)
		}
	case testControl:
		if p.Command.Type != "EndTest" && p.Command.Type != "LogData" {
			k.add("%sCommand.Type %q is neither EndTest nor LogData", at, p.Command.Type)
		}
	default:
		k.add("%sthere is no action %q", at, a.Type)
	}
}

func (k *checker) override(at, behavior, actionType string, s *Strategy) {
	if behavior != "FlowAction" {
		k.add("%sBehavior.Type is %q, not FlowAction", at, behavior)
	}
	if !slices.Contains(flowActions, actionType) {
		k.add("%sActionType %q is none of %s", at, actionType, strings.Join(flowActions, ", "))
		return
	}
	switch s.Type {
	case substitute:
		if s.SubstituteArn == "" {
			k.add("%sthere is no SubstituteArn", at)
		}
	case mockAnswer:
		switch r := s.Response; r.Type {
		case "Error":
			if !slices.Contains(mockedErrors[actionType], r.Error.Value) {
				k.add("%sError.Value %q is none of %s", at, r.Error.Value, strings.Join(mockedErrors[actionType], ", "))
			}
		case "ExecutionResult":
			switch actionType {
			case invokeLambda, connectBot:
				if !json.Valid([]byte(r.ExecutionResult.LoadedData)) {
					k.add("%sLoadedData is no JSON", at)
				}
			case checkHours:
				if v := r.ExecutionResult.Value; v != "InHours" && v != "OutOfHours" {
					k.add("%sExecutionResult.Value %q is neither InHours nor OutOfHours", at, v)
				}
			default:
				k.add("%s%s has no ExecutionResult", at, actionType)
			}
		default:
			k.add("%sResponse.Type %q is neither ExecutionResult nor Error", at, r.Type)
		}
	default:
		k.add("%sStrategy.Type %q is neither SubstituteResource nor MockResponse", at, s.Type)
	}
}

// File is a test case as it lies in a file: its content alone, or what CreateTestCase takes or DescribeTestCase answers, in which the content
// may also stand as an object.
type File struct {
	Name       string
	Channel    string // CHAT, VOICE_CALL, or empty
	FlowID     string // where the chat starts: id, ARN or name; empty if it does not say
	Attributes map[string]string
	Content    []byte
}

// ReadFile reads a file, and does not check its content.
func ReadFile(data []byte) (*File, error) {
	type form struct {
		Name       string
		EntryPoint *struct {
			Type                     string
			ChatEntryPointParameters struct {
				FlowID string `json:"FlowId"`
			}
			VoiceCallEntryPointParameters struct {
				FlowID string `json:"FlowId"`
			}
		}
		InitializationData json.RawMessage
		Content            json.RawMessage
	}
	var doc struct {
		form
		TestCase *form
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	about := doc.form
	if doc.TestCase != nil {
		about = *doc.TestCase
	}
	f := &File{Name: about.Name, Content: unquoted(about.Content)}
	if about.Content == nil {
		f.Content = data
	}
	if e := about.EntryPoint; e != nil {
		f.Channel, f.FlowID = e.Type, cmp.Or(e.ChatEntryPointParameters.FlowID, e.VoiceCallEntryPointParameters.FlowID)
	}
	var err error
	f.Attributes, err = Attributes(string(unquoted(about.InitializationData)))
	return f, err
}

// unquoted is what a JSON text holds, or JSON itself.
func unquoted(raw json.RawMessage) []byte {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return []byte(text)
	}
	return raw
}

// Attributes are those that a chat starts with, from the JSON of an InitializationData: an object of them, or one that has them as
// Attributes.
func Attributes(text string) (map[string]string, error) {
	if text == "" {
		return nil, nil
	}
	var doc map[string]any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return nil, fmt.Errorf("InitializationData is no JSON object: %w", err)
	}
	if inner, ok := doc["Attributes"].(map[string]any); ok {
		doc = inner
	}
	attributes := map[string]string{}
	for k, v := range doc {
		switch v := v.(type) {
		case string:
			attributes[k] = v
		case float64, bool:
			attributes[k] = fmt.Sprint(v)
		default:
			return nil, fmt.Errorf("InitializationData: %s is neither a text nor a number", k)
		}
	}
	return attributes, nil
}
