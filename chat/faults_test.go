package chat_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/chat"
	"github.com/openparley/parley/internal/fault"
)

// TestFaultsLoseNothing has a customer and an agent speak for hours amid all faults of the way and of the server, which is restarted now and
// then, as are the programs. Both must be given their transcript, each item once and in order, and what each has said must be there
// once and in order. PARLEY_TEST_SEED repeats a schedule, PARLEY_TEST_STEPS makes it longer.
func TestFaultsLoseNothing(t *testing.T) {
	number := func(name string, otherwise uint64) uint64 {
		n, err := strconv.ParseUint(cmp.Or(os.Getenv(name), strconv.FormatUint(otherwise, 10)), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	seed, steps := number("PARLEY_TEST_SEED", rand.Uint64()), int(number("PARLEY_TEST_STEPS", 1500))
	t.Logf("PARLEY_TEST_SEED=%d PARLEY_TEST_STEPS=%d", seed, steps)
	for name, opts := range map[string][]chat.Option{"sockets in order": nil, "overtaken frames": {chat.Confirmed()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "parley.db"))
				survive(w, rand.New(rand.NewPCG(seed, 0)), steps, opts)
			})
		})
	}
}

// program is one that chats over the way, and may crash and come back.
type program struct {
	w    *world
	opts []chat.Option
	name string // of what it says

	got   []*types.Item // of the session and those before it
	stop  context.CancelFunc
	taken chan struct{} // closed when no more is taken

	mu      sync.Mutex
	session *chat.Session
	said    []string        // acknowledged, in order
	perhaps map[string]bool // not acknowledged when the program crashed
}

func newProgram(w *world, name string, s *chat.Session, opts []chat.Option) *program {
	p := &program{w: w, opts: append(opts[:len(opts):len(opts)], chat.HTTPClient(w.client)), name: name, perhaps: map[string]bool{}}
	p.run(s)
	w.t.Cleanup(func() { p.now().Close() })
	return p
}

// run takes what a session gives, until the program crashes or the session ends.
func (p *program) run(s *chat.Session) {
	var ctx context.Context
	ctx, p.stop = context.WithCancel(context.Background())
	p.mu.Lock()
	p.session = s
	p.mu.Unlock()
	p.taken = make(chan struct{})
	go func() {
		defer close(p.taken)
		defer p.stop()
		for item := range s.Items(ctx) {
			switch item.(type) {
			case *chat.Typing, *chat.Receipt:
			default:
				p.got = append(p.got, item.Common().Wire)
			}
		}
	}()
}

func (p *program) now() *chat.Session {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.session
}

// restart lets everything go but what Save returns.
func (p *program) restart() {
	p.stop()
	<-p.taken
	old := p.now()
	kept, err := json.Marshal(old.Save())
	if err != nil {
		p.w.t.Fatal(err)
	}
	old.Close()
	var saved chat.Saved
	if err := json.Unmarshal(kept, &saved); err != nil {
		p.w.t.Fatal(err)
	}
	for {
		s, err := chat.Resume(context.Background(), saved, p.opts...)
		if err == nil {
			p.run(s)
			return
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			p.w.t.Fatalf("resume: %v", err)
		}
		p.w.heal()
	}
}

// say says numbers until there are no more.
func (p *program) say(numbers <-chan int) {
	for n := range numbers {
		text := fmt.Sprint(p.name, n)
		_, err := p.now().Say(context.Background(), text)
		p.mu.Lock()
		switch {
		case err == nil:
			p.said = append(p.said, text)
		case errors.Is(err, chat.ErrClosed):
			p.perhaps[text] = true
		default:
			p.w.t.Errorf("say %s: %v", text, err)
		}
		p.mu.Unlock()
	}
}

