package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// listening is an HTTP server that loses no request when it stops. http.Server.Shutdown alone drops the requests of connections that
// were accepted but not read yet; while another process holds the same listening socket, their senders would be the only ones to
// notice the change.
type listening struct {
	server     http.Server
	unreadable func(status int, why string) []byte // the answer to what is no request; nil: net/http's

	mu        sync.Mutex
	draining  bool
	listeners []net.Listener
	serving   sync.WaitGroup          // calls of serve
	open      int                     // connections, without those that became WebSockets
	silent    map[net.Conn]struct{}   // of these, those that have not sent a request
	bodies    map[net.Conn]*bodyState // the body on its way on each connection
}

// silence is how long a connection that sends nothing is waited for at the end. Browsers open some in advance.
const silence = time.Second

// restOfBody is how long the rest of a body is waited for at the end: one sender must not hold up everybody.
const restOfBody = 2 * time.Second

// bodyState tells since when the end of a body is waited for, in nanoseconds since 1970; unread: nobody wants it yet, and it may have arrived.
// Requests of HTTP/2 share a connection and are not watched.
type bodyState struct{ since atomic.Int64 }

const unread, complete = 0, -1

// wanted says that somebody waits for the end of the body.
func (b *bodyState) wanted() { b.since.CompareAndSwap(unread, time.Now().UnixNano()) }

type bodyKey struct{}

// watched serves by h and keeps the book of bodies.
func watched(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b := r.Context().Value(bodyKey{}).(*bodyState)
		b.since.Store(complete)
		if r.Body != http.NoBody && r.ProtoMajor == 1 {
			b.since.Store(unread)
			r.Body = watchedBody{r.Body, b}
			defer b.wanted() // by net/http, which drops what was not read
		}
		h.ServeHTTP(w, r)
	})
}

type watchedBody struct {
	io.ReadCloser
	of *bodyState
}

func (b watchedBody) Read(p []byte) (int, error) {
	b.of.wanted()
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		b.of.since.Store(complete)
	}
	return n, err
}

func newListening(h http.Handler, log *slog.Logger) *listening {
	l := &listening{silent: map[net.Conn]struct{}{}, bodies: map[net.Conn]*bodyState{}}
	l.server = http.Server{
		Handler:           watched(h),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      time.Minute, // a call may be held for its quota
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		ConnState:         l.changed,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			b := &bodyState{}
			l.mu.Lock()
			defer l.mu.Unlock()
			l.bodies[c] = b
			return context.WithValue(ctx, bodyKey{}, b)
		},
	}
	return l
}

// changed keeps the books of connections.
func (l *listening) changed(c net.Conn, state http.ConnState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if state == http.StateNew {
		l.open++
		l.silent[c] = struct{}{}
		return
	}
	delete(l.silent, c)
	if state == http.StateClosed || state == http.StateHijacked {
		l.open--
		delete(l.bodies, c)
	}
}

// serve answers requests until drain; it then returns http.ErrServerClosed.
func (l *listening) serve(from net.Listener) error {
	l.mu.Lock()
	if l.draining {
		l.mu.Unlock()
		return errors.Join(http.ErrServerClosed, from.Close())
	}
	if l.unreadable != nil {
		from = plainListener{from, l.unreadable}
	}
	l.listeners = append(l.listeners, from)
	l.serving.Add(1)
	l.mu.Unlock()
	defer l.serving.Done()
	err := l.server.Serve(from)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.draining {
		return http.ErrServerClosed
	}
	return err
}

// drain stops accepting, answers what was accepted, each as the last of its connection, and closes the rest. A body that does not
// arrive is not waited for, and what takes longer than ctx is cut.
func (l *listening) drain(ctx context.Context) error {
	l.server.SetKeepAlivesEnabled(false)
	l.mu.Lock()
	l.draining = true
	for _, from := range l.listeners {
		from.Close() // serve says what it was
	}
	l.mu.Unlock()
	l.serving.Wait() // now every connection is in the books

	begin, pause := time.Now(), time.Millisecond
	for !l.drained(time.Since(begin) > silence) {
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), l.server.Close())
		case <-time.After(pause):
			pause = min(2*pause, 50*time.Millisecond)
		}
		if time.Since(begin) > restOfBody {
			l.endBodies()
		}
	}
	return l.server.Close()
}

// endBodies ends the waiting for bodies: their readers fail.
func (l *listening) endBodies() {
	l.mu.Lock()
	defer l.mu.Unlock()
	latest := time.Now().Add(-restOfBody).UnixNano()
	for c, b := range l.bodies {
		if since := b.since.Load(); since > unread && since < latest {
			c.SetReadDeadline(time.Now())
		}
	}
}

// drained reports whether all connections are gone, or all but the silent ones.
func (l *listening) drained(butSilent bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open == 0 || butSilent && l.open == len(l.silent)
}
