package chat_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	ctypes "github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/chat"
	"github.com/openparley/parley/internal/fault"
	"github.com/openparley/parley/internal/llm"
	"github.com/openparley/parley/internal/llm/llmtest"
	"github.com/openparley/parley/internal/server"
	"github.com/openparley/parley/internal/stage"
)

// TestPartsAreJoined: parts come once and in turn; one that is out of turn waits for the whole.
func TestPartsAreJoined(t *testing.T) {
	part := func(number int, last bool, content string) map[string]any {
		return map[string]any{
			"Id": "m1", "Type": "MESSAGE", "ContentType": "text/plain", "Content": content, "AbsoluteTime": "2000-01-01T00:00:01.000Z",
			"ParticipantRole": "SYSTEM", "DisplayName": "BOT", "ParticipantId": "bot",
			"MessageMetadata": map[string]any{"MessageId": "m1", "ChunkNumber": number, "MessageCompleted": last},
		}
	}
	for name, tt := range map[string]struct {
		opts []chat.Option
		want []string
	}{
		"whole messages": {nil, []string{"Hello, world"}},
		"parts":          {[]chat.Option{chat.Partials()}, []string{"Partial Hel", "Partial Hello, ", "Hello, world"}},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				s := w.start(tt.opts...)
				until(w, s, greeting)
				w.way.say(part(1, false, "Hel"))
				w.way.say(part(1, false, "Hel"))
				w.way.say(part(3, false, "wor"))
				w.way.say(part(2, false, "lo, "))
				w.way.say(part(4, true, "Hello, world"))
				w.way.say(part(2, false, "lo, "))
				w.bot(s.ContactID()).say("end")
				got := until(w, s, "end")
				got = slices.DeleteFunc(got, func(s string) bool { return s == "end" || s == "Joined" || strings.HasPrefix(s, "Event") })
				if !slices.Equal(got, tt.want) {
					t.Errorf("there came %q", got)
				}
			})
		})
	}
}

const modelFlow = `{"Version":"2019-10-30","StartAction":"bot","Actions":[
	{"Identifier":"bot","Type":"ConnectParticipantWithLexBot","Parameters":{"Text":"Hello!","LexV2Bot":{"AliasArn":"helper"}},
		"Transitions":{"NextAction":"end","Conditions":[],"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"},{"NextAction":"end","ErrorType":"NoMatchingCondition"}]}},
	{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// TestABotOfTheServerAnswersInParts: who asks for parts sees the answer of a language model grow, and everybody gets the whole once, also
// when the socket is cut between two parts.
func TestABotOfTheServerAnswersInParts(t *testing.T) {
	t.Parallel()
	answer := []string{"Tea", " grows", " in", " Assam."}
	goOn := make(chan struct{})
	speak := func(w http.ResponseWriter, r *http.Request) {
		for i, part := range answer {
			if i > 0 {
				select {
				case <-goOn:
				case <-r.Context().Done():
					return
				}
			}
			llmtest.Raw(llmtest.Parts(part)...)(w, r)
		}
		llmtest.Raw(llmtest.Stop)(w, r)
	}
	model := llmtest.Start(t, speak, speak, llmtest.Says("Good bye."))
	srv, err := stage.Open(t.Context(), server.Config{
		Bots: map[string]server.Bot{"helper": {LLM: &llm.Settings{URL: model.URL, Model: "small"}}},
	}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	client, _ := srv.Clients()
	flow, err := client.CreateContactFlow(t.Context(), &connect.CreateContactFlowInput{
		InstanceId: new(server.DevInstance), Name: new("helper"), Type: ctypes.ContactFlowTypeContactFlow, Content: new(modelFlow),
	})
	if err != nil {
		t.Fatal(err)
	}
	ana, err := chat.Start(t.Context(), client, chat.Customer{
		InstanceID: server.DevInstance, FlowID: *flow.ContactFlowId, Name: "Ana", Incremental: true,
	}, chat.Partials(), chat.HTTPClient(srv.HTTPClient()))
	if err != nil {
		t.Fatal(err)
	}
	defer ana.Close()
	wholes, err := chat.Join(t.Context(), srv.URL(), ana.Save().ParticipantToken, chat.HTTPClient(srv.HTTPClient()))
	if err != nil {
		t.Fatal(err)
	}
	defer wholes.Close()

	ask := func(question, cutAfter string) (texts, ids []string) {
		t.Helper()
		if _, err := ana.Say(t.Context(), question); err != nil {
			t.Fatal(err)
		}
		for item := range ana.Items(t.Context()) {
			switch it := item.(type) {
			case *chat.Partial:
				texts, ids = append(texts, it.Text), append(ids, it.ID)
				switch {
				case it.Text == cutAfter:
					if err := srv.Server().AddFault(fault.Fault{Fault: fault.SocketCut}); err != nil {
						t.Fatal(err)
					}
					close(goOn)
				case cutAfter == "" && len(texts) < len(answer):
					goOn <- struct{}{}
				}
			case *chat.Message:
				if it.Text != question && it.Text != "Hello!" {
					return append(texts, it.Text), append(ids, it.ID)
				}
			}
		}
		t.Fatalf("the session ended: %v", ana.Status())
		return nil, nil
	}
	texts, ids := ask("Where does tea grow?", "")
	if want := []string{"Tea", "Tea grows", "Tea grows in", "Tea grows in Assam."}; !slices.Equal(texts[:len(want)], want) {
		t.Errorf("the answer grew as %q", texts)
	}
	if len(slices.Compact(ids)) != 1 {
		t.Errorf("one answer has the ids %q", ids)
	}
	texts, _ = ask("And again?", "Tea")
	if last := texts[len(texts)-1]; last != "Tea grows in Assam." {
		t.Errorf("after a cut the answer was %q", texts)
	}

	if _, err := ana.Say(t.Context(), "That is all"); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]*chat.Session{"with parts": ana, "without": wholes} {
		n := 0
		for item := range s.Items(t.Context()) {
			if m, ok := item.(*chat.Message); ok && strings.HasPrefix(m.Text, "Tea") {
				n++
			} else if ok && m.Text == "That is all" {
				break
			} else if _, part := item.(*chat.Partial); part {
				t.Errorf("%s: there came %s", name, describe(item))
			}
		}
		if want := map[string]int{"with parts": 0, "without": 2}[name]; n != want {
			t.Errorf("%s: the answer came %d times more, want %d", name, n, want)
		}
	}
}
