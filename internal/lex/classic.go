package lex

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/openparley/parley/internal/bot"
)

// postText is the body of a request of classic Lex. Source: Lex runtime model, PostText.
type postText struct {
	InputText         string            `json:"inputText"`
	SessionAttributes map[string]string `json:"sessionAttributes,omitempty"`
	RequestAttributes map[string]string `json:"requestAttributes"`
}

// postedText is the answer to it.
type postedText struct {
	predicted
	SessionAttributes map[string]string `json:"sessionAttributes"`
	Message           string            `json:"message"`
	MessageFormat     string            `json:"messageFormat"`
	DialogState       string            `json:"dialogState"`
	Others            []predicted       `json:"alternativeIntents"`
	Sentiment         *struct {
		Label string `json:"sentimentLabel"`
		Score string `json:"sentimentScore"` // "{Positive: 0.1,Negative: …}"
	} `json:"sentimentResponse"`
}

type predicted struct {
	Intent     string             `json:"intentName"`
	Confidence *score             `json:"nluIntentConfidence"`
	Slots      map[string]*string `json:"slots"`
}

func (p predicted) interpretation() bot.Interpretation {
	slots := map[string]string{}
	for name, v := range p.Slots {
		if v != nil {
			slots[name] = *v
		}
	}
	return bot.Interpretation{Intent: p.Intent, Confidence: p.Confidence.number(), Slots: slots}
}

// classicAnswer reads what PostText answers.
func classicAnswer(body []byte) (*bot.Answer, error) {
	var said postedText
	if json.Unmarshal(body, &said) != nil || said.DialogState == "" {
		return nil, errors.New("its answer is not like one of PostText")
	}
	best := said.interpretation()
	out := &bot.Answer{
		Intent: best.Intent, IntentState: said.DialogState, Slots: best.Slots, Confidence: best.Confidence, Attributes: said.SessionAttributes,
	}
	if said.MessageFormat == "Composite" {
		var many struct {
			Messages []struct {
				Type  string `json:"type"`
				Value string `json:"value"`
			} `json:"messages"`
		}
		if json.Unmarshal([]byte(said.Message), &many) != nil {
			return nil, errors.New("its composite message is none")
		}
		for _, m := range many.Messages {
			out.Messages = append(out.Messages, bot.Message{ContentType: m.Type, Content: m.Value})
		}
	} else if said.Message != "" {
		out.Messages = []bot.Message{{ContentType: said.MessageFormat, Content: said.Message}}
	}
	for _, other := range said.Others {
		out.Others = append(out.Others, other.interpretation())
	}
	if s := said.Sentiment; s != nil {
		scores := classicScores(s.Score)
		out.Sentiment = &bot.Sentiment{
			Label: s.Label, Positive: scores["Positive"], Negative: scores["Negative"], Neutral: scores["Neutral"], Mixed: scores["Mixed"],
		}
	}
	return out, nil
}

func classicScores(text string) map[string]json.Number {
	scores := map[string]json.Number{}
	for part := range strings.SplitSeq(strings.Trim(text, "{}"), ",") {
		name, number, _ := strings.Cut(strings.TrimSpace(part), ":")
		var n json.Number
		if json.Unmarshal([]byte(number), &n) == nil {
			scores[name] = n
		}
	}
	return scores
}
