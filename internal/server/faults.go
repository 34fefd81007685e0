package server

import (
	"cmp"
	"context"
	"encoding/json"
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
	"github.com/openparley/parley/internal/bot"
	"github.com/openparley/parley/internal/center"
	"github.com/openparley/parley/internal/fault"
	"github.com/openparley/parley/internal/lambda"
	"github.com/openparley/parley/internal/store"
)

// SteadyHeader in a request keeps it out of all faults: for who sets up a test and who looks how it went.
const SteadyHeader = "Parley-Steady"

// webSocket is the operation that opens sockets, by its name in the log and in faults.
const webSocket = "WebSocket"

// trouble is what goes wrong on purpose in a developer's server.
type trouble struct {
	plan fault.Plan

	mu      sync.Mutex
	rates   map[string]*limiter // of the default account, by operation, since throttling began
	sockets []*troubledConn     // that are open, in the order in which they were opened
}

// AddFault has something go wrong, in a developer's server.
func (s *Server) AddFault(f fault.Fault) error {
	for _, name := range f.Operations {
		if !f.Outside() && name != webSocket && !s.operations[name] {
			return fmt.Errorf("there is no operation %q that the fault could meet", name)
		}
	}
	s.trouble.mu.Lock()
	defer s.trouble.mu.Unlock()
	if f.Fault == fault.Throttling {
		s.trouble.rates = map[string]*limiter{}
	}
	if !f.AtOnce() {
		return s.trouble.plan.Add(f)
	}
	chats := make([]string, len(s.trouble.sockets))
	for i, c := range s.trouble.sockets {
		chats[i] = c.chat
	}
	met, err := s.trouble.plan.Strike(f, webSocket, chats)
	for _, i := range met {
		s.trouble.sockets[i].strike(f.Fault)
	}
	return err
}

// LiftFaults ends faults of these names, or all if none is named. Sockets that stood still go on, and answers that were slow come.
func (s *Server) LiftFaults(names ...string) {
	s.trouble.mu.Lock() // not while one is turned on
	defer s.trouble.mu.Unlock()
	s.trouble.plan.Lift(names...)
}

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
	lifted := s.trouble.plan.Lifted(fault.SlowAnswers)
	if f, slow := s.trouble.plan.Meets(fault.SlowAnswers, operation, chat); slow {
		select {
		case <-time.After(time.Duration(f.Delay)):
		case <-lifted:
		case <-c.r.Context().Done():
		}
	}
	if f, skewed := s.trouble.plan.Meets(fault.ClockSkew, operation, chat); skewed {
		c.skew = time.Duration(f.Delay)
		c.w.Header().Set("Date", time.Now().Add(c.skew).UTC().Format(http.TimeFormat))
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

func (t troubledFunctions) meet(function string, payload []byte) error {
	if !t.plan.Any() {
		return nil
	}
	var event struct {
		Details struct {
			ContactData struct{ InitialContactID string }
		}
	}
	_ = json.Unmarshal(payload, &event) // what is no event of a flow is about no chat
	name, chat := shortName(function), event.Details.ContactData.InitialContactID
	for _, trouble := range []struct {
		fault string
		err   error
	}{
		{fault.FunctionFails, &lambda.FunctionError{Function: function, Type: "Fault"}},
		{fault.FunctionLate, fmt.Errorf("function %s: %w", name, context.DeadlineExceeded)},
		{fault.FunctionBusy, &lambda.ThrottledError{Function: function}},
	} {
		if _, meets := t.plan.Meets(trouble.fault, name, chat); meets {
			return trouble.err
		}
	}
	return nil
}

func (t troubledFunctions) Invoke(ctx context.Context, function string, payload []byte) ([]byte, error) {
	if err := t.meet(function, payload); err != nil {
		return nil, err
	}
	return t.Functions.Invoke(ctx, function, payload)
}

func (t troubledFunctions) Start(ctx context.Context, function string, payload []byte) (string, error) {
	if err := t.meet(function, payload); err != nil {
		return "", err
	}
	return t.Functions.Start(ctx, function, payload)
}

// troubledBots are bots that fail on purpose.
type troubledBots struct {
	center.Bots
	store *store.Store
	plan  *fault.Plan
}

// botID is the id in the ARN of an alias, or the name of a bot that has none.
func botID(r bot.Ref) string {
	if parts := strings.Split(r.AliasARN, "/"); len(parts) == 3 {
		return parts[1]
	}
	return cmp.Or(r.AliasARN, r.Name)
}

func (t troubledBots) Recognize(ctx context.Context, in bot.Request, told bot.Told) (*bot.Answer, error) {
	if t.plan.Any() {
		contact, err := t.store.Contact(ctx, in.SessionID)
		if err != nil {
			return nil, fmt.Errorf("contact of the session: %w", err)
		}
		if _, meets := t.plan.Meets(fault.BotFails, botID(in.Bot), contact.ChatID); meets {
			return nil, errOnPurpose
		}
		if _, meets := t.plan.Meets(fault.BotLate, botID(in.Bot), contact.ChatID); meets {
			return nil, context.DeadlineExceeded
		}
	}
	return t.Bots.Recognize(ctx, in, told)
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
		Storm *uint64
	}
	if err := c.readJSON(&in); err != nil {
		return nil, err
	}
	if in.Storm != nil {
		return fault.Storm(*in.Storm), nil
	}
	return []fault.Fault{in.Fault}, nil
}
