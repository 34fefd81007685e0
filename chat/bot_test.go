package chat_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/chat"
)

// bots serves chats until stop is called, which returns what ServeBot did. Each bot repeats what it hears until it is sent away by "bye".
type bots struct {
	tokens chan string
	stop   context.CancelFunc
	done   chan error

	mu  sync.Mutex
	why map[string]int // the bots that are done, by what Err said
}

func (w *world) bots() *bots {
	w.t.Helper()
	ctx, stop := context.WithCancel(w.t.Context())
	b := &bots{tokens: make(chan string), stop: stop, done: make(chan error, 1), why: map[string]int{}}
	go func() {
		b.done <- chat.ServeBot(ctx, address, b.tokens, func(ctx context.Context, s *chat.Session, err error) {
			if err == nil {
				err = echo(ctx, s)
			}
			b.mu.Lock()
			defer b.mu.Unlock()
			b.why[fmt.Sprint(err)]++
		}, chat.HTTPClient(w.client))
	}()
	w.t.Cleanup(stop)
	return b
}

func echo(ctx context.Context, s *chat.Session) error {
	for item := range s.Items(ctx) {
		m, ok := item.(*chat.Message)
		switch {
		case !ok || m.From.Role != types.ParticipantRoleCustomer:
		case m.Text == "bye":
			return nil
		default:
			if _, err := s.Say(ctx, "you said "+m.Text); err != nil {
				return err
			}
		}
	}
	return s.Err()
}

// ended counts the bots that are done for a reason.
func (b *bots) ended(why error) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.why[fmt.Sprint(why)]
}

// TestServeBot: many bots in one program, each in its own chat, and each gone when its customer has sent it away.
func TestServeBot(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		const chats = 25
		b := w.bots()
		var wg sync.WaitGroup
		for i := range chats {
			s := w.start()
			b.tokens <- w.token(s.ContactID(), "CUSTOM_BOT")
			wg.Go(func() {
				for n := range 3 {
					text := fmt.Sprint(i, " ", n)
					if _, err := s.Say(t.Context(), text); err != nil {
						t.Error(err)
					}
					if got := until(w, s, "you said "+text); n > 0 && len(got) != 2 {
						t.Errorf("the answer to %q came after %q", text, got)
					}
				}
				if _, err := s.Say(t.Context(), "bye"); err != nil {
					t.Error(err)
				}
				for item := range s.Items(t.Context()) {
					if l, ok := item.(*chat.Left); ok {
						if l.From.Name != "Bo" {
							t.Errorf("%v left", l.From)
						}
						break
					}
				}
			})
		}
		wg.Wait()
		close(b.tokens)
		if err := <-b.done; err != nil {
			t.Error(err)
		}
		if n := b.ended(nil); n != chats {
			t.Errorf("of %d bots ended %v", chats, b.why)
		}
	})
}

// TestAnAgentTakesOverFromABot: the bot is told why its session has ended, the customer's goes on.
func TestAnAgentTakesOverFromABot(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		b := w.bots()
		s := w.start()
		b.tokens <- w.token(s.ContactID(), "CUSTOM_BOT")
		if _, err := s.Say(t.Context(), "hello"); err != nil {
			t.Fatal(err)
		}
		until(w, s, "you said hello")
		agent, err := chat.Join(t.Context(), address, w.token(s.ContactID(), "AGENT"), chat.As(types.ParticipantRoleAgent), chat.HTTPClient(w.client))
		if err != nil {
			t.Fatal(err)
		}
		defer agent.Close()
		time.Sleep(5 * time.Second)
		if b.ended(chat.ErrRemoved) != 1 {
			t.Errorf("the bot ended with %v", b.why)
		}
		if _, err := s.Say(t.Context(), "and now?"); err != nil {
			t.Fatal(err)
		}
		until(w, agent, "and now?")
		if err := agent.Disconnect(t.Context()); err != nil {
			t.Error(err)
		}
		for range agent.Items(t.Context()) {
		}
		if agent.Err() != nil {
			t.Errorf("an agent who leaves: %v", agent.Err())
		}
		for range s.Items(t.Context()) {
		}
		if s.Err() != nil {
			t.Errorf("the customer whose agent left: %v", s.Err())
		}
	})
}

// TestABotThatIsRemovedWhileAway learns it when it comes back.
func TestABotThatIsRemovedWhileAway(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		s := w.start()
		bot, err := chat.Join(t.Context(), address, w.token(s.ContactID(), "CUSTOM_BOT"), chat.As(types.ParticipantRoleCustomBot), chat.HTTPClient(w.client))
		if err != nil {
			t.Fatal(err)
		}
		defer bot.Close()
		w.way.set(func() { w.way.refuse = true })
		w.way.cut()
		agent := w.join(s.ContactID(), "AGENT")
		agent.say("I am here")
		w.way.heal()
		for range bot.Items(t.Context()) {
		}
		if !errors.Is(bot.Err(), chat.ErrEndedAway) { // what it missed nobody tells it any more
			t.Errorf("the error is %v", bot.Err())
		}
		until(w, s, "I am here")
	})
}

// TestABotComesTooLate: the token of a bot is good for a moment only. Others are not held up, and what has to end ends.
func TestABotComesTooLate(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		b := w.bots()
		s := w.start()
		late := w.token(s.ContactID(), "CUSTOM_BOT")
		time.Sleep(time.Minute)
		b.tokens <- late
		time.Sleep(10 * time.Second)
		b.mu.Lock()
		for why, n := range b.why {
			if n != 1 || why == "<nil>" {
				t.Errorf("%d times %s", n, why)
			}
		}
		if len(b.why) != 1 {
			t.Errorf("the bots ended with %v", b.why)
		}
		b.mu.Unlock()
		b.tokens <- w.token(s.ContactID(), "CUSTOM_BOT")
		if _, err := s.Say(t.Context(), "hello"); err != nil {
			t.Fatal(err)
		}
		until(w, s, "you said hello")
		b.stop()
		if err := <-b.done; !errors.Is(err, context.Canceled) {
			t.Errorf("ServeBot: %v", err)
		}
		if _, err := s.Say(t.Context(), "still here"); err != nil {
			t.Fatal(err)
		}
		until(w, s, "still here")
	})
}
