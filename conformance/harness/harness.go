// Package harness starts parley for the tests of this module.
package harness

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Server is a running `parley dev` or `parley serve`. Its fields are those of the ready line of the former; the latter has no ids.
type Server struct {
	Endpoint, Region, AccessKeyId, SecretAccessKey string
	InstanceId, InstanceArn, ContactFlowId         string
	Flows                                          map[string]string

	cmd  *exec.Cmd
	log  *bytes.Buffer
	done chan struct{} // closed when the process has ended
}

// program is the binary under test, built once when PARLEY does not name one.
var program = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("PARLEY"); path != "" {
		return path, nil
	}
	_, file, _, _ := runtime.Caller(0)
	root := filepath.Join(filepath.Dir(file), "..", "..")
	path := filepath.Join(root, "bin", "parley")
	build := exec.Command("go", "build", "-o", path, "./cmd/parley")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build parley: %w\n%s", err, out)
	}
	return path, nil
})

// Program is the path of the binary under test.
func Program(t testing.TB) string {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// Command prepares a parley command without settings from the environment.
func Command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(Program(t), args...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "PARLEY_") })
	return cmd
}

// Dev runs `parley dev` on a free port until the test ends. What it logged is shown when the test fails.
func Dev(t testing.TB, args ...string) *Server {
	t.Helper()
	s := &Server{log: new(bytes.Buffer), done: make(chan struct{})}
	s.cmd = Command(t, append([]string{"dev", "--listen", "127.0.0.1:0", "--json"}, args...)...)
	s.cmd.Stderr = s.log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	go func() {
		defer close(s.done)
		s.cmd.Wait()
	}()
	t.Cleanup(func() {
		s.Stop()
		if t.Failed() {
			t.Logf("the server's log:\n%s", tail(s.log.Bytes()))
		}
	})
	if err == nil {
		err = json.Unmarshal(line, s)
	}
	if err != nil {
		s.Stop()
		t.Fatalf("no ready line, but %q: %v\n%s", line, err, s.log)
	}
	return s
}

// Serve runs `parley serve` on a free port until the test ends, with the SQLite file and the settings (YAML) of a folder. It returns when
// requests are served.
func Serve(t testing.TB, folder, settings string) *Server {
	t.Helper()
	address := FreeAddress(t)
	s := &Server{
		Endpoint: "http://" + address, Region: "us-east-1", AccessKeyId: "tester", SecretAccessKey: "secret",
		log: new(bytes.Buffer), done: make(chan struct{}),
	}
	config := filepath.Join(folder, "parley.yaml")
	err := os.WriteFile(config, fmt.Appendf(nil, "listen: %s\ndatabase: sqlite:%s\ncredentials:\n- access_key_id: %s\n  secret_access_key: %s\n%s",
		address, filepath.Join(folder, "parley.db"), s.AccessKeyId, s.SecretAccessKey, settings), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	s.cmd = Command(t, "serve", "--config", config)
	s.cmd.Stderr = s.log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var ended error
	go func() {
		defer close(s.done)
		ended = s.cmd.Wait()
	}()
	t.Cleanup(func() {
		if s.Stop(); ended != nil {
			t.Errorf("parley serve ended with %v", ended)
		}
		if t.Failed() {
			t.Logf("the server's log:\n%s", tail(s.log.Bytes()))
		}
	})
	for deadline := time.Now().Add(startLimit); ; time.Sleep(50 * time.Millisecond) {
		resp, err := http.Get(s.Endpoint + "/readyz")
		if err == nil {
			if resp.Body.Close(); resp.StatusCode == http.StatusOK {
				return s
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("parley serve is not ready: %v", err)
		}
	}
}

const startLimit = 30 * time.Second // for a parley under the race detector on a busy machine

// ports are those below the ones that systems hand out by themselves, each once from a place of this process's own.
var ports, offset = new(atomic.Int32), rand.Int32N(10_000)

// Example is the code that a document of this project shows in a language, the first of it, for a test of a package below this module.
func Example(t testing.TB, document, language string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", document))
	if err != nil {
		t.Fatal(err)
	}
	_, code, found := strings.Cut(string(text), "\n```"+language+"\n")
	code, _, closed := strings.Cut(code, "\n```\n")
	if !found || !closed {
		t.Fatalf("%s shows nothing in %s", document, language)
	}
	return code + "\n"
}

// FreeAddress is one on which nobody listens. Nobody gets it by chance, so a server can leave it and take it again.
func FreeAddress(t testing.TB) string {
	t.Helper()
	for range 1000 {
		address := fmt.Sprintf("127.0.0.1:%d", 20_000+(offset+ports.Add(1))%10_000)
		if l, err := net.Listen("tcp", address); err == nil {
			l.Close()
			return address
		}
	}
	t.Fatal("a thousand ports are taken")
	return ""
}

// Process is the process that was started; with Serve, the supervisor.
func (s *Server) Process() *os.Process { return s.cmd.Process }

func tail(log []byte) []byte {
	const most = 20_000
	return log[max(0, len(log)-most):]
}

// Stop ends the server as Ctrl-C would and waits for it.
func (s *Server) Stop() { s.end(syscall.SIGTERM) }

// Kill ends the server at once.
func (s *Server) Kill() { s.end(syscall.SIGKILL) }

func (s *Server) end(signal syscall.Signal) {
	s.cmd.Process.Signal(signal)
	select {
	case <-s.done:
	case <-time.After(30 * time.Second):
		s.cmd.Process.Kill()
		<-s.done
	}
}

// Advance moves the server's clock and returns when everything that became due is done.
func (s *Server) Advance(t testing.TB, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "POST", s.Endpoint+"/parley/v1/clock", strings.NewReader(fmt.Sprintf(`{"Advance":%q}`, d)))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("advance the clock by %v: %s", d, resp.Status)
	}
}
