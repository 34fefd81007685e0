package flow

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// maxContent is the length of a flow in characters. Source: API model, ContactFlowContent.
	maxContent = 256_000

	// maxDepth is how deep JSON may nest in a flow; real ones stay below 15.
	maxDepth = 64
)

// node is a JSON value and its place in the text.
type node struct {
	kind    kind
	text    string   // of a string; a number, true or false as written
	members []member // of an object, in order
	items   []*node  // of an array
	offset  int      // in bytes
}

type member struct {
	name  string
	value *node
}

type kind byte

const (
	isNull kind = iota
	isBool
	isNumber
	isString
	isArray
	isObject
)

// get returns a member of an object, the last of that name, and nil if there is none or it is null.
func (n *node) get(name string) *node {
	if n == nil {
		return nil
	}
	for _, m := range slices.Backward(n.members) {
		if m.name == name {
			if m.value.kind == isNull {
				return nil
			}
			return m.value
		}
	}
	return nil
}

// list returns the items of an array, none for anything else.
func (n *node) list() []*node {
	if n == nil {
		return nil
	}
	return n.items
}

// scalar returns the text of a string, a number or a boolean.
func (n *node) scalar() (string, bool) {
	if n == nil {
		return "", false
	}
	return n.text, n.kind == isString || n.kind == isNumber || n.kind == isBool
}

// word returns the text of a string, empty for anything else.
func (n *node) word() string {
	if n == nil || n.kind != isString {
		return ""
	}
	return n.text
}

// readDocument reads one JSON object. Its error is an *Invalid.
func readDocument(content string) (*node, error) {
	if !utf8.ValidString(content) {
		return nil, invalid(content, 0, "Content is not valid UTF-8")
	}
	if utf8.RuneCountInString(content) > maxContent {
		return nil, invalid(content, 0, fmt.Sprintf("Content is longer than %d characters", maxContent))
	}
	if strings.HasPrefix(content, "\ufeff") {
		return nil, invalid(content, 0, "Content begins with a byte order mark: save it as UTF-8 without one")
	}
	var whole json.RawMessage
	if err := json.Unmarshal([]byte(content), &whole); err != nil {
		offset := len(content)
		if bad, ok := errors.AsType[*json.SyntaxError](err); ok {
			offset = max(int(bad.Offset)-1, 0) // the offset counts the byte that does not fit
		}
		return nil, invalid(content, offset, "Content is not valid JSON: "+err.Error())
	}
	r := reader{content: content, dec: json.NewDecoder(strings.NewReader(content))}
	r.dec.UseNumber()
	root, err := r.value(0)
	if err != nil {
		return nil, invalid(content, r.offset(), err.Error())
	}
	if root.kind != isObject {
		return nil, invalid(content, root.offset, "Content is not a JSON object")
	}
	return root, nil
}

func invalid(content string, offset int, message string) *Invalid {
	line, column := placesOf(content).at(offset)
	return &Invalid{[]Problem{{Rule: ruleDocument, Message: message, Line: line, Column: column}}}
}

func lineOf(content string, offset int) int {
	return 1 + strings.Count(content[:min(offset, len(content))], "\n")
}

// places finds lines and columns. A text of one long line may have many problems.
type places struct {
	content string
	lines   []int // where each starts
	before  []int // characters before each stretch
}

// stretch is how many bytes are counted again for a column.
const stretch = 256

func placesOf(content string) *places {
	p := &places{content: content, lines: []int{0}}
	count := 0
	for i := range len(content) {
		if i%stretch == 0 {
			p.before = append(p.before, count)
		}
		if content[i] == '\n' {
			p.lines = append(p.lines, i+1)
		}
		if utf8.RuneStart(content[i]) {
			count++
		}
	}
	return p
}

// at returns the line and the column of an offset, both from 1.
func (p *places) at(offset int) (line, column int) {
	if p == nil {
		return 1, 1
	}
	line, exact := slices.BinarySearch(p.lines, offset)
	if exact {
		line++
	}
	return line, 1 + p.characters(offset) - p.characters(p.lines[line-1])
}

// characters counts those before an offset.
func (p *places) characters(offset int) int {
	offset = min(offset, len(p.content))
	if len(p.before) == 0 {
		return 0
	}
	i := min(offset/stretch, len(p.before)-1)
	count := p.before[i]
	for j := i * stretch; j < offset; j++ {
		if utf8.RuneStart(p.content[j]) {
			count++
		}
	}
	return count
}

// reader makes nodes of valid JSON.
type reader struct {
	content string
	dec     *json.Decoder
}

// offset is where the next value starts.
func (r *reader) offset() int {
	at := int(r.dec.InputOffset())
	return at + len(r.content[at:]) - len(strings.TrimLeft(r.content[at:], " \t\r\n,:"))
}

func (r *reader) value(depth int) (*node, error) {
	n := &node{offset: r.offset()}
	if depth > maxDepth {
		return nil, fmt.Errorf("Content is nested deeper than %d levels", maxDepth)
	}
	token, err := r.dec.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case nil:
	case bool:
		n.kind, n.text = isBool, strconv.FormatBool(t)
	case json.Number:
		n.kind, n.text = isNumber, t.String()
	case string:
		n.kind, n.text = isString, t
		if strings.ContainsRune(t, 0) {
			return nil, errors.New(`Content has the character \u0000, which can not be stored`)
		}
	case json.Delim:
		if t == '[' {
			n.kind = isArray
		} else {
			n.kind = isObject
		}
		for r.dec.More() {
			name := ""
			if n.kind == isObject {
				key, err := r.value(depth)
				if err != nil {
					return nil, err
				}
				name = key.text
			}
			value, err := r.value(depth + 1)
			if err != nil {
				return nil, err
			}
			if n.kind == isObject {
				n.members = append(n.members, member{name, value})
			} else {
				n.items = append(n.items, value)
			}
		}
		if _, err := r.dec.Token(); err != nil && err != io.EOF {
			return nil, err
		}
	}
	return n, nil
}

// compact returns v as JSON text without line breaks and HTML escapes.
func compact(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}
