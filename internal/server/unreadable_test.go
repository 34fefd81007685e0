package server

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// exchange sends text to a server on a port of its own and reads the answer.
func exchange(t *testing.T, address, text string) reply {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, string(b)}
}

func TestUnreadableRequestsAreAnsweredInJSON(t *testing.T) {
	w := open(t)
	from, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go w.Serve(from)
	for _, tt := range []struct {
		name, text string
		status     int
		says       string
	}{
		{"no HTTP", "hello\r\n\r\n", 400, "400 Bad Request"},
		{"bad escape", "GET /participant/%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400, "400 Bad Request"},
		{"two hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400, "400 Bad Request"},
		{"later HTTP", "GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505, "unsupported protocol version"},
		{"unknown coding", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: zip\r\n\r\n", 501, "transfer encoding"},
		{"long header", "GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 64<<10) + "\r\n\r\n", 431, "431"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := exchange(t, from.Addr().String(), tt.text)
			if r.status != tt.status || !strings.Contains(r.member(t, "message"), tt.says) {
				t.Errorf("%d %s, want %d with %q", r.status, r.body, tt.status, tt.says)
			}
			if r.header.Get("x-amzn-ErrorType") == "" || r.header.Get("x-amzn-ErrorType") != r.member(t, "__type") {
				t.Errorf("x-amzn-ErrorType %q in %s", r.header.Get("x-amzn-ErrorType"), r.body)
			}
			checkHeaders(t, r)
			if !strings.Contains(w.log.String(), r.header.Get("x-amzn-RequestId")) {
				t.Error("the log lacks the request")
			}
		})
	}
	if r := exchange(t, from.Addr().String(), "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); r.status != http.StatusOK {
		t.Errorf("a request: %d %s", r.status, r.body)
	}
}
