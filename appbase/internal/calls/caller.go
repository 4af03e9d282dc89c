package calls

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting"
)

// DefaultTime is how long a call may take where nothing else is said.
const DefaultTime = 5 * time.Second

// Caller makes the calls of one runtime. Its methods belong to the runtime's goroutine.
type Caller struct {
	Runtime *scripting.Runtime
	Pool    *Pool
	// Context ends with the runtime.
	Context context.Context
	// Post runs a function on the runtime's goroutine, from any other; false: it was not taken.
	Post func(func()) bool
	// Failed hears of errors that no caller receives, on the runtime's goroutine.
	Failed func(error)
	// Encode is JSON.stringify, "" for what has no JSON form; Decode is JSON.parse. Scripts cannot change them.
	Encode func(goja.Value) (string, error)
	Decode func(text string) goja.Value
	// Bytes is the memory of an ArrayBuffer or a view.
	Bytes func(goja.Value) ([]byte, bool)
}

// Result makes the value of a promise, on the runtime's goroutine. Nil is undefined.
type Result func() (goja.Value, error)

// Value is a Result that needs no making.
func (c *Caller) Value(v any) Result {
	return func() (goja.Value, error) { return c.Runtime.VM().ToValue(v), nil }
}

// Promise runs work in the pool, with a deadline, and returns the promise of its result.
func (c *Caller) Promise(limit time.Duration, work func(ctx context.Context) (Result, error)) goja.Value {
	call := c.Begin()
	err := c.Pool.Go(func() {
		ctx, cancel := context.WithTimeout(c.Context, limit)
		defer cancel()
		call.End(work(ctx))
	})
	if err != nil {
		call.End(nil, err)
	}
	return call.Promise
}

// Call is one call that has not ended: its promise, and the place where the author made it.
type Call struct {
	Promise goja.Value
	caller  *Caller
	settle  func(func() (goja.Value, error))
	site    *goja.Object // an error that was made there
}

var errSite = errors.New("")

// Begin begins a call from script.
func (c *Caller) Begin() *Call {
	call := &Call{caller: c}
	call.site, _ = c.Runtime.Reason(errSite).(*goja.Object)
	call.Promise, call.settle = c.Runtime.NewPromise()
	return call
}

// End settles the promise, from any goroutine; the first call counts.
func (call *Call) End(result Result, err error) {
	call.settle(func() (goja.Value, error) {
		if err == nil && result != nil {
			return result()
		}
		return nil, call.Failure(err)
	})
}

// Failure is err as an exception that stands where the call does; nil of nil. An exception of the script stays what it is.
// It belongs to the runtime's goroutine.
func (call *Call) Failure(err error) error {
	if err == nil {
		return nil
	}
	var thrown *goja.Exception
	var script *scripting.Error
	if errors.As(err, &thrown) || errors.As(err, &script) && errors.Unwrap(script) != nil || call.site == nil {
		return err
	}
	message := err.Error()
	if script != nil { // of another runtime
		message = script.Message
		_ = call.site.Set("name", script.Name)
	}
	_ = call.site.Set("message", message)
	var coded interface{ ErrorCode() string }
	if errors.As(err, &coded) {
		_ = call.site.Set("code", coded.ErrorCode())
	}
	return call.caller.Runtime.VM().Try(func() { panic(call.site) })
}

// Refuse throws a TypeError at the author's call.
func (c *Caller) Refuse(format string, args ...any) {
	panic(c.Runtime.VM().NewTypeError(append([]any{format}, args...)...))
}

// Text is an argument that must be a text.
func (c *Caller) Text(v goja.Value, what string) string {
	text, ok := v.(goja.String)
	if !ok {
		c.Refuse("%s is a text, not %s", what, Show(v))
	}
	return text.String()
}

// Function is an argument that must be a function.
func (c *Caller) Function(v goja.Value, what string) goja.Callable {
	fn, ok := goja.AssertFunction(v)
	if !ok {
		c.Refuse("%s is a function, not %s", what, Show(v))
	}
	return fn
}

// Options reads an argument that is an object of options or is left out; every key must be known.
func (c *Caller) Options(v goja.Value, what string, known ...string) func(key string) goja.Value {
	if !Given(v) {
		return func(string) goja.Value { return nil }
	}
	object, ok := v.(*goja.Object)
	if !ok {
		c.Refuse("%s takes an object of options, not %s", what, Show(v))
	}
	for _, key := range object.Keys() {
		if !slices.Contains(known, key) {
			c.Refuse("%s does not know the option %q; it takes %s", what, key, strings.Join(known, ", "))
		}
	}
	return func(key string) goja.Value {
		if v := object.Get(key); Given(v) {
			return v
		}
		return nil
	}
}

// Duration reads "30s", "1h30m" or a number of milliseconds of at least least; 0 when v is not given.
func (c *Caller) Duration(v goja.Value, what string, least time.Duration) time.Duration {
	if !Given(v) {
		return 0
	}
	ms := v.ToFloat()
	if text, ok := v.(goja.String); ok {
		d, err := time.ParseDuration(text.String())
		if err != nil {
			c.Refuse("%s is a duration such as \"30s\" or a number of milliseconds, not %s", what, Show(v))
		}
		ms = float64(d) / float64(time.Millisecond)
	}
	if !(ms >= float64(least)/float64(time.Millisecond)) || ms > float64(maxDuration/time.Millisecond) {
		c.Refuse("%s is a duration from %v to ten years, not %s", what, least, Show(v))
	}
	return time.Duration(ms * float64(time.Millisecond))
}

const maxDuration = 10 * 366 * 24 * time.Hour

// Count reads a whole number from least to most; fallback when v is not given.
func (c *Caller) Count(v goja.Value, what string, least, most, fallback int) int {
	if !Given(v) {
		return fallback
	}
	n := v.ToFloat()
	if n != float64(int(n)) || int(n) < least || int(n) > most {
		c.Refuse("%s is a whole number from %d to %d, not %s", what, least, most, Show(v))
	}
	return int(n)
}
