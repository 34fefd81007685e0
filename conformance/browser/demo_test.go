package browser

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/openparley/parley/conformance/harness"
)

// leave is the button that asks whether to end the chat.
const leave = ".customer .composer > .actions .quiet:not(.icon)"

// openDemo opens the demo page, as a person does who clicks the printed address. For expected see newTab.
func openDemo(t *testing.T, endpoint string, expected ...string) *tab {
	t.Helper()
	page := newTab(t, append(expected, "status of 403", "ERR_", "WebSocket connection to")...)
	page.do(chromedp.EmulateViewport(1280, 800), chromedp.Navigate(endpoint+"/demo"), chromedp.WaitVisible(chromedp.CSS("#name")))
	return page
}

// chatOnDemo starts a chat on the page about a topic and waits for the greeting, and for what follows it at once.
func (p *tab) chatOnDemo(topic string) {
	p.t.Helper()
	p.do(
		chromedp.Click(chromedp.CSS(`input[value="`+topic+`"]`)),
		chromedp.SendKeys(chromedp.CSS("#name"), "Ana"),
		chromedp.Click(chromedp.CSS(`.start button[type="submit"]`)),
		chromedp.WaitVisible(chromedp.CSS("#text")),
	)
	p.see("Live")
	p.see(greeting)
	if topic == "person" || topic == "survey" {
		p.see("You are in the queue now")
	}
}

// chat returns the chat that the page keeps.
func (p *tab) chat() ids {
	p.t.Helper()
	return js[struct{ Ids ids }](p, "JSON.parse(sessionStorage['parley.demo'])").Ids
}

// say writes a message and sends it.
func (p *tab) say(text string) {
	p.t.Helper()
	p.do(chromedp.Focus(chromedp.CSS("#text")))
	p.write(text)
	p.press(enter)
}

// bubbles returns the messages that are shown, from top to bottom.
func (p *tab) bubbles() []string {
	p.t.Helper()
	return js[[]string](p, "[...document.querySelectorAll('.bubble')].map((bubble) => bubble.innerText)")
}

func TestDemoFlowBranchesOnTheTopic(t *testing.T) {
	server := startDev(t)
	for topic, answer := range map[string]string{
		"order":  "your parcel left our house this morning",
		"return": "You want to return something",
		"person": "You are in the queue now",
	} {
		t.Run(topic, func(t *testing.T) {
			t.Parallel()
			page := openDemo(t, server.Endpoint)
			page.chatOnDemo(topic)
			page.see(answer)
		})
	}
}

func TestDemoMessagesBothWays(t *testing.T) {
	t.Parallel()
	server := startDev(t)
	page := openDemo(t, server.Endpoint)
	page.chatOnDemo("person")
	page.say("Where is my parcel?")
	page.until("[...document.querySelectorAll('.mine:not(.pending) .bubble')].some((b) => b.innerText === 'Where is my parcel?')")

	other := join(t, server.Endpoint, page.chat())
	if !slices.ContainsFunc(other.transcript(t), func(it item) bool { return it.Content == "Where is my parcel?" }) {
		t.Error("the transcript does not have what the page sent")
	}
	other.send(t, "From elsewhere")
	page.see("From elsewhere")
	if n := strings.Count(strings.Join(page.bubbles(), "\n"), "Where is my parcel?"); n != 1 {
		t.Errorf("the page shows its own message %d times", n)
	}
}

// The page may be called localhost, too; its socket is on 127.0.0.1 all the same.
func TestDemoOnLocalhost(t *testing.T) {
	t.Parallel()
	server := startDev(t)
	page := openDemo(t, strings.Replace(server.Endpoint, "127.0.0.1", "localhost", 1))
	page.chatOnDemo("person")
}

