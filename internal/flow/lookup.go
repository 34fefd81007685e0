package flow

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
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
		return oneOf(path, "InitialMessage", f.InitialMessage)
	case "CustomerEndpoint":
		return oneOf(path, "DisplayName", f.CustomerName, "Address", f.CustomerAddress, "Type", addressType(f.CustomerAddress))
	case "SystemEndpoint":
		return oneOf(path, "Address", f.SystemAddress, "Type", addressType(f.SystemAddress))
	case "Queue":
		return oneOf(path, "Name", f.QueueName, "ARN", f.QueueARN)
	case "Agent":
		return oneOf(path, "UserName", f.AgentUserName, "FirstName", f.AgentFirstName, "LastName", f.AgentLastName, "ARN", f.AgentARN)
	case "References":
		if len(f.References) == 0 {
			return nil, false
		}
		return walk(f.References, path)
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

// oneOf finds a text by its name, among names and values in turn.
func oneOf(path []string, named ...string) (any, bool) {
	for i := 0; i < len(named); i += 2 {
		if len(path) == 1 && path[0] == named[i] && named[i+1] != "" {
			return named[i+1], true
		}
	}
	return nil, false
}

// addressType is the type of an address on another channel, as the API names it.
func addressType(address string) string {
	if strings.HasPrefix(address, "+") {
		return "TELEPHONE_NUMBER"
	}
	return ""
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
