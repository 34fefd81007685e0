package offer

import (
	"encoding/json"
	"math"
	"time"
)

// templates say what clients need of the content of each template. Of those of Apple, which web clients do not draw, little more is known
// than the names. Source: flow sheet, 14.2 to 14.5.
var templates map[string]func(c *checker, at string, content map[string]any)

func init() { // a carousel looks up what its cards are
	templates = map[string]func(*checker, string, map[string]any){
		"ListPicker":                     listPicker,
		"Panel":                          panel,
		"TimePicker":                     timePicker,
		"QuickReply":                     quickReply,
		"Carousel":                       carousel,
		"ViewResource":                   viewResource,
		"AppleForm":                      appleForm,
		"ApplePay":                       applePay,
		"AppleCustomInteractiveMessage":  appleCustom,
		"WhatsAppInteractiveList":        whatsAppList,
		"WhatsAppInteractiveReplyButton": whatsAppButtons,
	}
}

// head is what stands above the choices.
func (c *checker) head(at string, content map[string]any, title, subtitle int) {
	c.text(at, content, "title", title, true)
	c.text(at, content, "subtitle", subtitle, false)
	c.picture(at, content)
}

// paging is what buttons for more elements send back.
func (c *checker) paging(at string, content map[string]any) {
	c.text(at, content, "referenceId", 0, false)
	c.text(at, content, "listId", 0, false)
	c.number(at, content, "preIndex", -math.MaxInt32, math.MaxInt32, false)
	c.number(at, content, "nextIndex", -math.MaxInt32, math.MaxInt32, false)
}

func listPicker(c *checker, at string, content map[string]any) {
	c.head(at, content, 5000, 400)
	c.paging(at, content)
	c.truth(at, content, "multiSelect")
	c.oneOf(at, content, "targetForLinks", false, "_blank", "_parent", "_top", "_self")
	c.each(at, content, "elements", 1, 10, func(at string, element map[string]any) {
		c.head(at, element, 400, 400)
		c.oneOf(at, element, "actionDetail", false, "PREVIOUS_OPTIONS", "SHOW_MORE")
		if c.oneOf(at, element, "type", false, "hyperlink") != "" {
			c.text(at, element, "url", 0, true)
		}
	})
}

func panel(c *checker, at string, content map[string]any) {
	c.head(at, content, 400, 400)
	c.paging(at, content)
	c.each(at, content, "elements", 1, 10, func(at string, element map[string]any) {
		c.text(at, element, "title", 0, true)
		c.oneOf(at, element, "actionDetail", false, "PREVIOUS_OPTIONS", "SHOW_MORE")
	})
}

// slotTimes are the forms that the beginning of a time slot is written in.
var slotTimes = []string{"2006-01-02T15:04Z07:00", time.RFC3339}

func timePicker(c *checker, at string, content map[string]any) {
	c.head(at, content, 400, 200)
	c.number(at, content, "timeZoneOffset", -720, 840, false)
	if place, ok := c.object(at, content, "location", false); ok {
		at := at + ".location"
		c.number(at, place, "latitude", -90, 90, true)
		c.number(at, place, "longitude", -180, 180, true)
		c.text(at, place, "title", 0, true)
		c.number(at, place, "radius", 0, 200, false)
	}
	c.each(at, content, "timeslots", 1, 40, func(at string, slot map[string]any) {
		c.number(at, slot, "duration", 1, 3600, true)
		date, ok := c.text(at, slot, "date", 0, true)
		for _, form := range slotTimes {
			if _, err := time.Parse(form, date); err == nil {
				return
			}
		}
		if ok {
			c.says(at+".date", `is no time like "2026-03-01T09:00+00:00"`)
		}
	})
}

func quickReply(c *checker, at string, content map[string]any) {
	c.text(at, content, "title", 0, true)
	c.each(at, content, "elements", 2, 10, func(at string, element map[string]any) { c.text(at, element, "title", 200, true) })
}

