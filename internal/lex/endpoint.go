package lex

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"strings"

	"github.com/google/uuid"

	"github.com/openparley/parley/internal/bot"
	"github.com/openparley/parley/internal/webhook"
)

// inPieces is the type of an answer that comes in lines: parts of messages, as {"part": "Hel", "message": 0}, and the answer at the end.
const inPieces = "application/x-ndjson"

// Endpoint is a bot behind an address of the operator's. It gets the body of RecognizeText in a POST that is signed like a webhook, with
// the members botId, botAliasId, localeId and sessionId beside, which Lex has in its path, and answers as RecognizeText does. Of the
// session's state it gets back all that it answered, so that it needs no memory.
type Endpoint struct {
	hook webhook.Hook
	http *webhook.Client
}

// NewEndpoint checks an address and the secrets that sign.
func NewEndpoint(url string, secrets []string) (*Endpoint, error) {
	hook, err := webhook.NewHook(url, secrets)
	if err != nil {
		return nil, err
	}
	return &Endpoint{hook: hook, http: webhook.NewClient(maxAnswer)}, nil
}

// Close gives up idle connections.
func (e *Endpoint) Close() { e.http.Close() }

// Recognize asks the bot.
func (e *Endpoint) Recognize(ctx context.Context, in bot.Request, told bot.Told) (*bot.Answer, error) {
	body, err := endpointRequest(in)
	if err != nil {
		return nil, err
	}
	opened, err := e.http.Open(ctx, e.hook, webhook.Request{
		ID: uuid.NewString(), ContentType: "application/json", Header: map[string]string{"Accept": "application/json, " + inPieces}, Body: body,
	})
	if err != nil {
		return nil, err
	}
	defer opened.Body.Close()
	said := &io.LimitedReader{R: opened.Body, N: maxAnswer + 1}
	kind, _, _ := mime.ParseMediaType(opened.Header.Get("Content-Type"))
	if kind == inPieces {
		body, err = pieces(said, told)
	} else {
		body, err = io.ReadAll(said)
	}
	switch {
	case said.N <= 0:
		return nil, errTooLong
	case err != nil:
		return nil, err
	}
	return answer(body)
}

func endpointRequest(in bot.Request) ([]byte, error) {
	body, err := request(in, true)
	if err != nil {
		return nil, err
	}
	name, alias := in.Bot.Name, in.Bot.Alias
	if arn := in.Bot.AliasARN; bot.IsAlias(arn) {
		named := strings.Split(arn, "/")
		name, alias = named[1], named[2]
	} else if arn != "" {
		name = arn
	}
	beside, err := json.Marshal(struct {
		Bot     string `json:"botId"`
		Alias   string `json:"botAliasId,omitempty"`
		Locale  string `json:"localeId"`
		Session string `json:"sessionId"`
	}{name, alias, in.Locale, in.SessionID})
	if err != nil {
		return nil, err
	}
	return append(append(beside[:len(beside)-1], ','), body[1:]...), nil
}

// pieces reads an answer that comes in lines and returns the last of them.
func pieces(lines io.Reader, told bot.Told) ([]byte, error) {
	in := bufio.NewScanner(lines)
	in.Buffer(nil, maxAnswer+1)
	for in.Scan() {
		if strings.TrimSpace(in.Text()) == "" {
			continue
		}
		var piece struct {
			Part    *string `json:"part"`
			Message int     `json:"message"`
		}
		if json.Unmarshal(in.Bytes(), &piece) != nil || piece.Message < 0 || piece.Message >= bot.MaxMessages {
			return nil, errAnswer
		}
		if piece.Part == nil {
			return in.Bytes(), nil
		}
		told(piece.Message, *piece.Part)
	}
	if err := in.Err(); err != nil {
		return nil, err
	}
	return nil, errors.New("its answer breaks off")
}
