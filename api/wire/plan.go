package wire

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/smithy-go/middleware"
)

// codec is how one Go type goes on the wire.
type codec struct {
	kind kind
	typ  reflect.Type // without the pointer
	ptr  bool
	full bool     // zero is a value like others: a required number or boolean that is no pointer
	enum []string // known values of an enum
	iso  bool     // a time is text
	elem *codec   // of a list or map
	plan *plan    // of a structure
}

type kind byte

const (
	kindString kind = iota
	kindInt
	kindBool
	kindFloat
	kindTime
	kindList
	kindMap
	kindStruct
	kindUnion
)

// plan is how a structure goes on the wire.
type plan struct {
	members []member       // in the order of their wire names, at most 64
	body    map[string]int // of the members in the body, by wire name
	bound   []*member      // those outside the body
	anyCase bool           // names may be written in any case
}

type member struct {
	codec
	name     string // on the wire
	field    string // in Go
	key      string // name as a JSON key, colon included
	index    int
	place    place
	required bool
	unfilled bool // a ClientToken that the client leaves nil
	limits   limits
}

type place byte

const (
	inBody place = iota
	inPath
	inQuery
	inHeader
)

// limits are what values from outside are checked against.
type limits struct {
	length, count, keyLength, value bounds
	form, keys                      *form
	filled                          bool // a list or map must have an entry
}

// bounds are the smallest and the biggest number allowed; the zero value allows all.
type bounds struct {
	set      bool
	min, max int64
}

func (b bounds) allow(n int64) bool { return !b.set || b.min <= n && n <= b.max }

func (b bounds) allowFloat(f float64) bool {
	return !b.set || float64(b.min) <= f && f <= float64(b.max)
}

func (b bounds) String() string {
	if b.max == math.MaxInt64 {
		return "at least " + strconv.FormatInt(b.min, 10)
	}
	return strconv.FormatInt(b.min, 10) + " to " + strconv.FormatInt(b.max, 10)
}

var (
	timeType     = reflect.TypeFor[time.Time]()
	metadataType = reflect.TypeFor[middleware.Metadata]()
)

// plans holds what planOf has compiled, by reflect.Type.
var plans sync.Map

// planOf returns the plan of a structure. A type or tag that makes no sense is a mistake in the program, which any
// test of the operation meets: planOf panics.
func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	p := compileStruct(t, make(map[reflect.Type]*plan))
	stored, _ := plans.LoadOrStore(t, p)
	return stored.(*plan)
}

// compileStruct makes the plan of a structure; begun holds those under way, since a structure may hold itself.
func compileStruct(t reflect.Type, begun map[reflect.Type]*plan) *plan {
	if p := begun[t]; p != nil {
		return p
	}
	p := &plan{body: make(map[string]int)}
	begun[t] = p
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("wire")
		if tag == "-" || f.Type == metadataType {
			continue
		}
		m := member{codec: compile(f.Type, begun), name: f.Name, field: f.Name, index: i}
		if tag != "" {
			for rule := range strings.SplitSeq(tag, ",") {
				if err := m.rule(rule); err != nil {
					panic(fmt.Sprintf("wire: %v.%s: %v", t, f.Name, err))
				}
			}
		}
		m.limits.filled = m.required && m.limits.count.min > 0
		m.full = m.required && !m.ptr && (m.kind == kindInt || m.kind == kindFloat || m.kind == kindBool)
		p.members = append(p.members, m)
	}
	slices.SortFunc(p.members, func(a, b member) int { return cmp.Compare(a.name, b.name) })
	for i := range p.members {
		m := &p.members[i]
		if m.place == inBody {
			m.key = string(appendString(nil, m.name)) + ":"
			p.body[m.name] = i
		} else {
			p.bound = append(p.bound, m)
		}
	}
	p.anyCase = t == reflect.TypeFor[errorBody]()
	return p
}

func compile(t reflect.Type, begun map[reflect.Type]*plan) codec {
	if t.Kind() == reflect.Pointer {
		c := compile(t.Elem(), begun)
		c.ptr = true
		return c
	}
	c := codec{typ: t}
	elem := func() *codec { return new(compile(t.Elem(), begun)) }
	switch t.Kind() {
	case reflect.String:
		c.kind, c.enum = kindString, enumValues(t)
	case reflect.Int32, reflect.Int64:
		c.kind = kindInt
	case reflect.Bool:
		c.kind = kindBool
	case reflect.Float32, reflect.Float64:
		c.kind = kindFloat
	case reflect.Slice:
		c.kind, c.elem = kindList, elem()
	case reflect.Map:
		c.kind, c.elem = kindMap, elem()
	case reflect.Interface:
		c.kind = kindUnion
	case reflect.Struct:
		if t == timeType {
			c.kind = kindTime
			break
		}
		c.kind, c.plan = kindStruct, compileStruct(t, begun)
	default:
		panic(fmt.Sprintf("wire: %v has no place on the wire", t))
	}
	return c
}

// enumValues returns the known values of an enum type, nil for other types.
func enumValues(t reflect.Type) []string {
	method := reflect.Zero(t).MethodByName("Values")
	if !method.IsValid() {
		return nil
	}
	list := method.Call(nil)[0]
	values := make([]string, list.Len())
	for i := range values {
		values[i] = list.Index(i).String()
	}
	return values
}

// rule takes one part of a struct tag.
func (m *member) rule(rule string) (err error) {
	name, value, _ := strings.Cut(rule, "=")
	switch name {
	case "required":
		m.required = true
	case "name":
		m.name = value
	case "path":
		m.place, m.name = inPath, value
	case "query":
		m.place, m.name = inQuery, value
	case "header":
		m.place, m.name = inHeader, value
	case "len":
		m.limits.length, err = parseBounds(value)
	case "count":
		m.limits.count, err = parseBounds(value)
	case "keylen":
		m.limits.keyLength, err = parseBounds(value)
	case "range":
		m.limits.value, err = parseBounds(value)
	case "form":
		m.limits.form, err = formOf(value)
	case "keys":
		m.limits.keys, err = formOf(value)
	case "unfilled":
		m.unfilled = true
	case "iso8601":
		m.iso = true
	default:
		err = fmt.Errorf("no rule %q", rule)
	}
	return err
}

// parseBounds reads 1..256 or, without an upper end, 1.. .
func parseBounds(s string) (bounds, error) {
	low, high, _ := strings.Cut(s, "..")
	b := bounds{set: true, max: math.MaxInt64}
	var err error
	if b.min, err = strconv.ParseInt(low, 10, 64); err != nil {
		return b, err
	}
	if high != "" {
		b.max, err = strconv.ParseInt(high, 10, 64)
	}
	return b, err
}
