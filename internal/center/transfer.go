package center

import (
	"context"
	"fmt"
	"slices"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

const (
	// maxSegments is how many contacts a chat goes on in by transfers. Source: flow sheet, 7.3.
	maxSegments = 12

	eventTransferred = eventPrefix + "transfer.succeeded"
)

// TransferChat is what an agent's quick connect does: the agents leave, and the customer goes on in a new contact, with the flow for
// transfers to a queue or to an agent, or with any inbound flow. A transfer that can not begin leaves the chat with its agents.
func (s *Service) TransferChat(ctx context.Context, in *parley.TransferChatInput) (*parley.TransferChatOutput, error) {
	kind := flowTypeInbound
	switch {
	case in.QueueId != nil && in.Agent != nil:
		return nil, reply.InvalidParameter("QueueId and Agent exclude each other")
	case in.QueueId != nil:
		kind = flowTypeQueueTransfer
	case in.Agent != nil:
		kind = flowTypeAgentTransfer
	case in.ContactFlowId == nil:
		return nil, reply.InvalidParameter("One of QueueId, Agent and ContactFlowId is needed")
	}
	ct, _, err := s.contactOf(ctx, *in.InstanceId, *in.ContactId)
	if err != nil {
		return nil, err
	}
	out := &parley.TransferChatOutput{}
	err = s.update(ctx, store.Key{Chat: ct.ChatID}, func(sc *scene) error {
		fl, version, err := sc.transferFlow(kind, in.ContactFlowId)
		if err != nil {
			return err
		}
		var q *store.Queue
		if in.QueueId != nil {
			if q, err = sc.queue(*in.QueueId); err != nil {
				return err
			}
			if q == nil {
				return reply.NotFound("Queue")
			}
		}
		if !sc.live() || sc.contact.ID != ct.ID || sc.contact.AgentAt == 0 || sc.contact.Whisper != nil {
			return &types.ResourceConflictException{Message: new("No agent talks with the customer in this contact")}
		}
		err = sc.transfer(fl, version, func(next *store.Contact) {
			if q != nil {
				next.TargetQueueID = q.ID
			}
			if a := in.Agent; a != nil {
				next.Meant = &store.Agent{
					ID: reply.Value(a.UserId), UserName: *a.UserName, FirstName: reply.Value(a.FirstName), LastName: reply.Value(a.LastName),
				}
			}
			out.ContactId = &next.ID
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// transferFlow finds the flow of a transfer: the one named, or else the default of the instance for this type.
func (sc *scene) transferFlow(flowType string, named *string) (*store.Flow, int64, error) {
	id := reply.Value(named)
	if named == nil {
		instance, err := sc.tx.Instance(sc.chat.InstanceID)
		if err != nil {
			return nil, 0, err
		}
		id = instance.DefaultFlows[flowType]
	}
	fl, version, missing, err := sc.publishedFlow(id, flowType)
	if missing && err == nil {
		err = reply.NotFound("Published contact flow of type " + flowType)
	}
	return fl, version, err
}

// transfer takes everybody out but the customer and goes on in a new contact, which keeps its place in the order of those that wait.
// Source: connect-chat sheet, 7.1 and 7.2.
func (sc *scene) transfer(fl *store.Flow, version int64, prepare func(*store.Contact)) error {
	if last, err := sc.lastSegment(); err != nil {
		return err
	} else if last {
		return &types.ResourceConflictException{Message: new(fmt.Sprintf("The chat has %d contacts, which is the limit", maxSegments))}
	}
	before := sc.contact
	sc.event(eventTransferred, nil)
	sc.empty()
	if err := sc.guide(hookAfterAgentUI); err != nil {
		return err
	}
	before.TransferAt = sc.now()
	sc.endContact("")
	if err := sc.nextContact(byTransfer); err != nil {
		return err
	}
	sc.contact.WaitsSince = before.WaitsSince
	if sc.contact.WaitsSince == 0 {
		sc.contact.WaitsSince = before.EnqueuedAt
	}
	prepare(sc.contact)
	return sc.enterFlow(fl, version, sc.seed(sc.contact.ID))
}

// empty takes everybody out of the chat but the customer.
func (sc *scene) empty() {
	for _, p := range slices.Clone(sc.chat.Participants) {
		if p.Role != roleCustomer && p.Role != roleSystem && p.LeftAt == 0 {
			sc.leave(p.ID)
		}
	}
	sc.stopTimers()
}

// lastSegment reports whether the chat goes on in no further contact by a transfer.
func (sc *scene) lastSegment() (bool, error) {
	n := 1
	for ct := sc.contact; ct.PreviousID != ""; n++ {
		earlier, err := sc.tx.ContactByID(ct.PreviousID)
		if err != nil {
			return false, err
		}
		ct = earlier
	}
	return n >= maxSegments, nil
}

// moveToQueue puts the contact, which waits in a queue, into another one as a new contact, whose queue flow the run goes on as. It returns
// the error type for the flow when that is not possible. Source: flow sheet, 11.11.
func (sc *scene) moveToQueue(e flow.MoveToQueue) (failed string, err error) {
	ct := sc.contact
	if ct.QueueID == "" || ct.DequeuedAt != 0 {
		return flow.NoMatchingError, nil
	}
	q, err := sc.queue(e.QueueID)
	if err != nil {
		return "", err
	}
	last, err := sc.lastSegment()
	if err != nil {
		return "", err
	}
	if q == nil || last {
		return flow.NoMatchingError, nil
	}
	if full, err := sc.full(q); full || err != nil {
		return flow.QueueAtCapacity, err
	}
	pauses, over := ct.FlowPauses, ct.FlowClock
	sc.endContact("")
	if err := sc.nextContact(byQueue); err != nil {
		return "", err
	}
	next := sc.contact
	next.FlowID, next.FlowVersion, next.FlowType = ct.FlowID, ct.FlowVersion, ct.FlowType
	if pauses != 0 {
		sc.runClock(pauses, over)
	}
	sc.enqueue(q)
	return "", nil
}

// agentOf is the agent whom the flow of the contact can refer to: in whispers the one who has come, in an agent transfer the one whom the
// contact is handed to; nil for none.
func (sc *scene) agentOf() *store.Agent {
	w := sc.contact.Whisper
	if w == nil {
		return sc.contact.Meant
	}
	for _, p := range sc.chat.Participants {
		if p.ID == w.ParticipantID {
			return &store.Agent{ID: p.ID, UserName: p.DisplayName}
		}
	}
	return nil
}
