// Package diagram draws flows as pictures: cards for actions, from the start downwards, and lines for branches.
//
// The layout is a layered one: lines that lead back are found, cards get layers, the order in each layer is chosen so that few lines
// cross, and cards stand above the middle of what follows. The same flow gives the same picture.
package diagram

import (
	"bytes"
	_ "embed"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/openparley/parley/internal/flow"
)

// Style is the style sheet of a picture, for pages that show pictures without one of their own.
//
//go:embed style.css
var Style string

// Branch names a branch of an action, as traces do.
type Branch struct{ From, Branch string }

// Overlay is what is known of runs of the flow.
type Overlay struct {
	Current string         // identifier of the action at which a run stands; may be empty
	Visits  map[string]int // how often each action ran, by its identifier
	Taken   map[Branch]int // how often each branch was taken

	// Coverage says that what did not run is missing, not only still to come.
	Coverage bool
}

// Options say how a picture looks.
type Options struct {
	Title   string   // name of the flow
	Overlay *Overlay // nil: none

	// Inline leaves out heading and style sheet: the page around has them.
	Inline bool
}

// SVG draws a flow.
func SVG(g flow.Graph, o Options) []byte {
	d := &drawing{layout: newLayout(g), Options: o}
	d.svg()
	return d.out.Bytes()
}

// drawing is a picture under way.
type drawing struct {
	*layout
	Options

	out  bytes.Buffer
	down float64 // how far everything is moved down, for the heading
}

func (d *drawing) printf(format string, args ...any) { fmt.Fprintf(&d.out, format, args...) }

// escape writes a text for XML.
func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(printable(s))) // a Builder takes everything
	return b.String()
}

func (d *drawing) svg() {
	const start = 34 // room for the mark of the start
	head := 0.0
	if !d.Inline {
		head = 46
	}
	width, height := max(d.width, 440), d.height+start+head
	d.down = start + head
	class := "flow"
	if d.Overlay != nil {
		class += " lit"
		if d.Overlay.Coverage {
			class = "flow covering lit"
		}
	}
	d.printf(`<svg xmlns="http://www.w3.org/2000/svg" class="%s" role="img" aria-labelledby="flow-title flow-desc" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f">`+"\n",
		class, width, height, width, height)
	d.printf("<title id=\"flow-title\">%s</title>\n<desc id=\"flow-desc\">%s</desc>\n", escape(d.name()), escape(d.describe()))
	if !d.Inline {
		d.printf("<style>\n:root { color-scheme: light dark }\n%s</style>\n", Style)
		d.printf(`<rect class="paper" width="100%%" height="100%%"/>` + "\n")
		d.printf(`<text class="heading" x="%d" y="40">%s</text>`+"\n", margin, escape(d.name()))
		d.printf(`<text class="about" x="%d" y="58">%s</text>`+"\n", margin, escape(d.about()))
	}
	d.printf("<g transform=\"translate(0 %.0f)\">\n", d.down)
	d.lines()
	d.chips()
	for i := range d.graph.Nodes {
		d.card(i)
	}
	d.printf("</g>\n</svg>\n")
}

func (d *drawing) name() string {
	if d.Title == "" {
		return "Flow"
	}
	return d.Title
}

