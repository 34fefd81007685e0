package flow

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
)

// Limits of a call, in seconds, and of what it brings back. Source: flow sheet, 11.4.
const (
	usualCall = 8 // and the most of a call that is waited for
	asyncCall = 60

	// maxAnswer is the most bytes of what a function returns.
	maxAnswer = 32 << 10
)

// invoke suspends the run until a function has answered, or has been asked.
func invoke(_ *run, a *action, in args) outcome {
	function, _ := in.text("LambdaFunctionARN")
	if function == "" {
		return fails("no function")
	}
	e := Invoke{Function: function, Async: in.is("InvocationType", "ASYNCHRONOUS")}
	seconds, most := usualCall, usualCall
	if e.Async {
		most = asyncCall
	}
	if _, written := a.params["InvocationTimeLimitSeconds"]; written {
		limit, _ := in.text("InvocationTimeLimitSeconds")
		var err error
		if seconds, err = strconv.Atoi(limit); err != nil || seconds < 1 || seconds > most {
			return fails("time limit " + strconv.Quote(limit))
		}
	}
	e.Limit = time.Duration(seconds) * time.Second
	e.Parameters = map[string]any{}
	if attributes, written := in["LambdaInvocationAttributes"]; written {
		var ok bool
		if e.Parameters, ok = objectOf(attributes); !ok {
			return fails("LambdaInvocationAttributes is no object")
		}
	}
	return outcome{effect: e}
}

// invoked has references find what a function returned. One that fails, or returns what it may not, leaves what the last one did.
func invoked(r *run, in Input) (outcome, bool) {
	switch {
	case in.Kind == TimedOut:
		return fails("the function took too long"), true
	case in.Kind != Answered:
		return outcome{}, false
	case in.Event != "":
		r.state.keep("LambdaInvocation", []byte(compact(map[string]string{"InvocationId": in.Event})))
		return outcome{}, true
	}
	written, _ := r.value(r.flow.actions[r.state.Action].params["ResponseValidation"], object)
	validation, _ := written.(map[string]any)
	answer, err := readAnswer(in.Data, args(validation).is("ResponseType", "JSON"))
	if err != nil {
		return fails(err.Error()), true
	}
	r.state.keep("External", answer)
	return outcome{}, true
}

// readAnswer reads what a function returned: any object, or a flat map of texts. Null is an answer without members.
func readAnswer(data json.RawMessage, nested bool) (json.RawMessage, error) {
	if len(data) > maxAnswer {
		return nil, errors.New("the answer has more than 32 KB")
	}
	var v any
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		return nil, errors.New("the answer is no JSON")
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("the answer is more than one JSON value")
	}
	if v == nil {
		v = map[string]any{}
	}
	answer, ok := storable(v).(map[string]any)
	if !ok {
		return nil, errors.New("the answer is no JSON object")
	}
	for k, v := range answer {
		if nested {
			break
		}
		switch v.(type) {
		case string, json.Number, bool: // Amazon's documentation wants texts alone; its customers report that these pass
			answer[k] = textOf(v)
		default:
			return nil, errors.New("the answer is no flat map of texts")
		}
	}
	return []byte(compact(answer)), nil
}

// storable takes out of a JSON value what PostgreSQL does not store: U+0000 in texts.
func storable(v any) any {
	clean := func(s string) string { return strings.ReplaceAll(s, "\x00", "\ufffd") }
	switch v := v.(type) {
	case string:
		return clean(v)
	case []any:
		for i := range v {
			v[i] = storable(v[i])
		}
	case map[string]any:
		cleaned := make(map[string]any, len(v))
		for k, member := range v {
			cleaned[clean(k)] = storable(member)
		}
		return cleaned
	}
	return v
}
