package appbase

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/dop251/goja"
	"github.com/google/uuid"

	"github.com/sigil-server/sigil/appbase/internal/jsonrpc"
)

// liveCall is a call of script code for one connection, until it is answered.
type liveCall struct {
	conn    *Conn
	inst    *instance
	id      string     // "" of a notification
	object  goja.Value // the RpcCall; nil for what authorizes
	respond responder
	stop    func() bool // the timeout
	over    bool
}

// callRPC calls an @Rpc method. Calls of one connection begin in order and may end in any.
func (c *Conn) callRPC(call jsonrpc.Call, respond responder) {
	in := c.inst
	rpc, known := in.rpcs[call.Method]
	switch {
	case !known:
		respond("", &jsonrpc.Error{Code: jsonrpc.CodeNoMethod, Message: "no method " + call.Method})
	case len(c.live.calls) >= maxLiveCalls:
		respond("", &jsonrpc.Error{Code: codeManyCalls, Message: "too many calls are in flight on this connection"})
	case call.ID != nil && c.live.calls[string(call.ID)] != nil:
		respond("", &jsonrpc.Error{Code: jsonrpc.CodeInvalidRequest, Message: "a call with this id is in flight"})
	default:
		c.startRPC(in, rpc, call, respond)
	}
}

func (c *Conn) startRPC(in *instance, rpc rpcBinding, call jsonrpc.Call, respond responder) {
	object, err := in.newCall(goja.Undefined(), c.object())
	args, ok := in.arguments(call.Params)
	if err != nil || !ok {
		respond("", invalidParams("params cannot be read"))
		return
	}
	lc := &liveCall{conn: c, inst: in, id: string(call.ID), object: object, respond: respond}
	if lc.id == "" { // a notification counts among the calls, too
		lc.id = uuid.NewString()
	}
	c.live.calls[lc.id] = lc
	lc.stop = c.worker.executor.AfterFunc(rpc.timeout, func() {
		lc.cancel("timeout", &jsonrpc.Error{Code: codeTimeout, Message: "the call took longer than " + rpc.timeout.Round(time.Millisecond).String()})
	})
	lc.run(call.Method, rpc.method, append([]goja.Value{object}, args...))
}

// arguments are the positional parameters, or the one object of named ones.
func (in *instance) arguments(params json.RawMessage) (args []goja.Value, ok bool) {
	if params == nil {
		return nil, true
	}
	value := in.parseJSON(string(params))
	if goja.IsUndefined(value) {
		return nil, false // deeper than the engine takes
	}
	if params[0] == '{' {
		return []goja.Value{value}, true
	}
	in.vm.ForOf(value, func(item goja.Value) bool {
		args = append(args, item)
		return true
	})
	return args, true
}

// run calls a function of the app; what it returns, or is a promise of, is the result.
func (lc *liveCall) run(label string, fn goja.Value, args []goja.Value) {
	in := lc.inst
	in.run(in.invoke, func(value goja.Value, err error) {
		if !lc.over {
			lc.finish(in.outcome(value, err, func(id string) {
				lc.conn.worker.report(in.rt.Error(err), "method", label, "connection", lc.conn.ID(), "id", id)
			}))
		}
	}, append([]goja.Value{in.app, fn}, args...)...)
}

// outcome reads what the prelude's invoke came to: [error of the app's own, result].
func (in *instance) outcome(value goja.Value, err error, log func(id string)) (string, *jsonrpc.Error) {
	if errors.Is(err, errReloaded) {
		return "", &jsonrpc.Error{Code: codeReloaded, Message: err.Error()}
	}
	var result string
	var own *jsonrpc.Error
	if err == nil {
		err = in.rt.Do(func() (err error) {
			pair := value.ToObject(in.vm)
			if own = in.ownError(pair.Get("0")); own == nil {
				result, err = in.stringify(pair.Get("1"))
			}
			return err
		})
	}
	if err != nil {
		id := uuid.NewString()[:8]
		log(id)
		return "", &jsonrpc.Error{Code: jsonrpc.CodeInternal, Message: "internal error", Data: json.RawMessage(jsonrpc.Encode(map[string]string{"id": id}))}
	}
	if result == "" {
		result = "null"
	}
	return result, own
}

func (in *instance) ownError(value goja.Value) *jsonrpc.Error {
	if value == nil || goja.IsUndefined(value) {
		return nil
	}
	parts := value.ToObject(in.vm)
	e := &jsonrpc.Error{Code: int(parts.Get("0").ToInteger()), Message: parts.Get("1").String()}
	if data := parts.Get("2"); data != nil && !goja.IsUndefined(data) {
		e.Data = json.RawMessage(data.String())
	}
	return e
}

// finish answers, once.
func (lc *liveCall) finish(result string, err *jsonrpc.Error) {
	lc.over = true
	if lc.stop != nil {
		lc.stop()
	}
	delete(lc.conn.live.calls, lc.id)
	lc.respond(result, err)
}

// cancel tells the method that nobody waits any more, and answers with err unless that is nil.
func (lc *liveCall) cancel(reason string, err *jsonrpc.Error) {
	if lc.over {
		return
	}
	if err == nil {
		lc.respond = func(string, *jsonrpc.Error) {}
	}
	lc.finish("", err)
	if lc.object == nil || lc.inst.closed {
		return
	}
	if _, failed := lc.inst.rt.Call(lc.inst.cancelCall, goja.Undefined(), lc.object, lc.inst.vm.ToValue(reason)); failed != nil {
		lc.conn.worker.report(lc.inst.rt.Error(failed), "connection", lc.conn.ID())
	}
}

// decide asks one of the app's functions, or knows the answer. then gets nil for a yes.
func (c *Conn) decide(d decision, label string, then func(*jsonrpc.Error), args ...goja.Value) {
	no := &jsonrpc.Error{Code: codeForbidden, Message: "not allowed"}
	switch {
	case d.value == nil && d.yes:
		then(nil)
	case d.value == nil:
		then(no)
	case len(c.live.calls) >= maxLiveCalls:
		then(&jsonrpc.Error{Code: codeManyCalls, Message: "too many calls are in flight on this connection"})
	default:
		lc := &liveCall{conn: c, inst: c.inst, id: uuid.NewString()}
		c.live.calls[lc.id] = lc
		lc.stop = c.worker.executor.AfterFunc(authorizeTime, func() {
			lc.cancel("timeout", &jsonrpc.Error{Code: codeTimeout, Message: "it took too long to decide"})
		})
		lc.respond = func(result string, err *jsonrpc.Error) {
			if err == nil && (result == "null" || result == "false" || result == `""` || result == "0") {
				err = no
			}
			then(err)
		}
		lc.run(label, d.value, append([]goja.Value{c.object()}, args...))
	}
}

// authorizeTime is how long a function that decides on a topic may take.
const authorizeTime = 10 * time.Second
