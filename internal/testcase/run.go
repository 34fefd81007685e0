package testcase

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/aws/smithy-go"
	"github.com/coder/websocket"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
)

// Stage is the server that a test case runs on, for it alone.
type Stage interface {
	Clients() (*connect.Client, *participant.Client)
	Operator() *parley.Client
	InstanceID() string

	// Now, Advance and AdvanceToNext read and move the server's clock: see package stage.
	Now(ctx context.Context) (time.Time, error)
	Advance(ctx context.Context, to time.Time) error
	AdvanceToNext(ctx context.Context) (now time.Time, ok bool, err error)
}

// Options of Run.
type Options struct {
	FlowID     string // id or ARN of the flow that the chat starts in
	Attributes map[string]string
	Overrides  *Overrides // those of the stage

	// Limit is how much of the stage's time it may take; 0: as long as a chat can live.
	Limit time.Duration

	// Find returns the id on the stage of a queue or of hours that the test case names by id, ARN or name; nil: ids and ARNs are those of the
	// stage.
	Find func(ctx context.Context, actionType, name string) (string, error)
}

// Outcome is how a test case went.
type Outcome struct {
	ContactID string
	Observed  []Observed // in the order of the test case
	Began     time.Time  // in the time of the stage
	Ended     time.Time
}

// Passed reports whether all was as the test case says.
func (o *Outcome) Passed() bool {
	return !slices.ContainsFunc(o.Observed, func(o Observed) bool { return !o.Passed })
}

// Observed is how one observation went.
type Observed struct {
	Identifier string            `json:"observationId"`
	Passed     bool              `json:"-"`
	Times      int               `json:"times"` // it was made
	At         time.Time         `json:"-"`     // the last time, or the end of the run
	Event      string            `json:"event,omitempty"`
	Problems   []string          `json:"problems,omitempty"`
	Actions    []string          `json:"actions,omitempty"` // that were done
	Data       map[string]string `json:"data,omitempty"`    // that LogData logged
}

// happening is something that the contact centre did.
type happening struct {
	at         time.Time
	kind       string // of event
	agent      bool
	text       string // of a message
	actionType string
	resource   string
}

func (h happening) String() string {
	switch h.kind {
	case messageReceived:
		return strconv.Quote(h.text)
	case flowActionStarted:
		return strings.TrimSpace(h.actionType + " " + h.resource)
	}
	return h.kind
}

// runner is a run under way.
type runner struct {
	Options
	ctx   context.Context
	stage Stage
	test  *Case
	out   *Outcome

	active []bool
	over   bool // by EndTest

	contact, connection string
	socket              *websocket.Conn    // of the customer; nil: not connected
	seen                map[string]bool    // messages
	lines               map[string]*string // where the flow log of a contact goes on
	read                map[string]bool    // flow logs that are read to their end
	queue               map[string]string  // that a contact is going to
}

// Run runs a test case. An error is one of the stage, or says that the chat can not begin.
func Run(ctx context.Context, c *Case, stage Stage, o Options) (*Outcome, error) {
	r := &runner{
		Options: o, ctx: ctx, stage: stage, test: c, out: &Outcome{Observed: make([]Observed, len(c.Observations))},
		active: make([]bool, len(c.Observations)), seen: map[string]bool{}, lines: map[string]*string{}, read: map[string]bool{}, queue: map[string]string{},
	}
	var err error
	if r.out.Began, err = stage.Now(ctx); err != nil {
		return nil, err
	}
	follows := map[string]bool{}
	for _, ob := range c.Observations {
		for _, next := range ob.Transitions.NextObservations {
			follows[next] = true
		}
	}
	for i, ob := range c.Observations {
		r.out.Observed[i].Identifier = ob.Identifier
		r.active[i] = !follows[ob.Identifier]
	}
	err = r.run()
	if r.socket != nil {
		_ = r.socket.CloseNow() // nobody waits for its end
	}
	if err != nil {
		return nil, err
	}
	if r.out.Ended, err = stage.Now(ctx); err != nil {
		return nil, err
	}
	for i := range c.Observations {
		r.conclude(i)
	}
	return r.out, nil
}

func (r *runner) run() error {
	if err := r.offer(happening{at: r.out.Began, kind: testInitiated}); err != nil {
		return err
	}
	if err := r.start(); err != nil {
		return err
	}
	for !r.over && !r.done() {
		news, err := r.news()
		if err != nil {
			return err
		}
		for _, h := range news {
			if err := r.offer(h); err != nil || r.over {
				return errors.Join(err, r.complete())
			}
		}
		if len(news) > 0 {
			continue
		}
		if more, err := r.pass(); err != nil || !more {
			return errors.Join(err, r.complete())
		}
	}
	return r.complete()
}

