package outbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	ctypes "github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/internal/clock"
	"github.com/openparley/parley/internal/job"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/store/storetest"
	"github.com/openparley/parley/internal/stream"
)

const instance = "00000000-0000-4000-8000-0000000000a1"

// world is an outbox with its runner on a database of its own, and what it told.
type world struct {
	*testing.T
	dsn    string
	clock  *clock.Clock
	store  *store.Store
	box    *Outbox
	runner *job.Runner
	log    bytes.Buffer

	// refuse says what comes of an attempt; nil is success.
	refuse func(target, body string) error

	mu       sync.Mutex
	told     []string // "target body"
	ids      map[string][]string
	attempts []time.Duration // since the start
	counts   map[string]int
	start    time.Time
}

func onBothEngines(t *testing.T, test func(*world)) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, e storetest.Engine) {
		t.Parallel()
		w := &world{T: t, dsn: storetest.DSN(t, e), clock: clock.Manual(time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC))}
		w.ids, w.counts, w.start = map[string][]string{}, map[string]int{}, w.clock.Now()
		w.open()
		w.update("", func(tx *store.Tx) { tx.PutInstance(&store.Instance{ID: instance}) })
		test(w)
	})
}

func (w *world) open() {
	w.Helper()
	w.store = storetest.OpenDSN(w, w.dsn, store.Options{Now: w.clock.Now})
	log := slog.New(slog.NewTextHandler(&w.log, nil))
	w.box = New(Options{Store: w.store, Targets: w, Log: log, Count: func(kind, result string) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.counts[result]++
	}})
	w.runner = job.New(w.store, w.clock, w.box.Tell, job.Options{Log: log, Poll: 10 * time.Millisecond})
}

