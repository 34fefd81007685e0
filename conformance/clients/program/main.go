// Command program is what others have written for the official module. The test builds it a second time with our
// packages in place of the official ones: nothing but the import paths may differ.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// token makes the same tokens in both programs.
type token struct{}

func (token) GetIdempotencyToken() (string, error) { return "token-1", nil }

func main() {
	ctx := context.Background()
	cfg := aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(os.Args[1]),
		Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", "session"),
	}
	everything(ctx, cfg)
	pages(ctx, cfg)
	failures(ctx, cfg)
	stack(ctx, cfg)
	retries(ctx, cfg)
	logs(ctx, cfg)
	endpoints(ctx, cfg)
	interceptors(ctx, cfg)
	recent(ctx, cfg)
}

func everything(ctx context.Context, cfg aws.Config) {
	client := connect.NewFromConfig(cfg, func(o *connect.Options) { o.IdempotencyTokenProvider = token{} })
	out, err := client.StartChatContact(ctx, &connect.StartChatContactInput{
		InstanceId: aws.String("instance"), ContactFlowId: aws.String("flow"),
		ParticipantDetails:    &types.ParticipantDetails{DisplayName: aws.String(`J"ane <&> é 😀` + "\u2028\n\x01")},
		Attributes:            map[string]string{"empty": ""},
		ChatDurationInMinutes: aws.Int32(60), CustomerId: aws.String("customer"),
		DisconnectOnCustomerExit:       []types.DisconnectOnCustomerExitParticipantType{types.DisconnectOnCustomerExitParticipantTypeAgent},
		InitialMessage:                 &types.ChatMessage{Content: aws.String("Hi"), ContentType: aws.String("text/plain")},
		ParticipantConfiguration:       &types.ParticipantConfiguration{ResponseMode: types.ResponseModeIncremental},
		PersistentChat:                 &types.PersistentChat{RehydrationType: types.RehydrationTypeEntirePastSession, SourceContactId: aws.String("source")},
		RelatedContactId:               aws.String("related"),
		SegmentAttributes:              map[string]types.SegmentAttributeValue{"connect:Subtype": {ValueString: aws.String("connect:Chat")}},
		SupportedMessagingContentTypes: []string{"text/plain", "text/markdown"},
	})
	fmt.Println("start:", err)
	fmt.Println(aws.ToString(out.ContactId), aws.ToString(out.ParticipantToken), out.ContinuedFromContactId == nil)
	id, ok := awsmiddleware.GetRequestIDMetadata(out.ResultMetadata)
	fmt.Println("request id:", id, ok)
	_, err = client.StartChatContact(ctx, &connect.StartChatContactInput{
		InstanceId: aws.String("i"), ContactFlowId: aws.String("f"), ParticipantDetails: &types.ParticipantDetails{DisplayName: aws.String("")},
		Attributes: map[string]string{}, SupportedMessagingContentTypes: []string{}, ClientToken: aws.String(""),
	})
	fmt.Println("empty:", err)
	_, err = client.StopContact(ctx, &connect.StopContactInput{InstanceId: aws.String("i"), ContactId: aws.String("c")})
	fmt.Println("stop:", err)
	_, err = client.DescribeContact(ctx, &connect.DescribeContactInput{InstanceId: aws.String("i"), ContactId: aws.String("arn:aws:connect:a/b c+é")})
	fmt.Println("describe:", err)
	_, err = client.UntagContact(ctx, &connect.UntagContactInput{InstanceId: aws.String("i"), ContactId: aws.String("c"), TagKeys: []string{"a b", "c/d"}})
	fmt.Println("untag:", err)
	_, err = client.SearchContacts(ctx, &connect.SearchContactsInput{
		InstanceId: aws.String("i"), MaxResults: aws.Int32(5),
		TimeRange: &types.SearchContactsTimeRange{
			Type: types.SearchContactsTimeRangeTypeInitiationTimestamp, StartTime: aws.Time(time.UnixMilli(1767225845120)), EndTime: aws.Time(time.Unix(1767225900, 0)),
		},
	})
	fmt.Println("search:", err)
	fmt.Println(types.RehydrationType("").Values(), types.ParticipantRoleCustomer)
}

func pages(ctx context.Context, cfg aws.Config) {
	var client connect.ListContactFlowsAPIClient = connect.NewFromConfig(cfg)
	p := connect.NewListContactFlowsPaginator(client, &connect.ListContactFlowsInput{
		InstanceId: aws.String("i"), ContactFlowTypes: []types.ContactFlowType{types.ContactFlowTypeContactFlow, types.ContactFlowTypeCustomerHold},
	}, func(o *connect.ListContactFlowsPaginatorOptions) { o.Limit = 2; o.StopOnDuplicateToken = true })
	for p.HasMorePages() {
		out, err := p.NextPage(ctx)
		if err != nil {
			fmt.Println("pages:", err)
			return
		}
		for _, f := range out.ContactFlowSummaryList {
			fmt.Println("flow:", aws.ToString(f.Id), f.ContactFlowType)
		}
	}
}

