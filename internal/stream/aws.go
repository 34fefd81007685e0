package stream

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	fhtypes "github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/smithy-go"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// amazon are the clients of the services.
type amazon struct {
	source      string // of events
	sns         *sns.Client
	eventbridge *eventbridge.Client
	kinesis     *kinesis.Client
	firehose    *firehose.Client
}

// newAmazon makes clients that try once: when to try again is the sender's decision, and follows the server's time.
func newAmazon(cfg aws.Config, source string) *amazon {
	cfg = cfg.Copy()
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	return &amazon{
		source: source, sns: sns.NewFromConfig(cfg), eventbridge: eventbridge.NewFromConfig(cfg),
		kinesis: kinesis.NewFromConfig(cfg), firehose: firehose.NewFromConfig(cfg),
	}
}

// sender finds the service of an ARN.
func (a *amazon) sender(name arn.ARN) (sender, error) {
	var send sender
	kind, resource, _ := strings.Cut(name.Resource, "/")
	switch {
	case name.Region == "" || name.AccountID == "":
		return nil, errors.New("the ARN has no Region or account")
	case name.Service == "sns" && !strings.ContainsAny(name.Resource, ":/"):
		send = a.publish(name)
	case name.Service == "events" && kind == "event-bus" && resource != "":
		send = a.putEvent(name)
	case name.Service == "kinesis" && kind == "stream" && resource != "":
		send = a.putRecord(name, resource)
	case name.Service == "firehose" && kind == "deliverystream" && resource != "":
		send = a.putDelivery(name, resource)
	default:
		return nil, errors.New("the ARN is not that of an SNS topic, an EventBridge bus, a Kinesis stream or a Firehose stream")
	}
	return func(ctx context.Context, m Message) error { return amazonError(send(ctx, m)) }, nil
}

// publish sends to an SNS topic. Source: connect-chat sheet, 8.3.
func (a *amazon) publish(topic arn.ARN) sender {
	return func(ctx context.Context, m Message) error {
		in := &sns.PublishInput{
			TopicArn: new(topic.String()), Message: new(string(m.Body)), MessageAttributes: map[string]snstypes.MessageAttributeValue{},
		}
		for name, value := range m.Attributes {
			if value != "" { // SNS takes none that is empty
				in.MessageAttributes[name] = snstypes.MessageAttributeValue{DataType: new("String"), StringValue: &value}
			}
		}
		if strings.HasSuffix(topic.Resource, ".fifo") {
			in.MessageGroupId, in.MessageDeduplicationId = &m.Group, &m.ID
		}
		_, err := a.sns.Publish(ctx, in, func(o *sns.Options) { o.Region = topic.Region })
		return err
	}
}

// detailTypes are what messages are called on EventBridge that are no events of it already.
var detailTypes = map[string]string{Item: "Amazon Connect Chat Item", Record: "Amazon Connect Contact Record"}

// putEvent sends to an EventBridge bus. Source: connect-chat sheet, 7.4.
func (a *amazon) putEvent(bus arn.ARN) sender {
	return func(ctx context.Context, m Message) error {
		event := struct {
			Source     string         `json:"source"`
			DetailType string         `json:"detail-type"`
			Resources  []string       `json:"resources"`
			Time       time.Time      `json:"time"`
			Detail     jsontext.Value `json:"detail"`
		}{Source: "aws.connect", DetailType: detailTypes[m.Kind], Time: m.Time, Detail: m.Body}
		if m.Kind == Event {
			event.Detail = nil
			if err := json.Unmarshal(m.Body, &event); err != nil {
				return permanently(fmt.Errorf("read the event: %w", err))
			}
		}
		if a.source != "" {
			event.Source = a.source
		}
		out, err := a.eventbridge.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []ebtypes.PutEventsRequestEntry{{
			EventBusName: new(bus.String()), Source: &event.Source, DetailType: &event.DetailType, Resources: event.Resources,
			Time: &event.Time, Detail: new(string(event.Detail)),
		}}}, func(o *eventbridge.Options) { o.Region = bus.Region })
		if err != nil || out.FailedEntryCount == 0 {
			return err
		}
		refused := &smithy.GenericAPIError{Code: "Unknown", Message: "the entry failed"}
		for _, e := range out.Entries {
			if e.ErrorCode != nil {
				refused.Code, refused.Message = *e.ErrorCode, aws.ToString(e.ErrorMessage)
			}
		}
		// Source: EventBridge API, PutEventsResultEntry: these two are worth another try.
		if refused.Code == "InternalFailure" || throttles(refused) {
			return refused
		}
		return permanently(refused)
	}
}

func (a *amazon) putRecord(stream arn.ARN, name string) sender {
	return func(ctx context.Context, m Message) error {
		_, err := a.kinesis.PutRecord(ctx, &kinesis.PutRecordInput{
			StreamARN: new(stream.String()), StreamName: &name, PartitionKey: &m.Group, Data: m.Body,
		}, func(o *kinesis.Options) { o.Region = stream.Region })
		return err
	}
}

// putDelivery sends to a Firehose stream, which puts records behind one another: the line ends keep them apart.
func (a *amazon) putDelivery(stream arn.ARN, name string) sender {
	return func(ctx context.Context, m Message) error {
		_, err := a.firehose.PutRecord(ctx, &firehose.PutRecordInput{
			DeliveryStreamName: &name, Record: &fhtypes.Record{Data: append(slices.Clone(m.Body), '\n')},
		}, func(o *firehose.Options) { o.Region = stream.Region })
		return err
	}
}

// operators are codes of refusals that are not the message's fault: another key, right or clock mends them.
var operators = map[string]bool{
	"AccessDenied": true, "AccessDeniedException": true, "AuthorizationError": true, "ExpiredToken": true, "ExpiredTokenException": true,
	"IncompleteSignature": true, "InvalidClientTokenId": true, "InvalidSignatureException": true, "MissingAuthenticationToken": true,
	"RequestExpired": true, "SignatureDoesNotMatch": true, "UnrecognizedClientException": true,
}

// throttles reports whether a service asks for patience.
func throttles(err smithy.APIError) bool {
	_, ok := retry.DefaultThrottleErrorCodes[err.ErrorCode()]
	return ok || strings.Contains(err.ErrorCode(), "Throttl")
}

// amazonError tells refusals that are final from others: a 4xx that is neither throttling nor a matter of keys.
func amazonError(err error) error {
	if _, ok := errors.AsType[*Error](err); ok || err == nil {
		return err
	}
	api, ok := errors.AsType[smithy.APIError](err)
	if !ok || throttles(api) || operators[api.ErrorCode()] {
		return err
	}
	if res, ok := errors.AsType[*awshttp.ResponseError](err); ok {
		switch status := res.HTTPStatusCode(); {
		case status == http.StatusRequestTimeout, status == http.StatusTooManyRequests, status/100 != 4:
			return err
		}
		return permanently(err)
	}
	return err
}
