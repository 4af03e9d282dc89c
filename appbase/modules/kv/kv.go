// Package kv gives apps this.kv: keys with values that survive restarts.
package kv

import (
	"context"
	_ "embed" // the declarations
	"errors"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/calls"
)

//go:embed kv.d.ts
var declarations string

// Declarations are the TypeScript declarations of this.kv.
func Declarations() string { return declarations }

// object is this.kv in one runtime. Keys of scripts stand below [Prefix], so that the server can have some of its own.
type object struct {
	*calls.Caller
	keys *Keys
}

// Prefix is what the store's keys of scripts begin with.
const Prefix = "k:"

// New makes the object.
func New(c *calls.Caller, keys *Keys) *goja.Object {
	o := &object{c, keys}
	made := c.Runtime.VM().NewObject()
	for name, method := range map[string]struct {
		length int
		fn     func(goja.FunctionCall) goja.Value
	}{
		"get": {1, o.get}, "entry": {1, o.entry}, "has": {1, o.has}, "list": {0, o.list}, "set": {2, o.set}, "delete": {1, o.remove},
		"compareAndSet": {3, o.compareAndSet}, "update": {2, o.update}, "batch": {1, o.batch}, "watch": {2, o.watch},
	} {
		c.Method(made, name, method.length, method.fn)
	}
	return made
}

// key reads and checks the key of a call.
func (o *object) key(v goja.Value) string {
	key := o.Text(v, "a key")
	if key == "" || len(key) > maxKeyBytes {
		o.Refuse("a key has 1 to %d bytes, not %d", maxKeyBytes, len(key))
	}
	return Prefix + key
}

// maxKeyBytes leaves room for the prefix.
const maxKeyBytes = 1000

func (o *object) lookUp(call goja.FunctionCall, result func(Entry) (goja.Value, error)) goja.Value {
	key := o.key(call.Argument(0))
	return o.Promise(calls.DefaultTime, func(ctx context.Context) (calls.Result, error) {
		e, err := o.load(ctx, key)
		return func() (goja.Value, error) { return result(e) }, err
	})
}

func (o *object) load(ctx context.Context, key string) (Entry, error) {
	store, err := o.keys.open(ctx)
	if err != nil {
		return Entry{}, err
	}
	return store.Get(ctx, key)
}

func (o *object) get(call goja.FunctionCall) goja.Value {
	return o.lookUp(call, func(e Entry) (goja.Value, error) { return o.value(e), nil })
}

func (o *object) entry(call goja.FunctionCall) goja.Value {
	return o.lookUp(call, func(e Entry) (goja.Value, error) {
		if !e.Found {
			return nil, nil
		}
		return o.entryObject(e), nil
	})
}

func (o *object) has(call goja.FunctionCall) goja.Value {
	return o.lookUp(call, func(e Entry) (goja.Value, error) { return o.Runtime.VM().ToValue(e.Found), nil })
}

func (o *object) list(call goja.FunctionCall) goja.Value {
	first := call.Argument(0)
	if _, ok := first.(goja.String); ok {
		options := o.Runtime.VM().NewObject()
		_ = options.Set("prefix", first)
		first = options
	}
	option := o.Options(first, "kv.list", "prefix", "after", "limit", "reverse")
	prefix, after := Prefix, ""
	if v := option("prefix"); v != nil {
		prefix += o.Text(v, "prefix")
	}
	if v := option("after"); v != nil {
		after = Prefix + o.Text(v, "after")
	}
	limit := o.Count(option("limit"), "limit", 1, maxListed, 1000)
	reverse := option("reverse") != nil && option("reverse").ToBoolean()
	return o.Promise(calls.DefaultTime, func(ctx context.Context) (calls.Result, error) {
		store, err := o.keys.open(ctx)
		if err != nil {
			return nil, err
		}
		found, err := store.List(ctx, prefix, after, limit, reverse)
		return func() (goja.Value, error) { return o.entries(found), nil }, err
	})
}

// maxListed bounds one page of a list.
const maxListed = 10_000

// settings are the options of a write.
func (o *object) settings(op *Op, v goja.Value, what string) {
	option := o.Options(v, what, "ttl", "ifAbsent", "ifVersion")
	o.condition(op, option)
}

func (o *object) condition(op *Op, option func(string) goja.Value) {
	op.TTL = o.Duration(option("ttl"), "ttl", minTTL)
	if v := option("ifAbsent"); v != nil && v.ToBoolean() {
		op.If = IfAbsent
	}
	if v := option("ifVersion"); v != nil {
		op.If, op.Version = IfVersion, v.ToInteger()
	}
}

func (o *object) set(call goja.FunctionCall) goja.Value {
	op := Op{Key: o.key(call.Argument(0)), Value: o.encode(call.Argument(1))}
	o.settings(&op, call.Argument(2), "kv.set")
	return o.write(op)
}

func (o *object) remove(call goja.FunctionCall) goja.Value {
	op := Op{Kind: Delete, Key: o.key(call.Argument(0)), If: IfPresent}
	o.settings(&op, call.Argument(1), "kv.delete")
	return o.write(op)
}

func (o *object) compareAndSet(call goja.FunctionCall) goja.Value {
	op := Op{Key: o.key(call.Argument(0)), Value: o.encode(call.Argument(2))}
	o.settings(&op, call.Argument(3), "kv.compareAndSet")
	op.If = IfAbsent
	if expected := call.Argument(1); !goja.IsUndefined(expected) {
		op.If, op.Equals = IfEquals, o.encode(expected)
	}
	return o.write(op)
}

// write does a batch and gives whether its conditions held.
func (o *object) write(batch ...Op) goja.Value {
	call := o.Begin()
	o.keys.Write(batch, func(err error) {
		if IsConflict(err) {
			call.End(o.Value(false), nil)
			return
		}
		call.End(o.Value(true), err)
	})
	return call.Promise
}

func (o *object) batch(call goja.FunctionCall) goja.Value {
	list, ok := call.Argument(0).(*goja.Object)
	if !ok || list.ClassName() != "Array" {
		o.Refuse("kv.batch takes an array of operations, not %s", calls.Show(call.Argument(0)))
	}
	var batch []Op
	o.Runtime.VM().ForOf(list, func(item goja.Value) bool {
		if len(batch) >= maxBatch {
			o.Refuse("a batch has at most %d operations", maxBatch)
		}
		batch = append(batch, o.op(item))
		return true
	})
	return o.write(batch...)
}

// maxBatch bounds the operations of a batch.
const maxBatch = 10_000

// op reads one operation of a batch: { set, value }, { delete } or { check }.
func (o *object) op(item goja.Value) Op {
	if object, ok := item.(*goja.Object); !ok || object.ClassName() != "Object" {
		o.Refuse("an operation is { set: key, value }, { delete: key } or { check: key }, not %s", calls.Show(item))
	}
	option := o.Options(item, "an operation", "set", "delete", "check", "value", "ttl", "ifAbsent", "ifVersion")
	var op Op
	switch set, remove, check := option("set"), option("delete"), option("check"); {
	case set != nil:
		op = Op{Key: o.key(set), Value: o.encode(item.(*goja.Object).Get("value"))}
	case remove != nil:
		op = Op{Kind: Delete, Key: o.key(remove)}
	case check != nil:
		op = Op{Kind: Check, Key: o.key(check), If: IfPresent}
	default:
		o.Refuse("an operation is { set: key, value }, { delete: key } or { check: key }")
	}
	o.condition(&op, option)
	return op
}

var errTooOften = errors.New("kv.update: others kept changing the value meanwhile")
