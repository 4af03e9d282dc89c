package watch

import (
	"testing"
	"testing/synctest"
	"time"
)

const ms = time.Millisecond

// touches are the times of changes; a burst must end at each of ends.
func TestDebouncer(t *testing.T) {
	every := func(step, until time.Duration) (times []time.Duration) {
		for at := time.Duration(0); at <= until; at += step {
			times = append(times, at)
		}
		return times
	}
	tests := map[string]struct {
		touches, ends []time.Duration
	}{
		"one change":            {[]time.Duration{0}, []time.Duration{8 * ms}},
		"two close together":    {[]time.Duration{0, 7 * ms}, []time.Duration{15 * ms}},
		"two apart":             {[]time.Duration{0, 20 * ms}, []time.Duration{8 * ms, 28 * ms}},
		"a stream is cut":       {every(5*ms, 100*ms), []time.Duration{60 * ms, 108 * ms}},
		"quiet ends in the cut": {append(every(5*ms, 50*ms), 55*ms), []time.Duration{60 * ms}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				checkEnds(t, test.touches, test.ends)
			})
		})
	}
}

func checkEnds(t *testing.T, touches, ends []time.Duration) {
	start := time.Now()
	d := newDebouncer(8*ms, 60*ms)
	defer d.reset()
	feed := make(chan struct{})
	go func() {
		for _, at := range touches {
			<-time.After(time.Until(start.Add(at)))
			feed <- struct{}{}
		}
	}()
	end := time.After(time.Second)
	var got []time.Duration
	for {
		select {
		case <-feed:
			d.touch()
		case <-d.over():
			got = append(got, time.Since(start))
			d.reset()
		case <-end:
			if len(got) != len(ends) {
				t.Fatalf("ended at %v, want %v", got, ends)
			}
			for i := range got {
				if got[i] != ends[i] {
					t.Errorf("ended at %v, want %v", got, ends)
				}
			}
			return
		}
	}
}

func TestDebouncerExtend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		d := newDebouncer(8*ms, 60*ms)
		if d.extend() {
			t.Error("extended a burst that never was")
		}
		d.touch()
		for <-d.over(); d.extend(); <-d.over() {
		}
		if waited := time.Since(start); waited != 60*ms {
			t.Errorf("extended until %v, want 60ms", waited)
		}
		d.reset()
		if d.extend() {
			t.Error("extended a burst that is over")
		}
	})
}
