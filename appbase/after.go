package appbase

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/dop251/goja"
	"github.com/google/uuid"

	"github.com/sigil-server/sigil/appbase/internal/calls"
	"github.com/sigil-server/sigil/appbase/modules/kv"
)

// after is this.after(when, method, argument): the promise of the id of a durable timer.
func (in *instance) after(call goja.FunctionCall) goja.Value {
	c := in.caller("after")
	due := in.when(c, call.Argument(0))
	what := alarm{Method: c.Text(call.Argument(1), "the method of this.after")}
	if _, ok := in.method(what.Method); !ok {
		c.Refuse("this.after: the app has no method %q", what.Method)
	}
	if v := call.Argument(2); !goja.IsUndefined(v) {
		text, err := in.stringify(v)
		if err != nil {
			in.rt.Throw(err)
		}
		if text == "" || len(text) > maxAlarmBytes {
			c.Refuse("the argument of this.after has a JSON form of 1 to %d bytes", maxAlarmBytes)
		}
		what.Argument = json.RawMessage(text)
	}
	unique, err := uuid.NewV7() // grows with time
	if err != nil {
		in.rt.Throw(err)
	}
	id := alarmID(due, unique.String())
	value, err := json.Marshal(what)
	if err != nil {
		in.rt.Throw(err)
	}
	made, data := c.Begin(), in.worker.data
	data.keys.Write([]kv.Op{{Key: alarmPrefix + id, Value: value, If: kv.IfAbsent}}, func(err error) {
		if err == nil {
			data.alarms.expect(due)
		}
		made.End(c.Value(id), err)
	})
	return made.Promise
}

// when reads a delay ("30s", milliseconds) or a Date.
func (in *instance) when(c *calls.Caller, v goja.Value) time.Time {
	if object, ok := v.(*goja.Object); ok && object.ClassName() == "Date" {
		at, ok := object.Export().(time.Time)
		if !ok {
			c.Refuse("this.after: the date is none")
		}
		return at
	}
	if !calls.Given(v) {
		c.Refuse("this.after takes a delay such as \"30s\", milliseconds, or a Date, not %s", calls.Show(v))
	}
	return in.worker.now().Add(c.Duration(v, "the delay of this.after", 0))
}

// method is a method of the app's class by its name.
func (in *instance) method(name string) (goja.Callable, bool) {
	if in.app == nil || name == "constructor" {
		return nil, name != "constructor" // in the constructor itself: looked for when it fires
	}
	return goja.AssertFunction(in.app.Get(name))
}

// cancel is this.cancel(id): the promise of whether there was such a timer, which then is gone.
func (in *instance) cancel(call goja.FunctionCall) goja.Value {
	c := in.caller("cancel")
	id := c.Text(call.Argument(0), "the id of a timer")
	made := c.Begin()
	in.worker.data.keys.Write([]kv.Op{{Kind: kv.Delete, Key: alarmPrefix + id, If: kv.IfPresent}}, func(err error) {
		if kv.IsConflict(err) {
			made.End(c.Value(false), nil)
			return
		}
		made.End(c.Value(true), err)
	})
	return made.Promise
}

// ring calls the method of an alarm. What it throws is logged, and told.
func (in *instance) ring(what alarm, done func(error)) {
	report := func(err error) {
		in.worker.report(in.rt.Error(err), "method", "after "+what.Method)
		done(err)
	}
	method, ok := in.method(what.Method)
	if !ok {
		report(fmt.Errorf("a timer is due, and the app has no method %q (any more)", what.Method))
		return
	}
	value, err := in.rt.Call(method, in.app, in.parseJSON(string(what.Argument)))
	if err != nil {
		report(err)
		return
	}
	in.rt.Await(value, func(_ goja.Value, err error) {
		if err != nil {
			report(err)
			return
		}
		done(nil)
	})
}

// fireAlarms lets durable timers fire on this generation.
func (in *instance) fireAlarms() {
	w := in.worker
	if w.data != nil && !w.loadOnly && !w.extra {
		w.data.alarms.serve(w)
	}
}
