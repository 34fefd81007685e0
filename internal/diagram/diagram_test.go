package diagram

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/openparley/parley/internal/flow"
)

// invented is a flow that nobody wrote: each action leads to up to four others, ahead, back, to itself or to nowhere.
func invented(seed uint64, actions int) flow.Graph {
	r := rand.New(rand.NewPCG(seed, 1))
	types := []string{"MessageParticipant", "Compare", "Wait", "DisconnectParticipant", "Unknown"}
	name := func(i int) string { return fmt.Sprintf("action %d", i) }
	g := flow.Graph{Start: name(0)}
	lost := false
	for i := range actions {
		n := flow.Node{Identifier: name(i), Type: types[r.IntN(len(types))], Label: strings.Repeat("some words ", r.IntN(20)), Line: i, Reachable: r.IntN(20) > 0}
		g.Nodes = append(g.Nodes, n)
		for b := range r.IntN(5) {
			to := name(min(actions-1, max(0, i+1+r.IntN(9)-3)))
			switch r.IntN(40) {
			case 0:
				to, lost = "nowhere", true
			case 1:
				to = name(r.IntN(actions))
			}
			e := flow.Edge{From: n.Identifier, To: to, Branch: fmt.Sprintf("Equals %d", b), Kind: flow.ConditionBranch}
			if b == 3 {
				e.Branch, e.Kind = flow.NoMatchingError, flow.ErrorBranch
			}
			g.Edges = append(g.Edges, e)
		}
	}
	if lost {
		g.Nodes = append(g.Nodes, flow.Node{Identifier: "nowhere", Missing: true})
	}
	return g
}

func TestNothingOverlaps(t *testing.T) {
	t.Parallel()
	for _, actions := range []int{1, 2, 5, 30, 120} {
		for seed := range uint64(8) {
			l := newLayout(invented(seed, actions))
			for i := range l.vertices {
				for j := range i {
					a, b := &l.vertices[i], &l.vertices[j]
					if math.Abs(a.x-b.x) < (a.w+b.w)/2 && math.Abs(a.y-b.y) < (a.h+b.h)/2 {
						t.Fatalf("%d actions, seed %d: %+v and %+v lie over each other", actions, seed, *a, *b)
					}
				}
				if v := l.vertices[i]; v.x-v.w/2 < 0 || v.x+v.w/2 > l.width || v.y-v.h/2 < 0 || v.y+v.h/2 > l.height {
					t.Fatalf("%d actions, seed %d: %+v is not on the picture of %v by %v", actions, seed, v, l.width, l.height)
				}
			}
		}
	}
}

// Lines lead downwards, but those of loops, which lead to their own layer or above.
func TestLinesLeadDown(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		l := newLayout(invented(seed, 60))
		for _, k := range l.links {
			from, to := l.vertices[k.from].layer, l.vertices[k.to].layer
			if k.back && to > from || !k.back && to <= from {
				t.Errorf("seed %d: a line from layer %d to %d, back %t", seed, from, to, k.back)
			}
		}
		if l.vertices[0].layer != 0 {
			t.Errorf("seed %d: the start is in layer %d", seed, l.vertices[0].layer)
		}
	}
}

// check reads a picture as XML and returns how often each class stands in it.
func check(t *testing.T, picture []byte) map[string]int {
	t.Helper()
	classes := map[string]int{}
	dec := xml.NewDecoder(bytes.NewReader(picture))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return classes
		}
		if err != nil {
			t.Fatalf("no XML: %v\n%.2000s", err, picture)
		}
		if e, ok := token.(xml.StartElement); ok {
			for _, a := range e.Attr {
				if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
					t.Fatalf("%s=%q", a.Name.Local, a.Value)
				}
				if a.Name.Local == "class" {
					for class := range strings.FieldsSeq(a.Value) {
						classes[class]++
					}
				}
				if a.Name.Local == "style" {
					t.Errorf("a style of its own, which pages forbid: %q", a.Value)
				}
			}
		}
	}
}

func TestPictureIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	g := invented(7, 80)
	first := SVG(g, Options{Title: "it"})
	for range 5 {
		if !bytes.Equal(first, SVG(g, Options{Title: "it"})) {
			t.Fatal("the same flow was drawn in another way")
		}
	}
}

func TestOrderSavesCrossings(t *testing.T) {
	t.Parallel()
	l := newLayout(invented(3, 60))
	best := l.crossings()
	l.firstOrder()
	if first := l.crossings(); best >= first {
		t.Errorf("%d crossings, as many as the %d of the first order", best, first)
	}
}

func TestEmptyFlows(t *testing.T) {
	t.Parallel()
	for _, content := range []string{`{}`, `{"StartAction": "x", "Actions": []}`, `{"StartAction": "a", "Actions": [{"Identifier": "a", "Type": "Loop", "Transitions": {"NextAction": "a"}}]}`} {
		f, err := flow.Parse(content)
		if err != nil {
			t.Fatal(err)
		}
		check(t, SVG(f.Graph(""), Options{}))
	}
}

// TestFlowsFromTheField draws the flows of PARLEY_FLOW_CORPUS, or our own.
func TestFlowsFromTheField(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("PARLEY_FLOW_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "admin", "flows")
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no flows in %s: %v", dir, err)
	}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := flow.Parse(string(content))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		g := f.Graph("")
		if got := check(t, SVG(g, Options{}))["card"]; got != len(g.Nodes) {
			t.Errorf("%s: %d cards for %d actions", path, got, len(g.Nodes))
		}
	}
}

