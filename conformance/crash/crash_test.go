// Package crash kills a server under load, again and again, and looks for what it had acknowledged.
package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/coder/websocket"
	"github.com/jackc/pgx/v5"

	"github.com/openparley/parley/conformance/harness"
)

// rounds is how often each server is killed; `make crash` asks for more.
func rounds(t *testing.T) int {
	t.Helper()
	n := 5
	if text := os.Getenv("PARLEY_CRASH_ROUNDS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatalf("PARLEY_CRASH_ROUNDS: %v", err)
		}
	}
	return n
}

func TestKilledOnSQLite(t *testing.T) {
	crash(t, "sqlite:"+filepath.Join(t.TempDir(), "parley.db"))
}

// TestKilledOnPostgres kills parley, not PostgreSQL.
func TestKilledOnPostgres(t *testing.T) {
	dsn := os.Getenv("PARLEY_TEST_POSTGRES")
	if dsn == "" {
		t.Fatal("PARLEY_TEST_POSTGRES names no server: run this under tools/with-postgres")
	}
	db, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("crash_%d_%d", os.Getpid(), time.Now().UnixNano())
	if _, err := db.Exec(t.Context(), "create database "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		db.Exec(context.Background(), "drop database "+name+" with (force)")
		db.Close(context.Background())
	})
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	crash(t, u.String())
}

const (
	chats = 12
	flow  = `{"Version":"2019-10-30","StartAction":"wait","Actions":[
{"Identifier":"wait","Type":"Wait","Parameters":{"TimeLimitSeconds":"86400"},"Transitions":{"NextAction":"end","Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}],"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`
	patience = 2 * time.Minute // with one request and all its repetitions, on a busy machine
)

func crash(t *testing.T, dsn string) {
	s := newServer(t, dsn)
	s.start(t)
	w := &world{endpoint: s.endpoint, http: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 4 * chats}}}
	w.open(t)
	for round := range rounds(t) {
		ctx, stop := context.WithCancel(t.Context())
		var load sync.WaitGroup
		for _, c := range w.chats {
			load.Go(func() { c.talk(ctx, t) })
			load.Go(func() { c.listen(ctx, t) })
		}
		load.Go(func() { w.startMore(ctx, t) })
		time.Sleep(time.Duration(50+rand.IntN(400)) * time.Millisecond)
		s.kill(t)
		s.start(t)
		time.Sleep(time.Duration(rand.IntN(200)) * time.Millisecond)
		stop()
		load.Wait()
		if t.Failed() {
			t.Fatalf("round %d", round)
		}
		for _, c := range w.chats {
			c.verify(t)
		}
		w.verifyStarted(t)
		if t.Failed() {
			t.Fatalf("round %d", round)
		}
	}
	sent := 0
	for _, c := range w.chats {
		sent += len(c.acked)
	}
	t.Logf("%d rounds, %d messages and %d more chats acknowledged, all there; %d requests were cut and repeated",
		rounds(t), sent, len(w.started), w.cut.Load())
	if sent == 0 || w.cut.Load() == 0 {
		t.Error("the server was not killed under load")
	}
}

// server is the worker of a `parley serve`, and we are its supervisor: the listening socket is ours, so that the port stays open.
type server struct {
	endpoint string
	config   string
	socket   *os.File
	cmd      *exec.Cmd
	log      *os.File
	alive    *os.File // while it is open the worker has a supervisor
}

