package server

import (
	"net/http"
	"net/http/httptest"
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
