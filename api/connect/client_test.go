package connect_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
)

type credentials aws.Credentials

func (c credentials) Retrieve(context.Context) (aws.Credentials, error) {
	if c.AccessKeyID == "" {
		return aws.Credentials{}, errors.New("no key")
	}
	return aws.Credentials(c), nil
}

var session = credentials{AccessKeyID: "AKID", SecretAccessKey: "secret", SessionToken: "session"}

// sign signs again what has arrived; the result must be what the client sent along.
func sign(t *testing.T, r *http.Request, body []byte) string {
	t.Helper()
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil {
		t.Error(err)
	}
	again, err := http.NewRequestWithContext(t.Context(), r.Method, "http://"+r.Host+r.RequestURI, bytes.NewReader(body))
	if err != nil {
		t.Error(err)
	}
	for _, name := range []string{"Amz-Sdk-Invocation-Id", "Amz-Sdk-Request", "Content-Type"} {
		if value := r.Header.Get(name); value != "" {
			again.Header.Set(name, value)
		}
	}
	hash := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(t.Context(), aws.Credentials(session), again, hex.EncodeToString(hash[:]), "connect", "eu-west-2", at); err != nil {
		t.Error(err)
	}
	return again.Header.Get("Authorization")
}

func TestClient(t *testing.T) {
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if got, want := r.Header.Get("Authorization"), sign(t, r, body); got != want {
			t.Errorf("Authorization\n%s\nwant\n%s", got, want)
		}
		if r.Header.Get("X-Amz-Security-Token") != "session" {
			t.Error("no session token")
		}
		got = r.Method + " " + r.URL.EscapedPath() + " " + string(body)
		switch r.Method {
		case "GET":
			_, _ = w.Write([]byte(`{"ContactFlow":{"Id":"f"}}`))
		default:
			w.Header().Set("X-Amzn-ErrorType", "InvalidContactFlowException")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"problems":[{"message":"No start"}]}`))
		}
	}))
	defer server.Close()
	client := connect.New(connect.Options{BaseEndpoint: new(server.URL + "/base"), Region: "eu-west-2", Credentials: session})

	out, err := client.DescribeContactFlow(t.Context(), &connect.DescribeContactFlowInput{
		InstanceId: new("i"), ContactFlowId: new(flowARN + ":$SAVED"),
	})
	want := "GET /base/contact-flows/i/arn%3Aaws%3Aconnect%3Aus-east-1%3A123456789012%3Ainstance%2Fi%2Fcontact-flow%2Ff%3A%24SAVED "
	if err != nil || *out.ContactFlow.Id != "f" || got != want {
		t.Errorf("error %v, request %s, want %s", err, got, want)
	}

	_, err = client.UpdateContactFlowContent(t.Context(), &connect.UpdateContactFlowContentInput{
		InstanceId: new("i"), ContactFlowId: new("f"), Content: new("{}"),
	})
	invalid, ok := errors.AsType[*types.InvalidContactFlowException](err)
	want = `POST /base/contact-flows/i/f/content {"Content":"{}"}`
	if !ok || *invalid.Problems[0].Message != "No start" || got != want {
		t.Errorf("error %v, request %s, want %s", err, got, want)
	}
}

func TestClientFailsBeforeSending(t *testing.T) {
	nowhere := new("http://127.0.0.1:1")
	tests := map[string]connect.Options{
		"failed to resolve service endpoint, endpoint rule error, Invalid Configuration: Missing Region":  {},
		"failed to resolve service endpoint, failed to parse uri :: parse \":\": missing protocol scheme": {BaseEndpoint: new(":")},
		"failed to bind endpoint params, invalid input region a.b":                                        {Region: "a.b"},
		"get identity: get credentials: no key":                                                           {BaseEndpoint: nowhere, Credentials: credentials{}},
		"https response error StatusCode: 0, RequestID: , request send failed, Get \"http://127.0.0.1:1/instance\"": {
			BaseEndpoint: nowhere, Retryer: aws.NopRetryer{},
		},
	}
	for want, o := range tests {
		want = "operation error Connect: ListInstances, " + want
		if _, err := connect.New(o).ListInstances(t.Context(), nil); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// recorder keeps the URL of a request it does not send.
type recorder struct{ url string }

func (r *recorder) Do(req *http.Request) (*http.Response, error) {
	r.url = req.URL.String()
	return nil, errors.New("not sent")
}

func TestClientGoesToTheRegionWithoutAnEndpoint(t *testing.T) {
	var r recorder
	client := connect.New(connect.Options{Region: "eu-west-2", HTTPClient: &r, Retryer: aws.NopRetryer{}})
	_, err := client.DescribeInstance(t.Context(), &connect.DescribeInstanceInput{InstanceId: new("i")})
	if err == nil || r.url != "https://connect.eu-west-2.amazonaws.com/instance/i" {
		t.Errorf("error %v, URL %s", err, r.url)
	}
}
