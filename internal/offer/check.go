package offer

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// checker looks at the members of objects and keeps what is wrong with them. Numbers are in units of the member, texts in characters; a
// maximum of 0 is none.
type checker struct{ problems []error }

// maxProblems is how many problems are told.
const maxProblems = 20

func (c *checker) says(at, problem string) {
	if len(c.problems) < maxProblems {
		c.problems = append(c.problems, fmt.Errorf("%s %s", at, problem))
	}
}

// member returns what is there. Null is as good as nothing.
func (c *checker) member(at string, of map[string]any, name string, required bool) (any, bool) {
	v := of[name]
	if v == nil && required {
		c.says(at+"."+name, "is missing")
	}
	return v, v != nil
}

func (c *checker) text(at string, of map[string]any, name string, maximum int, required bool) (string, bool) {
	v, there := c.member(at, of, name, required)
	if !there {
		return "", false
	}
	text, ok := v.(string)
	switch n := utf8.RuneCountInString(text); {
	case !ok:
		c.says(at+"."+name, "is no text")
	case required && strings.TrimSpace(text) == "":
		c.says(at+"."+name, "is empty")
	case maximum > 0 && n > maximum:
		c.says(at+"."+name, fmt.Sprintf("has %d characters; at most %d are shown", n, maximum))
	}
	return text, ok
}

// oneOf is a text out of a few.
func (c *checker) oneOf(at string, of map[string]any, name string, required bool, values ...string) string {
	text, ok := c.text(at, of, name, 0, required)
	if ok && !slices.Contains(values, text) {
		c.says(at+"."+name, fmt.Sprintf("is none of %s", strings.Join(values, ", ")))
	}
	return text
}

func (c *checker) number(at string, of map[string]any, name string, least, most float64, required bool) {
	v, there := c.member(at, of, name, required)
	if !there {
		return
	}
	if n, ok := v.(float64); !ok {
		c.says(at+"."+name, "is no number")
	} else if n < least || n > most {
		c.says(at+"."+name, fmt.Sprintf("is not between %g and %g", least, most))
	}
}

func (c *checker) truth(at string, of map[string]any, name string) {
	if v, there := c.member(at, of, name, false); there {
		if _, ok := v.(bool); !ok {
			c.says(at+"."+name, "is neither true nor false")
		}
	}
}

func (c *checker) object(at string, of map[string]any, name string, required bool) (map[string]any, bool) {
	v, there := c.member(at, of, name, required)
	if !there {
		return nil, false
	}
	object, ok := v.(map[string]any)
	if !ok {
		c.says(at+"."+name, "is no object")
	}
	return object, ok
}

// each looks at the objects of a list, which is required when it has a least length. It returns how many there are.
func (c *checker) each(at string, of map[string]any, name string, least, most int, look func(at string, of map[string]any)) int {
	at += "." + name
	v, there := of[name].([]any)
	switch {
	case !there && (of[name] != nil || least > 0):
		c.says(at, "is no list")
	case len(v) < least && least == most:
		c.says(at, fmt.Sprintf("has %d entries and not %d", len(v), least))
	case len(v) < least || most > 0 && len(v) > most:
		c.says(at, fmt.Sprintf("has %d entries and not %d to %d", len(v), least, most))
	}
	for i, e := range v {
		at := fmt.Sprintf("%s[%d]", at, i)
		object, ok := e.(map[string]any)
		if !ok {
			c.says(at, "is no object")
			continue
		}
		look(at, object)
	}
	return len(v)
}

// picture looks at the members of a picture. Source: flow sheet, 14.1.
func (c *checker) picture(at string, of map[string]any) {
	kind := c.oneOf(at, of, "imageType", false, "URL")
	c.text(at, of, "imageData", 200, kind != "")
	c.text(at, of, "imageDescription", 50, false)
}
