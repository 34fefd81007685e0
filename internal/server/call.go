package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/openparley/parley/api/wire"
)

// call is one request on its way through the server.
type call struct {
	w       http.ResponseWriter
	r       *http.Request
	id      string
	started time.Time
	of      *endpoint

	in  wire.Request // what is decoded; its body is read into a buffer that calls share one after the other
	out []byte       // the answer's body

	status   int
	written  bool
	oversize bool   // the body is larger than it may be, and was not read to its end
	code     string // of the error that was answered
	contact  string // id of the contact the request is about, as far as known
	err      error  // what an internal error hides from the caller

	skew time.Duration // how far ahead the clock is that its signature is compared with
}

// errPanic is hidden behind the service's internal error.
var errPanic = errors.New("panic")

// calls are kept for their buffers. A buffer that grew beyond maxKept is let go.
var calls = sync.Pool{New: func() any { return &call{} }}

const maxKept = 64 << 10

func newCall(w http.ResponseWriter, r *http.Request) *call {
	c := calls.Get().(*call)
	body, out := c.in.Body[:0], c.out[:0]
	*c = call{w: w, r: r, id: uuid.NewString(), started: time.Now()}
	c.in.Body, c.out = body, out
	return c
}

func (c *call) done() {
	body, out := c.in.Body, c.out
	if cap(body) > maxKept {
		body = nil
	}
	if cap(out) > maxKept {
		out = nil
	}
	*c = call{out: out}
	c.in.Body = body
	calls.Put(c)
}

// readBody reads the body, up to the operation's limit.
func (c *call) readBody() error {
	limit := c.of.bodyLimit
	if c.r.ContentLength > int64(limit) {
		return c.tooLarge()
	}
	b := c.in.Body[:0]
	if n := int(c.r.ContentLength); n >= cap(b) {
		b = make([]byte, 0, n+1)
	}
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := c.r.Body.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		c.in.Body = b
		switch {
		case len(b) > limit:
			return c.tooLarge()
		case err == io.EOF:
			return nil
		case errors.Is(err, os.ErrDeadlineExceeded):
			return &wire.GatewayError{
				Status: http.StatusRequestTimeout, Code: "RequestTimeoutException", Message: "The body did not arrive in time",
			}
		case err != nil:
			return &wire.GatewayError{
				Status: http.StatusBadRequest, Code: "MalformedHttpRequestException", Message: "The body could not be read",
			}
		}
	}
}

func (c *call) tooLarge() error {
	c.w.Header().Set("Connection", "close") // what is left of the body is not looked at
	c.oversize = true
	return &wire.GatewayError{
		Status: http.StatusRequestEntityTooLarge, Code: "RequestEntityTooLargeException",
		Message: "The body has more than " + strconv.Itoa(c.of.bodyLimit) + " bytes",
	}
}

// What is dropped of a body that is too large, after its answer: a client that is cut off while it writes may not see why.
const (
	maxDropped     = 16 << 20
	maxDroppedTime = 2 * time.Second
)

func (c *call) dropBody() {
	w := http.NewResponseController(c.w)
	if w.Flush() != nil || w.SetReadDeadline(time.Now().Add(maxDroppedTime)) != nil {
		return
	}
	_, _ = io.CopyN(io.Discard, c.r.Body, maxDropped)
}

var jsonType = []string{"application/json"}

// answer sends the body in c.out.
func (c *call) answer(status int) {
	h := c.w.Header()
	h["Content-Type"] = jsonType
	h["Content-Length"] = []string{strconv.Itoa(len(c.out))}
	c.status, c.written = status, true
	c.w.WriteHeader(status)
	c.w.Write(c.out) // the caller is gone when this fails
}

// fail answers an error. One that has no place on the wire becomes the service's internal error; its text goes to the log alone.
func (c *call) fail(err error) {
	var status int
	c.out, status, c.code = c.encodeError(c.out[:0], err)
	c.w.Header()["X-Amzn-Errortype"] = []string{c.code}
	c.answer(status)
	if c.oversize {
		c.dropBody()
	}
}

func (c *call) encodeError(dst []byte, err error) (body []byte, status int, code string) {
	body, status, code = c.of.encode(dst, err)
	if status == http.StatusInternalServerError {
		c.err = err
	}
	return body, status, code
}

// Header, Write, WriteHeader and Hijack make a call the ResponseWriter of the handlers that are not operations, and keep its
// status for the log.

func (c *call) Header() http.Header { return c.w.Header() }

func (c *call) WriteHeader(status int) {
	if !c.written {
		c.status, c.written = status, true
	}
	c.w.WriteHeader(status)
}

func (c *call) Write(b []byte) (int, error) {
	if !c.written {
		c.status, c.written = http.StatusOK, true
	}
	return c.w.Write(b)
}

// finish is deferred around a request: it answers a panic, logs and counts.
func (s *Server) finish(c *call) {
	if p := recover(); p != nil {
		if p == http.ErrAbortHandler {
			panic(p)
		}
		s.log.LogAttrs(context.Background(), slog.LevelError, "panic", slog.String("request", c.id),
			slog.String("operation", c.of.name), slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
		if !c.written {
			c.fail(errPanic)
		}
	}
	took := time.Since(c.started)
	if c.err != nil && c.err != errPanic {
		level := slog.LevelError
		if errors.Is(c.err, context.Canceled) {
			level = slog.LevelInfo // the caller went away
		}
		s.log.LogAttrs(context.Background(), level, "internal error", slog.String("request", c.id),
			slog.String("operation", c.of.name), slog.String("error", c.err.Error()))
	}
	c.of.metrics.observe(c.status, took)
	s.logRequest(c, took)
	c.done()
}

// logRequest writes one line for a request: never bodies, tokens, signatures or names of people.
func (s *Server) logRequest(c *call, took time.Duration) {
	ctx := context.Background()
	if !s.log.Enabled(ctx, c.of.level) {
		return
	}
	attrs := make([]slog.Attr, 0, 10)
	attrs = append(attrs,
		slog.String("request", c.id),
		slog.String("operation", c.of.name),
		slog.Int("status", c.status),
		slog.Int64("us", took.Microseconds()),
		slog.Int("in", len(c.in.Body)),
		slog.Int("out", len(c.out)),
		slog.String("remote", s.remote(c.r)),
	)
	if c.code != "" {
		attrs = append(attrs, slog.String("error", c.code))
	}
	if c.contact != "" {
		attrs = append(attrs, slog.String("contact", c.contact))
	}
	if c.of == s.unknown {
		path := rawPath(c.r)
		attrs = append(attrs, slog.String("method", c.r.Method), slog.String("path", path[:min(len(path), 200)]))
	}
	s.log.LogAttrs(ctx, c.of.level, "request", attrs...)
}

// remote is the address of the caller, without its port.
func (s *Server) remote(r *http.Request) string {
	if s.cfg.TrustProxy {
		if hops := r.Header["X-Forwarded-For"]; len(hops) > 0 {
			last := hops[len(hops)-1]
			return strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// rawPath is the path as it is on the wire: nothing decoded, nothing cleaned.
func rawPath(r *http.Request) string {
	if strings.HasPrefix(r.RequestURI, "/") {
		path, _, _ := strings.Cut(r.RequestURI, "?")
		return path
	}
	return r.URL.EscapedPath()
}
