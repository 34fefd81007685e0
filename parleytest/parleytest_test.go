package parleytest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/coder/websocket"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/parleytest"
)

func TestAgentMeetsWhoFellAsleep(t *testing.T) {
	t.Parallel()
	srv := parleytest.New(t, parleytest.Flow("welcome", parleytest.Steps(parleytest.Say("Welcome"), parleytest.Queue("Support"))))
	chat := srv.StartChat("welcome")
	chat.Customer.Saw("Welcome")
	chat.InQueue("Support")
	srv.Clock.Advance(24 * time.Hour)
	chat.IsLive()
	chat.CustomerTimers(10*time.Minute, 20*time.Minute)
	agent := chat.AgentJoins("Ben")
	agent.Says("Are you still there?")
	srv.Clock.Advance(9 * time.Minute)
	chat.Customer.NeverSaw("EVENT participant.idle")
	srv.Clock.Advance(time.Minute)
	chat.Customer.Saw("EVENT participant.joined AGENT", "Are you still there?", "EVENT participant.idle")
	srv.Clock.Advance(20 * time.Minute)
	chat.HasEnded("IDLE_DISCONNECT")
	chat.HadEvents("INITIATED", "QUEUED", "CONNECTED_TO_AGENT", "DISCONNECTED", "COMPLETED")
}

func TestAges(t *testing.T) {
	t.Parallel()
	srv := parleytest.New(t, parleytest.Flow("welcome", parleytest.Steps(parleytest.Queue("Support"))), parleytest.WithoutPort())
	chat := srv.StartChat("welcome", parleytest.Lasting(90*time.Minute), parleytest.Attributes(map[string]string{"tier": "gold"}))
	chat.HasAttributes(map[string]string{"tier": "gold"})
	if now := srv.Clock.AdvanceUntilIdle(); now.Sub(parleytest.Start) < 90*time.Minute || now.Sub(parleytest.Start) > 2*time.Hour {
		t.Errorf("idle at %v", now)
	}
	chat.HasEnded("EXPIRED")
}

func TestFunctionsAndBots(t *testing.T) {
	t.Parallel()
	srv := parleytest.New(t, parleytest.Flow("order", parleytest.Steps(
		parleytest.Invoke("lookup", map[string]string{"id": "$.Attributes.id"}),
		parleytest.Say("You are $.External.tier"),
		parleytest.Hear(time.Hour),
		parleytest.Talk("orders", "What would you like?", "Order"),
		parleytest.Set(map[string]string{"drink": "$.Lex.Slots.drink"}),
		parleytest.Queue("Support"),
	)))
	lookup := srv.Lambda("lookup", func(c parleytest.Call) (any, error) {
		if c.Text("id") != "4711" {
			return nil, errors.New("NotFound")
		}
		return map[string]any{"tier": "gold"}, nil
	})
	bot := srv.Bot("orders", func(h parleytest.Heard) parleytest.Turn {
		return parleytest.Turn{Says: []string{"A " + h.Text + " it is."}, Intent: "Order", State: "Fulfilled", Slots: map[string]string{"drink": h.Text}}
	})
	chat := srv.StartChat("order", parleytest.Attributes(map[string]string{"id": "4711"}))
	stream := chat.Stream()
	chat.Customer.Says("hi")
	chat.Customer.Says("tea")
	chat.Customer.SawOnly("You are gold", `CUSTOMER "hi"`, "What would you like?", "tea", "A tea it is.")
	chat.Customer.SawInAnyOrder("A tea it is.", "hi", "You are gold")
	lookup.Asked(map[string]string{"id": "4711"})
	lookup.AskedTimes(1)
	bot.Heard("tea")
	chat.HasAttributes(map[string]string{"drink": "tea"})
	stream.Told("hi", "What would you like?", `CUSTOMER "tea"`)
	stream.NeverTold("You are gold")
}

// client calls as the program under test does.
func client(srv *parleytest.Server) (*connect.Client, *participant.Client) {
	cfg := srv.Config()
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	return connect.NewFromConfig(cfg), participant.NewFromConfig(cfg)
}

