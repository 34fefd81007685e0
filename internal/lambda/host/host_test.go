package host

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestMain makes the test's own program the function: it speaks the Runtime API when it is asked to.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "handle" {
		handle(os.Args[2:])
		return
	}
	os.Exit(m.Run())
}

// handle does what events say.
func handle(args []string) {
	api := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/"
	post := func(path, body string) {
		res, err := http.Post(api+path, "application/json", strings.NewReader(body))
		if err != nil || res.StatusCode != http.StatusAccepted {
			fmt.Println("post:", res, err)
			return
		}
		res.Body.Close()
	}
	version := ""
	if len(args) > 0 {
		if args[0] == "crash" {
			post("init/error", `{"errorType":"Init"}`)
			os.Exit(3)
		}
		b, err := os.ReadFile(args[0])
		if err != nil {
			os.Exit(4)
		}
		version = string(b)
	}
	fmt.Println("ready", os.Getenv("_HANDLER") != "")
	for {
		res, err := http.Get(api + "invocation/next")
		if err != nil {
			os.Exit(5)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		var event struct {
			Do    string
			Sleep int
		}
		_ = json.Unmarshal(body, &event)
		id := res.Header.Get("Lambda-Runtime-Aws-Request-Id")
		time.Sleep(time.Duration(event.Sleep) * time.Millisecond)
		switch event.Do {
		case "die":
			os.Exit(7)
		case "fail":
			post("invocation/"+id+"/error", `{"errorType":"E","errorMessage":"m"}`)
		case "large":
			post("invocation/"+id+"/response", `"`+strings.Repeat("x", MaxPayload)+`"`)
		default:
			answer, _ := json.Marshal(map[string]any{
				"event": string(body), "version": version, "pid": os.Getpid(), "name": os.Getenv("AWS_LAMBDA_FUNCTION_NAME"),
				"arn": res.Header.Get("Lambda-Runtime-Invoked-Function-Arn"), "deadline": res.Header.Get("Lambda-Runtime-Deadline-Ms"),
			})
			post("invocation/"+id+"/response", string(answer))
		}
	}
}

// logged is a log that a test reads.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// open runs the function "echo" and others.
func open(t *testing.T, others map[string]string, o Options) (*Host, *logged) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	commands := map[string]string{"echo": self + " handle"}
	for name, args := range others {
		commands[name] = self + " handle " + args
	}
	log := &logged{}
	o.Region, o.Account, o.Log = "eu-central-1", "111122223333", slog.New(slog.NewTextHandler(log, nil))
	h, err := Open(commands, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Log(log)
		}
	})
	return h, log
}

// answer is what the function echo says.
type answer struct {
	Event, Version, Name, ARN, Deadline string
	PID                                 int
	ErrorType, ErrorMessage             string

	status int
	header http.Header
}

func invoke(ctx context.Context, h *Host, function, event string, header ...string) (a answer, err error) {
	req, err := http.NewRequestWithContext(ctx, "POST", h.URL(function), strings.NewReader(event))
	if err != nil {
		return a, err
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return a, err
	}
	defer res.Body.Close()
	a.status, a.header = res.StatusCode, res.Header
	body, err := io.ReadAll(res.Body)
	_ = json.Unmarshal(body, &a) // what is no JSON stays empty
	return a, err
}

func mustInvoke(t *testing.T, h *Host, function, event string, header ...string) answer {
	t.Helper()
	a, err := invoke(t.Context(), h, function, event, header...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// until waits until something is so.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not in a minute", what)
		}
	}
}

