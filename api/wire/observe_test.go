package wire_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go/metrics"
	"github.com/aws/smithy-go/middleware"
	"github.com/aws/smithy-go/tracing"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/wire"
)

// observer is a tracer and a meter that write down what they are told.
type observer struct {
	mu   sync.Mutex
	seen map[string]int
}

func (o *observer) saw(what string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.seen[what]++
}

func (o *observer) Tracer(string, ...tracing.TracerOption) tracing.Tracer { return tracer{o} }

type meterProvider struct{ *observer }

func (m meterProvider) Meter(string, ...metrics.MeterOption) metrics.Meter {
	return meter{metrics.NopMeterProvider{}.Meter(""), m.observer}
}

type tracer struct{ *observer }

func (tr tracer) StartSpan(ctx context.Context, name string, _ ...tracing.SpanOption) (context.Context, tracing.Span) {
	s := &span{tr.observer, name}
	return tracing.WithSpan(ctx, s), s
}

type span struct {
	of   *observer
	name string
}

func (s *span) Name() string                            { return s.name }
func (s *span) Context() tracing.SpanContext            { return tracing.SpanContext{} }
func (s *span) AddEvent(string, ...tracing.EventOption) {}
func (s *span) SetStatus(status tracing.SpanStatus) {
	s.of.saw(s.name + map[tracing.SpanStatus]string{tracing.SpanStatusOK: " ok", tracing.SpanStatusError: " error"}[status])
}
func (s *span) SetProperty(k, v any) {}
func (s *span) End()                 { s.of.saw(s.name) }

type meter struct {
	metrics.Meter
	of *observer
}

type instrument struct {
	of   *observer
	name string
}

func (m meter) Int64Counter(name string, _ ...metrics.InstrumentOption) (metrics.Int64Counter, error) {
	return instrument{m.of, name}, nil
}

func (m meter) Float64Histogram(name string, _ ...metrics.InstrumentOption) (metrics.Float64Histogram, error) {
	return histogram{m.of, name}, nil
}

func (i instrument) Add(context.Context, int64, ...metrics.RecordMetricOption) { i.of.saw(i.name) }

type histogram instrument

func (h histogram) Record(context.Context, float64, ...metrics.RecordMetricOption) { h.of.saw(h.name) }

func TestCallsAreObserved(t *testing.T) {
	o := &observer{seen: make(map[string]int)}
	p := &played{answers: []answer{{status: 500}, started}}
	c := client(p, func(co *connect.Options) {
		co.TracerProvider, co.MeterProvider = o, meterProvider{o}
		co.Retryer = retry.NewStandard(func(so *retry.StandardOptions) { so.MaxBackoff = time.Millisecond })
	})
	if _, err := c.StartChatContact(t.Context(), start()); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{
		"Connect.StartChatContact": 1, "Connect.StartChatContact ok": 1, "RetryLoop": 1, "Attempt": 2,
		"client.call.duration": 1, "client.call.attempts": 2, "client.call.attempt_duration": 2, "client.call.errors": 1,
	}
	for what, n := range want {
		if o.seen[what] != n {
			t.Errorf("%s was seen %d times, want %d; all: %v", what, o.seen[what], n, o.seen)
		}
	}
	p.answers = []answer{coded(404, "ResourceNotFoundException")}
	if _, err := c.StartChatContact(t.Context(), start()); err == nil || o.seen["Connect.StartChatContact error"] != 1 {
		t.Errorf("error %v, seen %v", err, o.seen)
	}
}

// What is known of a call is in the metadata of its answer.
func TestMetadata(t *testing.T) {
	now := time.Now().UTC().Add(time.Hour).Truncate(time.Second)
	p := &played{answers: []answer{{status: 500}, {201, map[string]string{"Date": now.Format(http.TimeFormat), "X-Amzn-Requestid": "r2", "X-Own": "1"}, `{}`, nil}}}
	out, err := client(p, func(o *connect.Options) {
		o.Retryer = retry.NewStandard(func(so *retry.StandardOptions) { so.MaxBackoff = time.Millisecond })
	}).StartChatContact(t.Context(), start())
	if err != nil {
		t.Fatal(err)
	}
	m := out.ResultMetadata
	id, _ := awsmiddleware.GetRequestIDMetadata(m)
	server, _ := awsmiddleware.GetServerTime(m)
	skew, _ := awsmiddleware.GetAttemptSkew(m)
	attempts, _ := retry.GetAttemptResults(m)
	if id != "r2" || !server.Equal(now) || (skew-time.Hour).Abs() > time.Minute || len(attempts.Results) != 2 || wire.StatusOf(m) != 201 ||
		wire.HeaderOf(m).Get("X-Own") != "1" || !strings.Contains(p.sent[0].body, wire.TokenOf(m)) || wire.TokenOf(m) == "" {
		t.Errorf("id %s, server time %v, skew %v, %d attempts, status %d, header %v", id, server, skew, len(attempts.Results), wire.StatusOf(m), wire.HeaderOf(m))
	}
	made := wire.NewOutput[connect.StartChatContactOutput](200)
	if made.ContactId != nil || wire.StatusOf(made.ResultMetadata) != 200 || wire.HeaderOf(made.ResultMetadata) == nil || wire.TokenOf(made.ResultMetadata) != "" {
		t.Errorf("made %v", made)
	}
	if bare := (middleware.Metadata{}); wire.StatusOf(bare) != 0 || wire.HeaderOf(bare) != nil {
		t.Error("metadata of no answer has a status")
	}
}

