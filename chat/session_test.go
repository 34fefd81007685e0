package chat_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/chat"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bubble runs a test in a bubble with a server of its own: an hour there takes a moment.
func bubble(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { f(t, newWorld(t, "")) })
}

// until takes items until a message has the text, and returns what came before, as text.
func until(w *world, s *chat.Session, text string) []string {
	w.t.Helper()
	var seen []string
	for item := range s.Items(w.t.Context()) {
		seen = append(seen, describe(item))
		if m, ok := item.(*chat.Message); ok && m.Text == text {
			return seen
		}
	}
	w.t.Fatalf("%q never came, but %v, and then %v", text, seen, s.Status())
	return nil
}

func describe(item chat.Item) string {
	name := strings.TrimPrefix(fmt.Sprintf("%T", item), "*chat.")
	switch it := item.(type) {
	case *chat.Message:
		return it.Text
	case *chat.Partial:
		return name + " " + it.Text
	case *chat.Event:
		return name + " " + it.Name
	default:
		return name
	}
}

func TestAChatFromStartToEnd(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		s := w.start()
		bot := w.bot(s.ContactID())
		sent, err := s.Say(t.Context(), "hello")
		if err != nil {
			t.Fatal(err)
		}
		bot.say("good day")
		for item := range s.Items(t.Context()) {
			m, ok := item.(*chat.Message)
			if ok && m.Text == "hello" && m.ID != sent.ID {
				t.Errorf("the item has the id %s, Say answered %s", m.ID, sent.ID)
			}
			if ok && m.Text == "good day" {
				break
			}
		}
		w.stop(s.ContactID())
		var last chat.Item
		for item := range s.Items(t.Context()) {
			last = item
		}
		if _, ok := last.(*chat.Ended); !ok {
			t.Errorf("the last item is a %T", last)
		}
		if st := s.Status(); st.Phase != chat.Over || s.Err() != nil {
			t.Errorf("status %v, error %v", st, s.Err())
		}
		if _, err := s.Say(t.Context(), "anybody?"); !errors.Is(err, chat.ErrEnded) {
			t.Errorf("after the end: %v", err)
		}
	})
}

// history collects statuses, to be read when the session is closed.
func history(phases *[]chat.Status) chat.Option {
	return chat.Notify(func(s chat.Status) { *phases = append(*phases, s) })
}

func TestADeadLinkIsNoticed(t *testing.T) {
	for name, fault := range map[string]func(*way){"frozen": (*way).freeze, "half open": (*way).deafen} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				var all []chat.Status
				s := w.start(history(&all))
				bot := w.bot(s.ContactID())
				until(w, s, greeting)
				time.Sleep(25 * time.Second)
				fault(w.way)
				began := time.Now()
				bot.say("while nobody listens")
				until(w, s, "while nobody listens")
				if took := time.Since(began); took > 16*time.Second {
					t.Errorf("it took %v", took)
				}
				s.Close()
				if len(all) != 4 || all[1].Phase != chat.Reconnecting || !errors.Is(all[1].Err, chat.ErrSilent) || all[2].Phase != chat.Live {
					t.Errorf("the statuses were %v", all)
				}
			})
		})
	}
}

// greeting is the last that the demo flow says before it waits.
const greeting = "Write anything to talk to a person. I wait for ten minutes."

func TestSocketsAndTokensAreRenewedBeforeTheyExpire(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		var all []chat.Status
		s := w.start(history(&all))
		bot := w.bot(s.ContactID())
		if _, err := s.Say(t.Context(), "hello"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(6 * time.Hour)
		w.way.set(func() {
			if w.way.sockets < 6 || w.way.sockets > 8 {
				t.Errorf("%d sockets in 6 hours", w.way.sockets)
			}
		})
		bot.say("still there?")
		until(w, s, "still there?")
		s.Close()
		if len(all) != 2 || all[0].Phase != chat.Live || all[1].Phase != chat.Over {
			t.Errorf("a change of sockets was felt: %v", all)
		}
	})
}

// TestTokensAreRenewedBeforeTheyExpire: where tokens live for a few minutes and sockets for an hour, nobody is refused.
func TestTokensAreRenewedBeforeTheyExpire(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.way.set(func() { w.way.life = 5 * time.Minute })
		s := w.start()
		if _, err := s.Say(t.Context(), "hello"); err != nil { // so that the flow waits no more
			t.Fatal(err)
		}
		for range 50 {
			time.Sleep(time.Minute)
			if err := s.Typing(t.Context()); err != nil { // which is not repeated
				t.Fatal(err)
			}
		}
		w.way.set(func() {
			if w.way.sockets != 1 {
				t.Errorf("there were %d sockets", w.way.sockets)
			}
		})
	})
}

