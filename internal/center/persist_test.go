package center

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/blob"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

const (
	entire      = types.RehydrationTypeEntirePastSession
	fromSegment = types.RehydrationTypeFromSegment
)

func persistent(kind types.RehydrationType, source string) func(*connect.StartChatContactInput) {
	return func(in *connect.StartChatContactInput) {
		in.PersistentChat = &types.PersistentChat{RehydrationType: kind, SourceContactId: &source}
	}
}

func (w *world) change(c chat, fn func(*scene) error) {
	w.t.Helper()
	if err := w.update(w.t.Context(), store.Key{Chat: c.id}, fn); err != nil {
		w.t.Fatal(err)
	}
}

// transfer goes on in a new contact and returns its id.
func (w *world) transfer(c chat) (id string) {
	w.t.Helper()
	w.change(c, func(sc *scene) error {
		sc.endContact("")
		err := sc.nextContact("TRANSFER")
		id = sc.contact.ID
		return err
	})
	return id
}

func (w *world) end(c chat) {
	w.t.Helper()
	w.change(c, func(sc *scene) error { sc.end(reasonAPI); return nil })
}

// segments is a chat that has ended, of n contacts in each of which its name and number was said.
func (w *world) segments(name string, n int, change ...func(*connect.StartChatContactInput)) (chat, []string) {
	w.t.Helper()
	c := w.start(change...)
	ids := []string{c.id}
	for i := range n {
		if i > 0 {
			ids = append(ids, w.transfer(c))
		}
		w.say(c, fmt.Sprintf("%s%d", name, i+1))
	}
	w.end(c)
	return c, ids
}

// page reads one page of a transcript.
func (w *world) page(c chat, in participant.GetTranscriptInput) *participant.GetTranscriptOutput {
	w.t.Helper()
	out, err := w.GetTranscript(w.t.Context(), c.Connection, &in)
	if err != nil {
		w.t.Fatal(err)
	}
	if *out.InitialContactId != c.id {
		w.t.Errorf("InitialContactId %s is not that of the chat read, %s", *out.InitialContactId, c.id)
	}
	return out
}

// past reads all of a chat's past, the newest first, in pages of a size, and checks that each page is of one side.
func (w *world) past(c chat, size int32) []ptypes.Item {
	w.t.Helper()
	var all []ptypes.Item
	in := participant.GetTranscriptInput{MaxResults: &size, ScanDirection: ptypes.ScanDirectionBackward}
	for {
		out := w.page(c, in)
		for _, it := range out.Transcript {
			switch {
			case (it.ContactId == nil) == (it.RelatedContactId == nil):
				w.t.Errorf("item %s has ContactId %v and RelatedContactId %v", *it.Id, it.ContactId, it.RelatedContactId)
			case it.RelatedContactId != nil:
				all = append(all, it)
			case len(all) > 0:
				w.t.Errorf("item %s of the chat stands behind its past", *it.Id)
			}
		}
		if out.NextToken == nil {
			return all
		}
		in.NextToken = out.NextToken
	}
}

func (w *world) row(c chat) *store.Chat {
	w.t.Helper()
	row, err := w.Store.Chat(w.t.Context(), c.id)
	if err != nil {
		w.t.Fatal(err)
	}
	return row
}

// TestPersistentChat continues a chat of three contacts in each way there is. Source: connect-chat sheet, 2.4.
func TestPersistentChat(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		_, old := w.segments("c", 3)
		for _, tt := range []struct {
			kind           types.RehydrationType
			source         string
			from           string
			past, contacts []string
		}{
			{fromSegment, old[1], old[1], []string{"c2", "c1"}, []string{old[1], old[0]}},
			{fromSegment, old[2], old[2], []string{"c3", "c2", "c1"}, []string{old[2], old[1], old[0]}},
			{fromSegment, w.Scope.Resource(instanceID, "contact", old[0]), old[0], []string{"c1"}, []string{old[0]}},
			{entire, old[0], old[2], []string{"c3", "c2", "c1"}, []string{old[2], old[1], old[0]}},
		} {
			out, err := w.StartChatContact(t.Context(), request(persistent(tt.kind, tt.source)))
			if err != nil {
				t.Fatal(err)
			}
			c := chat{id: *out.ContactId}
			c.ChatID, c.ParticipantID = *out.ContactId, *out.ParticipantId
			what := string(tt.kind) + " " + tt.past[0]
			if out.ContinuedFromContactId == nil || *out.ContinuedFromContactId != tt.from {
				t.Errorf("%s: continued from %v, want %s", what, out.ContinuedFromContactId, tt.from)
			}
			if related := w.describe(c.id).RelatedContactId; related == nil || *related != tt.from {
				t.Errorf("%s: related to %v, want %s", what, related, tt.from)
			}
			w.say(c, "new")
			for _, size := range []int32{1, 2, 3, 100} {
				past := w.past(c, size)
				wantMessages(t, fmt.Sprint(what, " in pages of ", size), past, tt.past...)
				var contacts []string
				for _, it := range past {
					contacts = append(contacts, *it.RelatedContactId)
				}
				if got := slices.Compact(contacts); !slices.Equal(got, tt.contacts) {
					t.Errorf("%s in pages of %d: contacts %v, want %v", what, size, got, tt.contacts)
				}
			}
			wantMessages(t, what+" forward", w.transcript(c), "new")
		}
	})
}

