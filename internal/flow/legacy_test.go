package flow

import (
	goflag "flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = goflag.Bool("update", false, "write the files that tests compare with")

// golden compares a text with a file, or writes the file.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); write it anew with -update:\n%s", path, diff)
	}
}

func readFile(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// olderFlows are the flows of testdata in the older format, by name.
func olderFlows(t testing.TB) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("testdata/older/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("older flows of testdata: %d files, %v", len(paths), err)
	}
	files := map[string]string{}
	for _, path := range paths {
		files[strings.TrimSuffix(path, ".json")] = readFile(t, path)
	}
	return files
}

func TestConvert(t *testing.T) {
	for name, content := range olderFlows(t) {
		converted, err := Convert(content)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var notes strings.Builder
		for _, n := range converted.Notes {
			notes.WriteString(strings.Join([]string{n.Pointer, n.Action, n.Message}, " ") + "\n")
		}
		golden(t, name+".converted", converted.Content+"\n"+notes.String())
		for _, p := range parse(t, converted.Content).Check(TypeOf(content), nil) {
			if p.Message != "Invalid Action type" { // a module that nobody knows
				t.Errorf("%s: converted: %s %s", name, p.Action, p.Message)
			}
		}
	}
}

// Every type of module that the older designer had is in the flows above.
func TestAllModulesAreConverted(t *testing.T) {
	var all strings.Builder
	for _, content := range olderFlows(t) {
		all.WriteString(content)
	}
	for kind := range carriers {
		if !strings.Contains(all.String(), `"type": "`+kind+`"`) && kind != "SetContactFlow" { // as SetEventHook
			t.Errorf("no flow has a %s", kind)
		}
	}
}

func TestConvertRefuses(t *testing.T) {
	for _, content := range []string{"", "[]", `{"Actions": [], "modules": []}`, published("Loop", "{}", "", "")} {
		if _, err := Convert(content); err == nil {
			t.Errorf("Convert(%.20q) gives no error", content)
		}
	}
}

// What is wrong with an older flow is told where it stands there.
func TestLintOlder(t *testing.T) {
	content := `{"modules": [
 {"id": "say", "type": "PlayPrompt", "parameters": [], "branches": [{"condition": "Success", "transition": "bye"}]},
 {"id": "bye", "type": "Disconnect"}],
"start": "say"}`
	got := Lint(content, Linting{})
	want := []Finding{{
		Problem{ruleMissing, "Action is missing required property. Path: Actions[0].Parameters.Text", "say", "/modules/0", 2, 2},
		Error, "Text is a text, with any references in it.",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}
