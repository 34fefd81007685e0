package parleytest

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/openparley/parley/internal/mock"
	"github.com/openparley/parley/internal/play"
	"github.com/openparley/parley/internal/rehearse"
	"github.com/openparley/parley/internal/suite"
)

// Replay repeats a conversation that was written down, a golden play, in a server of its own and fails the test where it goes otherwise than the
// file says. Such files are written by hand, by parley chat --record from a chat with any server or with Amazon, by parley flow run --record, and
// by [Chat.Record]. Options give it the flows that the file names; they take the place of those that it holds. Where functions and bots are to
// answer that the file does not know, see [Server.Replay].
func Replay(t testing.TB, file string, options ...Option) {
	t.Helper()
	p := readPlay(t, file)
	start := suite.Start
	if !p.At.IsZero() {
		start = p.At
	}
	own := func(t testing.TB, s *setup) {
		t.Helper()
		p.Flows = slices.DeleteFunc(p.Flows, func(f play.Flow) bool {
			return slices.ContainsFunc(s.Files, func(given rehearse.File) bool { return given.Name == f.Name })
		})
		s.Files = append(s.Files, suite.Kept(p, file)...)
		if p.Outside == nil {
			return
		}
		var err error
		if s.Mock, err = mock.Parse(p.Outside); err != nil {
			t.Fatalf("%s: outside.yaml: %v", file, err)
		}
	}
	New(t, slices.Concat([]Option{StartAt(start)}, options, []Option{own})...).replay(file, p)
}

// Replay repeats a conversation that was written down, as the function of this name does, with the flows of this server and with what stands in
// for functions and bots in it. The clock moves on to the time at which the conversation was, unless that is past. It returns the chat.
func (s *Server) Replay(file string) *Chat {
	s.t.Helper()
	p := readPlay(s.t, file)
	if p.Outside != nil {
		s.t.Fatalf("%s: it has answers of functions and bots in it, and the server has its own; repeat it without one", file)
	}
	p.Flows = slices.DeleteFunc(p.Flows, func(f play.Flow) bool { return s.house.Names()[f.Name] != "" })
	if p.At.After(s.Clock.Now()) {
		s.Clock.AdvanceTo(p.At)
	}
	contact := s.replay(file, p)
	if contact == "" {
		s.t.Fatalf("%s: no chat was started", file)
	}
	return s.Chat(contact)
}

func readPlay(t testing.TB, file string) *play.Play {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, err := play.Parse(data)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return p
}

// replay performs a play and returns the contact that it ends in, if it came to one.
func (s *Server) replay(file string, p *play.Play) (contactID string) {
	s.t.Helper()
	f, err := suite.Begin(s.t.Context(), p, s.house)
	if err != nil {
		s.t.Fatalf("%s: %v", file, err)
	}
	defer f.Close()
	problems, _ := suite.Perform(p, f)
	for _, problem := range problems {
		var b strings.Builder
		for _, l := range problem.Diff {
			b.WriteString("\n" + string(l.Sign) + " " + l.Text)
		}
		s.t.Errorf("%s:%d: %s%s", file, problem.Line, problem.Message, b.String())
	}
	if len(problems) > 0 {
		s.t.Logf("the conversation as it went:\n%s", play.Format(nil, f.Lines()))
	}
	return f.ContactID()
}
