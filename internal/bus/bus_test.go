package bus

import (
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// contract is what every bus does. make returns a bus to publish on and one to subscribe to: the same, or two nodes of a cluster.
func contract(t *testing.T, make func(*testing.T) (publish, subscribe Bus)) {
	t.Run("MessagesArriveWhole", func(t *testing.T) {
		pub, sub := make(t)
		got := collect(sub)
		want := []Message{
			{Chat: "c", Seq: 1, Item: []byte(`{"Type":"MESSAGE"}`)},
			{Chat: "c", Seq: 2, To: []string{"p1", "p2"}, Ended: true, Item: []byte(strings.Repeat("x", 100<<10))},
			{Chat: "c", Item: []byte("typing")},
			{Chat: "", To: []string{""}, Item: []byte("x")},
			{Chat: "d", Seq: 1<<63 - 1},
			Hint("d"),
		}
		for _, m := range want {
			pub.Publish(m)
		}
		came := got.wait(t, len(want))
		if diff := cmp.Diff(want, came); diff != "" {
			t.Error(diff)
		}
		for i, m := range came {
			if hint := i == len(came)-1; m.IsHint() != hint {
				t.Errorf("%+v is a hint: %t", m, !hint)
			}
		}
	})

	t.Run("EachChatIsInOrder", func(t *testing.T) {
		pub, sub := make(t)
		const chats, messages = 4, 500
		first, second := collect(sub), collect(sub)
		var wg sync.WaitGroup
		for chat := range chats {
			wg.Go(func() {
				for seq := range messages {
					pub.Publish(Message{Chat: fmt.Sprint(chat), Seq: int64(seq + 1)})
				}
			})
		}
		wg.Wait()
		for _, got := range []*collected{first, second} {
			last := map[string]int64{}
			for _, m := range got.wait(t, chats*messages) {
				if m.Seq != last[m.Chat]+1 {
					t.Fatalf("message %d of chat %s came after %d", m.Seq, m.Chat, last[m.Chat])
				}
				last[m.Chat] = m.Seq
			}
		}
	})

	t.Run("ASlowSubscriberHoldsNobodyUp", func(t *testing.T) {
		pub, sub := make(t)
		lost, block := lostOf(sub), newGate()
		defer block.open()
		var slow collected
		sub.Subscribe(func(m Message) {
			<-block
			slow.add(m)
		})
		quick := collect(sub)
		const messages = maxWaiting + 10
		for seq := range messages {
			pub.Publish(Message{Chat: "c", Seq: int64(seq + 1)})
			if seq%1000 == 0 {
				quick.wait(t, seq+1) // so that only the slow one is slow
			}
		}
		quick.wait(t, messages)
		wait(t, "lost messages", lost)
		block.open()
		got := slow.wait(t, maxWaiting)
		for i := range got[1:] {
			if got[i].Seq >= got[i+1].Seq {
				t.Fatalf("message %d came after %d", got[i+1].Seq, got[i].Seq)
			}
		}
	})

	t.Run("ASlowSubscriberHasABoundInBytes", func(t *testing.T) {
		pub, sub := make(t)
		lost, block := lostOf(sub), newGate()
		defer block.open()
		sub.Subscribe(func(Message) { <-block })
		item := []byte(strings.Repeat("x", 512<<10))
		for range maxWaitingBytes/len(item) + 1 {
			pub.Publish(Message{Item: item})
		}
		wait(t, "lost messages", lost)
	})

	t.Run("NothingComesAfterCancel", func(t *testing.T) {
		pub, sub := make(t)
		var cancelled collected
		var cancel func()
		ready := newGate()
		cancel = sub.Subscribe(func(m Message) {
			<-ready
			cancelled.add(m)
			cancel()
		})
		ready.open()
		other := collect(sub)
		for seq := range 10 {
			pub.Publish(Message{Chat: "c", Seq: int64(seq)})
		}
		other.wait(t, 10)
		cancel()
		pub.Publish(Message{Chat: "c"})
		other.wait(t, 11)
		if got := cancelled.wait(t, 1); len(got) != 1 {
			t.Errorf("%d messages came, want the one that cancelled", len(got))
		}
	})

	t.Run("CloseEndsEverything", func(t *testing.T) {
		pub, sub := make(t)
		got := collect(sub)
		pub.Publish(Message{Chat: "c"})
		got.wait(t, 1)
		for range 2 {
			if err := sub.Close(); err != nil {
				t.Error(err)
			}
			if err := pub.Close(); err != nil {
				t.Error(err)
			}
		}
		pub.Publish(Message{Chat: "c"})
		sub.Publish(Message{Chat: "c"})
		sub.Subscribe(func(Message) { t.Error("a message came after Close") })()
		if n := len(got.wait(t, 1)); n != 1 {
			t.Errorf("%d messages came, want 1", n)
		}
	})
}

func TestLocal(t *testing.T) {
	contract(t, func(t *testing.T) (Bus, Bus) {
		b := NewLocal()
		t.Cleanup(func() { b.Close() })
		return b, b
	})
}

// TestLostIsNotToldTooOften: one call for all losses, at once, and no other for a second.
func TestLostIsNotToldTooOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newLocal()
		defer b.Close()
		begin := time.Now()
		var told []time.Duration
		b.Lost(func() { told = append(told, time.Since(begin)) })
		var second int
		b.Lost(func() { second++ })
		b.lose()
		synctest.Wait()
		for range 100 {
			b.lose()
			time.Sleep(5 * time.Millisecond)
		}
		time.Sleep(time.Hour)
		b.lose()
		synctest.Wait()
		want := []time.Duration{0, time.Second, 500*time.Millisecond + time.Hour}
		if diff := cmp.Diff(want, told); diff != "" || second != len(want) {
			t.Errorf("losses were told %d times to the second, to the first at\n%s", second, diff)
		}
	})
}