func newServer(t *testing.T, dsn string) *server {
	t.Helper()
	dir := t.TempDir()
	s := &server{config: filepath.Join(dir, "parley.yaml")}
	text, err := json.Marshal(map[string]any{
		"database": dsn, "log_level": "warn", "quotas": map[string]any{"profile": "off"},
		"credentials": []any{map[string]any{"access_key_id": "crash", "secret_access_key": "crash"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if s.socket, err = l.(*net.TCPListener).File(); err != nil {
		t.Fatal(err)
	}
	if s.log, err = os.Create(filepath.Join(dir, "log")); err != nil {
		t.Fatal(err)
	}
	s.endpoint = "http://" + l.Addr().String()
	t.Cleanup(func() {
		if s.cmd != nil {
			s.kill(t)
		}
		if t.Failed() {
			text, _ := os.ReadFile(s.log.Name())
			t.Logf("the servers' log:\n%s", text[max(0, len(text)-10_000):])
		}
		s.socket.Close()
		s.log.Close()
	})
	return s
}

func (s *server) start(t *testing.T) {
	t.Helper()
	aliveRead, aliveWrite, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer aliveRead.Close()
	readyRead, readyWrite, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer readyRead.Close()
	s.alive = aliveWrite
	s.cmd = harness.Command(t, "serve", "--config", s.config, "--worker")
	s.cmd.Env = append(s.cmd.Env, "LISTEN_FDS=1")
	s.cmd.ExtraFiles = []*os.File{s.socket, aliveRead, readyWrite}
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	readyWrite.Close()
	if n, _ := readyRead.Read(make([]byte, 1)); n != 1 {
		s.cmd.Wait()
		s.cmd = nil
		t.Fatal("the server does not start")
	}
}

func (s *server) kill(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	s.cmd.Wait()
	s.alive.Close()
	s.cmd = nil
}

// world is what the load knows of the server.
type world struct {
	endpoint       string
	http           *http.Client
	connect        *connect.Client
	instance, flow string
	chats          []*chat
	cut            atomic.Int64 // requests without an answer

	started []struct{ token, contact string } // by startMore
}

// open makes the flow and the chats.
func (w *world) open(t *testing.T) {
	t.Helper()
	w.connect = connect.New(connect.Options{
		Region: "us-east-1", BaseEndpoint: &w.endpoint, HTTPClient: w.http,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "crash", SecretAccessKey: "crash"}, nil
		}),
	})
	list, err := w.connect.ListInstances(t.Context(), &connect.ListInstancesInput{})
	if err != nil {
		t.Fatal(err)
	}
	w.instance = *list.InstanceSummaryList[0].Id
	made, err := w.connect.CreateContactFlow(t.Context(), &connect.CreateContactFlowInput{
		InstanceId: &w.instance, Name: aws.String("crash"), Type: types.ContactFlowTypeContactFlow, Content: aws.String(flow),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.flow = *made.ContactFlowId
	for i := range chats {
		out, err := w.start(t.Context(), fmt.Sprint("chat ", i))
		if err != nil {
			t.Fatal(err)
		}
		c := &chat{w: w, number: i, bearer: *out.ParticipantToken, pushed: map[string]bool{}}
		var connected struct {
			ConnectionCredentials struct{ ConnectionToken string }
		}
		if err := w.post(t.Context(), "connection", c.bearer, map[string]any{"Type": []string{"WEBSOCKET", "CONNECTION_CREDENTIALS"}}, &connected); err != nil {
			t.Fatal(err)
		}
		c.token = connected.ConnectionCredentials.ConnectionToken
		w.chats = append(w.chats, c)
	}
}

func (w *world) start(ctx context.Context, token string) (*connect.StartChatContactOutput, error) {
	return w.connect.StartChatContact(ctx, &connect.StartChatContactInput{
		InstanceId: &w.instance, ContactFlowId: &w.flow, ClientToken: &token,
		ParticipantDetails: &types.ParticipantDetails{DisplayName: aws.String("Ana")},
	})
}

// startMore starts chats until ctx ends.
func (w *world) startMore(ctx context.Context, t *testing.T) {
	for ctx.Err() == nil {
		token := fmt.Sprint("more ", len(w.started))
		deadline := time.Now().Add(patience)
		for {
			out, err := w.start(context.Background(), token)
			if err == nil {
				w.started = append(w.started, struct{ token, contact string }{token, *out.ContactId})
				break
			}
			if time.Now().After(deadline) {
				t.Errorf("start a chat: %v", err)
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// verifyStarted repeats every start: the same contact must answer.
func (w *world) verifyStarted(t *testing.T) {
	t.Helper()
	for _, s := range w.started[max(0, len(w.started)-100):] {
		out, err := w.start(t.Context(), s.token)
		if err != nil {
			t.Errorf("repeat the start %q: %v", s.token, err)
		} else if *out.ContactId != s.contact {
			t.Errorf("the start %q was acknowledged as %s and is now %s", s.token, s.contact, *out.ContactId)
		}
	}
}

// post sends a participant operation once.
func (w *world) post(ctx context.Context, path, bearer string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, "POST", w.endpoint+"/participant/"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("X-Amz-Bearer", bearer)
	resp, err := w.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return refused(fmt.Sprintf("%s is answered with %d %s", path, resp.StatusCode, answer))
	}
	return json.Unmarshal(answer, out)
}

// refused is an answer that no repetition would change.
type refused string

func (r refused) Error() string { return string(r) }

// item is how a message was acknowledged, or is listed.
type item struct{ Id, AbsoluteTime, Type, Content, ParticipantRole string }

// chat is one conversation under load.
type chat struct {
	w             *world
	number        int
	bearer, token string
	acked         []item // message i says i

	mu     sync.Mutex
	pushed map[string]bool // ids that were on a socket
}

func (c *chat) message(i int) map[string]any {
	return map[string]any{"ContentType": "text/plain", "Content": strconv.Itoa(i), "ClientToken": fmt.Sprintf("%d-%d", c.number, i)}
}

// talk sends messages until ctx ends. A message without an answer is sent again until it has one.
func (c *chat) talk(ctx context.Context, t *testing.T) {
	for ctx.Err() == nil {
		var it item
		deadline := time.Now().Add(patience)
		for {
			err := c.w.post(context.Background(), "message", c.token, c.message(len(c.acked)), &it)
			if err == nil {
				break
			}
			if final, ok := errors.AsType[refused](err); ok || time.Now().After(deadline) {
				t.Errorf("chat %d, message %d: %v %v", c.number, len(c.acked), err, final)
				return
			}
			c.w.cut.Add(1)
			time.Sleep(10 * time.Millisecond)
		}
		c.acked = append(c.acked, it)
	}
}

// listen keeps a socket open until ctx ends and notes what arrives.
func (c *chat) listen(ctx context.Context, t *testing.T) {
	for ctx.Err() == nil {
		var out struct{ Websocket struct{ Url string } }
		if err := c.w.post(ctx, "connection", c.bearer, map[string]any{"Type": []string{"WEBSOCKET"}}, &out); err != nil {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		ws, _, err := websocket.Dial(ctx, out.Websocket.Url, nil)
		if err != nil {
			continue
		}
		ws.Write(ctx, websocket.MessageText, []byte(`{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}`))
		for {
			_, text, err := ws.Read(ctx)
			if err != nil {
				break
			}
			var frame struct{ Topic string }
			var chatFrame struct{ Content string }
			if json.Unmarshal(text, &frame); frame.Topic != "aws/chat" {
				continue
			}
			var it item
			if err := errors.Join(json.Unmarshal(text, &chatFrame), json.Unmarshal([]byte(chatFrame.Content), &it)); err != nil {
				t.Errorf("frame %s: %v", text, err)
			}
			c.mu.Lock()
			c.pushed[it.Id] = true
			c.mu.Unlock()
		}
		ws.CloseNow()
	}
}

// verify reads the transcript: what was acknowledged is there, once, in order, as it was acknowledged; and what was pushed is there.
func (c *chat) verify(t *testing.T) {
	t.Helper()
	listed := map[string]bool{}
	in := map[string]any{"MaxResults": 100, "ScanDirection": "FORWARD", "SortOrder": "ASCENDING"}
	var said []item
	newest := ""
	for {
		var out struct {
			NextToken  string
			Transcript []item
		}
		if err := c.w.post(t.Context(), "transcript", c.token, in, &out); err != nil {
			t.Errorf("chat %d: %v", c.number, err)
			return
		}
		for _, it := range out.Transcript {
			if listed[it.Id] || it.AbsoluteTime <= newest {
				t.Errorf("chat %d: %v is listed twice or out of order", c.number, it)
			}
			listed[it.Id], newest = true, it.AbsoluteTime
			if it.Type == "MESSAGE" && it.ParticipantRole == "CUSTOMER" {
				said = append(said, it)
			}
		}
		if out.NextToken == "" {
			break
		}
		in["NextToken"] = out.NextToken
	}
	for i, it := range said {
		if i >= len(c.acked) || it.Content != strconv.Itoa(i) || it.Id != c.acked[i].Id || it.AbsoluteTime != c.acked[i].AbsoluteTime {
			t.Errorf("chat %d: item %d is %v, of %d acknowledged", c.number, i, it, len(c.acked))
			return
		}
	}
	if len(said) != len(c.acked) {
		t.Errorf("chat %d: %d messages were acknowledged, %d are there", c.number, len(c.acked), len(said))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for id := range c.pushed {
		if !listed[id] {
			t.Errorf("chat %d: item %s was pushed and is not there", c.number, id)
		}
	}
	for range min(5, len(c.acked)) { // a repeated message is answered as it was
		i := rand.IntN(len(c.acked))
		var it item
		if err := c.w.post(t.Context(), "message", c.token, c.message(i), &it); err != nil {
			t.Errorf("chat %d: repeat message %d: %v", c.number, i, err)
		} else if it.Id != c.acked[i].Id || it.AbsoluteTime != c.acked[i].AbsoluteTime {
			t.Errorf("chat %d: message %d was acknowledged as %v, repeated as %v", c.number, i, c.acked[i], it)
		}
	}
}
