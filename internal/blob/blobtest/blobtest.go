// Package blobtest says what every form of Objects must do, and makes them for the tests of others.
package blobtest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/openparley/parley/internal/blob"
)

// Form is one of the ways to keep files.
type Form string

// The forms.
const (
	Disk Form = "disk"
	S3   Form = "s3"
)

// Forms runs a test for each form, or for those that PARLEY_TEST_OBJECTS names.
func Forms(t *testing.T, test func(*testing.T, Form)) {
	forms := []Form{Disk, S3}
	if names := os.Getenv("PARLEY_TEST_OBJECTS"); names != "" {
		forms = slices.DeleteFunc(forms, func(f Form) bool { return !slices.Contains(strings.Split(names, ","), string(f)) })
	}
	for _, f := range forms {
		t.Run(string(f), func(t *testing.T) { test(t, f) })
	}
}

// Store is some Objects, with the address that URLs without a host belong to.
type Store struct {
	blob.Objects
	Base  string
	Later func(time.Duration) // moves the time by which URLs expire; nil when it can not be moved
}

// Open returns an empty store that goes with the test, with a time of its own.
func Open(t testing.TB, f Form) Store {
	t.Helper()
	var now atomic.Int64
	now.Store(time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC).UnixNano())
	s := OpenAt(t, f, func() time.Time { return time.Unix(0, now.Load()) })
	if f == Disk {
		s.Later = func(by time.Duration) { now.Add(int64(by)) }
	}
	return s
}

// OpenAt returns an empty store that goes with the test. What is kept on disk has the caller's time, S3 the machine's.
func OpenAt(t testing.TB, f Form, now func() time.Time) Store {
	t.Helper()
	if f == S3 {
		return Store{Objects: blob.NewS3(S3Options(t))}
	}
	d, err := blob.OpenDisk(t.TempDir(), blob.DiskOptions{Secrets: [][]byte{bytes.Repeat([]byte("s"), 32)}, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(d)
	t.Cleanup(func() {
		server.Close()
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return Store{Objects: d, Base: server.URL}
}

// Send puts a body at a signed URL, with headers, and returns the status. A server that cuts the connection instead of reading a body that
// it does not want has answered 403.
func (s Store) Send(t testing.TB, url string, headers map[string]string, body io.Reader) int {
	t.Helper()
	status, _, _, err := s.try(t, http.MethodPut, url, headers, body)
	switch {
	case errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET):
		return http.StatusForbidden
	case err != nil:
		t.Fatal(err)
	}
	return status
}

// Fetch gets a signed URL.
func (s Store) Fetch(t testing.TB, url string) (status int, header http.Header, body []byte) {
	t.Helper()
	return s.ask(t, http.MethodGet, url, nil)
}

func (s Store) ask(t testing.TB, method, url string, headers map[string]string) (int, http.Header, []byte) {
	t.Helper()
	status, h, body, err := s.try(t, method, url, headers, nil)
	if err != nil {
		t.Fatal(err)
	}
	return status, h, body
}

func (s Store) try(t testing.TB, method, url string, headers map[string]string, body io.Reader) (int, http.Header, []byte, error) {
	t.Helper()
	if strings.HasPrefix(url, "/") {
		url = s.Base + url
	}
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, nil, err
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	return answer.StatusCode, answer.Header, b, err
}

// Run tests a form.
func Run(t *testing.T, f Form) {
	tests := map[string]func(*testing.T, Store){
		"PutGetStatDelete":      testKeeps,
		"Write":                 testWrite,
		"Missing":               testMissing,
		"Move":                  testMove,
		"BadNames":              testBadNames,
		"Upload":                testUpload,
		"UploadRefused":         testUploadRefused,
		"Download":              testDownload,
		"AlteredURL":            testAltered,
		"FileNames":             testFileNames,
		"OneWriterWins":         testOneWriterWins,
		"ExpiryIsPartOfTheMark": testExpiry,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, Open(t, f))
		})
	}
}

// newKey is a key that nobody has used: the tests of a form may share a bucket.
func newKey() string { return "connect/demo/2026/01/31/" + uuid.NewString() + ".txt" }

const life = 5 * time.Minute

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s Store) content(t testing.TB, key string) string {
	t.Helper()
	r, err := s.Get(t.Context(), Bucket, key)
	must(t, err)
	defer r.Close()
	b, err := io.ReadAll(r)
	must(t, err)
	return string(b)
}

