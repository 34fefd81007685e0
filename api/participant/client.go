package participant

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/wire"
)

// The methods of Client stand in calls.go, which is made from the operations.
//
//go:generate go -C ../../tools run ./clients ../api/participant

// ServiceID names the service to the SDK.
const ServiceID = serviceID

// ServiceAPIVersion is the version of the API.
const ServiceAPIVersion = "2018-09-07"

// The options of a client, as in the official module.
type (
	Options                  = wire.Options
	HTTPClient               = wire.HTTPClient
	HTTPSignerV4             = wire.HTTPSignerV4
	IdempotencyTokenProvider = wire.IdempotencyTokenProvider
	EndpointParameters       = wire.EndpointParameters
	EndpointResolver         = wire.EndpointResolver
	EndpointResolverFunc     = wire.EndpointResolverFunc
	EndpointResolverOptions  = wire.EndpointResolverOptions
	EndpointResolverV2       = wire.EndpointResolverV2
)

// Client calls the Amazon Connect Participant Service. It is safe for concurrent use.
type Client struct{ conn *wire.Conn }

// New returns a client. The functions see the options with their defaults filled in.
func New(options Options, optFns ...func(*Options)) *Client {
	return &Client{wire.NewConn(Service, options, optFns...)}
}

// NewFromConfig returns a client with a configuration of the SDK.
func NewFromConfig(cfg aws.Config, optFns ...func(*Options)) *Client {
	return New(wire.FromConfig(Service, cfg), func(o *Options) {
		for _, opt := range cfg.ServiceOptions {
			opt(ServiceID, o)
		}
		for _, opt := range optFns {
			opt(o)
		}
	})
}

// Options returns a copy of the client's options.
func (c *Client) Options() Options { return c.conn.Options() }

// NewDefaultEndpointResolverV2 returns what finds Amazon's endpoints, and the BaseEndpoint.
func NewDefaultEndpointResolverV2() EndpointResolverV2 { return Service.EndpointResolver() }

// WithAPIOptions adds middleware.
func WithAPIOptions(optFns ...func(*middleware.Stack) error) func(*Options) {
	return wire.WithAPIOptions(optFns...)
}

// WithEndpointResolverV2 sets what finds the endpoint.
func WithEndpointResolverV2(r EndpointResolverV2) func(*Options) {
	return wire.WithEndpointResolverV2(r)
}

// EndpointResolverFromURL returns what finds the one URL, as programs did it before there was a BaseEndpoint.
//
//lint:ignore SA1019 programs that use what is deprecated go on as they are
func EndpointResolverFromURL(url string, optFns ...func(*aws.Endpoint)) EndpointResolver {
	return wire.EndpointResolverFromURL(url, optFns...)
}

// WithEndpointResolver sets what finds the endpoint, in the way before EndpointResolverV2.
func WithEndpointResolver(r EndpointResolver) func(*Options) { return wire.WithEndpointResolver(r) }

// WithSigV4SigningName signs for another service.
func WithSigV4SigningName(name string) func(*Options) { return wire.WithSigV4SigningName(name) }

// WithSigV4SigningRegion signs for another Region.
func WithSigV4SigningRegion(region string) func(*Options) { return wire.WithSigV4SigningRegion(region) }

// WithContentType sends bodies as another type than application/json, such as application/x-amz-json-1.1.
func WithContentType(contentType string) func(*Options) { return wire.WithContentType(contentType) }
