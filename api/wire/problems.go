package wire

import (
	"strconv"
	"strings"
)

// maxProblems is the size in bytes up to which problems are told; the message of ValidationException has at most 2000
// characters by the model.
const maxProblems = 1500

// maxStep is how much of a name is shown in a path, in bytes.
const maxStep = 64

// problems is what is wrong with a document.
type problems struct {
	text    strings.Builder
	isShape bool // one of them is of the shape
}

func (p *problems) shape(text string) {
	p.isShape = true
	p.add(text)
}

func (p *problems) add(text string) {
	switch {
	case p.text.Len() >= maxProblems:
		return
	case p.text.Len() > 0:
		p.text.WriteString("; ")
	}
	p.text.WriteString(text)
}

// wrong notes a problem with the shape of the value read.
func (d *decoder) wrong(text string) { d.problems.shape(d.where() + " " + text) }

// unacceptable notes a problem with a well-formed value.
func (d *decoder) unacceptable(text string) { d.problems.add(d.where() + " " + text) }

// where writes the path of the value read: ParticipantDetails.DisplayName, DisconnectOnCustomerExit[0].
func (d *decoder) where() string {
	var b strings.Builder
	for i, s := range d.path {
		if s.name == "" && i > 0 {
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
			continue
		}
		if i > 0 {
			b.WriteByte('.')
		}
		name := s.name
		if len(name) > maxStep {
			name = strings.ToValidUTF8(name[:maxStep], "") + "…"
		}
		b.WriteString(name)
	}
	return b.String()
}

// rule says what a value must be.
func (c *codec) rule() string {
	switch c.kind {
	case kindString:
		return "must be a string"
	case kindInt:
		return "must be a whole number"
	case kindBool:
		return "must be true or false"
	case kindFloat:
		return "must be a number"
	case kindTime:
		if c.iso {
			return "must be a time as 2006-01-02T15:04:05.000Z"
		}
		return "must be a number, the seconds since 1970"
	case kindList:
		return "must be a list"
	default:
		return "must be an object"
	}
}
