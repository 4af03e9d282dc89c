package scripting

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dop251/goja"
)

// Bounds of what an Error tells.
const (
	maxFrames       = 32
	maxMessageBytes = 4 << 10
	maxRelated      = 5
	maxCauseDepth   = 4
)

// Error makes an *Error of any error: an exception of the engine, an
// interrupt, an overflow, a Go error. It returns nil for nil, and an *Error
// in err's chain as it is.
func (rt *Runtime) Error(err error) *Error {
	if err == nil {
		return nil
	}
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	return rt.mapError(err)
}

// failed is Error for a result of type error: nil stays nil.
func (rt *Runtime) failed(err error) error {
	if err == nil {
		return nil
	}
	return rt.Error(err)
}

// engineError maps what comes from the engine and leaves other errors alone.
func (rt *Runtime) engineError(err error) error {
	var known *Error
	if err == nil || errors.As(err, &known) || !fromEngine(err) {
		return err
	}
	return rt.mapError(err)
}

func fromEngine(err error) bool {
	var exception *goja.Exception
	var interrupted *goja.InterruptedError
	var overflow *goja.StackOverflowError
	var panicked *goPanic
	return errors.As(err, &exception) || errors.As(err, &interrupted) ||
		errors.As(err, &overflow) || errors.As(err, &panicked)
}

func (rt *Runtime) mapError(err error) *Error {
	var interrupted *goja.InterruptedError
	var overflow *goja.StackOverflowError
	var exception *goja.Exception
	switch {
	case errors.As(err, &interrupted):
		return rt.interruptedError(interrupted)
	case errors.As(err, &overflow):
		e := &Error{Name: "RangeError", Message: messageTooDeep, cause: err}
		rt.locate(e, overflow.Stack())
		return e
	case errors.As(err, &exception):
		return rt.exceptionError(exception, maxCauseDepth)
	}
	e := &Error{Name: "Error", Message: clip(err.Error(), maxMessageBytes), cause: err}
	var panicked *goPanic
	if errors.As(err, &panicked) {
		e.native = clip(string(panicked.stack), maxMessageBytes)
		e.Hint = "this is a fault of the server and not of the app"
	}
	return e
}

const messageTooDeep = "Maximum call stack size exceeded"

func (rt *Runtime) interruptedError(ex *goja.InterruptedError) *Error {
	e := &Error{
		Name:        "Error",
		Message:     fmt.Sprintf("interrupted: the script kept the thread for more than %v", rt.o.CallTime),
		Hint:        "split long work with await or setTimeout, or look for a loop that does not end",
		Interrupted: true,
		cause:       ex,
	}
	rt.locate(e, ex.Stack())
	return e
}

// exceptionError maps a thrown value. Reading it may run script (getters), so
// it happens inside an entry, and falls back to what was read before.
func (rt *Runtime) exceptionError(ex *goja.Exception, depth int) *Error {
	e := &Error{Name: uncaught, cause: ex}
	rt.locate(e, ex.Stack())
	rt.guarded(func() { rt.describeThrown(e, ex, depth) })
	e.Hint = rt.hint(e)
	return e
}

func (rt *Runtime) describeThrown(e *Error, ex *goja.Exception, depth int) {
	o, ok := ex.Value().(*goja.Object)
	if !ok || !isError(o) {
		e.Message = rt.preview(ex.Value())
		return
	}
	e.Name = clip(text(o.Get("name"), "Error"), maxMessageBytes)
	e.Message = clip(text(o.Get("message"), ""), maxMessageBytes)
	if known := goError(ex); known != nil {
		e.Name, e.Message = "Error", clip(known.Error(), maxMessageBytes)
	}
	if depth > 0 {
		rt.relate(e, o, depth-1)
	}
}

// goError is the Go error that a native function threw, or nil.
func goError(ex *goja.Exception) error { return errors.Unwrap(ex) }

// relate adds the cause, or the members of an AggregateError.
func (rt *Runtime) relate(e *Error, o *goja.Object, depth int) {
	if list, ok := o.Get("errors").(*goja.Object); ok && e.Name == "AggregateError" {
		e.label = "error"
		for _, key := range list.Keys() {
			if len(e.related) == maxRelated {
				break
			}
			e.related = append(e.related, rt.reason(list.Get(key), depth))
		}
		return
	}
	if cause := o.Get("cause"); cause != nil && !goja.IsUndefined(cause) {
		e.label = "caused by"
		e.related = []*Error{rt.reason(cause, depth)}
	}
}

// reason maps a value that was thrown, rejected with or given as a cause.
func (rt *Runtime) reason(v goja.Value, depth int) *Error {
	if v == nil {
		v = goja.Undefined()
	}
	// The engine finds the stack that an Error object keeps when it is thrown.
	ex := rt.vm.Try(func() { panic(v) })
	if ex == nil {
		return &Error{Name: uncaught}
	}
	if o, ok := v.(*goja.Object); !ok || !isError(o) {
		return rt.withoutStack(ex)
	}
	return rt.exceptionError(ex, depth)
}

// withoutStack maps a value that is no Error: where it was thrown is unknown.
func (rt *Runtime) withoutStack(ex *goja.Exception) *Error {
	e := &Error{Name: uncaught, cause: ex}
	rt.guarded(func() { e.Message = rt.preview(ex.Value()) })
	return e
}

// preview shows a thrown value that is no Error.
func (rt *Runtime) preview(v goja.Value) string {
	switch v := v.(type) {
	case nil:
		return "undefined"
	case *goja.Object:
		if text, err := v.MarshalJSON(); err == nil && len(text) > 0 {
			return clip(string(text), 200)
		}
		return v.ClassName()
	case goja.String:
		return fmt.Sprintf("%q", clip(v.String(), 200))
	}
	return clip(v.String(), 200)
}

func isError(o *goja.Object) bool { return o.ClassName() == "Error" }

// text is a property as a string, or the fallback for a missing one.
func text(v goja.Value, fallback string) string {
	if v == nil || goja.IsUndefined(v) || goja.IsNull(v) {
		return fallback
	}
	return v.String()
}

// locate fills in the stack and the innermost position of the author's code.
func (rt *Runtime) locate(e *Error, stack []goja.StackFrame) {
	for i := range stack {
		if len(e.Stack) == maxFrames {
			break
		}
		if f, line, ok := rt.frame(&stack[i]); ok {
			if len(e.Stack) == 0 {
				e.File, e.Line, e.Column, e.SourceLine = f.File, f.Line, f.Column, line
			}
			e.Stack = append(e.Stack, f)
		}
	}
}

// frame maps a frame of the engine; ok is false for one that is not the
// author's.
func (rt *Runtime) frame(f *goja.StackFrame) (mapped Frame, sourceLine string, ok bool) {
	name := f.SrcName()
	if name == nativeFrame || strings.HasPrefix(name, trustedPrefix) {
		return Frame{}, "", false
	}
	pos := f.Position()
	mapped = Frame{Func: functionName(f.FuncName()), File: pos.Filename, Line: pos.Line, Column: pos.Column}
	if name != bundleName {
		return mapped, "", true
	}
	for _, p := range rt.programs {
		if src := p.sources[pos.Filename]; src != nil {
			mapped.File = src.name
			return mapped, src.line(pos.Line), !src.internal
		}
	}
	return Frame{}, "", false
}

const (
	nativeFrame   = "<native>"
	trustedPrefix = "sigil:"
	// bundleName must not look like a URL: the engine resolves sources by it.
	bundleName = "<app>"
)

// functionName leaves out the engine's name for functions without one.
func functionName(name string) string {
	if name == "<anonymous>" {
		return ""
	}
	return name
}
