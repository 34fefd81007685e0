package parleytest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/play"
	"github.com/openparley/parley/internal/server"
)

// Chat is a conversation, over all of its contacts.
type Chat struct {
	// ID is that of the chat's first contact, its InitialContactId.
	ID string

	// Customer is who the chat is with.
	Customer *Person

	s       *Server
	started time.Time
	request *connect.StartChatContactInput // nil: of the program under test
}

// With changes how a chat is started.
type With func(*connect.StartChatContactInput)

// Attributes of the chat that flows see as $.Attributes.
func Attributes(a map[string]string) With {
	return func(in *connect.StartChatContactInput) { in.Attributes = a }
}

// Lasting sets the longest time that the chat lives, in whole minutes; 25 hours by default.
func Lasting(d time.Duration) With {
	return func(in *connect.StartChatContactInput) { in.ChatDurationInMinutes = new(int32(d / time.Minute)) }
}

// StartChat starts a chat in a flow that was published by name, as a customer who is connected.
func (s *Server) StartChat(flow string, with ...With) *Chat {
	s.t.Helper()
	in := &connect.StartChatContactInput{
		InstanceId: &s.InstanceID, ContactFlowId: new(s.FlowID(flow)), ClientToken: new(uuid.NewString()),
		ParticipantDetails: &types.ParticipantDetails{DisplayName: new("Customer")},
		SupportedMessagingContentTypes: []string{
			"text/plain", "text/markdown", "application/json", "application/vnd.amazonaws.connect.message.interactive",
			"application/vnd.amazonaws.connect.message.interactive.response",
		},
	}
	for _, w := range with {
		w(in)
	}
	var c *Chat
	// A flow that goes through at once would otherwise be over before the customer is there.
	err := s.house.Server().Still(s.t.Context(), func() error {
		out, err := s.connect.StartChatContact(s.t.Context(), in)
		if err != nil {
			return err
		}
		c = s.chat(*out.ContactId)
		c.request = in
		c.Customer.connect(*out.ParticipantToken)
		return nil
	})
	if err != nil {
		s.t.Fatalf("start a chat: %v", err)
	}
	s.Clock.settle()
	return c
}

// Chat is a chat that the program under test has started, by the id of any of its contacts. Its customer can be looked at; what is said is said by
// the program.
func (s *Server) Chat(contactID string) *Chat {
	s.t.Helper()
	s.Clock.settle()
	return s.chat(contactID)
}

func (s *Server) chat(contactID string) *Chat {
	s.t.Helper()
	w := s.witness(contactID, string(types.ParticipantRoleCustomer))
	c := &Chat{ID: w.ChatID, s: s}
	c.started = *c.describe(c.ID).InitiationTimestamp
	c.Customer = &Person{ID: w.ParticipantID, Name: "customer", chat: c}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chats = append(s.chats, c)
	return c
}

func (s *Server) witness(contactID, who string) server.Witness {
	s.t.Helper()
	w, err := s.house.Server().Witness(s.t.Context(), contactID, who)
	if err != nil {
		s.t.Fatal(err)
	}
	return w
}

// AgentJoins has an agent join, as a backend that brings its own agents does: the contact leaves queue and flow.
func (c *Chat) AgentJoins(name string) *Person {
	c.s.t.Helper()
	return c.joins(types.ParticipantRoleAgent, name)
}

// BotJoins has a bot of your own join.
func (c *Chat) BotJoins(name string) *Person {
	c.s.t.Helper()
	return c.joins(types.ParticipantRoleCustomBot, name)
}

// SupervisorJoins has a supervisor join.
func (c *Chat) SupervisorJoins(name string) *Person {
	c.s.t.Helper()
	return c.joins(types.ParticipantRoleSupervisor, name)
}

func (c *Chat) joins(role types.ParticipantRole, name string) *Person {
	c.s.t.Helper()
	p, participantToken := c.Invites(role, name)
	p.connect(participantToken)
	c.s.Clock.settle()
	return p
}

// Invites makes room in the chat for somebody whom the program under test plays, such as a bot (CUSTOM_BOT), and returns the participant token
// by which the program joins. The person can be looked at.
func (c *Chat) Invites(role types.ParticipantRole, name string) (p *Person, participantToken string) {
	c.s.t.Helper()
	out, err := c.s.connect.CreateParticipant(c.s.t.Context(), &connect.CreateParticipantInput{
		InstanceId: &c.s.InstanceID, ContactId: new(c.ContactID()),
		ParticipantDetails: &types.ParticipantDetailsToAdd{ParticipantRole: role, DisplayName: &name},
	})
	if err != nil {
		c.fatalf("%s can not join: %v", name, err)
	}
	return &Person{ID: *out.ParticipantId, Name: name, chat: c}, *out.ParticipantCredentials.ParticipantToken
}

