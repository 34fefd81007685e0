package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
)

// mine is a resolver of one's own.
type mine struct{ connect.EndpointResolverV2 }

func (m mine) ResolveEndpoint(ctx context.Context, params connect.EndpointParameters) (smithyendpoints.Endpoint, error) {
	params = params.WithDefaults()
	fmt.Println("resolve:", aws.ToString(params.Region), *params.UseFIPS, *params.UseDualStack, params.ValidateRequired())
	params.Endpoint = aws.String(os.Args[1] + "/mine")
	return m.EndpointResolverV2.ResolveEndpoint(ctx, params)
}

// endpoints are set in all the ways that there have been.
func endpoints(ctx context.Context, cfg aws.Config) {
	call := func(name string, client *connect.Client) {
		_, err := client.DescribeInstance(ctx, &connect.DescribeInstanceInput{InstanceId: aws.String("a/b")})
		fmt.Println(name+":", err)
	}
	call("v2", connect.NewFromConfig(cfg, connect.WithEndpointResolverV2(mine{connect.NewDefaultEndpointResolverV2()})))
	cfg.BaseEndpoint = nil
	call("from URL", connect.NewFromConfig(cfg, connect.WithEndpointResolver(connect.EndpointResolverFromURL(os.Args[1]+"/old/", func(e *aws.Endpoint) {
		e.SigningRegion, e.SigningName = "eu-west-2", "other"
	}))))
	call("function", connect.New(connect.Options{
		Region: "fips-us-east-1", Credentials: cfg.Credentials, Retryer: aws.NopRetryer{},
		EndpointResolver: connect.EndpointResolverFunc(func(region string, o connect.EndpointResolverOptions) (aws.Endpoint, error) {
			fmt.Println("former:", region, o.GetResolvedRegion(), o.GetUseFIPSEndpoint(), o.GetUseDualStackEndpoint(), o.GetDisableHTTPS(), o.Logger != nil)
			return aws.Endpoint{URL: os.Args[1], HostnameImmutable: true}, nil
		}),
	}))
	cfg.EndpointResolverWithOptions = aws.EndpointResolverWithOptionsFunc(func(service, region string, options ...any) (aws.Endpoint, error) {
		fmt.Println("for all services:", service, region, len(options))
		return aws.Endpoint{URL: os.Args[1] + "/all"}, nil
	})
	call("configuration", connect.NewFromConfig(cfg))
	cfg.EndpointResolverWithOptions = aws.EndpointResolverWithOptionsFunc(func(service, region string, options ...any) (aws.Endpoint, error) {
		return aws.Endpoint{}, &aws.EndpointNotFoundError{}
	})
	call("not found", connect.NewFromConfig(cfg, func(o *connect.Options) { o.BaseEndpoint = aws.String(os.Args[1] + "/base") }))
	cfg.EndpointResolverWithOptions = nil
	cfg.EndpointResolver = aws.EndpointResolverFunc(func(service, region string) (aws.Endpoint, error) { //nolint:staticcheck // as it was
		return aws.Endpoint{}, fmt.Errorf("no %s in %s", service, region)
	})
	call("refused", connect.NewFromConfig(cfg))
	cfg.EndpointResolver = nil
	cfg.HTTPClient = nowhere{}
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	for _, region := range []string{"us-east-1", "us-gov-west-1", "cn-north-1", "us-iso-east-1", "us-isob-east-1", "eusc-de-east-1", "eu-isoe-west-1", "us-isof-south-1", "moon-1", "fips-us-east-1", "us-gov-west-1-fips"} {
		for _, o := range []connect.EndpointResolverOptions{
			{},
			{UseFIPSEndpoint: aws.FIPSEndpointStateEnabled},
			{UseDualStackEndpoint: aws.DualStackEndpointStateEnabled},
			{UseFIPSEndpoint: aws.FIPSEndpointStateEnabled, UseDualStackEndpoint: aws.DualStackEndpointStateEnabled},
			{DisableHTTPS: true},
		} {
			_, err := connect.NewFromConfig(cfg, func(c *connect.Options) { c.Region, c.EndpointOptions = region, o }).ListInstances(ctx, nil)
			_, at, _ := strings.Cut(fmt.Sprint(err), "request send failed, ")
			fmt.Println(region, o.UseFIPSEndpoint, o.UseDualStackEndpoint, o.DisableHTTPS, at)
		}
	}
}
