package parleytest_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect/types"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/chat"
	"github.com/openparley/parley/parleytest"
)

// TestSessionsLiveThroughFaults: a program on package chat hears each message once and in order, and what it says is said once, whatever goes wrong.
func TestSessionsLiveThroughFaults(t *testing.T) {
	t.Parallel()
	for name, turnOn := range map[string]func(srv *parleytest.Server){
		"nothing":        func(*parleytest.Server) {},
		"server errors":  on(parleytest.Fault{Name: parleytest.ServerErrors, Chance: 0.3, Seed: 1}),
		"lost answers":   on(parleytest.Fault{Name: parleytest.LostAnswers, Chance: 0.3, Seed: 1}),
		"slow answers":   on(parleytest.Fault{Name: parleytest.SlowAnswers, Delay: 20 * time.Millisecond}),
		"expired tokens": on(parleytest.Fault{Name: parleytest.ExpiredToken, Operations: []string{"SendMessage"}, Times: 1}),
		"cut":            on(parleytest.Fault{Name: parleytest.SocketCut}),
		"cut at items":   on(parleytest.Fault{Name: parleytest.SocketCut, Chance: 0.5, Seed: 1}),
		"half open":      on(parleytest.Fault{Name: parleytest.SocketHalfOpen}),
		"frozen": func(srv *parleytest.Server) {
			srv.Fault(parleytest.Fault{Name: parleytest.SocketFrozen})
			time.AfterFunc(200*time.Millisecond, func() { srv.LiftFaults(parleytest.SocketFrozen) })
		},
		"refused":    on(parleytest.Fault{Name: parleytest.ConnectRefused, Times: 3}, parleytest.Fault{Name: parleytest.SocketCut}),
		"duplicates": on(parleytest.Fault{Name: parleytest.DuplicateFrames}),
		"late":       on(parleytest.Fault{Name: parleytest.LateFrames, Chance: 0.5, Seed: 1}),
		"storm":      func(srv *parleytest.Server) { srv.Storm(11) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := parleytest.New(t, parleytest.Patience(time.Minute), parleytest.Flow("welcome", parleytest.Steps(parleytest.Queue("Support"))))
			talk := srv.StartChat("welcome")
			_, token := talk.Invites(types.ParticipantRoleCustomBot, "Helper")
			bot, err := chat.Join(t.Context(), srv.URL, token, chat.As(ptypes.ParticipantRoleCustomBot), chat.HTTPClient(srv.HTTPClient()),
				chat.Heartbeat(500*time.Millisecond, 2*time.Second), chat.Pauses(time.Millisecond, 50*time.Millisecond), chat.Confirmed())
			if err != nil {
				t.Fatal(err)
			}
			var mu sync.Mutex
			var heard []string
			var hearing sync.WaitGroup
			hearing.Go(func() {
				for item := range bot.Items(t.Context()) {
					if m, ok := item.(*chat.Message); ok && m.From.Role == ptypes.ParticipantRoleCustomer {
						mu.Lock()
						heard = append(heard, m.Text)
						mu.Unlock()
					}
				}
			})
			turnOn(srv)
			var asked, all []string
			for i := range 6 {
				question, answer := fmt.Sprint("question ", i), fmt.Sprint("answer ", i)
				talk.Customer.Says(question)
				if _, err := bot.Say(t.Context(), answer); err != nil {
					t.Fatal(err)
				}
				asked, all = append(asked, question), append(all, question, answer)
			}
			talk.Customer.SawOnly(all...)
			srv.Await("hearing all", func() bool {
				mu.Lock()
				defer mu.Unlock()
				return len(heard) >= len(asked)
			})
			bot.Close()
			hearing.Wait()
			if !slices.Equal(heard, asked) {
				t.Errorf("heard %q, want %q", heard, asked)
			}
		})
	}
}

func on(faults ...parleytest.Fault) func(srv *parleytest.Server) {
	return func(srv *parleytest.Server) {
		for _, f := range faults {
			srv.Fault(f)
		}
	}
}
