package wire

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// swiftSigner signs as the signer of the SDK does, byte for byte, with a tenth of its allocations and a third of its time.
// What is rare in requests to these services it leaves to that one.
type swiftSigner struct {
	*v4.Signer
	signings sync.Pool // of *signing
}

func newSigner(o *Options) HTTPSignerV4 {
	sdk := v4.NewSigner(func(so *v4.SignerOptions) {
		so.Logger, so.LogSigning = masked(o.Logger), o.ClientLogMode.IsSigning()
	})
	if o.ClientLogMode.IsSigning() {
		return sdk
	}
	return &swiftSigner{Signer: sdk, signings: sync.Pool{New: func() any { return new(signing) }}}
}

const algorithm = "AWS4-HMAC-SHA256"

// signing is room for one signature, and the key of the last one.
type signing struct {
	key, day, region, service string
	secret                    string
	mac                       hash.Hash
	sum                       [sha256.Size]byte
	text                      []byte
	names                     []string
}

func (s *swiftSigner) SignHTTP(ctx context.Context, credentials aws.Credentials, r *http.Request, payloadHash, service, region string,
	signingTime time.Time, optFns ...func(*v4.SignerOptions),
) error {
	g := s.signings.Get().(*signing)
	defer s.signings.Put(g)
	if len(optFns) > 0 || !plainValue(credentials.SessionToken) || !g.read(r) {
		return s.Signer.SignHTTP(ctx, credentials, r, payloadHash, service, region, signingTime, optFns...)
	}
	room := new([3]string)
	set := func(i int, name, value string) {
		room[i] = value
		r.Header[name] = room[i : i+1 : i+1]
	}
	g.text = signingTime.UTC().AppendFormat(g.text[:0], "20060102T150405Z")
	at := string(g.text)
	set(0, "X-Amz-Date", at)
	if credentials.SessionToken != "" {
		set(1, "X-Amz-Security-Token", credentials.SessionToken)
		g.names = append(g.names, "X-Amz-Security-Token")
	}
	g.names = append(g.names, "X-Amz-Date")
	slices.Sort(g.names)

	canonical := sha256.Sum256(g.request(r, payloadHash))
	g.derive(credentials, at[:8], region, service)
	g.text = append(append(append(g.text[:0], algorithm+"\n"...), at...), '\n')
	g.text = append(g.scope(), '\n')
	signature := g.sign(hex.AppendEncode(g.text, canonical[:]))

	g.text = append(append(append(g.text[:0], algorithm+" Credential="...), credentials.AccessKeyID...), '/')
	g.text = append(g.scope(), ", SignedHeaders="...)
	g.text = append(g.signed(), ", Signature="...)
	set(2, "Authorization", string(hex.AppendEncode(g.text, signature)))
	return nil
}

// read notes the headers to sign and tells whether there is nothing rare in the request.
func (g *signing) read(r *http.Request) bool {
	g.names = append(g.names[:0], "Host")
	if r.ContentLength > 0 {
		g.names = append(g.names, "Content-Length")
	}
	for name, values := range r.Header {
		switch name {
		case "Authorization", "User-Agent", "X-Amzn-Trace-Id", "Expect", "Transfer-Encoding":
			continue
		case "Host", "Content-Length", "X-Amz-Date", "X-Amz-Security-Token":
			return false
		}
		if !plainName(name) || len(values) != 1 || !plainValue(values[0]) {
			return false
		}
		g.names = append(g.names, name)
	}
	host := host(r)
	return r.URL.RawQuery == "" && r.URL.Opaque == "" && !strings.HasSuffix(host, ":80") && !strings.HasSuffix(host, ":443") && plainValue(host)
}

// plainName tells whether a header has its canonical name, of nothing but letters, digits and hyphens: such names have the
// same order in lower case.
func plainName(name string) bool {
	for _, c := range []byte(name) {
		if c != '-' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return name == http.CanonicalHeaderKey(name)
}

func plainValue(value string) bool {
	return value == strings.TrimSpace(value) && !strings.Contains(value, "  ")
}

func host(r *http.Request) string {
	if r.Host != "" {
		return r.Host
	}
	return r.URL.Host
}

// request returns the canonical request.
func (g *signing) request(r *http.Request, payloadHash string) []byte {
	path := r.URL.EscapedPath()
	if path == "" {
		path = "/"
	}
	text := append(append(g.text[:0], r.Method...), '\n')
	text = append(appendEscaped(text, path, "-._~/"), "\n\n"...)
	for _, name := range g.names {
		text = append(appendLower(text, name), ':')
		switch name {
		case "Host":
			text = append(text, host(r)...)
		case "Content-Length":
			text = strconv.AppendInt(text, r.ContentLength, 10)
		default:
			text = append(text, r.Header[name][0]...)
		}
		text = append(text, '\n')
	}
	g.text = append(text, '\n')
	g.text = append(append(g.signed(), '\n'), payloadHash...)
	return g.text
}

// signed appends the names of the signed headers to the text.
func (g *signing) signed() []byte {
	text := g.text
	for i, name := range g.names {
		if i > 0 {
			text = append(text, ';')
		}
		text = appendLower(text, name)
	}
	return text
}

// scope appends what the key is good for to the text.
func (g *signing) scope() []byte {
	text := append(append(g.text, g.day...), '/')
	text = append(append(text, g.region...), '/')
	return append(append(text, g.service...), "/aws4_request"...)
}

// derive makes the key, unless it is that of the last signature.
func (g *signing) derive(c aws.Credentials, day, region, service string) {
	if g.mac != nil && g.key == c.AccessKeyID && g.secret == c.SecretAccessKey && g.day == day && g.region == region && g.service == service {
		return
	}
	g.key, g.secret, g.day, g.region, g.service = c.AccessKeyID, c.SecretAccessKey, day, region, service
	g.mac = hmac.New(sha256.New, []byte("AWS4"+c.SecretAccessKey))
	for _, part := range []string{day, region, service, "aws4_request"} {
		g.mac = hmac.New(sha256.New, g.sign([]byte(part)))
	}
}

func (g *signing) sign(text []byte) []byte {
	g.mac.Reset()
	g.mac.Write(text)
	return g.mac.Sum(g.sum[:0])
}

func appendLower(dst []byte, name string) []byte {
	for _, c := range []byte(name) {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}
