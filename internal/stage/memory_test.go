package stage

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

func pair(t *testing.T) (client, server net.Conn) {
	t.Helper()
	m := newMemory(quietAddress)
	accepted := make(chan net.Conn, 1)
	go func() {
		c, _ := m.Accept()
		accepted <- c
	}()
	client, err := m.dial(t.Context(), "tcp", quietAddress.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return client, <-accepted
}

func TestMemoryCarriesMoreThanWaits(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	sent := bytes.Repeat([]byte("0123456789"), room/4)
	go func() {
		if _, err := client.Write(sent); err != nil {
			t.Error(err)
		}
		client.Close()
	}()
	got, err := io.ReadAll(server)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%d of %d bytes came (%v)", len(got), len(sent), err)
	}
	if _, err := server.Write([]byte("x")); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("write to who has left: %v", err)
	}
}

func TestMemoryHasDeadlines(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	_ = server.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	if _, err := server.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read: %v", err)
	}
	_ = server.SetReadDeadline(time.Time{})
	_ = client.SetWriteDeadline(time.Now().Add(20 * time.Millisecond))
	if n, err := client.Write(make([]byte, 2*room)); n != room || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("write of more than fits: %d, %v", n, err)
	}
	if n, err := io.ReadFull(server, make([]byte, room)); err != nil {
		t.Errorf("read %d: %v", n, err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := server.Read(make([]byte, 1))
		done <- err
	}()
	server.Close()
	if err := <-done; !errors.Is(err, net.ErrClosed) {
		t.Errorf("read while it is closed: %v", err)
	}
}
