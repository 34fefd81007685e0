package web

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"
)

func get(t *testing.T, target string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	page := Demo()
	if strings.HasPrefix(target, "/console") {
		page = Console()
	}
	page.ServeHTTP(w, r)
	return w.Result()
}

func TestFilesHaveTypesAndPolicy(t *testing.T) {
	for page, policy := range map[string]string{"demo": DemoPolicy, "console": ConsolePolicy} {
		testFiles(t, page, policy)
	}
}

func testFiles(t *testing.T, page, policy string) {
	entries, err := fs.ReadDir(built, page+"/dist")
	if err != nil || len(entries) == 0 {
		t.Fatalf("no built files: %v", err)
	}
	for _, e := range entries {
		res := get(t, "/"+page+"/"+e.Name())
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", e.Name(), res.StatusCode)
		}
		if got, want := res.Header.Get("Content-Type"), contentTypes[path.Ext(e.Name())]; want == "" || got != want {
			t.Errorf("%s: Content-Type %q, want %q", e.Name(), got, want)
		}
		if got := res.Header.Get("Content-Security-Policy"); got != policy {
			t.Errorf("%s: policy %q", e.Name(), got)
		}
	}
}

// The policy allows nothing inline and nothing from elsewhere, and the files of a page are found from where it lies.
func TestPagesKeepTheirOwnPolicy(t *testing.T) {
	for _, page := range []string{"demo", "console"} {
		testPolicy(t, page)
	}
}

func testPolicy(t *testing.T, name string) {
	page, err := fs.ReadFile(built, name+"/dist/index.html")
	if err != nil {
		t.Fatal(err)
	}
	links := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(string(page), -1)
	if len(links) < 3 {
		t.Fatalf("links %v, want script, style and icon", links)
	}
	for _, link := range links {
		if res := get(t, "/"+link[1]); res.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", link[1], res.StatusCode)
		}
	}
	if m := regexp.MustCompile(`<script>|<style|\sstyle=|\son\w+=`).FindString(string(page)); m != "" {
		t.Errorf("the page has %q inline", m)
	}
}

func TestDemoAnswersNotModified(t *testing.T) {
	tag := get(t, "/demo").Header.Get("ETag")
	if !strings.HasPrefix(tag, `"`) {
		t.Fatalf("ETag %q is not a strong one", tag)
	}
	if res := get(t, "/demo", "If-None-Match", tag); res.StatusCode != http.StatusNotModified {
		t.Errorf("with the page's own ETag: status %d, want 304", res.StatusCode)
	}
	if res := get(t, "/demo", "If-None-Match", `"other"`); res.StatusCode != http.StatusOK {
		t.Errorf("with another ETag: status %d, want 200", res.StatusCode)
	}
}

func TestDemoPaths(t *testing.T) {
	for target, want := range map[string]int{
		"/demo":             http.StatusOK,
		"/demo/":            http.StatusPermanentRedirect,
		"/demo/nothing.js":  http.StatusNotFound,
		"/demo/../web.go":   http.StatusNotFound,
		"/demo/dist":        http.StatusNotFound,
		"/demonstration":    http.StatusNotFound,
		"/demo/demo.js?v=1": http.StatusOK,
	} {
		if got := get(t, target).StatusCode; got != want {
			t.Errorf("GET %s: status %d, want %d", target, got, want)
		}
	}
	w := httptest.NewRecorder()
	Demo().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/demo", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST /demo: status %d, want 405", w.Code)
	}
}
