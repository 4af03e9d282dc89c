package load

import (
	"testing"
	"time"
)

func TestHistogramPercentiles(t *testing.T) {
	var h Histogram
	if got := h.Percentile(50); got != 0 {
		t.Errorf("empty: %v", got)
	}
	for i := 1; i <= 1000; i++ {
		h.Add(time.Duration(i)*time.Microsecond, 1)
	}
	for _, p := range []float64{1, 50, 90, 99, 100} {
		want := time.Duration(p*10) * time.Microsecond
		if got := h.Percentile(p); got > want || got < want-want/60 {
			t.Errorf("p%v = %v, expected %v less at most 1/64", p, got, want)
		}
	}
}

func TestBucketsAreInOrder(t *testing.T) {
	last := -1
	for v := uint64(0); v < 1<<20; v++ {
		b := bucket(v)
		if b != last && b != last+1 {
			t.Fatalf("bucket(%d) = %d after %d", v, b, last)
		}
		if lowest(b) > v {
			t.Fatalf("lowest(%d) = %d, above %d", b, lowest(b), v)
		}
		last = b
	}
	if b := bucket(1<<63 - 1); b >= 64*subBuckets {
		t.Errorf("longest duration: bucket %d of %d", b, 64*subBuckets)
	}
}
