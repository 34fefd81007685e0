package report

import (
	"context"
	"fmt"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// usualPage is the size of a page when none is asked for. Source: connect-chat sheet, 3.6.
const usualPage = 100

// ListAssociatedContacts lists the tree that a contact is in, in the order of initiation: the segments of its chat, of the chats that this
// one goes back to, and of all that go back to those.
func (s *Service) ListAssociatedContacts(ctx context.Context, in *connect.ListAssociatedContactsInput) (*connect.ListAssociatedContactsOutput, error) {
	ct, err := s.names().Contact(ctx, *in.InstanceId, *in.ContactId)
	if err != nil {
		return nil, err
	}
	list := "associated/" + ct.Association()
	place, err := reply.After(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	var after int64
	var afterID string
	if place != "" {
		if _, err := fmt.Sscanf(place, placeInTree, &after, &afterID); err != nil {
			return nil, reply.BadToken()
		}
	}
	size := reply.PageSize(in.MaxResults, usualPage)
	rows, err := s.Store.AssociatedContacts(ctx, ct.Association(), after, afterID, size+1)
	if err != nil {
		return nil, err
	}
	out := &connect.ListAssociatedContactsOutput{ContactSummaryList: []types.AssociatedContactSummary{}}
	if len(rows) > size {
		rows = rows[:size]
		last := &rows[size-1]
		out.NextToken = reply.Token(list, fmt.Sprintf(placeInTree, last.InitiatedAt, last.ID))
	}
	for i := range rows {
		out.ContactSummaryList = append(out.ContactSummaryList, s.associated(&rows[i]))
	}
	return out, nil
}

// placeInTree is behind the contact that was initiated then and has this id.
const placeInTree = "%d %s"

func (s *Service) associated(ct *store.Contact) types.AssociatedContactSummary {
	summary := types.AssociatedContactSummary{
		ContactId: &ct.ID, ContactArn: new(s.Scope.Resource(ct.InstanceID, arn.Contact, ct.ID)), Channel: types.ChannelChat,
		InitiationMethod: types.ContactInitiationMethod(ct.InitiationMethod), InitiationTimestamp: reply.Time(ct.InitiatedAt),
		DisconnectTimestamp: reply.Time(ct.EndedAt), PreviousContactId: reply.Text(ct.PreviousID), RelatedContactId: reply.Text(ct.RelatedID),
	}
	if ct.ID != ct.ChatID {
		summary.InitialContactId = &ct.ChatID
	}
	return summary
}