func (r *runner) complete() error {
	now, err := r.stage.Now(r.ctx)
	if err != nil {
		return err
	}
	r.over = false
	return r.offer(happening{at: now, kind: testCompleted})
}

// done reports whether everything was observed that has to be, but for the end.
func (r *runner) done() bool {
	for i, ob := range r.test.Observations {
		if ob.Event.Type != testCompleted && r.out.Observed[i].Times < ob.least() {
			return false
		}
	}
	return true
}

// least is how often an observation has to be made.
func (o *Observation) least() int {
	if o.Usage.Type == "ANY" {
		return 0
	}
	return max(1, o.Usage.Times)
}

// longest is more than any chat lives.
const longest = 8 * 24 * time.Hour

// pass lets time pass until the next thing is due, and reports whether there was one within the limit.
func (r *runner) pass() (bool, error) {
	now, more, err := r.stage.AdvanceToNext(r.ctx)
	return more && now.Sub(r.out.Began) <= cmp.Or(r.Limit, longest), err
}

// conclude says what became of an observation.
func (r *runner) conclude(i int) {
	o, ob := &r.out.Observed[i], &r.test.Observations[i]
	if o.Times == 0 {
		o.At = r.out.Ended
	}
	switch least := ob.least(); {
	case o.Times >= least:
	case !r.active[i]:
		o.Problems = append(o.Problems, "it was not waited for: no observation led to it")
	default:
		o.Problems = append(o.Problems, fmt.Sprintf("observed %d times, not %d: %s", o.Times, least, ob.Event.words()))
	}
	o.Passed = len(o.Problems) == 0
}

func (e *Event) words() string {
	p := e.Properties
	switch e.Type {
	case messageReceived:
		return fmt.Sprintf("a message by %s of %q", e.criteria(), p.Text+plain(p.SSML)+p.PromptID)
	case flowActionStarted:
		return strings.TrimSpace(p.ActionType + " " + p.ActionParameters.resource())
	}
	return e.Type
}

// start begins the chat.
func (r *runner) start() error {
	client, attend := r.stage.Clients()
	out, err := client.StartChatContact(r.ctx, &connect.StartChatContactInput{
		InstanceId: new(r.stage.InstanceID()), ContactFlowId: &r.FlowID, Attributes: r.Attributes,
		ParticipantDetails: &types.ParticipantDetails{DisplayName: new("Customer")},
		SupportedMessagingContentTypes: []string{
			"text/plain", "text/markdown", "application/vnd.amazonaws.connect.message.interactive", "application/vnd.amazonaws.connect.message.interactive.response",
		},
	})
	if err != nil {
		return fmt.Errorf("start the chat: %w", err)
	}
	r.contact = *out.ContactId
	r.out.ContactID = r.contact
	if err := r.settle(); err != nil { // a flow may end the chat, and is not to do it half way
		return err
	}
	connection, err := attend.CreateParticipantConnection(r.ctx, &participant.CreateParticipantConnectionInput{
		ParticipantToken: out.ParticipantToken,
		Type:             []ptypes.ConnectionType{ptypes.ConnectionTypeWebsocket, ptypes.ConnectionTypeConnectionCredentials},
	})
	if _, refused := errors.AsType[smithy.APIError](err); refused {
		return nil // the flow has ended the chat already
	}
	if err != nil {
		return err
	}
	r.connection = *connection.ConnectionCredentials.ConnectionToken
	return r.listen(*connection.Websocket.Url)
}

// listen connects the customer. What comes on the socket is read elsewhere.
func (r *runner) listen(url string) (err error) {
	if r.socket, _, err = websocket.Dial(r.ctx, url, nil); err != nil {
		return fmt.Errorf("open the socket: %w", err)
	}
	subscribe := `{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}`
	if err := r.socket.Write(r.ctx, websocket.MessageText, []byte(subscribe)); err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	if _, _, err := r.socket.Read(r.ctx); err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	go func() {
		for {
			if _, _, err := r.socket.Read(r.ctx); err != nil {
				return // Run closes it
			}
		}
	}()
	return nil
}

// settle does what is due.
func (r *runner) settle() error {
	now, err := r.stage.Now(r.ctx)
	if err != nil {
		return err
	}
	return r.stage.Advance(r.ctx, now)
}

