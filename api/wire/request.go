package wire

import (
	"errors"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"unicode/utf8"

	smithytime "github.com/aws/smithy-go/time"
)

// DecodeRequest reads and checks a request. Its error is what the service answers: InvalidShape when something is
// malformed, missing or too long, else InvalidValue, or the other of the two when that is not an error of the
// operation; the message names all members at fault. An empty body is an empty object and a null member an absent
// one. Unknown members are passed over, those given twice refused.
func (op *Operation[In, Out]) DecodeRequest(r *Request) (*In, error) {
	in := new(In)
	v, p := reflect.ValueOf(in).Elem(), planOf(reflect.TypeFor[In]())
	d := newDecoder(r.Body, op.Service, true)
	defer d.free()
	d.bind(v, p, r)
	if len(p.body) > 0 {
		d.document(r.Body, v, p)
	}
	if d.problems.text.Len() > 0 {
		return nil, op.refuse(&d.problems)
	}
	return in, nil
}

func (op *Operation[In, Out]) refuse(p *problems) error {
	invalid, otherwise := op.Service.InvalidValue, op.Service.InvalidShape
	if p.isShape {
		invalid, otherwise = otherwise, invalid
	}
	err := invalid(p.text.String())
	e, ok := errors.AsType[Exception](err)
	if ok && slices.ContainsFunc(op.Errors, func(m Exception) bool { return m.ErrorCode() == e.ErrorCode() }) {
		return err
	}
	return otherwise(p.text.String())
}

// bind reads the members that are outside the body.
func (d *decoder) bind(v reflect.Value, p *plan, r *Request) {
	var query url.Values
	for _, m := range p.bound {
		var texts []string
		switch m.place {
		case inPath:
			for _, l := range r.Labels {
				if l.Name == m.name {
					texts = []string{l.Value}
				}
			}
		case inHeader:
			texts = r.Header.Values(m.name)
		case inQuery:
			if query == nil {
				var err error
				if query, err = url.ParseQuery(r.RawQuery); err != nil {
					d.problems.shape("The query is not well-formed")
				}
			}
			texts = query[m.name]
		}
		d.path = append(d.path[:0], step{name: m.field})
		if len(texts) > 0 {
			d.parts(v.Field(m.index), m, texts)
		} else if m.required {
			d.wrong("is required")
		}
	}
	d.path = d.path[:0]
}

// parts sets a member from the texts of its part of the request; but for a list the first counts.
func (d *decoder) parts(v reflect.Value, m *member, texts []string) {
	if m.kind != kindList {
		d.part(v, &m.codec, &m.limits, texts[0])
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(texts), len(texts)))
	for i, text := range texts {
		d.path = append(d.path, step{index: i})
		d.part(v.Index(i), m.elem, &m.limits, text)
		d.path = d.path[:len(d.path)-1]
	}
	d.count(len(texts), &m.limits)
}

func (d *decoder) part(v reflect.Value, c *codec, l *limits, text string) {
	if c.ptr {
		p := reflect.New(c.typ)
		v.Set(p)
		v = p.Elem()
	}
	switch {
	case c.kind == kindInt:
		if _, err := strconv.ParseInt(text, 10, 64); err != nil {
			d.wrong(c.rule())
			return
		}
		d.integer(v, text, l)
	case c.kind == kindTime:
		at, err := smithytime.ParseHTTPDate(text)
		if err != nil {
			d.wrong("must be a time as Mon, 02 Jan 2006 15:04:05 GMT")
			return
		}
		v.Set(reflect.ValueOf(at.UTC()))
	case !utf8.ValidString(text):
		d.wrong("must be UTF-8")
	default:
		v.SetString(text)
		d.text(text, c, l)
	}
}
