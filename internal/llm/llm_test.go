package llm

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/internal/bot"
	"github.com/openparley/parley/internal/llm/llmtest"
)

// shop are the settings of a bot that takes orders.
func shop(m *llmtest.Model) Settings {
	return Settings{
		URL: m.URL, Model: "small", Prompt: "You sell tea to {{name}}. {{ nobody }}",
		Attributes: map[string]string{"number": "The number of the order.", "size": "How large."},
		Intents: map[string]Intent{
			"Order": {When: "The order is complete.", Slots: map[string]string{"size": "How large."}},
			"Agent": {When: "The customer wants a person."},
		},
	}
}

func open(t *testing.T, s Settings) *Bot {
	t.Helper()
	b, err := New(s, "secret")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// ask tells the bot something and returns its answer, and the parts in which it came: "0 Hel|lo, 1 Bye".
func ask(t *testing.T, b *Bot, in bot.Request) (*bot.Answer, string, error) {
	t.Helper()
	var parts strings.Builder
	last := -1
	answer, err := b.Recognize(t.Context(), in, func(i int, part string) {
		switch {
		case i == last:
			parts.WriteString("|")
		case last >= 0:
			parts.WriteString(", ")
		}
		if i != last {
			fmt.Fprintf(&parts, "%d ", i)
		}
		parts.WriteString(part)
		last = i
	})
	return answer, parts.String(), err
}

func said(texts ...string) (all []bot.Message) {
	for _, text := range texts {
		all = append(all, bot.Message{ContentType: "PlainText", Content: text})
	}
	return all
}

// TestConversation: the model is told what it is to do, what was said before, and what is said now.
func TestConversation(t *testing.T) {
	t.Parallel()
	m := llmtest.Start(t, llmtest.Says("\n\n", " Which", " size?\n"), llmtest.Says("Good."))
	s := shop(m)
	s.Temperature, s.MaxTokens, s.Options = new(0.5), 100, map[string]any{"top_p": 0.9}
	b := open(t, s)
	first, parts, err := ask(t, b, bot.Request{Text: "Tea", Attributes: map[string]string{"name": "Ana"}})
	if err != nil {
		t.Fatal(err)
	}
	want := &bot.Answer{
		Messages: said("Which size?"), IntentState: "InProgress", DialogAction: "ElicitIntent", Attributes: map[string]string{"name": "Ana"},
		State: first.State,
	}
	if diff := cmp.Diff(want, first); diff != "" || first.Done() {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	if parts != "0 Which| size?\n" {
		t.Errorf("it came as %q", parts)
	}
	if _, _, err := ask(t, b, bot.Request{Text: "Large", Attributes: first.Attributes, State: first.State}); err != nil {
		t.Fatal(err)
	}
	asked := m.Asked()[1]
	wantMessages := []llmtest.Message{
		{Role: "system", Content: "You sell tea to Ana. "},
		{Role: "user", Content: "Tea"},
		{Role: "assistant", Content: "Which size?"},
		{Role: "user", Content: "Large"},
	}
	if diff := cmp.Diff(wantMessages, asked.Messages); diff != "" {
		t.Errorf("the model was told (-want +got):\n%s", diff)
	}
	if asked.Authorization != "Bearer secret" {
		t.Errorf("Authorization %q", asked.Authorization)
	}
	for name, want := range map[string]any{"model": "small", "stream": true, "temperature": 0.5, "max_tokens": 100.0, "top_p": 0.9} {
		if got := asked.Body[name]; got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	got, err := json.Marshal(asked.Body["tools"])
	if err != nil {
		t.Fatal(err)
	}
	const tools = `[{"function":{"description":"Notes what the customer has said, as soon as it is known. Leave out what is not known.",` +
		`"name":"set_attributes","parameters":{"additionalProperties":false,"properties":{"number":{"description":"The number of the order.","type":"string"},` +
		`"size":{"description":"How large.","type":"string"}},"type":"object"}},"type":"function"},` +
		`{"function":{"description":"Ends your part of the conversation, once it is clear what the customer wants.","name":"finish",` +
		`"parameters":{"additionalProperties":false,"properties":{"intent":{"description":"Agent: The customer wants a person.\nOrder: The order is complete.",` +
		`"enum":["Agent","Order"],"type":"string"},"slots":{"additionalProperties":false,"properties":{"size":{"description":"for Order: How large.","type":"string"}},` +
		`"type":"object"}},"required":["intent"],"type":"object"}},"type":"function"}]`
	if diff := cmp.Diff(tools, string(got)); diff != "" {
		t.Errorf("tools (-want +got):\n%s", diff)
	}
}

// TestTools: the model notes what it hears and ends the session; what it does wrong it is told.
func TestTools(t *testing.T) {
	t.Parallel()
	calls := func(pieces ...string) llmtest.Answer { return llmtest.Raw(append(pieces, llmtest.Stop)...) }
	for _, tt := range []struct {
		name    string
		answers []llmtest.Answer
		results []string // what the model was told of its calls at last
		want    bot.Answer
		parts   string
	}{
		{
			"notes, in pieces, and goes on",
			[]llmtest.Answer{
				calls(
					llmtest.Parts("One ", "moment")[0], llmtest.Call(0, "a", "set_attributes", ""), llmtest.Call(0, "", "", `{"number":`),
					llmtest.Call(0, "", "", `42,"size":null}`),
				), llmtest.Says("What else?"),
			},
			[]string{"a done"},
			bot.Answer{Messages: said("One", "What else?"), Attributes: map[string]string{"k": "v", "number": "42"}},
			"0 One , 1 What else?",
		},
		{
			"ends at once",
			[]llmtest.Answer{calls(
				llmtest.Parts("Bye")[0], llmtest.Call(0, "a", "finish", `{"intent":"Order","slots":{"size":"XL"}}`),
				llmtest.Call(1, "b", "set_attributes", `{"size":"XL"}`),
			)},
			nil,
			bot.Answer{
				Messages: said("Bye"), Intent: "Order", IntentState: "Fulfilled", Slots: map[string]string{"size": "XL"},
				Attributes: map[string]string{"k": "v", "size": "XL"},
			},
			"0 Bye",
		},
		{
			"ends when it is right",
			[]llmtest.Answer{
				calls(llmtest.Call(0, "a", "finish", `{"intent":"Order"}`), llmtest.Call(0, "b", "set_attributes", `{"colour":"red"}`), llmtest.Call(0, "c", "fly", `{}`)),
				llmtest.Calls("finish", `{"intent":"Agent","slots":null}`),
			},
			[]string{
				"a error: another call was wrong; call this again when it is done", `b error: there is no "colour"; there is number, size`,
				"c error: there is no such tool",
			},
			bot.Answer{Intent: "Agent", IntentState: "Fulfilled", Slots: map[string]string{}, Attributes: map[string]string{"k": "v"}},
			"",
		},
		{
			"without ids or indexes",
			[]llmtest.Answer{
				calls(llmtest.Call(0, "", "set_attributes", `{"size":true}`), llmtest.Call(0, "", "set_attributes", `{"number":"7"}`)), llmtest.Says("Noted."),
			},
			[]string{"call_1 done", "call_2 done"},
			bot.Answer{Messages: said("Noted."), Attributes: map[string]string{"k": "v", "size": "true", "number": "7"}},
			"0 Noted.",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := llmtest.Start(t, tt.answers...)
			got, parts, err := ask(t, open(t, shop(m)), bot.Request{Text: "hi", Attributes: map[string]string{"k": "v"}})
			if err != nil {
				t.Fatal(err)
			}
			if tt.want.Intent == "" {
				tt.want.IntentState, tt.want.DialogAction = "InProgress", "ElicitIntent"
			} else {
				tt.want.DialogAction = "Close"
			}
			tt.want.State = got.State
			if diff := cmp.Diff(&tt.want, got); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
			if parts != tt.parts {
				t.Errorf("it came as %q, want %q", parts, tt.parts)
			}
			var results []string
			asked := m.Asked()
			for _, told := range asked[len(asked)-1].Messages {
				if told.Role == "tool" {
					results = append(results, told.ToolCallID+" "+told.Content)
				}
			}
			if !slices.Equal(results, tt.results) {
				t.Errorf("the model was told %q, want %q", results, tt.results)
			}
		})
	}
}

// TestArguments of finish that are wrong.
func TestArguments(t *testing.T) {
	t.Parallel()
	s := shop(&llmtest.Model{})
	for arguments, want := range map[string]string{
		``:                                       "intent is one of Agent, Order",
		`{"intent":"Tea"}`:                       "intent is one of Agent, Order",
		`{"intent":"Agent","slots":{"a":1}}`:     `there is no "a"; there is none`,
		`{"intent":"Order","slots":{"size":[]}}`: "size is a text",
		`{"intent":"Order","slots":{"size":"` + strings.Repeat("ä", 1025) + `"}}`:  "size has at most 1024 characters",
		`{"intent":"Order","slots":[]}`:                                            "the arguments are not as the tool has them",
		`{"intent":"Order","mood":1}`:                                              "the arguments are not as the tool has them",
		`{"intent":"Order"`:                                                        "the arguments are not as the tool has them",
		`{"intent":"Order"} {}`:                                                    "the arguments are not one object",
		`{"intent":"Order","slots":{"size":"` + strings.Repeat("ä", 1024) + `" }}`: "",
	} {
		_, _, err := s.finished(arguments)
		if got := fmt.Sprint(err); got != want && (err != nil || want != "") {
			t.Errorf("%s: %q, want %q", arguments, got, want)
		}
	}
}

// TestErrors: what is no answer is an error, which does not tell what was said.
func TestErrors(t *testing.T) {
	t.Parallel()
	endless := slices.Repeat([]llmtest.Answer{llmtest.Calls("set_attributes", `{"size":"S"}`)}, maxRounds)
	for name, tt := range map[string]struct {
		answers []llmtest.Answer
		want    string
	}{
		"too many":          {[]llmtest.Answer{llmtest.Status(429, `{"error":{"message":"Tea","type":"rate_limit","code":null}}`)}, "the model answered 429 rate_limit"},
		"no such model":     {[]llmtest.Answer{llmtest.Status(404, `{"error":{"message":"Tea","code":"model_not_found"}}`)}, "the model answered 404 model_not_found"},
		"broken":            {[]llmtest.Answer{llmtest.Status(500, `Tea`)}, "the model answered 500"},
		"a redirect":        {[]llmtest.Answer{llmtest.Status(307, ``)}, "the model answered 307"},
		"an odd code":       {[]llmtest.Answer{llmtest.Status(400, `{"error":{"code":"said Tea"}}`)}, "the model answered 400"},
		"no stream":         {[]llmtest.Answer{llmtest.Status(200, `{"choices":[]}`)}, "its answer is no stream of events"},
		"error in between":  {[]llmtest.Answer{llmtest.Raw(llmtest.Parts("Tea")[0], llmtest.Event(`{"error":{"message":"Tea","code":500,"type":"server_error"}}`))}, "its answer breaks off server_error"},
		"cut":               {[]llmtest.Answer{llmtest.Raw(llmtest.Parts("Tea")[0])}, "its answer breaks off"},
		"nothing":           {[]llmtest.Answer{llmtest.Says(" \n")}, "it said nothing"},
		"nonsense":          {[]llmtest.Answer{llmtest.Raw("data: Tea\n\n")}, "its answer is not like a stream of chat completions"},
		"a call of nothing": {[]llmtest.Answer{llmtest.Raw(llmtest.Call(0, "a", "", "{}"))}, "its answer is not like a stream of chat completions"},
		"too long":          {[]llmtest.Answer{llmtest.Says(strings.Repeat("x", maxText), "y")}, "its answer is too long"},
		"too much to do":    {[]llmtest.Answer{llmtest.Raw(llmtest.Call(0, "a", "finish", strings.Repeat("x", maxArguments+1)))}, "its answer is too long"},
		"without end":       {endless, "it uses its tools without end"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := ask(t, open(t, shop(llmtest.Start(t, tt.answers...))), bot.Request{Text: "Tea"})
			if err == nil || err.Error() != tt.want {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

// TestTimeLimit: a model that hangs in the middle is left when the time is over.
func TestTimeLimit(t *testing.T) {
	t.Parallel()
	m := llmtest.Start(t, func(w http.ResponseWriter, r *http.Request) {
		llmtest.Raw(llmtest.Parts("One")[0])(w, r)
		<-r.Context().Done()
	})
	b := open(t, shop(m))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := b.Recognize(ctx, bot.Request{Text: "hi"}, func(int, string) { cancel() })
	if err == nil || ctx.Err() == nil {
		t.Errorf("error %v", err)
	}
}

// TestHistoryIsBounded: the oldest turns go first, whole, with what the model did in them.
func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	text := func(turns ...int) (h history) {
		for _, size := range turns {
			h.Turns = append(h.Turns, []message{{Role: "user", Content: strings.Repeat("x", size)}})
		}
		return h
	}
	for _, tt := range []struct {
		before []int
		turn   int
		limit  History
		want   []int
	}{
		{nil, 5, History{Turns: 1, Bytes: 5}, []int{5}},
		{[]int{1, 2, 3}, 4, History{Turns: 2, Bytes: 100}, []int{3, 4}},
		{[]int{1, 2, 3}, 4, History{Turns: 9, Bytes: 9}, []int{2, 3, 4}},
		{[]int{1}, 10, History{Turns: 9, Bytes: 9}, []int{}},
	} {
		got := text(tt.before...).with(text(tt.turn).Turns[0], tt.limit)
		var sizes []int
		for _, turn := range got.Turns {
			sizes = append(sizes, len(turn[0].Content))
		}
		if !slices.Equal(sizes, tt.want) {
			t.Errorf("%v and %d within %+v are %v, want %v", tt.before, tt.turn, tt.limit, sizes, tt.want)
		}
	}
	if got := remember(json.RawMessage(`{"turns":{"of":"another bot"}}`)); len(got.Turns) != 0 {
		t.Errorf("a strange state is %v", got)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	many := map[string]string{}
	for i := range 51 {
		many[fmt.Sprint(i)] = "x"
	}
	for want, change := range map[string]func(*Settings){
		"":                       func(*Settings) {},
		"url: ":                  func(s *Settings) { s.URL = "api.example.org" },
		"url: it is not":         func(s *Settings) { s.URL = "https://me:secret@api.example.org" },
		"model: ":                func(s *Settings) { s.Model = "" },
		"api_key: ":              func(s *Settings) { s.URL, s.APIKeyEnv = "http://models:8000/v1", "KEY" },
		"api_key and":            func(s *Settings) { s.APIKey, s.APIKeyEnv = "a", "b" },
		"temperature: ":          func(s *Settings) { s.Temperature = new(2.1) },
		"max_tokens: ":           func(s *Settings) { s.MaxTokens = -1 },
		"timeout: ":              func(s *Settings) { s.Timeout = 61 * time.Second },
		"timeout: it":            func(s *Settings) { s.Timeout = 1 },
		"history.turns: ":        func(s *Settings) { s.History.Turns = 201 },
		"history.bytes: ":        func(s *Settings) { s.History.Bytes = -1 },
		"prompt: {{":             func(s *Settings) { s.Prompt = "a {{ b" },
		"prompt: {{ begins":      func(s *Settings) { s.Prompt = "a {{b c}}" },
		"prompt: it has":         func(s *Settings) { s.Prompt = strings.Repeat("x", maxPrompt+1) },
		"options: stream ":       func(s *Settings) { s.Options = map[string]any{"stream": false} },
		"attributes: there":      func(s *Settings) { s.Attributes = many },
		"attributes: \"a b\" is": func(s *Settings) { s.Attributes = map[string]string{"a b": "x"} },
		"attributes.a: ":         func(s *Settings) { s.Attributes = map[string]string{"a": " "} },
		"intents: \"\" is":       func(s *Settings) { s.Intents = map[string]Intent{"": {When: "x"}} },
		"intents.A: ":            func(s *Settings) { s.Intents = map[string]Intent{"A": {}} },
		"intents.A.slots.b: ":    func(s *Settings) { s.Intents = map[string]Intent{"A": {When: "x", Slots: map[string]string{"b": ""}}} },
	} {
		s := Settings{URL: "https://api.example.org/v1/", Model: "small", APIKey: "k", Prompt: "Hello {{name}}"}
		if change(&s); s.APIKeyEnv != "" && want != "api_key and" {
			s.APIKey = ""
		}
		err := s.Check()
		if got := fmt.Sprint(err); want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(got, want)) {
			t.Errorf("error %v, want %q", err, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%v tells a secret", err)
		}
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		"":                                    nil,
		"data: a\n\ndata:b\n\n":               {"a", "b"},
		"\ufeffdata: a\r\n\r\ndata: b\r\r":    {"a", "b"},
		": comment\nevent: x\nid: 1\n\n":      nil,
		"data: a\ndata:  b\ndata\n\n":         {"a\n b\n"},
		"data\n\n":                            {""},
		"data: cut":                           nil,
		"data: cut\n":                         nil,
		"retry: 1\ndata: a\n: hm\n\n\n\n":     {"a"},
		"database: a\n data: b\n\ndata:c\n\n": {"c"},
	} {
		var got []string
		for data, err := range events(oneByOne{strings.NewReader(in)}) {
			if err != nil {
				t.Fatalf("%q: %v", in, err)
			}
			got = append(got, string(data))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q holds %q, want %q", in, got, want)
		}
	}
	for name, in := range map[string]string{
		"line": "data: " + strings.Repeat("x", maxLine), "event": strings.Repeat("data: "+strings.Repeat("x", 1000)+"\n", 300),
		"stream": strings.Repeat(": x\n", maxStream/4+1),
	} {
		var failed error
		for _, failed = range events(strings.NewReader(in)) {
		}
		if failed != errTooLong {
			t.Errorf("a long %s: %v", name, failed)
		}
	}
}

// oneByOne reads a byte at a time.
type oneByOne struct{ io.Reader }

func (o oneByOne) Read(p []byte) (int, error) { return o.Reader.Read(p[:min(1, len(p))]) }

// TestTextIsWholeHoweverItIsCut: characters of several bytes come over the network in pieces.
func TestTextIsWholeHoweverItIsCut(t *testing.T) {
	t.Parallel()
	var parts []string
	stream := strings.Join(llmtest.Parts("Grüße ", "🍵 ", "日本"), "") + llmtest.Stop
	said, err := read(oneByOne{strings.NewReader(stream)}, func(part string) { parts = append(parts, part) })
	if err != nil || said.Content != "Grüße 🍵 日本" || len(parts) != 3 {
		t.Errorf("read %q in %q (%v)", said.Content, parts, err)
	}
}

// FuzzRead: whatever a server sends, parts and whole agree, and nothing is larger than it may be.
func FuzzRead(f *testing.F) {
	f.Add([]byte(strings.Join(llmtest.Parts(" a", "b "), "") + llmtest.Stop))
	f.Add([]byte(llmtest.Call(0, "a", "finish", `{"intent":"A"}`) + llmtest.Call(1, "", "finish", "") + llmtest.Stop))
	f.Add([]byte("data: {\"choices\":[{\"delta\":{\"content\":\"x\"},\r\ndata: \"finish_reason\":\"stop\"}]}\r\r"))
	f.Add([]byte(llmtest.Event(`{"error":{"code":"x"}}`)))
	f.Fuzz(func(t *testing.T, stream []byte) {
		var parts strings.Builder
		said, err := read(oneByOne{strings.NewReader(string(stream))}, func(part string) { parts.WriteString(part) })
		again, errAgain := read(strings.NewReader(string(stream)), func(string) {})
		if diff := cmp.Diff(said, again); diff != "" || (err == nil) != (errAgain == nil) {
			t.Errorf("byte by byte it is something else (%v, %v):\n%s", err, errAgain, diff)
		}
		if err != nil {
			return
		}
		if strings.TrimSpace(parts.String()) != said.Content || len(parts.String()) > maxText || len(said.ToolCalls) > maxCalls {
			t.Errorf("parts %q of %+v", parts.String(), said)
		}
		for _, c := range said.ToolCalls {
			if c.ID == "" || c.Function.Name == "" || len(c.Function.Arguments) > maxArguments {
				t.Errorf("call %+v", c)
			}
		}
	})
}
