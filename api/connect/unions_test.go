package connect_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

func contactLabels() wire.Labels {
	return wire.Labels{{Name: "InstanceId", Value: "i"}, {Name: "ContactId", Value: "c"}}
}

func timers(body string) (*connect.UpdateParticipantRoleConfigInput, error) {
	return connect.UpdateParticipantRoleConfig.DecodeRequest(&wire.Request{Labels: contactLabels(), Body: []byte(body)})
}

func TestDecodeRequestReadsUnions(t *testing.T) {
	want := &connect.UpdateParticipantRoleConfigInput{
		ContactId: new("c"), InstanceId: new("i"),
		ChannelConfiguration: &types.UpdateParticipantRoleConfigChannelInfoMemberChat{Value: types.ChatParticipantRoleConfig{
			ParticipantTimerConfigList: []types.ParticipantTimerConfiguration{
				{
					ParticipantRole: types.TimerEligibleParticipantRolesAgent, TimerType: types.ParticipantTimerTypeIdle,
					TimerValue: &types.ParticipantTimerValueMemberParticipantTimerDurationInMinutes{Value: 480},
				},
				{
					ParticipantRole: types.TimerEligibleParticipantRolesCustomer, TimerType: types.ParticipantTimerTypeIdle,
					TimerValue: &types.ParticipantTimerValueMemberParticipantTimerAction{Value: types.ParticipantTimerActionUnset},
				},
			},
		}},
	}
	const body = `{"ChannelConfiguration":{"Chat":{"ParticipantTimerConfigList":[` +
		`{"ParticipantRole":"AGENT","TimerType":"IDLE","TimerValue":{"ParticipantTimerDurationInMinutes":480}},` +
		`{"ParticipantRole":"CUSTOMER","TimerType":"IDLE","TimerValue":{"ParticipantTimerAction":"Unset"}}]}}}`
	_, _, _, sent, err := connect.UpdateParticipantRoleConfig.EncodeRequest(parse(t, "http://localhost"), want)
	if err != nil || string(sent) != body {
		t.Errorf("error %v, body\n%s\nwant\n%s", err, sent, body)
	}
	got, err := timers(body)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("error %v (-want +got)\n%s", err, diff)
	}
}

func TestDecodeRequestTakesExactlyOneMemberOfAUnion(t *testing.T) {
	const path = "ChannelConfiguration.Chat.ParticipantTimerConfigList[0].TimerValue"
	tests := map[string]error{
		`{}`:          connect.Service.InvalidShape(path + " must have exactly one member"),
		`null`:        connect.Service.InvalidShape(path + " is required"),
		`"IDLE"`:      connect.Service.InvalidShape(path + " must be an object"),
		`{"Other":1}`: connect.Service.InvalidShape(path + ".Other is not a member of the union"),
		`{"ParticipantTimerAction":"Unset","ParticipantTimerDurationInMinutes":5}`: connect.Service.InvalidShape(path + " must have exactly one member"),
		`{"ParticipantTimerAction":null}`:                                          connect.Service.InvalidShape(path + " must have exactly one member"),
		`{"ParticipantTimerAction":null,"ParticipantTimerDurationInMinutes":2}`:    nil,
		`{"ParticipantTimerDurationInMinutes":1}`:                                  connect.Service.InvalidValue(path + ".ParticipantTimerDurationInMinutes must be 2 to 480"),
		`{"ParticipantTimerDurationInMinutes":"5"}`:                                connect.Service.InvalidShape(path + ".ParticipantTimerDurationInMinutes must be a whole number"),
		`{"ParticipantTimerAction":"Stop"}`:                                        connect.Service.InvalidValue(path + ".ParticipantTimerAction must be one of Unset"),
	}
	for value, want := range tests {
		_, err := timers(`{"ChannelConfiguration":{"Chat":{"ParticipantTimerConfigList":[` +
			`{"ParticipantRole":"AGENT","TimerType":"IDLE","TimerValue":` + value + `}]}}}`)
		if diff := cmp.Diff(want, err); diff != "" {
			t.Errorf("%s (-want +got)\n%s", value, diff)
		}
	}
}

func TestDecodeResponsePassesOverUnknownUnions(t *testing.T) {
	out, err := connect.ListContactReferences.DecodeResponse(200, nil, []byte(
		`{"ReferenceSummaryList":[{"Hologram":{}},{"Url":{"Name":"n","Value":"v"}}]}`))
	want := []types.ReferenceSummary{nil, &types.ReferenceSummaryMemberUrl{Value: types.UrlReference{Name: new("n"), Value: new("v")}}}
	if err != nil || !cmp.Equal(want, out.ReferenceSummaryList) {
		t.Errorf("error %v, got %v", err, out)
	}
}

