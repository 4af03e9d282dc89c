package db

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/calls"
	"github.com/sigil-server/sigil/appbase/internal/statements"
)

// Times of a transaction.
const (
	defaultTxTime = 10 * time.Second
	maxTxTime     = 5 * time.Minute
	maxTxQueue    = 256 // statements that wait in one transaction
)

// transaction is one call of db.tx. Its statements run on a goroutine of its own, so that they never wait for a place that
// others hold while they wait for this transaction to end.
type transaction struct {
	*object
	call  *calls.Call
	fn    goja.Callable
	limit time.Duration

	mu    sync.Mutex
	queue []func(ctx context.Context, tx statements.Tx)
	wake  chan struct{} // has a token when the queue is not empty, or it has ended
	ended bool          // no more statements are taken
}

// coded is an error with a code.
type coded struct{ text, code string }

func (e *coded) Error() string     { return e.text }
func (e *coded) ErrorCode() string { return e.code }

var errTxOver = &coded{"the transaction is over: statements belong inside the function that db.tx was given, and are awaited there", "closed"}

func (o *object) tx(call goja.FunctionCall) goja.Value {
	t := &transaction{object: o, fn: o.Function(call.Argument(0), "the argument of db.tx"), limit: defaultTxTime, wake: make(chan struct{}, 1)}
	if limit := o.Duration(o.Options(call.Argument(1), "db.tx", "timeout")("timeout"), "timeout", time.Millisecond); limit > 0 {
		t.limit = min(limit, maxTxTime)
	}
	t.call = o.Begin()
	if n := o.database.txs.Add(1); n > maxTxs {
		o.database.txs.Add(-1)
		t.call.End(nil, &calls.Busy{Waiting: maxTxs})
		return t.call.Promise
	}
	if err := o.Pool.Start(t.run); err != nil {
		o.database.txs.Add(-1)
		t.call.End(nil, err)
	}
	return t.call.Promise
}

// run is the transaction's goroutine.
func (t *transaction) run() {
	defer t.database.txs.Add(-1)
	ctx, cancel := context.WithTimeout(t.Context, t.limit)
	defer cancel()
	store, err := t.database.open(ctx)
	if err != nil {
		t.call.End(nil, err)
		return
	}
	tx, err := store.BeginTx(ctx)
	if err != nil {
		t.call.End(nil, t.database.explain(err))
		return
	}
	t.database.running.Add(1)
	defer t.database.running.Add(-1)
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if !t.Post(t.begun) {
		t.call.End(nil, &calls.Busy{})
		return
	}
	t.work(ctx, tx)
}

// work runs statements until the last one, which commits or rolls back, or the time is over.
func (t *transaction) work(ctx context.Context, tx statements.Tx) {
	for {
		select {
		case <-t.wake:
		case <-ctx.Done():
			t.expire(ctx)
			return
		}
		for _, step := range t.take() {
			step(ctx, tx)
		}
		if t.isOver() {
			return
		}
	}
}

// expire ends a transaction whose function has not ended.
func (t *transaction) expire(ctx context.Context) {
	t.mu.Lock()
	t.ended = true
	left := t.queue
	t.queue = nil
	t.mu.Unlock()
	for _, step := range left {
		step(ctx, overTx{})
	}
	err := &coded{"the transaction was rolled back: the code was reloaded or the app stops", "closed"}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = &coded{fmt.Sprintf("the transaction was rolled back: it took longer than %v", t.limit), "timeout"}
	}
	t.call.End(nil, err)
}

func (t *transaction) take() []func(context.Context, statements.Tx) {
	t.mu.Lock()
	defer t.mu.Unlock()
	queue := t.queue
	t.queue = nil
	return queue
}

func (t *transaction) isOver() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ended && len(t.queue) == 0
}

// add queues a statement, or with last the end.
func (t *transaction) add(last bool, step func(context.Context, statements.Tx)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		return errTxOver
	}
	if len(t.queue) >= maxTxQueue && !last {
		return &calls.Busy{Waiting: len(t.queue)}
	}
	t.ended = last
	t.queue = append(t.queue, step)
	select {
	case t.wake <- struct{}{}:
	default:
	}
	return nil
}

// begun calls the script's function, on the loop.
func (t *transaction) begun() {
	var value goja.Value
	err := t.Runtime.Do(func() (err error) {
		value, err = t.fn(goja.Undefined(), t.runner(t.via))
		return err
	})
	if err != nil {
		t.finish(nil, err)
		return
	}
	t.Runtime.Await(value, t.finish)
}

// finish commits when the function has succeeded, and else rolls back.
func (t *transaction) finish(value goja.Value, failed error) {
	_ = t.add(true, func(_ context.Context, tx statements.Tx) { // refused: the time was over before
		err := failed
		if failed == nil {
			err = tx.Commit()
		} else {
			_ = tx.Rollback() // what the script threw is what counts
		}
		t.call.End(func() (goja.Value, error) { return value, nil }, err)
	})
}

// via runs a statement in the transaction.
func (t *transaction) via(limit time.Duration, work func(ctx context.Context, on statements.Runner) (calls.Result, error)) goja.Value {
	call := t.Begin()
	err := t.add(false, func(ctx context.Context, tx statements.Tx) {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		call.End(work(ctx, tx))
	})
	if err != nil {
		call.End(nil, err)
	}
	return call.Promise
}

// overTx stands in for a transaction whose time is over.
type overTx struct{}

func (overTx) Query(context.Context, string, []any, func([]string, []any) error) error {
	return errTxOver
}
func (overTx) Exec(context.Context, string, []any) (int64, int64, error) { return 0, 0, errTxOver }
func (overTx) Commit() error                                             { return errTxOver }
func (overTx) Rollback() error                                           { return nil }
