package flow

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Converted is a flow made of one in the older format of the flow designer.
type Converted struct {
	Content string    // in the flow language; Check tells whether it can be published
	Notes   []Problem // what could not be carried over; places are those of the older text

	places map[string]Problem // of the modules, by identifier of the action made of them
}

// IsOlder reports whether a content is in the older format, which Convert reads. Source: flow sheet, 17.
func IsOlder(content string) bool {
	root, err := readDocument(content)
	return err == nil && isOlder(root)
}

func isOlder(root *node) bool { return root.get("modules") != nil && root.get("Actions") == nil }

// Convert makes a flow of a content in the older format. Modules become actions of the same identifier. A branch that publishing
// demands and the older flow lacks leads to an end that is added. The error is an *Invalid for what is no JSON object or not in the
// older format.
func Convert(content string) (*Converted, error) {
	root, err := readDocument(content)
	if err != nil {
		return nil, err
	}
	if !isOlder(root) {
		return nil, invalid(content, root.offset, "Content is not in the older format of the flow designer: it has no modules")
	}
	return convert(content, root), nil
}

// inOlder moves a problem of the new content to the module that it comes from.
func (c *Converted) inOlder(p Problem) Problem {
	place := c.places[p.Action]
	p.Pointer, p.Line, p.Column = place.Pointer, max(place.Line, 1), max(place.Column, 1)
	return p
}

// made is an action of the new document.
type made struct {
	Identifier  string
	Type        string
	Parameters  map[string]any
	Transitions struct {
		NextAction string          `json:",omitempty"`
		Conditions []madeCondition `json:",omitempty"`
		Errors     []madeError     `json:",omitempty"`
	}
}

type madeCondition struct {
	NextAction string
	Condition  struct {
		Operator string
		Operands []string
	}
}

type madeError struct {
	NextAction string
	ErrorType  string
}

func (a *made) on(operator, operand, next string) {
	c := madeCondition{NextAction: next}
	c.Condition.Operator, c.Condition.Operands = operator, []string{operand}
	a.Transitions.Conditions = append(a.Transitions.Conditions, c)
}

func (a *made) fail(errorType, next string) {
	if a.failure(errorType) == "" {
		a.Transitions.Errors = append(a.Transitions.Errors, madeError{next, errorType})
	}
}

// conversion is a document under conversion.
type conversion struct {
	*Converted
	older    *places
	flowType string
	shown    map[string]any // of the actions, for the designer
	actions  []*made
}

// older is a module of the older document.
type olderModule struct {
	*node
	c      *conversion
	at     path
	id     string
	kind   string
	target string
	used   map[*node]bool // parameters that have been carried over
	made   *made
	shown  map[string]any // names of resources, by parameter
}

func convert(content string, root *node) *Converted {
	c := &conversion{
		Converted: &Converted{places: map[string]Problem{}}, older: placesOf(content), flowType: typeOf(root),
		shown: map[string]any{}, actions: []*made{},
	}
	for i, n := range root.get("modules").list() {
		c.module(path{}.key("modules").index(i), n)
	}
	c.complete()
	slices.SortStableFunc(c.Notes, Problem.compare)
	metadata := map[string]any{"ActionMetadata": c.shown}
	if told := root.get("metadata"); told != nil {
		for _, m := range told.members {
			if m.value.kind != isNull && m.name != "hash" {
				metadata[m.name] = plain(m.value)
			}
		}
	}
	if t := root.get("type").word(); t != "" {
		metadata["type"] = t
	}
	c.Content = indented(struct {
		Version     string
		StartAction string
		Metadata    map[string]any
		Actions     []*made
	}{version, root.get("start").word(), metadata, c.actions})
	return c.Converted
}

func indented(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if enc.Encode(v) != nil {
		return "{}"
	}
	return b.String()
}

// plain is a value as encoding/json writes it back.
func plain(n *node) any {
	switch n.kind {
	case isObject:
		object := map[string]any{}
		for _, m := range n.members {
			object[m.name] = plain(m.value)
		}
		return object
	case isArray:
		items := make([]any, len(n.items))
		for i, item := range n.items {
			items[i] = plain(item)
		}
		return items
	case isNumber:
		return json.Number(n.text)
	case isBool:
		return n.text == "true"
	case isString:
		return n.text
	}
	return nil
}

