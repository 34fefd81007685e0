package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

const (
	// maxText is the most bytes of a text of the model, maxCalls how many calls of tools stand beside it, maxArguments the most bytes of
	// one's arguments.
	maxText      = 16 << 10
	maxCalls     = 8
	maxArguments = 16 << 10

	// maxRefusal is how many bytes of an answer that is none are read.
	maxRefusal = 64 << 10
)

var (
	errStream = errors.New("its answer is not like a stream of chat completions")
	errBroken = errors.New("its answer breaks off")
)

// message is one of a conversation with the model. Source: OpenAI API reference, "Create chat completion".
type message struct {
	Role       string     `json:"role"`
	Content    string     `json:"content"`
	ToolCalls  []toolCall `json:"tool_calls,omitempty"`
	ToolCallID string     `json:"tool_call_id,omitempty"`
}

type toolCall struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Function struct {
		Name      string `json:"name"`
		Arguments string `json:"arguments"`
	} `json:"function"`
}

// chunk is an event of a streamed answer. Source: OpenAI API reference, "The chat completion chunk object".
type chunk struct {
	Error   json.RawMessage `json:"error"`
	Choices []struct {
		Index int `json:"index"`
		Delta struct {
			Content   string      `json:"content"`
			ToolCalls []callDelta `json:"tool_calls"`
		} `json:"delta"`
		FinishReason string `json:"finish_reason"`
	} `json:"choices"`
}

type callDelta struct {
	Index int `json:"index"`
	toolCall
}

// complete asks the model how a conversation goes on, and calls told with the parts of its text as they come.
func (b *Bot) complete(ctx context.Context, conversation []message, told func(part string)) (message, error) {
	members := maps.Clone(b.members)
	members["messages"] = conversation
	body, err := json.Marshal(members)
	if err != nil {
		return message{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.url, bytes.NewReader(body))
	if err != nil {
		return message{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("User-Agent", "parley")
	if b.key != "" {
		req.Header.Set("Authorization", "Bearer "+b.key)
	}
	res, err := b.http.Do(req)
	if err != nil {
		if failed, ok := errors.AsType[*url.Error](err); ok {
			err = failed.Err // without the path
		}
		return message{}, fmt.Errorf("reach the model: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(res.Body, maxRefusal))
		var refusal chunk
		_ = json.Unmarshal(said, &refusal) // its code is all there is to tell, if there is one
		return message{}, fmt.Errorf("the model answered %d%s", res.StatusCode, code(refusal.Error))
	}
	if kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")); kind != "text/event-stream" {
		return message{}, errors.New("its answer is no stream of events")
	}
	return read(res.Body, told)
}

var codes = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)

// code is what an error of the model is called. Its message may repeat what the customer said.
func code(of json.RawMessage) string {
	var e struct {
		Code any    `json:"code"`
		Type string `json:"type"`
	}
	if json.Unmarshal(of, &e) != nil {
		return ""
	}
	for _, c := range []any{e.Code, e.Type} {
		if text, ok := c.(string); ok && codes.MatchString(text) {
			return " " + text
		}
	}
	return ""
}

// read puts the pieces of an answer together.
func read(stream io.Reader, told func(part string)) (message, error) {
	out := message{Role: "assistant"}
	var text strings.Builder
	calls := &calls{}
	ended := false
	for data, err := range events(stream) {
		if err != nil {
			return out, err
		}
		if string(data) == "[DONE]" {
			ended = true
			break
		}
		var c chunk
		if json.Unmarshal(data, &c) != nil {
			return out, errStream
		}
		if len(c.Error) > 0 && string(c.Error) != "null" {
			return out, fmt.Errorf("its answer breaks off%s", code(c.Error))
		}
		for _, choice := range c.Choices {
			if choice.Index != 0 {
				continue
			}
			part := choice.Delta.Content
			if text.Len() == 0 { // models begin with blank lines
				part = strings.TrimLeftFunc(part, unicode.IsSpace)
			}
			if text.Len()+len(part) > maxText {
				return out, errTooLong
			}
			if part != "" {
				text.WriteString(part)
				told(part)
			}
			for _, delta := range choice.Delta.ToolCalls {
				if err := calls.add(delta); err != nil {
					return out, err
				}
			}
			ended = ended || choice.FinishReason != ""
		}
	}
	if !ended {
		return out, errBroken
	}
	out.Content = strings.TrimRightFunc(text.String(), unicode.IsSpace)
	out.ToolCalls = calls.all
	return out, nil
}

// calls are calls of tools that come in pieces.
type calls struct {
	all []toolCall
	at  map[int]int // where the newest call with an index is
}

// add takes a piece. Calls are told apart by their index; some servers give all the same and a new id or name for each.
func (c *calls) add(d callDelta) error {
	at, known := c.at[d.Index]
	if known {
		open := c.all[at]
		known = d.ID == open.ID || d.ID == "" && d.Function.Name == ""
	}
	if !known {
		if d.Function.Name == "" {
			return errStream
		}
		at = len(c.all)
		if d.ID == "" {
			d.ID = fmt.Sprintf("call_%d", at+1)
		}
		if c.at == nil {
			c.at = map[int]int{}
		}
		c.at[d.Index] = at
		call := toolCall{ID: d.ID, Type: "function"}
		call.Function.Name = d.Function.Name
		c.all = append(c.all, call)
	}
	arguments := &c.all[at].Function.Arguments
	if len(c.all) > maxCalls || len(*arguments)+len(d.Function.Arguments) > maxArguments {
		return errTooLong
	}
	*arguments += d.Function.Arguments
	return nil
}
