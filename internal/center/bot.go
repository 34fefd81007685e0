package center

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/openparley/parley/api/connect/types"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/bot"
	"github.com/openparley/parley/internal/bus"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/offer"
	"github.com/openparley/parley/internal/store"
)

// While a bot talks to the customer, its session is with the contact. What the customer says waits there until the bot was told: one text
// after the other, so that they keep their order.

const (
	jobBot = "bot" // key: the contact

	// maxUnheard is how many texts of a customer may wait for a bot.
	maxUnheard = 100

	// defaultLocale is the language of contacts that have none.
	defaultLocale = "en_US"

	botName = "BOT"

	// After a part nothing more is told for partPause, unless partBytes have come: a model speaks a word at a time, and each part is a frame
	// for every socket of the customer.
	partPause = 50 * time.Millisecond
	partBytes = 512
)

func init() { outsideJobs[jobBot] = (*Service).askBot }

// Bots are what answers customers in place of a person.
type Bots interface {
	// Knows reports whether a bot can be asked.
	Knows(bot.Ref) bool

	// Limit is how long a bot may take to answer.
	Limit(bot.Ref) time.Duration

	// Recognize asks a bot. Errors say nothing of what was said.
	Recognize(ctx context.Context, in bot.Request, told bot.Told) (*bot.Answer, error)
}

// botOf is who speaks in a chat for all bots of flows. Source: participant-wire sheet, 10.1.
func botOf(chat *store.Chat) store.Participant {
	return store.Participant{ID: derivedID(chat.ID, "bot"), Role: roleSystem, DisplayName: botName}
}

// derivedID is the same id whenever it is asked for.
func derivedID(of, what string) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(of+"/"+what)).String()
}

// connectBot has a bot talk to the customer and suspends the run. It reports false where that is not possible.
func (sc *scene) connectBot(state *flow.State, e flow.ConnectBot) (bool, error) {
	ref := bot.Ref{AliasARN: e.AliasARN, Name: e.Name, Region: e.Where, Alias: e.Alias}
	if sc.Bots == nil || !sc.Bots.Knows(ref) {
		return false, nil
	}
	for _, p := range slices.Clone(sc.chat.Participants) {
		if p.Role == roleBot && p.LeftAt == 0 {
			sc.leave(p.ID)
			sc.stopTimers()
		}
	}
	session := &store.BotSession{
		AliasARN: ref.AliasARN, Name: ref.Name, Region: ref.Region, Alias: ref.Alias, Attributes: e.Attributes,
		TimeoutMillis: e.Timeout.Milliseconds(),
	}
	if e.Initial == "" {
		sc.say(botOf(sc.chat), textPlain, e.Prompt, nil)
	} else {
		session.Texts = []string{e.Initial}
	}
	if err := sc.saveRun(state); err != nil {
		return false, err
	}
	sc.contact.Bot = session
	sc.nextTurn()
	return true, nil
}

// nextTurn has the bot told what the customer said next, or lets the customer speak.
func (sc *scene) nextTurn() {
	ct := sc.contact
	session := ct.Bot
	sc.contactChanged = true
	switch {
	case len(session.Texts) > 0:
		session.Turn = newID()
		sc.tx.DeleteJob(jobWait, ct.ID)
		sc.putJob(jobBot, ct.ID, 0, nil)
	default:
		session.Waited = true
		if session.TimeoutMillis == 0 {
			return
		}
		sc.putJob(jobWait, ct.ID, time.Duration(session.TimeoutMillis)*time.Millisecond, nil)
	}
}

// endBot ends the session with a bot, if there is one.
func (sc *scene) endBot() {
	if sc.contact.Bot != nil {
		sc.contact.Bot, sc.contactChanged = nil, true
		sc.tx.DeleteJob(jobBot, sc.contact.ID)
	}
}

// forBot reports whether a message is told to a bot. Source: flow sheet, 11.19 and 14.6.
func forBot(contentType string) bool {
	return contentType == textPlain || contentType == textMarkdown || contentType == interactiveResponse
}

// botRefuses says why a message can not be sent while a bot listens. Source: flow sheet, 11.19.
func (sc *scene) botRefuses(from store.Participant, contentType, content string) error {
	session := sc.contact.Bot
	switch {
	case session == nil || from.Role != roleCustomer || !forBot(contentType):
		return nil
	case utf8.RuneCountInString(content) > bot.MaxText:
		return participantInvalid(fmt.Sprintf("content has %d characters; a bot takes at most %d", utf8.RuneCountInString(content), bot.MaxText))
	case len(session.Texts) >= maxUnheard:
		return &ptypes.ThrottlingException{Message: new("Too many messages of this chat wait for its bot")}
	}
	return nil
}

// tellBot has the bot told what the customer says. What it can not be told ends the session.
func (sc *scene) tellBot(it *store.Item) (in flow.Input, ends bool) {
	session := sc.contact.Bot
	switch {
	case !forBot(it.ContentType):
		return in, false
	case utf8.RuneCountInString(it.Content) > bot.MaxText || len(session.Texts) >= maxUnheard: // a processor has made it so
		return flow.Input{Kind: flow.Failed}, true
	}
	session.Texts = append(session.Texts, it.Content)
	sc.contactChanged = true
	if len(session.Texts) == 1 {
		sc.nextTurn()
	}
	return in, false
}

