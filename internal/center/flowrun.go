package center

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"

	"github.com/aws/smithy-go"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// Event hooks a flow may set in a chat; the two hold hooks are for calls. Source: flow sheet, 10.5.
const (
	hookCustomerQueue     = "CustomerQueue"
	hookCustomerRemaining = "CustomerRemaining"
	hookAgentUI           = "DefaultAgentUI"
	hookAfterAgentUI      = "DisconnectAgentUI"
)

var chatHooks = map[string]string{ // hook → type of the flow it takes
	hookCustomerQueue:     "CUSTOMER_QUEUE",
	hookAgentWhisper:      "AGENT_WHISPER",
	hookCustomerWhisper:   "CUSTOMER_WHISPER",
	hookCustomerRemaining: flowTypeInbound,
	hookAgentUI:           flowTypeInbound,
	hookAfterAgentUI:      flowTypeInbound,
}

// maxFlows is how many compiled flow versions are kept.
const maxFlows = 1000

type flowVersion struct {
	id      string
	version int64
}

// compiled returns the executable form of a version of a flow.
func (sc *scene) compiled(id string, version int64) (*flow.Flow, error) {
	return sc.compile(flowVersion{id, version}, func() (string, error) {
		row, err := sc.tx.FlowVersion(id, version)
		if err != nil {
			return "", err
		}
		return row.Content, nil
	})
}

// compile returns the executable form of a content, which does not change. It is kept for other chats once the transaction is committed:
// until then the content itself may be undone.
func (sc *scene) compile(key flowVersion, read func() (string, error)) (*flow.Flow, error) {
	if sc.current == key {
		return sc.flow, nil
	}
	sc.flowsMu.Lock()
	f := sc.flows[key]
	sc.flowsMu.Unlock()
	if f == nil {
		content, err := read()
		if err != nil {
			return nil, err
		}
		if f, err = flow.Parse(content); err != nil {
			return nil, fmt.Errorf("content %d of flow or module %s: %w", key.version, key.id, err)
		}
		sc.tx.AfterCommit(func() { sc.keep(key, f) })
	}
	sc.current, sc.flow = key, f
	return f, nil
}

func (s *Service) keep(key flowVersion, f *flow.Flow) {
	s.flowsMu.Lock()
	defer s.flowsMu.Unlock()
	if len(s.flows) >= maxFlows {
		clear(s.flows)
	}
	s.flows[key] = f
}

// enterFlow starts a run of a flow on the contact and goes on until it waits or ends. The contact keeps this version however the
// flow changes meanwhile.
func (sc *scene) enterFlow(fl *store.Flow, version int64, seed uint64) error {
	ct := sc.contact
	ct.FlowID, ct.FlowVersion, ct.FlowType = fl.ID, version, fl.Type
	return sc.run(flow.Start(seed), flow.Input{Kind: flow.Begin})
}

// resume goes on with the run of the contact, which waits.
func (sc *scene) resume(in flow.Input) error {
	if sc.contact.FlowState == nil {
		return nil
	}
	var state flow.State
	if err := json.Unmarshal(sc.contact.FlowState, &state); err != nil {
		return fmt.Errorf("flow state of contact %s: %w", sc.contact.ID, err)
	}
	if session := sc.contact.Bot; session != nil && session.Waited {
		state.Steps = 0
	}
	sc.tx.DeleteJob(jobWait, sc.contact.ID)
	return sc.run(state, in)
}

// happened tells the run of something that it may wait for.
func (sc *scene) happened(event string) error {
	if !slices.Contains(sc.contact.FlowWaits, event) {
		return nil
	}
	return sc.resume(flow.Input{Kind: flow.Happened, Event: event})
}

// stopFlow drops the run of the contact, whatever it does.
func (sc *scene) stopFlow() {
	ct := sc.contact
	sc.stopClock()
	if ct.FlowState == nil {
		return
	}
	ct.FlowState, ct.FlowWaits, ct.FlowHides = nil, nil, false
	sc.contactChanged = true
	sc.tx.DeleteJob(jobWait, ct.ID)
	sc.tx.DeleteJob(jobInvoke, ct.ID)
	sc.tx.DeleteJob(jobElsewhere, ct.ID)
	sc.endBot()
	if sc.chat.SignIn != nil {
		sc.chat.SignIn, sc.chatChanged = nil, true
		sc.tx.DeleteJob(jobSignInExpiry, sc.chat.ID)
		sc.tx.DeleteJob(jobSignIn, sc.chat.ID)
	}
}

