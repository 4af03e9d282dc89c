// Package heap keeps the garbage collector from running all the time on a small
// heap, and gives memory back to the system when load has fallen.
package heap

import (
	"context"
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// Options sets up [Keep]; the zero value is fine.
type Options struct {
	// FloorBytes is what a heap counts at least for the collector's pace, which
	// with GOGC=100 lets the heap grow by that much (and by what lives) between
	// two collections; default 16 MiB, negative: none. It is address space that
	// is never touched, not memory. With a memory limit (GOMEMLIMIT) below
	// sixteen times as much there is no floor.
	FloorBytes int
	// Every is how often Keep looks whether load has fallen; default 1 s.
	Every time.Duration
	// QuietBytes is how little is allocated within Every when there is no load;
	// default 1 MiB.
	QuietBytes uint64
	// OwedBytes is how much has to be allocated since memory was last given
	// back before it is worth it again; default 8 MiB, and at least a quarter
	// of the heap.
	OwedBytes uint64
	// AtMost is how often memory is given back at most; default 10 s. Between
	// two times a burst may come and go.
	AtMost time.Duration
}

func (o Options) withDefaults() Options {
	if o.FloorBytes == 0 {
		o.FloorBytes = 16 << 20
	}
	if o.Every <= 0 {
		o.Every = time.Second
	}
	if o.QuietBytes == 0 {
		o.QuietBytes = 1 << 20
	}
	if o.OwedBytes == 0 {
		o.OwedBytes = 8 << 20
	}
	if o.AtMost <= 0 {
		o.AtMost = 10 * time.Second
	}
	return o
}

// Keep does it until ctx is done, blocking. It is best called before anything
// large was allocated: then the floor's address space is fresh.
func Keep(ctx context.Context, o Options) {
	o = o.withDefaults()
	floor := newFloor(o.FloorBytes)
	defer runtime.KeepAlive(floor)
	tick := time.NewTicker(o.Every)
	defer tick.Stop()
	k := keeper{Options: o, read: readSample, release: debug.FreeOSMemory}
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			k.look(now)
		}
	}
}

// newFloor is a block that the collector counts. It holds no pointers and
// nothing ever writes to it, so that the system backs it with no memory.
func newFloor(bytes int) []byte {
	if limit := debug.SetMemoryLimit(-1); bytes <= 0 || limit != math.MaxInt64 && limit/16 < int64(bytes) {
		return nil
	}
	return make([]byte, bytes)
}

// sample is what the runtime says of the heap.
type sample struct {
	allocated uint64 // bytes since the process began
	live      uint64 // bytes at the end of the last collection
}

// keeper decides when memory is given back.
type keeper struct {
	Options
	read    func() sample
	release func()

	before   uint64 // allocated at the last look
	given    uint64 // allocated when memory was last given back
	released time.Time
}

// look gives memory back when there was a load and it has fallen.
func (k *keeper) look(now time.Time) {
	s := k.read()
	quiet := s.allocated-k.before < k.QuietBytes
	k.before = s.allocated
	if !quiet || s.allocated-k.given < max(k.OwedBytes, s.live/4) || now.Sub(k.released) < k.AtMost {
		return
	}
	k.release()
	k.before = k.read().allocated
	k.given, k.released = k.before, now
}

func readSample() sample {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	return sample{allocated: s[0].Value.Uint64(), live: s[1].Value.Uint64()}
}
