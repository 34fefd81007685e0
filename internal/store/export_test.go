package store

import "context"

// Setting returns a setting of the connections that read.
func (s *Store) Setting(ctx context.Context, name string) (*string, error) {
	return one(reader{ctx, s}, scanValue[string], "show "+name)
}

// Setting returns a setting of the connection that the update runs on.
func (tx *Tx) Setting(name string) (*string, error) {
	return one(tx.w, scanValue[string], "show "+name)
}

// FirstTables is the text that makes the tables of version 1.
func FirstTables(dialect string) string {
	text, _ := migration(1, dialect)
	return "create table schema_version (version bigint not null primary key);\n" + text + "\ninsert into schema_version values (1);\n"
}
