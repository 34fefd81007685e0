package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/server"
)

// startDev runs a dev server on a free port and waits until it is ready.
func startDev(t *testing.T, args ...string) (*program, server.Ready) {
	t.Helper()
	p := start(t, append([]string{"dev", "--json", "--listen", "127.0.0.1:0"}, args...)...)
	var ready server.Ready
	if err := json.Unmarshal([]byte(p.waitFor(&p.stdout, "Endpoint", 0)), &ready); err != nil {
		t.Fatal(err)
	}
	return p, ready
}

func client(r server.Ready) *connect.Client {
	return connect.New(connect.Options{
		BaseEndpoint: &r.Endpoint, Region: r.Region,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: r.AccessKeyId, SecretAccessKey: r.SecretAccessKey}, nil
		}),
	})
}

func startChat(t *testing.T, r server.Ready, flow string) string {
	t.Helper()
	out, err := client(r).StartChatContact(t.Context(), &connect.StartChatContactInput{
		InstanceId: &r.InstanceId, ContactFlowId: &flow, ParticipantDetails: &types.ParticipantDetails{DisplayName: new("Ana")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return *out.ContactId
}

func TestDevReadyLine(t *testing.T) {
	p, ready := startDev(t)
	var members map[string]any
	if err := json.Unmarshal([]byte(p.stdout.String()), &members); err != nil {
		t.Fatalf("stdout is not one line of JSON: %v", err)
	}
	want := map[string]any{
		"Endpoint": ready.Endpoint, "Region": "us-east-1", "AccessKeyId": "parley", "SecretAccessKey": "parley",
		"InstanceId":    "00000000-0000-4000-8000-000000000001",
		"InstanceArn":   "arn:aws:connect:us-east-1:000000000000:instance/00000000-0000-4000-8000-000000000001",
		"ContactFlowId": "00000000-0000-4000-8000-000000000101",
		"Agents":        []any{}, "Functions": map[string]any{},
	}
	flows, _ := members["Flows"].(map[string]any)
	delete(members, "Flows")
	if diff := cmp.Diff(want, members); diff != "" {
		t.Errorf("ready line (-want +got):\n%s", diff)
	}
	if flows["Welcome"] != ready.ContactFlowId || len(flows) < 2 {
		t.Errorf("flows %v", flows)
	}
	if !strings.HasPrefix(ready.Endpoint, "http://127.0.0.1:") {
		t.Errorf("endpoint %s", ready.Endpoint)
	}
	get(t, ready.Endpoint+"/healthz", http.StatusOK)
	get(t, ready.Endpoint+"/readyz", http.StatusOK)
	get(t, ready.Endpoint+"/demo", http.StatusOK)
	startChat(t, ready, ready.ContactFlowId)
	p.stop()
}

func TestDevText(t *testing.T) {
	p := start(t, "dev", "--listen", "127.0.0.1:0")
	p.waitFor(&p.stdout, "Ctrl-C stops", 0)
	for _, want := range []string{
		"Parley is ready at http://127.0.0.1:",
		"aws connect start-chat-contact --endpoint-url http://127.0.0.1:",
		"--instance-id 00000000-0000-4000-8000-000000000001",
		"--contact-flow-id 00000000-0000-4000-8000-000000000101",
		"--participant-details DisplayName=",
		"/demo",
	} {
		if !strings.Contains(p.stdout.String(), want) {
			t.Errorf("the start text lacks %q", want)
		}
	}
	p.stop()
}

// failure runs parley to its end, which must be a failure that says why.
func failure(t *testing.T, args []string, wants ...string) {
	t.Helper()
	p := start(t, args...)
	if code := p.exitCode(); code == 0 {
		t.Fatalf("parley %s: exit code 0", strings.Join(args, " "))
	}
	for _, want := range wants {
		if !strings.Contains(p.stderr.String(), want) {
			t.Errorf("parley %s: stderr lacks %q:\n%s", strings.Join(args, " "), want, p.stderr.String())
		}
	}
}

func TestDevFailures(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	failure(t, []string{"dev", "--listen", taken.Addr().String()}, "port "+port+" is in use", "--listen")
	failure(t, []string{"dev", "--listen", "0.0.0.0:0"}, "--allow-remote")
	failure(t, []string{"dev", "--listen", "nonsense"}, "nonsense")
	failure(t, []string{"dev", "--quotas", "amazon"}, "self", "aws")
	failure(t, []string{"dev", "--listen", "127.0.0.1:0", "--flow", filepath.Join(t.TempDir(), "none.json")}, "none.json")
}

func TestDevDataFolder(t *testing.T) {
	data := filepath.Join(t.TempDir(), "deep", "data")
	p, ready := startDev(t, "--data", data)
	contact := startChat(t, ready, ready.ContactFlowId)

	failure(t, []string{"dev", "--listen", "127.0.0.1:0", "--data", data}, "in use by another process", "another folder with --data")
	p.stop()

	p, ready = startDev(t, "--data", data)
	if _, err := client(ready).DescribeContact(t.Context(), &connect.DescribeContactInput{
		InstanceId: &ready.InstanceId, ContactId: &contact,
	}); err != nil {
		t.Errorf("chat of the first run: %v", err)
	}
	p.stop()
}

const (
	goodFlow = `{"Version":"2019-10-30","StartAction":"say","Actions":[
  {"Identifier":"say","Type":"MessageParticipant","Parameters":{"Text":"TEXT"},"Transitions":{"NextAction":"bye"}},
  {"Identifier":"bye","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}
]}`
	badFlow = `{"Version":"2019-10-30","StartAction":"say","Actions":[
  {"Identifier":"say","Type":"MessageParticipant","Parameters":{"Text":"TEXT"},
   "Transitions":{"NextAction":"nowhere"}}
]}`
)

func TestDevBadFlow(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct{ name, content, says string }{
		{"syntax.json", "{\n\"Version\": oops\n}", "syntax.json:2: "},
		{"check.json", badFlow, "check.json:3: "},
	} {
		file := filepath.Join(dir, tt.name)
		write(t, file, tt.content)
		failure(t, []string{"dev", "--listen", "127.0.0.1:0", "--flow", file}, tt.says)
	}
}

func TestDevReloadsFlows(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hello there.json")
	first := strings.ReplaceAll(goodFlow, "TEXT", "one")
	write(t, file, first)
	p, ready := startDev(t, "--flow", file)
	id := ready.Flows["hello there"]
	if id == "" {
		t.Fatalf("the flow is not listed under its file name: %v", ready.Flows)
	}
	content := func() string {
		out, err := client(ready).DescribeContactFlow(t.Context(), &connect.DescribeContactFlowInput{
			InstanceId: &ready.InstanceId, ContactFlowId: &id,
		})
		if err != nil {
			t.Fatal(err)
		}
		return *out.ContactFlow.Content
	}
	if got := content(); got != first {
		t.Errorf("content %q, want that of the file", got)
	}

	write(t, file, badFlow)
	p.waitFor(&p.stderr, "hello there.json:3: ", 0)
	p.waitFor(&p.stderr, "stays as it was", 0)
	if got := content(); got != first {
		t.Errorf("content %q after a bad file, want the old one", got)
	}

	second := strings.ReplaceAll(goodFlow, "TEXT", "two two")
	write(t, file, second)
	p.waitFor(&p.stderr, "loaded again", 0)
	if got := content(); got != second {
		t.Errorf("content %q, want that of the saved file", got)
	}
	startChat(t, ready, id)
	p.stop()

	// The id depends on the name alone, so that scripts may keep it.
	p, again := startDev(t, "--flow", file)
	if again.Flows["hello there"] != id {
		t.Errorf("id %s in the next run, want %s", again.Flows["hello there"], id)
	}
	p.stop()
}

// TestDevFlowNames: files name each other and what is there; what is not there is told, and the flow is loaded all the same.
func TestDevFlowNames(t *testing.T) {
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first.json"), filepath.Join(dir, "second.json")
	to := func(queue, flow string) string {
		return `{"Version":"2019-10-30","StartAction":"queue","Actions":[
  {"Identifier":"queue","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"` + queue + `"},"Transitions":{"NextAction":"go","Errors":[{"NextAction":"bye","ErrorType":"NoMatchingError"}]}},
  {"Identifier":"go","Type":"TransferToFlow","Parameters":{"ContactFlowId":"` + flow + `"},"Transitions":{"NextAction":"bye","Errors":[{"NextAction":"bye","ErrorType":"NoMatchingError"}]}},
  {"Identifier":"bye","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}
]}`
	}
	write(t, first, to(server.DevQueue, "second"))
	write(t, second, to(server.DevQueue, "third"))
	p, ready := startDev(t, "--flow", first, "--flow", second)
	p.waitFor(&p.stderr, `second.json:3: There is no flow "third"`, 0)
	if strings.Contains(p.stderr.String(), "first.json") {
		t.Errorf("first.json names what is there:\n%s", p.stderr.String())
	}
	out, err := client(ready).DescribeContactFlow(t.Context(), &connect.DescribeContactFlowInput{
		InstanceId: &ready.InstanceId, ContactFlowId: new(ready.Flows["first"]),
	})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(*out.ContactFlow.Content, "contact-flow/"+ready.Flows["second"]) {
		t.Errorf("the name of the other flow is not its ARN:\n%s", *out.ContactFlow.Content)
	}
	p.stop()
}

// TestDevFolder: a folder is loaded as a whole, and again when something in it changes.
func TestDevFolder(t *testing.T) {
	dir := t.TempDir()
	p, ready := startDev(t)
	if e := flowsOf(t, ready, "export", dir); e.exitCode() != 0 {
		t.Fatalf("export: %s", e.stderr.String())
	}
	p.stop()
	hello := filepath.Join(dir, "flows", "Hello.json")
	write(t, hello, strings.ReplaceAll(goodFlow, "TEXT", "one"))
	p, ready = startDev(t, "--flow", dir)
	id := ready.Flows["Hello"]
	if id == "" || strings.Contains(p.stderr.String(), "request") {
		t.Errorf("flows %v\n%s", ready.Flows, p.stderr.String())
	}
	write(t, hello, badFlow)
	p.waitFor(&p.stderr, "flows/Hello.json:3: ", 0)
	p.waitFor(&p.stderr, "stays as it was", 0)
	write(t, hello, strings.ReplaceAll(goodFlow, "TEXT", "two"))
	p.waitFor(&p.stderr, "loaded again", 0)
	out, err := client(ready).DescribeContactFlow(t.Context(), &connect.DescribeContactFlowInput{InstanceId: &ready.InstanceId, ContactFlowId: &id})
	if err != nil || !strings.Contains(*out.ContactFlow.Content, "two") {
		t.Errorf("after saving: %v, %v", out, err)
	}
	p.stop()
	write(t, hello, badFlow)
	failure(t, []string{"dev", "--listen", "127.0.0.1:0", "--flow", dir}, "flows/Hello.json:3: ")
}

func TestDevConvertsFlows(t *testing.T) {
	file := filepath.Join(t.TempDir(), "old.json")
	write(t, file, `{"modules": [{"id": "say", "type": "PlayPrompt", "parameters": [{"name": "Text", "value": "Hello"}],
"branches": [{"condition": "Success", "transition": "bye"}]}, {"id": "bye", "type": "Disconnect"}], "start": "say", "type": "contactFlow"}`)
	p, ready := startDev(t, "--flow", file)
	p.waitFor(&p.stderr, "old.json is in the older format", 0)
	startChat(t, ready, ready.Flows["old"])
	p.stop()
}

// write replaces a file as an editor does.
func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file+".new", []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		t.Fatal(err)
	}
}

// TestDevBot: a bot is an address, or what a file says of it.
func TestDevBot(t *testing.T) {
	t.Parallel()
	if b, err := devBot("http://127.0.0.1:9000/"); err != nil || b.URL != "http://127.0.0.1:9000/" || b.LLM != nil {
		t.Errorf("an address is %+v (%v)", b, err)
	}
	file := filepath.Join(t.TempDir(), "bot.yaml")
	for text, want := range map[string]string{
		"llm: {url: http://127.0.0.1:11434/v1, model: small, timeout: 40s}": "",
		"llm: {url: http://127.0.0.1:11434/v1, modle: small}":               "unknown field \"modle\"",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := devBot(file)
		if want == "" && (err != nil || b.LLM == nil || b.LLM.Timeout != 40*time.Second) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s is %+v (%v), want %q", text, b.LLM, err, want)
		}
	}
	if _, err := devBot(filepath.Join(t.TempDir(), "none.yaml")); err == nil {
		t.Error("a file that is not there is a bot")
	}
}
