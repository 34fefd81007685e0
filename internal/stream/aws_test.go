package stream

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/internal/auth"
)

const (
	region = "eu-central-1"
	prefix = ":" + region + ":111122223333:"
)

// service is a fake of one service of Amazon at its protocol: it checks signatures and answers.
type service struct {
	name   string // as in signatures
	target string // X-Amz-Target; "" for the query protocol

	status int
	answer string
	got    []string // bodies
}

func (s *service) serve(t *testing.T) *aws.Config {
	t.Helper()
	keys := map[string]string{"AK": "hunter2"}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		v := &auth.Verifier{Region: region, Service: s.name, Secret: func(id string) (secret, session string, expires time.Time, ok bool) {
			secret, ok = keys[id]
			return secret, "", time.Time{}, ok
		}}
		sig, err := v.Check(r, 0)
		if err == nil {
			_, err = v.Verify(sig, r, "/", body)
		}
		if err != nil {
			t.Errorf("signature: %v", err)
		}
		wantType := "application/x-amz-json-1.1"
		if s.target == "" {
			wantType = "application/x-www-form-urlencoded"
		}
		if r.Method != "POST" || r.URL.Path != "/" || r.Header.Get("X-Amz-Target") != s.target || r.Header.Get("Content-Type") != wantType {
			t.Errorf("%s %s, %v", r.Method, r.URL, r.Header)
		}
		s.got = append(s.got, string(body))
		w.Header().Set("Content-Type", wantType)
		w.WriteHeader(s.status)
		_, _ = io.WriteString(w, s.answer)
	}))
	t.Cleanup(server.Close)
	return &aws.Config{
		BaseEndpoint: &server.URL, Region: "us-east-1", // the ARN's goes before it
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AK", SecretAccessKey: "hunter2"}, nil
		}),
	}
}

func TestSNS(t *testing.T) {
	t.Parallel()
	s := &service{name: "sns", status: 200, answer: `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">
		<PublishResult><MessageId>n1</MessageId></PublishResult><ResponseMetadata><RequestId>r1</RequestId></ResponseMetadata></PublishResponse>`}
	targets := open(t, Options{AWS: s.serve(t)})
	m := item()
	for _, arn := range []string{topic, topic + ".fifo"} {
		if err := targets.Send(t.Context(), arn, m); err != nil {
			t.Fatal(err)
		}
	}
	want := url.Values{
		"Action": {"Publish"}, "Version": {"2010-03-31"}, "TopicArn": {topic}, "Message": {string(m.Body)},
	}
	attributes := map[string]string{}
	for i, body := range s.got {
		form, err := url.ParseQuery(body)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []string{"1", "2"} {
			entry := "MessageAttributes.entry." + n
			if form.Get(entry+".Value.DataType") != "String" {
				t.Errorf("attribute %s is of type %q", n, form.Get(entry+".Value.DataType"))
			}
			attributes[form.Get(entry+".Name")] = form.Get(entry + ".Value.StringValue")
			for _, member := range []string{".Name", ".Value.DataType", ".Value.StringValue"} {
				form.Del(entry + member)
			}
		}
		if i == 1 {
			want.Set("TopicArn", topic+".fifo")
			want.Set("MessageGroupId", "C1")
			want.Set("MessageDeduplicationId", m.ID)
		}
		if diff := cmp.Diff(want, form); diff != "" {
			t.Errorf("request %d:\n%s", i, diff)
		}
	}
	if diff := cmp.Diff(map[string]string{"ContactId": "C1", "MessageVisibility": "ALL"}, attributes); diff != "" {
		t.Errorf("attributes:\n%s", diff)
	}
}

func TestEventBridge(t *testing.T) {
	t.Parallel()
	s := &service{name: "events", target: "AWSEvents.PutEvents", status: 200, answer: `{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}`}
	cfg := s.serve(t)
	bus := "arn:aws:events" + prefix + "event-bus/default"
	entry := func(source, detailType, detail string, resources ...any) map[string]any {
		e := map[string]any{
			"EventBusName": bus, "Source": source, "DetailType": detailType, "Detail": detail, "Time": float64(at.UnixMilli()) / 1000,
		}
		if len(resources) > 0 {
			e["Resources"] = resources
			e["Time"] = float64(at.Unix())
		}
		return map[string]any{"Entries": []any{e}}
	}
	for _, tt := range []struct {
		source string
		send   Message
		want   map[string]any
	}{
		{"", event(), entry("aws.connect", "Amazon Connect Contact Event", `{"eventType":"QUEUED"}`, "arn:i", "arn:c")},
		{"parley.connect", event(), entry("parley.connect", "Amazon Connect Contact Event", `{"eventType":"QUEUED"}`, "arn:i", "arn:c")},
		{"", item(), entry("aws.connect", "Amazon Connect Chat Item", string(item().Body))},
	} {
		if err := open(t, Options{AWS: cfg, EventSource: tt.source}).Send(t.Context(), bus, tt.send); err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal([]byte(s.got[len(s.got)-1]), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("request:\n%s", diff)
		}
	}

	targets := open(t, Options{AWS: cfg})
	for code, permanent := range map[string]bool{
		"InternalFailure": false, "ThrottlingException": false, "NotAuthorizedForSourceException": true, "MalformedDetail": true,
	} {
		s.answer = `{"FailedEntryCount":1,"Entries":[{"ErrorCode":"` + code + `","ErrorMessage":"no"}]}`
		err := targets.Send(t.Context(), bus, event())
		if failed, ok := errors.AsType[*Error](err); !ok || failed.Permanent != permanent || !strings.Contains(err.Error(), code) {
			t.Errorf("%s: %v, want permanent %v", code, err, permanent)
		}
	}
	broken := event()
	broken.Body = []byte("{")
	if failed, ok := errors.AsType[*Error](targets.Send(t.Context(), bus, broken)); !ok || !failed.Permanent {
		t.Error("an event that can not be read is tried again")
	}
}

