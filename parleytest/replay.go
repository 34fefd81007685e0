package parleytest

import (
	"os"
	"strings"
	"testing"

	"github.com/openparley/parley/internal/suite"
)

// Replay repeats a conversation that was written down, a golden play, in a server of its own and fails the test where it goes otherwise than the
// file says. Such files are written by hand, or by parley flow run --record. Options give it flows that are not in the file.
func Replay(t testing.TB, file string, options ...Option) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var o setup
	for _, option := range options {
		option(t, &o)
	}
	c := &suite.Case{Path: file, Data: data, Flows: o.Files}
	r := c.Run(t.Context())
	for _, p := range r.Problems {
		var b strings.Builder
		for _, l := range p.Diff {
			b.WriteString("\n" + string(l.Sign) + " " + l.Text)
		}
		t.Errorf("%s:%d: %s%s", file, p.Line, p.Message, b.String())
	}
	if t.Failed() && r.Seen != nil {
		t.Logf("the conversation as it went:\n%s", conversation(r.Seen))
	}
}

// conversation is a play without its files.
func conversation(play []byte) string {
	text, _, _ := strings.Cut(string(play), "\n-- ")
	return text
}
