//lint:file-ignore SA1019 programs that use what is deprecated go on as they are

package wire

import (
	"fmt"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/logging"
)

// EndpointResolverOptions say which of Amazon's endpoints are meant.
type EndpointResolverOptions struct {
	Logger               logging.Logger
	LogDeprecated        bool
	ResolvedRegion       string // that of a Region such as fips-us-east-1
	DisableHTTPS         bool
	UseDualStackEndpoint aws.DualStackEndpointState
	UseFIPSEndpoint      aws.FIPSEndpointState
}

// GetResolvedRegion returns the ResolvedRegion.
func (o EndpointResolverOptions) GetResolvedRegion() string { return o.ResolvedRegion }

// GetDisableHTTPS returns DisableHTTPS.
func (o EndpointResolverOptions) GetDisableHTTPS() bool { return o.DisableHTTPS }

// GetUseDualStackEndpoint returns the UseDualStackEndpoint.
func (o EndpointResolverOptions) GetUseDualStackEndpoint() aws.DualStackEndpointState {
	return o.UseDualStackEndpoint
}

// GetUseFIPSEndpoint returns the UseFIPSEndpoint.
func (o EndpointResolverOptions) GetUseFIPSEndpoint() aws.FIPSEndpointState { return o.UseFIPSEndpoint }

// EndpointResolver finds endpoints as programs did it before there were BaseEndpoint and EndpointResolverV2. Where it
// answers an *aws.EndpointNotFoundError, these are asked.
type EndpointResolver interface {
	ResolveEndpoint(region string, options EndpointResolverOptions) (aws.Endpoint, error)
}

// EndpointResolverFunc is a function that is an EndpointResolver.
type EndpointResolverFunc func(region string, options EndpointResolverOptions) (aws.Endpoint, error)

// ResolveEndpoint calls the function.
func (fn EndpointResolverFunc) ResolveEndpoint(region string, options EndpointResolverOptions) (aws.Endpoint, error) {
	return fn(region, options)
}

// EndpointResolverFromURL returns what always finds the one URL; the functions change what else is said of it.
func EndpointResolverFromURL(url string, optFns ...func(*aws.Endpoint)) EndpointResolver {
	e := aws.Endpoint{URL: url, Source: aws.EndpointSourceCustom}
	for _, fn := range optFns {
		fn(&e)
	}
	return EndpointResolverFunc(func(region string, _ EndpointResolverOptions) (aws.Endpoint, error) {
		found := e
		if found.SigningRegion == "" {
			found.SigningRegion = region
		}
		return found, nil
	})
}

// WithEndpointResolver sets the EndpointResolver.
func WithEndpointResolver(r EndpointResolver) func(*Options) {
	return func(o *Options) { o.EndpointResolver = r }
}

// formerResolver returns the resolver for all services that a configuration has, nil when it has none.
func formerResolver(s *Service, cfg *aws.Config) EndpointResolver {
	switch {
	case cfg.EndpointResolverWithOptions != nil:
		return EndpointResolverFunc(func(region string, o EndpointResolverOptions) (aws.Endpoint, error) {
			return cfg.EndpointResolverWithOptions.ResolveEndpoint(s.ID, region, o)
		})
	case cfg.EndpointResolver != nil:
		return EndpointResolverFunc(func(region string, _ EndpointResolverOptions) (aws.Endpoint, error) {
			return cfg.EndpointResolver.ResolveEndpoint(s.ID, region)
		})
	default:
		return nil
	}
}

// formerEndpoint asks the EndpointResolver.
func (o *Options) formerEndpoint() (p location, err error) {
	eo := o.EndpointOptions
	eo.Logger, eo.LogDeprecated = o.Logger, o.ClientLogMode.IsDeprecatedUsage()
	if region := bareRegion(o.Region); region != o.Region && eo.ResolvedRegion == "" {
		eo.ResolvedRegion, eo.UseFIPSEndpoint = region, aws.FIPSEndpointStateEnabled
	}
	e, err := o.EndpointResolver.ResolveEndpoint(o.Region, eo)
	if err != nil {
		return p, fmt.Errorf("failed to resolve service endpoint, %w", err)
	}
	uri, err := url.Parse(e.URL)
	if err != nil {
		return p, fmt.Errorf("failed to parse endpoint URL: %w", err)
	}
	p.URI, p.fixed, p.signingName, p.signingRegion = *uri, e.HostnameImmutable, e.SigningName, e.SigningRegion
	return p, nil
}
