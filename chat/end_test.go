package chat_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/openparley/parley/api/connect"
	ctypes "github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/chat"
	"github.com/openparley/parley/internal/server"
)

// TestARefusalLeavesTimeForTheLastItems: who sends as the chat ends may be refused before the end has come on the socket.
func TestARefusalLeavesTimeForTheLastItems(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		s := w.start()
		bot := w.bot(s.ContactID())
		until(w, s, greeting)
		w.way.set(func() { w.way.delay = 300 * time.Millisecond })
		bot.say("goodbye")
		w.stop(s.ContactID())
		for range 3 {
			if _, err := s.Say(t.Context(), "one thing more"); !errors.Is(err, chat.ErrEnded) {
				t.Errorf("Say: %v", err)
			}
		}
		var got []string
		for item := range s.Items(t.Context()) {
			got = append(got, describe(item))
		}
		if want := []string{"Joined", "goodbye", "Ended"}; !slices.Equal(got, want) || s.Err() != nil {
			t.Errorf("there came %q, then %v", got, s.Err())
		}
	})
}

// TestAChatThatEndsAsItIsJoined has been joined.
func TestAChatThatEndsAsItIsJoined(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		for range 10 {
			out, err := w.connect.StartChatContact(t.Context(), connect.NewStartChatContactInput(
				server.DevInstance, server.DevFlow, ctypes.ParticipantDetails{DisplayName: new("Ana")}))
			if err != nil {
				t.Fatal(err)
			}
			s, err := chat.Join(t.Context(), address, *out.ParticipantToken, chat.HTTPClient(w.client), chat.Notify(func(st chat.Status) {
				if st.Phase == chat.Live {
					w.stop(*out.ContactId)
					time.Sleep(time.Second) // the end waits for its turn to be told
				}
			}))
			if err != nil {
				t.Fatal(err)
			}
			var last chat.Item
			for item := range s.Items(t.Context()) {
				last = item
			}
			if _, ok := last.(*chat.Ended); !ok {
				t.Errorf("the last item is a %T, then %v", last, s.Err())
			}
			s.Close()
		}
	})
}

// TestWhatCannotBeSentIsNotTriedForLong: no time gives a client credentials, or makes an address good.
func TestWhatCannotBeSentIsNotTriedForLong(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		began := time.Now()
		poor := connect.New(connect.Options{
			BaseEndpoint: new(address), Region: "us-east-1", HTTPClient: w.client,
			Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{}, errors.New("no money")
			}),
		})
		if _, err := chat.Start(t.Context(), poor, customer(), chat.HTTPClient(w.client)); err == nil {
			t.Error("a chat was started without credentials")
		}
		for _, endpoint := range []string{"", "parley.test", "parley.test:80", "http://", "ftp://parley.test", "us-east-1 "} {
			if _, err := chat.Join(t.Context(), endpoint, "any", chat.HTTPClient(w.client)); err == nil {
				t.Errorf("%q was joined", endpoint)
			}
		}
		if d := time.Since(began); d > 0 {
			t.Errorf("it took %v", d)
		}
	})
}

// TestAnEndThatWaitsIsNoLoss: a slow program is given all that came before the end, and hears of no gap where there is none.
func TestAnEndThatWaitsIsNoLoss(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		s := w.start()
		bot := w.bot(s.ContactID())
		until(w, s, greeting)
		for i := range 700 {
			bot.say(fmt.Sprint(i))
		}
		w.stop(s.ContactID())
		time.Sleep(time.Minute)
		n := 0
		var last chat.Item
		for item := range s.Items(t.Context()) {
			if _, ok := item.(*chat.Message); ok {
				n++
			}
			last = item
		}
		if _, ok := last.(*chat.Ended); !ok || n != 700 || s.Err() != nil {
			t.Errorf("%d messages came, at last a %T, then %v", n, last, s.Err())
		}
	})
}
