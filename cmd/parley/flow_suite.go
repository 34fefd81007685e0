package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/openparley/parley/internal/rehearse"
	"github.com/openparley/parley/internal/suite"
)

// testCommand tries flows as golden conversations and test cases say. Its exit code is 0 when all pass, 1 when one does not or too little is
// covered, 2 when a file can not be read.
type testCommand struct {
	Paths    []string `arg:"" name:"file" help:"Golden conversations (*.txtar), test cases of Amazon Connect (*.json), or folders of them, beside the flows that they try." placeholder:"FILE"`
	Run_     string   `name:"run" help:"Only those whose path matches a regular expression." placeholder:"PATTERN"`
	Mock     string   `help:"What functions and bots answer; else NAME.mock.yaml beside NAME.txtar, or mock.yaml in the folder." placeholder:"FILE"`
	Update   bool     `help:"Write what was seen into the conversations that saw something else."`
	Strict   bool     `help:"Answers that nobody asked for fail."`
	Parallel int      `help:"How many are tried at a time; default one for each processor." placeholder:"N"`
	JUnit    string   `name:"junit" help:"Write the results to a file, in the form of JUnit." placeholder:"FILE"`
	JSON     bool     `name:"json" help:"Print the results as JSON."`

	Coverage     bool    `help:"Show which branches of the flows were taken."`
	CoverageMin  float64 `help:"Fail when fewer branches of all flows together were taken, in percent." placeholder:"PERCENT"`
	CoverageSVG  string  `name:"coverage-svg" help:"Draw each flow with the branches that were taken, into a folder." placeholder:"DIR"`
	CoverageJSON string  `name:"coverage-json" help:"Write the coverage to a file, as JSON." placeholder:"FILE"`
}

// tried is a case and how it went.
type tried struct {
	*suite.Result
	mock string // file
	took time.Duration
}

func (t *tried) passed() bool { return len(t.Problems) == 0 }

func (c *testCommand) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	pattern, err := regexp.Compile(c.Run_)
	if err != nil {
		return fmt.Errorf("%w: --run: %w", errUsage, err)
	}
	found, err := findCases(c.Paths)
	if err != nil {
		return err
	}
	var cases []*suite.Case
	var all []*tried
	for _, path := range found {
		if !pattern.MatchString(filepath.ToSlash(path)) {
			continue
		}
		one, mockPath, err := c.read(path)
		if err != nil {
			return err
		}
		cases = append(cases, one)
		all = append(all, &tried{mock: mockPath})
	}
	if len(cases) == 0 {
		return fmt.Errorf("%w: no golden conversation (*.txtar) and no test case in %s", errUsage, strings.Join(c.Paths, ", "))
	}
	c.try(ctx, cases, all)
	if err := ctx.Err(); err != nil {
		return err
	}
	if c.Update {
		if err := update(all); err != nil {
			return err
		}
	}
	report := reportOf(all, c.unused(all), c.Strict)
	coverage := &suite.Coverage{}
	for _, t := range all {
		coverage.Add(t.Result)
	}
	flows := coverage.Flows()
	if report.Percent = suite.Percent(flows...); c.CoverageMin > report.Percent {
		report.Short = true
	}
	if err := c.write(report, flows); err != nil {
		return err
	}
	if !report.ok() {
		return exitCode(1)
	}
	return nil
}

// try runs the cases, some at a time.
func (c *testCommand) try(ctx context.Context, cases []*suite.Case, all []*tried) {
	atOnce := c.Parallel
	if atOnce <= 0 {
		atOnce = runtime.GOMAXPROCS(0)
	}
	var wg sync.WaitGroup
	free := make(chan struct{}, atOnce)
	for i, one := range cases {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			begin := time.Now()
			all[i].Result = one.Run(ctx)
			all[i].took = time.Since(begin)
		})
	}
	wg.Wait()
}

// findCases finds golden conversations and test cases, in the order of their paths.
func findCases(paths []string) (found []string, err error) {
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errUsage, err)
		}
		if !info.IsDir() {
			found = append(found, path)
			continue
		}
		err = filepath.WalkDir(path, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			if suite.IsPlay(path) {
				found = append(found, path)
			} else if filepath.Ext(path) == ".json" {
				content, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				if jsonKind(content) == caseJSON {
					found = append(found, path)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// read reads a case with the flows and answers that lie beside it.
func (c *testCommand) read(path string) (*suite.Case, string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", errUsage, err)
	}
	if !suite.IsPlay(path) && jsonKind(data) != caseJSON {
		return nil, "", fmt.Errorf("%w: %s is neither a golden conversation (*.txtar) nor a test case", errUsage, path)
	}
	one := &suite.Case{Path: path, Data: data}
	if one.Flows, err = flowsBeside(filepath.Dir(path)); err != nil {
		return nil, "", err
	}
	mockPath := c.Mock
	if mockPath == "" {
		mockPath = mockBeside(path)
	}
	one.Mock, err = readMock(mockPath)
	return one, mockPath, err
}

// flowsBeside reads the flows of a folder; of one that is part of an exported instance, those of the instance.
func flowsBeside(dir string) ([]rehearse.File, error) {
	if isExported(dir) {
		return rehearsed([]string{filepath.Join(dir, "..")})
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	var flows []string
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if jsonKind(content) == flowJSON && !strings.HasSuffix(path, ".draft.json") {
			flows = append(flows, path)
		}
	}
	if len(flows) == 0 {
		return nil, nil
	}
	return rehearsed(flows)
}

// mockBeside is the file with the answers for a case; empty if there is none.
func mockBeside(path string) string {
	for _, name := range []string{strings.TrimSuffix(path, filepath.Ext(path)) + ".mock.yaml", filepath.Join(filepath.Dir(path), "mock.yaml")} {
		if _, err := os.Stat(name); err == nil {
			return name
		}
	}
	return ""
}

// update writes what was seen; who saw something else passes then.
func update(all []*tried) error {
	for _, t := range all {
		if t.Seen == nil || bytes.Equal(t.Seen, t.Case.Data) {
			continue
		}
		if err := os.WriteFile(t.Case.Path, t.Seen, 0o644); err != nil {
			return err
		}
		t.Problems = nil
		t.Notes = append(t.Notes, "updated")
	}
	return nil
}

// unused are the answers of files that no case asked for, unless only some cases were tried.
func (c *testCommand) unused(all []*tried) []string {
	if c.Run_ != "" {
		return nil
	}
	by := map[string][]*tried{}
	for _, t := range all {
		if t.mock != "" && t.Unused != nil || t.mock != "" && t.passed() {
			by[t.mock] = append(by[t.mock], t)
		}
	}
	var names []string
	for file, users := range by {
		for _, name := range users[0].Unused {
			if !slices.ContainsFunc(users, func(t *tried) bool { return !slices.Contains(t.Unused, name) }) {
				names = append(names, file+": "+name)
			}
		}
	}
	slices.Sort(names)
	return names
}