func TestAnExpiredTokenIsReplaced(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		s := w.start()
		w.way.set(func() { w.way.expired = true })
		began := time.Now()
		if _, err := s.Say(t.Context(), "hello"); err != nil || time.Since(began) > time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

func TestWhatIsNotAnsweredIsSentAgainOnce(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		s := w.start()
		bot := w.bot(s.ContactID())
		w.way.set(func() { w.way.lose = 4 })
		if _, err := s.Say(t.Context(), "only once"); err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, it := range bot.transcript() {
			if it.Content != nil && *it.Content == "only once" {
				n++
			}
		}
		if n != 1 {
			t.Errorf("it was said %d times", n)
		}
		w.way.set(func() { w.way.lose = 1000 })
		began := time.Now()
		if _, err := s.Say(t.Context(), "perhaps"); !errors.Is(err, chat.ErrUncertain) || time.Since(began) > 5*time.Minute {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		w.way.heal()
		if _, err := s.Send(t.Context(), "text/html", "<p>"); err == nil || errors.Is(err, chat.ErrUncertain) {
			t.Errorf("a content type that is not there: %v", err)
		}
	})
}

func TestAChatThatEndsUnseen(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		s := w.start()
		until(w, s, greeting)
		w.way.set(func() { w.way.refuse = true })
		w.way.cut()
		w.stop(s.ContactID())
		time.Sleep(time.Minute)
		w.way.heal()
		for item := range s.Items(t.Context()) {
			t.Errorf("there came %v", describe(item))
		}
		if !errors.Is(s.Err(), chat.ErrEndedAway) {
			t.Errorf("the error is %v", s.Err())
		}
	})
}

func TestJoinIsRefusedAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		began := time.Now()
		if _, err := chat.Join(t.Context(), address, "nonsense", chat.HTTPClient(w.client)); err == nil || time.Since(began) > time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		w.way.set(func() { w.way.refuse = true })
		if _, err := chat.Join(t.Context(), address, "any", chat.HTTPClient(w.client)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("nobody there: %v", err)
		}
		if d := time.Since(began); d < 85*time.Second || d > 90*time.Second {
			t.Errorf("it tried for %v", d)
		}
	})
}

// TestJoinEndsWithItsContext, also where a server takes the socket and grants nothing on it.
func TestJoinEndsWithItsContext(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		s := w.start()
		w.way.set(func() { w.way.delay = time.Minute })
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		began := time.Now()
		_, err := chat.Join(ctx, address, s.Save().ParticipantToken, chat.HTTPClient(w.client))
		if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took > 5*time.Second {
			t.Errorf("%v after %v", err, took)
		}
		w.heal()
		time.Sleep(5 * time.Minute) // what is on its way comes
	})
}

// TestWhatIsNotKeptMakesNothingForgotten: more typing than a session remembers does not make messages new again.
func TestWhatIsNotKeptMakesNothingForgotten(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		s := w.start()
		bot := w.bot(s.ContactID())
		bot.say("one")
		until(w, s, "one")
		for i := range 4500 {
			w.way.say(map[string]any{
				"Id": fmt.Sprint("t", i), "Type": "EVENT", "ContentType": "application/vnd.amazonaws.connect.event.typing",
				"AbsoluteTime": "2000-01-01T00:00:01.000Z", "ParticipantRole": "CUSTOM_BOT", "DisplayName": "Bo", "ParticipantId": "bot",
			})
			if i%100 == 99 {
				for range s.Items(t.Context()) {
					break
				}
				time.Sleep(time.Second)
			}
		}
		w.way.cut()
		bot.say("two")
		seen := until(w, s, "two")
		if slices.Contains(seen, "one") || slices.Contains(seen, greeting) {
			t.Errorf("what was told came again: %q", slices.DeleteFunc(seen, func(s string) bool { return s == "Typing" }))
		}
	})
}

// TestWhatIsUndecidedComesWhenItIs: a file that a scanner looks at comes once, as it was decided.
func TestWhatIsUndecidedComesWhenItIs(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		s := w.start()
		until(w, s, greeting)
		for _, status := range []string{"IN_PROGRESS", "APPROVED", "APPROVED"} {
			w.way.say(map[string]any{
				"Id": "f1", "Type": "ATTACHMENT", "AbsoluteTime": "2000-01-01T00:00:01.000Z", "ParticipantRole": "CUSTOMER", "ParticipantId": "c",
				"DisplayName": "Ana", "Attachments": []map[string]string{{"AttachmentId": "a1", "AttachmentName": "a.txt", "Status": status}},
			})
		}
		w.bot(s.ContactID()).say("end")
		if got := until(w, s, "end"); !slices.Equal(slices.DeleteFunc(got, func(s string) bool { return s != "File" }), []string{"File"}) {
			t.Errorf("there came %q", got)
		}
	})
}

