package session

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	awsv1 "github.com/aws/aws-sdk-go/aws"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
)

// TestStartChatContactRules sends one input for each rule, at both edges where it has edges.
func TestStartChatContactRules(t *testing.T) {
	w := newWorld(t)
	client := w.once()
	const (
		invalid   = "InvalidRequestException"
		value     = "InvalidParameterException"
		anyOf400  = "400"
		notFound  = "ResourceNotFoundException"
		somewhere = "5f0c7a52-8d0e-4b7e-9a39-0f5f0a1d7c11"
	)
	str := strings.Repeat
	message := func(kind, text string) func(*connect.StartChatContactInput) {
		return func(in *connect.StartChatContactInput) {
			in.InitialMessage = &types.ChatMessage{ContentType: &kind, Content: &text}
			in.SupportedMessagingContentTypes = []string{"text/plain", "text/markdown", "application/json", "application/vnd.amazonaws.connect.message.interactive.response"}
		}
	}
	for _, c := range []struct {
		name string
		with func(*connect.StartChatContactInput)
		want string // "" is fine
	}{
		{"the shortest duration", func(in *connect.StartChatContactInput) { in.ChatDurationInMinutes = aws.Int32(60) }, ""},
		{"the longest duration", func(in *connect.StartChatContactInput) { in.ChatDurationInMinutes = aws.Int32(10080) }, ""},
		{"too short", func(in *connect.StartChatContactInput) { in.ChatDurationInMinutes = aws.Int32(59) }, anyOf400},
		{"too long", func(in *connect.StartChatContactInput) { in.ChatDurationInMinutes = aws.Int32(10081) }, anyOf400},
		{"the longest name", func(in *connect.StartChatContactInput) {
			in.ParticipantDetails.DisplayName = aws.String(str("ü", 256))
		}, ""},
		{"too long a name", func(in *connect.StartChatContactInput) {
			in.ParticipantDetails.DisplayName = aws.String(str("ü", 257))
		}, invalid},
		{"an empty name", func(in *connect.StartChatContactInput) { in.ParticipantDetails.DisplayName = aws.String("") }, invalid},
		{"an empty CustomerId", func(in *connect.StartChatContactInput) { in.CustomerId = aws.String("") }, invalid},
		{"the longest ClientToken", func(in *connect.StartChatContactInput) { in.ClientToken = aws.String(str("t", 500)) }, ""},
		{"too long a ClientToken", func(in *connect.StartChatContactInput) { in.ClientToken = aws.String(str("t", 501)) }, invalid},
		{"attributes of 32,768 bytes", func(in *connect.StartChatContactInput) {
			in.Attributes = map[string]string{"k": str("ü", 16380), "long": "12", "x": ""}
		}, ""},
		{"attributes of 32,769 bytes", func(in *connect.StartChatContactInput) {
			in.Attributes = map[string]string{"k": str("ü", 16380), "long": "123", "x": ""}
		}, anyOf400},
		{"the charset of keys", func(in *connect.StartChatContactInput) { in.Attributes = map[string]string{"aZ0-_": "ä<&>\n"} }, ""},
		{"another charset", func(in *connect.StartChatContactInput) { in.Attributes = map[string]string{"a b": "c"} }, anyOf400},
		{"no text/plain", func(in *connect.StartChatContactInput) { in.SupportedMessagingContentTypes = []string{"text/markdown"} }, anyOf400},
		{"an unknown type", func(in *connect.StartChatContactInput) {
			in.SupportedMessagingContentTypes = []string{"text/plain", "text/html"}
		}, anyOf400},
		{"a message of 1,024", message("text/plain", str("ü", 1024)), ""},
		{"a message of 1,025", message("text/plain", str("ü", 1025)), anyOf400},
		{"JSON of 12,000", message("application/json", `"`+str("x", 11998)+`"`), ""},
		{"JSON of 12,001", message("application/json", `"`+str("x", 11999)+`"`), anyOf400},
		{"no JSON", message("application/json", `{`), anyOf400},
		{"a response of 12,288", message("application/vnd.amazonaws.connect.message.interactive.response",
			`{"version":"1.0","action":"a","data":"`+str("x", 12288-40)+`"}`), ""},
		{"an interactive message", message("application/vnd.amazonaws.connect.message.interactive", `{}`), anyOf400},
		{"a type that the chat lacks", func(in *connect.StartChatContactInput) {
			in.InitialMessage = &types.ChatMessage{ContentType: aws.String("text/markdown"), Content: aws.String("x")}
		}, anyOf400},
		{"an unknown past chat", func(in *connect.StartChatContactInput) {
			in.PersistentChat = &types.PersistentChat{RehydrationType: types.RehydrationTypeFromSegment, SourceContactId: aws.String(somewhere)}
		}, notFound},
		{"an unknown related contact", func(in *connect.StartChatContactInput) { in.RelatedContactId = aws.String(somewhere) }, notFound},
		{"an unknown flow", func(in *connect.StartChatContactInput) { in.ContactFlowId = aws.String(somewhere) }, notFound},
		{"an unknown instance", func(in *connect.StartChatContactInput) { in.InstanceId = aws.String(somewhere) }, notFound},
		{"the draft", func(in *connect.StartChatContactInput) { in.ContactFlowId = aws.String(w.flow + ":$SAVED") }, ""},
		{"a segment attribute", func(in *connect.StartChatContactInput) {
			in.SegmentAttributes = map[string]types.SegmentAttributeValue{"vip": {ValueString: aws.String("yes")}, "n": {ValueInteger: aws.Int32(3)}}
		}, ""},
		{"a list of the customer's own", func(in *connect.StartChatContactInput) {
			in.SegmentAttributes = map[string]types.SegmentAttributeValue{"vip": {ValueList: []types.SegmentAttributeValue{{ValueString: aws.String("x")}}}}
		}, anyOf400},
		{"a guide without its types", func(in *connect.StartChatContactInput) {
			in.SegmentAttributes = map[string]types.SegmentAttributeValue{"connect:Subtype": {ValueString: aws.String("connect:Guide")}}
		}, anyOf400},
		{"who leaves with the customer", func(in *connect.StartChatContactInput) {
			in.DisconnectOnCustomerExit = []types.DisconnectOnCustomerExitParticipantType{types.DisconnectOnCustomerExitParticipantTypeAgent}
		}, ""},
		{"how bots answer", func(in *connect.StartChatContactInput) {
			in.ParticipantConfiguration = &types.ParticipantConfiguration{ResponseMode: types.ResponseModeIncremental}
		}, ""},
		{"an unknown response mode", func(in *connect.StartChatContactInput) {
			in.ParticipantConfiguration = &types.ParticipantConfiguration{ResponseMode: "NONSENSE"}
		}, value},
	} {
		in := w.input()
		c.with(in)
		_, err := client.StartChatContact(t.Context(), in)
		got := ""
		if e, ok := errors.AsType[smithy.APIError](err); ok {
			got = e.ErrorCode()
			if c.want == anyOf400 && (got == invalid || got == value) {
				got = anyOf400
			}
		} else if err != nil {
			t.Fatal(err)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q (%v)", c.name, got, c.want, err)
		}
	}
}