func failures(ctx context.Context, cfg aws.Config) {
	client := connect.New(connect.Options{
		Region: cfg.Region, BaseEndpoint: cfg.BaseEndpoint, Credentials: cfg.Credentials, Retryer: aws.NopRetryer{},
	})
	for _, name := range []string{"missing", "refused", "throttled", "unknown", "faulty", "silent", "null", "trailing", "shouting", "twofold", "broken"} {
		_, err := client.DescribeInstance(ctx, &connect.DescribeInstanceInput{InstanceId: aws.String(name)})
		if name != "broken" { // what is wrong with a body, each says in its own words
			fmt.Println(name+":", err)
		}
		var missing *types.ResourceNotFoundException
		var invalid *types.InvalidRequestException
		fmt.Println(errors.As(err, &missing), errors.As(err, &invalid))
		var api smithy.APIError
		if errors.As(err, &api) {
			fmt.Println(api.ErrorCode(), api.ErrorMessage(), api.ErrorFault())
		}
		var generic *smithy.GenericAPIError
		var operation *smithy.OperationError
		var response *awshttp.ResponseError
		var raw *smithyhttp.ResponseError
		if errors.As(err, &response) {
			fmt.Println(response.HTTPStatusCode(), response.ServiceRequestID(), response.Response.Header.Get("X-Amzn-Requestid"))
		}
		if errors.As(err, &operation) {
			fmt.Println(operation.Service(), operation.Operation())
		}
		var undecoded *smithy.DeserializationError
		fmt.Println(errors.As(err, &generic), errors.As(err, &raw), errors.As(err, &undecoded))
	}
	_, err := client.StartChatContact(ctx, nil)
	var params smithy.InvalidParamsError
	fmt.Println(errors.As(err, &params), params.Len(), strings.Contains(err.Error(), "3 validation error(s) found."))
	_, err = connect.New(connect.Options{}).ListInstances(ctx, nil)
	fmt.Println(err)
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	_, err = client.ListInstances(canceled, nil)
	fmt.Println(errors.Is(err, context.Canceled))
}

func stack(ctx context.Context, cfg aws.Config) {
	client := connect.NewFromConfig(cfg, connect.WithAPIOptions(
		smithyhttp.AddHeaderValue("X-Trace", "1"),
		awsmiddleware.AddUserAgentKeyValue("shop", "2"),
		func(s *middleware.Stack) error {
			return s.Initialize.Add(middleware.InitializeMiddlewareFunc("Shop", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
				fmt.Printf("initialize %T %s %s %s\n", in.Parameters, awsmiddleware.GetServiceID(ctx), awsmiddleware.GetOperationName(ctx), awsmiddleware.GetRegion(ctx))
				out, metadata, err := next.HandleInitialize(ctx, in)
				_, timed := awsmiddleware.GetResponseAt(metadata)
				results, ok := retry.GetAttemptResults(metadata)
				fmt.Printf("initialized %T %v %v %d\n", out.Result, timed, ok, len(results.Results))
				return out, metadata, err
			}), middleware.After)
		},
		func(s *middleware.Stack) error {
			return s.Finalize.Insert(middleware.FinalizeMiddlewareFunc("Late", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
				r := in.Request.(*smithyhttp.Request)
				fmt.Println("finalize", r.Method, r.URL.Path, r.URL.RawPath, r.ContentLength, r.Header.Get("Content-Type"))
				r.Header.Set("X-Late", "1")
				return next.HandleFinalize(ctx, in)
			}), "Signing", middleware.Before)
		},
		func(s *middleware.Stack) error {
			fmt.Println(strings.Join(s.Finalize.List(), " "))
			return s.Deserialize.Insert(middleware.DeserializeMiddlewareFunc("Read", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
				out, metadata, err := next.HandleDeserialize(ctx, in)
				fmt.Println("deserialize", out.RawResponse.(*smithyhttp.Response).StatusCode)
				return out, metadata, err
			}), "OperationDeserializer", middleware.After)
		},
	))
	_, err := client.UpdateContactAttributes(ctx, &connect.UpdateContactAttributesInput{
		InstanceId: aws.String("i"), InitialContactId: aws.String("c"), Attributes: map[string]string{"a": "b"},
	}, func(o *connect.Options) { o.BaseEndpoint = aws.String(os.Args[1] + "/base/") })
	fmt.Println("stack:", err)
}

// patient is a retryer of one's own.
type patient struct{ aws.Retryer }

func (patient) MaxAttempts() int                             { return 4 }
func (patient) IsErrorRetryable(error) bool                  { return true }
func (patient) RetryDelay(int, error) (time.Duration, error) { return time.Millisecond, nil }
func (patient) GetRetryToken(context.Context, error) (func(error) error, error) {
	return func(error) error { return nil }, nil
}

func retries(ctx context.Context, cfg aws.Config) {
	client := connect.NewFromConfig(cfg, func(o *connect.Options) { o.Retryer = patient{retry.NewStandard()} })
	_, err := client.DescribeInstance(ctx, &connect.DescribeInstanceInput{InstanceId: aws.String("faulty")})
	var most *retry.MaxAttemptsError
	fmt.Println("retries:", errors.As(err, &most), err)
	_, err = client.DescribeInstance(ctx, &connect.DescribeInstanceInput{InstanceId: aws.String("faulty")}, func(o *connect.Options) { o.RetryMaxAttempts = 2 })
	fmt.Println("twice:", err)
	_, err = client.DescribeInstance(ctx, &connect.DescribeInstanceInput{InstanceId: aws.String("missing")}, func(o *connect.Options) {
		standard := retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = time.Millisecond })
		o.Retryer = retry.AddWithErrorCodes(standard, (*types.ResourceNotFoundException)(nil).ErrorCode())
	})
	fmt.Println("until it is there:", err)
}

func logs(ctx context.Context, cfg aws.Config) {
	var log bytes.Buffer
	cfg.Logger = logging.NewStandardLogger(&log)
	cfg.ClientLogMode = aws.LogRequest | aws.LogRetries | aws.LogResponse
	client := connect.NewFromConfig(cfg)
	_, err := client.ListInstances(ctx, &connect.ListInstancesInput{MaxResults: aws.Int32(3)})
	fmt.Println("logs:", err, strings.Contains(log.String(), "GET /instance?maxResults=3 HTTP/1.1"), strings.Contains(log.String(), "HTTP/1.1 200 OK"))
}