func testKeeps(t *testing.T, s Store) {
	key := newKey()
	for _, content := range []string{"first", "", "the second is longer: " + strings.Repeat("x", 1<<20)} {
		must(t, s.Put(t.Context(), Bucket, key, "text/plain", []byte(content)))
		if got := s.content(t, key); got != content {
			t.Fatalf("got %d bytes, want %d", len(got), len(content))
		}
		if size, err := s.Stat(t.Context(), Bucket, key); err != nil || size != int64(len(content)) {
			t.Fatalf("Stat: %d, %v, want %d", size, err, len(content))
		}
	}
	must(t, s.Delete(t.Context(), Bucket, key))
	must(t, s.Delete(t.Context(), Bucket, key))
	if _, err := s.Stat(t.Context(), Bucket, key); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Stat of what was deleted: %v", err)
	}
}

func testWrite(t *testing.T, s Store) {
	key, part := newKey(), strings.Repeat("many words. ", 100_000)
	fill := func(w io.Writer) error {
		for range 3 {
			if _, err := io.WriteString(w, part); err != nil {
				return err
			}
		}
		return nil
	}
	must(t, s.Write(t.Context(), Bucket, key, "application/json", fill))
	if got := s.content(t, key); got != part+part+part {
		t.Errorf("a file of %d bytes was kept as %d bytes", 3*len(part), len(got))
	}
	broken := errors.New("broken")
	err := s.Write(t.Context(), Bucket, key, "application/json", func(w io.Writer) error {
		_, err := io.WriteString(w, "half")
		return errors.Join(err, broken)
	})
	if !errors.Is(err, broken) {
		t.Errorf("a file that could not be filled: error %v, want %v", err, broken)
	}
	if got := s.content(t, key); got != part+part+part {
		t.Errorf("a file that could not be filled stands in place of the one before, %d bytes", len(got))
	}
}

func testMissing(t *testing.T, s Store) {
	key := newKey()
	must(t, s.Put(t.Context(), Bucket, key, "text/plain", []byte("x")))
	folder := key[:strings.LastIndexByte(key, '/')]
	for _, key := range []string{newKey(), folder} {
		if _, err := s.Get(t.Context(), Bucket, key); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Get %s: %v, want fs.ErrNotExist", key, err)
		}
		if _, err := s.Stat(t.Context(), Bucket, key); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Stat %s: %v, want fs.ErrNotExist", key, err)
		}
		if err := s.Move(t.Context(), Bucket, key, newKey()); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Move %s: %v, want fs.ErrNotExist", key, err)
		}
	}
	url, err := s.PresignGet(t.Context(), Bucket, newKey(), "text/plain", "a.txt", life)
	must(t, err)
	if status, _, body := s.Fetch(t, url); status != http.StatusNotFound || !bytes.Contains(body, []byte("NoSuchKey")) {
		t.Errorf("GET of what is not there: %d %s", status, body)
	}
}

func testMove(t *testing.T, s Store) {
	from, to := newKey(), "über uns/"+newKey()
	must(t, s.Put(t.Context(), Bucket, from, "text/plain", []byte("first")))
	errs := make(chan error)
	for range 4 { // one does it, the others find it done
		go func() { errs <- s.Move(t.Context(), Bucket, from, to) }()
	}
	for range 4 {
		must(t, <-errs)
	}
	if _, err := s.Stat(t.Context(), Bucket, from); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was moved is still there: %v", err)
	}
	must(t, s.Put(t.Context(), Bucket, from, "text/plain", []byte("second")))
	must(t, s.Move(t.Context(), Bucket, from, to))
	if got := s.content(t, to); got != "first" {
		t.Errorf("a second move put %q in place of the first", got)
	}
}