func TestAttributesMergeUpToTheirLimit(t *testing.T) {
	w := newWorld(t)
	c := w.start(t, func(in *connect.StartChatContactInput) { in.Attributes = map[string]string{"a": "1", "b": "2"} })
	update := func(attributes map[string]string) error {
		_, err := w.once().UpdateContactAttributes(t.Context(), &connect.UpdateContactAttributesInput{
			InstanceId: &w.InstanceId, InitialContactId: &c.contact, Attributes: attributes,
		})
		return err
	}
	if err := update(map[string]string{"b": "3", "c": strings.Repeat("x", 32768-5)}); err != nil {
		t.Error(err)
	}
	if err := update(map[string]string{"d": ""}); err == nil {
		t.Error("32,769 bytes were taken")
	}
	out, err := w.connect.GetContactAttributes(t.Context(), &connect.GetContactAttributesInput{InstanceId: &w.InstanceId, InitialContactId: &c.contact})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"a": "1", "b": "3", "c": strings.Repeat("x", 32763)}, out.Attributes); diff != "" {
		t.Error(diff)
	}
}

func TestFlowErrors(t *testing.T) {
	w := newWorld(t)
	ctx, client := t.Context(), w.once()
	create := func(name, content string, status types.ContactFlowStatus) (string, error) {
		out, err := client.CreateContactFlow(ctx, &connect.CreateContactFlowInput{
			InstanceId: &w.InstanceId, Name: &name, Type: types.ContactFlowTypeContactFlow, Content: &content, Status: status,
		})
		if err != nil {
			return "", err
		}
		return *out.ContactFlowId, nil
	}
	_, err := create("bad", strings.Replace(twoWords, `"MessageParticipant"`, `"MessageParticipants"`, 1), "")
	if e, ok := errors.AsType[*types.InvalidContactFlowException](err); !ok || len(e.Problems) == 0 || aws.ToString(e.Problems[0].Message) == "" {
		t.Errorf("an invalid flow: %v", err)
	}
	_, err = create("two words", twoWords, "")
	if _, ok := errors.AsType[*types.DuplicateResourceException](err); !ok {
		t.Errorf("a name that is taken: %v", err)
	}
	draft, err := create("draft", strings.Replace(twoWords, `"MessageParticipant"`, `"MessageParticipants"`, 1), types.ContactFlowStatusSaved)
	if err != nil {
		t.Fatalf("a draft with faults: %v", err)
	}
	_, err = client.DescribeContactFlow(ctx, &connect.DescribeContactFlowInput{InstanceId: &w.InstanceId, ContactFlowId: &draft})
	if _, ok := errors.AsType[*types.ContactFlowNotPublishedException](err); !ok {
		t.Errorf("a flow that is only a draft: %v", err)
	}
	in := w.input()
	in.ContactFlowId = &draft
	if _, err = client.StartChatContact(ctx, in); err == nil {
		t.Error("a flow that is only a draft starts chats")
	}
}

