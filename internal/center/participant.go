package center

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

const (
	// botDeadline is how long a custom bot has to connect. Source: API reference, CreateParticipant (15 seconds).
	botDeadline = 15 * time.Second

	// joinDeadline is how long anybody else has who was asked to join.
	joinDeadline = 5 * time.Minute

	// maxParticipants may be in a chat, the customer among them; maxSupervisors beside them.
	// Source: administrator guide, service quotas.
	maxParticipants = 6
	maxSupervisors  = 5
)

// Attributes of an instance that say who may take part. Source: API reference, InstanceAttributeType.
const (
	multiParty = "MULTI_PARTY_CHAT_CONFERENCE"
	monitoring = "ENHANCED_CHAT_MONITORING"
)

// names are what participants are called whose creator did not say.
var names = map[string]string{roleBot: botName, roleAgent: "AGENT", roleSupervisor: "SUPERVISOR"}

// participant returns who takes part in the chat under that id and has not left.
func (sc *scene) participant(id string) (store.Participant, bool) { return present(sc.chat, id) }

func present(c *store.Chat, id string) (store.Participant, bool) {
	for _, p := range c.Participants {
		if p.ID == id && p.LeftAt == 0 {
			return p, true
		}
	}
	return store.Participant{}, false
}

// change finds a participant who has not left, to change it; nil if there is none.
func (sc *scene) change(id string) *store.Participant {
	for i := range sc.chat.Participants {
		if p := &sc.chat.Participants[i]; p.ID == id && p.LeftAt == 0 {
			sc.chatChanged = true
			return p
		}
	}
	return nil
}

// here counts those of a role who have joined and not left.
func (sc *scene) here(role string) int {
	return sc.count(func(p store.Participant) bool { return p.Role == role && p.JoinedAt != 0 })
}

// people counts those who are in the chat as everybody knows: neither the system nor silent supervisors.
func (sc *scene) people() int {
	return sc.count(func(p store.Participant) bool { return p.JoinedAt != 0 && p.Role != roleSystem && !p.Silent })
}

// served reports whether somebody is in the chat to talk with the customer.
func (sc *scene) served() bool { return sc.here(roleAgent)+sc.here(roleBot) > 0 }

// count counts those who have not left.
func (sc *scene) count(which func(store.Participant) bool) (n int) {
	for _, p := range sc.chat.Participants {
		if p.LeftAt == 0 && which(p) {
			n++
		}
	}
	return n
}

