package wire_test

import (
	"bytes"
	"math/rand/v2"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/openparley/parley/api/connect"
)

// chance makes requests, the odd ones too.
type chance struct{ *rand.Rand }

func (c chance) of(texts ...string) string { return texts[c.IntN(len(texts))] }

func (c chance) request(t *testing.T) *http.Request {
	r, err := http.NewRequestWithContext(t.Context(), c.of("GET", "PUT", "POST", "DELETE"), c.of("https", "http", "HTTPS")+"://"+
		c.of("connect.us-east-1.amazonaws.com", "localhost:8080", "h:443", "h:80", "[::1]:80", "[::1]")+
		c.of("", "/", "/contact/chat", "/a%2Fb/~c", "/é b/(c)", "/a//b/../c", "/contact-flows/i/arn%3Aaws%3A%24SAVED"), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.URL.RawQuery = c.of("", "", "", "maxResults=1", "b=2&a=1&a=0", "a=b+c&d=%2F", "a")
	r.Host = c.of("", "", "other.example", "h:443", "a  b")
	r.ContentLength = int64(c.IntN(3)) * 100
	names := []string{
		"Content-Type", "Amz-Sdk-Invocation-Id", "Amz-Sdk-Request", "User-Agent", "Authorization", "X-Amz-Date", "X-Amz-Security-Token",
		"X-Amzn-Trace-Id", "X-1", "X-A", "x-lower", "X-_odd", "X-A-B", "Content-Length", "Host", "Expect", "Xa", "X-Amz-Bearer",
	}
	for range c.IntN(8) {
		name := names[c.IntN(len(names))]
		r.Header[name] = append(r.Header[name], c.of("application/json", "a", "", " a ", "a  b", "\ta", "a b", "é", "\u00a0a"))
	}
	if c.IntN(20) == 0 {
		r.Header["X-Empty"] = nil
	}
	return r
}

func TestSignaturesAreThoseOfTheSDK(t *testing.T) {
	ours, sdk := connect.New(connect.Options{}).Options().HTTPSignerV4, v4.NewSigner()
	seed := rand.Uint64()
	c := chance{rand.New(rand.NewPCG(seed, 1))}
	for i := range 2000 {
		r := c.request(t)
		again := r.Clone(t.Context())
		credentials := aws.Credentials{AccessKeyID: c.of("AKID", "OTHER"), SessionToken: c.of("", "session", "session", "a  b")}
		credentials.SecretAccessKey = "secret of " + credentials.AccessKeyID
		hash, service, region := c.of("00ff", ""), c.of("connect", "lambda"), c.of("us-east-1", "eu-west-2")
		at := time.Unix(1767225845, 0).Add(time.Duration(c.IntN(48)) * time.Hour)
		if err := ours.SignHTTP(t.Context(), credentials, r, hash, service, region, at); err != nil {
			t.Fatal(err)
		}
		if err := sdk.SignHTTP(t.Context(), credentials, again, hash, service, region, at); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(r.Header, again.Header) || r.URL.String() != again.URL.String() || r.Host != again.Host {
			t.Fatalf("seed %d, request %d:\n%s %s %v\nwant\n%s %s %v", seed, i, r.URL, r.Host, r.Header, again.URL, again.Host, again.Header)
		}
	}
}

func FuzzSignatures(f *testing.F) {
	f.Add("/contact/chat", "", "X-Own", "a", "connect.us-east-1.amazonaws.com")
	f.Add("/a%2Fb", "a=b", "x-own", " a  b ", "h:80")
	ours, sdk := connect.New(connect.Options{}).Options().HTTPSignerV4, v4.NewSigner()
	f.Fuzz(func(t *testing.T, path, query, name, value, host string) {
		u, err := url.Parse("https://connect/" + strings.TrimPrefix(path, "/"))
		if err != nil {
			return
		}
		u.RawQuery = query
		r := &http.Request{Method: "PUT", URL: u, Host: host, ContentLength: 2, Header: http.Header{"Content-Type": {"application/json"}, name: {value}}}
		again := r.Clone(t.Context())
		for signer, r := range map[connect.HTTPSignerV4]*http.Request{ours: r, sdk: again} {
			if err := signer.SignHTTP(t.Context(), aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "secret"}, r, "00ff", "connect", "us-east-1", time.Unix(1767225845, 0)); err != nil {
				t.Fatal(err)
			}
		}
		if !reflect.DeepEqual(r.Header, again.Header) || r.URL.String() != again.URL.String() || r.Host != again.Host {
			t.Errorf("%s %s %v\nwant\n%s %s %v", r.URL, r.Host, r.Header, again.URL, again.Host, again.Header)
		}
	})
}

func TestSignerIsForManyAtATime(t *testing.T) {
	ours := connect.New(connect.Options{}).Options().HTTPSignerV4
	sign := func(region string) string {
		r, err := http.NewRequestWithContext(t.Context(), "PUT", "https://h/contact/chat", bytes.NewReader([]byte("{}")))
		if err != nil {
			t.Error(err)
			return ""
		}
		if err := ours.SignHTTP(t.Context(), aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "secret"}, r, "00ff", "connect", region, time.Unix(1767225845, 0)); err != nil {
			t.Error(err)
		}
		return r.Header.Get("Authorization")
	}
	want := map[string]string{"us-east-1": sign("us-east-1"), "eu-west-2": sign("eu-west-2")}
	var wg sync.WaitGroup
	for region := range want {
		for range 4 {
			wg.Go(func() {
				for range 100 {
					if got := sign(region); got != want[region] {
						t.Errorf("signed %s, want %s", got, want[region])
						return
					}
				}
			})
		}
	}
	wg.Wait()
}
