package store

import (
	"fmt"
	"strings"
	"testing"
)

func TestMigrationsAreNumberedWithoutGaps(t *testing.T) {
	entries, err := migrations.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range entries {
		if want := fmt.Sprintf("%04d_", i+1); !strings.HasPrefix(e.Name(), want) || !strings.HasSuffix(e.Name(), ".sql") {
			t.Errorf("migration %s: want %s*.sql", e.Name(), want)
		}
	}
}

func TestMigrationKeepsTheLinesOfItsDatabase(t *testing.T) {
	for dialect, foreign := range map[string][]string{
		"sqlite":   {"bigint", "bytea", "collate", "sequence", "generated", "only:"},
		"postgres": {"strict", "rowid", "only:"},
	} {
		version := 1
		for text, ok := migration(version, dialect); ok; text, ok = migration(version, dialect) {
			for _, word := range foreign {
				if strings.Contains(text, word) {
					t.Errorf("migration %d for %s has %q", version, dialect, word)
				}
			}
			version++
		}
		if version == 1 {
			t.Errorf("no migration for %s", dialect)
		}
	}
}

func TestRecentForgetsWhatWasUsedLeastRecently(t *testing.T) {
	c := newRecent[int, string](2)
	c.put(1, "a")
	c.put(2, "b")
	c.get(1)
	c.put(3, "c")
	c.put(1, "d")
	for key, want := range map[int]string{1: "d", 2: "", 3: "c"} {
		if got, ok := c.get(key); got != want || ok != (want != "") {
			t.Errorf("get(%d) = %q, %v, want %q", key, got, ok, want)
		}
	}
	c.delete(1)
	if _, ok := c.get(1); ok {
		t.Error("a deleted entry is there")
	}
}
