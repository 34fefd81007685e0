package view

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/openparley/parley/internal/arn"
)

func TestCheck(t *testing.T) {
	const body = `{"Head":{"Title":"T"},"Body":[{"Type":"Container","_id":"a","Content":["text",{"Type":"TextBox","_id":"b"}]}]}`
	for _, tt := range []struct {
		name, template, actions string
		draft, published        string // what is said of it
	}{
		{"a view", body, "Send", "", ""},
		{"one component", `{"Body":[{"Type":"TextBox","Content":"$.Text"}]}`, "Send", "", ""},
		{"no JSON", `{"Body":`, "Send", "is not a JSON object", "is not a JSON object"},
		{"null", `null`, "Send", "is not a JSON object", "is not a JSON object"},
		{"a list", `[]`, "Send", "is not a JSON object", "is not a JSON object"},
		{"too long", `{"Body":[],"x":"` + strings.Repeat("ä", MaxTemplate) + `"}`, "Send", "at most 256000", "at most 256000"},
		{"too many actions", body, strings.Repeat("a,", maxActions) + "b", "at most 100", "at most 100"},
		{"no actions", body, "", "", "no actions"},
		{"an action twice", body, "Send,Back,Send", "", "twice"},
		{"no body", `{"Head":{}}`, "Send", "", "no Body"},
		{"a body that is none", `{"Body":{}}`, "Send", "", "its Body not a list"},
		{"a head that is none", `{"Head":[],"Body":[]}`, "Send", "", "Head is not an object"},
		{"a component without a type", `{"Body":[{"_id":"a"}]}`, "Send", "", "Body[0] is no component"},
		{"a component that is a text", `{"Body":["a"]}`, "Send", "", "Body[0] is no component"},
		{"an inner component without a type", `{"Body":[{"Type":"A","Content":["x",{"_id":"a"}]}]}`, "Send", "", "Body[0].Content[1] is no component"},
		{"an id twice", strings.Replace(body, `"b"`, `"a"`, 1), "Send", "", `_id "a"`},
	} {
		c := Content{Template: tt.template}
		if tt.actions != "" {
			c.Actions = strings.Split(tt.actions, ",")
		}
		for want, err := range map[*string]error{&tt.draft: c.CheckDraft(), &tt.published: c.Check()} {
			if said := err != nil; said != (*want != "") || said && !strings.Contains(err.Error(), *want) {
				t.Errorf("%s: %v, want %q", tt.name, err, *want)
			}
		}
	}
}

func TestSchema(t *testing.T) {
	for template, want := range map[string]string{
		`{"Body":[{"Type":"A","Props":{"x":"$.Heading","y":"Dear $.Name","z":["$.List"]},"Content":["$.Text","$.Text"]}]}`: `{"properties":{"Heading":{},"List":{},"Text":{}},"type":"object"}`,
		`{"Body":["$.Customer.Name","$.Items[0]","$","$.","$5","$.A B"]}`:                                                  `{"properties":{"Customer":{},"Items":{}},"type":"object"}`,
		`{}`: `{"properties":{},"type":"object"}`,
	} {
		if got := Schema(template); got != want {
			t.Errorf("%s: %s, want %s", template, got, want)
		}
	}
}

func TestHash(t *testing.T) {
	a := Content{Template: "{}", Actions: []string{"ab", "c"}}
	b := Content{Template: "{}", Actions: []string{"a", "bc"}}
	if a.SHA256() == b.SHA256() || len(a.SHA256()) != 64 {
		t.Error(a.SHA256(), b.SHA256())
	}
}

func TestManaged(t *testing.T) {
	scope := arn.Scope{Region: "eu-central-1", Account: "111122223333"}
	var names []string
	for _, m := range All() {
		names = append(names, m.ID)
		if err := m.Check(); err != nil {
			t.Errorf("%s: %v", m.ID, err)
		}
		var schema struct {
			Properties map[string]any
			Required   []string
		}
		if err := json.Unmarshal([]byte(m.Schema), &schema); err != nil {
			t.Errorf("%s: %v", m.ID, err)
		}
		if got := Inputs(m.Template); len(got) == 0 || len(got) != len(schema.Properties) {
			t.Errorf("%s: inputs %q, schema %v", m.ID, got, schema.Properties)
		}
		if needs := len(schema.Required) > 0; needs == m.Takes(map[string]any{}) {
			t.Errorf("%s needs %q and takes nothing: %v", m.ID, schema.Required, !needs)
		}
	}
	if want := []string{"after-contact-work", "cards", "confirmation", "detail", "form", "list"}; !slices.Equal(names, want) {
		t.Errorf("managed views %q, want %q", names, want)
	}
	for name, want := range map[string]string{
		"form": "form", "form:1": "form", "form:$LATEST": "form", "arn:aws:connect:eu-central-1:aws:view/form": "form",
		"arn:aws:connect:eu-central-1:aws:view/list:1": "list",
		"form:2": "", "form:": "", "Form": "", "form:$SAVED": "",
		"arn:aws:connect:us-east-1:aws:view/form:1":                        "",
		"arn:aws:connect:eu-central-1:111122223333:instance/i/view/form:1": "",
	} {
		m, ok := Find(scope, name)
		if ok != (want != "") || ok && m.ID != want {
			t.Errorf("%s: %v, want %q", name, m, want)
		}
	}
}

func TestTakes(t *testing.T) {
	for _, tt := range []struct {
		view, data string
		want       bool
	}{
		{"form", `{"Sections":[]}`, true},
		{"form", `{"Sections":"[{\"Type\":\"FormSection\"}]"}`, true},
		{"form", `{"Sections":[],"Wizard":""}`, true},
		{"form", `{"Sections":[],"Wizard":null}`, true},
		{"form", `{"Sections":[],"Unknown":7}`, true},
		{"form", `{}`, false},
		{"form", `{"Sections":""}`, false},
		{"form", `{"Sections":null}`, false},
		{"form", `{"Sections":{}}`, false},
		{"form", `{"Sections":"null"}`, false},
		{"form", `{"Sections":"Address"}`, false},
		{"form", `{"Sections":[],"Wizard":{}}`, false},
		{"detail", `{"Sections":"a text"}`, true},
		{"detail", `{"Sections":[],"Actions":7}`, false},
		{"confirmation", `{"Heading":"Done"}`, true},
		{"confirmation", `{"Heading":""}`, false},
	} {
		var data map[string]any
		if err := json.Unmarshal([]byte(tt.data), &data); err != nil {
			t.Fatal(err)
		}
		m, _ := Find(arn.Scope{}, tt.view)
		if got := m.Takes(data); got != tt.want {
			t.Errorf("%s takes %s: %v, want %v", tt.view, tt.data, got, tt.want)
		}
	}
}
