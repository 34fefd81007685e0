package stream

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// natsConn publishes to NATS.
type natsConn struct {
	conn *nats.Conn
	js   jetstream.JetStream

	mu      sync.Mutex
	plain   map[string]time.Time // subjects that no stream took when last asked
	streams map[string]bool      // subjects that a stream takes
}

// lookAgain is how long a subject is taken for one without a stream.
const lookAgain = time.Minute

func newNATS(url string, options ...nats.Option) (*natsConn, error) {
	if url == "" && len(options) == 0 {
		return nil, errors.New("the setting nats names no server")
	}
	options = append([]nats.Option{
		nats.Name("parley outbox"),
		nats.RetryOnFailedConnect(true),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(500 * time.Millisecond),
		nats.ReconnectBufSize(-1), // what is not with the server is not told
	}, options...)
	conn, err := nats.Connect(url, options...)
	if err != nil {
		return nil, fmt.Errorf("connect to NATS: %w", err)
	}
	js, err := jetstream.New(conn)
	if err != nil {
		conn.Close()
		return nil, err
	}
	return &natsConn{conn: conn, js: js, plain: map[string]time.Time{}, streams: map[string]bool{}}, nil
}

func (n *natsConn) close() { n.conn.Close() }

// publish returns the sender for a subject. A stream that takes the subject confirms that it has the message, and drops it when it comes
// again. Without a stream the server alone confirms: who does not listen at that moment never gets it.
func (n *natsConn) publish(subject string) sender {
	return func(ctx context.Context, m Message) error {
		msg := &nats.Msg{Subject: subject, Data: m.Body, Header: nats.Header{
			nats.MsgIdHdr: {m.ID}, "Content-Type": {m.contentType}, "Parley-Kind": {m.Kind},
		}}
		kept, err := n.kept(ctx, subject)
		if err != nil {
			return natsError(err)
		}
		if kept {
			_, err := n.js.PublishMsg(ctx, msg, jetstream.WithRetryAttempts(0))
			if errors.Is(err, jetstream.ErrNoStreamResponse) {
				n.forget(subject)
			}
			return natsError(err)
		}
		if err := n.conn.PublishMsg(msg); err != nil {
			return natsError(err)
		}
		return natsError(n.conn.FlushWithContext(ctx))
	}
}

// kept reports whether a stream takes the subject.
func (n *natsConn) kept(ctx context.Context, subject string) (bool, error) {
	n.mu.Lock()
	kept, asked := n.streams[subject], n.plain[subject]
	n.mu.Unlock()
	if kept || !asked.IsZero() && time.Since(asked) < lookAgain {
		return kept, nil
	}
	_, err := n.js.StreamNameBySubject(ctx, subject)
	switch {
	case err == nil:
		kept = true
	case errors.Is(err, jetstream.ErrStreamNotFound), errors.Is(err, jetstream.ErrJetStreamNotEnabled),
		errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount), errors.Is(err, nats.ErrNoResponders):
	default:
		return false, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if kept {
		n.streams[subject] = true
		delete(n.plain, subject)
	} else {
		n.plain[subject] = time.Now()
	}
	return kept, nil
}

func (n *natsConn) forget(subject string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.streams, subject)
}

func natsError(err error) error {
	if errors.Is(err, nats.ErrMaxPayload) || errors.Is(err, nats.ErrBadSubject) {
		return permanently(err)
	}
	return err
}
