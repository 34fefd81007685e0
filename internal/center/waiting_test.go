package center

import (
	"runtime"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/internal/bus"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/store/storetest"
)

// waiting makes chats whose flow is in a Wait, and says what of this process each of them takes.
func waiting(tb testing.TB, w *world, chats int) (goroutines int, heap float64) {
	tb.Helper()
	content := `{"Version":"2019-10-30","StartAction":"wait","Actions":[
		{"Identifier":"wait","Type":"Wait","Parameters":{"TimeLimitSeconds":"3600"},"Transitions":{"NextAction":"end",
			"Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}],"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`
	err := w.Store.Update(tb.Context(), store.Key{}, func(tx *store.Tx) error {
		tx.PutFlow(&store.Flow{ID: "waits", InstanceID: instanceID, Name: "Waits", Type: "CONTACT_FLOW", State: "ACTIVE", Published: 1})
		tx.PutFlowVersion(&store.FlowVersion{FlowID: "waits", Version: 1, Content: content})
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	start := func(n int) {
		var starting errgroup.Group
		starting.SetLimit(64)
		for range n {
			starting.Go(func() error {
				_, err := w.StartChatContact(tb.Context(), request(func(in *connect.StartChatContactInput) { in.ContactFlowId = new("waits") }))
				return err
			})
		}
		if err := starting.Wait(); err != nil {
			tb.Fatal(err)
		}
	}
	start(100) // what the first ones set up is not counted
	before := runtime.NumGoroutine()
	used := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	heapBefore := used()
	start(chats)
	return runtime.NumGoroutine() - before, (used() - heapBefore) / float64(chats)
}

// silent keeps nothing of what a node tells others.
func silent(c *Config) { c.Publish = func(bus.Message) {} }

// TestWaitingFlowsAreRows: a flow that waits is a row and nothing else.
func TestWaitingFlowsAreRows(t *testing.T) {
	const chats = 500
	goroutines, heap := waiting(t, newWorld(t, storetest.SQLite, silent), chats)
	if goroutines > chats/10 || heap > 4096 {
		t.Errorf("%d flows that wait take %d goroutines and %.0f bytes each", chats, goroutines, heap)
	}
}

// BenchmarkWaitingFlows: what do contacts take whose flow waits? -benchtime 100000x makes so many.
func BenchmarkWaitingFlows(b *testing.B) {
	for _, e := range storetest.All() {
		b.Run(string(e), func(b *testing.B) {
			goroutines, heap := waiting(b, newWorld(b, e, silent), b.N)
			b.ReportMetric(float64(goroutines), "goroutines")
			b.ReportMetric(heap, "heap-B/contact")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "contacts/s")
		})
	}
}
