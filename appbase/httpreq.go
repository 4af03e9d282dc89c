package appbase

import (
	"reflect"

	"github.com/dop251/goja"
)

// face is what stands between an HttpReq and the prototype of its class: the properties that handlers ask for most, which
// so cost a call of Go and none of a getter. The HttpReq itself is an ordinary object that belongs to the script.
type face struct{ of *incoming }

var faceType = reflect.TypeFor[face]()

// request makes an HttpReq.
func (in *instance) request(req *Request) (*goja.Object, error) {
	web, err := in.webDoors()
	if err != nil {
		return nil, err
	}
	req.script = &incoming{in: in, req: req}
	between := in.vm.NewDynamicObject(face{req.script})
	if err := between.SetPrototype(web.httpReq); err != nil {
		return nil, err
	}
	return in.vm.CreateObject(between), nil
}

// Get implements [goja.DynamicObject]; nil goes on to the prototype.
func (f face) Get(key string) goja.Value { return f.of.common(key) }

// Set implements [goja.DynamicObject]. Scripts set what they like on the HttpReq.
func (f face) Set(string, goja.Value) bool { return false }

// Has implements [goja.DynamicObject]. The class has the properties.
func (f face) Has(string) bool { return false }

// Delete implements [goja.DynamicObject].
func (f face) Delete(string) bool { return false }

// Keys implements [goja.DynamicObject].
func (f face) Keys() []string { return nil }

// stateOf(value) is the state of an HttpReq; undefined of anything else.
func stateOf(call goja.FunctionCall) goja.Value {
	object, ok := call.Argument(0).(*goja.Object)
	if !ok {
		return goja.Undefined()
	}
	between := object.Prototype()
	if between == nil || between.ExportType() != faceType {
		return goja.Undefined()
	}
	return between.Export().(face).of.stateObject()
}

// stateObject is the state as the prelude reads and keeps it.
func (raw *incoming) stateObject() *goja.Object {
	if raw.state == nil {
		raw.state = raw.in.vm.NewDynamicObject(raw)
		_ = raw.state.SetPrototype(raw.in.doors.incomingState) // cannot fail: fresh and extensible
	}
	return raw.state
}
