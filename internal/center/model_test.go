package center

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/bot"
	"github.com/openparley/parley/internal/bus"
	"github.com/openparley/parley/internal/llm"
	"github.com/openparley/parley/internal/llm/llmtest"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/store/storetest"
)

// withModel runs a test on both engines with a language model as the bot of botFlow.
func withModel(t *testing.T, parameters string, test func(t *testing.T, w *world, b Bots, m *llmtest.Model)) {
	storetest.Engines(t, func(t *testing.T, e storetest.Engine) {
		t.Parallel()
		m := llmtest.Start(t)
		model, err := llm.New(llm.Settings{
			URL: m.URL, Model: "small", Prompt: "k is {{k}}.", Attributes: map[string]string{"k": "A key."},
			Intents: map[string]llm.Intent{"Order": {When: "There is an order.", Slots: map[string]string{"size": "How large."}}},
		}, "")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(model.Close)
		b := &bot.Bots{Named: map[string]bot.Bot{"helper": model}}
		w := newWorld(t, e, func(c *Config) { c.Bots = b })
		w.begin(botFlow(parameters))
		test(t, w, b, m)
	})
}

func incremental(in *connect.StartChatContactInput) {
	in.ParticipantConfiguration = &types.ParticipantConfiguration{ResponseMode: types.ResponseModeIncremental}
}

// TestModelTalks: what a language model notes and finds out is what the flow goes on with, also when the server was another in between.
func TestModelTalks(t *testing.T) {
	withModel(t, helper, func(t *testing.T, w *world, b Bots, m *llmtest.Model) {
		c := w.start()
		m.Then(llmtest.Calls("set_attributes", `{"k":"w"}`), llmtest.Says("Which ", "size?"))
		w.say(c, "an order")
		w.advance(0)
		w.restart(b)
		m.Then(llmtest.Raw(append(llmtest.Parts("Bye."), llmtest.Call(0, "c", "finish", `{"intent":"Order","slots":{"size":"XL"}}`), llmtest.Stop)...))
		w.say(c, "XL")
		w.advance(0)
		wantMessages(t, "conversation", w.transcript(c), "How can I help?", "an order", "Which size?", "XL", "Bye.", "Order: XL w")
		asked := m.Asked()
		var told []string
		for _, said := range asked[len(asked)-1].Messages {
			told = append(told, said.Role+" "+said.Content)
		}
		want := []string{"system k is w.", "user an order", "assistant ", "tool done", "assistant Which size?", "user XL"}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("the model was told (-want +got):\n%s", diff)
		}
	})
}

// TestModelFails: the flow goes on by its error branch, and what was heard in parts is kept.
func TestModelFails(t *testing.T) {
	withModel(t, helper, func(t *testing.T, w *world, _ Bots, m *llmtest.Model) {
		for _, tt := range []struct {
			name   string
			answer llmtest.Answer
			want   []string
		}{
			{"too many requests", llmtest.Status(http.StatusTooManyRequests, ""), nil},
			{"broken", llmtest.Status(http.StatusBadGateway, "<html>"), nil},
			{"an error in between", llmtest.Raw(append(llmtest.Parts("One ", "mo"), llmtest.Event(`{"error":{}}`))...), []string{"One mo"}},
		} {
			c := w.start(incremental)
			m.Then(tt.answer)
			w.say(c, "hi")
			w.advance(0)
			wantMessages(t, tt.name, w.transcript(c), append(append([]string{"How can I help?", "hi"}, tt.want...), "NoMatchingError")...)
		}
	})
}

// TestModelIsCut by the end of its server: the next one asks again, and what the customer hears is kept once.
func TestModelIsCut(t *testing.T) {
	withModel(t, patient, func(t *testing.T, w *world, b Bots, m *llmtest.Model) {
		c := w.start(incremental)
		w.say(c, "hi")
		jobs, err := w.Store.ClaimJobs(t.Context(), 10, time.Minute, store.LaneCall)
		if err != nil || len(jobs) != 1 {
			t.Fatalf("claimed %v, %v", jobs, err)
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		publish := w.Publish
		m.Then(func(rw http.ResponseWriter, r *http.Request) {
			llmtest.Raw(llmtest.Parts("Good ")...)(rw, r)
			<-r.Context().Done()
		})
		w.Publish = func(told bus.Message) {
			publish(told)
			stop()
		}
		if err := w.RunJob(ctx, jobs[0]); err == nil {
			t.Error("a job that was cut is done")
		}
		w.restart(b)
		wantMessages(t, "in between", w.transcript(c), "How can I help?", "hi")
		m.Then(llmtest.Says("Good ", "day."))
		w.advance(time.Minute)
		wantMessages(t, "after", w.transcript(c), "How can I help?", "hi", "Good day.")
		if got, want := w.frames(c)[2:], []string{"1.1 false Good ", "1.1 false Good ", "1.2 true Good day."}; !slices.Equal(got, want) {
			t.Errorf("the customer hears %q, want %q", got, want)
		}
		asked := m.Asked()
		if diff := cmp.Diff(asked[0].Body, asked[1].Body); len(asked) != 2 || diff != "" {
			t.Errorf("the model was asked %d times; at last (-first +second):\n%s", len(asked), diff)
		}
	})
}

// TestParts: words that come at once are told together, but not for ever.
func TestParts(t *testing.T) {
	withModel(t, helper, func(t *testing.T, w *world, _ Bots, m *llmtest.Model) {
		c := w.start(incremental)
		words := slices.Repeat([]string{"word "}, 300)
		m.Then(llmtest.Says(words...))
		w.say(c, "hi")
		w.advance(0)
		var sizes []int
		for _, line := range w.frames(c)[2:] {
			sizes = append(sizes, len(line))
		}
		// the first at once, then as much as is told at once; the rest comes with the whole
		if want := []int{15, 525, 525, 1508}; !slices.Equal(sizes, want) {
			t.Errorf("frames of %v, want %v", sizes, want)
		}
	})
}
