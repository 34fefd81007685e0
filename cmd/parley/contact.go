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
	"time"

	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/server"
)

// contactCommand is for what happens to one contact.
type contactCommand struct {
	Trace traceCommand `cmd:"" help:"Print the flow log of a contact: which actions ran, with what, and where each led."`
}

// devServer is where "parley dev" listens.
const devServer = "http://127.0.0.1:8080"

type traceCommand struct {
	placeFlags // none: the server of "parley dev"

	Contact string `arg:"" help:"Id of the contact." placeholder:"ID"`
	Follow  bool   `short:"f" help:"Go on with what comes, until the contact ends."`
	JSON    bool   `name:"json" help:"Print one JSON object a line."`
}

// devKeeper is a developer's server on this machine.
func devKeeper(context.Context) (keeper, error) {
	return newRemote(devServer, &settings{Config: server.Config{
		Credentials: []server.Credential{{AccessKeyID: server.DevAccessKey, SecretAccessKey: server.DevAccessKey, Operator: true}},
	}})
}

// followEvery is how often a server is asked for more.
const followEvery = 400 * time.Millisecond

func (c *traceCommand) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	open := c.open
	if c.Config+c.Database+c.Server == "" {
		open = devKeeper
	}
	k, err := open(ctx)
	if err != nil {
		return err
	}
	err = c.trace(ctx, k)
	if c.Follow && ctx.Err() != nil {
		err = nil // Ctrl-C ends it
	}
	return errors.Join(err, k.Close())
}

func (c *traceCommand) trace(ctx context.Context, k keeper) error {
	t := tracer{w: os.Stdout, colour: colourful(os.Stdout)}
	in := &parley.TraceContactInput{ContactId: &c.Contact}
	for {
		out, err := k.TraceContact(ctx, in)
		if err != nil {
			return err
		}
		for i := range out.Lines {
			if c.JSON {
				fmt.Printf("%s\n", wire.Append(nil, &out.Lines[i]))
			} else {
				t.line(&out.Lines[i])
			}
		}
		in.NextToken = out.NextToken
		switch {
		case in.NextToken != nil && len(out.Lines) > 0:
			continue
		case in.NextToken == nil || !c.Follow:
			if !c.JSON {
				t.end(out)
			}
			return nil
		}
		select {
		case <-time.After(followEvery):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// tracer prints a flow log for people.
type tracer struct {
	w      io.Writer
	colour bool
	flow   string // the lines are of
}

func (t *tracer) paint(code, s string) string {
	if !t.colour {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// value is what a member of a line says, on one line and without what a terminal might obey.
func value(s *string) string {
	if s == nil {
		return ""
	}
	return plain(*s)
}

// under is how far what belongs to an action stands to the right.
const under = "              "

func (t *tracer) line(l *parley.FlowLogLine) {
	name := value(l.ContactFlowName)
	if l.ContactFlowModuleId != nil {
		name += " › " + value(cmp.Or(l.ContactFlowModuleName, l.ContactFlowModuleId))
	}
	if name != t.flow {
		if t.flow != "" {
			fmt.Fprintln(t.w)
		}
		t.flow = name
		fmt.Fprintln(t.w, t.paint("1", name))
	}
	if l.Branch == nil && l.Results == nil {
		fmt.Fprintf(t.w, "%s  %s %s\n", t.paint("2", l.Timestamp.UTC().Format("15:04:05.000")), t.paint("1", value(l.Identifier)),
			t.paint("2", value(l.ContactFlowModuleType)))
		for _, p := range parameters(l.Parameters) {
			fmt.Fprintf(t.w, "%s%s\n", under, p)
		}
		return
	}
	branch := value(l.Branch)
	switch {
	case branch == "NextAction":
		branch = ""
	case strings.HasSuffix(branch, "Error"):
		branch = t.paint("31", branch) + " "
	case branch != "":
		branch += " "
	}
	if result := value(l.Results); result != "" && !strings.HasSuffix(value(l.Branch), result) {
		branch = t.paint("2", result+": ") + branch
	}
	next := value(l.Next)
	if next == "" {
		next = "the end of the flow"
	}
	fmt.Fprintf(t.w, "%s%s→ %s\n", under, branch, next)
}

// end says how it stands.
func (t *tracer) end(out *parley.TraceContactOutput) {
	switch {
	case out.DisconnectTimestamp != nil:
		fmt.Fprintf(t.w, "%s  the contact has ended\n", t.paint("2", out.DisconnectTimestamp.UTC().Format("15:04:05.000")))
	case out.Position == nil:
		fmt.Fprintln(t.w, "No flow runs now.")
	default:
		at := value(out.Position.Identifier)
		for _, m := range out.Position.Modules {
			at += " › " + value(m.Identifier)
		}
		fmt.Fprintf(t.w, "The flow waits at %s.\n", t.paint("1", at))
	}
}

// parameters are those of a block, one a line.
func parameters(text *string) []string {
	var all map[string]any
	if text == nil || json.Unmarshal([]byte(*text), &all) != nil {
		return nil
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		lines = append(lines, written(name, all[name])...)
	}
	return lines
}

// written is a parameter as people read it: of an object each member.
func written(name string, v any) []string {
	switch v := v.(type) {
	case string:
		return []string{plain(name + " = " + v)}
	case map[string]any:
		var lines []string
		for _, member := range slices.Sorted(maps.Keys(v)) {
			lines = append(lines, written(name+"."+member, v[member])...)
		}
		return lines
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil // it was JSON, so this is not possible
	}
	return []string{plain(name + " = " + string(text))}
}
