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
