package wire

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// stack makes the stack of an operation. Middleware of others finds its place by IDs, so all those of the official SDK
// are there, in the same order: where one of ours does the work of several, the others are marks.
func (ch *chain) stack() (*middleware.Stack, error) {
	k, o := ch.kernel, ch.options
	s := middleware.NewStack(k.name, newRequest)
	agent := awsmiddleware.NewRequestUserAgent()
	agent.AddSDKAgentKeyValue(awsmiddleware.APIMetadata, k.service.Host, "parley")
	if o.AppID != "" {
		agent.AddSDKAgentKey(awsmiddleware.ApplicationIdentifier, o.AppID)
	}
	switch o.Retryer.(type) {
	case *retry.Standard:
		agent.AddUserAgentFeature(awsmiddleware.UserAgentFeatureRetryModeStandard)
	case *retry.AdaptiveMode:
		agent.AddUserAgentFeature(awsmiddleware.UserAgentFeatureRetryModeAdaptive)
	}
	if p, ok := o.Credentials.(aws.CredentialProviderSource); ok {
		for _, source := range p.ProviderSources() {
			agent.AddCredentialsSource(source)
		}
	}
	attempts := retry.NewAttemptMiddleware(o.Retryer, cloneRequest, func(a *retry.Attempt) {
		a.LogAttempts = o.ClientLogMode.IsRetries()
		a.OperationMeter = o.MeterProvider.Meter(scope)
		a.ClientSkew = &ch.conn.skew
	})

	var errs []error
	initialize := func(m ...middleware.InitializeMiddleware) {
		for _, m := range m {
			errs = append(errs, s.Initialize.Add(m, middleware.After))
		}
	}
	initialize(mark("RegisterServiceMetadata"))
	if k.token >= 0 {
		initialize(&tokens{k, o.IdempotencyTokenProvider})
	}
	initialize(mark("legacyEndpointContextSetter"), mark("SetLogger"), &validator{k})
	for _, m := range []middleware.SerializeMiddleware{mark("setOperationInput"), mark("ResolveEndpoint"), &serializer{k, o}} {
		errs = append(errs, s.Serialize.Add(m, middleware.After))
	}
	for _, m := range []middleware.BuildMiddleware{
		invocation{},
		&smithyhttp.ComputeContentLength{}, mark("SetCredentialSourceMiddleware"), agent,
		&awsmiddleware.RecursionDetection{},
	} {
		errs = append(errs, s.Build.Add(m, middleware.After))
	}
	for _, m := range []middleware.FinalizeMiddleware{
		mark("spanRetryLoop"), &smithyhttp.InterceptBeforeRetryLoop{Interceptors: o.Interceptors.BeforeRetryLoop}, attempts,
		&smithyhttp.InterceptAttempt{BeforeAttempt: o.Interceptors.BeforeAttempt, AfterAttempt: o.Interceptors.AfterAttempt},
		mark("RetryMetricsHeader"), mark("ResolveAuthScheme"), mark("GetIdentity"), newLocator(k.service, o),
		mark("disableHTTPS"), &hasher{alone: o.plain()}, mark("setLegacyContextSigningOptions"), &signer{k, o},
	} {
		switch m.(type) {
		case *smithyhttp.InterceptBeforeRetryLoop, *smithyhttp.InterceptAttempt:
			if !o.intercepts() {
				errs = append(errs, s.Finalize.Add(mark(m.ID()), middleware.After))
				continue
			}
		}
		errs = append(errs, s.Finalize.Add(m, middleware.After))
	}
	for _, m := range []middleware.DeserializeMiddleware{
		&awsmiddleware.AddRawResponse{}, mark("ErrorCloseResponseBody"), mark("CloseResponseBody"), &awshttp.ResponseErrorWrapper{},
		&awsmiddleware.RequestIDRetriever{}, &deserializer{k}, &awsmiddleware.RecordResponseTiming{}, logger(o),
	} {
		errs = append(errs, s.Deserialize.Add(m, middleware.After))
	}
	return s, errors.Join(append(errs, intercept(s, o))...)
}