func testBadNames(t *testing.T, s Store) {
	for _, key := range []string{
		"", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", ".hidden", "a/.writing", `a\b`, "a\x00b", "a\nb", "\xff",
		strings.Repeat("a", 256), strings.Repeat("aa/", 341) + "aa",
	} {
		if err := s.Put(t.Context(), Bucket, key, "text/plain", nil); err == nil {
			t.Errorf("key %q was taken", key)
		}
		if _, err := s.PresignGet(t.Context(), Bucket, key, "text/plain", "a.txt", life); err == nil {
			t.Errorf("key %q was signed", key)
		}
		if err := s.Move(t.Context(), Bucket, newKey(), key); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("move to key %q: %v", key, err)
		}
	}
	for _, bucket := range []string{"", "..", "a/b", "ab", "Abc", ".writing", "a..b", "-abc", strings.Repeat("a", 64)} {
		if err := s.Put(t.Context(), bucket, newKey(), "text/plain", nil); err == nil {
			t.Errorf("bucket %q was taken", bucket)
		}
	}
}

func testUpload(t *testing.T, s Store) {
	for _, content := range []string{"hello", strings.Repeat("0123456789", 300_000)} {
		key := newKey()
		url, headers, err := s.PresignPut(t.Context(), Bucket, key, "text/plain", int64(len(content)), life)
		must(t, err)
		if len(url) > 2000 || headers["Content-Type"] != "text/plain" || len(headers) != 1 {
			t.Errorf("URL of %d characters with headers %q", len(url), headers)
		}
		for range 2 { // clients repeat
			if status := s.Send(t, url, headers, strings.NewReader(content)); status != http.StatusOK {
				t.Fatalf("PUT of %d bytes: %d", len(content), status)
			}
			if got := s.content(t, key); got != content {
				t.Errorf("got %d bytes, want %d", len(got), len(content))
			}
		}
	}
}

func testUploadRefused(t *testing.T, s Store) {
	key := newKey()
	url, headers, err := s.PresignPut(t.Context(), Bucket, key, "text/plain", 5, life)
	must(t, err)
	unannounced := func(s string) io.Reader { return io.MultiReader(strings.NewReader(s)) } // no Content-Length
	for _, tt := range []struct {
		name    string
		url     string
		headers map[string]string
		body    io.Reader
	}{
		{"shorter", url, headers, strings.NewReader("four")},
		{"longer", url, headers, strings.NewReader("sixsix")},
		{"empty", url, headers, strings.NewReader("")},
		{"shorter, length not announced", url, headers, unannounced("four")},
		{"longer, length not announced", url, headers, unannounced("sixsix")},
		{"other type", url, map[string]string{"Content-Type": "text/html"}, strings.NewReader("hello")},
		{"no type", url, nil, strings.NewReader("hello")},
		{"other key", strings.Replace(url, key, newKey(), 1), headers, strings.NewReader("hello")},
		{"not signed", url[:strings.IndexByte(url, '?')], headers, strings.NewReader("hello")},
	} {
		if status := s.Send(t, tt.url, tt.headers, tt.body); status < 400 || status > 499 {
			t.Errorf("%s: status %d", tt.name, status)
		}
	}
	if _, err := s.Stat(t.Context(), Bucket, key); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something was stored: %v", err)
	}
}

