package wire

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// maxAnswer is the most bytes of an answer that are read.
const maxAnswer = 32 << 20

// Options say where a client sends its requests and how it signs them.
type Options struct {
	// BaseEndpoint is the URL of the server, with a path prefix if there is one; nil means Amazon's in the Region.
	BaseEndpoint *string
	Region       string
	// Credentials sign the requests; without any they go out unsigned.
	Credentials aws.CredentialsProvider
	// HTTPClient sends the requests; nil means one with a timeout of 70 s.
	HTTPClient HTTPClient
}

// HTTPClient sends requests; *http.Client is one.
type HTTPClient interface {
	Do(*http.Request) (*http.Response, error)
}

// Conn is the client end of a service. It is safe for concurrent use.
type Conn struct {
	options Options
	base    *url.URL
	err     error // why there is no base
}

// NewConn returns the client end of a service. An endpoint that is no URL makes every call fail.
func NewConn(s *Service, o Options) *Conn {
	if o.HTTPClient == nil {
		o.HTTPClient = defaultHTTP
	}
	endpoint := "https://" + s.Host + "." + o.Region + ".amazonaws.com"
	if o.BaseEndpoint != nil {
		endpoint = *o.BaseEndpoint
	}
	base, err := url.Parse(endpoint)
	if err == nil && (base.Host == "" || o.BaseEndpoint == nil && o.Region == "") {
		err = errors.New("there is neither an endpoint nor a Region")
	}
	return &Conn{o, base, err}
}

var defaultHTTP = &http.Client{Timeout: 70 * time.Second}

// Call makes one request and reads its answer. It does not repeat anything. Modelled errors come as the exception of
// the same code, others as a *GatewayError.
func Call[In, Out any](ctx context.Context, c *Conn, op *Operation[In, Out], in *In) (*Out, error) {
	out, err := call(ctx, c, op, in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op.Name, err)
	}
	return out, nil
}

func call[In, Out any](ctx context.Context, c *Conn, op *Operation[In, Out], in *In) (*Out, error) {
	if c.err != nil {
		return nil, c.err
	}
	method, u, header, body, err := op.EncodeRequest(c.base, in)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header = header
	if c.options.Credentials != nil {
		credentials, err := c.options.Credentials.Retrieve(ctx)
		if err != nil {
			return nil, fmt.Errorf("retrieve credentials: %w", err)
		}
		hash := sha256.Sum256(body)
		err = v4.NewSigner().SignHTTP(ctx, credentials, req, hex.EncodeToString(hash[:]), op.Service.SigningName,
			c.options.Region, time.Now())
		if err != nil {
			return nil, fmt.Errorf("sign: %w", err)
		}
	}
	resp, err := c.options.HTTPClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	return op.DecodeResponse(resp.StatusCode, resp.Header, answer)
}

// EncodeRequest makes the request for an input: the bytes the official Go SDK sends, but for the order of maps, which
// is that of their keys. Base may hold a path prefix. The error lists all required members that are nil; nothing else
// is checked.
func (op *Operation[In, Out]) EncodeRequest(base *url.URL, in *In) (method string, u *url.URL, h http.Header, body []byte, err error) {
	if in == nil {
		in = new(In)
	}
	v, p := reflect.ValueOf(in).Elem(), planOf(reflect.TypeFor[In]())
	if names := lacking(v, p, "", nil); len(names) > 0 {
		return "", nil, nil, nil, errors.New("required members are missing: " + strings.Join(names, ", "))
	}
	h = make(http.Header)
	path := op.Path
	query := base.Query()
	for _, m := range p.bound {
		texts := texts(v.Field(m.index), &m.codec)
		switch m.place {
		case inPath:
			path = strings.Replace(path, "{"+m.name+"}", escapeLabel(texts[0]), 1)
		case inQuery:
			if texts != nil {
				query[m.name] = texts
			}
		case inHeader:
			h[http.CanonicalHeaderKey(m.name)] = texts
		}
	}
	rawPath := strings.TrimSuffix(base.EscapedPath(), "/") + path
	decoded, err := url.PathUnescape(rawPath)
	if err != nil {
		return "", nil, nil, nil, err
	}
	u = new(*base)
	u.Path, u.RawPath = decoded, rawPath
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	if len(p.body) > 0 {
		h.Set("Content-Type", "application/json")
		body = appendStruct(nil, v, p)
	}
	return op.Method, u, h, body, nil
}

