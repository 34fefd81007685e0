package play

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
)

// A Stage is the server that a play runs on.
type Stage interface {
	// Clients returns clients of the server as it is now.
	Clients() (*connect.Client, *participant.Client)

	// Operator returns a client for what Amazon Connect does not have.
	Operator() *parley.Client
	InstanceID() string

	// Names returns resources of the instance that the flows of a play may name as {{name}}; "queue" is a queue, "hours" when it is open.
	Names() map[string]string

	// Now and Advance read and move the server's clock. When Advance returns, all work that was due is done.
	Now(ctx context.Context) (time.Time, error)
	Advance(ctx context.Context, to time.Time) error

	// Restart ends the server and starts it again on the same data. Sockets are lost.
	Restart(ctx context.Context) error
}

// Options of a run.
type Options struct {
	Restart bool              // the server is restarted before each line that is done
	Views   map[string]string // what plays call views whose ids differ from run to run, by id
	SeenBy  string            // the only actor of whom it is told what was seen, but for what is not kept; empty: of all. Run knows by itself
	Asks    bool              // the flows ask the outside: a line is over when the answers are there; Run knows by itself

	// Item is called with every item that a participant sees for the first time, beside the line that tells of it; nil: nobody asks.
	Item func(actor string, at time.Duration, it *ptypes.Item)
}

type run struct {
	Options
	ctx      context.Context
	stage    Stage
	start    time.Time
	flows    map[string]string // id by name, of flows and of what the stage names
	first    string            // of the chat's first contact
	current  string            // the contact of the newest item, which was written then
	newest   time.Time
	contacts []string // all that were seen, in order: a play calls them 1, 2, 3
	people   []*person
	gateway  *gateway // nil: nothing was streamed
	madeUps  int      // files
	lines    []Line
	refused  error // what the last ERROR tells
}

// Run performs the lines of a play that are done and returns them with all that was seen, in order. An error is one of the play or
// of the server's machinery; an operation that the server refuses is seen as ERROR.
func Run(ctx context.Context, p *Play, stage Stage, o Options) ([]Line, error) {
	o.Asks, o.SeenBy = o.Asks || p.Outside != nil, p.SeenBy
	f, err := Begin(ctx, p.Flows, stage, o)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for _, l := range p.Lines {
		if l.Seen {
			continue
		}
		if err := f.Do(l); err != nil {
			return f.Lines(), fmt.Errorf("line %d: %s: %w", l.Number, l, err)
		}
	}
	return f.Lines(), nil
}

// Performance is a play under way, for those who make it up as they go.
type Performance struct{ run *run }

// Begin loads flows into the instance of a stage. The time of the play begins now.
func Begin(ctx context.Context, flows []Flow, stage Stage, o Options) (*Performance, error) {
	r := &run{Options: o, ctx: ctx, stage: stage, flows: maps.Clone(stage.Names())}
	var err error
	if r.start, err = stage.Now(ctx); err != nil {
		return nil, err
	}
	if err := r.loadFlows(flows); err != nil {
		return nil, err
	}
	return &Performance{r}, nil
}

// Do moves time on to that of a line, does what it says and looks what everybody sees then.
func (f *Performance) Do(l Line) error { return f.run.perform(l) }

// Look looks what everybody sees now.
func (f *Performance) Look() error { return f.run.look() }

// Lines are all that was done and seen so far, in order.
func (f *Performance) Lines() []Line { return f.run.lines }

// Since is how long after the beginning of the play a time is.
func (f *Performance) Since(at time.Time) time.Duration { return at.Sub(f.run.start) }

// Present reports whether an actor has come into the play, and may have left it.
func (f *Performance) Present(actor string) bool { return f.run.person(actor) != nil }

// Over reports whether the chat is at its end for a participant, or for one who could not connect.
func (f *Performance) Over(actor string) bool {
	p := f.run.person(actor)
	return p == nil || p.ended || !p.connected
}

// Refused is why the server refused what was done last to be refused.
func (f *Performance) Refused() error { return f.run.refused }

// ContactID is the contact that the chat is in; empty before the first.
func (f *Performance) ContactID() string { return f.run.current }

// Flows are the ids of the flows that the play can name.
func (f *Performance) Flows() map[string]string { return maps.Clone(f.run.flows) }

