package heap

import (
	"context"
	"math"
	"runtime/debug"
	"testing"
	"testing/synctest"
	"time"
)

// fake is a runtime whose figures a test sets.
type fake struct {
	sample
	times int
}

func (f *fake) keeper() *keeper {
	return &keeper{Options: Options{}.withDefaults(), read: func() sample { return f.sample }, release: func() { f.times++ }}
}

func TestKeeperGivesMemoryBackWhenLoadHasFallen(t *testing.T) {
	var f fake
	k, now := f.keeper(), time.Unix(1000, 0)
	for _, step := range []struct {
		name             string
		allocates, lives uint64
		after            time.Duration
		want             int
	}{
		{"nothing happened", 0, 0, time.Second, 0},
		{"a load", 100 << 20, 1 << 20, time.Second, 0},
		{"it goes on", 100 << 20, 1 << 20, time.Second, 0},
		{"it has fallen", 1000, 1 << 20, time.Second, 1},
		{"nothing is owed", 1000, 1 << 20, time.Minute, 1},
		{"a small load", 2 << 20, 1 << 20, time.Minute, 1},
		{"which is not worth it", 0, 1 << 20, time.Minute, 1},
		{"another load", 20 << 20, 1 << 20, time.Second, 1},
		{"which falls", 0, 1 << 20, time.Second, 2},
		{"a load too soon", 20 << 20, 1 << 20, time.Second, 2},
		{"falls", 0, 1 << 20, time.Second, 2},
		{"and waits for its turn", 0, 1 << 20, 10 * time.Second, 3},
		{"a load, small beside what lives", 20 << 20, 1 << 30, time.Minute, 3},
		{"falls", 0, 1 << 30, time.Minute, 3},
	} {
		f.allocated += step.allocates
		f.live = step.lives
		now = now.Add(step.after)
		if k.look(now); f.times != step.want {
			t.Fatalf("%s: memory was given back %d times, want %d", step.name, f.times, step.want)
		}
	}
}

func TestKeepEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		start := time.Now()
		if Keep(ctx, Options{FloorBytes: -1}); time.Since(start) != 3*time.Second {
			t.Errorf("Keep returned after %v", time.Since(start))
		}
	})
}

func TestFloorStaysBelowAMemoryLimit(t *testing.T) {
	if limit := debug.SetMemoryLimit(-1); limit != math.MaxInt64 {
		t.Skipf("there is a memory limit of %d bytes", limit)
	}
	if got := len(newFloor(1 << 20)); got != 1<<20 {
		t.Errorf("without a limit the floor has %d bytes", got)
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(8 << 20))
	if got := len(newFloor(1 << 20)); got != 0 {
		t.Errorf("under a limit of 8 MiB the floor has %d bytes", got)
	}
	if got := len(newFloor(-1)); got != 0 {
		t.Errorf("a negative floor has %d bytes", got)
	}
}

func TestReadSampleCounts(t *testing.T) {
	before := readSample()
	sink = make([]byte, 1<<20)
	if after := readSample(); after.allocated-before.allocated < 1<<20 {
		t.Errorf("allocating 1 MiB counts as %d bytes", after.allocated-before.allocated)
	}
}

var sink []byte