// run steps the flow of the contact and applies what it asks for, until it waits or the run is over. A run that leads into another
// flow goes on there.
func (sc *scene) run(state flow.State, in flow.Input) error {
	sc.contactChanged = true
	sc.contact.FlowWaits, sc.contact.FlowHides = nil, false
	sc.endBot()
	for {
		f, err := sc.running(&state)
		if err != nil {
			return err
		}
		facts, err := sc.facts()
		if err != nil {
			return err
		}
		module := state.Module // a step may leave it
		effects, err := flow.Step(f, &state, facts, in)
		if err != nil {
			return err
		}
		in = flow.Input{Kind: flow.Done}
		for _, e := range effects {
			if sc.Overrule != nil {
				answer, err := sc.overrule(&e)
				if err != nil {
					return err
				}
				if answer != nil {
					in = *answer
					continue
				}
			}
			switch e := e.(type) {
			case flow.Say:
				if err := sc.flowSays(e.Text); err != nil {
					return err
				}
			case flow.Log:
				sc.logBlock(module, e.Entry)
			case flow.Wait:
				return sc.wait(&state, e)
			case flow.SignIn:
				if waits, err := sc.signIn(&state, e); waits || err != nil {
					return err
				}
				in = flow.Input{Kind: flow.Failed}
			case flow.ShowView:
				if waits, err := sc.showView(&state, e); waits || err != nil {
					return err
				}
				in = flow.Input{Kind: flow.Failed}
			case flow.Invoke:
				if waits, err := sc.invoke(&state, e); waits || err != nil {
					return err
				}
				in = flow.Input{Kind: flow.Failed}
			case flow.ConnectBot:
				if waits, err := sc.connectBot(&state, e); waits || err != nil {
					return err
				}
				in = flow.Input{Kind: flow.Failed}
			case flow.AwaitClock:
				if waits, err := sc.awaitClock(&state); waits || err != nil {
					return err
				}
				in = flow.Input{Kind: flow.TimedOut}
			case flow.Disconnect:
				sc.end(reasonFlow)
				return nil
			case flow.End:
				return sc.flowEnded(e)
			case flow.EnterModule:
				inside, ok, err := sc.enterModule(state, e)
				if err != nil {
					return err
				}
				if in = (flow.Input{Kind: flow.Failed}); ok {
					state, in = inside, flow.Input{Kind: flow.Begin}
				}
			case flow.Return:
				if e.Failed {
					sc.Log.Info("flow module failed", "contact", sc.contact.ID, "module", state.Module, "reason", e.Reason)
				}
				state, in = state.Leave(e)
			case flow.EnterFlow:
				fl, version, failed, err := sc.publishedFlow(e.FlowID, flowTypeInbound, flowTypeAgentTransfer, flowTypeQueueTransfer)
				if err != nil {
					return err
				}
				if failed {
					in = flow.Input{Kind: flow.Failed, Error: flow.NoMatchingError}
					break
				}
				sc.stopClock()
				ct := sc.contact
				ct.FlowID, ct.FlowVersion, ct.FlowType = fl.ID, version, fl.Type
				state, in = next(state), flow.Input{Kind: flow.Begin}
			case flow.EnterQueue:
				failed, err := sc.enterQueue()
				if err != nil {
					return err
				}
				if failed != "" {
					in = flow.Input{Kind: flow.Failed, Error: failed}
					break
				}
				goesOn, err := sc.queueFlow()
				if err != nil || !goesOn {
					return err
				}
				state, in = next(state), flow.Input{Kind: flow.Begin}
			default:
				if waits, err := sc.sendElsewhere(&state, e); waits || err != nil {
					return err
				}
				if in, err = sc.apply(e); err != nil {
					return err
				}
			}
		}
	}
}

// overrule puts what stands in for an effect in its place, and returns what answers it; nil: nothing does. A queue stands in for the one
// that the contact is about to enter.
func (sc *scene) overrule(e *flow.Effect) (*flow.Input, error) {
	instead, answer := sc.Overrule(*e, sc.contact.TargetQueueID)
	if queue, ok := instead.(flow.SetTargetQueue); ok {
		if _, enters := (*e).(flow.EnterQueue); enters {
			_, err := sc.apply(queue)
			return nil, err
		}
	}
	*e = instead
	return answer, nil
}