func TestKinesis(t *testing.T) {
	t.Parallel()
	s := &service{name: "kinesis", target: "Kinesis_20131202.PutRecord", status: 200, answer: `{"SequenceNumber":"1","ShardId":"s"}`}
	targets := open(t, Options{AWS: s.serve(t)})
	m := event()
	m.Kind = Record
	if err := targets.Send(t.Context(), "arn:aws:kinesis"+prefix+"stream/records", m); err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal([]byte(s.got[0]), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"StreamARN": "arn:aws:kinesis" + prefix + "stream/records", "StreamName": "records", "PartitionKey": "C1",
		"Data": base64.StdEncoding.EncodeToString(m.Body),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("request:\n%s", diff)
	}
}

func TestFirehose(t *testing.T) {
	t.Parallel()
	s := &service{name: "firehose", target: "Firehose_20150804.PutRecord", status: 200, answer: `{"RecordId":"1"}`}
	targets := open(t, Options{AWS: s.serve(t)})
	m := event()
	if err := targets.Send(t.Context(), "arn:aws:firehose"+prefix+"deliverystream/records", m); err != nil {
		t.Fatal(err)
	}
	want := `{"DeliveryStreamName":"records","Record":{"Data":"` + base64.StdEncoding.EncodeToString(append(m.Body, '\n')) + `"}}`
	if s.got[0] != want {
		t.Errorf("request %s, want %s", s.got[0], want)
	}
}

// TestErrorsOfAmazon: what another key, right or hour mends is tried again, the rest is not.
func TestErrorsOfAmazon(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		status    int
		code      string
		permanent bool
	}{
		{400, "ResourceNotFoundException", true},
		{400, "InvalidArgumentException", true},
		{413, "RequestEntityTooLargeException", true},
		{400, "ProvisionedThroughputExceededException", false},
		{400, "KMSThrottlingException", false},
		{400, "ThrottlingException", false},
		{400, "AccessDeniedException", false},
		{400, "UnrecognizedClientException", false},
		{400, "ExpiredTokenException", false},
		{500, "InternalFailure", false},
		{503, "ServiceUnavailable", false},
		{429, "Whatever", false},
	} {
		t.Run(tt.code, func(t *testing.T) {
			t.Parallel()
			s := &service{
				name: "kinesis", target: "Kinesis_20131202.PutRecord", status: tt.status, answer: `{"__type":"` + tt.code + `","message":"because"}`,
			}
			err := open(t, Options{AWS: s.serve(t)}).Send(t.Context(), "arn:aws:kinesis"+prefix+"stream/records", event())
			failed, ok := errors.AsType[*Error](err)
			if !ok || failed.Permanent != tt.permanent || !strings.Contains(err.Error(), tt.code) || !strings.Contains(err.Error(), "because") {
				t.Errorf("%v, want permanent %v", err, tt.permanent)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error tells a secret: %v", err)
			}
			if len(s.got) != 1 {
				t.Errorf("it was tried %d times at once", len(s.got))
			}
		})
	}
	away := httptest.NewServer(nil)
	away.Close()
	cfg := (&service{}).serve(t)
	cfg.BaseEndpoint = &away.URL
	err := open(t, Options{AWS: cfg}).Send(t.Context(), topic, event())
	if failed, ok := errors.AsType[*Error](err); !ok || failed.Permanent {
		t.Errorf("a service that is away: %v, want a temporary error", err)
	}
	cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, errors.New("no key") })
	err = open(t, Options{AWS: cfg}).Send(t.Context(), topic, event())
	if failed, ok := errors.AsType[*Error](err); !ok || failed.Permanent {
		t.Errorf("without a key: %v, want a temporary error", err)
	}
}
