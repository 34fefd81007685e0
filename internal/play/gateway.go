package play

import (
	"encoding/json"
	"net"
	"net/http"
	"sync"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	ptypes "github.com/openparley/parley/api/participant/types"
)

// gateway is where a chat is streamed to: a webhook on this machine.
type gateway struct {
	server *http.Server
	url    string
	stream string // StreamingId

	mu   sync.Mutex
	got  []notification
	seen map[string]bool // ids of messages; one may come again
}

// notification is what SNS posts to a webhook.
type notification struct {
	MessageID         string `json:"MessageId"`
	Message           string
	MessageAttributes map[string]struct{ Value string }
}

func openGateway() (*gateway, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	g := &gateway{url: "http://" + l.Addr().String() + "/chat", seen: map[string]bool{}}
	g.server = &http.Server{Handler: g}
	go g.server.Serve(l)
	return g, nil
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	var n notification
	if err := json.NewDecoder(req.Body).Decode(&n); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.seen[n.MessageID] {
		g.seen[n.MessageID] = true
		g.got = append(g.got, n)
	}
}

// startStream has the current chat streamed to the gateway.
func (r *run) startStream() (err error) {
	if r.gateway == nil {
		if r.gateway, err = openGateway(); err != nil {
			return err
		}
	}
	client, _ := r.stage.Clients()
	out, err := client.StartContactStreaming(r.ctx, &connect.StartContactStreamingInput{
		InstanceId: new(r.stage.InstanceID()), ContactId: &r.current, ClientToken: new("play-" + r.first),
		ChatStreamingConfiguration: &types.ChatStreamingConfiguration{StreamingEndpointArn: &r.gateway.url},
	})
	if err == nil {
		r.gateway.stream = *out.StreamingId
	}
	return err
}

func (r *run) stopStream() error {
	client, _ := r.stage.Clients()
	_, err := client.StopContactStreaming(r.ctx, &connect.StopContactStreamingInput{
		InstanceId: new(r.stage.InstanceID()), ContactId: &r.current, StreamingId: &r.gateway.stream,
	})
	return err
}

// lookOutside notes what the gateway was told: who may see it, and what.
func (r *run) lookOutside() error {
	if r.gateway == nil {
		return nil
	}
	if err := r.settle(); err != nil { // all is told when it returns
		return err
	}
	r.gateway.mu.Lock()
	defer r.gateway.mu.Unlock()
	for _, n := range r.gateway.got {
		var it ptypes.Item
		if err := json.Unmarshal([]byte(n.Message), &it); err != nil {
			return err
		}
		r.see(r.after(&it), "gateway", n.MessageAttributes["MessageVisibility"].Value+" "+Words(&it, r.Views))
	}
	r.gateway.got = nil
	return nil
}
