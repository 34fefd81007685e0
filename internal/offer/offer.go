// Package offer reads the messages by which flows, bots and agents offer choices: a template, and what fills it. The service carries
// them; clients draw them, and most limits are theirs. So there are two readings: Read is for what a chat carries at all, Check for what
// clients can show.
package offer

import (
	"encoding/json"
	"errors"
	"fmt"
)

// MaxBytes is how long a message may be. Source: flow sheet, 14.1 (20 KB).
const MaxBytes = 20_000

// Message is an interactive message.
type Message struct {
	TemplateType string          `json:"templateType"`
	Version      string          `json:"version"`
	Data         json.RawMessage `json:"data"`
}

// Read reads what a chat carries: a JSON object that names its template and is not too long. Templates of which nothing is known pass.
func Read(content string) (*Message, error) {
	if len(content) > MaxBytes {
		return nil, fmt.Errorf("an interactive message has %d bytes; at most %d are allowed", len(content), MaxBytes)
	}
	var m *Message
	if err := json.Unmarshal([]byte(content), &m); err != nil || m == nil {
		return nil, errors.New("an interactive message is a JSON object with templateType, version and data")
	}
	if m.TemplateType == "" {
		return nil, errors.New("an interactive message needs a templateType")
	}
	return m, nil
}

// Complete reports whether nothing is missing around what the template shows: what a bot says is a text otherwise. Source: flow sheet, 13.
func (m *Message) Complete() bool { return m.Version != "" && len(m.Data) > 0 }

// Check says all that keeps clients from showing the message, each with its place in it; nil of templates that it does not know.
// Source: flow sheet, 14.
func (m *Message) Check() error {
	check, known := templates[m.TemplateType]
	if !known {
		return nil
	}
	c := &checker{}
	if m.Version != "1.0" {
		c.says("version", `is not "1.0"`)
	}
	var data map[string]any
	if json.Unmarshal(m.Data, &data) != nil || data == nil {
		c.says("data", "is no object")
		return errors.Join(c.problems...)
	}
	if content, ok := c.object("data", data, "content", true); ok {
		check(c, "data.content", content)
	}
	if reply, ok := c.object("data", data, "replyMessage", false); ok {
		c.text("data.replyMessage", reply, "title", 0, true)
		c.text("data.replyMessage", reply, "subtitle", 0, false)
		c.picture("data.replyMessage", reply)
	}
	return errors.Join(c.problems...)
}
