package wire

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/metrics"
	"github.com/aws/smithy-go/middleware"
	smithytime "github.com/aws/smithy-go/time"
	"github.com/aws/smithy-go/tracing"
)

// maxAnswer is the most bytes of an answer that are read.
const maxAnswer = 32 << 20

// Conn is the client end of a service. It is safe for concurrent use.
type Conn struct {
	service *Service
	options Options
	chains  sync.Map     // *Operation → *chain
	skew    atomic.Int64 // how much later the server's clock is, in nanoseconds
}

// NewConn returns the client end of a service.
func NewConn(s *Service, o Options, optFns ...func(*Options)) *Conn {
	o = o.Copy()
	o.resolve(optFns)
	return &Conn{service: s, options: o}
}

// Options returns a copy of the options.
func (c *Conn) Options() Options { return c.options.Copy() }

// call is one call under way, and its context: what the middleware of the SDK looks up there is made once for an
// operation, what the caller's context holds is behind it.
type call struct {
	context.Context
	values context.Context
	skew   time.Duration
	hash   string    // of the body, in hex
	at     *location // of the attempt under way
	// headers are room for the values of three headers.
	headers [3]string
}

// callOf returns the call of a context, an empty one when middleware has put away ours.
func callOf(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return new(call)
}

// header returns the value of one of the three headers as a list.
func (c *call) header(i int, value string) []string {
	c.headers[i] = value
	return c.headers[i : i+1 : i+1]
}

type callKey struct{}

func (c *call) Value(key any) any {
	if _, ok := key.(callKey); ok {
		return c
	}
	if v := c.values.Value(key); v != nil {
		return v
	}
	return c.Context.Value(key)
}

// Call makes one request, again and again as the Retryer says, and reads its answer. The functions change the options
// of this call alone. Errors are those of the official SDK: a *smithy.OperationError around, where there was an answer,
// an *awshttp.ResponseError around the exception of the answer's code, or a *smithy.GenericAPIError for other codes.
func Call[In, Out any](ctx context.Context, c *Conn, op *Operation[In, Out], in *In, optFns ...func(*Options)) (*Out, error) {
	if in == nil {
		in = new(In)
	}
	ch, err := c.chainOf(op, op.kernel, optFns)
	if err != nil {
		return nil, err
	}
	out, err := ch.run(ctx, in)
	if err != nil {
		return nil, err
	}
	answer, ok := out.(*Out)
	if !ok {
		return nil, fmt.Errorf("%s: middleware answered with %T", op.Name, out)
	}
	return answer, nil
}

// chainOf returns the middleware of an operation, made anew for a call that has options of its own.
func (c *Conn) chainOf(key any, kernel func() *kernel, optFns []func(*Options)) (*chain, error) {
	if len(optFns) == 0 {
		if ch, ok := c.chains.Load(key); ok {
			return ch.(*chain), nil
		}
		ch, err := newChain(c, kernel(), &c.options)
		if err == nil {
			c.chains.Store(key, ch)
		}
		return ch, err
	}
	o := c.options.Copy()
	for _, fn := range optFns {
		fn(&o)
	}
	if n := o.RetryMaxAttempts; n != 0 && n != c.options.RetryMaxAttempts {
		o.Retryer = retry.AddWithMaxAttempts(o.Retryer, n)
	}
	return newChain(c, kernel(), &o)
}

// run calls the operation and puts the metadata into its answer.
func (ch *chain) run(ctx context.Context, in any) (any, error) {
	k := ch.kernel
	var end func(error)
	if ch.observed {
		ctx, end = ch.observe(ctx)
	}
	out, metadata, err := ch.first.HandleInitialize(
		&call{Context: ctx, values: ch.values, skew: time.Duration(ch.conn.skew.Load())}, middleware.InitializeInput{Parameters: in},
	)
	if err != nil {
		err = &smithy.OperationError{ServiceID: k.service.ID, OperationName: k.name, Err: err}
	}
	if end != nil {
		end(err)
	}
	if err != nil {
		return nil, err
	}
	if v := reflect.ValueOf(out.Result); k.metadata >= 0 && v.Type() == reflect.PointerTo(k.out) {
		*v.Elem().Field(k.metadata).Addr().Interface().(*middleware.Metadata) = metadata
	}
	return out.Result, nil
}

