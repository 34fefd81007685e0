package portable

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/openparley/parley/internal/flow"
)

// Exporting says how an instance is written.
type Exporting struct {
	Pretty bool                // gives JSON a line for each member; else contents keep every byte but those of names
	Tell   func(done, all int) // hears how far the work is; nil: nobody
}

// Export reads an instance into a folder, in which names stand for ids and ARNs: the same instance gives the same folder, and instances
// that are alike give the same one. What has no name that leads back to it keeps its ARN, and is told among the doubts.
func Export(ctx context.Context, in *Instance, how Exporting) (f Folder, doubts []Problem, err error) {
	c, err := readCatalog(ctx, in)
	if err != nil {
		return nil, nil, err
	}
	all, err := readAll(ctx, c, how.Tell)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range all {
		if how.Pretty {
			for _, text := range []**string{&r.content, &r.draft} {
				if *text != nil {
					*text = new(pretty(**text))
				}
			}
		}
	}
	if f, err = folderOf(all); err != nil {
		return nil, nil, err
	}
	for _, r := range all {
		doubts = append(doubts, c.kept(r)...)
	}
	return f, doubts, nil
}

// readAll reads what an instance holds, with names for ids, in order.
func readAll(ctx context.Context, c *catalog, tell func(done, all int)) ([]*resource, error) {
	var own []*entry
	for _, k := range kinds {
		for _, e := range c.byID[k.name] {
			if !e.managed {
				own = append(own, e)
			}
		}
	}
	slices.SortFunc(own, func(a, b *entry) int { return strings.Compare(a.kind+"\x00"+a.name, b.kind+"\x00"+b.name) })
	all := make([]*resource, len(own))
	for i, e := range own {
		k := kindOf(e.kind)
		r, err := k.read(ctx, c.in, e)
		if err != nil {
			return nil, fmt.Errorf("%s %q: %w", k.noun, e.name, err)
		}
		r.kind = k
		maps.DeleteFunc(r.about.Tags, func(key, _ string) bool { return strings.HasPrefix(key, "aws:") }) // nobody else can set these
		if all[i], err = r.rewritten(c.nameOf); err != nil {
			return nil, err
		}
		if tell != nil {
			tell(i+1, len(own))
		}
	}
	slices.SortStableFunc(all, inOrder)
	return all, nil
}

// kept finds the ARNs of an instance that stayed in a resource.
func (c *catalog) kept(r *resource) []Problem {
	var found []Problem
	for _, part := range r.parts() {
		_, _ = r.kind.rewrite(*part.text, func(n flow.Name) string {
			at, isARN := parseARN(n.Text)
			if _, kind, _, ok := at.resourceOf(); isARN && ok && at.account != "aws" && at.region != elsewhere.region {
				found = append(found, Problem{part.file, problemAt(n, fmt.Sprintf("%s %s keeps its ARN, which means nothing in another instance", nouns[kind], n.Text))})
			}
			return n.Text
		})
	}
	return found
}

func problemAt(n flow.Name, message string) flow.Problem {
	return flow.Problem{Message: message, Action: n.Action, Pointer: n.Pointer, Line: n.Line}
}

// pretty gives JSON a line for each member. What is no JSON stays.
func pretty(content string) string {
	var b bytes.Buffer
	if json.Indent(&b, []byte(strings.TrimSpace(content)), "", "  ") != nil {
		return content
	}
	return b.String() + "\n"
}

// unreadable are the problems of a content that can not be read.
func unreadable(file string, err error) []Problem {
	bad, ok := errors.AsType[*flow.Invalid](err)
	if !ok {
		return []Problem{{File: file, Problem: flow.Problem{Message: err.Error()}}}
	}
	found := make([]Problem, len(bad.Problems))
	for i, p := range bad.Problems {
		found[i] = Problem{file, p}
	}
	return found
}
