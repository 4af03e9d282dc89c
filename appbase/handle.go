package appbase

import (
	"fmt"

	"github.com/dop251/goja"
)

// maxStateBytes bounds ws.state as JSON.
const maxStateBytes = 64 << 10

// handle is a connection's WsConn in one generation: an object whose properties are looked up here and whose methods
// stand on one shared prototype. It costs a connection no closure. Properties a script adds live as long as the handle;
// what is to survive a reload belongs into state.
type handle struct {
	conn      *Conn
	inst      *instance
	object    *goja.Object
	onMessage goja.Callable
	more      *handleMore // nil until something of it is needed
}

// handleMore is what most handles have no use for.
type handleMore struct {
	events  *events // nil until a listener is added
	state   goja.Value
	extra   map[string]goja.Value // properties of the script's own
	drained []func(any) error     // resolvers of ws.drained()

	onBinary, onClose, onError, onDrain goja.Callable
}

// rest is what there is of more, to read.
func (h *handle) rest() *handleMore {
	if h.more == nil {
		return &h.inst.noMore
	}
	return h.more
}

// own is more, to write.
func (h *handle) own() *handleMore {
	if h.more == nil {
		h.more = new(handleMore)
	}
	return h.more
}

func newHandle(c *Conn, inst *instance) *handle {
	h := &handle{conn: c, inst: inst}
	h.object = inst.vm.NewDynamicObject(h)
	_ = h.object.SetPrototype(inst.wsConnPrototype()) // cannot fail: fresh and extensible
	return h
}

// viewNames are the read-only properties, in the order in which they are listed.
var viewNames = []string{
	"id", "path", "query", "headers", "cookies", "params", "protocol", "remoteAddress", "readyState", "bufferedAmount",
	"user", "reattached", "state",
}

// Get is called for every property a script reads; nil goes on to the prototype.
func (h *handle) Get(key string) goja.Value {
	c, vm := h.conn, h.inst.vm
	switch key {
	case "id":
		return vm.ToValue(c.ID())
	case "path":
		return vm.ToValue(c.hs.path())
	case "protocol":
		return vm.ToValue(c.hs.protocol())
	case "remoteAddress":
		return vm.ToValue(c.hs.remoteAddress())
	case "readyState":
		return vm.ToValue(h.readyState())
	case "bufferedAmount":
		return vm.ToValue(c.socket.BufferedAmount())
	case "reattached":
		return vm.ToValue(c.reattached)
	case "state":
		return h.stateObject()
	case "query", "headers", "cookies", "params", "user":
		return h.view(key)
	}
	if value, ok := h.rest().extra[key]; ok {
		return value
	}
	return h.rest().events.property(key)
}

func (h *handle) readyState() int {
	if h.conn.ended {
		return 3
	}
	return h.conn.socket.ReadyState()
}

// view makes one of the objects that most connections are never asked for, once.
func (h *handle) view(key string) goja.Value {
	if value, ok := h.rest().extra[" "+key]; ok { // a name that no script can have set through Set
		return value
	}
	value := h.makeView(key)
	h.keep(" "+key, value)
	return value
}

func (h *handle) makeView(key string) goja.Value {
	hs := &h.conn.hs
	switch key {
	case "query":
		return h.inst.textObject(parseQuery(hs.rawQuery()))
	case "cookies":
		return h.inst.textObject(parseCookies(hs.header("cookie")))
	case "params":
		return h.inst.textObject(hs.params)
	case "user":
		return h.inst.parseJSON(h.conn.user)
	}
	headers := map[string]string{}
	hs.eachHeader(func(name, value string) { headers[name] = value })
	return h.inst.textObject(headers)
}

func (h *handle) keep(key string, value goja.Value) {
	m := h.own()
	if m.extra == nil {
		m.extra = make(map[string]goja.Value)
	}
	m.extra[key] = value
}

// Set is called for every property a script writes; false throws a TypeError.
func (h *handle) Set(key string, value goja.Value) bool {
	switch {
	case key == "state":
		return h.setState(value)
	case h.isView(key), h.inst.wsConnPrototype().Get(key) != nil, key != "" && key[0] == ' ':
		return false
	case isEventProperty(key):
		h.ensureEvents().setProperty(key, value)
		return true
	}
	h.keep(key, value)
	return true
}

func (h *handle) isView(key string) bool {
	for _, name := range viewNames {
		if name == key {
			return true
		}
	}
	return false
}

// Has reports own properties.
func (h *handle) Has(key string) bool {
	_, extra := h.rest().extra[key]
	return extra || h.isView(key)
}

// Delete removes a property of the script's own.
func (h *handle) Delete(key string) bool {
	if h.isView(key) {
		return false
	}
	delete(h.rest().extra, key)
	return true
}

// Keys lists the own properties.
func (h *handle) Keys() []string {
	keys := append([]string(nil), viewNames...)
	for key := range h.rest().extra {
		if key != "" && key[0] != ' ' {
			keys = append(keys, key)
		}
	}
	return keys
}

// --- state ---

func (h *handle) stateObject() goja.Value {
	m := h.own()
	if m.state == nil {
		m.state = h.inst.parseJSON(h.conn.state)
		if goja.IsUndefined(m.state) {
			m.state = h.inst.vm.NewObject()
		}
		if h.conn.away() != nil {
			m.state = h.inst.frozen(m.state)
		}
	}
	h.inst.worker.touch(h.conn)
	return m.state
}

func (h *handle) setState(value goja.Value) bool {
	object, ok := value.(*goja.Object)
	if !ok || object.ClassName() != "Object" || h.conn.away() != nil {
		return false
	}
	h.own().state = value
	h.inst.worker.touch(h.conn)
	return true
}

// stateJSON is the state as it stands now; what the script never looked at is unchanged.
func (h *handle) stateJSON() (string, error) {
	if h.rest().state == nil {
		return h.conn.state, nil
	}
	text, err := h.inst.stringify(h.rest().state)
	if err == nil && len(text) > maxStateBytes {
		err = fmt.Errorf("ws.state has %d bytes as JSON; at most %d survive a reload", len(text), maxStateBytes)
	}
	return text, err
}

// --- drained ---

func (h *handle) awaitDrained() goja.Value {
	promise, resolve, _ := h.inst.vm.NewPromise()
	switch {
	case len(h.rest().drained) > 0, !h.conn.ended && h.conn.socket.WhenDrained(h.resolveDrained):
		h.own().drained = append(h.own().drained, resolve)
	default:
		_ = resolve(goja.Undefined())
	}
	return h.inst.vm.ToValue(promise)
}

// resolveDrained tells whoever waits for the queue that it is empty, or that the connection has ended.
func (h *handle) resolveDrained() {
	if len(h.rest().drained) == 0 || h.inst.closed {
		return
	}
	waiting := h.more.drained
	h.more.drained = nil
	err := h.inst.rt.Do(func() error {
		for _, resolve := range waiting {
			_ = resolve(goja.Undefined())
		}
		return nil
	})
	if err != nil {
		h.conn.report(h.inst.rt.Error(err))
	}
}
