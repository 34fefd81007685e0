package clients_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	official "github.com/aws/aws-sdk-go-v2/service/connect"
	officialtypes "github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
)

// answering answers every request without a network.
type answering struct{}

func (answering) Do(r *http.Request) (*http.Response, error) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	const body = `{"ContactId":"0d6a1c7e-6d5c-4c57-8c0a-0d9b5f2f7c11","ParticipantId":"77c11c7e-6d5c-4c57-8c0a-0d9b5f2f7c11","ParticipantToken":"token"}`
	return &http.Response{
		StatusCode: 200, Request: r, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
		Header: http.Header{
			"Content-Type": {"application/json"}, "Date": {"Sat, 21 Nov 2026 12:00:00 GMT"},
			"X-Amzn-Requestid": {"0d6a1c7e-6d5c-4c57-8c0a-0d9b5f2f7c11"},
		},
	}, nil
}

var config = aws.Config{
	Region: "us-east-1", HTTPClient: answering{},
	Credentials: aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider("AKID", "secret", "session")),
}

const instance, flow = "0d6a1c7e-6d5c-4c57-8c0a-0d9b5f2f7c10", "0d6a1c7e-6d5c-4c57-8c0a-0d9b5f2f7c12"

// BenchmarkStartChatContact compares the two modules with everything on but the network: signature, retries, token,
// validation, logging of nothing.
func BenchmarkStartChatContact(b *testing.B) {
	b.Run("official", func(b *testing.B) {
		client := official.NewFromConfig(config)
		b.ReportAllocs()
		for b.Loop() {
			out, err := client.StartChatContact(context.Background(), &official.StartChatContactInput{
				InstanceId: aws.String(instance), ContactFlowId: aws.String(flow),
				ParticipantDetails: &officialtypes.ParticipantDetails{DisplayName: aws.String("Jane")},
				Attributes:         map[string]string{"order": "42"},
			})
			if err != nil || *out.ParticipantToken != "token" {
				b.Fatal(err)
			}
		}
	})
	b.Run("parley", func(b *testing.B) {
		client := connect.NewFromConfig(config)
		b.ReportAllocs()
		for b.Loop() {
			out, err := client.StartChatContact(context.Background(), &connect.StartChatContactInput{
				InstanceId: aws.String(instance), ContactFlowId: aws.String(flow),
				ParticipantDetails: &types.ParticipantDetails{DisplayName: aws.String("Jane")},
				Attributes:         map[string]string{"order": "42"},
			})
			if err != nil || *out.ParticipantToken != "token" {
				b.Fatal(err)
			}
		}
	})
}