// CustomerTimers sets after what time without a word the customer is idle, and after what time more the chat is ended; 0 leaves a timer as it
// is. They begin when somebody joins, so set them before.
func (c *Chat) CustomerTimers(idle, disconnect time.Duration) {
	c.s.t.Helper()
	var list []types.ParticipantTimerConfiguration
	for _, timer := range []struct {
		kind  types.ParticipantTimerType
		after time.Duration
	}{{types.ParticipantTimerTypeIdle, idle}, {types.ParticipantTimerTypeDisconnectNoncustomer, disconnect}} {
		if timer.after == 0 {
			continue
		}
		list = append(list, types.ParticipantTimerConfiguration{
			ParticipantRole: types.TimerEligibleParticipantRolesCustomer, TimerType: timer.kind,
			TimerValue: &types.ParticipantTimerValueMemberParticipantTimerDurationInMinutes{Value: int32(timer.after / time.Minute)},
		})
	}
	_, err := c.s.connect.UpdateParticipantRoleConfig(c.s.t.Context(), &connect.UpdateParticipantRoleConfigInput{
		InstanceId: &c.s.InstanceID, ContactId: new(c.ContactID()),
		ChannelConfiguration: &types.UpdateParticipantRoleConfigChannelInfoMemberChat{
			Value: types.ChatParticipantRoleConfig{ParticipantTimerConfigList: list},
		},
	})
	if err != nil {
		c.fatalf("set the timers: %v", err)
	}
}

// ContactID is the contact that the chat is in now.
func (c *Chat) ContactID() string {
	c.s.t.Helper()
	return c.s.witness(c.ID, c.customer()).ContactID
}

func (c *Chat) customer() string {
	if c.Customer == nil {
		return string(types.ParticipantRoleCustomer)
	}
	return c.Customer.ID
}

// Contact describes the contact that the chat is in now, as DescribeContact does.
func (c *Chat) Contact() *types.Contact {
	c.s.t.Helper()
	c.s.Clock.settle()
	return c.describe(c.ContactID())
}

func (c *Chat) describe(contactID string) *types.Contact {
	c.s.t.Helper()
	out, err := c.s.connect.DescribeContact(c.s.t.Context(), &connect.DescribeContactInput{InstanceId: &c.s.InstanceID, ContactId: &contactID})
	if err != nil {
		c.s.t.Fatalf("describe the contact: %v", err)
	}
	return out.Contact
}

// Attributes are those of the chat.
func (c *Chat) Attributes() map[string]string {
	c.s.t.Helper()
	return c.Contact().Attributes
}

// Conversation is what was said and happened so far, as a play shows it: when, to whom, what.
func (c *Chat) Conversation() string { return c.Customer.conversation() }

func (p *Person) conversation() string {
	var b strings.Builder
	for _, it := range p.items() {
		line := play.Line{At: at(&it).Sub(p.chat.started).Truncate(tenth), Actor: p.Name, Seen: true, Text: play.Words(&it, nil)}
		b.WriteString(line.String() + "\n")
	}
	return b.String()
}

func at(it *ptypes.Item) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, *it.AbsoluteTime)
	return t
}

// story follows what is wrong: the conversation as its customer saw it.
func (c *Chat) story() string { return c.Customer.story() }

func (p *Person) story() string {
	s := p.chat.s
	text := fmt.Sprintf("\nthe conversation of contact %s so far, at %s:\n%s", p.chat.ID, s.Clock.Now().Sub(p.chat.started).Truncate(tenth), p.conversation())
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, what := range slices.Sorted(maps.Keys(s.missed)) {
		text += what + " was asked, and nobody stands in for it\n"
	}
	return text
}

func (c *Chat) fatalf(format string, a ...any) {
	c.s.t.Helper()
	c.s.t.Fatal(fmt.Sprintf(format, a...) + c.story())
}

// holds asserts what check finds nothing wrong with.
func (c *Chat) holds(check func() (wrong string)) {
	c.s.t.Helper()
	c.s.holds(c.story, check)
}

// Person is somebody in a chat.
type Person struct {
	ID   string // ParticipantId
	Name string

	chat  *Chat
	token string // ConnectionToken; empty: somebody else acts
}

func (p *Person) connect(participantToken string) {
	s := p.chat.s
	s.t.Helper()
	out, err := s.participant.CreateParticipantConnection(s.t.Context(), &participant.CreateParticipantConnectionInput{
		ParticipantToken: &participantToken, Type: []ptypes.ConnectionType{ptypes.ConnectionTypeConnectionCredentials},
	})
	if err == nil {
		err = s.house.Server().Attend(s.t.Context(), p.chat.ID, p.ID)
	}
	if err != nil {
		p.chat.fatalf("%s can not connect: %v", p.Name, err)
	}
	p.token = *out.ConnectionCredentials.ConnectionToken
}

