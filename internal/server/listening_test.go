package server

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// listenTo serves a handler on a port of its own.
func listenTo(t *testing.T, h http.HandlerFunc) (l *listening, address string, served chan error) {
	t.Helper()
	from, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l, served = newListening(h, slog.New(slog.DiscardHandler)), make(chan error, 1)
	go func() { served <- l.serve(from) }()
	return l, from.Addr().String(), served
}

// accepted dials and waits until the server knows of the connection.
func accepted(t *testing.T, l *listening, address string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	wait(t, "the connection is accepted", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.open > 0
	})
	return c
}

func wait(t *testing.T, what string, until func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !until(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

func TestDrainAnswersConnectionsThatHaveNotAskedYet(t *testing.T) {
	l, address, served := listenTo(t, func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("here")) })
	c := accepted(t, l, address)
	drained := make(chan error, 1)
	go func() { drained <- l.drain(t.Context()) }()
	wait(t, "the port is closed", func() bool {
		other, err := net.Dial("tcp", address)
		if err == nil {
			other.Close()
		}
		return err != nil
	})
	if _, err := c.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK || !resp.Close {
		t.Errorf("%s, close %v, want 200 and the last of its connection", resp.Status, resp.Close)
	}
	if err := <-drained; err != nil {
		t.Error(err)
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		t.Errorf("serve: %v", err)
	}
}

func TestDrainFinishesWhatIsUnderWay(t *testing.T) {
	begun, goOn := make(chan struct{}), make(chan struct{})
	l, address, _ := listenTo(t, func(w http.ResponseWriter, _ *http.Request) {
		close(begun)
		<-goOn
		w.Write([]byte("done"))
	})
	answered := make(chan error, 1)
	go func() {
		resp, err := http.Get("http://" + address)
		if err == nil {
			resp.Body.Close()
		}
		answered <- err
	}()
	<-begun
	drained := make(chan error, 1)
	go func() { drained <- l.drain(t.Context()) }()
	select {
	case err := <-drained:
		t.Fatalf("drained with a request under way: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	close(goOn)
	if err := <-answered; err != nil {
		t.Errorf("the request under way: %v", err)
	}
	if err := <-drained; err != nil {
		t.Error(err)
	}
}

func TestDrainCutsWhatTakesTooLong(t *testing.T) {
	var once sync.Once
	begun := make(chan struct{})
	l, address, _ := listenTo(t, func(_ http.ResponseWriter, r *http.Request) {
		once.Do(func() { close(begun) })
		<-r.Context().Done()
	})
	go http.Get("http://" + address)
	<-begun
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := l.drain(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("drain: %v, want that it took too long", err)
	}
}

func TestDrainDoesNotWaitForSilentConnections(t *testing.T) {
	l, address, _ := listenTo(t, func(http.ResponseWriter, *http.Request) {})
	accepted(t, l, address)
	begin := time.Now()
	if err := l.drain(t.Context()); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took < silence || took > 30*silence {
		t.Errorf("a connection that says nothing is waited for %v, want about %v", took, silence)
	}
}

func TestDrainDoesNotWaitForBodies(t *testing.T) {
	for name, reads := range map[string]bool{"read": true, "not read": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begun, failed := make(chan struct{}), make(chan error, 1)
			l, address, _ := listenTo(t, func(_ http.ResponseWriter, r *http.Request) {
				close(begun)
				if reads {
					_, err := io.ReadAll(r.Body)
					failed <- err
				}
			})
			c := accepted(t, l, address)
			if _, err := c.Write([]byte("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf")); err != nil {
				t.Fatal(err)
			}
			<-begun
			begin := time.Now()
			if err := l.drain(t.Context()); err != nil {
				t.Error(err)
			}
			if took := time.Since(begin); took < restOfBody || took > 30*restOfBody {
				t.Errorf("the rest of a body is waited for %v, want about %v", took, restOfBody)
			}
			if reads {
				if err := <-failed; !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("the reader of the body got %v", err)
				}
			}
			l.mu.Lock()
			defer l.mu.Unlock()
			if len(l.bodies) != 0 {
				t.Errorf("%d bodies are still in the books", len(l.bodies))
			}
		})
	}
}

// TestDrainWaitsForBodiesThatNobodyReadsYet: a call may be held before its body, which has arrived, is read.
func TestDrainWaitsForBodiesThatNobodyReadsYet(t *testing.T) {
	t.Parallel()
	begun, read := make(chan struct{}), make(chan error, 1)
	l, address, _ := listenTo(t, func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		select {
		case <-r.Context().Done():
		case <-time.After(restOfBody + time.Second/2):
		}
		b, err := io.ReadAll(r.Body)
		if err == nil && string(b) != "whole" {
			err = errors.New("body: " + string(b))
		}
		read <- err
	})
	c := accepted(t, l, address)
	if _, err := c.Write([]byte("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	<-begun
	if _, err := c.Write([]byte("whole")); err != nil {
		t.Fatal(err)
	}
	if err := l.drain(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-read; err != nil {
		t.Error(err)
	}
}

func TestDrainWaitsForAnswersLongerThanForBodies(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{})
	l, address, _ := listenTo(t, func(w http.ResponseWriter, r *http.Request) {
		io.ReadAll(r.Body)
		close(begun)
		select {
		case <-r.Context().Done():
		case <-time.After(restOfBody + time.Second/2):
			w.Write([]byte("done"))
		}
	})
	answered := make(chan string, 1)
	go func() {
		resp, err := http.Post("http://"+address, "text/plain", strings.NewReader("whole"))
		if err != nil {
			answered <- err.Error()
			return
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		answered <- string(b)
	}()
	<-begun
	if err := l.drain(t.Context()); err != nil {
		t.Error(err)
	}
	if got := <-answered; got != "done" {
		t.Errorf("the answer to a whole request: %s", got)
	}
}

func TestShutdownLeavesNothingRunning(t *testing.T) {
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	before := goleak.IgnoreCurrent()
	s, err := Open(t.Context(), Config{Dev: &Dev{}})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second does nothing
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	}
	goleak.VerifyNone(t, before)
}