func TestTextsAreSafe(t *testing.T) {
	t.Parallel()
	evil := "</text><script>alert(1)</script>\x00\x1b[31m\u202e & \"quoted\" 'text' \xff"
	g := flow.Graph{
		Start: evil, Nodes: []flow.Node{{Identifier: evil, Type: evil, Label: evil, Reachable: true}},
		Edges: []flow.Edge{{From: evil, To: evil, Branch: evil, Kind: flow.ErrorBranch}},
	}
	picture := SVG(g, Options{Title: evil, Overlay: &Overlay{Current: evil}})
	check(t, picture)
	if bytes.Contains(picture, []byte("<script")) || bytes.ContainsAny(picture, "\x00\x1b\u202e") {
		t.Errorf("the text came through: %s", picture)
	}
}

func TestOverlay(t *testing.T) {
	t.Parallel()
	g := flow.Graph{
		Start: "a",
		Nodes: []flow.Node{
			{Identifier: "a", Type: "Compare", Reachable: true},
			{Identifier: "b", Type: "Wait", Reachable: true, Suspends: true},
			{Identifier: "c", Type: "DisconnectParticipant", Reachable: true, Terminal: true},
		},
		Edges: []flow.Edge{
			{From: "a", To: "b", Branch: "Equals x", Kind: flow.ConditionBranch},
			{From: "a", To: "c", Branch: flow.NoMatchingCondition, Kind: flow.ErrorBranch},
			{From: "b", To: "a", Branch: "NextAction"},
		},
	}
	picture := SVG(g, Options{Overlay: &Overlay{
		Current: "b", Visits: map[string]int{"a": 2, "b": 2}, Taken: map[Branch]int{{"a", "Equals x"}: 2, {"b", "NextAction"}: 1},
	}})
	got := check(t, picture)
	for class, want := range map[string]int{"card": 3, "now": 1, "lit": 1, "badge": 2, "chip": 2, "icon": 1, "covering": 0} {
		if got[class] != want {
			t.Errorf("%d of class %s, want %d", got[class], class, want)
		}
	}
	for _, words := range []string{"The contact is here", "It ran 2 times", "Equals x leads to b", ">here<", ">×2<", "= x"} {
		if !bytes.Contains(picture, []byte(words)) {
			t.Errorf("the picture does not say %q", words)
		}
	}
	covered := SVG(g, Options{Overlay: &Overlay{Coverage: true, Visits: map[string]int{"a": 1}}})
	if !bytes.Contains(covered, []byte("ran: 1 action, 0 branches")) || check(t, covered)["covering"] != 1 {
		t.Errorf("coverage is not told: %.600s", covered)
	}
	inline := SVG(g, Options{Inline: true})
	if bytes.Contains(inline, []byte("<style")) || check(t, inline)["heading"] != 0 {
		t.Error("an inline picture has a style sheet or a heading")
	}
}

func TestBranchLabels(t *testing.T) {
	t.Parallel()
	condition := func(s string) flow.Edge { return flow.Edge{Branch: s, Kind: flow.ConditionBranch} }
	failure := func(s string) flow.Edge { return flow.Edge{Branch: s, Kind: flow.ErrorBranch} }
	next := flow.Edge{Branch: "NextAction"}
	for _, tt := range []struct {
		action   string
		branches []flow.Edge
		tested   bool
		want     string
	}{
		{"Compare", []flow.Edge{condition("Equals gold"), condition("NumberGreaterThan 5")}, true, "= gold, > 5"},
		{"Compare", []flow.Edge{condition("And (Exists) (NumberLessThan 3)")}, true, "all of (Exists) (NumberLessThan 3)"},
		{"Loop", []flow.Edge{condition("Equals ContinueLooping")}, true, "again"},
		{"ShowView", []flow.Edge{condition("Equals Next"), failure("TimeLimitExceeded"), failure("NoMatchingError")}, true, "Next, time limit exceeded, error"},
		{"Compare", []flow.Edge{failure("NoMatchingCondition"), next}, true, "otherwise"},
		{"MessageParticipant", []flow.Edge{failure("NoMatchingError"), next}, false, ""},
		{"MessageParticipant", []flow.Edge{failure("NoMatchingError")}, false, ""},
	} {
		if got := branchLabel(tt.action, tt.branches, tt.tested); got != tt.want {
			t.Errorf("%s with %v: %q, want %q", tt.action, tt.branches, got, tt.want)
		}
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{"one", []string{"one"}},
		{"one two three four five six", []string{"one two three", "four five six"}},
		{"$.External.CurrentCustomerNumber", []string{"$.External.", "CurrentCustom…"}},
		{"one two three four five six seven eight", []string{"one two three", "four five six…"}},
		{strings.Repeat("m", 1_000_000), []string{strings.Repeat("m", 9), strings.Repeat("m", 8) + "…"}}, // at once
	} {
		got := wrap(tt.text, 100, 12, false, 2)
		if !slices.Equal(got, tt.want) {
			t.Errorf("wrap(%q) = %q, want %q", tt.text, got, tt.want)
		}
		for _, line := range got {
			if textWidth(line, 12, false) > 100 {
				t.Errorf("wrap(%q): %q is too wide", tt.text, line)
			}
		}
	}
}

func BenchmarkSVG(b *testing.B) {
	for _, actions := range []int{25, 250} {
		b.Run(fmt.Sprint(actions), func(b *testing.B) {
			g := invented(1, actions)
			b.ReportAllocs()
			for b.Loop() {
				SVG(g, Options{})
			}
		})
	}
}
