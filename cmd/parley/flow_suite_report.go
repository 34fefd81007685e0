package main

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/openparley/parley/internal/diagram"
	"github.com/openparley/parley/internal/suite"
)

// suiteReport is what parley flow test says. Its JSON is a contract with scripts.
type suiteReport struct {
	Tests   []testReport `json:"tests"`
	Passed  int          `json:"passed"`
	Failed  int          `json:"failed"`
	Unused  []string     `json:"unused"`  // answers that nobody asked for
	Percent float64      `json:"percent"` // of branches that were taken

	Short  bool `json:"-"` // too few were
	Strict bool `json:"-"`
}

type testReport struct {
	File     string          `json:"file"`
	Passed   bool            `json:"passed"`
	Seconds  float64         `json:"seconds"`
	Problems []problemReport `json:"problems,omitempty"`
	Notes    []string        `json:"notes,omitempty"`
}

type problemReport struct {
	Line    int    `json:"line,omitempty"`
	Message string `json:"message"`
	Diff    string `json:"diff,omitempty"`
}

func reportOf(all []*tried, unused []string, strict bool) *suiteReport {
	r := &suiteReport{Tests: make([]testReport, len(all)), Unused: unused, Strict: strict}
	for i, t := range all {
		one := testReport{File: t.Case.Path, Passed: t.passed(), Seconds: t.took.Seconds(), Notes: t.Notes}
		for _, p := range t.Problems {
			var b strings.Builder
			for _, l := range p.Diff {
				fmt.Fprintf(&b, "%c %s\n", l.Sign, l.Text)
			}
			one.Problems = append(one.Problems, problemReport{p.Line, p.Message, b.String()})
		}
		if r.Tests[i] = one; one.Passed {
			r.Passed++
		} else {
			r.Failed++
		}
	}
	return r
}

func (r *suiteReport) ok() bool {
	return r.Failed == 0 && !r.Short && (!r.Strict || len(r.Unused) == 0)
}

// write tells how it went, wherever that is wanted.
func (c *testCommand) write(r *suiteReport, flows []suite.FlowCoverage) error {
	if c.JUnit != "" {
		if err := os.WriteFile(c.JUnit, r.junit(), 0o644); err != nil {
			return err
		}
	}
	if c.CoverageJSON != "" {
		if err := writeCoverage(c.CoverageJSON, flows, r.Percent); err != nil {
			return err
		}
	}
	if c.CoverageSVG != "" {
		if err := drawCoverage(c.CoverageSVG, flows); err != nil {
			return err
		}
	}
	if c.JSON {
		return printJSON(os.Stdout, r)
	}
	r.print(os.Stdout, colourful(os.Stdout))
	if c.Coverage || r.Short {
		printCoverage(os.Stdout, flows, r.Percent)
	}
	if r.Short {
		_, err := fmt.Printf("Fewer than %g%% of the branches were taken.\n", c.CoverageMin)
		return err
	}
	return nil
}

func (r *suiteReport) print(w io.Writer, colour bool) {
	paint := func(code, s string) string {
		if !colour {
			return s
		}
		return "\x1b[" + code + "m" + s + "\x1b[0m"
	}
	codes := map[byte]string{'-': "31", '+': "32", ' ': "2"}
	for _, t := range r.Tests {
		mark := paint("32", "ok  ")
		if !t.Passed {
			mark = paint("31", "FAIL")
		}
		fmt.Fprintf(w, "%s  %s\n", mark, t.File)
		for _, note := range t.Notes {
			fmt.Fprintln(w, paint("2", "      "+note))
		}
		for _, p := range t.Problems {
			where := t.File
			if p.Line > 0 {
				where += ":" + strconv.Itoa(p.Line)
			}
			fmt.Fprintf(w, "      %s: %s\n", where, p.Message)
			for line := range strings.Lines(p.Diff) {
				line = strings.TrimSuffix(line, "\n")
				fmt.Fprintln(w, "        "+paint(codes[line[0]], line))
			}
		}
	}
	for _, name := range r.Unused {
		fmt.Fprintf(w, "%s: nobody asks it\n", name)
	}
	fmt.Fprintf(w, "%s: %d passed, %d failed\n", counted(len(r.Tests), "test"), r.Passed, r.Failed)
}

