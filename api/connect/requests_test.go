package connect_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

const (
	instanceARN = "arn:aws:connect:us-east-1:123456789012:instance/i"
	flowARN     = instanceARN + "/contact-flow/f"
)

// richStart has every kind of value a request can hold, among them explicit empty ones.
func richStart() *connect.StartChatContactInput {
	return &connect.StartChatContactInput{
		ContactFlowId: new(flowARN),
		InstanceId:    new("i"),
		ParticipantDetails: &types.ParticipantDetails{
			DisplayName: new("<Zoé> & \"Co\" \\ \u2028\u2029 \U0001f600 \x01\b\f\n\r\t\x7f"),
		},
		Attributes:               map[string]string{"k<>&é": ""},
		ChatDurationInMinutes:    new(int32(0)),
		ClientToken:              new(""),
		DisconnectOnCustomerExit: []types.DisconnectOnCustomerExitParticipantType{types.DisconnectOnCustomerExitParticipantTypeAgent},
		InitialMessage:           &types.ChatMessage{ContentType: new("text/plain"), Content: new("hi")},
		ParticipantConfiguration: &types.ParticipantConfiguration{},
		PersistentChat: &types.PersistentChat{
			RehydrationType: types.RehydrationTypeFromSegment, SourceContactId: new("s"),
		},
		SegmentAttributes: map[string]types.SegmentAttributeValue{"a": {
			ValueInteger: new(int32(-5)),
			ValueList:    []types.SegmentAttributeValue{{ValueString: new("x")}, {}},
			ValueMap:     map[string]types.SegmentAttributeValue{},
		}},
		SupportedMessagingContentTypes: []string{},
	}
}

// The body is what the official Go SDK, service/connect v1.175.2, sends for the same input.
func TestEncodeRequestIsThatOfTheOfficialSDK(t *testing.T) {
	const want = `{"Attributes":{"k<>&é":""},"ChatDurationInMinutes":0,"ClientToken":"",` +
		`"ContactFlowId":"arn:aws:connect:us-east-1:123456789012:instance/i/contact-flow/f",` +
		`"DisconnectOnCustomerExit":["AGENT"],"InitialMessage":{"Content":"hi","ContentType":"text/plain"},` +
		`"InstanceId":"i","ParticipantConfiguration":{},` +
		`"ParticipantDetails":{"DisplayName":"<Zoé> & \"Co\" \\ \u2028\u2029 😀 \u0001\u0008\u000c\n\r\t` + "\x7f" + `"},` +
		`"PersistentChat":{"RehydrationType":"FROM_SEGMENT","SourceContactId":"s"},` +
		`"SegmentAttributes":{"a":{"ValueInteger":-5,"ValueList":[{"ValueString":"x"},{}],"ValueMap":{}}},` +
		`"SupportedMessagingContentTypes":[]}`
	method, u, header, body, err := connect.StartChatContact.EncodeRequest(parse(t, "http://localhost/base/"), richStart())
	if err != nil {
		t.Fatal(err)
	}
	if got := string(body); got != want {
		t.Errorf("body\n%s\nwant\n%s", got, want)
	}
	if got := method + " " + u.String(); got != "PUT http://localhost/base/contact/chat" {
		t.Errorf("request %s", got)
	}
	if want := (http.Header{"Content-Type": {"application/json"}}); !cmp.Equal(header, want) {
		t.Errorf("header %v, want %v", header, want)
	}
}

func TestEncodeRequestSortsMaps(t *testing.T) {
	in := &connect.UpdateContactAttributesInput{
		InstanceId: new("i"), InitialContactId: new("c"), Attributes: map[string]string{"b": "2", "c": "3", "a": "1"},
	}
	_, _, _, body, err := connect.UpdateContactAttributes.EncodeRequest(parse(t, "http://localhost"), in)
	want := `{"Attributes":{"a":"1","b":"2","c":"3"},"InitialContactId":"c","InstanceId":"i"}`
	if err != nil || string(body) != want {
		t.Errorf("body %s, error %v, want %s", body, err, want)
	}
}

