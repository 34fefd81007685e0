// Package web holds Parley's pages, built and embedded.
package web

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed demo/dist console/dist
var built embed.FS

// DemoPolicy is the Content-Security-Policy of the demo page. A chat opens its WebSocket and moves its files on 127.0.0.1 even when the
// page is called localhost, so 'self' is not enough. Pictures that were sent are shown from memory (blob:), those of interactive messages
// from where they lie. Source: participant-wire sheet, 9.1.
const DemoPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: https:; " +
	"connect-src 'self' ws://127.0.0.1:* http://127.0.0.1:*; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// ConsolePolicy is that of the console, which reads from the server it comes from and nowhere else.
const ConsolePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; " +
	"form-action 'none'; frame-ancestors 'none'"

// Demo serves the demo page at /demo and its files below: a chat for a person, on chatjs. It finds the API beside itself, so a
// prefix in front of /demo is cut off before the request comes here.
func Demo() http.Handler { return newPages("demo", DemoPolicy) }

// Console serves the console at /console and its files below it: which way contacts take through their flows. It finds the API as the
// demo page does.
func Console() http.Handler { return newPages("console", ConsolePolicy) }

func newPages(name, policy string) http.Handler {
	files, err := fs.Sub(built, name+"/dist")
	if err != nil {
		panic(err) // the names are constants
	}
	return &pages{files: files, root: "/" + name, index: "index.html", policy: policy}
}

// pages serves one page at root and its files below it.
type pages struct {
	files  fs.FS
	root   string
	index  string
	policy string
}

var contentTypes = map[string]string{
	".css":  "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
	".txt":  "text/plain; charset=utf-8",
}

func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "A page is read with GET.", http.StatusMethodNotAllowed)
		return
	}
	name, below := strings.CutPrefix(r.URL.Path, p.root+"/")
	switch {
	case r.URL.Path == p.root:
		name = p.index
	case below && name == "":
		w.Header().Set("Location", "../"+path.Base(p.root)) // relative: a prefix may have been cut off
		w.WriteHeader(http.StatusPermanentRedirect)
		return
	}
	content, err := fs.ReadFile(p.files, name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	sum := sha256.Sum256(content)
	h := w.Header()
	h.Set("Content-Type", contentTypes[path.Ext(name)])
	h.Set("ETag", `"`+base64.RawURLEncoding.EncodeToString(sum[:16])+`"`)
	h.Set("Cache-Control", "no-cache") // ask each time: the names stay when the content changes
	h.Set("Content-Security-Policy", p.policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	http.ServeContent(w, r, name, time.Time{}, strings.NewReader(string(content)))
}
