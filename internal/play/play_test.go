package play_test

import (
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/internal/mock"
	"github.com/openparley/parley/internal/play"
	"github.com/openparley/parley/internal/server"
	"github.com/openparley/parley/internal/stage"
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
	cfg := server.Config{Database: dsn, Storage: server.Storage{Folder: t.TempDir()}}
	if p.Outside != nil {
		answers, err := mock.Parse(p.Outside)
		if err != nil {
			t.Fatal(err)
		}
		amazon := httptest.NewServer(mock.New(answers))
		t.Cleanup(amazon.Close)
		cfg.AWS = server.AWS{Endpoint: amazon.URL, AccessKeyID: "id", SecretAccessKey: "secret"}
	}
	s, err := stage.Open(t.Context(), cfg, time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	got, err := play.Run(t.Context(), p, s, play.Options{Restart: restart})
	if err != nil {
		t.Fatalf("%v\nseen so far:\n%s", err, script(got))
	}
	return got
}

func compare(t *testing.T, p *play.Play, got []play.Line) {
	t.Helper()
	if slices.EqualFunc(p.Lines, got, p.Same) {
		return
	}
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
