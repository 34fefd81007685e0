package parleytest

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/rehearse"
	"github.com/openparley/parley/internal/server"
)

// Start is the time at which a server's clock begins, unless StartAt says otherwise: a Wednesday.
var Start = time.Date(2026, 1, 7, 10, 0, 0, 0, time.UTC)

// An Option of New.
type Option func(testing.TB, *setup)

type setup struct {
	rehearse.Options
	patience time.Duration
}

// Flow publishes a flow under a name. Its content is the JSON of the Amazon Connect Flow language, in any form that the flow editor exports,
// or what [Steps] makes. Queues, hours, prompts and other flows that it names and that are not there are made, or stood in for.
func Flow(name, content string) Option {
	return func(_ testing.TB, s *setup) {
		s.Files = append(s.Files, rehearse.File{Path: name, Name: name, Content: content})
	}
}

// FlowFile publishes the flow of a file under the file's name without its ending.
func FlowFile(path string) Option {
	return func(t testing.TB, s *setup) {
		t.Helper()
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name, kind, _ := strings.Cut(strings.TrimSuffix(filepath.Base(path), ".json"), ".")
		s.Files = append(s.Files, rehearse.File{Path: path, Name: name, Type: kind, Content: string(content)})
	}
}

// StartAt sets the server's clock; default Start.
func StartAt(at time.Time) Option { return func(_ testing.TB, s *setup) { s.Start = at } }

// Quotas limits callers as a profile of the configuration does: "aws" as Amazon does by default, "self" as parley serve does. Default "off".
func Quotas(profile string) Option {
	return func(_ testing.TB, s *setup) { s.Config.Quotas.Profile = profile }
}

// Patience is how long, in the machine's time, an assertion waits for what the program under test does by itself, such as to answer what it
// heard over its socket; default 5 seconds. One that holds at once takes no time, and once the test has failed none waits.
func Patience(d time.Duration) Option { return func(_ testing.TB, s *setup) { s.patience = d } }

// WithoutPort leaves the server without a port: only clients made from [Server.Config], or with [Server.HTTPClient], reach it.
func WithoutPort() Option { return func(_ testing.TB, s *setup) { s.Quiet = true } }

// Server is a contact centre with one instance. It is safe for concurrent use.
type Server struct {
	// InstanceID is the instance that flows and chats are in.
	InstanceID string

	// URL is where clients find the server: a loopback port.
	URL string

	// Clock is the server's time.
	Clock *Clock

	t        testing.TB
	house    *rehearse.House
	mail     *mail
	files    string // folder of the transcripts
	patience time.Duration

	connect     *connect.Client
	participant *participant.Client

	mu        sync.Mutex
	functions map[string]*Function
	bots      map[string]*Bot
	missed    map[string]bool // functions and bots that nobody stands in for, and that were asked
	chats     []*Chat
	passing   map[string][]passing // by chat
}

// passing is what was shown and is not kept.
type passing struct {
	to   []string
	item ptypes.Item
}

func (s *Server) pass(chatID string, to []string, item []byte) {
	p := passing{to: slices.Clone(to)}
	if err := json.Unmarshal(item, &p.item); err != nil || p.item.Type != ptypes.ChatItemTypeEvent {
		return // a receipt
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.passing[chatID] = append(s.passing[chatID], p)
}

// New opens a server that closes when the test ends. Hundreds may be open side by side.
func New(t testing.TB, options ...Option) *Server {
	t.Helper()
	s := &Server{
		InstanceID: server.DevInstance, t: t, files: t.TempDir(),
		functions: map[string]*Function{}, bots: map[string]*Bot{}, missed: map[string]bool{}, passing: map[string][]passing{},
	}
	o := setup{rehearse.Options{Start: Start, Ask: s.ask, Hear: s.hear}, 5 * time.Second}
	for _, option := range options {
		option(t, &o)
	}
	s.patience = o.patience
	var err error
	if s.mail, err = openMail(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.mail.close)
	o.Config.Dev = &server.Dev{Passing: s.pass}
	o.Config.ContactEvents = []string{s.mail.url + events}
	o.Config.Targets = map[string]server.Target{recordStream: {URL: s.mail.url + records}}
	o.Config.Storage.Folder = s.files
	if s.house, err = rehearse.Open(t.Context(), o.Options); err != nil {
		t.Fatalf("open a contact centre: %v", err)
	}
	s.URL, s.Clock = s.house.URL(), &Clock{s}
	steady := s.options()
	steady.HTTPClient = steadyClient{s.house.HTTPClient()}
	s.connect, s.participant = connect.New(steady), participant.New(steady)
	t.Cleanup(s.close)
	s.keepRecords()
	return s
}

// close ends the test's contact centre and says what nobody asked for.
func (s *Server) close() {
	s.t.Helper()
	if !s.t.Failed() && !s.t.Skipped() {
		for _, name := range s.unused() {
			s.t.Errorf("nobody asked %s", name)
		}
	}
	s.LiftFaults()
	if err := s.house.Close(); err != nil {
		s.t.Errorf("close the contact centre: %v", err)
	}
}

// Config is for clients of the server: those of this module and, with the same members, those of the official SDK. Its HTTP client does not use
// the network.
func (s *Server) Config() aws.Config {
	o := s.options()
	return aws.Config{Region: o.Region, BaseEndpoint: o.BaseEndpoint, Credentials: o.Credentials, HTTPClient: s.house.HTTPClient()}
}

func (s *Server) options() wire.Options {
	return wire.Options{
		Region: "us-east-1", BaseEndpoint: &s.URL, HTTPClient: s.house.HTTPClient(),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: server.DevAccessKey, SecretAccessKey: server.DevAccessKey}, nil
		}),
	}
}

// HTTPClient reaches the server without a network; for WebSockets too, in libraries that take an HTTP client.
func (s *Server) HTTPClient() *http.Client { return s.house.HTTPClient() }

// Dial connects to the server without a network, as net.Dialer.DialContext does over one.
func (s *Server) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	return s.house.HTTPClient().Transport.(*http.Transport).DialContext(ctx, network, address)
}

// FlowID is the id of a flow that was published by name.
func (s *Server) FlowID(name string) string {
	s.t.Helper()
	id, ok := s.house.Names()[name]
	if !ok {
		s.t.Fatalf("there is no flow %q", name)
	}
	return id
}

// steadyClient sends what meets no faults: what the test itself does and looks at.
type steadyClient struct{ *http.Client }

func (c steadyClient) Do(r *http.Request) (*http.Response, error) {
	r.Header.Set(server.SteadyHeader, "1")
	return c.Client.Do(r)
}
