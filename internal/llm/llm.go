// Package llm has language models answer customers: those behind any address that speaks OpenAI's chat completions.
package llm

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/openparley/parley/internal/bot"
)

// maxRounds is how often a model is asked for one answer: it may use its tools in between.
const maxRounds = 4

// Bot is a language model with what it is told to do. It keeps nothing: the conversation comes back with each text.
type Bot struct {
	settings Settings
	key      string
	url      string
	members  map[string]any // of each request
	prompt   prompt
	http     *http.Client
}

// New returns what asks a model. The key is that of its API; empty: it needs none.
func New(s Settings, key string) (*Bot, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	p, err := parsePrompt(s.Prompt)
	if err != nil {
		return nil, err
	}
	s.Timeout = cmp.Or(s.Timeout, defaultTimeout)
	s.History.Turns = cmp.Or(s.History.Turns, defaultTurns)
	s.History.Bytes = cmp.Or(s.History.Bytes, defaultBytes)
	members := map[string]any{}
	maps.Copy(members, s.Options)
	members["model"], members["stream"] = s.Model, true
	if s.Temperature != nil {
		members["temperature"] = *s.Temperature
	}
	if s.MaxTokens > 0 {
		members["max_tokens"] = s.MaxTokens
	}
	if tools := s.tools(); len(tools) > 0 {
		members["tools"] = tools
	}
	return &Bot{
		settings: s, key: key, url: strings.TrimSuffix(s.URL, "/") + "/chat/completions", members: members, prompt: p,
		http: &http.Client{
			Transport: &http.Transport{
				Proxy:                  http.ProxyFromEnvironment,
				DialContext:            (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
				TLSHandshakeTimeout:    5 * time.Second,
				ForceAttemptHTTP2:      true,
				MaxIdleConnsPerHost:    16,
				IdleConnTimeout:        90 * time.Second,
				MaxResponseHeaderBytes: 64 << 10,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the key is for this address alone
		},
	}, nil
}

// Close gives up idle connections.
func (b *Bot) Close() { b.http.CloseIdleConnections() }

// Limit is how long the model may take to answer.
func (b *Bot) Limit() time.Duration { return b.settings.Timeout }

// Recognize asks the model. The session goes on until it calls finish, which gives an intent.
func (b *Bot) Recognize(ctx context.Context, in bot.Request, told bot.Told) (*bot.Answer, error) {
	answer := &bot.Answer{IntentState: "InProgress", DialogAction: "ElicitIntent", Attributes: map[string]string{}}
	maps.Copy(answer.Attributes, in.Attributes)
	h := remember(in.State)
	turn := []message{{Role: "user", Content: in.Text}}
	for range maxRounds {
		said, err := b.complete(ctx, b.conversation(answer.Attributes, h, turn), func(part string) { told(len(answer.Messages), part) })
		if err != nil {
			return nil, err
		}
		if said.Content != "" {
			answer.Messages = append(answer.Messages, bot.Message{ContentType: "PlainText", Content: said.Content})
		}
		turn = append(turn, said)
		if len(said.ToolCalls) == 0 {
			if len(answer.Messages) == 0 {
				return nil, errors.New("it said nothing")
			}
			answer.State, err = json.Marshal(h.with(turn, b.settings.History))
			return answer, err
		}
		results, done := b.settings.do(said.ToolCalls, answer)
		if done {
			return answer, nil
		}
		turn = append(turn, results...)
	}
	return nil, errors.New("it uses its tools without end")
}

// conversation is what the model is told: what it is to do, what was said before, and what is said now.
func (b *Bot) conversation(attributes map[string]string, before history, turn []message) (all []message) {
	if text := b.prompt.with(attributes); text != "" {
		all = append(all, message{Role: "system", Content: text})
	}
	for _, t := range before.Turns {
		all = append(all, t...)
	}
	return append(all, turn...)
}

// history is what was said in a session: of each turn what the customer said, what the model did, and what it said.
type history struct {
	Turns [][]message `json:"turns"`
}

// remember reads the history of a session. A state that another kind of bot has left, before the settings were changed, holds none.
func remember(state json.RawMessage) (h history) {
	if len(state) > 0 && json.Unmarshal(state, &h) != nil {
		return history{}
	}
	return h
}

// with is the history and one more turn, without the oldest that are too much.
func (h history) with(turn []message, limit History) history {
	turns := append(h.Turns[:len(h.Turns):len(h.Turns)], turn)
	size := 0
	for i := len(turns) - 1; i >= 0; i-- {
		for _, m := range turns[i] {
			size += len(m.Content)
			for _, c := range m.ToolCalls {
				size += len(c.Function.Arguments)
			}
		}
		if len(turns)-i > limit.Turns || size > limit.Bytes {
			return history{turns[i+1:]}
		}
	}
	return history{turns}
}
