package center

import (
	"context"
	"errors"

	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// Items reads up to limit items of a chat, live or ended, that come after the one with that number, as GetTranscript gives them. last is
// the number of the last one read, 0 when no more follow.
func (s *Service) Items(ctx context.Context, chat *store.Chat, after int64, limit int) (items []ptypes.Item, last int64, err error) {
	rows, err := s.Store.Items(ctx, chat.Num, store.ItemQuery{After: after, Limit: limit + 1})
	if err != nil {
		return nil, 0, err
	}
	if len(rows) > limit {
		rows = rows[:limit]
		last = rows[limit-1].Seq
	}
	for i := range rows {
		it, err := transcriptItem(&rows[i])
		if err != nil {
			return nil, 0, err
		}
		items = append(items, it)
	}
	return items, last, nil
}

// Record is the contact record of a contact that has ended, in JSON.
func (s *Service) Record(ctx context.Context, contactID string) (body []byte, err error) {
	ct, err := s.Store.Contact(ctx, contactID)
	if err != nil {
		return nil, reply.OrNotFound(err, "Contact")
	}
	err = s.update(ctx, store.Key{Chat: ct.ChatID}, func(sc *scene) error {
		if sc.contact.ID != ct.ID {
			sc.contact = ct
		}
		body, err = sc.recordBody()
		return err
	})
	if errors.Is(err, errNoChat) {
		err = reply.NotFound("Contact")
	}
	return body, err
}
