package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/openparley/parley/api/wire"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	terminator = "aws4_request"
	basicTime  = "20060102T150405Z" // ISO 8601 as signatures write it
)

// defaultSkew is how far the date of a request may be from the machine's clock. Amazon's documents say 15 minutes for most services; the
// front of Amazon Connect itself answers with 5.
const defaultSkew = 15 * time.Minute

// Verifier checks the AWS Signature Version 4 of requests, in its header form. It is safe for concurrent use and must not be copied once
// used.
type Verifier struct {
	Region, Service string
	// Secret returns the secret of an access key. Temporary credentials have a session token and may have a time of expiry.
	Secret func(accessKeyID string) (secret, sessionToken string, expires time.Time, ok bool)
	Now    func() time.Time // nil: the machine's clock, by which clients sign, whatever clock the server lives by
	Skew   time.Duration    // 0: 15 minutes

	mu   sync.RWMutex
	keys map[string]signingKey // by access key id
}

// signingKey is what signs the requests of an access key on one day.
type signingKey struct {
	date, secret string
	macs         *macs
}

// maxKeys is for how many access keys a signing key is kept.
const maxKeys = 1024

// Check looks at everything that does not need the body, so that nobody has to read the body of a caller without an access key. The
// signature itself is left to Verify. Any error is a *wire.GatewayError in the order and the words of Amazon's gateway. A clock that is ahead
// is one that goes wrong on purpose.
func (v *Verifier) Check(r *http.Request, ahead time.Duration) (Signature, error) {
	sig, err := readSignature(r.Header)
	if err != nil {
		return sig, err
	}
	now := time.Now
	if v.Now != nil {
		now = v.Now
	}
	at := now().Add(ahead)
	if err := v.checkDate(sig, at); err != nil {
		return sig, err
	}
	if err := v.readScope(&sig); err != nil {
		return sig, err
	}
	if !sig.hasHost() {
		return sig, refused("InvalidSignatureException", "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
	}
	secret, session, expires, ok := v.Secret(sig.accessKeyID)
	if !ok || !equal(session, first(r.Header, "X-Amz-Security-Token")) {
		return sig, refused("UnrecognizedClientException", "The security token included in the request is invalid.")
	}
	if !expires.IsZero() && !at.Before(expires) {
		return sig, refused("ExpiredTokenException", "The security token included in the request is expired")
	}
	sig.secret = secret
	return sig, nil
}

// Verify returns the access key that signed the request, whose signature has passed Check. rawPath is the path as it came, still
// escaped, with its prefix; body is the whole body. An error is a *wire.GatewayError.
//
// The path is escaped once more than on the wire. UNSIGNED-PAYLOAD is refused.
func (v *Verifier) Verify(sig Signature, r *http.Request, rawPath string, body []byte) (accessKeyID string, err error) {
	if !v.matches(&sig, r, rawPath, body) {
		return "", refused("InvalidSignatureException", "The request signature we calculated does not match the signature you provided. "+
			"Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
	}
	return sig.accessKeyID, nil
}

func refused(code, message string) error {
	return &wire.GatewayError{Status: http.StatusForbidden, Code: code, Message: message}
}

// Signature is what a request says about its signature, when Check finds nothing wrong with it.
type Signature struct {
	credential, signedHeaders, signature string
	stamp                                string // date and time in basicTime
	at                                   time.Time

	accessKeyID, date, scope string // parts of credential; scope is all behind the access key

	secret string // of the access key
}

func readSignature(h http.Header) (s Signature, err error) {
	header := first(h, "Authorization")
	if header == "" {
		return s, refused("MissingAuthenticationTokenException", "Missing Authentication Token")
	}
	scheme, parameters, _ := strings.Cut(header, " ")
	for parameter := range strings.SplitSeq(parameters, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(parameter), "=")
		if !ok {
			return s, refused("IncompleteSignatureException",
				"Invalid key=value pair (missing equal-sign) in Authorization header: '"+echo(header)+"'.")
		}
		switch name {
		case "Credential":
			s.credential = value
		case "SignedHeaders":
			s.signedHeaders = value
		case "Signature":
			s.signature = value
		}
	}
	s.stamp = first(h, "X-Amz-Date")
	date := first(h, "Date")
	if s.credential == "" || s.signature == "" || s.signedHeaders == "" || s.stamp == "" && date == "" {
		return s, s.lacking(header, s.stamp == "" && date == "")
	}
	if scheme != algorithm {
		return s, refused("IncompleteSignatureException", "The signing algorithm '"+echo(scheme)+"' is not "+algorithm+".")
	}
	if s.stamp == "" {
		s.stamp = date
		if at, err := http.ParseTime(date); err == nil {
			s.stamp = at.UTC().Format(basicTime)
		}
	}
	s.at, err = time.Parse(basicTime, s.stamp)
	if err != nil || len(s.stamp) != len(basicTime) {
		return s, refused("IncompleteSignatureException", "The date '"+echo(s.stamp)+"' is not in the form YYYYMMDDTHHMMSSZ.")
	}
	return s, nil
}

// first is h.Get for a name that is in its canonical form.
func first(h http.Header, name string) string {
	if values := h[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

func (s *Signature) lacking(header string, date bool) error {
	var text strings.Builder
	for _, p := range []struct {
		name    string
		missing bool
	}{{"Credential", s.credential == ""}, {"Signature", s.signature == ""}, {"SignedHeaders", s.signedHeaders == ""}} {
		if p.missing {
			text.WriteString("Authorization header requires '" + p.name + "' parameter. ")
		}
	}
	if date {
		text.WriteString("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ")
	}
	return refused("IncompleteSignatureException", text.String()+"Authorization="+echo(header))
}

// echo returns what may stand in an answer of what the client sent.
func echo(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), 1000)], "?")
}

