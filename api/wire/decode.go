package wire

import (
	"bytes"
	"errors"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// maxDepth is how deep objects and lists may lie within each other.
const maxDepth = 32

// maxSeconds bounds times: the end of the year 9999.
const maxSeconds = 253402300800

// decoder reads one JSON document and gathers what is wrong with it.
type decoder struct {
	json     *jsontext.Decoder
	input    bytes.Buffer
	service  *Service
	checks   bool // the document is a request, bound by limits
	path     []step
	problems problems
	scratch  []byte
}

// step is one step down a document: into a member, an entry of a map or, without a name, of a list.
type step struct {
	name  string
	index int
}

// errBroken means that nothing can be read any more; what is wrong has been noted.
var errBroken = errors.New("document is broken")

var decoders = sync.Pool{New: func() any {
	d := new(decoder)
	d.json = jsontext.NewDecoder(&d.input, halves)
	return d
}}

// halves lets a document hold half of a surrogate pair, as browsers write when an emoji was cut in two; it reads as U+FFFD. What is not
// UTF-8 is refused before.
var halves = jsontext.AllowInvalidUTF8(true)

func newDecoder(body []byte, s *Service, checks bool) *decoder {
	d := decoders.Get().(*decoder)
	d.input = *bytes.NewBuffer(body)
	d.service, d.checks = s, checks
	return d
}

func (d *decoder) free() {
	d.input = bytes.Buffer{}
	d.json.Reset(&d.input, halves)
	d.service, d.path, d.problems = nil, d.path[:0], problems{}
	decoders.Put(d)
}

// document reads the whole body into a structure. An empty body is an empty object.
func (d *decoder) document(body []byte, v reflect.Value, p *plan) {
	if len(bytes.TrimLeft(body, " \t\r\n")) == 0 {
		d.missing(p, 0)
		return
	}
	if !utf8.Valid(body) {
		d.problems.shape("The body is not valid JSON: invalid UTF-8")
		return
	}
	if kind := d.json.PeekKind(); kind == 'n' && !d.checks {
		return
	} else if kind != '{' && kind != 0 {
		d.problems.shape("The body must be a JSON object")
		return
	}
	if d.object(v, p) != nil || !d.checks {
		return
	}
	if _, err := d.json.ReadToken(); err != io.EOF {
		d.problems.shape("The body must be one JSON object and no more")
	}
}

// broken notes that the document is not JSON.
func (d *decoder) broken(err error) error {
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok && syntax.Err != nil {
		err = syntax.Err
	}
	d.problems.shape("The body is not valid JSON: " + strings.TrimPrefix(err.Error(), "jsontext: "))
	return errBroken
}

// object reads the members of a structure. Here and below an error means that the document is broken.
func (d *decoder) object(v reflect.Value, p *plan) error {
	if _, err := d.json.ReadToken(); err != nil {
		return d.broken(err)
	}
	var seen uint64
	for d.json.PeekKind() == '"' {
		name, err := d.json.ReadValue()
		if err != nil {
			return d.broken(err)
		}
		i, known := d.lookup(name, p)
		if !known || d.json.PeekKind() == 'n' {
			if err := d.json.SkipValue(); err != nil {
				return d.broken(err)
			}
			continue
		}
		m := &p.members[i]
		seen |= 1 << i
		d.path = append(d.path, step{name: m.name})
		if err := d.value(v.Field(m.index), &m.codec, &m.limits); err != nil {
			return err
		}
		d.path = d.path[:len(d.path)-1]
	}
	if _, err := d.json.ReadToken(); err != nil {
		return d.broken(err)
	}
	d.missing(p, seen)
	return nil
}

// lookup finds a member by its quoted name. Services have been seen to write the message of an exception in lower
// case, so an answer may; gateways in front of them write as they like.
func (d *decoder) lookup(quoted jsontext.Value, p *plan) (index int, known bool) {
	name := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(name, '\\') >= 0 {
		d.scratch, _ = jsontext.AppendUnquote(d.scratch[:0], quoted)
		name = d.scratch
	}
	index, known = p.body[string(name)]
	switch {
	case known || d.checks:
	case p.anyCase:
		for i := range p.members {
			if strings.EqualFold(p.members[i].name, string(name)) {
				return i, true
			}
		}
	case string(name) == "message":
		index, known = p.body["Message"]
	}
	return index, known
}

// missing notes the required members of the body that were not seen.
func (d *decoder) missing(p *plan, seen uint64) {
	if !d.checks {
		return
	}
	for i := range p.members {
		if m := &p.members[i]; m.required && m.place == inBody && seen&(1<<i) == 0 {
			d.path = append(d.path, step{name: m.name})
			d.wrong("is required")
			d.path = d.path[:len(d.path)-1]
		}
	}
}

// value reads the next value into v. A value that is no good is passed over and noted.
func (d *decoder) value(v reflect.Value, c *codec, l *limits) error {
	if c.ptr {
		p := reflect.New(c.typ)
		v.Set(p)
		v = p.Elem()
	}
	switch c.kind {
	case kindStruct, kindMap, kindUnion:
		if d.json.PeekKind() != '{' {
			return d.skip(c)
		}
	case kindList:
		if d.json.PeekKind() != '[' {
			return d.skip(c)
		}
	default:
		return d.scalar(v, c, l)
	}
	if d.json.StackDepth() >= maxDepth {
		d.wrong("is nested too deep")
		if err := d.json.SkipValue(); err != nil {
			return d.broken(err)
		}
		return nil
	}
	switch c.kind {
	case kindStruct:
		return d.object(v, c.plan)
	case kindList:
		return d.list(v, c.elem, l)
	case kindMap:
		return d.dictionary(v, c.elem, l)
	default:
		return d.union(v)
	}
}

// skip passes over a value of another kind than the wanted one.
func (d *decoder) skip(want *codec) error {
	if err := d.json.SkipValue(); err != nil {
		return d.broken(err)
	}
	d.wrong(want.rule())
	return nil
}

func (d *decoder) list(v reflect.Value, elem *codec, l *limits) error {
	if _, err := d.json.ReadToken(); err != nil {
		return d.broken(err)
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	for n := 0; d.json.PeekKind() != ']'; n++ {
		v.Grow(1)
		v.SetLen(n + 1)
		d.path = append(d.path, step{index: n})
		if err := d.value(v.Index(n), elem, l); err != nil {
			return err
		}
		d.path = d.path[:len(d.path)-1]
	}
	if _, err := d.json.ReadToken(); err != nil {
		return d.broken(err)
	}
	d.count(v.Len(), l)
	return nil
}

// dictionary reads a map; an entry that is null is passed over.
func (d *decoder) dictionary(v reflect.Value, elem *codec, l *limits) error {
	if _, err := d.json.ReadToken(); err != nil {
		return d.broken(err)
	}
	t := v.Type()
	v.Set(reflect.MakeMap(t))
	for d.json.PeekKind() == '"' {
		quoted, err := d.json.ReadValue()
		if err != nil {
			return d.broken(err)
		}
		key := d.unquote(quoted)
		if d.json.PeekKind() == 'n' {
			if err := d.json.SkipValue(); err != nil {
				return d.broken(err)
			}
			continue
		}
		d.path = append(d.path, step{name: key})
		d.key(key, l)
		entry := reflect.New(t.Elem()).Elem()
		if err := d.value(entry, elem, l); err != nil {
			return err
		}
		d.path = d.path[:len(d.path)-1]
		v.SetMapIndex(reflect.ValueOf(key).Convert(t.Key()), entry)
	}
	if _, err := d.json.ReadToken(); err != nil {
		return d.broken(err)
	}
	d.count(v.Len(), l)
	return nil
}

// union reads an object with one member into the Go type that stands for it. A request must hold exactly one member
// that we know; an answer without one leaves the union nil.
func (d *decoder) union(v reflect.Value) error {
	if _, err := d.json.ReadToken(); err != nil {
		return d.broken(err)
	}
	members := 0
	for d.json.PeekKind() == '"' {
		quoted, err := d.json.ReadValue()
		if err != nil {
			return d.broken(err)
		}
		name := d.unquote(quoted)
		if d.json.PeekKind() == 'n' {
			if err := d.json.SkipValue(); err != nil {
				return d.broken(err)
			}
			continue
		}
		members++
		d.path = append(d.path, step{name: name})
		if err := d.unionMember(v, name); err != nil {
			return err
		}
		d.path = d.path[:len(d.path)-1]
	}
	if _, err := d.json.ReadToken(); err != nil {
		return d.broken(err)
	}
	if d.checks && members != 1 {
		d.wrong("must have exactly one member")
	}
	return nil
}

func (d *decoder) unionMember(v reflect.Value, name string) error {
	holder := d.service.unionHolder(v.Type(), name)
	if holder == nil {
		if d.checks {
			d.wrong("is not a member of the union")
		}
		if err := d.json.SkipValue(); err != nil {
			return d.broken(err)
		}
		return nil
	}
	value := reflect.New(holder)
	m := &planOf(holder).members[0]
	if err := d.value(value.Elem().Field(m.index), &m.codec, &m.limits); err != nil {
		return err
	}
	v.Set(value)
	return nil
}

// unionHolder returns the Go type for one member of a union, nil when there is none.
func (s *Service) unionHolder(union reflect.Type, name string) reflect.Type {
	for _, u := range s.Unions {
		t := reflect.TypeOf(u)
		if unionMember(union, t.Elem()) == name && t.Implements(union) {
			return t.Elem()
		}
	}
	return nil
}

// scalar reads a string, number or boolean.
func (d *decoder) scalar(v reflect.Value, c *codec, l *limits) error {
	raw, err := d.json.ReadValue()
	if err != nil {
		return d.broken(err)
	}
	switch kind := raw.Kind(); {
	case c.kind == kindString && kind == '"':
		s := d.unquote(raw)
		v.SetString(s)
		d.text(s, c, l)
	case c.kind == kindBool && (kind == 't' || kind == 'f'):
		v.SetBool(kind == 't')
	case c.kind == kindInt && kind == '0':
		d.integer(v, string(raw), l)
	case c.kind == kindFloat:
		f, ok := float(raw, c.typ.Bits())
		switch {
		case !ok:
			d.wrong(c.rule())
		case d.checks && !l.value.allowFloat(f):
			d.unacceptable("must be " + l.value.String())
		}
		v.SetFloat(f)
	case c.kind == kindTime && c.iso && kind == '"':
		at, err := time.Parse(time.RFC3339Nano, d.unquote(raw))
		if err != nil {
			d.wrong(c.rule())
		}
		v.Set(reflect.ValueOf(at.UTC()))
	case c.kind == kindTime && !c.iso && kind == '0':
		f, ok := float(raw, 64)
		if !ok || math.Abs(f) > maxSeconds {
			d.wrong(c.rule())
			break
		}
		v.Set(reflect.ValueOf(time.UnixMilli(int64(math.Round(f * 1000))).UTC()))
	default:
		d.wrong(c.rule())
	}
	return nil
}

// integer takes a whole number, written with or without fraction and exponent.
func (d *decoder) integer(v reflect.Value, s string, l *limits) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		f, _ := strconv.ParseFloat(s, 64)
		n = int64(f)
		if f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
			d.wrong("must be a whole number")
			return
		}
	}
	switch {
	case d.checks && !l.value.allow(n):
		d.unacceptable("must be " + l.value.String())
	case v.OverflowInt(n):
		d.wrong("is too big a number")
	default:
		v.SetInt(n)
	}
}

