package appbase

import (
	"errors"
	"io"
	"maps"
	"math"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/calls"
	"github.com/sigil-server/sigil/appbase/modules/blob"
	"github.com/sigil-server/sigil/appbase/modules/formdata"
	"github.com/sigil-server/sigil/appbase/modules/messages"
)

// Upload is what is not read yet of a request's body. Its methods return at once and may be called on any goroutine.
type Upload interface {
	// Do has work run away from the loop, where it may read the body; one after the other, in order. false: the exchange is
	// over, or too much waits already. The reader gives a *[BodyError] when the body is the client's mistake.
	Do(work func(body io.Reader)) bool
	// OnEnd has fn run when the exchange is over and no work runs any more; at once when it is.
	OnEnd(fn func())
	// Folder is where files of the body are to be kept; "" is the system's for temporary files.
	Folder() string
}

// BodyError is why a body cannot be read, by the client's fault: what to answer unless the app handles it.
type BodyError struct {
	Status  int
	Message string
}

func (e *BodyError) Error() string { return e.Message }

// incoming is a request as one generation sees it: the state of its HttpReq, an object whose texts are made when they are
// asked for. It belongs to the loop.
type incoming struct {
	in      *instance
	req     *Request
	state   *goja.Object          // the script's view of it; nil: nobody needed one
	params  goja.Value            // nil: not asked for yet
	query   goja.Value            // nil: not asked for yet
	kept    map[string]goja.Value // what the prelude has set
	onAbort goja.Callable         // aborts req.signal; nil while nobody asked for that
	aborted string                // why nobody waits for the answer any more; "" while somebody does

	cookies  []string // to go out with the answer
	answered bool
}

// common is what most handlers ask for; nil for any other key.
func (raw *incoming) common(key string) goja.Value {
	vm, req := raw.in.vm, raw.req
	switch key {
	case "method":
		return vm.ToValue(req.Method)
	case "url":
		return vm.ToValue(req.URL)
	case "path":
		return vm.ToValue(req.Path)
	case "remoteAddress":
		return vm.ToValue(req.RemoteAddress)
	case "params":
		return made(&raw.params, func() goja.Value { return raw.in.textObject(req.Params) })
	case "query":
		return made(&raw.query, func() goja.Value { return raw.in.textObject(parseQuery(req.RawQuery)) })
	}
	return nil
}

// Get implements [goja.DynamicObject]; nil goes on to the prototype.
func (raw *incoming) Get(key string) goja.Value {
	if value := raw.common(key); value != nil {
		return value
	}
	return raw.kept[key]
}

// made is what is in slot, put there at the first use.
func made(slot *goja.Value, make func() goja.Value) goja.Value {
	if *slot == nil {
		*slot = make()
	}
	return *slot
}

// Set implements [goja.DynamicObject].
func (raw *incoming) Set(key string, value goja.Value) bool {
	switch key {
	case "params":
		raw.params = value
	case "query":
		raw.query = value
	default:
		if raw.kept == nil {
			raw.kept = make(map[string]goja.Value, 4)
		}
		raw.kept[key] = value
	}
	return true
}

// Has implements [goja.DynamicObject].
func (raw *incoming) Has(key string) bool { return raw.Get(key) != nil }

// Delete implements [goja.DynamicObject].
func (raw *incoming) Delete(string) bool { return false }

// Keys implements [goja.DynamicObject].
func (raw *incoming) Keys() []string { return nil }

// Abort tells the app, through req.signal, that nobody waits for the answer any more. It is called on the loop, at any
// time; what comes of it is logged by the worker.
func (r *Request) Abort(reason string) {
	raw := r.script
	if raw == nil || raw.aborted != "" {
		return
	}
	raw.aborted = reason
	if raw.onAbort != nil {
		raw.abort()
	}
}

func (raw *incoming) abort() {
	in := raw.in
	if _, err := in.rt.Call(raw.onAbort, goja.Undefined(), in.vm.ToValue(raw.aborted)); err != nil && !in.closed {
		in.worker.report(in.rt.Error(err))
	}
}

func (in *instance) httpHost() (map[string]any, error) {
	host := map[string]any{
		"need":     in.need,
		"state":    in.rt.Native("", 1, stateOf),
		"show":     calls.Show,
		"textType": textType,
		"cookies":  func(header string) goja.Value { return in.textObject(parseCookies(header)) },
		"headers":  in.onRequest((*incoming).headers),
		"hasBody": in.onRequest(func(raw *incoming, _ goja.FunctionCall) goja.Value {
			return in.vm.ToValue(raw.req.Upload != nil || len(raw.req.Body) > 0 || takesBody(raw.req.Method))
		}),
		"isWhole": in.onRequest(func(raw *incoming, _ goja.FunctionCall) goja.Value { return in.vm.ToValue(raw.req.Upload == nil) }),
		"all":     in.onRequest((*incoming).all),
		"read":    in.onRequest((*incoming).read),
		"form":    in.onRequest((*incoming).form),
		"onAbort": in.onRequest((*incoming).listen),
	}
	maps.Copy(host, in.cookieHost())
	maps.Copy(host, in.savingHost())
	return host, nil
}

// takesBody says whether a request of that method has a body even if nothing is in it: what reads it as a stream finds its end.
func takesBody(method string) bool { return method == "POST" || method == "PUT" || method == "PATCH" }

// need is what a module shows to the prelude.
func (in *instance) need(name string) goja.Value {
	shared, err := in.rt.Shared(name)
	if err != nil {
		in.rt.Throw(err)
	}
	return shared.Get("internals")
}