// TestPersistentChatAccumulates: a persistent chat brings its own past along.
func TestPersistentChatAccumulates(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		_, a := w.segments("a", 3)
		_, b := w.segments("b", 2, persistent(fromSegment, a[1]))
		c := w.start(persistent(entire, b[0]))
		d := w.start(persistent(fromSegment, b[0])) // two chats may continue the same one
		for _, size := range []int32{1, 3, 100} {
			wantMessages(t, "all of b", w.past(c, size), "b2", "b1", "a2", "a1")
			wantMessages(t, "from the first contact of b", w.past(d, size), "b1", "a2", "a1")
		}
		past := w.past(c, 2)
		seen := map[string]bool{}
		for _, it := range past {
			if seen[*it.Id] {
				t.Errorf("item %s came twice", *it.Id)
			}
			seen[*it.Id] = true
		}
		if !slices.IsSortedFunc(past, func(x, y ptypes.Item) int { return strings.Compare(*y.AbsoluteTime, *x.AbsoluteTime) }) {
			t.Error("the past is not in order")
		}
	})
}

// TestPersistentChatKeepsWithinLimits: a hundred contacts, and five megabytes however they are read.
func TestPersistentChatKeepsWithinLimits(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		_, a := w.segments("a", 60)
		_, b := w.segments("b", 60, persistent(entire, a[0]))
		past := w.past(w.start(persistent(entire, b[0])), 100)
		if said := contents(past); len(said) != 100 || said[0] != "b60" || said[99] != "a21" {
			t.Errorf("%d messages in the past, the last of which is %s; want 100 down to a21", len(said), said[len(said)-1])
		}

		long := w.start()
		w.change(long, func(sc *scene) error {
			for range 400 {
				sc.say(sc.chat.Participants[0], textPlain, strings.Repeat("x", 16000), nil)
			}
			return nil
		})
		w.end(long)
		c := w.start(persistent(entire, long.id))
		size := 0
		items := w.past(c, 100)
		for i := range items {
			size += len(encode(&items[i]))
		}
		if size > maxPastBytes || size < maxPastBytes-20000 {
			t.Errorf("%d bytes of the past can be read, want nearly %d", size, maxPastBytes)
		}
		if n := len(w.past(c, 7)); n != len(items) {
			t.Errorf("%d items in pages of 7, %d in pages of 100", n, len(items))
		}
	})
}