// news are what happened since they were asked for last, in order.
func (r *runner) news() ([]happening, error) {
	if err := r.settle(); err != nil {
		return nil, err
	}
	contacts, err := Contacts(r.ctx, r.stage, r.out.Began)
	if err != nil {
		return nil, err
	}
	var all []happening
	for _, id := range contacts {
		said, err := r.said(id)
		if err != nil {
			return nil, err
		}
		did, err := r.did(id, said)
		if err != nil {
			return nil, err
		}
		all = append(all, did...)
	}
	slices.SortStableFunc(all, func(a, b happening) int { return a.at.Truncate(time.Second).Compare(b.at.Truncate(time.Second)) })
	return all, nil
}

// said are the new messages of a contact.
func (r *runner) said(contact string) (all []happening, err error) {
	client, _ := r.stage.Clients()
	in := &connect.ListRealtimeContactAnalysisSegmentsV2Input{
		InstanceId: new(r.stage.InstanceID()), ContactId: &contact, OutputType: types.RealTimeContactAnalysisOutputTypeRaw,
		SegmentTypes: []types.RealTimeContactAnalysisSegmentType{types.RealTimeContactAnalysisSegmentTypeTranscript},
	}
	for {
		out, err := client.ListRealtimeContactAnalysisSegmentsV2(r.ctx, in)
		if err != nil {
			return nil, err
		}
		for _, s := range out.Segments {
			m, ok := s.(*types.RealtimeContactAnalysisSegmentMemberTranscript)
			if !ok || r.seen[*m.Value.Id] || m.Value.ParticipantRole == types.ParticipantRoleCustomer {
				continue
			}
			r.seen[*m.Value.Id] = true
			h := happening{kind: messageReceived, text: *m.Value.Content, agent: m.Value.ParticipantRole == types.ParticipantRoleAgent}
			if at, ok := m.Value.Time.(*types.RealTimeContactAnalysisTimeDataMemberAbsoluteTime); ok {
				h.at = at.Value
			}
			all = append(all, h)
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return all, nil
		}
	}
}

// did are the new flow actions of a contact, between its messages. What the flow said stands where the flow log has it.
func (r *runner) did(contact string, said []happening) (all []happening, err error) {
	if r.read[contact] {
		return said, nil
	}
	in := &parley.TraceContactInput{ContactId: &contact, NextToken: r.lines[contact]}
	for {
		out, err := r.stage.Operator().TraceContact(r.ctx, in)
		if err != nil {
			return nil, err
		}
		for i := range out.Lines {
			h, text, ok := r.action(contact, &out.Lines[i])
			if text != "" {
				if at := slices.IndexFunc(said, func(m happening) bool { return m.text == text }); at >= 0 {
					all, said = append(all, said[:at+1]...), said[at+1:]
				}
			}
			if ok {
				all = append(all, h)
			}
		}
		if out.NextToken == nil {
			r.read[contact] = true
			return append(all, said...), nil
		}
		r.lines[contact], in.NextToken = out.NextToken, out.NextToken
		if len(out.Lines) == 0 {
			return append(all, said...), nil
		}
	}
}

// action is what a line of a flow log tells of: an action that can be observed, or what was said.
func (r *runner) action(contact string, l *parley.FlowLogLine) (h happening, text string, ok bool) {
	if l.Branch != nil || l.Results != nil || l.ContactFlowModuleType == nil {
		return h, "", false
	}
	var p struct { // by their older names
		Text, FunctionArn, Queue string
		LexBot, LexV2Bot         struct{ AliasArn string }
		parameters
	}
	if l.Parameters != nil {
		_ = json.Unmarshal([]byte(*l.Parameters), &p) // objects where texts should be name nothing
	}
	h = happening{at: *l.Timestamp, kind: flowActionStarted, resource: cmp.Or(p.FunctionArn, p.Queue, p.LexV2Bot.AliasArn, p.LexBot.AliasArn, p.resource())}
	switch *l.ContactFlowModuleType {
	case "PlayPrompt":
		return h, p.Text, false
	case "SetQueue":
		r.queue[contact] = h.resource
		return h, "", false
	case "InvokeExternalResource":
		h.actionType = invokeLambda
	case "GetUserInput":
		h.actionType = connectBot
	case checkHours:
		h.actionType = checkHours
	case "Transfer":
		h.actionType = dequeue
		if l.Parameters == nil || *l.Parameters == "{}" {
			h.actionType, h.resource = transferQueue, r.queue[contact]
		}
		if h.resource == "" {
			return h, "", false
		}
	default:
		return h, "", false
	}
	return h, "", true
}

