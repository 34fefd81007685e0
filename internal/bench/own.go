package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// ownServer is a `parley serve` that we started for the run. Everything is on but the limits of what one participant may send.
type ownServer struct {
	cmd                              *exec.Cmd
	log                              string // file
	endpoint, accessKeyID, secretKey string
}

func startServer(ctx context.Context, program, dir, dsn string) (*ownServer, error) {
	s := &ownServer{accessKeyID: "bench", secretKey: "bench", log: filepath.Join(dir, "log")}
	config := map[string]any{
		"database": dsn, "log_level": "error",
		"credentials": []any{map[string]any{"access_key_id": s.accessKeyID, "secret_access_key": s.secretKey}},
		"quotas": map[string]any{"profile": "self", "active_chats": 0, "operations": map[string]any{
			"CreateParticipantConnection": unlimited, "DisconnectParticipant": unlimited, "GetTranscript": unlimited,
			"SendMessage": unlimited, "SendEvent": unlimited,
		}},
	}
	text, err := json.Marshal(config) // JSON is YAML
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "parley.yaml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer l.Close()
	socket, err := l.(*net.TCPListener).File()
	if err != nil {
		return nil, err
	}
	defer socket.Close()
	log, err := os.Create(s.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	s.endpoint = "http://" + l.Addr().String()
	s.cmd = exec.Command(program, "serve", "--config", file)
	s.cmd.Env = append(cleanEnv(), "LISTEN_FDS=1")
	s.cmd.ExtraFiles = []*os.File{socket}
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := s.ready(ctx); err != nil {
		s.stop()
		said, _ := os.ReadFile(s.log)
		return nil, fmt.Errorf("the server did not start: %w\n%s", err, said)
	}
	return s, nil
}

// unlimited is a rate that no load reaches; the limiter works all the same.
var unlimited = map[string]any{"rate": 1_000_000, "burst": 1_000_000}

// cleanEnv is the environment without settings of parley, which are the configuration's here.
func cleanEnv() []string {
	return slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "PARLEY_") })
}

func (s *ownServer) ready(ctx context.Context) error {
	for {
		req, err := http.NewRequestWithContext(ctx, "GET", s.endpoint+"/readyz", nil)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *ownServer) stop() {
	s.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(30*time.Second, func() { s.cmd.Process.Kill() })
	defer timer.Stop()
	s.cmd.Wait()
}

// cold starts `parley dev` again and again and takes the median time until it says that it is ready.
func (o Options) cold(ctx context.Context) (Result, error) {
	const starts = 11
	r := Result{What: Cold, Engine: "sqlite", Count: starts}
	var took []time.Duration
	var resident []float64
	for range starts {
		begin := time.Now()
		cmd := exec.CommandContext(ctx, o.Program, "dev", "--listen", "127.0.0.1:0", "--json")
		cmd.Env = cleanEnv()
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
		cmd.WaitDelay = 10 * time.Second
		out, err := cmd.StdoutPipe()
		if err != nil {
			return r, err
		}
		if err := cmd.Start(); err != nil {
			return r, err
		}
		line, err := bufio.NewReader(out).ReadBytes('\n')
		took = append(took, time.Since(begin))
		var ready struct{ Endpoint string }
		if err == nil {
			err = json.Unmarshal(line, &ready)
		}
		if err == nil {
			t := target{o: Options{Endpoint: ready.Endpoint}}
			resident = append(resident, t.usage(ctx).resident)
		}
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
		if err != nil {
			return r, fmt.Errorf("no ready line: %w", err)
		}
	}
	slices.Sort(took)
	slices.Sort(resident)
	var h histogram
	for _, d := range took {
		h.add(d)
	}
	r.Answer = h.latency()
	r.ResidentMB = resident[starts/2] / 1e6
	return r, nil
}