func TestDemoShowsWhoIsTyping(t *testing.T) {
	t.Parallel()
	server := startDev(t)
	proxy := newFaultProxy(t, server.Endpoint)
	page := openDemo(t, proxy.URL)
	page.chatOnDemo("person")
	chat := page.chat()
	someone := func(kind, contentType, participant, content string) map[string]string {
		return map[string]string{
			"Id": strconv.FormatInt(time.Now().UnixNano(), 10), "AbsoluteTime": time.Now().UTC().Add(time.Minute).Format("2006-01-02T15:04:05.000Z"),
			"Type": kind, "ContentType": contentType, "Content": content, "ParticipantId": participant, "DisplayName": "Bo",
			"ParticipantRole": "AGENT", "ContactId": chat.ContactId, "InitialContactId": chat.ContactId,
		}
	}
	const typing = "application/vnd.amazonaws.connect.event.typing"
	shown := "document.querySelector('.typing').innerText.includes('Bo is typing')"

	proxy.push(t, someone("EVENT", typing, "agent", ""))
	page.until(shown)
	proxy.push(t, someone("MESSAGE", "text/plain", "agent", "Here I am"))
	page.until("!" + shown)
	page.see("Here I am")

	proxy.push(t, someone("EVENT", typing, "agent", ""))
	page.until(shown)
	page.until("!" + shown) // it fades when nothing follows

	proxy.push(t, someone("EVENT", typing, chat.ParticipantId, ""))
	page.until("document.querySelector('.trace').innerText.startsWith('←typing') || document.querySelector('.trace li').innerText.includes('typing')")
	if js[bool](page, "document.querySelector('.typing').innerText !== ''") {
		t.Error("the page tells the customer that they type themselves")
	}
}

func TestDemoSurvivesAReload(t *testing.T) {
	t.Parallel()
	server := startDev(t)
	page := openDemo(t, server.Endpoint)
	page.chatOnDemo("person")
	page.say("Before")
	page.until("document.querySelectorAll('.mine:not(.pending) .bubble').length === 1")
	want := page.bubbles()

	page.do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("#text")))
	page.see("Live")
	page.until("document.querySelector('.trace').innerText.includes('GetTranscript')")
	if got := page.bubbles(); !slices.Equal(got, want) {
		t.Errorf("after the reload the page shows %q, want %q", got, want)
	}
	page.say("After")
	page.see("After")
}

// What was said while the page had no connection is there afterwards, each once and in order.
func TestDemoFillsTheGap(t *testing.T) {
	t.Parallel()
	server := startDev(t)
	proxy := newFaultProxy(t, server.Endpoint)
	page := openDemo(t, proxy.URL)
	page.chatOnDemo("person")
	want := page.bubbles()
	other := join(t, server.Endpoint, page.chat())

	proxy.mute.Store(true)
	for i := range 120 { // more than a page of the transcript
		text := "Missed " + strconv.Itoa(i)
		other.send(t, text)
		want = append(want, text)
	}
	proxy.cut()
	proxy.mute.Store(false)
	page.see("Missed 119")
	page.see("Live")
	page.say("I am back")
	want = append(want, "I am back")
	page.until("document.querySelectorAll('.bubble').length >= %d && document.querySelector('.pending') === null", len(want))
	if got := page.bubbles(); !slices.Equal(got, want) {
		t.Errorf("the page shows %d messages, want %d in order: %q", len(got), len(want), got)
	}
}

// A refused port would end the session of chatjs in a desktop browser; the page makes it try again.
func TestDemoSurvivesARefusedPort(t *testing.T) {
	t.Parallel()
	args := []string{"--data", t.TempDir(), "--listen", harness.FreeAddress(t)}
	first := startDev(t, args...)
	page := openDemo(t, first.Endpoint)
	page.chatOnDemo("person")

	first.Stop()
	page.see("Reconnecting")
	page.say("Said while the server was away")
	time.Sleep(3 * time.Second) // chatjs gives up within milliseconds, if it does
	page.see("Reconnecting")
	startDev(t, args...)
	page.see("Live")
	page.until("document.querySelectorAll('.mine:not(.pending) .bubble').length === 1")
	page.say("Said afterwards")
	page.until("document.querySelectorAll('.mine:not(.pending) .bubble').length === 2")
}

func TestDemoEndsAndStartsAnew(t *testing.T) {
	t.Parallel()
	server := startDev(t)
	page := openDemo(t, server.Endpoint)
	page.chatOnDemo("person")
	chat := page.chat()
	page.do(
		chromedp.Click(chromedp.CSS(leave)),
		chromedp.Click(chromedp.CSS("dialog .primary")),
		chromedp.WaitVisible(chromedp.CSS(".over")),
	)
	page.see("The chat ended")
	page.do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS(".over")))
	page.see(greeting) // it can still be read
	page.do(chromedp.Click(chromedp.CSS(".over .quiet")), chromedp.WaitVisible(chromedp.CSS("#name")))
	if name := js[string](page, "document.querySelector('#name').value"); name != "Ana" {
		t.Errorf("the name for the next chat is %q, want the last one", name)
	}
	page.do(chromedp.Click(chromedp.CSS(`.start button[type="submit"]`)), chromedp.WaitVisible(chromedp.CSS("#text")))
	page.see(greeting)
	if next := page.chat(); next.ContactId == chat.ContactId {
		t.Error("the new chat is the old one")
	}
}

