package estimate

import (
	"testing"
	"time"
)

func TestWait(t *testing.T) {
	t.Parallel()
	minutes := []time.Duration{time.Minute, 3 * time.Minute}
	for _, tt := range []struct {
		waited           []time.Duration
		position, queued int
		want             time.Duration
	}{
		{minutes, 1, 4, 30 * time.Second},
		{minutes, 4, 4, 2 * time.Minute},
		{minutes, 1, 0, 2 * time.Minute},
		{minutes, 3, 2, 2 * time.Minute},
	} {
		if got, known := Wait(tt.waited, tt.position, tt.queued); got != tt.want || !known {
			t.Errorf("number %d of %d waits %v, %v; want %v", tt.position, tt.queued, got, known, tt.want)
		}
	}
	if _, known := Wait(nil, 1, 1); known {
		t.Error("an estimate from nothing")
	}
}
