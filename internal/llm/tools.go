package llm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/openparley/parley/internal/bot"
)

// The two things that a model can do beside speaking.
const (
	setAttributes = "set_attributes"
	finish        = "finish"
)

// maxValue is how many characters an attribute or a slot has.
const maxValue = 1024

type object map[string]any

// tools are what the model is offered.
func (s *Settings) tools() (all []object) {
	function := func(name, description string, parameters object) {
		all = append(all, object{"type": "function", "function": object{"name": name, "description": description, "parameters": parameters}})
	}
	if len(s.Attributes) > 0 {
		function(setAttributes, "Notes what the customer has said, as soon as it is known. Leave out what is not known.", texts(s.Attributes))
	}
	if len(s.Intents) == 0 {
		return all
	}
	names := slices.Sorted(maps.Keys(s.Intents))
	var when []string
	slots := map[string]string{}
	for _, name := range names {
		when = append(when, name+": "+s.Intents[name].When)
		for slot, what := range s.Intents[name].Slots {
			slots[slot] = joined(slots[slot], "for "+name+": "+what)
		}
	}
	properties := object{"intent": object{"type": "string", "enum": names, "description": strings.Join(when, "\n")}}
	if len(slots) > 0 {
		properties["slots"] = texts(slots)
	}
	function(finish, "Ends your part of the conversation, once it is clear what the customer wants.",
		object{"type": "object", "properties": properties, "required": []string{"intent"}, "additionalProperties": false})
	return all
}

// texts is the schema of an object that may have these members.
func texts(members map[string]string) object {
	properties := object{}
	for name, description := range members {
		properties[name] = object{"type": "string", "description": description}
	}
	return object{"type": "object", "properties": properties, "additionalProperties": false}
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

// do does what the model asks for, and returns what it is told of each call. The conversation is at its end only when all calls were
// right: the model may have meant what went wrong to be done before.
func (s *Settings) do(calls []toolCall, answer *bot.Answer) (results []message, done bool) {
	var intent string
	var slots map[string]string
	wrong := false
	for _, c := range calls {
		var err error
		switch {
		case c.Function.Name == setAttributes && len(s.Attributes) > 0:
			err = s.set(c.Function.Arguments, answer.Attributes)
		case c.Function.Name == finish && len(s.Intents) > 0 && intent != "":
			err = errors.New("this is called once")
		case c.Function.Name == finish && len(s.Intents) > 0:
			intent, slots, err = s.finished(c.Function.Arguments)
		default:
			err = errors.New("there is no such tool")
		}
		result := message{Role: "tool", Content: "done", ToolCallID: c.ID}
		if err != nil {
			wrong, result.Content = true, "error: "+err.Error()
		}
		results = append(results, result)
	}
	if intent == "" {
		return results, false
	}
	if wrong {
		for i, c := range calls {
			if c.Function.Name == finish && results[i].Content == "done" {
				results[i].Content = "error: another call was wrong; call this again when it is done"
			}
		}
		return results, false
	}
	answer.Intent, answer.IntentState, answer.DialogAction, answer.Slots = intent, "Fulfilled", "Close", slots
	return results, true
}

func (s *Settings) set(arguments string, into map[string]string) error {
	var given map[string]any
	if err := decode(arguments, &given); err != nil {
		return err
	}
	values, err := values(given, s.Attributes)
	maps.Copy(into, values)
	return err
}

func (s *Settings) finished(arguments string) (intent string, slots map[string]string, err error) {
	var in struct {
		Intent string         `json:"intent"`
		Slots  map[string]any `json:"slots"`
	}
	if err := decode(arguments, &in); err != nil {
		return "", nil, err
	}
	of, ok := s.Intents[in.Intent]
	if !ok {
		return "", nil, fmt.Errorf("intent is one of %s", oneOf(s.Intents))
	}
	if slots, err = values(in.Slots, of.Slots); err != nil {
		return "", nil, err
	}
	return in.Intent, slots, nil
}

func decode(arguments string, into any) error {
	if strings.TrimSpace(arguments) == "" { // of a call without any
		return nil
	}
	d := json.NewDecoder(bytes.NewReader([]byte(arguments)))
	d.DisallowUnknownFields()
	d.UseNumber()
	if d.Decode(into) != nil {
		return errors.New("the arguments are not as the tool has them")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("the arguments are not one object")
	}
	return nil
}

// values are the members of an object as texts; null is left out.
func values(given map[string]any, known map[string]string) (map[string]string, error) {
	out := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, ok := known[name]; !ok {
			return nil, fmt.Errorf("there is no %q; there is %s", name, oneOf(known))
		}
		var text string
		switch v := given[name].(type) {
		case nil:
			continue
		case string:
			text = v
		case json.Number, bool:
			text = fmt.Sprint(v)
		default:
			return nil, fmt.Errorf("%s is a text", name)
		}
		if utf8.RuneCountInString(text) > maxValue {
			return nil, fmt.Errorf("%s has at most %d characters", name, maxValue)
		}
		out[name] = text
	}
	return out, nil
}

func oneOf[V any](of map[string]V) string {
	if len(of) == 0 {
		return "none"
	}
	return strings.Join(slices.Sorted(maps.Keys(of)), ", ")
}