// Labels, queries and the presence of a body are what the official Go SDK sends.
func TestEncodeRequestBindings(t *testing.T) {
	base := parse(t, "https://chat.example/parley/")
	type sent struct{ Request, ContentType, Body string }
	encode := func(method string, u *url.URL, h http.Header, body []byte, err error) sent {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return sent{method + " " + u.String(), h.Get("Content-Type"), string(body)}
	}
	list := encode(connect.ListContactFlows.EncodeRequest(base, &connect.ListContactFlowsInput{
		InstanceId:       new(instanceARN),
		ContactFlowTypes: []types.ContactFlowType{"CONTACT_FLOW", "CUSTOMER_QUEUE"},
		MaxResults:       new(int32(7)),
		NextToken:        new("a b+c/é&"),
	}))
	rename := encode(connect.UpdateContactFlowName.EncodeRequest(base, &connect.UpdateContactFlowNameInput{
		InstanceId: new("i"), ContactFlowId: new("f:$SAVED~-._ é"),
	}))
	instances := encode(connect.ListInstances.EncodeRequest(base, nil))
	got := []sent{list, rename, instances}
	want := []sent{
		{Request: "GET https://chat.example/parley/contact-flows-summary/" +
			"arn%3Aaws%3Aconnect%3Aus-east-1%3A123456789012%3Ainstance%2Fi" +
			"?contactFlowTypes=CONTACT_FLOW&contactFlowTypes=CUSTOMER_QUEUE&maxResults=7&nextToken=a%20b%2Bc%2F%C3%A9%26"},
		{"POST https://chat.example/parley/contact-flows/i/f%3A%24SAVED~-._%20%C3%A9/name", "application/json", "{}"},
		{Request: "GET https://chat.example/parley/instance"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestEncodeRequestListsWhatIsMissing(t *testing.T) {
	tests := map[string]func() error{
		"required members are missing: InitialMessage.Content, InitialMessage.ContentType, InstanceId, ParticipantDetails": func() error {
			in := &connect.StartChatContactInput{ContactFlowId: new(""), InitialMessage: &types.ChatMessage{}}
			_, _, _, _, err := connect.StartChatContact.EncodeRequest(parse(t, "http://localhost"), in)
			return err
		},
		"input member InstanceId must not be empty": func() error {
			in := &connect.DescribeInstanceInput{InstanceId: new("")}
			_, _, _, _, err := connect.DescribeInstance.EncodeRequest(parse(t, "http://localhost"), in)
			return err
		},
		"required members are missing: ContactId, InstanceId": func() error {
			_, _, _, _, err := connect.StopContact.EncodeRequest(parse(t, "http://localhost"), nil)
			return err
		},
	}
	for want, encode := range tests {
		if err := encode(); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func start(body string) (*connect.StartChatContactInput, error) {
	return connect.StartChatContact.DecodeRequest(&wire.Request{Body: []byte(body)})
}

func TestDecodeRequestReadsWhatWasSent(t *testing.T) {
	in := richStart()
	in.Attributes = map[string]string{"k-1_K": ""}
	in.ChatDurationInMinutes = new(int32(60))
	_, _, _, body, err := connect.StartChatContact.EncodeRequest(parse(t, "http://localhost"), in)
	if err != nil {
		t.Fatal(err)
	}
	got, err := start(string(body))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestDecodeRequestIsLenientWhereClientsDiffer(t *testing.T) {
	const least = `"InstanceId":"i","ContactFlowId":"f","ParticipantDetails":{"DisplayName":"Ana"}`
	want := &connect.StartChatContactInput{
		InstanceId: new("i"), ContactFlowId: new("f"),
		ParticipantDetails: &types.ParticipantDetails{DisplayName: new("Ana")},
	}
	sixty, empty := *want, *want
	sixty.ChatDurationInMinutes = new(int32(60))
	empty.Attributes, empty.DisconnectOnCustomerExit = map[string]string{}, []types.DisconnectOnCustomerExitParticipantType{}
	tests := []struct {
		name, body string
		want       *connect.StartChatContactInput
	}{
		{"the least", "{" + least + "}", want},
		{"blanks", " {\n\t" + strings.ReplaceAll(least, ":", " : ") + "\r} ", want},
		{"escapes", `{"\u0049nstanceId":"\u0069","ContactFlowId":"f","ParticipantDetails":{"DisplayName":"An\u0061"}}`, want},
		{"null is absent", "{" + least + `,"Attributes":null,"ClientToken":null,"InitialMessage":null}`, want},
		{"unknown members", "{" + least + `,"New":{"a":[1,{"b":null}]},"attributes":{"a":1},"instanceid":7}`, want},
		{"whole number with a fraction", "{" + least + `,"ChatDurationInMinutes":60.0}`, &sixty},
		{"whole number with an exponent", "{" + least + `,"ChatDurationInMinutes":6e1}`, &sixty},
		{"empty list and map", "{" + least + `,"Attributes":{},"DisconnectOnCustomerExit":[]}`, &empty},
		{"null entry of a map", "{" + least + `,"Attributes":{"a":null},"DisconnectOnCustomerExit":[]}`, &empty},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := start(tt.body)
			if err != nil {
				t.Fatalf("decode %s: %v", tt.body, err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("decode %s (-want +got)\n%s", tt.body, diff)
			}
		})
	}
}

func TestDecodeRequestSaysWhatIsWrong(t *testing.T) {
	const least = `"InstanceId":"i","ContactFlowId":"f","ParticipantDetails":{"DisplayName":"Ana"}`
	long := strings.Repeat("é", 257)
	shape := func(text string) error { return connect.Service.InvalidShape(text) }
	value := func(text string) error { return connect.Service.InvalidValue(text) }
	deep := strings.Repeat(`{"ValueMap":{"a":`, 20) + `{}` + strings.Repeat(`}}`, 20)
	tests := []struct {
		name, body string
		want       error
	}{
		{"no body", "", shape("ContactFlowId is required; InstanceId is required; ParticipantDetails is required")},
		{"empty object", " {} ", shape("ContactFlowId is required; InstanceId is required; ParticipantDetails is required")},
		{"nested", `{"InstanceId":"i","ContactFlowId":"f","ParticipantDetails":{}}`, shape("ParticipantDetails.DisplayName is required")},
		{"null", `{"InstanceId":"i","ContactFlowId":"f","ParticipantDetails":null}`, shape("ParticipantDetails is required")},
		{"name in another case", `{"instanceId":"i","ContactFlowId":"f","ParticipantDetails":{"DisplayName":"Ana"}}`, shape("InstanceId is required")},
		{"no object", `["a"]`, shape("The body must be a JSON object")},
		{"null as body", `null`, shape("The body must be a JSON object")},
		{"more than an object", "{" + least + "}{}", shape("The body must be one JSON object and no more")},
		{"cut short", `{"InstanceId":"i`, shape("The body is not valid JSON: unexpected EOF")},
		{"member twice", "{" + least + `,"InstanceId":"j"}`, shape("The body is not valid JSON: duplicate object member name")},
		{"not UTF-8", "{" + least + ",\"CustomerId\":\"\xff\"}", shape("The body is not valid JSON: invalid UTF-8")},
		{"U+0000", "{" + least + `,"CustomerId":"\u0000"}`, shape("CustomerId must not hold the character U+0000")},
		{"U+0000 in a key", "{" + least + `,"SegmentAttributes":{"\u0000":{}}}`, shape("SegmentAttributes.\x00 must not hold the character U+0000 in its key")},
		{"number for a string", "{" + least + `,"CustomerId":7}`, shape("CustomerId must be a string")},
		{"object for a string", "{" + least + `,"CustomerId":{"a":1}}`, shape("CustomerId must be a string")},
		{"string for a number", "{" + least + `,"ChatDurationInMinutes":"60"}`, shape("ChatDurationInMinutes must be a whole number")},
		{"fraction", "{" + least + `,"ChatDurationInMinutes":60.5}`, shape("ChatDurationInMinutes must be a whole number")},
		{"huge", "{" + least + `,"ChatDurationInMinutes":1e400}`, shape("ChatDurationInMinutes must be a whole number")},
		{"32 bits", "{" + least + `,"SegmentAttributes":{"a":{"ValueInteger":2147483648}}}`, shape("SegmentAttributes.a.ValueInteger is too big a number")},
		{"list for an object", "{" + least + `,"InitialMessage":[]}`, shape("InitialMessage must be an object")},
		{"string for a map", "{" + least + `,"Attributes":"a"}`, shape("Attributes must be an object")},
		{"object for a list", "{" + least + `,"SupportedMessagingContentTypes":{}}`, shape("SupportedMessagingContentTypes must be a list")},
		{"entry", "{" + least + `,"SupportedMessagingContentTypes":["a",null,""]}`, shape("SupportedMessagingContentTypes[1] must be a string; SupportedMessagingContentTypes[2] must have 1 to 100 characters")},
		{"too long", `{"InstanceId":"i","ContactFlowId":"f","ParticipantDetails":{"DisplayName":"` + long + `"}}`, shape("ParticipantDetails.DisplayName must have 1 to 256 characters")},
		{"too short", "{" + least + `,"CustomerId":""}`, shape("CustomerId must have 1 to 128 characters")},
		{"long key", "{" + least + `,"SegmentAttributes":{"` + long + `":{}}}`, shape("SegmentAttributes." + long[:64] + "… must have 1 to 128 characters in its key")},
		{"too many", "{" + least + `,"DisconnectOnCustomerExit":["AGENT","AGENT"]}`, shape("DisconnectOnCustomerExit must have 1 to 1 entries")},
		{"too deep", "{" + least + `,"SegmentAttributes":{"a":` + deep + `}}`, shape("SegmentAttributes.a" + strings.Repeat(".ValueMap.a", 15) + " is nested too deep")},
		{"enum", "{" + least + `,"ParticipantConfiguration":{"ResponseMode":"SLOW"}}`, value("ParticipantConfiguration.ResponseMode must be one of INCREMENTAL, COMPLETE")},
		{"empty enum", "{" + least + `,"DisconnectOnCustomerExit":[""]}`, value("DisconnectOnCustomerExit[0] must be one of AGENT")},
		{"range", "{" + least + `,"ChatDurationInMinutes":59}`, value("ChatDurationInMinutes must be 60 to 10080")},
		{"range of big numbers", "{" + least + `,"ChatDurationInMinutes":99999999999}`, value("ChatDurationInMinutes must be 60 to 10080")},
		{"key", "{" + least + `,"Attributes":{"a b":"c"}}`, value("Attributes.a b is not a key: it must be of letters, digits, - and _")},
		{"all at once", `{"InstanceId":1,"ContactFlowId":"f","ChatDurationInMinutes":1}`, shape("InstanceId must be a string; ChatDurationInMinutes must be 60 to 10080; ParticipantDetails is required")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in, err := start(tt.body)
			if in != nil {
				t.Errorf("decode %s: got an input", tt.body)
			}
			if diff := cmp.Diff(tt.want, err); diff != "" {
				t.Errorf("decode %s (-want +got)\n%s", tt.body, diff)
			}
		})
	}
}

func TestDecodeRequestBoundsItsMessage(t *testing.T) {
	entries := strings.Repeat(`1,`, 10_000)
	_, err := start(`{"SupportedMessagingContentTypes":[` + entries + `1]}`)
	e, ok := errors.AsType[*types.InvalidRequestException](err)
	if !ok || len(*e.Message) > 2000 {
		t.Errorf("error %.3000v", err)
	}
}

func TestDecodeRequestBindings(t *testing.T) {
	list := func(query string) (*connect.ListContactFlowsInput, error) {
		return connect.ListContactFlows.DecodeRequest(&wire.Request{
			Labels: wire.Labels{{Name: "InstanceId", Value: instanceARN}}, RawQuery: query,
		})
	}
	got, err := list("contactFlowTypes=CONTACT_FLOW&contactFlowTypes=AGENT_WHISPER&maxResults=9&nextToken=a%20b&x=y")
	want := &connect.ListContactFlowsInput{
		InstanceId: new(instanceARN), MaxResults: new(int32(9)), NextToken: new("a b"),
		ContactFlowTypes: []types.ContactFlowType{types.ContactFlowTypeContactFlow, types.ContactFlowTypeAgentWhisper},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("error %v (-want +got)\n%s", err, diff)
	}
	wrong := map[string]error{
		"maxResults=x":           connect.Service.InvalidShape("MaxResults must be a whole number"),
		"maxResults=0":           connect.Service.InvalidValue("MaxResults must be 1 to 1000"),
		"nextToken=%ff":          connect.Service.InvalidShape("NextToken must be UTF-8"),
		"nextToken=%00":          connect.Service.InvalidShape("NextToken must not hold the character U+0000"),
		"nextToken=%zz":          connect.Service.InvalidShape("The query is not well-formed"),
		"contactFlowTypes=OTHER": connect.Service.InvalidValue("ContactFlowTypes[0] must be one of CONTACT_FLOW, CUSTOMER_QUEUE, CUSTOMER_HOLD, CUSTOMER_WHISPER, AGENT_HOLD, AGENT_WHISPER, OUTBOUND_WHISPER, AGENT_TRANSFER, QUEUE_TRANSFER, CAMPAIGN"),
		strings.Repeat("contactFlowTypes=CAMPAIGN&", 11): connect.Service.InvalidShape("ContactFlowTypes must have 0 to 10 entries"),
	}
	for query, want := range wrong {
		if _, err := list(query); !cmp.Equal(want, err) {
			t.Errorf("query %s: error %v, want %v", query, err, want)
		}
	}
	if _, err := connect.ListContactFlows.DecodeRequest(&wire.Request{}); !cmp.Equal(err, connect.Service.InvalidShape("InstanceId is required")) {
		t.Errorf("no label: error %v", err)
	}
}

func TestDecodeRequestChecksTags(t *testing.T) {
	tests := map[string]bool{"team": true, "Größe: _.:/=+-@": true, "aws:x": false, "a#b": false}
	for key, want := range tests {
		in := &connect.CreateContactFlowInput{
			Content: new("{}"), InstanceId: new("i"), Name: new("n"), Type: types.ContactFlowTypeContactFlow,
			Tags: map[string]string{key: "v"},
		}
		_, _, _, body, err := connect.CreateContactFlow.EncodeRequest(parse(t, "http://localhost"), in)
		if err != nil {
			t.Fatal(err)
		}
		_, err = connect.CreateContactFlow.DecodeRequest(&wire.Request{
			Labels: wire.Labels{{Name: "InstanceId", Value: "i"}}, Body: body,
		})
		_, refused := errors.AsType[*types.InvalidParameterException](err)
		if refused == want || err != nil && !refused {
			t.Errorf("tag %q: error %v", key, err)
		}
	}
}

func TestEncodeResponse(t *testing.T) {
	at := time.UnixMilli(1767225845120).UTC()
	contact := &types.Contact{
		Id: new("c"), Channel: types.ChannelChat, InitiationTimestamp: &at, DisconnectTimestamp: new(at.Truncate(time.Second)),
		QueuePriority: new(int64(5)), Tags: map[string]string{},
		NextContacts: []types.NextContactEntry{{
			NextContactMetadata: &types.NextContactMetadataMemberQuickConnectContactData{
				Value: types.QuickConnectContactData{ContactId: new("d")},
			},
		}},
		QualityMetrics:  &types.QualityMetrics{Agent: &types.AgentQualityMetrics{Audio: &types.AudioQualityMetricsInfo{QualityScore: 4.5}}},
		WisdomInfo:      &types.WisdomInfo{AiAgents: []types.AiAgentInfo{{AiAgentEscalated: true}, {}}},
		RoutingCriteria: &types.RoutingCriteria{Steps: []types.Step{{Expression: &types.Expression{OrExpression: []types.Expression{{}}}}}},
	}
	want := `{"Contact":{"Channel":"CHAT","DisconnectTimestamp":1767225845,"Id":"c","InitiationTimestamp":1767225845.12,` +
		`"NextContacts":[{"NextContactMetadata":{"QuickConnectContactData":{"ContactId":"d"}}}],` +
		`"QualityMetrics":{"Agent":{"Audio":{"QualityScore":4.5}}},"QueuePriority":5,` +
		`"RoutingCriteria":{"Steps":[{"Expression":{"OrExpression":[{}]}}]},"Tags":{},` +
		`"WisdomInfo":{"AiAgents":[{"AiAgentEscalated":true},{}]}}}`
	out := &connect.DescribeContactOutput{Contact: contact}
	body := connect.DescribeContact.EncodeResponse(nil, out)
	if string(body) != want {
		t.Errorf("body\n%s\nwant\n%s", body, want)
	}
	back, err := connect.DescribeContact.DecodeResponse(200, nil, body)
	if diff := cmp.Diff(out.Contact, back.Contact); err != nil || diff != "" {
		t.Errorf("error %v (-want +got)\n%s", err, diff)
	}
	for _, none := range []*connect.StopContactOutput{nil, {}} {
		if got := string(connect.StopContact.EncodeResponse([]byte("+"), none)); got != "+{}" {
			t.Errorf("answer without members: %s", got)
		}
	}
}

func parse(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
