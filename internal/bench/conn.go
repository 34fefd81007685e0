package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// The generator shares its machine with the server, so it speaks HTTP and WebSocket by hand: one write and one read a request, no
// allocation on the way.

// answerLimit is how long a server may take to answer; the slowest official client waits this long.
const answerLimit = 70 * time.Second

// conn is one kept HTTP/1.1 connection. It belongs to one goroutine.
type conn struct {
	u    *url.URL
	c    net.Conn
	r    *bufio.Reader
	body []byte
}

func dial(u *url.URL) (net.Conn, error) {
	d := net.Dialer{Timeout: 10 * time.Second}
	secure := u.Scheme == "https" || u.Scheme == "wss"
	host := u.Host
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), map[bool]string{false: "80", true: "443"}[secure])
	}
	if secure {
		return tls.DialWithDialer(&d, "tcp", host, &tls.Config{ServerName: u.Hostname()})
	}
	return d.Dial("tcp", host)
}

// do sends a whole request and returns the answer, whose body stays valid until the next call. After an error the next call makes a
// new connection.
func (c *conn) do(request []byte) (status int, body []byte, err error) {
	if c.c == nil {
		if c.c, err = dial(c.u); err != nil {
			c.c = nil
			return 0, nil, err
		}
		if c.r == nil {
			c.r = bufio.NewReaderSize(nil, 2048)
		}
		c.r.Reset(c.c)
	}
	c.c.SetDeadline(time.Now().Add(answerLimit))
	if _, err = c.c.Write(request); err == nil {
		status, body, err = c.read()
	}
	if err != nil {
		c.close()
	}
	return status, body, err
}

func (c *conn) close() {
	if c.c != nil {
		c.c.Close()
		c.c = nil
	}
}

func (c *conn) read() (status int, body []byte, err error) {
	line, err := c.r.ReadSlice('\n')
	if err != nil {
		return 0, nil, err
	}
	if len(line) < 13 || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return 0, nil, fmt.Errorf("not an HTTP answer: %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, nil, err
	}
	length, last := -1, false
	for {
		line, err = c.r.ReadSlice('\n')
		if err != nil {
			return 0, nil, err
		}
		if len(line) <= 2 {
			break
		}
		if value, ok := header(line, "content-length"); ok {
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, nil, err
			}
		} else if value, ok := header(line, "connection"); ok {
			last = bytes.EqualFold(value, []byte("close"))
		}
	}
	switch {
	case length < 0 && last:
		c.body, err = io.ReadAll(io.LimitReader(c.r, 16<<20))
	case length < 0:
		return 0, nil, errors.New("an answer without Content-Length")
	default:
		if cap(c.body) < length {
			c.body = make([]byte, length)
		}
		c.body = c.body[:length]
		_, err = io.ReadFull(c.r, c.body)
	}
	if last {
		c.close()
	}
	return status, c.body, err
}

// header returns the value of a header line if it has that lower-case name.
func header(line []byte, name string) ([]byte, bool) {
	if len(line) <= len(name) || line[len(name)] != ':' || !strings.EqualFold(string(line[:len(name)]), name) {
		return nil, false
	}
	return bytes.TrimSpace(line[len(name)+1:]), true
}

// refused describes an answer that is not the wanted one.
func refused(status int, body []byte) error {
	return fmt.Errorf("answered with %d: %.200s", status, body)
}

// socket is one WebSocket of a participant. It belongs to the goroutine that reads it.
type socket struct {
	c          net.Conn
	buf        []byte
	start, end int // of what was read and not yet handed out
}

// Opcodes of RFC 6455, section 5.2.
const (
	opText  = 1
	opClose = 8
	opPing  = 9
	opPong  = 10
)

var subscribe = []byte(`{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}`)