// Says sends a message of plain text. When it returns, whatever the flow, functions and bots answer has been said.
func (p *Person) Says(text string) {
	p.chat.s.t.Helper()
	p.Sends("text/plain", text)
}

// Sends sends a message of another content type, such as text/markdown, or the answer to an interactive message.
func (p *Person) Sends(contentType, content string) {
	p.chat.s.t.Helper()
	p.acts("say "+content, func(token *string) error {
		_, err := p.chat.s.participant.SendMessage(p.chat.s.t.Context(), &participant.SendMessageInput{
			ConnectionToken: token, ContentType: &contentType, Content: &content, ClientToken: new(uuid.NewString()),
		})
		return err
	})
}

// Attaches sends a file, whose type is told by the end of its name: "parcel.png", "order.pdf", "notes.txt".
func (p *Person) Attaches(name string, content []byte) {
	p.chat.s.t.Helper()
	p.acts("attach "+name, func(token *string) error {
		ctx, api := p.chat.s.t.Context(), p.chat.s.participant
		kind, _, _ := strings.Cut(mime.TypeByExtension(path.Ext(name)), ";")
		to, err := api.StartAttachmentUpload(ctx, &participant.StartAttachmentUploadInput{
			ConnectionToken: token, ClientToken: new(uuid.NewString()), AttachmentName: &name, AttachmentSizeInBytes: new(int64(len(content))), ContentType: &kind,
		})
		if err != nil {
			return err
		}
		put, err := http.NewRequestWithContext(ctx, http.MethodPut, *to.UploadMetadata.Url, bytes.NewReader(content))
		if err != nil {
			return err
		}
		for name, value := range to.UploadMetadata.HeadersToInclude {
			put.Header.Set(name, value)
		}
		resp, err := p.chat.s.house.HTTPClient().Do(put)
		if err != nil {
			return err
		}
		if resp.Body.Close(); resp.StatusCode >= http.StatusBadRequest {
			return errors.New("the upload is answered " + resp.Status)
		}
		_, err = api.CompleteAttachmentUpload(ctx, &participant.CompleteAttachmentUploadInput{
			ConnectionToken: token, ClientToken: new(uuid.NewString()), AttachmentIds: []string{*to.AttachmentId},
		})
		return err
	})
}

// Types tells that the person is typing.
func (p *Person) Types() {
	p.chat.s.t.Helper()
	p.acts("type", func(token *string) error {
		_, err := p.chat.s.participant.SendEvent(p.chat.s.t.Context(), &participant.SendEventInput{
			ConnectionToken: token, ContentType: new("application/vnd.amazonaws.connect.event.typing"),
		})
		return err
	})
}

// Leaves takes the person out of the chat.
func (p *Person) Leaves() {
	p.chat.s.t.Helper()
	p.acts("leave", func(token *string) error {
		_, err := p.chat.s.participant.DisconnectParticipant(p.chat.s.t.Context(), &participant.DisconnectParticipantInput{ConnectionToken: token})
		return err
	})
}

func (p *Person) acts(what string, act func(token *string) error) {
	p.chat.s.t.Helper()
	if p.token == "" {
		p.chat.fatalf("%s can not %s: the program under test acts in this place", p.Name, what)
	}
	if err := act(&p.token); err != nil {
		p.chat.fatalf("%s can not %s: %v", p.Name, what, err)
	}
	p.chat.s.Clock.settle()
}

// Items are all that the person was shown, in order: what a transcript keeps, and events that it does not keep, such as that somebody types.
// Receipts are not among it.
func (p *Person) Items() []ptypes.Item {
	p.chat.s.t.Helper()
	p.chat.s.Clock.settle()
	return p.items()
}

func (p *Person) items() []ptypes.Item {
	p.chat.s.t.Helper()
	w := p.chat.s.witness(p.chat.ID, p.ID)
	items := make([]ptypes.Item, len(w.Items))
	for i, b := range w.Items {
		if err := json.Unmarshal(b, &items[i]); err != nil {
			p.chat.s.t.Fatalf("item %s: %v", b, err)
		}
	}
	p.chat.s.mu.Lock()
	defer p.chat.s.mu.Unlock()
	for _, it := range p.chat.s.passing[p.chat.ID] {
		if len(it.to) == 0 || slices.Contains(it.to, p.ID) {
			items = append(items, it.item)
		}
	}
	slices.SortStableFunc(items, func(a, b ptypes.Item) int { return at(&a).Compare(at(&b)) })
	return items
}
