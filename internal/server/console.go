package server

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/openparley/parley/api/wire"
)

// handleConsole serves an operation for the console: on a developer's server alone, and to no page but its own, for it tells of chats
// without a key.
func handleConsole[In, Out any](
	s *Server, op *wire.Operation[In, Out], path string, do func(context.Context, *In) (*Out, error),
) {
	e := s.endpoint(op.Service, op.Name)
	e.bodyLimit = publicBodyLimit
	e.level = slog.LevelDebug // it asks all the time
	e.serve = func(c *call) error {
		if err := s.atHome(c.r); err != nil {
			return err
		}
		if !ownPage(c.r) {
			return refused("Only the console of this server may ask here")
		}
		if err := s.readUnverified(c); err != nil {
			return err
		}
		return answer(c, op, do)
	}
	s.handle(wire.Route{Service: op.Service.ID, Name: op.Name, Method: http.MethodPost, Path: path}, e)
}

// ownPage reports whether a request comes from a page of this server, or from none. Browsers tell of pages on other hosts.
func ownPage(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	from, err := url.Parse(origin)
	return err == nil && from.Host == r.Host
}

// toConsole leads from the root of a developer's server to what a person wants to see there.
func (s *Server) toConsole(c *call) error {
	if c.r.Method != http.MethodGet && c.r.Method != http.MethodHead {
		return notAllowed(c, "GET, HEAD")
	}
	c.Header().Set("Location", s.cfg.BasePath+"/console")
	c.WriteHeader(http.StatusTemporaryRedirect)
	return nil
}
