package chat_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/openparley/parley/api/connect"
	ctypes "github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/chat"
	"github.com/openparley/parley/internal/server"
)

const address = "http://parley.test"

// world is a server inside a bubble, reached over pipes: directly, and by a way that has faults.
type world struct {
	t       *testing.T
	config  server.Config
	server  *server.Server
	served  chan struct{} // closed when the server serves no more
	pipes   *pipes
	way     *way
	client  *http.Client // over the way
	connect *connect.Client
	direct  *participant.Client
}

func newWorld(t *testing.T, database string) *world {
	t.Helper()
	w := &world{t: t, pipes: &pipes{}, config: server.Config{
		Database: database, Dev: &server.Dev{Remote: true}, Quotas: server.Quotas{Profile: "off"},
	}}
	w.way = &way{to: w.pipes}
	w.open()
	straight := &http.Client{Transport: steady{&http.Transport{DialContext: w.pipes.dial, DisableKeepAlives: true}}}
	over := &http.Transport{DialContext: w.way.dial, DisableKeepAlives: true}
	w.client = &http.Client{Transport: &tripper{w.way, over}}
	w.connect = connect.New(connect.Options{
		BaseEndpoint: new(address), Region: "us-east-1", HTTPClient: straight,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: server.DevAccessKey, SecretAccessKey: server.DevAccessKey}, nil
		}),
	})
	w.direct = participant.New(participant.Options{BaseEndpoint: new(address), Region: "us-east-1", HTTPClient: straight})
	t.Cleanup(func() {
		w.way.heal()
		w.shut()
	})
	return w
}

// open starts the server, with what its database has.
func (w *world) open() {
	w.t.Helper()
	srv, err := server.Open(context.Background(), w.config)
	if err != nil {
		w.t.Fatal(err)
	}
	l := w.pipes.listen()
	served := make(chan struct{})
	go func() { defer close(served); _ = srv.Serve(l) }()
	w.server, w.served = srv, served
}

// shut stops the server. Nothing that it says any more reaches those who come over the way.
func (w *world) shut() {
	w.t.Helper()
	w.way.cut()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := w.server.Shutdown(ctx); err != nil {
		w.t.Error(err)
	}
	<-w.served
}

// heal ends all faults, of the way and of the server.
func (w *world) heal() {
	w.way.heal()
	w.server.LiftFaults()
}

// steady asks for no faults of the server.
type steady struct{ next http.RoundTripper }

func (s steady) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set(server.SteadyHeader, "yes")
	return s.next.RoundTrip(r)
}

// start starts a chat whose customer comes over the way.
func (w *world) start(opts ...chat.Option) *chat.Session {
	w.t.Helper()
	s, err := chat.Start(w.t.Context(), w.connect, customer(), append([]chat.Option{chat.At(address), chat.HTTPClient(w.client)}, opts...)...)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { s.Close() })
	return s
}

func customer() chat.Customer {
	return chat.Customer{InstanceID: server.DevInstance, FlowID: server.DevFlow, Name: "Ana", Accepts: []string{chat.Markdown, chat.JSON}}
}

// other is a participant that speaks without faults between.
type other struct {
	w     *world
	token string // of the participant
	conn  string // of its connection
}

