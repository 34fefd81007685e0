package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/openparley/parley/api/connect"
	ctypes "github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/center"
	"github.com/openparley/parley/internal/fault"
	"github.com/openparley/parley/internal/lambda"
)

// SteadyHeader in a request keeps it out of all faults: for who sets up a test and who looks how it went.
const SteadyHeader = "Parley-Steady"

// webSocket is the operation that opens sockets, by its name in the log and in faults.
const webSocket = "WebSocket"

// trouble is what goes wrong on purpose in a developer's server.
type trouble struct {
	plan fault.Plan

	mu     sync.Mutex
	rates  map[string]*limiter // of the default account, by operation, since throttling began
	socket map[*troubledConn]struct{}
}

// AddFault has something go wrong, in a developer's server.
func (s *Server) AddFault(f fault.Fault) error {
	if err := s.trouble.plan.Add(f); err != nil {
		return err
	}
	s.trouble.mu.Lock()
	defer s.trouble.mu.Unlock()
	switch {
	case f.Fault == fault.Throttling:
		s.trouble.rates = map[string]*limiter{}
	case f.Chance > 0:
	case f.Fault == fault.SocketCut, f.Fault == fault.SocketHalfOpen, f.Fault == fault.SocketFrozen:
		for c := range s.trouble.socket {
			if _, meets := s.trouble.plan.Meets(f.Fault, webSocket, c.chat); meets {
				c.strike(f.Fault)
			}
		}
	}
	if f.Fault == fault.SocketCut && f.Chance == 0 {
		defer s.trouble.plan.Lift(fault.SocketCut) // it is over when it is done
	}
	return nil
}

// LiftFaults ends faults of these names, or all if none is named. Sockets that stood still go on.
func (s *Server) LiftFaults(names ...string) { s.trouble.plan.Lift(names...) }

// Faults are those that were added and not lifted.
func (s *Server) Faults() []fault.Active { return s.trouble.plan.Active() }

// serveAmid serves a call amid the faults that are on.
func (s *Server) serveAmid(c *call) {
	exempt := s.cfg.Dev == nil || !s.trouble.plan.Any() || c.of.name != webSocket && !s.operations[c.of.name] || c.r.Header.Get(SteadyHeader) != ""
	if exempt {
		c.serve()
		return
	}
	chat := s.chatOf(c.r)
	if err := s.meet(c, chat); err != nil {
		c.fail(err)
		return
	}
	c.serve()
	if _, meets := s.trouble.plan.Meets(fault.LostAnswers, c.of.name, chat); meets && c.of.name != webSocket {
		panic(http.ErrAbortHandler)
	}
}

// chatOf is the chat that a participant's token names.
func (s *Server) chatOf(r *http.Request) string {
	if who, err := s.tokens.Connection(bearer(r)); err == nil {
		return who.ChatID
	}
	if who, err := s.tokens.Participant(bearer(r)); err == nil {
		return who.ChatID
	}
	if who, err := s.tokens.Socket(r.URL.Query().Get("token")); err == nil {
		return who.ChatID
	}
	return ""
}

// errOnPurpose is answered as the service's internal error.
var errOnPurpose = errors.New("a fault that was asked for")

// meet is the trouble that a call meets before it is served.
func (s *Server) meet(c *call, chat string) error {
	operation := c.of.name
	meets := func(name string) bool {
		_, meets := s.trouble.plan.Meets(name, operation, chat)
		return meets
	}
	if f, slow := s.trouble.plan.Meets(fault.SlowAnswers, operation, chat); slow {
		pause(c.r.Context(), f.Delay)
	}
	if f, skewed := s.trouble.plan.Meets(fault.ClockSkew, "", ""); skewed {
		c.w.Header().Set("Date", time.Now().Add(f.Delay).UTC().Format(http.TimeFormat))
	}
	if operation == webSocket {
		if meets(fault.ConnectRefused) {
			return &wire.GatewayError{Status: http.StatusServiceUnavailable, Code: "ServiceUnavailableException", Message: "No socket is opened"}
		}
		return nil
	}
	if _, err := s.tokens.Connection(bearer(c.r)); err == nil && meets(fault.ExpiredToken) {
		return denied(&auth.TokenError{Want: auth.KindConnection, Got: auth.KindConnection, Reason: auth.TokenExpired})
	}
	if meets(fault.Throttling) {
		if wait, ok := s.defaultRate(operation).take(s.clock.Now(), ""); !ok {
			return c.throttle(wait)
		}
	}
	if operation == connect.StartChatContact.Name && meets(fault.QuotaReached) {
		return &ctypes.LimitExceededException{Message: new("The instance has as many active chats as it may")}
	}
	if meets(fault.ServerErrors) {
		return errOnPurpose
	}
	return nil
}