// TestPersistentChatRefuses gives each rule a request that breaks it, at a start, for a running chat and, as far as it can be written
// there, from a flow.
func TestPersistentChatRefuses(t *testing.T) {
	const notFound, invalid = "ResourceNotFoundException", "InvalidRequestException"
	engines(t, func(t *testing.T, w *world) {
		_, old := w.segments("c", 2)
		erased, _ := w.segments("e", 1)
		if err := w.Store.EraseItems(t.Context(), erased.id); err != nil {
			t.Fatal(err)
		}
		gone, _ := w.segments("g", 1)
		if err := w.Store.EraseChat(t.Context(), gone.id); err != nil {
			t.Fatal(err)
		}
		live := w.start()
		w.transfer(live)
		elsewhere := w.elsewhere(t)
		arnOf := func(instance, id string) string { return w.Scope.Resource(instance, "contact", id) }
		for _, tt := range []struct {
			name   string
			kind   types.RehydrationType
			source string
			want   string
		}{
			{"unknown", entire, "nobody", notFound},
			{"erased", entire, gone.id, notFound},
			{"of another instance", entire, elsewhere, notFound},
			{"ARN of another instance", fromSegment, arnOf("00000000-0000-4000-8000-0000000000a2", old[0]), notFound},
			{"ARN of another kind", fromSegment, w.Scope.Resource(instanceID, "queue", old[0]), notFound},
			{"live", entire, live.id, invalid},
			{"segment of a live chat", fromSegment, live.id, invalid},
			{"not the initial contact", entire, old[1], invalid},
			{"without a transcript", fromSegment, erased.id, invalid},
		} {
			in := request(persistent(tt.kind, tt.source), func(in *connect.StartChatContactInput) { in.ClientToken = &tt.name })
			before := w.liveChats()
			_, err := w.StartChatContact(t.Context(), in)
			wantCode(t, "start: "+tt.name, err, tt.want)
			if n := w.liveChats(); n != before {
				t.Errorf("start: %s: %d chats live, want %d", tt.name, n, before)
			}
			c := w.start()
			_, err = w.associate(c.id, tt.kind, tt.source)
			wantCode(t, "association: "+tt.name, err, tt.want)
			if row := w.row(c); row.Rehydrated || len(row.Past) > 0 || len(w.transcript(c)) != 1 {
				t.Errorf("association: %s: the chat was changed", tt.name)
			}
		}

		for name, change := range map[string]func(*connect.StartChatContactInput){
			"without a type": func(in *connect.StartChatContactInput) {
				in.PersistentChat = &types.PersistentChat{SourceContactId: &old[0]}
			},
			"without a source": func(in *connect.StartChatContactInput) {
				in.PersistentChat = &types.PersistentChat{RehydrationType: entire}
			},
			"empty": func(in *connect.StartChatContactInput) { in.PersistentChat = &types.PersistentChat{} },
			"and related": func(in *connect.StartChatContactInput) {
				persistent(entire, old[0])(in)
				in.RelatedContactId = &old[0]
			},
		} {
			_, err := w.StartChatContact(t.Context(), request(change))
			wantCode(t, name, err, invalid)
		}

		c := w.start(persistent(entire, old[0]))
		_, err := w.associate(c.id, fromSegment, old[0])
		wantCode(t, "a chat that was started so", err, invalid)
		_, err = w.associate(live.id, entire, old[0])
		wantCode(t, "an earlier contact of the chat", err, invalid)
		_, err = w.associate(old[1], entire, old[0])
		wantCode(t, "a chat that has ended", err, invalid)
		_, err = w.associate("nobody", entire, old[0])
		wantCode(t, "no contact", err, notFound)
	})
}

// elsewhere is a contact of another instance, in a chat that has ended.
func (w *world) elsewhere(t *testing.T) string {
	t.Helper()
	ct := &store.Contact{ID: "elsewhere", ChatID: "elsewhere", InstanceID: "00000000-0000-4000-8000-0000000000a2", EndedAt: 1}
	err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
		tx.CreateChat(&store.Chat{ID: ct.ID, InstanceID: ct.InstanceID, ContactID: ct.ID, EndedAt: 1}, ct)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ct.ID
}

func (w *world) associate(contact string, kind types.RehydrationType, source string, token ...string) (string, error) {
	in := &connect.CreatePersistentContactAssociationInput{
		InstanceId: new(instanceID), InitialContactId: &contact, RehydrationType: kind, SourceContactId: &source,
	}
	if len(token) > 0 {
		in.ClientToken = &token[0]
	}
	out, err := w.CreatePersistentContactAssociation(w.t.Context(), in)
	if err != nil {
		return "", err
	}
	return *out.ContinuedFromContactId, nil
}