// The official SDK reads instants of segments as ISO 8601, other times as seconds.
func TestTimesAsText(t *testing.T) {
	out := &connect.ListRealtimeContactAnalysisSegmentsV2Output{
		Segments: []types.RealtimeContactAnalysisSegment{&types.RealtimeContactAnalysisSegmentMemberEvent{
			Value: types.RealTimeContactAnalysisSegmentEvent{
				Time: &types.RealTimeContactAnalysisTimeDataMemberAbsoluteTime{Value: time.UnixMilli(1767225845007).UTC()},
			},
		}},
	}
	const want = `{"Segments":[{"Event":{"Time":{"AbsoluteTime":"2026-01-01T00:04:05.007Z"}}}]}`
	body := connect.ListRealtimeContactAnalysisSegmentsV2.EncodeResponse(nil, out)
	if string(body) != want {
		t.Errorf("body %s, want %s", body, want)
	}
	back, err := connect.ListRealtimeContactAnalysisSegmentsV2.DecodeResponse(200, nil, body)
	if err != nil || !cmp.Equal(out.Segments, back.Segments) {
		t.Errorf("error %v, got %v", err, back)
	}
	for _, wrong := range []string{`1767225845`, `"today"`} {
		_, err := connect.ListRealtimeContactAnalysisSegmentsV2.DecodeResponse(200, nil, []byte(
			`{"Segments":[{"Event":{"Time":{"AbsoluteTime":`+wrong+`}}}]}`))
		const want = "decode answer: Segments[0].Event.Time.AbsoluteTime must be a time as 2006-01-02T15:04:05.000Z"
		if err == nil || err.Error() != want {
			t.Errorf("%s: error %v, want %s", wrong, err, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	level := func(text string) error {
		_, err := connect.UpdateContactRoutingData.DecodeRequest(&wire.Request{Labels: contactLabels(), Body: []byte(
			`{"RoutingCriteria":{"Steps":[{"Expression":{"OrExpression":[{"AttributeCondition":{"ProficiencyLevel":` + text + `}}]}}]}}`)})
		return err
	}
	const path = "RoutingCriteria.Steps[0].Expression.OrExpression[0].AttributeCondition.ProficiencyLevel"
	tests := map[string]error{
		"1": nil, "1.5": nil, "5": nil,
		"0.99":  connect.Service.InvalidValue(path + " must be 1 to 5"),
		"5.01":  connect.Service.InvalidValue(path + " must be 1 to 5"),
		`"NaN"`: connect.Service.InvalidValue(path + " must be 1 to 5"),
		// UpdateContactRoutingData has no other exception for what is malformed.
		`"2"`: connect.Service.InvalidValue(path + " must be a number"),
	}
	for text, want := range tests {
		if diff := cmp.Diff(want, level(text)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", text, diff)
		}
	}

	metric := &connect.GetContactMetricsOutput{MetricResults: []types.ContactMetricResult{
		{Name: types.ContactMetricNamePositionInQueue, Value: &types.ContactMetricValueMemberNumber{Value: 1}},
		{Name: types.ContactMetricNameEstimatedWaitTime, Value: &types.ContactMetricValueMemberNumber{Value: math.Pi}},
	}}
	const want = `{"MetricResults":[{"Name":"POSITION_IN_QUEUE","Value":{"Number":1}},` +
		`{"Name":"ESTIMATED_WAIT_TIME","Value":{"Number":3.141592653589793}}]}`
	if body := connect.GetContactMetrics.EncodeResponse(nil, metric); string(body) != want {
		t.Errorf("body %s, want %s", body, want)
	}

	hours := &connect.AssociateInstanceStorageConfigInput{
		InstanceId: new("i"), ResourceType: types.InstanceStorageResourceTypeMediaStreams,
		StorageConfig: &types.InstanceStorageConfig{
			StorageType: types.StorageTypeKinesisVideoStream,
			KinesisVideoStreamConfig: &types.KinesisVideoStreamConfig{
				Prefix: new("p"), EncryptionConfig: &types.EncryptionConfig{EncryptionType: types.EncryptionTypeKms, KeyId: new("k")},
			},
		},
	}
	_, _, _, body, err := connect.AssociateInstanceStorageConfig.EncodeRequest(parse(t, "http://localhost"), hours)
	const zero = `{"ResourceType":"MEDIA_STREAMS","StorageConfig":{"KinesisVideoStreamConfig":{` +
		`"EncryptionConfig":{"EncryptionType":"KMS","KeyId":"k"},"Prefix":"p","RetentionPeriodHours":0},"StorageType":"KINESIS_VIDEO_STREAM"}}`
	if err != nil || string(body) != zero {
		t.Errorf("error %v, body %s, want %s", err, body, zero)
	}
}