func testDownload(t *testing.T, s Store) {
	key, content := newKey(), "<script>alert(1)</script>"
	must(t, s.Put(t.Context(), Bucket, key, "text/html", []byte(content)))
	url, err := s.PresignGet(t.Context(), Bucket, key, "application/pdf", "bill.pdf", life)
	must(t, err)
	status, h, body := s.Fetch(t, url)
	if status != http.StatusOK || string(body) != content {
		t.Fatalf("GET: %d %q", status, body)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/pdf", "Content-Disposition": "attachment; filename=bill.pdf", "Cache-Control": "private",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	status, h, body = s.ask(t, http.MethodGet, url, map[string]string{"Range": "bytes=1-6"})
	if status != http.StatusPartialContent || string(body) != content[1:7] ||
		h.Get("Content-Range") != fmt.Sprintf("bytes 1-6/%d", len(content)) {
		t.Errorf("GET of a range: %d %q %q", status, body, h.Get("Content-Range"))
	}
}

func testAltered(t *testing.T, s Store) {
	key := newKey()
	must(t, s.Put(t.Context(), Bucket, key, "text/plain", []byte("x")))
	other := newKey()
	must(t, s.Put(t.Context(), Bucket, other, "text/plain", []byte("secret")))
	get, err := s.PresignGet(t.Context(), Bucket, key, "text/plain", "a.txt", life)
	must(t, err)
	for what, url := range map[string]string{
		"other key":  strings.Replace(get, key, other, 1),
		"other type": strings.Replace(get, "text%2Fplain", "text%2Fhtml", 1),
		"more":       get + "&versionId=1",
	} {
		if url == get {
			t.Fatalf("%s: nothing was altered in %s", what, get)
		}
		if status, _, body := s.Fetch(t, url); status != http.StatusForbidden || bytes.Contains(body, []byte("secret")) {
			t.Errorf("%s: %d %s", what, status, body)
		}
	}
	if status := s.Send(t, get, map[string]string{"Content-Type": "text/plain"}, strings.NewReader("y")); status != http.StatusForbidden {
		t.Errorf("PUT to a URL for GET: %d", status)
	}
	put, _, err := s.PresignPut(t.Context(), Bucket, key, "text/plain", 1, life)
	must(t, err)
	if status, _, _ := s.Fetch(t, put); status != http.StatusForbidden {
		t.Errorf("GET of a URL for PUT: %d", status)
	}
}

func testFileNames(t *testing.T, s Store) {
	key := newKey()
	must(t, s.Put(t.Context(), Bucket, key, "text/plain", []byte("x")))
	for name, want := range map[string]string{
		"bill.pdf":                        "bill.pdf",
		"my bill (2).pdf":                 "my bill (2).pdf",
		`say "hi"; filename=evil.exe`:     `say "hi"; filename=evil.exe`,
		"Überweisung.pdf":                 "Überweisung.pdf",
		"発票.pdf":                          "発票.pdf",
		"../../etc/passwd":                ".._.._etc_passwd",
		"a\r\nSet-Cookie: x=y.pdf":        "a__Set-Cookie: x=y.pdf",
		`C:\temp\x.pdf`:                   "C:_temp_x.pdf",
		"100%.pdf":                        "100%.pdf",
		strings.Repeat("発", 252) + ".pdf": strings.Repeat("発", 38) + ".pdf",
	} {
		url, err := s.PresignGet(t.Context(), Bucket, key, "text/plain", name, life)
		must(t, err)
		if len(url) > 2000 {
			t.Errorf("%q: URL of %d characters", name, len(url))
		}
		status, h, _ := s.Fetch(t, url)
		kind, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
		if status != http.StatusOK || err != nil || kind != "attachment" || params["filename"] != want {
			t.Errorf("%q: %d %q: %v, want %q", name, status, h.Get("Content-Disposition"), err, want)
		}
	}
}

func testOneWriterWins(t *testing.T, s Store) {
	key := newKey()
	errs := make(chan error)
	const writers = 8
	for i := range writers {
		go func() {
			errs <- s.Put(t.Context(), Bucket, key, "text/plain", bytes.Repeat([]byte{'a' + byte(i)}, 100_000))
		}()
	}
	for range writers {
		must(t, <-errs)
	}
	if got := s.content(t, key); got != strings.Repeat(got[:1], 100_000) {
		t.Error("what two wrote was mixed")
	}
}

func testExpiry(t *testing.T, s Store) {
	key := newKey()
	must(t, s.Put(t.Context(), Bucket, key, "text/plain", []byte("x")))
	get, err := s.PresignGet(t.Context(), Bucket, key, "text/plain", "a.txt", 5*time.Second)
	must(t, err)
	put, headers, err := s.PresignPut(t.Context(), Bucket, key, "text/plain", 1, 5*time.Second)
	must(t, err)
	longer, err := s.PresignGet(t.Context(), Bucket, key, "text/plain", "a.txt", life)
	must(t, err)
	if longer == get {
		t.Error("the expiry does not stand in the URL")
	}
	if s.Later == nil {
		return
	}
	s.Later(5*time.Second - time.Millisecond)
	if status, _, _ := s.Fetch(t, get); status != http.StatusOK {
		t.Errorf("GET just before the expiry: %d", status)
	}
	s.Later(time.Millisecond)
	status, _, body := s.Fetch(t, get)
	if status != http.StatusForbidden || !bytes.Contains(body, []byte("<Code>AccessDenied</Code><Message>Request has expired</Message>")) {
		t.Errorf("GET at the expiry: %d %s", status, body)
	}
	if status := s.Send(t, put, headers, strings.NewReader("y")); status != http.StatusForbidden {
		t.Errorf("PUT at the expiry: %d", status)
	}
}
