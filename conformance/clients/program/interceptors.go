package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// nowhere is a transport that says where a request would have gone.
type nowhere struct{}

func (nowhere) Do(r *http.Request) (*http.Response, error) {
	return nil, errors.New(r.URL.String() + " " + r.Host)
}

// witness is each kind of interceptor there is.
type witness struct{}

func seen(name string, in *smithyhttp.InterceptorContext) error {
	fmt.Printf("%s: %T %v %T %v\n", name, in.Input, in.Request != nil, in.Output, in.Response != nil)
	return nil
}

func (witness) BeforeExecution(_ context.Context, in *smithyhttp.InterceptorContext) error {
	return seen("before execution", in)
}

func (witness) BeforeSerialization(_ context.Context, in *smithyhttp.InterceptorContext) error {
	return seen("before serialization", in)
}

func (witness) AfterSerialization(_ context.Context, in *smithyhttp.InterceptorContext) error {
	in.Request.Header.Set("X-Serialized", in.Request.Method+" "+in.Request.URL.Path)
	return seen("after serialization", in)
}

func (witness) BeforeRetryLoop(_ context.Context, in *smithyhttp.InterceptorContext) error {
	return seen("before retry loop", in)
}

func (witness) BeforeAttempt(_ context.Context, in *smithyhttp.InterceptorContext) error {
	return seen("before attempt", in)
}

func (witness) BeforeSigning(_ context.Context, in *smithyhttp.InterceptorContext) error {
	in.Request.Header.Set("X-Signed", "1")
	return seen("before signing", in)
}

func (witness) AfterSigning(_ context.Context, in *smithyhttp.InterceptorContext) error {
	return seen("after signing", in)
}

func (witness) BeforeTransmit(_ context.Context, in *smithyhttp.InterceptorContext) error {
	return seen("before transmit", in)
}

func (witness) AfterTransmit(_ context.Context, in *smithyhttp.InterceptorContext) error {
	return seen("after transmit", in)
}

func (witness) BeforeDeserialization(_ context.Context, in *smithyhttp.InterceptorContext) error {
	return seen("before deserialization", in)
}

func (witness) AfterDeserialization(_ context.Context, in *smithyhttp.InterceptorContext) error {
	return seen("after deserialization", in)
}

func (witness) AfterAttempt(_ context.Context, in *smithyhttp.InterceptorContext) error {
	return seen("after attempt", in)
}

func (witness) AfterExecution(_ context.Context, in *smithyhttp.InterceptorContext) error {
	return seen("after execution", in)
}

// stubborn fails before the request is signed.
type stubborn struct{}

func (stubborn) BeforeSigning(context.Context, *smithyhttp.InterceptorContext) error {
	return errors.New("not today")
}

func interceptors(ctx context.Context, cfg aws.Config) {
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	var w witness
	i := &cfg.Interceptors
	i.AddBeforeExecution(w)
	i.AddBeforeSerialization(w)
	i.AddAfterSerialization(w)
	i.AddBeforeRetryLoop(w)
	i.AddBeforeAttempt(w)
	i.AddBeforeSigning(w)
	i.AddAfterSigning(w)
	i.AddBeforeTransmit(w)
	i.AddAfterTransmit(w)
	i.AddBeforeDeserialization(w)
	i.AddAfterDeserialization(w)
	i.AddAfterAttempt(w)
	i.AddAfterExecution(w)
	client := connect.NewFromConfig(cfg)
	for _, name := range []string{"fine", "missing"} {
		_, err := client.UpdateContactAttributes(ctx, &connect.UpdateContactAttributesInput{
			InstanceId: aws.String("i"), InitialContactId: aws.String("c"), Attributes: map[string]string{"a": name},
		})
		fmt.Println("intercepted:", err)
		_, err = client.DescribeInstance(ctx, &connect.DescribeInstanceInput{InstanceId: aws.String(name)}, func(o *connect.Options) {
			o.Interceptors.AddBeforeSigning(stubborn{})
		})
		fmt.Println("stubborn:", err)
	}
}

// recent are the retries of 2026, which are asked for by the environment.
func recent(ctx context.Context, cfg aws.Config) {
	if err := os.Setenv("AWS_NEW_RETRIES_2026", "true"); err != nil {
		fmt.Println(err)
	}
	defer os.Unsetenv("AWS_NEW_RETRIES_2026")
	_, err := connect.NewFromConfig(cfg).DescribeInstance(ctx, &connect.DescribeInstanceInput{InstanceId: aws.String("later")})
	var most *retry.MaxAttemptsError
	fmt.Println("recent:", errors.As(err, &most), err)
}
