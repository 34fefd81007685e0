package badinput

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// variant is a value for a member.
type variant struct {
	path   string // below the member
	rule   string
	value  any
	breaks breaks
}

type breaks byte

const (
	nothing breaks = iota
	shape
	value
)

// absent is the value of a member that is left out.
var absent any = new(struct{})

// raw is JSON text that is put in as it stands.
func raw(text string) any { return json.RawMessage(text) }

// maker makes values of types. It goes down into each type once on a way, so that those that hold themselves come to an end.
type maker struct {
	unions []any
	within []reflect.Type
}

// member are the variants of a member, its absence included.
func (m *maker) member(t reflect.Type, r rule) []variant {
	if r.place != "" {
		return m.bound(t, r)
	}
	variants := m.body(t, r)
	if r.required {
		variants = append(variants, variant{"", "absent", absent, shape}, variant{"", "null", nil, shape})
	} else {
		variants = append(variants, variant{"", "absent", absent, nothing}, variant{"", "null", nil, nothing})
	}
	return variants
}

// bound are the variants of a member outside the body.
func (m *maker) bound(t reflect.Type, r rule) []variant {
	var variants []variant
	if r.required && r.place != "path" {
		variants = append(variants, variant{"", "absent", absent, shape})
	}
	if t == reflect.TypeFor[*time.Time]() {
		return append(variants, variant{"", "a time", "Thu, 01 Jan 2026 10:00:00 GMT", nothing}, variant{"", wrongType, "2026", shape})
	}
	if t.Kind() == reflect.Slice {
		entry := r
		entry.count = bounds{}
		for _, v := range m.bound(t.Elem(), entry) {
			if v.value != absent {
				variants = append(variants, variant{"[0]", v.rule, []any{v.value}, v.breaks})
			}
		}
		return append(variants, m.counts(r, func(n int) any {
			return slices.Repeat([]any{m.goodText(t.Elem(), r)}, n)
		}, 1)...)
	}
	for _, v := range m.body(t, r) {
		switch text := v.value.(type) {
		case string:
			if text == "" && r.place == "path" || r.place == "header" && strings.ContainsAny(text, "\x00\n") {
				continue // another route; no header
			}
			variants = append(variants, v)
		case json.RawMessage: // a number
			if json.Valid(text) && text[0] != '"' && text[0] != '{' && text[0] != '[' && isNumber(t) && v.rule != notWhole {
				variants = append(variants, variant{v.path, v.rule, string(text), v.breaks})
			}
		}
	}
	if isNumber(t) {
		variants = slices.DeleteFunc(variants, func(v variant) bool { return v.rule == wrongType })
		variants = append(variants, variant{"", wrongType, "x", shape}, variant{"", notWhole, "1.5", shape})
	}
	return variants
}

const (
	wrongType = "wrong type"
	notWhole  = "a fraction"
)

// isNumber tells whether a type is a number or a pointer to one.
func isNumber(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Int32 || t.Kind() == reflect.Int64
}

// goodText is a good value of a member outside the body.
func (m *maker) goodText(t reflect.Type, r rule) any {
	if v, ok := m.good(t, r).(json.RawMessage); ok {
		return string(v)
	}
	return m.good(t, r)
}

// good is the smallest good value of a type.
func (m *maker) good(t reflect.Type, r rule) any {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == reflect.TypeFor[time.Time]() {
		return raw("1767225845.5")
	}
	switch t.Kind() {
	case reflect.String:
		if values := enumOf(t); values != nil {
			return values[0]
		}
		return formOf(r.form).text(r.length.least(1))
	case reflect.Int32, reflect.Int64, reflect.Float32, reflect.Float64:
		number := raw(fmt.Sprint(r.value.least(1)))
		if r.place != "" {
			return string(number.(json.RawMessage))
		}
		return number
	case reflect.Bool:
		return true
	case reflect.Slice:
		entry := r
		entry.count = bounds{}
		v := m.good(t.Elem(), entry)
		return slices.Repeat([]any{v}, r.count.least(1))
	case reflect.Map:
		return m.entries(t, r, r.count.least(1))
	case reflect.Interface:
		holder := m.members(t)[0]
		return m.goodMember(t, holder)
	default:
		return m.goodStruct(t)
	}
}

