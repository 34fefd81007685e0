package session

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/openparley/parley/conformance/harness"
)

// python is one that has boto3; empty where there is none.
func python(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import boto3").Run() == nil {
			return name
		}
	}
	t.Log("there is no boto3 here")
	return ""
}

// runPython runs a program that finds no AWS account of the machine's.
func runPython(t *testing.T, python string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), python, args...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "AWS_") })
	cmd.Env = append(cmd.Env, "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_EC2_METADATA_DISABLED=true")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestBoto3 walks all operations that Parley has with boto3, where a Python has it.
func TestBoto3(t *testing.T) {
	if p := python(t); p != "" {
		w := newWorld(t)
		runPython(t, p, "testdata/walk.py", w.Endpoint, w.InstanceId, w.flow)
	}
}

// TestPythonOfTheDocuments runs what docs/testing.md shows, as it stands there.
func TestPythonOfTheDocuments(t *testing.T) {
	p := python(t)
	if p == "" {
		return
	}
	server := harness.Dev(t)
	ready, err := json.Marshal(server)
	if err != nil {
		t.Fatal(err)
	}
	code := "import json, sys\nready = json.loads(sys.argv[1])\n" + harness.Example(t, "docs/testing.md", "python")
	runPython(t, p, "-c", code, string(ready))
	var faults struct {
		Faults []struct {
			Fault string
			Met   int
		}
	}
	resp, err := http.Get(server.Endpoint + "/parley/v1/faults")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&faults); err != nil || len(faults.Faults) != 1 || faults.Faults[0].Met != 1 {
		t.Errorf("the faults stand at %+v (%v)", faults, err)
	}
}
