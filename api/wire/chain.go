package wire

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/metrics"
	"github.com/aws/smithy-go/middleware"
	"github.com/aws/smithy-go/tracing"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// scope names us to tracers and meters.
const scope = "github.com/openparley/parley/api"

// chain is the middleware of an operation, linked once and used by many calls at a time: a middleware.Stack links its
// own anew for each call, and so takes one at a time.
type chain struct {
	conn     *Conn
	kernel   *kernel
	options  *Options
	values   context.Context // what the SDK's middleware looks up in a context
	first    middleware.InitializeHandler
	observed bool // there is a tracer or a meter
}

// newChain makes the stack of an operation, lets the options change it, and links it.
func newChain(c *Conn, k *kernel, o *Options) (*chain, error) {
	ch := &chain{conn: c, kernel: k, options: o, values: stackValues(k, o)}
	_, untraced := o.TracerProvider.(*tracing.NopTracerProvider)
	_, unmeasured := o.MeterProvider.(metrics.NopMeterProvider)
	ch.observed = !untraced || !unmeasured
	stack, err := ch.stack()
	if err != nil {
		return nil, err
	}
	for _, change := range o.APIOptions {
		if err := change(stack); err != nil {
			return nil, err
		}
	}
	ch.first, err = ch.link(stack)
	return ch, err
}

// stackValues returns a context with what is the same in all calls.
func stackValues(k *kernel, o *Options) context.Context {
	ctx := middleware.WithServiceID(context.Background(), k.service.ID)
	ctx = awsmiddleware.SetServiceID(ctx, k.service.ID)
	ctx = middleware.WithOperationName(ctx, k.name)
	ctx = awsmiddleware.SetOperationName(ctx, k.name)
	ctx = awsmiddleware.SetRegion(ctx, o.Region)
	return middleware.SetLogger(ctx, o.Logger)
}

// link takes the stack apart: from the transport outwards, each middleware gets the next.
func (ch *chain) link(s *middleware.Stack) (middleware.InitializeHandler, error) {
	deserialize, err := drain(s.Deserialize.List, s.Deserialize.Remove)
	if err != nil {
		return nil, err
	}
	finalize, err := drain(s.Finalize.List, s.Finalize.Remove)
	if err != nil {
		return nil, err
	}
	build, err := drain(s.Build.List, s.Build.Remove)
	if err != nil {
		return nil, err
	}
	serialize, err := drain(s.Serialize.List, s.Serialize.Remove)
	if err != nil {
		return nil, err
	}
	initialize, err := drain(s.Initialize.List, s.Initialize.Remove)
	if err != nil {
		return nil, err
	}
	var d middleware.DeserializeHandler = transport{ch.options.HTTPClient}
	if ch.observed {
		d = observed{smithyhttp.NewClientHandlerWithOptions(
			ch.options.HTTPClient, func(h *smithyhttp.ClientHandler) { h.Meter = ch.options.MeterProvider.Meter(scope) },
		)}
	}
	for _, m := range deserialize {
		d = &deserializeLink{m, d}
	}
	var f middleware.FinalizeHandler = finalizeEnd{d}
	for _, m := range finalize {
		f = &finalizeLink{m, f}
	}
	var b middleware.BuildHandler = buildEnd{f}
	for _, m := range build {
		if agent, ok := m.(*awsmiddleware.RequestUserAgent); ok {
			m = settled(agent)
		}
		b = &buildLink{m, b}
	}
	var z middleware.SerializeHandler = serializeEnd{b}
	for _, m := range serialize {
		z = &serializeLink{m, z}
	}
	end := initializeEnd{next: z}
	if ch.options.plain() {
		end.templates = templates(len(ch.kernel.input.body) > 0)
	}
	var i middleware.InitializeHandler = end
	for _, m := range initialize {
		i = &initializeLink{m, i}
	}
	return i, nil
}

// drain empties a step and returns its middleware, the innermost first, without marks. Two may have the same ID.
func drain[M any](list func() []string, remove func(string) (M, error)) ([]M, error) {
	ids := list()
	all := make([]M, 0, len(ids))
	for _, id := range ids {
		m, err := remove(id)
		if err != nil {
			return nil, err
		}
		if _, ok := any(m).(mark); !ok {
			all = append(all, m)
		}
	}
	slices.Reverse(all)
	return all, nil
}

type initializeLink struct {
	middleware.InitializeMiddleware
	next middleware.InitializeHandler
}

func (l *initializeLink) HandleInitialize(ctx context.Context, in middleware.InitializeInput) (
	middleware.InitializeOutput, middleware.Metadata, error,
) {
	return l.InitializeMiddleware.HandleInitialize(ctx, in, l.next)
}

type initializeEnd struct {
	next      middleware.SerializeHandler
	templates *sync.Pool // of *outgoing; nil when somebody may keep a request
}

