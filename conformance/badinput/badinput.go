// Package badinput makes requests of an operation that break one rule each, and requests that just keep to it. The rules are read
// from the tags of the operation's input.
package badinput

import (
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/openparley/parley/api/wire"
)

// Operation is an operation of either service.
type Operation struct {
	wire.Route
	input    reflect.Type
	unions   []any
	statuses map[string]int // of its exceptions, by code
	shape    string         // the exception for what is malformed
	value    string         // the exception for what is well-formed and not acceptable
	decode   func(*wire.Request) error
}

// Of takes an operation in.
func Of[In, Out any](op *wire.Operation[In, Out]) Operation {
	o := Operation{
		Route: op.Route(), input: reflect.TypeFor[In](), unions: op.Service.Unions, statuses: map[string]int{},
		decode: func(r *wire.Request) error { _, err := op.DecodeRequest(r); return err },
	}
	for _, e := range op.Errors {
		o.statuses[e.ErrorCode()] = e.HTTPStatus()
	}
	o.shape, o.value = "InvalidRequestException", "InvalidParameterException"
	if op.Service.ID == "ConnectParticipant" {
		o.shape, o.value = "ValidationException", "ValidationException"
	}
	// An operation that lacks one of the two uses the other.
	if o.statuses[o.shape] == 0 {
		o.shape = o.value
	}
	if o.statuses[o.value] == 0 {
		o.value = o.shape
	}
	return o
}

// Status is that of one of the operation's exceptions, 0 when the code is not among them.
func (o Operation) Status(code string) int { return o.statuses[code] }

// Takes reports whether the operation has a member of that name at the top of its input.
func (o Operation) Takes(member string) bool {
	_, ok := o.input.FieldByName(member)
	return ok
}

// Case is a request that breaks one rule, or none.
type Case struct {
	Request
	Member string // as the server names it: Tags.key, Metrics[0].Name
	Rule   string // what was done to the member
	Want   string // the exception; "" when all rules are kept
}

func (c Case) String() string { return c.Member + ": " + c.Rule }

// Request is a request, not yet sent and not signed.
type Request struct {
	Method, Path, Query string // escaped
	Header              http.Header
	Body                []byte
	labels              wire.Labels
}

// Decode reads a request as the server does.
func (o Operation) Decode(r Request) error {
	return o.decode(&wire.Request{
		Method: r.Method, RawPath: r.Path, RawQuery: r.Query, Header: r.Header, Labels: r.labels, Body: r.Body,
	})
}

// Good is a request with the required members and those known, which are values by name.
func (o Operation) Good(known map[string]any) Request {
	return o.request(o.members(known))
}

// Cases are requests that differ from the good one in a single member, at any depth.
func (o Operation) Cases(known map[string]any) []Case {
	good := o.members(known)
	var cases []Case
	m := maker{unions: o.unions}
	body := false
	for f := range o.input.Fields() {
		r, ok := ruleOf(f)
		if !ok {
			continue
		}
		body = body || r.place == ""
		for _, v := range m.member(f.Type, r) {
			with := clone(good)
			if v.value == absent {
				delete(with, f.Name)
			} else {
				with[f.Name] = v.value
			}
			c := Case{Request: o.request(with), Member: f.Name + v.path, Rule: v.rule}
			switch {
			case r.name == "X-Amz-Bearer": // the token, which comes before everything else
				c.Want = "AccessDeniedException"
			case v.breaks == shape:
				c.Want = o.shape
			case v.breaks == value:
				c.Want = o.value
			}
			cases = append(cases, c)
		}
	}
	if body {
		whole := o.request(good)
		for rule, text := range map[string]string{
			"a list": `[]`, "a text": `"{}"`, "cut short": `{`, "null": `null`, "two objects": string(whole.Body) + `{}`,
			"not UTF-8": "{\"x\":\"\xff\"}", "a member twice": `{"x":1,"x":2}`,
		} {
			c := Case{Request: whole, Member: "the body", Rule: rule, Want: o.shape}
			c.Body = []byte(text)
			cases = append(cases, c)
		}
		c := Case{Request: whole, Member: "the body", Rule: "an unknown member"}
		c.Body = append([]byte(`{"NoSuchMember":{"a":[1,null]},`), strings.TrimPrefix(string(whole.Body), "{")...)
		if string(whole.Body) == "{}" {
			c.Body = []byte(`{"NoSuchMember":{"a":[1,null]}}`)
		}
		cases = append(cases, c)
	}
	return cases
}

// members are the values of a good input by field.
func (o Operation) members(known map[string]any) map[string]any {
	m := maker{unions: o.unions}
	members := map[string]any{}
	for f := range o.input.Fields() {
		r, ok := ruleOf(f)
		if !ok {
			continue
		}
		if v, ok := known[f.Name]; ok {
			members[f.Name] = v
		} else if r.required {
			members[f.Name] = m.good(f.Type, r)
		}
	}
	return members
}

// request puts the values of an input where they belong.
func (o Operation) request(members map[string]any) Request {
	q := Request{Method: o.Method, Path: o.Path, Header: http.Header{}}
	query, body := url.Values{}, map[string]any{}
	hasBody := false
	for f := range o.input.Fields() {
		r, ok := ruleOf(f)
		if !ok {
			continue
		}
		hasBody = hasBody || r.place == ""
		v, ok := members[f.Name]
		if !ok {
			continue
		}
		switch r.place {
		case "path":
			q.Path = strings.Replace(q.Path, "{"+r.name+"}", escape(v.(string)), 1)
			q.labels = append(q.labels, wire.Label{Name: r.name, Value: v.(string)})
		case "query":
			query[r.name] = texts(v)
		case "header":
			q.Header.Set(r.name, v.(string))
		default:
			body[r.name] = v
		}
	}
	q.Query = query.Encode()
	if hasBody {
		q.Header.Set("Content-Type", "application/json")
		var err error
		if q.Body, err = json.Marshal(body); err != nil {
			panic(err) // a value that is no JSON is a mistake here
		}
	}
	return q
}

func texts(v any) []string {
	if list, ok := v.([]any); ok {
		var all []string
		for _, entry := range list {
			all = append(all, entry.(string))
		}
		return all
	}
	return []string{v.(string)}
}

// escape writes a label as the official clients do: an ARN's colons and slashes are escaped too.
func escape(label string) string {
	return strings.NewReplacer(":", "%3A", "$", "%24", "&", "%26", "+", "%2B", "=", "%3D", "@", "%40").Replace(url.PathEscape(label))
}
