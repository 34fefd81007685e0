package flow

import (
	"encoding/json"
	"strings"
	"testing"
)

func conditionOf(t *testing.T, text string) (condition, bool) {
	t.Helper()
	root, err := readDocument(text)
	if err != nil {
		t.Fatalf("condition %s: %v", text, err)
	}
	return compileCondition(root)
}

func TestConditions(t *testing.T) {
	facts := Facts{Attributes: map[string]string{"five": "5", "tier": "gold"}}
	const null = "<null>"
	for _, tt := range []struct {
		operator, operand, value string
		want                     bool
	}{
		{"Equals", "gold", "gold", true},
		{"Equals", "gold", "Gold", false},
		{"Equals", "5", "5.0", false},
		{"Equals", "gold", null, false},
		{"Equals", "$.Attributes.tier", "gold", true},
		{"Equals", "$.Attributes.nope", "", false},
		{"Equals", "", "", true},
		{"TextStartsWith", "go", "gold", true},
		{"TextStartsWith", "Go", "gold", false},
		{"TextEndsWith", "ld", "gold", true},
		{"TextEndsWith", "go", "gold", false},
		{"TextContains", "ol", "gold", true},
		{"TextContains", "x", "gold", false},
		{"TextContains", "x", null, false},
		{"NumberGreaterThan", "5", "5.1", true},
		{"NumberGreaterThan", "5", "5.0", false},
		{"NumberGreaterThan", "9", "10", true},
		{"NumberGreaterThan", "$.Attributes.five", "6", true},
		{"NumberGreaterThan", "-1", "0", true},
		{"NumberGreaterOrEqualTo", "5", "5.0", true},
		{"NumberGreaterOrEqualTo", "5", "4.9", false},
		{"NumberLessThan", "5", "4", true},
		{"NumberLessThan", "5", "5", false},
		{"NumberLessOrEqualTo", "5", "5", true},
		{"NumberLessOrEqualTo", "5", "6", false},
		{"NumberLessThan", "x", "4", false},
		{"NumberLessThan", "5", "x", false},
		{"NumberLessThan", "5", "", false},
		{"NumberLessThan", "5", null, false},
		{"NumberLessThan", "Inf", "4", false},
		{"NumberLessThan", "0x10", "4", false},
		{"NumberLessThan", "1_0", "4", false},
		{"NumberLessThan", "1e2", "4", true},
		{"NumberGreaterThan", "1e999", "4", false},
		{"Contains", "gold", "gold", false},
		{"equals", "gold", "gold", false},
		{"", "gold", "gold", false},
	} {
		text, _ := json.Marshal(map[string]any{"Operator": tt.operator, "Operands": []string{tt.operand}})
		c, ok := conditionOf(t, string(text))
		r := run{state: &State{}, facts: &facts}
		if got := r.holds(c, tt.value, tt.value != null); !ok || got != tt.want {
			t.Errorf("%q %s %q is %v, want %v", tt.value, tt.operator, tt.operand, got, tt.want)
		}
	}
}

func TestConditionGroups(t *testing.T) {
	const (
		yes = `{"Operator":"Equals","Operands":["5"]}`
		no  = `{"Operator":"Equals","Operands":["6"]}`
	)
	group := func(operator string, operands ...string) string {
		return `{"Operator":"` + operator + `","Operands":[` + strings.Join(operands, ",") + `]}`
	}
	facts := Facts{Attributes: map[string]string{"here": ""}}
	for _, tt := range []struct {
		condition string
		want      bool
	}{
		{group("And", yes, yes), true},
		{group("And", yes, no), false},
		{group("And"), false},
		{group("Or", no, yes), true},
		{group("Or", no, no), false},
		{group("Or"), false},
		{group("Not", no), true},
		{group("Not", yes), false},
		{group("Not"), false},
		{group("Not", no, no), false},
		{group("And", group("Not", no), group("Or", no, group("Not", group("Not", yes)))), true},
		{group("Exists"), true},
		{group("Exists", `"$.Attributes.here"`), true},
		{group("Exists", `"$.Attributes.gone"`), false},
		{group("Exists", `"text"`), false},
		{group("Equals", `"5"`, `"5"`), false},
		{group("Equals"), false},
		{group("Equals", "5"), true},
		{group("KeyExists", `"k"`), false},
	} {
		c, ok := conditionOf(t, tt.condition)
		r := run{state: &State{}, facts: &facts}
		if got := r.holds(c, "5", true); !ok || got != tt.want {
			t.Errorf("%s is %v (readable %v), want %v", tt.condition, got, ok, tt.want)
		}
	}
	r := run{state: &State{}, facts: &facts}
	has, _ := conditionOf(t, group("KeyExists", `"k"`))
	if !r.holds(has, map[string]any{"k": nil}, true) || r.holds(has, map[string]any{"j": 1}, true) {
		t.Error("KeyExists does not tell whether an object has the key")
	}
	missing, _ := conditionOf(t, group("Not", group("Exists")))
	if !r.holds(missing, nil, false) {
		t.Error("Not Exists is false of a missing value")
	}
}

func TestConditionLimits(t *testing.T) {
	nest := func(depth int) string {
		return strings.Repeat(`{"Operator":"Not","Operands":[`, depth-1) + `{"Operator":"Exists","Operands":[]}` + strings.Repeat("]}", depth-1)
	}
	wide := func(n int) string {
		return `{"Operator":"Or","Operands":[` + strings.TrimSuffix(strings.Repeat(`{"Operator":"Equals","Operands":["x"]},`, n-1), ",") + "]}"
	}
	for _, tt := range []struct {
		name, condition string
		want            bool
	}{
		{"5 deep", nest(5), true}, {"6 deep", nest(6), false}, {"50 in all", wide(50), true}, {"51 in all", wide(51), false},
	} {
		if _, ok := conditionOf(t, tt.condition); ok != tt.want {
			t.Errorf("a condition %s is readable: %v, want %v", tt.name, ok, tt.want)
		}
	}
}
