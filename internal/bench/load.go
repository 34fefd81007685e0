package bench

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A message's text is marker, its number in the chat in ten digits, and padding.
const (
	marker     = "parley-bench-"
	digits     = 10
	minPayload = len(marker) + digits
)

// What is looked for in a frame, whose item is JSON inside a JSON string.
var (
	contentMark = []byte(`\"Content\":\"` + marker)
	timeMark    = []byte(`\"AbsoluteTime\":\"`)
)

const timeLength = len("2006-01-02T15:04:05.000Z")

// load is one run of messages through some chats.
type load struct {
	t       *target
	rate    float64 // 0: closed loop
	begin   time.Time
	measure time.Time // what was to be sent before is not measured

	answers, deliveries histogram
	begun               atomic.Int64
	sent, errors        atomic.Int64 // measured ones
	first               atomic.Pointer[error]
	acknowledged        atomic.Int64
	seen                atomic.Int64
}

// lane is a chat under load. Its sender owns everything but what its sockets count.
type lane struct {
	*chat
	load    *load
	index   int
	lanes   int
	body    []byte // the request; the number and the client token are written into it
	number  []byte // parts of body
	token   []byte
	sockets [socketsPerChat]*watch

	acked  bitset
	next   int          // number of the message to come
	sentAt atomic.Int64 // closed loop: when the message under way was begun, in nanoseconds after load.begin
	parts  atomic.Int32 // closed loop: answer and frames that the message under way still waits for
	done   chan struct{}
}

// watch counts what arrives on one socket. Its reader owns it until the run is over.
type watch struct {
	*socket
	timed               bool // the socket whose deliveries are measured
	got                 bitset
	newest              [timeLength]byte
	repeated, reordered int64
	err                 error
}

func (l *load) failed(err error) {
	l.errors.Add(1)
	l.first.CompareAndSwap(nil, &err)
}

// due is when message n of a lane is to be sent: in an open loop the lanes take turns, one message every 1/rate seconds.
func (ln *lane) due(n int) time.Duration {
	return time.Duration(float64(n*ln.lanes+ln.index) / ln.load.rate * float64(time.Second))
}

// send is the sender of a lane. It sends one message after the other, as a person would, until ctx ends.
func (ln *lane) send(ctx context.Context, stop time.Duration) {
	l := ln.load
	c := l.t.conn()
	defer c.close()
	stopTimer := context.AfterFunc(ctx, func() { ln.signal() })
	defer stopTimer()
	for ctx.Err() == nil {
		n := ln.next
		at := time.Since(l.begin)
		if l.rate > 0 {
			if at = ln.due(n); at >= stop {
				return
			}
			if wait := at - time.Since(l.begin); wait > 0 && !sleep(ctx, wait) {
				return
			}
		} else if at >= stop {
			return
		}
		if l.begun.Add(1) > l.t.o.Count {
			return
		}
		ln.next++
		ln.sentAt.Store(int64(at))
		ln.parts.Store(1 + socketsPerChat)
		writeNumber(ln.number, n)
		copy(ln.token, ln.number)
		measured := l.begin.Add(at).After(l.measure)
		err := ln.post(ctx, c)
		took := time.Since(l.begin) - at
		switch {
		case err == nil:
			ln.acked.add(n)
			l.acknowledged.Add(1)
			if measured {
				l.sent.Add(1)
				l.answers.add(took)
			}
		case ctx.Err() != nil:
			return
		default:
			l.failed(err)
			if !sleep(ctx, 100*time.Millisecond) {
				return
			}
			continue
		}
		if l.rate == 0 && ln.parts.Add(-1) > 0 {
			select {
			case <-ln.done:
			case <-time.After(5 * time.Second): // a frame is lost, or late enough to go on without it
			}
		}
	}
}

// post sends the message that stands in the body. A request that got no answer is sent again with the same client token, as the
// official clients do.
func (ln *lane) post(ctx context.Context, c *conn) error {
	for try := 0; ; try++ {
		status, body, err := c.do(ln.body)
		switch {
		case err == nil && status == http.StatusOK:
			return nil
		case err == nil && status < 500 || try == 5 || ctx.Err() != nil:
			if err == nil {
				err = refused(status, body)
			}
			return err
		}
		if !sleep(ctx, 50*time.Millisecond<<try) {
			return ctx.Err()
		}
	}
}

