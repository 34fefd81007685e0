// Package clients_test holds our Go clients against the official module.
package clients_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// journal is a server that answers by the path and writes down what it was sent.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

// own are the headers in which two clients, or two calls, differ.
var own = []string{"Authorization", "User-Agent", "Amz-Sdk-Invocation-Id", "X-Amz-Date"}

func (j *journal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	j.mu.Lock()
	defer j.mu.Unlock()
	if err != nil {
		j.text.WriteString(err.Error())
	}
	j.text.WriteString(r.Method + " " + r.RequestURI + "\n")
	signed, _, _ := strings.Cut(r.Header.Get("Authorization"), ", Signature=")
	_, signed, _ = strings.Cut(signed, "SignedHeaders=")
	j.text.WriteString("signed: " + signed + "\n")
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		if !slices.Contains(own, name) {
			j.text.WriteString(name + ": " + strings.Join(r.Header[name], " | ") + "\n")
		}
	}
	j.text.WriteString(string(body) + "\n\n")

	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Amzn-Requestid", "request-1")
	fail := func(status int, code, body string) {
		if code != "" {
			h.Set("X-Amzn-Errortype", code)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
	switch path := r.URL.Path; {
	case path == "/contact/chat":
		_, _ = io.WriteString(w, `{"ContactId":"c","ParticipantId":"p","ParticipantToken":"t","Unknown":[1],"ContinuedFromContactId":null}`)
	case strings.HasPrefix(path, "/contact-flows-summary/") && r.URL.Query().Get("nextToken") == "":
		_, _ = io.WriteString(w, `{"ContactFlowSummaryList":[{"Id":"a","ContactFlowType":"CONTACT_FLOW"}],"NextToken":"n+/="}`)
	case strings.HasPrefix(path, "/contact-flows-summary/"):
		_, _ = io.WriteString(w, `{"ContactFlowSummaryList":[{"Id":"b","ContactFlowType":"NEW_KIND"}]}`)
	case path == "/instance/missing":
		fail(404, "", `{"__type":"com.amazonaws.connect#ResourceNotFoundException","Message":"not there"}`)
	case path == "/instance/refused":
		fail(400, "InvalidRequestException:http://internal.amazon.com/", `{"message":"no"}`)
	case path == "/instance/throttled":
		fail(429, "TooManyRequestsException", `{"message":"Too Many Requests"}`)
	case path == "/instance/unknown":
		fail(418, "", `{"code":"TeapotException","message":"short and stout"}`)
	case path == "/instance/faulty":
		fail(500, "InternalServiceException", `{"Message":"sorry"}`)
	case path == "/instance/later":
		h.Set("X-Amz-Retry-After", "1")
		fail(503, "ServiceUnavailable", `{"message":"later"}`)
	case path == "/instance/silent":
		fail(403, "", ``)
	case path == "/instance/null":
		_, _ = io.WriteString(w, ` null`)
	case path == "/instance/trailing":
		_, _ = io.WriteString(w, `{"Instance":{"Id":"i"}} and more`)
	case path == "/instance/shouting":
		fail(400, "", `{"MESSAGE":"loud","CODE":"LoudException"}`)
	case path == "/instance/twofold":
		fail(400, "", `{"__type":"OneException","code":"x#OtherException:y"}`)
	case path == "/instance/broken":
		_, _ = io.WriteString(w, `{"Instance":`)
	default:
		_, _ = io.WriteString(w, `{}`)
	}
}

// run builds a program and returns what it said, and what it sent.
func run(t *testing.T, dir string) (said, sent string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", path, dir)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", dir, err, out)
	}
	var j journal
	server := httptest.NewServer(&j)
	defer server.Close()
	out, err := exec.CommandContext(t.Context(), path, server.URL).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", dir, err, out)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.ReplaceAll(string(out), server.URL, "SERVER"), strings.ReplaceAll(j.text.String(), server.URL, "SERVER")
}

// A program for the official module needs other import paths and nothing more: it sends the same bytes, and says the
// same of what comes back.
func TestProgramsChangeOnlyTheirImports(t *testing.T) {
	const official, ours = `"github.com/aws/aws-sdk-go-v2/service/connect`, `"github.com/openparley/parley/api/connect`
	files, err := filepath.Glob("program/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no program:", err)
	}
	// In this module, so that its dependencies are found.
	dir, err := os.MkdirTemp(".", "testdata-program-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(source), official) {
			t.Errorf("%s does not import the official module", file)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), []byte(strings.ReplaceAll(string(source), official, ours)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	wantSaid, wantSent := run(t, "./program")
	said, sent := run(t, "./"+dir)
	if d := cmp.Diff(strings.Split(wantSent, "\n"), strings.Split(sent, "\n")); d != "" {
		t.Errorf("requests (-official +ours):\n%s", d)
	}
	if d := cmp.Diff(strings.Split(wantSaid, "\n"), strings.Split(said, "\n")); d != "" {
		t.Errorf("output (-official +ours):\n%s", d)
	}
	if strings.Count(sent, "\n\n") < 20 {
		t.Errorf("only so many requests:\n%s", sent)
	}
}