// offer shows the observations that are waited for what happened; the first that fits takes it.
func (r *runner) offer(h happening) error {
	for i := range r.test.Observations {
		o, ob := &r.out.Observed[i], &r.test.Observations[i]
		if !r.active[i] || ob.Usage.Type != "ANY" && o.Times >= ob.least() {
			continue
		}
		fits, err := r.fits(&ob.Event, h)
		if err != nil {
			return err
		}
		if !fits {
			continue
		}
		o.Times, o.At, o.Event = o.Times+1, h.at, h.String()
		if err := r.act(ob, o); err != nil {
			return err
		}
		for j := range r.test.Observations {
			r.active[j] = r.active[j] || slices.Contains(ob.Transitions.NextObservations, r.test.Observations[j].Identifier)
		}
		if h.kind != testInitiated && h.kind != testCompleted { // these are seen by all
			return nil
		}
	}
	return nil
}

func (r *runner) fits(e *Event, h happening) (bool, error) {
	if e.Type != h.kind || (e.Actor == "Agent") != h.agent {
		return false, nil
	}
	p := &e.Properties
	switch h.kind {
	case messageReceived:
		want := p.Text + plain(p.SSML)
		if want == "" { // a recording: no chat has one
			return false, nil
		}
		if e.criteria() == inclusion {
			return strings.Contains(strings.ToLower(h.text), strings.ToLower(want)), nil
		}
		return similar(want, h.text), nil
	case flowActionStarted:
		if p.ActionType != h.actionType {
			return false, nil
		}
		want := p.ActionParameters.resource()
		if want == "" {
			return true, nil
		}
		id, err := r.find(p.ActionType, want)
		return last(id) == last(h.resource), err
	}
	return true, nil
}

// find is what a test case names, on the stage.
func (r *runner) find(actionType, name string) (string, error) {
	if r.Find == nil || actionType == invokeLambda || actionType == connectBot {
		return name, nil
	}
	return r.Find(r.ctx, actionType, name)
}

// act does the actions of an observation.
func (r *runner) act(ob *Observation, o *Observed) error {
	done := map[int]bool{}
	for i := 0; i < len(ob.Actions) && !done[i] && !r.over; {
		done[i] = true
		a := &ob.Actions[i]
		problem, err := r.do(a, o)
		if err != nil {
			return err
		}
		o.Actions = append(o.Actions, a.Identifier)
		if problem != "" {
			o.Problems = append(o.Problems, a.Identifier+": "+problem)
		}
		i++
		if next := a.Transitions.NextAction; next != "" {
			i = slices.IndexFunc(ob.Actions, func(a Action) bool { return a.Identifier == next })
		}
	}
	return nil
}

func (r *runner) do(a *Action, o *Observed) (problem string, err error) {
	p := &a.Parameters
	switch a.Type {
	case sendInstruction:
		return r.instruct(a)
	case override:
		b := p.Behavior.Properties
		resource, err := r.find(b.ActionType, b.ActionParameters.resource())
		if err == nil && b.Strategy.SubstituteArn != "" {
			b.Strategy.SubstituteArn, err = r.find(b.ActionType, b.Strategy.SubstituteArn)
		}
		if err != nil {
			return "", err
		}
		if r.Overrides != nil {
			r.Overrides.arm(b.ActionType, resource, b.Strategy)
		}
	case testControl:
		if p.Command.Type == "EndTest" {
			r.over = true
			return "", nil
		}
		o.Data = map[string]string{}
		for label, path := range p.Command.Properties.Expressions {
			value, _, err := r.value(path)
			if err != nil {
				return "", err
			}
			o.Data[label] = value
		}
	default:
		got, there, err := r.value(p.Namespace)
		if err != nil {
			return "", err
		}
		want := ""
		if p.Operand != nil {
			want = fmt.Sprint(p.Operand)
		}
		if !holds(p.Operator, got, want, there) {
			return strings.TrimSpace(fmt.Sprintf("%s is %q, not %s %q", p.Namespace, got, p.Operator, want)), nil
		}
	}
	return "", nil
}

