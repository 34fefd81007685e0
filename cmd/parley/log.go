package main

import (
	"bufio"
	"io"
	"log/slog"
	"sync"
	"time"
)

// logFlush is how late a log line may be written: the request log costs a copy instead of a system call.
const logFlush = 100 * time.Millisecond

// logWriter gathers what is written and passes it on within logFlush. It is safe for concurrent use.
type logWriter struct {
	mu    sync.Mutex
	buf   *bufio.Writer
	armed bool // a flush is due
}

func newLogWriter(w io.Writer) *logWriter {
	return &logWriter{buf: bufio.NewWriterSize(w, 64<<10)}
}

func (w *logWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.armed {
		w.armed = true
		time.AfterFunc(logFlush, w.Flush)
	}
	return w.buf.Write(p)
}

// Flush passes on what was gathered. A log that cannot be written is lost: there is nobody left to tell.
func (w *logWriter) Flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.armed = false
	w.buf.Flush()
}

// newLogger returns a logger of lines in JSON, or of text for people, with times in UTC.
func newLogger(w io.Writer, level slog.Level, text bool) *slog.Logger {
	opts := &slog.HandlerOptions{Level: level, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey && len(groups) == 0 {
			a.Value = slog.TimeValue(a.Value.Time().UTC())
		}
		return a
	}}
	if text {
		return slog.New(slog.NewTextHandler(w, opts))
	}
	return slog.New(slog.NewJSONHandler(w, opts))
}