func (m *maker) goodStruct(t reflect.Type) map[string]any {
	members := map[string]any{}
	for f := range t.Fields() {
		if r, ok := ruleOf(f); ok && r.required {
			members[r.name] = m.good(f.Type, r)
		}
	}
	return members
}

// members are the types that are members of a union.
func (m *maker) members(union reflect.Type) []reflect.Type {
	var members []reflect.Type
	for _, u := range m.unions {
		if t := reflect.TypeOf(u); t.Implements(union) {
			members = append(members, t.Elem())
		}
	}
	if members == nil {
		panic(fmt.Sprintf("badinput: union %v has no members", union))
	}
	return members
}

func (m *maker) goodMember(union, holder reflect.Type) map[string]any {
	f, _ := holder.FieldByName("Value")
	r, _ := ruleOf(f)
	return map[string]any{memberName(union, holder): m.good(f.Type, r)}
}

func memberName(union, holder reflect.Type) string {
	return strings.TrimPrefix(holder.Name(), union.Name()+"Member")
}

// entries is a map with so many good entries.
func (m *maker) entries(t reflect.Type, r rule, n int) map[string]any {
	entry := r
	entry.count, entry.form = bounds{}, ""
	entries := map[string]any{}
	for i := range n {
		key := strings.Repeat("a", max(1, r.keys.least(1)-1)) + string(rune('A'+i%26)) + strings.Repeat("b", i/26)
		entries[key] = m.good(t.Elem(), entry)
	}
	return entries
}

// body are the variants of a value in the body.
func (m *maker) body(t reflect.Type, r rule) []variant {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == reflect.TypeFor[time.Time]() {
		return append(wrong(`"2026-01-01T00:00:00Z"`, `true`, `{}`, `1e15`),
			variant{"", "whole seconds", raw("1767225845"), nothing}, variant{"", "with a fraction", raw("1767225845.123"), nothing})
	}
	switch t.Kind() {
	case reflect.String:
		return append(wrong(`7`, `true`, `{}`, `[]`), m.strings(t, r)...)
	case reflect.Int32, reflect.Int64:
		return append(wrong(`"5"`, `true`, `{}`), m.integers(t, r)...)
	case reflect.Float32, reflect.Float64:
		return append(wrong(`"5"`, `true`, `{}`), floats(r)...)
	case reflect.Bool:
		return append(wrong(`"true"`, `1`, `{}`), variant{"", "false", false, nothing})
	case reflect.Slice:
		return append(wrong(`"x"`, `{}`, `7`), m.lists(t, r)...)
	case reflect.Map:
		return append(wrong(`"x"`, `[]`, `7`), m.maps(t, r)...)
	}
	if slices.Contains(m.within, t) {
		return nil
	}
	m.within = append(m.within, t)
	defer func() { m.within = m.within[:len(m.within)-1] }()
	variants := wrong(`"x"`, `[]`, `7`)
	if t.Kind() == reflect.Interface {
		return append(variants, m.union(t)...)
	}
	return append(variants, m.structure(t)...)
}

// wrong are JSON texts of other types than the right one.
func wrong(texts ...string) []variant {
	var variants []variant
	for _, text := range texts {
		variants = append(variants, variant{"", wrongType, raw(text), shape})
	}
	return variants
}

