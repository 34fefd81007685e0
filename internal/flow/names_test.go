package flow

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// placed is a name without its spans, in a line.
func placed(names []Name) []string {
	var lines []string
	for _, n := range names {
		lines = append(lines, fmt.Sprintf("%d %s %s: %s %q %q", n.Line, n.Action, strings.TrimPrefix(n.Pointer, "/Actions/"), n.Kind, n.Text, n.Shown))
	}
	return lines
}

const naming = `{"Version": "2019-10-30", "StartAction": "q",
 "Actions": [
  {"Identifier": "q", "Type": "UpdateContactTargetQueue", "Parameters": {"QueueId": "arn:aws:connect:us-east-1:1:instance/i\/queue\u002fq"}},
  {"Identifier": "r", "Type": "UpdateContactTargetQueue", "Parameters": {"QueueId": "$.Attributes.queue"}},
  {"Identifier": "hook", "Type": "UpdateContactEventHooks", "Parameters": {"EventHooks": {"CustomerQueue": "f1"}}},
  {"Identifier": "fn", "Type": "InvokeLambdaFunction", "Parameters": {"LambdaFunctionARN": "arn:aws:lambda:us-east-1:1:function:look-up",
     "LambdaInvocationAttributes": {"to": "arn:aws:sns:us-east-1:1:topic", "by": ["arn:x:$.Attributes.n", "plain"]}}},
  {"Identifier": "built", "Type": "InvokeLambdaFunction", "Parameters": {"LambdaFunctionARN": "arn:aws:lambda:$.AwsRegion:1:function:look-up"}},
  {"Identifier": "bot", "Type": "ConnectParticipantWithLexBot", "Parameters": {"Text": "arn:", "LexV2Bot": {"AliasArn": "arn:aws:lex:us-east-1:1:bot-alias/B/A"}}},
  {"Identifier": "say", "Type": "MessageParticipantIteratively", "Parameters": {"Messages": [{"Text": "a"}, {"PromptId": "p1"}]}},
  {"Identifier": "view", "Type": "ShowView", "Parameters": {"ViewResource": {"Id": "form", "Version": "Latest"}, "ViewData": {"QueueId": "Sales"}}},
  {"Identifier": "new", "Type": "TeleportContact", "Parameters": {"QueueId": "Sales", "FlowId": "arn:aws:connect:us-east-1:1:instance/i/contact-flow/f"}},
  {"Identifier": "hours", "Type": "CheckHoursOfOperation", "Parameters": {"HoursOfOperationId": "h1", "Unheard": "arn:y"}},
  {"Identifier": "none", "Type": "TransferContactToQueue"}],
 "Metadata": {"ActionMetadata": {
  "q": {"position": {"x": 1}, "queue": {"id": "arn:aws:connect:us-east-1:1:instance/i/queue/q", "text": "Support"}},
  "hook": {"parameters": {"EventHooks": {"CustomerQueue": {"displayName": "Waiting"}}}, "contactFlow": {"text": "f1", "id": "f1"}},
  "bot": {"lexV2BotName": "Other", "parameters": {"LexV2Bot": {"AliasArn": {"displayName": "Live", "lexV2BotName": "Orders"}}}},
  "say": {"parameters": {"Messages": [null, {"PromptId": {"displayName": null}}]}, "audio": [{"id": "x", "text": "Beep.wav"}, {"id": "p1", "text": "Music.wav"}]},
  "hours": {"Hours": {"text": "Office"}}}}}`

func TestNames(t *testing.T) {
	want := []string{
		`3 q 0/Parameters/QueueId: queue "arn:aws:connect:us-east-1:1:instance/i/queue/q" "Support"`,
		`5 hook 2/Parameters/EventHooks/CustomerQueue: contact-flow "f1" "Waiting"`,
		`6 fn 3/Parameters/LambdaFunctionARN: function "arn:aws:lambda:us-east-1:1:function:look-up" ""`,
		`7 fn 3/Parameters/LambdaInvocationAttributes/to:  "arn:aws:sns:us-east-1:1:topic" ""`,
		`9 bot 5/Parameters/Text:  "arn:" ""`,
		`9 bot 5/Parameters/LexV2Bot/AliasArn: bot-alias "arn:aws:lex:us-east-1:1:bot-alias/B/A" "Orders"`,
		`10 say 6/Parameters/Messages/1/PromptId: prompt "p1" "Music.wav"`,
		`11 view 7/Parameters/ViewResource/Id: view "form" ""`,
		`12 new 8/Parameters/FlowId:  "arn:aws:connect:us-east-1:1:instance/i/contact-flow/f" ""`,
		`13 hours 9/Parameters/HoursOfOperationId: operating-hours "h1" "Office"`,
		`13 hours 9/Parameters/Unheard:  "arn:y" ""`,
	}
	if diff := cmp.Diff(want, placed(parse(t, naming).Names())); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestRename(t *testing.T) {
	f := parse(t, naming)
	texts := textsOf(f.Names())
	if got := f.Rename(texts); got != naming {
		t.Errorf("the same texts change the content:\n%s", got)
	}
	texts[0], texts[1] = `Sales "north" & <south>`, "Warten"
	want := strings.NewReplacer(
		`"arn:aws:connect:us-east-1:1:instance/i\/queue\u002fq"`, `"Sales \"north\" & <south>"`,
		`"arn:aws:connect:us-east-1:1:instance/i/queue/q"`, `"Sales \"north\" & <south>"`,
		`"CustomerQueue": "f1"`, `"CustomerQueue": "Warten"`, `"text": "f1", "id": "f1"`, `"text": "f1", "id": "Warten"`,
	).Replace(naming)
	if diff := cmp.Diff(want, f.Rename(texts)); diff != "" {
		t.Errorf("renamed (-want +got):\n%s", diff)
	}
}

func textsOf(names []Name) []string {
	texts := make([]string, len(names))
	for i, n := range names {
		texts[i] = n.Text
	}
	return texts
}

// FuzzRename: the same texts change nothing, others stand where the old ones stood, and the way back leads to the same flow.
func FuzzRename(f *testing.F) {
	f.Add(naming)
	for _, content := range flowFiles(f) {
		f.Add(content)
	}
	f.Add(`{"Actions":[{"Identifier":"a","Type":"TransferToFlow","Parameters":{"ContactFlowId":"x","ContactFlowId":"x"}},{"Identifier":"a","Type":"TransferToFlow","Parameters":{"ContactFlowId":"x"}}],"Metadata":{"ActionMetadata":{"a":{"id":"x","l":["arn:x",{"id":"x"}]}}}}`)
	f.Fuzz(func(t *testing.T, content string) {
		before, err := Parse(content)
		if err != nil {
			return
		}
		old := textsOf(before.Names())
		if before.Rename(old) != content {
			t.Fatal("the same texts change the content")
		}
		next := make([]string, len(old))
		for i, text := range old {
			next[i] = "arn:é\"\\\n" + text
		}
		after, err := Parse(before.Rename(next))
		if err != nil {
			if len(before.Rename(next)) > maxContent {
				return
			}
			t.Fatalf("renamed: %v", err)
		}
		if got := textsOf(after.Names()); !slices.Equal(got, next) {
			t.Fatalf("renamed to %q, got %q", next, got)
		}
		if again := textsOf(parse(t, after.Rename(old)).Names()); !slices.Equal(again, old) {
			t.Fatalf("and back to %q, got %q", old, again)
		}
	})
}
