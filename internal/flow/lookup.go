package flow

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// lookup returns what a reference leads to: a text, a json.Number, a bool, a map[string]any or a []any. It reports false for what is
// missing, null or an empty fact. Source: flow sheet, 6.2.
func (r *run) lookup(ref reference) (any, bool) {
	space, path := ref[0], ref[1:]
	if space == "LambdaInvocation" && len(path) > 0 && path[0] == "ResultData" {
		space, path = "External", path[1:]
	}
	if raw, ok := r.state.Results[space]; ok {
		v, ok := r.results[space]
		if !ok {
			dec := json.NewDecoder(bytes.NewReader(raw))
			dec.UseNumber() // numbers keep their text
			if dec.Decode(&v) != nil {
				return nil, false
			}
			if r.results == nil {
				r.results = map[string]any{}
			}
			r.results[space] = v
		}
		return walk(v, path)
	}
	f := r.facts
	switch space {
	case "Attributes":
		return lookupText(f.Attributes, path)
	case "FlowAttributes":
		return lookupText(r.state.FlowAttributes, path)
	case "Tags":
		return lookupText(f.Tags, path)
	case "SegmentAttributes":
		if len(f.SegmentAttributes) == 0 {
			return nil, false
		}
		return walk(f.SegmentAttributes, path)
	case "Media":
		return member1(path, "InitialMessage", f.InitialMessage)
	case "CustomerEndpoint":
		return member1(path, "DisplayName", f.CustomerName)
	case "Queue":
		if v, ok := member1(path, "Name", f.QueueName); ok {
			return v, true
		}
		return member1(path, "ARN", f.QueueARN)
	}
	if len(path) > 0 {
		return nil, false
	}
	var v string
	switch space {
	case "Channel":
		v = f.Channel
	case "ContactId":
		v = f.ContactID
	case "InitialContactId":
		v = f.InitialContactID
	case "PreviousContactId":
		v = f.PreviousContactID
	case "RelatedContactId":
		v = f.RelatedContactID
	case "InstanceARN":
		v = f.InstanceARN
	case "AwsRegion":
		v = f.Region
	case "InitiationMethod":
		v = f.InitiationMethod
	case "Name":
		v = f.Name
	case "Description":
		v = f.Description
	case "CustomerId":
		v = f.CustomerID
	case "LanguageCode":
		v = f.LanguageCode
	}
	return v, v != ""
}

// spaces are the name spaces that hold nothing themselves: a reference to one needs a further step to be a single value.
var spaces = map[string]bool{
	"Attributes": true, "FlowAttributes": true, "External": true, "LambdaInvocation": true, "Lex": true, "Views": true, "Media": true,
	"Metrics": true, "Loop": true, "Modules": true, "Task": true, "References": true, "CustomerEndpoint": true, "SystemEndpoint": true,
	"Queue": true, "Agent": true, "SegmentAttributes": true, "Tags": true, "Wisdom": true, "Customer": true, "Case": true,
	"DataTables": true, "DataTableList": true, "Capabilities": true, "MediaStreams": true, "Email": true,
	"AdditionalEmailRecipients": true, "AgenticCX": true,
}

func lookupText(m map[string]string, path []string) (any, bool) {
	switch len(path) {
	case 0:
		all := make(map[string]any, len(m))
		for k, v := range m {
			all[k] = v
		}
		return all, len(m) > 0
	case 1:
		v, ok := m[path[0]]
		return v, ok
	}
	return nil, false
}

func member1(path []string, name, value string) (any, bool) {
	return value, len(path) == 1 && path[0] == name && value != ""
}

func walk(v any, path []string) (any, bool) {
	for _, step := range path {
		switch in := v.(type) {
		case map[string]any:
			v = in[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(in) {
				return nil, false
			}
			v = in[i]
		default:
			return nil, false
		}
	}
	return v, v != nil
}

// textOf is a value as it stands in a text: objects and lists as compact JSON. Source: flow sheet, 6.3.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return compact(v)
}
