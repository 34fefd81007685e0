package center

import (
	"context"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// tally counts what one side of a conversation said, and how long the other side waited for it.
type tally struct {
	who                     string
	sent, responses, length int32
	total, longest          int64 // milliseconds of responses
	waitedFor               int64 // time of the other side's first message without a response; 0: none
	last                    int64 // time of the newest message
}

// says counts a message. A response is timed from the first message it answers.
func (t *tally) says(it *store.Item) {
	if t.sent == 0 {
		t.who = it.ParticipantID
	}
	t.sent++
	t.length += int32(utf8.RuneCountInString(it.Content))
	t.last = it.At
	if t.waitedFor != 0 {
		took := it.At - t.waitedFor
		t.responses, t.total, t.longest, t.waitedFor = t.responses+1, t.total+took, max(t.longest, took), 0
	}
}

// hears notes a message of the other side.
func (t *tally) hears(at int64) {
	if t.waitedFor == 0 {
		t.waitedFor = at
	}
}

// metrics are the side's figures; other is the side whose last word it may have left without an answer.
func (t *tally) metrics(kind types.ParticipantType, other *tally) *types.ParticipantMetrics {
	if t.sent == 0 {
		return nil
	}
	return &types.ParticipantMetrics{
		ParticipantId: &t.who, ParticipantType: kind, ConversationAbandon: new(other.last > t.last),
		MessagesSent: &t.sent, NumResponses: &t.responses, MessageLengthInChars: &t.length,
		TotalResponseTimeInMillis: &t.total, MaxResponseTimeInMillis: &t.longest, LastMessageTimestamp: reply.Time(t.last),
	}
}

// counter counts the messages of a contact, item by item. A turn is what the customer says at a stretch with the answer to it, whoever
// gives it.
type counter struct {
	contact *store.Contact

	all, bots, botLength, turns int32
	customer, agent             tally
	firstResponse               int64 // time of an agent's first message
	asked                       bool  // the customer had the last word
}

// add counts an item; the oldest comes first.
func (c *counter) add(it *store.Item) {
	if it.Type != itemMessage {
		return
	}
	c.all++
	switch it.Role {
	case roleCustomer:
		c.customer.says(it)
		c.agent.hears(max(it.At, c.contact.AgentAt))
		c.asked = true
		return
	case roleAgent:
		if c.firstResponse == 0 {
			c.firstResponse = it.At
		}
		c.agent.says(it)
	case roleSystem, roleBot:
		c.bots++
		c.botLength += int32(utf8.RuneCountInString(it.Content))
	}
	c.customer.hears(it.At)
	if c.asked {
		c.turns++
		c.asked = false
	}
}

// metrics are the figures of the contact, which has ended; nil if nobody said anything.
// Source: connect-chat sheet, appendix B, for the names.
func (c *counter) metrics(chat *store.Chat) *types.ChatMetrics {
	if c.all == 0 {
		return nil
	}
	ct, parties := c.contact, 0
	for _, p := range tookPart(chat, ct) {
		if p.Role != roleSystem {
			parties++
		}
	}
	all := &types.ChatContactMetrics{
		MultiParty: new(parties > 2), TotalMessages: &c.all, TotalBotMessages: &c.bots, TotalBotMessageLengthInChars: &c.botLength,
		ConversationTurnCount: &c.turns, AgentFirstResponseTimestamp: reply.Time(c.firstResponse),
	}
	if c.customer.sent > 0 {
		all.ConversationCloseTimeInMillis = new(ct.EndedAt - c.customer.last)
	}
	if c.firstResponse != 0 && ct.AgentAt != 0 {
		all.AgentFirstResponseTimeInMillis = new(c.firstResponse - ct.AgentAt)
	}
	return &types.ChatMetrics{
		ChatContactMetrics: all,
		CustomerMetrics:    c.customer.metrics(types.ParticipantTypeCustomer, &c.agent),
		AgentMetrics:       c.agent.metrics(types.ParticipantTypeAgent, &c.customer),
	}
}

// tookPart are those who took part in a contact that has ended, as everybody knew.
func tookPart(chat *store.Chat, ct *store.Contact) (all []store.Participant) {
	for _, p := range chat.Participants {
		left := p.LeftAt != 0 && p.LeftAt <= ct.InitiatedAt && ct.ID != chat.ID
		if p.JoinedAt != 0 && p.JoinedAt <= ct.EndedAt && !left && !p.Silent {
			all = append(all, p)
		}
	}
	return all
}

// chatMetrics returns the figures of a contact that has ended: those that were kept, else it counts.
func (s *Service) chatMetrics(ctx context.Context, chat *store.Chat, ct *store.Contact) (*types.ChatMetrics, error) {
	if ct.CompletedAt != 0 {
		return storedMetrics(ct)
	}
	c := &counter{contact: ct}
	for it, err := range s.itemsIn(ctx, chat, ct) {
		if err != nil {
			return nil, err
		}
		c.add(it)
	}
	return c.metrics(chat), nil
}

func storedMetrics(ct *store.Contact) (m *types.ChatMetrics, err error) {
	if len(ct.Metrics) > 0 {
		if err := json.Unmarshal(ct.Metrics, &m); err != nil {
			return nil, fmt.Errorf("metrics: %w", err)
		}
	}
	return m, nil
}