func carousel(c *checker, at string, content map[string]any) {
	c.text(at, content, "title", 0, true)
	c.truth(at, content, "omitTitleFromCarouselResponse")
	c.truth(at, content, "carouselIsVertical")
	var kind string
	ids := map[string]bool{}
	c.each(at, content, "elements", 2, 5, func(at string, card map[string]any) {
		of := c.oneOf(at, card, "templateType", true, "ListPicker", "Panel")
		if kind == "" {
			kind = of
		}
		if of != kind {
			c.says(at+".templateType", "is not that of the other cards")
		}
		data, ok := c.object(at, card, "data", true)
		if !ok {
			return
		}
		inner, ok := c.object(at+".data", data, "content", true)
		if !ok {
			return
		}
		at += ".data.content"
		if id, ok := c.text(at, inner, "templateIdentifier", 0, true); ok && ids[id] {
			c.says(at+".templateIdentifier", "is that of another card")
		} else {
			ids[id] = true
		}
		if of == "ListPicker" || of == "Panel" {
			templates[of](c, at, inner)
		}
	})
}

// Source: flow sheet, 15.1.
func viewResource(c *checker, at string, content map[string]any) {
	c.text(at, content, "viewId", 0, true)
	c.text(at, content, "viewToken", 1000, true)
	switch data := content["viewData"].(type) {
	case nil, map[string]any:
	case string:
		var object map[string]any
		if json.Unmarshal([]byte(data), &object) != nil {
			c.says(at+".viewData", "is a text that is no JSON object")
		}
	default:
		c.says(at+".viewData", "is no object")
	}
}

func appleForm(c *checker, at string, content map[string]any) {
	c.head(at, content, 0, 0)
	c.truth(at, content, "showSummary")
	c.each(at, content, "pages", 1, 0, func(at string, page map[string]any) {
		c.oneOf(at, page, "pageType", true, "Input", "DatePicker", "WheelPicker", "ListPicker")
		c.text(at, page, "title", 0, true)
		c.text(at, page, "subtitle", 0, false)
	})
}

func applePay(c *checker, at string, content map[string]any) {
	c.head(at, content, 0, 0)
	if payment, ok := c.object(at, content, "payment", true); ok {
		at += ".payment"
		for _, part := range []string{"endpoints", "merchantSession", "paymentRequest"} {
			c.object(at, payment, part, true)
		}
	}
}

func appleCustom(c *checker, at string, content map[string]any) {
	c.head(at, content, 0, 0)
	for _, name := range []string{"appName", "bid"} {
		c.text(at, content, name, 0, true)
	}
	for _, name := range []string{"appIconUrl", "dataUrl"} {
		c.text(at, content, name, 0, false)
	}
}

// whatsApp is what surrounds the choices of both templates.
func whatsApp(c *checker, at string, content map[string]any, body int) map[string]any {
	if header, ok := c.object(at, content, "header", false); ok {
		c.text(at+".header", header, "text", 60, false)
	}
	if of, ok := c.object(at, content, "body", true); ok {
		c.text(at+".body", of, "text", body, true)
	}
	if footer, ok := c.object(at, content, "footer", false); ok {
		c.text(at+".footer", footer, "text", 60, true)
	}
	action, _ := c.object(at, content, "action", true)
	return action
}

func whatsAppList(c *checker, at string, content map[string]any) {
	action := whatsApp(c, at, content, 4096)
	if action == nil {
		return
	}
	at += ".action"
	c.text(at, action, "button", 20, true)
	rows := 0
	c.each(at, action, "sections", 1, 10, func(at string, section map[string]any) {
		c.text(at, section, "title", 24, false)
		rows += c.each(at, section, "rows", 1, 10, func(at string, row map[string]any) {
			c.text(at, row, "id", 200, true)
			c.text(at, row, "title", 24, true)
			c.text(at, row, "description", 72, false)
		})
	})
	if rows > 10 {
		c.says(at+".sections", "have more than 10 rows in all")
	}
}

func whatsAppButtons(c *checker, at string, content map[string]any) {
	action := whatsApp(c, at, content, 1024)
	if action == nil {
		return
	}
	c.each(at+".action", action, "buttons", 1, 3, func(at string, button map[string]any) {
		c.oneOf(at, button, "type", true, "reply")
		if reply, ok := c.object(at, button, "reply", true); ok {
			c.text(at+".reply", reply, "id", 256, true)
			c.text(at+".reply", reply, "title", 20, true)
		}
	})
}
