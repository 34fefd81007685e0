package server

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	nats "github.com/nats-io/nats-server/v2/server"

	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/store/storetest"
)

// TestTwoNodes has one chat on two nodes that share a PostgreSQL database and a NATS server: a socket on each, messages sent through
// both at the same time. Each socket gets each message once, in the order of the transcript.
func TestTwoNodes(t *testing.T) {
	if !slices.Contains(storetest.All(), storetest.Postgres) {
		return
	}
	hub, err := nats.NewServer(&nats.Options{Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	hub.Start()
	t.Cleanup(func() { hub.Shutdown(); hub.WaitForShutdown() })
	if !hub.ReadyForConnections(20 * time.Second) {
		t.Fatal("the NATS server does not start")
	}
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

// subscribe opens a socket of the chat's customer on this node.
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
	for len(items) < messages {
		_, b, err := socket.Read(t.Context())
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
