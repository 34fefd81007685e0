package store

import (
	"embed"
	"fmt"
	"strings"
)

// migrations are numbered without gaps: NNNN_name.sql. They are written for PostgreSQL; a line that ends in "-- only: sqlite" or
// "-- only: postgres" is for that database alone.
//
//go:embed migrations/*.sql
var migrations embed.FS

// sqliteTypes are the words that STRICT tables of SQLite have for the same things.
var sqliteTypes = strings.NewReplacer(" bigint", " integer", " bytea", " blob", ` collate "C"`, "")

// migration returns the text of a migration, and false after the last.
func migration(version int, dialect string) (string, bool) {
	entries, err := migrations.ReadDir("migrations")
	if err != nil || version > len(entries) {
		return "", false
	}
	b, err := migrations.ReadFile("migrations/" + entries[version-1].Name())
	if err != nil {
		return "", false
	}
	var text strings.Builder
	for line := range strings.Lines(string(b)) {
		sql, only, marked := strings.Cut(strings.TrimSpace(line), "-- only: ")
		switch {
		case !marked:
			text.WriteString(line)
		case only == dialect:
			text.WriteString(sql + "\n")
		}
	}
	if dialect == "sqlite" {
		return sqliteTypes.Replace(text.String()), true
	}
	return text.String(), true
}

// migrationTx is a transaction that changes tables.
type migrationTx interface {
	querier
	exec(text string) error // one or several statements
	write(*batch) error
}

// migrate brings the tables to the newest version. inTx runs a function in a transaction that nobody else migrates beside.
func migrate(dialect string, inTx func(func(migrationTx) error) error) error {
	for newest := false; !newest; {
		err := inTx(func(tx migrationTx) error {
			if err := tx.exec("create table if not exists schema_version (version bigint not null primary key)"); err != nil {
				return err
			}
			found, err := one(tx, scanValue[int64], "select coalesce(max(version), 0) from schema_version")
			if err != nil {
				return err
			}
			version := int(*found)
			text, ok := migration(version+1, dialect)
			if !ok {
				newest = true
				if _, known := migration(max(version, 1), dialect); !known {
					return fmt.Errorf("a newer Parley wrote it: its tables have version %d, which this one does not know", version)
				}
				return nil
			}
			if err := tx.exec(text); err != nil {
				return fmt.Errorf("migration %d: %w", version+1, err)
			}
			if fill := fills[version+1]; fill != nil {
				if err := fill(tx); err != nil {
					return fmt.Errorf("migration %d: fill: %w", version+1, err)
				}
			}
			return tx.exec(fmt.Sprintf("insert into schema_version values (%d)", version+1))
		})
		if err != nil {
			return err
		}
	}
	return nil
}
