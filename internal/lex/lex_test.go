package lex

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/internal/bot"
	"github.com/openparley/parley/internal/webhook"
)

const (
	aliasARN = "arn:aws:lex:eu-west-1:000000000000:bot-alias/BOTBOTBOT1/TSTALIASID"

	// recognized is an answer with all that a flow can refer to.
	recognized = `{
		"messages": [{"contentType": "PlainText", "content": "Which size?"}, {"contentType": "ImageResponseCard", "imageResponseCard": {"title": "x"}}],
		"sessionState": {
			"dialogAction": {"type": "ElicitSlot", "slotToElicit": "size"},
			"intent": {"name": "Order", "state": "InProgress", "confirmationState": "None", "slots": {
				"drink": {"shape": "Scalar", "value": {"originalValue": "teas", "interpretedValue": "tea", "resolvedValues": ["tea"]}},
				"extras": {"shape": "List", "values": [{"value": {"interpretedValue": "milk"}}]}, "size": null}},
			"sessionAttributes": {"k": "v"}, "originatingRequestId": "r"},
		"interpretations": [
			{"intent": {"name": "Order"}, "nluConfidence": {"score": 0.90}, "sentimentResponse": {"sentiment": "NEUTRAL",
				"sentimentScore": {"positive": 0.1, "negative": 0.2, "neutral": 0.65, "mixed": 0.05}}},
			{"intent": {"name": "Refund", "slots": {"order": {"value": {"interpretedValue": "7"}}}}, "nluConfidence": {"score": 0.08}},
			{"intent": {"name": "FallbackIntent"}}],
		"sessionId": "c1"}`

	// inLex is what $.Lex is then.
	inLex = `{"IntentName":"Order","IntentConfidence":{"Score":0.90},"Slots":{"drink":"tea","extras":"[{\"value\": {\"interpretedValue\": \"milk\"}}]"},` +
		`"SessionAttributes":{"k":"v"},"DialogState":"InProgress",` +
		`"SentimentResponse":{"Label":"NEUTRAL","Scores":{"Mixed":0.05,"Negative":0.2,"Neutral":0.65,"Positive":0.1}},` +
		`"AlternativeIntents":{"FallbackIntent":{"IntentName":"FallbackIntent"},"Refund":{"IntentName":"Refund","IntentConfidence":{"Score":0.08},"Slots":{"order":"7"}}}}`
)

// heard is a request that a fake got.
type heard struct{ method, path, authorization, body string }

// fake answers all requests alike and keeps them.
func fake(t *testing.T, status int, contentType, answer string) (url string, got func() heard) {
	t.Helper()
	requests := make(chan heard, 10)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		requests <- heard{r.Method, r.URL.EscapedPath(), r.Header.Get("Authorization"), string(body)}
		w.Header().Set("Content-Type", contentType)
		if status != http.StatusOK {
			w.Header().Set("X-Amzn-Errortype", "ThrottlingException:http://internal.amazon.com/")
		}
		w.WriteHeader(status)
		fmt.Fprint(w, answer)
	}))
	t.Cleanup(srv.Close)
	return srv.URL, func() heard {
		select {
		case r := <-requests:
			return r
		case <-time.After(time.Minute):
			t.Fatal("nothing was asked")
			return heard{}
		}
	}
}

func amazon(url string) *Amazon {
	return NewAmazon(aws.Config{Region: "us-east-1", BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider("KEY", "secret", "")})
}

func asked(of bot.Ref) bot.Request {
	return bot.Request{
		Bot: of, SessionID: "c1", Locale: "en_US", Text: "a tea <please>", Attributes: map[string]string{"who": "Ann"},
		State: json.RawMessage(`{"intent":{"name":"Order"},"sessionAttributes":{"who":"?"}}`),
	}
}

func noParts(t *testing.T) bot.Told {
	return func(_ int, part string) { t.Errorf("told %q in parts", part) }
}

func TestRecognizeText(t *testing.T) {
	t.Parallel()
	url, got := fake(t, http.StatusOK, "application/json", recognized)
	answer, err := amazon(url).Recognize(t.Context(), asked(bot.Ref{AliasARN: aliasARN}), noParts(t))
	if err != nil {
		t.Fatal(err)
	}
	request := got()
	if want := "/bots/BOTBOTBOT1/botAliases/TSTALIASID/botLocales/en_US/sessions/c1/text"; request.method != "POST" || request.path != want {
		t.Errorf("asked by %s %s, want POST %s", request.method, request.path, want)
	}
	if want := "/eu-west-1/lex/aws4_request"; !strings.Contains(request.authorization, want) {
		t.Errorf("signed as %q, want %s", request.authorization, want)
	}
	wantJSON(t, "request", request.body, `{"text":"a tea <please>","sessionState":{"sessionAttributes":{"who":"Ann"}},
		"requestAttributes":{"x-amz-lex:accept-content-types":"PlainText","x-amz-lex:channels:platform":"Connect Chat"}}`)
	wantMessages := []bot.Message{{ContentType: "PlainText", Content: "Which size?"}, {ContentType: "ImageResponseCard"}}
	if diff := cmp.Diff(wantMessages, answer.Messages); diff != "" || answer.Done() {
		t.Errorf("messages (-want +got), done %v:\n%s", answer.Done(), diff)
	}
	data, err := answer.Lex()
	if string(data) != inLex || err != nil {
		t.Errorf("$.Lex is\n%s (%v), want\n%s", data, err, inLex)
	}
}

