package center

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

const (
	jobInvoke = "invoke" // key: the contact

	// acceptTime is the longest that a flow waits until a function has taken a call whose answer it does not wait for.
	acceptTime = 30 * time.Second

	defaultLanguage = "en-US"
)

func init() { outsideJobs[jobInvoke] = (*Service).callFunction }

// invocation is a call that a run waits for. Its id is the event that the run waits for, so that the answer to an earlier call moves
// nothing.
type invocation struct {
	ID       string
	Function string
	Limit    time.Duration
	Async    bool
	Event    []byte
}

// invoke has a function called and suspends the run. It reports false where that is not possible.
func (sc *scene) invoke(state *flow.State, e flow.Invoke) (bool, error) {
	if sc.Functions == nil {
		return false, nil
	}
	event, err := sc.contactFlowEvent(e.Parameters)
	if err != nil {
		return false, err
	}
	call := invocation{newID(), e.Function, e.Limit, e.Async, event}
	payload, err := json.Marshal(call)
	if err != nil {
		return false, err
	}
	if err := sc.saveRun(state, call.ID); err != nil {
		return false, err
	}
	sc.putJob(jobInvoke, sc.contact.ID, 0, payload)
	return true, nil
}

// callFunction calls a function and lets the flow go on with its answer.
func (s *Service) callFunction(ctx context.Context, job store.Job) error {
	var call invocation
	if err := json.Unmarshal(job.Payload, &call); err != nil {
		return fmt.Errorf("call that contact %s waits for: %w", job.Key, err)
	}
	leave, err := s.calls.enter(call.Function)
	if err != nil {
		return err
	}
	defer leave()
	in, err := s.answerOf(ctx, call)
	if err != nil {
		if ctx.Err() != nil {
			return err // the server stops: its successor calls again
		}
		s.Log.Warn("function of a flow failed", "contact", job.Key, "function", call.Function, "err", err)
	}
	return s.finishJob(ctx, job, func(sc *scene) error {
		if !sc.live() || sc.contact.ID != job.Key || !slices.Contains(sc.contact.FlowWaits, call.ID) {
			return nil
		}
		return sc.resume(in)
	})
}

// answerOf calls a function within its time, in the machine's time even where the server's stands still. What the flow goes on with is
// right beside an error too, which is fit for the log.
func (s *Service) answerOf(ctx context.Context, call invocation) (flow.Input, error) {
	limit := call.Limit
	if call.Async {
		limit = min(limit, acceptTime)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	in := flow.Input{Kind: flow.Answered}
	err := s.insist(ctx, func() (err error) {
		if call.Async {
			in.Event, err = s.Functions.Start(ctx, call.Function, call.Event)
		} else {
			in.Data, err = s.Functions.Invoke(ctx, call.Function, call.Event)
		}
		return err
	})
	switch {
	case err == nil:
		return in, nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return flow.Input{Kind: flow.TimedOut}, err
	}
	return flow.Input{Kind: flow.Failed}, err
}

// The event of a function that a flow calls. All members are there always, in this order. Source: flow sheet, 12.
type (
	flowEvent struct {
		Name    string
		Details struct {
			ContactData flowContact
			Parameters  map[string]any
		}
	}

	flowContact struct {
		Attributes        map[string]string
		AwsRegion         string
		Channel           string
		ContactId         string
		CustomerEndpoint  *flowEndpoint
		CustomerId        *string
		Description       *string
		InitialContactId  string
		InitiationMethod  string
		InstanceARN       string
		LanguageCode      string
		MediaStreams      flowStreams
		Name              *string
		PreviousContactId string
		Queue             *flowQueue
		References        map[string]flowReference
		RelatedContactId  *string
		SegmentAttributes map[string]flowValue
		SystemEndpoint    *flowEndpoint
		Tags              map[string]string
	}

	flowEndpoint struct{ Address, Type string }

	flowStreams struct {
		Customer struct{ Audio *struct{} } // of a call; a chat has none
	}

	flowQueue struct {
		ARN, Name        string
		OutboundCallerId *flowEndpoint // for calls
	}

	flowReference struct {
		Type  types.ReferenceType
		Value *string
	}

	flowValue struct {
		ValueArn     *string
		ValueInteger *int32
		ValueList    []flowValue
		ValueMap     map[string]flowValue
		ValueString  *string
	}
)

// contactFlowEvent tells a function of the contact that calls it.
func (sc *scene) contactFlowEvent(parameters map[string]any) ([]byte, error) {
	facts, err := sc.facts()
	if err != nil {
		return nil, err
	}
	segment, err := storedSegmentAttributes(sc.contact.SegmentAttributes)
	if err != nil {
		return nil, err
	}
	references, err := storedReferences(sc.contact.References)
	if err != nil {
		return nil, err
	}
	event := flowEvent{Name: "ContactFlowEvent"}
	event.Details.Parameters = parameters
	event.Details.ContactData = flowContact{
		Attributes: facts.Attributes, AwsRegion: facts.Region, Channel: facts.Channel, ContactId: facts.ContactID,
		CustomerId: reply.Text(facts.CustomerID), Description: reply.Text(facts.Description), Name: reply.Text(facts.Name),
		InitialContactId: facts.InitialContactID, PreviousContactId: cmp.Or(facts.PreviousContactID, facts.ContactID),
		RelatedContactId: reply.Text(facts.RelatedContactID), InitiationMethod: facts.InitiationMethod, InstanceARN: facts.InstanceARN,
		LanguageCode: cmp.Or(facts.LanguageCode, defaultLanguage), SegmentAttributes: flowValues(segment),
		References: make(map[string]flowReference, len(references)), Tags: tagsOf(sc.contact),
	}
	data := &event.Details.ContactData
	if data.Attributes == nil {
		data.Attributes = map[string]string{}
	}
	if facts.QueueARN != "" {
		data.Queue = &flowQueue{ARN: facts.QueueARN, Name: facts.QueueName}
	}
	for name, r := range references {
		data.References[name] = flowReference{r.Type, r.Value}
	}
	if o := sc.chat.Outside; o != nil {
		const telephone = "TELEPHONE_NUMBER"
		data.CustomerEndpoint, data.SystemEndpoint = &flowEndpoint{o.Source, telephone}, &flowEndpoint{o.Destination, telephone}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err = enc.Encode(event)
	return bytes.TrimSpace(b.Bytes()), err
}

func flowValues(all map[string]types.SegmentAttributeValue) map[string]flowValue {
	values := make(map[string]flowValue, len(all))
	for name, v := range all {
		values[name] = flowValueOf(v)
	}
	return values
}

func flowValueOf(v types.SegmentAttributeValue) flowValue {
	e := flowValue{ValueArn: v.ValueArn, ValueInteger: v.ValueInteger, ValueString: v.ValueString}
	if v.ValueMap != nil {
		e.ValueMap = flowValues(v.ValueMap)
	}
	for _, member := range v.ValueList {
		e.ValueList = append(e.ValueList, flowValueOf(member))
	}
	return e
}
