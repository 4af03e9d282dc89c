package db

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/calls"
)

const (
	maxAhead = 256              // rows that are read before the script asks for them
	idleTime = 30 * time.Second // how long a stream may not be read
)

// stream is an async iterator over the rows of one query, which runs on a goroutine of its own and waits for its reader.
type stream struct {
	*object
	query  string
	args   []any
	cancel context.CancelFunc
	room   chan struct{} // a token when rows were taken

	mu      sync.Mutex
	started bool
	columns []string
	rows    [][]any
	over    bool
	err     error
	waiting *calls.Call // the reader's, when there is no row for it yet
	running bool        // the query is
	ended   []func()    // to be called when it is not any more
}

func (o *object) stream(call goja.FunctionCall) goja.Value {
	s := &stream{object: o, room: make(chan struct{}, 1)}
	s.query, s.args, _ = o.arguments(call, "db.stream")
	vm := o.Runtime.VM()
	made := vm.NewObject()
	o.Method(made, "next", 0, func(goja.FunctionCall) goja.Value { return s.next() })
	o.Method(made, "return", 0, func(call goja.FunctionCall) goja.Value {
		done, value := o.Begin(), call.Argument(0)
		s.end(func() { done.End(func() (goja.Value, error) { return s.result(value, true), nil }, nil) })
		return done.Promise
	})
	if symbol, ok := vm.Get("Symbol").ToObject(vm).Get("asyncIterator").(*goja.Symbol); ok {
		self := vm.ToValue(func(goja.FunctionCall) goja.Value { return made })
		_ = made.DefineDataPropertySymbol(symbol, self, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	}
	return made
}

func (s *stream) result(value goja.Value, done bool) goja.Value {
	made := s.Runtime.VM().NewObject()
	_ = made.Set("value", value)
	_ = made.Set("done", done)
	return made
}

var errTwoReaders = errors.New("the stream is being read already: await each row before asking for the next")

// next gives the next row, at once if it is there.
func (s *stream) next() goja.Value {
	call := s.Begin()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.waiting != nil:
		call.End(nil, errTwoReaders)
		return call.Promise
	case !s.started:
		s.started = true
		s.begin()
	}
	s.waiting = call
	s.serve()
	return call.Promise
}

// serve settles the waiting reader if there is something to tell it. The lock is held.
func (s *stream) serve() {
	call := s.waiting
	switch {
	case call == nil:
		return
	case len(s.rows) > 0:
		row, columns := s.rows[0], s.columns
		s.rows = s.rows[1:]
		call.End(func() (goja.Value, error) { return s.result(s.row(columns, row), false), nil }, nil)
		select {
		case s.room <- struct{}{}:
		default:
		}
	case s.over:
		err := s.err
		s.err = nil // told once
		call.End(func() (goja.Value, error) { return s.result(goja.Undefined(), true), nil }, err)
	default:
		return
	}
	s.waiting = nil
}

// begin starts the query. The lock is held.
func (s *stream) begin() {
	ctx, cancel := context.WithCancel(s.Context)
	s.cancel = cancel
	err := error(nil)
	if n := s.database.streams.Add(1); n > maxStreams {
		err = &coded{fmt.Sprintf("%d streams of rows are open already: end some before beginning more", maxStreams), "busy"}
	} else {
		err = s.Pool.Start(func() { s.read(ctx) })
	}
	if err != nil {
		s.database.streams.Add(-1)
		cancel()
		s.over, s.err = true, err
		return
	}
	s.running = true
}

// read is the stream's goroutine.
func (s *stream) read(ctx context.Context) {
	store, err := s.database.open(ctx)
	if err == nil {
		err = store.Query(ctx, s.query, s.args, func(columns []string, values []any) error { return s.offer(ctx, columns, values) })
	}
	s.cancel()
	s.database.streams.Add(-1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over, s.err, s.running = true, err, false
	s.serve()
	for _, fn := range s.ended {
		fn()
	}
}

var errUnread = &coded{fmt.Sprintf("the stream was not read for %v and was ended", idleTime), "timeout"}

// offer gives a row to the reader, or keeps it, waiting for room.
func (s *stream) offer(ctx context.Context, columns []string, values []any) error {
	for {
		if s.take(columns, values) {
			return nil
		}
		idle := time.NewTimer(idleTime)
		select {
		case <-s.room:
			idle.Stop()
		case <-idle.C:
			return errUnread
		case <-ctx.Done():
			idle.Stop()
			return ctx.Err()
		}
	}
}

func (s *stream) take(columns []string, values []any) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rows) >= maxAhead {
		return false
	}
	s.columns = columns
	s.rows = append(s.rows, values)
	s.serve()
	return true
}

// end ends the stream before its rows do, and calls done when the query is gone.
func (s *stream) end(done func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel != nil {
		s.cancel()
	}
	s.started, s.over, s.rows = true, true, nil
	s.serve()
	if !s.running {
		done()
		return
	}
	s.ended = append(s.ended, done)
}