// Close hangs up.
func (f *Performance) Close() {
	f.run.closeSockets()
	if f.run.gateway != nil {
		f.run.gateway.server.Close()
	}
}

// loadFlows creates the flows of a play; a flow may name an earlier one as {{name}}.
func (r *run) loadFlows(flows []Flow) error {
	settings := map[string]string{} // of modules, by name
	for _, f := range flows {
		if f.Type == "SETTINGS" {
			settings[f.Name] = f.Content
			continue
		}
		content := f.Content
		for name, id := range r.flows {
			content = strings.ReplaceAll(content, "{{"+name+"}}", id)
		}
		id, err := r.load(f, content, settings[f.Name])
		if err != nil {
			return fmt.Errorf("create flow %s: %w", f.Name, err)
		}
		r.flows[f.Name] = id
	}
	return nil
}

// load creates a flow or module and returns its id.
func (r *run) load(f Flow, content, settings string) (id string, err error) {
	client, _ := r.stage.Clients()
	if f.Type == "MODULE" {
		out, err := client.CreateContactFlowModule(r.ctx, &connect.CreateContactFlowModuleInput{
			InstanceId: new(r.stage.InstanceID()), Name: &f.Name, Content: &content, Settings: &settings,
		})
		if err != nil {
			return "", err
		}
		return *out.Id, nil
	}
	out, err := client.CreateContactFlow(r.ctx, &connect.CreateContactFlowInput{
		InstanceId: new(r.stage.InstanceID()), Name: &f.Name, Type: types.ContactFlowType(f.Type), Content: &content,
	})
	if err != nil {
		return "", err
	}
	return *out.ContactFlowId, nil
}

func (r *run) perform(l Line) error {
	if r.Restart && len(r.lines) > 0 {
		r.closeSockets()
		if err := r.stage.Restart(r.ctx); err != nil {
			return fmt.Errorf("restart: %w", err)
		}
		for _, p := range r.people {
			if p.connected && !p.ended {
				if err := r.connect(p); err != nil {
					return err
				}
			}
		}
	}
	if err := r.stage.Advance(r.ctx, r.start.Add(l.At)); err != nil {
		return err
	}
	if err := r.look(); err != nil {
		return err
	}
	r.lines = append(r.lines, l)
	verb, rest, _ := strings.Cut(l.Text, " ")
	rest = strings.TrimSpace(rest)
	do, ok := verbs[l.Actor+" "+verb]
	if !ok && (l.Actor == "customer" || roleOf(l.Actor) != "") {
		do, ok = verbs["* "+verb]
	}
	if ok && l.Actor != "-" && l.Actor != "backend" && r.person(l.Actor) == nil && !slices.Contains(entrances, verb) {
		return fmt.Errorf("%s is not in the chat", l.Actor)
	}
	if !ok {
		return fmt.Errorf("unknown verb; known are %s", strings.Join(slices.Sorted(maps.Keys(verbs)), ", "))
	}
	if err := do(r, l, rest); err != nil {
		if !refused(err) {
			return err
		}
		r.refused = err
		r.see(l.At, l.Actor, "ERROR "+errorCode(err))
	}
	return r.look()
}

// entrances are the verbs that bring somebody into the play.
var entrances = []string{"starts", "continues", "requests", "is-asked", "joins"}

