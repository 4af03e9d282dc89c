package load

import (
	"math/bits"
	"time"
)

const subBuckets = 64

// A Histogram counts durations in buckets that are at most 1/64 wide of their value. The zero value is empty; it is not for concurrent use.
type Histogram struct {
	counts [64 * subBuckets]int64
	total  int64
}

// Add counts d, n times. Negative durations count as zero.
func (h *Histogram) Add(d time.Duration, n int) {
	h.counts[bucket(uint64(max(d, 0)))] += int64(n)
	h.total += int64(n)
}

// Percentile returns a duration that p percent of those counted do not exceed, rounded down to its bucket; 0 when nothing was counted.
func (h *Histogram) Percentile(p float64) time.Duration {
	want := int64(float64(h.total)*p/100 + 0.5)
	seen := int64(0)
	for i, n := range h.counts {
		seen += n
		if n > 0 && seen >= want {
			return time.Duration(lowest(i))
		}
	}
	return 0
}

func bucket(v uint64) int {
	if v < subBuckets {
		return int(v)
	}
	shift := bits.Len64(v) - 7 // v>>shift is in [64, 128)
	return (shift+1)*subBuckets + int(v>>shift) - subBuckets
}

func lowest(bucket int) uint64 {
	if bucket < subBuckets {
		return uint64(bucket)
	}
	shift := bucket/subBuckets - 1
	return uint64(bucket%subBuckets+subBuckets) << shift
}
