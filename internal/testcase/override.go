package testcase

import (
	"cmp"
	"encoding/json"
	"strings"
	"sync"

	"github.com/openparley/parley/internal/flow"
)

// Overrides answer flow actions in place of the world, each once, in the order in which they came. The zero value has none. It is safe for
// concurrent use.
type Overrides struct {
	mu    sync.Mutex
	armed []overruling
}

type overruling struct {
	actionType, resource string
	strategy             Strategy
}

func (o *Overrides) arm(actionType, resource string, s Strategy) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.armed = append(o.armed, overruling{actionType, last(resource), s})
}

// last is the end of an ARN, or of a name with a version behind it, which names the resource here.
func last(resource string) string {
	if _, function, ok := strings.Cut(resource, ":function:"); ok {
		name, _, _ := strings.Cut(function, ":")
		return name
	}
	return resource[strings.LastIndexByte(resource, '/')+1:]
}

// Overrule implements what a server is given as Config.Overrule: what stands in for an effect of a flow, and what answers it; nil where
// it is not answered. queue is the target queue of the contact.
func (o *Overrides) Overrule(e flow.Effect, queue string) (flow.Effect, *flow.Input) {
	var actionType, resource string
	switch e := e.(type) {
	case flow.Invoke:
		actionType, resource = invokeLambda, e.Function
	case flow.CheckHours:
		actionType, resource = checkHours, e.HoursID
	case flow.ConnectBot:
		actionType, resource = connectBot, cmp.Or(e.AliasARN, e.Name)
	case flow.EnterQueue:
		actionType, resource = transferQueue, queue
	case flow.MoveToQueue:
		actionType, resource = dequeue, e.QueueID
	default:
		return e, nil
	}
	s, ok := o.take(actionType, last(resource))
	if !ok {
		return e, nil
	}
	if s.Type == substitute {
		return s.instead(e), nil
	}
	return e, s.answer(actionType)
}

func (o *Overrides) take(actionType, resource string) (Strategy, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, a := range o.armed {
		if a.actionType == actionType && a.resource == resource {
			o.armed = append(o.armed[:i:i], o.armed[i+1:]...)
			return a.strategy, true
		}
	}
	return Strategy{}, false
}

// instead is the effect with the other resource. For EnterQueue it is the choice of the queue, which comes before it.
func (s *Strategy) instead(e flow.Effect) flow.Effect {
	switch e := e.(type) {
	case flow.Invoke:
		e.Function = s.SubstituteArn
		return e
	case flow.CheckHours:
		e.HoursID = s.SubstituteArn
		return e
	case flow.ConnectBot:
		e.AliasARN, e.Name, e.Alias, e.Where = s.SubstituteArn, "", "", ""
		return e
	case flow.EnterQueue:
		return flow.SetTargetQueue{QueueID: s.SubstituteArn}
	case flow.MoveToQueue:
		e.QueueID = s.SubstituteArn
		return e
	}
	return e
}

// answer is what the flow goes on with.
func (s *Strategy) answer(actionType string) *flow.Input {
	r := s.Response
	if r.Type == "Error" {
		if r.Error.Value == "TimeLimitExceeded" {
			return &flow.Input{Kind: flow.TimedOut}
		}
		return &flow.Input{Kind: flow.Failed, Error: r.Error.Value}
	}
	in := &flow.Input{Kind: flow.Answered}
	switch actionType {
	case checkHours:
		in.Event = map[string]string{"InHours": "True", "OutOfHours": "False"}[r.ExecutionResult.Value]
	case connectBot:
		in.Data = json.RawMessage(r.ExecutionResult.LoadedData)
		var lex struct{ IntentName string }
		_ = json.Unmarshal(in.Data, &lex) // without an intent no branch fits
		in.Event = lex.IntentName
	default:
		in.Data = json.RawMessage(r.ExecutionResult.LoadedData)
	}
	return in
}
