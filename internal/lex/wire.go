package lex

import (
	"encoding/json"
	"errors"

	"github.com/openparley/parley/internal/bot"
)

// requestAttributes tell a bot where its customers are. Source: flow sheet, 13.
var requestAttributes = map[string]string{
	"x-amz-lex:accept-content-types": "PlainText", "x-amz-lex:channels:platform": "Connect Chat",
}

// recognizeText is the body of a request. Source: Lex V2 runtime model, RecognizeText.
type recognizeText struct {
	Text              string            `json:"text"`
	SessionState      json.RawMessage   `json:"sessionState"`
	RequestAttributes map[string]string `json:"requestAttributes"`
}

type sessionState struct {
	SessionAttributes map[string]string `json:"sessionAttributes"`
	DialogAction      struct {
		Type string `json:"type"`
	} `json:"dialogAction"`
	Intent intent `json:"intent"`
}

type intent struct {
	Name  string          `json:"name"`
	State string          `json:"state"`
	Slots map[string]slot `json:"slots"`
}

type slot struct {
	Value *struct {
		InterpretedValue string `json:"interpretedValue"`
	} `json:"value"`
	Values   json.RawMessage `json:"values"`
	SubSlots json.RawMessage `json:"subSlots"`
}

type score struct {
	Score json.Number `json:"score"`
}

func (s *score) number() json.Number {
	if s == nil {
		return ""
	}
	return s.Score
}

// recognizedText is the answer to it.
type recognizedText struct {
	Messages []struct {
		ContentType string `json:"contentType"`
		Content     string `json:"content"`
	} `json:"messages"`
	SessionState    json.RawMessage `json:"sessionState"`
	Interpretations []struct {
		Intent     intent `json:"intent"`
		Confidence *score `json:"nluConfidence"`
		Sentiment  *struct {
			Label string `json:"sentiment"`
			Score struct {
				Positive json.Number `json:"positive"`
				Negative json.Number `json:"negative"`
				Neutral  json.Number `json:"neutral"`
				Mixed    json.Number `json:"mixed"`
			} `json:"sentimentScore"`
		} `json:"sentimentResponse"`
	} `json:"interpretations"`
}

var (
	errAnswer  = errors.New("its answer is not like one of RecognizeText")
	errTooLong = errors.New("its answer is too long")
)

// request is the body that asks a bot of Lex V2. Of the session's state the whole goes back, or its attributes alone: Amazon's bots keep
// the rest, and take a dialog action for an order.
func request(in bot.Request, whole bool) ([]byte, error) {
	state := map[string]any{}
	if whole && len(in.State) > 0 {
		if err := json.Unmarshal(in.State, &state); err != nil {
			return nil, err
		}
	}
	if in.Attributes != nil {
		state["sessionAttributes"] = in.Attributes
	}
	all, err := json.Marshal(state)
	if err != nil {
		return nil, err
	}
	return json.Marshal(recognizeText{in.Text, all, requestAttributes})
}

// answer reads what RecognizeText answers.
func answer(body []byte) (*bot.Answer, error) {
	var said recognizedText
	var state *sessionState
	if json.Unmarshal(body, &said) != nil || len(said.SessionState) == 0 || json.Unmarshal(said.SessionState, &state) != nil || state == nil {
		return nil, errAnswer
	}
	out := &bot.Answer{
		Intent: state.Intent.Name, IntentState: state.Intent.State, DialogAction: state.DialogAction.Type,
		Slots: slots(state.Intent.Slots), Attributes: state.SessionAttributes, State: said.SessionState,
	}
	for _, m := range said.Messages {
		out.Messages = append(out.Messages, bot.Message{ContentType: m.ContentType, Content: m.Content})
	}
	for i, of := range said.Interpretations {
		if i > 0 {
			out.Others = append(out.Others, bot.Interpretation{
				Intent: of.Intent.Name, Confidence: of.Confidence.number(), Slots: slots(of.Intent.Slots),
			})
			continue
		}
		out.Confidence = of.Confidence.number()
		if s := of.Sentiment; s != nil {
			out.Sentiment = &bot.Sentiment{
				Label: s.Label, Positive: s.Score.Positive, Negative: s.Score.Negative, Neutral: s.Score.Neutral, Mixed: s.Score.Mixed,
			}
		}
	}
	return out, nil
}

// slots are the values of slots that are filled; those of more than one value as their JSON.
func slots(in map[string]slot) map[string]string {
	out := map[string]string{}
	for name, s := range in {
		switch {
		case s.Value != nil:
			out[name] = s.Value.InterpretedValue
		case given(s.Values):
			out[name] = string(s.Values)
		case given(s.SubSlots):
			out[name] = string(s.SubSlots)
		}
	}
	return out
}

func given(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }
