package browser

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	encoder "image/png"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// Sides of the chat on the page.
const (
	customer = ".customer"
	guest    = ".guest"
)

// invite brings somebody in and waits until they can talk.
func (p *tab) invite(button string) {
	p.t.Helper()
	p.clickText(".choices button", button)
	p.until("(JSON.parse(sessionStorage['parley.demo.guest'] ?? '{}').phase) === 'live'")
	p.do(chromedp.WaitVisible(chromedp.CSS("#guest-text")))
}

// clickText clicks what the selector finds and has that text.
func (p *tab) clickText(selector, text string) {
	p.t.Helper()
	find := "[...document.querySelectorAll(" + strconv.Quote(selector) + ")].find((e) => e.innerText.includes(" + strconv.Quote(text) + "))"
	p.until("%s", find)
	js[chromedp.Void](p, "%s.click()", find)
}

// sayAs writes a message on one side and sends it.
func (p *tab) sayAs(side, text string) {
	p.t.Helper()
	p.do(chromedp.Focus(chromedp.CSS(side + " textarea")))
	p.write(text)
	p.press(enter)
}

// seeIn waits until one side shows a text.
func (p *tab) seeIn(side, text string) {
	p.t.Helper()
	p.until("document.querySelector(%q)?.innerText.includes(%q)", side, text)
}

// end ends the chat as its customer.
func (p *tab) end() {
	p.t.Helper()
	p.do(
		chromedp.Click(chromedp.CSS(leave)),
		chromedp.Click(chromedp.CSS(customer+" dialog .primary")),
		chromedp.WaitVisible(chromedp.CSS(customer+" .over")),
	)
}

// mark waits until the newest message of a side has come that far.
func (p *tab) mark(side, want string) {
	p.t.Helper()
	p.until("[...document.querySelectorAll(%q)].at(-1)?.innerText === %q", side+" .mine .delivery", want)
}

func TestDemoBothSides(t *testing.T) {
	t.Parallel()
	server := startDev(t)
	page := openDemo(t, server.Endpoint)
	page.chatOnDemo("person")
	page.invite("Bring in an agent")
	page.seeIn(customer, "Bo joined")
	page.seeIn(guest, greeting) // what was said before
	page.focused("guest-text")

	page.do(chromedp.Focus(chromedp.CSS("#text")))
	page.write("Where is my parcel?")
	page.until("document.querySelector('.guest .typing').innerText.includes('Ana is typing')")
	page.press(enter)
	page.seeIn(guest, "Where is my parcel?")
	page.mark(customer, "Delivered") // nobody looks at the other side
	page.do(chromedp.Focus(chromedp.CSS("#guest-text")))
	page.mark(customer, "Read")

	page.write("I look for it.")
	page.until("document.querySelector('.customer .typing').innerText.includes('Bo is typing')")
	page.press(enter)
	page.seeIn(customer, "I look for it.")
	page.mark(guest, "Delivered")
	page.do(chromedp.Focus(chromedp.CSS("#text")))
	page.mark(guest, "Read")

	page.do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("#guest-text")))
	page.seeIn(guest, "I look for it.")
	page.mark(customer, "Read")
	page.until("JSON.parse(sessionStorage['parley.demo.guest']).phase === 'live'")
	page.sayAs(guest, "Here it is.")
	page.seeIn(customer, "Here it is.")

	page.do(
		chromedp.Click(chromedp.CSS(".guest .composer > .actions .quiet:not(.icon)")),
		chromedp.Click(chromedp.CSS(".guest dialog .primary")),
		chromedp.WaitVisible(chromedp.CSS(".guest .over")),
	)
	page.seeIn(customer, "Bo left")
	page.seeIn(customer, "The chat ended") // there is no disconnect flow
	page.do(chromedp.Click(chromedp.CSS(".guest .over button")))
	page.until("document.querySelector('.guest') === null")
}

// A bot talks beside the flow, and goes when an agent comes.
func TestDemoCustomBot(t *testing.T) {
	t.Parallel()
	page := openDemo(t, startDev(t).Endpoint)
	page.chatOnDemo("return")
	page.see("I wait for ten minutes")
	page.invite("Bring in a custom bot")
	page.seeIn(customer, "Robin joined")
	page.sayAs(guest, "I am a bot.")
	page.seeIn(customer, "I am a bot.")
	page.invite("Bring in an agent")
	page.seeIn(customer, "Robin left")
	page.seeIn(guest, "You joined")
	page.sayAs(guest, "I am an agent.")
	page.seeIn(customer, "I am an agent.")
}

func picture(t *testing.T) []byte {
	t.Helper()
	im := image.NewRGBA(image.Rect(0, 0, 120, 80))
	for x := range 120 {
		for y := range 80 {
			im.Set(x, y, color.RGBA{uint8(2 * x), uint8(3 * y), 160, 255})
		}
	}
	var b bytes.Buffer
	if err := encoder.Encode(&b, im); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// write puts a file into a folder and returns its path.
func write(t *testing.T, folder, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// choose chooses files on one side.
func (p *tab) choose(side string, paths ...string) {
	p.t.Helper()
	p.do(chromedp.SetUploadFiles(chromedp.CSS(side+` input[type="file"]`), paths))
}

// saveTo has the page's downloads go to a folder.
func (p *tab) saveTo(folder string) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		info, err := chromedp.Call(ctx, target.GetTargetInfo, target.GetTargetInfoParams{})
		if err != nil {
			return err
		}
		_, err = chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
			Behavior: "allow", BrowserContextID: info.TargetInfo.BrowserContextID, DownloadPath: folder,
		})
		return err
	}))
}

func TestDemoFilesBothWays(t *testing.T) {
	t.Parallel()
	server := startDev(t)
	for name, endpoint := range map[string]string{
		"127.0.0.1": server.Endpoint, "localhost": strings.Replace(server.Endpoint, "127.0.0.1", "localhost", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := openDemo(t, endpoint)
			page.chatOnDemo("person")
			page.invite("Bring in an agent")
			from, to := t.TempDir(), t.TempDir()
			page.saveTo(to)
			shown := picture(t)
			page.choose(customer, write(t, from, "parcel.png", shown))
			for _, side := range []string{customer, guest} {
				page.seeIn(side, "parcel.png")
				page.until("document.querySelector(%q)?.naturalWidth === 120", side+" .preview")
			}
			if at := js[string](page, "document.querySelector('.preview').src"); !strings.HasPrefix(at, "blob:") {
				t.Errorf("the preview is at %s, want memory", at)
			}
			page.mark(customer, "Read") // the other side has the focus

			// A text with markup in it: saved as it is, shown nowhere.
			notes := []byte("<script>alert(1)</script>\n")
			page.choose(guest, write(t, from, "notes.txt", notes))
			page.seeIn(customer, "notes.txt")
			page.clickText(customer+" .file .link", "notes.txt")
			saved := filepath.Join(to, "notes.txt")
			var got []byte
			for limit := time.Now().Add(patience); !bytes.Equal(got, notes); time.Sleep(50 * time.Millisecond) {
				if time.Now().After(limit) {
					t.Fatalf("what was saved is %q, want %q", got, notes)
				}
				got, _ = os.ReadFile(saved) // not there yet
			}
		})
	}
}

