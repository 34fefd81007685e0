package flow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const aliasARN = "arn:aws:lex:eu-west-1:000000000000:bot-alias/BOT/LIVE"

func TestConnectBot(t *testing.T) {
	facts := Facts{
		ContactID: "c1", Region: "eu-west-1", FlowType: "CONTACT_FLOW", InitialMessage: "my order",
		Attributes: map[string]string{"name": "Ann", "seconds": "300", "long": strings.Repeat("ä", 1025)},
	}
	branches := []string{"Order", never, "!NoMatchingCondition", "!InputTimeLimitExceeded"}
	const v2 = `"LexV2Bot": {"AliasArn": "arn:aws:lex:$.AwsRegion:000000000000:bot-alias/BOT/LIVE"}`
	asked := func(prompt, initial string, attributes string, timeout int64) string {
		return fmt.Sprintf(`ConnectBot {"AliasARN":%q,"Name":"","Alias":"","Where":"","Prompt":%q,"Initial":%q,"Attributes":%s,"Timeout":%d}`,
			aliasARN, prompt, initial, attributes, timeout)
	}
	order := []Input{{Kind: Answered, Event: "Order", Data: json.RawMessage(`{"IntentName":"Order"}`)}}
	took := func(effect string) []string { return []string{effect, "→ Order", "End"} }
	failsAtOnce := []string{"→ !NoMatchingError", "End"}
	for _, tt := range []struct {
		name, params string
		inputs       []Input
		want         []string
	}{
		{"text", `{"Text": "Hi $.Attributes.name", ` + v2 + `}`, order, took(asked("Hi Ann", "", "null", 0))},
		{"speech under Text", `{"Text": "<speak>Hi <b>Ann</b></speak>", ` + v2 + `}`, order, took(asked("Hi Ann", "", "null", 0))},
		{"SSML", `{"SSML": "<speak>Hi &amp; ho</speak>", ` + v2 + `}`, order, took(asked("Hi & ho", "", "null", 0))},
		{"audio by id", `{"PromptId": "p", ` + v2 + `}`, nil, failsAtOnce},
		{"audio by place", `{"Media": {"Uri": "s3://b/f.wav", "SourceType": "S3", "MediaType": "Audio"}, ` + v2 + `}`, nil, failsAtOnce},
		{"nothing to say", `{"Text": "$.Attributes.nope", ` + v2 + `}`, nil, failsAtOnce},
		{"said first", `{"LexInitializationData": {"InitialMessage": "$.Media.InitialMessage"}, ` + v2 + `}`, order, took(asked("", "my order", "null", 0))},
		{"nothing said first", `{"LexInitializationData": {"InitialMessage": "$.Attributes.nope"}, ` + v2 + `}`, nil, failsAtOnce},
		{"too much said first", `{"LexInitializationData": {"InitialMessage": "$.Attributes.long"}, ` + v2 + `}`, nil, failsAtOnce},
		{
			"attributes", `{"Text": "Hi", "LexSessionAttributes": {"who-$.Attributes.name": "$.ContactId", "no": "$.Attributes.nope"}, ` + v2 + `}`,
			order,
			took(asked("Hi", "", `{"no":"","who-Ann":"c1"}`, 0)),
		},
		{"attributes that are none", `{"Text": "Hi", "LexSessionAttributes": "x", ` + v2 + `}`, nil, failsAtOnce},
		{
			"timeout by reference", `{"Text": "Hi", "LexTimeoutSeconds": {"Text": "$.Attributes.seconds"}, ` + v2 + `}`,
			[]Input{{Kind: TimedOut}},
			[]string{asked("Hi", "", "null", 300_000_000_000), "→ !InputTimeLimitExceeded", "End"},
		},
		{"shortest timeout", `{"Text": "Hi", "LexTimeoutSeconds": {"Text": "60"}, ` + v2 + `}`, order, took(asked("Hi", "", "null", 60_000_000_000))},
		{"longest timeout", `{"Text": "Hi", "LexTimeoutSeconds": {"Text": "604800"}, ` + v2 + `}`, order, took(asked("Hi", "", "null", 604_800_000_000_000))},
		{"timeout too short", `{"Text": "Hi", "LexTimeoutSeconds": {"Text": "59"}, ` + v2 + `}`, nil, failsAtOnce},
		{"timeout too long", `{"Text": "Hi", "LexTimeoutSeconds": {"Text": "604801"}, ` + v2 + `}`, nil, failsAtOnce},
		{"timeout that is no number", `{"Text": "Hi", "LexTimeoutSeconds": {"Text": "$.Attributes.name"}, ` + v2 + `}`, nil, failsAtOnce},
		{"no bot", `{"Text": "Hi"}`, nil, failsAtOnce},
		{"bot by reference to nothing", `{"Text": "Hi", "LexV2Bot": {"AliasArn": "$.Attributes.nope"}}`, nil, failsAtOnce},
		{"classic bot without alias", `{"Text": "Hi", "LexBot": {"Name": "Orders", "Region": "us-east-1"}}`, nil, failsAtOnce},
		{
			"classic bot", `{"Text": "Hi", "LexBot": {"Name": "Orders", "Region": "us-east-1", "Alias": "$.Attributes.name"}}`,
			order,
			took(`ConnectBot {"AliasARN":"","Name":"Orders","Alias":"Ann","Where":"us-east-1","Prompt":"Hi","Initial":"","Attributes":null,"Timeout":0}`),
		},
		{"another intent", `{"Text": "Hi", ` + v2 + `}`, []Input{{Kind: Answered, Event: "Refund", Data: json.RawMessage(`{}`)}}, []string{asked("Hi", "", "null", 0), "→ !NoMatchingCondition", "End"}},
		{"bot that fails", `{"Text": "Hi", ` + v2 + `}`, []Input{failed}, []string{asked("Hi", "", "null", 0), "→ !NoMatchingError", "End"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := playing{t: t, flow: actionUnderTest(t, "ConnectParticipantWithLexBot", tt.params, branches...), facts: facts, state: Start(2)}
			if diff := cmp.Diff(tt.want, p.play(tt.inputs...)); diff != "" {
				t.Errorf("effects (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReferencesToTheAnswerOfABot(t *testing.T) {
	p := playing{t: t, flow: parse(t, document(t,
		`{"Identifier": "bot", "Type": "ConnectParticipantWithLexBot", "Parameters": {"Text": "Hi", "LexV2Bot": {"AliasArn": "b"}}, "Transitions": {"NextAction": "say"}}`,
		`{"Identifier": "say", "Type": "MessageParticipant", "Parameters": {"Text": "$.Lex.IntentName $.Lex.Slots.size $.Lex.Slots.nope $.Lex.SessionAttributes['a b'] $.Lex.DialogState $.Lex.IntentConfidence.Score $.Lex.SentimentResponse.Label $.Lex.SentimentResponse.Scores.Positive $.Lex.AlternativeIntents.Refund.IntentConfidence.Score"}, "Transitions": {}}`,
	))}
	got := p.play(Input{Kind: Answered, Event: "Order", Data: json.RawMessage(`{"IntentName": "Order", "Slots": {"size": "XL"}, "SessionAttributes": {"a b": "1"},
		"DialogState": "Fulfilled", "IntentConfidence": {"Score": 0.90}, "SentimentResponse": {"Label": "POSITIVE", "Scores": {"Positive": 0.7}},
		"AlternativeIntents": {"Refund": {"IntentName": "Refund", "IntentConfidence": {"Score": 0.1}}}}`)})
	if want := "Say Order XL  1 Fulfilled 0.90 POSITIVE 0.7 0.1"; !slices.Contains(got, want) {
		t.Errorf("the flow gives %q, want %q among it", got, want)
	}
}
