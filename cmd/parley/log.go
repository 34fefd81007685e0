package main

import (
	"bufio"
	"context"
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
func newLogger(w io.Writer, level slog.Leveler, text bool) *slog.Logger {
	opts := &slog.HandlerOptions{Level: level}
	if text {
		return slog.New(utc{slog.NewTextHandler(w, opts)})
	}
	return slog.New(utc{slog.NewJSONHandler(w, opts)})
}

// utc moves the times of records to UTC. ReplaceAttr could too, at several times the cost.
type utc struct{ slog.Handler }

func (h utc) Handle(ctx context.Context, r slog.Record) error {
	r.Time = r.Time.UTC()
	return h.Handler.Handle(ctx, r)
}

func (h utc) WithAttrs(attrs []slog.Attr) slog.Handler { return utc{h.Handler.WithAttrs(attrs)} }

func (h utc) WithGroup(name string) slog.Handler { return utc{h.Handler.WithGroup(name)} }
