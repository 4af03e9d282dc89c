package messages

import (
	"fmt"
	"math"
	"reflect"

	"github.com/dop251/goja"
)

// Reply is the state of a Response that a script made, as response.js reads and keeps it. It belongs to the runtime's
// goroutine. Most are a text with a status and a few fields, which are sent without a look from the script's side.
type Reply struct {
	// Status is a status code; what goes with it are the Fields, with the type of the body.
	Status int
	Fields *Fields

	b          *binding
	statusText string
	text       goja.String // the body; nil: none, or another
	body       goja.Value  // its state, once somebody asked for it; null: none
	headers    goja.Value  // the script's Headers, once somebody asked for them
}

// Text is the body, and whether there is one.
func (r *Reply) Text() (string, bool) {
	if r.text == nil {
		return "", false
	}
	return r.text.String(), true
}

// Latest knows which Response was made last. It is what handlers return nearly always.
type Latest struct {
	opaque
	response *goja.Object
	reply    *Reply
}

var latestType = reflect.TypeFor[*Latest]()

// LatestOf is the Latest behind what the internals have as latest; nil of anything else.
func LatestOf(value goja.Value) *Latest {
	object, ok := value.(*goja.Object)
	if !ok || object.ExportType() != latestType {
		return nil
	}
	l, _ := object.Export().(*Latest)
	return l
}

// Take is the reply of a Response that was made last and whose body is a text, or nothing, that nobody has asked for. It is
// nil for every other, and when it was taken already.
func (l *Latest) Take(response *goja.Object) *Reply {
	if l.response != response {
		return nil
	}
	reply := l.reply
	l.response, l.reply = nil, nil
	if reply.body != nil && !goja.IsNull(reply.body) {
		return nil
	}
	return reply
}

// callbacks are the functions of the script's side that replies need.
type callbacks struct {
	fieldsFrom goja.Callable // of what the constructor of Headers takes
	textBody   goja.Callable // the state of a body that is a text
}

// callbacks(fieldsFrom, textBody) are noted when the classes are made.
func (b *binding) prepare(call goja.FunctionCall) goja.Value {
	b.calls.fieldsFrom, _ = goja.AssertFunction(call.Argument(0))
	b.calls.textBody, _ = goja.AssertFunction(call.Argument(1))
	return b.vm.NewDynamicObject(&b.latest)
}

// reply(response, body, init) is the state of a new Response. A body that is neither a text nor nothing is set later.
func (b *binding) reply(call goja.FunctionCall) goja.Value {
	r := &Reply{Status: 200, Fields: &Fields{}, b: b}
	b.readInit(r, call.Argument(2))
	if text, ok := call.Argument(1).(goja.String); ok {
		b.mayHaveBody(r)
		r.text = text
		r.giveType("text/plain;charset=UTF-8")
	}
	if response, ok := call.Argument(0).(*goja.Object); ok {
		b.latest.response, b.latest.reply = response, r
	}
	return b.vm.NewDynamicObject(r)
}

func (b *binding) readInit(r *Reply, init goja.Value) {
	if goja.IsUndefined(init) || goja.IsNull(init) {
		return
	}
	object, ok := init.(*goja.Object)
	if !ok {
		panic(b.vm.NewTypeError("the init of a Response must be an object"))
	}
	if status := object.Get("status"); given(status) {
		r.Status = b.status(status)
	}
	if text := object.Get("statusText"); given(text) {
		r.statusText = b.reason(text)
	}
	if headers := object.Get("headers"); given(headers) {
		r.Fields = b.fieldsFrom(headers)
	}
}

func given(value goja.Value) bool { return value != nil && !goja.IsUndefined(value) }

// fieldsFrom are new Fields of what may stand for headers.
func (b *binding) fieldsFrom(value goja.Value) *Fields {
	if object, ok := value.(*goja.Object); ok && !given(object.GetSymbol(goja.SymIterator)) {
		f := &Fields{}
		b.fillFrom(f, object)
		return f
	}
	fields, err := b.calls.fieldsFrom(goja.Undefined(), value)
	if err != nil {
		b.rt.Throw(err)
	}
	return FieldsOf(fields)
}

// status is a status code that an answer may have; 101 is for those that answer a handshake.
func (b *binding) status(value goja.Value) int {
	status := math.Trunc(value.ToFloat())
	if !(status >= 200 && status <= 599) && status != 101 {
		b.throwRange(fmt.Sprintf("status %s is not between 200 and 599", value))
	}
	return int(status)
}

func (b *binding) throwRange(message string) {
	object, err := b.vm.New(b.vm.Get("RangeError"), b.vm.ToValue(message))
	if err != nil {
		b.rt.Throw(err)
	}
	panic(object)
}

func (b *binding) reason(value goja.Value) string {
	text := value.ToString().String()
	for _, c := range text {
		if c != '\t' && (c < ' ' || c > '~' && c < 0x80 || c > 0xff) {
			panic(b.vm.NewTypeError("%s is not a reason phrase", quote(text)))
		}
	}
	return text
}

func (b *binding) mayHaveBody(r *Reply) {
	switch r.Status {
	case 101, 204, 205, 304:
		panic(b.vm.NewTypeError("a %d has no body", r.Status))
	}
}

// giveType names the type of the body, unless the headers do.
func (r *Reply) giveType(kind string) {
	if _, named := r.Fields.find("content-type"); !named {
		r.Fields.set("content-type", kind)
	}
}

// Get implements [goja.DynamicObject].
func (r *Reply) Get(key string) goja.Value {
	vm := r.b.vm
	switch key {
	case "status":
		return vm.ToValue(r.Status)
	case "statusText":
		return vm.ToValue(r.statusText)
	case "headers":
		return r.headers
	case "fields":
		return r.Fields.Object(vm)
	case "body":
		return r.bodyState()
	case "type":
		return vm.ToValue("default")
	case "url":
		return vm.ToValue("")
	case "redirected":
		return vm.ToValue(false)
	}
	return nil
}

// bodyState is the state of the body as body.js has it; null when there is none.
func (r *Reply) bodyState() goja.Value {
	if r.body != nil {
		return r.body
	}
	if r.text == nil {
		return goja.Null()
	}
	body, err := r.b.calls.textBody(goja.Undefined(), r.text)
	if err != nil {
		r.b.rt.Throw(err)
	}
	r.body = body
	return body
}

// Set implements [goja.DynamicObject].
func (r *Reply) Set(key string, value goja.Value) bool {
	switch key {
	case "headers":
		r.headers = value
	case "body":
		r.b.mayHaveBody(r)
		r.body = value
	case "kind":
		if !goja.IsNull(value) {
			r.giveType(value.String())
		}
	default:
		return false
	}
	return true
}

// Has implements [goja.DynamicObject].
func (r *Reply) Has(key string) bool { return key == "kind" || key == "headers" || r.Get(key) != nil }

// Delete implements [goja.DynamicObject].
func (r *Reply) Delete(string) bool { return false }

// Keys implements [goja.DynamicObject].
func (r *Reply) Keys() []string { return nil }
