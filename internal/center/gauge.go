package center

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/estimate"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/hours"
	"github.com/openparley/parley/internal/store"
)

// noFact is the answer for a question that can not be answered.
var noFact = flow.Input{Kind: flow.Failed, Error: flow.NoMatchingError}

// asked is the queue that a question of a flow is about: the one it names, else the one that the contact is in, else its target queue;
// nil for none. Of a queue of an agent's own nothing is known.
func (sc *scene) asked(queueID, agentID string) (*store.Queue, error) {
	switch {
	case agentID != "":
		return nil, nil
	case queueID != "":
		return sc.anyQueue(queueID)
	case sc.contact.QueueID != "":
		return sc.anyQueue(sc.contact.QueueID)
	}
	return sc.anyQueue(sc.contact.TargetQueueID)
}

// checkHours answers whether it is open now. Source: flow sheet, 11.13.
func (sc *scene) checkHours(e flow.CheckHours) (flow.Input, error) {
	id, ok := e.HoursID, true
	if id == "" {
		q, err := sc.asked("", "")
		if err != nil || q == nil {
			return noFact, err
		}
		id = q.HoursID
	} else {
		id, ok = sc.Scope.ResourceID(sc.chat.InstanceID, arn.Hours, id)
	}
	if !ok {
		return noFact, nil
	}
	row, err := sc.hours(id)
	if err != nil || row == nil {
		return noFact, err
	}
	var inherited []json.RawMessage
	for _, id := range row.Parents {
		parent, err := sc.hours(id)
		if err != nil {
			return noFact, err
		}
		if parent != nil {
			inherited = append(inherited, parent.Rules()...)
		}
	}
	calendar, err := hours.Read(row.Schedule, row.Rules(), inherited)
	if err != nil {
		return noFact, fmt.Errorf("hours %s: %w", row.ID, err)
	}
	answer := "False"
	if calendar.Open(sc.tx.Now()) {
		answer = "True"
	}
	return flow.Input{Kind: flow.Answered, Event: answer}, nil
}

// hours finds hours of the instance; nil when there are none.
func (sc *scene) hours(id string) (*store.Hours, error) {
	row, err := sc.tx.Hours(id)
	if errors.Is(err, store.ErrNotFound) || err == nil && row.InstanceID != sc.chat.InstanceID {
		return nil, nil
	}
	return row, err
}

// queued counts who waits in a queue, this contact too as the update has it, and how long the first of them does.
func (sc *scene) queued(q *store.Queue) (n int, oldest time.Duration, err error) {
	ct := sc.contact
	n, since, err := sc.tx.Queued(q.ID, ct.ID)
	if sc.waitsIn(q) {
		n++
		if since == 0 || ct.EnqueuedAt < since {
			since = ct.EnqueuedAt
		}
	}
	if n == 0 {
		return 0, 0, err
	}
	return n, time.Duration(sc.now()-since) * time.Millisecond, err
}

func (sc *scene) waitsIn(q *store.Queue) bool {
	ct := sc.contact
	return ct.QueueID == q.ID && ct.EndedAt == 0 && ct.AgentAt == 0
}

// busy counts the agents of whom it is known that they are at work for a queue: those who are in its chats. Others are not known of, as
// queues lead to no agents.
func (sc *scene) busy(q *store.Queue) (int, error) {
	ct := sc.contact
	if ct.QueueID != q.ID || ct.EndedAt != 0 || ct.AgentAt == 0 {
		return sc.tx.Agents(q.ID, ct.ID, "")
	}
	others, err := sc.tx.Agents(q.ID, ct.ID, ct.AgentID)
	return others + 1, err
}

// readMetric answers with one number of a queue. Source: flow sheet, 11.14.
func (sc *scene) readMetric(e flow.ReadMetric) (flow.Input, error) {
	q, err := sc.asked(e.QueueID, e.AgentID)
	if err != nil || q == nil {
		return noFact, err
	}
	var n int
	switch e.Metric {
	case flow.ContactsInQueue:
		n, _, err = sc.queued(q)
	case flow.OldestAge:
		_, oldest, err := sc.queued(q)
		return flow.Input{Kind: flow.Answered, Event: inSeconds(oldest)}, err
	case flow.AgentsOnline, flow.AgentsStaffed:
		n, err = sc.busy(q)
	case flow.AgentsAvailable: // nobody of whom it is known
	}
	return flow.Input{Kind: flow.Answered, Event: strconv.Itoa(n)}, err
}

func inSeconds(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64)
}

type agentCount struct{ Count string }

// gauges is what $.Metrics leads to: numbers as text, and nothing where there is no number. Source: flow sheet, 6.2.
type gauges struct {
	Queue struct {
		Name, ARN, Size                     string
		OldestContactAge, EstimatedWaitTime *string // seconds
	}
	Agents map[string]agentCount
	// Contact is of the contact in the queue that it waits in.
	Contact *struct {
		PositionInQueue   string
		EstimatedWaitTime *string
	} `json:",omitempty"`
}

// readMetrics answers with all numbers of a queue. Of another channel than chat there are none. Source: flow sheet, 11.15.
func (sc *scene) readMetrics(e flow.ReadMetrics) (flow.Input, error) {
	q, err := sc.asked(e.QueueID, e.AgentID)
	if err != nil || q == nil {
		return noFact, err
	}
	var g gauges
	g.Queue.Name, g.Queue.ARN, g.Queue.Size = q.Name, sc.Scope.Resource(sc.chat.InstanceID, arn.Queue, q.ID), "0"
	busy := 0
	if !strings.EqualFold(e.Channel, "Voice") {
		if busy, err = sc.busy(q); err == nil {
			err = sc.gaugeChats(q, &g)
		}
		if err != nil {
			return noFact, err
		}
	}
	there, nobody := agentCount{strconv.Itoa(busy)}, agentCount{"0"}
	g.Agents = map[string]agentCount{
		"Online": there, "Staffed": there, "Busy": there, "Available": nobody, "AfterContactWork": nobody, "Missed": nobody, "NonProductive": nobody,
	}
	data, err := json.Marshal(g)
	return flow.Input{Kind: flow.Answered, Data: data}, err
}

func (sc *scene) gaugeChats(q *store.Queue, g *gauges) error {
	n, oldest, err := sc.queued(q)
	if err != nil {
		return err
	}
	g.Queue.Size = strconv.Itoa(n)
	if n > 0 {
		g.Queue.OldestContactAge = new(inSeconds(oldest.Truncate(time.Second)))
	}
	since := sc.tx.Now().Add(-estimate.Lately).UnixMilli()
	answered, err := sc.tx.AnsweredContacts(sc.chat.InstanceID, q.ID, since, estimate.Answered)
	if err != nil {
		return err
	}
	var waited []time.Duration
	for i := range answered {
		waited = append(waited, answered[i].Waited())
	}
	estimated := func(position int) *string {
		wait, known := estimate.Wait(waited, position, n)
		if !known {
			return nil
		}
		return new(inSeconds(wait.Truncate(time.Second)))
	}
	g.Queue.EstimatedWaitTime = estimated(n + 1) // of who comes next
	if !sc.waitsIn(q) {
		return nil
	}
	before, _, err := sc.tx.QueuePlace(sc.contact)
	if err != nil {
		return err
	}
	g.Contact = &struct {
		PositionInQueue   string
		EstimatedWaitTime *string
	}{strconv.Itoa(before + 1), estimated(before + 1)}
	return nil
}