// judge compares what the program was given with the transcript of its participant.
func (p *program) judge(want []types.Item) {
	t := p.w.t
	if err := p.session.Err(); err != nil {
		t.Errorf("%s: the session ended with %v", p.name, err)
	}
	for i, it := range want {
		if i >= len(p.got) || *p.got[i].Id != *it.Id {
			text, _ := json.Marshal(it)
			t.Fatalf("%s: item %d of %d is not as in the transcript: %s", p.name, i, len(want), text)
		}
	}
	if n := len(p.got); n != len(want)+1 || *p.got[n-1].ContentType != "application/vnd.amazonaws.connect.event.chat.ended" {
		t.Errorf("%s: %d items came of %d and the end", p.name, n, len(want))
	}
	said := p.said
	for _, it := range want {
		if it.Type != types.ChatItemTypeMessage || (*it.Content)[:1] != p.name {
			continue
		}
		switch {
		case len(said) > 0 && *it.Content == said[0]:
			said = said[1:]
		case p.perhaps[*it.Content]:
			delete(p.perhaps, *it.Content)
		default:
			t.Errorf("%s: %s was said out of turn, or twice", p.name, *it.Content)
		}
	}
	if len(said) > 0 {
		t.Errorf("%s: %q were acknowledged and are not there", p.name, said)
	}
}

func survive(w *world, chance *rand.Rand, steps int, opts []chat.Option) {
	t, y := w.t, w.way
	overtake := len(opts) > 0
	s := w.start(append(opts[:len(opts):len(opts)], chat.AutoRead())...)
	contact := s.ContactID()
	ana := newProgram(w, "c", s, append(opts[:len(opts):len(opts)], chat.AutoRead()))
	token := w.token(contact, "AGENT")
	s, err := chat.Join(t.Context(), address, token, append([]chat.Option{chat.As(types.ParticipantRoleAgent), chat.HTTPClient(w.client)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	bo := newProgram(w, "a", s, opts)

	var speaking sync.WaitGroup
	speak := map[*program]chan int{ana: make(chan int, steps), bo: make(chan int, steps)}
	for p, numbers := range speak {
		speaking.Go(func() { p.say(numbers) })
	}
	within := func(d time.Duration) time.Duration { return time.Duration(chance.Int64N(int64(d))) }
	either := func() *program { return []*program{ana, bo}[chance.IntN(2)] }
	struck := func(name string, times int) {
		if err := w.server.AddFault(fault.Fault{Fault: name, Times: times}); err != nil {
			t.Fatal(err)
		}
	}
	faults := []func(){
		y.cut, y.freeze, y.deafen,
		func() { y.set(func() { y.refuse = true }) },
		func() { y.set(func() { y.double = true }) },
		func() { d := within(8 * time.Second); y.set(func() { y.delay = d }) },
		func() { n := 1 + chance.IntN(3); y.set(func() { y.lose = n }) },
		func() { n := 1 + chance.IntN(5); y.set(func() { y.fail = n }) },
		func() { y.set(func() { y.expired = true }) },
		func() { d := 90*time.Second + within(10*time.Minute); y.set(func() { y.life = d }) },
		func() { struck(fault.Throttling, 0) },
		func() { struck(fault.ServerErrors, 1+chance.IntN(4)) },
		func() { struck(fault.LostAnswers, 1+chance.IntN(4)) },
		func() { struck(fault.ConnectRefused, 1+chance.IntN(3)) },
		func() { struck(fault.SocketFrozen, 0) },
		func() { struck(fault.SocketHalfOpen, 0) },
		func() { struck(fault.DuplicateFrames, 0) },
		func() { y.set(func() { y.overtak = overtake }) },
	}
	for i := range steps {
		switch n := chance.IntN(100); {
		case n < 60:
			speak[either()] <- i
		case n < 63:
			_ = either().now().Typing(t.Context()) // may be lost
		case n < 85:
			faults[chance.IntN(len(faults))]()
		case n < 86:
			w.shut()
			time.Sleep(within(20 * time.Second))
			w.open()
		case n < 88:
			either().restart()
		default:
			w.heal()
		}
		time.Sleep(within(3 * time.Second))
		if i%(steps/4) == 0 {
			w.heal()
			time.Sleep(time.Hour) // there are new sockets then
		}
	}
	w.heal()
	for _, numbers := range speak {
		close(numbers)
	}
	speaking.Wait()
	time.Sleep(5 * time.Minute)
	want := map[*program][]types.Item{
		ana: w.enter(ana.now().Save().ParticipantToken).transcript(),
		bo:  w.enter(token).transcript(),
	}
	w.stop(contact)
	for p, items := range want {
		<-p.taken
		p.judge(items)
	}
	t.Logf("%d items, %d sockets, %d requests", len(ana.got), y.sockets, len(y.sent))
	if y.sockets < steps/50 {
		t.Errorf("%d sockets: the faults did nothing", y.sockets)
	}
}
