// Package ecmascript gives scripts what ECMA-262 has and the engine lacks: the iterator helpers with Iterator.from and
// Iterator.concat, explicit resource management, ArrayBuffer.prototype.transfer, Math.sumPrecise, getOrInsert and 16-bit
// floats.
package ecmascript

import (
	_ "embed" // the methods and their declarations
	"fmt"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
	"github.com/sigil-server/sigil/scripting"
)

var (
	//go:embed prototype.js
	prototypeSource string
	//go:embed iterator.js
	iteratorSource string
	//go:embed additions.js
	additionsSource string
	//go:embed disposable.js
	disposableSource string
	//go:embed ecmascript.d.ts
	declarations string

	prototypes  = globals.NewScript("iteratorprototype", prototypeSource)
	iterators   = globals.NewScript("iterator", iteratorSource)
	additions   = globals.NewScript("ecmascript", additionsSource)
	disposables = globals.NewScript("disposable", disposableSource)
)

// Declarations are the TypeScript declarations of the global names that Install defines. Those of the methods are in
// TypeScript's own libraries.
func Declarations() string { return declarations }

// Install adds the methods and defines the globals Iterator, DisposableStack, AsyncDisposableStack and SuppressedError. It
// runs on the runtime's goroutine. What loops in script (iterators, Math.sumPrecise) can be interrupted.
func Install(vm *goja.Runtime) error {
	b := binding{vm}
	if err := b.installIterators(); err != nil {
		return fmt.Errorf("install the iterator helpers: %w", err)
	}
	if _, err := additions.Run(vm, b.functions()); err != nil {
		return fmt.Errorf("install the newer methods: %w", err)
	}
	none := func() globals.Host { return nil }
	return disposables.Define(vm, none, "DisposableStack", "AsyncDisposableStack", "SuppressedError")
}

// binding is what the methods call.
type binding struct{ vm *goja.Runtime }

// installIterators defines Iterator and the methods of its prototype, which are made when one of them is first used.
func (b binding) installIterators() error {
	var made, prototype *goja.Object
	load := func() (_ *goja.Object, err error) {
		if made == nil {
			made, err = iterators.Run(b.vm, globals.Host{"prototype": func(goja.FunctionCall) goja.Value { return prototype }})
		}
		return made, err
	}
	constructor := func(goja.FunctionCall) goja.Value {
		all, err := load()
		if err != nil {
			panic(b.vm.NewGoError(err))
		}
		return all.Get("Iterator")
	}
	first, err := prototypes.Run(b.vm, globals.Host{"iterator": constructor})
	if err != nil {
		return err
	}
	prototype = first.Get("prototype").ToObject(b.vm)
	methods := func() (*goja.Object, error) {
		all, err := load()
		if err != nil {
			return nil, err
		}
		return all.Get("methods").ToObject(b.vm), nil
	}
	if err := globals.Define(b.vm, load, "Iterator"); err != nil {
		return err
	}
	return scripting.DefineLazily(b.vm, prototype, methods, "map", "filter", "take", "drop", "flatMap", "reduce", "toArray", "forEach",
		"some", "every", "find")
}

func (b binding) functions() globals.Host {
	return globals.Host{
		"detached": b.detached, "detach": b.detach, "move": b.move,
		"sum": b.sum, "add": b.add, "total": b.total,
		"toHalf": func(call goja.FunctionCall) goja.Value { return b.vm.ToValue(toHalf(call.Argument(0).ToFloat())) },
		"fromHalf": func(call goja.FunctionCall) goja.Value {
			return b.vm.ToValue(fromHalf(uint16(call.Argument(0).ToInteger())))
		},
	}
}

// buffer is an argument that the script has checked.
func buffer(call goja.FunctionCall) goja.ArrayBuffer {
	return call.Argument(0).(*goja.Object).Export().(goja.ArrayBuffer)
}

func (b binding) detached(call goja.FunctionCall) goja.Value {
	return b.vm.ToValue(buffer(call).Detached())
}

func (b binding) detach(call goja.FunctionCall) goja.Value {
	return b.vm.ToValue(buffer(call).Detach())
}

// move(buffer) is a new buffer of the same memory, which the old one loses.
func (b binding) move(call goja.FunctionCall) goja.Value {
	old := buffer(call)
	data := old.Bytes()
	old.Detach()
	return b.vm.ToValue(b.vm.NewArrayBuffer(data))
}

func (b binding) sum(goja.FunctionCall) goja.Value { return b.vm.ToValue(newSum()) }

// add(sum, numbers) takes an array of the script's own.
func (b binding) add(call goja.FunctionCall) goja.Value {
	total := exactly(call)
	for _, n := range call.Argument(1).Export().([]any) {
		switch n := n.(type) {
		case int64:
			total.add(float64(n))
		case float64:
			total.add(n)
		}
	}
	return goja.Undefined()
}

func (b binding) total(call goja.FunctionCall) goja.Value { return b.vm.ToValue(exactly(call).value()) }

func exactly(call goja.FunctionCall) *sum { return call.Argument(0).(*goja.Object).Export().(*sum) }
