// Package host runs functions of AWS Lambda on this machine: programs that speak the Lambda Runtime API, behind the Invoke operation of the
// Lambda API. It is for developers; what calls the functions is not its matter.
package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"
)

// MaxPayload is the most bytes of an event or an answer. Source: Lambda API, Invoke.
const MaxPayload = 6 << 20

// Options of Open.
type Options struct {
	// Region and Account stand in the ARNs of the functions.
	Region, Account string

	// Timeout is how long a function may work on an event before its process is ended; a minute if 0.
	Timeout time.Duration

	// Log takes what the functions write, line by line, and what becomes of their processes.
	Log *slog.Logger
}

// Host runs functions until Close.
type Host struct {
	opts      Options
	functions map[string]*function
	server    *http.Server
	address   string

	life context.Context // ends with Close
	end  context.CancelFunc

	mu   sync.Mutex // of what is begun while Close begins to wait
	work sync.WaitGroup
}

// Open starts a process of each function, by its name, and serves the Invoke operation on a free port of this machine. A command is the path
// of a program, or a program with arguments between blanks.
func Open(commands map[string]string, o Options) (*Host, error) {
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	h := &Host{opts: o, functions: map[string]*function{}}
	for name, command := range commands {
		words := strings.Fields(command)
		if _, err := os.Stat(command); err == nil {
			words = []string{command} // blanks may be part of its name
		}
		if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" || len(name) > 64 {
			return nil, fmt.Errorf("function %q: a name has up to 64 letters, digits, hyphens and underscores", name)
		}
		if len(words) == 0 {
			return nil, fmt.Errorf("function %s: no program is named", name)
		}
		program, err := exec.LookPath(words[0])
		if err != nil {
			return nil, fmt.Errorf("function %s: %w", name, err)
		}
		h.functions[name] = newFunction(h, name, program, words[1:])
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	h.address = l.Addr().String()
	h.life, h.end = context.WithCancel(context.Background())
	mux := http.NewServeMux()
	mux.HandleFunc("POST /2015-03-31/functions/{function}/invocations", h.invoke)
	h.server = &http.Server{Handler: local(mux)}
	h.work.Go(func() { _ = h.server.Serve(l) }) // until Close
	for _, f := range h.functions {
		f.grow(1)
		h.work.Go(f.watch)
	}
	return h, nil
}

// Endpoint is where the Lambda API is served.
func (h *Host) Endpoint() string { return "http://" + h.address }

// URL is where a function is called.
func (h *Host) URL(name string) string {
	return h.Endpoint() + "/2015-03-31/functions/" + name + "/invocations"
}

// Close ends all processes.
func (h *Host) Close() error {
	h.mu.Lock()
	h.end()
	h.mu.Unlock()
	err := h.server.Close()
	h.work.Wait()
	return err
}

// begin does something that Close waits for.
func (h *Host) begin(do func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.life.Err() == nil {
		h.work.Go(do)
	}
}

// local keeps out web pages: whoever calls a function names this machine by its number and has no origin.
func local(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, err := netip.ParseAddrPort(r.Host)
		if err != nil || !host.Addr().IsLoopback() || r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") != "" {
			http.Error(w, "not for web pages", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// invoke is the Invoke operation of the Lambda API.
func (h *Host) invoke(w http.ResponseWriter, r *http.Request) {
	c := &call{id: uuid.NewString(), done: make(chan result, 1)}
	w.Header().Set("X-Amzn-RequestId", c.id)
	name := r.PathValue("function")
	if _, after, ok := strings.Cut(name, "function:"); ok {
		name = after
	}
	name, _, _ = strings.Cut(name, ":")
	f := h.functions[name]
	if f == nil {
		refuse(w, http.StatusNotFound, "ResourceNotFoundException", "Function not found: "+name)
		return
	}
	var err error
	if c.payload, err = io.ReadAll(http.MaxBytesReader(w, r.Body, MaxPayload)); err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "RequestTooLargeException", "The event is too large")
		return
	}
	if len(c.payload) == 0 {
		c.payload = []byte("{}")
	}
	if !jsonValue(c.payload) {
		refuse(w, http.StatusBadRequest, "InvalidRequestContentException", "The event is no JSON")
		return
	}
	if !f.wait() {
		refuse(w, http.StatusTooManyRequests, "TooManyRequestsException", "Too many events wait for the function")
		return
	}
	w.Header().Set("X-Amz-Executed-Version", "$LATEST")
	switch kind := r.Header.Get("X-Amz-Invocation-Type"); kind {
	case "Event":
		h.begin(func() {
			if answer, err := f.call(h.life, c); err == nil && answer.failed {
				h.opts.Log.Warn("function failed", "function", name, "request", c.id, "answer", string(answer.payload))
			}
		})
		w.WriteHeader(http.StatusAccepted)
	case "", "RequestResponse":
		answer, err := f.call(r.Context(), c)
		if err != nil {
			refuse(w, http.StatusInternalServerError, "ServiceException", "The function is gone")
			return
		}
		if answer.failed {
			w.Header().Set("X-Amz-Function-Error", "Unhandled")
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer.payload) // a caller that is gone misses it
	default:
		f.waiting.Add(-1)
		refuse(w, http.StatusBadRequest, "InvalidParameterValueException", "Invocation type "+kind+" is not known here")
	}
}

func refuse(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("X-Amzn-ErrorType", kind)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(encode(map[string]string{"Type": "User", "Message": message})) // as above
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts
	}
	return b
}

func jsonValue(b []byte) bool {
	var v any
	return json.Unmarshal(b, &v) == nil
}

var errClosed = errors.New("the host is closed")