// TestPersistentContactAssociation continues a chat from one that runs, once, and tells everybody.
func TestPersistentContactAssociation(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		_, old := w.segments("c", 2)
		c := w.start()
		if out := w.page(c, participant.GetTranscriptInput{}); out.NextToken != nil {
			t.Error("a chat without a past has another page")
		}
		w.say(c, "hello")
		from, err := w.associate(c.id, entire, old[0], "t")
		if err != nil || from != old[1] {
			t.Fatalf("continued from %q, %v; want %s", from, err, old[1])
		}
		items := w.transcript(c)
		last := items[len(items)-1]
		if *last.ContentType != eventRehydrated || last.Type != itemEvent || *last.ContactId != c.id ||
			last.ParticipantId != nil || last.DisplayName != nil || last.ParticipantRole != "" || last.Content != nil {
			t.Errorf("the last item is %+v", last)
		}
		w.mu.Lock()
		told := string(w.told[len(w.told)-1].Item)
		w.mu.Unlock()
		if !strings.Contains(told, eventRehydrated) || !strings.Contains(told, c.id) {
			t.Errorf("told last: %s", told)
		}
		wantMessages(t, "past", w.past(c, 30), "c2", "c1")
		if related := w.describe(c.id).RelatedContactId; *related != old[1] {
			t.Errorf("related to %s, want %s", *related, old[1])
		}

		again := func(what string, kind types.RehydrationType, source, token, want string) {
			t.Helper()
			got, err := w.associate(c.id, kind, source, token)
			wantCode(t, what, err, want)
			if want == "" && got != from {
				t.Errorf("%s: continued from %s, want %s", what, got, from)
			}
			if n := len(w.transcript(c)); n != len(items) {
				t.Errorf("%s: %d items, want %d", what, n, len(items))
			}
		}
		again("the same token", entire, old[0], "t", "")
		again("the same token and the ARN", entire, w.Scope.Resource(instanceID, "contact", old[0]), "t", "")
		again("the same token, another source", fromSegment, old[0], "t", "InvalidRequestException")
		again("another token", entire, old[0], "u", "InvalidRequestException")
		again("no token", entire, old[0], "", "InvalidRequestException")
		w.end(c)
		if got, err := w.associate(c.id, entire, old[0], "t"); err != nil || got != from {
			t.Errorf("the same token after the end: %q, %v", got, err)
		}
	})
}

// TestPersistentChatInherits: what the earlier chat had is copied, what the request says wins.
func TestPersistentChatInherits(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		old := w.start(func(in *connect.StartChatContactInput) {
			in.Attributes = map[string]string{"plan": "gold", "lang": "de"}
			in.CustomerId = new("k-42")
			in.SegmentAttributes = map[string]types.SegmentAttributeValue{"mine": {ValueString: new("1")}}
		})
		w.change(old, func(sc *scene) error {
			sc.contact.Name, sc.contact.Description, sc.contact.LanguageCode, sc.contactChanged = "Bill", "About a bill", "de-DE", true
			sc.contact.Tags = map[string]string{"a": "b"}
			return nil
		})
		related := w.start(func(in *connect.StartChatContactInput) {
			in.RelatedContactId = new(w.Scope.Resource(instanceID, "contact", old.id))
			in.CustomerId = new("k-43")
		})
		w.end(old)
		persisted := w.start(persistent(entire, old.id), func(in *connect.StartChatContactInput) { in.Attributes = map[string]string{"lang": "fr"} })
		later := w.start(func(in *connect.StartChatContactInput) { in.Attributes = map[string]string{"lang": "it"} })
		if _, err := w.associate(later.id, fromSegment, old.id); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			what           string
			c              chat
			lang, customer string
		}{
			{"related", related, "de", "k-43"},
			{"persistent", persisted, "fr", "k-42"},
			{"associated", later, "it", "k-42"},
		} {
			d := w.describe(tt.c.id)
			if d.Attributes["plan"] != "gold" || d.Attributes["lang"] != tt.lang || len(d.Attributes) != 2 {
				t.Errorf("%s: attributes %v", tt.what, d.Attributes)
			}
			if reply.Value(d.CustomerId) != tt.customer || reply.Value(d.Name) != "Bill" || reply.Value(d.Description) != "About a bill" ||
				reply.Value(d.RelatedContactId) != old.id || len(d.Tags) != 1 || len(d.SegmentAttributes) != 1 {
				t.Errorf("%s: %+v", tt.what, d)
			}
		}
		if out := w.page(related, participant.GetTranscriptInput{}); out.NextToken != nil {
			t.Error("a chat that is only related shows a past")
		}

		full := w.start(func(in *connect.StartChatContactInput) {
			in.Attributes = map[string]string{"a": strings.Repeat("x", maxAttributesBytes-1)}
		})
		w.end(full)
		_, err := w.StartChatContact(t.Context(), request(persistent(entire, full.id), func(in *connect.StartChatContactInput) {
			in.Attributes = map[string]string{"b": ""}
		}))
		wantCode(t, "too many attributes together", err, "InvalidRequestException")
		w.start(persistent(entire, full.id), func(in *connect.StartChatContactInput) { in.Attributes = map[string]string{"a": "", "b": ""} })
	})
}

