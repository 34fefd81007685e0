package bench

import (
	"math"
	"testing"
	"time"
)

func TestBucketsAreWithinOnePercent(t *testing.T) {
	for us := int64(1); us < 1<<40; us += 1 + us/7 {
		b := bucketOf(us)
		if got := middleOf(b); math.Abs(got-float64(us)) > float64(us)/100+.5 {
			t.Fatalf("%d µs is counted as %v µs", us, got)
		}
		if next := bucketOf(us + 1); next != b && next != b+1 {
			t.Fatalf("bucket of %d is %d, of the next %d", us, b, next)
		}
	}
}

func TestLatency(t *testing.T) {
	var h histogram
	if h.latency() != nil {
		t.Error("an empty histogram has percentiles")
	}
	for ms := 1; ms <= 1000; ms++ {
		h.add(time.Duration(ms) * time.Millisecond)
	}
	got := h.latency()
	for _, c := range []struct{ got, want float64 }{
		{got.P50, 500}, {got.P90, 900}, {got.P99, 990}, {got.P999, 999}, {got.Max, 1000},
	} {
		if math.Abs(c.got-c.want) > c.want/100+1 {
			t.Errorf("latency is %+v, want %v instead of %v", *got, c.want, c.got)
		}
	}
}
