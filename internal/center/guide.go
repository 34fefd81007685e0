package center

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/smithy-go"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/store"
)

// A guide is a flow for an agent: it runs in a chat of its own, which goes back to the contact that is served and whose only participant is
// the agent. Source: flow sheet, 10.5.

const (
	jobGuide = "guide" // key: the contact and the hook

	// guideAttribute is the older way to name the guide of an agent who accepts. Source: flow sheet, 10.5.
	guideAttribute = "DefaultFlowForAgentUI"
)

func init() { outsideJobs[jobGuide] = (*Service).startGuide }

// guideToStart is the payload of the job.
type guideToStart struct{ ContactID, Hook, FlowID, Agent string }

// guide has the guide for an agent started that a hook names, if it names one.
func (sc *scene) guide(hook string) error {
	ct := sc.contact
	id, hooked := sc.chat.Hooks[hook]
	if !hooked && hook == hookAgentUI {
		id = sc.chat.Attributes[guideAttribute]
	}
	if id == "" || ct.AgentAt == 0 {
		return nil
	}
	start := guideToStart{ContactID: ct.ID, Hook: hook, FlowID: id, Agent: names[roleAgent]}
	for _, p := range sc.chat.Participants {
		if p.ID == ct.AgentID {
			start.Agent = p.DisplayName
		}
	}
	payload, err := json.Marshal(start)
	if err != nil {
		return err
	}
	sc.putJob(jobGuide, ct.ID+"/"+hook, 0, payload)
	return nil
}

// startGuide begins the chat of a guide and notes it with the contact.
func (s *Service) startGuide(ctx context.Context, job store.Job) error {
	var start guideToStart
	if err := json.Unmarshal(job.Payload, &start); err != nil {
		return fmt.Errorf("guide %s: %w", job.Key, err)
	}
	served, err := s.Store.Contact(ctx, start.ContactID)
	if errors.Is(err, store.ErrNotFound) { // erased meanwhile
		return s.finishJob(ctx, job, func(*scene) error { return nil })
	}
	if err != nil {
		return err
	}
	out, err := s.StartChatContact(ctx, &connect.StartChatContactInput{
		InstanceId: &served.InstanceID, ContactFlowId: &start.FlowID, RelatedContactId: &served.ID, ClientToken: &job.Key,
		ParticipantDetails:             &types.ParticipantDetails{DisplayName: &start.Agent},
		SupportedMessagingContentTypes: []string{textPlain, interactive, interactiveResponse},
		SegmentAttributes:              map[string]types.SegmentAttributeValue{subtypeName: {ValueString: new(subtypeGuide)}},
	})
	if _, refused := errors.AsType[smithy.APIError](err); refused {
		s.Log.Warn("guide was not started", "contact", served.ID, "hook", start.Hook, "err", err)
		return s.finishJob(ctx, job, func(*scene) error { return nil })
	}
	if err != nil {
		return err
	}
	return s.finishJob(ctx, job, func(sc *scene) error {
		if err := sc.turnTo(served.ID); err != nil {
			return err
		}
		sc.contact.Guides = append(sc.contact.Guides, store.Guide{Hook: start.Hook, ContactID: *out.ContactId, ParticipantID: *out.ParticipantId})
		sc.tx.PutContact(sc.contact) // its time of change stays
		return nil
	})
}

// FindGuides lists the guides of a contact, with a token for the agent of each that goes on.
func (s *Service) FindGuides(ctx context.Context, in *parley.FindGuidesInput) (*parley.FindGuidesOutput, error) {
	ct, err := s.findContact(ctx, *in.InstanceId, *in.ContactId)
	if err != nil {
		return nil, err
	}
	out := &parley.FindGuidesOutput{Guides: []parley.Guide{}}
	for _, g := range ct.Guides {
		chat, err := s.Store.Chat(ctx, g.ContactID)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		guide := parley.Guide{Hook: &g.Hook, ContactId: &g.ContactID}
		if chat.EndedAt == 0 {
			guide.ParticipantId, guide.ParticipantToken = &g.ParticipantID, new(s.Tokens.Issue(auth.Claims{
				Kind: auth.KindParticipant, ChatID: g.ContactID, ParticipantID: g.ParticipantID, Expires: time.UnixMilli(chat.ExpiresAt),
			}))
		}
		out.Guides = append(out.Guides, guide)
	}
	return out, nil
}