func TestInvoke(t *testing.T) {
	t.Parallel()
	h, log := open(t, nil, Options{})
	const arn = "arn:aws:lambda:eu-central-1:111122223333:function:echo"
	before := time.Now().UnixMilli()
	for _, name := range []string{"echo", arn, arn + ":live", "111122223333:function:echo", "echo:3"} {
		a := mustInvoke(t, h, name, `{"n": 1.50}`)
		if a.status != 200 || a.Event != `{"n": 1.50}` || a.Name != "echo" || a.ARN != arn || a.header.Get("X-Amzn-Requestid") == "" ||
			a.header.Get("X-Amz-Function-Error") != "" || a.Deadline < fmt.Sprint(before+60_000) {
			t.Errorf("%s: %+v", name, a)
		}
	}
	if a := mustInvoke(t, h, "echo", ""); a.Event != "{}" {
		t.Errorf("no event is %q", a.Event)
	}
	if a := mustInvoke(t, h, "echo", `{"Do":"fail"}`); a.status != 200 || a.header.Get("X-Amz-Function-Error") != "Unhandled" || a.ErrorType != "E" {
		t.Errorf("failure: %+v", a)
	}
	if a := mustInvoke(t, h, "echo", `{"Do":"large"}`); a.header.Get("X-Amz-Function-Error") != "Unhandled" || a.ErrorType != "Function.ResponseSizeTooLarge" {
		t.Errorf("a large answer: %+v", a)
	}
	if !strings.Contains(log.String(), `msg="ready true" function=echo`) {
		t.Error("what the function wrote is not logged")
	}
	for _, tt := range []struct {
		function, event string
		header          []string
		status          int
		kind            string
	}{
		{"nope", "{}", nil, 404, "ResourceNotFoundException"},
		{"echo", "{", nil, 400, "InvalidRequestContentException"},
		{"echo", `"` + strings.Repeat("x", MaxPayload) + `"`, nil, 413, "RequestTooLargeException"},
		{"echo", "{}", []string{"X-Amz-Invocation-Type", "Sometimes"}, 400, "InvalidParameterValueException"},
		{"echo", "{}", []string{"Origin", "https://example.org"}, 403, ""},
	} {
		if a := mustInvoke(t, h, tt.function, tt.event, tt.header...); a.status != tt.status || a.header.Get("X-Amzn-ErrorType") != tt.kind {
			t.Errorf("%s %.20s %v: %d %s, want %d %s", tt.function, tt.event, tt.header, a.status, a.header.Get("X-Amzn-ErrorType"), tt.status, tt.kind)
		}
	}
}

func TestProcessThatDies(t *testing.T) {
	t.Parallel()
	h, log := open(t, nil, Options{})
	first := mustInvoke(t, h, "echo", "{}")
	if a := mustInvoke(t, h, "echo", `{"Do":"die"}`); a.ErrorType != "Runtime.ExitError" || !strings.Contains(a.ErrorMessage, "exit status 7") {
		t.Errorf("the caller hears %+v", a)
	}
	if second := mustInvoke(t, h, "echo", "{}"); second.PID == first.PID || second.PID == 0 {
		t.Errorf("process %d after process %d", second.PID, first.PID)
	}
	if !strings.Contains(log.String(), "function ended and is started again") {
		t.Error("it is not logged")
	}
}

func TestProgramThatCanNotStart(t *testing.T) {
	t.Parallel()
	h, log := open(t, map[string]string{"broken": "crash"}, Options{})
	if a := mustInvoke(t, h, "broken", "{}"); a.ErrorType != "Runtime.ExitError" || !strings.Contains(a.ErrorMessage, "exit status 3") {
		t.Errorf("the caller hears %+v", a)
	}
	if !strings.Contains(log.String(), "function can not start") {
		t.Error("the program's own words are not logged")
	}
}

func TestEventThatTakesTooLong(t *testing.T) {
	t.Parallel()
	h, _ := open(t, nil, Options{Timeout: 3 * time.Second})
	first := mustInvoke(t, h, "echo", "{}")
	if a := mustInvoke(t, h, "echo", `{"Sleep":600000}`); a.ErrorType != "Sandbox.Timedout" || !strings.Contains(a.ErrorMessage, "timed out after 3.00 seconds") {
		t.Errorf("the caller hears %+v", a)
	}
	if second := mustInvoke(t, h, "echo", "{}"); second.PID == first.PID || second.PID == 0 {
		t.Errorf("process %d goes on as %d", first.PID, second.PID)
	}
}

