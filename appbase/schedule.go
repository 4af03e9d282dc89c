package appbase

import (
	"context"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/sigil-server/sigil/appbase/internal/calls"
	"github.com/sigil-server/sigil/appbase/modules/kv"
)

// timing is when a @Scheduled method runs: every so often, or by a table.
type timing struct {
	every   time.Duration
	table   *cronTable // nil: every
	jitter  time.Duration
	overlap bool
	catchUp bool // a turn that came while the server did not run is made up for
}

// maxNap bounds how long a schedule sleeps: the clock of the machine may be set meanwhile.
const maxNap = time.Hour

// schedule is one @Scheduled method of a generation.
type schedule struct {
	in      *instance
	route   *Route
	binding binding
	place   int // of its timer
	running int
	due     time.Time // the next turn of a table
	next    time.Time // the next turn
	last    time.Time // when it began to run last
}

// schedule starts the @Scheduled methods.
func (in *instance) schedule() {
	for _, route := range in.routes.all {
		if route.Kind != KindScheduled || in.worker.loadOnly || in.worker.extra {
			continue
		}
		s := &schedule{in: in, route: route, binding: in.bound[route], place: len(in.timers)}
		in.timers, in.schedules = append(in.timers, nil), append(in.schedules, s)
		if s.binding.timing.table == nil {
			first := in.dueIn(route.Method, s.binding.timing.every)
			s.next = in.worker.now().Add(first)
			s.sleep(first, s.everyTick)
			continue
		}
		s.due = s.binding.timing.table.next(in.worker.now())
		s.nap()
		in.timers = append(in.timers, onSet(in.worker.clock, func() { in.worker.executor.Post(s.replan) }))
		if s.binding.timing.catchUp {
			s.lookBack()
		}
	}
}

// sleep has tick called later, unless the generation has ended by then.
func (s *schedule) sleep(d time.Duration, tick func()) {
	s.in.timers[s.place] = s.in.worker.executor.AfterFunc(max(d, time.Millisecond), func() {
		if s.in.timers != nil { // else stopped in the turn in which it was due
			tick()
		}
	})
}

func (s *schedule) everyTick() {
	s.next = s.in.worker.now().Add(s.binding.timing.every)
	s.sleep(s.binding.timing.every, s.everyTick)
	s.in.noteDue(s.route.Method, s.binding.timing.every)
	s.run()
}

// nap sleeps until the table is due, or for a while.
func (s *schedule) nap() {
	s.next = s.due
	if s.due.IsZero() {
		return // never again
	}
	wait := s.due.Sub(s.in.worker.now())
	s.in.noteDue(s.route.Method, wait)
	s.sleep(min(wait, maxNap), s.tableTick)
}

// replan goes by the clock after it was set.
func (s *schedule) replan() {
	if s.in.timers == nil {
		return
	}
	s.in.timers[s.place]()
	s.due = s.binding.timing.table.next(s.in.worker.now())
	s.nap()
}

func (s *schedule) tableTick() {
	now := s.in.worker.now()
	if now.Before(s.due) {
		s.nap()
		return
	}
	s.due = s.binding.timing.table.next(now)
	s.nap()
	s.run()
}

// run calls the method, after its jitter; a turn that would overlap is left out.
func (s *schedule) run() {
	if s.running > 0 && !s.binding.timing.overlap {
		return
	}
	s.running++
	s.last = s.in.worker.now()
	if s.binding.timing.catchUp {
		s.remember()
	}
	call := func() {
		s.in.callLogged("@Scheduled "+s.route.Method, s.binding.call, func() { s.running-- })
	}
	if s.binding.timing.jitter == 0 {
		call()
		return
	}
	wait := time.Duration(rand.Int64N(int64(s.binding.timing.jitter)) + 1)
	place := len(s.in.timers)
	s.in.timers = append(s.in.timers, s.in.worker.executor.AfterFunc(wait, func() {
		if s.in.timers == nil {
			return
		}
		s.in.timers[place] = func() bool { return false }
		call()
	}))
}

// --- turns that were missed ---

func (s *schedule) key() string { return "c:" + s.route.Method }

// remember keeps when the method ran last.
func (s *schedule) remember() {
	if s.in.worker.data == nil {
		return
	}
	value := strconv.AppendInt(nil, s.in.worker.now().UnixMilli(), 10)
	s.in.worker.data.keys.Write([]kv.Op{{Key: s.key(), Value: value}}, s.warn)
}

func (s *schedule) warn(err error) {
	if err != nil {
		s.in.worker.log.Warn("whether a schedule was missed cannot be told", "method", s.route.Method, "error", err)
	}
}

// lookBack runs the method if a turn came since it ran last.
func (s *schedule) lookBack() {
	d := s.in.worker.data
	if d == nil {
		return
	}
	err := d.pool.Go(func() {
		ctx, cancel := context.WithTimeout(d.pool.Context(), calls.DefaultTime)
		defer cancel()
		store, err := d.open(ctx)
		if err != nil {
			s.warn(err)
			return
		}
		e, err := store.Get(ctx, s.key())
		s.warn(err)
		s.in.worker.executor.Post(func() { s.makeUp(e) })
	})
	s.warn(err)
}

func (s *schedule) makeUp(e kv.Entry) {
	if s.in.timers == nil {
		return
	}
	last, err := strconv.ParseInt(string(e.Value), 10, 64)
	if !e.Found || err != nil {
		s.remember() // from now on
		return
	}
	if missed := s.binding.timing.table.next(time.UnixMilli(last)); !missed.IsZero() && missed.Before(s.in.worker.now()) {
		s.run()
	}
}