func TestDemoRefusesFiles(t *testing.T) {
	t.Parallel()
	page := openDemo(t, startDev(t).Endpoint, "status of 400", "status of 402")
	page.chatOnDemo("person")
	folder := t.TempDir()
	for _, tt := range []struct {
		name    string
		content []byte
		want    string
	}{
		{"tool.exe", []byte("MZ"), "Files of this kind are not taken. Send one of csv, doc, "},
		{"empty.txt", nil, "The file is empty. Choose another one."},
		{"large.txt", bytes.Repeat([]byte("x"), 20<<20+1), "The file is too large. Send one of at most 20 MB."},
		{"not-really.png", []byte("just text"), "The server did not take the file: The attachment is not what its name and ContentType say"},
	} {
		page.choose(customer, write(t, folder, tt.name, tt.content))
		page.until("document.querySelector('.pending.failed')?.innerText.includes(%q)", tt.want)
		if !js[bool](page, "document.querySelector('.pending.failed').innerText.includes(%q)", tt.name) {
			t.Errorf("%s: the page does not say which file it is", tt.name)
		}
		page.clickText(".pending .link", "Remove")
		page.until("document.querySelector('.pending') === null")
	}

	// As many as a chat takes, and one more, dropped at once.
	js[chromedp.Void](page, `(() => {
		const dataTransfer = new DataTransfer();
		for (let i = 1; i <= 36; i++) {
			dataTransfer.items.add(new File(["file " + i], "file-" + i + ".txt", { type: "text/plain" }));
		}
		const target = document.querySelector(".customer .conversation");
		target.dispatchEvent(new DragEvent("dragover", { dataTransfer, bubbles: true, cancelable: true }));
	})()`)
	page.see("Drop files to send them")
	js[chromedp.Void](page, `(() => {
		const dataTransfer = new DataTransfer();
		for (let i = 1; i <= 36; i++) {
			dataTransfer.items.add(new File(["file " + i], "file-" + i + ".txt", { type: "text/plain" }));
		}
		const target = document.querySelector(".customer .conversation");
		target.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
	})()`)
	page.until("document.querySelector('.pending.failed')?.innerText.includes('This chat has as many files as it may have.')")
	page.until("document.querySelectorAll('.file').length === 34") // the one that was not what it said counts
}

// A file that is being looked at, or was refused, has a name and nothing to fetch.
func TestDemoFilesThatAreNotApproved(t *testing.T) {
	t.Parallel()
	proxy := newFaultProxy(t, startDev(t).Endpoint)
	page := openDemo(t, proxy.URL)
	page.chatOnDemo("person")
	chat := page.chat()
	for status, want := range map[string]string{"IN_PROGRESS": "Being checked", "REJECTED": "Refused by the scanner"} {
		proxy.push(t, map[string]any{
			"Id": status, "AbsoluteTime": time.Now().UTC().Add(time.Minute).Format("2006-01-02T15:04:05.000Z"), "Type": "ATTACHMENT",
			"ParticipantId": "agent", "DisplayName": "Bo", "ParticipantRole": "AGENT", "ContactId": chat.ContactId, "InitialContactId": chat.ContactId,
			"Attachments": []map[string]string{{"AttachmentId": status, "AttachmentName": status + ".png", "ContentType": "image/png", "Status": status}},
		})
		page.seeIn(customer, status+".png")
		page.seeIn(customer, want)
	}
	if js[bool](page, "document.querySelector('.file button, .file img') !== null") {
		t.Error("a file that is not approved can be fetched")
	}
}

// jump moves the clock by the page's own button, and waits until the page shows it, which is when all is done that was due.
func (p *tab) jump(minutes int) {
	p.t.Helper()
	const now = `Date.parse(document.querySelector(".now").innerText.replace("\u202f", " "))` // browsers put a narrow space before AM
	p.until("%s > 0", now)
	before := js[int](p, now)
	p.clickText(".jumps button", fmt.Sprintf("+ %d minute", minutes))
	p.until("%s >= %d", now, before+60_000*minutes)
}

// The customer says nothing, comes back, and then the agent says nothing for too long. Then comes the survey.
func TestDemoTimers(t *testing.T) {
	t.Parallel()
	page := openDemo(t, startDev(t).Endpoint)
	page.chatOnDemo("survey")
	js[chromedp.Void](page, `(() => {
		const disconnect = document.querySelector("#disconnect");
		disconnect.value = 5;
		disconnect.dispatchEvent(new Event("input", { bubbles: true }));
	})()`)
	page.clickText(".timers button", "Set timers")
	page.see("They start when the next one comes in.")
	page.invite("Bring in an agent")

	page.jump(1)
	page.sayAs(guest, "Are you there?")
	page.seeIn(customer, "Are you there?")
	page.jump(1)
	page.seeIn(customer, "You are away")
	page.seeIn(guest, "Ana is away")
	page.sayAs(customer, "I am.")
	page.seeIn(guest, "Ana is back")
	page.jump(5)
	page.seeIn(guest, "You are away")
	page.sayAs(customer, "But you?")
	page.jump(5)
	page.seeIn(customer, "Bo was silent for too long: the conversation is closed")
	page.seeIn(customer, "Bo left")
	page.do(chromedp.WaitVisible(chromedp.CSS(".guest .over")))
	page.seeIn(customer, "how did we do?")
	page.sayAs(customer, "Fine")
	page.seeIn(customer, "Thank you, that helps us.")
	page.do(chromedp.WaitVisible(chromedp.CSS(customer + " .over")))

	page.clickText(".over button", "Continue without its end")
	page.until("document.querySelector('#text') !== null")
	page.clickText(".earlier button", "Earlier messages")
	page.seeIn(customer, "Earlier chat")
	page.seeIn(customer, "But you?")
	if js[bool](page, "document.querySelector('.customer').innerText.includes('how did we do?')") {
		t.Error("the chat that goes on without the end of the last one shows its survey")
	}
}

