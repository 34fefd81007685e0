// Package function_test has flows call a function that its author wrote with the official library for Lambda.
package function_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/conformance/harness"
	"github.com/openparley/parley/internal/lambda"
	"github.com/openparley/parley/internal/lambda/host"
)

// handler builds the function.
func handler(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "handler")
	if out, err := exec.Command("go", "build", "-o", path, "./handler").CombinedOutput(); err != nil {
		t.Fatalf("build the function: %v\n%s", err, out)
	}
	return path
}

// TestFunctionBehindTheLambdaAPI calls it with the official client of Lambda.
func TestFunctionBehindTheLambdaAPI(t *testing.T) {
	t.Parallel()
	h, err := host.Open(map[string]string{"lookup": handler(t)}, host.Options{
		Region: "eu-central-1", Account: "111122223333", Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	f, err := lambda.New(lambda.Options{AWS: &aws.Config{
		BaseEndpoint: aws.String(h.Endpoint()), Region: "eu-central-1", Credentials: credentials.NewStaticCredentialsProvider("id", "secret", ""),
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	const arn = "arn:aws:lambda:eu-central-1:111122223333:function:lookup"
	const event = `{"Name":"ContactFlowEvent","Details":{"ContactData":{"Attributes":{"plan":"basic"},"Channel":"CHAT"},"Parameters":{"id":"ID"}}}`
	for _, name := range []string{"lookup", arn, arn + ":live"} {
		answer, err := f.Invoke(t.Context(), name, []byte(event))
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]string
		if err := json.Unmarshal(answer, &got); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{
			"tier": "gold", "id": "ID", "channel": "CHAT", "name": "ContactFlowEvent", "attribute": "basic", "function": arn, "by": "lookup",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	_, err = f.Invoke(t.Context(), arn, []byte(strings.Replace(event, "ID", "", 1)))
	if failed := (*lambda.FunctionError)(nil); !errors.As(err, &failed) || failed.Message != "no id" {
		t.Errorf("a function that fails: %v", err)
	}
	if id, err := f.Start(t.Context(), arn, []byte(event)); err != nil || id == "" {
		t.Errorf("asynchronously: %q, %v", id, err)
	}
	if _, err := f.Invoke(t.Context(), "nope", []byte(event)); err == nil || !strings.Contains(err.Error(), "ResourceNotFoundException") {
		t.Errorf("a function that is not there: %v", err)
	}
}

const flow = `{"Version":"2019-10-30","StartAction":"call","Actions":[
	{"Identifier":"call","Type":"InvokeLambdaFunction","Parameters":{"LambdaFunctionARN":"FUNCTION","InvocationTimeLimitSeconds":"8","LambdaInvocationAttributes":{"id":"$.Attributes.id"}},
		"Transitions":{"NextAction":"say","Errors":[{"NextAction":"wrong","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"say","Type":"MessageParticipant","Parameters":{"Text":"$.External.tier $.External.id $.External.attribute $.External.function"},"Transitions":{"NextAction":"pause","Errors":[{"NextAction":"pause","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"wrong","Type":"MessageParticipant","Parameters":{"Text":"wrong"},"Transitions":{"NextAction":"pause","Errors":[{"NextAction":"pause","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"pause","Type":"Wait","Parameters":{"TimeLimitSeconds":"3600"},"Transitions":{"NextAction":"end","Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}],"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// TestFunctionOfADevServer runs the function with parley dev and has flows call it by name and by ARN.
func TestFunctionOfADevServer(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:lambda:us-east-1:000000000000:function:lookup"
	folder := t.TempDir()
	args := []string{"--lambda", "lookup=" + handler(t)}
	for name, function := range map[string]string{"name": "lookup", "arn": arn, "text": "arn:aws:lambda:$.AwsRegion:000000000000:function:lookup:live"} {
		path := filepath.Join(folder, name+".json")
		if err := os.WriteFile(path, []byte(strings.Replace(flow, "FUNCTION", function, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--flow", path)
	}
	s := harness.Dev(t, args...)
	o := connect.Options{
		BaseEndpoint: &s.Endpoint, Region: s.Region, Credentials: credentials.NewStaticCredentialsProvider(s.AccessKeyId, s.SecretAccessKey, ""),
	}
	client := connect.New(o)
	listed, err := client.ListLambdaFunctions(t.Context(), &connect.ListLambdaFunctionsInput{InstanceId: &s.InstanceId})
	if err != nil || len(listed.LambdaFunctions) != 1 || listed.LambdaFunctions[0] != arn {
		t.Errorf("functions of the instance: %+v, %v", listed, err)
	}
	for _, tt := range []struct{ flow, id, want string }{
		{"name", "4711", "gold 4711 basic " + arn}, {"arn", "4712", "gold 4712 basic " + arn}, {"text", "4713", "gold 4713 basic " + arn}, {"name", "", "wrong"},
	} {
		flowID := s.Flows[tt.flow]
		started, err := client.StartChatContact(t.Context(), &connect.StartChatContactInput{
			InstanceId: &s.InstanceId, ContactFlowId: &flowID, ParticipantDetails: &types.ParticipantDetails{DisplayName: aws.String("Ana")},
			Attributes: map[string]string{"plan": "basic", "id": tt.id},
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := firstMessage(t, participant.New(o), *started.ParticipantToken); got != tt.want {
			t.Errorf("flow %s with id %q says %q, want %q", tt.flow, tt.id, got, tt.want)
		}
	}
}

// firstMessage connects and waits until something is said.
func firstMessage(t *testing.T, client *participant.Client, token string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	joined, err := client.CreateParticipantConnection(ctx, &participant.CreateParticipantConnectionInput{
		ParticipantToken: &token, ConnectParticipant: aws.Bool(true), Type: []ptypes.ConnectionType{"CONNECTION_CREDENTIALS"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for {
		out, err := client.GetTranscript(ctx, &participant.GetTranscriptInput{ConnectionToken: joined.ConnectionCredentials.ConnectionToken})
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range out.Transcript {
			if it.Type == "MESSAGE" {
				return *it.Content
			}
		}
		select {
		case <-ctx.Done():
			t.Fatal("nothing is said")
		case <-time.After(50 * time.Millisecond):
		}
	}
}
