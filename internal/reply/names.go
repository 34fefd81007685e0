package reply

import (
	"context"

	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/store"
)

// Names finds what requests name by id or ARN.
type Names struct {
	Store *store.Store
	Scope arn.Scope
}

// Instance finds an instance.
func (n Names) Instance(ctx context.Context, idOrARN string) (*store.Instance, error) {
	id, ok := n.Scope.InstanceID(idOrARN)
	if !ok {
		return nil, NotFound("Instance")
	}
	in, err := n.Store.Instance(ctx, id)
	return in, OrNotFound(err, "Instance")
}

// Contact finds a contact of an instance, live or ended.
func (n Names) Contact(ctx context.Context, instance, contact string) (*store.Contact, error) {
	instanceID, ok := n.Scope.InstanceID(instance)
	if !ok {
		return nil, NotFound("Instance")
	}
	id, ok := n.Scope.ResourceID(instanceID, arn.Contact, contact)
	if !ok {
		return nil, NotFound("Contact")
	}
	ct, err := n.Store.Contact(ctx, id)
	if err == nil && ct.InstanceID != instanceID {
		err = store.ErrNotFound
	}
	return ct, OrNotFound(err, "Contact")
}
