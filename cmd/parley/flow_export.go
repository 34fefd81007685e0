package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path"
	"syscall"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/internal/portable"
)

// instanceFlags say which instance is meant, of Parley or of Amazon Connect.
type instanceFlags struct {
	Instance string `required:"" help:"Id or ARN of the instance." placeholder:"ID"`
	Endpoint string `help:"Server that has it, such as http://127.0.0.1:8080; without it, Amazon Connect." placeholder:"URL"`
	Region   string `help:"AWS Region, if neither AWS_REGION nor the profile tells (us-east-1 with --endpoint)." placeholder:"REGION"`
}

// persistence is how often a call is made that comes too fast: folders are moved at the pace that a server allows.
const persistence = 9

// open connects as callerOptions say.
func (f *instanceFlags) open(ctx context.Context) (*portable.Instance, error) {
	o, err := callerOptions(ctx, f.Endpoint, f.Region)
	if err != nil {
		return nil, err
	}
	o.RetryMaxAttempts = persistence
	return &portable.Instance{Client: connect.New(o), ID: f.Instance}, nil
}

// flowExportCommand writes an instance as a folder.
type flowExportCommand struct {
	instanceFlags

	Dir    string `arg:"" name:"dir" help:"Folder to write. What an earlier export has written and is no longer needed goes; other files stay." placeholder:"DIR"`
	Pretty bool   `help:"Give JSON a line for each member; else contents are written byte for byte, but for names."`
}

func (c *flowExportCommand) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	in, err := c.open(ctx)
	if err != nil {
		return err
	}
	folder, doubts, err := portable.Export(ctx, in, portable.Exporting{Pretty: c.Pretty, Tell: newProgress("exported", "resources").tell})
	if err != nil {
		return err
	}
	written, foreign, err := writeFolder(c.Dir, folder)
	if err != nil {
		return err
	}
	printProblems(doubts)
	for _, name := range foreign {
		fmt.Fprintf(os.Stderr, "%s: no export has written this, so it stays; the instance does not have it\n", name)
	}
	fmt.Printf("%s: %d files, %d of them changed\n", c.Dir, len(folder), written)
	return nil
}

func printProblems(all []portable.Problem) {
	for _, p := range all {
		fmt.Fprintln(os.Stderr, p)
	}
}

// writeFolder writes what differs, and takes away what an earlier export has written and this one has not. It returns the files that look
// like those of an export and are not.
func writeFolder(dir string, folder portable.Folder) (changed int, foreign []string, err error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return 0, nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return 0, nil, err
	}
	defer root.Close()
	stale, foreign, err := portable.Stale(root.FS(), folder)
	if err != nil {
		return 0, nil, err
	}
	for _, name := range stale {
		if err := root.Remove(name); err != nil {
			return changed, foreign, err
		}
		changed++
	}
	for name, content := range folder {
		there, err := root.ReadFile(name)
		if err == nil && bytes.Equal(there, content) {
			continue
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return changed, foreign, err
		}
		if err := root.MkdirAll(path.Dir(name), 0o777); err != nil {
			return changed, foreign, err
		}
		if err := root.WriteFile(name, content, 0o666); err != nil {
			return changed, foreign, err
		}
		changed++
	}
	return changed, foreign, nil
}