func (w *world) Send(ctx context.Context, target string, m stream.Message) error {
	w.mu.Lock()
	w.attempts = append(w.attempts, w.clock.Now().Sub(w.start))
	w.mu.Unlock()
	if w.refuse != nil {
		if err := w.refuse(target, string(m.Body)); err != nil {
			if err == context.Canceled { // a target that does not answer
				<-ctx.Done()
			}
			return err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = append(w.told, target+" "+string(m.Body))
	w.ids[string(m.Body)] = append(w.ids[string(m.Body)], m.ID)
	return nil
}

func (w *world) update(chat string, fn func(*store.Tx)) {
	w.Helper()
	err := w.store.Update(w.Context(), store.Key{Chat: chat}, func(tx *store.Tx) error { fn(tx); return nil })
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) chat() string {
	w.Helper()
	id := uuid.NewString()
	w.update("", func(tx *store.Tx) {
		tx.CreateChat(&store.Chat{ID: id, InstanceID: instance, ContactID: id}, &store.Contact{ID: id, ChatID: id, InstanceID: instance})
	})
	return id
}

// tell puts messages of a chat for a target.
func (w *world) tell(chat, target string, bodies ...string) {
	w.Helper()
	w.update(chat, func(tx *store.Tx) {
		for _, body := range bodies {
			o := store.Out{
				Stream: chat + "/" + target, Target: target, ChatID: chat, ContactID: chat, InstanceID: instance, Kind: stream.Event,
				At: tx.Now().UnixMilli(), Body: []byte(body),
			}
			tx.PutOut(o)
			tx.Tell(o)
		}
	})
}

func (w *world) advance(d time.Duration) {
	w.Helper()
	if err := w.runner.Advance(w.Context(), w.clock.Now().Add(d)); err != nil {
		w.Fatal(err)
	}
}

func (w *world) want(lines ...string) {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if diff := cmp.Diff(lines, w.told); diff != "" {
		w.Errorf("told otherwise than wanted:\n%s", diff)
	}
}

// noJobs checks that nothing is left to do.
func (w *world) noJobs() {
	w.Helper()
	if due, ok, err := w.store.NextDue(w.Context()); ok || err != nil {
		w.Errorf("a job is left, due %v, %v", due, err)
	}
}

func (w *world) letters() *DeadLetters { return &DeadLetters{Store: w.store} }

func (w *world) deadLetters(f *parley.DeadLetterFilter) (all []parley.DeadLetter) {
	w.Helper()
	in := &parley.FindDeadLettersInput{Filter: f}
	for {
		out, err := w.letters().FindDeadLetters(w.Context(), in)
		if err != nil {
			w.Fatal(err)
		}
		all = append(all, out.DeadLetters...)
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return all
		}
	}
}

func (w *world) dead(f *parley.DeadLetterFilter) (bodies []string) {
	w.Helper()
	for _, l := range w.deadLetters(f) {
		bodies = append(bodies, *l.Body)
	}
	return bodies
}

// all is set for want of a filter.
func all(f *parley.DeadLetterFilter) *bool {
	if f == nil {
		return new(true)
	}
	return nil
}

func (w *world) replay(f *parley.DeadLetterFilter) int64 {
	w.Helper()
	out, err := w.letters().ReplayDeadLetters(w.Context(), &parley.ReplayDeadLettersInput{Filter: f, All: all(f)})
	if err != nil {
		w.Fatal(err)
	}
	return out.Count
}

var (
	errDown = &stream.Error{Target: "t", Err: errors.New("no answer")}
	errGone = &stream.Error{Target: "t", Err: errors.New("410 Gone"), Permanent: true}
)

func TestToldInOrder(t *testing.T) {
	onBothEngines(t, func(w *world) {
		a, b := w.chat(), w.chat()
		w.tell(a, "x", "a1", "a2")
		w.advance(time.Second)
		w.tell(b, "x", "b1")
		w.advance(time.Second)
		w.tell(a, "x", "a3")
		w.advance(time.Second)
		w.tell(a, "y", "a4")
		w.advance(time.Second)
		w.want("x a1", "x a2", "x b1", "x a3", "y a4")
		w.noJobs()
	})
}

func TestMoreThanOnePortion(t *testing.T) {
	onBothEngines(t, func(w *world) {
		var bodies, want []string
		for i := range 2*portion + 50 {
			bodies = append(bodies, fmt.Sprint(i))
			want = append(want, fmt.Sprint("x ", i))
		}
		w.tell(w.chat(), "x", bodies...)
		w.advance(0)
		w.want(want...)
		w.noJobs()
	})
}

// TestOrderThroughFailures has targets that fail at random: what a chat tells a target arrives in order all the same, and all of it.
func TestOrderThroughFailures(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	onBothEngines(t, func(w *world) {
		chance := rand.New(rand.NewPCG(seed, 0))
		w.refuse = func(target, body string) error {
			if chance.IntN(3) == 0 {
				return errDown
			}
			return nil
		}
		const chats, each = 4, 15
		var ids []string
		for range chats {
			ids = append(ids, w.chat())
		}
		want := map[string][]string{}
		for n := range each {
			for c, id := range ids {
				for _, target := range []string{"x", "y"} {
					body := fmt.Sprintf("%d-%02d", c, n)
					w.tell(id, target, body)
					key := fmt.Sprint(target, " ", c)
					want[key] = append(want[key], target+" "+body)
				}
			}
			w.advance(time.Duration(chance.IntN(3)) * time.Second)
		}
		w.advance(time.Hour)
		got := map[string][]string{}
		for _, line := range w.told {
			key, _, _ := strings.Cut(line, "-")
			got[key] = append(got[key], line)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			w.Errorf("seed %d: not in order:\n%s", seed, diff)
		}
		w.noJobs()
		if dead := w.dead(nil); dead != nil {
			w.Errorf("dead: %v", dead)
		}
	})
}

// TestOneAtATime has several nodes tell while others write: never is a stream told by two at once, whatever the writers do to its job.
func TestOneAtATime(t *testing.T) {
	onBothEngines(t, func(w *world) {
		var at sync.Map
		w.refuse = func(target, body string) error {
			c, _, _ := strings.Cut(body, "-")
			if _, busy := at.LoadOrStore(target+c, body); busy {
				w.Errorf("%s is told %s while it is told another", target, body)
			}
			time.Sleep(time.Millisecond)
			at.Delete(target + c)
			return nil
		}
		nodes := []*job.Runner{w.runner}
		if !strings.HasPrefix(w.dsn, "sqlite:") {
			second := storetest.OpenDSN(w, w.dsn, store.Options{Now: w.clock.Now})
			box := New(Options{Store: second, Targets: w})
			nodes = append(nodes, job.New(second, w.clock, box.Tell, job.Options{Poll: 10 * time.Millisecond}))
		}
		ctx, cancel := context.WithCancel(w.Context())
		var running, writing sync.WaitGroup
		for _, r := range nodes {
			running.Go(func() { _ = r.Run(ctx) })
		}
		const chats, each = 3, 40
		for c := range chats {
			id := w.chat()
			writing.Go(func() {
				for n := range each {
					w.tell(id, "x", fmt.Sprintf("%d-%02d", c, n))
				}
			})
		}
		writing.Wait()
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
			w.mu.Lock()
			told := len(w.told)
			w.mu.Unlock()
			if _, ok, err := w.store.NextDue(w.Context()); err == nil && !ok && told >= chats*each {
				break
			}
			if time.Now().After(deadline) {
				w.Errorf("%d of %d were told", told, chats*each)
				break
			}
		}
		cancel()
		running.Wait()
		slices.SortStableFunc(w.told, func(a, b string) int { return strings.Compare(a[:3], b[:3]) })
		if !slices.IsSorted(w.told) || len(w.told) != chats*each {
			w.Errorf("%d were told, in order %t: %v", len(w.told), slices.IsSorted(w.told), w.told)
		}
	})
}

