// Package rehearse opens a contact centre in this process around the flows of somebody who wants to try them: what they name and nobody
// brought is furnished, functions and bots are stood in for, and time stands still until it is moved.
package rehearse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/mock"
	"github.com/openparley/parley/internal/server"
	"github.com/openparley/parley/internal/stage"
)

// File is a flow to rehearse.
type File struct {
	Path    string // for messages
	Name    string
	Type    string // as the API has it; empty: as the content's metadata say, or else CONTACT_FLOW
	Content string
}

// Options of Open.
type Options struct {
	Files []File
	Mock  *mock.File                                        // what functions and bots answer; nil: nothing
	Ask   func(mock.Call) (mock.Reply, bool)                // answers for functions that Mock does not know; nil: they do not exist
	Hear  func(bot, session, text string) (mock.Turn, bool) // likewise for bots
	Start time.Time
	Quiet bool // the server has no port: House.HTTPClient reaches it

	// Config has what is there for real: functions, bots. Database, clock, quotas and AWS are set by Open.
	Config server.Config
}

// House is a contact centre with the flows in it. It implements play.Stage.
type House struct {
	*stage.Stage

	// Outside is what functions and bots answer.
	Outside *mock.Outside

	// Start is when its time began.
	Start time.Time

	// Notes say what was furnished.
	Notes []string

	// Sources are the files of flows and modules by the ids that these have here.
	Sources map[string]*File

	// Views are the names of the views that were furnished, by id.
	Views map[string]string

	flows   map[string]string // id by name
	found   *furnisher
	mock    *mock.File
	outside *http.Server
}

// Open publishes the flows. The error for flows that can not be published tells all that is wrong with them, one a line.
func Open(ctx context.Context, o Options) (*House, error) {
	parsed, err := parse(o.Files)
	if err != nil {
		return nil, err
	}
	if o.Mock == nil {
		o.Mock = &mock.File{}
	}
	h := &House{Start: o.Start, Outside: mock.New(o.Mock), mock: o.Mock, flows: map[string]string{}, Sources: map[string]*File{}, Views: map[string]string{}}
	h.Outside.Ask, h.Outside.Hear = o.Ask, o.Hear
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("find a port: %w", err)
	}
	h.outside = &http.Server{Handler: h.Outside, ReadHeaderTimeout: time.Minute}
	go func() { _ = h.outside.Serve(l) }() // it is closed by Close
	o.Config.Database, o.Config.TraceFlows = "", true
	if p := o.Mock.Percent; p != nil {
		o.Config.FlowSeed = new(flow.SeedFor(*p))
	}
	o.Config.AWS = server.AWS{
		Endpoint: "http://" + l.Addr().String(), Region: "us-east-1", AccessKeyID: server.DevAccessKey, SecretAccessKey: server.DevAccessKey,
	}
	open := stage.Open
	if o.Quiet {
		open = stage.OpenQuietly
	}
	if h.Stage, err = open(ctx, o.Config, o.Start); err != nil {
		return nil, errors.Join(err, h.outside.Close())
	}
	if err := h.furnish(ctx, o.Files, parsed); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

// Close ends everything.
func (h *House) Close() error { return errors.Join(h.Stage.Close(), h.outside.Close()) }

// Names are the ids of the flows by name, and what else a play may name.
func (h *House) Names() map[string]string {
	names := h.Stage.Names()
	for name, id := range h.flows {
		names[name] = id
	}
	return names
}

// Find returns the id of what a flow of a kind (flow.Queue, flow.Hours) names, which is made if it was not named before.
func (h *House) Find(ctx context.Context, kind, name string) (string, error) {
	h.found.ctx = ctx
	return h.found.find(flow.Name{Kind: kind, Text: name})
}

// Flow returns the id of the flow to start a chat in to come to the one that is named, by name or as the end of an ARN.
func (h *House) Flow(name string) (string, bool) {
	id, ok := h.flows[nameOf(flow.Name{Text: name})]
	return id, ok
}

// parse reads the flows and fills in their types.
func parse(files []File) ([]*flow.Flow, error) {
	var wrong []error
	parsed := make([]*flow.Flow, len(files))
	for i := range files {
		file := &files[i]
		if flow.IsOlder(file.Content) {
			converted, err := flow.Convert(file.Content)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file.Path, err)
			}
			file.Content = converted.Content
		}
		f, err := flow.Parse(file.Content)
		if bad, ok := errors.AsType[*flow.Invalid](err); ok {
			return nil, inFile(file.Path, bad.Problems)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file.Path, err)
		}
		told := cmp.Or(file.Type, flow.TypeOf(file.Content))
		file.Type = cmp.Or(told, inbound)
		problems := f.Check(file.Type, nil)
		wrong = append(wrong, inFile(file.Path, problems))
		if told == "" && slices.ContainsFunc(problems, func(p flow.Problem) bool { return p.Rule == "flow-type" }) {
			wrong = append(wrong, fmt.Errorf(
				"%s: nothing says of what type the flow is, so it is taken for a %s; the name of a file may say it: hold.CUSTOMER_HOLD.json", file.Path, inbound))
		}
		parsed[i] = f
	}
	return parsed, errors.Join(wrong...)
}

// inFile tells problems one a line, as compilers do.
func inFile(path string, problems []flow.Problem) error {
	var all []error
	for _, p := range problems {
		all = append(all, fmt.Errorf("%s:%d: %s", path, p.Line, p.Message))
	}
	return errors.Join(all...)
}

// nameOf is what a flow calls a resource: the name that the designer shows, or the end of its ARN.
func nameOf(n flow.Name) string {
	if n.Shown != "" {
		return n.Shown
	}
	return n.Text[strings.LastIndexByte(n.Text, '/')+1:]
}
