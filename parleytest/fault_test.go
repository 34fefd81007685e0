package parleytest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/fault"
	"github.com/openparley/parley/parleytest"
)

// world is a server, and a program under test with a chat on it that has no patience: what meets a call is seen.
type world struct {
	*testing.T
	srv  *parleytest.Server
	chat *parleytest.Chat

	connect          *connect.Client
	participant      *participant.Client
	participantToken string
	token            string // of the program's connection
	socket           string // URL of its WebSocket

	on   func(f parleytest.Fault)
	lift func()
}

func open(t *testing.T) *world {
	t.Helper()
	srv := parleytest.New(t,
		parleytest.Flow("welcome", parleytest.Steps(
			parleytest.Invoke("lookup", nil), parleytest.Say("You are $.External.tier"), parleytest.Queue("Support"))),
		parleytest.Flow("shop", parleytest.Steps(
			parleytest.Talk("orders", "What would you like?", "Order"), parleytest.Say("You get $.Lex.Slots.drink"), parleytest.Queue("Support"))))
	srv.Lambda("lookup", func(parleytest.Call) (any, error) { return map[string]string{"tier": "gold"}, nil })
	w := &world{T: t, srv: srv, on: srv.Fault, lift: func() { srv.LiftFaults() }}
	w.clients()
	id, participantToken, err := w.start()
	if err != nil {
		t.Fatal(err)
	}
	w.participantToken = *participantToken
	w.join()
	w.chat = srv.Chat(*id)
	return w
}

func (w *world) clients() {
	cfg := w.srv.Config()
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	w.connect, w.participant = connect.NewFromConfig(cfg), participant.NewFromConfig(cfg)
}

// join gets the program a connection.
func (w *world) join() {
	w.Helper()
	out, err := w.participant.CreateParticipantConnection(w.Context(), &participant.CreateParticipantConnectionInput{
		ParticipantToken: &w.participantToken, ConnectParticipant: new(true),
		Type: []ptypes.ConnectionType{ptypes.ConnectionTypeWebsocket, ptypes.ConnectionTypeConnectionCredentials},
	})
	if err != nil {
		w.Fatal(err)
	}
	w.token, w.socket = *out.ConnectionCredentials.ConnectionToken, *out.Websocket.Url
}

func (w *world) start() (contactID, participantToken *string, err error) {
	out, err := w.connect.StartChatContact(w.Context(), &connect.StartChatContactInput{
		InstanceId: &w.srv.InstanceID, ContactFlowId: new(w.srv.FlowID("welcome")), ParticipantDetails: &types.ParticipantDetails{DisplayName: new("Ana")},
	})
	if err != nil {
		return nil, nil, err
	}
	return out.ContactId, out.ParticipantToken, nil
}

func (w *world) say(ctx context.Context, text string) error {
	_, err := w.participant.SendMessage(ctx, &participant.SendMessageInput{
		ConnectionToken: &w.token, Content: &text, ContentType: new("text/plain"), ClientToken: &text,
	})
	return err
}

// says sends a message and compares how that goes: "" for well.
func (w *world) says(text, want string) {
	w.Helper()
	if got := code(w.say(w.Context(), text)); got != want {
		w.Errorf("%s: %q, want %q", text, got, want)
	}
}

func code(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[interface {
		error
		ErrorCode() string
	}](err); ok {
		return e.ErrorCode()
	}
	return fmt.Sprint(err)
}

// listen opens the program's socket and subscribes.
func (w *world) listen() (*websocket.Conn, error) {
	ws, resp, err := websocket.Dial(w.Context(), w.socket, &websocket.DialOptions{HTTPClient: w.srv.HTTPClient()})
	if err != nil {
		if resp != nil && resp.StatusCode < http.StatusBadRequest {
			w.Errorf("status %d", resp.StatusCode)
		}
		return nil, err
	}
	w.Cleanup(func() { _ = ws.CloseNow() })
	if err := ws.Write(w.Context(), websocket.MessageText, []byte(`{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}`)); err != nil {
		return nil, err
	}
	_, _, err = ws.Read(w.Context())
	return ws, err
}