// intercept adds what runs the interceptors between the steps, if there are any.
func intercept(s *middleware.Stack, o *Options) error {
	if !o.intercepts() {
		return nil
	}
	i := &o.Interceptors
	before, after := middleware.Before, middleware.After
	return errors.Join(
		s.Initialize.Add(&smithyhttp.InterceptExecution{BeforeExecution: i.BeforeExecution, AfterExecution: i.AfterExecution}, before),
		s.Serialize.Insert(&smithyhttp.InterceptBeforeSerialization{Interceptors: i.BeforeSerialization}, "OperationSerializer", before),
		s.Serialize.Insert(&smithyhttp.InterceptAfterSerialization{Interceptors: i.AfterSerialization}, "OperationSerializer", after),
		s.Finalize.Insert(&smithyhttp.InterceptBeforeSigning{Interceptors: i.BeforeSigning}, "Signing", before),
		s.Finalize.Insert(&smithyhttp.InterceptAfterSigning{Interceptors: i.AfterSigning}, "Signing", after),
		s.Deserialize.Add(&smithyhttp.InterceptTransmit{BeforeTransmit: i.BeforeTransmit, AfterTransmit: i.AfterTransmit}, after),
		s.Deserialize.Insert(&smithyhttp.InterceptBeforeDeserialization{Interceptors: i.BeforeDeserialization}, "OperationDeserializer", after),
		s.Deserialize.Insert(&smithyhttp.InterceptAfterDeserialization{Interceptors: i.AfterDeserialization}, "OperationDeserializer", before),
	)
}

// mark keeps the place of a middleware whose work is done elsewhere.
type mark string

func (m mark) ID() string { return string(m) }

func (mark) HandleInitialize(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
	middleware.InitializeOutput, middleware.Metadata, error,
) {
	return next.HandleInitialize(ctx, in)
}

func (mark) HandleSerialize(ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler) (
	middleware.SerializeOutput, middleware.Metadata, error,
) {
	return next.HandleSerialize(ctx, in)
}

