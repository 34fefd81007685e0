package parleytest

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	ptypes "github.com/openparley/parley/api/participant/types"
)

// InQueue asserts that the contact is in a queue, by name.
func (c *Chat) InQueue(name string) {
	c.s.t.Helper()
	c.holds(func() string {
		q := c.Contact().QueueInfo
		if q == nil {
			return "the contact is in no queue, want " + name
		}
		out, err := c.s.connect.DescribeQueue(c.s.t.Context(), &connect.DescribeQueueInput{InstanceId: &c.s.InstanceID, QueueId: q.Id})
		if err != nil {
			c.fatalf("describe the queue: %v", err)
		}
		if *out.Queue.Name != name {
			return fmt.Sprintf("the contact is in queue %s, want %s", *out.Queue.Name, name)
		}
		return ""
	})
}

// IsLive asserts that the chat has not ended.
func (c *Chat) IsLive() {
	c.s.t.Helper()
	if ct := c.Contact(); ct.DisconnectTimestamp != nil {
		c.s.t.Errorf("the chat has ended after %v: %s%s", c.length(ct), aString(ct.DisconnectReason), c.story())
	}
}

// HasEnded asserts that the chat has ended for a reason, as DescribeContact names it: CUSTOMER_DISCONNECT, AGENT_DISCONNECT, IDLE_DISCONNECT,
// EXPIRED, API and others.
func (c *Chat) HasEnded(reason string) {
	c.s.t.Helper()
	c.holds(func() string {
		switch ct := c.Contact(); {
		case ct.DisconnectTimestamp == nil:
			return "the chat lives, want it ended by " + reason
		case aString(ct.DisconnectReason) != reason:
			return fmt.Sprintf("the chat has ended by %s, want %s", aString(ct.DisconnectReason), reason)
		}
		return ""
	})
}

// Lasted asserts how long the chat took from its start to its end, over all of its contacts, give or take what lies between things that happen
// at once: less than a tenth of a second.
func (c *Chat) Lasted(want time.Duration) {
	c.s.t.Helper()
	c.holds(func() string {
		switch ct := c.Contact(); {
		case ct.DisconnectTimestamp == nil:
			return fmt.Sprintf("the chat lives, want it ended after %v", want)
		case c.length(ct) != want.Truncate(tenth):
			return fmt.Sprintf("the chat has ended after %v, want %v", c.length(ct), want)
		}
		return ""
	})
}

// tenth is what times of conversations are told in. Items of a chat never share a millisecond.
const tenth = 100 * time.Millisecond

func (c *Chat) length(ended *types.Contact) time.Duration {
	return ended.DisconnectTimestamp.Sub(c.started).Truncate(tenth)
}

// HasAttributes asserts that the chat has these attributes; it may have others.
func (c *Chat) HasAttributes(want map[string]string) {
	c.s.t.Helper()
	c.holds(func() string {
		got := c.Attributes()
		for _, k := range slices.Sorted(maps.Keys(want)) {
			if v, ok := got[k]; !ok || v != want[k] {
				return fmt.Sprintf("attribute %s is %q, want %q; all: %v", k, v, want[k], got)
			}
		}
		return ""
	})
}

// Event is a contact event, as EventBridge has it.
type Event struct {
	Type      string // eventType: INITIATED, QUEUED, DISCONNECTED …
	ContactID string
	Detail    map[string]any
}

// Events are what was told of the chat's contacts so far, in order.
func (c *Chat) Events() (list []Event) {
	c.s.t.Helper()
	c.s.Clock.settle()
	for _, letter := range c.s.mail.in(events) {
		var e struct{ Detail map[string]any }
		if err := json.Unmarshal(letter, &e); err != nil {
			c.s.t.Fatalf("contact event %s: %v", letter, err)
		}
		id, _ := e.Detail["contactId"].(string)
		kind, _ := e.Detail["eventType"].(string)
		if c.has(id) {
			list = append(list, Event{Type: kind, ContactID: id, Detail: e.Detail})
		}
	}
	return list
}

// has reports whether a contact belongs to the chat.
func (c *Chat) has(contactID string) bool {
	c.s.t.Helper()
	return contactID != "" && c.s.witness(contactID, string(types.ParticipantRoleCustomer)).ChatID == c.ID
}

