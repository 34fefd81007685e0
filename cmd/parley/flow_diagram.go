package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/openparley/parley/internal/diagram"
	"github.com/openparley/parley/internal/flow"
)

// diagramCommand draws a flow.
type diagramCommand struct {
	File   string `arg:"" help:"Flow, or - for standard input." placeholder:"FILE"`
	Output string `short:"o" help:"File to write the picture to; else it goes to standard output." placeholder:"FILE.svg"`
	Type   string `help:"Type of the flow, such as CUSTOMER_QUEUE; else the file name (name.CUSTOMER_QUEUE.json) tells." placeholder:"TYPE"`
}

func (c *diagramCommand) Run() error {
	if c.Type != "" && !flow.IsType(c.Type) {
		return fmt.Errorf("%w: there is no flow type %s", errUsage, c.Type)
	}
	sources, err := readFlows([]string{c.File}, os.Stdin)
	if err != nil {
		return err
	}
	if len(sources) != 1 {
		return fmt.Errorf("%w: a picture shows one flow", errUsage)
	}
	s := sources[0]
	if flow.IsOlder(s.content) {
		converted, err := flow.Convert(s.content)
		if err != nil {
			return fmt.Errorf("%s: %w", s.path, err)
		}
		s.content = converted.Content
	}
	f, err := flow.Parse(s.content)
	if err != nil {
		return fmt.Errorf("%s: %w", s.path, err)
	}
	if c.Type != "" {
		s.flowType = c.Type
	}
	name := filepath.Base(s.path)
	picture := diagram.SVG(f.Graph(s.flowType), diagram.Options{Title: strings.TrimSuffix(name, filepath.Ext(name))})
	if c.Output == "" || c.Output == "-" {
		_, err = os.Stdout.Write(picture)
		return err
	}
	return os.WriteFile(c.Output, picture, 0o666)
}
