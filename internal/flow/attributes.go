package flow

import (
	"maps"
	"strings"
	"unicode/utf8"
)

// maxAttributes bounds the attributes of a contact, and those of a flow, in bytes of keys and values. Source: flow sheet, 6.1.
const maxAttributes = 32_768

func updateAttributes(_ *run, _ *action, in args) outcome {
	attributes, err := in.textMap("Attributes")
	if err != nil {
		return fails(err.Error())
	}
	for key := range attributes {
		if key == "" || strings.ContainsAny(key, "$.") {
			return fails("attribute key " + key)
		}
	}
	if attributesSize(attributes) > maxAttributes {
		return fails("attributes that are too large")
	}
	return outcome{effect: SetAttributes{Related: in.is("TargetContact", "Related"), Attributes: attributes}}
}

func updateFlowAttributes(r *run, _ *action, in args) outcome {
	set, ok := in["FlowAttributes"].(map[string]any)
	if !ok {
		return fails("FlowAttributes is no object")
	}
	all := maps.Clone(r.state.FlowAttributes)
	if all == nil {
		all = map[string]string{}
	}
	for key, v := range set {
		if wrapped, ok := v.(map[string]any); ok {
			v = ""
			if inside, ok := wrapped["Value"]; ok { // else a reference to something missing
				v = inside
			}
		}
		if all[key] = textOf(v); all[key] == "" {
			delete(all, key)
		}
	}
	if attributesSize(all) > maxAttributes {
		return fails("flow attributes that are too large")
	}
	r.state.FlowAttributes = all
	return outcome{}
}

func attributesSize(m map[string]string) int {
	n := 0
	for k, v := range m {
		n += len(k) + len(v)
	}
	return n
}

func tagContact(_ *run, _ *action, in args) outcome {
	tags, err := in.textMap("Tags")
	if err != nil {
		return fails(err.Error())
	}
	return outcome{effect: Tag{tags}}
}

func untagContact(_ *run, _ *action, in args) outcome {
	list, _ := in["TagKeys"].([]any)
	keys := make([]string, len(list))
	for i, key := range list {
		keys[i] = textOf(key)
	}
	return outcome{effect: Untag{keys}}
}

// updateContactData sets the fields a chat has. The switches of voice authentication are taken and do nothing.
func updateContactData(_ *run, a *action, in args) outcome {
	set := SetContactData{Related: in.is("TargetContact", "Related")}
	found := false
	for _, field := range []struct {
		name string
		max  int // characters. Source: API model, UpdateContact and CustomerId
		to   **string
	}{
		{"Name", 1024, &set.Name},
		{"Description", 4096, &set.Description},
		{"CustomerId", 128, &set.CustomerID},
		{"LanguageCode", maxAttributes, &set.LanguageCode},
	} {
		if _, given := a.params[field.name]; !given {
			continue
		}
		s, ok := in.text(field.name)
		if !ok {
			return fails(field.name + " that is missing")
		}
		if utf8.RuneCountInString(s) > field.max {
			return fails(field.name + " that is too long")
		}
		*field.to, found = &s, true
	}
	if !found {
		return outcome{}
	}
	return outcome{effect: set}
}

// updateHooks sets one hook, as publishing demands.
func updateHooks(_ *run, a *action, in args) outcome {
	hooks, _ := in["EventHooks"].(map[string]any)
	switches, _ := in["EventHooksConfiguration"].(map[string]any)
	names := maps.Clone(hooks)
	if names == nil {
		names = map[string]any{}
	}
	maps.Copy(names, switches)
	if len(names) != 1 {
		return fails("not one event hook, or one whose flow is missing")
	}
	var set SetHook
	for set.Hook = range names {
	}
	if s, ok := switches[set.Hook].(map[string]any); ok {
		set.Disable = args(s).is("DisableExecution", "true")
	}
	set.FlowID, _ = args(hooks).text(set.Hook)
	if set.FlowID == "" && !set.Disable {
		return fails("no flow for event hook " + set.Hook)
	}
	return outcome{effect: set}
}

func updateLogging(_ *run, _ *action, in args) outcome {
	return outcome{effect: SetLogging{in.is("FlowLoggingBehavior", "Enabled")}}
}

// continueChat makes the chat a persistent one.
func continueChat(_ *run, _ *action, in args) outcome {
	source, ok := in.text("SourceContactId")
	if !ok || source == "" {
		return fails("SourceContactId that is missing")
	}
	kind, _ := in.text("RehydrationType")
	return outcome{effect: ContinueChat{kind, source}}
}

// updateVoice keeps the name of a voice for references: what only sounds different has no other effect in a chat.
func updateVoice(r *run, _ *action, in args) outcome {
	if voice, ok := in.text("TextToSpeechVoice"); ok {
		r.state.keep("TextToSpeechVoiceId", []byte(compact(voice)))
		delete(r.results, "TextToSpeechVoiceId")
	}
	return outcome{}
}
