// Package bot says what bots are asked and what they answer, in the terms of Amazon Lex V2. How a bot is reached is the matter of those
// who implement Bot; when it is asked, of who calls it.
package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

const (
	// MaxText is how many characters a bot is told at once. Source: Lex V2 runtime model, Text.
	MaxText = 1024

	// MaxMessages is how many messages one answer may have. Source: Lex V2 runtime model, Messages.
	MaxMessages = 10

	// usualLimit is how long a bot may take to answer. Source: connect-chat sheet, 6.2 (10 s).
	usualLimit = 10 * time.Second
)

// Bot talks with customers. It keeps nothing of a session but what it gives back with its answers, unless it has a memory of its own: the
// next text may be brought by another node. It is safe for concurrent use.
type Bot interface {
	// Recognize answers what a customer says. It calls told, which is not nil, with the parts of its messages as they come, if they come
	// in parts; the answer has them whole. Its errors say nothing of what the customer or the bot said.
	Recognize(ctx context.Context, in Request, told Told) (*Answer, error)
}

// Patient is a Bot that says itself how long its answers may take: at most a minute.
type Patient interface {
	Bot
	Limit() time.Duration
}

// Told takes a part of a message of the answer, which are numbered from 0. Parts come in order.
type Told func(message int, part string)

// Ref names a bot: by the ARN of an alias of Lex V2 or a name that the operator gave, or as classic Lex does.
type Ref struct {
	AliasARN string `json:"aliasArn,omitzero"`

	Name   string `json:"name,omitzero"`
	Region string `json:"region,omitzero"`
	Alias  string `json:"alias,omitzero"`
}

func (r Ref) String() string {
	if r.AliasARN != "" {
		return r.AliasARN
	}
	return r.Name + ":" + r.Alias
}

// Request is one thing that a customer says.
type Request struct {
	Bot        Ref
	SessionID  string
	Locale     string            // "en_US"
	Text       string            // at most MaxText characters
	Attributes map[string]string // of the session

	// State is that of the answer before; empty at the beginning of a session.
	State json.RawMessage
}

// Answer is what a bot makes of it.
type Answer struct {
	Messages []Message

	Intent       string // name of the intent that is talked about
	IntentState  string // such as InProgress, Fulfilled, ReadyForFulfillment, Failed
	DialogAction string // Close ends the session
	Slots        map[string]string
	Attributes   map[string]string // of the session, all of them
	Others       []Interpretation  // further intents that the text may have meant

	Confidence json.Number // of the intent; "" for none
	Sentiment  *Sentiment

	// State is what the bot wants to be given with the next text.
	State json.RawMessage
}

// Message is something the bot says.
type Message struct {
	ContentType string // PlainText or CustomPayload; others are not shown
	Content     string
}

// Interpretation is an intent that a text may have meant.
type Interpretation struct {
	Intent     string
	Confidence json.Number // "" for none
	Slots      map[string]string
}

// Sentiment is how the customer sounded. Scores are from 0 to 1.
type Sentiment struct {
	Label                              string // POSITIVE, NEGATIVE, NEUTRAL or MIXED
	Positive, Negative, Neutral, Mixed json.Number
}

// Done reports whether the session is over. Source: flow sheet, 11.19.
func (a *Answer) Done() bool {
	return a.DialogAction == "Close" || a.Failed() || a.IntentState == "Fulfilled" || a.IntentState == "ReadyForFulfillment"
}

// Failed reports whether the session is over without what the customer wanted.
func (a *Answer) Failed() bool { return a.IntentState == "Failed" }