// openSocket opens a participant's URL, subscribes and waits for the success. The buffer grows to the longest frame.
func openSocket(ctx context.Context, address string, buffer int) (*socket, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	nc, err := dial(u)
	if err != nil {
		return nil, err
	}
	s := &socket{c: nc, buf: make([]byte, buffer)}
	stop := context.AfterFunc(ctx, func() { nc.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	nc.SetDeadline(time.Now().Add(answerLimit))
	if err := s.open(u); err != nil {
		nc.Close()
		return nil, err
	}
	nc.SetDeadline(time.Time{})
	return s, nil
}

func (s *socket) open(u *url.URL) error {
	upgrade := "GET " + u.RequestURI() + " HTTP/1.1\r\nHost: " + u.Host +
		"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: cGFybGV5LWJlbmNoLWtleQ==\r\n\r\n"
	if _, err := s.c.Write([]byte(upgrade)); err != nil {
		return err
	}
	for !bytes.Contains(s.buf[:s.end], []byte("\r\n\r\n")) {
		if err := s.fill(); err != nil {
			return err
		}
	}
	head, _, _ := bytes.Cut(s.buf[:s.end], []byte("\r\n\r\n"))
	if !bytes.HasPrefix(head, []byte("HTTP/1.1 101 ")) {
		line, _, _ := bytes.Cut(head, []byte("\r\n"))
		return fmt.Errorf("the WebSocket was refused: %s", line)
	}
	s.start = len(head) + 4
	if err := s.write(opText, subscribe); err != nil {
		return err
	}
	for {
		op, frame, err := s.next()
		if err != nil {
			return err
		}
		if op == opText && bytes.Contains(frame, []byte(`"aws/subscribe"`)) {
			if !bytes.Contains(frame, []byte(`"success"`)) {
				return fmt.Errorf("the subscription was refused: %s", frame)
			}
			return nil
		}
	}
}

// write sends a short frame, masked with zeros.
func (s *socket) write(op byte, payload []byte) error {
	frame := append([]byte{0x80 | op, 0x80 | byte(len(payload)), 0, 0, 0, 0}, payload...)
	_, err := s.c.Write(frame)
	return err
}

// next returns the next frame, valid until the call after it. Pings are answered on the way.
func (s *socket) next() (op byte, payload []byte, err error) {
	for {
		if err := s.need(2); err != nil {
			return 0, nil, err
		}
		head := s.buf[s.start:]
		op, size, skip := head[0]&15, int(head[1]&127), 2
		if head[0]&0x80 == 0 || head[1]&0x80 != 0 {
			return 0, nil, errors.New("a fragmented or masked frame")
		}
		switch size {
		case 126:
			skip = 4
		case 127:
			skip = 10
		}
		if err := s.need(skip); err != nil {
			return 0, nil, err
		}
		if skip > 2 {
			size = 0
			for _, b := range s.buf[s.start+2 : s.start+skip] {
				size = size<<8 | int(b)
			}
		}
		if size > 1<<20 {
			return 0, nil, fmt.Errorf("a frame of %d bytes", size)
		}
		if err := s.need(skip + size); err != nil {
			return 0, nil, err
		}
		payload = s.buf[s.start+skip : s.start+skip+size]
		s.start += skip + size
		switch op {
		case opPing:
			if err := s.write(opPong, payload); err != nil {
				return 0, nil, err
			}
		case opPong:
		case opClose:
			return op, payload, io.EOF
		default:
			return op, payload, nil
		}
	}
}

// need reads until n bytes are there.
func (s *socket) need(n int) error {
	for s.end-s.start < n {
		if s.start == s.end {
			s.start, s.end = 0, 0
		}
		if s.start+n > len(s.buf) {
			into := s.buf
			if n > len(into) {
				into = make([]byte, n+len(s.buf))
			}
			s.end = copy(into, s.buf[s.start:s.end])
			s.start, s.buf = 0, into
		}
		if err := s.fill(); err != nil {
			return err
		}
	}
	return nil
}

func (s *socket) fill() error {
	if s.end == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	n, err := s.c.Read(s.buf[s.end:])
	s.end += n
	if n > 0 {
		return nil
	}
	return err
}
