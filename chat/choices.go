package chat

import (
	"encoding/json"
	"strings"
)

// Offer is an interactive message, as far as somebody can answer it without drawing it.
type Offer struct {
	Template string // ListPicker, TimePicker, Panel, QuickReply, Carousel, ViewResource, …
	Title    string // what stands above the choices
	Choices  []Choice

	// ViewID, ViewToken and ViewData are of a ViewResource: [Session.View] reads how it looks, [Session.Respond] answers it.
	ViewID, ViewToken string
	ViewData          json.RawMessage
}

// Choice is one answer to an [Offer]: Content is to be sent as [Plain] text.
type Choice struct {
	Title, About string
	Content      string
}

// Offer reads an interactive message; nil when this is none.
func (m *Message) Offer() *Offer {
	if m.ContentType != Interactive {
		return nil
	}
	return ReadOffer(m.Text)
}

// template is an interactive message on the wire. Source: flow sheet, 14.
type template struct {
	TemplateType string
	Data         struct {
		Content struct {
			Title, Subtitle, TemplateIdentifier string
			Elements                            []json.RawMessage
			TimeSlots                           []struct{ Date string }
			ViewID, ViewToken                   string
			ViewData                            json.RawMessage
		}
	}
}

type element struct{ Title, Subtitle string }

// ReadOffer reads the content of an interactive message; nil when it is not JSON. What it does not know has no choices.
func ReadOffer(content string) *Offer {
	var m template
	if json.Unmarshal([]byte(content), &m) != nil {
		return nil
	}
	c := &m.Data.Content
	o := &Offer{
		Template: m.TemplateType, Title: strings.TrimSpace(c.Title + " " + c.Subtitle),
		ViewID: c.ViewID, ViewToken: c.ViewToken, ViewData: c.ViewData,
	}
	switch m.TemplateType {
	case "ListPicker", "Panel", "QuickReply":
		for _, e := range elements(c.Elements) {
			o.Choices = append(o.Choices, Choice{e.Title, e.Subtitle, e.Title})
		}
	case "TimePicker":
		for _, slot := range c.TimeSlots {
			o.Choices = append(o.Choices, Choice{slot.Date, "", slot.Date})
		}
	case "Carousel":
		for _, raw := range c.Elements {
			var card template
			if json.Unmarshal(raw, &card) == nil {
				o.Choices = append(o.Choices, card.picks()...)
			}
		}
	}
	return o
}

// picks are the choices of one card of a carousel.
func (t *template) picks() []Choice {
	var all []Choice
	c := &t.Data.Content
	for _, e := range elements(c.Elements) {
		picked, err := json.Marshal(map[string]string{
			"templateIdentifier": c.TemplateIdentifier, "listTitle": c.Title, "selectionText": e.Title,
		})
		if err == nil {
			all = append(all, Choice{c.Title + ": " + e.Title, e.Subtitle, string(picked)})
		}
	}
	return all
}

func elements(raws []json.RawMessage) []element {
	var all []element
	for _, raw := range raws {
		var e element
		if json.Unmarshal(raw, &e) == nil {
			all = append(all, e)
		}
	}
	return all
}
