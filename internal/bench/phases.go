package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// starts begins chats, as fast as workers can or at a rate.
func (t *target) starts(ctx context.Context, report func(Result)) error {
	const workers = 64
	r := Result{What: Start, Chats: workers, Rate: t.o.Rate, Seconds: t.o.Duration.Seconds()}
	var (
		answers       histogram
		count, failed atomic.Int64
		first         atomic.Pointer[error]
		mu            sync.Mutex
		chats         []*chat
	)
	begin := time.Now()
	measure, stop := begin.Add(t.o.Warmup), begin.Add(t.o.Warmup+t.o.Duration)
	fmt.Fprintf(t.o.Progress, "starting chats, %d at the same time\n", workers)
	var next atomic.Int64
	var before usage
	var countBefore int64
	var wg sync.WaitGroup
	wg.Go(func() {
		if sleep(ctx, t.o.Warmup) {
			before, countBefore = t.usage(ctx), count.Load()
		}
	})
	for range workers {
		wg.Go(func() {
			c := t.conn()
			defer c.close()
			var mine []*chat
			defer func() {
				mu.Lock()
				defer mu.Unlock()
				chats = append(chats, mine...)
			}()
			for ctx.Err() == nil {
				at := time.Now()
				if t.o.Rate > 0 {
					at = begin.Add(time.Duration(float64(next.Add(1)-1) / t.o.Rate * float64(time.Second)))
					if wait := time.Until(at); wait > 0 && (at.After(stop) || !sleep(ctx, wait)) {
						return
					}
				}
				if !at.Before(stop) {
					return
				}
				ch, err := t.start(ctx, c, t.chatNumber())
				if err != nil {
					failed.Add(1)
					first.CompareAndSwap(nil, &err)
					if !sleep(ctx, 100*time.Millisecond) {
						return
					}
					continue
				}
				mine = append(mine, ch)
				if at.After(measure) {
					count.Add(1)
					answers.add(time.Since(at))
				}
			}
		})
	}
	wg.Wait()
	after, countAfter := t.usage(ctx), count.Load()
	if t.ownServer {
		chats = nil // they go with it
	}
	t.stop(chats)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	r.Count, r.Errors, r.Answer = count.Load(), failed.Load(), answers.latency()
	r.PerSecond = float64(r.Count) / r.Seconds
	if err := first.Load(); err != nil {
		r.FirstError = (*err).Error()
	}
	r.ResidentMB = after.resident / 1e6
	if n := countAfter - countBefore; n > 0 {
		r.ServerCPU = (after.cpu - before.cpu) * 1e6 / float64(n)
	}
	report(r)
	return nil
}

