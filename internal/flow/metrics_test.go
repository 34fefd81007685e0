package flow

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHoursAndMetrics(t *testing.T) {
	t.Parallel()
	number := func(n string) []Input { return []Input{{Kind: Answered, Event: n}} }
	facts := Facts{FlowType: "CONTACT_FLOW", Attributes: map[string]string{"hours": "h1", "queue": "q1"}}
	nothing := "!NoMatchingCondition"
	for _, tt := range []struct {
		name, kind, params string
		branches           []string
		inputs             []Input
		want               []string
	}{
		{"open", "CheckHoursOfOperation", `{"HoursOfOperationId": "h"}`, []string{"True", "False", never}, number("True"), []string{`CheckHours {"HoursID":"h"}`, "→ True", "End"}},
		{"closed", "CheckHoursOfOperation", `{"HoursOfOperationId": "$.Attributes.hours"}`, []string{"True", "False", never}, number("False"), []string{`CheckHours {"HoursID":"h1"}`, "→ False", "End"}},
		{"of the target queue", "CheckHoursOfOperation", `{}`, []string{"True", "False", never}, number("True"), []string{`CheckHours {"HoursID":""}`, "→ True", "End"}},
		{"unknown", "CheckHoursOfOperation", `{}`, []string{"True", "False", never}, []Input{failed}, []string{`CheckHours {"HoursID":""}`, "→ !NoMatchingError", "End"}},
		{"a reference to nothing", "CheckHoursOfOperation", `{"HoursOfOperationId": "$.Attributes.nope"}`, []string{"True", "False", never}, nil, []string{"→ !NoMatchingError", "End"}},

		{"contacts", "CheckMetricData", `{"MetricType": "NumberOfContactsInQueue", "QueueId": "$.Attributes.queue"}`, []string{"NumberGreaterThan 5", nothing, never}, number("6"), []string{`ReadMetric {"Metric":"NumberOfContactsInQueue","QueueID":"q1","AgentID":""}`, "→ NumberGreaterThan 5", "End"}},
		{"contacts, not so many", "CheckMetricData", `{"MetricType": "NumberOfContactsInQueue"}`, []string{"NumberGreaterThan 5", nothing, never}, number("5"), []string{`ReadMetric {"Metric":"NumberOfContactsInQueue","QueueID":"","AgentID":""}`, "→ !NoMatchingCondition", "End"}},
		{"contacts, so many", "CheckMetricData", `{"MetricType": "NumberOfContactsInQueue"}`, []string{"Equals 4", "Equals 5", "NumberLessThan 6", nothing, never}, number("5"), []string{`ReadMetric {"Metric":"NumberOfContactsInQueue","QueueID":"","AgentID":""}`, "→ Equals 5", "End"}},
		{"contacts, at least and at most", "CheckMetricData", `{"MetricType": "NumberOfContactsInQueue"}`, []string{"NumberGreaterOrEqualTo 6", "NumberLessOrEqualTo 5", nothing, never}, number("5"), []string{`ReadMetric {"Metric":"NumberOfContactsInQueue","QueueID":"","AgentID":""}`, "→ NumberLessOrEqualTo 5", "End"}},
		{"age in milliseconds", "CheckMetricData", `{"MetricType": "OldestContactInQueueAgeSeconds"}`, []string{"NumberGreaterThan 300000", nothing, never}, number("301"), []string{`ReadMetric {"Metric":"OldestContactInQueueAgeSeconds","QueueID":"","AgentID":""}`, "→ NumberGreaterThan 300000", "End"}},
		{"age in milliseconds, younger", "CheckMetricData", `{"MetricType": "OldestContactInQueueAgeSeconds"}`, []string{"NumberGreaterThan 300000", nothing, never}, number("300"), []string{`ReadMetric {"Metric":"OldestContactInQueueAgeSeconds","QueueID":"","AgentID":""}`, "→ !NoMatchingCondition", "End"}},
		{"age in seconds", "CheckMetricData", `{"MetricType": "OldestContactInQueueAgeSeconds"}`, []string{"NumberLessThan 300", "NumberGreaterThan 300", nothing, never}, number("300.5"), []string{`ReadMetric {"Metric":"OldestContactInQueueAgeSeconds","QueueID":"","AgentID":""}`, "→ NumberGreaterThan 300", "End"}},
		{"the least of milliseconds", "CheckMetricData", `{"MetricType": "OldestContactInQueueAgeSeconds"}`, []string{"Equals 9999", "Equals 10000", nothing, never}, number("10"), []string{`ReadMetric {"Metric":"OldestContactInQueueAgeSeconds","QueueID":"","AgentID":""}`, "→ Equals 10000", "End"}},
		{"the most of seconds", "CheckMetricData", `{"MetricType": "OldestContactInQueueAgeSeconds"}`, []string{"Equals x", "Equals 9999", nothing, never}, number("9999"), []string{`ReadMetric {"Metric":"OldestContactInQueueAgeSeconds","QueueID":"","AgentID":""}`, "→ Equals 9999", "End"}},
		{"somebody is there", "CheckMetricData", `{"MetricType": "NumberOfAgentsOnline"}`, []string{"NumberGreaterThan 0", nothing, never}, number("2"), []string{`ReadMetric {"Metric":"NumberOfAgentsOnline","QueueID":"","AgentID":""}`, "→ NumberGreaterThan 0", "End"}},
		{"nobody is there", "CheckMetricData", `{"MetricType": "NumberOfAgentsStaffed"}`, []string{"Equals 0", "NumberLessThan 1", nothing, never}, number("0"), []string{`ReadMetric {"Metric":"NumberOfAgentsStaffed","QueueID":"","AgentID":""}`, "→ !NoMatchingCondition", "End"}},
		{"of an agent", "CheckMetricData", `{"MetricType": "NumberOfAgentsAvailable", "AgentId": "a"}`, []string{"NumberGreaterThan 0", nothing, never}, []Input{failed}, []string{`ReadMetric {"Metric":"NumberOfAgentsAvailable","QueueID":"","AgentID":"a"}`, "→ !NoMatchingError", "End"}},
		{"no such metric", "CheckMetricData", `{"MetricType": "Weather"}`, []string{nothing, never}, nil, []string{"→ !NoMatchingError", "End"}},
		{"no metric", "CheckMetricData", `{}`, []string{nothing, never}, nil, []string{"→ !NoMatchingError", "End"}},
		{"queue of nothing", "CheckMetricData", `{"MetricType": "NumberOfAgentsOnline", "QueueId": "$.Attributes.nope"}`, []string{nothing, never}, nil, []string{"→ !NoMatchingError", "End"}},

		{"metrics", "GetMetricData", `{"QueueId": "q", "QueueChannel": "Chat"}`, []string{never}, []Input{{Kind: Answered, Data: json.RawMessage(`{}`)}}, []string{`ReadMetrics {"QueueID":"q","AgentID":"","Channel":"Chat"}`, "→ NextAction", "End"}},
		{"metrics of no queue", "GetMetricData", `{}`, []string{never}, []Input{failed}, []string{`ReadMetrics {"QueueID":"","AgentID":"","Channel":""}`, "→ !NoMatchingError", "End"}},
		{"metrics of nothing", "GetMetricData", `{"AgentId": "$.Attributes.nope"}`, []string{never}, nil, []string{"→ !NoMatchingError", "End"}},
	} {
		t.Run(tt.kind+"/"+tt.name, func(t *testing.T) {
			t.Parallel()
			p := playing{t: t, flow: actionUnderTest(t, tt.kind, tt.params, tt.branches...), facts: facts}
			if diff := cmp.Diff(tt.want, p.play(tt.inputs...)); diff != "" {
				t.Errorf("effects (-want +got):\n%s", diff)
			}
		})
	}
}

