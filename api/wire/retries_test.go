package wire_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"github.com/openparley/parley/api/connect"
)

func coded(status int, code string) answer {
	return answer{status: status, header: map[string]string{"X-Amzn-Errortype": code}, body: `{}`}
}

// What is sent again, and what is not (client.md, rows 30 and 31).
func TestWhatIsSentAgain(t *testing.T) {
	again := map[string]answer{
		"connection refused": {err: &url.Error{Op: "Put", Err: &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}}},
		"connection reset":   {err: &url.Error{Op: "Put", Err: &net.OpError{Op: "read", Err: syscall.ECONNRESET}}},
		"idle connection":    {err: &url.Error{Op: "Put", Err: io.EOF}},
		"unexpected end":     {err: &url.Error{Op: "Put", Err: io.ErrUnexpectedEOF}},
	}
	for _, status := range []int{500, 502, 503, 504} {
		again[http.StatusText(status)] = answer{status: status}
	}
	for _, code := range []string{
		"RequestTimeout", "RequestTimeoutException", "Throttling", "ThrottlingException", "ThrottledException",
		"RequestThrottledException", "TooManyRequestsException", "ProvisionedThroughputExceededException",
		"TransactionInProgressException", "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException",
		"RequestThrottled", "SlowDown", "PriorRequestNotComplete", "EC2ThrottledException",
	} {
		again[code] = coded(400, code)
	}
	once := map[string]answer{
		"429 without a code": {status: 429}, "409": {status: 409}, "501": {status: 501}, "404": coded(404, "ResourceNotFoundException"),
		"no such host":          {err: &url.Error{Op: "Put", Err: &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}}},
		"what is not decoded":   {status: 200, body: `{"ContactId":`},
		"a clock that is right": {403, map[string]string{"Date": "Sat, 01 Jan 2000 00:00:00 GMT"}, `{"__type":"InvalidSignatureException"}`, nil},
	}
	for i, answers := range []map[string]answer{again, once} {
		for name, a := range answers {
			synctest.Test(t, func(t *testing.T) {
				p := &played{answers: []answer{a, started}}
				if _, err := client(p).StartChatContact(t.Context(), start()); len(p.sent) != 2-i || (err != nil) != (i == 1) {
					t.Errorf("%s: sent %d times, error %v", name, len(p.sent), err)
				}
				if p.open != 0 {
					t.Errorf("%s: %d bodies left open", name, p.open)
				}
			})
		}
	}
}

// The next attempt of the call, and the next call, are signed with the server's time (row 36), and tell the server until
// when they wait by its clock (row 33).
func TestWhatIsSentAgainWithTheServersTime(t *testing.T) {
	for _, code := range []string{"InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure", "RequestTimeTooSkewed", "AccessDeniedException"} {
		for _, skew := range []time.Duration{time.Hour, -time.Hour, 3 * time.Minute} {
			synctest.Test(t, func(t *testing.T) {
				date := time.Now().Add(skew).UTC().Format(http.TimeFormat)
				refused := answer{403, map[string]string{"Date": date, "X-Amzn-Errortype": code}, `{"message":"skewed"}`, nil}
				p := &played{answers: []answer{refused, {200, map[string]string{"Date": date}, `{}`, nil}}}
				c := client(p)
				ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
				defer cancel()
				_, err := c.StartChatContact(ctx, start())
				if skew == 3*time.Minute {
					if err == nil || len(p.sent) != 1 {
						t.Errorf("%s, %v: sent %d times, error %v", code, skew, len(p.sent), err)
					}
					return
				}
				if err != nil || len(p.sent) != 2 {
					t.Fatalf("%s, %v: sent %d times, error %v", code, skew, len(p.sent), err)
				}
				out, err := c.StartChatContact(t.Context(), start())
				if err != nil || len(p.sent) != 3 {
					t.Fatal(err)
				}
				for i, s := range p.sent[1:] {
					at, err := time.Parse("20060102T150405Z", s.header.Get("X-Amz-Date"))
					if d := time.Until(at) - skew; err != nil || d.Abs() > time.Minute {
						t.Errorf("%s, %v: attempt %d is signed at %v, now is %v", code, skew, i+2, at, time.Now())
					}
				}
				if got, _ := awsmiddleware.GetAttemptSkew(out.ResultMetadata); (got - skew).Abs() > time.Minute {
					t.Errorf("%s: skew %v, want %v", code, got, skew)
				}
				_, ttl, _ := strings.Cut(p.sent[1].header.Get("Amz-Sdk-Request"), "; ttl=")
				until, _ := time.Parse("20060102T150405Z", ttl)
				if deadline, _ := ctx.Deadline(); skew > 0 && (until.Sub(deadline)-skew).Abs() > time.Minute || skew < 0 && ttl != "" {
					t.Errorf("%s, %v: ttl %q", code, skew, ttl)
				}
			})
		}
	}
}

// pauses returns how long was waited before each attempt but the first.
func (p *played) pauses() []time.Duration {
	var pauses []time.Duration
	for i := range p.sent[1:] {
		pauses = append(pauses, p.sent[i+1].at.Sub(p.sent[i].at))
	}
	return pauses
}