// Lex is the answer as flows refer to it under $.Lex, in JSON. Source: flow sheet, 13.
func (a *Answer) Lex() ([]byte, error) {
	type score struct{ Score json.Number }
	type intent struct {
		IntentName       string
		IntentConfidence *score            `json:",omitempty"`
		Slots            map[string]string `json:",omitempty"`
	}
	scored := func(n json.Number) *score {
		if n == "" {
			return nil
		}
		return &score{n}
	}
	type sentiment struct {
		Label  string
		Scores map[string]json.Number `json:",omitempty"`
	}
	out := struct {
		intent
		SessionAttributes  map[string]string `json:",omitempty"`
		DialogState        string            `json:",omitempty"`
		SentimentResponse  *sentiment        `json:",omitempty"`
		AlternativeIntents map[string]intent `json:",omitempty"`
	}{
		intent:            intent{a.Intent, scored(a.Confidence), a.Slots},
		SessionAttributes: a.Attributes, DialogState: a.IntentState,
	}
	if s := a.Sentiment; s != nil {
		out.SentimentResponse = &sentiment{Label: s.Label, Scores: map[string]json.Number{}}
		for name, n := range map[string]json.Number{"Positive": s.Positive, "Negative": s.Negative, "Neutral": s.Neutral, "Mixed": s.Mixed} {
			if n != "" {
				out.SentimentResponse.Scores[name] = n
			}
		}
	}
	for _, other := range a.Others {
		if out.AlternativeIntents == nil {
			out.AlternativeIntents = map[string]intent{}
		}
		out.AlternativeIntents[other.Intent] = intent{other.Intent, scored(other.Confidence), other.Slots}
	}
	return json.Marshal(out)
}

// Bots are all bots that a server reaches.
type Bots struct {
	// Named are bots of the operator's, by name or by the ARN of the alias that they stand in for.
	Named map[string]Bot

	// Lex are the bots of Amazon Lex, or of what speaks like it; nil: they are not reached.
	Lex Bot

	// Region and Account stand in the ARNs of named bots.
	Region, Account string
}

// ARN is the ARN by which flows call a bot that is named without one.
func (b *Bots) ARN(name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return "arn:aws:lex:" + b.Region + ":" + b.Account + ":bot-alias/" + name + "/" + name
}

// Find returns what talks for a bot; nil if there is none.
func (b *Bots) Find(r Ref) Bot {
	for name, one := range b.Named {
		if r.AliasARN != "" && (r.AliasARN == name || b.ARN(r.AliasARN) == b.ARN(name)) || r.AliasARN == "" && r.Name == name {
			return one
		}
	}
	if r.AliasARN != "" && !IsAlias(r.AliasARN) || r.AliasARN == "" && (r.Name == "" || r.Alias == "") {
		return nil
	}
	return b.Lex
}

// IsAlias reports whether a text is the ARN of an alias of a bot of Lex V2.
func IsAlias(text string) bool {
	parts := strings.Split(text, ":")
	if len(parts) != 6 || parts[0] != "arn" || parts[2] != "lex" || parts[3] == "" {
		return false
	}
	path := strings.Split(parts[5], "/")
	return len(path) == 3 && path[0] == "bot-alias" && path[1] != "" && path[2] != ""
}

// Knows reports whether a bot can be asked.
func (b *Bots) Knows(r Ref) bool { return b.Find(r) != nil }

// Limit is how long a bot may take to answer.
func (b *Bots) Limit(r Ref) time.Duration {
	if one, ok := b.Find(r).(Patient); ok {
		return one.Limit()
	}
	return usualLimit
}

// Recognize asks a bot.
func (b *Bots) Recognize(ctx context.Context, in Request, told Told) (*Answer, error) {
	one := b.Find(in.Bot)
	if one == nil {
		return nil, errors.New("no such bot")
	}
	answer, err := one.Recognize(ctx, in, told)
	if err != nil {
		return nil, err
	}
	if len(answer.Messages) > MaxMessages {
		return nil, errors.New("its answer has too many messages")
	}
	return answer.storable()
}

// storable is the answer without U+0000, which no database takes.
func (a *Answer) storable() (*Answer, error) {
	b, err := json.Marshal(a)
	if err != nil {
		return nil, errors.New("its answer is not like one of a bot")
	}
	if !bytes.Contains(b, []byte(`\u0000`)) {
		return a, nil
	}
	clean := new(Answer)
	return clean, json.Unmarshal(bytes.ReplaceAll(b, []byte(`\u0000`), []byte(`\ufffd`)), clean)
}
