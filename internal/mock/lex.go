package mock

import (
	"cmp"
	"encoding/json"
	"maps"
)

// fallback is the intent of a bot that understood nothing, by its name in Lex.
const fallback = "FallbackIntent"

// turn finds what a bot answers, and moves the session to its intent.
func (o *Outside) turn(bot, session, text string) (Turn, bool) {
	o.mu.Lock()
	intent := o.in[bot+"/"+session]
	o.mu.Unlock()
	t, ok := o.pick(bot, session, intent, text)
	if !ok {
		return Turn{}, false
	}
	t.Intent = cmp.Or(t.Intent, intent, fallback)
	t.State = cmp.Or(t.State, "InProgress")
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.in[bot+"/"+session] = t.Intent; t.closes() {
		delete(o.in, bot+"/"+session)
	}
	return t, true
}

// pick returns the turn that fits.
func (o *Outside) pick(bot, session, intent, text string) (Turn, bool) {
	turns, known := o.file.Bots[bot]
	for i := range turns {
		if turns[i].fits(intent, text) && o.take(&turns[i], turns[i].Times) {
			return turns[i], true
		}
	}
	if known || o.Hear == nil {
		return Turn{}, false
	}
	return o.Hear(bot, session, text)
}

// closes reports whether the conversation is over.
func (t *Turn) closes() bool {
	return t.State == "Fulfilled" || t.State == "ReadyForFulfillment" || t.State == "Failed"
}

// say is a turn as RecognizeText answers it.
func (t *Turn) say(session string, attributes map[string]string) any {
	attributes = maps.Clone(attributes)
	if attributes == nil {
		attributes = map[string]string{}
	}
	maps.Copy(attributes, t.Attributes)
	in := intent{Name: t.Intent, State: t.State, Slots: map[string]*slot{}}
	for name, value := range t.Slots {
		s := &slot{}
		s.Value.Original, s.Value.Interpreted = value, value
		in.Slots[name] = s
	}
	action := dialogAction{"ElicitIntent"}
	if t.closes() {
		action.Type = "Close"
	}
	best := interpretation{Intent: in, Confidence: confidence{cmp.Or(t.Confidence, 1)}}
	if t.Sentiment != "" {
		best.Sentiment = map[string]any{"sentiment": t.Sentiment}
	}
	messages := []message{}
	for _, text := range t.Says {
		messages = append(messages, message{text, "PlainText"})
	}
	if t.Shows != nil {
		content, err := json.Marshal(t.Shows)
		if err != nil {
			panic(err) // it was read from a file
		}
		messages = append(messages, message{string(content), "CustomPayload"})
	}
	return map[string]any{
		"sessionId": session, "messages": messages, "interpretations": []interpretation{best},
		"sessionState": sessionState{Attributes: attributes, DialogAction: &action, Intent: &in},
	}
}
