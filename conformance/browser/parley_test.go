package browser

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/openparley/parley/conformance/harness"
)

// parley is a running `parley dev`.
type parley struct{ *harness.Server }

// startDev starts `parley dev` on a free port, or where args say.
func startDev(t *testing.T, args ...string) *parley {
	t.Helper()
	return &parley{harness.Dev(t, args...)}
}

// ids names a chat and lets its customer in.
type ids struct{ ContactId, ParticipantId, ParticipantToken string }

// startChat starts a chat as a website's backend does.
func (p *parley) startChat(t *testing.T, attributes map[string]string) ids {
	t.Helper()
	var out struct {
		Data struct{ StartChatResult ids }
	}
	post(t, p.Endpoint+"/parley/v1/chats", "", map[string]any{
		"InstanceId": p.InstanceId, "ContactFlowId": p.ContactFlowId, "Attributes": attributes,
		"ParticipantDetails":             map[string]string{"DisplayName": "Ana"},
		"SupportedMessagingContentTypes": []string{"text/plain", "text/markdown"},
	}, &out)
	return out.Data.StartChatResult
}

// client is the official client of the server.
func (p *parley) client() *connect.Client {
	return newClient(p.Endpoint, p.AccessKeyId, p.SecretAccessKey)
}

func newClient(endpoint, key, secret string) *connect.Client {
	return connect.New(connect.Options{
		BaseEndpoint: &endpoint, Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider(key, secret, ""),
	})
}

// invite asks an agent to join a chat.
func (p *parley) invite(t *testing.T, chat ids, name string) ids {
	t.Helper()
	out, err := p.client().CreateParticipant(t.Context(), &connect.CreateParticipantInput{
		InstanceId: &p.InstanceId, ContactId: &chat.ContactId,
		ParticipantDetails: &types.ParticipantDetailsToAdd{DisplayName: &name, ParticipantRole: types.ParticipantRoleAgent},
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids{chat.ContactId, *out.ParticipantId, *out.ParticipantCredentials.ParticipantToken}
}

// participant is a side of a chat that calls the API without a browser.
type participant struct{ endpoint, connectionToken string }

// join enters a chat on a connection of its own.
func join(t *testing.T, endpoint string, chat ids) participant {
	t.Helper()
	var out struct {
		ConnectionCredentials struct{ ConnectionToken string }
	}
	post(t, endpoint+"/participant/connection", chat.ParticipantToken, map[string]any{
		"Type": []string{"CONNECTION_CREDENTIALS"}, "ConnectParticipant": true,
	}, &out)
	return participant{endpoint, out.ConnectionCredentials.ConnectionToken}
}

func (c participant) call(t *testing.T, operation string, in, out any) {
	t.Helper()
	post(t, c.endpoint+"/participant/"+operation, c.connectionToken, in, out)
}

// send sends a message and returns its id.
func (c participant) send(t *testing.T, text string) string {
	t.Helper()
	var out struct{ Id string }
	c.call(t, "message", map[string]string{"ContentType": "text/plain", "Content": text}, &out)
	return out.Id
}

// item is an entry of the transcript.
type item struct{ Id, AbsoluteTime, Type, ContentType, Content, ParticipantId, ParticipantRole string }

// transcript reads all of the chat, oldest first.
func (c participant) transcript(t *testing.T) []item {
	t.Helper()
	var all []item
	in := map[string]any{"MaxResults": 100, "ScanDirection": "FORWARD", "SortOrder": "ASCENDING"}
	for {
		var page struct {
			Transcript []item
			NextToken  string
		}
		c.call(t, "transcript", in, &page)
		all = append(all, page.Transcript...)
		if page.NextToken == "" {
			return all
		}
		in["NextToken"] = page.NextToken
	}
}

// post sends JSON with a bearer token and wants a 200.
func post(t *testing.T, url, bearer string, in, out any) {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if bearer != "" {
		req.Header.Set("X-Amz-Bearer", bearer)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("POST %s: status %d, %v: %s", url, res.StatusCode, err, text)
	}
	if err := json.Unmarshal(text, out); err != nil {
		t.Fatalf("POST %s: %v in %s", url, err, text)
	}
}
