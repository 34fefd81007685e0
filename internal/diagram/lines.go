package diagram

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/openparley/parley/internal/flow"
)

// piece is a part of a line, between two vertices. Lines that share their way share it.
type piece struct {
	path     string
	tip      string // the head of the arrow, where the line enters a card
	failing  bool
	branches []flow.Edge
}

func (d *drawing) lines() {
	leave, enter := d.ports()
	var order [][2]int
	pieces := map[[2]int]*piece{}
	put := func(a, b int, k *link, path, tip string) {
		p := pieces[[2]int{a, b}]
		if p == nil {
			p = &piece{path: path, tip: tip, failing: k.failing}
			pieces[[2]int{a, b}] = p
			order = append(order, [2]int{a, b})
		}
		p.branches = append(p.branches, k.branches...)
	}
	for i := range d.links {
		k := &d.links[i]
		from, to := &d.vertices[k.from], &d.vertices[k.to]
		x, y := leave[i], from.bottom()
		if k.back {
			path, tip := d.loop(k, x, enter[[2]int{k.path[len(k.path)-1], k.to}])
			put(k.from, k.path[0], k, path, tip)
			continue
		}
		last := k.from
		for _, v := range append(slices.Clone(k.path), k.to) {
			p := &d.vertices[v]
			if v == k.to {
				end := enter[[2]int{last, v}]
				put(last, v, k, curve(x, y, d.spans[from.layer].bottom, end, d.spans[p.layer].top, to.top()-6), tip(end, to.top()))
				break
			}
			s := d.spans[p.layer]
			put(last, v, k, curve(x, y, d.spans[p.layer-1].bottom, p.x, s.top, s.top), "")
			if s.bottom > s.top {
				put(v, v, k, fmt.Sprintf("M%.1f %.1fV%.1f", p.x, s.top, s.bottom), "")
			}
			x, y, last, from = p.x, s.bottom, v, p
		}
	}
	// What was taken is drawn above what was not, and what goes well above errors.
	slices.SortStableFunc(order, func(a, b [2]int) int { return d.above(pieces[a]) - d.above(pieces[b]) })
	for _, at := range order {
		p := pieces[at]
		class := "line" + d.seen(p.branches)
		if p.failing {
			class += " failing"
		}
		var titles []string
		for _, e := range p.branches {
			titles = append(titles, e.From+": "+e.Branch+" → "+e.To)
		}
		d.printf(`<g class="%s"><title>%s</title><path class="way" d="%s"/>`, class, escape(strings.Join(titles, "; ")), p.path)
		if p.tip != "" {
			d.printf(`<path class="tip" d="%s"/>`, p.tip)
		}
		d.printf("</g>\n")
	}
	if i := slices.IndexFunc(d.graph.Nodes, func(n flow.Node) bool { return n.Identifier == d.graph.Start }); i >= 0 {
		v := &d.vertices[i]
		d.printf(`<g class="line seen"><path class="way" d="M%.0f %.0fV%.0f"/><path class="tip" d="%s"/></g>`, v.x, v.top()-34, v.top()-6, tip(v.x, v.top()))
		d.printf(`<circle class="start" cx="%.0f" cy="%.0f" r="7"><title>Start</title></circle>`+"\n", v.x, v.top()-38)
	}
}

// above is the place of a piece among those that are drawn one over the other.
func (d *drawing) above(p *piece) (n int) {
	if d.seen(p.branches) != "" {
		n = 2
	}
	if !p.failing {
		n++
	}
	return n
}

// curve leads from (x1, y1) straight down to a, smoothly to (x2, b), and straight down to y2.
func curve(x1, y1, a, x2, b, y2 float64) string {
	if x1 == x2 {
		return fmt.Sprintf("M%.1f %.1fV%.1f", x1, y1, y2)
	}
	middle := (a + b) / 2
	before, after := "", ""
	if a > y1 {
		before = fmt.Sprintf("V%.1f", a)
	}
	if y2 > b {
		after = fmt.Sprintf("V%.1f", y2)
	}
	return fmt.Sprintf("M%.1f %.1f%sC%.1f %.1f %.1f %.1f %.1f %.1f%s", x1, y1, before, x1, middle, x2, middle, x2, b, after)
}