// observe begins a span, and the measuring of the call; who called ends them.
func (ch *chain) observe(ctx context.Context) (context.Context, func(error)) {
	k := ch.kernel
	tracer := ch.options.TracerProvider.Tracer(scope)
	ctx, span := tracer.StartSpan(tracing.WithOperationTracer(ctx, tracer), k.service.ID+"."+k.name, func(o *tracing.SpanOptions) {
		o.Kind = tracing.SpanKindClient
		o.Properties.Set("rpc.system", "aws-api")
		o.Properties.Set("rpc.service", k.service.ID)
		o.Properties.Set("rpc.method", k.name)
	})
	began := time.Now()
	return ctx, func(err error) {
		histogram, broken := ch.options.MeterProvider.Meter(scope).Float64Histogram("client.call.duration", func(o *metrics.InstrumentOptions) {
			o.UnitLabel = "s"
			o.Description = "Duration of calls, with all attempts"
		})
		if broken == nil {
			histogram.Record(ctx, time.Since(began).Seconds(), func(o *metrics.RecordMetricOptions) {
				o.Properties.Set("rpc.service", k.service.ID)
				o.Properties.Set("rpc.method", k.name)
			})
		}
		status := tracing.SpanStatusOK
		if err != nil {
			status = tracing.SpanStatusError
			span.SetProperty("exception.type", fmt.Sprintf("%T", err))
			if e, ok := errors.AsType[smithy.APIError](err); ok {
				span.SetProperty("api.error_code", e.ErrorCode())
				span.SetProperty("api.error_fault", e.ErrorFault().String())
			}
		}
		span.SetProperty("error", err != nil)
		span.SetStatus(status)
		span.End()
	}
}

// kernel is an operation without its Go types.
type kernel struct {
	service      *Service
	name         string
	method, path string
	errors       []Exception
	in, out      reflect.Type
	input        *plan
	token        int // field of the ClientToken to fill, -1 when there is none
	metadata     int // field of the ResultMetadata, -1 when there is none
}

func (op *Operation[In, Out]) kernel() *kernel {
	k := &kernel{
		service: op.Service, name: op.Name, method: op.Method, path: op.Path, errors: op.Errors,
		in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](), token: -1, metadata: metadataField(reflect.TypeFor[Out]()),
	}
	k.input = planOf(k.in)
	for _, m := range k.input.members {
		if m.field == "ClientToken" && !m.unfilled {
			k.token = m.index
		}
	}
	return k
}

// EncodeRequest makes the request for an input: the bytes the official Go SDK sends, but for the order of maps, which
// is that of their keys. Base may hold a path prefix. The error lists all required members that are nil, or names a label
// that is empty; nothing else is checked.
func (op *Operation[In, Out]) EncodeRequest(base *url.URL, in *In) (method string, u *url.URL, h http.Header, body []byte, err error) {
	if in == nil {
		in = new(In)
	}
	v, p := reflect.ValueOf(in).Elem(), planOf(reflect.TypeFor[In]())
	if names := lacking(v, p, "", nil); len(names) > 0 {
		return "", nil, nil, nil, errors.New("required members are missing: " + strings.Join(names, ", "))
	}
	h = make(http.Header)
	rawPath, query, err := bind(v, p, op.Path, h)
	if err != nil {
		return "", nil, nil, nil, err
	}
	rawPath = strings.TrimSuffix(base.EscapedPath(), "/") + rawPath
	decoded, err := url.PathUnescape(rawPath)
	if err != nil {
		return "", nil, nil, nil, err
	}
	u = new(*base)
	u.Path, u.RawPath, u.RawQuery = decoded, rawPath, joinQuery(base.RawQuery, strings.ReplaceAll(query, "+", "%20")) // as signers do
	if len(p.body) > 0 {
		h.Set("Content-Type", "application/json")
		body = appendStruct(nil, v, p)
	}
	return op.Method, u, h, body, nil
}

