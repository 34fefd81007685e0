package stream

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func startNATS(t *testing.T, o server.Options) *server.Server {
	t.Helper()
	o.Host, o.NoSigs, o.NoLog = "127.0.0.1", true, true
	if o.Port == 0 {
		o.Port = server.RANDOM_PORT
	}
	if o.JetStream {
		o.StoreDir = t.TempDir()
	}
	s, err := server.NewServer(&o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("the NATS server does not start")
	}
	return s
}

func client(t *testing.T, s *server.Server) *nats.Conn {
	t.Helper()
	c, err := nats.Connect(s.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func toNATS(t *testing.T, s *server.Server) *Targets {
	t.Helper()
	return open(t, Options{NATS: s.ClientURL(), Places: map[string]Place{"nats": {URL: "nats:parley.events"}}})
}

func TestNATSWithoutAStream(t *testing.T) {
	t.Parallel()
	for name, jetStream := range map[string]bool{"without JetStream": false, "with JetStream": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startNATS(t, server.Options{JetStream: jetStream})
			listener := client(t, s)
			sub, err := listener.SubscribeSync("parley.>")
			if err != nil {
				t.Fatal(err)
			}
			if err := listener.Flush(); err != nil {
				t.Fatal(err)
			}
			targets := toNATS(t, s)
			for range 2 {
				if err := targets.Send(t.Context(), "nats", event()); err != nil {
					t.Fatal(err)
				}
				msg, err := sub.NextMsg(10 * time.Second)
				if err != nil || msg.Subject != "parley.events" || string(msg.Data) != string(event().Body) ||
					msg.Header.Get("Nats-Msg-Id") != event().ID || msg.Header.Get("Parley-Kind") != Event {
					t.Errorf("%+v, %v", msg, err)
				}
			}
		})
	}
}

func TestNATSStreamKeepsAMessageOnce(t *testing.T) {
	t.Parallel()
	s := startNATS(t, server.Options{JetStream: true})
	js, err := jetstream.New(client(t, s))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "EVENTS", Subjects: []string{"parley.*"}})
	if err != nil {
		t.Fatal(err)
	}
	targets := toNATS(t, s)
	count := func() uint64 {
		t.Helper()
		info, err := kept.Info(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return info.State.Msgs
	}
	for range 3 {
		if err := targets.Send(t.Context(), "nats", event()); err != nil {
			t.Fatal(err)
		}
	}
	if n := count(); n != 1 {
		t.Errorf("the stream has the message %d times", n)
	}
	other := event()
	other.ID = "another"
	if err := targets.Send(t.Context(), "nats", other); err != nil || count() != 2 {
		t.Errorf("%v, %d messages", err, count())
	}

	// The stream goes: the next message fails once, and is then published without one.
	if err := js.DeleteStream(t.Context(), "EVENTS"); err != nil {
		t.Fatal(err)
	}
	err = targets.Send(t.Context(), "nats", other)
	if failed, ok := errors.AsType[*Error](err); !ok || failed.Permanent {
		t.Errorf("without its stream: %v, want a temporary error", err)
	}
	if err := targets.Send(t.Context(), "nats", other); err != nil {
		t.Error(err)
	}
}

func TestNATSServerThatIsAway(t *testing.T) {
	t.Parallel()
	s := startNATS(t, server.Options{MaxPayload: 2000})
	targets := toNATS(t, s)
	big := event()
	big.Body = []byte(`"` + strings.Repeat("x", 3000) + `"`)
	err := targets.Send(t.Context(), "nats", big)
	if failed, ok := errors.AsType[*Error](err); !ok || !failed.Permanent {
		t.Errorf("a message that the server does not take: %v, want a permanent error", err)
	}
	address := s.Addr().String()
	s.Shutdown()
	s.WaitForShutdown()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	err = targets.Send(ctx, "nats", event())
	if failed, ok := errors.AsType[*Error](err); !ok || failed.Permanent {
		t.Errorf("a server that is away: %v, want a temporary error", err)
	}
	early := open(t, Options{NATS: "nats://" + address, Places: map[string]Place{"nats": {URL: "nats:parley.events"}}})
	if err := early.Send(t.Context(), "nats", event()); err == nil {
		t.Error("a server that never was there took a message")
	}
}
