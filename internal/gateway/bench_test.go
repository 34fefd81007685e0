package gateway_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openparley/parley/internal/bus"
	"github.com/openparley/parley/internal/gateway"
)

// rawSocket opens a socket by hand: a client that costs next to nothing.
func rawSocket(address, token string) (net.Conn, *bufio.Reader, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, nil, err
	}
	fmt.Fprintf(conn, "GET /participant/websocket?token=%s HTTP/1.1\r\nHost: parley\r\nConnection: Upgrade\r\n"+
		"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", token)
	r := bufio.NewReaderSize(conn, 512)
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		return nil, nil, err
	}
	if resp.StatusCode != http.StatusSwitchingProtocols {
		return nil, nil, fmt.Errorf("upgrade: %s", resp.Status)
	}
	if _, err := conn.Write(maskedFrame(subscribeFrame)); err != nil {
		return nil, nil, err
	}
	_, err = r.Discard(2 + len(subscribeSuccess))
	return conn, r, err
}

// maskedFrame makes a client's text frame of up to 125 bytes, with a mask of zeros.
func maskedFrame(text string) []byte {
	return append([]byte{0x81, 0x80 | byte(len(text)), 0, 0, 0, 0}, text...)
}

// BenchmarkDeliver asks how fast a message gets from the bus to all sockets of its chat and is read there.
func BenchmarkDeliver(b *testing.B) {
	for _, sockets := range []int{1, 2, 100, 1000} {
		b.Run(fmt.Sprint("sockets=", sockets), func(b *testing.B) {
			tr := &transcript{}
			g := gateway.New(tr, gateway.Options{Log: slog.New(slog.DiscardHandler)})
			srv := httptest.NewServer(g)
			defer srv.Close()
			defer func() {
				ctx, cancel := context.WithCancel(context.Background())
				cancel()
				g.Shutdown(ctx, 0)
			}()
			var received atomic.Int64
			for i := range sockets {
				conn, r, err := rawSocket(srv.Listener.Addr().String(), fmt.Sprintf("chat/p%d", i))
				if err != nil {
					b.Fatal(err)
				}
				defer conn.Close()
				go countBytes(r, &received)
			}
			const window = 64 // messages under way, of the 256 a socket may have waiting
			m := bus.Message{Chat: "chat", Item: item(strings.Repeat("x", 230))}
			content, err := json.Marshal(string(m.Item))
			if err != nil {
				b.Fatal(err)
			}
			const header = 4 // of frames from 126 to 65,535 bytes
			size := header + len(`{"topic":"aws/chat","contentType":"application/json","content":}`) + len(content)
			wait := func() {
				for received.Load() < m.Seq*int64(size*sockets) {
					time.Sleep(20 * time.Microsecond)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				m.Seq++
				g.Deliver(m)
				if m.Seq%window == 0 {
					wait()
				}
			}
			wait()
			b.ReportMetric(float64(m.Seq)*float64(sockets)/b.Elapsed().Seconds(), "frames/s")
			if s := g.Stats(); s.Slow != 0 || s.Fills != 0 {
				b.Errorf("got %+v, want no slow socket and no gap", s)
			}
		})
	}
}

func countBytes(r io.Reader, n *atomic.Int64) {
	buf := make([]byte, 32<<10)
	for {
		k, err := r.Read(buf)
		n.Add(int64(k))
		if err != nil {
			return
		}
	}
}

// idleServerEnv makes the test binary a server to measure: it prints its address, and its memory whenever a line comes in.
const idleServerEnv = "PARLEY_GATEWAY_IDLE_SERVER"

func serveIdle() {
	g := gateway.New(&transcript{}, gateway.Options{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(l, g)
	fmt.Println(l.Addr())
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		resident := rss()
		debug.FreeOSMemory()
		fmt.Println(resident, rss(), g.Stats().Subscribed)
	}
}

// rss is the resident memory of this process in bytes.
func rss() int {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		panic(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(statm))[1])
	if err != nil {
		panic(err)
	}
	return pages * os.Getpagesize()
}

// BenchmarkIdleSocket asks how much resident memory a subscribed socket costs that has sent its first heartbeat and ping. Metrics:
// after a garbage collection, and as it is without one.
func BenchmarkIdleSocket(b *testing.B) {
	for b.Loop() {
		measureIdle(b, 10_000)
	}
}

func measureIdle(b *testing.B, sockets int) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), idleServerEnv+"=1")
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer cmd.Wait()
	defer stdin.Close()
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() {
		b.Fatal("the server did not start")
	}
	address := lines.Text()
	memory := func() (raw, collected, subscribed int) {
		fmt.Fprintln(stdin)
		if !lines.Scan() {
			b.Fatal("the server is gone")
		}
		if _, err := fmt.Sscan(lines.Text(), &raw, &collected, &subscribed); err != nil {
			b.Fatal(err)
		}
		return raw, collected, subscribed
	}

	open := func(i int) net.Conn {
		conn, r, err := rawSocket(address, fmt.Sprintf("chat%d/ana", i))
		if err != nil {
			b.Fatal(err)
		}
		conn.Write(bytes.Join([][]byte{maskedFrame(pingFrame), maskedFrame(heartbeatFrame)}, nil))
		for _, want := range []string{pingAnswer, heartbeatAnswer} {
			head := make([]byte, 2)
			if _, err := io.ReadFull(r, head); err != nil || int(head[1]) != len(want) {
				b.Fatalf("answer % x, error %v; want %d bytes", binary.BigEndian.Uint16(head), err, len(want))
			}
			r.Discard(len(want))
		}
		return conn
	}
	warm := open(0)
	defer warm.Close()
	_, before, _ := memory()
	conns := make([]net.Conn, sockets)
	for i := range conns {
		conns[i] = open(i + 1)
		defer conns[i].Close()
	}
	raw, collected, subscribed := memory()
	if subscribed != sockets+1 {
		b.Fatalf("%d sockets subscribed, want %d", subscribed, sockets+1)
	}
	b.ReportMetric(float64(collected-before)/float64(sockets), "B/socket")
	b.ReportMetric(float64(raw-before)/float64(sockets), "uncollected-B/socket")
}
