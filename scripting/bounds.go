package scripting

import (
	"errors"
	"reflect"

	"github.com/dop251/goja"
)

// The engine's native functions cannot be interrupted, and some of them would
// take the process's memory or stack. The bounds below stand in front of them
// and are RangeErrors that a script can catch.
const (
	// maxStringUnits bounds a string that one native function makes.
	maxStringUnits = 1 << 26
	// maxElements bounds the length of what a native function loops over.
	maxElements = 1 << 22
	// maxSorted bounds what is sorted without a comparing function.
	maxSorted = 1 << 20
	// maxSubject bounds a string in which every match is looked for.
	maxSubject = 1 << 24
	// maxArguments bounds the arguments made of an array.
	maxArguments = 1 << 18
	// maxBufferBytes bounds one ArrayBuffer.
	maxBufferBytes = 1 << 28
	// maxEntryBytes bounds what native functions make during one entry, all
	// strings and buffers together.
	maxEntryBytes = 1 << 29
	// maxNesting bounds values in values that native functions recurse into.
	maxNesting = 1000
	// maxDigits bounds a text that becomes a BigInt, and maxBits its width.
	maxDigits = 1 << 17
	maxBits   = 1 << 24
)

// native is how the engine sees a Go function.
type native = func(goja.FunctionCall) goja.Value

// bounds puts guards round native functions.
type bounds struct {
	rt     *Runtime
	spent  int64             // bytes made in the present entry
	active int               // native functions that are active, one inside the other
	steps  uint              // of iterators
	keys   map[string]string // property names of JSON texts
	pause  native            // runs script, and so ends an entry that was interrupted

	hasInstance *goja.Object                  // of the guarded constructors
	targets     map[*goja.Object]*goja.Object // behind guarded constructors

	intrinsics *goja.Object // of the prelude
	deepFlat   native       // the prelude's Array.prototype.flat
	// foreignJSON is the engine's JSON.stringify.
	foreignJSON native
	failed      []error
}

// installBounds guards everything that is known to need it.
func (rt *Runtime) installBounds() error {
	b := &rt.bounds
	b.rt = rt
	b.pause = b.callable(b.intrinsic("pause"))
	b.strings()
	b.arrays()
	b.typedArrays()
	b.iterators()
	b.generators()
	b.calls()
	b.prototypes()
	b.code()
	b.regexps()
	b.bigints()
	b.json()
	return errors.Join(b.failed...)
}

// intrinsic is an object of the prelude's intrinsics.
func (b *bounds) intrinsic(path ...string) *goja.Object {
	return b.object(b.intrinsics, path)
}

// check remembers an error of setting up.
func (b *bounds) check(err error) {
	if err != nil {
		b.failed = append(b.failed, err)
	}
}

// global returns a global object, or a property path below it.
func (b *bounds) global(path ...string) *goja.Object {
	return b.object(b.rt.vm.GlobalObject(), path)
}

func (b *bounds) object(o *goja.Object, path []string) *goja.Object {
	for _, name := range path {
		next, ok := o.Get(name).(*goja.Object)
		if !ok {
			b.failed = append(b.failed, errors.New("the engine has no "+name))
			return b.rt.vm.NewObject()
		}
		o = next
	}
	return o
}

// callable is the Go function inside a function object, which can be called
// without the cost of an entry; nil if v is none.
func (b *bounds) callable(v goja.Value) native {
	o, ok := v.(*goja.Object)
	if !ok {
		return nil
	}
	fn, ok := goja.AssertFunction(o)
	if !ok {
		return nil
	}
	if inner, ok := exported[native](o); ok {
		return inner
	}
	return func(call goja.FunctionCall) goja.Value {
		v, err := fn(call.This, call.Arguments...)
		if err != nil {
			panic(err) // an exception, or what no script can catch
		}
		return v
	}
}

// guard replaces a native method by one that may look at the call first. It
// keeps the name and the length.
func (b *bounds) guard(owner *goja.Object, name string, with func(call goja.FunctionCall, original native) goja.Value) {
	old, ok := owner.Get(name).(*goja.Object)
	original := b.callable(owner.Get(name))
	if !ok || original == nil {
		b.failed = append(b.failed, errors.New("the engine has no function "+name))
		return
	}
	fn := b.rt.native(name, int(old.Get("length").ToInteger()), func(call goja.FunctionCall) goja.Value {
		return with(call, original)
	})
	b.check(define(b.rt.vm, owner, name, fn))
}

