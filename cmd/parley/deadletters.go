package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/openparley/parley/api/parley"
)

// deadLettersCommand is for what the outside could not be told.
type deadLettersCommand struct {
	List   listLetters   `cmd:"" help:"Say how many there are and show them."`
	Replay replayLetters `cmd:"" help:"Tell them again."`
	Drop   dropLetters   `cmd:"" help:"Delete them."`
}

// letterFlags say which dead letters are meant.
type letterFlags struct {
	placeFlags

	Instance string   `help:"Only of this instance." placeholder:"ID"`
	Chat     string   `help:"Only of the chat with this initial contact." placeholder:"ID"`
	Target   string   `help:"Only those for this target." placeholder:"TARGET"`
	Kind     string   `help:"Only of this kind: event, item, record or transcript." enum:",event,item,record,transcript" default:"" placeholder:"KIND"`
	ID       []string `name:"id" help:"Only this one. May be repeated." placeholder:"ID"`
}

// all is set when no flag narrows what is meant.
func (f *letterFlags) all() *bool {
	if f.Instance+f.Chat+f.Target+f.Kind == "" && len(f.ID) == 0 {
		return new(true)
	}
	return nil
}

func (f *letterFlags) filter() *parley.DeadLetterFilter {
	return &parley.DeadLetterFilter{
		InstanceId: set(f.Instance), InitialContactId: set(f.Chat), Target: set(f.Target), Kind: set(f.Kind), Ids: f.ID,
	}
}

// with does something with the dead letters that are meant.
func (f *letterFlags) with(do func(context.Context, keeper, letters) error) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k, err := f.open(ctx)
	if err != nil {
		return err
	}
	all, err := f.find(ctx, k)
	if err == nil {
		err = do(ctx, k, all)
	}
	return errors.Join(err, k.Close())
}

func (f *letterFlags) find(ctx context.Context, k keeper) (all letters, err error) {
	in := &parley.FindDeadLettersInput{Filter: f.filter()}
	for {
		out, err := k.FindDeadLetters(ctx, in)
		if err != nil {
			return nil, err
		}
		all = append(all, out.DeadLetters...)
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return all, nil
		}
	}
}

type listLetters struct {
	letterFlags

	JSON bool `name:"json" help:"Print one JSON document, with what was to be told."`
}

func (c *listLetters) Run() error {
	return c.with(func(_ context.Context, _ keeper, all letters) error {
		if c.JSON {
			out := json.NewEncoder(os.Stdout)
			out.SetIndent("", "  ")
			return out.Encode(struct {
				Count       int
				Groups      []letterGroup
				DeadLetters letters
			}{len(all), all.groups(), all})
		}
		all.count(os.Stdout)
		return all.show(os.Stdout)
	})
}

type replayLetters struct {
	letterFlags

	DryRun bool `help:"Say how many there are, and do nothing."`
}

func (c *replayLetters) Run() error {
	return c.with(func(ctx context.Context, k keeper, all letters) error {
		all.count(os.Stdout)
		if c.DryRun || len(all) == 0 {
			return nil
		}
		out, err := k.ReplayDeadLetters(ctx, &parley.ReplayDeadLettersInput{Filter: c.filter(), All: c.all()})
		if err != nil {
			return err
		}
		fmt.Printf("%d messages will be told again.\n", out.Count)
		return nil
	})
}

type dropLetters struct {
	letterFlags

	DryRun bool `help:"Say how many there are, and do nothing."`
	Yes    bool `help:"Do not ask."`
}

func (c *dropLetters) Run() error {
	return c.with(func(ctx context.Context, k keeper, all letters) error {
		all.count(os.Stdout)
		if c.DryRun || len(all) == 0 {
			return nil
		}
		if !c.Yes && !confirmed("Nobody will ever be told these. Drop them?") {
			fmt.Fprintln(os.Stderr, "Nothing is dropped.")
			return refusedCode
		}
		out, err := k.DropDeadLetters(ctx, &parley.DropDeadLettersInput{Filter: c.filter(), All: c.all()})
		if err != nil {
			return err
		}
		fmt.Printf("%d messages are dropped.\n", out.Count)
		return nil
	})
}

// letters are dead letters as they are shown.
type letters []parley.DeadLetter

// letterGroup are the dead letters of a kind for a target.
type letterGroup struct {
	Kind, Target string
	Count        int
	Newest       time.Time // when it was given up
}

func (l letters) groups() []letterGroup {
	groups := map[string]*letterGroup{}
	for _, d := range l {
		key := *d.Kind + " " + *d.Target
		if groups[key] == nil {
			groups[key] = &letterGroup{Kind: *d.Kind, Target: *d.Target}
		}
		g := groups[key]
		g.Count++
		if g.Newest.Before(*d.GivenUpTimestamp) {
			g.Newest = *d.GivenUpTimestamp
		}
	}
	sorted := []letterGroup{}
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		sorted = append(sorted, *groups[key])
	}
	slices.SortStableFunc(sorted, func(a, b letterGroup) int { return cmp.Compare(b.Count, a.Count) })
	return sorted
}

func (l letters) count(w io.Writer) {
	fmt.Fprintf(w, "%8d dead letters\n", len(l))
	for _, g := range l.groups() {
		fmt.Fprintf(w, "%8d of kind %s to %s, the newest of %s\n", g.Count, g.Kind, g.Target, g.Newest.Format(time.RFC3339))
	}
}

// plain is a stranger's text on one line, without what a terminal might obey.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
}

func (l letters) show(w io.Writer) error {
	if len(l) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\nID\tGIVEN UP\tKIND\tCONTACT\tTARGET\tERROR")
	for _, d := range l {
		line := []string{*d.Id, d.GivenUpTimestamp.Format(time.RFC3339), *d.Kind, *d.ContactId, *d.Target, plain(*d.Error)}
		fmt.Fprintln(table, strings.Join(line, "\t"))
	}
	return table.Flush()
}