func (mark) HandleBuild(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (
	middleware.BuildOutput, middleware.Metadata, error,
) {
	return next.HandleBuild(ctx, in)
}

func (mark) HandleFinalize(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (
	middleware.FinalizeOutput, middleware.Metadata, error,
) {
	return next.HandleFinalize(ctx, in)
}

func (mark) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
	middleware.DeserializeOutput, middleware.Metadata, error,
) {
	return next.HandleDeserialize(ctx, in)
}

// tokens fills the ClientToken of a copy: the caller's input may be used for another request.
type tokens struct {
	*kernel
	provider IdempotencyTokenProvider
}

func (*tokens) ID() string { return "OperationIdempotencyTokenAutoFill" }

func (t *tokens) HandleInitialize(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
	out middleware.InitializeOutput, metadata middleware.Metadata, err error,
) {
	v, err := t.of(in.Parameters)
	if err != nil {
		return out, metadata, err
	}
	token, ok := v.Field(t.token).Interface().(*string)
	if !ok || t.provider == nil {
		return next.HandleInitialize(ctx, in)
	}
	if token == nil {
		made, err := t.provider.GetIdempotencyToken()
		if err != nil {
			return out, metadata, err
		}
		token = &made
		filled := reflect.New(t.in)
		filled.Elem().Set(v)
		filled.Elem().Field(t.token).Set(reflect.ValueOf(token))
		in.Parameters = filled.Interface()
	}
	out, metadata, err = next.HandleInitialize(ctx, in)
	metadata.Set(tokenKey{}, token)
	return out, metadata, err
}

// of returns the input structure; middleware may have put something else in its place.
func (k *kernel) of(parameters any) (reflect.Value, error) {
	v := reflect.ValueOf(parameters)
	if !v.IsValid() || v.Type() != reflect.PointerTo(k.in) || v.IsNil() {
		return v, &smithy.SerializationError{Err: fmt.Errorf("unknown input parameters type %T", parameters)}
	}
	return v.Elem(), nil
}

// validator looks for what is missing.
type validator struct{ *kernel }

func (*validator) ID() string { return "OperationInputValidation" }

func (m *validator) HandleInitialize(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
	out middleware.InitializeOutput, metadata middleware.Metadata, err error,
) {
	v, err := m.of(in.Parameters)
	if err != nil {
		return out, metadata, err
	}
	if names := lacking(v, m.input, "", nil); len(names) > 0 {
		missing := smithy.InvalidParamsError{Context: m.in.Name()}
		for _, name := range names {
			i := strings.LastIndexByte(name, '.')
			e := smithy.NewErrParamRequired(name[i+1:])
			if i > 0 {
				e.AddNestedContext(name[:i])
			}
			missing.Add(e)
		}
		return out, metadata, missing
	}
	return next.HandleInitialize(ctx, in)
}

// serializer writes the request, but for its endpoint.
type serializer struct {
	*kernel
	options *Options
}

func (*serializer) ID() string { return "OperationSerializer" }

func (m *serializer) HandleSerialize(ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler) (
	out middleware.SerializeOutput, metadata middleware.Metadata, err error,
) {
	req, ok := in.Request.(*smithyhttp.Request)
	if !ok {
		return out, metadata, &smithy.SerializationError{Err: fmt.Errorf("unknown transport type %T", in.Request)}
	}
	v, err := m.of(in.Parameters)
	if err != nil {
		return out, metadata, err
	}
	rawPath, rawQuery, err := bind(v, m.input, m.path, req.Header)
	if err != nil {
		return out, metadata, &smithy.SerializationError{Err: &smithy.SerializationError{Err: err}}
	}
	path, err := url.PathUnescape(rawPath)
	if err != nil {
		return out, metadata, &smithy.SerializationError{Err: err}
	}
	var content []byte
	if len(m.input.body) > 0 {
		content = appendStruct(make([]byte, 0, 512), v, m.input)
		contentType := m.options.ContentType
		if contentType == "" {
			contentType = "application/json"
		}
		req.Header["Content-Type"] = callOf(ctx).header(0, contentType)
		if req, err = withBody(req, content); err != nil {
			return out, metadata, &smithy.SerializationError{Err: err}
		}
	}
	req.Method, req.URL.Path, req.URL.RawPath, req.URL.RawQuery = m.method, path, rawPath, rawQuery
	if m.options.Strict {
		if err := m.check(rawPath, rawQuery, req.Header, content); err != nil {
			return out, metadata, &smithy.SerializationError{Err: err}
		}
	}
	in.Request = req
	return next.HandleSerialize(ctx, in)
}

// check reads the request as the server does.
func (k *kernel) check(rawPath, rawQuery string, h http.Header, content []byte) error {
	var labels Labels
	sent := strings.Split(rawPath, "/")
	for i, part := range strings.Split(k.path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok && i < len(sent) {
			value, err := url.PathUnescape(sent[i])
			if err != nil {
				return err
			}
			labels = append(labels, Label{strings.TrimSuffix(name, "}"), value})
		}
	}
	v := reflect.New(k.in).Elem()
	d := newDecoder(content, k.service, true)
	defer d.free()
	d.bind(v, k.input, &Request{RawQuery: rawQuery, Header: h, Labels: labels})
	if len(k.input.body) > 0 {
		d.document(content, v, k.input)
	}
	if d.problems.text.Len() > 0 {
		return errors.New(d.problems.text.String())
	}
	return nil
}

// invocation gives all attempts of a call the same id.
type invocation struct{}

func (invocation) ID() string { return (*awsmiddleware.ClientRequestID)(nil).ID() }

func (invocation) HandleBuild(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (
	out middleware.BuildOutput, metadata middleware.Metadata, err error,
) {
	req, ok := in.Request.(*smithyhttp.Request)
	if !ok {
		return out, metadata, fmt.Errorf("unknown transport type %T", in.Request)
	}
	req.Header["Amz-Sdk-Invocation-Id"] = callOf(ctx).header(2, newUUID())
	return next.HandleBuild(ctx, in)
}

// settledAgent is the User-Agent when nobody can add to it any more.
type settledAgent string

func settled(agent *awsmiddleware.RequestUserAgent) middleware.BuildMiddleware {
	req := newRequest().(*smithyhttp.Request)
	_, _, _ = agent.HandleBuild(context.Background(), middleware.BuildInput{Request: req}, nowhere{})
	return settledAgent(req.Header.Get("User-Agent"))
}

type nowhere struct{}

func (nowhere) HandleBuild(context.Context, middleware.BuildInput) (out middleware.BuildOutput, metadata middleware.Metadata, err error) {
	return out, metadata, err
}

func (settledAgent) ID() string { return "UserAgent" }

func (a settledAgent) HandleBuild(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (
	middleware.BuildOutput, middleware.Metadata, error,
) {
	if req, ok := in.Request.(*smithyhttp.Request); ok {
		agent := string(a)
		if own := req.Header.Get("User-Agent"); own != "" {
			agent += " " + own
		}
		req.Header["User-Agent"] = callOf(ctx).header(1, agent)
	}
	return next.HandleBuild(ctx, in)
}

// locator gives the request its endpoint, on each attempt.
type locator struct {
	service *Service
	options *Options
	always  *location // nil when it may change
	err     error
}

func newLocator(s *Service, o *Options) *locator {
	l := &locator{service: s, options: o}
	if o.EndpointResolverV2 == nil && o.EndpointResolver == nil {
		p, err := o.endpoint(context.Background(), s)
		l.always, l.err = &p, err
	}
	return l
}

func (*locator) ID() string { return "ResolveEndpointV2" }

func (l *locator) HandleFinalize(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (
	out middleware.FinalizeOutput, metadata middleware.Metadata, err error,
) {
	req, ok := in.Request.(*smithyhttp.Request)
	if !ok {
		return out, metadata, fmt.Errorf("unknown transport type %T", in.Request)
	}
	at, err := l.always, l.err
	if at == nil {
		var found location
		found, err = l.options.endpoint(ctx, l.service)
		at = &found
	}
	if err != nil {
		return out, metadata, err
	}
	base := &at.URI
	if base.Path != "" && base.Path != "/" {
		req.URL.RawPath = strings.TrimSuffix(base.EscapedPath(), "/") + req.URL.EscapedPath()
		req.URL.Path = strings.TrimSuffix(base.Path, "/") + req.URL.Path
	}
	req.URL.Scheme, req.URL.Host, req.URL.RawQuery = base.Scheme, base.Host, joinQuery(base.RawQuery, req.URL.RawQuery)
	if l.options.EndpointOptions.DisableHTTPS && !at.fixed {
		req.URL.Scheme = "http"
	}
	for name := range at.Headers {
		req.Header.Set(name, at.Headers.Get(name))
	}
	callOf(ctx).at = at
	return next.HandleFinalize(ctx, in)
}

// hasher computes the hash of the body. The context gets it only where others may look for it.
type hasher struct {
	v4.ComputePayloadSHA256
	alone bool
}

func (h *hasher) HandleFinalize(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (
	middleware.FinalizeOutput, middleware.Metadata, error,
) {
	if req, ok := in.Request.(*smithyhttp.Request); ok && v4.GetPayloadHash(ctx) == "" {
		if b, ok := req.GetStream().(*body); ok {
			sum := sha256.Sum256(b.all)
			var text [2 * sha256.Size]byte
			hex.Encode(text[:], sum[:])
			hash := string(text[:])
			if h.alone {
				callOf(ctx).hash = hash
			} else {
				ctx = v4.SetPayloadHash(ctx, hash)
			}
			return next.HandleFinalize(ctx, in)
		}
	}
	return h.ComputePayloadSHA256.HandleFinalize(ctx, in, next)
}

// signer signs each attempt, with the server's time where it differs from ours.
type signer struct {
	*kernel
	options *Options
}

func (*signer) ID() string { return "Signing" }

func (m *signer) HandleFinalize(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (
	out middleware.FinalizeOutput, metadata middleware.Metadata, err error,
) {
	if m.service.SigningName == "" || m.options.anonymous() {
		return next.HandleFinalize(ctx, in)
	}
	req, ok := in.Request.(*smithyhttp.Request)
	if !ok {
		return out, metadata, fmt.Errorf("unknown transport type %T", in.Request)
	}
	credentials, err := m.options.Credentials.Retrieve(ctx)
	if err != nil {
		return out, metadata, fmt.Errorf("get identity: get credentials: %w", err)
	}
	c := callOf(ctx)
	at := c.at
	if at == nil {
		at = new(location)
	}
	err = m.options.HTTPSignerV4.SignHTTP(ctx, credentials, req.Request, cmp.Or(v4.GetPayloadHash(ctx), c.hash),
		cmp.Or(m.options.signingName, at.signingName, m.service.SigningName),
		cmp.Or(at.signingRegion, m.options.signingRegion, m.options.Region), time.Now().Add(c.skew))
	if err != nil {
		return out, metadata, fmt.Errorf("sign request: %w", err)
	}
	out, metadata, err = next.HandleFinalize(ctx, in)
	c.skew, _ = awsmiddleware.GetAttemptSkew(metadata)
	return out, metadata, err
}

// answers are what answers are read into; what is kept of them is copied.
var answers = sync.Pool{New: func() any { return new(answer) }}

type answer struct {
	bytes.Buffer
	from io.LimitedReader
}

func (a *answer) read(r io.Reader) error {
	a.Reset()
	a.from = io.LimitedReader{R: r, N: maxAnswer}
	_, err := a.ReadFrom(&a.from)
	a.from.R = nil
	return err
}

// deserializer reads answers, and lets go of them.
type deserializer struct{ *kernel }

func (*deserializer) ID() string { return "OperationDeserializer" }

func (m *deserializer) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
	out middleware.DeserializeOutput, metadata middleware.Metadata, err error,
) {
	out, metadata, err = next.HandleDeserialize(ctx, in)
	resp, ok := out.RawResponse.(*smithyhttp.Response)
	if ok && resp.Body != nil {
		defer smithyhttp.CloseResponseBody(ctx, resp, false, err)
	}
	if err != nil {
		return out, metadata, err
	}
	if !ok {
		return out, metadata, &smithy.DeserializationError{Err: fmt.Errorf("unknown transport type %T", out.RawResponse)}
	}
	buffer := answers.Get().(*answer)
	defer answers.Put(buffer)
	if err := buffer.read(resp.Body); err != nil {
		return out, metadata, &smithy.DeserializationError{Err: fmt.Errorf("read answer: %w", err)}
	}
	answer := buffer.Bytes()
	if resp.StatusCode/100 != 2 {
		err = decodeError(m.service, m.errors, resp.StatusCode, resp.Header, answer)
		if e, ok := err.(*GatewayError); ok {
			err = &smithy.GenericAPIError{Code: e.Code, Message: cmp.Or(e.Message, "UnknownError")}
		}
		return out, metadata, err
	}
	v := reflect.New(m.out)
	if err := decodeAnswer(answer, v.Elem(), m.service); err != nil {
		return out, metadata, &smithy.DeserializationError{
			Err: fmt.Errorf("failed to decode response body, %w", err), Snapshot: bytes.Clone(answer[:min(len(answer), 1024)]),
		}
	}
	out.Result = v.Interface()
	return out, metadata, nil
}
