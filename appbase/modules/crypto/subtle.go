package crypto

import (
	_ "embed" // SubtleCrypto
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
	"github.com/sigil-server/sigil/scripting"
)

var (
	//go:embed algorithms.js
	algorithmsSource string
	//go:embed subtle.js
	subtleSource string

	algorithms    = globals.NewScript("crypto algorithms", algorithmsSource)
	subtleClasses = globals.NewScript("subtle", subtleSource)
)

// subtleBinding is what the class SubtleCrypto calls.
type subtleBinding struct {
	vm      *goja.Runtime
	rt      *scripting.Runtime
	jobs    *jobs
	failure *goja.Object // DOMException
}

// maxPendingBytes bounds what the operations under way have been given, all together.
const maxPendingBytes = 256 << 20

// failure is an error whose name the standard gives.
type failure struct{ name, message string }

func (f *failure) Error() string { return f.message }

func fail(name, format string, args ...any) error {
	return &failure{name, fmt.Sprintf(format, args...)}
}

// loadSubtle makes the classes and the object crypto.subtle.
func (b *subtleBinding) load() (*goja.Object, error) {
	parts, err := algorithms.Run(b.vm, nil)
	if err != nil {
		return nil, err
	}
	b.failure, _ = b.vm.Get("DOMException").(*goja.Object)
	return subtleClasses.Run(b.vm, globals.Host{
		"parts":  func(goja.FunctionCall) goja.Value { return parts },
		"run":    b.run,
		"encode": func(call goja.FunctionCall) goja.Value { return b.buffer([]byte(call.Argument(0).String())) },
		"decode": b.decode,
	})
}

func (b *subtleBinding) buffer(data []byte) goja.Value {
	return b.vm.ToValue(b.vm.NewArrayBuffer(data))
}

// decode(buffer) is its text; what is no UTF-8 is no key.
func (b *subtleBinding) decode(call goja.FunctionCall) goja.Value {
	data := call.Argument(0).(*goja.Object).Export().(goja.ArrayBuffer).Bytes()
	if !utf8.Valid(data) {
		return b.vm.ToValue("")
	}
	return b.vm.ToValue(string(data))
}

// run(operation, params) is a promise of the result. Everything of params is read and copied before it returns.
func (b *subtleBinding) run(call goja.FunctionCall) goja.Value {
	prepare := operations()[call.Argument(0).String()]
	r := &request{object: call.Argument(1).(*goja.Object)}
	promise, settle := b.rt.NewWork()
	work, err := prepare(r)
	if err == nil {
		err = r.err
	}
	done := func(result any, err error) {
		settle(func() (goja.Value, error) { return b.result(result, err), nil })
	}
	switch {
	case err != nil:
		done(nil, err)
	case r.size <= inlineBytes && !r.heavy:
		done(work())
	case !b.jobs.start(r.size, func() { done(work()) }):
		done(nil, fail("OperationError", "too many operations of crypto.subtle are under way"))
	}
	return promise
}

// result is what a script sees; of an error it is thrown.
func (b *subtleBinding) result(result any, err error) goja.Value {
	if err != nil {
		panic(b.exception(err))
	}
	switch result := result.(type) {
	case []byte:
		return b.buffer(result)
	case []*material:
		return b.vm.NewArray(b.vm.ToValue(result[0]), b.vm.ToValue(result[1]))
	case imported:
		object := b.vm.NewObject()
		_ = object.Set("handle", b.vm.ToValue(result.material))
		_ = object.Set("bits", result.bits)
		_ = object.Set("exponent", b.buffer(result.exponent))
		return object
	case [][2]string:
		object := b.vm.NewObject()
		for _, field := range result {
			_ = object.Set(field[0], field[1])
		}
		return object
	}
	return b.vm.ToValue(result)
}

func (b *subtleBinding) exception(err error) goja.Value {
	var known *failure
	if !errors.As(err, &known) {
		known = &failure{"OperationError", err.Error()}
	}
	if b.failure != nil {
		if made, err := b.vm.New(b.failure, b.vm.ToValue(known.message), b.vm.ToValue(known.name)); err == nil {
			return made
		}
	}
	return b.vm.NewTypeError(known.name + ": " + known.message)
}

// operation reads what it needs on the runtime's goroutine and returns the work, which may be done on another.
type operation func(r *request) (work func() (any, error), err error)

func operations() map[string]operation {
	return map[string]operation{
		"digest": digest, "encrypt": encrypt, "decrypt": decrypt, "sign": sign, "verify": verify,
		"generate": generate, "import": importKey, "export": exportKey, "derive": derive,
	}
}
