package scripting

import (
	"testing"

	"github.com/dop251/goja"
)

// An entry runs on the stack that is lent, and leaves nothing on it.
func TestEngineRunsOnTheLentStack(t *testing.T) {
	rt, err := New(Options{Executor: nowhere{}})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	if rt.stack.current == nil {
		t.Fatal("the engine has no stack by the name it had")
	}
	lent := false
	look := rt.native("look", 0, func(goja.FunctionCall) goja.Value {
		now := *rt.stack.current
		lent = len(now) > 0 && &now[0] == &rt.stack.lent[0]
		return goja.Undefined()
	})
	compile := func(source string) goja.Callable {
		v, err := rt.RunTrusted("test", source)
		if err != nil {
			t.Fatal(err)
		}
		fn, _ := goja.AssertFunction(v)
		return fn
	}
	for source, wantLent := range map[string]bool{
		`(look, o) => { const copy = { o }; look(copy, o); return copy.o === o }`:                                              true,
		`(look, o) => { const f = (n) => n ? f(n - 1) && true : (look(o), true); return f(3) }`:                                true,
		`(look, o) => { look(); return ((...all) => all.length)(...Array(1000).fill(o)) === 1000 }`:                            true,
		`(look, o) => { const all = [...(function* () { yield o; look(); yield o })()]; return all[1] === o }`:                 true,
		`(look, o) => { const f = (n) => n ? f(n - 1) && true : (look(o), true); return f(30) }`:                               false, // it needs a larger one
		`(look, o) => { look(); try { (() => { throw o })() } catch (e) { return e === o } }`:                                  true,
		`(look, o) => { look(); (async () => { await o; if (((...all) => all.length)(o, o) !== 2) throw 1 })(); return true }`: true,
	} {
		fn := compile(source)
		for range 3 {
			lent = !wantLent
			v, err := rt.Call(fn, goja.Undefined(), look, rt.VM().NewObject())
			if err != nil || !v.ToBoolean() || lent != wantLent {
				t.Errorf("%s: %v, %v; on the lent stack: %v", source, v, err, lent)
			}
			for i, value := range rt.stack.lent {
				if value != nil {
					t.Fatalf("%s leaves %v at %d", source, value, i)
				}
			}
		}
	}
}