// frames reads as many frames with the texts as are to come, and what follows within a moment, and compares their texts.
func (w *world) frames(ws *websocket.Conn, want string, texts ...string) {
	w.Helper()
	var got []string
	for {
		limit := time.Minute
		if len(got) >= len(strings.Fields(want)) {
			limit = 300 * time.Millisecond
		}
		ctx, cancel := context.WithTimeout(w.Context(), limit)
		_, b, err := ws.Read(ctx)
		cancel()
		if err != nil {
			break
		}
		for _, text := range texts {
			if strings.Contains(string(b), `\"`+text+`\"`) {
				got = append(got, text)
			}
		}
	}
	if strings.Join(got, " ") != want {
		w.Errorf("came %q, want %q", got, want)
	}
}

// presets are what each fault does to a program.
var presets = map[string]func(w *world){
	parleytest.Throttling: func(w *world) {
		w.on(parleytest.Fault{Name: parleytest.Throttling})
		refused := 0
		for i := range 30 { // Amazon takes 10 a second, and 15 at once
			if code(w.say(w.Context(), fmt.Sprint(i))) == "ThrottlingException" {
				refused++
			}
		}
		if refused != 15 {
			w.Errorf("%d of 30 messages were throttled", refused)
		}
		w.srv.Clock.Advance(time.Second)
		w.says("a second later", "")
	},
	parleytest.QuotaReached: func(w *world) {
		w.on(parleytest.Fault{Name: parleytest.QuotaReached})
		if _, _, err := w.start(); code(err) != "LimitExceededException" {
			w.Errorf("one more chat: %v", err)
		}
		w.says("who is there goes on", "")
	},
	parleytest.ServerErrors: func(w *world) {
		w.on(parleytest.Fault{Name: parleytest.ServerErrors, Operations: []string{"SendMessage"}, Times: 3})
		for range 3 {
			w.says("one", "InternalServerException")
		}
		w.chat.Customer.NeverSaw("one")
		w.says("one", "")
	},
	parleytest.LostAnswers: func(w *world) {
		w.on(parleytest.Fault{Name: parleytest.LostAnswers, Chat: w.chat, Times: 1})
		if err := w.say(w.Context(), "one"); err == nil {
			w.Error("the answer was not lost")
		}
		w.says("one", "")
		w.chat.Customer.SawOnly("You are gold", "one")
	},
	parleytest.SlowAnswers: func(w *world) {
		w.on(parleytest.Fault{Name: parleytest.SlowAnswers, Operations: []string{"SendMessage"}, Delay: 300 * time.Millisecond, Times: 1})
		began := time.Now()
		w.says("one", "")
		if took := time.Since(began); took < 300*time.Millisecond {
			w.Errorf("it took %v", took)
		}
		w.on(parleytest.Fault{Name: parleytest.SlowAnswers, Delay: time.Hour})
		ctx, cancel := context.WithTimeout(w.Context(), 50*time.Millisecond)
		defer cancel()
		if err := w.say(ctx, "two"); !errors.Is(err, context.DeadlineExceeded) {
			w.Errorf("an answer that takes an hour: %v", err)
		}
	},
	parleytest.ExpiredToken: func(w *world) {
		w.on(parleytest.Fault{Name: parleytest.ExpiredToken})
		w.says("one", "AccessDeniedException")
	},
	parleytest.ClockSkew: func(w *world) {
		w.on(parleytest.Fault{Name: parleytest.ClockSkew, Delay: time.Hour})
		if _, _, err := w.start(); err == nil || !strings.Contains(err.Error(), "InvalidSignatureException: Signature expired") {
			w.Errorf("a clock that is wrong: %v", err)
		}
		if _, _, err := w.start(); err != nil {
			w.Errorf("a client that has learned of it: %v", err)
		}
		w.says("no signature", "")
		w.clients()
	},
	parleytest.SocketCut: func(w *world) {
		ws, err := w.listen()
		if err != nil {
			w.Fatal(err)
		}
		w.on(parleytest.Fault{Name: parleytest.SocketCut})
		if _, _, err := ws.Read(w.Context()); err == nil || websocket.CloseStatus(err) != -1 {
			w.Errorf("the socket ended with %v", err)
		}
		if _, err := w.listen(); err != nil {
			w.Errorf("another socket: %v", err)
		}
	},
	parleytest.SocketHalfOpen: func(w *world) {
		ws, err := w.listen()
		if err != nil {
			w.Fatal(err)
		}
		w.on(parleytest.Fault{Name: parleytest.SocketHalfOpen})
		w.says("one", "")
		w.frames(ws, "", "one")
	},
	parleytest.SocketFrozen: func(w *world) {
		ws, err := w.listen()
		if err != nil {
			w.Fatal(err)
		}
		w.on(parleytest.Fault{Name: parleytest.SocketFrozen})
		w.says("one", "")
		time.AfterFunc(50*time.Millisecond, w.lift)
		w.frames(ws, "one", "one")
	},
	parleytest.ConnectRefused: func(w *world) {
		w.on(parleytest.Fault{Name: parleytest.ConnectRefused, Times: 1})
		if _, err := w.listen(); err == nil {
			w.Error("the socket was opened")
		}
		if _, err := w.listen(); err != nil {
			w.Errorf("the next one: %v", err)
		}
	},
	parleytest.DuplicateFrames: func(w *world) {
		ws, err := w.listen()
		if err != nil {
			w.Fatal(err)
		}
		w.on(parleytest.Fault{Name: parleytest.DuplicateFrames})
		w.says("one", "")
		w.says("two", "")
		w.frames(ws, "one one two two", "one", "two")
	},
	parleytest.LateFrames: func(w *world) {
		ws, err := w.listen()
		if err != nil {
			w.Fatal(err)
		}
		w.on(parleytest.Fault{Name: parleytest.LateFrames, Times: 1})
		w.says("one", "")
		w.frames(ws, "one", "one")
	},
	parleytest.FunctionFails: outside(parleytest.FunctionFails),
	parleytest.FunctionLate:  outside(parleytest.FunctionLate),
	parleytest.FunctionBusy:  outside(parleytest.FunctionBusy),
	parleytest.BotFails:      outside(parleytest.BotFails),
	parleytest.BotLate:       outside(parleytest.BotLate),
}