// Whatever the answer, its connection is used again: the body has been read and closed.
func TestOneConnectionIsEnough(t *testing.T) {
	answers := map[string]answer{
		"/instance/good": {200, nil, `{"Instance":{"Id":"good"}}`, nil}, "/instance/empty": {status: 200}, "/instance/missing": coded(404, "ResourceNotFoundException"),
		"/instance/broken": {200, nil, `{"Instance":`, nil}, "/instance/html": {502, nil, "<html>" + strings.Repeat(" ", 20000), nil},
		"/instance/wrong": {200, nil, `{"Instance":1}`, nil},
	}
	var opened atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, err := io.ReadAll(r.Body)
		if err != nil || len(r.TransferEncoding) > 0 || r.ContentLength != int64(len(content)) {
			t.Errorf("error %v, transfer encoding %v, length %d of %d", err, r.TransferEncoding, r.ContentLength, len(content))
		}
		a, ok := answers[r.URL.Path]
		if !ok {
			a = started
		}
		for name, value := range a.header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.body)
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	transport := &http.Transport{MaxConnsPerHost: 1}
	defer transport.CloseIdleConnections()
	c := connect.New(connect.Options{
		BaseEndpoint: &server.URL, Region: "us-east-1", Credentials: keys, HTTPClient: &http.Client{Transport: transport, Timeout: time.Minute},
		Retryer: retry.NewStandard(func(so *retry.StandardOptions) { so.MaxBackoff = time.Millisecond }),
	})
	for range 3 {
		for _, path := range slices.Sorted(maps.Keys(answers)) {
			name := strings.TrimPrefix(path, "/instance/")
			if _, err := c.DescribeInstance(t.Context(), connect.NewDescribeInstanceInput(name)); (err == nil) != (name == "good" || name == "empty") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := c.StartChatContact(t.Context(), start()); err != nil {
			t.Error(err)
		}
	}
	if n := opened.Load(); n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
}

// torn is a body that breaks off.
type torn struct{ *counted }

func (torn) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

type tearing struct{ *played }

func (p tearing) Do(r *http.Request) (*http.Response, error) {
	resp, err := p.played.Do(r)
	if err == nil {
		resp.Body = torn{resp.Body.(*counted)}
	}
	return resp, err
}

func TestBodiesAreClosedWhateverHappens(t *testing.T) {
	p := &played{answers: []answer{started}}
	refuse := func(after bool) func(*connect.Options) {
		return connect.WithAPIOptions(func(s *middleware.Stack) error {
			return s.Deserialize.Insert(middleware.DeserializeMiddlewareFunc("Refuse", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
				out, metadata, err := next.HandleDeserialize(ctx, in)
				return out, metadata, errors.Join(err, errors.New("refused"))
			}), "OperationDeserializer", map[bool]middleware.RelativePosition{true: middleware.After, false: middleware.Before}[after])
		})
	}
	for name, o := range map[string]func(*connect.Options){
		"torn":           func(o *connect.Options) { o.HTTPClient = tearing{p} },
		"refused":        refuse(false),
		"refused before": refuse(true),
	} {
		_, err := client(p, o, func(o *connect.Options) { o.Retryer = aws.NopRetryer{} }).StartChatContact(t.Context(), start())
		if err == nil || p.open != 0 {
			t.Errorf("%s: error %v, %d bodies left open", name, err, p.open)
		}
	}
	out, err := client(&played{answers: []answer{{status: 200}}}).StartChatContact(t.Context(), start())
	if err != nil || out.ContactId != nil {
		t.Errorf("an empty answer: %v, error %v", out, err)
	}
}

