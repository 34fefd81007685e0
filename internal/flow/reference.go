package flow

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// reference is a path into what a flow can read: $.Attributes.order is {"Attributes", "order"}.
type reference []string

// template is a text with references in it.
type template struct {
	source string // as written
	parts  []part
}

// part is a piece of literal text, or a reference.
type part struct {
	literal string
	ref     reference
}

// reference returns the reference that the whole text is.
func (t template) reference() (reference, bool) {
	if len(t.parts) != 1 || t.parts[0].ref == nil {
		return nil, false
	}
	return t.parts[0].ref, true
}

// literal returns the text of a template without references.
func (t template) literal() (string, bool) {
	switch {
	case len(t.parts) == 0:
		return "", true
	case len(t.parts) == 1 && t.parts[0].ref == nil:
		return t.parts[0].literal, true
	}
	return "", false
}

// compileText finds the references in a text. Source: flow sheet, 6.1.
func compileText(s string) template {
	t := template{source: s}
	literal := 0 // start of the literal text before i
	for i := 0; i < len(s); {
		ref, end := scanReference(s, i)
		if ref == nil {
			i++
			continue
		}
		if literal < i {
			t.parts = append(t.parts, part{literal: s[literal:i]})
		}
		t.parts = append(t.parts, part{ref: ref})
		i, literal = end, end
	}
	if literal < len(s) {
		t.parts = append(t.parts, part{literal: s[literal:]})
	}
	return t
}

// compileValue is compileText for a parameter that is a literal or one reference: what starts as a reference is one to its end, so
// that keys may hold more than letters, as those of flow attributes do ("$.FlowAttributes.queue/gold").
func compileValue(s string) template {
	t := compileText(s)
	if len(t.parts) != 2 || t.parts[0].ref == nil || t.parts[1].ref != nil || strings.ContainsAny(t.parts[1].literal, "$ \t\r\n") {
		return t
	}
	ref, rest := t.parts[0].ref, t.parts[1].literal
	last := len(ref) - 1
	if last == 0 || rest[0] == '.' || rest[0] == '[' || strings.HasSuffix(s[:len(s)-len(rest)], "]") {
		return t
	}
	steps := strings.Split(rest, ".")
	steps[0] = ref[last] + steps[0]
	return template{s, []part{{ref: append(ref[:last:last], steps...)}}}
}

// scanReference reads the reference that starts at s[i]: "$." or "$[" or "$.[" and steps that are names, indices or quoted texts. It
// returns nil if there is none.
func scanReference(s string, i int) (ref reference, end int) {
	if s[i] != '$' {
		return nil, i
	}
	end = i + 1
	for {
		at := end
		dot := at < len(s) && s[at] == '.'
		if dot {
			at++
		}
		step, after := scanName(s, at)
		switch {
		case after > at && (!dot || len(ref) == 0 && !startsWithLetter(s[at:])):
			return ref, end // a name needs its dot, and the first one starts with a letter: "$5", "$.50"
		case after == at:
			if step, after = scanBracket(s, at); after == at {
				return ref, end
			}
		}
		ref, end = append(ref, step), after
	}
}

// looksLikeReference reports whether a value can only be meant as a reference, well formed or not. "${Queue}" and "$LATEST" are literals.
func looksLikeReference(s string) bool {
	return strings.HasPrefix(s, "$.") || strings.HasPrefix(s, "$[")
}

func startsWithLetter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

// scanName reads letters, digits, underscores and hyphens.
func scanName(s string, at int) (name string, end int) {
	n := strings.IndexFunc(s[at:], func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '-'
	})
	if n < 0 {
		n = len(s) - at
	}
	return s[at : at+n], at + n
}

// maxQuoted bounds a quoted step, in bytes, so that a text of open brackets is read in no time.
const maxQuoted = 4 << 10

// scanBracket reads [0] or ['any text'] or ["any text"].
func scanBracket(s string, at int) (step string, end int) {
	if at+1 >= len(s) || s[at] != '[' {
		return "", at
	}
	if quote := s[at+1]; quote == '\'' || quote == '"' {
		body := s[at+2 : min(len(s), at+2+maxQuoted)]
		n := strings.Index(body, string(quote)+"]")
		if n <= 0 {
			return "", at
		}
		return body[:n], at + 2 + n + 2
	}
	n := strings.IndexByte(s[at:], ']')
	if n < 2 || strings.Trim(s[at+1:at+n], "0123456789") != "" {
		return "", at
	}
	return s[at+1 : at+n], at + n + 1
}
