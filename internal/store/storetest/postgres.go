package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// server is the PostgreSQL server of this test process; its DSN names a database from which others can be made.
var server = sync.OnceValues(func() (dsn string, err error) {
	if dsn := os.Getenv("PARLEY_TEST_POSTGRES"); dsn != "" {
		return dsn, nil
	}
	bin, err := postgresPrograms()
	if err != nil {
		return "", err
	}
	return startPostgres(bin)
})

// postgresPrograms finds the folder of initdb and postgres, the newest if there are several.
func postgresPrograms() (string, error) {
	var found []string
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, path)
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin/initdb", "/usr/pgsql-*/bin/initdb", "/opt/homebrew/opt/postgresql*/bin/initdb"} {
		paths, _ := filepath.Glob(pattern)
		slices.Sort(paths)
		slices.Reverse(paths)
		found = append(found, paths...)
	}
	for _, path := range found {
		if path, err := filepath.EvalSymlinks(path); err == nil {
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), "postgres")); err == nil {
				return filepath.Dir(path), nil
			}
		}
	}
	return "", errors.New("the programs of PostgreSQL are not here (Debian: apt-get install postgresql). " +
		"Name a server in PARLEY_TEST_POSTGRES, or test without it: PARLEY_TEST_ENGINES=sqlite")
}

// serverScript runs a server for as long as its standard input is open, so that it ends with the test process however that ends.
const serverScript = `
"$0/initdb" -D data -U parley -A trust -E UTF8 --locale=C --no-sync --locale-provider=icu --icu-locale=en-US >initdb.log 2>&1 ||
	{ rm -rf data && "$0/initdb" -D data -U parley -A trust -E UTF8 --locale=C --no-sync >initdb.log 2>&1; } || exit 1
"$0/postgres" -D data -k "$PWD" -c listen_addresses= -c max_connections=300 -c shared_buffers=128MB -c fsync="$1" >server.log 2>&1 &
read -r _
kill -QUIT $!
wait $!
rm -rf "$PWD"
`

func startPostgres(bin string) (string, error) {
	dir, err := os.MkdirTemp("", "parley-postgres-")
	if err != nil {
		return "", err
	}
	fsync := "off"
	if v := os.Getenv("PARLEY_POSTGRES_FSYNC"); v != "" {
		fsync = v
	}
	cmd := exec.Command("/bin/sh", "-c", serverScript, bin, fsync)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if os.Getuid() == 0 { // the server refuses to run as root
		uid, gid := unprivileged()
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uid, Gid: gid}
		if err := os.Chown(dir, int(uid), int(gid)); err != nil {
			return "", err
		}
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	if _, err := cmd.StdinPipe(); err != nil { // closed by the end of this process
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	dsn := "postgres:///postgres?user=parley&host=" + url.QueryEscape(dir)
	const patience = time.Minute
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		conn, err := pgx.Connect(ctx, dsn)
		cancel()
		if err == nil {
			conn.Close(context.Background())
			return dsn, nil
		}
		select {
		case <-ended:
		default:
			if time.Since(start) < patience {
				continue
			}
		}
		initdb, _ := os.ReadFile(filepath.Join(dir, "initdb.log"))
		log, _ := os.ReadFile(filepath.Join(dir, "server.log"))
		return "", fmt.Errorf("PostgreSQL does not start: %w\n%s%s", err, initdb, log)
	}
}

func unprivileged() (uid, gid uint32) {
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
			gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
			if errUID == nil && errGID == nil {
				return uint32(uid), uint32(gid)
			}
		}
	}
	return 65534, 65534
}

var databases struct {
	sync.Mutex
	made int
}

// newDatabase makes a database that goes with the test.
func newDatabase(t testing.TB) string {
	t.Helper()
	dsn, err := server()
	if err != nil {
		t.Fatal(err)
	}
	databases.Lock()
	databases.made++
	name := fmt.Sprintf("parley_%d_%d", os.Getpid(), databases.made)
	databases.Unlock()
	run := func(text string) {
		ctx := context.Background() // the test's has ended when it cleans up
		conn, err := pgx.Connect(ctx, dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(ctx)
		if _, err := conn.Exec(ctx, text); err != nil {
			t.Fatal(err)
		}
	}
	run("create database " + name)
	t.Cleanup(func() { run("drop database " + name + " with (force)") })
	u, err := url.Parse(dsn)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		t.Fatalf("PARLEY_TEST_POSTGRES=%q is not a postgres:// URL", dsn)
	}
	u.Path = "/" + name
	return u.String()
}