// TestPersistentChatTokens: the token of a start gives the same chat for the same past, page tokens hold for ever.
func TestPersistentChatTokens(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		_, old := w.segments("c", 3)
		in := request(persistent(entire, old[0]), func(in *connect.StartChatContactInput) { in.ClientToken = new("t") })
		first, err := w.StartChatContact(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		c := chat{id: *first.ContactId}
		c.ChatID, c.ParticipantID = *first.ContactId, *first.ParticipantId
		size := new(int32(2))
		var tokens []*string
		var pages [][]ptypes.Item
		for next := (*string)(nil); ; {
			out := w.page(c, participant.GetTranscriptInput{MaxResults: size, NextToken: next, SortOrder: ptypes.SortKeyAscending})
			tokens, pages = append(tokens, next), append(pages, out.Transcript)
			if next = out.NextToken; next == nil {
				break
			}
		}
		if err := w.Store.Close(); err != nil {
			t.Fatal(err)
		}
		w.open()
		w.say(c, "later") // what is new moves nothing
		for i, token := range tokens[1:] {
			out := w.page(c, participant.GetTranscriptInput{MaxResults: size, NextToken: token, SortOrder: ptypes.SortKeyAscending})
			same := slices.EqualFunc(out.Transcript, pages[i+1], func(a, b ptypes.Item) bool { return *a.Id == *b.Id })
			if !same {
				t.Errorf("page %d is another one after a restart", i+2)
			}
			if !slices.IsSortedFunc(out.Transcript, func(a, b ptypes.Item) int { return strings.Compare(*a.AbsoluteTime, *b.AbsoluteTime) }) {
				t.Errorf("page %d is not ascending", i+2)
			}
		}
		same := *in
		persistent(entire, w.Scope.Resource(instanceID, "contact", old[0]))(&same)
		for range 2 {
			again, err := w.StartChatContact(t.Context(), &same)
			if err != nil || *again.ContactId != c.id || reply.Value(again.ContinuedFromContactId) != old[2] {
				t.Errorf("the token gives %+v, %v", again, err)
			}
			// Even when nothing is left of what was said there.
			if err := w.Store.EraseItems(t.Context(), old[0]); err != nil {
				t.Fatal(err)
			}
		}
		other := *in
		persistent(fromSegment, old[0])(&other)
		_, err = w.StartChatContact(t.Context(), &other)
		wantCode(t, "the token with another type", err, "InvalidRequestException")
		// With the earlier chat goes what names it; the token makes nothing new.
		if err := w.Store.EraseChat(t.Context(), old[0]); err != nil {
			t.Fatal(err)
		}
		_, err = w.StartChatContact(t.Context(), in)
		wantCode(t, "the token after the erasure", err, "ResourceNotFoundException")
	})
}

// TestPastIsReachedBackwardOnly: neither an anchor, nor a contact, nor reading forward leads to the past.
func TestPastIsReachedBackwardOnly(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		_, old := w.segments("c", 2)
		c := w.start(persistent(entire, old[0]))
		w.say(c, "new")
		past := w.past(c, 100)
		first := w.transcript(c)[0]
		hundred := new(int32(100))
		for what, in := range map[string]participant.GetTranscriptInput{
			"forward":               {ScanDirection: ptypes.ScanDirectionForward},
			"a contact of the past": {ContactId: &old[0]},
			"the own contact":       {ContactId: &c.id},
			"an item of the past":   {StartPosition: &ptypes.StartPosition{Id: past[0].Id}, ScanDirection: ptypes.ScanDirectionBackward},
			"an own item":           {StartPosition: &ptypes.StartPosition{Id: first.Id}, ScanDirection: ptypes.ScanDirectionBackward},
			"a time in the past":    {StartPosition: &ptypes.StartPosition{AbsoluteTime: past[0].AbsoluteTime}, ScanDirection: ptypes.ScanDirectionBackward},
			"the most recent":       {StartPosition: &ptypes.StartPosition{MostRecent: 50}, ScanDirection: ptypes.ScanDirectionBackward},
		} {
			in.MaxResults = hundred
			out := w.page(c, in)
			if out.NextToken != nil {
				t.Errorf("%s: there is another page", what)
			}
			for _, it := range out.Transcript {
				if it.ContactId == nil {
					t.Errorf("%s: an item of the past", what)
				}
			}
		}
		// As chat-interface does it after chat.rehydrated, and iOS: the newest of the chat, then what was before it.
		in := participant.GetTranscriptInput{
			MaxResults: new(int32(30)), ScanDirection: ptypes.ScanDirectionBackward, SortOrder: ptypes.SortKeyAscending,
			StartPosition: &ptypes.StartPosition{},
		}
		one := w.page(c, in)
		in.NextToken = one.NextToken
		two := w.page(c, in)
		wantMessages(t, "first page", one.Transcript, "new")
		wantMessages(t, "second page", two.Transcript, "c1", "c2")
		if two.NextToken != nil {
			t.Error("there is a third page")
		}
		for _, junk := range []string{"p", "cDA", "cC0xLjAuMA"} { // none, "p0", "p-1.0.0"
			_, err := w.GetTranscript(t.Context(), c.Connection, &participant.GetTranscriptInput{NextToken: &junk})
			wantCode(t, "NextToken "+junk, err, "ValidationException")
		}
		if out := w.page(c, participant.GetTranscriptInput{NextToken: new(place{Segment: 7}.token())}); len(out.Transcript) != 0 || out.NextToken != nil {
			t.Errorf("a place behind the past gives %+v", out)
		}
	})
}

