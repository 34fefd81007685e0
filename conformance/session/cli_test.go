package session

import (
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// cli returns what calls the AWS CLI, nil where it is not present.
func (w *world) cli(t *testing.T) func(args ...string) map[string]any {
	path, err := exec.LookPath("aws")
	if err != nil {
		t.Log("there is no AWS CLI here")
		return nil
	}
	return func(args ...string) map[string]any {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), path, append(args, "--endpoint-url", w.Endpoint, "--output", "json")...)
		cmd.Env = slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "AWS_") })
		cmd.Env = append(cmd.Env, "AWS_ACCESS_KEY_ID="+w.AccessKeyId, "AWS_SECRET_ACCESS_KEY="+w.SecretAccessKey, "AWS_DEFAULT_REGION="+w.Region,
			"AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_EC2_METADATA_DISABLED=true")
		var failed strings.Builder
		cmd.Stderr = &failed
		text, err := cmd.Output()
		if err != nil {
			t.Fatalf("aws %v: %v\n%s", args, err, failed.String())
		}
		out := map[string]any{}
		if len(strings.TrimSpace(string(text))) > 0 {
			if err := json.Unmarshal(text, &out); err != nil {
				t.Fatalf("aws %v: %s: %v", args, text, err)
			}
		}
		return out
	}
}

// TestCLI does with the AWS CLI what the README shows, where the CLI is present.
func TestCLI(t *testing.T) {
	w := newWorld(t)
	cli := w.cli(t)
	if cli == nil {
		return
	}
	started := cli("connect", "start-chat-contact", "--instance-id", w.InstanceId, "--contact-flow-id", w.flow,
		"--participant-details", "DisplayName=Ana", "--attributes", "plan=gold", "--initial-message", "ContentType=text/plain,Content=Guten Täg")
	contact, _ := started["ContactId"].(string)
	token, _ := started["ParticipantToken"].(string)
	connected := cli("connectparticipant", "create-participant-connection", "--no-sign-request",
		"--participant-token", token, "--type", "WEBSOCKET", "CONNECTION_CREDENTIALS")
	credentials, _ := connected["ConnectionCredentials"].(map[string]any)
	connection, _ := credentials["ConnectionToken"].(string)
	if connection == "" {
		t.Fatalf("connected with %v", connected)
	}
	cli("connectparticipant", "send-message", "--no-sign-request", "--connection-token", connection, "--content-type", "text/plain", "--content", "Hello")
	cli("connectparticipant", "send-event", "--connection-token", connection, "--content-type", typing) // signed with keys: ignored
	out := cli("connectparticipant", "get-transcript", "--no-sign-request", "--connection-token", connection, "--sort-order", "ASCENDING")
	var said []string
	transcript, _ := out["Transcript"].([]any)
	for _, it := range transcript {
		if text, ok := it.(map[string]any)["Content"].(string); ok {
			said = append(said, text)
		}
	}
	if got := strings.Join(said, ", "); got != "Guten Täg, One, Two, Hello" {
		t.Errorf("the transcript is %s", got)
	}
	attributes := cli("connect", "get-contact-attributes", "--instance-id", w.InstanceArn, "--initial-contact-id", contact)
	if got, _ := attributes["Attributes"].(map[string]any); got["plan"] != "gold" {
		t.Errorf("attributes are %v", attributes)
	}
	described := cli("connect", "describe-contact", "--instance-id", w.InstanceId, "--contact-id", contact)
	if got, _ := described["Contact"].(map[string]any); got["Id"] != contact || got["Channel"] != "CHAT" {
		t.Errorf("the contact is %v", described)
	}
	cli("connect", "update-contact", "--instance-id", w.InstanceId, "--contact-id", contact, "--name", "Größe",
		"--references", `{"shop":{"Type":"URL","Value":"https://example.com/"}}`)
	cli("connect", "tag-contact", "--instance-id", w.InstanceId, "--contact-id", contact, "--tags", "team=chat,cost=7")
	cli("connect", "untag-contact", "--instance-id", w.InstanceId, "--contact-id", contact, "--tag-keys", "cost", "nowhere")
	cli("connect", "update-contact-routing-data", "--instance-id", w.InstanceId, "--contact-id", contact, "--queue-priority", "1")
	described = cli("connect", "describe-contact", "--instance-id", w.InstanceId, "--contact-id", contact)
	changed, _ := described["Contact"].(map[string]any)
	if tags, _ := changed["Tags"].(map[string]any); changed["Name"] != "Größe" || len(tags) != 2 || tags["team"] != "chat" || changed["QueuePriority"] != 1.0 {
		t.Errorf("after its changes the contact is %v", described)
	}
	references := cli("connect", "list-contact-references", "--instance-id", w.InstanceId, "--contact-id", contact, "--reference-types", "URL", "NUMBER")
	if list, _ := references["ReferenceSummaryList"].([]any); len(list) != 1 {
		t.Errorf("references are %v", references)
	}
	tree := cli("connect", "list-associated-contacts", "--instance-id", w.InstanceId, "--contact-id", contact)
	if list, _ := tree["ContactSummaryList"].([]any); len(list) != 1 {
		t.Errorf("the tree is %v", tree)
	}
	segments := cli("connect", "list-realtime-contact-analysis-segments-v2", "--instance-id", w.InstanceId, "--contact-id", contact,
		"--output-type", "Raw", "--segment-types", "Transcript")
	if list, _ := segments["Segments"].([]any); len(list) != 4 || segments["Status"] != "IN_PROGRESS" {
		t.Errorf("segments are %v", segments)
	}
	cli("connectparticipant", "disconnect-participant", "--no-sign-request", "--connection-token", connection)
	if got := cli("connect", "list-contact-flows", "--instance-id", w.InstanceId); len(got) == 0 {
		t.Error("no flows are listed")
	}
}
