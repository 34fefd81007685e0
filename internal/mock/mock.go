package mock

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Call is what a function was asked.
type Call struct {
	Function   string         // its name, without ARN and version
	Parameters map[string]any // Details.Parameters of the event
	Event      json.RawMessage
	Async      bool
}

// Outside answers for functions and bots. It is safe for concurrent use.
type Outside struct {
	// Ask answers calls of functions for which the file has nothing, and reports false where it has nothing either; nil: never.
	Ask func(Call) (Reply, bool)

	// Hear answers for bots, by id, that the file does not have, and reports false where it has nothing either; nil: never.
	Hear func(bot, session, text string) (Turn, bool)

	mux  *http.ServeMux
	file *File

	mu    sync.Mutex
	calls []Call
	used  map[any]int       // of *Reply and *Turn
	in    map[string]string // the intent of a bot's session
}

// New returns what answers as a file says; nil says nothing.
func New(f *File) *Outside {
	if f == nil {
		f = &File{}
	}
	o := &Outside{file: f, mux: http.NewServeMux(), used: map[any]int{}, in: map[string]string{}}
	o.mux.HandleFunc("POST /2015-03-31/functions/{function}/invocations", o.invoke)
	o.mux.HandleFunc("POST /bots/{bot}/botAliases/{alias}/botLocales/{locale}/sessions/{session}/text", o.recognize)
	return o
}

// ServeHTTP implements http.Handler.
func (o *Outside) ServeHTTP(w http.ResponseWriter, r *http.Request) { o.mux.ServeHTTP(w, r) }

// Calls are what functions were asked so far.
func (o *Outside) Calls() []Call {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.calls)
}

// Unused are the names of functions and bots of the file that nobody asked, in order.
func (o *Outside) Unused() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var names []string
	for name, replies := range o.file.Functions {
		if !slices.ContainsFunc(o.calls, func(c Call) bool { return c.Function == name }) && len(replies) > 0 {
			names = append(names, "function "+name)
		}
	}
	for name, turns := range o.file.Bots {
		heard := false
		for i := range turns {
			heard = heard || o.used[&turns[i]] > 0
		}
		if !heard && len(turns) > 0 {
			names = append(names, "bot "+name)
		}
	}
	slices.Sort(names)
	return names
}

// take reports whether an entry may be used once more, and counts it.
func (o *Outside) take(entry any, times int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if times > 0 && o.used[entry] >= times {
		return false
	}
	o.used[entry]++
	return true
}

func (o *Outside) invoke(w http.ResponseWriter, r *http.Request) {
	event, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 6<<20))
	if err != nil {
		return
	}
	call := Call{Function: functionName(r.PathValue("function")), Event: event, Async: r.Header.Get("X-Amz-Invocation-Type") == "Event"}
	var in struct {
		Details struct{ Parameters map[string]any }
	}
	_ = json.Unmarshal(event, &in) // what is no event of a flow has no parameters
	call.Parameters = in.Details.Parameters
	o.mu.Lock()
	o.calls = append(o.calls, call)
	o.mu.Unlock()

	reply, ok := o.reply(call)
	switch {
	case !ok:
		refuse(w, http.StatusNotFound, "ResourceNotFoundException", "Function not found: "+call.Function)
	case reply.Error == "throttled":
		refuse(w, http.StatusTooManyRequests, "TooManyRequestsException", "Rate Exceeded.")
	case call.Async:
		w.WriteHeader(http.StatusAccepted)
	case reply.Error != "":
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		answer(w, map[string]string{"errorType": reply.Error, "errorMessage": reply.Error})
	default:
		answer(w, reply.Returns)
	}
}

func (o *Outside) reply(call Call) (Reply, bool) {
	replies := o.file.Functions[call.Function]
	for i := range replies {
		if replies[i].fits(call.Parameters) && o.take(&replies[i], replies[i].Times) {
			return replies[i], true
		}
	}
	if o.Ask == nil {
		return Reply{}, false
	}
	return o.Ask(call)
}

// functionName is the name in a name or ARN, without its version.
func functionName(s string) string {
	if _, after, ok := strings.Cut(s, ":function:"); ok {
		s = after
	}
	name, _, _ := strings.Cut(s, ":")
	return name
}

// sessionState is what Lex and its callers tell each other of a session.
type sessionState struct {
	Attributes   map[string]string `json:"sessionAttributes,omitempty"`
	DialogAction *dialogAction     `json:"dialogAction,omitempty"`
	Intent       *intent           `json:"intent,omitempty"`
}

type dialogAction struct {
	Type string `json:"type"`
}

type intent struct {
	Name  string           `json:"name"`
	State string           `json:"state"`
	Slots map[string]*slot `json:"slots"`
}

type slot struct {
	Value struct {
		Original    string `json:"originalValue"`
		Interpreted string `json:"interpretedValue"`
	} `json:"value"`
}

type message struct {
	Content     string `json:"content"`
	ContentType string `json:"contentType"`
}

type interpretation struct {
	Intent     intent         `json:"intent"`
	Confidence confidence     `json:"nluConfidence"`
	Sentiment  map[string]any `json:"sentimentResponse,omitempty"`
}

type confidence struct {
	Score float64 `json:"score"`
}

func (o *Outside) recognize(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Text string `json:"text"`
	}
	// The session is Lex's to keep: only its attributes come with the call, and what the caller says of the intent overrules it.
	var state sessionState
	body := struct {
		Text  *string       `json:"text"`
		State *sessionState `json:"sessionState"`
	}{&in.Text, &state}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&body); err != nil {
		refuse(w, http.StatusBadRequest, "ValidationException", err.Error())
		return
	}
	bot, session := r.PathValue("bot"), r.PathValue("session")
	turn, ok := o.turn(bot, session, in.Text)
	switch {
	case !ok:
		refuse(w, http.StatusNotFound, "ResourceNotFoundException", "Nothing is said by bot "+bot)
	case turn.Error != "":
		refuse(w, http.StatusBadRequest, turn.Error, turn.Error)
	default:
		answer(w, turn.say(session, state.Attributes))
	}
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // a caller that is gone needs no answer
}

// refuse answers with an error as AWS does.
func refuse(w http.ResponseWriter, status int, code, why string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Amzn-ErrorType", code)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": why, "Type": "User"})
}