func (m *maker) strings(t reflect.Type, r rule) []variant {
	if values := enumOf(t); values != nil {
		variants := []variant{
			{"", "no such value", "NO_SUCH_VALUE", value},
			{"", "empty", "", value},
			{"", "in another case", otherCase(values[0]), value},
			{"", "U+0000", "\x00", shape},
		}
		for _, v := range values {
			variants = append(variants, variant{"", "value " + v, v, nothing})
		}
		return variants
	}
	f := formOf(r.form)
	variants := []variant{{"", "U+0000", f.text(max(0, r.length.least(1)-1)) + "\x00", shape}}
	for _, bad := range f.bad {
		if r.length.min != nil {
			bad += strings.Repeat("a", max(0, *r.length.min-len([]rune(bad))))
		}
		variants = append(variants, variant{"", fmt.Sprintf("%q", bad), bad, value})
	}
	if low := r.length.min; low != nil && *low > 0 {
		if f.fill != "" {
			variants = append(variants, variant{"", fmt.Sprintf("%d characters", *low), f.text(*low), nothing})
		}
		variants = append(variants, variant{"", fmt.Sprintf("%d characters", *low-1), strings.Repeat("a", *low-1), shape})
	} else if f.fill != "" && r.form == "" {
		variants = append(variants, variant{"", "empty", "", nothing})
	}
	if high := r.length.max; high != nil {
		if f.fill != "" {
			variants = append(variants, variant{"", fmt.Sprintf("%d characters", *high), f.text(*high), nothing})
		}
		if f.letters {
			variants = append(variants,
				variant{"", fmt.Sprintf("%d characters of two bytes", *high), strings.Repeat("é", *high), nothing},
				variant{"", fmt.Sprintf("%d characters of two bytes", *high+1), strings.Repeat("é", *high+1), shape})
		}
		variants = append(variants, variant{"", fmt.Sprintf("%d characters", *high+1), strings.Repeat("a", *high+1), shape})
	}
	return variants
}

func otherCase(s string) string {
	if lower := strings.ToLower(s); lower != s {
		return lower
	}
	return strings.ToUpper(s)
}

// enumOf are the values of an enum, nil for other types.
func enumOf(t reflect.Type) []string {
	method, ok := t.MethodByName("Values")
	if !ok {
		return nil
	}
	list := method.Func.Call([]reflect.Value{reflect.Zero(t)})[0]
	var values []string
	for i := range list.Len() {
		values = append(values, list.Index(i).String())
	}
	return values
}

func (m *maker) integers(t reflect.Type, r rule) []variant {
	good := r.value.least(1)
	variants := []variant{
		{"", notWhole, raw(fmt.Sprintf("%d.5", good)), shape},
		{"", "with an empty fraction", raw(fmt.Sprintf("%d.0", good)), nothing},
	}
	if r.place != "" {
		variants = variants[:1]
	}
	at := func(n int, b breaks) { variants = append(variants, variant{"", fmt.Sprint(n), raw(fmt.Sprint(n)), b}) }
	if low := r.value.min; low != nil {
		at(*low, nothing)
		at(*low-1, value)
	}
	switch high := r.value.max; {
	case high != nil:
		at(*high, nothing)
		at(*high+1, value)
	case t.Kind() == reflect.Int32:
		at(1<<31-1, nothing)
		at(1<<31, shape)
	default:
		variants = append(variants, variant{"", "more than 64 bits", raw("9223372036854775808"), shape})
	}
	return variants
}

func floats(r rule) []variant {
	var variants []variant
	if low := r.value.min; low != nil {
		variants = append(variants, variant{"", fmt.Sprint(*low), raw(fmt.Sprint(*low)), nothing},
			variant{"", "too small", raw(fmt.Sprint(float64(*low) - .01)), value})
	}
	if high := r.value.max; high != nil {
		variants = append(variants, variant{"", fmt.Sprint(*high), raw(fmt.Sprint(*high)), nothing},
			variant{"", "too big", raw(fmt.Sprint(float64(*high) + .01)), value})
	}
	return variants
}

