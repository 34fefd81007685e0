// Package play parses and runs plays: conversations written down so that anyone can read them, which any server that claims the
// contract can be asked to repeat.
//
// A play is a txtar archive. Its comment is the conversation; its files are the contact flows that it uses, by name, and outside.yaml, if there
// is something outside that they ask. A line without ">" is done, a line with ">" is what an actor sees:
//
//	# The customer does not answer; the flow says goodbye after five minutes.
//	0s     customer   starts welcome
//	0s     customer > EVENT participant.joined CUSTOMER
//	0s     customer > SYSTEM "Anything else?"
//	5m0s   customer > SYSTEM "Goodbye"
//	5m0s   customer > EVENT chat.ended
//	5m0s   -          end
//
// Comments may set when it begins (Play.At), whose view it tells (Play.SeenBy) and how exact its times are (Play.Within). Recordings of real
// chats, which Recording writes, set all three.
//
// The first column is the time since the beginning. Before a line is done, time moves on to it; a seen line carries the time of the
// item. Verbs stand in verbs.go.
package play

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"golang.org/x/tools/txtar"
)

// A Play is a parsed conversation with its flows.
type Play struct {
	About []string // the comment lines at its head, without "#"
	Lines []Line
	Flows []Flow

	// At is when it begins, as a comment "# at 2026-12-24T18:00:00Z" says; zero: any time.
	At time.Time

	// SeenBy is the only actor of whom it is written what was seen, but for typing and receipts, as a comment "# seen by customer" says; empty:
	// of all it is, and all.
	SeenBy string

	// Within is how far from its time a line may be seen, as a comment "# times within 10s" says.
	Within time.Duration

	// Outside says what functions and bots answer whom the flows ask; nil: there are none. Its form is that of package mock.
	Outside []byte
}

// outside is the file of a play that is no flow.
const outside = "outside.yaml"

// A Line is one line of a conversation.
type Line struct {
	Number int // in the file, from 1
	At     time.Duration
	Actor  string
	Seen   bool
	Text   string // what is done or seen
}

// A Flow is a contact flow of the play. Its type comes from the file name: "hold.CUSTOMER_QUEUE.json" is a flow "hold" of type
// CUSTOMER_QUEUE; without a type it is a CONTACT_FLOW. "orders.MODULE.json" is a flow module, for which "orders.SETTINGS.json" before it is
// the contract.
type Flow struct {
	Name, Type, Content string

	Line int // of the archive, before the first of the content
}

// Parse reads a play.
func Parse(data []byte) (*Play, error) {
	a := txtar.Parse(data)
	p := &Play{}
	for i, line := range strings.Split(string(a.Comment), "\n") {
		line = strings.TrimRight(line, " \t\r")
		if line == "" {
			continue
		}
		if about, ok := strings.CutPrefix(line, "#"); ok {
			if len(p.Lines) > 0 {
				return nil, fmt.Errorf("line %d: a comment stands at the head of a play", i+1)
			}
			p.About = append(p.About, strings.TrimPrefix(about, " "))
			if err := p.setting(about); err != nil {
				return nil, fmt.Errorf("line %d: %w", i+1, err)
			}
			continue
		}
		l, err := parseLine(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		l.Number = i + 1
		p.Lines = append(p.Lines, l)
	}
	line := bytes.Count(a.Comment, []byte("\n"))
	for _, f := range a.Files {
		line++ // that of its name
		start := line
		line += bytes.Count(f.Data, []byte("\n"))
		if f.Name == outside {
			p.Outside = f.Data
			continue
		}
		name, ok := strings.CutSuffix(f.Name, ".json")
		if !ok {
			return nil, fmt.Errorf("file %s: a flow's name ends in .json", f.Name)
		}
		flow := Flow{Content: string(f.Data), Line: start}
		flow.Name, flow.Type, ok = strings.Cut(name, ".")
		if !ok {
			flow.Type = "CONTACT_FLOW"
		}
		p.Flows = append(p.Flows, flow)
	}
	return p, nil
}

// setting reads a comment that is more than a comment. One that only begins like one, such as a sentence, is none.
func (p *Play) setting(about string) (err error) {
	words := strings.Fields(about)
	switch {
	case len(words) == 2 && words[0] == "at":
		if p.At, err = time.Parse(time.RFC3339, words[1]); err != nil {
			return fmt.Errorf("at %s: when it begins is written as 2026-12-24T18:00:00Z", words[1])
		}
	case len(words) == 3 && words[0] == "seen" && words[1] == "by":
		p.SeenBy = words[2]
	case len(words) == 3 && words[0] == "times" && words[1] == "within":
		if p.Within, err = time.ParseDuration(words[2]); err != nil || p.Within < 0 {
			return fmt.Errorf("times within %s: how far they may be apart is written as 10s", words[2])
		}
	}
	return nil
}

func parseLine(line string) (l Line, err error) {
	at, rest, ok := strings.Cut(line, " ")
	if !ok {
		return l, fmt.Errorf("%q: want a time, an actor and what is done or seen", line)
	}
	if l.At, err = time.ParseDuration(at); err != nil {
		return l, err
	}
	l.Actor, rest, _ = strings.Cut(strings.TrimLeft(rest, " "), " ")
	rest = strings.TrimLeft(rest, " ")
	if seen, ok := strings.CutPrefix(rest, ">"); ok {
		l.Seen, rest = true, strings.TrimLeft(seen, " ")
	}
	if l.Text = rest; l.Text == "" {
		return l, fmt.Errorf("%q: nothing is done or seen", line)
	}
	return l, nil
}

// Same reports whether something was seen or done as the play says, as far as it cares for times.
func (p *Play) Same(says, was Line) bool {
	if says.String() == was.String() {
		return true
	}
	return says.Seen && was.Seen && says.Actor == was.Actor && says.Text == was.Text && (says.At-was.At).Abs() <= p.Within
}

func (l Line) String() string {
	mark := " "
	if l.Seen {
		mark = ">"
	}
	return fmt.Sprintf("%-8s %-8s %s %s", shortDuration(l.At), l.Actor, mark, l.Text)
}

// shortDuration drops the zero units that Go's form carries: "1h0m0s" is "1h".
func shortDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// Format writes a play with other lines: what a run saw in place of what the file says.
func Format(original []byte, lines []Line) []byte {
	a := txtar.Parse(original)
	var b bytes.Buffer
	for _, line := range strings.SplitAfter(string(a.Comment), "\n") {
		if strings.HasPrefix(line, "#") {
			b.WriteString(line)
		}
	}
	for _, l := range lines {
		b.WriteString(l.String() + "\n")
	}
	b.WriteString("\n")
	a.Comment = b.Bytes()
	return txtar.Format(a)
}
