package blob_test

import (
	"bytes"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/openparley/parley/internal/blob"
	"github.com/openparley/parley/internal/blob/blobtest"
)

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

func secret(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

func openDisk(t testing.TB, dir string, secrets ...[]byte) *blob.Disk {
	t.Helper()
	d, err := blob.OpenDisk(dir, blob.DiskOptions{Secrets: secrets, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func serve(d *blob.Disk, method, url string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/", strings.NewReader("hello"))
	r.URL.Path, r.URL.RawQuery, _ = strings.Cut(url, "?")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

func get(t testing.TB, d *blob.Disk) string {
	t.Helper()
	url, err := d.PresignGet(t.Context(), blobtest.Bucket, "a.html", "text/html", "a.html", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return url
}

func put(t testing.TB, d *blob.Disk) string {
	t.Helper()
	url, _, err := d.PresignPut(t.Context(), blobtest.Bucket, "a.html", "text/html", 5, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return url
}

func TestDiskSurvivesRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := openDisk(t, dir, secret('a'))
	if w := serve(first, http.MethodPut, put(t, first), "Content-Type", "text/html; charset=utf-8"); w.Code != http.StatusOK {
		t.Fatalf("PUT: %d %s", w.Code, w.Body)
	}
	url := get(t, first)

	// The key was changed: URLs signed with the old one are good for as long as it is known.
	second := openDisk(t, dir, secret('b'), secret('a'))
	if w := serve(second, http.MethodGet, url); w.Code != http.StatusOK || w.Body.String() != "hello" {
		t.Errorf("GET after a restart: %d %s", w.Code, w.Body)
	}
	third := openDisk(t, dir, secret('b'))
	if w := serve(third, http.MethodGet, url); w.Code != http.StatusForbidden {
		t.Errorf("GET with a URL signed by a key that is gone: %d", w.Code)
	}
	if w := serve(second, http.MethodGet, get(t, third)); w.Code != http.StatusOK {
		t.Errorf("GET with a URL of the new key: %d", w.Code)
	}
}

// TestDiskIsNoOrigin: whatever was uploaded, no browser runs it as a page of the server.
func TestDiskIsNoOrigin(t *testing.T) {
	t.Parallel()
	d := openDisk(t, t.TempDir(), secret('a'))
	if err := d.Put(t.Context(), blobtest.Bucket, "a.html", "", []byte("<script>")); err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		w := serve(d, method, get(t, d))
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
			"Content-Disposition": "attachment; filename=a.html", "Content-Type": "text/html", "Content-Length": "8",
		} {
			if got := w.Header().Get(name); w.Code != http.StatusOK || got != want {
				t.Errorf("%s: %d, %s is %q, want %q", method, w.Code, name, got, want)
			}
		}
	}
}

func TestDiskRefuses(t *testing.T) {
	t.Parallel()
	d := openDisk(t, t.TempDir(), secret('a'))
	get, put := get(t, d), put(t, d)
	for _, tt := range []struct {
		name, method, url string
		status            int
		code              string
	}{
		{"unknown parameter", http.MethodGet, get + "&x=1", 403, "SignatureDoesNotMatch"},
		{"parameter twice", http.MethodGet, get + "&type=text%2Fplain", 403, "SignatureDoesNotMatch"},
		{"no query", http.MethodGet, blob.URLPath + blobtest.Bucket + "/a.html", 403, "SignatureDoesNotMatch"},
		{"no key", http.MethodGet, blob.URLPath + blobtest.Bucket + get[strings.Index(get, "?"):], 403, "SignatureDoesNotMatch"},
		{"later expiry", http.MethodGet, strings.Replace(get, "expires=1", "expires=2", 1), 403, "SignatureDoesNotMatch"},
		{"not there", http.MethodGet, get, 404, "NoSuchKey"},
		{"other method", http.MethodPost, put, 405, "MethodNotAllowed"},
		{"type missing", http.MethodPut, put, 403, "SignatureDoesNotMatch"},
	} {
		w := serve(d, tt.method, tt.url)
		if w.Code != tt.status || !strings.Contains(w.Body.String(), "<Code>"+tt.code+"</Code>") ||
			w.Header().Get("Content-Type") != "application/xml" {
			t.Errorf("%s: %d %s, want %d %s", tt.name, w.Code, w.Body, tt.status, tt.code)
		}
	}
}

func TestDiskStaysInItsFolder(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, blobtest.Bucket)); err != nil {
		t.Fatal(err)
	}
	d := openDisk(t, dir, secret('a'))
	if r, err := d.Get(t.Context(), blobtest.Bucket, "secret"); err == nil {
		r.Close()
		t.Error("a link led outside")
	}
	if err := d.Put(t.Context(), blobtest.Bucket, "new", "", nil); err == nil {
		t.Error("a link led outside")
	}
}

// TestDiskSweeps: what a crash left incomplete goes at the next start, what others are writing does not.
func TestDiskSweeps(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	openDisk(t, dir, secret('a'))
	old, young := filepath.Join(dir, ".writing", "old"), filepath.Join(dir, ".writing", "young")
	for _, name := range []string{old, young} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Time{}, time.Now().Add(-25*time.Hour)); err != nil {
		t.Fatal(err)
	}
	openDisk(t, dir, secret('a'))
	left, err := filepath.Glob(filepath.Join(dir, ".writing", "*"))
	if err != nil || len(left) != 1 || left[0] != young {
		t.Errorf("left: %q, %v", left, err)
	}
}

// FuzzSignedURL: only what this server signed opens anything.
func FuzzSignedURL(f *testing.F) {
	d := openDisk(f, f.TempDir(), secret('a'))
	if err := d.Put(f.Context(), blobtest.Bucket, "a.html", "", []byte("x")); err != nil {
		f.Fatal(err)
	}
	good := map[string]bool{}
	for method, url := range map[string]string{http.MethodGet: get(f, d), http.MethodPut: put(f, d)} {
		path, query, _ := strings.Cut(url, "?")
		f.Add(method, path, query)
		good[method+path+query] = true
	}
	f.Add(http.MethodGet, blob.URLPath+"../x", "expires=1&type=a&name=a&signature=a")
	f.Add(http.MethodPut, "/", "expires=99999999999999999999&size=-1&type=%zz&signature==")
	f.Fuzz(func(t *testing.T, method, path, query string) {
		r := httptest.NewRequest(http.MethodPut, "/", strings.NewReader("hello"))
		r.Method, r.URL.Path, r.URL.RawQuery = method, path, query
		r.Header.Set("Content-Type", "text/html")
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		if method == http.MethodHead {
			method = http.MethodGet
		}
		if w.Code == http.StatusOK && !good[method+path+spelt(query)] || w.Code >= 500 {
			t.Errorf("%s %q %q: %d %s", method, path, query, w.Code, w.Body)
		}
	})
}

// spelt is a query as this server spells it.
func spelt(query string) string {
	q, _ := url.ParseQuery(query)
	return q.Encode()
}

// FuzzFileName: whatever a file is called, the browser is told one harmless name.
func FuzzFileName(f *testing.F) {
	d := openDisk(f, f.TempDir(), secret('a'))
	if err := d.Put(f.Context(), blobtest.Bucket, "a", "", []byte("x")); err != nil {
		f.Fatal(err)
	}
	for _, name := range []string{"bill.pdf", "", ".", `a"b\c/d`, "a\r\nb", "発票.pdf", strings.Repeat("ü", 300) + ".pdf", "\xff", "a\u202egpj.exe"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		url, err := d.PresignGet(t.Context(), blobtest.Bucket, "a", "text/plain", name, time.Minute)
		if err != nil || len(url) > 2000 {
			t.Fatalf("%q: URL of %d characters: %v", name, len(url), err)
		}
		w := serve(d, http.MethodGet, url)
		kind, params, err := mime.ParseMediaType(w.Header().Get("Content-Disposition"))
		got := params["filename"]
		if w.Code != http.StatusOK || err != nil || kind != "attachment" || got == "" || len(got) > 120 || !utf8.ValidString(got) ||
			strings.ContainsAny(got, "/\\\r\n\x00\u202e") {
			t.Errorf("%q: %d %q %q: %v", name, w.Code, kind, got, err)
		}
	})
}
