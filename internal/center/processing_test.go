package center

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

const processorARN = "arn:aws:lambda:us-east-1:000000000000:function:mask"

// named is an operator who has named one function.
func named(function string) bool { return function == processorARN }

// functions answers calls by function, and keeps the events.
type functions struct {
	onlyInvoked
	mu     sync.Mutex
	events []string
	answer func(function, content string) (string, error)
}

func (f *functions) Invoke(_ context.Context, function string, payload []byte) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.events = append(f.events, string(payload))
	var event struct {
		ChatContent struct {
			Content string `json:"content"`
		} `json:"chatContent"`
	}
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, err
	}
	answer, err := f.answer(function, event.ChatContent.Content)
	return []byte(answer), err
}

// mask changes, lets pass, rejects or fails, as the message says.
func mask(_, content string) (string, error) {
	switch content {
	case "card 4111":
		return `{"status":"PROCESSED","result":{"processedChatContent":{"content":"card ****","contentType":"text/plain"}}}`, nil
	case "rude":
		return `{"status":"REJECTED"}`, nil
	case "html":
		return `{"status":"PROCESSED","result":{"processedChatContent":{"content":"<b>","contentType":"text/html"}}}`, nil
	case "fail":
		return "", errors.New("function error")
	case "odd":
		return `{"status":"PERHAPS"}`, nil
	case "no JSON":
		return `perhaps`, nil
	}
	return `{"status":"APPROVED"}`, nil
}

// TestTargetNamedLikeTheProcessor has events of a chat for a target "process" beside messages that wait for its processor.
func TestTargetNamedLikeTheProcessor(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.Functions, w.KnowsFunction = &functions{answer: mask}, named
		c := w.start()
		_, err := w.StartContactMediaProcessing(t.Context(), &connect.StartContactMediaProcessingInput{
			InstanceId: new(instanceID), ContactId: &c.id, ProcessorArn: new(processorARN),
		})
		if err != nil {
			t.Fatal(err)
		}
		w.say(c, "card 4111")
		if outs := w.outs(c.id, "process"); len(outs) != 2 {
			t.Errorf("%d messages wait for the target, want 2", len(outs))
		}
		w.advance(0)
		wantMessages(t, "after processing", w.transcript(c), "card ****")
		if outs := w.outs(c.id, "process"); len(outs) != 2 {
			t.Errorf("%d messages wait for the target, want 2", len(outs))
		}
	}, func(c *Config) { c.ContactEvents = []string{"process"} })
}

