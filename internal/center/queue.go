package center

import (
	"errors"

	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/store"
)

// queue finds an enabled queue of the instance; nil when there is none.
func (sc *scene) queue(idOrARN string) (*store.Queue, error) {
	q, err := sc.anyQueue(idOrARN)
	if q != nil && !q.Enabled {
		q = nil
	}
	return q, err
}

// anyQueue finds a queue of the instance; nil when there is none.
func (sc *scene) anyQueue(idOrARN string) (*store.Queue, error) {
	id, ok := sc.Scope.ResourceID(sc.chat.InstanceID, arn.Queue, idOrARN)
	if !ok || id == "" {
		return nil, nil
	}
	q, err := sc.tx.Queue(id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if q.InstanceID != sc.chat.InstanceID {
		return nil, nil
	}
	return q, nil
}

// enterQueue puts the contact into its target queue, where it waits for an agent. It returns the error type for the flow when
// that is not possible, "" when the contact is in. Source: flow sheet, 11.10.
func (sc *scene) enterQueue() (failed string, err error) {
	ct := sc.contact
	if ct.TargetQueueID == "" || ct.QueueID != "" {
		return flow.NoMatchingError, nil
	}
	q, err := sc.queue(ct.TargetQueueID)
	if err != nil {
		return "", err
	}
	if q == nil {
		return flow.NoMatchingError, nil
	}
	if full, err := sc.full(q); full || err != nil {
		return flow.QueueAtCapacity, err
	}
	sc.enqueue(q)
	return "", nil
}

// full reports whether a queue takes no further contact.
func (sc *scene) full(q *store.Queue) (bool, error) {
	if q.MaxContacts == nil {
		return false, nil
	}
	if err := sc.tx.LockInstance(sc.chat.InstanceID); err != nil {
		return false, err
	}
	n, err := sc.tx.CountQueued(q.ID, int(*q.MaxContacts))
	return int64(n) >= *q.MaxContacts, err
}

// enqueue has the contact wait in a queue.
func (sc *scene) enqueue(q *store.Queue) {
	sc.contact.QueueID, sc.contact.EnqueuedAt, sc.contactChanged = q.ID, sc.now(), true
	sc.contactEvent(contactQueued)
}

// queueFlow makes the customer queue flow the flow of the contact: the one a hook names, else the default of the instance. It
// reports false when there is none: the contact just waits.
func (sc *scene) queueFlow() (bool, error) {
	sc.stopFlow()
	id, hooked := sc.chat.Hooks[hookCustomerQueue]
	if !hooked {
		instance, err := sc.tx.Instance(sc.chat.InstanceID)
		if err != nil {
			return false, err
		}
		id = instance.DefaultFlows[chatHooks[hookCustomerQueue]]
	}
	if id == "" {
		return false, nil
	}
	fl, version, missing, err := sc.publishedFlow(id, chatHooks[hookCustomerQueue])
	if err != nil || missing {
		return false, err
	}
	ct := sc.contact
	ct.FlowID, ct.FlowVersion, ct.FlowType = fl.ID, version, fl.Type
	return true, nil
}