func (c *conversion) note(m *olderModule, message string) {
	p := c.places[m.id]
	p.Message = message
	c.Notes = append(c.Notes, p)
}

func (c *conversion) module(at path, n *node) {
	m := &olderModule{
		node: n, c: c, at: at, id: n.get("id").word(), kind: n.get("type").word(), target: n.get("target").word(), used: map[*node]bool{},
		shown: map[string]any{},
	}
	line, column := c.older.at(n.offset)
	c.places[m.id] = Problem{Rule: ruleConverted, Action: m.id, Pointer: at.pointer, Line: line, Column: column}
	m.made = &made{Identifier: m.id, Parameters: map[string]any{}}
	c.actions = append(c.actions, m.made)
	carry := carriers[m.kind]
	if carry == nil {
		m.made.Type = m.kind
		c.note(m, fmt.Sprintf("There is no action for modules of type %q", m.kind))
		m.branches(nil)
	} else {
		m.branches(carry(m))
		for _, p := range m.get("parameters").list() {
			if name := p.get("name").word(); !m.used[p] && !slices.Contains(dropped, name) {
				c.note(m, fmt.Sprintf("The parameter %s of %s has no counterpart in %s", name, m.kind, m.made.Type))
			}
		}
	}
	shown := map[string]any{}
	if position := m.get("metadata").get("position"); position != nil {
		shown["position"] = plain(position)
	}
	if len(m.shown) > 0 {
		shown["parameters"] = m.shown
	}
	c.shown[m.id] = shown
}

// dropped are parameters that say nothing which an action needs to know.
var dropped = []string{"TextToSpeechType", "LexVersion", "AttributeType", "ResponseType", "CustomerInputType", "TimeUnit"}

// param returns the first parameter of this name that has not been asked for.
func (m *olderModule) param(name string) *node {
	for _, p := range m.get("parameters").list() {
		if p.get("name").word() == name && !m.used[p] {
			m.used[p] = true
			return p
		}
	}
	return nil
}

// text returns what a parameter of this name is set to, a reference if it has a name space.
func (m *olderModule) text(name string) string { return m.valueOf(m.param(name)) }

func (m *olderModule) valueOf(p *node) string {
	value, _ := p.get("value").scalar()
	space := p.get("namespace").word()
	if space == "" || value == "" {
		return value
	}
	ref, sure := olderReference(space, value)
	if !sure {
		m.c.note(m, fmt.Sprintf("%q of %s is taken for %s", value, space, ref))
	}
	return ref
}

// olderReference writes a name in a name space as a reference; sure is false if it is a guess.
func olderReference(space, name string) (ref string, sure bool) {
	root, known := olderSpaces[space]
	if space == "System" {
		if system := systemNames[letters(name)]; system != "" {
			return "$." + system, true
		}
		_, known := readable[strings.Split(name, ".")[0]]
		return "$." + name, known
	}
	if !known {
		root = strings.ReplaceAll(space, " ", "")
		_, known = readable[strings.Split(root, ".")[0]]
	}
	if _, end := scanName(name, 0); end == len(name) || strings.HasPrefix(name, "[") || space != "User Defined" && !strings.ContainsAny(name, " '") {
		return "$." + root + "." + name, known
	}
	return "$." + root + "['" + name + "']", known
}

// letters is a name without blanks and the like, in small letters.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(s))
}

var olderSpaces = map[string]string{
	"User Defined": "Attributes", "External": "External", "Lex": "Lex", "Lex Slots": "Lex.Slots", "Lex Attributes": "Lex.SessionAttributes",
	"Flow": "FlowAttributes", "Customer": "Customer", "Customer Profile": "Customer", "Agent": "Agent", "Queue Metrics": "Metrics",
	"Media Streams": "MediaStreams", "Case": "Case", "Cases": "Case",
}