func TestMediaProcessing(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		fake := &functions{answer: mask}
		w.Functions, w.KnowsFunction = fake, named
		c := w.start()
		agent := w.join(c, "AGENT")
		process := func(mode types.ContactMediaProcessingFailureMode) {
			t.Helper()
			_, err := w.StartContactMediaProcessing(t.Context(), &connect.StartContactMediaProcessingInput{
				InstanceId: new(instanceID), ContactId: &c.id, ProcessorArn: new(processorARN), FailureMode: mode,
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		w.say(c, "before")
		process("")
		held := w.say(c, "card 4111", "token")
		if held.MessageMetadata == nil || held.MessageMetadata.MessageProcessingStatus != ptypes.MessageProcessingStatusProcessing {
			t.Errorf("answer %+v, want the status PROCESSING", held.MessageMetadata)
		}
		if again := w.say(c, "card 4111", "token"); *again.Id != *held.Id {
			t.Errorf("a repeat while the message waits made message %s beside %s", *again.Id, *held.Id)
		}
		wantMessages(t, "while it waits", w.transcript(c), "before")
		for _, content := range []string{"hello", "rude", "fail", "odd", "no JSON", "html"} {
			w.say(c, content)
		}
		w.advance(0)
		if again := w.say(c, "card 4111", "token"); *again.Id != *held.Id {
			t.Errorf("a repeat after the verdict made message %s beside %s", *again.Id, *held.Id)
		}
		wantMessages(t, "to the agent", w.transcript(agent), "before", "card ****", "hello", "fail", "odd", "no JSON", "html")
		wantMessages(t, "to the customer", w.transcript(c), "before", "card ****", "hello", "rude", "fail", "odd", "no JSON", "html")

		process(types.ContactMediaProcessingFailureModeDoNotDeliverUnprocessedMessage)
		w.say(agent, "fail")
		w.say(agent, "bye")
		w.advance(0)
		wantMessages(t, "to the customer", w.transcript(c)[len(w.transcript(c))-1:], "bye")
		var statuses []string
		for _, it := range append(w.transcript(c), w.transcript(agent)...) {
			if it.MessageMetadata != nil {
				statuses = append(statuses, *it.Content+" "+string(it.MessageMetadata.MessageProcessingStatus))
			}
		}
		if want := []string{"rude REJECTED", "fail FAILED"}; !slices.Equal(statuses, want) {
			t.Errorf("statuses %q, want %q", statuses, want)
		}

		w.say(c, "last")
		_, err := w.StopContactMediaProcessing(t.Context(), &connect.StopContactMediaProcessingInput{InstanceId: new(instanceID), ContactId: &c.id})
		if err != nil {
			t.Fatal(err)
		}
		w.say(c, "behind it")
		w.advance(0)
		asked := len(fake.events)
		if out := w.say(c, "free"); out.MessageMetadata != nil {
			t.Error("a message waits when processing was stopped and nothing else waits")
		}
		w.advance(0)
		wantMessages(t, "in order", w.transcript(c)[len(w.transcript(c))-3:], "last", "behind it", "free")
		if len(fake.events) != asked {
			t.Error("the function was asked after processing was stopped")
		}
		for _, m := range w.toldTo(agent) {
			if m == "rude" {
				t.Error("a rejected message is on the agent's socket")
			}
		}
	})
}

// TestHeldMessageSentAgain: a message that waits for its processor, or has waited, is answered as at first however often it is sent, and
// that its sender sent it again is no sign of life.
func TestHeldMessageSentAgain(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.Functions, w.KnowsFunction = &functions{answer: mask}, named
		c := w.start()
		subscribe(t, w, c)
		_, err := w.UpdateParticipantRoleConfig(t.Context(), &connect.UpdateParticipantRoleConfigInput{
			InstanceId: new(instanceID), ContactId: &c.id,
			ChannelConfiguration: &types.UpdateParticipantRoleConfigChannelInfoMemberChat{
				Value: types.ChatParticipantRoleConfig{ParticipantTimerConfigList: []types.ParticipantTimerConfiguration{{
					ParticipantRole: roleCustomer, TimerType: timerIdle,
					TimerValue: &types.ParticipantTimerValueMemberParticipantTimerDurationInMinutes{Value: 2},
				}}},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		w.join(c, roleAgent)
		_, err = w.StartContactMediaProcessing(t.Context(), &connect.StartContactMediaProcessingInput{
			InstanceId: new(instanceID), ContactId: &c.id, ProcessorArn: new(processorARN),
		})
		if err != nil {
			t.Fatal(err)
		}
		w.clock.Set(w.clock.Now().Add(time.Second))
		first := w.say(c, "hello", "token")
		again := func(when string) {
			t.Helper()
			told := len(w.told)
			out := w.say(c, "hello", "token")
			if !reflect.DeepEqual(out, first) {
				t.Errorf("%s it is answered %s at %s, first it was %s at %s", when, *out.Id, *out.AbsoluteTime, *first.Id, *first.AbsoluteTime)
			}
			for _, m := range w.told[told:] {
				if m.Seq == 0 {
					t.Errorf("%s it tells %s", when, m.Item)
				}
			}
		}
		again("while it waits")
		w.change(c, func(sc *scene) error { sc.idle(c.participantID); return nil })
		again("while it waits and its sender is idle")
		w.advance(0)
		again("when it was delivered and its sender is idle")
		_, err = w.StopContactMediaProcessing(t.Context(), &connect.StopContactMediaProcessingInput{InstanceId: new(instanceID), ContactId: &c.id})
		if err != nil {
			t.Fatal(err)
		}
		w.say(c, "free")
		again("when nothing waits any more")
	})
}

// What is kept to answer a repeat outlives the message, and must not hold it.
func TestHeldAnswerHoldsNoText(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.Functions, w.KnowsFunction = &functions{answer: mask}, named
		c := w.start()
		w.join(c, roleAgent)
		_, err := w.StartContactMediaProcessing(t.Context(), &connect.StartContactMediaProcessingInput{
			InstanceId: new(instanceID), ContactId: &c.id, ProcessorArn: new(processorARN),
		})
		if err != nil {
			t.Fatal(err)
		}
		said := w.say(c, "card 4111", "token")
		w.change(c, func(sc *scene) error {
			key := sc.heldRequest(tokenOf(new("token"), c.participantID, "text/plain", "card 4111"))
			kept, err := sc.tx.Request(key.Scope, key.Token)
			if err != nil {
				return err
			}
			if answer := string(kept.Answer); !strings.Contains(answer, *said.Id) || strings.Contains(answer, "4111") {
				t.Errorf("kept is %s", answer)
			}
			return nil
		})
	})
}

