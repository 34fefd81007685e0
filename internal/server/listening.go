package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
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
	serving   sync.WaitGroup        // calls of serve
	open      int                   // connections, without those that became WebSockets
	silent    map[net.Conn]struct{} // of these, those that have not sent a byte
}

// silence is how long a connection that sends nothing is waited for at the end. Browsers open some in advance.
const silence = time.Second

func newListening(h http.Handler, log *slog.Logger) *listening {
	l := &listening{silent: map[net.Conn]struct{}{}}
	l.server = http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      time.Minute, // a call may be held for its quota
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		ConnState:         l.changed,
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

// drain stops accepting, answers what was accepted, each as the last of its connection, and closes the rest. What takes longer than
// ctx is cut.
func (l *listening) drain(ctx context.Context) error {
	l.mu.Lock()
	l.draining = true
	for _, from := range l.listeners {
		from.Close() // serve says what it was
	}
	l.mu.Unlock()
	l.serving.Wait() // now every connection is in the books
	l.server.SetKeepAlivesEnabled(false)

	begin, pause := time.Now(), time.Millisecond
	for !l.drained(time.Since(begin) > silence) {
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), l.server.Close())
		case <-time.After(pause):
			pause = min(2*pause, 50*time.Millisecond)
		}
	}
	return l.server.Close()
}

// drained reports whether all connections are gone, or all but the silent ones.
func (l *listening) drained(butSilent bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open == 0 || butSilent && l.open == len(l.silent)
}