// TestFlowThatNamesNoQueue: resources that a flow names are looked up when it is published.
func TestFlowThatNamesNoQueue(t *testing.T) {
	w := newWorld(t)
	content := `{"Version":"2019-10-30","StartAction":"q","Actions":[
{"Identifier":"q","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"` + w.InstanceArn + `/queue/nowhere"},"Transitions":{"NextAction":"t","Errors":[{"NextAction":"say","ErrorType":"NoMatchingError"}]}},
{"Identifier":"t","Type":"TransferContactToQueue","Parameters":{},"Transitions":{"NextAction":"say","Errors":[{"NextAction":"say","ErrorType":"QueueAtCapacity"},{"NextAction":"say","ErrorType":"NoMatchingError"}]}},
{"Identifier":"say","Type":"MessageParticipant","Parameters":{"Text":"no queue"},"Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`
	_, err := w.once().CreateContactFlow(t.Context(), &connect.CreateContactFlowInput{
		InstanceId: &w.InstanceId, Name: aws.String("nowhere"), Type: types.ContactFlowTypeContactFlow, Content: &content,
	})
	if _, ok := errors.AsType[*types.InvalidContactFlowException](err); !ok {
		t.Errorf("a flow that names a queue which is not there: %v", err)
	}
}

// TestContentTypesOfAChat: no participant may send a type outside the chat's list.
func TestContentTypesOfAChat(t *testing.T) {
	w := newWorld(t)
	c := w.connected(t, func(in *connect.StartChatContactInput) {
		in.SupportedMessagingContentTypes = []string{"application/json", "text/plain", "application/vnd.amazonaws.connect.message.interactive.response"}
	})
	for body, status := range map[string]int{
		`{"ContentType":"text/plain","Content":"x"}`:        200,
		`{"ContentType":"application/json","Content":"{}"}`: 200,
		`{"ContentType":"application/json","Content":"{"}`:  400,
		`{"ContentType":"text/markdown","Content":"x"}`:     400,
		`{"ContentType":"application/vnd.amazonaws.connect.message.interactive.response","Content":"{\"version\":\"1.0\",\"action\":\" \"}"}`: 200,
		`{"ContentType":"application/vnd.amazonaws.connect.message.interactive.response","Content":"{\"version\":\"1.0\"}"}`:                  400,
		`{"ContentType":"text/plain","Content":""}`:                                                   400,
		`{"ContentType":"text/plain"}`:                                                                400,
		`{"ContentType":"text/plain","Content":"` + strings.Repeat("x", 16384) + `"}`:                 200,
		`{"ContentType":"text/plain","Content":"` + strings.Repeat("ü", 8193) + `"}`:                  400,
		`{"ContentType":"text/plain","Content":"x","ClientToken":"` + strings.Repeat("t", 501) + `"}`: 400,
		`{"ContentType":"text/plain","Content":"\u0000"}`:                                             400,
		"{\"ContentType\":\"text/plain\",\"Content\":\"\xff\"}":                                       400,
	} {
		if a := w.post(t, "message", c.token, body); a.status != status {
			t.Errorf("%.120s: want %d: %v", body, status, a)
		}
	}
	for _, it := range c.transcript(t) {
		if awsv1.StringValue(it.ContentType) == "text/markdown" {
			t.Error("a refused message is in the transcript")
		}
	}
}