// TestCallerThatGivesUp: the function works on, as it does at Lambda.
func TestCallerThatGivesUp(t *testing.T) {
	t.Parallel()
	h, _ := open(t, nil, Options{})
	first := mustInvoke(t, h, "echo", "{}")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := invoke(ctx, h, "echo", `{"Sleep":3000}`); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a caller that gives up hears %v", err)
	}
	until(t, "the process is free again", func() bool { return mustInvoke(t, h, "echo", "{}").PID == first.PID })
}

// TestEventsSideBySide: a process works on one event at a time; more events have more processes, up to four.
func TestEventsSideBySide(t *testing.T) {
	t.Parallel()
	h, _ := open(t, nil, Options{})
	var mu sync.Mutex
	pids := map[int]int{}
	var calls sync.WaitGroup
	for range 8 { // one after the other they would take longer than the other processes to start
		calls.Go(func() {
			a, err := invoke(t.Context(), h, "echo", `{"Sleep":2000}`)
			if err != nil || a.status != 200 {
				t.Errorf("%+v, %v", a, err)
			}
			mu.Lock()
			defer mu.Unlock()
			pids[a.PID]++
		})
	}
	calls.Wait()
	if len(pids) != maxProcesses {
		t.Errorf("answers by process: %v, want %d processes", pids, maxProcesses)
	}
}

func TestEventsNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	h, log := open(t, nil, Options{})
	failed := func() bool { return strings.Contains(log.String(), "function failed") }
	a := mustInvoke(t, h, "echo", `{"Sleep":3000,"Do":"fail"}`, "X-Amz-Invocation-Type", "Event")
	if a.status != 202 || a.header.Get("X-Amzn-Requestid") == "" || failed() {
		t.Errorf("%+v, failed %v", a, failed())
	}
	until(t, "the failure is logged", failed)
	throttled := false
	for range maxWaiting + 1 {
		a := mustInvoke(t, h, "echo", `{"Sleep":60000}`, "X-Amz-Invocation-Type", "Event")
		throttled = throttled || a.status == 429 && a.header.Get("X-Amzn-ErrorType") == "TooManyRequestsException"
	}
	if !throttled {
		t.Errorf("more than %d events wait", maxWaiting)
	}
}

// TestChangedFile: processes make room for what has changed, those that work when they have answered.
func TestChangedFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "version")
	write := func(version string) {
		if err := os.WriteFile(file, []byte(version), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("one")
	h, log := open(t, map[string]string{"versioned": file}, Options{})
	if a := mustInvoke(t, h, "versioned", "{}"); a.Version != "one" {
		t.Fatalf("%+v", a)
	}
	var calls sync.WaitGroup
	calls.Go(func() {
		if a, err := invoke(t.Context(), h, "versioned", `{"Sleep":1500}`); err != nil || a.Version != "one" {
			t.Errorf("under way while the file changes: %+v, %v", a, err)
		}
	})
	f := h.functions["versioned"]
	until(t, "it is under way", func() bool { return f.waiting.Load() == 1 && f.queued.Load() == 0 })
	write("two, longer")
	until(t, "the change is seen", func() bool { return strings.Contains(log.String(), "function has changed") })
	calls.Wait()
	until(t, "the new version answers", func() bool { return mustInvoke(t, h, "versioned", "{}").Version == "two, longer" })
}

func TestClose(t *testing.T) {
	t.Parallel()
	h, _ := open(t, nil, Options{})
	pid := mustInvoke(t, h, "echo", "{}").PID
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(fmt.Sprintf("/proc/%d", pid)); err == nil {
		t.Errorf("process %d is still there", pid)
	}
}

func TestBadCommands(t *testing.T) {
	for name, command := range map[string]string{"f": "/no/such/program", "g": "", "h": "  ", "a b": "/bin/true", "": "/bin/true"} {
		if h, err := Open(map[string]string{name: command}, Options{Log: slog.New(slog.DiscardHandler)}); err == nil {
			t.Errorf("%q runs %q", name, command)
			_ = h.Close()
		}
	}
}
