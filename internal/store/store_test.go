package store_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/store/storetest"
)

func TestStore(t *testing.T) { storetest.Engines(t, storetest.Run) }

func TestSecondProcessIsRefused(t *testing.T) {
	dsn := storetest.DSN(t, storetest.SQLite)
	first := storetest.OpenDSN(t, dsn, store.Options{})
	_, err := store.Open(t.Context(), dsn, store.Options{})
	if err == nil || !strings.Contains(err.Error(), "in use by another process") {
		t.Fatalf("second open: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	storetest.OpenDSN(t, dsn, store.Options{})
}

// TestDataFile looks at the files that a database in a folder of its own, with a name that means something in URIs, leaves behind.
func TestDataFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new folder", "a?b#c%20d.db")
	s := storetest.OpenDSN(t, "sqlite:"+path, store.Options{})
	putInstance(t, s)
	id := uuid.NewString()
	startChat(t, s, id)
	err := filepath.WalkDir(filepath.Dir(path), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v: it is open to others", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		t.Errorf("data file: %v, %v", info, err)
	}
}

func TestMemoryEndsWithTheStore(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	s, err := store.Open(t.Context(), "sqlite::memory:", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	putInstance(t, s)
	startChat(t, s, uuid.NewString())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(strings.Repeat("This is no database. ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for dsn, want := range map[string]string{
		"":                             "sqlite:PATH",
		"mysql://x":                    "sqlite:PATH",
		"sqlite:":                      "path of a file",
		"sqlite:" + file:               "not a database",
		"sqlite:" + file + "/below.db": file,
		"postgres://u:sesame@127.0.0.1:1/x?connect_timeout=5": "127.0.0.1",
	} {
		_, err := store.Open(t.Context(), dsn, store.Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%q) = %v, want an error with %q", dsn, err, want)
		} else if strings.Contains(err.Error(), "sesame") {
			t.Errorf("Open(%q) tells the password: %v", dsn, err)
		}
	}
}

// TestAnsweredUpdateIsInTheFiles opens a copy of the files as they are right after the answer.
func TestAnsweredUpdateIsInTheFiles(t *testing.T) {
	dsn := storetest.DSN(t, storetest.SQLite)
	s := storetest.OpenDSN(t, dsn, store.Options{})
	putInstance(t, s)
	for range 20 {
		id := uuid.NewString()
		startChat(t, s, id)
		from, to := strings.TrimPrefix(dsn, "sqlite:"), filepath.Join(t.TempDir(), "copy.db")
		for _, suffix := range []string{"", "-wal"} {
			b, err := os.ReadFile(from + suffix)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(to+suffix, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		c, err := storetest.OpenDSN(t, "sqlite:"+to, store.Options{}).Chat(t.Context(), id)
		if err != nil || c.Seq != 2 {
			t.Fatalf("chat in the copy: %v, %v", c, err)
		}
	}
}

// TestLogIsMovedWhileOthersWrite writes several times what the write-ahead log may hold.
func TestLogIsMovedWhileOthersWrite(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite, store.Options{})
	putInstance(t, s)
	text := strings.Repeat("x", 1<<16)
	var writing sync.WaitGroup
	for range 4 {
		writing.Go(func() {
			id := uuid.NewString()
			startChat(t, s, id)
			for range 1000 {
				update(t, s, store.Key{Chat: id}, func(tx *store.Tx) error {
					tx.Append(tx.Chat(), item(id, tx.Chat().Participants[0], "text/plain", text, nil))
					return nil
				})
			}
		})
	}
	writing.Wait()
	if stats := s.Stats(); stats.Checkpoints == 0 || stats.WALBytes > 200<<20 {
		t.Errorf("after 256 MB: %+v", stats)
	}
}

func TestBrokenConnectionsAreReplaced(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, e storetest.Engine) {
		if e != storetest.Postgres {
			return
		}
		dsn := storetest.DSN(t, e)
		s := storetest.OpenDSN(t, dsn, store.Options{})
		putInstance(t, s)
		id := uuid.NewString()
		startChat(t, s, id)
		conn, err := pgx.Connect(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
		const cut = `select pg_terminate_backend(pid) from pg_stat_activity
			where datname = current_database() and pid <> pg_backend_pid()`
		say := func(meanwhile string) error {
			return s.Update(t.Context(), store.Key{Chat: id}, func(tx *store.Tx) error {
				if meanwhile != "" {
					if _, err := conn.Exec(t.Context(), meanwhile); err != nil {
						return err
					}
					meanwhile = ""
				}
				if _, err := tx.CountLiveChats(instanceID, 9); err != nil {
					return err
				}
				tx.Append(tx.Chat(), item(id, tx.Chat().Participants[0], "text/plain", "x", nil))
				return nil
			})
		}
		if _, err := conn.Exec(t.Context(), cut); err != nil {
			t.Fatal(err)
		}
		if err := say(""); err != nil {
			t.Errorf("after the connections were cut: %v", err)
		}
		if err := say(cut); err != nil {
			t.Errorf("cut in the middle: %v", err)
		}
		if c, err := s.Chat(t.Context(), id); err != nil || c.Seq != 4 {
			t.Errorf("chat: %v, %v", c, err)
		}
	})
}

// TestConnectionsAreSafe looks at what every connection sets for itself, also when the DSN says something else.
func TestConnectionsAreSafe(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, e storetest.Engine) {
		if e != storetest.Postgres {
			return
		}
		for asked, want := range map[string]string{"off": "on", "local": "local", "on": "on"} {
			s := storetest.OpenDSN(t, storetest.DSN(t, e)+"&synchronous_commit="+asked+"&lock_timeout=0", store.Options{})
			for name, want := range map[string]string{
				"synchronous_commit": want, "lock_timeout": "3s", "idle_in_transaction_session_timeout": "10s", "enable_seqscan": "off",
			} {
				if got, err := s.Setting(t.Context(), name); err != nil || *got != want {
					t.Errorf("synchronous_commit=%s: %s of readers is %v, %v, want %s", asked, name, got, err, want)
				}
				update(t, s, store.Key{}, func(tx *store.Tx) error {
					got, err := tx.Setting(name)
					if err == nil && *got != want {
						t.Errorf("synchronous_commit=%s: %s of workers is %s, want %s", asked, name, *got, want)
					}
					return err
				})
			}
		}
	})
}