func TestCrashAfterSendRepeatsWithTheSameID(t *testing.T) {
	onBothEngines(t, func(w *world) {
		id := w.chat()
		w.tell(id, "x", "1", "2")
		w.refuse = func(string, string) error {
			_ = w.store.Close() // the process dies before it can note what was told
			return nil
		}
		if err := w.runner.Advance(w.Context(), w.clock.Now()); err == nil {
			t.Error("a closed store went unnoticed")
		}
		w.refuse = nil
		w.open()
		w.tell(id, "x", "3")
		w.advance(time.Hour)
		if got := strings.Join(w.told, ", "); got != "x 1, x 2, x 1, x 2, x 3" && got != "x 1, x 1, x 2, x 3" {
			w.Errorf("told %s", got)
		}
		if ids := slices.Compact(w.ids["1"]); len(w.ids["1"]) != 2 || len(ids) != 1 || uuid.Validate(ids[0]) != nil || ids[0] == w.ids["2"][0] {
			w.Errorf("ids of the first: %v, of the second: %v", w.ids["1"], w.ids["2"])
		}
		w.noJobs()
	})
}

func TestBackOff(t *testing.T) {
	onBothEngines(t, func(w *world) {
		w.refuse = func(string, string) error {
			switch len(w.attempts) {
			case 1:
				return errDown
			case 2:
				return &stream.Error{Err: errors.New("429"), After: time.Minute}
			case 3:
				return errors.New("no stream error at all")
			}
			return nil
		}
		id := w.chat()
		w.tell(id, "x", "1")
		w.advance(500 * time.Millisecond)
		w.tell(id, "x", "2") // does not make the target be tried sooner
		w.advance(time.Hour)
		w.want("x 1", "x 2")
		if diff := cmp.Diff([]time.Duration{0, time.Second, 61 * time.Second, 65 * time.Second, 65 * time.Second}, w.attempts); diff != "" {
			w.Errorf("attempts:\n%s", diff)
		}
		if diff := cmp.Diff(map[string]int{"told": 2, "failed": 3}, w.counts); diff != "" {
			w.Errorf("counts:\n%s", diff)
		}
	})
}

