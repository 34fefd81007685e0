package server

import (
	"context"
	"fmt"
	"slices"

	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/store"
)

// Witness is what somebody in a chat has been shown, over all of its contacts.
type Witness struct {
	ChatID        string // of the first contact
	ContactID     string // of the current one
	ParticipantID string
	Items         [][]byte // as JSON, in order
}

// Still runs fn while no job is done: for tests that do several things at once.
func (s *Server) Still(ctx context.Context, fn func() error) error { return s.jobs.Still(ctx, fn) }

// Attend connects a participant as the first subscription of a WebSocket does, without one: for tests.
func (s *Server) Attend(ctx context.Context, chatID, participantID string) error {
	_, err := s.center.Subscribed(ctx, auth.Socket{ChatID: chatID, ParticipantID: participantID})
	return err
}

// Witness reads what a participant was shown, named by id or, the first of it, by role; whether the chat is over or not. For tests: it asks
// nobody for a token.
func (s *Server) Witness(ctx context.Context, contactID, who string) (w Witness, err error) {
	contact, err := s.store.Contact(ctx, contactID)
	if err != nil {
		return w, fmt.Errorf("contact %s: %w", contactID, err)
	}
	chat, err := s.store.Chat(ctx, contact.ChatID)
	if err != nil {
		return w, err
	}
	i := slices.IndexFunc(chat.Participants, func(p store.Participant) bool { return p.ID == who || p.Role == who })
	if i < 0 {
		return w, fmt.Errorf("nobody in the chat is %s", who)
	}
	w = Witness{ChatID: chat.ID, ContactID: chat.ContactID, ParticipantID: chat.Participants[i].ID}
	const page = 100
	for after, more := int64(0), true; more; {
		items, err := s.center.Since(ctx, chat.ID, w.ParticipantID, after, page)
		if err != nil {
			return w, err
		}
		for _, m := range items {
			after = m.Seq
			if m.Item != nil {
				w.Items = append(w.Items, m.Item)
			}
		}
		more = len(items) == page
	}
	return w, nil
}
