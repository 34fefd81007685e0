package report

import (
	"context"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// An estimate looks at the contacts of a queue that were answered last: so many, and no longer ago than this.
const (
	answeredLately = 20
	lately         = time.Hour
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
			wait, known, err := s.usualWait(ctx, ct)
			if err != nil {
				return nil, err
			}
			if !known {
				continue
			}
			value = wait.Seconds() * float64(position) / float64(max(queued, position))
		}
		out.MetricResults = append(out.MetricResults, types.ContactMetricResult{
			Name: m.Name, Value: &types.ContactMetricValueMemberNumber{Value: value},
		})
	}
	return out, nil
}

// usualWait is how long contacts waited in a queue that were answered lately. Contacts leave a queue at the rate of its length by this
// time, so that one in the middle waits half of it.
func (s *Service) usualWait(ctx context.Context, ct *store.Contact) (wait time.Duration, known bool, err error) {
	since := s.Store.Now().Add(-lately).UnixMilli()
	answered, err := s.Store.AnsweredContacts(ctx, ct.InstanceID, ct.QueueID, since, answeredLately)
	if err != nil || len(answered) == 0 {
		return 0, false, err
	}
	var total int64
	for i := range answered {
		total += answered[i].AgentAt - answered[i].EnqueuedAt
	}
	return time.Duration(total/int64(len(answered))) * time.Millisecond, true, nil
}
