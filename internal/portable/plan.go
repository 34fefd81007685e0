package portable

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/internal/flow"
)

// Importing says how a folder is brought in.
type Importing struct {
	Prune bool                // what the folder does not have is deleted, of those kinds that it has some of
	Tell  func(done, all int) // hears how far the work is; nil: nobody
}

// Plan is what has to be done so that an instance holds what a folder does.
type Plan struct {
	Steps     []Step
	Unchanged int       // resources that are as they should be
	Doubts    []Problem // texts that stay and may mean nothing here

	flows   []string
	catalog *catalog
	tell    func(done, all int)
}

// Step is one thing to be done.
type Step struct {
	Do   string // "create", "update" or "delete"
	Kind string // such as "flow"
	Name string
	Why  string // what changes, of an update

	is, was *resource // with names
	entry   *entry
}

func (s Step) String() string {
	text := fmt.Sprintf("%s %s %q", s.Do, s.Kind, s.Name)
	if s.Why != "" {
		text += ": " + s.Why
	}
	return text
}

// NewPlan compares a folder with an instance and finds what every name in it means there. Its error is an *Invalid when the folder can not be
// brought in.
func NewPlan(ctx context.Context, in *Instance, files fs.FS, how Importing) (*Plan, error) {
	wanted, problems, err := readFolder(files)
	if err != nil {
		return nil, err
	}
	if len(wanted) == 0 && len(problems) == 0 {
		return nil, &Invalid{[]Problem{{File: ".", Problem: flow.Problem{Message: "There are neither flows nor anything else in this folder"}}}}
	}
	c, err := readCatalog(ctx, in)
	if err != nil {
		return nil, err
	}
	there, err := readAll(ctx, c, nil)
	if err != nil {
		return nil, err
	}
	p := &Plan{catalog: c, tell: how.Tell}
	for _, r := range wanted {
		if c.byName[r.kind.name][r.name] == nil {
			c.add(&entry{kind: r.kind.name, name: r.name}) // is going to be there
		}
	}
	var deletions []Step
	if how.Prune {
		deletions = p.prune(there, wanted)
	}
	for i, r := range wanted {
		p.Doubts = append(p.Doubts, r.notes...)
		meant, bad := p.meant(r)
		if len(bad) == 0 && r.content != nil && r.kind.check != nil {
			for _, found := range r.kind.check(meant, p.contracts(wanted, there)) {
				bad = append(bad, Problem{r.file + ending, found})
			}
		}
		problems = append(problems, bad...)
		wanted[i] = meant
		if r.kind == flows {
			p.flows = append(p.flows, r.name)
		}
	}
	for _, r := range wanted {
		was := find(there, r)
		if was != nil && was.flowType != r.flowType {
			problems = append(problems, Problem{File: r.file + ending, Problem: flow.Problem{Message: fmt.Sprintf(
				"There is a %s %q of type %s, and the type of a flow can not be changed", r.kind.noun, r.name, was.flowType)}})
		}
		p.compare(was, r, how.Prune)
	}
	if len(problems) > 0 {
		slices.SortStableFunc(problems, func(a, b Problem) int { return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line)) })
		return nil, &Invalid{problems}
	}
	p.order()
	p.Steps = append(p.Steps, deletions...)
	return p, nil
}

// contracts returns what modules promise once everything is done.
func (p *Plan) contracts(wanted, there []*resource) func(module string) *flow.Contract {
	return func(module string) *flow.Contract {
		e, _ := p.catalog.lookup(flow.FlowModule, module)
		if e == nil {
			return nil
		}
		for _, all := range [][]*resource{wanted, there} {
			if r := find(all, &resource{kind: modules, name: e.name}); r != nil {
				contract, _ := flow.ReadContract(r.about.Settings)
				return contract
			}
		}
		return nil
	}
}

func find(all []*resource, r *resource) *resource {
	if i := slices.IndexFunc(all, func(other *resource) bool { return other.kind == r.kind && other.name == r.name }); i >= 0 {
		return all[i]
	}
	return nil
}

// part is a content of a resource and the file it stands in.
type part struct {
	file string
	text *string
}

