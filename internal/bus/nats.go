package bus

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// flushTimeout is how long to wait for a server to confirm what was sent.
const flushTimeout = 10 * time.Second

// natsBus is a local bus that also tells, and is told by, the other nodes of the cluster. Own messages do not go through NATS.
type natsBus struct {
	*local
	conn    *nats.Conn
	subject string
	log     *slog.Logger
}

// NewNATS returns the bus of a node of a cluster, whose nodes share a NATS server or a cluster of those. The name of the cluster has no
// blanks, dots, * and >. The error is that of the first connection; later the bus connects again by itself.
func NewNATS(url, cluster string, log *slog.Logger) (Bus, error) { return newNATS(url, cluster, log) }

func newNATS(url, cluster string, log *slog.Logger, options ...nats.Option) (*natsBus, error) {
	if cluster == "" || strings.ContainsAny(cluster, " \t\r\n.*>") {
		return nil, fmt.Errorf("cluster name %q is empty or has a blank, a dot, * or > in it", cluster)
	}
	b := &natsBus{local: newLocal(), subject: "parley." + cluster + ".items", log: log}
	b.Lost(func() { log.Warn("messages between nodes may be lost: sockets look for what they missed") })
	options = append([]nats.Option{
		nats.Name("parley " + cluster),
		nats.NoEcho(),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(500 * time.Millisecond),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			log.Warn("NATS connection lost", "err", err)
		}),
		nats.ReconnectHandler(b.reconnected),
		nats.ErrorHandler(b.failed),
	}, options...)
	var err error
	if b.conn, err = nats.Connect(url, options...); err != nil {
		return nil, errors.Join(err, b.local.Close())
	}
	if _, err = b.conn.Subscribe(b.subject, b.receive); err == nil {
		err = b.conn.FlushTimeout(flushTimeout)
	}
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

func (b *natsBus) Publish(m Message) {
	b.local.Publish(m)
	frame := appendFrame(make([]byte, 0, len(m.Item)+64+40*len(m.To)), m)
	// While there is no connection the client keeps some messages; reconnected makes up for those that it cannot keep.
	if err := b.conn.Publish(b.subject, frame); err != nil && b.conn.IsConnected() {
		b.log.Error("publish to NATS", "chat", m.Chat, "seq", m.Seq, "err", err)
	}
}

// receive takes a message of another node.
func (b *natsBus) receive(msg *nats.Msg) {
	if len(msg.Data) == 1 && msg.Data[0] == frameLost {
		b.lose()
		return
	}
	m, err := readFrame(msg.Data)
	if err != nil {
		b.log.Warn("message from NATS", "subject", msg.Subject, "err", err)
		return
	}
	b.local.Publish(m)
}

// reconnected runs when the connection is there again. Both what others published meanwhile and what this node did may be lost.
func (b *natsBus) reconnected(conn *nats.Conn) {
	b.log.Info("NATS connection is back", "server", conn.ConnectedUrlRedacted())
	err := conn.Publish(b.subject, []byte{frameLost})
	if err == nil {
		// The subscription must be known to the server before anybody looks for what was lost.
		err = conn.FlushTimeout(flushTimeout)
	}
	if err != nil {
		b.log.Warn("flush to NATS", "err", err)
	}
	b.lose()
}

// failed runs when the client meets an error of its own, such as messages that come faster than receive takes them.
func (b *natsBus) failed(_ *nats.Conn, sub *nats.Subscription, err error) {
	if errors.Is(err, nats.ErrSlowConsumer) {
		b.lose()
		return
	}
	b.log.Warn("NATS", "err", err)
}

func (b *natsBus) Close() error {
	if b.conn.IsConnected() {
		if err := b.conn.FlushTimeout(flushTimeout); err != nil {
			b.log.Warn("flush to NATS", "err", err)
		}
	}
	b.conn.Close()
	return b.local.Close()
}
