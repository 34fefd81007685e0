package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	nats "github.com/nats-io/nats-server/v2/server"
	"go.uber.org/goleak"

	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/store/storetest"
)

// TestTwoNodes has one chat on two nodes that share a PostgreSQL database and a NATS server: a socket on each, messages sent through
// both at the same time. Each socket gets each message once, in the order of the transcript.
func TestTwoNodes(t *testing.T) {
	if !slices.Contains(storetest.All(), storetest.Postgres) {
		return
	}
	hub := startNATS(t)
	dsn := storetest.DSN(t, storetest.Postgres)
	cluster := func(c *Config) {
		c.Database, c.NATS, c.Quotas.Profile = dsn, hub.ClientURL(), "off"
	}
	nodes := []*world{open(t, cluster), open(t, cluster)}
	chat := nodes[0].startChat()

	const messages = 200
	frames := make([]chan []ptypes.Item, len(nodes))
	for i, n := range nodes {
		frames[i] = make(chan []ptypes.Item, 1)
		socket := n.subscribe(chat)
		go func() { frames[i] <- read(t, socket, messages) }()
	}
	var senders sync.WaitGroup
	for s := range 8 {
		senders.Go(func() {
			for m := range messages / 8 {
				_, err := nodes[(s+m)%2].participant().SendMessage(t.Context(), &participant.SendMessageInput{
					ConnectionToken: &chat.connectionToken, ContentType: new("text/plain"), Content: new(fmt.Sprint(s, "/", m)),
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	senders.Wait()

	var want []string
	in := &participant.GetTranscriptInput{
		ConnectionToken: &chat.connectionToken, MaxResults: new(int32(100)),
		ScanDirection: ptypes.ScanDirectionForward, SortOrder: ptypes.SortKeyAscending,
	}
	for {
		page, err := nodes[1].participant().GetTranscript(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range page.Transcript {
			if it.ParticipantRole == ptypes.ParticipantRoleCustomer && it.Type == ptypes.ChatItemTypeMessage {
				want = append(want, *it.Id)
			}
		}
		if in.NextToken = page.NextToken; in.NextToken == nil {
			break
		}
	}
	if len(want) != messages {
		t.Fatalf("the transcript has %d messages, want %d", len(want), messages)
	}
	for i := range nodes {
		var got []string
		for _, it := range <-frames[i] {
			got = append(got, *it.Id)
		}
		if !slices.Equal(got, want) {
			t.Errorf("the socket on node %d got %d messages, not those of the transcript in their order", i, len(got))
		}
	}
}

func startNATS(t *testing.T) *nats.Server {
	t.Helper()
	hub, err := nats.NewServer(&nats.Options{Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	hub.Start()
	t.Cleanup(func() { hub.Shutdown(); hub.WaitForShutdown() })
	if !hub.ReadyForConnections(20 * time.Second) {
		t.Fatal("the NATS server does not start")
	}
	return hub
}

// TestItemOfANodeThatDied has a node store a message and tell nobody, as one does that dies right after the commit: the bus that its
// sockets are on is its own. The socket on the other node gets the message all the same.
func TestItemOfANodeThatDied(t *testing.T) {
	if !slices.Contains(storetest.All(), storetest.Postgres) {
		return
	}
	dsn := storetest.DSN(t, storetest.Postgres)
	cluster := func(c *Config) { c.Database, c.Compare = dsn, 100*time.Millisecond }
	dying, other := open(t, cluster), open(t, cluster)
	chat := other.startChat()
	socket := other.subscribe(chat)
	dying.say(chat, "last words")
	if got := read(t, socket, 1); len(got) != 1 || *got[0].Content != "last words" {
		t.Errorf("got %v", got)
	}
}

// TestItemWhoseCommitIsNotAnswered breaks the connection to the database while a message is committed. The message is stored, its
// sender does not know, and the socket gets it.
func TestItemWhoseCommitIsNotAnswered(t *testing.T) {
	if !slices.Contains(storetest.All(), storetest.Postgres) {
		return
	}
	dsn := storetest.DSN(t, storetest.Postgres)
	line := newLine(t, dsn)
	w := open(t, func(c *Config) { c.Database, c.Compare = line.dsn, time.Hour })
	chat := w.startChat()
	socket := w.subscribe(chat)

	db, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(context.Background())
	for _, text := range []string{
		"create function slow() returns trigger language plpgsql as $$begin perform pg_sleep(0.5); return null; end$$",
		`create constraint trigger slow after insert on items deferrable initially deferred
			for each row when (new.content = 'in doubt') execute function slow()`,
	} {
		if _, err := db.Exec(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	answer := make(chan reply, 1)
	go func() {
		answer <- w.send("POST", "/participant/message", `{"ContentType":"text/plain","Content":"in doubt"}`, "X-Amz-Bearer", chat.connectionToken)
	}()
	until := func(condition string) {
		t.Helper()
		deadline := time.Now().Add(time.Minute)
		for is := false; !is; {
			if err := db.QueryRow(t.Context(), "select exists ("+condition+")").Scan(&is); err != nil {
				t.Fatal(err)
			}
			if time.Now().After(deadline) {
				t.Fatalf("there is none: %s", condition)
			}
		}
	}
	until("select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'")
	line.set(true)
	if r := <-answer; r.status != http.StatusInternalServerError {
		t.Errorf("%d %s, want 500", r.status, r.body)
	}
	until("select from items where content = 'in doubt'")
	line.set(false)
	if got := read(t, socket, 1); len(got) != 1 || *got[0].Content != "in doubt" {
		t.Errorf("got %v", got)
	}
}

// line passes on what goes to and from a PostgreSQL server, while it is not down.
type line struct {
	dsn  string
	mu   sync.Mutex
	down bool
	open []net.Conn
}

func newLine(t *testing.T, dsn string) *line {
	t.Helper()
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	kind, address := pgconn.NetworkAddress(config.Host, config.Port)
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	host, port, _ := net.SplitHostPort(listener.Addr().String())
	q := u.Query()
	q.Set("host", host)
	q.Set("port", port)
	q.Set("sslmode", "disable")
	u.RawQuery = q.Encode()
	l := &line{dsn: u.String()}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			database, err := net.Dial(kind, address)
			if err != nil {
				client.Close()
				continue
			}
			l.pass(client, database)
		}
	}()
	return l
}

func (l *line) pass(client, database net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down {
		client.Close()
		database.Close()
		return
	}
	l.open = append(l.open, client)
	for _, way := range [][2]net.Conn{{client, database}, {database, client}} {
		go func() {
			_, _ = io.Copy(way[0], way[1])
			way[0].Close()
			way[1].Close()
		}()
	}
}

// set takes the line down, with all its connections, or up again.
func (l *line) set(down bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = down
	for _, c := range l.open {
		c.Close()
	}
	l.open = nil
}

// TestFailedOpenLeavesNothing fails after each of the parts that Open opens.
func TestFailedOpenLeavesNothing(t *testing.T) {
	hub := startNATS(t)
	good, spoilt := storetest.DSN(t, storetest.SQLite), storetest.DSN(t, storetest.SQLite)
	db, err := store.Open(t.Context(), spoilt, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
		tx.PutSecret(store.Secret{Kind: secretTokenKey, ID: "short", Value: []byte("short")})
		return nil
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	before := goleak.IgnoreCurrent()
	for _, tt := range []struct {
		name string
		cfg  Config
		want string
	}{
		{"no NATS", Config{Database: good, NATS: "nats://127.0.0.1:1"}, "connect to NATS"},
		{"bad name of the cluster", Config{Database: good, NATS: hub.ClientURL(), Cluster: "a b"}, "cluster name"},
		{"no database", Config{Database: "sqlite:", NATS: hub.ClientURL()}, "path of a file"},
		{"bad token key", Config{Database: spoilt, NATS: hub.ClientURL()}, "token key short"},
		{"bad token key, one node", Config{Database: spoilt}, "token key short"},
	} {
		if _, err := Open(t.Context(), tt.cfg); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
	for deadline := time.Now().Add(time.Minute); hub.NumClients() > 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	if n := hub.NumClients(); n > 0 {
		t.Errorf("%d connections to NATS are left", n)
	}
	goleak.VerifyNone(t, before)
	for _, dsn := range []string{good, spoilt} {
		storetest.OpenDSN(t, dsn, store.Options{}) // it is locked by nobody
	}
}

func (w *world) say(chat started, text string) {
	w.t.Helper()
	_, err := w.participant().SendMessage(w.t.Context(), &participant.SendMessageInput{
		ConnectionToken: &chat.connectionToken, ContentType: new("text/plain"), Content: &text,
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// subscribe opens a socket of the participant on this node.
func (w *world) subscribe(chat started) *websocket.Conn {
	w.t.Helper()
	out, err := w.participant().CreateParticipantConnection(w.t.Context(), &participant.CreateParticipantConnectionInput{
		ParticipantToken: &chat.participantToken, Type: []ptypes.ConnectionType{ptypes.ConnectionTypeWebsocket},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	socket, _, err := websocket.Dial(w.t.Context(), *out.Websocket.Url, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = socket.CloseNow() })
	socket.SetReadLimit(1 << 20)
	if err := socket.Write(w.t.Context(), websocket.MessageText, []byte(`{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}`)); err != nil {
		w.t.Fatal(err)
	}
	if _, _, err := socket.Read(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	return socket
}

// read reads the socket until that many messages of the customer have come.
func read(t *testing.T, socket *websocket.Conn, messages int) (items []ptypes.Item) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for len(items) < messages {
		_, b, err := socket.Read(ctx)
		if err != nil {
			t.Errorf("after %d messages: %v", len(items), err)
			return items
		}
		var frame struct{ Content string }
		var it ptypes.Item
		if err := json.Unmarshal(b, &frame); err != nil {
			t.Error(err)
			return items
		}
		if err := json.Unmarshal([]byte(frame.Content), &it); err != nil {
			t.Error(err)
			return items
		}
		if it.Type == ptypes.ChatItemTypeMessage && it.ParticipantRole == ptypes.ParticipantRoleCustomer {
			items = append(items, it)
		}
	}
	return items
}
