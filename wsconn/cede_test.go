package wsconn

import (
	"testing"
	"time"
)

func TestBusyLoopEntersTheSchedulerNowAndThen(t *testing.T) {
	var l Loop
	now := time.Hour
	for _, step := range []struct {
		name         string
		passes, work time.Duration
		want         bool
	}{
		{"busy for long", 20 * time.Millisecond, 15 * time.Millisecond, true},
		{"too soon", 4 * time.Millisecond, 3 * time.Millisecond, false},
		{"soon enough", time.Millisecond, time.Millisecond, true},
		{"little to do", time.Second, 900 * time.Microsecond, false},
		{"little by little", time.Second, 100 * time.Microsecond, true},
	} {
		now += step.passes
		l.counts.TurnTime += step.work
		l.cede(int64(now))
		if got := l.ceded.at == int64(now); got != step.want {
			t.Errorf("%s: ceded is %v", step.name, got)
		}
	}
}
