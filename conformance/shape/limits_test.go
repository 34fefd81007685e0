package shape

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/participant"
)

// model is the public model of a service as the v1 module holds it, of July 2025.
type model struct {
	Operations map[string]struct {
		Input struct{ Shape string }
	}
	Shapes map[string]*modelShape
}

type modelShape struct {
	Type     string
	Members  map[string]struct{ Shape string }
	Required []string
	Member   struct{ Shape string }
	Key      struct{ Shape string }
	Value    struct{ Shape string }
	Enum     []string
	Min, Max *float64
	Pattern  string
}

func readModel(t *testing.T, service string) *model {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-sdk-go").Output()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "models/apis", service, "api-2.json"))
	if err != nil {
		t.Fatal(err)
	}
	m := new(model)
	if err := json.Unmarshal(text, m); err != nil {
		t.Fatal(err)
	}
	return m
}

// otherwise are limits of ours that are not those of the model of 2025.
var otherwise = map[string]string{
	// The model of 2026 has them.
	"Reference.Value":                             "map[len:0..4096]",
	"SearchableContactAttributesCriteria.Key":     "map[len:1..100 required:]",
	"SegmentAttributeValue.ValueString":           "map[len:0..1024]",
	"UpdateContactInput.Name":                     "map[len:0..1024]",
	"UpdateContactFlowModuleContentInput.Content": "map[len:1..256000]",
	// The documents have them.
	"CreateContactFlowInput.Content":          "map[len:1..256000 required:]",
	"UpdateContactFlowContentInput.Content":   "map[len:1..256000 required:]",
	"NewSessionDetails.Attributes":            "map[keylen:1..32767 keys: len:0..32767]",
	"StartChatContactInput.Attributes":        "map[keylen:1..32767 keys: len:0..32767]",
	"UpdateContactAttributesInput.Attributes": "map[keylen:1..32767 keys: len:0..32767 required:]",
	// Clients need them.
	"CreateParticipantConnectionInput.Type": "map[]",
	"GetTranscriptInput.NextToken":          "map[len:0..1000]",
	"SendEventInput.Content":                "map[len:0..16384]",
}

// TestLimits compares the limits in the tags of all inputs with those of the model.
func TestLimits(t *testing.T) {
	checked := 0
	for service, clients := range map[string]struct {
		client reflect.Type
		unions []any
	}{
		"connect/2017-08-08":            {reflect.TypeFor[*connect.Client](), connect.Service.Unions},
		"connectparticipant/2018-09-07": {reflect.TypeFor[*participant.Client](), nil},
	} {
		c := limits{t: t, model: readModel(t, service), unions: clients.unions, seen: map[string]bool{}}
		for m := range clients.client.Methods() {
			if op, ok := c.model.Operations[m.Name]; ok {
				checked++
				c.structure(m.Type.In(2).Elem(), op.Input.Shape)
			}
		}
	}
	if checked < 50 {
		t.Errorf("only %d operations are in the models", checked)
	}
}

type limits struct {
	t      *testing.T
	model  *model
	unions []any
	seen   map[string]bool
}

func (c *limits) structure(t reflect.Type, name string) {
	if c.seen[name] {
		return
	}
	c.seen[name] = true
	s := c.model.Shapes[name]
	for member, ref := range s.Members {
		f, ok := t.FieldByName(strings.ToUpper(member[:1]) + member[1:])
		if !ok {
			c.t.Errorf("%v lacks %s", t, member)
			continue
		}
		want := c.tag(ref.Shape)
		for _, required := range s.Required {
			if required == member {
				want["required"] = ""
			}
		}
		c.compare(t.Name()+"."+f.Name, f, want)
		c.below(f.Type, ref.Shape)
	}
}

// compare wants the tag of a field to hold these rules, and no other limits.
func (c *limits) compare(path string, f reflect.StructField, want map[string]string) {
	got := map[string]string{}
	for part := range strings.SplitSeq(f.Tag.Get("wire"), ",") {
		rule, value, _ := strings.Cut(part, "=")
		switch rule {
		case "required", "len", "count", "keylen", "range":
			got[rule] = value
		case "form", "keys":
			got[rule] = ""
		}
	}
	if !reflect.DeepEqual(got, want) && otherwise[path] != fmt.Sprint(got) {
		c.t.Errorf("%s has limits %v, the model %v", path, got, want)
	}
}

// tag are the rules for a value of a shape.
func (c *limits) tag(name string) map[string]string {
	s := c.model.Shapes[name]
	rules := map[string]string{}
	set := func(rule string, s *modelShape) {
		if s.Min != nil || s.Max != nil {
			rules[rule] = bounds(s)
		}
	}
	switch s.Type {
	case "string":
		if s.Enum == nil {
			set("len", s)
			if s.Pattern != "" {
				rules["form"] = ""
			}
		}
	case "integer", "long", "float", "double":
		set("range", s)
	case "list":
		rules = c.tag(s.Member.Shape)
		set("count", s)
	case "map":
		rules = c.tag(s.Value.Shape)
		set("count", s)
		set("keylen", c.model.Shapes[s.Key.Shape])
		if c.model.Shapes[s.Key.Shape].Pattern != "" {
			rules["keys"] = ""
		}
	}
	return rules
}

func bounds(s *modelShape) string {
	text := "0.."
	if s.Min != nil {
		text = fmt.Sprintf("%.0f..", *s.Min)
	}
	if s.Max != nil && *s.Max < 1<<62 {
		text += fmt.Sprintf("%.0f", *s.Max)
	}
	return text
}

// below goes on with the structures in a value.
func (c *limits) below(t reflect.Type, name string) {
	s := c.model.Shapes[name]
	switch {
	case s.Type == "list":
		c.below(t.Elem(), s.Member.Shape)
	case s.Type == "map":
		c.below(t.Elem(), s.Value.Shape)
	case t.Kind() == reflect.Interface:
		for member, ref := range s.Members {
			holder := c.holder(t, member)
			if holder == nil {
				c.t.Errorf("%v lacks %s", t, member)
				continue
			}
			f, _ := holder.FieldByName("Value")
			c.compare(holder.Name(), f, c.tag(ref.Shape))
			c.below(f.Type, ref.Shape)
		}
	case s.Type == "structure":
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		c.structure(t, name)
	}
}

func (c *limits) holder(union reflect.Type, member string) reflect.Type {
	for _, u := range c.unions {
		if t := reflect.TypeOf(u).Elem(); t.Name() == union.Name()+"Member"+member {
			return t
		}
	}
	return nil
}