func TestPostText(t *testing.T) {
	t.Parallel()
	url, got := fake(t, http.StatusOK, "application/json", `{"intentName": "Order", "nluIntentConfidence": {"score": 0.9}, "slots": {"drink": "tea", "size": null},
		"alternativeIntents": [{"intentName": "Refund", "nluIntentConfidence": {"score": 0.1}}], "sessionAttributes": {"k": "v"},
		"message": "{\"messages\": [{\"type\": \"PlainText\", \"group\": 0, \"value\": \"One\"}, {\"type\": \"CustomPayload\", \"group\": 1, \"value\": \"Two\"}]}",
		"messageFormat": "Composite", "dialogState": "Fulfilled",
		"sentimentResponse": {"sentimentLabel": "POSITIVE", "sentimentScore": "{Positive: 0.75,Negative: 0.0,Neutral: 0.25,Mixed: 0.0}"}}`)
	answer, err := amazon(url).Recognize(t.Context(), asked(bot.Ref{Name: "Orders", Region: "us-west-2", Alias: "LIVE"}), noParts(t))
	if err != nil {
		t.Fatal(err)
	}
	request := got()
	if want := "/bot/Orders/alias/LIVE/user/c1/text"; request.path != want || !strings.Contains(request.authorization, "/us-west-2/lex/") {
		t.Errorf("asked %s signed %s, want %s in us-west-2", request.path, request.authorization, want)
	}
	wantJSON(t, "request", request.body, `{"inputText":"a tea <please>","sessionAttributes":{"who":"Ann"},
		"requestAttributes":{"x-amz-lex:accept-content-types":"PlainText","x-amz-lex:channels:platform":"Connect Chat"}}`)
	if want := []bot.Message{{ContentType: "PlainText", Content: "One"}, {ContentType: "CustomPayload", Content: "Two"}}; !slices.Equal(answer.Messages, want) || !answer.Done() {
		t.Errorf("messages %v, done %v, want %v and done", answer.Messages, answer.Done(), want)
	}
	data, err := answer.Lex()
	want := `{"IntentName":"Order","IntentConfidence":{"Score":0.9},"Slots":{"drink":"tea"},"SessionAttributes":{"k":"v"},"DialogState":"Fulfilled",` +
		`"SentimentResponse":{"Label":"POSITIVE","Scores":{"Mixed":0.0,"Negative":0.0,"Neutral":0.25,"Positive":0.75}},` +
		`"AlternativeIntents":{"Refund":{"IntentName":"Refund","IntentConfidence":{"Score":0.1}}}}`
	if string(data) != want || err != nil {
		t.Errorf("$.Lex is\n%s (%v), want\n%s", data, err, want)
	}
}

func TestAnswersThatAreNone(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		status int
		answer string
		want   string
	}{
		{"throttled", http.StatusTooManyRequests, `{"message": "secret"}`, "answer of Lex: 429 ThrottlingException"},
		{"no JSON", http.StatusOK, "hello", errAnswer.Error()},
		{"another JSON", http.StatusOK, `{"messages": []}`, errAnswer.Error()},
		{"no state", http.StatusOK, `{"sessionState": null}`, errAnswer.Error()},
		{"too long", http.StatusOK, `{"sessionState": {}, "x": "` + strings.Repeat("x", maxAnswer) + `"}`, errTooLong.Error()},
	} {
		url, _ := fake(t, tt.status, "application/json", tt.answer)
		if _, err := amazon(url).Recognize(t.Context(), asked(bot.Ref{AliasARN: aliasARN}), noParts(t)); err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

func TestEndpoint(t *testing.T) {
	t.Parallel()
	url, got := fake(t, http.StatusOK, "application/json", recognized)
	e, err := NewEndpoint(url, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	answer, err := e.Recognize(t.Context(), asked(bot.Ref{AliasARN: aliasARN}), noParts(t))
	if err != nil {
		t.Fatal(err)
	}
	wantJSON(t, "request", got().body, `{"botId":"BOTBOTBOT1","botAliasId":"TSTALIASID","localeId":"en_US","sessionId":"c1","text":"a tea <please>",
		"sessionState":{"intent":{"name":"Order"},"sessionAttributes":{"who":"Ann"}},
		"requestAttributes":{"x-amz-lex:accept-content-types":"PlainText","x-amz-lex:channels:platform":"Connect Chat"}}`)
	if data, err := answer.Lex(); string(data) != inLex || err != nil {
		t.Errorf("$.Lex is\n%s (%v), want\n%s", data, err, inLex)
	}
	if _, err := e.Recognize(t.Context(), asked(bot.Ref{AliasARN: "helper"}), noParts(t)); err != nil {
		t.Fatal(err)
	}
	if body := got().body; !strings.HasPrefix(body, `{"botId":"helper","localeId":`) {
		t.Errorf("a bot by name is asked with %s", body)
	}
}

// TestEndpointIsSigned: whoever answers can tell who asks.
func TestEndpointIsSigned(t *testing.T) {
	t.Parallel()
	const text = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	secret, err := webhook.ParseSecret(text)
	if err != nil {
		t.Fatal(err)
	}
	verified := make(chan error, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		verified <- webhook.Verify(r.Header, body, time.Now(), secret)
		fmt.Fprint(w, recognized)
	}))
	t.Cleanup(srv.Close)
	e, err := NewEndpoint(srv.URL, []string{text})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if _, err := e.Recognize(t.Context(), asked(bot.Ref{AliasARN: "helper"}), noParts(t)); err != nil {
		t.Fatal(err)
	}
	if err := <-verified; err != nil {
		t.Error(err)
	}
	if _, err := NewEndpoint("https://bots.example.org/", nil); err == nil {
		t.Error("a bot on another machine needs no secret")
	}
}

