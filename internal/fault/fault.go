// Package fault decides what goes wrong on purpose: which call, frame or socket meets which trouble, by command or by a seed. Others make the
// trouble.
package fault

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"
)

// Presets, by the names that programs in any language use.
const (
	Throttling      = "throttling"       // 429 beyond the rates of a default account of Amazon
	QuotaReached    = "quota-reached"    // no chat is started any more: the instance has as many as it may
	ServerErrors    = "server-errors"    // calls are answered 500, and nothing was done
	LostAnswers     = "lost-answers"     // calls are done, and their connection is cut before the answer
	SlowAnswers     = "slow-answers"     // calls are answered after Delay
	ExpiredToken    = "expired-token"    // connection tokens have expired; new ones have too, until the fault is over
	ClockSkew       = "clock-skew"       // the clock that signatures and the Date header go by is Delay ahead
	SocketCut       = "socket-cut"       // open sockets are cut without a close frame: at once, or with Chance each at an item
	SocketHalfOpen  = "socket-half-open" // open sockets bring and take nothing any more, and stay open
	SocketFrozen    = "socket-frozen"    // open sockets stand still until the fault is over
	ConnectRefused  = "connect-refused"  // no WebSocket is opened
	DuplicateFrames = "duplicate-frames" // items come twice
	LateFrames      = "late-frames"      // an item comes after the next one, or a moment later
	FunctionFails   = "function-fails"   // functions fail
	FunctionLate    = "function-late"    // functions do not answer within their time, which does not go by
	FunctionBusy    = "function-busy"    // functions are throttled
	BotFails        = "bot-fails"        // bots fail
	BotLate         = "bot-late"         // bots do not answer within their time, which does not go by
)

var presets = []string{
	Throttling, QuotaReached, ServerErrors, LostAnswers, SlowAnswers, ExpiredToken, ClockSkew, SocketCut, SocketHalfOpen, SocketFrozen,
	ConnectRefused, DuplicateFrames, LateFrames, FunctionFails, FunctionLate, FunctionBusy, BotFails, BotLate,
}

// outside are those that meet whom the server asks, not who calls it.
var outside = []string{FunctionFails, FunctionLate, FunctionBusy, BotFails, BotLate}

// Fault is one trouble and whom it meets. Its JSON is a contract.
type Fault struct {
	Fault      string   // a preset
	Operations []string `json:",omitzero"` // or names of functions or bots; empty: all
	Contact    string   `json:",omitzero"` // id of the chat's first contact; empty: all
	Times      int      `json:",omitzero"` // after so many it is over; 0: when it is lifted
	Chance     float64  `json:",omitzero"` // that it meets a call, frame or socket, by Seed; 0: it meets all
	Seed       uint64   `json:",omitzero"`
	Delay      Duration `json:",omitzero"`
}

// Duration is a time.Duration that is text in JSON: "2s".
type Duration time.Duration

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a duration such as 2s", text)
	}
	*d = Duration(v)
	return nil
}

// Outside reports whether the fault meets functions or bots, by the names in Operations.
func (f Fault) Outside() bool { return slices.Contains(outside, f.Fault) }

// AtOnce reports whether the fault meets the sockets that are open when it is turned on, and nothing later.
func (f Fault) AtOnce() bool {
	return f.Fault == SocketHalfOpen || f.Fault == SocketFrozen || f.Fault == SocketCut && f.Chance == 0
}

// Active is a fault as it stands.
type Active struct {
	Fault
	Met int // how often it met something
}

// Plan are the faults that are on. The zero value has none. It is safe for concurrent use.
type Plan struct {
	mu     sync.Mutex
	active []*entry
	lifted map[string]chan struct{} // closed when the fault of the name is lifted, for those who wait for it
}

type entry struct {
	Active
	chance *rand.Rand
}

