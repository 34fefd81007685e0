package flow

import (
	"slices"
	"strconv"
	"time"
)

// maxSeconds is the longest Wait: 7 days.
const maxSeconds = 604_800

// wait suspends the run, or starts a clock behind it.
func wait(r *run, a *action, in args) outcome {
	limit, ok := in.text("TimeLimitSeconds")
	if !ok {
		limit, _ = in.text("TimeoutSeconds") // the name in the documentation
	}
	seconds, err := strconv.Atoi(limit)
	if err != nil || seconds < 1 || seconds > maxSeconds {
		return fails("time limit " + strconv.Quote(limit))
	}
	if _, runs := r.state.AtClock(); runs {
		return fails("a wait while the clock of another one runs")
	}
	if in.is("ContinueExecution", "true") {
		least := 0
		if s, given := in.text("MinimumWaitTimeSeconds"); given {
			if least, err = strconv.Atoi(s); err != nil || least < 0 || least > seconds {
				return fails("minimum wait " + strconv.Quote(s))
			}
		}
		r.state.Behind = a.id
		return outcome{effect: StartClock{For: time.Duration(seconds) * time.Second, AtLeast: time.Duration(least) * time.Second}}
	}
	var events []string
	listed, _ := in["Events"].([]any)
	for _, e := range listed {
		event := textOf(e)
		switch {
		case event == BotParticipantDisconnected && !r.facts.Bot:
			return outcome{failed: ParticipantNotFound, detail: "no custom bot in the chat"}
		case event != CustomerReturned && event != BotParticipantDisconnected:
			return fails("event " + event)
		case !slices.Contains(events, event):
			events = append(events, event)
		}
	}
	return outcome{effect: Wait{For: time.Duration(seconds) * time.Second, Events: events}}
}

// awaitClock ends what runs while a clock does, a module that its flow has invoked meanwhile as well.
func (r *run) awaitClock() {
	*r.state, _ = r.state.AtClock()
	r.state.Action, r.state.Behind = r.state.Behind, ""
	r.effects = append(r.effects, AwaitClock{})
}

func waited(r *run, in Input) (outcome, bool) {
	switch {
	case in.Kind == TimedOut:
		return outcome{result: waitCompleted}, true
	case in.Kind == Done && r.state.Behind == r.state.Action:
		return outcome{result: waitContinue}, true
	}
	return outcome{result: in.Event}, in.Kind == Happened
}