// guardConstructor replaces a global constructor by a proxy of it whose
// arguments are looked at first. apply may be nil: as construct.
func (b *bounds) guardConstructor(name string, look func(args []goja.Value) []goja.Value) *goja.Object {
	target := b.global(name)
	proxy := b.proxyOf(target, look)
	b.check(define(b.rt.vm, b.rt.vm.GlobalObject(), name, proxy))
	return proxy
}

// proxyOf is a constructor that behaves as target, behind look.
func (b *bounds) proxyOf(target *goja.Object, look func(args []goja.Value) []goja.Value) *goja.Object {
	construct, _ := goja.AssertConstructor(target)
	call := b.callable(target)
	config := &goja.ProxyTrapConfig{
		Construct: func(_ *goja.Object, args []goja.Value, newTarget *goja.Object) *goja.Object {
			o, err := construct(newTarget, look(args)...)
			if err != nil {
				panic(err)
			}
			return o
		},
		Apply: func(_ *goja.Object, this goja.Value, args []goja.Value) goja.Value {
			return call(goja.FunctionCall{This: this, Arguments: look(args)})
		},
	}
	proxy := b.rt.vm.ToValue(b.rt.vm.NewProxy(target, config)).(*goja.Object)
	if prototype, ok := target.Get("prototype").(*goja.Object); ok {
		if own, ok := prototype.Get("constructor").(*goja.Object); ok && own == target {
			b.check(define(b.rt.vm, prototype, "constructor", proxy))
		}
	}
	b.instances(target, proxy)
	return proxy
}

// instances makes instanceof work with the proxy, which the engine refuses on its right side.
func (b *bounds) instances(target, proxy *goja.Object) {
	if b.hasInstance == nil {
		b.guardHasInstance()
	}
	b.targets[proxy] = target
	b.check(target.DefineDataPropertySymbol(goja.SymHasInstance, b.hasInstance, goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE))
}

// guardHasInstance makes the check that all guarded constructors share.
func (b *bounds) guardHasInstance() {
	b.targets = make(map[*goja.Object]*goja.Object, 16)
	ordinary := b.callable(b.global("Function", "prototype").GetSymbol(goja.SymHasInstance))
	if ordinary == nil {
		b.failed = append(b.failed, errors.New("the engine has no Function.prototype[Symbol.hasInstance]"))
	}
	b.hasInstance = b.rt.native("[Symbol.hasInstance]", 1, func(call goja.FunctionCall) goja.Value {
		if proxy, ok := call.This.(*goja.Object); ok && b.targets[proxy] != nil {
			call.This = b.targets[proxy]
		}
		return ordinary(call)
	})
}

// refuse throws a RangeError.
func (b *bounds) refuse(format string, args ...any) {
	panic(b.rt.rangeError(format, args...))
}

// charge counts bytes that a native function is about to make.
func (b *bounds) charge(n int64) {
	b.spent += n
	if b.spent > maxEntryBytes {
		b.refuse("out of memory: this call made strings or buffers of more than %d bytes", int64(maxEntryBytes))
	}
}

// step is called by native functions that are called in loops which run no
// script: it lets the watchdog in.
func (b *bounds) step() {
	if b.steps++; b.steps%1024 == 0 && b.rt.guard.interrupted() {
		b.pause(goja.FunctionCall{This: goja.Undefined()})
	}
}

// lengthOf is the length property of an object, 0 for anything else.
func lengthOf(v goja.Value) int64 {
	o, ok := v.(*goja.Object)
	if !ok {
		return 0
	}
	length := o.Get("length")
	if length == nil {
		return 0
	}
	return length.ToInteger()
}

// long refuses an object of more than limit elements.
func (b *bounds) long(v goja.Value, limit int64) {
	if n := lengthOf(v); n > limit {
		b.refuse("the array is too long for this function (%d elements, at most %d)", n, limit)
	}
}

// exported is the Go value that an object stands for, if it is a T. It does
// not make the engine copy an object's contents, as Export would.
func exported[T any](o *goja.Object) (T, bool) {
	if o.ExportType() != reflect.TypeFor[T]() {
		var zero T
		return zero, false
	}
	v, ok := o.Export().(T)
	return v, ok
}