func (w *world) token(contact string, role ctypes.ParticipantRole) string {
	w.t.Helper()
	out, err := w.connect.CreateParticipant(w.t.Context(), &connect.CreateParticipantInput{
		InstanceId: new(server.DevInstance), ContactId: &contact,
		ParticipantDetails: &ctypes.ParticipantDetailsToAdd{ParticipantRole: role, DisplayName: new("Bo")},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return *out.ParticipantCredentials.ParticipantToken
}

func (w *world) bot(contact string) *other {
	w.t.Helper()
	return w.join(contact, ctypes.ParticipantRoleCustomBot)
}

func (w *world) join(contact string, role ctypes.ParticipantRole) *other {
	w.t.Helper()
	return w.enter(w.token(contact, role))
}

// enter is a connection of its own for a participant.
func (w *world) enter(token string) *other {
	w.t.Helper()
	o := &other{w: w, token: token}
	out, err := w.direct.CreateParticipantConnection(w.t.Context(), &participant.CreateParticipantConnectionInput{
		ParticipantToken: &o.token, Type: []types.ConnectionType{types.ConnectionTypeConnectionCredentials}, ConnectParticipant: new(true),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	o.conn = *out.ConnectionCredentials.ConnectionToken
	return o
}

func (o *other) say(text string) string {
	o.w.t.Helper()
	out, err := o.w.direct.SendMessage(o.w.t.Context(), &participant.SendMessageInput{
		ConnectionToken: &o.conn, Content: &text, ContentType: new("text/plain"),
	})
	if err != nil {
		o.w.t.Fatal(err)
	}
	return *out.Id
}

// transcript is the truth.
func (o *other) transcript() []types.Item {
	o.w.t.Helper()
	var all []types.Item
	var next *string
	for {
		out, err := o.w.direct.GetTranscript(o.w.t.Context(), &participant.GetTranscriptInput{
			ConnectionToken: &o.conn, MaxResults: new(int32(100)), NextToken: next,
			ScanDirection: types.ScanDirectionForward, SortOrder: types.SortKeyAscending,
		})
		if err != nil {
			o.w.t.Fatal(err)
		}
		all = append(all, out.Transcript...)
		if next = out.NextToken; next == nil {
			return all
		}
	}
}

func (w *world) stop(contact string) {
	w.t.Helper()
	if _, err := w.connect.StopContact(w.t.Context(), &connect.StopContactInput{InstanceId: new(server.DevInstance), ContactId: &contact}); err != nil {
		w.t.Fatal(err)
	}
}

// pipes lead to the server that listens.
type pipes struct {
	mu  sync.Mutex
	now *listener
}

func (p *pipes) listen() *listener {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = &listener{conns: make(chan net.Conn), closed: make(chan struct{})}
	return p.now
}

// listener has pipes for connections.
type listener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}
func (l *listener) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *listener) Addr() net.Addr { return &net.UnixAddr{Name: "pipes"} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	p.mu.Lock()
	l := p.now
	p.mu.Unlock()
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return nil, refused
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

var refused = &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}

// way is between a session and its server, and has faults.
type way struct {
	to *pipes

	mu      sync.Mutex
	pairs   map[*pair]bool
	refuse  bool
	double  bool          // frames come twice
	overtak bool          // each chat frame is overtaken by the one after it, or comes two seconds late
	delay   time.Duration // of all frames
	lose    int           // so many answers get lost
	fail    int           // so many requests are answered with 503
	expired bool          // connection tokens are not good until there is a new one
	life    time.Duration // of connection tokens; 0 as the server says
	forget  bool          // what leads from one page of the transcript to the next is not good any more
	issued  map[string]time.Time
	sockets int      // opened so far
	sent    []string // paths of requests
}

// pair is a connection over the way.
type pair struct {
	client, server net.Conn
	socket         bool
	frozen, mute   bool // nothing passes; what the server says is lost
}

func (y *way) heal() {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.refuse, y.double, y.overtak, y.expired, y.forget, y.delay, y.lose, y.fail, y.life = false, false, false, false, false, 0, 0, 0, 0
}

func (y *way) set(f func()) {
	y.mu.Lock()
	defer y.mu.Unlock()
	f()
}

// cut closes all connections, freeze holds what is on them for good, deafen lets only what the client says pass.
func (y *way) cut() { y.each(func(p *pair) { p.client.Close(); p.server.Close() }) }

func (y *way) freeze() {
	y.each(func(p *pair) { p.frozen = true })
}

func (y *way) deafen() { y.each(func(p *pair) { p.mute = true }) }

func (y *way) each(f func(*pair)) {
	y.mu.Lock()
	defer y.mu.Unlock()
	for p := range y.pairs {
		f(p)
	}
}

func (y *way) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	y.mu.Lock()
	refuse := y.refuse
	y.mu.Unlock()
	if refuse {
		return nil, refused
	}
	far, err := y.to.dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	near, here := net.Pipe()
	p := &pair{client: here, server: far}
	y.mu.Lock()
	if y.pairs == nil {
		y.pairs = map[*pair]bool{}
	}
	y.pairs[p] = true
	y.mu.Unlock()
	var wg sync.WaitGroup
	wg.Go(func() { defer p.server.Close(); y.toServer(p) })
	wg.Go(func() { defer p.client.Close(); y.toClient(p) })
	go func() {
		wg.Wait()
		y.mu.Lock()
		defer y.mu.Unlock()
		delete(y.pairs, p)
	}()
	return near, nil
}

// stuck says what does not pass.
func (y *way) stuck(p *pair) (frozen, mute bool) {
	y.mu.Lock()
	defer y.mu.Unlock()
	return p.frozen, p.mute
}

func (y *way) toServer(p *pair) {
	buf := make([]byte, 32<<10)
	for {
		n, err := p.client.Read(buf)
		if err != nil {
			return
		}
		if !p.socket && bytes.Contains(buf[:n], []byte("Upgrade: websocket")) {
			y.mu.Lock()
			p.socket = true
			y.sockets++
			y.mu.Unlock()
		}
		if frozen, _ := y.stuck(p); frozen {
			continue // into nothing
		}
		if _, err := p.server.Write(buf[:n]); err != nil {
			return
		}
	}
}

func (y *way) toClient(p *pair) {
	r := bufio.NewReader(p.server)
	head, err := readHead(r)
	if err != nil || !y.write(p, head) {
		return
	}
	if !strings.HasPrefix(string(head), "HTTP/1.1 101") {
		buf := make([]byte, 32<<10)
		for {
			n, err := r.Read(buf)
			if n > 0 && !y.write(p, buf[:n]) || err != nil {
				return
			}
		}
	}
	var mu sync.Mutex // of the writing
	var held []byte
	out := func(frame []byte) bool { mu.Lock(); defer mu.Unlock(); return y.write(p, frame) }
	for {
		frame, err := readFrame(r)
		if err != nil {
			return
		}
		y.mu.Lock()
		double, over, delay := y.double, y.overtak, y.delay
		y.mu.Unlock()
		time.Sleep(delay)
		isChat := bytes.Contains(frame, []byte(`"aws/chat","contentType"`)) || bytes.Contains(frame, []byte(`"topic":"aws/chat"`))
		ended := bytes.Contains(frame, []byte("chat.ended"))
		mu.Lock()
		if over && isChat && !ended && held == nil {
			held = frame
			time.AfterFunc(2*time.Second, func() {
				mu.Lock()
				defer mu.Unlock()
				if held != nil {
					y.write(p, held)
					held = nil
				}
			})
			mu.Unlock()
			continue
		}
		late := held
		held = nil
		mu.Unlock()
		if ended && late != nil {
			if !out(late) {
				return
			}
			late = nil
		}
		if !out(frame) || double && isChat && !out(frame) || late != nil && !out(late) {
			return
		}
	}
}

// inject has a server say something on all sockets: a text frame. Source: RFC 6455, 5.2.
func (y *way) inject(text string) {
	frame := append([]byte{0x81, 126, byte(len(text) >> 8), byte(len(text))}, text...)
	y.mu.Lock()
	var sockets []*pair
	for p := range y.pairs {
		if p.socket {
			sockets = append(sockets, p)
		}
	}
	y.mu.Unlock()
	for _, p := range sockets {
		y.write(p, frame)
	}
}

// say has the server say an item as if it came from the chat.
func (y *way) say(item map[string]any) {
	inner, _ := json.Marshal(item)
	outer, _ := json.Marshal(map[string]string{"topic": "aws/chat", "contentType": "application/json", "content": string(inner)})
	y.inject(string(outer) + strings.Repeat(" ", 126)) // never a short frame
}

func (y *way) write(p *pair, b []byte) bool {
	if frozen, mute := y.stuck(p); frozen || mute {
		return true // into nothing
	}
	_, err := p.client.Write(b)
	return err == nil
}

func readHead(r *bufio.Reader) ([]byte, error) {
	var head []byte
	for !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
		line, err := r.ReadBytes('\n')
		if err != nil {
			return nil, err
		}
		head = append(head, line...)
	}
	return head, nil
}