// onRequest makes a native function of a method of requests: its first argument is the handle.
func (in *instance) onRequest(method func(*incoming, goja.FunctionCall) goja.Value) *goja.Object {
	return in.rt.Native("", 0, func(call goja.FunctionCall) goja.Value {
		return method(call.Argument(0).(*goja.Object).Export().(*incoming), call)
	})
}

// headers(raw) are the fields of the header.
func (raw *incoming) headers(goja.FunctionCall) goja.Value {
	fields := &messages.Fields{}
	for name, values := range raw.req.Header {
		fields.Append(lowerName(name), joinHeader(name, values))
	}
	return fields.Object(raw.in.vm)
}

// listen(raw, callback) has the callback called with why when nobody waits for the answer any more.
func (raw *incoming) listen(call goja.FunctionCall) goja.Value {
	raw.onAbort, _ = goja.AssertFunction(call.Argument(1))
	if raw.aborted != "" {
		_, _ = raw.onAbort(goja.Undefined(), raw.in.vm.ToValue(raw.aborted))
	}
	return goja.Undefined()
}

// chunkBytes is how much of a body is read at once.
const chunkBytes = 64 << 10

// all(raw) is an ArrayBuffer of the whole body, or a promise of one, or of [status, message].
func (raw *incoming) all(goja.FunctionCall) goja.Value {
	if raw.req.Upload == nil {
		return raw.in.vm.ToValue(raw.in.vm.NewArrayBuffer(append([]byte(nil), raw.req.Body...)))
	}
	return raw.fetch(func(body io.Reader) (func() goja.Value, error) {
		data, err := io.ReadAll(body)
		return func() goja.Value { return raw.buffer(data) }, err
	})
}

// read(raw) is a promise of the next piece as an ArrayBuffer, of undefined at the end, or of [status, message].
func (raw *incoming) read(goja.FunctionCall) goja.Value {
	if raw.req.Upload == nil {
		data := raw.req.Body
		raw.req.Body = nil
		if len(data) == 0 {
			return goja.Undefined()
		}
		return raw.buffer(data)
	}
	return raw.fetch(func(body io.Reader) (func() goja.Value, error) {
		data := make([]byte, chunkBytes)
		n, err := io.ReadAtLeast(body, data, 1)
		if errors.Is(err, io.EOF) {
			return goja.Undefined, nil
		}
		return func() goja.Value { return raw.buffer(data[:n:n]) }, err
	})
}

func (raw *incoming) buffer(data []byte) goja.Value {
	return raw.in.vm.ToValue(raw.in.vm.NewArrayBuffer(data))
}

// fetch has something read of the body. The promise is of what result makes on the loop, or of [status, message].
func (raw *incoming) fetch(read func(body io.Reader) (result func() goja.Value, err error)) goja.Value {
	in := raw.in
	promise, settle := in.rt.NewPromise()
	problem := func(err error) func() (goja.Value, error) {
		return func() (goja.Value, error) { return in.bodyProblem(err), nil }
	}
	if !raw.req.Upload.Do(func(body io.Reader) {
		result, err := read(body)
		if err != nil {
			settle(problem(err))
			return
		}
		settle(func() (goja.Value, error) { return result(), nil })
	}) {
		settle(problem(errOver))
	}
	return promise
}

var errOver = errors.New("the body can be read until the request has been answered")

// bodyProblem is [status, message]; status 0 when it is not the client's fault.
func (in *instance) bodyProblem(err error) goja.Value {
	var client *BodyError
	switch {
	case errors.As(err, &client):
		return in.vm.NewArray(client.Status, client.Message)
	case formdata.IsMalformed(err):
		return in.vm.NewArray(400, err.Error())
	}
	return in.vm.NewArray(0, err.Error())
}

// form(raw, type) is a promise of { entries: [[name, text or File]] }, or of [status, message].
func (raw *incoming) form(call goja.FunctionCall) goja.Value {
	upload := raw.req.Upload
	spool, kind := formdata.NewSpool(upload.Folder()), call.Argument(1).String()
	upload.OnEnd(func() { _ = spool.Remove() })
	return raw.fetch(func(body io.Reader) (func() goja.Value, error) {
		entries, err := spool.Read(body, kind)
		return func() goja.Value { return raw.formOf(spool, entries) }, err
	})
}

func (raw *incoming) formOf(spool *formdata.Spool, entries []formdata.Entry) goja.Value {
	in := raw.in
	list := make([]any, 0, len(entries))
	for _, e := range entries {
		if !e.File {
			list = append(list, in.vm.NewArray(e.Name, e.Value))
			continue
		}
		file, err := blob.NewFile(in.rt, &uploaded{raw.req.Upload, spool, e},
			blob.FileInfo{Name: e.Filename, Type: e.Type, Size: e.Size, Modified: time.Now()})
		if err != nil {
			in.rt.Throw(err)
		}
		list = append(list, in.vm.NewArray(e.Name, file))
	}
	form := in.vm.NewObject()
	_ = form.Set("entries", in.vm.NewArray(list...))
	return form
}

// uploaded is the content of a file of a form, there until the exchange is over.
type uploaded struct {
	upload Upload
	spool  *formdata.Spool
	entry  formdata.Entry
}

// Read implements [blob.Source].
func (u *uploaded) Read(offset int64, length int, done func([]byte, error)) {
	if length > math.MaxInt32 || !u.upload.Do(func(io.Reader) { done(u.spool.ReadFile(u.entry, offset, length)) }) {
		done(nil, errOver)
	}
}
