package center

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/bot"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/store/storetest"
)

// scripted is a bot named helper that answers by what it is told.
type scripted struct {
	mu    sync.Mutex
	heard []bot.Request
	say   func(ctx context.Context, in bot.Request, told bot.Told) (*bot.Answer, error)
}

func (s *scripted) Knows(r bot.Ref) bool { return r.AliasARN == "helper" || r.Name == "Classic" }

func (s *scripted) Limit(bot.Ref) time.Duration { return time.Minute }

func (s *scripted) Recognize(ctx context.Context, in bot.Request, told bot.Told) (*bot.Answer, error) {
	s.mu.Lock()
	s.heard = append(s.heard, in)
	say := s.say
	s.mu.Unlock()
	if say != nil {
		return say(ctx, in, told)
	}
	return elicits("you said " + in.Text), nil
}

func (s *scripted) texts() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.heard {
		all = append(all, r.Text)
	}
	return all
}

func elicits(texts ...string) *bot.Answer {
	a := &bot.Answer{Intent: "Order", IntentState: "InProgress", DialogAction: "ElicitSlot"}
	for _, text := range texts {
		a.Messages = append(a.Messages, bot.Message{ContentType: "PlainText", Content: text})
	}
	return a
}

// ends is an answer after which the session is over.
func ends(state, action string) func(context.Context, bot.Request, bot.Told) (*bot.Answer, error) {
	return func(context.Context, bot.Request, bot.Told) (*bot.Answer, error) {
		a := elicits("bye")
		a.IntentState, a.DialogAction = state, action
		return a, nil
	}
}

// botFlow has a bot talk to the customer and says which branch was taken; then it waits.
func botFlow(parameters string) string {
	says := func(id, text string) string {
		return `{"Identifier":"` + id + `","Type":"MessageParticipant","Parameters":{"Text":"` + text + `"},"Transitions":{"NextAction":"pause"}}`
	}
	return `{"Version":"2019-10-30","StartAction":"bot","Actions":[
	{"Identifier":"bot","Type":"ConnectParticipantWithLexBot","Parameters":` + parameters + `,"Transitions":{"NextAction":"error",
		"Conditions":[{"NextAction":"order","Condition":{"Operator":"Equals","Operands":["Order"]}}],
		"Errors":[{"NextAction":"error","ErrorType":"NoMatchingError"},{"NextAction":"other","ErrorType":"NoMatchingCondition"},{"NextAction":"late","ErrorType":"InputTimeLimitExceeded"}]}},
	` + says("order", "Order: $.Lex.Slots.size $.Lex.SessionAttributes.k") + "," + says("error", "NoMatchingError") + "," +
		says("other", "NoMatchingCondition") + "," + says("late", "InputTimeLimitExceeded") + `,
	{"Identifier":"pause","Type":"Wait","Parameters":{"TimeLimitSeconds":"604800"},"Transitions":{"NextAction":"end",
		"Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}],
		"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`
}

const helper = `{"Text":"How can I help?","LexV2Bot":{"AliasArn":"helper"},"LexSessionAttributes":{"k":"v"},"LexTimeoutSeconds":{"Text":"60"}}`

// patient is a session without a timeout.
const patient = `{"Text":"How can I help?","LexV2Bot":{"AliasArn":"helper"}}`

// withBot runs a test on both engines with a bot and the flow that leads to it.
func withBot(t *testing.T, parameters string, test func(t *testing.T, w *world, b *scripted)) {
	storetest.Engines(t, func(t *testing.T, e storetest.Engine) {
		t.Parallel()
		b := &scripted{}
		w := newWorld(t, e, func(c *Config) { c.Bots = b })
		w.begin(botFlow(parameters))
		test(t, w, b)
	})
}

// restart ends the contact centre and opens it again on the same data.
func (w *world) restart(b Bots) {
	w.t.Helper()
	if err := w.Store.Close(); err != nil {
		w.t.Fatal(err)
	}
	w.open(func(c *Config) { c.Bots = b })
}

