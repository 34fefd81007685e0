package browser

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Two majors of chatjs. The newer one is what the demo page ships.
var majors = []struct{ version, folder string }{
	{"5.0.0", "../node_modules/amazon-connect-chatjs"},
	{"3.0.3", "../node_modules/amazon-connect-chatjs-3"},
}

const dist = "/dist/amazon-connect-chat.js"

// eachMajor runs a test for each version, with a page that has loaded it from an origin of its own.
func eachMajor(t *testing.T, test func(t *testing.T, version string, page *tab)) {
	for _, m := range majors {
		t.Run(m.version, func(t *testing.T) {
			t.Parallel()
			library, err := os.ReadFile(m.folder + dist)
			if err != nil {
				t.Fatalf("%v (npm ci in conformance/)", err)
			}
			description, err := os.ReadFile(m.folder + "/package.json")
			if err != nil || !strings.Contains(string(description), `"version": "`+m.version+`"`) {
				t.Fatalf("%s is not version %s: %v", m.folder, m.version, err)
			}
			mux := http.NewServeMux()
			mux.Handle("/", http.FileServer(http.Dir("testdata")))
			mux.HandleFunc("/chatjs.js", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/javascript")
				w.Write(library)
			})
			site := httptest.NewServer(mux)
			t.Cleanup(site.Close)
			page := newTab(t,
				"favicon.ico",
				"status of 403", // after the end
				"ERR_", "WebSocket connection to",
			)
			page.do(chromedp.Navigate(site.URL + "/chatjs.html"))
			test(t, m.version, page)
		})
	}
}

// begin connects the page to a chat and waits until its socket is subscribed.
func (p *tab) begin(endpoint string, chat ids) {
	p.t.Helper()
	p.beginAs("CUSTOMER", endpoint, chat)
}

// beginAs does the same for a session of another type.
func (p *tab) beginAs(role, endpoint string, chat ids) {
	p.t.Helper()
	details, err := json.Marshal(chat)
	if err != nil {
		p.t.Fatal(err)
	}
	js[chromedp.Void](p, "begin(%q, %s, %q)", endpoint, details, role)
	p.until("seen.pings > 0")
}

const greeting = "Hello, and welcome! This is Parley, an open server for Amazon Connect chat."

func TestTheShippedChatJSIsUnmodified(t *testing.T) {
	want, err := os.ReadFile(majors[0].folder + dist)
	if err != nil {
		t.Fatalf("%v (npm ci in conformance/)", err)
	}
	got, err := os.ReadFile("../../web/demo/dist/amazon-connect-chat.js")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("the demo page's chatjs is not the file of npm's package")
	}
}

func TestChatJSMessagesBothWays(t *testing.T) {
	eachMajor(t, func(t *testing.T, _ string, page *tab) {
		server := startDev(t)
		chat := server.startChat(t, map[string]string{"topic": "order"})
		page.begin(server.Endpoint, chat)
		page.until("texts().some((text) => text.includes('your parcel left our house'))") // the flow, three seconds later

		sent := js[struct{ Id, AbsoluteTime string }](page, "send('From the page')")
		page.until("seen.items.some((item) => item.Id === %q && item.AbsoluteTime === %q)", sent.Id, sent.AbsoluteTime)

		other := join(t, server.Endpoint, chat)
		id := other.send(t, "From elsewhere")
		page.until("seen.items.some((item) => item.Id === %q && item.Content === 'From elsewhere')", id)

		if all := js[[]string](page, "seen.items.map((item) => item.Id)"); len(slices.Compact(slices.Sorted(slices.Values(all)))) != len(all) {
			t.Errorf("some items came twice: %s", js[string](page, "describe()"))
		}
		contacts := js[[]string](page, "seen.items.flatMap((item) => [item.ContactId, item.InitialContactId])")
		if slices.ContainsFunc(contacts, func(id string) bool { return id != chat.ContactId }) {
			t.Errorf("ContactId and InitialContactId of the items are %v, want %s", contacts, chat.ContactId)
		}
	})
}

func TestChatJSTyping(t *testing.T) {
	eachMajor(t, func(t *testing.T, _ string, page *tab) {
		server := startDev(t)
		chat := server.startChat(t, nil)
		page.begin(server.Endpoint, chat)
		const typing = "application/vnd.amazonaws.connect.event.typing"

		js[chromedp.Void](page, "session.sendEvent({ contentType: %q })", typing)
		page.until("seen.typing.length === 1")

		other := join(t, server.Endpoint, chat)
		other.call(t, "event", map[string]string{"ContentType": typing}, &struct{}{})
		page.until("seen.typing.length === 2")
		if who := js[string](page, "seen.typing[1].ParticipantId"); who != chat.ParticipantId {
			t.Errorf("typing came with ParticipantId %q, want %s", who, chat.ParticipantId)
		}
		for _, it := range other.transcript(t) {
			if it.ContentType == typing {
				t.Errorf("the transcript has a typing event: %+v", it)
			}
		}
	})
}