// instruct has the customer do something.
func (r *runner) instruct(a *Action) (problem string, err error) {
	_, client := r.stage.Clients()
	in := &a.Parameters.Instruction
	if r.connection == "" {
		return "the chat was over before the customer could connect", nil
	}
	if in.Type == "Disconnect" {
		_, err = client.DisconnectParticipant(r.ctx, &participant.DisconnectParticipantInput{ConnectionToken: &r.connection})
	} else {
		text := in.Properties.Text + plain(in.Properties.SSML)
		if in.Type == "DtmfInput" {
			text = fmt.Sprint(in.Properties.Value)
		}
		_, err = client.SendMessage(r.ctx, &participant.SendMessageInput{
			ConnectionToken: &r.connection, Content: &text, ContentType: new("text/plain"),
		})
	}
	if refused, ok := errors.AsType[smithy.APIError](err); ok {
		return "it was refused: " + refused.Error(), nil
	}
	return "", err
}

// value reads what a path leads to, as far as the contact tells.
func (r *runner) value(path string) (value string, there bool, err error) {
	client, _ := r.stage.Clients()
	name, ok := strings.CutPrefix(path, "$.Attributes.")
	if quoted := strings.TrimSuffix(strings.TrimPrefix(path, "$.Attributes['"), "']"); !ok && quoted != path {
		name, ok = quoted, true
	}
	if ok {
		out, err := client.GetContactAttributes(r.ctx, &connect.GetContactAttributesInput{InstanceId: new(r.stage.InstanceID()), InitialContactId: &r.contact})
		if err != nil {
			return "", false, err
		}
		value, there = out.Attributes[name]
		return value, there, nil
	}
	contacts, err := Contacts(r.ctx, r.stage, r.out.Began)
	if err != nil {
		return "", false, err
	}
	current := contacts[len(contacts)-1]
	out, err := client.DescribeContact(r.ctx, &connect.DescribeContactInput{InstanceId: new(r.stage.InstanceID()), ContactId: &current})
	if err != nil {
		return "", false, err
	}
	c := out.Contact
	known := map[string]*string{
		"$.ContactId": c.Id, "$.InitialContactId": c.InitialContactId, "$.PreviousContactId": c.PreviousContactId, "$.Name": c.Name, "$.Description": c.Description,
		"$.CustomerId": c.CustomerId, "$.Channel": new("CHAT"), "$.InitiationMethod": new(string(c.InitiationMethod)),
	}
	if c.QueueInfo != nil {
		queue, err := client.DescribeQueue(r.ctx, &connect.DescribeQueueInput{InstanceId: new(r.stage.InstanceID()), QueueId: c.QueueInfo.Id})
		if err != nil {
			return "", false, err
		}
		known["$.Queue.Name"], known["$.Queue.ARN"] = queue.Queue.Name, queue.Queue.QueueArn
	}
	for k, v := range c.Tags {
		known["$.Tags."+k] = &v
	}
	if v := known[path]; v != nil {
		return *v, true, nil
	}
	return "", false, nil
}

// holds compares as conditions of flows do.
func holds(operator, got, want string, there bool) bool {
	switch operator {
	case "Equals":
		return there && got == want
	case "TextStartsWith":
		return strings.HasPrefix(got, want)
	case "TextEndsWith":
		return strings.HasSuffix(got, want)
	case "TextContains":
		return strings.Contains(got, want)
	case "Exists":
		return there
	}
	a, err := strconv.ParseFloat(got, 64)
	b, err2 := strconv.ParseFloat(want, 64)
	if err != nil || err2 != nil {
		return false
	}
	switch operator {
	case "NumberGreaterThan":
		return a > b
	case "NumberGreaterOrEqualTo":
		return a >= b
	case "NumberLessThan":
		return a < b
	}
	return a <= b
}

var tags = regexp.MustCompile(`<[^>]*>`)

// plain is a text without the tags of SSML.
func plain(ssml string) string { return strings.TrimSpace(tags.ReplaceAllString(ssml, "")) }

// alike is how much of the words of two texts has to be the same for them to be similar.
const alike = 0.75

// similar compares texts by their words, in any case and order.
func similar(a, b string) bool {
	x, y := words(a), words(b)
	all := 0
	for _, n := range x {
		all += n
	}
	for _, n := range y {
		all += n
	}
	if all == 0 {
		return a == b
	}
	common := 0
	for w := range maps.Keys(x) {
		common += min(x[w], y[w])
	}
	return float64(2*common) >= alike*float64(all)
}

func words(s string) map[string]int {
	n := map[string]int{}
	for w := range strings.FieldsFuncSeq(strings.ToLower(s), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }) {
		n[w]++
	}
	return n
}
