package flow

import (
	"slices"
	"strings"
	"testing"
)

func TestContracts(t *testing.T) {
	t.Parallel()
	schema := func(s string) string { return `{"input": {"schema": ` + s + `}}` }
	for _, tt := range []struct {
		name, settings string
		takes, refuses string
	}{
		{"none", ``, "", "a"},
		{"empty", `{}`, "", "a"},
		{"properties", schema(`{"type": "object", "properties": {"a": {"type": "string"}, "b": {}}}`), "a b", "c properties type"},
		{"any", schema(`{}`), "", "a"},
		{"referred to", schema(`{"$ref": "#/definitions/d", "definitions": {"d": {"properties": {"a": {}}}}}`), "a", "d"},
		{"in a circle", schema(`{"allOf": [{"$ref": "#"}, {"$ref": "#"}, {"properties": {"a": {}}}]}`), "a", "b"},
		{"one of", schema(`{"oneOf": [{"properties": {"a": {}}}, {"anyOf": [{"properties": {"b": {}}}]}]}`), "a b", "c"},
		{"patterns", schema(`{"patternProperties": {"^x_": {}}}`), "x_1", "x"},
		{"a pattern of another language", schema(`{"properties": {"a": {"pattern": "(?=x)"}}}`), "a", "b"},
		{"draft 4", schema(`{"properties": {"a": {"type": "integer", "minimum": 1, "exclusiveMinimum": true}}, "required": ["a"]}`), "a", "b"},
		{"another draft", schema(`{"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"a": {"exclusiveMinimum": 1}}}`), "a", "b"},
		{"other members", `{"input": {"schema": {"properties": {"a": {}}}, "x": 1}, "later": {}}`, "a", "x"},
	} {
		contract, problems := ReadContract(tt.settings)
		if problems != nil {
			t.Errorf("%s: problems %v", tt.name, problems)
			continue
		}
		checks := func(names string, want int) {
			for name := range strings.FieldsSeq(names) {
				f, err := Parse(`{"Actions": [{"Type": "InvokeFlowModule", "Parameters": {"FlowModuleId": "m", "Input": {"` + name + `": "1"}}}]}`)
				if err != nil {
					t.Fatal(err)
				}
				if got := f.CheckContracts(nil, func(string) *Contract { return contract }); len(got) != want {
					t.Errorf("%s: %s gives problems %v, want %d", tt.name, name, got, want)
				}
			}
		}
		checks(tt.takes, 0)
		checks(tt.refuses, 1)
	}
}

func TestBadContracts(t *testing.T) {
	t.Parallel()
	results := func(n int) string {
		var names []string
		for i := range n {
			names = append(names, `{"name": "`+string(rune('a'+i))+`"}`)
		}
		return `{"transitions": {"results": [` + strings.Join(names, ",") + `]}}`
	}
	bad := "Invalid Settings property value. Path: Settings."
	for _, tt := range []struct {
		name, settings string
		want           []string
	}{
		{"no JSON", `{`, []string{"Settings is not valid JSON: unexpected end of JSON input"}},
		{"no object", `[]`, []string{"Settings is not a JSON object"}},
		{"no schema", `{"input": {}, "resultData": {}}`, []string{bad + "input", bad + "resultData"}},
		{"input is no object", `{"input": "x"}`, []string{bad + "input"}},
		{"schema is no object", `{"input": {"schema": "x"}}`, []string{bad + "input.schema"}},
		{"bad schema", `{"resultData": {"schema": {"properties": {"a": {"type": "text"}}}}}`, []string{bad + "resultData.schema"}},
		{"draft 4 has no numeric exclusiveMinimum", `{"input": {"schema": {"properties": {"a": {"minimum": 0, "exclusiveMinimum": 1}}}}}`, []string{bad + "input.schema"}},
		{"a schema elsewhere", `{"input": {"schema": {"$ref": "https://example.com/schema.json"}}}`, []string{bad + "input.schema"}},
		{"a file", `{"input": {"schema": {"$ref": "file:///etc/passwd"}}}`, []string{bad + "input.schema"}},
		{"an unknown draft", `{"input": {"schema": {"$schema": "https://example.com/draft"}}}`, []string{bad + "input.schema"}},
		{"dangling", `{"input": {"schema": {"$ref": "#/definitions/none"}}}`, []string{bad + "input.schema"}},
		{"eight results", results(8), nil},
		{"nine results", results(9), []string{bad + "transitions.results"}},
		{"results are no list", `{"transitions": {"results": {}}}`, []string{bad + "transitions.results"}},
		{"transitions are no object", `{"transitions": []}`, []string{bad + "transitions"}},
		{"no name", `{"transitions": {"results": [{"description": "a"}]}}`, []string{bad + "transitions.results[0].name"}},
		{"a name twice", `{"transitions": {"results": [{"name": "a"}, {"name": "a"}]}}`, []string{bad + "transitions.results[1].name"}},
	} {
		contract, problems := ReadContract(tt.settings)
		var got []string
		for _, p := range problems {
			got = append(got, p.Message)
		}
		if !slices.Equal(got, tt.want) || (contract == nil) != (tt.want != nil) {
			t.Errorf("%s: problems %q, want %q", tt.name, got, tt.want)
		}
	}
}

func FuzzContract(f *testing.F) {
	f.Add(`{"input": {"schema": {"allOf": [{"$ref": "#"}], "patternProperties": {"(": {}}}}, "transitions": {"results": [{"name": "a"}]}}`)
	f.Add(`{"resultData": {"schema": {"$schema": "http://json-schema.org/draft-04/schema#", "properties": {"a": {"enum": [1, 1.0]}}}}}`)
	f.Fuzz(func(t *testing.T, settings string) {
		contract, problems := ReadContract(settings)
		if (contract == nil) == (problems == nil) {
			t.Fatalf("contract %v and problems %v", contract, problems)
		}
	})
}
