// Package cache gives apps this.cache: values in memory that may go away, shared by all workers of the app.
package cache

import (
	"context"
	_ "embed" // the declarations
	"errors"
	"math"
	"sync"
	"time"

	"github.com/dop251/goja"
	"github.com/maypok86/otter/v2"

	"github.com/sigil-server/sigil/appbase/internal/calls"
)

//go:embed cache.d.ts
var declarations string

// Declarations are the TypeScript declarations of this.cache.
func Declarations() string { return declarations }

const (
	// maxBytes bounds what one app caches, keys and values in their packed form; what is needed least makes room.
	maxBytes = 64 << 20
	// maxValueBytes bounds one value.
	maxValueBytes = 4 << 20
	maxKeyBytes   = 1000
	forever       = time.Duration(math.MaxInt64)
	computeTime   = 30 * time.Second
	maxFlights    = 1000
	entryOverhead = 100 // about what an entry takes beside its key and value
)

// Memory is one app's cache, for all its runtimes. Any goroutine may use it.
type Memory struct {
	now   func() time.Time
	once  sync.Once
	cache *otter.Cache[string, item]

	mu      sync.Mutex
	flights map[string]*flight
}

type item struct {
	packed []byte
	ttl    time.Duration // 0: for ever
}

// NewMemory makes an empty cache, which takes no memory until it is used. What is in it expires by now.
func NewMemory(now func() time.Time) *Memory { return &Memory{now: now, flights: map[string]*flight{}} }

// clock is the time of a cache that is only looked at when it is used: what has expired is not found.
type clock func() time.Time

// NowNano implements otter.Clock.
func (c clock) NowNano() int64 { return c().UnixNano() }

// Tick implements otter.Clock as the default one does.
func (clock) Tick(every time.Duration) <-chan time.Time { return time.Tick(every) }

func (m *Memory) entries() *otter.Cache[string, item] {
	m.once.Do(func() {
		m.cache = otter.Must(&otter.Options[string, item]{
			MaximumWeight: maxBytes,
			Clock:         clock(m.now),
			Weigher:       func(key string, i item) uint32 { return uint32(len(key) + len(i.packed) + entryOverhead) }, // bounded by maxValueBytes
			ExpiryCalculator: otter.ExpiryWritingFunc(func(e otter.Entry[string, item]) time.Duration {
				if e.Value.ttl > 0 {
					return e.Value.ttl
				}
				return forever
			}),
			Executor: func(fn func()) { fn() }, // on the goroutine that writes: it is little work
		})
	})
	return m.cache
}

// Close ends what runs beside the cache. It is idempotent.
func (m *Memory) Close() {
	m.once.Do(func() {}) // never used: nothing is made any more
	if m.cache != nil {
		m.cache.StopAllGoroutines()
	}
}

// object is this.cache in one runtime.
type object struct {
	*calls.Caller
	memory *Memory
}

// New makes the object.
func New(c *calls.Caller, memory *Memory) *goja.Object {
	o := &object{c, memory}
	made := c.Runtime.VM().NewObject()
	c.Method(made, "get", 1, o.get)
	c.Method(made, "has", 1, o.has)
	c.Method(made, "set", 2, o.set)
	c.Method(made, "delete", 1, o.remove)
	c.Method(made, "clear", 0, o.clear)
	c.Method(made, "getOrCompute", 2, o.getOrCompute)
	return made
}

func (o *object) key(v goja.Value) string {
	key := o.Text(v, "a key")
	if key == "" || len(key) > maxKeyBytes {
		o.Refuse("a key has 1 to %d bytes, not %d", maxKeyBytes, len(key))
	}
	return key
}

func (o *object) get(call goja.FunctionCall) goja.Value {
	found, ok := o.memory.entries().GetIfPresent(o.key(call.Argument(0)))
	if !ok {
		return goja.Undefined()
	}
	return o.Unpack(found.packed)
}

