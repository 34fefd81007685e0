package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// faultProxy stands between a browser and parley, and makes faults on the sockets.
type faultProxy struct {
	*httptest.Server
	target *url.URL

	withhold atomic.Int32 // heartbeat answers to swallow from now on
	mute     atomic.Bool  // swallow all that parley says
	opened   atomic.Int32 // sockets ever opened

	mu   sync.Mutex
	open map[*websocket.Conn]bool // the browser's ends; mu also guards writing to them
}

func newFaultProxy(t *testing.T, endpoint string) *faultProxy {
	t.Helper()
	target, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	p := &faultProxy{target: target, open: map[*websocket.Conn]bool{}}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *faultProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if websocket.IsWebSocketUpgrade(r) {
		p.socket(w, r)
		return
	}
	here, _ := url.Parse(p.URL)
	(&httputil.ReverseProxy{
		Transport: upstream,
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(p.target) },
		ModifyResponse: func(r *http.Response) error {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			body = bytes.ReplaceAll(body, []byte("ws://"+p.target.Host), []byte("ws://"+here.Host)) // the socket goes through us, too
			r.Body = io.NopCloser(bytes.NewReader(body))
			r.Header.Set("Content-Length", strconv.Itoa(len(body)))
			return nil
		},
	}).ServeHTTP(w, r)
}

// upstream holds requests while parley is away, as a proxy should: chatjs gives up for good on a refused connection.
var upstream = &http.Transport{DialContext: dialWhenUp, DisableKeepAlives: true}

func dialWhenUp(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err == nil || ctx.Err() != nil {
			return conn, err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (p *faultProxy) socket(w http.ResponseWriter, r *http.Request) {
	server, res, err := (&websocket.Dialer{NetDialContext: dialWhenUp}).DialContext(r.Context(), "ws://"+p.target.Host+r.URL.RequestURI(), nil)
	if err != nil {
		status := http.StatusBadGateway
		if res != nil {
			status = res.StatusCode
		}
		http.Error(w, err.Error(), status)
		return
	}
	defer server.Close()
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	browser, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer browser.Close()
	p.opened.Add(1)
	p.mu.Lock()
	p.open[browser] = true
	p.mu.Unlock()
	go p.toBrowser(browser, server)
	for { // what the browser says
		kind, frame, err := browser.ReadMessage()
		if err != nil || server.WriteMessage(kind, frame) != nil {
			break
		}
	}
	p.mu.Lock()
	delete(p.open, browser)
	p.mu.Unlock()
}

// toBrowser passes on what parley says, and its close code at the end.
func (p *faultProxy) toBrowser(browser, server *websocket.Conn) {
	for {
		_, frame, err := server.ReadMessage()
		if closed, ok := errors.AsType[*websocket.CloseError](err); ok && closed.Code != websocket.CloseAbnormalClosure {
			p.write(browser, websocket.CloseMessage, websocket.FormatCloseMessage(closed.Code, closed.Text))
		}
		if err != nil {
			browser.Close()
			return
		}
		beat := bytes.Contains(frame, []byte(`"aws/heartbeat"`)) && p.withhold.Load() > 0
		switch {
		case beat:
			p.withhold.Add(-1)
		case !p.mute.Load():
			p.write(browser, websocket.TextMessage, frame)
		}
	}
}

func (p *faultProxy) write(browser *websocket.Conn, kind int, data []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	browser.WriteMessage(kind, data) // a browser that has gone is noticed where it is read
}

// sockets returns how many are open.
func (p *faultProxy) sockets() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.open)
}

// cut ends all sockets without a word.
func (p *faultProxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for browser := range p.open {
		browser.Close()
	}
}

// push sends an item to all browsers, as if parley had said it.
func (p *faultProxy) push(t *testing.T, item any) {
	t.Helper()
	content, err := json.Marshal(item)
	if err != nil {
		t.Fatal(err)
	}
	frame, err := json.Marshal(map[string]string{"topic": "aws/chat", "contentType": "application/json", "content": string(content)})
	if err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for browser := range p.open {
		if err := browser.WriteMessage(websocket.TextMessage, frame); err != nil {
			t.Error(err)
		}
	}
}