// CreateParticipant asks somebody to join a live chat, and returns the token to connect with. Amazon takes custom bots alone; agents and
// supervisors are a door of Parley's own, for those who bring their own workspace.
func (s *Service) CreateParticipant(ctx context.Context, in *connect.CreateParticipantInput) (*connect.CreateParticipantOutput, error) {
	ct, _, err := s.contactOf(ctx, *in.InstanceId, *in.ContactId)
	if err != nil {
		return nil, err
	}
	p := store.Participant{
		ID: newID(), Role: string(in.ParticipantDetails.ParticipantRole), DisplayName: reply.Value(in.ParticipantDetails.DisplayName),
	}
	if names[p.Role] == "" {
		return nil, reply.InvalidRequest(fmt.Sprintf("ParticipantDetails.ParticipantRole: %q can not be added to a chat; %s can", p.Role, roleBot))
	}
	if p.DisplayName == "" {
		p.DisplayName = names[p.Role]
	}
	hash := sha256.Sum256(wire.Append(nil, in.ParticipantDetails))
	request := store.Request{Scope: "CreateParticipant/" + ct.ID, Token: reply.Value(in.ClientToken), Hash: hash[:]}
	var made store.Participant
	err = s.update(ctx, store.Key{Chat: ct.ChatID}, func(sc *scene) error {
		if earlier, err := reply.Answered(sc.tx, request); err != nil {
			return err
		} else if earlier != nil {
			return json.Unmarshal(earlier, &made)
		}
		if !sc.live() || sc.contact.ID != ct.ID {
			return conflict("The contact has ended")
		}
		made = p
		if err := sc.invite(&made); err != nil {
			return err
		}
		if request.Token != "" {
			req := request
			if req.Answer, err = json.Marshal(made); err != nil {
				return err
			}
			req.ExpiresAt = sc.chat.ExpiresAt
			sc.tx.PutRequest(req)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.CreateParticipantOutput{
		ParticipantId: &made.ID,
		ParticipantCredentials: &types.ParticipantTokenCredentials{
			ParticipantToken: new(s.Tokens.Issue(auth.Claims{
				Kind: auth.KindParticipant, ChatID: ct.ChatID, ParticipantID: made.ID, Expires: time.UnixMilli(made.TokenExpires),
			})),
			Expiry: wire.Time(made.TokenExpires),
		},
	}, nil
}

// invite makes room for a participant who has to connect within a deadline.
func (sc *scene) invite(p *store.Participant) error {
	if err := sc.admits(p.Role); err != nil {
		return err
	}
	deadline := joinDeadline
	if p.Role == roleBot {
		deadline = botDeadline
	}
	p.InvitedAt, p.TokenExpires, p.Silent = sc.now(), sc.chat.ExpiresAt, p.Role == roleSupervisor
	sc.chat.Participants = append(sc.chat.Participants, *p)
	sc.chatChanged = true
	sc.putJob(jobJoinDeadline, p.ID, deadline, nil)
	if p.Role == roleAgent {
		sc.event(eventInvited, p)
	}
	return nil
}

// admits says why nobody of a role may be added now. Source: connect-chat sheet, A.1 CreateParticipant and 6.2.
func (sc *scene) admits(role string) error {
	of := func(role string) int { return sc.count(func(p store.Participant) bool { return p.Role == role }) }
	full := func(why string) error { return &types.ServiceQuotaExceededException{Message: &why} }
	instance, err := sc.tx.Instance(sc.chat.InstanceID)
	if err != nil {
		return err
	}
	switch {
	case role == roleSupervisor && of(roleSupervisor) >= maxSupervisors:
		return full(fmt.Sprintf("The contact has %d supervisors, which is the limit", maxSupervisors))
	case role == roleSupervisor:
		return nil
	case role == roleBot && sc.here(roleAgent) > 0:
		return conflict("A custom bot can not join while an agent is in the chat")
	case role == roleBot && sc.contact.Bot != nil:
		return conflict("A custom bot can not join while a bot of the flow talks to the customer")
	case role == roleBot && of(roleBot) > 0:
		return full("The contact has a custom bot; one is the limit")
	case role == roleAgent && of(roleAgent) > 0 && instance.Attributes[multiParty] != "true":
		return full("The contact has an agent; more need the instance attribute " + multiParty)
	case of(roleCustomer)+of(roleAgent)+of(roleBot) >= maxParticipants:
		return full(fmt.Sprintf("The contact has %d participants, which is the limit", maxParticipants))
	}
	return nil
}

// forget takes out a participant who was asked to join and did not come.
func (sc *scene) forget(id string) {
	if p := sc.change(id); p != nil && p.JoinedAt == 0 {
		sc.chat.Participants = slices.DeleteFunc(slices.Clone(sc.chat.Participants), func(p store.Participant) bool { return p.ID == id })
	}
}

// join has a participant join who was asked to. An agent takes the contact over: from the queue, from the flow, from a bot.
func (sc *scene) join(id string) error {
	p := sc.change(id)
	p.JoinedAt = sc.now()
	sc.tx.DeleteJob(jobJoinDeadline, id)
	if p.Silent {
		return nil
	}
	if p.Role == roleAgent && sc.contact.AgentAt == 0 && sc.contact.Whisper == nil {
		return sc.accept(id)
	}
	sc.event(eventJoined, p)
	return sc.startTimers()
}

// takeOver gives the contact to its first agent.
func (sc *scene) takeOver(agent store.Participant) error {
	for _, p := range sc.chat.Participants {
		if p.Role == roleBot && p.LeftAt == 0 {
			sc.leave(p.ID)
		}
	}
	ct := sc.contact
	if ct.AgentAt != 0 {
		return nil
	}
	sc.stopFlow()
	ct.AgentID, ct.AgentAt, sc.contactChanged = agent.ID, sc.now(), true
	if ct.QueueID != "" {
		ct.DequeuedAt = ct.AgentAt
	}
	sc.contactEvent(contactConnectedToAgent)
	return sc.guide(hookAgentUI)
}

// speak says whether a participant may be heard. A supervisor who was silent is known to everybody from then on, where the instance
// allows it.
func (sc *scene) speak(caller *store.Participant) error {
	if !caller.Silent || sc.unheard(caller.ID) {
		return nil
	}
	instance, err := sc.tx.Instance(sc.chat.InstanceID)
	if err != nil {
		return err
	}
	if instance.Attributes[monitoring] != "true" || sc.count(func(p store.Participant) bool { return p.Role == roleSupervisor && !p.Silent }) > 0 {
		return accessDenied()
	}
	p := sc.change(caller.ID)
	p.Silent = false
	sc.event(eventJoined, p)
	*caller = *p
	return nil
}

// leave takes a participant out of the chat.
func (sc *scene) leave(id string) {
	p := sc.change(id)
	if p == nil {
		return
	}
	p.LeftAt = sc.now()
	switch {
	case p.JoinedAt == 0:
		sc.tx.DeleteJob(jobJoinDeadline, id)
	case p.Silent:
		sc.leftUnseen(p)
	default:
		sc.event(eventLeft, p)
	}
	sc.stopTimersOf(id)
}

// leftUnseen tells a silent supervisor alone that there is nothing more to come. It is an item like others, so that sockets which miss it
// find out.
func (sc *scene) leftUnseen(p *store.Participant) {
	to, _ := json.Marshal(store.ItemExtra{To: []string{p.ID}})
	sc.append(&store.Item{
		Type: itemEvent, ContentType: eventLeft, ParticipantID: p.ID, Role: p.Role, DisplayName: p.DisplayName, Extra: to,
	})
}

// disconnect is what happens when a participant wants to go. Source: connect-chat sheet, 7.2, and flow sheet, 10.4.
func (sc *scene) disconnect(who store.Participant) error {
	if who.Role == roleCustomer {
		if sc.chat.DisconnectOnCustomerExit && sc.here(roleAgent) > 0 && sc.chat.Hooks[hookCustomerRemaining] != "" {
			return sc.dismiss(reasonCustomer)
		}
		sc.leave(who.ID)
		sc.end(reasonCustomer)
		return nil
	}
	unheard := sc.unheard(who.ID)
	sc.leave(who.ID)
	switch {
	case unheard:
		return sc.backInQueue()
	case who.JoinedAt == 0 || who.Role == roleSupervisor || sc.served():
		return nil
	case who.Role == roleAgent:
		return sc.dismiss(reasonAgent)
	}
	sc.stopTimers()
	if sc.contact.FlowState == nil && sc.contact.QueueID == "" {
		return sc.dismiss(reasonThirdParty)
	}
	return sc.happened(flow.BotParticipantDisconnected)
}

// dismiss leaves the customer alone: everybody else goes, and the chat goes on in its disconnect flow, if it has one.
func (sc *scene) dismiss(reason string) error {
	sc.empty()
	if err := sc.guide(hookAfterAgentUI); err != nil {
		return err
	}
	return sc.disconnectFlow(reason)
}
