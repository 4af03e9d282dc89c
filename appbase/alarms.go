package appbase

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sigil-server/sigil/appbase/internal/calls"
	"github.com/sigil-server/sigil/appbase/modules/kv"
)

// Alarms are the durable timers of this.after. Each is a key "t:" with its id, which begins with when it is due, so that the
// store has them in order. An alarm is removed when its method has succeeded.
const (
	alarmPrefix    = "t:"
	maxAlarmBytes  = 64 << 10 // of an argument
	maxFiring      = 16       // alarms whose methods have not ended
	alarmPage      = 100
	maxAttempts    = 20
	longestBackoff = time.Hour
)

// alarm is what the store has of one.
type alarm struct {
	Method   string          `json:"method"`
	Argument json.RawMessage `json:"argument,omitempty"`
	Attempts int             `json:"attempts,omitempty"`
	Retry    int64           `json:"retry,omitempty"` // not before, in milliseconds
}

// alarms fires them on the app's first worker.
type alarms struct {
	data *Data

	mu       sync.Mutex
	worker   *Worker // nil until it serves
	firing   map[string]bool
	wake     func() bool // stops it; nil: none
	due      time.Time   // of wake
	scanning bool
	again    bool
	closed   bool
	unset    func() bool // ends the waiting for the clock to be set
}

// alarmID is the id of an alarm: it sorts by when it is due, and then by when it was made.
func alarmID(due time.Time, unique string) string {
	return fmt.Sprintf("%012x-%s", max(due.UnixMilli(), 0), unique)
}

// dueOf reads it back.
func dueOf(id string) time.Time {
	text, _, _ := strings.Cut(id, "-")
	ms, err := strconv.ParseInt(text, 16, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// serve begins to fire on w. The store is looked at only if the app has kept anything before.
func (a *alarms) serve(w *Worker) {
	a.mu.Lock()
	a.worker = w
	if a.unset == nil {
		a.unset = onSet(a.data.clock, a.scan)
	}
	a.mu.Unlock()
	if a.data.kept() {
		a.scan()
	}
}

func (a *alarms) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
	if a.unset != nil {
		a.unset()
	}
	if a.wake != nil {
		a.wake()
	}
}

// expect has the store looked at when something may be due.
func (a *alarms) expect(due time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed || a.worker == nil || a.wake != nil && !due.Before(a.due) {
		return
	}
	if a.wake != nil {
		a.wake()
	}
	wait := min(max(due.Sub(a.worker.now()), 0), maxNap)
	a.due = due
	a.wake = afterFunc(a.data.clock, wait, func() {
		a.mu.Lock()
		a.wake = nil
		a.mu.Unlock()
		a.scan()
	})
}

// scan looks for alarms that are due, off the loop, one scan at a time.
func (a *alarms) scan() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed || a.worker == nil {
		return
	}
	if a.again = a.scanning; a.again {
		return
	}
	a.scanning = a.data.pool.Go(a.look) == nil
}

func (a *alarms) look() {
	err := a.fireDue()
	a.mu.Lock()
	again := a.again
	a.scanning, a.again = false, false
	worker := a.worker
	a.mu.Unlock()
	switch {
	case err != nil && a.data.pool.Context().Err() == nil:
		a.data.log.Warn("timers cannot be read; they are looked at again soon", "error", err)
		a.expect(worker.now().Add(10 * time.Second))
	case again:
		a.scan()
	}
}

// fireDue fires what is due, in order, and sleeps until the next.
func (a *alarms) fireDue() error {
	ctx, cancel := context.WithTimeout(a.data.pool.Context(), calls.DefaultTime)
	defer cancel()
	store, err := a.data.open(ctx)
	if err != nil {
		return err
	}
	for after := ""; ; {
		page, err := store.List(ctx, alarmPrefix, after, alarmPage, false)
		if err != nil {
			return err
		}
		for _, e := range page {
			if more := a.consider(e); !more {
				return nil
			}
			after = e.Key
		}
		if len(page) < alarmPage {
			return nil
		}
	}
}

// consider fires an alarm if it is due. False: none behind it is.
func (a *alarms) consider(e kv.Entry) (more bool) {
	id := e.Key[len(alarmPrefix):]
	now := a.worker.now()
	if due := dueOf(id); due.After(now) {
		a.expect(due)
		return false
	}
	var what alarm
	if err := json.Unmarshal(e.Value, &what); err != nil {
		a.data.log.Error("a timer cannot be read and is dropped", "timer", id, "error", err)
		a.data.keys.Write([]kv.Op{{Kind: kv.Delete, Key: e.Key}}, func(error) {})
		return true
	}
	if retry := time.UnixMilli(what.Retry); retry.After(now) {
		a.expect(retry)
		return true
	}
	return a.fire(id, what)
}

// fire calls the method, on the loop. False: enough are firing, and the end of one looks again.
func (a *alarms) fire(id string, what alarm) bool {
	a.mu.Lock()
	if a.firing[id] {
		a.mu.Unlock()
		return true
	}
	if len(a.firing) >= maxFiring {
		a.mu.Unlock()
		return false
	}
	a.firing[id] = true
	w := a.worker
	a.mu.Unlock()
	if !w.executor.Post(func() { w.whenReady(func() { a.call(w, id, what) }) }) {
		a.land(id)
		a.expect(w.now().Add(time.Second))
		return false
	}
	return true
}

// call runs on the loop. When the generation ends before the method does, the alarm is fired again on the next.
func (a *alarms) call(w *Worker, id string, what alarm) {
	in := w.current
	if in == nil || w.stopped {
		a.land(id)
		return
	}
	var once sync.Once
	end := func(err error) { once.Do(func() { a.ended(id, what, err) }) }
	stop := context.AfterFunc(in.caller("after").Context, func() { end(errReloaded) })
	in.retain()
	in.ring(what, func(err error) {
		stop()
		end(err)
		in.release()
	})
}

// ended removes an alarm whose method has succeeded, and else has it tried again later.
func (a *alarms) ended(id string, what alarm, err error) {
	op := kv.Op{Kind: kv.Delete, Key: alarmPrefix + id}
	if err != nil {
		what.Attempts++
		wait := min(time.Second<<min(what.Attempts-1, 20), longestBackoff)
		what.Retry = a.worker.now().Add(wait).UnixMilli()
		if what.Attempts < maxAttempts {
			value, _ := json.Marshal(what) // was read from JSON
			op = kv.Op{Key: alarmPrefix + id, Value: value, If: kv.IfPresent}
		} else {
			a.data.log.Error("a timer has failed too often and is dropped", "timer", id, "method", what.Method, "attempts", what.Attempts)
		}
	}
	a.data.keys.Write([]kv.Op{op}, func(failed error) {
		a.land(id)
		if failed != nil && !kv.IsConflict(failed) && a.data.pool.Context().Err() == nil {
			a.data.log.Error("the outcome of a timer cannot be kept; it may fire again", "timer", id, "error", failed)
		}
		a.scan()
	})
}

func (a *alarms) land(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.firing, id)
}
