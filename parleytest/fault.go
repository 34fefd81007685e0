package parleytest

import (
	"time"

	"github.com/openparley/parley/internal/fault"
)

// Faults by name. They meet the program under test; what the test itself does through this package meets none.
const (
	// Throttling answers 429 beyond the rates of a default account of Amazon Connect.
	Throttling = fault.Throttling
	// QuotaReached refuses to start chats: the instance has as many active ones as it may.
	QuotaReached = fault.QuotaReached
	// ServerErrors answers 500 and does nothing.
	ServerErrors = fault.ServerErrors
	// LostAnswers does what is asked and cuts the connection before the answer.
	LostAnswers = fault.LostAnswers
	// SlowAnswers answers after Delay, in the machine's time.
	SlowAnswers = fault.SlowAnswers
	// ExpiredToken refuses connection tokens as expired, new ones too while it lasts.
	ExpiredToken = fault.ExpiredToken
	// ClockSkew has the server's signatures and Date header go by a clock that is Delay ahead.
	ClockSkew = fault.ClockSkew
	// SocketCut cuts the WebSockets that are open, without a word; with Chance, each at an item.
	SocketCut = fault.SocketCut
	// SocketHalfOpen has the WebSockets that are open bring and take nothing any more.
	SocketHalfOpen = fault.SocketHalfOpen
	// SocketFrozen has the WebSockets that are open stand still until the fault is lifted.
	SocketFrozen = fault.SocketFrozen
	// ConnectRefused opens no WebSocket.
	ConnectRefused = fault.ConnectRefused
	// DuplicateFrames brings items twice.
	DuplicateFrames = fault.DuplicateFrames
	// LateFrames brings an item after the next one, or a moment later.
	LateFrames = fault.LateFrames
	// FunctionFails has functions fail that flows call.
	FunctionFails = fault.FunctionFails
	// FunctionLate has functions not answer within their time. The test does not wait for it.
	FunctionLate = fault.FunctionLate
	// FunctionBusy has functions throttled.
	FunctionBusy = fault.FunctionBusy
	// BotFails has bots fail that flows connect customers with.
	BotFails = fault.BotFails
	// BotLate has bots not answer within their time. The test does not wait for it.
	BotLate = fault.BotLate
)

// Fault is something that goes wrong, and whom it meets.
type Fault struct {
	Name       string        // one of the names above
	Operations []string      // the operations, functions or bots that it meets; empty: all
	Chat       *Chat         // the only one that it meets; nil: all
	Times      int           // after so many it is over; 0: when it is lifted
	Chance     float64       // between 0 and 1: that it meets a call, item or socket, by Seed; 0: it meets all
	Seed       uint64        // the same seed meets the same calls
	Delay      time.Duration // of SlowAnswers and ClockSkew
}

// Fault turns a fault on, beside those that are.
func (s *Server) Fault(f Fault) {
	s.t.Helper()
	asked := fault.Fault{Fault: f.Name, Operations: f.Operations, Times: f.Times, Chance: f.Chance, Seed: f.Seed, Delay: fault.Duration(f.Delay)}
	if f.Chat != nil {
		asked.Contact = f.Chat.ID
	}
	if err := s.house.Server().AddFault(asked); err != nil {
		s.t.Fatal(err)
	}
}

// Storm turns on a mixture of faults that a program should live through: errors, lost answers, refused and cut sockets, duplicate and late
// items. The same seed makes the same mixture; print it when it is a random one.
func (s *Server) Storm(seed uint64) {
	s.t.Helper()
	for _, f := range fault.Storm(seed) {
		if err := s.house.Server().AddFault(f); err != nil {
			s.t.Fatal(err)
		}
	}
}

// LiftFaults ends faults of these names, or all if none is named.
func (s *Server) LiftFaults(names ...string) { s.house.Server().LiftFaults(names...) }

// FaultMet is how often faults of a name met something.
func (s *Server) FaultMet(name string) (n int) {
	for _, f := range s.house.Server().Faults() {
		if f.Fault.Fault == name {
			n += f.Met
		}
	}
	return n
}