// Pauses are random, within a bound that doubles up to 20 seconds (row 32). Who wants others sets a Backoff: the random
// source and, in a bubble of testing/synctest, clock and sleep are the caller's.
func TestPausesBetweenAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &played{answers: []answer{{status: 500}}}
		_, err := client(p, func(o *connect.Options) { o.RetryMaxAttempts = 9 }).StartChatContact(t.Context(), start())
		if _, ok := errors.AsType[*retry.MaxAttemptsError](err); !ok || len(p.sent) != 9 {
			t.Errorf("sent %d times, error %v", len(p.sent), err)
		}
		for i, pause := range p.pauses() {
			if most := min(time.Second<<(i+1), 20*time.Second); pause > most {
				t.Errorf("pause %d took %v, want up to %v", i+1, pause, most)
			}
		}
	})
	synctest.Test(t, func(t *testing.T) {
		p := &played{answers: []answer{{status: 500}}}
		_, err := client(p, func(o *connect.Options) {
			o.Retryer = retry.NewStandard(func(so *retry.StandardOptions) {
				so.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) {
					return time.Duration(attempt) * time.Hour, nil
				})
			})
		}).StartChatContact(t.Context(), start())
		if pauses := p.pauses(); err == nil || len(pauses) != 2 || pauses[0] != time.Hour || pauses[1] != 2*time.Hour {
			t.Errorf("pauses %v, error %v", pauses, err)
		}
	})
}

// A client has 500 tokens; a retry costs 5 of them, and gives back what it cost when it helped (row 32).
func TestQuotaOfRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &played{answers: []answer{{status: 500}}}
		c := client(p)
		for range 50 {
			if _, err := c.StartChatContact(t.Context(), start()); err == nil {
				t.Fatal("no error")
			}
		}
		if len(p.sent) != 150 {
			t.Errorf("sent %d times, want 150", len(p.sent))
		}
		_, err := c.StartChatContact(t.Context(), start())
		if err == nil || !strings.Contains(err.Error(), "failed to get rate limit token, retry quota exceeded") || len(p.sent) != 151 {
			t.Errorf("sent %d times, error %v", len(p.sent), err)
		}
		if e, ok := errors.AsType[*awshttp.ResponseError](err); !ok || e.HTTPStatusCode() != 500 {
			t.Errorf("error %v, want the server's too", err)
		}
		p.answers = []answer{started}
		for range 5 {
			if _, err := c.StartChatContact(t.Context(), start()); err != nil {
				t.Fatal(err)
			}
		}
		p.sent, p.answers = nil, []answer{{status: 500}, started}
		if _, err := c.StartChatContact(t.Context(), start()); err != nil || len(p.sent) != 2 {
			t.Errorf("sent %d times, error %v", len(p.sent), err)
		}
	})
}

// The retries of 2026 wait as long as the server says, within 5 seconds of their own pause (row 37).
func TestRetriesOf2026(t *testing.T) {
	t.Setenv("AWS_NEW_RETRIES_2026", "true")
	for after, bounds := range map[string][2]time.Duration{
		"1": {0, time.Second}, "3000": {3 * time.Second, 3 * time.Second}, "60000": {5 * time.Second, 6 * time.Second},
		"-1": {0, time.Second}, "soon": {0, time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := &played{answers: []answer{{503, map[string]string{"X-Amz-Retry-After": after}, ``, nil}, started}}
			if _, err := client(p).StartChatContact(t.Context(), start()); err != nil {
				t.Fatal(err)
			}
			if pause := p.pauses()[0]; pause < bounds[0] || pause > bounds[1] {
				t.Errorf("waited %v when told %s ms, want %v", pause, after, bounds)
			}
		})
	}
	// 500 tokens, 14 a retry: 35 retries.
	synctest.Test(t, func(t *testing.T) {
		p := &played{answers: []answer{{status: 500}}}
		c := client(p)
		for range 30 {
			if _, err := c.StartChatContact(t.Context(), start()); err == nil {
				t.Fatal("no error")
			}
		}
		if retries := len(p.sent) - 30; retries != 35 {
			t.Errorf("%d retries, want 35", retries)
		}
	})
}

func TestAdaptiveRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &played{answers: []answer{{status: 500}, started}}
		_, err := client(p, func(o *connect.Options) { o.Retryer = retry.NewAdaptiveMode() }).StartChatContact(t.Context(), start())
		if err != nil || len(p.sent) != 2 || !strings.Contains(p.sent[0].header.Get("User-Agent"), " m/") {
			t.Errorf("sent %d times as %s, error %v", len(p.sent), p.sent[0].header.Get("User-Agent"), err)
		}
	})
	if c := connect.NewFromConfig(aws.Config{RetryMode: aws.RetryModeAdaptive, RetryMaxAttempts: 7}); c.Options().Retryer.MaxAttempts() != 7 {
		t.Errorf("%d attempts, want 7", c.Options().Retryer.MaxAttempts())
	}
}
