package flow

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// showView suspends the run until the customer has answered. Source: flow sheet, 11.20.
func showView(_ *run, _ *action, in args) outcome {
	resource, _ := in["ViewResource"].(map[string]any)
	id := textOf(resource["Id"])
	if resource["Id"] == nil || id == "" {
		return fails("no view")
	}
	if version, given := resource["Version"]; given && !qualified(id) && !strings.EqualFold(textOf(version), "Latest") {
		id += ":" + textOf(version)
	}
	limit, _ := in.text("InvocationTimeLimitSeconds")
	seconds, err := strconv.Atoi(limit)
	if err != nil || seconds < 1 || seconds > maxSeconds {
		return fails("time limit " + strconv.Quote(limit))
	}
	data, ok := objectOf(in["ViewData"])
	if !ok {
		return fails("ViewData is no object")
	}
	sensitive, _ := in["SensitiveDataConfiguration"].(map[string]any)
	hidden, _ := sensitive["HideResponseOn"].([]any)
	return outcome{effect: ShowView{
		ViewID: id, Data: data, For: time.Duration(seconds) * time.Second,
		Hide: slices.ContainsFunc(hidden, func(v any) bool { return textOf(v) == "TRANSCRIPT" }),
	}}
}

// qualified reports whether an id or ARN ends in a version.
func qualified(id string) bool {
	return strings.Contains(id[strings.LastIndexByte(id, '/')+1:], ":")
}

// objectOf is an object, or the one that a text is as JSON: attributes hold texts only.
func objectOf(v any) (map[string]any, bool) {
	if text, ok := v.(string); ok {
		v = nil
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		if dec.Decode(&v) != nil {
			return nil, false
		}
	}
	object, ok := v.(map[string]any)
	return object, ok
}

// viewed has references find what a view was answered with. Source: flow sheet, 6.2.
func viewed(r *run, in Input) (outcome, bool) {
	if in.Kind == TimedOut {
		return outcome{failed: timeLimit, detail: "the customer did not answer the view"}, true
	}
	if in.Kind != Answered {
		return outcome{}, false
	}
	answer := map[string]any{"Action": in.Event}
	if len(in.Data) > 0 {
		answer["ViewResultData"] = in.Data
	}
	r.state.keep("Views", []byte(compact(answer)))
	return outcome{result: in.Event}, true
}
