package center

import (
	"reflect"
	"strings"
	"time"
)

// spelling is how structures of the API are spelled where they are told outside of it.
type spelling struct {
	name func(string) string // of a member
	time string              // layout
}

var (
	inEvents  = spelling{func(s string) string { return strings.ToLower(s[:1]) + s[1:] }, "2006-01-02T15:04:05.000Z"}
	inRecords = spelling{func(s string) string { return s }, "2006-01-02T15:04:05Z"}
)

// at spells a time in Unix milliseconds; nil for none.
func (s spelling) at(ms int64) *string {
	if ms == 0 {
		return nil
	}
	return new(time.UnixMilli(ms).UTC().Format(s.time))
}

// of spells a structure, without members that have no value. Names in a map are data and stay as they are.
func (s spelling) of(v any) any { return s.value(reflect.ValueOf(v)) }

func (s spelling) value(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return s.value(v.Elem())
	case reflect.Struct:
		if at, ok := v.Interface().(time.Time); ok {
			return at.UTC().Format(s.time)
		}
		out := map[string]any{}
		for f, member := range v.Fields() {
			if !member.IsZero() {
				out[s.name(f.Name)] = s.value(member)
			}
		}
		return out
	case reflect.Map:
		out := map[string]any{}
		for name, member := range v.Seq2() {
			out[name.String()] = s.value(member)
		}
		return out
	case reflect.Slice:
		out := []any{}
		for _, member := range v.Seq2() {
			out = append(out, s.value(member))
		}
		return out
	}
	return v.Interface()
}