// bind writes the members outside the body: into the path, the query and the header. A part of the path must not be
// empty.
func bind(v reflect.Value, p *plan, path string, h http.Header) (rawPath, rawQuery string, err error) {
	var query url.Values
	for _, m := range p.bound {
		texts := texts(v.Field(m.index), &m.codec)
		switch m.place {
		case inPath:
			if texts[0] == "" {
				return "", "", fmt.Errorf("input member %s must not be empty", m.name)
			}
			path = strings.Replace(path, "{"+m.name+"}", string(appendEscaped(nil, texts[0], "-._~")), 1)
		case inQuery:
			if texts != nil {
				if query == nil {
					query = make(url.Values)
				}
				query[m.name] = texts
			}
		case inHeader:
			if texts != nil {
				h[http.CanonicalHeaderKey(m.name)] = texts
			}
		}
	}
	return path, query.Encode(), nil
}

func joinQuery(a, b string) string {
	if a != "" && b != "" {
		a += "&"
	}
	return a + b
}

// lacking appends the names of the required members that are nil.
func lacking(v reflect.Value, p *plan, prefix string, names []string) []string {
	for i := range p.members {
		m := &p.members[i]
		f := v.Field(m.index)
		switch {
		case absent(f, &m.codec):
			if m.required {
				names = append(names, prefix+m.field)
			}
		case m.nested():
			names = lackingIn(f, &m.codec, prefix+m.field, names)
		}
	}
	return names
}

// nested tells whether there are structures in a value, which may have required members.
func (c *codec) nested() bool {
	switch c.kind {
	case kindList, kindMap:
		return c.elem.nested()
	default:
		return c.kind == kindStruct || c.kind == kindUnion
	}
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
			names = lackingIn(it.Value(), c.elem, name+"["+strconv.Quote(it.Key().String())+"]", names)
		}
	case kindUnion:
		holder := v.Elem().Elem()
		m := &planOf(holder.Type()).members[0]
		names = lackingIn(holder.Field(m.index), &m.codec, name+"["+unionMember(v.Type(), holder.Type())+"]", names)
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
	case kindTime:
		return []string{smithytime.FormatHTTPDate(v.Interface().(time.Time))}
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

// appendEscaped escapes a part of a path: all but letters, digits and the bytes to keep.
func appendEscaped(dst []byte, s, keep string) []byte {
	const upper = "0123456789ABCDEF"
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte(keep, c) >= 0:
			dst = append(dst, c)
		default:
			dst = append(dst, '%', upper[c>>4], upper[c&15])
		}
	}
	return dst
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
		if err := decodeAnswer(body, reflect.ValueOf(out).Elem(), op.Service); err != nil {
			return nil, fmt.Errorf("decode answer: %w", err)
		}
		return out, nil
	}
	return nil, decodeError(op.Service, op.Errors, status, h, body)
}

func decodeError(s *Service, exceptions []Exception, status int, h http.Header, body []byte) error {
	var e errorBody
	unreadable := decodeAnswer(body, reflect.ValueOf(&e).Elem(), s)
	code := "UnknownError"
	for _, text := range []*string{new(h.Get("X-Amzn-Errortype")), e.Code, e.Type} {
		if text != nil && bareCode(*text) != "" {
			code = bareCode(*text)
			break
		}
	}
	for _, known := range exceptions {
		if strings.EqualFold(known.ErrorCode(), code) {
			v := reflect.New(reflect.TypeOf(known).Elem())
			if unreadable == nil {
				_ = decodeAnswer(body, v.Elem(), s)
			}
			return v.Interface().(Exception)
		}
	}
	unknown := &GatewayError{Status: status, Code: code}
	if e.Message != nil {
		unknown.Message = *e.Message
	}
	return unknown
}

// decodeAnswer reads an answer into a structure, without checking limits.
func decodeAnswer(body []byte, v reflect.Value, s *Service) error {
	d := newDecoder(body, s, false)
	defer d.free()
	d.document(body, v, planOf(v.Type()))
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