func (v *Verifier) checkDate(s Signature, now time.Time) error {
	skew := v.Skew
	if skew == 0 {
		skew = defaultSkew
	}
	word, edge, sign := "", now, '-'
	switch {
	case s.at.Before(now.Add(-skew)):
		word, edge = "expired: %s is now earlier than", now.Add(-skew)
	case s.at.After(now.Add(skew)):
		word, edge, sign = "not yet current: %s is still later than", now.Add(skew), '+'
	default:
		return nil
	}
	return refused("InvalidSignatureException", fmt.Sprintf("Signature "+word+" %s (%s %c %g min.)",
		s.stamp, edge.UTC().Format(basicTime), now.UTC().Format(basicTime), sign, skew.Minutes()))
}

// readScope takes the credential apart and checks what it is good for.
func (v *Verifier) readScope(s *Signature) error {
	if strings.Count(s.credential, "/") != 4 {
		return refused("InvalidSignatureException",
			"Credential should have 5 parts with slashes between, keyid/date/region/service/aws4_request, not '"+echo(s.credential)+"'.")
	}
	s.accessKeyID, s.scope, _ = strings.Cut(s.credential, "/")
	date, rest, _ := strings.Cut(s.scope, "/")
	region, rest, _ := strings.Cut(rest, "/")
	service, end, _ := strings.Cut(rest, "/")
	s.date = date
	if region == v.Region && service == v.Service && end == terminator && date == s.stamp[:8] {
		return nil
	}
	var problems []string
	if region != v.Region {
		problems = append(problems, "Credential should be scoped to a valid region.")
	}
	if service != v.Service {
		problems = append(problems, "Credential should be scoped to correct service: '"+v.Service+"'.")
	}
	if end != terminator {
		problems = append(problems, "Credential should be scoped with a valid terminator: '"+terminator+"'.")
	}
	if date != s.stamp[:8] {
		problems = append(problems, "Credential should be scoped to the date of the request: '"+s.stamp[:8]+"'.")
	}
	return refused("InvalidSignatureException", strings.Join(problems, " "))
}

// hasHost reports whether the host is signed, so that a request is good for one server alone. All official clients sign it.
func (s *Signature) hasHost() bool {
	for name := range strings.SplitSeq(s.signedHeaders, ";") {
		if strings.EqualFold(name, "host") {
			return true
		}
	}
	return false
}