// systemNames are what the older designer shows for system attributes. Source: flow sheet, 6.2 and 17.
var systemNames = map[string]string{
	"channel": "Channel", "customernumber": "CustomerEndpoint.Address", "dialednumber": "SystemEndpoint.Address", "contactid": "ContactId",
	"initialcontactid": "InitialContactId", "previouscontactid": "PreviousContactId", "instancearn": "InstanceARN", "awsregion": "AwsRegion",
	"initiationmethod": "InitiationMethod", "queuename": "Queue.Name", "queuearn": "Queue.ARN", "customercallbacknumber": "CallbackNumber",
	"storedcustomerinput": "StoredCustomerInput", "texttospeechvoice": "TextToSpeechVoiceId", "languagecode": "LanguageCode",
	"agentusername": "Agent.UserName", "agentfirstname": "Agent.FirstName", "agentlastname": "Agent.LastName", "agentarn": "Agent.ARN",
	"customerdisplayname": "CustomerEndpoint.DisplayName",
}

// set gives the action a parameter, if the module has the older one. A resource without an id is known by its name.
func (m *olderModule) set(name, older string) bool {
	p := m.param(older)
	if p == nil {
		return false
	}
	value, shown := m.valueOf(p), p.get("resourceName").word()
	if value == "" && shown != "" {
		m.c.note(m, fmt.Sprintf("%s has the name %q and no id: the name stands for it", older, shown))
		value = shown
	}
	if value == "" {
		m.c.note(m, older+" is empty and left out")
		return false
	}
	if shown != "" {
		m.shown[name] = map[string]any{"displayName": shown}
	}
	m.made.Parameters[name] = value
	return true
}

// says gives it what is said, or one of several messages.
func (m *olderModule) says(into map[string]any) bool {
	for _, p := range m.get("parameters").list() {
		name := p.get("name").word()
		if m.used[p] || name != "Text" && name != "AudioPrompt" {
			continue
		}
		m.used[p] = true
		value := m.valueOf(p)
		if value == "" {
			value = p.get("resourceName").word()
		}
		as := "Text"
		switch {
		case name == "AudioPrompt":
			as = "PromptId"
		case m.speech() == "ssml":
			as = "SSML"
		}
		if value == "" {
			m.c.note(m, name+" is empty and left out")
			continue
		}
		into[as] = value
		return true
	}
	return false
}

func (m *olderModule) speech() string {
	for _, p := range m.get("parameters").list() {
		if p.get("name").word() == "TextToSpeechType" {
			return strings.ToLower(p.get("value").word())
		}
	}
	return ""
}

// pairs are the parameters of this name, by key.
func (m *olderModule) pairs(name string) map[string]any {
	all := map[string]any{}
	for p := m.param(name); p != nil; p = m.param(name) {
		key, _ := p.get("key").scalar()
		if value := m.valueOf(p); value != "" && key != "" {
			all[key] = value
		} else {
			m.c.note(m, fmt.Sprintf("%s %q is empty and left out: the flow language has no empty values", name, key))
		}
	}
	return all
}

// ways are what the branches of a module become, where they differ from what others have.
type ways map[string]func(next string)

var olderErrors = map[string]string{
	"Error": NoMatchingError, "NoMatch": NoMatchingCondition, "Timeout": inputTimeLimit, "AtCapacity": QueueAtCapacity,
	"InvalidNumber": invalidPhone, "InvalidPhoneNumber": invalidCallback, "NonDialableNumber": notDialable, "CallFailed": callFailed,
	"ConnectionTimeout": connectionTime,
}

var olderResults = map[string]string{
	"Looping": continueLooping, "Complete": doneLooping, "True": "True", "False": "False", "CustomerReturn": CustomerReturned,
}

var olderOperators = map[string]string{
	"Equals": equals, "Contains": contains, "StartsWith": startsWith, "EndsWith": endsWith, "GreaterThan": greater, "LessThan": less,
	"GreaterThanOrEqualTo": greaterOrEqual, "LessThanOrEqualTo": lessOrEqual,
}

