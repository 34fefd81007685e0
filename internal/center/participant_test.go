package center

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/bus"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// ask asks somebody to join a chat.
func (w *world) ask(c chat, role types.ParticipantRole, token ...string) (*connect.CreateParticipantOutput, error) {
	in := &connect.CreateParticipantInput{
		InstanceId: new(instanceID), ContactId: &c.id, ParticipantDetails: &types.ParticipantDetailsToAdd{ParticipantRole: role},
	}
	if len(token) > 0 {
		in.ClientToken = &token[0]
	}
	return w.CreateParticipant(w.t.Context(), in)
}

func TestCreateParticipant(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start()
		for _, role := range []types.ParticipantRole{"", "CUSTOMER", "SYSTEM"} {
			_, err := w.ask(c, role)
			wantCode(t, fmt.Sprintf("role %q", role), err, "InvalidRequestException")
		}
		bot, err := w.ask(c, "CUSTOM_BOT", "t")
		if err != nil {
			t.Fatal(err)
		}
		if expiry := *bot.ParticipantCredentials.Expiry; expiry != "2026-02-01T11:00:00.000Z" {
			t.Errorf("the token expires at %s, want the end of the chat's duration", expiry)
		}
		who, err := w.Tokens.Participant(*bot.ParticipantCredentials.ParticipantToken)
		if err != nil || who != (auth.Participant{ChatID: c.id, ParticipantID: *bot.ParticipantId}) {
			t.Errorf("token of %+v, %v", who, err)
		}
		if again, err := w.ask(c, "CUSTOM_BOT", "t"); err != nil || *again.ParticipantId != *bot.ParticipantId {
			t.Errorf("a repeat answers %+v, %v", again, err)
		}
		_, err = w.ask(c, "AGENT", "t")
		wantCode(t, "the same token for somebody else", err, "InvalidRequestException")

		// Before the first connection nothing can be done but to connect.
		as := auth.Connection(who)
		_, err = w.SendMessage(t.Context(), as, &participant.SendMessageInput{ContentType: new(textPlain), Content: new("x")})
		wantCode(t, "a message before the connection", err, "AccessDeniedException")
		_, err = w.GetTranscript(t.Context(), as, &participant.GetTranscriptInput{})
		wantCode(t, "the transcript before the connection", err, "AccessDeniedException")
		if _, err := w.Subscribed(t.Context(), auth.Socket(who)); err != nil {
			t.Fatal(err)
		}
		w.advance(time.Minute) // the deadline is gone
		w.say(chat{c.id, who.ParticipantID, as}, "Beep")

		_, err = w.StopContact(t.Context(), &connect.StopContactInput{InstanceId: new(instanceID), ContactId: &c.id})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.ask(c, "AGENT")
		wantCode(t, "after the end", err, "ConflictException")
	})
}

func TestParticipantLimits(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start()
		bot := w.join(c, "CUSTOM_BOT")
		_, err := w.ask(c, "CUSTOM_BOT")
		wantCode(t, "a second bot", err, "ServiceQuotaExceededException")
		w.switchAttribute("MULTI_PARTY_CHAT_CONFERENCE", "false")
		w.join(c, "AGENT")
		_, err = w.SendMessage(t.Context(), bot.Connection, &participant.SendMessageInput{ContentType: new(textPlain), Content: new("x")})
		wantCode(t, "the bot after an agent has joined", err, "AccessDeniedException")
		_, err = w.ask(c, "CUSTOM_BOT")
		wantCode(t, "a bot beside an agent", err, "ConflictException")
		_, err = w.ask(c, "AGENT")
		wantCode(t, "a second agent without multi-party chat", err, "ServiceQuotaExceededException")
		w.switchAttribute("MULTI_PARTY_CHAT_CONFERENCE", "true")
		for range 4 {
			w.join(c, "AGENT")
		}
		_, err = w.ask(c, "AGENT")
		wantCode(t, "a seventh participant", err, "ServiceQuotaExceededException")
		for range 5 {
			w.join(c, "SUPERVISOR")
		}
		_, err = w.ask(c, "SUPERVISOR")
		wantCode(t, "a sixth supervisor", err, "ServiceQuotaExceededException")
	})
}

