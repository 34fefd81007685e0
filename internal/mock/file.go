// Package mock stands in for what a flow asks outside of the contact centre, functions and bots, with answers that a file says. It
// serves the HTTP contracts of AWS Lambda (Invoke) and of Amazon Lex V2 (RecognizeText), so that a server which is told it is AWS calls it
// as it would call them.
//
//	functions:
//	  lookup:                                # the name of the function
//	    - when: {action: cancel}             # what its parameters must hold; without it any call
//	      error: NotAllowed                  # it fails
//	    - returns: {tier: gold}
//	bots:
//	  orders:                                # the id of the bot, or its name
//	    - hears: hello                       # what the customer says, in any case; /…/ is a regular expression; without it anything
//	      says: Which order?
//	      intent: OrderStatus
//	    - in: OrderStatus                    # only while the bot is in this intent
//	      says: It is on its way.
//	      intent: OrderStatus
//	      state: Fulfilled
//	      slots: {order: "4711"}
//	hours: {Support hours: closed}           # by the name that a flow has for them; others are open
//	queues: {Support: full}                  # likewise; others take any number of contacts
//	percent: 42                              # what DistributeByPercentage draws first in each flow, from 0 to 99
//
// The first entry that fits answers. One with times is used so often and then passed over.
package mock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/openparley/parley/internal/offer"
)

// File is what a file says.
type File struct {
	Functions map[string]List[Reply] `yaml:"functions"`
	Bots      map[string]List[Turn]  `yaml:"bots"`
	Hours     map[string]string      `yaml:"hours"`  // "open" or "closed"
	Queues    map[string]string      `yaml:"queues"` // "open" or "full"
	Percent   *int                   `yaml:"percent"`
}

// List is written as a list, or as its only entry.
type List[T any] []T

// UnmarshalYAML implements yaml.InterfaceUnmarshaler.
func (l *List[T]) UnmarshalYAML(unmarshal func(any) error) error {
	var many []T
	if err := unmarshal(&many); err == nil {
		*l = many
		return nil
	}
	var one T
	if err := unmarshal(&one); err != nil {
		return err
	}
	*l = List[T]{one}
	return nil
}

// Reply is an answer of a function.
type Reply struct {
	When    map[string]string `yaml:"when"`    // parameters the call must have
	Times   int               `yaml:"times"`   // how often it is used; 0: always
	Returns any               `yaml:"returns"` // as JSON; nothing is null
	Error   string            `yaml:"error"`   // errorType of a function that fails; "throttled": it is not called at all
}

// Turn is an answer of a bot to one thing that the customer says.
type Turn struct {
	Hears string `yaml:"hears"`
	In    string `yaml:"in"`    // the intent that the session is in
	Times int    `yaml:"times"` // how often it is used; 0: always

	Says       List[string]      `yaml:"says"`
	Shows      any               `yaml:"shows"`  // an interactive message: templateType, version, data
	Intent     string            `yaml:"intent"` // default: that of the session, else FallbackIntent
	State      string            `yaml:"state"`  // Fulfilled, ReadyForFulfillment and Failed end the conversation; default InProgress
	Slots      map[string]string `yaml:"slots"`
	Attributes map[string]string `yaml:"attributes"` // of the session, over those it has
	Confidence float64           `yaml:"confidence"` // default 1
	Sentiment  string            `yaml:"sentiment"`
	Error      string            `yaml:"error"` // name of an exception of Lex

	hears *regexp.Regexp
}

var states = []string{"", "InProgress", "Fulfilled", "ReadyForFulfillment", "Failed", "Waiting", "FulfillmentInProgress"}

// Parse reads a file, YAML or JSON. What it does not know is an error.
func Parse(data []byte) (*File, error) {
	f := &File{}
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(f); err != nil {
		return nil, err
	}
	var wrong []error
	if p := f.Percent; p != nil && (*p < 0 || *p > 99) {
		wrong = append(wrong, fmt.Errorf("percent: %d is not from 0 to 99", *p))
	}
	for name, state := range f.Hours {
		if state != "open" && state != "closed" {
			wrong = append(wrong, fmt.Errorf("hours: %s: %q is neither open nor closed", name, state))
		}
	}
	for name, state := range f.Queues {
		if state != "open" && state != "full" {
			wrong = append(wrong, fmt.Errorf("queues: %s: %q is neither open nor full", name, state))
		}
	}
	for name, replies := range f.Functions {
		for i, r := range replies {
			if r.Error != "" && r.Returns != nil {
				wrong = append(wrong, fmt.Errorf("functions: %s: entry %d returns something and fails", name, i+1))
			}
		}
	}
	for name, turns := range f.Bots {
		for i := range turns {
			if err := turns[i].compile(); err != nil {
				wrong = append(wrong, fmt.Errorf("bots: %s: entry %d: %w", name, i+1, err))
			}
		}
	}
	return f, errors.Join(wrong...)
}

func (t *Turn) compile() (err error) {
	if !slices.Contains(states, t.State) {
		return fmt.Errorf("state %q is none of %s", t.State, strings.Join(states[1:], ", "))
	}
	if t.Shows != nil {
		content, err := json.Marshal(t.Shows)
		if err != nil {
			return fmt.Errorf("shows: %w", err)
		}
		m, err := offer.Read(string(content))
		if err == nil {
			err = m.Check()
		}
		if err != nil {
			return fmt.Errorf("shows: %w", err)
		}
	}
	if pattern, ok := strings.CutPrefix(t.Hears, "/"); ok && strings.HasSuffix(pattern, "/") {
		t.hears, err = regexp.Compile(strings.TrimSuffix(pattern, "/"))
	}
	return err
}

func (t *Turn) fits(intent, text string) bool {
	switch {
	case t.In != "" && t.In != intent:
		return false
	case t.hears != nil:
		return t.hears.MatchString(text)
	}
	return t.Hears == "" || strings.EqualFold(t.Hears, text)
}

func (r *Reply) fits(parameters map[string]any) bool {
	for k, want := range r.When {
		got, ok := parameters[k]
		if s, isText := got.(string); !ok || isText && s != want || !isText && fmt.Sprint(got) != want {
			return false
		}
	}
	return true
}