func (e initializeEnd) HandleInitialize(ctx context.Context, in middleware.InitializeInput) (
	middleware.InitializeOutput, middleware.Metadata, error,
) {
	var request any
	if e.templates == nil {
		request = newRequest()
	} else {
		t := e.templates.Get().(*outgoing)
		defer func() {
			t.reset()
			e.templates.Put(t)
		}()
		request = &t.Request
	}
	out, metadata, err := e.next.HandleSerialize(ctx, middleware.SerializeInput{Parameters: in.Parameters, Request: request})
	return middleware.InitializeOutput(out), metadata, err
}

type serializeLink struct {
	middleware.SerializeMiddleware
	next middleware.SerializeHandler
}

func (l *serializeLink) HandleSerialize(ctx context.Context, in middleware.SerializeInput) (
	middleware.SerializeOutput, middleware.Metadata, error,
) {
	return l.SerializeMiddleware.HandleSerialize(ctx, in, l.next)
}

type serializeEnd struct{ next middleware.BuildHandler }

func (e serializeEnd) HandleSerialize(ctx context.Context, in middleware.SerializeInput) (
	middleware.SerializeOutput, middleware.Metadata, error,
) {
	out, metadata, err := e.next.HandleBuild(ctx, middleware.BuildInput{Request: in.Request})
	return middleware.SerializeOutput(out), metadata, err
}

type buildLink struct {
	middleware.BuildMiddleware
	next middleware.BuildHandler
}

func (l *buildLink) HandleBuild(ctx context.Context, in middleware.BuildInput) (
	middleware.BuildOutput, middleware.Metadata, error,
) {
	return l.BuildMiddleware.HandleBuild(ctx, in, l.next)
}

type buildEnd struct{ next middleware.FinalizeHandler }

func (e buildEnd) HandleBuild(ctx context.Context, in middleware.BuildInput) (
	middleware.BuildOutput, middleware.Metadata, error,
) {
	out, metadata, err := e.next.HandleFinalize(ctx, middleware.FinalizeInput(in))
	return middleware.BuildOutput(out), metadata, err
}

type finalizeLink struct {
	middleware.FinalizeMiddleware
	next middleware.FinalizeHandler
}

func (l *finalizeLink) HandleFinalize(ctx context.Context, in middleware.FinalizeInput) (
	middleware.FinalizeOutput, middleware.Metadata, error,
) {
	return l.FinalizeMiddleware.HandleFinalize(ctx, in, l.next)
}

type finalizeEnd struct{ next middleware.DeserializeHandler }

func (e finalizeEnd) HandleFinalize(ctx context.Context, in middleware.FinalizeInput) (
	middleware.FinalizeOutput, middleware.Metadata, error,
) {
	out, metadata, err := e.next.HandleDeserialize(ctx, middleware.DeserializeInput(in))
	return middleware.FinalizeOutput{Result: out.Result}, metadata, err
}

type deserializeLink struct {
	middleware.DeserializeMiddleware
	next middleware.DeserializeHandler
}

func (l *deserializeLink) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput) (
	middleware.DeserializeOutput, middleware.Metadata, error,
) {
	return l.DeserializeMiddleware.HandleDeserialize(ctx, in, l.next)
}

// observed is the transport of the SDK, which tells tracers and meters what it does.
type observed struct{ client middleware.Handler }

func (t observed) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput) (
	middleware.DeserializeOutput, middleware.Metadata, error,
) {
	response, metadata, err := t.client.Handle(ctx, in.Request)
	return middleware.DeserializeOutput{RawResponse: response}, metadata, err
}

// transport sends what nobody observes. The request is that of one attempt, and so need not be copied.
type transport struct{ client HTTPClient }

func (t transport) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput) (
	out middleware.DeserializeOutput, metadata middleware.Metadata, err error,
) {
	req, ok := in.Request.(*smithyhttp.Request)
	if !ok {
		return out, metadata, fmt.Errorf("expect Smithy http.Request value as input, got unsupported type %T", in.Request)
	}
	a := new(attempt)
	sent := &a.http
	switch b := req.GetStream().(type) {
	case nil:
		a.http = *req.WithContext(ctx)
		sent.ContentLength = max(sent.ContentLength, 0)
	case *body:
		a.http = *req.WithContext(ctx)
		a.body.Reset(b.all)
		sent.Body = &a.body
	default:
		if sent = req.Build(ctx); sent.Body != nil { // not for an empty stream
			defer sent.Body.Close()
		}
	}
	if err := smithyhttp.ValidateEndpointHost(sent.Host); err != nil {
		return out, metadata, err
	}
	resp, err := t.client.Do(sent)
	if resp == nil {
		resp = &http.Response{Header: http.Header{}, Body: http.NoBody}
	}
	if err != nil {
		err = &smithyhttp.RequestSendError{Err: err}
		if ctx.Err() != nil {
			err = &smithy.CanceledError{Err: ctx.Err()}
		}
	}
	a.answer.Response = resp
	out.RawResponse = &a.answer
	return out, metadata, err
}
