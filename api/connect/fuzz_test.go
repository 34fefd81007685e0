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
	f.Add([]byte(`{"ChannelConfiguration":{"Chat":{"ParticipantTimerConfigList":[{"ParticipantRole":"AGENT","TimerType":"IDLE",`+
		`"TimerValue":{"ParticipantTimerDurationInMinutes":5}},{"ParticipantRole":"CUSTOMER","TimerType":"DISCONNECT_NONCUSTOMER",`+
		`"TimerValue":{"ParticipantTimerAction":"Unset"}}]}}}`), "i", "")
	f.Add([]byte(`{"InstanceId":"i","TimeRange":{"Type":"INITIATION_TIMESTAMP","StartTime":1767225845.5,"EndTime":1767225846},`+
		`"SearchCriteria":{"ContactTags":{"OrConditions":[[{"TagKey":"a","TagValue":"b"}],[]]},"AgentIds":["u"]}}`), "", "")
	f.Add([]byte(`{"QueuePriority":1,"RoutingCriteria":{"Steps":[{"Expiry":{"DurationInSeconds":5},"Expression":{"AndExpression":`+
		`[{"AttributeCondition":{"Name":"n","Range":{"MinProficiencyLevel":1.5,"MaxProficiencyLevel":5}}}]}}]}}`), "i", "TagKeys=a&TagKeys=b")
	f.Add([]byte(`null`), instanceARN, "maxResults=5&nextToken=x&contactFlowTypes=CAMPAIGN")
	f.Fuzz(func(t *testing.T, body []byte, label, query string) {
		r := &wire.Request{
			RawQuery: query, Body: body,
			Labels: wire.Labels{{Name: "InstanceId", Value: label}, {Name: "ContactFlowId", Value: label}, {Name: "ContactId", Value: label}},
		}
		again(t, connect.StartChatContact, r)
		again(t, connect.CreateContactFlow, r)
		again(t, connect.ListContactFlows, r)
		again(t, connect.UpdateParticipantRoleConfig, r)
		again(t, connect.SearchContacts, r)
		again(t, connect.UpdateContactRoutingData, r)
		again(t, connect.UntagContact, r)
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
	f.Add(200, "", []byte(`{"Segments":[{"Event":{"Id":"e","Time":{"AbsoluteTime":"2026-01-01T00:04:05.007Z"}}},{"Other":1},{}],`+
		`"ReferenceSummaryList":[{"Url":{"Name":"n"}}],"MetricResults":[{"Value":{"Number":1e-7}}]}`))
	f.Fuzz(func(t *testing.T, status int, code string, body []byte) {
		answerAgain(t, connect.DescribeContact, status, code, body)
		answerAgain(t, connect.ListRealtimeContactAnalysisSegmentsV2, status, code, body)
		answerAgain(t, connect.ListContactReferences, status, code, body)
		answerAgain(t, connect.GetContactMetrics, status, code, body)
	})
}

// answerAgain reads an answer, and writes and reads again what came out.
func answerAgain[In, Out any](t *testing.T, op *wire.Operation[In, Out], status int, code string, body []byte) {
	out, err := op.DecodeResponse(status, http.Header{"X-Amzn-Errortype": {code}}, body)
	if err == nil {
		first := op.EncodeResponse(nil, out)
		back, err := op.DecodeResponse(status, nil, first)
		if err != nil {
			t.Fatalf("%s: %s: %v", op.Name, first, err)
		}
		if second := op.EncodeResponse(nil, back); !bytes.Equal(first, second) {
			t.Fatalf("%s: first %s, second %s", op.Name, first, second)
		}
		return
	}
	if status/100 == 2 {
		return // it said what is wrong with the answer
	}
	first, sent, sentCode := connect.Service.AppendError(nil, err)
	_, back := op.DecodeResponse(status, http.Header{"X-Amzn-Errortype": {sentCode}}, first)
	if diff := cmp.Diff(err, back); diff != "" {
		t.Fatalf("%s: %d %s: (-first +second)\n%s", op.Name, sent, first, diff)
	}
}
