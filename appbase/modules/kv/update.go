package kv

import (
	"context"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/calls"
)

const (
	minTTL = time.Millisecond
	// maxAttempts bounds how often kv.update begins again because others were faster.
	maxAttempts = 100
)

// update is one call of kv.update: read, let the function make the new value, write if nothing changed meanwhile.
type update struct {
	*object
	call    *calls.Call
	key     string
	fn      goja.Callable
	ttl     time.Duration
	attempt int
}

func (o *object) update(call goja.FunctionCall) goja.Value {
	u := &update{object: o, key: o.key(call.Argument(0)), fn: o.Function(call.Argument(1), "the second argument of kv.update")}
	u.ttl = o.Duration(o.Options(call.Argument(2), "kv.update", "ttl")("ttl"), "ttl", minTTL)
	u.call = o.Begin()
	u.read()
	return u.call.Promise
}

// read begins an attempt. It may be called from any goroutine.
func (u *update) read() {
	if u.attempt++; u.attempt > maxAttempts {
		u.call.End(nil, errTooOften)
		return
	}
	err := u.Pool.Go(func() {
		ctx, cancel := context.WithTimeout(u.Context, calls.DefaultTime)
		defer cancel()
		e, err := u.load(ctx, u.key)
		if err != nil {
			u.call.End(nil, err)
			return
		}
		if !u.Post(func() { u.change(e) }) {
			u.call.End(nil, &calls.Busy{})
		}
	})
	if err != nil {
		u.call.End(nil, err)
	}
}

// change asks the script for the new value, on the loop.
func (u *update) change(e Entry) {
	value, err := u.Runtime.Call(u.fn, goja.Undefined(), u.value(e))
	if err != nil {
		u.call.End(nil, err)
		return
	}
	u.Runtime.Await(value, func(next goja.Value, err error) {
		if err != nil {
			u.call.End(nil, err)
			return
		}
		u.write(e, next)
	})
}

func (u *update) write(e Entry, next goja.Value) {
	op := Op{Key: u.key, TTL: u.ttl, If: IfAbsent}
	if e.Found {
		op.If, op.Version = IfVersion, e.Version
	}
	if goja.IsUndefined(next) {
		op.Kind = Delete
	} else if err := u.Runtime.Do(func() error { op.Value = u.encode(next); return nil }); err != nil {
		u.call.End(nil, err)
		return
	}
	u.keys.Write([]Op{op}, func(err error) {
		if IsConflict(err) {
			u.read()
			return
		}
		u.call.End(func() (goja.Value, error) { return next, nil }, err)
	})
}
