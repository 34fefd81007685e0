package center

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

const (
	busARN    = "arn:aws:events:us-east-1:000000000000:event-bus/contacts"
	recordARN = "arn:aws:kinesis:us-east-1:000000000000:stream/records"
	queueID   = "00000000-0000-4000-8000-0000000000c1"
)

func withEvents(c *Config) { c.ContactEvents = []string{busARN, "archive"} }

// outs reads what a chat has to tell a target.
func (w *world) outs(chatID, target string) []store.Out {
	w.t.Helper()
	outs, err := w.Store.Outs(w.t.Context(), chatID+"/"+target, 10_000)
	if err != nil {
		w.t.Fatal(err)
	}
	return outs
}

// eventTypes are the types of the contact events that a chat has told, in order.
func (w *world) eventTypes(chatID string) (all []string) {
	w.t.Helper()
	for _, o := range w.outs(chatID, busARN) {
		var e event
		if err := json.Unmarshal(o.Body, &e); err != nil {
			w.t.Fatal(err)
		}
		all = append(all, e.Detail.EventType)
	}
	return all
}

// queued is a chat that has waited in a queue.
func (w *world) queued(t *testing.T, c chat) {
	t.Helper()
	err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
		tx.PutQueue(&store.Queue{ID: queueID, InstanceID: instanceID, Name: "Sales", Enabled: true})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.change(c, func(sc *scene) error {
		sc.contact.TargetQueueID = queueID
		failed, err := sc.enterQueue()
		if failed != "" {
			t.Errorf("the contact can not enter the queue: %s", failed)
		}
		return err
	})
}

// wantJSON compares JSON documents with a file, member by member. Ids that differ from run to run have names there.
func wantJSON(t *testing.T, file string, got [][]byte, names ...string) {
	t.Helper()
	golden, err := os.ReadFile(filepath.Join("testdata", "told", file))
	if err != nil {
		t.Fatal(err)
	}
	var want, is any
	if err := json.Unmarshal(golden, &want); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	text := strings.NewReplacer(names...).Replace("[" + string(bytes.Join(got, []byte(","))) + "]")
	if err := json.Unmarshal([]byte(text), &is); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if diff := cmp.Diff(want, is); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// TestContactEvents follows a chat from its start through a queue to an agent and its disconnect flow.
func TestContactEvents(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start(func(in *connect.StartChatContactInput) {
			in.SegmentAttributes = map[string]types.SegmentAttributeValue{
				"shop": {ValueMap: map[string]types.SegmentAttributeValue{"City": {ValueString: new("Bonn")}}},
			}
		})
		w.advance(1250 * time.Millisecond)
		w.queued(t, c)
		w.advance(time.Second)
		agent := w.join(c, types.ParticipantRoleAgent)
		w.advance(time.Second)
		w.say(c, "hello?")
		w.advance(3 * time.Second)
		w.say(agent, "hi")
		_, err := w.TagContact(t.Context(), &connect.TagContactInput{
			InstanceId: new(instanceID), ContactId: &c.id, Tags: map[string]string{"topic": "boats"},
		})
		if err != nil {
			t.Fatal(err)
		}
		w.advance(time.Second)
		var next string
		w.change(c, func(sc *scene) error {
			sc.chat.Hooks, sc.chatChanged = map[string]string{hookCustomerRemaining: flowID}, true
			p, _ := sc.participant(agent.participantID)
			err := sc.disconnect(p)
			next = sc.contact.ID
			return err
		})
		w.advance(time.Second)
		w.end(c)
		w.advance(0)

		want := []string{
			"INITIATED", "CONNECTED_TO_SYSTEM", "QUEUED", "CONNECTED_TO_AGENT", "CONTACT_DATA_UPDATED",
			"DISCONNECTED", "INITIATED", "CONNECTED_TO_SYSTEM", "COMPLETED", "DISCONNECTED", "COMPLETED",
		}
		if got := w.eventTypes(c.id); !slices.Equal(got, want) {
			t.Fatalf("events %q, want %q", got, want)
		}
		var bodies [][]byte
		seen := map[string]bool{}
		for i, o := range w.outs(c.id, busARN) {
			var e event
			if err := json.Unmarshal(o.Body, &e); err != nil {
				t.Fatal(err)
			}
			if seen[e.ID] || e.ID == "" {
				t.Errorf("event %d has the id %q of another", i, e.ID)
			}
			seen[e.ID] = true
			bodies = append(bodies, bytes.Replace(o.Body, []byte(e.ID), []byte("EVENT"), 1))
			if other := w.outs(c.id, "archive")[i]; !bytes.Equal(other.Body, o.Body) || o.Kind != "event" {
				t.Errorf("event %d is %s for one target, %s for the other", i, o.Body, other.Body)
			}
		}
		wantJSON(t, "events.json", bodies, c.id, "C1", next, "C2", c.participantID, "P1", agent.participantID, "P2", instanceID, "I", queueID, "Q")
	}, withEvents)
}

// TestContactEventsOfFailures has nothing told of updates that fail, nor anything at all without targets.
func TestContactEventsOfFailures(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		if _, err := w.StartChatContact(t.Context(), request(func(in *connect.StartChatContactInput) { in.ContactFlowId = new("nowhere") })); err == nil {
			t.Fatal("a chat started in a flow that does not exist")
		}
		c := w.start()
		err := w.update(t.Context(), store.Key{Chat: c.id}, func(sc *scene) error {
			sc.contactEvent(contactQueued)
			return reply.InvalidRequest("no")
		})
		wantCode(t, "update", err, "InvalidRequestException")
		if got := w.eventTypes(c.id); !slices.Equal(got, []string{"INITIATED", "CONNECTED_TO_SYSTEM"}) {
			t.Errorf("events %q", got)
		}
	}, withEvents)
	engines(t, func(t *testing.T, w *world) {
		c := w.start()
		w.end(c)
		w.change(c, func(sc *scene) error {
			if rows, err := w.Store.CountRows(t.Context(), sc.chat); err != nil || rows.Outs != 0 {
				t.Errorf("%d rows to be told, %v", rows.Outs, err)
			}
			return nil
		})
		if due, ok, err := w.Store.NextDue(t.Context()); ok || err != nil {
			t.Errorf("a job is due at %v after the end (%v)", due, err)
		}
	})
}

// TestFlowTellsOfAttributes sees the event of what a flow changes.
func TestFlowTellsOfAttributes(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start()
		w.change(c, func(sc *scene) error {
			_, err := sc.apply(flow.SetAttributes{Attributes: map[string]string{"plan": "gold"}})
			return err
		})
		if got := w.eventTypes(c.id); !slices.Equal(got, []string{"INITIATED", "CONNECTED_TO_SYSTEM", "CONTACT_DATA_UPDATED"}) {
			t.Errorf("events %q", got)
		}
	}, withEvents)
}