// next is the state of a run that follows another without a wait: the actions count on, so that flows which lead to each other come to an
// end like a flow that runs in circles. What a function returned last goes with the contact: flows from the field rely on it.
func next(before flow.State) flow.State {
	state := flow.Start(before.Seed)
	state.Steps = before.Steps
	if returned, ok := before.Results["External"]; ok {
		state.Results = map[string]json.RawMessage{"External": returned}
	}
	return state
}

// apply does what a flow asks of the contact and returns the answer for the flow.
func (sc *scene) apply(e flow.Effect) (flow.Input, error) {
	done, failed := flow.Input{Kind: flow.Done}, flow.Input{Kind: flow.Failed, Error: flow.NoMatchingError}
	switch e := e.(type) {
	case flow.SetAttributes:
		if e.Related || sc.setAttributes(e.Attributes) != nil { // there is no related contact
			return failed, nil
		}
	case flow.Tag:
		if sc.tag(e.Tags) != nil {
			return failed, nil
		}
	case flow.Untag:
		sc.untag(e.Keys)
	case flow.SetRouting:
		sc.setPlace(e.QueuePriority, e.QueueTimeAdjustmentSeconds)
	case flow.SetRoutingCriteria:
		steps, err := stepsOf(e.Criteria)
		if err != nil || sc.setCriteria(steps) != nil {
			return failed, nil
		}
	case flow.SetContactData:
		if e.Related {
			return failed, nil
		}
		sc.setContactData(e)
	case flow.SetTargetQueue:
		q, err := sc.queue(e.QueueID)
		if err != nil {
			return failed, err
		}
		if q == nil {
			return failed, nil
		}
		sc.contact.TargetQueueID = q.ID
	case flow.CheckHours:
		return sc.checkHours(e)
	case flow.ReadMetric:
		return sc.readMetric(e)
	case flow.ReadMetrics:
		return sc.readMetrics(e)
	case flow.MoveToQueue:
		errorType, err := sc.moveToQueue(e)
		if err != nil || errorType != "" {
			return flow.Input{Kind: flow.Failed, Error: errorType}, err
		}
	case flow.SetProcessing:
		p := &store.Processor{Deliver: true}
		if e.Enabled {
			p = &store.Processor{Function: e.FunctionARN, Deliver: e.DeliverUnprocessed}
		}
		if ok, err := sc.setProcessor(p); err != nil || !ok {
			return failed, err
		}
	case flow.SetAnalytics:
		a := store.Analytics(e)
		sc.contact.Analytics = &a
		sc.contactEvent(contactDataUpdated, "ContactLens.ConversationalAnalytics.Configuration")
	case flow.StartClock:
		sc.startClock(e)
	case flow.SetHook:
		return sc.setHook(e)
	case flow.ContinueChat:
		_, err := sc.rehydrate(types.RehydrationType(e.RehydrationType), e.SourceContactID)
		if _, refused := errors.AsType[smithy.APIError](err); refused {
			return failed, nil
		}
		if err != nil {
			return failed, err
		}
	case flow.SetLogging:
		sc.chat.LogFlow, sc.chatChanged = e.Enabled, true
	default:
		return failed, fmt.Errorf("flow effect of unknown type %T", e)
	}
	return done, nil
}

func (sc *scene) setHook(e flow.SetHook) (flow.Input, error) {
	failed := flow.Input{Kind: flow.Failed, Error: flow.NoMatchingError}
	flowType, ok := chatHooks[e.Hook]
	if !ok {
		return failed, nil
	}
	hooks := maps.Clone(sc.chat.Hooks)
	if hooks == nil {
		hooks = map[string]string{}
	}
	if e.Disable {
		hooks[e.Hook] = ""
	} else {
		_, _, missing, err := sc.publishedFlow(e.FlowID, flowType)
		if err != nil || missing {
			return failed, err
		}
		hooks[e.Hook], _ = sc.Scope.ResourceID(sc.chat.InstanceID, arn.ContactFlow, e.FlowID) // with the version it names, if it does
	}
	sc.chat.Hooks, sc.chatChanged = hooks, true
	return flow.Input{Kind: flow.Done}, nil
}