// defaultRate is the rate of an operation in a default account of Amazon.
func (s *Server) defaultRate(operation string) *limiter {
	s.trouble.mu.Lock()
	defer s.trouble.mu.Unlock()
	l, ok := s.trouble.rates[operation]
	if !ok {
		rate, named := profiles["aws"].rates[operation]
		if !named {
			rate = profiles["aws"].connect
		}
		l = newLimiter(rate)
		s.trouble.rates[operation] = l
	}
	return l
}

// signingTime is the time that signatures are compared with.
func (s *Server) signingTime() time.Time {
	if f, skewed := s.trouble.plan.Meets(fault.ClockSkew, "", ""); skewed {
		return time.Now().Add(f.Delay)
	}
	return time.Now()
}

// troubledFunctions are functions that fail on purpose.
type troubledFunctions struct {
	center.Functions
	plan *fault.Plan
}

// shortName is the name in a name or ARN, without its version.
func shortName(function string) string {
	if _, after, ok := strings.Cut(function, ":function:"); ok {
		function = after
	}
	name, _, _ := strings.Cut(function, ":")
	return name
}

func (t troubledFunctions) meet(function string) error {
	name := shortName(function)
	for _, trouble := range []struct {
		fault string
		err   error
	}{
		{fault.FunctionFails, &lambda.FunctionError{Function: function, Type: "Fault"}},
		{fault.FunctionLate, fmt.Errorf("function %s: %w", name, context.DeadlineExceeded)},
		{fault.FunctionBusy, &lambda.ThrottledError{Function: function}},
	} {
		if _, meets := t.plan.Meets(trouble.fault, name, ""); meets {
			return trouble.err
		}
	}
	return nil
}

func (t troubledFunctions) Invoke(ctx context.Context, function string, payload []byte) ([]byte, error) {
	if err := t.meet(function); err != nil {
		return nil, err
	}
	return t.Functions.Invoke(ctx, function, payload)
}

func (t troubledFunctions) Start(ctx context.Context, function string, payload []byte) (string, error) {
	if err := t.meet(function); err != nil {
		return "", err
	}
	return t.Functions.Start(ctx, function, payload)
}

// faultControl turns faults on and off, in dev mode, and tells which are on: GET, POST with a fault or {"Storm":7}, DELETE with or without
// ?Fault=name.
func (s *Server) faultControl(c *call) error {
	switch c.r.Method {
	case http.MethodGet:
	case http.MethodPost:
		faults, err := askedFaults(c)
		if err != nil {
			return err
		}
		for _, f := range faults {
			if err := s.AddFault(f); err != nil {
				return invalid(err.Error())
			}
		}
	case http.MethodDelete:
		s.LiftFaults(c.r.URL.Query()["Fault"]...)
	default:
		return notAllowed(c, "GET, POST, DELETE, OPTIONS")
	}
	return c.answerJSON(map[string]any{"Faults": s.Faults(), "Presets": fault.Presets()})
}

func askedFaults(c *call) ([]fault.Fault, error) {
	var in struct {
		fault.Fault
		Delay string
		Storm *uint64
	}
	if err := c.readJSON(&in); err != nil {
		return nil, err
	}
	if in.Storm != nil {
		return fault.Storm(*in.Storm), nil
	}
	if in.Delay != "" {
		var err error
		if in.Fault.Delay, err = time.ParseDuration(in.Delay); err != nil {
			return nil, invalid("Delay: send a duration such as 2s")
		}
	}
	return []fault.Fault{in.Fault}, nil
}
