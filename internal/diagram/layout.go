package diagram

import (
	"slices"

	"github.com/openparley/parley/internal/flow"
)

// vertex is something with a place: a card, the label of a branch, or a point that a line passes on its way through a layer.
type vertex struct {
	node  int    // of the graph; -1: a label or a point
	label string // of a branch
	layer int
	pos   int // in its layer, from the left
	w, h  float64
	x, y  float64 // of its centre

	up, down []int // vertices in the layers above and below that a line leads to
	lane     bool  // a line goes up here
}

func (v *vertex) top() float64    { return v.y - v.h/2 }
func (v *vertex) bottom() float64 { return v.y + v.h/2 }

// link is a line as it is drawn: all branches of one action that lead to the same one.
type link struct {
	from, to int // nodes of the graph, which are the first vertices
	branches []flow.Edge
	failing  bool // there are only errors in it
	label    string
	back     bool // leads to an earlier layer, or to its own card

	// dip and rise are how far below and above the cards a line that goes back turns.
	dip, rise float64

	path []int // vertices between from and to; of a line that goes back the lane, from below upwards
}

// layout places a graph.
type layout struct {
	graph    flow.Graph
	cards    []card // of the nodes
	vertices []vertex
	links    []link
	layers   [][]int // vertices from left to right

	spans []span // of the layers

	width, height float64
}

// span is where a layer begins and ends, in pixels from above.
type span struct{ top, bottom float64 }

func newLayout(g flow.Graph) *layout {
	l := &layout{graph: g}
	index := make(map[string]int, len(g.Nodes))
	for i := range g.Nodes {
		index[g.Nodes[i].Identifier] = i
		l.cards = append(l.cards, newCard(&g.Nodes[i]))
		l.vertices = append(l.vertices, vertex{node: i, w: cardWidth, h: l.cards[i].height()})
	}
	l.link(index)
	start, ok := index[g.Start]
	if !ok {
		start = -1
	}
	l.breakCycles(start)
	l.rank()
	l.route()
	l.order()
	l.place()
	return l
}

// link joins the branches of an action that lead to the same one.
func (l *layout) link(index map[string]int) {
	between := map[[2]int]int{}
	for _, e := range l.graph.Edges {
		if e.Unused {
			continue
		}
		key := [2]int{index[e.From], index[e.To]}
		i, ok := between[key]
		if !ok {
			i = len(l.links)
			between[key] = i
			l.links = append(l.links, link{from: key[0], to: key[1], failing: true})
		}
		k := &l.links[i]
		k.branches = append(k.branches, e)
		k.failing = k.failing && fails(e)
	}
	tested := map[int]bool{}
	for _, k := range l.links {
		tested[k.from] = tested[k.from] || slices.ContainsFunc(k.branches, func(e flow.Edge) bool { return e.Kind == flow.ConditionBranch })
	}
	for i := range l.links {
		k := &l.links[i]
		k.label = branchLabel(l.graph.Nodes[k.from].Type, k.branches, tested[k.from])
	}
}

// fails reports whether a branch is that of an error. That no condition held is none.
func fails(e flow.Edge) bool {
	return e.Kind == flow.ErrorBranch && e.Branch != flow.NoMatchingCondition
}

// breakCycles finds the lines that lead back: those to a card that lies on the way to them from the start. What goes well is followed
// first, so that a loop is entered where people would enter it.
func (l *layout) breakCycles(start int) {
	out := make([][]int, len(l.graph.Nodes))
	for _, failing := range []bool{false, true} {
		for i, k := range l.links {
			if k.failing == failing {
				out[k.from] = append(out[k.from], i)
			}
		}
	}
	const unseen, open, done = 0, 1, 2
	state := make([]byte, len(l.graph.Nodes))
	var visit func(int)
	visit = func(n int) {
		state[n] = open
		for _, i := range out[n] {
			k := &l.links[i]
			switch {
			case state[k.to] == open || k.to == start: // what nothing leads to may lead to the start
				k.back = true
			case state[k.to] == unseen:
				visit(k.to)
			}
		}
		state[n] = done
	}
	if start >= 0 {
		visit(start)
	}
	for n := range state {
		if state[n] == unseen {
			visit(n)
		}
	}
}

