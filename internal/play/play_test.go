package play_test

import (
	"context"
	"errors"
	"flag"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/internal/clock"
	"github.com/openparley/parley/internal/play"
	"github.com/openparley/parley/internal/server"
	"github.com/openparley/parley/internal/store/storetest"
)

var update = flag.Bool("update", false, "rewrite what the plays see")

// TestPlays runs every golden conversation on both engines, as it is and with the server restarted before each line.
func TestPlays(t *testing.T) {
	files, err := filepath.Glob("../../testdata/plays/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no plays found: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p, err := play.Parse(data)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			storetest.Engines(t, func(t *testing.T, e storetest.Engine) {
				t.Parallel()
				got := perform(t, p, storetest.DSN(t, e), false)
				if *update {
					if err := os.WriteFile(file, play.Format(data, got), 0o644); err != nil {
						t.Fatal(err)
					}
					return
				}
				compare(t, p, got)
			})
			if *update {
				return
			}
			t.Run("restarts", func(t *testing.T) {
				t.Parallel()
				storetest.Engines(t, func(t *testing.T, e storetest.Engine) {
					t.Parallel()
					compare(t, p, perform(t, p, storetest.DSN(t, e), true))
				})
			})
		})
	}
}

func perform(t *testing.T, p *play.Play, dsn string, restart bool) []play.Line {
	t.Helper()
	s := &stage{t: t, dsn: dsn, files: t.TempDir(), clock: clock.Manual(time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC))}
	s.open()
	t.Cleanup(s.close)
	got, err := play.Run(t.Context(), p, s, play.Options{Restart: restart})
	if err != nil {
		t.Fatalf("%v\nseen so far:\n%s", err, script(got))
	}
	return got
}

func compare(t *testing.T, p *play.Play, got []play.Line) {
	t.Helper()
	if diff := cmp.Diff(script(p.Lines), script(got)); diff != "" {
		t.Errorf("seen otherwise (-play +run):\n%s", diff)
	}
}

func script(lines []play.Line) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.String() + "\n")
	}
	return b.String()
}

// stage is a server of this process on a loopback port, with a clock moved by hand.
type stage struct {
	t      *testing.T
	dsn    string
	files  string // the folder of attachments
	clock  *clock.Clock
	server *server.Server
	url    string
	served chan error
}

func (s *stage) open() {
	s.t.Helper()
	srv, err := server.Open(s.t.Context(), server.Config{
		Database: s.dsn, Dev: &server.Dev{}, Clock: s.clock, Quotas: server.Quotas{Profile: "off"},
		Storage: server.Storage{Folder: s.files},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	s.server, s.url, s.served = srv, "http://"+l.Addr().String(), make(chan error, 1)
	go func() { s.served <- srv.Serve(l) }()
}

func (s *stage) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := s.server.Shutdown(ctx); err != nil {
		s.t.Errorf("shut down: %v", err)
	}
	if err := <-s.served; !errors.Is(err, http.ErrServerClosed) {
		s.t.Errorf("serve: %v", err)
	}
}

func (s *stage) Clients() (*connect.Client, *participant.Client) {
	o := connect.Options{
		BaseEndpoint: &s.url, Region: "us-east-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: server.DevAccessKey, SecretAccessKey: server.DevAccessKey}, nil
		}),
	}
	return connect.New(o), participant.New(o)
}

func (s *stage) InstanceID() string { return server.DevInstance }

func (s *stage) Names() map[string]string { return map[string]string{"queue": server.DevQueue} }

func (s *stage) Now(context.Context) (time.Time, error) { return s.clock.Now(), nil }

func (s *stage) Advance(ctx context.Context, to time.Time) error {
	return s.server.Advance(ctx, to.Sub(s.clock.Now()))
}

func (s *stage) Restart(context.Context) error {
	s.close()
	s.open()
	return nil
}
