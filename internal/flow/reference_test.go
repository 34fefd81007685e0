package flow

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReferences(t *testing.T) {
	facts := Facts{
		ContactID: "c1", InitialContactID: "c0", PreviousContactID: "cp", RelatedContactID: "cr",
		InstanceARN: "arn:i", Region: "eu-central-1", Channel: "CHAT", InitiationMethod: "API",
		Name: "the name", Description: "the description", CustomerID: "cust", LanguageCode: "en-US",
		InitialMessage: "hello", CustomerName: "Ann",
		Attributes: map[string]string{"a": "A", "b": "B", "order id": "7", "a-b_c": "dash", "x/y": "slash", "last": "L", "name": "N", "größe": "XL"},
		SegmentAttributes: map[string]any{
			"connect:Subtype":                "connect:Chat",
			"connect:CustomerAuthentication": map[string]any{"Status": "OK"},
		},
		Tags:      map[string]string{"team": "red"},
		QueueName: "BasicQueue", QueueARN: "arn:q",
	}
	state := State{
		FlowAttributes: map[string]string{"queue/gold": "Q", "f": "F"},
		Results: map[string]json.RawMessage{
			"External": json.RawMessage(`{"s":"text","n":12345678901234567890.10,"b":true,"o":{"k":["x",{"y":"Y"}]},"null":null,"html":{"a":"<&>"}}`),
			"Metrics":  json.RawMessage(`{"Queue":{"Size":3}}`),
			"broken":   json.RawMessage(`{`),
		},
	}
	for _, tt := range []struct{ text, want string }{
		{"plain", "plain"},
		{"", ""},
		{"$.Attributes.a", "A"},
		{"$.Attributes['a']", "A"},
		{`$.Attributes["order id"]`, "7"},
		{"$.Attributes.['order id']", "7"},
		{"$['Attributes']['order id']", "7"},
		{"$.['Attributes'].a", "A"},
		{"$.Attributes.größe.", "XL."},
		{"$.Attributes.a-b_c!", "dash!"},
		{"Hello $.Attributes.name, you are $.External.n.", "Hello N, you are 12345678901234567890.10."},
		{"$.Attributes.a$.Attributes.b", "AB"},
		{"arn:aws:lex:$.AwsRegion:bot", "arn:aws:lex:eu-central-1:bot"},
		{"<speak>$.Attributes.a</speak>", "<speak>A</speak>"},
		{"$.Attributes.a/$.Attributes.b", "A/B"},
		{"it costs $5.00 or $.50 or $ or $a or $.", "it costs $5.00 or $.50 or $ or $a or $."},
		{"$[", "$["},
		{"$['", "$['"},
		{"$['']", "$['']"},
		{"$[x]", "$[x]"},
		{"$.Nope[", "["},
		{"$.Nope[1x]", "[1x]"},
		{"$.Attributes.a..b", "A..b"},
		{"$.Attributes.nope", ""},
		{"[$.Attributes.nope]", "[]"},
		{"$.Nowhere.at.all", ""},
		{"$.FlowAttributes.f", "F"},
		{"$.FlowAttributes['queue/gold']", "Q"},
		{"$.External.s", "text"},
		{"$.LambdaInvocation.ResultData.s", "text"},
		{"$.External.b", "true"},
		{"$.External.o.k[0]", "x"},
		{"$.External.o.k.1.y", "Y"},
		{"$.External.o.k[2]", ""},
		{"$.External.o.k[-1]", `["x",{"y":"Y"}][-1]`},
		{"$.External.o", `{"k":["x",{"y":"Y"}]}`},
		{"$.External.html", `{"a":"<&>"}`},
		{"$.External.null", ""},
		{"$.External.s.deeper", ""},
		{"$.broken.x", ""},
		{"$.Metrics.Queue.Size", "3"},
		{"$.Lex.IntentName", ""},
		{"$.StoredCustomerInput", ""},
		{"$.Media.InitialMessage", "hello"},
		{"$.Channel $.ContactId $.InitialContactId $.PreviousContactId $.RelatedContactId", "CHAT c1 c0 cp cr"},
		{"$.InstanceARN $.AwsRegion $.InitiationMethod", "arn:i eu-central-1 API"},
		{"$.Name $.Description $.CustomerId $.LanguageCode", "the name the description cust en-US"},
		{"$.Channel.x", ""},
		{"$.Queue.Name $.Queue.ARN $.Queue.Nope", "BasicQueue arn:q "},
		{"$.CustomerEndpoint.DisplayName", "Ann"},
		{"$.CustomerEndpoint.Address", ""},
		{"$.SegmentAttributes['connect:Subtype']", "connect:Chat"},
		{"$.SegmentAttributes['connect:CustomerAuthentication']['Status']", "OK"},
		{"$.Tags.team", "red"},
		{"$.Tags", `{"team":"red"}`},
		{"$.SegmentAttributes.nope", ""},
	} {
		r := run{state: &state, facts: &facts}
		if got, _ := r.text(compileText(tt.text)); got != tt.want {
			t.Errorf("text %q reads %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestMissingReferences(t *testing.T) {
	r := run{state: &State{}, facts: &Facts{}}
	for _, s := range []string{
		"$.Queue.Name", "$.Name", "$.Attributes", "$.Attributes.a", "$.SegmentAttributes", "$.Tags.x", "$.Media.InitialMessage",
		"$.CustomerEndpoint.DisplayName", "$.External.a", "$.External",
	} {
		if got, ok := r.text(compileText(s)); ok {
			t.Errorf("%s reads %q, want missing", s, got)
		}
	}
}

func TestValueIsOneReference(t *testing.T) {
	for _, tt := range []struct {
		value string
		want  reference // nil: a text
	}{
		{"$.Attributes.queue", reference{"Attributes", "queue"}},
		{"$.FlowAttributes.queue/gold", reference{"FlowAttributes", "queue/gold"}},
		{"$.FlowAttributes.queue/gold.arn:x", reference{"FlowAttributes", "queue/gold", "arn:x"}},
		{"$.Attributes.a$.Attributes.b", nil},
		{"$.Attributes.a b", nil},
		{"$.Channel/x", nil},
		{"$.Attributes['a']x", nil},
		{"x$.Attributes.a", nil},
		{"arn:aws:connect", nil},
	} {
		got, ok := compileValue(tt.value).reference()
		if ok != (tt.want != nil) || !cmp.Equal(got, tt.want) {
			t.Errorf("compileValue(%q) is the reference %q, want %q", tt.value, got, tt.want)
		}
	}
}

func FuzzReferences(f *testing.F) {
	for _, s := range []string{"$.Attributes.a", "Hi $.Attributes['order id'], $.External.x[0].y!", "$[", "$.['a'].b$['c']", "$.a.0", "$$.a..", "ä$.ä[\"ä\"]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := run{state: &State{}, facts: &Facts{}}
		literals := ""
		for _, compiled := range []template{compileText(s), compileValue(s)} {
			literals = ""
			for _, p := range compiled.parts {
				if p.ref != nil && (len(p.ref) == 0 || p.literal != "" || p.ref[0] == "") {
					t.Errorf("%q has the part %+v", s, p)
				}
				literals += p.literal
			}
			if got, _ := r.text(compiled); len(got) > len(s) {
				t.Errorf("%q grows to %q without any value", s, got)
			}
		}
		if !strings.Contains(s, "$") && literals != s {
			t.Errorf("text %q without references became %q", s, literals)
		}
	})
}
