package server

import (
	"strings"
	"testing"
)

// TestDevFunctions: what a developer's server can not run keeps it from starting.
func TestDevFunctions(t *testing.T) {
	t.Parallel()
	for want, cfg := range map[string]Config{
		"function lookup: ": {Dev: &Dev{Lambda: map[string]string{"lookup": "/no/such/program"}}},
		"function lookup is an address and a program": {
			Dev: &Dev{Lambda: map[string]string{"lookup": "/bin/true"}}, Functions: map[string]Target{"lookup": {URL: "http://127.0.0.1:9/"}},
		},
	} {
		_, err := Open(t.Context(), cfg)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("a server opens with %v, want %s", err, want)
		}
	}
}
