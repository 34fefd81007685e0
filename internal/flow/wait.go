package flow

import (
	"slices"
	"strconv"
	"time"
)

// maxSeconds is the longest Wait: 7 days.
const maxSeconds = 604_800

// wait suspends the run. Custom bots can not join a chat yet, so a wait for the end of one finds none; and Parley does not run a branch
// while the clock runs (ContinueExecution).
func wait(r *run, _ *action, in args) outcome {
	limit, ok := in.text("TimeLimitSeconds")
	if !ok {
		limit, _ = in.text("TimeoutSeconds") // the name in the documentation
	}
	seconds, err := strconv.Atoi(limit)
	if err != nil || seconds < 1 || seconds > maxSeconds {
		return fails("time limit " + strconv.Quote(limit))
	}
	if in.is("ContinueExecution", "true") {
		return fails("ContinueExecution is not supported")
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

func waited(_ *run, in Input) (outcome, bool) {
	if in.Kind == TimedOut {
		return outcome{result: waitCompleted}, true
	}
	return outcome{result: in.Event}, in.Kind == Happened
}
