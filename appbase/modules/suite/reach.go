package suite

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/scripting"
)

func itoa(n int) string { return strconv.Itoa(n) }

// worldHost are the functions of world.js.
func (s *Suite) worldHost() host {
	w := s.world
	return host{
		"now":    func(goja.FunctionCall) goja.Value { return s.value(w.Now().UnixMilli()) },
		"hint":   func(goja.FunctionCall) goja.Value { return s.value(w.Hint()) },
		"settle": func(goja.FunctionCall) goja.Value { return s.promise(w.Settle) },
		"fresh":  func(goja.FunctionCall) goja.Value { return s.promise(w.Fresh) },
		"configure": func(call goja.FunctionCall) goja.Value {
			return s.promise(func(done func(error)) { w.Configure(call.Argument(0).String(), call.Argument(1).String(), done) })
		},
		"start":   s.named(w.Start),
		"restart": s.named(w.Restart),
		"reload":  s.named(w.Reload),
		"advance": func(call goja.FunctionCall) goja.Value {
			d := time.Duration(call.Argument(0).ToFloat() * float64(time.Millisecond))
			return s.promise(func(done func(error)) { w.Advance(d, done) })
		},
		"set": func(call goja.FunctionCall) goja.Value {
			at := time.UnixMilli(call.Argument(0).ToInteger())
			return s.promise(func(done func(error)) { w.Set(at, done) })
		},
		"answers": func(call goja.FunctionCall) goja.Value {
			s.outside.Store(call.Argument(0).ToBoolean())
			return goja.Undefined()
		},
		"connect": s.connect, "request": s.request,
		"send":      s.onConn(func(c Conn, call goja.FunctionCall) { c.Send(call.Argument(1).String()) }),
		"sendBytes": s.onConn(func(c Conn, call goja.FunctionCall) { c.SendBytes(s.bytes(call.Argument(1))) }),
		"close": s.onConn(func(c Conn, call goja.FunctionCall) {
			c.Close(int(call.Argument(1).ToInteger()), call.Argument(2).String())
		}),
		"drop":         s.onConn(func(c Conn, _ goja.FunctionCall) { c.Drop() }),
		"read":         s.read,
		"cancel":       s.cancel,
		"setTimeout":   s.captured("setTimeout"),
		"clearTimeout": s.captured("clearTimeout"),
	}
}

// captured is a global function as it is now, whatever a test does to it.
func (s *Suite) captured(name string) func(goja.FunctionCall) goja.Value {
	fn, _ := goja.AssertFunction(s.rt.VM().Get(name))
	return func(call goja.FunctionCall) goja.Value {
		v, err := fn(goja.Undefined(), call.Arguments...)
		if err != nil {
			panic(s.rt.Reason(err))
		}
		return v
	}
}

func (s *Suite) named(change func(string, func(error))) func(goja.FunctionCall) goja.Value {
	return func(call goja.FunctionCall) goja.Value {
		return s.promise(func(done func(error)) { change(call.Argument(0).String(), done) })
	}
}

// promise is of undefined, once the work is done.
func (s *Suite) promise(begin func(done func(error))) goja.Value {
	promise, settle := s.rt.NewPromise()
	begin(func(err error) { settle(func() (goja.Value, error) { return goja.Undefined(), s.localized(err) }) })
	return promise
}

// localized is an error as this runtime throws it: those of an app's code carry where they stand there.
func (s *Suite) localized(err error) error {
	var theirs *scripting.Error
	if errors.As(err, &theirs) {
		return errors.New(strings.TrimSpace(theirs.Detail()))
	}
	return err
}

// requestOf reads { method, url, headers, body, address, listener }.
func (s *Suite) requestOf(o *goja.Object) Request {
	r := Request{URL: o.Get("url").String(), Address: o.Get("address").String(), Listener: o.Get("listener").String(), Method: http.MethodGet}
	if method := o.Get("method"); method != nil {
		r.Method = method.String()
	}
	if body := o.Get("body"); body != nil && !goja.IsNull(body) {
		r.Body = s.bytes(body)
	}
	r.Header = s.header(o.Get("headers"))
	return r
}

func (s *Suite) header(pairs goja.Value) http.Header {
	var list [][2]string
	if err := s.rt.VM().ExportTo(pairs, &list); err != nil {
		s.rt.Throw(err)
	}
	header := http.Header{}
	for _, pair := range list {
		header.Add(pair[0], pair[1])
	}
	return header
}

func (s *Suite) pairs(header http.Header) goja.Value {
	all := [][]string{}
	for name, values := range header {
		for _, value := range values {
			all = append(all, []string{strings.ToLower(name), value})
		}
	}
	return s.value(all)
}

// bytes copies a Uint8Array.
func (s *Suite) bytes(v goja.Value) []byte {
	var data []byte
	if err := s.rt.VM().ExportTo(v, &data); err != nil {
		s.rt.Throw(err)
	}
	return append([]byte{}, data...)
}

func (s *Suite) newID() int64 {
	s.last++
	return s.last
}

// --- requests ---

