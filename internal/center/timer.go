package center

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// Timers of a chat are set for a role, and run for each of that role while the customer and somebody who serves are both there: an idle
// timer that tells everybody, and one that sends everybody but the customer away. With both, the second starts when the first is over.
// What the participant writes starts them anew. Source: connect-chat sheet, 7.7.

const (
	timerIdle       = "IDLE"
	timerDisconnect = "DISCONNECT_NONCUSTOMER"
)

func timerName(role, kind string) string { return role + "/" + kind }

// timersOf is whose timers run for a participant: a custom bot sits in the agent's chair.
func timersOf(p store.Participant) string {
	if p.Role == roleBot {
		return roleAgent
	}
	return p.Role
}

// UpdateParticipantRoleConfig sets the timers of a chat for whoever joins it next.
func (s *Service) UpdateParticipantRoleConfig(
	ctx context.Context, in *connect.UpdateParticipantRoleConfigInput,
) (*connect.UpdateParticipantRoleConfigOutput, error) {
	ct, _, err := s.contactOf(ctx, *in.InstanceId, *in.ContactId)
	if err != nil {
		return nil, err
	}
	channel, ok := in.ChannelConfiguration.(*types.UpdateParticipantRoleConfigChannelInfoMemberChat)
	if !ok {
		return nil, reply.InvalidRequest("ChannelConfiguration: send Chat")
	}
	changes := map[string]int64{} // 0: unset
	for _, t := range channel.Value.ParticipantTimerConfigList {
		name := timerName(string(t.ParticipantRole), string(t.TimerType))
		if _, twice := changes[name]; twice {
			return nil, reply.InvalidRequest(fmt.Sprintf("ParticipantTimerConfigList sets the %s timer of %s twice", t.TimerType, t.ParticipantRole))
		}
		switch v := t.TimerValue.(type) {
		case *types.ParticipantTimerValueMemberParticipantTimerDurationInMinutes:
			changes[name] = int64(v.Value)
		default:
			changes[name] = 0
		}
	}
	err = s.update(ctx, store.Key{Chat: ct.ChatID}, func(sc *scene) error {
		if !sc.live() {
			return reply.InvalidRequest("The contact has ended")
		}
		timers := maps.Clone(sc.chat.Timers)
		if timers == nil {
			timers = map[string]int64{}
		}
		maps.Copy(timers, changes)
		maps.DeleteFunc(timers, func(_ string, minutes int64) bool { return minutes == 0 })
		sc.chat.Timers, sc.chatChanged = timers, true
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.UpdateParticipantRoleConfigOutput{}, nil
}

// startTimers takes over the timers as they are set now, for all who are there.
func (sc *scene) startTimers() error {
	if !sc.served() || len(sc.chat.Timers) == 0 && len(sc.chat.Running) == 0 {
		return nil
	}
	sc.stopTimers()
	sc.chat.Running, sc.chatChanged = maps.Clone(sc.chat.Timers), true
	for _, p := range sc.chat.Participants {
		if p.LeftAt == 0 && p.JoinedAt != 0 {
			sc.startTimersOf(p)
		}
	}
	return nil
}

func (sc *scene) startTimersOf(p store.Participant) {
	for _, timer := range []struct{ name, job string }{
		{timerIdle, jobIdle}, {timerDisconnect, jobAutoDisconnect},
	} {
		if minutes := sc.chat.Running[timerName(timersOf(p), timer.name)]; minutes != 0 {
			sc.putJob(timer.job, p.ID, time.Duration(minutes)*time.Minute, nil)
			return
		}
	}
}

func (sc *scene) stopTimersOf(id string) {
	if len(sc.chat.Running) == 0 {
		return
	}
	sc.tx.DeleteJob(jobIdle, id)
	sc.tx.DeleteJob(jobAutoDisconnect, id)
	if slices.Contains(sc.chat.Idle, id) {
		sc.chat.Idle = slices.DeleteFunc(slices.Clone(sc.chat.Idle), func(other string) bool { return other == id })
		sc.chatChanged = true
	}
}

func (sc *scene) stopTimers() {
	if len(sc.chat.Running) == 0 {
		return
	}
	for _, p := range sc.chat.Participants {
		sc.stopTimersOf(p.ID)
	}
	sc.chat.Running, sc.chatChanged = nil, true
}

// spoke starts the timers of a participant anew who sent a message or a file.
func (sc *scene) spoke(who store.Participant) {
	if len(sc.chat.Running) == 0 {
		return
	}
	idle := slices.Contains(sc.chat.Idle, who.ID)
	sc.stopTimersOf(who.ID)
	sc.startTimersOf(who)
	if idle {
		sc.passing(eventReturned, who)
	}
}

// idle tells everybody that a participant has been silent for long.
func (sc *scene) idle(id string) {
	p, ok := sc.participant(id)
	if !ok {
		return
	}
	sc.chat.Idle, sc.chatChanged = append(slices.Clone(sc.chat.Idle), id), true
	sc.passing(eventIdle, p)
	if minutes := sc.chat.Running[timerName(timersOf(p), timerDisconnect)]; minutes != 0 {
		sc.putJob(jobAutoDisconnect, id, time.Duration(minutes)*time.Minute, nil)
	}
}

// autoDisconnect sends everybody away but the customer, as a participant has been silent for too long.
func (sc *scene) autoDisconnect(id string) error {
	p, ok := sc.participant(id)
	if !ok {
		return nil
	}
	sc.passing(eventAutoDisconnect, p)
	return sc.dismiss(reasonIdle)
}
