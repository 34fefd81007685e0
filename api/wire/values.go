package wire

import (
	"crypto/sha256"
	"fmt"
	"log/slog"
	"reflect"
)

// document appends an input, or any structure of the API, as the JSON of its body, and before it what is bound to other
// parts of a request.
func document(dst []byte, v reflect.Value) []byte {
	p := planOf(v.Type())
	for _, m := range p.bound {
		if f := v.Field(m.index); !absent(f, &m.codec) {
			dst = append(append(append(appendString(dst, m.field), ':'), appendValue(nil, f, &m.codec)...), ',')
		}
	}
	return appendStruct(dst, v, p)
}

// Hash returns a number that is the same for inputs that say the same, whatever the order of their maps, in every
// program and on every machine. Nil and empty members are different.
func Hash[T any](v *T) [sha256.Size]byte {
	return sha256.Sum256(document(nil, reflect.ValueOf(v).Elem()))
}

// Equal tells whether two inputs say the same.
func Equal[T any](a, b *T) bool {
	return string(document(nil, reflect.ValueOf(a).Elem())) == string(document(nil, reflect.ValueOf(b).Elem()))
}

// With returns a deep copy of an input, changed.
func With[T any](in *T, change func(*T)) *T {
	out := new(T)
	reflect.ValueOf(out).Elem().Set(copied(reflect.ValueOf(in).Elem()))
	change(out)
	return out
}

func copied(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return v
		}
		inner := copied(v.Elem())
		if v.Kind() == reflect.Interface {
			return inner
		}
		p := reflect.New(v.Type().Elem())
		p.Elem().Set(inner)
		return p
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		s := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			s.Index(i).Set(copied(v.Index(i)))
		}
		return s
	case reflect.Map:
		if v.IsNil() {
			return v
		}
		m := reflect.MakeMapWithSize(v.Type(), v.Len())
		for it := v.MapRange(); it.Next(); {
			m.SetMapIndex(it.Key(), copied(it.Value()))
		}
		return m
	case reflect.Struct:
		s := reflect.New(v.Type()).Elem()
		s.Set(v)
		for i := range v.NumField() {
			if s.Field(i).CanSet() {
				s.Field(i).Set(copied(v.Field(i)))
			}
		}
		return s
	default:
		return v
	}
}

// Text returns a structure as it may be shown: its JSON, with *** for tokens and for what is of customers.
func Text(v any) string {
	s := reflect.Indirect(reflect.ValueOf(v))
	if !s.IsValid() {
		return "<nil>"
	}
	p := planOf(s.Type())
	shown := []byte(s.Type().Name())
	for _, m := range p.bound {
		if f := s.Field(m.index); !absent(f, &m.codec) {
			value := []byte(veil)
			if !secret[m.field] {
				value = appendValue(nil, f, &m.codec)
			}
			shown = append(append(append(append(shown, ' '), m.field...), '='), value...)
		}
	}
	text := appendStruct(nil, s, p)
	masked, err := appendMasked(nil, text)
	if err != nil {
		masked = []byte(veil)
	}
	return string(append(append(shown, ' '), masked...))
}

// Format writes v for package fmt, with any verb, as Text does.
func Format(s fmt.State, v any) { _, _ = s.Write([]byte(Text(v))) }

// LogValue returns v for package slog as Text does.
func LogValue(v any) slog.Value { return slog.StringValue(Text(v)) }
