package bench

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"
)

func TestSocketReadsWhatGorillaWrites(t *testing.T) {
	var sent []string
	for _, n := range []int{0, 1, 125, 126, 127, 4096, 65535, 65536, 70000, 3} {
		sent = append(sent, strings.Repeat("x", n))
	}
	pongs := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := new(websocket.Upgrader).Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		c.SetPongHandler(func(text string) error { pongs <- text; return nil })
		if _, text, err := c.ReadMessage(); err != nil || !bytes.Equal(text, subscribe) {
			t.Errorf("subscribes with %q, %v", text, err)
		}
		c.WriteMessage(websocket.TextMessage, []byte(`{"topic":"aws/subscribe","content":{"status":"success","topics":["aws/chat"]}}`))
		c.WriteControl(websocket.PingMessage, []byte("there?"), time.Now().Add(time.Minute))
		for _, text := range sent {
			c.WriteMessage(websocket.TextMessage, []byte(text))
		}
		c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), time.Now().Add(time.Minute))
		c.ReadMessage()
	}))
	t.Cleanup(server.Close)
	s, err := openSocket(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http")+"/path?token=x", 64)
	if err != nil {
		t.Fatal(err)
	}
	defer s.c.Close()
	var got []string
	for range sent {
		op, payload, err := s.next()
		if err != nil || op != opText {
			t.Fatalf("op %d, %v", op, err)
		}
		got = append(got, string(payload))
	}
	if diff := cmp.Diff(sent, got); diff != "" {
		t.Error(diff)
	}
	if _, _, err := s.next(); err != io.EOF {
		t.Errorf("after the last frame: %v", err)
	}
	if text := <-pongs; text != "there?" {
		t.Errorf("the ping was answered with %q", text)
	}
}

func TestRefusedSocket(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no", http.StatusForbidden) }))
	t.Cleanup(server.Close)
	_, err := openSocket(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), 64)
	if err == nil || !strings.Contains(err.Error(), "403 Forbidden") {
		t.Errorf("error is %v, want the status line in it", err)
	}
}

func TestConnReadsAnswers(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	answers := []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
		"HTTP/1.1 403 Forbidden\r\ncontent-length: 5\r\nX: y\r\n\r\nabcde",
		"HTTP/1.1 500 Oh\r\nConnection: close\r\n\r\nuntil the end",
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew",
		"SSH-2.0 what is this\r\n",
	}
	go func() {
		var c net.Conn
		for i, a := range answers {
			if c == nil {
				if c, err = l.Accept(); err != nil {
					return
				}
			}
			c.Read(make([]byte, 64))
			io.WriteString(c, a)
			if i == 2 {
				c.Close()
				c = nil
			}
		}
	}()
	u, _ := url.Parse("http://" + l.Addr().String())
	c := conn{u: u}
	var got []string
	for range answers {
		status, body, err := c.do([]byte("request"))
		if err != nil {
			got = append(got, "error")
			continue
		}
		got = append(got, fmt.Sprint(status, " ", string(body)))
	}
	if diff := cmp.Diff([]string{"200 {}", "403 abcde", "500 until the end", "200 new", "error"}, got); diff != "" {
		t.Error(diff)
	}
}
