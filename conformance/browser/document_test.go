package browser

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/openparley/parley/conformance/harness"
)

// TestTypeScriptOfTheDocuments runs what docs/testing.md shows on a page with chatjs, as it stands there.
func TestTypeScriptOfTheDocuments(t *testing.T) {
	code := typeScript(t, "const run = async (ready, chatDetails) => {\n"+harness.Example(t, "docs/testing.md", "ts")+"return true; };")
	eachMajor(t, func(t *testing.T, _ string, page *tab) {
		server := startDev(t)
		ready, err := json.Marshal(server.Server)
		if err != nil {
			t.Fatal(err)
		}
		details, err := json.Marshal(server.startChat(t, nil))
		if err != nil {
			t.Fatal(err)
		}
		if !js[bool](page, "(() => { %s return run(%s, %s) })()", code, ready, details) {
			t.Error("it did not come to its end")
		}
	})
}

// typeScript is a program without its types, by the compiler that bundles the web pages.
func typeScript(t *testing.T, program string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "run", "github.com/evanw/esbuild/cmd/esbuild", "--loader=ts", "--target=es2022")
	cmd.Dir = "../../tools"
	cmd.Env = append(os.Environ(), "GOFLAGS=") // not under the race detector
	cmd.Stdin = strings.NewReader(program)
	var said bytes.Buffer
	cmd.Stderr = &said
	code, err := cmd.Output()
	if err != nil {
		t.Fatalf("compile TypeScript: %v\n%s", err, &said)
	}
	return string(code)
}
