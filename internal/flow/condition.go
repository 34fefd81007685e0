package flow

import (
	"slices"
	"strconv"
	"strings"
)

// Operators of conditions. Source: flow sheet, 8.
const (
	equals         = "Equals"
	startsWith     = "TextStartsWith"
	endsWith       = "TextEndsWith"
	contains       = "TextContains"
	greater        = "NumberGreaterThan"
	greaterOrEqual = "NumberGreaterOrEqualTo"
	less           = "NumberLessThan"
	lessOrEqual    = "NumberLessOrEqualTo"
	keyExists      = "KeyExists"
	and            = "And"
	or             = "Or"
	not            = "Not"
	exists         = "Exists"
)

const (
	maxConditionDepth = 5  // of conditions inside conditions
	maxConditionSize  = 50 // conditions in all inside one
)

// condition is a test of an action's result. An operator that does not exist, or a wrong number of operands, makes one that is never
// true.
type condition struct {
	operator string
	operands []template
	inner    []condition // operands that are conditions
}

// String names the branch of a condition: "Equals gold".
func (c condition) String() string {
	words := []string{c.operator}
	for _, o := range c.operands {
		words = append(words, o.source)
	}
	for _, i := range c.inner {
		words = append(words, "("+i.String()+")")
	}
	return strings.Join(words, " ")
}

// compileCondition reads a condition. It reports false if the condition is nested too deep or too large.
func compileCondition(n *node) (condition, bool) {
	size := 0
	c := compileInner(n, 1, &size)
	return c, size <= maxConditionSize
}

func compileInner(n *node, depth int, size *int) condition {
	*size++
	c := condition{operator: n.get("Operator").word()}
	for _, operand := range n.get("Operands").list() {
		if operand.kind == isObject {
			if depth == maxConditionDepth || *size > maxConditionSize {
				*size = maxConditionSize + 1
				return c
			}
			c.inner = append(c.inner, compileInner(operand, depth+1, size))
		} else if s, ok := operand.scalar(); ok {
			c.operands = append(c.operands, compileValue(s))
		}
	}
	return c
}

// holds tests a result; ok is false for a result that is missing.
func (r *run) holds(c condition, result any, ok bool) bool {
	switch c.operator {
	case and:
		return len(c.inner) > 0 && !slices.ContainsFunc(c.inner, func(in condition) bool { return !r.holds(in, result, ok) })
	case or:
		return slices.ContainsFunc(c.inner, func(in condition) bool { return r.holds(in, result, ok) })
	case not:
		return len(c.inner) == 1 && !r.holds(c.inner[0], result, ok)
	case exists:
		if len(c.operands) == 0 {
			return ok
		}
		ref, isRef := c.operands[0].reference()
		if !isRef {
			return false
		}
		_, found := r.lookup(ref)
		return found
	}
	if !ok || len(c.operands) != 1 {
		return false
	}
	operand, ok := r.text(c.operands[0])
	if !ok {
		return false
	}
	if c.operator == keyExists {
		object, _ := result.(map[string]any)
		_, found := object[operand]
		return found
	}
	got := textOf(result)
	at, timed := result.(age)
	switch c.operator {
	case equals:
		if timed {
			n, ok := decimal(operand)
			return ok && at.operand(n) == float64(at)
		}
		return got == operand
	case startsWith:
		return strings.HasPrefix(got, operand)
	case endsWith:
		return strings.HasSuffix(got, operand)
	case contains:
		return strings.Contains(got, operand)
	}
	a, aOK := decimal(got)
	b, bOK := decimal(operand)
	if !aOK || !bOK {
		return false
	}
	if timed {
		b = at.operand(b)
	}
	switch c.operator {
	case greater:
		return a > b
	case greaterOrEqual:
		return a >= b
	case less:
		return a < b
	case lessOrEqual:
		return a <= b
	}
	return false
}

// decimal reads a decimal number. Go's other forms (Inf, 0x1p4, 1_000) are texts here.
func decimal(s string) (float64, bool) {
	if strings.Trim(s, "+-.0123456789eE") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}