// TestFailureAfterProgress keeps what was told: only the rest is tried again.
func TestFailureAfterProgress(t *testing.T) {
	onBothEngines(t, func(w *world) {
		failures := 0
		w.refuse = func(_, body string) error {
			if body == "2" && failures < 2 {
				failures++
				return errDown
			}
			return nil
		}
		w.tell(w.chat(), "x", "1", "2", "3")
		w.advance(time.Minute)
		w.want("x 1", "x 2", "x 3")
		if diff := cmp.Diff([]time.Duration{0, 0, time.Second, 2 * time.Second, 2 * time.Second}, w.attempts); diff != "" {
			w.Errorf("attempts:\n%s", diff)
		}
	})
}

func TestPermanentFailureIsBuriedAndTheNextGoesOn(t *testing.T) {
	onBothEngines(t, func(w *world) {
		w.refuse = func(_, body string) error {
			if body == "2" {
				return errGone
			}
			return nil
		}
		id := w.chat()
		w.tell(id, "x", "1", "2", "3")
		w.advance(0)
		w.want("x 1", "x 3")
		w.noJobs()
		letters := w.deadLetters(nil)
		want := []parley.DeadLetter{{
			Id: letters[0].Id, InstanceId: new(instance), InitialContactId: &id, ContactId: &id, Target: new("x"), Kind: new("event"),
			Timestamp: new(w.clock.Now()), GivenUpTimestamp: new(w.clock.Now()), Error: new("tell t: 410 Gone"), Body: new("2"),
		}}
		if diff := cmp.Diff(want, letters); diff != "" {
			w.Errorf("dead:\n%s", diff)
		}
		if w.counts["dead"] != 1 || !strings.Contains(w.log.String(), "given up") {
			w.Errorf("counts %v, log:\n%s", w.counts, &w.log)
		}
	})
}

func TestGivenUpAfterItsLife(t *testing.T) {
	onBothEngines(t, func(w *world) {
		down := true
		w.refuse = func(string, string) error {
			if down {
				return errDown
			}
			return nil
		}
		id := w.chat()
		w.tell(id, "x", "1", "2")
		w.advance(DefaultLife - time.Minute)
		w.tell(id, "x", "3")
		if dead := w.dead(nil); dead != nil {
			w.Errorf("dead too soon: %v", dead)
		}
		w.advance(6 * time.Minute)
		if diff := cmp.Diff([]string{"1", "2"}, w.dead(nil)); diff != "" {
			w.Errorf("dead:\n%s", diff)
		}
		if n := len(w.attempts); n < 280 || n > 320 {
			w.Errorf("%d attempts in a day, want one in five minutes", n)
		}
		down = false
		w.advance(10 * time.Minute)
		w.want("x 3")
		w.noJobs()
	})
}

func TestReplay(t *testing.T) {
	onBothEngines(t, func(w *world) {
		down := true
		w.refuse = func(string, string) error {
			if down {
				return errGone
			}
			return nil
		}
		a, b := w.chat(), w.chat()
		w.tell(a, "x", "a1", "a2")
		w.tell(b, "x", "b1")
		w.tell(a, "y", "a3")
		w.advance(time.Minute)
		all := w.deadLetters(nil)
		for _, tt := range []struct {
			filter *parley.DeadLetterFilter
			want   []string
		}{
			{nil, []string{"a1", "a2", "a3", "b1"}},
			{&parley.DeadLetterFilter{}, []string{"a1", "a2", "a3", "b1"}},
			{&parley.DeadLetterFilter{InstanceId: new(instance)}, []string{"a1", "a2", "a3", "b1"}},
			{&parley.DeadLetterFilter{InstanceId: new("another")}, nil},
			{&parley.DeadLetterFilter{Target: new("x")}, []string{"a1", "a2", "b1"}},
			{&parley.DeadLetterFilter{InitialContactId: &a, Target: new("x")}, []string{"a1", "a2"}},
			{&parley.DeadLetterFilter{Kind: new("event"), InitialContactId: &b}, []string{"b1"}},
			{&parley.DeadLetterFilter{Kind: new("record")}, nil},
			{&parley.DeadLetterFilter{Ids: []string{*all[1].Id, *all[3].Id}}, []string{*all[1].Body, *all[3].Body}},
		} {
			got := w.dead(tt.filter)
			slices.Sort(got)
			slices.Sort(tt.want)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				w.Errorf("%+v:\n%s", tt.filter, diff)
			}
		}
		w.advance(48 * time.Hour) // longer than a message lives
		down = false
		w.tell(a, "x", "a4")
		if n := w.replay(&parley.DeadLetterFilter{Target: new("x")}); n != 3 {
			w.Errorf("%d are told again, want 3", n)
		}
		w.advance(0)
		slices.SortStableFunc(w.told, func(a, b string) int { return strings.Compare(a[:3], b[:3]) }) // by chat
		w.want("x a1", "x a2", "x a4", "x b1")
		w.noJobs()
		dropped, err := w.letters().DropDeadLetters(w.Context(), &parley.DropDeadLettersInput{Filter: &parley.DeadLetterFilter{InitialContactId: &a}})
		if err != nil || dropped.Count != 1 {
			w.Errorf("dropped %+v, %v", dropped, err)
		}
		if dead := w.dead(nil); dead != nil {
			w.Errorf("dead: %v", dead)
		}
	})
}