var verbs = map[string]func(r *run, l Line, rest string) error{
	"- end": func(*run, Line, string) error { return nil },

	// customer starts FLOW [key=value …] — starts a chat, connects and reads what was said. Names and values with blanks stand in quotes
	"customer starts": func(r *run, l Line, rest string) error {
		if err := r.startChat(rest, nil); err != nil {
			return err
		}
		err := r.connect(r.person(l.Actor))
		if r.Asks && refused(err) { // the flow has ended the chat already
			return errors.Join(r.missed(l), err)
		}
		return err
	},
	// customer continues ENTIRE_PAST_SESSION|FROM_SEGMENT 1 FLOW [key=value …] — starts a persistent chat from the first contact of the play
	"customer continues": func(r *run, l Line, rest string) error {
		past, rest, err := r.pastChat(rest)
		if err != nil {
			return err
		}
		if err := r.startChat(rest, past); err != nil {
			return err
		}
		return r.connect(r.person(l.Actor))
	},
	// customer requests FLOW [key=value …] — starts a chat and does not connect
	"customer requests": func(r *run, l Line, rest string) error { return r.startChat(rest, nil) },

	// Whoever is in the play, with a digit behind the name if need be: customer, agent, bot, supervisor.

	// agent is-asked — to join the chat
	"* is-asked": func(r *run, l Line, rest string) error { return r.ask(l.Actor) },
	// agent joins — is asked and connects
	"* joins": func(r *run, l Line, rest string) error {
		if err := r.ask(l.Actor); err != nil {
			return err
		}
		return r.connect(r.person(l.Actor))
	},
	"* connects": func(r *run, l Line, rest string) error { return r.connect(r.person(l.Actor)) },

	// agent says "text" [content type]
	"* says": func(r *run, l Line, rest string) error {
		content, contentType, err := quoted(rest)
		if err != nil {
			return err
		}
		p := r.person(l.Actor)
		p.said++
		return r.send(p, content, contentType)
	},
	// customer answers ACTION [JSON] — the view that is shown
	"* answers": func(r *run, l Line, rest string) error {
		action, data, _ := strings.Cut(rest, " ")
		content, err := viewAnswer(action, data)
		if err != nil {
			return err
		}
		p := r.person(l.Actor)
		p.said++
		return r.send(p, content, interactiveResponse)
	},
	// agent views — reads the view that was shown last
	"* views": func(r *run, l Line, rest string) error {
		p := r.person(l.Actor)
		_, client := r.stage.Clients()
		out, err := client.DescribeView(r.ctx, &participant.DescribeViewInput{ConnectionToken: &p.connectionToken, ViewToken: &p.viewToken})
		if err != nil {
			return err
		}
		r.see(l.At, l.Actor, fmt.Sprintf("VIEW %s %s", *out.View.Name, strings.Join(out.View.Content.Actions, ", ")))
		return nil
	},
	// agent repeats "text" — sends again what was said last, with the same ClientToken
	"* repeats": func(r *run, l Line, rest string) error {
		content, contentType, err := quoted(rest)
		if err != nil {
			return err
		}
		return r.send(r.person(l.Actor), content, contentType)
	},
	"* types": func(r *run, l Line, rest string) error {
		return r.sendFleeting(r.person(l.Actor), "typing", nil)
	},
	// agent got delivered|read — the newest message of somebody else
	"* got": func(r *run, l Line, rest string) error {
		p := r.person(l.Actor)
		return r.sendFleeting(p, "message."+rest, new(`{"messageId":"`+p.heard+`"}`))
	},
	"* leaves": func(r *run, l Line, rest string) error {
		_, client := r.stage.Clients()
		_, err := client.DisconnectParticipant(r.ctx, &participant.DisconnectParticipantInput{
			ConnectionToken: &r.person(l.Actor).connectionToken,
		})
		return err
	},

	// customer announces note.txt text/plain "content" — a file; then it uploads and completes it
	"* announces": func(r *run, l Line, rest string) (err error) {
		p := r.person(l.Actor)
		if p.upload, err = newUpload(rest); err == nil {
			_, err = r.announce(p)
		}
		return err
	},
	"* uploads":   func(r *run, l Line, rest string) error { return r.put(r.person(l.Actor)) },
	"* completes": func(r *run, l Line, rest string) error { return r.complete(r.person(l.Actor)) },
	// customer attaches photo.png — announces, uploads and completes a file of that name; what is in it is made up
	"* attaches": func(r *run, l Line, rest string) (err error) {
		p := r.person(l.Actor)
		if p.upload, err = r.madeUp(rest); err != nil {
			return err
		}
		if err = r.put(p); err != nil {
			return err
		}
		return r.complete(p)
	},
	// agent fetches — the newest file of the chat
	"* fetches": func(r *run, l Line, rest string) error {
		content, err := r.fetch(r.person(l.Actor))
		if err == nil {
			r.see(l.At, l.Actor, "FILE "+content)
		}
		return err
	},

	// agent looks-back 5 — reads what was said before the chat, in pages of five, the newest first
	"* looks-back": func(r *run, l Line, rest string) error {
		size, err := strconv.ParseInt(rest, 10, 32)
		if err != nil {
			return err
		}
		return r.lookBack(r.person(l.Actor), int32(size))
	},

	// backend associates ENTIRE_PAST_SESSION|FROM_SEGMENT 1 — has the chat continue another
	"backend associates": func(r *run, l Line, rest string) error {
		past, _, err := r.pastChat(rest)
		if err != nil {
			return err
		}
		client, _ := r.stage.Clients()
		out, err := client.CreatePersistentContactAssociation(r.ctx, &connect.CreatePersistentContactAssociationInput{
			InstanceId: new(r.stage.InstanceID()), InitialContactId: &r.current,
			RehydrationType: past.RehydrationType, SourceContactId: past.SourceContactId,
		})
		if err != nil {
			return err
		}
		r.see(l.At, l.Actor, "CONTINUES "+r.contact(out.ContinuedFromContactId))
		return nil
	},

	// backend times ROLE/TYPE=minutes … — sets the timers of the chat; 0 takes one away
	"backend times": func(r *run, l Line, rest string) error { return r.setTimers(rest) },
	// backend allows ATTRIBUTE, backend forbids ATTRIBUTE — switches an attribute of the instance
	"backend allows":  func(r *run, l Line, rest string) error { return r.setAttribute(rest, "true") },
	"backend forbids": func(r *run, l Line, rest string) error { return r.setAttribute(rest, "false") },
	// backend opens 9:00-17:00 Europe/Berlin — on each day; backend closes-on 2026-12-24; backend limits [N] — contacts in the queue
	"backend opens":     func(r *run, l Line, rest string) error { return r.setHours(rest) },
	"backend closes-on": func(r *run, l Line, rest string) error { return r.closeOn(rest) },
	"backend limits":    func(r *run, l Line, rest string) error { return r.limitQueue(rest) },

	// backend streams, and backend stops-streaming: what is said, to a gateway
	"backend streams":         func(r *run, l Line, rest string) error { return r.startStream() },
	"backend stops-streaming": func(r *run, l Line, rest string) error { return r.stopStream() },

	// customer attends — connects without a socket
	"customer attends": func(r *run, l Line, rest string) error {
		_, client := r.stage.Clients()
		_, err := client.CreateParticipantConnection(r.ctx, &participant.CreateParticipantConnectionInput{
			ParticipantToken: &r.person(l.Actor).participantToken, ConnectParticipant: new(true),
		})
		return err
	},

	// backend transfers to QUEUE, or over FLOW — the chat, as its agent would
	"backend transfers": func(r *run, l Line, rest string) error {
		how, name, _ := strings.Cut(rest, " ")
		id, ok := r.flows[name]
		if !ok {
			return fmt.Errorf("the play has no %q", name)
		}
		in := &parley.TransferChatInput{InstanceId: new(r.stage.InstanceID()), ContactId: &r.current}
		if how == "to" {
			in.QueueId = &id
		} else {
			in.ContactFlowId = &id
		}
		out, err := r.stage.Operator().TransferChat(r.ctx, in)
		if err == nil {
			r.enterContact(*out.ContactId)
		}
		return err
	},

	"backend stops": func(r *run, l Line, rest string) error {
		client, _ := r.stage.Clients()
		_, err := client.StopContact(r.ctx, &connect.StopContactInput{InstanceId: new(r.stage.InstanceID()), ContactId: &r.first})
		return err
	},
	// backend sets key=value …
	"backend sets": func(r *run, l Line, rest string) error {
		attributes, err := pairs(rest)
		if err != nil {
			return err
		}
		client, _ := r.stage.Clients()
		_, err = client.UpdateContactAttributes(r.ctx, &connect.UpdateContactAttributesInput{
			InstanceId: new(r.stage.InstanceID()), InitialContactId: &r.first, Attributes: attributes,
		})
		return err
	},
	// backend reads — the attributes, in order of their names
	"backend reads": func(r *run, l Line, rest string) error {
		client, _ := r.stage.Clients()
		out, err := client.GetContactAttributes(r.ctx, &connect.GetContactAttributesInput{
			InstanceId: new(r.stage.InstanceID()), InitialContactId: &r.first,
		})
		if err != nil {
			return err
		}
		for _, k := range slices.Sorted(maps.Keys(out.Attributes)) {
			r.see(l.At, l.Actor, fmt.Sprintf("%s=%q", k, out.Attributes[k]))
		}
		return nil
	},
	// backend tags key=value …, and backend untags key …: the current contact
	"backend tags": func(r *run, l Line, rest string) error {
		tags, err := pairs(rest)
		if err != nil {
			return err
		}
		client, _ := r.stage.Clients()
		_, err = client.TagContact(r.ctx, &connect.TagContactInput{InstanceId: new(r.stage.InstanceID()), ContactId: &r.current, Tags: tags})
		return err
	},
	"backend untags": func(r *run, l Line, rest string) error {
		client, _ := r.stage.Clients()
		_, err := client.UntagContact(r.ctx, &connect.UntagContactInput{
			InstanceId: new(r.stage.InstanceID()), ContactId: &r.current, TagKeys: strings.Fields(rest),
		})
		return err
	},
	// backend lists — the tree of the current contact, in the order of initiation
	"backend lists": func(r *run, l Line, rest string) error {
		client, _ := r.stage.Clients()
		out, err := client.ListAssociatedContacts(r.ctx, &connect.ListAssociatedContactsInput{
			InstanceId: new(r.stage.InstanceID()), ContactId: &r.current,
		})
		if err != nil {
			return err
		}
		for _, c := range out.ContactSummaryList {
			r.see(l.At, l.Actor, fmt.Sprintf("CONTACT by %s initiated %s", c.InitiationMethod, r.since(c.InitiationTimestamp)))
		}
		return nil
	},
	// backend searches attributes|tags key=value …, or by METHOD — among the contacts of the chat, in the order of initiation
	"backend searches": func(r *run, l Line, rest string) error {
		now, err := r.stage.Now(r.ctx)
		if err != nil {
			return err
		}
		in := &connect.SearchContactsInput{
			InstanceId: new(r.stage.InstanceID()), SearchCriteria: &types.SearchCriteria{},
			TimeRange: &types.SearchContactsTimeRange{Type: types.SearchContactsTimeRangeTypeInitiationTimestamp, StartTime: &r.start, EndTime: &now},
			Sort:      &types.Sort{FieldName: types.SortableFieldNameInitiationTimestamp, Order: types.SortOrderAscending},
		}
		what, rest, _ := strings.Cut(rest, " ")
		if what == "by" {
			in.SearchCriteria.InitiationMethods = []types.ContactInitiationMethod{types.ContactInitiationMethod(rest)}
			rest = ""
		}
		wanted, err := pairs(rest)
		if err != nil {
			return err
		}
		attributes, tags := &types.SearchableContactAttributes{}, &types.ControlPlaneTagFilter{}
		for k, v := range wanted {
			attributes.Criteria = append(attributes.Criteria, types.SearchableContactAttributesCriteria{Key: &k, Values: []string{v}})
			tags.AndConditions = append(tags.AndConditions, types.TagCondition{TagKey: &k, TagValue: &v})
		}
		switch what {
		case "attributes":
			in.SearchCriteria.SearchableContactAttributes = attributes
		case "tags":
			in.SearchCriteria.ContactTags = tags
		}
		client, _ := r.stage.Clients()
		out, err := client.SearchContacts(r.ctx, in)
		if err != nil {
			return err
		}
		for _, c := range out.Contacts {
			if *c.Id == r.first || c.InitialContactId != nil && *c.InitialContactId == r.first {
				r.see(l.At, l.Actor, fmt.Sprintf("CONTACT by %s initiated %s", c.InitiationMethod, r.since(c.InitiationTimestamp)))
			}
		}
		return nil
	},
	// backend describes [current] — the state of the first or the current contact and the times that led there
	"backend describes": func(r *run, l Line, rest string) error {
		client, _ := r.stage.Clients()
		id := r.first
		if rest == "current" {
			id = r.current
		}
		out, err := client.DescribeContact(r.ctx, &connect.DescribeContactInput{InstanceId: new(r.stage.InstanceID()), ContactId: &id})
		if err != nil {
			return err
		}
		c := out.Contact
		words := []string{"initiated " + r.since(c.InitiationTimestamp)}
		if c.InitiationMethod != types.ContactInitiationMethodApi {
			words[0] = "by " + string(c.InitiationMethod) + " " + words[0]
		}
		if c.RelatedContactId != nil {
			words = append(words, "related to "+r.contact(c.RelatedContactId))
		}
		if c.Name != nil {
			words = append(words, fmt.Sprintf("named %q", *c.Name))
		}
		for _, k := range slices.Sorted(maps.Keys(c.Tags)) {
			if !strings.HasPrefix(k, "aws:") {
				words = append(words, fmt.Sprintf("tagged %s=%q", k, c.Tags[k]))
			}
		}
		if *c.QueuePriority != 5 {
			words = append(words, fmt.Sprintf("priority %d", *c.QueuePriority))
		}
		if c.QueueInfo != nil {
			words = append(words, "queued "+r.since(c.QueueInfo.EnqueueTimestamp))
		}
		if c.RoutingCriteria != nil {
			for _, step := range c.RoutingCriteria.Steps {
				words = append(words, "step "+string(step.Status))
			}
		}
		if c.DisconnectTimestamp != nil {
			words = append(words, "ended "+r.since(c.DisconnectTimestamp))
		}
		if c.DisconnectReason != nil {
			words = append(words, *c.DisconnectReason)
		}
		r.see(l.At, l.Actor, "CONTACT "+strings.Join(words, ", "))
		return nil
	},
}

