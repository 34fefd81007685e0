package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/internal/server"
)

// flowsOf runs "parley flow" against a server that runs.
func flowsOf(t *testing.T, r server.Ready, command string, args ...string) *program {
	t.Helper()
	args = append([]string{"flow", command, "--endpoint", r.Endpoint, "--instance", r.InstanceId}, args...)
	cmd := exec.Command(binary, args...)
	cmd.Env = append(environ(), "AWS_ACCESS_KEY_ID="+r.AccessKeyId, "AWS_SECRET_ACCESS_KEY="+r.SecretAccessKey)
	return startWith(t, cmd)
}

func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestFlowFolder(t *testing.T) {
	_, ready := startDev(t)
	dir := t.TempDir()
	p := flowsOf(t, ready, "export", dir)
	if code := p.exitCode(); code != 0 {
		t.Fatalf("export: exit code %d\n%s", code, p.stderr.String())
	}
	before := read(t, dir)
	if !strings.Contains(before["flows/Welcome.json"], `"BasicQueue"`) && !strings.Contains(before["flows/Welcome.json"], `"Survey"`) {
		t.Errorf("Welcome names nothing:\n%s", before["flows/Welcome.json"])
	}
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("flows/Hello.json", strings.Replace(smallFlow, "Hi", "Hello", 1))
	p = flowsOf(t, ready, "import", dir, "--dry-run")
	if code, out := p.exitCode(), p.stdout.String(); code != 0 || !strings.Contains(out, "create flow \"Hello\"\n1 to create, 0 to update, 0 to delete, ") {
		t.Errorf("dry run: exit code %d\n%s%s", code, out, p.stderr.String())
	}
	for range 2 {
		if p = flowsOf(t, ready, "import", dir); p.exitCode() != 0 {
			t.Errorf("import: %s%s", p.stdout.String(), p.stderr.String())
		}
	}
	if !strings.HasPrefix(p.stdout.String(), "0 to create, 0 to update, 0 to delete, ") {
		t.Errorf("a second import: %s", p.stdout.String())
	}
	bare := exec.Command(binary, "flow", "import", "--endpoint", ready.Endpoint, "--instance", ready.InstanceId, dir)
	bare.Env = []string{"HOME=" + t.TempDir()} // a developer's server is known without keys
	if p = startWith(t, bare); p.exitCode() != 0 {
		t.Errorf("import without keys: %s%s", p.stdout.String(), p.stderr.String())
	}
	bare = exec.Command(binary, "flow", "export", "--endpoint", ready.Endpoint, "--instance", "00000000-0000-4000-8000-00000000ffff", t.TempDir())
	bare.Env = []string{"HOME=" + t.TempDir()}
	if p = startWith(t, bare); p.exitCode() != 1 || p.stderr.String() != "parley: DescribeInstance: ResourceNotFoundException: Instance not found\n" {
		t.Errorf("another instance: %s", p.stderr.String())
	}
	write("flows/notes.txt", "mine")
	write("flows/Mine.json", smallFlow)
	write("queues/Gone.json", "{}")
	write("parley.json", strings.Replace(before["parley.json"], `"Files": [`, `"Files": ["queues/Gone.json", "../elsewhere.json", "flows/notes.txt",`, 1))
	if p = flowsOf(t, ready, "export", dir); p.exitCode() != 0 || p.stderr.String() != "flows/Mine.json: no export has written this, so it stays; the instance does not have it\n" {
		t.Errorf("second export: %s", p.stderr.String())
	}
	before["flows/Hello.json"], before["flows/notes.txt"], before["flows/Mine.json"] = strings.Replace(smallFlow, "Hi", "Hello", 1), "mine", smallFlow
	after := read(t, dir)
	if !strings.Contains(after["parley.json"], `"flows/Hello.json"`) {
		t.Errorf("the manifest does not have the new flow:\n%s", after["parley.json"])
	}
	delete(before, "parley.json")
	delete(after, "parley.json")
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("second export (-want +got):\n%s", diff)
	}
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "parley.json"), []byte(`{"listen": "127.0.0.1:0"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if p = flowsOf(t, ready, "export", other); p.exitCode() != 1 || !strings.Contains(p.stderr.String(), "parley.json: this is no manifest") || len(read(t, other)) != 1 {
		t.Errorf("over a file of somebody else: exit code %d\n%s", p.exitCode(), p.stderr.String())
	}

	write("flows/Bad.json", strings.Replace(smallFlow, "MessageParticipant", "SendMessage", 1))
	write("flows/Worse.json", "{")
	p = flowsOf(t, ready, "import", dir)
	if code, said := p.exitCode(), p.stderr.String(); code != 1 || !strings.Contains(said, "flows/Bad.json:") ||
		!strings.Contains(said, "flows/Worse.json:1: ") || !strings.Contains(said, "2 problems. Nothing was changed.") {
		t.Errorf("bad flows: exit code %d\n%s", code, said)
	}
	if p = flowsOf(t, ready, "import", filepath.Join(dir, "nowhere")); p.exitCode() != 2 {
		t.Errorf("no folder: exit code %d", p.exitCode())
	}
}

// smallFlow says something and ends.
const smallFlow = `{"Version": "2019-10-30", "StartAction": "say", "Actions": [
  {"Identifier": "say", "Type": "MessageParticipant", "Parameters": {"Text": "Hi"},
   "Transitions": {"NextAction": "end", "Errors": [{"NextAction": "end", "ErrorType": "NoMatchingError"}]}},
  {"Identifier": "end", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}}]}`
