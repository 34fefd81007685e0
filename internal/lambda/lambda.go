// Package lambda calls functions: of AWS Lambda, or of a service that speaks like it, through the official client, and those that are
// plain HTTP endpoints of the operator's. When and what for is not its matter.
package lambda

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/middleware"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"
	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"github.com/openparley/parley/internal/webhook"
)

// MaxPayload is the most bytes that a function takes, and by default the most that it may answer. Source: Lambda API, Invoke (6 MB for
// synchronous calls).
const MaxPayload = 6 << 20

// maxTime bounds calls whose context has no earlier end. Source: connect-chat sheet, 6.2 (a scanner has the longest).
const maxTime = 60 * time.Second

// Endpoint is a function behind an address of the operator's. It gets the event as the body of a POST and answers with its result. An
// address that ends in /invocations is taken for one of the Lambda API, such as that of the runtime interface emulator.
type Endpoint struct {
	URL     string
	Secrets []string // "whsec_…" that sign the calls; several while one replaces the other
}

// Check reports what is wrong with an endpoint, as far as that can be seen without reaching it.
func (e Endpoint) Check() error {
	_, err := webhook.NewHook(e.URL, e.Secrets)
	return err
}

// Options of New.
type Options struct {
	// AWS reaches Lambda or, with a BaseEndpoint, what speaks like it. Nil: only endpoints can be called.
	AWS *aws.Config

	// Endpoints are functions that are called directly, by name or ARN.
	Endpoints map[string]Endpoint

	// Region and Account are where functions are that are named without them.
	Region, Account string

	// MaxAnswer is the most bytes of an answer; MaxPayload if 0.
	MaxAnswer int64
}

// Functions calls functions. It is safe for concurrent use.
type Functions struct {
	max   int64
	aws   *lambda.Client
	home  string                  // how the ARNs of functions begin that are named without a Region
	own   string                  // the account of those that are named without one
	hooks map[string]webhook.Hook // by ARN
	http  *webhook.Client
}

// FunctionError says that a function ran and failed. Its text is fit for a log: what a function says of its failure may hold what
// customers wrote, and is not in it.
type FunctionError struct {
	Function string
	Type     string // errorType of the answer, such as "Runtime.ExitError"; may be empty
	Message  string // errorMessage; may be empty
	Payload  []byte // the whole answer
}

func (e *FunctionError) Error() string {
	return strings.TrimSuffix("function "+e.Function+" failed: "+e.Type, ": ")
}

// ThrottledError says that a function was not called because too many calls run.
type ThrottledError struct {
	Function string
	After    time.Duration // when to come again; 0: it was not said
}

func (e *ThrottledError) Error() string { return "function " + e.Function + " is throttled" }

// ErrTooLong says that a payload or an answer has more bytes than a function may take or give.
var ErrTooLong = errors.New("longer than a function's event or answer may be")

// New checks the endpoints.
func New(o Options) (*Functions, error) {
	if o.MaxAnswer == 0 {
		o.MaxAnswer = MaxPayload
	}
	f := &Functions{
		max: o.MaxAnswer, home: "arn:aws:lambda:" + o.Region + ":", own: o.Account, hooks: map[string]webhook.Hook{},
		http: webhook.NewClient(o.MaxAnswer),
	}
	for name, e := range o.Endpoints {
		h, err := webhook.NewHook(e.URL, e.Secrets)
		if err != nil {
			return nil, fmt.Errorf("function %s: %w", name, err)
		}
		if _, ok := f.hooks[f.ARN(name)]; ok {
			return nil, fmt.Errorf("function %s: it is named twice, by its name and by its ARN", name)
		}
		f.hooks[f.ARN(name)] = h
	}
	if o.AWS != nil {
		cfg := o.AWS.Copy()
		cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} } // who calls knows whether twice is once too often
		cfg.HTTPClient = &bounded{client: awshttp.NewBuildableClient(), max: o.MaxAnswer}
		f.aws = lambda.NewFromConfig(cfg)
	}
	return f, nil
}

// Close gives up idle connections.
func (f *Functions) Close() { f.http.Close() }

// Invoke calls a function, named by name, ARN or part of one ("account:function:name"), with an event in JSON and returns its result in
// JSON. It takes as long as ctx allows, 60 s at most. Errors are a *FunctionError, a *ThrottledError, ErrTooLong, or why the function
// could not be reached.
func (f *Functions) Invoke(ctx context.Context, function string, payload []byte) ([]byte, error) {
	if len(payload) > MaxPayload {
		return nil, fmt.Errorf("call function %s: event: %w", function, ErrTooLong)
	}
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	if h, ok := f.endpoint(function); ok {
		answer, err := f.post(ctx, h, function, payload, webhook.Request{ID: uuid.NewString()})
		if err != nil {
			return nil, err
		}
		return answer.Body, nil
	}
	out, err := f.invoke(ctx, &lambda.InvokeInput{FunctionName: &function, Payload: payload})
	if err != nil {
		return nil, err
	}
	return out.Payload, nil
}

// invocationType is the header that tells calls of the Lambda API apart; endpoints get it too where nobody waits for their answer.
const invocationType = "X-Amz-Invocation-Type"