// publishedFlow finds a published, active flow of one of these types; missing says that there is none. Drafts do not run.
func (sc *scene) publishedFlow(idOrARN string, flowTypes ...string) (fl *store.Flow, version int64, missing bool, err error) {
	id, ok := sc.Scope.ResourceID(sc.chat.InstanceID, arn.ContactFlow, idOrARN)
	if !ok {
		return nil, 0, true, nil
	}
	id, qualifier := store.CutQualifier(id)
	fl, err = sc.tx.Flow(id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, 0, true, nil
	}
	if err != nil {
		return nil, 0, true, err
	}
	version, ok = fl.Version(qualifier)
	missing = !ok || version == 0 || qualifier == "$SAVED" || fl.InstanceID != sc.chat.InstanceID || fl.State == "ARCHIVED" || !slices.Contains(flowTypes, fl.Type)
	return fl, version, missing, nil
}

// wait saves the run until its time is over or an event happens.
func (sc *scene) wait(state *flow.State, e flow.Wait) error {
	state.Steps = 0
	if err := sc.saveRun(state, e.Events...); err != nil {
		return err
	}
	sc.putJob(jobWait, sc.contact.ID, e.For, nil)
	return nil
}

// saveRun keeps a run that waits for one of these events.
func (sc *scene) saveRun(state *flow.State, events ...string) error {
	b, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("save flow state: %w", err)
	}
	sc.contact.FlowState, sc.contact.FlowWaits = b, events
	return nil
}

// flowEnded is the end of a run: after a whisper the next thing comes, a contact in a queue stays there, one with somebody to talk to goes
// on, any other ends with its flow. Source: flow sheet, 7.1 and 7.4.
func (sc *scene) flowEnded(e flow.End) error {
	sc.stopFlow()
	sc.contact.FlowState, sc.contactChanged = nil, true
	if e.Reason != "" {
		sc.Log.Info("flow ended", "contact", sc.contact.ID, "flow", sc.contact.FlowID, "reason", e.Reason)
	}
	switch {
	case sc.contact.Whisper != nil:
		return sc.whispered()
	case sc.contact.QueueID == "" && !sc.served():
		sc.end(reasonFlow)
	}
	return nil
}

// system is who speaks for the flow.
func (sc *scene) system() store.Participant {
	for _, p := range sc.chat.Participants {
		if p.Role == roleSystem {
			return p
		}
	}
	return store.Participant{ID: sc.chat.ID, Role: roleSystem, DisplayName: systemName}
}

// flowLogs is the instance attribute without which no flow is logged.
const flowLogs = "CONTACTFLOW_LOGS"

// maxNoted is how many actions of a contact leave a line in its flow log although nothing is logged.
const maxNoted = 50

// logBlock writes what a block did to the contact's flow log: all blocks while the flow asked for logging and the instance logs, or all are
// traced; else what is notable of an action, once.
func (sc *scene) logBlock(module string, entry flow.LogEntry) {
	if !sc.logs() && (!entry.Notable || !sc.note(module, entry)) {
		return
	}
	fl, err := sc.tx.Flow(sc.contact.FlowID)
	name := ""
	if err == nil {
		name = fl.Name
	}
	line, err := json.Marshal(struct {
		ContactID string `json:"ContactId"`
		FlowARN   string `json:"ContactFlowId"`
		FlowName  string `json:"ContactFlowName"`
		moduleNames
		Timestamp string `json:"Timestamp"`
		flow.LogEntry
	}{
		sc.contact.ID, sc.Scope.Resource(sc.chat.InstanceID, arn.ContactFlow, sc.contact.FlowID), name, sc.moduleNames(module),
		*wire.Time(sc.now()), entry,
	})
	if err != nil {
		sc.Log.Error("encode flow log", "contact", sc.contact.ID, "err", err)
		return
	}
	sc.tx.AppendFlowLog(sc.contact.ID, sc.now(), line)
}

// logs reports whether every block is logged.
func (sc *scene) logs() bool {
	if sc.TraceFlows || !sc.chat.LogFlow {
		return sc.TraceFlows
	}
	instance, err := sc.tx.Instance(sc.chat.InstanceID)
	return err != nil || instance.Attributes[flowLogs] != "false"
}

