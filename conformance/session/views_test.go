package session

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/aws-sdk-go/service/connectparticipant"
)

const interactive = "application/vnd.amazonaws.connect.message.interactive"

// confirming is a flow that shows a view.
const confirming = `{"Version":"2019-10-30","StartAction":"show","Actions":[
{"Identifier":"show","Type":"ShowView","Parameters":{"ViewResource":{"Id":"confirmation"},"InvocationTimeLimitSeconds":"900","ViewData":{"Heading":"Done"}},"Transitions":{"NextAction":"end","Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["Next"]}}],"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"},{"NextAction":"end","ErrorType":"NoMatchingCondition"},{"NextAction":"end","ErrorType":"TimeLimitExceeded"}]}},
{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// viewing is a chat that shows a view, and the view's token.
func (w *world) viewing(t *testing.T) (*chat, string) {
	t.Helper()
	flow, err := w.connect.CreateContactFlow(t.Context(), &connect.CreateContactFlowInput{
		InstanceId: &w.InstanceId, Name: aws.String("confirming"), Type: types.ContactFlowTypeContactFlow, Content: aws.String(confirming),
	})
	if err != nil {
		t.Fatal(err)
	}
	c := w.connected(t, func(in *connect.StartChatContactInput) {
		in.ContactFlowId, in.SupportedMessagingContentTypes = flow.ContactFlowId, []string{"text/plain", interactive, interactive + ".response"}
	})
	if _, err := w.participant.CreateParticipantConnection(&connectparticipant.CreateParticipantConnectionInput{
		ParticipantToken: &c.bearer, ConnectParticipant: aws.Bool(true),
	}); err != nil {
		t.Fatal(err)
	}
	out, err := w.participant.GetTranscript(&connectparticipant.GetTranscriptInput{ConnectionToken: &c.token})
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range out.Transcript {
		var shown struct {
			Data struct {
				Content struct{ ViewToken string }
			}
		}
		if aws.ToString(it.ContentType) == interactive && json.Unmarshal([]byte(*it.Content), &shown) == nil {
			return c, shown.Data.Content.ViewToken
		}
	}
	t.Fatalf("no view is shown: %v", out)
	return nil, ""
}
