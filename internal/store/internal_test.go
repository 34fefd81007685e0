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
