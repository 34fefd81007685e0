package center

import (
	"unicode/utf8"

	"github.com/openparley/parley/api/connect/types"
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
		TotalResponseTimeInMillis: &t.total, MaxResponseTimeInMillis: &t.longest, LastMessageTimestamp: millis(t.last),
	}
}

// chatMetrics counts the messages of a contact that has ended; nil if there were none. A turn is what the customer says at a stretch with
// the answer to it, whoever gives it. Source: connect-chat sheet, appendix B, for the names.
func chatMetrics(chat *store.Chat, ct *store.Contact, items []store.Item) *types.ChatMetrics {
	var all, bots, botLength, turns int32
	var customer, agent tally
	var firstResponse int64
	asked := false
	for i := range items {
		it := &items[i]
		if it.Type != itemMessage {
			continue
		}
		all++
		switch it.Role {
		case roleCustomer:
			customer.says(it)
			agent.hears(max(it.At, ct.AgentAt))
			asked = true
			continue
		case roleAgent:
			if firstResponse == 0 {
				firstResponse = it.At
			}
			agent.says(it)
		case roleSystem, roleBot:
			bots++
			botLength += int32(utf8.RuneCountInString(it.Content))
		}
		customer.hears(it.At)
		if asked {
			turns++
			asked = false
		}
	}
	if all == 0 {
		return nil
	}
	contact := &types.ChatContactMetrics{
		MultiParty: new(parties(chat, ct) > 2), TotalMessages: &all, TotalBotMessages: &bots, TotalBotMessageLengthInChars: &botLength,
		ConversationTurnCount: &turns, AgentFirstResponseTimestamp: millis(firstResponse),
	}
	if customer.sent > 0 {
		contact.ConversationCloseTimeInMillis = new(ct.EndedAt - customer.last)
	}
	if firstResponse != 0 && ct.AgentAt != 0 {
		contact.AgentFirstResponseTimeInMillis = new(firstResponse - ct.AgentAt)
	}
	return &types.ChatMetrics{
		ChatContactMetrics: contact,
		CustomerMetrics:    customer.metrics(types.ParticipantTypeCustomer, &agent),
		AgentMetrics:       agent.metrics(types.ParticipantTypeAgent, &customer),
	}
}

// parties counts who took part in a contact that has ended, as everybody knew.
func parties(chat *store.Chat, ct *store.Contact) (n int) {
	for _, p := range chat.Participants {
		if p.Role != roleSystem && !p.Silent && p.JoinedAt != 0 && p.JoinedAt <= ct.EndedAt && (p.LeftAt == 0 || p.LeftAt >= ct.InitiatedAt) {
			n++
		}
	}
	return n
}