// lacking appends the names of the required members that are nil; a label must not be empty either.
func lacking(v reflect.Value, p *plan, prefix string, names []string) []string {
	for i := range p.members {
		m := &p.members[i]
		f := v.Field(m.index)
		name := prefix + m.field
		switch {
		case absent(f, &m.codec) || m.place == inPath && texts(f, &m.codec)[0] == "":
			if m.required {
				names = append(names, name)
			}
		default:
			names = lackingIn(f, &m.codec, name, names)
		}
	}
	return names
}

// lackingIn looks for what is missing inside a value that is there.
func lackingIn(v reflect.Value, c *codec, name string, names []string) []string {
	if c.ptr {
		v = v.Elem()
	}
	switch c.kind {
	case kindStruct:
		return lacking(v, c.plan, name+".", names)
	case kindList:
		for i := range v.Len() {
			names = lackingIn(v.Index(i), c.elem, name+"["+strconv.Itoa(i)+"]", names)
		}
	case kindMap:
		for it := v.MapRange(); it.Next(); {
			names = lackingIn(it.Value(), c.elem, name+"."+it.Key().String(), names)
		}
	case kindUnion:
		holder := v.Elem().Elem()
		m := &planOf(holder.Type()).members[0]
		names = lackingIn(holder.Field(m.index), &m.codec, name+"."+unionMember(v.Type(), holder.Type()), names)
	}
	return names
}

// texts returns what a member outside the body is there, nil when it is absent.
func texts(v reflect.Value, c *codec) []string {
	if absent(v, c) {
		return nil
	}
	if c.ptr {
		v = v.Elem()
	}
	switch c.kind {
	case kindInt:
		return []string{strconv.FormatInt(v.Int(), 10)}
	case kindList:
		var list []string
		for i := range v.Len() {
			list = append(list, v.Index(i).String())
		}
		return list
	default:
		return []string{v.String()}
	}
}

// escapeLabel escapes a path label: all but letters, digits and -._~ .
func escapeLabel(s string) string {
	const upper = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~", c) >= 0:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', upper[c>>4], upper[c&15]})
		}
	}
	return b.String()
}

// errorBody is what any error may hold.
type errorBody struct {
	Code    *string `wire:"name=code"`
	Message *string
	Type    *string `wire:"name=__type"`
}

// DecodeResponse reads an answer. Status 2xx gives the output; an empty body is an empty one. Else the error is the
// exception of the operation that has the answer's code, or a *GatewayError. The code is taken from the header
// X-Amzn-ErrorType, else from the body, so that it survives a body that is not JSON.
func (op *Operation[In, Out]) DecodeResponse(status int, h http.Header, body []byte) (*Out, error) {
	if status/100 == 2 {
		out := new(Out)
		if err := decodeAnswer(body, out, op.Service); err != nil {
			return nil, fmt.Errorf("decode answer: %w", err)
		}
		return out, nil
	}
	var e errorBody
	unreadable := decodeAnswer(body, &e, op.Service)
	code := "UnknownError"
	for _, text := range []*string{new(h.Get("X-Amzn-Errortype")), e.Type, e.Code} {
		if text != nil && bareCode(*text) != "" {
			code = bareCode(*text)
			break
		}
	}
	for _, known := range op.Errors {
		if strings.EqualFold(known.ErrorCode(), code) {
			v := reflect.New(reflect.TypeOf(known).Elem())
			if unreadable == nil {
				d := newDecoder(body, op.Service, false)
				d.document(body, v.Elem(), planOf(v.Type().Elem()))
				d.free()
			}
			return nil, v.Interface().(Exception)
		}
	}
	unknown := &GatewayError{Status: status, Code: code}
	if e.Message != nil {
		unknown.Message = *e.Message
	}
	return nil, unknown
}

// decodeAnswer reads an answer into a structure, without checking limits.
func decodeAnswer[T any](body []byte, v *T, s *Service) error {
	d := newDecoder(body, s, false)
	defer d.free()
	d.document(body, reflect.ValueOf(v).Elem(), planOf(reflect.TypeFor[T]()))
	if d.problems.text.Len() > 0 {
		return errors.New(d.problems.text.String())
	}
	return nil
}

// bareCode cuts a namespace before # and a link after : off a code.
func bareCode(text string) string {
	text, _, _ = strings.Cut(text, ":")
	return strings.TrimSpace(text[strings.LastIndexByte(text, '#')+1:])
}
