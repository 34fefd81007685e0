// Package storetest says what a store must do, on every engine, and opens fresh stores for the tests of others.
//
// PostgreSQL is the server that PARLEY_TEST_POSTGRES names, where databases are made and dropped, or one that is started for the test
// process. PARLEY_TEST_ENGINES=sqlite leaves PostgreSQL out, on machines without it.
package storetest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/openparley/parley/internal/store"
)

// Engine is a kind of database.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Engines runs a test on each engine.
func Engines(t *testing.T, test func(*testing.T, Engine)) {
	for _, e := range All() {
		t.Run(string(e), func(t *testing.T) { test(t, e) })
	}
}

// All returns the engines to test: those that PARLEY_TEST_ENGINES lists with commas between, all if it is not set.
func All() []Engine {
	all := []Engine{SQLite, Postgres}
	asked := os.Getenv("PARLEY_TEST_ENGINES")
	if asked == "" {
		return all
	}
	return slices.DeleteFunc(all, func(e Engine) bool { return !slices.Contains(strings.Split(asked, ","), string(e)) })
}

// DSN names a fresh database, which goes with the test.
func DSN(t testing.TB, e Engine) string {
	t.Helper()
	if e == Postgres {
		return newDatabase(t)
	}
	return "sqlite:" + filepath.Join(t.TempDir(), "parley.db")
}

// Open opens a store on a fresh database. It is closed with the test.
func Open(t testing.TB, e Engine, o store.Options) *store.Store {
	t.Helper()
	return OpenDSN(t, DSN(t, e), o)
}

// OpenDSN opens a store on a database that DSN named. It is closed with the test, if the test has not done so.
func OpenDSN(t testing.TB, dsn string, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dsn, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}