// tip is the head of an arrow that points down at a place.
func tip(x, y float64) string {
	return fmt.Sprintf("M%.1f %.1fl-4.5 -8h9z", x, y)
}

// loop leads from below a card up a lane and from above into a card.
func (d *drawing) loop(k *link, x, end float64) (path, head string) {
	from, to := &d.vertices[k.from], &d.vertices[k.to]
	lane := &d.vertices[k.path[0]]
	low, high := d.spans[from.layer].bottom, d.spans[to.layer].top
	var b strings.Builder
	fmt.Fprintf(&b, "M%.1f %.1f", x, from.bottom())
	turn(&b, x, lane.x, low+k.dip, 1)
	y := low
	for i, v := range k.path {
		p := &d.vertices[v]
		s := d.spans[p.layer]
		if i > 0 && p.x != lane.x {
			middle := (y + s.bottom) / 2
			fmt.Fprintf(&b, "V%.1fC%.1f %.1f %.1f %.1f %.1f %.1f", y, lane.x, middle, p.x, middle, p.x, s.bottom)
		}
		fmt.Fprintf(&b, "V%.1f", s.top)
		y, lane = s.top, p
	}
	turn(&b, lane.x, end, high-k.rise, -1)
	fmt.Fprintf(&b, "V%.1f", to.top()-6)
	return b.String(), tip(end, to.top())
}

// turn leads down (1) or up (-1) to y, across and back, with round corners.
func turn(b *strings.Builder, x1, x2, y, down float64) {
	r := min(8, math.Abs(x2-x1)/2)
	side := math.Copysign(r, x2-x1)
	fmt.Fprintf(b, "V%.1fQ%.1f %.1f %.1f %.1fH%.1fQ%.1f %.1f %.1f %.1f", y-r*down, x1, y, x1+side, y, x2-side, x2, y, x2, y-r*down)
}

// ports chooses where lines leave and enter cards: straight below or above where they come from, if there is room, and not too near to each
// other. Lines that leave are known by their number, those that enter by the vertex before the card and the card.
func (d *drawing) ports() (leave []float64, enter map[[2]int]float64) {
	type port struct {
		id   int // of the link
		want float64
	}
	out, in := make([][]port, len(d.graph.Nodes)), make([][]port, len(d.graph.Nodes))
	leave, enter = make([]float64, len(d.links)), map[[2]int]float64{}
	last := func(k *link) int {
		if len(k.path) == 0 {
			return k.from
		}
		return k.path[len(k.path)-1]
	}
	for i := range d.links {
		k := &d.links[i]
		first := k.to
		if len(k.path) > 0 {
			first = k.path[0]
		}
		out[k.from] = append(out[k.from], port{i, d.vertices[first].x})
		if key := [2]int{last(k), k.to}; enter[key] == 0 {
			enter[key] = 1
			in[k.to] = append(in[k.to], port{i, d.vertices[last(k)].x})
		}
	}
	spread := func(v *vertex, ports []port) []float64 {
		slices.SortStableFunc(ports, func(a, b port) int { return cmp.Compare(a.want, b.want) })
		low, high := v.x-v.w/2+portMargin, v.x+v.w/2-portMargin
		gap := min(portGap, (high-low)/float64(max(len(ports)-1, 1)))
		xs := make([]float64, len(ports))
		for i, p := range ports {
			xs[i] = min(max(p.want, low+gap*float64(i)), high-gap*float64(len(ports)-1-i))
			if i > 0 {
				xs[i] = max(xs[i], xs[i-1]+gap)
			}
		}
		return xs
	}
	for n := range d.graph.Nodes {
		v := &d.vertices[n]
		for i, x := range spread(v, out[n]) {
			leave[out[n][i].id] = x
		}
		for i, x := range spread(v, in[n]) {
			k := &d.links[in[n][i].id]
			enter[[2]int{last(k), k.to}] = x
		}
	}
	return leave, enter
}
