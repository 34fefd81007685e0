package flow_test

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openparley/parley/internal/flow"
)

// fieldFlows are flows that others have written: those in testdata, or those in the folder that PARLEY_FLOW_CORPUS names. older are the
// ones in the older format, which lie in a folder below.
func fieldFlows(t *testing.T) (flows, older map[string]string) {
	t.Helper()
	read := func(dir, below string) map[string]string {
		paths, err := filepath.Glob(filepath.Join(dir, below, "*.json"))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no flows in %s: %v", filepath.Join(dir, below), err)
		}
		files := map[string]string{}
		for _, path := range paths {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files[filepath.Base(path)] = string(content)
		}
		return files
	}
	if dir := os.Getenv("PARLEY_FLOW_CORPUS"); dir != "" {
		return read(dir, ""), read(dir, "legacy")
	}
	return read("testdata", "flows"), read("testdata", "older")
}

// TestFlowsFromTheField: each flow must parse, keep its text, also when nothing in it is renamed, and be checked and linted without a
// panic, in no time.
func TestFlowsFromTheField(t *testing.T) {
	flows, older := fieldFlows(t)
	actions := 0
	for name, content := range flows {
		f, err := flow.Parse(content)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if f.Content() != content {
			t.Errorf("%s: the text has changed", name)
		}
		var texts []string
		for _, n := range f.Names() {
			texts = append(texts, n.Text)
		}
		if f.Rename(texts) != content {
			t.Errorf("%s: the text changes when its names stay", name)
		}
		actions += len(f.Graph("").Nodes)
	}
	t.Logf("%d flows of %d actions", len(flows), actions)
	logFindings(t, flows)

	converted := map[string]string{}
	for name, content := range older {
		c, err := flow.Convert(content)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := flow.Parse(c.Content); err != nil {
			t.Errorf("%s: converted: %v", name, err)
		}
		converted[name] = content
	}
	t.Logf("%d flows in the older format", len(older))
	logFindings(t, converted)
}

// logFindings lints flows and tells what was found, by rule; errors with their files.
func logFindings(t *testing.T, files map[string]string) {
	t.Helper()
	const enough = 10 * time.Second // for one flow; it takes milliseconds
	index := regexp.MustCompile(`\[\d+\]`)
	refused := map[string]bool{}
	found, in := map[string]int{}, map[string]map[string]bool{}
	for name, content := range files {
		begun := time.Now()
		findings := flow.Lint(content, flow.Linting{})
		if took := time.Since(begun); took > enough {
			t.Errorf("%s: lint takes %v", name, took)
		}
		for _, f := range findings {
			if f.Line < 1 || f.Column < 1 || f.Message == "" || f.Advice == "" {
				t.Errorf("%s: finding %+v", name, f)
			}
			group := string(f.Severity) + " " + f.Rule
			if f.Severity == flow.Error {
				refused[name] = true
				group += ": " + index.ReplaceAllString(f.Message, "[]")
			}
			found[group]++
			if in[group] == nil {
				in[group] = map[string]bool{}
			}
			in[group][name] = true
		}
	}
	t.Logf("publishing refuses %d of %d", len(refused), len(files))
	groups := slices.SortedFunc(maps.Keys(found), func(a, b string) int { return cmp.Or(cmp.Compare(found[b], found[a]), cmp.Compare(a, b)) })
	for _, group := range groups {
		names := ""
		if strings.HasPrefix(group, string(flow.Error)) {
			names = ": " + strings.Join(slices.Sorted(maps.Keys(in[group])), " ")
		}
		t.Logf("%5d in %3d %s%s", found[group], len(in[group]), group, names)
	}
}
