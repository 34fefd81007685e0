package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"
)

// maxRetryAfter is the longest that a receiver can put off the next attempt.
const maxRetryAfter = time.Hour

// Hook is where to post, and the secrets that sign: several while one replaces the other.
type Hook struct {
	URL     string
	Secrets []Secret
}

// NewHook reads an address and secrets. It refuses an address that is not http or https, and one on another machine without a secret:
// nothing would prove there who posts. Errors quote nothing that may be secret.
func NewHook(address string, secrets []string) (Hook, error) {
	h := Hook{URL: address}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return h, errors.New("the address is not like https://host/path")
	}
	if u.User != nil {
		return h, errors.New("the address has a name or password in it: receivers know us by the signature")
	}
	for _, text := range secrets {
		secret, err := ParseSecret(text)
		if err != nil {
			return h, err
		}
		h.Secrets = append(h.Secrets, secret)
	}
	if len(secrets) == 0 && !IsLoopback(address) {
		return h, errors.New("a webhook on another machine needs a secret")
	}
	return h, nil
}

// IsLoopback reports whether an address is on this machine by its number: http://127.0.0.1:9000/in.
func IsLoopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && ip.IsLoopback()
}

// Request is what to post. ID stays the same when it is posted again.
type Request struct {
	ID          string
	ContentType string
	Header      map[string]string
	Body        []byte
}

// Answer is what a receiver said, as much of it as is read.
type Answer struct {
	Header http.Header
	Body   []byte
	Cut    bool // there was more
}

// Error says that a receiver did not take a request.
type Error struct {
	Host      string        // scheme and host alone: paths may hold secrets
	Status    int           // 0: there was no answer
	Err       error         // why there was none
	Permanent bool          // the same request would be refused again
	After     time.Duration // how long the receiver asks to be left alone; at most an hour
}

func (e *Error) Error() string {
	if e.Status == 0 {
		return e.Host + ": " + e.Err.Error()
	}
	return fmt.Sprintf("%s answered %d %s", e.Host, e.Status, http.StatusText(e.Status))
}

func (e *Error) Unwrap() error { return e.Err }

// Client posts to hooks. It follows no redirects: who may be reached is the operator's word alone.
type Client struct {
	http      *http.Client
	maxAnswer int64
}

// NewClient returns a client that reads at most so many bytes of an answer. How long a request may take is said by its context.
func NewClient(maxAnswer int64) *Client {
	transport := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		TLSHandshakeTimeout:    5 * time.Second,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
	return &Client{maxAnswer: maxAnswer, http: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Close gives up idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Post signs and posts. Only a status of 2xx is success. Any other gives the answer and an *Error, which is permanent for what
// repetition can not mend: 4xx but 408, 425 and 429.
func (c *Client) Post(ctx context.Context, hook Hook, r Request) (*Answer, error) {
	res, err := c.send(ctx, hook, r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, c.maxAnswer+1))
	if err != nil {
		return nil, &Error{Host: hostOf(res), Err: fmt.Errorf("read the answer: %w", err)}
	}
	answer := &Answer{Header: res.Header, Body: body}
	if int64(len(body)) > c.maxAnswer {
		answer.Body, answer.Cut = body[:c.maxAnswer], true
	}
	return answer, refusal(res)
}

// Opened is an answer on its way. Who opened it reads Body, which may be of any length, and closes it.
type Opened struct {
	Header http.Header
	Body   io.ReadCloser
}

// Open is Post for who reads the answer while it comes. A status other than 2xx gives an *Error alone.
func (c *Client) Open(ctx context.Context, hook Hook, r Request) (*Opened, error) {
	res, err := c.send(ctx, hook, r)
	if err != nil {
		return nil, err
	}
	if err := refusal(res); err != nil {
		res.Body.Close()
		return nil, err
	}
	return &Opened{res.Header, res.Body}, nil
}

func (c *Client) send(ctx context.Context, hook Hook, r Request) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.URL, bytes.NewReader(r.Body))
	if err != nil {
		return nil, &Error{Host: "webhook", Err: errors.New("the address is no URL"), Permanent: true}
	}
	for name, value := range r.Header {
		req.Header.Set(name, value)
	}
	req.Header.Set("Content-Type", r.ContentType)
	req.Header.Set("User-Agent", "parley")
	Sign(req.Header, r.ID, time.Now(), r.Body, hook.Secrets...)
	res, err := c.http.Do(req)
	if err != nil {
		if failed, ok := errors.AsType[*url.Error](err); ok {
			err = failed.Err // without the URL
		}
		return nil, &Error{Host: req.URL.Scheme + "://" + req.URL.Host, Err: err}
	}
	return res, nil
}

func hostOf(res *http.Response) string { return res.Request.URL.Scheme + "://" + res.Request.URL.Host }

// refusal is the *Error of an answer that is not one of success; nil for one that is.
func refusal(res *http.Response) error {
	if res.StatusCode/100 == 2 {
		return nil
	}
	return &Error{
		Host: hostOf(res), Status: res.StatusCode, Permanent: permanent(res.StatusCode), After: retryAfter(res.Header.Get("Retry-After")),
	}
}

func permanent(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	return status/100 == 4
}

// retryAfter reads a number of seconds or a date.
func retryAfter(text string) time.Duration {
	var d time.Duration
	if seconds, err := strconv.ParseInt(text, 10, 32); err == nil {
		d = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		d = time.Until(at)
	}
	return min(max(d, 0), maxRetryAfter)
}
