package suite

import (
	"cmp"
	"maps"
	"slices"

	"github.com/openparley/parley/internal/diagram"
	"github.com/openparley/parley/internal/flow"
)

type branch = diagram.Branch

// way is which way runs took through a flow.
type way struct {
	path, flowType string
	flow           *flow.Flow
	line           int // lines of the file before the flow
	visits         map[string]int
	taken          map[branch]int
}

func newWay(path, flowType string, f *flow.Flow, line int) *way {
	return &way{path: path, flowType: flowType, flow: f, line: line, visits: map[string]int{}, taken: map[branch]int{}}
}

// Coverage is which branches of flows were taken.
type Coverage struct{ ways map[string]*way }

// Add counts what a case did.
func (c *Coverage) Add(r *Result) {
	for _, w := range r.all {
		all := c.way(w.path, func() *way { return newWay(w.path, w.flowType, w.flow, w.line) })
		for id, n := range w.visits {
			all.visits[id] += n
		}
		for b, n := range w.taken {
			all.taken[b] += n
		}
	}
}

func (c *Coverage) way(path string, make func() *way) *way {
	if c.ways == nil {
		c.ways = map[string]*way{}
	}
	if c.ways[path] == nil {
		c.ways[path] = make()
	}
	return c.ways[path]
}

// FlowCoverage is which branches of one flow were taken. Branches that no run can take do not count.
type FlowCoverage struct {
	Path    string
	Taken   int
	All     int
	Missing []Missing // in the order of the text
	Graph   flow.Graph
	Overlay *diagram.Overlay
}

// Missing is a branch that was not taken.
type Missing struct {
	Line     int // of the action
	Action   string
	Branch   string
	LeadsTo  string
	NotThere bool // the action itself did not run
}

// Flows is the coverage of each flow, in the order of their files.
func (c *Coverage) Flows() []FlowCoverage {
	var all []FlowCoverage
	for _, path := range slices.Sorted(maps.Keys(c.ways)) {
		all = append(all, c.ways[path].coverage())
	}
	return all
}

func (w *way) coverage() FlowCoverage {
	f := FlowCoverage{Path: w.path, Graph: w.flow.Graph(w.flowType), Overlay: &diagram.Overlay{Visits: w.visits, Taken: w.taken, Coverage: true}}
	at := map[string]flow.Node{}
	for _, n := range f.Graph.Nodes {
		at[n.Identifier] = n
	}
	counted := map[branch]bool{}
	for _, e := range f.Graph.Edges {
		b := branch{From: e.From, Branch: e.Branch}
		if e.Unused || !at[e.From].Reachable || counted[b] {
			continue
		}
		counted[b] = true
		f.All++
		if w.taken[b] > 0 {
			f.Taken++
			continue
		}
		f.Missing = append(f.Missing, Missing{at[e.From].Line + w.line, e.From, e.Branch, e.To, w.visits[e.From] == 0})
	}
	slices.SortStableFunc(f.Missing, func(a, b Missing) int { return cmp.Compare(a.Line, b.Line) })
	return f
}

// Percent of the branches of all these flows; 100 where there are none.
func Percent(flows ...FlowCoverage) float64 {
	taken, all := 0, 0
	for _, f := range flows {
		taken, all = taken+f.Taken, all+f.All
	}
	if all == 0 {
		return 100
	}
	return 100 * float64(taken) / float64(all)
}