// A chat that the server does not know any more has ended as far as its customer can tell.
func TestDemoOfAForgottenChat(t *testing.T) {
	t.Parallel()
	page := openDemo(t, startDev(t).Endpoint)
	page.chatOnDemo("person")
	js[chromedp.Void](page, `(() => {
		const saved = JSON.parse(sessionStorage["parley.demo"]);
		saved.ids.ParticipantToken = "forgotten";
		sessionStorage["parley.demo"] = JSON.stringify(saved);
	})()`)
	page.do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS(".over")))
	page.see("This chat has ended.")
}

func TestDemoMovesTheClock(t *testing.T) {
	t.Parallel()
	page := openDemo(t, startDev(t).Endpoint)
	page.chatOnDemo("return")
	page.see("I wait for ten minutes")
	page.jump(5)
	page.jump(5)
	page.see("I have not heard from you")
	page.do(chromedp.WaitVisible(chromedp.CSS(".over")))
}

// Markdown is shown as such and cannot bring in anything else; plain text is shown as it is.
func TestDemoShowsMarkdown(t *testing.T) {
	t.Parallel()
	server := startDev(t)
	page := openDemo(t, server.Endpoint)
	page.chatOnDemo("person")
	other := join(t, server.Endpoint, page.chat())
	say := func(contentType, text string) string {
		t.Helper()
		shown := len(page.bubbles())
		other.call(t, "message", map[string]string{"ContentType": contentType, "Content": text}, &struct{}{})
		page.until("document.querySelectorAll('.bubble').length > %d", shown)
		return js[string](page, "[...document.querySelectorAll('.bubble')].at(-1).innerHTML")
	}
	for text, want := range map[string]string{
		"one **two** *three* `four`":    "<p>one <strong>two</strong> <em>three</em> <code>four</code></p>",
		"- a\n- b\n\n3. c":              "<ul><li>a</li><li>b</li></ul><ol start=\"3\"><li>c</li></ol>",
		"[here](https://example.org/a)": `<p><a href="https://example.org/a" target="_blank" rel="noopener noreferrer">here</a></p>`,
		"[here](javascript:alert(1))":   "<p>[here](javascript:alert(1))</p>",
		"<img src=x onerror=alert(1)>":  "<p>&lt;img src=x onerror=alert(1)&gt;</p>",
		"```\n<b>\n```":                 "<pre><code>&lt;b&gt;</code></pre>",
		"snake_case_name 2 * 3 * 4":     "<p>snake_case_name 2 * 3 * 4</p>",
		"> said\n> before":              "<blockquote>said<br>before</blockquote>",
		"# Title\ntext":                 "<p><strong>Title</strong></p><p>text</p>",
	} {
		if got := say("text/markdown", text); got != want {
			t.Errorf("%q is shown as %s, want %s", text, got, want)
		}
	}
	if got := say("text/plain", "**as it is**"); got != "**as it is**" {
		t.Errorf("plain text is shown as %s", got)
	}

	page.do(chromedp.Click(chromedp.CSS(".toggle input")))
	page.say("**strong**")
	page.until("[...document.querySelectorAll('.mine:not(.pending) .bubble')].at(-1).innerHTML === '<p><strong>strong</strong></p>'")
}

// The whole chat without a mouse.
func TestDemoByKeyboard(t *testing.T) {
	t.Parallel()
	page := openDemo(t, startDev(t).Endpoint)
	page.focused("name")
	page.write("Ana")
	page.press(tabulator)
	page.press(down)
	if topic := js[string](page, "document.activeElement.value"); topic != "return" {
		t.Fatalf("the arrow key chose %q, want return", topic)
	}
	page.press(enter)
	page.do(chromedp.WaitVisible(chromedp.CSS("#text")))
	page.see("You want to return something")
	page.focused("text")
	page.write("Typed")
	page.press(enter)
	page.until("document.querySelectorAll('.mine:not(.pending) .bubble').length === 1")
	page.focused("text")
	page.press(tabulator) // files
	page.press(tabulator) // Markdown
	page.press(tabulator)
	page.focused("End chat")
	page.press(enter)
	page.until("document.querySelector('dialog').open")
	page.focused("Keep chatting")
	page.press(tabulator)
	page.focused("End the chat")
	page.press(space)
	page.do(chromedp.WaitVisible(chromedp.CSS(".over")))
	page.focused("Continue this chat")
	page.press(tabulator)
	page.focused("Start a new chat")
	page.press(enter)
	page.do(chromedp.WaitVisible(chromedp.CSS("#name")))
	page.focused("name")
}

