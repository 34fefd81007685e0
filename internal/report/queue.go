package report

import (
	"context"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/estimate"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// GetContactMetrics tells a contact that waits in a queue how many are served before it, itself included, and how many seconds that may
// take. The estimate is left out while nobody of the queue was answered lately. A contact that does not wait in a queue makes
// InvalidRequestException. Source: API reference, GetContactMetrics.
func (s *Service) GetContactMetrics(ctx context.Context, in *connect.GetContactMetricsInput) (*connect.GetContactMetricsOutput, error) {
	ct, err := s.names().Contact(ctx, *in.InstanceId, *in.ContactId)
	if err != nil {
		return nil, err
	}
	if ct.QueueID == "" || ct.EndedAt != 0 || ct.AgentAt != 0 {
		return nil, reply.InvalidRequest("The contact is not in a queue")
	}
	before, queued, err := s.Store.QueuePlace(ctx, ct)
	if err != nil {
		return nil, err
	}
	position := before + 1
	out := &connect.GetContactMetricsOutput{
		Id: &ct.ID, Arn: new(s.Scope.Resource(ct.InstanceID, arn.Contact, ct.ID)), MetricResults: []types.ContactMetricResult{},
	}
	for _, m := range in.Metrics {
		value := float64(position)
		if m.Name == types.ContactMetricNameEstimatedWaitTime {
			waited, err := s.waited(ctx, ct)
			if err != nil {
				return nil, err
			}
			wait, known := estimate.Wait(waited, position, queued)
			if !known {
				continue
			}
			value = wait.Seconds()
		}
		out.MetricResults = append(out.MetricResults, types.ContactMetricResult{
			Name: m.Name, Value: &types.ContactMetricValueMemberNumber{Value: value},
		})
	}
	return out, nil
}

// waited is how long the contacts of a queue waited that were answered lately.
func (s *Service) waited(ctx context.Context, ct *store.Contact) (waited []time.Duration, err error) {
	since := s.Store.Now().Add(-estimate.Lately).UnixMilli()
	answered, err := s.Store.AnsweredContacts(ctx, ct.InstanceID, ct.QueueID, since, estimate.Answered)
	for i := range answered {
		waited = append(waited, answered[i].Waited())
	}
	return waited, err
}
