package blob

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// grant is what a signed URL allows.
type grant struct {
	method, bucket, key string
	expires             int64 // Unix milliseconds
	contentType         string
	size                int64  // of what is put; 0 otherwise
	fileName            string // of what is fetched
}

// Parameters of a signed URL.
const (
	paramExpires   = "expires"
	paramType      = "type"
	paramSize      = "size"
	paramName      = "name" // base64url, which is shorter than percent signs for most of the world's names
	paramSignature = "signature"
)

var base64url = base64.RawURLEncoding.Strict()

func (d *Disk) sign(g grant, life time.Duration) (string, error) {
	if err := check(g.bucket, g.key); err != nil {
		return "", err
	}
	g.expires = d.now().Add(life).UnixMilli()
	q := url.Values{
		paramExpires:   {strconv.FormatInt(g.expires, 10)},
		paramType:      {g.contentType},
		paramSignature: {base64url.EncodeToString(g.mac(d.keys[0]))},
	}
	switch g.method {
	case http.MethodPut:
		q.Set(paramSize, strconv.FormatInt(g.size, 10))
	default:
		q.Set(paramName, base64url.EncodeToString([]byte(g.fileName)))
	}
	return (&url.URL{Path: URLPath + g.bucket + "/" + g.key, RawQuery: q.Encode()}).String(), nil
}

// mac binds every part of a grant, each with its length: none can lend letters to another.
func (g grant) mac(key []byte) []byte {
	h := hmac.New(sha256.New, key)
	for _, part := range []string{
		g.method, g.bucket, g.key, strconv.FormatInt(g.expires, 10), g.contentType, strconv.FormatInt(g.size, 10), g.fileName,
	} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return h.Sum(nil)
}

// parseGrant reads what a URL claims to allow, and its signature.
func parseGrant(method, path, query string) (g grant, signature []byte, ok bool) {
	q, err := url.ParseQuery(query)
	below, found := strings.CutPrefix(path, URLPath)
	if err != nil || !found {
		return g, nil, false
	}
	g.method = method
	g.bucket, g.key, _ = strings.Cut(below, "/")
	if method == http.MethodHead {
		g.method = http.MethodGet
	}
	own := paramName
	if g.method == http.MethodPut {
		own = paramSize
	}
	for _, name := range []string{paramExpires, paramType, own, paramSignature} {
		if len(q[name]) != 1 {
			return g, nil, false
		}
	}
	if len(q) != 4 || check(g.bucket, g.key) != nil {
		return g, nil, false
	}
	g.contentType = q.Get(paramType)
	g.expires, err = strconv.ParseInt(q.Get(paramExpires), 10, 64)
	if err == nil && own == paramSize {
		g.size, err = strconv.ParseInt(q.Get(paramSize), 10, 64)
	} else if err == nil {
		var name []byte
		name, err = base64url.DecodeString(q.Get(paramName))
		g.fileName = string(name)
	}
	if err == nil {
		signature, err = base64url.DecodeString(q.Get(paramSignature))
	}
	return g, signature, err == nil
}

// allowed returns what a request may do. It fails as Amazon S3 does.
func (d *Disk) allowed(r *http.Request) (grant, *problem) {
	g, signature, ok := parseGrant(r.Method, r.URL.Path, r.URL.RawQuery)
	if !ok {
		return g, errUnsigned
	}
	for _, key := range d.keys {
		if !hmac.Equal(signature, g.mac(key)) {
			continue
		}
		if d.now().UnixMilli() >= g.expires {
			return g, errExpired
		}
		return g, nil
	}
	return g, errUnsigned
}

// ServeHTTP stores and hands out files for the holders of signed URLs, at paths below URLPath. Errors have the shape of Amazon S3's.
func (d *Disk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var err error
	switch r.Method {
	case http.MethodPut:
		err = d.serveUpload(w, r)
	case http.MethodGet, http.MethodHead:
		err = d.serveDownload(w, r)
	default:
		w.Header().Set("Allow", "GET, HEAD, PUT, OPTIONS")
		err = errMethod
	}
	if err == nil {
		return
	}
	p, ok := errors.AsType[*problem](err)
	if !ok {
		d.log.Error("serve a file", "method", r.Method, "path", r.URL.Path, "error", err)
		p = errInternal
	}
	p.answer(w)
}