// Start has a function called without waiting for its result, and returns the id of the request once it is accepted: by Lambda, which then
// does what it does with failures, or by the endpoint, which gets the header X-Amz-Invocation-Type "Event" and accepts by any answer of
// 2xx. The id is that of the answer's header X-Amzn-RequestId, or one that Start makes. Errors are those of Invoke.
func (f *Functions) Start(ctx context.Context, function string, payload []byte) (requestID string, err error) {
	if len(payload) > MaxPayload {
		return "", fmt.Errorf("call function %s: event: %w", function, ErrTooLong)
	}
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	if h, ok := f.endpoint(function); ok {
		id := uuid.NewString()
		answer, err := f.post(ctx, h, function, payload, webhook.Request{ID: id, Header: map[string]string{invocationType: string(types.InvocationTypeEvent)}})
		if err != nil {
			return "", err
		}
		return cmp.Or(answer.Header.Get("X-Amzn-RequestId"), id), nil
	}
	out, err := f.invoke(ctx, &lambda.InvokeInput{FunctionName: &function, Payload: payload, InvocationType: types.InvocationTypeEvent})
	if err != nil {
		return "", err
	}
	id, _ := middleware.GetRequestIDMetadata(out.ResultMetadata)
	return cmp.Or(id, uuid.NewString()), nil
}

// Knows reports whether a function has an endpoint.
func (f *Functions) Knows(function string) bool {
	_, ok := f.endpoint(function)
	return ok
}

// endpoint finds the endpoint of a function: of the version that is named, or of all.
func (f *Functions) endpoint(function string) (webhook.Hook, bool) {
	name := f.ARN(function)
	h, ok := f.hooks[name]
	if parts := strings.Split(name, ":"); !ok && len(parts) == 8 {
		h, ok = f.hooks[strings.Join(parts[:7], ":")]
	}
	return h, ok
}

// ARN completes the name of a function: one of another account or Region that has the same name is another function.
func (f *Functions) ARN(function string) string {
	switch parts := strings.Split(function, ":"); {
	case parts[0] == "arn":
		return function
	case len(parts) > 2 && parts[1] == "function":
		return f.home + function
	}
	return f.home + f.own + ":function:" + function
}

func (f *Functions) invoke(ctx context.Context, in *lambda.InvokeInput) (*lambda.InvokeOutput, error) {
	function := *in.FunctionName
	if f.aws == nil {
		return nil, fmt.Errorf("call function %s: it has no endpoint, and this server does not reach AWS", function)
	}
	out, err := f.aws.Invoke(ctx, in, func(o *lambda.Options) {
		if parts := strings.Split(function, ":"); len(parts) > 3 && parts[0] == "arn" {
			o.Region = parts[3]
		}
	})
	if busy, ok := errors.AsType[*types.TooManyRequestsException](err); ok {
		throttled := &ThrottledError{Function: function}
		if seconds, err := time.ParseDuration(aws.ToString(busy.RetryAfterSeconds) + "s"); err == nil {
			throttled.After = seconds
		}
		return nil, throttled
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok && api.ErrorCode() == "ThrottlingException" {
		return nil, &ThrottledError{Function: function}
	}
	if err != nil {
		return nil, fmt.Errorf("call function %s: %w", function, err)
	}
	if out.FunctionError != nil {
		return nil, failed(function, out.Payload)
	}
	return out, nil
}

func (f *Functions) post(ctx context.Context, h webhook.Hook, function string, payload []byte, r webhook.Request) (*webhook.Answer, error) {
	r.ContentType, r.Body = "application/json", payload
	answer, err := f.http.Post(ctx, h, r)
	if refused, ok := errors.AsType[*webhook.Error](err); ok {
		switch {
		case refused.Status == http.StatusTooManyRequests:
			return nil, &ThrottledError{Function: function, After: refused.After}
		case refused.Status != 0:
			if e := failed(function, answer.Body); e.Type != "" || e.Message != "" {
				return nil, e
			}
		}
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("call function %s: %w", function, err)
	case answer.Cut:
		return nil, fmt.Errorf("call function %s: answer: %w", function, ErrTooLong)
	case answer.Header.Get("X-Amz-Function-Error") != "":
		return nil, failed(function, answer.Body)
	case strings.HasSuffix(h.URL, "/invocations"):
		// The emulator reports errors in the payload alone.
		if e := failed(function, answer.Body); e.Type != "" && e.Message != "" {
			return nil, e
		}
	}
	return answer, nil
}

// failed reads what a runtime says of an error.
func failed(function string, payload []byte) *FunctionError {
	var said struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}
	_ = json.Unmarshal(payload, &said) // what says nothing stays empty
	return &FunctionError{Function: function, Type: said.Type, Message: said.Message, Payload: payload}
}

// bounded is an HTTP client that reads no more of an answer than max bytes.
type bounded struct {
	client aws.HTTPClient
	max    int64
}

func (b *bounded) Do(r *http.Request) (*http.Response, error) {
	res, err := b.client.Do(r)
	if err == nil {
		res.Body = &boundedBody{res.Body, b.max}
	}
	return res, err
}

type boundedBody struct {
	io.ReadCloser
	left int64
}

func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, ErrTooLong
	}
	return n, err
}
