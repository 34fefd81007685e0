package server

import (
	"bufio"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/openparley/parley/api/wire"
)

// ServeHTTP answers every request: the operations of the two services, and the paths of our own.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := s.begin(w, r, s.unknown)
	defer s.finish(c)
	if s.cfg.TrustProxy {
		if host := r.Header.Get("X-Forwarded-Host"); host != "" {
			r.Host = host // as the client signed it
		}
	}
	if r.Method == http.MethodOptions {
		c.of = s.preflight
		s.cors.preflight(c, r)
		return
	}

	full := rawPath(r)
	path, ok := strings.CutPrefix(full, s.cfg.BasePath)
	if !ok {
		c.fail(unknownRoute(path))
		return
	}
	e, labels, err := s.find(c, path)
	if err != nil {
		c.fail(err)
		return
	}
	c.of = e
	c.in.Method, c.in.RawPath, c.in.RawQuery, c.in.Header, c.in.Labels = r.Method, full, r.URL.RawQuery, r.Header, labels
	s.serveAmid(c)
}

// alone serves an endpoint whatever the path of the request is.
func (s *Server) alone(e *endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := s.begin(w, r, e)
		defer s.finish(c)
		c.serve()
	})
}

func (s *Server) begin(w http.ResponseWriter, r *http.Request, of *endpoint) *call {
	c := newCall(w, r)
	c.of = of
	h := w.Header()
	h["X-Amzn-Requestid"] = []string{c.id}
	s.cors.allow(h, r.Header)
	return c
}

func (c *call) serve() {
	if err := c.of.serve(c); err != nil {
		c.fail(err)
	} else if !c.written {
		c.answer(http.StatusOK)
	}
}

// find returns what serves a path.
func (s *Server) find(c *call, path string) (*endpoint, wire.Labels, error) {
	if e := s.ours(path); e != nil {
		return e, nil, nil
	}
	e, _, labels, found := s.router.Match(c.r.Method, path)
	switch found {
	case wire.Found:
		return e, labels, nil
	case wire.WrongMethod:
		return nil, nil, notAllowed(c, s.methods(path))
	}
	return nil, nil, unknownRoute(path)
}

// ours finds the endpoint of a path that is no operation of the two services.
func (s *Server) ours(path string) *endpoint {
	if e := s.paths[path]; e != nil {
		return e
	}
	for below, e := range s.folders {
		if strings.HasPrefix(path, below) {
			return e
		}
	}
	return nil
}

// methods lists what a path takes.
func (s *Server) methods(path string) string {
	var allowed []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch} {
		if _, _, _, found := s.router.Match(m, path); found == wire.Found {
			allowed = append(allowed, m)
		}
	}
	return strings.Join(append(allowed, http.MethodOptions), ", ")
}

// unknownRoute is what a path answers that leads nowhere. The gateway in front of Amazon Connect takes it for a request that is
// not signed. Sources: connect-chat sheet, 3.4; participant-wire sheet, section 13 (28).
func unknownRoute(path string) error {
	if strings.HasPrefix(path, "/participant/") {
		return &wire.GatewayError{Status: http.StatusNotFound, Code: "UnknownOperationException", Message: "Not found"}
	}
	return &wire.GatewayError{
		Status: http.StatusForbidden, Code: "MissingAuthenticationTokenException", Message: "Missing Authentication Token",
	}
}

// throttle refuses a call and says when it may come again: in milliseconds for the AWS SDKs, in seconds for everybody else.
func (c *call) throttle(wait time.Duration) error {
	h := c.w.Header()
	h.Set("X-Amz-Retry-After", strconv.FormatInt(wait.Milliseconds()+1, 10))
	h.Set("Retry-After", strconv.FormatInt(int64(wait/time.Second)+1, 10))
	return c.of.throttled
}

// Hijack hands the connection over to the gateway.
func (c *call) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(c.w).Hijack()
	if err == nil {
		c.status, c.written = http.StatusSwitchingProtocols, true
	}
	return conn, rw, err
}
