package server

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/openparley/parley/api/wire"
)

// unreadable answers what net/http cannot read as a request. net/http itself would answer text that no page may read and no SDK
// understands.
func (s *Server) unreadable(status int, why string) []byte {
	id, code := uuid.NewString(), "MalformedHttpRequestException"
	if status == http.StatusRequestHeaderFieldsTooLarge {
		code = "RequestHeaderFieldsTooLargeException"
	}
	body, status, code := wire.AppendError(nil, &wire.GatewayError{Status: status, Code: code, Message: why})
	h := http.Header{
		"Content-Type": jsonType, "Date": {time.Now().UTC().Format(http.TimeFormat)},
		"X-Amzn-Requestid": {id}, "X-Amzn-Errortype": {code},
	}
	s.cors.allow(h, nil)
	s.unknown.metrics.observe(status, 0)
	s.log.LogAttrs(context.Background(), s.unknown.level, "request", slog.String("request", id),
		slog.String("operation", s.unknown.name), slog.Int("status", status), slog.String("error", code))
	answer := http.Response{
		StatusCode: status, ProtoMajor: 1, ProtoMinor: 1, Header: h, Close: true,
		ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body)),
	}
	var b bytes.Buffer
	answer.Write(&b) // does not fail
	return b.Bytes()
}

// plainListener accepts TCP connections on which unreadable requests are answered by instead.
type plainListener struct {
	net.Listener
	instead func(status int, why string) []byte
}

func (l plainListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok {
		return &plainConn{tcp, l.instead}, err
	}
	return c, err // encrypted: net/http looks at its type
}

type plainConn struct {
	*net.TCPConn
	instead func(status int, why string) []byte
}

// Write recognizes the answers that net/http makes on its own. It writes each at once, and none that a handler makes has these
// headers alone.
func (c *plainConn) Write(b []byte) (int, error) {
	status, why, ok := ownAnswer(b)
	if !ok {
		return c.TCPConn.Write(b)
	}
	if _, err := c.TCPConn.Write(c.instead(status, why)); err != nil {
		return 0, err
	}
	return len(b), nil
}

func ownAnswer(b []byte) (status int, why string, ok bool) {
	const begin, headers = "HTTP/1.1 ", "Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"
	if len(b) < len(begin)+3 || string(b[:len(begin)]) != begin || b[len(begin)] < '4' {
		return 0, "", false
	}
	_, rest, _ := bytes.Cut(b, []byte("\r\n"))
	body, ok := bytes.CutPrefix(rest, []byte(headers))
	if !ok {
		return 0, "", false
	}
	status, err := strconv.Atoi(string(b[len(begin) : len(begin)+3]))
	return status, string(body), err == nil
}