func TestDemoContinuesAChat(t *testing.T) {
	t.Parallel()
	server := startDev(t)
	page := openDemo(t, server.Endpoint)
	page.chatOnDemo("person")
	first := page.chat()
	want := page.bubbles()
	for i := range 30 {
		page.say("Said before " + strconv.Itoa(i))
		want = append(want, "Said before "+strconv.Itoa(i))
	}
	page.until("document.querySelectorAll('.mine:not(.pending) .bubble').length === 30")
	page.end()
	page.clickText(".over button", "Continue this chat")
	page.until("JSON.parse(sessionStorage['parley.demo']).phase === 'live'")
	page.seeIn(customer, "You are in the queue now")
	if next := page.chat(); next.ContactId == first.ContactId {
		t.Fatal("the chat that continues is the old one")
	}
	if n := js[int](page, "document.querySelectorAll('.past').length"); n != 0 {
		t.Errorf("%d items of the past are there unasked", n)
	}
	page.do(chromedp.Focus(chromedp.CSS(".earlier button")))
	page.press(enter)
	page.seeIn(customer, "Said before 29")
	page.seeIn(customer, "This chat, ")
	if n := len(page.bubbles()); n >= len(want) {
		t.Fatalf("%d messages are there at once, want a page of them", n)
	}
	// Scrolled up, it reads on by itself.
	page.until("(document.querySelector('.customer .log').scrollTop = 0, document.querySelector('.earlier') === null)")
	got := page.bubbles()
	if len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
		t.Errorf("the past shows %d messages, want %d in order: %q", len(got), len(want), got)
	}
	if n := js[int](page, "document.querySelectorAll('.mine.past').length"); n != 30 {
		t.Errorf("%d messages of the past are the customer's, want 30", n)
	}
	if heading := js[string](page, "document.querySelector('.day').innerText"); !strings.HasPrefix(heading, "Earlier chat, ") {
		t.Errorf("above the past is written %q", heading)
	}
	page.say("And now")
	page.until("[...document.querySelectorAll('.mine:not(.pending, .past) .bubble')].some((b) => b.innerText === 'And now')")
}

func TestDemoSecondTab(t *testing.T) {
	t.Parallel()
	server := startDev(t)
	first := openDemo(t, server.Endpoint)
	first.chatOnDemo("person")
	first.say("From the first")
	link := js[string](first, "document.querySelector('.panel a[target]').href")

	second := newTab(t, "status of 403", "ERR_", "WebSocket connection to")
	second.do(chromedp.EmulateViewport(1280, 800), chromedp.Navigate(link), chromedp.WaitVisible(chromedp.CSS("#text")))
	second.see("From the first")
	if at := js[string](second, "location.href"); strings.Contains(at, "#") {
		t.Errorf("the token stays in the address: %s", at)
	}
	second.until("JSON.parse(sessionStorage['parley.demo']).phase === 'live'")
	second.say("From the second")
	mine := "[...document.querySelectorAll('.mine:not(.pending) .bubble')].some((b) => b.innerText === %q)"
	first.until(mine, "From the second")
	first.say("Again from the first")
	second.until(mine, "Again from the first")

	second.do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("#text")))
	second.see("Live")
	second.see("Again from the first")
	second.end()
	first.do(chromedp.WaitVisible(chromedp.CSS(".over")))
}