// A call that is cancelled while the answer is awaited ends at once, and is not sent again.
func TestCancelledWhileSending(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	sent := 0
	_, err := client(nil, func(o *connect.Options) {
		o.HTTPClient = doer(func(r *http.Request) (*http.Response, error) {
			sent++
			cancel()
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
	}).StartChatContact(ctx, start())
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "canceled, context canceled") || sent != 1 {
		t.Errorf("sent %d times, error %v", sent, err)
	}
}

type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

func TestDefaults(t *testing.T) {
	c := connect.New(connect.Options{})
	if h, ok := c.Options().HTTPClient.(*http.Client); !ok || h.Timeout != 70*time.Second || c.Options().Retryer.MaxAttempts() != 3 {
		t.Errorf("options %+v", c.Options())
	}
	for _, credentials := range []aws.CredentialsProvider{nil, aws.AnonymousCredentials{}, &aws.AnonymousCredentials{}, aws.NewCredentialsCache(aws.AnonymousCredentials{})} {
		p := &played{answers: []answer{started}}
		_, err := client(p, func(o *connect.Options) { o.Credentials = credentials }).StartChatContact(t.Context(), start())
		if err != nil || p.sent[0].header.Get("Authorization") != "" || p.sent[0].header.Get("X-Amz-Date") != "" {
			t.Errorf("%T: error %v, header %v", credentials, err, p.sent[0].header)
		}
	}
}

type refusing struct{}

func (refusing) GetIdempotencyToken() (string, error) { return "", errors.New("no token") }

func TestWithoutATokenNothingIsSent(t *testing.T) {
	p := &played{answers: []answer{started}}
	_, err := client(p, func(o *connect.Options) { o.IdempotencyTokenProvider = refusing{} }).StartChatContact(t.Context(), start())
	if err == nil || !strings.HasSuffix(err.Error(), "StartChatContact, no token") || len(p.sent) != 0 {
		t.Errorf("sent %d times, error %v", len(p.sent), err)
	}
	if _, err := client(p).StartChatContact(t.Context(), start(), func(o *connect.Options) { o.IdempotencyTokenProvider = nil }); err != nil || strings.Contains(p.sent[0].body, "ClientToken") {
		t.Errorf("error %v, sent %v", err, p.sent)
	}
}

func TestTracesOfLambdaGoOn(t *testing.T) {
	p := &played{answers: []answer{started}}
	t.Setenv("AWS_LAMBDA_FUNCTION_NAME", "f")
	t.Setenv("_X_AMZN_TRACE_ID", "Root=1;Parent=é")
	if _, err := client(p).StartChatContact(t.Context(), start()); err != nil || p.sent[0].header.Get("X-Amzn-Trace-Id") != "Root=1;Parent=%C3%A9" {
		t.Errorf("error %v, header %v", err, p.sent[0].header)
	}
}

// source is a configuration file, or the environment.
type source struct {
	dual     aws.DualStackEndpointState
	fips     aws.FIPSEndpointState
	ignore   bool
	endpoint string
}

func (s source) GetUseDualStackEndpoint(context.Context) (aws.DualStackEndpointState, bool, error) {
	return s.dual, s.dual != aws.DualStackEndpointStateUnset, nil
}

func (s source) GetUseFIPSEndpoint(context.Context) (aws.FIPSEndpointState, bool, error) {
	return s.fips, s.fips != aws.FIPSEndpointStateUnset, nil
}

func (s source) GetIgnoreConfiguredEndpoints(context.Context) (bool, bool, error) {
	return s.ignore, s.ignore, nil
}

func (s source) GetServiceBaseEndpoint(_ context.Context, id string) (string, bool, error) {
	return s.endpoint + id, s.endpoint != "", nil
}

func TestSourcesOfAConfiguration(t *testing.T) {
	own := "http://own"
	tests := map[string]struct {
		base    *string
		sources []any
		env     map[string]string
		want    string
	}{
		"dual stack": {sources: []any{1, source{}, source{dual: aws.DualStackEndpointStateEnabled}, source{dual: aws.DualStackEndpointStateDisabled}}, want: "https://connect.us-east-1.api.aws"},
		"FIPS":       {sources: []any{source{fips: aws.FIPSEndpointStateEnabled}}, want: "https://connect-fips.us-east-1.amazonaws.com"},
		"of a file":  {base: &own, sources: []any{source{endpoint: "http://file/"}}, want: "http://file/Connect"},
		"ignored":    {base: &own, sources: []any{source{ignore: true}, source{endpoint: "http://file/"}}, want: own},
		"for all":    {base: &own, sources: []any{source{endpoint: "http://file/"}}, env: map[string]string{"AWS_ENDPOINT_URL": own}, want: own},
		"for the service": {
			base: &own, sources: []any{source{endpoint: "http://environment/"}},
			env: map[string]string{"AWS_ENDPOINT_URL": own, "AWS_ENDPOINT_URL_CONNECT": "x"}, want: "http://environment/Connect",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for k, v := range tt.env {
				t.Setenv(k, v)
			}
			p := &played{answers: []answer{{status: 200}}}
			cfg := aws.Config{Region: "us-east-1", HTTPClient: p, BaseEndpoint: tt.base, ConfigSources: tt.sources}
			if _, err := connect.NewFromConfig(cfg).ListInstances(t.Context(), nil); err != nil || p.sent[0].url != tt.want+"/instance" {
				t.Errorf("error %v, sent to %s, want %s", err, p.sent[0].url, tt.want)
			}
		})
	}
}