func (ln *lane) signal() {
	select {
	case ln.done <- struct{}{}:
	default:
	}
}

// read is the reader of one of a lane's sockets. It ends with the socket.
func (ln *lane) read(w *watch) {
	for {
		op, frame, err := w.next()
		if err != nil {
			w.err = err
			return
		}
		if op != opText {
			continue
		}
		n, ok := w.take(frame)
		if !ok {
			continue
		}
		l := ln.load
		l.seen.Add(1)
		if w.timed {
			at := time.Duration(ln.sentAt.Load())
			if l.rate > 0 {
				at = ln.due(n)
			}
			if l.begin.Add(at).After(l.measure) {
				l.deliveries.add(time.Since(l.begin) - at)
			}
		}
		if l.rate == 0 && ln.parts.Add(-1) == 0 {
			ln.signal()
		}
	}
}

// take counts a frame, if it has a message of ours, and returns the message's number.
func (w *watch) take(frame []byte) (n int, ok bool) {
	i := bytes.Index(frame, contentMark)
	if i < 0 || len(frame) < i+len(contentMark)+digits {
		return 0, false
	}
	for _, d := range frame[i+len(contentMark):][:digits] {
		n = n*10 + int(d-'0')
	}
	if i = bytes.Index(frame, timeMark); i >= 0 && len(frame) >= i+len(timeMark)+timeLength {
		at := frame[i+len(timeMark):][:timeLength]
		if bytes.Compare(at, w.newest[:]) <= 0 {
			w.reordered++
		} else {
			copy(w.newest[:], at)
		}
	}
	if !w.got.add(n) {
		w.repeated++
		return n, false
	}
	return n, true
}

func writeNumber(into []byte, n int) {
	for i := len(into) - 1; i >= 0; i-- {
		into[i] = byte('0' + n%10)
		n /= 10
	}
}

// bitset is a set of small numbers.
type bitset []uint64

// add reports whether n was not there before.
func (b *bitset) add(n int) bool {
	for n/64 >= len(*b) {
		*b = append(*b, 0)
	}
	word, bit := &(*b)[n/64], uint64(1)<<(n%64)
	isNew := *word&bit == 0
	*word |= bit
	return isNew
}

func (b bitset) has(n int) bool { return n/64 < len(b) && b[n/64]&(1<<(n%64)) != 0 }

func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// prepare writes the request that a lane sends again and again.
func (ln *lane) prepare(payload int) {
	const zeros = "0000000000"
	token := "bench-" + ln.load.t.run + "-"
	body := `{"ClientToken":"` + token + zeros + `","Content":"` + marker + zeros + strings.Repeat("x", payload-minPayload) +
		`","ContentType":"text/plain"}`
	ln.body = ln.load.t.request("/participant/message", ln.connection, body)
	part := func(after string) []byte {
		i := bytes.LastIndex(ln.body, []byte(after+zeros)) + len(after)
		return ln.body[i : i+digits]
	}
	ln.token, ln.number = part(token), part(marker)
}

// open starts chats and opens their sockets.
func (t *target) open(ctx context.Context, chats int, l *load) ([]*lane, error) {
	fmt.Fprintf(t.o.Progress, "starting %d chats with %d sockets each\n", chats, socketsPerChat)
	lanes := make([]*lane, chats)
	err := each(ctx, chats, 16, func(ctx context.Context, i int, c *conn) error {
		ch, err := t.start(ctx, c, t.chatNumber())
		if err != nil {
			return err
		}
		ln := &lane{chat: ch, load: l, index: i, lanes: chats, done: make(chan struct{}, 1)}
		lanes[i] = ln
		if err := t.connectChat(c, ch); err != nil {
			return err
		}
		for k := range ln.sockets {
			s, err := openSocket(ctx, ch.socketURL, 2048)
			if err != nil {
				return err
			}
			ln.sockets[k] = &watch{socket: s, timed: k == socketsPerChat-1}
		}
		ln.prepare(t.o.Payload)
		return nil
	}, t.conn)
	return lanes, err
}

