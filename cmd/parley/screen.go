package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"
)

// screen is where somebody in a chat reads and, at a terminal, writes: what comes stands above the line that is being written, and the line
// stays as it is.
type screen struct {
	paint func(code, s string) string
	keys  chan struct{} // has one when something to say is being written

	mu     sync.Mutex // of what follows
	out    io.Writer
	editor *term.Terminal // nil: lines are not written here
	size   func() (width, height int)
	width  int
	hints  []*hint // before the line

	part string // id of the message whose parts are shown
	text string // what there is of it
	rows int    // that it takes above the line
}

// hint is something that passes.
type hint struct {
	key, text string
	gone      *time.Timer // nil: it stays until it is taken away
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" }

func newScreen(out *os.File) *screen {
	colour := colourful(out)
	return &screen{out: out, keys: make(chan struct{}, 1), paint: func(code, s string) string {
		if !colour {
			return s
		}
		return "\x1b[" + code + "m" + s + "\x1b[0m"
	}}
}

// interruptible reads keys, and knows Ctrl-C, of which an editor only says that the input is over.
type interruptible struct {
	io.Reader
	interrupt func()
}

func (r interruptible) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if bytes.IndexByte(p[:n], 3) >= 0 {
		r.interrupt()
	}
	return n, err
}

// edit has lines be written at a terminal, until shut. Ctrl-C, which is no signal then, calls interrupt.
func (s *screen) edit(in, out *os.File, interrupt func()) (shut func(), err error) {
	before, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.editor = term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{interruptible{in, interrupt}, out}, "")
	s.out, s.width = s.editor, 80
	s.size = func() (int, int) {
		width, height, err := term.GetSize(int(out.Fd()))
		if err != nil {
			return 0, 0
		}
		return width, height
	}
	s.editor.AutoCompleteCallback = func(line string, _ int, key rune) (string, int, bool) {
		if unicode.IsPrint(key) && !strings.HasPrefix(line+string(key), "/") {
			select {
			case s.keys <- struct{}{}:
			default:
			}
		}
		return "", 0, false
	}
	s.fit()
	s.editor.SetPrompt(s.prompt())
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.editor.SetPrompt("")
		_, _ = s.editor.Write(nil)
		s.editor, s.out = nil, out
		_ = term.Restore(int(in.Fd()), before)
		fmt.Fprint(out, "\r\x1b[K")
	}), nil
}

// edits reports whether lines are written here.
func (s *screen) edits() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.editor != nil
}

