package streams

import (
	"errors"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
	"github.com/sigil-server/sigil/scripting"
)

// maxCodecs is how many streams of each direction a runtime may have open: each holds up to a megabyte of tables.
const maxCodecs = 64

var errTooMany = errors.New("too many compression streams are open")

// binding is the host's side of the classes in one runtime.
type binding struct {
	rt            *scripting.Runtime
	vm            *goja.Runtime
	compressors   *slots
	decompressors *slots
}

func newBinding(rt *scripting.Runtime) *binding {
	return &binding{rt: rt, vm: rt.VM(), compressors: newSlots(maxCodecs), decompressors: newSlots(maxCodecs)}
}

func (b *binding) functions() globals.Host {
	return globals.Host{
		"isDetached": b.isDetached, "transfer": b.transfer, "copy": b.copy,
		"compressor": b.compressor, "compress": b.compress, "finish": b.finish,
		"decompressor": b.decompressor, "feed": b.feed, "inflate": b.inflate, "end": b.end,
		"drop": b.drop,
	}
}

// buffer is an argument that is an ArrayBuffer.
func buffer(call goja.FunctionCall, i int) (goja.ArrayBuffer, bool) {
	object, _ := call.Argument(i).(*goja.Object)
	if object == nil {
		return goja.ArrayBuffer{}, false
	}
	buffer, ok := object.Export().(goja.ArrayBuffer)
	return buffer, ok
}

// isDetached(buffer)
func (b *binding) isDetached(call goja.FunctionCall) goja.Value {
	buffer, ok := buffer(call, 0)
	return b.vm.ToValue(!ok || buffer.Detached())
}

// transfer(buffer) is another ArrayBuffer of the same memory; the old one is detached.
func (b *binding) transfer(call goja.FunctionCall) goja.Value {
	buffer, ok := buffer(call, 0)
	if !ok || buffer.Detached() {
		panic(b.vm.NewTypeError("the ArrayBuffer is detached"))
	}
	data := buffer.Bytes()
	buffer.Detach()
	return b.vm.ToValue(b.vm.NewArrayBuffer(data))
}

// copy(to, toOffset, from, fromOffset, length)
func (b *binding) copy(call goja.FunctionCall) goja.Value {
	to, from := b.memory(call, 0, 1, 4), b.memory(call, 2, 3, 4)
	copy(to, from)
	return goja.Undefined()
}

// memory is the part of an ArrayBuffer that three arguments name. It is the script's: valid until the function returns.
func (b *binding) memory(call goja.FunctionCall, of, offset, length int) []byte {
	buffer, ok := buffer(call, of)
	if !ok || buffer.Detached() {
		panic(b.vm.NewTypeError("the ArrayBuffer is detached"))
	}
	all, from, n := buffer.Bytes(), call.Argument(offset).ToInteger(), call.Argument(length).ToInteger()
	if from < 0 || n < 0 || from > int64(len(all)) || n > int64(len(all))-from {
		panic(b.vm.NewTypeError("the ArrayBuffer is too short"))
	}
	return all[from : from+n]
}

func (b *binding) arrayBuffer(data []byte) goja.Value { return b.vm.ToValue(b.vm.NewArrayBuffer(data)) }

func (b *binding) throw(err error) {
	name := "TypeError"
	if errors.Is(err, errTooMany) {
		name = "RangeError"
	}
	b.rt.Throw(&scripting.Error{Name: name, Message: err.Error()})
}

// compressor(format) is a handle.
func (b *binding) compressor(call goja.FunctionCall) goja.Value {
	c, err := newCompressor(call.Argument(0).String(), b.compressors)
	if err != nil {
		b.throw(err)
	}
	return b.vm.ToValue(c)
}

// compress(compressor, buffer, offset, length) is an ArrayBuffer of what came out, or undefined.
func (b *binding) compress(call goja.FunctionCall) goja.Value {
	out := handle[*compressor](call).write(b.memory(call, 1, 2, 3))
	if len(out) == 0 {
		return goja.Undefined()
	}
	return b.arrayBuffer(out)
}

// finish(compressor) is an ArrayBuffer of the rest.
func (b *binding) finish(call goja.FunctionCall) goja.Value {
	return b.arrayBuffer(handle[*compressor](call).finish())
}

// decompressor(format) is a handle.
func (b *binding) decompressor(call goja.FunctionCall) goja.Value {
	d, err := newDecompressor(call.Argument(0).String(), b.decompressors)
	if err != nil {
		b.throw(err)
	}
	forget := b.rt.OnClose(d.state.drop)
	d.state.dropped = forget
	return b.vm.ToValue(d)
}

// feed(decompressor, buffer, offset, length) gives it more input: a copy.
func (b *binding) feed(call goja.FunctionCall) goja.Value {
	if err := handle[*decompressor](call).feed(b.memory(call, 1, 2, 3)); err != nil {
		b.throw(err)
	}
	return goja.Undefined()
}

// inflate(decompressor) is an ArrayBuffer of the next piece, or undefined when it needs more input or has ended.
func (b *binding) inflate(call goja.FunctionCall) goja.Value {
	out, err := handle[*decompressor](call).next()
	if err != nil {
		b.throw(err)
	}
	if out == nil {
		return goja.Undefined()
	}
	return b.arrayBuffer(out)
}

// end(decompressor) tells that the input is over.
func (b *binding) end(call goja.FunctionCall) goja.Value {
	handle[*decompressor](call).end()
	return goja.Undefined()
}

// drop(handle) frees what it holds.
func (b *binding) drop(call goja.FunctionCall) goja.Value {
	handle[interface{ drop() }](call).drop()
	return goja.Undefined()
}

func handle[T any](call goja.FunctionCall) T {
	return call.Argument(0).(*goja.Object).Export().(T)
}