// settle returns when the server has told and asked the outside all that it has to.
func (r *run) settle() error {
	now, err := r.stage.Now(r.ctx)
	if err != nil {
		return err
	}
	return r.stage.Advance(r.ctx, now)
}

func (r *run) since(t *time.Time) string { return shortDuration(t.Sub(r.start)) }

func (r *run) see(at time.Duration, actor, what string) {
	if r.SeenBy != "" && actor != r.SeenBy {
		return
	}
	r.lines = append(r.lines, Line{At: at, Actor: actor, Seen: true, Text: what})
}

// startChat starts a chat, one that continues another if past is not nil. An attribute "#2" is the id of the second contact.
func (r *run) startChat(rest string, past *types.PersistentChat) error {
	name, rest, err := word(rest)
	if err != nil {
		return err
	}
	attributes, err := pairsOf(rest, func(v string) (string, error) {
		if number, ok := strings.CutPrefix(v, "#"); ok {
			return r.contactID(number)
		}
		return v, nil
	})
	if err != nil {
		return err
	}
	id, err := r.flow(name)
	if err != nil {
		return err
	}
	token := "play-" + name
	if past != nil {
		token += "-" + string(past.RehydrationType) + "-" + *past.SourceContactId
	}
	client, _ := r.stage.Clients()
	out, err := client.StartChatContact(r.ctx, &connect.StartChatContactInput{
		InstanceId: new(r.stage.InstanceID()), ContactFlowId: &id, Attributes: attributes, PersistentChat: past,
		ParticipantDetails:             &types.ParticipantDetails{DisplayName: new("Customer")},
		SupportedMessagingContentTypes: []string{"text/plain", "text/markdown", "application/json", interactive, interactiveResponse},
		ClientToken:                    &token,
	})
	if err != nil {
		return err
	}
	r.first, r.newest = *out.ContactId, time.Time{}
	r.enterContact(*out.ContactId)
	r.enter("customer", *out.ParticipantId, *out.ParticipantToken)
	return nil
}

