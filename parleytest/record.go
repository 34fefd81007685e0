package parleytest

import (
	"os"
	"strings"

	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/internal/play"
)

// Record writes the chat, as its customer saw it so far, to a file that [Replay] repeats with the same flows: what the customer and others in it
// said, sent and typed is done again, and what the customer is shown then must be the same, within some seconds. What the test did to the chat
// from outside, such as timers that it set, is not in it; nor are the attributes of a chat that the program under test has started.
func (c *Chat) Record(path string) {
	c.s.t.Helper()
	r := play.Recording{Flow: c.flow(), Items: c.Customer.Items(), Views: c.s.house.Views}
	if c.request != nil {
		r.Attributes = c.request.Attributes
	}
	if err := os.WriteFile(path, r.Play(), 0o644); err != nil {
		c.s.t.Fatal(err)
	}
}

// flow is the name of the flow that the chat began in.
func (c *Chat) flow() string {
	c.s.t.Helper()
	out, err := c.s.house.Operator().TraceContact(c.s.t.Context(), &parley.TraceContactInput{ContactId: &c.ID})
	if err != nil {
		c.fatalf("read the flow log: %v", err)
	}
	for _, l := range out.Lines {
		id := aString(l.ContactFlowId)
		id = id[strings.LastIndexByte(id, '/')+1:]
		id, _, _ = strings.Cut(id, ":")
		for name, known := range c.s.house.Names() {
			if known == id {
				return name
			}
		}
	}
	c.fatalf("the chat began in no flow of the test")
	return ""
}