func (r *resource) parts() []part {
	var all []part
	if r.content != nil {
		all = append(all, part{r.file + ending, r.content})
	}
	if r.draft != nil {
		all = append(all, part{r.file + draftEnding + ending, r.draft})
	}
	return all
}

// meant is a resource with the names that its texts mean in this instance.
func (p *Plan) meant(r *resource) (*resource, []Problem) {
	var problems []Problem
	out := new(*r)
	for _, part := range r.parts() {
		s, err := r.kind.rewrite(*part.text, func(n flow.Name) string {
			text, problem, doubt := p.catalog.meant(n)
			switch {
			case problem != "" && part.text == r.draft: // drafts may be unfinished
				doubt, text = problem, n.Text
			case problem != "":
				problems = append(problems, Problem{part.file, problemAt(n, problem)})
				return n.Text
			}
			if doubt != "" {
				p.Doubts = append(p.Doubts, Problem{part.file, problemAt(n, doubt)})
			}
			return text
		})
		if err != nil {
			problems = append(problems, unreadable(part.file, err)...)
			continue
		}
		if part.text == r.content {
			out.content = &s
		} else {
			out.draft = &s
		}
	}
	return out, problems
}

// compare adds the step that makes was become is. A draft that the folder does not have stays, unless it is pruned.
func (p *Plan) compare(was, is *resource, prune bool) {
	e := p.catalog.byName[is.kind.name][is.name]
	if was == nil {
		p.Steps = append(p.Steps, Step{Do: "create", Kind: is.kind.noun, Name: is.name, is: is, entry: e})
		return
	}
	if is.draft == nil && !prune {
		is.draft, is.about.DraftSettings = was.draft, was.about.DraftSettings
	}
	if is.content == nil && was.content != nil {
		p.Doubts = append(p.Doubts, Problem{File: is.file + draftEnding + ending, Problem: flow.Problem{Message: fmt.Sprintf(
			"This is a draft only, and the %s is published here: it stays so", is.kind.noun)}})
	}
	var why []string
	for _, change := range []struct {
		what    string
		changed bool
	}{
		{"content", is.content != nil && !equal(was.content, is.content)},
		{"draft", !equal(was.draft, is.draft)},
		{"contract", promised(was.about.Settings) != promised(is.about.Settings) || is.draft != nil && was.about.DraftSettings != is.about.DraftSettings},
		{"tags", !maps.Equal(was.about.Tags, is.about.Tags)},
		{"description", was.about.Description != is.about.Description},
		{"state", was.about.State != is.about.State},
	} {
		if change.changed {
			why = append(why, change.what)
		}
	}
	if len(why) == 0 {
		p.Unchanged++
		return
	}
	p.Steps = append(p.Steps, Step{Do: "update", Kind: is.kind.noun, Name: is.name, Why: strings.Join(why, ", "), is: is, was: was, entry: e})
}

// order puts what is named before what names it, kind by kind, and else by name. Of a circle one comes too early.
func (p *Plan) order() {
	var ordered []Step
	seen := map[*resource]bool{}
	var visit func(Step)
	visit = func(s Step) {
		if seen[s.is] {
			return
		}
		seen[s.is] = true
		for _, name := range s.is.names(p.catalog) {
			for _, other := range p.Steps {
				if other.is.kind.name == name.kind && other.Name == name.name {
					visit(other)
				}
			}
		}
		ordered = append(ordered, s)
	}
	for _, s := range p.Steps {
		visit(s)
	}
	p.Steps = ordered
}

// names are the resources that a resource names.
func (r *resource) names(c *catalog) []*entry {
	var all []*entry
	for _, part := range r.parts() {
		_, _ = r.kind.rewrite(*part.text, func(n flow.Name) string {
			kind, text := n.Kind, n.Text
			if at, ok := parseARN(text); ok && kind == "" && at.region == elsewhere.region {
				_, kind, text, _ = at.resourceOf()
			}
			if e, _ := c.lookup(kind, text); e != nil {
				all = append(all, e)
			}
			return n.Text
		})
	}
	return all
}