// The agent's side, the timers and the files without a mouse.
func TestDemoLifeByKeyboard(t *testing.T) {
	t.Parallel()
	p := openDemo(t, startDev(t).Endpoint)
	p.chatOnDemo("person")
	chosen := make(chan struct{}, 1)
	if err := chromedp.Listen(p.ctx, func(event any) {
		if _, ok := event.(*page.EventFileChooserOpened); ok {
			chosen <- struct{}{}
		}
	}); err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, page.SetInterceptFileChooserDialog, page.SetInterceptFileChooserDialogParams{Enabled: true})
		return err
	}))
	tabTo := func(name string) {
		t.Helper()
		var passed []string
		for range 30 {
			p.press(tabulator)
			at := js[string](p, "document.activeElement.ariaLabel || document.activeElement.id || document.activeElement.innerText")
			if at == name {
				return
			}
			passed = append(passed, at)
		}
		t.Fatalf("Tab never comes to %q, but to %q", name, passed)
	}
	p.do(chromedp.Focus(chromedp.CSS("#text")))
	tabTo("Attach files")
	p.press(enter)
	select {
	case <-chosen:
	case <-time.After(patience):
		t.Fatal("no dialog to choose files came up")
	}
	tabTo("idle")
	p.press(enter) // submits
	p.see("They start when the next one comes in.")
	p.do(chromedp.Focus(chromedp.CSS("#text")))
	tabTo("Bring in an agent")
	p.press(enter)
	p.do(chromedp.WaitVisible(chromedp.CSS("#guest-text")))
	p.until("document.activeElement.id === 'guest-text'")
	p.write("Typed")
	p.press(enter)
	p.seeIn(customer, "Typed")
	tabTo("Leave chat")
	p.press(enter)
	p.until("document.querySelector('.guest dialog').open")
	tabTo("Leave the chat")
	p.press(space)
	p.do(chromedp.WaitVisible(chromedp.CSS(".guest .over")))
	p.do(chromedp.WaitVisible(chromedp.CSS(".customer .over")))
	tabTo("Close")
	p.press(enter)
	p.until("document.querySelector('.guest') === null")
}

// The screens of the whole life, as TestDemoIsAccessible has those of its beginning.
func TestDemoLifeIsAccessible(t *testing.T) {
	server := startDev(t)
	for _, screen := range screens {
		t.Run(screen.name, func(t *testing.T) {
			t.Parallel()
			page := openOn(t, screen, server.Endpoint, "status of 403", "status of 400")
			show := func(view string) {
				t.Helper()
				if js[bool](page, "document.querySelector('.to-%s')?.checkVisibility() ?? false", view) {
					page.do(chromedp.Click(chromedp.CSS(".to-" + view)))
				}
			}
			page.chatOnDemo("person")
			show("details")
			page.clickText(".timers button", "Set timers")
			page.see("They start when the next one comes in.")
			page.inspect(screen.name + "-6-invite")
			page.invite("Bring in an agent")
			folder := t.TempDir()
			page.choose(customer, write(t, folder, "a-parcel-with-a-rather-long-name-that-has-to-be-broken-somewhere.png", picture(t)))
			page.until("document.querySelectorAll('.preview').length === 2")
			page.choose(customer, write(t, folder, "tool.exe", []byte("MZ")))
			page.sayAs(guest, "Good morning Ana, that is a fine picture of it. I look where it is.")
			page.jump(1)
			page.jump(1)
			show("guest")
			page.seeIn(guest, "Ana is away")
			page.inspect(screen.name + "-7-agent")
			show("customer")
			page.seeIn(customer, "Bo is away")
			page.inspect(screen.name + "-8-customer")
			page.end()
			page.inspect(screen.name + "-9-ended")
			page.clickText(".over button", "Continue this chat")
			page.clickText(".earlier button", "Earlier messages")
			page.seeIn(customer, "This chat, ")
			page.until("document.querySelector('.past .preview')?.naturalWidth === 120")
			page.inspect(screen.name + "-10-continued")
		})
	}
}