// branches carries the branches over. One without a transition is none.
func (m *olderModule) branches(special ways) {
	t := &m.made.Transitions
	for _, b := range m.get("branches").list() {
		condition, next := b.get("condition").word(), b.get("transition").word()
		if next == "" {
			continue
		}
		way, errorType, result := special[condition], olderErrors[condition], olderResults[condition]
		switch {
		case way != nil:
			way(next)
		case condition == "Success":
			t.NextAction = next
		case condition == "Evaluate":
			m.evaluate(b, next)
		case result != "":
			m.made.on(equals, result, next)
		case errorType != "":
			m.made.fail(errorType, next)
		default:
			m.c.note(m, fmt.Sprintf("The branch %q of %s has no counterpart", condition, m.kind))
		}
	}
}

func (m *olderModule) evaluate(b *node, next string) {
	operator, ok := olderOperators[b.get("conditionType").word()]
	operand, _ := b.get("conditionValue").scalar()
	if !ok || operand == "" {
		m.c.note(m, fmt.Sprintf("The condition %s %q has no counterpart", b.get("conditionType").word(), operand))
		return
	}
	m.made.on(operator, operand, next)
}

// complete gives all actions the branches that publishing demands, takes away those it refuses, and adds an end if something leads there.
func (c *conversion) complete() {
	end := "end"
	for c.places[end].Action != "" {
		end += "-"
	}
	ends := false
	for _, a := range c.actions {
		if c.completeOne(a, end) {
			ends = true
		}
	}
	if !ends {
		return
	}
	kind := "DisconnectParticipant"
	if t := flowTypes[c.flowType]; t != 0 && !specs[kind].allows(c.flowType) || t == customerQueue {
		kind = "EndFlowExecution"
	}
	c.actions = append(c.actions, &made{Identifier: end, Type: kind, Parameters: map[string]any{}})
}

func (c *conversion) completeOne(a *made, end string) (ends bool) {
	root, err := readDocument(indented(a))
	s := specs[a.Type]
	if err != nil || s == nil {
		return false
	}
	note := func(message string) {
		p := c.places[a.Identifier]
		p.Message = message
		c.Notes = append(c.Notes, p)
	}
	t := &a.Transitions
	if s.terminal {
		if t.NextAction != "" || len(t.Conditions)+len(t.Errors) > 0 {
			note(a.Type + " has no branches: they are left out")
		}
		t.NextAction, t.Conditions, t.Errors = "", nil, nil
		return false
	}
	demanded := demandsOf(root)
	t.Errors = slices.DeleteFunc(t.Errors, func(e madeError) bool {
		refused := !slices.Contains(demanded.must, e.ErrorType) && !slices.Contains(demanded.may, e.ErrorType)
		if refused && e.ErrorType != NoMatchingError {
			note(a.Type + " has no branch " + e.ErrorType + " here: it is left out")
		}
		return refused
	})
	if demanded.results == nil {
		if len(t.Conditions) > 0 {
			note(a.Type + " has no conditions: they are left out")
		}
		t.Conditions = nil
	} else {
		for _, want := range demanded.results.required {
			if !slices.ContainsFunc(t.Conditions, func(b madeCondition) bool { return b.Condition.Operands[0] == want }) {
				note("The branch " + want + " is missing: it leads to an end that is added")
				a.on(equals, want, end)
				ends = true
			}
		}
	}
	for _, want := range demanded.must {
		if a.failure(want) != "" {
			continue
		}
		next := a.failure(NoMatchingError)
		if want == NoMatchingCondition {
			next = t.NextAction
		}
		if next == "" {
			note("The branch " + want + " is missing: it leads to an end that is added")
			next, ends = end, true
		}
		a.fail(want, next)
	}
	if t.NextAction == "" {
		t.NextAction = a.usualNext()
	}
	if t.NextAction == "" {
		note("Nothing follows: it leads to an end that is added")
		t.NextAction, ends = end, true
	}
	return ends
}

// failure is where an error of this type leads, empty if it has no branch.
func (a *made) failure(errorType string) string {
	for _, e := range a.Transitions.Errors {
		if e.ErrorType == errorType {
			return e.NextAction
		}
	}
	return ""
}

// usualNext is what the designer writes as NextAction of an action that only branches.
func (a *made) usualNext() string {
	next := cmp.Or(a.failure(NoMatchingCondition), a.failure(NoMatchingError))
	if last := len(a.Transitions.Conditions) - 1; next == "" && last >= 0 {
		next = a.Transitions.Conditions[last].NextAction
	}
	return next
}
