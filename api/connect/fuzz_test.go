package connect_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// FuzzDecodeRequest sends anything to operations that hold all kinds of members. What is refused is refused with an
// exception of the service; what is taken can be sent again and means the same.
func FuzzDecodeRequest(f *testing.F) {
	_, _, _, rich, err := connect.StartChatContact.EncodeRequest(&url.URL{}, richStart())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(rich, "", "")
	f.Add([]byte(`{"InstanceId":"i","ContactFlowId":"f","ParticipantDetails":{"DisplayName":"An\u00e9 \ud83d\ude00"},`+
		`"ChatDurationInMinutes":6e1,"Attributes":{"a":"b","c":null},"Other":[{}]}`), "", "")
	f.Add([]byte(`{"InstanceId":"i","InstanceId":"j"}`), "", "")
	f.Add([]byte(`{"Content":"{}","Name":"n","Type":"CAMPAIGN","Tags":{"a":""}}`), "i", "")
	f.Add([]byte(`null`), instanceARN, "maxResults=5&nextToken=x&contactFlowTypes=CAMPAIGN")
	f.Fuzz(func(t *testing.T, body []byte, label, query string) {
		r := &wire.Request{
			RawQuery: query, Body: body,
			Labels: wire.Labels{{Name: "InstanceId", Value: label}, {Name: "ContactFlowId", Value: label}},
		}
		again(t, connect.StartChatContact, r)
		again(t, connect.CreateContactFlow, r)
		again(t, connect.ListContactFlows, r)
	})
}

// again decodes a request, and if it is taken encodes and decodes what came out.
func again[In, Out any](t *testing.T, op *wire.Operation[In, Out], r *wire.Request) {
	in, err := op.DecodeRequest(r)
	if err != nil {
		_, shape := errors.AsType[*types.InvalidRequestException](err)
		_, value := errors.AsType[*types.InvalidParameterException](err)
		if !shape && !value || err.Error() == "" {
			t.Fatalf("%s: error %v", op.Name, err)
		}
		return
	}
	_, u, header, body, err := op.EncodeRequest(&url.URL{Scheme: "http", Host: "localhost"}, in)
	if err != nil {
		t.Fatalf("%s: encode %v: %v", op.Name, in, err)
	}
	back, err := op.DecodeRequest(&wire.Request{Labels: r.Labels, RawQuery: u.RawQuery, Header: header, Body: body})
	if diff := cmp.Diff(in, back); err != nil || diff != "" {
		t.Fatalf("%s: error %v (-first +second)\n%s", op.Name, err, diff)
	}
}

// FuzzDecodeResponse reads anything as an answer or an error. What is read can be written and read again.
func FuzzDecodeResponse(f *testing.F) {
	f.Add(200, "", []byte(`{"Contact":{"Id":"c","InitiationTimestamp":1.76722584512e9,"Tags":{"a":"b"},"QueuePriority":5,`+
		`"QualityMetrics":{"Agent":{"Audio":{"QualityScore":4.5,"PotentialQualityIssues":["x"]}}},`+
		`"NextContacts":[{"NextContactMetadata":{"QuickConnectContactData":{"ContactId":"d"}}}],`+
		`"RoutingCriteria":{"Steps":[{"Expression":{"OrExpression":[{}]}}]}}}`))
	f.Add(200, "", []byte(`{"Contact":{"QualityMetrics":{"Agent":{"Audio":{"QualityScore":"NaN"}}},"DisconnectTimestamp":-0.001}}`))
	f.Add(404, "ResourceNotFoundException", []byte(`{"message":"No"}`))
	f.Add(400, "InvalidRequestException", []byte(`{"Reason":{"AttachedFileInvalidRequestExceptionReason":"INVALID_FILE_NAME"}}`))
	f.Add(400, "a#InvalidContactFlowException:b", []byte(`{"problems":[{"message":"a"}]}`))
	f.Add(403, "", []byte(`{"__type":"AccessDeniedException","Message":"No"}`))
	f.Fuzz(func(t *testing.T, status int, code string, body []byte) {
		out, err := connect.DescribeContact.DecodeResponse(status, http.Header{"X-Amzn-Errortype": {code}}, body)
		if err == nil {
			first := connect.DescribeContact.EncodeResponse(nil, out)
			back, err := connect.DescribeContact.DecodeResponse(status, nil, first)
			if err != nil {
				t.Fatalf("%s: %v", first, err)
			}
			if second := connect.DescribeContact.EncodeResponse(nil, back); !bytes.Equal(first, second) {
				t.Fatalf("first %s, second %s", first, second)
			}
			return
		}
		if status/100 == 2 {
			return // it said what is wrong with the answer
		}
		first, sent, sentCode := connect.Service.AppendError(nil, err)
		_, back := connect.DescribeContact.DecodeResponse(status, http.Header{"X-Amzn-Errortype": {sentCode}}, first)
		if diff := cmp.Diff(err, back); diff != "" {
			t.Fatalf("%d %s: (-first +second)\n%s", sent, first, diff)
		}
	})
}
