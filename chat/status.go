package chat

import (
	"errors"
	"fmt"
)

// Phase is where a session stands.
type Phase int

// The phases, in the order in which a session comes to them; Live and Reconnecting take turns.
const (
	// Connecting: there was no connection yet.
	Connecting Phase = iota
	// Live: items come as they are written.
	Live
	// Reconnecting: the connection is lost; what is sent waits, and what is missed is read later.
	Reconnecting
	// Over: nothing will come any more but what Items still holds. As text it is Ended.
	Over
)

func (p Phase) String() string {
	switch p {
	case Connecting:
		return "Connecting"
	case Live:
		return "Live"
	case Reconnecting:
		return "Reconnecting"
	case Over:
		return "Ended"
	}
	return fmt.Sprintf("Phase(%d)", int(p))
}

// Status is a phase and why.
type Status struct {
	Phase Phase
	// Err is why the connection was lost or could not be made. For Over see [Session.Err].
	Err error
	// Attempt counts the attempts to connect since the session was live.
	Attempt int
}

func (s Status) String() string {
	if s.Err == nil {
		return s.Phase.String()
	}
	return s.Phase.String() + ": " + s.Err.Error()
}

// Why a session has ended, or something was not sent.
var (
	// ErrClosed: the program closed the session. The chat goes on without it.
	ErrClosed = errors.New("the session is closed")
	// ErrEnded: the chat is over, or the participant has left it.
	ErrEnded = errors.New("the chat has ended")
	// ErrEndedAway: the chat ended, or the participant was removed from it, while the session was not connected or before a gap was read.
	// The last items are not known: the service answers nobody after the end.
	ErrEndedAway = errors.New("the chat ended while the session was not connected")
	// ErrRemoved: somebody took the participant out of the chat, as an agent does who takes over from a bot. The chat goes on without it.
	ErrRemoved = errors.New("the participant was removed from the chat")
	// ErrUncertain: no answer came in the time of [Patience]. It may have been sent or not.
	ErrUncertain = errors.New("it is not known whether this was sent")
	// ErrSilent: the link does not answer any more.
	ErrSilent = errors.New("the server gives no sign of life")
)
