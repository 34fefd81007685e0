package chat

import (
	"context"
	"sync"

	"github.com/openparley/parley/api/participant/types"
)

// ServeBot is a custom bot in many chats: it joins one for each participant token that comes, and has handle speak in it. Tokens are those
// of CreateParticipant with the role CUSTOM_BOT; a chat takes one such participant. They must be used within the time that
// CreateParticipant names.
//
// It returns when tokens is closed and all chats are done; when the context ends, it closes all sessions and returns its error. Where a
// chat cannot be joined, handle is called with no session and the error.
//
//	err := chat.ServeBot(ctx, endpoint, tokens, func(ctx context.Context, s *chat.Session, err error) {
//		if err != nil {
//			log.Print(err)
//			return
//		}
//		for item := range s.Items(ctx) {
//			if m, ok := item.(*chat.Message); ok && m.From.Role == types.ParticipantRoleCustomer {
//				s.Say(ctx, answer(m.Text))
//			}
//		}
//	})
//
// The bot leaves the chat when handle returns.
func ServeBot(ctx context.Context, endpoint string, tokens <-chan string, handle func(ctx context.Context, s *Session, err error), opts ...Option) error {
	client, idle := ownClient()
	defer idle()
	opts = append([]Option{As(types.ParticipantRoleCustomBot), HTTPClient(client)}, opts...)
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		select {
		case token, ok := <-tokens:
			if !ok {
				return nil
			}
			wg.Go(func() { serve(ctx, endpoint, token, handle, opts) })
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func serve(ctx context.Context, endpoint, token string, handle func(ctx context.Context, s *Session, err error), opts []Option) {
	s, err := Join(ctx, endpoint, token, opts...)
	if err != nil {
		handle(ctx, nil, err)
		return
	}
	defer s.Close()
	handle(ctx, s, nil)
	if ctx.Err() == nil {
		_ = s.Disconnect(ctx) // the chat may be over
	}
}
