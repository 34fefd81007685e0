package flow

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestActionsOfTheDocuments: docs/flows.md lists the actions that run, and no other.
func TestActionsOfTheDocuments(t *testing.T) {
	text, err := os.ReadFile("../../docs/flows.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "## Actions that run\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var listed []string
	for _, row := range regexp.MustCompile(`(?m)^\| ([A-Z]\w+(?:, [A-Z]\w+)*) \|`).FindAllStringSubmatch(section, -1) {
		if row[1] != "Action" {
			listed = append(listed, strings.Split(row[1], ", ")...)
		}
	}
	for name := range behaviors {
		if !slices.Contains(listed, name) {
			t.Errorf("%s runs and is not listed", name)
		}
	}
	for _, name := range listed {
		if behaviors[name].do == nil {
			t.Errorf("%s is listed and does not run", name)
		}
	}
}