// prune plans to delete what the folder does not have. Nothing in the folder can name it from here on.
func (p *Plan) prune(there, wanted []*resource) (deletions []Step) {
	for _, r := range slices.Backward(there) {
		some := slices.ContainsFunc(wanted, func(other *resource) bool { return other.kind == r.kind })
		if some && find(wanted, r) == nil {
			e := p.catalog.byName[r.kind.name][r.name]
			delete(p.catalog.byName[r.kind.name], e.name)
			delete(p.catalog.byID[r.kind.name], e.id)
			deletions = append(deletions, Step{Do: "delete", Kind: r.kind.noun, Name: r.name, was: r, entry: e})
		}
	}
	return deletions
}

// Flows returns the names of the flows in the folder.
func (p *Plan) Flows() []string { return p.flows }

// Count returns how many steps do something: "create", "update" or "delete".
func (p *Plan) Count(do string) int {
	n := 0
	for _, s := range p.Steps {
		if s.Do == do {
			n++
		}
	}
	return n
}

// Apply does what is planned. It returns what could not be deleted, because it is in use, as doubts. After an error the same import can be
// repeated: it goes on with what is left.
func (p *Plan) Apply(ctx context.Context) (doubts []Problem, err error) {
	if err := p.stubs(ctx); err != nil {
		return nil, err
	}
	for i, s := range p.Steps {
		if s.Do == "delete" {
			if err := s.was.kind.remove(ctx, p.catalog.in, s.entry); err != nil {
				if ctx.Err() != nil {
					return doubts, err
				}
				doubts = append(doubts, Problem{File: s.was.kind.folder, Problem: flow.Problem{Message: fmt.Sprintf("%s %q stays: %v", s.Kind, s.Name, err)}})
			}
		} else if err := p.do(ctx, s); err != nil {
			return doubts, fmt.Errorf("%s %s %q, after %d of %d steps: %w", s.Do, s.Kind, s.Name, i, len(p.Steps), told(err))
		}
		if p.tell != nil {
			p.tell(i+1, len(p.Steps))
		}
	}
	return doubts, nil
}

// stubs makes those new resources that are named before it is their turn.
func (p *Plan) stubs(ctx context.Context) error {
	turn := map[*entry]int{}
	for i, s := range p.Steps {
		if s.Do == "create" {
			turn[s.entry] = i
		}
	}
	for i, s := range p.Steps {
		if s.Do == "delete" {
			continue
		}
		for _, e := range s.is.names(p.catalog) {
			at, isNew := turn[e]
			if k := kindOf(e.kind); isNew && at >= i && k.stub != nil && e.id == "" {
				made, err := k.stub(ctx, p.catalog.in, p.Steps[at].is)
				if err != nil {
					return fmt.Errorf("create %s %q: %w", k.noun, e.name, told(err))
				}
				*e = made
			}
		}
	}
	return nil
}

func (p *Plan) do(ctx context.Context, s Step) error {
	is, err := s.is.rewritten(p.catalog.textOf)
	if err != nil {
		return err
	}
	e := s.entry
	switch {
	case s.Do == "update":
		was, err := s.was.rewritten(p.catalog.textOf)
		if err != nil {
			return err
		}
		if err := is.kind.update(ctx, p.catalog.in, e, was, is); err != nil {
			return err
		}
		return p.tag(ctx, e, was.about.Tags, is.about.Tags)
	case e.id != "": // a stub
		was := is.made()
		was.content, was.draft = nil, nil
		return is.kind.update(ctx, p.catalog.in, e, was, is)
	}
	made, err := is.kind.create(ctx, p.catalog.in, is)
	if err != nil {
		return err
	}
	*e = made
	return nil
}

// tag gives a resource other tags.
func (p *Plan) tag(ctx context.Context, e *entry, was, is map[string]string) error {
	add := map[string]string{}
	for k, v := range is {
		if old, ok := was[k]; !ok || old != v {
			add[k] = v
		}
	}
	var gone []string
	for k := range was {
		if _, ok := is[k]; !ok {
			gone = append(gone, k)
		}
	}
	if len(gone) > 0 {
		_, err := p.catalog.in.Client.UntagResource(ctx, &connect.UntagResourceInput{ResourceArn: &e.arn, TagKeys: gone})
		if err != nil {
			return err
		}
	}
	if len(add) > 0 {
		_, err := p.catalog.in.Client.TagResource(ctx, &connect.TagResourceInput{ResourceArn: &e.arn, Tags: add})
		return err
	}
	return nil
}