// TestDropBesideAReplay drops what another operator has had told again since it was found: that waits to be told and is no dead letter.
func TestDropBesideAReplay(t *testing.T) {
	onBothEngines(t, func(w *world) {
		down := true
		w.refuse = func(string, string) error {
			if down {
				return errGone
			}
			return nil
		}
		id := w.chat()
		w.tell(id, "x", "1", "2")
		w.advance(time.Minute)
		drop := func() int64 {
			t.Helper()
			n, err := w.letters().eachOf(w.Context(), filter{target: "x"}, id, func(tx *store.Tx, o store.Out) { tx.DeleteOut(o.ID) })
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		replay := func() int64 {
			t.Helper()
			n, err := w.letters().eachOf(w.Context(), filter{}, id, func(tx *store.Tx, o store.Out) { tx.ReviveOut(o) })
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := w.replay(&parley.DeadLetterFilter{Target: new("x")}); n != 2 {
			t.Errorf("%d are told again, want 2", n)
		}
		if dropped, replayed := drop(), replay(); dropped != 0 || replayed != 0 {
			t.Errorf("%d are dropped and %d replayed, want none", dropped, replayed)
		}
		down = false
		w.advance(time.Minute)
		w.want("x 1", "x 2")
		w.noJobs()
	})
}

// TestReplayOfManyChats replays more than are read at a time; the messages of a chat keep their order, whatever pages they were on.
func TestReplayOfManyChats(t *testing.T) {
	onBothEngines(t, func(w *world) {
		down := true
		w.refuse = func(string, string) error {
			if down {
				return errGone
			}
			return nil
		}
		var chats []string
		for range portion / 2 {
			chats = append(chats, w.chat())
		}
		for i := range 5 {
			for _, id := range chats {
				w.tell(id, "x", id+" "+strconv.Itoa(i))
			}
		}
		w.advance(time.Minute)
		down = false
		if n := w.replay(&parley.DeadLetterFilter{Target: new("x")}); n != 5*portion/2 {
			t.Errorf("%d are told again, want %d", n, 5*portion/2)
		}
		w.advance(time.Minute)
		var want []string
		slices.Sort(chats)
		for _, id := range chats {
			for i := range 5 {
				want = append(want, "x "+id+" "+strconv.Itoa(i))
			}
		}
		slices.SortStableFunc(w.told, func(a, b string) int { return strings.Compare(a[:len("x ")+36], b[:len("x ")+36]) })
		w.want(want...)
		w.noJobs()
	})
}

// TestReplayedMessagesLiveAnew has a target that fails once more after the replay: that is no reason to give them up at once.
func TestReplayedMessagesLiveAnew(t *testing.T) {
	onBothEngines(t, func(w *world) {
		failing := errGone
		w.refuse = func(string, string) error {
			if failing != nil {
				return failing
			}
			return nil
		}
		w.tell(w.chat(), "x", "1")
		w.advance(48 * time.Hour)
		w.replay(nil)
		failing = errDown
		w.advance(2 * time.Second)
		failing = nil
		w.advance(time.Minute)
		w.want("x 1")
	})
}

func TestFindDeadLettersPages(t *testing.T) {
	onBothEngines(t, func(w *world) {
		w.refuse = func(string, string) error { return errGone }
		const other = "00000000-0000-4000-8000-0000000000a2"
		w.update("", func(tx *store.Tx) { tx.PutInstance(&store.Instance{ID: other}) })
		var want []string
		for _, in := range []string{instance, other} {
			id := uuid.NewString()
			w.update("", func(tx *store.Tx) {
				tx.CreateChat(&store.Chat{ID: id, InstanceID: in, ContactID: id}, &store.Contact{ID: id, ChatID: id, InstanceID: in})
			})
			w.update(id, func(tx *store.Tx) {
				for i := range portion + 10 {
					body := fmt.Sprint(in[len(in)-1:], "-", i)
					o := store.Out{Stream: id + "/x", Target: "x", ChatID: id, InstanceID: in, Kind: stream.Item, At: 1, Body: []byte(body)}
					tx.PutOut(o)
					tx.Tell(o)
					want = append(want, body)
				}
			})
		}
		w.advance(time.Minute)
		if diff := cmp.Diff(want, w.dead(nil)); diff != "" {
			w.Errorf("pages:\n%s", diff)
		}
		for _, in := range []*parley.FindDeadLettersInput{
			{NextToken: new("x")}, {NextToken: reply.Token("FindDeadLetters", "x")}, {NextToken: reply.Token("FindDeadLetters", "x/y")},
		} {
			_, err := w.letters().FindDeadLetters(w.Context(), in)
			if _, ok := errors.AsType[*ctypes.InvalidParameterException](err); !ok {
				w.Errorf("a token that is none: %v", err)
			}
		}
		wrong := &parley.DeadLetterFilter{Ids: []string{"1", "one"}}
		for _, slip := range []*parley.DropDeadLettersInput{
			{}, {Filter: &parley.DeadLetterFilter{}}, {Filter: &parley.DeadLetterFilter{Target: new("x")}, All: new(true)}, {All: new(false)},
		} {
			if _, err := w.letters().DropDeadLetters(w.Context(), slip); err == nil {
				w.Errorf("%+v drops dead letters", slip)
			}
		}
		_, err := w.letters().DropDeadLetters(w.Context(), &parley.DropDeadLettersInput{Filter: wrong})
		if _, ok := errors.AsType[*ctypes.InvalidRequestException](err); !ok {
			w.Errorf("an id that is none: %v", err)
		}
	})
}

// TestDownTargetHoldsUpNoOther: a target that is down is tried by one stream at a time and seldom, others go on.
func TestDownTargetHoldsUpNoOther(t *testing.T) {
	onBothEngines(t, func(w *world) {
		tries := 0
		down := true
		w.refuse = func(target, body string) error {
			if target == "down" && down {
				tries++
				return errDown
			}
			return nil
		}
		const chats = 40
		var want []string
		for i := range chats {
			id := w.chat()
			w.tell(id, "down", fmt.Sprint(i))
			w.tell(id, "up", fmt.Sprint(i))
			want = append(want, fmt.Sprint("up ", i))
		}
		w.advance(0)
		slices.SortStableFunc(want, strings.Compare)
		slices.SortStableFunc(w.told, strings.Compare)
		w.want(want...)
		w.advance(10 * time.Minute)
		if tries > 60 {
			w.Errorf("a target that is down was tried %d times in ten minutes", tries)
		}
		down, w.told = false, nil
		w.advance(10 * time.Minute)
		if len(w.told) != chats {
			w.Errorf("%d of %d were told when it was up again", len(w.told), chats)
		}
		w.noJobs()
	})
}

// TestSlowTargetLeavesSlots: while one target does not answer at all, another is told at once.
func TestSlowTargetLeavesSlots(t *testing.T) {
	onBothEngines(t, func(w *world) {
		release := make(chan struct{})
		up := make(chan struct{})
		w.refuse = func(target, body string) error {
			if target == "slow" {
				<-release
			} else {
				close(up)
			}
			return nil
		}
		for i := range 40 {
			w.tell(w.chat(), "slow", fmt.Sprint(i))
		}
		w.tell(w.chat(), "up", "1")
		ctx, cancel := context.WithCancel(w.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); _ = w.runner.Run(ctx) }()
		select {
		case <-up:
		case <-time.After(time.Minute):
			t.Error("the other target was not told")
		}
		cancel()
		close(release)
		<-ended
	})
}

// TestStopEndsBetweenMessages leaves the rest for the next start.
func TestStopEndsBetweenMessages(t *testing.T) {
	onBothEngines(t, func(w *world) {
		ctx, cancel := context.WithCancel(w.Context())
		w.refuse = func(_, body string) error {
			if body == "2" {
				w.box.Stop()
				cancel()
			}
			return nil
		}
		w.tell(w.chat(), "x", "1", "2", "3")
		_ = w.runner.Run(ctx)
		w.want("x 1", "x 2")
		w.refuse = nil
		if err := w.store.Close(); err != nil {
			t.Fatal(err)
		}
		w.open()
		w.advance(0)
		w.want("x 1", "x 2", "x 3")
		w.noJobs()
	})
}

// TestLostLease: whoever took over a stream goes on with it, and the one who lost it changes nothing.
// TestCutMessageIsTheNext has the server stop while a target does not answer: what was told before is told once, and nothing is given up,
// however long it has waited.
func TestCutMessageIsTheNext(t *testing.T) {
	onBothEngines(t, func(w *world) {
		ctx, cancel := context.WithCancel(w.Context())
		w.tell(w.chat(), "x", "1", "2", "3")
		w.clock.Set(w.clock.Now().Add(2 * DefaultLife))
		w.refuse = func(_, body string) error {
			if body == "2" {
				w.runner.Cut()
				cancel()
				return context.Canceled
			}
			return nil
		}
		_ = w.runner.Run(ctx)
		w.refuse = nil
		if err := w.store.Close(); err != nil {
			w.Fatal(err)
		}
		w.open()
		w.advance(0)
		if diff := cmp.Diff([]string{"x 1", "x 2", "x 3"}, w.told); diff != "" {
			w.Errorf("told:\n%s", diff)
		}
		if dead := w.dead(nil); dead != nil || w.counts["failed"] != 0 {
			w.Errorf("dead %v, counts %v", dead, w.counts)
		}
	})
}

func TestLostLease(t *testing.T) {
	onBothEngines(t, func(w *world) {
		w.tell(w.chat(), "x", "1")
		first, err := w.store.ClaimJobs(w.Context(), 1, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		w.clock.Set(w.clock.Now().Add(2 * time.Minute))
		if _, err := w.store.ClaimJobs(w.Context(), 1, time.Minute); err != nil {
			t.Fatal(err)
		}
		if err := w.box.Tell(w.Context(), first[0]); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := w.store.NextDue(w.Context()); !ok || err != nil {
			t.Errorf("the job of the other is gone: %v", err)
		}
		w.advance(time.Hour)
		w.noJobs()
	})
}

func TestErasedChat(t *testing.T) {
	onBothEngines(t, func(w *world) {
		id := w.chat()
		w.tell(id, "x", "1")
		w.update(id, func(tx *store.Tx) {
			tx.Chat().EndedAt = 1
			tx.PutChat(tx.Chat())
		})
		w.refuse = func(string, string) error {
			if err := w.store.EraseChat(w.Context(), id); err != nil {
				t.Error(err)
			}
			return nil
		}
		w.advance(time.Hour)
		w.noJobs()
	})
}
