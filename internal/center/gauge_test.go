package center

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/store"
)

// enter has a chat try to enter a queue of two places, and returns what kept it out.
func (w *world) enter(c chat, change ...func(*store.Queue)) (failed string) {
	w.t.Helper()
	q := &store.Queue{ID: queueID, InstanceID: instanceID, Name: "Sales", Enabled: true, MaxContacts: new(int64(2)), HoursID: "own"}
	for _, f := range change {
		f(q)
	}
	w.mustUpdate(func(tx *store.Tx) { tx.PutQueue(q) })
	w.change(c, func(sc *scene) (err error) {
		sc.contact.TargetQueueID, sc.contactChanged = queueID, true
		failed, err = sc.enterQueue()
		return err
	})
	return failed
}

func TestQueueCapacity(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		first, second, third := w.start(), w.start(), w.start()
		for i, c := range []chat{first, second} {
			if failed := w.enter(c); failed != "" {
				t.Fatalf("chat %d: %s", i, failed)
			}
		}
		for want, change := range map[string]func(*store.Queue){
			flow.QueueAtCapacity: func(*store.Queue) {},
			flow.NoMatchingError: func(q *store.Queue) { q.Enabled = false },
		} {
			if failed := w.enter(third, change); failed != want {
				t.Errorf("third chat: %q, want %q", failed, want)
			}
		}
		w.end(first)
		if failed := w.enter(third, func(q *store.Queue) { q.MaxContacts = new(int64(0)) }); failed != flow.QueueAtCapacity {
			t.Errorf("a queue for nobody: %q", failed)
		}
		if failed := w.enter(third); failed != "" {
			t.Errorf("a place is free: %q", failed)
		}
		if failed := w.enter(w.start(), func(q *store.Queue) { q.MaxContacts = nil }); failed != "" {
			t.Errorf("a queue without a limit: %q", failed)
		}
	})
}

func TestGaugesOfAQueue(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		unlimited := func(q *store.Queue) { q.MaxContacts = nil }
		answered, first, second, outside := w.start(), w.start(), w.start(), w.start()
		w.enter(answered, unlimited)
		w.advance(40 * time.Second)
		w.join(answered, types.ParticipantRoleAgent)
		w.enter(first, unlimited)
		w.advance(30 * time.Second)
		w.enter(second, unlimited)
		w.advance(5 * time.Second)

		read := func(c chat, e flow.ReadMetric) (answer string) {
			t.Helper()
			w.change(c, func(sc *scene) error {
				in, err := sc.readMetric(e)
				answer = in.Event + in.Error
				return err
			})
			return answer
		}
		for metric, want := range map[string]string{
			flow.ContactsInQueue: "2", flow.OldestAge: "35", flow.AgentsOnline: "1", flow.AgentsStaffed: "1", flow.AgentsAvailable: "0",
		} {
			if got := read(second, flow.ReadMetric{Metric: metric}); got != want {
				t.Errorf("%s in the queue: %s, want %s", metric, got, want)
			}
			if got := read(outside, flow.ReadMetric{Metric: metric, QueueID: w.Scope.Resource(instanceID, arn.Queue, queueID)}); got != want {
				t.Errorf("%s from outside: %s, want %s", metric, got, want)
			}
		}
		for what, e := range map[string]flow.ReadMetric{
			"no queue": {}, "an unknown queue": {QueueID: "none"}, "the queue of an agent": {AgentID: "a"},
		} {
			if got := read(outside, e); got != flow.NoMatchingError {
				t.Errorf("%s: %s", what, got)
			}
		}
		if got := read(outside, flow.ReadMetric{Metric: flow.OldestAge, QueueID: w.basicQueue()}); got != "0" {
			t.Errorf("age of an empty queue: %s", got)
		}

		metrics := func(c chat, e flow.ReadMetrics) (g map[string]any) {
			t.Helper()
			w.change(c, func(sc *scene) error {
				in, err := sc.readMetrics(e)
				if in.Kind == flow.Failed {
					return err
				}
				return json.Unmarshal(in.Data, &g)
			})
			return g
		}
		count := func(n string) any { return map[string]any{"Count": n} }
		agents := func(busy string) any {
			return map[string]any{
				"Online": count(busy), "Staffed": count(busy), "Busy": count(busy), "Available": count("0"), "AfterContactWork": count("0"),
				"Missed": count("0"), "NonProductive": count("0"),
			}
		}
		sales := func(size string, age, wait any) any {
			return map[string]any{
				"Name": "Sales", "ARN": w.Scope.Resource(instanceID, arn.Queue, queueID), "Size": size, "OldestContactAge": age, "EstimatedWaitTime": wait,
			}
		}
		for _, tt := range []struct {
			name string
			of   chat
			ask  flow.ReadMetrics
			want map[string]any
		}{
			{"first", first, flow.ReadMetrics{}, map[string]any{
				"Queue": sales("2", "35", "40"), "Agents": agents("1"), "Contact": map[string]any{"PositionInQueue": "1", "EstimatedWaitTime": "20"},
			}},
			{"second", second, flow.ReadMetrics{Channel: "Chat"}, map[string]any{
				"Queue": sales("2", "35", "40"), "Agents": agents("1"), "Contact": map[string]any{"PositionInQueue": "2", "EstimatedWaitTime": "40"},
			}},
			{"outside", outside, flow.ReadMetrics{QueueID: queueID}, map[string]any{"Queue": sales("2", "35", "40"), "Agents": agents("1")}},
			{"calls", first, flow.ReadMetrics{Channel: "voice"}, map[string]any{"Queue": sales("0", nil, nil), "Agents": agents("0")}},
			{"unknown", first, flow.ReadMetrics{QueueID: "none"}, nil},
		} {
			if diff := cmp.Diff(tt.want, metrics(tt.of, tt.ask)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.name, diff)
			}
		}

		w.advance(time.Hour)
		if got := metrics(outside, flow.ReadMetrics{QueueID: queueID}); got["Queue"].(map[string]any)["EstimatedWaitTime"] != nil {
			t.Errorf("an estimate from nothing: %v", got)
		}
	})
}