// begin has chats begin in a flow of this content.
func (w *world) begin(content string) {
	w.t.Helper()
	err := w.Store.Update(w.t.Context(), store.Key{}, func(tx *store.Tx) error {
		tx.PutFlow(&store.Flow{ID: flowID, InstanceID: instanceID, Name: "quiet", Type: "CONTACT_FLOW", State: "ACTIVE", Published: 2})
		tx.PutFlowVersion(&store.FlowVersion{FlowID: flowID, Version: 2, Content: content})
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestBotTalks: a bot is told what the customer says, with what it gave back last, until it is done.
func TestBotTalks(t *testing.T) {
	withBot(t, helper, func(t *testing.T, w *world, b *scripted) {
		c := w.start()
		items := w.transcript(c)
		first := items[len(items)-1]
		if *first.Content != "How can I help?" || *first.DisplayName != "BOT" || first.ParticipantRole != "SYSTEM" || *first.ParticipantId == "" {
			t.Errorf("the prompt is %+v", first)
		}
		b.say = func(_ context.Context, in bot.Request, _ bot.Told) (*bot.Answer, error) {
			a := elicits("Which size?")
			a.Attributes, a.State = map[string]string{"k": "w"}, json.RawMessage(`{"asked":1}`)
			return a, nil
		}
		w.say(c, "an order")
		w.advance(0)
		b.say = func(_ context.Context, in bot.Request, _ bot.Told) (*bot.Answer, error) {
			a := elicits("Good.", "Bye.")
			a.IntentState, a.Slots = "Fulfilled", map[string]string{"size": "XL"}
			return a, nil
		}
		w.say(c, "XL")
		w.advance(0)
		wantMessages(t, "conversation", w.transcript(c), "How can I help?", "an order", "Which size?", "XL", "Good.", "Bye.", "Order: XL w")
		want := []bot.Request{
			{Bot: bot.Ref{AliasARN: "helper"}, SessionID: c.id, Locale: "en_US", Text: "an order", Attributes: map[string]string{"k": "v"}},
			{
				Bot: bot.Ref{AliasARN: "helper"}, SessionID: c.id, Locale: "en_US", Text: "XL", Attributes: map[string]string{"k": "w"},
				State: json.RawMessage(`{"asked":1}`),
			},
		}
		if diff := cmp.Diff(want, b.heard); diff != "" {
			t.Errorf("the bot was told (-want +got):\n%s", diff)
		}
		w.say(c, "hello?")
		w.advance(0)
		if len(b.heard) != 2 {
			t.Errorf("a bot that is done is told %q", b.texts())
		}
	})
}

func TestBotEnds(t *testing.T) {
	withBot(t, helper, func(t *testing.T, w *world, b *scripted) {
		for _, tt := range []struct {
			name string
			say  func(context.Context, bot.Request, bot.Told) (*bot.Answer, error)
			want []string
		}{
			{"fulfilled", ends("Fulfilled", "ElicitIntent"), []string{"bye", "Order:  v"}},
			{"ready for fulfillment", ends("ReadyForFulfillment", "Delegate"), []string{"bye", "Order:  v"}},
			{"closed", ends("InProgress", "Close"), []string{"bye", "Order:  v"}},
			{"failed", ends("Failed", "Close"), []string{"bye", "NoMatchingError"}},
			{"goes on", ends("InProgress", "ElicitSlot"), []string{"bye"}},
			{"another intent", func(context.Context, bot.Request, bot.Told) (*bot.Answer, error) {
				return &bot.Answer{Intent: "FallbackIntent", IntentState: "ReadyForFulfillment"}, nil
			}, []string{"NoMatchingCondition"}},
			{"an error", func(context.Context, bot.Request, bot.Told) (*bot.Answer, error) {
				return nil, errors.New("throttled")
			}, []string{"NoMatchingError"}},
			{"too long", func(context.Context, bot.Request, bot.Told) (*bot.Answer, error) {
				return elicits("short", strings.Repeat("x", maxContentBytes+1)), nil
			}, []string{"NoMatchingError"}},
			{"nothing to show", func(context.Context, bot.Request, bot.Told) (*bot.Answer, error) {
				a := elicits("")
				a.Messages = append(a.Messages, bot.Message{ContentType: "ImageResponseCard"}, bot.Message{ContentType: "SSML", Content: "<speak>x</speak>"})
				return a, nil
			}, nil},
		} {
			b.say = tt.say
			c := w.start()
			w.say(c, "hi")
			w.advance(0)
			wantMessages(t, tt.name, w.transcript(c), append([]string{"How can I help?", "hi"}, tt.want...)...)
			w.end(c)
		}
	})
}

// TestBotTimeout: the customer may be silent for a while, counted from the bot's last word.
func TestBotTimeout(t *testing.T) {
	withBot(t, helper, func(t *testing.T, w *world, b *scripted) {
		c := w.start()
		w.advance(59 * time.Second)
		w.say(c, "hi")
		w.advance(59 * time.Second)
		wantMessages(t, "in time", w.transcript(c), "How can I help?", "hi", "you said hi")
		w.advance(time.Second)
		wantMessages(t, "too late", w.transcript(c), "How can I help?", "hi", "you said hi", "InputTimeLimitExceeded")
	})
}

func TestBotWithoutTimeout(t *testing.T) {
	withBot(t, `{"Text":"Hi","LexBot":{"Name":"Classic","Region":"us-east-1","Alias":"A"}}`, func(t *testing.T, w *world, b *scripted) {
		c := w.start(func(in *connect.StartChatContactInput) { in.ChatDurationInMinutes = new(int32(10080)) })
		if _, err := w.Subscribed(t.Context(), auth.Socket(c.Connection)); err != nil {
			t.Fatal(err)
		}
		w.advance(6 * 24 * time.Hour)
		w.say(c, "hi")
		w.advance(0)
		wantMessages(t, "after days", w.transcript(c), "Hi", "hi", "you said hi")
		if got, want := b.heard[0].Bot, (bot.Ref{Name: "Classic", Region: "us-east-1", Alias: "A"}); got != want {
			t.Errorf("asked %+v, want %+v", got, want)
		}
	})
}

func TestBotIsToldFirst(t *testing.T) {
	withBot(t, `{"LexInitializationData":{"InitialMessage":"$.Media.InitialMessage"},"LexV2Bot":{"AliasArn":"helper"}}`, func(t *testing.T, w *world, b *scripted) {
		c := w.start(func(in *connect.StartChatContactInput) {
			in.InitialMessage = &types.ChatMessage{ContentType: new("text/plain"), Content: new("my order")}
		})
		w.advance(0)
		wantMessages(t, "told first", w.transcript(c), "my order", "you said my order")
		wantMessages(t, "nothing to tell", w.transcript(w.start()), "NoMatchingError")
	})
}

func TestBotThatNobodyKnows(t *testing.T) {
	withBot(t, `{"Text":"Hi","LexV2Bot":{"AliasArn":"nobody"}}`, func(t *testing.T, w *world, b *scripted) {
		wantMessages(t, "conversation", w.transcript(w.start()), "NoMatchingError")
	})
}

// TestBotHearsInOrder: what is said while the bot thinks waits its turn, also over a restart.
func TestBotHearsInOrder(t *testing.T) {
	withBot(t, helper, func(t *testing.T, w *world, b *scripted) {
		c := w.start()
		for i := range 3 {
			w.say(c, fmt.Sprint(i))
		}
		w.restart(b)
		w.say(c, "3")
		w.advance(0)
		if got, want := b.texts(), []string{"0", "1", "2", "3"}; !slices.Equal(got, want) {
			t.Errorf("the bot was told %q, want %q", got, want)
		}
		w.say(c, "4")
		w.advance(0)
		wantMessages(t, "conversation", w.transcript(c), "How can I help?", "0", "1", "2", "3", "you said 0", "you said 1", "you said 2", "you said 3", "4", "you said 4")
	})
}

// TestBotIsAskedAgain by the successor of a server that stopped in between.
func TestBotIsAskedAgain(t *testing.T) {
	withBot(t, patient, func(t *testing.T, w *world, b *scripted) {
		c := w.start()
		w.say(c, "hi")
		jobs, err := w.Store.ClaimJobs(t.Context(), 10, time.Minute, store.LaneCall)
		if err != nil || len(jobs) != 1 {
			t.Fatalf("claimed %v, %v", jobs, err)
		}
		ctx, stop := context.WithCancel(t.Context())
		b.say = func(ctx context.Context, _ bot.Request, _ bot.Told) (*bot.Answer, error) {
			stop()
			<-ctx.Done()
			return nil, ctx.Err()
		}
		if err := w.RunJob(ctx, jobs[0]); err == nil {
			t.Error("a job that was cut is done")
		}
		b.say = nil
		w.restart(b)
		w.advance(time.Minute)
		wantMessages(t, "conversation", w.transcript(c), "How can I help?", "hi", "you said hi")
	})
}

// TestBotIsLeft: an agent who joins and the end of the chat end the session, whatever the bot says then.
func TestBotIsLeft(t *testing.T) {
	withBot(t, helper, func(t *testing.T, w *world, b *scripted) {
		c := w.start()
		b.say = func(context.Context, bot.Request, bot.Told) (*bot.Answer, error) {
			w.join(c, types.ParticipantRoleAgent)
			return elicits("too late"), nil
		}
		w.say(c, "hi")
		w.advance(0)
		w.say(c, "still there?")
		w.advance(2 * time.Minute)
		wantMessages(t, "with an agent", w.transcript(c), "How can I help?", "hi", "still there?")

		ended := w.start()
		b.say = func(context.Context, bot.Request, bot.Told) (*bot.Answer, error) {
			w.end(ended)
			return elicits("too late"), nil
		}
		w.say(ended, "hi")
		w.advance(0)
		if ct, err := w.Store.Contact(t.Context(), ended.id); err != nil || ct.Bot != nil {
			t.Errorf("an ended contact has the session %+v (%v)", ct.Bot, err)
		}
	})
}

// TestBotTakesThePlaceOfACustomBot, and none joins while it talks.
func TestBotTakesThePlaceOfACustomBot(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, e storetest.Engine) {
		t.Parallel()
		b := &scripted{}
		w := newWorld(t, e, func(c *Config) { c.Bots = b })
		w.begin(strings.Replace(botFlow(helper), `"StartAction":"bot","Actions":[`, `"StartAction":"first","Actions":[
			{"Identifier":"first","Type":"Wait","Parameters":{"TimeLimitSeconds":"60"},"Transitions":{"NextAction":"bot",
				"Conditions":[{"NextAction":"bot","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}],
				"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},`, 1))
		c := w.start()
		custom := w.join(c, types.ParticipantRoleCustomBot)
		w.advance(time.Minute)
		_, err := w.SendMessage(t.Context(), custom.Connection, &participant.SendMessageInput{ContentType: new(textPlain), Content: new("hi")})
		wantCode(t, "a custom bot that made room", err, "AccessDeniedException")
		_, err = w.CreateParticipant(t.Context(), &connect.CreateParticipantInput{
			InstanceId: new(instanceID), ContactId: &c.id, ParticipantDetails: &types.ParticipantDetailsToAdd{ParticipantRole: types.ParticipantRoleCustomBot},
		})
		wantCode(t, "a custom bot beside a bot", err, "ConflictException")
	})
}

// TestBotHasLimits: a bot takes 1024 characters, and not too much at once.
func TestBotHasLimits(t *testing.T) {
	withBot(t, helper, func(t *testing.T, w *world, b *scripted) {
		c := w.start(func(in *connect.StartChatContactInput) {
			in.SupportedMessagingContentTypes = []string{textPlain, textMarkdown, applicationJSON, interactiveResponse}
		})
		send := func(contentType, content string) error {
			_, err := w.SendMessage(t.Context(), c.Connection, &participant.SendMessageInput{ContentType: &contentType, Content: &content})
			return err
		}
		const response = `{"version":"1.0","action":"SHOW_MORE","data":{"listId":"1"}}`
		for _, tt := range []struct{ name, contentType, content, want string }{
			{"as much as it takes", textPlain, strings.Repeat("ä", 1024), ""},
			{"more", textPlain, strings.Repeat("ä", 1025), "ValidationException"},
			{"markdown", textMarkdown, "**hi**", ""},
			{"more markdown", textMarkdown, strings.Repeat("x", 1025), "ValidationException"},
			{"an interactive answer", interactiveResponse, response, ""},
			{"JSON, which no bot hears", applicationJSON, `"` + strings.Repeat("x", 1025) + `"`, ""},
		} {
			wantCode(t, tt.name, send(tt.contentType, tt.content), tt.want)
		}
		w.advance(0)
		if got, want := b.texts(), []string{strings.Repeat("ä", 1024), "**hi**", response}; !slices.Equal(got, want) {
			t.Errorf("the bot was told %.80q, want %.80q", got, want)
		}
		for range maxUnheard {
			if err := send(textPlain, "x"); err != nil {
				t.Fatal(err)
			}
		}
		wantCode(t, "one more than may wait", send(textPlain, "x"), "ThrottlingException")
	})
}

// TestBotOfAProcessor: what a processor makes of a message is what the bot is told; more than it takes ends the session.
func TestBotOfAProcessor(t *testing.T) {
	withBot(t, helper, func(t *testing.T, w *world, b *scripted) {
		content := "masked"
		w.Functions = &functions{answer: func(string, string) (string, error) {
			b, err := json.Marshal(map[string]any{
				"status": "PROCESSED", "result": map[string]any{"processedChatContent": map[string]any{"content": content, "contentType": textPlain}},
			})
			return string(b), err
		}}
		w.KnowsFunction = func(string) bool { return true }
		c := w.start()
		_, err := w.StartContactMediaProcessing(t.Context(), &connect.StartContactMediaProcessingInput{
			InstanceId: new(instanceID), ContactId: &c.id, ProcessorArn: new(processorARN),
		})
		if err != nil {
			t.Fatal(err)
		}
		w.say(c, "4111")
		w.advance(0)
		content = strings.Repeat("x", 1025)
		w.say(c, "short")
		w.advance(0)
		wantMessages(t, "conversation", w.transcript(c), "How can I help?", "masked", "you said masked", content, "NoMatchingError")
	})
}

// TestBotTemplates: a template is an interactive message in a chat that takes them, and a text in others.
func TestBotTemplates(t *testing.T) {
	withBot(t, helper, func(t *testing.T, w *world, b *scripted) {
		const template = `{"templateType":"ListPicker","version":"1.0","data":{"content":{"title":"What?","elements":[{"title":"A"}]}}}`
		b.say = func(context.Context, bot.Request, bot.Told) (*bot.Answer, error) {
			a := elicits(template)
			a.Messages = append(a.Messages, bot.Message{ContentType: "CustomPayload", Content: template}, bot.Message{ContentType: "CustomPayload", Content: `{"a":1}`})
			return a, nil
		}
		for _, tt := range []struct {
			types []string
			want  []string
		}{
			{nil, []string{textPlain, textPlain, textPlain}},
			{[]string{textPlain, interactive}, []string{textPlain, interactive, textPlain}},
		} {
			c := w.start(func(in *connect.StartChatContactInput) { in.SupportedMessagingContentTypes = tt.types })
			w.say(c, "hi")
			w.advance(0)
			var got []string
			said := w.transcript(c)
			for _, it := range said[len(said)-3:] {
				got = append(got, *it.ContentType)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("a chat of %q has %q, want %q", tt.types, got, tt.want)
			}
		}
	})
}

// frames are the messages that were published for a participant, each with its part.
func (w *world) frames(c chat) (all []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ids := map[string]int{}
	for _, m := range w.told {
		var it ptypes.Item
		if err := json.Unmarshal(m.Item, &it); err != nil {
			w.t.Fatal(err)
		}
		if m.Chat != c.id || it.Type != ptypes.ChatItemTypeMessage || len(m.To) > 0 && !slices.Contains(m.To, c.participantID) {
			continue
		}
		line := *it.Content
		if of := it.MessageMetadata; of != nil {
			if *of.MessageId != *it.Id {
				w.t.Errorf("part of message %s is in item %s", *of.MessageId, *it.Id)
			}
			if ids[*it.Id] == 0 {
				ids[*it.Id] = len(ids) + 1
			}
			line = fmt.Sprintf("%d.%d %v %s", ids[*it.Id], *of.ChunkNumber, *of.MessageCompleted, line)
		}
		all = append(all, line)
	}
	return all
}

// TestBotInPieces: customers whose chat was started so hear parts of messages as they come; the transcript has them whole.
func TestBotInPieces(t *testing.T) {
	withBot(t, helper, func(t *testing.T, w *world, b *scripted) {
		var failure error
		b.say = func(_ context.Context, _ bot.Request, told bot.Told) (*bot.Answer, error) {
			told(0, "Which ")
			told(0, "size?")
			told(2, "Say!")
			return elicits("Which size?", "Whole.", "Say!"), failure
		}
		c := w.start(incremental)
		supervisor := w.join(c, types.ParticipantRoleSupervisor)
		w.say(c, "hi")
		w.advance(0)
		want := []string{
			"How can I help?", "hi", "1.1 false Which ", "2.1 false Say!", "1.2 true Which size?", "Whole.", "2.2 true Say!",
		}
		if got := w.frames(c); !slices.Equal(got, want) {
			t.Errorf("the customer hears %q, want %q", got, want)
		}
		if got, want := w.frames(supervisor), []string{"How can I help?", "hi", "1.2 true Which size?", "Whole.", "2.2 true Say!"}; !slices.Equal(got, want) {
			t.Errorf("others hear %q, want %q", got, want)
		}
		said := w.transcript(c)
		wantMessages(t, "transcript", said, "How can I help?", "hi", "Which size?", "Whole.", "Say!")
		for _, it := range said {
			if it.MessageMetadata != nil {
				t.Errorf("the transcript has %+v", it.MessageMetadata)
			}
		}
		missed, err := w.Since(t.Context(), c.id, c.participantID, 3, 10)
		if err != nil || len(missed) == 0 || !strings.Contains(string(missed[len(missed)-1].Item), `"MessageCompleted":true`) {
			t.Errorf("who missed the end reads %v (%v)", missed, err)
		}

		whole := w.start()
		w.say(whole, "hi")
		w.advance(0)
		if got, want := w.frames(whole), []string{"How can I help?", "hi", "Which size?", "Whole.", "Say!"}; !slices.Equal(got, want) {
			t.Errorf("a customer who hears whole messages hears %q, want %q", got, want)
		}

		failure = errors.New("breaks off")
		broken := w.start(incremental)
		w.say(broken, "hi")
		w.advance(0)
		wantMessages(t, "an answer that breaks off", w.transcript(broken), "How can I help?", "hi", "Which size?", "Say!", "NoMatchingError")
	})
}

// TestBotIsInterrupted: what the customer has heard of an answer stays in the transcript when an agent joins, and no more of it comes.
func TestBotIsInterrupted(t *testing.T) {
	withBot(t, helper, func(t *testing.T, w *world, b *scripted) {
		c := w.start(incremental)
		var agent chat
		b.say = func(ctx context.Context, _ bot.Request, told bot.Told) (*bot.Answer, error) {
			told(0, "Which ")
			told(1, "Say")
			agent = w.join(c, types.ParticipantRoleAgent)
			told(0, strings.Repeat("size? ", partBytes))
			if ctx.Err() == nil {
				t.Error("the bot speaks on after an agent has joined")
			}
			told(2, "Hello?")
			return elicits("Which size?", "Say it!", "Hello?"), nil
		}
		w.say(c, "hi")
		w.advance(0)
		wantMessages(t, "with an agent", w.transcript(c), "How can I help?", "hi", "Which ", "Say")
		want := []string{"How can I help?", "hi", "1.1 false Which ", "2.1 false Say", "1.2 true Which ", "2.2 true Say"}
		if got := w.frames(c); !slices.Equal(got, want) {
			t.Errorf("the customer hears %q, want %q", got, want)
		}
		if got, want := w.frames(agent), []string{"How can I help?", "hi", "1.2 true Which ", "2.2 true Say"}; !slices.Equal(got, want) {
			t.Errorf("the agent hears %q, want %q", got, want)
		}

		ended := w.start(incremental)
		b.say = func(_ context.Context, _ bot.Request, told bot.Told) (*bot.Answer, error) {
			told(0, "Which ")
			w.end(ended)
			return elicits("Which size?"), nil
		}
		w.say(ended, "hi")
		w.advance(0)
		if got, want := w.frames(ended), []string{"How can I help?", "hi", "1.1 false Which "}; !slices.Equal(got, want) {
			t.Errorf("the customer of a chat that ends hears %q, want %q", got, want)
		}
	})
}

// TestBotThatListensIsAWait: what the flow did before the customer spoke does not count towards the actions without a wait.
func TestBotThatListensIsAWait(t *testing.T) {
	withBot(t, `{"LexInitializationData":{"InitialMessage":"hello"},"LexV2Bot":{"AliasArn":"helper"}}`, func(t *testing.T, w *world, b *scripted) {
		for _, spoke := range []bool{true, false} {
			b.say = nil
			c := w.start()
			if spoke {
				w.advance(0)
			}
			w.tire(c)
			b.say = ends("Fulfilled", "Close")
			if spoke {
				w.say(c, "an order")
			}
			w.advance(0)
			ct, err := w.Store.Contact(t.Context(), c.id)
			if err != nil {
				t.Fatal(err)
			}
			if ended := ct.EndedAt != 0; ended == spoke {
				t.Errorf("the customer spoke: %t, the chat has ended: %t", spoke, ended)
			}
		}
	})
}

// tire has the run of a contact look as if it had done nearly all that it may without a wait.
func (w *world) tire(c chat) {
	w.t.Helper()
	err := w.Store.Update(w.t.Context(), store.Key{Chat: c.id}, func(tx *store.Tx) error {
		ct := tx.Contact()
		var state flow.State
		if err := json.Unmarshal(ct.FlowState, &state); err != nil {
			return err
		}
		state.Steps = 999
		var err error
		ct.FlowState, err = json.Marshal(state)
		tx.PutContact(ct)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestBotThatIsAskedAgainSaysTheSame: parts that the customer has heard keep their id.
func TestBotThatIsAskedAgainSaysTheSame(t *testing.T) {
	withBot(t, patient, func(t *testing.T, w *world, b *scripted) {
		c := w.start(incremental)
		w.say(c, "hi")
		jobs, err := w.Store.ClaimJobs(t.Context(), 10, time.Minute, store.LaneCall)
		if err != nil || len(jobs) != 1 {
			t.Fatalf("claimed %v, %v", jobs, err)
		}
		ctx, stop := context.WithCancel(t.Context())
		b.say = func(ctx context.Context, _ bot.Request, told bot.Told) (*bot.Answer, error) {
			told(0, "Whi")
			stop()
			return nil, context.Canceled
		}
		if err := w.RunJob(ctx, jobs[0]); err == nil {
			t.Error("a job that was cut is done")
		}
		b.say = func(_ context.Context, _ bot.Request, told bot.Told) (*bot.Answer, error) {
			told(0, "Which")
			return elicits("Which"), nil
		}
		w.advance(time.Minute)
		if got, want := w.frames(c)[2:], []string{"1.1 false Whi", "1.1 false Which", "1.2 true Which"}; !slices.Equal(got, want) {
			t.Errorf("the customer hears %q, want %q", got, want)
		}
	})
}

// TestBotPausesBetweenParts: what comes while the bot pauses is told together after it, also when nothing follows.
func TestBotPausesBetweenParts(t *testing.T) {
	withBot(t, patient, func(t *testing.T, w *world, b *scripted) {
		pauses := make(chan struct{})
		w.Pause = func(ctx context.Context, _ time.Duration) {
			select {
			case <-pauses:
			case <-ctx.Done():
			}
		}
		b.say = func(_ context.Context, _ bot.Request, told bot.Told) (*bot.Answer, error) {
			told(0, "a")
			told(0, "b")
			told(0, "c")
			pauses <- struct{}{}
			pauses <- struct{}{} // nothing came
			told(0, "d")
			pauses <- struct{}{}
			return elicits("abcd"), nil
		}
		c := w.start(incremental)
		w.say(c, "hi")
		w.advance(0)
		if got, want := w.frames(c)[2:], []string{"1.1 false a", "1.2 false bc", "1.3 false d", "1.4 true abcd"}; !slices.Equal(got, want) {
			t.Errorf("the customer hears %q, want %q", got, want)
		}
	})
}