// readFrame reads a frame of a server, which has no mask. Source: RFC 6455, 5.2.
func readFrame(r io.Reader) ([]byte, error) {
	head := make([]byte, 2, 10)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, err
	}
	n := uint64(head[1] & 127)
	if more := map[uint64]int{126: 2, 127: 8}[n]; more > 0 {
		long := make([]byte, more)
		if _, err := io.ReadFull(r, long); err != nil {
			return nil, err
		}
		head = append(head, long...)
		n = binary.BigEndian.Uint64(append(make([]byte, 8-more), long...))
	}
	frame := append(head, make([]byte, n)...)
	_, err := io.ReadFull(r, frame[len(head):])
	return frame, err
}

// tripper has the faults of requests.
type tripper struct {
	way  *way
	next http.RoundTripper
}

func (t *tripper) RoundTrip(r *http.Request) (*http.Response, error) {
	path := r.URL.Path
	t.way.mu.Lock()
	t.way.sent = append(t.way.sent, path)
	answer := 0
	switch lost := t.way.lose > 0; {
	case t.way.fail > 0:
		t.way.fail--
		answer = http.StatusServiceUnavailable
	case lost:
		t.way.lose--
		answer = -1
	case path == "/participant/connection":
		t.way.expired = false
	case strings.HasPrefix(path, "/participant/") && t.way.stale(r.Header.Get("X-Amz-Bearer")):
		answer = http.StatusForbidden
	}
	if path == "/participant/transcript" && t.way.forget {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		if bytes.Contains(body, []byte("NextToken")) {
			answer = http.StatusBadRequest
		}
	}
	t.way.mu.Unlock()
	switch answer {
	case http.StatusBadRequest:
		return answered(r, answer, `{"Message":"NextToken has expired","__type":"ValidationException"}`), nil
	case http.StatusServiceUnavailable:
		return answered(r, answer, `<html>not now</html>`), nil
	case http.StatusForbidden:
		return answered(r, answer, `{"Message":"Access denied","__type":"AccessDeniedException"}`), nil
	}
	resp, err := t.next.RoundTrip(r)
	switch {
	case err != nil:
		return nil, err
	case answer == -1:
		resp.Body.Close()
		return nil, errors.New("the answer got lost")
	case path == "/participant/connection":
		return resp, t.way.shorten(resp)
	}
	return resp, nil
}

// stale says whether a token is not good any more. The caller holds mu.
func (y *way) stale(token string) bool {
	at, known := y.issued[token]
	return token != "" && (y.expired || known && time.Since(at) > y.life)
}

// shorten has a token expire as soon as the way says.
func (y *way) shorten(resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return nil
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	var out participant.CreateParticipantConnectionOutput
	if err == nil {
		err = json.Unmarshal(body, &out)
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.life == 0 || err != nil || out.ConnectionCredentials == nil {
		return err
	}
	if y.issued == nil {
		y.issued = map[string]time.Time{}
	}
	y.issued[*out.ConnectionCredentials.ConnectionToken] = time.Now()
	out.ConnectionCredentials.Expiry = new(time.Now().Add(y.life).UTC().Format(time.RFC3339Nano))
	body, err = json.Marshal(map[string]any{"Websocket": out.Websocket, "ConnectionCredentials": out.ConnectionCredentials})
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp.Header.Del("Content-Length")
	return err
}

func answered(r *http.Request, status int, body string) *http.Response {
	if r.Body != nil {
		r.Body.Close()
	}
	return &http.Response{
		StatusCode: status, Status: fmt.Sprint(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
}