// A contact counts as the update has it that asks: it may have entered the queue, or got its agent, just now.
func TestGaugesCountTheContactItself(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start()
		w.mustUpdate(func(tx *store.Tx) {
			tx.PutQueue(&store.Queue{ID: queueID, InstanceID: instanceID, Name: "Sales", Enabled: true})
		})
		w.change(c, func(sc *scene) error {
			sc.contact.TargetQueueID = queueID
			if _, err := sc.enterQueue(); err != nil {
				return err
			}
			q, err := sc.queue(queueID)
			if err != nil {
				return err
			}
			if n, oldest, err := sc.queued(q); n != 1 || oldest != 0 || err != nil {
				t.Errorf("%d wait for %v, %v", n, oldest, err)
			}
			sc.contact.AgentAt, sc.contact.AgentID = sc.now(), "a"
			if n, _, err := sc.queued(q); n != 0 || err != nil {
				t.Errorf("%d wait with an agent, %v", n, err)
			}
			n, err := sc.busy(q)
			if n != 1 {
				t.Errorf("%d agents", n)
			}
			return err
		})
	})
}

func TestHoursOfAFlow(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		// It is Saturday, 2026-01-31, 10:00 UTC.
		const saturday = `{"zone": "UTC", "week": [{"day": 6, "start": 540, "end": 660}]}`
		closed := store.HoursOverride{ID: "o", Name: "o", Rule: json.RawMessage(`{"kind": "CLOSED", "from": 20484, "till": 20484}`)}
		w.mustUpdate(func(tx *store.Tx) {
			for _, h := range []store.Hours{
				{ID: "own"},
				{ID: "holiday", Overrides: []store.HoursOverride{closed}},
				{ID: "child", Parents: []string{"holiday", "gone"}},
				{ID: "night", Schedule: json.RawMessage(`{"zone": "Asia/Tokyo", "week": [{"day": 6, "start": 1320, "end": 360}]}`)},
			} {
				h.InstanceID, h.Name = instanceID, h.ID
				if h.Schedule == nil {
					h.Schedule = json.RawMessage(saturday)
				}
				tx.PutHours(&h)
			}
			tx.PutHours(&store.Hours{ID: "foreign", InstanceID: "another", Name: "x", Schedule: json.RawMessage(saturday)})
		})
		c := w.start()
		check := func(id string) (answer string) {
			t.Helper()
			w.change(c, func(sc *scene) error {
				in, err := sc.apply(flow.CheckHours{HoursID: id})
				answer = in.Event + in.Error
				return err
			})
			return answer
		}
		if got := check(""); got != flow.NoMatchingError {
			t.Errorf("without a queue: %s", got)
		}
		if failed := w.enter(c); failed != "" {
			t.Fatal(failed)
		}
		for id, want := range map[string]string{
			"": "True", "own": "True", w.Scope.Resource(instanceID, arn.Hours, "own"): "True", "holiday": "False", "child": "False", "night": "False",
			"none": flow.NoMatchingError, "foreign": flow.NoMatchingError, w.Scope.Resource("another", arn.Hours, "own"): flow.NoMatchingError,
		} {
			if got := check(id); got != want {
				t.Errorf("hours %q: %s, want %s", id, got, want)
			}
		}
		w.advance(3 * time.Hour) // 13:00 UTC is 22:00 in Tokyo
		for id, want := range map[string]string{"": "False", "night": "True"} {
			if got := check(id); got != want {
				t.Errorf("hours %q at night: %s, want %s", id, got, want)
			}
		}
	})
}
