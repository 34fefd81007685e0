package gateway_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/openparley/parley/internal/bus"
	"github.com/openparley/parley/internal/gateway"
)

// pipes is a listener whose connections are pipes: they hold no byte that nobody reads.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}
func (l *pipes) Close() error   { close(l.closed); return nil }
func (l *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes"} }
func (l *pipes) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	l.conns <- server
	return client, nil
}

// newBubble is newWorld inside a synctest bubble.
func newBubble(t *testing.T) *world { return newBubbleOn(t, &transcript{}, gateway.Options{}) }

// newBubbleOn is a gateway inside a synctest bubble, in front of a transcript that others may share.
func newBubbleOn(t *testing.T, tr *transcript, o gateway.Options) *world {
	l := &pipes{make(chan net.Conn), make(chan struct{})}
	w := &world{t: t, transcript: tr, base: "ws://parley/participant/websocket"}
	w.http = &http.Client{Transport: &http.Transport{DialContext: l.dial, DisableKeepAlives: true}}
	o.Log = slog.New(slog.DiscardHandler)
	w.g = gateway.New(tr, o)
	srv := &http.Server{Handler: w.g}
	go srv.Serve(l)
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		w.g.Shutdown(ctx, 0)
		srv.Close()
	})
	return w
}

// mute opens a socket by hand, subscribes, and swallows what the server writes without ever answering.
func (w *world) mute(token string) (closed chan struct{}) {
	conn, err := w.http.Transport.(*http.Transport).DialContext(w.t.Context(), "", "")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "GET /?token=%s HTTP/1.1\r\nHost: parley\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", token)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		w.t.Fatalf("upgrade: %v, %v", resp, err)
	}
	conn.Write(maskedFrame(subscribeFrame))
	closed = make(chan struct{})
	go func() {
		io.Copy(io.Discard, conn)
		close(closed)
	}()
	return closed
}

// beat sends heartbeats, each followed by then, until the socket is closed or the test ends.
func (c *client) beat(then func()) {
	for c.ws.Write(c.t.Context(), websocket.MessageText, []byte(heartbeatFrame)) == nil {
		then()
		select {
		case <-time.After(10 * time.Second):
		case <-c.t.Context().Done():
		}
	}
}

func TestHeartbeatWhileBackendHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		w.beforeSubscribed = func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}
		c := w.open("chat/ana")
		begin := time.Now()
		c.send(subscribeFrame, pingFrame, heartbeatFrame)
		c.want(pingAnswer, heartbeatAnswer)
		if d := time.Since(begin); d > time.Second {
			t.Errorf("answers after %v, want them within a second", d)
		}
		time.Sleep(10 * time.Second)
		begin = time.Now()
		c.send(pingFrame, heartbeatFrame)
		c.want(pingAnswer, heartbeatAnswer)
		if d := time.Since(begin); d != 0 {
			t.Errorf("answers after %v, want them at once", d)
		}
	})
}

func TestDeadPeerIsClosed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		closed := w.mute("chat/ana")
		begin := time.Now()
		<-closed
		if d := time.Since(begin); d < 75*time.Second || d > 90*time.Second {
			t.Errorf("closed after %v, want 75 to 90 s", d)
		}
		synctest.Wait()
		if s := w.g.Stats(); s.Dead != 1 || s.Open != 0 {
			t.Errorf("got %+v, want one dead and none open", s)
		}
	})
}

// A client that never sends a frame is legal as long as it answers protocol pings.
func TestSilentClientStaysOpen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		c := w.subscribed("chat/ana")
		read := make(chan string, 1)
		go func() {
			_, b, _ := c.ws.Read(t.Context()) // answers pings
			read <- string(b)
		}()
		time.Sleep(time.Hour)
		w.g.Deliver(w.store("chat", "good morning"))
		if got, err := text(<-read); got != "good morning" || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
		// A ping every 30 to 35 s.
		if n := w.g.Stats().Frames; n < 3600/35 || n > 3600/30+2 {
			t.Errorf("%d frames in an hour of silence", n)
		}
	})
}

func TestSocketIsClosedAfterTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		c := w.subscribed("chat/ana")
		w.g.Deliver(w.store("chat", "bye"))
		w.g.Deliver(w.storeEnd("chat"))
		w.g.Deliver(bus.Message{Chat: "chat", Item: item("typing")}) // too late
		c.wantTexts("bye", "chat.ended")
		begin := time.Now()
		c.wantNothing()
		c.wantClose(websocket.StatusNormalClosure)
		if d := time.Since(begin); d < 3*time.Second || d > 10*time.Second {
			t.Errorf("closed after %v, want a few seconds", d)
		}
	})
}

// TestIdleSocketIsClosedAfterTheEnd: one that does not listen hears nothing of the end, and is of no more use.
func TestIdleSocketIsClosedAfterTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		c, gone := w.open("chat/ana"), w.subscribed("chat/bo")
		gone.send(unsubscribeFrame)
		gone.want(unsubscribeSuccess)
		w.g.Deliver(w.storeEnd("chat"))
		c.wantNothing()
		gone.wantNothing()
		c.wantClose(websocket.StatusNormalClosure)
		gone.wantClose(websocket.StatusNormalClosure)
	})
}

func TestSlowReaderIsClosed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		items int
		size  int
	}{
		{"many frames", 258, 10}, // one is with the writer, 255 wait, the next is too much
		{"many bytes", 20, 64 << 10},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newBubble(t)
				slow, quick := w.subscribed("chat/ana"), w.subscribed("chat/bo")
				got := make(chan int)
				go func() {
					n := 0
					for ; n < tt.items; n++ {
						if _, err := quick.read(); err != nil {
							break
						}
					}
					got <- n
				}()
				begin := time.Now()
				for range tt.items {
					w.g.Deliver(w.store("chat", strings.Repeat("x", tt.size)))
					synctest.Wait()
				}
				if n := <-got; n != tt.items {
					t.Errorf("the quick reader got %d items, want %d", n, tt.items)
				}
				if d := time.Since(begin); d != 0 {
					t.Errorf("delivering waited %v for a slow reader", d)
				}
				if s := w.g.Stats(); s.Slow != 1 || s.Open != 1 {
					t.Errorf("got %+v, want one slow and the other open", s)
				}
				if _, err := slow.read(); websocket.CloseStatus(err) != -1 || err == nil {
					t.Errorf("slow reader: got %v, want a cut connection", err)
				}
			})
		})
	}
}

func TestStalledWriteIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		c := w.subscribed("chat/ana")
		w.g.Deliver(w.store("chat", "nobody reads this"))
		go c.beat(func() {})
		time.Sleep(time.Minute)
		if s := w.g.Stats(); s.Slow != 1 || s.Open != 0 {
			t.Errorf("got %+v, want one slow and none open", s)
		}
	})
}

func TestSixthSocketIsRefusedAfterAWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		for range 5 {
			w.subscribed("chat/ana")
		}
		w.subscribed("chat/bo") // another participant has its own five
		begin := time.Now()
		_, resp, err := w.dial("chat/ana")
		if err == nil || resp == nil || resp.StatusCode != http.StatusTooManyRequests {
			t.Fatalf("got %v, %v; want status 429", resp, err)
		}
		if d := time.Since(begin); d < 8*time.Second || d > 12*time.Second {
			t.Errorf("refused after %v, want about 10 s", d)
		}
		if s := w.g.Stats(); s.Subscribed != 6 {
			t.Errorf("got %+v, want all six to stay subscribed", s)
		}
	})
}

func TestSixthSocketTakesAPlaceThatGetsFree(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		first := w.subscribed("chat/ana")
		for range 4 {
			w.subscribed("chat/ana")
		}
		time.AfterFunc(3*time.Second, func() { first.ws.CloseNow() })
		begin := time.Now()
		w.subscribed("chat/ana")
		if d := time.Since(begin); d < 3*time.Second || d > 4*time.Second {
			t.Errorf("opened after %v, want it right after a place got free", d)
		}
	})
}

func TestSixthSocketReplacesAUselessOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		dead := w.mute("chat/ana")
		never := w.open("chat/ana")
		for range 3 {
			c := w.subscribed("chat/ana")
			go c.beat(func() { c.read() })
		}
		time.Sleep(15 * time.Second)
		never.wantNothing()
		time.Sleep(30 * time.Second)
		begin := time.Now()
		w.subscribed("chat/ana")
		w.subscribed("chat/ana")
		if d := time.Since(begin); d != 0 {
			t.Errorf("opened after %v, want at once", d)
		}
		never.wantClose(websocket.StatusNormalClosure)
		<-dead
		synctest.Wait()
		if s := w.g.Stats(); s.Subscribed != 5 || s.Open != 5 {
			t.Errorf("got %+v, want five, all subscribed", s)
		}
	})
}

func TestSixthSocketReplacesTheOldestUselessOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		oldest := w.open("chat/ana")
		time.Sleep(time.Second)
		newer := w.open("chat/ana")
		for range 3 {
			w.subscribed("chat/ana")
		}
		time.Sleep(15 * time.Second)
		w.subscribed("chat/ana")
		oldest.wantClose(websocket.StatusNormalClosure)
		newer.wantNothing()
	})
}

func TestSixthSocketWhoseClientLeavesIsForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		for range 5 {
			w.subscribed("chat/ana")
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		_, _, err := websocket.Dial(ctx, w.base+"?token=chat/ana", &websocket.DialOptions{HTTPClient: w.http})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("got %v, want the deadline", err)
		}
		time.Sleep(time.Second)
		if s := w.g.Stats(); s.Open != 5 || s.Refused != 1 {
			t.Errorf("got %+v, want five open and one refused", s)
		}
	})
}

func TestShutdownSpreadsCloses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		begin := time.Now()
		closed := make(chan time.Duration, 10)
		for i := range cap(closed) {
			c := w.subscribed(fmt.Sprintf("chat%d/ana", i))
			go func() {
				c.wantClose(websocket.StatusGoingAway)
				closed <- time.Since(begin)
			}()
		}
		w.g.Shutdown(t.Context(), 5*time.Second)
		if d := time.Since(begin); d > 5*time.Second {
			t.Errorf("took %v", d)
		}
		var at []time.Duration
		for range cap(closed) {
			at = append(at, <-closed)
		}
		slices.Sort(at)
		for i, d := range at {
			if want := time.Duration(i) * 500 * time.Millisecond; d != want {
				t.Errorf("close %d after %v, want %v", i, d, want)
			}
		}
		_, resp, err := w.dial("chat/ana")
		if err == nil || resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
			t.Errorf("after shutdown: got %v, %v; want 503 with Retry-After", resp, err)
		}
	})
}

func TestShutdownCutsWhoDoesNotAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		closed := w.mute("chat/ana")
		begin := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		w.g.Shutdown(ctx, time.Second)
		<-closed
		if d := time.Since(begin); d != 2*time.Second {
			t.Errorf("cut after %v, want when the context ends, after 2 s", d)
		}
	})
}

func TestIdleSocketIsOneGoroutine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		synctest.Wait()
		before := ours()
		const n = 20
		for i := range n {
			c := w.subscribed(fmt.Sprintf("chat%d/ana", i))
			c.send(heartbeatFrame, pingFrame)
			c.want(heartbeatAnswer, pingAnswer)
		}
		w.g.Recheck()
		synctest.Wait()
		if got := ours() - before; got != n {
			t.Errorf("%d goroutines for %d idle sockets", got, n)
		}
	})
}

// ours counts goroutines of this bubble that run the gateway's code, or serve a request of it.
func ours() int {
	buf := make([]byte, 4<<20)
	buf = buf[:runtime.Stack(buf, true)]
	n := 0
	own := strings.SplitN(string(buf), "\n", 2)[0]
	bubble := own[strings.LastIndex(own, "synctest bubble"):strings.LastIndex(own, "]")]
	for stack := range strings.SplitSeq(string(buf), "\n\n") {
		head, rest, _ := strings.Cut(stack, "\n")
		if strings.Contains(head, bubble+"]") &&
			(strings.Contains(rest, "/internal/gateway.(") || strings.Contains(rest, "net/http.(*conn).serve(")) {
			n++
		}
	}
	return n
}