// collected are messages that have come.
type collected struct {
	mu       sync.Mutex
	messages []Message
}

func collect(b Bus) *collected {
	var c collected
	b.Subscribe(c.add)
	return &c
}

func (c *collected) add(m Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.messages = append(c.messages, m)
}

// wait returns the messages when there are at least n.
func (c *collected) wait(t *testing.T, n int) []Message {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		c.mu.Lock()
		got := c.messages
		c.mu.Unlock()
		if len(got) >= n {
			return got
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d messages have come, want %d", len(got), n)
		}
	}
}

func lostOf(b Bus) <-chan struct{} {
	lost := make(chan struct{}, 100)
	b.Lost(func() { lost <- struct{}{} })
	return lost
}

func wait(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(time.Minute):
		t.Fatalf("%s: nothing has come", what)
	}
}

// gate holds up who receives from it until it is opened.
type gate chan struct{}

func newGate() gate { return make(gate) }

func (g gate) open() {
	select {
	case <-g:
	default:
		close(g)
	}
}

func TestFrame(t *testing.T) {
	frame := appendFrame(nil, Message{Chat: "chat", Seq: 300, To: []string{"p1", "p2"}, Ended: true})
	if _, err := readFrame(frame); err != nil {
		t.Fatal(err)
	}
	for n := range frame {
		if m, err := readFrame(frame[:n]); err == nil {
			t.Errorf("%d of %d bytes are read as %+v", n, len(frame), m)
		}
	}
	huge := binary.AppendUvarint(appendText([]byte{frameItem, 1}, "chat"), 1<<60)
	for _, frame := range [][]byte{huge, {frameLost}, {0}, {9, 9, 9}} {
		if m, err := readFrame(frame); err == nil {
			t.Errorf("%x is read as %+v", frame, m)
		}
	}
}

func FuzzFrame(f *testing.F) {
	for _, m := range []Message{{}, {Chat: "c", Seq: 1, Item: []byte("{}")}, {Chat: "c", To: []string{"p", ""}, Ended: true}} {
		f.Add(appendFrame(nil, m))
	}
	f.Add([]byte{frameItem, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, frame []byte) {
		m, err := readFrame(frame)
		if err != nil {
			return
		}
		again, err := readFrame(appendFrame(nil, m))
		if diff := cmp.Diff(m, again); err != nil || diff != "" {
			t.Errorf("%x: %v\n%s", frame, err, diff)
		}
	})
}

// benchmark asks how long it takes until a published message is with a subscriber.
func benchmark(b *testing.B, publish, subscribe Bus) {
	m := Message{
		Chat: "5f0c7a52-8d0e-4b7e-9a39-0f5f0a1d7c11", Seq: 7, Item: []byte(strings.Repeat("x", 350)),
	}
	came := make(chan struct{}, maxWaiting)
	subscribe.Subscribe(func(Message) { came <- struct{}{} })
	b.ReportAllocs()
	const window = 64 // messages under way
	n := 0
	for b.Loop() {
		publish.Publish(m)
		if n++; n > window {
			<-came
		}
	}
	for range min(n, window) {
		<-came
	}
}

func BenchmarkLocal(b *testing.B) {
	bus := NewLocal()
	defer bus.Close()
	benchmark(b, bus, bus)
}
