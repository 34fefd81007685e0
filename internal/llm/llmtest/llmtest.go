// Package llmtest stands in for a language model behind OpenAI's chat completions: it says what a test has written down, one answer for
// each request.
package llmtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// Model is a running one.
type Model struct {
	URL string // of the API

	t  testing.TB
	mu sync.Mutex

	answers []Answer
	asked   []Request
}

// Request is what the model was asked.
type Request struct {
	Authorization string         `json:"-"`
	Body          map[string]any `json:"-"` // all members

	Stream   bool
	Messages []Message
}

// Message is one of the conversation.
type Message struct {
	Role       string
	Content    string
	ToolCalls  []any  `json:"tool_calls"`
	ToolCallID string `json:"tool_call_id"`
}

// Answer writes one answer.
type Answer func(w http.ResponseWriter, r *http.Request)

// Start runs a model on this machine until the test ends. A request that it has no answer for fails the test.
func Start(t testing.TB, answers ...Answer) *Model {
	m := &Model{t: t, answers: answers}
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	m.URL = server.URL + "/v1"
	return m
}

// Then adds answers.
func (m *Model) Then(answers ...Answer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.answers = append(m.answers, answers...)
}

// Asked are the requests so far.
func (m *Model) Asked() []Request {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]Request{}, m.asked...)
}

func (m *Model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.URL.Path != "/v1/chat/completions" {
		m.t.Errorf("the model got %s %s", r.Method, r.URL)
	}
	in := Request{Authorization: r.Header.Get("Authorization")}
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, &in)
	}
	if err == nil {
		err = json.Unmarshal(body, &in.Body)
	}
	if err != nil || !in.Stream {
		m.t.Errorf("the model was asked %s (%v), want a stream", body, err)
	}
	m.mu.Lock()
	m.asked = append(m.asked, in)
	var answer Answer
	if len(m.answers) > 0 {
		answer, m.answers = m.answers[0], m.answers[1:]
	}
	m.mu.Unlock()
	if answer == nil {
		m.t.Errorf("the model has no answer to %s", body)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	answer(w, r)
}

// Raw is a stream of these bytes, each text sent by itself.
func Raw(texts ...string) Answer {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for _, text := range texts {
			io.WriteString(w, text)
			w.(http.Flusher).Flush()
		}
	}
}

// Says is an answer of one text, in these parts.
func Says(parts ...string) Answer { return Raw(append(Parts(parts...), Stop)...) }

// Calls is an answer that uses a tool.
func Calls(name, arguments string) Answer {
	return Raw(Call(0, "call_a", name, arguments), Event(`{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}`), "data: [DONE]\n\n")
}

// Status is an answer that is an error.
func Status(status int, body string) Answer {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// Stop is the end of a stream.
const Stop = `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\ndata: [DONE]\n\n"

// Event is one event of a stream.
func Event(data string) string { return "data: " + data + "\n\n" }

// Parts are the events of parts of a text.
func Parts(parts ...string) (events []string) {
	for _, part := range parts {
		content, _ := json.Marshal(part)
		events = append(events, Event(`{"choices":[{"index":0,"delta":{"content":`+string(content)+`},"finish_reason":null}]}`))
	}
	return events
}

// Call is the event of a piece of a call; an id and a name are left out where they are empty.
func Call(index int, id, name, arguments string) string {
	call := map[string]any{"index": index, "function": map[string]any{"arguments": arguments}}
	if id != "" {
		call["id"], call["type"] = id, "function"
	}
	if name != "" {
		call["function"] = map[string]any{"name": name, "arguments": arguments}
	}
	text, _ := json.Marshal(call)
	return Event(fmt.Sprintf(`{"choices":[{"index":0,"delta":{"content":null,"tool_calls":[%s]}}]}`, text))
}