// equal compares secrets; how long it takes tells nothing but their lengths.
func equal(a, b string) bool {
	return len(a) == len(b) && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

// scratch is memory for one request.
type scratch struct {
	buf   []byte
	query []string
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// matches reports whether the signature is the one that the secret makes for this request.
func (v *Verifier) matches(s *Signature, r *http.Request, rawPath string, body []byte) bool {
	var payload [2 * sha256.Size]byte
	digest := sha256.Sum256(body)
	hex.Encode(payload[:], digest[:])
	if claimed := first(r.Header, "X-Amz-Content-Sha256"); claimed != "" && claimed != string(payload[:]) {
		return false
	}
	var claimed [2*sha256.Size + 1]byte
	if copy(claimed[:], s.signature) != 2*sha256.Size {
		return false
	}
	key := v.signingKey(s)
	m := scratches.Get().(*scratch)
	defer scratches.Put(m)
	m.query = m.query[:0]
	if r.URL.RawQuery != "" {
		m.query = slices.AppendSeq(m.query, strings.SplitSeq(r.URL.RawQuery, "&"))
	}
	defer clear(m.query)

	sorted := slices.IsSortedFunc(m.query, compareParameters)
	for {
		if want := m.sign(s, key, r, rawPath, payload[:]); subtle.ConstantTimeCompare(want[:], claimed[:len(want)]) == 1 {
			return true
		}
		if sorted {
			return false
		}
		// The rule is to sort what is on the wire. Older versions of the Go SDK sort before they escape, and send what they signed: so
		// the order on the wire is good, too.
		slices.SortFunc(m.query, compareParameters)
		sorted = true
	}
}

// compareParameters orders query parameters by name, then by value, both as they are on the wire.
func compareParameters(a, b string) int {
	aName, aValue, _ := strings.Cut(a, "=")
	bName, bValue, _ := strings.Cut(b, "=")
	if c := strings.Compare(aName, bName); c != 0 {
		return c
	}
	return strings.Compare(aValue, bValue)
}

// sign returns the signature in hexadecimal.
func (m *scratch) sign(s *Signature, key *macs, r *http.Request, rawPath string, payload []byte) (text [2 * sha256.Size]byte) {
	b := append(append(m.buf[:0], r.Method...), '\n')
	b = append(appendPath(b, rawPath), '\n')
	for i, parameter := range m.query {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(b, parameter...)
		if !strings.Contains(parameter, "=") {
			b = append(b, '=')
		}
	}
	b = append(b, '\n')
	for name := range strings.SplitSeq(s.signedHeaders, ";") {
		b = append(appendHeader(b, r, name), '\n')
	}
	b = append(append(b, '\n'), s.signedHeaders...)
	b = append(append(b, '\n'), payload...)
	digest := sha256.Sum256(b)

	b = append(append(b[:0], algorithm+"\n"...), s.stamp...)
	b = append(append(b, '\n'), s.scope...)
	b = hex.AppendEncode(append(b, '\n'), digest[:])
	m.buf = b
	signature := sum(key, b)
	hex.Encode(text[:], signature[:])
	return text
}

// appendPath escapes a path that is escaped already once more.
func appendPath(dst []byte, path string) []byte {
	if path == "" {
		return append(dst, '/')
	}
	const digits = "0123456789ABCDEF"
	for i := range len(path) {
		switch c := path[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '/', c == '-', c == '_', c == '.', c == '~':
			dst = append(dst, c)
		default:
			dst = append(dst, '%', digits[c>>4], digits[c&15])
		}
	}
	return dst
}

// appendHeader appends name:values of a signed header. net/http keeps Host apart from the others, and Content-Length may be.
func appendHeader(dst []byte, r *http.Request, name string) []byte {
	start := len(dst)
	var buf [64]byte
	key := buf[:0]
	upper := true // the next byte is the first of a word
	for i := range len(name) {
		lower := name[i]
		if 'A' <= lower && lower <= 'Z' {
			lower += 'a' - 'A'
		}
		dst = append(dst, lower)
		if upper && 'a' <= lower && lower <= 'z' {
			key = append(key, lower-('a'-'A'))
		} else {
			key = append(key, lower)
		}
		upper = lower == '-'
	}
	lower := dst[start:]
	dst = append(dst, ':')
	values := r.Header[string(key)]
	switch {
	case string(lower) == "host":
		return appendSqueezed(dst, r.Host)
	case string(lower) == "content-length" && len(values) == 0 && r.ContentLength >= 0:
		return strconv.AppendInt(dst, r.ContentLength, 10)
	}
	for i, value := range values {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendSqueezed(dst, value)
	}
	return dst
}

// appendSqueezed appends text without outer blanks and with inner runs of blanks as one.
func appendSqueezed(dst []byte, text string) []byte {
	text = strings.TrimSpace(text)
	for {
		i := strings.Index(text, "  ")
		if i < 0 {
			return append(dst, text...)
		}
		dst = append(dst, text[:i+1]...)
		text = strings.TrimLeft(text[i:], " ")
	}
}

func (v *Verifier) signingKey(s *Signature) *macs {
	v.mu.RLock()
	key := v.keys[s.accessKeyID]
	v.mu.RUnlock()
	if key.macs != nil && key.date == s.date && key.secret == s.secret {
		return key.macs
	}
	chain := []byte("AWS4" + s.secret)
	for _, part := range []string{s.date, v.Region, v.Service, terminator} {
		h := hmac.New(sha256.New, chain)
		h.Write([]byte(part))
		chain = h.Sum(nil)
	}
	key = signingKey{strings.Clone(s.date), s.secret, newMACs(chain)}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.keys == nil || len(v.keys) >= maxKeys {
		v.keys = make(map[string]signingKey)
	}
	v.keys[strings.Clone(s.accessKeyID)] = key
	return key.macs
}
