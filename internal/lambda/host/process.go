package host

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// waitForOutput is how long output is read on of a process that has ended and left children behind.
const waitForOutput = time.Second

// state is what a process does.
type state byte

const (
	starts state = iota
	idle
	works
)

// process is a program that runs, with a Runtime API of its own: by the address we know who asks. The fields behind mu are read without
// it once run has returned.
type process struct {
	f    *function
	life context.Context
	kill context.CancelFunc

	mu       sync.Mutex
	state    state
	current  *call
	late     *time.Timer // ends a process that takes too long
	replaced bool
	answered bool // at least one call
	gone     bool
}

func newProcess(f *function) *process {
	p := &process{f: f}
	p.life, p.kill = context.WithCancel(f.host.life)
	return p
}

// run starts the program and returns when it has ended.
func (p *process) run() error {
	defer p.kill()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", p.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", p.response)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", p.response)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", p.initError)
	api := &http.Server{Handler: local(mux)}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = api.Serve(l) // until Close
	}()
	defer func() {
		_ = api.Close() // the program is gone
		<-served
	}()

	cmd := exec.CommandContext(p.life, p.f.program, p.f.args...)
	cmd.Env = p.f.environment(l.Addr().String())
	out := &lines{log: p.f.host.opts.Log, name: p.f.name}
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = out, out, waitForOutput
	ownGroup(cmd)
	err = cmd.Run()
	endGroup(cmd)
	out.flush()

	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone = true
	if p.late != nil {
		p.late.Stop()
	}
	if p.current != nil {
		p.current.done <- p.ended(err)
	}
	return err
}

// ended is what callers hear of a process that is no more.
func (p *process) ended(err error) result {
	why := "exit status 0"
	if err != nil {
		why = err.Error()
	}
	id := ""
	if p.current != nil {
		id = "RequestId: " + p.current.id + " "
	}
	return failure("Runtime.ExitError", id+"Error: Runtime exited with error: "+why)
}

// environment is that of this program and what Lambda adds. Source: Lambda developer guide, "Defined runtime environment variables".
func (f *function) environment(api string) []string {
	o := f.host.opts
	env := append(os.Environ(),
		"AWS_LAMBDA_RUNTIME_API="+api, "_HANDLER="+filepath.Base(f.program), "LAMBDA_TASK_ROOT="+filepath.Dir(f.program),
		"AWS_LAMBDA_FUNCTION_NAME="+f.name, "AWS_LAMBDA_FUNCTION_VERSION=$LATEST", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128",
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand", "AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/"+f.name, "AWS_LAMBDA_LOG_STREAM_NAME="+f.name,
	)
	for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION"} { // the developer's own win: the function may use services of Amazon
		if os.Getenv(name) == "" {
			env = append(env, name+"="+o.Region)
		}
	}
	return env
}

// replace ends the process: now, or when it has answered.
func (p *process) replace() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.replaced = true
	if p.current == nil {
		p.kill()
	}
}

// next hands out the next event.
func (p *process) next(w http.ResponseWriter, r *http.Request) {
	if !p.free() {
		http.Error(w, "the last event is not answered", http.StatusBadRequest)
		return
	}
	var c *call
	select {
	case c = <-p.f.work:
	case <-p.life.Done():
		return
	case <-r.Context().Done():
		return
	}
	deadline, ok := p.take(c)
	if !ok {
		return
	}
	for name, value := range map[string]string{
		"Lambda-Runtime-Aws-Request-Id": c.id, "Lambda-Runtime-Deadline-Ms": strconv.FormatInt(deadline.UnixMilli(), 10),
		"Lambda-Runtime-Invoked-Function-Arn": p.f.arn, "Content-Type": "application/json",
	} {
		w.Header().Set(name, value)
	}
	_, _ = w.Write(c.payload) // a process that can not read it ends, or takes too long
}

// free notes that the process waits for an event. It reports false while there is one that it has not answered.
func (p *process) free() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.current != nil || p.gone:
		return false
	case p.state == works:
		p.f.count(1)
	}
	p.state = idle
	if p.replaced {
		p.kill()
	}
	return true
}

// take notes what the process works on and says until when. It reports false when the process has ended meanwhile.
func (p *process) take(c *call) (deadline time.Time, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gone {
		c.done <- p.ended(nil)
		return deadline, false
	}
	timeout := p.f.host.opts.Timeout
	p.f.count(-1)
	p.state, p.current = works, c
	p.late = time.AfterFunc(timeout, func() { p.expire(c) })
	return time.Now().Add(timeout), true
}

// expire ends a process that takes too long for an event.
func (p *process) expire(c *call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current != c {
		return
	}
	p.current = nil
	c.done <- failure("Sandbox.Timedout",
		fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds", c.id, p.f.host.opts.Timeout.Seconds()))
	p.kill()
}

// response takes what a process made of its event: an answer or an error.
func (p *process) response(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxPayload))
	answer := result{body, filepath.Base(r.URL.Path) == "error"}
	status, said := http.StatusAccepted, `{"status":"OK"}`
	if err != nil {
		answer = failure("Function.ResponseSizeTooLarge", "Response payload size exceeded maximum allowed payload size (6291556 bytes).")
		status, said = http.StatusRequestEntityTooLarge, `{"errorType":"RequestEntityTooLarge"}`
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.current; c != nil && c.id == r.PathValue("id") {
		p.late.Stop()
		p.current, p.answered = nil, true
		c.done <- answer
		if p.replaced {
			defer p.kill()
		}
	} else {
		status, said = http.StatusBadRequest, `{"errorType":"InvalidRequestID"}`
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, said) // as in next
}

// initError hears of a program that can not start; it ends itself.
func (p *process) initError(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, maxLine)) // as much as there is
	p.f.host.opts.Log.Error("function can not start", "function", p.f.name, "error", string(body))
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, `{"status":"OK"}`) // as in next
}

// maxLine is where a line of output is broken that does not end.
const maxLine = 64 << 10

// lines logs what a process writes, line by line.
type lines struct {
	log  *slog.Logger
	name string
	rest []byte
}

func (l *lines) Write(b []byte) (int, error) {
	l.rest = append(l.rest, b...)
	for {
		i := bytes.IndexByte(l.rest, '\n')
		switch {
		case i >= 0:
			l.line(l.rest[:i])
			l.rest = l.rest[i+1:]
		case len(l.rest) > maxLine:
			l.flush()
		default:
			return len(b), nil
		}
	}
}

func (l *lines) flush() {
	l.line(l.rest)
	l.rest = nil
}

func (l *lines) line(b []byte) {
	if b = bytes.TrimRight(b, "\r"); len(b) > 0 {
		l.log.Info(string(b), "function", l.name)
	}
}
