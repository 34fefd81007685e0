package offer

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	t.Parallel()
	padded := func(n int) string {
		const around = `{"templateType":"Mine","data":""}`
		return strings.Replace(around, `""`, `"`+strings.Repeat("x", n-len(around))+`"`, 1)
	}
	for _, tt := range []struct {
		name, content, says string
		complete            bool
	}{
		{"a template that nobody knows", `{"templateType":"Mine","version":"7","data":{}}`, "", true},
		{"nothing to show", `{"templateType":"Panel"}`, "", false},
		{"no version", `{"templateType":"Panel","data":{}}`, "", false},
		{"a text", "Hello", "JSON object", false},
		{"null", "null", "JSON object", false},
		{"a list", `[{"templateType":"Panel"}]`, "JSON object", false},
		{"no template", `{"version":"1.0","data":{}}`, "needs a templateType", false},
		{"a template of another kind", `{"templateType":1}`, "JSON object", false},
		{"as long as may be", padded(MaxBytes), "", false},
		{"too long", padded(MaxBytes + 1), "at most 20000", false},
	} {
		m, err := Read(tt.content)
		if said := err != nil; said != (tt.says != "") || said && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.says)
		}
		if err == nil && m.Complete() != tt.complete {
			t.Errorf("%s: complete is %v", tt.name, !tt.complete)
		}
	}
}

// Whole messages that clients show, by template.
var shown = map[string]string{
	"ListPicker": `{"title":"About","subtitle":"s","imageType":"URL","imageData":"https://a/b.png","imageDescription":"d","multiSelect":true,
		"targetForLinks":"_top","referenceId":"r","listId":"l","preIndex":0,"nextIndex":10,
		"elements":[{"title":"Delivery","subtitle":"s","imageType":"URL","imageData":"x"},{"title":"More","actionDetail":"SHOW_MORE"},{"title":"Site","type":"hyperlink","url":"https://a"}]}`,
	"Panel":      `{"title":"About","subtitle":"s","imageType":"URL","imageData":"x","elements":[{"title":"Delivery"}]}`,
	"TimePicker": `{"title":"When","subtitle":"s","timeZoneOffset":-450,"location":{"latitude":47.6,"longitude":-122.3,"title":"Shop","radius":1},"timeslots":[{"date":"2026-03-01T09:00+00:00","duration":1800}]}`,
	"QuickReply": `{"title":"Sure?","elements":[{"title":"Yes"},{"title":"No"}]}`,
	"Carousel": `{"title":"Rooms","omitTitleFromCarouselResponse":true,"carouselIsVertical":false,"elements":[
		{"templateType":"Panel","version":"1.0","data":{"content":{"templateIdentifier":"r1","title":"Single","elements":[{"title":"Book"}]}}},
		{"templateType":"Panel","version":"1.0","data":{"content":{"templateIdentifier":"r2","title":"Double","elements":[{"title":"Book"}]}}}]}`,
	"ViewResource":                   `{"viewId":"form","viewToken":"t","viewData":{"Heading":"h"}}`,
	"AppleForm":                      `{"title":"f","pages":[{"pageType":"Input","title":"Name"}],"showSummary":true}`,
	"ApplePay":                       `{"title":"p","payment":{"endpoints":{},"merchantSession":{},"paymentRequest":{}}}`,
	"AppleCustomInteractiveMessage":  `{"title":"c","appName":"a","bid":"b"}`,
	"WhatsAppInteractiveList":        `{"header":{"text":"h"},"body":{"text":"b"},"footer":{"text":"f"},"action":{"button":"Choose","sections":[{"title":"s","rows":[{"id":"1","title":"t","description":"d"}]}]}}`,
	"WhatsAppInteractiveReplyButton": `{"body":{"text":"b"},"action":{"buttons":[{"type":"reply","reply":{"id":"1","title":"t"}}]}}`,
}

func problems(t *testing.T, template, content string) string {
	t.Helper()
	m, err := Read(fmt.Sprintf(`{"templateType":%q,"version":"1.0","data":{"content":%s}}`, template, content))
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Check(); err != nil {
		return err.Error()
	}
	return ""
}