// transcript fills chats until so many items are stored and then reads pages of 100 at random places.
func (t *target) transcript(ctx context.Context, report func(Result)) error {
	const chats, readers = 1000, 16
	perChat := max(100, t.o.Items/chats)
	fmt.Fprintf(t.o.Progress, "writing %d items into %d chats\n", chats*perChat, chats)
	lanes := make([]*chat, chats)
	var written atomic.Int64
	watching, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		for sleep(watching, 5*time.Second) {
			fmt.Fprintf(t.o.Progress, "%d items\n", written.Load())
		}
	}()
	err := each(ctx, chats, 128, func(ctx context.Context, i int, c *conn) error {
		ch, err := t.start(ctx, c, t.chatNumber())
		if err != nil {
			return err
		}
		lanes[i] = ch
		if err := t.connectChat(c, ch); err != nil {
			return err
		}
		ln := &lane{chat: ch, load: &load{t: t}}
		ln.prepare(t.o.Payload)
		for n := range perChat {
			writeNumber(ln.number, n)
			copy(ln.token, ln.number)
			if err := ln.post(ctx, c); err != nil {
				return err
			}
			written.Add(1)
		}
		return nil
	}, t.conn)
	cancel()
	if !t.ownServer {
		defer func() {
			var started []*chat
			for _, ch := range lanes {
				if ch != nil {
					started = append(started, ch)
				}
			}
			t.stop(started)
		}()
	}
	if err != nil {
		return err
	}
	var answers histogram
	var count atomic.Int64
	fmt.Fprintf(t.o.Progress, "reading pages\n")
	before, stop := t.usage(ctx), time.Now().Add(t.o.Duration)
	err = each(ctx, readers, readers, func(ctx context.Context, _ int, c *conn) error {
		for ctx.Err() == nil && time.Now().Before(stop) {
			ch := lanes[rand.IntN(chats)]
			at := time.Now()
			body := `{"MaxResults":100,"ScanDirection":"BACKWARD","SortOrder":"ASCENDING","StartPosition":{"MostRecent":` +
				strconv.Itoa(1+rand.IntN(100)) + `}}`
			if _, err := t.participant(c, "/participant/transcript", ch.connection, body); err != nil {
				return err
			}
			answers.add(time.Since(at))
			count.Add(1)
		}
		return nil
	}, t.conn)
	if err != nil {
		return err
	}
	after := t.usage(ctx)
	r := Result{
		What: Transcript, Chats: chats, Seconds: t.o.Duration.Seconds(), Count: count.Load(), Answer: answers.latency(),
		Items: written.Load(), ResidentMB: after.resident / 1e6,
	}
	r.PerSecond = float64(r.Count) / r.Seconds
	if r.Count > 0 {
		r.ServerCPU = (after.cpu - before.cpu) * 1e6 / float64(r.Count)
	}
	report(r)
	return nil
}

// idle opens sockets on which nothing happens and looks at the server's memory before and after.
func (t *target) idle(ctx context.Context, report func(Result)) error {
	n := t.o.Sockets
	fmt.Fprintf(t.o.Progress, "opening %d sockets\n", n)
	chats := make([]*chat, n)
	sockets := make([]*socket, n)
	defer func() {
		var started []*chat
		for i, ch := range chats {
			if ch != nil {
				started = append(started, ch)
			}
			if sockets[i] != nil {
				sockets[i].c.Close()
			}
		}
		if !t.ownServer {
			t.stop(started)
		}
	}()
	err := each(ctx, n, 32, func(ctx context.Context, i int, c *conn) (err error) {
		chats[i], err = t.start(ctx, c, t.chatNumber())
		return err
	}, t.conn)
	if err != nil {
		return err
	}
	open := func(ctx context.Context, i int, c *conn) (err error) {
		if err = t.connectChat(c, chats[i]); err != nil {
			return err
		}
		sockets[i], err = openSocket(ctx, chats[i].socketURL, 512)
		return err
	}
	// Before memory is looked at, each chat has sockets that come and go, so that what the server keeps of chats, whether their
	// customers are there or not, is not taken for a part of the sockets.
	for range 3 {
		err := each(ctx, n, 32, func(ctx context.Context, i int, c *conn) error {
			if err := open(ctx, i, c); err != nil {
				return err
			}
			sockets[i].c.Close()
			return nil
		}, t.conn)
		if err != nil {
			return err
		}
	}
	before := t.settled(ctx)
	if err := each(ctx, n, 32, open, t.conn); err != nil {
		return err
	}
	for _, s := range sockets {
		go func() { // answers pings
			for {
				if _, _, err := s.next(); err != nil {
					return
				}
			}
		}()
	}
	after := t.settled(ctx)
	runtime.KeepAlive(sockets)
	report(Result{
		What: Idle, Count: int64(n), BytesPerSocket: (after - before) / float64(n), ResidentMB: after / 1e6,
	})
	return ctx.Err()
}

// settle is how long an idle server takes to give garbage back: Go collects at the latest two minutes after it did so last, and
// then hands pages back little by little.
const settle = 150 * time.Second

// settled is the server's resident memory once what was garbage has gone.
func (t *target) settled(ctx context.Context) float64 {
	fmt.Fprintf(t.o.Progress, "letting the server rest for %v\n", settle)
	sleep(ctx, settle)
	return t.usage(ctx).resident
}
