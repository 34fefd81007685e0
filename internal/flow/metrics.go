package flow

import (
	"slices"
	"strconv"
)

// checkHours asks whether it is open. Source: flow sheet, 11.13.
func checkHours(_ *run, a *action, in args) outcome {
	id, ok := in.text("HoursOfOperationId")
	if _, given := a.params["HoursOfOperationId"]; given && !ok {
		return fails("HoursOfOperationId leads to nothing")
	}
	return outcome{effect: CheckHours{HoursID: id}}
}

// heard is the answer to a question for one word or number.
func heard(_ *run, in Input) (outcome, bool) { return outcome{result: in.Event}, in.Kind == Answered }

// Metrics of CheckMetricData.
const (
	AgentsAvailable = "NumberOfAgentsAvailable"
	AgentsStaffed   = "NumberOfAgentsStaffed"
	AgentsOnline    = "NumberOfAgentsOnline"
	OldestAge       = "OldestContactInQueueAgeSeconds" // Answered in seconds
	ContactsInQueue = "NumberOfContactsInQueue"
)

var queueMetrics = []string{AgentsAvailable, AgentsStaffed, AgentsOnline, OldestAge, ContactsInQueue}

// askMetric asks for a number of a queue. Source: flow sheet, 11.14.
func askMetric(_ *run, a *action, in args) outcome {
	metric, _ := in.text("MetricType")
	if !slices.Contains(queueMetrics, metric) {
		return fails("MetricType " + strconv.Quote(metric))
	}
	queue, agent, ok := whose(a, in)
	if !ok {
		return fails("the queue leads to nothing")
	}
	return outcome{effect: ReadMetric{Metric: metric, QueueID: queue, AgentID: agent}}
}

// whose is the queue or the agent that an action names; both empty for neither. ok is false for a reference to nothing.
func whose(a *action, in args) (queue, agent string, ok bool) {
	queue, hasQueue := in.text("QueueId")
	agent, hasAgent := in.text("AgentId")
	_, namesQueue := a.params["QueueId"]
	_, namesAgent := a.params["AgentId"]
	return queue, agent, namesQueue == hasQueue && namesAgent == hasAgent
}

// age is a time in seconds, which conditions may compare with one in milliseconds.
type age float64

// fewSeconds is the least operand of a condition on an age that is in milliseconds. Amazon's designer writes milliseconds, whoever writes by
// hand the seconds that the name of the metric speaks of; five minutes are 300000 or 300. Source: flow sheet, 11.14.
const fewSeconds = 10_000

// operand is the operand of a condition in seconds.
func (age) operand(n float64) float64 {
	if n >= fewSeconds {
		return n / 1000
	}
	return n
}

// measured is the answer to askMetric. Of agents can only be asked whether there are any.
func measured(r *run, in Input) (outcome, bool) {
	metric := r.flow.actions[r.state.Action].params["MetricType"].text.source
	n, err := strconv.ParseFloat(in.Event, 64)
	switch {
	case in.Kind != Answered || err != nil:
		return outcome{}, false
	case metric == OldestAge:
		return outcome{result: age(n)}, true
	case metric != ContactsInQueue && n <= 0:
		return outcome{missing: true}, true
	}
	return outcome{result: in.Event}, true
}

// readMetrics asks for the numbers that $.Metrics leads to. Source: flow sheet, 11.15.
func readMetrics(_ *run, a *action, in args) outcome {
	queue, agent, ok := whose(a, in)
	if !ok {
		return fails("the queue leads to nothing")
	}
	channel, _ := in.text("QueueChannel")
	return outcome{effect: ReadMetrics{QueueID: queue, AgentID: agent, Channel: channel}}
}

// gauged keeps them.
func gauged(r *run, in Input) (outcome, bool) {
	if in.Kind != Answered {
		return outcome{}, false
	}
	r.state.keep("Metrics", in.Data)
	return outcome{}, true
}