// A number that was read is found by references; one that is not known reads as nothing.
func TestMetricsAreReferredTo(t *testing.T) {
	t.Parallel()
	p := playing{t: t, facts: Facts{FlowType: "CONTACT_FLOW"}, flow: parse(t, document(t,
		`{"Identifier": "get", "Type": "GetMetricData", "Transitions": {"NextAction": "say"}}`,
		`{"Identifier": "say", "Type": "MessageParticipant", "Parameters": {"Text": "$.Metrics.Queue.Size, $.Metrics.Queue.OldestContactAge, $.Metrics.Agents.Online.Count, $.Metrics.Contact.PositionInQueue."}, "Transitions": {"NextAction": "end"}}`,
		`{"Identifier": "end", "Type": "EndFlowExecution", "Transitions": {}}`,
	))}
	data := `{"Queue": {"Size": "3", "OldestContactAge": null}, "Agents": {"Online": {"Count": "0"}}}`
	got := p.play(Input{Kind: Answered, Data: json.RawMessage(data)})
	if want := []string{`ReadMetrics {"QueueID":"","AgentID":"","Channel":""}`, "Say 3, , 0, .", "End"}; !slices.Equal(got, want) {
		t.Errorf("effects %q, want %q", got, want)
	}
}

func TestAnswersToHoursAndMetrics(t *testing.T) {
	t.Parallel()
	for kind, params := range map[string]string{
		"CheckHoursOfOperation": `{}`, "CheckMetricData": `{"MetricType": "NumberOfAgentsOnline"}`, "GetMetricData": `{}`,
	} {
		f, st, facts := actionUnderTest(t, kind, params, never), Start(1), &Facts{}
		if _, err := Step(f, &st, facts, Input{Kind: Begin}); err != nil {
			t.Fatal(err)
		}
		if _, err := Step(f, &st, facts, Input{Kind: Done}); err == nil {
			t.Errorf("%s is answered by Done", kind)
		}
	}
}