// Screens on which the page is looked at.
var screens = []screen{
	{"desktop", 1280, 800, false},
	{"desktop-dark", 1280, 800, true},
	{"tablet", 1024, 768, false},
	{"phone", 390, 844, false},
	{"phone-dark", 390, 844, true},
	{"narrow", 320, 568, false},
}

type screen struct {
	name          string
	width, height int64
	dark          bool
}

// openOn opens the demo page on a screen, without motion.
func openOn(t *testing.T, on screen, endpoint string, expected ...string) *tab {
	t.Helper()
	page := newTab(t, expected...)
	page.on(on)
	page.do(chromedp.Navigate(endpoint+"/demo"), chromedp.WaitVisible(chromedp.CSS("#name")))
	return page
}

// on shows the page on a screen, without motion.
func (p *tab) on(s screen) {
	p.t.Helper()
	scheme := "light"
	if s.dark {
		scheme = "dark"
	}
	p.do(
		chromedp.EmulateViewport(s.width, s.height),
		chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
			})
			return err
		}),
	)
}

// Nothing that axe-core calls serious or critical, and nothing wider than the screen, wherever a chat may stand.
func TestDemoIsAccessible(t *testing.T) {
	server := startDev(t)
	for _, screen := range screens {
		t.Run(screen.name, func(t *testing.T) {
			t.Parallel()
			page := openOn(t, screen, server.Endpoint)
			page.inspect(screen.name + "-1-start")
			page.chatOnDemo("order")
			page.see("your parcel left")
			page.see("I wait for ten minutes")
			page.say("Thank you! I would still like to talk to a person about the last one, because it came a week late.")
			page.see("You are in the queue now")
			page.inspect(screen.name + "-2-chat")
			if screen.width < 900 {
				page.do(chromedp.Click(chromedp.CSS(".to-details")))
				page.inspect(screen.name + "-3-details")
				page.do(chromedp.Click(chromedp.CSS(".to-customer")))
			}
			page.do(chromedp.Click(chromedp.CSS(leave)), chromedp.WaitVisible(chromedp.CSS("dialog .primary")))
			page.inspect(screen.name + "-4-end")
			page.do(chromedp.Click(chromedp.CSS("dialog .primary")), chromedp.WaitVisible(chromedp.CSS(".over")))
			page.see("The chat ended")
			page.inspect(screen.name + "-5-ended")
		})
	}
}

// inspect lets axe-core look at the page as it is now, and takes a picture.
func (p *tab) inspect(name string) {
	p.t.Helper()
	picture := run(p, chromedp.CaptureScreenshot())
	if folder := os.Getenv("PARLEY_SCREENSHOTS"); folder != "" {
		if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644); err != nil {
			p.t.Error(err)
		}
	}
	if !js[bool](p, "'axe' in window") {
		axe, err := os.ReadFile("../node_modules/axe-core/axe.min.js")
		if err != nil {
			p.t.Fatalf("%v (npm ci in conformance/)", err)
		}
		js[chromedp.Void](p, "%s", axe)
	}
	for _, v := range js[[]string](p, `axe.run().then(({ violations }) => violations
		.filter(({ impact }) => impact === "serious" || impact === "critical")
		.map(({ id, help, nodes }) => id + ": " + help + ": " + nodes.map(({ html }) => html).join(" ")))`) {
		p.t.Errorf("%s: %s", name, v)
	}
	for _, wide := range js[[]string](p, `[...document.querySelectorAll("body *")]
		.filter((element) => {
			const { left, right, width } = element.getBoundingClientRect();
			return width > 1 && (left < -1 || right > innerWidth + 1) && element.closest(".trace li, .frame, .cards") === null;
		})
		.map((element) => element.outerHTML.slice(0, 120))`) {
		p.t.Errorf("%s: wider than the screen: %s", name, wide)
	}
}