// start starts a chat as the program under test does, and returns the connection token and the URL of the socket.
func start(t *testing.T, srv *parleytest.Server) (chat *parleytest.Chat, token, socket string) {
	t.Helper()
	c, p := client(srv)
	started, err := c.StartChatContact(t.Context(), &connect.StartChatContactInput{
		InstanceId: &srv.InstanceID, ContactFlowId: new(srv.FlowID("welcome")), ParticipantDetails: &types.ParticipantDetails{DisplayName: new("Ana")},
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.CreateParticipantConnection(t.Context(), &participant.CreateParticipantConnectionInput{
		ParticipantToken: started.ParticipantToken, ConnectParticipant: new(true),
		Type: []ptypes.ConnectionType{ptypes.ConnectionTypeWebsocket, ptypes.ConnectionTypeConnectionCredentials},
	})
	if err != nil {
		t.Fatal(err)
	}
	return srv.Chat(*started.ContactId), *out.ConnectionCredentials.ConnectionToken, *out.Websocket.Url
}

func welcome(t *testing.T) *parleytest.Server {
	return parleytest.New(t, parleytest.Flow("welcome", parleytest.Steps(
		parleytest.Invoke("lookup", nil), parleytest.Say("You are $.External.tier"), parleytest.Queue("Support"))))
}

func gold(srv *parleytest.Server) *parleytest.Function {
	return srv.Lambda("lookup", func(parleytest.Call) (any, error) { return map[string]string{"tier": "gold"}, nil })
}

func code(err error) string {
	if e, ok := errors.AsType[interface {
		error
		ErrorCode() string
	}](err); ok {
		return e.ErrorCode()
	}
	return fmt.Sprint(err)
}

func TestFaultsOfCalls(t *testing.T) {
	t.Parallel()
	srv := welcome(t)
	gold(srv)
	chat, token, _ := start(t, srv)
	c, p := client(srv)
	say := func(text string) error {
		_, err := p.SendMessage(t.Context(), &participant.SendMessageInput{
			ConnectionToken: &token, Content: &text, ContentType: new("text/plain"), ClientToken: &text,
		})
		return err
	}

	srv.Fault(parleytest.Fault{Name: parleytest.ServerErrors, Operations: []string{"SendMessage"}, Times: 1})
	if err := say("one"); code(err) != "InternalServerException" {
		t.Errorf("an error of the server: %v", err)
	}
	if err := say("one"); err != nil {
		t.Errorf("a fault that is over: %v", err)
	}
	srv.Fault(parleytest.Fault{Name: parleytest.LostAnswers, Chat: chat, Times: 1})
	if err := say("two"); err == nil {
		t.Error("the answer was not lost")
	}
	if err := say("two"); err != nil {
		t.Error(err)
	}
	srv.Fault(parleytest.Fault{Name: parleytest.ExpiredToken})
	if err := say("three"); code(err) != "AccessDeniedException" {
		t.Errorf("an expired token: %v", err)
	}
	srv.LiftFaults()
	chat.Customer.SawInAnyOrder("You are gold", "one", "two")
	chat.Customer.SawOnly("You are gold", "one", "two")

	srv.Fault(parleytest.Fault{Name: parleytest.QuotaReached})
	startChat := func() error {
		_, err := c.StartChatContact(t.Context(), &connect.StartChatContactInput{
			InstanceId: &srv.InstanceID, ContactFlowId: new(srv.FlowID("welcome")), ParticipantDetails: &types.ParticipantDetails{DisplayName: new("Ana")},
		})
		return err
	}
	if err := startChat(); code(err) != "LimitExceededException" {
		t.Errorf("no more chats: %v", err)
	}
	srv.StartChat("welcome") // the test itself is not met
	srv.LiftFaults()

	srv.Fault(parleytest.Fault{Name: parleytest.Throttling})
	refused := 0
	for range 20 {
		if code(say("four")) == "ThrottlingException" {
			refused++
		}
	}
	if refused < 5 || refused > 19 {
		t.Errorf("%d of 20 calls were throttled", refused)
	}
	srv.LiftFaults()

	srv.Fault(parleytest.Fault{Name: parleytest.ClockSkew, Delay: time.Hour})
	if err := startChat(); err == nil || !strings.Contains(err.Error(), "InvalidSignatureException: Signature expired") {
		t.Errorf("a clock that is wrong: %v", err)
	}
}

func TestFaultsOfFunctions(t *testing.T) {
	t.Parallel()
	for _, name := range []string{parleytest.FunctionFails, parleytest.FunctionLate, parleytest.FunctionBusy} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := welcome(t)
			lookup := gold(srv)
			srv.Fault(parleytest.Fault{Name: name, Operations: []string{"lookup"}})
			first := srv.StartChat("welcome")
			srv.Clock.Advance(time.Minute)
			first.Customer.NeverSaw("You are gold")
			first.InQueue("Support")
			lookup.AskedTimes(0)
			srv.LiftFaults(name)
			srv.StartChat("welcome").Customer.Saw("You are gold")
		})
	}
}

