package mock_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/internal/mock"
)

const file = `
functions:
  lookup:
    - when: {action: cancel}
      error: NotAllowed
    - times: 1
      error: throttled
    - returns: {tier: gold, items: [1, 2]}
  quiet: {returns: null}
  never: {returns: {}}
bots:
  orders:
    - hears: hello
      says: Which order?
      intent: OrderStatus
    - hears: /^\d+$/
      in: OrderStatus
      says: [It is on its way., Bye.]
      state: Fulfilled
      slots: {order: "4711"}
      attributes: {seen: "yes"}
      sentiment: POSITIVE
    - hears: list
      shows: {templateType: ListPicker, version: "1.0", data: {content: {title: Which, elements: [{title: A}]}}}
    - hears: break
      error: DependencyFailedException
  silent: []
`

func open(t *testing.T) (*mock.Outside, func(path, body string, headers ...string) (int, http.Header, string)) {
	t.Helper()
	f, err := mock.Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	o := mock.New(f)
	server := httptest.NewServer(o)
	t.Cleanup(server.Close)
	return o, func(path, body string, headers ...string) (int, http.Header, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, res.Header, strings.TrimSpace(string(b))
	}
}

func TestFunctions(t *testing.T) {
	o, post := open(t)
	o.Ask = func(c mock.Call) (mock.Reply, bool) {
		return mock.Reply{Returns: map[string]any{"asked": c.Parameters["a"]}}, c.Function == "asked"
	}
	for _, tt := range []struct {
		function, parameters string
		status               int
		failed               string // X-Amz-Function-Error
		body                 string
	}{
		{"lookup", `{"action":"cancel"}`, 200, "Unhandled", `{"errorMessage":"NotAllowed","errorType":"NotAllowed"}`},
		{"lookup", `{}`, 429, "", `{"Type":"User","message":"Rate Exceeded."}`},
		{"lookup", `{}`, 200, "", `{"items":[1,2],"tier":"gold"}`},
		{"arn:aws:lambda:us-east-1:000000000000:function:lookup:live", `{"action":1}`, 200, "", `{"items":[1,2],"tier":"gold"}`},
		{"quiet", `{}`, 200, "", `null`},
		{"asked", `{"a":"b"}`, 200, "", `{"asked":"b"}`},
		{"unknown", `{}`, 404, "", `{"Type":"User","message":"Function not found: unknown"}`},
	} {
		status, header, body := post("/2015-03-31/functions/"+tt.function+"/invocations", `{"Details":{"Parameters":`+tt.parameters+`}}`)
		if status != tt.status || header.Get("X-Amz-Function-Error") != tt.failed || body != tt.body {
			t.Errorf("%s %s answers %d %q %s", tt.function, tt.parameters, status, header.Get("X-Amz-Function-Error"), body)
		}
	}
	status, _, body := post("/2015-03-31/functions/quiet/invocations", `{}`, "X-Amz-Invocation-Type", "Event")
	if status != http.StatusAccepted || body != "" {
		t.Errorf("an asynchronous call answers %d %s", status, body)
	}
	calls := o.Calls()
	if len(calls) != 8 || calls[3].Function != "lookup" || !calls[7].Async {
		t.Errorf("calls are %+v", calls)
	}
	if diff := cmp.Diff([]string{"bot orders", "function never"}, o.Unused()); diff != "" {
		t.Errorf("unused (-want +got):\n%s", diff)
	}
}

func TestBots(t *testing.T) {
	_, post := open(t)
	type said struct {
		Intent, State, Action, Sentiment string
		Messages, Slots                  []string
		Attributes                       map[string]string
	}
	say := func(bot, text string) (int, said) {
		t.Helper()
		in, err := json.Marshal(map[string]any{"text": text, "sessionState": map[string]any{"sessionAttributes": map[string]string{"from": "flow"}}})
		if err != nil {
			t.Fatal(err)
		}
		status, _, body := post("/bots/"+bot+"/botAliases/live/botLocales/en_US/sessions/c1/text", string(in))
		if status != http.StatusOK {
			return status, said{}
		}
		var out struct {
			Messages     []struct{ Content, ContentType string }
			SessionState struct {
				SessionAttributes map[string]string
				DialogAction      struct{ Type string }
				Intent            struct {
					Name, State string
					Slots       map[string]struct {
						Value struct{ InterpretedValue string }
					}
				}
			}
			Interpretations []struct {
				SentimentResponse struct{ Sentiment string }
			}
		}
		if err := json.Unmarshal([]byte(body), &out); err != nil {
			t.Fatal(err)
		}
		s := said{
			Intent: out.SessionState.Intent.Name, State: out.SessionState.Intent.State, Action: out.SessionState.DialogAction.Type,
			Sentiment: out.Interpretations[0].SentimentResponse.Sentiment, Attributes: out.SessionState.SessionAttributes,
		}
		for _, m := range out.Messages {
			s.Messages = append(s.Messages, m.ContentType+" "+m.Content)
		}
		for name, slot := range out.SessionState.Intent.Slots {
			s.Slots = append(s.Slots, name+"="+slot.Value.InterpretedValue)
		}
		return status, s
	}
	flow := map[string]string{"from": "flow"}
	for _, tt := range []struct {
		bot, text string
		status    int
		want      said
	}{
		{"orders", "4711", 404, said{}}, // not in the intent yet
		{"orders", "Hello", 200, said{Intent: "OrderStatus", State: "InProgress", Action: "ElicitIntent", Messages: []string{"PlainText Which order?"}, Attributes: flow}},
		{"orders", "4711", 200, said{
			Intent: "OrderStatus", State: "Fulfilled", Action: "Close", Sentiment: "POSITIVE", Slots: []string{"order=4711"},
			Messages: []string{"PlainText It is on its way.", "PlainText Bye."}, Attributes: map[string]string{"from": "flow", "seen": "yes"},
		}},
		{"orders", "4711", 404, said{}}, // the session is over
		{"orders", "list", 200, said{
			Intent: "FallbackIntent", State: "InProgress", Action: "ElicitIntent", Attributes: flow,
			Messages: []string{`CustomPayload {"data":{"content":{"elements":[{"title":"A"}],"title":"Which"}},"templateType":"ListPicker","version":"1.0"}`},
		}},
		{"orders", "break", 400, said{}},
		{"silent", "hello", 404, said{}},
	} {
		status, got := say(tt.bot, tt.text)
		if diff := cmp.Diff(tt.want, got); status != tt.status || diff != "" {
			t.Errorf("%s hears %q and answers %d (-want +got):\n%s", tt.bot, tt.text, status, diff)
		}
	}
}

func TestParse(t *testing.T) {
	for _, tt := range []struct{ file, want string }{
		{"functions: {f: {returned: 1}}", "unknown field"},
		{"functions: {f: {returns: 1, error: x}}", "functions: f: entry 1 returns something and fails"},
		{"bots: {b: [{state: Done}]}", `bots: b: entry 1: state "Done" is none of InProgress`},
		{"bots: {b: {hears: /(/}}", "missing closing )"},
		{"percent: 100", "percent: 100 is not from 0 to 99"},
		{"hours: {h: shut}", `hours: h: "shut" is neither open nor closed`},
		{"queues: {q: closed}", `queues: q: "closed" is neither open nor full`},
		{"[", ""},
	} {
		if _, err := mock.Parse([]byte(tt.file)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.file, err, tt.want)
		}
	}
}