// flow is the id of a flow of the play, or else of one that the stage has.
func (r *run) flow(name string) (string, error) {
	if id, ok := r.flows[name]; ok {
		return id, nil
	}
	client, _ := r.stage.Clients()
	pages := connect.NewListContactFlowsPaginator(client, &connect.ListContactFlowsInput{InstanceId: new(r.stage.InstanceID())})
	for pages.HasMorePages() {
		page, err := pages.NextPage(r.ctx)
		if err != nil {
			return "", err
		}
		for _, f := range page.ContactFlowSummaryList {
			if *f.Name == name {
				return *f.Id, nil
			}
		}
	}
	return "", fmt.Errorf("there is no flow %q, neither in the play nor beside it", name)
}

// missed tells what was said in a chat that was over before the customer could connect.
func (r *run) missed(l Line) error {
	client, _ := r.stage.Clients()
	in := &connect.ListRealtimeContactAnalysisSegmentsV2Input{
		InstanceId: new(r.stage.InstanceID()), ContactId: &r.current, OutputType: types.RealTimeContactAnalysisOutputTypeRaw,
		SegmentTypes: []types.RealTimeContactAnalysisSegmentType{types.RealTimeContactAnalysisSegmentTypeTranscript},
	}
	for {
		out, err := client.ListRealtimeContactAnalysisSegmentsV2(r.ctx, in)
		if err != nil {
			return err
		}
		for _, s := range out.Segments {
			if said, ok := s.(*types.RealtimeContactAnalysisSegmentMemberTranscript); ok {
				r.see(l.At, l.Actor, fmt.Sprintf("MISSED %s %q", said.Value.ParticipantRole, value(said.Value.Content)))
			}
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return nil
		}
	}
}