func TestMediaProcessingEndsWithTheChat(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		fake := &functions{answer: mask}
		w.Functions, w.KnowsFunction = fake, named
		c := w.start()
		start := func(change func(*connect.StartContactMediaProcessingInput)) error {
			in := &connect.StartContactMediaProcessingInput{InstanceId: new(instanceID), ContactId: &c.id, ProcessorArn: new(processorARN)}
			change(in)
			_, err := w.StartContactMediaProcessing(t.Context(), in)
			return err
		}
		for name, tt := range map[string]struct {
			change func(*connect.StartContactMediaProcessingInput)
			want   string
		}{
			"no function":     {func(in *connect.StartContactMediaProcessingInput) { in.ProcessorArn = nil }, "InvalidRequestException"},
			"no Lambda":       {func(in *connect.StartContactMediaProcessingInput) { in.ProcessorArn = new("arn:aws:sns:us-east-1:0:x") }, "InvalidParameterException"},
			"no contact":      {func(in *connect.StartContactMediaProcessingInput) { in.ContactId = nil }, "InvalidRequestException"},
			"unknown contact": {func(in *connect.StartContactMediaProcessingInput) { in.ContactId = new(newID()) }, "ResourceNotFoundException"},
			"another's function": {
				func(in *connect.StartContactMediaProcessingInput) { in.ProcessorArn = new(processorARN + "2") }, "InvalidRequestException",
			},
			"good": {func(*connect.StartContactMediaProcessingInput) {}, ""},
		} {
			wantCode(t, name, start(tt.change), tt.want)
		}
		w.say(c, "one")
		w.say(c, "two")
		_, err := w.DisconnectParticipant(t.Context(), c.Connection, &participant.DisconnectParticipantInput{})
		if err != nil {
			t.Fatal(err)
		}
		w.advance(time.Hour)
		if outs, err := w.Store.Outs(t.Context(), processStream(c.id), 10); err != nil || len(outs) > 0 {
			t.Errorf("%d messages wait after the end (%v)", len(outs), err)
		}
		wantCode(t, "ended", start(func(*connect.StartContactMediaProcessingInput) {}), "InvalidRequestException")
	})
}

// TestMediaProcessingTakesNoZeros has a function answer what PostgreSQL can not store; the messages behind it must not wait for ever.
func TestMediaProcessingTakesNoZeros(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.KnowsFunction, w.Functions = named, &functions{answer: func(string, string) (string, error) {
			return `{"status":"PROCESSED","result":{"processedChatContent":{"content":"a\u0000b","contentType":"text/plain"}}}`, nil
		}}
		c := w.start()
		_, err := w.StartContactMediaProcessing(t.Context(), &connect.StartContactMediaProcessingInput{
			InstanceId: new(instanceID), ContactId: &c.id, ProcessorArn: new(processorARN),
		})
		if err != nil {
			t.Fatal(err)
		}
		w.say(c, "one")
		w.say(c, "two")
		w.advance(0)
		wantMessages(t, "as they were", w.transcript(c), "one", "two")
		_, err = w.SendEvent(t.Context(), c.Connection, &participant.SendEventInput{
			ContentType: new(eventRead), Content: new(`{"messageId":"\u0000"}`),
		})
		wantCode(t, "a receipt for U+0000", err, "ValidationException")
	})
}

