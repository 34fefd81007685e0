package center

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/smithy-go"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// An update holds one chat. What a flow does in another one is done by a job between two updates; the run waits for it.

const jobElsewhere = "elsewhere" // key: the contact whose flow waits

func init() { outsideJobs[jobElsewhere] = (*Service).elsewhere }

// errand is what a flow does in another chat. One of the members is set beside the related contact.
type errand struct {
	Related  string               `json:"related,omitempty"`
	Set      map[string]string    `json:"set,omitempty"` // attributes
	Data     *flow.SetContactData `json:"data,omitempty"`
	Outbound *flow.StartOutbound  `json:"outbound,omitempty"`
	Token    string               `json:"token"` // what the run waits for; what is begun is begun once
}

// sendElsewhere suspends the run for an effect that another chat is meant by. It reports false for any other.
func (sc *scene) sendElsewhere(state *flow.State, effect flow.Effect) (bool, error) {
	e := errand{Related: sc.contact.RelatedID, Token: newID()}
	switch effect := effect.(type) {
	case flow.SetAttributes:
		if !effect.Related || e.Related == "" {
			return false, nil
		}
		e.Set = effect.Attributes
	case flow.SetContactData:
		if !effect.Related || e.Related == "" {
			return false, nil
		}
		e.Data = &effect
	case flow.StartOutbound:
		e.Outbound = &effect
	default:
		return false, nil
	}
	payload, err := json.Marshal(e)
	if err != nil {
		return false, err
	}
	if err := sc.saveRun(state, e.Token); err != nil {
		return false, err
	}
	sc.putJob(jobElsewhere, sc.contact.ID, 0, payload)
	return true, nil
}

// elsewhere does what a flow wants of another chat, and goes on with the flow.
func (s *Service) elsewhere(ctx context.Context, job store.Job) error {
	var e errand
	if err := json.Unmarshal(job.Payload, &e); err != nil {
		return fmt.Errorf("errand of contact %s: %w", job.Key, err)
	}
	from, err := s.Store.Contact(ctx, job.Key)
	if errors.Is(err, store.ErrNotFound) { // erased meanwhile
		return s.finishJob(ctx, job, func(*scene) error { return nil })
	}
	if err != nil {
		return err
	}
	in := flow.Input{Kind: flow.Done}
	err = s.do(ctx, from, e)
	if _, refused := errors.AsType[smithy.APIError](err); refused {
		in = flow.Input{Kind: flow.Failed}
	} else if err != nil {
		return err
	}
	return s.finishJob(ctx, job, func(sc *scene) error {
		if !sc.live() || sc.contact.ID != job.Key || !slices.Contains(sc.contact.FlowWaits, e.Token) {
			return nil
		}
		return sc.resume(in)
	})
}

func (s *Service) do(ctx context.Context, from *store.Contact, e errand) error {
	if o := e.Outbound; o != nil {
		return s.startOutbound(ctx, from, o, e.Token)
	}
	return s.changeContact(ctx, from.InstanceID, e.Related, func(sc *scene) error {
		if e.Data != nil {
			sc.setContactData(*e.Data)
			return nil
		}
		return sc.setAttributes(e.Set)
	})
}

// startOutbound begins a chat with somebody on another channel, as StartOutboundChatContact does.
func (s *Service) startOutbound(ctx context.Context, from *store.Contact, o *flow.StartOutbound, token string) error {
	in := &connect.StartOutboundChatContactInput{
		InstanceId: &from.InstanceID, ContactFlowId: &o.FlowID, ClientToken: &token,
		SourceEndpoint: &types.Endpoint{Address: &o.Source}, DestinationEndpoint: &types.Endpoint{Address: &o.Destination},
		SegmentAttributes: map[string]types.SegmentAttributeValue{subtypeName: {ValueString: reply.Text(o.Subtype)}},
	}
	if o.Message != "" {
		in.InitialSystemMessage = &types.ChatMessage{ContentType: new(textPlain), Content: &o.Message}
	}
	if o.Related {
		in.RelatedContactId = &from.ID
	}
	_, err := s.StartOutboundChatContact(ctx, in)
	return err
}

// setContactData changes what is known of the contact.
func (sc *scene) setContactData(e flow.SetContactData) {
	ct := sc.contact
	for _, set := range []struct {
		to    *string
		value *string
	}{{&ct.Name, e.Name}, {&ct.Description, e.Description}, {&ct.LanguageCode, e.LanguageCode}, {&sc.chat.CustomerID, e.CustomerID}} {
		if set.value != nil {
			*set.to = *set.value
		}
	}
	sc.contactChanged, sc.chatChanged = true, sc.chatChanged || e.CustomerID != nil
}
