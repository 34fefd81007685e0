// Package arn writes and reads the Amazon Resource Names of a contact centre. Amazon Connect takes an ARN wherever it takes an id;
// its answers hold the bare id in Id members and the ARN in Arn members.
package arn

import "strings"

// Kinds of resource, as they stand in an ARN behind the instance.
const (
	Agent       = "agent"
	Contact     = "contact"
	ContactFlow = "contact-flow"
	FlowModule  = "flow-module"
	Queue       = "queue"
	Hours       = "operating-hours"
	Prompt      = "prompt"
	Integration = "integration-association"
	View        = "view"
	TestCase    = "test-case"
)

// Scope is the account and Region whose resources are named.
type Scope struct {
	Region  string
	Account string // 12 digits
}

// Instance returns the ARN of an instance.
func (s Scope) Instance(id string) string {
	return "arn:aws:connect:" + s.Region + ":" + s.Account + ":instance/" + id
}

// Resource returns the ARN of a resource of an instance.
func (s Scope) Resource(instanceID, kind, id string) string {
	return s.Instance(instanceID) + "/" + kind + "/" + id
}

// InstanceID returns the id in idOrARN. It reports false for an ARN of anything but an instance of this scope.
func (s Scope) InstanceID(idOrARN string) (string, bool) {
	if !isARN(idOrARN) {
		return idOrARN, true
	}
	id, ok := strings.CutPrefix(idOrARN, s.Instance(""))
	return id, ok && id != "" && !strings.Contains(id, "/")
}

// ResourceID returns the id in idOrARN, with its qualifier if it has one (":$SAVED"). It reports false for an ARN of another
// kind, instance, account or Region.
func (s Scope) ResourceID(instanceID, kind, idOrARN string) (string, bool) {
	if !isARN(idOrARN) {
		return idOrARN, true
	}
	id, ok := strings.CutPrefix(idOrARN, s.Resource(instanceID, kind, ""))
	return id, ok && id != "" && !strings.Contains(id, "/")
}

// Managed returns the ARN of a resource that comes with the service and belongs to no instance.
func (s Scope) Managed(kind, name string) string {
	return "arn:aws:connect:" + s.Region + ":aws:" + kind + "/" + name
}

// ManagedName returns the name in nameOrARN, with its qualifier if it has one. It reports false for an ARN of anything else.
func (s Scope) ManagedName(kind, nameOrARN string) (string, bool) {
	if !isARN(nameOrARN) {
		return nameOrARN, true
	}
	return strings.CutPrefix(nameOrARN, s.Managed(kind, ""))
}

// Split returns the instance, the kind and the id of a resource. It reports false for anything but the ARN of a resource of this scope.
func (s Scope) Split(arn string) (instanceID, kind, id string, ok bool) {
	rest, ok := strings.CutPrefix(arn, s.Instance(""))
	parts := strings.Split(rest, "/")
	if !ok || len(parts) != 3 || parts[0] == "" || parts[2] == "" {
		return "", "", "", false
	}
	return parts[0], parts[1], parts[2], true
}

func isARN(s string) bool { return strings.HasPrefix(s, "arn:") }
