package report

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

const (
	// longestSearch is how much time a search may span. Source: connect-chat sheet, 4, SearchContacts.
	longestSearch = 8 * 7 * 24 * time.Hour

	// mostLookups leaves room for what a sort adds.
	mostLookups = store.MaxLookups - 1

	// mostCounted is as far as TotalCount goes.
	mostCounted = 10_000

	// instanceTag is the tag that every contact has without it being stored.
	instanceTag = "aws:connect:instanceId"
)

// SearchContacts finds the contacts of an instance that have one of their times in a range and meet all criteria. TotalCount goes up to
// mostCounted.
func (s *Service) SearchContacts(ctx context.Context, in *connect.SearchContactsInput) (*connect.SearchContactsOutput, error) {
	instance, err := s.names().Instance(ctx, *in.InstanceId)
	if err != nil {
		return nil, err
	}
	c := criteria{scope: s.Scope, instance: instance.ID}
	q := store.ContactQuery{InstanceID: instance.ID, Backward: true}
	var ok bool
	if q.Time, q.From, q.To, ok, err = timeRange(in.TimeRange); err != nil {
		return nil, err
	}
	if in.TimeRange.EndTime.Sub(*in.TimeRange.StartTime) > longestSearch {
		return nil, reply.InvalidRequest("TimeRange: at most 8 weeks can be searched")
	}
	if err := c.read(in.SearchCriteria); err != nil {
		return nil, err
	}
	if q.Where = c.filters; q.Lookups() > mostLookups {
		return nil, reply.InvalidRequest(fmt.Sprintf("SearchCriteria: %d conditions that have to be looked up, %d are the most", q.Lookups(), mostLookups))
	}
	list := listName(in)
	at, err := readToken(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &connect.SearchContactsOutput{Contacts: []types.ContactSearchSummary{}, TotalCount: new(int64)}
	if !ok || c.none {
		return out, nil
	}
	n, err := s.Store.CountContacts(ctx, q, mostCounted)
	if err != nil {
		return nil, err
	}
	*out.TotalCount = int64(n)

	size := reply.PageSize(in.MaxResults, usualPage)
	parts := sorted(q, in.Sort)
	for ; at.Part < len(parts); at = (place{Part: at.Part + 1}) {
		part := parts[at.Part]
		part.After, part.Limit = at.After, size+1-len(out.Contacts)
		found, err := s.Store.SearchContacts(ctx, part)
		if err != nil {
			return nil, err
		}
		for i := range found {
			if len(out.Contacts) == size { // there is one more
				out.NextToken, err = writeToken(list, at)
				return out, err
			}
			summary, err := s.summary(&found[i])
			if err != nil {
				return nil, err
			}
			out.Contacts = append(out.Contacts, summary)
			at.After = new(found[i].Place(part.Sort))
		}
	}
	return out, nil
}

// sorted returns the queries whose answers, one after another, are what q finds in an order. Contacts that do not have the time they are
// sorted by come last.
func sorted(q store.ContactQuery, by *types.Sort) []store.ContactQuery {
	q.Sort = store.Initiated
	if by == nil {
		return []store.ContactQuery{q}
	}
	q.Backward = by.Order == types.SortOrderDescending
	switch by.FieldName {
	case types.SortableFieldNameConnectedToAgentTimestamp:
		return withAndWithout(q, store.Connected)
	case types.SortableFieldNameDisconnectTimestamp:
		return withAndWithout(q, store.Ended)
	case types.SortableFieldNameInitiationMethod:
		methods := types.ContactInitiationMethod("").Values()
		slices.Sort(methods)
		if q.Backward {
			slices.Reverse(methods)
		}
		var parts []store.ContactQuery
		for _, m := range methods {
			part := q
			part.Where = append(slices.Clone(q.Where), anyOf(fact(store.MethodTerm(q.InstanceID, string(m)))))
			parts = append(parts, part)
		}
		return parts
	}
	// All chats have the same channel, and none has the other times.
	return []store.ContactQuery{q}
}

func withAndWithout(q store.ContactQuery, t store.ContactTime) []store.ContactQuery {
	with, without := q, q
	with.Sort = t
	without.Where = append(slices.Clone(q.Where), anyOf(store.Fact{Time: t}))
	return []store.ContactQuery{with, without}
}

func (s *Service) summary(ct *store.Contact) (types.ContactSearchSummary, error) {
	out := types.ContactSearchSummary{
		Arn: new(s.Scope.Resource(ct.InstanceID, arn.Contact, ct.ID)), Id: &ct.ID, Channel: types.ChannelChat,
		InitiationMethod:    types.ContactInitiationMethod(ct.InitiationMethod),
		InitiationTimestamp: reply.Time(ct.InitiatedAt),
		DisconnectTimestamp: reply.Time(ct.EndedAt),
		Name:                reply.Text(ct.Name),
		PreviousContactId:   reply.Text(ct.PreviousID),
		Tags:                map[string]string{instanceTag: ct.InstanceID},
	}
	maps.Copy(out.Tags, ct.Tags)
	if ct.ID != ct.ChatID {
		out.InitialContactId = &ct.ChatID
	}
	if ct.QueueID != "" {
		out.QueueInfo = &types.ContactSearchSummaryQueueInfo{Id: &ct.QueueID, EnqueueTimestamp: reply.Time(ct.EnqueuedAt)}
	}
	if ct.AgentAt != 0 {
		out.AgentInfo = &types.ContactSearchSummaryAgentInfo{Id: reply.Text(ct.AgentID), ConnectedToAgentTimestamp: reply.Time(ct.AgentAt)}
	}
	if len(ct.SegmentAttributes) > 0 {
		var all map[string]types.SegmentAttributeValue
		if err := json.Unmarshal(ct.SegmentAttributes, &all); err != nil {
			return out, fmt.Errorf("segment attributes of contact %s: %w", ct.ID, err)
		}
		out.SegmentAttributes = map[string]types.ContactSearchSummarySegmentAttributeValue{}
		for k, v := range all {
			if v.ValueString != nil || v.ValueMap != nil {
				out.SegmentAttributes[k] = types.ContactSearchSummarySegmentAttributeValue{ValueString: v.ValueString, ValueMap: v.ValueMap}
			}
		}
	}
	return out, nil
}

// place is where a page begins: in which of the parts of the list, and behind which contact.
type place struct {
	Part  int
	After *store.ContactPlace
}

// listName stands for all that makes a list what it is. A token belongs to one list.
func listName(in *connect.SearchContactsInput) string {
	asked := *in
	asked.NextToken, asked.MaxResults = nil, nil
	hash := sha256.Sum256(wire.Append(nil, &asked))
	return hex.EncodeToString(hash[:16])
}

func writeToken(list string, at place) (*string, error) {
	b, err := json.Marshal(at)
	return reply.Token(list, string(b)), err
}

func readToken(list string, token *string) (at place, err error) {
	where, err := reply.After(list, token)
	if err != nil || where == "" {
		return at, err
	}
	if json.Unmarshal([]byte(where), &at) != nil || at.Part < 0 {
		return at, reply.BadToken()
	}
	return at, nil
}
