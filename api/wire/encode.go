package wire

import (
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Time returns milliseconds since 1970 as the participant API writes a time: 2006-01-02T15:04:05.000Z.
func Time(millis int64) *string {
	return new(time.UnixMilli(millis).UTC().Format("2006-01-02T15:04:05.000Z"))
}

// Append appends v as a JSON object, in the form all bodies have: members in the order of their names, without
// blanks, absent ones left out, empty ones kept.
func Append[T any](dst []byte, v *T) []byte {
	if v == nil {
		return append(dst, "{}"...)
	}
	return appendStruct(dst, reflect.ValueOf(v).Elem(), planOf(reflect.TypeFor[T]()))
}

// EncodeResponse appends the JSON body of an answer; nil is an empty one.
func (op *Operation[In, Out]) EncodeResponse(dst []byte, out *Out) []byte {
	return Append(dst, out)
}

func appendStruct(dst []byte, v reflect.Value, p *plan) []byte {
	dst = append(dst, '{')
	dst, _ = appendMembers(dst, v, p)
	return append(dst, '}')
}

// appendMembers appends the members of a structure that are in the body and says whether there was one.
func appendMembers(dst []byte, v reflect.Value, p *plan) ([]byte, bool) {
	some := false
	for i := range p.members {
		m := &p.members[i]
		if m.place != inBody {
			continue
		}
		f := v.Field(m.index)
		if absent(f, &m.codec) {
			continue
		}
		if some {
			dst = append(dst, ',')
		}
		some = true
		dst = append(dst, m.key...)
		dst = appendValue(dst, f, &m.codec)
	}
	return dst, some
}

// absent tells whether a member is left out: nil, or the zero value of an optional member that has no nil.
func absent(f reflect.Value, c *codec) bool {
	switch {
	case c.ptr || c.kind == kindList || c.kind == kindMap || c.kind == kindUnion:
		return f.IsNil()
	case c.kind == kindStruct || c.kind == kindTime || c.full:
		return false
	default:
		return f.IsZero()
	}
}

func appendValue(dst []byte, v reflect.Value, c *codec) []byte {
	if c.ptr {
		v = v.Elem()
	}
	switch c.kind {
	case kindString:
		return appendString(dst, v.String())
	case kindInt:
		return strconv.AppendInt(dst, v.Int(), 10)
	case kindBool:
		return strconv.AppendBool(dst, v.Bool())
	case kindFloat:
		return appendFloat(dst, v.Float(), c.typ.Bits())
	case kindTime:
		if c.iso {
			return appendString(dst, *Time(v.Addr().Interface().(*time.Time).UnixMilli()))
		}
		return appendSeconds(dst, v.Addr().Interface().(*time.Time).UnixMilli())
	case kindStruct:
		return appendStruct(dst, v, c.plan)
	case kindList:
		dst = append(dst, '[')
		for i := range v.Len() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendValue(dst, v.Index(i), c.elem)
		}
		return append(dst, ']')
	case kindMap:
		return appendMap(dst, v, c.elem)
	default:
		return appendUnion(dst, v)
	}
}

// appendMap appends a map in the order of its keys.
func appendMap(dst []byte, v reflect.Value, elem *codec) []byte {
	if texts, ok := v.Interface().(map[string]string); ok {
		return appendTexts(dst, texts)
	}
	keys := make([]string, 0, v.Len())
	for _, key := range v.MapKeys() {
		keys = append(keys, key.String())
	}
	slices.Sort(keys)
	entry := reflect.New(v.Type().Elem()).Elem()
	dst = append(dst, '{')
	for i, key := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, key), ':')
		entry.Set(v.MapIndex(reflect.ValueOf(key).Convert(v.Type().Key())))
		dst = appendValue(dst, entry, elem)
	}
	return append(dst, '}')
}

// appendTexts is appendMap for the most common kind of map.
func appendTexts(dst []byte, m map[string]string) []byte {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	dst = append(dst, '{')
	for i, key := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(append(appendString(dst, key), ':'), m[key])
	}
	return append(dst, '}')
}

// appendUnion appends a union: an object with one member, named after the Go type that holds its value. What came with
// a member we do not know is an empty object.
func appendUnion(dst []byte, v reflect.Value) []byte {
	if v.IsNil() {
		return append(dst, "{}"...)
	}
	holder := v.Elem().Elem()
	m := &planOf(holder.Type()).members[0]
	dst = append(appendString(append(dst, '{'), unionMember(v.Type(), holder.Type())), ':')
	return append(appendValue(dst, holder.Field(m.index), &m.codec), '}')
}

// unionMember returns the wire name of a union's member: what its Go type is called after the union's name and the
// word Member.
func unionMember(union, holder reflect.Type) string {
	return strings.TrimPrefix(holder.Name(), union.Name()+"Member")
}

// appendSeconds appends a time as seconds since 1970, with no more decimals than needed.
func appendSeconds(dst []byte, millis int64) []byte {
	if millis < 0 {
		dst, millis = append(dst, '-'), -millis
	}
	dst = strconv.AppendInt(dst, millis/1000, 10)
	if ms := millis % 1000; ms != 0 {
		dst = append(dst, '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
		for dst[len(dst)-1] == '0' {
			dst = dst[:len(dst)-1]
		}
	}
	return dst
}

// appendFloat appends a number of so many bits; restJson1 writes those that JSON lacks as strings.
func appendFloat(dst []byte, f float64, bits int) []byte {
	switch abs := math.Abs(f); {
	case math.IsNaN(f):
		return append(dst, `"NaN"`...)
	case math.IsInf(f, 1):
		return append(dst, `"Infinity"`...)
	case math.IsInf(f, -1):
		return append(dst, `"-Infinity"`...)
	case abs != 0 && (abs < 1e-6 || abs >= 1e21):
		return strconv.AppendFloat(dst, f, 'e', -1, bits)
	default:
		return strconv.AppendFloat(dst, f, 'f', -1, bits)
	}
}

// appendString appends a JSON string escaped as the official Go SDK does it: quotes, backslashes, control characters
// and the two line separators of JavaScript; everything else raw.
func appendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' {
			i++
			continue
		}
		size := 1
		var escape string
		switch {
		case c == '"':
			escape = `\"`
		case c == '\\':
			escape = `\\`
		case c == '\n':
			escape = `\n`
		case c == '\r':
			escape = `\r`
		case c == '\t':
			escape = `\t`
		case c < ' ':
			dst = append(dst, s[start:i]...)
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			i++
			start = i
			continue
		default:
			var r rune
			switch r, size = utf8.DecodeRuneInString(s[i:]); {
			case r == utf8.RuneError && size == 1:
				escape = `\ufffd`
			case r == '\u2028':
				escape = `\u2028`
			case r == '\u2029':
				escape = `\u2029`
			default:
				i += size
				continue
			}
		}
		dst = append(dst, s[start:i]...)
		dst = append(dst, escape...)
		i += size
		start = i
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}
