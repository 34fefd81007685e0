package stage

import (
	"context"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// room is how many bytes may wait in one direction of a connection before its writer does.
const room = 64 << 10

// quietAddress is what a server without a port calls itself.
var quietAddress = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80}

// memory is a listener whose connections stay within the process.
type memory struct {
	address *net.TCPAddr
	dialed  chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

func newMemory(address *net.TCPAddr) *memory {
	return &memory{address: address, dialed: make(chan net.Conn), closed: make(chan struct{})}
}

func (m *memory) Addr() net.Addr { return m.address }

func (m *memory) Accept() (net.Conn, error) {
	select {
	case c := <-m.dialed:
		return c, nil
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

func (m *memory) Close() error {
	m.once.Do(func() { close(m.closed) })
	return nil
}

// dial connects to the server, or to whoever else is meant over the network.
func (m *memory) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if address != m.address.String() {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	up, down := newPipe(), newPipe()
	client := &conn{in: down, out: up, local: quietAddress, remote: m.address}
	select {
	case m.dialed <- &conn{in: up, out: down, local: m.address, remote: quietAddress}:
		return client, nil
	case <-m.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// conn is one end of a connection.
type conn struct {
	in, out       *pipe
	local, remote net.Addr
}

func (c *conn) Read(p []byte) (int, error)  { return c.in.read(p) }
func (c *conn) Write(p []byte) (int, error) { return c.out.write(p) }
func (c *conn) LocalAddr() net.Addr         { return c.local }
func (c *conn) RemoteAddr() net.Addr        { return c.remote }

func (c *conn) Close() error {
	c.out.end(io.EOF)
	c.in.end(net.ErrClosed)
	return nil
}

func (c *conn) SetDeadline(at time.Time) error {
	_ = c.SetReadDeadline(at)
	return c.SetWriteDeadline(at)
}

func (c *conn) SetReadDeadline(at time.Time) error {
	c.in.set(&c.in.reading, at)
	return nil
}

func (c *conn) SetWriteDeadline(at time.Time) error {
	c.out.set(&c.out.writing, at)
	return nil
}

// pipe is one direction of a connection.
type pipe struct {
	mu               sync.Mutex
	waiting          []byte
	over             error         // what its reader is told when nothing waits any more; nil: it goes on
	changed          chan struct{} // closed at the next change
	reading, writing deadline
}

func newPipe() *pipe { return &pipe{changed: make(chan struct{})} }

// change wakes who waits. The caller holds mu.
func (p *pipe) change() {
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *pipe) end(why error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over == nil || why != io.EOF {
		p.over = why
		p.change()
	}
}

func (p *pipe) read(b []byte) (n int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.over == net.ErrClosed:
			return 0, p.over
		case p.reading.passed:
			return 0, os.ErrDeadlineExceeded
		case len(p.waiting) > 0:
			n = copy(b, p.waiting)
			p.waiting = append(p.waiting[:0], p.waiting[n:]...)
			p.change()
			return n, nil
		case p.over != nil:
			return 0, p.over
		case len(b) == 0:
			return 0, nil
		}
		p.wait()
	}
}

func (p *pipe) write(b []byte) (n int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.over != nil:
			return n, io.ErrClosedPipe
		case p.writing.passed:
			return n, os.ErrDeadlineExceeded
		}
		if fits := min(len(b)-n, room-len(p.waiting)); fits > 0 {
			p.waiting = append(p.waiting, b[n:n+fits]...)
			n += fits
			p.change()
		}
		if n == len(b) {
			return n, nil
		}
		p.wait()
	}
}

// wait returns after a change. The caller holds mu, which is free meanwhile.
func (p *pipe) wait() {
	changed := p.changed
	p.mu.Unlock()
	<-changed
	p.mu.Lock()
}

// deadline is a time after which reads or writes fail.
type deadline struct {
	timer  *time.Timer
	passed bool
}

// set has d pass at a time; the zero time is never.
func (p *pipe) set(d *deadline, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
	}
	d.timer, d.passed = nil, !at.IsZero() && time.Until(at) <= 0
	p.change()
	if at.IsZero() || d.passed {
		return
	}
	var timer *time.Timer
	timer = time.AfterFunc(time.Until(at), func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if d.timer == timer { // it was not set anew meanwhile
			d.passed = true
			p.change()
		}
	})
	d.timer = timer
}