func TestEndpointInPieces(t *testing.T) {
	t.Parallel()
	line := strings.ReplaceAll(strings.ReplaceAll(recognized, "\n", " "), "\t", "")
	for _, tt := range []struct {
		name, answer string
		want         []string
		err          string
	}{
		{"pieces", `{"part": "Which "}` + "\n\n" + `{"part": "size?", "message": 1}` + "\n" + line, []string{"0 Which ", "1 size?"}, ""},
		{"no pieces", line + "\n", nil, ""},
		{"no end", `{"part": "Which "}` + "\n", []string{"0 Which "}, "its answer breaks off"},
		{"no JSON", "Which", nil, errAnswer.Error()},
		{"no such message", `{"part": "x", "message": 10}`, nil, errAnswer.Error()},
		{"too long", strings.Repeat(`{"part": ""}`+"\n", maxAnswer/13+1), slices.Repeat([]string{"0 "}, maxAnswer/13), errTooLong.Error()},
	} {
		url, _ := fake(t, http.StatusOK, "application/x-ndjson; charset=utf-8", tt.answer)
		e, err := NewEndpoint(url, nil)
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		_, err = e.Recognize(t.Context(), asked(bot.Ref{AliasARN: "helper"}), func(message int, part string) {
			told = append(told, fmt.Sprintf("%d %s", message, part))
		})
		e.Close()
		if (err == nil) != (tt.err == "") || err != nil && err.Error() != tt.err {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.err)
		}
		if !slices.Equal(told, tt.want) {
			t.Errorf("%s: told %.100q, want %.100q", tt.name, told, tt.want)
		}
	}
}

func wantJSON(t *testing.T, what, got, want string) {
	t.Helper()
	var g, w any
	if err := json.Unmarshal([]byte(got), &g); err != nil {
		t.Fatalf("%s %s: %v", what, got, err)
	}
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w, g); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// FuzzAnswer: whatever a bot answers is an answer that flows can refer to, or an error.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(recognized))
	f.Add([]byte(`{"sessionState": {"intent": {"slots": {"a": {"values": [1]}, "b": {"subSlots": {"c": null}}}}}, "messages": [{}], "interpretations": [{}, {}]}`))
	f.Add([]byte(`{"dialogState": "Failed", "slots": {"a": null}, "message": "x", "messageFormat": "Composite", "sentimentResponse": {"sentimentScore": "{Positive: 1e9999,:"}}`))
	f.Add([]byte(`{"dialogState": "Failed", "message": "\u0000", "messageFormat": "PlainText"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, read := range []func([]byte) (*bot.Answer, error){answer, classicAnswer} {
			said, err := read(body)
			if err != nil {
				continue
			}
			all := bot.Bots{Named: map[string]bot.Bot{"b": always{said}}}
			said, err = all.Recognize(t.Context(), bot.Request{Bot: bot.Ref{AliasARN: "b"}}, nil)
			if err != nil {
				continue
			}
			data, err := said.Lex()
			if err != nil || !json.Valid(data) {
				t.Errorf("$.Lex of %s is %s (%v)", body, data, err)
			}
			if strings.Contains(string(data), `\u0000`) {
				t.Errorf("$.Lex of %s is %s, which no database takes", body, data)
			}
			for _, m := range said.Messages {
				if strings.ContainsRune(m.Content, 0) {
					t.Errorf("message %q", m.Content)
				}
			}
		}
	})
}