func TestWhatClientsShow(t *testing.T) {
	t.Parallel()
	for template := range templates {
		if got := problems(t, template, shown[template]); got != "" {
			t.Errorf("%s: %s", template, got)
		}
		if got := problems(t, template, "{}"); got == "" {
			t.Errorf("%s shows nothing and has no problem", template)
		}
	}
}

// with returns the content with a value at a path of names and places in lists, "elements.0.title"; nil takes it out.
func with(t *testing.T, content, path string, value any) string {
	t.Helper()
	var root any
	if err := json.Unmarshal([]byte(content), &root); err != nil {
		t.Fatal(err)
	}
	at, names := root, strings.Split(path, ".")
	for i, name := range names {
		last := i == len(names)-1
		switch of := at.(type) {
		case map[string]any:
			switch {
			case !last:
				at = of[name]
			case value == nil:
				delete(of, name)
			default:
				of[name] = value
			}
		case []any:
			at = of[name[0]-'0']
		}
	}
	b, err := json.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// list is a list of n entries, each of which is like the first but for what is numbered.
func list(n int, entry string) []any {
	all := make([]any, n)
	for i := range all {
		var e any
		if err := json.Unmarshal([]byte(strings.ReplaceAll(entry, "#", fmt.Sprint(i))), &e); err != nil {
			panic(err)
		}
		all[i] = e
	}
	return all
}

// Every limit on both sides of its edge.
func TestLimits(t *testing.T) {
	t.Parallel()
	const (
		element = `{"title":"t"}`
		slot    = `{"date":"2026-03-01T09:00Z","duration":60}`
		card    = `{"templateType":"ListPicker","version":"1.0","data":{"content":{"templateIdentifier":"#","title":"t","elements":[{"title":"t"}]}}}`
		row     = `{"id":"#","title":"t"}`
		section = `{"title":"s","rows":[{"id":"#","title":"t"}]}`
		button  = `{"type":"reply","reply":{"id":"#","title":"t"}}`
	)
	texts := func(n int) string { return strings.Repeat("ä", n) }
	for _, tt := range []struct {
		template, path string
		good, bad      any
		says           string // of the bad one, after the path of the content
	}{
		{"ListPicker", "title", texts(5000), texts(5001), "title has 5001 characters; at most 5000"},
		{"ListPicker", "title", " a", " ", "title is empty"},
		{"ListPicker", "title", "a", nil, "title is missing"},
		{"ListPicker", "title", "a", 1, "title is no text"},
		{"ListPicker", "subtitle", texts(400), texts(401), "subtitle has 401"},
		{"ListPicker", "subtitle", nil, true, "subtitle is no text"},
		{"ListPicker", "imageType", "URL", "FILE", "imageType is none of URL"},
		{"ListPicker", "imageData", texts(200), texts(201), "imageData has 201"},
		{"ListPicker", "imageData", "x", nil, "imageData is missing"},
		{"ListPicker", "imageDescription", texts(50), texts(51), "imageDescription has 51"},
		{"ListPicker", "elements", list(1, element), list(0, element), "elements has 0 entries and not 1 to 10"},
		{"ListPicker", "elements", list(10, element), list(11, element), "elements has 11 entries and not 1 to 10"},
		{"ListPicker", "elements", list(1, element), nil, "elements is no list"},
		{"ListPicker", "elements", list(1, element), "x", "elements is no list"},
		{"ListPicker", "elements", list(1, element), []any{"x"}, "elements[0] is no object"},
		{"ListPicker", "elements.0.title", texts(400), texts(401), "elements[0].title has 401"},
		{"ListPicker", "elements.0.title", "a", nil, "elements[0].title is missing"},
		{"ListPicker", "elements.0.subtitle", texts(400), texts(401), "elements[0].subtitle has 401"},
		{"ListPicker", "elements.1.actionDetail", "PREVIOUS_OPTIONS", "MORE", "elements[1].actionDetail is none of"},
		{"ListPicker", "elements.2.url", "https://b", nil, "elements[2].url is missing"},
		{"ListPicker", "elements.2.type", "hyperlink", "link", "elements[2].type is none of"},
		{"ListPicker", "targetForLinks", "_self", "_new", "targetForLinks is none of"},
		{"ListPicker", "multiSelect", false, "false", "multiSelect is neither"},
		{"ListPicker", "preIndex", -1, "0", "preIndex is no number"},
		{"ListPicker", "listId", "7", 7, "listId is no text"},
		{"Panel", "title", texts(400), texts(401), "title has 401"},
		{"Panel", "subtitle", texts(400), texts(401), "subtitle has 401"},
		{"Panel", "elements", list(10, element), list(11, element), "elements has 11"},
		{"Panel", "elements", list(1, element), list(0, element), "elements has 0"},
		{"Panel", "elements.0.title", "a", "", "elements[0].title is empty"},
		{"TimePicker", "title", texts(400), texts(401), "title has 401"},
		{"TimePicker", "subtitle", texts(200), texts(201), "subtitle has 201"},
		{"TimePicker", "timeZoneOffset", -720, -721, "timeZoneOffset is not between -720 and 840"},
		{"TimePicker", "timeZoneOffset", 840, 841, "timeZoneOffset is not between -720 and 840"},
		{"TimePicker", "location.radius", 0, -1, "location.radius is not between 0 and 200"},
		{"TimePicker", "location.radius", 200, 201, "location.radius is not between 0 and 200"},
		{"TimePicker", "location.latitude", 90, nil, "location.latitude is missing"},
		{"TimePicker", "location", nil, "Seattle", "location is no object"},
		{"TimePicker", "timeslots", list(1, slot), list(0, slot), "timeslots has 0"},
		{"TimePicker", "timeslots", list(40, slot), list(41, slot), "timeslots has 41"},
		{"TimePicker", "timeslots.0.duration", 1, 0, "timeslots[0].duration is not between 1 and 3600"},
		{"TimePicker", "timeslots.0.duration", 3600, 3601, "timeslots[0].duration is not between 1 and 3600"},
		{"TimePicker", "timeslots.0.date", "2026-03-01T09:00:30-07:00", "2026-03-01 09:00", "timeslots[0].date is no time"},
		{"QuickReply", "title", "a", nil, "title is missing"},
		{"QuickReply", "elements", list(2, element), list(1, element), "elements has 1"},
		{"QuickReply", "elements", list(10, element), list(11, element), "elements has 11"},
		{"QuickReply", "elements.0.title", texts(200), texts(201), "elements[0].title has 201"},
		{"Carousel", "elements", list(2, card), list(1, card), "elements has 1"},
		{"Carousel", "elements", list(5, card), list(6, card), "elements has 6"},
		{"Carousel", "elements.1.templateType", "Panel", "ListPicker", "elements[1].templateType is not that of the other cards"},
		{"Carousel", "elements.1.templateType", "Panel", "QuickReply", "elements[1].templateType is none of"},
		{"Carousel", "elements.1.data.content.templateIdentifier", "r3", "r1", "elements[1].data.content.templateIdentifier is that of another card"},
		{"Carousel", "elements.1.data.content.templateIdentifier", "r3", nil, "elements[1].data.content.templateIdentifier is missing"},
		{"Carousel", "elements.1.data.content.title", texts(400), texts(401), "elements[1].data.content.title has 401"},
		{"Carousel", "elements.1.data", map[string]any{"content": map[string]any{
			"templateIdentifier": "x", "title": "t", "elements": list(1, element),
		}}, "x", "elements[1].data is no object"},
		{"Carousel", "carouselIsVertical", true, 1, "carouselIsVertical is neither"},
		{"ViewResource", "viewToken", texts(1000), texts(1001), "viewToken has 1001"},
		{"ViewResource", "viewId", "a", nil, "viewId is missing"},
		{"ViewResource", "viewData", `{"a":1}`, `[1]`, "viewData is a text that is no JSON object"},
		{"ViewResource", "viewData", nil, 1, "viewData is no object"},
		{"AppleForm", "pages.0.pageType", "WheelPicker", "Page", "pages[0].pageType is none of"},
		{"ApplePay", "payment", map[string]any{"endpoints": map[string]any{}, "merchantSession": map[string]any{}, "paymentRequest": map[string]any{}}, nil, "payment is missing"},
		{"AppleCustomInteractiveMessage", "bid", "b", nil, "bid is missing"},
		{"WhatsAppInteractiveList", "header.text", texts(60), texts(61), "header.text has 61"},
		{"WhatsAppInteractiveList", "body.text", texts(4096), texts(4097), "body.text has 4097"},
		{"WhatsAppInteractiveList", "footer.text", texts(60), texts(61), "footer.text has 61"},
		{"WhatsAppInteractiveList", "action.button", texts(20), texts(21), "action.button has 21"},
		{"WhatsAppInteractiveList", "action.sections", list(10, section), list(11, section), "action.sections has 11"},
		{"WhatsAppInteractiveList", "action.sections.0.title", texts(24), texts(25), "action.sections[0].title has 25"},
		{"WhatsAppInteractiveList", "action.sections.0.rows", list(10, row), list(11, row), "action.sections[0].rows has 11"},
		{"WhatsAppInteractiveList", "action.sections.0.rows.0.id", texts(200), texts(201), "action.sections[0].rows[0].id has 201"},
		{"WhatsAppInteractiveList", "action.sections.0.rows.0.title", texts(24), texts(25), "action.sections[0].rows[0].title has 25"},
		{"WhatsAppInteractiveList", "action.sections.0.rows.0.description", texts(72), texts(73), "action.sections[0].rows[0].description has 73"},
		{
			"WhatsAppInteractiveList", "action.sections",
			[]any{map[string]any{"rows": list(4, row)}, map[string]any{"rows": list(6, row)}},
			[]any{map[string]any{"rows": list(5, row)}, map[string]any{"rows": list(6, row)}},
			"action.sections have more than 10 rows",
		},
		{"WhatsAppInteractiveReplyButton", "body.text", texts(1024), texts(1025), "body.text has 1025"},
		{"WhatsAppInteractiveReplyButton", "action.buttons", list(3, button), list(4, button), "action.buttons has 4"},
		{"WhatsAppInteractiveReplyButton", "action.buttons", list(1, button), list(0, button), "action.buttons has 0"},
		{"WhatsAppInteractiveReplyButton", "action.buttons.0.type", "reply", "url", "action.buttons[0].type is none of"},
		{"WhatsAppInteractiveReplyButton", "action.buttons.0.reply.id", texts(256), texts(257), "action.buttons[0].reply.id has 257"},
		{"WhatsAppInteractiveReplyButton", "action.buttons.0.reply.title", texts(20), texts(21), "action.buttons[0].reply.title has 21"},
		{"WhatsAppInteractiveReplyButton", "action", map[string]any{"buttons": list(1, button)}, nil, "action is missing"},
	} {
		if got := problems(t, tt.template, with(t, shown[tt.template], tt.path, tt.good)); got != "" {
			t.Errorf("%s with a good %s: %s", tt.template, tt.path, got)
		}
		if got := problems(t, tt.template, with(t, shown[tt.template], tt.path, tt.bad)); !strings.HasPrefix(got, "data.content."+tt.says) {
			t.Errorf("%s with a bad %s: %q, want %q", tt.template, tt.path, got, tt.says)
		}
	}
}

func TestCheckAround(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		`{"templateType":"Mine"}`:                                 "",
		`{"templateType":"QuickReply","data":[]}`:                 "version is not \"1.0\"\ndata is no object",
		`{"templateType":"QuickReply","version":"1.0","data":{}}`: "data.content is missing",
		`{"templateType":"QuickReply","version":"1.0","data":{"replyMessage":{},"content":` + shown["QuickReply"] + `}}`: "data.replyMessage.title is missing",
	} {
		m, err := Read(content)
		if err != nil {
			t.Fatal(err)
		}
		var got string
		if err := m.Check(); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", content, got, want)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for template, content := range shown {
		f.Add(fmt.Sprintf(`{"templateType":%q,"version":"1.0","data":{"content":%s}}`, template, content))
	}
	f.Add(`{"templateType":"Panel","data":{"content":{"elements":[` + strings.Repeat("1,", 5000) + `1]}}}`)
	f.Fuzz(func(t *testing.T, content string) {
		m, err := Read(content)
		if err != nil {
			return
		}
		if !json.Valid([]byte(content)) || len(content) > MaxBytes {
			t.Errorf("%q is read", content)
		}
		if err := m.Check(); err != nil && strings.Count(err.Error(), "\n") >= maxProblems {
			t.Errorf("%d problems are told", strings.Count(err.Error(), "\n"))
		}
	})
}
