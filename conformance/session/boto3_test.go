package session

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestBoto3 walks all operations that Parley has with boto3, where a Python has it.
func TestBoto3(t *testing.T) {
	python := ""
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import boto3").Run() == nil {
			python = name
			break
		}
	}
	if python == "" {
		t.Log("there is no boto3 here")
		return
	}
	w := newWorld(t)
	cmd := exec.CommandContext(t.Context(), python, "testdata/walk.py", w.Endpoint, w.InstanceId, w.flow)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "AWS_") })
	cmd.Env = append(cmd.Env, "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_EC2_METADATA_DISABLED=true")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
