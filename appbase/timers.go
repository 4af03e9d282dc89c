package appbase

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/sigil-server/sigil/appbase/modules/kv"
)

// Timer is a durable timer of this.after, as an operator sees it.
type Timer struct {
	ID       string          `json:"id"`
	Method   string          `json:"method"`
	Argument json.RawMessage `json:"argument,omitempty"`
	Due      time.Time       `json:"due"`
	Attempts int             `json:"attempts,omitempty"` // that failed
	Next     time.Time       `json:"next"`               // when it is tried: due, or later after a failure
}

// ErrNoTimer says that there is no timer of that id (any more).
var ErrNoTimer = errors.New("there is no such timer (any more)")

// ErrNotServing says that the app has no code that could run.
var ErrNotServing = errors.New("the app does not serve")

func timerOf(e kv.Entry) Timer {
	t := Timer{ID: e.Key[len(alarmPrefix):]}
	var what alarm
	if json.Unmarshal(e.Value, &what) == nil {
		t.Method, t.Argument, t.Attempts = what.Method, what.Argument, what.Attempts
	}
	t.Due = dueOf(t.ID)
	if t.Next = t.Due; what.Retry > 0 {
		t.Next = time.UnixMilli(what.Retry)
	}
	return t
}

// Timers are the app's durable timers in the order in which they are due, at most limit. A nil Data has none.
func (d *Data) Timers(ctx context.Context, limit int) ([]Timer, error) {
	if d == nil || !d.kept() {
		return nil, nil
	}
	store, err := d.open(ctx)
	if err != nil {
		return nil, err
	}
	found, err := store.List(ctx, alarmPrefix, "", limit, false)
	timers := make([]Timer, len(found))
	for i, e := range found {
		timers[i] = timerOf(e)
	}
	return timers, err
}

// Timer is one timer, or [ErrNoTimer].
func (d *Data) Timer(ctx context.Context, id string) (Timer, error) {
	e, err := d.timer(ctx, id)
	if err != nil {
		return Timer{}, err
	}
	return timerOf(e), nil
}

func (d *Data) timer(ctx context.Context, id string) (e kv.Entry, err error) {
	if d == nil || !d.kept() {
		return e, ErrNoTimer
	}
	store, err := d.open(ctx)
	if err == nil {
		e, err = store.Get(ctx, alarmPrefix+id)
	}
	if err == nil && !e.Found {
		err = ErrNoTimer
	}
	return e, err
}

// CancelTimer removes a timer, or returns [ErrNoTimer]. One whose method runs at the moment is not tried again.
func (d *Data) CancelTimer(ctx context.Context, id string) error {
	if _, err := d.timer(ctx, id); err != nil {
		return err
	}
	store, err := d.open(ctx)
	if err != nil {
		return err
	}
	outcomes, err := store.Apply(ctx, [][]kv.Op{{{Kind: kv.Delete, Key: alarmPrefix + id, If: kv.IfPresent}}})
	if err == nil && kv.IsConflict(outcomes[0]) {
		return ErrNoTimer
	}
	if err == nil {
		err = outcomes[0]
	}
	return err
}

// RunTimer has a timer fire now instead of when it is due; it does not wait for its method. The error is [ErrNoTimer] or
// [ErrNotServing], or of the store.
func (d *Data) RunTimer(ctx context.Context, id string) error {
	e, err := d.timer(ctx, id)
	if err != nil {
		return err
	}
	var what alarm
	if err := json.Unmarshal(e.Value, &what); err != nil {
		return err
	}
	d.alarms.mu.Lock()
	serving := d.alarms.worker != nil && !d.alarms.closed
	d.alarms.mu.Unlock()
	if !serving || !d.alarms.fire(id, what) {
		return ErrNotServing
	}
	return nil
}

// ScheduleStatus is one @Scheduled method at one moment.
type ScheduleStatus struct {
	Method  string    `json:"method"`
	Every   string    `json:"every"` // as written
	Next    time.Time `json:"next"`  // zero: never again
	Running int       `json:"running,omitempty"`
	Last    time.Time `json:"last"` // when it ran last since its code was loaded; zero: not yet
}

// Schedules tells of the app's @Scheduled methods. It is called on the loop of the app's first worker.
func (w *Worker) Schedules() []ScheduleStatus {
	var all []ScheduleStatus
	if in := w.rest.asleep; in != nil && w.current == nil {
		for _, route := range in.routes.all {
			if route.Kind == KindScheduled {
				all = append(all, ScheduleStatus{Method: route.Method, Every: route.Every, Next: w.rest.due[route.Method]})
			}
		}
		return all
	}
	if w.current == nil {
		return nil
	}
	for _, s := range w.current.schedules {
		all = append(all, ScheduleStatus{Method: s.route.Method, Every: s.route.Every, Next: s.next, Running: s.running, Last: s.last})
	}
	return all
}

// RunSchedule runs a @Scheduled method now, beside its turns, as far as it may overlap; false: there is none of that name, or it
// runs already. It is called on the loop of the app's first worker.
func (w *Worker) RunSchedule(method string) bool {
	if w.current == nil {
		return false
	}
	for _, s := range w.current.schedules {
		if s.route.Method == method && (s.running == 0 || s.binding.timing.overlap) {
			s.run()
			return true
		}
	}
	return false
}