// outside is a fault of the function and the bot of the flows.
func outside(name string) func(w *world) {
	flow, who, answer := "welcome", "lookup", "You are gold"
	if strings.HasPrefix(name, "bot") {
		flow, who, answer = "shop", "orders", "You get tea"
	}
	return func(w *world) {
		if flow == "shop" {
			w.srv.Bot("orders", func(h parleytest.Heard) parleytest.Turn {
				return parleytest.Turn{Intent: "Order", State: "Fulfilled", Slots: map[string]string{"drink": h.Text}}
			})
		}
		begin := func() *parleytest.Chat {
			c := w.srv.StartChat(flow)
			if flow == "shop" {
				c.Customer.Says("tea")
			}
			w.srv.Clock.Advance(time.Minute) // a function that is busy is asked again
			c.InQueue("Support")
			return c
		}
		w.on(parleytest.Fault{Name: name, Operations: []string{who}})
		begin().Customer.NeverSaw(answer)
		w.lift()
		begin().Customer.Saw(answer)
		w.on(parleytest.Fault{Name: name, Operations: []string{"another"}})
		w.on(parleytest.Fault{Name: name, Chat: w.chat})
		begin().Customer.Saw(answer)
		w.on(parleytest.Fault{Name: name, Times: 1})
		begin()
	}
}

// TestPresets: each fault does to a program what it says, turned on by the test or by HTTP, is counted, and is over when it is lifted. What the test
// itself does meets none.
func TestPresets(t *testing.T) {
	t.Parallel()
	for _, name := range fault.Presets() {
		meet, ok := presets[name]
		if !ok {
			t.Errorf("nobody knows what %s does", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			meet(w)
			if w.srv.FaultMet(name) == 0 && name != parleytest.SocketFrozen { // which was lifted
				t.Error("nothing is counted")
			}
			w.srv.StartChat("welcome").Customer.Saw("EVENT participant.joined CUSTOMER")
			w.over()
		})
		t.Run(name+" over HTTP", func(t *testing.T) {
			t.Parallel()
			w := open(t)
			w.on, w.lift = w.overHTTP, func() { w.control(http.MethodDelete, "/parley/v1/faults", "") }
			meet(w)
			w.over()
		})
	}
}

