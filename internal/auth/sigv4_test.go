package auth

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/openparley/parley/api/wire"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// Credentials that the verifier of the tests knows.
var (
	lasting   = aws.Credentials{AccessKeyID: "AKIDLASTING", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG"}
	temporary = aws.Credentials{AccessKeyID: "ASIATEMPORARY", SecretAccessKey: "temporary/secret", SessionToken: "FwoGZXIvYXdzE+/=="}
)

func newVerifier() *Verifier {
	return &Verifier{
		Region: "eu-central-1", Service: "connect",
		Now: func() time.Time { return noon },
		Secret: func(id string) (string, string, time.Time, bool) {
			switch id {
			case lasting.AccessKeyID:
				return lasting.SecretAccessKey, "", time.Time{}, true
			case temporary.AccessKeyID:
				return temporary.SecretAccessKey, temporary.SessionToken, noon.Add(time.Hour), true
			}
			return "", "", time.Time{}, false
		},
	}
}

// received is a request as a server has it.
type received struct {
	*http.Request
	path string
	body []byte
}

func (r received) verify(v *Verifier) (string, error) {
	sig, err := v.Check(r.Request, 0)
	if err != nil {
		return "", err
	}
	return v.Verify(sig, r.Request, r.path, r.body)
}

// receive sends a request through net/http's writer and reader. It fails for what they cannot carry.
func receive(client *http.Request) (received, error) {
	var b bytes.Buffer
	if err := client.Write(&b); err != nil {
		return received{}, err
	}
	return parse(b.String())
}

func parse(text string) (received, error) {
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
	if err != nil {
		return received{}, err
	}
	body, err := io.ReadAll(r.Body)
	path, _, _ := strings.Cut(r.RequestURI, "?")
	return received{r, path, body}, err
}

// sign signs a request with the official signer.
func sign(ctx context.Context, r *http.Request, by aws.Credentials, body string, at time.Time) error {
	return v4.NewSigner().SignHTTP(ctx, by, r, hexHash(body), "connect", "eu-central-1", at)
}

func hexHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// signed returns a request that the official signer has signed.
func signed(t testing.TB, method, url, body string, h http.Header, by aws.Credentials) received {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range h {
		r.Header[name] = values
	}
	if err := sign(t.Context(), r, by, body, noon); err != nil {
		t.Fatal(err)
	}
	got, err := receive(r)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

const startChat = `{"ContactFlowId":"f","InstanceId":"i","ParticipantDetails":{"DisplayName":"Ana"}}`

// sdkRequests are requests of all the shapes that matter to a signature.
var sdkRequests = []struct {
	name, method, url, body string
	header                  http.Header
	by                      aws.Credentials
}{
	{"body", "PUT", "http://127.0.0.1:8080/contact/chat", startChat, http.Header{"Content-Type": {"application/json"}}, lasting},
	{"session token", "PUT", "http://127.0.0.1:8080/contact/chat", startChat, nil, temporary},
	{"no body", "GET", "http://127.0.0.1:8080/contacts/i/c", "", nil, lasting},
	{"no path", "GET", "http://127.0.0.1:8080", "", nil, lasting},
	{"ARN in the path", "GET", "http://h/contact-flows/arn%3Aaws%3Aconnect%3Aeu-central-1%3A0%3Ainstance%2Fi/f", "", nil, lasting},
	{"escaped blanks and accents", "GET", "http://h/a%20b/%C3%A9/c~d_e-f.g/%2525", "", nil, lasting},
	{"doubled slashes and dots", "GET", "http://h/a//b/../c/.", "", nil, lasting},
	{"base path", "POST", "http://h/some/prefix/contact/stop", "{}", nil, lasting},
	{"query", "GET", "http://h/q?nextToken=a%2Fb%2Bc%3D&maxResults=10&contactFlowTypes=B&contactFlowTypes=A", "", nil, lasting},
	{"query without values", "GET", "http://h/q?b&a=", "", nil, lasting},
	{"query whose order changes with escaping", "DELETE", "http://h/tags/r?tagKeys=a%2Fb&tagKeys=a-b&tagKeys=%C3%A9&tagKeys=Z", "", nil, lasting},
	{"blanks in a header", "GET", "http://h/", "", http.Header{"Amz-Sdk-Request": {"  attempt=1;   max=3  "}, "X-Empty": {""}}, lasting},
	{"several values", "GET", "http://h/", "", http.Header{"X-Several": {"b", " a  c ", ""}}, lasting},
	{"hash of the body", "PUT", "http://h/contact/chat", startChat, http.Header{"X-Amz-Content-Sha256": {hexHash(startChat)}}, lasting},
	{"hash of no body", "GET", "http://h/", "", http.Header{"X-Amz-Content-Sha256": {hexHash("")}}, lasting},
	{"a port that is the default", "GET", "http://h:80/", "", nil, lasting},
}

func TestSigV4AcceptsTheOfficialSigner(t *testing.T) {
	v := newVerifier()
	for _, tt := range sdkRequests {
		t.Run(tt.name, func(t *testing.T) {
			r := signed(t, tt.method, tt.url, tt.body, tt.header, tt.by)
			for range 2 { // the second time with the cached key
				id, err := r.verify(v)
				if err != nil || id != tt.by.AccessKeyID {
					t.Errorf("Verify = %q, %v, want %q", id, err, tt.by.AccessKeyID)
				}
			}
		})
	}
}

// TestSigV4RefusesAnythingAltered changes each byte of what a signature covers, one at a time.
func TestSigV4RefusesAnythingAltered(t *testing.T) {
	v := newVerifier()
	for _, tt := range sdkRequests {
		t.Run(tt.name, func(t *testing.T) {
			r := signed(t, tt.method, tt.url, tt.body, tt.header, tt.by)
			each := func(what, text string, set func(string)) {
				t.Helper()
				defer set(text)
				for i := range len(text) {
					b := []byte(text)
					b[i] ^= 1
					set(string(b))
					if _, err := r.verify(v); err == nil {
						t.Errorf("accepted with %s %q instead of %q", what, b, text)
					}
				}
				set(text + "x")
				if _, err := r.verify(v); err == nil {
					t.Errorf("accepted with %s %q instead of %q", what, text+"x", text)
				}
			}
			each("method", r.Method, func(s string) { r.Method = s })
			each("path", r.path, func(s string) { r.path = s })
			each("query", r.URL.RawQuery, func(s string) { r.URL.RawQuery = s })
			each("body", string(r.body), func(s string) { r.body = []byte(s) })
			each("host", r.Host, func(s string) { r.Host = s })
			for name, values := range r.Header {
				if name == "User-Agent" {
					continue // not signed
				}
				for i, value := range values {
					each(name, strings.Clone(value), func(s string) { values[i] = s })
				}
			}
			r.Header.Del("Content-Length") // the length that net/http has read is as good
			if _, err := r.verify(v); err != nil {
				t.Errorf("put back as it was: %v", err)
			}
		})
	}
}

// handSigned returns a request whose canonical form is written out by hand: what the official Go signer never sends.
func handSigned(t *testing.T, text, canonical, stamp string) received {
	t.Helper()
	scope := stamp[:8] + "/eu-central-1/connect/aws4_request"
	key := []byte("AWS4" + lasting.SecretAccessKey)
	for _, part := range append(strings.Split(scope, "/"), "AWS4-HMAC-SHA256\n"+stamp+"\n"+scope+"\n"+hexHash(canonical)) {
		h := hmac.New(sha256.New, key)
		io.WriteString(h, part)
		key = h.Sum(nil)
	}
	lines := strings.Split(canonical, "\n")
	text = strings.NewReplacer(
		"SCOPE", scope, "SIGNEDHEADERS", lines[len(lines)-2], "SIGNATURE", hex.EncodeToString(key), "\n", "\r\n",
	).Replace(text)
	r, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSigV4AcceptsOtherClients(t *testing.T) {
	for _, tt := range []struct{ name, stamp, text, canonical string }{
		{
			"boto3", "20260102T120000Z", `PUT /contact/chat HTTP/1.1
Host: 127.0.0.1:8080
Accept-Encoding: identity
Content-Type: application/json
User-Agent: Boto3/1.43
X-Amz-Date: 20260102T120000Z
Authorization: AWS4-HMAC-SHA256 Credential=AKIDLASTING/SCOPE, SignedHeaders=SIGNEDHEADERS, Signature=SIGNATURE
amz-sdk-invocation-id: 1
Content-Length: 2

{}`,
			"PUT\n/contact/chat\n\ncontent-type:application/json\nhost:127.0.0.1:8080\nx-amz-date:20260102T120000Z\n\n" +
				"content-type;host;x-amz-date\n" + hexHash("{}"),
		},
		{
			"JS v3", "20260102T120000Z", `PUT /contact/chat HTTP/1.1
host: 127.0.0.1:8080
content-type: application/json
content-length: 2
x-amz-user-agent: aws-sdk-js/3
amz-sdk-request: attempt=1; max=3
x-amz-date: 20260102T120000Z
x-amz-content-sha256: 44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a
authorization: AWS4-HMAC-SHA256 Credential=AKIDLASTING/SCOPE, SignedHeaders=SIGNEDHEADERS, Signature=SIGNATURE

{}`,
			"PUT\n/contact/chat\n\namz-sdk-request:attempt=1; max=3\ncontent-length:2\ncontent-type:application/json\nhost:127.0.0.1:8080\n" +
				"x-amz-content-sha256:" + hexHash("{}") + "\nx-amz-date:20260102T120000Z\nx-amz-user-agent:aws-sdk-js/3\n\n" +
				"amz-sdk-request;content-length;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-user-agent\n" + hexHash("{}"),
		},
		{
			"amazonka, without blanks between the parameters", "20260102T120000Z", `GET /contact-flows-summary/arn%3Aaws%3Aconnect?maxResults=2 HTTP/1.1
Host: 127.0.0.1:8080
Content-Type: application/x-amz-json-1.1
X-Amz-Content-SHA256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
X-Amz-Date: 20260102T120000Z
Authorization: AWS4-HMAC-SHA256 Credential=AKIDLASTING/SCOPE,SignedHeaders=SIGNEDHEADERS,Signature=SIGNATURE

`,
			"GET\n/contact-flows-summary/arn%253Aaws%253Aconnect\nmaxResults=2\ncontent-type:application/x-amz-json-1.1\nhost:127.0.0.1:8080\n" +
				"x-amz-content-sha256:" + hexHash("") + "\nx-amz-date:20260102T120000Z\n\n" +
				"content-type;host;x-amz-content-sha256;x-amz-date\n" + hexHash(""),
		},
		{
			"an HTTP date alone", "20260102T115000Z", `GET /x HTTP/1.1
Host: h
Date: Fri, 02 Jan 2026 11:50:00 GMT
Authorization: AWS4-HMAC-SHA256 Credential=AKIDLASTING/SCOPE, SignedHeaders=SIGNEDHEADERS, Signature=SIGNATURE

`,
			"GET\n/x\n\ndate:Fri, 02 Jan 2026 11:50:00 GMT\nhost:h\n\ndate;host\n" + hexHash(""),
		},
		{
			"an ISO date in Date", "20260102T121500Z", `GET /x HTTP/1.1
Host: h
Date: 20260102T121500Z
Authorization: AWS4-HMAC-SHA256 Credential=AKIDLASTING/SCOPE, SignedHeaders=SIGNEDHEADERS, Signature=SIGNATURE

`,
			"GET\n/x\n\ndate:20260102T121500Z\nhost:h\n\ndate;host\n" + hexHash(""),
		},
		{
			"a query in another order than it was signed", "20260102T120000Z", `GET /x?b=2&a-b=1&a=2&a=1&c HTTP/1.1
Host: h
X-Amz-Date: 20260102T120000Z
Authorization: AWS4-HMAC-SHA256 Credential=AKIDLASTING/SCOPE, SignedHeaders=SIGNEDHEADERS, Signature=SIGNATURE

`,
			"GET\n/x\na=1&a=2&a-b=1&b=2&c=\nhost:h\nx-amz-date:20260102T120000Z\n\nhost;x-amz-date\n" + hexHash(""),
		},
		{
			"an older Go SDK, which sorts before it escapes", "20260102T120000Z", `DELETE /tags/r?tagKeys=Z&tagKeys=%C3%A9 HTTP/1.1
Host: h
X-Amz-Date: 20260102T120000Z
Authorization: AWS4-HMAC-SHA256 Credential=AKIDLASTING/SCOPE, SignedHeaders=SIGNEDHEADERS, Signature=SIGNATURE

`,
			"DELETE\n/tags/r\ntagKeys=Z&tagKeys=%C3%A9\nhost:h\nx-amz-date:20260102T120000Z\n\nhost;x-amz-date\n" + hexHash(""),
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := handSigned(t, tt.text, tt.canonical, tt.stamp).verify(newVerifier()); err != nil {
				t.Error(err)
			}
		})
	}
}

// A signature without the host would be good for any server that knows the key.
func TestSigV4WantsTheHostSigned(t *testing.T) {
	for canonical, want := range map[string]string{
		"GET\n/x\n\nx-amz-date:20260102T120000Z\n\nx-amz-date\n":                               hostNotSigned,
		"GET\n/x\n\nx-amz-date:20260102T120000Z\nx-host:h\n\nx-amz-date;x-host\n":              hostNotSigned,
		"GET\n/x\n\nhost:h\nx-amz-date:20260102T120000Z\nx-host:h\n\nhost;x-amz-date;x-host\n": "",
	} {
		r := handSigned(t, "GET /x HTTP/1.1\nHost: h\nX-Host: h\nX-Amz-Date: 20260102T120000Z\nAuthorization: AWS4-HMAC-SHA256 "+
			"Credential=AKIDLASTING/SCOPE, SignedHeaders=SIGNEDHEADERS, Signature=SIGNATURE\n\n", canonical+hexHash(""), "20260102T120000Z")
		_, err := r.verify(newVerifier())
		if want != "" {
			wantRefusal(t, err, r, "InvalidSignatureException", want)
		} else if err != nil {
			t.Error(err)
		}
	}
}

// badRequests are ways to fail, in the order in which they are looked for.
var badRequests = []struct {
	name, code, text string
	spoil            func(*received, *Verifier)
}{
	{
		"no Authorization", "MissingAuthenticationTokenException", "Missing Authentication Token",
		func(r *received, _ *Verifier) { r.Header.Del("Authorization") },
	},
	{
		"a part without equal sign", "IncompleteSignatureException",
		"Invalid key=value pair (missing equal-sign) in Authorization header: 'HEADER'.",
		func(r *received, _ *Verifier) { edit(r, "Authorization", "Signature=", "junk, Signature=") },
	},
	{
		"no Credential", "IncompleteSignatureException",
		"Authorization header requires 'Credential' parameter. Authorization=HEADER",
		func(r *received, _ *Verifier) { edit(r, "Authorization", "Credential=", "Cred=") },
	},
	{
		"date unreadable", "IncompleteSignatureException", "The date '20260102T120000' is not in the form YYYYMMDDTHHMMSSZ.",
		func(r *received, _ *Verifier) { edit(r, "X-Amz-Date", "Z", "") },
	},
	{
		"too old", "InvalidSignatureException",
		"Signature expired: 20260102T120000Z is now earlier than 20260102T120001Z (20260102T121501Z - 15 min.)",
		func(_ *received, v *Verifier) {
			v.Now = func() time.Time { return noon.Add(15*time.Minute + time.Second) }
		},
	},
	{
		"wrong region", "InvalidSignatureException", "Credential should be scoped to a valid region.",
		func(r *received, _ *Verifier) { edit(r, "Authorization", "/eu-central-1/", "/us-east-1/") },
	},
	{
		"host not signed", "InvalidSignatureException", hostNotSigned,
		func(r *received, _ *Verifier) { edit(r, "Authorization", ";host;", ";") },
	},
	{
		"unknown access key", "UnrecognizedClientException", "The security token included in the request is invalid.",
		func(_ *received, v *Verifier) {
			v.Secret = func(string) (string, string, time.Time, bool) { return "", "", time.Time{}, false }
		},
	},
	{
		"credentials out of date", "ExpiredTokenException", "The security token included in the request is expired",
		func(_ *received, v *Verifier) {
			known := v.Secret
			v.Secret = func(id string) (string, string, time.Time, bool) {
				secret, session, _, ok := known(id)
				return secret, session, noon, ok
			}
		},
	},
	{
		"signature differs", "InvalidSignatureException", mismatch,
		func(r *received, _ *Verifier) { r.body = append(r.body, ' ') },
	},
}

const mismatch = "The request signature we calculated does not match the signature you provided. " +
	"Check your AWS Secret Access Key and signing method. Consult the service documentation for details."

const hostNotSigned = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."

func edit(r *received, header, old, with string) {
	r.Header.Set(header, strings.Replace(r.Header.Get(header), old, with, 1))
}

func wantRefusal(t *testing.T, err error, r received, code, text string) {
	t.Helper()
	want := wire.GatewayError{Status: 403, Code: code, Message: strings.ReplaceAll(text, "HEADER", r.Header.Get("Authorization"))}
	got, ok := err.(*wire.GatewayError)
	if !ok || *got != want {
		t.Errorf("error:\n got %v\nwant %v", err, &want)
	}
}

func TestSigV4ChecksInOrder(t *testing.T) {
	for i, first := range badRequests {
		t.Run(first.name, func(t *testing.T) {
			r, v := signed(t, "PUT", "http://h/contact/chat", startChat, nil, lasting), newVerifier()
			first.spoil(&r, v)
			_, err := r.verify(v)
			wantRefusal(t, err, r, first.code, first.text)
		})
		for _, second := range badRequests[i+1:] {
			t.Run(first.name+", "+second.name, func(t *testing.T) {
				r, v := signed(t, "PUT", "http://h/contact/chat", startChat, nil, lasting), newVerifier()
				second.spoil(&r, v)
				first.spoil(&r, v)
				_, err := r.verify(v)
				wantRefusal(t, err, r, first.code, first.text)
			})
		}
	}
}

func TestSigV4Refusals(t *testing.T) {
	authorization := func(value string) func(*received, *Verifier) {
		return func(r *received, _ *Verifier) { r.Header.Set("Authorization", value) }
	}
	for _, tt := range []struct {
		name, code, text string
		spoil            func(*received, *Verifier)
	}{
		{
			"another scheme", "IncompleteSignatureException",
			"Invalid key=value pair (missing equal-sign) in Authorization header: 'HEADER'.", authorization("Bearer abc"),
		},
		{
			"a scheme alone", "IncompleteSignatureException",
			"Invalid key=value pair (missing equal-sign) in Authorization header: 'HEADER'.", authorization("AWS4-HMAC-SHA256"),
		},
		{
			"a basic password", "IncompleteSignatureException",
			"Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. " +
				"Authorization header requires 'SignedHeaders' parameter. Authorization=HEADER", authorization("Basic Zm9vOmJhcg=="),
		},
		{
			"everything missing", "IncompleteSignatureException",
			"Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. " +
				"Authorization header requires 'SignedHeaders' parameter. " +
				"Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=HEADER",
			func(r *received, v *Verifier) {
				r.Header.Del("X-Amz-Date")
				authorization("AWS4-HMAC-SHA256 a=b")(r, v)
			},
		},
		{
			"no Signature", "IncompleteSignatureException", "Authorization header requires 'Signature' parameter. Authorization=HEADER",
			func(r *received, _ *Verifier) { edit(r, "Authorization", "Signature=", "Sign=") },
		},
		{
			"no SignedHeaders", "IncompleteSignatureException", "Authorization header requires 'SignedHeaders' parameter. Authorization=HEADER",
			func(r *received, _ *Verifier) { edit(r, "Authorization", "SignedHeaders=", "Headers=") },
		},
		{
			"no date", "IncompleteSignatureException",
			"Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=HEADER",
			func(r *received, _ *Verifier) { r.Header.Del("X-Amz-Date") },
		},
		{
			"another algorithm", "IncompleteSignatureException", "The signing algorithm 'AWS4-ECDSA-P256-SHA256' is not AWS4-HMAC-SHA256.",
			func(r *received, _ *Verifier) { edit(r, "Authorization", "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256") },
		},
		{
			"a date with fractions", "IncompleteSignatureException", "The date '20260102T120000.5Z' is not in the form YYYYMMDDTHHMMSSZ.",
			func(r *received, _ *Verifier) { edit(r, "X-Amz-Date", "Z", ".5Z") },
		},
		{
			"too far ahead", "InvalidSignatureException",
			"Signature not yet current: 20260102T120000Z is still later than 20260102T115959Z (20260102T114459Z + 15 min.)",
			func(_ *received, v *Verifier) {
				v.Now = func() time.Time { return noon.Add(-15*time.Minute - time.Second) }
			},
		},
		{
			"another skew", "InvalidSignatureException",
			"Signature expired: 20260102T120000Z is now earlier than 20260102T120100Z (20260102T120600Z - 5 min.)",
			func(_ *received, v *Verifier) {
				v.Skew = 5 * time.Minute
				v.Now = func() time.Time { return noon.Add(6 * time.Minute) }
			},
		},
		{
			"too few parts in the scope", "InvalidSignatureException",
			"Credential should have 5 parts with slashes between, keyid/date/region/service/aws4_request, not 'AKIDLASTING/20260102/eu-central-1/connect'.",
			func(r *received, _ *Verifier) { edit(r, "Authorization", "/aws4_request", "") },
		},
		{
			"too many parts in the scope", "InvalidSignatureException",
			"Credential should have 5 parts with slashes between, keyid/date/region/service/aws4_request, not 'AKIDLASTING/20260102/eu-central-1/connect/aws4_request/x'.",
			func(r *received, _ *Verifier) { edit(r, "Authorization", "aws4_request", "aws4_request/x") },
		},
		{
			"wrong service", "InvalidSignatureException", "Credential should be scoped to correct service: 'connect'.",
			func(r *received, _ *Verifier) { edit(r, "Authorization", "/connect/", "/execute-api/") },
		},
		{
			"wrong terminator", "InvalidSignatureException", "Credential should be scoped with a valid terminator: 'aws4_request'.",
			func(r *received, _ *Verifier) { edit(r, "Authorization", "aws4_request", "aws5_request") },
		},
		{
			"wrong date in the scope", "InvalidSignatureException", "Credential should be scoped to the date of the request: '20260102'.",
			func(r *received, _ *Verifier) { edit(r, "Authorization", "/20260102/", "/20260103/") },
		},
		{
			"everything wrong in the scope", "InvalidSignatureException",
			"Credential should be scoped to a valid region. Credential should be scoped to correct service: 'connect'. " +
				"Credential should be scoped with a valid terminator: 'aws4_request'. " +
				"Credential should be scoped to the date of the request: '20260102'.",
			func(r *received, _ *Verifier) {
				edit(r, "Authorization", "20260102/eu-central-1/connect/aws4_request", "20260101/a/b/c")
			},
		},
		{
			"empty access key", "UnrecognizedClientException", "The security token included in the request is invalid.",
			func(r *received, _ *Verifier) { edit(r, "Authorization", "AKIDLASTING", "") },
		},
		{
			"session token with a lasting key", "UnrecognizedClientException", "The security token included in the request is invalid.",
			func(r *received, _ *Verifier) { r.Header.Set("X-Amz-Security-Token", temporary.SessionToken) },
		},
		{
			"UNSIGNED-PAYLOAD", "InvalidSignatureException", mismatch,
			func(r *received, _ *Verifier) { r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD") },
		},
		{
			"signature in capitals", "InvalidSignatureException", mismatch,
			func(r *received, _ *Verifier) {
				before, after, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
				r.Header.Set("Authorization", before+"Signature="+strings.ToUpper(after))
			},
		},
		{
			"header not of text", "IncompleteSignatureException",
			"Invalid key=value pair (missing equal-sign) in Authorization header: '?'.", authorization("\xff"),
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, v := signed(t, "PUT", "http://h/contact/chat", startChat, nil, lasting), newVerifier()
			tt.spoil(&r, v)
			_, err := r.verify(v)
			wantRefusal(t, err, r, tt.code, tt.text)
		})
	}
}

// TestSigV4RefusesPayloadThatIsNotItsHash: signed properly, but the header does not tell the truth about the body.
func TestSigV4RefusesPayloadThatIsNotItsHash(t *testing.T) {
	for _, claimed := range []string{"UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", hexHash("another body")} {
		r, err := http.NewRequest("PUT", "http://h/contact/chat", strings.NewReader(startChat))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Amz-Content-Sha256", claimed)
		if err := v4.NewSigner().SignHTTP(t.Context(), lasting, r, claimed, "connect", "eu-central-1", noon); err != nil {
			t.Fatal(err)
		}
		got, err := receive(r)
		if err != nil {
			t.Fatal(err)
		}
		_, err = got.verify(newVerifier())
		wantRefusal(t, err, got, "InvalidSignatureException", mismatch)
	}
}

func TestSigV4TemporaryCredentials(t *testing.T) {
	wrong := temporary
	wrong.SessionToken += "x"
	none := temporary
	none.SessionToken = ""
	for _, by := range []aws.Credentials{wrong, none} {
		r := signed(t, "GET", "http://h/", "", nil, by)
		_, err := r.verify(newVerifier())
		wantRefusal(t, err, r, "UnrecognizedClientException", "The security token included in the request is invalid.")
	}
}

func TestSigV4AllowsSkewToTheMinute(t *testing.T) {
	r := signed(t, "GET", "http://h/", "", nil, lasting)
	for _, skew := range []time.Duration{-15 * time.Minute, 0, 15 * time.Minute} {
		v := newVerifier()
		v.Now = func() time.Time { return noon.Add(skew) }
		if _, err := r.verify(v); err != nil {
			t.Errorf("at %v: %v", skew, err)
		}
	}
}

// TestSigV4KeyCache: a cached key is not used for another secret or day, and there is a bound to how many there are.
func TestSigV4KeyCache(t *testing.T) {
	v := newVerifier()
	secret := "one"
	v.Secret = func(string) (string, string, time.Time, bool) { return secret, "", time.Time{}, true }
	check := func(id, by string, at time.Time, want bool) {
		t.Helper()
		r, err := http.NewRequest("GET", "http://h/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := sign(t.Context(), r, aws.Credentials{AccessKeyID: id, SecretAccessKey: by}, "", at); err != nil {
			t.Fatal(err)
		}
		got, err := receive(r)
		if err != nil {
			t.Fatal(err)
		}
		v.Now = func() time.Time { return at }
		if _, err := got.verify(v); (err == nil) != want {
			t.Errorf("signed with %q on %v by %s: %v", by, at, id, err)
		}
	}
	check("A", "one", noon, true)
	check("A", "two", noon, false)
	secret = "two"
	check("A", "one", noon, false)
	check("A", "two", noon, true)
	check("A", "two", noon.AddDate(0, 0, 1), true)
	check("A", "two", noon, true)
	for i := range maxKeys + 10 {
		check(fmt.Sprint("B", i), "two", noon, true)
		if len(v.keys) > maxKeys {
			t.Fatalf("%d keys are cached, more than %d", len(v.keys), maxKeys)
		}
	}
}

func FuzzSigV4(f *testing.F) {
	for _, r := range sdkRequests {
		_, rest, _ := strings.Cut(r.url, "://")
		_, target, _ := strings.Cut(rest, "/")
		path, query, _ := strings.Cut(target, "?")
		f.Add(r.method, "/"+path, query, "attempt=1;   max=3", r.body)
	}
	f.Add("GET", "/%", "%zz&=&&a=b=c", "\u00a0 x \t y", "\x00")
	f.Add("get", "/\xff%ff", "%ff=\xff&+=%20", "\xff", "{")
	f.Fuzz(func(t *testing.T, method, path, query, header, body string) {
		r, err := http.NewRequest(method, "http://h:8080", strings.NewReader(body))
		if err != nil || method == "" || method == "CONNECT" || strings.ContainsFunc(header, isControl) {
			return // no client can send it
		}
		if r.URL, err = r.URL.Parse("http://h:8080/" + strings.TrimPrefix(path, "/")); err != nil {
			return
		}
		r.URL.RawQuery = query
		r.Header["X-Any"] = []string{header, "second"}
		r.Header.Set("Content-Type", "application/json")
		if err := sign(t.Context(), r, temporary, body, noon); err != nil {
			t.Fatal(err)
		}
		got, err := receive(r)
		if err != nil {
			t.Fatalf("%s %s: %v", r.Method, r.URL, err)
		}
		v := newVerifier()
		if id, err := got.verify(v); err != nil || id != temporary.AccessKeyID {
			t.Errorf("%s %s: Verify = %q, %v", r.Method, r.URL, id, err)
		}
		got.body = append(got.body, 'x')
		if _, err := got.verify(v); err == nil {
			t.Errorf("%s %s: another body is accepted", r.Method, r.URL)
		}
	})
}

func isControl(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }

func BenchmarkSigV4(b *testing.B) {
	h := http.Header{
		"Content-Type": {"application/json"}, "Amz-Sdk-Invocation-Id": {"7b6d3c1e-1f5f-4f0a-9d0e-111111111111"},
		"Amz-Sdk-Request": {"attempt=1; max=3"},
	}
	r := signed(b, "PUT", "http://127.0.0.1:8080/contact/chat", strings.Repeat(startChat, 4), h, lasting)
	v := newVerifier()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.verify(v); err != nil {
			b.Fatal(err)
		}
	}
}
