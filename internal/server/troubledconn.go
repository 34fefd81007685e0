package server

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/openparley/parley/internal/fault"
)

// late is how long an item is held back that comes late, if no other overtakes it before.
const late = 50 * time.Millisecond

// serveSocket hands a request to the gateway; in a developer's server over a connection that can have faults.
func (s *Server) serveSocket(c *call) error {
	if s.cfg.Dev == nil {
		return raw(s.gateway)(c)
	}
	s.gateway.ServeHTTP(troubledWriter{c, s}, c.r)
	return nil
}

// troubledWriter hijacks connections that can have faults.
type troubledWriter struct {
	*call
	s *Server
}

func (w troubledWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := w.call.Hijack()
	if err != nil {
		return conn, rw, err
	}
	t := &troubledConn{Conn: conn, of: &w.s.trouble, chat: w.s.chatOf(w.r), closed: make(chan struct{}), turn: make(chan struct{}, 1)}
	t.of.mu.Lock()
	defer t.of.mu.Unlock()
	t.of.sockets = append(t.of.sockets, t)
	return t, rw, nil
}

// troubledConn is a connection of a WebSocket. Each Write holds whole frames.
type troubledConn struct {
	net.Conn
	of     *trouble
	chat   string
	closed chan struct{}
	once   sync.Once

	mu       sync.Mutex
	halfOpen bool
	thaw     <-chan struct{} // nil: it does not stand still

	turn chan struct{} // holds a value while something is written: no lock, which would stop the time of a bubble
	held []byte        // an item that comes late; of whose turn it is
}

// strike has a fault meet the connection as it is.
func (t *troubledConn) strike(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch name {
	case fault.SocketCut:
		t.halfOpen = true
		go t.Close() // under TLS this may wait
	case fault.SocketHalfOpen:
		t.halfOpen = true
	case fault.SocketFrozen:
		t.thaw = t.of.plan.Lifted(fault.SocketFrozen)
	}
}

func (t *troubledConn) Close() error {
	t.once.Do(func() {
		close(t.closed)
		t.of.mu.Lock()
		defer t.of.mu.Unlock()
		t.of.sockets = slices.DeleteFunc(t.of.sockets, func(c *troubledConn) bool { return c == t })
	})
	return t.Conn.Close()
}

// standStill returns when the connection goes on, and whether it is half open.
func (t *troubledConn) standStill() (halfOpen bool) {
	t.mu.Lock()
	thaw, halfOpen := t.thaw, t.halfOpen
	t.mu.Unlock()
	if thaw == nil {
		return halfOpen
	}
	select {
	case <-thaw:
	case <-t.closed:
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.thaw == thaw { // it was not struck anew
		t.thaw = nil
	}
	return t.halfOpen
}

func (t *troubledConn) Read(p []byte) (int, error) {
	for {
		n, err := t.Conn.Read(p)
		if err != nil || !t.standStill() {
			return n, err
		}
	}
}

func (t *troubledConn) Write(p []byte) (int, error) {
	if t.standStill() {
		return len(p), nil
	}
	t.turn <- struct{}{}
	defer func() { <-t.turn }()
	if !t.of.plan.Any() && len(t.held) == 0 {
		return t.Conn.Write(p)
	}
	out := make([]byte, 0, 2*len(p))
	for rest := p; len(rest) > 0; {
		var frame []byte
		frame, rest = cutFrame(rest)
		if !bytes.Contains(frame, []byte(`"topic":"aws/chat"`)) {
			out = append(append(out, t.held...), frame...)
			t.held = nil
			continue
		}
		if t.meets(fault.SocketCut) {
			go t.Close()
			return 0, net.ErrClosed
		}
		if len(t.held) == 0 && t.meets(fault.LateFrames) {
			t.held = bytes.Clone(frame)
			time.AfterFunc(late, t.release)
			continue
		}
		out = append(out, frame...)
		if t.meets(fault.DuplicateFrames) {
			out = append(out, frame...)
		}
		out = append(out, t.held...)
		t.held = nil
	}
	if len(out) == 0 {
		return len(p), nil
	}
	if _, err := t.Conn.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (t *troubledConn) meets(name string) bool {
	_, meets := t.of.plan.Meets(name, webSocket, t.chat)
	return meets
}

// release writes what was held back.
func (t *troubledConn) release() {
	t.turn <- struct{}{}
	defer func() { <-t.turn }()
	if len(t.held) > 0 {
		_, _ = t.Conn.Write(t.held) // who does not get it misses it as in life
		t.held = nil
	}
}

// cutFrame returns the first frame, as servers write them: without a mask. The answer to an upgrade is one too.
func cutFrame(b []byte) (frame, rest []byte) {
	if len(b) < 2 || bytes.HasPrefix(b, []byte("HTTP/")) {
		return b, nil
	}
	head, size := 2, int(b[1]&0x7f)
	switch {
	case size == 126 && len(b) >= 4:
		head, size = 4, int(binary.BigEndian.Uint16(b[2:]))
	case size == 127 && len(b) >= 10:
		head, size = 10, int(binary.BigEndian.Uint64(b[2:]))
	}
	if head+size > len(b) || head+size < 0 {
		return b, nil
	}
	return b[:head+size], b[head+size:]
}

var _ http.Hijacker = troubledWriter{}