func TestChatJSPagesTheTranscript(t *testing.T) {
	eachMajor(t, func(t *testing.T, _ string, page *tab) {
		server := startDev(t)
		chat := server.startChat(t, map[string]string{"topic": "return"})
		page.begin(server.Endpoint, chat)
		other := join(t, server.Endpoint, chat)
		for i := range 37 {
			other.send(t, fmt.Sprintf("Message %d", i))
		}
		page.until("texts().includes('Message 36')")
		var want []string
		for _, it := range other.transcript(t) {
			want = append(want, it.Id)
		}

		got := js[struct {
			Sizes []int
			Ids   []string
		}](page, "transcript()")
		if !slices.Equal(got.Ids, want) {
			t.Errorf("pages of sizes %v hold %d items, want these %d in order:\n got %v\nwant %v", got.Sizes, len(got.Ids), len(want), got.Ids, want)
		}
		if full := got.Sizes[1:]; len(full) == 0 || slices.ContainsFunc(full, func(n int) bool { return n != 15 }) {
			t.Errorf("page sizes are %v (oldest first), want 15 in all but the first", got.Sizes)
		}
	})
}

// chatjs opens a second socket when a heartbeat stays unanswered, and closes the first one after it has subscribed. Nothing may be lost,
// and twice comes only what both bring in between. Source: participant-wire sheet, 9.3 and 9.4.
func TestChatJSRotatesItsSocket(t *testing.T) {
	eachMajor(t, func(t *testing.T, _ string, page *tab) {
		server := startDev(t)
		proxy := newFaultProxy(t, server.Endpoint)
		chat := server.startChat(t, map[string]string{"topic": "person"})
		page.begin(proxy.URL, chat)
		other := join(t, server.Endpoint, chat)

		proxy.withhold.Store(1)
		var want []string
		alone := 0 // how many were said when there was one socket
		for begun := time.Now(); proxy.opened.Load() < 2 || proxy.sockets() != 1 || len(want) == 0; {
			if time.Since(begun) > patience {
				t.Fatalf("after %v %d sockets were opened, %d are open; want 2 and 1", patience, proxy.opened.Load(), proxy.sockets())
			}
			if proxy.opened.Load() < 2 {
				alone = len(want)
			}
			text := "Message " + strconv.Itoa(len(want))
			other.send(t, text)
			want = append(want, text)
			time.Sleep(20 * time.Millisecond)
		}
		other.send(t, "After the rotation")
		want = append(want, "After the rotation")

		page.until("texts().includes('After the rotation')")
		var got []string
		for _, text := range js[[]string](page, "texts()") {
			said := slices.Index(want, text)
			again := slices.Contains(got, text)
			if again && (said < alone-50 || said == len(want)-1) { // some may still be on their way when the second socket comes
				t.Errorf("%q came twice, but there was one socket up to %q", text, want[alone])
			}
			if said >= 0 && !again {
				got = append(got, text)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("the page got %d messages, want %d in order: got %v", len(got), len(want), got)
		}
		if lost := js[int](page, "seen.lost + seen.broken"); lost != 0 {
			t.Errorf("the connection was lost %d times, want a rotation without that", lost)
		}
	})
}

func TestChatJSEnds(t *testing.T) {
	eachMajor(t, func(t *testing.T, version string, page *tab) {
		server := startDev(t)
		chat := server.startChat(t, nil)
		page.begin(server.Endpoint, chat)
		if strings.HasPrefix(version, "3.") { // it closes its socket as soon as its own disconnect is answered, so somebody else ends
			join(t, server.Endpoint, chat).call(t, "disconnect", struct{}{}, &struct{}{})
		} else {
			js[chromedp.Void](page, "session.disconnectParticipant()")
		}
		page.until("seen.ended === 1")
		if last := js[string](page, "seen.items.at(-1).ContentType"); last != "application/vnd.amazonaws.connect.event.chat.ended" {
			t.Errorf("the last item is %s, want chat.ended", last)
		}
		status := js[int](page, `fetch(%q, { method: "POST", headers: { "X-Amz-Bearer": %q }, body: '{"Type":["WEBSOCKET"]}' }).then((answer) => answer.status)`,
			server.Endpoint+"/participant/connection", chat.ParticipantToken)
		if status != http.StatusForbidden {
			t.Errorf("CreateParticipantConnection after the end answers %d, want 403", status)
		}
	})
}

// A page that was away when the chat ended learns of it by the 403 on its next connection. Source: participant-wire sheet, 9.5.
func TestChatJSLearnsOfTheEndLater(t *testing.T) {
	eachMajor(t, func(t *testing.T, version string, page *tab) {
		server := startDev(t)
		proxy := newFaultProxy(t, server.Endpoint)
		chat := server.startChat(t, nil)
		page.begin(proxy.URL, chat)
		proxy.mute.Store(true)
		join(t, server.Endpoint, chat).call(t, "disconnect", struct{}{}, &struct{}{})
		proxy.cut()
		if strings.HasPrefix(version, "3.") { // takes the 403 for a broken connection
			page.until("seen.broken === 1")
			return
		}
		page.until("seen.ended === 1")
		if broken := js[int](page, "seen.broken"); broken != 0 {
			t.Errorf("the connection broke %d times", broken)
		}
	})
}
