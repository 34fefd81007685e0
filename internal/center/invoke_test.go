package center

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/job"
	"github.com/openparley/parley/internal/store"
)

// onlyInvoked is a fake whose functions are always waited for.
type onlyInvoked struct{}

func (onlyInvoked) Start(context.Context, string, []byte) (string, error) {
	return "", errors.New("nobody waits for this call")
}

// callee answers for all functions, and keeps the events.
type callee struct {
	mu     sync.Mutex
	events []string
	answer func(ctx context.Context, try int) (string, error)
}

func (c *callee) Invoke(ctx context.Context, function string, event []byte) ([]byte, error) {
	c.mu.Lock()
	c.events = append(c.events, string(event))
	try := len(c.events)
	c.mu.Unlock()
	if function != lookupFunction {
		return nil, fmt.Errorf("function %q", function)
	}
	answer, err := c.answer(ctx, try)
	return []byte(answer), err
}

func (c *callee) Start(ctx context.Context, function string, event []byte) (string, error) {
	answer, err := c.Invoke(ctx, function, event)
	return string(answer), err
}

func (c *callee) calls() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.events)
}

const lookupFunction = "arn:aws:lambda:us-east-1:000000000000:function:lookup:live"

// callFlow calls a function, says what came of it and waits for an hour.
const callFlow = `{"Version":"2019-10-30","StartAction":"call","Actions":[
	{"Identifier":"call","Type":"InvokeLambdaFunction","Parameters":{"LambdaFunctionARN":"` + lookupFunction + `"PARAMETERS},
		"Transitions":{"NextAction":"done","Errors":[{"NextAction":"wrong","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"done","Type":"MessageParticipant","Parameters":{"Text":"got $.External.tier$.LambdaInvocation.InvocationId"},"Transitions":{"NextAction":"pause","Errors":[]}},
	{"Identifier":"wrong","Type":"MessageParticipant","Parameters":{"Text":"failed, $.External.tier"},"Transitions":{"NextAction":"pause","Errors":[]}},
	{"Identifier":"pause","Type":"Wait","Parameters":{"TimeLimitSeconds":"3600"},"Transitions":{"NextAction":"end",
		"Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}],
		"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// calling starts a chat whose flow calls a function, with further parameters of the action.
func (w *world) calling(parameters string, change ...func(*connect.StartChatContactInput)) chat {
	w.t.Helper()
	id := w.flowOf(strings.Replace(callFlow, "PARAMETERS", parameters, 1))
	c := w.start(append(change, func(in *connect.StartChatContactInput) { in.ContactFlowId = &id })...)
	if err := w.update(w.t.Context(), store.Key{Chat: c.id}, func(sc *scene) error { sc.connected(); return nil }); err != nil {
		w.t.Fatal(err)
	}
	return c
}

func TestFlowCallsAFunction(t *testing.T) {
	failed := errors.New("function error")
	hang := func(ctx context.Context, _ int) (string, error) { <-ctx.Done(); return "", ctx.Err() }
	for _, tt := range []struct {
		name, parameters string
		answer           func(ctx context.Context, try int) (string, error)
		calls            int
		want             string
	}{
		{"answers", ``, func(context.Context, int) (string, error) { return `{"tier":"gold"}`, nil }, 1, "got gold"},
		{"answers at the third try", ``, func(_ context.Context, try int) (string, error) {
			if try < 3 {
				return "", failed
			}
			return `{"tier":"gold"}`, nil
		}, 3, "got gold"},
		{"fails", ``, func(context.Context, int) (string, error) { return "", failed }, 3, "failed, "},
		{"answers what it may not", ``, func(context.Context, int) (string, error) { return `{"tier":null}`, nil }, 1, "failed, "},
		{"takes too long", `,"InvocationTimeLimitSeconds":"1"`, hang, 1, "failed, "},
		{"is not waited for", `,"InvocationType":"ASYNCHRONOUS"`, func(context.Context, int) (string, error) { return `request-1`, nil }, 1, "got request-1"},
		{"does not take the call", `,"InvocationType":"ASYNCHRONOUS"`, func(context.Context, int) (string, error) { return ``, failed }, 3, "failed, "},
		{"takes too long to take the call", `,"InvocationType":"ASYNCHRONOUS","InvocationTimeLimitSeconds":"1"`, hang, 1, "failed, "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			engines(t, func(t *testing.T, w *world) {
				fake := &callee{answer: tt.answer}
				var pauses []time.Duration
				w.Functions, w.Pause = fake, func(_ context.Context, d time.Duration) { pauses = append(pauses, d) }
				c := w.calling(tt.parameters)
				wantMessages(t, "before the answer", w.transcript(c))
				w.say(c, "hello?")
				began := w.clock.Now()
				w.advance(0)
				wantMessages(t, "after it", w.transcript(c), "hello?", tt.want)
				if fake.calls() != tt.calls || len(pauses) != tt.calls-1 {
					t.Errorf("%d calls and pauses %v, want %d calls", fake.calls(), pauses, tt.calls)
				}
				if now := w.clock.Now(); !now.Equal(began) {
					t.Errorf("the clock went from %v to %v", began, now)
				}
				w.advance(time.Hour)
				if d := w.describe(c.id); d.DisconnectTimestamp == nil {
					t.Error("the flow did not go on")
				}
				if fake.calls() != tt.calls {
					t.Errorf("%d calls in the end", fake.calls())
				}
			})
		})
	}
}

// TestFlowWithoutFunctions: a server that calls no functions lets flows take the error branch at once.
func TestFlowWithoutFunctions(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.calling(``)
		wantMessages(t, "at the start", w.transcript(c), "failed, ")
	})
}

// TestStopDuringACall: a server that stops leaves the call to its successor, which calls again.
func TestStopDuringACall(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		fake := &callee{answer: func(ctx context.Context, try int) (string, error) {
			if try == 1 {
				w.jobs.Cut()
				<-ctx.Done()
				return "", ctx.Err()
			}
			return `{"tier":"gold"}`, nil
		}}
		w.Functions = fake
		c := w.calling(``)
		if err := w.jobs.Advance(t.Context(), w.clock.Now()); err == nil {
			t.Error("a runner that was cut goes on")
		}
		wantMessages(t, "of the first server", w.transcript(c))
		w.jobs = job.New(w.Store, w.clock, w.do, job.Options{})
		w.advance(0)
		wantMessages(t, "of its successor", w.transcript(c), "got gold")
		if fake.calls() != 2 {
			t.Errorf("%d calls, want 2", fake.calls())
		}
	})
}

// TestLateAnswers: an answer moves nothing when the chat is over, or when the flow waits for something else or for another call.
func TestLateAnswers(t *testing.T) {
	for name, meanwhile := range map[string]func(*scene) error{
		"the chat is over": func(sc *scene) error { sc.end(reasonAPI); return nil },
		"the flow waits":   func(sc *scene) error { return sc.resume(flow.Input{Kind: flow.Failed}) },
		"a call like it": func(sc *scene) error {
			current, err := sc.tx.Job(jobInvoke, sc.contact.ID)
			if err != nil {
				return err
			}
			var call invocation
			if err := json.Unmarshal(current.Payload, &call); err != nil {
				return err
			}
			sc.contact.FlowWaits, sc.contactChanged = []string{call.ID + "'"}, true
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engines(t, func(t *testing.T, w *world) {
				var c chat
				var before []store.Item
				w.Functions = &callee{answer: func(context.Context, int) (string, error) {
					err := w.update(background, store.Key{Chat: c.id}, meanwhile)
					before = w.items(c)
					return `{"tier":"gold"}`, err
				}}
				c = w.calling(``)
				w.advance(0)
				if after := w.items(c); len(after) != len(before) {
					t.Errorf("the answer brought %+v", after[len(before):])
				}
				if err := w.update(t.Context(), store.Key{Chat: c.id}, func(sc *scene) error {
					_, err := sc.tx.Job(jobInvoke, c.id)
					return err
				}); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("the call is due again: %v", err)
				}
			})
		})
	}
}

// TestEventOfAFlow compares what functions are asked, byte for byte, with testdata/told.
func TestEventOfAFlow(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		fake := &callee{answer: func(context.Context, int) (string, error) { return `{}`, nil }}
		w.Functions = fake
		want := func(file, id string) {
			t.Helper()
			golden, err := os.ReadFile("testdata/told/" + file)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.ReplaceAll(fake.events[len(fake.events)-1], id, "11111111-1111-4111-8111-111111111111")
			if diff := cmp.Diff(strings.TrimSuffix(string(golden), "\n"), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		}

		c := w.calling(``)
		w.advance(0)
		want("flow-event.json", c.id)

		id := w.flowOf(strings.NewReplacer(
			`"StartAction":"call","Actions":[`, `"StartAction":"first","Actions":[
	{"Identifier":"first","Type":"Wait","Parameters":{"TimeLimitSeconds":"1"},"Transitions":{"NextAction":"call",
		"Conditions":[{"NextAction":"call","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}]}},`,
			`PARAMETERS`, `,"LambdaInvocationAttributes":{"id":"$.Attributes.orderId","no":"$.Attributes.nope","nested":{"<b>":["$.Name",1.50,true]}}`,
		).Replace(callFlow))
		c = w.start(func(in *connect.StartChatContactInput) {
			in.ContactFlowId = &id
			in.Attributes = map[string]string{"orderId": "4711", "html": "<a & b>"}
			in.SegmentAttributes = map[string]types.SegmentAttributeValue{"shop": {ValueMap: map[string]types.SegmentAttributeValue{
				"branch": {ValueInteger: new(int32(7))}, "till": {ValueMap: map[string]types.SegmentAttributeValue{"name": {ValueString: new("a")}}},
			}}}
		})
		w.queued(t, w.start()) // for the queue
		w.change(c, func(sc *scene) error {
			ct := sc.contact
			ct.TargetQueueID, ct.Tags, ct.LanguageCode, ct.Name, ct.RelatedID = queueID, map[string]string{"team": "red"}, "de-DE", "Order", "r"
			ct.References, sc.contactChanged = []byte(`{"page":{"Type":"URL","Value":"https://example.org/?a=1&b=2"}}`), true
			sc.chat.CustomerID, sc.chatChanged = "c-1", true
			return nil
		})
		w.advance(time.Second)
		want("flow-event-full.json", c.id)

		id = w.flowOf(strings.Replace(callFlow, "PARAMETERS", "", 1))
		w.Destinations = map[string]Destination{"+15550100": {instanceID, id}}
		out, err := w.bring("+15550001", sms("Hi"), func(in *connect.SendChatIntegrationEventInput) {
			in.DestinationId = new("+15550100")
		})
		if err != nil {
			t.Fatal(err)
		}
		w.advance(0)
		want("flow-event-sms.json", *out.InitialContactId)
	})
}
