package wire

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
)

// EndpointParameters are what an endpoint is chosen by.
type EndpointParameters struct {
	Region       *string
	UseDualStack *bool
	UseFIPS      *bool
	Endpoint     *string
}

// WithDefaults returns the parameters with what is not set filled in.
func (p EndpointParameters) WithDefaults() EndpointParameters {
	p.UseDualStack, p.UseFIPS = cmp.Or(p.UseDualStack, new(bool)), cmp.Or(p.UseFIPS, new(bool))
	return p
}

// ValidateRequired returns an error when one is missing that WithDefaults would fill in.
func (p EndpointParameters) ValidateRequired() error {
	switch {
	case p.UseDualStack == nil:
		return errors.New("parameter UseDualStack is required")
	case p.UseFIPS == nil:
		return errors.New("parameter UseFIPS is required")
	}
	return nil
}

// EndpointResolverV2 finds endpoints.
type EndpointResolverV2 interface {
	ResolveEndpoint(ctx context.Context, params EndpointParameters) (smithyendpoints.Endpoint, error)
}

// EndpointResolver finds the endpoints of the service: the one given, else Amazon's in the Region.
func (s *Service) EndpointResolver() EndpointResolverV2 { return amazon{s} }

type amazon struct{ service *Service }

func (a amazon) ResolveEndpoint(_ context.Context, p EndpointParameters) (e smithyendpoints.Endpoint, err error) {
	fips, dual := p.UseFIPS != nil && *p.UseFIPS, p.UseDualStack != nil && *p.UseDualStack
	var text string
	switch {
	case p.Endpoint != nil && fips:
		return e, errors.New("endpoint rule error, Invalid Configuration: FIPS and custom endpoint are not supported")
	case p.Endpoint != nil && dual:
		return e, errors.New("endpoint rule error, Invalid Configuration: Dualstack and custom endpoint are not supported")
	case p.Endpoint != nil:
		text = *p.Endpoint
	case p.Region == nil || *p.Region == "":
		return e, errors.New("endpoint rule error, Invalid Configuration: Missing Region")
	default:
		text = a.of(*p.Region, fips, dual)
	}
	uri, err := url.Parse(text)
	if err == nil && uri.Host == "" {
		err = errors.New("no host in it")
	}
	if err != nil {
		return e, fmt.Errorf("failed to parse uri %s: %w", text, err)
	}
	return smithyendpoints.Endpoint{URI: *uri, Headers: http.Header{}}, nil
}

// of returns Amazon's endpoint in a Region. Source: the endpoint rule set of the public model.
func (a amazon) of(region string, fips, dual bool) string {
	p := partitions[0]
	for _, other := range partitions[1:] {
		if strings.HasPrefix(region, other.prefix) {
			p = other
		}
	}
	host, suffix := a.service.Host, p.suffix
	if fips && (dual || p.prefix != "us-gov-") {
		host += "-fips"
	}
	if dual {
		suffix = p.dual
	}
	return "https://" + host + "." + region + "." + suffix
}

// partitions are the parts of Amazon's cloud by how their Regions begin; all others are in the first.
var partitions = []struct{ prefix, suffix, dual string }{
	{"", "amazonaws.com", "api.aws"},
	{"cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
	{"us-gov-", "amazonaws.com", "api.aws"},
	{"eusc-", "amazonaws.eu", "api.amazonwebservices.eu"},
	{"us-iso-", "c2s.ic.gov", "api.aws.ic.gov"},
	{"us-isob-", "sc2s.sgov.gov", "api.aws.scloud"},
	{"us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
	{"eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
}

// location is where an attempt goes, and what its signature names.
type location struct {
	smithyendpoints.Endpoint
	fixed                      bool // its scheme too
	signingName, signingRegion string
}

// endpoint finds where the next attempt goes.
func (o *Options) endpoint(ctx context.Context, s *Service) (p location, err error) {
	if o.EndpointResolver != nil {
		p, err = o.formerEndpoint()
		if _, elsewhere := errors.AsType[*aws.EndpointNotFoundError](err); !elsewhere {
			return p, err
		}
	}
	for _, c := range []byte(o.Region) {
		if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return p, fmt.Errorf("failed to bind endpoint params, invalid input region %s", o.Region)
		}
	}
	resolver := o.EndpointResolverV2
	if resolver == nil {
		resolver = s.EndpointResolver()
	}
	region := bareRegion(o.Region)
	params := EndpointParameters{
		Endpoint: o.BaseEndpoint, UseFIPS: new(region != o.Region || o.EndpointOptions.UseFIPSEndpoint == aws.FIPSEndpointStateEnabled),
		UseDualStack: new(o.EndpointOptions.UseDualStackEndpoint == aws.DualStackEndpointStateEnabled),
	}
	if region != "" {
		params.Region = &region
	}
	p.Endpoint, err = resolver.ResolveEndpoint(ctx, params)
	if err != nil {
		return p, fmt.Errorf("failed to resolve service endpoint, %w", err)
	}
	return p, nil
}

// bareRegion returns the Region that is meant by one such as fips-us-east-1, an older way to ask for such an endpoint.
func bareRegion(region string) string {
	return strings.NewReplacer("-fips-", "-", "fips-", "", "-fips", "").Replace(region)
}
