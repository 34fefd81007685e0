package main

import (
	"io"
	"net/http"
	"time"
)

// patient sends requests again that come too fast for the server.
type patient struct{}

const (
	maxRepeats = 8
	longest    = 5 * time.Second
)

func (patient) Do(r *http.Request) (*http.Response, error) {
	pause := 200 * time.Millisecond
	for try := 0; ; try++ {
		resp, err := answering.Do(r)
		if err != nil || resp.StatusCode != http.StatusTooManyRequests || try == maxRepeats {
			return resp, err
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		select {
		case <-r.Context().Done():
			return nil, r.Context().Err()
		case <-time.After(pause):
		}
		pause = min(2*pause, longest)
		r = r.Clone(r.Context())
		if r.GetBody != nil {
			if r.Body, err = r.GetBody(); err != nil {
				return nil, err
			}
		}
	}
}

var answering = &http.Client{Timeout: 70 * time.Second}
