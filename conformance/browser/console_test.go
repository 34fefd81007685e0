package browser

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/chromedp/chromedp"
)

// openConsole opens the console, as a person does who clicks the printed address.
func openConsole(t *testing.T, endpoint string) *tab {
	t.Helper()
	page := newTab(t)
	page.do(chromedp.EmulateViewport(1400, 900), chromedp.Navigate(endpoint+"/console"), chromedp.WaitVisible(chromedp.CSS("h1")))
	return page
}

// here is the action at which the picture shows the contact.
const here = `document.querySelector(".frame .now")?.getAttribute("data-action")`

// advance moves the server's clock.
func (p *parley) advance(t *testing.T, by time.Duration) {
	t.Helper()
	var out struct{ Now string }
	post(t, p.Endpoint+"/parley/v1/clock", "", map[string]string{"Advance": by.String()}, &out)
}

// lookLonger has the ready flow look for an order for two minutes, so that it can be watched.
func (p *parley) lookLonger(t *testing.T) {
	t.Helper()
	flow, err := p.client().DescribeContactFlow(t.Context(), &connect.DescribeContactFlowInput{
		InstanceId: &p.InstanceId, ContactFlowId: &p.ContactFlowId,
	})
	if err != nil {
		t.Fatal(err)
	}
	before, after, found := strings.Cut(*flow.ContactFlow.Content, `"TimeLimitSeconds": "3"`)
	if !found {
		t.Fatal("the ready flow does not look for three seconds")
	}
	content := before + `"TimeLimitSeconds": "120"` + after
	if _, err := p.client().UpdateContactFlowContent(t.Context(), &connect.UpdateContactFlowContentInput{
		InstanceId: &p.InstanceId, ContactFlowId: &p.ContactFlowId, Content: &content,
	}); err != nil {
		t.Fatal(err)
	}
}

func TestConsoleFollowsAContact(t *testing.T) {
	t.Parallel()
	server := startDev(t)
	server.lookLonger(t)
	page := openConsole(t, server.Endpoint)
	page.see("There is no contact yet")

	chat := server.startChat(t, map[string]string{"topic": "order", "name": "Ana"})
	customer := join(t, server.Endpoint, chat)
	page.until(`%s === "look"`, here)
	page.see("The flow waits at look.")
	page.see(chat.ContactId[:8])
	server.advance(t, 2*time.Minute)
	page.until(`%s === "listen"`, here)
	for _, want := range []string{"Equals order → order", "Equals WaitCompleted → found", "Text"} {
		page.see(want)
	}
	if got := js[int](page, `document.querySelectorAll(".frame .card.seen").length`); got < 8 {
		t.Errorf("%d cards are marked as visited", got)
	}
	if js[bool](page, `document.querySelector('[data-action="goodbye"]').classList.contains("seen")`) {
		t.Error("an action is marked that did not run")
	}
	page.until(`(() => { // it has come into view
		const card = document.querySelector(".frame .now").getBoundingClientRect(), frame = document.querySelector(".frame").getBoundingClientRect();
		return card.top >= frame.top && card.bottom <= frame.bottom;
	})()`)

	customer.send(t, "I want a person")
	page.see("CustomerReturned → remember")
	page.until(`document.querySelectorAll(".tools option").length >= 2`) // the flow in the queue is another one
	customer.call(t, "disconnect", map[string]string{}, &struct{}{})
	page.see("The contact has ended.")
	page.see("ended")
}

// Everything can be done with the keyboard: choose a contact, a flow and an action.
func TestConsoleByKeyboard(t *testing.T) {
	t.Parallel()
	server := startDev(t)
	first := server.startChat(t, map[string]string{"topic": "order"})
	server.advance(t, time.Minute)
	second := server.startChat(t, map[string]string{"topic": "return"})
	page := openConsole(t, server.Endpoint)
	page.until(`document.querySelectorAll(".contacts a").length === 2 && %s === "listen"`, here)
	if got := js[string](page, `document.querySelector(".contacts [aria-current]").href`); !strings.HasSuffix(got, second.ContactId) {
		t.Errorf("the newest contact is not chosen: %s", got)
	}
	tabTo := func(is string) {
		t.Helper()
		for range 60 {
			if js[bool](page, "document.activeElement.matches(`%s`)", is) {
				return
			}
			page.press(tabulator)
		}
		t.Fatalf("the tabulator does not lead to %s", is)
	}
	tabTo(`.contacts a[href$="` + first.ContactId + `"]`)
	page.press(enter)
	page.until(`location.hash.includes("%s") && document.querySelector(".log").innerText.includes("Equals order")`, first.ContactId)
	tabTo(`.zoom button:last-child`)
	page.press(space)
	page.see("100 %")
	tabTo(`.frame`)
	tabTo(`.log .lines`)
	tabTo(`.log li:nth-child(6) button`)
	page.press(space)
	page.until(`document.querySelector(".frame .marked")?.getAttribute("data-action") === document.activeElement.querySelector("b").innerText`)
	page.press(space)
	page.until(`document.querySelector(".frame .marked") === null`)
}

func TestConsoleIsAccessible(t *testing.T) {
	server := startDev(t)
	server.startChat(t, map[string]string{"topic": "order", "name": "Ana"})
	for _, screen := range screens {
		t.Run(screen.name, func(t *testing.T) {
			t.Parallel()
			page := openConsole(t, server.Endpoint)
			page.on(screen)
			page.until(`%s === "look" || %[1]s === "listen"`, here)
			page.inspect("console-" + screen.name)
		})
	}
}

// Pages of others can not read what the console shows, and `parley serve` has none (see the tests of the server).
func TestConsoleIsNotForOtherPages(t *testing.T) {
	t.Parallel()
	server := startDev(t)
	chat := server.startChat(t, nil)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.Endpoint+"/parley/v1/console/trace",
		strings.NewReader(`{"ContactId":"`+chat.ContactId+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Origin", "https://elsewhere.example")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("status %d, want 403", res.StatusCode)
	}
}
