package main

import (
	"fmt"
	"os"

	"github.com/openparley/parley/internal/flow"
)

// convertCommand writes a flow in the older format of the flow designer anew. Its exit code is 1 when the result can not be published.
type convertCommand struct {
	Path string `arg:"" name:"file" help:"Flow in the older format, or - for standard input." placeholder:"FILE"`
	Out  string `short:"o" help:"File to write; standard output without it." placeholder:"FILE"`
}

func (c *convertCommand) Run() error {
	sources, err := readFlows([]string{c.Path}, os.Stdin)
	if err != nil {
		return err
	}
	if len(sources) > 1 {
		return fmt.Errorf("%w: %s is a folder", errUsage, c.Path)
	}
	converted, err := flow.Convert(sources[0].content)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Path, err)
	}
	if c.Out == "" {
		_, err = fmt.Print(converted.Content)
	} else {
		err = os.WriteFile(c.Out, []byte(converted.Content), 0o644)
	}
	if err != nil {
		return err
	}
	printNotes(c.Path, converted.Notes)
	faults := 0
	for _, f := range flow.Lint(converted.Content, flow.Linting{Type: sources[0].flowType, Portable: true}) {
		if f.Severity == flow.Error {
			fmt.Fprintf(os.Stderr, "%s: %s: %s\n", c.Path, f.Action, f.Message)
			faults++
		}
	}
	if faults > 0 {
		return exitCode(1)
	}
	return nil
}

// printNotes tells what a conversion could not carry over.
func printNotes(path string, notes []flow.Problem) {
	for _, n := range notes {
		fmt.Fprintf(os.Stderr, "%s:%d: %s: %s\n", path, n.Line, n.Action, n.Message)
	}
}
