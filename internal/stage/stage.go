// Package stage puts a server into this process, whose time stands still until it is moved: for tools that try something out, and for
// tests. It is the server that serves customers; clock and place are all that differs.
package stage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/clock"
	"github.com/openparley/parley/internal/server"
)

// Stage is a server that is reached within this process and, unless it was told otherwise, on a loopback port. It implements play.Stage.
type Stage struct {
	cfg    server.Config
	quiet  bool // it has no port
	clock  *clock.Clock
	server *server.Server
	url    string
	memory *memory
	http   *http.Client
	served []chan error
}

// closing is how long a server may take to stop.
const closing = 30 * time.Second

// Open starts a developer's server as cfg says, by default in memory and without quotas. Its clock begins at start and is moved by Advance
// alone; that of cfg is not used.
func Open(ctx context.Context, cfg server.Config, start time.Time) (*Stage, error) {
	return open(ctx, cfg, start, false)
}

// OpenQuietly is Open without a port: HTTPClient alone reaches the server.
func OpenQuietly(ctx context.Context, cfg server.Config, start time.Time) (*Stage, error) {
	return open(ctx, cfg, start, true)
}

func open(ctx context.Context, cfg server.Config, start time.Time, quiet bool) (*Stage, error) {
	if cfg.Dev == nil {
		cfg.Dev = &server.Dev{}
	}
	cfg.Quotas.Profile = cmp.Or(cfg.Quotas.Profile, "off")
	cfg.Clock = clock.Manual(start)
	s := &Stage{cfg: cfg, quiet: quiet, clock: cfg.Clock}
	return s, s.open(ctx)
}

func (s *Stage) open(ctx context.Context) error {
	srv, err := server.Open(ctx, s.cfg)
	if err != nil {
		return err
	}
	address := quietAddress
	var listeners []net.Listener
	if !s.quiet {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return errors.Join(fmt.Errorf("find a port: %w", err), srv.Shutdown(ctx))
		}
		address = l.Addr().(*net.TCPAddr)
		listeners = append(listeners, l)
	}
	s.memory = newMemory(address)
	s.http = &http.Client{Transport: &http.Transport{DialContext: s.memory.dial, MaxIdleConnsPerHost: 64}}
	s.server, s.url, s.served = srv, "http://"+address.String(), nil
	for _, l := range append(listeners, s.memory) {
		served := make(chan error, 1)
		s.served = append(s.served, served)
		go func() { served <- srv.Serve(l) }()
	}
	return nil
}

// Close stops the server. What it kept in memory is gone.
func (s *Stage) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	s.http.CloseIdleConnections()
	err := s.server.Shutdown(ctx)
	for _, served := range s.served {
		if serving := <-served; !errors.Is(serving, http.ErrServerClosed) {
			err = errors.Join(err, serving)
		}
	}
	return err
}

// Restart stops the server and starts it again on the same database, at another port. Sockets are lost.
func (s *Stage) Restart(ctx context.Context) error {
	if err := s.Close(); err != nil {
		return err
	}
	return s.open(ctx)
}

// Server is the server as it runs now.
func (s *Stage) Server() *server.Server { return s.server }

// HTTPClient reaches the server as it runs now without a network, by its URL.
func (s *Stage) HTTPClient() *http.Client { return s.http }

// URL is where the server is found now.
func (s *Stage) URL() string { return s.url }

// Clients returns clients of the server as it runs now, with the keys of a developer.
func (s *Stage) Clients() (*connect.Client, *participant.Client) {
	o := s.options()
	return connect.New(o), participant.New(o)
}

// Operator returns a client for what Amazon Connect does not have, with the same keys.
func (s *Stage) Operator() *parley.Client { return parley.New(s.options()) }

func (s *Stage) options() wire.Options {
	return wire.Options{
		BaseEndpoint: &s.url, Region: "us-east-1", HTTPClient: s.http,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: server.DevAccessKey, SecretAccessKey: server.DevAccessKey}, nil
		}),
		Retryer: aws.NopRetryer{}, // what the server refuses is to be seen
	}
}

// InstanceID is the instance of a developer's server.
func (s *Stage) InstanceID() string { return server.DevInstance }

// Names are the resources of the instance by the names that plays call them.
func (s *Stage) Names() map[string]string {
	return map[string]string{"queue": server.DevQueue, "hours": server.DevHours}
}

// Now is the server's time.
func (s *Stage) Now(context.Context) (time.Time, error) { return s.clock.Now(), nil }

// Advance moves the server's time on and returns when everything that fell due on the way is done. A time that is past does what is due.
func (s *Stage) Advance(ctx context.Context, to time.Time) error {
	return s.server.Advance(ctx, max(0, to.Sub(s.clock.Now())))
}

// AdvanceUntilIdle moves the server's time on until nothing is left to do for any chat.
func (s *Stage) AdvanceUntilIdle(ctx context.Context) (now time.Time, err error) {
	return s.server.AdvanceUntilIdle(ctx)
}

// AdvanceToNext does what is due, moves the server's time to what is due next, and does that. It reports false when nothing is to come.
func (s *Stage) AdvanceToNext(ctx context.Context) (now time.Time, ok bool, err error) {
	return s.server.AdvanceToNext(ctx)
}