// serveUpload stores a body that is exactly what its URL was signed for, whether its length was announced or not.
func (d *Disk) serveUpload(w http.ResponseWriter, r *http.Request) error {
	g, refused := d.allowed(r)
	if refused != nil {
		return refused
	}
	if sent, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || sent != mediaType(g.contentType) {
		return &problem{http.StatusForbidden, "SignatureDoesNotMatch", "The URL is for Content-Type " + g.contentType}
	}
	if r.ContentLength >= 0 && r.ContentLength != g.size {
		return &problem{http.StatusForbidden, "SignatureDoesNotMatch", fmt.Sprintf("The URL is for %d bytes", g.size)}
	}
	err := d.write(g.bucket, g.key, func(to io.Writer) error {
		body := sender{from: r.Body}
		n, err := io.Copy(to, io.LimitReader(&body, g.size+1))
		switch {
		case errors.Is(body.err, os.ErrDeadlineExceeded):
			return errSlow
		case body.err != nil, err == nil && n < g.size:
			return errShort
		case err == nil && n > g.size:
			return errLong
		}
		return err
	})
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// sender remembers whether it was the sender of a body who failed.
type sender struct {
	from io.Reader
	err  error
}

func (s *sender) Read(p []byte) (int, error) {
	n, err := s.from.Read(p)
	if err != io.EOF {
		s.err = err
	}
	return n, err
}

// mediaType is a content type without its parameters.
func mediaType(contentType string) string {
	t, _, _ := mime.ParseMediaType(contentType)
	return t
}

// serveDownload hands out a file so that no browser shows it, or runs anything in it, as a page of this server.
func (d *Disk) serveDownload(w http.ResponseWriter, r *http.Request) error {
	g, refused := d.allowed(r)
	if refused != nil {
		return refused
	}
	f, info, err := d.open(g.bucket, g.key)
	if isMissing(err) {
		return errNoKey
	}
	if err != nil {
		return err
	}
	defer f.Close()
	h := w.Header()
	h.Set("Content-Type", g.contentType)
	h.Set("Content-Disposition", disposition(g.fileName))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private")
	http.ServeContent(w, r, "", info.ModTime(), f)
	return nil
}

// problem is an error of Amazon S3.
type problem struct {
	status        int
	code, message string
}

var (
	errUnsigned = &problem{http.StatusForbidden, "SignatureDoesNotMatch", "The URL was not signed by this server, or was altered"}
	errExpired  = &problem{http.StatusForbidden, "AccessDenied", "Request has expired"}
	errNoKey    = &problem{http.StatusNotFound, "NoSuchKey", "The file is not there"}
	errMethod   = &problem{http.StatusMethodNotAllowed, "MethodNotAllowed", "Files are put and got"}
	errShort    = &problem{http.StatusBadRequest, "IncompleteBody", "The body is shorter than the URL was signed for"}
	errLong     = &problem{http.StatusBadRequest, "EntityTooLarge", "The body is longer than the URL was signed for"}
	errSlow     = &problem{http.StatusBadRequest, "RequestTimeout", "The body did not arrive in time"}
	errInternal = &problem{http.StatusInternalServerError, "InternalError", "The file could not be stored or read"}
)

func (p *problem) Error() string { return p.code + ": " + p.message }

func (p *problem) answer(w http.ResponseWriter) {
	body, _ := xml.Marshal(struct { // two texts always encode
		XMLName struct{} `xml:"Error"`
		Code    string
		Message string
	}{Code: p.code, Message: p.message})
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(p.status)
	_, _ = io.WriteString(w, xml.Header+string(body)) // the caller is gone when this fails
}
