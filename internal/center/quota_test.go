package center

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/store"
)

// shortFlow ends the contact after a minute; its disconnect flow is itself.
const shortFlow = `{"Version":"2019-10-30","StartAction":"hook","Actions":[
	{"Identifier":"hook","Type":"UpdateContactEventHooks","Parameters":{"EventHooks":{"CustomerRemaining":"short"}},"Transitions":{"NextAction":"pause",
		"Errors":[{"NextAction":"pause","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"pause","Type":"Wait","Parameters":{"TimeLimitSeconds":"60"},"Transitions":{"NextAction":"end",
		"Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}],
		"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// TestActiveChatQuotaNeverLeaks lets chats begin and end in every way there is, in random order: as many are counted as have not been
// told to be over, a full instance refuses and an instance with room does not, and a refusal changes nothing. PARLEY_TEST_SEED repeats a
// run.
func TestActiveChatQuotaNeverLeaks(t *testing.T) {
	const limit, steps = 5, 300
	seed := testSeed(t)
	t.Logf("PARLEY_TEST_SEED=%d", seed)
	engines(t, func(t *testing.T, w *world) {
		err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
			tx.PutFlow(&store.Flow{ID: "short", InstanceID: instanceID, Name: "short", Type: "CONTACT_FLOW", State: "ACTIVE", Published: 1})
			tx.PutFlowVersion(&store.FlowVersion{FlowID: "short", Version: 1, Content: shortFlow})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(seed, 0))
		var live, over []chat
		var done []string
		settle := func() {
			for _, c := range slices.Clone(live) {
				n := w.timesEnded(c)
				if n > 1 {
					t.Fatalf("chat %s was told %d times to be over", c.id, n)
				}
				if n == 1 {
					live = slices.DeleteFunc(live, func(l chat) bool { return l.id == c.id })
					over = append(over, c)
				}
			}
			if n := w.liveChats(); n != len(live) {
				t.Fatalf("%d chats are counted, %d live, after %v", n, len(live), done)
			}
		}
		for i := range steps {
			what := []string{
				"start", "start", "start with its flow", "continue", "start at nothing", "agent joins", "bot joins", "somebody leaves",
				"customer leaves", "stop", "subscribe", "a minute", "five minutes", "a day",
			}[r.IntN(14)]
			done = append(done, what)
			var c chat
			if len(live) > 0 {
				c = live[r.IntN(len(live))]
			}
			in := request(func(in *connect.StartChatContactInput) { in.ClientToken = new(strconv.Itoa(i)) })
			switch what {
			case "start", "start with its flow", "continue":
				if what == "start with its flow" {
					in.ContactFlowId = new("short")
				}
				if what == "continue" && len(over) > 0 {
					persistent(entire, over[r.IntN(len(over))].id)(in)
				}
				before := w.everything()
				out, err := w.StartChatContact(t.Context(), in)
				if len(live) == limit {
					wantCode(t, "a full instance", err, "LimitExceededException")
					if after := w.everything(); after != before {
						t.Fatalf("a refused start changed %s to %s", before, after)
					}
					break
				}
				if err != nil {
					t.Fatalf("%s with %d chats: %v, after %v", what, len(live), err, done)
				}
				started := chat{id: *out.ContactId, participantID: *out.ParticipantId}
				started.ChatID, started.ParticipantID = started.id, started.participantID
				live = append(live, started)
				if _, err := w.StartChatContact(t.Context(), in); err != nil { // full or not, it is that chat
					t.Fatal(err)
				}
			case "start at nothing":
				in.ContactFlowId = new("nowhere")
				_, err := w.StartChatContact(t.Context(), in)
				wantCode(t, what, err, "ResourceNotFoundException")
			case "a minute":
				w.advance(time.Minute)
			case "five minutes":
				w.advance(5 * time.Minute)
			case "a day":
				w.advance(24 * time.Hour)
			default:
				if c.id == "" {
					break
				}
				row := w.row(c)
				switch what {
				case "agent joins", "bot joins":
					role := map[string]types.ParticipantRole{"agent joins": types.ParticipantRoleAgent, "bot joins": types.ParticipantRoleCustomBot}[what]
					w.change(c, func(sc *scene) error {
						p := store.Participant{ID: newID(), Role: string(role), DisplayName: "x"}
						if sc.invite(&p) != nil {
							return nil // no room
						}
						return sc.join(p.ID)
					})
				case "somebody leaves":
					p := row.Participants[r.IntN(len(row.Participants))]
					if p.LeftAt == 0 && p.Role != roleSystem {
						w.change(c, func(sc *scene) error { return sc.disconnect(p) })
					}
				case "customer leaves":
					if _, err := w.DisconnectParticipant(t.Context(), c.Connection, nothing); err != nil {
						t.Fatal(err)
					}
				case "stop":
					_, err := w.StopContact(t.Context(), &connect.StopContactInput{InstanceId: new(instanceID), ContactId: &row.ContactID})
					if err != nil {
						t.Fatal(err)
					}
				case "subscribe":
					subscribe(t, w, c)
				}
			}
			settle()
		}
		w.advance(48 * time.Hour)
		settle()
		if len(live) > 0 {
			t.Errorf("%d chats outlived their duration", len(live))
		}
	}, func(c *Config) { c.MaxActiveChats = limit })
}

// testSeed is where a test at random begins: at a new place each time, or at the one that repeats a run.
func testSeed(t *testing.T) uint64 {
	s := os.Getenv("PARLEY_TEST_SEED")
	if s == "" {
		return uint64(time.Now().UnixNano())
	}
	seed, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return seed
}

// timesEnded is how often a chat was told to be over.
func (w *world) timesEnded(c chat) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range w.told {
		if m.Chat == c.id && m.Ended {
			n++
		}
	}
	return n
}

// everything is what a start would add to.
func (w *world) everything() string {
	w.mu.Lock()
	told := len(w.told)
	w.mu.Unlock()
	due, ok, err := w.Store.NextDue(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return fmt.Sprintf("%d messages told, a job %v due at %s", told, ok, due)
}
