// Package wire speaks restJson1, the protocol of the Amazon Connect APIs, at both ends.
//
// An Operation is one value: its input and output types, its route and its errors. The server decodes requests and
// encodes answers with it, the client the other way round. Which member goes where and which limits it has stands in
// struct tags, compiled once into a plan:
//
//	required         the member must be there
//	len=1..256       characters of a string, of each entry of a list or each value of a map; an end may be open
//	count=1..50      entries of a list or map; an empty one passes unless it is required
//	range=60..10080  bounds of a number
//	keylen=1..128    characters of each key of a map
//	form=view-id     form of a string, or of each entry of a list; the forms stand in forms.go
//	keys=tag         form of each key of a map
//	path=InstanceId  bound to a path label; likewise query=NAME and header=NAME; otherwise a member of the JSON body
//	name=problems    name in the body, when it is not that of the field
//	iso8601          time written as 2006-01-02T15:04:05.000Z instead of seconds since 1970
//	unfilled         a ClientToken that clients leave as it is; others they fill in
//	-                not on the wire
//
// A type with a Values method is an enum, and only known values are taken. An interface is a union: its members are
// the types of Service.Unions that are called after it, each a structure with one field, Value, whose tag holds the
// member's limits.
package wire

import "net/http"

// Service is what the operations of one API share.
type Service struct {
	ID          string // "Connect", "ConnectParticipant"
	SigningName string // service name in signatures; empty when requests carry tokens and are never signed
	Host        string // of Amazon's endpoints, without Region and domain
	// InvalidShape makes the error for a malformed, missing or over-long member.
	InvalidShape func(message string) error
	// InvalidValue makes the error for a well-formed value that is not acceptable: of an enum, a range, a pattern.
	InvalidValue func(message string) error
	// Internal makes the error that hides an unexpected one.
	Internal func() error
	// Known lists every operation of the public model, implemented or not.
	Known []Route
	// Unions holds a nil pointer of each type that is a member of a union.
	Unions []any
}

// Route is where one operation is found.
type Route struct {
	Service string // ID of the service
	Name    string
	Method  string
	Path    string // template, with labels as {InstanceId}
}

// Operation is one operation of a service, for both ends.
type Operation[In, Out any] struct {
	Service      *Service
	Name         string
	Method, Path string
	Errors       []Exception // one zero value of each modelled exception
}

// Route returns where the operation is found.
func (op *Operation[In, Out]) Route() Route {
	return Route{Service: op.Service.ID, Name: op.Name, Method: op.Method, Path: op.Path}
}

// Request is what DecodeRequest reads: an HTTP request whose route has been matched and whose body has been read.
type Request struct {
	Method, RawPath, RawQuery string
	Header                    http.Header
	Labels                    Labels // as Router.Match returned them
	Body                      []byte
}

// Label is a part of the path, decoded, that a route's template names.
type Label struct{ Name, Value string }

// Labels are the labels of one path.
type Labels []Label

// Get returns the value of a label, empty when there is none of that name.
func (ls Labels) Get(name string) string {
	for _, l := range ls {
		if l.Name == name {
			return l.Value
		}
	}
	return ""
}
