package center

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect/types"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/blob/blobtest"
	"github.com/openparley/parley/internal/bus"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/store/storetest"
)

// walkEvents is where contact events go in a walk.
const walkEvents = "nats:events"

// walkLimit is how many chats live at a time in a walk.
const walkLimit = 6

// queueFlow has contacts wait in a queue.
const queueFlow = `{"Version":"2019-10-30","StartAction":"hook","Actions":[
	{"Identifier":"hook","Type":"UpdateContactEventHooks","Parameters":{"EventHooks":{"CustomerRemaining":"long"}},"Transitions":{"NextAction":"which",
		"Errors":[{"NextAction":"which","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"which","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"queue"},"Transitions":{"NextAction":"wait",
		"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"wait","Type":"TransferContactToQueue","Parameters":{},"Transitions":{"NextAction":"end",
		"Errors":[{"NextAction":"end","ErrorType":"QueueAtCapacity"},{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// walk is a contact centre to which anything may happen that can happen to a chat, in random order: requests, one after the other and at
// once; time; restarts; updates that run again; messages of the bus that are lost, late or told twice. On PostgreSQL it has two nodes.
type walk struct {
	t      *testing.T
	r      *rand.Rand
	nodes  []*world
	change func(*Config)
	files  blobtest.Store

	mu     sync.Mutex
	chats  []*walked
	bus    []bus.Message // published, not brought to the sockets yet
	past   []call        // with a ClientToken, that were answered
	trace  []string
	reruns int64          // that were forced
	did    map[string]int // calls that were not refused, by name
}

// walked is a chat of a walk.
type walked struct {
	chat
	ears    []*ear
	over    bool              // it was told
	ends    map[string]string // contact → when it ended, and why
	streams []streamTime
	signIns []string // sessions that the customer was asked for
}

// streamTime is from which item to which a chat was streamed to a target.
type streamTime struct {
	id, target string
	from, to   int64
}

// ear is a socket as the gateway keeps it.
type ear struct {
	who        string
	from, seen int64
	ended      bool
	heard      []int64
}

// call is an operation that is about to be called, or was.
type call struct {
	name    string
	on      *walked
	do      func(*Service) (answer string, err error)
	token   bool // it has a ClientToken
	person  bool // it is refused when the caller has left
	answer  string
	forgets time.Time // the token; zero: never
	applied func(answer string)
	alone   bool // what it starts or ends is known only if nothing else happens to the chat
}

// TestLifeOfChats walks at random and checks, after every step and at the end, what must hold of every chat: see walk.check and
// walk.finish. PARLEY_TEST_SEED repeats a walk, PARLEY_TEST_STEPS makes it longer.
func TestLifeOfChats(t *testing.T) {
	seed, steps := testSeed(t), 400
	if s := os.Getenv("PARLEY_TEST_STEPS"); s != "" {
		var err error
		if steps, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	storetest.Engines(t, func(t *testing.T, e storetest.Engine) {
		t.Parallel()
		w := newWalk(t, e, seed)
		defer func() {
			if t.Failed() {
				t.Logf("PARLEY_TEST_SEED=%d PARLEY_TEST_STEPS=%d", seed, steps)
				for _, line := range w.trace[max(0, len(w.trace)-40):] {
					t.Log(line)
				}
			}
		}()
		for range steps {
			w.step()
			if t.Failed() {
				return
			}
		}
		w.finish()
	})
}

func newWalk(t *testing.T, e storetest.Engine, seed uint64) *walk {
	w := &walk{t: t, r: rand.New(rand.NewPCG(seed, 1)), did: map[string]int{}}
	w.change = func(c *Config) {
		if w.files.Objects == nil {
			w.files = blobtest.OpenAt(t, blobtest.Disk, c.Store.Now)
		}
		c.Publish, c.MaxActiveChats = w.published, walkLimit
		c.Delivery, c.ContactEvents = "nats:sms", []string{walkEvents}
		c.Objects, c.Attachments = w.files, AttachmentLimits{MaxBytes: 1000, PerChat: 6, Scanner: "scanner"}
		c.Functions, c.KnowsFunction, c.IdentityProviders = &functions{answer: answerOfWalk}, named, providers{}
	}
	first := newWorld(t, e, w.change)
	w.nodes = []*world{first}
	if e == storetest.Postgres {
		second := &world{t: t, dsn: first.dsn, clock: first.clock}
		second.open(w.change)
		w.nodes = append(w.nodes, second)
	}
	err := first.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
		in, err := tx.Instance(instanceID)
		if err != nil {
			return err
		}
		for i := range in.Storage {
			in.Storage[i].Bucket = blobtest.Bucket
		}
		if in.Attributes == nil {
			in.Attributes = map[string]string{}
		}
		in.Attributes[multiParty], in.Attributes[monitoring] = "true", "true"
		tx.PutInstance(in)
		tx.PutQueue(&store.Queue{ID: "queue", InstanceID: instanceID, Name: "walk", Enabled: true})
		for id, content := range map[string]string{
			"short": shortFlow, "long": strings.Replace(shortFlow, `"60"`, `"7200"`, 1), "queue": queueFlow,
			"sign": strings.Replace(signInFlow, "POOL", "arn:pool", 1),
		} {
			tx.PutFlow(&store.Flow{ID: id, InstanceID: instanceID, Name: id, Type: "CONTACT_FLOW", State: "ACTIVE", Published: 1})
			tx.PutFlowVersion(&store.FlowVersion{FlowID: id, Version: 1, Content: content})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	const call = `InvokeLambdaFunction {"LambdaFunctionARN":"slow","InvocationTimeLimitSeconds":"8"}`
	first.publish("whispers", "CONTACT_FLOW",
		hooks(hookAgentWhisper, first.publish("agent", "AGENT_WHISPER", says("Agent"), call, says("Agent"))),
		hooks(hookCustomerWhisper, first.publish("customer", "CUSTOMER_WHISPER", says("Customer"), call)),
		hooks(hookCustomerQueue, first.publish("waits", "CUSTOMER_QUEUE", `Wait {"TimeLimitSeconds":"60"}`, `DequeueContactAndTransferToQueue {"QueueId":"queue"}`, pause)),
		hooks(hookAgentUI, "short"), hooks(hookCustomerRemaining, "long"), `UpdateContactTargetQueue {"QueueId":"queue"}`, "TransferContactToQueue")
	return w
}

// answerOfWalk is what a processor or a scanner says to what it looks at.
func answerOfWalk(function, content string) (string, error) {
	switch function {
	case "scanner":
		return `{"Status":"APPROVED"}`, nil
	case "slow":
		return `{}`, nil
	}
	return mask(function, content)
}

func (w *walk) published(m bus.Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bus = append(w.bus, m)
}

func (w *walk) fail(format string, args ...any) {
	w.t.Helper()
	w.t.Errorf(format, args...)
}

func (w *walk) node() *world       { return w.nodes[w.r.IntN(len(w.nodes))] }
func (w *walk) chance(of int) bool { return w.r.IntN(of) == 0 }

// step has something happen, and checks the chats it may have happened to.
func (w *walk) step() {
	switch w.r.IntN(30) {
	case 0:
		w.restart()
	case 1, 2, 3, 4:
		w.pass([]time.Duration{0, time.Second, 16 * time.Second, time.Minute, 3 * time.Minute}[w.r.IntN(5)])
	case 5:
		if w.chance(4) {
			w.pass([]time.Duration{6 * time.Minute, 6 * time.Minute, 61 * time.Minute, 25 * time.Hour}[w.r.IntN(4)])
		}
	case 6, 7, 8:
		w.atOnce()
	case 9, 10, 11, 12:
		w.repeat()
	case 13, 14, 15:
		if c, ok := w.next(w.someone()); ok && c.on != nil {
			w.again(c)
		}
	default:
		if c, ok := w.next(w.someone()); ok {
			w.call(w.node(), c)
		}
	}
	w.carry()
	for _, c := range w.chats {
		if !c.over || w.chance(10) {
			w.check(c)
		}
	}
	if n := w.nodes[0].liveChats(); n != w.live() {
		w.fail("%d chats are counted, %d were not told to be over", n, w.live())
	}
}

// live counts the chats that were not told to be over.
func (w *walk) live() (n int) {
	for _, c := range w.chats {
		if !c.over {
			n++
		}
	}
	return n
}

// someone is a chat, most often a live one; nil if there is none yet.
func (w *walk) someone() *walked {
	if len(w.chats) == 0 {
		return nil
	}
	for range 30 {
		c := w.chats[w.r.IntN(len(w.chats))]
		if !c.over {
			return c
		}
	}
	return w.chats[w.r.IntN(len(w.chats))]
}

// call calls an operation. It may be refused, but must not fail.
func (w *walk) call(on *world, c call) {
	answer, err := c.do(on.Service)
	w.answered(c, answer, err)
}

func (w *walk) answered(c call, answer string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	why := code(err)
	line := c.name + " " + answer + " " + why
	if c.on != nil {
		line = c.on.id[:8] + " " + line
	}
	w.trace = append(w.trace, line)
	if strings.HasPrefix(why, "internal") {
		w.fail("%s: %v", c.name, err)
		return
	}
	if err != nil {
		return
	}
	w.did[c.name]++
	if c.on == nil {
		c.on = w.of(answer)
	}
	if c.applied != nil {
		c.applied(answer)
	}
	if c.token {
		c.answer = answer
		w.past = append(w.past, c)
	}
}

// atOnce has several things happen to a chat at the same time, on all nodes.
func (w *walk) atOnce() {
	of := w.someone()
	var all sync.WaitGroup
	for range 2 + w.r.IntN(3) {
		if c, ok := w.next(of); ok && !c.alone {
			on := w.node()
			all.Go(func() { w.call(on, c) })
		}
	}
	all.Wait()
}

// repeat sends an answered request with a ClientToken again: it is answered the same, unless its caller has nothing to say any more, and
// nothing is new.
func (w *walk) repeat() {
	if len(w.past) == 0 {
		return
	}
	c := w.past[w.r.IntN(len(w.past))]
	on := w.node()
	if !c.forgets.IsZero() && !on.clock.Now().Before(c.forgets) {
		return
	}
	before, published := w.rows(c.on), len(w.bus)
	answer, err := c.do(on.Service)
	w.trace = append(w.trace, "repeat "+c.name+" "+answer+" "+code(err))
	switch {
	case code(err) == "AccessDeniedException" && c.person:
	case err != nil:
		w.fail("%s repeated: %v; it was answered %s", c.name, err, c.answer)
	case answer != c.answer:
		w.fail("%s repeated: %s; it was answered %s", c.name, answer, c.answer)
	}
	if after := w.rows(c.on); after != before {
		w.fail("%s repeated changed\n%s to\n%s", c.name, before, after)
	}
	for _, m := range w.bus[published:] {
		if m.Seq == 0 {
			w.fail("%s repeated told %s", c.name, m.Item)
		}
	}
}

// rows is all there is of a chat, and how many live.
func (w *walk) rows(c *walked) string {
	n := w.nodes[0]
	row, err := n.Store.Chat(w.t.Context(), c.id)
	if err != nil {
		w.t.Fatal(err)
	}
	count, err := n.Store.CountRows(w.t.Context(), row)
	if err != nil {
		w.t.Fatal(err)
	}
	due, _, err := n.Store.NextDue(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	b, err := json.Marshal(row)
	if err != nil {
		w.t.Fatal(err)
	}
	return fmt.Sprintf("%s %d %+v, %d live, next due %s", b, row.Seq, count, n.liveChats(), due)
}

// again calls an operation whose updates have to run twice: each is in a group that the database refuses.
func (w *walk) again(c call) {
	n := w.node()
	release, held := make(chan struct{}), make(chan struct{})
	var once sync.Once
	var all sync.WaitGroup
	key := store.Key{Chat: c.on.id}
	all.Go(func() {
		_ = n.Store.Update(context.Background(), key, func(*store.Tx) error {
			once.Do(func() { close(held) })
			<-release
			return nil
		})
	})
	<-held
	all.Go(func() {
		err := n.Store.Update(context.Background(), key, func(tx *store.Tx) error {
			tx.PutFlow(&store.Flow{ID: newID(), InstanceID: instanceID, Name: "quiet"})
			return nil
		})
		if !errors.Is(err, store.ErrExists) {
			w.fail("a second flow of the name: %v", err)
		}
	})
	done := make(chan struct{})
	before := n.Store.Stats().Reruns
	all.Go(func() {
		defer close(done)
		w.call(n, c)
	})
	for waits := true; waits && n.Store.Stats().Waiting < 2; {
		select {
		case <-done: // it was refused before
			waits = false
		case <-time.After(time.Millisecond):
		}
	}
	close(release)
	all.Wait()
	w.reruns += n.Store.Stats().Reruns - before
}

// pass lets time go by.
func (w *walk) pass(d time.Duration) {
	w.trace = append(w.trace, "time "+d.String())
	w.node().advance(d)
}

// restart closes a node and opens it again.
func (w *walk) restart() {
	w.trace = append(w.trace, "restart")
	n := w.node()
	if err := n.Store.Close(); err != nil {
		w.t.Fatal(err)
	}
	n.open(w.change)
}

// carry brings what was published to the sockets: some of it late, some not at all, some twice, in any order.
func (w *walk) carry() {
	var late []bus.Message
	messages := w.bus
	w.bus = nil
	for _, m := range messages {
		if c := w.of(m.Chat); m.Ended {
			c.over = true
		}
		w.noteSignIn(m)
	}
	w.r.Shuffle(len(messages), func(i, k int) { messages[i], messages[k] = messages[k], messages[i] })
	for _, m := range messages {
		switch w.r.IntN(10) {
		case 0: // lost
		case 1:
			late = append(late, m)
		case 2:
			late = append(late, m)
			fallthrough
		default:
			w.deliver(m)
		}
	}
	w.bus = append(w.bus, late...)
	if w.chance(4) {
		w.compare()
	}
}

func (w *walk) of(id string) *walked {
	for _, c := range w.chats {
		if c.id == id {
			return c
		}
	}
	c := &walked{chat: w.nodes[0].customerOf(id), ends: map[string]string{}} // it began on another way
	w.chats = append(w.chats, c)
	return c
}

func (w *walk) noteSignIn(m bus.Message) {
	var it ptypes.Item
	if err := json.Unmarshal(m.Item, &it); err != nil {
		w.t.Fatal(err)
	}
	if reply.Value(it.ContentType) == eventSignIn {
		var content struct{ SessionId string }
		_ = json.Unmarshal([]byte(*it.Content), &content)
		c := w.of(m.Chat)
		c.signIns = append(c.signIns, content.SessionId)
	}
}

// deliver does what the gateway does with a message.
func (w *walk) deliver(m bus.Message) {
	for _, e := range w.of(m.Chat).ears {
		visible := len(m.To) == 0 || slices.Contains(m.To, e.who)
		ended := m.Ended || m.Left == e.who
		switch {
		case e.ended || !visible && m.Seq == 0 || m.Seq != 0 && m.Seq <= e.seen:
		case m.Seq == 0:
			e.ended = ended
		case m.Seq == e.seen+1:
			e.hear(m.Seq, visible, ended)
		default:
			w.fill(m.Chat, e)
		}
	}
}

func (e *ear) hear(seq int64, visible, ended bool) {
	if visible {
		e.heard = append(e.heard, seq)
	}
	e.seen, e.ended = seq, ended
}

func (w *walk) fill(chatID string, e *ear) {
	for !e.ended {
		items, err := w.node().Since(w.t.Context(), chatID, e.who, e.seen, 7)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, m := range items {
			if m.Seq == e.seen+1 && !e.ended {
				e.hear(m.Seq, m.Item != nil, m.Ended || m.Left == e.who)
			}
		}
		if len(items) < 7 {
			return
		}
	}
}

// compare has all sockets catch up with what is stored.
func (w *walk) compare() {
	for _, c := range w.chats {
		for _, e := range c.ears {
			w.fill(c.id, e)
		}
	}
}

// items reads the transcript of a chat.
func (w *walk) items(row *store.Chat) (items []store.Item) {
	for {
		page, err := w.nodes[0].Store.Items(w.t.Context(), row.Num, store.ItemQuery{After: int64(len(items)), Limit: 500})
		if err != nil {
			w.t.Fatal(err)
		}
		items = append(items, page...)
		if len(page) < 500 {
			return items
		}
	}
}

// check is what holds of a chat at any time.
func (w *walk) check(c *walked) {
	row := w.nodes[0].row(c.chat)
	items := w.items(row)
	if (row.EndedAt != 0) != c.over {
		w.fail("chat %s ended at %d; was it told? %v", c.id, row.EndedAt, c.over)
	}
	segments := w.segmentsOf(c, row)
	segment, joined, left := 0, map[string]int{}, map[string]int{}
	for i, it := range items {
		if it.Seq != int64(i+1) || i > 0 && it.At <= items[i-1].At {
			w.fail("item %d of chat %s has number %d and time %d", i+1, c.id, it.Seq, it.At)
		}
		for segment < len(segments) && segments[segment].ID != it.ContactID {
			segment++
		}
		if segment == len(segments) {
			w.fail("item %d of chat %s belongs to contact %s, out of order", it.Seq, c.id, it.ContactID)
		}
		switch it.ContentType {
		case eventChatEnded:
			if i != len(items)-1 || row.EndedAt == 0 {
				w.fail("chat.ended is not the last item of ended chat %s", c.id)
			}
		case eventJoined:
			joined[it.ParticipantID]++
		case eventLeft:
			left[it.ParticipantID]++
		}
	}
	if int64(len(items)) != row.Seq {
		w.fail("chat %s has %d items and number %d", c.id, len(items), row.Seq)
	}
	for _, p := range row.Participants {
		want := p.JoinedAt != 0 && !p.Silent && p.Role != roleSystem
		if joined[p.ID] != b2i(want) {
			w.fail("%s joined %d times", p.Role, joined[p.ID])
		}
		if n, want := left[p.ID], b2i(p.JoinedAt != 0 && p.LeftAt != 0); n != want {
			w.fail("%s left %d times, want %d: %+v", p.Role, n, want, p)
		}
	}
	for _, e := range c.ears {
		w.checkEar(c, e, items)
	}
	w.checkOuts(c, segments, items)
}

// segmentsOf are the contacts of a chat, a chain in which the last alone may live, and none ends in another way later on.
func (w *walk) segmentsOf(c *walked, row *store.Chat) []store.Contact {
	all, err := w.nodes[0].Store.ChatContacts(w.t.Context(), c.id)
	if err != nil {
		w.t.Fatal(err)
	}
	for i, ct := range all {
		before, after := "", ""
		if i > 0 {
			before = all[i-1].ID
		}
		last := i == len(all)-1
		if !last {
			after = all[i+1].ID
		}
		if i == 0 && ct.ID != c.id || last && ct.ID != row.ContactID || ct.PreviousID != before || ct.NextID != after {
			w.fail("contact %d of chat %s is %s, between %q and %q", i, c.id, ct.ID, ct.PreviousID, ct.NextID)
		}
		if over := ct.EndedAt != 0; over != (!last || row.EndedAt != 0) || over != (ct.DisconnectReason != "" || ct.NextID != "") {
			w.fail("contact %d of chat %s ended at %d (%s), the chat at %d", i, c.id, ct.EndedAt, ct.DisconnectReason, row.EndedAt)
		}
		if ct.EndedAt != 0 {
			end := fmt.Sprint(ct.DisconnectReason, " at ", ct.EndedAt)
			if was := c.ends[ct.ID]; was != "" && was != end {
				w.fail("contact %s ended with %s, then %s", ct.ID, was, end)
			}
			c.ends[ct.ID] = end
		}
	}
	return all
}

// checkEar checks that a socket got all that it should until now, in order, and nothing else.
func (w *walk) checkEar(c *walked, e *ear, items []store.Item) {
	var want []int64
	for i := range items {
		it := &items[i]
		if it.Seq <= e.from || it.Seq > e.seen {
			continue
		}
		if extra, err := it.ReadExtra(); err != nil {
			w.t.Fatal(err)
		} else if len(extra.To) == 0 || slices.Contains(extra.To, e.who) {
			want = append(want, it.Seq)
		}
		if it.ContentType == eventLeft && it.ParticipantID == e.who && it.Role != roleCustomer && it.Seq < e.seen {
			w.fail("%s got item %d of chat %s, having left with %d", e.who, e.seen, c.id, it.Seq)
		}
	}
	if !slices.Equal(e.heard, want) {
		w.fail("%s in chat %s got %v, want %v", e.who, c.id, e.heard, want)
	}
}

// checkOuts checks that every stream has the items of its time, and that contact events tell the life of each contact.
func (w *walk) checkOuts(c *walked, segments []store.Contact, items []store.Item) {
	number := map[string]int64{}
	for _, it := range items {
		number[it.ID] = it.Seq
	}
	targets := map[string][]int64{}
	for _, s := range c.streams {
		for i := range items {
			if seq := items[i].Seq; seq > s.from && (seq <= s.to || s.to == 0) {
				extra, _ := items[i].ReadExtra()
				if ok, _ := said(&items[i]); ok || extra.Whisper && slices.Contains(extra.To, c.participantID) {
					targets[s.target] = append(targets[s.target], seq)
				}
			}
		}
	}
	for target, want := range targets {
		var got []int64
		for _, o := range w.outs(c.id + "/" + target) {
			var it struct{ Id string }
			if err := json.Unmarshal(o.Body, &it); err != nil {
				w.t.Fatal(err)
			}
			if seq := number[it.Id]; seq != 0 {
				got = append(got, seq)
			}
		}
		if !slices.Equal(got, want) {
			w.fail("%s was told the items %v of chat %s, want %v", target, got, c.id, want)
		}
	}
	life := map[string][]string{}
	for _, o := range w.outs(c.id + "/" + walkEvents) {
		var e event
		if err := json.Unmarshal(o.Body, &e); err != nil {
			w.t.Fatal(err)
		}
		if d := e.Detail; slices.Contains([]string{contactInitiated, contactConnectedToSystem, contactDisconnected, contactCompleted}, d.EventType) {
			life[d.ContactID] = append(life[d.ContactID], d.EventType)
		}
	}
	for _, ct := range segments {
		want := []string{contactInitiated, contactConnectedToSystem}
		if ct.EndedAt != 0 {
			want = append(want, contactDisconnected)
		}
		if ct.CompletedAt != 0 {
			want = append(want, contactCompleted)
		}
		if !slices.Equal(life[ct.ID], want) {
			w.fail("the events of contact %s are %v, want %v", ct.ID, life[ct.ID], want)
		}
	}
}

func (w *walk) outs(stream string) []store.Out {
	all, err := w.nodes[0].Store.Outs(w.t.Context(), stream, 10000)
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// finish lets everything come to its end, and checks that nothing is left.
func (w *walk) finish() {
	w.trace = append(w.trace, "finish")
	for range 3 {
		w.pass(3 * 24 * time.Hour)
		w.carry()
	}
	for _, m := range w.bus {
		w.deliver(m)
	}
	w.compare()
	n := w.nodes[0]
	if due, ok, err := n.Store.NextDue(w.t.Context()); ok || err != nil {
		w.fail("a job is left, due at %s: %v", due, err)
		jobs, err := n.Store.ClaimJobs(w.t.Context(), 100, time.Minute)
		w.t.Log(jobs, err)
	}
	if live := n.liveChats(); live != 0 {
		w.fail("%d chats live for ever", live)
	}
	for _, c := range w.chats {
		row := n.row(c.chat)
		w.check(c)
		for _, e := range c.ears {
			if !e.ended && e.seen != row.Seq {
				w.fail("%s in chat %s got items up to %d of %d", e.who, c.id, e.seen, row.Seq)
			}
		}
		if row.EndedAt == 0 {
			continue
		}
		for _, ct := range w.segmentsOf(c, row) {
			if ct.CompletedAt == 0 || ct.FlowState != nil {
				w.fail("contact %s is not completed: %+v", ct.ID, ct)
			}
		}
		if waiting := w.outs(processStream(c.id)); len(waiting) != 0 {
			w.fail("%d messages of ended chat %s wait for their processor", len(waiting), c.id)
		}
	}
	if w.reruns == 0 {
		w.fail("no update ran again")
	}
	w.t.Logf("%d chats, %d updates that ran again, done %v", len(w.chats), w.reruns, w.did)
}

func textFile(content string) func(io.Writer) error {
	return func(out io.Writer) error { _, err := io.Copy(out, bytes.NewReader([]byte(content))); return err }
}

var walkRoles = []types.ParticipantRole{types.ParticipantRoleAgent, types.ParticipantRoleCustomBot, types.ParticipantRoleSupervisor}
