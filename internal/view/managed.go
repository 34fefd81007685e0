package view

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/openparley/parley/internal/arn"
)

// Managed is a view that comes with the service. It has one version and never changes.
type Managed struct {
	ID          string // also its name
	Description string
	Content
	Schema string // JSON Schema text for what it has to be given

	required, lists []string
}

// Version of all managed views. Source: flow sheet, 15.5.
const Version = 1

// managed are the views that clients know as one component each. Source: flow sheet, 15.5.
var managed = []*Managed{
	newManaged("after-contact-work", "AfterContactWork", "What an agent notes of a contact that has ended", []string{"Submit", "Cancel"},
		"CustomerName", "PhoneNumber", "Category_DefaultValue", "Driver_DefaultValue", "Satisfaction_DefaultValue", "FollowUp_DefaultValue",
		"Resolved_DefaultValue", "Summary", "ContactNotes"),
	newManaged("cards", "CardsView", "Cards to choose from, each with details", []string{"ActionSelected", "Back", "NoMatchFound"},
		"*Cards[]", "Heading", "CardsPerRow", "Back", "NoMatchFound", "AttributeBar[]", "Style"),
	newManaged("confirmation", "ConfirmationView", "That something was done", []string{"Next"},
		"*Heading", "SubHeading", "Graphic", "Next", "AttributeBar[]", "Style"),
	newManaged("detail", "DetailsView", "Facts, and actions to choose from", []string{"ActionSelected", "Back"},
		"*Sections", "Heading", "Description", "Actions[]", "Back", "AttributeBar[]", "Style"),
	newManaged("form", "FormWithSteps", "A form, of one step or of several", []string{"Next", "Back", "Step"},
		"*Sections[]", "Heading", "SubHeading", "ErrorText", "Wizard[]", "Next", "Back", "Previous", "Cancel", "Edit", "AttributeBar[]", "Style"),
	newManaged("list", "ListView", "Items to choose from", []string{"ActionSelected", "Back"},
		"*Items[]", "Heading", "SubHeading", "Back", "AttributeBar[]", "Style"),
}

// newManaged makes a view of one component whose every property is an input: "*" marks one that must be given, "[]" a list.
func newManaged(id, component, description string, actions []string, inputs ...string) *Managed {
	m := &Managed{ID: id, Description: description, Content: Content{Actions: actions}}
	props, properties := map[string]string{}, map[string]any{}
	for _, in := range inputs {
		name, required := strings.CutPrefix(in, "*")
		name, list := strings.CutSuffix(name, "[]")
		if required {
			m.required = append(m.required, name)
		}
		props[name], properties[name] = "$."+name, struct{}{}
		if list {
			m.lists = append(m.lists, name)
			properties[name] = map[string]any{"type": "array"}
		}
	}
	type layout struct{ Columns []int }
	template := struct {
		Head struct {
			Title         string
			Configuration struct{ Layout layout }
		}
		Body []any
	}{Body: []any{struct {
		Type  string
		ID    string `json:"_id"`
		Props map[string]string
	}{component, id, props}}}
	template.Head.Title, template.Head.Configuration.Layout = description, layout{[]int{12}}
	b, err := json.Marshal(template)
	if err != nil {
		panic(err) // texts
	}
	m.Template, m.Schema = string(b), schema(properties, m.required)
	return m
}

// All returns the managed views in the order of their names.
func All() []*Managed { return managed }

// Find finds a managed view by its name or ARN, which may be followed by its version.
func Find(scope arn.Scope, nameOrARN string) (*Managed, bool) {
	name, ok := scope.ManagedName(arn.View, nameOrARN)
	if !ok {
		return nil, false
	}
	name, qualifier, qualified := strings.Cut(name, ":")
	if qualified && qualifier != "1" && qualifier != "$LATEST" {
		return nil, false
	}
	i := slices.IndexFunc(managed, func(m *Managed) bool { return m.ID == name })
	if i < 0 {
		return nil, false
	}
	return managed[i], true
}

// Takes reports whether the view can show this data: nothing is missing that it needs, and lists are lists. Clients read a text as the JSON
// that it is, and attributes hold nothing else; an empty one is nothing. Source: flow sheet, 15.1.
func (m *Managed) Takes(data map[string]any) bool {
	lacks := func(name string) bool { return data[name] == nil || data[name] == "" }
	return !slices.ContainsFunc(m.required, lacks) &&
		!slices.ContainsFunc(m.lists, func(name string) bool { return !lacks(name) && !isList(data[name]) })
}

func isList(v any) bool {
	var list []any
	switch v := v.(type) {
	case string:
		return json.Unmarshal([]byte(v), &list) == nil && list != nil
	case json.RawMessage:
		return json.Unmarshal(v, &list) == nil && list != nil
	case []any:
		return true
	}
	return false
}
