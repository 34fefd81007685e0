package browser

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/openparley/parley/internal/llm/llmtest"
)

const modelFlow = `{"Version":"2019-10-30","StartAction":"bot","Actions":[
	{"Identifier":"bot","Type":"ConnectParticipantWithLexBot","Parameters":{"Text":"Hello!","LexV2Bot":{"AliasArn":"helper"}},
		"Transitions":{"NextAction":"end","Conditions":[],"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"},{"NextAction":"end","ErrorType":"NoMatchingCondition"}]}},
	{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// TestChatJSJoinsParts: chatjs 5 shows the answer of a language model while it grows, and who comes back in between has it whole.
// Source: participant-wire sheet, 10.6.
func TestChatJSJoinsParts(t *testing.T) {
	eachMajor(t, func(t *testing.T, version string, page *tab) {
		if version != majors[0].version { // older ones know no parts
			return
		}
		goOn := make(chan struct{}, 3)
		model := llmtest.Start(t, func(w http.ResponseWriter, r *http.Request) {
			for i, part := range []string{"Tea", " grows", " in", " Assam."} {
				if i > 0 {
					select {
					case <-goOn:
					case <-r.Context().Done():
						return
					}
				}
				llmtest.Raw(llmtest.Parts(part)...)(w, r)
			}
			llmtest.Raw(llmtest.Stop)(w, r)
		})
		folder := t.TempDir()
		for name, text := range map[string]string{
			"flow.json": modelFlow, "bot.yaml": fmt.Sprintf("llm: {url: %q, model: small}\n", model.URL),
		} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		server := startDev(t, "--flow", filepath.Join(folder, "flow.json"), "--bot", "helper="+filepath.Join(folder, "bot.yaml"))
		out, err := server.client().StartChatContact(t.Context(), &connect.StartChatContactInput{
			InstanceId: &server.InstanceId, ContactFlowId: aws.String(server.Flows["flow"]),
			ParticipantDetails:       &types.ParticipantDetails{DisplayName: aws.String("Ana")},
			ParticipantConfiguration: &types.ParticipantConfiguration{ResponseMode: types.ResponseModeIncremental},
		})
		if err != nil {
			t.Fatal(err)
		}
		chat := ids{*out.ContactId, *out.ParticipantId, *out.ParticipantToken}
		page.begin(server.Endpoint, chat)
		js[struct{ Id string }](page, "send('Where does tea grow?')")
		page.until("texts().includes('Tea')")
		other := join(t, server.Endpoint, chat)
		for _, it := range other.transcript(t) {
			if strings.HasPrefix(it.Content, "Tea") {
				t.Errorf("the transcript has %q before it is whole", it.Content)
			}
		}
		for _, grown := range []string{"Tea grows", "Tea grows in", "Tea grows in Assam."} {
			goOn <- struct{}{}
			page.until("texts().includes(%q)", grown)
		}
		page.until("seen.items.some((item) => item.MessageMetadata && item.MessageMetadata.MessageCompleted)")
		heard := js[[]string](page, "seen.items.filter((item) => item.MessageMetadata).map((item) => item.Id + ' ' + item.Content)")
		if id, _, _ := strings.Cut(heard[0], " "); !slices.Equal(slices.Compact(heard), []string{
			id + " Tea", id + " Tea grows", id + " Tea grows in", id + " Tea grows in Assam.",
		}) {
			t.Errorf("the page heard %q", heard)
		}
		var kept []string
		for _, it := range other.transcript(t) {
			if it.Type == "MESSAGE" {
				kept = append(kept, it.Content)
			}
		}
		if want := []string{"Hello!", "Where does tea grow?", "Tea grows in Assam."}; !slices.Equal(kept, want) {
			t.Errorf("the transcript has %q, want %q", kept, want)
		}
	})
}
