package center

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
)

// hanging answers for all functions but one.
type hanging struct {
	onlyInvoked
	function string
	calls    atomic.Int32
}

func (h *hanging) Invoke(ctx context.Context, function string, _ []byte) ([]byte, error) {
	if function == h.function {
		h.calls.Add(1)
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return []byte(`{"status":"APPROVED"}`), nil
}

// TestHangingFunctionHoldsUpNoOther has more chats wait for a function that does not answer than there are slots for calls.
func TestHangingFunctionHoldsUpNoOther(t *testing.T) {
	recorded(t, func(t *testing.T, w *world, _ string) {
		h := &hanging{function: processorARN}
		w.Functions, w.KnowsFunction = h, func(string) bool { return true }
		said := func(processor string) chat {
			c := w.start()
			_, err := w.StartContactMediaProcessing(t.Context(), &connect.StartContactMediaProcessingInput{
				InstanceId: new(instanceID), ContactId: &c.id, ProcessorArn: &processor,
			})
			if err != nil {
				t.Fatal(err)
			}
			w.say(c, "hello")
			return c
		}
		for range 70 {
			said(processorARN)
		}
		w.clock.Set(w.clock.Now().Add(time.Second)) // all others come first
		other, ended := said(strings.Replace(processorARN, "mask", "other", 1)), w.start()
		w.end(ended)

		ctx, stop := context.WithCancel(t.Context())
		stopped := make(chan struct{})
		go func() { defer close(stopped); _ = w.jobs.Run(ctx) }()
		defer func() {
			stop()
			w.jobs.Cut()
			<-stopped
		}()
		for deadline := time.Now().Add(time.Minute); len(contents(w.transcript(other))) == 0 || len(w.records(ended.id)) == 0; {
			if time.Now().After(deadline) {
				t.Fatalf("the other function was not asked, or no record told: %q, %d records", contents(w.transcript(other)), len(w.records(ended.id)))
			}
			time.Sleep(10 * time.Millisecond)
		}
		if n := h.calls.Load(); n != maxCalls {
			t.Errorf("%d calls of the function that hangs, want %d", n, maxCalls)
		}
	})
}
