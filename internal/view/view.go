// Package view knows what a view is that a flow shows in a chat: a template of components, the inputs that it takes, the actions that a
// participant may take with it. It holds the views that come with the service.
package view

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"unicode/utf8"
)

const (
	// MaxTemplate is how many characters a template may have, as many as a flow. Amazon's limit is not documented.
	MaxTemplate = 256_000

	// MaxData is how many bytes of JSON a view may be given. Source: flow sheet, 15.3 (16 KB).
	MaxData = 16_384

	maxActions = 100
)

// Content is what a view shows and what may be done with it.
type Content struct {
	Template string // JSON
	Actions  []string
}

// SHA256 returns the hash of the content, in lower-case hex.
func (c Content) SHA256() string {
	h := sha256.New()
	for _, part := range append([]string{c.Template}, c.Actions...) {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// CheckDraft says what is wrong with a content that is only saved.
func (c Content) CheckDraft() error {
	if n := utf8.RuneCountInString(c.Template); n > MaxTemplate {
		return fmt.Errorf("the template has %d characters; at most %d are allowed", n, MaxTemplate)
	}
	if len(c.Actions) > maxActions {
		return fmt.Errorf("there are %d Actions; at most %d are allowed", len(c.Actions), maxActions)
	}
	var template map[string]any
	if err := json.Unmarshal([]byte(c.Template), &template); err != nil || template == nil {
		return errors.New("the template is not a JSON object")
	}
	return nil
}

// Check says what is wrong with a content that is published: it names the actions that flows branch on, and its template is a body of
// components. Source: flow sheet, 15.5.
func (c Content) Check() error {
	if err := c.CheckDraft(); err != nil {
		return err
	}
	if len(c.Actions) == 0 {
		return errors.New("no actions are named: nothing could be done with the view")
	}
	if len(slices.Compact(slices.Sorted(slices.Values(c.Actions)))) < len(c.Actions) {
		return errors.New("an action is named twice")
	}
	var template struct {
		Head map[string]any
		Body []json.RawMessage
	}
	if err := json.Unmarshal([]byte(c.Template), &template); err != nil {
		return errors.New("the template's Head is not an object, or its Body not a list")
	}
	if template.Body == nil {
		return errors.New("the template has no Body")
	}
	ids := map[string]bool{}
	for i, raw := range template.Body {
		if err := checkComponent(fmt.Sprintf("Body[%d]", i), raw, ids); err != nil {
			return err
		}
	}
	return nil
}

func checkComponent(at string, raw json.RawMessage, ids map[string]bool) error {
	var component struct {
		Type    string
		ID      string `json:"_id"`
		Props   map[string]any
		Content json.RawMessage
	}
	if err := json.Unmarshal(raw, &component); err != nil || component.Type == "" {
		return fmt.Errorf("in the template %s is no component with a Type", at)
	}
	if component.ID != "" && ids[component.ID] {
		return fmt.Errorf("in the template %s has the _id %q of another component", at, component.ID)
	}
	ids[component.ID] = true
	var inner []json.RawMessage
	if json.Unmarshal(component.Content, &inner) != nil {
		return nil // a text or an input
	}
	for i, raw := range inner {
		if len(raw) == 0 || raw[0] != '{' {
			continue
		}
		if err := checkComponent(fmt.Sprintf("%s.Content[%d]", at, i), raw, ids); err != nil {
			return err
		}
	}
	return nil
}

// input is a text that is an input as a whole, "$.Name", or a part of one, "$.Name.Street".
var input = regexp.MustCompile(`^\$\.([A-Za-z0-9_-]+)(\.[A-Za-z0-9_-]+|\[[0-9]+\])*$`)

// Inputs returns the names of what a template is to be given, sorted: a text that is a reference as a whole declares one, wherever it
// stands. Source: flow sheet, 15.5.
func Inputs(template string) []string {
	var root any
	if json.Unmarshal([]byte(template), &root) != nil {
		return nil
	}
	found := map[string]bool{}
	collect(root, found)
	return slices.Sorted(maps.Keys(found))
}

func collect(v any, found map[string]bool) {
	switch v := v.(type) {
	case string:
		if of := input.FindStringSubmatch(v); of != nil {
			found[of[1]] = true
		}
	case []any:
		for _, e := range v {
			collect(e, found)
		}
	case map[string]any:
		for _, e := range v {
			collect(e, found)
		}
	}
}

// Schema returns JSON Schema text for what a view has to be given. Of a template that somebody made, nothing more is known of an input
// than its name.
func Schema(template string) string {
	properties := map[string]any{}
	for _, name := range Inputs(template) {
		properties[name] = struct{}{}
	}
	return schema(properties, nil)
}

func schema(properties map[string]any, required []string) string {
	of := map[string]any{"type": "object", "properties": properties}
	if len(required) > 0 {
		of["required"] = required
	}
	b, err := json.Marshal(of)
	if err != nil {
		panic(err) // maps of texts
	}
	return string(b)
}