// rank gives each card a layer below all that lead to it; the layers between are for labels. A card with slack sinks towards what
// follows if more lines lead out of it than in.
func (l *layout) rank() {
	n := len(l.graph.Nodes)
	in, out, waiting := make([][]int, n), make([][]int, n), make([]int, n)
	for _, k := range l.links {
		if !k.back {
			out[k.from] = append(out[k.from], k.to)
			in[k.to] = append(in[k.to], k.from)
			waiting[k.to]++
		}
	}
	var sorted []int
	for i := range n {
		if waiting[i] == 0 {
			sorted = append(sorted, i)
		}
	}
	for at := 0; at < len(sorted); at++ {
		for _, to := range out[sorted[at]] {
			l.vertices[to].layer = max(l.vertices[to].layer, l.vertices[sorted[at]].layer+2)
			if waiting[to]--; waiting[to] == 0 {
				sorted = append(sorted, to)
			}
		}
	}
	for _, i := range slices.Backward(sorted) {
		if len(out[i]) > len(in[i]) && l.graph.Nodes[i].Identifier != l.graph.Start {
			lowest := 1 << 30
			for _, to := range out[i] {
				lowest = min(lowest, l.vertices[to].layer-2)
			}
			l.vertices[i].layer = lowest
		}
	}
}

// route puts points and labels into the layers that lines pass. Lines to the same card with the same meaning share their way.
func (l *layout) route() {
	type way struct {
		to, layer int
		failing   bool
	}
	shared := map[way]int{}
	for i := range l.links {
		k := &l.links[i]
		from, to := l.vertices[k.from].layer, l.vertices[k.to].layer
		if k.back {
			l.routeBack(k, from, to)
			continue
		}
		last := k.from
		for layer := from + 1; layer < to; layer++ {
			if layer == from+1 && k.label != "" {
				last = l.step(k, last, l.add(vertex{node: -1, label: k.label, layer: layer}))
				continue
			}
			w := way{k.to, layer, k.failing}
			point, ok := shared[w]
			if !ok {
				point = l.add(vertex{node: -1, layer: layer})
				shared[w] = point
			}
			last = l.step(k, last, point)
		}
		l.join(last, k.to)
	}
	for i := range l.vertices {
		v := &l.vertices[i]
		for v.layer >= len(l.layers) {
			l.layers = append(l.layers, nil)
		}
		l.layers[v.layer] = append(l.layers[v.layer], i)
	}
}

// routeBack keeps a lane free beside all layers from one card up to the other. Points above and below it hold it near the two.
func (l *layout) routeBack(k *link, from, to int) {
	below := l.add(vertex{node: -1, layer: from + 1, lane: true})
	l.join(k.from, below)
	last := below
	for layer := from; layer >= to; layer-- {
		v := vertex{node: -1, layer: layer, lane: true}
		if layer == from {
			v.label = k.label
		}
		at := l.add(v)
		l.join(at, last)
		k.path = append(k.path, at)
		last = at
	}
	if to > 0 {
		above := l.add(vertex{node: -1, layer: to - 1, lane: true})
		l.join(above, last)
		l.join(above, k.to)
	}
}

func (l *layout) add(v vertex) int {
	v.w = pointWidth
	if v.label != "" {
		v.w, v.h = chipSize(v.label)
	}
	l.vertices = append(l.vertices, v)
	return len(l.vertices) - 1
}

func (l *layout) step(k *link, from, to int) int {
	k.path = append(k.path, to)
	l.join(from, to)
	return to
}

// join says that a line leads between two neighbouring layers.
func (l *layout) join(upper, lower int) {
	u, v := &l.vertices[upper], &l.vertices[lower]
	if !slices.Contains(u.down, lower) {
		u.down = append(u.down, lower)
		v.up = append(v.up, upper)
	}
}
