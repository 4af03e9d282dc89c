package testrun

import (
	"context"
	"errors"
	"runtime"
	"time"
)

// How settle knows that the apps are at rest. Loops, stores and requests say exactly whether they have something to do. A
// thorough wait waits for work on other threads, too (a digest, a file). What an app waits for from outside (a real server) is only
// known to be waited for, so that it gets a while to come. In a swift wait, between two steps of the clock, both are left for later.
type manner bool

const (
	swift    manner = false
	thorough manner = true
)

const (
	grace      = 20 * time.Millisecond  // for what comes from outside
	spinFor    = 500 * time.Microsecond // a sleep is a millisecond at least where nothing else runs; most steps are shorter
	heldFor    = 50 * time.Millisecond  // a connection that the server does not read is held by the app
	settleTime = 10 * time.Second
)

var errRestless = errors.New("the apps did not come to rest within 10 s: something keeps them busy without end")

// settle waits until the apps have nothing to do.
func (w *world) settle(ctx context.Context, how manner) error {
	deadline := time.Now().Add(settleTime)
	_, err := w.quiet(ctx, deadline)
	for err == nil && how == thorough {
		outside, work := w.now().Outstanding(ctx)
		total, failed := w.quiet(ctx, deadline)
		if failed != nil || outside+work == 0 {
			return failed
		}
		switch {
		case work > 0:
			err = pause(ctx, deadline)
		case w.unchanged(ctx, total):
			return nil
		}
	}
	return err
}

// pause waits a little.
func pause(ctx context.Context, deadline time.Time) error {
	if time.Now().After(deadline) {
		return errRestless
	}
	time.Sleep(500 * time.Microsecond)
	return ctx.Err()
}

// unchanged waits for something to come from outside; true: nothing has.
func (w *world) unchanged(ctx context.Context, total uint64) bool {
	for end := time.Now().Add(grace); time.Now().Before(end) && ctx.Err() == nil; {
		time.Sleep(500 * time.Microsecond)
		if now, busy, _ := w.work(); busy || now != total {
			return false
		}
	}
	return true
}

// quiet waits until nobody has anything to do: what has moved from one to the other while it looked, total tells.
func (w *world) quiet(ctx context.Context, deadline time.Time) (uint64, error) {
	var last uint64
	began := time.Now()
	since := began
	for {
		total, busy, held := w.work()
		if !busy {
			if again, still, _ := w.work(); again == total && !still {
				return total, nil
			}
		}
		now := time.Now()
		if total != last {
			last, since = total, now
		}
		switch {
		case ctx.Err() != nil:
			return total, ctx.Err()
		case held && now.Sub(since) > heldFor:
			return total, nil
		case now.After(deadline):
			return total, errRestless
		case now.Sub(began) < spinFor:
			runtime.Gosched()
		default:
			time.Sleep(50 * time.Microsecond)
		}
	}
}

// work adds up what all were given to do, and says whether somebody is at it; held: only the readers of connections are.
func (w *world) work() (total uint64, busy, held bool) {
	total = w.total.Load()
	n, busy := w.now().Work()
	total, busy = total+n, busy || w.calls.Load() > 0
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.conns {
		n, unread, over := c.work()
		total += n
		if over {
			w.total.Add(n)
			delete(w.conns, c)
		}
		held = held || unread
	}
	return total, busy || held, held && !busy
}