// Check says what is wrong with a fault.
func (f Fault) Check() error {
	switch {
	case !slices.Contains(presets, f.Fault):
		return fmt.Errorf("there is no fault %q: known are %s", f.Fault, strings.Join(presets, ", "))
	case f.Times < 0 || f.Delay < 0:
		return fmt.Errorf("times and delay of a fault can not be negative")
	case f.Chance < 0 || f.Chance > 1:
		return fmt.Errorf("the chance of a fault is between 0 and 1")
	case f.Delay == 0 && (f.Fault == SlowAnswers || f.Fault == ClockSkew):
		return fmt.Errorf("%s needs a delay, such as 2s", f.Fault)
	}
	return nil
}

// Add turns a fault on, beside those that are.
func (p *Plan) Add(f Fault) error {
	_, err := p.Strike(f, "", nil)
	return err
}

// Strike is Add for a fault that is AtOnce: it returns which of the sockets that are open, given by their chats, the fault meets, by index.
func (p *Plan) Strike(f Fault, operation string, chats []string) (met []int, err error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	e := &entry{Active: Active{Fault: f}}
	if f.Chance > 0 {
		e.chance = rand.New(rand.NewPCG(f.Seed, 0))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.active = append(p.active, e)
	for i, chat := range chats {
		if e.meets(operation, chat) {
			met = append(met, i)
		}
	}
	return met, nil
}

// storm is how often, at most, each of its faults meets something.
var storm = []Fault{
	{Fault: ConnectRefused, Chance: 0.3},
	{Fault: DuplicateFrames, Chance: 0.2},
	{Fault: LateFrames, Chance: 0.2},
	{Fault: LostAnswers, Chance: 0.08},
	{Fault: ServerErrors, Chance: 0.08},
	{Fault: SocketCut, Chance: 0.03},
}

// Storm is a mixture of everything that a client should live through, at rates that let it live. The same seed gives the same faults to the
// same calls.
func Storm(seed uint64) []Fault {
	r := rand.New(rand.NewPCG(seed, 1))
	all := slices.Clone(storm)
	for i := range all {
		all[i].Chance *= 0.2 + 0.8*r.Float64()
		all[i].Seed = r.Uint64()
	}
	return all
}

// Lift turns faults of these names off, or all if none is named.
func (p *Plan) Lift(names ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	lifted := func(name string) bool { return len(names) == 0 || slices.Contains(names, name) }
	p.active = slices.DeleteFunc(p.active, func(e *entry) bool { return lifted(e.Fault.Fault) })
	for name, waited := range p.lifted {
		if lifted(name) {
			close(waited)
			delete(p.lifted, name)
		}
	}
}

// Lifted is closed when faults of a name are lifted next.
func (p *Plan) Lifted(name string) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	waited, ok := p.lifted[name]
	if !ok {
		waited = make(chan struct{})
		if p.lifted == nil {
			p.lifted = map[string]chan struct{}{}
		}
		p.lifted[name] = waited
	}
	return waited
}

// Active are the faults that were turned on and not lifted, in order, also those that are over.
func (p *Plan) Active() []Active {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]Active, len(p.active))
	for i, e := range p.active {
		all[i] = e.Active
	}
	return all
}

// Any reports whether one was turned on and not lifted.
func (p *Plan) Any() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.active) > 0
}

// Meets reports whether a fault of this name meets a call of an operation, a function, a bot or a socket's frame, about a chat; it is counted
// then. An empty operation or contact is met only by faults that are for all.
func (p *Plan) Meets(name, operation, contact string) (Fault, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.active {
		if e.Fault.Fault == name && !e.AtOnce() && e.meets(operation, contact) {
			return e.Fault, true
		}
	}
	return Fault{}, false
}

// meets counts what it meets. The caller holds the plan's mu.
func (e *entry) meets(operation, contact string) bool {
	if e.Times > 0 && e.Met >= e.Times ||
		len(e.Operations) > 0 && !slices.Contains(e.Operations, operation) ||
		e.Contact != "" && e.Contact != contact ||
		e.chance != nil && e.chance.Float64() >= e.Chance {
		return false
	}
	e.Met++
	return true
}

// Presets are the names of all faults.
func Presets() []string { return slices.Clone(presets) }
