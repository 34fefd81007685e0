package center

import (
	"encoding/json"
	"time"

	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/store"
)

// An agent who takes a contact from its queue hears the agent whisper first, unseen, while the customer waits on; then the customer hears
// the customer whisper. Only when both are over can the two sides talk: what they say meanwhile is held. A chat has whispers only when a
// flow has set them. Source: flow sheet, 10.2.

const (
	hookAgentWhisper    = "AgentWhisper"
	hookCustomerWhisper = "CustomerWhisper"

	jobWhisper = "whisper" // key: the contact

	// whisperTime is how long a whisper may take. Source: flow sheet, 10.2 (2 minutes).
	whisperTime = 2 * time.Minute
)

func init() {
	chatJobs[jobWhisper] = func(sc *scene, _ store.Job) error { return sc.whispered() }
}

// accept has the first agent take the contact: its flow is interrupted, and the whispers run.
func (sc *scene) accept(id string) error {
	sc.stopFlow()
	if runs, err := sc.whisper(hookAgentWhisper, id); runs || err != nil {
		return err
	}
	return sc.meet(id)
}

// whisper starts a whisper for an agent who has come. It reports false when there is none.
func (sc *scene) whisper(hook, agent string) (runs bool, err error) {
	ct := sc.contact
	if ct.QueueID == "" || sc.chat.Hooks[hook] == "" {
		return false, nil
	}
	fl, version, missing, err := sc.publishedFlow(sc.chat.Hooks[hook], chatHooks[hook])
	if missing || err != nil {
		return false, err
	}
	if hook == hookAgentWhisper {
		sc.change(agent).Silent = true
	}
	ct.Whisper = &store.Whisper{Hook: hook, ParticipantID: agent}
	sc.putJob(jobWhisper, ct.ID, whisperTime, nil)
	return true, sc.enterFlow(fl, version, sc.seed(ct.ID))
}

// whispered goes on after a whisper, however it ended.
func (sc *scene) whispered() error {
	w := sc.contact.Whisper
	if w == nil {
		return nil
	}
	sc.stopFlow()
	sc.tx.DeleteJob(jobWhisper, sc.contact.ID)
	if w.Hook == hookAgentWhisper {
		return sc.meet(w.ParticipantID)
	}
	return sc.talk()
}

// meet gives the contact to an agent whom everybody knows of from now on.
func (sc *scene) meet(id string) error {
	p := sc.change(id)
	p.Silent = false
	sc.event(eventJoined, p)
	if err := sc.takeOver(*p); err != nil {
		return err
	}
	if runs, err := sc.whisper(hookCustomerWhisper, id); runs || err != nil {
		return err
	}
	return sc.talk()
}

// talk lets both sides talk.
func (sc *scene) talk() error {
	sc.stopWhisper()
	return sc.startTimers()
}

// stopWhisper ends the whispers of the contact, and has what was held for them delivered.
func (sc *scene) stopWhisper() {
	if sc.contact.Whisper == nil {
		return
	}
	sc.tx.DeleteJob(jobWhisper, sc.contact.ID)
	sc.contact.Whisper, sc.contactChanged = nil, true
	if sc.chat.Processor != nil {
		sc.putJob(jobProcess, sc.chat.ID, 0, nil)
	}
}

// unheard reports whether a participant is the agent of an agent whisper, of whom nobody knows yet.
func (sc *scene) unheard(id string) bool {
	w := sc.contact.Whisper
	return w != nil && w.Hook == hookAgentWhisper && w.ParticipantID == id
}

// backInQueue is what happens when the agent leaves during the agent whisper: the contact waits on in its queue, unless another agent has
// come meanwhile.
func (sc *scene) backInQueue() error {
	sc.stopFlow()
	sc.stopWhisper()
	for _, p := range sc.chat.Participants {
		if p.Role == roleAgent && p.JoinedAt != 0 && p.LeftAt == 0 {
			if err := sc.takeOver(p); err != nil {
				return err
			}
			return sc.startTimers()
		}
	}
	goesOn, err := sc.queueFlow()
	if err != nil || !goesOn {
		return err
	}
	return sc.run(flow.Start(sc.seed(sc.contact.ID)), flow.Input{Kind: flow.Begin})
}

// flowSays says what the flow wants to: to everybody, or in a whisper to one side, outside of the transcript.
func (sc *scene) flowSays(text string) error {
	it := message(sc.system(), textPlain, text, nil)
	if w := sc.contact.Whisper; w != nil {
		to := w.ParticipantID
		for _, p := range sc.chat.Participants {
			if w.Hook == hookCustomerWhisper && p.Role == roleCustomer {
				to = p.ID
			}
		}
		extra, err := json.Marshal(store.ItemExtra{To: []string{to}, Whisper: true})
		if err != nil {
			return err
		}
		it.Extra = extra
	}
	sc.append(it)
	return nil
}