// over looks whether all is well when faults are lifted.
func (w *world) over() {
	w.Helper()
	w.lift()
	if _, _, err := w.start(); err != nil {
		w.Error(err)
	}
	w.says("well", "")
	w.join()
	ws, err := w.listen()
	if err != nil {
		w.Fatal(err)
	}
	w.says("well-again", "")
	w.frames(ws, "well-again", "well-again")
}

// overHTTP turns a fault on as programs in other languages do.
func (w *world) overHTTP(f parleytest.Fault) {
	w.Helper()
	in := map[string]any{"Fault": f.Name, "Operations": f.Operations, "Times": f.Times, "Chance": f.Chance, "Seed": f.Seed}
	if f.Delay > 0 {
		in["Delay"] = f.Delay.String()
	}
	if f.Chat != nil {
		in["Contact"] = f.Chat.ID
	}
	body, err := json.Marshal(in)
	if err != nil {
		w.Fatal(err)
	}
	w.post("/parley/v1/faults", string(body))
}

func (w *world) post(path, body string) (answer string) {
	w.Helper()
	return w.control(http.MethodPost, path, body)
}

func (w *world) control(method, path, body string) (answer string) {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), method, w.srv.URL+path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	resp, err := w.srv.HTTPClient().Do(r)
	if err != nil {
		w.Error(err)
		return ""
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		w.Errorf("%s %s %s: %s %s (%v)", method, path, body, resp.Status, b, err)
	}
	return string(b)
}

// TestStormRepeatsItself: the same calls meet the same faults with the same seed, and others with another.
func TestStormRepeatsItself(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) []string {
		w := open(t)
		w.srv.Storm(seed)
		outcomes := make([]string, 60)
		for i := range outcomes {
			switch err := w.say(w.Context(), fmt.Sprint(i)); {
			case err == nil:
				outcomes[i] = "said"
			case code(err) == "InternalServerException":
				outcomes[i] = "refused"
			default:
				outcomes[i] = "lost"
			}
		}
		return outcomes
	}
	first := run(7)
	if diff := cmp.Diff(first, run(7)); diff != "" {
		t.Errorf("the same storm differs:\n%s", diff)
	}
	if slices.Equal(first, run(8)) {
		t.Error("another storm is the same")
	}
	for _, what := range []string{"said", "refused", "lost"} {
		if !slices.Contains(first, what) {
			t.Errorf("nothing was %s of %v", what, first)
		}
	}
}

// TestSocketsByChance: of the open sockets a fault meets those that its seed says, others than its own are not lifted with it.
func TestSocketsByChance(t *testing.T) {
	t.Parallel()
	w := open(t)
	frozen, err := w.listen()
	if err != nil {
		t.Fatal(err)
	}
	w.on(parleytest.Fault{Name: parleytest.SocketFrozen, Chat: w.chat})
	w.on(parleytest.Fault{Name: parleytest.SocketCut, Chat: w.srv.StartChat("welcome")})
	w.on(parleytest.Fault{Name: parleytest.SocketHalfOpen, Chance: 1e-9})
	w.on(parleytest.Fault{Name: parleytest.SocketCut, Chance: 1})
	w.srv.LiftFaults(parleytest.SocketHalfOpen, parleytest.ServerErrors)
	if cut, half := w.srv.FaultMet(parleytest.SocketCut), w.srv.FaultMet(parleytest.SocketHalfOpen); cut != 0 || half != 0 {
		t.Errorf("%d sockets are cut and %d half open", cut, half)
	}
	second, err := w.listen()
	if err != nil {
		t.Fatal(err)
	}
	w.says("one", "")
	if _, _, err := second.Read(t.Context()); err == nil {
		t.Error("the second socket was not cut at an item")
	}
	w.srv.LiftFaults(parleytest.SocketCut)
	w.srv.LiftFaults(parleytest.SocketFrozen)
	w.says("two", "")
	w.frames(frozen, "two", "two")
}
