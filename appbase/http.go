package appbase

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/messages"
	"github.com/sigil-server/sigil/scripting"
)

// httpCall is one call of a handler or of guards that has not been answered yet.
type httpCall struct {
	inst *instance
	done func(goja.Value, error)
}

// end answers, once, and lets go of the generation.
func (c *httpCall) end(value goja.Value, err error) {
	if _, open := c.inst.calls[c]; !open {
		return
	}
	delete(c.inst.calls, c)
	c.done(value, err)
	c.inst.release()
}

// run calls one of the prelude's doors and waits for its promise. What the script throws reaches done as a
// *scripting.Error.
func (in *instance) run(door goja.Callable, done func(goja.Value, error), args ...goja.Value) {
	in.retain()
	defer in.release()
	value, err := in.rt.Call(door, goja.Undefined(), args...)
	if err != nil {
		done(nil, err)
		return
	}
	in.await(value, done)
}

// await waits for a promise, for as long as the generation lives.
func (in *instance) await(value goja.Value, done func(goja.Value, error)) {
	if in.closed {
		done(nil, errReloaded)
		return
	}
	call := &httpCall{inst: in, done: done}
	in.calls[call] = struct{}{}
	in.retain()
	in.rt.Await(value, call.end)
}

var errNoRoute = errors.New("the route is gone")

// resolve finds what route is bound to in the current generation, which may be newer than the one it was read from.
func (in *instance) resolve(route *Route) (binding, error) {
	if b, ok := in.bound[route]; ok {
		return b, nil
	}
	for now, b := range in.bound {
		if now.Kind == route.Kind && now.pattern.same(route.pattern) && now.sameVerbs(route) {
			return b, nil
		}
	}
	return binding{}, errNoRoute
}

// Serve runs the guards and the handler of an HTTP route. done is called once: with the answer, with a *scripting.Error
// for what the author has to mend, or with another error when the app was reloaded or stopped before it answered.
func (w *Worker) Serve(route *Route, req *Request, done func(*Response, error)) {
	w.whenReady(func() {
		in := w.current
		if in == nil { // it was unloaded and cannot be loaded again
			done(nil, errReloaded)
			return
		}
		b, err := in.resolve(route)
		if err != nil {
			done(nil, err)
			return
		}
		if b.terms != nil {
			in.serveByContract(&b, req, done)
			return
		}
		in.serve(&b, req, done)
	})
}

// Admit runs the guards of a WebSocket route before the upgrade is answered. done is called once, as with Serve.
func (w *Worker) Admit(route *Route, req *Request, done func(Admission, error)) {
	w.whenReady(func() {
		in := w.current
		if in == nil { // it was unloaded and cannot be loaded again
			done(Admission{}, errReloaded)
			return
		}
		b, err := in.resolve(route)
		if err != nil {
			done(Admission{}, err)
			return
		}
		raw, err := in.request(req)
		if err != nil {
			done(Admission{}, in.asError(err))
			return
		}
		site := b.site
		door, args := in.admit, []goja.Value{in.app, b.guards, raw}
		if route.Whole {
			door, args = in.admitFetch, []goja.Value{in.app, raw}
		}
		in.run(door, func(value goja.Value, err error) {
			done(in.admission(site, req, value, err))
		}, args...)
	})
}

func (in *instance) admission(site goja.Value, req *Request, value goja.Value, err error) (a Admission, _ error) {
	if err != nil {
		return a, in.blame(site, in.asError(err))
	}
	pair := value.ToObject(in.vm)
	if refused := pair.Get("0"); refused != nil && !goja.IsUndefined(refused) {
		a.Response, err = in.answer(site, req, refused, nil)
		return a, err
	}
	if user := pair.Get("1"); user != nil && !goja.IsUndefined(user) {
		a.User = user.String()
	}
	if err := in.readUpgrade(pair, &a); err != nil {
		return a, err
	}
	if raw := req.script; raw != nil && len(raw.cookies) > 0 {
		if a.Header == nil {
			a.Header = http.Header{}
		}
		req.addCookies(func() http.Header { return a.Header })
	}
	return a, nil
}

// answer is the response with the cookies that the script has set. site is where the method stands that answers.
func (in *instance) answer(site goja.Value, req *Request, value goja.Value, err error) (*Response, error) {
	r, err := in.response(value, err)
	if err != nil {
		return nil, in.blame(site, err)
	}
	req.addCookies(r.Fields)
	if r.Stream != nil {
		r.Stream.site = site
	}
	return r, nil
}

// blame gives an error that has no place that of a method's annotation: it is about what the method returned, or threw long after
// it was called.
func (in *instance) blame(site goja.Value, err error) error {
	e, ok := errors.AsType[*scripting.Error](err)
	if !ok || site == nil || e.Line > 0 {
		return err
	}
	return e.Near(in.rt.Error(in.thrown(site)))
}

// response reads what the prelude encoded: [status, header, body, puller].
func (in *instance) response(value goja.Value, err error) (*Response, error) {
	if err != nil {
		return nil, in.asError(err)
	}
	r := &Response{Header: http.Header{}}
	err = in.rt.Do(func() error {
		parts := value.ToObject(in.vm)
		r.Status = int(parts.Get("0").ToInteger())
		in.addHeaders(r.Header, parts.Get("1").ToObject(in.vm))
		r.Body = in.bodyBytes(parts.Get("2"))
		r.Stream = in.stream(parts.Get("3"))
		return nil
	})
	if err != nil {
		return nil, in.asError(err)
	}
	return r, nil
}

// addHeaders adds the fields of a Headers, or a list of pairs.
func (in *instance) addHeaders(header http.Header, pairs *goja.Object) {
	if fields := messages.FieldsOf(pairs); fields != nil {
		fields.Each(header.Add)
		return
	}
	for i := range int(pairs.Get("length").ToInteger()) {
		pair := pairs.Get(strconv.Itoa(i)).ToObject(in.vm)
		header.Add(pair.Get("0").String(), pair.Get("1").String())
	}
}

// bodyBytes copies a body out of the script's memory.
func (in *instance) bodyBytes(value goja.Value) []byte {
	if value == nil || goja.IsUndefined(value) {
		return nil
	}
	if data, ok := in.bytesOf(value); ok {
		return append([]byte(nil), data...)
	}
	return []byte(value.String())
}

// asError maps what the author has to mend; the server's own conditions stay as they are.
func (in *instance) asError(err error) error {
	if errors.Is(err, errReloaded) || errors.Is(err, errNoRoute) {
		return err
	}
	var many scripting.Errors
	if errors.As(err, &many) {
		return many
	}
	return in.rt.Error(err)
}
