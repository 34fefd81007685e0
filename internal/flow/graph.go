package flow

import "slices"

// Graph is a flow as tools see it that draw it, count what ran of it or look for what is wrong with it.
type Graph struct {
	Start string // identifier of the first action; empty if the flow names none
	Nodes []Node // as they stand in the text, then those that branches name and the flow does not have
	Edges []Edge // by action, in the order of Nodes; of an action as its branches are tried: conditions, errors, next
}

// Node is an action, or a name that leads nowhere.
type Node struct {
	Identifier string
	Type       string
	Block      string // older name, as the flow log has it
	Label      string // what the action says, sets, tests or calls, in few words; may be empty
	Line       int    // of the content, from 1; 0 if Missing

	Terminal    bool // has no branches
	Suspends    bool // a run may stop here until somebody answers or time has passed
	Unsupported bool // in a chat it does nothing, or takes its error branch
	Reachable   bool // from the start, along branches that can be taken
	Missing     bool // the flow has no action of that name: a run ends here
}

// BranchKind says when a branch is taken.
type BranchKind byte

// Kinds of branches.
const (
	NextBranch BranchKind = iota
	ConditionBranch
	ErrorBranch
)

// Edge is a branch of an action.
type Edge struct {
	From, To string
	Branch   string // as the trace names it: NextAction, "Equals gold", or the type of the error
	Kind     BranchKind

	// Unused says that no run takes the branch: published flows must name a next action where none is ever entered.
	Unused bool
}

// Graph returns the flow as a graph. A flow type, if it is known, tells which actions do nothing in it.
func (f *Flow) Graph(flowType string) Graph {
	root, err := readDocument(f.content)
	if err != nil {
		return Graph{} // it was read once, so this is not possible
	}
	g := Graph{Start: f.start}
	l := labels{root.get("Metadata").get("ActionMetadata")}
	known := map[string]bool{}
	for _, n := range root.get("Actions").list() {
		id := n.get("Identifier").word()
		if id == "" || known[id] {
			continue // as Parse does
		}
		known[id] = true
		a := f.actions[id]
		g.Nodes = append(g.Nodes, Node{
			Identifier: id, Type: a.kind, Block: a.spec.name(a), Label: l.of(n), Line: lineOf(f.content, n.offset),
			Terminal: a.spec != nil && a.spec.terminal, Suspends: suspending[a.kind], Unsupported: !a.works(flowType),
		})
		g.Edges = append(g.Edges, a.edges(n.get("Transitions").get("NextAction") != nil)...)
	}
	if f.start != "" && !known[f.start] {
		known[f.start] = true
		g.Nodes = append(g.Nodes, Node{Identifier: f.start, Missing: true})
	}
	for _, e := range g.Edges {
		if !known[e.To] {
			known[e.To] = true
			g.Nodes = append(g.Nodes, Node{Identifier: e.To, Missing: true})
		}
	}
	g.reach()
	return g
}

// works reports whether an action does something in a chat whose flow is of this type.
func (a *action) works(flowType string) bool {
	_, supported := behaviors[a.kind]
	return a.spec != nil && supported && a.spec.allows(flowType)
}

// suspending are the types of actions at which a run can wait.
var suspending = map[string]bool{
	"Wait": true, "ShowView": true, "AuthenticateParticipant": true, "ConnectParticipantWithLexBot": true, "InvokeLambdaFunction": true,
}

// branching are the types that always have a result to test, and so never just go on.
var branching = []string{
	"Compare", "Loop", "DistributeByPercentage", "Wait", "CheckHoursOfOperation", "CheckMetricData", "ShowView",
	"ConnectParticipantWithLexBot",
}

// leaving are the types whose success ends the run.
var leaving = []string{"TransferContactToQueue", "TransferToFlow", "DequeueContactAndTransferToQueue"}

// edges returns the branches of an action; next says that it names a next action.
func (a *action) edges(next bool) []Edge {
	var edges []Edge
	for _, b := range a.conditions {
		edges = append(edges, Edge{From: a.id, To: b.next, Branch: b.condition.String(), Kind: ConditionBranch})
	}
	for _, b := range a.errors {
		edges = append(edges, Edge{From: a.id, To: b.next, Branch: b.kind, Kind: ErrorBranch})
	}
	if next {
		edges = append(edges, Edge{From: a.id, To: a.next, Branch: nextAction, Kind: NextBranch, Unused: a.neverNext()})
	}
	return edges
}

// neverNext reports whether no run takes the next action: success ends the run, or all results have branches.
func (a *action) neverNext() bool {
	if slices.Contains(leaving, a.kind) {
		return true
	}
	if !slices.Contains(branching, a.kind) {
		return false
	}
	if slices.ContainsFunc(a.errors, func(b errorBranch) bool { return b.kind == NoMatchingCondition }) {
		return true
	}
	results := a.spec.results.required
	if a.kind == "Wait" {
		results = []string{waitCompleted}
		for _, event := range a.params["Events"].items {
			if event.text != nil {
				results = append(results, event.text.source)
			}
		}
	}
	return len(results) > 0 && !slices.ContainsFunc(results, func(result string) bool {
		return !slices.ContainsFunc(a.conditions, func(b branch) bool { return b.condition.String() == equals+" "+result })
	})
}

// reach marks what can be reached from the start.
func (g *Graph) reach() {
	at := make(map[string]*Node, len(g.Nodes))
	for i := range g.Nodes {
		at[g.Nodes[i].Identifier] = &g.Nodes[i]
	}
	out := map[string][]string{}
	for _, e := range g.Edges {
		if !e.Unused {
			out[e.From] = append(out[e.From], e.To)
		}
	}
	for todo := []string{g.Start}; len(todo) > 0; {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if n := at[id]; n != nil && !n.Reachable {
			n.Reachable = true
			todo = append(todo, out[id]...)
		}
	}
}