// listen opens a socket as the program under test does and passes on the items.
func listen(t *testing.T, srv *parleytest.Server, url string) (*websocket.Conn, error) {
	ws, resp, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{HTTPClient: srv.HTTPClient()})
	if err != nil {
		if resp != nil && resp.StatusCode < http.StatusBadRequest {
			t.Errorf("status %d", resp.StatusCode)
		}
		return nil, err
	}
	t.Cleanup(func() { _ = ws.CloseNow() })
	if err := ws.Write(t.Context(), websocket.MessageText, []byte(`{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}`)); err != nil {
		return nil, err
	}
	_, _, err = ws.Read(t.Context())
	return ws, err
}

// frames reads as many frames with the texts as are to come, and what follows within a moment, and returns their texts.
func frames(t *testing.T, ws *websocket.Conn, count int, texts ...string) (order []string) {
	t.Helper()
	for {
		limit := time.Minute
		if len(order) >= count {
			limit = 300 * time.Millisecond
		}
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		_, b, err := ws.Read(ctx)
		cancel()
		if err != nil {
			return order
		}
		for _, text := range texts {
			if strings.Contains(string(b), `\"`+text+`\"`) {
				order = append(order, text)
			}
		}
	}
}

func TestFaultsOfSockets(t *testing.T) {
	t.Parallel()
	open := func(t *testing.T) (*parleytest.Server, *parleytest.Person, *websocket.Conn, string) {
		srv := welcome(t)
		gold(srv)
		chat, _, url := start(t, srv)
		agent := chat.AgentJoins("Ben")
		ws, err := listen(t, srv, url)
		if err != nil {
			t.Fatal(err)
		}
		return srv, agent, ws, url
	}
	for name, want := range map[string]string{
		parleytest.DuplicateFrames: "one one two two", parleytest.LateFrames: "two one", parleytest.SocketHalfOpen: "", parleytest.SocketCut: "",
		parleytest.SocketFrozen: "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, agent, ws, _ := open(t)
			fault := parleytest.Fault{Name: name}
			if name == parleytest.LateFrames {
				fault.Times = 1
			}
			srv.Fault(fault)
			agent.Says("one")
			agent.Says("two")
			if name == parleytest.SocketFrozen {
				time.AfterFunc(50*time.Millisecond, func() { srv.LiftFaults() })
				want = "one two"
			}
			if got := strings.Join(frames(t, ws, len(strings.Fields(want)), "one", "two"), " "); got != want {
				t.Errorf("came %q, want %q", got, want)
			}
		})
	}
	t.Run(parleytest.ConnectRefused, func(t *testing.T) {
		t.Parallel()
		srv, _, _, url := open(t)
		srv.Fault(parleytest.Fault{Name: parleytest.ConnectRefused, Times: 1})
		if _, err := listen(t, srv, url); err == nil {
			t.Error("the socket was opened")
		}
		if n := srv.FaultMet(parleytest.ConnectRefused); n != 1 {
			t.Errorf("the fault met %d", n)
		}
		if _, err := listen(t, srv, url); err != nil {
			t.Error(err)
		}
	})
}

func TestManySideBySide(t *testing.T) {
	t.Parallel()
	for range 60 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			srv := parleytest.New(t, parleytest.Flow("welcome", parleytest.Steps(parleytest.Say("Welcome"), parleytest.Wait(time.Hour))))
			chat := srv.StartChat("welcome")
			srv.Clock.Advance(time.Hour)
			chat.Customer.Saw("Welcome", "EVENT chat.ended")
		})
	}
}

func TestReplay(t *testing.T) {
	t.Parallel()
	parleytest.Replay(t, "../testdata/plays/idle.txtar")
	parleytest.Replay(t, "../testdata/plays/lambda.txtar")
}

func BenchmarkNew(b *testing.B) {
	flow := parleytest.Steps(parleytest.Say("Welcome"), parleytest.Queue("Support"))
	for b.Loop() {
		r := &recorder{TB: b}
		parleytest.New(r, parleytest.Flow("welcome", flow))
		if said := r.end(); len(said) > 0 {
			b.Fatal(said)
		}
	}
}

func BenchmarkChatOfADay(b *testing.B) {
	flow := parleytest.Steps(parleytest.Say("Welcome"), parleytest.Queue("Support"))
	for b.Loop() {
		r := &recorder{TB: b}
		srv := parleytest.New(r, parleytest.Flow("welcome", flow))
		chat := srv.StartChat("welcome")
		srv.Clock.Advance(25 * time.Hour)
		chat.HasEnded("EXPIRED")
		if said := r.end(); len(said) > 0 {
			b.Fatal(said)
		}
	}
}