func TestFlowVersionOfQualifier(t *testing.T) {
	flow := &store.Flow{Published: 3, Draft: 5, Kept: []store.KeptVersion{{Version: 1, Content: 2}, {Version: 7, Content: 3}}}
	for id, want := range map[string]int64{
		"f": 3, "f:": 3, "f:$LATEST": 3, "f:$SAVED": 5, "f:1": 2, "f:7": 3, "f:2": -1, "f:0": -1, "f:-1": -1, "f:x": -1, "f:1:1": -1,
	} {
		bare, qualifier := store.CutQualifier(id)
		got, ok := flow.Version(qualifier)
		if !ok {
			got = -1
		}
		if bare != "f" || got != want {
			t.Errorf("%q: flow %q version %d, want f version %d", id, bare, got, want)
		}
	}
	if got, ok := (&store.Flow{Published: 3}).Version("$SAVED"); got != 3 || !ok {
		t.Errorf("$SAVED without a draft: %d, %v", got, ok)
	}
}

func TestModuleContentOfQualifier(t *testing.T) {
	module := &store.Module{
		Published: 3, Draft: 5, Versions: []store.KeptVersion{{Version: 1, Content: 2}, {Version: 7, Content: 3}},
		Aliases: []store.ModuleAlias{{Name: "live", Version: 1}, {Name: "7", Version: 1}, {Name: "gone", Version: 6}},
	}
	for qualifier, want := range map[string][2]int64{
		"": {3, 0}, "$LATEST": {3, 0}, "$SAVED": {5, 0}, "1": {2, 1}, "7": {3, 7}, "live": {2, 1}, "gone": {}, "2": {}, "Live": {}, "x": {},
	} {
		number, version, ok := module.Content(qualifier)
		if got := [2]int64{number, version}; got != want || ok != (want[0] != 0) {
			t.Errorf("%q: content and version %v, %t, want %v", qualifier, got, ok, want)
		}
		if runs, ok := module.Runs(qualifier); ok != (want[0] != 0 && qualifier != "$SAVED") || ok && runs != want[0] {
			t.Errorf("%q: content %d runs, %t, want %d", qualifier, runs, ok, want[0])
		}
	}
	if got, _, ok := (&store.Module{Published: 3}).Content("$SAVED"); got != 3 || !ok {
		t.Errorf("$SAVED without a draft: %d, %v", got, ok)
	}
}

func TestUpdateErrorIsTheFunctionsOwn(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite, store.Options{})
	want := errors.New("own")
	if got := s.Update(t.Context(), store.Key{}, func(*store.Tx) error { return want }); got != want {
		t.Errorf("got %v, want the same error", got)
	}
}
