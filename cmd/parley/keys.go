package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/smithy-go/logging"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/internal/server"
)

// devKeys are those of a developer's server.
var devKeys = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: server.DevAccessKey, SecretAccessKey: server.DevAccessKey}, nil
})

// onThisMachine reports whether a server is on this machine.
func onThisMachine(endpoint string) bool {
	u, err := url.Parse(endpoint)
	return err == nil && loopback(net.JoinHostPort(u.Hostname(), "0"))
}

// callerOptions find key and Region where AWS's own tools find them: environment, profile, role. A server on this machine is taken for a
// developer's when there is no key. No endpoint is Amazon.
func callerOptions(ctx context.Context, endpoint, region string) (o connect.Options, err error) {
	how := []func(*config.LoadOptions) error{config.WithLogger(logging.Nop{})} // what is wrong is told below
	here := onThisMachine(endpoint)
	if here { // whatever the machine is, its role is not known here
		how = append(how, config.WithEC2IMDSClientEnableState(imds.ClientDisabled))
	}
	found, err := config.LoadDefaultConfig(ctx, how...)
	if err != nil {
		return o, err
	}
	o = connect.Options{Region: cmp.Or(region, found.Region), Credentials: found.Credentials}
	if endpoint != "" {
		o.BaseEndpoint, o.Region = &endpoint, cmp.Or(o.Region, "us-east-1")
	}
	if o.Region == "" {
		return o, fmt.Errorf("%w: Amazon Connect needs --region or AWS_REGION; another server --endpoint", errUsage)
	}
	switch _, err := o.Credentials.Retrieve(ctx); {
	case err == nil || ctx.Err() != nil:
	case here:
		o.Credentials = devKeys
	case strings.Contains(err.Error(), "EC2 IMDS"): // the last place that is asked: nobody has given any
		return o, fmt.Errorf("%w: there are no keys for %s: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
			errUsage, cmp.Or(endpoint, "Amazon Connect"))
	default:
		return o, fmt.Errorf("%w: the keys for %s: %w", errUsage, cmp.Or(endpoint, "Amazon Connect"), err)
	}
	return o, nil
}

// knock tells why nobody can answer at an address, if that is known at once. A server that starts may keep callers waiting.
func knock(ctx context.Context, endpoint string) error {
	if endpoint == "" {
		return nil // Amazon
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, endpoint, nil)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err == nil {
		resp.Body.Close()
		return nil
	}
	if ctx.Err() != nil {
		return nil
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	return fmt.Errorf("nobody answers at %s: %w", endpoint, err)
}
