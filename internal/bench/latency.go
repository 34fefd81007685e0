package bench

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// Latency has percentiles of a measured time, in milliseconds.
type Latency struct{ P50, P90, P99, P999, Max float64 }

// histogram counts times in microseconds, with an error of at most one percent. Many goroutines may add at once.
type histogram struct {
	buckets [64 * subBuckets]atomic.Int64
	max     atomic.Int64
}

const (
	subBits    = 6
	subBuckets = 1 << subBits // in each power of two
)

func (h *histogram) add(d time.Duration) {
	us := max(d.Microseconds(), 0)
	h.buckets[bucketOf(us)].Add(1)
	for {
		seen := h.max.Load()
		if us <= seen || h.max.CompareAndSwap(seen, us) {
			return
		}
	}
}

// bucketOf keeps values below 64 apart and shares the rest among 64 buckets in each power of two.
func bucketOf(us int64) int {
	if us < subBuckets {
		return int(us)
	}
	shift := bits.Len64(uint64(us)) - 1 - subBits
	return (shift+1)<<subBits + int(us>>shift) - subBuckets
}

// middleOf is the middle of a bucket.
func middleOf(bucket int) float64 {
	if bucket < subBuckets {
		return float64(bucket)
	}
	shift := bucket>>subBits - 1
	low := int64(bucket&(subBuckets-1)+subBuckets) << shift
	return float64(low) + float64(int64(1)<<shift-1)/2
}

func (h *histogram) latency() *Latency {
	var counts [len(h.buckets)]int64
	var total int64
	for i := range h.buckets {
		counts[i] = h.buckets[i].Load()
		total += counts[i]
	}
	if total == 0 {
		return nil
	}
	at := func(share float64) float64 {
		rank, sum := int64(share*float64(total-1))+1, int64(0)
		for i, n := range counts {
			if sum += n; sum >= rank {
				return min(middleOf(i), float64(h.max.Load())) / 1000
			}
		}
		return float64(h.max.Load()) / 1000
	}
	return &Latency{P50: at(.5), P90: at(.9), P99: at(.99), P999: at(.999), Max: float64(h.max.Load()) / 1000}
}
