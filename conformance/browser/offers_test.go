package browser

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// offers is a flow whose bot offers choices until one of them ends its session; then it shows a form, and a list that nobody may read the
// answer to.
const offers = `{"Version":"2019-10-30","StartAction":"bot","Actions":[
	{"Identifier":"bot","Type":"ConnectParticipantWithLexBot","Parameters":{"LexInitializationData":{"InitialMessage":"hello"},"LexV2Bot":{"AliasArn":"helper"}},
		"Transitions":{"NextAction":"wrong","Conditions":[{"NextAction":"form","Condition":{"Operator":"Equals","Operands":["Order"]}}],
		"Errors":[{"NextAction":"wrong","ErrorType":"NoMatchingError"},{"NextAction":"wrong","ErrorType":"NoMatchingCondition"}]}},
	{"Identifier":"form","Type":"ShowView","Parameters":{"ViewResource":{"Id":"form"},"InvocationTimeLimitSeconds":"300","ViewData":{
		"Heading":"Where do you live?","Next":{"Label":"Send"},"Wizard":[{"Heading":"Address","Selected":true}],"Sections":[{"Type":"FormSection","Heading":"Address","Items":[
			{"Type":"FormInput","Name":"street","Label":"Street","Required":true,"HelperText":"With its number"},
			{"Type":"Dropdown","Name":"country","Label":"Country","Options":["Norway",{"Label":"Chile","Value":"CL"}]},
			{"Type":"RadioGroup","Name":"size","Label":"Size","Options":["Small","Large"],"DefaultValue":"Large"},
			{"Type":"CheckboxGroup","Name":"days","Label":"Days","Options":["Monday","Friday"]},
			{"Type":"Toggle","Name":"gift","Label":"It is a gift"},{"Type":"TextArea","Name":"note","Label":"Note"}]}]}},
		"Transitions":{"NextAction":"wrong","Conditions":[{"NextAction":"thanks","Condition":{"Operator":"Equals","Operands":["Next"]}}],
		"Errors":[{"NextAction":"wrong","ErrorType":"NoMatchingError"},{"NextAction":"wrong","ErrorType":"NoMatchingCondition"},{"NextAction":"wrong","ErrorType":"TimeLimitExceeded"}]}},
	{"Identifier":"thanks","Type":"MessageParticipant","Parameters":{"Text":"You live in $.Views.ViewResultData.FormData.street"},"Transitions":{"NextAction":"list","Errors":[{"NextAction":"wrong","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"list","Type":"ShowView","Parameters":{"ViewResource":{"Id":"list"},"InvocationTimeLimitSeconds":"300","ViewData":{"Heading":"Since when?","Items":[{"Heading":"A year","Id":"year"},{"Heading":"Longer","Id":"longer"}]},
		"SensitiveDataConfiguration":{"HideResponseOn":["TRANSCRIPT"]}},
		"Transitions":{"NextAction":"wrong","Conditions":[{"NextAction":"since","Condition":{"Operator":"Equals","Operands":["ActionSelected"]}}],
		"Errors":[{"NextAction":"wrong","ErrorType":"NoMatchingError"},{"NextAction":"wrong","ErrorType":"NoMatchingCondition"},{"NextAction":"wrong","ErrorType":"TimeLimitExceeded"}]}},
	{"Identifier":"since","Type":"MessageParticipant","Parameters":{"Text":"Since $.Views.ViewResultData.actionName"},"Transitions":{"NextAction":"pause","Errors":[{"NextAction":"pause","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"wrong","Type":"MessageParticipant","Parameters":{"Text":"Something is wrong"},"Transitions":{"NextAction":"pause","Errors":[{"NextAction":"pause","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"pause","Type":"Wait","Parameters":{"TimeLimitSeconds":"3600"},"Transitions":{"NextAction":"end","Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}],"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// What the bot shows to one who says this.
var shows = map[string]string{
	"hello":    `{"templateType":"ListPicker","version":"1.0","data":{"content":{"title":"What can we do for you?","subtitle":"Choose **one**","elements":[{"title":"Delivery","subtitle":"Where is it?"},{"title":"Refund"},{"title":"Our site","type":"hyperlink","url":"https://shop.example/"}]}}}`,
	"Delivery": `{"templateType":"Panel","version":"1.0","data":{"content":{"title":"How do we reach you?","elements":[{"title":"By mail"},{"title":"By phone"}]}}}`,
	"By phone": `{"templateType":"Carousel","version":"1.0","data":{"content":{"title":"Our rooms","elements":[
		{"templateType":"Panel","version":"1.0","data":{"content":{"templateIdentifier":"r1","title":"Single","elements":[{"title":"Book"}]}}},
		{"templateType":"Panel","version":"1.0","data":{"content":{"templateIdentifier":"r2","title":"Double","elements":[{"title":"Book"}]}}}]}}}`,
	`{"templateIdentifier":"r2","listTitle":"Double","selectionText":"Book"}`: `{"templateType":"TimePicker","version":"1.0","data":{"content":{"title":"When?","timeZoneOffset":60,"timeslots":[{"date":"2026-03-01T09:00+00:00","duration":1800},{"date":"2026-03-02T09:30+00:00","duration":1800}]}}}`,
	"Monday, March 2, 2026 at 10:30 AM":                                       `{"templateType":"QuickReply","version":"1.0","data":{"content":{"title":"Sure?","elements":[{"title":"Yes"},{"title":"No"}]}}}`,
}

// startOffering starts a server whose ready flow is the one above.
func startOffering(t *testing.T) *parley {
	t.Helper()
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Text string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Error(err)
		}
		content, more := shows[strings.ReplaceAll(in.Text, "\u202f", " ")] // browsers put a narrow space before AM
		state, messages := "InProgress", []map[string]string{{"contentType": "CustomPayload", "content": content}}
		if !more {
			state, messages = "Fulfilled", []map[string]string{{"contentType": "PlainText", "content": "You chose " + in.Text}}
		}
		json.NewEncoder(w).Encode(map[string]any{
			"messages": messages, "sessionState": map[string]any{"intent": map[string]any{"name": "Order", "state": state}},
		})
	}))
	t.Cleanup(bot.Close)
	flow := filepath.Join(t.TempDir(), "Welcome.json")
	if err := os.WriteFile(flow, []byte(offers), 0o600); err != nil {
		t.Fatal(err)
	}
	return startDev(t, "--flow", flow, "--bot", "helper="+bot.URL)
}

// A page on chatjs as it comes draws what chatjs gives it, and sends by it what was clicked: the flow goes on.
func TestChatJSChoices(t *testing.T) {
	eachMajor(t, func(t *testing.T, _ string, page *tab) {
		server := startOffering(t)
		chat := server.startChoosing(t)
		page.begin(server.Endpoint, chat)
		js[chromedp.Void](page, "drawOffers()")
		for _, title := range []string{"Delivery", "By mail"} {
			page.clickText(".offer:last-of-type button", title)
			page.until("texts().includes(%q)", title)
		}
		page.until("texts().includes('You chose By mail')")
		page.until("document.querySelector('.offer:last-of-type input[name=street]')")
		page.do(chromedp.Click(chromedp.CSS(".offer:last-of-type input[name=street]")))
		page.write("Main Road 1")
		page.clickText(".offer:last-of-type button", "Next")
		page.until("texts().includes('You live in Main Road 1')")
		page.clickText(".offer:last-of-type button", "longer")
		page.until("texts().includes('Since longer')")
		for _, it := range join(t, server.Endpoint, chat).transcript(t) {
			if strings.HasSuffix(it.ContentType, ".response") && strings.Contains(it.Content, "longer") {
				t.Errorf("the transcript has a hidden answer: %s", it.Content)
			}
		}
	})
}

// startChoosing starts a chat of a website that shows choices.
func (p *parley) startChoosing(t *testing.T) ids {
	t.Helper()
	const interactive = "application/vnd.amazonaws.connect.message.interactive"
	var out struct {
		Data struct{ StartChatResult ids }
	}
	post(t, p.Endpoint+"/parley/v1/chats", "", map[string]any{
		"InstanceId": p.InstanceId, "ContactFlowId": p.ContactFlowId, "ParticipantDetails": map[string]string{"DisplayName": "Ana"},
		"SupportedMessagingContentTypes": []string{"text/plain", interactive, interactive + ".response"},
	}, &out)
	return out.Data.StartChatResult
}

// option is a choice of the newest offer on the page.
const option = ".customer .message:has(.offer) .option:is(button)"

func TestDemoChoices(t *testing.T) {
	server := startOffering(t)
	for _, screen := range screens {
		t.Run(screen.name, func(t *testing.T) {
			t.Parallel()
			page := openOn(t, screen, server.Endpoint)
			page.do(chromedp.SendKeys(chromedp.CSS("#name"), "Ana"), chromedp.Click(chromedp.CSS(`.start button[type="submit"]`)))
			page.see("What can we do for you?")
			page.inspect(screen.name + "-offer-1-list")
			page.do(chromedp.Focus(chromedp.CSS(option))) // by keyboard
			page.press(enter)
			page.see("How do we reach you?")
			page.focused("text")
			if n := js[int](page, "document.querySelectorAll(%q).length", option); n != 2 {
				t.Errorf("%d choices stand, want those of the panel alone", n)
			}
			page.clickText(option, "By phone")
			page.see("Our rooms")
			page.inspect(screen.name + "-offer-2-carousel")
			js[chromedp.Void](page, "[...document.querySelectorAll(%q)].at(-1).click()", option)
			page.see("Double: Book")
			page.see("March 2, 2026")
			page.inspect(screen.name + "-offer-3-times")
			page.clickText(option, "10:30")
			page.see("Sure?")
			page.inspect(screen.name + "-offer-4-reply")
			page.clickText(option, "Yes")
			page.see("You chose Yes")
			page.until("document.querySelector('.offer [name=street]')")
			page.clickText(".offer button", "Send") // the browser asks for what is required
			page.until("document.activeElement.name === 'street'")
			page.write("Main Road 1")
			js[chromedp.Void](page, "document.querySelector('.offer [name=days]').click(), document.querySelector('.offer [name=gift]').click()")
			page.inspect(screen.name + "-offer-5-form")
			page.press(enter)
			page.see("You live in Main Road 1")
			page.see("days: Monday")
			page.see("Since when?")
			page.clickText(option, "Longer")
			page.see("Since longer")
			page.inspect(screen.name + "-offer-6-end")
			if wrong := js[bool](page, "document.body.innerText.includes('Something is wrong')"); wrong {
				t.Error("the flow took a wrong way")
			}
			got := page.lastResponse(t, server)
			want := `{"templateType":"ViewResource","version":"1.0","action":"Next","data":{"FormData":{"street":"Main Road 1","country":"","size":"Large","days":["Monday"],"gift":true,"note":""},"StepName":"Address"}}`
			if got != want {
				t.Errorf("the form was answered with %s, want %s", got, want)
			}
		})
	}
}

// lastResponse returns the last answer to a view that the transcript has with its data.
func (p *tab) lastResponse(t *testing.T, server *parley) (last string) {
	t.Helper()
	for _, it := range join(t, server.Endpoint, p.chat()).transcript(t) {
		if strings.HasSuffix(it.ContentType, ".response") && strings.Contains(it.Content, "FormData") {
			last = it.Content
		}
	}
	return last
}

// Who sits on the other side of the page offers choices, too, which only the customer can take.
func TestDemoGuestOffers(t *testing.T) {
	t.Parallel()
	server := startDev(t)
	page := openDemo(t, server.Endpoint)
	page.chatOnDemo("person")
	page.invite("Bring in an agent")
	js[chromedp.Void](page, `(() => { const s = document.querySelector(".guest select"); s.value = "Panel"; s.dispatchEvent(new Event("change", { bubbles: true })); })()`)
	page.seeIn(customer, "How do we reach you?")
	page.seeIn(guest, "How do we reach you?")
	if n := js[int](page, "document.querySelectorAll('.guest button.option').length"); n != 0 {
		t.Errorf("the agent can choose from %d options", n)
	}
	page.clickText(".customer button.option", "By mail")
	page.seeIn(guest, "By mail")
	page.inspect("guest-offer")
}