// about is the line below the heading.
func (d *drawing) about() string {
	actions, branches := 0, 0
	for _, n := range d.graph.Nodes {
		if !n.Missing {
			actions++
		}
	}
	for _, e := range d.graph.Edges {
		if !e.Unused {
			branches++
		}
	}
	about := counted(actions, "action") + ", " + counted(branches, "branch") + " · dashed lines: errors"
	if d.Overlay != nil && d.Overlay.Coverage {
		seen, taken := 0, 0
		for _, n := range d.graph.Nodes {
			if !n.Missing && d.Overlay.Visits[n.Identifier] > 0 {
				seen++
			}
		}
		for _, e := range d.graph.Edges {
			if !e.Unused && d.Overlay.Taken[Branch{e.From, e.Branch}] > 0 {
				taken++
			}
		}
		about += " · ran: " + counted(seen, "action") + ", " + counted(taken, "branch")
	}
	return about
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if strings.HasSuffix(noun, "ch") {
		noun += "e"
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// describe says in words what the picture shows, for those who do not see it.
func (d *drawing) describe() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s. It starts at %s.", d.about(), d.graph.Start)
	out := map[string][]flow.Edge{}
	for _, e := range d.graph.Edges {
		if !e.Unused {
			out[e.From] = append(out[e.From], e)
		}
	}
	for i, n := range d.graph.Nodes {
		if n.Missing {
			continue
		}
		fmt.Fprintf(&b, " %s: %s", n.Identifier, words(n.Type))
		if n.Label != "" {
			fmt.Fprintf(&b, ", %s", strings.TrimRight(n.Label, "."))
		}
		b.WriteByte('.')
		if note := d.cards[i].note; note != "" {
			fmt.Fprintf(&b, " %s.", note)
		}
		for _, e := range out[n.Identifier] {
			fmt.Fprintf(&b, " %s leads to %s.", e.Branch, e.To)
		}
		if o := d.Overlay; o != nil {
			switch {
			case n.Identifier == o.Current:
				b.WriteString(" The contact is here.")
			case o.Visits[n.Identifier] > 0:
				fmt.Fprintf(&b, " It ran %s.", counted(o.Visits[n.Identifier], "time"))
			}
		}
	}
	return b.String()
}

// seen returns a class for a line that stands for branches, if one of them was taken.
func (d *drawing) seen(branches []flow.Edge) string {
	if d.Overlay != nil && slices.ContainsFunc(branches, func(e flow.Edge) bool { return d.Overlay.Taken[Branch{e.From, e.Branch}] > 0 }) {
		return " seen"
	}
	return ""
}

func (d *drawing) chips() {
	for i := range d.links {
		k := &d.links[i]
		if k.label == "" {
			continue
		}
		v := &d.vertices[k.path[0]]
		class := "chip" + d.seen(k.branches)
		if k.failing {
			class += " failing"
		}
		lines := chipLabel(k.label)
		d.printf(`<g class="%s"><rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="8"/>`, class, v.x-v.w/2, v.top(), v.w, v.h)
		for j, line := range lines {
			d.printf(`<text x="%.1f" y="%.1f">%s</text>`, v.x, v.top()+14+14*float64(j), escape(line))
		}
		d.printf("</g>\n")
	}
}

func (d *drawing) card(i int) {
	n, c, v := &d.graph.Nodes[i], &d.cards[i], &d.vertices[i]
	class := "card " + c.kind
	if n.Unsupported && !n.Missing {
		class += " idle"
	}
	if !n.Reachable {
		class += " apart"
	}
	visits := 0
	if o := d.Overlay; o != nil {
		visits = o.Visits[n.Identifier]
		if visits > 0 {
			class += " seen"
		}
		if n.Identifier == o.Current {
			class += " seen now"
		}
	}
	radius := 8.0
	if n.Terminal {
		radius = min(v.h/2, 24)
	}
	x, y := v.x-v.w/2, v.top()
	d.printf(`<g class="%s" data-action="%s"><rect class="box" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="%.1f"/>`, class, escape(n.Identifier), x, y, v.w, v.h, radius)
	if n.Line > 0 {
		d.printf(`<title>%s, line %d</title>`, escape(n.Type), n.Line)
	}
	if !n.Terminal {
		d.printf(`<rect class="stripe" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="2.5"/>`, x+6, y+radius, stripe, v.h-2*radius)
	}
	left, at := x+stripe+cardPadding, y+cardPadding-4
	text := func(class string, step, base float64, s string) {
		d.printf(`<text class="%s" x="%.1f" y="%.1f">%s</text>`, class, left, at+base, escape(s))
		at += step
	}
	if c.over != "" {
		text("over", 15, 11, c.over)
	}
	for _, line := range c.title {
		text("title", 18, 13, line)
	}
	for _, line := range c.label {
		text("label", 16, 13, line)
	}
	if c.note != "" {
		text("note", 16, 13, c.note)
	}
	if n.Suspends {
		cx, cy := x+v.w-17, y+17
		d.printf(`<g class="icon"><title>A run may wait here</title><circle cx="%.1f" cy="%.1f" r="6"/><path d="M%.1f %.1fv-3.4M%.1f %.1fh2.6"/></g>`, cx, cy, cx, cy, cx, cy)
	}
	switch {
	case d.Overlay != nil && n.Identifier == d.Overlay.Current:
		d.badge(x+v.w, y, "here")
	case visits > 1:
		d.badge(x+v.w, y, "×"+strconv.Itoa(visits))
	}
	d.printf("</g>\n")
}

// badge stands on the right upper corner of a card.
func (d *drawing) badge(x, y float64, s string) {
	w := textWidth(s, smallSize, true) + 14
	d.printf(`<g class="badge"><rect x="%.1f" y="%.1f" width="%.1f" height="18" rx="9"/><text x="%.1f" y="%.1f">%s</text></g>`,
		x-w+6, y-9, w, x+6-w/2, y+4, escape(s))
}
