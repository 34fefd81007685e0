package badinput_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	ctypes "github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/conformance/badinput"
	"github.com/openparley/parley/conformance/harness"
)

const unknown = "5f0c7a52-8d0e-4b7e-9a39-0f5f0a1d7c11"

// TestBadInput sends requests that break one rule each. All are refused with the right exception, and nothing has changed.
func TestBadInput(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.chat(t)
	before := w.state(t)
	for _, op := range w.served(t) {
		t.Run(op.Service+"/"+op.Name, func(t *testing.T) {
			for _, c := range op.Cases(w.good(op)) {
				if c.Want == "" {
					continue
				}
				a := w.send(t, op, c.Request)
				if a.code != c.Want || a.status != op.Status(c.Want) {
					t.Errorf("%s: %v, want %d %s", c, a, op.Status(c.Want), c.Want)
				}
			}
		})
	}
	if diff := cmp.Diff(before, w.state(t)); diff != "" {
		t.Errorf("refused requests have changed something (-before +after):\n%s", diff)
	}
}

// TestEdges sends requests that just keep to the rules. They may be refused for what they ask, with an exception of the operation, but
// nothing finds fault with their shape, and nothing breaks.
func TestEdges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, op := range w.served(t) {
		t.Run(op.Service+"/"+op.Name, func(t *testing.T) {
			w.chat(t)
			for _, c := range op.Cases(w.good(op)) {
				if c.Want != "" {
					continue
				}
				if err := op.Decode(c.Request); err != nil {
					t.Errorf("%s is refused: %v", c, err)
				}
				w.mustAnswer(t, op, c.Request, c.String())
			}
		})
	}
}

// TestForeign asks for instances and contacts that do not exist.
func TestForeign(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, op := range w.served(t) {
		t.Run(op.Service+"/"+op.Name, func(t *testing.T) {
			w.chat(t)
			for _, member := range []string{"InstanceId", "ContactId", "InitialContactId"} {
				if op.Service != connect.Service.ID || !op.Takes(member) {
					continue
				}
				known := w.good(op)
				known[member] = unknown
				a := w.mustAnswer(t, op, op.Good(known), "unknown "+member)
				if op.Name == connect.StartOutboundChatContact.Name {
					continue // refused before, by a server without another channel
				}
				if op.Status("ResourceNotFoundException") != 0 && a.status != http.StatusNotFound && a.code != "ContactNotFoundException" {
					t.Errorf("unknown %s: %v, want ResourceNotFoundException", member, a)
				}
			}
		})
	}
}

// TestEnded asks for a contact that has ended.
func TestEnded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.chat(t)
	if _, err := w.connect().StopContact(t.Context(), &connect.StopContactInput{
		InstanceId: &w.InstanceId, ContactId: new(w.known["ContactId"].(string)),
	}); err != nil {
		t.Fatal(err)
	}
	for _, op := range w.served(t) {
		t.Run(op.Service+"/"+op.Name, func(t *testing.T) {
			a := w.mustAnswer(t, op, op.Good(w.good(op)), "an ended contact")
			if op.Service == participant.Service.ID && a.code != "AccessDeniedException" && op.Name != participant.GetTranscript.Name {
				t.Errorf("an ended chat: %v, want AccessDeniedException", a)
			}
		})
	}
}

// world is a server, and the chat that requests are about.
type world struct {
	*harness.Server
	known map[string]any // members by name
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return &world{Server: harness.Dev(t, "--quotas", "off", "--function", "mask=http://127.0.0.1:9/")}
}

func (w *world) keys() aws.Credentials {
	return aws.Credentials{AccessKeyID: w.AccessKeyId, SecretAccessKey: w.SecretAccessKey}
}

func (w *world) connect() *connect.Client {
	return connect.New(connect.Options{
		BaseEndpoint: &w.Endpoint, Region: w.Region,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return w.keys(), nil }),
	})
}