func (s *Suite) request(call goja.FunctionCall) goja.Value {
	promise, settle := s.rt.NewPromise()
	s.world.Request(s.requestOf(call.Argument(0).ToObject(s.rt.VM())), func(res *Response, err error) {
		settle(func() (goja.Value, error) {
			if err != nil {
				return nil, s.localized(err)
			}
			made, id := s.rt.VM().NewObject(), s.newID()
			s.bodies[id] = res.Body
			return made, errors.Join(made.Set("handle", id), made.Set("status", res.Status), made.Set("headers", s.pairs(res.Header)))
		})
	})
	return promise
}

// read is the promise of the next chunk of a body; undefined at its end.
func (s *Suite) read(call goja.FunctionCall) goja.Value {
	id := call.Argument(0).ToInteger()
	promise, settle := s.rt.NewPromise()
	body := s.bodies[id]
	if body == nil {
		settle(func() (goja.Value, error) { return goja.Undefined(), nil })
		return promise
	}
	body.Read(func(chunk []byte, err error) {
		settle(func() (goja.Value, error) {
			if chunk == nil || err != nil {
				delete(s.bodies, id)
				return goja.Undefined(), err
			}
			return s.value(s.rt.VM().NewArrayBuffer(chunk)), nil
		})
	})
	return promise
}

func (s *Suite) cancel(call goja.FunctionCall) goja.Value {
	if body := s.bodies[call.Argument(0).ToInteger()]; body != nil {
		body.Cancel()
	}
	return goja.Undefined()
}

// --- connections ---

func (s *Suite) connect(call goja.FunctionCall) goja.Value {
	o := call.Argument(0).ToObject(s.rt.VM())
	var protocols []string
	if err := s.rt.VM().ExportTo(o.Get("protocols"), &protocols); err != nil {
		s.rt.Throw(err)
	}
	receive, _ := goja.AssertFunction(o.Get("receive"))
	promise, settle := s.rt.NewPromise()
	s.world.Connect(s.requestOf(o), protocols, func(f Frame) {
		s.executor.Post(func() {
			if _, err := s.rt.Call(receive, goja.Undefined(), s.frame(f)); err != nil {
				s.Report(s.rt.Error(err))
			}
		})
	}, func(made *Handshake, err error) { settle(func() (goja.Value, error) { return s.connected(made, err) }) })
	return promise
}

func (s *Suite) connected(made *Handshake, err error) (goja.Value, error) {
	var refused *Refusal
	vm := s.rt.VM()
	switch {
	case errors.As(err, &refused):
		reason := s.rt.Reason(err).ToObject(vm)
		if err := errors.Join(reason.Set("status", refused.Status), reason.Set("body", refused.Body), reason.Set("name", "HandshakeError")); err != nil {
			return nil, err
		}
		return nil, vm.Try(func() { panic(reason) })
	case err != nil:
		return nil, s.localized(err)
	}
	object, id := vm.NewObject(), s.newID()
	s.conns[id] = made.Conn
	if s.current != nil && !s.current.hook {
		s.current.opened = append(s.current.opened, made.Conn)
	}
	return object, errors.Join(object.Set("handle", id), object.Set("protocol", made.Protocol), object.Set("headers", s.pairs(made.Header)))
}

// frame is a frame as the client keeps it.
func (s *Suite) frame(f Frame) goja.Value {
	vm := s.rt.VM()
	o := vm.NewObject()
	switch f.Kind {
	case TextFrame:
		_ = o.Set("type", "text")
		_ = o.Set("data", f.Text)
	case BinaryFrame:
		_ = o.Set("type", "binary")
		array, err := vm.New(vm.Get("Uint8Array"), vm.ToValue(vm.NewArrayBuffer(f.Data)))
		if err != nil {
			return goja.Undefined() // the test has replaced Uint8Array
		}
		_ = o.Set("data", array)
	default:
		_ = o.Set("type", "close")
		_ = o.Set("code", f.Code)
		_ = o.Set("reason", f.Reason)
	}
	return o
}

func (s *Suite) onConn(do func(Conn, goja.FunctionCall)) func(goja.FunctionCall) goja.Value {
	return func(call goja.FunctionCall) goja.Value {
		if c := s.conns[call.Argument(0).ToInteger()]; c != nil {
			do(c, call)
		}
		return goja.Undefined()
	}
}

// --- the outside ---

// ask has the test file answer what an app fetches.
func (s *Suite) ask(method, url string, header http.Header, body []byte, done func(*Answer, error)) {
	vm := s.rt.VM()
	promise, err := s.rt.Call(s.answer, goja.Undefined(), vm.ToValue(method), vm.ToValue(url), s.pairs(header), vm.ToValue(vm.NewArrayBuffer(body)))
	if err != nil {
		done(nil, err)
		return
	}
	s.rt.Await(promise, func(v goja.Value, err error) {
		if err != nil {
			done(nil, s.localizedOutside(err))
			return
		}
		parts := v.ToObject(vm)
		made := &Answer{}
		done(made, s.rt.Do(func() error {
			made.Status = int(parts.Get("0").ToInteger())
			made.Header, made.Body = s.header(parts.Get("1")), s.bytes(parts.Get("2"))
			return nil
		}))
	})
}

// localizedOutside is what an app sees of a handler that failed.
func (s *Suite) localizedOutside(err error) error { return errors.New(s.rt.Error(err).Message) }