// TestMediaProcessingByAssociation: a function that the operator has not named must be associated with the instance, for this purpose.
func TestMediaProcessingByAssociation(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		fake := &functions{answer: mask}
		w.Functions = fake
		c := w.start()
		start := func() error {
			_, err := w.StartContactMediaProcessing(t.Context(), &connect.StartContactMediaProcessingInput{
				InstanceId: new(instanceID), ContactId: &c.id, ProcessorArn: new(processorARN),
			})
			return err
		}
		associate := func(kind, function string) {
			t.Helper()
			err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
				in, err := tx.Instance(instanceID)
				if err == nil {
					in.Integrations = append(in.Integrations, store.Integration{ID: newID(), Type: kind, ARN: function})
					tx.PutInstance(in)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		wantCode(t, "a function without association", start(), "InvalidRequestException")
		associate("FILE_SCANNER", processorARN)
		associate("MESSAGE_PROCESSOR", processorARN+"2")
		wantCode(t, "a scanner", start(), "InvalidRequestException")
		w.say(c, "card 4111")
		w.advance(0)
		if len(fake.events) > 0 {
			t.Errorf("a function was called that nobody has allowed: %s", fake.events)
		}
		associate("MESSAGE_PROCESSOR", processorARN)
		wantCode(t, "an associated function", start(), "")
		w.say(c, "card 4111")
		w.advance(0)
		wantMessages(t, "then", w.transcript(c), "card 4111", "card ****")
	})
}

// TestPagesWithoutWhatOthersSee: items that are not for the reader take no place on a page, in a chat and in the past of the next one.
func TestPagesWithoutWhatOthersSee(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		first := w.start()
		agent := w.join(first, "AGENT")
		w.say(first, "one")
		w.change(first, func(sc *scene) error {
			for range 250 {
				it := message(sc.chat.Participants[0], textPlain, "rude", nil)
				it.Extra, _ = json.Marshal(store.ItemExtra{To: []string{first.participantID}, Status: "REJECTED"})
				sc.append(it)
			}
			return nil
		})
		w.say(first, "two")
		w.say(first, "three")
		texts := func(out *participant.GetTranscriptOutput) (all []string) {
			for _, it := range out.Transcript {
				if it.Type == itemMessage {
					all = append(all, reply.Value(it.Content))
				}
			}
			return all
		}
		for name, tt := range map[string]struct {
			in   participant.GetTranscriptInput
			want []string
		}{
			"two":            {participant.GetTranscriptInput{MaxResults: new(int32(2))}, []string{"three", "two"}},
			"three":          {participant.GetTranscriptInput{MaxResults: new(int32(3))}, []string{"three", "two", "one"}},
			"forward":        {participant.GetTranscriptInput{MaxResults: new(int32(6)), ScanDirection: ptypes.ScanDirectionForward}, []string{"three", "two", "one"}},
			"most recent":    {participant.GetTranscriptInput{StartPosition: &ptypes.StartPosition{MostRecent: 3}}, []string{"three", "two", "one"}},
			"more than many": {participant.GetTranscriptInput{StartPosition: &ptypes.StartPosition{MostRecent: 100}}, []string{"three", "two", "one"}},
		} {
			if got := texts(w.page(agent, tt.in)); !slices.Equal(got, tt.want) {
				t.Errorf("%s: %q, want %q", name, got, tt.want)
			}
		}
		if all := w.page(agent, participant.GetTranscriptInput{MaxResults: new(int32(100))}); all.NextToken != nil {
			t.Error("the page with all has a token")
		}
		if own := texts(w.page(first, participant.GetTranscriptInput{MaxResults: new(int32(4))})); !slices.Equal(own, []string{"three", "two", "rude", "rude"}) {
			t.Errorf("the sender sees %q", own)
		}

		w.end(first)
		for _, size := range []int32{1, 2, 7, 100} {
			second := w.start(persistent(entire, first.id))
			var got []string
			for _, it := range w.past(second, size) {
				if it.Type == itemMessage {
					got = append(got, reply.Value(it.Content))
				}
			}
			if !slices.Equal(got, []string{"three", "two", "one"}) {
				t.Errorf("the past in pages of %d is %q", size, got)
			}
		}
		second := w.start(persistent(entire, first.id))
		page := w.page(second, participant.GetTranscriptInput{MaxResults: new(int32(10))})
		if page = w.page(second, participant.GetTranscriptInput{MaxResults: new(int32(6)), NextToken: page.NextToken}); !slices.Equal(texts(page), []string{"three", "two", "one"}) {
			t.Errorf("the first page of the past is %q", texts(page))
		}
	})
}
