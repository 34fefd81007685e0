package wire

import (
	"context"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/defaults"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/metrics"
	"github.com/aws/smithy-go/middleware"
	"github.com/aws/smithy-go/tracing"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Options say where a client sends its requests and how. Names and meanings are those of the official Go SDK, but for
// ContentType and Strict.
type Options struct {
	// APIOptions change the middleware of every operation. They run once for each operation of a client, and again for
	// a call that has options of its own.
	APIOptions []func(*middleware.Stack) error
	// AppID goes into the User-Agent.
	AppID string
	// BaseEndpoint is the URL of the server, with a path prefix if there is one; nil means Amazon's in the Region.
	BaseEndpoint *string
	// ClientLogMode says what goes to the Logger. Tokens, signatures and what customers write are masked there.
	ClientLogMode aws.ClientLogMode
	// Credentials sign the requests; without any, or with aws.AnonymousCredentials, they go out unsigned.
	Credentials        aws.CredentialsProvider
	DefaultsMode       aws.DefaultsMode
	RuntimeEnvironment aws.RuntimeEnvironment
	EndpointOptions    EndpointResolverOptions
	// EndpointResolverV2 finds the endpoint of every attempt; nil means BaseEndpoint, else Amazon's.
	EndpointResolverV2 EndpointResolverV2
	// EndpointResolver is asked before all of these.
	//
	// Deprecated: set BaseEndpoint.
	EndpointResolver EndpointResolver
	HTTPSignerV4     HTTPSignerV4
	// IdempotencyTokenProvider makes the ClientToken of requests that have none; nil means random UUIDs.
	IdempotencyTokenProvider IdempotencyTokenProvider
	Logger                   logging.Logger
	MeterProvider            metrics.MeterProvider
	TracerProvider           tracing.TracerProvider
	Region                   string
	// RetryMaxAttempts is how often a request is sent at most; 0 leaves it to the Retryer.
	RetryMaxAttempts int
	RetryMode        aws.RetryMode
	// Retryer decides what is sent again and when; nil means that of the RetryMode, with three attempts.
	Retryer aws.Retryer
	// HTTPClient sends the requests; nil means one with a timeout of 70 s that all such clients share.
	HTTPClient   HTTPClient
	Interceptors smithyhttp.InterceptorRegistry

	// ContentType of bodies; empty means application/json.
	ContentType string
	// Strict checks requests against the documented limits before they are sent, not only for what is missing.
	Strict bool

	signingName, signingRegion string // instead of those of service and Region
}

// HTTPClient sends requests; *http.Client is one.
type HTTPClient interface {
	Do(*http.Request) (*http.Response, error)
}

// HTTPSignerV4 signs requests; *v4.Signer is one.
type HTTPSignerV4 interface {
	SignHTTP(ctx context.Context, credentials aws.Credentials, r *http.Request, payloadHash, service, region string,
		signingTime time.Time, optFns ...func(*v4.SignerOptions)) error
}

// IdempotencyTokenProvider makes the tokens by which the server knows a repeated request.
type IdempotencyTokenProvider interface {
	GetIdempotencyToken() (string, error)
}

// Copy returns options whose lists can be changed without changing those of o.
func (o Options) Copy() Options {
	o.APIOptions = append([]func(*middleware.Stack) error(nil), o.APIOptions...)
	o.Interceptors = o.Interceptors.Copy()
	return o
}

// WithAPIOptions adds to the APIOptions.
func WithAPIOptions(optFns ...func(*middleware.Stack) error) func(*Options) {
	return func(o *Options) { o.APIOptions = append(o.APIOptions, optFns...) }
}

// WithEndpointResolverV2 sets the EndpointResolverV2.
func WithEndpointResolverV2(r EndpointResolverV2) func(*Options) {
	return func(o *Options) { o.EndpointResolverV2 = r }
}

// WithSigV4SigningName signs for another service.
func WithSigV4SigningName(name string) func(*Options) {
	return func(o *Options) { o.signingName = name }
}

// WithSigV4SigningRegion signs for another Region.
func WithSigV4SigningRegion(region string) func(*Options) {
	return func(o *Options) { o.signingRegion = region }
}

// WithContentType sets the ContentType, such as application/x-amz-json-1.1, which amazonka sends.
func WithContentType(contentType string) func(*Options) {
	return func(o *Options) { o.ContentType = contentType }
}

// FromConfig returns the options that a service takes from a configuration of the SDK.
func FromConfig(s *Service, cfg aws.Config) Options {
	o := Options{
		APIOptions: cfg.APIOptions, AppID: cfg.AppID, BaseEndpoint: cfg.BaseEndpoint, ClientLogMode: cfg.ClientLogMode,
		Credentials: cfg.Credentials, DefaultsMode: cfg.DefaultsMode, EndpointResolver: formerResolver(s, &cfg), HTTPClient: cfg.HTTPClient,
		Interceptors: cfg.Interceptors.Copy(), Logger: cfg.Logger, Region: cfg.Region,
		RetryMaxAttempts: cfg.RetryMaxAttempts, RetryMode: cfg.RetryMode, RuntimeEnvironment: cfg.RuntimeEnvironment,
	}
	if cfg.Retryer != nil {
		o.Retryer = cfg.Retryer()
	}
	ctx := context.Background()
	if v, ok := fromSources(cfg.ConfigSources, dualStackSource.GetUseDualStackEndpoint, ctx); ok {
		o.EndpointOptions.UseDualStackEndpoint = v
	}
	if v, ok := fromSources(cfg.ConfigSources, fipsSource.GetUseFIPSEndpoint, ctx); ok {
		o.EndpointOptions.UseFIPSEndpoint = v
	}
	if v, ok := baseEndpoint(ctx, s, cfg.ConfigSources); ok {
		o.BaseEndpoint = &v
	}
	return o
}

type (
	dualStackSource interface {
		GetUseDualStackEndpoint(context.Context) (aws.DualStackEndpointState, bool, error)
	}
	fipsSource interface {
		GetUseFIPSEndpoint(context.Context) (aws.FIPSEndpointState, bool, error)
	}
	ignoreSource interface {
		GetIgnoreConfiguredEndpoints(context.Context) (bool, bool, error)
	}
	endpointSource interface {
		GetServiceBaseEndpoint(ctx context.Context, sdkID string) (string, bool, error)
	}
)

// fromSources returns the value of the first source that has one: the environment comes before files.
func fromSources[S, V any](sources []any, get func(S, context.Context) (V, bool, error), ctx context.Context) (v V, ok bool) {
	for _, source := range sources {
		if s, is := source.(S); is {
			if v, found, err := get(s, ctx); found && err == nil {
				return v, true
			}
		}
	}
	return v, false
}

// baseEndpoint returns the endpoint that environment or files set for the service. AWS_ENDPOINT_URL, which is in the
// configuration already, wins over files.
func baseEndpoint(ctx context.Context, s *Service, sources []any) (string, bool) {
	_, all := os.LookupEnv("AWS_ENDPOINT_URL")
	_, own := os.LookupEnv("AWS_ENDPOINT_URL_" + strings.ToUpper(strings.ReplaceAll(s.ID, " ", "_")))
	if all && !own {
		return "", false
	}
	if ignore, ok := fromSources(sources, ignoreSource.GetIgnoreConfiguredEndpoints, ctx); ok && ignore {
		return "", false
	}
	return fromSources(sources, func(e endpointSource, ctx context.Context) (string, bool, error) {
		return e.GetServiceBaseEndpoint(ctx, s.ID)
	}, ctx)
}

var defaultHTTP = &http.Client{Timeout: 70 * time.Second}

// resolve fills in what is not set, and applies the functions of who makes the client.
func (o *Options) resolve(optFns []func(*Options)) {
	if o.Logger == nil {
		o.Logger = logging.Nop{}
	}
	mode := o.DefaultsMode
	if !mode.SetFromString(string(mode)) {
		mode = aws.DefaultsModeLegacy
	}
	if mode == aws.DefaultsModeAuto {
		mode = defaults.ResolveDefaultsModeAuto(o.Region, o.RuntimeEnvironment)
	}
	config, err := defaults.GetModeConfiguration(mode)
	if o.Retryer == nil {
		if o.RetryMode == "" && err == nil {
			o.RetryMode = config.RetryMode
		}
		o.Retryer = newRetryer(o.RetryMode, o.RetryMaxAttempts)
	}
	if err == nil {
		o.HTTPClient = timeouts(o.HTTPClient, config)
	}
	if o.HTTPClient == nil {
		o.HTTPClient = defaultHTTP
	}
	if o.HTTPSignerV4 == nil {
		o.HTTPSignerV4 = newSigner(o)
	}
	if o.IdempotencyTokenProvider == nil {
		o.IdempotencyTokenProvider = randomTokens{}
	}
	if o.TracerProvider == nil {
		o.TracerProvider = &tracing.NopTracerProvider{}
	}
	if o.MeterProvider == nil {
		o.MeterProvider = metrics.NopMeterProvider{}
	}
	for _, fn := range optFns {
		fn(o)
	}
	if o.RetryMaxAttempts != 0 {
		o.Retryer = retry.AddWithMaxAttempts(o.Retryer, o.RetryMaxAttempts)
	}
}

// timeouts gives a client of the SDK the timeouts of the mode.
func timeouts(client HTTPClient, config defaults.Configuration) HTTPClient {
	buildable, ok := client.(*awshttp.BuildableClient)
	if !ok {
		return client
	}
	if d, ok := config.GetConnectTimeout(); ok {
		buildable = buildable.WithDialerOptions(func(dialer *net.Dialer) { dialer.Timeout = d })
	}
	if d, ok := config.GetTLSNegotiationTimeout(); ok {
		buildable = buildable.WithTransportOptions(func(t *http.Transport) { t.TLSHandshakeTimeout = d })
	}
	return buildable
}

func newRetryer(mode aws.RetryMode, attempts int) aws.Retryer {
	limit := func(o *retry.StandardOptions) {
		if attempts != 0 {
			o.MaxAttempts = attempts
		}
	}
	if mode == aws.RetryModeAdaptive {
		return retry.NewAdaptiveMode(func(o *retry.AdaptiveModeOptions) {
			o.StandardOptions = append(o.StandardOptions, limit)
		})
	}
	return retry.NewStandard(limit)
}

// anonymous tells whether requests go out unsigned.
func (o *Options) anonymous() bool {
	return o.Credentials == nil || aws.IsCredentialsProvider(o.Credentials, (*aws.AnonymousCredentials)(nil))
}

// plain tells whether no middleware of others sees the requests.
func (o *Options) plain() bool { return len(o.APIOptions) == 0 && !o.intercepts() }

// intercepts tells whether there are interceptors.
func (o *Options) intercepts() bool {
	i := &o.Interceptors
	return len(i.BeforeExecution)+len(i.AfterExecution)+len(i.BeforeSerialization)+len(i.AfterSerialization)+
		len(i.BeforeRetryLoop)+len(i.BeforeAttempt)+len(i.AfterAttempt)+len(i.BeforeSigning)+len(i.AfterSigning)+
		len(i.BeforeTransmit)+len(i.AfterTransmit)+len(i.BeforeDeserialization)+len(i.AfterDeserialization) > 0
}
