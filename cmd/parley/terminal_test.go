//go:build unix

package main

import (
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// monitor is what somebody sees at a terminal: rows of cells, as far as the program under test uses them.
type monitor struct {
	width int

	mu     sync.Mutex
	rows   [][]rune
	x, y   int
	escape string // that has begun
	colour bool   // there was some
}

func (m *monitor) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range string(p) {
		m.put(r)
	}
	return len(p), nil
}

func (m *monitor) put(r rune) {
	switch {
	case m.escape != "":
		m.escape += string(r)
		if r != '[' && (r < '0' || r > '9') && r != ';' {
			m.command(m.escape[2:len(m.escape)-1], r)
			m.escape = ""
		}
	case r == 0x1b:
		m.escape = string(r)
	case r == '\r':
		m.x = 0
	case r == '\n':
		m.y++
	default:
		if m.x == m.width {
			m.x, m.y = 0, m.y+1
		}
		for len(m.rows) <= m.y {
			m.rows = append(m.rows, nil)
		}
		for len(m.rows[m.y]) <= m.x {
			m.rows[m.y] = append(m.rows[m.y], ' ')
		}
		m.rows[m.y][m.x] = r
		m.x++
	}
}

func (m *monitor) command(n string, what rune) {
	count, err := strconv.Atoi(n)
	if err != nil {
		count = 1
	}
	switch what {
	case 'A':
		m.y = max(0, m.y-count)
	case 'B':
		m.y += count
	case 'C':
		m.x += count
	case 'D':
		m.x = max(0, m.x-count)
	case 'K':
		if m.y < len(m.rows) {
			m.rows[m.y] = m.rows[m.y][:min(m.x, len(m.rows[m.y]))]
		}
	case 'm':
		m.colour = true
	}
}

// String is what stands there, without blanks at the ends of rows and empty rows at the end.
func (m *monitor) String() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var b strings.Builder
	for _, row := range m.rows {
		b.WriteString(strings.TrimRight(string(row), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// seat is somebody at a terminal.
type seat struct {
	*monitor
	t      *testing.T
	cmd    *exec.Cmd
	keys   *os.File
	exited chan struct{}
}

// sit runs parley at a terminal.
func sit(t *testing.T, env []string, args ...string) *seat {
	t.Helper()
	s := &seat{monitor: &monitor{width: 70}, t: t, exited: make(chan struct{})}
	s.cmd = exec.Command(binary, args...)
	s.cmd.Env, s.cmd.Dir = append(environ(), append(env, "TERM=xterm")...), t.TempDir()
	var err error
	if s.keys, err = pty.StartWithSize(s.cmd, &pty.Winsize{Cols: uint16(s.width), Rows: 24}); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(s.monitor, s.keys) // a terminal that nobody holds any more is an error
	}()
	go func() {
		defer close(s.exited)
		<-read
		_ = s.cmd.Wait() // the code is looked at
	}()
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill() // it may have ended
		<-s.exited
		s.keys.Close()
		if t.Failed() {
			t.Logf("on the terminal:\n%s", s)
		}
	})
	return s
}

func (s *seat) press(keys string) {
	s.t.Helper()
	if _, err := s.keys.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// shows waits until the last rows are these.
func (s *seat) shows(rows ...string) {
	s.t.Helper()
	want := strings.Join(rows, "\n") + "\n"
	for deadline := time.Now().Add(patience); !strings.HasSuffix("\n"+s.String(), "\n"+want); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("at the end there is not\n%s", want)
		}
	}
}

// has waits until there is such a text anywhere.
func (s *seat) has(text string) {
	s.t.Helper()
	for deadline := time.Now().Add(patience); !strings.Contains(s.String(), text); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("there is no %q", text)
		}
	}
}

func (s *seat) exitCode() int {
	s.t.Helper()
	select {
	case <-s.exited:
	case <-time.After(patience):
		s.t.Fatal("still runs")
	}
	return s.cmd.ProcessState.ExitCode()
}

// TestScreenGrows: a message that comes in parts grows above the line that is being written, whatever comes between.
func TestScreenGrows(t *testing.T) {
	t.Parallel()
	m := &monitor{width: 30}
	keys, hand := io.Pipe()
	s := &screen{width: 30, size: func() (int, int) { return 30, 10 }, paint: func(_, s string) string { return s }}
	s.editor = term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{keys, m}, "")
	s.out = s.editor
	s.editor.SetPrompt(s.prompt())
	lines := s.lines(t.Context(), nil)
	look := func(want string) {
		t.Helper()
		if got := m.String(); got != want {
			t.Fatalf("there is\n%s\nwant\n%s", got, want)
		}
	}
	wait := func(want string) {
		t.Helper()
		for deadline := time.Now().Add(patience); m.String() != want && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		}
		look(want)
	}
	if _, err := hand.Write([]byte("half a l")); err != nil {
		t.Fatal(err)
	}
	wait("> half a l\n")
	s.grow("1", "BOT", "Your parcel", false)
	look("BOT  Your parcel\n> half a l\n")
	s.grow("1", "BOT", "Your parcel left our house yes", false)
	look("BOT  Your parcel left our\n       house yes\n> half a l\n")
	s.hint("x", "Bo is typing …", 0)
	look("BOT  Your parcel left our\n       house yes\nBo is typing … > half a l\n")
	s.grow("1", "BOT", "Your parcel left our house yesterday and", false)
	look("BOT  Your parcel left our\n       house yesterday and\nBo is typing … > half a l\n")
	s.hint("x", "", 0)
	look("BOT  Your parcel left our\n       house yesterday and\n> half a l\n")
	s.grow("1", "BOT", "Your parcel left our house yesterday and is\nhere.", true)
	look("BOT  Your parcel left our\n       house yesterday and is\n       here.\n> half a l\n")
	if s.grow("2", "BOT", "A whole message", true) {
		t.Error("a message without parts has grown")
	}
	if _, err := hand.Write([]byte("ine\r")); err != nil {
		t.Fatal(err)
	}
	if line := <-lines; line != "half a line" {
		t.Errorf("the line is %q", line)
	}
	wait("BOT  Your parcel left our\n       house yesterday and is\n       here.\n> half a line\n>\n")
	hand.Close()
	if line, more := <-lines; more {
		t.Errorf("there is another line %q", line)
	}
}

// TestScreenWithoutTerminal: parts are written one behind the other, and other lines stand on their own.
func TestScreenWithoutTerminal(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	s := &screen{out: &out, paint: func(_, s string) string { return s }}
	s.grow("1", "BOT", "Your parcel", false)
	s.grow("1", "BOT", "Your parcel is", false)
	s.hint("x", "nobody sees this", 0)
	s.say("Bo is there")
	s.grow("1", "BOT", "Your parcel is here", false)
	s.grow("1", "BOT", "Your parcel is here.\nBye", true)
	s.tell("Bo", "Hello\nyou", "")
	want := "BOT  Your parcel is\nBo is there\nBOT  Your parcel is here.\n       Bye\nBo  Hello\n       you\n"
	if got := out.String(); got != want {
		t.Errorf("there is\n%s\nwant\n%s", got, want)
	}
}
