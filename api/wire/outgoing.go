package wire

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"net/url"
	"sync"

	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/google/uuid"
)

// outgoing is a request and its parts in one piece of memory.
type outgoing struct {
	smithyhttp.Request
	http http.Request
	url  url.URL
	body body
}

// newRequest is smithyhttp.NewStackRequest.
func newRequest() any {
	r := &outgoing{http: http.Request{Header: make(http.Header, 8)}}
	r.reset()
	return &r.Request
}

// reset empties a request.
func (r *outgoing) reset() {
	clear(r.http.Header)
	r.url = url.URL{}
	r.http = http.Request{URL: &r.url, Header: r.http.Header, ContentLength: -1}
	r.Request.Request = &r.http
	r.body.fill(nil)
}

// templates returns where the requests of an operation come from when nobody keeps them: each attempt is made of a
// clone. They have their body, if there is one, from the start.
func templates(withBody bool) *sync.Pool {
	return &sync.Pool{New: func() any {
		r := &outgoing{http: http.Request{Header: make(http.Header, 8)}}
		if withBody {
			filled, _ := empty.SetStream(&r.body) // fails when its reader does
			r.Request = *filled
		}
		r.reset()
		return r
	}}
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

func (b *body) fill(content []byte) {
	b.all = content
	b.Reset(content)
}

// empty is copied for each request with a body: to set the body of a full one copies all of it.
var empty = &smithyhttp.Request{Request: new(http.Request)}

// withBody returns the request with a body.
func withBody(req *smithyhttp.Request, content []byte) (*smithyhttp.Request, error) {
	b, ok := req.GetStream().(*body)
	if !ok {
		b = new(body)
		filled, err := empty.SetStream(b)
		if err != nil {
			return nil, err
		}
		filled.Request = req.Request
		req = filled
	}
	b.fill(content)
	req.ContentLength = int64(len(content))
	return req, nil
}

// attempt is one request on its way, in one piece of memory. It has a reader of its own: the transport may go on reading
// when the next attempt has begun.
type attempt struct {
	http   http.Request
	answer smithyhttp.Response
	body   reader
}

type reader struct{ bytes.Reader }

func (*reader) Close() error { return nil }

// randomTokens are UUIDs.
type randomTokens struct{}

func (randomTokens) GetIdempotencyToken() (string, error) { return newUUID(), nil }

// newUUID returns a random UUID, with less in memory than uuid.NewString needs.
func newUUID() string {
	var id uuid.UUID
	_, _ = rand.Read(id[:]) // never fails
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}