func TestASlowProgramMissesNothing(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		s := w.start()
		bot := w.bot(s.ContactID())
		until(w, s, greeting)
		for i := range 1400 {
			bot.say(fmt.Sprint(i))
		}
		bot.say("that is all")
		seen := until(w, s, "that is all")
		seen = slices.DeleteFunc(seen, func(s string) bool { return strings.HasPrefix(s, "Joined") })
		for i := range 1400 {
			if seen[i] != fmt.Sprint(i) {
				t.Fatalf("in place of %d came %s", i, seen[i])
			}
		}
	})
}

// TestPagesMayBeForgotten: nobody says for how long Amazon knows the next page of a transcript.
func TestPagesMayBeForgotten(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		s := w.start()
		bot := w.bot(s.ContactID())
		until(w, s, greeting)
		w.way.cut()
		for i := range 250 {
			bot.say(fmt.Sprint(i))
		}
		w.way.set(func() { w.way.forget = true })
		bot.say("that is all")
		seen := until(w, s, "that is all")
		if n := len(seen); n != 252 || seen[n-2] != "249" {
			t.Errorf("%d items came: %q", n, seen)
		}
	})
}

func TestSaveAndResume(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		s := w.start()
		bot := w.bot(s.ContactID())
		bot.say("one")
		until(w, s, "one")
		bot.say("two")
		time.Sleep(time.Second)
		text, err := json.Marshal(s.Save())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(fmt.Sprint(s.Save()), s.Save().ParticipantToken) {
			t.Error("the token is printed")
		}
		s.Close()
		if _, err := s.Say(t.Context(), "closed"); !errors.Is(err, chat.ErrClosed) {
			t.Errorf("Say on a closed session: %v", err)
		}
		bot.say("three")
		var saved chat.Saved
		if err := json.Unmarshal(text, &saved); err != nil {
			t.Fatal(err)
		}
		again, err := chat.Resume(t.Context(), saved, chat.HTTPClient(w.client))
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		if got := until(w, again, "three"); !slices.Equal(got, []string{"two", "three"}) {
			t.Errorf("there came %q", got)
		}
	})
}

func TestAPersistentChatHasAPast(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		s := w.start()
		if _, err := s.Say(t.Context(), "long ago"); err != nil {
			t.Fatal(err)
		}
		if err := s.Disconnect(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range s.Items(t.Context()) {
		}
		if s.Err() != nil {
			t.Errorf("after leaving: %v", s.Err())
		}
		c := customer()
		c.Continues = s.ContactID()
		next, err := chat.Start(t.Context(), w.connect, c, chat.At(address), chat.HTTPClient(w.client))
		if err != nil {
			t.Fatal(err)
		}
		defer next.Close()
		for _, text := range until(w, next, greeting) {
			if text == "long ago" {
				t.Error("the past came as news")
			}
		}
		past := false
		for item, err := range next.Transcript(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if m, ok := item.(*chat.Message); ok && m.Text == "long ago" {
				past = m.Past
			}
		}
		if !past {
			t.Error("the transcript does not reach the past")
		}
	})
}

func TestReceiptsAndTyping(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		s := w.start(chat.AutoDelivered(), chat.AutoRead())
		token := w.token(s.ContactID(), "AGENT")
		agent, err := chat.Join(t.Context(), address, token, chat.As(types.ParticipantRoleAgent), chat.HTTPClient(w.client))
		if err != nil {
			t.Fatal(err)
		}
		defer agent.Close()
		sent, err := agent.Say(t.Context(), "good day")
		if err != nil {
			t.Fatal(err)
		}
		until(w, s, "good day")
		var delivered, read bool
		for item := range agent.Items(t.Context()) {
			if r, ok := item.(*chat.Receipt); ok && r.MessageID == sent.ID {
				delivered, read = delivered || !r.Delivered.IsZero(), read || !r.Read.IsZero()
			}
			if delivered && read {
				break
			}
		}
		if err := agent.Typing(t.Context()); err != nil {
			t.Fatal(err)
		}
		for item := range s.Items(t.Context()) {
			if ty, ok := item.(*chat.Typing); ok {
				if ty.From.Name != "Bo" {
					t.Errorf("%s types", ty.From.Name)
				}
				break
			}
		}
	})
}
