// Package suite tries flows as somebody wrote down that they should go: golden conversations (package play) and test cases of Amazon
// Connect (package testcase), each in a house of its own, in which time is moved by hand. It knows which branches were taken.
package suite

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/mock"
	"github.com/openparley/parley/internal/play"
	"github.com/openparley/parley/internal/rehearse"
	"github.com/openparley/parley/internal/testcase"
)

// Start is when conversations begin that do not say when: a Wednesday, at noon.
var Start = time.Date(2026, 1, 14, 12, 0, 0, 0, time.UTC)

// Case is something to try.
type Case struct {
	Path  string // for messages
	Data  []byte
	Flows []rehearse.File // beside those in it
	Mock  *mock.File      // what functions and bots answer, unless it says that itself; nil: nothing
}

// Result is how a case went.
type Result struct {
	Case     *Case
	Problems []Problem // none: it passed
	Notes    []string  // what is good to know, such as logged data and what was furnished
	Seen     []byte    // of a conversation: the file with what was seen in place of what it says; nil if it did not get to its end
	Unused   []string  // functions and bots of the mock that nobody asked

	ways map[string]*way // by where a flow stands
	all  []*way
}

// Problem is why a case failed.
type Problem struct {
	Line    int // of the file, from 1; 0 if none is at fault
	Message string
	Diff    []DiffLine
}

func (r *Result) fail(line int, format string, a ...any) {
	r.Problems = append(r.Problems, Problem{Line: line, Message: fmt.Sprintf(format, a...)})
}

// IsPlay reports whether a file is a golden conversation.
func IsPlay(name string) bool { return path.Ext(name) == ".txtar" }

// Run tries the case.
func (c *Case) Run(ctx context.Context) *Result {
	r := &Result{Case: c, ways: map[string]*way{}}
	if IsPlay(c.Path) {
		c.play(ctx, r)
	} else {
		c.test(ctx, r)
	}
	return r
}

// open opens a house for the case and counts its flows. Nil: the case failed.
func (c *Case) open(ctx context.Context, r *Result, o rehearse.Options) *rehearse.House {
	if o.Start.IsZero() {
		o.Start = Start
	}
	h, err := rehearse.Open(ctx, o)
	if err != nil {
		for _, line := range strings.Split(err.Error(), "\n") {
			r.fail(0, "%s", line)
		}
		return nil
	}
	r.Notes = append(r.Notes, h.Notes...)
	for id, file := range h.Sources {
		r.add(id, file.Path, file.Type, file.Content, 0)
	}
	return h
}

// close reads what the house knows of the way, and closes it.
func (r *Result) close(ctx context.Context, h *rehearse.House) {
	if err := errors.Join(testcase.Trace(ctx, h, h.Start, r.took), h.Close()); err != nil {
		r.fail(0, "%v", err)
	}
}

func (c *Case) play(ctx context.Context, r *Result) {
	p, err := play.Parse(c.Data)
	if err != nil {
		r.fail(0, "%v", err)
		return
	}
	if !slices.ContainsFunc(p.Lines, func(l play.Line) bool { return !l.Seen }) {
		r.fail(0, "nobody does anything in it")
		return
	}
	o := rehearse.Options{Mock: c.Mock, Start: p.At}
	for _, f := range c.Flows { // its own take the place of others
		if !slices.ContainsFunc(p.Flows, func(own play.Flow) bool { return own.Name == f.Name }) {
			o.Files = append(o.Files, f)
		}
	}
	o.Files = append(o.Files, Kept(p, c.Path)...)
	if p.Outside != nil {
		if o.Mock, err = mock.Parse(p.Outside); err != nil {
			r.fail(0, "outside.yaml: %v", err)
			return
		}
	}
	h := c.open(ctx, r, o)
	if h == nil {
		return
	}
	defer r.close(ctx, h)
	f, err := Begin(ctx, p, h)
	if err != nil {
		r.fail(0, "%v", err)
		return
	}
	defer f.Close()
	ids := f.Flows()
	for _, own := range p.Flows {
		r.add(ids[own.Name], c.Path+"/"+own.Name+".json", own.Type, own.Content, own.Line)
	}
	whole := false
	if r.Problems, whole = Perform(p, f); whole {
		r.Seen = play.Format(c.Data, f.Lines())
	}
	if p.Outside == nil {
		r.Unused = h.Outside.Unused()
	} else if unused := h.Outside.Unused(); len(unused) > 0 {
		r.Notes = append(r.Notes, "Nobody asked "+strings.Join(unused, ", ")+" of outside.yaml.")
	}
}

// Kept takes the flows out of a recording that were kept with it, as files whose names of queues and the like are furnished.
func Kept(p *play.Play, path string) (files []rehearse.File) {
	if p.SeenBy == "" {
		return nil
	}
	for _, f := range p.Flows {
		files = append(files, rehearse.File{Path: path + "/" + f.Name + ".json", Name: f.Name, Type: f.Type, Content: f.Content})
	}
	p.Flows = nil
	return files
}

// Begin begins a play in a house.
func Begin(ctx context.Context, p *play.Play, h *rehearse.House) (*play.Performance, error) {
	return play.Begin(ctx, p.Flows, h, play.Options{Asks: true, Views: h.Views, SeenBy: p.SeenBy})
}

// Perform does what a play says and tells where it goes otherwise, and whether it came to its end.
func Perform(p *play.Play, f *play.Performance) (problems []Problem, whole bool) {
	for _, l := range p.Lines {
		if l.Seen {
			continue
		}
		if err := f.Do(l); err != nil {
			return []Problem{{Line: l.Number, Message: err.Error()}}, false
		}
	}
	return diff(p, f.Lines()), true
}

// took counts a line of a flow log.
func (r *Result) took(l *parley.FlowLogLine) {
	arn := l.ContactFlowId
	if l.ContactFlowModuleId != nil {
		arn = l.ContactFlowModuleId
	}
	if arn == nil || l.Identifier == nil {
		return
	}
	id := (*arn)[strings.LastIndexByte(*arn, '/')+1:]
	id, _, _ = strings.Cut(id, ":")
	w := r.ways[id]
	switch {
	case w == nil: // one that was furnished
	case l.Branch != nil:
		w.taken[branch{From: *l.Identifier, Branch: *l.Branch}]++
	case l.Results == nil:
		w.visits[*l.Identifier]++
	}
}

// add counts a flow with this id.
func (r *Result) add(id, path, flowType, content string, line int) {
	f, err := flow.Parse(content)
	if err != nil {
		return // somebody else has said so
	}
	w := newWay(path, flowType, f, line)
	r.ways[id] = w
	r.all = append(r.all, w)
}