func (w *world) switchAttribute(name, to string) {
	w.t.Helper()
	err := w.Store.Update(w.t.Context(), store.Key{}, func(tx *store.Tx) error {
		in, err := tx.Instance(instanceID)
		if err != nil {
			return err
		}
		if in.Attributes == nil {
			in.Attributes = map[string]string{}
		}
		in.Attributes[name] = to
		tx.PutInstance(in)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestReceiptsInGroups has two agents and a customer read what the third wrote.
func TestReceiptsInGroups(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start()
		w.switchAttribute("MULTI_PARTY_CHAT_CONFERENCE", "true")
		ana, ben := w.join(c, "AGENT"), w.join(c, "AGENT")
		id := *w.say(c, "Hello").Id
		read := func(by chat) error {
			_, err := w.SendEvent(t.Context(), by.Connection, &participant.SendEventInput{
				ContentType: new(eventRead), Content: new(`{"messageId":"` + id + `"}`),
			})
			return err
		}
		wantCode(t, "receipt with three participants", read(ana), "ConflictException")
		w.ReceiptsInGroups = true
		for _, by := range []chat{ana, ben} {
			if err := read(by); err != nil {
				t.Fatal(err)
			}
		}
		for _, it := range w.transcript(c) {
			if *it.Id == id && (it.MessageMetadata == nil || len(it.MessageMetadata.Receipts) != 2) {
				t.Errorf("metadata %+v, want two receipts", it.MessageMetadata)
			}
		}
	})
}

// TestDisconnectOnCustomerExit has the customer stay for the survey.
func TestDisconnectOnCustomerExit(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		for name, tt := range map[string]struct {
			exit, hook bool
			live       bool
		}{
			"with a survey":            {true, true, true},
			"without a survey":         {true, false, false},
			"not asked for":            {false, true, false},
			"neither asked for nor is": {false, false, false},
		} {
			c := w.start(func(in *connect.StartChatContactInput) {
				if tt.exit {
					in.DisconnectOnCustomerExit = []types.DisconnectOnCustomerExitParticipantType{"AGENT"}
				}
			})
			if tt.hook {
				err := w.update(t.Context(), store.Key{Chat: c.id}, func(sc *scene) error {
					sc.chat.Hooks, sc.chatChanged = map[string]string{hookCustomerRemaining: flowID}, true
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			agent := w.join(c, "AGENT")
			leave := func(who chat) error {
				_, err := w.DisconnectParticipant(t.Context(), who.Connection, &participant.DisconnectParticipantInput{})
				return err
			}
			if err := leave(c); err != nil {
				t.Fatal(err)
			}
			wantCode(t, name+": the agent afterwards", leave(agent), "AccessDeniedException")
			if reason := reply.Value(w.describe(c.id).DisconnectReason); reason != reasonCustomer {
				t.Errorf("%s: reason %q", name, reason)
			}
			_, err := w.SendMessage(t.Context(), c.Connection, &participant.SendMessageInput{ContentType: new(textPlain), Content: new("Fine")})
			want := "AccessDeniedException"
			if tt.live {
				want = ""
			}
			wantCode(t, name+": the customer afterwards", err, want)
			if tt.live {
				wantCode(t, "the customer leaves for good", leave(c), "")
				wantCode(t, "and once more", leave(c), "AccessDeniedException")
			}
		}
	})
}

func TestTimers(t *testing.T) {
	minutes := func(role, kind string, n int32) types.ParticipantTimerConfiguration {
		c := types.ParticipantTimerConfiguration{
			ParticipantRole: types.TimerEligibleParticipantRoles(role), TimerType: types.ParticipantTimerType(kind),
			TimerValue: &types.ParticipantTimerValueMemberParticipantTimerDurationInMinutes{Value: n},
		}
		if n == 0 {
			c.TimerValue = &types.ParticipantTimerValueMemberParticipantTimerAction{Value: types.ParticipantTimerActionUnset}
		}
		return c
	}
	engines(t, func(t *testing.T, w *world) {
		set := func(c chat, timers ...types.ParticipantTimerConfiguration) error {
			_, err := w.UpdateParticipantRoleConfig(t.Context(), &connect.UpdateParticipantRoleConfigInput{
				InstanceId: new(instanceID), ContactId: &c.id,
				ChannelConfiguration: &types.UpdateParticipantRoleConfigChannelInfoMemberChat{
					Value: types.ChatParticipantRoleConfig{ParticipantTimerConfigList: timers},
				},
			})
			return err
		}
		c := w.start()
		wantCode(t, "the same timer twice", set(c, minutes("AGENT", timerIdle, 2), minutes("AGENT", timerIdle, 3)), "InvalidRequestException")
		wantCode(t, "unknown contact", set(chat{id: newID()}, minutes("AGENT", timerIdle, 2)), "ResourceNotFoundException")
		if err := set(c, minutes("AGENT", timerIdle, 2), minutes("AGENT", timerDisconnect, 3), minutes("CUSTOMER", timerDisconnect, 9)); err != nil {
			t.Fatal(err)
		}
		if err := set(c, minutes("CUSTOMER", timerIdle, 4)); err != nil { // others stay
			t.Fatal(err)
		}
		if _, err := w.Subscribed(t.Context(), auth.Socket(c.Connection)); err != nil {
			t.Fatal(err)
		}
		w.advance(time.Hour) // nobody is there to serve
		agent := w.join(c, "AGENT")
		if err := set(c, minutes("AGENT", timerIdle, 0)); err != nil { // for the next agent
			t.Fatal(err)
		}
		w.advance(2*time.Minute - time.Millisecond)
		if _, ok := w.idlers(c.id)[agent.participantID]; ok {
			t.Error("the agent is idle too early")
		}
		w.advance(time.Millisecond)
		if _, ok := w.idlers(c.id)[agent.participantID]; !ok {
			t.Error("the agent is not idle")
		}
		w.say(agent, "Sorry")
		w.advance(2 * time.Minute) // idle again, and the customer too
		if n := len(w.idlers(c.id)); n != 2 {
			t.Errorf("%d are idle, want both", n)
		}
		w.advance(3 * time.Minute)
		if reason := reply.Value(w.describe(c.id).DisconnectReason); reason != reasonIdle {
			t.Errorf("reason %q, want %q", reason, reasonIdle)
		}
		wantCode(t, "ended contact", set(c, minutes("AGENT", timerIdle, 2)), "InvalidRequestException")
		if n := w.jobCount(); n != 0 {
			t.Errorf("%d jobs are left of the chat", n)
		}
	})
}

func (w *world) idlers(chatID string) map[string]bool {
	w.t.Helper()
	c, err := w.Store.Chat(w.t.Context(), chatID)
	if err != nil {
		w.t.Fatal(err)
	}
	idle := map[string]bool{}
	for _, id := range c.Idle {
		idle[id] = true
	}
	return idle
}

// jobCount moves on as long as there is something due.
func (w *world) jobCount() (n int) {
	w.t.Helper()
	for {
		_, ok, err := w.jobs.AdvanceToNext(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		if !ok {
			return n
		}
		n++
	}
}

// TestLeftIsTheLastItem looks at what is published for somebody who leaves.
func TestLeftIsTheLastItem(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		c := w.start()
		w.switchAttribute("MULTI_PARTY_CHAT_CONFERENCE", "true")
		w.join(c, "AGENT")
		supervisor, agent := w.join(c, "SUPERVISOR"), w.join(c, "AGENT")
		for _, who := range []chat{supervisor, agent} {
			if _, err := w.DisconnectParticipant(t.Context(), who.Connection, &participant.DisconnectParticipantInput{}); err != nil {
				t.Fatal(err)
			}
		}
		var left []string
		for _, m := range w.told {
			if m.Left != "" {
				left = append(left, m.Left)
				if m.Left == supervisor.participantID && !slices.Equal(m.To, []string{m.Left}) {
					t.Errorf("the supervisor's leaving is told to %v", m.To)
				}
			}
		}
		if want := []string{supervisor.participantID, agent.participantID}; !slices.Equal(left, want) {
			t.Errorf("left %v, want %v", left, want)
		}
		frames, err := w.Since(t.Context(), c.id, supervisor.participantID, 0, 100) // the message may be lost
		if err != nil || !slices.ContainsFunc(frames, func(m bus.Message) bool { return m.Left == supervisor.participantID && m.Item != nil }) {
			t.Errorf("frames for the supervisor %+v, %v", frames, err)
		}
		frames, err = w.Since(t.Context(), c.id, agent.participantID, 0, 100)
		for _, m := range frames {
			if m.Left == supervisor.participantID && m.Item != nil {
				t.Errorf("the agent is told of a silent supervisor: %s", m.Item)
			}
		}
		if err != nil || frames[len(frames)-1].Left != agent.participantID {
			t.Errorf("frames %+v, %v", frames, err)
		}
	})
}
