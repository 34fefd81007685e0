package flow

import (
	"cmp"
	"slices"
	"strings"
)

// Name is a place of a flow that names a resource: a parameter that is meant to, by id, ARN or, in files, by name; or any other text
// that is an ARN.
type Name struct {
	Kind    string // Queue, Function, …; empty for a text that is meant for anything and happens to be an ARN
	Text    string
	Shown   string // what the flow designer showed for it, which is its name in the instance it comes from; empty if that is not told
	Action  string // identifier
	Pointer string // JSON pointer to the place
	Line    int    // of the content, from 1

	spans []span // the place, and those in the metadata that repeat it
}

// span is a string literal in the content, with its quotes.
type span struct{ from, to int }

// Names returns the places of a flow that name resources, in the order of the text. References ("$.Attributes.queue") name nothing yet.
func (f *Flow) Names() []Name {
	root, err := readDocument(f.content)
	if err != nil {
		return nil // Parse has read it
	}
	n := namer{content: f.content}
	metadata := root.get("Metadata").get("ActionMetadata")
	for i, action := range root.get("Actions").list() {
		at := path{}.key("Actions").index(i).key("Parameters")
		n.id = action.get("Identifier").word()
		n.metadata = metadata.get(n.id)
		first := len(n.names)
		if s := specs[action.get("Type").word()]; s != nil {
			n.members(at, action.get("Parameters"), n.metadata.get("parameters"), s.params)
		} else {
			n.free(at, action.get("Parameters"))
		}
		n.repeated(n.metadata, n.names[first:])
	}
	return n.names
}

// Rename returns the content with other texts at the places that Names returns, and every other byte as it is.
func (f *Flow) Rename(texts []string) string {
	type edit struct {
		span
		text string
	}
	var edits []edit
	for i, name := range f.Names() {
		if texts[i] == name.Text {
			continue
		}
		for _, s := range name.spans {
			edits = append(edits, edit{s, compact(texts[i])})
		}
	}
	slices.SortFunc(edits, func(a, b edit) int { return cmp.Compare(a.from, b.from) })
	var b strings.Builder
	done := 0
	for _, e := range edits {
		if e.from < done {
			continue // actions of one identifier share their metadata
		}
		b.WriteString(f.content[done:e.from])
		b.WriteString(e.text)
		done = e.to
	}
	b.WriteString(f.content[done:])
	return b.String()
}

type namer struct {
	content  string
	id       string // of the action
	metadata *node  // of the action
	names    []Name
}

// members looks at parameters of which it is known what they are for. shown is what the metadata say of them.
func (n *namer) members(at path, params, shown *node, known []param) {
	if params == nil {
		return
	}
	for _, m := range params.members {
		at := at.key(m.name)
		i := slices.IndexFunc(known, func(p param) bool { return p.name == m.name })
		if i < 0 {
			n.free(at, m.value)
			continue
		}
		shown := shown.get(m.name)
		switch p := &known[i]; {
		case p.resource != "":
			n.add(at, m.value, shown, p.resource)
		case p.shape == object && m.value.kind == isObject:
			n.members(at, m.value, shown, p.members)
		case p.shape == objectList && m.value.kind == isArray:
			for i, item := range m.value.items {
				var shownItem *node
				if i < len(shown.list()) {
					shownItem = shown.items[i]
				}
				n.members(at.index(i), item, shownItem, p.members)
			}
		default:
			n.free(at, m.value)
		}
	}
}

// free looks for ARNs in what may hold anything.
func (n *namer) free(at path, v *node) {
	switch {
	case v == nil:
	case v.kind == isString && strings.HasPrefix(v.text, "arn:"):
		n.add(at, v, nil, "")
	default:
		for _, m := range v.members {
			n.free(at.key(m.name), m.value)
		}
		for i, item := range v.items {
			n.free(at.index(i), item)
		}
	}
}

func (n *namer) add(at path, v, shown *node, kind string) {
	if v.kind != isString || v.text == "" || looksLikeReference(v.text) {
		return
	}
	if _, literal := compileText(v.text).literal(); !literal {
		return
	}
	n.names = append(n.names, Name{
		Kind: kind, Text: v.text, Shown: n.shown(kind, v.text, shown), Action: n.id, Pointer: at.pointer,
		Line: lineOf(n.content, v.offset), spans: []span{n.literal(v)},
	})
}

// literal finds the end of a string.
func (n *namer) literal(v *node) span {
	end := v.offset + 1
	for n.content[end] != '"' {
		if n.content[end] == '\\' {
			end++
		}
		end++
	}
	return span{v.offset, end + 1}
}

// shownAs are the members of an action's metadata that show a resource of a kind. Source: flow sheet, 2.5, and exports.
var shownAs = map[string][]string{
	Queue: {"queue"}, ContactFlow: {"ContactFlow", "contactFlow"}, Hours: {"Hours"}, Prompt: {"audio"}, Bot: {"lexV2BotName"},
}

// shown is the name of a resource in the metadata of its action: {"displayName": …} where the parameter is, or {"id": …, "text": …}. Of
// a bot it is the name, not that of its alias.
func (n *namer) shown(kind, text string, parameter *node) string {
	if kind == Bot {
		if name := parameter.get("lexV2BotName").word(); name != "" {
			return name
		}
	} else if name := parameter.get("displayName").word(); name != "" {
		return name
	}
	for _, member := range shownAs[kind] {
		m := n.metadata.get(member)
		if kind == Bot {
			return m.word()
		}
		for _, entry := range append(m.list(), m) {
			if id := entry.get("id").word(); id == "" || id == text {
				if name := entry.get("text").word(); name != "" {
					return name
				}
			}
		}
	}
	return ""
}

// repeated finds where the metadata of an action repeat what its parameters name, and have to be changed with them: members named id,
// and ARNs.
func (n *namer) repeated(v *node, names []Name) {
	if v == nil || len(names) == 0 {
		return
	}
	repeat := func(v *node, isID bool) {
		if v.kind != isString || !isID && !strings.HasPrefix(v.text, "arn:") {
			return
		}
		if i := slices.IndexFunc(names, func(name Name) bool { return name.Text == v.text }); i >= 0 {
			names[i].spans = append(names[i].spans, n.literal(v))
		}
	}
	for _, m := range v.members {
		repeat(m.value, m.name == "id")
		n.repeated(m.value, names)
	}
	for _, item := range v.items {
		repeat(item, false)
		n.repeated(item, names)
	}
}
