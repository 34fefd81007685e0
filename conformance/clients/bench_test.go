package clients_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

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

// starters start a chat with the one module and with the other.
var starters = []struct {
	name  string
	start func(context.Context) error
}{
	{"official", startOfficial(official.NewFromConfig(config))},
	{"parley", startOurs(connect.NewFromConfig(config))},
}

func startOfficial(client *official.Client) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := client.StartChatContact(ctx, &official.StartChatContactInput{
			InstanceId: aws.String(instance), ContactFlowId: aws.String(flow),
			ParticipantDetails: &officialtypes.ParticipantDetails{DisplayName: aws.String("Jane")},
			Attributes:         map[string]string{"order": "42"},
		})
		return err
	}
}

func startOurs(client *connect.Client) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := client.StartChatContact(ctx, &connect.StartChatContactInput{
			InstanceId: aws.String(instance), ContactFlowId: aws.String(flow),
			ParticipantDetails: &types.ParticipantDetails{DisplayName: aws.String("Jane")},
			Attributes:         map[string]string{"order": "42"},
		})
		return err
	}
}

func TestAllocations(t *testing.T) {
	var allocations [2]float64
	for i, s := range starters {
		allocations[i] = testing.AllocsPerRun(100, func() {
			if err := s.start(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	if 3*allocations[1] > allocations[0] {
		t.Errorf("ours allocates %v times, more than a third of the official module's %v", allocations[1], allocations[0])
	}
}

// BenchmarkStartChatContact measures each module with everything on but the network: signature, retries, token,
// validation, logging of nothing.
func BenchmarkStartChatContact(b *testing.B) {
	for _, s := range starters {
		b.Run(s.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := s.start(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkShare compares the two, turn and turn about, so that a busy machine is as busy for both: the median time of
// ours, the official module's being 1.
func BenchmarkShare(b *testing.B) {
	var shares []float64
	for b.Loop() {
		var took [2]time.Duration
		for i, s := range starters {
			began := time.Now()
			for range 20 {
				if err := s.start(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			took[i] = time.Since(began)
		}
		shares = append(shares, float64(took[1])/float64(took[0]))
	}
	slices.Sort(shares)
	b.ReportMetric(shares[len(shares)/2], "of-official")
	b.ReportMetric(0, "ns/op")
}