// askBot tells the bot what has waited longest, and has the chat hear its answer.
func (s *Service) askBot(ctx context.Context, job store.Job) error {
	ct, err := s.Store.Contact(ctx, job.Key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err != nil || ct.Bot == nil || len(ct.Bot.Texts) == 0 || s.Bots == nil {
		return s.finishJob(ctx, job, func(sc *scene) error {
			if sc.contact.Bot == nil {
				return nil
			}
			return sc.resume(flow.Input{Kind: flow.Failed}) // its bot is not among the settings any more
		})
	}
	chat, err := s.Store.Chat(ctx, job.ChatID)
	if err != nil {
		return err
	}
	session := ct.Bot
	ref := bot.Ref{AliasARN: session.AliasARN, Name: session.Name, Region: session.Region, Alias: session.Alias}
	leave, err := s.calls.enter(ref.String())
	if err != nil {
		return err
	}
	defer leave()
	limited, cancel := context.WithTimeout(ctx, s.Bots.Limit(ref))
	said := &telling{service: s, chat: chat, contactID: ct.ID, turn: session.Turn, stop: cancel}
	answer, asked := s.Bots.Recognize(limited, bot.Request{
		Bot: ref, SessionID: ct.ID, Locale: localeOf(ct.LanguageCode), Text: session.Texts[0],
		Attributes: session.Attributes, State: session.State,
	}, func(message int, part string) { said.part(limited, message, part) })
	cancel()
	said.pause.Wait()
	if asked != nil && ctx.Err() != nil {
		return asked // the server stops: its successor asks again
	}
	applied, err := s.applyJob(ctx, job, func(sc *scene) error {
		if !sc.live() || !said.listensStill(sc.contact) {
			return nil
		}
		return sc.answered(answer, asked, said)
	})
	if applied || err != nil {
		return err
	}
	return s.keepHeard(ctx, said)
}

// keepHeard has the transcript keep what the customer has heard of an answer that nobody waits for any more: an agent has joined, or the
// chat was handed over.
func (s *Service) keepHeard(ctx context.Context, said *telling) error {
	if !said.heard() {
		return nil
	}
	err := s.update(ctx, store.Key{Chat: said.chat.ID}, func(sc *scene) error {
		if !sc.live() || said.listensStill(sc.contact) { // another node asks anew
			return nil
		}
		return sc.sayParts(said)
	})
	if errors.Is(err, errNoChat) {
		return nil
	}
	return err
}

// localeOf is a language code as bots have it.
func localeOf(language string) string {
	if language == "" {
		return defaultLocale
	}
	return strings.ReplaceAll(language, "-", "_")
}

// answered has the chat hear a bot's answer, and the flow what came of the session. Source: flow sheet, 11.19.
func (sc *scene) answered(answer *bot.Answer, asked error, said *telling) error {
	failed := flow.Input{Kind: flow.Failed}
	if asked == nil {
		asked = sc.sayAll(answer, said)
	}
	if asked != nil {
		sc.Log.Warn("bot did not answer", "contact", sc.contact.ID, "err", asked)
		if err := sc.sayParts(said); err != nil {
			return err
		}
		return sc.resume(failed)
	}
	session := sc.contact.Bot
	if answer.Attributes == nil {
		answer.Attributes = session.Attributes
	}
	switch {
	case answer.Failed():
		return sc.resume(failed)
	case answer.Done():
		data, err := answer.Lex()
		if err != nil {
			return err
		}
		return sc.resume(flow.Input{Kind: flow.Answered, Event: answer.Intent, Data: data})
	}
	session.Texts, session.Attributes, session.State = session.Texts[1:], answer.Attributes, answer.State
	sc.nextTurn()
	return nil
}

// sayAll appends the messages of an answer, all or none.
func (sc *scene) sayAll(answer *bot.Answer, said *telling) error {
	var items []*store.Item
	for i, m := range answer.Messages {
		contentType, limit := textPlain, maxContentBytes
		switch {
		case m.Content == "" || m.ContentType != "PlainText" && m.ContentType != "CustomPayload":
			continue
		case m.ContentType == "CustomPayload" && isTemplate(m.Content) && slices.Contains(sc.chat.ContentTypes, interactive):
			contentType, limit = interactive, offer.MaxBytes
			sc.lookAt(contentType, m.Content)
		}
		if len(m.Content) > limit {
			return errors.New("its answer has a message that is too long")
		}
		it, err := said.item(i, contentType, m.Content)
		if err != nil {
			return err
		}
		items = append(items, it)
	}
	for _, it := range items {
		sc.append(it)
	}
	return nil
}

// sayParts appends what the customer has been told already of an answer that broke off.
func (sc *scene) sayParts(said *telling) error {
	for i, m := range said.messages {
		if m.parts == 0 {
			continue
		}
		it, err := said.item(i, textPlain, m.text)
		if err != nil {
			return err
		}
		sc.append(it)
	}
	return nil
}

// isTemplate reports whether a text is an interactive message. Source: flow sheet, 13.
func isTemplate(content string) bool {
	m, err := offer.Read(content)
	return err == nil && m.Complete()
}

// lookAt tells the operator of an interactive message that clients can not show: they say nothing of it, and show its JSON or nothing.
func (sc *scene) lookAt(contentType, content string) {
	if contentType != interactive {
		return
	}
	if m, err := offer.Read(content); err == nil {
		if err := m.Check(); err != nil {
			sc.Log.Warn("interactive message can not be shown", "contact", sc.contact.ID, "template", m.TemplateType, "err", err)
		}
	}
}

// telling is an answer of which the customer hears the parts as they come, if the chat was started so. Others hear it when it is whole.
// Source: participant-wire sheet, 10.6.
type telling struct {
	service   *Service
	chat      *store.Chat
	contactID string
	turn      string
	stop      func() // the call
	messages  [bot.MaxMessages]struct {
		text  string
		told  int // bytes of it
		parts int // in which they were told
	}

	mu      sync.Mutex // of what was told, while the bot speaks
	over    bool       // nobody waits for the answer any more
	pausing bool
	pause   sync.WaitGroup
}

// id of a message of the answer is the same in all its parts, and when the bot has to be asked again: clients know by it what they hear.
func (t *telling) id(index int) string { return derivedID(t.turn, strconv.Itoa(index)) }

// listensStill reports whether a contact waits for this answer.
func (t *telling) listensStill(ct *store.Contact) bool {
	return ct.ID == t.contactID && ct.Bot != nil && ct.Bot.Turn == t.turn
}

// heard reports whether the customer has heard anything, and forgets what was not told: it is not to come any more.
func (t *telling) heard() (any bool) {
	for i := range t.messages {
		m := &t.messages[i]
		m.text = m.text[:m.told]
		any = any || m.parts > 0
	}
	return any
}

// part tells the customer a part of a message, at once or after the pause. What is left when ctx ends comes with the whole.
func (t *telling) part(ctx context.Context, index int, part string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	part = plainText(part)
	if t.over || t.chat.ResponseMode != string(types.ResponseModeIncremental) || part == "" || index < 0 || index >= len(t.messages) {
		return
	}
	m := &t.messages[index]
	if len(m.text)+len(part) > maxContentBytes {
		return
	}
	m.text += part
	if t.pausing && m.parts > 0 && len(m.text)-m.told < partBytes {
		return
	}
	t.tell(ctx, index)
	if !t.pausing {
		t.pausing = true
		t.pause.Go(func() { t.tellLater(ctx) })
	}
}

// tellLater tells what has come during a pause, as long as something comes.
func (t *telling) tellLater(ctx context.Context) {
	for more := true; more; {
		t.service.Pause(ctx, partPause)
		t.mu.Lock()
		more = false
		for i := range t.messages {
			if m := &t.messages[i]; ctx.Err() == nil && m.told < len(m.text) {
				t.tell(ctx, i)
				more = true
			}
		}
		t.pausing = more
		t.mu.Unlock()
	}
}

// tell tells what has come of a message, unless the session is over: an agent may have joined by way of any node.
func (t *telling) tell(ctx context.Context, index int) {
	if ct, err := t.service.Store.Contact(ctx, t.contactID); err == nil && !t.listensStill(ct) {
		t.over = true
		t.stop()
		return
	}
	m := &t.messages[index]
	it := message(botOf(t.chat), textPlain, m.text[m.told:], nil)
	m.told = len(m.text)
	m.parts++
	it.ID, it.At, it.ContactID = t.id(index), t.service.Store.Now().UnixMilli(), t.contactID
	out := wireItem(it)
	out.MessageMetadata = chunk(it.ID, m.parts, false)
	out.InitialContactId = &t.chat.ID
	told := bus.Message{Chat: t.chat.ID, Item: encode(&out)}
	for _, p := range t.chat.Participants {
		if p.Role == roleCustomer {
			told.To = append(told.To, p.ID)
		}
	}
	t.service.Publish(told)
}

// item is a message of the answer as the transcript has it. For who has heard parts of it, it is the last.
func (t *telling) item(index int, contentType, content string) (*store.Item, error) {
	it := message(botOf(t.chat), contentType, content, nil)
	it.ID = t.id(index)
	if parts := t.messages[index].parts; parts > 0 {
		extra, err := json.Marshal(store.ItemExtra{Chunks: parts + 1})
		if err != nil {
			return nil, err
		}
		it.Extra = extra
	}
	return it, nil
}

// chunk says which part of a message something is.
func chunk(id string, number int, last bool) *ptypes.MessageMetadata {
	return &ptypes.MessageMetadata{MessageId: &id, ChunkNumber: new(int32(number)), MessageCompleted: &last}
}
