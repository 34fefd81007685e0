package server

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/api/wire"
)

var update = flag.Bool("update", false, "rewrite the lists of COMPAT.md")

// TestCompat keeps COMPAT.md true: the operations in its tables are those that are served, and all others stand in its lists of what is
// not supported.
func TestCompat(t *testing.T) {
	const file = "../../COMPAT.md"
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
	want := string(page)
	for name, service := range map[string]*wire.Service{"connect": connect.Service, "participant": participant.Service} {
		part := regexp.MustCompile(`(?s)\n## [^#]*<!-- unsupported ` + name + ` -->`).Find(page) // with a table in it
		documented := map[string]bool{}
		for _, row := range regexp.MustCompile(`(?m)^\| (\w+) \| (supported|partial)`).FindAllSubmatch(part, -1) {
			documented[string(row[1])] = true
		}
		var refused []string
		for _, r := range service.Known {
			if s.served[r] != documented[r.Name] {
				t.Errorf("%s: served is %v, in a table of COMPAT.md is %v", r.Name, s.served[r], documented[r.Name])
			}
			if !s.served[r] {
				refused = append(refused, r.Name)
			}
		}
		slices.Sort(refused)
		list := regexp.MustCompile(`(?s)(<!-- unsupported ` + name + ` -->\n).*?(<!-- end -->)`)
		if !list.MatchString(want) {
			t.Fatalf("COMPAT.md has no list of what is not supported of %s", name)
		}
		all := "None."
		if len(refused) > 0 {
			all = fmt.Sprintf("%d operations: %s.", len(refused), strings.Join(refused, ", "))
		}
		want = list.ReplaceAllString(want, "${1}\n"+all+"\n\n${2}")
	}
	if want == string(page) {
		return
	}
	if !*update {
		t.Error("the lists of COMPAT.md are not what is refused: run go test ./internal/server -run TestCompat -update")
	} else if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}
