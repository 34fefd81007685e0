package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/clock"
)

// world is a server of one test.
type world struct {
	*Server
	t   *testing.T
	url string
	log *logLines
}

// open starts a developer's server in memory, on a clock that stands still, changed by these functions.
func open(t *testing.T, change ...func(*Config)) *world {
	t.Helper()
	w := &world{t: t, log: &logLines{}}
	cfg := Config{
		Dev: &Dev{}, Clock: clock.Manual(time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)),
		Log: slog.New(slog.NewJSONHandler(w.log, nil)),
	}
	for _, f := range change {
		f(&cfg)
	}
	s, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	w.Server = s
	l := httptest.NewServer(s.Handler())
	w.url = l.URL
	t.Cleanup(func() {
		l.Close()
		if err := s.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return w
}

// logLines is the request log.
type logLines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func (w *world) connect() *connect.Client {
	return connect.New(connect.Options{BaseEndpoint: new(w.url + w.cfg.BasePath), Region: "us-east-1", Credentials: devKey, Retryer: aws.NopRetryer{}})
}

func (w *world) participant() *participant.Client {
	return participant.New(participant.Options{BaseEndpoint: new(w.url + w.cfg.BasePath), Retryer: aws.NopRetryer{}})
}

var devKey = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: DevAccessKey, SecretAccessKey: DevAccessKey}, nil
})

// started is a chat of a test with what one participant of it holds, its customer mostly.
type started struct{ contact, participantToken, connectionToken string }

func (w *world) startChat() started {
	w.t.Helper()
	return w.startChatIn(DevFlow)
}

func (w *world) startChatIn(flow string) started {
	w.t.Helper()
	out, err := w.connect().StartChatContact(w.t.Context(), &connect.StartChatContactInput{
		InstanceId: new(DevInstance), ContactFlowId: &flow, ParticipantDetails: &types.ParticipantDetails{DisplayName: new("Ana")},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.connected(*out.ContactId, *out.ParticipantToken)
}

// connected gets the participant of a token what it calls with.
func (w *world) connected(contact, participantToken string) started {
	w.t.Helper()
	conn, err := w.participant().CreateParticipantConnection(w.t.Context(),
		&participant.CreateParticipantConnectionInput{
			ParticipantToken: &participantToken,
			Type:             []ptypes.ConnectionType{ptypes.ConnectionTypeWebsocket, ptypes.ConnectionTypeConnectionCredentials},
		})
	if err != nil {
		w.t.Fatal(err)
	}
	return started{contact, participantToken, *conn.ConnectionCredentials.ConnectionToken}
}

// reply is an answer as it came.
type reply struct {
	status int
	header http.Header
	body   string
}

// member reads a member of the answer, which must be a JSON object.
func (r reply) member(t *testing.T, name string) string {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal([]byte(r.body), &all); err != nil {
		t.Fatalf("the answer is not a JSON object: %v: %q", err, r.body)
	}
	text, _ := all[name].(string)
	return text
}

// send sends a request as it stands, with headers in pairs. The header "sign" gives the key that signs it, which is its own secret.
func (w *world) send(method, path, body string, headers ...string) reply {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	if key := req.Header.Get("sign"); key != "" {
		req.Header.Del("sign")
		sign(w.t, req, body, aws.Credentials{AccessKeyID: key, SecretAccessKey: key}, "connect", "us-east-1", time.Now())
	}
	return w.do(req)
}

func (w *world) do(req *http.Request) reply {
	w.t.Helper()
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, string(b)}
}

// sign signs with the signer of the official SDK.
func sign(t *testing.T, req *http.Request, body string, key aws.Credentials, service, region string, at time.Time) {
	t.Helper()
	hash := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(t.Context(), key, req, hex.EncodeToString(hash[:]), service, region, at); err != nil {
		t.Fatal(err)
	}
}
