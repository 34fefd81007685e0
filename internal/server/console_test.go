package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestOwnPage(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		site, origin string
		want         bool
	}{
		{"", "", true}, // no browser
		{"same-origin", "http://127.0.0.1:8080", true},
		{"none", "", true},
		{"", "http://127.0.0.1:8080", true},
		{"same-site", "http://127.0.0.1:9090", false},
		{"cross-site", "https://elsewhere.example", false},
		{"cross-site", "", false},
		{"", "https://elsewhere.example", false},
		{"", "null", false},
		{"", "http://127.0.0.1:9090", false},
	} {
		r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:8080/parley/v1/console/trace", nil)
		if tt.site != "" {
			r.Header.Set("Sec-Fetch-Site", tt.site)
		}
		if tt.origin != "" {
			r.Header.Set("Origin", tt.origin)
		}
		if got := ownPage(r); got != tt.want {
			t.Errorf("Sec-Fetch-Site %q, Origin %q: %t, want %t", tt.site, tt.origin, got, tt.want)
		}
	}
}

func TestRootLeadsToTheConsole(t *testing.T) {
	w := open(t, func(c *Config) { c.BasePath = "/chat" })
	if r := w.send("GET", "/chat/", ""); r.status != http.StatusTemporaryRedirect || r.header.Get("Location") != "/chat/console" {
		t.Errorf("GET /chat/: %d to %q", r.status, r.header.Get("Location"))
	}
	if r := w.send("GET", "/chat/console", ""); r.status != http.StatusOK {
		t.Errorf("GET /chat/console: %d", r.status)
	}
	if r := w.send("POST", "/chat/", ""); r.status != http.StatusMethodNotAllowed {
		t.Errorf("POST /chat/: %d, want 405", r.status)
	}
	if r := w.send("POST", "/chat/parley/v1/console/trace", `{"ContactId":"nobody"}`); r.status != http.StatusNotFound {
		t.Errorf("a contact that is not there: %d, want 404", r.status)
	}
}

// TestKeylessPathsStayAtHome: what asks for no key answers under names of this machine alone, lest a page whose name was made to lead here
// reads it.
func TestKeylessPathsStayAtHome(t *testing.T) {
	t.Parallel()
	w := open(t, func(c *Config) { c.PublicURL, c.Dev.Host = "http://chat.test:8080", "Box.lan" })
	ask := func(host, method, path string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, w.url+path, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
	for host, want := range map[string]int{
		"127.0.0.1:8080": 200, "[::1]:8080": 200, "[::1]": 200, "192.168.1.5": 200, "localhost": 200, "LOCALHOST.:80": 200, "demo.localhost:8080": 200,
		"chat.test": 200, "box.lan:9": 200,
		"rebound.example:8080": 403, "127.0.0.1.rebound.example": 403, "localhost.rebound.example": 403, "notlocalhost": 403, "chat.test.example": 403,
	} {
		if got, body := ask(host, http.MethodGet, "/parley/v1/clock"); got != want {
			t.Errorf("%s: %d %s, want %d", host, got, body, want)
		}
	}
	const stranger = "rebound.example:8080"
	for _, path := range []string{"/", "/demo", "/demo/", "/console", "/console/", "/parley/v1/clock", "/parley/v1/faults"} {
		if got, body := ask(stranger, http.MethodGet, path); got != 403 || !strings.Contains(body, "--public-url http://rebound.example:8080") {
			t.Errorf("GET %s: %d %s", path, got, body)
		}
	}
	for _, path := range []string{
		"/parley/v1/chats", "/parley/v1/clock", "/parley/v1/faults", "/parley/v1/participants", "/parley/v1/timers/i/c",
		"/parley/v1/console/contacts", "/parley/v1/console/trace", "/parley/v1/console/draw",
	} {
		if got, body := ask(stranger, http.MethodPost, path); got != 403 || !strings.Contains(body, "--public-url") {
			t.Errorf("POST %s: %d %s", path, got, body)
		}
	}
	if got, body := ask(stranger, http.MethodGet, "/healthz"); got != 200 {
		t.Errorf("what tells nothing: %d %s", got, body)
	}
	if err := (&Server{}).atHome(&http.Request{Host: stranger}); err != nil {
		t.Errorf("a server that is no developer's: %v", err)
	}
}