func (o *object) has(call goja.FunctionCall) goja.Value {
	_, ok := o.memory.entries().GetIfPresent(o.key(call.Argument(0)))
	return o.Runtime.VM().ToValue(ok)
}

func (o *object) set(call goja.FunctionCall) goja.Value {
	key := o.key(call.Argument(0))
	ttl := o.ttl(call.Argument(2), "cache.set")
	o.memory.entries().Set(key, item{o.Pack(call.Argument(1), maxValueBytes), ttl})
	return goja.Undefined()
}

func (o *object) ttl(options goja.Value, what string) time.Duration {
	return o.Duration(o.Options(options, what, "ttl")("ttl"), "ttl", time.Millisecond)
}

func (o *object) remove(call goja.FunctionCall) goja.Value {
	_, there := o.memory.entries().Invalidate(o.key(call.Argument(0)))
	return o.Runtime.VM().ToValue(there)
}

func (o *object) clear(goja.FunctionCall) goja.Value {
	o.memory.entries().InvalidateAll()
	return goja.Undefined()
}

// flight is one computation, and those who wait for it, in any worker.
type flight struct {
	waiting []waiter
}

type waiter struct {
	object *object
	call   *calls.Call
}

var (
	errGivenUp = errors.New("the computation was given up: the code that computes was reloaded, or it took longer than 30 s")
	errFlights = errors.New("too many values are being computed at once")
)

func (o *object) getOrCompute(call goja.FunctionCall) goja.Value {
	key, fn := o.key(call.Argument(0)), o.Function(call.Argument(1), "the second argument of cache.getOrCompute")
	ttl := o.ttl(call.Argument(2), "cache.getOrCompute")
	made := o.Begin()
	if found, ok := o.memory.entries().GetIfPresent(key); ok {
		made.End(func() (goja.Value, error) { return o.Unpack(found.packed), nil }, nil)
		return made.Promise
	}
	if o.memory.join(key, waiter{o, made}) {
		o.compute(key, fn, ttl)
	}
	return made.Promise
}

// join waits for a key's computation; true: the caller has to do it.
func (m *Memory) join(key string, w waiter) (first bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.flights[key]
	switch {
	case f != nil && len(f.waiting) < maxFlights:
		f.waiting = append(f.waiting, w)
	case f != nil || len(m.flights) >= maxFlights:
		w.call.End(nil, errFlights)
	default:
		m.flights[key] = &flight{waiting: []waiter{w}}
		return true
	}
	return false
}

// land ends a computation for all who wait for it; only the first call does something.
func (m *Memory) land(key string, f *flight, packed []byte, err error) {
	m.mu.Lock()
	if m.flights[key] != f {
		m.mu.Unlock()
		return
	}
	delete(m.flights, key)
	m.mu.Unlock()
	for _, w := range f.waiting {
		w.call.End(func() (goja.Value, error) { return w.object.Unpack(packed), nil }, err)
	}
}

func (m *Memory) flight(key string) *flight {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.flights[key]
}

// compute calls the author's function, on the loop.
func (o *object) compute(key string, fn goja.Callable, ttl time.Duration) {
	f := o.memory.flight(key)
	ctx, cancel := context.WithTimeout(o.Context, computeTime)
	context.AfterFunc(ctx, func() { o.memory.land(key, f, nil, errGivenUp) })
	finish := func(value goja.Value, err error) {
		defer cancel()
		var packed []byte
		if err == nil {
			err = o.Runtime.Do(func() error {
				packed = o.Pack(value, maxValueBytes)
				return nil
			})
		}
		if err == nil {
			o.memory.entries().Set(key, item{packed, ttl})
		}
		o.memory.land(key, f, packed, o.portable(err))
	}
	value, err := o.Runtime.Call(fn, goja.Undefined())
	if err != nil {
		finish(nil, err)
		return
	}
	o.Runtime.Await(value, finish)
}

// portable is an error as other runtimes may have it, too: without the thrown value, which belongs to this one.
func (o *object) portable(err error) error {
	if err == nil {
		return nil
	}
	return o.Runtime.Error(err).Detached()
}
