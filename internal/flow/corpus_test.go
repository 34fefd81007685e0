package flow_test

import (
	"cmp"
	"os"
	"path/filepath"
	"testing"

	"github.com/openparley/parley/internal/flow"
)

// TestFlowsFromTheField reads flows that others have written: those in testdata, or those in the folder that PARLEY_FLOW_CORPUS names.
// Each must parse, keep its text, also when nothing in it is renamed, and be checked without a panic.
func TestFlowsFromTheField(t *testing.T) {
	dir := cmp.Or(os.Getenv("PARLEY_FLOW_CORPUS"), filepath.Join("testdata", "flows"))
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no flows in %s: %v", dir, err)
	}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := flow.Parse(string(content))
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
			continue
		}
		if f.Content() != string(content) {
			t.Errorf("%s: the text has changed", filepath.Base(path))
		}
		var texts []string
		for _, name := range f.Names() {
			texts = append(texts, name.Text)
		}
		if f.Rename(texts) != string(content) {
			t.Errorf("%s: the text changes when its names stay", filepath.Base(path))
		}
		problems := f.Check("CONTACT_FLOW", func(kind, name string) bool { return true })
		t.Logf("%s: %d problems", filepath.Base(path), len(problems))
	}
}