// junit is the form that most build servers read.
func (r *suiteReport) junit() []byte {
	type failure struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
	type testCase struct {
		Name    string   `xml:"name,attr"`
		Class   string   `xml:"classname,attr"`
		File    string   `xml:"file,attr"`
		Time    string   `xml:"time,attr"`
		Failure *failure `xml:"failure,omitempty"`
		Out     string   `xml:"system-out,omitempty"`
	}
	type testSuite struct {
		XMLName  xml.Name   `xml:"testsuite"`
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Time     string     `xml:"time,attr"`
		Cases    []testCase `xml:"testcase"`
	}
	out := testSuite{Name: "parley flow test", Tests: len(r.Tests), Failures: r.Failed}
	total := 0.0
	for _, t := range r.Tests {
		total += t.Seconds
		base := filepath.Base(t.File)
		one := testCase{
			Name: strings.TrimSuffix(base, filepath.Ext(base)), Class: filepath.ToSlash(filepath.Dir(t.File)), File: filepath.ToSlash(t.File),
			Time: fmt.Sprintf("%.3f", t.Seconds), Out: strings.Join(t.Notes, "\n"),
		}
		for i, p := range t.Problems {
			if i == 0 {
				one.Failure = &failure{Message: p.Message}
			}
			one.Failure.Text += fmt.Sprintf("%s:%d: %s\n%s", t.File, p.Line, p.Message, p.Diff)
		}
		out.Cases = append(out.Cases, one)
	}
	out.Time = fmt.Sprintf("%.3f", total)
	text, err := xml.MarshalIndent(out, "", "  ")
	if err != nil {
		panic(err) // texts and numbers
	}
	return append([]byte(xml.Header), append(text, '\n')...)
}

func printCoverage(w io.Writer, flows []suite.FlowCoverage, percent float64) {
	fmt.Fprintln(w)
	for _, f := range flows {
		fmt.Fprintf(w, "%4.0f%%  %s: %d of %s\n", suite.Percent(f), f.Path, f.Taken, countedAs(f.All, "branch", "branches"))
		for _, m := range f.Missing {
			never := ""
			if m.NotThere {
				never = " (never comes there)"
			}
			fmt.Fprintf(w, "       %s:%d: %s: %s → %s%s\n", f.Path, m.Line, m.Action, m.Branch, m.LeadsTo, never)
		}
	}
	fmt.Fprintf(w, "%.0f%% of the branches of %s\n", percent, counted(len(flows), "flow"))
}

func countedAs(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func writeCoverage(path string, flows []suite.FlowCoverage, percent float64) error {
	type missing struct {
		Line   int    `json:"line"`
		Action string `json:"action"`
		Branch string `json:"branch"`
		To     string `json:"to"`
	}
	type flow struct {
		File    string    `json:"file"`
		Taken   int       `json:"taken"`
		All     int       `json:"all"`
		Percent float64   `json:"percent"`
		Missing []missing `json:"missing"`
	}
	all := make([]flow, len(flows))
	for i, f := range flows {
		all[i] = flow{f.Path, f.Taken, f.All, suite.Percent(f), []missing{}}
		for _, m := range f.Missing {
			all[i].Missing = append(all[i].Missing, missing{m.Line, m.Action, m.Branch, m.LeadsTo})
		}
	}
	text, err := json.MarshalIndent(map[string]any{"percent": percent, "flows": all}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

// drawCoverage draws each flow into a file of its name.
func drawCoverage(dir string, flows []suite.FlowCoverage) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	used := map[string]int{}
	for _, f := range flows {
		name := strings.TrimSuffix(filepath.Base(f.Path), filepath.Ext(f.Path))
		title := name
		if used[name]++; used[name] > 1 {
			name += "-" + strconv.Itoa(used[name])
		}
		picture := diagram.SVG(f.Graph, diagram.Options{Title: title, Overlay: f.Overlay})
		if err := os.WriteFile(filepath.Join(dir, name+".svg"), picture, 0o644); err != nil {
			return err
		}
	}
	return nil
}
