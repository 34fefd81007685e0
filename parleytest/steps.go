package parleytest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Step is something that a flow made by [Steps] does.
type Step []action

type action struct {
	kind       string
	parameters map[string]any
	results    []string // conditions that all lead on
	errors     []string
	noNext     bool
}

// Steps is the content of a flow that does one thing after the other and then disconnects. An error goes on with the next step. For anything
// that branches, draw a flow and give [Flow] its JSON.
func Steps(steps ...Step) string {
	type transition struct {
		NextAction string
		ErrorType  string         `json:",omitempty"`
		Condition  map[string]any `json:",omitempty"`
	}
	type block struct {
		Identifier, Type        string
		Parameters, Transitions map[string]any
	}
	name := func(i int) string { return strconv.Itoa(i + 1) }
	all := slices.Concat(steps...)
	var blocks []block
	for i, s := range all {
		next, transitions := name(i+1), map[string]any{}
		if !s.noNext {
			transitions["NextAction"] = next
		}
		var conditions, errors []transition
		for _, r := range s.results {
			conditions = append(conditions, transition{NextAction: next, Condition: map[string]any{"Operator": "Equals", "Operands": []string{r}}})
		}
		for _, e := range s.errors {
			errors = append(errors, transition{NextAction: next, ErrorType: e})
		}
		if conditions != nil {
			transitions["Conditions"] = conditions
		}
		if errors != nil {
			transitions["Errors"] = errors
		}
		blocks = append(blocks, block{name(i), s.kind, s.parameters, transitions})
	}
	blocks = append(blocks, block{name(len(all)), "DisconnectParticipant", map[string]any{}, map[string]any{}})
	b, err := json.MarshalIndent(map[string]any{"Version": "2019-10-30", "StartAction": name(0), "Actions": blocks}, "", "  ")
	if err != nil {
		panic(err) // texts and maps of texts alone
	}
	return string(b)
}

const noMatchingError = "NoMatchingError"

// Say says something as the system.
func Say(text string) Step {
	return Step{{kind: "MessageParticipant", parameters: map[string]any{"Text": text}, errors: []string{noMatchingError}}}
}

// Wait lets time pass, in whole seconds.
func Wait(d time.Duration) Step {
	return Step{{
		kind: "Wait", parameters: map[string]any{"TimeLimitSeconds": seconds(d)}, results: []string{"WaitCompleted"}, errors: []string{noMatchingError},
	}}
}

// Hear waits until the customer says something, or for so long.
func Hear(d time.Duration) Step {
	s := Wait(d)
	s[0].parameters["Events"], s[0].results = []string{"CustomerReturned"}, append(s[0].results, "CustomerReturned")
	return s
}

// Set sets attributes of the chat.
func Set(attributes map[string]string) Step {
	return Step{{
		kind: "UpdateContactAttributes", parameters: map[string]any{"Attributes": attributes, "TargetContact": "Current"},
		errors: []string{noMatchingError},
	}}
}

// Invoke calls a function with parameters, as InvokeLambdaFunction does; later steps see what it returns as $.External.
func Invoke(function string, parameters map[string]string) Step {
	p := map[string]any{"LambdaFunctionARN": function, "InvocationTimeLimitSeconds": "8"}
	if len(parameters) > 0 {
		p["LambdaInvocationAttributes"] = parameters
	}
	return Step{{kind: "InvokeLambdaFunction", parameters: p, errors: []string{noMatchingError}}}
}

// Talk has a bot of Amazon Lex talk to the customer, who is asked text first, until it has found an intent and is done with it.
func Talk(bot, text string, intents ...string) Step {
	if len(intents) == 0 {
		intents = []string{"FallbackIntent"}
	}
	return Step{{
		kind: "ConnectParticipantWithLexBot",
		parameters: map[string]any{
			"Text": text, "LexV2Bot": map[string]any{"AliasArn": fmt.Sprintf("arn:aws:lex:us-east-1:000000000000:bot-alias/%s/LIVE", bot)},
		},
		results: intents, errors: []string{noMatchingError, "NoMatchingCondition"},
	}}
}

// Queue puts the contact into a queue, which is there by that name. It waits there until an agent joins, for as long as the chat lives.
func Queue(name string) Step {
	arn := "arn:aws:connect:us-east-1:000000000000:instance/00000000-0000-4000-8000-000000000001/queue/" + name
	return Step{
		{kind: "UpdateContactTargetQueue", parameters: map[string]any{"QueueId": arn}, errors: []string{noMatchingError}},
		{kind: "TransferContactToQueue", parameters: map[string]any{}, errors: []string{"QueueAtCapacity", noMatchingError}, noNext: true},
	}
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