// TestErasedPastIsAbsent: what is erased is left out, and what lies behind it stays.
func TestErasedPastIsAbsent(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		_, a := w.segments("a", 1)
		_, b := w.segments("b", 2, persistent(entire, a[0]))
		_, c := w.segments("c", 1, persistent(entire, b[0]))
		d := w.start(persistent(entire, c[0]))
		wantMessages(t, "before", w.past(d, 2), "c1", "b2", "b1", "a1")
		if err := w.Store.EraseItems(t.Context(), b[0]); err != nil {
			t.Fatal(err)
		}
		wantMessages(t, "without the items of b", w.past(d, 2), "c1", "a1")
		if err := w.Store.EraseChat(t.Context(), b[0]); err != nil {
			t.Fatal(err)
		}
		wantMessages(t, "without b", w.past(d, 2), "c1", "a1")
		for _, id := range []string{a[0], c[0]} {
			if err := w.Store.EraseChat(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		if out := w.page(d, participant.GetTranscriptInput{}); out.NextToken != nil {
			t.Error("an erased past still has a page")
		}
	})
}

// TestHiddenItemsStayHidden: what only its sender could see, nobody of a later chat can.
func TestHiddenItemsStayHidden(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		old := w.start()
		w.change(old, func(sc *scene) error {
			sc.append(&store.Item{
				Type: itemMessage, ContentType: textPlain, Content: "rejected", ParticipantID: old.participantID, Role: roleCustomer,
				DisplayName: "Ana", Extra: []byte(`{"to":["` + old.participantID + `"]}`),
			})
			return nil
		})
		wantMessages(t, "for its sender", w.transcript(old), "rejected")
		w.say(old, "sent")
		w.end(old)
		wantMessages(t, "later", w.past(w.start(persistent(entire, old.id)), 1), "sent")
	})
}

// TestFilesOfThePast: the files of what a chat shows can be had in it, those of what it leaves out can not.
func TestFilesOfThePast(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		_, old := w.segments("c", 2)
		err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
			for _, id := range old {
				tx.PutAttachment(&store.Attachment{
					ID: "of " + id, ChatID: old[0], ContactID: id, InstanceID: instanceID, Status: fileApproved, Name: "bill.pdf",
					ContentType: "application/pdf", Size: 1, Bucket: "files", Key: id,
				})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		get := func(c chat, contact string) error {
			_, err := w.GetAttachment(t.Context(), c.Connection, &participant.GetAttachmentInput{AttachmentId: new("of " + contact)})
			return err
		}
		c := w.start(persistent(fromSegment, old[0]))
		wantCode(t, "shown", get(c, old[0]), "")
		wantCode(t, "left out", get(c, old[1]), "ValidationException")
		wantCode(t, "of another chat", get(w.start(), old[0]), "ValidationException")
	}, func(c *Config) {
		files, err := blob.OpenDisk(t.TempDir(), blob.DiskOptions{Secrets: [][]byte{make([]byte, 32)}, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { files.Close() })
		c.Objects = files
	})
}