// chat starts a chat and makes it known, with a flow that nothing needs.
func (w *world) chat(t *testing.T) {
	t.Helper()
	flow, err := w.connect().CreateContactFlow(t.Context(), &connect.CreateContactFlowInput{
		InstanceId: &w.InstanceId, Name: new(rand.Text()), Type: ctypes.ContactFlowTypeContactFlow, Content: new(ending),
	})
	if err != nil {
		t.Fatal(err)
	}
	started, err := w.connect().StartChatContact(t.Context(), &connect.StartChatContactInput{
		InstanceId: &w.InstanceId, ContactFlowId: &w.ContactFlowId, ParticipantDetails: &ctypes.ParticipantDetails{DisplayName: new("Ana")},
	})
	if err != nil {
		t.Fatal(err)
	}
	made, err := w.connect().CreateView(t.Context(), &connect.CreateViewInput{
		InstanceId: &w.InstanceId, Name: new(rand.Text()), Status: ctypes.ViewStatusPublished,
		Content: &ctypes.ViewInputContent{Template: new(`{"Body":[]}`), Actions: []string{"Send"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	hours, err := w.connect().CreateHoursOfOperation(t.Context(), &connect.CreateHoursOfOperationInput{
		InstanceId: &w.InstanceId, Name: new(rand.Text()), TimeZone: new("UTC"), Config: []ctypes.HoursOfOperationConfig{},
	})
	if err != nil {
		t.Fatal(err)
	}
	holiday, err := w.connect().CreateHoursOfOperationOverride(t.Context(), &connect.CreateHoursOfOperationOverrideInput{
		InstanceId: &w.InstanceId, HoursOfOperationId: hours.HoursOfOperationId, Name: new("Holiday"),
		EffectiveFrom: new("2026-12-25"), EffectiveTill: new("2026-12-25"), Config: []ctypes.HoursOfOperationOverrideConfig{},
	})
	if err != nil {
		t.Fatal(err)
	}
	queue, err := w.connect().CreateQueue(t.Context(), &connect.CreateQueueInput{
		InstanceId: &w.InstanceId, Name: new(rand.Text()), HoursOfOperationId: hours.HoursOfOperationId,
	})
	if err != nil {
		t.Fatal(err)
	}
	prompt, err := w.connect().CreatePrompt(t.Context(), &connect.CreatePromptInput{
		InstanceId: &w.InstanceId, Name: new(rand.Text()), S3Uri: new("s3://prompts/hello.wav"),
	})
	if err != nil {
		t.Fatal(err)
	}
	module, err := w.connect().CreateContactFlowModule(t.Context(), &connect.CreateContactFlowModuleInput{
		InstanceId: &w.InstanceId, Name: new(rand.Text()), Content: new(returning),
	})
	if err != nil {
		t.Fatal(err)
	}
	test, err := w.connect().CreateTestCase(t.Context(), &connect.CreateTestCaseInput{
		InstanceId: &w.InstanceId, Name: new(rand.Text()), Content: new(greeted), Status: "SAVED",
	})
	if err != nil {
		t.Fatal(err)
	}
	client := participant.New(participant.Options{BaseEndpoint: &w.Endpoint})
	connection, err := client.CreateParticipantConnection(t.Context(), &participant.CreateParticipantConnectionInput{
		ParticipantToken: started.ParticipantToken, Type: []ptypes.ConnectionType{ptypes.ConnectionTypeConnectionCredentials},
		ConnectParticipant: new(true),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.known = map[string]any{
		"InstanceId": w.InstanceId, "ContactFlowId": *flow.ContactFlowId, "ViewId": *made.View.Id,
		"ContactFlowModuleId": *module.Id, "FlowId": *flow.ContactFlowId, "ResourceArn": *module.Arn,
		"HoursOfOperationId": *hours.HoursOfOperationId, "HoursOfOperationOverrideId": *holiday.HoursOfOperationOverrideId,
		"QueueId": *queue.QueueId, "PromptId": *prompt.PromptId, "TestCaseId": *test.TestCaseId,
		"ContactId": *started.ContactId, "InitialContactId": *started.ContactId,
		"ParticipantToken": *started.ParticipantToken, "ConnectionToken": *connection.ConnectionCredentials.ConnectionToken,
	}
}

// good are the members of a good request: those known, and those that the operation needs to make sense.
func (w *world) good(op badinput.Operation) map[string]any {
	known := maps.Clone(w.known)
	maps.Copy(known, sensible[op.Name])
	return known
}

// served are the operations that the server serves.
func (w *world) served(t *testing.T) []badinput.Operation {
	t.Helper()
	return slices.DeleteFunc(slices.Clone(operations), func(op badinput.Operation) bool {
		cases := op.Cases(w.known)
		bad := slices.IndexFunc(cases, func(c badinput.Case) bool { return c.Want != "" && c.Want != "AccessDeniedException" })
		return strings.Contains(w.send(t, op, cases[bad].Request).body, op.Name+" is not supported by Parley")
	})
}

// state is what can be read of the instance and the chat.
func (w *world) state(t *testing.T) map[string]string {
	t.Helper()
	read := map[string]string{}
	for _, op := range w.served(t) {
		switch op.Name {
		case "DescribeContact", "GetContactAttributes", "DescribeInstance", "ListContactFlows", "ListInstanceAttributes",
			"ListIntegrationAssociations", "ListLambdaFunctions", "ListBots", "ListLexBots", "ListAssociatedContacts", "ListViews", "ListHoursOfOperations", "ListHoursOfOperationOverrides", "SearchQueues", "ListPrompts":
			read[op.Name] = w.send(t, op, op.Good(w.good(op))).String()
		case "GetTranscript":
			known := w.good(op)
			known["MaxResults"] = json.RawMessage("100")
			read[op.Name] = w.send(t, op, op.Good(known)).String()
		}
	}
	return read
}

// answer is an answer of the server.
type answer struct {
	status int
	code   string // of an error
	body   string
}

func (a answer) String() string {
	const most = 400
	return fmt.Sprint(a.status, " ", a.body[:min(most, len(a.body))])
}

// send sends a request, signed when it is for the Connect service.
func (w *world) send(t *testing.T, op badinput.Operation, r badinput.Request) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), r.Method, w.Endpoint+r.Path+"?"+r.Query, bytes.NewReader(r.Body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = r.Header.Clone()
	if op.Service == connect.Service.ID {
		hash := sha256.Sum256(r.Body)
		if err := v4.NewSigner().SignHTTP(t.Context(), w.keys(), req, hex.EncodeToString(hash[:]), "connect", w.Region, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header.Get("X-Amzn-Errortype"), string(body)}
}

// mustAnswer sends a request and wants an answer, or an exception of the operation.
func (w *world) mustAnswer(t *testing.T, op badinput.Operation, r badinput.Request, what string) answer {
	t.Helper()
	a := w.send(t, op, r)
	if a.status >= 500 || a.code != "" && op.Status(a.code) != a.status {
		t.Errorf("%s: %v", what, a)
	}
	return a
}
