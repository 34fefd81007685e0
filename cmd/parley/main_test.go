package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "parley")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "parley")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// patience is how long a test waits for what should take some milliseconds, on a machine that is busy with other things.
const patience = 90 * time.Second

// program is a running parley.
type program struct {
	*exec.Cmd
	t      *testing.T
	stdout lines
	stderr lines
	exited chan struct{} // closed after it has ended
}

// start runs parley. What still runs at the end of the test is killed.
func start(t *testing.T, args ...string) *program {
	t.Helper()
	return startWith(t, exec.Command(binary, args...))
}

func startWith(t *testing.T, cmd *exec.Cmd) *program {
	t.Helper()
	p := &program{Cmd: cmd, t: t, exited: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.stdout, &p.stderr
	if cmd.Env == nil {
		cmd.Env = environ()
	}
	if cmd.Dir == "" {
		cmd.Dir = t.TempDir()
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		cmd.Wait()
		close(p.exited)
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-p.exited
		if t.Failed() {
			t.Logf("%s\nstdout:\n%sstderr:\n%s", strings.Join(cmd.Args[1:], " "), p.stdout.String(), p.stderr.String())
		}
	})
	return p
}

// environ is ours without settings of parley.
func environ() []string {
	var env []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, envPrefix) && !strings.HasPrefix(kv, "LISTEN_") {
			env = append(env, kv)
		}
	}
	return env
}

// exitCode waits for the end.
func (p *program) exitCode() int {
	p.t.Helper()
	select {
	case <-p.exited:
	case <-time.After(patience):
		p.t.Fatal("still runs")
	}
	return p.ProcessState.ExitCode()
}

// stop ends it gracefully.
func (p *program) stop() {
	p.t.Helper()
	p.Process.Signal(syscall.SIGTERM)
	if code := p.exitCode(); code != 0 {
		p.t.Fatalf("exit code %d after SIGTERM, want 0", code)
	}
}

// lines is output that a test can wait for.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// waitFor returns the line with this text, after skipping some of them.
func (p *program) waitFor(l *lines, text string, skip int) string {
	p.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		seen := 0
		for s := bufio.NewScanner(strings.NewReader(l.String())); s.Scan(); {
			if strings.Contains(s.Text(), text) {
				if seen == skip {
					return s.Text()
				}
				seen++
			}
		}
		select {
		case <-p.exited:
			if !strings.Contains(l.String(), text) {
				p.t.Fatalf("ended without a line with %q", text)
			}
		case <-time.After(5 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("no line %d with %q", skip+1, text)
		}
	}
}

// get reads a URL until the answer has this status.
func get(t *testing.T, url string, status int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != status {
		t.Fatalf("GET %s: %s, want %d", url, resp.Status, status)
	}
}
