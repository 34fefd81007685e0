package bus

import (
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// startNATS starts a NATS server in this process, on a port of the loopback or, when port is 0, without one.
func startNATS(t testing.TB, port int) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, DontListen: port == 0, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { stopNATS(s) })
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("the NATS server does not start")
	}
	return s
}

func stopNATS(s *server.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}

// node returns a node of a cluster that is connected inside this process.
func node(t testing.TB, s *server.Server, cluster string) *natsBus {
	t.Helper()
	b, err := newNATS("", cluster, slog.New(slog.DiscardHandler), nats.InProcessServer(s))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

func TestNATS(t *testing.T) {
	t.Run("OneNode", func(t *testing.T) {
		contract(t, func(t *testing.T) (Bus, Bus) {
			b := node(t, startNATS(t, 0), "test")
			return b, b
		})
	})
	t.Run("TwoNodes", func(t *testing.T) {
		contract(t, func(t *testing.T) (Bus, Bus) {
			s := startNATS(t, 0)
			return node(t, s, "test"), node(t, s, "test")
		})
	})
}

func TestNATSDeliversOnceOnEveryNode(t *testing.T) {
	s := startNATS(t, 0)
	here, there, elsewhere := node(t, s, "one"), node(t, s, "one"), node(t, s, "two")
	gotHere, gotThere, gotElsewhere := collect(here), collect(there), collect(elsewhere)
	here.Publish(Message{Chat: "first"})
	gotThere.wait(t, 1)
	there.Publish(Message{Chat: "second"})
	gotHere.wait(t, 2) // an echo of the first would have come before
	for name, got := range map[string]*collected{"here": gotHere, "there": gotThere} {
		messages := got.wait(t, 2)
		if len(messages) != 2 || messages[0].Chat != "first" || messages[1].Chat != "second" {
			t.Errorf("%s came %v, want first and second", name, messages)
		}
	}
	elsewhere.Publish(Message{Chat: "own"})
	if messages := gotElsewhere.wait(t, 1); messages[0].Chat != "own" {
		t.Errorf("another cluster hears %v", messages)
	}
}

func TestNATSIgnoresWhatItDoesNotKnow(t *testing.T) {
	s := startNATS(t, 0)
	b := node(t, s, "test")
	got, lost := collect(b), lostOf(b)
	stranger, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	for _, frame := range []string{"", "\x09", `{"Chat":"c"}`, string(appendFrame(nil, Message{Chat: "c"})), "\x03"} {
		if err := stranger.Publish("parley.test.items", []byte(frame)); err != nil {
			t.Fatal(err)
		}
	}
	wait(t, "another node says that it lost messages", lost)
	if messages := got.wait(t, 1); len(messages) != 1 || messages[0].Chat != "c" {
		t.Errorf("%v have come, want one message of chat c", messages)
	}
}

func TestNATSIsTooFast(t *testing.T) {
	b := node(t, startNATS(t, 0), "test")
	lost := lostOf(b)
	b.failed(b.conn, nil, nats.ErrSlowConsumer)
	wait(t, "lost messages", lost)
}

func TestNATSServerRestarts(t *testing.T) {
	s := startNATS(t, server.RANDOM_PORT)
	url := s.ClientURL()
	join := func() Bus {
		b, err := NewNATS(url, "test", slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { b.Close() })
		return b
	}
	one, two := join(), join()
	oneGot, twoGot, oneLost, twoLost := collect(one), collect(two), lostOf(one), lostOf(two)
	one.Publish(Message{Chat: "before"})
	oneGot.wait(t, 1)
	twoGot.wait(t, 1)

	port := s.Addr().(interface{ AddrPort() netip.AddrPort }).AddrPort().Port()
	stopNATS(s)
	one.Publish(Message{Chat: "meanwhile"})
	oneGot.wait(t, 2) // own sockets do not need NATS

	startNATS(t, int(port))
	wait(t, "lost messages on the first node", oneLost)
	wait(t, "lost messages on the second node", twoLost)
	one.Publish(Message{Chat: "after"})
	for n := 2; ; n++ {
		if messages := twoGot.wait(t, n); messages[n-1].Chat == "after" {
			return
		}
	}
}

// TestNATSGoesAwayForGood: a node that is alone works on, and stops at once.
func TestNATSGoesAwayForGood(t *testing.T) {
	s := startNATS(t, 0)
	b := node(t, s, "test")
	got := collect(b)
	stopNATS(s)
	const messages = 100
	for range messages {
		b.Publish(Message{Chat: "c", Item: make([]byte, 100<<10)}) // more than the client keeps
	}
	got.wait(t, messages)
	begin := time.Now()
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took >= flushTimeout {
		t.Errorf("Close took %v", took)
	}
}

func TestNewNATSFails(t *testing.T) {
	for _, cluster := range []string{"", "a.b", "a b", "*", ">"} {
		if _, err := NewNATS("nats://127.0.0.1:1", cluster, slog.Default()); err == nil || !strings.Contains(err.Error(), "cluster name") {
			t.Errorf("cluster %q: %v", cluster, err)
		}
	}
	if _, err := NewNATS("nats://127.0.0.1:1", "test", slog.Default()); err == nil {
		t.Error("there is a bus without a NATS server")
	}
}

func BenchmarkNATS(b *testing.B) {
	s := startNATS(b, 0)
	benchmark(b, node(b, s, "test"), node(b, s, "test"))
}
