package center

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

const (
	// maxCriteriaBytes bounds the routing criteria of a contact as they are stored: they travel with its row.
	maxCriteriaBytes = 32768

	// maxAnd and maxOr bound the combined expressions of routing criteria. Source: flow sheet, 11.25.
	maxAnd, maxOr = 8, 3
)

// wantedAgents are the routing criteria of a contact as they were set. How far its steps have come follows from the time.
type wantedAgents struct {
	SetAt int64                            `json:"setAt"`
	Index int32                            `json:"index"` // how often they were set
	Steps []types.RoutingCriteriaInputStep `json:"steps,omitempty"`
}

// UpdateContactRoutingData changes the place of a live contact in its queue, at once, or the agents it may go to.
func (s *Service) UpdateContactRoutingData(ctx context.Context, in *connect.UpdateContactRoutingDataInput) (*connect.UpdateContactRoutingDataOutput, error) {
	switch {
	case in.QueuePriority != nil && in.QueueTimeAdjustmentSeconds != nil:
		return nil, reply.InvalidParameter("QueuePriority and QueueTimeAdjustmentSeconds exclude each other")
	case in.QueuePriority == nil && in.QueueTimeAdjustmentSeconds == nil && in.RoutingCriteria == nil:
		return nil, reply.InvalidParameter("One of QueuePriority, QueueTimeAdjustmentSeconds and RoutingCriteria is needed")
	}
	err := s.changeContact(ctx, *in.InstanceId, *in.ContactId, func(sc *scene) error {
		if sc.contact.EndedAt != 0 {
			return &types.ResourceConflictException{Message: new("The contact has ended")}
		}
		if in.RoutingCriteria != nil {
			if err := sc.setCriteria(in.RoutingCriteria.Steps); err != nil {
				return err
			}
		}
		sc.setPlace(in.QueuePriority, in.QueueTimeAdjustmentSeconds)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.UpdateContactRoutingDataOutput{}, nil
}

// setPlace changes what of the two is given.
func (sc *scene) setPlace(priority *int64, adjustment *int32) {
	if priority != nil {
		sc.contact.QueuePriority = *priority
	}
	if adjustment != nil {
		sc.contact.QueueAdjust = int64(*adjustment)
	}
	sc.contactChanged = true
}

// stepsOf reads routing criteria as a flow has them: with numbers that may be texts. Source: flow sheet, 11.25.
func stepsOf(criteria map[string]any) ([]types.RoutingCriteriaInputStep, error) {
	b, err := json.Marshal(withNumbers(criteria))
	if err != nil {
		return nil, err
	}
	var in types.RoutingCriteriaInput
	if err := json.Unmarshal(b, &in); err != nil {
		return nil, err
	}
	if len(in.Steps) == 0 {
		return nil, errors.New("no steps")
	}
	return in.Steps, nil
}

// withNumbers makes numbers of the members that have to be.
func withNumbers(v any) any {
	switch v := v.(type) {
	case []any:
		all := make([]any, len(v))
		for i := range v {
			all[i] = withNumbers(v[i])
		}
		return all
	case map[string]any:
		all := make(map[string]any, len(v))
		for name, member := range v {
			text, isText := member.(string)
			switch name {
			case "DurationInSeconds", "ProficiencyLevel", "MinProficiencyLevel", "MaxProficiencyLevel":
				if isText {
					all[name] = json.Number(text)
					continue
				}
			}
			all[name] = withNumbers(member)
		}
		return all
	}
	return v
}

// setCriteria gives the contact other routing criteria; without steps it has none any more.
func (sc *scene) setCriteria(steps []types.RoutingCriteriaInputStep) error {
	for i, step := range steps {
		if step.Expiry != nil && (step.Expiry.DurationInSeconds == nil || *step.Expiry.DurationInSeconds < 1) {
			return reply.InvalidParameter(fmt.Sprintf("RoutingCriteria.Steps[%d].Expiry: a DurationInSeconds of at least 1 is needed", i))
		}
		if step.Expression == nil {
			return reply.InvalidParameter(fmt.Sprintf("RoutingCriteria.Steps[%d]: an Expression is needed", i))
		}
		if err := checkExpression(fmt.Sprintf("RoutingCriteria.Steps[%d].Expression", i), step.Expression); err != nil {
			return err
		}
	}
	before, err := storedCriteria(sc.contact)
	if err != nil {
		return err
	}
	b, err := json.Marshal(wantedAgents{SetAt: sc.now(), Index: before.Index + 1, Steps: steps})
	if err != nil {
		return fmt.Errorf("encode routing criteria: %w", err)
	}
	if len(b) > maxCriteriaBytes {
		return reply.InvalidParameter(fmt.Sprintf("RoutingCriteria take %d bytes; at most %d are allowed", len(b), maxCriteriaBytes))
	}
	sc.contact.RoutingCriteria = b
	sc.contactEvent(contactDataUpdated, "RoutingCriteria")
	return nil
}

// checkExpression: an expression is one condition, or a combination of expressions.
func checkExpression(path string, e *types.Expression) error {
	set := 0
	for _, is := range []bool{e.AttributeCondition != nil, e.NotAttributeCondition != nil, len(e.AndExpression) > 0, len(e.OrExpression) > 0} {
		if is {
			set++
		}
	}
	if set != 1 {
		return reply.InvalidParameter(path + ": exactly one member is needed")
	}
	if len(e.AndExpression) > maxAnd || len(e.OrExpression) > maxOr {
		return reply.InvalidParameter(fmt.Sprintf("%s: at most %d expressions are combined by AND, and %d by OR", path, maxAnd, maxOr))
	}
	for _, c := range []*types.AttributeCondition{e.AttributeCondition, e.NotAttributeCondition} {
		if c != nil && c.MatchCriteria == nil && (c.Name == nil || c.Value == nil) {
			return reply.InvalidParameter(path + ": a condition needs a Name and a Value, or MatchCriteria")
		}
	}
	for name, inner := range map[string][]types.Expression{"AndExpression": e.AndExpression, "OrExpression": e.OrExpression} {
		for i := range inner {
			if err := checkExpression(fmt.Sprintf("%s.%s[%d]", path, name, i), &inner[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func storedCriteria(ct *store.Contact) (w wantedAgents, err error) {
	if len(ct.RoutingCriteria) > 0 {
		if err := json.Unmarshal(ct.RoutingCriteria, &w); err != nil {
			return w, fmt.Errorf("routing criteria: %w", err)
		}
	}
	return w, nil
}

// routingCriteria returns the routing criteria of a contact as they are at a time, nil if it has none. Steps begin when the contact waits
// in a queue and last until they expire or an agent is there. Source: API reference, RoutingCriteria.
func routingCriteria(ct *store.Contact, now int64) (*types.RoutingCriteria, error) {
	wanted, err := storedCriteria(ct)
	if err != nil || len(wanted.Steps) == 0 {
		return nil, err
	}
	out := &types.RoutingCriteria{Index: &wanted.Index}
	begin, until := max(ct.EnqueuedAt, wanted.SetAt), now
	if ct.DequeuedAt != 0 {
		until = ct.DequeuedAt
	}
	goesOn := ct.EnqueuedAt != 0 && begin <= until
	if goesOn {
		out.ActivationTimestamp = reply.Time(begin)
	}
	for _, step := range wanted.Steps {
		is := types.Step{Expression: step.Expression, Status: types.RoutingCriteriaStepStatusInactive}
		end := int64(math.MaxInt64)
		if step.Expiry != nil {
			is.Expiry = &types.Expiry{DurationInSeconds: step.Expiry.DurationInSeconds}
			end = begin + int64(*step.Expiry.DurationInSeconds)*1000
		}
		if goesOn {
			if step.Expiry != nil {
				is.Expiry.ExpiryTimestamp = reply.Time(end)
			}
			switch {
			case end <= until:
				is.Status, begin = types.RoutingCriteriaStepStatusExpired, end
			case ct.DequeuedAt == 0:
				is.Status, goesOn = types.RoutingCriteriaStepStatusActive, false
			case ct.AgentAt != 0:
				is.Status, goesOn = types.RoutingCriteriaStepStatusJoined, false
			default:
				goesOn = false
			}
		}
		out.Steps = append(out.Steps, is)
	}
	return out, nil
}
