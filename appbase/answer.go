package appbase

import (
	"errors"
	"net/http"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/messages"
)

// webDoors is what the host uses of http.js to answer requests.
type webDoors struct {
	httpReq                                    *goja.Object // what an HttpReq inherits
	incomingState                              *goja.Object // what its state inherits
	latest                                     *messages.Latest
	guarded, encode, encodeLater, encodeThrown goja.Callable
}

// webDoors runs http.js if it has not run.
func (in *instance) webDoors() (*webDoors, error) {
	if in.doors != nil {
		return in.doors, nil
	}
	object, err := in.web.object()
	if err != nil {
		return nil, err
	}
	d := &webDoors{
		httpReq:       object.Get("HttpReq").ToObject(in.vm).Get("prototype").ToObject(in.vm),
		incomingState: object.Get("incomingState").ToObject(in.vm),
		latest:        messages.LatestOf(object.Get("latest")),
	}
	for name, slot := range map[string]*goja.Callable{
		"guarded": &d.guarded, "encode": &d.encode, "encodeLater": &d.encodeLater, "encodeThrown": &d.encodeThrown,
	} {
		*slot, _ = goja.AssertFunction(object.Get(name))
	}
	in.doors = d
	return d, nil
}

// outcome is what a call of a handler has come to: an answer, a value of the prelude's that stands for one, or a promise
// of such a value.
type outcome struct {
	res     *Response
	encoded goja.Value
	pending bool
}

// serve calls the handler of a route, behind its guards. Common answers are encoded here, without the prelude.
func (in *instance) serve(b *binding, req *Request, done func(*Response, error)) {
	var o outcome
	in.retain()
	defer in.release()
	err := in.rt.Do(func() (err error) {
		o, err = in.call(b, req)
		return err
	})
	switch {
	case err != nil:
		done(nil, in.blame(b.site, in.asError(err)))
	case o.res != nil:
		req.addCookies(o.res.Fields)
		done(o.res, nil)
	case o.pending:
		site := b.site // without the rest of b, which can stay on the stack
		in.await(o.encoded, func(value goja.Value, err error) { done(in.answer(site, req, value, err)) })
	default:
		done(in.answer(b.site, req, o.encoded, nil))
	}
}

// call runs inside an entry.
func (in *instance) call(b *binding, req *Request) (o outcome, err error) {
	request, err := in.request(req)
	if err != nil {
		return o, err
	}
	var value goja.Value
	if b.guarded {
		value, err = in.doors.guarded(goja.Undefined(), in.app, b.guards, b.function, request)
	} else {
		value, err = b.call(in.app, request)
	}
	if err == nil {
		o, err = in.settle(value)
	}
	if err != nil {
		o.encoded, err = in.encodeThrown(err)
	}
	return o, err
}

// settle encodes what a handler returned.
func (in *instance) settle(value goja.Value) (o outcome, err error) {
	if promise := promiseOf(value); promise != nil {
		if promise.State() != goja.PromiseStateFulfilled {
			o.pending = true
			o.encoded, err = in.doors.encodeLater(goja.Undefined(), value)
			return o, err
		}
		value = promise.Result()
	}
	if o.res, err = in.plainAnswer(value); o.res != nil || err != nil {
		return o, err
	}
	if o.encoded, err = in.doors.encode(goja.Undefined(), value); err == nil {
		o.pending = promiseOf(o.encoded) != nil
	}
	return o, err
}

// promiseOf is the promise that a value is; nil if it is none.
func promiseOf(value goja.Value) *goja.Promise {
	object, ok := value.(*goja.Object)
	if !ok || object.ExportType() != promiseType {
		return nil
	}
	promise, _ := object.Export().(*goja.Promise)
	return promise
}

// encodeThrown makes an answer of a thrown Response, or of what is the client's mistake. Any other error stays as it is.
func (in *instance) encodeThrown(err error) (goja.Value, error) {
	var thrown, again *goja.Exception
	if !errors.As(err, &thrown) {
		return nil, err
	}
	value, err := in.doors.encodeThrown(goja.Undefined(), thrown.Value())
	if errors.As(err, &again) && again.Value().SameAs(thrown.Value()) {
		return nil, thrown
	}
	return value, err
}

// plainAnswer encodes texts, nothing, plain objects and arrays, and a Response of a text that was just made; nil stands for
// everything else.
func (in *instance) plainAnswer(value goja.Value) (*Response, error) {
	switch v := value.(type) {
	case goja.String:
		text := v.String()
		return typed(textType(text), []byte(text)), nil
	case *goja.Object:
		if reply := in.doors.latest.Take(v); reply != nil {
			return plainReply(reply), nil
		}
		if !in.records.has(v) {
			return nil, nil
		}
		text, err := in.rt.JSON(v)
		if err != nil || text == nil {
			return nil, err // of undefined the prelude makes an error
		}
		return typed("application/json", text), nil
	}
	if value == nil || goja.IsUndefined(value) || goja.IsNull(value) {
		return &Response{Status: http.StatusNoContent}, nil
	}
	return nil, nil
}

func typed(kind string, body []byte) *Response {
	return &Response{Status: http.StatusOK, Type: kind, Body: body}
}

// plainReply is the answer of a Response whose body is a text, or nothing.
func plainReply(reply *messages.Reply) *Response {
	r := &Response{Status: reply.Status}
	if text, ok := reply.Text(); ok {
		r.Body = []byte(text)
	}
	if kind, only := reply.Fields.Only("content-type"); only {
		r.Type = kind
		return r
	}
	r.Header = make(http.Header, 4)
	reply.Fields.Each(r.Header.Add)
	return r
}