// lines are those that are written, or else read.
func (s *screen) lines(ctx context.Context, in io.Reader) <-chan string {
	scan := bufio.NewScanner(in)
	scan.Buffer(nil, 1<<20)
	next := func() (string, bool) {
		more := scan.Scan()
		return scan.Text(), more
	}
	if editor := s.editor; editor != nil {
		next = func() (string, bool) {
			line, err := editor.ReadLine()
			s.mu.Lock()
			defer s.mu.Unlock()
			s.part = "" // its rows have moved up
			return line, err == nil
		}
	}
	lines := make(chan string, 64) // some may be written while one is being sent
	go func() {                    // ends with the program
		defer close(lines)
		for {
			line, more := next()
			if !more {
				return
			}
			select {
			case lines <- strings.TrimSpace(line):
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}

// fit tells the editor how large the terminal is now. The caller holds mu.
func (s *screen) fit() {
	if s.editor == nil {
		return
	}
	if width, height := s.size(); width > 0 && height > 0 {
		s.width = width
		_ = s.editor.SetSize(width, height)
	}
}

// prompt stands before the line. The caller holds mu.
func (s *screen) prompt() string {
	var texts []string
	for _, h := range s.hints {
		texts = append(texts, h.text)
	}
	if len(texts) == 0 {
		return s.paint("1", "> ")
	}
	return s.paint("2", strings.Join(texts, ", ")) + s.paint("1", " > ")
}

// hint shows something before the line until it is taken away with an empty text or, unless last is 0, for so long. Where no lines are written
// there are no hints.
func (s *screen) hint(key, text string, last time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.editor == nil {
		return
	}
	s.drop(key)
	if text != "" {
		h := &hint{key: key, text: calm(text)}
		if last > 0 {
			h.gone = time.AfterFunc(last, func() { s.hint(key, "", 0) })
		}
		s.hints = append(s.hints, h)
	}
	s.fit()
	s.editor.SetPrompt(s.prompt())
	_, _ = s.editor.Write(nil) // draws it
}

// drop forgets a hint. The caller holds mu.
func (s *screen) drop(key string) {
	for i, h := range s.hints {
		if h.key == key {
			if h.gone != nil {
				h.gone.Stop()
			}
			s.hints = append(s.hints[:i:i], s.hints[i+1:]...)
			return
		}
	}
}

// say writes lines.
func (s *screen) say(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.part != "" && s.editor == nil {
		fmt.Fprintln(s.out)
	}
	s.part = ""
	s.fit()
	fmt.Fprintln(s.out, text)
}

// write writes a line that is not for people.
func (s *screen) write(line []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.out, "%s\n", line)
}

// indent is before all lines of a message but the first.
const indent = "       "

// tell writes a message that is whole, and what belongs to it.
func (s *screen) tell(who, text, more string) {
	s.mu.Lock()
	s.fit()
	rows := s.lay(who, strings.ReplaceAll(calm(text), "\n", "\n"+indent))
	s.mu.Unlock()
	s.say(strings.TrimSuffix(strings.Join(rows, "\n")+"\n"+more, "\n"))
}

// lay lays a message out in rows. The caller holds mu.
func (s *screen) lay(who, text string) []string {
	rows := []string{who + "  " + text}
	if s.editor != nil {
		rows = wrap(rows[0], s.width-1)
	}
	rows[0] = strings.Replace(rows[0], who, s.paint("1", who), 1)
	return rows
}

// grow writes what there is of a message that comes in parts, from where it was left if nothing was written since. It reports false when the
// message is whole, and not as its parts said.
func (s *screen) grow(id, who, text string, whole bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	text = strings.ReplaceAll(calm(text), "\n", "\n"+indent)
	goesOn := s.part == id && strings.HasPrefix(text, s.text)
	if whole && !goesOn {
		return false
	}
	s.fit()
	if s.editor == nil {
		s.append(who, text, goesOn)
	} else {
		s.redraw(who, text, goesOn)
	}
	s.part, s.text = id, text
	if whole {
		s.part = ""
		if s.editor == nil {
			fmt.Fprintln(s.out)
		}
	}
	return true
}

// append writes what is new. The caller holds mu.
func (s *screen) append(who, text string, goesOn bool) {
	switch {
	case goesOn:
		text = text[len(s.text):]
	case s.part != "":
		who = "\n" + s.paint("1", who) + "  "
		text = who + text
	default:
		text = s.paint("1", who) + "  " + text
	}
	fmt.Fprint(s.out, text)
}

// redraw writes the last row again, and those that follow it now. The caller holds mu.
func (s *screen) redraw(who, text string, goesOn bool) {
	rows := s.lay(who, text)
	first, back := 0, ""
	if goesOn {
		first, back = s.rows-1, "\x1b[1A\x1b[K"
	}
	s.rows = len(rows)
	fmt.Fprint(s.out, back+strings.Join(rows[min(first, len(rows)):], "\n")+"\n")
}

// wrap breaks a text into rows of so many cells, at blanks where there are any. What a row holds does not change when the text grows, but for
// the last row.
func wrap(text string, width int) (rows []string) {
	for line := range strings.SplitSeq(text, "\n") {
		for {
			row := take(line, max(width, 2*len(indent)))
			if row == line {
				break
			}
			if at := strings.LastIndexByte(row, ' '); strings.TrimSpace(row[:max(at, 0)]) != "" {
				row = row[:at+1]
			}
			rows = append(rows, strings.TrimRight(row, " "))
			line = indent + line[len(row):]
		}
		rows = append(rows, line)
	}
	return rows
}

// take is as much of a line as so many cells hold. What may be wide is taken to be.
func take(line string, cells int) string {
	for i, r := range line {
		if cells--; r >= 0x1100 {
			cells--
		}
		if cells < 0 {
			_, size := utf8.DecodeRuneInString(line)
			return line[:max(i, size)]
		}
	}
	return line
}
