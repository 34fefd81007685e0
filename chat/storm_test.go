package chat_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/chat"
	"github.com/openparley/parley/parleytest"
)

// TestASessionInAStorm is a session in a test as a program would have it: over the network, amid faults that a seed repeats.
func TestASessionInAStorm(t *testing.T) {
	t.Parallel()
	srv := parleytest.New(t, parleytest.Flow("welcome", parleytest.Steps(parleytest.Say("Welcome"), parleytest.Queue("Support"))))
	client := connect.NewFromConfig(srv.Config())
	session, err := chat.Start(t.Context(), client, chat.Customer{InstanceID: srv.InstanceID, FlowID: srv.FlowID("welcome"), Name: "Ana"},
		chat.Confirmed(), chat.HTTPClient(srv.HTTPClient()))
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	ben := srv.Chat(session.ContactID()).AgentJoins("Ben")

	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	srv.Storm(seed)
	const messages = 40
	go func() {
		for i := range messages {
			if _, err := session.Say(t.Context(), fmt.Sprint("a", i)); err != nil {
				t.Errorf("say: %v", err)
			}
		}
	}()
	for i := range messages {
		ben.Says(fmt.Sprint("b", i))
	}
	next := map[byte]int{'a': 0, 'b': 0}
	for item := range session.Items(t.Context()) {
		m, ok := item.(*chat.Message)
		if !ok || m.Text == "Welcome" {
			continue
		}
		who := m.Text[0]
		if want := fmt.Sprintf("%c%d", who, next[who]); m.Text != want {
			t.Fatalf("there came %s, want %s", m.Text, want)
		}
		if next[who]++; next['a'] == messages && next['b'] == messages {
			return
		}
	}
	t.Errorf("the session ended: %v", session.Status())
}
