package browser

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/gorilla/websocket"
)

// A customer has the chat in several tabs. All of them are told everything, once and in order, whatever becomes of the others.
// Source: participant-wire sheet, 8.3.
func TestChatJSTabs(t *testing.T) {
	eachMajor(t, func(t *testing.T, _ string, one *tab) {
		server := startDev(t)
		chat := server.startChat(t, map[string]string{"topic": "person"})
		one.begin(server.Endpoint, chat)
		two := one.another()
		two.begin(server.Endpoint, chat)
		agent := join(t, server.Endpoint, server.invite(t, chat, "Bo"))

		// talk has everybody say something, and returns what was said in the order of the transcript.
		talk := func(word string, tabs ...*tab) (ids []string) {
			t.Helper()
			for i := range 10 {
				agent.send(t, fmt.Sprintf("%s %d by the agent", word, i))
				for n, p := range tabs {
					js[chromedp.Void](p, "void send('%s %d in tab %d')", word, i, n)
				}
			}
			all := 10 * (1 + len(tabs))
			for _, p := range tabs {
				p.until("texts().filter((text) => text.startsWith('%s ')).length >= %d", word, all)
			}
			for _, it := range agent.transcript(t) {
				if len(it.Content) > len(word) && it.Content[:len(word)+1] == word+" " {
					ids = append(ids, it.Id)
				}
			}
			if len(ids) != all {
				t.Errorf("the transcript has %d messages %q, want %d", len(ids), word, all)
			}
			for n, p := range tabs {
				got := js[[]string](p, "seen.items.filter((item) => item.Content?.startsWith('%s ')).map((item) => item.Id)", word)
				if !slices.Equal(got, ids) {
					t.Errorf("tab %d was told of %q in the order\n%v, want\n%v", n, word, got, ids)
				}
			}
			return ids
		}
		talk("both", one, two)

		one.do(chromedp.Navigate(js[string](one, "location.href"))) // a reload
		missed := agent.send(t, "said meanwhile")
		one.begin(server.Endpoint, chat)
		all := "transcript().then(({ ids }) => ids)"
		if got, want := js[[]string](one, "%s", all), js[[]string](two, "%s", all); !slices.Equal(got, want) || !slices.Contains(got, missed) {
			t.Errorf("the tab that was loaded anew reads %v, the other %v", got, want)
		}
		talk("again", one, two)

		two.close()
		talk("alone", one)

		// Five sockets are open at most; a sixth is refused, and none of the five is the worse for it.
		var sockets []*websocket.Conn
		for len(sockets) < 4 {
			socket, _, err := websocket.DefaultDialer.DialContext(t.Context(), socketURL(t, server.Endpoint, chat), nil)
			if err != nil { // that of the closed tab is not gone yet
				time.Sleep(50 * time.Millisecond)
				continue
			}
			defer socket.Close()
			subscribe(t, socket)
			sockets = append(sockets, socket)
		}
		sixth, res, err := websocket.DefaultDialer.DialContext(t.Context(), socketURL(t, server.Endpoint, chat), nil)
		if err == nil {
			sixth.Close()
			t.Fatal("a sixth socket is open")
		}
		if res == nil || res.StatusCode != http.StatusTooManyRequests {
			t.Errorf("a sixth socket is refused with %v, %v", res, err)
		}
		talk("with five", one)
		if lost := js[int](one, "seen.lost + seen.broken + seen.ended"); lost != 0 {
			t.Errorf("the session did not go on: %s", js[string](one, "describe()"))
		}
	})
}

// socketURL is a new address for a socket of a participant.
func socketURL(t *testing.T, endpoint string, chat ids) string {
	t.Helper()
	var out struct{ Websocket struct{ Url string } }
	post(t, endpoint+"/participant/connection", chat.ParticipantToken, map[string]any{"Type": []string{"WEBSOCKET"}}, &out)
	return out.Websocket.Url
}

// subscribe has a socket listen to its chat.
func subscribe(t *testing.T, socket *websocket.Conn) {
	t.Helper()
	ask := map[string]any{"topic": "aws/subscribe", "content": map[string]any{"topics": []string{"aws/chat"}}}
	if err := socket.WriteJSON(ask); err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Topic   string
		Content json.RawMessage
	}
	if err := socket.ReadJSON(&answer); err != nil || answer.Topic != "aws/subscribe" {
		t.Fatalf("subscribe is answered with %+v, %v", answer, err)
	}
}
