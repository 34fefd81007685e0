package llm

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
)

const (
	// maxLine is the most bytes of a line of a stream, maxEvent of the data of one event, maxStream of all of it.
	maxLine   = 256 << 10
	maxEvent  = 256 << 10
	maxStream = 8 << 20
)

var errTooLong = errors.New("its answer is too long")

// events reads the data of server-sent events as they come. An event that is cut is none. After an error comes nothing more.
// Source: HTML Standard, 9.2.6.
func events(from io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		limited := &io.LimitedReader{R: from, N: maxStream}
		in := lines{from: bufio.NewReader(limited)}
		var data []byte
		given := false
		for first := true; ; first = false {
			line, err := in.next()
			if err != nil {
				switch {
				case limited.N <= 0:
					yield(nil, errTooLong)
				case !errors.Is(err, io.EOF):
					yield(nil, err)
				}
				return
			}
			if first {
				line = bytes.TrimPrefix(line, []byte("\ufeff"))
			}
			name, value, _ := bytes.Cut(line, []byte(":"))
			switch {
			case len(line) == 0 && given:
				if !yield(data, nil) {
					return
				}
				data, given = nil, false
			case string(name) == "data":
				if given {
					data = append(data, '\n')
				}
				if data, given = append(data, bytes.TrimPrefix(value, []byte(" "))...), true; len(data) > maxEvent {
					yield(nil, errTooLong)
					return
				}
			}
		}
	}
}

// lines end with CR, LF or both.
type lines struct {
	from *bufio.Reader
	cr   bool // the line before ended with one: an LF that follows is of it
	line []byte
}

// next is the next line that has an end; it is good until the one after. It does not wait for what follows an end.
func (l *lines) next() ([]byte, error) {
	l.line = l.line[:0]
	for {
		c, err := l.from.ReadByte()
		if err != nil {
			return nil, err
		}
		after := l.cr
		l.cr = c == '\r'
		switch {
		case c == '\n' && after:
		case c == '\n' || c == '\r':
			return l.line, nil
		case len(l.line) == maxLine:
			return nil, errTooLong
		default:
			l.line = append(l.line, c)
		}
	}
}
