package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// recording is a file for a conversation that is yet to come. It is opened before, so that nobody talks for nothing.
type recording struct {
	file  *os.File
	fresh bool // there was none
	done  bool
}

// newRecording opens the file and leaves what is in it until there is something to write.
func newRecording(path string) (*recording, error) {
	_, err := os.Stat(path)
	r := &recording{fresh: errors.Is(err, fs.ErrNotExist)}
	if r.file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o644); err != nil {
		return nil, fmt.Errorf("%w: --record: %w", errUsage, err)
	}
	return r, nil
}

func (r *recording) write(play []byte) error {
	if err := r.file.Truncate(0); err != nil {
		return err
	}
	_, err := r.file.WriteAt(play, 0)
	r.done = err == nil
	return err
}

// close takes the file away again if there was nothing to write.
func (r *recording) close() error {
	err := r.file.Close()
	if r.fresh && !r.done {
		err = errors.Join(err, os.Remove(r.file.Name()))
	}
	return err
}