// HadEvents asserts that contact events of these types were told of the chat, in this order; others may lie between.
func (c *Chat) HadEvents(want ...string) {
	c.s.t.Helper()
	c.holds(func() string {
		var all []seen
		var names []string
		for _, e := range c.Events() {
			all, names = append(all, seen{text: e.Type}), append(names, e.Type)
		}
		if missing := inOrder(all, want); missing >= 0 {
			return fmt.Sprintf("there was no event %s%s; there were %s", want[missing], after(want[:missing]), strings.Join(names, ", "))
		}
		return ""
	})
}

// Record is a contact record (CTR), as a Kinesis stream has it. One is told when a contact has ended, and again when it was changed after that.
type Record struct {
	ContactID string
	Members   map[string]any // the whole record
}

// Text is a member as text, by its path: "DisconnectReason", "Queue.Name", "Attributes.plan". What is not there is empty.
func (r Record) Text(path string) string {
	var v any = r.Members
	for name := range strings.SplitSeq(path, ".") {
		members, _ := v.(map[string]any)
		v = members[name]
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// recordStream is where contact records go.
const recordStream = "arn:aws:kinesis:us-east-1:000000000000:stream/contact-records"

func (s *Server) keepRecords() {
	s.t.Helper()
	_, err := s.connect.AssociateInstanceStorageConfig(s.t.Context(), &connect.AssociateInstanceStorageConfigInput{
		InstanceId: &s.InstanceID, ResourceType: types.InstanceStorageResourceTypeContactTraceRecords,
		StorageConfig: &types.InstanceStorageConfig{
			StorageType: types.StorageTypeKinesisStream, KinesisStreamConfig: &types.KinesisStreamConfig{StreamArn: new(recordStream)},
		},
	})
	if err != nil {
		s.t.Fatalf("have contact records told: %v", err)
	}
}

// Records are the contact records that were told of the chat so far, in order.
func (c *Chat) Records() (list []Record) {
	c.s.t.Helper()
	c.s.Clock.settle()
	for _, letter := range c.s.mail.in(records) {
		var members map[string]any
		if err := json.Unmarshal(letter, &members); err != nil {
			c.s.t.Fatalf("contact record %s: %v", letter, err)
		}
		r := Record{Members: members}
		if r.ContactID = r.Text("ContactId"); c.has(r.ContactID) {
			list = append(list, r)
		}
	}
	return list
}

// HasRecord asserts that a contact record was told of the chat whose members, by their paths as in [Record.Text], are these; it has others.
func (c *Chat) HasRecord(want map[string]string) {
	c.s.t.Helper()
	c.holds(func() string {
		all := c.Records()
		var other []string
		for _, r := range all {
			differs := ""
			for _, path := range slices.Sorted(maps.Keys(want)) {
				if got := r.Text(path); got != want[path] {
					differs += fmt.Sprintf("\n  %s: %s is %q, want %q", r.ContactID, path, got, want[path])
				}
			}
			if differs == "" {
				return ""
			}
			other = append(other, differs)
		}
		return fmt.Sprintf("no contact record is like that; there are %d%s", len(all), strings.Join(other, ""))
	})
}

// Transcript is what the files keep of the contacts of the chat that have ended, in order, as analysts and auditors find it: what was said, and
// who came and went. [Person.Items] has more.
func (c *Chat) Transcript() (items []ptypes.Item) {
	c.s.t.Helper()
	read := map[string]bool{}
	for _, r := range c.Records() {
		recordings, _ := r.Members["Recordings"].([]any)
		for _, one := range recordings {
			members, _ := one.(map[string]any)
			file := Record{Members: members}.Text("Location")
			if file == "" || read[file] {
				continue
			}
			read[file] = true
			var transcript struct{ Transcript []ptypes.Item }
			data, err := os.ReadFile(filepath.Join(c.s.files, file))
			if err == nil {
				err = json.Unmarshal(data, &transcript)
			}
			if err != nil {
				c.fatalf("read the transcript: %v", err)
			}
			items = append(items, transcript.Transcript...)
		}
	}
	return items
}

// HasTranscript asserts that the transcript holds these, in this order, named as in [Person.Saw]; other things may lie between.
func (c *Chat) HasTranscript(want ...string) {
	c.s.t.Helper()
	c.holds(func() string {
		if missing := inOrder(shown(c.Transcript()), want); missing >= 0 {
			return fmt.Sprintf("the transcript does not have %s%s", want[missing], after(want[:missing]))
		}
		return ""
	})
}

func aString(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