// note remembers that an action was told of. It reports false if it was already, or too many were: a chat may run in circles for days.
func (sc *scene) note(module string, entry flow.LogEntry) bool {
	sum := fnv.New32a()
	for _, part := range []string{sc.contact.FlowID, module, entry.Identifier, entry.Results} {
		fmt.Fprintf(sum, "%q", part)
	}
	ct, action := sc.contact, int64(sum.Sum32())
	if len(ct.FlowNoted) >= maxNoted || slices.Contains(ct.FlowNoted, action) {
		return false
	}
	ct.FlowNoted, sc.contactChanged = append(ct.FlowNoted, action), true
	return true
}

// facts is what a flow may refer to.
func (sc *scene) facts() (*flow.Facts, error) {
	c, ct := sc.chat, sc.contact
	f := &flow.Facts{
		ContactID: ct.ID, InitialContactID: c.ID, PreviousContactID: ct.PreviousID, RelatedContactID: ct.RelatedID,
		InstanceARN: sc.Scope.Instance(c.InstanceID), Region: sc.Scope.Region, Channel: "CHAT",
		InitiationMethod: ct.InitiationMethod, Name: ct.Name, Description: ct.Description, LanguageCode: ct.LanguageCode,
		CustomerID: c.CustomerID, InitialMessage: c.InitialMessage, Attributes: c.Attributes, Tags: ct.Tags, FlowType: ct.FlowType,
		Trace: sc.TraceFlows,
	}
	for _, p := range c.Participants {
		if p.Role == roleCustomer {
			f.CustomerName = p.DisplayName
		}
		f.Bot = f.Bot || p.Role == roleBot && p.JoinedAt != 0 && p.LeftAt == 0
	}
	if c.Outside != nil {
		f.CustomerAddress, f.SystemAddress = c.Outside.Source, c.Outside.Destination
	}
	if a := sc.agentOf(); a != nil {
		f.AgentUserName, f.AgentFirstName, f.AgentLastName = a.UserName, a.FirstName, a.LastName
		if a.ID != "" {
			f.AgentARN = sc.Scope.Resource(c.InstanceID, arn.Agent, a.ID)
		}
	}
	var err error
	if f.References, err = plainReferences(ct.References); err != nil {
		return nil, err
	}
	if f.SegmentAttributes, err = plainSegmentAttributes(ct.SegmentAttributes); err != nil {
		return nil, err
	}
	queueID := ct.TargetQueueID
	if ct.QueueID != "" {
		queueID = ct.QueueID
	}
	if queueID != "" {
		q, err := sc.tx.Queue(queueID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if err == nil {
			f.QueueName, f.QueueARN = q.Name, sc.Scope.Resource(c.InstanceID, arn.Queue, q.ID)
		}
	}
	return f, nil
}

// plainReferences are the references of a contact as a flow reads them.
func plainReferences(stored json.RawMessage) (map[string]any, error) {
	if len(stored) == 0 {
		return nil, nil
	}
	all, err := storedReferences(stored)
	plain := make(map[string]any, len(all))
	for name, r := range all {
		plain[name] = map[string]any{"Value": reply.Value(r.Value), "Type": string(r.Type)}
	}
	return plain, err
}

// plainSegmentAttributes takes the values out of their envelopes: a flow reads them plain.
func plainSegmentAttributes(stored json.RawMessage) (map[string]any, error) {
	all, err := storedSegmentAttributes(stored)
	return plainSegmentMap(all), err
}

func plainSegmentMap(all map[string]types.SegmentAttributeValue) map[string]any {
	plain := make(map[string]any, len(all))
	for name, v := range all {
		plain[name] = plainSegmentValue(v)
	}
	return plain
}

func plainSegmentValue(v types.SegmentAttributeValue) any {
	switch {
	case v.ValueString != nil:
		return *v.ValueString
	case v.ValueInteger != nil:
		return *v.ValueInteger
	case v.ValueArn != nil:
		return *v.ValueArn
	case v.ValueMap != nil:
		return plainSegmentMap(v.ValueMap)
	}
	list := make([]any, len(v.ValueList))
	for i, e := range v.ValueList {
		list[i] = plainSegmentValue(e)
	}
	return list
}
