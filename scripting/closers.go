package scripting

import "sync"

// closers are what ends with a runtime.
type closers struct {
	mu   sync.Mutex
	fns  map[int]func()
	next int
	done bool
}

// OnClose has fn called once by [Runtime.Close], or at once when that was: it
// ends what native code holds for the runtime, such as a goroutine. forget
// takes it back and may be called from any goroutine, also by fn.
func (rt *Runtime) OnClose(fn func()) (forget func()) { return rt.closing.add(fn) }

func (c *closers) add(fn func()) (forget func()) {
	c.mu.Lock()
	if c.done {
		c.mu.Unlock()
		fn()
		return func() {}
	}
	defer c.mu.Unlock()
	if c.fns == nil {
		c.fns = make(map[int]func())
	}
	id := c.next
	c.next++
	c.fns[id] = fn
	return func() { c.remove(id) }
}

func (c *closers) remove(id int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.fns, id)
}

func (c *closers) run() {
	c.mu.Lock()
	fns := c.fns
	c.fns, c.done = nil, true
	c.mu.Unlock()
	for _, fn := range fns {
		fn()
	}
}