// closeLanes ends the chats of lanes, some of which may not be there.
func (t *target) closeLanes(lanes []*lane) {
	var chats []*chat
	for _, ln := range lanes {
		if ln == nil {
			continue
		}
		chats = append(chats, ln.chat)
		for _, w := range ln.sockets {
			if w != nil {
				w.c.Close()
			}
		}
	}
	t.stop(chats)
}

// messages runs the load once for each number of chats.
func (t *target) messages(ctx context.Context, report func(Result)) error {
	for _, chats := range t.o.Chats {
		r, err := t.message(ctx, chats, t.o.Rate)
		if err != nil {
			return err
		}
		report(r)
		if t.o.Half && t.o.Rate == 0 && chats > 1 {
			if r, err = t.message(ctx, chats, r.PerSecond/2); err != nil {
				return err
			}
			report(r)
		}
	}
	return nil
}

func (t *target) message(ctx context.Context, chats int, rate float64) (Result, error) {
	r := Result{What: Message, Chats: chats, Rate: rate}
	l := &load{t: t, rate: rate}
	lanes, err := t.open(ctx, chats, l)
	defer t.closeLanes(lanes)
	if err != nil {
		return r, err
	}
	l.begin = time.Now()
	l.measure = l.begin.Add(t.o.Warmup)
	stop := t.o.Warmup + t.o.Duration

	var readers, senders sync.WaitGroup
	for _, ln := range lanes {
		for _, w := range ln.sockets {
			readers.Go(func() { ln.read(w) })
		}
		senders.Go(func() { ln.send(ctx, stop) })
	}
	var before, after usage
	var sentBefore, sentAfter int64
	watching, cancel := context.WithCancel(ctx)
	var watcher sync.WaitGroup
	watcher.Go(func() {
		if !sleep(watching, t.o.Warmup) {
			return
		}
		before, sentBefore = t.usage(ctx), l.sent.Load()
		l.progress(watching, chats)
	})
	senders.Wait()
	took := min(time.Since(l.measure), t.o.Duration)
	after, sentAfter = t.usage(ctx), l.sent.Load()
	cancel()
	watcher.Wait()
	l.drain(ctx)
	for _, ln := range lanes {
		for _, w := range ln.sockets {
			w.c.Close()
		}
	}
	readers.Wait()
	if ctx.Err() != nil {
		return r, ctx.Err()
	}
	r.Seconds = took.Seconds()
	r.Count, r.Errors = l.sent.Load(), l.errors.Load()
	r.PerSecond = float64(r.Count) / r.Seconds
	r.Answer, r.Delivery = l.answers.latency(), l.deliveries.latency()
	if err := l.first.Load(); err != nil {
		r.FirstError = (*err).Error()
	}
	r.ResidentMB = after.resident / 1e6
	if n := sentAfter - sentBefore; n > 0 {
		r.ServerCPU = (after.cpu - before.cpu) * 1e6 / float64(n)
	}
	r.count(lanes)
	return r, nil
}

// count adds up what is missing, doubled or out of order on the sockets.
func (r *Result) count(lanes []*lane) {
	r.Lost, r.Repeated, r.Reordered = new(int64), new(int64), new(int64)
	for _, ln := range lanes {
		for _, w := range ln.sockets {
			*r.Repeated += w.repeated
			*r.Reordered += w.reordered
			for n := range ln.next {
				if ln.acked.has(n) && !w.got.has(n) {
					*r.Lost++
				}
			}
		}
	}
}

// progress tells once a second how far the run is.
func (l *load) progress(ctx context.Context, chats int) {
	last := l.sent.Load()
	for sleep(ctx, time.Second) {
		n := l.sent.Load()
		delivered := l.deliveries.latency()
		if delivered == nil {
			delivered = &Latency{}
		}
		fmt.Fprintf(l.t.o.Progress, "%5.0f s  %d chats  %6d messages/s  delivered p50 %.1f ms, p99 %.1f ms\n",
			time.Since(l.measure).Seconds(), chats, n-last, delivered.P50, delivered.P99)
		last = n
	}
}

// drain waits for the frames that are still under way.
func (l *load) drain(ctx context.Context) {
	for range 100 {
		if l.seen.Load() >= l.acknowledged.Load()*socketsPerChat || !sleep(ctx, 50*time.Millisecond) {
			return
		}
	}
}

// chatNumber tells the chats of a run apart.
func (t *target) chatNumber() int { return int(t.chats.Add(1)) }
