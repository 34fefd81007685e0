package browser

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/chromedp/chromedp"

	"github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/chat"
)

// program is a Go program in a chat. It keeps all that it is told.
type program struct {
	*chat.Session
	t    *testing.T
	done chan struct{} // closed when there is no more

	mu     sync.Mutex
	items  []chat.Item
	phases []chat.Phase
}

func newProgram(t *testing.T, endpoint, token string, role types.ParticipantRole) *program {
	t.Helper()
	p := &program{t: t, done: make(chan struct{})}
	s, err := chat.Join(t.Context(), endpoint, token, chat.As(role), chat.Notify(func(s chat.Status) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.phases = append(p.phases, s.Phase)
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	p.Session = s
	go func() {
		defer close(p.done)
		for item := range s.Items(t.Context()) {
			p.mu.Lock()
			p.items = append(p.items, item)
			p.mu.Unlock()
		}
	}()
	return p
}

// told waits for an item.
func (p *program) told(what string, which func(chat.Item) bool) chat.Item {
	p.t.Helper()
	for limit := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		p.mu.Lock()
		i := slices.IndexFunc(p.items, which)
		if i >= 0 {
			defer p.mu.Unlock()
			return p.items[i]
		}
		p.mu.Unlock()
		if time.Now().After(limit) {
			p.t.Fatalf("after %v the program was not told of %s; status %v", patience, what, p.Status())
		}
	}
}

func (p *program) toldOf(id string) chat.Item {
	p.t.Helper()
	return p.told("item "+id, func(it chat.Item) bool { return it.Common().ID == id })
}

// kept are the ids of the items that the transcript keeps.
func (p *program) kept() (ids []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, item := range p.items {
		switch item.(type) {
		case *chat.Typing, *chat.Receipt:
		default:
			ids = append(ids, item.Common().ID)
		}
	}
	return ids
}

func (p *program) says(format string, args ...any) (id string) {
	p.t.Helper()
	sent, err := p.Say(p.t.Context(), fmt.Sprintf(format, args...))
	if err != nil {
		p.t.Fatal(err)
	}
	return sent.ID
}

// The page and a program are the same customer, another program is the agent. All sockets are cut while they talk. The programs are told
// each item of the transcript once and in its order; the page what did not fall into its gap, in the same order.
func TestChatJSAndTheGoSession(t *testing.T) {
	eachMajor(t, func(t *testing.T, _ string, page *tab) {
		server := startDev(t)
		proxy := newFaultProxy(t, server.Endpoint)
		visit := server.startChat(t, map[string]string{"topic": "person"})
		page.begin(proxy.URL, visit)
		ana := newProgram(t, proxy.URL, visit.ParticipantToken, types.ParticipantRoleCustomer)
		invited := server.invite(t, visit, "Bo")
		bo := newProgram(t, proxy.URL, invited.ParticipantToken, types.ParticipantRoleAgent)
		truth := join(t, server.Endpoint, invited)

		// talk has all of them speak at the same time, and waits until all have heard it.
		talk := func(word string) {
			t.Helper()
			for i := range 5 {
				js[chromedp.Void](page, "void send('%s %d on the page')", word, i)
				ana.says("%s %d in the program", word, i)
				bo.says("%s %d by the agent", word, i)
			}
			page.until("texts().filter((text) => text.startsWith('%s ')).length === 15", word)
			for _, it := range truth.transcript(t) {
				ana.toldOf(it.Id)
				bo.toldOf(it.Id)
			}
		}
		talk("first")

		js[chromedp.Void](page, "session.sendEvent({ contentType: 'application/vnd.amazonaws.connect.event.typing' })")
		bo.told("typing", func(it chat.Item) bool {
			ty, ok := it.(*chat.Typing)
			return ok && ty.From.Role == types.ParticipantRoleCustomer
		})
		read := ana.says("read me")
		bo.toldOf(read)
		if err := bo.Read(t.Context(), read); err != nil {
			t.Fatal(err)
		}
		page.until("seen.read.includes(%q)", read)
		ana.told("a receipt", func(it chat.Item) bool {
			r, ok := it.(*chat.Receipt)
			return ok && r.MessageID == read && !r.Read.IsZero()
		})

		hash := page.attach(`file("photo.png", "image/png", %s, 300_001)`, png)
		for _, p := range []*program{ana, bo} {
			file := p.told("the page's file", func(it chat.Item) bool { f, ok := it.(*chat.File); return ok && f.Name == "photo.png" }).(*chat.File)
			body, _, err := p.Fetch(t.Context(), file.AttachmentID)
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.New()
			_, err = io.Copy(sum, body)
			body.Close()
			if got := hex.EncodeToString(sum.Sum(nil)); err != nil || got != hash {
				t.Errorf("the page's file was fetched with the hash %s, sent with %s: %v", got, hash, err)
			}
		}
		list := []byte("a,b\n1,2\n")
		if _, err := bo.Attach(t.Context(), chat.Upload{Name: "list.csv", Body: bytes.NewReader(list)}); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(list)
		page.wantFile("list.csv", "text/csv", hex.EncodeToString(sum[:]))

		proxy.cut()
		var gap []string
		for i := range 5 {
			gap = append(gap, ana.says("cut %d in the program", i), bo.says("cut %d by the agent", i))
		}
		page.until("seen.lost > 0")
		for limit := time.Now().Add(patience); !js[bool](page, "texts().includes('Is the page back?')"); time.Sleep(100 * time.Millisecond) {
			if time.Now().After(limit) {
				t.Fatalf("after %v the page is not back: %s", patience, js[string](page, "describe()"))
			}
			gap = append(gap, bo.says("Is the page back?"))
		}
		talk("again")

		var want, live []string // live is what pages are told of as it happens
		for _, it := range truth.transcript(t) {
			want = append(want, it.Id)
			if !strings.HasSuffix(it.ContentType, "participant.invited") {
				live = append(live, it.Id)
			}
		}
		for name, got := range map[string][]string{
			"the customer's program": ana.kept(), "the agent's program": bo.kept(), "the page, from the transcript,": js[[]string](page, "transcript().then(({ ids }) => ids)"),
		} {
			if !slices.Equal(got, want) {
				t.Errorf("%s was told of %d items, want these %d:\n got %v\nwant %v", name, len(got), len(want), got, want)
			}
		}
		told := slices.DeleteFunc(js[[]string](page, "seen.items.map((item) => item.Id)"), func(id string) bool { return !slices.Contains(live, id) })
		live = live[slices.Index(live, told[0]):] // before that its socket was not there
		live = slices.DeleteFunc(live, func(id string) bool { return slices.Contains(gap, id) && !slices.Contains(told, id) })
		if !slices.Equal(told, live) {
			t.Errorf("the page was told\n%v, want\n%v", told, live)
		}

		if _, err := server.client().StopContact(t.Context(), &connect.StopContactInput{InstanceId: &server.InstanceId, ContactId: &visit.ContactId}); err != nil {
			t.Fatal(err)
		}
		page.until("seen.ended === 1")
		end := js[string](page, "seen.items.at(-1).Id")
		for _, p := range []*program{ana, bo} {
			select {
			case <-p.done:
			case <-time.After(patience):
				t.Fatalf("after %v the session has not ended: %v", patience, p.Status())
			}
			if ids := p.kept(); ids[len(ids)-1] != end || len(ids) != len(want)+1 || p.Err() != nil {
				t.Errorf("%d items, the last %s and %v; want %d and %s", len(ids), ids[len(ids)-1], p.Err(), len(want)+1, end)
			}
			p.mu.Lock()
			if !slices.Contains(p.phases, chat.Reconnecting) {
				t.Errorf("the sockets were not cut: %v", p.phases)
			}
			p.mu.Unlock()
		}
	})
}
