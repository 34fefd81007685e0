package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/portable"
)

// lintCommand says all that is wrong with flows. Its exit code is 0 when there is nothing, 1 for errors, 2 when a file can not be read.
type lintCommand struct {
	Paths    []string `arg:"" name:"file" help:"Flow, folder with flows, or - for standard input." placeholder:"FILE"`
	Type     string   `help:"Type of all the flows, such as CUSTOMER_QUEUE; else the file name (name.CUSTOMER_QUEUE.json) or Metadata tells." placeholder:"TYPE"`
	Instance string   `help:"Id or ARN of the instance they are meant for." placeholder:"ID"`
	Portable bool     `help:"Queues, flows and the like may stand by name instead of by ARN."`
	Strict   bool     `help:"Warnings fail as errors do."`
	JSON     bool     `name:"json" help:"Print findings as JSON." xor:"form"`
	SARIF    bool     `name:"sarif" help:"Print findings as SARIF 2.1.0, for code scanning." xor:"form"`
}

// linted is a file and what was found in it.
type linted struct {
	File     string    `json:"file"`
	Findings []finding `json:"findings"`
}

type finding struct {
	Severity flow.Severity `json:"severity"`
	Rule     string        `json:"rule"`
	Action   string        `json:"action,omitempty"`
	Pointer  string        `json:"pointer"`
	Line     int           `json:"line"`
	Column   int           `json:"column"`
	Message  string        `json:"message"`
	Advice   string        `json:"advice"`
}

func (c *lintCommand) Run() error {
	if c.Type != "" && !flow.IsType(c.Type) {
		return fmt.Errorf("%w: there is no flow type %s", errUsage, c.Type)
	}
	sources, err := readFlows(c.Paths, os.Stdin)
	if err != nil {
		return err
	}
	all := make([]linted, len(sources))
	count := map[flow.Severity]int{}
	for i, s := range sources {
		all[i] = linted{s.path, []finding{}}
		how := flow.Linting{Type: c.Type, Instance: c.Instance, Portable: c.Portable || s.exported}
		if how.Type == "" {
			how.Type = s.flowType
		}
		for _, f := range flow.Lint(s.content, how) {
			count[f.Severity]++
			all[i].Findings = append(all[i].Findings, finding{f.Severity, f.Rule, f.Action, f.Pointer, f.Line, f.Column, f.Message, f.Advice})
		}
	}
	switch {
	case c.JSON:
		err = printJSON(os.Stdout, map[string]any{"files": all, "errors": count[flow.Error], "warnings": count[flow.Warning]})
	case c.SARIF:
		err = printJSON(os.Stdout, sarifOf(all))
	default:
		err = printFindings(os.Stdout, all, count, colourful(os.Stdout))
	}
	if err == nil && (count[flow.Error] > 0 || c.Strict && count[flow.Warning] > 0) {
		return exitCode(1)
	}
	return err
}

// flowSource is the text of a flow.
type flowSource struct {
	path     string // or - for standard input
	name     string // of the flow
	flowType string // as the file name tells, else empty
	exported bool   // the file is of an exported folder: resources stand by name
	content  string
}

// errUsage is a wrong command line that only the command can tell.
var errUsage = errors.New("wrong usage")

// What a JSON file of a folder may be.
const (
	flowJSON  = "flow" // also what can not be read: somebody has to say so
	caseJSON  = "test case"
	otherJSON = "something else" // a list of resources, a queue
)

func jsonKind(content []byte) string {
	var doc map[string]json.RawMessage
	if json.Unmarshal(content, &doc) != nil {
		return flowJSON
	}
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return doc[name] != nil })
	}
	switch {
	case has("Actions", "StartAction", "modules"):
		return flowJSON
	case has("Observations", "TestCase", "EntryPoint"):
		return caseJSON
	case len(doc) == 0:
		return flowJSON
	}
	return otherJSON
}

// readFlows reads files, all flows in folders and below, and - from in. Of a folder that was exported, flows and modules are read, without
// their drafts.
func readFlows(paths []string, in io.Reader) ([]flowSource, error) {
	var all []flowSource
	read := func(path string) error {
		content, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("%w: %w", errUsage, err)
		}
		f := flowSource{path: path, content: string(content)}
		f.name, f.flowType = flow.InFile(path)
		if dir := filepath.Dir(path); isExported(dir) {
			f.name, f.exported = portable.NameInFile(f.name), true
			if filepath.Base(dir) == "modules" {
				f.flowType = flow.Module
			}
		}
		all = append(all, f)
		return nil
	}
	for _, path := range paths {
		if path == "-" {
			content, err := io.ReadAll(in)
			if err != nil {
				return nil, err
			}
			all = append(all, flowSource{path: path, name: "flow", content: string(content)})
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errUsage, err)
		}
		if !info.IsDir() {
			if err := read(path); err != nil {
				return nil, err
			}
			continue
		}
		err = filepath.WalkDir(path, func(path string, entry fs.DirEntry, err error) error {
			exported := err == nil && isExported(path)
			switch {
			case err != nil:
				return err
			case entry.IsDir() && exported && entry.Name() != "flows" && entry.Name() != "modules":
				return fs.SkipDir
			case entry.IsDir() || exported || filepath.Ext(path) != ".json" || strings.HasSuffix(path, ".draft.json"):
				return nil
			}
			if err := read(path); err != nil {
				return err
			}
			if jsonKind([]byte(all[len(all)-1].content)) != flowJSON {
				all = all[:len(all)-1]
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%w: no *.json in %s", errUsage, strings.Join(paths, ", "))
	}
	return all, nil
}

// isExported reports whether a folder or a file lies at the top of a folder that "parley flow export" has written.
func isExported(path string) bool { return portable.IsFolder(os.DirFS(filepath.Join(path, ".."))) }

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// colourful reports whether colours are seen: on a terminal, unless NO_COLOR is set.
func colourful(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// printFindings writes them for people, grouped by file.
func printFindings(w io.Writer, all []linted, count map[flow.Severity]int, colour bool) error {
	paint := func(code, s string) string {
		if !colour {
			return s
		}
		return "\x1b[" + code + "m" + s + "\x1b[0m"
	}
	codes := map[flow.Severity]string{flow.Error: "31", flow.Warning: "33"}
	for _, file := range all {
		if len(file.Findings) == 0 {
			continue
		}
		fmt.Fprintln(w, paint("1", file.File))
		advised := map[string]bool{} // an advice is given once a file
		for _, f := range file.Findings {
			where := ""
			if f.Action != "" {
				where = " " + paint("1", f.Action)
			}
			fmt.Fprintf(w, "  %d:%d %s%s: %s %s\n", f.Line, f.Column, paint(codes[f.Severity], string(f.Severity)), where, f.Message,
				paint("2", "("+f.Rule+")"))
			if f.Pointer != "" {
				fmt.Fprintf(w, "      at %s\n", paint("2", f.Pointer))
			}
			if !advised[f.Advice] {
				fmt.Fprintf(w, "      %s\n", f.Advice)
			}
			advised[f.Advice] = true
		}
		fmt.Fprintln(w)
	}
	_, err := fmt.Fprintf(w, "%s: %s, %s\n", counted(len(all), "flow"), counted(count[flow.Error], "error"), counted(count[flow.Warning], "warning"))
	return err
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
