package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/portable"
	"github.com/openparley/parley/internal/server"
)

// devFlows are the flows that a developer works on, in files and in folders of files.
type devFlows struct {
	srv   *server.Server
	in    *portable.Instance
	files []*flowFile
	more  map[string]string // flows of all files, ARNs by name
	level *slog.LevelVar    // of the log
}

// flowFile is a flow that lives in a file, or a folder with all that its flows need.
type flowFile struct {
	path  string
	seen  map[string]stamp // when it was read last
	names []string         // of the flows
}

// stamp tells whether a file has changed.
type stamp struct {
	modified time.Time
	size     int64
}

func newDevFlows(srv *server.Server, endpoint string, paths []string, level *slog.LevelVar) *devFlows {
	d := &devFlows{srv: srv, level: level, more: map[string]string{}, in: &portable.Instance{
		ID: server.DevInstance,
		Client: connect.New(connect.Options{
			BaseEndpoint: &endpoint, Region: "us-east-1", RetryMaxAttempts: persistence,
			Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: server.DevAccessKey, SecretAccessKey: server.DevAccessKey}, nil
			}),
		}),
	}}
	var files []*flowFile
	for _, path := range paths {
		f := &flowFile{path: path}
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			d.files = append(d.files, f) // first, as folders bring what files may name
			continue
		}
		name, _ := flow.InFile(path)
		d.more[name] = srv.FlowARN(name)
		files = append(files, f)
	}
	d.files = append(d.files, files...)
	return d
}

// names are those of all flows.
func (d *devFlows) names() []string {
	var all []string
	for _, f := range d.files {
		all = append(all, f.names...)
	}
	return all
}

// load reads all flows for the first time.
func (d *devFlows) load(ctx context.Context) error {
	for _, f := range d.files {
		if _, err := d.loadFile(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// reloadEvery is how often the files of flows are looked at.
const reloadEvery = 250 * time.Millisecond

// reload watches the files until ctx ends.
func (d *devFlows) reload(ctx context.Context) {
	if len(d.files) == 0 {
		return
	}
	tick := time.NewTicker(reloadEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, f := range d.files {
			loaded, err := d.loadFile(ctx, f)
			switch {
			case errors.Is(err, fs.ErrNotExist): // editors take a file away for a moment when they save it
			case err != nil:
				fmt.Fprintf(os.Stderr, "%v\nThe flow stays as it was.\n", err)
			case loaded:
				fmt.Fprintf(os.Stderr, "%s: loaded again\n", f.path)
			}
		}
	}
}

// loadFile reads a file or a folder into the server when it has changed since the last time. What was published stays as it is when it
// is bad.
func (d *devFlows) loadFile(ctx context.Context, f *flowFile) (loaded bool, err error) {
	now, folder, err := stamps(f.path)
	if err != nil {
		return false, fmt.Errorf("flow file: %w", err)
	}
	if f.seen != nil && maps.Equal(now, f.seen) {
		return false, nil
	}
	f.seen = now
	d.level.Set(slog.LevelWarn) // the developer has not asked for what is asked here
	defer d.level.Set(slog.LevelInfo)
	if folder {
		return true, d.bringFolder(ctx, f)
	}
	name, _ := flow.InFile(f.path)
	f.names = []string{name}
	content, err := os.ReadFile(f.path)
	if err != nil {
		return false, fmt.Errorf("flow file: %w", err)
	}
	text := string(content)
	if converted, err := flow.Convert(text); err == nil {
		text = converted.Content
		fmt.Fprintf(os.Stderr, "%s is in the older format of the flow designer: \"parley flow convert\" writes it anew.\n", f.path)
		printNotes(f.path, converted.Notes)
	}
	resolved, problems, err := portable.Resolve(ctx, d.in, f.path, text, d.more)
	if err != nil {
		return true, err
	}
	printProblems(problems)
	return true, d.srv.LoadFlow(ctx, f.path, resolved)
}

func (d *devFlows) bringFolder(ctx context.Context, f *flowFile) error {
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return err
	}
	defer root.Close()
	plan, err := portable.NewPlan(ctx, d.in, root.FS(), portable.Importing{})
	if err != nil {
		return fmt.Errorf("%s can not be loaded:\n%w", f.path, err)
	}
	f.names = plan.Flows()
	printProblems(plan.Doubts)
	_, err = plan.Apply(ctx)
	return err
}

// stamps are those of a file, or of all files in a folder.
func stamps(path string) (all map[string]stamp, folder bool, err error) {
	all = map[string]stamp{}
	err = filepath.WalkDir(path, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			folder = true
			return nil
		}
		info, err := os.Stat(path)
		if err == nil {
			all[path] = stamp{info.ModTime(), info.Size()}
		}
		return err
	})
	return all, folder, err
}