// pastChat reads `TYPE 1`: what a chat continues, by the number of the contact.
func (r *run) pastChat(s string) (past *types.PersistentChat, rest string, err error) {
	kind, rest, _ := strings.Cut(s, " ")
	number, rest, _ := strings.Cut(rest, " ")
	id, err := r.contactID(number)
	return &types.PersistentChat{RehydrationType: types.RehydrationType(kind), SourceContactId: &id}, rest, err
}

// enterContact makes a contact the current one.
func (r *run) enterContact(id string) {
	r.current = id
	if !slices.Contains(r.contacts, id) {
		r.contacts = append(r.contacts, id)
	}
}

func (r *run) contactID(number string) (string, error) {
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(r.contacts) {
		return "", fmt.Errorf("the play has no contact %q", number)
	}
	return r.contacts[n-1], nil
}

// contact is what the play calls a contact.
func (r *run) contact(id *string) string {
	return strconv.Itoa(slices.Index(r.contacts, value(id)) + 1)
}

// ask has somebody asked to join the chat.
func (r *run) ask(name string) error {
	client, _ := r.stage.Clients()
	out, err := client.CreateParticipant(r.ctx, &connect.CreateParticipantInput{
		InstanceId: new(r.stage.InstanceID()), ContactId: &r.current,
		ParticipantDetails: &types.ParticipantDetailsToAdd{ParticipantRole: roleOf(name), DisplayName: &name},
	})
	if err != nil {
		return err
	}
	r.enter(name, *out.ParticipantId, *out.ParticipantCredentials.ParticipantToken)
	return nil
}

