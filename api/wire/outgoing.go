package wire

import (
	"bytes"
	"io"
	"net/http"
	"net/url"

	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/google/uuid"
)

// outgoing is a request and its parts in one piece of memory.
type outgoing struct {
	smithyhttp.Request
	http http.Request
	url  url.URL
}

// newRequest is smithyhttp.NewStackRequest.
func newRequest() any {
	r := new(outgoing)
	r.http = http.Request{URL: &r.url, Header: make(http.Header, 8), ContentLength: -1}
	r.Request.Request = &r.http
	return &r.Request
}

// cloneRequest is smithyhttp.RequestCloner.
func cloneRequest(v any) any {
	from := v.(*smithyhttp.Request)
	r := &outgoing{Request: *from, http: *from.Request}
	if from.URL != nil {
		r.url = *from.URL
		r.http.URL = &r.url
	}
	r.http.Header = from.Header.Clone()
	r.Request.Request = &r.http
	return &r.Request
}

// body is what a request holds; its bytes need not be read to be hashed.
type body struct {
	bytes.Reader
	all []byte
}

// empty is copied for each request with a body: to set the body of a full one copies all of it.
var empty = &smithyhttp.Request{Request: new(http.Request)}

// withBody returns the request with a body.
func withBody(req *smithyhttp.Request, content []byte) (*smithyhttp.Request, error) {
	b := &body{all: content}
	b.Reset(content)
	filled, err := empty.SetStream(b)
	if err != nil {
		return nil, err
	}
	filled.Request = req.Request
	filled.ContentLength = int64(len(content))
	return filled, nil
}

// reader reads the body for one attempt: the transport may go on reading when the next has begun.
type reader struct{ bytes.Reader }

func (*reader) Close() error { return nil }

func (b *body) open() io.ReadCloser {
	r := new(reader)
	r.Reset(b.all)
	return r
}

// randomTokens are UUIDs.
type randomTokens struct{}

func (randomTokens) GetIdempotencyToken() (string, error) {
	id, err := uuid.NewRandom()
	if err != nil {
		return "", err
	}
	return id.String(), nil
}