// counts are the variants of a list or map by its number of entries.
func (m *maker) counts(r rule, make func(n int) any, least int) []variant {
	var variants []variant
	at := func(n int, b breaks) {
		variants = append(variants, variant{"", fmt.Sprintf("%d entries", n), make(n), b})
	}
	if low := r.count.min; low != nil && *low >= least {
		at(*low, nothing)
		switch {
		case *low > 1:
			at(*low-1, shape)
		case *low == 1 && r.required && least == 0:
			at(0, shape)
		}
	}
	if high := r.count.max; high != nil {
		at(*high, nothing)
		at(*high+1, shape)
	}
	if !r.required && least == 0 {
		at(0, nothing)
	}
	return variants
}

func (m *maker) lists(t reflect.Type, r rule) []variant {
	entry := r
	entry.count, entry.required = bounds{}, false
	least := r.count.least(1)
	variants := m.counts(r, func(n int) any { return slices.Repeat([]any{m.good(t.Elem(), entry)}, n) }, 0)
	for _, v := range append(m.body(t.Elem(), entry), variant{"", "null", nil, shape}) {
		list := slices.Repeat([]any{m.good(t.Elem(), entry)}, least)
		list[0] = v.value
		variants = append(variants, variant{"[0]" + v.path, v.rule, list, v.breaks})
	}
	return variants
}

func (m *maker) maps(t reflect.Type, r rule) []variant {
	entry := r
	entry.count, entry.required = bounds{}, false
	good := m.good(t.Elem(), entry)
	variants := m.counts(r, func(n int) any { return m.entries(t, r, n) }, 0)
	for _, v := range m.body(t.Elem(), entry) {
		variants = append(variants, variant{".a" + v.path, v.rule, map[string]any{"a": v.value}, v.breaks})
	}
	variants = append(variants, variant{".a", "null", map[string]any{"a": nil, "b": good}, nothing})
	key := func(rule, key string, b breaks) {
		variants = append(variants, variant{"." + key, "key: " + rule, map[string]any{key: good}, b})
	}
	key("U+0000", "a\x00", shape)
	f := formOf(r.keyForm)
	for _, bad := range f.bad {
		key(fmt.Sprintf("%q", bad), bad, value)
	}
	if low := r.keys.min; low != nil && *low > 0 {
		key("empty", "", shape)
	}
	if high := r.keys.max; high != nil {
		key(fmt.Sprintf("%d characters", *high), f.text(*high), nothing)
		key(fmt.Sprintf("%d characters", *high+1), f.text(*high+1), shape)
	}
	return variants
}

func (m *maker) structure(t reflect.Type) []variant {
	var variants []variant
	for f := range t.Fields() {
		r, ok := ruleOf(f)
		if !ok {
			continue
		}
		for _, v := range m.member(f.Type, r) {
			members := m.goodStruct(t)
			if v.value == absent {
				delete(members, r.name)
			} else {
				members[r.name] = v.value
			}
			variants = append(variants, variant{"." + r.name + v.path, v.rule, members, v.breaks})
		}
	}
	return variants
}

func (m *maker) union(t reflect.Type) []variant {
	variants := []variant{
		{"", "no member", map[string]any{}, shape},
		{".NoSuchMember", "no such member", map[string]any{"NoSuchMember": map[string]any{}}, shape},
	}
	members := m.members(t)
	for i, holder := range members {
		f, _ := holder.FieldByName("Value")
		r, _ := ruleOf(f)
		name := memberName(t, holder)
		for _, v := range m.body(f.Type, r) {
			variants = append(variants, variant{"." + name + v.path, v.rule, map[string]any{name: v.value}, v.breaks})
		}
		variants = append(variants, variant{"", "null in place of a member", map[string]any{name: nil}, shape})
		if i > 0 {
			two := m.goodMember(t, holder)
			maps.Copy(two, m.goodMember(t, members[0]))
			variants = append(variants, variant{"", "two members", two, shape})
		}
	}
	return variants
}

func clone(members map[string]any) map[string]any { return maps.Clone(members) }