// viewAnswer is the content of a message that answers a view.
func viewAnswer(action, data string) (string, error) {
	content := map[string]any{"templateType": "ViewResource", "version": "1.0", "action": action}
	if data != "" {
		content["data"] = json.RawMessage(data)
	}
	b, err := json.Marshal(content)
	return string(b), err
}

func (r *run) setAttribute(name, value string) error {
	client, _ := r.stage.Clients()
	_, err := client.UpdateInstanceAttribute(r.ctx, &connect.UpdateInstanceAttributeInput{
		InstanceId: new(r.stage.InstanceID()), AttributeType: types.InstanceAttributeType(name), Value: &value,
	})
	return err
}

func (r *run) setTimers(rest string) error {
	timers, err := pairs(rest)
	if err != nil {
		return err
	}
	var config types.ChatParticipantRoleConfig
	for _, name := range slices.Sorted(maps.Keys(timers)) {
		role, kind, _ := strings.Cut(name, "/")
		minutes, err := strconv.ParseInt(timers[name], 10, 32)
		if err != nil {
			return err
		}
		t := types.ParticipantTimerConfiguration{
			ParticipantRole: types.TimerEligibleParticipantRoles(role), TimerType: types.ParticipantTimerType(kind),
			TimerValue: &types.ParticipantTimerValueMemberParticipantTimerDurationInMinutes{Value: int32(minutes)},
		}
		if minutes == 0 {
			t.TimerValue = &types.ParticipantTimerValueMemberParticipantTimerAction{Value: types.ParticipantTimerActionUnset}
		}
		config.ParticipantTimerConfigList = append(config.ParticipantTimerConfigList, t)
	}
	client, _ := r.stage.Clients()
	_, err = client.UpdateParticipantRoleConfig(r.ctx, &connect.UpdateParticipantRoleConfigInput{
		InstanceId: new(r.stage.InstanceID()), ContactId: &r.current,
		ChannelConfiguration: &types.UpdateParticipantRoleConfigChannelInfoMemberChat{Value: config},
	})
	return err
}

func (r *run) send(p *person, content, contentType string) error {
	_, client := r.stage.Clients()
	_, err := client.SendMessage(r.ctx, &participant.SendMessageInput{
		ConnectionToken: &p.connectionToken, Content: &content, ContentType: &contentType,
		ClientToken: new("said-" + strconv.Itoa(p.said)),
	})
	return err
}