// float takes a number, or one of the three words restJson1 has for what JSON lacks.
func float(raw jsontext.Value, bits int) (float64, bool) {
	switch string(raw) {
	case `"NaN"`:
		return math.NaN(), true
	case `"Infinity"`:
		return math.Inf(1), true
	case `"-Infinity"`:
		return math.Inf(-1), true
	}
	if raw.Kind() != '0' {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(raw), bits)
	return f, err == nil
}

// unquote returns the text of a JSON string whose syntax has been checked.
func (d *decoder) unquote(quoted jsontext.Value) string {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1])
	}
	d.scratch, _ = jsontext.AppendUnquote(d.scratch[:0], quoted)
	return string(d.scratch)
}

// text checks a string.
func (d *decoder) text(s string, c *codec, l *limits) {
	if !d.checks {
		return
	}
	if strings.IndexByte(s, 0) >= 0 {
		d.wrong("must not hold the character U+0000")
	}
	if !allowLength(s, l.length) {
		d.wrong("must have " + l.length.String() + " characters")
	}
	if l.form != nil && !l.form.allow(s) {
		d.unacceptable(l.form.rule)
	}
	if c.enum != nil {
		for _, known := range c.enum {
			if s == known {
				return
			}
		}
		d.unacceptable("must be one of " + strings.Join(c.enum, ", "))
	}
}

// key checks a key of a map.
func (d *decoder) key(key string, l *limits) {
	if !d.checks {
		return
	}
	if strings.IndexByte(key, 0) >= 0 {
		d.wrong("must not hold the character U+0000 in its key")
	}
	if !allowLength(key, l.keyLength) {
		d.wrong("must have " + l.keyLength.String() + " characters in its key")
	}
	if l.keys != nil && !l.keys.allow(key) {
		d.unacceptable("is not a key: it " + l.keys.rule)
	}
}

// count checks the number of entries of a list or map. Empty is the same as absent.
func (d *decoder) count(n int, l *limits) {
	if d.checks && (n > 0 || l.filled) && !l.count.allow(int64(n)) {
		d.wrong("must have " + l.count.String() + " entries")
	}
}

// allowLength tells whether a string has an allowed number of characters.
func allowLength(s string, b bounds) bool {
	if !b.set || b.min <= int64(len(s)+utf8.UTFMax-1)/utf8.UTFMax && int64(len(s)) <= b.max {
		return true // whatever the characters are
	}
	return b.allow(int64(utf8.RuneCountInString(s)))
}
